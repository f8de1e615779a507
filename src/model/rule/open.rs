//! Open questions: whether a thought is asked for, or a fact that fits on a line (a name, an order number).

use std::collections::BTreeSet;

use crate::model::checked::QuestionKind;
use crate::model::rule::text::{has_lowered_cue, is_han, lowered, words};
use crate::model::rule::{Asked, Nature, Spec};

/// What asks for thoughts.
const THOUGHTS: [&str; 52] = [
    "why",
    "reason",
    "reasons",
    "improve",
    "improvement",
    "improvements",
    "suggest",
    "suggestion",
    "suggestions",
    "comment",
    "comments",
    "feedback",
    "describe",
    "explain",
    "tell us",
    "like best",
    "like most",
    "like least",
    "dislike",
    "opinion",
    "think",
    "feel",
    "expect",
    "wish",
    "experience",
    "anything else",
    "should we",
    "could we",
    "do better",
    "为什么",
    "为何",
    "原因",
    "理由",
    "建议",
    "意见",
    "改进",
    "改善",
    "提升",
    "看法",
    "评价",
    "想法",
    "感受",
    "体验",
    "希望",
    "期望",
    "描述",
    "谈谈",
    "说说",
    "不满",
    "满意",
    "留言",
    "反馈",
];

/// What is known and written without a thought.
const FACTS: [&str; 71] = [
    "name",
    "postcode",
    "post code",
    "zip code",
    "address",
    "phone",
    "telephone",
    "e-mail",
    "email",
    "number",
    "code",
    "id",
    "job title",
    "occupation",
    "company",
    "organisation",
    "organization",
    "employer",
    "city",
    "town",
    "county",
    "district",
    "village",
    "ward",
    "brand",
    "model",
    "department",
    "school",
    "姓名",
    "名称",
    "称呼",
    "单号",
    "编号",
    "号码",
    "工号",
    "电话",
    "手机",
    "邮箱",
    "邮编",
    "地址",
    "城市",
    "公司",
    "单位",
    "部门",
    "职位",
    "职务",
    "职业",
    "学校",
    "品牌",
    "型号",
    "age",
    "gender",
    "nationality",
    "job",
    "year",
    "years",
    "date",
    "how many",
    "how much",
    "how old",
    "how long",
    "年龄",
    "性别",
    "籍贯",
    "专业",
    "多少",
    "几个",
    "几次",
    "多长时间",
    "日期",
    "哪一年",
];

/// What follows an answer that was chosen: “please specify”.
const SPECIFY: [&str; 7] =
    ["specify", "please state", "which one", "请注明", "请填写", "请具体说明", "具体是"];

/// A question for a fact is short.
const SHORT: usize = 12;

/// Returns the questions (by index) that want thoughts in words of one's own.
#[must_use]
pub fn thoughtful(spec: &Spec) -> BTreeSet<usize> {
    spec.questions().filter(|asked| asks_for_thoughts(spec, asked)).map(|asked| asked.index).collect()
}

fn asks_for_thoughts(spec: &Spec, asked: &Asked) -> bool {
    let QuestionKind::Text { long } = asked.question.kind else { return false };
    let own = |a: &Asked| lowered(&a.stem.own_words());
    let stems: Vec<String> = spec.in_languages(asked.index).iter().map(own).collect();
    let says = |cues: &[&str]| stems.iter().any(|text| has_lowered_cue(text, cues));
    if asked.question.condition.is_some() && says(&SPECIFY) {
        return false;
    }
    let short = |text: &String| {
        words(text).count() <= SHORT && text.chars().filter(|c| is_han(*c)).count() <= 2 * SHORT
    };
    // A short line asks for a fact unless the words say otherwise, a text area the other way round.
    says(&THOUGHTS) || (long && !(stems.iter().all(short) && says(&FACTS)))
}

/// Walks over the open questions that ask for thoughts, in one language.
pub fn open_questions<'s, 'a>(spec: &'s Spec<'a>) -> impl Iterator<Item = &'s Asked<'a>> {
    spec.questions().filter(move |a| a.nature == Nature::Open && spec.asks_for_thoughts(a.index))
}

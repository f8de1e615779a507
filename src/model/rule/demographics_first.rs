//! `demographics-first`: age, income and the like before what the form is about.

use crate::expr::Var;
use crate::model::rule::text::has_cue;
use crate::model::rule::{Asked, Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("demographics-first", include_str!("../../../docs/rules/demographics-first.md"), check).once();

/// Questions in which people decide whether they go on.
const OPENING: usize = 3;

const CUES: [&str; 37] = [
    "您的年龄",
    "年龄段",
    "您的实际年龄",
    "多大年纪",
    "出生年",
    "您的性别",
    "性别是",
    "月收入",
    "年收入",
    "家庭收入",
    "您的收入",
    "您的学历",
    "最高学历",
    "受教育程度",
    "文化程度",
    "婚姻状况",
    "您的职业",
    "您的民族",
    "宗教信仰",
    "政治面貌",
    "your age",
    "how old are you",
    "year were you born",
    "your gender",
    "your sex",
    "household income",
    "annual income",
    "your income",
    "level of education",
    "highest degree",
    "marital status",
    "your ethnicity",
    "your race",
    "your occupation",
    "employment status",
    "your religion",
    "your age group",
];

fn check(spec: &Spec, found: &mut Findings) {
    let all: Vec<&Asked> = spec.questions().filter(|a| !matches!(a.nature, Nature::Note)).collect();
    let first_topic = all.iter().position(|a| a.nature == Nature::Rating);
    // A form without ratings may be about people themselves.
    let Some(topic) = first_topic else { return };
    for asked in all.iter().take(topic.min(OPENING)) {
        if is_personal(spec, asked) && !decides(spec, asked.index) {
            found
                .report(asked.stem.span(), format!("`{}` asks about the person before the topic has begun", asked.question.name))
                .help("ask about people themselves at the end; only what decides who is asked belongs to the beginning");
        }
    }
}

fn is_personal(spec: &Spec, asked: &Asked) -> bool {
    spec.in_languages(asked.index).iter().any(|a| has_cue(&a.stem.own_words(), &CUES))
}

/// Tells whether a condition of another question reads the answer: then it is a filter.
fn decides(spec: &Spec, question: usize) -> bool {
    let asked = &spec.checked.questionnaire;
    let conditions = asked.questions.iter().filter_map(|q| q.condition.as_ref());
    let mut read = false;
    for condition in conditions {
        condition.variables(&mut |var| {
            if let Var::Item(item) = var {
                read |= asked.items.get(item).is_some_and(|i| i.question == question);
            }
        });
    }
    read
}

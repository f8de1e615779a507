//! What was answered to each item: shares, means, and who did not answer.
//!
//! Shares rest on substantive answers. “Not applicable”, not asked and left
//! open are counted apart and never enter a base.

use crate::expr::truth;
use crate::model::checked::{Choice, Instrument, Item, Question, QuestionKind, Text};
use crate::score::design::Design;
use crate::score::estimate::printed;
use crate::score::formula::{Range, Sources, top2};
use crate::score::linear::{Linear, mean, promoter};
use crate::score::respondent::{ResponseEnv, code_range};
use crate::score::types::{AnswerShare, Estimate, ItemResult};
use crate::score::views::Views;
use crate::store::types::Answer;

/// How the answers to one item fall out.
#[derive(Default)]
struct Missing {
    not_answered: u64,
    not_applicable: u64,
    not_asked: u64,
    answered: Vec<usize>,
    /// Everybody who was asked.
    asked: Vec<usize>,
}

/// Describes the answers to every item.
#[must_use]
pub fn items(views: Views) -> Vec<ItemResult> {
    let items = &views.everybody.checked.questionnaire.items;
    (0..items.len()).map(|item| one(views.item(item).1, item)).collect()
}

fn one(sources: Sources, index: usize) -> ItemResult {
    let checked = sources.checked;
    let item = &checked.questionnaire.items[index];
    let question = &checked.questionnaire.questions[item.question];
    let missing = missing(sources, item, question);
    let n = sources.design.people(missing.answered.iter().copied());
    let hidden = n > 0 && n < checked.analysis.hide_below;
    let mut out = ItemResult {
        name: item.name.clone(),
        text: question.text.clone(),
        row: item.row.clone(),
        kind: kind_name(&question.kind),
        hidden,
        n: (!hidden).then_some(n),
        not_answered: (!hidden).then_some(missing.not_answered),
        not_applicable: (!hidden).then_some(missing.not_applicable),
        not_asked: (!hidden).then_some(missing.not_asked),
        shares: Vec::new(),
        mean: None,
        top2: None,
        nps: None,
    };
    if !hidden && n > 0 {
        describe(sources, index, question, &missing.asked, &mut out);
    }
    out
}

fn missing(sources: Sources, item: &Item, question: &Question) -> Missing {
    let mut out = Missing::default();
    for (i, respondent) in sources.respondents.iter().enumerate() {
        let people = sources.design.units[i].count;
        match respondent.response.answers.get(&item.name) {
            Some(Answer::NotApplicable) => {
                out.not_applicable += people;
                out.asked.push(i);
            }
            Some(_) => {
                out.answered.push(i);
                out.asked.push(i);
            }
            None => {
                let env = ResponseEnv { checked: sources.checked, study: sources.study, respondent };
                let holds = || question.condition.as_ref().is_none_or(|c| truth(c, &env).holds());
                if respondent.asked.unwrap_or_else(holds) {
                    out.not_answered += people;
                    out.asked.push(i);
                } else {
                    out.not_asked += people;
                }
            }
        }
    }
    out
}

fn describe(sources: Sources, index: usize, question: &Question, asked: &[usize], out: &mut ItemResult) {
    let Sources { checked, design, respondents, .. } = sources;
    let answer = |i: usize| respondents[i].response.answers.get(&checked.questionnaire.items[index].name);
    let number = |i: usize| respondents[i].code(index);
    let bounds = code_range(checked, index).map(|(low, high)| Range { low, high, share: false });
    let estimate = |linear: Option<Linear>, range: Option<Range>| show(design, linear.as_ref(), asked, range);
    match &question.kind {
        QuestionKind::Scale(scale, instrument) => {
            out.shares = scale_shares(sources, *scale, asked, &number);
            out.mean = Some(estimate(mean(design, asked, number), bounds));
            out.top2 = Some(estimate(top2_share(sources, index, asked, &number), Some(SHARE)));
            if *instrument == Instrument::Nps {
                let range = Range { low: -100.0, high: 100.0, share: false };
                out.nps = Some(estimate(mean(design, asked, |i| number(i).map(promoter)), Some(range)));
            }
        }
        QuestionKind::Grid(scale) => {
            out.shares = scale_shares(sources, *scale, asked, &number);
            out.mean = Some(estimate(mean(design, asked, number), bounds));
            out.top2 = Some(estimate(top2_share(sources, index, asked, &number), Some(SHARE)));
        }
        QuestionKind::Choice(options) | QuestionKind::Choices(options) | QuestionKind::Ranking(options) => {
            let ranking = matches!(question.kind, QuestionKind::Ranking(_));
            out.shares = options
                .iter()
                .map(|o| option_share(design, o, asked, |i| chose(answer(i)?, &o.name, ranking)))
                .collect();
        }
        QuestionKind::YesNo | QuestionKind::Consent => {
            let yes = |i: usize| match answer(i)? {
                Answer::YesNo(yes) => Some(*yes),
                _ => None,
            };
            let share = |want: bool| share(design, asked, |i| yes(i).map(|y| y == want));
            out.shares = [("yes", "是", "Yes", true), ("no", "否", "No", false)]
                .into_iter()
                .map(|(code, zh, en, want)| {
                    let (count, estimate) = share(want);
                    AnswerShare { code: code.to_owned(), label: both(zh, en), count, share: estimate }
                })
                .collect();
        }
        QuestionKind::Number { .. } | QuestionKind::Slider { .. } => {
            out.mean = Some(estimate(mean(design, asked, number), bounds));
        }
        QuestionKind::Text { .. } | QuestionKind::Date | QuestionKind::Contact | QuestionKind::Note => {}
    }
}

const SHARE: Range = Range { low: 0.0, high: 1.0, share: true };

fn both(zh: &str, en: &str) -> Text {
    Text(vec![("zh".to_owned(), zh.to_owned()), ("en".to_owned(), en.to_owned())])
}

/// Shows an estimate; the item as a whole is large enough when this is asked.
fn show(design: &Design, linear: Option<&Linear>, asked: &[usize], range: Option<Range>) -> Estimate {
    printed(design, linear, asked, range, 0)
}

fn share(design: &Design, asked: &[usize], has: impl Fn(usize) -> Option<bool>) -> (u64, Estimate) {
    let count = design.people(asked.iter().copied().filter(|&i| has(i) == Some(true)));
    let linear = mean(design, asked, |i| has(i).map(|h| f64::from(u8::from(h))));
    (count, show(design, linear.as_ref(), asked, Some(SHARE)))
}

fn scale_shares(
    sources: Sources,
    scale: usize,
    asked: &[usize],
    number: &impl Fn(usize) -> Option<f64>,
) -> Vec<AnswerShare> {
    let points = &sources.checked.scales[scale].points;
    points
        .iter()
        .map(|point| {
            let is = |i: usize| number(i).map(|x| (x - point.code as f64).abs() < 0.5);
            let (count, share) = share(sources.design, asked, is);
            AnswerShare { code: point.code.to_string(), label: point.label.clone(), count, share }
        })
        .collect()
}

fn top2_share(
    sources: Sources,
    item: usize,
    asked: &[usize],
    number: &impl Fn(usize) -> Option<f64>,
) -> Option<Linear> {
    mean(sources.design, asked, |i| number(i).map(|x| top2(sources.checked, item, x)))
}

fn option_share(
    design: &Design,
    option: &Choice,
    asked: &[usize],
    has: impl Fn(usize) -> Option<bool>,
) -> AnswerShare {
    let (count, share) = share(design, asked, has);
    AnswerShare { code: option.name.clone(), label: option.label.clone(), count, share }
}

/// Tells whether an answer names an option; of a ranking, whether it comes first.
fn chose(answer: &Answer, option: &str, ranking: bool) -> Option<bool> {
    match answer {
        Answer::Option { name, .. } => Some(name == option),
        Answer::Options { names, .. } if ranking => Some(names.first().is_some_and(|n| n == option)),
        Answer::Options { names, .. } => Some(names.iter().any(|n| n == option)),
        _ => None,
    }
}

/// Returns the name of a kind of question in reports.
#[must_use]
pub fn kind_name(kind: &QuestionKind) -> &'static str {
    match kind {
        QuestionKind::Scale(_, Instrument::Nps) => "nps",
        QuestionKind::Scale(_, Instrument::Csat) => "csat",
        QuestionKind::Scale(_, Instrument::Ces) => "ces",
        other => other.word(),
    }
}

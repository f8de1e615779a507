//! What can be answered: kinds, points of scales, options, limits.

use super::Effect;
use super::questions::reworded;
use super::said::{Blank, Said, said};
use crate::model::Checked;
use crate::model::checked::{Choice, Instrument, Question, QuestionKind, Scale, Text};

/// Compares the answers that two versions of a question take.
pub(super) fn compare(
    before: &Checked,
    after: &Checked,
    old: &Question,
    new: &Question,
    found: &mut Vec<(Effect, Said)>,
) {
    let shuffled = old.shuffle && new.shuffle;
    match (&old.kind, &new.kind) {
        (QuestionKind::Scale(a, known), QuestionKind::Scale(b, now)) => {
            if let (Some(a), Some(b)) = (before.scales.get(*a), after.scales.get(*b)) {
                named(&said!("c_point"), &points(a), &points(b), false, found);
            }
            if known != now && found.is_empty() {
                let what = said!("c_instrument", before = instrument(*known), after = instrument(*now));
                found.push((Effect::BreaksTrend, what));
            }
        }
        (QuestionKind::Grid(a), QuestionKind::Grid(b)) => {
            if let (Some(a), Some(b)) = (before.scales.get(*a), after.scales.get(*b)) {
                named(&said!("c_point"), &points(a), &points(b), false, found);
            }
        }
        (QuestionKind::Choice(a), QuestionKind::Choice(b))
        | (QuestionKind::Choices(a), QuestionKind::Choices(b))
        | (QuestionKind::Ranking(a), QuestionKind::Ranking(b)) => {
            named(&said!("c_option"), &choices(a), &choices(b), shuffled, found);
        }
        (QuestionKind::Number { min: low, max: high }, QuestionKind::Number { min, max }) => {
            range((*low, *high), (*min, *max), found);
        }
        (
            QuestionKind::Slider { min: low, max: high, step: before },
            QuestionKind::Slider { min, max, step },
        ) => {
            range((Some(*low), Some(*high)), (Some(*min), Some(*max)), found);
            if (before - step).abs() > 1e-9 {
                found.push((
                    Effect::BreaksTrend,
                    said!("c_number_step", before = before.to_string(), after = step.to_string()),
                ));
            }
        }
        (QuestionKind::Text { long: a }, QuestionKind::Text { long: b }) => {
            if a != b {
                found.push((Effect::Safe, if *b { said!("c_lines") } else { said!("c_line_one") }));
            }
        }
        (a, b) if std::mem::discriminant(a) == std::mem::discriminant(b) => {}
        (a, b) => {
            found.push((Effect::BreaksData, said!("c_kind", before = a.word(), after = b.word())));
        }
    }
}

/// Answers outside of a narrower range no longer fit; within a wider one they mean something else.
fn range(old: (Option<f64>, Option<f64>), new: (Option<f64>, Option<f64>), found: &mut Vec<(Effect, Said)>) {
    if old == new {
        return;
    }
    let higher = new.0.is_some_and(|low| old.0.is_none_or(|before| low > before));
    let lower = new.1.is_some_and(|high| old.1.is_none_or(|before| high < before));
    let effect = if higher || lower { Effect::BreaksData } else { Effect::BreaksTrend };
    let end = |x: Option<f64>| x.map_or("…".to_owned(), |x| x.to_string());
    let words = |(low, high): (Option<f64>, Option<f64>)| format!("{}..{}", end(low), end(high));
    found.push((effect, said!("c_range", before = words(old), after = words(new))));
}

fn instrument(known: Instrument) -> Blank {
    match known {
        Instrument::Own => said!("c_none").into(),
        Instrument::Nps => "nps".into(),
        Instrument::Csat => "csat".into(),
        Instrument::Ces => "ces".into(),
    }
}

/// Something that can be chosen: its code, label, and what else matters.
struct Answer<'a> {
    code: String,
    label: &'a Text,
    exclusive: bool,
}

fn points(scale: &Scale) -> Vec<Answer<'_>> {
    let point = |p: &'_ crate::model::checked::ScalePoint| p.code.to_string();
    scale.points.iter().map(|p| Answer { code: point(p), label: &p.label, exclusive: false }).collect()
}

fn choices(choices: &[Choice]) -> Vec<Answer<'_>> {
    let one = |c: &'_ Choice| c.name.clone();
    choices.iter().map(|c| Answer { code: one(c), label: &c.label, exclusive: c.exclusive }).collect()
}

fn named(kind: &Said, old: &[Answer], new: &[Answer], shuffled: bool, found: &mut Vec<(Effect, Said)>) {
    let kind = || kind.clone();
    let same_label = |a: &Text, b: &Text| !a.is_empty() && a == b;
    for answer in old {
        let Some(now) = new.iter().find(|n| n.code == answer.code) else {
            let code = &answer.code;
            let moved = new.iter().find(|n| same_label(n.label, answer.label));
            let what = match moved {
                Some(moved) => said!("c_code", kind = kind(), before = code, after = &moved.code),
                None => said!("c_answer_gone", kind = kind(), code = code),
            };
            found.push((Effect::BreaksData, what));
            continue;
        };
        // Labels that changed places gave old codes a new meaning.
        let meant = |n: &&Answer| same_label(n.label, answer.label) && n.code != answer.code;
        if let Some(other) = new.iter().find(meant).filter(|_| now.label != answer.label) {
            let code = &answer.code;
            let what = said!("c_meaning_moved", kind = kind(), code = code, other = &other.code);
            found.push((Effect::BreaksData, what));
        } else {
            let part = said!("c_answer_label", kind = kind(), code = &answer.code);
            let what = reworded(part, answer.label, now.label);
            found.extend(what.map(|what| (Effect::BreaksTrend, what)));
        }
        if now.exclusive != answer.exclusive {
            let what = if now.exclusive {
                said!("c_exclusive", kind = kind(), code = &answer.code)
            } else {
                said!("c_not_exclusive", kind = kind(), code = &answer.code)
            };
            found.push((Effect::BreaksTrend, what));
        }
    }
    let is_new = |n: &&Answer| !old.iter().any(|o| o.code == n.code);
    for answer in new.iter().filter(is_new) {
        let renamed =
            old.iter().any(|o| same_label(o.label, answer.label) && !new.iter().any(|n| n.code == o.code));
        if !renamed {
            found.push((Effect::BreaksTrend, said!("c_answer_new", kind = kind(), code = &answer.code)));
        }
    }
    let common = |a: &[Answer], b: &[Answer]| -> Vec<String> {
        a.iter().filter(|x| b.iter().any(|y| y.code == x.code)).map(|x| x.code.clone()).collect()
    };
    if common(old, new) != common(new, old) && !shuffled {
        found.push((Effect::BreaksTrend, said!("c_answers_order", kind = kind())));
    }
}

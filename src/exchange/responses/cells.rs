//! What the cells of a file of finished answers say.

use jiff::civil::Date;

use crate::expr::Value;
use crate::model::Checked;
use crate::model::checked::{FieldKind, ItemColumn, QuestionKind};
use crate::score::respondent::code_range;
use crate::store::types::Answer;

/// What a cell says.
pub enum Said {
    Nothing,
    This(Answer),
    Strange,
}

/// Reads a cell as an answer to an item.
pub fn answer(checked: &Checked, item: usize, column: &ItemColumn, text: &str) -> Said {
    let kind = &checked.questionnaire.questions[checked.questionnaire.items[item].question].kind;
    if !matches!(kind, QuestionKind::Text { .. }) && text == "NA" {
        return Said::Nothing;
    }
    if let Some(x) = number(text) {
        let is = |codes: &[i64]| codes.iter().any(|c| (*c as f64 - x).abs() < 1e-9);
        if is(&column.missing) {
            return Said::Nothing;
        }
        if is(&column.not_applicable) {
            return Said::This(Answer::NotApplicable);
        }
    }
    let found = match kind {
        QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => {
            let points = &checked.scales[*scale].points;
            let code = |x: &f64| points.is_empty() || points.iter().any(|p| (p.code as f64 - x).abs() < 1e-9);
            let within =
                |x: &f64| code_range(checked, item).is_none_or(|(low, high)| low <= *x && *x <= high);
            number(text).filter(code).filter(within).map(Answer::Number)
        }
        QuestionKind::Slider { .. } | QuestionKind::Number { .. } => {
            let within =
                |x: &f64| code_range(checked, item).is_none_or(|(low, high)| low <= *x && *x <= high);
            number(text).filter(within).map(Answer::Number)
        }
        QuestionKind::YesNo | QuestionKind::Consent => yes(text).map(Answer::YesNo),
        QuestionKind::Choice(options) => {
            let option = options.iter().find(|o| o.name == text);
            option.map(|o| Answer::Option { name: o.name.clone(), other: None })
        }
        QuestionKind::Choices(options) | QuestionKind::Ranking(options) => {
            let names: Vec<&str> = text.split([';', '|']).map(str::trim).filter(|n| !n.is_empty()).collect();
            let known = names.iter().all(|n| options.iter().any(|o| o.name == *n));
            let names = names.into_iter().map(str::to_owned).collect();
            known.then_some(Answer::Options { names, other: None })
        }
        QuestionKind::Date => text.parse().ok().map(Answer::Date),
        QuestionKind::Text { .. } => Some(Answer::Text(text.to_owned())),
        QuestionKind::Contact | QuestionKind::Note => None,
    };
    found.map_or(Said::Strange, Said::This)
}

/// Brings a value of a column into the form in which groups and conditions look at it.
pub fn value(kind: &FieldKind, text: &str) -> Option<String> {
    match kind {
        FieldKind::Int | FieldKind::Number | FieldKind::Money(_) => number(text).map(|_| text.to_owned()),
        FieldKind::Date => text.parse::<Date>().ok().map(|d| d.to_string()),
        FieldKind::YesNo => yes(text).map(|y| if y { "yes" } else { "no" }.to_owned()),
        // A code that a spreadsheet wrote as `3.0` is the code 3.
        FieldKind::OneOf(choices) => {
            let same = |name: &str| number(name).zip(number(text)).is_some_and(|(a, b)| (a - b).abs() < 1e-9);
            let named =
                choices.iter().find(|c| c.name == text).or_else(|| choices.iter().find(|c| same(&c.name)));
            Some(named.map_or_else(|| text.to_owned(), |c| c.name.clone()))
        }
        FieldKind::Text => Some(text.to_owned()),
    }
}

/// Reads a finite number.
pub fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|x: &f64| x.is_finite())
}

/// Tells whether a cell says nothing.
pub fn missing(text: &str) -> bool {
    text.is_empty() || text == "NA"
}

/// Reads a whole number of people.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "tested to be whole and in range"
)]
pub fn count(x: f64) -> Option<u64> {
    ((1.0..9e15).contains(&x) && (x - x.round()).abs() < 1e-6).then_some(x.round() as u64)
}

/// As in customer lists; files of other programs also write `y` and `n`.
pub fn yes(text: &str) -> Option<bool> {
    match FieldKind::YesNo.read(text) {
        Ok(Value::Bool(yes)) => Some(yes),
        _ if text.eq_ignore_ascii_case("y") => Some(true),
        _ if text.eq_ignore_ascii_case("n") => Some(false),
        _ => None,
    }
}

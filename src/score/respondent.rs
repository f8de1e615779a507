//! A response as conditions and scores see it.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::expr::{Env, Value, Var};
use crate::model::Checked;
use crate::model::checked::{FieldKind, QuestionKind, ScoreKind, Scoring};
use crate::score::study::Study;
use crate::store::types::{Answer, Response};

/// A response with its scores; what is worked out is shared by its copies.
#[derive(Debug, Clone)]
pub struct Respondent<'a> {
    /// The response.
    pub response: &'a Response,
    /// Day of the answer in the campaign's time zone.
    pub day: Date,
    /// Codes of items, not a number where there is none: looked up once, because every estimate of every group asks.
    codes: Arc<[f64]>,
    /// Scores in the order of the spec; KPIs are always missing.
    pub scores: Arc<[Option<f64>]>,
    /// Indices with the usual weights, whatever the day.
    pub usual: Arc<[Option<f64>]>,
    /// Whether the items that are looked at were asked, where that is known already; else their conditions tell.
    pub asked: Option<bool>,
}

/// Returns the day on which a response was given: of its completion, else of its last save.
#[must_use]
pub fn day_of(response: &Response, zone: &TimeZone) -> Date {
    response.completed_at.unwrap_or(response.updated_at).to_zoned(zone.clone()).date()
}

/// Returns the campaign's time zone; UTC when the system does not know it.
#[must_use]
pub fn zone(checked: &Checked) -> TimeZone {
    TimeZone::get(&checked.campaign.timezone).unwrap_or(TimeZone::UTC)
}

impl<'a> Respondent<'a> {
    /// Scores a response.
    #[must_use]
    pub fn new(checked: &Checked, response: &'a Response, zone: &TimeZone) -> Self {
        let day = day_of(response, zone);
        let items = 0..checked.questionnaire.items.len();
        let codes: Arc<[f64]> = items.map(|item| code(checked, response, item).unwrap_or(f64::NAN)).collect();
        let Some(scoring) = &checked.scoring else {
            return Self { response, day, codes, scores: Arc::default(), usual: Arc::default(), asked: None };
        };
        let dimensions = dimensions(checked, scoring, &codes);
        let usual: Arc<[_]> = with_indices(scoring, &dimensions, &base_weights(scoring)).into();
        let scores = if scoring.during.is_empty() {
            usual.clone()
        } else {
            with_indices(scoring, &dimensions, &scoring.weights_on(day)).into()
        };
        Self { response, day, codes, scores, usual, asked: None }
    }

    /// Returns the code that was given to an item; not applicable and out of range are missing.
    #[must_use]
    pub fn code(&self, item: usize) -> Option<f64> {
        self.codes.get(item).copied().filter(|code| !code.is_nan())
    }
}

/// Weights outside any period.
fn base_weights(scoring: &Scoring) -> Vec<(usize, f64)> {
    let weight = |kind: &ScoreKind| match kind {
        ScoreKind::Dimension { weight, .. } => Some(*weight),
        _ => None,
    };
    scoring.scores.iter().enumerate().filter_map(|(i, s)| weight(&s.kind).map(|w| (i, w))).collect()
}

/// Means of items, each mapped onto the reporting scale.
fn dimensions(checked: &Checked, scoring: &Scoring, codes: &[f64]) -> Vec<Option<f64>> {
    let one = |kind: &ScoreKind| {
        let ScoreKind::Dimension { items, at_least, .. } = kind else { return None };
        let values: Vec<f64> = items
            .iter()
            .filter_map(|&item| {
                let ends = code_range(checked, item)?;
                Some(codes[item]).filter(|code| !code.is_nan()).map(|code| mapped(scoring, ends, code))
            })
            .collect();
        (values.len() >= (*at_least).max(1)).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    scoring.scores.iter().map(|s| one(&s.kind)).collect()
}

/// Maps a code between two ends onto the reporting scale.
#[must_use]
pub fn mapped(scoring: &Scoring, (low, high): (f64, f64), code: f64) -> f64 {
    scoring.low + (scoring.high - scoring.low) * (code - low) / (high - low)
}

/// Returns the weighted mean of dimensions; a missing one's weight is spread over the others. Nothing where those that
/// are known have less than `at_least` of the weight.
#[must_use]
pub fn weighted(parts: impl Iterator<Item = (f64, Option<f64>)>, at_least: f64) -> Option<f64> {
    let (mut all, mut known, mut sum) = (0.0, 0.0, 0.0);
    for (weight, score) in parts {
        all += weight;
        if let Some(score) = score {
            known += weight;
            sum += weight * score;
        }
    }
    // 60 % of a sum of shares may come out as 59.999… % in floating point.
    let enough = all > 0.0 && known > 0.0 && known / all >= at_least - 1e-9;
    enough.then(|| sum / known)
}

/// Adds the indices to the dimensions.
fn with_indices(scoring: &Scoring, scores: &[Option<f64>], weights: &[(usize, f64)]) -> Vec<Option<f64>> {
    let weight = |part: usize| weights.iter().find(|(i, _)| *i == part).map_or(0.0, |(_, w)| *w);
    let index = |parts: &[usize], at_least: f64| {
        weighted(parts.iter().map(|&part| (weight(part), scores[part])), at_least)
    };
    let one = |i: usize| match &scoring.scores[i].kind {
        ScoreKind::Index { parts, at_least } => index(parts, *at_least),
        _ => scores[i],
    };
    (0..scoring.scores.len()).map(one).collect()
}

/// Returns the smallest and largest code of an item that can be mapped onto a scale.
#[must_use]
pub fn code_range(checked: &Checked, item: usize) -> Option<(f64, f64)> {
    let question = &checked.questionnaire.questions[checked.questionnaire.items[item].question];
    let (low, high) = match &question.kind {
        QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => {
            let (low, high) = checked.scales[*scale].range();
            (low as f64, high as f64)
        }
        QuestionKind::Slider { min, max, .. } => (*min, *max),
        QuestionKind::Number { min, max } => ((*min)?, (*max)?),
        QuestionKind::YesNo => (0.0, 1.0),
        _ => return None,
    };
    (high > low).then_some((low, high))
}

fn code(checked: &Checked, response: &Response, item: usize) -> Option<f64> {
    let x = match response.answers.get(&checked.questionnaire.items[item].name)? {
        Answer::Number(x) => *x,
        Answer::YesNo(yes) => f64::from(u8::from(*yes)),
        _ => return None,
    };
    match code_range(checked, item) {
        Some((low, high)) => (low <= x && x <= high).then_some(x),
        None => x.is_finite().then_some(x),
    }
}

/// What conditions may ask of a response.
pub struct ResponseEnv<'a> {
    /// The campaign.
    pub checked: &'a Checked,
    /// Its design, for the names of strata.
    pub study: &'a Study,
    /// The response with its scores.
    pub respondent: &'a Respondent<'a>,
}

impl Env for ResponseEnv<'_> {
    fn value(&self, var: Var) -> Value {
        let response = self.respondent.response;
        match var {
            Var::Field(i) => field_value(self.checked, response, i),
            Var::EventField(..) => Value::Missing,
            Var::Item(i) => {
                let name = &self.checked.questionnaire.items[i].name;
                response.answers.get(name).map_or(Value::Missing, Answer::value)
            }
            Var::Score(i) => {
                let score = self.respondent.scores.get(i).copied().flatten();
                score.map_or(Value::Missing, Value::Number)
            }
            Var::Stratum => self
                .study
                .stratum_of(response.cell)
                .map_or(Value::Missing, |i| Value::Text(self.study.strata[i].name.as_str().into())),
            Var::Channel => Value::Text((&*response.channel).into()),
            Var::Language => Value::Text((&*response.language).into()),
            Var::Duration => response.completed_at.map_or(Value::Missing, |end| {
                Value::Number(end.duration_since(response.started_at).as_secs_f64())
            }),
            // The store keeps one response per invitation, so nobody answers twice.
            Var::Duplicate => Value::Bool(false),
        }
    }

    fn today(&self) -> Date {
        self.respondent.day
    }
}

/// Reads a column that was kept beside the answers.
fn field_value(checked: &Checked, response: &Response, field: usize) -> Value {
    let Some(field) = checked.fields().get(field) else { return Value::Missing };
    let Some(text) = response.fields.get(&field.name).map(|t| t.trim()).filter(|t| !t.is_empty()) else {
        return Value::Missing;
    };
    typed(&field.kind, text)
}

/// Gives the text of a field, which is not empty, its type.
#[must_use]
pub fn typed(kind: &FieldKind, text: &str) -> Value {
    match kind {
        FieldKind::Int | FieldKind::Number | FieldKind::Money(_) => {
            text.parse().ok().filter(|x: &f64| x.is_finite()).map_or(Value::Missing, Value::Number)
        }
        FieldKind::Date => text.parse().map_or(Value::Missing, Value::Date),
        FieldKind::YesNo => match text.to_lowercase().as_str() {
            "yes" | "true" | "1" | "是" => Value::Bool(true),
            "no" | "false" | "0" | "否" => Value::Bool(false),
            _ => Value::Missing,
        },
        FieldKind::Text | FieldKind::OneOf(_) => Value::Text(text.into()),
    }
}

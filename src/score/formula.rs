//! Estimates of scores and KPI formulas in one domain, with their influence values and possible range.

use crate::expr::{ArithmeticOp, Expr, Truth, Value, truth};
use crate::model::Checked;
use crate::model::checked::{Field, FieldKind, Formula, QuestionKind, ScoreKind, Scoring};
use crate::score::design::Design;
use crate::score::linear::{Linear, mean, promoter, total};
use crate::score::method::quantile;
use crate::score::respondent::{Respondent, ResponseEnv, code_range};
use crate::score::study::Study;

/// Whose estimates, and from what.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The campaign.
    pub checked: &'a Checked,
    /// Strata and cells.
    pub study: &'a Study,
    /// The design; its first units are `respondents`, in the same order, and after them may stand people who were
    /// drawn and did not answer.
    pub design: &'a Design,
    /// Who answered.
    pub respondents: &'a [Respondent<'a>],
}

/// Returns the scoring clause and a score's kind.
fn kind(checked: &Checked, score: usize) -> Option<(&Scoring, &ScoreKind)> {
    let scoring = checked.scoring.as_ref()?;
    Some((scoring, &scoring.scores.get(score)?.kind))
}

/// Estimates a score over the members.
#[must_use]
pub fn estimate_score(sources: Sources, members: &[usize], score: usize) -> Option<Linear> {
    match kind(sources.checked, score)?.1 {
        ScoreKind::Kpi(formula) => estimate_formula(sources, members, formula),
        _ => mean(sources.design, members, |i| sources.respondents[i].scores[score]),
    }
}

fn estimate_formula(sources: Sources, members: &[usize], formula: &Formula) -> Option<Linear> {
    let Sources { checked, design, respondents, .. } = sources;
    let scoring = checked.scoring.as_ref()?;
    let answer = |i: usize, item: usize| respondents[i].code(item);
    let spread = scoring.high - scoring.low;
    match formula {
        Formula::Number(x) => Some(Linear::constant(*x)),
        Formula::Score(s) | Formula::Kpi(s) => estimate_score(sources, members, *s),
        Formula::Mean(item) => mean(design, members, |i| answer(i, *item)),
        Formula::Quantile(item, p) => quantile::linear(design, members, |i| answer(i, *item), *p),
        Formula::Nps(item) => mean(design, members, |i| answer(i, *item).map(promoter)),
        Formula::Top2(item) => {
            let share = mean(design, members, |i| answer(i, *item).map(|x| top2(checked, *item, x)));
            share.map(|s| s.affine(scoring.low, spread))
        }
        Formula::Share(item) => {
            mean(design, members, |i| answer(i, *item)).map(|s| s.affine(scoring.low, spread))
        }
        Formula::ShareOf(condition) => {
            let holds = |i: usize| holds(sources, i, condition);
            mean(design, members, holds).map(|s| s.affine(scoring.low, spread))
        }
        Formula::Total(item) => some(total(design, members, |i| answer(i, *item))),
        Formula::Count(condition) => {
            let counted = |i: usize| condition.as_ref().map_or(Some(1.0), |c| holds(sources, i, c));
            some(total(design, members, counted))
        }
        Formula::Ratio(over, under) => {
            let both: Vec<usize> = members
                .iter()
                .copied()
                .filter(|&i| answer(i, *over).is_some() && answer(i, *under).is_some())
                .collect();
            let (over, under) =
                (total(design, &both, |i| answer(i, *over)), total(design, &both, |i| answer(i, *under)));
            Linear::combine(ArithmeticOp::Divide, &over, &under).and_then(some)
        }
        Formula::OfEvents(source, field) => {
            let column = events_column(checked, *source, *field)?;
            let value = |i: usize| of_event(&column.kind, respondents[i].response.fields.get(&column.name)?);
            let found = mean(design, members, value)?;
            let share = column.kind == FieldKind::YesNo;
            Some(if share { found.affine(scoring.low, spread) } else { found })
        }
        Formula::Arithmetic(op, a, b) => {
            let left = estimate_formula(sources, members, a)?;
            let right = estimate_formula(sources, members, b)?;
            Linear::combine(*op, &left, &right)
        }
    }
}

/// Returns 1 when a condition holds, 0 when it does not, nothing when that can't be said.
fn holds(sources: Sources, respondent: usize, condition: &Expr) -> Option<f64> {
    let respondent = &sources.respondents[respondent];
    match truth(condition, &ResponseEnv { checked: sources.checked, study: sources.study, respondent }) {
        Truth::True => Some(1.0),
        Truth::False => Some(0.0),
        Truth::Unknown => None,
    }
}

/// Returns a column of events.
#[must_use]
pub fn events_column(checked: &Checked, source: usize, field: usize) -> Option<&Field> {
    checked.events.get(source)?.fields.get(field)
}

/// Returns what an event says in a column: 1 and 0 for yes and no.
#[must_use]
pub fn of_event(kind: &FieldKind, cell: &str) -> Option<f64> {
    match kind.read(cell).ok()? {
        Value::Bool(yes) => Some(f64::from(u8::from(yes))),
        Value::Number(x) => Some(x),
        _ => None,
    }
}

/// An estimate over nobody is none.
fn some(linear: Linear) -> Option<Linear> {
    (!linear.influence.is_empty()).then_some(linear)
}

/// Returns 1 for the two best codes of the item's scale, else 0.
#[must_use]
pub fn top2(checked: &Checked, item: usize, code: f64) -> f64 {
    let question = &checked.questionnaire.questions[checked.questionnaire.items[item].question];
    let mut codes: Vec<i64> = match &question.kind {
        QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => {
            checked.scales[*scale].points.iter().map(|p| p.code).collect()
        }
        _ => return 0.0,
    };
    codes.sort_unstable();
    codes.dedup();
    let second = codes.iter().rev().nth(1).or(codes.last());
    f64::from(u8::from(second.is_some_and(|s| code >= *s as f64)))
}

/// What a score's values can be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Smallest.
    pub low: f64,
    /// Largest.
    pub high: f64,
    /// It is a share between these two, so that Wilson's interval fits.
    pub share: bool,
}

/// Returns the range of a score; nothing when it has none (a quotient).
#[must_use]
pub fn range(checked: &Checked, score: usize) -> Option<Range> {
    let (scoring, kind) = kind(checked, score)?;
    match kind {
        ScoreKind::Kpi(formula) => formula_range(checked, scoring, formula),
        _ => Some(Range { low: scoring.low, high: scoring.high, share: false }),
    }
}

fn formula_range(checked: &Checked, scoring: &Scoring, formula: &Formula) -> Option<Range> {
    let plain = |low: f64, high: f64| Some(Range { low, high, share: false });
    match formula {
        Formula::Number(x) => plain(*x, *x),
        Formula::Score(s) | Formula::Kpi(s) => range(checked, *s),
        Formula::Mean(item) | Formula::Quantile(item, _) => {
            code_range(checked, *item).and_then(|(low, high)| plain(low, high))
        }
        Formula::Nps(_) => plain(-100.0, 100.0),
        Formula::Top2(_) | Formula::Share(_) | Formula::ShareOf(_) => {
            Some(Range { low: scoring.low, high: scoring.high, share: true })
        }
        Formula::OfEvents(source, field) => {
            let share = events_column(checked, *source, *field).is_some_and(|f| f.kind == FieldKind::YesNo);
            share.then_some(Range { low: scoring.low, high: scoring.high, share: true })
        }
        Formula::Ratio(..) | Formula::Total(_) | Formula::Count(_) => None,
        Formula::Arithmetic(op, a, b) => {
            let a = formula_range(checked, scoring, a)?;
            let b = formula_range(checked, scoring, b)?;
            let ends = match op {
                ArithmeticOp::Add => [a.low + b.low, a.high + b.high, a.low + b.low, a.high + b.high],
                ArithmeticOp::Subtract => [a.low - b.high, a.high - b.low, a.low - b.high, a.high - b.low],
                ArithmeticOp::Multiply => [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high],
                ArithmeticOp::Divide if b.low > 0.0 || b.high < 0.0 => {
                    [a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high]
                }
                ArithmeticOp::Divide => return None,
            };
            let low = ends.into_iter().fold(f64::INFINITY, f64::min);
            let high = ends.into_iter().fold(f64::NEG_INFINITY, f64::max);
            (low.is_finite() && high.is_finite()).then_some(Range { low, high, share: false })
        }
    }
}

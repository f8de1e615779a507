//! Drivers: what goes with an outcome, and how well it is done.
//!
//! Goes in: a `drivers` clause and the respondents of a wave. Comes out: for people who answered everything, the part of
//! the outcome's variance that goes with each driver ([`crate::score::method::drivers`]: LMG to fifteen drivers, Johnson's
//! weights beside it and above), with percentile intervals by the bootstrap over the design, and beside it the mean of the
//! driver over all who answered it, on 0–100. Nothing is ranked where drivers stand for one another, where answers are
//! few, or where chance explains as much; a quadrant is certain only where both intervals lie on one side of their line.

use serde::Serialize;

use crate::model::Checked;
use crate::model::checked::{self, Measured, Text};
use crate::score::design::variance;
use crate::score::kish::kish;
use crate::score::linear::mean;
use crate::score::method::drivers::{
    Complete, Drivers, Fault, MOST_FOR_LMG, Warning, complete, correlations, importance, warnings,
};
use crate::score::method::resample::{Bootstrap, percentiles};
use crate::score::method::tail::t_quantile;
use crate::score::respondent::code_range;
use crate::score::wave::Wave;

/// What goes with an outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct DriverFinding {
    /// Name of the outcome.
    pub outcome: String,
    /// Its title, or the wording of its question.
    pub title: Text,
    /// Respondents.
    pub respondents: u64,
    /// Of these, with an answer everywhere; absent when hidden.
    pub complete: Option<u64>,
    /// Effective number of these, by their weights.
    pub n_effective: Option<f64>,
    /// Share of the outcome's variance that all drivers together explain.
    pub r_squared: Option<f64>,
    /// `lmg` or `johnson`: what `share` is.
    pub method: &'static str,
    /// Replicates of the bootstrap.
    pub replicates: u32,
    /// The shares may be read as an order.
    pub ranked: bool,
    /// Line between low and high performance: the mean of the drivers' performances.
    pub performance_line: Option<f64>,
    /// The drivers, in the order of the spec.
    pub drivers: Vec<DriverLine>,
    /// What makes the shares doubtful.
    pub warnings: Vec<DriverWarning>,
    /// Why there are no shares.
    pub fault: Option<DriverFault>,
}

/// One driver.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct DriverLine {
    /// Name of the question, row or score.
    pub name: String,
    /// Title, or the wording of the question.
    pub title: Text,
    /// Weighted correlation with the outcome.
    pub correlation: Option<f64>,
    /// Standardised coefficient beside all others.
    pub coefficient: Option<f64>,
    /// Part of R² by LMG.
    pub lmg: Option<f64>,
    /// Part of R² by Johnson's relative weights.
    pub johnson: Option<f64>,
    /// R² of the driver alone.
    pub first: Option<f64>,
    /// R² that is lost without the driver.
    pub last: Option<f64>,
    /// Squared standardised coefficient.
    pub beta_squared: Option<f64>,
    /// Coefficient times correlation.
    pub pratt: Option<f64>,
    /// Variance inflation factor.
    pub inflation: Option<f64>,
    /// Share of R².
    pub share: Option<f64>,
    /// Lower end of its 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Answers that the performance rests on.
    pub n: Option<u64>,
    /// Weighted mean on 0–100, over all who answered.
    pub performance: Option<f64>,
    /// Lower end of its 95 % interval.
    pub performance_low: Option<f64>,
    /// Upper end.
    pub performance_high: Option<f64>,
    /// Where it stands among the drivers.
    pub quadrant: Option<Quadrant>,
    /// Both intervals lie on one side of their lines.
    pub certain: bool,
}

/// Importance against performance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quadrant {
    /// Important and weak.
    Improve,
    /// Important and strong.
    Keep,
    /// Less important and weak.
    Watch,
    /// Less important and strong.
    Hold,
}

/// What makes shares doubtful.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "warning")]
pub enum DriverWarning {
    /// A driver is explained by the others.
    Collinear {
        /// Its title.
        driver: Text,
        /// Variance inflation factor.
        inflation: f64,
    },
    /// Fewer than ten complete answers a driver, in effective number.
    FewAnswers {
        /// Effective number of complete answers.
        answers: u64,
        /// What is wanted.
        wanted: u64,
    },
    /// Together they explain no more than chance would.
    NothingExplained {
        /// p-value of all drivers together.
        p: f64,
    },
    /// Too many replicates of the bootstrap give nothing.
    NoIntervals,
}

/// Why there are no shares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "fault")]
pub enum DriverFault {
    /// Fewer complete answers than may be shown, or than drivers and two.
    TooFew {
        /// What is wanted.
        wanted: u64,
    },
    /// Everybody gave the same answer.
    Constant {
        /// Title of the outcome or driver.
        driver: Text,
    },
    /// A driver is a combination of those before it.
    Dependent {
        /// Its title.
        driver: Text,
    },
}

/// Explains every outcome that the spec names.
#[must_use]
pub fn drivers(wave: &Wave, seed: u64) -> Vec<DriverFinding> {
    wave.checked.analysis.drivers.iter().map(|clause| one(wave, clause, seed)).collect()
}

/// Returns name and title of something that is measured.
fn named(checked: &Checked, measured: Measured) -> (String, Text) {
    match measured {
        Measured::Item(i) => {
            let item = &checked.questionnaire.items[i];
            let question = &checked.questionnaire.questions[item.question];
            (item.name.clone(), if item.row.is_empty() { question.text.clone() } else { item.row.clone() })
        }
        Measured::Score(i) => checked
            .scoring
            .as_ref()
            .and_then(|s| s.scores.get(i))
            .map(|s| (s.name.clone(), s.title.clone()))
            .unwrap_or_default(),
    }
}

/// Returns what a respondent has of it.
fn value(wave: &Wave, respondent: usize, measured: Measured) -> Option<f64> {
    let respondent = wave.respondents.get(respondent)?;
    match measured {
        Measured::Item(i) => respondent.code(i),
        Measured::Score(i) => respondent.scores.get(i).copied().flatten(),
    }
}

/// Returns the ends of its scale.
fn scale(checked: &Checked, measured: Measured) -> Option<(f64, f64)> {
    match measured {
        Measured::Item(i) => code_range(checked, i),
        Measured::Score(_) => checked.scoring.as_ref().map(|s| (s.low, s.high)),
    }
}

fn one(wave: &Wave, clause: &checked::Drivers, seed: u64) -> DriverFinding {
    let all: Vec<Measured> = std::iter::once(clause.outcome).chain(clause.by.iter().copied()).collect();
    let row = |i: usize| (i, all.iter().map(|m| value(wave, i, *m)).collect());
    let counted = (0..wave.respondents.len()).filter(|i| wave.design.units[*i].weight > 0.0);
    let given = complete(&counted.map(row).collect::<Vec<(usize, Vec<Option<f64>>)>>());
    let titles: Vec<(String, Text)> = all.iter().map(|m| named(wave.checked, *m)).collect();
    let hide = wave.checked.analysis.hide_below;
    let n = given.units.len() as u64;
    let mut out = DriverFinding {
        outcome: titles[0].0.clone(),
        title: titles[0].1.clone(),
        respondents: wave.respondents.len() as u64,
        complete: (n == 0 || n >= hide).then_some(n),
        method: if clause.by.len() > MOST_FOR_LMG { "johnson" } else { "lmg" },
        drivers: clause.by.iter().zip(&titles[1..]).map(|(m, t)| line(wave, *m, t)).collect(),
        ..DriverFinding::default()
    };
    let wanted = hide.max(clause.by.len() as u64 + 2);
    if n < wanted {
        out.fault = Some(DriverFault::TooFew { wanted });
        return out;
    }
    out.n_effective = kish(&wave.design, given.units.iter().copied()).n_effective;
    match explain(wave, &given) {
        Ok(found) => shares(wave, &given, &found, seed, &mut out),
        Err(fault) => out.fault = Some(told(fault, &titles, wanted)),
    }
    out
}

fn told(fault: Fault, titles: &[(String, Text)], wanted: u64) -> DriverFault {
    let title = |k: usize| titles.get(k).map(|t| t.1.clone()).unwrap_or_default();
    match fault {
        Fault::TooFew => DriverFault::TooFew { wanted },
        Fault::Constant(k) => DriverFault::Constant { driver: title(k) },
        Fault::Dependent(k) => DriverFault::Dependent { driver: title(k) },
    }
}

fn explain(wave: &Wave, given: &Complete) -> Result<Drivers, Fault> {
    let weights: Vec<f64> = given.units.iter().map(|i| wave.design.units[*i].weight).collect();
    divided(given, &weights)
}

/// Divides R² under some weights; rounding takes it over one where drivers explain everything.
fn divided(given: &Complete, weights: &[f64]) -> Result<Drivers, Fault> {
    let mut found = importance(&correlations(&given.rows, weights)?)?;
    found.r_squared = found.r_squared.clamp(0.0, 1.0);
    Ok(found)
}

/// R² below which it is nothing but rounding.
const NOTHING: f64 = 1e-12;

fn shares(wave: &Wave, given: &Complete, found: &Drivers, seed: u64, out: &mut DriverFinding) {
    out.r_squared = Some(found.r_squared);
    for (line, d) in out.drivers.iter_mut().zip(&found.drivers) {
        line.correlation = Some(d.correlation);
        line.coefficient = Some(d.coefficient);
        line.lmg = d.lmg;
        line.johnson = Some(d.johnson);
        line.first = Some(d.first);
        line.last = Some(d.last);
        line.beta_squared = Some(d.beta_squared);
        line.pratt = Some(d.pratt);
        line.inflation = Some(d.inflation);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the answers")]
    let effective = out.n_effective.map_or(0, |n| (n + 1e-9).floor() as usize);
    out.warnings = warnings(found, effective).iter().map(|w| doubt(w, out)).collect();
    if found.r_squared <= NOTHING {
        return;
    }
    for (line, share) in out.drivers.iter_mut().zip(found.shares()) {
        line.share = Some(share);
    }
    intervals(wave, given, seed, out);
    out.ranked = out.warnings.is_empty();
    if out.ranked {
        quadrants(out);
    }
}

fn doubt(warning: &Warning, out: &DriverFinding) -> DriverWarning {
    match *warning {
        Warning::Collinear { driver, inflation } => DriverWarning::Collinear {
            driver: out.drivers.get(driver).map(|d| d.title.clone()).unwrap_or_default(),
            inflation,
        },
        Warning::FewAnswers { answers, wanted } => {
            DriverWarning::FewAnswers { answers: answers as u64, wanted: wanted as u64 }
        }
        Warning::NothingExplained { p } => DriverWarning::NothingExplained { p },
    }
}

/// Replicates for few and for many numbers to go through.
const REPLICATES: (u32, u32) = (1000, 200);

/// Draws the bootstrap's intervals of the shares.
fn intervals(wave: &Wave, given: &Complete, seed: u64, out: &mut DriverFinding) {
    let columns = given.rows.columns();
    let large = given.units.len() * columns * columns > 2_000_000 || columns > 11;
    let replicates = if large { REPLICATES.1 } else { REPLICATES.0 };
    let found = percentiles(&Bootstrap::new(&wave.design, seed), replicates, |all| {
        let weights: Vec<f64> = given.units.iter().map(|i| all[*i]).collect();
        let found = divided(given, &weights).ok().filter(|f| f.r_squared > NOTHING)?;
        Some(found.shares())
    });
    let Some(found) = found else {
        out.warnings.push(DriverWarning::NoIntervals);
        return;
    };
    out.replicates = found.replicates;
    for (line, (low, high)) in out.drivers.iter_mut().zip(found.intervals) {
        line.low = Some(low);
        line.high = Some(high);
    }
}

/// A driver with its mean over all who answered it.
fn line(wave: &Wave, measured: Measured, (name, title): &(String, Text)) -> DriverLine {
    let mut out = DriverLine { name: name.clone(), title: title.clone(), ..DriverLine::default() };
    let Some((low, high)) = scale(wave.checked, measured).filter(|(low, high)| high > low) else {
        return out;
    };
    let everybody: Vec<usize> = (0..wave.respondents.len()).collect();
    let on_scale = |i: usize| value(wave, i, measured).map(|x| 100.0 * (x - low) / (high - low));
    let Some(linear) = mean(&wave.design, &everybody, on_scale) else { return out };
    let n = wave.design.people(linear.members());
    if n < wave.checked.analysis.hide_below {
        return out;
    }
    out.n = Some(n);
    out.performance = Some(linear.value);
    let finite = wave.checked.analysis.finite_correction;
    let v = variance(&wave.design, &linear.influence, wave.design.options(finite));
    let half = v.value.and_then(|v2| Some(t_quantile(0.05, v.df as f64)? * v2.sqrt()));
    out.performance_low = half.map(|h| (linear.value - h).max(0.0));
    out.performance_high = half.map(|h| (linear.value + h).min(100.0));
    out
}

/// Puts the drivers into quadrants: shares against their mean, performances against theirs.
fn quadrants(out: &mut DriverFinding) {
    let known: Vec<f64> = out.drivers.iter().filter_map(|d| d.performance).collect();
    if known.len() < out.drivers.len() || known.len() < 2 {
        return;
    }
    let line = known.iter().sum::<f64>() / known.len() as f64;
    let even = 1.0 / out.drivers.len() as f64;
    out.performance_line = Some(line);
    let one_side = |low: Option<f64>, high: Option<f64>, at: f64| {
        low.zip(high).is_some_and(|(low, high)| low > at || high < at)
    };
    for d in &mut out.drivers {
        let (Some(share), Some(performance)) = (d.share, d.performance) else { continue };
        d.quadrant = Some(match (share >= even, performance >= line) {
            (true, false) => Quadrant::Improve,
            (true, true) => Quadrant::Keep,
            (false, false) => Quadrant::Watch,
            (false, true) => Quadrant::Hold,
        });
        d.certain = one_side(d.low, d.high, even) && one_side(d.performance_low, d.performance_high, line);
    }
}

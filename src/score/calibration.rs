//! Weights that agree with known figures of the population: `rake`, `trim`.
//!
//! Goes in: the design with base weights (raised for those who did not answer),
//! and what the spec says of margins and bounds. Comes out: the same design with
//! calibrated weights and the step that errors need, figures for the report, and
//! a caution for everything that could not be met. One margin alone is
//! post-stratification; several are raked (`method::rake`). A value that nobody
//! who answered has is left out and said; people whose own value is not known
//! keep their share.

use std::collections::BTreeMap;

use crate::model::Checked;
use crate::model::checked::{Grouping, Margin as Wanted};
use crate::score::adjustment::{Adjustment, Kind};
use crate::score::design::Design;
use crate::score::method::margin::{Margin, Unreachable, misses};
use crate::score::method::projection::Projection;
use crate::score::method::rake::{Stop, rake_people};
use crate::score::method::trim::{Bounds, trim_of};
use crate::score::study::Study;
use crate::score::types::{Calibrated, CalibratedMargin, Caution, MarginCategory};
use crate::score::weights::{grouping_name, names_of};

/// Totals of two margins that differ by less than this are the same but for rounding.
const SAME: f64 = 1e-9;

/// Calibrates the design; `value` gives a unit's value of a variable.
pub fn calibrate(
    checked: &Checked,
    study: &Study,
    design: &mut Design,
    value: &dyn Fn(usize, Grouping) -> Option<String>,
) -> (Option<Calibrated>, Vec<Caution>) {
    let analysis = &checked.analysis;
    if analysis.margins.is_empty() && analysis.trim.is_none() {
        return (None, Vec::new());
    }
    let before: Vec<f64> = design.units.iter().map(|u| u.weight).collect();
    let people: Vec<u64> = design.units.iter().map(|u| u.count).collect();
    let totals = totals(&before, &people);
    if !before.iter().any(|w| *w > 0.0) {
        return (None, Vec::new());
    }
    let mut cautions = Vec::new();
    let drafts: Vec<Draft> = analysis
        .margins
        .iter()
        .filter_map(|wanted| draft(checked, study, (&totals, &people), wanted, value, &mut cautions))
        .collect();
    let drafts = of_one_size(drafts, &totals, &mut cautions);
    let margins: Vec<Margin> = drafts.iter().map(|d| d.margin.clone()).collect();
    let bounds = analysis.trim.map_or((None, None), |(low, high)| (Some(low), Some(high)));
    let (after, sweeps) = match weights(&before, &people, &margins, bounds) {
        Ok(found) => found,
        Err(why) => {
            cautions.push(Caution::NotCalibrated { why: unreachable(&why, &drafts) });
            return (None, cautions);
        }
    };
    let missed = misses(&self::totals(&after, &people), &margins, 1e-6);
    for miss in &missed {
        cautions.push(Caution::MarginMissed {
            margin: drafts[miss.margin].margin.name.clone(),
            value: drafts[miss.margin].values[miss.category].join(", "),
            wanted: miss.wanted,
            reached: miss.reached,
        });
    }
    for (unit, w) in design.units.iter_mut().zip(&after) {
        unit.weight = *w;
    }
    let kind = if margins.is_empty() {
        Kind::Fixed
    } else {
        let categories: Vec<Vec<usize>> = margins.iter().map(|m| m.category.clone()).collect();
        Kind::Calibration(Box::new(Projection::margins(&categories, &totals)))
    };
    let summary = summary(&drafts, (&before, &after, &people), (sweeps, missed.is_empty(), analysis.trim));
    design.adjustments.push(Adjustment { before, after, kind });
    (Some(summary), cautions)
}

/// Returns the weight of all people of every unit.
fn totals(weights: &[f64], people: &[u64]) -> Vec<f64> {
    weights.iter().zip(people).map(|(w, n)| w * *n as f64).collect()
}

/// A margin on its way to the weights.
struct Draft {
    margin: Margin,
    /// Values of each category.
    values: Vec<Vec<String>>,
}

/// Returns weights that meet margins and bounds, and how many sweeps it took.
fn weights(
    before: &[f64],
    people: &[u64],
    margins: &[Margin],
    bounds: (Option<f64>, Option<f64>),
) -> Result<(Vec<f64>, u32), Unreachable> {
    if margins.is_empty() {
        let kept = before.iter().zip(people).filter(|(w, _)| **w > 0.0);
        let (positive, often): (Vec<f64>, Vec<f64>) = kept.map(|(w, n)| (*w, *n as f64)).unzip();
        let bounds = Bounds::of_mean_of(&positive, &often, bounds.0, bounds.1);
        let mut trimmed = trim_of(&positive, &often, bounds, true).weights.into_iter();
        let all = before.iter().map(|w| if *w > 0.0 { trimmed.next().unwrap_or(*w) } else { *w });
        return Ok((all.collect(), 0));
    }
    let often: Vec<f64> = people.iter().map(|n| *n as f64).collect();
    let raked = rake_people(before, &often, margins, bounds, Stop::default())?;
    let after = before.iter().zip(&raked.factors).map(|(w, g)| w * g).collect();
    Ok((after, raked.sweeps))
}

/// Finds everybody's category, and what the population has of each; weights are those of all people of a unit.
fn draft(
    checked: &Checked,
    study: &Study,
    (weights, often): (&[f64], &[u64]),
    wanted: &Wanted,
    value: &dyn Fn(usize, Grouping) -> Option<String>,
    cautions: &mut Vec<Caution>,
) -> Option<Draft> {
    let name = wanted.by.iter().map(|g| grouping_name(checked, *g)).collect::<Vec<_>>().join(" by ");
    let Some(counts) = wanted.counts.clone().or_else(|| study.counts_of(checked, &wanted.by)) else {
        cautions.push(Caution::MarginUnknown { margin: name });
        return None;
    };
    let own = |unit: usize| -> Option<Vec<String>> { wanted.by.iter().map(|g| value(unit, *g)).collect() };
    let keys: Vec<Option<Vec<String>>> = (0..weights.len()).map(own).collect();
    let mut here: BTreeMap<&Vec<String>, f64> = BTreeMap::new();
    for (key, w) in keys.iter().zip(weights) {
        if let Some(key) = key {
            *here.entry(key).or_default() += w;
        }
    }
    let (mut values, mut targets) = (Vec::new(), Vec::new());
    for (key, n) in counts {
        if n > 0.0 && here.get(&key).is_none_or(|w| *w <= 0.0) {
            let value = names_of(checked, &wanted.by, &key);
            cautions.push(Caution::MarginEmpty { margin: name.clone(), value, wanted: n });
        } else if n > 0.0 {
            values.push(key);
            targets.push(n);
        }
    }
    let places: BTreeMap<&Vec<String>, usize> = values.iter().zip(0..).collect();
    let category: Vec<usize> = keys
        .iter()
        .map(|k| k.as_ref().and_then(|k| places.get(k)).copied().unwrap_or(values.len()))
        .collect();
    let (all, unknown): (f64, f64) = (
        weights.iter().sum(),
        weights.iter().zip(&category).filter(|(_, c)| **c == values.len()).map(|(w, _)| w).sum(),
    );
    if targets.is_empty() {
        cautions.push(Caution::MarginUnknown { margin: name });
        return None;
    }
    // The last category is that of people whose value is not known: they keep their share.
    let total: f64 = targets.iter().sum();
    let shares = (total - 1.0).abs() < 0.01 || (total - 100.0).abs() < 1.0;
    let size = if shares { all } else { total * all / (all - unknown) };
    let scale = size * (1.0 - unknown / all) / total;
    for target in &mut targets {
        *target *= scale;
    }
    if unknown > 0.0 || category.contains(&values.len()) {
        let nameless = |i: &usize| category[*i] == values.len() && weights[*i] > 0.0;
        let people = (0..category.len()).filter(nameless).map(|i| often[i]).sum();
        if people > 0 {
            cautions.push(Caution::MarginValueUnknown { margin: name.clone(), people });
        }
        targets.push(size * unknown / all);
        values.push(Vec::new());
    }
    Some(Draft { margin: Margin { name, category, targets }, values })
}

/// Makes all margins speak of a population of one size: that of the first.
fn of_one_size(mut drafts: Vec<Draft>, weights: &[f64], cautions: &mut Vec<Caution>) -> Vec<Draft> {
    let size = |d: &Draft| d.margin.targets.iter().sum::<f64>();
    let weighed: f64 = weights.iter().sum();
    // A margin of shares takes the size of one of counts, if there is one.
    let first = drafts.iter().map(size).find(|s| (s - weighed).abs() > SAME * weighed);
    let Some(first) = first.or_else(|| drafts.first().map(size)) else { return drafts };
    for draft in &mut drafts {
        let own = draft.margin.targets.iter().sum::<f64>();
        let (off, plain) = ((own - first).abs(), (own - weighed).abs() <= SAME * weighed);
        if off > SAME * first {
            if !plain && off > 1e-3 * first {
                let margin = draft.margin.name.clone();
                cautions.push(Caution::MarginsDiffer { margin, total: own, first });
            }
            draft.margin.targets.iter_mut().for_each(|t| *t *= first / own);
        }
    }
    drafts
}

fn summary(
    drafts: &[Draft],
    (before, after, people): (&[f64], &[f64], &[u64]),
    (sweeps, converged, trimmed): (u32, bool, Option<(f64, f64)>),
) -> Calibrated {
    let factors = || before.iter().zip(after).filter(|(b, _)| **b > 0.0).map(|(b, a)| a / b);
    let margin = |d: &Draft| {
        let (mut was, mut is) = (vec![0.0; d.values.len()], vec![0.0; d.values.len()]);
        let mut n = vec![0; d.values.len()];
        for (((c, b), a), people) in d.margin.category.iter().zip(before).zip(after).zip(people) {
            if *b > 0.0 {
                was[*c] += b * *people as f64;
                is[*c] += a * *people as f64;
                n[*c] += people;
            }
        }
        let category = |i: usize| MarginCategory {
            values: d.values[i].clone(),
            respondents: n[i],
            before: was[i],
            wanted: d.margin.targets[i],
            reached: is[i],
        };
        CalibratedMargin {
            name: d.margin.name.clone(),
            categories: (0..d.values.len()).map(category).collect(),
        }
    };
    Calibrated {
        margins: drafts.iter().map(margin).collect(),
        sweeps,
        converged,
        trimmed,
        smallest_factor: factors().reduce(f64::min),
        largest_factor: factors().reduce(f64::max),
    }
}

fn unreachable(why: &Unreachable, drafts: &[Draft]) -> String {
    let name = |m: &usize| drafts.get(*m).map_or("", |d| d.margin.name.as_str());
    match why {
        Unreachable::Nobody => "nobody answered".to_owned(),
        Unreachable::Weight { .. } => "a weight is negative or no number".to_owned(),
        Unreachable::Category { margin, .. } | Unreachable::Target { margin, .. } => {
            format!("`{}` does not fit the answers", name(margin))
        }
        Unreachable::Empty { margin, .. } => format!("nobody who answered has a value of `{}`", name(margin)),
        Unreachable::Totals { margin, .. } => format!("`{}` speaks of another population", name(margin)),
    }
}

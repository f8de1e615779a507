//! Scores of one person after another, without room of their own.
//!
//! The same arithmetic in the same order as [`Respondent::new`](crate::score::respondent::Respondent::new), so that both
//! give the same numbers to the last bit; compiled once for a spec.

use jiff::civil::Date;

use crate::model::Checked;
use crate::model::checked::{ScoreKind, Scoring};
use crate::score::respondent::{code_range, mapped, weighted};

/// A compiled `score` clause.
#[derive(Debug, Clone)]
pub struct Scorer {
    dimensions: Vec<Dimension>,
    indices: Vec<Index>,
    /// Weights outside any period.
    usual: Vec<f64>,
    /// The clause, for weights of a day.
    scoring: Option<Scoring>,
    /// Weights of the day before last, mostly that of the next response too.
    day: Option<(Date, Vec<f64>)>,
    count: usize,
}

#[derive(Debug, Clone)]
struct Dimension {
    score: usize,
    /// Items, each with its ends.
    items: Vec<(usize, f64, f64)>,
    at_least: usize,
}

#[derive(Debug, Clone)]
struct Index {
    score: usize,
    parts: Vec<usize>,
    at_least: f64,
}

/// The scores of one person.
#[derive(Debug, Clone, Default)]
pub struct Scored {
    /// In the order of the spec; KPIs are always missing.
    pub scores: Vec<Option<f64>>,
    /// Indices with the usual weights.
    pub usual: Vec<Option<f64>>,
}

impl Scorer {
    /// Compiles the clause.
    #[must_use]
    pub fn new(checked: &Checked) -> Self {
        let scores = checked.scoring.as_ref().map_or(&[][..], |s| &s.scores);
        let (mut dimensions, mut indices) = (Vec::new(), Vec::new());
        for (score, one) in scores.iter().enumerate() {
            match &one.kind {
                ScoreKind::Dimension { items, at_least, .. } => {
                    let ends = |i: &usize| code_range(checked, *i).map(|(low, high)| (*i, low, high));
                    let items = items.iter().filter_map(ends).collect();
                    dimensions.push(Dimension { score, items, at_least: (*at_least).max(1) });
                }
                ScoreKind::Index { parts, at_least } => {
                    indices.push(Index { score, parts: parts.clone(), at_least: *at_least });
                }
                ScoreKind::Kpi(_) => {}
            }
        }
        let usual = scores.iter().map(|s| match &s.kind {
            ScoreKind::Dimension { weight, .. } => *weight,
            _ => 0.0,
        });
        Self {
            dimensions,
            indices,
            usual: usual.collect(),
            scoring: checked.scoring.clone(),
            day: None,
            count: scores.len(),
        }
    }

    /// Tells whether a day lies in a period with other weights.
    #[must_use]
    pub fn within(&self, day: Date) -> bool {
        self.scoring.iter().flat_map(|s| &s.during).any(|p| p.from <= day && day <= p.to)
    }

    /// Scores a person; `code` gives the codes of items.
    pub fn score(&mut self, day: Date, code: impl Fn(usize) -> Option<f64>, out: &mut Scored) {
        let Some(scoring) = &self.scoring else { return };
        out.scores.clear();
        out.scores.resize(self.count, None);
        for dimension in &self.dimensions {
            let (mut sum, mut n) = (0.0, 0_usize);
            for &(item, low, high) in &dimension.items {
                if let Some(x) = code(item) {
                    sum += mapped(scoring, (low, high), x);
                    n += 1;
                }
            }
            if n >= dimension.at_least {
                out.scores[dimension.score] = Some(sum / n as f64);
            }
        }
        out.usual.clone_from(&out.scores);
        if scoring.during.is_empty() {
            weigh(&self.indices, &self.usual, &mut out.scores);
            out.usual.clone_from(&out.scores);
            return;
        }
        if self.day.as_ref().is_none_or(|(known, _)| *known != day) {
            let mut weights = vec![0.0; self.count];
            scoring.weights_on(day).into_iter().for_each(|(i, w)| weights[i] = w);
            self.day = Some((day, weights));
        }
        weigh(&self.indices, &self.usual, &mut out.usual);
        if let Some((_, weights)) = &self.day {
            weigh(&self.indices, weights, &mut out.scores);
        }
    }
}

/// Adds the indices to the dimensions.
fn weigh(indices: &[Index], weights: &[f64], scores: &mut [Option<f64>]) {
    for index in indices {
        let parts = index.parts.iter().map(|&part| (weights[part], scores[part]));
        scores[index.score] = weighted(parts, index.at_least);
    }
}

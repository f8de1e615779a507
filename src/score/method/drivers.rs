//! What goes with satisfaction: shares of R² by driver.
//!
//! Goes in: weighted correlations of an outcome (first) with its drivers. Comes
//! out: for every driver LMG, the mean gain in R² over all orders of entering
//! (Lindeman, Merenda & Gold 1980; Shapley 1953; Grömping 2006), Johnson's (2000)
//! relative weights, and for comparison the gain alone, the gain last, the
//! squared standardised coefficient, and Pratt's product, which can be negative.
//! Shares say what goes together, not what causes what.
//!
//! LMG needs R² of all 2^p subsets: each is one sweep away from another, so 15
//! drivers take a moment; above that there are Johnson's weights only.

use crate::score::design::Design;
use crate::score::method::linalg::{Matrix, Solver, eigen};
use crate::score::method::resample::{Bootstrap, Percentiles, percentiles};
use crate::score::method::tail::f_above;

/// Most drivers for which all subsets are tried.
pub const MOST_FOR_LMG: usize = 15;
/// Variance inflation from which on shares of single drivers mean little.
pub const INFLATED: f64 = 10.0;
/// Complete answers a driver that are wanted.
pub const ANSWERS_A_DRIVER: usize = 10;

/// Complete cases: whose rows have a value everywhere, the outcome first.
#[derive(Debug, Clone, PartialEq)]
pub struct Complete {
    /// Index of the respondents.
    pub units: Vec<usize>,
    /// Their values.
    pub rows: Matrix,
    /// Respondents before.
    pub of: usize,
}

/// Keeps complete rows, one a unit.
#[must_use]
pub fn complete(rows: &[(usize, Vec<Option<f64>>)]) -> Complete {
    let whole: Vec<(usize, Vec<f64>)> = rows
        .iter()
        .filter_map(|(i, row)| Some((*i, row.iter().copied().collect::<Option<Vec<f64>>>()?)))
        .collect();
    let columns = rows.first().map_or(0, |(_, row)| row.len());
    Complete {
        units: whole.iter().map(|(i, _)| *i).collect(),
        rows: Matrix::from_fn(whole.len(), columns, |r, c| whole[r].1[c]),
        of: rows.len(),
    }
}

/// Why there are no shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No driver, or fewer complete answers than drivers and two.
    TooFew,
    /// Everybody who counts gave the same answer (0 is the outcome).
    Constant(usize),
    /// A driver is a combination of earlier ones (1 is the first).
    Dependent(usize),
}

/// What makes shares doubtful.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Warning {
    /// A driver is explained by the others: its variance is inflated tenfold or more.
    Collinear {
        /// Index of the driver.
        driver: usize,
        /// Variance inflation factor.
        inflation: f64,
    },
    /// Fewer than ten complete answers a driver.
    FewAnswers {
        /// Complete answers.
        answers: usize,
        /// What is wanted.
        wanted: usize,
    },
    /// The drivers together explain no more than chance would.
    NothingExplained {
        /// p-value of all drivers together, as if in a simple random sample.
        p: f64,
    },
}

/// One driver.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Driver {
    /// Correlation with the outcome.
    pub correlation: f64,
    /// Standardised coefficient beside all others.
    pub coefficient: f64,
    /// Part of R² by LMG; `None` with more than [`MOST_FOR_LMG`] drivers.
    pub lmg: Option<f64>,
    /// Part of R² by Johnson's relative weights.
    pub johnson: f64,
    /// R² of the driver alone.
    pub first: f64,
    /// R² that is lost without the driver.
    pub last: f64,
    /// Squared standardised coefficient.
    pub beta_squared: f64,
    /// Coefficient times correlation; sums to R² and can be negative.
    pub pratt: f64,
    /// Variance inflation factor.
    pub inflation: f64,
}

/// All drivers of an outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Drivers {
    /// Share of the variance that all explain together.
    pub r_squared: f64,
    /// The drivers, in the order they came.
    pub drivers: Vec<Driver>,
}

impl Drivers {
    /// Returns every driver's share of R² by LMG, or by Johnson's weights where there is no LMG; they sum to 1.
    #[must_use]
    pub fn shares(&self) -> Vec<f64> {
        self.drivers.iter().map(|d| d.lmg.unwrap_or(d.johnson) / self.r_squared).collect()
    }
}

/// Returns weighted correlations of the columns.
pub fn correlations(rows: &Matrix, weights: &[f64]) -> Result<Matrix, Fault> {
    let p = rows.columns();
    let counted = weights.iter().filter(|w| **w > 0.0).count();
    if p < 2 || counted < p + 1 || rows.rows() != weights.len() {
        return Err(Fault::TooFew);
    }
    let sum: f64 = weights.iter().sum();
    let mut mean = vec![0.0; p];
    for (i, w) in weights.iter().enumerate() {
        mean.iter_mut().zip(rows.row(i)).for_each(|(m, x)| *m += w / sum * x);
    }
    let mut cross = Matrix::zeros(p, p);
    for (i, w) in weights.iter().enumerate() {
        let centred: Vec<f64> = rows.row(i).iter().zip(&mean).map(|(x, m)| x - m).collect();
        cross.add_outer(w / sum, &centred);
    }
    // A spread that rounding explains is none.
    if let Some(k) =
        (0..p).find(|k| cross.at(*k, *k).is_nan() || cross.at(*k, *k) <= 1e-24 * (1.0 + mean[*k].powi(2)))
    {
        return Err(Fault::Constant(k));
    }
    let scale: Vec<f64> = (0..p).map(|k| cross.at(k, k).sqrt()).collect();
    Ok(Matrix::from_fn(p, p, |i, j| if i == j { 1.0 } else { cross.at(i, j) / (scale[i] * scale[j]) }))
}

/// Divides R² among the drivers, given correlations with the outcome first.
pub fn importance(correlations: &Matrix) -> Result<Drivers, Fault> {
    let p = correlations.rows().saturating_sub(1);
    if p == 0 {
        return Err(Fault::TooFew);
    }
    let places: Vec<usize> = (1..=p).collect();
    let x = correlations.part(&places, &places);
    let y: Vec<f64> = places.iter().map(|k| correlations.at(*k, 0)).collect();
    let solver = Solver::new(&x);
    if let Some(k) = solver.independent().iter().position(|i| !i) {
        return Err(Fault::Dependent(k + 1));
    }
    let beta = solver.solve(&y);
    let inverse = solver.inverse();
    let r_squared: f64 = beta.iter().zip(&y).map(|(b, r)| b * r).sum();
    let lmg = (p <= MOST_FOR_LMG).then(|| lmg(correlations));
    let johnson = johnson(&x, &y);
    let driver = |k: usize| Driver {
        correlation: y[k],
        coefficient: beta[k],
        lmg: lmg.as_ref().map(|l| l[k]),
        johnson: johnson[k],
        first: y[k] * y[k],
        // The loss is the squared coefficient over the driver's part that the others do not explain.
        last: beta[k] * beta[k] / inverse.at(k, k),
        beta_squared: beta[k] * beta[k],
        pratt: beta[k] * y[k],
        inflation: inverse.at(k, k),
    };
    Ok(Drivers { r_squared, drivers: (0..p).map(driver).collect() })
}

/// Relative weights by way of the nearest orthogonal variables.
fn johnson(x: &Matrix, y: &[f64]) -> Vec<f64> {
    let p = y.len();
    let (values, vectors) = eigen(x);
    let root = |power: f64| {
        Matrix::from_fn(p, p, |i, j| {
            (0..p).map(|k| vectors.at(i, k) * values[k].max(0.0).powf(power) * vectors.at(j, k)).sum()
        })
    };
    let half = root(0.5);
    let b = root(-0.5).times_vector(y);
    (0..p).map(|j| (0..p).map(|k| (half.at(j, k) * b[k]).powi(2)).sum()).collect()
}

/// Mean gain over all orders, from R² of all subsets.
fn lmg(correlations: &Matrix) -> Vec<f64> {
    let p = correlations.rows() - 1;
    // The outcome goes last, so that what is left of it stands at the end.
    let order: Vec<usize> = (1..=p).chain([0]).collect();
    let mut explained = vec![0.0; 1 << p];
    sweep(&correlations.part(&order, &order), 0, p, 0.0, &mut explained);
    let mut share = vec![0.0; p];
    // Orders in which s drivers stand before a driver: s! (p − s − 1)! of p!.
    let mut weight = vec![1.0 / p as f64; p];
    for s in 1..p {
        weight[s] = weight[s - 1] * s as f64 / (p - s) as f64;
    }
    for set in 0..1_usize << p {
        let w = weight.get(set.count_ones() as usize).copied().unwrap_or(0.0);
        for (k, one) in share.iter_mut().enumerate().filter(|(k, _)| set & (1 << k) == 0) {
            *one += w * (explained[set | (1 << k)] - explained[set]);
        }
    }
    share
}

/// Decides for the first driver left, with and without it; `rest` has what those within leave of the others.
fn sweep(rest: &Matrix, set: usize, p: usize, r2: f64, explained: &mut [f64]) {
    let left = rest.rows() - 1;
    if left == 0 {
        explained[set] = r2;
        return;
    }
    let others: Vec<usize> = (1..=left).collect();
    sweep(&rest.part(&others, &others), set, p, r2, explained);
    let pivot = rest.at(0, 0);
    let gain = if pivot > 1e-12 { 1.0 / pivot } else { 0.0 };
    let with = Matrix::from_fn(left, left, |i, j| {
        rest.at(i + 1, j + 1) - rest.at(i + 1, 0) * rest.at(0, j + 1) * gain
    });
    let more = rest.at(0, left).powi(2) * gain;
    sweep(&with, set | 1 << (p - left), p, r2 + more, explained);
}

/// Returns a 95 % interval for every share, by the bootstrap over the design: see
/// [`resample`](crate::score::method::resample).
#[must_use]
pub fn intervals(design: &Design, given: &Complete, replicates: u32, seed: u64) -> Option<Percentiles> {
    let shares = |weights: &[f64]| {
        let weights: Vec<f64> = given.units.iter().map(|i| weights[*i]).collect();
        Some(correlations(&given.rows, &weights).and_then(|c| importance(&c)).ok()?.shares())
    };
    percentiles(&Bootstrap::new(design, seed), replicates, shares)
}

/// Lists what makes the shares doubtful.
#[must_use]
pub fn warnings(drivers: &Drivers, answers: usize) -> Vec<Warning> {
    let p = drivers.drivers.len();
    let inflated = drivers.drivers.iter().enumerate().filter(|(_, d)| d.inflation >= INFLATED);
    let mut out: Vec<Warning> =
        inflated.map(|(driver, d)| Warning::Collinear { driver, inflation: d.inflation }).collect();
    if answers < ANSWERS_A_DRIVER * p {
        out.push(Warning::FewAnswers { answers, wanted: ANSWERS_A_DRIVER * p });
    }
    let df2 = answers as f64 - p as f64 - 1.0;
    let f = drivers.r_squared / p as f64 / ((1.0 - drivers.r_squared) / df2);
    if let Some(p) = f_above(f, p as f64, df2).filter(|p| *p > 0.05) {
        out.push(Warning::NothingExplained { p });
    }
    out
}

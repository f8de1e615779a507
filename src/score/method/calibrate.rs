//! Calibration: weights that meet known totals of numbers, moved as little as possible.
//!
//! Deville & Särndal (1992): the factor of a weight is a function F of a linear
//! combination of the respondent's calibration variables, chosen so that the
//! weighted totals are the population's. F is 1 + u (linear, the generalised
//! regression estimator, where factors can be negative), exp u (raking), the
//! logit between two bounds, or 1 + u cut at two bounds. Solved by Newton's
//! method with halved steps. For standard errors see
//! [`projection`](crate::score::method::projection).

use crate::score::method::linalg::{Matrix, Solver};
use crate::score::method::margin::Miss;

/// The distance that calibrated weights keep from those before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Distance {
    /// Linear; closed form, factors may be negative.
    Linear,
    /// Multiplicative; factors are positive.
    Raking,
    /// Between a lower bound below 1 and an upper one above, approached smoothly.
    Logit(f64, f64),
    /// Linear, cut at a lower bound below 1 and an upper one above.
    Bounded(f64, f64),
}

/// Why weights can't be calibrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nobody answered, or all weights are zero.
    Nobody,
    /// A weight is negative or not a number.
    Weight(usize),
    /// A calibration variable or total is not a number.
    Number(usize),
    /// The numbers of rows, weights and totals do not fit.
    Shape,
    /// The bounds do not hold 1 between them.
    Bounds,
}

/// Calibrated weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibrated {
    /// Factor of every respondent's weight.
    pub factors: Vec<f64>,
    /// Newton steps.
    pub steps: u32,
    /// Variables that depend on earlier ones; their totals are met only when they fit those of the others.
    pub dependent: Vec<usize>,
    /// Totals that were not met, by variable (`margin`); empty when it converged.
    pub misses: Vec<Miss>,
}

impl Calibrated {
    /// Tells whether all totals are met.
    #[must_use]
    pub fn converged(&self) -> bool {
        self.misses.is_empty()
    }
}

/// Largest number of Newton steps.
const STEPS: u32 = 200;
/// A total counts as met when it is off by at most this share of one more than itself.
const TOLERANCE: f64 = 1e-12;

/// Finds factors under which the weighted totals of `rows` are `totals`.
pub fn calibrate(
    rows: &Matrix,
    weights: &[f64],
    totals: &[f64],
    distance: Distance,
) -> Result<Calibrated, Fault> {
    examine(rows, weights, totals, distance)?;
    let system = System { rows, weights, totals, distance };
    let mut at = system.at(&vec![0.0; totals.len()]);
    let dependent: Vec<usize> = {
        let solver = Solver::new(&system.slope(&vec![1.0; weights.len()]));
        (0..totals.len()).filter(|k| !solver.independent()[*k]).collect()
    };
    let mut steps = 0;
    while steps < STEPS && at.off > TOLERANCE {
        steps += 1;
        let step = Solver::new(&system.slope(&at.derivatives)).solve(&at.misfit);
        let mut share = 1.0;
        let mut next = system.at(&at.moved(&step, share));
        for _ in 0..30 {
            if next.off.is_finite() && next.off < at.off {
                break;
            }
            share /= 2.0;
            next = system.at(&at.moved(&step, share));
        }
        if !(next.off.is_finite() && next.off < at.off) {
            // Nothing comes closer: rounding, or totals out of reach.
            break;
        }
        at = next;
    }
    let misses = system.misses(&at);
    Ok(Calibrated { factors: at.factors, steps, dependent, misses })
}

fn examine(rows: &Matrix, weights: &[f64], totals: &[f64], distance: Distance) -> Result<(), Fault> {
    if rows.rows() != weights.len() || rows.columns() != totals.len() {
        return Err(Fault::Shape);
    }
    if let Some(i) = weights.iter().position(|w| !w.is_finite() || *w < 0.0) {
        return Err(Fault::Weight(i));
    }
    if !weights.iter().any(|w| *w > 0.0) {
        return Err(Fault::Nobody);
    }
    let broken = |k: &usize| !totals[*k].is_finite() || (0..rows.rows()).any(|i| !rows.at(i, *k).is_finite());
    if let Some(k) = (0..totals.len()).find(broken) {
        return Err(Fault::Number(k));
    }
    match distance {
        Distance::Logit(low, high) | Distance::Bounded(low, high) if !(low < 1.0 && high > 1.0) => {
            Err(Fault::Bounds)
        }
        _ => Ok(()),
    }
}

/// What is to be solved.
struct System<'a> {
    rows: &'a Matrix,
    weights: &'a [f64],
    totals: &'a [f64],
    distance: Distance,
}

/// One try.
struct Try {
    point: Vec<f64>,
    factors: Vec<f64>,
    derivatives: Vec<f64>,
    misfit: Vec<f64>,
    /// Largest misfit as a share of one more than the total.
    off: f64,
}

impl Try {
    fn moved(&self, step: &[f64], share: f64) -> Vec<f64> {
        self.point.iter().zip(step).map(|(p, s)| p + share * s).collect()
    }
}

impl System<'_> {
    fn at(&self, point: &[f64]) -> Try {
        let mut misfit = self.totals.to_vec();
        let (mut factors, mut derivatives) = (Vec::new(), Vec::new());
        for (i, w) in self.weights.iter().enumerate() {
            let row = self.rows.row(i);
            let (g, d) = factor(self.distance, row.iter().zip(point).map(|(x, p)| x * p).sum());
            misfit.iter_mut().zip(row).for_each(|(m, x)| *m -= w * g * x);
            factors.push(g);
            derivatives.push(d);
        }
        let off = misfit.iter().zip(self.totals).map(|(m, t)| m.abs() / (1.0 + t.abs()));
        // `max` would drop what is not a number.
        let off = off.fold(0.0_f64, |a, b| if b.is_nan() || a.is_nan() { f64::NAN } else { a.max(b) });
        Try { point: point.to_vec(), factors, derivatives, misfit, off }
    }

    fn slope(&self, derivatives: &[f64]) -> Matrix {
        let mut out = Matrix::zeros(self.totals.len(), self.totals.len());
        for (i, (w, d)) in self.weights.iter().zip(derivatives).enumerate() {
            if w * d > 0.0 {
                out.add_outer(w * d, self.rows.row(i));
            }
        }
        out
    }

    /// Totals that are off by more than rounding explains.
    fn misses(&self, at: &Try) -> Vec<Miss> {
        let one = |(k, (off, wanted)): (usize, (&f64, &f64))| {
            let size: f64 =
                (0..self.weights.len()).map(|i| (self.weights[i] * self.rows.at(i, k)).abs()).sum();
            (off.abs() > 1e-9 * (wanted.abs() + size)).then(|| Miss {
                margin: k,
                category: 0,
                wanted: *wanted,
                reached: wanted - off,
            })
        };
        at.misfit.iter().zip(self.totals).enumerate().filter_map(one).collect()
    }
}

/// Returns F(u) and its derivative.
fn factor(distance: Distance, u: f64) -> (f64, f64) {
    match distance {
        Distance::Linear => (1.0 + u, 1.0),
        Distance::Raking => (u.exp(), u.exp()),
        Distance::Bounded(low, high) => {
            let inside = 1.0 + u > low && 1.0 + u < high;
            ((1.0 + u).clamp(low, high), f64::from(u8::from(inside)))
        }
        Distance::Logit(low, high) => {
            let (up, down) = (high - 1.0, 1.0 - low);
            let steep = (high - low) / (up * down);
            // Written with the exponential of a number that is never positive, so that nothing overflows.
            let small = (-steep * u.abs()).exp();
            let (left, right) = if u < 0.0 { (up, down * small) } else { (up * small, down) };
            let sum = left + right;
            ((low * left + high * right) / sum, steep * (high - low) * left * right / (sum * sum))
        }
    }
}

//! Regression under the design: linear and logistic.
//!
//! Coefficients solve the weighted estimating equations (Binder 1983); their
//! influence values are A⁻¹x(y − μ), A the weighted information, so that
//! [`covariance`](crate::score::covariance::covariance) gives their covariances
//! (Lumley 2010, ch. 5). Tests take the design's degrees of freedom less the
//! number of coefficients beside the intercept. A column that depends on earlier
//! ones gets no coefficient.

use crate::score::covariance::Covariance;
use crate::score::design::Design;
use crate::score::linear::Linear;
use crate::score::method::linalg::{Matrix, Solver};
use crate::score::method::test::{FTest, TTest, t_test, wald};

/// What the mean of an answer is of the linear combination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The combination itself.
    Linear,
    /// Its logistic function; answers are shares from 0 to 1.
    Logistic,
}

/// Answers with what may explain them.
#[derive(Debug, Clone, Copy)]
pub struct Observations<'a> {
    /// Index of the unit of each observation, ascending.
    pub units: &'a [usize],
    /// A row an observation; the intercept is a column of ones.
    pub x: &'a Matrix,
    /// What is explained.
    pub y: &'a [f64],
}

/// Why there are no coefficients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Fewer observations with weight than coefficients, or none at all.
    TooFew,
    /// Rows, units and answers do not fit, or hold what is not a number.
    Numbers,
    /// The answers of a logistic regression are not from 0 to 1.
    Shares,
    /// Coefficients grow without bound: a combination of columns tells the answers apart without fault.
    Separated,
}

/// Estimated coefficients.
#[derive(Debug, Clone, PartialEq)]
pub struct Regression {
    /// A coefficient a column; `None` for a column that depends on earlier ones.
    pub coefficients: Vec<Option<Linear>>,
    /// Observations.
    pub n: usize,
    /// Weighted share of the variance that is explained; linear only.
    pub r_squared: Option<f64>,
}

/// Estimates the coefficients.
pub fn regress(design: &Design, given: Observations, link: Link) -> Result<Regression, Fault> {
    let weights = examine(design, given, link)?;
    match link {
        Link::Linear => Ok(linear(design, given, &weights)),
        Link::Logistic => logistic(design, given, &weights),
    }
}

fn linear(design: &Design, given: Observations, weights: &[f64]) -> Regression {
    let solver = Solver::new(&information(given.x, weights));
    let mut beta = vec![0.0; given.x.columns()];
    // The second step takes back the rounding of the first.
    for _ in 0..2 {
        let residuals = residuals(given, &beta);
        beta.iter_mut().zip(solver.solve(&moments(given.x, weights, &residuals))).for_each(|(b, c)| *b += c);
    }
    let residuals = residuals(given, &beta);
    let r_squared = explained(given.y, weights, &residuals);
    finish(design, given, &solver, &beta, &residuals, r_squared)
}

/// Iteratively reweighted least squares with R's start and stop, so that errors agree with R beyond the fifth
/// digit: it takes the information from the last step but one.
fn logistic(design: &Design, given: Observations, weights: &[f64]) -> Result<Regression, Fault> {
    let start = |(y, w): (&f64, &f64)| (w * y + 0.5) / (w + 1.0);
    let mut mu: Vec<f64> = given.y.iter().zip(weights).map(start).collect();
    let mut eta: Vec<f64> = mu.iter().map(|m| (m / (1.0 - m)).ln()).collect();
    let mut before = deviance(given.y, &mu, weights);
    for _ in 0..50 {
        let slope: Vec<f64> = mu.iter().map(|m| m * (1.0 - m)).collect();
        let working: Vec<f64> = weights.iter().zip(&slope).map(|(w, s)| w * s).collect();
        let solver = Solver::new(&information(given.x, &working));
        let target: Vec<f64> = (0..mu.len()).map(|i| eta[i] + (given.y[i] - mu[i]) / slope[i]).collect();
        let beta = solver.solve(&moments(given.x, &working, &target));
        eta = given.x.times_vector(&beta);
        mu = eta.iter().map(|e| 1.0 / (1.0 + (-e).exp())).collect();
        // Shares nearer than a millionth to zero or one come from coefficients on their way to infinity, whose
        // residuals, and so errors, vanish.
        if eta.iter().any(|e| e.is_nan() || e.abs() > 14.0) {
            return Err(Fault::Separated);
        }
        let now = deviance(given.y, &mu, weights);
        if (now - before).abs() / (now.abs() + 0.1) < 1e-8 {
            let residuals: Vec<f64> =
                (0..mu.len()).map(|i| (given.y[i] - mu[i]) / (mu[i] * (1.0 - mu[i])) * slope[i]).collect();
            return if now < 1e-6 {
                Err(Fault::Separated)
            } else {
                Ok(finish(design, given, &solver, &beta, &residuals, None))
            };
        }
        before = now;
    }
    Err(Fault::Separated)
}

/// Twice the weighted log likelihood lost against a perfect fit.
fn deviance(y: &[f64], mu: &[f64], weights: &[f64]) -> f64 {
    let part = |y: f64, mu: f64| if y > 0.0 { y * (y / mu).ln() } else { 0.0 };
    let one = |((y, mu), w): ((&f64, &f64), &f64)| 2.0 * w * (part(*y, *mu) + part(1.0 - y, 1.0 - mu));
    y.iter().zip(mu).zip(weights).map(one).sum()
}

fn information(x: &Matrix, weights: &[f64]) -> Matrix {
    let mut out = Matrix::zeros(x.columns(), x.columns());
    weights.iter().enumerate().for_each(|(i, w)| out.add_outer(*w, x.row(i)));
    out
}

fn moments(x: &Matrix, weights: &[f64], values: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; x.columns()];
    for (i, (w, v)) in weights.iter().zip(values).enumerate() {
        out.iter_mut().zip(x.row(i)).for_each(|(s, x)| *s += w * v * x);
    }
    out
}

fn residuals(given: Observations, beta: &[f64]) -> Vec<f64> {
    given.x.times_vector(beta).iter().zip(given.y).map(|(fitted, y)| y - fitted).collect()
}

fn examine(design: &Design, given: Observations, link: Link) -> Result<Vec<f64>, Fault> {
    debug_assert!(design.is_of_single_people(), "every row is a person");
    let (x, y) = (given.x, given.y);
    if x.rows() != y.len() || y.len() != given.units.len() {
        return Err(Fault::Numbers);
    }
    let finite = (0..x.rows()).all(|i| y[i].is_finite() && x.row(i).iter().all(|v| v.is_finite()));
    let weights: Vec<f64> =
        given.units.iter().filter_map(|u| design.units.get(*u)).map(|u| u.weight).collect();
    if !finite || weights.len() != y.len() || weights.iter().any(|w| !w.is_finite() || *w < 0.0) {
        return Err(Fault::Numbers);
    }
    if link == Link::Logistic && y.iter().any(|y| !(0.0..=1.0).contains(y)) {
        return Err(Fault::Shares);
    }
    if weights.iter().filter(|w| **w > 0.0).count() < x.columns().max(1) {
        return Err(Fault::TooFew);
    }
    // With a mean weight of one, sums stay in the range of the answers.
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    Ok(weights.iter().map(|w| w / mean).collect())
}

/// Attaches influence values to the coefficients.
fn finish(
    design: &Design,
    given: Observations,
    solver: &Solver,
    beta: &[f64],
    residuals: &[f64],
    r_squared: Option<f64>,
) -> Regression {
    let inverse = solver.inverse();
    // Weights were divided by their mean; the influence of a unit is by its weight as it stands in the design.
    let sum: f64 = given.units.iter().map(|u| design.units[*u].weight).sum();
    let scale = given.units.len() as f64 / sum;
    let influence = |k: usize| -> Vec<(usize, f64)> {
        let one = |(i, u): (usize, &usize)| {
            let slope: f64 = inverse.row(k).iter().zip(given.x.row(i)).map(|(a, x)| a * x).sum();
            (*u, slope * residuals[i] * scale)
        };
        given.units.iter().enumerate().map(one).collect()
    };
    let coefficients = (0..beta.len())
        .map(|k| solver.independent()[k].then(|| Linear::new(beta[k], influence(k))))
        .collect();
    Regression { coefficients, n: given.y.len(), r_squared }
}

fn explained(y: &[f64], weights: &[f64], residuals: &[f64]) -> Option<f64> {
    let sum: f64 = weights.iter().sum();
    let mean = y.iter().zip(weights).map(|(y, w)| w * y).sum::<f64>() / sum;
    let all: f64 = y.iter().zip(weights).map(|(y, w)| w * (y - mean) * (y - mean)).sum();
    let left: f64 = residuals.iter().zip(weights).map(|(r, w)| w * r * r).sum();
    (all > 0.0).then(|| 1.0 - left / all)
}

impl Regression {
    /// Returns the coefficients that there are.
    #[must_use]
    pub fn estimates(&self) -> Vec<Linear> {
        self.coefficients.iter().flatten().cloned().collect()
    }

    /// Returns the degrees of freedom of tests, given those of the design.
    #[must_use]
    pub fn df(&self, design: u64) -> f64 {
        design as f64 + 1.0 - self.coefficients.iter().flatten().count() as f64
    }

    /// Tests every coefficient against zero, given the covariances of [`Self::estimates`].
    #[must_use]
    pub fn tests(&self, covariance: &Covariance) -> Vec<Option<TTest>> {
        let df = self.df(covariance.df);
        let mut place = 0;
        let one = |c: &Option<Linear>| {
            let value = c.as_ref()?.value;
            place += 1;
            t_test(value, covariance.matrix.as_ref().map(|m| m.at(place - 1, place - 1)), df)
        };
        self.coefficients.iter().map(one).collect()
    }

    /// Tests whether several columns explain anything together.
    #[must_use]
    pub fn term(&self, columns: &[usize], covariance: &Covariance) -> Option<FTest> {
        let matrix = covariance.matrix.as_ref()?;
        let there: Vec<usize> =
            (0..self.coefficients.len()).filter(|k| self.coefficients[*k].is_some()).collect();
        let places: Vec<usize> = columns.iter().filter_map(|c| there.iter().position(|k| k == c)).collect();
        let values: Vec<f64> =
            places.iter().filter_map(|p| self.coefficients[there[*p]].as_ref()).map(|c| c.value).collect();
        wald(&values, &matrix.part(&places, &places), self.df(covariance.df))
    }
}

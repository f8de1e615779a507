//! Weights that the data themselves have changed, and what that means for errors.
//!
//! Weights that were raised for people who did not answer, or made to agree
//! with known figures, are no fixed numbers: taking them so is off by some
//! percent in either direction. An adjustment carries the influence values of an
//! estimate under the new weights back to the weights before it; what is left
//! varies like the total of the old weights times these values.
//!
//! *Response classes*: those who answered stand for all of their class,
//! `w' = w·A/B` with A the weight of everybody in the class and B that of those
//! who answered. With z̄ the weighted mean of a class's influence values, whoever
//! answered has `A/B·(z − z̄) + z̄`, and whoever did not has z̄: the derivative of
//! the whole estimate by that person's weight (Deville 1999; what a jackknife of
//! the whole procedure estimates). *Calibration*: the calibrated weight over the
//! old one, times the residual from the regression on the calibration variables
//! (Deville & Särndal 1992).

use crate::score::design::Unit;
use crate::score::method::projection::Projection;

/// A step from weights to weights.
#[derive(Debug, Clone)]
pub struct Adjustment {
    /// Weight of every unit (of each of its people) before it.
    pub before: Vec<f64>,
    /// Weight of every unit after it.
    pub after: Vec<f64>,
    /// How it came about.
    pub kind: Kind,
}

/// How weights were changed.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Those who answered stand for their class.
    Response {
        /// Class of every unit.
        class: Vec<usize>,
        /// Who answered.
        answered: Vec<bool>,
    },
    /// By a number for each unit that is taken as given: weights that were cut.
    Fixed,
    /// The weights agree with known figures.
    Calibration(Box<Projection>),
}

impl Adjustment {
    /// Carries influence values back to the weights before: one for every unit.
    #[must_use]
    pub fn carry_back(&self, units: &[Unit], influence: &[(usize, f64)]) -> Vec<(usize, f64)> {
        match &self.kind {
            Kind::Response { class, answered } => self.of_classes(units, influence, class, answered),
            Kind::Fixed => influence.iter().map(|(i, z)| (*i, z * self.factor(*i))).collect(),
            Kind::Calibration(projection) => {
                let residuals = projection.residuals(influence).into_iter();
                residuals.map(|(i, z)| (i, z * self.factor(i))).collect()
            }
        }
    }

    fn factor(&self, unit: usize) -> f64 {
        if self.before[unit] > 0.0 { self.after[unit] / self.before[unit] } else { 0.0 }
    }

    fn of_classes(
        &self,
        units: &[Unit],
        influence: &[(usize, f64)],
        class: &[usize],
        answered: &[bool],
    ) -> Vec<(usize, f64)> {
        let count = class.iter().max().map_or(0, |c| c + 1);
        let (mut all, mut here, mut sum) = (vec![0.0; count], vec![0.0; count], vec![0.0; count]);
        for (i, (&c, &w)) in class.iter().zip(&self.before).enumerate() {
            let total = w * units[i].people();
            all[c] += total;
            if answered[i] {
                here[c] += total;
            }
        }
        let mut z = vec![0.0; class.len()];
        for &(i, value) in influence {
            z[i] += value;
            sum[class[i]] += self.before[i] * value * units[i].people();
        }
        let carried = |i: usize| {
            let c = class[i];
            if here[c] <= 0.0 {
                return 0.0;
            }
            let mean = sum[c] / here[c];
            if answered[i] { all[c] / here[c] * (z[i] - mean) + mean } else { mean }
        };
        (0..class.len()).map(|i| (i, carried(i))).collect()
    }
}

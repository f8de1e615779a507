//! A series of waves: does the level jump, and is the last wave off its trend?
//!
//! With known sampling variances, generalised least squares fits a level or a
//! line, and each possible break is tested as a step in it (the score of Chow
//! 1960; Andrews 1993 for the unknown place). Searching for the place looks many
//! times, so p-values are adjusted for the number of places (Holm 1979). The last
//! wave is compared with the forecast from those before. Waves are taken as
//! independent; where people overlap, the errors are too large and fewer breaks
//! are found.

use crate::score::method::adjust::{Adjustment, adjust};
use crate::score::method::linalg::{Matrix, Solver};
use crate::score::method::tail::normal_above;

/// One wave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When, in any unit.
    pub at: f64,
    /// The estimate.
    pub value: f64,
    /// Its variance; above zero.
    pub variance: f64,
}

/// What is expected without a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// A constant level.
    Level,
    /// A line.
    Trend,
}

/// A step against zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Index of the first wave after the step.
    pub wave: usize,
    /// Height of the step.
    pub height: f64,
    /// Its standard error.
    pub error: f64,
    /// Height over error.
    pub z: f64,
    /// Two-sided p-value, adjusted for the number of places that were tried.
    pub p: f64,
}

/// Tests a step before every wave that leaves enough on both sides; nothing for too few waves.
///
/// A level needs a wave on each side and three in all; a trend needs two on each side.
#[must_use]
pub fn breaks(points: &[Point], course: Course) -> Option<Vec<Step>> {
    let (least, side) = if course == Course::Level { (3, 1) } else { (5, 2) };
    if points.len() < least || !usable(points) {
        return None;
    }
    let tried: Vec<(usize, f64, f64)> =
        (side..=points.len() - side).filter_map(|wave| step(points, course, wave)).collect();
    let raw: Vec<Option<f64>> =
        tried.iter().map(|(_, h, e)| Some(2.0 * normal_above((h / e).abs()))).collect();
    let p = adjust(&raw, Adjustment::Holm);
    let one = |((wave, height, error), p): (&(usize, f64, f64), Option<f64>)| {
        Some(Step { wave: *wave, height: *height, error: *error, z: height / error, p: p? })
    };
    tried.iter().zip(p).map(one).collect()
}

/// Compares the last wave with the forecast from those before; nothing for too few (two for a level, three for a trend).
#[must_use]
pub fn last_against_forecast(points: &[Point], course: Course) -> Option<Step> {
    let least = if course == Course::Level { 3 } else { 4 };
    if points.len() < least || !usable(points) {
        return None;
    }
    let (wave, height, error) = step(points, course, points.len() - 1)?;
    Some(Step { wave, height, error, z: height / error, p: 2.0 * normal_above((height / error).abs()) })
}

fn usable(points: &[Point]) -> bool {
    points
        .iter()
        .all(|p| p.at.is_finite() && p.value.is_finite() && p.variance.is_finite() && p.variance > 0.0)
}

/// Height and error of a step before a wave, beside the course.
fn step(points: &[Point], course: Course, wave: usize) -> Option<(usize, f64, f64)> {
    let middle = points.iter().map(|p| p.at).sum::<f64>() / points.len() as f64;
    let row = |(i, p): (usize, &Point)| {
        let after = f64::from(u8::from(i >= wave));
        match course {
            Course::Level => vec![1.0, after],
            Course::Trend => vec![1.0, p.at - middle, after],
        }
    };
    let rows: Vec<Vec<f64>> = points.iter().enumerate().map(row).collect();
    let columns = rows[0].len();
    let mut cross = Matrix::zeros(columns, columns);
    let mut moment = vec![0.0; columns];
    for (row, point) in rows.iter().zip(points) {
        cross.add_outer(1.0 / point.variance, row);
        moment.iter_mut().zip(row).for_each(|(m, x)| *m += x * point.value / point.variance);
    }
    let solver = Solver::new(&cross);
    if !solver.is_full() {
        return None;
    }
    let variance = solver.inverse().at(columns - 1, columns - 1);
    Some((wave, solver.solve(&moment)[columns - 1], variance.sqrt()))
}

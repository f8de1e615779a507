//! Tests of two-way tables under the design.
//!
//! Pearson's statistic of the weighted table follows a sum of chi-squares
//! whose factors are the eigenvalues of generalised design effects (Rao & Scott
//! 1981, 1984). First order divides by their mean; second order matches the
//! variance too and is referred to F (the default: Thomas & Rao 1987); the
//! saddlepoint approximation takes the whole sum (Kuonen 1999; Lumley 2010).
//! Wald's statistic and its adjusted form are there for comparison (Koch,
//! Freeman & Freeman 1975; Fellegi 1980) and err for many cells.

use std::borrow::Cow;

use crate::score::covariance::{covariance, covariance_of};
use crate::score::design::{Design, Options};
use crate::score::linear::Linear;
use crate::score::method::linalg::{Matrix, eigen, relative};
use crate::score::method::tail::{chi_square_above, f_above, normal_above};
use crate::score::method::test::{FTest, wald};

/// A two-way table of weighted counts with its tests.
#[derive(Debug, Clone, PartialEq)]
pub struct TableTest {
    /// Weighted counts by row and column; rows and columns without anybody are left out.
    pub counts: Matrix,
    /// Respondents in the table.
    pub n: usize,
    /// Pearson's statistic, scaled to the number of respondents.
    pub pearson: f64,
    /// Degrees of freedom without a design: (rows − 1)(columns − 1).
    pub df: f64,
    /// Design effects, a symmetric matrix; the identity under simple random sampling.
    relative: Matrix,
    /// Degrees of freedom of the design.
    pub design_df: f64,
    /// Second-order test.
    pub second_order: FTest,
    /// p-value of the first-order test.
    pub first_order: f64,
}

impl TableTest {
    /// Returns the p-value of the whole sum of chi-squares; the eigenvalues that it needs take long where there are many
    /// cells.
    #[must_use]
    pub fn saddlepoint(&self) -> Option<f64> {
        sum_above(self.pearson, &eigen(&self.relative).0, self.second_order.df2)
    }
}

/// Tests whether rows and columns are independent: unit, row and column of everybody, ascending by unit.
#[must_use]
pub fn table_test(design: &Design, given: &[(usize, usize, usize)], options: Options) -> Option<TableTest> {
    let table = Table::new(design, given)?;
    let counts = table.counts(design);
    let all: f64 = (0..table.r).map(|i| counts.row(i).iter().sum::<f64>()).sum();
    if all.is_nan() || all <= 0.0 {
        return None;
    }
    let shares = Matrix::from_fn(table.r, table.c, |i, j| counts.at(i, j) / all);
    let pearson = pearson(&shares, table.n)?;
    let (relative, design_df) = effects(design, &table, &shares, options)?;
    // Sum and squares of the eigenvalues, without the eigenvalues.
    let sum: f64 = (0..relative.rows()).map(|i| relative.at(i, i)).sum();
    let squares: f64 = (0..relative.rows()).flat_map(|i| relative.row(i)).map(|x| x * x).sum();
    if sum <= 0.0 || design_df <= 0.0 {
        return None;
    }
    let (df, df1) = (relative.rows() as f64, sum * sum / squares);
    let (f, df2) = (pearson / sum, df1 * design_df);
    let second_order = FTest { f, df1, df2, p: f_above(f, df1, df2)? };
    Some(TableTest {
        n: table.n,
        pearson,
        df,
        second_order,
        first_order: chi_square_above(pearson * df / sum, df)?,
        relative,
        design_df,
        counts,
    })
}

fn present(codes: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut list: Vec<usize> = codes.collect();
    list.sort_unstable();
    list.dedup();
    list
}

/// Where everybody stands.
struct Table {
    r: usize,
    c: usize,
    /// Respondents.
    n: usize,
    people: Vec<(usize, usize, usize)>,
}

impl Table {
    /// Numbers the rows and columns that somebody is in; nothing for fewer than two of either.
    fn new(design: &Design, given: &[(usize, usize, usize)]) -> Option<Self> {
        let (rows, columns) = (present(given.iter().map(|g| g.1)), present(given.iter().map(|g| g.2)));
        let place = |list: &[usize], x: usize| list.binary_search(&x).unwrap_or(0);
        let people = given.iter().map(|g| (g.0, place(&rows, g.1), place(&columns, g.2))).collect();
        let known = given.iter().all(|g| g.0 < design.units.len());
        (rows.len() > 1 && columns.len() > 1 && known).then(|| Self {
            r: rows.len(),
            c: columns.len(),
            n: usize::try_from(design.people(given.iter().map(|g| g.0))).unwrap_or(usize::MAX),
            people,
        })
    }

    fn counts(&self, design: &Design) -> Matrix {
        let mut counts = Matrix::zeros(self.r, self.c);
        self.people.iter().for_each(|(u, i, j)| counts.add(*i, *j, design.units[*u].total()));
        counts
    }
}

fn pearson(shares: &Matrix, n: usize) -> Option<f64> {
    let row: Vec<f64> = (0..shares.rows()).map(|i| shares.row(i).iter().sum()).collect();
    let column: Vec<f64> =
        (0..shares.columns()).map(|j| (0..shares.rows()).map(|i| shares.at(i, j)).sum()).collect();
    let mut sum = 0.0;
    for (i, a) in row.iter().enumerate() {
        for (j, b) in column.iter().enumerate() {
            // Somebody is there, but with weight zero only.
            if a * b <= 0.0 {
                return None;
            }
            sum += (shares.at(i, j) - a * b).powi(2) / (a * b);
        }
    }
    Some(n as f64 * sum)
}

/// Generalised design effects, with the design's degrees of freedom.
fn effects(design: &Design, table: &Table, shares: &Matrix, options: Options) -> Option<(Matrix, f64)> {
    let (r, c) = (table.r, table.c);
    let all: f64 = table.people.iter().map(|p| design.units[p.0].total()).sum();
    let cell = |k: usize| {
        let (row, column) = (k / c, k % c);
        let p = shares.at(row, column);
        let own = |(u, i, j): &(usize, usize, usize)| {
            (*u, (f64::from(u8::from(*i == row && *j == column)) - p) / all)
        };
        Cow::Owned(Linear::new(p, table.people.iter().map(own).collect()))
    };
    let covariance = covariance_of(design, r * c, cell, options);
    let v = covariance.matrix?;
    let inverse = |k: usize| {
        let p = shares.at(k / c, k % c);
        if p > 0.0 { 1.0 / p } else { 0.0 }
    };
    let diagonal =
        Matrix::from_fn(r * c, r * c, |k, l| if k == l { inverse(k) / table.n as f64 } else { 0.0 });
    let scaled = Matrix::from_fn(r * c, r * c, |k, l| inverse(k) * v.at(k, l) * inverse(l));
    let contrasts = |symmetric: &Matrix| contrasted(&contrasted(symmetric, r, c).transposed(), r, c);
    let (base, under_design) = (contrasts(&diagonal), contrasts(&scaled));
    Some((relative(&under_design, &base)?, covariance.df as f64))
}

/// Returns the product with a basis of what neither rows nor columns of the table explain alone: of every row, each cell
/// but those of the first row and column, less what its row, its column and all cells have on average.
fn contrasted(matrix: &Matrix, r: usize, c: usize) -> Matrix {
    let mut out = Matrix::zeros(matrix.rows(), (r - 1) * (c - 1));
    for at in 0..matrix.rows() {
        let cells = matrix.row(at);
        let by_row: Vec<f64> = cells.chunks(c).map(|row| row.iter().sum::<f64>() / c as f64).collect();
        let by_column: Vec<f64> =
            (0..c).map(|j| cells.iter().skip(j).step_by(c).sum::<f64>() / r as f64).collect();
        let all = by_row.iter().sum::<f64>() / r as f64;
        for i in 1..r {
            for j in 1..c {
                let own = cells[i * c + j] - by_row[i] - by_column[j] + all;
                out.set(at, (i - 1) * (c - 1) + j - 1, own);
            }
        }
    }
    out
}

/// Wald's test of the deviations from independence, plain and adjusted for few clusters; `nu` are the degrees of freedom
/// of the design.
#[must_use]
pub fn wald_tests(
    design: &Design,
    given: &[(usize, usize, usize)],
    options: Options,
    nu: f64,
) -> (Option<FTest>, Option<FTest>) {
    let Some(table) = Table::new(design, given) else { return (None, None) };
    let counts = table.counts(design);
    let row: Vec<f64> = (0..table.r).map(|i| counts.row(i).iter().sum()).collect();
    let column: Vec<f64> = (0..table.c).map(|j| (0..table.r).map(|i| counts.at(i, j)).sum()).collect();
    let all: f64 = row.iter().sum();
    let deviation = |k: usize| {
        let (a, b) = (k / (table.c - 1) + 1, k % (table.c - 1) + 1);
        let (pa, pb) = (row[a] / all, column[b] / all);
        let own = |(u, i, j): &(usize, usize, usize)| {
            let (x, y) = (f64::from(u8::from(*i == a)), f64::from(u8::from(*j == b)));
            (*u, x * y - x * pb - y * pa + pa * pb)
        };
        Linear::new(counts.at(a, b) - row[a] * pb, table.people.iter().map(own).collect())
    };
    let deviations: Vec<Linear> = (0..(table.r - 1) * (table.c - 1)).map(deviation).collect();
    let values: Vec<f64> = deviations.iter().map(|d| d.value).collect();
    let plain = covariance(design, &deviations, options).matrix.and_then(|v| wald(&values, &v, nu));
    let adjusted = plain.and_then(|w| {
        let df2 = nu - w.df1 + 1.0;
        let f = w.f * df2 / nu;
        (df2 > 0.0).then_some(())?;
        Some(FTest { f, df1: w.df1, df2, p: f_above(f, w.df1, df2)? })
    });
    (plain, adjusted)
}

/// Chance that Σ λ χ²₁ over χ²/ddf exceeds a value: saddlepoint approximation, or Satterthwaite's near the middle.
#[must_use]
pub fn sum_above(value: f64, lambda: &[f64], ddf: f64) -> Option<f64> {
    let mean = lambda.iter().sum::<f64>() / lambda.len() as f64;
    let ratio = lambda.iter().map(|l| l * l).sum::<f64>() / lambda.len() as f64 / (mean * mean);
    let ndf = lambda.len() as f64 / ratio;
    let guess = f_above(value / ndf / (mean * ratio), ndf, ddf)?;
    // The denominator enters as whole chi-squares of one degree of freedom, as in R's `survey`.
    let mut terms: Vec<(f64, f64)> = lambda.iter().map(|l| (*l, 1.0)).collect();
    terms.push((-value / ddf, ddf.floor()));
    Some(saddlepoint(&terms).unwrap_or(guess))
}

/// Chance that a sum of chi-squares with factors of both signs, each with a count, is positive.
fn saddlepoint(terms: &[(f64, f64)]) -> Option<f64> {
    let most = terms.iter().map(|(l, _)| *l).fold(0.0, f64::max);
    if most <= 0.0 {
        return None;
    }
    let terms: Vec<(f64, f64)> = terms.iter().map(|(l, n)| (l / most, *n)).collect();
    let negative =
        terms.iter().filter(|(l, _)| *l < 0.0).map(|(l, _)| 0.5 / l).fold(f64::NEG_INFINITY, f64::max);
    let (mut low, mut high) = (negative * 0.99999, 0.5 * 0.99999);
    if !low.is_finite() {
        return None;
    }
    let slope = |z: f64| terms.iter().map(|(l, n)| n * l / (1.0 - 2.0 * z * l)).sum::<f64>();
    if slope(low) > 0.0 || slope(high) < 0.0 {
        return None;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if slope(middle) < 0.0 { low = middle } else { high = middle }
    }
    let z = f64::midpoint(low, high);
    let k = -0.5 * terms.iter().map(|(l, n)| n * (1.0 - 2.0 * z * l).ln()).sum::<f64>();
    let curve = 2.0 * terms.iter().map(|(l, n)| n * (l / (1.0 - 2.0 * z * l)).powi(2)).sum::<f64>();
    // At zero the formula is 0/0.
    if z.abs() < 1e-4 {
        return None;
    }
    let w = z.signum() * (-2.0 * k).max(0.0).sqrt();
    let v = z * curve.sqrt();
    let out = normal_above(w + (v / w).ln() / w);
    out.is_finite().then_some(out)
}

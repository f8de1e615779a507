//! Variances and covariances of several estimates over one design.
//!
//! The same formulas as [`variance`](crate::score::design::variance) (see
//! there for the sources), with products of two estimates in place of squares,
//! so that differences, regressions and tests of tables know how far their
//! parts move together. Estimates over disjoint domains still share strata and
//! clusters. The diagonal is what `variance` gives for each estimate alone,
//! but for strata in which one estimate has nobody: here they count when any
//! of the estimates has somebody there.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::score::design::{CellDesign, Design, Options, Single, sizes};
use crate::score::linear::Linear;
use crate::score::method::linalg::Matrix;
use crate::score::within;

/// A matrix of covariances with what is needed to judge it.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariance {
    /// Covariances in the order of the estimates; `None` where they can't be estimated.
    pub matrix: Option<Matrix>,
    /// Cells with a single unit.
    pub single: Vec<usize>,
    /// Degrees of freedom: units (clusters) of all domains together less their strata.
    pub df: u64,
    /// Every cell was taken and answered in full.
    pub census: bool,
}

impl Covariance {
    /// Returns the variance of a combination of the estimates.
    #[must_use]
    pub fn of(&self, factors: &[f64]) -> Option<f64> {
        self.matrix.as_ref().map(|m| m.form(factors).max(0.0))
    }
}

/// A person or cluster: the class, and the weighted influence on every estimate.
struct Row {
    class: usize,
    totals: Vec<f64>,
    /// People who are alike; 1 for a cluster.
    people: f64,
}

/// Computes the covariances of the sums of weight times influence.
#[must_use]
pub fn covariance(design: &Design, estimates: &[Linear], options: Options) -> Covariance {
    covariance_of(design, estimates.len(), |k| Cow::Borrowed(&estimates[k]), options)
}

/// Computes the same of so many estimates that are made one after the other, so that many of them, as of the cells of a
/// table, are never all there.
#[must_use]
pub fn covariance_of<'a>(
    design: &Design,
    count: usize,
    estimate: impl Fn(usize) -> Cow<'a, Linear>,
    options: Options,
) -> Covariance {
    let sizes = sizes(design);
    let Rows { cells, people, members, clustered, noise } = rows(design, count, estimate, options.finite);
    let mut out = Covariance { matrix: None, single: Vec::new(), df: 0, census: !cells.is_empty() };
    let members = members.iter().enumerate().filter(|(_, there)| **there).map(|(i, _)| i);
    out.df = design.degrees(members, options.finite);
    let mut sum = Matrix::zeros(count, count);
    for (&cell, rows) in &cells {
        let people = people.get(&cell).map_or(&[][..], Vec::as_slice);
        match of_cell(&design.cells[cell], (rows, people), sizes[cell], clustered, count, options.finite) {
            Some((part, full)) => {
                add(&mut sum, &part, 1.0);
                out.census &= full;
            }
            None => {
                out.single.push(cell);
                out.census = false;
            }
        }
    }
    drop_rounding(&noise, &mut sum);
    if cells.is_empty() {
        return out;
    }
    out.matrix = with_single(design, &cells, &out.single, &sizes, sum, options);
    if let Some(matrix) = &mut out.matrix {
        drop_rounding(&noise, matrix);
    }
    out
}

/// What covariances look at.
struct Rows {
    /// Units or clusters of every cell, in the order of their indices.
    cells: BTreeMap<usize, Vec<Row>>,
    /// People of clusters, of every cell with a second stage.
    people: BTreeMap<usize, Vec<Row>>,
    /// Which units any of the estimates has.
    members: Vec<bool>,
    clustered: bool,
    /// Size of every estimate's sum, were nothing of it to cancel.
    noise: Vec<f64>,
}

fn rows<'a>(
    design: &Design,
    count: usize,
    estimate: impl Fn(usize) -> Cow<'a, Linear>,
    finite: bool,
) -> Rows {
    let second: Vec<bool> = design.cells.iter().map(|c| finite && !c.within.is_empty()).collect();
    let mut of_person: BTreeMap<usize, Row> = BTreeMap::new();
    let mut of_unit = vec![usize::MAX; design.units.len()];
    let mut of_cluster: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let mut found: Vec<((usize, usize), Row)> = Vec::new();
    let (mut members, mut first) = (vec![false; design.units.len()], None);
    let mut noise = Vec::with_capacity(count);
    for k in 0..count {
        let estimate = estimate(k);
        noise.push(estimate.influence.iter().map(|(i, z)| (design.units[*i].total() * z).abs()).sum());
        first = first.or(estimate.influence.first().map(|(i, _)| *i));
        estimate.members().for_each(|i| members[i] = true);
        for &(i, z) in &*design.carried_back(&estimate.influence) {
            let unit = design.units[i];
            if of_unit[i] == usize::MAX {
                let next = found.len();
                of_unit[i] = unit.cluster.map_or(next, |c| *of_cluster.entry((unit.cell, c)).or_insert(next));
                if of_unit[i] == next {
                    let (class, people) =
                        if unit.cluster.is_some() { (0, 1.0) } else { (unit.class, unit.people()) };
                    let row = Row { class, totals: vec![0.0; count], people };
                    found.push(((unit.cell, unit.cluster.unwrap_or(i)), row));
                }
            }
            let total = design.weight_before(i) * z;
            let often = if unit.cluster.is_some() { unit.people() } else { 1.0 };
            found[of_unit[i]].1.totals[k] += total * often;
            if second[unit.cell] && design.answered(i) {
                let row = || Row { class: unit.class, totals: vec![0.0; count], people: unit.people() };
                of_person.entry(i).or_insert_with(row).totals[k] += total;
            }
        }
    }
    let mut people: BTreeMap<usize, Vec<Row>> = BTreeMap::new();
    for (i, row) in of_person {
        people.entry(design.units[i].cell).or_default().push(row);
    }
    let clustered = first.is_some_and(|i| design.units[i].cluster.is_some());
    let mut cells: BTreeMap<usize, Vec<Row>> = BTreeMap::new();
    if of_cluster.is_empty() {
        // Two estimates come one behind the other; going through all units is faster than sorting them.
        let mut rows: Vec<Option<Row>> = found.into_iter().map(|(_, row)| Some(row)).collect();
        for (unit, at) in design.units.iter().zip(&of_unit).filter(|(_, at)| **at != usize::MAX) {
            cells.entry(unit.cell).or_default().extend(rows[*at].take());
        }
    } else {
        found.sort_by_key(|(key, _)| *key);
        for ((cell, _), row) in found {
            cells.entry(cell).or_default().push(row);
        }
    }
    Rows { cells, people, members, clustered, noise }
}

fn add(sum: &mut Matrix, part: &Matrix, factor: f64) {
    for r in 0..sum.rows() {
        for c in 0..sum.columns() {
            sum.add(r, c, factor * part.at(r, c));
        }
    }
}

/// Returns a cell's covariances with whether it is a census; nothing when it holds a single unit.
fn of_cell(
    cell: &CellDesign,
    (rows, people): (&[Row], &[Row]),
    size: u64,
    clustered: bool,
    count: usize,
    finite: bool,
) -> Option<(Matrix, bool)> {
    if cell.classes.len() > 1 && !clustered {
        return Some(two_phase(cell, rows, count, finite));
    }
    let n = size as f64;
    let fraction = cell.fraction(n);
    let full = fraction >= 1.0;
    let mut part = Matrix::zeros(count, count);
    if finite {
        for (c, class) in cell.within.iter().enumerate() {
            let own = people.iter().filter(|row| row.class == c);
            let listed: Vec<(&[f64], f64)> = own.map(|r| (r.totals.as_slice(), r.people)).collect();
            let squares = products(&listed, (class.answered as f64).max(1.0), count).1;
            add(&mut part, &squares, fraction * within::factor(*class)?);
        }
    }
    if size < 2 {
        return (full && finite).then_some((part, cell.is_complete()));
    }
    let keep = if finite { 1.0 - fraction } else { 1.0 };
    let listed: Vec<(&[f64], f64)> = rows.iter().map(|r| (r.totals.as_slice(), r.people)).collect();
    add(&mut part, &products(&listed, n, count).1, keep * n / (n - 1.0));
    Some((part, full && cell.is_complete()))
}

/// Estimates from which on products are taken about a row.
const MANY: usize = 40;

/// Means, and sums of products about them, over `n` rows, each listed with how often it is there; those not listed are
/// zero.
///
/// Of many estimates, as of the cells of a table, most are alike for most people: products are taken about the first
/// row, where they are zero, and moved to the means.
fn products(listed: &[(&[f64], f64)], n: f64, count: usize) -> (Vec<f64>, Matrix) {
    let mut mean = vec![0.0; count];
    for (row, people) in listed {
        for (m, t) in mean.iter_mut().zip(*row) {
            *m += t * people;
        }
    }
    for m in &mut mean {
        *m /= n;
    }
    let mut out = Matrix::zeros(count, count);
    let first: Vec<f64> = match listed.first() {
        Some((row, _)) if count >= MANY => row.to_vec(),
        _ => mean.clone(),
    };
    let about = |row: &[f64]| row.iter().zip(&first).map(|(t, f)| t - f).collect::<Vec<f64>>();
    for (row, people) in listed {
        out.add_outer(*people, &about(row));
    }
    let people: f64 = listed.iter().map(|(_, people)| people).sum();
    out.add_outer((n - people).max(0.0), &first);
    out.add_outer(-n, &about(&mean));
    (mean, out)
}

/// Covariances of a cell with weighting classes: see `docs/statistics.md`, “Non-response”.
fn two_phase(cell: &CellDesign, rows: &[Row], count: usize, finite: bool) -> (Matrix, bool) {
    let invited: f64 = cell.classes.iter().map(|c| c.invited as f64).sum();
    let fraction = cell.fraction(invited);
    let keep = if finite { 1.0 - fraction } else { 1.0 };
    let mut parts = Vec::new();
    for (c, class) in cell.classes.iter().enumerate() {
        let (m, r) = (class.invited as f64, class.answered as f64);
        let share = m / invited;
        let scaled: Vec<(Vec<f64>, f64)> = rows
            .iter()
            .filter(|row| row.class == c)
            .map(|row| (row.totals.iter().map(|t| t * r / share).collect(), row.people))
            .collect();
        let listed: Vec<(&[f64], f64)> = scaled.iter().map(|(t, people)| (t.as_slice(), *people)).collect();
        let (mean, squares) = if r > 0.0 {
            products(&listed, r, count)
        } else {
            (vec![0.0; count], Matrix::zeros(count, count))
        };
        let spread = if r > 1.0 { 1.0 / (r - 1.0) } else { 0.0 };
        let second = if r > 0.0 { (1.0 - r / m).max(0.0) * spread / r } else { 0.0 };
        parts.push((m, share, mean, squares, spread, second));
    }
    let mut centre = vec![0.0; count];
    for (_, share, mean, ..) in &parts {
        centre.iter_mut().zip(mean).for_each(|(c, m)| *c += share * m);
    }
    let (mut within, mut out) = (Matrix::zeros(count, count), Matrix::zeros(count, count));
    for (m, share, mean, squares, spread, second) in &parts {
        // The class means are themselves estimates; their own error would be counted as spread between classes.
        add(&mut within, squares, (m - 1.0) * spread - m * (1.0 - share) * second);
        let off: Vec<f64> = mean.iter().zip(&centre).map(|(a, b)| a - b).collect();
        within.add_outer(*m, &off);
        add(&mut out, squares, share * share * second);
    }
    let negative: Vec<usize> = (0..count).filter(|k| within.at(*k, *k) < 0.0).collect();
    clear(&mut within, &negative);
    add(&mut out, &within, keep / (invited - 1.0) / invited);
    (out, fraction >= 1.0 && cell.classes.iter().all(|c| c.answered >= c.invited))
}

/// Sets rows and columns to zero.
fn clear(matrix: &mut Matrix, places: &[usize]) {
    for &k in places {
        for other in 0..matrix.rows() {
            matrix.set(k, other, 0.0);
            matrix.set(other, k, 0.0);
        }
    }
}

/// Where all answers are alike only rounding is left, which is no error.
fn drop_rounding(sizes: &[f64], sum: &mut Matrix) {
    let is_noise = |k: &usize| sum.at(*k, *k).max(0.0).sqrt() <= 1e-12 * sizes[*k];
    let noise: Vec<usize> = (0..sizes.len()).filter(is_noise).collect();
    clear(sum, &noise);
}

/// Adds what cells with a single unit contribute.
fn with_single(
    design: &Design,
    cells: &BTreeMap<usize, Vec<Row>>,
    single: &[usize],
    sizes: &[u64],
    mut sum: Matrix,
    options: Options,
) -> Option<Matrix> {
    if single.is_empty() {
        return Some(sum);
    }
    let (all, alone) = (cells.len() as f64, single.len() as f64);
    match options.single {
        Single::Unknown => None,
        Single::Certainty => Some(sum),
        Single::Average => (all > alone).then(|| {
            let mut out = Matrix::zeros(sum.rows(), sum.columns());
            add(&mut out, &sum, all / (all - alone));
            out
        }),
        Single::Adjust => {
            let total = |rows: &[Row], k: usize| rows.iter().map(|r| r.totals[k] * r.people).sum::<f64>();
            let units = sizes.iter().sum::<u64>() as f64;
            let count = sum.rows();
            let centre: Vec<f64> =
                (0..count).map(|k| cells.values().map(|rows| total(rows, k)).sum::<f64>() / units).collect();
            for cell in single {
                let fraction = design.cells[*cell].population.map_or(0.0, |all| 1.0 / all);
                let keep = if options.finite { 1.0 - fraction } else { 1.0 };
                let off: Vec<f64> = (0..count).map(|k| total(&cells[cell], k) - centre[k]).collect();
                sum.add_outer(keep, &off);
            }
            Some(sum)
        }
    }
}

//! Change between two waves: different people, or partly the same.
//!
//! Independent waves add their variances, with Satterthwaite's (1946) degrees
//! of freedom. Where people answered twice, both waves are stacked into one
//! design in which a person is a cluster, so that what is alike in both cancels
//! (no finite population correction); with the correction, a stratum's
//! variance is (1/n₁ − 1/N) S₁ + (1/n₂ − 1/N) S₂ − 2 (n₁₂/(n₁n₂) − 1/N) S₁₂ (Tam
//! 1984; Berger & Priam 2016), S₁₂ from those in both. Overlapping intervals
//! are no test of a change.

use std::collections::BTreeMap;

use crate::score::design::{CellDesign, Design, Options, Unit, variance};
use crate::score::linear::Linear;
use crate::score::method::test::{TTest, t_test};

/// An estimate of one wave, with what its variance tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wave {
    /// The estimate.
    pub value: f64,
    /// Its variance; `None` where it can't be estimated.
    pub variance: Option<f64>,
    /// Degrees of freedom.
    pub df: f64,
}

impl Wave {
    /// Takes an estimate and its variance from a design.
    #[must_use]
    pub fn new(design: &Design, linear: &Linear, options: Options) -> Self {
        let v = variance(design, &linear.influence, options);
        Self { value: linear.value, variance: v.value, df: v.df as f64 }
    }
}

/// Tests the second wave less the first when nobody is in both.
#[must_use]
pub fn independent(first: Wave, second: Wave) -> Option<TTest> {
    let (a, b) = (first.variance?, second.variance?);
    t_test(second.value - first.value, Some(a + b), satterthwaite(&[(a, first.df), (b, second.df)])?)
}

/// Degrees of freedom of a sum of independent variances.
#[must_use]
pub fn satterthwaite(parts: &[(f64, f64)]) -> Option<f64> {
    if parts.iter().any(|(v, df)| *v > 0.0 && *df <= 0.0) {
        return None;
    }
    let below: f64 = parts.iter().filter(|(v, _)| *v > 0.0).map(|(v, df)| v * v / df).sum();
    (below > 0.0).then(|| parts.iter().map(|(v, _)| v).sum::<f64>().powi(2) / below)
}

/// Two waves in one design: strata that have the same name are one, and a person is one cluster.
///
/// Clusters of the waves' own designs stay clusters when both have them, with the same numbers in both. Respondents
/// of the second wave follow those of the first. Weighting classes are not carried over. Weights are those before any
/// adjustment: [`of_first`] and [`of_second`] carry influence values back to them.
#[must_use]
pub fn stack(first: (&Design, &[u64]), second: (&Design, &[u64])) -> Design {
    debug_assert!(
        first.0.is_of_single_people() && second.0.is_of_single_people(),
        "people are matched one by one"
    );
    let mut cells: Vec<CellDesign> = Vec::new();
    let mut units = Vec::new();
    let mut persons: BTreeMap<(usize, bool, u64), usize> = BTreeMap::new();
    for (design, keys) in [first, second] {
        let places: Vec<usize> = design.cells.iter().map(|cell| place(&mut cells, cell)).collect();
        for (i, (unit, key)) in design.units.iter().zip(keys).enumerate() {
            let cell = places[unit.cell];
            let own = unit.cluster.map_or((cell, false, *key), |c| (cell, true, c as u64));
            let next = persons.len();
            let cluster = Some(*persons.entry(own).or_insert(next));
            units.push(Unit { cell, class: 0, weight: design.weight_before(i), cluster, count: 1 });
        }
    }
    Design { cells, units, ..Design::default() }
}

fn place(cells: &mut Vec<CellDesign>, cell: &CellDesign) -> usize {
    cells.iter().position(|c| c.name == cell.name).unwrap_or_else(|| {
        let classes = cell.classes.iter().take(1).copied().collect();
        cells.push(CellDesign { classes, within: Vec::new(), ..cell.clone() });
        cells.len() - 1
    })
}

/// Returns an estimate of the first wave as one of the stacked design.
#[must_use]
pub fn of_first(linear: &Linear, first: &Design) -> Linear {
    Linear::new(linear.value, first.carried_back(&linear.influence).into_owned())
}

/// Returns an estimate of the second wave as one of the stacked design.
#[must_use]
pub fn of_second(linear: &Linear, second: &Design, first: &Design) -> Linear {
    let by = first.units.len();
    let carried = second.carried_back(&linear.influence);
    Linear::new(linear.value, carried.iter().map(|(i, z)| (i + by, *z)).collect())
}

/// What two samples of one stratum tell of a change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// People in the population; `None` for no correction.
    pub population: Option<f64>,
    /// Respondents of the first wave.
    pub n1: u64,
    /// Respondents of the second wave.
    pub n2: u64,
    /// Respondents of both.
    pub both: u64,
    /// Variance of the influence values of the first wave, on the scale of the estimate.
    pub s1: f64,
    /// The same for the second wave.
    pub s2: f64,
    /// Covariance among those in both.
    pub s12: f64,
}

impl Overlap {
    /// Returns the stratum's part of the variance of the change; nothing for fewer than two respondents in a wave.
    #[must_use]
    pub fn variance(&self) -> Option<f64> {
        if self.n1 < 2 || self.n2 < 2 {
            return None;
        }
        let (a, b, both) = (self.n1 as f64, self.n2 as f64, self.both as f64);
        let all = self.population.map_or(0.0, |n| if n > 0.0 { 1.0 / n } else { 0.0 });
        let part = |n: f64| (1.0 / n - all).max(0.0);
        Some((part(a) * self.s1 + part(b) * self.s2 - 2.0 * (both / (a * b) - all) * self.s12).max(0.0))
    }
}

/// Tests the second wave less the first when some people are in both, stratum by stratum with correction.
///
/// Influence values are those of [`mean`](crate::score::linear::mean) over each wave's own design; strata are matched
/// by name, people by key. The correction is left out with [`Options::finite`] off. Degrees of freedom count people.
/// Nothing for designs with clusters, for which [`stack`] is there.
#[must_use]
pub fn overlapping(
    first: (&Design, &[u64], &Linear),
    second: (&Design, &[u64], &Linear),
    options: Options,
) -> Option<(TTest, Vec<Overlap>)> {
    if first.0.is_clustered() || second.0.is_clustered() {
        return None;
    }
    let strata = strata(first, second, options.finite)?;
    let v = strata.iter().map(|(o, _)| o.variance()).sum::<Option<f64>>()?;
    let df = strata.iter().map(|(_, people)| people.saturating_sub(1) as f64).sum();
    let test = t_test(second.2.value - first.2.value, Some(v), df)?;
    Some((test, strata.into_iter().map(|(o, _)| o).collect()))
}

/// Every stratum with its number of different people.
fn strata(
    first: (&Design, &[u64], &Linear),
    second: (&Design, &[u64], &Linear),
    finite: bool,
) -> Option<Vec<(Overlap, usize)>> {
    let (one, two) = (by_stratum(first)?, by_stratum(second)?);
    let mut names: Vec<&str> = one.keys().chain(two.keys()).copied().collect();
    names.sort_unstable();
    names.dedup();
    let nobody = BTreeMap::new();
    let stratum = |name: &&str| {
        let (a, b) = (one.get(name).unwrap_or(&nobody), two.get(name).unwrap_or(&nobody));
        let cell = first.0.cells.iter().chain(&second.0.cells).find(|c| c.name == **name);
        let pairs: Vec<(f64, f64)> = a.iter().filter_map(|(k, x)| b.get(k).map(|y| (*x, *y))).collect();
        let (x, y): (Vec<f64>, Vec<f64>) = (a.values().copied().collect(), b.values().copied().collect());
        let overlap = Overlap {
            population: cell.and_then(|c| c.population).filter(|_| finite),
            n1: x.len() as u64,
            n2: y.len() as u64,
            both: pairs.len() as u64,
            s1: covariance(&x.iter().map(|x| (*x, *x)).collect::<Vec<_>>()),
            s2: covariance(&y.iter().map(|y| (*y, *y)).collect::<Vec<_>>()),
            s12: covariance(&pairs),
        };
        (overlap, x.len() + y.len() - pairs.len())
    };
    Some(names.iter().map(stratum).collect())
}

/// Influence of each respondent times the stratum's respondents, by stratum and key; those outside the domain have zero.
fn by_stratum<'a>(wave: (&'a Design, &[u64], &Linear)) -> Option<BTreeMap<&'a str, BTreeMap<u64, f64>>> {
    let (design, keys, linear) = wave;
    debug_assert!(design.is_of_single_people(), "people are matched one by one");
    let mut sizes = vec![0.0; design.cells.len()];
    design.units.iter().for_each(|u| sizes[u.cell] += 1.0);
    let mut out: BTreeMap<&str, BTreeMap<u64, f64>> = BTreeMap::new();
    for (unit, key) in design.units.iter().zip(keys) {
        // A person twice in one wave has no single value.
        if out.entry(design.cells[unit.cell].name.as_str()).or_default().insert(*key, 0.0).is_some() {
            return None;
        }
    }
    for (i, z) in &*design.carried_back(&linear.influence) {
        let unit = design.units[*i];
        let name = design.cells[unit.cell].name.as_str();
        out.entry(name).or_default().insert(keys[*i], sizes[unit.cell] * design.weight_before(*i) * z);
    }
    Some(out)
}

fn covariance(pairs: &[(f64, f64)]) -> f64 {
    let n = pairs.len() as f64;
    if pairs.len() < 2 {
        return 0.0;
    }
    let (mx, my) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
    pairs.iter().map(|(x, y)| (x - mx) * (y - my)).sum::<f64>() / (n - 1.0)
}

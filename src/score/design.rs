//! Variance of a linearised estimate under the design.
//!
//! Goes in: who answered, in which cell and weighting class, with what weight,
//! and an influence value for each. Comes out: the estimated variance of the
//! weighted total of the influence values.
//!
//! A cell is a stratum of a simple random sample without replacement (Cochran
//! 1977, ch. 5; Särndal, Swensson and Wretman 1992, ch. 3). With weighting
//! classes a cell is a two-phase sample: the invited people of each class are
//! counted, and those who answered are a random part of their class (response
//! homogeneity groups: Rao 1973; Cochran 1977, ch. 12; Särndal et al. 1992,
//! ch. 9 and 15). `docs/statistics.md` derives the formula. Of drawn clusters of
//! which not everybody answers, those who do are a second stage (`within.rs`).
//! Domains keep every unit of the cell, with influence zero outside, so nothing is
//! ever filtered.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::checked::SingleStratum;
use crate::score::adjustment::{Adjustment, Kind};
use crate::score::within;

/// How many of a weighting class were invited and how many answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassCount {
    /// Invited.
    pub invited: u64,
    /// Answered and kept.
    pub answered: u64,
}

/// One stratum of the design.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CellDesign {
    /// Name, for messages.
    pub name: String,
    /// People in the population (clusters, where there are clusters); `None` means drawn with replacement.
    pub population: Option<f64>,
    /// Weighting classes; a single one when there is no adjustment within the cell, of clusters where there are any.
    pub classes: Vec<ClassCount>,
    /// People of its drawn clusters, by class: who was invited, and who answered. Empty where nobody is missing.
    pub within: Vec<ClassCount>,
}

impl CellDesign {
    /// Returns the share that some of its units (clusters) are of all, in the population.
    pub(super) fn fraction(&self, units: f64) -> f64 {
        self.population.map_or(0.0, |all| if all > 0.0 { (units / all).min(1.0) } else { 1.0 })
    }

    /// Tells whether its people are the sample: every cluster of the population is there, but not everybody of them.
    fn is_of_people(&self) -> bool {
        !self.within.is_empty() && self.fraction(self.classes.iter().map(|c| c.invited as f64).sum()) >= 1.0
    }

    /// Tells whether everybody of its drawn clusters answered.
    pub(super) fn is_complete(&self) -> bool {
        self.within.iter().all(|c| c.answered >= c.invited)
    }
}

/// One respondent, or several who are alike in everything that an estimate looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    /// Index of the cell.
    pub cell: usize,
    /// Index of the class within the cell.
    pub class: usize,
    /// Weight of each of them.
    pub weight: f64,
    /// Cluster, where people were drawn together.
    pub cluster: Option<usize>,
    /// How many people it stands for; influence values are those of each of them.
    pub count: u64,
}

impl Unit {
    /// Returns how many people it stands for, as a factor of sums.
    #[must_use]
    pub fn people(&self) -> f64 {
        self.count as f64
    }

    /// Returns the weight of all its people.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.weight * self.people()
    }
}

/// Who answered, and how they came in.
#[derive(Debug, Clone, Default)]
pub struct Design {
    /// Strata.
    pub cells: Vec<CellDesign>,
    /// Respondents, or counts of those who are alike, in the order in which sums are formed.
    pub units: Vec<Unit>,
    /// What was done to the weights, in order; a unit's weight is the one behind the last.
    pub adjustments: Vec<Adjustment>,
    /// What a stratum with a single unit contributes to errors.
    pub single: Single,
}

impl Design {
    /// Returns how errors under it are computed, with finite population correction or without.
    #[must_use]
    pub fn options(&self, finite: bool) -> Options {
        Options { finite, single: self.single }
    }

    /// Tells whether any of its units are clusters.
    #[must_use]
    pub fn is_clustered(&self) -> bool {
        self.units.iter().any(|unit| unit.cluster.is_some())
    }

    /// Counts the people of some units.
    #[must_use]
    pub fn people(&self, units: impl Iterator<Item = usize>) -> u64 {
        units.map(|i| self.units[i].count).sum()
    }

    /// Tells whether every unit is a person of its own, as whatever draws or matches people needs.
    #[must_use]
    pub fn is_of_single_people(&self) -> bool {
        self.units.iter().all(|u| u.count == 1)
    }

    /// Returns the weight by which each person of a unit came in, before any adjustment.
    #[must_use]
    pub fn weight_before(&self, unit: usize) -> f64 {
        self.adjustments.first().map_or(self.units[unit].weight, |a| a.before[unit])
    }

    /// Carries influence values back to the weights before any adjustment.
    #[must_use]
    pub fn carried_back<'a>(&self, influence: &'a [(usize, f64)]) -> Cow<'a, [(usize, f64)]> {
        self.adjustments.iter().rev().fold(Cow::Borrowed(influence), |z, adjustment| {
            Cow::Owned(adjustment.carry_back(&self.units, &z))
        })
    }

    /// Tells whether the people of a unit answered.
    pub(super) fn answered(&self, unit: usize) -> bool {
        match self.adjustments.first().map(|a| &a.kind) {
            Some(Kind::Response { answered, .. }) => answered[unit],
            _ => true,
        }
    }

    /// Returns the degrees of freedom of a domain: people (clusters) in it, less its cells.
    ///
    /// With finite population correction, people count in cells of which every cluster was taken.
    #[must_use]
    pub fn degrees(&self, members: impl Iterator<Item = usize>, finite: bool) -> u64 {
        let people: Vec<bool> = self.cells.iter().map(|c| finite && c.is_of_people()).collect();
        let mut counts = vec![0_u64; self.cells.len()];
        let clusters = members.filter(|i| {
            let unit = self.units[*i];
            if people[unit.cell] && self.answered(*i) {
                counts[unit.cell] += unit.count;
            }
            !people[unit.cell]
        });
        let reached: u64 = self.reached(clusters).values().map(|n| n.saturating_sub(1)).sum();
        reached + counts.iter().map(|n| n.saturating_sub(1)).sum::<u64>()
    }

    /// Returns the cells and the people (clusters) that members of a domain belong to.
    #[must_use]
    pub fn reached(&self, members: impl Iterator<Item = usize>) -> BTreeMap<usize, u64> {
        let mut clusters = BTreeSet::new();
        let mut cells = BTreeMap::new();
        for i in members {
            let unit = self.units[i];
            let count = cells.entry(unit.cell).or_insert(0);
            *count += match unit.cluster {
                None => unit.count,
                Some(cluster) => u64::from(clusters.insert((unit.cell, cluster))),
            };
        }
        cells
    }
}

/// What a stratum with a single unit contributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Single {
    /// The error can't be estimated, and that is said.
    #[default]
    Unknown,
    /// Nothing, as if it had been drawn with certainty.
    Certainty,
    /// Its squared distance from the mean over all units.
    Adjust,
    /// The mean contribution of the other strata.
    Average,
}

impl From<SingleStratum> for Single {
    fn from(rule: SingleStratum) -> Self {
        match rule {
            SingleStratum::Unknown => Self::Unknown,
            SingleStratum::Adjust => Self::Adjust,
            // What a removed stratum contributes to an error is what a certain one does: nothing.
            SingleStratum::Certainty | SingleStratum::Remove => Self::Certainty,
            SingleStratum::Average => Self::Average,
        }
    }
}

/// How to compute a variance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// With finite population correction.
    pub finite: bool,
    /// What a single unit contributes.
    pub single: Single,
}

/// A variance with what is needed to judge it.
#[derive(Debug, Clone, PartialEq)]
pub struct Variance {
    /// The variance; `None` where it can't be estimated.
    pub value: Option<f64>,
    /// Cells with a single unit.
    pub single: Vec<usize>,
    /// Degrees of freedom: units (clusters) of the domain less its strata.
    pub df: u64,
    /// Every cell of the domain was taken and answered in full.
    pub census: bool,
}

/// Computes the variance of the sum of weight times influence.
///
/// `influence` holds the members of the domain, in order of their index.
#[must_use]
pub fn variance(design: &Design, influence: &[(usize, f64)], options: Options) -> Variance {
    variance_over(design, influence, influence.iter().map(|(i, _)| *i), options)
}

/// Computes the same, with the degrees of freedom of a domain that has further members, without a value.
#[must_use]
pub fn variance_over(
    design: &Design,
    influence: &[(usize, f64)],
    domain: impl Iterator<Item = usize>,
    options: Options,
) -> Variance {
    let sizes = sizes(design);
    let carried = design.carried_back(influence);
    let mut terms: BTreeMap<usize, Vec<(usize, f64)>> = BTreeMap::new();
    for &(i, z) in &*carried {
        terms.entry(design.units[i].cell).or_default().push((i, z));
    }
    let mut out = Variance { value: None, single: Vec::new(), df: 0, census: !influence.is_empty() };
    out.df = design.degrees(domain, options.finite);
    let (mut sum, mut strata) = (0.0, 0_u64);
    for (&cell, members) in &terms {
        let known = cell_variance(design, cell, members, sizes[cell], options.finite);
        out.census &= known.is_some_and(|(_, full)| full);
        strata += 1;
        match known {
            Some((v, _)) => sum += v,
            None => out.single.push(cell),
        }
    }
    // Where all answers are alike only rounding is left, which is no error.
    // What calibration leaves of an influence may itself be rounding, so that its own size tells nothing.
    let size: f64 = influence.iter().map(|(i, z)| (design.units[*i].total() * z).abs()).sum();
    let rounded = |v: f64| if v.sqrt() <= 1e-12 * size { 0.0 } else { v };
    out.value = with_single(design, &terms, &out.single, &sizes, rounded(sum), strata, options).map(rounded);
    out
}

/// Counts the people (clusters) of every cell, with clusters of which nobody answered.
pub(super) fn sizes(design: &Design) -> Vec<u64> {
    let mut seen: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); design.cells.len()];
    let mut sizes = vec![0; design.cells.len()];
    for unit in &design.units {
        match unit.cluster {
            Some(cluster) => sizes[unit.cell] += u64::from(seen[unit.cell].insert(cluster)),
            None => sizes[unit.cell] += unit.count,
        }
    }
    for (size, cell) in sizes.iter_mut().zip(&design.cells).filter(|(_, c)| !c.within.is_empty()) {
        *size = (*size).max(cell.classes.iter().map(|c| c.invited).sum());
    }
    sizes
}

/// Returns the variance of a cell with whether it is a census, or nothing when it holds a single unit.
fn cell_variance(
    design: &Design,
    cell: usize,
    members: &[(usize, f64)],
    size: u64,
    finite: bool,
) -> Option<(f64, bool)> {
    let one = &design.cells[cell];
    let totals = totals(design, members);
    if one.classes.len() > 1 && design.units[members[0].0].cluster.is_none() {
        return Some(two_phase(one, &totals, finite));
    }
    let n = size as f64;
    let fraction = one.fraction(n);
    let full = fraction >= 1.0;
    let second = if finite { fraction * within::variance(design, cell, members)? } else { 0.0 };
    let keep = if finite { 1.0 - fraction } else { 1.0 };
    if size < 2 {
        return if full && finite { Some((second, one.is_complete())) } else { None };
    }
    let values: Vec<(f64, f64)> = totals.iter().map(|t| (t.value, t.people)).collect();
    Some((keep * n / (n - 1.0) * squares(&values, n) + second, full && one.is_complete()))
}

/// Weighted influence of a person or cluster.
struct Total {
    class: usize,
    value: f64,
    /// People with this value; 1 for a cluster.
    people: f64,
}

/// Weighted influence values by person or cluster.
fn totals(design: &Design, members: &[(usize, f64)]) -> Vec<Total> {
    let mut clusters: BTreeMap<usize, f64> = BTreeMap::new();
    let mut out = Vec::with_capacity(members.len());
    for &(i, z) in members {
        let unit = design.units[i];
        match unit.cluster {
            Some(c) => *clusters.entry(c).or_default() += design.weight_before(i) * z * unit.people(),
            None => {
                let value = design.weight_before(i) * z;
                out.push(Total { class: unit.class, value, people: unit.people() });
            }
        }
    }
    out.extend(clusters.into_values().map(|value| Total { class: 0, value, people: 1.0 }));
    out
}

/// Sum of squares about the mean over `n` values, each listed with how often it is there; those not listed are zero.
pub(super) fn squares(values: &[(f64, f64)], n: f64) -> f64 {
    let mean = values.iter().map(|(v, people)| v * people).sum::<f64>() / n;
    let listed: f64 = values.iter().map(|(v, people)| (v - mean) * (v - mean) * people).sum();
    let people: f64 = values.iter().map(|(_, people)| people).sum();
    listed + (n - people).max(0.0) * mean * mean
}

/// Variance of a cell's total with weighting classes: see `docs/statistics.md`, “Non-response”.
fn two_phase(cell: &CellDesign, totals: &[Total], finite: bool) -> (f64, bool) {
    let invited: f64 = cell.classes.iter().map(|c| c.invited as f64).sum();
    let fraction = cell.fraction(invited);
    let parts: Vec<ClassPart> = cell
        .classes
        .iter()
        .enumerate()
        .map(|(c, count)| {
            let own = totals.iter().filter(|t| t.class == c);
            ClassPart::new(*count, invited, own.map(|t| (t.value, t.people)))
        })
        .collect();
    let mean: f64 = parts.iter().map(|p| p.share * p.mean).sum();
    let second: f64 = parts.iter().map(|p| p.share * p.share * p.second).sum();
    let within: f64 = parts.iter().map(|p| (p.invited - 1.0) * p.spread).sum();
    let between: f64 = parts.iter().map(|p| p.invited * (p.mean - mean) * (p.mean - mean)).sum();
    // The class means are themselves estimates; their own error would be counted as spread between classes.
    let excess: f64 = parts.iter().map(|p| p.invited * (1.0 - p.share) * p.second).sum();
    let spread = ((within + between - excess) / (invited - 1.0)).max(0.0);
    let keep = if finite { 1.0 - fraction } else { 1.0 };
    let full = fraction >= 1.0 && cell.classes.iter().all(|c| c.answered >= c.invited);
    (second + keep * spread / invited, full)
}

/// One weighting class on the scale of the cell's total.
struct ClassPart {
    invited: f64,
    /// Share of the invited.
    share: f64,
    mean: f64,
    /// Variance among those who answered.
    spread: f64,
    /// Variance of the mean through who answered.
    second: f64,
}

impl ClassPart {
    fn new(count: ClassCount, all: f64, totals: impl Iterator<Item = (f64, f64)>) -> Self {
        let (invited, answered) = (count.invited as f64, count.answered as f64);
        let share = invited / all;
        let values: Vec<(f64, f64)> = totals.map(|(t, people)| (t * answered / share, people)).collect();
        let mean = values.iter().map(|(v, people)| v * people).sum::<f64>() / answered;
        let spread = if answered > 1.0 { squares(&values, answered) / (answered - 1.0) } else { 0.0 };
        let second = (1.0 - answered / invited).max(0.0) * spread / answered;
        Self { invited, share, mean, spread, second }
    }
}

/// Adds what cells with a single unit contribute.
fn with_single(
    design: &Design,
    terms: &BTreeMap<usize, Vec<(usize, f64)>>,
    single: &[usize],
    sizes: &[u64],
    sum: f64,
    strata: u64,
    options: Options,
) -> Option<f64> {
    if strata == 0 {
        return None;
    }
    if single.is_empty() {
        return Some(sum);
    }
    let alone = single.len() as f64;
    match options.single {
        Single::Unknown => None,
        Single::Certainty => Some(sum),
        Single::Average => (strata as f64 > alone).then(|| sum * strata as f64 / (strata as f64 - alone)),
        Single::Adjust => {
            let all: f64 = terms.values().flat_map(|m| totals(design, m)).map(|t| t.value * t.people).sum();
            let centre = all / sizes.iter().sum::<u64>() as f64;
            let extra = single.iter().map(|cell| {
                let total: f64 = totals(design, &terms[cell]).iter().map(|t| t.value * t.people).sum();
                let fraction = design.cells[*cell].population.map_or(0.0, |all| 1.0 / all);
                let keep = if options.finite { 1.0 - fraction } else { 1.0 };
                keep * (total - centre) * (total - centre)
            });
            Some(sum + extra.sum::<f64>())
        }
    }
}

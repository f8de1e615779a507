//! Two waves with what is known of who answered both, and the test of a change between them.
//!
//! Different people: variances add, with Satterthwaite's degrees of freedom. The same people, all or some: both waves
//! are stacked and a person is one unit, so that what is alike in both cancels (see
//! `score::method::change`). Waves that were drawn in clusters count as overlapping only when every
//! person of both stands in the same cluster both times: numbers that begin anew with each wave match by accident.
//! Degrees of freedom of a change over everybody are the designs', of a change within a group the group's.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Checked;
use crate::score::compare::contrast::Side;
use crate::score::compare::types::People;
use crate::score::design::{Design, Options, variance};
use crate::score::linear::Linear;
use crate::score::method::change::{self, independent, of_first, of_second, overlapping, stack};
use crate::score::method::test::{TTest, t_test};
use crate::score::views::Views;
use crate::score::wave::Wave;

/// Numbers of the people behind a design's units; `None` where a person is not known.
pub type Numbers = Vec<Option<u64>>;

/// Two waves.
pub struct Pair<'a> {
    /// The wave before.
    pub before: &'a Wave<'a>,
    /// This wave.
    pub after: &'a Wave<'a>,
    /// Who answered.
    pub people: People,
    /// People who answered both.
    pub both: Option<u64>,
    overlap: Option<Overlap>,
}

/// A wave as comparisons look at it: kept person by person, or counted.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The campaign.
    pub checked: &'a Checked,
    /// What its figures are estimated from.
    pub views: Views<'a>,
}

impl<'a> Seen<'a> {
    /// Looks at a wave that is kept person by person.
    #[must_use]
    pub fn of(wave: &'a Wave) -> Self {
        Self { checked: wave.checked, views: wave.views() }
    }
}

/// Two waves, with what is known of their people.
#[derive(Clone, Copy)]
pub struct Waves<'a> {
    /// The wave before.
    pub before: Seen<'a>,
    /// This wave.
    pub after: Seen<'a>,
    pair: Option<&'a Pair<'a>>,
}

impl<'a> Waves<'a> {
    /// Takes waves whose people are known.
    #[must_use]
    pub fn of(pair: &'a Pair) -> Self {
        Self { before: Seen::of(pair.before), after: Seen::of(pair.after), pair: Some(pair) }
    }

    /// Takes waves that are compared as different people, because nobody knows who answered both.
    #[must_use]
    pub fn unmatched(before: Seen<'a>, after: Seen<'a>) -> Self {
        Self { before, after, pair: None }
    }

    /// Returns whose answers they are.
    #[must_use]
    pub fn people(&self) -> People {
        self.pair.map_or(People::NotMatched, |pair| pair.people)
    }

    /// Counts those who answered both, where that is known.
    #[must_use]
    pub fn both(&self) -> Option<u64> {
        self.pair.and_then(|pair| pair.both)
    }

    /// Tests an estimate of this wave less one of the wave before, each over its design; `whole` for estimates over
    /// everybody.
    #[must_use]
    pub fn test(&self, before: Side, after: Side, whole: bool) -> Option<TTest> {
        if let Some(pair) = self.pair {
            return pair.test(before.linear, after.linear, whole);
        }
        let finite = self.after.checked.analysis.finite_correction;
        let of = |one: Side| side(one.design, one.linear, finite, whole);
        independent(of(before), of(after))
    }
}

/// Waves in one design.
struct Overlap {
    keys: (Vec<u64>, Vec<u64>),
    stacked: Design,
}

impl<'a> Pair<'a> {
    /// Puts two waves together; numbers stand in the order of the designs' units.
    #[must_use]
    pub fn new(before: &'a Wave<'a>, after: &'a Wave<'a>, numbers: Option<(Numbers, Numbers)>) -> Self {
        let unknown = Self { before, after, people: People::NotMatched, both: None, overlap: None };
        let Some((first, second)) = numbers else { return unknown };
        let known = |n: &Numbers, count: usize| -> BTreeSet<u64> {
            n.iter().take(count).flatten().copied().collect()
        };
        let (a, b) = (known(&first, before.respondents.len()), known(&second, after.respondents.len()));
        if a.is_empty() || b.is_empty() {
            return unknown;
        }
        let both = a.intersection(&b).count() as u64;
        if both == 0 {
            return Self { people: People::Different, both: Some(0), ..unknown };
        }
        let Some(second_design) = in_same_clusters((&before.design, &first), (&after.design, &second)) else {
            return unknown;
        };
        let next = first.iter().chain(&second).flatten().max().map_or(0, |n| n + 1);
        let fill = |numbers: &Numbers, from: u64| -> Vec<u64> {
            numbers.iter().zip(from..).map(|(n, fresh)| n.unwrap_or(fresh)).collect()
        };
        let keys = (fill(&first, next), fill(&second, next + first.len() as u64));
        let stacked = stack((&before.design, &keys.0), (&second_design, &keys.1));
        Self {
            people: People::Overlapping,
            both: Some(both),
            overlap: Some(Overlap { keys, stacked }),
            ..unknown
        }
    }

    /// Tests an estimate of this wave less one of the wave before; `whole` for estimates over everybody.
    #[must_use]
    pub fn test(&self, before: &Linear, after: &Linear, whole: bool) -> Option<TTest> {
        let finite = self.after.checked.analysis.finite_correction;
        let of = |wave: &Wave, linear: &Linear| side(&wave.design, linear, finite, whole);
        let (first, second) = (of(self.before, before), of(self.after, after));
        let Some(overlap) = &self.overlap else { return independent(first, second) };
        let designs = [&self.before.design, &self.after.design];
        let classes = designs.iter().any(|d| d.cells.iter().any(|c| c.classes.len() > 1));
        let single = self.after.design.single;
        if finite && !classes {
            let options = Options { finite, single };
            let one = (&self.before.design, overlap.keys.0.as_slice(), before);
            let two = (&self.after.design, overlap.keys.1.as_slice(), after);
            let clustered = designs.iter().any(|d| d.is_clustered());
            if !clustered && let Some((test, _)) = overlapping(one, two, options) {
                return Some(test);
            }
        }
        let options = Options { finite: false, single };
        let one = of_first(before, designs[0]);
        let two = of_second(after, designs[1], designs[0]);
        let negative = one.influence.iter().map(|(i, z)| (*i, -z));
        let both: Vec<(usize, f64)> = negative.chain(two.influence.iter().copied()).collect();
        let joint = variance(&overlap.stacked, &both, options);
        let df = if whole { everybody(&overlap.stacked, false) } else { joint.df as f64 };
        let v = if classes {
            // What answering costs in each wave stays; what the waves have in common comes from the stacked design.
            let alone = |l: &Linear| {
                if l.influence.is_empty() {
                    Some(0.0)
                } else {
                    variance(&overlap.stacked, &l.influence, options).value
                }
            };
            let common = alone(&one)? + alone(&two)? - joint.value?;
            Some(first.variance? + second.variance? - common)
        } else {
            joint.value
        };
        t_test(after.value - before.value, v, df)
    }
}

fn side(design: &Design, linear: &Linear, finite: bool, whole: bool) -> change::Wave {
    if linear.influence.is_empty() {
        return change::Wave { value: linear.value, variance: Some(0.0), df: 0.0 };
    }
    let wave = change::Wave::new(design, linear, design.options(finite));
    if whole { change::Wave { df: everybody(design, finite), ..wave } } else { wave }
}

/// Degrees of freedom of a design: units (clusters) less strata.
fn everybody(design: &Design, finite: bool) -> f64 {
    let answered = (0..design.units.len()).filter(|i| design.weight_before(*i) > 0.0);
    design.degrees(answered, finite) as f64
}

/// Returns the second design with the clusters' numbers of the first; nothing when people change clusters.
fn in_same_clusters(first: (&Design, &Numbers), second: (&Design, &Numbers)) -> Option<Design> {
    if !first.0.is_clustered() && !second.0.is_clustered() {
        return Some(second.0.clone());
    }
    let of = |(design, numbers): (&Design, &Numbers)| -> BTreeMap<u64, Option<usize>> {
        design.units.iter().zip(numbers).filter_map(|(u, n)| n.map(|n| (n, u.cluster))).collect()
    };
    let (old, new) = (of(first), of(second));
    let (mut to_old, mut taken) = (BTreeMap::new(), BTreeMap::new());
    for (number, cluster) in &new {
        let Some(before) = old.get(number) else { continue };
        let (cluster, before) = ((*cluster)?, (*before)?);
        if *to_old.entry(cluster).or_insert(before) != before
            || *taken.entry(before).or_insert(cluster) != cluster
        {
            return None;
        }
    }
    let free = first.0.units.iter().filter_map(|u| u.cluster).max().map_or(0, |c| c + 1);
    let mut design = second.0.clone();
    for unit in &mut design.units {
        unit.cluster = unit.cluster.map(|c| to_old.get(&c).copied().unwrap_or(free + c));
    }
    Some(design)
}

//! Weights of people whose whole clusters were drawn.
//!
//! A person's base weight is the cell's clusters over those that were invited. The unit of the design is the cluster:
//! variances rest on weighted totals of clusters (Cochran 1977, ch. 9A and 11; Lumley 2010, 3.2). Those who did not
//! answer are units too when weights are raised for them, as among answers from elsewhere ([`crate::score::collected`]),
//! so that a cluster's total has what they stand for.
//!
//! The finite population correction is that of clusters; those of their people who answered are a second stage
//! ([`crate::score::within`]). Numbers of clusters follow the pseudonyms, not the draw: they tell nobody's place in it.

use std::collections::BTreeMap;

use crate::model::Checked;
use crate::score::adjustment::{Adjustment, Kind};
use crate::score::asked::{Alike, Asked};
use crate::score::design::{CellDesign, ClassCount, Design, Unit};
use crate::score::study::StudyCell;
use crate::score::types::{Caution, WeightClass, Weights};
use crate::score::weights::{Class, Weighting, adjusting_fields, join, rates_differ, represented};

/// Tells whether whole clusters were drawn.
pub(super) fn drawn(cells: &[StudyCell]) -> bool {
    cells.iter().any(|c| c.clusters.is_some())
}

/// Weighs the kept answers of drawn people, in their order.
pub(super) fn weigh(checked: &Checked, cells: &[StudyCell], asked: &Asked) -> Weighting {
    let (fields, mut cautions) = adjusting_fields(checked);
    let adjusted = !checked.analysis.nonresponse.is_empty();
    let Asked { kept: people, silent, .. } = asked;
    let classes = classes(cells.len(), people, silent);
    for (cell, classes) in cells.iter().zip(&classes) {
        if classes.iter().any(|c| c.groups.len() > 1) && !fields.is_empty() {
            cautions.push(Caution::ClassesJoined { cell: cell.name.clone() });
        }
    }
    let invited = cells.iter().zip(&asked.clusters);
    let base: Vec<f64> = invited.map(|(c, n)| c.clusters.unwrap_or(0) as f64 / (*n).max(1) as f64).collect();
    let stays = if adjusted { &silent[..] } else { &[] };
    let mut design = design(cells, &base, people, stays);
    people_within(&mut design, &classes, &asked.clusters, adjusted);
    if adjusted {
        raise(&mut design, &classes, (people, stays));
    }
    cautions.extend(represented(cells, &classes));
    cautions.extend(alone(cells, &design, &classes));
    if !adjusted && rates_differ(&classes) {
        cautions.push(Caution::NotAdjusted);
    }
    let told = cells.iter().zip(&classes).zip(&base).flat_map(|((cell, classes), base)| {
        classes.iter().map(move |c| WeightClass {
            cell: cell.name.clone(),
            groups: c.groups.clone(),
            invited: c.invited,
            kept: c.answered,
            weight: (c.answered > 0)
                .then(|| if adjusted { base * c.invited as f64 / c.answered as f64 } else { *base }),
        })
    });
    let summary = Weights { classes: told.collect(), ..Weights::of(checked, &design) };
    Weighting { design, summary, cautions }
}

/// Divides the invited people of every cell into classes of the adjustment.
fn classes(cells: usize, people: &[Alike], silent: &[Alike]) -> Vec<Vec<Class>> {
    let mut groups: Vec<BTreeMap<Vec<String>, Class>> = vec![BTreeMap::new(); cells];
    for (i, one) in people.iter().chain(silent).enumerate() {
        let class = groups[one.cell].entry(one.key.to_vec()).or_default();
        class.invited += one.count;
        class.answered += if i < people.len() { one.count } else { 0 };
    }
    groups.into_iter().map(join).collect()
}

fn design(cells: &[StudyCell], base: &[f64], people: &[Alike], silent: &[Alike]) -> Design {
    let mut numbers: BTreeMap<(usize, Option<u64>), usize> = BTreeMap::new();
    let units = people.iter().chain(silent).map(|one| {
        let next = numbers.len();
        let cluster = *numbers.entry((one.cell, one.cluster)).or_insert(next);
        Unit { cell: one.cell, class: 0, weight: base[one.cell], cluster: Some(cluster), count: one.count }
    });
    let units: Vec<Unit> = units.collect();
    let cells = cells.iter().map(|c| CellDesign {
        name: c.name.clone(),
        population: c.clusters.map(|n| n as f64),
        ..CellDesign::default()
    });
    let mut design = Design { cells: cells.collect(), units, ..Design::default() };
    let reached = design.reached(0..design.units.len());
    for (i, cell) in design.cells.iter_mut().enumerate() {
        let n = reached.get(&i).copied().unwrap_or(0);
        cell.classes = vec![ClassCount { invited: n, answered: n }];
    }
    design
}

/// Tells of which classes the people of the drawn clusters are, where somebody is missing; without an adjustment a cell
/// is one class. Clusters of which nobody answered were drawn, too.
fn people_within(design: &mut Design, classes: &[Vec<Class>], clusters: &[u64], adjusted: bool) {
    for ((cell, classes), drawn) in design.cells.iter_mut().zip(classes).zip(clusters) {
        let count = |c: &Class| ClassCount { invited: c.invited, answered: c.answered };
        let mut within: Vec<ClassCount> = classes.iter().map(count).collect();
        if within.iter().all(|c| c.answered >= c.invited) {
            continue;
        }
        if !adjusted {
            let sum = |of: fn(&ClassCount) -> u64| within.iter().map(of).sum();
            within = vec![ClassCount { invited: sum(|c| c.invited), answered: sum(|c| c.answered) }];
        }
        cell.within = within;
        for all in &mut cell.classes {
            all.invited = all.invited.max(*drawn);
            all.answered = all.invited;
        }
    }
}

/// Lets those who answered stand for all of their class.
fn raise(design: &mut Design, classes: &[Vec<Class>], (people, silent): (&[Alike], &[Alike])) {
    let mut place: BTreeMap<(usize, &[String]), usize> = BTreeMap::new();
    let (mut factors, mut firsts) = (Vec::new(), Vec::new());
    for (cell, classes) in classes.iter().enumerate() {
        firsts.push(factors.len());
        for class in classes {
            place.extend(class.groups.iter().map(|g| ((cell, g.as_slice()), factors.len())));
            factors.push(if class.answered > 0 { class.invited as f64 / class.answered as f64 } else { 0.0 });
        }
    }
    let all = || people.iter().chain(silent);
    let class: Vec<usize> = all().map(|p| place.get(&(p.cell, &*p.key)).copied().unwrap_or(0)).collect();
    let before: Vec<f64> = design.units.iter().map(|u| u.weight).collect();
    let answered: Vec<bool> = (0..before.len()).map(|i| i < people.len()).collect();
    let one = |i: usize| if answered[i] { before[i] * factors[class[i]] } else { 0.0 };
    let after: Vec<f64> = (0..before.len()).map(one).collect();
    for ((unit, w), class) in design.units.iter_mut().zip(&after).zip(&class) {
        unit.weight = *w;
        unit.class = class.saturating_sub(firsts[unit.cell]);
    }
    design.adjustments.push(Adjustment { before, after, kind: Kind::Response { class, answered } });
}

/// Names the cells for which several people of a single cluster answer; those of a single person are named already.
fn alone(cells: &[StudyCell], design: &Design, classes: &[Vec<Class>]) -> Vec<Caution> {
    let reached = design.reached(0..design.units.len());
    let single = |i: &usize| {
        let answered: u64 = classes[*i].iter().map(|c| c.answered).sum();
        reached.get(i) == Some(&1) && answered > 1 && cells[*i].clusters > Some(1)
    };
    let name = |i: usize| Caution::SingleRespondent { cell: cells[i].name.clone() };
    (0..cells.len()).filter(single).map(name).collect()
}

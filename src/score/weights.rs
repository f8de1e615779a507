//! Base weights and the adjustment for those who did not answer.
//!
//! A person's base weight is the cell's population over the people invited.
//! With `nonresponse by …` the invited of a cell are divided into weighting
//! classes, and the respondents of a class stand for all its invited: the
//! weight is multiplied by invited over answered. Classes lie within cells. A
//! class with fewer than [`SMALLEST_CLASS`] respondents, or whose factor would
//! exceed [`LARGEST_FACTOR`] times its cell's, is joined with the other such
//! classes of the cell (and, while that is not enough, with the next smallest);
//! joining instead of cutting weights keeps the sum of weights at the population.

use std::collections::BTreeMap;

use crate::model::Checked;
use crate::model::checked::{FieldKind, Grouping};
use crate::score::asked::Asked;
use crate::score::clusters;
use crate::score::design::{CellDesign, ClassCount, Design, Unit};
use crate::score::study::StudyCell;
use crate::score::types::{Caution, WeightClass, Weights};

/// Fewest respondents of a weighting class.
pub const SMALLEST_CLASS: u64 = 5;

/// Largest factor of a class, in multiples of its cell's factor.
pub const LARGEST_FACTOR: f64 = 5.0;

/// The design of the respondents, and its weights in figures.
#[derive(Debug, Clone)]
pub struct Weighting {
    /// Cells and respondents (in the given order).
    pub design: Design,
    /// Figures for the report.
    pub summary: Weights,
    /// What the reader must know.
    pub cautions: Vec<Caution>,
}

/// A group of the adjustment within a cell.
#[derive(Debug, Clone, Default)]
pub(super) struct Class {
    pub(super) groups: Vec<Vec<String>>,
    pub(super) invited: u64,
    pub(super) answered: u64,
}

/// Weighs the kept answers of drawn people, in their order.
#[must_use]
pub fn weigh(checked: &Checked, cells: &[StudyCell], asked: &Asked) -> Weighting {
    if clusters::drawn(cells) {
        return clusters::weigh(checked, cells, asked);
    }
    let (fields, mut cautions) = adjusting_fields(checked);
    let mut groups: Vec<BTreeMap<Vec<String>, Class>> = vec![BTreeMap::new(); cells.len()];
    for ((cell, key), people) in &asked.invited {
        groups[*cell].entry(key.to_vec()).or_default().invited += people;
    }
    for one in &asked.kept {
        match groups[one.cell].get_mut(&*one.key) {
            Some(class) => class.answered += one.count,
            None => {
                let class = Class { answered: one.count, ..Class::default() };
                groups[one.cell].insert(one.key.to_vec(), class);
            }
        }
    }
    let mut design = Design::default();
    let mut classes = Vec::new();
    let mut place: Vec<BTreeMap<Vec<String>, usize>> = Vec::new();
    for (one, groups) in cells.iter().zip(groups) {
        let joined = join(groups);
        if joined.iter().any(|c| c.groups.len() > 1) && !fields.is_empty() {
            cautions.push(Caution::ClassesJoined { cell: one.name.clone() });
        }
        let numbered = joined.iter().zip(0..);
        place
            .push(numbered.flat_map(|(class, c)| class.groups.iter().map(move |g| (g.clone(), c))).collect());
        design.cells.push(cell_design(one, &joined));
        classes.push(joined);
    }
    let adjusted = !checked.analysis.nonresponse.is_empty();
    let weights: Vec<Vec<Option<f64>>> = cells
        .iter()
        .zip(&classes)
        .map(|(one, c)| class_weights(one.population.unwrap_or(0), c, adjusted))
        .collect();
    for one in &asked.kept {
        let class = place[one.cell].get(&*one.key).copied().unwrap_or(0);
        let weight = weights[one.cell].get(class).copied().flatten().unwrap_or(0.0);
        design.units.push(Unit { cell: one.cell, class, weight, cluster: None, count: one.count });
    }
    cautions.extend(represented(cells, &classes));
    if !adjusted && rates_differ(&classes) {
        cautions.push(Caution::NotAdjusted);
    }
    let summary = summary(checked, cells, &classes, &weights, &design);
    Weighting { design, summary, cautions }
}

/// Returns the columns that divide cells into classes; strata do so already.
pub(super) fn adjusting_fields(checked: &Checked) -> (Vec<&str>, Vec<Caution>) {
    let (mut fields, mut cautions) = (Vec::new(), Vec::new());
    for grouping in &checked.analysis.nonresponse {
        match grouping {
            Grouping::Stratum => {}
            Grouping::Field(i) => {
                fields.extend(checked.fields().get(*i).map(|f| f.name.as_str()));
            }
            Grouping::Channel => cautions.push(Caution::NotUsable { variable: "channel".to_owned() }),
            Grouping::Language => cautions.push(Caution::NotUsable { variable: "language".to_owned() }),
        }
    }
    (fields, cautions)
}

/// Joins classes that are too small or would get too large a factor.
pub(super) fn join(groups: BTreeMap<Vec<String>, Class>) -> Vec<Class> {
    let mut classes: Vec<Class> = groups
        .into_iter()
        .map(|(key, class)| Class { groups: vec![key], invited: class.invited.max(class.answered), ..class })
        .collect();
    let invited: u64 = classes.iter().map(|c| c.invited).sum();
    let answered: u64 = classes.iter().map(|c| c.answered).sum();
    if classes.len() < 2 {
        return classes;
    }
    let weak = |c: &Class| {
        let limit = LARGEST_FACTOR * invited as f64 * c.answered as f64;
        c.answered < SMALLEST_CLASS || c.invited as f64 * answered as f64 > limit
    };
    let (mut weak_ones, mut strong): (Vec<Class>, Vec<Class>) = classes.drain(..).partition(|c| weak(c));
    if weak_ones.is_empty() {
        return strong;
    }
    let mut pool = Class::default();
    let absorb = |pool: &mut Class, class: Class| {
        pool.groups.extend(class.groups);
        pool.invited += class.invited;
        pool.answered += class.answered;
    };
    weak_ones.drain(..).for_each(|c| absorb(&mut pool, c));
    while weak(&pool) && !strong.is_empty() {
        let next = strong.iter().enumerate().min_by_key(|(i, c)| (c.answered, *i)).map_or(0, |(i, _)| i);
        absorb(&mut pool, strong.remove(next));
    }
    pool.groups.sort();
    strong.push(pool);
    strong
}

fn cell_design(one: &StudyCell, classes: &[Class]) -> CellDesign {
    let counts = classes.iter().map(|c| ClassCount { invited: c.invited, answered: c.answered }).collect();
    let population = one.population.map(|n| n as f64);
    CellDesign { name: one.name.clone(), population, classes: counts, ..CellDesign::default() }
}

/// Returns the weight of a respondent of each class; nothing where nobody answered.
fn class_weights(population: u64, classes: &[Class], adjusted: bool) -> Vec<Option<f64>> {
    let invited: u64 = classes.iter().map(|c| c.invited).sum();
    let base = |_: &Class| population as f64 / invited as f64;
    let full = |c: &Class| base(c) * c.invited as f64 / c.answered as f64;
    classes.iter().map(|c| (c.answered > 0).then(|| if adjusted { full(c) } else { base(c) })).collect()
}

/// Names the cells that nobody answers for, or a single person.
pub(super) fn represented(cells: &[StudyCell], classes: &[Vec<Class>]) -> Vec<Caution> {
    let mut out = Vec::new();
    for (one, classes) in cells.iter().zip(classes) {
        let answered: u64 = classes.iter().map(|c| c.answered).sum();
        let cell = one.name.clone();
        let population = one.population.unwrap_or(0);
        match answered {
            0 if population > 0 => out.push(Caution::NotRepresented { cell, population }),
            1 if population > 1 => out.push(Caution::SingleRespondent { cell }),
            _ => {}
        }
    }
    out
}

/// Tells whether the highest response rate of a cell is at least one and a half times the lowest.
pub(super) fn rates_differ(classes: &[Vec<Class>]) -> bool {
    let rates: Vec<f64> = classes
        .iter()
        .filter_map(|c| {
            let invited: u64 = c.iter().map(|c| c.invited).sum();
            let answered: u64 = c.iter().map(|c| c.answered).sum();
            (invited >= 30).then(|| answered as f64 / invited as f64)
        })
        .collect();
    let low = rates.iter().copied().fold(f64::INFINITY, f64::min);
    rates.iter().any(|r| *r > 1.5 * low)
}

fn summary(
    checked: &Checked,
    cells: &[StudyCell],
    classes: &[Vec<Class>],
    weights: &[Vec<Option<f64>>],
    design: &Design,
) -> Weights {
    let classes = cells.iter().zip(classes).zip(weights).flat_map(|((one, classes), weights)| {
        classes.iter().zip(weights).map(|(c, w)| WeightClass {
            cell: one.name.clone(),
            groups: c.groups.clone(),
            invited: c.invited,
            kept: c.answered,
            weight: *w,
        })
    });
    Weights { classes: classes.collect(), ..Weights::of(checked, design) }
}

/// Returns the values of a group of people as they are told: titles of the first language, else the values.
#[must_use]
pub fn names_of(checked: &Checked, by: &[Grouping], values: &[String]) -> String {
    let one = |(grouping, value): (&Grouping, &String)| {
        let field = if let Grouping::Field(i) = grouping { checked.fields().get(*i) } else { None };
        let label = field.and_then(|f| match &f.kind {
            FieldKind::OneOf(choices) => choices.iter().find(|c| c.name == *value).map(|c| &c.label),
            _ => None,
        });
        let language = checked.campaign.languages.first().map_or("", String::as_str);
        label.map(|l| l.get(language)).filter(|l| !l.is_empty()).unwrap_or(value).to_owned()
    };
    by.iter().zip(values).map(one).collect::<Vec<_>>().join(", ")
}

/// Returns the name of a variable with groups.
#[must_use]
pub fn grouping_name(checked: &Checked, grouping: Grouping) -> String {
    grouping.name(checked.fields()).to_owned()
}

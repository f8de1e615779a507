//! What strata say of the fields of whoever is asked.
//!
//! A person of a stratum fulfils its `where`, and neither an exclusion nor the `where` of a stratum before it. What
//! can't be decided beforehand (ranks, arithmetic, the day of an arrival) is left out: then more people seem possible
//! than there are, and nobody is accused by mistake.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::expr::{Expr, Var};
use crate::model::Checked;
use crate::model::logic::diagram::{FALSE, Made, Node, Spent, TRUE};
use crate::model::logic::domain::may_be_missing;
use crate::model::logic::encode::pair;
use crate::model::logic::finding::{at_open, before, on};
use crate::model::logic::flow::{Logic, parts};
use crate::model::logic::space::{Shape, is_condition, shape};

/// What is true of the fields of a stratum's people: conditions, and whether they hold.
pub type Terms = Vec<(Expr, bool)>;

/// Conditions of all strata together at most: with every stratum come those of all before it.
const MOST_TERMS: usize = 20_000;

/// Returns for each stratum what is decided about its people's fields.
///
/// Where there are hundreds of strata, what those before one take is left out.
#[must_use]
pub fn members(checked: &Checked) -> Vec<Terms> {
    let strata = checked.strata.len();
    let alone = strata * strata / 2 > MOST_TERMS;
    (0..strata).map(|stratum| terms(checked, stratum, alone)).collect()
}

/// A condition on a row, whether it holds for a stratum's people, and the day of a stratum that has one of its own.
pub type Clause<'a> = (&'a Expr, bool, Option<Date>);

/// Returns what holds of a stratum's people: no exclusion, no stratum before it, its own condition.
pub fn clauses(checked: &Checked, stratum: usize) -> impl Iterator<Item = Clause<'_>> {
    let excluded = checked.frame.iter().flat_map(|f| &f.exclude).map(|e| (&e.condition, false, None));
    let taken = before(checked, stratum).filter_map(|s| Some((s.condition.as_ref()?, false, s.as_of)));
    let own = checked.strata.get(stratum);
    let own = own.and_then(|s| Some((s.condition.as_ref()?, true, s.as_of)));
    excluded.chain(taken).chain(own)
}

fn terms(checked: &Checked, stratum: usize, alone: bool) -> Terms {
    let open = checked.schedule.as_ref().filter(|_| at_open(checked, stratum)).map(|s| s.open.date());
    let decided = |(e, wanted, day): Clause| {
        let pieces = if wanted { parts(e) } else { vec![e] };
        let dated = |e: &Expr| day.or(open).map_or_else(|| e.clone(), |day| on(e, day));
        pieces.into_iter().map(|e| (dated(e), wanted)).collect::<Vec<_>>()
    };
    let some = |clause: &Clause| clause.1 || !alone;
    clauses(checked, stratum).filter(some).flat_map(decided).filter(|(e, _)| is_decided(checked, e)).collect()
}

/// Tells whether every comparison of a condition can be looked into.
fn is_decided(checked: &Checked, e: &Expr) -> bool {
    match e {
        Expr::Not(inner) => is_decided(checked, inner),
        Expr::And(all) | Expr::Or(all) => all.iter().all(|e| is_decided(checked, e)),
        Expr::IsMissing(inner) if is_condition(inner) => is_decided(checked, inner),
        leaf => !matches!(shape(checked, leaf), Shape::Free | Shape::Rank(..)),
    }
}

/// Returns the variables that these terms look at.
#[must_use]
pub fn looked_at(members: &[Terms]) -> BTreeSet<Var> {
    let mut found = BTreeSet::new();
    for (e, _) in members.iter().flatten() {
        e.variables(&mut |var| {
            found.insert(var);
        });
    }
    found
}

/// What is true of whoever is asked.
#[derive(Debug)]
pub struct People {
    /// Which strata go with which fields; where the stratum matters.
    pub of_strata: Node,
    /// Which fields go with any stratum.
    pub of_any: Node,
    /// The fields that strata look at.
    pub fields: BTreeSet<Var>,
}

/// Makes what these members say; strata outside of `limited` take anybody.
pub fn people(lx: &mut Logic, members: &[Terms], limited: Option<&BTreeSet<usize>>) -> Result<People, Spent> {
    let stratum = lx.space.value(Var::Stratum);
    // Whoever comes by an open link belongs to none, and nothing is known of them.
    let outsiders = may_be_missing(lx.checked, Var::Stratum);
    let mut of_any = if outsiders { TRUE } else { FALSE };
    let mut of_strata = match stratum {
        Some(level) if outsiders => lx.diagram.node(level, &[(0, TRUE), (1, FALSE)])?,
        _ => of_any,
    };
    for (s, terms) in members.iter().enumerate() {
        let mut own = TRUE;
        for (e, wanted) in terms.iter().filter(|_| limited.is_none_or(|l| l.contains(&s))) {
            let holds = pair(lx, e)?.holds;
            let one = if *wanted { holds } else { lx.diagram.not(holds)? };
            own = lx.diagram.and(own, one)?;
        }
        of_any = lx.diagram.or(of_any, own)?;
        if let Some(level) = stratum {
            let is = is_stratum(lx, level, s)?;
            own = lx.diagram.and(own, is)?;
        }
        of_strata = lx.diagram.or(of_strata, own)?;
    }
    Ok(People { of_strata, of_any, fields: looked_at(members) })
}

/// The stratum is this one: cell 0 is the missing one, then they stand in the order of the spec.
fn is_stratum(lx: &mut Logic, level: u32, stratum: usize) -> Made {
    let cell = u32::try_from(stratum + 1).unwrap_or(u32::MAX - 1);
    let is_last = stratum + 2 >= lx.space.cells(level).len();
    let runs = [(0, FALSE), (cell, TRUE), (cell + 1, FALSE)];
    lx.diagram.node(level, if is_last { &runs[..2] } else { &runs })
}

//! What becomes of rows: which reason excludes them, or which stratum takes them.
//!
//! Order is part of the definition, as in [`crate::frame::membership`]: reasons
//! of exclusion, shared addresses, strata in their order, parts in theirs.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::expr::{Expr, Truth};
use crate::frame::classes::{Classes, Kind, MISSING};
use crate::frame::cuts::Cuts;
use crate::frame::design::{Design, Entering, Unavailable};
use crate::frame::kernel::{Leaves, Node};
use crate::frame::quotas::{for_stratum, of_list};
use crate::frame::summary::CellSummary;
use crate::frame::table::Contact;
use crate::model::Checked;
use crate::model::checked::Frame;

/// Overlaps by pair of strata.
pub type Both = BTreeMap<(usize, usize), u64>;

/// A stratum, ready to be asked.
struct Asked {
    entering: Entering,
    condition: Option<Node>,
    /// Whether it takes people of a panel only.
    panel: bool,
    /// First cell.
    cell: usize,
    /// Conditions of the parts; `None` takes the rest.
    parts: Vec<Option<Node>>,
    /// Conditions of the quotas that the list decides.
    quotas: Vec<Node>,
}

impl Asked {
    /// Makes a stratum that no row comes into by itself.
    fn nobody(entering: Entering, cell: usize) -> Self {
        Self { entering, condition: None, panel: false, cell, parts: Vec::new(), quotas: Vec::new() }
    }
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Excluded, by the index of the reason.
    Excluded(usize),
    /// In the population, taken by no stratum.
    Unmatched,
    /// Taken.
    Taken {
        /// By this stratum.
        stratum: usize,
        /// Into this cell; `None` where no part takes it.
        cell: Option<usize>,
        /// Later strata whose condition holds too.
        also: Vec<usize>,
        /// Quotas that the list decides and that it counts for.
        quotas: Vec<usize>,
    },
    /// Taken by a stratum whose people are drawn as they come.
    Later {
        /// By this stratum.
        stratum: usize,
        /// Later strata whose condition holds too.
        also: Vec<usize>,
    },
}

/// All conditions of a campaign, ready to be asked.
pub struct Strata {
    /// What conditions compare.
    pub leaves: Leaves,
    exclude: Vec<Node>,
    asked: Vec<Asked>,
}

/// Conditions with their classes.
pub struct Sorter<'a> {
    /// The conditions.
    pub strata: &'a Strata,
    /// What they can tell apart.
    pub classes: Classes,
    /// A column, and by its classes the strata that are worth asking.
    worth: Option<(usize, Vec<Vec<usize>>)>,
    every: Vec<usize>,
    /// Per stratum: the column of its panel.
    panels: Vec<Option<usize>>,
}

/// What was counted.
#[derive(Debug, Clone)]
pub struct Counted {
    /// Rows that can't be used.
    pub bad_rows: u64,
    /// Cells that count as missing.
    pub bad_cells: u64,
    /// Per reason.
    pub excluded: Vec<u64>,
    /// Rows whose address another keeps.
    pub once: u64,
    /// The population.
    pub eligible: u64,
    /// Taken by no stratum.
    pub unmatched: u64,
    /// Rows that two strata match.
    pub both: Both,
    /// Per stratum: rows that no part takes.
    pub unparted: Vec<u64>,
    /// Cells.
    pub cells: Vec<CellSummary>,
    /// Per quota that the list decides: people of each cell who can be invited.
    pub quotas: Vec<Vec<u64>>,
}

impl Counted {
    /// Starts at nothing.
    pub fn new(frame: &Frame, design: &Design, quotas: usize) -> Self {
        let cell =
            |c: &crate::frame::CellDesign| CellSummary { name: c.name.clone(), ..CellSummary::default() };
        Self {
            bad_rows: 0,
            bad_cells: 0,
            excluded: vec![0; frame.exclude.len()],
            once: 0,
            eligible: 0,
            unmatched: 0,
            both: Both::new(),
            unparted: vec![0; design.entering.len()],
            cells: design.cells.iter().map(cell).collect(),
            quotas: vec![vec![0; design.cells.len()]; quotas],
        }
    }

    /// Counts so many rows that came to one outcome, with the same obstacle and contacts where a cell took them.
    pub fn add(
        &mut self,
        outcome: &Outcome,
        obstacle: Option<Unavailable>,
        contacts: (Contact, Contact),
        rows: u64,
    ) {
        if !matches!(outcome, Outcome::Excluded(_)) {
            self.eligible += rows;
        }
        match outcome {
            Outcome::Excluded(reason) => self.excluded[*reason] += rows,
            Outcome::Unmatched => self.unmatched += rows,
            Outcome::Later { stratum, also } => self.overlap(*stratum, also, rows),
            Outcome::Taken { stratum, cell, also, quotas } => {
                self.overlap(*stratum, also, rows);
                match cell {
                    Some(cell) => {
                        self.cells[*cell].count(obstacle, contacts, rows);
                        if obstacle.is_none() {
                            for quota in quotas {
                                self.quotas[*quota][*cell] += rows;
                            }
                        }
                    }
                    None => self.unparted[*stratum] += rows,
                }
            }
        }
    }

    /// Counts so many rows that later strata match too.
    pub fn overlap(&mut self, takes: usize, also: &[usize], rows: u64) {
        for &also in also {
            *self.both.entry((takes, also)).or_default() += rows;
        }
    }

    /// Adds what another core counted.
    pub fn merge(&mut self, other: Self) {
        let sum = |a: &mut [u64], b: &[u64]| a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        self.bad_rows += other.bad_rows;
        self.bad_cells += other.bad_cells;
        self.once += other.once;
        self.eligible += other.eligible;
        self.unmatched += other.unmatched;
        sum(&mut self.excluded, &other.excluded);
        sum(&mut self.unparted, &other.unparted);
        for (pair, count) in other.both {
            *self.both.entry(pair).or_default() += count;
        }
        self.quotas.iter_mut().zip(&other.quotas).for_each(|(a, b)| sum(a, b));
        for (a, b) in self.cells.iter_mut().zip(other.cells) {
            a.population += b.population;
            a.at_rest += b.at_rest;
            a.suppressed += b.suppressed;
            a.no_address += b.no_address;
            a.drawn += b.drawn;
            if let Some(contacts) = b.contacts {
                a.contacts.get_or_insert_default().add(contacts);
            }
        }
    }
}

impl Strata {
    /// Takes the reasons of exclusion apart.
    pub fn exclusion(reasons: &[Expr], day: Date) -> Self {
        let mut leaves = Leaves::default();
        let exclude = reasons.iter().map(|reason| leaves.take(reason, day)).collect();
        Self { leaves, exclude, asked: Vec::new() }
    }

    /// Takes all conditions apart.
    pub fn new(checked: &Checked, exclude: &[Expr], design: &Design, day: Date) -> Self {
        let mut all = Self::exclusion(exclude, day);
        for (index, stratum) in checked.strata.iter().enumerate() {
            let entering = design.entering[index];
            if matches!(entering, Entering::Events { .. }) {
                // Its conditions are about events, not about rows.
                all.asked.push(Asked::nobody(entering, design.cells_of(index).start));
                continue;
            }
            // Quotas count on the day of opening.
            let quotas = of_list(checked).map(|q| for_stratum(&q.condition, &stratum.name));
            let quotas = quotas.map(|condition| all.leaves.take(&condition, day)).collect();
            let day = stratum.as_of.unwrap_or(day);
            let mut take = |c: &Option<Expr>| c.as_ref().map(|c| all.leaves.take(c, day));
            all.asked.push(Asked {
                entering,
                quotas,
                condition: take(&stratum.condition),
                panel: design.panels.get(index).is_some_and(Option::is_some),
                cell: design.cells_of(index).start,
                parts: stratum.parts.iter().map(|p| take(&p.condition)).collect(),
            });
        }
        all
    }
}

impl<'a> Sorter<'a> {
    /// Finds the classes that rows fall into.
    pub fn new(strata: &'a Strata, frame: &Frame, cuts: &Cuts) -> Self {
        let kinds: Vec<_> = frame.fields.iter().map(|f| &f.kind).collect();
        let every: Vec<usize> = (0..strata.asked.len()).collect();
        let panels: Vec<usize> = every.iter().copied().filter(|s| strata.asked[*s].panel).collect();
        let classes = Classes::new(&strata.leaves, &kinds, cuts, &panels);
        let worth = worth(strata, &classes);
        let panel =
            |s: &usize| classes.columns.iter().position(|c| matches!(c.kind, Kind::Panel(own) if own == *s));
        let panels = every.iter().map(panel).collect();
        Self { strata, classes, worth, every, panels }
    }

    /// Tells what becomes of a row of these classes.
    pub fn outcome(&self, classes: &impl Fn(usize) -> u16) -> Outcome {
        let leaf = |index: usize| self.classes.truth(index, classes);
        let holds = |node: &Node| node.truth(&leaf) == Truth::True;
        if let Some(reason) = self.strata.exclude.iter().position(holds) {
            return Outcome::Excluded(reason);
        }
        let worth = match &self.worth {
            Some((column, by_class)) => by_class.get(usize::from(classes(*column))).unwrap_or(&self.every),
            None => &self.every,
        };
        let admits = |index: usize| self.panels[index].is_none_or(|column| classes(column) != MISSING);
        let mut taken: Option<(usize, Vec<usize>)> = None;
        for &index in worth {
            let Asked { entering, condition, panel, .. } = &self.strata.asked[index];
            if matches!(entering, Entering::Events { .. }) {
                continue;
            }
            // A stratum that takes everybody overlaps with all others: that is no news.
            if taken.is_some() && condition.is_none() && !panel {
                continue;
            }
            if !admits(index) || !condition.as_ref().is_none_or(holds) {
                continue;
            }
            match &mut taken {
                Some((_, also)) => also.push(index),
                None => taken = Some((index, Vec::new())),
            }
        }
        let Some((stratum, also)) = taken else { return Outcome::Unmatched };
        let Asked { entering, cell, parts, quotas, .. } = &self.strata.asked[stratum];
        if !entering.at_launch() {
            return Outcome::Later { stratum, also };
        }
        let cell = if parts.is_empty() {
            Some(*cell)
        } else {
            parts.iter().position(|part| part.as_ref().is_none_or(holds)).map(|part| cell + part)
        };
        let quotas = quotas.iter().enumerate().filter(|(_, quota)| holds(quota)).map(|(index, _)| index);
        Outcome::Taken { stratum, cell, also, quotas: quotas.collect() }
    }
}

/// Finds the column that most strata need a value of, and whom each of its values is worth asking.
fn worth(strata: &Strata, classes: &Classes) -> Option<(usize, Vec<Vec<usize>>)> {
    let needed = |asked: &Asked| asked.condition.as_ref().map_or(Vec::new(), Node::needed);
    let needed: Vec<Vec<usize>> = strata.asked.iter().map(needed).collect();
    let on = |column: usize, leaf: &&usize| classes.column_of(**leaf) == column;
    let users =
        |column: &usize| needed.iter().filter(|all| all.iter().any(|leaf| on(*column, &leaf))).count();
    let column = (0..classes.columns.len()).max_by_key(users).filter(|column| users(column) > 8)?;
    let asked = |class: usize| {
        let class = u16::try_from(class).unwrap_or(u16::MAX);
        let can = |leaf: &usize| classes.truth(*leaf, |_| class) == Truth::True;
        let worth = |index: &usize| needed[*index].iter().filter(|leaf| on(column, leaf)).all(can);
        (0..needed.len()).filter(worth).collect()
    };
    Some((column, (0..classes.columns[column].count).map(asked).collect()))
}

//! Sums over finitely many variables, and the assignment that makes them best.
//!
//! Variables are eliminated one after the other, the smallest first. What
//! several sums have in common is eliminated once: [`Elimination::new`] goes as
//! far as the variables that are theirs alone, [`Elimination::maximum`] finishes
//! each of them.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Which sum is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Best {
    /// The smallest.
    Least,
    /// The largest.
    Most,
}

/// Entries of a table, at most.
const MOST_ENTRIES: usize = 1 << 14;
/// What an assignment costs that can't be: more than all that is ever read and answered (34 years), and so little that
/// millions of them can be added without a look at each sum.
pub const NEVER: i64 = -(1 << 40);

/// A number for each assignment of a few variables, the last one running fastest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// Variables, in the order in which they are eliminated.
    pub vars: Vec<u64>,
    /// One number for each assignment.
    pub values: Vec<i64>,
}

/// The largest sum of all factors.
#[derive(Debug)]
pub struct Maximum {
    /// The sum; about [`NEVER`] or below when no assignment is possible.
    pub sum: i64,
    /// It is reached; else it is only not exceeded.
    pub exact: bool,
    choices: Vec<Choice>,
}

/// A factor by positions of its variables.
#[derive(Debug)]
struct Table<'f> {
    vars: Vec<usize>,
    values: Cow<'f, [i64]>,
}

/// Which cell of a variable is best, by the cells of those that it was joined with.
#[derive(Debug)]
struct Choice {
    var: usize,
    rest: Vec<usize>,
    best: Vec<u32>,
}

/// Factors of which some variables are eliminated.
#[derive(Debug)]
pub struct Elimination<'f> {
    /// All variables, the first to be eliminated first, and their numbers of cells.
    keys: Vec<u64>,
    sizes: Vec<usize>,
    /// By position of their first variable: factors, and what is left of those eliminated so far.
    own: Vec<Vec<Table<'f>>>,
    left: Vec<Vec<Table<'f>>>,
    /// Variables before this one are eliminated.
    next: usize,
    sum: i64,
    exact: bool,
    choices: Vec<Choice>,
}

impl<'f> Elimination<'f> {
    /// Eliminates all variables before `end`, all of them without one; `sizes` holds their numbers of cells.
    pub fn new(
        common: &'f [Factor],
        own: Vec<Factor>,
        sizes: &BTreeMap<u64, usize>,
        end: Option<u64>,
    ) -> Self {
        let keys: Vec<u64> = sizes.keys().copied().collect();
        let next = end.map_or(keys.len(), |end| keys.partition_point(|k| *k < end));
        let mut started = Self {
            sizes: sizes.values().copied().collect(),
            own: keys.iter().map(|_| Vec::new()).collect(),
            left: keys.iter().map(|_| Vec::new()).collect(),
            keys,
            next,
            sum: 0,
            exact: true,
            choices: Vec::with_capacity(next),
        };
        let borrowed = common.iter().map(|f| (&f.vars, Cow::Borrowed(&f.values[..])));
        let owned: Vec<(Vec<u64>, Vec<i64>)> = own.into_iter().map(|f| (f.vars, f.values)).collect();
        for (vars, values) in borrowed {
            let table = Table { vars: started.positions(vars), values };
            started.place(table);
        }
        for (vars, values) in owned {
            let table = Table { vars: started.positions(&vars), values: Cow::Owned(values) };
            started.place(table);
        }
        for var in 0..next {
            let own = std::mem::take(&mut started.own[var]);
            let left = std::mem::take(&mut started.left[var]);
            let tables: Vec<&Table> = own.iter().chain(&left).collect();
            if let Some(step) = eliminated(var, &tables, &started.sizes) {
                started.exact &= step.exact;
                started.choices.push(step.choice);
                for table in step.left {
                    match table.vars.first() {
                        Some(&first) => started.left[first].push(table),
                        None => started.sum = added(started.sum, &table),
                    }
                }
            }
        }
        started
    }

    fn positions(&self, vars: &[u64]) -> Vec<usize> {
        vars.iter().map(|v| self.keys.binary_search(v).unwrap_or(0)).collect()
    }

    fn place(&mut self, table: Table<'f>) {
        match table.vars.first() {
            Some(&first) => self.own[first].push(table),
            None => self.sum = added(self.sum, &table),
        }
    }

    /// Eliminates the others, with further factors that don't look at those that are eliminated.
    pub fn maximum(&self, further: &[Factor]) -> Maximum {
        let mut found = Maximum { sum: self.sum, exact: self.exact, choices: Vec::new() };
        let mut own: BTreeMap<usize, Vec<Table>> = BTreeMap::new();
        let mut left: BTreeMap<usize, Vec<Table>> = BTreeMap::new();
        for factor in further {
            let vars = self.positions(&factor.vars);
            let table = Table { vars, values: Cow::Borrowed(&factor.values) };
            match table.vars.first() {
                Some(&first) => own.entry(first).or_default().push(table),
                None => found.sum = added(found.sum, &table),
            }
        }
        for var in self.next..self.keys.len() {
            let (own, now) = (own.remove(&var).unwrap_or_default(), left.remove(&var).unwrap_or_default());
            let tables: Vec<&Table> =
                self.own[var].iter().chain(&own).chain(&self.left[var]).chain(&now).collect();
            let Some(step) = eliminated(var, &tables, &self.sizes) else { continue };
            found.exact &= step.exact;
            found.choices.push(step.choice);
            for table in step.left {
                match table.vars.first() {
                    Some(&first) => left.entry(first).or_default().push(table),
                    None => found.sum = added(found.sum, &table),
                }
            }
        }
        found
    }

    /// Returns the assignment that reaches a maximum: its cells, by variable.
    pub fn cells(&self, maximum: &Maximum) -> BTreeMap<u64, usize> {
        let mut cells: Vec<Option<usize>> = vec![None; self.keys.len()];
        for choice in maximum.choices.iter().rev().chain(self.choices.iter().rev()) {
            let cell = |at: usize, v: &usize| at * self.sizes[*v] + cells[*v].unwrap_or(0);
            let rest = choice.rest.iter().fold(0, cell);
            cells[choice.var] = choice.best.get(rest).map(|best| *best as usize);
        }
        self.keys.iter().zip(cells).filter_map(|(key, cell)| Some((*key, cell?))).collect()
    }
}

fn added(sum: i64, constant: &Table) -> i64 {
    sum + constant.values.first().copied().unwrap_or(0)
}

/// What the elimination of one variable gives.
struct Step {
    exact: bool,
    choice: Choice,
    left: Vec<Table<'static>>,
}

/// Eliminates a variable from all tables that look at it; nothing when none does.
fn eliminated(var: usize, tables: &[&Table], sizes: &[usize]) -> Option<Step> {
    let groups = grouped(tables, sizes);
    let exact = groups.len() == 1;
    let (mut choice, mut left) = (None, Vec::with_capacity(groups.len()));
    for (vars, group) in groups {
        let joined = join(&vars, &group, sizes);
        let (values, best) = without_first(&joined, sizes[var]);
        let rest = vars.get(1..).unwrap_or_default().to_vec();
        choice.get_or_insert_with(|| Choice { var, rest: rest.clone(), best });
        left.push(Table { vars: rest, values: Cow::Owned(values) });
    }
    Some(Step { exact, choice: choice?, left })
}

/// Puts tables together as long as what they make stays small.
fn grouped<'t, 'f>(tables: &[&'t Table<'f>], sizes: &[usize]) -> Vec<(Vec<usize>, Vec<&'t Table<'f>>)> {
    let mut groups: Vec<(Vec<usize>, Vec<&Table>)> = Vec::new();
    for table in tables {
        let fits = groups.iter_mut().find_map(|(vars, all)| {
            let both = union(vars, &table.vars);
            let entries = both.iter().fold(1_usize, |n, v| n.saturating_mul(sizes[*v]));
            (entries <= MOST_ENTRIES).then_some((vars, all, both))
        });
        match fits {
            Some((vars, all, both)) => {
                *vars = both;
                all.push(table);
            }
            None => groups.push((table.vars.clone(), vec![table])),
        }
    }
    groups
}

fn union(a: &[usize], b: &[usize]) -> Vec<usize> {
    let mut both: Vec<usize> = a.iter().chain(b).copied().collect();
    both.sort_unstable();
    both.dedup();
    both
}

/// Returns the number of entries of a table over these variables.
pub fn entries(vars: &[u64], sizes: &BTreeMap<u64, usize>) -> usize {
    let size = |v: &u64| sizes.get(v).copied().unwrap_or(1);
    vars.iter().fold(1_usize, |n, v| n.saturating_mul(size(v)))
}

/// Adds tables over the variables of all of them.
fn join(vars: &[usize], group: &[&Table], sizes: &[usize]) -> Vec<i64> {
    let dims: Vec<usize> = vars.iter().map(|v| sizes[*v]).collect();
    let row = dims.last().copied().unwrap_or(1).max(1);
    let mut values = vec![0_i64; dims.iter().product()];
    let mut cells = vec![0_usize; dims.len()];
    for table in group {
        let strides = strides(&table.vars, vars, sizes);
        let step = strides.last().copied().unwrap_or(0);
        let mut at = 0_usize;
        for values in values.chunks_mut(row) {
            let own = table.values.get(at..).unwrap_or_default();
            match step {
                0 => {
                    let one = own.first().copied().unwrap_or(0);
                    for value in values.iter_mut() {
                        *value += one;
                    }
                }
                1 => values.iter_mut().zip(own).for_each(|(value, one)| *value += one),
                _ => {
                    let own = own.iter().step_by(step);
                    values.iter_mut().zip(own).for_each(|(value, one)| *value += one);
                }
            }
            // Counts on like an odometer, and keeps the place in the table.
            for d in (0..dims.len().saturating_sub(1)).rev() {
                cells[d] += 1;
                at += strides[d];
                if cells[d] < dims[d] {
                    break;
                }
                at -= strides[d] * dims[d];
                cells[d] = 0;
            }
        }
    }
    values
}

/// Returns for each variable of a joined table by how much its cells move the place in one of its parts.
fn strides(own: &[usize], vars: &[usize], sizes: &[usize]) -> Vec<usize> {
    let mut strides = vec![0; vars.len()];
    let (mut stride, mut at) = (1, vars.len());
    for var in own.iter().rev() {
        // Both are sorted, and the part's variables are among those of the whole.
        while at > 0 {
            at -= 1;
            if vars[at] == *var {
                strides[at] = stride;
                break;
            }
        }
        stride *= sizes[*var];
    }
    strides
}

/// Returns the best value over all cells of the first variable, and the first cell that gives it: missing before
/// answered, so that only what matters is answered.
fn without_first(values: &[i64], size: usize) -> (Vec<i64>, Vec<u32>) {
    let stride = values.len() / size.max(1);
    let mut parts = values.chunks(stride.max(1));
    let mut best = parts.next().unwrap_or_default().to_vec();
    let mut cells = vec![0_u32; best.len()];
    for (cell, part) in (1..).zip(parts) {
        for ((best, chosen), value) in best.iter_mut().zip(&mut cells).zip(part) {
            if value > best {
                (*best, *chosen) = (*value, cell);
            }
        }
    }
    (best, cells)
}

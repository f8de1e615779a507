//! Sums over finitely many variables, and the assignment that makes them best.

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
/// What an assignment costs that can't be.
pub const NEVER: i64 = i64::MIN / 4;

/// A number for each assignment of a few variables, the last one running fastest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// Variables, in the order in which they are eliminated.
    pub vars: Vec<u64>,
    /// One number for each assignment.
    pub values: Vec<i64>,
}

/// The largest sum of all factors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maximum {
    /// The sum; [`NEVER`] or below when no assignment is possible.
    pub sum: i64,
    /// It is reached; else it is only not exceeded.
    pub exact: bool,
    /// The assignment that reaches it.
    pub cells: BTreeMap<u64, usize>,
}

/// Eliminates all variables, the smallest first; `sizes` holds their numbers of cells.
#[must_use]
pub fn maximise(factors: Vec<Factor>, sizes: &BTreeMap<u64, usize>) -> Maximum {
    let mut buckets: BTreeMap<u64, Vec<Factor>> = BTreeMap::new();
    let (mut sum, mut exact) = (0_i64, true);
    let mut place = |factor: Factor, buckets: &mut BTreeMap<u64, Vec<Factor>>| match factor.vars.first() {
        Some(&first) => buckets.entry(first).or_default().push(factor),
        None => sum = (sum + factor.values.first().copied().unwrap_or(0)).max(NEVER),
    };
    for factor in factors {
        place(factor, &mut buckets);
    }
    let mut trail: Vec<(u64, Factor)> = Vec::new();
    while let Some((var, bucket)) = buckets.pop_first() {
        let groups = grouped(bucket, sizes);
        exact &= groups.len() == 1;
        for (position, group) in groups.into_iter().enumerate() {
            let joined = join(&group, sizes);
            place(without_first(&joined, sizes), &mut buckets);
            if position == 0 {
                trail.push((var, joined));
            }
        }
    }
    let mut cells = BTreeMap::new();
    for (var, joined) in trail.iter().rev() {
        let size = sizes.get(var).copied().unwrap_or(1);
        let rest = index(&joined.vars[1..], sizes, &cells);
        let stride = joined.values.len() / size;
        let value = |cell: &usize| joined.values.get(cell * stride + rest).copied().unwrap_or(NEVER);
        // The first of the best: missing before answered, so that only what matters is answered.
        let best = (0..size).rev().max_by_key(value).unwrap_or(0);
        cells.insert(*var, best);
    }
    Maximum { sum, exact, cells }
}

/// Puts factors together as long as their table stays small.
fn grouped(bucket: Vec<Factor>, sizes: &BTreeMap<u64, usize>) -> Vec<Vec<Factor>> {
    let mut groups: Vec<(Vec<u64>, Vec<Factor>)> = Vec::new();
    for factor in bucket {
        let fits = groups.iter_mut().find_map(|(vars, all)| {
            let both = union(vars, &factor.vars);
            (entries(&both, sizes) <= MOST_ENTRIES).then_some((vars, all, both))
        });
        match fits {
            Some((vars, all, both)) => {
                *vars = both;
                all.push(factor);
            }
            None => groups.push((factor.vars.clone(), vec![factor])),
        }
    }
    groups.into_iter().map(|(_, all)| all).collect()
}

fn union(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut both: Vec<u64> = a.iter().chain(b).copied().collect();
    both.sort_unstable();
    both.dedup();
    both
}

/// Returns the number of entries of a table over these variables.
pub fn entries(vars: &[u64], sizes: &BTreeMap<u64, usize>) -> usize {
    let size = |v: &u64| sizes.get(v).copied().unwrap_or(1);
    vars.iter().fold(1_usize, |n, v| n.saturating_mul(size(v)))
}

fn join(group: &[Factor], sizes: &BTreeMap<u64, usize>) -> Factor {
    let vars = group.iter().fold(Vec::new(), |all, f| union(&all, &f.vars));
    let dims: Vec<usize> = vars.iter().map(|v| sizes.get(v).copied().unwrap_or(1)).collect();
    let mut values = vec![0_i64; entries(&vars, sizes)];
    for factor in group {
        let strides = strides(factor, &vars, sizes);
        let mut cells = vec![0_usize; dims.len()];
        let mut at = 0_usize;
        for value in &mut values {
            *value = (*value + factor.values.get(at).copied().unwrap_or(0)).max(NEVER);
            // Counts on like an odometer, and keeps the place in the factor.
            for d in (0..dims.len()).rev() {
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
    Factor { vars, values }
}

/// Returns for each variable of a table by how much its cells move the place in a factor.
fn strides(factor: &Factor, vars: &[u64], sizes: &BTreeMap<u64, usize>) -> Vec<usize> {
    let mut of: BTreeMap<u64, usize> = BTreeMap::new();
    let mut stride = 1;
    for var in factor.vars.iter().rev() {
        of.insert(*var, stride);
        stride *= sizes.get(var).copied().unwrap_or(1);
    }
    vars.iter().map(|v| of.get(v).copied().unwrap_or(0)).collect()
}

fn without_first(factor: &Factor, sizes: &BTreeMap<u64, usize>) -> Factor {
    let Some((first, rest)) = factor.vars.split_first() else { return factor.clone() };
    let stride = factor.values.len() / sizes.get(first).copied().unwrap_or(1).max(1);
    let mut values = vec![NEVER; stride];
    for part in factor.values.chunks(stride.max(1)) {
        for (best, value) in values.iter_mut().zip(part) {
            *best = (*best).max(*value);
        }
    }
    Factor { vars: rest.to_vec(), values }
}

fn index(vars: &[u64], sizes: &BTreeMap<u64, usize>, cells: &BTreeMap<u64, usize>) -> usize {
    let cell = |v: &u64| cells.get(v).copied().unwrap_or(0);
    vars.iter().fold(0, |at, v| at * sizes.get(v).copied().unwrap_or(1) + cell(v))
}

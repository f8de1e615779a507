//! Where `top 20%` cuts: the value at rank ⌈share · n⌉ of the non-missing values, ties at the cut all in.

use crate::expr::{Expr, Var};
use crate::frame::allocate::round_up;
use crate::frame::table::{Column, Table};

/// The cuts of all `top` conditions for one list of eligible rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cuts(Vec<(Var, f64, Option<f64>)>);

impl Cuts {
    /// Returns the smallest value that is still within the top share.
    #[expect(clippy::float_cmp, reason = "the share is looked up, not computed")]
    pub fn get(&self, var: Var, share: f64) -> Option<f64> {
        self.0.iter().find(|(v, s, _)| *v == var && *s == share).and_then(|(_, _, cut)| *cut)
    }

    /// Computes the cuts that these conditions need, over the given rows.
    pub fn of<'a>(
        conditions: impl Iterator<Item = &'a Expr>,
        table: &Table,
        rows: &(impl Iterator<Item = usize> + Clone),
    ) -> Self {
        let mut wanted: Vec<(Var, f64)> = Vec::new();
        for condition in conditions {
            condition.each(&mut |e| {
                if let Expr::Top(var, share) = e
                    && !wanted.contains(&(*var, *share))
                {
                    wanted.push((*var, *share));
                }
            });
        }
        Self(wanted.into_iter().map(|(v, share)| (v, share, cut(table, v, share, rows.clone()))).collect())
    }
}

fn cut(table: &Table, var: Var, share: f64, rows: impl Iterator<Item = usize>) -> Option<f64> {
    let Var::Field(field) = var else { return None };
    let Some(Some(Column::Number(values))) = table.columns.get(field) else { return None };
    let mut values: Vec<f64> = rows.map(|r| values[r]).filter(|x| !x.is_nan()).collect();
    let rank = usize::try_from(round_up(share * values.len() as f64)).ok()?.min(values.len());
    if rank == 0 {
        return None;
    }
    let (_, cut, _) = values.select_nth_unstable_by(rank - 1, |a, b| b.total_cmp(a));
    Some(*cut)
}

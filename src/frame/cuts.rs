//! Where `top 20%` cuts: the value at rank ⌈share · n⌉ of the non-missing values, ties at the cut all in.

use crate::expr::{CompareOp, Expr, Value, Var};
use crate::frame::allocate::round_up;
use crate::frame::spill::Numbers;
use crate::frame::types::FrameError;

/// The cuts of all `top` conditions for one list of eligible rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cuts(Vec<(Var, f64, Option<f64>)>);

impl Cuts {
    /// Returns the smallest value that is still within the top share.
    #[expect(clippy::float_cmp, reason = "the share is looked up, not computed")]
    pub fn get(&self, var: Var, share: f64) -> Option<f64> {
        self.0.iter().find(|(v, s, _)| *v == var && *s == share).and_then(|(_, _, cut)| *cut)
    }

    /// Puts comparisons with the cuts in the place of `top`; without a cut nobody is within.
    pub fn settle(&self, expr: &Expr) -> Expr {
        let all = |all: &[Expr]| all.iter().map(|e| self.settle(e)).collect();
        let inner = |e: &Expr| Box::new(self.settle(e));
        match expr {
            Expr::Top(var, share) => {
                let cut = self.get(*var, *share).unwrap_or(f64::INFINITY);
                let cut = Box::new(Expr::Constant(Value::Number(cut)));
                Expr::Compare(CompareOp::GreaterEqual, Box::new(Expr::Var(*var)), cut)
            }
            Expr::Not(e) => Expr::Not(inner(e)),
            Expr::And(parts) => Expr::And(all(parts)),
            Expr::Or(parts) => Expr::Or(all(parts)),
            Expr::IsMissing(e) => Expr::IsMissing(inner(e)),
            Expr::Compare(op, a, b) => Expr::Compare(*op, inner(a), inner(b)),
            other => other.clone(),
        }
    }

    /// Takes cuts that are known.
    pub fn known(cuts: Vec<(Var, f64, Option<f64>)>) -> Self {
        Self(cuts)
    }
}

/// Returns the different variables and shares of `top` conditions.
pub fn tops<'a>(conditions: impl Iterator<Item = &'a Expr>) -> Vec<(Var, f64)> {
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
    wanted
}

fn rank(share: f64, count: u64) -> Option<u64> {
    Some(round_up(share * count as f64).min(count)).filter(|rank| *rank > 0)
}

/// Values that are sorted in memory once no more are left in question.
const FEW: u64 = 1 << 19;

/// Returns the cut of a column that is not in memory, over the rows that are not left out.
///
/// Each pass counts by the next sixteen bits of the values and goes on with those in the place where the rank falls, so
/// that memory does not depend on the number of rows.
pub fn cut_of(
    values: &Numbers,
    out: impl Fn(u64) -> bool + Sync,
    share: f64,
) -> Result<Option<f64>, FrameError> {
    let (mut prefix, mut shift) = (0, 48);
    let mut left = None;
    loop {
        let inside = |key: u64| shift == 48 || key >> (shift + 16) == prefix;
        let count = |counts: &mut Vec<u64>, row: u64, bits: u64| {
            if let Some(key) = ordered(bits).filter(|key| inside(*key) && !out(row)) {
                counts[usize::try_from(key >> shift & 0xffff).unwrap_or(0)] += 1;
            }
        };
        let sum = |mut a: Vec<u64>, b: Vec<u64>| {
            a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
            a
        };
        let counts = values.fold(|| vec![0_u64; 1 << 16], count, sum)?;
        let mut wanted = match left {
            Some(wanted) => wanted,
            None => match rank(share, counts.iter().sum()) {
                Some(rank) => rank,
                None => return Ok(None),
            },
        };
        let mut place = counts.len() - 1;
        while counts[place] < wanted {
            wanted -= counts[place];
            place -= 1;
        }
        prefix = prefix << 16 | place as u64;
        left = Some(wanted);
        if shift == 0 {
            return Ok(Some(plain(prefix)));
        }
        if counts[place] <= FEW {
            let keep = |few: &mut Vec<u64>, row: u64, bits: u64| {
                few.extend(ordered(bits).filter(|key| key >> shift == prefix && !out(row)));
            };
            let both = |mut a: Vec<u64>, b: Vec<u64>| {
                a.extend(b);
                a
            };
            let mut few = values.fold(Vec::new, keep, both)?;
            let at = usize::try_from(wanted - 1).unwrap_or(usize::MAX);
            if at >= few.len() {
                return Ok(None);
            }
            let (_, key, _) = few.select_nth_unstable_by(at, |a, b| b.cmp(a));
            return Ok(Some(plain(*key)));
        }
        shift -= 16;
    }
}

/// Turns the bits of a number into a whole number of the same order; `None` for what is none.
fn ordered(bits: u64) -> Option<u64> {
    let negative = bits >> 63 == 1;
    (!f64::from_bits(bits).is_nan()).then_some(if negative { !bits } else { bits | 1 << 63 })
}

fn plain(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

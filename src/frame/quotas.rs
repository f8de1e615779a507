//! How many people of each cell count for the quotas that the list alone decides.
//!
//! A quota that looks at answers can't be counted before they are there; the plan then knows an upper bound only.

use crate::expr::{Expr, Value, Var};
use crate::frame::summary::QuotaCount;
use crate::model::Checked;
use crate::model::checked::Quota;

/// Returns the quotas whose conditions look at the list and the stratum alone.
pub fn of_list(checked: &Checked) -> impl Iterator<Item = &Quota> {
    checked.quotas.iter().filter(|quota| {
        let mut known = true;
        quota.condition.variables(&mut |var| known &= matches!(var, Var::Field(_) | Var::Stratum));
        quota.condition.each(&mut |e| known &= !matches!(e, Expr::Top(..) | Expr::InRiskGroup { .. }));
        known
    })
}

/// Returns the condition of a quota for people of one stratum.
pub fn for_stratum(condition: &Expr, stratum: &str) -> Expr {
    let inner = |e: &Expr| Box::new(for_stratum(e, stratum));
    let all = |all: &[Expr]| all.iter().map(|e| for_stratum(e, stratum)).collect();
    match condition {
        Expr::Var(Var::Stratum) => Expr::Constant(Value::Text(stratum.into())),
        Expr::Not(e) => Expr::Not(inner(e)),
        Expr::And(parts) => Expr::And(all(parts)),
        Expr::Or(parts) => Expr::Or(all(parts)),
        Expr::Compare(op, a, b) => Expr::Compare(*op, inner(a), inner(b)),
        Expr::In(e, set) => Expr::In(inner(e), set.clone()),
        Expr::Between(e, low, high) => Expr::Between(inner(e), low.clone(), high.clone()),
        Expr::Within(e, window) => Expr::Within(inner(e), *window),
        Expr::IsMissing(e) => Expr::IsMissing(inner(e)),
        Expr::Arithmetic(op, a, b) => Expr::Arithmetic(*op, inner(a), inner(b)),
        other => other.clone(),
    }
}

/// Makes the figures of a summary: per quota, how many people of each cell count for it.
pub fn shown<'a>(checked: &'a Checked, counts: &'a [Vec<u64>]) -> impl Iterator<Item = QuotaCount> + 'a {
    let cells = |all: &Vec<u64>| all.iter().map(|n| if *n < HIDDEN_BELOW { 0 } else { *n }).collect();
    of_list(checked).zip(counts).map(move |(q, all)| QuotaCount { name: q.name.clone(), cells: cells(all) })
}

/// Smaller counts of people who have two things in common stand in no summary.
const HIDDEN_BELOW: u64 = 10;

//! How many people of each cell count for the quotas that the list alone decides.
//!
//! A quota that looks at answers can't be counted before they are there; the plan then knows an upper bound only.

use jiff::civil::Date;

use crate::expr::{Env, Expr, Value, Var, truth};
use crate::frame::table::RowEnv;
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

/// Tells whether a person of the list counts for a quota.
pub fn counts_for(quota: &Quota, row: &RowEnv, stratum: &str) -> bool {
    truth(&quota.condition, &Person { row, stratum }).holds()
}

struct Person<'a> {
    row: &'a RowEnv<'a>,
    stratum: &'a str,
}

impl Env for Person<'_> {
    fn value(&self, var: Var) -> Value {
        match var {
            Var::Stratum => Value::Text(self.stratum.into()),
            var => self.row.value(var),
        }
    }

    fn today(&self) -> Date {
        self.row.today()
    }
}

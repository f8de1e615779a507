//! Score intervals of quantiles, as R's `survey` makes them.
//!
//! Francisco & Fuller (1991): the values θ at which the share above θ is no
//! further than t standard errors from 1 − p. R then turns the ends into
//! *unweighted* shares of answers and takes the weighted quantiles of those, which
//! is no inversion where weights go with answers; Woodruff's intervals in
//! [`quantile`](crate::score::method::quantile) are the ones to print. At the jump
//! R's root finder ends on the side with the smaller distance, and so does this.

use crate::score::design::{Design, Options, variance};
use crate::score::linear::mean;
use crate::score::method::quantile::{Rule, one_by_one, quantile};
use crate::score::method::tail::t_quantile;

/// Returns the ends of the 95 % interval; nothing where answers do not reach that far.
#[must_use]
pub fn score_interval(
    design: &Design,
    members: &[usize],
    value: impl Fn(usize) -> Option<f64>,
    p: f64,
    rule: Rule,
    options: Options,
) -> Option<(f64, f64)> {
    let known: Vec<(usize, f64)> = members.iter().filter_map(|&i| value(i).map(|y| (i, y))).collect();
    let mut values: Vec<f64> = known.iter().map(|k| k.1).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let everybody = mean(design, members, &value)?;
    let t = t_quantile(0.05, variance(design, &everybody.influence, options).df as f64)?;
    // The share above a value less what it should be, in standard errors; falls with the value.
    let score = |at: usize| -> Option<f64> {
        let above = mean(design, members, |i| value(i).map(|y| f64::from(u8::from(y > values[at]))))?;
        let error = variance(design, &above.influence, options).value?.sqrt();
        Some((above.value - (1.0 - p)) / error.max(f64::MIN_POSITIVE))
    };
    let answers = one_by_one(design, &known);
    let end = |limit: f64| {
        let (mut before, mut after) = (0, values.len() - 1);
        if score(before)? < limit || score(after)? > limit {
            return None;
        }
        while after - before > 1 {
            let middle = usize::midpoint(before, after);
            if score(middle)? < limit { after = middle } else { before = middle }
        }
        let nearer =
            if (score(before)? - limit).abs() <= (score(after)? - limit).abs() { before } else { after };
        let share = answers.iter().filter(|k| k.0 <= values[nearer]).count() as f64 / answers.len() as f64;
        quantile(&answers, share, rule)
    };
    Some((end(t)?, end(-t)?))
}

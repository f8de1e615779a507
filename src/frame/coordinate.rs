//! Where draws start on the circle of random numbers (Ohlsson 1995).
//!
//! People are taken in ascending order of `(u − start) mod 1`. Draws with the same start take the same people first
//! (positive coordination); a start on the other side of the circle takes the others first (negative coordination).
//! Numbers are integers below 2^52, so that every start is exact.

use std::collections::BTreeMap;

use crate::frame::random::fraction;
use crate::model::Checked;
use crate::model::checked::Coordination;

/// Random numbers lie below this one.
pub const CIRCLE: u64 = 1 << 52;

/// Starts of the strata of a campaign, by name.
pub type Starts = BTreeMap<String, u64>;

/// Returns how far a number lies behind a start: what draws go by.
#[must_use]
pub fn behind(number: u64, start: u64) -> u64 {
    number.wrapping_sub(start) & (CIRCLE - 1)
}

/// Returns the start of the strata that are coordinated; `of` gives the starts of an earlier campaign's strata.
pub fn starts(checked: &Checked, of: &dyn Fn(&str) -> Result<Starts, String>) -> Result<Starts, Vec<String>> {
    let mut all = Starts::new();
    let mut faults = Vec::new();
    for stratum in &checked.strata {
        let Some(coordination) = &stratum.coordination else { continue };
        let one =
            |campaign: &String| of(campaign).and_then(|known| start_of(&known, campaign, &stratum.name));
        let start = match coordination {
            Coordination::With(campaign) => one(campaign),
            Coordination::Apart(campaigns) => {
                campaigns.iter().map(one).collect::<Result<Vec<u64>, String>>().map(|s| apart_from(&s))
            }
        };
        match start {
            Ok(start) => {
                all.insert(stratum.name.clone(), start);
            }
            Err(fault) => faults.push(fault),
        }
    }
    faults.dedup();
    if faults.is_empty() { Ok(all) } else { Err(faults) }
}

/// Returns the start of the stratum of that name, else the one that all strata of the campaign share.
fn start_of(known: &Starts, campaign: &str, stratum: &str) -> Result<u64, String> {
    if let Some(start) = known.get(stratum) {
        return Ok(*start);
    }
    let mut values = known.values();
    let first = values.next().copied().unwrap_or(0);
    if values.all(|s| *s == first) {
        return Ok(first);
    }
    let list: Vec<String> = known.iter().map(|(name, s)| format!("`{name}` at {}", fraction(*s))).collect();
    Err(format!(
        "campaign `{campaign}` has no stratum `{stratum}`, and its strata start at different numbers ({}); name the stratum as there",
        list.join(", ")
    ))
}

/// Returns the middle of the widest gap between starts, the first such gap from 0.
#[must_use]
pub fn apart_from(starts: &[u64]) -> u64 {
    let mut sorted: Vec<u64> = starts.iter().map(|s| s & (CIRCLE - 1)).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let next = |i: usize| sorted.get(i + 1).copied().or_else(|| sorted.first().map(|first| first + CIRCLE));
    let gaps = sorted.iter().enumerate().filter_map(|(i, start)| Some((*start, next(i)? - start)));
    let widest = gaps.fold((0, 0), |best, gap| if gap.1 > best.1 { gap } else { best });
    (widest.0 + widest.1 / 2) & (CIRCLE - 1)
}

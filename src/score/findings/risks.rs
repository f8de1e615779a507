//! Risk groups in a report: how many people, and their share of those who answered this wave.
//!
//! Who is in a group is reckoned in [`crate::score::risk`] and comes in here. The number of people counts everybody whose
//! last waves fulfil the condition, also those who did not answer this wave; the share is that of this wave's population,
//! by its respondents. Small numbers are hidden, and so is a share from which a small number could be worked out.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::model::checked::Text;
use crate::score::estimate::printed;
use crate::score::formula::Range;
use crate::score::linear::mean;
use crate::score::types::Estimate;
use crate::score::wave::Wave;

/// Who is in a risk group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RiskMembers {
    /// Name of the group.
    pub name: String,
    /// People, over all waves.
    pub people: u64,
    /// Responses of this wave that are theirs, by id.
    pub responses: BTreeSet<i64>,
    /// Responses of this wave of which is known whose they are.
    pub known: BTreeSet<i64>,
    /// Why it can't be told, in words.
    pub why: Option<String>,
    /// Whether the condition held for those who answered a wave, by numbers of people, the latest wave first; as far as an
    /// export asks for it.
    pub verdicts: Vec<BTreeMap<u64, bool>>,
}

/// A risk group in numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RiskFinding {
    /// Name.
    pub name: String,
    /// Title.
    pub title: Text,
    /// Name of the campaign, by which a later wave asks for it.
    pub campaign: String,
    /// Answered waves in a row.
    pub waves: u32,
    /// People; absent when hidden or not known.
    pub people: Option<u64>,
    /// Too few to be shown.
    pub hidden: bool,
    /// Share of this wave's population.
    pub share: Option<Estimate>,
    /// Why it is not known, in words.
    pub why: Option<String>,
}

/// Counts the risk groups that the spec declares.
#[must_use]
pub fn risks(wave: &Wave, found: &[RiskMembers]) -> Vec<RiskFinding> {
    let threshold = wave.checked.analysis.hide_below;
    let one = |risk: &crate::model::checked::Risk| {
        let mut out = RiskFinding {
            name: risk.name.clone(),
            title: risk.title.clone(),
            campaign: wave.checked.campaign.name.clone(),
            waves: risk.waves,
            people: None,
            hidden: false,
            share: None,
            why: None,
        };
        let Some(members) = found.iter().find(|m| m.name == risk.name) else { return out };
        out.why.clone_from(&members.why);
        if members.why.is_some() {
            return out;
        }
        out.hidden = (1..threshold).contains(&members.people);
        out.people = (!out.hidden).then_some(members.people);
        if !out.hidden {
            out.share = share(wave, members, threshold);
        }
        out
    };
    wave.checked.analysis.risks.iter().map(one).collect()
}

fn share(wave: &Wave, members: &RiskMembers, threshold: u64) -> Option<Estimate> {
    let id = |i: usize| wave.respondents[i].response.id;
    let everybody: Vec<usize> =
        (0..wave.respondents.len()).filter(|i| members.known.contains(&id(*i))).collect();
    let within = everybody.iter().filter(|i| members.responses.contains(&id(**i))).count() as u64;
    let small = |n: u64| (1..threshold).contains(&n);
    let rest = everybody.len() as u64 - within;
    // People of the group who did not answer this wave are the difference of two printed numbers.
    if small(within) || small(rest) || small(members.people.saturating_sub(within)) {
        return None;
    }
    let held = |i: usize| Some(f64::from(u8::from(members.responses.contains(&id(i)))));
    let range = Range { low: 0.0, high: 1.0, share: true };
    let share = mean(&wave.design, &everybody, held)?;
    Some(printed(&wave.design, Some(&share), &everybody, Some(range), threshold))
}

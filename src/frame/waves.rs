//! What earlier campaigns tell a draw: where theirs start, who answered, how scores spread.
//!
//! Plain data that the caller takes from the store and the specs of the repository: this room reads neither and knows
//! nothing of scoring. Where there is no store, as in a rehearsal, [`Waves::stand_in`] takes its place.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::expr::Expr;
use crate::frame::load::conditions;
use crate::model::Checked;
use crate::model::checked::{Allocation, Coordination, Sample, Scoring};

/// Groups with fewer answers tell no spread: the whole wave's is taken.
pub const LEAST_ANSWERS: u64 = 10;

/// What is known of earlier campaigns.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Waves {
    /// Starts of this campaign's strata that are coordinated, by name: random numbers times 2^52.
    pub starts: BTreeMap<String, u64>,
    /// Who answered, by campaign; only those that a panel is of.
    pub answered: BTreeMap<String, Panel>,
    /// The wave that this campaign follows.
    pub before: Option<WaveBefore>,
    /// Who is in the risk groups that conditions ask for, by campaign and name.
    pub risks: BTreeMap<(String, String), Panel>,
}

/// Who answered in a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Panel {
    /// The people with these keys.
    Keys(BTreeSet<String>),
    /// Nobody knows: everybody whose random number times 2^52 lies below this one.
    Below(u64),
}

impl Panel {
    /// Returns the panel of a rehearsal: a quarter of all.
    #[must_use]
    pub fn supposed() -> Self {
        Self::Below(1 << 50)
    }

    /// Tells whether somebody is in it.
    #[must_use]
    pub fn has(&self, key: &str, number: u64) -> bool {
        match self {
            Self::Keys(keys) => keys.contains(key),
            Self::Below(limit) => number < *limit,
        }
    }
}

/// The wave that a campaign follows, in figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaveBefore {
    /// Name of the campaign.
    pub campaign: String,
    /// Completes of the drawn people.
    pub answers: u64,
    /// Scores that had answers.
    pub scores: Vec<ScoreBefore>,
}

/// A score of the wave before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreBefore {
    /// Name.
    pub score: String,
    /// Over all strata.
    pub overall: GroupBefore,
    /// By stratum; those with fewer than [`LEAST_ANSWERS`] are left out.
    pub strata: Vec<GroupBefore>,
}

/// A score in a group of the wave before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupBefore {
    /// Name of the stratum; empty for all.
    pub stratum: String,
    /// Answers.
    pub answers: u64,
    /// Answers of a simple random sample that would tell as much.
    pub effective: f64,
    /// Estimate.
    pub value: f64,
    /// Standard deviation between people, in points.
    pub deviation: f64,
}

impl WaveBefore {
    /// Returns what is known of a score in a stratum, else in the whole wave; `None` where too few answered.
    #[must_use]
    pub fn of(&self, score: &str, stratum: Option<&str>) -> Option<&GroupBefore> {
        let found = self.scores.iter().find(|s| s.score == score)?;
        let own = stratum.and_then(|name| found.strata.iter().find(|g| g.stratum == name));
        own.into_iter().chain([&found.overall]).find(|g| g.answers >= LEAST_ANSWERS)
    }
}

impl Waves {
    /// Returns what a rehearsal supposes: everybody with a number below one quarter answered then, and scores spread by
    /// a quarter of their scale.
    #[must_use]
    pub fn stand_in(checked: &Checked, starts: BTreeMap<String, u64>) -> Self {
        let panels = checked.strata.iter().filter_map(|s| s.panel.clone());
        let answered = panels.map(|campaign| (campaign, Panel::supposed())).collect();
        let before = checked.scoring.as_ref().filter(|_| wants_spread(checked)).map(supposed);
        let risks = risk_groups(checked).into_iter().map(|group| (group, Panel::supposed())).collect();
        Self { starts, answered, before, risks }
    }
}

fn supposed(scoring: &Scoring) -> WaveBefore {
    let group = GroupBefore {
        stratum: String::new(),
        answers: LEAST_ANSWERS,
        effective: LEAST_ANSWERS as f64,
        value: f64::midpoint(scoring.low, scoring.high),
        deviation: (scoring.high - scoring.low) / 4.0,
    };
    let one = |s: &crate::model::checked::Score| ScoreBefore {
        score: s.name.clone(),
        overall: group.clone(),
        strata: Vec::new(),
    };
    WaveBefore {
        campaign: "supposed for the rehearsal".to_owned(),
        answers: LEAST_ANSWERS,
        scores: scoring.scores.iter().map(one).collect(),
    }
}

/// Tells whether a sample's size depends on the spread of a score that the spec does not state.
#[must_use]
pub fn wants_spread(checked: &Checked) -> bool {
    let points = |s: &Sample| matches!(s, Sample::Points { spread: None, .. });
    let neyman = |j: &crate::model::checked::Joint| {
        matches!(j.allocation, Allocation::Neyman { .. }) && j.spread.len() < j.strata.len()
    };
    checked.strata.iter().any(|s| points(&s.sample)) || checked.joint.iter().any(neyman)
}

/// Returns the campaigns that a draw is coordinated with.
#[must_use]
pub fn coordinated_with(checked: &Checked) -> BTreeSet<String> {
    let names = |c: &Coordination| match c {
        Coordination::With(name) => vec![name.clone()],
        Coordination::Apart(names) => names.clone(),
    };
    checked.strata.iter().filter_map(|s| s.coordination.as_ref()).flat_map(names).collect()
}

/// Returns the risk groups that conditions on the list ask for: campaign and name.
#[must_use]
pub fn risk_groups(checked: &Checked) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for condition in conditions(checked) {
        condition.each(&mut |e| {
            if let Expr::InRiskGroup { group, campaign } = e {
                found.insert((campaign.to_string(), group.to_string()));
            }
        });
    }
    found
}

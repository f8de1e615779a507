//! A launched campaign whose spec changed: what may be taken over, and taking it over.
//!
//! The people, their draw, their links and the ledger stay. The changed plan is made from what was counted at launch,
//! so that its hash covers the same draw.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::frame::allocate::{Units, sizes};
use crate::frame::{CellSummary, Design};
use crate::model::Checked;
use crate::model::checked::PrivacyMode;
use crate::plan::change::{Change, Effect, changes};
use crate::plan::{self, Plan};
use crate::runner::error::RunError;
use crate::runner::launch::empty_summary;
use crate::store::{Launched, Store, Takeover};

/// A launched campaign with its model and plan.
#[derive(Debug)]
pub struct Standing {
    /// As the store has it.
    pub launched: Launched,
    /// Its version.
    pub version: u32,
    /// Its model.
    pub checked: Checked,
    /// Its plan.
    pub plan: Plan,
    /// Columns of the list that its answers carry.
    pub fields: BTreeSet<String>,
}

/// A changed spec.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The spec of now.
    pub checked: &'a Checked,
    /// Columns of the list that its answers need.
    pub fields: &'a BTreeSet<String>,
    /// A seed from the command line.
    pub seed: Option<u64>,
    /// The present moment.
    pub now: Timestamp,
}

/// Returns every difference between a launched campaign and the spec of now, refused ones first.
#[must_use]
pub fn judge(standing: &Standing, wanted: Wanted<'_>) -> Vec<Change> {
    let mut refused = Vec::new();
    let mut refuse = |about: &str, what: String| refused.push(Change::of_the_run(about, &what));
    if let Some(seed) = wanted.seed.filter(|s| *s != standing.plan.seed) {
        refuse("the seed", format!("{} → {seed}; the draw was made with the old one", standing.plan.seed));
    }
    let found = changes(&standing.checked, wanted.checked);
    let same_cells = !found.iter().any(|c| c.effect == Effect::NotWhileRunning);
    if same_cells && !found.is_empty() {
        let after = plan::again(&standing.plan, wanted.checked);
        closed(&standing.plan, &after, wanted.now, &mut refuse);
        too_many(&standing.plan, wanted.checked, &mut refuse);
    }
    let new: Vec<&String> = wanted.fields.difference(&standing.fields).collect();
    if wanted.checked.privacy.mode == PrivacyMode::Anonymous
        && let Some(field) = new.first()
    {
        let what = format!("needs the column `{field}`, and anonymous answers can't be linked to the list");
        refuse("an answer", what);
    }
    let hash = |checked: &Checked| {
        plan::make(checked, &empty_summary(checked, standing.plan.seed), standing.plan.seed).hash
    };
    if found.is_empty() && refused.is_empty() && hash(&standing.checked) != hash(wanted.checked) {
        let what = "differs in a way that this version of Canvass can't judge";
        refused.push(Change::of_the_run("the spec", what));
    }
    refused.extend(found);
    refused
}

fn closed(before: &Plan, after: &Plan, now: Timestamp, refuse: &mut impl FnMut(&str, String)) {
    let moment = |plan: &Plan| plan.schedule.close.parse::<Timestamp>().ok();
    let (Some(old), Some(new)) = (moment(before), moment(after)) else { return };
    if old == new {
        return;
    }
    if old <= now {
        refuse("the campaign", format!("closed at {}; people were told so", before.schedule.close));
    } else if new <= now {
        refuse("the close", format!("{} is over already; name one that is to come", after.schedule.close));
    }
}

/// Refuses more completes than people were drawn for.
fn too_many(before: &Plan, checked: &Checked, refuse: &mut impl FnMut(&str, String)) {
    let Ok(design) = Design::new(checked) else { return };
    let summary = plan::counted(before, checked);
    for (index, stratum) in checked.strata.iter().enumerate() {
        let entering = design.entering.get(index);
        if !entering.is_some_and(|entering| entering.at_launch()) {
            continue;
        }
        let cells = design.cells_of(index).filter_map(|c| summary.cells.get(c)).map(CellSummary::units);
        if let Err(why) = sizes(stratum, &cells.collect::<Vec<_>>(), Units::of(checked)) {
            refuse(&format!("stratum `{}`", stratum.name), why);
        }
    }
}

/// Puts the changed spec in the place of the launched one; returns the plan and the number of the version.
pub async fn take_over(
    standing: &Standing,
    wanted: Wanted<'_>,
    changes: &[Change],
    store: &Store,
) -> Result<(Plan, u32), RunError> {
    let (before, after) = (&standing.plan, plan::again(&standing.plan, wanted.checked));
    let launched = Launched {
        files: wanted.checked.files.iter().map(|f| (f.path.clone(), f.text.clone())).collect(),
        plan: plan::json(&after),
        plan_hash: after.hash.clone(),
        ..standing.launched.clone()
    };
    let removed: Vec<String> = before
        .steps
        .iter()
        .filter(|s| !after.steps.iter().any(|n| n.name == s.name))
        .map(|s| s.name.clone())
        .collect();
    let moment = |plan: &Plan| plan.schedule.close.parse::<Timestamp>().ok();
    let close = moment(before).zip(moment(&after)).filter(|(old, new)| old != new);
    let takeover = Takeover {
        launched: &launched,
        seen: standing.version,
        changes: &serde_json::to_string(changes).map_err(|e| RunError::Words(e.to_string()))?,
        fields: &wanted.fields.difference(&standing.fields).cloned().collect(),
        close,
        removed: &removed,
        replan: &steps_to_replan(before, &after, close.is_some()),
        now: wanted.now,
    };
    let version = store.take_over(&takeover).await?;
    Ok((after, version))
}

/// Returns the steps whose queued messages no longer are what the schedule says.
fn steps_to_replan(before: &Plan, after: &Plan, other_close: bool) -> Vec<String> {
    let differs = |step: &&plan::types::PlanStep| match before.steps.iter().find(|s| s.name == step.name) {
        None => true,
        Some(old) => {
            let by_event = matches!(step.timing, plan::types::PlanTiming::AfterEvent { .. });
            (&old.via, &old.timing, &old.strata) != (&step.via, &step.timing, &step.strata)
                || (by_event && other_close)
        }
    };
    after.steps.iter().filter(differs).map(|s| s.name.clone()).collect()
}

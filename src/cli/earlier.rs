//! What earlier campaigns tell a draw: from the profile's store, else from the specs of the repository.
//!
//! A launched campaign is taken as it was launched, whatever became of its spec. A start can also be worked out from a
//! spec that was never launched; who answered, who is at risk and how scores spread, only the store knows.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::history::open_of;
use crate::cli::{Context, Exit, waves};
use crate::frame::coordinate::{Starts, starts};
use crate::frame::waves::{coordinated_with, risk_groups};
use crate::frame::{Panel, WaveBefore, Waves};
use crate::model::Checked;
use crate::plan::{self, Plan};
use crate::report::gather;
use crate::report::risk::{RiskError, risk_group};
use crate::runner::launched_model;
use crate::score::spread::spread;
use crate::store::{Store, StoreError};

/// Gathers what is known; without a store, what the specs below the folder tell.
pub async fn gather(
    cx: &Context,
    checked: &Checked,
    store: Option<&Store>,
    root: &Path,
    seed: u64,
) -> Result<Waves, Exit> {
    let could_not = |e: StoreError| cx.fail(Exit::CouldNot, &e.to_string());
    let mut all = Waves::default();
    let mut launched: BTreeMap<String, Starts> = BTreeMap::new();
    if let Some(store) = store {
        for campaign in checked.strata.iter().filter_map(|s| s.panel.as_ref()) {
            if store.campaign(campaign).await.map_err(could_not)?.is_some() {
                let keys = store.answered(campaign).await.map_err(could_not)?;
                all.answered.insert(campaign.clone(), Panel::Keys(keys));
            }
        }
        for campaign in coordinated_with(checked) {
            if let Some(plan) = plan_of(cx, store, &campaign).await? {
                if plan.seed != seed {
                    let words = format!(
                        "campaign `{campaign}` was drawn with seed {}, this one is drawn with {seed}; numbers of two seeds have nothing in common, so that nothing can be coordinated; use one seed for all campaigns",
                        plan.seed
                    );
                    return Err(cx.fail(Exit::Spec, &words));
                }
                if plan.frame.cluster.is_some() {
                    return Err(cx.fail(Exit::Spec, &of_clusters(&campaign)));
                }
                launched.insert(campaign, starts_of(&plan));
            }
        }
        if let Some(wave) = &checked.campaign.follows {
            all.before = before(cx, store, wave).await?;
        }
        all.risks = risks(cx, checked, store).await?;
    }
    let search =
        Search { root, launched: &launched, path: RefCell::new(vec![checked.campaign.name.clone()]) };
    all.starts = starts(checked, &|campaign| search.starts(campaign))
        .map_err(|faults| faults.iter().fold(Exit::Spec, |exit, fault| cx.fail(exit, fault)))?;
    Ok(all)
}

/// Who is in the risk groups that conditions ask for; those of campaigns that the store has not are left out.
pub async fn risks(
    cx: &Context,
    checked: &Checked,
    store: &Store,
) -> Result<BTreeMap<(String, String), Panel>, Exit> {
    let mut all = BTreeMap::new();
    for (campaign, group) in risk_groups(checked) {
        // Conditions on the list hold as of open.
        let found = risk_group(store, &campaign, &group, open_of(checked)).await;
        let found = found.map_err(|e| {
            let exit = if matches!(e, RiskError::Words(_)) { Exit::Spec } else { Exit::CouldNot };
            cx.fail(exit, &e.to_string())
        })?;
        if let Some(keys) = found {
            all.insert((campaign, group), Panel::Keys(keys));
        }
    }
    Ok(all)
}

/// Says that a draw of people can't lie beside one of clusters.
fn of_clusters(campaign: &str) -> String {
    format!(
        "campaign `{campaign}` draws whole clusters, whose random numbers have nothing in common with those of people; leave `draw …` out"
    )
}

/// Starts of all strata of a launched plan.
fn starts_of(plan: &Plan) -> Starts {
    let known = plan::starts(plan);
    plan.strata.iter().map(|s| (s.name.clone(), known.get(&s.name).copied().unwrap_or(0))).collect()
}

async fn plan_of(cx: &Context, store: &Store, campaign: &str) -> Result<Option<Plan>, Exit> {
    let could_not = |why: String| cx.fail(Exit::CouldNot, &why);
    let Some(launched) = store.campaign(campaign).await.map_err(|e| could_not(e.to_string()))? else {
        return Ok(None);
    };
    plan::parse(&launched.plan)
        .map(Some)
        .map_err(|e| could_not(format!("the stored plan of `{campaign}`: {e}")))
}

/// Scores the wave before; nothing where the store has no answers of it.
async fn before(cx: &Context, store: &Store, wave: &str) -> Result<Option<WaveBefore>, Exit> {
    let could_not = |why: String| cx.fail(Exit::CouldNot, &why);
    let Some(plan) = plan_of(cx, store, wave).await? else { return Ok(None) };
    let Some(launched) = store.campaign(wave).await.map_err(|e| could_not(e.to_string()))? else {
        return Ok(None);
    };
    let checked = launched_model(&launched).map_err(|e| could_not(e.to_string()))?;
    let records = gather::records(store, wave).await.map_err(|e| could_not(e.to_string()))?;
    let told = spread(&checked, &plan, &records.sample, &records.arrivals, &records.responses);
    Ok((told.answers > 0).then_some(told))
}

/// Looks for the starts of earlier campaigns, theirs first, and so on back to the first one.
struct Search<'a> {
    root: &'a Path,
    launched: &'a BTreeMap<String, Starts>,
    /// The campaigns on the way, so that two that look at one another are found.
    path: RefCell<Vec<String>>,
}

impl Search<'_> {
    fn starts(&self, campaign: &str) -> Result<Starts, String> {
        if let Some(known) = self.launched.get(campaign) {
            return Ok(known.clone());
        }
        if self.path.borrow().iter().any(|c| c == campaign) {
            let way = self.path.borrow().join("`, `");
            return Err(format!(
                "the draws of `{way}` and `{campaign}` wait for one another; begin one of them without `draw …`"
            ));
        }
        let Some((_, checked)) = waves::find(campaign, None, self.root) else {
            return Err(format!(
                "campaign `{campaign}` stands in no spec of this repository and was not launched in the store, so that nothing tells where its draw started"
            ));
        };
        if checked.draws_clusters() {
            return Err(of_clusters(campaign));
        }
        self.path.borrow_mut().push(campaign.to_owned());
        let coordinated =
            starts(&checked, &|earlier| self.starts(earlier)).map_err(|faults| faults.join("\n"));
        self.path.borrow_mut().pop();
        let coordinated = coordinated?;
        let start = |name: &String| coordinated.get(name).copied().unwrap_or(0);
        Ok(checked.strata.iter().map(|s| (s.name.clone(), start(&s.name))).collect())
    }
}

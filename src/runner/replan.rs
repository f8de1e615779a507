//! After the schedule of a running campaign changed: messages of people who were released before follow it.
//!
//! What is still to be done stands in the store, so that whoever takes the campaign up next goes on where a crash
//! left it. Nothing is sent before it is done.

use jiff::Timestamp;
use rayon::prelude::*;

use crate::dispatch::message::{Site, Templates};
use crate::dispatch::{Releasing, message_for};
use crate::plan::Plan;
use crate::plan::types::PlanStep;
use crate::runner::error::RunError;
use crate::store::{Invitation, Replanned, Store};

/// People in one transaction.
const CHUNK: u32 = 2000;

/// Plans again what a change of the schedule has left to do.
pub(super) async fn catch_up(
    plan: &Plan,
    store: &Store,
    templates: &Templates,
    site: Site<'_>,
    now: Timestamp,
) -> Result<(), RunError> {
    let Some((names, mut done)) = store.to_replan(&plan.campaign).await? else { return Ok(()) };
    let steps: Vec<&PlanStep> = plan.steps.iter().filter(|s| names.contains(&s.name)).collect();
    let history = store.history("", now, 0).await?;
    let releasing = Releasing { plan, templates, site, secret: store.secret()?, history: &history, now };
    loop {
        let people = store.released_after(&plan.campaign, done, CHUNK).await?;
        let one = |person: &Invitation| Replanned {
            invitation: person.id,
            steps: steps.iter().map(|s| (s.name.clone(), message_for(releasing, s, person))).collect(),
        };
        let replanned: Vec<Replanned> = people.par_iter().map(one).collect();
        store.replan(&plan.campaign, &replanned, now).await?;
        match people.last() {
            Some(last) => done = last.id,
            None => return Ok(()),
        }
    }
}

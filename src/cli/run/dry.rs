//! `canvass run --dry-run`: what would be sent, without sending, launching or writing anything.

use std::path::Path;

use crate::cli::run::{RunArgs, take_up};
use crate::cli::{Context, Exit};
use crate::dispatch::message::{Site, build_short, message_data, templates_of};
use crate::model::Checked;
use crate::plan::Plan;
use crate::plan::types::{PlanChannelKind, PlanStep};
use crate::settings::Settings;
use crate::store::{Invitation, Store};

/// Prints it.
pub(super) async fn print(
    args: &RunArgs,
    cx: &Context,
    folder: &Path,
    checked: Checked,
    settings: &Settings,
) -> Result<Exit, Exit> {
    let base = settings.base_url().map_err(|e| cx.fail(Exit::CouldNot, &e))?;
    let url = settings.store_url().map_err(|e| cx.fail(Exit::CouldNot, &e))?;
    let exists = url.strip_prefix("sqlite:").is_some_and(|path| Path::new(path).is_file());
    let store = if exists { Some(cx.store(settings).await?) } else { None };
    let taken = match &store {
        Some(store) => take_up::launched(args, cx, &checked, store, cx.clock().now(), None).await?,
        None => None,
    };
    let launched = taken.is_some();
    let plan = match taken {
        Some(taken) => taken.plan,
        None => take_up::draw(args, cx, folder, &checked, settings).await?.plan,
    };
    println!("nothing is sent (--dry-run)\n");
    match store.filter(|_| launched) {
        Some(store) => due(cx, &plan, &store).await?,
        None => planned(&plan),
    }
    samples(cx, &plan, &base)?;
    Ok(Exit::Good)
}

/// What the plan expects, for a campaign that is not launched yet.
fn planned(plan: &Plan) {
    for step in &plan.steps {
        let span = match (&step.first, &step.last) {
            (Some(first), Some(last)) => format!(", {first} to {last}"),
            (Some(first), None) => format!(", from {first}"),
            _ => String::new(),
        };
        println!("{} via {}: {} messages{span}", step.name, step.via.join(" else "), step.messages);
    }
}

/// What the ledger holds, for a launched one.
async fn due(cx: &Context, plan: &Plan, store: &Store) -> Result<(), Exit> {
    let now = cx.clock().now();
    let told = |e: crate::store::StoreError| cx.fail(Exit::CouldNot, &e.to_string());
    for channel in &plan.channels {
        let count = store.count_due(&plan.campaign, &channel.name, now).await.map_err(told)?;
        let next = store.next_due(&plan.campaign, &channel.name).await.map_err(told)?;
        let next = next.map_or_else(|| "nothing is queued".to_owned(), |at| format!("the next at {at}"));
        println!("channel {}: {count} messages are due, {next}", channel.name);
    }
    Ok(())
}

/// One example of each channel and language, for nobody in particular.
fn samples(cx: &Context, plan: &Plan, base: &str) -> Result<(), Exit> {
    let templates = templates_of(plan).map_err(|e| cx.fail(Exit::Spec, &e))?;
    let site = Site { base, sms_opt_out: ("拒收请回复R", "Reply STOP to opt out") };
    for channel in &plan.channels {
        let uses = |s: &&PlanStep| s.via.contains(&channel.name);
        let Some(step) = plan.steps.iter().find(uses) else { continue };
        for language in &plan.languages {
            let person = nobody(plan, language);
            let data = message_data(plan, step, channel, &person, "example", site);
            let shown = match &channel.kind {
                PlanChannelKind::Email { .. } => {
                    crate::dispatch::message::mail_words(&templates, channel, &data)
                }
                PlanChannelKind::Sms { .. } => {
                    let short = build_short(&templates, channel, &data, "example", "+12025550100");
                    short.map(|s| format!("【{}】{}", s.signature, s.text))
                }
                PlanChannelKind::Phone { .. } => continue,
            };
            let shown =
                shown.map_err(|e| cx.fail(Exit::Spec, &format!("channel `{}`: {e}", channel.name)))?;
            println!("\n── {} ({language}) ──\n{shown}", channel.name);
        }
    }
    Ok(())
}

/// A person of whom nothing is known but the language.
fn nobody(plan: &Plan, language: &str) -> Invitation {
    Invitation {
        id: 0,
        campaign: plan.campaign.clone(),
        key: String::new(),
        occasion: String::new(),
        cell: 0,
        position: 0,
        cluster: None,
        language: language.to_owned(),
        timezone: None,
        name: None,
        email: Some("nobody@example.com".to_owned()),
        mobile: None,
        fields: std::collections::BTreeMap::new(),
        nonce: [0; 16],
        released_at: None,
        event_at: None,
    }
}

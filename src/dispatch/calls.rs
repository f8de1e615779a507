//! The interviewers' list: a CSV file beside the store, made from the ledger and never from memory.
//!
//! A row leaves when the person has answered. The file is replaced as a whole, so a
//! reader sees the old list or the new one.

use std::path::{Path, PathBuf};

use crate::dispatch::message::short::text_name;
use crate::dispatch::message::{Site, Templates, message_data, message_key};
use crate::dispatch::verdict::step_of;
use crate::plan::types::{Plan, PlanChannel};
use crate::store::ledger::Due;
use crate::store::token::token;

/// Returns where a channel's list lies.
#[must_use]
pub fn list_path(folder: &Path, campaign: &str, channel: &str) -> PathBuf {
    folder.join(format!("calls-{campaign}-{channel}.csv"))
}

/// Writes the list anew; an empty one too, so that nobody calls from an old one.
pub fn write_list(
    folder: &Path,
    plan: &Plan,
    channel: &PlanChannel,
    rows: &[Due],
    templates: &Templates,
    secret: &[u8],
    site: Site<'_>,
) -> Result<(), String> {
    let path = list_path(folder, &plan.campaign, &channel.name);
    let told =
        |e: &dyn std::fmt::Display| format!("the call list `{}` can't be written: {e}", path.display());
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["id", "name", "mobile", "language", "step", "due", "link", "script"])
        .map_err(|e| told(&e))?;
    for row in rows {
        csv.write_record(record(plan, channel, row, templates, secret, site)?).map_err(|e| told(&e))?;
    }
    let bytes = csv.into_inner().map_err(|e| told(&e))?;
    crate::output::write(&path, &bytes).map_err(|e| told(&e))
}

fn record(
    plan: &Plan,
    channel: &PlanChannel,
    row: &Due,
    templates: &Templates,
    secret: &[u8],
    site: Site<'_>,
) -> Result<[String; 8], String> {
    let person = &row.invitation;
    let step = step_of(plan, &row.step).ok_or_else(|| format!("the plan has no step `{}`", row.step))?;
    let data = message_data(plan, step, channel, person, &token(secret, &person.nonce), site);
    let script = templates.render(&text_name(&channel.name, &data.language), &data);
    let id = message_key(secret, &plan.campaign, &person.key, &person.occasion, &row.step, &channel.name);
    Ok([
        id,
        harmless(person.name.as_deref().unwrap_or("")),
        person.mobile.clone().unwrap_or_default(),
        data.language.clone(),
        row.step.clone(),
        row.due.to_string(),
        data.link,
        // A script that can't be rendered for one person must not keep the others from being called.
        harmless(&script.unwrap_or_else(|e| format!("({e})"))),
    ])
}

/// Keeps spreadsheets from taking a name for a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

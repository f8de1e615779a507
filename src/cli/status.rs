//! `canvass status`: how far a campaign is, from the ledger.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::cli::{Context, Exit};
use crate::model::checked::Quota;
use crate::plan::Plan;
use crate::store::{CellCount, Launched, MessageCount, MessageLine, MessageState, Store, StoreError};

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// The spec
    spec: PathBuf,
    /// Check that nobody was lost: exit 4 unless every planned message is in exactly one state
    #[arg(long)]
    check: bool,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For machines
    Json,
}

/// What the ledger says.
#[derive(Debug, Serialize)]
struct Status {
    campaign: String,
    launched_at: String,
    paused: bool,
    plan_hash: String,
    steps: Vec<StepLine>,
    cells: Vec<CellLine>,
    quotas: Vec<QuotaLine>,
    ended: BTreeMap<String, u64>,
    unknown: Vec<UnknownLine>,
    contradictions: Vec<String>,
}

#[derive(Debug, Serialize)]
struct StepLine {
    step: String,
    channel: String,
    state: MessageState,
    count: u64,
}

#[derive(Debug, Serialize)]
struct CellLine {
    cell: String,
    drawn: u64,
    released: u64,
    started: u64,
    completed: u64,
    screened: u64,
}

#[derive(Debug, Serialize)]
struct QuotaLine {
    quota: String,
    completes: u64,
    number: u64,
}

#[derive(Debug, Serialize)]
struct UnknownLine {
    step: String,
    channel: String,
    key: String,
    message_id: String,
    why: String,
}

/// Runs the command.
#[must_use]
pub fn run(args: &StatusArgs, cx: &Context) -> Exit {
    cx.block_on(async {
        let (folder, checked) = cx.checked(&args.spec)?;
        let settings = cx.settings(&folder)?;
        let store = cx.store(&settings).await?;
        let launched = cx.launched(&store, &checked).await?;
        let status = read(&store, &launched, &checked.quotas)
            .await
            .map_err(|e| cx.fail(Exit::CouldNot, &e.to_string()))?;
        store.close().await;
        match args.format {
            Format::Text => print!("{}", text(&status)),
            Format::Json => println!("{}", serde_json::to_string_pretty(&status).unwrap_or_default()),
        }
        for wrong in &status.contradictions {
            let _ = cx.fail(Exit::Partly, wrong);
        }
        let lost = args.check && !status.contradictions.is_empty();
        Ok(if lost { Exit::Partly } else { Exit::Good })
    })
}

async fn read(store: &Store, launched: &Launched, quotas: &[Quota]) -> Result<Status, StoreError> {
    let name = &launched.campaign;
    let filled = store.quota_counts(name).await?;
    let quota = |q: &Quota| QuotaLine {
        quota: q.name.clone(),
        completes: filled.get(&q.name).copied().unwrap_or(0),
        number: q.number,
    };
    let plan: Option<Plan> = crate::plan::parse(&launched.plan).ok();
    let title = |index: u32| {
        let cells = plan.iter().flat_map(|p| &p.strata).flat_map(|s| &s.cells);
        cells.filter(|c| c.index == index).map(|c| c.name.clone()).next().unwrap_or_else(|| index.to_string())
    };
    let step =
        |c: MessageCount| StepLine { step: c.step, channel: c.channel, state: c.state, count: c.count };
    let cell = |c: CellCount| CellLine {
        cell: title(c.cell),
        drawn: c.drawn,
        released: c.released,
        started: c.started,
        completed: c.completed,
        screened: c.screened,
    };
    let unknown = |m: MessageLine| UnknownLine {
        step: m.step,
        channel: m.channel,
        key: m.key,
        message_id: m.message_id.unwrap_or_default(),
        why: m.detail.unwrap_or_default(),
    };
    Ok(Status {
        campaign: name.clone(),
        launched_at: launched.launched_at.to_string(),
        paused: launched.paused,
        plan_hash: launched.plan_hash.clone(),
        steps: store.message_counts(name).await?.into_iter().map(step).collect(),
        cells: store.cell_counts(name).await?.into_iter().map(cell).collect(),
        quotas: quotas.iter().map(quota).collect(),
        ended: store.ended(name).await?,
        unknown: store.messages_in(name, MessageState::Unknown).await?.into_iter().map(unknown).collect(),
        contradictions: store.contradictions(name).await?,
    })
}

fn text(status: &Status) -> String {
    let held = if status.paused { ", held" } else { "" };
    let mut lines = vec![format!("{} launched {}{held}", status.campaign, status.launched_at), String::new()];
    lines.push(format!("{:<16} {:<12} {:<14} {:>9}", "step", "channel", "state", "messages"));
    for s in &status.steps {
        let (step, channel, state) = (&s.step, &s.channel, s.state.name());
        lines.push(format!("{step:<16} {channel:<12} {state:<14} {:>9}", s.count));
    }
    lines.push(String::new());
    let head = ["drawn", "released", "started", "completed"].map(|h| format!("{h:>9}")).join(" ");
    lines.push(format!("{:<28} {head}", "stratum"));
    for c in &status.cells {
        let counts = [c.drawn, c.released, c.started, c.completed].map(|n| format!("{n:>9}")).join(" ");
        lines.push(format!("{:<28} {counts}", c.cell));
    }
    if !status.quotas.is_empty() {
        lines.push(String::new());
        lines.push(format!("{:<28} {:>9} {:>9}", "quota", "completes", "at most"));
        for q in &status.quotas {
            lines.push(format!("{:<28} {:>9} {:>9}", q.quota, q.completes, q.number));
        }
    }
    if !status.ended.is_empty() {
        lines.push(String::new());
        lines.push("asked no further:".to_owned());
        for (reason, n) in &status.ended {
            let why = match reason.strip_prefix("quota ") {
                Some(quota) => format!("quota {quota} was full"),
                None => "screened out".to_owned(),
            };
            lines.push(format!("  {n} {why}"));
        }
    }
    if !status.unknown.is_empty() {
        lines.push(String::new());
        lines.push("perhaps delivered, never sent again by itself:".to_owned());
        for u in &status.unknown {
            lines.push(format!("  {} {} {} {} ({})", u.step, u.channel, u.key, u.message_id, u.why));
        }
    }
    lines.join("\n") + "\n"
}

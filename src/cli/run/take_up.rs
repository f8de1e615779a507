//! Launches a campaign, or takes a launched one up again; refuses what was not reviewed.

use std::path::Path;

use crate::cli::history::history;
use crate::cli::plan::{read_plan, refuse};
use crate::cli::run::{RunArgs, place};
use crate::cli::{Context, Exit};
use crate::clock::Clock;
use crate::dispatch::Senders;
use crate::frame::{self, Person};
use crate::model::Checked;
use crate::plan::{self, Plan, change};
use crate::runner;
use crate::settings::Settings;
use crate::store::Store;
use crate::store::token::SystemNonces;

/// A campaign that may be carried out.
pub(super) struct Taken {
    pub(super) checked: Checked,
    pub(super) plan: Plan,
}

/// A campaign that was only drawn.
pub(super) struct Drawn {
    pub(super) plan: Plan,
    people: Vec<Person>,
}

#[expect(clippy::too_many_arguments, reason = "everything that a launch depends on")]
pub(super) async fn take_up(
    args: &RunArgs,
    cx: &Context,
    folder: &Path,
    checked: Checked,
    settings: &Settings,
    store: &Store,
    clock: &dyn Clock,
    senders: &Senders,
) -> Result<Taken, Exit> {
    let could_not = |why: String| cx.fail(Exit::CouldNot, &why);
    if let Some(taken) = launched(args, cx, &checked, store).await? {
        check_senders(cx, senders, &taken.plan)?;
        return Ok(taken);
    }
    let drawn = draw(args, cx, folder, &checked, settings).await?;
    let now = clock.now();
    if drawn.plan.schedule.close.parse::<jiff::Timestamp>().is_ok_and(|close| close <= now) {
        let words = format!("the campaign closed at {}; change the schedule", drawn.plan.schedule.close);
        return Err(cx.fail(Exit::Spec, &words));
    }
    check_senders(cx, senders, &drawn.plan)?;
    let launch = runner::launch(&checked, &drawn.plan, &drawn.people, store, now, &SystemNonces).await;
    launch.map_err(|e| could_not(e.to_string()))?;
    cx.say(&format!("campaign `{}` is launched in {}", drawn.plan.campaign, place(store)));
    Ok(Taken { checked, plan: drawn.plan })
}

/// Returns the launched campaign, if there is one and it is still what the spec says.
pub(super) async fn launched(
    args: &RunArgs,
    cx: &Context,
    checked: &Checked,
    store: &Store,
) -> Result<Option<Taken>, Exit> {
    let could_not = |why: String| cx.fail(Exit::CouldNot, &why);
    let found = store.campaign(&checked.campaign.name).await.map_err(|e| could_not(e.to_string()))?;
    let Some(found) = found else { return Ok(None) };
    let plan = plan::parse(&found.plan).map_err(could_not)?;
    let model = runner::launched_model(&found).map_err(|e| could_not(e.to_string()))?;
    let mut changes = runner::changes(&model, checked, plan.seed);
    if let Some(seed) = cx.seed.filter(|s| *s != plan.seed) {
        changes.push(format!("the seed: {} → {seed}", plan.seed));
    }
    if !changes.is_empty() {
        // What is asked and how it is scored is told piece by piece, with what it does to answers that are there.
        let questionnaire = change::changes(&model, checked);
        if !questionnaire.is_empty() {
            changes.retain(|line| !line.contains("(hash "));
            changes.extend(questionnaire.iter().map(change::line));
        }
        let head = format!(
            "the spec changed since campaign `{}` was launched at {}; undo the change, or give the changed campaign another name",
            found.campaign, found.launched_at
        );
        return Err(refused(cx, &head, &changes));
    }
    check_reviewed(args, cx, &plan)?;
    Ok(Some(Taken { checked: model, plan }))
}

/// Counts and draws.
pub(super) async fn draw(
    args: &RunArgs,
    cx: &Context,
    folder: &Path,
    checked: &Checked,
    settings: &Settings,
) -> Result<Drawn, Exit> {
    let seed = cx.seed_of(settings)?;
    // Reading the list blocks, and so does the history's own runtime: neither belongs on these threads.
    let (cx2, checked2, settings2, folder2) =
        (cx.clone(), checked.clone(), settings.clone(), folder.to_owned());
    let reading = tokio::task::spawn_blocking(move || {
        let known = history(&cx2, &checked2, &settings2)?;
        frame::read(&checked2, &folder2, seed, &known).map_err(|e| refuse(&e, &cx2))
    });
    let reading = reading.await.map_err(|e| cx.fail(Exit::Bug, &e.to_string()))??;
    for problem in reading.problems.first.iter().take(20) {
        cx.say(&format!("warning: {problem}"));
    }
    let plan = plan::make(checked, &reading.summary, seed);
    check_reviewed(args, cx, &plan)?;
    Ok(Drawn { plan, people: reading.drawn })
}

/// Refuses when a reviewed plan is given and this is another one.
fn check_reviewed(args: &RunArgs, cx: &Context, plan: &Plan) -> Result<(), Exit> {
    let Some(path) = &args.plan else { return Ok(()) };
    let reviewed = read_plan(path, cx)?;
    if reviewed.hash == plan.hash {
        return Ok(());
    }
    let head =
        format!("this is not the plan that was reviewed (`{}`); plan and review again", path.display());
    Err(refused(cx, &head, &plan::compare(&reviewed, plan)))
}

fn refused(cx: &Context, head: &str, changes: &[String]) -> Exit {
    let lines: Vec<&str> = std::iter::once(head).chain(changes.iter().map(String::as_str)).collect();
    cx.fail(Exit::Spec, &lines.join("\n  "))
}

fn check_senders(cx: &Context, senders: &Senders, plan: &Plan) -> Result<(), Exit> {
    let missing = senders.missing(plan);
    if missing.is_empty() {
        return Ok(());
    }
    Err(cx.fail(Exit::CouldNot, &missing.join("\n")))
}

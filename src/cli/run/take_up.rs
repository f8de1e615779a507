//! Launches a campaign, or takes a launched one up again; refuses what was not reviewed.

use std::path::Path;

use crate::cli::history::history;
use crate::cli::list::{self, List};
use crate::cli::plan::{read_plan, refuse};
use crate::cli::prices::priced;
use crate::cli::run::{RunArgs, place};
use crate::cli::{Context, Exit};
use crate::clock::Clock;
use crate::collect::used_fields;
use crate::dispatch::Senders;
use crate::dispatch::message::templates_of;
use crate::frame::Person;
use crate::model::Checked;
use crate::plan::Words;
use crate::plan::change::{self, Change, Effect};
use crate::plan::{self, Plan};
use crate::runner::{self, Standing, Wanted};
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
    let now = clock.now();
    if let Some(taken) = launched(args, cx, &checked, store, now, Some(senders)).await? {
        check_senders(cx, senders, &taken.plan)?;
        return Ok(taken);
    }
    let drawn = draw(args, cx, folder, &checked, settings).await?;
    if drawn.plan.schedule.close.parse::<jiff::Timestamp>().is_ok_and(|close| close <= now) {
        let words = format!("the campaign closed at {}; change the schedule", drawn.plan.schedule.close);
        return Err(cx.fail(Exit::Spec, &words));
    }
    let english = Words::of("en");
    if let Some(words) = drawn.plan.cost.as_ref().and_then(|cost| cost.above_limit(&english)) {
        return Err(cx.fail(Exit::Spec, &format!("{words}; raise the limit, or draw fewer")));
    }
    check_senders(cx, senders, &drawn.plan)?;
    let launch = runner::launch(&checked, &drawn.plan, &drawn.people, store, now, &SystemNonces).await;
    launch.map_err(|e| could_not(e.to_string()))?;
    cx.say(&format!("campaign `{}` is launched in {}", drawn.plan.campaign, place(store)));
    Ok(Taken { checked, plan: drawn.plan })
}

/// Returns the launched campaign, if there is one, with the changes of its spec that may be taken over.
///
/// A dry run says what would be taken over and writes nothing.
pub(super) async fn launched(
    args: &RunArgs,
    cx: &Context,
    checked: &Checked,
    store: &Store,
    now: jiff::Timestamp,
    senders: Option<&Senders>,
) -> Result<Option<Taken>, Exit> {
    let Some(standing) = standing(cx, checked, store).await? else { return Ok(None) };
    let fields = used_fields(checked);
    let wanted = Wanted { checked, fields: &fields, seed: cx.seed, now };
    let changes = runner::judge(&standing, wanted);
    if changes.is_empty() {
        check_reviewed(args, cx, &standing.plan)?;
        return Ok(Some(Taken { checked: standing.checked, plan: standing.plan }));
    }
    if changes.iter().any(Change::is_unspoken) {
        return Err(not_taken_over(cx, &standing, &changes));
    }
    let after = plan::again(&standing.plan, checked);
    check_reviewed(args, cx, &after)?;
    templates_of(&after).map_err(|e| cx.fail(Exit::Spec, &e))?;
    let name = &standing.launched.campaign;
    let told = |head: String| {
        let lines = changes.iter().map(change::line);
        cx.say(&std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n  "));
    };
    let Some(senders) = senders else {
        told(format!("campaign `{name}` would take over what changed in its spec:"));
        return Ok(Some(Taken { checked: checked.clone(), plan: after }));
    };
    check_senders(cx, senders, &after)?;
    let could_not = |why: String| cx.fail(Exit::CouldNot, &why);
    // Whoever dispatches now works by the old plan, and would go on with it.
    let lock = store.dispatch_lock().map_err(|e| could_not(e.to_string()))?;
    let taken = runner::take_over(&standing, wanted, &changes, store).await;
    drop(lock);
    let (plan, version) = taken.map_err(|e| could_not(e.to_string()))?;
    told(format!("campaign `{name}` took over what changed in its spec (version {version}):"));
    Ok(Some(Taken { checked: checked.clone(), plan }))
}

/// Reads the launched campaign of a spec.
async fn standing(cx: &Context, checked: &Checked, store: &Store) -> Result<Option<Standing>, Exit> {
    let could_not = |why: String| cx.fail(Exit::CouldNot, &why);
    let name = &checked.campaign.name;
    // The version is read first: what changes in between is then noticed when it is taken over.
    let version = store.launch_version(name).await.map_err(|e| could_not(e.to_string()))?;
    let found = store.campaign(name).await.map_err(|e| could_not(e.to_string()))?;
    let (Some(launched), Some(version)) = (found, version) else { return Ok(None) };
    let plan = plan::parse(&launched.plan).map_err(could_not)?;
    let checked = runner::launched_model(&launched).map_err(|e| could_not(e.to_string()))?;
    let fields = used_fields(&checked);
    Ok(Some(Standing { launched, version, checked, plan, fields }))
}

/// Says what can't be taken over, and what to do about each kind of it.
fn not_taken_over(cx: &Context, standing: &Standing, changes: &[Change]) -> Exit {
    let refused = || changes.iter().filter(|change| change.is_unspoken());
    let mut lines: Vec<String> = refused().map(change::line).collect();
    let remedies = [
        (Effect::NotWhileRunning, "undo it, or give the changed campaign another name"),
        (
            Effect::BreaksData,
            "write `breaks data \"reason\"` in its declaration or in `campaign`, or undo it",
        ),
        (
            Effect::BreaksTrend,
            "write `breaks trend \"reason\"` in its declaration or in `campaign`, or undo it",
        ),
    ];
    for (effect, remedy) in remedies {
        if refused().any(|change| change.effect == effect) {
            lines.push(format!("{}: {remedy}", change::effect_in_words(effect)));
        }
    }
    let others = changes.len() - refused().count();
    if others > 0 {
        lines.push(format!("{others} more could be taken over, and wait"));
    }
    let head = format!(
        "the spec changed since campaign `{}` was launched at {}, and nothing of it was taken over",
        standing.launched.campaign, standing.launched.launched_at
    );
    refused_with(cx, &head, &lines)
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
        let list = List { checked: &checked2, folder: &folder2, settings: &settings2, seed };
        list::read(&list, &known, true).map_err(|e| refuse(&e, &cx2))
    });
    let reading = reading.await.map_err(|e| cx.fail(Exit::Bug, &e.to_string()))??;
    for problem in reading.problems.first.iter().take(20) {
        cx.say(&format!("warning: {problem}"));
    }
    let plan = priced(plan::make(checked, &reading.summary, seed), settings);
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
    Err(refused_with(cx, &head, &plan::compare(&reviewed, plan)))
}

fn refused_with(cx: &Context, head: &str, changes: &[String]) -> Exit {
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

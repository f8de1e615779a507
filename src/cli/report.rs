//! `canvass report`: what became of a launched campaign, as files to read and review.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::answers::{self, OnePass, answers};
use crate::cli::{Context, Exit, measured, waves};
use crate::model::Checked;
use crate::plan::say::each;
use crate::plan::{self, Plan};
use crate::report::{self, Answers, counted};
use crate::runner::launched_model;
use crate::score::collected::Collected;
use crate::store::{Store, StoreError};

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The spec
    spec: PathBuf,
    /// Folder for the files
    #[arg(long, default_value = "report", value_name = "DIR")]
    out: PathBuf,
    /// Languages, the first with the plain file names; `both` for all of the campaign
    #[arg(long, value_delimiter = ',', value_name = "LANGUAGE")]
    language: Vec<String>,
    /// `markdown`, `html`, `xlsx`, `json`; without it what the spec says, and JSON
    #[arg(long, value_delimiter = ',', value_name = "FORMAT")]
    formats: Vec<String>,
    /// Count answers in one pass instead of keeping them: memory that does not grow with their number, no drivers or
    /// quotes, and waves compared as different people; `auto` does so for finished answers (`responses`) in files over 64 MB
    /// and in databases, and for launched campaigns with more than 200,000 drawn people and answers
    #[arg(long, value_enum, default_value_t = OnePass::Auto, value_name = "WHEN")]
    one_pass: OnePass,
    /// Print the statements that count answers in a database, without running them
    #[arg(long, value_enum)]
    show: Option<Show>,
}

/// What else can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Show {
    /// The statements for the database
    Sql,
}

/// Runs the command.
#[must_use]
pub fn run(args: &ReportArgs, cx: &Context) -> Exit {
    match try_run(args, cx) {
        Ok(()) => Exit::Good,
        Err(exit) => exit,
    }
}

fn try_run(args: &ReportArgs, cx: &Context) -> Result<(), Exit> {
    let (folder, spec) = cx.checked(&args.spec)?;
    if args.show == Some(Show::Sql) {
        return answers::show_sql(cx, &folder, &spec);
    }
    let languages = languages(&args.language, &spec, cx)?;
    let (formats, unknown) = report::formats(&args.formats, &spec);
    if let Some(name) = unknown.iter().find(|_| !args.formats.is_empty()) {
        let words = format!("there is no report format `{name}`; write markdown, html, xlsx or json");
        return Err(cx.fail(Exit::Usage, &words));
    }
    let could_not = |why: String| cx.fail(Exit::CouldNot, &why);
    let now = cx.clock().now();
    let mut data = match &spec.responses {
        Some(_) => collected_data(args, cx, &folder, &spec, now)?,
        None => launched_data(args, cx, &folder, &spec, now)?,
    };
    if let Some(wave) = spec.campaign.follows.as_ref().filter(|_| data.change.is_none()) {
        data.warnings
            .push(each(&spec.campaign.languages, |w| w.fill("no_wave_before", &[("wave", wave.clone())])));
    }
    let written =
        report::write(&args.out, &data, &formats, &languages).map_err(|e| could_not(e.to_string()))?;
    for path in written.iter().filter(|p| p.extension().is_none_or(|e| e != "svg")) {
        cx.say(&format!("wrote {}", path.display()));
    }
    Ok(())
}

/// Makes the data of a report on answers from elsewhere.
fn collected_data(
    args: &ReportArgs,
    cx: &Context,
    folder: &Path,
    spec: &Checked,
    now: jiff::Timestamp,
) -> Result<report::ReportData, Exit> {
    let collected = match answers(cx, folder, spec, args.one_pass)? {
        Some(Answers::Counted(tally)) => {
            let before = before(cx, &args.spec, folder, spec, answers::earlier)?;
            let before = before.as_ref().map(|(spec, answers)| (spec, answers));
            let events = measured::of_collected(cx, folder, (spec, before.map(|b| b.0)), now);
            return Ok(report::build_counted(spec, &tally, (before, &events), now));
        }
        Some(Answers::Kept(collected)) => collected,
        None => Collected::default(),
    };
    let before = collected_before(cx, &args.spec, folder, spec)?;
    let before = before.as_ref().map(|(spec, answers)| (spec, answers));
    let events = measured::of_collected(cx, folder, (spec, before.map(|b| b.0)), now);
    Ok(report::build_collected_after(spec, &collected, before, &events, now))
}

/// Reads the answers of the wave before, where it brings answers of its own.
pub fn collected_before(
    cx: &Context,
    path: &Path,
    folder: &Path,
    spec: &Checked,
) -> Result<Option<(Checked, Collected)>, Exit> {
    before(cx, path, folder, spec, answers::read)
}

/// Finds the wave before, and takes its answers as `take` does.
fn before<T>(
    cx: &Context,
    path: &Path,
    folder: &Path,
    spec: &Checked,
    take: impl FnOnce(&Context, &Path, &Checked, &str) -> Result<Option<T>, Exit>,
) -> Result<Option<(Checked, T)>, Exit> {
    let Some(wave) = &spec.campaign.follows else { return Ok(None) };
    let Some((place, before)) = waves::find(wave, Some(path), folder) else { return Ok(None) };
    let taken = take(cx, &place, &before, &format!("the wave before, `{wave}`: "))?;
    Ok(taken.map(|answers| (before, answers)))
}

/// Returns spec and plan of the wave before, as it was launched in the same store.
pub async fn launched_before(
    cx: &Context,
    store: &Store,
    spec: &Checked,
) -> Result<Option<(Checked, Plan)>, Exit> {
    let Some(wave) = &spec.campaign.follows else { return Ok(None) };
    let could_not = |why: String| cx.fail(Exit::CouldNot, &format!("the wave before, `{wave}`: {why}"));
    let Some(launched) = store.campaign(wave).await.map_err(|e| could_not(e.to_string()))? else {
        return Ok(None);
    };
    let checked = launched_model(&launched).map_err(|e| could_not(e.to_string()))?;
    let plan = plan::parse(&launched.plan).map_err(|e| could_not(format!("the stored plan: {e}")))?;
    Ok(Some((checked, plan)))
}

/// Drawn people and answers of a launched campaign from which on they are counted.
const LARGE: u64 = 200_000;

/// Makes the data of a launched campaign's report.
fn launched_data(
    args: &ReportArgs,
    cx: &Context,
    folder: &Path,
    spec: &Checked,
    now: jiff::Timestamp,
) -> Result<report::ReportData, Exit> {
    block_on(cx, async {
        let opened = open(cx, folder, spec).await?;
        let Opened { store, plan, checked } = opened;
        let checked = measured::present(checked, spec);
        let places = (cx, folder);
        let counted = Box::pin(launched_counted(args.one_pass, places, (&store, &checked, &plan), now)).await;
        if let Some(done) = counted.transpose() {
            store.close().await;
            return done;
        }
        let made = match launched_before(cx, &store, &checked).await {
            Ok(before) => {
                let specs = (&checked, before.as_ref().map(|b| &b.0));
                let events = measured::of_launched(cx, folder, (&store, &plan), specs, now).await;
                Box::pin(report::make_after(&store, &plan.campaign, &checked, &plan, (before, events), now))
                    .await
                    .map_err(|e| cx.fail(Exit::CouldNot, &e.to_string()))
            }
            Err(exit) => Err(exit),
        };
        store.close().await;
        made
    })
}

/// Counts the answers in one pass, where that is wanted and can be done.
async fn launched_counted(
    one_pass: OnePass,
    (cx, folder): (&Context, &Path),
    (store, checked, plan): (&Store, &Checked, &Plan),
    now: jiff::Timestamp,
) -> Result<Option<report::ReportData>, Exit> {
    let could_not = |e: StoreError| cx.fail(Exit::CouldNot, &e.to_string());
    let in_one = match one_pass {
        OnePass::Auto => store.people_and_responses(&plan.campaign).await.map_err(could_not)? > LARGE,
        OnePass::Always => true,
        OnePass::Never => false,
    };
    if !in_one {
        return Ok(None);
    }
    match counted::count(store, &plan.campaign, checked, plan).await.map_err(could_not)? {
        Ok(records) => {
            let before = launched_before(cx, store, checked).await?;
            let specs = (checked, before.as_ref().map(|b| &b.0));
            let events = measured::of_launched(cx, folder, (store, plan), specs, now).await;
            let before = match before {
                Some((spec, plan)) => Some(counted::earlier(store, spec, plan).await.map_err(could_not)?),
                None => None,
            };
            let beside = (before.as_ref(), &events[..]);
            Ok(Some(counted::build_launched_counted((checked, plan), &records, beside, now)))
        }
        Err(why) if one_pass == OnePass::Always => {
            Err(cx.fail(Exit::Usage, &format!("answers can't be counted in one pass: {why}")))
        }
        Err(why) => {
            cx.say(&format!("answers are kept one by one: {why}"));
            Ok(None)
        }
    }
}

/// Returns the languages that are asked for: by default the campaign's first.
fn languages(asked: &[String], spec: &Checked, cx: &Context) -> Result<Vec<String>, Exit> {
    let all = &spec.campaign.languages;
    match asked {
        [] => Ok(all.iter().take(1).cloned().collect()),
        [one] if one == "both" || one == "all" => Ok(all.clone()),
        some => match some.iter().find(|l| !all.contains(l)) {
            Some(other) => {
                let words = format!("the campaign does not speak `{other}`; it speaks {}", all.join(", "));
                Err(cx.fail(Exit::Usage, &words))
            }
            None => Ok(some.to_vec()),
        },
    }
}

/// A launched campaign with its own copy of spec and plan.
pub struct Opened {
    /// The store.
    pub store: Store,
    /// The plan as launched.
    pub plan: Plan,
    /// The spec as launched.
    pub checked: Checked,
}

/// Opens the profile's store and finds the campaign in it.
pub async fn open(cx: &Context, folder: &Path, spec: &Checked) -> Result<Opened, Exit> {
    let could_not = |why: String| cx.fail(Exit::CouldNot, &why);
    let settings = cx.settings(folder)?;
    let url = settings.store_url().map_err(could_not)?;
    // Opening makes a store where there is none, and a report should leave nothing behind.
    if url.strip_prefix("sqlite:").is_some_and(|path| !Path::new(path).is_file()) {
        let words = format!("there is no store `{url}` yet; `canvass run SPEC` launches the campaign in it");
        return Err(could_not(words));
    }
    let store = cx.store(&settings).await?;
    let launched = cx.launched(&store, spec).await?;
    let checked = launched_model(&launched).map_err(|e| could_not(e.to_string()))?;
    let plan = plan::parse(&launched.plan).map_err(|e| could_not(format!("the stored plan: {e}")))?;
    Ok(Opened { store, plan, checked })
}

/// Runs something that waits for the store.
pub fn block_on<T>(cx: &Context, future: impl Future<Output = Result<T, Exit>>) -> Result<T, Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| cx.fail(Exit::CouldNot, &format!("no thread for the store: {e}")))?;
    runtime.block_on(future)
}

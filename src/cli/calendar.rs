//! `canvass calendar`: all campaigns of a repository on one page.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::history::{history, last_moment};
use crate::cli::list::{self, List};
use crate::cli::output::{print, write};
use crate::cli::specs::{find, shown};
use crate::cli::{Context, Exit};
use crate::frame::{FrameError, History, Reading};
use crate::model::Checked;
use crate::plan;
use crate::plan::calendar::{LeftOut, Planned, calendar, json};
use crate::plan::print::calendar::markdown;
use crate::runner::empty_summary;
use crate::settings::Settings;

/// Arguments of `calendar`.
#[derive(Debug, Args)]
pub struct CalendarArgs {
    /// The folder of the campaigns; here when left out
    folder: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "markdown")]
    format: Format,
    /// Write to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Markdown,
    /// For machines
    Json,
}

/// A spec that can be drawn again.
struct Drawable {
    folder: PathBuf,
    checked: Checked,
    settings: Settings,
    seed: u64,
    history: History,
}

impl Drawable {
    /// Reads the list, wherever it stands; people are filled in when `whole`.
    fn read(&self, whole: bool) -> Result<Reading, FrameError> {
        let Self { checked, folder, settings, seed, history } = self;
        list::read(&List { checked, folder, settings, seed: *seed }, history, whole)
    }
}

/// Runs the command.
#[must_use]
pub fn run(args: &CalendarArgs, cx: &Context) -> Exit {
    match try_run(args, cx) {
        Ok(()) => Exit::Good,
        Err(exit) => exit,
    }
}

fn try_run(args: &CalendarArgs, cx: &Context) -> Result<(), Exit> {
    let roots: Vec<PathBuf> = args.folder.iter().cloned().collect();
    let (mut planned, mut left_out) = (Vec::new(), Vec::new());
    let mut drawable: BTreeMap<String, Drawable> = BTreeMap::new();
    for spec in find(&roots, cx)? {
        let path = shown(&spec);
        let loaded = cx.load(&spec)?;
        let Some(checked) = loaded.analysis.checked else {
            let reason = format!("it has errors; `canvass check {path}` shows them");
            left_out.push(LeftOut { spec: path, reason });
            continue;
        };
        // A spec that asks nobody has no days.
        if checked.schedule.is_none() || checked.frame.is_none() {
            continue;
        }
        if let Some(clause) = checked.not_planned.first() {
            let reason = format!("this version can't plan `{}`", clause.clause);
            left_out.push(LeftOut { spec: path, reason });
            continue;
        }
        let (one, again) = plan_of(cx, path, loaded.folder, checked)?;
        if let Some(again) = again {
            drawable.insert(one.spec.clone(), again);
        }
        planned.push(one);
    }
    let drawn: RefCell<BTreeMap<String, Option<BTreeSet<String>>>> = RefCell::default();
    let mut common = |a: &Planned, b: &Planned| {
        for one in [a, b] {
            let known = drawn.borrow().contains_key(&one.spec);
            if !known {
                let keys = drawable.get(&one.spec).and_then(keys);
                drawn.borrow_mut().insert(one.spec.clone(), keys);
            }
        }
        let all = drawn.borrow();
        let keys = |one: &Planned| all.get(&one.spec).and_then(Option::as_ref);
        let (a, b) = keys(a).zip(keys(b))?;
        Some(a.intersection(b).count() as u64)
    };
    let calendar = calendar(planned, left_out, &mut common);
    let text = match args.format {
        Format::Markdown => markdown(&calendar),
        Format::Json => json(&calendar),
    };
    match &args.out {
        Some(path) => write(path, text.as_bytes(), cx),
        None => print(&text, cx),
    }
}

/// Plans a spec with its list, or, where that can't be had, by its dates alone.
fn plan_of(
    cx: &Context,
    spec: String,
    folder: PathBuf,
    checked: Checked,
) -> Result<(Planned, Option<Drawable>), Exit> {
    let settings = cx.settings(&folder)?;
    let seed = cx.seed_of(&settings)?;
    // Whoever rests after another campaign of the calendar is what the calendar is to show: nobody drops out for it, and
    // who waits and may still be asked is asked later.
    let mut history = History { at_rest: BTreeSet::new(), ..history(cx, &checked, &settings)? };
    let end = last_moment(&checked);
    history.waiting.iter_mut().for_each(|ends| ends.retain(|_, until| *until <= end));
    let list = checked.frame.as_ref().map_or_else(String::new, |f| list_of(&folder, &f.source));
    let rest = checked.frame.as_ref().and_then(|f| f.rest).map(|r| r.days);
    let again = Drawable { folder, checked, settings, seed, history };
    let checked = &again.checked;
    let (plan, unknown) = match again.read(false) {
        Ok(reading) => (plan::make(checked, &reading.summary, seed), None),
        Err(FrameError::List(why) | FrameError::Spec(why)) => {
            (plan::make(checked, &empty_summary(checked, seed), seed), Some(why.join("; ")))
        }
    };
    let again = if unknown.is_none() { Some(again) } else { None };
    Ok((Planned { spec, plan, list, rest, unknown }, again))
}

/// Returns one name for a list, however a spec reaches it.
fn list_of(folder: &Path, source: &str) -> String {
    let path = folder.join(source);
    let whole = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
    let here = std::env::current_dir().and_then(std::fs::canonicalize).unwrap_or_default();
    shown(whole.strip_prefix(&here).unwrap_or(&whole))
}

/// Returns who is drawn at launch.
fn keys(one: &Drawable) -> Option<BTreeSet<String>> {
    let reading = one.read(true).ok()?;
    Some(reading.drawn.into_iter().map(|p| p.key).collect())
}

//! `canvass plan`: counts the list, draws, and prints what would happen.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::history::history;
use crate::cli::list::{self, List};
use crate::cli::output::{csv_cell, inside_git, print, write};
use crate::cli::prices::priced;
use crate::cli::revision::checked_at;
use crate::cli::{Context, Exit};
use crate::frame::{FrameError, FrameSummary, Person, Problems, clauses_hash};
use crate::model::Checked;
use crate::plan::change::{self, Change};
use crate::plan::{self, Plan, Words};

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The spec
    spec: PathBuf,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Write to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write counts and digests of the list, so that the plan can be made where the list is not
    #[arg(long, value_name = "FILE", conflicts_with = "summary")]
    write_summary: Option<PathBuf>,
    /// Plan from such a summary instead of the list
    #[arg(long, value_name = "FILE", conflicts_with_all = ["draw", "problems"])]
    summary: Option<PathBuf>,
    /// Show what differs from an earlier plan (YAML or JSON), from another spec, or from the spec of a git
    /// revision; each change with what it means for answers that are there and for a campaign that runs
    #[arg(long, value_name = "FILE|GIT-REV")]
    against: Option<PathBuf>,
    /// Write the drawn keys as CSV; personal data, to be kept outside git
    #[arg(long, value_name = "FILE")]
    draw: Option<PathBuf>,
    /// Print the statements that draw from a list in a database, without running them
    #[arg(long, value_enum, conflicts_with_all = ["summary", "write_summary", "against", "draw", "problems"])]
    show: Option<Show>,
    /// Write the rows and cells of the list that can't be used as CSV (the first 1,000)
    #[arg(long, value_name = "FILE")]
    problems: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For machines
    Yaml,
    /// For machines
    Json,
    /// For pull requests
    Markdown,
}

/// What else can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Show {
    /// The statements for the database
    Sql,
}

/// Problems of the list that are shown on standard error.
const SHOWN: usize = 20;

/// Runs the command.
#[must_use]
pub fn run(args: &PlanArgs, cx: &Context) -> Exit {
    match try_run(args, cx) {
        Ok(()) => Exit::Good,
        Err(exit) => exit,
    }
}

fn try_run(args: &PlanArgs, cx: &Context) -> Result<(), Exit> {
    let (folder, checked) = cx.checked_aloud(&args.spec)?;
    let settings = cx.settings(&folder)?;
    let seed = cx.seed_of(&settings)?;
    let list = List { checked: &checked, folder: &folder, settings: &settings, seed };
    if args.show == Some(Show::Sql) {
        return list::show_sql(&list, args.out.as_deref(), cx);
    }
    let draw = |checked: &Checked| {
        let history = history(cx, checked, &settings)?;
        // Who enters and who leaves, only the drawn people tell.
        let people = args.draw.is_some() || args.against.as_deref().is_some_and(has_people);
        let reading = list::read(&List { checked, ..list }, &history, people);
        reading.map(|r| (r.summary, r.drawn, r.problems)).map_err(|error| refuse(&error, cx))
    };
    let (summary, drawn) = if let Some(path) = &args.summary {
        (summary_from(path, &checked, seed, cx)?, Vec::new())
    } else {
        let (summary, drawn, problems) = draw(&checked)?;
        show_problems(&problems, cx);
        if let Some(path) = &args.problems {
            write(path, &problems_csv(&problems), cx)?;
        }
        (summary, drawn)
    };
    let plan = priced(plan::make(&checked, &summary, seed), &settings);
    let printed = match args.format {
        Format::Text => plan::text(&plan),
        Format::Yaml => plan::yaml(&plan),
        Format::Json => plan::json(&plan),
        Format::Markdown => plan::markdown(&plan),
    };
    let earlier = match &args.against {
        None => None,
        Some(path) if !has_people(path) => Some((None, read_plan(path, cx)?, Vec::new())),
        Some(revision) => {
            let before = if revision.is_file() {
                cx.checked(revision)?.1
            } else {
                checked_at(&args.spec, &folder, &revision.to_string_lossy(), cx)?
            };
            let (summary, people) = match &args.summary {
                Some(path) => (summary_from(path, &before, seed, cx)?, None),
                None => draw(&before).map(|(summary, people, _)| (summary, Some(people)))?,
            };
            let earlier = priced(plan::make(&before, &summary, seed), &settings);
            let moves = people.map(|people| plan::moves((&earlier, &people), (&plan, &drawn)));
            Some((Some(change::changes(&before, &checked)), earlier, moves.unwrap_or_default()))
        }
    };
    let difference = earlier.as_ref().map(|(_, before, moves)| difference(before, &plan, moves, args.format));
    let questionnaire = earlier.and_then(|(changes, ..)| changes);
    if let Some(path) = &args.write_summary {
        let text = serde_json::to_string_pretty(&summary).unwrap_or_default() + "\n";
        write(path, text.as_bytes(), cx)?;
    }
    if let Some(path) = &args.draw {
        write(path, &draw_csv(&plan, &drawn), cx)?;
        if inside_git(path) {
            cx.say(&format!(
                "warning: `{}` holds keys of customers and lies inside a git work tree; don't commit it",
                path.display()
            ));
        }
    }
    let shown = match questionnaire {
        None => difference.unwrap_or_default() + &printed,
        Some(changes) => {
            with_changes(&difference.unwrap_or_default(), &changes, &plan, &printed, args.format)
        }
    };
    match &args.out {
        Some(path) => write(path, shown.as_bytes(), cx),
        None => print(&shown, cx),
    }
}

/// Prints why a list gives no draw; exit 2 when the spec asks for too much, 3 when the list can't be read.
#[must_use]
pub fn refuse(error: &FrameError, cx: &Context) -> Exit {
    let exit = match error {
        FrameError::Spec(_) => Exit::Spec,
        FrameError::List(_) => Exit::CouldNot,
    };
    error.messages().iter().fold(exit, |exit, message| cx.fail(exit, message))
}

fn summary_from(path: &Path, checked: &Checked, seed: u64, cx: &Context) -> Result<FrameSummary, Exit> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| cx.fail(Exit::CouldNot, &format!("`{}`: {e}", path.display())))?;
    let summary: FrameSummary = serde_json::from_str(&text).map_err(|e| {
        cx.fail(Exit::CouldNot, &format!("`{}` is no summary of a list: {e}", path.display()))
    })?;
    let remedy =
        format!("make a new one where the list is: canvass plan SPEC --write-summary {}", path.display());
    if summary.clauses != clauses_hash(checked) {
        let words = format!(
            "`{}` was counted for other clauses of frame, strata, events or invitation; {remedy}",
            path.display()
        );
        return Err(cx.fail(Exit::Spec, &words));
    }
    if summary.seed != seed {
        let words =
            format!("`{}` was drawn with seed {}, not {seed}; {remedy}", path.display(), summary.seed);
        return Err(cx.fail(Exit::Spec, &words));
    }
    Ok(summary)
}

/// Reads a reviewed plan.
pub fn read_plan(path: &Path, cx: &Context) -> Result<Plan, Exit> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| cx.fail(Exit::CouldNot, &format!("`{}`: {e}", path.display())))?;
    plan::parse(&text).map_err(|e| cx.fail(Exit::CouldNot, &format!("`{}`: {e}", path.display())))
}

/// Shows the differences before the plan; in YAML and JSON as comment or not at all, so that they stay readable.
fn difference(reviewed: &Plan, now: &Plan, moves: &[String], format: Format) -> String {
    let mut lines = plan::compare(reviewed, now);
    lines.extend(moves.iter().cloned());
    let words = Words::first(&now.languages);
    if lines.is_empty() {
        lines.push(words.get("nothing_changed").to_owned());
    }
    let heading = words.get("changes");
    let all = |before: &str| lines.iter().map(|l| format!("{before}{l}\n")).collect::<Vec<_>>().concat();
    match format {
        Format::Text => format!("{heading}\n{}\n", all("  ")),
        Format::Markdown => format!("## {heading}\n\n{}\n", all("- ")),
        Format::Yaml => all("# "),
        Format::Json => {
            for line in &lines {
                eprintln!("{line}");
            }
            String::new()
        }
    }
}

/// Tells whether what a plan is compared with is a spec, from which people can be drawn, rather than a plan.
fn has_people(path: &Path) -> bool {
    !path.is_file() || is_spec(path)
}

/// Tells whether a file is a spec rather than a plan.
fn is_spec(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "survey")
}

/// Puts the changes of the spec before the plan; in JSON and YAML they are one more part of it.
fn with_changes(difference: &str, changes: &[Change], plan: &Plan, printed: &str, format: Format) -> String {
    #[derive(serde::Serialize)]
    struct Both<'a> {
        #[serde(flatten)]
        plan: &'a Plan,
        changes: &'a [Change],
    }
    let language = plan.languages.first().map_or("en", String::as_str);
    match format {
        Format::Text => format!("{}\n{difference}{printed}", change::text(changes, language)),
        Format::Markdown => format!("{}\n{difference}{printed}", change::markdown(changes, language)),
        Format::Json => serde_json::to_string_pretty(&Both { plan, changes }).unwrap_or_default() + "\n",
        Format::Yaml => {
            format!("{difference}{}", serde_yaml::to_string(&Both { plan, changes }).unwrap_or_default())
        }
    }
}

fn show_problems(problems: &Problems, cx: &Context) {
    for note in &problems.notes {
        cx.say(&format!("note: {note}"));
    }
    for problem in problems.first.iter().take(SHOWN) {
        cx.say(&format!("warning: {problem}"));
    }
    let more = problems.count.saturating_sub(SHOWN as u64);
    if more > 0 {
        cx.say(&format!("… and {more} more; `--problems FILE` lists them"));
    }
}

fn problems_csv(problems: &Problems) -> Vec<u8> {
    let mut text = "file,row,column,message\n".to_owned();
    for p in &problems.first {
        let _ = writeln!(
            text,
            "{},{},{},{}",
            csv_cell(&p.file),
            p.row,
            csv_cell(&p.column),
            csv_cell(&p.message)
        );
    }
    text.into_bytes()
}

/// Cell, position, key and random number of everybody who may be invited.
fn draw_csv(plan: &Plan, drawn: &[Person]) -> Vec<u8> {
    let cells: Vec<&str> = plan.strata.iter().flat_map(|s| &s.cells).map(|c| c.name.as_str()).collect();
    let mut text = "cell,position,key,u\n".to_owned();
    for person in drawn {
        let name = cells.get(person.cell as usize).copied().unwrap_or("");
        let _ =
            writeln!(text, "{},{},{},{}", csv_cell(name), person.position, csv_cell(&person.key), person.u);
    }
    text.into_bytes()
}

//! `canvass plan`: counts the list, draws, and prints what would happen.

use std::fmt::Write as _;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::cli::{Context, Exit};
use crate::frame::{self, FrameError, FrameSummary, History, Person, Problems, clauses_hash};
use crate::model::Checked;
use crate::plan::{self, Plan};
use crate::settings::{self, Settings};
use crate::store::Durability;
use crate::store::Store;

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
    /// Show what differs from an earlier plan (YAML or JSON)
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Write the drawn keys as CSV; personal data, to be kept outside git
    #[arg(long, value_name = "FILE")]
    draw: Option<PathBuf>,
    /// Write all rows and cells of the list that can't be used as CSV
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
    let (folder, checked) = cx.checked(&args.spec)?;
    let settings = cx.settings(&folder)?;
    let seed = cx.seed_of(&settings)?;
    let counted = match &args.summary {
        Some(path) => Counted { summary: summary_from(path, &checked, seed, cx)?, drawn: Vec::new() },
        None => count(args, cx, &checked, &folder, &settings, seed)?,
    };
    let plan = plan::make(&checked, &counted.summary, seed);
    let printed = match args.format {
        Format::Text => plan::text(&plan),
        Format::Yaml => plan::yaml(&plan),
        Format::Json => plan::json(&plan),
        Format::Markdown => plan::markdown(&plan),
    };
    let against = args.against.as_deref().map(|path| read_plan(path, cx)).transpose()?;
    let difference = against.map(|reviewed| difference(&reviewed, &plan, args.format));
    if let Some(path) = &args.write_summary {
        let text = serde_json::to_string_pretty(&counted.summary).unwrap_or_default() + "\n";
        write(path, text.as_bytes(), cx)?;
    }
    if let Some(path) = &args.draw {
        write(path, &draw_csv(&plan, &counted.drawn), cx)?;
        if inside_git(path) {
            cx.say(&format!(
                "warning: `{}` holds keys of customers and lies inside a git work tree; don't commit it",
                path.display()
            ));
        }
    }
    let shown = difference.unwrap_or_default() + &printed;
    match &args.out {
        Some(path) => write(path, shown.as_bytes(), cx),
        None => print(&shown, cx),
    }
}

/// What the list gave, and the drawn people where they are wanted.
struct Counted {
    summary: FrameSummary,
    drawn: Vec<Person>,
}

fn count(
    args: &PlanArgs,
    cx: &Context,
    checked: &Checked,
    folder: &Path,
    settings: &Settings,
    seed: u64,
) -> Result<Counted, Exit> {
    let history = history(cx, checked, settings)?;
    let outcome = if args.draw.is_some() {
        frame::read(checked, folder, seed, &history).map(|r| (r.summary, r.drawn, r.problems))
    } else {
        frame::summarise(checked, folder, seed, &history).map(|(s, p)| (s, Vec::new(), p))
    };
    let (summary, drawn, problems) = outcome.map_err(|error| refuse(&error, cx))?;
    show_problems(&problems, cx);
    if let Some(path) = &args.problems {
        write(path, &problems_csv(&problems), cx)?;
    }
    Ok(Counted { summary, drawn })
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

/// Returns who is at rest at open and which addresses are suppressed, where the profile has a store already.
pub fn history(cx: &Context, checked: &Checked, settings: &Settings) -> Result<History, Exit> {
    // A store that isn't there, or whose address isn't known here, knows nobody: CI plans without one.
    let Ok(url) = settings.store_url() else { return Ok(History::default()) };
    if !url.strip_prefix("sqlite:").is_some_and(|path| Path::new(path).is_file()) {
        return Ok(History::default());
    }
    let could_not = |why: String| cx.fail(Exit::CouldNot, &why);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| could_not(format!("no thread for the store: {e}")))?;
    let rest = checked.frame.as_ref().and_then(|f| f.rest).map_or(0, |r| r.days);
    let open = open_of(checked);
    let known = runtime.block_on(async {
        let store = Store::open(&url, Durability::Full).await?;
        let known = store.history(&checked.campaign.name, open, rest).await;
        store.close().await;
        known
    });
    let known = known.map_err(|e| could_not(e.to_string()))?;
    let suppressed = known.emails.into_iter().chain(known.mobiles).collect();
    Ok(History { at_rest: known.at_rest, suppressed })
}

fn open_of(checked: &Checked) -> Timestamp {
    let zone = jiff::tz::TimeZone::get(&checked.campaign.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    let open = checked.schedule.as_ref().and_then(|s| plan::window::instant(&zone, s.open));
    open.unwrap_or(Timestamp::UNIX_EPOCH)
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
fn difference(reviewed: &Plan, now: &Plan, format: Format) -> String {
    let mut lines = plan::compare(reviewed, now);
    if lines.is_empty() {
        lines.push("nothing changed".to_owned());
    }
    let all = |before: &str| lines.iter().map(|l| format!("{before}{l}\n")).collect::<Vec<_>>().concat();
    match format {
        Format::Text => format!("Changes against the earlier plan\n{}\n", all("  ")),
        Format::Markdown => format!("## Changes against the earlier plan\n\n{}\n", all("- ")),
        Format::Yaml => all("# "),
        Format::Json => {
            for line in &lines {
                eprintln!("{line}");
            }
            String::new()
        }
    }
}

fn show_problems(problems: &Problems, cx: &Context) {
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
        let _ = writeln!(text, "{},{},{},{}", cell(&p.file), p.row, cell(&p.column), cell(&p.message));
    }
    text.into_bytes()
}

/// Cell, position, key and random number of everybody who may be invited.
fn draw_csv(plan: &Plan, drawn: &[Person]) -> Vec<u8> {
    let cells: Vec<&str> = plan.strata.iter().flat_map(|s| &s.cells).map(|c| c.name.as_str()).collect();
    let mut text = "cell,position,key,u\n".to_owned();
    for person in drawn {
        let name = cells.get(person.cell as usize).copied().unwrap_or("");
        let _ = writeln!(text, "{},{},{},{}", cell(name), person.position, cell(&person.key), person.u);
    }
    text.into_bytes()
}

/// Quotes a cell where CSV wants it.
fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Tells whether a path lies within a git work tree.
pub fn inside_git(path: &Path) -> bool {
    let full = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    full.ancestors().skip(1).any(|folder| folder.join(".git").exists())
}

/// Writes beside the target and renames, so that nothing is ever half written.
pub fn write(path: &Path, bytes: &[u8], cx: &Context) -> Result<(), Exit> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let part = path.with_file_name(format!(".{name}.part"));
    let written = std::fs::File::create(&part)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&part, path));
    written.map_err(|e| {
        let _ = std::fs::remove_file(&part);
        cx.fail(Exit::CouldNot, &format!("`{}` can't be written: {e}", path.display()))
    })
}

/// Prints; a closed pipe is the reader's right.
fn print(text: &str, cx: &Context) -> Result<(), Exit> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(cx.fail(Exit::CouldNot, &format!("standard output: {e}")))
        }
        _ => Ok(()),
    }
}

impl Context {
    /// Reads the settings of the profile for specs of a folder.
    pub fn settings(&self, folder: &Path) -> Result<Settings, Exit> {
        let env = |name: &str| std::env::var(name).ok();
        settings::load(folder, self.profile.as_deref(), &env).map_err(|e| self.fail(Exit::CouldNot, &e))
    }

    /// Returns the seed of the draws: `--seed`, else that of `canvass.yaml`.
    pub fn seed_of(&self, settings: &Settings) -> Result<u64, Exit> {
        self.seed.or(settings.seed).ok_or_else(|| {
            let words = format!(
                "there is no seed for the draw; write `seed: 20260105` (any number, the same for all campaigns) into {}, or give --seed",
                settings.root.join(settings::FILE).display()
            );
            self.fail(Exit::CouldNot, &words)
        })
    }
}

//! `canvass rehearse`: the whole campaign on a clock that jumps, against a mailbox and simulated people.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::bars::Bars;
use crate::cli::{Context, Exit};
use crate::rehearse::engine::{Task, rehearse};
use crate::rehearse::failure::Failure;
use crate::rehearse::outcome::Rehearsal;

/// Arguments of `rehearse`.
#[derive(Debug, Args)]
pub struct RehearseArgs {
    /// The spec
    spec: PathBuf,
    /// Folder of the report; `.canvass/rehearsal/CAMPAIGN/report` when left out
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Put the rehearsal before this one aside instead of replacing it
    #[arg(long)]
    keep: bool,
}

/// Runs the command.
#[must_use]
pub fn run(args: &RehearseArgs, cx: &Context) -> Exit {
    try_run(args, cx).unwrap_or_else(|exit| exit)
}

fn try_run(args: &RehearseArgs, cx: &Context) -> Result<Exit, Exit> {
    let (folder, checked) = cx.checked_in_short(&args.spec)?;
    let settings = cx.settings(&folder)?;
    let seed = cx.seed_of(&settings)?;
    let home = settings.root.join(".canvass").join("rehearsal").join(&checked.campaign.name);
    clear(&home, args.keep)
        .map_err(|e| cx.fail(Exit::CouldNot, &format!("`{}` can't be emptied: {e}", home.display())))?;
    let out = args.out.clone().unwrap_or_else(|| home.join("report"));
    let bars = Bars::new(cx.quiet);
    let database = match checked.frame.as_ref().and_then(|f| f.relation.as_ref()) {
        None => None,
        Some(_) => Some(settings.database_url("the list stands").map_err(|e| cx.fail(Exit::CouldNot, &e))?),
    };
    let database = database.as_deref();
    let task =
        Task { checked: &checked, folder: &folder, database, seed, home: &home, out: &out, progress: &bars };
    let done = runtime(cx)?.block_on(rehearse(task));
    bars.close();
    match done {
        Ok(rehearsal) => Ok(tell(&rehearsal, cx)),
        Err(Failure::Spec(words)) => Err(cx.fail(Exit::Spec, &words)),
        Err(Failure::CouldNot(words)) => Err(cx.fail(Exit::CouldNot, &words)),
    }
}

fn runtime(cx: &Context) -> Result<tokio::runtime::Runtime, Exit> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|e| cx.fail(Exit::CouldNot, &format!("no threads for the rehearsal: {e}")))
}

/// Makes room: the folder of the rehearsal before this one goes, or gets a number.
fn clear(home: &Path, keep: bool) -> std::io::Result<()> {
    if home.exists() && keep {
        let name = home.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let aside = (1_u32..).map(|n| home.with_file_name(format!("{name}.{n}"))).take(9999);
        let free = aside.into_iter().find(|path| !path.exists());
        return free.map_or_else(
            || Err(std::io::Error::other("too many are kept")),
            |path| std::fs::rename(home, path),
        );
    }
    match std::fs::remove_dir_all(home) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// Prints the summary: what came of it on standard output, how long it took on standard error.
fn tell(rehearsal: &Rehearsal, cx: &Context) -> Exit {
    print!("{}", rehearsal.summary());
    println!("  mailbox    {}", shown(&rehearsal.mailbox));
    for file in rehearsal.report.iter().filter(|f| f.extension().is_none_or(|e| e != "svg")) {
        println!("  report     {}", shown(file));
    }
    cx.say(&rehearsal.speed());
    for words in &rehearsal.troubles {
        let _ = cx.fail(Exit::Partly, words);
    }
    if rehearsal.troubles.is_empty() { Exit::Good } else { Exit::Partly }
}

/// Shows a path from here, where it lies below.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}

//! `canvass export`: the raw records of a launched campaign, for another program.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::output::{inside_git, write};
use crate::cli::report::{block_on, open};
use crate::cli::{Context, Exit};
use crate::exchange::raw;

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The spec
    spec: PathBuf,
    /// Form of the file
    #[arg(long, value_enum, default_value = "json")]
    format: Format,
    /// The file; personal data, to be kept outside git
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Drawn people, messages and raw answers
    Json,
}

/// Runs the command.
#[must_use]
pub fn run(args: &ExportArgs, cx: &Context) -> Exit {
    match try_run(args, cx) {
        Ok(()) => Exit::Good,
        Err(exit) => exit,
    }
}

fn try_run(args: &ExportArgs, cx: &Context) -> Result<(), Exit> {
    let (folder, spec) = cx.checked(&args.spec)?;
    let Format::Json = args.format;
    let records = block_on(cx, async {
        let opened = open(cx, &folder, &spec).await?;
        let records = raw::read(&opened.store, &opened.plan).await;
        opened.store.close().await;
        records.map_err(|e| cx.fail(Exit::CouldNot, &e.to_string()))
    })?;
    // Only maps with keys that are no strings can fail, and there are none.
    let text = serde_json::to_string_pretty(&records).unwrap_or_default() + "\n";
    write(&args.out, text.as_bytes(), cx)?;
    if inside_git(&args.out) {
        let words = "holds keys and answers of customers and lies inside a git work tree; don't commit it";
        cx.say(&format!("warning: `{}` {words}", args.out.display()));
    }
    Ok(())
}

//! `canvass export`: answers for another program: raw records, or one table with its design and codebook.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::answers;
use crate::cli::output::{inside_git, write};
use crate::cli::report::{Opened, block_on, collected_before, launched_before, open};
use crate::cli::{Context, Exit, measured};
use crate::exchange::beside::{Before, Beside};
use crate::exchange::files::{Exported, Form, export};
use crate::exchange::raw;
use crate::model::Checked;
use crate::report::{Older, Records, course, gathered, waves};
use crate::score::wave::Wave;

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The spec
    spec: PathBuf,
    /// Form of the export
    #[arg(long, value_enum, default_value = "json")]
    format: Format,
    /// The file, for `r` and `csv` the folder; holds answers of single persons, to be kept outside git
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    /// With what people wrote: open answers and dates (`json` always has them)
    #[arg(long)]
    words: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Drawn people, messages and raw answers, one file
    Json,
    /// A folder with data, design, codebook and a script for R's `survey` that computes the report again
    R,
    /// A folder with data, design and codebook
    Csv,
    /// An SPSS system file (`.sav`) with labels and missing codes
    Spss,
    /// An Excel file with sheets data, codebook and weights
    Xlsx,
    /// A Parquet file with its codebook inside (a program built with `--features parquet`)
    Parquet,
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
    match args.format {
        Format::Json => records(args, &folder, &spec, cx)?,
        Format::R => table(args, Form::R, &folder, &spec, cx)?,
        Format::Csv => table(args, Form::Csv, &folder, &spec, cx)?,
        Format::Spss => table(args, Form::Spss, &folder, &spec, cx)?,
        Format::Xlsx => table(args, Form::Xlsx, &folder, &spec, cx)?,
        Format::Parquet => table(args, Form::Parquet, &folder, &spec, cx)?,
    }
    if inside_git(&args.out) {
        let words = "holds answers of single persons and lies inside a git work tree; don't commit it";
        cx.say(&format!("warning: `{}` {words}", args.out.display()));
    }
    Ok(())
}

/// Writes the raw records.
fn records(args: &ExportArgs, folder: &Path, spec: &Checked, cx: &Context) -> Result<(), Exit> {
    let records = block_on(cx, async {
        let opened = open(cx, folder, spec).await?;
        let records = raw::read(&opened.store, &opened.plan).await;
        opened.store.close().await;
        records.map_err(|e| cx.fail(Exit::CouldNot, &e.to_string()))
    })?;
    // Only maps with keys that are no strings can fail, and there are none.
    let text = serde_json::to_string_pretty(&records).unwrap_or_default() + "\n";
    write(&args.out, text.as_bytes(), cx)
}

/// Writes the table of the kept answers, as the report counts them.
fn table(args: &ExportArgs, form: Form, folder: &Path, spec: &Checked, cx: &Context) -> Result<(), Exit> {
    let could_not = |why: String| cx.fail(Exit::CouldNot, &why);
    let collected = answers::read(cx, folder, spec, "")?;
    let made = match &collected {
        Some(collected) => {
            let before = collected_before(cx, &args.spec, folder, spec)?;
            let specs = (spec, before.as_ref().map(|b| &b.0));
            let events = if form == Form::R {
                measured::of_collected(cx, folder, specs, cx.clock().now())
            } else {
                Vec::new()
            };
            let wave = Wave::of_collected(spec, collected);
            let before = before.as_ref().map(|(c, answers)| waves::collected(&wave, collected, (c, answers)));
            let before = before.as_ref().map(|(wave, n)| Before { wave, numbers: n.clone() });
            let beside = Beside { before: before.as_ref(), events: &events, ..Beside::default() };
            export(&wave, form, args.words, beside)
        }
        None => launched(args, form, folder, spec, cx)?,
    };
    let made = made.map_err(could_not)?;
    put(&args.out, &made, cx)?;
    let few = spec.analysis.hide_below;
    cx.say(&format!("{} rows: answers of single persons, without names and addresses", made.rows));
    if made.rare > 0 {
        cx.say(&format!(
            "warning: {} respondents share their stratum and groups with fewer than {few} people and could be \
             recognised; report groups, not rows",
            made.rare
        ));
    }
    Ok(())
}

/// Makes the files of a launched campaign.
fn launched(
    args: &ExportArgs,
    form: Form,
    folder: &Path,
    spec: &Checked,
    cx: &Context,
) -> Result<Result<Exported, String>, Exit> {
    block_on(cx, async {
        let Opened { store, plan, checked } = open(cx, folder, spec).await?;
        let now = cx.clock().now();
        let records = match launched_before(cx, &store, &checked).await {
            Ok(before) => {
                let events = match form {
                    Form::R => {
                        let present = measured::present(checked.clone(), spec);
                        let specs = (&present, before.as_ref().map(|b| &b.0));
                        measured::of_launched(cx, folder, (&store, &plan), specs, now).await
                    }
                    _ => Vec::new(),
                };
                let older = form == Form::R;
                let records = Box::pin(gathered(&store, &plan.campaign, &checked, before, now, older)).await;
                records
                    .map(|records| Records { events, ..records })
                    .map_err(|e| cx.fail(Exit::CouldNot, &e.to_string()))
            }
            Err(exit) => Err(exit),
        };
        store.close().await;
        let records = records?;
        let (sample, responses) = (&records.sample, &records.responses);
        let wave = Wave::of_campaign(&checked, &plan, sample, &records.arrivals, responses);
        let before = records.before.as_ref().map(|b| waves::launched(&wave, b));
        let before = before.as_ref().map(|(wave, n)| Before { wave, numbers: n.clone() });
        let past = course(&wave, &plan, &records.past);
        let older: Vec<Wave> = records.past.older.iter().map(Older::wave).collect();
        let beside = Beside {
            before: before.as_ref(),
            risks: &records.past.risks,
            past: &past,
            older: &older,
            seed: plan.seed,
            events: &records.events,
        };
        Ok(export(&wave, form, args.words, beside))
    })
}

/// Writes the files: into a folder where they have names.
fn put(out: &Path, made: &Exported, cx: &Context) -> Result<(), Exit> {
    for (name, bytes) in &made.files {
        let path = if name.is_empty() { out.to_path_buf() } else { out.join(name) };
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|e| {
                cx.fail(Exit::CouldNot, &format!("`{}` can't be made: {e}", folder.display()))
            })?;
        }
        write(&path, bytes, cx)?;
        cx.say(&format!("wrote {}", path.display()));
    }
    Ok(())
}

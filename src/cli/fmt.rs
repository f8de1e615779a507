//! `canvass fmt`: brings specs into their canonical form.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::output::{print, write};
use crate::cli::specs::{find, shown};
use crate::cli::{Context, Exit};
use crate::model::{Files, Folder};
use crate::source::SourceMap;
use crate::syntax::format::{Refused, format};

/// Arguments of `fmt`.
#[derive(Debug, Args)]
pub struct FmtArgs {
    /// Specs or folders; the current folder when left out; `-` reads standard input and writes standard output
    paths: Vec<PathBuf>,
    /// Change nothing: print the names of the files that are not in canonical form, and leave with 2
    #[arg(long)]
    check: bool,
}

/// Runs the command.
pub fn run(args: &FmtArgs, cx: &Context) -> Exit {
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        return if args.paths.len() == 1 {
            stream(args, cx)
        } else {
            cx.fail(Exit::Usage, "`-` stands alone; name files or give standard input")
        };
    }
    let specs = match find(&args.paths, cx) {
        Ok(specs) => specs,
        Err(exit) => return exit,
    };
    let (mut changed, mut worst) = (0, Exit::Good);
    for spec in &specs {
        match one(spec, args, cx) {
            Ok(false) => {}
            Ok(true) => changed += 1,
            Err(exit) => worst = if worst == Exit::Good { exit } else { worst },
        }
    }
    if worst != Exit::Good {
        return worst;
    }
    if args.check && changed > 0 {
        cx.say(&format!("{changed} of {} not in canonical form; run `canvass fmt`", plural(specs.len())));
        return Exit::Spec;
    }
    cx.say(&format!("{} in canonical form, {changed} changed", plural(specs.len())));
    Exit::Good
}

/// Formats one file and tells whether it was another before.
fn one(spec: &Path, args: &FmtArgs, cx: &Context) -> Result<bool, Exit> {
    let name = shown(spec);
    let text = Folder(PathBuf::new())
        // People named it, wherever it lies.
        .main(&spec.to_string_lossy())
        .map_err(|reason| cx.fail(Exit::CouldNot, &format!("`{name}`: {reason}")))?;
    let formatted = formatted(&name, &text, cx)?;
    if formatted == text {
        return Ok(false);
    }
    if args.check {
        print(&format!("{name}\n"), cx)?;
    } else {
        write(spec, formatted.as_bytes(), cx)?;
        cx.say(&format!("formatted {name}"));
    }
    Ok(true)
}

/// Formats standard input.
fn stream(args: &FmtArgs, cx: &Context) -> Exit {
    let mut text = String::new();
    if let Err(reason) = std::io::stdin().lock().read_to_string(&mut text) {
        return cx.fail(Exit::CouldNot, &format!("standard input: {reason}"));
    }
    match formatted("<stdin>", &text, cx) {
        Ok(formatted) if args.check && formatted != text => {
            cx.fail(Exit::Spec, "standard input is not in canonical form")
        }
        Ok(_) if args.check => Exit::Good,
        Ok(formatted) => print(&formatted, cx).err().unwrap_or(Exit::Good),
        Err(exit) => exit,
    }
}

fn formatted(name: &str, text: &str, cx: &Context) -> Result<String, Exit> {
    let mut sources = SourceMap::default();
    let id = sources.add(name, text);
    let refused = match sources.get(id).map(format) {
        Some(Ok(formatted)) => return Ok(formatted),
        Some(Err(refused)) => refused,
        None => Refused::WouldChange,
    };
    match refused {
        Refused::Broken(diagnostics) => {
            cx.print_diagnostics(&diagnostics, &sources);
            Err(cx.fail(Exit::Spec, &format!("`{name}` was left as it is; mend its errors first")))
        }
        Refused::WouldChange => {
            let words = format!(
                "`{name}` was left as it is: formatting would change what it says, which is a bug in Canvass"
            );
            Err(cx.fail(Exit::Bug, &words))
        }
    }
}

fn plural(n: usize) -> String {
    if n == 1 { "1 spec".to_owned() } else { format!("{n} specs") }
}

//! `canvass check`: finds what is wrong, in all files, in one pass.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::fix::fix;
use crate::cli::specs::find;
use crate::cli::{Context, Exit};
use crate::diagnostic::{Diagnostic, Severity, render_github, render_json, render_sarif};
use crate::source::SourceMap;

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Specs or folders; the current folder when left out
    paths: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Treat warnings as errors: `--deny warnings`
    #[arg(long, value_enum)]
    deny: Option<Deny>,
    /// Apply the mends that findings offer, in files below the given paths, then check
    #[arg(long)]
    fix: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With carets, for people
    Text,
    /// One array of findings
    Json,
    /// Annotations of a GitHub workflow
    Github,
    /// SARIF 2.1.0
    Sarif,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// All warnings
    Warnings,
}

/// Runs the command.
pub fn run(args: &CheckArgs, cx: &Context) -> Exit {
    let specs = match find(&args.paths, cx) {
        Ok(specs) => specs,
        Err(exit) => return exit,
    };
    if args.fix {
        let here = vec![PathBuf::from(".")];
        let roots = if args.paths.is_empty() { &here } else { &args.paths };
        if let Err(exit) = fix(&specs, roots, cx) {
            return exit;
        }
    }
    let (mut errors, mut warnings) = (0, 0);
    let mut sources = SourceMap::default();
    let mut all: Vec<Diagnostic> = Vec::new();
    for spec in &specs {
        let loaded = match cx.load(spec) {
            Ok(loaded) => loaded,
            Err(exit) => return exit,
        };
        // A file without a campaign is a library of another spec; it is checked where it is used.
        if loaded.analysis.is_library() && specs.len() > 1 {
            continue;
        }
        let folder = spec.parent().unwrap_or(Path::new(""));
        all.extend(loaded.analysis.of_library().diagnostics_in(&mut sources, folder));
    }
    for diagnostic in &all {
        match diagnostic.severity {
            Severity::Error => errors += 1,
            Severity::Warning => warnings += 1,
        }
    }
    print(args.format, &all, &sources, cx);
    if args.format == Format::Text && errors + warnings == 0 {
        cx.say(&format!("{} checked, no findings", plural(specs.len(), "spec")));
    }
    if errors > 0 || (warnings > 0 && args.deny.is_some()) { Exit::Spec } else { Exit::Good }
}

fn print(format: Format, all: &[Diagnostic], sources: &SourceMap, cx: &Context) {
    match format {
        Format::Text => cx.print_diagnostics(all, sources),
        Format::Json => println!("{}", render_json(all, sources)),
        Format::Github => print!("{}", render_github(all, sources)),
        Format::Sarif => println!("{}", render_sarif(all, sources)),
    }
}

fn plural(n: usize, what: &str) -> String {
    if n == 1 { format!("{n} {what}") } else { format!("{n} {what}s") }
}

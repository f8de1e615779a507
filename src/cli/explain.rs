//! `canvass explain CODE`: the section of a diagnostic.

use clap::Args;

use crate::cli::{Context, Exit};
use crate::diagnostic::suggest::did_you_mean;

/// The page with all sections.
const PAGE: &str = include_str!("../../docs/diagnostics.md");

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The code in brackets behind a finding, such as `unknown-name`; all codes when left out
    code: Option<String>,
}

/// Runs the command.
#[must_use]
pub fn run(args: &ExplainArgs, cx: &Context) -> Exit {
    let Some(code) = &args.code else {
        codes().for_each(|c| println!("{c}"));
        return Exit::Good;
    };
    match section(code) {
        Some(text) => {
            println!("{text}");
            Exit::Good
        }
        None => {
            let near = did_you_mean(code, codes()).map_or_else(
                || "`canvass explain` lists all codes".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            cx.fail(Exit::Usage, &format!("there is no diagnostic `{code}`; {near}"))
        }
    }
}

fn sections() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGE.split("\n## ").skip(1).filter_map(|s| s.split_once('\n'))
}

/// Walks over all codes that have a section.
pub fn codes() -> impl Iterator<Item = &'static str> {
    sections().map(|(code, _)| code)
}

/// Returns the section of a code, with its title.
#[must_use]
pub fn section(code: &str) -> Option<String> {
    sections().find(|(c, _)| *c == code).map(|(code, text)| format!("{code}\n\n{}", text.trim()))
}

//! `canvass explain CODE`: the section of a diagnostic, or the page of a rule.

use clap::Args;

use crate::cli::output::print;
use crate::cli::{Context, Exit};
use crate::diagnostic::suggest::did_you_mean;
use crate::model::rule;

/// The page with all sections.
const PAGE: &str = include_str!("../../docs/diagnostics.md");

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The code in brackets behind a finding, such as `unknown-name`; all codes and rules when left out
    code: Option<String>,
}

/// Runs the command.
#[must_use]
pub fn run(args: &ExplainArgs, cx: &Context) -> Exit {
    let Some(code) = &args.code else {
        return print(&(list().join("\n") + "\n"), cx).err().unwrap_or(Exit::Good);
    };
    match section(code) {
        Some(text) => print(&format!("{text}\n"), cx).err().unwrap_or(Exit::Good),
        None => {
            let near = did_you_mean(code, list()).map_or_else(
                || "`canvass explain` lists all codes and rules".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            cx.fail(Exit::Usage, &format!("there is no diagnostic or rule `{code}`; {near}"))
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

/// Lists codes and rules by name.
fn list() -> Vec<&'static str> {
    let mut all: Vec<&str> = codes().chain(rule::ALL.iter().map(|rule| rule.name)).collect();
    all.sort_unstable();
    all
}

/// Returns the section of a code or the page of a rule, with its title.
#[must_use]
pub fn section(code: &str) -> Option<String> {
    if let Some(rule) = rule::find(code) {
        return Some(rule.page.trim_start_matches("# ").trim_end().to_owned());
    }
    sections().find(|(c, _)| *c == code).map(|(code, text)| format!("{code}\n\n{}", text.trim()))
}

//! `canvass test`: runs the test blocks of specs, or writes them.

mod junit;
mod made;

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::output::print;
use crate::cli::specs::{find, shown};
use crate::cli::{Context, Exit};
use crate::diagnostic::{Diagnostic, render_text};
use crate::source::SourceMap;
use crate::trial;

/// Arguments of `test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Specs or folders; the current folder when left out
    paths: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Print test blocks that lead to every question and branch, instead of running those that stand there
    #[arg(long)]
    generate: bool,
    /// Where to write the generated blocks instead of standard output
    #[arg(long, value_name = "FILE", requires = "generate")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Failures with carets and a summary, for people
    Text,
    /// `JUnit` XML, for CI
    Junit,
}

/// One test and how it went.
struct Trial {
    name: String,
    /// Line of the spec.
    line: usize,
    /// What failed, as it is printed; nothing when it passed.
    failures: Vec<Failure>,
}

struct Failure {
    message: String,
    drawn: String,
}

/// The tests of one spec.
struct Suite {
    spec: String,
    tests: Vec<Trial>,
    /// Why its tests could not run.
    broken: Option<Failure>,
}

/// Runs the command.
pub fn run(args: &TestArgs, cx: &Context) -> Exit {
    let specs = match find(&args.paths, cx) {
        Ok(specs) => specs,
        Err(exit) => return exit,
    };
    if args.generate {
        return made::run(&specs, args.out.as_deref(), cx);
    }
    let several = specs.len() > 1;
    let mut suites = Vec::new();
    for spec in &specs {
        match suite(spec, several, args.format, cx) {
            Ok(suite) => suites.extend(suite),
            Err(exit) => return exit,
        }
    }
    let count = |wanted: fn(&Suite) -> usize| suites.iter().map(wanted).sum::<usize>();
    let all = count(|suite| suite.tests.len());
    let failed = count(|suite| suite.tests.iter().filter(|test| !test.failures.is_empty()).count());
    let broken = suites.iter().filter(|suite| suite.broken.is_some()).count();
    let text = match args.format {
        Format::Junit => junit::write(&suites),
        Format::Text => text(&suites, all, failed, broken),
    };
    if let Err(exit) = print(&text, cx) {
        return exit;
    }
    if failed + broken > 0 { Exit::Spec } else { Exit::Good }
}

fn suite(spec: &Path, several: bool, format: Format, cx: &Context) -> Result<Option<Suite>, Exit> {
    let loaded = cx.load(spec)?;
    // Shared parts of other specs have no campaign to be tested.
    if loaded.analysis.is_library() && several {
        return Ok(None);
    }
    let name = shown(spec);
    let draw = |findings: &[Diagnostic], sources: &SourceMap| {
        let moved = crate::model::Analysis {
            sources: sources.clone(),
            diagnostics: findings.to_vec(),
            ..crate::model::Analysis::default()
        };
        let mut sources = SourceMap::default();
        let all = moved.diagnostics_in(&mut sources, &loaded.folder);
        let color = format == Format::Text
            && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
            && std::io::stdout().is_terminal();
        let width = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).unwrap_or(100);
        render_text(&all, &sources, color, width)
    };
    let sources = &loaded.analysis.sources;
    let Some(checked) = &loaded.analysis.checked else {
        let errors: Vec<Diagnostic> =
            loaded.analysis.diagnostics.iter().filter(|d| d.is_error()).cloned().collect();
        let message = format!("`{name}` has errors, so its tests can't run");
        let broken = Some(Failure { message, drawn: draw(&errors, sources) });
        return Ok(Some(Suite { spec: name, tests: Vec::new(), broken }));
    };
    let trial = |test: &crate::model::checked::TestCase| {
        let one = |finding: Diagnostic| Failure {
            message: finding.message.clone(),
            drawn: draw(std::slice::from_ref(&finding), sources),
        };
        let failures = trial::run(checked, test, sources).into_iter().map(one).collect();
        let line = sources.get(test.span.file).map_or(0, |file| file.line_column(test.span.start).0);
        Trial { name: test.name.clone(), line, failures }
    };
    Ok(Some(Suite { spec: name, tests: checked.tests.iter().map(trial).collect(), broken: None }))
}

fn text(suites: &[Suite], all: usize, failed: usize, broken: usize) -> String {
    let mut text = String::new();
    for suite in suites {
        if let Some(broken) = &suite.broken {
            let _ = writeln!(text, "{}\n{}", broken.message, broken.drawn);
        }
        for test in suite.tests.iter().filter(|test| !test.failures.is_empty()) {
            let _ = writeln!(text, "FAILED {}:{} “{}”\n", suite.spec, test.line, test.name);
            for failure in &test.failures {
                text.push_str(&failure.drawn);
                text.push('\n');
            }
        }
    }
    let tests = |n: usize| if n == 1 { "1 test".to_owned() } else { format!("{n} tests") };
    let specs = if suites.len() == 1 { "1 spec".to_owned() } else { format!("{} specs", suites.len()) };
    let summary = match (all, failed) {
        (0, _) => format!(
            "no tests in {specs}; write `test \"…\" {{ given … expect … }}`, or try `canvass test --generate`"
        ),
        (_, 0) => format!("{} in {specs}, all passed", tests(all)),
        _ => format!("{} in {specs}: {} passed, {failed} failed", tests(all), all - failed),
    };
    text.push_str(&summary);
    if broken > 0 {
        let _ = write!(text, "; {broken} could not be tested");
    }
    text.push('\n');
    text
}

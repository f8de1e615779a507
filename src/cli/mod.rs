//! The command line: reads arguments, calls the rooms, prints, and leaves with an exit code.
//!
//! One file a command. Data goes to standard output, talk and progress to
//! standard error. Exit codes are a contract: see [`Exit`].
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this room talks to people")]

mod answers;
mod bars;
mod calendar;
mod check;
mod context;
mod earlier;
pub mod exit;
pub mod explain;
pub mod export;
mod fix;
mod fmt;
mod history;
mod list;
mod measured;
pub mod new;
mod output;
pub mod pause;
pub mod plan;
pub mod preview;
mod prices;
pub mod rehearse;
pub mod report;
mod revision;
pub mod run;
pub mod serve;
mod specs;
pub mod status;
mod store;
mod test;
mod waves;

use std::ffi::OsString;

use clap::{Parser, Subcommand};
use jiff::Timestamp;

pub use self::context::Context;
pub use self::exit::Exit;

/// Survey campaigns as code: check, plan, run and report a campaign from one text file.
#[derive(Debug, Parser)]
#[command(name = "canvass", version, about, propagate_version = true, arg_required_else_help = true)]
struct Cli {
    /// Profile of `canvass.yaml`
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,
    /// A fixed clock: RFC 3339, such as 2026-01-05T09:00:00+08:00
    #[arg(long, global = true, value_name = "TIME")]
    now: Option<Timestamp>,
    /// Seed of the draws, instead of the one in `canvass.yaml`
    #[arg(long, global = true, value_name = "NUMBER")]
    seed: Option<u64>,
    /// No talk on standard error, only errors
    #[arg(long, short, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Put all campaigns of a folder on one page: when, how many messages a day, who is asked twice
    Calendar(calendar::CalendarArgs),
    /// Find what is wrong in specs: all errors of all files, with carets
    Check(check::CheckArgs),
    /// Explain a diagnostic: what it means and what to do
    Explain(explain::ExplainArgs),
    /// Write what was drawn, sent and answered, for another program
    Export(export::ExportArgs),
    /// Bring specs into their canonical form
    Fmt(fmt::FmtArgs),
    /// Make a campaign repository that checks, plans and rehearses at once
    New(new::NewArgs),
    /// Show what a campaign would do: who is drawn, what is sent when, what may be expected
    Plan(plan::PlanArgs),
    /// Show form and messages in a browser, or send one test message
    Preview(preview::PreviewArgs),
    /// Serve the forms of all launched campaigns
    Serve(serve::ServeArgs),
    /// Carry a campaign out until close: invite, serve the forms, remind
    Run(run::RunArgs),
    /// Show how far a campaign is
    Status(status::StatusArgs),
    /// Hold a campaign: no message leaves
    Pause(pause::PauseArgs),
    /// Let a held campaign go on
    Resume(pause::PauseArgs),
    /// Run the tests of specs against the real form and the real scores, or generate them
    Test(test::TestArgs),
    /// Carry the whole campaign out on a built-in mailbox with simulated people, up to the report
    Rehearse(rehearse::RehearseArgs),
    /// Write the report: Markdown with charts, HTML, Excel, JSON; also of answers collected elsewhere
    Report(report::ReportArgs),
}

/// Runs the program with these arguments, the program's name first.
pub fn main(args: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Good };
        }
    };
    let cx = Context { profile: cli.profile, now: cli.now, seed: cli.seed, quiet: cli.quiet };
    match &cli.command {
        Command::Calendar(args) => calendar::run(args, &cx),
        Command::Check(args) => check::run(args, &cx),
        Command::Explain(args) => explain::run(args, &cx),
        Command::Export(args) => export::run(args, &cx),
        Command::Fmt(args) => fmt::run(args, &cx),
        Command::New(args) => new::run(args, &cx),
        Command::Plan(args) => plan::run(args, &cx),
        Command::Preview(args) => preview::run(args, &cx),
        Command::Serve(args) => serve::run(args, &cx),
        Command::Run(args) => run::run(args, &cx),
        Command::Status(args) => status::run(args, &cx),
        Command::Pause(args) => pause::run(args, &cx, true),
        Command::Resume(args) => pause::run(args, &cx, false),
        Command::Test(args) => test::run(args, &cx),
        Command::Rehearse(args) => rehearse::run(args, &cx),
        Command::Report(args) => report::run(args, &cx),
    }
}

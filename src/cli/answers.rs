//! Finished answers (`responses`), wherever they stand: a file beside the spec, or the profile's database.

use std::path::Path;

use clap::ValueEnum;

use crate::cli::output::print;
use crate::cli::{Context, Exit};
use crate::exchange::responses;
use crate::exchange::responses::database::{self, Shown, Task};
use crate::frame::FrameError;
use crate::frame::sql::empty_copy;
use crate::model::Checked;
use crate::report::Answers;
use crate::score::collected::Collected;
use crate::score::tally::Tally;
use crate::score::tally::layout::Unsuitable;

/// When answers are counted in one pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnePass {
    /// For large files and for databases.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Bytes of a file from which on its answers are counted.
const LARGE: u64 = 64 << 20;

/// Reads or counts the answers; none where the spec names none.
pub fn answers(
    cx: &Context,
    folder: &Path,
    spec: &Checked,
    one_pass: OnePass,
) -> Result<Option<Answers>, Exit> {
    let Some(responses) = &spec.responses else { return Ok(None) };
    let in_one = match one_pass {
        OnePass::Auto if responses.relation.is_some() => true,
        OnePass::Auto => std::fs::metadata(folder.join(&responses.source)).is_ok_and(|m| m.len() > LARGE),
        OnePass::Always => true,
        OnePass::Never => false,
    };
    if in_one {
        match count(cx, folder, spec, "")? {
            Some(Ok(tally)) => return Ok(Some(Answers::Counted(Box::new(tally)))),
            Some(Err(why)) if one_pass == OnePass::Always => {
                return Err(cx.fail(Exit::Usage, &format!("answers can't be counted in one pass: {why}")));
            }
            Some(Err(why)) => cx.say(&format!("answers are kept one by one: {why}")),
            None => {}
        }
    }
    Ok(read(cx, folder, spec, "")?.map(Answers::Kept))
}

/// Counts the answers of a wave before, or reads them one by one where they can't be counted.
pub fn earlier(cx: &Context, folder: &Path, spec: &Checked, whose: &str) -> Result<Option<Answers>, Exit> {
    match count(cx, folder, spec, whose)? {
        Some(Ok(tally)) => Ok(Some(Answers::Counted(Box::new(tally)))),
        Some(Err(why)) => {
            cx.say(&format!("{whose}answers are kept one by one: {why}"));
            Ok(read(cx, folder, spec, whose)?.map(Answers::Kept))
        }
        None => Ok(None),
    }
}

/// Reads the answers one by one; `whose` stands before what is said when they can't be read.
pub fn read(cx: &Context, folder: &Path, spec: &Checked, whose: &str) -> Result<Option<Collected>, Exit> {
    let task = Asked { cx, folder, spec, whose };
    if !in_database(spec) {
        return responses::read(spec, folder).map_err(|e| task.refuse(&e));
    }
    let file = empty_copy().map_err(|e| task.refuse(&e))?;
    task.ask(async |task| database::read(task, file.path()).await).map(Some)
}

/// Counts the answers: inside the database, where no row must be looked at by itself.
fn count(
    cx: &Context,
    folder: &Path,
    spec: &Checked,
    whose: &str,
) -> Result<Option<Result<Tally, Unsuitable>>, Exit> {
    let task = Asked { cx, folder, spec, whose };
    if !in_database(spec) {
        return responses::count(spec, folder).map_err(|e| task.refuse(&e));
    }
    if !database::needs_rows(spec) {
        let counted = task.ask(async |task| database::count(task).await)?;
        if counted.is_some() {
            return Ok(counted);
        }
    }
    let file = empty_copy().map_err(|e| task.refuse(&e))?;
    task.ask(async |task| database::count_copied(task, file.path()).await).map(Some)
}

/// Prints the statements that count answers in a database.
pub fn show_sql(cx: &Context, folder: &Path, spec: &Checked) -> Result<(), Exit> {
    let rows = spec.responses.as_ref().and_then(|r| r.relation.as_ref().map(|relation| (r, relation)));
    let Some((responses, relation)) = rows else {
        let words = "these answers are no rows of a database, and no statement counts them; \
                     write `responses table \"crm.answers\" { … }` for answers in a database";
        return Err(cx.fail(Exit::Usage, words));
    };
    if database::needs_rows(spec) {
        let words = "`clean`, `case` and conditions of questions look at answers one by one: the rows are copied, and no \
                     statement counts them";
        return Err(cx.fail(Exit::Usage, words));
    }
    let task = Asked { cx, folder, spec, whose: "" };
    match database::show(spec, responses, relation).map_err(|e| task.refuse(&e))? {
        Ok(statements) => print(&in_words(&statements), cx),
        Err(why) => Err(cx.fail(Exit::Usage, &format!("answers can't be counted in one pass: {why}"))),
    }
}

fn in_words(statements: &[Shown]) -> String {
    let mut all = String::new();
    for Shown { what, given, sql } in statements {
        all.extend([format!("-- {what}\n")]);
        all.extend(given.iter().zip(1..).map(|(param, number)| format!("--   ${number}: {param}\n")));
        all.extend([format!("{sql};\n\n")]);
    }
    all.truncate(all.trim_end().len());
    all + "\n"
}

fn in_database(spec: &Checked) -> bool {
    spec.responses.as_ref().is_some_and(|r| r.relation.is_some())
}

/// Answers that a command asks for.
#[derive(Clone, Copy)]
struct Asked<'a> {
    cx: &'a Context,
    folder: &'a Path,
    spec: &'a Checked,
    whose: &'a str,
}

impl Asked<'_> {
    /// Runs something that asks the profile's database.
    fn ask<T>(self, work: impl AsyncFnOnce(Task<'_>) -> Result<T, FrameError>) -> Result<T, Exit> {
        let Self { cx, folder, spec, .. } = self;
        let rows = spec.responses.as_ref().and_then(|r| r.relation.as_ref().map(|relation| (r, relation)));
        let Some((responses, relation)) = rows else {
            return Err(cx.fail(Exit::CouldNot, "the answers are no rows of a database"));
        };
        let could_not = |why: String| self.refuse(&FrameError::list(why));
        let settings = cx.settings(folder)?;
        let url = settings.database_url("the answers stand").map_err(could_not)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|e| could_not(format!("no thread for the database: {e}")))?;
        let task = Task { checked: spec, spec: responses, relation, url: &url };
        runtime.block_on(work(task)).map_err(|e| self.refuse(&e))
    }

    fn refuse(self, error: &FrameError) -> Exit {
        self.cx.fail(Exit::CouldNot, &format!("{}{}", self.whose, error.messages().join("\nerror: ")))
    }
}

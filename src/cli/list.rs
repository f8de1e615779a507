//! The customer list, wherever it stands: a file beside the spec, or the profile's database.

use std::path::Path;

use crate::cli::output::{print, write};
use crate::cli::plan::refuse;
use crate::cli::{Context, Exit};
use crate::frame::sql::{self, Statement, Statements};
use crate::frame::{self, FrameError, History, Reading};
use crate::model::Checked;
use crate::settings::Settings;

/// A list with all that is needed to draw from it.
#[derive(Clone, Copy)]
pub struct List<'a> {
    /// The spec.
    pub checked: &'a Checked,
    /// Folder of the spec.
    pub folder: &'a Path,
    /// Settings of the profile.
    pub settings: &'a Settings,
    /// Seed of the draw.
    pub seed: u64,
}

/// Counts and draws; people are filled in when `whole`. Not to be called on an asynchronous thread.
pub fn read(list: &List, history: &History, whole: bool) -> Result<Reading, FrameError> {
    // Who waits, only the drawn people tell.
    let asked = history.waiting.as_ref().is_some_and(|ends| !ends.is_empty());
    let mut reading = drawn(list, history, whole || asked)?;
    if let Some(ends) = &history.waiting {
        frame::count_waiting(&mut reading.summary, &reading.drawn, ends);
    }
    if !whole {
        reading.drawn = Vec::new();
    }
    Ok(reading)
}

fn drawn(list: &List, history: &History, whole: bool) -> Result<Reading, FrameError> {
    let List { checked, folder, seed, .. } = *list;
    if sql::needs_copy(checked) {
        return from_copy(list, history, whole);
    }
    if checked.frame.as_ref().is_some_and(|f| f.relation.is_some()) {
        return in_database(list, async |task| sql::read(task, history, whole).await);
    }
    if whole {
        return frame::read(checked, folder, seed, history);
    }
    let (summary, problems) = frame::summarise(checked, folder, seed, history)?;
    Ok(Reading { summary, drawn: Vec::new(), problems })
}

/// Counts and draws from a copy that nobody else can read, and that goes at the end.
fn from_copy(list: &List, history: &History, whole: bool) -> Result<Reading, FrameError> {
    let file = sql::empty_copy()?;
    in_database(list, async |task| sql::copy(task, file.path()).await)?;
    let copied = sql::copied(list.checked, file.path());
    let mut reading = drawn(&List { checked: &copied, ..*list }, history, whole)?;
    sql::as_of_the_database(&mut reading, list.checked);
    Ok(reading)
}

/// Prints the statements that draw from a list in a database.
pub fn show_sql(list: &List, out: Option<&Path>, cx: &Context) -> Result<(), Exit> {
    if list.checked.frame.as_ref().is_none_or(|f| f.relation.is_none()) {
        let words = "this list is a file, and no statement draws from it; \
                     write `source table \"crm.customers\"` for a list in a database";
        return Err(cx.fail(Exit::Usage, words));
    }
    if sql::needs_copy(list.checked) {
        let words = "strata that take people as they come, or beside earlier campaigns, are worked out from a copy of the \
                     list, and no statement draws them";
        return Err(cx.fail(Exit::Usage, words));
    }
    let statements = in_database(list, async |task| sql::show(task).await).map_err(|e| refuse(&e, cx))?;
    let text = in_words(&statements);
    match out {
        Some(path) => write(path, text.as_bytes(), cx),
        None => print(&text, cx),
    }
}

fn in_database<T>(
    list: &List,
    work: impl AsyncFnOnce(sql::Task<'_>) -> Result<T, FrameError>,
) -> Result<T, FrameError> {
    let relation = list.checked.frame.as_ref().and_then(|f| f.relation.as_ref());
    let relation = relation.ok_or_else(|| FrameError::spec("the list is no table of a database"))?;
    let url = list.settings.database_url("the list stands").map_err(FrameError::list)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| FrameError::list(format!("no thread for the database: {e}")))?;
    runtime.block_on(work(sql::Task { checked: list.checked, relation, url: &url, seed: list.seed }))
}

fn in_words(statements: &Statements) -> String {
    let mut all = String::new();
    let mut add = |what: &str, statement: &Statement| {
        all.extend([format!("-- {what}\n")]);
        for (i, param) in statement.params.iter().enumerate() {
            all.extend([format!("--   ${}: {}\n", i + 1, param.in_words())]);
        }
        all.extend([format!("{};\n\n", statement.sql)]);
    };
    if let Some(zones) = &statements.zones {
        add("The different time zones; Canvass looks up which are known.", zones);
    }
    if let Some(odd) = &statements.odd {
        add("E-mail addresses beyond ASCII; Canvass writes them in lower case.", odd);
    }
    add("Counts and cuts, from which the sizes are allocated.", &statements.counts);
    add("The draw: people by cell and draw order.", &statements.people);
    all.truncate(all.trim_end().len());
    all + "\n"
}

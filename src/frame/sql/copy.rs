//! A copy of the needed columns, for strata that take people as they come, and for whole clusters.
//!
//! Who arrives on which day is worked out over all days of the period by the embedded engine, which needs the rows; so are
//! clusters, each by the hash of its value.
//! Goes in: the list; comes out: a CSV file that holds the columns that the spec names, as the database prints them.
//! Its owner sees to it that nobody else can read it, and that it goes.

use std::collections::BTreeMap;
use std::path::Path;

use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

use crate::frame::Entering;
use crate::frame::clauses::clauses_hash;
use crate::frame::design::Design;
use crate::frame::margins;
use crate::frame::read::needs;
use crate::frame::sql::columns::{Columns, in_words, relation};
use crate::frame::sql::connect::Server;
use crate::frame::sql::dialect::Dialect;
use crate::frame::sql::postgres::Postgres;
use crate::frame::sql::run::Task;
use crate::frame::sql::statement::Statement;
use crate::frame::types::{FrameError, Problem, Problems, Reading};
use crate::frame::waves::risk_groups;
use crate::model::Checked;
use crate::model::checked::Frame;

/// Tells whether a list stands in a database and its strata are not drawn by a statement, so that a copy is needed.
#[must_use]
pub fn needs_copy(checked: &Checked) -> bool {
    let in_database = checked.frame.as_ref().is_some_and(|f| f.relation.is_some());
    in_database && Design::new(checked).is_ok_and(|design| cant_be_a_statement(checked, &design))
}

/// Tells whether a list stands in a database and people come while the campaign runs.
#[must_use]
pub fn is_read_again(checked: &Checked) -> bool {
    let in_database = checked.frame.as_ref().is_some_and(|f| f.relation.is_some());
    in_database && Design::new(checked).is_ok_and(|design| comes_later(&design))
}

/// Statements draw at launch, from the smallest random number on.
pub fn cant_be_a_statement(checked: &Checked, design: &Design) -> bool {
    let beside = checked.strata.iter().any(|s| s.panel.is_some() || s.coordination.is_some());
    let counted = margins::of_list(checked).next().is_some();
    beside || counted || checked.draws_clusters() || comes_later(design) || !risk_groups(checked).is_empty()
}

fn comes_later(design: &Design) -> bool {
    design.entering.iter().any(|e: &Entering| !e.at_launch())
}

/// Returns the spec as if its list were that file.
#[must_use]
pub fn copied(checked: &Checked, file: &Path) -> Checked {
    let mut copied = checked.clone();
    if let Some(frame) = &mut copied.frame {
        frame.relation = None;
        frame.source = file.to_string_lossy().into_owned();
    }
    copied
}

/// Makes an empty file that only its owner can read, and that goes when it is dropped.
pub fn empty_copy() -> Result<NamedTempFile, FrameError> {
    let made = tempfile::Builder::new().prefix("canvass-list-").suffix(".csv").tempfile();
    made.map_err(|e| FrameError::list(format!("there is no room for a copy of the list: {e}")))
}

/// Makes a reading of the copy one of the list itself: its clauses, and problems that name the list and no line.
pub fn as_of_the_database(reading: &mut Reading, checked: &Checked) {
    reading.summary.clauses = clauses_hash(checked);
    let Some(frame) = &checked.frame else { return };
    let events: Vec<&str> = checked.events.iter().map(|e| e.source.as_str()).collect();
    let mut together = Problems::default();
    let mut counted: BTreeMap<(String, String), u64> = BTreeMap::new();
    for problem in std::mem::take(&mut reading.problems).first {
        if events.contains(&problem.file.as_str()) {
            together.push(problem);
        } else {
            *counted.entry((problem.column, problem.message)).or_default() += 1;
        }
    }
    for ((column, message), n) in counted {
        let message = if n == 1 { message } else { format!("{n} cells: {message}") };
        together.push(Problem { file: frame.source.clone(), row: 0, column, message });
    }
    reading.problems = together;
}

/// Writes the rows of the list into a file.
pub async fn copy(task: Task<'_>, file: &Path) -> Result<(), FrameError> {
    let (frame, _) = needs(task.checked)?;
    let mut server = Server::connect(task.url, &in_words(frame)).await?;
    let from = relation(task.relation, &Postgres);
    let found = server.columns(&from).await?;
    Columns::new(frame, &found, &Postgres)?;
    let repeated = server.texts(&repeated(frame, &from)).await?;
    if let Some(number) = repeated.first().filter(|n| *n != "0") {
        return Err(FrameError::list(repeated_keys(number, frame)));
    }
    let trouble = |e: std::io::Error| FrameError::list(format!("`{}` can't be written: {e}", file.display()));
    let mut out = tokio::io::BufWriter::new(tokio::fs::File::create(file).await.map_err(trouble)?);
    let mut outcome = Ok(());
    server.copy(&rows(frame, &from), async |bytes: &[u8]| out.write_all(bytes).await, &mut outcome).await?;
    outcome.map_err(trouble)?;
    out.flush().await.map_err(trouble)?;
    server.close().await;
    Ok(())
}

/// Says that keys are not unique.
pub fn repeated_keys(number: &str, frame: &Frame) -> String {
    format!(
        "{number} keys stand in more than one row of {}, and nobody can tell which row counts; choose another column \
         as `key`, or write a `source query` that gives each key once",
        in_words(frame)
    )
}

fn repeated(frame: &Frame, from: &str) -> Statement {
    let d = &Postgres;
    let key = d.as_text(&format!("s.{}", d.identifier(&frame.key)));
    let filled = format!("{} IS NOT NULL", d.trimmed("key"));
    let sql = format!(
        "SELECT count(*)::text FROM (SELECT 1 FROM (SELECT {key} AS key FROM {from} AS s) AS keys WHERE {filled} \
         GROUP BY key HAVING count(*) > 1) AS repeated"
    );
    Statement { sql, params: Vec::new() }
}

fn rows(frame: &Frame, from: &str) -> String {
    let contacts =
        [&frame.email, &frame.mobile, &frame.person_name, &frame.language, &frame.timezone, &frame.device];
    let mut names: Vec<&str> = vec![&frame.key];
    names.extend(frame.cluster.as_ref().map(|c| c.column.as_str()));
    names.extend(contacts.into_iter().filter_map(|c| c.as_deref()));
    names.extend(frame.fields.iter().map(|f| f.name.as_str()));
    let mut columns: Vec<String> = Vec::new();
    for name in names {
        let name = Postgres.identifier(name);
        let column = format!("{} AS {name}", Postgres.as_text(&format!("s.{name}")));
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    let columns = columns.join(", ");
    format!(
        "COPY (SELECT {columns} FROM {from} AS s) TO STDOUT WITH (FORMAT csv, HEADER true, FORCE_QUOTE *)"
    )
}

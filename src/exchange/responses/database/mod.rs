//! Finished answers in a database: counted where the rows are, or copied out.
//!
//! Goes in: a checked spec whose `responses` name rows, and the server's address. Comes out: the same [`Tally`] as from a
//! file with the same rows, to the last bit. Where no row has to be judged by a condition, only texts and scores with
//! how many people have them leave the database; else the columns that the spec names are copied, and read like a file.
//! Nothing here may write into the database.

mod count;
mod scores;
mod statement;
mod words;

use std::path::Path;

use tokio::io::AsyncWriteExt;

use crate::exchange::responses::columns::Columns;
use crate::exchange::responses::database::statement::Writer;
use crate::exchange::responses::person::Reader;
use crate::exchange::responses::{count_from, read_from};
use crate::frame::FrameError;
use crate::frame::sql::{Postgres, Server, places, relation};
use crate::model::Checked;
use crate::model::checked::{Relation, Responses};
use crate::score::collected::Collected;
use crate::score::tally::gathered::Tally;
use crate::score::tally::layout::{Layout, Unsuitable};

pub use self::words::Shown;

/// Answers in a database.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// The spec.
    pub checked: &'a Checked,
    /// What it says of the columns.
    pub spec: &'a Responses,
    /// The rows.
    pub relation: &'a Relation,
    /// Address of the server.
    pub url: &'a str,
}

/// Tells whether rows must be looked at one by one: by `clean`, `case`, or conditions of questions.
#[must_use]
pub fn needs_rows(checked: &Checked) -> bool {
    let asked = checked.questionnaire.questions.iter().any(|q| q.condition.is_some());
    asked || !checked.clean.is_empty() || !checked.cases.is_empty()
}

/// Counts the answers inside the database; what can't be counted is the inner error.
///
/// Nothing where nearly everybody has a weight of their own: such rows are better copied.
pub async fn count(task: Task<'_>) -> Result<Option<Result<Tally, Unsuitable>>, FrameError> {
    let layout = match Layout::of(task.checked) {
        Ok(layout) => layout,
        Err(why) => return Ok(Some(Err(why))),
    };
    let names = Columns::names(task.checked, task.spec);
    let columns = in_order(task, &names)?;
    let reader = Reader::new(task.checked, task.spec, &columns, &layout);
    let mut server = open(task, &names).await?;
    server.with_room().await?;
    let writer = Writer { dialect: &Postgres, reader: &reader, names: &names, relation: task.relation };
    let counted = count::run(&mut server, &writer).await?;
    server.close().await;
    Ok(counted.map(|counted| Ok(Tally::new(task.checked, layout, counted))))
}

/// Returns the statements that count, without a look at the database.
pub fn show(
    checked: &Checked,
    spec: &Responses,
    rows: &Relation,
) -> Result<Result<Vec<Shown>, Unsuitable>, FrameError> {
    let layout = match Layout::of(checked) {
        Ok(layout) => layout,
        Err(why) => return Ok(Err(why)),
    };
    let names = Columns::names(checked, spec);
    let columns = in_order(Task { checked, spec, relation: rows, url: "" }, &names)?;
    let reader = Reader::new(checked, spec, &columns, &layout);
    let writer = Writer { dialect: &Postgres, reader: &reader, names: &names, relation: rows };
    Ok(Ok(words::all(&writer)))
}

/// Copies the columns that the spec names into a file, and counts the answers in one pass.
pub async fn count_copied(task: Task<'_>, file: &Path) -> Result<Result<Tally, Unsuitable>, FrameError> {
    // Which of several rows with one key counts depends on their order; nothing else does.
    copy(task, file, task.spec.key.is_some()).await?;
    count_from(task.checked, task.spec, Path::new(""), &file.to_string_lossy())
}

/// Copies the columns that the spec names into a file, and reads the answers one by one.
pub async fn read(task: Task<'_>, file: &Path) -> Result<Collected, FrameError> {
    copy(task, file, true).await?;
    read_from(task.checked, task.spec, Path::new(""), &file.to_string_lossy())
}

async fn copy(task: Task<'_>, file: &Path, ordered: bool) -> Result<(), FrameError> {
    let names = Columns::names(task.checked, task.spec);
    let mut server = open(task, &names).await?;
    let trouble = |e: std::io::Error| FrameError::list(format!("`{}` can't be written: {e}", file.display()));
    let mut out = tokio::io::BufWriter::new(tokio::fs::File::create(file).await.map_err(trouble)?);
    let mut outcome = Ok(());
    let sql = statement::copy(&Postgres, task.spec, task.relation, &names, ordered);
    server.copy(&sql, async |bytes: &[u8]| out.write_all(bytes).await, &mut outcome).await?;
    outcome.map_err(trouble)?;
    out.flush().await.map_err(trouble)?;
    server.close().await;
    Ok(())
}

/// Connects, and looks whether all columns are there.
async fn open(task: Task<'_>, names: &[String]) -> Result<Server, FrameError> {
    let list = in_words(task.relation);
    let mut server = Server::connect(task.url, &list).await?;
    let found = server.columns(&relation(task.relation, &Postgres)).await?;
    let wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    places(&list, &found, &wanted)?;
    Ok(server)
}

/// Returns what the rows are called in messages.
fn in_words(relation: &Relation) -> String {
    match relation {
        Relation::Table(name) => format!("table `{name}`"),
        Relation::Query(_) => "the query of `responses`".to_owned(),
    }
}

/// Numbers the columns in the order of the statements.
fn in_order(task: Task, names: &[String]) -> Result<Columns, FrameError> {
    Columns::find(task.checked, task.spec, names.len(), |wanted| {
        let place = |name: &&str| names.iter().position(|n| n == name);
        wanted
            .iter()
            .map(place)
            .collect::<Option<Vec<usize>>>()
            .ok_or_else(|| FrameError::spec("a column has no name"))
    })
}

//! The connection to a `PostgreSQL` server, and its errors in words.
//!
//! Everything runs in one read-only transaction that sees one state of the list. Messages name host and database,
//! never the address as given: it may hold a password.

use std::future::poll_fn;
use std::pin::Pin;
use std::str::FromStr;
use std::time::Duration;

use futures_core::Stream;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Column, ConnectOptions, Connection, Executor, Row, Statement as _, TypeInfo};

use crate::frame::sql::columns::Found;
use crate::frame::sql::dialect::Param;
use crate::frame::sql::statement::Statement;
use crate::frame::types::FrameError;

/// How long a server may take to answer at all.
const PATIENCE: Duration = Duration::from_secs(20);

/// What texts of dates and numbers look like, whatever the server is set to.
const SESSION: &str = "SET datestyle = 'ISO, YMD'; SET timezone = 'UTC'; SET extra_float_digits = 1; \
                       SET standard_conforming_strings = on; SET statement_timeout = 0; \
                       BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// An open connection.
pub struct Server {
    connection: PgConnection,
    /// Host and database, for messages.
    place: String,
    /// What the rows come from, for messages.
    list: String,
}

impl Server {
    /// Connects; `list` names in messages what is read.
    pub async fn connect(url: &str, list: &str) -> Result<Self, FrameError> {
        let url = url.trim();
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            return Err(FrameError::list(
                "the address of a database begins with postgres://, as in postgres://user@host:5432/name",
            ));
        }
        // The parser's own words may repeat parts of the address.
        let options = PgConnectOptions::from_str(url).map_err(|_| {
            FrameError::list(
                "the address of the database can't be read; write postgres://user:password@host:5432/name and \
                 escape characters such as `@`, `/` and `#` in the password as %40, %2F and %23",
            )
        })?;
        let options = options.application_name("canvass").disable_statement_logging();
        let database = options.get_database().unwrap_or(options.get_username());
        let place = format!("database `{database}` on {}:{}", options.get_host(), options.get_port());
        let open = tokio::time::timeout(PATIENCE, PgConnection::connect_with(&options)).await;
        let connection = open
            .map_err(|_| {
                FrameError::list(format!("{place} does not answer within 20 seconds; is the address right?"))
            })?
            .map_err(|e| FrameError::list(refused(&e, &place, options.get_username())))?;
        let mut server = Self { connection, place, list: list.to_owned() };
        server.settle().await?;
        Ok(server)
    }

    async fn settle(&mut self) -> Result<(), FrameError> {
        let about = "SELECT current_setting('server_encoding'), current_setting('server_version_num')::int";
        let about: (String, i32) = match sqlx::query_as(about).fetch_one(&mut self.connection).await {
            Ok(about) => about,
            Err(e) => return Err(self.trouble(&e)),
        };
        if about.0 != "UTF8" {
            let words =
                format!("{} holds its texts as {}, and keys are hashed as UTF-8", self.place, about.0);
            return Err(FrameError::list(format!("{words}; export the list as CSV (UTF-8)")));
        }
        if about.1 < 120_000 {
            return Err(FrameError::list(format!("{} is older than PostgreSQL 12", self.place)));
        }
        let set = self.connection.execute(SESSION).await;
        set.map(|_| ()).map_err(|e| self.trouble(&e))
    }

    /// Lets each step of a statement take up to 128 MB before it goes to disk.
    pub async fn with_room(&mut self) -> Result<(), FrameError> {
        let set = self.connection.execute("SET LOCAL work_mem = '128MB'").await;
        set.map(|_| ()).map_err(|e| self.trouble(&e))
    }

    /// Returns names and types of the columns of a relation, as it stands behind `from`.
    pub async fn columns(&mut self, from: &str) -> Result<Vec<Found>, FrameError> {
        let sql = format!("SELECT * FROM {from} AS s LIMIT 0");
        // Preparing alone would not ask for the permission to read.
        let run = self.connection.execute(AssertSqlSafe(sql.clone())).await;
        run.map_err(|e| self.trouble(&e))?;
        let prepared = self.connection.prepare(sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(sql))).await;
        let prepared = prepared.map_err(|e| self.trouble(&e))?;
        let column = |c: &sqlx::postgres::PgColumn| (c.name().to_owned(), c.type_info().name().to_owned());
        Ok(prepared.columns().iter().map(column).collect())
    }

    /// Runs a statement that gives one text a row.
    pub async fn texts(&mut self, statement: &Statement) -> Result<Vec<String>, FrameError> {
        let query = sqlx::query_scalar(AssertSqlSafe(statement.sql.clone())).persistent(false);
        query.fetch_all(&mut self.connection).await.map_err(|e| self.trouble(&e))
    }

    /// Runs a statement and hands over its rows one by one.
    pub async fn rows(
        &mut self,
        statement: &Statement,
        given: &Given,
        each: &mut (dyn FnMut(&PgRow) -> Result<(), sqlx::Error> + Send),
    ) -> Result<(), FrameError> {
        let mut query = sqlx::query(AssertSqlSafe(statement.sql.clone())).persistent(false);
        for param in &statement.params {
            query = match param {
                Param::AtRest => query.bind(&given.at_rest),
                Param::Suppressed => query.bind(&given.suppressed),
                Param::Zones => query.bind(&given.zones),
                Param::OddTexts => query.bind(&given.odd_texts),
                Param::OddAddresses => query.bind(&given.odd_addresses),
                Param::Cuts => query.bind(&given.cuts),
                Param::Sizes => query.bind(&given.sizes),
            };
        }
        let outcome = every(query.fetch(&mut self.connection), each).await;
        outcome.map_err(|e| self.trouble(&e))
    }

    /// Runs a statement that is given lists of its own, and hands over its rows one by one.
    pub async fn answer(
        &mut self,
        sql: &str,
        given: &[Listed],
        each: &mut (dyn FnMut(&PgRow) -> Result<(), sqlx::Error> + Send),
    ) -> Result<(), FrameError> {
        let mut query = sqlx::query(AssertSqlSafe(sql.to_owned())).persistent(false);
        for list in given {
            query = match list {
                Listed::Texts(texts) => query.bind(texts),
                Listed::Numbers(numbers) => query.bind(numbers),
            };
        }
        let outcome = every(query.fetch(&mut self.connection), each).await;
        outcome.map_err(|e| self.trouble(&e))
    }

    /// Runs a `COPY … TO STDOUT` and hands over what comes, piece by piece; stops at the first failure of `each`.
    pub async fn copy<E>(
        &mut self,
        sql: &str,
        mut each: impl AsyncFnMut(&[u8]) -> Result<(), E>,
        outcome: &mut Result<(), E>,
    ) -> Result<(), FrameError> {
        let failed = match self.connection.copy_out_raw(sql).await {
            Err(e) => Some(e),
            Ok(mut pieces) => loop {
                match next(&mut pieces).await {
                    None => break None,
                    Some(Err(e)) => break Some(e),
                    Some(Ok(bytes)) => {
                        *outcome = each(&bytes).await;
                        if outcome.is_err() {
                            break None;
                        }
                    }
                }
            },
        };
        failed.map_or(Ok(()), |e| Err(self.trouble(&e)))
    }

    /// Ends the transaction and says goodbye.
    pub async fn close(self) {
        // Nothing was written, so nothing can be lost by a failure here.
        let _ = self.connection.close().await;
    }

    /// Says in words why a statement failed.
    fn trouble(&self, error: &sqlx::Error) -> FrameError {
        let (list, place) = (&self.list, &self.place);
        let code =
            error.as_database_error().and_then(sqlx::error::DatabaseError::code).map(|c| c.to_string());
        let said = error.as_database_error().map_or_else(|| error.to_string(), |e| e.message().to_owned());
        FrameError::list(match code.as_deref() {
            Some("42P01" | "3F000") => {
                format!("{place} has no {list}: {said}; name it with its schema, as in `crm.customers`")
            }
            Some("42501") => {
                format!("{list} of {place} can't be read: {said}; grant `select` on it to this user")
            }
            Some("42601" | "42703" | "42883" | "42P18" | "42804") => {
                format!("{list} can't be run by {place}: {said}")
            }
            Some("25006") => format!("{list} would write into {place}; a list is only read: {said}"),
            Some("22P02" | "22003" | "22007" | "22008") => {
                format!("{list} holds a value that {place} can't compute with: {said}")
            }
            Some("53100" | "53200") => format!("{place} has no room for the draw: {said}"),
            Some(code) => format!("{list} of {place} can't be read: {said} (SQLSTATE {code})"),
            None => format!("the connection to {place} broke while {list} was read: {said}"),
        })
    }
}

/// Lists that statements are given.
#[derive(Debug, Default)]
pub struct Given {
    /// See [`crate::frame::sql::dialect::Param`].
    pub at_rest: Vec<String>,
    /// See there.
    pub suppressed: Vec<String>,
    /// See there.
    pub zones: Vec<String>,
    /// See there.
    pub odd_texts: Vec<String>,
    /// See there.
    pub odd_addresses: Vec<Option<String>>,
    /// See there.
    pub cuts: Vec<Option<f64>>,
    /// See there.
    pub sizes: Vec<i64>,
}

/// A list that a statement is given.
#[derive(Debug, Clone, PartialEq)]
pub enum Listed {
    /// Texts.
    Texts(Vec<String>),
    /// Double-precision numbers.
    Numbers(Vec<f64>),
}

/// Reads a column of a row.
pub fn get<'r, T>(row: &'r PgRow, index: usize) -> Result<T, sqlx::Error>
where
    T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    row.try_get(index)
}

/// Says in words why a server can't be reached.
fn refused(error: &sqlx::Error, place: &str, user: &str) -> String {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code).map(|c| c.to_string());
    match (code.as_deref(), error) {
        (Some("28P01" | "28000"), _) => {
            format!("{place} refuses user `{user}`; check user and password in the environment variable")
        }
        (Some("3D000"), _) => format!("there is no {place}; check its name in the address"),
        (Some("53300"), _) => format!("{place} has no free connection; try again later"),
        (_, sqlx::Error::Database(e)) => format!("{place} refuses the connection: {}", e.message()),
        (_, sqlx::Error::Tls(e)) => insecure(place, e),
        // What is wrong with a certificate shows in the handshake, which is reading and writing.
        (_, sqlx::Error::Io(e))
            if e.get_ref()
                .is_some_and(<dyn std::error::Error + Send + Sync>::is::<tokio_rustls::rustls::Error>) =>
        {
            insecure(place, e)
        }
        (_, sqlx::Error::Io(e)) => {
            format!("{place} can't be reached: {e}; is the server running, and the address right?")
        }
        (_, e) => format!("{place} can't be reached: {e}"),
    }
}

fn insecure(place: &str, why: &dyn std::fmt::Display) -> String {
    format!(
        "{place} can't be reached over TLS: {why}; add `?sslmode=verify-full&sslrootcert=FILE` for an authority of your own"
    )
}

/// Hands over the rows of a statement one by one.
async fn every(
    mut rows: impl Stream<Item = Result<PgRow, sqlx::Error>> + Unpin,
    each: &mut (dyn FnMut(&PgRow) -> Result<(), sqlx::Error> + Send),
) -> Result<(), sqlx::Error> {
    while let Some(row) = next(&mut rows).await {
        each(&row?)?;
    }
    Ok(())
}

/// Returns the next element of a stream.
async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)).await
}

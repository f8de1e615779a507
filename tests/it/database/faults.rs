//! What is said when a list can't be read from its database, and what the command line makes of it.

use std::path::Path;
use std::process::{Command, Output};

use canvass::frame::sql::{Task, read};
use canvass::frame::{FrameError, History};
use canvass::model::checked::Relation;

use super::rows::{SPEC, checked};
use crate::support::postgres::Postgres;

/// A small good table with the columns of the spec.
pub const TABLE: &str = "DROP SCHEMA IF EXISTS crm CASCADE; CREATE SCHEMA crm; CREATE TABLE crm.customers (id text, email text, \
                     phone text, display text, lang text, tz text, joined date, seen date, spend numeric, visits int, \
                     score float8, vip boolean, region text, note text); \
                     INSERT INTO crm.customers SELECT 'C' || i, 'c' || i || '@example.com', NULL, NULL, NULL, NULL, \
                     '2026-01-05', '2026-03-05', i, NULL, i, TRUE, 'east', NULL FROM generate_series(1, 50) AS i";

pub async fn refusal(url: &str, relation: Relation) -> String {
    let checked = with(relation.clone());
    let task = Task { checked: &checked, relation: &relation, url, seed: 1 };
    match read(task, &History::default(), true).await {
        Err(FrameError::List(messages)) => messages.join("\n"),
        other => panic!("{other:?}"),
    }
}

pub fn with(relation: Relation) -> canvass::model::Checked {
    let mut checked = checked(SPEC);
    checked.frame.as_mut().unwrap().relation = Some(relation);
    checked
}

pub fn table(name: &str) -> Relation {
    Relation::Table(name.to_owned())
}

fn query(text: &str) -> Relation {
    Relation::Query(text.to_owned())
}

pub fn says(message: &str, words: &[&str]) {
    for word in words {
        assert!(message.contains(word), "`{word}` is missing in: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cant_be_reached_is_named_without_its_password() {
    let server = Postgres::shared();
    let url = server.database("unreachable").await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let message = refusal(&format!("postgres://u:geheim@127.0.0.1:{closed}/crm"), table("t")).await;
    says(&message, &["database `crm` on 127.0.0.1", "is the server running"]);
    assert!(!message.contains("geheim"), "{message}");
    let message = refusal(&url.replace("canvass@", "nobody_here:geheim@"), table("t")).await;
    says(&message, &["refuses user `nobody_here`", "password"]);
    assert!(!message.contains("geheim"), "{message}");
    says(&refusal(&server.url("no_such"), table("t")).await, &["there is no database `no_such`"]);
    says(&refusal("mysql://u:geheim@127.0.0.1/x", table("t")).await, &["begins with postgres://"]);
    let message = refusal("postgres://u:ge#heim@127.0.0.1:port/x", table("t")).await;
    says(&message, &["escape"]);
    assert!(!message.contains("heim"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_columns_and_types_that_dont_fit_are_named_with_the_remedy() {
    let server = Postgres::shared();
    let url = server.database("columns").await;
    server.run("columns", TABLE).await;
    says(&refusal(&url, table("crm.customer")).await, &["table `crm.customer`", "does not exist"]);
    says(&refusal(&url, table("elsewhere.customers")).await, &["does not exist"]);
    says(&refusal(&url, query("selec 1")).await, &["the query of frame `customers`", "syntax error"]);
    server.run("columns", "ALTER TABLE crm.customers RENAME email TO e_mail").await;
    let message = refusal(&url, table("crm.customers")).await;
    says(&message, &["has no column `email`", "`e_mail`", "columns of table `crm.customers`"]);
    server.run("columns", "ALTER TABLE crm.customers RENAME e_mail TO email").await;
    let twice = query("select *, id as note from crm.customers");
    says(&refusal(&url, twice).await, &["two columns `note`", "`as`"]);
    server
        .run(
            "columns",
            "ALTER TABLE crm.customers ALTER joined TYPE timestamptz, ALTER visits TYPE float8, \
             ALTER vip TYPE date USING NULL, ALTER score TYPE boolean USING NULL",
        )
        .await;
    let message = refusal(&url, table("crm.customers")).await;
    says(
        &message,
        &[
            "column `joined` of table `crm.customers` is timestamptz, but field `joined` is a date",
            "joined::date as joined",
            "column `visits` of table `crm.customers` is double precision, but field `visits` is a whole number",
            "but field `vip` is yes or no",
            "column `score` of table `crm.customers` is boolean",
        ],
    );
    server.run("columns", "ALTER TABLE crm.customers ALTER id TYPE uuid USING gen_random_uuid()").await;
    let message = refusal(&url, query("select *, 1 from crm.customers")).await;
    says(&message, &["column `id`", "is uuid", "id::text as id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_rights_and_writing_queries() {
    let server = Postgres::shared();
    let url = server.database("rights").await;
    server.run("rights", TABLE).await;
    server
        .run(
            "rights",
            "DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA crm TO reader; \
             CREATE SEQUENCE crm.s; GRANT ALL ON SEQUENCE crm.s TO reader",
        )
        .await;
    let reader = url.replace("canvass@", "reader@");
    says(&refusal(&reader, table("crm.customers")).await, &["permission denied", "grant `select`"]);
    server.run("rights", "GRANT SELECT ON crm.customers TO reader").await;
    let relation = table("crm.customers");
    let checked = with(relation.clone());
    let task = Task { checked: &checked, relation: &relation, url: &reader, seed: 1 };
    assert_eq!(read(task, &History::default(), true).await.unwrap().drawn.len(), 50);

    let writing = query("select *, nextval('crm.s') as n from crm.customers");
    says(&refusal(&reader, writing).await, &["would write", "read-only"]);
    let moving = query(
        "select c.id || '-' || g as id, g || email as email, phone, display, lang, tz, joined, seen, spend, visits, score, vip, region, note from crm.customers as c, generate_series(1, 400) as g where random() < 0.5",
    );
    says(&refusal(&reader, moving).await, &["changed while it was being read", "nothing random"]);

    server.run("rights", "UPDATE crm.customers SET id = '  ' WHERE id IN ('C1', 'C2')").await;
    server.run("rights", "UPDATE crm.customers SET joined = 'infinity' WHERE id = 'C3'").await;
    let reading = read(task, &History::default(), true).await.unwrap();
    assert_eq!((reading.summary.rows, reading.summary.bad_rows, reading.summary.bad_cells), (50, 2, 1));
    let told: Vec<String> = reading.problems.first.iter().map(ToString::to_string).collect();
    says(&told[0], &["column `id`: the keys of 2 rows are empty"]);
    says(&told[1], &["column `joined`: 1 cell is not a date"]);
    server.run("rights", "UPDATE crm.customers SET id = 'C5' WHERE id IN ('C6', 'C7', 'C8')").await;
    server.run("rights", "UPDATE crm.customers SET id = 'C9' WHERE id = 'C10'").await;
    says(&refusal(&reader, relation.clone()).await, &["2 keys stand in more than one row"]);
}

fn canvass(folder: &Path, url: Option<&str>, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_canvass"));
    command.args(args).current_dir(folder).env_clear();
    if let Some(url) = url {
        command.env("CRM_URL", url);
    }
    command.output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_plans_draws_rehearses_and_shows_the_statements() {
    let server = Postgres::shared();
    let url = server.database("command").await;
    server.run("command", TABLE).await;
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let spec = SPEC.replace("source \"customers.csv\"", "source table \"crm.customers\"");
    std::fs::write(here.join("wave.survey"), spec.replace("sample all", "sample 20")).unwrap();
    std::fs::write(here.join("canvass.yaml"), "seed: 7\n").unwrap();

    let text = |o: &Output| String::from_utf8_lossy(&o.stderr).into_owned();
    let missing = canvass(here, Some(&url), &["plan", "wave.survey"]);
    assert_eq!(missing.status.code(), Some(3));
    says(&text(&missing), &["profile `dev` names none", "database: { env: CUSTOMERS_URL }"]);
    let settings = "seed: 7\nprofiles:\n  dev:\n    database: { env: CRM_URL }\n";
    std::fs::write(here.join("canvass.yaml"), settings).unwrap();
    let unset = canvass(here, None, &["plan", "wave.survey"]);
    assert_eq!(unset.status.code(), Some(3));
    says(&text(&unset), &["`CRM_URL` is not set"]);

    let args =
        ["plan", "wave.survey", "--format", "json", "--draw", "drawn.csv", "--write-summary", "frame.json"];
    let plan = canvass(here, Some(&url), &args);
    assert_eq!(plan.status.code(), Some(0), "{}", text(&plan));
    let plan: serde_json::Value = serde_json::from_slice(&plan.stdout).unwrap();
    assert_eq!(plan["frame"]["source"], "table crm.customers");
    assert_eq!(std::fs::read_to_string(here.join("drawn.csv")).unwrap().lines().count(), 21);
    let again = canvass(here, None, &["plan", "wave.survey", "--format", "json", "--summary", "frame.json"]);
    let again: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(plan["hash"], again["hash"]);

    let shown = canvass(here, Some(&url), &["plan", "wave.survey", "--show", "sql"]);
    assert_eq!(shown.status.code(), Some(0), "{}", text(&shown));
    let sql = String::from_utf8(shown.stdout).unwrap();
    says(
        &sql,
        &[
            "FROM \"crm\".\"customers\"",
            "sha256(convert_to('7:' ||",
            "-- The draw",
            "--   $1: e-mail addresses",
        ],
    );

    let rehearsed = canvass(here, Some(&url), &["rehearse", "wave.survey", "--quiet"]);
    assert_eq!(rehearsed.status.code(), Some(0), "{}", text(&rehearsed));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_runs_in_the_database_as_it_stands() {
    use sqlx::{Connection, Row};
    let server = Postgres::shared();
    let url = server.database("shown").await;
    server.run("shown", TABLE).await;
    let relation = table("crm.customers");
    let checked = with(relation.clone());
    let task = Task { checked: &checked, relation: &relation, url: &url, seed: 7 };
    let statements = canvass::frame::sql::show(task).await.unwrap();
    let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
    let mut query = sqlx::query(sqlx::AssertSqlSafe(statements.keys.sql.clone()));
    for param in &statements.keys.params {
        query = match param {
            canvass::frame::sql::Param::Sizes => query.bind(vec![5_i64]),
            canvass::frame::sql::Param::Cuts => query.bind(Vec::<f64>::new()),
            _ => query.bind(Vec::<String>::new()),
        };
    }
    let rows = query.fetch_all(&mut connection).await.unwrap();
    let keys: Vec<String> = rows.iter().map(|r| r.get(1)).collect();
    let drawn = read(task, &History::default(), true).await.unwrap().drawn;
    assert_eq!(keys, drawn.iter().take(5).map(|p| p.key.clone()).collect::<Vec<_>>());
    connection.close().await.unwrap();
}

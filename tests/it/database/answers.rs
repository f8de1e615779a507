//! Answers in a real PostgreSQL: the same report as from a file with the same rows, counted inside or copied.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output};

use canvass::exchange::responses::{self, database};
use canvass::frame::sql::empty_copy;
use canvass::model::checked::Relation;
use canvass::model::{Checked, Folder, analyse};
use canvass::report::{ReportData, build_collected, build_counted, json};
use serde_json::Value;

use super::faults::says;
use crate::score::one_pass::{Dice, Shape, alike, file, spec};
use crate::support::postgres::Postgres;
use crate::support::scratch::Scratch;

/// How many files are made up.
const CASES: u64 = 13;

/// Makes a database whose workers share every scan.
async fn parallel(server: &Postgres, name: &str) -> String {
    let url = server.database(name).await;
    for set in [
        "max_parallel_workers_per_gather = 4",
        "parallel_setup_cost = 0",
        "parallel_tuple_cost = 0",
        "min_parallel_table_scan_size = 0",
        "parallel_leader_participation = off",
    ] {
        server.run("postgres", &format!("ALTER DATABASE {name} SET {set}")).await;
    }
    url
}

fn shape(dice: &mut Dice, rules: bool) -> Shape {
    let mut yes = || dice.below(2) == 1;
    let (stratum, responded) = (yes(), yes());
    Shape {
        stratum,
        responded,
        population: stratum && yes(),
        cluster: yes(),
        keyed: yes(),
        rules,
        trim: yes(),
        nonresponse: responded && yes(),
        during: yes(),
        rows: 20 + dice.below(100) as usize,
        seed: dice.below(1 << 30),
        weight: dice.below(4) as u8,
        rake: dice.below(3) as u8,
        single: dice.below(5) as u8,
        hide: dice.below(3) as u8,
    }
}

/// Rows of a generated file that a table can hold: of the right width, and with the same cells where a key repeats.
fn rows(text: &str, keyed: bool, dice: &mut Dice) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let all: Vec<Vec<String>> =
        reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
    let width = all[0].len();
    let mut rows: Vec<Vec<String>> = vec![all[0].clone()];
    let mut known = std::collections::BTreeSet::new();
    for mut row in all.into_iter().skip(1).filter(|r| r.len() == width) {
        if !keyed || known.insert(row[0].clone()) {
            if keyed && dice.below(30) == 0 {
                row[0] = " ".to_owned();
            }
            if keyed && dice.below(20) == 0 {
                rows.push(row.clone());
            }
            rows.push(row);
        }
    }
    rows
}

fn to_csv(rows: &[Vec<String>]) -> Vec<u8> {
    let mut out = csv::Writer::from_writer(Vec::new());
    rows.iter().for_each(|row| out.write_record(row).unwrap());
    out.into_inner().unwrap()
}

/// Statements that make the table; its rows stand in another order than in the file.
fn table(rows: &[Vec<String>], dice: &mut Dice) -> String {
    let mut sql =
        "DROP SCHEMA IF EXISTS crm CASCADE; CREATE SCHEMA crm; CREATE TABLE crm.answers (".to_owned();
    // Other types than text, where all cells fit.
    let kind = |name: &String| match name.as_str() {
        "pop" => "int",
        "spent" => "numeric",
        _ => "text",
    };
    let columns: Vec<String> = rows[0].iter().map(|n| format!("\"{n}\" {}", kind(n))).collect();
    writeln!(sql, "{});", columns.join(", ")).unwrap();
    let mut order: Vec<&Vec<String>> = rows[1..].iter().collect();
    for i in (1..order.len()).rev() {
        order.swap(i, dice.below(i as u64 + 1) as usize);
    }
    sql += "INSERT INTO crm.answers VALUES ";
    for (i, row) in order.into_iter().enumerate() {
        let mut cell = |cell: &String| match cell.is_empty() && dice.below(2) == 0 {
            true => "NULL".to_owned(),
            false => format!("'{}'", cell.replace('\'', "''")),
        };
        let cells: Vec<String> = row.iter().map(&mut cell).collect();
        writeln!(sql, "{}({})", if i > 0 { "," } else { "" }, cells.join(", ")).unwrap();
    }
    sql
}

/// Analyses a spec, and the same one with its answers in a table.
fn both(spec: &str, home: &Path) -> [Checked; 2] {
    let there = spec.replace("responses \"own.csv\"", "responses table \"crm.answers\"");
    assert_ne!(spec, there);
    [spec.to_owned(), there].map(|text| {
        std::fs::write(home.join("own.survey"), &text).unwrap();
        let analysis = analyse("own.survey", &Folder(home.to_path_buf()));
        let Some(checked) = analysis.checked else { panic!("{:#?}\n{text}", analysis.diagnostics) };
        checked
    })
}

/// Returns a report without what may differ: the name of the source, and lines.
fn told(data: &ReportData) -> Value {
    let mut all: Value = serde_json::from_str(&json(data)).unwrap();
    all["method"]["source"] = Value::Null;
    all["collected"]["source"] = Value::Null;
    for problem in all["collected"]["problems"].as_array_mut().unwrap() {
        let what = problem["what"].as_str().unwrap();
        problem["what"] = what.split(" (first in line ").next().unwrap().to_owned().into();
    }
    all
}

/// Holds two reports to the same bytes; shows the first lines that differ.
fn same(file: &Value, ours: &Value, case: &str) {
    let [file, ours] = [file, ours].map(|v| serde_json::to_string_pretty(v).unwrap());
    let differing = file.lines().zip(ours.lines()).enumerate().filter(|(_, (a, b))| a != b);
    let first: Vec<_> = differing.take(5).collect();
    assert!(file == ours, "{case}\n{first:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_report_comes_out_of_a_table_as_out_of_a_file() {
    let server = Postgres::shared();
    let url = parallel(&server, "answers").await;
    let now = "2026-04-01T00:00:00Z".parse().unwrap();
    let (mut inside, mut copied, mut problems, mut repeated) = (0, 0, 0, 0);
    for case in 0..CASES {
        let dice = &mut Dice(case * 7919 + 3);
        let shape = shape(dice, case % 4 == 3);
        let home = Scratch::new("answers");
        std::fs::write(home.join("tier.csv"), "tier,count\ngold,300\nsilver,500\nbasic,1200\n").unwrap();
        std::fs::write(home.join("age.csv"), "age4,count\n1,10\n2,30\n3,35\n4,25\n").unwrap();
        let rows = rows(&file(&shape), shape.keyed, dice);
        std::fs::write(home.join("own.csv"), to_csv(&rows)).unwrap();
        server.run("answers", &table(&rows, dice)).await;
        let mut text = spec(&shape);
        if !shape.rules {
            text = text.replace("; when solved or rec >= 7", "");
        }
        let [here, there] = both(&text, &home);
        let spec = there.responses.as_ref().unwrap();
        assert_eq!(spec.relation, Some(Relation::Table("crm.answers".to_owned())));
        let task =
            database::Task { checked: &there, spec, relation: spec.relation.as_ref().unwrap(), url: &url };

        let file = responses::count(&here, &home).unwrap().unwrap().unwrap();
        let file = told(&build_counted(&here, &file, (None, &[]), now));
        let copy = empty_copy().unwrap();
        assert_eq!(database::needs_rows(&there), shape.rules);
        if !shape.rules {
            let ours = database::count(task).await.unwrap().unwrap().unwrap();
            same(
                &file,
                &told(&build_counted(&there, &ours, (None, &[]), now)),
                &format!("inside {case}: {shape:?}"),
            );
            inside += 1;
        }
        if shape.rules || case % 4 == 0 {
            let ours = database::count_copied(task, copy.path()).await.unwrap().unwrap();
            same(
                &file,
                &told(&build_counted(&there, &ours, (None, &[]), now)),
                &format!("copied {case}: {shape:?}"),
            );
            copied += 1;
        }
        if case % 4 == 1 {
            let kept = responses::read(&here, &home).unwrap().unwrap();
            let ours = database::read(task, copy.path()).await.unwrap();
            let ours = told(&build_collected(&there, &ours, now));
            let faults = alike("", &told(&build_collected(&here, &kept, now)), &ours);
            assert!(faults.is_empty(), "kept {case}: {shape:?}\n{}", faults.join("\n"));
        }
        let said = file["collected"]["problems"].as_array().unwrap();
        problems += said.len();
        repeated += usize::from(said.iter().any(|p| p["what"] == "rows repeat a key and are left out"));
    }
    assert!(inside > 9 && copied > 5 && problems > 60 && repeated > 2, "{inside} {problems} {repeated}");
}

fn canvass(folder: &Path, url: Option<&str>, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_canvass"));
    command.args(args).current_dir(folder).env_clear();
    if let Some(url) = url {
        command.env("CRM_URL", url);
    }
    command.output().unwrap()
}

const TABLE: &str = "DROP SCHEMA IF EXISTS crm CASCADE; CREATE SCHEMA crm; \
    CREATE TABLE crm.answers (id int, area text, joined date, member boolean, share float8, q1 smallint, q2 numeric, words text); \
    INSERT INTO crm.answers SELECT i, CASE WHEN i % 3 = 0 THEN 'north' ELSE 'south' END, date '2026-01-01' + i % 60, \
    i % 4 = 0, i / 7.0, 1 + i % 5, CASE WHEN i % 9 > 0 THEN i % 11 END, 'private words ' || i FROM generate_series(1, 400) AS i";

const SPEC: &str = r#"campaign own { title "Own"; languages en }
responses query "select *, q1 as q3 from crm.answers -- all of them" {
  key     id
  stratum area
  at      joined
  field member : yes_no
  speed   from q1
  rec     from q2
}
scale sat { 1 "Bad"; 2 "Poor"; 3 "Fair"; 4 "Good"; 5 "Best" }
section s "S" {
  question speed : sat { text "How satisfied are you with the speed?" }
  question rec : nps { text "How likely are you to recommend us to a friend?" }
  question words : text { text "What else?" }
}
score 0..100 {
  dimension all "All" 100% = mean(speed)
  index csi "Index" = weighted(all)
  kpi promoters = nps(rec)
  during 2026-01-05..2026-01-20 { all 100% }
}
analysis { segment by member }
privacy { keep 400 days }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_reports_exports_and_shows_the_statements() {
    let server = Postgres::shared();
    let url = parallel(&server, "reported").await;
    server.run("reported", TABLE).await;
    let home = Scratch::new("reported");

    home.write("own.survey", SPEC);
    home.write("canvass.yaml", "seed: 7\n");
    let text = |o: &Output| String::from_utf8_lossy(&o.stderr).into_owned();
    let missing = canvass(&home, Some(&url), &["report", "own.survey"]);
    assert_eq!(missing.status.code(), Some(3));
    says(&text(&missing), &["the answers stand in a database", "profile `dev` names none"]);
    home.write("canvass.yaml", "seed: 7\nprofiles:\n  dev:\n    database: { env: CRM_URL }\n");

    let report = |folder: &str, one_pass: &str| {
        let args = ["report", "own.survey", "--formats", "json", "--out", folder, "--one-pass", one_pass];
        let made = canvass(&home, Some(&url), &args);
        assert_eq!(made.status.code(), Some(0), "{}", text(&made));
        let made = std::fs::read_to_string(home.join(folder).join("report.json")).unwrap();
        serde_json::from_str::<Value>(&made).unwrap()
    };
    let counted = report("counted", "auto");
    let kept = report("kept", "never");
    assert_eq!(counted["collected"]["source"], "query select *, q1 as q3 from crm.answers -- all of them");
    assert_eq!(counted["collected"]["rows"], 400);
    assert_eq!((&counted["open"], &counted["close"]), (&"2026-01-01".into(), &"2026-03-01".into()));
    let faults = alike("scores", &kept["scores"], &counted["scores"]);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // Worked out by hand: 80 people for each of 0, 25, 50, 75 and 100.
    let csi = &counted["scores"]["overall"]["estimates"][1];
    assert_eq!(csi["value"], 50.0, "{csi}");

    let export = canvass(&home, Some(&url), &["export", "own.survey", "--format", "csv", "--out", "table"]);
    assert_eq!(export.status.code(), Some(0), "{}", text(&export));

    let shown = canvass(&home, None, &["report", "own.survey", "--show", "sql"]);
    assert_eq!(shown.status.code(), Some(0), "{}", text(&shown));
    let sql = String::from_utf8(shown.stdout).unwrap();
    says(
        &sql,
        &["GROUP BY g0, g1, i0", "row_number()", "--   $1: texts of `speed`", "their periods", "AS s1"],
    );

    home.write("own.survey", SPEC.replace("stratum area", "stratum region"));
    let faulty = canvass(&home, Some(&url), &["report", "own.survey"]);
    assert_eq!(faulty.status.code(), Some(3));
    says(&text(&faulty), &["the query of `responses` has no column `region`", "columns of the query"]);
    home.write("own.survey", SPEC.replace("privacy", "clean { drop \"low\" when speed = 1 }\nprivacy"));
    let rows = canvass(&home, None, &["report", "own.survey", "--show", "sql"]);
    assert_eq!(rows.status.code(), Some(1), "{}", text(&rows));
    says(&text(&rows), &["look at answers one by one"]);
    let judged = report("judged", "auto");
    assert_eq!(judged["scores"]["cleaning"]["dropped"], 80);

    // A wave before, of people without keys: it is counted in the database, too.
    let past = SPEC.replace("campaign own", "campaign past").replace("  key     id\n", "");
    home.write("past.survey", past.replace("from crm.answers", "from crm.answers where id % 5 > 0"));
    home.write("own.survey", SPEC.replace("languages en }", "languages en; follows past }"));
    let [counted, kept] = [report("both_counted", "auto"), report("both_kept", "never")];
    let faults = alike("change", &kept["change"], &counted["change"]);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // Whose number five divides had said 1, and is not in the wave before.
    let csi = &counted["change"]["measures"][1];
    assert_eq!((csi["other"].as_f64(), csi["difference"].as_f64()), (Some(62.5), Some(-12.5)), "{csi}");
}

#[test]
fn responses_name_rows_as_frames_do() {
    let home = Scratch::new("rows");
    let head = r#"query "select *, q1 as q3 from crm.answers -- all of them""#;
    let said = |source: &str| {
        home.write("own.survey", SPEC.replace(head, source));
        let analysis = analyse("own.survey", &Folder(home.0.clone()));
        let faults: Vec<String> =
            analysis.diagnostics.iter().map(|d| format!("{} {}", d.code, d.message)).collect();
        analysis.checked.map(|c| c.responses.unwrap().relation).ok_or_else(|| faults.join("\n"))
    };
    assert_eq!(said("\"own.csv\""), Ok(None));
    // Neither a name nor a query is a path that must lie in the repository.
    let text = "select * from x where path > '../y'";
    assert_eq!(said(&format!("query \"{text}\"")), Ok(Some(Relation::Query(text.to_owned()))));
    assert_eq!(said("table \"/odd\""), Ok(Some(Relation::Table("/odd".to_owned()))));
    says(&said("table").unwrap_err(), &["the table's name, such as `\"crm.answers\"` is missing"]);
    says(&said("query").unwrap_err(), &["a query in quotes", "is missing"]);
    says(&said("").unwrap_err(), &["the path of the file, or `table` or `query`"]);
    home.write("own.survey", SPEC.replace("responses query", "responses   query"));
    assert_eq!(canvass(&home, None, &["fmt", "own.survey"]).status.code(), Some(0));
    assert_eq!(canvass(&home, None, &["fmt", "--check", "own.survey"]).status.code(), Some(0));
    assert!(std::fs::read_to_string(home.join("own.survey")).unwrap().contains("\nresponses query \"select"));
}

/// What people wrote stays in the database.
#[tokio::test(flavor = "multi_thread")]
async fn statements_give_no_words_of_people() {
    use sqlx::{Connection, Row};
    let server = Postgres::shared();
    let url = server.database("private").await;
    server.run("private", TABLE).await;
    let home = Scratch::new("private");
    home.write("own.survey", SPEC);
    let checked = analyse("own.survey", &Folder(home.0.clone())).checked.unwrap();
    let spec = checked.responses.as_ref().unwrap();
    let shown = database::show(&checked, spec, spec.relation.as_ref().unwrap()).unwrap().unwrap();
    let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
    let mut rows = 0;
    for statement in shown.iter().filter(|s| s.given.is_empty()) {
        for row in
            sqlx::query(sqlx::AssertSqlSafe(statement.sql.clone())).fetch_all(&mut connection).await.unwrap()
        {
            rows += 1;
            for i in 0..row.len() {
                let text = row.try_get::<Option<String>, _>(i).ok().flatten().unwrap_or_default();
                assert!(!text.contains("private"), "{text}");
            }
        }
    }
    assert!((20..400).contains(&rows), "{rows}");
    connection.close().await.unwrap();
}

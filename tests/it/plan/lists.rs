//! The list in all its formats: the same draw comes out of each.

use std::io::Write;
use std::path::PathBuf;

use canvass::frame::{self, FrameError, History, Reading, sql};
use canvass::model::checked::Relation;
use proptest::prelude::{prop_assert_eq, proptest};

use sqlx::Connection;

use super::support::{Place, SPEC, list};
use crate::support::postgres::Postgres;

const SEED: u64 = 42;

fn read(place: &Place) -> Reading {
    frame::read(&place.checked, place.folder(), SEED, &History::default()).unwrap()
}

fn refused(place: &Place) -> String {
    frame::read(&place.checked, place.folder(), SEED, &History::default()).unwrap_err().messages().join("\n")
}

fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/frame").join(name);
    std::fs::read(path).unwrap()
}

/// A campaign over a list of another name.
fn over(name: &str, bytes: &[u8]) -> Place {
    let spec = SPEC
        .replace("customers.csv", name)
        .replace("  once per email\n", "  field who : text\n  once per email\n")
        .replace("sample all // rest", "sample 9");
    let place = Place::new(&spec, "");
    place.write(name, bytes);
    place
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// Summary without the hash of the clauses, which holds the name of the file; and everything about the people.
fn draw(reading: &Reading) -> (String, Vec<frame::Person>) {
    let mut summary = reading.summary.clone();
    summary.clauses.clear();
    (serde_json::to_string(&summary).unwrap(), reading.drawn.clone())
}

#[test]
fn the_same_draw_comes_out_of_every_format() {
    let csv = fixture("list.csv");
    let text = String::from_utf8(csv.clone()).unwrap();
    let expected = draw(&read(&over("list.csv", &csv)));
    assert!(expected.1.len() > 20);
    assert!(expected.1.iter().any(|p| p.fields["who"] == "张伟"));
    assert!(expected.1.iter().any(|p| p.fields["who"] == "say \"hi\""));

    let semicolons =
        text.replace("\"Bob, the\"", "Bob# the").replace(',', ";").replace("Bob# the", "Bob, the");
    let tabs = text.replace("\"Bob, the\"", "Bob# the").replace(',', "\t").replace("Bob# the", "Bob, the");
    let (gb18030, _, _) = encoding_rs::GB18030.encode(&text);
    let utf16: Vec<u8> =
        std::iter::once(0xfeff).chain(tabs.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let formats: Vec<(&str, Vec<u8>, &str)> = vec![
        ("mark.csv", format!("\u{feff}{text}").into_bytes(), ""),
        ("windows.csv", text.replace('\n', "\r\n").into_bytes(), ""),
        ("mac.csv", text.replace('\n', "\r").into_bytes(), ""),
        ("semicolons.csv", semicolons.into_bytes(), ""),
        ("tabs.txt", tabs.into_bytes(), ""),
        ("list.csv.gz", gzip(&csv), ""),
        ("china.csv", gb18030.to_vec(), "`china.csv` is not UTF-8 (line 2) and was read as GB18030"),
        ("china.csv.gz", gzip(&gb18030), "`china.csv.gz` is not UTF-8 (line 2) and was read as GB18030"),
        ("unicode.txt", utf16, "`unicode.txt` was read as UTF-16LE"),
        ("list.xlsx", fixture("list.xlsx"), ""),
        #[cfg(feature = "parquet")]
        ("list.parquet", super::parquet::written(&text), ""),
    ];
    for (name, bytes, note) in formats {
        let reading = read(&over(name, &bytes));
        assert_eq!(draw(&reading), expected, "{name}");
        assert_eq!(reading.problems.notes.join("\n"), note, "{name}");
    }
    assert_eq!(draw(&in_a_database(&over("list.csv", &csv), csv)), expected, "a table");
}

/// Draws from a table with the rows of the file, in columns of their own types.
fn in_a_database(place: &Place, csv: Vec<u8>) -> Reading {
    let mut checked = place.checked.clone();
    let relation = Relation::Table("list".to_owned());
    checked.frame.as_mut().unwrap().relation = Some(relation.clone());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let server = Postgres::shared();
        let url = server.database("formats").await;
        let columns = "key bigint, email text, signed_up date, spend numeric, visits int, who text";
        server.run("formats", &format!("CREATE TABLE list ({columns})")).await;
        let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
        let mut copy = connection.copy_in_raw("COPY list FROM STDIN CSV HEADER").await.unwrap();
        copy.send(csv).await.unwrap();
        copy.finish().await.unwrap();
        connection.close().await.unwrap();
        let task = sql::Task { checked: &checked, relation: &relation, url: &url, seed: SEED };
        sql::read(task, &History::default(), true).await.unwrap()
    })
}

#[test]
fn a_file_that_is_neither_is_refused() {
    let place = Place::new(SPEC, "");
    place.write("customers.csv", b"key,email,signed_up,spend,visits\na,\xff\xff@example.com,,,\n");
    insta::assert_snapshot!(refused(&place), @"customers.csv:2: this line is neither UTF-8 nor GB18030; save the file as “CSV UTF-8”");
    place.write("customers.csv", b"\x1f\x8b\x08\x00nonsense");
    assert!(refused(&place).starts_with("`customers.csv` can't be unpacked: "), "{}", refused(&place));
    let place = over("list.xlsx", b"PK nonsense");
    assert!(
        refused(&place).starts_with("`list.xlsx` is no workbook that can be read"),
        "{}",
        refused(&place)
    );
}

#[test]
fn a_quote_that_is_never_closed_takes_the_rest_as_one_cell() {
    let place =
        Place::new(SPEC, &list(&["a,a@example.com,2025-01-01,1,1", "b,\"b@example.com,2025-01-01,1,1"]));
    let reading = read(&place);
    assert_eq!((reading.summary.rows, reading.summary.bad_rows), (2, 1));
    assert_eq!(
        reading.problems.first[0].to_string(),
        "customers.csv:3: 2 cells where the header has 5; the row is left out"
    );
}

#[test]
fn line_numbers_are_those_of_the_file() {
    let place = Place::new(SPEC, "");
    let text = "\r\nkey,email,signed_up,spend,\"visits\"\r\na,a@example.com,2025-01-01,1,1\r\n\r\n\r\n\
                b,b@example.com,\"\r\n\",1,1\r\nc,c@example.com,x,1,1\r\n";
    place.write("customers.csv", text.as_bytes());
    let problems: Vec<String> = read(&place).problems.first.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        ["customers.csv:8: column `signed_up`: not a date as YYYY-MM-DD; counts as missing"]
    );
}

/// Rows over several blocks, so that rows are cut where blocks end.
#[test]
fn long_lists_are_cut_between_rows() {
    for quoted in [false, true] {
        let rows: Vec<String> = (0..30_000)
            .map(|i| {
                let mail = if quoted && i % 3 == 0 {
                    format!("\"p{i}@example.com\"")
                } else {
                    format!("p{i}@example.com")
                };
                let spend = if quoted && i % 1000 == 1 { "\"\n5\n\"".to_owned() } else { "5".to_owned() };
                format!("k{i},{mail},2025-01-01,{spend},{i}")
            })
            .collect();
        let place = Place::new(SPEC, &list(&rows));
        let reading = read(&place);
        assert_eq!(
            (reading.summary.rows, reading.summary.bad_rows, reading.summary.bad_cells),
            (30_000, 0, 0)
        );
        assert_eq!(reading.summary.eligible, 30_000);
        let person = reading.drawn.iter().find(|p| p.key == "k20001").unwrap();
        assert_eq!(person.email.as_deref(), Some("p20001@example.com"));
    }
}

proptest! {
    /// What is a row and a cell is what the crate `csv` says, for any text.
    #[test]
    fn rows_are_those_of_another_reader(text in "[a,\"\n\r;é]{0,60}") {
        let place = Place::new(SPEC, "");
        place.write("customers.csv", format!("key,email,signed_up,spend,visits\n{text}").as_bytes());
        let mut other = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = other.records().map(Result::unwrap).collect();
        let mut keys: Vec<String> = Vec::new();
        for row in rows.iter().filter(|r| r.len() == 5 && !r[0].trim().is_empty()) {
            if !keys.contains(&row[0].to_owned()) {
                keys.push(row[0].to_owned());
            }
        }
        let reading = match frame::read(&place.checked, place.folder(), SEED, &History::default()) {
            Ok(reading) => reading,
            Err(FrameError::List(why) | FrameError::Spec(why)) => panic!("{why:?}"),
        };
        prop_assert_eq!(reading.summary.rows, rows.len() as u64);
        prop_assert_eq!(reading.summary.rows - reading.summary.bad_rows, keys.len() as u64);
    }
}

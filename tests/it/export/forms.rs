//! CSV, SPSS and Excel: what another program reads out of them.

use std::process::Command;

use calamine::{Data, Reader};
use canvass::exchange::beside::Beside;
use canvass::exchange::delimited::harmless;
use canvass::exchange::files::{Form, export};
use canvass::score::wave::Wave;

use super::shapes::{collected, made, rows};
use crate::support::scratch::Scratch;

#[test]
fn words_are_no_formulas() {
    for (text, safe) in [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-x", "'-x"),
        ("@a", "'@a"),
        ("\tx", "'\tx"),
        ("'a", "''a"),
        ("东区", "东区"),
    ] {
        assert_eq!(harmless(text), safe);
    }
}

/// Python's standard library reads the SPSS file by the published form; its cells and labels are those of the CSV file.
#[test]
fn spss_and_excel_hold_what_csv_holds() {
    let folder = Scratch::new("forms");
    let checked = made(&folder, "weight w\n  stratum st\n  population npop", "", &rows(4, 60, false));
    let collected = collected(&checked, &folder);
    let wave = Wave::of_collected(&checked, &collected);
    for form in [Form::R, Form::Csv, Form::Spss, Form::Xlsx] {
        let (one, two) = (
            export(&wave, form, true, Beside::default()).unwrap(),
            export(&wave, form, true, Beside::default()).unwrap(),
        );
        assert!(one.files == two.files, "{form:?} differs between two runs");
        for (name, bytes) in one.files {
            folder.write(if name.is_empty() { "file" } else { &name }, &bytes);
            match form {
                Form::Spss => drop(folder.write("data.sav", &bytes)),
                Form::Xlsx => drop(folder.write("data.xlsx", &bytes)),
                _ => {}
            }
        }
    }
    let program = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent/read_sav.py");
    let output = Command::new("python3")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(program)
        .args([folder.join("data.sav"), folder.join("exported.csv")])
        .output()
        .expect("python3 reads the SPSS file; install it");
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let table = std::fs::read_to_string(folder.join("exported.csv")).unwrap();
    let data = std::fs::read_to_string(folder.join("data.csv")).unwrap();
    let (mut theirs, mut ours) =
        (csv::Reader::from_reader(table.as_bytes()), csv::Reader::from_reader(data.as_bytes()));
    assert_eq!(theirs.headers().unwrap(), ours.headers().unwrap());
    let same = |a: &str, b: &str| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a.to_bits() == b.to_bits(),
        _ => a == b,
    };
    let (theirs, ours): (Vec<_>, Vec<_>) =
        (theirs.records().map(Result::unwrap).collect(), ours.records().map(Result::unwrap).collect());
    assert_eq!((theirs.len(), ours.len()), (60, 60));
    for (a, b) in theirs.iter().zip(&ours) {
        a.iter().zip(b).for_each(|(a, b)| assert!(same(a, b), "{a} is not {b}"));
    }
    for words in [
        "总体满意度？",
        "overall 5.0 非常满意",
        "overall -98.0 不适用",
        "overall missing -99.0 -96.0",
        "measure overall 2",
        "weight weight.final",
        "UTF-8",
    ] {
        assert!(said.contains(words), "{words} is not in\n{said}");
    }

    let mut book: calamine::Xlsx<_> = calamine::open_workbook(folder.join("data.xlsx")).unwrap();
    assert_eq!(book.sheet_names(), ["data", "codebook", "weights"]);
    let sheet = book.worksheet_range("data").unwrap();
    for (row, record) in sheet.rows().skip(1).zip(&ours) {
        for (cell, text) in row.iter().zip(record) {
            let shown = match cell {
                Data::Empty => String::new(),
                Data::Float(x) => x.to_string(),
                other => other.to_string(),
            };
            assert!(same(&shown, text), "{shown} is not {text}");
        }
    }
}

#[test]
#[cfg(not(feature = "parquet"))]
fn parquet_that_was_not_built_says_so() {
    let folder = Scratch::new("no-parquet");
    let checked = made(&folder, "weight w", "", &rows(4, 20, false));
    let collected = collected(&checked, &folder);
    let why = export(&Wave::of_collected(&checked, &collected), Form::Parquet, false, Beside::default());
    let why = why.unwrap_err();
    assert!(why.contains("built without Parquet") && why.contains("--features parquet"), "{why}");
    assert!(why.contains("--format csv"), "{why}");
}

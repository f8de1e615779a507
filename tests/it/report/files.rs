//! What is written, and what stands in it.

use std::path::PathBuf;

use canvass::exchange::responses;
use canvass::model::{Folder, analyse};
use canvass::report::words::words;
use canvass::report::{Format, Records, ReportData, build, build_collected, html, json, markdown, write};
use jiff::Timestamp;

use super::simulate;
use crate::support::scratch::Scratch;

fn now() -> Timestamp {
    "2026-03-01T01:00:00Z".parse().unwrap()
}

fn data() -> ReportData {
    let checked = simulate::quarterly();
    let plan = simulate::plan(&checked);
    build(&checked, &plan, &simulate::records(&checked, 7), now())
}

/// A folder of its own; `CANVASS_KEEP` names one to look at afterwards.
fn folder(name: &str) -> PathBuf {
    let root = std::env::var_os("CANVASS_KEEP").map_or_else(std::env::temp_dir, PathBuf::from);
    root.join(format!("canvass-report-{name}-{}", std::process::id()))
}

const ALL: [Format; 4] = [Format::Json, Format::Markdown, Format::Html, Format::Xlsx];

fn languages() -> Vec<String> {
    vec!["zh".to_owned(), "en".to_owned()]
}

#[test]
fn the_same_answers_give_the_same_files() {
    let (one, two) = (folder("one"), folder("two"));
    let first = write(&one, &data(), &ALL, &languages()).unwrap();
    let second = write(&two, &data(), &ALL, &languages()).unwrap();
    assert_eq!(first.len(), 19, "{first:?}");
    for (a, b) in first.iter().zip(&second) {
        assert!(std::fs::read(a).unwrap() == std::fs::read(b).unwrap(), "{} differs", a.display());
    }
    if std::env::var_os("CANVASS_KEEP").is_none() {
        std::fs::remove_dir_all(one).unwrap();
        std::fs::remove_dir_all(two).unwrap();
    }
}

/// 2,000 answers that hardly differ: an interval whose ends looked alike would say that there is no error.
#[test]
fn the_ends_of_a_short_interval_are_seen_apart() {
    let home = Scratch::new("short-interval");
    let rows = (0..2000).map(|i| format!("3.43{}\n", i % 2)).collect::<String>();
    std::fs::write(home.0.join("own.csv"), format!("visits\n{rows}")).unwrap();
    let spec = "campaign own { title \"Own\"; languages en }\nresponses \"own.csv\"\nsection s \"S\" {\n  \
        question visits : number 0..100 { text \"How often did you come in the last 12 months?\" }\n}\n\
        score 0..100 { kpi came = mean(visits) }\nprivacy { keep 400 days }\n";
    std::fs::write(home.0.join("own.survey"), spec).unwrap();
    let checked = analyse("own.survey", &Folder(home.0.clone())).checked.unwrap();
    let collected = responses::read(&checked, &home.0).unwrap().unwrap();
    let data = build_collected(&checked, &collected, now());
    // 3.4305 and 1.96 · 0.0005 / √2000 = 0.00002 on both sides.
    for page in [page(&data, "en"), markdown(&data, "en", "", &[]).unwrap().text] {
        assert!(page.contains("3.43048 – 3.43052"), "{page}");
    }
}

#[test]
fn words_of_both_languages_have_the_same_keys() {
    let keys = |l| words(l).into_keys().collect::<Vec<_>>();
    assert_eq!(keys("zh"), keys("en"));
    assert!(keys("zh").len() > 100);
    for (key, zh) in words("zh") {
        let places = |s: &str| s.matches('{').count();
        assert_eq!(places(&zh), places(&words("en")[&key]), "{key}");
    }
}

fn page(data: &ReportData, language: &str) -> String {
    html(data, language, &[]).unwrap()
}

#[test]
fn words_of_respondents_take_no_effect() {
    let checked = simulate::quarterly();
    let plan = simulate::plan(&checked);
    let mut records = simulate::records(&checked, 7);
    let nasty =
        "<script>alert(1)</script> | *bold* [x](http://a) ring me: 202 555 0143 or me@example.com $x^2$";
    for response in &mut records.responses {
        if response.answers.contains_key("why") {
            response.answers.insert("why".to_owned(), canvass::store::types::Answer::Text(nasty.to_owned()));
        }
    }
    let data = build(&checked, &plan, &records, now());
    let quote = &data.quotes[0].quotes[0];
    assert!(!quote.contains("0143") && !quote.contains('@'), "{quote}");
    assert_eq!(data.quotes[0].quotes.len(), 1, "the same words are quoted once");
    assert!(!page(&data, "zh").contains("<script"));
    let text = markdown(&data, "zh", "", &[]).unwrap().text;
    assert!(text.contains(r"\<script\>") && text.contains(r"\*bold\*"), "{text}");
    let table_rows: Vec<&str> = text.lines().filter(|l| l.starts_with('|')).collect();
    assert!(table_rows.iter().all(|l| l.ends_with('|')));
}

#[test]
fn quotes_need_as_many_answers_as_any_group() {
    let checked = simulate::quarterly();
    let mut records = simulate::records(&checked, 7);
    let mut left = 9;
    for response in &mut records.responses {
        let keep = response.state == canvass::store::types::ResponseState::Completed && left > 0;
        if response.answers.contains_key("why") && keep {
            left -= 1;
        } else {
            response.answers.remove("why");
        }
    }
    assert_eq!(build(&checked, &simulate::plan(&checked), &records, now()).quotes, []);
}

#[test]
fn masks_what_names_somebody() {
    use canvass::report::quotes::mask;
    assert_eq!(mask("请联系 wang@example.com 谢谢"), "请联系 … 谢谢");
    assert_eq!(mask("电话13800138000，谢谢"), "电话…，谢谢");
    assert_eq!(mask("call +1 202-555-0143 please"), "call … please");
    assert_eq!(mask("waited 45 minutes, 3 times in 2025"), "waited 45 minutes, 3 times in 2025");
}

#[test]
fn a_report_without_answers_says_so() {
    let checked = simulate::quarterly();
    let plan = simulate::plan(&checked);
    let mut records = Records { sample: simulate::records(&checked, 7).sample, ..Records::default() };
    records.sample.iter_mut().for_each(|u| u.response = None);
    let data = build(&checked, &plan, &records, now());
    assert!(page(&data, "zh").contains("还没有可用的答卷"));
    assert!(markdown(&data, "en", "", &[]).unwrap().text.contains("no usable responses yet"));
    assert!(!json(&data).contains("NaN"));
    let nobody = build(&checked, &plan, &Records::default(), now());
    assert!(page(&nobody, "en").contains("<html lang=\"en\">"));
}

#[test]
fn a_handful_of_answers_is_withheld_everywhere() {
    let checked = simulate::quarterly();
    let plan = simulate::plan(&checked);
    let mut records = simulate::records(&checked, 7);
    records.responses.retain(|r| r.state == canvass::store::types::ResponseState::Completed);
    records.responses.truncate(8);
    let data = build(&checked, &plan, &records, now());
    let numbers = |v: &serde_json::Value| v.as_object().unwrap().values().filter(|v| v.is_number()).count();
    let all: serde_json::Value = serde_json::from_str(&json(&data)).unwrap();
    for group in ["strata", "parts"] {
        for row in all["scores"][group].as_array().unwrap() {
            row["estimates"].as_array().unwrap().iter().for_each(|e| assert!(numbers(e) <= 1, "{group} {e}"));
        }
    }
    assert_eq!(numbers(&all["scores"]["overall"]["estimates"][0]), 0);
    assert!(page(&data, "zh").contains("为保护隐私暂不显示得分"));
    assert!(data.quotes.is_empty());
}

#[test]
fn charts_stand_alone_and_carry_chinese() {
    let page = markdown(&data(), "zh", "", &[]).unwrap();
    assert_eq!(page.charts.len(), 6);
    for (file, svg) in &page.charts {
        assert!(page.text.contains(&format!("({file})")), "{file} is shown nowhere");
        assert!(svg.contains("viewBox") && svg.contains("Noto Sans CJK SC"), "{file}");
        assert!(!svg.contains("NaN") && !svg.contains("href"), "{file}");
    }
    let measures = &page.charts[0].1;
    assert!(measures.contains("客户满意度指数"), "labels are text");
}

#[test]
fn html_needs_nothing_from_elsewhere() {
    let data = data();
    for language in ["zh", "en"] {
        let page = page(&data, language);
        for outside in ["src=", "<link", "@import", "url(http", "<script"] {
            assert!(!page.contains(outside), "{outside}");
        }
        let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|p| p.split('"').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "ids of charts are their own");
    }
}

#[test]
fn a_format_that_is_not_made_is_named_once() {
    let mut checked = simulate::quarterly();
    checked.report.formats.push("pdf".to_owned());
    let data = build(&checked, &simulate::plan(&checked), &Records::default(), now());
    let named = data.warnings.iter().filter(|w| w.get("en").contains("pdf")).count();
    assert_eq!(named, 1, "{:?}", data.warnings);
}

/// All numbers of a JSON value that a table of the workbook may show.
fn numbers_of(value: &serde_json::Value, out: &mut Vec<f64>) {
    match value {
        serde_json::Value::Number(x) => out.extend(x.as_f64()),
        serde_json::Value::Array(all) => all.iter().for_each(|v| numbers_of(v, out)),
        serde_json::Value::Object(all) => all.values().for_each(|v| numbers_of(v, out)),
        _ => {}
    }
}

/// Another program (calamine) opens the workbook: its numbers are those of `report.json`, unrounded.
#[test]
fn the_workbook_has_the_numbers_of_the_report() {
    use calamine::{Data, Reader};
    let data = data();
    let all: serde_json::Value = serde_json::from_str(&json(&data)).unwrap();
    for (language, sheets) in [("en", ["Scores", "By stratum"]), ("zh", ["得分", "分层"])] {
        let bytes = canvass::report::workbook(&data, language).unwrap();
        let mut book: calamine::Xlsx<_> =
            calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
        let names = book.sheet_names();
        assert_eq!(names.len(), 7, "{names:?}");
        assert!(sheets.iter().all(|s| names.iter().any(|n| n.contains(s))), "{names:?}");
        let (mut ours, mut shown) = (Vec::new(), 0);
        numbers_of(&all, &mut ours);
        for name in &names {
            for row in book.worksheet_range(name).unwrap().rows() {
                for cell in row {
                    assert!(!matches!(cell, Data::Error(_)), "{name}");
                    let Data::Float(x) = cell else { continue };
                    shown += 1;
                    assert!(
                        ours.iter().any(|y| (x - y).abs() <= 1e-12 * y.abs()),
                        "{name}: {x} is not in report.json"
                    );
                }
            }
        }
        assert!(shown > 1500, "{shown}");
        let scores = book.worksheet_range(&names[1]).unwrap();
        let estimates = all["scores"]["overall"]["estimates"].as_array().unwrap();
        assert_eq!(scores.height(), estimates.len() + 1);
        for (row, estimate) in scores.rows().skip(1).zip(estimates) {
            for (column, key) in [(3, "value"), (4, "standard_error"), (5, "low"), (6, "high"), (7, "n")] {
                let there = match &row[column] {
                    Data::Float(x) => Some(*x),
                    _ => None,
                };
                let close = match (there, estimate[key].as_f64()) {
                    (Some(x), Some(y)) => (x - y).abs() <= 1e-12 * y.abs(),
                    (None, None) => true,
                    _ => false,
                };
                assert!(close, "{key}: {there:?} is not {}", estimate[key]);
            }
        }
    }
}

#[test]
fn hidden_groups_are_hidden_in_the_workbook_too() {
    use calamine::{Data, Reader};
    let checked = simulate::quarterly();
    let plan = simulate::plan(&checked);
    let mut records = simulate::records(&checked, 7);
    records.responses.retain(|r| r.state == canvass::store::types::ResponseState::Completed);
    records.responses.truncate(8);
    let bytes = canvass::report::workbook(&build(&checked, &plan, &records, now()), "en").unwrap();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    for sheet in 1..4 {
        let name = book.sheet_names()[sheet].clone();
        for row in book.worksheet_range(&name).unwrap().rows().skip(1) {
            let numbers = row[3..].iter().filter(|c| matches!(c, Data::Float(x) if *x != 0.0)).count();
            assert_eq!(numbers, 0, "{name}: {row:?}");
        }
    }
}

#[test]
fn an_unwritable_folder_is_named() {
    let path = folder("file");
    std::fs::write(&path, "a file, no folder").unwrap();
    let failed = write(&path, &data(), &ALL, &languages()).unwrap_err().to_string();
    assert!(failed.contains(&*path.to_string_lossy()) && failed.contains("--out"), "{failed}");
    std::fs::remove_file(path).unwrap();
}

/// Cells of the row of the scores' table that has this number of answers.
fn row_of(page: &str, n: &str) -> Vec<String> {
    let line = page.lines().find(|l| l.contains(n)).unwrap_or_else(|| panic!("{n} is not there"));
    let plain = line.replace("</td>", "|").replace("<td class=\"r\">", "").replace("<b>", "");
    plain.split('|').map(|cell| cell.trim().to_owned()).filter(|cell| !cell.is_empty()).collect()
}

/// Of millions of answers an error is small, and is printed all the same; counts have their thousands apart.
#[test]
fn errors_are_printed_with_two_digits_however_small() {
    let mut data = data();
    let errors =
        [12.3456, 1.2345, 0.5678, 0.1, 0.0996, 0.0949, 0.01, 0.00999, 0.0014, 0.000_123_4, 3.21e-7, 0.0];
    let expected = [
        "12.35",
        "1.23",
        "0.57",
        "0.10",
        "0.10",
        "0.095",
        "0.010",
        "0.010",
        "0.0014",
        "0.00012",
        "0.00000032",
        "0.00",
    ];
    for (error, expected) in errors.into_iter().zip(expected) {
        let estimate = &mut data.scores.overall.estimates[0];
        estimate.standard_error = Some(error);
        (estimate.n, estimate.n_effective) = (Some(7_654_321), Some(1_234_567.8));
        for page in [markdown(&data, "en", "", &[]).unwrap().text, page(&data, "en")] {
            let table = page.split("Effective n").nth(1).unwrap();
            let cells = row_of(table, "7,654,321");
            let at = cells.iter().position(|c| c == "7,654,321").unwrap();
            assert_eq!((cells[at - 1].as_str(), &cells[at + 1][..9]), (expected, "1,234,568"), "{cells:?}");
        }
    }
}

//! Every code of a diagnostic is shown by a fixture or a test, at its place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use canvass::model::{Memory, analyse};

const BASE: &str = include_str!("../fixtures/model/base.survey");

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// A code without a test could point anywhere and nobody would notice.
#[test]
fn every_code_is_shown_by_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/diagnostics.md")).unwrap();
    let codes: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert!(codes.len() > 60);
    let mut files = Vec::new();
    files_below(&root.join("tests"), &mut files);
    let texts: Vec<String> = files.iter().filter_map(|path| fs::read_to_string(path).ok()).collect();
    let shown = |code: &&&str| texts.iter().any(|text| text.contains(**code));
    let missing: Vec<&&str> = codes.iter().filter(|code| !shown(code)).collect();
    assert!(missing.is_empty(), "no test shows {missing:?}");
}

/// Analyses a spec beside a template; returns each code with the text that is underlined.
fn told(spec: &str, template: &str) -> Vec<(&'static str, String)> {
    let files = [("main.survey", spec), ("mail.html", template)];
    let files = Memory(files.map(|(path, text)| (path.to_owned(), text.to_owned())).into());
    let analysis = analyse("main.survey", &files);
    let underlined = |span: canvass::source::Span| {
        let file = analysis.sources.get(span.file).unwrap();
        file.text[span.start as usize..span.end as usize].to_owned()
    };
    analysis.diagnostics.iter().map(|d| (d.code, underlined(d.span))).collect()
}

#[track_caller]
fn shows(spec: &str, template: &str, code: &str, at: &str) {
    let told = told(spec, template);
    let found = told.iter().find(|(found, _)| *found == code);
    assert!(found.is_some_and(|(_, text)| text.contains(at)), "{code} at {at}: {told:?}");
}

#[test]
fn templates_of_messages_have_links_and_can_be_read() {
    let own = |body: &str| BASE.replace("  subject \"请回答\"", &format!("  {body}\n  subject \"请回答\""));
    let spec = own("body file \"mail.html\"");
    assert_eq!(told(&spec, "<a href=\"{{ link }}\">1</a> {{ opt_out }}"), []);
    shows(&spec, "no way to answer {{ opt_out }}", "no-link", "mail.html");
    shows(&spec, "{{ link }} no way out", "no-way-out", "mail.html");
    shows(&spec, "{{ link }} {{ opt_out }} {% if name %}", "template-syntax", "mail.html");
    shows(&BASE.replace("请回答", "请{{回答"), "", "template-syntax", "请{{回答");
}

#[test]
fn nobody_is_invited_through_an_open_link() {
    let spec = BASE.replace("invite via mail", "invite via desk");
    shows(&format!("{spec}\nchannel desk : link {{ slug \"desk\" }}\n"), "", "wrong-channel", "desk");
}

#[test]
fn a_schedule_wants_a_list_and_a_spec_a_campaign() {
    let without = |keyword: &str| {
        let start = BASE.find(keyword).unwrap();
        let end = start + BASE[start..].find("\n}\n").unwrap() + 3;
        format!("{}{}", &BASE[..start], &BASE[end..])
    };
    let codes = |spec: &str| -> BTreeMap<&str, String> { told(spec, "").into_iter().collect() };
    assert!(codes(&without("frame customers")).contains_key("no-frame"));
    assert!(codes(&without("campaign base")).contains_key("missing-campaign"));
}

#[test]
fn line_ends_of_both_kinds_are_told_at_the_rarer() {
    let mixed = BASE.replacen("sample all\n", "sample all\r\n", 1);
    assert_eq!(told(&mixed, "").iter().map(|(code, _)| *code).collect::<Vec<_>>(), ["mixed-line-ends"]);
    assert_eq!(told(&BASE.replace('\n', "\r\n"), ""), []);
    // Lines that end in CR alone are one finding, and its mend is the whole file.
    let old = BASE.replace('\n', "\r");
    assert_eq!(told(&old, ""), [("mixed-line-ends", "\r".to_owned())]);
    let files = Memory([("main.survey".to_owned(), old)].into());
    let fix = analyse("main.survey", &files).diagnostics[0].fix.clone().unwrap();
    assert_eq!((fix.span.start, fix.replacement.as_str()), (0, BASE));
}

/// Thousands of brackets of any kind are one slip, or two.
#[test]
fn ten_thousand_brackets_are_few_findings() {
    let many = |sign: &str| sign.repeat(10_000);
    let condition = |inside: &str| BASE.replace("sample all", &format!("where {inside}\n  sample all"));
    let texts = [
        many("("),
        many(")"),
        many("{"),
        many("}"),
        many("["),
        condition(&format!("{}spend > 5{}", many("("), many(")"))),
        condition(&format!("{}spend > 5", many("("))),
        condition(&many("[")),
        format!("{BASE}{}", many("{")),
        format!("{BASE}{}", many("({")),
        format!("{BASE}{}", many("}")),
    ];
    for text in texts {
        let found = told(&text, "");
        let codes: Vec<&str> = found.iter().map(|(code, _)| *code).collect();
        assert!((1..=2).contains(&codes.len()), "{codes:?}: {}", &text[text.len() - 40..]);
    }
}

#[test]
fn reversed_ranges_and_endings_stand_at_their_values() {
    let spec = BASE.replace("  sample all\n", "  where spend in 500..20\n  sample all\n");
    shows(&spec, "", "range", "500..20");
    let spec = BASE.replace("close 2026-01-31 18:00", "close 2026-01-01 18:00");
    shows(&spec, "", "schedule-order", "2026-01-01");
}

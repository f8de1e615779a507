//! The canonical form: what it looks like, that it is stable, and that it changes nothing but blanks.

use std::path::{Path, PathBuf};

use canvass::source::SourceMap;
use canvass::syntax::format::{Refused, format, meaning};
use proptest::prelude::*;

use super::properties::{Change, change, changed};
use super::{declarations, file, parsed};

/// Formats a text.
fn formatted(text: &str) -> Result<String, Refused> {
    let mut sources = SourceMap::default();
    sources.add("a.survey", text);
    format(file(&sources))
}

/// Checks that a text formats to another, and that to itself.
#[track_caller]
fn becomes(text: &str, expected: &str) {
    assert_eq!(formatted(text).unwrap(), expected, "{text}");
    assert_eq!(formatted(expected).unwrap(), expected, "not stable");
}

/// Checks what holds for any text: refused when broken, else stable, and only blanks, `;` and useless commas move.
#[track_caller]
fn holds(text: &str) {
    let (_, before) = parsed("a.survey", text);
    match formatted(text) {
        Err(Refused::Broken(findings)) => assert_eq!(findings, before.diagnostics),
        Err(Refused::WouldChange) => panic!("the formatter lost something of {text:?}"),
        Ok(once) => {
            let (_, after) = parsed("a.survey", &once);
            assert_eq!(meaning(&after.file), meaning(&before.file), "{text:?}");
            let again = formatted(&once).unwrap();
            let first = once.lines().zip(again.lines()).find(|(a, b)| a != b);
            assert!(again == once, "not stable: {first:?} of {text}");
            assert_eq!(letters(&once), letters(text));
            // Texts of several lines keep their blanks.
            let tidy = !once.contains("\n\n\n") && !once.contains(" \n");
            assert!(!once.contains('\r') && (tidy || once.contains("\"\"\"")));
            assert!(once.is_empty() || once.ends_with('\n') && !once.ends_with("\n\n"));
        }
    }
}

/// What must survive: everything but blanks, line ends, `;` and commas, and where a block's brace stands beside a comment
/// of its head.
fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, ';' | ',' | '{' | '\u{FEFF}')).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns all files below a folder with this ending, sorted.
fn below(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let hidden = path.file_name().unwrap().to_string_lossy().starts_with('.');
            if path.is_dir() && !hidden {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_specs_and_the_template_are_in_canonical_form() {
    let files = [below("specs", "survey"), below("templates", "survey")].concat();
    assert!(files.len() >= 5);
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(formatted(&text).unwrap(), text, "run `canvass fmt` on {}", path.display());
    }
}

/// What people copy from the pages is how it will stay.
#[test]
fn examples_of_the_pages_are_in_canonical_form() {
    let mut examples = 0;
    for page in below("docs/language", "md") {
        let text = std::fs::read_to_string(&page).unwrap();
        for part in text.split("```survey").skip(1) {
            let (kind, example) = part.split_once('\n').unwrap();
            let example = example.split("```").next().unwrap();
            // Some pages show what is wrong on purpose.
            let Ok(canonical) = formatted(example) else { continue };
            examples += 1;
            assert_eq!(canonical, example, "in {} ({kind})", page.display());
        }
    }
    assert!(examples > 15, "{examples}");
}

#[test]
fn every_fixture_is_kept_and_stable() {
    let files = below("tests/fixtures", "survey");
    assert!(files.len() > 30);
    for path in files {
        holds(&std::fs::read_to_string(&path).unwrap());
    }
}

/// What the author has on one line stays there while it fits.
#[test]
fn blocks_stay_on_one_line_while_they_fit() {
    becomes(
        "report   {formats markdown,html;show why quotes 5}",
        "report { formats markdown, html; show why quotes 5 }\n",
    );
    becomes(
        "report { formats markdown, html\n show why quotes 5 }",
        "report {\n  formats markdown, html\n  show why quotes 5\n}\n",
    );
    becomes("question when : date {\n\n}", "question when : date {}\n");
    // A mistake, but not one of layout.
    becomes(
        "stratum a {\n  where spend in top -20% or spend in top 5%\n}",
        "stratum a {\n  where spend in top -20% or spend in top 5%\n}\n",
    );
    let long = "scale ease { 1 \"非常困难\" / \"Very difficult\"; 2 \"困难\" / \"Difficult\"; 3 \"一般\" / \"Neither easy nor difficult\"; 4 \"容易\" / \"Easy\" }";
    let table = "scale ease {\n  1 \"非常困难\" / \"Very difficult\"\n  2 \"困难\"     / \"Difficult\"\n  3 \"一般\"     / \"Neither easy nor difficult\"\n  4 \"容易\"     / \"Easy\"\n}\n";
    becomes(long, table);
}

/// Settings have their values in one column; sentences do not.
#[test]
fn settings_are_lined_up() {
    let text = "frame f {\n source \"a.csv\"\n key id\n language lang\n field a:date\n field bcd : int\n once per email\n}";
    let want = "frame f {\n  source   \"a.csv\"\n  key      id\n  language lang\n  field a   : date\n  field bcd : int\n  once per email\n}\n";
    becomes(text, want);
}

#[test]
fn tables_are_lined_up_by_the_columns_of_a_screen() {
    let text = "score 0..100 {\ndimension a \"产品质量\" / \"Product\" 30% = mean(x)\ndimension long_name \"价格\" / \"Price\" 5% = mean(y, z)  from 2\n}";
    let want = "score 0..100 {\n  dimension a         \"产品质量\" / \"Product\" 30% = mean(x)\n  dimension long_name \"价格\"     / \"Price\"    5% = mean(y, z) from 2\n}\n";
    becomes(text, want);
    // A blank line ends a table, a comment on its own line does not.
    let text = "rows {\n a \"甲\" / \"A\"\n // why\n bcd \"乙乙\" / \"B\"\n\n\n efghi \"丙\" / \"C\"\n}";
    let want =
        "rows {\n  a   \"甲\"   / \"A\"\n  // why\n  bcd \"乙乙\" / \"B\"\n\n  efghi \"丙\" / \"C\"\n}\n";
    becomes(text, want);
}

#[test]
fn long_texts_take_a_line_for_each_language() {
    let zh = "总体而言，您对过去三个月我们提供的服务有多满意？";
    let en = "Overall, how satisfied are you with the service we have given you over the past three months?";
    becomes(
        &format!("question q : nps {{ text \"{zh}\" / \"{en}\" }}"),
        &format!("question q : nps {{\n  text \"{zh}\" /\n       \"{en}\"\n}}\n"),
    );
    becomes("note zh \"一\" /\n  en \"one\"", "note zh \"一\" /\n     en \"one\"\n");
}

#[test]
fn lists_that_do_not_fit_or_were_broken_take_a_line_for_each_value() {
    becomes(
        "question q : choice {\n  options phone \"电话\" / \"By phone\",\n  no \"没有\" / \"None\", other \"其他\" / \"Another\" specify\n}",
        "question q : choice {\n  options phone \"电话\" / \"By phone\",\n          no    \"没有\" / \"None\",\n          other \"其他\" / \"Another\" specify\n}\n",
    );
    let given = (0..30).map(|n| format!("question_{n} {n}")).collect::<Vec<_>>().join(", ");
    let folded = formatted(&format!("test \"t\" {{\n given {given}\n}}")).unwrap();
    assert!(folded.lines().count() > 4 && folded.lines().all(|line| line.len() <= 120), "{folded}");
    assert!(folded.lines().skip(2).take(2).all(|line| line.starts_with("        question_")), "{folded}");
}

#[test]
fn long_conditions_break_where_they_bind_least() {
    let condition = "where (region in (north_east, north_west, south_east, south_west) or spend in top 20%) and (visits >= 20 or last_seen within 6 months)";
    becomes(
        &format!("stratum s {{\n{condition}\n}}"),
        "stratum s {\n  where (region in (north_east, north_west, south_east, south_west) or spend in top 20%) and\n        (visits >= 20 or last_seen within 6 months)\n}\n",
    );
}

#[test]
fn signs_stand_where_they_mean_the_same() {
    becomes("a -2.5 by -20%", "a -2.5 by -20%\n");
    becomes("k x=1-a*-b/(-2 - c)", "k x = 1 - a * -b / (-2 - c)\n");
    becomes(
        "s when a in -2..2 and not(b is missing)or c in(x,y,)",
        "s when a in -2..2 and not (b is missing) or c in (x, y)\n",
    );
    becomes("when(a)", "when (a)\n");
    becomes("improves count(tickets)by -20%", "improves count(tickets) by -20%\n");
    becomes(
        "a 0..100 2026-01-20..2026-01-31 09:00..20:00 4.0",
        "a 0..100 2026-01-20..2026-01-31 09:00..20:00 4.0\n",
    );
}

#[test]
fn comments_stay_with_what_they_explain() {
    let text = "//  first\r\n\r\n\r\n\r\nstratum s {// head\r\n   // own\r\n sample all// behind\r\n\r\n   // last\r\n}// end\r\n// eof";
    let pad = |line: &str, comment: &str| format!("{line:<48}{comment}\n");
    let want = [
        "//  first\n\n".to_owned(),
        pad("stratum s {", "// head"),
        "  // own\n".to_owned(),
        pad("  sample all", "// behind"),
        "\n  // last\n".to_owned(),
        pad("}", "// end"),
        "// eof\n".to_owned(),
    ];
    becomes(text, &want.concat());
    becomes(
        "words \"a\",   // one\n // two\n  \"b\"",
        &(pad("words \"a\",", "// one") + "      // two\n      \"b\"\n"),
    );
}

/// Behind a comma a head goes on, and its comment stands before the brace: it stays on the line of the head.
#[test]
fn comments_before_a_brace_stay_on_their_line() {
    let pad = |line: &str, comment: &str| format!("{line:<48}{comment}\n");
    let head = pad("stratum a \"A\", {", "// why");
    becomes("stratum a \"A\", // why\n {\n  sample all\n}\n", &(head.clone() + "  sample all\n}\n"));
    becomes("stratum a \"A\", // why\n{ sample all }\n", &(head.clone() + "  sample all\n}\n"));
    becomes("stratum a \"A\", // why\n{}\n", &(head.clone() + "}\n"));
    becomes(
        "stratum a \"A\", // why\n// more\n{ // all of them\n  sample all // z\n}\n",
        &(head + "  // more\n  // all of them\n" + &pad("  sample all", "// z") + "}\n"),
    );
    let own = "stratum a \"A\", {\n  // own\n  sample all\n}\n";
    becomes("stratum a \"A\",\n// own\n{ sample all }\n", own);
}

#[test]
fn texts_of_several_lines_keep_their_words() {
    let text = "section s {\n question q : text {\n  text \"\"\"\n        eins\n          zwei\n\n        drei\n        \"\"\" / \"\"\"one\n two\"\"\"\n }\n}";
    let want = "section s {\n  question q : text {\n    text \"\"\"\n      eins\n        zwei\n\n      drei\n      \"\"\" /\n      \"\"\"one\n two\"\"\"\n  }\n}\n";
    becomes(text, want);
}

#[test]
fn a_broken_file_is_refused_with_its_findings() {
    let Err(Refused::Broken(findings)) = formatted("section s {\n  question q : nps {\n}\n") else {
        panic!()
    };
    assert!(findings.iter().any(|d| d.code == "unclosed-block"));
    // A `not` would take in the next line.
    assert!(matches!(formatted("case a \"A\" {\n  when not;solved\n}\n"), Err(Refused::Broken(_))));
    assert_eq!(formatted(""), Ok(String::new()));
    assert_eq!(formatted("\n\n"), Ok(String::new()));
}

/// Draws a declaration of one of the specs or good fixtures.
fn spec() -> impl Strategy<Value = String> {
    let files =
        [below("specs", "survey"), below("tests/fixtures/syntax/ok", "survey"), below("templates", "survey")];
    let texts: Vec<String> =
        files.concat().iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let parts = texts.iter().flat_map(|text| declarations(text)).map(str::to_owned);
    proptest::sample::select(parts.filter(|part| part.contains(' ')).collect::<Vec<_>>())
}

/// Changes of layout and small changes of words: what mostly stays free of errors.
fn gentle() -> impl Strategy<Value = Change> {
    let blanks = [
        " ", "  ", "\n", "\n\n\n", "\t", "\r\n", ";", " // c\n", "-", "(", ")", ",", "{", "}", "=", "\"",
        " and ",
    ];
    prop_oneof![
        6 => (0.0..1.0, proptest::sample::select(blanks.to_vec())).prop_map(|(at, what)| Change::Insert(at, what.to_owned())),
        1 => change(),
    ]
}

/// Puts something else where a text has blanks, so that words stay whole.
fn respaced(text: &str, at: f64, what: &str) -> String {
    let blanks: Vec<usize> = text.match_indices(' ').map(|(at, _)| at).collect();
    if blanks.is_empty() {
        return text.to_owned();
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a small length")]
    let place = blanks[(at * blanks.len() as f64) as usize];
    format!("{}{what}{}", &text[..place], &text[place + 1..])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_specs_are_kept_and_stable(text in spec(), changes in proptest::collection::vec(gentle(), 1..4)) {
        holds(&changes.iter().fold(text, |text, change| changed(&text, change)));
    }

    #[test]
    fn respaced_specs_are_kept_and_stable(
        text in spec(),
        changes in proptest::collection::vec((0.0..1.0, proptest::sample::select(vec!["\n", "  ", ";", "\n\n", " // c\n", "\r\n", "{", ", "])), 1..8),
    ) {
        let text = changes.iter().fold(text, |text, (at, what)| respaced(&text, *at, what));
        holds(&text);
    }
}

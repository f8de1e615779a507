//! Tests of `diagnostic`: how findings are drawn and written, and how names are guessed.

mod sarif;

use canvass::diagnostic::{
    Diagnostic, did_you_mean, render_github, render_json, render_sarif, render_text, summary,
};
use canvass::source::{FileId, SourceMap, Span};

/// Two files, an error with everything and a warning, given in the wrong order.
fn findings() -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::default();
    let shared = sources.add("common/共享 卷.survey", "scale 满意 { 1 \"不满意\" }\n");
    let main = sources.add("csat.survey", "campaign c {\n  title \"客户，满意\" = 满易 20%\n  rate 5\n}\n");
    let place = |file: FileId, part: &str| {
        let text = &sources.get(file).unwrap().text;
        let start = text.find(part).unwrap();
        Span::new(file, start, start + part.len())
    };
    let warning = Diagnostic::warning("rate", place(main, "rate 5"), "the rate has no unit");
    let error = Diagnostic::error("name", place(main, "满易"), "the scale `满易` is not known")
        .label(place(main, "title"), "needed: here, 100%")
        .label(place(shared, "满意"), "a similar name")
        .help("did you mean `满意`?")
        .fix(place(main, "满易"), "满意");
    (sources, vec![warning, error])
}

#[test]
fn text_points_at_chinese_and_at_other_files() {
    let (sources, findings) = findings();
    insta::assert_snapshot!("text", render_text(&findings, &sources, false, 100));
}

/// Whatever the width of the terminal, the caret stands below what it means.
#[test]
fn a_caret_behind_long_chinese_text_stands_in_its_column() {
    use unicode_width::UnicodeWidthStr;
    let mut sources = SourceMap::default();
    let line = format!("  title \"{}\" = wrong_name 20% \"{}\"", "客户满意度".repeat(12), "后".repeat(40));
    let file = sources.add("a.survey", format!("campaign c {{\n{line}\n}}\n"));
    let start = sources.get(file).unwrap().text.find("wrong_name").unwrap();
    let finding = [Diagnostic::error("x", Span::new(file, start, start + 10), "m")];
    let drawn = render_text(&finding, &sources, false, 80);
    let shown = drawn.lines().find(|l| l.contains("wrong_name")).unwrap();
    let carets = drawn.lines().find(|l| l.contains('^')).unwrap();
    let column = |l: &str, part: &str| l[..l.find(part).unwrap()].width();
    assert_eq!(column(shown, "wrong_name"), column(carets, "^^^^^^^^^^"), "{drawn}");
}

#[test]
fn text_is_cut_to_the_width_and_coloured_on_demand() {
    let mut sources = SourceMap::default();
    let file = sources.add("a.survey", format!("a {} b\n", "满".repeat(2000)));
    let end = sources.get(file).unwrap().text.len() - 2;
    let finding = [Diagnostic::error("x", Span::new(file, end, end + 1), "m")];
    let plain = render_text(&finding, &sources, false, 60);
    // annotate-snippets leaves room for the gutter.
    assert!(
        plain.lines().all(|line| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>() <= 70),
        "{plain}"
    );
    assert!(!plain.contains('\x1b'));
    assert!(render_text(&finding, &sources, true, 60).contains("\x1b["));
}

#[test]
fn any_place_can_be_drawn() {
    let mut sources = SourceMap::default();
    let empty = sources.add("empty.survey", "");
    let file = sources.add("a.survey", "a\r\n满\t{\n");
    for id in [empty, file, FileId(7)] {
        for start in 0..12 {
            for end in 0..12 {
                let span = Span { file: id, start, end };
                let finding = [Diagnostic::error("x", span, "message").label(Span { file, ..span }, "label")];
                assert!(render_text(&finding, &sources, false, 80).starts_with("error[x]: message\n"));
                assert!(render_json(&finding, &sources).contains("message"));
                assert!(render_sarif(&finding, &sources).contains("message"));
                assert!(render_github(&finding, &sources).starts_with("::error "));
            }
        }
    }
}

#[test]
fn json_has_all_of_it() {
    let (sources, findings) = findings();
    insta::assert_snapshot!("json", render_json(&findings, &sources));
    assert_eq!(render_json(&[], &sources), "[]\n");
}

#[test]
fn github_commands_are_escaped() {
    let (sources, findings) = findings();
    insta::assert_snapshot!("github", render_github(&findings, &sources));
    let mut odd = SourceMap::default();
    let file = odd.add("a,b:c%.survey", "x\ny");
    let finding = [Diagnostic::error("x", Span::new(file, 0, 3), "50%: two\r\nlines, and")];
    assert_eq!(
        render_github(&finding, &odd),
        "::error file=a%2Cb%3Ac%25.survey,line=1,endLine=2,col=1,title=x::50%25: two%0D%0Alines, and\n"
    );
}

#[test]
fn sarif_names_rules_places_and_fixes() {
    let (sources, findings) = findings();
    let sarif = render_sarif(&findings, &sources).replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!("sarif", sarif);
}

#[test]
fn counts_are_worded() {
    let (_, both) = findings();
    assert_eq!(summary(&both), "1 error, 1 warning");
    assert_eq!(summary(&both[..1]), "1 warning");
    assert_eq!(summary(&[both[1].clone(), both[1].clone()]), "2 errors");
    assert_eq!(summary(&[]), "no errors, no warnings");
    assert_eq!(render_text(&[], &SourceMap::default(), false, 80), "");
}

#[test]
fn names_are_guessed_when_close_enough() {
    let known = ["region", "stratum", "speed_score", "重点客户", "满意", "id", "Email"];
    let guess = |name| did_you_mean(name, known);
    assert_eq!(guess("regoin"), Some("region"));
    assert_eq!(guess("regions"), Some("region"));
    assert_eq!(guess("sped_scroe"), Some("speed_score"));
    assert_eq!(guess("重要客户"), Some("重点客户"));
    assert_eq!(guess("满易"), Some("满意"));
    assert_eq!(guess("email"), Some("Email"));
    assert_eq!(guess("ie"), None, "two letters fit anything");
    assert_eq!(guess("spend"), None);
    assert_eq!(guess("region"), None, "the very name is no guess");
    assert_eq!(did_you_mean("abd", ["abz", "aba"]), Some("aba"), "ties go to the first by name");
}

//! Switching rules off and on, for a statement and for a repository.

use canvass::model::rule::{Spec, Switch};
use canvass::model::{Judgement, analyse};

use super::{analyse_spec, findings, whole};

const OPEN: &str = "question why : text long required {\n  text \"What should we improve first?\"\n}\n";

fn with_line(line: &str) -> String {
    whole(&OPEN.replace("\n}", &format!("\n  {line}\n}}")), "en")
}

#[test]
fn an_allow_silences_its_statement_only_and_its_reason_is_kept() {
    let other = OPEN.replace("why", "other");
    let spec = format!("{}{other}", with_line("allow required_open_question \"this is a complaint form\""));
    let analysis = analyse_spec(&spec, &Judgement::default());
    let found = findings(&analysis);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].2.contains("`other`"));
    let off = analysis.checked.unwrap().switched_off;
    assert_eq!(off.len(), 1);
    assert_eq!((off[0].rule.as_str(), off[0].findings), ("required-open-question", 1));
    assert_eq!(off[0].reason, "this is a complaint form");
    assert_eq!(off[0].owner.as_deref(), Some("question `why`"));
}

#[test]
fn an_allow_names_a_rule_gives_a_reason_and_is_of_use() {
    for (line, code, words) in [
        ("allow required_open_qestion \"r\"", "unknown-name", "`required_open_qestion`"),
        ("allow required_open_question", "expected", "reason"),
        ("allow required_open_question \"  \"", "expected", "reason"),
        ("allow mixed_register \"brand voice\"", "unused-allow", "`mixed-register`"),
    ] {
        let found = findings(&analyse_spec(&with_line(line), &Judgement::default()));
        let own: Vec<_> = found.iter().filter(|f| f.1 == 3).collect();
        assert_eq!(own.len(), 1, "{line}: {found:?}");
        assert_eq!(own[0].0, code, "{line}");
        assert!(own[0].2.contains(words), "{line}: {found:?}");
    }
    let near = analyse_spec(&with_line("allow required_open_qestion \"r\""), &Judgement::default());
    let near = near.diagnostics.iter().find(|d| d.code == "unknown-name").unwrap().clone();
    assert_eq!(near.help.as_deref(), Some("did you mean `required_open_question`?"));
}

#[test]
fn a_row_may_be_called_allow() {
    let grid = "question rights : satisfied5 grid {\n  text \"How satisfied are you with these?\"\n  rows {\n    allow \"Ease of giving access\"\n    \
                deny \"Ease of taking it back\"\n  }\n}\n";
    let analysis = analyse_spec(&whole(grid, "en"), &Judgement::default());
    let names: Vec<String> =
        analysis.checked.unwrap().questionnaire.items.into_iter().map(|item| item.name).collect();
    assert_eq!(names, ["allow", "deny"]);
}

#[test]
fn a_repository_switches_a_rule_off_with_a_reason() {
    let mut judgement = Judgement::default();
    judgement.switches.set("required-open-question", Switch::Off("complaint forms".to_owned())).unwrap();
    let analysis = analyse_spec(&whole(OPEN, "en"), &judgement);
    assert_eq!(findings(&analysis), vec![]);
    let off = analysis.checked.unwrap().switched_off;
    assert_eq!(
        (off[0].reason.as_str(), off[0].owner.as_ref(), off[0].findings),
        ("complaint forms", None, 1)
    );
    for (name, switch, words) in [
        ("required-open-qestion", Switch::Off("r".to_owned()), "did you mean `required-open-question`"),
        ("mixed-register", Switch::Off(" ".to_owned()), "without a reason"),
    ] {
        let said = judgement.switches.set(name, switch).unwrap_err();
        assert!(said.contains(words), "{said}");
    }
}

/// Carets stand on the words, also behind escapes and in texts of several lines.
#[test]
fn a_place_inside_a_text_is_where_it_is_written() {
    for literal in [
        "\"您好。你的问题？\"",
        "\"“引\\\"号\\\\”。你的问题？\"",
        "\"第一行\\n第二行你的问题？\"",
        "\"\"\"\n      第一行\n        缩进\n      你的问题？\n    \"\"\"",
        "\"\"\"一 \\\"二\\\" 你的问题？\"\"\"",
    ] {
        let spec = whole(&format!("question q : yes_no {{\n  text {literal}\n}}\n"), "zh");
        let files = std::collections::BTreeMap::from([("main.survey".to_owned(), spec.clone())]);
        let analysis = analyse("main.survey", &canvass::model::Memory(files));
        let checked = analysis.checked.as_ref().unwrap_or_else(|| panic!("{:?}", analysis.diagnostics));
        let view = Spec::new(checked, &analysis.places, &analysis.sources, None);
        let stem = view.asked[0].stem;
        let at = stem.text.rfind("你的").unwrap();
        let span = stem.part(at..at + "你的问题".len());
        assert_eq!(analysis.sources.get(span.file).unwrap().slice(span), "你的问题", "{literal}");
        let all = stem.part(0..stem.text.len());
        let slice = analysis.sources.get(all.file).unwrap().slice(all).to_owned();
        assert!(!slice.starts_with('"') && !slice.ends_with('"') || literal.contains("\\\""), "{slice}");
        assert!(slice.ends_with('？'));
    }
}

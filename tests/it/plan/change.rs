//! What a change of the questionnaire means: safe, breaks the trend, breaks the data; and the word that lets it.

use std::collections::BTreeSet;
use std::process::Command;

use canvass::model::{Checked, Memory, analyse};
use canvass::plan::change::{Change, Effect, changes, sentence};

use crate::cli::canvass;
use crate::support::scratch::Scratch;

const SPEC: &str = include_str!("../../fixtures/trial/lamps.survey");

fn checked(text: &str) -> Checked {
    let analysis = analyse("lamps.survey", &Memory([("lamps.survey".to_owned(), text.to_owned())].into()));
    analysis.checked.unwrap_or_else(|| panic!("{:?}", analysis.diagnostics))
}

#[track_caller]
fn replaced(text: &str, pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "`{from}` is not there");
        text.replace(from, to)
    })
}

fn difference(pairs: &[(&str, &str)]) -> Vec<Change> {
    let after = replaced(SPEC, pairs);
    let found = changes(&checked(SPEC), &checked(&after));
    for change in &found {
        chinese(&sentence(change, "zh"), &[SPEC, &after]);
    }
    found
}

/// Every other part of a text, from the first on.
fn outside<'a>(text: &'a str, marks: &'a [char]) -> impl Iterator<Item = &'a str> {
    text.split(|c| marks.contains(&c)).step_by(2)
}

/// Checks that a sentence is Chinese but for names and values of the spec.
#[track_caller]
fn chinese(sentence: &str, specs: &[&str]) {
    assert!(sentence.chars().any(|c| ('一'..='鿿').contains(&c)), "{sentence}");
    let words = |text: &str| -> BTreeSet<String> {
        let latin = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        latin.filter(|w| w.starts_with(|c: char| c.is_ascii_alphabetic())).map(str::to_owned).collect()
    };
    // What is quoted may be an English text; an address or a time zone has no blanks.
    let parts = |spec: &&str| -> BTreeSet<String> {
        let of = spec.split('"').enumerate();
        of.filter(|(i, part)| i % 2 == 0 || !part.contains(' ')).flat_map(|(_, part)| words(part)).collect()
    };
    let known: BTreeSet<String> = specs.iter().flat_map(parts).collect();
    let plain: String = outside(sentence, &['`']).collect();
    let said: BTreeSet<String> = outside(&plain, &['“', '”']).flat_map(words).collect();
    assert!(said.is_subset(&known) && !plain.contains('{'), "{sentence}");
}

/// Checks that a change is told as exactly these differences.
#[track_caller]
fn gives(pairs: &[(&str, &str)], expected: &[(Effect, &str)]) {
    let found = difference(pairs);
    let told: Vec<(Effect, String)> = found.iter().map(|c| (c.effect, sentence(c, "en"))).collect();
    let told: Vec<(Effect, &str)> = told.iter().map(|(effect, what)| (*effect, what.as_str())).collect();
    assert_eq!(told, expected);
}

use Effect::{BreaksData, BreaksTrend, NotWhileRunning, Safe};

#[test]
fn what_changes_nothing_is_not_told() {
    gives(&[("campaign lamps {", "// more\ncampaign lamps {")], &[]);
    gives(&[("question overall :", "question   overall :")], &[]);
}

#[test]
fn wording_breaks_the_trend() {
    gives(
        &[("How did you last contact us?", "How did you contact us?")],
        &[(
            BreaksTrend,
            "question `reached` wording: “How did you last contact us?” → “How did you contact us?”",
        )],
    );
    gives(
        &[("\"Quiet\"", "\"Silence\"")],
        &[(BreaksTrend, "question `aspects` wording of its row `quiet`: “Quiet” → “Silence”")],
    );
    gives(
        &[("\"By phone\"", "\"Phone\"")],
        &[(BreaksTrend, "question `reached` label of its option `phone`: “By phone” → “Phone”")],
    );
    gives(&[("\"更多\"", "\"其他\"")], &[(BreaksTrend, "section `more` title: “更多” → “其他”")]);
}

#[test]
fn a_scale_that_changes_changes_all_its_questions() {
    let told = difference(&[("\"Neutral\"", "\"Neither\"")]);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(
        told.iter().all(|c| c.effect == BreaksTrend && c.what.get("en").contains("label of its point `3`"))
    );
    // Labels that change places give old codes a new meaning.
    let swapped = difference(&[
        ("2 \"不满意\"     / \"Dissatisfied\"", "2 \"满意\" / \"Satisfied\""),
        ("4 \"满意\"       / \"Satisfied\"", "4 \"不满意\" / \"Dissatisfied\""),
    ]);
    assert!(
        swapped
            .iter()
            .any(|c| c.effect == BreaksData
                && c.what.get("en") == "what its point `2` said is now said by `4`"),
        "{swapped:?}"
    );
}

#[test]
fn what_is_gone_breaks_the_data() {
    let callback = "  question callback : yes_no {\n    text \"我们可以联系您吗？\" / \"May we contact you?\"\n    when why is answered\n  }\n";
    let other = "  question other : yes_no { text \"好吗？\" / \"Good?\" }\n";
    gives(
        &[(callback, other)],
        &[
            (BreaksData, "question `callback` was removed; its answers have no question any more"),
            (Safe, "question `other` is new"),
        ],
    );
    gives(
        &[("visit \"到馆\"", "desk \"到馆\"")],
        &[(BreaksData, "question `reached` the code of its option changed: `visit` → `desk`")],
    );
    gives(
        &[("reached : choice {", "reached : choices {")],
        &[(BreaksData, "question `reached` kind: choice → choices")],
    );
    gives(&[("number 0..20", "number 0..10")], &[(BreaksData, "question `visits` range: 0..20 → 0..10")]);
    gives(&[("number 0..20", "number 0..50")], &[(BreaksTrend, "question `visits` range: 0..20 → 0..50")]);
}

#[test]
fn order_and_conditions_break_the_trend() {
    let visits = "  question visits : number 0..20 { text \"您上个月来过多少次？\" / \"How many times did you come last month?\" }\n";
    assert!(SPEC.contains(visits), "the fixture has changed");
    let moved =
        replaced(SPEC, &[(visits, ""), ("  question overall :", &format!("{visits}  question overall :"))]);
    let told = changes(&checked(SPEC), &checked(&moved));
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].effect, told[0].what.get("en")), (BreaksTrend, "was moved to the beginning"));
    gives(
        &[("when overall >= 4", "when overall >= 5")],
        &[(BreaksTrend, "question `praise` is asked on another condition")],
    );
    // A new question moves the indices of the model, and nothing else.
    gives(
        &[(
            "  question overall :",
            "  question first : yes_no { text \"来过吗？\" / \"Been here?\" }\n  question overall :",
        )],
        &[(Safe, "question `first` is new")],
    );
}

#[test]
fn weights_and_parts_of_scores_break_the_trend() {
    gives(
        &[
            ("60% = mean(light, quiet)", "50% = mean(light, quiet)"),
            ("40% = mean(overall)", "50% = mean(overall)"),
        ],
        &[(BreaksTrend, "score `place` weight: 60% → 50%"), (BreaksTrend, "score `whole` weight: 40% → 50%")],
    );
    gives(
        &[("mean(light, quiet)", "mean(light)")],
        &[(BreaksTrend, "score `place` is made of: light, quiet → light")],
    );
    gives(&[("\"Satisfied\" = top2", "\"Content\" = top2")], &[(Safe, "score `content` has another title")]);
}

/// What is no question: whom, how, when, what is promised, and what follows.
#[test]
fn the_rest_of_the_spec_is_judged_too() {
    let one = |pairs: &[(&str, &str)]| {
        let told = difference(pairs);
        assert_eq!(told.len(), 1, "{told:?}");
        (told[0].effect, told[0].what.get("en").to_owned())
    };
    let cases: [(&str, &str, Effect, &str); 10] = [
        (
            "where tier = gold; sample all",
            "where tier = standard; sample all",
            NotWhileRunning,
            "takes other people",
        ),
        (
            "\"Other readers\" { sample all }",
            "\"Other readers\" { sample 5% }",
            NotWhileRunning,
            "sample: all → 5%",
        ),
        ("\"Other readers\"", "\"All others\"", Safe, "title"),
        ("\"Please rate the reading room\"", "\"Your visit\"", Safe, "messages not yet sent have it"),
        ("2026-04-30 18:00", "2026-05-30 18:00", Safe, "closes later"),
        ("2026-04-30 18:00", "2026-04-29 18:00", BreaksTrend, "closes earlier"),
        ("keep 100 days", "keep 90 days", Safe, "keeps for: 100 days → 90 days"),
        ("keep 100 days", "keep 400 days", NotWhileRunning, "people were promised the shorter time"),
        ("Used only to improve our service.", "Used to advertise.", BreaksData, "agreed to the old words"),
        ("when stratum = members; due 24 hours", "when stratum = members; due 12 hours", Safe, "is raised"),
    ];
    for (from, to, effect, words) in cases {
        let (found, what) = one(&[(from, to)]);
        assert!(found == effect && what.contains(words), "{from} → {to}: {found:?} {what}");
    }
}

/// `difference` looks at the words.
#[test]
fn further_changes_are_told_in_chinese() {
    let mail = "  email  mail\n";
    let pairs: [(&str, &str); 18] = [
        ("\"Asia/Shanghai\"", "\"Asia/Tokyo\""),
        ("campaign lamps {", "campaign lamps {\n  owner \"a@example.com\""),
        ("languages zh, en", "languages en, zh"),
        (mail, "  email  post\n  rest 30 days\n  exclude \"金卡\" / \"gold\" where tier = standard\n"),
        ("gold \"金卡\" / \"Gold\"", "silver \"银卡\" / \"Silver\", gold \"金\" / \"Gold\""),
        ("stratum others", "stratum rest"),
        ("from 40%", "from 60%"),
        ("score 0..100", "score 0..10"),
        ("seats \"座位\" / \"Seats\"", "seats \"座位\" / \"Seats\" exclusive"),
        ("visits : number 0..20", "visits : slider 0..20 step 1"),
        ("satisfied5 required", "nps required"),
        ("question why : text long", "question why : text"),
        ("    not applicable \"不适用\" / \"Does not apply\"\n", ""),
        ("invite via mail", "invite via mail\n  remind via mail after 3 days"),
        ("from    \"图书馆\" / \"The library\" at \"readers", "from    \"馆\" / \"Us\" at \"desk"),
        ("confidential; keep 100 days", "identified"),
        ("case slow ", "analysis { segment by tier; hide groups below 20 }\ncase slow "),
        ("  index csi ", "  target content >= 80\n  index csi "),
    ];
    for (from, to) in pairs {
        assert!(!difference(&[(from, to)]).is_empty(), "{from} → {to}");
    }
}

/// The word stands in the statement or in the campaign; the trend's does not speak for the data.
#[test]
fn a_reason_speaks_for_a_change() {
    let reworded = ("How did you last contact us?", "How did you contact us?");
    let word = |what: &str| {
        format!("question reached : choice {{\n    breaks {what} \"the old wording was unclear\"")
    };
    let told = difference(&[reworded, ("question reached : choice {", &word("trend"))]);
    assert_eq!(told[0].reason.as_deref(), Some("the old wording was unclear"));
    assert!(!told[0].is_unspoken());
    let renamed = ("visit \"到馆\"", "desk \"到馆\"");
    let told = difference(&[renamed, ("question reached : choice {", &word("trend"))]);
    assert!(told[0].is_unspoken());
    let told = difference(&[renamed, ("question reached : choice {", &word("data"))]);
    assert!(!told[0].is_unspoken());
    let told = difference(&[renamed, ("campaign lamps {", "campaign lamps {\n  breaks data \"new codes\"")]);
    assert_eq!(told[0].reason.as_deref(), Some("new codes"));
    let places = (told[0].before.as_ref().unwrap().line, told[0].after.as_ref().unwrap().line);
    assert_eq!(places.1, places.0 + 1);
}

fn run(scratch: &Scratch, args: &[&str]) -> (i32, String, String) {
    let mut command: Command = canvass(&scratch.0);
    let output = command.args(args).env("PATH", std::env::var("PATH").unwrap()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn plan_shows_what_a_change_means_in_every_format() {
    let home = Scratch::new("change");
    home.write("canvass.yaml", "seed: 7\n");
    home.write("readers.csv", "card_no,mail,tier\n1,a@example.com,gold\n2,b@example.com,standard\n");
    home.write("lamps.survey", SPEC);
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(&home.0).args(["-c", "user.name=A", "-c", "user.email=a@example.com"]);
        assert!(command.args(args).output().unwrap().status.success(), "{args:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "first"]);
    home.write("old.survey", SPEC);
    let pairs = [
        ("visit \"到馆\"", "desk \"到馆\""),
        ("\"Quiet\"", "\"Silence\""),
        ("\"Satisfied\" = top2", "\"Content\" = top2"),
    ];
    home.write("lamps.survey", replaced(SPEC, &pairs));
    for earlier in ["HEAD", "old.survey"] {
        let (code, text, said) = run(&home, &["plan", "lamps.survey", "--against", earlier]);
        assert_eq!(code, 0, "{said}");
        let start = text.lines().take(7).collect::<Vec<_>>().join("\n");
        assert!(
            start.starts_with(
                "测评文件的变化\n  破坏已有数据\n    题目 `reached`：选项的代码由 `visit` 改为 `desk`（"
            ),
            "{start}"
        );
        assert!(
            start.contains("\n  破坏趋势\n    题目 `aspects`：行 `quiet` 的文字由“Quiet”改为“Silence”（")
                && start.contains("\n  安全\n"),
            "{start}"
        );
        assert!(start.contains("lamps.survey:"), "{start}");
    }
    let (_, json, _) = run(&home, &["plan", "lamps.survey", "--against", "HEAD", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["changes"][0]["effect"], "breaks_data");
    assert_eq!(json["changes"][0]["before"]["file"], "lamps.survey");
    let what = &json["changes"][0]["what"];
    assert_eq!(what["zh"], "选项的代码由 `visit` 改为 `desk`");
    assert_eq!(what["en"], "the code of its option changed: `visit` → `desk`");
    // A store may hold changes of an earlier version, which were English alone.
    let mut old = json["changes"][0].clone();
    (old["about"], old["what"]) = ("question `reached`".into(), "is new".into());
    let old: Change = serde_json::from_value(old).unwrap();
    assert_eq!(sentence(&old, "en"), "question `reached` is new");
    assert_eq!(json["campaign"], "lamps");
    let (_, yaml, _) = run(&home, &["plan", "lamps.survey", "--against", "HEAD", "--format", "yaml"]);
    assert!(yaml.contains("changes:\n- effect: breaks_data\n"), "{yaml}");
    let (_, markdown, _) = run(&home, &["plan", "lamps.survey", "--against", "HEAD", "--format", "markdown"]);
    assert!(
        markdown
            .contains("| 破坏已有数据 | 题目 `reached`：选项的代码由 `visit` 改为 `desk` | lamps.survey:"),
        "{markdown}"
    );
}

/// A wave that follows another says why it does not ask the same.
#[test]
fn a_wave_says_what_breaks_the_trend() {
    let home = Scratch::new("waves");
    home.write("canvass.yaml", "seed: 7\n");
    home.write("first/lamps.survey", SPEC);
    let next = replaced(
        SPEC,
        &[("campaign lamps {", "campaign lamps_2 {\n  follows   lamps"), ("\"Quiet\"", "\"Silence\"")],
    );
    home.write("second/lamps.survey", &next);
    let (code, _, said) = run(&home, &["check", "second"]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("error[breaks-trend]") && said.contains("which breaks the trend since `lamps`"),
        "{said}"
    );
    assert!(said.contains("so it stood in the wave before") && said.contains("first/lamps.survey"), "{said}");
    let spoken = replaced(
        &next,
        &[("aspects : satisfied5 grid {", "aspects : satisfied5 grid {\n    breaks trend \"clearer\"")],
    );
    home.write("second/lamps.survey", &spoken);
    let (code, _, said) = run(&home, &["check", "second"]);
    assert_eq!(code, 0, "{said}");
    home.write("second/lamps.survey", replaced(&spoken, &[("breaks trend \"clearer\"", "breaks trend")]));
    let (code, _, said) = run(&home, &["check", "second"]);
    assert_eq!(code, 2);
    assert!(said.contains("write `breaks trend \"reason\"`"), "{said}");
}

/// An earlier wave that no spec of the repository has is told of; outside of a repository nobody knows.
#[test]
fn a_wave_that_no_spec_has_is_told_of() {
    let home = Scratch::new("unknown-waves");
    home.write("canvass.yaml", "seed: 7\n");
    home.write("first/lamps.survey", SPEC);
    let next = |wave: &str| {
        replaced(SPEC, &[("campaign lamps {", &format!("campaign lamps_2 {{\n  follows   {wave}"))])
    };
    home.write("second/lamps.survey", next("lamp"));
    let (code, _, said) = run(&home, &["check", "second"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("warning[unknown-wave]") && said.contains("did you mean `lamps`?"), "{said}");
    assert!(said.contains("second/lamps.survey:"), "{said}");
    home.write("second/lamps.survey", next("lamps"));
    let (_, _, said) = run(&home, &["check", "second"]);
    assert!(!said.contains("unknown-wave"), "{said}");
    home.write("second/lamps.survey", next("lamp"));
    std::fs::remove_file(home.0.join("canvass.yaml")).unwrap();
    let (_, _, said) = run(&home, &["check", "second"]);
    assert!(!said.contains("unknown-wave"), "{said}");
}

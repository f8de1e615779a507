//! Whole questionnaires: well-made ones are passed over in silence, of badly made ones every fault is named.

use std::fs;
use std::path::{Path, PathBuf};

use canvass::model::{Judgement, Switch, rule};

use super::{analyse_spec, findings, whole};

fn fixtures(folder: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rules").join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(path).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let name = |p: &Path| p.file_stem().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|p| (name(p), fs::read_to_string(p).unwrap())).collect()
}

#[test]
fn well_made_questionnaires_are_passed_over_in_silence() {
    let all = fixtures("well");
    assert_eq!(all.len(), 6);
    for (name, spec) in all {
        let analysis = analyse_spec(&spec, &Judgement::default());
        assert_eq!(findings(&analysis), vec![], "{name}");
        let asked = analysis.checked.unwrap().questionnaire.questions.len();
        assert!((8..=20).contains(&asked), "{name} has {asked} questions");
    }
}

/// What an expert marks stands behind `//` on the line at fault, by the rules' names.
#[test]
fn of_badly_made_questionnaires_every_fault_is_named_where_it_is() {
    let all = fixtures("badly");
    assert_eq!(all.len(), 6);
    for (name, spec) in all {
        let mut marked = Vec::new();
        for (line, text) in spec.lines().enumerate() {
            let marks = text.rsplit_once("//").map_or("", |(_, marks)| marks);
            let rules = marks.split_whitespace().filter_map(rule::find);
            marked.extend(rules.map(|r| (line + 1, r.name)));
        }
        assert!(marked.len() >= 7, "{name}: {marked:?}");
        let found = findings(&analyse_spec(&spec, &Judgement::default()));
        for (line, code) in &marked {
            assert!(found.iter().any(|f| (f.1, f.0) == (*line, *code)), "{name}:{line} {code}: {found:?}");
        }
        // Of structure nothing else is said; words may be at fault in more than one way.
        let known =
            fs::read_to_string(format!("{}/src/model/rule/wording/mod.rs", env!("CARGO_MANIFEST_DIR")));
        let known = known.unwrap();
        let of_words = |code: &str| known.contains(&format!("pub mod {};", code.replace('-', "_")));
        let more: Vec<_> = found.iter().filter(|f| !of_words(f.0) && !marked.contains(&(f.1, f.0))).collect();
        assert!(more.is_empty(), "{name}: {more:?}");
    }
}

/// Statements of a published instrument, by a few of their words.
const STATEMENTS: [&str; 10] = [
    "I think that I would like to use this app frequently.",
    "I found the app unnecessarily complex.",
    "I thought the app was easy to use.",
    "I think that I would need the support of a technical person.",
    "The functions of this app were well integrated.",
    "There was too much inconsistency in this app.",
    "Most people would learn to use this app very quickly.",
    "I found the app very cumbersome to use.",
    "I felt very confident using the app.",
    "I needed to learn a lot of things first.",
];

fn battery(statements: &[&str]) -> String {
    let mut spec = "scale agree5 { 1 \"Strongly disagree\"; 2; 3; 4; 5 \"Strongly agree\" }\n".to_owned();
    for (i, text) in statements.iter().enumerate() {
        spec += &format!("question s{i} : agree5 required {{ text \"{text}\" }}\n");
    }
    whole(&spec, "en")
}

/// An instrument keeps its length, its statements and its bare points; what only looks like it does not.
#[test]
fn known_instruments_stay_as_they_are() {
    let codes = |spec: &str| -> Vec<&'static str> {
        findings(&analyse_spec(spec, &Judgement::default())).iter().map(|f| f.0).collect()
    };
    assert_eq!(codes(&battery(&STATEMENTS)), Vec::<&str>::new());
    let own = STATEMENTS
        .map(|s| s.replace("frequently", "daily").replace("complex", "long").replace("easy", "nice"));
    let mut own: Vec<&str> = own.iter().map(String::as_str).collect();
    own[8] = "I felt at home in the app.";
    let found = codes(&battery(&own));
    assert!(found.contains(&"agree-disagree") && found.contains(&"partly-labelled-scale"), "{found:?}");
}

/// One habit is one finding; an `allow` takes its own place away and leaves the others.
#[test]
fn a_habit_is_said_once_with_all_its_places() {
    let open = |name: &str, line: &str| {
        format!(
            "question {name} : text long required {{\n  text \"What should we improve about {name}?\"\n{line}}}\n"
        )
    };
    let spec = whole(&(open("prices", "") + &open("shops", "")), "en");
    let analysis = analyse_spec(&spec, &Judgement::default());
    let [finding] = &analysis.diagnostics[..] else { panic!("{:?}", analysis.diagnostics) };
    assert_eq!(finding.message, "open question `prices` must be answered; 1 more like it");
    assert_eq!(finding.labels.len(), 1);
    assert_eq!(finding.labels[0].message, "open question `shops` must be answered");
    let spec =
        whole(&(open("prices", "allow required_open_question \"asked for\"\n") + &open("shops", "")), "en");
    let found = findings(&analyse_spec(&spec, &Judgement::default()));
    assert_eq!(found, [("required-open-question", 5, "open question `shops` must be answered".to_owned())]);
}

/// Subjects, one by one.
#[test]
fn subjects_that_shout_or_sell_are_told_from_sober_ones() {
    for (languages, subject, fires) in [
        ("en", "3 minutes on your order", false),
        ("en", "Your free trial: how was it?", false),
        ("en", "How was your ACME order? Our HVAC engineers ask", false),
        ("en", "Thank you! 3 minutes on your visit", false),
        ("en", "Win a tablet: 3 minutes on your visit", true),
        ("en", "PLEASE ANSWER our survey", true),
        ("en", "Last chance to answer", true),
        ("en", "We need you!!", true),
        ("zh", "请用 3 分钟评价您的订单", false),
        ("zh", "您的免费试用体验如何？", false),
        ("zh", "填问卷，抽大奖", true),
        ("zh", "快来参加！！", true),
    ] {
        let from = if languages == "zh" { "示例" } else { "Example" };
        let channel = format!(
            "channel mail : email {{ from \"{from}\" at \"cx@example.com\"; subject \"{subject}\" }}"
        );
        let found = findings(&analyse_spec(&whole(&channel, languages), &Judgement::default()));
        assert_eq!(found.iter().any(|f| f.0 == "spam-subject"), fires, "{subject}: {found:?}");
    }
}

/// Scales by their number of points and what they mean.
#[test]
fn points_of_scales_are_counted_by_what_they_mean() {
    for (points, fires) in [
        (vec!["Dissatisfied", "Satisfied"], true),
        (vec!["Disagree", "Neutral", "Agree"], true),
        (vec!["Worse", "The same", "Better"], false),
        (vec!["Not at all", "A little", "Very much"], false),
        (vec!["Very difficult", "Difficult", "Easy", "Very easy"], false),
        (vec!["1"; 12], true),
        (
            vec![
                "Primary",
                "Lower secondary",
                "Upper secondary",
                "Diploma",
                "Trade",
                "Bachelor",
                "Master",
                "Doctor",
            ],
            false,
        ),
    ] {
        let all: Vec<String> =
            points.iter().enumerate().map(|(i, p)| format!("{} \"{p} \"", i + 1)).collect();
        let spec =
            format!("scale s {{ {} }}\nquestion q : s {{ text \"What do you say of it?\" }}", all.join("; "));
        let found = findings(&analyse_spec(&whole(&spec, "en"), &Judgement::default()));
        assert_eq!(found.iter().any(|f| f.0 == "scale-points"), fires, "{points:?}: {found:?}");
    }
}

/// All rules that ship are tried on every fixture without a panic, also those that are off.
#[test]
fn rules_that_ship_off_can_be_switched_on_for_any_questionnaire() {
    let mut judgement = Judgement::default();
    for rule in rule::ALL.iter().filter(|r| !r.on) {
        judgement.switches.set(rule.name, Switch::On).unwrap();
    }
    for (name, spec) in fixtures("well").into_iter().chain(fixtures("badly")) {
        let analysis = analyse_spec(&spec, &judgement);
        assert!(analysis.checked.is_some() || !analysis.diagnostics.is_empty(), "{name}");
    }
}

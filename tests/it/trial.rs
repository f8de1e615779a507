//! `canvass test`: test blocks run the real form and the real scores; failures say expected and got at the line.

use std::process::Command;

use canvass::diagnostic::render_text;
use canvass::model::{Folder, Memory, analyse};
use canvass::trial;

use super::cli::canvass;
use super::support::scratch::Scratch;

const SPEC: &str = include_str!("../fixtures/trial/lamps.survey");

/// Runs the tests that stand below the spec and draws what failed.
#[track_caller]
fn told(tests: &str) -> String {
    let files = Memory([("lamps.survey".to_owned(), format!("{SPEC}\n{tests}\n"))].into());
    let analysis = analyse("lamps.survey", &files);
    let Some(checked) = &analysis.checked else {
        return render_text(&analysis.diagnostics, &analysis.sources, false, 100);
    };
    let failures: Vec<_> =
        checked.tests.iter().flat_map(|test| trial::run(checked, test, &analysis.sources)).collect();
    render_text(&failures, &analysis.sources, false, 100)
}

#[track_caller]
fn passes(tests: &str) {
    assert_eq!(told(tests), "");
}

#[track_caller]
fn fails(tests: &str, words: &[&str]) {
    let told = told(tests);
    for word in words {
        assert!(told.contains(word), "`{word}` is missing in:\n{told}");
    }
}

#[test]
fn answers_lead_through_the_form() {
    passes(
        "test \"low\" { given overall 1; expect asked why; expect case unhappy; expect not asked praise }",
    );
    passes(
        "test \"high\" { given overall 5, light 4; expect not asked why; expect not case unhappy; expect asked praise }",
    );
    // A later condition reads an answer of an earlier page.
    passes("test \"chain\" { given overall 1, why \"dark\"; expect asked callback }");
    passes("test \"nothing\" { expect not asked why; expect csi is missing; expect place is missing }");
}

/// The library's scores with other weights in the last ten days.
const LAST_DAYS: &str = "  during 2026-04-21..2026-04-30 { PART 90% }\n";

#[test]
fn the_day_of_the_answers_chooses_the_weights() {
    // place 50 and voice 25: 60 % and 40 % before, 90 % and 10 % in the last days.
    let spec = SPEC.replace("  index csi", &format!("{}  index csi", LAST_DAYS.replace("PART", "place")));
    let answers = "given overall 2, light 4, quiet 2";
    for (day, csi) in [("", "40"), (", answered 2026-04-20", "40"), (", answered 2026-04-21", "47.5")] {
        let text = format!("{spec}\ntest \"day\" {{ {answers}{day}; expect csi = {csi} }}\n");
        let analysis = analyse("lamps.survey", &Memory([("lamps.survey".to_owned(), text)].into()));
        let checked = analysis.checked.as_ref().unwrap();
        let failures: Vec<_> =
            checked.tests.iter().flat_map(|test| trial::run(checked, test, &analysis.sources)).collect();
        assert!(failures.is_empty(), "{}", render_text(&failures, &analysis.sources, false, 100));
    }
    fails("test \"no day\" { given answered soon; expect asked why }", &["the day of the answers"]);
    fails(
        "test \"two days\" { given answered 2026-04-02, answered 2026-04-03; expect not asked why }",
        &["given twice"],
    );
}

/// The chosen options may stand on either side.
#[test]
fn an_option_may_stand_before_its_question() {
    for condition in ["wishes = lamps", "lamps = wishes"] {
        let why = "when overall <= 2";
        let spec = SPEC.replacen(why, &format!("when {condition}"), 1);
        let tests = "test \"a\" { given wishes lamps seats; expect asked why }\n\
                     test \"b\" { given wishes seats; expect not asked why }\n";
        let files = Memory([("lamps.survey".to_owned(), format!("{spec}\n{tests}"))].into());
        let analysis = analyse("lamps.survey", &files);
        let checked = analysis.checked.as_ref().unwrap();
        let failures: Vec<_> =
            checked.tests.iter().flat_map(|test| trial::run(checked, test, &analysis.sources)).collect();
        assert!(failures.is_empty(), "{}", render_text(&failures, &analysis.sources, false, 100));
    }
}

#[test]
fn scores_are_those_of_the_report() {
    // mean of (4-1)/4 and (2-1)/4 is 50; 60% * 50 + 40% * 25 = 40.
    passes(
        "test \"index\" { given overall 2, light 4, quiet 2; expect place = 50; expect csi = 40; expect csi in 39..41 }",
    );
    // What does not apply takes no part: place from light alone.
    passes(
        "test \"na\" { given overall 2, light 4, quiet not applicable; expect place = 75; expect quiet is missing }",
    );
    passes(
        "test \"choice\" { given overall 3, reached phone; expect reached = phone; expect reached != visit }",
    );
}

#[test]
fn fields_stratum_channel_and_duration_can_be_given() {
    passes("test \"gold\" { given tier gold, overall 4; expect asked perks }");
    passes("test \"plain\" { given tier standard, overall 4; expect not asked perks }");
    passes("test \"stratum\" { given stratum members, overall 4; expect case member_call }");
    passes("test \"other\" { given stratum others, overall 4; expect not case member_call }");
    passes("test \"slow\" { given overall 4, duration 20 minutes; expect case slow }");
    passes("test \"quick\" { given overall 4, duration 40 seconds; expect not case slow }");
    passes("test \"by mail\" { given overall 4, channel mail; expect case by_mail }");
}

/// Expected, got, and the places of both.
#[test]
fn failures_say_expected_and_got() {
    fails(
        "test \"t\" {\n  given overall 5, light 5, quiet 5\n  expect asked why\n  expect case unhappy\n  expect csi < 40\n}",
        &[
            "error[test-failed]: expected `why` to be asked, but it is not",
            "its condition does not hold: `overall` is 5",
            "expected the case `unhappy`, but it is not raised: `overall` is 5",
            "expected `csi < 40`, got `csi` is 100",
            "expect csi < 40",
            "^^^^^^^^^^^^^^^",
        ],
    );
    fails(
        "test \"t\" { given overall 1; expect not asked why }",
        &["expected `why` not to be asked, but it is"],
    );
    fails(
        "test \"t\" { given overall 5; expect not csi > 1 }",
        &["expected `not csi > 1`, got `csi` is 100"],
    );
}

#[test]
fn answers_that_nobody_can_give_fail() {
    fails(
        "test \"t\" { given overall 5, why \"dark\" }",
        &["`why` is given, but with these answers it is not asked"],
    );
    fails(
        "test \"t\" { given visits 99 }",
        &["the form does not take this answer to `visits`: it must lie in 0..20"],
    );
    fails(
        "test \"t\" { given wishes lamps none }",
        &["the form does not take this answer to `wishes`: `none` excludes the other options"],
    );
}

#[test]
fn what_can_not_be_given_is_an_error_of_the_spec() {
    fails("test \"t\" { given overal 5 }", &["`overal` is not known", "did you mean `overall`?"]);
    fails("test \"t\" { given overall 9 }", &["this can't be given for `overall`"]);
    fails("test \"t\" { given tier bronze }", &["this can't be given for `tier`", "standard, gold"]);
    fails("test \"t\" { given csi 9 }", &["this can't be given for `csi`"]);
    fails("test \"t\" { given overall 5, overall 4 }", &["`overall` is given twice"]);
    fails("test \"t\" { given channel fax }", &["write one of: mail"]);
    fails("test \"t\" { expect content > 5 }", &["a test can't look at `content`"]);
}

fn run(folder: &std::path::Path, args: &[&str]) -> (i32, String, String) {
    let output = canvass(folder).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// Every branch of every spec has a generated test, and reading it again runs it.
#[test]
fn generated_tests_cover_the_branches_and_pass() {
    let home = Scratch::new("generate");
    home.write("lamps.survey", SPEC);
    let (code, blocks, said) = run(&home.0, &["test", "--generate", "lamps.survey"]);
    assert_eq!(code, 0, "{said}");
    for branch in [
        "why is asked",
        "why is not asked",
        "the case unhappy is raised",
        "perks is not asked",
        "overall is asked",
    ] {
        assert!(blocks.contains(&format!("test \"{branch}\" {{")), "{branch} in {blocks}");
    }
    home.write("lamps.survey", format!("{SPEC}\n{blocks}"));
    let (code, told, _) = run(&home.0, &["test", "lamps.survey"]);
    assert_eq!(code, 0, "{told}");
    assert!(
        told.contains(&format!("{} tests in 1 spec, all passed", blocks.matches("test \"").count())),
        "{told}"
    );
    assert_eq!(run(&home.0, &["fmt", "--check", "lamps.survey"]).0, 0);
    assert_eq!(run(&home.0, &["test", "--generate", "lamps.survey", "--out", "made.survey"]).0, 0);
    assert!(std::fs::read_to_string(home.0.join("made.survey")).unwrap().contains("(2)"));
}

#[test]
fn the_specs_pass_their_tests() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for spec in ["quarterly-index", "after-service", "promotion-wave", "yearly-improvement"] {
        let analysis = analyse(&format!("{spec}.survey"), &Folder(root.join("specs").join(spec)));
        let checked = analysis.checked.as_ref().unwrap();
        assert!(checked.tests.len() > 1);
        for test in &checked.tests {
            assert_eq!(trial::run(checked, test, &analysis.sources), [], "{}", test.name);
        }
    }
}

#[test]
fn text_and_exit_codes() {
    let home = Scratch::new("tests");
    home.write("good.survey", format!("{SPEC}\ntest \"a\" {{ given overall 1; expect asked why }}\n"));
    let (code, told, _) = run(&home.0, &["test", "good.survey"]);
    assert_eq!((code, told.as_str()), (0, "1 test in 1 spec, all passed\n"));
    home.write("bad.survey", format!("{SPEC}\ntest \"b\" {{ given overall 5; expect asked why }}\n"));
    let (code, told, _) = run(&home.0, &["test"]);
    assert_eq!(code, 2);
    assert!(
        told.contains("FAILED bad.survey:") && told.ends_with("2 tests in 2 specs: 1 passed, 1 failed\n"),
        "{told}"
    );
    home.write("broken.survey", "campaign c {\n");
    let (code, told, _) = run(&home.0, &["test", "broken.survey"]);
    assert_eq!(code, 2);
    assert!(told.contains("`broken.survey` has errors, so its tests can't run"), "{told}");
    assert_eq!(run(&home.0, &["test", "nowhere"]).0, 3);
}

/// What a CI server would read: another program's XML parser, and the parts that the format demands.
#[test]
fn junit_is_xml_with_the_names_of_the_tests() {
    let home = Scratch::new("junit");
    home.write("a&b.survey", format!("{SPEC}\ntest \"<低分> & \\\"quotes\\\"\" {{ given overall 5; expect asked why }}\ntest \"fine\" {{ given overall 1; expect asked why }}\n"));
    home.write("broken.survey", "campaign c {\n");
    let (code, xml, _) = run(&home.0, &["test", "--format", "junit"]);
    assert_eq!(code, 2);
    home.write("out.xml", &xml);
    let read = r#"
import sys, xml.etree.ElementTree as t
root = t.parse(sys.argv[1]).getroot()
assert root.tag == 'testsuites', root.tag
for suite in root:
    assert suite.tag == 'testsuite'
    cases = suite.findall('testcase')
    assert int(suite.get('tests')) == len(cases)
    assert int(suite.get('failures')) == sum(c.find('failure') is not None for c in cases)
    assert int(suite.get('errors')) == sum(c.find('error') is not None for c in cases)
    for c in cases:
        failure = c.find('failure')
        print(suite.get('name'), '|', c.get('name'), '|', failure is not None and failure.get('message'))
assert int(root.get('tests')) == len(root.findall('.//testcase'))
"#;
    let python = Command::new("python3").arg("-c").arg(read).arg(home.0.join("out.xml")).output().unwrap();
    let said = String::from_utf8(python.stdout).unwrap();
    assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));
    assert_eq!(
        said,
        "a&b.survey | <低分> & \"quotes\" | expected `why` to be asked, but it is not\na&b.survey | fine | False\nbroken.survey | the spec checks clean | False\n"
    );
}

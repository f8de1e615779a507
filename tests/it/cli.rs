//! The program as its users meet it: exit codes, streams, words; in an empty home with a fixed clock.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::scratch::Scratch;

/// The program with nothing of this machine's environment but a path to temporary files.
pub fn canvass(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_canvass"));
    command
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("PATH", "/usr/bin:/bin")
        .env("COLUMNS", "100");
    command
}

fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = canvass(folder).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

const GOOD: &str = include_str!("../fixtures/model/base.survey");

#[test]
fn exit_codes_are_a_contract() {
    let home = Scratch::new("exit");
    home.write("good.survey", GOOD);
    home.write("broken.survey", GOOD.replace("weighted(one, two)", "weighted(one)"));
    home.write(
        "warning.survey",
        format!("{GOOD}analysis {{\n  feed app \"reviews.csv\" {{ text body; at day }}\n}}\n"),
    );
    assert_eq!(run(&home.0, &["check", "good.survey"]).0, 0);
    assert_eq!(run(&home.0, &["chekc"]).0, 1);
    assert_eq!(run(&home.0, &[]).0, 1);
    assert_eq!(run(&home.0, &["--help"]).0, 0);
    assert_eq!(run(&home.0, &["check", "broken.survey"]).0, 2);
    assert_eq!(run(&home.0, &["check", "warning.survey"]).0, 0);
    assert_eq!(run(&home.0, &["check", "warning.survey", "--deny", "warnings"]).0, 2);
    assert_eq!(run(&home.0, &["check", "nowhere.survey"]).0, 3);
    assert_eq!(run(&home.0, &["check", "."]).0, 2);
}

/// What decides who is asked or what is promised can be checked, and is not left out in silence.
#[test]
fn a_campaign_that_can_not_be_planned_is_checked_and_refused() {
    let home = Scratch::new("not-planned");
    home.write("anonymous.survey", GOOD.replace("keep 400 days", "anonymous"));
    let (code, _, stderr) = run(&home.0, &["check", "anonymous.survey"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("warning[not-planned]"), "{stderr}");
    let (code, stdout, stderr) = run(&home.0, &["plan", "anonymous.survey"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("can't plan or run `base`"), "{stderr}");
}

#[test]
fn a_spec_that_is_not_utf8_says_so() {
    let home = Scratch::new("utf8");
    home.write("bad.survey", b"campaign a {\n title \"\xff\"\n}");
    let (code, stdout, stderr) = run(&home.0, &["check", "bad.survey"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("not UTF-8"), "{stderr}");
}

#[test]
fn new_makes_a_repository_that_checks_and_refuses_a_folder_in_use() {
    let home = Scratch::new("new");
    let (code, stdout, _) = run(&home.0, &["new", "shop"]);
    assert_eq!(code, 0);
    assert!(stdout.lines().any(|l| l == "shop/csat.survey"));
    let (code, stdout, stderr) = run(&home.0, &["check", "shop", "--deny", "warnings"]);
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    let (code, _, stderr) = run(&home.0, &["new", "shop"]);
    assert_eq!(code, 3);
    assert!(stderr.contains("not empty"));
}

/// Every code that the sources can give has a section, and no section is left over.
#[test]
fn every_diagnostic_is_explained() {
    let mut given = std::collections::BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry
                .components()
                .any(|c| ["model", "syntax", "trial", "waves.rs"].iter().any(|room| c.as_os_str() == *room))
            {
                given.extend(codes_in(&std::fs::read_to_string(entry).unwrap()));
            }
        }
    }
    let explained: std::collections::BTreeSet<String> =
        canvass::cli::explain::codes().map(str::to_owned).collect();
    assert_eq!(given, explained);
}

/// Finds the first argument of `error(…)` and `warning(…)` where it is a literal.
fn codes_in(source: &str) -> Vec<String> {
    let calls = ["error(", "warning(", "Diagnostic::error("];
    // The one place that chooses between two codes.
    if source.contains("let code = if") {
        return vec!["double-equals".to_owned(), "operator".to_owned()]
            .into_iter()
            .chain(plain(source, &calls))
            .collect();
    }
    // Where the reason why a file can't be read chooses the code.
    if let Some(choice) =
        source.split("pub fn code(&self)").nth(1).and_then(|rest| rest.split("\n    }").next())
    {
        return choice.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    }
    plain(source, &calls)
}

fn plain(source: &str, calls: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for call in calls {
        for rest in source.split(call).skip(1) {
            let rest = rest.trim_start();
            let Some(literal) = rest.strip_prefix('"').and_then(|r| r.split_once('"')) else { continue };
            let follows = literal.1.trim_start().starts_with(',');
            if follows && literal.0.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
                found.push(literal.0.to_owned());
            }
        }
    }
    found
}

/// One canonical form: written in place, or only told, or from standard input to standard output.
#[test]
fn fmt_writes_tells_and_refuses() {
    use std::io::Write as _;
    let home = Scratch::new("fmt");
    let odd = "campaign   c {\r\n languages zh\r\n\r\n\r\n}\r\n";
    let path = home.write("specs/odd.survey", odd);
    home.write("specs/broken.survey", "campaign c {\n");
    home.write("specs/.hidden/odd.survey", odd);
    let (code, stdout, _) = run(&home.0, &["fmt", "--check", "specs/odd.survey"]);
    assert_eq!((code, stdout.as_str()), (2, "specs/odd.survey\n"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), odd);
    let (code, _, stderr) = run(&home.0, &["fmt", "specs"]);
    assert_eq!(code, 2);
    assert!(
        stderr.contains("this `{` is never closed")
            && stderr.contains("`specs/broken.survey` was left as it is"),
        "{stderr}"
    );
    assert_eq!(std::fs::read_to_string(home.0.join("specs/broken.survey")).unwrap(), "campaign c {\n");
    let canonical = "campaign c {\n  languages zh\n}\n";
    assert_eq!(std::fs::read_to_string(&path).unwrap(), canonical);
    assert_eq!(std::fs::read_to_string(home.0.join("specs/.hidden/odd.survey")).unwrap(), odd);
    assert_eq!(run(&home.0, &["fmt", "--check", "specs/odd.survey"]).0, 0);
    // Files may be named from anywhere.
    let whole = home.0.join("specs/odd.survey").display().to_string();
    assert_eq!(run(&home.0, &["fmt", "--check", &whole]).0, 0);
    assert_eq!(run(&home.0.join("specs"), &["fmt", "--check", "../specs/odd.survey"]).0, 0);
    assert_eq!(run(&home.0, &["fmt", "nowhere"]).0, 3);
    let mut child = canvass(&home.0)
        .args(["fmt", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(odd.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stdout), (Some(0), canonical.as_bytes().to_vec()));
}

/// A rule is switched for a repository in the nearest `canvass.yaml`; the plan repeats the reason.
#[test]
fn rules_are_switched_where_the_settings_say() {
    let home = Scratch::new("switched");
    let (code, _, stderr) = run(&home.0, &["new", "shop"]);
    assert_eq!(code, 0, "{stderr}");
    let (spec, settings) = (home.0.join("shop/csat.survey"), home.0.join("shop/canvass.yaml"));
    let text = std::fs::read_to_string(&spec).unwrap().replace("text long {", "text long required {");
    let yaml = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&spec, text).unwrap();
    let check = || run(&home.0, &["check", "shop", "--deny", "warnings"]);
    let (code, _, stderr) = check();
    assert_eq!(code, 2);
    assert!(stderr.contains("warning[required-open-question]"), "{stderr}");

    let off = "rules: { required-open-question: { off: \"complaints need words\" } }\n";
    std::fs::write(&settings, format!("{off}{yaml}")).unwrap();
    let (code, _, stderr) = check();
    assert_eq!(code, 0, "{stderr}");
    for format in ["text", "markdown", "yaml", "json"] {
        let args = ["plan", "shop/csat.survey", "--now", "2026-03-02T09:00:00+08:00", "--format", format];
        let (code, stdout, stderr) = run(&home.0, &args);
        assert_eq!(code, 0, "{stderr}");
        // The page speaks the campaign's first language, the value has both.
        let said = match format {
            "text" | "markdown" => "已在 canvass.yaml 中关闭（1 处）：complaints need words",
            _ => "in canvass.yaml (1 finding): complaints need words",
        };
        assert!(stdout.contains(said), "{format}: {stdout}");
    }

    for (setting, words) in [
        ("required-open-qestion: { off: \"r\" }", "did you mean `required-open-question`"),
        ("mixed-register: { off: \"\" }", "without a reason"),
        ("mixed-register: { on: false }", "{ off: \"reason\" }"),
        ("options-overlap: { off: \"r\" }", "can't be switched off"),
    ] {
        std::fs::write(&settings, format!("rules: {{ {setting} }}\n{yaml}")).unwrap();
        let (code, _, stderr) = check();
        assert_eq!(code, 3, "{stderr}");
        assert!(stderr.contains(words) && stderr.contains("canvass.yaml"), "{stderr}");
    }

    std::fs::write(&settings, format!("rules: {{ unshuffled-options: {{ on: true }} }}\n{yaml}")).unwrap();
    let more = "section more \"更多\" / \"More\" {\n  question shop : choice {\n    text \"您最近一次光顾的是哪家店？\" / \"Which shop did you \
                visit last?\"\n    options a \"甲\" / \"A\", b \"乙\" / \"B\", c \"丙\" / \"C\", d \"丁\" / \"D\", e \"戊\" / \"E\"\n  }\n}\n";
    let text = std::fs::read_to_string(&spec).unwrap().replace("text long required {", "text long {") + more;
    std::fs::write(&spec, text).unwrap();
    let (_, _, stderr) = check();
    assert!(stderr.contains("warning[unshuffled-options]"), "{stderr}");
}

/// Measures that are late warn with the clock that was given, and fail where warnings are denied.
#[test]
fn overdue_measures_fail_where_warnings_are_denied() {
    let home = Scratch::new("overdue");
    let action =
        "action sooner \"更快\" / \"Sooner\" { owner \"cx@example.com\"; due 2026-02-27; status doing }\n";
    home.write("late.survey", format!("{GOOD}{action}"));
    let check = |now: &str| run(&home.0, &["check", "late.survey", "--deny", "warnings", "--now", now]);
    // In Shanghai the 28th begins at four in the afternoon of London's 27th.
    assert_eq!(check("2026-02-27T15:59:00Z").0, 0);
    let (code, _, stderr) = check("2026-02-27T16:00:00Z");
    assert_eq!(code, 2);
    assert!(stderr.contains("warning[action-overdue]: action `sooner` was due on 2026-02-27"), "{stderr}");
}

/// Codes and rules are explained alike; a rule is found with `-` and with `_`.
#[test]
fn rules_are_explained_with_their_page() {
    let home = Scratch::new("explain");
    let (code, list, _) = run(&home.0, &["explain"]);
    assert_eq!(code, 0);
    assert!(list.lines().any(|l| l == "mixed-register") && list.lines().any(|l| l == "unknown-name"));
    assert!(list.lines().is_sorted());
    for name in ["mixed-register", "mixed_register"] {
        let (code, page, _) = run(&home.0, &["explain", name]);
        assert_eq!(code, 0);
        assert!(page.starts_with("mixed-register\n") && page.contains("## Use instead"), "{page}");
    }
    let (code, _, stderr) = run(&home.0, &["explain", "mixed-registr"]);
    assert_eq!(code, 1);
    assert!(stderr.contains("did you mean `mixed-register`?"), "{stderr}");
}

/// Mends are applied until none is left, in the files that were named and nowhere else.
#[test]
fn check_fix_mends_what_can_be_mended() {
    let home = Scratch::new("fix");
    let wide = GOOD.replacen("keep 400 days", "keep　400 days", 1).replacen(
        "invite via mail",
        "invite via\u{200B} mail",
        1,
    );
    let wide = wide.replacen("timezone \"", "timezone　\"", 1);
    assert_eq!(wide.matches('　').count(), 2);
    let path = home.write("a/wide.survey", &wide);
    let (code, _, stderr) = run(&home.0, &["check", "a"]);
    assert_eq!(code, 2, "{stderr}");
    let (code, _, stderr) = run(&home.0, &["check", "--fix", "a"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(
        stderr.contains("fixed a/wide.survey:") && stderr.contains("3 findings fixed in 1 file"),
        "{stderr}"
    );
    let mended = std::fs::read_to_string(&path).unwrap();
    assert!(!mended.contains(['　', '\u{200B}']));
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words(&mended), words(GOOD));
    let (code, _, stderr) = run(&home.0, &["check", "--fix", "a"]);
    assert_eq!(code, 0);
    assert!(stderr.contains("nothing to fix"), "{stderr}");
    // A shared file outside the named folder is told about and left alone.
    let shared = home.write("shared.survey", "scale　x { 1 en \"a\"; 2 en \"b\" }\n");
    home.write("a/uses.survey", format!("use \"../shared.survey\"\n{GOOD}"));
    let (code, _, stderr) = run(&home.0, &["check", "--fix", "a"]);
    assert_eq!(code, 2, "{stderr}");
    assert!(std::fs::read_to_string(&shared).unwrap().contains('　'));
}

/// What messages may cost stands in the settings: a plan above it is not launched, and nothing leaves.
#[test]
fn a_campaign_above_its_limit_is_not_launched() {
    let home = Scratch::new("limit");
    let made = home.0.join("made");
    canvass::cli::new::create(&made).unwrap();
    let settings = std::fs::read_to_string(made.join("canvass.yaml")).unwrap();
    let limited = format!("{settings}\nprices: {{ email: \"CNY 5\", limit: \"CNY 1\" }}\n");
    std::fs::write(made.join("canvass.yaml"), limited).unwrap();
    let (code, _, stderr) =
        run(&made, &["run", "csat.survey", "--once", "--now", "2026-03-09T12:00:00+08:00"]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("above the limit of CNY 1.00 in canvass.yaml"), "{stderr}");
    let (code, _, stderr) = run(&made, &["status", "csat.survey"]);
    assert_ne!(code, 0, "it was launched: {stderr}");
}

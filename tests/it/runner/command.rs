//! `canvass run`, `status`, `pause`, `resume`: exit codes and words.

use std::path::Path;

use super::{customers, spec};
use crate::cli::canvass;
use crate::support::scratch::Scratch;
use crate::support::sink::SinkProcess;

pub const NOW: &str = "2026-01-05T10:00:00+08:00";
const STRATA: &str = "stratum everybody \"所有人\" / \"Everybody\" { sample all }";

fn home(name: &str, relay: &str) -> Scratch {
    let home = Scratch::new(name);
    home.write("c.survey", spec("", STRATA, "  invite via mail\n  remind via mail after 3 days"));
    home.write("customers.csv", customers(&["2025-01-01"; 12]));
    home.write(
        "canvass.yaml",
        format!(
            "seed: 7\nprofiles:\n  dev:\n    store: \"sqlite:store/canvass.db\"\n    \
             base: \"https://survey.example.com\"\n    mail: {{ smtp: \"{relay}\" }}\n"
        ),
    );
    home
}

pub fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let out = canvass(folder).args(["--now", NOW]).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap_or(-1), text(out.stdout), text(out.stderr))
}

/// Runs a command at another time; returns its exit code and what it said.
pub fn run_at(folder: &Path, now: &str, args: &[&str]) -> (i32, String) {
    let out = canvass(folder).args(["--now", now]).args(args).output().unwrap();
    (out.status.code().unwrap_or(-1), String::from_utf8(out.stderr).unwrap())
}

pub fn with_sink(name: &str) -> (Scratch, SinkProcess) {
    let home = home(name, "smtp://127.0.0.1:1");
    let sink = SinkProcess::start(&home.0);
    let settings = home.0.join("canvass.yaml");
    let text = std::fs::read_to_string(&settings).unwrap().replace("127.0.0.1:1", &sink.addr.to_string());
    std::fs::write(settings, text).unwrap();
    (home, sink)
}

#[test]
fn an_unreachable_server_is_named_and_costs_nothing() {
    let home = home("unreachable", "smtp://127.0.0.1:1");
    let (code, _, said) = run(&home.0, &["run", "c.survey", "--once"]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("127.0.0.1:1") && said.contains("nothing is lost"), "{said}");
    let (code, shown, said) = run(&home.0, &["status", "c.survey", "--check"]);
    assert_eq!(code, 0, "{said}");
    assert!(shown.contains("queued") && !shown.contains("accepted"), "{shown}");
}

#[test]
fn a_run_sends_once_and_a_changed_spec_is_refused() {
    let (home, sink) = with_sink("once");
    let (code, _, said) = run(&home.0, &["run", "c.survey", "--once"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("12 sent"), "{said}");
    assert_eq!(sink.lines().len(), 12);
    let (code, _, said) = run(&home.0, &["run", "c.survey", "--once"]);
    assert_eq!((code, sink.lines().len()), (0, 12), "{said}");
    // A comment or a list that grew is no change; a question's words are.
    let text = std::fs::read_to_string(home.0.join("c.survey")).unwrap();
    home.write("c.survey", format!("// a comment\n{text}"));
    home.write("customers.csv", customers(&["2025-01-01"; 14]));
    let (code, _, said) = run(&home.0, &["run", "c.survey", "--once"]);
    assert_eq!((code, sink.lines().len()), (0, 12), "{said}");
    home.write("c.survey", text.replace("How satisfied are you", "How happy are you"));
    let (code, _, said) = run(&home.0, &["run", "c.survey", "--once"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("changed since campaign `c` was launched"), "{said}");
    assert!(said.contains("breaks the trend: question `") && said.contains("How happy are you"), "{said}");
    home.write("c.survey", text.replace("after 3 days", "after 4 days"));
    let (code, _, said) = run(&home.0, &["run", "c.survey", "--once"]);
    assert_eq!((code, sink.lines().len()), (0, 12));
    assert!(said.contains("`remind_1` after 3 days → after 4 days"), "the difference is told: {said}");
}

#[test]
fn only_the_reviewed_plan_is_carried_out() {
    let (home, sink) = with_sink("reviewed");
    let (code, _, said) = run(&home.0, &["plan", "c.survey", "--format", "yaml", "--out", "plan.yaml"]);
    assert_eq!(code, 0, "{said}");
    let (code, _, said) = run(&home.0, &["--seed", "8", "run", "c.survey", "--once", "--plan", "plan.yaml"]);
    assert_eq!(code, 2, "another seed is another draw: {said}");
    home.write("customers.csv", customers(&["2025-01-01"; 13]));
    let (code, _, said) = run(&home.0, &["run", "c.survey", "--once", "--plan", "plan.yaml"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("not the plan that was reviewed") && said.contains("13"), "{said}");
    assert!(!home.0.join("store/canvass.db").exists() || sink.lines().is_empty());
    home.write("customers.csv", customers(&["2025-01-01"; 12]));
    let (code, _, said) = run(&home.0, &["run", "c.survey", "--once", "--plan", "plan.yaml"]);
    assert_eq!((code, sink.lines().len()), (0, 12), "{said}");
    let (code, _, said) = run(&home.0, &["run", "c.survey", "--once", "--plan", "plan.yaml"]);
    assert_eq!(code, 0, "a launched campaign goes on under the same plan: {said}");
}

#[test]
fn a_dry_run_shows_and_does_nothing() {
    let (home, sink) = with_sink("dry");
    let (code, shown, said) = run(&home.0, &["run", "c.survey", "--dry-run"]);
    assert_eq!(code, 0, "{said}");
    assert!(shown.contains("invite via mail: 12 messages"), "{shown}");
    assert!(shown.contains("请评价我们的服务") && shown.contains("Please rate our service"), "{shown}");
    assert!(!shown.contains("c0@example.com"), "no person is shown: {shown}");
    assert!(sink.lines().is_empty() && !home.0.join("store").exists());
}

#[test]
fn a_held_campaign_waits() {
    let (home, sink) = with_sink("hold");
    let (code, _, said) = run(&home.0, &["pause", "c.survey"]);
    assert_eq!(code, 3, "not launched yet: {said}");
    run(&home.0, &["run", "c.survey", "--once"]);
    assert_eq!(run(&home.0, &["pause", "c.survey"]).0, 0);
    let later = ["run", "c.survey", "--once"];
    let at = |now: &str| {
        let out = canvass(&home.0).args(["--now", now]).args(later).output().unwrap();
        (out.status.code().unwrap(), String::from_utf8(out.stderr).unwrap())
    };
    let (code, said) = at("2026-01-09T10:00:00+08:00");
    assert_eq!((code, sink.lines().len()), (0, 12), "{said}");
    assert!(said.contains("is held"), "{said}");
    assert_eq!(run(&home.0, &["resume", "c.survey"]).0, 0);
    let (code, said) = at("2026-01-09T10:00:00+08:00");
    assert_eq!((code, sink.lines().len()), (0, 24), "{said}");
}

#[test]
fn a_campaign_that_is_over_is_not_launched() {
    let home = home("over", "smtp://127.0.0.1:1");
    let out = canvass(&home.0)
        .args(["--now", "2027-01-01T00:00:00Z", "run", "c.survey", "--once"])
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("closed at"));
}

#[test]
fn what_is_missing_is_said_before_anything_is_written() {
    let home = home("missing", "smtp://127.0.0.1:1");
    home.write("canvass.yaml", "seed: 7\nprofiles:\n  dev:\n    mail: { smtp: { env: NO_SUCH_VARIABLE } }\n");
    let (code, _, said) = run(&home.0, &["run", "c.survey", "--once"]);
    assert_eq!(code, 3);
    assert!(said.contains("NO_SUCH_VARIABLE"), "{said}");
    home.write("canvass.yaml", "seed: 7\nprofiles:\n  dev:\n    store: \"sqlite:customers.csv/x.db\"\n");
    let (code, _, said) = run(&home.0, &["run", "c.survey", "--once"]);
    assert_eq!(code, 3);
    assert!(said.contains("customers.csv/x.db"), "{said}");
    home.write("c.survey", "campaign c {");
    assert_eq!(run(&home.0, &["run", "c.survey", "--once"]).0, 2);
}

#[cfg(unix)]
#[test]
fn a_run_ends_cleanly_when_asked() {
    let (home, sink) = with_sink("term");
    let spec = std::fs::read_to_string(home.0.join("c.survey")).unwrap();
    // A rate keeps it busy; the clock is the real one, so the period must be now: far in the future it stays open.
    let spec = spec
        .replace("open   2026-01-05 09:00", "open   2020-01-05 09:00")
        .replace("close  2026-01-31 18:00", "close  2099-01-31 18:00")
        .replace("  hours  09:00..20:00\n", "")
        .replace("Please rate our service\"\n", "Please rate our service\"\n  rate 60 per minute\n");
    home.write("c.survey", spec);
    let mut child = canvass(&home.0)
        .args(["run", "c.survey", "--no-forms"])
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    for _ in 0..1500 {
        if sink.lines().len() >= 2 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let killed =
        std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let status = child.wait().unwrap();
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
    assert_eq!(status.code(), Some(0), "{said}");
    let sent = sink.lines().len();
    assert!((2..12).contains(&sent), "{sent} sent: {said}");
    assert!(said.contains(&format!("{sent} sent")), "{said}");
}

/// Who was asked on the 5th rests for ten days: the plan says when the rests end, and the calendar counts on those days.
#[test]
fn a_calendar_counts_people_who_wait_on_the_days_that_the_plan_gives() {
    let (home, _sink) = with_sink("calendar-waits");
    let (code, _, said) = run(&home.0, &["run", "c.survey", "--once"]);
    assert_eq!(code, 0, "{said}");
    // Twelve were asked, three are new on the list.
    home.write("customers.csv", customers(&["2025-01-01"; 15]));
    let next =
        spec("  rest 10 days delay", STRATA, "  invite via mail").replace("campaign c ", "campaign d ");
    home.write("d.survey", next.replace("2026-01-05 09:00", "2026-01-12 09:00"));
    let (code, plan, said) = run(&home.0, &["plan", "d.survey", "--format", "json"]);
    assert_eq!(code, 0, "{said}");
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    assert_eq!(plan["strata"][0]["cells"][0]["waiting"]["people"], 12);
    let last = &plan["steps"][0]["last"].as_str().unwrap()[..10];
    let (code, shown, said) = run(&home.0, &["calendar", "--format", "json"]);
    assert_eq!(code, 0, "{said}");
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let days: Vec<(&str, u64)> = shown["days"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|d| Some((d["date"].as_str()?, d["campaigns"]["d"].as_u64()?)))
        .collect();
    assert_eq!(days, [("2026-01-12", 3), (last, 12)]);
}

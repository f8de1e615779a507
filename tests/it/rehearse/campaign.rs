//! Whole campaigns in miniature: from the spec to the report, and what must be true of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use canvass::model::{Checked, Folder, analyse};
use canvass::rehearse::behaviour::Temper;
use canvass::rehearse::engine::{Task, rehearse};
use canvass::rehearse::failure::Failure;
use canvass::rehearse::outcome::Rehearsal;
use canvass::rehearse::progress::Silent;
use canvass::rehearse::respondent::Progress;
use canvass::store::{Answer, Durability, MessageState, Response, ResponseState, Store};
use serde_json::Value;

use crate::rehearse::world::campaign;
use crate::support::scratch::Scratch;

fn check(spec: &Path) -> Checked {
    let name = spec.file_name().expect("a file").to_string_lossy().into_owned();
    let analysis = analyse(&name, &Folder(spec.parent().expect("a folder").to_path_buf()));
    analysis.checked.unwrap_or_else(|| panic!("{:?}", analysis.diagnostics))
}

async fn run(spec: &Path, seed: u64, home: &str) -> Result<Rehearsal, Failure> {
    let base = spec.parent().expect("a folder");
    let (home, checked) = (base.join(home), check(spec));
    let out = home.join("report");
    let task = Task {
        checked: &checked,
        folder: base,
        database: None,
        seed,
        home: &home,
        out: &out,
        progress: &Silent,
    };
    rehearse(task).await
}

async fn responses(rehearsal: &Rehearsal) -> Vec<Response> {
    let url = format!("sqlite:{}", rehearsal.store.display());
    let store = Store::open(&url, Durability::Relaxed).await.expect("the store");
    let all = store.responses(&rehearsal.plan.campaign).await.expect("responses");
    store.close().await;
    all
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder").map(|e| e.expect("an entry").path()) {
            if entry.is_dir() {
                waiting.push(entry);
            } else {
                let name = entry.strip_prefix(folder).expect("inside").to_path_buf();
                found.insert(name, std::fs::read(&entry).expect("a file"));
            }
        }
    }
    found
}

fn count(rehearsal: &Rehearsal, states: &[MessageState]) -> u64 {
    rehearsal.messages.iter().filter(|m| states.contains(&m.state)).map(|m| m.count).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_is_rehearsed_from_spec_to_report_and_twice_the_same() {
    let base = Scratch::new("everything");
    let spec = campaign(&base, "everything.survey");
    let first = run(&spec, 7, "first").await.expect("a rehearsal");
    let second = run(&spec, 7, "second").await.expect("a rehearsal");
    assert_eq!(first.troubles, Vec::<String>::new());

    let report = files(&base.join("first/report"));
    assert!(report.contains_key(Path::new("report.json")), "{:?}", report.keys());
    assert!(report.contains_key(Path::new("report.md")) && report.contains_key(Path::new("report.html")));
    for (name, bytes) in &files(&base.join("second/report")) {
        assert!(report.get(name) == Some(bytes), "{} differs between two runs", name.display());
        assert!(!String::from_utf8_lossy(bytes).contains("127.0.0.1"), "{} names a machine", name.display());
    }
    assert_eq!(report.len(), files(&base.join("second/report")).len());
    assert_eq!(first.summary(), second.summary());
    let other = run(&spec, 8, "other").await.expect("a rehearsal");
    assert_ne!(first.summary(), other.summary(), "another seed is another world");

    everybody_is_there(&first);
    answers_are_of_all_kinds(&responses(&first).await);
    the_report_counts_what_happened(&first, &report).await;
    the_mails_are_sound(&first);
}

/// Every temper comes up, does what it says, and nobody is stuck.
fn everybody_is_there(rehearsal: &Rehearsal) {
    let of = |temper: Temper| -> BTreeSet<Progress> {
        rehearsal.people.keys().filter(|(t, _)| *t == temper).map(|(_, p)| *p).collect()
    };
    for temper in Temper::ALL {
        assert!(!of(temper).is_empty(), "nobody would {}", temper.words());
        assert!(!of(temper).contains(&Progress::Stuck) && !of(temper).contains(&Progress::DeadLink));
    }
    assert_eq!(of(Temper::Ignores), [Progress::Idle].into());
    assert_eq!(of(Temper::Looks), [Progress::Looked].into());
    assert_eq!(of(Temper::Unsubscribes), [Progress::Refused].into());
    assert_eq!(of(Temper::DropsOut), [Progress::Left].into());
    assert!(of(Temper::Answers).contains(&Progress::Finished));
    assert!(of(Temper::ComesBack).contains(&Progress::Finished));
    assert!(of(Temper::AnswersWhenReminded).contains(&Progress::Finished));
    let finished: u64 =
        rehearsal.people.iter().filter(|((_, p), _)| *p == Progress::Finished).map(|(_, n)| n).sum();
    let completed: u64 = rehearsal.cells.iter().map(|c| c.completed).sum();
    assert_eq!(finished, completed, "who says to have finished has a completed response, and nobody else");
    let left: u64 =
        rehearsal.people.iter().filter(|((t, _), _)| *t == Temper::DropsOut).map(|(_, n)| n).sum();
    assert!(left > 0 && rehearsal.cells.iter().map(|c| c.started).sum::<u64>() >= completed + left);
}

/// Every kind of question got answers, those behind a condition only where it held.
fn answers_are_of_all_kinds(all: &[Response]) {
    let done: Vec<&Response> = all.iter().filter(|r| r.state == ResponseState::Completed).collect();
    let of = |item: &str| done.iter().filter_map(|r| r.answers.get(item)).collect::<Vec<_>>();
    for item in
        ["overall", "recommend", "speed", "reached", "wishes", "solved", "order", "years", "calls", "why"]
    {
        assert!(!of(item).is_empty(), "nobody answered `{item}`");
    }
    assert_eq!(of("overall").len(), done.len(), "a required question is always answered");
    assert!(of("recommend").iter().all(|a| matches!(a, Answer::Number(x) if (0.0..=10.0).contains(x))));
    assert!(of("order").iter().all(|a| matches!(a, Answer::Options { names, .. } if names.len() == 3)));
    assert!(of("years").iter().all(|a| matches!(a, Answer::Number(x) if (0.0..=60.0).contains(x))));
    assert!(of("speed").iter().any(|a| **a == Answer::NotApplicable));
    for r in &done {
        let overall =
            r.answers.get("overall").and_then(|a| if let Answer::Number(x) = a { Some(*x) } else { None });
        assert!(r.answers.contains_key("why") <= overall.is_some_and(|x| x <= 3.0), "{r:?}");
        assert!(r.started_at < r.completed_at.expect("completed"));
    }
    let channels: BTreeSet<&str> = done.iter().map(|r| &*r.channel).collect();
    assert!(channels.contains("mail"), "{channels:?}");
    let languages: BTreeSet<&str> = done.iter().map(|r| &*r.language).collect();
    assert_eq!(languages, ["en", "zh"].into());
}

/// The report's own counts are the store's.
async fn the_report_counts_what_happened(rehearsal: &Rehearsal, report: &BTreeMap<PathBuf, Vec<u8>>) {
    let json: Value = serde_json::from_slice(&report[Path::new("report.json")]).expect("JSON");
    let text = json.to_string();
    let completed = responses(rehearsal).await.iter().filter(|r| r.state == ResponseState::Completed).count();
    assert!(completed > 30, "{completed}");
    assert!(
        text.contains(&format!("\"completed\":{completed}")),
        "no `completed: {completed}` in the report"
    );
}

/// Another program reads the mails: Python's email package.
fn the_mails_are_sound(rehearsal: &Rehearsal) {
    let kept: Vec<PathBuf> =
        files(&rehearsal.mailbox).into_keys().map(|f| rehearsal.mailbox.join(f)).collect();
    let accepted = count(rehearsal, &[MessageState::Accepted]);
    assert_eq!(kept.len() as u64, accepted, "every accepted message is a file");
    let mails: Vec<&PathBuf> = kept.iter().filter(|f| f.extension().is_some_and(|e| e == "eml")).collect();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/rehearse/read_mail.py");
    let python = Command::new("python3").arg(script).args(&mails).output().expect("python3 is installed");
    assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));
    let seen: Vec<Value> = String::from_utf8(python.stdout)
        .expect("UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(seen.len(), mails.len());
    for mail in &seen {
        let text = |key: &str| mail[key].as_str().unwrap_or_default().to_owned();
        assert_eq!(text("type"), "multipart/alternative");
        assert_eq!(mail["parts"], serde_json::json!(["text/plain", "text/html"]));
        assert_eq!(mail["charsets"], serde_json::json!(["utf-8", "utf-8"]));
        assert_eq!(mail["defects"], serde_json::json!([]), "{mail}");
        assert_eq!(mail["headers_once"], true);
        assert_eq!((&mail["bare_newlines"], &mail["only_ascii"]), (&Value::Bool(false), &Value::Bool(true)));
        assert!(mail["longest_line"].as_u64() <= Some(998));
        assert!(text("date").starts_with("2026-01-"), "{mail}");
        assert_eq!(
            (text("one_click").as_str(), text("auto").as_str()),
            ("List-Unsubscribe=One-Click", "auto-generated")
        );
        let links = |key: &str| -> BTreeSet<String> {
            let all = mail[key].as_array().expect("links").iter();
            all.map(|l| l.as_str().expect("a link").to_owned()).collect()
        };
        let (plain, html) = (links("text_links"), links("html_links"));
        assert!(plain.is_subset(&html) && plain.iter().any(|l| l.contains("/s/")), "{plain:?} {html:?}");
        assert_eq!(html.iter().filter(|l| l.contains("?overall=")).count(), 5, "five buttons: {html:?}");
        if text("language") == "zh" {
            assert!(text("subject").ends_with("请用 3 分钟评价我们的服务"), "{mail}");
            assert_eq!(text("from_name"), "客户体验团队");
            assert!(text("text").contains("退订"), "{mail}");
        } else {
            assert!(text("subject").ends_with("3 minutes on our service"), "{mail}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_link_in_the_template_gives_no_answers() {
    let base = Scratch::new("broken");
    let spec = campaign(&base, "tickets.survey");
    let text = std::fs::read_to_string(&spec).expect("the spec");
    let own = "at \"cx@example.com\"\n  body    file \"invite.html\"";
    std::fs::write(&spec, text.replace("at \"cx@example.com\"", own)).expect("the spec");
    let page = |link: &str| {
        let page = format!(
            "<!doctype html><html lang=\"{{{{ language }}}}\"><p><a href=\"{link}\">{{{{ title }}}}</a></p>\
             <p><a href=\"{{{{ opt_out }}}}\">退订 / unsubscribe</a></p></html>"
        );
        std::fs::write(base.join("invite.html"), page).expect("the template");
    };
    page("{{ link }}");
    let sound = run(&spec, 7, "sound").await.expect("a rehearsal");
    assert!(responses(&sound).await.len() > 5);

    page("{{ link }}0");
    let broken = run(&spec, 7, "broken").await.expect("a rehearsal");
    assert_eq!(responses(&broken).await, Vec::new());
    assert_eq!(count(&sound, &[MessageState::Accepted]) > 20, count(&broken, &[MessageState::Accepted]) > 20);
    assert!(broken.people.keys().any(|(_, progress)| *progress == Progress::DeadLink));
    assert!(!broken.people.keys().any(|(_, progress)| *progress == Progress::Finished));
}

#[tokio::test(flavor = "multi_thread")]
async fn tickets_invite_a_day_after_they_were_closed() {
    let base = Scratch::new("tickets");
    let spec = campaign(&base, "tickets.survey");
    let rehearsal = run(&spec, 7, "home").await.expect("a rehearsal");
    assert_eq!(rehearsal.troubles, Vec::<String>::new());
    let names: Vec<String> = files(&rehearsal.mailbox).into_keys().map(|f| f.display().to_string()).collect();
    assert!(names.len() > 40, "{}", names.len());
    // Tickets are closed at half past some hour in Shanghai; the invitation follows 24 hours later.
    assert!(names.iter().all(|n| n.contains("30.") || n.contains("T")), "{names:?}");
    let days: BTreeSet<&str> = names.iter().filter_map(|n| n.split(".2026-01-").nth(1)?.get(..2)).collect();
    assert!(days.len() > 8, "one day after another: {days:?}");
    let answered = responses(&rehearsal).await;
    assert!(answered.iter().any(|r| r.state == ResponseState::Completed));
    // What the tickets say went along to the answers, and the report estimates its share: one cell, equal weights.
    let said: Vec<&str> = answered
        .iter()
        .filter(|r| r.state == ResponseState::Completed)
        .filter_map(|r| r.fields.get("solved").map(String::as_str))
        .collect();
    let solved = said.iter().filter(|s| **s == "yes").count();
    assert!(0 < solved && solved < said.len(), "{said:?}");
    let report: Value =
        serde_json::from_slice(&std::fs::read(base.join("home/report/report.json")).expect("a report"))
            .expect("JSON");
    let estimate = &report["scores"]["overall"]["estimates"][2];
    assert_eq!(estimate["n"], said.len());
    let share = 100.0 * solved as f64 / said.len() as f64;
    assert!((estimate["value"].as_f64().expect("a share") - share).abs() < 1e-9, "{estimate} is not {share}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spec_that_invites_nobody_is_told_so() {
    let base = Scratch::new("nobody");
    let spec = campaign(&base, "tickets.survey");
    let text = std::fs::read_to_string(&spec).expect("the spec");
    let text = text.replace("  kpi solved \"已解决\" / \"Solved\" = share(tickets.solved)\n", "");
    let start = text.find("frame customers").expect("a frame");
    let (end, score) =
        (text.find("section only").expect("a section"), text.find("channel mail").expect("a channel"));
    let rest = text.find("score 0..100").expect("scores");
    std::fs::write(&spec, [&text[..start], &text[end..score], &text[rest..]].concat()).expect("the spec");
    match run(&spec, 7, "home").await {
        Err(Failure::Spec(words)) => {
            assert!(words.contains("after_service") && words.contains("frame"), "{words}")
        }
        other => panic!("{other:?}"),
    }
    assert!(!base.join("home").exists(), "nothing is left behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_not_there_is_named() {
    let base = Scratch::new("nolist");
    let spec = campaign(&base, "tickets.survey");
    std::fs::remove_file(base.join("customers.csv")).expect("removed");
    match run(&spec, 7, "home").await {
        Err(Failure::CouldNot(words)) => assert!(words.contains("customers.csv"), "{words}"),
        other => panic!("{other:?}"),
    }
}

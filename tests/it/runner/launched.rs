//! What a launched campaign takes over from a changed spec, what it refuses, and what is left after a kill.

use std::collections::BTreeMap;
use std::time::Duration;

use canvass::plan;
use canvass::runner::launched_model;
use canvass::store::{Answer, Durability, MessageState, NewResponse, Store};

use super::command::{run, run_at, with_sink};
use crate::cli::canvass;
use crate::score::one_pass::alike;
use crate::support::scratch::Scratch;
use crate::support::sink::SinkProcess;

const RUN: [&str; 3] = ["run", "c.survey", "--once"];
const ASKED: &str = "How satisfied are you with our service?";

fn text(home: &Scratch) -> String {
    std::fs::read_to_string(home.0.join("c.survey")).unwrap()
}

/// Changes the spec as it is in the folder.
#[track_caller]
fn change(home: &Scratch, pairs: &[(&str, &str)]) {
    let changed = pairs.iter().fold(text(home), |text, (from, to)| {
        assert!(text.contains(from), "`{from}` is not there");
        text.replace(from, to)
    });
    home.write("c.survey", changed);
}

/// A launched campaign with a question of options, and its mail server.
fn launched(name: &str) -> (Scratch, SinkProcess) {
    let (home, sink) = with_sink(name);
    let question = "  question reached : choice {\n    text \"您是怎样联系我们的？\" / \"How did you reach us?\"\n    \
                    options phone \"电话\" / \"Phone\", online \"在线\" / \"Online\", visit \"上门\" / \"On site\"\n  }\n}\nchannel mail";
    change(&home, &[("}\nchannel mail", question)]);
    let (code, _, said) = run(&home.0, &RUN);
    assert_eq!((code, sink.lines().len()), (0, 12), "{said}");
    (home, sink)
}

fn with_store<T>(home: &Scratch, read: impl AsyncFn(&Store) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite:{}", home.0.join("store/canvass.db").display());
        let store = Store::open(&url, Durability::Full).await.unwrap();
        let value = read(&store).await;
        store.close().await;
        value
    })
}

fn version(home: &Scratch) -> u32 {
    with_store(home, async |store| store.launch_version("c").await.unwrap().unwrap())
}

#[test]
fn safe_changes_are_taken_over_and_nobody_is_asked_twice() {
    let (home, sink) = launched("safe");
    let before = with_store(&home, async |store| store.campaign("c").await.unwrap().unwrap());
    let pairs = [
        ("\"Satisfaction\"", "\"Customer satisfaction\""),
        ("close  2026-01-31 18:00", "close  2026-02-14 18:00"),
        (
            "schedule {",
            "report { formats html }\naction faster \"更快\" / \"Faster\" { owner \"a@example.com\"; due 2026-03-01 }\nschedule {",
        ),
    ];
    change(&home, &pairs);
    let (code, shown, said) = run(&home.0, &["run", "c.survey", "--dry-run"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("would take over") && shown.contains("nothing is sent"), "{said}");
    assert_eq!(version(&home), 1, "a dry run writes nothing");
    let (code, _, said) = run(&home.0, &RUN);
    assert_eq!((code, sink.lines().len()), (0, 12), "{said}");
    for told in [
        "took over what changed in its spec (version 2)",
        "safe: campaign `c` title: “Satisfaction” → “Customer satisfaction”",
        "safe: `schedule` closes later",
        "safe: action `faster` is new",
        "safe: `report` formats",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    let (code, _, said) = run(&home.0, &RUN);
    assert!(code == 0 && !said.contains("took over"), "once: {said}");
    assert_eq!(run(&home.0, &["status", "c.survey", "--check"]).0, 0);
    with_store(&home, async |store| {
        let after = store.campaign("c").await.unwrap().unwrap();
        assert_eq!(after.launched_at, before.launched_at);
        let (old, new) = (plan::parse(&before.plan).unwrap(), plan::parse(&after.plan).unwrap());
        assert_eq!(old.strata, new.strata, "the same people, the same draw");
        assert_ne!(old.hash, new.hash);
        assert_eq!(after.plan_hash, new.hash);
        let all = store.versions("c").await.unwrap();
        assert_eq!(all.iter().map(|v| v.no).collect::<Vec<_>>(), [1, 2]);
        assert_eq!((&all[0].files, &all[0].plan_hash), (&before.files, &before.plan_hash));
        assert_eq!(all[0].until, Some(all[1].since));
        assert!(all[1].changes.contains("closes later") && all[0].changes == "[]");
        let waiting = store.messages_in("c", MessageState::Queued).await.unwrap();
        assert_eq!(waiting.len(), 12, "the reminders wait");
    });
    // The reminders would have expired with the first close.
    let (code, said) = run_at(&home.0, "2026-02-10T10:00:00+08:00", &RUN);
    assert_eq!((code, sink.lines().len()), (0, 24), "{said}");
}

#[test]
fn other_words_need_a_word_and_an_old_one_does_not_speak_for_them() {
    let (home, _sink) = launched("trend");
    change(&home, &[(ASKED, "How happy are you with our service?")]);
    let (code, _, said) = run(&home.0, &RUN);
    assert_eq!((code, version(&home)), (2, 1), "{said}");
    assert!(said.contains("changed since campaign `c` was launched"), "{said}");
    assert!(said.contains("breaks the trend: question `overall` wording"), "{said}");
    assert!(said.contains("write `breaks trend \"reason\"`"), "{said}");
    change(&home, &[("csat required {", "csat required { breaks trend \"the old wording was unclear\"; ")]);
    let (code, _, said) = run(&home.0, &RUN);
    assert_eq!((code, version(&home)), (0, 2), "{said}");
    assert!(said.contains("the spec says why: the old wording was unclear"), "{said}");
    change(&home, &[("How happy are you", "How content are you")]);
    let (code, _, said) = run(&home.0, &RUN);
    assert_eq!((code, version(&home)), (2, 2), "a word speaks for one change: {said}");
    change(&home, &[("was unclear", "was too strong")]);
    assert_eq!(run(&home.0, &RUN).0, 0);
    assert_eq!(version(&home), 3);
}

#[test]
fn a_removed_option_needs_the_word_about_data() {
    let (home, _sink) = launched("data");
    change(&home, &[(", visit \"上门\" / \"On site\"", "")]);
    let (code, _, said) = run(&home.0, &RUN);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("breaks the data: question `reached` its option `visit` was removed"), "{said}");
    change(
        &home,
        &[("question reached : choice {", "question reached : choice {\n    breaks trend \"no visits\"")],
    );
    assert_eq!(run(&home.0, &RUN).0, 2, "the trend's word does not speak for the data");
    change(&home, &[("breaks trend \"no visits\"", "breaks data \"no visits any more\"")]);
    let (code, _, said) = run(&home.0, &RUN);
    assert_eq!((code, version(&home)), (0, 2), "{said}");
}

#[test]
fn what_was_drawn_and_promised_stays() {
    let (home, _sink) = launched("fixed");
    let first = text(&home);
    let cases: [(&[(&str, &str)], &str); 6] = [
        (
            &[("{ sample all }", "{ sample 5 }")],
            "stratum `everybody` sample: all → 5; the draw was made once",
        ),
        (&[("{ sample all }", "{ where signed_up >= 2025-01-01; sample all }")], "takes other people"),
        (&[("open   2026-01-05", "open   2026-01-06")], "opens:"),
        (
            &[("schedule {", "privacy { identified; keep 30 days; consent \"好\" / \"Yes\" }\nschedule {")],
            "mode:",
        ),
        (&[("  field signed_up", "  field more : int\n  field signed_up")], "column `more` is new"),
        (&[("\"Asia/Shanghai\"", "\"Asia/Tokyo\"")], "time zone"),
    ];
    for (pairs, told) in cases {
        home.write("c.survey", &first);
        let word = ("campaign c {", "campaign c {\n  breaks data \"we must\"");
        change(&home, &[pairs, &[word]].concat());
        let (code, _, said) = run(&home.0, &RUN);
        assert_eq!((code, version(&home)), (2, 1), "{said}");
        assert!(said.contains("not while running: ") && said.contains(told), "{told}: {said}");
        assert!(said.contains("give the changed campaign another name"), "{said}");
    }
    home.write("c.survey", &first);
    let (code, _, said) = run(&home.0, &["--seed", "8", "run", "c.survey", "--once"]);
    assert_eq!(code, 2);
    assert!(said.contains("the seed 7 → 8"), "{said}");
    assert_eq!(run(&home.0, &RUN).0, 0, "undone, it goes on");
}

#[test]
fn reminders_follow_the_schedule_of_now() {
    let (home, sink) = launched("remind");
    let sent = || sink.lines().len();
    change(&home, &[("after 3 days", "after 5 days")]);
    let (code, said) = run_at(&home.0, "2026-01-08T12:00:00+08:00", &RUN);
    assert_eq!((code, sent()), (0, 12), "not on the third day any more: {said}");
    let (_, said) = run_at(&home.0, "2026-01-10T12:00:00+08:00", &RUN);
    assert_eq!(sent(), 24, "{said}");
    // Two that are new: the moment of one is over, that of the other is to come.
    let more = "after 5 days\n  remind via mail after 7 days\n  remind via mail after 12 days\n  remind via mail after 20 days";
    change(&home, &[("after 5 days", more)]);
    let (code, said) = run_at(&home.0, "2026-01-18T12:00:00+08:00", &RUN);
    assert_eq!((code, sent()), (0, 36), "one of the two that are late: {said}");
    change(&home, &[("\n  remind via mail after 20 days", "")]);
    let (code, said) = run_at(&home.0, "2026-01-26T12:00:00+08:00", &RUN);
    assert_eq!((code, sent()), (0, 36), "the last one was taken out: {said}");
    let (code, shown, said) = run(&home.0, &["status", "c.survey", "--check"]);
    assert_eq!(code, 0, "{said}{shown}");
}

#[test]
fn the_close_can_move_but_not_into_the_past() {
    let (home, _sink) = launched("close");
    change(&home, &[("close  2026-01-31 18:00", "close  2026-01-20 18:00")]);
    let (code, _, said) = run(&home.0, &RUN);
    assert!(code == 2 && said.contains("breaks the trend: `schedule` closes earlier"), "{said}");
    change(&home, &[("schedule {", "schedule {\n  breaks trend \"the budget is spent\"")]);
    let (code, said) = run_at(&home.0, "2026-01-21T12:00:00+08:00", &RUN);
    assert!(code == 2 && said.contains("is over already"), "{said}");
    assert_eq!(run(&home.0, &RUN).0, 0);
    change(&home, &[("close  2026-01-20 18:00", "close  2026-02-20 18:00")]);
    let (code, said) = run_at(&home.0, "2026-01-21T12:00:00+08:00", &RUN);
    assert!(code == 2 && said.contains("people were told so"), "{said}");
}

/// Lets everybody from the `from`th on who was invited answer, at most `count`.
fn answer(home: &Scratch, from: usize, count: usize, reached: &str) {
    let now = "2026-01-06T02:00:00Z".parse().unwrap();
    with_store(home, async |store| {
        let people = store.released_after("c", 0, 100).await.unwrap();
        for person in people.iter().skip(from).take(count) {
            let start = NewResponse {
                campaign: "c".to_owned(),
                pseudonym: person.key.clone(),
                cell: Some(person.cell),
                language: "zh".to_owned(),
                channel: "mail".to_owned(),
                fields: BTreeMap::new(),
            };
            let r = store.start_response(Some(person.id), &start, now).await.unwrap();
            let option = Answer::Option { name: reached.to_owned(), other: None };
            let answers = [("overall", Answer::Number(4.0)), ("reached", option)];
            let answers = answers.into_iter().map(|(item, answer)| (item.to_owned(), Some(answer))).collect();
            store.save_page(r.id, "s", 0, &answers, 1, true, now).await.unwrap();
        }
    });
}

/// Reports once more in one pass, which is asked for by name as long as there are few answers.
#[track_caller]
fn one_pass_says_the_same(home: &Scratch, kept: &serde_json::Value) {
    let (code, _, said) = run(&home.0, &["report", "c.survey", "--out", "counted", "--one-pass", "always"]);
    assert_eq!(code, 0, "{said}");
    let text = std::fs::read_to_string(home.0.join("counted/report.json")).unwrap();
    let mut counted: serde_json::Value = serde_json::from_str(&text).unwrap();
    let words = counted["warnings"].as_array().unwrap().last().unwrap()["en"].as_str().unwrap();
    assert!(words.contains("one pass") && words.contains("hours and weekdays"), "{words}");
    let mut kept = kept.clone();
    for report in [&mut kept, &mut counted] {
        ["warnings", "as_of"].iter().for_each(|part| drop(report[part].take()));
        report["findings"]["outstanding"].take();
    }
    let faults = alike("", &kept, &counted);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_report_gives_the_reasons_and_counts_nothing_twice() {
    let (home, _sink) = launched("reasons");
    change(
        &home,
        &[(
            "schedule {",
            "score 0..100 { dimension main_score \"总分\" / \"Overall\" 100% = mean(overall) }\nanalysis { hide groups below 12 }\nschedule {",
        )],
    );
    assert_eq!(run(&home.0, &RUN).0, 0, "scores can come later");
    answer(&home, 0, 5, "visit");
    let pairs = [
        (", visit \"上门\" / \"On site\"", ""),
        (
            "question reached : choice {",
            "question reached : choice {\n    breaks data \"no visits any more\"",
        ),
        (ASKED, "How happy are you with our service?"),
        ("csat required {", "csat required { breaks trend \"the old wording was stiff\"; "),
    ];
    change(&home, &pairs);
    let (code, _, said) = run(&home.0, &RUN);
    assert_eq!(code, 0, "{said}");
    answer(&home, 5, 7, "phone");
    let (code, _, said) = run(&home.0, &["report", "c.survey", "--out", "out", "--language", "both"]);
    assert_eq!(code, 0, "{said}");
    let read = |name: &str| std::fs::read_to_string(home.0.join("out").join(name)).unwrap();
    let json: serde_json::Value = serde_json::from_str(&read("report.json")).unwrap();
    let breaks = json["breaks"].as_array().unwrap();
    assert_eq!(breaks.len(), 2, "{breaks:?}");
    assert_eq!((&breaks[0]["effect"], &breaks[0]["answers_before"]), (&"breaks_data".into(), &5.into()));
    assert_eq!(breaks[1]["touches"], serde_json::json!(["main_score", "overall"]));
    assert_eq!(breaks[1]["reason"], "the old wording was stiff");
    assert_eq!(json["versions"][2]["no"], 3);
    assert_eq!(json["versions"][1]["completed"], 5);
    assert_eq!(
        json["misfits"],
        serde_json::json!([{ "item": "reached", "answer": "", "count": null }]),
        "too few to be told"
    );
    one_pass_says_the_same(&home, &json);
    for (name, words) in [
        ("report.md", "不能直接比较之处"),
        ("report.en.md", "What can't be compared"),
        ("report.html", "不能直接比较之处"),
        ("report.en.html", "What can"),
    ] {
        let page = read(name);
        for told in [words, "the old wording was stiff", "no visits any more", "‡"] {
            assert!(page.contains(told), "{told} in {name}: {page}");
        }
    }
    let (code, _, said) = run(&home.0, &["export", "c.survey", "--out", "raw.json"]);
    assert_eq!(code, 0, "{said}");
    let raw: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(home.0.join("raw.json")).unwrap()).unwrap();
    let responses = raw["responses"].as_array().unwrap();
    let given = |version: u64| responses.iter().filter(|r| r["version"] == version).collect::<Vec<_>>();
    assert_eq!((given(2).len(), given(3).len()), (5, 7));
    assert!(given(2).iter().all(|r| r["answers"]["reached"]["option"]["name"] == "visit"), "as it was given");
    assert_eq!(raw["versions"].as_array().unwrap().len(), 3);
}

/// Killed at any moment, the store holds the old version or the new one, whole.
#[test]
fn a_kill_leaves_one_version_or_the_other() {
    let (home, sink) = launched("killed");
    let first = text(&home);
    let (mut old, mut new) = (0, 0);
    for n in 0..24_u64 {
        let before = version(&home);
        let word = format!("csat required {{ breaks trend \"try {n}\"; ");
        let words =
            first.replace(ASKED, &format!("How happy are you, {n}?")).replace("csat required {", &word);
        home.write("c.survey", &words);
        let mut child = canvass(&home.0)
            .args(["--now", super::command::NOW])
            .args(RUN)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        if n % 3 == 0 {
            // As soon as anything was written.
            let journal = home.0.join("store/canvass.db-wal");
            for _ in 0..2000 {
                if std::fs::metadata(&journal).is_ok_and(|m| m.len() > 0) {
                    break;
                }
                std::thread::sleep(Duration::from_micros(200));
            }
        } else {
            std::thread::sleep(Duration::from_millis(10 + n * 6));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let after = version(&home);
        assert!(after == before || after == before + 1);
        *(if after == before { &mut old } else { &mut new }) += 1;
        with_store(&home, async |store| {
            let launched = store.campaign("c").await.unwrap().unwrap();
            let is_new = launched.files.iter().any(|(_, text)| *text == words);
            assert_eq!(is_new, after != before, "files and version go together");
            let (plan, model) = (plan::parse(&launched.plan).unwrap(), launched_model(&launched).unwrap());
            assert_eq!(
                (&plan.hash, &plan::again(&plan, &model).hash),
                (&launched.plan_hash, &launched.plan_hash)
            );
            let all = store.versions("c").await.unwrap();
            assert_eq!(all.iter().map(|v| v.no).collect::<Vec<_>>(), (1..=after).collect::<Vec<_>>());
        });
    }
    assert!(old > 0 && new > 0, "{old} kills before, {new} after: the kills missed one side");
    let (code, _, said) = run(&home.0, &RUN);
    assert_eq!((code, sink.lines().len()), (0, 12), "{said}");
    assert_eq!(run(&home.0, &["status", "c.survey", "--check"]).0, 0);
}

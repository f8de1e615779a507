//! Two launched campaigns of one store, the second following the first: who answered both is known to the store alone.

use std::collections::BTreeMap;

use canvass::store::{Answer, Durability, NewResponse, Store};

use super::command::{run, run_at, with_sink};
use crate::support::scratch::Scratch;

const THEN: &str = "2026-01-06T02:00:00Z";

/// Lets the invited from the `from`th key on answer with a code each.
fn answer(home: &Scratch, campaign: &str, from: usize, codes: &[f64]) {
    let now = THEN.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite:{}", home.0.join("store/canvass.db").display());
        let store = Store::open(&url, Durability::Full).await.unwrap();
        let mut people = store.released_after(campaign, 0, 100).await.unwrap();
        people.sort_by(|a, b| a.key.cmp(&b.key));
        for (person, code) in people.iter().skip(from).zip(codes) {
            let start = NewResponse {
                campaign: campaign.to_owned(),
                pseudonym: format!("{campaign}-{}", person.id),
                cell: Some(person.cell),
                language: "zh".to_owned(),
                channel: "mail".to_owned(),
                fields: BTreeMap::new(),
            };
            let r = store.start_response(Some(person.id), &start, now).await.unwrap();
            let answers = BTreeMap::from([("overall".to_owned(), Some(Answer::Number(*code)))]);
            store.save_page(r.id, "s", 0, &answers, 1, true, now).await.unwrap();
        }
        store.close().await;
    });
}

/// Returns the spec of the campaign with a score, and further clauses of its analysis.
fn scored(home: &Scratch, analysis: &str) -> String {
    let scores = format!(
        "score 0..100 {{ dimension main_score \"总分\" / \"Overall\" 100% = mean(overall) }}\n\
         analysis {{ hide groups below 1{analysis} }}\nschedule {{"
    );
    std::fs::read_to_string(home.0.join("c.survey")).unwrap().replace("schedule {", &scores)
}

#[test]
fn launched_waves_are_compared_person_by_person() {
    let (home, _sink) = with_sink("waves");
    let first = scored(&home, "");
    home.write("c.survey", &first);
    let second = first.replacen("campaign c {", "campaign d {\n  follows c\n", 1);
    assert_ne!(first, second);
    home.write("d.survey", second);
    for spec in ["c.survey", "d.survey"] {
        let (code, _, said) = run(&home.0, &["run", spec, "--once"]);
        assert_eq!(code, 0, "{said}");
    }
    // Eight people answer both times: four of them a point higher.
    answer(&home, "c", 0, &[1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 3.0, 4.0]);
    answer(&home, "d", 0, &[2.0, 2.0, 4.0, 4.0, 2.0, 2.0, 4.0, 4.0]);
    let report = |spec: &str| -> serde_json::Value {
        let (code, said) = run_at(
            &home.0,
            "2026-01-07T10:00:00+08:00",
            &["report", spec, "--out", "out", "--language", "both"],
        );
        assert_eq!(code, 0, "{said}");
        serde_json::from_str(&std::fs::read_to_string(home.0.join("out/report.json")).unwrap()).unwrap()
    };
    assert!(report("c.survey")["change"].is_null());
    let change = &report("d.survey")["change"];
    assert_eq!((&change["wave"], &change["people"]), (&"c".into(), &"overlapping".into()));
    assert_eq!(change["n_both"], 8);
    let main = &change["measures"][0];
    // A point is 25: differences are 25 and 0, four of each; (12.5² · 8) / 7 / 8 is the variance of their mean.
    assert!((main["difference"].as_f64().unwrap() - 12.5).abs() < 1e-9, "{main}");
    assert!((main["standard_error"].as_f64().unwrap() - (156.25_f64 / 7.0).sqrt()).abs() < 1e-9, "{main}");
    assert_eq!((&main["df"], &main["outcome"]), (&7.0.into(), &"higher".into()));
    let page = |name: &str| std::fs::read_to_string(home.0.join("out").join(name)).unwrap();
    assert!(
        page("report.md").contains("8 人两次都回答")
            && page("report.en.html").contains("8 people answered both times")
    );
    for name in ["report.json", "report.md", "report.en.html"] {
        let told = page(name);
        assert!(![" c001", "\"c001", ">c001"].iter().any(|k| told.contains(k)), "no key leaves the store");
    }
}

/// Four waves, with people who were unhappy in a row: R has the answers of all of them, and finds every number again.
#[test]
fn r_follows_a_score_and_people_at_risk_over_all_waves() {
    let (home, _sink) = with_sink("course");
    let first = scored(&home, "; risk low \"不满意\" / \"Unhappy\" over 3 waves when main_score < 40");
    let names = ["c", "d", "e", "f"];
    for (k, name) in names.iter().enumerate() {
        let head = match k.checked_sub(1) {
            None => "campaign c {".to_owned(),
            Some(before) => format!("campaign {name} {{\n  follows {}\n", names[before]),
        };
        home.write(&format!("{name}.survey"), first.replacen("campaign c {", &head, 1));
        let (code, _, said) = run(&home.0, &["run", &format!("{name}.survey"), "--once"]);
        assert_eq!(code, 0, "{said}");
    }
    answer(&home, "c", 0, &[1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    answer(&home, "d", 0, &[2.0, 2.0, 4.0, 4.0, 1.0, 2.0, 4.0, 4.0, -3.0]);
    answer(&home, "e", 1, &[2.0, 4.0, 5.0, 1.0, 3.0, 5.0, 4.0, -3.0]);
    answer(&home, "f", 0, &[2.0, 1.0, 4.0, 5.0, 2.0, 2.0, 4.0, 5.0, 1.0]);
    for args in
        [&["report", "f.survey", "--out", "out"][..], &["export", "f.survey", "--format", "r", "--out", "r"]]
    {
        let (code, said) = run_at(&home.0, "2026-01-07T10:00:00+08:00", args);
        assert_eq!(code, 0, "{said}");
    }
    let report: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(home.0.join("out/report.json")).unwrap()).unwrap();
    // The first was left out once, the second and the fifth answered four times; the sixth was better in between, and
    // answers of the ninth fit no scale.
    assert_eq!(report["findings"]["risks"][0]["people"], 3, "{}", report["findings"]["risks"]);
    assert_eq!(report["findings"]["trend"]["waves"].as_array().unwrap().len(), 4);
    let said = std::process::Command::new("Rscript")
        .args([home.0.join("r/report.R"), home.0.join("out/report.json")])
        .output()
        .expect("R runs");
    let said = String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
    assert!(said.contains("\n0 numbers are off"), "{said}");
    assert!(!said.contains("findings."), "nothing of the findings is left out: {said}");
    let keys = ["r/data.csv", "r/older-c.csv", "r/risks.csv", "r/before.csv"];
    assert!(keys.iter().all(|f| !std::fs::read_to_string(home.0.join(f)).unwrap().contains("c001")));
}

//! Two waves of one repository, the first carried out: what its store and its spec tell the second.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use canvass::frame::History;
use canvass::model::{Folder, analyse};
use canvass::plan::{self, Plan};
use canvass::runner;
use canvass::store::token::SeededNonces;
use canvass::store::{AddressKind, Answer, Durability, NewMessage, NewResponse, Release, Store};

use super::support::{Place, SPEC, list};

fn canvass(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_canvass")).args(args).current_dir(folder).env_clear().output().unwrap()
}

fn good(folder: &Path, args: &[&str]) -> String {
    let output = canvass(folder, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = canvass(folder, args);
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

fn planned(folder: &Path, spec: &str) -> Plan {
    plan::parse(&good(folder, &["plan", spec, "--format", "json", "--quiet", "--profile", "later"])).unwrap()
}

fn drawn(folder: &Path, spec: &str) -> BTreeSet<(String, String)> {
    good(folder, &["plan", spec, "--draw", "drawn.csv", "--quiet", "--profile", "later"]);
    let text = fs::read_to_string(folder.join("drawn.csv")).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[0].to_owned(), cells[2].to_owned())
    };
    text.lines().skip(1).map(row).collect()
}

/// The first wave asks 70 of 240 people and is rehearsed; the rehearsal's store is that of the profile `later`.
fn repository() -> Place {
    let rows: Vec<String> = (0..240).map(|i| format!("k{i},k{i}@example.com,2025-01-01,{i},{i}")).collect();
    let first = SPEC.replace("campaign wave", "campaign first").replace(
        SPEC.split("section s").next().unwrap().split("stratum top").nth(1).unwrap(),
        " \"Top\" { where spend >= 120; sample 30 }\nstratum rest { sample 40 }\n\n",
    );
    let place = Place::new(&first, &list(&rows));
    place.write(
        "canvass.yaml",
        b"seed: 20260105\nprofiles:\n  later:\n    store: sqlite:.canvass/rehearsal/first/rehearsal.db\n",
    );
    place
}

fn second(place: &Place, top: &str, rest: &str) {
    let text = fs::read_to_string(place.folder().join("wave.survey")).unwrap();
    let text = text
        .replace("campaign first {", "campaign second {\n  follows first")
        .replace("sample 30 }", &format!("{top} }}"))
        .replace("sample 40 }", &format!("{rest} }}"));
    place.write("second.survey", text.as_bytes());
}

#[test]
fn a_second_wave_learns_from_the_first() {
    let place = repository();
    let folder = place.folder();

    // Before the first wave: its spec tells where its draw starts; who answers and how scores spread, nobody.
    second(&place, "sample 30; draw apart from first", "sample 40; draw with first");
    let early = planned(folder, "second.survey");
    assert!((early.strata[0].draw.start - 0.5).abs() < f64::EPSILON && early.before.is_none());
    second(&place, "panel of first; sample all", "sample all");
    let (code, told) = refused(folder, &["plan", "second.survey", "--profile", "later"]);
    assert_eq!(code, Some(3));
    assert!(told.contains("the store of this profile has no such campaign"), "{told}");

    good(folder, &["rehearse", "wave.survey", "--quiet"]);
    let first = drawn(folder, "wave.survey");

    // Apart: nobody of the 30 of 120 is asked again. With: the same 40.
    second(&place, "sample 30; draw apart from first", "sample 40; draw with first");
    let both = drawn(folder, "second.survey");
    let common: Vec<_> = first.intersection(&both).collect();
    assert_eq!(common.iter().filter(|c| c.0 == "rest").count(), 40);
    let again = common.iter().filter(|c| c.0 == "top").count();
    assert_eq!(again, 0);

    // A panel: those who answered, and nobody who was not asked.
    second(&place, "panel of first; sample all", "sample all");
    let panel = planned(folder, "second.survey");
    let size = panel.strata[0].cells[0].population;
    assert!(size > 2 && size < 30, "{size}");
    let members = drawn(folder, "second.survey");
    let top = members.iter().filter(|m| m.0 == "top");
    assert!(top.clone().all(|m| first.contains(m)), "only people of the first wave");
    let eligible: u64 = panel.strata.iter().flat_map(|s| &s.cells).map(|c| c.population).sum();
    assert_eq!(eligible, 240, "the others go on to the next stratum");

    // Spread: from the answers of the first wave.
    second(&place, "sample 100 across top, rest allocate neyman on csi", "");
    let neyman = planned(folder, "second.survey");
    let before = neyman.before.clone().unwrap();
    assert_eq!(before.campaign, "first");
    assert!(before.of("csi", Some("top")).unwrap().deviation > 5.0, "{before:?}");
    assert_eq!(neyman.expected.invitations, 100);
    assert!(neyman.strata.iter().all(|s| s.cells[0].invitations >= 2));

    // The same from a summary, where there is no store.
    good(folder, &["plan", "second.survey", "--profile", "later", "--quiet", "--write-summary", "s.json"]);
    let there = good(folder, &["plan", "second.survey", "--profile", "later", "--quiet"]);
    fs::remove_dir_all(folder.join(".canvass")).unwrap();
    assert_eq!(good(folder, &["plan", "second.survey", "--summary", "s.json", "--quiet"]), there);
    let (code, told) = refused(folder, &["plan", "second.survey"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("too few answers of `first`") && told.contains("`spread top 22, …`"), "{told}");

    // A rehearsal has no store and supposes something.
    good(folder, &["rehearse", "second.survey", "--quiet"]);
}

/// A wave of everybody with a risk group; it follows another one.
fn risky(name: &str, follows: &str, more: &str) -> String {
    let head = SPEC.split("stratum top").next().unwrap();
    let tail = SPEC.split("section s").nth(1).unwrap();
    let head = head
        .replace("campaign wave {", &format!("campaign {name} {{\n  {follows}"))
        .replace("  once per email\n", "");
    format!("{head}{more}\nsection s{tail}analysis {{ risk low \"Low\" over 2 waves when csi < 65 }}\n")
}

/// Launches a wave in a store and lets people answer: codes 1 to 5 by number of the person, 0 for nobody.
async fn answered(folder: &Path, file: &str, store: &Store, codes: &[u8]) {
    let checked = analyse(file, &Folder(folder.to_path_buf())).checked.unwrap();
    let reading = canvass::frame::read(&checked, folder, 20_260_105, &History::default()).unwrap();
    let plan = plan::make(&checked, &reading.summary, 20_260_105);
    let now = "2026-01-06T02:00:00Z".parse().unwrap();
    let nonces = SeededNonces::new(u64::from(codes[0]) + 100 * codes.len() as u64 + file.len() as u64);
    runner::launch(&checked, &plan, &reading.drawn, store, now, &nonces).await.unwrap();
    for invitation in store.invitations_after(&plan.campaign, 0).await.unwrap() {
        let number: usize = invitation.key[1..].parse().unwrap();
        let Some(code) = codes.get(number).filter(|code| **code > 0) else { continue };
        let start = NewResponse {
            campaign: plan.campaign.clone(),
            pseudonym: format!("{}-{number}", plan.campaign),
            cell: Some(0),
            language: "en".to_owned(),
            channel: "mail".to_owned(),
            fields: BTreeMap::new(),
        };
        let response = store.start_response(Some(invitation.id), &start, now).await.unwrap();
        let given = BTreeMap::from([("overall".to_owned(), Some(Answer::Number(f64::from(*code))))]);
        store.save_page(response.id, "one", response.version, &given, 1, true, now).await.unwrap();
    }
}

/// Two waves, the second after the first; a third invites who was low in both.
#[test]
fn a_risk_group_of_earlier_waves_is_invited() {
    let everybody = "stratum everybody { sample all }";
    let rows: Vec<String> = (0..6).map(|i| format!("k{i},k{i}@example.com,2025-01-01,{i},{i}")).collect();
    let place = Place::new(&risky("autumn", "", everybody), &list(&rows));
    let folder = place.folder();
    place.write("winter.survey", risky("winter", "follows autumn", everybody).as_bytes());
    let later = |clause: &str| {
        let strata = format!("stratum risky {{ {clause}; sample all }}\nstratum others {{ sample all }}");
        place.write("spring.survey", risky("spring", "follows winter", &strata).as_bytes());
    };
    place.write("canvass.yaml", b"seed: 20260105\nprofiles:\n  later:\n    store: sqlite:later.db\n");
    later("where risk low of winter");
    let (code, told) = refused(folder, &["plan", "spring.survey", "--profile", "later"]);
    assert_eq!(code, Some(3));
    assert!(told.contains("the risk group `low` of `winter`"), "{told}");

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite:{}", folder.join("later.db").display());
        let store = Store::open(&url, Durability::Relaxed).await.unwrap().with_secret(b"secret");
        // Points are 25 (code − 1): 3 and less are below 65.
        answered(folder, "wave.survey", &store, &[1, 3, 4, 2, 0, 3]).await;
        answered(folder, "winter.survey", &store, &[3, 2, 1, 5, 1, 0]).await;
        store.close().await;
    });
    let risky_ones = |what: &str| {
        later(what);
        let drawn = drawn(folder, "spring.survey");
        drawn.into_iter().filter(|d| d.0 == "risky").map(|d| d.1).collect::<Vec<_>>().join(" ")
    };
    // The third was fine in autumn, the fourth in winter, the last two answered once.
    assert_eq!(risky_ones("where risk low of winter"), "k0 k1");
    assert_eq!(risky_ones("where not risk low of winter and spend >= 3"), "k3 k4 k5");
    assert_eq!(risky_ones("where risk low of autumn"), "", "before autumn there was nothing");
    later("where risk low of winter");
    let plan = planned(folder, "spring.survey");
    assert_eq!(plan.strata[0].cells[0].population, 2);
    good(folder, &["plan", "spring.survey", "--profile", "later", "--quiet", "--write-summary", "s.json"]);
    let there = good(folder, &["plan", "spring.survey", "--profile", "later", "--quiet"]);
    assert_eq!(good(folder, &["plan", "spring.survey", "--summary", "s.json", "--quiet"]), there);

    // A name that the spec of that wave has not is told by `check` already.
    later("where risk lwo of winter");
    let (code, told) = refused(folder, &["check", "spring.survey"]);
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("`winter` declares no risk group `lwo`") && told.contains("`low`"), "{told}");
    // Twice the same name; a panel in a campaign that promises not to know anybody.
    let text = risky("spring", "follows winter", "stratum all { panel of winter; sample all }");
    let twice = text.clone() + "analysis { risk low \"Low\" over 3 waves when csi < 50 }\n";
    let twice = twice.replacen("65 }\nanalysis {", "65;", 1);
    place.write("spring.survey", twice.as_bytes());
    let (_, told) = refused(folder, &["check", "spring.survey"]);
    assert!(told.contains("risk group `low` is declared twice"), "{told}");
    place.write("spring.survey", text.replace("confidential", "anonymous").as_bytes());
    let (_, told) = refused(folder, &["check", "spring.survey"]);
    assert!(told.contains("a panel follows people from wave to wave"), "{told}");
    // A rehearsal knows nobody and supposes a quarter.
    later("where risk low of winter");
    good(folder, &["rehearse", "spring.survey", "--quiet"]);
}

/// Who was invited in December rests; with `delay`, only a rest that lasts beyond close keeps somebody from the draw.
#[test]
fn rest_drops_or_waits() {
    let everybody = "stratum everybody { sample all }";
    let rows: Vec<String> = (0..3).map(|i| format!("k{i},k{i}@example.com,2025-01-01,{i},{i}")).collect();
    let place = Place::new(&risky("autumn", "", everybody), &list(&rows));
    let folder = place.folder();
    place.write("canvass.yaml", b"seed: 20260105\nprofiles:\n  later:\n    store: sqlite:later.db\n");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite:{}", folder.join("later.db").display());
        let store = Store::open(&url, Durability::Relaxed).await.unwrap().with_secret(b"secret");
        answered(folder, "wave.survey", &store, &[1, 1]).await;
        let due = "2025-12-20T02:00:00Z".parse().unwrap();
        let message = NewMessage {
            step: "invite".to_owned(),
            via: 0,
            channel: "mail".to_owned(),
            contact: AddressKind::Email,
            due: Some(due),
            wait: None,
            not_after: due,
            broken: None,
        };
        for person in store.invitations_after("autumn", 0).await.unwrap().iter().take(2) {
            let release = Release { invitation: person.id, messages: vec![message.clone()] };
            store.release("autumn", due, &[release]).await.unwrap();
        }
        store.close().await;
    });
    let at_rest = |rest: &str| {
        let text = risky("winter", "follows autumn", everybody)
            .replace("  key    key\n", &format!("  key    key\n  {rest}\n"));
        place.write("winter.survey", text.as_bytes());
        let cell = planned(folder, "winter.survey").strata[0].cells[0].clone();
        assert_eq!(
            (cell.population, cell.unavailable.iter().map(|u| u.count).sum::<u64>() + cell.drawn),
            (3, 3)
        );
        cell.drawn
    };
    // From the 20th of December to the 5th of January are 16 days, to the 31st 42.
    assert_eq!([at_rest("rest 15 days"), at_rest("rest 17 days"), at_rest("rest 17 days delay")], [3, 1, 3]);
    assert_eq!([at_rest("rest 42 days delay"), at_rest("rest 43 days delay")], [3, 1]);
    let shown = good(folder, &["plan", "winter.survey", "--profile", "later", "--quiet"]);
    assert!(shown.contains("2 at rest") && shown.contains("waits until then"), "{shown}");
}

#[test]
fn campaigns_that_can_not_be_coordinated_say_why() {
    let place = repository();
    let folder = place.folder();
    second(&place, "sample 30; draw apart from nowhere", "sample 40");
    let (code, told) = refused(folder, &["plan", "second.survey"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("`nowhere` stands in no spec of this repository"), "{told}");
    second(&place, "sample 30; draw with first", "sample 40");
    let text = fs::read_to_string(folder.join("wave.survey")).unwrap();
    place.write("wave.survey", text.replace("sample 30", "sample 30; draw with second").as_bytes());
    let (_, told) = refused(folder, &["plan", "second.survey"]);
    assert!(told.contains("wait for one another"), "{told}");
    place.write("wave.survey", text.replace("  key    key\n", "  key    key\n  cluster visits\n").as_bytes());
    let (code, told) = refused(folder, &["plan", "second.survey"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("`first` draws whole clusters"), "{told}");
    place.write("wave.survey", text.as_bytes());
    good(folder, &["rehearse", "wave.survey", "--quiet"]);
    let (code, told) = refused(folder, &["plan", "second.survey", "--profile", "later", "--seed", "5"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("seed 20260105, this one is drawn with 5"), "{told}");
}

/// Four waves: the report of the last counts who was low twice, and tells that the level fell.
#[test]
fn a_report_counts_risk_groups_and_follows_the_waves() {
    let everybody = "stratum everybody { sample all }";
    let rows: Vec<String> = (0..40).map(|i| format!("k{i},k{i}@example.com,2025-01-01,{i},{i}")).collect();
    let place = Place::new(&risky("spring", "", everybody), &list(&rows));
    let folder = place.folder();
    place.write("canvass.yaml", b"seed: 20260105\nprofiles:\n  later:\n    store: sqlite:later.db\n");
    let names = ["spring", "summer", "autumn", "winter"];
    for (name, before) in names[1..].iter().zip(names) {
        let spec = risky(name, &format!("follows {before}"), everybody);
        place.write(&format!("{name}.survey"), spec.as_bytes());
    }
    let fine = |shift: usize| (0..40).map(|i| 3 + ((i * 7 + shift) % 3) as u8).collect::<Vec<u8>>();
    // Fifteen people are low in autumn and in winter; the last one does not answer in winter.
    let autumn: Vec<u8> =
        fine(2).iter().enumerate().map(|(i, x)| if i < 15 { 2 } else { (*x).max(4) }).collect();
    let winter: Vec<u8> = (0..40).map(|i| if i == 39 { 0 } else { 1 + (i % 2) as u8 }).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite:{}", folder.join("later.db").display());
        let store = Store::open(&url, Durability::Relaxed).await.unwrap().with_secret(b"secret");
        let waves = [("wave", fine(2)), ("summer", fine(1)), ("autumn", autumn), ("winter", winter)];
        for (file, codes) in waves {
            answered(folder, &format!("{file}.survey"), &store, &codes).await;
        }
        store.close().await;
    });
    let report = |folder: &Path| -> serde_json::Value {
        good(folder, &["report", "winter.survey", "--profile", "later", "--out", "out", "--quiet"]);
        serde_json::from_str(&fs::read_to_string(folder.join("out/report.json")).unwrap()).unwrap()
    };
    let found = report(folder)["findings"].clone();
    let risk = &found["risks"][0];
    assert_eq!((risk["people"].as_u64(), risk["hidden"].as_bool()), (Some(15), Some(false)), "{risk}");
    assert!((risk["share"]["value"].as_f64().unwrap() - 15.0 / 39.0).abs() < 1e-12, "{risk}");
    let text = fs::read_to_string(folder.join("out/report.md")).unwrap();
    assert!(text.contains("15 people fulfil the condition in each of the last 2 waves"), "{text}");
    assert!(text.contains("`where risk low of winter`"));
    let waves: Vec<&str> =
        found["trend"]["waves"].as_array().unwrap().iter().map(|w| w["name"].as_str().unwrap()).collect();
    assert_eq!(waves, names);
    assert_eq!(found["trend"]["last"]["wave"], "winter");
    assert!(found["trend"]["last"]["height"].as_f64().unwrap() < -30.0, "{}", found["trend"]);
}

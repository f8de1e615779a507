//! Every number of the report, recomputed by a program that shares no code with it.
//!
//! The real list is read and drawn, answers are invented, and `tests/independent/recompute.py` (Python's
//! standard library alone) goes through `report.json`. It must agree on all numbers, and it must notice one
//! that is wrong, one that it does not know, and somebody who was not drawn.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use canvass::exchange::raw::{Raw, raw};
use canvass::frame::{History, Person, arrivals, read};
use canvass::model::Checked;
use canvass::plan::{self, Plan};
use canvass::report::data::MessageLine;
use canvass::report::{Records, build, json};
use canvass::store::types::{Arrivals, MessageState, Response, ResponseState, SampleUnit};
use canvass::store::{DrawnUnit, MessageCount};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

use super::simulate::{Random, answers, quarterly};
use crate::support::scratch::Scratch;

const SEED: u64 = 20_260_105;

/// Released and willing, by cell: the census in full, the quotas in part.
const RELEASED: [(usize, f64); 5] =
    [(usize::MAX, 0.10), (usize::MAX, 0.3), (500, 0.25), (600, 0.2), (300, 0.15)];

struct Campaign {
    plan: Plan,
    drawn: Vec<Person>,
    records: Records,
    units: Vec<DrawnUnit>,
}

fn campaign(checked: &Checked, folder: &Path) -> Campaign {
    let reading = read(checked, folder, SEED, &History::default()).unwrap();
    let plan = plan::make(checked, &reading.summary, SEED);
    let (first, last) = (date(2026, 1, 5), date(2026, 1, 31));
    let came = arrivals(checked, folder, SEED, &History::default(), first, last, &BTreeSet::new()).unwrap();
    let fresh = came[0].person.cell;
    let mut people: Vec<Person> = reading.drawn.clone();
    people.extend(came.iter().filter(|a| a.drawn).map(|a| a.person.clone()));
    let mut random = Random(3);
    let mut records =
        Records { arrivals: vec![Arrivals { cell: fresh, count: came.len() as u64 }], ..Records::default() };
    let mut units = Vec::new();
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    people.sort_by_key(|p| p.cell);
    for person in &people {
        let (limit, willing) = RELEASED[person.cell as usize];
        let place = counts.entry(person.cell).or_default();
        *place += 1;
        let released = *place <= limit;
        let region = person.fields.get("region").cloned().unwrap_or_default();
        let willing = if region == "south" { willing * 1.5 } else { willing };
        let id = units.len() as i64 + 1;
        let starts = released && random.next() < willing;
        let fields = BTreeMap::from([("region".to_owned(), region.clone())]);
        if starts {
            records.responses.push(response(checked, &mut random, id, person.cell, &fields));
        }
        let response = starts.then_some(id);
        records.sample.push(SampleUnit {
            cell: person.cell,
            cluster: None,
            released,
            response,
            fields: fields.into(),
        });
        units.push(DrawnUnit {
            key: person.key.clone(),
            occasion: String::new(),
            cell: person.cell,
            cluster: None,
            released,
            response,
        });
    }
    let line = |step: &str, channel: &str, state, count| MessageLine {
        step: step.to_owned(),
        channel: channel.to_owned(),
        state,
        count,
    };
    let all = units.iter().filter(|u| u.released).count() as u64;
    records.messages = vec![
        line("invite", "mail", MessageState::Accepted, all - 140),
        line("invite", "mail", MessageState::Rejected, 40),
        line("invite", "sms", MessageState::Accepted, 100),
        line("remind_1", "mail", MessageState::Accepted, 2204),
    ];
    Campaign { plan, drawn: reading.drawn, records, units }
}

fn response(
    checked: &Checked,
    random: &mut Random,
    id: i64,
    cell: u32,
    fields: &BTreeMap<String, String>,
) -> Response {
    let open: Timestamp = "2026-01-05T01:00:00Z".parse().unwrap();
    let started = open + SignedDuration::from_secs((random.next().powi(3) * 2_000_000.0) as i64);
    let completes = random.next() < 0.9;
    let liking = 0.55 + 0.05 * f64::from(cell) - if fields["region"] == "south" { 0.15 } else { 0.0 };
    let seconds = 30 + (random.next() * 200.0) as i64;
    Response {
        id,
        campaign: checked.campaign.name.as_str().into(),
        pseudonym: format!("r{:010x}", (random.next() * 1e12) as u64),
        cell: Some(cell),
        language: "zh".into(),
        channel: if random.next() < 0.97 { "mail" } else { "sms" }.into(),
        state: if completes { ResponseState::Completed } else { ResponseState::Started },
        started_at: started,
        updated_at: started,
        completed_at: completes.then(|| started + SignedDuration::from_secs(seconds)),
        page: 1,
        answers: answers(checked, random, liking).into(),
        fields: fields.clone().into(),
        version: 1,
    }
}

fn raw_of(campaign: &Campaign) -> Raw {
    let counts: Vec<MessageCount> = campaign
        .records
        .messages
        .iter()
        .map(|m| MessageCount {
            step: m.step.clone(),
            channel: m.channel.clone(),
            state: m.state,
            count: m.count,
        })
        .collect();
    let records = &campaign.records;
    raw(&campaign.plan, &campaign.units, &records.arrivals, &counts, &records.responses)
}

fn draw(campaign: &Campaign) -> String {
    let mut cells: Vec<(u32, &str)> =
        campaign.plan.strata.iter().flat_map(|s| &s.cells).map(|c| (c.index, c.name.as_str())).collect();
    cells.sort_unstable();
    let row = |p: &Person| format!("{},{},{},{}\n", cells[p.cell as usize].1, p.position, p.key, p.u);
    "cell,position,key,u\n".to_owned() + &campaign.drawn.iter().map(row).collect::<String>()
}

/// Runs the other program; returns whether it agreed, and what it said.
fn recompute(folder: &Path, raw: &str, report: &str) -> (bool, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::write(folder.join("raw.json"), raw).unwrap();
    std::fs::write(folder.join("report.json"), report).unwrap();
    let output = Command::new("python3")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(root.join("tests/independent/recompute.py"))
        .arg("--customers")
        .arg(root.join("specs/quarterly-index/data/customers.csv"))
        .arg("--draw")
        .arg(folder.join("draw.csv"))
        .arg("--raw")
        .arg(folder.join("raw.json"))
        .arg("--report")
        .arg(folder.join("report.json"))
        .args(["--seed", &SEED.to_string()])
        .output()
        .expect("python3 recomputes the report; install it");
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), said)
}

#[test]
fn another_program_agrees_on_every_number_and_notices_a_wrong_one() {
    let checked = quarterly();
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs/quarterly-index");
    let campaign = campaign(&checked, &list);
    let folder = Scratch::new("recompute");
    std::fs::write(folder.join("draw.csv"), draw(&campaign)).unwrap();
    let records = serde_json::to_string(&raw_of(&campaign)).unwrap();
    let now: Timestamp = "2026-02-01T00:00:00Z".parse().unwrap();
    let report = json(&build(&checked, &campaign.plan, &campaign.records, now));

    let (agrees, said) = recompute(&folder, &records, &report);
    assert!(agrees, "{said}");
    assert!(said.contains(" 0 faults"), "{said}");

    let mut wrong: serde_json::Value = serde_json::from_str(&report).unwrap();
    let estimate = &mut wrong["scores"]["strata"][2]["estimates"][6];
    estimate["standard_error"] = (estimate["standard_error"].as_f64().unwrap() * 1.000_001).into();
    wrong["scores"]["surprise"] = 1.into();
    let (agrees, said) = recompute(&folder, &records, &wrong.to_string());
    assert!(!agrees);
    assert!(said.contains(" 2 faults"), "{said}");
    for fault in ["scores.strata[2].estimates[6].standard_error", "scores.surprise = 1: not recomputed"] {
        assert!(said.contains(fault), "{fault} went unnoticed:\n{said}");
    }

    let mut strange: serde_json::Value = serde_json::from_str(&records).unwrap();
    let known = campaign.drawn.iter().filter(|p| p.cell == 0).count();
    strange["units"][known - 1]["cell"] = 1.into();
    let (agrees, said) = recompute(&folder, &strange.to_string(), &report);
    assert!(!agrees);
    assert!(said.contains("draw: 1 people in `fresh` whom the list does not give"), "{said}");
    std::fs::remove_dir_all(folder).unwrap();
}

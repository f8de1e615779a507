//! R computes the report of every campaign of the repository again.

use std::collections::BTreeMap;
use std::path::Path;

use canvass::frame::{History, read};
use canvass::model::checked::FieldKind;
use canvass::model::{Checked, Folder, analyse};
use canvass::plan::types::Entry;
use canvass::plan::{self, Plan};
use canvass::report::{Records, build, json};
use canvass::score::wave::Wave;
use canvass::store::types::{Arrivals, Response, ResponseState, SampleUnit};
use jiff::{SignedDuration, Timestamp};

use super::run::compare;
use crate::report::simulate::{Random, answers};
use crate::support::scratch::Scratch;

const SEED: u64 = 20_260_105;

fn campaign(name: &str) -> (Checked, Plan) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs").join(name);
    let analysis = analyse(&format!("{name}.survey"), &Folder(folder.clone()));
    let checked = analysis.checked.unwrap_or_else(|| panic!("{:?}", analysis.diagnostics));
    let reading = read(&checked, &folder, SEED, &History::default()).unwrap();
    let plan = plan::make(&checked, &reading.summary, SEED);
    (checked, plan)
}

/// Invented answers under the real plan: at most 400 people a cell, of groups that answer more or less gladly.
fn records(checked: &Checked, plan: &Plan) -> Records {
    let mut random = Random(11);
    let mut out = Records::default();
    let open: Timestamp = plan.schedule.open.parse().unwrap();
    for (stratum, cell) in plan.strata.iter().flat_map(|s| s.cells.iter().map(move |c| (s, c))) {
        let comes = matches!(stratum.entry, Entry::Daily { .. } | Entry::Events { .. });
        let population = if comes { 900 } else { cell.population };
        if comes {
            out.arrivals.push(Arrivals { cell: cell.index, count: population });
        }
        for _ in 0..population.min(400) {
            let fields = fields(checked, &mut random);
            let south = fields.get("region").is_some_and(|r| r == "south");
            let id = out.sample.len() as i64 + 1;
            let answered = random.next() < if south { 0.45 } else { 0.3 };
            let liking = 0.55 + 0.05 * f64::from(cell.index % 4) - if south { 0.15 } else { 0.0 };
            if answered {
                let started = open + SignedDuration::from_hours((random.next() * 480.0) as i64);
                let completes = random.next() < 0.9;
                let seconds = 30 + random.below(300) as i64;
                out.responses.push(Response {
                    id,
                    campaign: checked.campaign.name.clone(),
                    pseudonym: format!("r{:010x}", (random.next() * 1e12) as u64),
                    cell: (random.next() < 0.97).then_some(cell.index),
                    language: if random.next() < 0.9 { "zh" } else { "en" }.to_owned(),
                    channel: if random.next() < 0.9 { "mail" } else { "sms" }.to_owned(),
                    state: if completes { ResponseState::Completed } else { ResponseState::Started },
                    started_at: started,
                    updated_at: started,
                    completed_at: completes.then(|| started + SignedDuration::from_secs(seconds)),
                    page: 1,
                    answers: answers(checked, &mut random, liking),
                    fields: fields.clone(),
                    version: 1,
                });
            }
            out.sample.push(SampleUnit {
                cell: cell.index,
                released: true,
                response: answered.then_some(id),
                fields,
            });
        }
    }
    out
}

fn fields(checked: &Checked, random: &mut Random) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for field in checked.fields() {
        if let FieldKind::OneOf(choices) = &field.kind {
            out.insert(field.name.clone(), choices[random.below(choices.len())].name.clone());
        }
    }
    out
}

fn agrees(name: &str) {
    let (checked, plan) = campaign(name);
    let records = records(&checked, &plan);
    let now: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
    let report = json(&build(&checked, &plan, &records, now));
    let wave = Wave::of_campaign(&checked, &plan, &records.sample, &records.arrivals, &records.responses);
    let folder = Scratch::new("export");
    let said = compare(&folder, &wave, &report);
    if std::env::var_os("CANVASS_KEEP").is_some() {
        eprintln!("{}", said.text);
        let to = std::env::temp_dir().join(format!("kept-{name}"));
        let _ = std::fs::remove_dir_all(&to);
        std::fs::rename(&folder.0, to).unwrap();
    }
    assert!(said.agrees, "{name}:\n{}", said.text);
    assert!(said.compared > 2500, "{name}:\n{}", said.text);
}

#[test]
fn r_reproduces_the_quarterly_index() {
    agrees("quarterly-index");
}

#[test]
fn r_reproduces_the_promotion_wave() {
    agrees("promotion-wave");
}

#[test]
fn r_reproduces_the_yearly_improvement() {
    agrees("yearly-improvement");
}

#[test]
fn r_reproduces_the_answers_after_service() {
    agrees("after-service");
}

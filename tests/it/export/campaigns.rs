//! R computes the report of every campaign of the repository again.

use std::collections::BTreeMap;
use std::path::Path;

use canvass::exchange::beside as exchange;
use canvass::expr::Expr;
use canvass::frame::{History, read};
use canvass::model::checked::{Drivers, FieldKind, Measured, QuestionKind, Risk, Score, ScoreKind, Text};
use canvass::model::{Checked, Folder, analyse};
use canvass::plan::types::Entry;
use canvass::plan::{self, Plan};
use canvass::report::waves::{self, Before};
use canvass::report::{Records, build, course, json, middle_of, point};
use canvass::score::findings::{PastWave, RiskMembers};
use canvass::score::wave::Wave;
use canvass::store::types::{Arrivals, Response, ResponseState, SampleUnit};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

use super::run::{Said, compare};
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
fn records(checked: &Checked, plan: &Plan, seed: u64) -> Records {
    let mut random = Random(seed);
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
                    campaign: checked.campaign.name.as_str().into(),
                    pseudonym: format!("r{:010x}", (random.next() * 1e12) as u64),
                    cell: (random.next() < 0.97).then_some(cell.index),
                    language: if random.next() < 0.9 { "zh" } else { "en" }.into(),
                    channel: if random.next() < 0.9 { "mail" } else { "sms" }.into(),
                    state: if completes { ResponseState::Completed } else { ResponseState::Started },
                    started_at: started,
                    updated_at: started,
                    completed_at: completes.then(|| started + SignedDuration::from_secs(seconds)),
                    page: 1,
                    answers: answers(checked, &mut random, liking).into(),
                    fields: fields.clone().into(),
                    version: 1,
                });
            }
            out.sample.push(SampleUnit {
                cell: cell.index,
                cluster: None,
                released: true,
                response: answered.then_some(id),
                fields: fields.into(),
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
    for column in checked.events.iter().flat_map(|e| &e.fields).filter(|f| f.kind == FieldKind::YesNo) {
        out.insert(column.name.clone(), if random.next() < 0.7 { "yes" } else { "no" }.to_owned());
    }
    out
}

/// The same campaign a wave before, with other weights; every third person of this wave answered it, from the back.
fn wave_before(checked: &Checked, plan: &Plan, after: &Records) -> Before {
    let mut before = checked.clone();
    before.campaign.name = "wave_before".to_owned();
    let scores = before.scoring.iter_mut().flat_map(|s| &mut s.scores);
    let mut weights: Vec<&mut f64> = scores
        .filter_map(
            |s| if let ScoreKind::Dimension { weight, .. } = &mut s.kind { Some(weight) } else { None },
        )
        .collect();
    if let [first, second, ..] = &mut weights[..] {
        **first += 0.05;
        **second -= 0.05;
    }
    let records = records(&before, plan, 23);
    let number = |i: usize, r: &Response| (r.id, if i % 3 == 0 { i as u64 } else { (100_000 + i) as u64 });
    let old = records.responses.iter().enumerate().map(|(i, r)| number(i, r)).collect();
    let new = after.responses.iter().enumerate().map(|(i, r)| (r.id, i as u64)).collect();
    Before { checked: before, plan: plan.clone(), records, people: (old, new) }
}

/// What this wave's spec may ask for and those of the repository don't: drivers, a risk group, a promise that is due.
fn asks_more(checked: &mut Checked) {
    let items = &checked.questionnaire.items;
    let scales: Vec<Measured> = (0..items.len())
        .filter(|i| {
            matches!(checked.questionnaire.questions[items[*i].question].kind, QuestionKind::Scale(..))
        })
        .map(Measured::Item)
        .collect();
    let by = scales[1..].iter().take(4).copied().chain([Measured::Score(0)]).collect();
    let condition = Expr::And(Vec::new());
    checked.analysis.risks.push(Risk { name: "low".to_owned(), title: Text::default(), waves: 2, condition });
    checked.analysis.drivers.push(Drivers { outcome: scales[0], by });
    for action in &mut checked.actions {
        action.due = action.due.and(Some(date(2026, 1, 12)));
        action.verify_days = Some(3);
    }
}

fn agrees(name: &str) {
    let (mut checked, plan) = campaign(name);
    asks_more(&mut checked);
    let mut records = records(&checked, &plan, 11);
    records.past.risks = vec![at_risk(&records)];
    let alone = tried(name, &checked, &plan, &records);
    records.before = Some(Box::new(wave_before(&checked, &plan, &records)));
    // Four waves have a level, five and more a line.
    records.past.waves = past(&checked, &plan, &records, if name == "quarterly-index" { 2 } else { 4 });
    let after = tried(name, &checked, &plan, &records);
    for section in ["risk groups", "trend", "wave against wave", "opinion and weights", "drivers"] {
        assert!(after.text.lines().any(|l| l.starts_with(section)), "{name}, {section}:\n{}", after.text);
    }
    assert!(after.compared > alone.compared + 500, "{name}:\n{}", after.text);
}

/// Everybody's link is known but for every tenth; a third of them is at risk, as are some who did not answer.
fn at_risk(records: &Records) -> RiskMembers {
    let ids =
        |keep: &dyn Fn(i64) -> bool| records.responses.iter().map(|r| r.id).filter(|id| keep(*id)).collect();
    // Everybody in every wave, and others who had a good one in between.
    let low = 1..=records.responses.len() as u64;
    let wave = |k: u64| low.clone().map(|p| (p, true)).chain((0..40).map(move |p| (9_000_000 + p, k != 1)));
    RiskMembers {
        verdicts: (0..5).map(|k| wave(k).collect()).collect(),
        name: "low".to_owned(),
        people: records.responses.len() as u64,
        responses: ids(&|id| id % 3 == 0 && id % 10 != 0),
        known: ids(&|id| id % 10 != 0),
        why: None,
    }
}

/// The main score of earlier waves, oldest first: so many invented ones with a jump, then the wave before.
fn past(checked: &Checked, plan: &Plan, records: &Records, invented: usize) -> Vec<PastWave> {
    let before = records.before.as_ref().unwrap();
    let wave = Wave::of_campaign(checked, plan, &records.sample, &records.arrivals, &records.responses);
    let (old, _) = waves::launched(&wave, before);
    let index = |s: &&Score| matches!(s.kind, ScoreKind::Index { .. });
    let main = checked.scoring.iter().flat_map(|s| &s.scores).find(index).unwrap();
    let middle = middle_of(&plan.schedule.open, &plan.schedule.close);
    let last = point(&old, &main.name, middle - 90.0).unwrap();
    let earlier = |k: usize| PastWave {
        name: format!("wave_{k}"),
        at: middle - 90.0 * (invented + 1 - k) as f64,
        value: last.value - 12.0 + [0.0, 0.7, 11.0, 12.4][k],
        variance: 0.8 + 0.1 * k as f64,
    };
    (0..invented).map(earlier).chain([last.clone()]).collect()
}

/// Lets R reckon the report again.
fn tried(name: &str, checked: &Checked, plan: &Plan, records: &Records) -> Said {
    let now: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
    let report = json(&build(checked, plan, records, now));
    let wave = Wave::of_campaign(checked, plan, &records.sample, &records.arrivals, &records.responses);
    let before = records.before.as_ref().map(|b| waves::launched(&wave, b));
    let before = before.as_ref().map(|(wave, n)| exchange::Before { wave, numbers: n.clone() });
    let past = course(&wave, plan, &records.past);
    let beside = exchange::Beside {
        before: before.as_ref(),
        risks: &records.past.risks,
        past: &past,
        older: &[],
        seed: plan.seed,
        events: &records.events,
    };
    let folder = Scratch::new("export");
    let said = compare(&folder, &wave, beside, &report);
    if std::env::var_os("CANVASS_KEEP").is_some() {
        eprintln!("{}", said.text);
        let to = std::env::temp_dir().join(format!("kept-{name}-{}", before.is_some()));
        let _ = std::fs::remove_dir_all(&to);
        std::fs::rename(&folder.0, to).unwrap();
    }
    assert!(said.agrees, "{name}:\n{}", said.text);
    assert!(said.compared > 4000, "{name}:\n{}", said.text);
    said
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

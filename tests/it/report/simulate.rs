//! The quarterly spec with invented answers: not a rehearsal, only something to print.

use std::collections::BTreeMap;
use std::path::Path;

use canvass::expr::{Env, Value, Var, truth};
use canvass::model::checked::QuestionKind;
use canvass::model::{Checked, Folder, analyse};
use canvass::plan::Plan;
use canvass::report::Records;
use canvass::report::data::MessageLine;
use canvass::store::types::{Answer, Arrivals, MessageState, Response, ResponseState, SampleUnit};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// A small generator, the same everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() * n as f64) as usize
    }
}

pub fn quarterly() -> Checked {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs/quarterly-index");
    let analysis = analyse("quarterly-index.survey", &Folder(folder));
    analysis.checked.expect("the quarterly spec checks clean")
}

/// Cells: population, drawn, chance to answer, liking 0–1.
const CELLS: [(&str, u64, u64, f64, f64); 5] = [
    ("key_accounts", 1180, 1180, 0.32, 0.62),
    ("fresh", 640, 71, 0.25, 0.75),
    ("active.heavy", 1900, 820, 0.26, 0.70),
    ("active.mid", 4200, 1000, 0.22, 0.66),
    ("active.light", 7300, 210, 0.15, 0.55),
];

pub fn plan(checked: &Checked) -> Plan {
    let title = |text: &canvass::model::checked::Text| serde_json::to_value(text).unwrap();
    let mut index = 0;
    let strata: Vec<serde_json::Value> = checked
        .strata
        .iter()
        .map(|s| {
            let names: Vec<(String, serde_json::Value)> = if s.parts.is_empty() {
                vec![(s.name.clone(), title(&s.title))]
            } else {
                s.parts.iter().map(|p| (format!("{}.{}", s.name, p.name), title(&p.title))).collect()
            };
            let cells: Vec<serde_json::Value> = names
                .into_iter()
                .map(|(name, title)| {
                    let size = CELLS.iter().find(|c| c.0 == name).unwrap();
                    index += 1;
                    serde_json::json!({"index": index - 1, "name": name, "title": title, "population": size.1,
                        "unavailable": [], "drawn": size.2, "invitations": size.2, "wanted": null, "completes": 0.0,
                        "base_weight": null, "margin": null,
                        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"})
                })
                .collect();
            let entry = match s.name.as_str() {
                "fresh" => serde_json::json!({"kind": "daily", "share": 0.1}),
                "active" => serde_json::json!({"kind": "completes", "response": 0.25}),
                _ => serde_json::json!({"kind": "at_once"}),
            };
            let sample = match s.name.as_str() {
                "fresh" => "10% daily",
                "active" => "500 completes expecting 25% response",
                _ => "all",
            };
            serde_json::json!({"name": s.name, "title": title(&s.title), "sample": sample, "entry": entry, "cells": cells})
        })
        .collect();
    let plan = serde_json::json!({
        "version": 1, "hash": "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
        "campaign": checked.campaign.name, "title": title(&checked.campaign.title),
        "languages": checked.campaign.languages, "timezone": checked.campaign.timezone,
        "owner": checked.campaign.owner, "seed": 20_260_105, "privacy": "confidential",
        "frame": {"source": "data/customers.csv", "rows": 20000, "bad_rows": 3, "bad_cells": 2,
            "excluded": [{"label": {"zh": "已退订", "en": "Opted out"}, "count": 812}], "once": 21, "eligible": 19164,
            "columns": {"key": "customer_id", "email": "email", "mobile": "phone", "name": null, "language": null, "timezone": null}},
        "strata": strata, "overlaps": [], "unmatched": 3944,
        "questionnaire": {"questions": 12, "items": 18, "minutes": [{"language": "zh", "shortest": 1.8, "longest": 3.1}]},
        "schedule": {"open": "2026-01-05T09:00:00+08:00", "close": "2026-01-31T18:00:00+08:00",
            "hours": ["09:00", "20:00"], "workdays": true, "days_off": [], "days_on": []},
        "channels": [],
        "steps": [{"name": "invite", "kind": "invite", "via": ["mail", "sms"], "timing": {"kind": "at_release"},
            "strata": [], "messages": 0, "first": null, "last": null}],
        "expected": {"invitations": 0, "messages": 0, "completes": 0.0, "margin": null},
        "warnings": []
    });
    serde_json::from_value(plan).unwrap()
}

struct Given<'a> {
    checked: &'a Checked,
    answers: &'a BTreeMap<String, Answer>,
}

impl Env for Given<'_> {
    fn value(&self, var: Var) -> Value {
        match var {
            Var::Item(i) => {
                let name = &self.checked.questionnaire.items[i].name;
                self.answers.get(name).map_or(Value::Missing, Answer::value)
            }
            _ => Value::Missing,
        }
    }

    fn today(&self) -> Date {
        Date::constant(2026, 1, 5)
    }
}

pub fn records(checked: &Checked, seed: u64) -> Records {
    let mut random = Random(seed);
    let mut out = Records::default();
    let open: Timestamp = "2026-01-05T01:00:00Z".parse().unwrap();
    let mut accepted = 0;
    for (cell, (_, population, drawn, willing, liking)) in CELLS.into_iter().enumerate() {
        for _ in 0..drawn {
            let region = ["east", "west", "north", "south"][random.below(4)];
            let tier = ["standard", "silver", "gold"][random.below(3)];
            let fields = BTreeMap::from([
                ("region".to_owned(), region.to_owned()),
                ("tier".to_owned(), tier.to_owned()),
            ]);
            let liking = if region == "south" { liking - 0.15 } else { liking };
            accepted += u64::from(random.next() < 0.97);
            let id = out.sample.len() as i64 + 1;
            let starts = random.next() < willing * 1.15 + if region == "south" { 0.1 } else { 0.0 };
            if starts {
                let hours = (random.next().powi(3) * 600.0) as i64;
                let started = open + SignedDuration::from_hours(hours);
                let completes = random.next() < 0.87;
                let seconds = 30 + random.below(300) as i64;
                let answers = answers(checked, &mut random, liking);
                out.responses.push(Response {
                    id,
                    campaign: checked.campaign.name.as_str().into(),
                    pseudonym: format!("r{:08x}", (random.next() * 4e9) as u64),
                    cell: Some(cell as u32),
                    language: if random.next() < 0.9 { "zh" } else { "en" }.into(),
                    channel: if random.next() < 0.9 { "mail" } else { "sms" }.into(),
                    state: if completes { ResponseState::Completed } else { ResponseState::Started },
                    started_at: started,
                    updated_at: started,
                    completed_at: completes.then(|| started + SignedDuration::from_secs(seconds)),
                    page: 1,
                    answers: answers.into(),
                    fields: fields.clone().into(),
                    version: 1,
                });
            }
            out.sample.push(SampleUnit {
                cell: cell as u32,
                cluster: None,
                released: true,
                response: starts.then_some(id),
                fields: fields.into(),
            });
        }
        if cell == 1 {
            out.arrivals.push(Arrivals { cell: 1, count: population });
        }
    }
    let line = |step: &str, channel: &str, state, count| MessageLine {
        step: step.to_owned(),
        channel: channel.to_owned(),
        state,
        count,
    };
    let all = out.sample.len() as u64;
    out.messages = vec![
        line("invite", "mail", MessageState::Accepted, accepted - 140),
        line("invite", "mail", MessageState::Rejected, all - accepted),
        line("invite", "sms", MessageState::Accepted, 140),
        line("remind_1", "mail", MessageState::Accepted, 2204),
        line("remind_1", "mail", MessageState::Cancelled, 760),
        line("remind_2", "mail", MessageState::Accepted, 1911),
    ];
    out
}

const WISHES: [&str; 8] = [
    "客服等待时间太长，希望增加在线客服人手。",
    "App 里的安装说明看不懂，最好有视频。",
    "价格有点高，老客户没有优惠 | 建议做会员价",
    "请联系我 wang@example.com 或 +1 202 555 0143，问题一直没解决",
    "上门师傅迟到了两个小时。",
    "<b>屏幕</b>经常死机",
    "Please answer faster, three days is too long.",
    "售后电话总是占线",
];

pub fn answers(checked: &Checked, random: &mut Random, liking: f64) -> BTreeMap<String, Answer> {
    let mut out = BTreeMap::new();
    for (q, question) in checked.questionnaire.questions.iter().enumerate() {
        let asked =
            question.condition.as_ref().is_none_or(|c| truth(c, &Given { checked, answers: &out }).holds());
        if !asked {
            continue;
        }
        for (_, item) in checked.questionnaire.items_of(q) {
            let answer = match &question.kind {
                QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => {
                    if !question.not_applicable.is_empty() && random.next() < 0.08 {
                        Some(Answer::NotApplicable)
                    } else {
                        let (low, high) = checked.scales[*scale].range();
                        let u = (liking + 0.6 * (random.next() - 0.5)).clamp(0.0, 0.999);
                        Some(Answer::Number((low + (u * (high - low + 1) as f64) as i64) as f64))
                    }
                }
                QuestionKind::Choice(options) => {
                    let name = options[random.below(options.len())].name.clone();
                    Some(Answer::Option { name, other: None })
                }
                QuestionKind::YesNo => Some(Answer::YesNo(random.next() < 0.7)),
                QuestionKind::Text { .. } if random.next() < 0.5 => {
                    Some(Answer::Text(format!("{}{}", WISHES[random.below(8)], random.below(50))))
                }
                _ => None,
            };
            if let Some(answer) = answer.filter(|_| random.next() < 0.97) {
                out.insert(item.name.clone(), answer);
            }
        }
    }
    out
}

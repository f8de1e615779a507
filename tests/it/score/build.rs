//! Small campaigns made by hand.

use std::collections::BTreeMap;

use canvass::model::Checked;
use canvass::model::checked::{
    Analysis, Campaign, Choice, Field, FieldKind, Frame, Instrument, Item, Privacy, PrivacyMode, Question,
    QuestionKind, Questionnaire, ReportSpec, Scale, ScalePoint, Score, ScoreKind, Scoring, Section, Text,
};
use canvass::plan::Plan;
use canvass::source::{FileId, Span};
use canvass::store::named::Named;
use canvass::store::types::{Answer, Response, ResponseState, SampleUnit};
use jiff::Timestamp;

/// A campaign with its sample and answers.
pub struct Builder {
    pub checked: Checked,
    pub plan: Plan,
    pub sample: Vec<SampleUnit>,
    pub responses: Vec<Response>,
}

pub fn text(zh: &str, en: &str) -> Text {
    Text(vec![("zh".to_owned(), zh.to_owned()), ("en".to_owned(), en.to_owned())])
}

pub fn nowhere() -> Span {
    Span { file: FileId(0), start: 0, end: 0 }
}

/// Answers by name.
pub fn answers(list: &[(&str, f64)]) -> BTreeMap<String, Answer> {
    list.iter().map(|(n, x)| ((*n).to_owned(), Answer::Number(*x))).collect()
}

impl Builder {
    /// Strata with name and size; items `a` and `b` (1–5), `nps` (0–10), `why` (text); an index of two dimensions.
    pub fn new(strata: &[(&str, u64)]) -> Self {
        Self { checked: checked(), plan: plan(strata), sample: Vec::new(), responses: Vec::new() }
    }

    /// Adds an invited person of a region who gives these answers, or none.
    pub fn person(&mut self, cell: u32, region: &str, given: Option<BTreeMap<String, Answer>>) -> &mut Self {
        let fields: Named<String> = [("region".to_owned(), region.to_owned())].into_iter().collect();
        let id = self.sample.len() as i64 + 1;
        let start: Timestamp = "2026-01-10T02:00:00Z".parse().unwrap();
        if let Some(answers) = given {
            self.responses.push(Response {
                id,
                campaign: "c".into(),
                pseudonym: format!("p{:06}", (id * 7919) % 1_000_003),
                cell: Some(cell),
                language: "zh".into(),
                channel: "mail".into(),
                state: ResponseState::Completed,
                started_at: start,
                updated_at: start + jiff::SignedDuration::from_secs(120),
                completed_at: Some(start + jiff::SignedDuration::from_secs(120)),
                page: 1,
                answers: answers.into(),
                fields: fields.clone(),
                version: 1,
            });
            self.sample.push(SampleUnit { cell, cluster: None, released: true, response: Some(id), fields });
        } else {
            self.sample.push(SampleUnit { cell, cluster: None, released: true, response: None, fields });
        }
        self
    }

    pub fn score(&self) -> canvass::score::Scores {
        canvass::score::score(&self.checked, &self.plan, &self.sample, &[], &self.responses)
    }
}

fn scale(name: &str, codes: std::ops::RangeInclusive<i64>) -> Scale {
    let point = |code| ScalePoint { code, label: text(&format!("{code}分"), &format!("point {code}")) };
    Scale { name: name.to_owned(), points: codes.map(point).collect() }
}

fn question(name: &str, kind: QuestionKind) -> Question {
    Question {
        name: name.to_owned(),
        section: 0,
        kind,
        text: text(&format!("问题 {name}"), &format!("Question {name}")),
        hint: Text::default(),
        required: false,
        condition: None,
        not_applicable: Text::default(),
        shuffle: false,
        span: nowhere(),
    }
}

fn checked() -> Checked {
    let kinds = [
        ("a", QuestionKind::Scale(0, Instrument::Own)),
        ("b", QuestionKind::Scale(0, Instrument::Own)),
        ("nps", QuestionKind::Scale(1, Instrument::Nps)),
        ("why", QuestionKind::Text { long: true }),
    ];
    let items = kinds.iter().enumerate();
    let items =
        items.map(|(question, (name, _))| Item { name: (*name).to_owned(), question, row: Text::default() });
    let dimension = |name: &str, item, weight| Score {
        name: name.to_owned(),
        title: text(&format!("维度{name}"), &format!("Dimension {name}")),
        kind: ScoreKind::Dimension { weight, items: vec![item], at_least: 1, if_asked: false },
        span: nowhere(),
    };
    let index = Score {
        name: "csi".to_owned(),
        title: text("满意度指数", "Satisfaction index"),
        kind: ScoreKind::Index { parts: vec![0, 1], at_least: 0.5 },
        span: nowhere(),
    };
    let choice = |name: &str, zh: &str, en: &str| Choice {
        name: name.to_owned(),
        label: text(zh, en),
        specify: false,
        exclusive: false,
    };
    let region = vec![choice("east", "华东", "East"), choice("west", "华西", "West")];
    Checked {
        campaign: Campaign {
            name: "c".to_owned(),
            title: text("满意度测评", "Satisfaction"),
            languages: vec!["zh".to_owned(), "en".to_owned()],
            timezone: "Asia/Shanghai".to_owned(),
            owner: None,
            rhythm: None,
            follows: None,
        },
        frame: Some(frame(region)),
        events: Vec::new(),
        strata: Vec::new(),
        scales: vec![scale("five", 1..=5), scale("nps", 0..=10)],
        questionnaire: Questionnaire {
            sections: vec![Section { name: "s".to_owned(), title: Text::default() }],
            items: items.collect(),
            questions: kinds.iter().map(|(n, k)| question(n, k.clone())).collect(),
        },
        channels: Vec::new(),
        schedule: None,
        clean: Vec::new(),
        scoring: Some(Scoring {
            low: 0.0,
            high: 100.0,
            scores: vec![dimension("da", 0, 0.6), dimension("db", 1, 0.4), index],
            during: Vec::new(),
            targets: Vec::new(),
            benchmarks: Vec::new(),
        }),
        analysis: Analysis { hide_below: 10, ..Analysis::default() },
        cases: Vec::new(),
        actions: Vec::new(),
        privacy: Privacy { mode: PrivacyMode::Confidential, keep_days: Some(400), consent: Text::default() },
        report: ReportSpec { formats: Vec::new(), quotes: Vec::new() },
        tests: Vec::new(),
        not_carried_out: Vec::new(),
        not_planned: Vec::new(),
        quotas: Vec::new(),
        screens: Vec::new(),
        joint: Vec::new(),
        responses: None,
        switched_off: Vec::new(),
        breaks: Vec::new(),
        files: Vec::new(),
    }
}

fn frame(region: Vec<Choice>) -> Frame {
    Frame {
        relation: None,
        name: "customers".to_owned(),
        source: "data/customers.csv".to_owned(),
        key: "customer_id".to_owned(),
        email: None,
        mobile: None,
        person_name: None,
        language: None,
        timezone: None,
        device: None,
        fields: vec![Field {
            name: "region".to_owned(),
            title: text("区域", "Region"),
            kind: FieldKind::OneOf(region),
        }],
        exclude: Vec::new(),
        rest: None,
        once_per: None,
        cluster: None,
    }
}

fn plan(strata: &[(&str, u64)]) -> Plan {
    let cell = |(index, (name, population)): (usize, &(&str, u64))| {
        serde_json::json!({
            "name": name, "title": {"zh": format!("分层{name}"), "en": format!("Stratum {name}")}, "sample": "all",
            "entry": {"kind": "at_once"},
            "cells": [{
                "index": index, "name": name, "title": {"zh": format!("分层{name}"), "en": format!("Stratum {name}")},
                "population": population, "unavailable": [], "drawn": 0, "invitations": 0, "wanted": null,
                "completes": 0.0, "base_weight": null, "margin": null, "digest": "00"
            }]
        })
    };
    let eligible: u64 = strata.iter().map(|s| s.1).sum();
    let plan = serde_json::json!({
        "version": 1, "hash": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "campaign": "c", "title": {"zh": "满意度测评", "en": "Satisfaction"}, "languages": ["zh", "en"],
        "timezone": "Asia/Shanghai", "owner": "cx@example.com", "seed": 20_260_105, "privacy": "confidential",
        "frame": {"source": "data/customers.csv", "rows": eligible + 12, "bad_rows": 2, "bad_cells": 0,
            "excluded": [{"label": {"zh": "已退订", "en": "opted out"}, "count": 9}], "once": 1, "eligible": eligible,
            "columns": {"key": "customer_id", "email": "email", "mobile": null, "name": null, "language": null, "timezone": null}},
        "strata": strata.iter().enumerate().map(cell).collect::<Vec<_>>(),
        "overlaps": [], "unmatched": 0,
        "questionnaire": {"questions": 4, "items": 4, "minutes": []},
        "schedule": {"open": "2026-01-05T09:00:00+08:00", "close": "2026-01-31T18:00:00+08:00", "hours": null,
            "workdays": false, "days_off": [], "days_on": []},
        "channels": [], "steps": [],
        "expected": {"invitations": 0, "messages": 0, "completes": 0.0, "margin": null}, "warnings": []
    });
    serde_json::from_value(plan).unwrap()
}

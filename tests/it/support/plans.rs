//! Plans made by hand, small and complete.

use canvass::model::checked::PrivacyMode;
use canvass::plan::types::{
    Cell, Columns, Entry, Expected, Minutes, OneTap, Plan, PlanChannel, PlanChannelKind, PlanDraw, PlanFrame,
    PlanQuestionnaire, PlanSchedule, PlanStep, PlanStratum, PlanTiming,
};
use canvass::plan::{LinkMode, StepKind, Text};

pub fn both(zh: &str, en: &str) -> Text {
    Text(vec![("zh".to_owned(), zh.to_owned()), ("en".to_owned(), en.to_owned())])
}

/// A campaign by mail, three weeks long, with a single stratum of one cell and no hours.
pub fn plan(campaign: &str) -> Plan {
    Plan {
        version: 1,
        hash: "hash".to_owned(),
        campaign: campaign.to_owned(),
        title: both("2026 年第一季度客户满意度测评", "Customer satisfaction, 2026 Q1"),
        languages: vec!["zh".to_owned(), "en".to_owned()],
        timezone: "Asia/Shanghai".to_owned(),
        owner: Some("cx@example.com".to_owned()),
        seed: 1,
        privacy: PrivacyMode::Confidential,
        frame: PlanFrame {
            source: "data/customers.csv".to_owned(),
            rows: 0,
            bad_rows: 0,
            bad_cells: 0,
            excluded: Vec::new(),
            once: 0,
            eligible: 0,
            rest: None,
            cluster: None,
            columns: Columns {
                key: "id".to_owned(),
                email: Some("email".to_owned()),
                mobile: Some("mobile".to_owned()),
                name: None,
                language: None,
                timezone: None,
            },
        },
        strata: vec![stratum("everybody", 0), stratum("others", 1)],
        overlaps: Vec::new(),
        unmatched: 0,
        questionnaire: PlanQuestionnaire {
            questions: 3,
            items: 3,
            paths: None,
            minutes: vec![Minutes { language: "zh".to_owned(), shortest: 1.0, median: None, longest: 2.6 }],
        },
        schedule: PlanSchedule {
            open: "2026-01-05T09:00:00+08:00".to_owned(),
            close: "2026-01-31T18:00:00+08:00".to_owned(),
            hours: None,
            workdays: false,
            days_off: Vec::new(),
            days_on: Vec::new(),
        },
        channels: vec![mail(), sms(), calls()],
        steps: vec![step("invite", &["mail"], PlanTiming::AtRelease)],
        expected: Expected { invitations: 0, messages: 0, completes: 0.0, margin: None },
        warnings: Vec::new(),
        before: None,
        precision: None,
        quotas: Vec::new(),
        margins: Vec::new(),
        cost: None,
    }
}

pub fn stratum(name: &str, index: u32) -> PlanStratum {
    PlanStratum {
        name: name.to_owned(),
        title: both(name, name),
        sample: Text::single("en", "all"),
        entry: Entry::AtOnce,
        draw: PlanDraw::default(),
        cells: vec![Cell {
            index,
            name: name.to_owned(),
            title: both(name, name),
            population: 0,
            unavailable: Vec::new(),
            contacts: None,
            drawn: 0,
            clusters: None,
            waiting: None,
            invitations: 0,
            wanted: None,
            completes: 0.0,
            base_weight: None,
            margin: None,
            digest: None,
        }],
    }
}

pub fn step(name: &str, via: &[&str], timing: PlanTiming) -> PlanStep {
    let remind = name.starts_with("remind");
    PlanStep {
        name: name.to_owned(),
        kind: if remind { StepKind::Remind } else { StepKind::Invite },
        via: via.iter().map(|&v| v.to_owned()).collect(),
        timing,
        strata: Vec::new(),
        messages: 0,
        through: Vec::new(),
        first: None,
        launch_last: None,
        last: None,
    }
}

pub fn mail() -> PlanChannel {
    PlanChannel {
        name: "mail".to_owned(),
        kind: PlanChannelKind::Email {
            from_name: both("客户体验团队", "Customer experience team"),
            from_address: "cx@example.com".to_owned(),
            subject: both(
                "{{ name | default(\"您好\") }}，请用 3 分钟评价我们的服务",
                "{{ name | default(\"Hello\") }}, 3 minutes on our service",
            ),
            body: None,
            one_tap: Some(OneTap {
                item: "overall".to_owned(),
                text: both("总体而言，您对我们的服务有多满意？", "Overall, how satisfied are you?"),
                codes: vec![
                    (1, both("非常不满意", "Very dissatisfied")),
                    (5, both("非常满意", "Very satisfied")),
                ],
            }),
        },
        rate_per_minute: None,
    }
}

pub fn sms() -> PlanChannel {
    PlanChannel {
        name: "sms".to_owned(),
        kind: PlanChannelKind::Sms {
            signature: both("示例", "Example"),
            body: both("邀请您评价服务 {{ link }} {{ opt_out }}", "Rate us: {{ link }} {{ opt_out }}"),
            link: LinkMode::Personal,
        },
        rate_per_minute: None,
    }
}

pub fn calls() -> PlanChannel {
    PlanChannel {
        name: "calls".to_owned(),
        kind: PlanChannelKind::Phone { script: both("您好，{{ name | default(\"您\") }}", "Hello") },
        rate_per_minute: None,
    }
}

//! A plan that knows the strata and nothing of the list: what scoring needs to tell who answers.

use crate::model::Checked;
use crate::model::checked::Text;
use crate::plan::types::{
    Cell, Columns, Entry, Expected, PLAN_VERSION, Plan, PlanDraw, PlanFrame, PlanQuestionnaire, PlanSchedule,
    PlanStratum,
};

/// Makes the plan: one cell a stratum, nobody in it.
pub(super) fn outline(checked: &Checked) -> Plan {
    let strata = checked.strata.iter().zip(0..).map(|(stratum, index)| {
        let cell = Cell {
            index,
            name: stratum.name.clone(),
            title: stratum.title.clone(),
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
        };
        PlanStratum {
            name: stratum.name.clone(),
            title: stratum.title.clone(),
            sample: Text::default(),
            entry: Entry::AtOnce,
            draw: PlanDraw::default(),
            cells: vec![cell],
        }
    });
    let columns =
        Columns { key: String::new(), email: None, mobile: None, name: None, language: None, timezone: None };
    Plan {
        version: PLAN_VERSION,
        hash: String::new(),
        campaign: checked.campaign.name.clone(),
        title: checked.campaign.title.clone(),
        languages: checked.campaign.languages.clone(),
        timezone: checked.campaign.timezone.clone(),
        owner: None,
        seed: 0,
        privacy: checked.privacy.mode,
        frame: PlanFrame {
            source: String::new(),
            rows: 0,
            bad_rows: 0,
            bad_cells: 0,
            excluded: Vec::new(),
            once: 0,
            eligible: 0,
            rest: None,
            cluster: None,
            columns,
        },
        strata: strata.collect(),
        overlaps: Vec::new(),
        unmatched: 0,
        questionnaire: PlanQuestionnaire { questions: 0, items: 0, paths: None, minutes: Vec::new() },
        schedule: PlanSchedule {
            open: String::new(),
            close: String::new(),
            hours: None,
            workdays: false,
            days_off: Vec::new(),
            days_on: Vec::new(),
        },
        channels: Vec::new(),
        steps: Vec::new(),
        expected: Expected { invitations: 0, messages: 0, completes: 0.0, margin: None },
        warnings: Vec::new(),
        before: None,
        precision: None,
        quotas: Vec::new(),
        margins: Vec::new(),
        cost: None,
    }
}

//! The plan's hash: what the campaign is, apart from where and how it is written down.
//!
//! It covers the checked frame, strata, questions, channels, schedule, clean,
//! score, analysis, privacy and the seed, and for every cell drawn at launch
//! `N_h` and the digest of its keys. Not the clock, layout, comments, `action`,
//! `report`, `test`: the checked parts carry no places in their serialised form.

use serde::Serialize;

use crate::frame::random::text_digest;
use crate::frame::{Design, FrameSummary};
use crate::model::Checked;
use crate::model::checked::{
    Analysis, Channel, CleanRule, Events, Frame, Joint, Privacy, Questionnaire, Quota, Scale, Schedule,
    Scoring, Screen, Stratum, Text,
};
use crate::plan::types::PLAN_VERSION;

#[derive(Serialize)]
struct Identity<'a> {
    version: u32,
    campaign: &'a str,
    title: &'a Text,
    languages: &'a [String],
    timezone: &'a str,
    seed: u64,
    frame: &'a Option<Frame>,
    events: &'a [Events],
    strata: &'a [Stratum],
    #[serde(skip_serializing_if = "<[Joint]>::is_empty")]
    joint: &'a [Joint],
    scales: &'a [Scale],
    questionnaire: &'a Questionnaire,
    channels: &'a [Channel],
    schedule: &'a Option<Schedule>,
    clean: &'a [CleanRule],
    scoring: &'a Option<Scoring>,
    analysis: &'a Analysis,
    privacy: &'a Privacy,
    #[serde(skip_serializing_if = "<[Quota]>::is_empty")]
    quotas: &'a [Quota],
    #[serde(skip_serializing_if = "<[Screen]>::is_empty")]
    screens: &'a [Screen],
    draws: Vec<Draw<'a>>,
}

#[derive(Serialize)]
struct Draw<'a> {
    cell: &'a str,
    population: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    clusters: Option<u64>,
    digest: &'a Option<String>,
}

/// Returns the hash in hexadecimal.
pub fn hash(checked: &Checked, design: &Design, summary: &FrameSummary, seed: u64) -> String {
    let at_launch = |index: usize| design.entering[design.cells[index].stratum].at_launch();
    let cells = summary.cells.iter().enumerate().filter(|(i, _)| *i < design.cells.len() && at_launch(*i));
    let identity = Identity {
        version: PLAN_VERSION,
        campaign: &checked.campaign.name,
        title: &checked.campaign.title,
        languages: &checked.campaign.languages,
        timezone: &checked.campaign.timezone,
        seed,
        frame: &checked.frame,
        events: &checked.events,
        strata: &checked.strata,
        joint: &checked.joint,
        scales: &checked.scales,
        questionnaire: &checked.questionnaire,
        channels: &checked.channels,
        schedule: &checked.schedule,
        clean: &checked.clean,
        scoring: &checked.scoring,
        analysis: &checked.analysis,
        privacy: &checked.privacy,
        quotas: &checked.quotas,
        screens: &checked.screens,
        draws: cells
            .map(|(_, c)| Draw {
                cell: &c.name,
                population: c.population,
                clusters: c.clusters.map(|c| c.population),
                digest: &c.digest,
            })
            .collect(),
    };
    text_digest(&serde_json::to_string(&identity).unwrap_or_default())
}

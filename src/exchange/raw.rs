//! The raw records of a campaign: who was drawn, what was sent, what was answered.
//!
//! Nothing is weighted, cleaned or scored, so that every number of the report
//! can be recomputed from here by another program. Where the campaign promises
//! confidentiality the file still links keys to pseudonyms: it is personal data
//! and belongs outside git. An anonymous campaign has no such link to give.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::checked::PrivacyMode;
use crate::plan::Plan;
use crate::store::types::{Answer, Arrivals, MessageState, Response, ResponseState};
use crate::store::{DrawnUnit, MessageCount, ResponseVersions, Store, StoreError, Version};

/// Everything raw.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Raw {
    /// Name of the campaign.
    pub campaign: String,
    /// Hash of the plan.
    pub plan_hash: String,
    /// Names of the cells, in order of their index.
    pub cells: Vec<String>,
    /// Drawn people, by cell and draw order.
    pub units: Vec<RawUnit>,
    /// People or events that came into daily and event cells: cell and number.
    pub arrivals: Vec<(u32, u64)>,
    /// Messages: step, channel, state and number.
    pub messages: Vec<(String, String, MessageState, u64)>,
    /// Responses, by pseudonym.
    pub responses: Vec<RawResponse>,
    /// Versions of the campaign, the launched one first.
    pub versions: Vec<RawVersion>,
}

/// A version of the campaign: the spec's files tell what was asked under it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RawVersion {
    /// Number, from 1.
    pub no: u32,
    /// From when: RFC 3339, UTC.
    pub since: String,
    /// Hash of its plan.
    pub plan_hash: String,
    /// Files, the spec first: path and text.
    pub files: Vec<(String, String)>,
}

/// A drawn person or event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RawUnit {
    /// The person's key; absent in an anonymous campaign.
    pub key: Option<String>,
    /// The triggering event's key, else empty.
    pub occasion: String,
    /// Index of the cell.
    pub cell: u32,
    /// Where whole clusters are drawn: the place of its cluster in the draw order of the cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<u64>,
    /// Was released for sending.
    pub released: bool,
    /// Pseudonym of the response; absent in an anonymous campaign.
    pub response: Option<String>,
}

/// A response.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RawResponse {
    /// Random name.
    pub pseudonym: String,
    /// Index of the cell; none for an open link.
    pub cell: Option<u32>,
    /// Language of the form.
    pub language: String,
    /// Channel whose link was used.
    pub channel: String,
    /// State.
    pub state: ResponseState,
    /// First page: RFC 3339, UTC.
    pub started_at: String,
    /// Last save.
    pub updated_at: String,
    /// Last page.
    pub completed_at: Option<String>,
    /// Answers by item.
    pub answers: BTreeMap<String, Answer>,
    /// Columns of the list that are kept beside the answers.
    pub fields: BTreeMap<String, String>,
    /// The version of the campaign under which it was begun.
    pub version: u32,
    /// The version under which it was saved last.
    pub last_version: u32,
    /// Items that were answered under another version than the first.
    pub versions: BTreeMap<String, u32>,
}

/// Reads a campaign's records.
pub async fn read(store: &Store, plan: &Plan) -> Result<Raw, StoreError> {
    let name = &plan.campaign;
    let mut raw = raw(
        plan,
        &store.drawn(name).await?,
        &store.arrivals(name).await?,
        &store.message_counts(name).await?,
        &store.responses(name).await?,
    );
    let version = |v: Version| RawVersion {
        no: v.no,
        since: v.since.to_string(),
        plan_hash: v.plan_hash,
        files: v.files,
    };
    raw.versions = store.versions(name).await?.into_iter().map(version).collect();
    let mut given: BTreeMap<String, ResponseVersions> =
        store.response_versions(name).await?.into_iter().map(|r| (r.pseudonym.clone(), r)).collect();
    for response in &mut raw.responses {
        if let Some(known) = given.remove(&response.pseudonym) {
            (response.version, response.last_version) = (known.first, known.last);
            response.versions = known.items;
        }
    }
    Ok(raw)
}

/// Puts the records together.
#[must_use]
pub fn raw(
    plan: &Plan,
    units: &[DrawnUnit],
    arrivals: &[Arrivals],
    messages: &[MessageCount],
    responses: &[Response],
) -> Raw {
    let linked = plan.privacy != PrivacyMode::Anonymous;
    let names: BTreeMap<i64, &str> = responses.iter().map(|r| (r.id, r.pseudonym.as_str())).collect();
    let unit = |u: &DrawnUnit| RawUnit {
        key: linked.then(|| u.key.clone()),
        occasion: if linked { u.occasion.clone() } else { String::new() },
        cell: u.cell,
        cluster: u.cluster,
        released: u.released,
        response: u.response.filter(|_| linked).and_then(|id| names.get(&id)).map(|n| (*n).to_owned()),
    };
    let mut cells: Vec<(u32, String)> =
        plan.strata.iter().flat_map(|s| &s.cells).map(|c| (c.index, c.name.clone())).collect();
    cells.sort();
    let mut answered: Vec<RawResponse> = responses.iter().map(response).collect();
    answered.sort_by(|a, b| a.pseudonym.cmp(&b.pseudonym));
    Raw {
        campaign: plan.campaign.clone(),
        plan_hash: plan.hash.clone(),
        cells: cells.into_iter().map(|(_, name)| name).collect(),
        units: units.iter().map(unit).collect(),
        arrivals: arrivals.iter().map(|a| (a.cell, a.count)).collect(),
        messages: messages.iter().map(|m| (m.step.clone(), m.channel.clone(), m.state, m.count)).collect(),
        responses: answered,
        versions: Vec::new(),
    }
}

fn response(r: &Response) -> RawResponse {
    RawResponse {
        pseudonym: r.pseudonym.clone(),
        cell: r.cell,
        language: r.language.to_string(),
        channel: r.channel.to_string(),
        state: r.state,
        started_at: r.started_at.to_string(),
        updated_at: r.updated_at.to_string(),
        completed_at: r.completed_at.map(|t| t.to_string()),
        answers: r.answers.to_map(),
        fields: r.fields.to_map(),
        version: 1,
        last_version: 1,
        versions: BTreeMap::new(),
    }
}

//! Rows as values, and values as columns.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::error::StoreError;
use super::named::Named;
use super::types::{Answer, Invitation, Launched, MessageState, Response, ResponseState, SampleUnit};

/// Columns of an invitation, in the order that [`invitation`] reads by name; the table's alias is `i`.
pub(super) const INVITATION: &str = "i.id, i.campaign, i.key, i.occasion, i.cell, i.position, i.cluster, i.language, \
     i.timezone, i.name, i.email, i.mobile, i.fields, i.nonce, i.released_at, i.event_at";

pub(super) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

pub(super) fn moment(ms: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(ms).map_err(|e| StoreError::Corrupt(format!("the time {ms}: {e}")))
}

pub(super) fn maybe_moment(ms: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    ms.map(moment).transpose()
}

pub(super) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Engine(e.to_string()))
}

pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Corrupt(e.to_string()))
}

fn narrow(n: i64) -> Result<u32, StoreError> {
    u32::try_from(n).map_err(|_| StoreError::Corrupt(format!("the number {n} is too large")))
}

pub(super) fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

pub(super) fn message_state(name: &str) -> Result<MessageState, StoreError> {
    let found = MessageState::ALL.into_iter().find(|s| s.name() == name);
    found.ok_or_else(|| StoreError::Corrupt(format!("the message state `{name}`")))
}

/// Reads the state of a response; who was asked no further has `ended` beside it.
pub(super) fn state_of(row: &SqliteRow) -> Result<ResponseState, StoreError> {
    match row.try_get::<Option<String>, _>("ended")? {
        Some(_) => Ok(ResponseState::Screened),
        None => response_state(row.try_get("state")?),
    }
}

fn response_state(name: &str) -> Result<ResponseState, StoreError> {
    match name {
        "started" => Ok(ResponseState::Started),
        "completed" => Ok(ResponseState::Completed),
        "withdrawn" => Ok(ResponseState::Withdrawn),
        other => Err(StoreError::Corrupt(format!("the response state `{other}`"))),
    }
}

pub(super) fn launched(row: &SqliteRow) -> Result<Launched, StoreError> {
    Ok(Launched {
        campaign: row.try_get("name")?,
        files: from_json(row.try_get("files")?)?,
        plan: row.try_get("plan")?,
        plan_hash: row.try_get("plan_hash")?,
        launched_at: moment(row.try_get("launched_at")?)?,
        paused: row.try_get::<i64, _>("paused")? != 0,
    })
}

pub(super) fn invitation(row: &SqliteRow) -> Result<Invitation, StoreError> {
    let nonce: Vec<u8> = row.try_get("nonce")?;
    Ok(Invitation {
        id: row.try_get("id")?,
        campaign: row.try_get("campaign")?,
        key: row.try_get("key")?,
        occasion: row.try_get("occasion")?,
        cell: narrow(row.try_get("cell")?)?,
        position: count(row.try_get("position")?),
        cluster: row.try_get::<Option<i64>, _>("cluster")?.map(count),
        language: row.try_get("language")?,
        timezone: row.try_get("timezone")?,
        name: row.try_get("name")?,
        email: row.try_get("email")?,
        mobile: row.try_get("mobile")?,
        fields: from_json::<BTreeMap<String, String>>(row.try_get("fields")?)?,
        nonce: nonce.try_into().map_err(|_| StoreError::Corrupt("a nonce is not 16 bytes".to_owned()))?,
        released_at: maybe_moment(row.try_get("released_at")?)?,
        event_at: maybe_moment(row.try_get("event_at")?)?,
    })
}

/// Reads what is kept of a drawn person of a cell, without fields and response.
pub(super) fn unit(cell: i64, row: &SqliteRow) -> Result<SampleUnit, StoreError> {
    Ok(SampleUnit {
        cell: u32::try_from(cell).unwrap_or(u32::MAX),
        cluster: row.try_get::<Option<i64>, _>("cluster")?.map(count),
        released: row.try_get::<Option<i64>, _>("released_at")?.is_some(),
        response: None,
        fields: Named::default(),
    })
}

/// Reads a column of fields.
pub(super) fn fields(row: &SqliteRow, column: &str) -> Result<Named<String>, StoreError> {
    Ok(from_json::<BTreeMap<String, String>>(row.try_get(column)?)?.into())
}

/// Reads a response with everything that it says.
pub(super) fn response(row: &SqliteRow) -> Result<Response, StoreError> {
    Ok(Response {
        answers: from_json::<BTreeMap<String, Answer>>(row.try_get("answers")?)?.into(),
        fields: fields(row, "fields")?,
        ..response_without(row, |text| text.into())?
    })
}

/// Reads a response without answers and fields; `word` keeps texts that many have.
pub(super) fn response_without(
    row: &SqliteRow,
    mut word: impl FnMut(&str) -> Arc<str>,
) -> Result<Response, StoreError> {
    let cell: Option<i64> = row.try_get("cell")?;
    Ok(Response {
        id: row.try_get("id")?,
        campaign: word(row.try_get("campaign")?),
        pseudonym: row.try_get("pseudonym")?,
        cell: cell.map(narrow).transpose()?,
        language: word(row.try_get("language")?),
        channel: word(row.try_get("channel")?),
        state: state_of(row)?,
        started_at: moment(row.try_get("started_at")?)?,
        updated_at: moment(row.try_get("updated_at")?)?,
        completed_at: maybe_moment(row.try_get("completed_at")?)?,
        page: narrow(row.try_get("page")?)?,
        answers: Named::default(),
        fields: Named::default(),
        version: row.try_get("version")?,
    })
}

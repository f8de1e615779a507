//! Versions of a launched campaign: a changed spec takes the place of the launched one in one commit.
//!
//! People, draw, tokens and ledger stay as they are. What was in force before is kept with its time, and every
//! response tells under which version it was begun, saved, and answered item by item.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sqlx::{Row, Sqlite, Transaction};

use super::error::StoreError;
use super::open::Store;
use super::row::{self, from_json, json, maybe_moment, millis, moment};
use super::types::{Launched, ResponseState};

/// Why a message is cancelled whose reminder the spec no longer has.
pub(super) const TAKEN_OUT: &str = "the reminder was taken out of the schedule";

/// A changed campaign that takes the place of the launched one.
#[derive(Debug, Clone, Copy)]
pub struct Takeover<'a> {
    /// Name, files, plan and hash as they are to be; the rest is not read.
    pub launched: &'a Launched,
    /// The version that the changes were judged against.
    pub seen: u32,
    /// What changes, as JSON.
    pub changes: &'a str,
    /// Columns of the list that answers are to carry from now on.
    pub fields: &'a BTreeSet<String>,
    /// Close before and now.
    pub close: Option<(Timestamp, Timestamp)>,
    /// Reminders that the schedule no longer has.
    pub removed: &'a [String],
    /// Steps whose messages are to be planned again.
    pub replan: &'a [String],
    /// The present moment.
    pub now: Timestamp,
}

/// What was in force for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Number, from 1.
    pub no: u32,
    /// Files, the spec first.
    pub files: Vec<(String, String)>,
    /// The plan as JSON.
    pub plan: String,
    /// Its hash.
    pub plan_hash: String,
    /// From when.
    pub since: Timestamp,
    /// Until when; `None` for the present one.
    pub until: Option<Timestamp>,
    /// What it did differently from the version before, as JSON; an empty list for the first.
    pub changes: String,
}

/// Under which versions a response was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseVersions {
    /// Random name of the response.
    pub pseudonym: String,
    /// It was begun under this version.
    pub first: u32,
    /// It was saved last under this version.
    pub last: u32,
    /// Items that were answered under another version than the first.
    pub items: BTreeMap<String, u32>,
    /// State.
    pub state: ResponseState,
}

/// Responses that were begun and saved last under the same versions and are in the same state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionCount {
    /// They were begun under this version.
    pub first: u32,
    /// They were saved last under this version.
    pub last: u32,
    /// State.
    pub state: ResponseState,
    /// How many.
    pub count: u64,
}

impl ResponseVersions {
    /// Returns the version under which an item was answered, if it was.
    #[must_use]
    pub fn of(&self, item: &str) -> u32 {
        self.items.get(item).copied().unwrap_or(self.first)
    }
}

impl Store {
    /// Puts a changed campaign in the place of the launched one; returns its version.
    ///
    /// One commit: after a crash either all of it holds or nothing.
    pub async fn take_over(&self, new: &Takeover<'_>) -> Result<u32, StoreError> {
        let name = &new.launched.campaign;
        let mut txn = self.begin().await?;
        let missing = || StoreError::Missing(format!("campaign `{name}`"));
        let version: Option<i64> = sqlx::query_scalar("select version from campaign where name = ?")
            .bind(name)
            .fetch_optional(&mut *txn)
            .await?;
        let version = version.ok_or_else(missing)?;
        if version != i64::from(new.seen) {
            return Err(StoreError::ChangedMeanwhile(name.clone()));
        }
        sqlx::query(
            "insert into campaign_version (campaign, no, files, plan, plan_hash, since, until, changes) \
             select name, version, files, plan, plan_hash, coalesce(since, launched_at), ?, ? from campaign \
             where name = ?",
        )
        .bind(millis(new.now))
        .bind(new.changes)
        .bind(name)
        .execute(&mut *txn)
        .await?;
        sqlx::query(
            "update campaign set files = ?, plan = ?, plan_hash = ?, version = version + 1, since = ? where name = ?",
        )
        .bind(json(&new.launched.files)?)
        .bind(&new.launched.plan)
        .bind(&new.launched.plan_hash)
        .bind(millis(new.now))
        .bind(name)
        .execute(&mut *txn)
        .await?;
        messages(&mut txn, new).await?;
        for field in new.fields {
            carry(&mut txn, name, field).await?;
        }
        self.commit(txn).await?;
        Ok(new.seen + 1)
    }

    /// Returns the number of the version in force; `None` when the campaign is not launched.
    pub async fn launch_version(&self, campaign: &str) -> Result<Option<u32>, StoreError> {
        let found: Option<i64> = sqlx::query_scalar("select version from campaign where name = ?")
            .bind(campaign)
            .fetch_optional(&self.readers)
            .await?;
        Ok(found.map(number))
    }

    /// Returns all versions of a campaign, the present one last.
    pub async fn versions(&self, campaign: &str) -> Result<Vec<Version>, StoreError> {
        let rows = sqlx::query(
            "select no, files, plan, plan_hash, since, until, changes from campaign_version where campaign = ?1 \
             union all select version, files, plan, plan_hash, coalesce(since, launched_at), null, '[]' \
             from campaign where name = ?1 order by no",
        )
        .bind(campaign)
        .fetch_all(&self.readers)
        .await?;
        let mut changes = "[]".to_owned();
        let mut all = Vec::new();
        for r in &rows {
            // The table keeps what ended a version; told is what began it.
            let next = std::mem::replace(&mut changes, r.try_get("changes")?);
            all.push(Version {
                no: number(r.try_get("no")?),
                files: from_json(r.try_get("files")?)?,
                plan: r.try_get("plan")?,
                plan_hash: r.try_get("plan_hash")?,
                since: moment(r.try_get("since")?)?,
                until: maybe_moment(r.try_get("until")?)?,
                changes: next,
            });
        }
        Ok(all)
    }

    /// Returns a campaign as it was in a version.
    pub async fn campaign_in(&self, campaign: &str, version: u32) -> Result<Option<Launched>, StoreError> {
        let found = sqlx::query(
            "select c.name, v.files, v.plan, v.plan_hash, c.launched_at, c.paused from campaign_version v \
             join campaign c on c.name = v.campaign where v.campaign = ?1 and v.no = ?2 \
             union all select name, files, plan, plan_hash, launched_at, paused from campaign \
             where name = ?1 and version = ?2",
        )
        .bind(campaign)
        .bind(i64::from(version))
        .fetch_optional(&self.readers)
        .await?;
        found.as_ref().map(row::launched).transpose()
    }

    /// Returns the version under which a response was saved last.
    pub async fn form_version(&self, response: i64) -> Result<u32, StoreError> {
        let found: Option<i64> = sqlx::query_scalar("select last_version from response where id = ?")
            .bind(response)
            .fetch_optional(&self.readers)
            .await?;
        Ok(found.map_or(1, number))
    }

    /// Counts under which versions the responses of a campaign were given.
    pub async fn version_counts(&self, campaign: &str) -> Result<Vec<VersionCount>, StoreError> {
        let rows = sqlx::query(
            "select first_version, last_version, state, ended, count(*) as n from response where campaign = ? \
             group by 1, 2, 3, 4 order by 1, 2, 3, 4",
        )
        .bind(campaign)
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|r| {
                Ok(VersionCount {
                    first: number(r.try_get("first_version")?),
                    last: number(r.try_get("last_version")?),
                    state: row::state_of(r)?,
                    count: row::count(r.try_get("n")?),
                })
            })
            .collect()
    }

    /// Returns under which versions the responses of a campaign were given, by pseudonym.
    pub async fn response_versions(&self, campaign: &str) -> Result<Vec<ResponseVersions>, StoreError> {
        let rows = sqlx::query(
            "select pseudonym, first_version, last_version, versions, state, ended from response where campaign = ? \
             order by pseudonym",
        )
        .bind(campaign)
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|r| {
                Ok(ResponseVersions {
                    pseudonym: r.try_get("pseudonym")?,
                    first: number(r.try_get("first_version")?),
                    last: number(r.try_get("last_version")?),
                    items: from_json(r.try_get("versions")?)?,
                    state: row::state_of(r)?,
                })
            })
            .collect()
    }
}

pub(super) fn number(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Brings what is still queued in line with the new schedule.
async fn messages(txn: &mut Transaction<'static, Sqlite>, new: &Takeover<'_>) -> Result<(), StoreError> {
    let name = &new.launched.campaign;
    if let Some((before, close)) = new.close {
        sqlx::query(
            "update message set not_after = ?1 where campaign = ?2 and state = 'queued' \
             and (not_after = ?3 or not_after > ?1)",
        )
        .bind(millis(close))
        .bind(name)
        .bind(millis(before))
        .execute(&mut **txn)
        .await?;
    }
    for step in new.removed {
        sqlx::query(
            "update message set state = 'cancelled', detail = ? where campaign = ? and step = ? and state = 'queued'",
        )
        .bind(TAKEN_OUT)
        .bind(name)
        .bind(step)
        .execute(&mut **txn)
        .await?;
    }
    if new.replan.is_empty() {
        return Ok(());
    }
    // What an earlier change has left to do is done together with this one, from the start.
    let open: Option<String> = sqlx::query_scalar("select steps from replan where campaign = ?")
        .bind(name)
        .fetch_optional(&mut **txn)
        .await?;
    let mut steps: BTreeSet<String> = open.as_deref().map(from_json).transpose()?.unwrap_or_default();
    steps.extend(new.replan.iter().cloned());
    sqlx::query(
        "insert into replan (campaign, steps, done) values (?, ?, 0) \
         on conflict (campaign) do update set steps = excluded.steps, done = 0",
    )
    .bind(name)
    .bind(json(&steps)?)
    .execute(&mut **txn)
    .await?;
    Ok(())
}

/// Lets the answers of drawn people carry one more column of the list.
async fn carry(
    txn: &mut Transaction<'static, Sqlite>,
    campaign: &str,
    field: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "update response set fields = json_set(response.fields, ?2, json_extract(i.fields, ?2)) \
         from invitation i where i.response_id = response.id and response.campaign = ?1 \
         and json_extract(i.fields, ?2) is not null and json_extract(response.fields, ?2) is null",
    )
    .bind(campaign)
    .bind(format!("$.\"{field}\""))
    .execute(&mut **txn)
    .await?;
    Ok(())
}

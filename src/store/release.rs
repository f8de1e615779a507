//! Releasing people: their messages of all steps come into being at once, exactly once.

use jiff::Timestamp;
use sqlx::{Row, Sqlite, Transaction};

use super::error::StoreError;
use super::open::Store;
use super::row::{self, INVITATION, count, millis};
use super::suppression::kind_name;
use super::types::{AddressKind, Invitation, MessageState};

/// A message that a released person will get.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMessage {
    /// Step.
    pub step: String,
    /// Position in the step's list of channels.
    pub via: u32,
    /// Channel.
    pub channel: String,
    /// Which address the channel needs.
    pub contact: AddressKind,
    /// When it is due; `None` while it waits for the first message.
    pub due: Option<Timestamp>,
    /// Milliseconds after the first message; `None` for the first message itself.
    pub wait: Option<i64>,
    /// It expires when it can't leave by then.
    pub not_after: Timestamp,
    /// Why it can't be sent at all; it ends as `render_error`.
    pub broken: Option<String>,
}

/// One person's release.
#[derive(Debug, Clone, PartialEq)]
pub struct Release {
    /// Id of the invitation.
    pub invitation: i64,
    /// Its messages, in the order of the steps.
    pub messages: Vec<NewMessage>,
}

impl Store {
    /// Releases people in one transaction; who is released already stays as it is.
    pub async fn release(
        &self,
        campaign: &str,
        now: Timestamp,
        people: &[Release],
    ) -> Result<u64, StoreError> {
        let mut txn = self.begin().await?;
        let mut released = 0;
        for person in people {
            let done =
                sqlx::query("update invitation set released_at = ? where id = ? and released_at is null")
                    .bind(millis(now))
                    .bind(person.invitation)
                    .execute(&mut *txn)
                    .await?;
            if done.rows_affected() == 0 {
                continue;
            }
            released += 1;
            let first_broken = person.messages.iter().any(|m| m.wait.is_none() && m.broken.is_some());
            for message in &person.messages {
                let state = initial_state(message, first_broken);
                insert_message(&mut txn, campaign, person.invitation, message, state).await?;
            }
        }
        self.commit(txn).await?;
        Ok(released)
    }

    /// Returns the people of a cell who are not released yet, in draw order, at most `limit`.
    pub async fn unreleased(
        &self,
        campaign: &str,
        cell: u32,
        limit: u64,
    ) -> Result<Vec<Invitation>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "select {INVITATION} from invitation i where i.campaign = ? and i.cell = ? and i.released_at is null \
             order by i.position, i.key, i.occasion limit ?"
        ));
        let rows = sqlx::query(sql)
            .bind(campaign)
            .bind(i64::from(cell))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(row::invitation).collect()
    }

    /// Returns how many messages each step was given, and how many rows there are, per step.
    pub async fn conservation(&self, campaign: &str) -> Result<Vec<(String, u64, u64)>, StoreError> {
        let rows = sqlx::query(
            "select step, sum(planned) as planned, sum(there) as there from ( \
             select step, count as planned, 0 as there from planned where campaign = ?1 \
             union all select step, 0, count(*) from message where campaign = ?1 group by step) \
             group by step order by step",
        )
        .bind(campaign)
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|r| Ok((r.try_get("step")?, count(r.try_get("planned")?), count(r.try_get("there")?))))
            .collect()
    }

    /// Returns what contradicts itself in a campaign's ledger, in words; nothing in a sound one.
    pub async fn contradictions(&self, campaign: &str) -> Result<Vec<String>, StoreError> {
        const CHECKS: [(&str, &str); 4] = [
            (
                "released people without messages",
                "select count(*) from invitation i where i.campaign = ? and i.released_at is not null \
                 and exists (select 1 from planned p where p.campaign = i.campaign) \
                 and not exists (select 1 from message m where m.invitation = i.id)",
            ),
            (
                "messages of people who are not released",
                "select count(*) from message m join invitation i on i.id = m.invitation \
                 where m.campaign = ? and i.released_at is null",
            ),
            (
                "messages that left without an intent",
                "select count(*) from message m where m.campaign = ? \
                 and m.state in ('sending', 'accepted', 'unknown') and not exists \
                 (select 1 from attempt a where a.message = m.id and a.kind = 'intent' and a.no = m.fence)",
            ),
            (
                "messages sent twice",
                "select count(*) from (select a.message from attempt a join message m on m.id = a.message \
                 where m.campaign = ? and a.kind = 'result' and a.class in ('accepted', 'unknown') \
                 group by a.message having count(*) > 1)",
            ),
        ];
        let mut found = Vec::new();
        for (step, planned, there) in self.conservation(campaign).await? {
            if planned != there {
                found.push(format!("step `{step}`: {planned} messages planned, {there} in the ledger"));
            }
        }
        for (what, sql) in CHECKS {
            let n: i64 = sqlx::query_scalar(sql).bind(campaign).fetch_one(&self.readers).await?;
            if n > 0 {
                found.push(format!("{n} {what}"));
            }
        }
        Ok(found)
    }
}

/// A reminder of an invitation that can't be sent would remind of nothing.
fn initial_state(message: &NewMessage, first_broken: bool) -> MessageState {
    if message.broken.is_some() {
        MessageState::RenderError
    } else if first_broken && message.wait.is_some() {
        MessageState::Cancelled
    } else {
        MessageState::Queued
    }
}

pub(super) async fn insert_message(
    txn: &mut Transaction<'static, Sqlite>,
    campaign: &str,
    invitation: i64,
    message: &NewMessage,
    state: MessageState,
) -> Result<(), StoreError> {
    let cancelled = (state == MessageState::Cancelled).then(|| "the invitation did not go out".to_owned());
    sqlx::query(
        "insert into message (campaign, invitation, step, via, channel, contact, state, due, wait, not_after, detail) \
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(campaign)
    .bind(invitation)
    .bind(&message.step)
    .bind(i64::from(message.via))
    .bind(&message.channel)
    .bind(kind_name(message.contact))
    .bind(state.name())
    .bind(message.due.map(millis))
    .bind(message.wait)
    .bind(millis(message.not_after))
    .bind(message.broken.clone().or(cancelled))
    .execute(&mut **txn)
    .await?;
    sqlx::query(
        "insert into planned (campaign, step, count) values (?, ?, 1) \
         on conflict (campaign, step) do update set count = count + 1",
    )
    .bind(campaign)
    .bind(&message.step)
    .execute(&mut **txn)
    .await?;
    Ok(())
}

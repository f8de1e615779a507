//! Planning messages again after the schedule changed: in steps that a crash may interrupt at any place.
//!
//! What left stays as it left. What is queued follows the new schedule; a reminder that is new is added for people who
//! were invited and have not answered.

use jiff::Timestamp;
use sqlx::{Row, Sqlite, Transaction};

use super::error::StoreError;
use super::open::Store;
use super::release::{NewMessage, insert_message};
use super::row::{self, INVITATION, from_json, millis};
use super::suppression::kind_name;
use super::types::{Invitation, MessageState};
use super::versions::TAKEN_OUT;

/// What a released person is to get of the steps that changed; `None` where a step is not for them.
#[derive(Debug, Clone, PartialEq)]
pub struct Replanned {
    /// Id of the invitation.
    pub invitation: i64,
    /// Steps in the order of the plan.
    pub steps: Vec<(String, Option<NewMessage>)>,
}

/// What became of the first message of a person.
enum First {
    Waits,
    Left(i64),
    Failed,
}

impl Store {
    /// Returns the steps to be planned again, and up to which invitation that was done.
    pub async fn to_replan(&self, campaign: &str) -> Result<Option<(Vec<String>, i64)>, StoreError> {
        let found = sqlx::query("select steps, done from replan where campaign = ?")
            .bind(campaign)
            .fetch_optional(&self.readers)
            .await?;
        found.map(|r| Ok((from_json(r.try_get("steps")?)?, r.try_get("done")?))).transpose()
    }

    /// Returns released people in the order of their ids, from the one after `after` on.
    pub async fn released_after(
        &self,
        campaign: &str,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Invitation>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "select {INVITATION} from invitation i where i.campaign = ? and i.id > ? and i.released_at is not null \
             order by i.id limit ?"
        ));
        let rows = sqlx::query(sql).bind(campaign).bind(after).bind(limit).fetch_all(&self.readers).await?;
        rows.iter().map(row::invitation).collect()
    }

    /// Plans the messages of these people again, and notes that it is done up to the last one.
    pub async fn replan(
        &self,
        campaign: &str,
        people: &[Replanned],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut txn = self.begin().await?;
        for person in people {
            replan_person(&mut txn, campaign, person, now).await?;
        }
        let done = match people.last() {
            Some(last) => sqlx::query("update replan set done = ?2 where campaign = ?1")
                .bind(campaign)
                .bind(last.invitation),
            None => sqlx::query("delete from replan where campaign = ?1").bind(campaign),
        };
        done.execute(&mut *txn).await?;
        self.commit(txn).await
    }
}

async fn replan_person(
    txn: &mut Transaction<'static, Sqlite>,
    campaign: &str,
    person: &Replanned,
    now: Timestamp,
) -> Result<(), StoreError> {
    let first = first_message(txn, person.invitation).await?;
    let mut late: Option<(NewMessage, i64)> = None;
    for (step, message) in &person.steps {
        let row = sqlx::query("select id, state, detail from message where invitation = ? and step = ?")
            .bind(person.invitation)
            .bind(step)
            .fetch_optional(&mut **txn)
            .await?;
        let Some(row) = row else {
            let Some(message) = message else { continue };
            let due = match due_of(message, &first) {
                Due::Never => continue,
                Due::WithTheFirst => None,
                // Of several reminders whose time is over, one goes out: the last.
                Due::At(due) if due <= millis(now) => {
                    late = Some((message.clone(), millis(now)));
                    continue;
                }
                Due::At(due) => Some(due),
            };
            if !has_answered(txn, person.invitation).await? {
                add(txn, campaign, person.invitation, message, due).await?;
            }
            continue;
        };
        let (state, detail): (&str, Option<&str>) = (row.try_get("state")?, row.try_get("detail")?);
        let came_back = state == MessageState::Cancelled.name() && detail == Some(TAKEN_OUT);
        if state == MessageState::Queued.name() || came_back {
            change(txn, row.try_get("id")?, message.as_ref(), &first).await?;
        }
    }
    if let Some((message, due)) = late
        && !has_answered(txn, person.invitation).await?
    {
        add(txn, campaign, person.invitation, &message, Some(due)).await?;
    }
    Ok(())
}

async fn first_message(txn: &mut Transaction<'static, Sqlite>, invitation: i64) -> Result<First, StoreError> {
    let found =
        sqlx::query("select state, sent_at from message where invitation = ? and wait is null order by id")
            .bind(invitation)
            .fetch_optional(&mut **txn)
            .await?;
    let Some(row) = found else { return Ok(First::Failed) };
    let sent: Option<i64> = row.try_get("sent_at")?;
    Ok(match (row::message_state(row.try_get("state")?)?, sent) {
        (MessageState::Queued | MessageState::Sending, _) => First::Waits,
        (MessageState::Accepted | MessageState::Listed | MessageState::Unknown, Some(at)) => First::Left(at),
        _ => First::Failed,
    })
}

/// When a reminder is due.
enum Due {
    /// So long after the first message, which has not left yet.
    WithTheFirst,
    At(i64),
    /// There is nothing to remind of.
    Never,
}

fn due_of(message: &NewMessage, first: &First) -> Due {
    match (message.wait, first) {
        (Some(_), First::Waits) => Due::WithTheFirst,
        (Some(wait), First::Left(at)) => Due::At(at.saturating_add(wait)),
        _ => Due::Never,
    }
}

async fn has_answered(txn: &mut Transaction<'static, Sqlite>, invitation: i64) -> Result<bool, StoreError> {
    let state: Option<String> = sqlx::query_scalar(
        "select r.state from response r join invitation i on i.response_id = r.id where i.id = ?",
    )
    .bind(invitation)
    .fetch_optional(&mut **txn)
    .await?;
    Ok(matches!(state.as_deref(), Some("completed" | "withdrawn")))
}

async fn add(
    txn: &mut Transaction<'static, Sqlite>,
    campaign: &str,
    invitation: i64,
    message: &NewMessage,
    due: Option<i64>,
) -> Result<(), StoreError> {
    let due = super::row::maybe_moment(due)?;
    let message = NewMessage { due, broken: None, ..message.clone() };
    insert_message(txn, campaign, invitation, &message, MessageState::Queued).await
}

/// Brings a queued message in line; the first message keeps its moment unless an event sets it.
async fn change(
    txn: &mut Transaction<'static, Sqlite>,
    id: i64,
    message: Option<&NewMessage>,
    first: &First,
) -> Result<(), StoreError> {
    let Some(message) = message else {
        sqlx::query("update message set state = 'cancelled', detail = ? where id = ?")
            .bind(TAKEN_OUT)
            .bind(id)
            .execute(&mut **txn)
            .await?;
        return Ok(());
    };
    sqlx::query(
        "update message set state = 'queued', detail = null, via = ?, channel = ?, contact = ?, wait = ?, \
         not_after = ? where id = ?",
    )
    .bind(i64::from(message.via))
    .bind(&message.channel)
    .bind(kind_name(message.contact))
    .bind(message.wait)
    .bind(millis(message.not_after))
    .bind(id)
    .execute(&mut **txn)
    .await?;
    if message.wait.is_some() {
        let due = match due_of(message, first) {
            Due::At(due) => Some(due),
            Due::WithTheFirst | Due::Never => None,
        };
        sqlx::query("update message set due = ? where id = ?").bind(due).bind(id).execute(&mut **txn).await?;
    }
    Ok(())
}

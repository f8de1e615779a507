//! What the forms need: who holds this link, and one durable commit per page.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::{Row, Sqlite, Transaction};

use super::error::StoreError;
use super::open::Store;
use super::quota::{self, Claim};
use super::row::{self, INVITATION, from_json, json, millis};
use super::token::token_hash;
use super::types::{Answer, Invitation, NewResponse, Response, ResponseState, Saved};
use super::versions::number;

/// One sent page.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The submission's id; the same id again is a replay.
    pub submission: &'a str,
    /// The version that the sender saw.
    pub seen_version: i64,
    /// Answers by item: given ones, and `None` for those that are taken back.
    pub answers: &'a BTreeMap<String, Option<Answer>>,
    /// Index of the section that comes next.
    pub next_page: u32,
    /// Whether this was the last page.
    pub complete: bool,
    /// The answers say that this person is asked no further.
    pub screened: bool,
    /// Quotas whose conditions the answers fulfil; when one of them is full, the person is asked no further.
    pub claims: &'a [Claim<'a>],
}

impl Store {
    /// Finds the invitation behind a personal link.
    ///
    /// The table is searched by the token's SHA-256, so the time that it takes says nothing about a token.
    pub async fn invitation_by_token(&self, token: &str) -> Result<Option<Invitation>, StoreError> {
        let sql =
            sqlx::AssertSqlSafe(format!("select {INVITATION} from invitation i where i.token_hash = ?"));
        let found = sqlx::query(sql).bind(token_hash(token).to_vec()).fetch_optional(&self.readers).await?;
        found.as_ref().map(row::invitation).transpose()
    }

    /// Returns the response that an invitation led to.
    pub async fn response_of(&self, invitation: i64) -> Result<Option<Response>, StoreError> {
        let found = sqlx::query(
            "select r.* from response r join invitation i on i.response_id = r.id where i.id = ?",
        )
        .bind(invitation)
        .fetch_optional(&self.readers)
        .await?;
        found.as_ref().map(row::response).transpose()
    }

    /// Returns a response by its id.
    pub async fn response(&self, id: i64) -> Result<Option<Response>, StoreError> {
        let found =
            sqlx::query("select * from response where id = ?").bind(id).fetch_optional(&self.readers).await?;
        found.as_ref().map(row::response).transpose()
    }

    /// Returns a response by its pseudonym.
    pub async fn response_by_pseudonym(&self, pseudonym: &str) -> Result<Option<Response>, StoreError> {
        let found = sqlx::query("select * from response where pseudonym = ?")
            .bind(pseudonym)
            .fetch_optional(&self.readers)
            .await?;
        found.as_ref().map(row::response).transpose()
    }

    /// Starts a response; an invitation has one at most, and asking again returns it as it is.
    pub async fn start_response(
        &self,
        invitation: Option<i64>,
        start: &NewResponse,
        now: Timestamp,
    ) -> Result<Response, StoreError> {
        let mut txn = self.begin().await?;
        if let Some(id) = invitation {
            let linked: Option<Option<i64>> =
                sqlx::query_scalar("select response_id from invitation where id = ?")
                    .bind(id)
                    .fetch_optional(&mut *txn)
                    .await?;
            match linked {
                None => return Err(StoreError::Missing("such invitation".to_owned())),
                Some(Some(response)) => return read(&mut txn, response).await,
                Some(None) => {}
            }
        }
        let done = sqlx::query(
            "insert into response (campaign, pseudonym, cell, language, channel, state, started_at, updated_at, \
             fields, first_version, last_version) select ?1, ?2, ?3, ?4, ?5, 'started', ?6, ?7, ?8, c.version, \
             c.version from campaign c where c.name = ?1",
        )
        .bind(&start.campaign)
        .bind(&start.pseudonym)
        .bind(start.cell.map(i64::from))
        .bind(&start.language)
        .bind(&start.channel)
        .bind(millis(now))
        .bind(millis(now))
        .bind(json(&start.fields)?)
        .execute(&mut *txn)
        .await?;
        let id = done.last_insert_rowid();
        if let Some(invitation) = invitation {
            sqlx::query("update invitation set response_id = ? where id = ?")
                .bind(id)
                .bind(invitation)
                .execute(&mut *txn)
                .await?;
        }
        let started = read(&mut txn, id).await?;
        self.commit(txn).await?;
        Ok(started)
    }

    /// Stores one page in one durable commit; completing cancels what the person would still have been sent.
    #[expect(clippy::too_many_arguments, reason = "the columns of one row")]
    pub async fn save_page(
        &self,
        response: i64,
        submission: &str,
        seen_version: i64,
        answers: &BTreeMap<String, Option<Answer>>,
        next_page: u32,
        complete: bool,
        now: Timestamp,
    ) -> Result<Saved, StoreError> {
        let page =
            Page { submission, seen_version, answers, next_page, complete, screened: false, claims: &[] };
        self.save(response, page, now).await
    }

    /// Stores one page, as [`Store::save_page`] does.
    pub async fn save(&self, response: i64, page: Page<'_>, now: Timestamp) -> Result<Saved, StoreError> {
        self.save_under(response, page, None, now).await
    }

    /// Stores one page that was drawn under a version of the campaign; under the present one without it.
    pub async fn save_under(
        &self,
        response: i64,
        page: Page<'_>,
        version: Option<u32>,
        now: Timestamp,
    ) -> Result<Saved, StoreError> {
        let mut txn = self.begin().await?;
        let before = read(&mut txn, response).await?;
        let known: i64 =
            sqlx::query_scalar("select count(*) from page_save where response = ? and submission = ?")
                .bind(response)
                .bind(page.submission)
                .fetch_one(&mut *txn)
                .await?;
        if known > 0 {
            return Ok(Saved::Replayed(before));
        }
        if before.version != page.seen_version || before.state != ResponseState::Started {
            return Ok(Saved::Conflict(before));
        }
        let full = quota::full(&mut txn, &before.campaign, response, page.claims).await?;
        let ended = match full {
            _ if page.screened => Some("screen".to_owned()),
            full => full.map(|name| format!("quota {name}")),
        };
        let after = with_page(before, page, ended.is_some(), now);
        write(&mut txn, &after).await?;
        if let Some(reason) = &ended {
            note_end(&mut txn, response, reason).await?;
        } else if page.complete {
            quota::take(&mut txn, &after.campaign, response, page.claims).await?;
        }
        note_version(&mut txn, response, page, version).await?;
        sqlx::query("insert into page_save (response, submission, version, at) values (?, ?, ?, ?)")
            .bind(response)
            .bind(page.submission)
            .bind(after.version)
            .bind(millis(now))
            .execute(&mut *txn)
            .await?;
        if ended.is_some() {
            cancel_for_response(&mut txn, response, "asked no further").await?;
        } else if page.complete {
            cancel_for_response(&mut txn, response, "answered").await?;
        }
        self.commit(txn).await?;
        Ok(Saved::Done(after))
    }

    /// Notes in which language the form is shown; the answers and their version stay as they are.
    pub async fn set_language(&self, response: i64, language: &str) -> Result<(), StoreError> {
        let mut txn = self.begin().await?;
        sqlx::query("update response set language = ? where id = ?")
            .bind(language)
            .bind(response)
            .execute(&mut *txn)
            .await?;
        self.commit(txn).await
    }

    /// Returns the channel of the last message that left for an invitation.
    pub async fn last_channel(&self, invitation: i64) -> Result<Option<String>, StoreError> {
        let channel = sqlx::query_scalar(
            "select channel from message where invitation = ? and state in ('accepted', 'listed', 'unknown') \
             order by sent_at desc nulls last, id desc limit 1",
        )
        .bind(invitation)
        .fetch_optional(&self.readers)
        .await?;
        Ok(channel)
    }

    /// Takes a response back: its answers are deleted, and nothing more is sent to the person.
    pub async fn withdraw(&self, response: i64, now: Timestamp) -> Result<Response, StoreError> {
        let mut txn = self.begin().await?;
        let mut after = read(&mut txn, response).await?;
        after.state = ResponseState::Withdrawn;
        after.answers.clear();
        after.updated_at = now;
        after.version += 1;
        write(&mut txn, &after).await?;
        quota::give_back(&mut txn, response).await?;
        sqlx::query("update response set ended = null where id = ?")
            .bind(response)
            .execute(&mut *txn)
            .await?;
        cancel_for_response(&mut txn, response, "withdrawn").await?;
        self.commit(txn).await?;
        Ok(after)
    }
}

fn with_page(mut response: Response, page: Page<'_>, ended: bool, now: Timestamp) -> Response {
    for (item, answer) in page.answers {
        match answer {
            Some(answer) => response.answers.insert(item.clone(), answer.clone()),
            None => response.answers.remove(item),
        };
    }
    response.page = page.next_page;
    response.version += 1;
    response.updated_at = now;
    if ended {
        response.state = ResponseState::Screened;
    } else if page.complete {
        response.state = ResponseState::Completed;
        response.completed_at = Some(now);
    }
    response
}

async fn read(txn: &mut Transaction<'static, Sqlite>, id: i64) -> Result<Response, StoreError> {
    let found =
        sqlx::query("select * from response where id = ?").bind(id).fetch_optional(&mut **txn).await?;
    found
        .as_ref()
        .map(row::response)
        .transpose()?
        .ok_or_else(|| StoreError::Missing("such response".to_owned()))
}

async fn write(txn: &mut Transaction<'static, Sqlite>, response: &Response) -> Result<(), StoreError> {
    let state = match response.state {
        // Why it ended stands beside it.
        ResponseState::Started | ResponseState::Screened => "started",
        ResponseState::Completed => "completed",
        ResponseState::Withdrawn => "withdrawn",
    };
    sqlx::query(
        "update response set state = ?, updated_at = ?, completed_at = ?, page = ?, answers = ?, version = ? \
         where id = ?",
    )
    .bind(state)
    .bind(millis(response.updated_at))
    .bind(response.completed_at.map(millis))
    .bind(i64::from(response.page))
    .bind(json(&*response.answers)?)
    .bind(response.version)
    .bind(response.id)
    .execute(&mut **txn)
    .await?;
    Ok(())
}

async fn note_end(
    txn: &mut Transaction<'static, Sqlite>,
    response: i64,
    reason: &str,
) -> Result<(), StoreError> {
    sqlx::query("update response set ended = ? where id = ?")
        .bind(reason)
        .bind(response)
        .execute(&mut **txn)
        .await?;
    Ok(())
}

/// Notes under which version items were answered; the first version of a response is noted once for all of them.
async fn note_version(
    txn: &mut Transaction<'static, Sqlite>,
    response: i64,
    page: Page<'_>,
    drawn: Option<u32>,
) -> Result<(), StoreError> {
    let row = sqlx::query(
        "select r.first_version, r.versions, c.version from response r join campaign c on c.name = r.campaign \
         where r.id = ?",
    )
    .bind(response)
    .fetch_one(&mut **txn)
    .await?;
    let first = number(row.try_get("first_version")?);
    let version = drawn.unwrap_or(number(row.try_get("version")?));
    let before: &str = row.try_get("versions")?;
    let mut items: BTreeMap<String, u32> = from_json(before)?;
    for (item, answer) in page.answers {
        match answer {
            Some(_) if version != first => items.insert(item.clone(), version),
            _ => items.remove(item),
        };
    }
    sqlx::query("update response set last_version = ?, versions = ? where id = ?")
        .bind(i64::from(version))
        .bind(json(&items)?)
        .bind(response)
        .execute(&mut **txn)
        .await?;
    Ok(())
}

async fn cancel_for_response(
    txn: &mut Transaction<'static, Sqlite>,
    response: i64,
    why: &str,
) -> Result<(), StoreError> {
    let invitation: Option<i64> = sqlx::query("select id from invitation where response_id = ?")
        .bind(response)
        .fetch_optional(&mut **txn)
        .await?
        .map(|r| r.try_get("id"))
        .transpose()?;
    if let Some(invitation) = invitation {
        sqlx::query(
            "update message set state = 'cancelled', detail = ? where invitation = ? and state = 'queued'",
        )
        .bind(why)
        .bind(invitation)
        .execute(&mut **txn)
        .await?;
    }
    Ok(())
}

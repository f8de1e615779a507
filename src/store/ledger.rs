//! The ledger's moves: what is due, leases with an intent, results under a fence, recovery.
//!
//! The order that keeps the promise “never twice”: [`Store::round`] commits an
//! intent before anything leaves; only then may a sender speak to the server; its
//! result is written under the fence of that lease. A crash in between leaves a
//! row in `sending`, which [`Store::recover`] turns into `unknown`: it may have
//! arrived, so it is listed and never queued again by itself.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

use super::error::StoreError;
use super::open::Store;
use super::row::{self, INVITATION, count, maybe_moment, millis, moment};
use super::suppression::{kind_name, suppress_in};
use super::types::{AddressKind, Invitation, MessageState};

/// A message that may leave, with the person it goes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// Id of the message.
    pub id: i64,
    /// To whom.
    pub invitation: Invitation,
    /// Step.
    pub step: String,
    /// Position in the step's list of channels.
    pub via: u32,
    /// Channel.
    pub channel: String,
    /// Due since.
    pub due: Timestamp,
    /// Latest moment.
    pub not_after: Timestamp,
    /// Tries that were charged to the recipient.
    pub tries: u32,
    /// When it was first tried on this channel: the mail's date, so that a retry has the same bytes.
    pub first_at: Option<Timestamp>,
}

/// What a lease asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Lease {
    /// Id of the message.
    pub id: i64,
    /// The moment of sending.
    pub at: Timestamp,
    /// `Message-ID` or the gateway's id.
    pub message_id: String,
}

/// What a lease gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leased {
    /// Go: write the result under this fence.
    Go {
        /// The fence.
        fence: i64,
    },
    /// It is no longer to be sent; its row says why.
    Ended(MessageState),
    /// The campaign is held; nothing changed.
    Held,
    /// It is not queued any more; nothing changed.
    Gone,
}

/// What follows from an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// The server took it.
    Accepted,
    /// Handed over as a row of a list.
    Listed,
    /// The end had been sent and no reply was seen.
    Unknown,
    /// Refused for good; the address goes on the suppression list when it is dead.
    Rejected {
        /// Why the address must not be used again.
        suppress: Option<String>,
    },
    /// It can't be made.
    RenderError,
    /// Known not to have left: again at this time.
    Retry {
        /// When.
        due: Timestamp,
        /// Whether the recipient's count of tries grows.
        charge: bool,
    },
    /// Known not to have left, and the next channel takes over.
    FallBack {
        /// Position in the step's list of channels.
        via: u32,
        /// Channel.
        channel: String,
        /// Which address it needs.
        contact: AddressKind,
        /// When.
        due: Timestamp,
        /// Why the old address must not be used again.
        suppress: Option<String>,
    },
    /// Too late to try again.
    Expired,
}

/// The end of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Id of the message.
    pub id: i64,
    /// Fence of the lease.
    pub fence: i64,
    /// When: the moment of sending.
    pub at: Timestamp,
    /// Class of the reply, one word.
    pub class: String,
    /// Whether the end of the message had been sent.
    pub sent: bool,
    /// What the server said.
    pub reply: String,
    /// What follows.
    pub next: Next,
}

impl Store {
    /// Returns messages of a channel that are due, in order of time and id.
    pub async fn due(
        &self,
        campaign: &str,
        channel: &str,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Due>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "select m.id as message, m.step, m.via, m.channel, m.due, m.not_after, m.tries, m.first_at, \
             {INVITATION} from message m join invitation i on i.id = m.invitation \
             where m.state = 'queued' and m.campaign = ? and m.channel = ? and m.due <= ? \
             order by m.due, m.id limit ?"
        ));
        let rows = sqlx::query(sql)
            .bind(campaign)
            .bind(channel)
            .bind(millis(now))
            .bind(i64::from(limit))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(due_row).collect()
    }

    /// Returns when the next message of a channel is due.
    pub async fn next_due(&self, campaign: &str, channel: &str) -> Result<Option<Timestamp>, StoreError> {
        let next: Option<i64> = sqlx::query_scalar(
            "select min(due) from message where state = 'queued' and campaign = ? and channel = ?",
        )
        .bind(campaign)
        .bind(channel)
        .fetch_one(&self.readers)
        .await?;
        maybe_moment(next)
    }

    /// Counts the messages of a channel that are due.
    pub async fn count_due(&self, campaign: &str, channel: &str, now: Timestamp) -> Result<u64, StoreError> {
        let n: i64 = sqlx::query_scalar(
            "select count(*) from message where state = 'queued' and campaign = ? and channel = ? and due <= ?",
        )
        .bind(campaign)
        .bind(channel)
        .bind(millis(now))
        .fetch_one(&self.readers)
        .await?;
        Ok(count(n))
    }

    /// Hands messages over as rows of a list: lease and result in one commit, because nothing leaves in between.
    pub async fn hand_over(&self, leases: &[Lease]) -> Result<Vec<Leased>, StoreError> {
        let mut txn = self.begin().await?;
        let mut given = Vec::with_capacity(leases.len());
        for lease in leases {
            let answer = take(&mut txn, lease).await?;
            if let Leased::Go { fence } = answer {
                let outcome = Outcome {
                    id: lease.id,
                    fence,
                    at: lease.at,
                    class: "listed".to_owned(),
                    sent: true,
                    reply: String::new(),
                    next: Next::Listed,
                };
                apply(&mut txn, &outcome).await?;
            }
            given.push(answer);
        }
        self.commit(txn).await?;
        Ok(given)
    }

    /// Returns the rows of a channel's list that are still open: listed, and the person has not answered.
    pub async fn listed(&self, campaign: &str, channel: &str) -> Result<Vec<Due>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "select m.id as message, m.step, m.via, m.channel, m.sent_at as due, m.not_after, m.tries, m.first_at, \
             {INVITATION} from message m join invitation i on i.id = m.invitation \
             left join response r on r.id = i.response_id \
             where m.state = 'listed' and m.campaign = ? and m.channel = ? \
             and coalesce(r.state, 'started') = 'started' and r.ended is null order by m.sent_at, m.id"
        ));
        let rows = sqlx::query(sql).bind(campaign).bind(channel).fetch_all(&self.readers).await?;
        rows.iter().map(due_row).collect()
    }

    /// Returns how many messages are neither ended nor handed over.
    pub async fn open_messages(&self, campaign: &str) -> Result<u64, StoreError> {
        let n: i64 = sqlx::query_scalar(
            "select count(*) from message where campaign = ? and state in ('queued', 'sending')",
        )
        .bind(campaign)
        .fetch_one(&self.readers)
        .await?;
        Ok(count(n))
    }

    /// Moves messages to a later time (outside the hours of sending).
    pub async fn postpone(&self, messages: &[(i64, Timestamp)]) -> Result<(), StoreError> {
        let mut txn = self.begin().await?;
        for (id, due) in messages {
            sqlx::query("update message set due = ? where id = ? and state = 'queued'")
                .bind(millis(*due))
                .bind(id)
                .execute(&mut *txn)
                .await?;
        }
        self.commit(txn).await
    }

    /// Ends messages that can no longer leave in time, and reminders of invitations that never left; returns
    /// how many.
    pub async fn expire(&self, campaign: &str, now: Timestamp) -> Result<u64, StoreError> {
        let late: i64 = sqlx::query_scalar(
            "select exists (select 1 from message where campaign = ? and state = 'queued' and not_after <= ?)",
        )
        .bind(campaign)
        .bind(millis(now))
        .fetch_one(&self.readers)
        .await?;
        if late == 0 {
            return Ok(0);
        }
        let mut txn = self.begin().await?;
        let late = sqlx::query(
            "update message set state = 'expired', detail = 'too late' \
             where campaign = ? and state = 'queued' and not_after <= ?",
        )
        .bind(campaign)
        .bind(millis(now))
        .execute(&mut *txn)
        .await?;
        let idle = sqlx::query(
            "update message set state = 'cancelled', detail = 'the invitation did not go out' \
             where campaign = ?1 and state = 'queued' and due is null and wait is not null \
             and invitation in (select f.invitation from message f \
             where f.campaign = ?1 and f.state = 'expired' and f.wait is null)",
        )
        .bind(campaign)
        .execute(&mut *txn)
        .await?;
        self.commit(txn).await?;
        Ok(late.rows_affected() + idle.rows_affected())
    }

    /// Writes results and takes leases in one commit; the answers to the leases come in their order.
    pub async fn round(
        &self,
        results: &[Outcome],
        leases: &[Lease],
        pace: &[(String, String, Timestamp)],
    ) -> Result<Vec<Leased>, StoreError> {
        let mut txn = self.begin().await?;
        for outcome in results {
            apply(&mut txn, outcome).await?;
        }
        let mut given = Vec::with_capacity(leases.len());
        for lease in leases {
            given.push(take(&mut txn, lease).await?);
        }
        for (campaign, channel, next_at) in pace {
            sqlx::query(
                "insert into pace (campaign, channel, next_at) values (?, ?, ?) \
                 on conflict (campaign, channel) do update set next_at = excluded.next_at",
            )
            .bind(campaign)
            .bind(channel)
            .bind(millis(*next_at))
            .execute(&mut *txn)
            .await?;
        }
        self.commit(txn).await?;
        Ok(given)
    }

    /// Returns the next free moment of a channel with a rate.
    pub async fn pace(&self, campaign: &str, channel: &str) -> Result<Option<Timestamp>, StoreError> {
        let next: Option<i64> =
            sqlx::query_scalar("select next_at from pace where campaign = ? and channel = ?")
                .bind(campaign)
                .bind(channel)
                .fetch_optional(&self.readers)
                .await?;
        maybe_moment(next)
    }

    /// Turns what a crash left in `sending` into `unknown`; returns how many.
    ///
    /// Only the process that dispatches may call it (see [`Store::dispatch_lock`]): to any other one, a
    /// message that is just being sent looks the same as one that a crash left behind.
    pub async fn recover(&self, campaign: &str) -> Result<u64, StoreError> {
        let any: i64 = sqlx::query_scalar(
            "select exists (select 1 from message where campaign = ? and state = 'sending')",
        )
        .bind(campaign)
        .fetch_one(&self.readers)
        .await?;
        if any == 0 {
            return Ok(0);
        }
        let mut txn = self.begin().await?;
        let left: Vec<(i64, i64, i64)> = sqlx::query_as(
            "select m.id, m.fence, a.at from message m join attempt a \
             on a.message = m.id and a.no = m.fence and a.kind = 'intent' \
             where m.campaign = ? and m.state = 'sending' order by m.id",
        )
        .bind(campaign)
        .fetch_all(&mut *txn)
        .await?;
        for (id, fence, at) in &left {
            let outcome = Outcome {
                id: *id,
                fence: *fence,
                at: moment(*at)?,
                class: "crash".to_owned(),
                sent: true,
                reply: "the process ended between intent and result".to_owned(),
                next: Next::Unknown,
            };
            apply(&mut txn, &outcome).await?;
        }
        self.commit(txn).await?;
        Ok(u64::try_from(left.len()).unwrap_or(u64::MAX))
    }

    /// Takes the right to dispatch from this store; it ends with the value, or with the process.
    pub fn dispatch_lock(&self) -> Result<DispatchLock, StoreError> {
        let path = self.path().with_extension("lock");
        let failed = |e: &std::io::Error| StoreError::Unwritable(path.clone(), e.to_string());
        let file = std::fs::OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|e| failed(&e))?;
        match file.try_lock() {
            Ok(()) => Ok(DispatchLock { _file: file }),
            Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::Busy(self.path().to_path_buf())),
            Err(std::fs::TryLockError::Error(e)) => Err(failed(&e)),
        }
    }
}

/// The right to dispatch: one process at a time.
#[derive(Debug)]
pub struct DispatchLock {
    _file: std::fs::File,
}

fn due_row(r: &SqliteRow) -> Result<Due, StoreError> {
    let narrow = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Due {
        id: r.try_get("message")?,
        invitation: row::invitation(r)?,
        step: r.try_get("step")?,
        via: narrow(r.try_get("via")?),
        channel: r.try_get("channel")?,
        due: moment(r.try_get("due")?)?,
        not_after: moment(r.try_get("not_after")?)?,
        tries: narrow(r.try_get("tries")?),
        first_at: maybe_moment(r.try_get("first_at")?)?,
    })
}

/// Re-reads everything that speaks against sending, then writes the intent.
async fn take(txn: &mut Transaction<'static, Sqlite>, lease: &Lease) -> Result<Leased, StoreError> {
    let found = sqlx::query(
        "select m.state, m.fence, m.channel, c.paused, r.state as answer, exists (select 1 from suppression s \
         where s.kind = m.contact and s.address = case m.contact when 'email' then i.email_key \
         else i.mobile_key end) as suppressed \
         from message m join invitation i on i.id = m.invitation join campaign c on c.name = m.campaign \
         left join response r on r.id = i.response_id where m.id = ?",
    )
    .bind(lease.id)
    .fetch_optional(&mut **txn)
    .await?;
    let Some(r) = found else { return Ok(Leased::Gone) };
    if r.try_get::<&str, _>("state")? != "queued" {
        return Ok(Leased::Gone);
    }
    if r.try_get::<i64, _>("paused")? != 0 {
        return Ok(Leased::Held);
    }
    let answer: Option<&str> = r.try_get("answer")?;
    if matches!(answer, Some("completed" | "withdrawn")) {
        end(txn, lease.id, MessageState::Cancelled, "answered").await?;
        return Ok(Leased::Ended(MessageState::Cancelled));
    }
    if r.try_get::<i64, _>("suppressed")? != 0 {
        end(txn, lease.id, MessageState::Suppressed, "on the suppression list").await?;
        follow(txn, lease.id, None).await?;
        return Ok(Leased::Ended(MessageState::Suppressed));
    }
    let fence = r.try_get::<i64, _>("fence")? + 1;
    sqlx::query(
        "update message set state = 'sending', fence = ?, message_id = ?, first_at = coalesce(first_at, ?) \
         where id = ?",
    )
    .bind(fence)
    .bind(&lease.message_id)
    .bind(millis(lease.at))
    .bind(lease.id)
    .execute(&mut **txn)
    .await?;
    sqlx::query(
        "insert into attempt (message, no, kind, channel, at, phase, class, reply) \
         values (?, ?, 'intent', ?, ?, 'pre', 'intent', '')",
    )
    .bind(lease.id)
    .bind(fence)
    .bind(r.try_get::<&str, _>("channel")?)
    .bind(millis(lease.at))
    .execute(&mut **txn)
    .await?;
    Ok(Leased::Go { fence })
}

async fn end(
    txn: &mut Transaction<'static, Sqlite>,
    id: i64,
    state: MessageState,
    detail: &str,
) -> Result<(), StoreError> {
    sqlx::query("update message set state = ?, detail = ? where id = ?")
        .bind(state.name())
        .bind(detail)
        .bind(id)
        .execute(&mut **txn)
        .await?;
    Ok(())
}

/// Writes one result under its fence; a result of an older lease is noted nowhere and changes nothing.
async fn apply(txn: &mut Transaction<'static, Sqlite>, outcome: &Outcome) -> Result<(), StoreError> {
    let noted = sqlx::query(
        "insert into attempt (message, no, kind, channel, at, phase, class, reply) \
         select id, fence, 'result', channel, ?, ?, ?, ? from message \
         where id = ? and fence = ? and state = 'sending'",
    )
    .bind(millis(outcome.at))
    .bind(if outcome.sent { "sent" } else { "pre" })
    .bind(&outcome.class)
    .bind(&outcome.reply)
    .bind(outcome.id)
    .bind(outcome.fence)
    .execute(&mut **txn)
    .await?;
    if noted.rows_affected() == 0 {
        return Ok(());
    }
    if let Next::Rejected { suppress: Some(why) } | Next::FallBack { suppress: Some(why), .. } = &outcome.next
    {
        let (kind, address) = address_of(txn, outcome.id).await?;
        set_next(txn, outcome).await?;
        suppress_in(txn, kind, &address, why, outcome.at).await?;
    } else {
        set_next(txn, outcome).await?;
    }
    match outcome.next {
        Next::Accepted | Next::Listed | Next::Unknown => follow(txn, outcome.id, Some(outcome.at)).await,
        Next::Rejected { .. } | Next::RenderError | Next::Expired => follow(txn, outcome.id, None).await,
        Next::Retry { .. } | Next::FallBack { .. } => Ok(()),
    }
}

/// Returns the address that a message's present channel uses.
async fn address_of(
    txn: &mut Transaction<'static, Sqlite>,
    id: i64,
) -> Result<(AddressKind, String), StoreError> {
    let (contact, email, mobile): (String, Option<String>, Option<String>) = sqlx::query_as(
        "select m.contact, i.email_key, i.mobile_key from message m join invitation i on i.id = m.invitation \
         where m.id = ?",
    )
    .bind(id)
    .fetch_one(&mut **txn)
    .await?;
    let (kind, address) =
        if contact == "email" { (AddressKind::Email, email) } else { (AddressKind::Mobile, mobile) };
    Ok((kind, address.unwrap_or_default()))
}

async fn set_next(txn: &mut Transaction<'static, Sqlite>, outcome: &Outcome) -> Result<(), StoreError> {
    match &outcome.next {
        Next::Retry { due, charge } => {
            sqlx::query(
                "update message set state = 'queued', detail = ?, due = ?, tries = tries + ? where id = ?",
            )
            .bind(&outcome.reply)
            .bind(millis(*due))
            .bind(i64::from(*charge))
            .bind(outcome.id)
            .execute(&mut **txn)
            .await?;
            return Ok(());
        }
        Next::FallBack { via, channel, contact, due, .. } => {
            // Another channel is another message: its own id, date and count of tries.
            sqlx::query(
                "update message set state = 'queued', detail = ?, due = ?, via = ?, channel = ?, contact = ?, \
                 tries = 0, first_at = null, message_id = null where id = ?",
            )
            .bind(&outcome.reply)
            .bind(millis(*due))
            .bind(i64::from(*via))
            .bind(channel)
            .bind(kind_name(*contact))
            .bind(outcome.id)
            .execute(&mut **txn)
            .await?;
            return Ok(());
        }
        _ => {}
    }
    let (state, sent) = match outcome.next {
        Next::Accepted => (MessageState::Accepted, true),
        Next::Listed => (MessageState::Listed, true),
        Next::Unknown => (MessageState::Unknown, true),
        Next::RenderError => (MessageState::RenderError, false),
        Next::Expired => (MessageState::Expired, false),
        Next::Rejected { .. } | Next::Retry { .. } | Next::FallBack { .. } => (MessageState::Rejected, false),
    };
    sqlx::query("update message set state = ?, detail = ?, sent_at = ? where id = ?")
        .bind(state.name())
        .bind(&outcome.reply)
        .bind(sent.then(|| millis(outcome.at)))
        .bind(outcome.id)
        .execute(&mut **txn)
        .await?;
    Ok(())
}

/// Starts the clock of the reminders when the first message left (or ends them when it never will).
async fn follow(
    txn: &mut Transaction<'static, Sqlite>,
    id: i64,
    left: Option<Timestamp>,
) -> Result<(), StoreError> {
    let Some(at) = left else {
        sqlx::query(
            "update message set state = 'cancelled', detail = 'the invitation did not go out' \
             where invitation = (select invitation from message where id = ? and wait is null) \
             and wait is not null and due is null and state = 'queued'",
        )
        .bind(id)
        .execute(&mut **txn)
        .await?;
        return Ok(());
    };
    sqlx::query(
        "update message set due = ? + wait \
         where invitation = (select invitation from message where id = ? and wait is null) \
         and wait is not null and due is null and state = 'queued'",
    )
    .bind(millis(at))
    .bind(id)
    .execute(&mut **txn)
    .await?;
    Ok(())
}

//! What status, exports and waves read: people with their keys, and counts of people and messages.

use jiff::Timestamp;
use sqlx::Row;

use super::error::StoreError;
use super::open::Store;
use super::row::{self, INVITATION, count, maybe_moment};
use super::types::{Invitation, MessageLine, MessageState};

/// Messages of one step, channel and state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MessageCount {
    /// Step.
    pub step: String,
    /// Channel used last.
    pub channel: String,
    /// State.
    pub state: MessageState,
    /// How many.
    pub count: u64,
}

/// Responses, each with the number of its person.
pub type Linked = Vec<(i64, u64)>;

/// A drawn person with the key: for exports that stay where the list is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnUnit {
    /// The person's key.
    pub key: String,
    /// The triggering event's key, else empty.
    pub occasion: String,
    /// Index of the plan's cell.
    pub cell: u32,
    /// Where whole clusters are drawn: the place of its cluster in the draw order of its cell.
    pub cluster: Option<u64>,
    /// Was released for sending.
    pub released: bool,
    /// Its response, if there is one.
    pub response: Option<i64>,
}

/// People of one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellCount {
    /// Index of the plan's cell.
    pub cell: u32,
    /// Drawn, released or not.
    pub drawn: u64,
    /// Released for sending.
    pub released: u64,
    /// Pressed the start button.
    pub started: u64,
    /// Sent the last page.
    pub completed: u64,
    /// Asked no further: screened out, or a quota was full.
    pub screened: u64,
    /// When the last ones were released.
    pub last_release: Option<Timestamp>,
}

impl Store {
    /// Returns the invitations that were written after the one of this id, in the order of writing; 0 for all.
    pub async fn invitations_after(&self, campaign: &str, id: i64) -> Result<Vec<Invitation>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "select {INVITATION} from invitation i where i.campaign = ? and i.id > ? order by i.id"
        ));
        let rows = sqlx::query(sql).bind(campaign).bind(id).fetch_all(&self.readers).await?;
        rows.iter().map(row::invitation).collect()
    }

    /// Returns the drawn people with their keys, sorted by cell and draw order.
    pub async fn drawn(&self, campaign: &str) -> Result<Vec<DrawnUnit>, StoreError> {
        let rows = sqlx::query(
            "select key, occasion, cell, cluster, released_at, response_id from invitation where campaign = ? \
             order by cell, position, key, occasion",
        )
        .bind(campaign)
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|r| {
                Ok(DrawnUnit {
                    key: r.try_get("key")?,
                    occasion: r.try_get("occasion")?,
                    cell: u32::try_from(r.try_get::<i64, _>("cell")?).unwrap_or(u32::MAX),
                    cluster: r.try_get::<Option<i64>, _>("cluster")?.map(count),
                    released: r.try_get::<Option<i64>, _>("released_at")?.is_some(),
                    response: r.try_get("response_id")?,
                })
            })
            .collect()
    }

    /// Numbers the people behind the linked responses of two campaigns: response and number, of each campaign.
    ///
    /// The same number is the same person; it says nothing else, and no key leaves the store. Responses whose link is
    /// gone, or that never had one, are not among them.
    pub async fn people(&self, first: &str, second: &str) -> Result<(Linked, Linked), StoreError> {
        let rows = sqlx::query(
            "select campaign, response_id, dense_rank() over (order by key) as person from invitation \
             where campaign in (?, ?) and response_id is not null order by response_id",
        )
        .bind(first)
        .bind(second)
        .fetch_all(&self.readers)
        .await?;
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for row in &rows {
            let link = (row.try_get::<i64, _>("response_id")?, count(row.try_get("person")?));
            let of_first = row.try_get::<String, _>("campaign")? == first;
            if of_first { before.push(link) } else { after.push(link) }
        }
        Ok((before, after))
    }

    /// Counts messages per step, channel and state, in that order.
    pub async fn message_counts(&self, campaign: &str) -> Result<Vec<MessageCount>, StoreError> {
        let rows = sqlx::query(
            "select step, channel, state, count(*) as n from message where campaign = ? group by 1, 2, 3",
        )
        .bind(campaign)
        .fetch_all(&self.readers)
        .await?;
        let mut counts: Vec<MessageCount> = rows
            .iter()
            .map(|r| {
                Ok(MessageCount {
                    step: r.try_get("step")?,
                    channel: r.try_get("channel")?,
                    state: row::message_state(r.try_get("state")?)?,
                    count: count(r.try_get("n")?),
                })
            })
            .collect::<Result<_, StoreError>>()?;
        counts.sort();
        Ok(counts)
    }

    /// Counts people per cell.
    pub async fn cell_counts(&self, campaign: &str) -> Result<Vec<CellCount>, StoreError> {
        let rows = sqlx::query(
            "select i.cell, count(*) as drawn, count(i.released_at) as released, \
             max(i.released_at) as last_release, count(r.id) as started, \
             count(case when r.state = 'completed' then 1 end) as completed, count(r.ended) as screened \
             from invitation i left join response r on r.id = i.response_id where i.campaign = ? \
             group by i.cell order by i.cell",
        )
        .bind(campaign)
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|r| {
                Ok(CellCount {
                    cell: u32::try_from(r.try_get::<i64, _>("cell")?).unwrap_or(u32::MAX),
                    drawn: count(r.try_get("drawn")?),
                    released: count(r.try_get("released")?),
                    started: count(r.try_get("started")?),
                    completed: count(r.try_get("completed")?),
                    screened: count(r.try_get("screened")?),
                    last_release: maybe_moment(r.try_get("last_release")?)?,
                })
            })
            .collect()
    }

    /// Lists the messages in a state, by step, key and occasion.
    pub async fn messages_in(
        &self,
        campaign: &str,
        state: MessageState,
    ) -> Result<Vec<MessageLine>, StoreError> {
        let rows = sqlx::query(
            "select m.id, i.key, i.occasion, m.step, m.channel, m.state, coalesce(m.sent_at, m.due) as at, \
             m.message_id, m.detail from message m join invitation i on i.id = m.invitation \
             where m.campaign = ? and m.state = ? order by m.step, i.key, i.occasion",
        )
        .bind(campaign)
        .bind(state.name())
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|r| {
                Ok(MessageLine {
                    id: r.try_get("id")?,
                    key: r.try_get("key")?,
                    occasion: r.try_get("occasion")?,
                    step: r.try_get("step")?,
                    channel: r.try_get("channel")?,
                    state: row::message_state(r.try_get("state")?)?,
                    at: maybe_moment(r.try_get("at")?)?,
                    message_id: r.try_get("message_id")?,
                    detail: r.try_get("detail")?,
                })
            })
            .collect()
    }
}

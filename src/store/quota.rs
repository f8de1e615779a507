//! Quotas: how many completes count for which, so that no two people take the last place.
//!
//! Writes happen one after the other (`begin immediate`), so that what is counted inside the transaction that completes a
//! response is what holds when it commits.

use std::collections::BTreeMap;

use sqlx::{Sqlite, Transaction};

use super::error::StoreError;
use super::open::Store;
use super::row::count;

/// A quota whose condition a response fulfils.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim<'a> {
    /// Name of the quota.
    pub name: &'a str,
    /// Completes at most.
    pub number: u64,
}

impl Store {
    /// Returns how many completes count for each quota; those that nobody counts for are left out.
    pub async fn quota_counts(&self, campaign: &str) -> Result<BTreeMap<String, u64>, StoreError> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as("select quota, count(*) from quota_fill where campaign = ? group by quota")
                .bind(campaign)
                .fetch_all(&self.readers)
                .await?;
        Ok(rows.into_iter().map(|(name, n)| (name, count(n))).collect())
    }

    /// Returns how many were asked no further, by reason: `screen`, or `quota NAME`.
    pub async fn ended(&self, campaign: &str) -> Result<BTreeMap<String, u64>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "select ended, count(*) from response where campaign = ? and ended is not null group by ended",
        )
        .bind(campaign)
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(|(reason, n)| (reason, count(n))).collect())
    }
}

/// Returns the first quota that is full without this response.
pub(super) async fn full(
    txn: &mut Transaction<'static, Sqlite>,
    campaign: &str,
    response: i64,
    claims: &[Claim<'_>],
) -> Result<Option<String>, StoreError> {
    for claim in claims {
        let taken: i64 = sqlx::query_scalar(
            "select count(*) from quota_fill where campaign = ? and quota = ? and response <> ?",
        )
        .bind(campaign)
        .bind(claim.name)
        .bind(response)
        .fetch_one(&mut **txn)
        .await?;
        if count(taken) >= claim.number {
            return Ok(Some(claim.name.to_owned()));
        }
    }
    Ok(None)
}

/// Takes a place in each quota.
pub(super) async fn take(
    txn: &mut Transaction<'static, Sqlite>,
    campaign: &str,
    response: i64,
    claims: &[Claim<'_>],
) -> Result<(), StoreError> {
    for claim in claims {
        sqlx::query(
            "insert into quota_fill (campaign, quota, response) values (?, ?, ?) on conflict do nothing",
        )
        .bind(campaign)
        .bind(claim.name)
        .bind(response)
        .execute(&mut **txn)
        .await?;
    }
    Ok(())
}

/// Gives the places of a response back.
pub(super) async fn give_back(
    txn: &mut Transaction<'static, Sqlite>,
    response: i64,
) -> Result<(), StoreError> {
    sqlx::query("delete from quota_fill where response = ?").bind(response).execute(&mut **txn).await?;
    Ok(())
}

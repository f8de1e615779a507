//! Campaigns, the people drawn for them, and those who arrive later.

use std::collections::BTreeSet;

use jiff::civil::Date;
use sqlx::{Row, Sqlite, Transaction};

use super::error::StoreError;
use super::open::Store;
use super::row::{self, count, json, millis};
use super::token::{token, token_hash};
use super::types::{AddressKind, Arrivals, Invitation, Launched, address_key};

/// One who arrived in a daily or event cell: key, index of the cell, whether the draw took it.
pub type Arrival = (String, u32, bool);

impl Store {
    /// Writes a launched campaign and its drawn people in one transaction.
    ///
    /// Again with the same plan does nothing; with another plan it is refused.
    pub async fn launch(&self, launched: &Launched, invitations: &[Invitation]) -> Result<(), StoreError> {
        let mut txn = self.begin().await?;
        self.check_secret_in(&mut txn).await?;
        let stored: Option<String> = sqlx::query_scalar("select plan_hash from campaign where name = ?")
            .bind(&launched.campaign)
            .fetch_optional(&mut *txn)
            .await?;
        if let Some(stored) = stored {
            if stored == launched.plan_hash {
                return Ok(());
            }
            let asked = launched.plan_hash.clone();
            return Err(StoreError::OtherPlan(launched.campaign.clone(), stored, asked));
        }
        sqlx::query(
            "insert into campaign (name, files, plan, plan_hash, launched_at, paused) values (?, ?, ?, ?, ?, ?)",
        )
        .bind(&launched.campaign)
        .bind(json(&launched.files)?)
        .bind(&launched.plan)
        .bind(&launched.plan_hash)
        .bind(millis(launched.launched_at))
        .bind(i64::from(launched.paused))
        .execute(&mut *txn)
        .await?;
        self.insert_invitations(&mut txn, &launched.campaign, invitations).await?;
        self.commit(txn).await
    }

    /// Returns a launched campaign.
    pub async fn campaign(&self, name: &str) -> Result<Option<Launched>, StoreError> {
        let found = sqlx::query("select * from campaign where name = ?")
            .bind(name)
            .fetch_optional(&self.readers)
            .await?;
        found.as_ref().map(row::launched).transpose()
    }

    /// Returns all launched campaigns, by name.
    pub async fn campaigns(&self) -> Result<Vec<Launched>, StoreError> {
        let rows = sqlx::query("select * from campaign order by name").fetch_all(&self.readers).await?;
        rows.iter().map(row::launched).collect()
    }

    /// Tells whether a campaign is held; `None` when it is not launched.
    pub async fn is_paused(&self, campaign: &str) -> Result<Option<bool>, StoreError> {
        let paused: Option<i64> = sqlx::query_scalar("select paused from campaign where name = ?")
            .bind(campaign)
            .fetch_optional(&self.readers)
            .await?;
        Ok(paused.map(|p| p != 0))
    }

    /// Holds a campaign, or lets it go on.
    pub async fn set_paused(&self, campaign: &str, paused: bool) -> Result<(), StoreError> {
        let done = sqlx::query("update campaign set paused = ? where name = ?")
            .bind(i64::from(paused))
            .bind(campaign)
            .execute(&self.writer)
            .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Missing(format!("campaign `{campaign}`")));
        }
        Ok(())
    }

    /// Adds people to a launched campaign; who is there already (same key and occasion) stays as it is.
    pub async fn add_invitations(
        &self,
        campaign: &str,
        invitations: &[Invitation],
    ) -> Result<(), StoreError> {
        let mut txn = self.begin().await?;
        self.insert_invitations(&mut txn, campaign, invitations).await?;
        self.commit(txn).await
    }

    /// Notes who came on a day, drawn or not; the first note of a key counts.
    pub async fn record_arrivals(
        &self,
        campaign: &str,
        day: Date,
        came: &[Arrival],
    ) -> Result<(), StoreError> {
        self.take_in(campaign, day, came, &[]).await
    }

    /// Notes who came on a day and adds those whom the draw took, in one transaction.
    pub async fn take_in(
        &self,
        campaign: &str,
        day: Date,
        came: &[Arrival],
        drawn: &[Invitation],
    ) -> Result<(), StoreError> {
        let mut txn = self.begin().await?;
        for (key, cell, taken) in came {
            sqlx::query(
                "insert into arrival (campaign, key, cell, day, drawn) values (?, ?, ?, ?, ?) on conflict do nothing",
            )
            .bind(campaign)
            .bind(key)
            .bind(i64::from(*cell))
            .bind(day.to_string())
            .bind(i64::from(*taken))
            .execute(&mut *txn)
            .await?;
        }
        self.insert_invitations(&mut txn, campaign, drawn).await?;
        self.commit(txn).await
    }

    /// Returns the keys of all who came until now, drawn or not.
    pub async fn known_arrivals(&self, campaign: &str) -> Result<BTreeSet<String>, StoreError> {
        let keys: Vec<String> = sqlx::query_scalar("select key from arrival where campaign = ?")
            .bind(campaign)
            .fetch_all(&self.readers)
            .await?;
        Ok(keys.into_iter().collect())
    }

    /// Returns how many came into each cell.
    pub async fn arrivals(&self, campaign: &str) -> Result<Vec<Arrivals>, StoreError> {
        let rows = sqlx::query(
            "select cell, count(*) as n from arrival where campaign = ? group by cell order by cell",
        )
        .bind(campaign)
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|r| {
                let cell = u32::try_from(r.try_get::<i64, _>("cell")?).unwrap_or(u32::MAX);
                Ok(Arrivals { cell, count: count(r.try_get("n")?) })
            })
            .collect()
    }

    async fn insert_invitations(
        &self,
        txn: &mut Transaction<'static, Sqlite>,
        campaign: &str,
        invitations: &[Invitation],
    ) -> Result<(), StoreError> {
        let secret = self.secret()?;
        for new in invitations {
            let hash = token_hash(&token(secret, &new.nonce));
            let key_of = |kind, address: &Option<String>| {
                address.as_deref().map(|a| address_key(kind, a)).filter(|a| !a.is_empty())
            };
            sqlx::query(
                "insert into invitation (campaign, key, occasion, cell, position, language, timezone, name, email, \
                 mobile, email_key, mobile_key, fields, nonce, token_hash, released_at, event_at, \
                 cluster) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
                 on conflict (campaign, key, occasion) do nothing",
            )
            .bind(campaign)
            .bind(&new.key)
            .bind(&new.occasion)
            .bind(i64::from(new.cell))
            .bind(i64::try_from(new.position).unwrap_or(i64::MAX))
            .bind(&new.language)
            .bind(&new.timezone)
            .bind(&new.name)
            .bind(&new.email)
            .bind(&new.mobile)
            .bind(key_of(AddressKind::Email, &new.email))
            .bind(key_of(AddressKind::Mobile, &new.mobile))
            .bind(json(&new.fields)?)
            .bind(new.nonce.to_vec())
            .bind(hash.to_vec())
            .bind(new.released_at.map(millis))
            .bind(new.event_at.map(millis))
            .bind(new.cluster.map(|n| i64::try_from(n).unwrap_or(i64::MAX)))
            .execute(&mut **txn)
            .await?;
        }
        Ok(())
    }
}

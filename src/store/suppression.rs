//! Who must not be contacted: opt-outs, dead addresses, and people at rest.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};

use super::error::StoreError;
use super::open::Store;
use super::row::millis;
use super::types::{AddressKind, ContactHistory, address_key};

pub(super) fn kind_name(kind: AddressKind) -> &'static str {
    match kind {
        AddressKind::Email => "email",
        AddressKind::Mobile => "mobile",
    }
}

impl Store {
    /// Puts an address on the list and ends what was queued for it.
    pub async fn suppress(
        &self,
        kind: AddressKind,
        address: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut txn = self.begin().await?;
        suppress_in(&mut txn, kind, address, reason, now).await?;
        self.commit(txn).await
    }

    /// Takes an address off the list; what was ended stays ended.
    pub async fn unsuppress(&self, kind: AddressKind, address: &str) -> Result<(), StoreError> {
        sqlx::query("delete from suppression where kind = ? and address = ?")
            .bind(kind_name(kind))
            .bind(address_key(kind, address))
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Tells whether an address is on the list.
    pub async fn is_suppressed(&self, kind: AddressKind, address: &str) -> Result<bool, StoreError> {
        let found: i64 =
            sqlx::query_scalar("select count(*) from suppression where kind = ? and address = ?")
                .bind(kind_name(kind))
                .bind(address_key(kind, address))
                .fetch_one(&self.readers)
                .await?;
        Ok(found > 0)
    }

    /// Carries out a person's wish to get nothing more: all addresses of the invitation go on the list, and
    /// everything queued for them ends, in every campaign.
    pub async fn unsubscribe(&self, invitation: i64, now: Timestamp) -> Result<(), StoreError> {
        let mut txn = self.begin().await?;
        let found: Option<(Option<String>, Option<String>)> =
            sqlx::query_as("select email_key, mobile_key from invitation where id = ?")
                .bind(invitation)
                .fetch_optional(&mut *txn)
                .await?;
        let Some((email, mobile)) = found else {
            return Err(StoreError::Missing("such invitation".to_owned()));
        };
        for (kind, address) in [(AddressKind::Email, email), (AddressKind::Mobile, mobile)] {
            if let Some(address) = address {
                suppress_in(&mut txn, kind, &address, "unsubscribed", now).await?;
            }
        }
        sqlx::query(
            "update message set state = 'suppressed', detail = 'unsubscribed' where invitation = ? and state = 'queued'",
        )
        .bind(invitation)
        .execute(&mut *txn)
        .await?;
        self.commit(txn).await
    }

    /// Returns who must not be drawn: suppressed addresses, and the keys of those whose first message in any
    /// campaign but this one (an empty name: in any) left within the rest period, or is about to.
    pub async fn history(
        &self,
        campaign: &str,
        now: Timestamp,
        rest_days: u32,
    ) -> Result<ContactHistory, StoreError> {
        let since = millis(now - SignedDuration::from_hours(24 * i64::from(rest_days)));
        let keys: Vec<String> =
            if rest_days == 0 { Vec::new() } else { self.keys_since(campaign, since).await? };
        let listed: Vec<(String, String)> =
            sqlx::query_as("select kind, address from suppression").fetch_all(&self.readers).await?;
        let of = |name: &str| {
            listed.iter().filter(|(kind, _)| kind == name).map(|(_, address)| address.clone()).collect()
        };
        // A number may stand in a list with other separators; the frame compares it as the list has it.
        let written: Vec<String> = sqlx::query_scalar(
            "select distinct lower(i.mobile) from invitation i join suppression s \
             on s.kind = 'mobile' and s.address = i.mobile_key where i.mobile is not null",
        )
        .fetch_all(&self.readers)
        .await?;
        let mut mobiles: std::collections::BTreeSet<String> = of("mobile");
        mobiles.extend(written);
        Ok(ContactHistory { at_rest: keys.into_iter().collect(), emails: of("email"), mobiles })
    }

    /// Returns until when people rest whose first message left within the rest period, or is about to, in any campaign but
    /// this one (an empty name: in any).
    pub async fn rest_ends(
        &self,
        campaign: &str,
        now: Timestamp,
        rest_days: u32,
    ) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        if rest_days == 0 {
            return Ok(BTreeMap::new());
        }
        let rest = SignedDuration::from_hours(24 * i64::from(rest_days));
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "select i.key, max(coalesce(m.sent_at, m.due, i.released_at)) as at \
             from invitation i join message m on m.invitation = i.id \
             where i.campaign <> ? and m.wait is null \
             and m.state in ('queued', 'sending', 'accepted', 'listed', 'unknown') \
             group by i.key having at > ?",
        )
        .bind(campaign)
        .bind(millis(now - rest))
        .fetch_all(&self.readers)
        .await?;
        let end = |(key, at): (String, i64)| {
            let at = Timestamp::from_millisecond(at).unwrap_or(now);
            (key, at.saturating_add(rest).unwrap_or(at))
        };
        Ok(rows.into_iter().map(end).collect())
    }

    async fn keys_since(&self, campaign: &str, since: i64) -> Result<Vec<String>, StoreError> {
        let keys = sqlx::query_scalar(
            "select distinct i.key from invitation i join message m on m.invitation = i.id \
             where i.campaign <> ? and m.wait is null \
             and m.state in ('queued', 'sending', 'accepted', 'listed', 'unknown') \
             and coalesce(m.sent_at, m.due, i.released_at) > ?",
        )
        .bind(campaign)
        .bind(since)
        .fetch_all(&self.readers)
        .await?;
        Ok(keys)
    }
}

/// Puts an address on the list inside a transaction; the first reason stays.
pub(super) async fn suppress_in(
    txn: &mut Transaction<'static, Sqlite>,
    kind: AddressKind,
    address: &str,
    reason: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let address = address_key(kind, address);
    if address.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into suppression (kind, address, reason, at) values (?, ?, ?, ?) on conflict do nothing",
    )
    .bind(kind_name(kind))
    .bind(&address)
    .bind(reason)
    .bind(millis(now))
    .execute(&mut **txn)
    .await?;
    let ended = match kind {
        AddressKind::Email => {
            "update message set state = 'suppressed', detail = ? where state = 'queued' and contact = 'email' \
             and invitation in (select id from invitation where email_key = ?)"
        }
        AddressKind::Mobile => {
            "update message set state = 'suppressed', detail = ? where state = 'queued' and contact = 'mobile' \
             and invitation in (select id from invitation where mobile_key = ?)"
        }
    };
    let done = sqlx::query(ended).bind(reason).bind(&address).execute(&mut **txn).await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    // What was to remind of a message that will never leave ends with it, whatever its own channel is.
    sqlx::query(
        "update message set state = 'cancelled', detail = 'the invitation did not go out' \
         where state = 'queued' and due is null and wait is not null and invitation in \
         (select f.invitation from message f join invitation i on i.id = f.invitation \
         where f.state = 'suppressed' and f.wait is null and (i.email_key = ?1 or i.mobile_key = ?1))",
    )
    .bind(&address)
    .execute(&mut **txn)
    .await?;
    Ok(())
}

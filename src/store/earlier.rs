//! What an earlier campaign's answers tell a later draw: who answered, by key, and whose a response is.

use std::collections::{BTreeMap, BTreeSet};

use super::error::StoreError;
use super::open::Store;

impl Store {
    /// Returns the keys of the people who answered in a campaign; those whose link is gone are not among them.
    pub async fn answered(&self, campaign: &str) -> Result<BTreeSet<String>, StoreError> {
        let keys: Vec<String> = sqlx::query_scalar(
            "select distinct i.key from invitation i join response r on r.id = i.response_id \
             where i.campaign = ? and r.state = 'completed'",
        )
        .bind(campaign)
        .fetch_all(&self.readers)
        .await?;
        Ok(keys.into_iter().collect())
    }

    /// Returns whose the responses of a campaign are: keys by id of the response, as far as the link is there.
    pub async fn keys_of_responses(&self, campaign: &str) -> Result<BTreeMap<i64, String>, StoreError> {
        let pairs: Vec<(i64, String)> = sqlx::query_as(
            "select i.response_id, i.key from invitation i where i.campaign = ? and i.response_id is not null",
        )
        .bind(campaign)
        .fetch_all(&self.readers)
        .await?;
        Ok(pairs.into_iter().collect())
    }
}

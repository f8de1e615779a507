//! What an earlier campaign's answers tell a later draw: who answered, by key.

use std::collections::BTreeSet;

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
}

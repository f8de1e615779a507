//! The store of a profile, opened with its secret.

use crate::cli::{Context, Exit};
use crate::model::Checked;
use crate::settings::Settings;
use crate::store::{Durability, Launched, Store};

impl Context {
    /// Opens the profile's store.
    pub async fn store(&self, settings: &Settings) -> Result<Store, Exit> {
        let could_not = |why: String| self.fail(Exit::CouldNot, &why);
        let url = settings.store_url().map_err(could_not)?;
        let store = Store::open(&url, Durability::Full).await.map_err(|e| could_not(e.to_string()))?;
        let secret = settings.secret().map_err(could_not)?;
        Ok(match secret {
            Some(secret) => store.with_secret(secret.as_bytes()),
            None => store,
        })
    }

    /// Returns the launched campaign of a spec.
    pub async fn launched(&self, store: &Store, checked: &Checked) -> Result<Launched, Exit> {
        let name = &checked.campaign.name;
        let found = store.campaign(name).await.map_err(|e| self.fail(Exit::CouldNot, &e.to_string()))?;
        found.ok_or_else(|| {
            let words = format!(
                "campaign `{name}` is not launched in the store `{}`; `canvass run SPEC` launches it",
                store.path().display()
            );
            self.fail(Exit::CouldNot, &words)
        })
    }

    /// Runs asynchronous work to its end.
    pub fn block_on(&self, work: impl Future<Output = Result<Exit, Exit>>) -> Exit {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        match runtime {
            Ok(runtime) => runtime.block_on(work).unwrap_or_else(|exit| exit),
            Err(e) => self.fail(Exit::CouldNot, &format!("no threads can be had: {e}")),
        }
    }
}

//! What a preview plays on: a store that is thrown away, made-up people, a clock within the period.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::cli::Context;
use crate::clock::{Clock, ManualClock, SystemClock};
use crate::collect::server::Server;
use crate::model::Checked;
use crate::model::checked::FieldKind;
use crate::plan::window::Windows;
use crate::plan::{self, Plan};
use crate::runner::empty_summary;
use crate::store::token::{Nonces, SystemNonces, base32, token};
use crate::store::{Durability, Invitation, Launched, Store};

/// Everything that the pages of a preview need; cheap to clone.
#[derive(Clone)]
pub(super) struct Stage {
    pub checked: Arc<Checked>,
    pub plan: Arc<Plan>,
    pub store: Store,
    pub server: Server,
    /// What links begin with.
    pub base: String,
    /// What links will begin with when the campaign runs: short messages are charged for those.
    pub real_base: String,
    /// One person per language, whose links stand in the messages.
    pub people: Vec<Invitation>,
    folder: PathBuf,
}

impl Stage {
    /// Makes the store, the plan of the spec alone, and a person per language.
    pub async fn set(checked: &Checked, cx: &Context, base: &str, real_base: String) -> Result<Self, String> {
        let seed = cx.seed.unwrap_or(0);
        let plan = plan_of(checked, seed);
        let nonce = SystemNonces.nonce()?;
        let folder = std::env::temp_dir().join(format!("canvass-preview-{}", base32(&nonce)));
        let url = format!("sqlite:{}", folder.join("preview.db").display());
        let store = Store::open(&url, Durability::Relaxed).await.map_err(|e| e.to_string())?;
        let people: Result<Vec<Invitation>, String> =
            plan.languages.iter().map(|language| person(checked, language)).collect();
        let people = people?;
        let clock = clock_within(&plan, cx);
        let launched = Launched {
            campaign: plan.campaign.clone(),
            files: checked.files.iter().map(|f| (f.path.clone(), f.text.clone())).collect(),
            plan: plan::json(&plan),
            plan_hash: plan.hash.clone(),
            launched_at: clock.now(),
            paused: true,
        };
        store.launch(&launched, &people).await.map_err(|e| e.to_string())?;
        let secret = store.secret().map_err(|e| e.to_string())?.to_vec();
        let server = Server::new(store.clone(), secret, clock);
        let base = base.to_owned();
        let (checked, plan) = (Arc::new(checked.clone()), Arc::new(plan));
        Ok(Self { checked, plan, store, server, base, real_base, people, folder })
    }

    /// Adds a person who has not answered yet and returns their token.
    pub async fn newcomer(&self, language: &str) -> Result<String, String> {
        let person = person(&self.checked, language)?;
        let campaign = &self.plan.campaign;
        self.store
            .add_invitations(campaign, std::slice::from_ref(&person))
            .await
            .map_err(|e| e.to_string())?;
        self.token_of(&person)
    }

    /// Returns a person's token.
    pub fn token_of(&self, person: &Invitation) -> Result<String, String> {
        Ok(token(self.store.secret().map_err(|e| e.to_string())?, &person.nonce))
    }

    /// Throws everything away.
    pub async fn strike(&self) {
        self.store.close().await;
        // What can't be removed lies in the system's temporary folder, which the system empties.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Makes the plan of a spec alone: nobody is counted, and nobody drawn.
pub(super) fn plan_of(checked: &Checked, seed: u64) -> Plan {
    plan::make(checked, &empty_summary(checked, seed), seed)
}

/// The present moment if the campaign is open, else its opening: a closed form can't be looked at.
fn clock_within(plan: &Plan, cx: &Context) -> Arc<dyn Clock> {
    let now: Timestamp = cx.clock().now();
    let Some(windows) = Windows::new(&plan.schedule) else { return Arc::from(cx.clock()) };
    if cx.now.is_none() && (windows.open()..windows.close()).contains(&now) {
        return Arc::new(SystemClock);
    }
    let at = if cx.now.is_some() { now } else { windows.open() };
    Arc::new(ManualClock::new(at))
}

/// Makes up somebody: the first code of every coded field, so that texts which repeat a field say something.
pub(super) fn person(checked: &Checked, language: &str) -> Result<Invitation, String> {
    let fields =
        checked.frame.iter().flat_map(|f| &f.fields).chain(checked.events.iter().flat_map(|e| &e.fields));
    let fields: BTreeMap<String, String> = fields
        .filter_map(|field| match &field.kind {
            FieldKind::OneOf(codes) => Some((field.name.clone(), codes.first()?.name.clone())),
            _ => None,
        })
        .collect();
    let nonce = SystemNonces.nonce()?;
    Ok(Invitation {
        id: 0,
        campaign: checked.campaign.name.clone(),
        key: format!("preview-{}", base32(&nonce)),
        occasion: String::new(),
        cell: 0,
        position: 0,
        cluster: None,
        language: language.to_owned(),
        timezone: None,
        name: Some(if language.starts_with("zh") { "王小明" } else { "Alex Example" }.to_owned()),
        email: Some("preview@example.com".to_owned()),
        mobile: Some("+12025550100".to_owned()),
        fields,
        nonce,
        released_at: None,
        event_at: None,
    })
}

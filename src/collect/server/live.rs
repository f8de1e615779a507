//! Launched campaigns, analysed once each.
//!
//! A version of a launched campaign never changes, so its model is kept by name
//! and version; which version is in force is asked of the store every time, so
//! that launches and changes are noticed without a restart.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, RwLock};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::collect::form::asked::Respondent;
use crate::collect::form::pages::{Page, pages};
use crate::collect::used_fields;
use crate::model::checked::ChannelKind;
use crate::model::{Checked, Memory, analyse};
use crate::store::types::{Launched, Response};
use crate::store::{Store, StoreError};

/// Who started before the close may finish within this many minutes after it.
const GRACE_MINUTES: i64 = 60;

/// A campaign that can be answered.
#[derive(Debug)]
pub(crate) struct Live {
    /// Number of the version, from 1.
    pub version: u32,
    /// Its model.
    pub checked: Checked,
    /// Its pages.
    pub pages: Vec<Page>,
    /// Last moment for answers.
    close: Option<Timestamp>,
    zone: TimeZone,
    /// Names of strata by index of the plan's cell.
    strata: BTreeMap<u32, String>,
    /// Minutes on the longest path, by language.
    minutes: BTreeMap<String, f64>,
    /// Fields that forms, follow-ups and segments use.
    pub used_fields: BTreeSet<String>,
}

/// What the form needs of a plan.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Glance {
    strata: Vec<Stratum>,
    questionnaire: Figures,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Stratum {
    name: String,
    cells: Vec<Cell>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cell {
    index: u32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Figures {
    minutes: Vec<Minutes>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Minutes {
    language: String,
    longest: f64,
}

impl Live {
    /// Analyses a launched campaign; says in words why it can't be shown.
    pub fn new(launched: &Launched, version: u32) -> Result<Self, String> {
        let (main, _) = launched.files.first().ok_or("it has no files")?;
        let files = Memory(launched.files.iter().cloned().collect());
        let analysis = analyse(main, &files);
        let Some(checked) = analysis.checked else {
            let first = analysis.diagnostics.iter().find(|d| d.is_error());
            return Err(first.map_or_else(|| "its spec can't be read".to_owned(), |d| d.message.clone()));
        };
        let plan: Glance =
            serde_json::from_str(&launched.plan).map_err(|e| format!("its plan can't be read: {e}"))?;
        let zone = TimeZone::get(&checked.campaign.timezone).unwrap_or(TimeZone::UTC);
        let close = checked.schedule.as_ref().and_then(|s| zone.to_timestamp(s.close).ok());
        let cells = plan.strata.iter().flat_map(|s| s.cells.iter().map(|c| (c.index, s.name.clone())));
        Ok(Self {
            version,
            close,
            strata: cells.collect(),
            minutes: plan.questionnaire.minutes.into_iter().map(|m| (m.language, m.longest)).collect(),
            used_fields: used_fields(&checked),
            zone,
            pages: pages(&checked),
            checked,
        })
    }

    /// Returns the day it is where the campaign is.
    pub fn today(&self, now: Timestamp) -> Date {
        now.to_zoned(self.zone.clone()).date()
    }

    /// Tells whether no response can be started any more.
    pub fn is_closed(&self, now: Timestamp) -> bool {
        self.close.is_some_and(|close| now >= close)
    }

    /// Tells whether a started response can't be finished any more.
    pub fn is_over(&self, now: Timestamp) -> bool {
        let grace = jiff::SignedDuration::from_mins(GRACE_MINUTES);
        self.close.is_some_and(|close| now >= close.saturating_add(grace).unwrap_or(close))
    }

    /// Returns the close as people write it; `pattern` is one of strftime.
    pub fn until(&self, pattern: &str) -> String {
        let Some(close) = self.close else { return String::new() };
        close.to_zoned(self.zone.clone()).strftime(pattern).to_string()
    }

    /// Returns the whole minutes that the longest path takes.
    pub fn minutes(&self, language: &str) -> Option<f64> {
        let minutes = self.minutes.get(language).or_else(|| self.minutes.values().next());
        minutes.copied().filter(|m| m.is_finite() && *m > 0.0)
    }

    /// Returns the language if the campaign speaks it, else nothing.
    pub fn speaks(&self, language: &str) -> Option<&str> {
        self.checked.campaign.languages.iter().find(|l| *l == language).map(String::as_str)
    }

    /// Returns the campaign's default language.
    pub fn default_language(&self) -> &str {
        self.checked.campaign.languages.first().map_or("en", String::as_str)
    }

    /// Returns the channel that an invitation most likely came by, when the ledger doesn't tell.
    pub fn first_channel(&self) -> &str {
        let step = self.checked.schedule.as_ref().and_then(|s| s.steps.first());
        let channel = step.and_then(|s| s.via.first()).and_then(|&c| self.checked.channels.get(c));
        channel.or_else(|| self.checked.channels.first()).map_or("", |c| c.name.as_str())
    }

    /// Returns the name under which the campaign writes mail.
    pub fn sender(&self, language: &str) -> &str {
        let mail = self.checked.channels.iter().find_map(|c| match &c.kind {
            ChannelKind::Email { from_name, .. } => Some(from_name.get(language)),
            _ => None,
        });
        mail.unwrap_or("")
    }

    /// Returns the page on which somebody goes on who had come to `page` in another version: the first that has a
    /// question from there on.
    pub fn page_after(&self, other: &Self, page: u32) -> u32 {
        let from = usize::try_from(page).unwrap_or(usize::MAX);
        let mut ahead =
            other.pages.iter().skip(from).flat_map(|p| &p.questions).filter_map(|&q| other.name_of(q));
        let place = |name: &str| {
            self.pages.iter().position(|p| p.questions.iter().any(|&q| self.name_of(q) == Some(name)))
        };
        let found = ahead.find_map(place).unwrap_or(self.pages.len());
        u32::try_from(found).unwrap_or(u32::MAX)
    }

    fn name_of(&self, question: usize) -> Option<&str> {
        self.checked.questionnaire.questions.get(question).map(|q| q.name.as_str())
    }

    /// Returns who answers, as conditions see them.
    pub fn respondent<'a>(&'a self, response: &'a Response, now: Timestamp) -> Respondent<'a> {
        Respondent {
            fields: &response.fields,
            stratum: response.cell.and_then(|c| self.strata.get(&c)).map_or("", String::as_str),
            channel: &response.channel,
            language: &response.language,
            pseudonym: &response.pseudonym,
            today: self.today(now),
        }
    }
}

/// All versions of campaigns that were asked for until now.
#[derive(Debug, Default)]
pub(crate) struct Campaigns(RwLock<BTreeMap<(String, u32), Arc<Live>>>);

impl Campaigns {
    /// Returns a campaign by name, in the version that is in force.
    pub async fn get(&self, store: &Store, name: &str) -> Result<Option<Arc<Live>>, CampaignError> {
        match store.launch_version(name).await.map_err(CampaignError::Store)? {
            Some(version) => self.get_in(store, name, version).await,
            None => Ok(None),
        }
    }

    /// Returns a version of a campaign.
    pub async fn get_in(
        &self,
        store: &Store,
        name: &str,
        version: u32,
    ) -> Result<Option<Arc<Live>>, CampaignError> {
        let key = (name.to_owned(), version);
        let known = self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(&key).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(launched) = store.campaign_in(name, version).await.map_err(CampaignError::Store)? else {
            return Ok(None);
        };
        let analysed = tokio::task::spawn_blocking(move || Live::new(&launched, version)).await;
        let live = analysed.unwrap_or_else(|_| Err("its analysis ended early".to_owned()));
        let live = Arc::new(live.map_err(|why| CampaignError::Unreadable(name.to_owned(), why))?);
        let mut all = self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(Some(Arc::clone(all.entry(key).or_insert(live))))
    }
}

/// Why a campaign can't be had.
#[derive(Debug)]
pub(crate) enum CampaignError {
    /// The store failed.
    Store(StoreError),
    /// What was launched can't be analysed by this version: name, why.
    Unreadable(String, String),
}

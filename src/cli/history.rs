//! What the profile's store knows about people before a draw.

use std::path::Path;

use jiff::Timestamp;

use crate::cli::{Context, Exit};
use crate::frame::History;
use crate::model::Checked;
use crate::plan;
use crate::settings::Settings;
use crate::store::{Durability, Store};

/// Returns who is at rest at open and which addresses are suppressed, where the profile has a store already.
pub fn history(cx: &Context, checked: &Checked, settings: &Settings) -> Result<History, Exit> {
    // A store that isn't there, or whose address isn't known here, knows nobody: CI plans without one.
    let Ok(url) = settings.store_url() else { return Ok(History::default()) };
    if !url.strip_prefix("sqlite:").is_some_and(|path| Path::new(path).is_file()) {
        return Ok(History::default());
    }
    let could_not = |why: String| cx.fail(Exit::CouldNot, &why);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| could_not(format!("no thread for the store: {e}")))?;
    let rest = checked.frame.as_ref().and_then(|f| f.rest).map_or(0, |r| r.days);
    let open = open_of(checked);
    let known = runtime.block_on(async {
        let store = Store::open(&url, Durability::Full).await?;
        let known = store.history(&checked.campaign.name, open, rest).await;
        store.close().await;
        known
    });
    let known = known.map_err(|e| could_not(e.to_string()))?;
    let suppressed = known.emails.into_iter().chain(known.mobiles).collect();
    Ok(History { at_rest: known.at_rest, suppressed })
}

fn open_of(checked: &Checked) -> Timestamp {
    let zone = jiff::tz::TimeZone::get(&checked.campaign.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    let open = checked.schedule.as_ref().and_then(|s| plan::window::instant(&zone, s.open));
    open.unwrap_or(Timestamp::UNIX_EPOCH)
}

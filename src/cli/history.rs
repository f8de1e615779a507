//! What the profile's store knows about people before a draw.

use std::path::Path;

use jiff::Timestamp;

use crate::cli::earlier::gather;
use crate::cli::{Context, Exit};
use crate::frame::History;
use crate::model::Checked;
use crate::plan;
use crate::settings::Settings;
use crate::store::{Durability, Store};

/// Returns who is at rest at open, which addresses are suppressed and what earlier campaigns tell, as far as the
/// profile has a store already.
pub fn history(cx: &Context, checked: &Checked, settings: &Settings) -> Result<History, Exit> {
    let could_not = |why: String| cx.fail(Exit::CouldNot, &why);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| could_not(format!("no thread for the store: {e}")))?;
    let seed = cx.seed_of(settings)?;
    // A store that isn't there, or whose address isn't known here, knows nobody: CI plans without one.
    let url = settings.store_url().ok();
    let url = url.filter(|url| url.strip_prefix("sqlite:").is_some_and(|path| Path::new(path).is_file()));
    runtime.block_on(async {
        let Some(url) = url else {
            let waves = gather(cx, checked, None, &settings.root, seed).await?;
            return Ok(History { waves, ..History::default() });
        };
        let told = |e: crate::store::StoreError| could_not(e.to_string());
        let store = Store::open(&url, Durability::Full).await.map_err(told)?;
        let known = known(checked, &store).await.map_err(told);
        let waves = gather(cx, checked, Some(&store), &settings.root, seed).await;
        store.close().await;
        Ok(History { waves: waves?, ..known? })
    })
}

/// Asks the store who can't be drawn.
async fn known(checked: &Checked, store: &Store) -> Result<History, crate::store::StoreError> {
    let rest = checked.frame.as_ref().and_then(|f| f.rest);
    // Who may wait is kept from the draw only by a rest that outlasts the campaign.
    let at = if rest.is_some_and(|r| r.delay) { last_moment(checked) } else { open_of(checked) };
    let known = store.history(&checked.campaign.name, at, rest.map_or(0, |r| r.days)).await?;
    let waiting = match rest.filter(|r| r.delay) {
        Some(rest) => Some(store.rest_ends(&checked.campaign.name, open_of(checked), rest.days).await?),
        None => None,
    };
    let suppressed = known.emails.into_iter().chain(known.mobiles).collect();
    Ok(History { at_rest: known.at_rest, waiting, suppressed, ..History::default() })
}

/// Returns the moment as of which conditions on the list hold.
pub(super) fn open_of(checked: &Checked) -> Timestamp {
    let zone = jiff::tz::TimeZone::get(&checked.campaign.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    let open = checked.schedule.as_ref().and_then(|s| plan::window::instant(&zone, s.open));
    open.unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Returns the end of the last time in which messages may leave; without one, the opening.
pub(super) fn last_moment(checked: &Checked) -> Timestamp {
    let zone = jiff::tz::TimeZone::get(&checked.campaign.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    let end = checked.schedule.as_ref().and_then(|s| plan::end_of_sending(s, &zone));
    end.unwrap_or_else(|| open_of(checked))
}

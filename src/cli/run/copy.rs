//! The copy of a list in a database, for people who come while a campaign runs.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tempfile::NamedTempFile;

use crate::cli::plan::refuse;
use crate::cli::{Context, Exit};
use crate::frame::{FrameError, sql};
use crate::model::Checked;
use crate::settings::Settings;

/// After so long the rows are asked for again.
const FRESH_FOR: Duration = Duration::from_mins(30);

/// A copy that is made anew now and then; without one the list is a file, or all are drawn at launch.
pub(super) struct ListCopy(Option<Kept>);

struct Kept {
    /// The launched spec; its list is the database.
    checked: Checked,
    url: String,
    seed: u64,
    file: NamedTempFile,
    made: Timestamp,
}

impl ListCopy {
    /// Copies the list where that is needed; returns the spec as the runner shall read it.
    pub(super) async fn open(
        checked: Checked,
        settings: &Settings,
        seed: u64,
        now: Timestamp,
        cx: &Context,
    ) -> Result<(Self, Checked), Exit> {
        if !sql::is_read_again(&checked) {
            return Ok((Self(None), checked));
        }
        let url = settings.database_url("the list stands").map_err(|e| cx.fail(Exit::CouldNot, &e))?;
        let file = sql::empty_copy().map_err(|e| refuse(&e, cx))?;
        let kept = Kept { checked, url, seed, file, made: now };
        kept.write().await.map_err(|e| refuse(&e, cx))?;
        let copied = sql::copied(&kept.checked, kept.file.path());
        Ok((Self(Some(kept)), copied))
    }

    /// Asks for the rows again when the copy is old; while the database can't be read, the old one is good enough.
    pub(super) async fn refresh(&mut self, now: Timestamp, cx: &Context) {
        let Some(kept) = &mut self.0 else { return };
        if now.duration_since(kept.made) < SignedDuration::try_from(FRESH_FOR).unwrap_or_default() {
            return;
        }
        kept.made = now;
        if let Err(error) = kept.write().await {
            cx.say(&format!("warning: who came since then waits for the next try: {error}"));
        }
    }
}

impl Kept {
    /// Writes beside the copy and puts it in its place when it is whole.
    async fn write(&self) -> Result<(), FrameError> {
        let relation = self.checked.frame.as_ref().and_then(|f| f.relation.as_ref());
        let Some(relation) = relation else { return Ok(()) };
        let task = sql::Task { checked: &self.checked, relation, url: &self.url, seed: self.seed };
        let fresh = sql::empty_copy()?;
        sql::copy(task, fresh.path()).await?;
        std::fs::rename(fresh.path(), self.file.path())
            .map_err(|e| FrameError::list(format!("the copy of the list can't be replaced: {e}")))
    }
}

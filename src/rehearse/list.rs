//! The list of a rehearsal: a file, the profile's database, or a copy out of it for people who come later.

use tempfile::NamedTempFile;

use crate::frame::{self, FrameError, History, Reading, sql};
use crate::model::Checked;
use crate::rehearse::engine::Task;

/// The list as the runner reads it.
pub(super) struct List {
    /// The spec, with the copy as its list where there is one.
    pub checked: Checked,
    copy: Option<NamedTempFile>,
}

impl List {
    /// Copies the list, where it stands in a database and people come later.
    pub(super) async fn open(task: &Task<'_>) -> Result<Self, FrameError> {
        if !sql::needs_copy(task.checked) {
            return Ok(Self { checked: task.checked.clone(), copy: None });
        }
        let file = sql::empty_copy()?;
        sql::copy(of_database(task)?, file.path()).await?;
        Ok(Self { checked: sql::copied(task.checked, file.path()), copy: Some(file) })
    }

    /// Counts and draws.
    pub(super) async fn read(&self, task: &Task<'_>, history: &History) -> Result<Reading, FrameError> {
        if task.checked.frame.as_ref().is_some_and(|f| f.relation.is_some()) && self.copy.is_none() {
            return sql::read(of_database(task)?, history, true).await;
        }
        let mut reading = frame::read(&self.checked, task.folder, task.seed, history)?;
        if self.copy.is_some() {
            sql::as_of_the_database(&mut reading, task.checked);
        }
        Ok(reading)
    }
}

fn of_database<'a>(task: &Task<'a>) -> Result<sql::Task<'a>, FrameError> {
    let relation = task.checked.frame.as_ref().and_then(|f| f.relation.as_ref());
    let (Some(relation), Some(url)) = (relation, task.database) else {
        return Err(FrameError::list("the list stands in a database, and no address of one is given"));
    };
    Ok(sql::Task { checked: task.checked, relation, url, seed: task.seed })
}

//! What a spec means: names, types, units, flow.
//!
//! Goes in: the main spec's path and a way to read files. Comes out: an
//! [`Analysis`], always, with diagnostics and as much of the model as could be
//! made; a [`Checked`] only when there is no error.

pub mod cell;
pub mod checked;
pub mod files;
mod load;
pub mod logic;
mod lower;

pub use self::checked::Checked;
pub use self::files::{Files, Folder, Memory};

use crate::diagnostic::Diagnostic;
use crate::source::SourceMap;

/// Everything that is known about a spec.
#[derive(Debug, Clone, Default)]
pub struct Analysis {
    /// The spec and the files that it uses.
    pub sources: SourceMap,
    /// All findings, in the order of files and places.
    pub diagnostics: Vec<Diagnostic>,
    /// The model, when there is no error.
    pub checked: Option<Checked>,
}

impl Analysis {
    /// Tells whether the file has declarations but no campaign: shared parts that other specs use.
    #[must_use]
    pub fn is_library(&self) -> bool {
        self.diagnostics.iter().any(|d| d.code == "missing-campaign")
    }

    /// Moves the findings over to a common map of sources, with paths below `folder`.
    pub fn diagnostics_in(&self, sources: &mut SourceMap, folder: &std::path::Path) -> Vec<Diagnostic> {
        let ids: Vec<crate::source::FileId> = self
            .sources
            .iter()
            .map(|f| {
                let path = folder.join(&f.path).to_string_lossy().replace('\\', "/");
                match sources.find(&path) {
                    Some(known) => known.id,
                    None => sources.add(path, f.text.clone()),
                }
            })
            .collect();
        let moved = |mut span: crate::source::Span| {
            span.file = ids.get(span.file.0 as usize).copied().unwrap_or_default();
            span
        };
        let mut all = self.diagnostics.clone();
        for diagnostic in &mut all {
            diagnostic.span = moved(diagnostic.span);
            for label in &mut diagnostic.labels {
                label.span = moved(label.span);
            }
            if let Some(fix) = &mut diagnostic.fix {
                fix.span = moved(fix.span);
            }
        }
        all
    }
}

/// Analyses the spec `main` (a path that `files` can read).
#[must_use]
pub fn analyse(main: &str, files: &dyn Files) -> Analysis {
    let loaded = load::load(main, files);
    let mut diagnostics = loaded.diagnostics;
    let declarations: Vec<_> = loaded.statements.iter().collect();
    let mut checked = None;
    if !declarations.is_empty() || diagnostics.is_empty() {
        let lowered = lower::lower(&declarations, files, loaded.files);
        diagnostics.extend(lowered.diagnostics);
        checked = lowered.checked;
    }
    diagnostics.sort_by_key(|d| (d.span.file, d.span.start, std::cmp::Reverse(d.severity)));
    diagnostics.dedup();
    if diagnostics.iter().any(Diagnostic::is_error) {
        checked = None;
    }
    Analysis { sources: loaded.sources, diagnostics, checked }
}

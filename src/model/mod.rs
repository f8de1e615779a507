//! What a spec means: names, types, units, flow.
//!
//! Goes in: the main spec's path and a way to read files. Comes out: an
//! [`Analysis`], always, with diagnostics and as much of the model as could be
//! made; a [`Checked`] only when there is no error.

mod again;
pub mod breaks;
pub mod cell;
pub mod checked;
pub mod files;
mod load;
pub mod logic;
mod lower;
pub mod places;
pub mod rule;
pub mod segments;

use jiff::Timestamp;

pub use self::again::Analyser;
pub use self::checked::Checked;
pub use self::files::{Files, Folder, Memory};
pub use self::places::Places;
pub use self::rule::{Switch, Switches};

use self::load::Loaded;
use crate::diagnostic::Diagnostic;
use crate::model::logic::paths::LastLongest;
use crate::model::rule::worded::Wordings;
use crate::source::SourceMap;
use crate::syntax;

/// Everything that is known about a spec.
#[derive(Debug, Clone, Default)]
pub struct Analysis {
    /// The spec and the files that it uses.
    pub sources: SourceMap,
    /// All findings, in the order of files and places.
    pub diagnostics: Vec<Diagnostic>,
    /// The model, when there is no error.
    pub checked: Option<Checked>,
    /// Where names and texts of the model stand; with errors, of what could be made.
    pub places: Places,
    /// Whether everything that is declared is of the kind that other specs share: questions, scales, channels.
    pub only_shared: bool,
}

/// What an analysis is told besides the spec.
#[derive(Debug, Clone, Default)]
pub struct Judgement {
    /// Rules that are switched off or on.
    pub switches: Switches,
    /// The moment of the check; without one, nothing is overdue.
    pub now: Option<Timestamp>,
}

impl Analysis {
    /// Tells whether the file has declarations but no campaign: shared parts that other specs use.
    #[must_use]
    pub fn is_library(&self) -> bool {
        self.diagnostics.iter().any(|d| d.code == "missing-campaign")
    }

    /// Returns what there is to say about shared parts by themselves: everything but that they are no campaign.
    #[must_use]
    pub fn of_library(mut self) -> Self {
        if self.only_shared {
            self.diagnostics.retain(|d| d.code != "missing-campaign");
        }
        self
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

/// Analyses the spec `main` (a path that `files` can read) with the rules as they ship.
#[must_use]
pub fn analyse(main: &str, files: &dyn Files) -> Analysis {
    analyse_with(main, files, &Judgement::default())
}

/// Analyses the spec `main`; rules may be switched off or on, and what is overdue depends on the moment.
#[must_use]
pub fn analyse_with(main: &str, files: &dyn Files, judgement: &Judgement) -> Analysis {
    of_loaded(load::load(main, files, &mut syntax::parse), files, judgement, None)
}

/// Analyses what was loaded.
fn of_loaded(
    mut loaded: Loaded,
    files: &dyn Files,
    judgement: &Judgement,
    last: Option<(&mut Wordings, &LastLongest)>,
) -> Analysis {
    let mut analysis = Analysis { diagnostics: loaded.diagnostics, ..Analysis::default() };
    let allows = rule::take(&mut loaded.statements);
    let breaks = breaks::take(&mut loaded.statements, &mut analysis.diagnostics);
    let declarations: Vec<_> = loaded.statements.iter().collect();
    analysis.only_shared = lower::only_shared(&declarations);
    if !declarations.is_empty() || analysis.diagnostics.is_empty() {
        let broken = analysis.diagnostics.iter().filter(|d| d.is_error()).map(|d| d.span).collect();
        let lowered = lower::lower(&declarations, files, loaded.files, broken, loaded.incomplete);
        analysis.diagnostics.extend(lowered.diagnostics);
        analysis.checked = lowered.checked;
    }
    if let Some(checked) = &mut analysis.checked {
        analysis.places = lower::places(&declarations, checked);
        let sites = logic::Sites::new(&declarations);
        // The rest sees the model only; the tree of a large spec would be most of what is in memory.
        drop(declarations);
        drop(loaded.statements);
        let (places, sources) = (&analysis.places, &loaded.sources);
        // Neither looks at what the other finds.
        let (decided, found) = rayon::join(
            || logic::check(checked, places, sources, &sites),
            || {
                let mut spec = rule::Spec::new(checked, places, sources, judgement.now);
                if let Some((wordings, longest)) = last {
                    spec.recall(wordings, longest);
                }
                rule::find_all(&spec, &judgement.switches)
            },
        );
        analysis.diagnostics.extend(decided);
        let errors: Vec<_> = analysis.diagnostics.iter().filter(|d| d.is_error()).map(|d| d.span).collect();
        let outcome = rule::judge_all(found, &analysis.places, &allows, &errors);
        analysis.diagnostics.extend(outcome.diagnostics);
        checked.switched_off = outcome.switched_off;
        checked.breaks = breaks;
    }
    let diagnostics = &mut analysis.diagnostics;
    diagnostics.sort_by_key(|d| (d.span.file, d.span.start, std::cmp::Reverse(d.severity)));
    diagnostics.dedup();
    if diagnostics.iter().any(Diagnostic::is_error) {
        analysis.checked = None;
    }
    analysis.sources = loaded.sources;
    analysis
}

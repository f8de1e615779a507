//! `canvass check --fix`: applies the mends that findings carry, until nothing is left to mend.
//!
//! Each round analyses all specs, applies the mends that do not touch each other, and writes
//! each file once. A mend that overlaps another waits for the next round, where it is found
//! again if it is still wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::cli::output::write;
use crate::cli::{Context, Exit};
use crate::diagnostic::{Diagnostic, Fix};
use crate::source::{SourceFile, SourceMap};

/// Rounds after which mends that undo each other are left alone.
const ROUNDS: usize = 20;

/// Mends the specs; `roots` are the files and folders that may be written to.
pub(super) fn fix(specs: &[PathBuf], roots: &[PathBuf], cx: &Context) -> Result<(), Exit> {
    let mut fixed = 0;
    let mut files = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for _ in 0..ROUNDS {
        let mut sources = SourceMap::default();
        let mut all = Vec::new();
        for spec in specs {
            let loaded = cx.load(spec)?;
            if loaded.analysis.is_library() && specs.len() > 1 {
                continue;
            }
            all.extend(loaded.analysis.diagnostics_in(&mut sources, &loaded.folder));
        }
        let mut changed = false;
        for (file, mends) in by_file(&all, &sources) {
            let path = Path::new(&file.path);
            if !may_write(path, roots) {
                continue;
            }
            let (text, applied) = mended(file, &mends);
            // A text that was there before would come again and again.
            if applied.is_empty() || text == *file.text || !seen.insert((file.path.clone(), text.clone())) {
                continue;
            }
            write(path, text.as_bytes(), cx)?;
            for finding in &applied {
                let (line, column) = file.line_column(finding.span.start);
                cx.say(&format!("fixed {}:{line}:{column}: {}", file.path, finding.message));
            }
            fixed += applied.len();
            files.insert(file.path.clone());
            changed = true;
        }
        if !changed {
            break;
        }
    }
    let findings = if fixed == 1 { "1 finding".to_owned() } else { format!("{fixed} findings") };
    let places = if files.len() == 1 { "1 file".to_owned() } else { format!("{} files", files.len()) };
    cx.say(&if fixed == 0 { "nothing to fix".to_owned() } else { format!("{findings} fixed in {places}") });
    Ok(())
}

/// Returns the findings that carry a mend, by the file that it changes.
fn by_file<'a>(
    all: &'a [Diagnostic],
    sources: &'a SourceMap,
) -> Vec<(&'a SourceFile, Vec<(&'a Diagnostic, &'a Fix)>)> {
    let mut found: BTreeMap<_, Vec<(&Diagnostic, &Fix)>> = BTreeMap::new();
    for finding in all {
        if let Some(fix) = &finding.fix {
            found.entry(fix.span.file).or_default().push((finding, fix));
        }
    }
    found.into_iter().filter_map(|(id, mends)| Some((sources.get(id)?, mends))).collect()
}

/// Applies mends from the first to the last; one that touches the one before is left out.
fn mended<'a>(file: &SourceFile, mends: &[(&'a Diagnostic, &Fix)]) -> (String, Vec<&'a Diagnostic>) {
    let mut sorted: Vec<&(&Diagnostic, &Fix)> = mends.iter().collect();
    sorted.sort_by_key(|(_, fix)| (fix.span.start, fix.span.end));
    let (mut text, mut applied, mut at) = (String::new(), Vec::new(), 0);
    for (finding, fix) in sorted {
        let (start, end) = (fix.span.start as usize, fix.span.end as usize);
        let overlaps = start < at || (start == at && !applied.is_empty());
        let Some(between) = file.text.get(at..start).filter(|_| !overlaps && start <= end) else { continue };
        if file.text.get(start..end).is_none_or(|old| old == fix.replacement) {
            continue;
        }
        text.push_str(between);
        text.push_str(&fix.replacement);
        applied.push(*finding);
        at = end;
    }
    text.push_str(file.text.get(at..).unwrap_or(""));
    (text, applied)
}

/// Tells whether a file is one of the roots or lies below one; links are followed first.
fn may_write(path: &Path, roots: &[PathBuf]) -> bool {
    let Ok(real) = std::fs::canonicalize(path) else { return false };
    roots.iter().any(|root| {
        let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        std::fs::canonicalize(root).is_ok_and(|root| real.starts_with(root))
    })
}

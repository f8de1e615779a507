//! Cuts a file into its top-level declarations, each of which is parsed by itself.
//!
//! The grammar lets nothing reach over a newline with a top-level declaration behind it, so cutting there
//! changes nothing: it keeps pest's tree small, lets processors share the work, and lets a declaration
//! that did not change be kept from the last time.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use pest::Parser as _;

use super::Parsed;
use super::grammar::{Rule, SurveyParser};

/// Declarations of the last time, by their texts.
#[derive(Debug, Default)]
pub struct Known {
    before: HashMap<Arc<str>, Arc<Parsed>>,
    now: HashMap<Arc<str>, Arc<Parsed>>,
}

impl Known {
    /// Forgets what was not asked for since the last turn.
    pub fn turn(&mut self) {
        self.before = std::mem::take(&mut self.now);
    }

    /// Returns what a text means when it is known.
    pub(super) fn get(&mut self, text: &str) -> Option<Arc<Parsed>> {
        if let Some(known) = self.now.get(text) {
            return Some(known.clone());
        }
        let (text, known) = self.before.remove_entry(text)?;
        self.now.insert(text, known.clone());
        Some(known)
    }

    /// Remembers what a text means.
    pub(super) fn put(&mut self, text: &str, parsed: Arc<Parsed>) {
        self.now.insert(Arc::from(text), parsed);
    }
}

/// Returns the stretches of a text that are parsed by themselves, without the newlines between them.
pub(super) fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut start = 0;
    for (newline, _) in text.match_indices('\n') {
        if begins(text, newline + 1) {
            let end =
                if text.get(..newline).is_some_and(|t| t.ends_with('\r')) { newline - 1 } else { newline };
            all.push(start..end.max(start));
            start = newline + 1;
        }
    }
    all.push(start..text.len());
    all
}

/// Tells whether a top-level declaration begins here.
fn begins(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    rest.starts_with(|c: char| c.is_ascii_lowercase()) && SurveyParser::parse(Rule::top_start, rest).is_ok()
}

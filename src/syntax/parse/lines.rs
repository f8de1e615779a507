//! Line ends.

use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, Span};

/// Reports line ends of both kinds in one file, at the first of the rarer kind: an editor that makes them alike changes
/// lines that nobody meant to change.
pub fn mixed(file: &SourceFile) -> Option<Diagnostic> {
    let text = &file.text;
    let windows = text.matches("\r\n").count();
    let unix = text.matches('\n').count() - windows;
    if windows == 0 || unix == 0 {
        return None;
    }
    let is_rarer = |at: &usize| {
        let is_windows = text.get(..*at).is_some_and(|before| before.ends_with('\r'));
        is_windows == (windows <= unix)
    };
    let at = text.match_indices('\n').map(|(at, _)| at).find(is_rarer)?;
    let message = format!("{windows} lines end in CR LF and {unix} in LF");
    let finding = Diagnostic::warning("mixed-line-ends", Span::new(file.id, at, at + 1), message);
    Some(finding.help("let all end in LF, as `canvass fmt` writes them"))
}

//! Line ends.

use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, Span};

/// Reports line ends of both kinds in one file, at the first of the rarer kind: an editor that makes them alike changes
/// lines that nobody meant to change.
pub fn mixed(file: &SourceFile) -> Option<Diagnostic> {
    let text = &file.text;
    // Mostly there is none, and nothing is counted.
    memchr::memchr(b'\r', text.as_bytes())?;
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

/// Reports a file whose lines end in CR alone: nothing else in it can be read line by line.
pub fn old(file: &SourceFile) -> Option<Diagnostic> {
    let text = &file.text;
    // Mostly there is none, and nothing is counted.
    memchr::memchr(b'\r', text.as_bytes())?;
    let (all, windows) = (text.matches('\r').count(), text.matches("\r\n").count());
    let unix = text.matches('\n').count();
    // Single ones between proper lines are hidden characters.
    if all - windows <= unix {
        return None;
    }
    let first = text.find('\r')?;
    let message =
        format!("{} lines end in CR alone, and the rest of the file was not looked at", all - windows);
    let mended = text.replace("\r\n", "\n").replace('\r', "\n");
    let finding = Diagnostic::error("mixed-line-ends", Span::new(file.id, first, first + 1), message);
    let whole = Span::new(file.id, 0, text.len());
    Some(
        finding
            .help("save the file with LF at the end of lines; `canvass check --fix` does it")
            .fix(whole, mended),
    )
}

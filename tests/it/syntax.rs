//! Tests of `syntax`: what good files mean, how broken ones are told, and that nothing brings it down.

mod format;
mod meaning;
mod properties;
mod recovery;
mod walk;

use canvass::diagnostic::render_text;
use canvass::source::{SourceFile, SourceMap};
use canvass::syntax::{Parsed, parse};

/// The good fixtures with their names.
fn fixtures() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/syntax/ok");
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read_to_string(&path).unwrap(),
            )
        })
        .collect();
    all.sort();
    assert!(all.len() >= 8);
    all
}

/// The top-level declarations of a good file, each with its newline.
fn declarations(text: &str) -> Vec<&str> {
    let is_top = |at: usize| text[at..].starts_with(|c: char| c.is_ascii_alphabetic());
    let starts: Vec<usize> =
        text.match_indices('\n').map(|(at, _)| at + 1).filter(|at| is_top(*at)).collect();
    let bounds: Vec<usize> = std::iter::once(0).chain(starts).chain([text.len()]).collect();
    bounds.windows(2).map(|pair| &text[pair[0]..pair[1]]).filter(|part| !part.is_empty()).collect()
}

/// Parses one text under a name.
fn parsed(name: &str, text: &str) -> (SourceMap, Parsed) {
    let mut sources = SourceMap::default();
    let id = sources.add(name, text);
    let parsed = parse(file(&sources));
    assert_eq!(file(&sources).id, id);
    (sources, parsed)
}

fn file(sources: &SourceMap) -> &SourceFile {
    sources.iter().next().unwrap()
}

/// Parses one text and draws what was found.
fn drawn(name: &str, text: &str) -> String {
    let (sources, parsed) = parsed(name, text);
    render_text(&parsed.diagnostics, &sources, false, 100)
}

/// Every construct of the language parses without a word.
#[test]
fn good_files_are_silent() {
    for (name, text) in fixtures() {
        assert_eq!(drawn(&name, &text), "", "{name}");
    }
}

/// Each broken file gives what its snapshot shows: the source, then the findings.
#[test]
fn broken_files_are_told() {
    insta::glob!("../fixtures/syntax/broken", "*.survey", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let told = drawn(&name, &text);
        assert!(!told.is_empty(), "{name} should not be silent");
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(format!("{}\n────────\n\n{told}", text.escape_hidden()));
        });
    });
}

trait EscapeHidden {
    /// Writes what nobody can see as `⟨U+XXXX⟩`, so that a snapshot can be read.
    fn escape_hidden(&self) -> String;
}

impl EscapeHidden for String {
    fn escape_hidden(&self) -> String {
        let hidden =
            |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{200B}'..='\u{202E}' | '\u{3000}');
        self.chars()
            .map(|c| if hidden(c) { format!("⟨U+{:04X}⟩", u32::from(c)) } else { c.to_string() })
            .collect()
    }
}

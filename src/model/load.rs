//! Reads the spec and, depth first, every file that it uses.

use crate::diagnostic::Diagnostic;
use crate::model::checked::SpecFile;
use crate::model::files::Files;
use crate::source::{SourceFile, SourceMap, Span};
use crate::syntax::Parsed;
use crate::syntax::ast::{Item, Statement};

/// Makes a tree of a file.
pub type Parse<'p> = dyn FnMut(&SourceFile) -> Parsed + 'p;

/// The files of a spec, parsed.
#[derive(Debug, Default)]
pub struct Loaded {
    /// All texts.
    pub sources: SourceMap,
    /// The spec first, then used files.
    pub files: Vec<SpecFile>,
    /// Declarations: those of used files stand before those of the file that uses them.
    pub statements: Vec<Statement>,
    /// A used file could not be read, or nothing of it: what it declares is not known.
    pub incomplete: bool,
    /// Findings of the parser and about `use`.
    pub diagnostics: Vec<Diagnostic>,
}

/// Loads a spec; a file that can't be read is a finding like any other.
pub fn load(main: &str, files: &dyn Files, parse: &mut Parse) -> Loaded {
    let mut loaded = Loaded::default();
    let mut open = Vec::new();
    match files.main(main) {
        Ok(text) => file(&mut loaded, main, text, files, parse, &mut open),
        Err(reason) => {
            let id = loaded.sources.add(main, "");
            let message = format!("`{main}` can't be read: {reason}");
            let finding = Diagnostic::error(reason.code(), Span::new(id, 0, 0), message);
            loaded.diagnostics.push(finding.help(reason.help()));
        }
    }
    loaded
}

fn file(
    loaded: &mut Loaded,
    path: &str,
    text: String,
    files: &dyn Files,
    parse: &mut Parse,
    open: &mut Vec<String>,
) {
    let id = loaded.sources.add(path, text.as_str());
    loaded.files.push(SpecFile { path: path.to_owned(), text });
    let Some(source) = loaded.sources.get(id).cloned() else { return };
    let parsed = parse(&source);
    loaded.incomplete |=
        parsed.file.statements.is_empty() && parsed.diagnostics.iter().any(Diagnostic::is_error);
    loaded.diagnostics.extend(parsed.diagnostics);
    open.push(path.to_owned());
    for statement in parsed.file.statements {
        match used(&statement) {
            Some(target) => use_file(loaded, (path, &target), statement.span, files, parse, open),
            None => loaded.statements.push(statement),
        }
    }
    open.pop();
}

/// Returns the path of `use "…"`.
fn used(statement: &Statement) -> Option<String> {
    match &statement.items[..] {
        [Item::Word(word), Item::Text(text)] if word.text == "use" => Some(text.parts.first()?.value.clone()),
        _ => None,
    }
}

fn use_file(
    loaded: &mut Loaded,
    (from, target): (&str, &str),
    span: Span,
    files: &dyn Files,
    parse: &mut Parse,
    open: &mut Vec<String>,
) {
    let mut error = |code, message: String, help: &str| {
        loaded.diagnostics.push(Diagnostic::error(code, span, message).help(help));
    };
    let Some(path) = resolve(from, target) else {
        error(
            "outside",
            format!("`{target}` is not a relative path"),
            "use a path relative to this file, with `/`",
        );
        loaded.incomplete = true;
        return;
    };
    if open.contains(&path) {
        let chain = open.iter().map(String::as_str).chain([path.as_str()]).collect::<Vec<_>>().join("` → `");
        error(
            "use-cycle",
            format!("files use each other in a circle: `{chain}`"),
            "move what both need into a third file",
        );
        return;
    }
    if loaded.files.iter().any(|f| f.path == path) {
        return;
    }
    match files.read(&path) {
        Ok(text) => file(loaded, &path, text, files, parse, open),
        Err(reason) => {
            error(reason.code(), format!("`{path}` can't be read: {reason}"), reason.help());
            loaded.incomplete = true;
        }
    }
}

/// Joins a path to the folder of another and resolves `.` and `..`.
fn resolve(from: &str, target: &str) -> Option<String> {
    if target.starts_with('/') || target.contains(':') || target.contains('\\') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| *p != "..") => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

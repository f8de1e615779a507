//! Any text as a spec: it is parsed, analysed, drawn with carets and formatted, and nothing panics.
#![no_main]

use std::collections::BTreeMap;

use canvass::diagnostic::{render_json, render_text};
use canvass::model::{Memory, analyse};
use canvass::source::SourceMap;
use canvass::syntax::format::format;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let files = Memory(BTreeMap::from([("a.survey".to_owned(), text.to_owned())]));
    let analysis = analyse("a.survey", &files);
    let _ = render_text(&analysis.diagnostics, &analysis.sources, false, 80);
    let _ = render_json(&analysis.diagnostics, &analysis.sources);
    let mut sources = SourceMap::default();
    let id = sources.add("a.survey", text);
    let Some(file) = sources.get(id) else { return };
    if let Ok(once) = format(file) {
        let id = sources.add("b.survey", once.as_str());
        let twice = sources.get(id).and_then(|file| format(file).ok());
        assert_eq!(twice.as_deref(), Some(once.as_str()), "formatting again changes nothing");
    }
});

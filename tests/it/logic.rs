//! Tests of `model::logic`: every verdict against all answers there are, every witness through the real form.

mod brute;
pub mod chance;
mod large;
mod scored;
mod small;

use std::collections::BTreeMap;

use canvass::diagnostic::render_text;
use canvass::model::{Memory, analyse};

/// Each faulty campaign gives what its snapshot shows: the source, then the findings with their carets.
#[test]
fn faults_are_told_with_what_clashes_or_leads_there() {
    insta::glob!("../fixtures/logic", "*.survey", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let files = Memory(BTreeMap::from([(name.clone(), text.clone())]));
        let analysis = analyse(&name, &files);
        let told = render_text(&analysis.diagnostics, &analysis.sources, false, 110);
        assert!(!told.is_empty(), "{name} should not be silent");
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(format!("{text}\n────────\n\n{told}"));
        });
    });
}

//! `canvass test --generate`: test blocks for every question and branch.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::cli::output::{print, write};
use crate::cli::specs::shown;
use crate::cli::{Context, Exit};
use crate::model::files::Unreadable;
use crate::model::{Analysis, Checked, Files, Folder, analyse};
use crate::source::SourceMap;
use crate::syntax::format::format;
use crate::trial;

/// Prints or writes the blocks; every one has been run and passes.
pub(super) fn run(specs: &[PathBuf], out: Option<&Path>, cx: &Context) -> Exit {
    let mut text = String::new();
    for spec in specs {
        let loaded = match cx.load(spec) {
            Ok(loaded) => loaded,
            Err(exit) => return exit,
        };
        if loaded.analysis.is_library() && specs.len() > 1 {
            continue;
        }
        let Some(checked) = &loaded.analysis.checked else {
            cx.print_diagnostics(&loaded.analysis.diagnostics, &loaded.analysis.sources);
            return Exit::Spec;
        };
        if specs.len() > 1 {
            let _ = writeln!(text, "// {}", shown(spec));
        }
        text.push_str(&blocks(checked, &loaded.name, &loaded.folder, cx));
    }
    let written = match out {
        Some(path) => write(path, text.as_bytes(), cx),
        None => print(&text, cx),
    };
    written.err().unwrap_or(Exit::Good)
}

fn blocks(checked: &Checked, name: &str, folder: &Path, cx: &Context) -> String {
    let generated = trial::generate(checked);
    let all: String = generated.iter().filter_map(|one| one.block.as_deref()).collect();
    // Read and run them where they would stand, so that none is printed that does not pass.
    let main = checked.files.first().map_or("", |file| file.text.as_str());
    let with = Appended { folder: Folder(folder.to_path_buf()), name, text: format!("{main}\n{all}") };
    let analysis: Analysis = analyse(name, &with);
    let passing: Vec<&str> = match &analysis.checked {
        Some(again) => again
            .tests
            .iter()
            .filter(|test| trial::run(again, test, &analysis.sources).is_empty())
            .map(|test| test.name.as_str())
            .collect(),
        None => Vec::new(),
    };
    let (sure, left): (Vec<_>, Vec<_>) =
        generated.iter().partition(|one| one.block.is_some() && passing.contains(&one.name.as_str()));
    cx.say(&format!("{} of {} branches of {name} have a test", sure.len(), generated.len()));
    for one in left {
        cx.say(&format!("no answers are known with which {}", one.name));
    }
    canonical(&sure.into_iter().filter_map(|one| one.block.as_deref()).collect::<String>())
}

fn canonical(text: &str) -> String {
    let mut sources = SourceMap::default();
    let id = sources.add("generated", text);
    sources.get(id).and_then(|file| format(file).ok()).unwrap_or_else(|| text.to_owned())
}

/// The files of a spec, the spec itself with more at its end.
struct Appended<'a> {
    folder: Folder,
    name: &'a str,
    text: String,
}

impl Files for Appended<'_> {
    fn read(&self, path: &str) -> Result<String, Unreadable> {
        if path == self.name { Ok(self.text.clone()) } else { self.folder.read(path) }
    }

    fn outside(&self, path: &str) -> Option<Unreadable> {
        self.folder.outside(path)
    }
}

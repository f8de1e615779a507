//! What an analyser remembers never shows: it says exactly what an analysis from nothing says.

#[path = "../../benches/check/spec.rs"]
mod generated;

use std::collections::BTreeMap;
use std::path::Path;

use canvass::model::files::Unreadable;
use canvass::model::{Analyser, Analysis, Files, Folder, Judgement, Memory, analyse_with};

use crate::logic::chance::Chance;

/// A spec while somebody works at it; what else it reads stands in its folder.
struct Edited {
    folder: Folder,
    texts: BTreeMap<String, String>,
}

impl Files for Edited {
    fn read(&self, path: &str) -> Result<String, Unreadable> {
        self.texts.get(path).map_or_else(|| self.folder.read(path), |text| Ok(text.clone()))
    }
}

/// What people do to a spec, and what happens to it on the way.
fn edit(text: &str, chance: &mut Chance) -> String {
    let near = |at: usize| (0..=at).rev().find(|a| text.is_char_boundary(*a)).unwrap();
    let at = near(chance.below(text.len() + 1));
    let line = text[..at].rfind('\n').map_or(0, |n| n + 1);
    let end = text[at..].find('\n').map_or(text.len(), |n| at + n + 1);
    match chance.below(8) {
        // A line more, a line less, a line twice.
        0 => format!("{}{}", &text[..line], &text[end..]),
        1 => format!("{}{}{}", &text[..end], &text[line..end], &text[end..]),
        2 => format!("{}\n  // somebody was here\n{}", &text[..line], &text[line..]),
        // The other half of the file first.
        3 => {
            let cut = text[at..].find("\n}\n").map_or(text.len(), |n| at + n + 3);
            format!("{}{}", &text[cut..], &text[..cut])
        }
        4 => {
            let to = near((at + chance.below(40)).min(text.len()));
            format!("{}{}", &text[..at.min(to)], &text[to.max(at)..])
        }
        _ => {
            let signs = [
                "}",
                "{",
                "\"",
                "\"\"\"",
                "(",
                ")",
                "，",
                "{\n",
                "\n}\n",
                "when ",
                "您 ",
                "not ",
                "x",
                "/*",
                "\r\n",
                "\nsection more \"更多\" / \"More\" {\n",
                "use \"a.survey\"\n",
                "\u{200b}",
                "allow ",
                "5",
            ];
            format!("{}{}{}", &text[..at], chance.pick(&signs), &text[at..])
        }
    }
}

#[track_caller]
fn same(again: &Analysis, fresh: &Analysis, text: &str) {
    assert_eq!(again.diagnostics, fresh.diagnostics, "{text}");
    assert_eq!(again.places, fresh.places, "{text}");
    assert_eq!(format!("{:?}", again.checked), format!("{:?}", fresh.checked), "{text}");
    let texts = |a: &Analysis| a.sources.iter().map(|f| (f.path.clone(), f.text.clone())).collect::<Vec<_>>();
    assert_eq!(texts(again), texts(fresh));
}

/// Edits a spec many times, now and then from its beginning; a broken one is worked on for a while.
fn worked_on(folder: &Path, path: &str, text: &str, edits: usize, chance: &mut Chance) {
    let mut analyser = Analyser::default();
    let mut files = Edited { folder: Folder(folder.to_owned()), texts: BTreeMap::new() };
    let mut now = text.to_owned();
    for _ in 0..edits {
        files.texts.insert(path.to_owned(), now.clone());
        let judgement = Judgement::default();
        same(&analyser.analyse(path, &files, &judgement), &analyse_with(path, &files, &judgement), &now);
        now = if chance.one_in(4) { edit(text, chance) } else { edit(&now, chance) };
    }
}

#[test]
fn specs_that_are_worked_on() {
    let mut chance = Chance(20_260_105);
    for name in ["after-service", "promotion-wave", "quarterly-index", "yearly-improvement"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs").join(name);
        let path = format!("{name}.survey");
        let text = std::fs::read_to_string(folder.join(&path)).unwrap();
        worked_on(&folder, &path, &text, 25, &mut chance);
    }
}

#[test]
fn a_generated_spec_that_is_worked_on() {
    worked_on(Path::new(""), "main.survey", &generated::spec(25), 120, &mut Chance(7));
}

/// One analyser may be given another spec, other files, and the same declaration in two places.
#[test]
fn other_specs_in_between() {
    let shared = "question kind : choice required {\n  text \"What kind?\"\n  options a \"A\", b \"B\"\n}\n";
    let main = format!("use \"shared.survey\"\n{}", generated::spec(10));
    let files = |main: &str, shared: &str| {
        let all = [("main.survey", main), ("shared.survey", shared)];
        Memory(all.map(|(path, text)| (path.to_owned(), text.to_owned())).into())
    };
    let mut analyser = Analyser::default();
    let twice = format!("{shared}{shared}");
    let other = generated::spec(15);
    for (main, shared) in
        [(&main[..], shared), (&main, &twice), (&other, shared), (&main, ""), (&main, shared)]
    {
        let (files, judgement) = (files(main, shared), Judgement::default());
        let again = analyser.analyse("main.survey", &files, &judgement);
        same(&again, &analyse_with("main.survey", &files, &judgement), main);
    }
}

/// The longest path is remembered as long as it is known to stay the longest, and is told in the names of now.
#[test]
fn a_long_spec_whose_times_and_names_change() {
    let long = generated::spec(120);
    let mut analyser = Analyser::default();
    let mut chance = Chance(11);
    let mut now = long.clone();
    for round in 0..40 {
        let files = Memory([("main.survey".to_owned(), now.clone())].into());
        let judgement = Judgement::default();
        let fresh = analyse_with("main.survey", &files, &judgement);
        assert!(fresh.diagnostics.iter().any(|d| d.code == "length"), "{round}");
        same(&analyser.analyse("main.survey", &files, &judgement), &fresh, &now);
        let topic = chance.below(24);
        now = match chance.below(5) {
            // A wording becomes longer or shorter, in one language.
            0 => now.replacen(
                &format!("话题 {topic}？"),
                &format!("话题 {topic} 或者和它有关的任何其他事情？"),
                1,
            ),
            1 => now.replacen(&format!("how did you mainly learn about topic {topic}?"), "how?", 1),
            2 => now.replacen("还有哪一部分没有解决？", "哪些没有解决？", 1 + chance.below(3)),
            // A name, a condition.
            3 => now.replace(&format!("v{topic} "), &format!("visits{topic}_{round} ")),
            _ => now.replacen("in 2..20", "in 3..20", 1),
        };
    }
}

//! Who may import whom, as `docs/architecture.md` says; page and code can't drift apart.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Rooms that the page opens to all.
const OPEN: [&str; 4] = ["clock", "source", "diagnostic", "output"];

/// What a row of the page allows.
enum Allowed {
    Everything,
    Rooms(BTreeSet<String>),
}

#[test]
fn rooms_import_only_what_the_page_allows() {
    let rules = rules();
    let mut faults = Vec::new();
    for file in rust_files(&root().join("src")) {
        let Some(room) = room_of(&file) else { continue };
        let text = without_comments(&fs::read_to_string(&file).unwrap());
        for name in imports(&text) {
            let free = name == room || OPEN.contains(&name.as_str());
            let listed = match rules.get(&room) {
                Some(Allowed::Everything) => true,
                Some(Allowed::Rooms(rooms)) => rooms.contains(&name),
                None => false,
            };
            if !free && !listed {
                faults.push(format!("{}: `{room}` may not import `{name}`", file.display()));
            }
        }
        if leaves_by_super(&file, &text) {
            faults.push(format!("{}: `super` leads out of the room; write `crate::`", file.display()));
        }
    }
    assert!(faults.is_empty(), "{}\nsee the table in docs/architecture.md", faults.join("\n"));
}

#[test]
fn every_room_has_a_row_and_every_row_a_room() {
    let src = root().join("src");
    let rooms: BTreeSet<String> = rust_files(&src).iter().filter_map(|file| room_of(file)).collect();
    let rows: BTreeSet<String> = rules().into_keys().collect();
    assert_eq!(rows, rooms);
}

/// The people of a rehearsal know mail and HTTP, or the rehearsal would prove nothing.
#[test]
fn simulated_respondents_know_only_mail_and_http() {
    let folder = root().join("src/rehearse");
    let mut waiting = vec!["respondent".to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let files: Vec<PathBuf> = rust_files(&folder)
            .into_iter()
            .filter(|file| below_src(file).get(1).is_some_and(|part| *part == name))
            .collect();
        assert!(!files.is_empty(), "src/rehearse has no `{name}`");
        for file in files {
            let text = without_comments(&fs::read_to_string(&file).unwrap());
            for room in imports(&text) {
                let free = room == "rehearse" || OPEN.contains(&room.as_str());
                assert!(free, "{}: a simulated respondent imports `{room}`", file.display());
            }
            waiting.extend(modules_of("rehearse", &text));
        }
    }
    assert!(seen.len() > 3, "only {seen:?} was looked at");
}

#[test]
fn the_scan_sees_imports_in_every_spelling() {
    let text = "use crate::plan::Plan;\npub(crate) use crate::{\n    model::{checked::Frame, files},\n    expr,\n};\n\
                fn f() -> crate::store::Id { todo!() } // crate::cli is only talk\n";
    let found: Vec<String> = imports(&without_comments(text)).into_iter().collect();
    assert_eq!(found, ["expr", "model", "plan", "store"]);
    assert!(leaves_by_super(Path::new("src/plan/steps.rs"), "use super::super::model::Checked;"));
    assert!(!leaves_by_super(Path::new("src/plan/text/table.rs"), "use super::super::types::Plan;"));
    assert!(leaves_by_super(Path::new("src/plan/mod.rs"), "use super::model::Checked;"));
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Reads the table: first cell the room, fourth cell what it may import.
fn rules() -> BTreeMap<String, Allowed> {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let table = page.lines().skip_while(|line| !line.starts_with("| room |")).skip(2);
    let mut rules = BTreeMap::new();
    for line in table.take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let allowed = match cells[3] {
            "everything" => Allowed::Everything,
            list => Allowed::Rooms(quoted(list)),
        };
        let name = quoted(cells[0]).pop_first().unwrap_or_else(|| panic!("a row without a room: {line}"));
        rules.insert(name, allowed);
    }
    assert!(rules.len() > 10, "the table of rooms in docs/architecture.md was not found");
    rules
}

/// Returns the words between backticks.
fn quoted(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Returns the path's parts below `src`.
fn below_src(file: &Path) -> Vec<String> {
    let parts = file.iter().map(|part| part.to_string_lossy().into_owned());
    let mut below: Vec<String> = parts.skip_while(|part| part != "src").skip(1).collect();
    if let Some(last) = below.last_mut() {
        *last = last.trim_end_matches(".rs").to_owned();
    }
    below
}

/// Returns the room of a file; `lib.rs` and `main.rs` belong to none.
fn room_of(file: &Path) -> Option<String> {
    let first = below_src(file).into_iter().next()?;
    (first != "lib" && first != "main").then_some(first)
}

fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// Returns the first name of every path that starts with `crate::`, groups included.
fn imports(text: &str) -> BTreeSet<String> {
    heads_behind("crate::", text)
}

/// Returns the modules of a room that a text names as `crate::ROOM::…`, groups included.
fn modules_of(room: &str, text: &str) -> BTreeSet<String> {
    // Types that the room exports by itself are no modules.
    let heads = heads_behind(&format!("crate::{room}::"), text);
    heads.into_iter().filter(|name| name.starts_with(char::is_lowercase)).collect()
}

/// Returns the names that follow a prefix, alone or in a group.
fn heads_behind(prefix: &str, text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for rest in text.split(prefix).skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => found.extend(heads_of_group(group)),
            None => found.extend(head(rest)),
        }
    }
    found
}

fn head(text: &str) -> Option<String> {
    let name: String = text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// Walks over `a::{b, c}, d}` and returns `a` and `d`.
fn heads_of_group(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                heads.extend(head(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.extend(head(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    heads
}

/// Tells whether a chain of `super::` climbs above the file's room.
fn leaves_by_super(file: &Path, text: &str) -> bool {
    let below = below_src(file);
    let inside = below.len() - usize::from(below.last().is_some_and(|last| last == "mod"));
    // A module `plan::steps` stays inside with one step up; with two it stands at the crate's root.
    longest_chain(text) >= inside
}

/// Returns the number of `super::` in the longest unbroken chain.
fn longest_chain(text: &str) -> usize {
    (1..8).take_while(|&n| text.contains(&"super::".repeat(n))).count()
}

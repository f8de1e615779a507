//! The pages for people: commands that exist, links that lead somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const READMES: [&str; 2] = ["README.md", "README.zh-CN.md"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Names of the commands in the rows of a README's table.
fn commands_of(readme: &str) -> BTreeSet<String> {
    let page = fs::read_to_string(root().join(readme)).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `canvass "));
    rows.map(|row| row.split([' ', '`']).next().unwrap().to_owned()).collect()
}

/// Names of the commands that the program's own help lists.
fn commands_of_the_program() -> BTreeSet<String> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_canvass"));
    let output = program.arg("--help").env("COLUMNS", "100").stdin(Stdio::null()).output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let rows = lines.take_while(|line| !line.is_empty()).filter_map(|line| line.strip_prefix("  "));
    let names = rows.filter(|row| !row.starts_with(' ')).filter_map(|row| row.split(' ').next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn both_readmes_list_the_commands_that_exist() {
    let program = commands_of_the_program();
    assert!(program.len() > 8, "{program:?}");
    for readme in READMES {
        assert_eq!(commands_of(readme), program, "{readme}");
    }
}

#[test]
fn links_between_the_pages_lead_somewhere() {
    let mut pages: Vec<PathBuf> = READMES.iter().map(|name| root().join(name)).collect();
    pages.extend(["CONTRIBUTING.md", "CHANGELOG.md", "specs/README.md"].map(|name| root().join(name)));
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                pages.push(path);
            }
        }
    }
    let mut dead = Vec::new();
    for page in &pages {
        let text = fs::read_to_string(page).unwrap();
        for rest in text.split("](").skip(1) {
            let target = rest.split([')', '#']).next().unwrap();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            if !page.parent().unwrap().join(target).exists() {
                dead.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(pages.len() > 8);
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

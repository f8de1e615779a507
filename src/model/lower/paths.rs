//! Paths of lists that `check` never opens: they are held to the repository all the same.

use crate::model::files::Files;
use crate::model::lower::cx::Cx;
use crate::model::lower::{keyword, settings};
use crate::syntax::ast::{Item, Statement, Text};

/// Reports lists, events, answers, margins, feeds and reward codes that lie outside of the repository.
pub fn outside(cx: &mut Cx, declarations: &[&Statement], files: &dyn Files) {
    for statement in declarations {
        let lines = || settings(statement);
        match keyword(statement) {
            "frame" | "events" => {
                lines().filter(|l| keyword(l) == "source").for_each(|l| refuse(cx, l, files));
            }
            "responses" => refuse(cx, statement, files),
            "schedule" => lines().filter(|l| keyword(l) == "reward").for_each(|l| refuse(cx, l, files)),
            "analysis" => {
                lines().filter(|l| matches!(keyword(l), "rake" | "feed")).for_each(|l| refuse(cx, l, files));
            }
            _ => {}
        }
    }
}

fn refuse(cx: &mut Cx, line: &Statement, files: &dyn Files) {
    // Names and queries of a database are no paths.
    if line.items.iter().any(|i| matches!(i, Item::Word(w) if matches!(w.text.as_str(), "table" | "query"))) {
        return;
    }
    let Some(text) = line.items.iter().find_map(text_of) else { return };
    let Some(path) = text.parts.first() else { return };
    if let Some(refused) = files.outside(&path.value) {
        cx.error(refused.code(), path.span, refused.to_string()).help = Some(refused.help().to_owned());
    }
}

fn text_of(item: &Item) -> Option<&Text> {
    if let Item::Text(text) = item { Some(text) } else { None }
}

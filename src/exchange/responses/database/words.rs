//! The statements as they are shown to people.

use crate::exchange::responses::database::scores::scores;
use crate::exchange::responses::database::statement::{Counting, Lookup, Writer, keys, texts};

/// A statement with what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it is for.
    pub what: String,
    /// What its parameters stand for, in their order.
    pub given: Vec<String>,
    /// The text.
    pub sql: String,
}

/// Returns all statements in the order in which they run.
pub fn all(writer: &Writer) -> Vec<Shown> {
    let mut all = Vec::new();
    if let Some(sql) = keys(writer) {
        let mut what =
            "Rows, rows with a key, different keys. Where keys repeat, `kept` below takes one row of each:"
                .to_owned();
        what.extend(writer.kept(true).lines().map(|line| format!("\n--   {line}")));
        all.push(Shown { what, given: Vec::new(), sql });
    }
    let shown = |what: &'static str| {
        move |c: Counting| Shown {
            what: what.to_owned(),
            given: c.given.iter().flat_map(|lookup| given(writer, *lookup)).collect(),
            sql: c.sql,
        }
    };
    all.extend(texts(writer, false).into_iter().map(shown("Texts that stand together, with how often.")));
    let what =
        "Scores, with how many people have them; codes are looked up by the texts that were found before.";
    all.extend(scores(writer, false).into_iter().map(shown(what)));
    all
}

fn given(writer: &Writer, lookup: Lookup) -> [String; 2] {
    match lookup {
        Lookup::Codes(at) => {
            let item = writer.reader.columns.items[at].0;
            let name = &writer.reader.checked.questionnaire.items[item].name;
            [format!("texts of `{name}`"), "their codes".to_owned()]
        }
        Lookup::Periods => {
            ["days".to_owned(), "their periods with other weights, 0 outside of all".to_owned()]
        }
    }
}

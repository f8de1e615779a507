//! The statements: rows and keys, texts that stand together, and scores that do.
//!
//! Cells are taken as texts, so that they mean what they would mean in a file; what they mean is left to the readers of
//! files. A statement counts how often the same texts stand in a few columns, for each group of people who are
//! alike in the columns of the design. The order of the rows in the database does not matter.

use std::collections::BTreeSet;

use crate::exchange::responses::person::Reader;
use crate::frame::sql::{Dialect, relation};
use crate::model::checked::{FieldKind, FieldSource, QuestionKind, Relation, Responses};
use crate::score::tally::layout::{Codes, Part, View};

/// Views are counted together up to so many different answers.
const TOGETHER: usize = 512;

/// What the statements are made from.
pub struct Writer<'a> {
    /// The engine.
    pub dialect: &'a (dyn Dialect + Sync),
    /// The spec, with places of columns among `names`.
    pub reader: &'a Reader<'a>,
    /// Columns that are read.
    pub names: &'a [String],
    /// Where the rows are.
    pub relation: &'a Relation,
}

/// Something that a statement counts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// Texts of an item (its place among the items of the columns).
    Item(usize),
    /// Texts of days.
    Day,
    /// Texts of a field that nobody is grouped by; those that can surely be read are left out.
    Field(usize),
    /// A dimension or index.
    Score(usize),
    /// An index with the usual weights.
    Usual(usize),
    /// One for days in a period with other weights, else zero.
    Within,
}

/// Texts with what they mean, which a statement is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// Texts of an item with their codes.
    Codes(usize),
    /// Texts of days with their period: from 1, in the order of the spec; 0 outside of all.
    Periods,
}

/// A statement that counts. Its rows: the columns of the group, then its own, then how many people.
///
/// Plain groups by one set of columns each are what servers share among their workers and count in memory; many sets in
/// one statement (`GROUPING SETS`) are counted by one worker, mostly after sorting. So views that look at fewer columns
/// are summed from a set that holds theirs, and small sets are put together.
#[derive(Debug, Clone)]
pub struct Counting {
    /// The text.
    pub sql: String,
    /// What is counted by.
    pub columns: Vec<Column>,
    /// Views whose columns are among these.
    pub views: Vec<usize>,
    /// Items that are looked at here for the first time (places among `columns`).
    pub first: Vec<usize>,
    /// Tells how many rows every group has.
    pub groups: bool,
    /// What the parameters stand for, two for each: texts, numbers.
    pub given: Vec<Lookup>,
}

/// Returns the statement that tells rows, rows with a key, and different keys; nothing without keys.
pub fn keys(writer: &Writer) -> Option<String> {
    let key = writer.key()?;
    Some(format!(
        "WITH {},\nkeys AS (\n  SELECT {key} AS key FROM answers\n)\n\
         SELECT count(*), count(key), count(DISTINCT key) FROM keys",
        writer.answers()
    ))
}

/// Returns the statements that count texts: groups, items, days, and fields that can't be read.
pub fn texts(writer: &Writer, repeated: bool) -> Vec<Counting> {
    let views: Vec<(Vec<Column>, usize)> =
        writer.views().filter(|(columns, _)| !columns.iter().any(|c| c.is_scored())).collect();
    let sets = writer.together(largest(&views));
    let from = |columns: &[Column]| {
        let texts = columns.iter().map(|c| format!("{} AS {}", writer.text(*c), c.name()));
        let all: Vec<String> = writer.groups().into_iter().chain(texts).collect();
        let all = if all.is_empty() { "1 AS one".to_owned() } else { all.join(",\n    ") };
        let (answers, kept) = (writer.answers(), writer.kept(repeated));
        format!("WITH {answers},\n{kept},\nwide AS (\n  SELECT {all}\n  FROM kept\n)\n")
    };
    let mut countings = writer.countings(sets, &views, &[], from);
    let single = writer.reader.single.iter().copied().filter(|i| writer.may_be_unreadable(*i));
    let day = writer.reader.columns.at.map(|_| Column::Day);
    for column in day.into_iter().chain(single.map(Column::Field)) {
        countings.extend(writer.countings(vec![vec![column]], &[], &[], from));
    }
    if let Some(first) = countings.first_mut() {
        first.groups = true;
    }
    countings
}

/// Returns the sets of columns that are part of no other one.
pub fn largest(views: &[(Vec<Column>, usize)]) -> Vec<Vec<Column>> {
    let all: BTreeSet<&Vec<Column>> = views.iter().map(|(columns, _)| columns).collect();
    let part = |set: &Vec<Column>, of: &Vec<Column>| set != of && set.iter().all(|c| of.contains(c));
    all.iter().filter(|set| !all.iter().any(|of| part(set, of))).map(|set| (*set).clone()).collect()
}

/// Returns the `COPY` of all columns; `ordered` by the key and then by everything.
pub fn copy(
    dialect: &dyn Dialect,
    spec: &Responses,
    rows: &Relation,
    names: &[String],
    ordered: bool,
) -> String {
    let column = |(i, name): (usize, &String)| format!("coalesce(c{i}, '') AS {}", dialect.identifier(name));
    let columns: Vec<String> = names.iter().enumerate().map(column).collect();
    let key = spec.key.as_ref().and_then(|key| names.iter().position(|n| n == key));
    let order = key.map(|i| dialect.trimmed(&format!("c{i}"))).into_iter().chain(all(names));
    let order =
        if ordered { format!(" ORDER BY {}", order.collect::<Vec<_>>().join(", ")) } else { String::new() };
    format!(
        "COPY (WITH {} SELECT {} FROM answers{order}) TO STDOUT WITH (FORMAT csv, HEADER true, FORCE_QUOTE *)",
        answers(dialect, rows, names),
        columns.join(", ")
    )
}

fn all(names: &[String]) -> impl Iterator<Item = String> {
    (0..names.len()).map(|i| format!("c{i}"))
}

fn answers(dialect: &dyn Dialect, rows: &Relation, names: &[String]) -> String {
    let column = |(i, name): (usize, &String)| {
        format!("{} AS c{i}", dialect.as_text(&format!("s.{}", dialect.identifier(name))))
    };
    let columns: Vec<String> = names.iter().enumerate().map(column).collect();
    format!("answers AS (\n  SELECT {}\n  FROM {} AS s\n)", columns.join(",\n    "), relation(rows, dialect))
}

impl Column {
    /// Tells whether scores of a person are needed.
    pub fn is_scored(self) -> bool {
        matches!(self, Self::Score(_) | Self::Usual(_) | Self::Within)
    }

    /// Returns its name in the statements.
    pub fn name(self) -> String {
        match self {
            Self::Item(at) => format!("i{at}"),
            Self::Day => "day".to_owned(),
            Self::Field(i) => format!("f{i}"),
            Self::Score(i) => format!("s{i}"),
            Self::Usual(i) => format!("u{i}"),
            Self::Within => "within_period".to_owned(),
        }
    }
}

impl Writer<'_> {
    /// Returns the columns of every view; items that nobody is asked have none.
    pub fn views(&self) -> impl Iterator<Item = (Vec<Column>, usize)> {
        self.reader.layout.views.iter().enumerate().map(|(view, counted)| {
            let mut columns: Vec<Column> =
                parts(counted).iter().filter_map(|part| self.column(*part)).collect();
            columns.sort_unstable();
            columns.dedup();
            (columns, view)
        })
    }

    /// Returns the column that tells a part of a view.
    pub fn column(&self, part: Part) -> Option<Column> {
        match part {
            Part::Item(item) => {
                self.reader.columns.items.iter().position(|(i, _, _)| *i == item).map(Column::Item)
            }
            Part::Score(i) => Some(Column::Score(i)),
            Part::Usual(i) => Some(Column::Usual(i)),
            Part::Within => Some(Column::Within),
        }
    }

    /// Returns the columns of the design and of the fields by which people are grouped.
    pub fn groups(&self) -> Vec<String> {
        self.reader
            .group_columns(false)
            .iter()
            .enumerate()
            .map(|(g, place)| format!("c{place} AS g{g}"))
            .collect()
    }

    fn key(&self) -> Option<String> {
        self.reader.columns.key.map(|place| self.dialect.trimmed(&format!("c{place}")))
    }

    /// The rows as texts.
    pub fn answers(&self) -> String {
        answers(self.dialect, self.relation, self.names)
    }

    /// The rows that count: with a key, and the first of those that have the same one.
    pub fn kept(&self, repeated: bool) -> String {
        let rows = match self.key() {
            None => "SELECT * FROM answers".to_owned(),
            Some(key) if !repeated => format!("SELECT * FROM answers WHERE {key} IS NOT NULL"),
            Some(key) => {
                let order: Vec<String> = all(self.names).collect();
                format!(
                    "SELECT * FROM (SELECT answers.*, row_number() OVER (PARTITION BY {key} ORDER BY {}) AS place\n    \
                     FROM answers WHERE {key} IS NOT NULL) AS numbered WHERE place = 1",
                    order.join(", ")
                )
            }
        };
        format!("kept AS (\n  {rows}\n)")
    }

    /// Returns the text by which people are told apart.
    pub fn text(&self, column: Column) -> String {
        let d = self.dialect;
        let columns = self.reader.columns;
        match column {
            Column::Item(at) => {
                let raw = format!("c{}", columns.items[at].1);
                // What people wrote stays where it is; only whether they did is counted.
                if self.is_only_there(at) {
                    return format!("CASE WHEN {} IS NOT NULL THEN {} END", d.trimmed(&raw), d.text("x"));
                }
                raw
            }
            Column::Day => self.day().unwrap_or_else(|| d.text("")),
            Column::Field(i) => {
                let raw = format!("c{}", columns.fields[i]);
                let number = match (&self.reader.spec.sources[i], &self.reader.spec.fields[i].kind) {
                    (FieldSource::Band { .. }, _) => true,
                    (_, kind) => matches!(kind, FieldKind::Int | FieldKind::Number | FieldKind::Money(_)),
                };
                if !number {
                    return raw;
                }
                let plain = d.matches(&raw, "^-?[0-9]{1,15}([.][0-9]{1,15})?$");
                format!("CASE WHEN NOT ({plain}) THEN {raw} END")
            }
            other => other.name(),
        }
    }

    /// Tells whether all that is known of an item's answers is whether there is one.
    fn is_only_there(&self, at: usize) -> bool {
        let (item, _, codes) = &self.reader.columns.items[at];
        let questionnaire = &self.reader.checked.questionnaire;
        let kind = &questionnaire.questions[questionnaire.items[*item].question].kind;
        let words = matches!(kind, QuestionKind::Text { .. });
        words && codes.missing.is_empty() && codes.not_applicable.is_empty()
    }

    /// Returns the text of the day, where a column tells it.
    pub fn day(&self) -> Option<String> {
        let place = self.reader.columns.at?;
        Some(format!("substr({}, 1, 10)", self.dialect.trimmed(&format!("c{place}"))))
    }

    /// Tells whether cells of a field can be faulty at all.
    fn may_be_unreadable(&self, field: usize) -> bool {
        let band = matches!(self.reader.spec.sources[field], FieldSource::Band { .. });
        band || !matches!(self.reader.spec.fields[field].kind, FieldKind::Text | FieldKind::OneOf(_))
    }

    /// Puts sets together that have few different answers.
    fn together(&self, sets: Vec<Vec<Column>>) -> Vec<Vec<Column>> {
        let mut all: Vec<Vec<Column>> = Vec::new();
        let mut open: Option<(usize, usize)> = None;
        for set in sets {
            let few = set.iter().try_fold(1_usize, |all, c| all.checked_mul(self.few(*c)?));
            let known = |bin: usize, set: &[Column]| set.iter().any(|c| all[bin].contains(c));
            match (few, open) {
                (Some(n), Some((bin, of))) if n * of <= TOGETHER && !known(bin, &set) => {
                    all[bin].extend(set);
                    all[bin].sort_unstable();
                    open = Some((bin, n * of));
                }
                _ => {
                    open = few.map(|n| (all.len(), n)).or(open);
                    all.push(set);
                }
            }
        }
        all
    }

    /// Returns how many different texts are to be expected of an item with few answers.
    fn few(&self, column: Column) -> Option<usize> {
        let Column::Item(at) = column else { return None };
        match self.reader.codes[self.reader.columns.items[at].0] {
            Codes::Few(n) => Some(n + 1),
            Codes::Any if self.is_only_there(at) => Some(2),
            _ => None,
        }
    }

    /// Writes the statements that count sets of the columns of `wide`, which `from` makes.
    pub fn countings(
        &self,
        sets: Vec<Vec<Column>>,
        views: &[(Vec<Column>, usize)],
        given: &[Lookup],
        from: impl Fn(&[Column]) -> String,
    ) -> Vec<Counting> {
        let mut taken = vec![false; views.len()];
        let mut known: BTreeSet<Column> = BTreeSet::new();
        let one = |columns: Vec<Column>| {
            let own = views
                .iter()
                .zip(&mut taken)
                .filter(|((of, _), taken)| !**taken && of.iter().all(|c| columns.contains(c)));
            let own = own.map(|((_, view), taken)| {
                *taken = true;
                *view
            });
            let views = own.collect();
            let first = (0..columns.len()).filter(|i| known.insert(columns[*i])).collect();
            let groups = (0..self.reader.group_columns(false).len()).map(|g| format!("g{g}"));
            let names: Vec<String> = groups.chain(columns.iter().map(|c| c.name())).collect();
            let by =
                if names.is_empty() { String::new() } else { format!("\nGROUP BY {}", names.join(", ")) };
            let all = names.into_iter().chain(["count(*)".to_owned()]).collect::<Vec<_>>().join(", ");
            let sql = format!("{}SELECT {all}\nFROM wide{by}", from(&columns));
            Counting { sql, columns, views, first, groups: false, given: given.to_vec() }
        };
        sets.into_iter().map(one).collect()
    }
}

/// Returns the parts of a view.
pub fn parts(view: &View) -> &[Part] {
    match view {
        View::Counts(parts) => parts,
        View::Moments(part) => std::slice::from_ref(part),
    }
}

//! The statements: rows and keys, texts that stand together, and scores that do.
//!
//! Cells are taken as texts, so that they mean what they would mean in a file; what they mean is left to the readers of
//! files. Statements count how often the same texts stand in the columns of a view, for each group of people who are
//! alike in the columns of the design. The order of the rows in the database does not matter.

use std::collections::BTreeMap;

use crate::exchange::responses::person::Reader;
use crate::frame::sql::{Dialect, relation};
use crate::model::checked::{FieldKind, FieldSource, QuestionKind, Relation, Responses};
use crate::score::tally::layout::{Part, View};

/// Sets of columns that one statement counts at most.
const AT_ONCE: usize = 24;
/// Columns that one `GROUPING` can tell apart.
const BITS: usize = 31;

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

/// Columns whose values stand together, and the views that look at them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// In ascending order.
    pub columns: Vec<Column>,
    /// Views.
    pub views: Vec<usize>,
}

/// Texts with what they mean, which a statement is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// Texts of an item with their codes.
    Codes(usize),
    /// Texts of days with their period: from 1, in the order of the spec; 0 outside of all.
    Periods,
}

/// A statement that counts. Its rows: a bit for every column that is not counted by, in words of 31; the columns of the
/// group; all columns; how many people.
#[derive(Debug, Clone)]
pub struct Counting {
    /// The text.
    pub sql: String,
    /// All columns.
    pub columns: Vec<Column>,
    /// What is counted by.
    pub sets: Vec<Set>,
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
    let mut sets: BTreeMap<Vec<Column>, Vec<usize>> = BTreeMap::from([(Vec::new(), Vec::new())]);
    for (columns, view) in writer.views().filter(|(columns, _)| !columns.iter().any(|c| c.is_scored())) {
        sets.entry(columns).or_default().push(view);
    }
    if writer.reader.columns.at.is_some() {
        sets.insert(vec![Column::Day], Vec::new());
    }
    for i in writer.reader.single.iter().copied().filter(|i| writer.may_be_unreadable(*i)) {
        sets.insert(vec![Column::Field(i)], Vec::new());
    }
    let sets: Vec<Set> = sets.into_iter().map(|(columns, views)| Set { columns, views }).collect();
    let from = |columns: &[Column]| {
        let columns: String =
            columns.iter().map(|c| format!(",\n    {} AS {}", writer.text(*c), c.name())).collect();
        let groups = writer.groups().iter().map(|g| format!("{g}, ")).collect::<String>();
        let all = format!("{groups}{}", columns.trim_start_matches(",\n    "));
        let all = if all.is_empty() { "1 AS one" } else { all.trim_end_matches(", ") };
        format!(
            "WITH {},\n{},\nwide AS (\n  SELECT {all}\n  FROM kept{}\n)\n",
            writer.answers(),
            writer.kept(repeated),
            writer.dialect.fence()
        )
    };
    sets.chunks(AT_ONCE).map(|sets| writer.counting(sets, Vec::new(), from)).collect()
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
        self.reader.group_columns().iter().enumerate().map(|(g, place)| format!("c{place} AS g{g}")).collect()
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
                let (item, place, codes) = &columns.items[at];
                let questionnaire = &self.reader.checked.questionnaire;
                let kind = &questionnaire.questions[questionnaire.items[*item].question].kind;
                let raw = format!("c{place}");
                // What people wrote stays where it is; only whether they did is counted.
                let words = matches!(kind, QuestionKind::Text { .. });
                if words && codes.missing.is_empty() && codes.not_applicable.is_empty() {
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

    /// Writes a statement that counts sets of the columns of `wide`, which `from` makes.
    pub fn counting(
        &self,
        sets: &[Set],
        given: Vec<Lookup>,
        from: impl FnOnce(&[Column]) -> String,
    ) -> Counting {
        let mut columns: Vec<Column> = sets.iter().flat_map(|s| s.columns.iter().copied()).collect();
        columns.sort_unstable();
        columns.dedup();
        let names = |columns: &[Column]| columns.iter().map(|c| c.name()).collect::<Vec<_>>();
        let groups: Vec<String> = (0..self.reader.group_columns().len()).map(|g| format!("g{g}")).collect();
        let marks = columns.chunks(BITS).map(|c| format!("GROUPING({})", names(c).join(", ")));
        let mut items: Vec<String> = marks.collect();
        items.extend(groups.iter().cloned());
        items.extend(names(&columns));
        items.push("count(*)".to_owned());
        let set = |set: &Set| {
            let own: Vec<String> = groups.iter().cloned().chain(names(&set.columns)).collect();
            format!("({})", own.join(", "))
        };
        let counted: Vec<String> = sets.iter().map(set).collect();
        let sql = format!(
            "{}SELECT {}\nFROM wide\nGROUP BY GROUPING SETS (\n  {}\n)",
            from(&columns),
            items.join(", "),
            counted.join(",\n  ")
        );
        Counting { sql, columns, sets: sets.to_vec(), given }
    }
}

impl Counting {
    /// Returns the bits of a set, as they stand in the rows.
    pub fn marks(&self, set: &Set) -> Vec<i32> {
        let bits = |columns: &[Column]| {
            columns.iter().fold(0, |bits: i32, c| bits << 1 | i32::from(!set.columns.contains(c)))
        };
        self.columns.chunks(BITS).map(bits).collect()
    }
}

/// Returns the parts of a view.
pub fn parts(view: &View) -> &[Part] {
    match view {
        View::Counts(parts) => parts,
        View::Moments(part) => std::slice::from_ref(part),
    }
}

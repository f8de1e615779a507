//! The statements: what is looked up first, the counts, and the draw.
//!
//! Two statements do the work, because the sizes of the draw are allocated from the counts. Both begin alike, with the
//! list as it is read (`people`), who is eligible (`standing`) and who falls where (`placed`), in the order that
//! `docs/draw.md` gives. The order of the rows in the database does not matter.

use std::cell::RefCell;

use jiff::civil::Date;

use crate::expr::{Expr, Var};
use crate::frame::design::Design;
use crate::frame::sql::columns::{Columns, relation};
use crate::frame::sql::dialect::{Dialect, Kind, Param};
use crate::model::Checked;
use crate::model::checked::{Frame, Relation};

/// A statement with the lists that it is given, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The text.
    pub sql: String,
    /// What `$1`, `$2` and so on stand for.
    pub params: Vec<Param>,
}

/// All statements of a draw.
#[derive(Debug, Clone)]
pub struct Statements {
    /// Gives the different time zones; none without such a column.
    pub zones: Option<Statement>,
    /// Gives the e-mail addresses with letters beyond ASCII; none without such a column.
    pub odd: Option<Statement>,
    /// Counts.
    pub counts: Statement,
    /// The cuts that the counts give, in their order.
    pub cuts: Vec<(Var, f64)>,
    /// Gives the drawn keys by cell and draw order.
    pub keys: Statement,
    /// Gives the drawn people by cell and draw order.
    pub people: Statement,
}

/// What the statements are made from.
pub struct Writer<'a> {
    /// The engine.
    pub dialect: &'a dyn Dialect,
    /// The spec.
    pub checked: &'a Checked,
    /// Its frame.
    pub frame: &'a Frame,
    /// Where the rows are.
    pub relation: &'a Relation,
    /// Types of the columns.
    pub columns: &'a Columns,
    /// Cells and reach.
    pub design: &'a Design,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Day of `open`.
    pub day: Date,
}

/// Rows of the result of the counting statement, by their first column.
pub mod part {
    /// Rows, rows without a key, keys that stand in several rows.
    pub const ROWS: &str = "rows";
    /// Cells that count as missing, per column of [`super::Writer::checked_columns`].
    pub const CELLS: &str = "cells";
    /// People by what became of them.
    pub const STATE: &str = "state";
    /// Eligible people by stratum, cell and obstacle, with those whom each stratum's condition takes.
    pub const PLACE: &str = "place";
    /// A cut of `top`.
    pub const CUT: &str = "cut";
}

/// Excluded people have the index of their reason.
pub const ONCE: i32 = -1;
/// In the population.
pub const ELIGIBLE: i32 = -2;

/// The parameters that a statement uses, in the order of their first use.
#[derive(Default)]
pub(super) struct Params(RefCell<Vec<Param>>);

impl Params {
    /// Returns a parameter; the same one when it is used again.
    pub(super) fn use_one(&self, dialect: &dyn Dialect, param: Param) -> String {
        let mut all = self.0.borrow_mut();
        let place = all.iter().position(|p| *p == param).unwrap_or_else(|| {
            all.push(param);
            all.len() - 1
        });
        dialect.parameter(place + 1, param)
    }
}

impl Writer<'_> {
    /// Writes all statements.
    pub fn statements(&self) -> Statements {
        let mut cuts: Vec<(Var, f64)> = Vec::new();
        for condition in self.of_strata() {
            add_cuts(condition, &mut cuts);
        }
        Statements {
            zones: self.frame.timezone.as_deref().map(|c| self.texts_of(c, false)),
            odd: self.frame.email.as_deref().map(|c| self.texts_of(c, true)),
            counts: self.counts(&cuts),
            keys: self.draw(&cuts, false),
            people: self.draw(&cuts, true),
            cuts,
        }
    }

    /// Returns the columns whose cells are checked, in the order of the counts: name, and what they should hold.
    pub fn checked_columns(&self) -> Vec<(&str, &'static str)> {
        let mut all: Vec<(&str, &'static str)> = Vec::new();
        all.extend(self.frame.email.as_deref().map(|c| (c, "an e-mail address")));
        all.extend(self.frame.mobile.as_deref().map(|c| (c, "a telephone number such as +1-202-555-0123")));
        all.extend(self.frame.timezone.as_deref().map(|c| (c, "a time zone such as Asia/Shanghai")));
        // What a kind expects is said by the reader of cells; a text that fits no kind asks for it.
        let expected = |f: &crate::model::checked::Field| f.kind.read("\u{1}").err();
        all.extend(self.frame.fields.iter().filter_map(|f| expected(f).map(|e| (f.name.as_str(), e))));
        all
    }

    fn of_strata(&self) -> impl Iterator<Item = &Expr> {
        let strata = self.checked.strata.iter();
        strata.flat_map(|s| s.condition.iter().chain(s.parts.iter().filter_map(|p| p.condition.as_ref())))
    }

    /// The different texts of a column; `odd` ones are those beyond ASCII.
    fn texts_of(&self, name: &str, odd: bool) -> Statement {
        let d = self.dialect;
        let cell = d.trimmed(&d.as_text(&format!("s.{}", d.identifier(name))));
        let only = if odd { format!("NOT ({})", d.is_ascii("cell")) } else { "cell IS NOT NULL".to_owned() };
        let from = relation(self.relation, d);
        Statement {
            sql: format!(
                "SELECT DISTINCT cell FROM (SELECT {cell} AS cell FROM {from} AS s) AS cells WHERE {only}"
            ),
            params: Vec::new(),
        }
    }

    /// What both statements begin with.
    fn beginning(&self, params: &Params, cut: &dyn Fn(Var, f64) -> Option<String>) -> String {
        // A query may give other rows each time it runs; a table does not, and is better read twice than kept.
        let list = self.dialect.kept(matches!(self.relation, Relation::Query(_)));
        let once = self.dialect.kept(true);
        format!(
            "WITH list AS {list} (\n  {}\n),\npeople AS {once} (\n  {}\n),\nstanding AS {once} (\n  {}\n),\n\
             placed AS (\n  {}\n)",
            self.list(),
            self.people(params),
            self.standing(),
            self.placed(cut)
        )
    }

    fn counts(&self, cuts: &[(Var, f64)]) -> Statement {
        let params = Params::default();
        let d = self.dialect;
        let eligible = format!("standing WHERE state = {ELIGIBLE}");
        let cut = |var: Var, share: f64| Some(format!("({})", self.cut(var, share, &eligible)?));
        let mut sql = self.beginning(&params, &cut);
        let row = |part: &str, keys: &str, counts: &[String], value: &str, from: &str| {
            let (part, counts) = (d.text(part), d.counts(counts));
            format!("SELECT {part}::text AS part, {keys}, {counts} AS counts, {value} AS value FROM {from}")
        };
        let nothing = "NULL::int AS a, NULL::int AS b, NULL::int AS c";
        let none = d.missing(Kind::Number);
        let repeated = "(SELECT count(*) FROM (SELECT 1 FROM people WHERE key IS NOT NULL GROUP BY key \
                        HAVING count(*) > 1) AS repeated)";
        let rows = ["count(*)".to_owned(), d.count_where("key IS NULL"), repeated.to_owned()];
        let bad = |i: usize| d.count_where(&format!("b{i}"));
        let bad: Vec<String> = (0..self.checked_columns().len()).map(bad).collect();
        let also = |(i, s): (usize, &crate::model::checked::Stratum)| match s.condition {
            Some(_) => d.count_where(&format!("m{i}")),
            None => "0".to_owned(),
        };
        let also: Vec<String> = self.checked.strata.iter().enumerate().map(also).collect();
        let mut all = vec![
            row(part::ROWS, nothing, &rows, &none, "people"),
            row(part::CELLS, nothing, &bad, &none, "people WHERE key IS NOT NULL"),
            row(
                part::STATE,
                "state, NULL::int, NULL::int",
                &["count(*)".to_owned()],
                &none,
                "standing GROUP BY state",
            ),
        ];
        let mut counted = vec!["count(*)".to_owned()];
        counted.extend(also);
        // By which contacts they can be reached: both, e-mail alone, mobile alone.
        let usable = |name: &str| format!("({name} IS NOT NULL AND NOT {name}_suppressed)");
        let (email, mobile) = (usable("email"), usable("mobile"));
        for (a, b) in [("", ""), ("", "NOT "), ("NOT ", "")] {
            counted.push(d.count_where(&format!("{a}{email} AND {b}{mobile}")));
        }
        all.push(row(
            part::PLACE,
            "stratum, cell, obstacle",
            &counted,
            &none,
            "placed GROUP BY stratum, cell, obstacle",
        ));
        for (i, (var, share)) in cuts.iter().enumerate() {
            let value = cut(*var, *share).unwrap_or_else(|| none.clone());
            all.push(format!(
                "SELECT {}, {i}, NULL::int, NULL::int, {}, {value}",
                d.text(part::CUT),
                d.counts(&[])
            ));
        }
        sql += "\n";
        sql += &all.join("\nUNION ALL\n");
        Statement { sql, params: params.0.into_inner() }
    }

    fn draw(&self, cuts: &[(Var, f64)], whole: bool) -> Statement {
        let params = Params::default();
        let d = self.dialect;
        let cut = |var: Var, share: f64| {
            let place = cuts.iter().position(|c| *c == (var, share))?;
            Some(d.entry(&params.use_one(d, Param::Cuts), &(place + 1).to_string()))
        };
        let mut sql = self.beginning(&params, &cut);
        let size = d.entry(&params.use_one(d, Param::Sizes), "ranked.cell + 1");
        sql.extend([format!(
            ",\ndrawn AS (\n  SELECT * FROM (\n    SELECT placed.*, row_number() OVER (PARTITION BY cell ORDER BY number, key) \
             AS position, \
             count(*) OVER (PARTITION BY cell) AS available\n    FROM placed WHERE cell IS NOT NULL AND obstacle = 0) AS ranked\n  \
             WHERE position <= {size}\n)\nSELECT drawn.cell, drawn.key, drawn.number, drawn.available"
        )]);
        if whole {
            let usable = |name: &str| {
                format!(
                    ",\n  CASE WHEN drawn.{name} IS NOT NULL AND NOT drawn.{name}_suppressed THEN list.{name}_text END"
                )
            };
            let has = |column: &Option<String>, text: String| {
                if column.is_some() { text } else { ",\n  NULL::text".to_owned() }
            };
            sql += &has(&self.frame.email, usable("email"));
            sql += &has(&self.frame.mobile, usable("mobile"));
            sql += &has(&self.frame.person_name, ",\n  list.person_name".to_owned());
            sql += &has(&self.frame.language, ",\n  list.language".to_owned());
            sql += &has(&self.frame.timezone, ",\n  list.zone".to_owned());
            for i in 0..self.frame.fields.len() {
                // Numbers, dates and flags take the text that the database gives them.
                sql.extend([format!(",\n  {}", d.as_text(&format!("list.f{i}")))]);
            }
            sql += "\nFROM drawn JOIN list ON list.key = drawn.key";
        } else {
            sql += "\nFROM drawn";
        }
        sql += "\nORDER BY drawn.cell, drawn.position";
        Statement { sql, params: params.0.into_inner() }
    }
}

fn add_cuts(condition: &Expr, cuts: &mut Vec<(Var, f64)>) {
    condition.each(&mut |e| {
        if let Expr::Top(var @ Var::Field(_), share) = e
            && !cuts.contains(&(*var, *share))
        {
            cuts.push((*var, *share));
        }
    });
}

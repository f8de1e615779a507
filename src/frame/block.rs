//! What one block of rows says, column by column: the same reading as row by row, without a value for each cell.

use std::collections::HashSet;

use crate::expr::Value;
use crate::frame::classes::{Classes, Kind, MISSING, among};
use crate::frame::cuts::Cuts;
use crate::frame::emails::Domains;
use crate::frame::kernel::Leaves;
use crate::frame::layout::{Layout, known_zone, plausible_mobile};
use crate::frame::list::{Cell, Row, Rows};
use crate::frame::load::{contact, digits, empty};
use crate::frame::quick::{Day, date, number};
use crate::frame::random::Seeded;
use crate::frame::table::{Column, Contact, Table};
use crate::frame::types::History;
use crate::frame::wanted::{Want, Wanted};
use crate::model::checked::{Field, FieldKind, Frame, OncePer};

/// Reads blocks of the frame's list.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Its columns.
    pub layout: &'a Layout<'a>,
    /// What the store knows.
    pub history: &'a History,
    /// Seed of the draw.
    pub seed: u64,
}

/// A cell that counts as missing: row, place among the complaints of a row, column, and what was expected.
pub type Unfit<'a> = (usize, usize, &'a str, &'static str);

/// The columns of a block.
pub struct Sheet {
    /// Rows of the block.
    pub rows: usize,
    /// Rows that can be used.
    pub good: Vec<bool>,
    /// By column of classes: the class of each row.
    pub classes: Vec<Vec<u16>>,
    /// Values that are kept.
    pub table: Table,
    /// Time zones that are known.
    zones: HashSet<String>,
    domains: Domains,
}

/// What one row says beside its fields, in one small number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached(u8);

impl Reached {
    /// How many there are.
    pub const COUNT: usize = 18;

    fn new(email: Contact, mobile: Contact, at_rest: bool) -> Self {
        Self(email as u8 + 3 * mobile as u8 + 9 * u8::from(at_rest))
    }

    /// Returns the one of a number.
    pub fn of(index: usize) -> Self {
        Self(u8::try_from(index).unwrap_or(0))
    }

    /// Returns its number.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// Returns e-mail, mobile, and whether somebody was invited recently.
    pub fn parts(self) -> (Contact, Contact, bool) {
        let contact = |i: u8| match i {
            0 => Contact::Missing,
            1 => Contact::Usable,
            _ => Contact::Suppressed,
        };
        (contact(self.0 % 3), contact(self.0 / 3 % 3), self.0 >= 9)
    }
}

impl<'a> Reader<'a> {
    /// Returns what hashes keys.
    pub fn seeded(&self) -> Seeded {
        Seeded::new(self.seed)
    }

    /// Tells whether a field holds numbers.
    pub fn is_number(&self, field: usize) -> bool {
        let kind = self.frame.fields.get(field).map(|f| &f.kind);
        matches!(kind, Some(FieldKind::Int | FieldKind::Number | FieldKind::Money(_)))
    }

    /// Makes room for the columns of blocks.
    pub fn sheet(&self, wanted: &Wanted) -> Sheet {
        let one = |(want, field): (&Want, &Field)| want.keep.then(|| empty(&field.kind));
        let columns = wanted.fields.iter().zip(&self.frame.fields).map(one).collect();
        Sheet {
            rows: 0,
            good: Vec::new(),
            classes: vec![Vec::new(); wanted.classes],
            table: Table { columns, ..Table::default() },
            zones: HashSet::new(),
            domains: Domains::default(),
        }
    }

    /// Reads the wanted columns of the rows that can be used.
    pub fn columns(
        &self,
        sheet: &mut Sheet,
        rows: &Rows,
        wanted: &Wanted,
        classes: &Classes,
        unfit: &mut Vec<Unfit<'a>>,
    ) {
        sheet.rows = rows.len();
        for ((i, &(place, field)), want) in self.layout.places().iter().enumerate().zip(&wanted.fields) {
            let kept = &mut sheet.table.columns[i];
            if let Some(column) = kept {
                column.clear();
            }
            let free = matches!(field.kind, FieldKind::Text) || !wanted.check;
            if want.class.is_none() && kept.is_none() && free {
                continue;
            }
            let kind = want.class.map(|c| &classes.columns[c].kind);
            let mut none = Vec::new();
            let out = match want.class {
                Some(column) => &mut sheet.classes[column],
                None => &mut none,
            };
            out.clear();
            let mut cells = Cells {
                rows,
                good: &sheet.good,
                place,
                bad: |row, expected| unfit.push((row, 3 + i, field.name.as_str(), expected)),
            };
            match &field.kind {
                FieldKind::Int | FieldKind::Number | FieldKind::Money(_) => {
                    let points = if let Some(Kind::Numbers(points)) = kind { Some(points) } else { None };
                    cells.each(
                        |cell| number(&field.kind, cell),
                        f64::NAN,
                        |x| {
                            if let Some(points) = points {
                                out.push(if x.is_nan() { MISSING } else { among(points, &x) });
                            }
                            if let Some(Column::Number(all)) = kept {
                                all.push(x);
                            }
                        },
                    );
                }
                FieldKind::Date => {
                    let points = if let Some(Kind::Dates(points)) = kind { Some(points) } else { None };
                    cells.each(
                        |cell| date(&field.kind, cell),
                        None,
                        |day| {
                            if let Some(points) = points {
                                out.push(day.map_or(MISSING, |day| among(points, &day)));
                            }
                            if let Some(Column::Date(all)) = kept {
                                all.push(day.and_then(Day::date));
                            }
                        },
                    );
                }
                FieldKind::YesNo => cells.each(
                    |cell| field.kind.read(cell.text()),
                    Value::Missing,
                    |value| {
                        if kind.is_some() {
                            out.push(flag(&value));
                        }
                        if let Some(column) = kept {
                            column.push(value);
                        }
                    },
                ),
                FieldKind::Text => cells.each(
                    |cell| Ok(cell.trimmed()),
                    Cell::of(""),
                    |cell| {
                        if let Some(Kind::Texts(words)) = kind {
                            out.push(if cell.is_empty() { MISSING } else { words.class(cell) });
                        }
                        if let Some(column) = kept {
                            column.push_text(cell.text());
                        }
                    },
                ),
                FieldKind::OneOf(_) => {
                    let Some((words, by_choice)) = &want.choices else { continue };
                    let read = |cell: Cell| {
                        let cell = cell.trimmed();
                        match words.find(cell) {
                            Some(choice) => Ok(Some(choice)),
                            None if cell.is_empty() => Ok(None),
                            None => Err("one of the declared codes"),
                        }
                    };
                    cells.each(read, None, |choice| {
                        if kind.is_some() {
                            out.push(choice.map_or(MISSING, |choice| by_choice[choice]));
                        }
                        if let Some(column) = kept {
                            column.push_text(choice.map_or("", |choice| &words.all()[choice]));
                        }
                    });
                }
            }
        }
    }

    /// Finds out who is in which risk group, by key and random number.
    pub fn groups(&self, sheet: &mut Sheet, rows: &Rows, number: impl Fn(usize) -> u64) {
        let risks = &self.history.waves.risks;
        sheet.table.groups.resize_with(risks.len(), Default::default);
        for (known, (name, group)) in sheet.table.groups.iter_mut().zip(risks) {
            name.clone_into(&mut known.0);
            let has =
                |row: usize| self.layout.usable(rows.get(row)).is_some_and(|key| group.has(key, number(row)));
            known.1.clear();
            known.1.extend((0..rows.len()).map(has));
        }
    }

    /// Works out the leaves over several columns, and who is in which panel.
    pub fn leaves(
        sheet: &mut Sheet,
        classes: &Classes,
        leaves: &Leaves,
        cuts: &Cuts,
        admits: impl Fn(usize, usize) -> bool,
    ) {
        for (column, out) in classes.columns.iter().zip(&mut sheet.classes) {
            match column.kind {
                Kind::Leaf(leaf) => {
                    out.clear();
                    leaves.ask(leaf, &sheet.table, sheet.rows, cuts, |_, truth| {
                        out.push(match truth {
                            crate::expr::Truth::Unknown => MISSING,
                            crate::expr::Truth::True => 1,
                            crate::expr::Truth::False => 2,
                        });
                    });
                }
                Kind::Panel(stratum) => {
                    out.clear();
                    let good = &sheet.good;
                    out.extend((0..sheet.rows).map(|row| u16::from(good[row] && admits(stratum, row))));
                }
                _ => {}
            }
        }
    }

    /// Tells how the people of rows that can be used can be reached.
    pub fn reached(&self, sheet: &mut Sheet, rows: &Rows, unfit: &mut Vec<Unfit<'a>>) -> Vec<Reached> {
        let [email, mobile, zone] = self.layout.contacts();
        let domains = &mut sheet.domains;
        let plausible = |text: &str| domains.plausible(text);
        let emails =
            self.state(rows, &sheet.good, email.map(|c| (c, 0)), plausible, str::to_lowercase, unfit);
        let mobiles = self.state(rows, &sheet.good, mobile.map(|c| (c, 1)), plausible_mobile, digits, unfit);
        if let Some((place, name, expected)) = zone {
            let (good, zones) = (&sheet.good, &mut sheet.zones);
            let mut cells =
                Cells { rows, good, place, bad: |row, expected| unfit.push((row, 2, name, expected)) };
            cells.each(
                |cell| {
                    let zone = cell.trimmed().text();
                    if zone.is_empty() || zones.contains(zone) {
                        return Ok(());
                    }
                    if known_zone(zone) {
                        zones.insert(zone.to_owned());
                        return Ok(());
                    }
                    Err(expected)
                },
                (),
                |()| {},
            );
        }
        let rest = &self.history.at_rest;
        let at_rest = |row: usize| {
            !rest.is_empty() && self.layout.usable(rows.get(row)).is_some_and(|key| rest.contains(key))
        };
        (0..rows.len()).map(|row| Reached::new(emails[row], mobiles[row], at_rest(row))).collect()
    }

    fn state(
        &self,
        rows: &Rows,
        good: &[bool],
        column: Option<((usize, &'a str, &'static str), usize)>,
        mut plausible: impl FnMut(&str) -> bool,
        plain: fn(&str) -> String,
        unfit: &mut Vec<Unfit<'a>>,
    ) -> Vec<Contact> {
        let Some(((place, name, expected), rank)) = column else { return vec![Contact::Missing; rows.len()] };
        let free = self.history.suppressed.is_empty();
        let mut all = Vec::with_capacity(rows.len());
        let mut cells =
            Cells { rows, good, place, bad: |row, expected| unfit.push((row, rank, name, expected)) };
        let read = |cell: Cell| {
            let address = cell.trimmed().text();
            if address.is_empty() {
                Ok(Contact::Missing)
            } else if !plausible(address) {
                Err(expected)
            } else if free {
                Ok(Contact::Usable)
            } else {
                Ok(contact(Some(plain(address)), self.history))
            }
        };
        cells.each(read, Contact::Missing, |state| all.push(state));
        all
    }

    /// Returns what `once per` compares.
    pub fn once(&self, row: Row) -> Option<String> {
        let silent = &mut Vec::new();
        match self.frame.once_per? {
            OncePer::Email => self.layout.email(row, silent).map(str::to_lowercase),
            OncePer::Mobile => self.layout.mobile(row, silent).map(digits),
            OncePer::Field(i) => self.layout.plain(i, row).map(str::to_owned),
        }
    }
}

/// Returns the class of yes and no.
fn flag(value: &Value) -> u16 {
    match value {
        Value::Bool(true) => 1,
        Value::Bool(false) => 2,
        _ => MISSING,
    }
}

/// The cells of a column.
struct Cells<'r, F> {
    rows: &'r Rows,
    good: &'r [bool],
    place: usize,
    /// Takes the row of a cell that does not fit, and what was expected.
    bad: F,
}

impl<'r, F: FnMut(usize, &'static str)> Cells<'r, F> {
    /// Reads every cell; those of rows that can't be used, and those that don't fit, give what is missing.
    #[inline]
    fn each<T: Clone>(
        &mut self,
        mut read: impl FnMut(Cell<'r>) -> Result<T, &'static str>,
        missing: T,
        mut take: impl FnMut(T),
    ) {
        for (i, good) in self.good.iter().enumerate() {
            if !good {
                take(missing.clone());
                continue;
            }
            match read(self.rows.cell(i, self.place)) {
                Ok(value) => take(value),
                Err(expected) => {
                    (self.bad)(i, expected);
                    take(missing.clone());
                }
            }
        }
    }
}

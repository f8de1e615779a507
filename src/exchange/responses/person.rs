//! One row of a file of finished answers on its way into the counts.
//!
//! Whatever a cell means is found out once for each different text and remembered.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hasher as _;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::exchange::responses::cells::{Said, answer};
use crate::exchange::responses::columns::Columns;
use crate::exchange::responses::design::{field, place};
use crate::exchange::responses::near::place_of;
use crate::expr::{Env, Expr, Value, Var};
use crate::frame::{Cell, Row};
use crate::model::Checked;
use crate::model::checked::Responses;
use crate::score::respondent::{typed, zone};
use crate::score::tally::counts::Mix;
use crate::score::tally::gathered::Place;
use crate::score::tally::layout::{Codes, Layout, codes};
use crate::score::tally::scorer::Scored;
use crate::score::tally::word;

/// A cell that is no answer to its question.
pub const STRANGE: u64 = u64::MAX;
/// Different texts of an item that are remembered.
const REMEMBERED: usize = 1 << 12;

/// What is known before the first row.
pub struct Reader<'a> {
    /// The campaign.
    pub checked: &'a Checked,
    /// Its file.
    pub spec: &'a Responses,
    /// Where everything stands.
    pub columns: &'a Columns,
    /// What is counted.
    pub layout: &'a Layout,
    /// How answers are written.
    pub codes: Vec<Codes>,
    /// Codes of answers that are one of few.
    numbers: Vec<Vec<Option<f64>>>,
    /// Conditions of items, where they have one.
    pub asked: Vec<(usize, &'a Expr)>,
    /// Fields that are read for every person, as conditions look at them.
    pub single: Vec<usize>,
    /// Any condition looks at scores.
    pub scored: bool,
    /// Day of answers without a day.
    pub epoch: Date,
}

impl<'a> Reader<'a> {
    /// Prepares for a file.
    pub fn new(checked: &'a Checked, spec: &'a Responses, columns: &'a Columns, layout: &'a Layout) -> Self {
        let items = 0..checked.questionnaire.items.len();
        let condition = |i: usize| {
            let question = &checked.questionnaire.questions[checked.questionnaire.items[i].question];
            question.condition.as_ref().map(|c| (i, c))
        };
        let asked: Vec<(usize, &Expr)> = items.clone().filter_map(condition).collect();
        let conditions = asked
            .iter()
            .map(|(_, c)| *c)
            .chain(checked.clean.iter().map(|r| &r.condition))
            .chain(checked.cases.iter().map(|r| &r.condition));
        let mut scored = layout.needs_scores();
        conditions.for_each(|c| c.variables(&mut |v| scored |= matches!(v, Var::Score(_))));
        Self {
            checked,
            spec,
            columns,
            layout,
            codes: items.clone().map(|i| codes(checked, i).unwrap_or(Codes::Never)).collect(),
            numbers: items.map(|i| word::codes(checked, i)).collect(),
            asked,
            single: (0..spec.fields.len()).filter(|i| !layout.fields.contains(i)).collect(),
            scored,
            epoch: Timestamp::UNIX_EPOCH.to_zoned(zone(checked)).date(),
        }
    }

    /// Tells whether rows are judged by conditions at all.
    pub fn judges(&self) -> bool {
        !(self.checked.clean.is_empty() && self.checked.cases.is_empty() && self.asked.is_empty())
    }

    /// Returns the code by which scores know an answer.
    #[inline]
    pub fn code(&self, item: usize, word: u64) -> Option<f64> {
        if self.codes[item] == Codes::Number {
            return word::of_number(word);
        }
        let place = usize::try_from(word.checked_sub(word::FIRST)?).ok()?;
        self.numbers[item].get(place).copied().flatten()
    }

    /// Reads the columns that people of one group have in common; their weights may differ.
    pub fn group<'c>(&self, loose: bool, cell: impl Fn(usize) -> &'c str) -> GroupInfo {
        let weight = if loose { self.columns.weight } else { None };
        let one = |place: Option<usize>| match place {
            Some(_) if place == weight => "1",
            place => place.map_or("", |i| cell(i).trim()),
        };
        let place = place(self.columns, one);
        let mut info = GroupInfo { place, fields: BTreeMap::new(), unreadable: Vec::new(), rows: 0 };
        for &i in &self.layout.fields {
            let text = cell(self.columns.fields[i]).trim();
            match field(&self.spec.fields[i], &self.spec.sources[i], text) {
                Ok(Some(value)) => {
                    info.fields.insert(self.spec.fields[i].name.clone(), value);
                }
                Ok(None) => {}
                Err(()) => info.unreadable.push(i),
            }
        }
        info
    }

    /// Columns of [`Reader::group`].
    pub fn group_columns(&self, loose: bool) -> Vec<usize> {
        let c = self.columns;
        let weight = c.weight.filter(|_| !loose);
        let design = [weight, c.stratum, c.cluster, c.population, c.responded].into_iter().flatten();
        design.chain(self.layout.fields.iter().map(|i| c.fields[*i])).collect()
    }
}

/// People who are alike in the design and in their fields.
#[derive(Debug, Clone)]
pub struct GroupInfo {
    /// How they came in, or why their rows can't be used.
    pub place: Result<Place, &'static str>,
    /// Their fields.
    pub fields: BTreeMap<String, String>,
    /// Fields that can't be read.
    pub unreadable: Vec<usize>,
    /// Rows.
    pub rows: u64,
}

/// Words of the texts of one item.
pub struct Texts {
    /// Words of texts of one byte, where they are small: in one byte each, so that the tables of many items stay near.
    short: [u8; 256],
    /// Words of short texts, each in one place.
    near: [(u64, u64); NEAR],
    longer: HashMap<Box<str>, u64>,
}

/// Places for short texts; a power of two.
const NEAR: usize = 64;
/// A text of one byte that has no word below this one, or none yet.
const OTHER: u8 = u8::MAX;

impl Default for Texts {
    fn default() -> Self {
        Self { short: [OTHER; 256], near: [(0, word::NONE); NEAR], longer: HashMap::new() }
    }
}

impl Texts {
    /// Returns the word of a cell of an item; `at` is its place among the items of the columns.
    #[inline]
    pub fn word(&mut self, reader: &Reader, at: usize, cell: Cell) -> u64 {
        if let [byte] = cell.bytes() {
            let known = self.short[usize::from(*byte)];
            if known != OTHER {
                return u64::from(known);
            }
        }
        self.longer(reader, at, cell)
    }

    // Apart, so that the few instructions above stand where they are used.
    #[inline(never)]
    fn longer(&mut self, reader: &Reader, at: usize, cell: Cell) -> u64 {
        if cell.is_empty() {
            return word::NONE;
        }
        if cell.len() >= 8 {
            return self.looked_up(reader, at, cell.text());
        }
        // Bytes and their number in one word.
        let short = cell.word() | cell.len() as u64;
        let mut mix = Mix::default();
        mix.write_u64(short);
        let place = place_of(&mix, NEAR);
        let (known, word) = self.near[place];
        if known == short {
            return word;
        }
        let word = self.looked_up(reader, at, cell.text());
        self.near[place] = (short, word);
        if let ([byte], Ok(small)) = (cell.bytes(), u8::try_from(word)) {
            self.short[usize::from(*byte)] = small;
        }
        word
    }

    #[cold]
    fn looked_up(&mut self, reader: &Reader, at: usize, text: &str) -> u64 {
        if let Some(word) = self.longer.get(text) {
            return *word;
        }
        let word = read(reader, at, text);
        if self.longer.len() < REMEMBERED {
            self.longer.insert(text.into(), word);
        }
        word
    }
}

fn read(reader: &Reader, at: usize, text: &str) -> u64 {
    let (item, _, column) = &reader.columns.items[at];
    let text = text.trim();
    if text.is_empty() {
        return word::NONE;
    }
    match answer(reader.checked, *item, column, text) {
        Said::Nothing => word::NONE,
        Said::This(answer) => word::of(reader.checked, *item, &answer),
        Said::Strange => STRANGE,
    }
}

/// What conditions may ask of a row.
pub struct RowEnv<'a> {
    /// What is known of the file.
    pub reader: &'a Reader<'a>,
    /// The row.
    pub row: Row<'a>,
    /// A word for every item.
    pub items: &'a [u64],
    /// Scores.
    pub scored: &'a Scored,
    /// Stratum.
    pub stratum: &'a str,
    /// Day of the answer.
    pub day: Date,
}

impl Env for RowEnv<'_> {
    fn value(&self, var: Var) -> Value {
        match var {
            Var::Field(i) => {
                let (Some(one), Some(source)) =
                    (self.reader.spec.fields.get(i), self.reader.spec.sources.get(i))
                else {
                    return Value::Missing;
                };
                let text = self.row.get(self.reader.columns.fields[i]).unwrap_or("").trim();
                let read = field(one, source, text).ok().flatten();
                read.map_or(Value::Missing, |text| typed(&one.kind, text.trim()))
            }
            Var::EventField(..) => Value::Missing,
            Var::Item(i) => self.item(i),
            Var::Score(i) => {
                self.scored.scores.get(i).copied().flatten().map_or(Value::Missing, Value::Number)
            }
            Var::Stratum => Value::Text(if self.stratum.is_empty() { "all" } else { self.stratum }.into()),
            Var::Channel | Var::Language => Value::Text("".into()),
            Var::Duration => Value::Number(0.0),
            Var::Duplicate => Value::Bool(false),
        }
    }

    fn today(&self) -> Date {
        self.day
    }
}

impl RowEnv<'_> {
    fn item(&self, item: usize) -> Value {
        let reader = self.reader;
        if let (Codes::Any | Codes::First(_), Some((_, place, column))) =
            (&reader.codes[item], reader.columns.items.iter().find(|(i, _, _)| *i == item))
        {
            let text = self.row.get(*place).unwrap_or("").trim();
            return match answer(reader.checked, item, column, text) {
                Said::This(answer) if !text.is_empty() => answer.value(),
                _ => Value::Missing,
            };
        }
        word::answer(reader.checked, item, self.items[item]).map_or(Value::Missing, |a| a.value())
    }
}

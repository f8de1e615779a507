//! Carries out the statements: what their rows say goes the way of the cells of a file.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use sqlx::postgres::PgRow;

use crate::exchange::responses::database::scores::{items, scores};
use crate::exchange::responses::database::statement::{
    Column, Counting, Lookup, Set, Writer, keys, parts, texts,
};
use crate::exchange::responses::design::{NO_DAY, NO_KEY, REPEATED, field, strange, unreadable};
use crate::exchange::responses::person::{Reader, STRANGE, Texts};
use crate::exchange::responses::portion::{Portion, together};
use crate::frame::FrameError;
use crate::frame::sql::{Listed, Server, get};
use crate::score::strata::Problems;
use crate::score::tally::gathered::Counted;
use crate::score::tally::layout::Part;
use crate::score::tally::word;

/// Counts all rows.
pub async fn run(server: &mut Server, writer: &Writer<'_>) -> Result<Counted, FrameError> {
    let mut taking = Taking::new(writer);
    let mut repeated = false;
    let mut rows = None;
    if let Some(sql) = keys(writer) {
        let mut told = [0; 3];
        let mut each = |row: &PgRow| {
            for (i, n) in told.iter_mut().enumerate() {
                *n = u64::try_from(get::<i64>(row, i)?).unwrap_or(0);
            }
            Ok(())
        };
        server.answer(&sql, &[], &mut each).await?;
        let [all, with, different] = told;
        taking.tell(NO_KEY.to_owned(), all - with);
        taking.tell(REPEATED.to_owned(), with - different);
        (repeated, rows) = (with > different, Some(all));
    }
    for counting in texts(writer, repeated) {
        taking.ask(server, &counting, &[]).await?;
    }
    for counting in scores(writer, repeated) {
        let given: Vec<Listed> = counting.given.iter().flat_map(|lookup| taking.given(*lookup)).collect();
        taking.ask(server, &counting, &given).await?;
    }
    Ok(taking.finish(rows))
}

/// What was counted so far.
struct Taking<'a> {
    writer: &'a Writer<'a>,
    portion: Portion,
    problems: Problems,
    texts: Vec<Texts>,
    /// Codes of the texts that were found, for items that scores look at.
    codes: BTreeMap<usize, BTreeMap<String, f64>>,
    /// Days that were found.
    days: BTreeMap<String, Option<Date>>,
    raw: Vec<u8>,
}

impl<'a> Taking<'a> {
    fn new(writer: &'a Writer<'a>) -> Self {
        Self {
            writer,
            portion: Portion::new(writer.reader),
            problems: Problems::default(),
            texts: writer.reader.columns.items.iter().map(|_| Texts::default()).collect(),
            codes: items(writer).into_iter().map(|at| (at, BTreeMap::new())).collect(),
            days: BTreeMap::new(),
            raw: Vec::new(),
        }
    }

    /// Tells what can't be used; rows of a database have no lines.
    fn tell(&mut self, what: String, times: u64) {
        if times > 0 {
            self.problems.add(what, times, 0);
        }
    }

    async fn ask(
        &mut self,
        server: &mut Server,
        counting: &Counting,
        given: &[Listed],
    ) -> Result<(), FrameError> {
        let sets: HashMap<Vec<i32>, &Set> = counting.sets.iter().map(|s| (counting.marks(s), s)).collect();
        let reader = self.writer.reader;
        let marks = counting.sets.first().map_or(0, |set| counting.marks(set).len());
        let groups = reader.group_columns().len();
        let place = |column: &Column| counting.columns.iter().position(|c| c == column).unwrap_or(0);
        let mut each = |row: &PgRow| {
            let mark = (0..marks).map(|i| get(row, i)).collect::<Result<Vec<i32>, _>>()?;
            let times: i64 = get(row, marks + groups + counting.columns.len())?;
            let (Some(set), Ok(times @ 1..)) = (sets.get(&mark), u64::try_from(times)) else { return Ok(()) };
            let group = self.group(row, marks, groups)?;
            let at = |column: &Column| marks + groups + place(column);
            self.take(row, set, &at, group, times)
        };
        server.answer(&counting.sql, given, &mut each).await
    }

    /// Returns the number of a row's group.
    fn group(&mut self, row: &PgRow, from: usize, groups: usize) -> Result<u32, sqlx::Error> {
        self.raw.clear();
        let mut cells: Vec<&str> = Vec::with_capacity(groups);
        for i in from..from + groups {
            let cell = get::<Option<&str>>(row, i)?.unwrap_or("");
            self.raw.extend_from_slice(cell.as_bytes());
            self.raw.push(0x1f);
            cells.push(cell);
        }
        if let Some(group) = self.portion.known.get(self.raw.as_slice()) {
            return Ok(*group);
        }
        let group = u32::try_from(self.portion.groups.len()).unwrap_or(u32::MAX);
        let reader = self.writer.reader;
        let places = reader.group_columns();
        let cell = |place: usize| places.iter().position(|p| *p == place).map_or("", |i| cells[i]);
        self.portion.groups.push(reader.group(cell));
        self.portion.known.insert(self.raw.as_slice().into(), group);
        Ok(group)
    }

    /// Takes people of one group who are alike in the columns of a set.
    fn take(
        &mut self,
        row: &PgRow,
        set: &Set,
        at: &dyn Fn(&Column) -> usize,
        group: u32,
        times: u64,
    ) -> Result<(), sqlx::Error> {
        let info = &mut self.portion.groups[group as usize];
        if set.columns.is_empty() {
            info.rows += times;
        }
        let Ok(place) = &info.place else { return Ok(()) };
        let responded = place.responded;
        match set.columns.as_slice() {
            [Column::Day] => {
                self.day(get::<Option<&str>>(row, at(&Column::Day))?.unwrap_or(""), responded, times)
            }
            [column @ Column::Field(i)] => {
                let text = get::<Option<&str>>(row, at(column))?.unwrap_or("");
                let (one, source) =
                    (&self.writer.reader.spec.fields[*i], &self.writer.reader.spec.sources[*i]);
                if field(one, source, text.trim()).is_err() {
                    self.tell(unreadable(one), times);
                }
            }
            _ if !responded => {}
            columns => {
                let mut words = Vec::with_capacity(columns.len());
                for column in columns {
                    words.push(self.word(row, column, at(column), (columns.len() == 1).then_some(times))?);
                }
                self.count(set, &words, group, times);
            }
        }
        Ok(())
    }

    fn count(&mut self, set: &Set, words: &[u64], group: u32, times: u64) {
        for view in &set.views {
            let word = |part: &Part| {
                let column = self.writer.column(*part);
                column.and_then(|c| set.columns.iter().position(|d| *d == c)).map_or(word::NONE, |i| words[i])
            };
            let all: Vec<u64> = parts(&self.writer.reader.layout.views[*view]).iter().map(word).collect();
            self.portion.counts.add_to(*view, group, &all, times);
        }
    }

    /// Returns the word of a column; where it stands `alone`, what is strange is told.
    fn word(
        &mut self,
        row: &PgRow,
        column: &Column,
        place: usize,
        alone: Option<u64>,
    ) -> Result<u64, sqlx::Error> {
        let at = match column {
            Column::Item(at) => *at,
            Column::Within => return Ok(word::FIRST + u64::from(get::<f64>(row, place)? > 0.0)),
            _ => return Ok(get::<Option<f64>>(row, place)?.map_or(word::NONE, word::number)),
        };
        let text = get::<Option<&str>>(row, place)?.unwrap_or("");
        let reader: &Reader = self.writer.reader;
        let item = reader.columns.items[at].0;
        let word = self.texts[at].word(reader, at, text);
        if word == STRANGE {
            self.tell(strange(&reader.checked.questionnaire.items[item].name), alone.unwrap_or(0));
            return Ok(word::NONE);
        }
        if alone.is_some()
            && let (Some(known), Some(code)) = (self.codes.get_mut(&at), reader.code(item, word))
            && !known.contains_key(text)
        {
            known.insert(text.to_owned(), code);
        }
        Ok(word)
    }

    fn day(&mut self, text: &str, responded: bool, times: u64) {
        let day: Option<Date> = text.parse().ok();
        if !self.days.contains_key(text) {
            self.days.insert(text.to_owned(), day);
        }
        if day.is_none() {
            self.tell(NO_DAY.to_owned(), times);
        }
        if responded {
            self.portion.judged.on(day.unwrap_or(self.writer.reader.epoch));
        }
    }

    /// Returns what a statement is given: texts, and what they mean.
    fn given(&self, lookup: Lookup) -> [Listed; 2] {
        let (texts, numbers) = match lookup {
            Lookup::Codes(at) => {
                self.codes.get(&at).into_iter().flatten().map(|(text, x)| (text.clone(), *x)).unzip()
            }
            Lookup::Periods => {
                let epoch = self.writer.reader.epoch;
                let during = self.writer.reader.checked.scoring.as_ref();
                let period = |day: Option<Date>| {
                    during.and_then(|s| s.period_of(day.unwrap_or(epoch))).map_or(0.0, |p| (p + 1) as f64)
                };
                self.days.iter().map(|(text, day)| (text.clone(), period(*day))).unzip()
            }
        };
        [Listed::Texts(texts), Listed::Numbers(numbers)]
    }

    fn finish(self, rows: Option<u64>) -> Counted {
        let read = rows.unwrap_or_else(|| self.portion.groups.iter().map(|g| g.rows).sum());
        let first: HashMap<Box<[u8]>, u64> = self.portion.known.keys().map(|raw| (raw.clone(), 0)).collect();
        together(self.writer.reader, vec![self.portion], &first, read, self.problems)
    }
}

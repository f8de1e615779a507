//! Carries out the statements: what their rows say goes the way of the cells of a file.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use sqlx::postgres::PgRow;

use crate::exchange::responses::database::scores::{items, scores};
use crate::exchange::responses::database::statement::{Column, Counting, Lookup, Writer, keys, parts, texts};
use crate::exchange::responses::design::{NO_DAY, NO_KEY, REPEATED, field, strange, unreadable};
use crate::exchange::responses::person::{Reader, STRANGE, Texts};
use crate::exchange::responses::portion::{GROUPS, Portion, together};
use crate::frame::sql::{Listed, Server, get};
use crate::frame::{Cell, FrameError};
use crate::score::strata::Problems;
use crate::score::tally::gathered::Counted;
use crate::score::tally::layout::Part;
use crate::score::tally::word;

/// Counts all rows; nothing where there are too many groups.
pub async fn run(server: &mut Server, writer: &Writer<'_>) -> Result<Option<Counted>, FrameError> {
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
        if taking.portion.groups.len() > GROUPS {
            return Ok(None);
        }
    }
    for counting in scores(writer, repeated) {
        let given: Vec<Listed> = counting.given.iter().flat_map(|lookup| taking.given(*lookup)).collect();
        taking.ask(server, &counting, &given).await?;
    }
    Ok(Some(taking.finish(rows)))
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
        let groups = self.writer.reader.group_columns(false).len();
        let mut each = |row: &PgRow| {
            let times: i64 = get(row, groups + counting.columns.len())?;
            let Ok(times @ 1..) = u64::try_from(times) else { return Ok(()) };
            if self.portion.groups.len() > GROUPS {
                return Ok(());
            }
            let group = self.group(row, groups)?;
            self.take(row, counting, groups, group, times)
        };
        server.answer(&counting.sql, given, &mut each).await
    }

    /// Returns the number of a row's group.
    fn group(&mut self, row: &PgRow, groups: usize) -> Result<u32, sqlx::Error> {
        self.raw.clear();
        let mut cells: Vec<&str> = Vec::with_capacity(groups);
        for i in 0..groups {
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
        let places = reader.group_columns(false);
        let cell = |place: usize| places.iter().position(|p| *p == place).map_or("", |i| cells[i]);
        self.portion.groups.push(reader.group(false, cell));
        self.portion.known.insert(self.raw.as_slice().into(), group);
        Ok(group)
    }

    /// Takes people of one group who are alike in the columns of a statement, which stand behind those of the group.
    fn take(
        &mut self,
        row: &PgRow,
        counting: &Counting,
        from: usize,
        group: u32,
        times: u64,
    ) -> Result<(), sqlx::Error> {
        let info = &mut self.portion.groups[group as usize];
        if counting.groups {
            info.rows += times;
        }
        let Ok(place) = &info.place else { return Ok(()) };
        let responded = place.responded;
        if counting.groups && !responded {
            self.portion.counts.add_silent(group, times, 1.0);
        }
        let text = || get::<Option<&str>>(row, from).map(Option::unwrap_or_default);
        match counting.columns.as_slice() {
            [Column::Day] => self.day(text()?, responded, times),
            [Column::Field(i)] => {
                let (one, source) =
                    (&self.writer.reader.spec.fields[*i], &self.writer.reader.spec.sources[*i]);
                if field(one, source, text()?.trim()).is_err() {
                    self.tell(unreadable(one), times);
                }
            }
            _ if !responded => {}
            columns => {
                let mut words = Vec::with_capacity(columns.len());
                for (i, column) in columns.iter().enumerate() {
                    let first = counting.first.contains(&i).then_some(times);
                    words.push(self.word(row, column, from + i, first)?);
                }
                self.count(counting, &words, group, times);
            }
        }
        Ok(())
    }

    fn count(&mut self, counting: &Counting, words: &[u64], group: u32, times: u64) {
        for view in &counting.views {
            let word = |part: &Part| {
                let column = self.writer.column(*part);
                let place = column.and_then(|c| counting.columns.iter().position(|d| *d == c));
                place.map_or(word::NONE, |i| words[i])
            };
            let all: Vec<u64> = parts(&self.writer.reader.layout.views[*view]).iter().map(word).collect();
            self.portion.counts.add_to(*view, group, &all, &times);
        }
    }

    /// Returns the word of a column; what is strange is told of so many people, `first` time it is met.
    fn word(
        &mut self,
        row: &PgRow,
        column: &Column,
        place: usize,
        first: Option<u64>,
    ) -> Result<u64, sqlx::Error> {
        let at = match column {
            Column::Item(at) => *at,
            Column::Within => return Ok(word::FIRST + u64::from(get::<f64>(row, place)? > 0.0)),
            _ => return Ok(get::<Option<f64>>(row, place)?.map_or(word::NONE, word::number)),
        };
        let text = get::<Option<&str>>(row, place)?.unwrap_or("");
        let reader: &Reader = self.writer.reader;
        let item = reader.columns.items[at].0;
        let word = self.texts[at].word(reader, at, Cell::of(text));
        if word == STRANGE {
            self.tell(strange(&reader.checked.questionnaire.items[item].name), first.unwrap_or(0));
            return Ok(word::NONE);
        }
        if first.is_some()
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

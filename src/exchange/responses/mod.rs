//! Reads finished answers by what a spec says of their columns (`responses`).
//!
//! Goes in: a checked spec and the folder of the file, in any format that
//! customer lists have, or rows of a database. Comes out: every usable row with its answers, stratum,
//! cluster and weight, by key. One bad row never stops: what can't be used is
//! counted, with its line. `NA` and empty cells are missing.

mod cells;
mod columns;
pub mod database;
mod design;
mod near;
mod pass;
mod person;
mod portion;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::exchange::responses::cells::{Said, answer};
use crate::exchange::responses::columns::Columns;
use crate::exchange::responses::design::{
    NO_DAY, NO_KEY, REPEATED, WIDTH, field, place, strange, unreadable,
};
use crate::exchange::responses::person::Reader;
use crate::frame::{FrameError, Sheet};
use crate::model::Checked;
use crate::model::checked::Responses;
use crate::score::collected::{Collected, CollectedRow};
use crate::score::respondent::zone;
use crate::score::strata::{Facts, Problems, study};
use crate::score::tally::gathered::{Place, Tally};
use crate::score::tally::layout::{Layout, Unsuitable};
use crate::store::types::{Answer, Response, ResponseState};

/// Reads the file; `None` when the spec names none.
pub fn read(checked: &Checked, folder: &Path) -> Result<Option<Collected>, FrameError> {
    let Some(spec) = &checked.responses else { return Ok(None) };
    read_from(checked, spec, folder, of_file(spec)?).map(Some)
}

/// Returns the path of the file.
fn of_file(spec: &Responses) -> Result<&str, FrameError> {
    match spec.relation {
        None => Ok(&spec.source),
        Some(_) => Err(FrameError::list("the answers stand in a database, and no address of one is given")),
    }
}

fn read_from(
    checked: &Checked,
    spec: &Responses,
    folder: &Path,
    name: &str,
) -> Result<Collected, FrameError> {
    let keys: Vec<&str> = spec.key.as_deref().into_iter().collect();
    let sheet = Sheet::open(folder, name, "the answers", &keys)?;
    let columns = Columns::of_sheet(checked, spec, &sheet)?;
    let mut reading = Reading::new(checked, spec, &columns);
    sheet.each(|line, cells| reading.row(line, cells))?;
    Ok(reading.finish())
}

/// Counts the answers of the file in one pass; `None` when the spec names none.
///
/// What the layout can't count is the inner error.
pub fn count(checked: &Checked, folder: &Path) -> Result<Option<Result<Tally, Unsuitable>>, FrameError> {
    let Some(spec) = &checked.responses else { return Ok(None) };
    count_from(checked, spec, folder, of_file(spec)?).map(Some)
}

fn count_from(
    checked: &Checked,
    spec: &Responses,
    folder: &Path,
    name: &str,
) -> Result<Result<Tally, Unsuitable>, FrameError> {
    let layout = match Layout::of(checked) {
        Ok(layout) => layout,
        Err(why) => return Ok(Err(why)),
    };
    let keys: Vec<&str> = spec.key.as_deref().into_iter().collect();
    Sheet::trusting(folder, name, "the answers", &keys, |sheet| {
        let columns = Columns::of_sheet(checked, spec, sheet)?;
        pass::count(&Reader::new(checked, spec, &columns, &layout), sheet)
    })
}

/// A row before strata and clusters have numbers.
struct Raw {
    key: String,
    line: u64,
    place: Place,
    at: Timestamp,
    answers: BTreeMap<String, Answer>,
    fields: BTreeMap<String, String>,
}

struct Reading<'a> {
    checked: &'a Checked,
    spec: &'a Responses,
    columns: &'a Columns,
    zone: TimeZone,
    rows: Vec<Raw>,
    keys: BTreeSet<String>,
    read: u64,
    problems: Problems,
}

impl<'a> Reading<'a> {
    fn new(checked: &'a Checked, spec: &'a Responses, columns: &'a Columns) -> Self {
        Self {
            checked,
            spec,
            columns,
            zone: zone(checked),
            rows: Vec::new(),
            keys: BTreeSet::new(),
            read: 0,
            problems: Problems::default(),
        }
    }

    fn row(&mut self, line: u64, cells: &[&str]) {
        self.read += 1;
        let columns = self.columns;
        if cells.len() != columns.width {
            self.problems.tell(line, WIDTH.to_owned());
            return;
        }
        let cell = |place: Option<usize>| place.and_then(|i| cells.get(i)).map_or("", |c| c.trim());
        let key = match columns.key {
            Some(place) => cells[place].trim().to_owned(),
            None => format!("{:012}", self.read),
        };
        if key.is_empty() || !self.keys.insert(key.clone()) {
            self.problems.tell(line, if key.is_empty() { NO_KEY } else { REPEATED }.to_owned());
            return;
        }
        let place = match place(columns, cell) {
            Ok(place) => place,
            Err(what) => {
                self.problems.tell(line, what.to_owned());
                return;
            }
        };
        let at = self.moment(line, cell(columns.at));
        let fields = self.fields(line, cells);
        let answers = if place.responded { self.answers(line, cells) } else { BTreeMap::new() };
        self.rows.push(Raw { key, line, place, at, answers, fields });
    }

    /// Noon of the answer's day; the epoch where no column tells it.
    fn moment(&mut self, line: u64, text: &str) -> Timestamp {
        if self.columns.at.is_none() {
            return Timestamp::UNIX_EPOCH;
        }
        let day = text.get(..10).unwrap_or(text).parse::<Date>().ok();
        let noon =
            day.and_then(|d| d.at(12, 0, 0, 0).to_zoned(self.zone.clone()).ok()).map(|z| z.timestamp());
        noon.unwrap_or_else(|| {
            self.problems.tell(line, NO_DAY.to_owned());
            Timestamp::UNIX_EPOCH
        })
    }

    fn fields(&mut self, line: u64, cells: &[&str]) -> BTreeMap<String, String> {
        let spec = self.spec;
        let mut found = BTreeMap::new();
        for ((one, source), place) in spec.fields.iter().zip(&spec.sources).zip(&self.columns.fields) {
            match field(one, source, cells[*place].trim()) {
                Ok(None) => {}
                Ok(Some(value)) => {
                    found.insert(one.name.clone(), value);
                }
                Err(()) => self.problems.tell(line, unreadable(one)),
            }
        }
        found
    }

    fn answers(&mut self, line: u64, cells: &[&str]) -> BTreeMap<String, Answer> {
        let (checked, columns) = (self.checked, self.columns);
        let mut found = BTreeMap::new();
        for (item, place, column) in &columns.items {
            let text = cells[*place].trim();
            if text.is_empty() {
                continue;
            }
            let name = &checked.questionnaire.items[*item].name;
            match answer(checked, *item, column, text) {
                Said::Nothing => {}
                Said::This(answer) => {
                    found.insert(name.clone(), answer);
                }
                Said::Strange => self.problems.tell(line, strange(name)),
            }
        }
        found
    }

    fn finish(mut self) -> Collected {
        self.rows.sort_by(|a, b| a.key.cmp(&b.key));
        let mut drawn: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut facts: BTreeMap<String, Facts> = BTreeMap::new();
        for Raw { key, line, place, .. } in &self.rows {
            drawn.entry(&place.stratum).or_default().insert(place.cluster.as_ref().unwrap_or(key));
            let facts = facts.entry(place.stratum.clone()).or_default();
            if let Some(n) = place.population {
                let first = facts.populations.entry(n).or_insert(*line);
                *first = (*first).min(*line);
            }
        }
        for (name, facts) in &mut facts {
            facts.drawn = drawn[name.as_str()].len() as u64;
        }
        let mut problems = self.problems;
        let (study, place) = study(&facts, |line, what| problems.tell(line, what));
        let mut clusters: BTreeMap<(String, String), usize> = BTreeMap::new();
        for place in self.rows.iter().map(|r| &r.place) {
            if let Some(cluster) = &place.cluster {
                clusters.insert((place.stratum.clone(), cluster.clone()), 0);
            }
        }
        clusters.values_mut().zip(0..).for_each(|(number, i)| *number = i);
        let campaign: Arc<str> = self.checked.campaign.name.as_str().into();
        let unknown: Arc<str> = "".into();
        let rows = self.rows.into_iter().map(|raw| CollectedRow {
            cluster: raw.place.cluster.as_ref().map(|c| clusters[&(raw.place.stratum.clone(), c.clone())]),
            weight: raw.place.weight,
            responded: raw.place.responded,
            count: 1,
            response: response((&campaign, &unknown), place[&raw.place.stratum], raw),
        });
        Collected {
            study,
            weighted: self.spec.weight.is_some(),
            read: self.read,
            rows: rows.collect(),
            problems: problems.said(self.spec.relation.is_none()),
        }
    }
}

fn response((campaign, unknown): (&Arc<str>, &Arc<str>), cell: u32, raw: Raw) -> Response {
    Response {
        id: i64::try_from(raw.line).unwrap_or(i64::MAX),
        campaign: campaign.clone(),
        pseudonym: raw.key,
        cell: Some(cell),
        language: unknown.clone(),
        channel: unknown.clone(),
        state: if raw.place.responded { ResponseState::Completed } else { ResponseState::Started },
        started_at: raw.at,
        updated_at: raw.at,
        completed_at: Some(raw.at),
        page: 0,
        answers: raw.answers.into(),
        fields: raw.fields.into(),
        version: 1,
    }
}

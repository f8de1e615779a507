//! Reads a file of finished answers by what a spec says of its columns (`responses`).
//!
//! Goes in: a checked spec and the folder of the file, in any format that
//! customer lists have. Comes out: every usable row with its answers, stratum,
//! cluster and weight, by key. One bad row never stops: what can't be used is
//! counted, with its line. `NA` and empty cells are missing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::expr::Value;
use crate::frame::{FrameError, Sheet};
use crate::model::Checked;
use crate::model::checked::{FieldKind, FieldSource, ItemColumn, QuestionKind, Responses, Text};
use crate::score::collected::{Collected, CollectedRow};
use crate::score::respondent::{code_range, zone};
use crate::score::study::{Study, StudyCell, StudyStratum};
use crate::store::types::{Answer, Response, ResponseState};

/// Reads the file; `None` when the spec names none.
pub fn read(checked: &Checked, folder: &Path) -> Result<Option<Collected>, FrameError> {
    let Some(spec) = &checked.responses else { return Ok(None) };
    let keys: Vec<&str> = spec.key.as_deref().into_iter().collect();
    let sheet = Sheet::open(folder, &spec.source, "the answers", &keys)?;
    let columns = Columns::find(checked, spec, &sheet)?;
    let mut reading = Reading::new(checked, spec, &columns);
    sheet.each(|line, cells| reading.row(line, cells))?;
    Ok(Some(reading.finish()))
}

/// Where everything stands.
struct Columns {
    key: Option<usize>,
    weight: Option<usize>,
    stratum: Option<usize>,
    cluster: Option<usize>,
    population: Option<usize>,
    responded: Option<usize>,
    at: Option<usize>,
    fields: Vec<usize>,
    /// Item, its column, and codes that are no answers.
    items: Vec<(usize, usize, ItemColumn)>,
    width: usize,
}

impl Columns {
    fn find(checked: &Checked, spec: &Responses, sheet: &Sheet) -> Result<Self, FrameError> {
        let design = [
            &spec.key,
            &spec.weight,
            &spec.stratum,
            &spec.cluster,
            &spec.population,
            &spec.responded,
            &spec.at,
        ];
        let source = |s: &FieldSource| match s {
            FieldSource::Column(column) | FieldSource::Band { column, .. } => column.clone(),
        };
        let fields: Vec<String> = spec.sources.iter().map(source).collect();
        let items: Vec<(usize, ItemColumn)> = items(checked, spec);
        let names: Vec<&str> = design
            .into_iter()
            .flatten()
            .chain(&fields)
            .chain(items.iter().map(|(_, c)| &c.column))
            .map(String::as_str)
            .collect();
        let places = sheet.columns(&names)?;
        let at = |name: &Option<String>| {
            name.as_ref().and_then(|n| names.iter().position(|m| m == n)).map(|i| places[i])
        };
        let first = names.len() - fields.len() - items.len();
        Ok(Self {
            key: at(&spec.key),
            weight: at(&spec.weight),
            stratum: at(&spec.stratum),
            cluster: at(&spec.cluster),
            population: at(&spec.population),
            responded: at(&spec.responded),
            at: at(&spec.at),
            fields: places[first..first + fields.len()].to_vec(),
            items: items
                .into_iter()
                .zip(&places[first + fields.len()..])
                .map(|((item, column), place)| (item, *place, column))
                .collect(),
            width: sheet.width(),
        })
    }
}

/// Returns the column of every item that can be answered: the named one, else that of its own name.
fn items(checked: &Checked, spec: &Responses) -> Vec<(usize, ItemColumn)> {
    let kind =
        |item: usize| &checked.questionnaire.questions[checked.questionnaire.items[item].question].kind;
    let own = |item: usize| {
        let named = spec.columns.iter().find(|c| c.item == item).cloned();
        named.unwrap_or_else(|| ItemColumn {
            item,
            column: checked.questionnaire.items[item].name.clone(),
            missing: Vec::new(),
            not_applicable: Vec::new(),
        })
    };
    let answerable = |item: &usize| !matches!(kind(*item), QuestionKind::Note | QuestionKind::Contact);
    (0..checked.questionnaire.items.len()).filter(answerable).map(|item| (item, own(item))).collect()
}

/// A row before strata and clusters have numbers.
struct Raw {
    key: String,
    line: u64,
    stratum: String,
    cluster: Option<String>,
    population: Option<u64>,
    weight: f64,
    responded: bool,
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
    problems: BTreeMap<String, (u64, u64)>,
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
            problems: BTreeMap::new(),
        }
    }

    /// Counts what can't be used, and keeps the first line on which it stands.
    fn tell(&mut self, line: u64, what: String) {
        self.problems.entry(what).or_insert((0, line)).0 += 1;
    }

    fn row(&mut self, line: u64, cells: &[&str]) {
        self.read += 1;
        let columns = self.columns;
        if cells.len() != columns.width {
            self.tell(line, "rows have another number of cells than the header and are left out".to_owned());
            return;
        }
        let cell = |place: Option<usize>| place.and_then(|i| cells.get(i)).map_or("", |c| c.trim());
        let key = match columns.key {
            Some(place) => cells[place].trim().to_owned(),
            None => format!("{:012}", self.read),
        };
        if key.is_empty() || !self.keys.insert(key.clone()) {
            let what = if key.is_empty() { "have no key" } else { "repeat a key" };
            self.tell(line, format!("rows {what} and are left out"));
            return;
        }
        let weight = if columns.weight.is_some() { number(cell(columns.weight)) } else { Some(1.0) };
        let Some(weight) = weight.filter(|w| *w > 0.0) else {
            self.tell(line, "rows have no weight above zero and are left out".to_owned());
            return;
        };
        let stratum = cell(columns.stratum).to_owned();
        if columns.stratum.is_some() && missing(&stratum) {
            self.tell(line, "rows have no stratum and are left out".to_owned());
            return;
        }
        let cluster = columns.cluster.map(|_| cell(columns.cluster).to_owned());
        if cluster.as_deref().is_some_and(missing) {
            self.tell(line, "rows have no cluster and are left out".to_owned());
            return;
        }
        let population = match columns.population {
            None => None,
            Some(_) => match number(cell(columns.population)).and_then(count) {
                Some(n) => Some(n),
                None => {
                    self.tell(line, "rows have no population of their stratum and are left out".to_owned());
                    return;
                }
            },
        };
        let responded = columns.responded.is_none() || yes(cell(columns.responded)) == Some(true);
        let at = self.moment(line, cell(columns.at));
        let fields = self.fields(line, cells);
        let answers = if responded { self.answers(line, cells) } else { BTreeMap::new() };
        self.rows.push(Raw {
            key,
            line,
            stratum,
            cluster,
            population,
            weight,
            responded,
            at,
            answers,
            fields,
        });
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
            self.tell(line, "rows have no day of the answer and count with the usual weights".to_owned());
            Timestamp::UNIX_EPOCH
        })
    }

    fn fields(&mut self, line: u64, cells: &[&str]) -> BTreeMap<String, String> {
        let spec = self.spec;
        let mut found = BTreeMap::new();
        for ((field, source), place) in spec.fields.iter().zip(&spec.sources).zip(&self.columns.fields) {
            let text = cells[*place].trim();
            if text.is_empty() || (text == "NA" && field.kind != FieldKind::Text) {
                continue;
            }
            let value = match source {
                FieldSource::Column(_) => value(&field.kind, text),
                FieldSource::Band { cuts, .. } => {
                    number(text).map(|x| (1 + cuts.iter().filter(|cut| x > **cut).count()).to_string())
                }
            };
            match value {
                Some(value) => {
                    found.insert(field.name.clone(), value);
                }
                None => {
                    self.tell(line, format!("cells of field `{}` can't be read and are missing", field.name));
                }
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
                Said::Strange => {
                    self.tell(
                        line,
                        format!("cells of question `{name}` hold no answer to it and are missing"),
                    );
                }
            }
        }
        found
    }

    fn finish(mut self) -> Collected {
        self.rows.sort_by(|a, b| a.key.cmp(&b.key));
        let names: BTreeSet<String> = self.rows.iter().map(|r| r.stratum.clone()).collect();
        let mut strata: Vec<String> = names.into_iter().collect();
        // Numbers in their own order.
        strata.sort_by(|a, b| match (a.parse::<f64>(), b.parse::<f64>()) {
            (Ok(a), Ok(b)) => a.total_cmp(&b),
            _ => a.cmp(b),
        });
        let place: BTreeMap<String, u32> = strata.iter().cloned().zip(0..).collect();
        let study = self.study(&strata, &place);
        let mut clusters: BTreeMap<(String, String), usize> = BTreeMap::new();
        for row in &self.rows {
            if let Some(cluster) = &row.cluster {
                clusters.insert((row.stratum.clone(), cluster.clone()), 0);
            }
        }
        clusters.values_mut().zip(0..).for_each(|(number, i)| *number = i);
        let problems = self.problems.into_iter();
        let problems =
            problems.map(|(what, (n, line))| (format!("{what} (first in line {line})"), n)).collect();
        let campaign = &self.checked.campaign.name;
        let rows = self.rows.into_iter().map(|raw| CollectedRow {
            cluster: raw.cluster.as_ref().map(|c| clusters[&(raw.stratum.clone(), c.clone())]),
            weight: raw.weight,
            responded: raw.responded,
            count: 1,
            response: response(campaign, place[&raw.stratum], raw),
        });
        Collected {
            study,
            weighted: self.spec.weight.is_some(),
            read: self.read,
            rows: rows.collect(),
            problems,
        }
    }

    /// Strata with their populations; a population that differs within a stratum, or is below what was drawn, is told.
    fn study(&mut self, strata: &[String], place: &BTreeMap<String, u32>) -> Study {
        let mut drawn: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); strata.len()];
        let mut populations: Vec<BTreeMap<u64, u64>> = vec![BTreeMap::new(); strata.len()];
        for row in &self.rows {
            let stratum = place[&row.stratum] as usize;
            drawn[stratum].insert(row.cluster.as_ref().unwrap_or(&row.key));
            if let Some(n) = row.population {
                populations[stratum].entry(n).or_insert(row.line);
            }
        }
        let sizes: Vec<u64> = drawn.iter().map(|d| d.len() as u64).collect();
        let mut told = Vec::new();
        let mut cells = Vec::new();
        for (i, name) in strata.iter().enumerate() {
            let mut population = populations[i].keys().next_back().copied();
            if populations[i].len() > 1 {
                let line = populations[i].values().max().copied().unwrap_or(0);
                told.push((line, format!("stratum `{name}` has several populations; the largest counts")));
            }
            if let Some(n) = population.filter(|n| *n < sizes[i]) {
                let line = populations[i].get(&n).copied().unwrap_or(0);
                let what = format!(
                    "stratum `{name}` has fewer people or clusters than the file; it counts as a census"
                );
                told.push((line, what));
                population = Some(sizes[i]);
            }
            let title = Text::default();
            let index = u32::try_from(i).unwrap_or(u32::MAX);
            cells.push(StudyCell { index, stratum: i, name: shown(name), title, population });
        }
        for (line, what) in told {
            self.tell(line, what);
        }
        let strata = strata.iter().map(|name| StudyStratum { name: shown(name), title: Text::default() });
        Study { strata: strata.collect(), cells, margins: Vec::new() }
    }
}

/// Without a column of strata everybody is in one.
fn shown(stratum: &str) -> String {
    if stratum.is_empty() { "all".to_owned() } else { stratum.to_owned() }
}

fn response(campaign: &str, cell: u32, raw: Raw) -> Response {
    Response {
        id: i64::try_from(raw.line).unwrap_or(i64::MAX),
        campaign: campaign.to_owned(),
        pseudonym: raw.key,
        cell: Some(cell),
        language: String::new(),
        channel: String::new(),
        state: if raw.responded { ResponseState::Completed } else { ResponseState::Started },
        started_at: raw.at,
        updated_at: raw.at,
        completed_at: Some(raw.at),
        page: 0,
        answers: raw.answers,
        fields: raw.fields,
        version: 1,
    }
}

/// What a cell says.
enum Said {
    Nothing,
    This(Answer),
    Strange,
}

fn answer(checked: &Checked, item: usize, column: &ItemColumn, text: &str) -> Said {
    let kind = &checked.questionnaire.questions[checked.questionnaire.items[item].question].kind;
    if !matches!(kind, QuestionKind::Text { .. }) && text == "NA" {
        return Said::Nothing;
    }
    if let Some(x) = number(text) {
        let is = |codes: &[i64]| codes.iter().any(|c| (*c as f64 - x).abs() < 1e-9);
        if is(&column.missing) {
            return Said::Nothing;
        }
        if is(&column.not_applicable) {
            return Said::This(Answer::NotApplicable);
        }
    }
    let found = match kind {
        QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => {
            let points = &checked.scales[*scale].points;
            let code = |x: &f64| points.is_empty() || points.iter().any(|p| (p.code as f64 - x).abs() < 1e-9);
            let within =
                |x: &f64| code_range(checked, item).is_none_or(|(low, high)| low <= *x && *x <= high);
            number(text).filter(code).filter(within).map(Answer::Number)
        }
        QuestionKind::Slider { .. } | QuestionKind::Number { .. } => {
            let within =
                |x: &f64| code_range(checked, item).is_none_or(|(low, high)| low <= *x && *x <= high);
            number(text).filter(within).map(Answer::Number)
        }
        QuestionKind::YesNo | QuestionKind::Consent => yes(text).map(Answer::YesNo),
        QuestionKind::Choice(options) => {
            let option = options.iter().find(|o| o.name == text);
            option.map(|o| Answer::Option { name: o.name.clone(), other: None })
        }
        QuestionKind::Choices(options) | QuestionKind::Ranking(options) => {
            let names: Vec<&str> = text.split([';', '|']).map(str::trim).filter(|n| !n.is_empty()).collect();
            let known = names.iter().all(|n| options.iter().any(|o| o.name == *n));
            let names = names.into_iter().map(str::to_owned).collect();
            known.then_some(Answer::Options { names, other: None })
        }
        QuestionKind::Date => text.parse().ok().map(Answer::Date),
        QuestionKind::Text { .. } => Some(Answer::Text(text.to_owned())),
        QuestionKind::Contact | QuestionKind::Note => None,
    };
    found.map_or(Said::Strange, Said::This)
}

/// Brings a value of a column into the form in which groups and conditions look at it.
fn value(kind: &FieldKind, text: &str) -> Option<String> {
    match kind {
        FieldKind::Int | FieldKind::Number | FieldKind::Money(_) => number(text).map(|_| text.to_owned()),
        FieldKind::Date => text.parse::<Date>().ok().map(|d| d.to_string()),
        FieldKind::YesNo => yes(text).map(|y| if y { "yes" } else { "no" }.to_owned()),
        // A code that a spreadsheet wrote as `3.0` is the code 3.
        FieldKind::OneOf(choices) => {
            let same = |name: &str| number(name).zip(number(text)).is_some_and(|(a, b)| (a - b).abs() < 1e-9);
            let named =
                choices.iter().find(|c| c.name == text).or_else(|| choices.iter().find(|c| same(&c.name)));
            Some(named.map_or_else(|| text.to_owned(), |c| c.name.clone()))
        }
        FieldKind::Text => Some(text.to_owned()),
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|x: &f64| x.is_finite())
}

fn missing(text: &str) -> bool {
    text.is_empty() || text == "NA"
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "tested to be whole and in range"
)]
fn count(x: f64) -> Option<u64> {
    ((1.0..9e15).contains(&x) && (x - x.round()).abs() < 1e-6).then_some(x.round() as u64)
}

/// As in customer lists; files of other programs also write `y` and `n`.
fn yes(text: &str) -> Option<bool> {
    match FieldKind::YesNo.read(text) {
        Ok(Value::Bool(yes)) => Some(yes),
        _ if text.eq_ignore_ascii_case("y") => Some(true),
        _ if text.eq_ignore_ascii_case("n") => Some(false),
        _ => None,
    }
}

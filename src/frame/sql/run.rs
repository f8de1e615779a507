//! Carries out the statements: looks up, counts, allocates, draws.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use crate::frame::allocate::{CellCount, whole as allocated};
use crate::frame::clauses::clauses_hash;
use crate::frame::design::Design;
use crate::frame::emails::plausible_email;
use crate::frame::random::hexadecimal;
use crate::frame::read::needs;
use crate::frame::sql::columns::{Columns, in_words, relation};
use crate::frame::sql::connect::{Given, Server, get};
use crate::frame::sql::copy::{cant_be_a_statement, repeated_keys};
use crate::frame::sql::people::person;
use crate::frame::sql::postgres::Postgres;
use crate::frame::sql::statement::{ELIGIBLE, ONCE, Statements, Writer, part};
use crate::frame::summary::{CellSummary, Contacts, FrameSummary, OverlapCount, SUMMARY_VERSION};
use crate::frame::types::{FrameError, History, Person, Problem, Problems, Reading};
use crate::model::Checked;
use crate::model::checked::{Frame, Relation};

/// What a draw in a database is made from.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// The spec.
    pub checked: &'a Checked,
    /// The rows.
    pub relation: &'a Relation,
    /// Address of the server.
    pub url: &'a str,
    /// Seed of the random numbers.
    pub seed: u64,
}

/// Counts and draws inside the database; people are filled in when `whole`.
pub async fn read(task: Task<'_>, history: &History, whole: bool) -> Result<Reading, FrameError> {
    let (frame, schedule) = needs(task.checked)?;
    let design = at_launch(task.checked)?;
    let mut server = Server::connect(task.url, &in_words(frame)).await?;
    let columns = columns(&mut server, frame, task.relation).await?;
    let writer = writer(task, frame, &design, &columns, schedule.open.date());
    let statements = writer.statements();
    let mut given = given(&mut server, &statements, history).await?;
    let counts = Counts::ask(&mut server, &statements, &given).await?;
    let mut summary = counts.summary(task, frame, &design, history)?;
    given.cuts = counts.cuts(&statements);
    given.sizes = allocate(task.checked, &design, &mut summary)?;
    let drawn = draw(&mut server, task.checked, &statements, &given, &mut summary, whole).await?;
    server.close().await;
    let problems = counts.problems(frame, &writer);
    Ok(Reading { summary, drawn, problems })
}

/// Returns the statements without reading a row: only the columns' types are asked for.
pub async fn show(task: Task<'_>) -> Result<Statements, FrameError> {
    let (frame, schedule) = needs(task.checked)?;
    let design = at_launch(task.checked)?;
    let mut server = Server::connect(task.url, &in_words(frame)).await?;
    let columns = columns(&mut server, frame, task.relation).await?;
    server.close().await;
    Ok(writer(task, frame, &design, &columns, schedule.open.date()).statements())
}

/// Returns the design of a campaign whose strata are all drawn at launch.
fn at_launch(checked: &Checked) -> Result<Design, FrameError> {
    let design = Design::new(checked)?;
    if cant_be_a_statement(checked, &design) {
        let words = "whole clusters, and strata that take people as they come or beside earlier campaigns, are drawn from a copy of the list";
        return Err(FrameError::spec(words));
    }
    Ok(design)
}

async fn columns(server: &mut Server, frame: &Frame, rows: &Relation) -> Result<Columns, FrameError> {
    let found = server.columns(&relation(rows, &Postgres)).await?;
    Columns::new(frame, &found, &Postgres)
}

fn writer<'a>(
    task: Task<'a>,
    frame: &'a Frame,
    design: &'a Design,
    columns: &'a Columns,
    day: jiff::civil::Date,
) -> Writer<'a> {
    let Task { checked, relation, seed, .. } = task;
    Writer { dialect: &Postgres, checked, frame, relation, columns, design, seed, day }
}

/// Looks up what only Canvass can judge: time zones by its own table, addresses beyond ASCII by Unicode's letters.
async fn given(server: &mut Server, statements: &Statements, history: &History) -> Result<Given, FrameError> {
    let mut given = Given {
        at_rest: history.at_rest.iter().cloned().collect(),
        suppressed: history.suppressed.iter().cloned().collect(),
        ..Given::default()
    };
    if let Some(statement) = &statements.zones {
        given.zones = server.texts(statement).await?;
        given.zones.retain(|zone| TimeZone::get(zone).is_ok());
    }
    if let Some(statement) = &statements.odd {
        given.odd_texts = server.texts(statement).await?;
        let address = |text: &String| plausible_email(text).then(|| text.to_lowercase());
        given.odd_addresses = given.odd_texts.iter().map(address).collect();
    }
    Ok(given)
}

/// Rows of the counting statement.
#[derive(Default)]
struct Counts {
    rows: Vec<i64>,
    cells: Vec<i64>,
    states: BTreeMap<i32, i64>,
    places: Vec<Place>,
    cuts: BTreeMap<i32, Option<f64>>,
}

/// People of one stratum, cell and obstacle.
struct Place {
    stratum: Option<i32>,
    cell: Option<i32>,
    obstacle: Option<i32>,
    /// All of them, then how many each stratum's condition takes.
    counts: Vec<i64>,
}

impl Counts {
    async fn ask(server: &mut Server, statements: &Statements, given: &Given) -> Result<Self, FrameError> {
        let mut all = Self::default();
        let mut each = |row: &sqlx::postgres::PgRow| {
            let (a, b, c): (Option<i32>, Option<i32>, Option<i32>) =
                (get(row, 1)?, get(row, 2)?, get(row, 3)?);
            let counts: Vec<i64> = get(row, 4)?;
            let name: String = get(row, 0)?;
            match name.as_str() {
                part::ROWS => all.rows = counts,
                part::CELLS => all.cells = counts,
                part::STATE => {
                    all.states.insert(a.unwrap_or_default(), counts.first().copied().unwrap_or_default());
                }
                part::PLACE => all.places.push(Place { stratum: a, cell: b, obstacle: c, counts }),
                _ => {
                    all.cuts.insert(a.unwrap_or_default(), get(row, 5)?);
                }
            }
            Ok(())
        };
        server.rows(&statements.counts, given, &mut each).await?;
        Ok(all)
    }

    fn cuts(&self, statements: &Statements) -> Vec<Option<f64>> {
        (0..).take(statements.cuts.len()).map(|i| self.cuts.get(&i).copied().flatten()).collect()
    }

    fn row(&self, index: usize) -> u64 {
        self.rows.get(index).copied().map_or(0, count)
    }

    fn summary(
        &self,
        task: Task,
        frame: &Frame,
        design: &Design,
        history: &History,
    ) -> Result<FrameSummary, FrameError> {
        let repeated = self.row(2);
        if repeated > 0 {
            return Err(FrameError::list(repeated_keys(&repeated.to_string(), frame)));
        }
        let state = |s: i32| self.states.get(&s).copied().map_or(0, count);
        let mut summary = FrameSummary {
            version: SUMMARY_VERSION,
            clauses: clauses_hash(task.checked),
            seed: task.seed,
            rows: self.row(0),
            bad_rows: self.row(1),
            bad_cells: self.cells.iter().copied().map(count).sum(),
            excluded: (0..).take(frame.exclude.len()).map(state).collect(),
            once: state(ONCE),
            eligible: state(ELIGIBLE),
            unmatched: 0,
            overlaps: Vec::new(),
            unparted: vec![0; task.checked.strata.len()],
            cells: design
                .cells
                .iter()
                .map(|c| CellSummary { name: c.name.clone(), ..CellSummary::default() })
                .collect(),
            events: Vec::new(),
            quotas: Vec::new(),
            margins: Vec::new(),
            starts: history.waves.starts.clone(),
            clusters: None,
            before: history.waves.before.clone(),
        };
        self.place(task.checked, &mut summary);
        Ok(summary)
    }

    fn place(&self, checked: &Checked, summary: &mut FrameSummary) {
        let strata = checked.strata.len();
        let mut both: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        for place in &self.places {
            let people = place.counts.first().copied().map_or(0, count);
            let Some(stratum) = place.stratum.and_then(|s| usize::try_from(s).ok()) else {
                summary.unmatched += people;
                continue;
            };
            for (also, n) in place.counts.iter().skip(1).take(strata).copied().map(count).enumerate() {
                if also != stratum && n > 0 {
                    *both.entry((stratum, also)).or_default() += n;
                }
            }
            let cell = place.cell.and_then(|c| usize::try_from(c).ok());
            let Some(cell) = cell.and_then(|c| summary.cells.get_mut(c)) else {
                summary.unparted[stratum] += people;
                continue;
            };
            cell.population += people;
            match place.obstacle {
                Some(1) => cell.at_rest += people,
                Some(2) => cell.suppressed += people,
                Some(3) => cell.no_address += people,
                _ => {
                    let of = |i: usize| place.counts.get(1 + strata + i).copied().map_or(0, count);
                    let contacts = Contacts { both: of(0), email: of(1), mobile: of(2) };
                    cell.contacts.get_or_insert_default().add(contacts);
                }
            }
        }
        let name = |i: usize| checked.strata.get(i).map_or_else(String::new, |s| s.name.clone());
        let pair = |((a, b), count)| OverlapCount { takes: name(a), also: name(b), count };
        summary.overlaps = both.into_iter().map(pair).collect();
    }

    /// Rows of a database have no lines to point at: what can't be read is counted by column.
    fn problems(&self, frame: &Frame, writer: &Writer) -> Problems {
        let mut problems = Problems::default();
        let mut push = |column: &str, message: String| {
            problems.push(Problem { file: frame.source.clone(), row: 0, column: column.to_owned(), message });
        };
        match self.row(1) {
            0 => {}
            1 => push(&frame.key, "the key of 1 row is empty; the row is left out".to_owned()),
            n => push(&frame.key, format!("the keys of {n} rows are empty; the rows are left out")),
        }
        for ((column, expected), n) in
            writer.checked_columns().into_iter().zip(self.cells.iter().copied().map(count))
        {
            match n {
                0 => {}
                1 => push(column, format!("1 cell is not {expected}; it counts as missing")),
                n => push(column, format!("{n} cells are not {expected}; they count as missing")),
            }
        }
        problems
    }
}

/// Allocates the sizes of all cells.
fn allocate(checked: &Checked, design: &Design, summary: &mut FrameSummary) -> Result<Vec<i64>, FrameError> {
    let counts: Vec<CellCount> = summary.cells.iter().map(CellSummary::units).collect();
    let sizes = allocated(checked, design, &counts, summary.before.as_ref()).map_err(FrameError::Spec)?;
    let drawn: Vec<u64> = sizes.into_iter().map(|size| size.map_or(0, |s| s.drawn)).collect();
    for (cell, &size) in summary.cells.iter_mut().zip(&drawn) {
        cell.drawn = size.min(cell.available());
    }
    Ok(drawn.into_iter().map(|n| i64::try_from(n).unwrap_or(i64::MAX)).collect())
}

/// Draws, and digests the keys of every cell in draw order.
async fn draw(
    server: &mut Server,
    checked: &Checked,
    statements: &Statements,
    given: &Given,
    summary: &mut FrameSummary,
    whole: bool,
) -> Result<Vec<Person>, FrameError> {
    let mut hashers = vec![Sha256::new(); summary.cells.len()];
    let mut positions = vec![0_u64; summary.cells.len()];
    let available: Vec<u64> = summary.cells.iter().map(CellSummary::available).collect();
    let mut steady = true;
    let mut people = Vec::new();
    let mut each = |row: &sqlx::postgres::PgRow| {
        let cell = usize::try_from(get::<i32>(row, 0)?).unwrap_or(usize::MAX);
        let key: &str = get(row, 1)?;
        let (Some(hasher), Some(position)) = (hashers.get_mut(cell), positions.get_mut(cell)) else {
            return Ok(());
        };
        steady &= u64::try_from(get::<i64>(row, 3)?).ok() == available.get(cell).copied();
        hasher.update(key.as_bytes());
        hasher.update(b"\n");
        if whole {
            people.push(person(checked, row, cell, *position)?);
        }
        *position += 1;
        Ok(())
    };
    let statement = if whole { &statements.people } else { &statements.keys };
    server.rows(statement, given, &mut each).await?;
    for ((cell, hasher), came) in summary.cells.iter_mut().zip(hashers).zip(positions) {
        if cell.drawn != came || !steady {
            return Err(FrameError::list(
                "the list changed while it was being read: its query gives other rows each time it runs; give it an \
                 `order by` where it has a `limit`, and nothing random",
            ));
        }
        cell.digest = Some(hexadecimal(&hasher.finalize()));
    }
    Ok(people)
}

fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

//! Daily draws: who arrives in a daily stratum on which day.
//!
//! Arrival is the first day from open on which the row is in the list and the
//! predicate holds; strata are tried in order on that day, once per person.
//! Whoever a stratum drawn at launch takes at open is known already. A person
//! whose first match is such a stratum on a later day does not arrive: that
//! stratum's draw is made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::ToSpan;
use jiff::civil::Date;
use rayon::prelude::*;

use crate::expr::{Expr, Var, Window};
use crate::frame::block::Reader;
use crate::frame::coordinate::behind;
use crate::frame::design::{Design, Entering};
use crate::frame::layout::Layout;
use crate::frame::list::List;
use crate::frame::load::conditions;
use crate::frame::membership::{Eligible, Question};
use crate::frame::people::fill_picked;
use crate::frame::pick::{Drawn, Picked};
use crate::frame::random::fraction;
use crate::frame::read::{needs, reliably};
use crate::frame::stream::{Came, Coming};
use crate::frame::table::{Column, Table};
use crate::frame::types::{Arrival, FrameError, History};
use crate::model::Checked;
use crate::model::checked::Frame;

/// A row that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowCame {
    /// Index of the row.
    pub row: usize,
    /// Index of the cell.
    pub cell: usize,
    /// When.
    pub day: Date,
    /// Drawn and reachable.
    pub drawn: bool,
}

/// Returns who arrives in daily strata from one day to another (both included), by day and draw order.
///
/// `known` are keys of earlier arrivals; people of the strata that are drawn at launch need not be listed.
pub fn arrivals(
    checked: &Checked,
    folder: &Path,
    seed: u64,
    history: &History,
    from: Date,
    to: Date,
    known: &BTreeSet<String>,
) -> Result<Vec<Arrival>, FrameError> {
    let (frame, schedule) = needs(checked)?;
    let design = Design::with(checked, &history.waves)?;
    if !design.entering.iter().any(|e| matches!(e, Entering::Daily { .. })) {
        return Ok(Vec::new());
    }
    let open = schedule.open.date();
    let come = |list: &List| {
        let layout = Layout::new(frame, list)?;
        let reader = Reader { frame, layout: &layout, history, seed };
        let coming = Coming { checked, reader, list, design: &design, open, known };
        let mut all = Vec::new();
        coming.each((from.max(open), to), None, |one| all.push(one))?;
        Ok(all)
    };
    let (list, mut all) = reliably(frame, folder, come)?;
    all.sort_unstable_by(|a, b| {
        let key = |c: &Came| (c.day, c.cell, behind(c.number, design.start(design.cells[c.cell].stratum)));
        key(a).cmp(&key(b)).then_with(|| a.key.cmp(&b.key))
    });
    let mut positions: BTreeMap<usize, u64> = BTreeMap::new();
    let places = all.iter().map(|one| {
        let next = positions.entry(one.cell).or_default();
        let position = *next;
        *next += u64::from(one.drawn);
        Picked { record: one.record, cell: one.cell, position, number: one.number, cluster: None }
    });
    let drawn = Drawn { picked: places.collect(), rows: None };
    let layout = Layout::new(frame, &list)?;
    let people = fill_picked(checked, Reader { frame, layout: &layout, history, seed }, &list, &drawn)?;
    let arrival = |(c, person): (&Came, _)| Arrival { person, day: c.day, drawn: c.drawn };
    Ok(all.iter().zip(people).map(arrival).collect())
}

/// Works out day by day who comes; `settled` rows are known already.
pub fn came(
    checked: &Checked,
    frame: &Frame,
    design: &Design,
    table: &Table,
    mut settled: Vec<bool>,
    (from, to): (Date, Date),
) -> Vec<RowCame> {
    let windows = Windows::of(checked);
    let mut all = Vec::new();
    let mut before: Option<Eligible> = None;
    let mut day = from;
    while day <= to {
        let same_excludes = !windows.in_excludes;
        let eligible = match before.take() {
            Some(eligible) if same_excludes => eligible,
            old => {
                let new = Eligible::on(checked, frame, table, day, &|row| settled[row]);
                // Only when nothing else changed can a row be passed over because its own dates didn't.
                before = old.filter(|old| *old == new);
                new
            }
        };
        let unchanged = day > from && windows.simple && (same_excludes || before.is_some());
        let bounds = if unchanged { windows.bounds(day) } else { None };
        let question = Question { checked, design, table, cuts: &eligible.cuts, day };
        let takes = |row: usize| {
            if settled[row] || !eligible.has(row) || bounds.as_ref().is_some_and(|b| !b.change(table, row)) {
                return None;
            }
            let taken = question.taken(row, table.rows[row].who(), None, false, |s| {
                !matches!(design.entering[s], Entering::Events { .. })
            })?;
            let Entering::Daily { share } = design.entering[taken.stratum] else { return None };
            let start = design.start(taken.stratum);
            let below = fraction(behind(table.rows[row].number, start)) < share;
            let drawn = below && table.rows[row].obstacle(design.reach[taken.stratum]).is_none();
            taken.cell.map(|cell| RowCame { row, cell, day, drawn })
        };
        let mut today: Vec<RowCame> = (0..table.rows.len()).into_par_iter().filter_map(takes).collect();
        today.sort_unstable_by(|a, b| {
            let key = |c: &RowCame| {
                let row = &table.rows[c.row];
                (c.cell, behind(row.number, design.start(design.cells[c.cell].stratum)), &row.key)
            };
            key(a).cmp(&key(b))
        });
        for c in &today {
            settled[c.row] = true;
        }
        all.append(&mut today);
        before = Some(eligible);
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    all
}

/// The `within` conditions: the only reason why a row's stratum changes from one day to the next.
struct Windows {
    fields: Vec<(usize, Window)>,
    /// Every window is about a plain column.
    simple: bool,
    in_excludes: bool,
}

impl Windows {
    fn of(checked: &Checked) -> Self {
        let mut windows = Self { fields: Vec::new(), simple: true, in_excludes: false };
        for condition in conditions(checked) {
            condition.each(&mut |e| {
                if let Expr::Within(inner, window) = e {
                    match **inner {
                        Expr::Var(Var::Field(i)) => windows.fields.push((i, *window)),
                        _ => windows.simple = false,
                    }
                }
            });
        }
        for exclude in checked.frame.iter().flat_map(|f| &f.exclude) {
            exclude.condition.each(&mut |e| windows.in_excludes |= matches!(e, Expr::Within(..)));
        }
        windows
    }

    /// Returns the first day of every window, today's and yesterday's: worked out once a day, not once a row.
    fn bounds(&self, day: Date) -> Option<Bounds> {
        let yesterday = day.yesterday().ok()?;
        let first =
            |day: Date, window: Window| day.checked_sub(window.months.months().days(window.days)).ok();
        let one = |(field, window): &(usize, Window)| {
            Some((*field, first(day, *window)?, first(yesterday, *window)?))
        };
        Some(Bounds { day, yesterday, fields: self.fields.iter().map(one).collect::<Option<_>>()? })
    }
}

/// The windows of one day and of the day before.
struct Bounds {
    day: Date,
    yesterday: Date,
    fields: Vec<(usize, Date, Date)>,
}

impl Bounds {
    /// Tells whether a row enters or leaves one of the windows on that day.
    fn change(&self, table: &Table, row: usize) -> bool {
        self.fields.iter().any(|(field, first, first_before)| {
            let Some(Some(Column::Date(dates))) = table.columns.get(*field) else { return false };
            let Some(date) = dates[row] else { return false };
            let now = *first <= date && date <= self.day;
            let before = *first_before <= date && date <= self.yesterday;
            now != before
        })
    }
}

//! Daily draws: who arrives in a daily stratum on which day.
//!
//! Arrival is the first day from open on which the row is in the list and the
//! predicate holds; strata are tried in order on that day, once per person.
//! Whoever a stratum drawn at launch takes at open is known already. A person
//! whose first match is such a stratum on a later day does not arrive: that
//! stratum's draw is made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;

use crate::frame::block::Reader;
use crate::frame::coordinate::behind;
use crate::frame::design::{Design, Entering};
use crate::frame::layout::Layout;
use crate::frame::list::List;
use crate::frame::people::fill_picked;
use crate::frame::pick::{Drawn, Picked};
use crate::frame::read::{needs, reliably};
use crate::frame::stream::{Came, Coming};
use crate::frame::types::{Arrival, FrameError, History};
use crate::model::Checked;

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

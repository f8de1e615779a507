//! Who is asked: the list, the strata and how they overlap, quotas.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::checked::{ContactKind, StepKind};
use crate::plan::print::table::Side::{Left, Right};
use crate::plan::print::table::Table;
use crate::plan::print::view::{ROWS, View, in_points, margin, whole};
use crate::plan::say::say;
use crate::plan::types::{Cell, CellClusters, Count, Entry, PlanChannel, PlanRest, PlanStratum};
use crate::plan::words::{grouped, rounded, title};

/// Says who is in the list, in lines.
pub fn list(view: &View) -> Vec<String> {
    let (frame, w) = (&view.plan.frame, &view.words);
    let rows = grouped(frame.rows);
    let mut lines = vec![match (frame.bad_rows, frame.bad_cells) {
        (0, 0) => say!(w, "list_plain", source = frame.source, rows = rows),
        (bad, cells) => {
            let (bad, cells) = (grouped(bad), grouped(cells));
            say!(w, "list_rows", source = frame.source, rows = rows, bad = bad, cells = cells)
        }
    }];
    for count in &frame.excluded {
        let reason = count.label.get(view.language());
        lines.push(say!(w, "list_excluded", n = grouped(count.count), reason = reason));
    }
    if frame.once > 0 {
        lines.push(say!(w, "list_once", n = grouped(frame.once)));
    }
    lines.extend(frame.rest.map(|r| rest(view, r)));
    let (n, outside) = (grouped(frame.eligible), grouped(view.plan.unmatched));
    lines.push(if view.counts_events() {
        say!(w, "list_eligible_events", n = n, outside = outside)
    } else {
        say!(w, "list_eligible", n = n, outside = outside)
    });
    lines
}

fn rest(view: &View, rest: PlanRest) -> String {
    let days = view.words.counted("n_days", rest.days.into());
    if rest.delay {
        say!(view.words, "rest_delays", days = days)
    } else {
        say!(view.words, "rest_drops", days = days)
    }
}

/// Says what may be expected, in one line.
pub fn expected(view: &View) -> String {
    let expected = &view.plan.expected;
    say!(
        view.words,
        "expected_line",
        invitations = grouped(expected.invitations),
        messages = grouped(expected.messages),
        completes = whole(expected.completes),
        margin = margin(expected.margin),
    )
}

/// Lists the cells of all strata, with all that a statistician looks at.
pub fn strata(view: &View) -> Table {
    let mut table = view.table(&[
        ("cell", Left),
        ("title", Left),
        ("sample", Left),
        ("enters", Left),
        ("beside_earlier", Left),
        ("eligible", Right),
        ("clusters", Left),
        ("not_available", Left),
        ("reached_by", Left),
        ("waits", Left),
        ("invited", Right),
        ("completes", Right),
        ("margin", Right),
        ("cluster_effect", Right),
        ("weight", Right),
    ]);
    let shown = shown(view);
    for (stratum, cell, first) in cells(view).filter(|(_, cell, _)| shown.contains(&cell.index)) {
        let once = |text: String| if first { text } else { String::new() };
        table.row(vec![
            cell.name.clone(),
            title(&cell.title, view.language(), "").to_owned(),
            once(stratum.sample.get(view.language()).to_owned()),
            once(view.enters(stratum.entry)),
            once(view.beside(&stratum.draw)),
            grouped(cell.population),
            clusters(view, cell),
            unavailable(view, cell),
            reached_by(view, stratum, cell),
            waits(view, cell),
            invited(view, cell, stratum.entry),
            completes(view, cell),
            margin(cell.margin),
            cell.clusters.map_or_else(String::new, |c| format!("{:.2}", rounded(c.effect, 2))),
            cell.base_weight.map_or_else(|| "–".to_owned(), |w| format!("{:.3}", rounded(w, 3))),
        ]);
    }
    table.without_empty_columns()
}

/// Lists the cells for those who decide: the largest ones, and the sum of the others.
pub fn people(view: &View) -> Table {
    let mut table = view.table(&[
        ("stratum", Left),
        ("sample", Left),
        (if view.counts_events() { "events" } else { "people" }, Right),
        ("clusters", Left),
        ("not_available", Left),
        ("reached_by", Left),
        ("waits", Left),
        ("invited", Right),
        ("answers", Right),
        ("exact_to", Right),
    ]);
    let shown = shown(view);
    let mut said = None;
    for (stratum, cell, _) in cells(view).filter(|(_, cell, _)| shown.contains(&cell.index)) {
        let once = |text: &str| if said == Some(&stratum.name) { String::new() } else { text.to_owned() };
        let row = vec![
            view.named(title(&cell.title, view.language(), ""), &cell.name),
            once(stratum.sample.get(view.language())),
            grouped(cell.population),
            clusters(view, cell),
            unavailable(view, cell),
            reached_by(view, stratum, cell),
            waits(view, cell),
            invited(view, cell, stratum.entry),
            completes(view, cell),
            in_points(cell.margin),
        ];
        said = Some(&stratum.name);
        table.row(row);
    }
    let others: Vec<&Cell> = cells(view).map(|(_, c, _)| c).filter(|c| !shown.contains(&c.index)).collect();
    if !others.is_empty() {
        let sum = |of: fn(&Cell) -> u64| grouped(others.iter().map(|c| of(c)).sum());
        table.row(vec![
            view.words.counted("other_cells", others.len() as u64),
            String::new(),
            sum(|c| c.population),
            String::new(),
            sum(away),
            String::new(),
            String::new(),
            sum(|c| c.invitations),
            whole(others.iter().map(|c| c.completes).sum()),
            String::new(),
        ]);
    }
    table.without_empty_columns()
}

/// Says how the figures of [`people`] are meant, in lines.
pub fn people_in_words(view: &View) -> Vec<String> {
    let w = &view.words;
    let mut lines = Vec::new();
    let (shown, all) = (shown(view).len(), cells(view).count());
    if shown < all {
        lines.push(say!(w, "strata_left", shown = shown, all = grouped(all as u64)));
    }
    if cells(view).any(|(s, c, _)| in_batches(c, s.entry)) {
        lines.push(say!(w, "batches_note"));
    }
    if view.plan.strata.iter().any(|s| matches!(s.entry, Entry::Daily { .. } | Entry::Events { .. })) {
        lines.push(say!(w, "rolling_note"));
    }
    lines
}

/// Returns the cells in order, each with its stratum and whether it is the first there.
fn cells<'a>(view: &View<'a>) -> impl Iterator<Item = (&'a PlanStratum, &'a Cell, bool)> + use<'a> {
    view.plan.strata.iter().flat_map(|s| s.cells.iter().enumerate().map(move |(i, c)| (s, c, i == 0)))
}

/// Returns the cells that have a row of their own: on a page the largest ones.
fn shown(view: &View) -> Vec<u32> {
    let mut all: Vec<&Cell> = cells(view).map(|(_, cell, _)| cell).collect();
    // A sum of one would be that one.
    if view.page && all.len() > ROWS + 1 {
        all.sort_by_key(|cell| (std::cmp::Reverse(cell.population), cell.index));
        all.truncate(ROWS);
    }
    all.into_iter().map(|cell| cell.index).collect()
}

fn away(cell: &Cell) -> u64 {
    cell.unavailable.iter().map(|c| c.count).sum()
}

fn unavailable(view: &View, cell: &Cell) -> String {
    let one = |c: &Count| {
        say!(view.words, "count_reason", n = grouped(c.count), reason = c.label.get(view.language()))
    };
    cell.unavailable.iter().map(one).collect::<Vec<_>>().join(view.words.get("comma"))
}

/// Says how many clusters are drawn of how many, where whole clusters are.
fn clusters(view: &View, cell: &Cell) -> String {
    let (Some(CellClusters { count, .. }), w) = (cell.clusters, &view.words) else { return String::new() };
    let average = rounded(cell.population as f64 / count.population.max(1) as f64, 1);
    let (drawn, all) = (grouped(count.drawn), grouped(count.population));
    let words = say!(w, "clusters_drawn", drawn = drawn, all = all, average = average);
    match count.unavailable {
        0 => words,
        n => words + &say!(w, "clusters_unavailable", n = grouped(n)),
    }
}

/// Says by which channels those can be reached who may be invited, where the invitation has a second one.
pub fn reached_by(view: &View, stratum: &PlanStratum, cell: &Cell) -> String {
    let mut steps = view.plan.steps.iter().filter(|s| s.kind == StepKind::Invite);
    let invite = steps.find(|s| s.strata.is_empty() || s.strata.contains(&stratum.name));
    let (Some(invite), Some(contacts)) = (invite, cell.contacts) else { return String::new() };
    let channel = |name: &String| view.plan.channels.iter().find(|c| c.name == *name);
    let via: Vec<_> = invite.via.iter().filter_map(channel).collect();
    let needs: Vec<ContactKind> = via.iter().map(|c| c.kind.contact()).collect();
    if via.len() < 2 {
        return String::new();
    }
    let one = |(place, (channel, n)): (usize, (&&PlanChannel, u64))| {
        let values = [("n", grouped(n)), ("channel", view.channel(&channel.name))];
        let key = if place == 0 { "reached_first" } else { "reached_alone" };
        (n > 0 || place == 0).then(|| view.words.fill(key, &values))
    };
    let all: Vec<String> = via.iter().zip(contacts.by(&needs)).enumerate().filter_map(one).collect();
    all.join(view.words.get("comma"))
}

/// Says how many wait for the end of their rest, and until which day.
fn waits(view: &View, cell: &Cell) -> String {
    let zone = TimeZone::get(&view.plan.timezone).unwrap_or(TimeZone::UTC);
    let day = |until: &String| Some(until.parse::<Timestamp>().ok()?.to_zoned(zone.clone()).date());
    match cell.waiting.as_ref().and_then(|w| Some((w.people, day(w.until.as_ref()?)?))) {
        Some((people, day)) => say!(view.words, "waits_until", n = grouped(people), day = day),
        None => String::new(),
    }
}

/// Tells whether more people may be released than are expected to be.
fn in_batches(cell: &Cell, entry: Entry) -> bool {
    matches!(entry, Entry::Completes { .. }) && cell.drawn > cell.invitations
}

fn invited(view: &View, cell: &Cell, entry: Entry) -> String {
    let (n, drawn) = (grouped(cell.invitations), grouped(cell.drawn));
    match (in_batches(cell, entry), view.page) {
        (false, _) => n,
        (true, true) => say!(view.words, "at_most_n", a = n, b = drawn),
        (true, false) => say!(view.words, "a_of_b", a = n, b = drawn),
    }
}

fn completes(view: &View, cell: &Cell) -> String {
    let expected = whole(cell.completes);
    match cell.wanted {
        Some(wanted) if grouped(wanted) == expected && view.page => expected,
        Some(wanted) if view.page => say!(view.words, "wanted_of", a = expected, b = grouped(wanted)),
        Some(wanted) => say!(view.words, "a_of_b", a = expected, b = grouped(wanted)),
        None => expected,
    }
}

/// Lists the overlaps: on a page the largest ones.
pub fn overlaps(view: &View) -> Table {
    let mut table = view.table(&[("takes", Left), ("also_match", Left), ("rows", Right)]);
    let mut all: Vec<_> = view.plan.overlaps.iter().collect();
    if view.page && all.len() > ROWS {
        all.sort_by_key(|o| std::cmp::Reverse(o.count));
        all.truncate(ROWS);
    }
    for overlap in all {
        table.row(vec![overlap.takes.clone(), overlap.also.clone(), grouped(overlap.count)]);
    }
    table
}

/// Lists the quotas.
pub fn quotas(view: &View) -> Table {
    let w = &view.words;
    let mut table = view.table(&[
        ("quota", Left),
        ("at_most", Right),
        ("can_be_invited", Right),
        ("completes_expected", Right),
        ("turned_away", Right),
    ]);
    for quota in &view.plan.quotas {
        let perhaps = |n: String| if quota.people.is_none() { say!(w, "up_to", n = n) } else { n };
        let away = (quota.completes - quota.number as f64).max(0.0);
        table.row(vec![
            quota.name.clone(),
            grouped(quota.number),
            quota.people.map_or_else(|| say!(w, "answers_decide"), grouped),
            perhaps(whole(quota.completes)),
            perhaps(whole(away)),
        ]);
    }
    table
}

//! What the messages cost.

use crate::plan::cost::{Between, Cost};
use crate::plan::print::table::Side::{Left, Right};
use crate::plan::print::table::Table;
use crate::plan::print::view::View;
use crate::plan::say::{Words, say};
use crate::plan::words::{grouped, money};

/// Lists what the messages cost, where something is charged for.
pub fn cost(view: &View, cost: &Cost) -> Table {
    let w = &view.words;
    let mut table = view.table(&[
        ("step", Left),
        ("channel", Left),
        ("messages", Right),
        ("segments_each", Right),
        ("charged", Right),
        ("cost_column", Right),
    ]);
    let currency = cost.currency.as_deref().unwrap_or("");
    for line in &cost.lines {
        let channel = view.channel(&line.channel);
        let step = view.plan.steps.iter().find(|s| s.name == line.step);
        table.row(vec![
            step.map_or_else(|| line.step.clone(), |s| view.step(s)),
            if line.fallback { say!(w, "else_only", channel = channel) } else { channel },
            between(w, line.messages, grouped),
            line.each.map_or_else(String::new, |each| between(w, each, grouped)),
            between(w, line.charged, grouped),
            line.money.map_or_else(String::new, |m| between(w, m, |x| money(currency, x))),
        ]);
    }
    if let Some(total) = cost.total {
        let mut row = vec![String::new(); 6];
        w.get("all").clone_into(&mut row[0]);
        row[5] = between(w, total, |x| money(currency, x));
        table.row(row);
    }
    table.without_empty_columns()
}

/// Says how the figures of [`cost`] are meant, in lines.
pub fn cost_in_words(view: &View, cost: &Cost) -> Vec<String> {
    let w = &view.words;
    let mut lines = vec![say!(w, "cost_brackets")];
    let second = || cost.lines.iter().filter(|l| l.fallback);
    if second().any(|l| l.messages.expected.is_some()) {
        lines.push(say!(w, "cost_second"));
    } else if second().count() > 0 {
        lines.push(say!(w, "cost_fallback"));
    }
    if cost.currency.is_none() {
        lines.push(say!(w, "cost_no_prices"));
    }
    if let (Some(limit), Some(currency)) = (cost.limit, &cost.currency) {
        lines.push(say!(w, "cost_limit", limit = money(currency, limit)));
    }
    lines
}

/// Writes the expected with the least and the most.
fn between<T: Copy + PartialEq>(w: &Words, range: Between<T>, written: impl Fn(T) -> String) -> String {
    let least = written(range.least);
    match (range.expected.map(&written), range.most.map(&written)) {
        (Some(expected), Some(most)) if expected == least && expected == most => expected,
        (Some(expected), Some(most)) => {
            say!(w, "range_expected", expected = expected, least = least, most = most)
        }
        (Some(expected), None) => say!(w, "or_more", n = expected),
        (None, Some(most)) => say!(w, "range", least = least, most = most),
        (None, None) => say!(w, "or_more", n = least),
    }
}

//! The improvement plan as lines of the report: overdue first, then quick wins, then by due date.

use jiff::civil::Date;

use crate::model::Checked;
use crate::model::checked::{Action, EventFigure, EventPromise, Text};
use crate::report::data::ActionLine;
use crate::score::compare::events::figure_title;

/// Lists the measures as they stand on a day.
#[must_use]
pub fn actions(checked: &Checked, today: Date) -> Vec<ActionLine> {
    let mut lines: Vec<ActionLine> = checked.actions.iter().map(|a| line(checked, a, today)).collect();
    lines.sort_by_key(|l| (is_over(l), !l.overdue, !l.quick_win, l.due.unwrap_or(Date::MAX), l.name.clone()));
    lines
}

fn is_over(line: &ActionLine) -> bool {
    matches!(line.status.as_deref(), Some("done" | "dropped"))
}

fn figure(checked: &Checked, promise: EventPromise) -> Option<Text> {
    let events = checked.events.get(promise.source)?;
    Some(figure_title(&checked.campaign.languages, events, promise.figure))
}

fn unit(promise: EventPromise) -> Option<&'static str> {
    match promise.figure {
        EventFigure::Share(_) => Some("points"),
        _ => promise.relative.then_some("percent"),
    }
}

fn line(checked: &Checked, action: &Action, today: Date) -> ActionLine {
    let score = |i: usize| checked.scoring.as_ref().and_then(|s| s.scores.get(i)).map(|s| s.title.clone());
    let over = matches!(action.status.as_deref(), Some("done" | "dropped"));
    let is = |value: &Option<String>, word: &str| value.as_deref() == Some(word);
    ActionLine {
        name: action.name.clone(),
        title: action.title.clone(),
        stratum: action.stratum.and_then(|s| checked.strata.get(s)).map(|s| s.title.clone()),
        improves: action.score().and_then(|(s, _)| score(s)).or_else(|| figure(checked, action.events()?)),
        by: action.score().map(|(_, by)| by).or(action.events().map(|e| e.by)),
        unit: action.events().and_then(unit),
        impact: action.impact.clone(),
        difficulty: action.difficulty.clone(),
        owner: action.owner.clone(),
        due: action.due,
        status: action.status.clone(),
        overdue: !over && action.due.is_some_and(|due| due < today),
        quick_win: !over && is(&action.impact, "high") && is(&action.difficulty, "low"),
    }
}

//! When and how: schedule, steps, channels, and how long it takes to answer.

use crate::plan::print::table::Side::{Left, Right};
use crate::plan::print::table::Table;
use crate::plan::print::view::{View, moment, timing};
use crate::plan::say::{Words, say};
use crate::plan::types::{Minutes, PlanChannelKind, PlanStep};
use crate::plan::words::{grouped, per_minute};

/// Says when, in one line.
pub fn schedule(view: &View) -> String {
    let (schedule, w) = (&view.plan.schedule, &view.words);
    let (open, close) = (moment(Some(&schedule.open)), moment(Some(&schedule.close)));
    let mut words = say!(w, "schedule_line", open = open, close = close, zone = view.plan.timezone);
    if let Some((from, to)) = &schedule.hours {
        words.push_str(&say!(w, "schedule_hours", from = from, to = to));
    }
    if schedule.workdays {
        words.push_str(w.get("schedule_workdays"));
        for (days, key) in [(&schedule.days_off, "schedule_off"), (&schedule.days_on, "schedule_on")] {
            if !days.is_empty() {
                words.push_str(&w.fill(key, &[("days", days.join(" "))]));
            }
        }
    }
    words
}

/// Lists the steps.
pub fn steps(view: &View) -> Table {
    let mut table = view.table(&[
        ("step", Left),
        ("via", Left),
        ("step_when", Left),
        ("step_for", Left),
        ("messages", Right),
        ("through", Left),
        ("first", Left),
        ("until_launch", Left),
        ("last", Left),
    ]);
    for step in &view.plan.steps {
        let whom = match step.strata.as_slice() {
            [] => view.words.get("everybody").to_owned(),
            strata => view.strata(strata),
        };
        table.row(vec![
            view.step(step),
            view.via(step),
            timing(&step.timing, &view.words),
            whom,
            grouped(step.messages),
            view.through(step),
            moment(step.first.as_deref()),
            step.launch_last.as_deref().map_or_else(String::new, |at| moment(Some(at))),
            last(view, step),
        ]);
    }
    table.without_empty_columns()
}

fn last(view: &View, step: &PlanStep) -> String {
    if step.messages > 0 && step.last.is_none() {
        view.words.get("after_close").to_owned()
    } else {
        moment(step.last.as_deref())
    }
}

/// Lists the channels.
pub fn channels(view: &View) -> Table {
    let mut table = view.table(&[("channel", Left), ("kind", Left), ("sender", Left), ("per_minute", Right)]);
    for channel in &view.plan.channels {
        let sender = match &channel.kind {
            PlanChannelKind::Email { from_name, from_address, .. } => {
                let name = from_name.get(view.language());
                if name.is_empty() || !view.page {
                    from_address.clone()
                } else {
                    format!("{name} ({from_address})")
                }
            }
            PlanChannelKind::Sms { signature, .. } => signature.get(view.language()).to_owned(),
            PlanChannelKind::Phone { .. } => view.words.get("interviewers").to_owned(),
        };
        let rate = channel.rate_per_minute.map_or_else(|| view.words.get("no_limit").to_owned(), per_minute);
        table.row(vec![channel.name.clone(), view.kind(channel).to_owned(), sender, rate]);
    }
    table
}

/// Says how long it takes, in one line.
pub fn questionnaire(view: &View) -> String {
    let (asked, w) = (&view.plan.questionnaire, &view.words);
    let minutes: Vec<String> = asked.minutes.iter().map(|m| minutes(m, w)).collect();
    let mut questions = w.counted("n_questions", asked.questions);
    if let Some(paths) = asked.paths.filter(|p| p.least != p.most) {
        let key = if paths.exact { "on_a_path" } else { "on_a_path_about" };
        let values =
            [("questions", questions), ("least", paths.least.to_string()), ("most", paths.most.to_string())];
        questions = w.fill(key, &values);
    }
    let items = w.counted("n_items", asked.items);
    let minutes = minutes.join(w.get("comma"));
    say!(w, "questionnaire_line", questions = questions, items = items, minutes = minutes)
}

fn minutes(m: &Minutes, w: &Words) -> String {
    let language = match m.language.split('-').next() {
        Some("zh") => w.get("chinese"),
        Some("en") => w.get("english"),
        _ => &m.language,
    };
    let (shortest, longest) = (format!("{:.1}", m.shortest), format!("{:.1}", m.longest));
    let median = m.median.map(|median| say!(w, "median", median = format!("{median:.1}")));
    say!(w, "minutes", language = language, shortest = shortest, longest = longest)
        + &median.unwrap_or_default()
}

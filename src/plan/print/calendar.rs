//! A calendar as Markdown: one page for all campaigns of a repository.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::plan::calendar::{Calendar, CalendarCampaign, CalendarDay, CalendarStep, Clash, day};
use crate::plan::print::table::{Side, Table};
use crate::plan::print::timeline::{Bar, chart};
use crate::plan::print::view::moment;
use crate::plan::say::{Words, say};
use crate::plan::words::grouped;

/// Days of the table, at most.
const DAYS: usize = 31;

/// Writes a calendar as Markdown, in the first language of the first campaign.
#[must_use]
pub fn markdown(calendar: &Calendar) -> String {
    let w = Words::of(calendar.campaigns.first().map_or("en", |c| &c.language));
    let mut out = format!("# {}\n\n{}", w.get("cal_title"), campaigns(calendar, &w).markdown());
    let chart = bars(calendar, &w);
    if !chart.is_empty() {
        let _ = write!(out, "\n## {}\n\n```text\n{}\n```\n", w.get("cal_time"), chart.join("\n"));
    }
    if !calendar.days.is_empty() {
        let _ = write!(out, "\n## {}\n\n{}", w.get("cal_days"), days(calendar, &w));
    }
    let _ = write!(out, "\n## {}\n\n", w.get("cal_same"));
    if calendar.clashes.is_empty() {
        let _ = writeln!(out, "{}", w.get("cal_no_clash"));
    }
    for clash in &calendar.clashes {
        let _ = writeln!(out, "- {}", clash_in_words(clash, &w));
    }
    let unknown = calendar.campaigns.iter().filter_map(|c| Some((&c.spec, c.unknown.as_ref()?)));
    let left_out = calendar.left_out.iter().map(|l| (&l.spec, &l.reason));
    let notes: Vec<String> = unknown
        .map(|(spec, why)| format!("- {}\n", say!(w, "cal_dates_alone", spec = spec, why = why)))
        .chain(left_out.map(|(spec, why)| format!("- {}\n", say!(w, "cal_left_out", spec = spec, why = why))))
        .collect();
    if !notes.is_empty() {
        let _ = write!(out, "\n## {}\n\n{}", w.get("cal_unknown"), notes.concat());
    }
    out
}

fn headed(w: &Words, header: &[(&'static str, Side)]) -> Table {
    let header: Vec<(&str, Side)> = header.iter().map(|(key, side)| (w.get(key), *side)).collect();
    Table::new(&header)
}

fn campaigns(calendar: &Calendar, w: &Words) -> Table {
    let mut table = headed(
        w,
        &[
            ("cal_campaign", Side::Left),
            ("title", Side::Left),
            ("cal_spec", Side::Left),
            ("cal_open", Side::Left),
            ("cal_close", Side::Left),
            ("cal_steps", Side::Left),
            ("invited", Side::Right),
            ("messages", Side::Right),
            ("cal_rest", Side::Right),
        ],
    );
    for c in &calendar.campaigns {
        let known = |n: u64| if c.unknown.is_some() { "?".to_owned() } else { grouped(n) };
        let step = |s: &CalendarStep| {
            let days = match (s.first, s.last) {
                (Some(a), Some(b)) if a != b => say!(w, "range", least = a, most = b),
                (Some(a), _) => a.to_string(),
                _ => "–".to_owned(),
            };
            format!("{} {days}", s.name)
        };
        table.row(vec![
            c.campaign.clone(),
            c.title.clone(),
            c.spec.clone(),
            moment(Some(&c.open)),
            moment(Some(&c.close)),
            c.steps.iter().map(step).collect::<Vec<_>>().join(w.get("semicolon")),
            known(c.invitations),
            known(c.steps.iter().map(|s| s.messages).sum()),
            c.rest.map_or_else(String::new, |days| w.counted("n_days", days.into())),
        ]);
    }
    table.without_empty_columns()
}

fn bars(calendar: &Calendar, w: &Words) -> Vec<String> {
    let spans: Vec<(&CalendarCampaign, Date, Date)> =
        calendar.campaigns.iter().filter_map(|c| Some((c, day(&c.open)?, day(&c.close)?))).collect();
    let first = spans.iter().map(|s| s.1).min();
    let last = spans.iter().map(|s| s.2).max();
    let Some(span) = first.zip(last) else { return Vec::new() };
    let bar = |(c, first, last): &(&CalendarCampaign, Date, Date)| Bar {
        name: c.campaign.clone(),
        number: if c.unknown.is_some() { "?".to_owned() } else { grouped(c.invitations) },
        first: *first,
        last: *last,
    };
    chart(span, &spans.iter().map(bar).collect::<Vec<_>>(), w)
}

fn days(calendar: &Calendar, w: &Words) -> String {
    let mut table = headed(w, &[("cal_day", Side::Left), ("messages", Side::Right), ("cal_of", Side::Left)]);
    let mut busiest: Vec<&CalendarDay> = calendar.days.iter().collect();
    busiest.sort_by_key(|d| (std::cmp::Reverse(d.messages), d.date));
    busiest.truncate(DAYS);
    busiest.sort_by_key(|d| d.date);
    for day in &busiest {
        let of: Vec<String> =
            day.campaigns.iter().map(|(name, n)| format!("{name} {}", grouped(*n))).collect();
        table.row(vec![day.date.to_string(), grouped(day.messages), of.join(w.get("comma"))]);
    }
    let (shown, all) = (busiest.len(), calendar.days.len());
    let more = say!(w, "cal_days_left", shown = shown, all = all);
    table.markdown() + &if shown < all { format!("\n{more}\n") } else { String::new() }
}

fn clash_in_words(clash: &Clash, w: &Words) -> String {
    let people = match clash.people {
        Some(n) => w.counted("cal_both", n),
        None => w.get("cal_both_unknown").to_owned(),
    };
    let (first, second, list) = (&clash.first, &clash.second, &clash.list);
    let apart = match clash.days {
        0 => say!(w, "cal_while_invites", first = first),
        days => say!(w, "cal_after", days = w.counted("n_days", days.unsigned_abs().into()), first = first),
    };
    match clash.rest {
        Some(rest) => w.fill(
            if clash.delay { "cal_clash_delay" } else { "cal_clash_rest" },
            &[
                ("second", second.clone()),
                ("list", list.clone()),
                ("apart", apart),
                ("rest", w.counted("n_days", rest.into())),
                ("people", people),
            ],
        ),
        None => say!(w, "cal_clash_no_rest", second = second, list = list, first = first, people = people),
    }
}

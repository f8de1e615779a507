//! A calendar as Markdown: one page for all campaigns of a repository.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::plan::calendar::{Calendar, CalendarCampaign, CalendarDay, CalendarStep, Clash, day};
use crate::plan::print::table::{Side, Table};
use crate::plan::print::timeline::{Bar, chart};
use crate::plan::print::view::{moment, step_in_words};
use crate::plan::say::{Words, say};
use crate::plan::words::grouped;

/// Rows of the table of days, at most.
const ROWS: usize = 31;

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

/// Writes a day of a campaign whose year stands beside it.
fn short(day: Date) -> String {
    day.strftime("%m-%d").to_string()
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
            ("cal_open", Side::Left),
            ("cal_close", Side::Left),
            ("cal_steps", Side::Left),
            ("invited", Side::Right),
            ("messages", Side::Right),
            ("cal_rest", Side::Right),
            ("cal_spec", Side::Left),
        ],
    );
    for c in &calendar.campaigns {
        let known = |n: u64| if c.unknown.is_some() { "?".to_owned() } else { grouped(n) };
        let step = |s: &CalendarStep| {
            let days = match (s.first, s.last) {
                (Some(a), Some(b)) if a != b => say!(w, "range", least = short(a), most = short(b)),
                (Some(a), _) => short(a),
                _ => "–".to_owned(),
            };
            format!("{} {days}", step_in_words(s.kind, &s.name, w))
        };
        table.row(vec![
            format!("{} `{}`", c.title, c.campaign),
            moment(Some(&c.open)),
            moment(Some(&c.close)),
            c.steps.iter().map(step).collect::<Vec<_>>().join(w.get("semicolon")),
            known(c.invitations),
            known(c.steps.iter().map(|s| s.messages).sum()),
            c.rest.map_or_else(String::new, |days| w.counted("n_days", days.into())),
            c.spec.clone(),
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

/// Days that follow one another and are much alike.
struct Run<'c> {
    first: &'c CalendarDay,
    last: &'c CalendarDay,
    least: u64,
    most: u64,
    days: usize,
    /// By campaign: the fewest and the most messages of a day.
    campaigns: BTreeMap<&'c str, (u64, u64)>,
}

impl<'c> Run<'c> {
    fn of(day: &'c CalendarDay) -> Self {
        let campaigns = day.campaigns.iter().map(|(name, n)| (name.as_str(), (*n, *n))).collect();
        Self { first: day, last: day, least: day.messages, most: day.messages, days: 1, campaigns }
    }

    /// Adds a day; `false` where it is another kind of day: more than a weekend lies before it, another campaign
    /// sends, or more than twice as much leaves.
    fn add(&mut self, day: &'c CalendarDay) -> bool {
        let (least, most) = (self.least.min(day.messages), self.most.max(day.messages));
        let between = self.last.date.series(1.day()).skip(1).take_while(|d| *d < day.date);
        let pause = between.clone().any(|d| !matches!(d.weekday(), Weekday::Saturday | Weekday::Sunday));
        if pause || !self.campaigns.keys().copied().eq(day.campaigns.keys()) || most > 2 * least {
            return false;
        }
        for ((low, high), n) in self.campaigns.values_mut().zip(day.campaigns.values()) {
            (*low, *high) = ((*low).min(*n), (*high).max(*n));
        }
        (self.last, self.least, self.most, self.days) = (day, least, most, self.days + 1);
        true
    }
}

fn days(calendar: &Calendar, w: &Words) -> String {
    let mut table = headed(w, &[("cal_day", Side::Left), ("cal_daily", Side::Right), ("cal_of", Side::Left)]);
    let mut runs: Vec<Run> = Vec::new();
    for day in &calendar.days {
        if !runs.last_mut().is_some_and(|run| run.add(day)) {
            runs.push(Run::of(day));
        }
    }
    runs.sort_by_key(|run| (Reverse(run.most), run.first.date));
    runs.truncate(ROWS);
    runs.sort_by_key(|run| run.first.date);
    let between = |least: u64, most: u64| {
        if least == most {
            grouped(most)
        } else {
            say!(w, "range", least = grouped(least), most = grouped(most))
        }
    };
    for run in &runs {
        let of: Vec<String> = run
            .campaigns
            .iter()
            .map(|(name, (low, high))| format!("{name} {}", between(*low, *high)))
            .collect();
        let date = match run.days {
            1 => run.first.date.to_string(),
            _ => say!(w, "range", least = run.first.date, most = run.last.date),
        };
        table.row(vec![date, between(run.least, run.most), of.join(w.get("comma"))]);
    }
    let (shown, all) = (runs.iter().map(|run| run.days).sum::<usize>(), calendar.days.len());
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

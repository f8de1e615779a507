//! `schedule { … }`: when, through what, how often.

use jiff::civil::{Date, DateTime};

use crate::diagnostic::Label;
use crate::model::checked::{
    Channel, ChannelKind, Events, Frame, Schedule, SpecFile, Step, StepKind, Stratum, Timing,
};
use crate::model::files::Files;
use crate::model::lower::cx::Cx;
use crate::model::lower::reader::Reader;
use crate::model::lower::{keyword, pace, settings};
use crate::source::Span;
use crate::syntax::ast::{Scalar, Statement};

/// What steps refer to.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// Channels.
    pub channels: &'a [Channel],
    /// Event sources.
    pub events: &'a [Events],
    /// Strata.
    pub strata: &'a [Stratum],
    /// The list.
    pub frame: Option<&'a Frame>,
}

/// Lowers the schedule.
pub fn schedule(
    cx: &mut Cx,
    statement: &Statement,
    world: World,
    files: &dyn Files,
    read: &mut Vec<SpecFile>,
) -> Option<Schedule> {
    let (mut open, mut close) = (None, None);
    let mut schedule = Schedule {
        open: DateTime::default(),
        close: DateTime::default(),
        hours: None,
        workdays: false,
        days_off: Vec::new(),
        days_on: Vec::new(),
        steps: Vec::new(),
    };
    for line in settings(statement) {
        let mut r = Reader::new(line);
        let Some(word) = r.word() else {
            r.expected(cx, "a setting of the schedule");
            continue;
        };
        match word.text.as_str() {
            "open" => open = moment(cx, &mut r),
            "close" => close = moment(cx, &mut r),
            "hours" => hours(cx, &mut r, &mut schedule, files, read),
            "invite" | "remind" => {
                let kind = if word.text == "invite" { StepKind::Invite } else { StepKind::Remind };
                let number = schedule.steps.iter().filter(|s| s.kind == kind).count() + 1;
                if let Some(step) = step(cx, &mut r, kind, number, world) {
                    schedule.steps.push(step);
                }
            }
            "reward" => {
                if r.string(cx, "the path of the file with the codes").is_some() {
                    cx.not_carried_out("reward", line.span);
                }
            }
            "thank" => {
                let told = cx.diagnostics.len();
                thank(cx, &mut r, world);
                if cx.diagnostics.len() == told {
                    cx.not_carried_out("thank", line.span);
                }
            }
            other => {
                let known = ["open", "close", "hours", "invite", "remind", "reward", "thank"];
                cx.unknown("setting of `schedule`", other, word.span, known);
                continue;
            }
        }
        r.end(cx);
    }
    let head = Reader::new(statement).span;
    for (value, name) in [(open, "open"), (close, "close")] {
        if value.is_none() {
            cx.error("missing-setting", head, format!("the schedule has no `{name}`"));
        }
    }
    schedule.open = open?;
    schedule.close = close?;
    // A date that does not exist was told of; what stands for it is a guess.
    if !settings(statement).any(|line| cx.is_broken(Reader::new(line).span)) {
        check(cx, statement, &schedule);
        invited_once(cx, statement, &schedule, world.strata);
    }
    Some(schedule)
}

fn moment(cx: &mut Cx, r: &mut Reader) -> Option<DateTime> {
    let Some(date) = r.date() else {
        r.expected(cx, "a date and time, such as `2026-01-05 09:00`");
        return None;
    };
    Some(date.to_datetime(r.time().unwrap_or_default()))
}

fn hours(cx: &mut Cx, r: &mut Reader, schedule: &mut Schedule, files: &dyn Files, read: &mut Vec<SpecFile>) {
    let here = r.here();
    match r.range() {
        Some((Scalar::Time(from), Scalar::Time(to))) if from < to => schedule.hours = Some((from, to)),
        Some((Scalar::Time(_), Scalar::Time(_))) => {
            cx.error("schedule-order", here, "the hours end before they begin").help =
                Some("write the earlier time first, as in `09:00..20:00`".to_owned());
        }
        Some(_) => {
            cx.error("expected", here, "expected times of day here").help =
                Some("write hours and minutes, as in `09:00..20:00`".to_owned());
        }
        None => r.expected(cx, "hours, such as `09:00..20:00`"),
    }
    if !r.keyword("on") {
        return;
    }
    if !r.keyword("workdays") {
        r.expected(cx, "`workdays`");
        return;
    }
    schedule.workdays = true;
    if !r.keyword("of") {
        return;
    }
    let here = r.here();
    let Some(path) = r.string(cx, "the path of the holidays file") else { return };
    match files.read(path) {
        Ok(text) => {
            holidays(cx, &text, path, here, schedule);
            read.push(SpecFile { path: path.to_owned(), text });
        }
        Err(reason) => {
            cx.error(reason.code(), here, format!("the holidays can't be read: {reason}")).help =
                Some(reason.help().to_owned());
        }
    }
}

/// Columns `date` and `kind` (`off` or `work`); further columns are free.
fn holidays(cx: &mut Cx, text: &str, path: &str, here: crate::source::Span, schedule: &mut Schedule) {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let Ok(header) = reader.headers().cloned() else { return };
    let column = |name: &str| header.iter().position(|h| h == name);
    let (Some(date_column), Some(kind_column)) = (column("date"), column("kind")) else {
        cx.error("holidays", here, format!("`{path}` has no columns `date` and `kind`")).help =
            Some("write a CSV with the header `date,kind` and rows such as `2026-02-16,off`".to_owned());
        return;
    };
    for (number, row) in reader.records().enumerate() {
        let line = number + 2;
        let Ok(row) = row else {
            cx.error("holidays", here, format!("`{path}`, row {line} can't be read"));
            continue;
        };
        let date = row.get(date_column).unwrap_or("").parse::<Date>();
        match (date, row.get(kind_column).unwrap_or("")) {
            (Ok(date), "off") => schedule.days_off.push(date),
            (Ok(date), "work") => schedule.days_on.push(date),
            (Err(_), _) => {
                cx.error("holidays", here, format!("`{path}`, row {line}: column `date` holds no date"));
            }
            (_, other) => {
                cx.error(
                    "holidays",
                    here,
                    format!("`{path}`, row {line}: `{other}` is neither `off` nor `work`"),
                );
            }
        }
    }
    schedule.days_off.sort_unstable();
    schedule.days_on.sort_unstable();
}

/// `mail else sms`: the channels to try, one after the other.
fn ways(cx: &mut Cx, r: &mut Reader, world: World) -> Option<Vec<usize>> {
    let mut via = Vec::new();
    loop {
        let here = r.here();
        let name = r.name(cx, "a channel")?;
        match world.channels.iter().position(|c| c.name == name.text) {
            Some(channel) => {
                reachable(cx, &world.channels[channel], world.frame, here);
                via.push(channel);
            }
            None if cx.is_declared("channel", &name.text) => {}
            None => cx.unknown("channel", &name.text, here, world.channels.iter().map(|c| c.name.as_str())),
        }
        if !r.keyword("else") {
            return Some(via);
        }
    }
}

/// `thank via mail after close`, or a period after it.
fn thank(cx: &mut Cx, r: &mut Reader, world: World) {
    if !r.keyword("via") {
        r.expected(cx, "`via` and a channel");
        return;
    }
    if ways(cx, r, world).is_none() {
        return;
    }
    let _ = r.days_or_hours();
    if !r.keywords(&["after", "close"]) {
        r.expected(cx, "`after close`");
    }
}

/// `via CHANNEL [else CHANNEL…] [after N days | N hours after EVENTS within M hours] [for STRATA]`.
fn step(cx: &mut Cx, r: &mut Reader, kind: StepKind, number: usize, world: World) -> Option<Step> {
    let span = r.span;
    if !r.keyword("via") {
        r.expected(cx, "`via` and a channel");
        return None;
    }
    let via = ways(cx, r, world)?;
    let timing = timing(cx, r, kind, world)?;
    let mut strata = Vec::new();
    if r.keyword("for") {
        loop {
            let here = r.here();
            let name = r.name(cx, "a stratum")?;
            match world.strata.iter().position(|s| s.name == name.text) {
                Some(stratum) => strata.push(stratum),
                None => cx.unknown("stratum", &name.text, here, world.strata.iter().map(|s| s.name.as_str())),
            }
            if !r.symbol(",") {
                break;
            }
        }
    }
    let name = match kind {
        StepKind::Invite if number == 1 => "invite".to_owned(),
        StepKind::Invite => format!("invite_{number}"),
        StepKind::Remind => format!("remind_{number}"),
    };
    Some(Step { name, kind, via, timing, strata, span })
}

fn timing(cx: &mut Cx, r: &mut Reader, kind: StepKind, world: World) -> Option<Timing> {
    if kind == StepKind::Remind {
        if !r.keyword("after") {
            r.expected(cx, "`after` and a number of days");
            return None;
        }
        let Some(period) = r.days_or_hours() else {
            r.expected(cx, "a number of days, such as `3 days`");
            return None;
        };
        return Some(Timing::AfterInvite { days: period.days() });
    }
    let Some(after) = r.days_or_hours() else { return Some(Timing::AtRelease) };
    if !r.keyword("after") {
        r.expected(cx, "`after` and the name of events");
        return None;
    }
    let here = r.here();
    let name = r.name(cx, "the name of events")?;
    let Some(events) = world.events.iter().position(|e| e.name == name.text) else {
        cx.unknown("source of events", &name.text, here, world.events.iter().map(|e| e.name.as_str()));
        return None;
    };
    let mut within = after.hours + 24;
    if r.keyword("within") {
        let here = r.here();
        let Some(period) = r.days_or_hours() else {
            r.expected(cx, "a number of hours, such as `48 hours`");
            return None;
        };
        if period.hours < after.hours {
            cx.error("schedule-order", here, "this ends before the message is due").help =
                Some("write more hours than the message waits, or leave `within` out".to_owned());
        }
        within = period.hours;
    }
    Some(Timing::AfterEvent { events, hours: after.hours, within_hours: within })
}

fn reachable(cx: &mut Cx, channel: &Channel, frame: Option<&Frame>, here: crate::source::Span) {
    let Some(frame) = frame else { return };
    let (has, what) = match channel.kind {
        ChannelKind::Email { .. } => (frame.email.is_some(), "email"),
        ChannelKind::Sms { .. } | ChannelKind::Phone { .. } => (frame.mobile.is_some(), "mobile"),
        ChannelKind::Webhook { .. } => (frame.device.is_some(), "device"),
        ChannelKind::Link { .. } => {
            cx.error(
                "wrong-channel",
                here,
                format!("`{}` is an open link; nobody can be invited through it", channel.name),
            );
            return;
        }
    };
    let message = format!("channel `{}` needs the frame's column `{what}`", channel.name);
    // One column is missing, however many messages need it.
    let told = cx.diagnostics.iter().any(|d| d.code == "no-contact-column" && d.message == message);
    if !has && !told {
        cx.error("no-contact-column", here, message).help = Some(format!("add `{what} COLUMN` to the frame"));
    }
}

fn check(cx: &mut Cx, statement: &Statement, schedule: &Schedule) {
    let head = Reader::new(statement).span;
    if schedule.close <= schedule.open {
        let close = place(statement, "close").unwrap_or(head);
        let opens = place(statement, "open");
        let finding = cx.error("schedule-order", close, "the campaign closes before it opens");
        finding.help = Some("write a later `close`, or an earlier `open`".to_owned());
        finding.labels.extend(opens.map(|span| Label { span, message: "it opens here".to_owned() }));
        return;
    }
    if !settings(statement).any(|line| keyword(line) == "invite") {
        cx.error("missing-setting", head, "the schedule has no `invite`").help =
            Some("write `invite via CHANNEL`; fall-backs go behind `else` in the same line".to_owned());
    }
    for step in &schedule.steps {
        let Timing::AfterInvite { days } = step.timing else { continue };
        let due = schedule.open.checked_add(jiff::Span::new().days(i64::from(days)));
        if due.is_ok_and(|due| due >= schedule.close) {
            cx.error(
                "reminder-after-close",
                step.span,
                "nobody could get this reminder before the campaign closes",
            )
            .help = Some("send it earlier, or close later".to_owned());
        }
    }
    if let Some(days) = no_legal_day(schedule) {
        let message = format!("none of the {days} days between open and close is a workday");
        cx.error("no-legal-moment", place(statement, "hours").unwrap_or(head), message).help =
            Some("close later, or let messages leave on other days too: `hours 09:00..20:00`".to_owned());
    }
}

/// Everybody who is drawn gets one invitation: the lines for different strata leave nobody out and name nobody twice.
fn invited_once(cx: &mut Cx, statement: &Statement, schedule: &Schedule, strata: &[Stratum]) {
    let invites: Vec<&Step> = schedule.steps.iter().filter(|s| s.kind == StepKind::Invite).collect();
    // A line that could not be made may be for anybody.
    if invites.is_empty()
        || settings(statement).filter(|line| keyword(line) == "invite").count() != invites.len()
    {
        return;
    }
    let reaches = |step: &Step, stratum: usize| step.strata.is_empty() || step.strata.contains(&stratum);
    let mut twice: Vec<(Span, Span)> = Vec::new();
    for (index, stratum) in strata.iter().enumerate() {
        let mut own = invites.iter().filter(|step| reaches(step, index));
        let Some(first) = own.next() else {
            let message = format!("nobody of stratum `{}` is invited", stratum.name);
            cx.error("missing-setting", stratum.span, message).help = Some(format!(
                "name `{}` behind `for` in one of the `invite` lines, or write one for it",
                stratum.name
            ));
            continue;
        };
        let Some(second) = own.next().filter(|second| !twice.contains(&(first.span, second.span))) else {
            continue;
        };
        twice.push((first.span, second.span));
        let message = format!("stratum `{}` is invited twice", stratum.name);
        let found = cx.error("duplicate-setting", second.span, message);
        found.help = Some(
            "let each stratum stand behind the `for` of one `invite`; another way for the same people goes behind \
             `else`, another message is a `remind`"
                .to_owned(),
        );
        found.labels.push(Label { span: first.span, message: "here already".to_owned() });
    }
}

/// Returns where the value of a setting stands.
fn place(statement: &Statement, setting: &str) -> Option<Span> {
    let line = settings(statement).find(|line| keyword(line) == setting)?;
    let mut r = Reader::new(line);
    r.word();
    Some(r.here())
}

/// Returns the number of days when no day of the period allows sending.
fn no_legal_day(schedule: &Schedule) -> Option<usize> {
    if !schedule.workdays {
        return None;
    }
    let mut day = schedule.open.date();
    let mut count = 0;
    while day <= schedule.close.date() {
        if pace::is_legal(schedule, day) {
            return None;
        }
        count += 1;
        day = day.tomorrow().ok()?;
    }
    Some(count)
}

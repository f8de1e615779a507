//! Legal moments of sending.

use canvass::plan::types::PlanSchedule;
use canvass::plan::window::{Windows, days_later, instant, next_allowed};
use jiff::Timestamp;
use jiff::tz::TimeZone;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn schedule(hours: Option<(&str, &str)>) -> PlanSchedule {
    PlanSchedule {
        open: "2026-01-05T09:00:00+08:00".to_owned(),
        close: "2026-12-31T18:00:00+08:00".to_owned(),
        hours: hours.map(|(a, b)| (a.to_owned(), b.to_owned())),
        workdays: false,
        days_off: Vec::new(),
        days_on: Vec::new(),
    }
}

#[test]
fn a_skipped_hour_becomes_the_next_valid_instant() {
    let new_york = zone("America/New_York");
    let local = "2026-03-08T02:30".parse().unwrap();
    assert_eq!(instant(&new_york, local), Some(at("2026-03-08T07:00:00Z")));
    let plan = schedule(Some(("02:30", "05:00")));
    let found = next_allowed(&plan, &new_york, at("2026-03-08T06:00:00Z"));
    assert_eq!(found, Some(at("2026-03-08T07:00:00Z")));
}

#[test]
fn a_repeated_hour_means_the_first() {
    let new_york = zone("America/New_York");
    let local = "2026-11-01T01:30".parse().unwrap();
    assert_eq!(instant(&new_york, local), Some(at("2026-11-01T05:30:00Z")));
    let plan = schedule(Some(("01:30", "05:00")));
    let found = next_allowed(&plan, &new_york, at("2026-11-01T04:00:00Z"));
    assert_eq!(found, Some(at("2026-11-01T05:30:00Z")));
}

#[test]
fn reminders_keep_the_local_time_over_a_clock_change() {
    let new_york = zone("America/New_York");
    let sent = at("2026-03-06T15:00:00Z"); // 10:00 EST
    assert_eq!(days_later(&new_york, sent, 3), Some(at("2026-03-09T14:00:00Z"))); // 10:00 EDT
}

#[test]
fn hours_are_the_recipients_and_their_end_is_not_included() {
    let plan = schedule(Some(("09:00", "20:00")));
    let tokyo = zone("Asia/Tokyo");
    // 19:59:59 is allowed, 20:00 is not.
    let last = at("2026-02-02T19:59:59+09:00");
    assert_eq!(next_allowed(&plan, &tokyo, last), Some(last));
    let late = at("2026-02-02T20:00:00+09:00");
    assert_eq!(next_allowed(&plan, &tokyo, late), Some(at("2026-02-03T09:00:00+09:00")));
    // The same instant is still afternoon in Shanghai less one hour.
    assert_eq!(next_allowed(&plan, &zone("Asia/Shanghai"), late), Some(late));
}

#[test]
fn nothing_leaves_before_open_or_from_close_on() {
    let plan = schedule(Some(("09:00", "20:00")));
    let shanghai = zone("Asia/Shanghai");
    let early = next_allowed(&plan, &shanghai, at("2025-06-01T00:00:00Z"));
    assert_eq!(early, Some(at("2026-01-05T09:00:00+08:00")));
    assert_eq!(next_allowed(&plan, &shanghai, at("2026-12-31T18:00:00+08:00")), None);
    // In Honolulu the day of close begins its hours after close.
    let honolulu = zone("Pacific/Honolulu");
    assert_eq!(next_allowed(&plan, &honolulu, at("2026-12-31T08:00:00Z")), None);
}

#[test]
fn holidays_are_skipped_and_worked_weekends_are_used() {
    let mut plan = schedule(Some(("09:00", "20:00")));
    plan.workdays = true;
    plan.days_off = vec!["2026-02-16".to_owned(), "2026-02-17".to_owned()];
    plan.days_on = vec!["2026-02-14".to_owned()];
    let shanghai = zone("Asia/Shanghai");
    let friday_night = at("2026-02-13T21:00:00+08:00");
    assert_eq!(next_allowed(&plan, &shanghai, friday_night), Some(at("2026-02-14T09:00:00+08:00")));
    let saturday_night = at("2026-02-14T21:00:00+08:00");
    assert_eq!(next_allowed(&plan, &shanghai, saturday_night), Some(at("2026-02-18T09:00:00+08:00")));
}

#[test]
fn hours_over_midnight_belong_to_the_day_they_begin() {
    let mut plan = schedule(Some(("22:00", "02:00")));
    plan.workdays = true;
    let shanghai = zone("Asia/Shanghai");
    // Saturday 01:00 belongs to Friday's hours; Saturday 23:00 to nobody's.
    let one = at("2026-02-07T01:00:00+08:00");
    assert_eq!(next_allowed(&plan, &shanghai, one), Some(one));
    let eleven = at("2026-02-07T23:00:00+08:00");
    assert_eq!(next_allowed(&plan, &shanghai, eleven), Some(at("2026-02-09T22:00:00+08:00")));
}

#[test]
fn a_rate_fills_one_day_after_the_other() {
    let plan = schedule(Some(("09:00", "10:00")));
    let windows = Windows::new(&plan).unwrap();
    let shanghai = zone("Asia/Shanghai");
    let open = at("2026-01-05T09:00:00+08:00");
    let last = |n| windows.last_of(&shanghai, open, n, Some(1.0));
    assert_eq!(last(1), Some(open));
    assert_eq!(last(60), Some(at("2026-01-05T09:59:00+08:00")));
    assert_eq!(last(61), Some(at("2026-01-06T09:00:00+08:00")));
    // 361 mornings and no more: 5 January to 31 December.
    assert_eq!(last(361 * 60), Some(at("2026-12-31T09:59:00+08:00")));
    assert_eq!(last(361 * 60 + 1), None);
}

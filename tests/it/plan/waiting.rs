//! `rest … delay`: how many of those drawn wait for the end of their rest, until when, and what that does to the dates.

use std::collections::BTreeMap;

use canvass::frame::{self, FrameSummary, History, Waiting, count_waiting};
use canvass::plan::calendar::{Planned, calendar};
use canvass::plan::{self, Plan};
use jiff::Timestamp;

use super::support::{Place, SPEC, list};

const SEED: u64 = 20_260_105;

/// Forty rich people, all of them asked, and forty others, of whom ten are.
fn place() -> Place {
    let spec = SPEC
        .replace("  once per email", "  rest 30 days delay")
        .replace("where spend in top 40%", "where spend >= 40")
        .replace(
            "stratum fresh \"Fresh\" {\n  where signed_up within 30 days\n  sample all // fresh\n}\n",
            "",
        )
        .replace("sample all // rest", "sample 10");
    let rows: Vec<String> = (0..80).map(|i| format!("k{i},k{i}@example.com,2025-01-01,{i},1")).collect();
    Place::new(&spec, &list(&rows))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn counted(place: &Place, ends: &BTreeMap<String, Timestamp>) -> FrameSummary {
    let mut reading = frame::read(&place.checked, place.folder(), SEED, &History::default()).unwrap();
    count_waiting(&mut reading.summary, &reading.drawn, ends);
    reading.summary
}

fn planned(place: &Place, ends: &BTreeMap<String, Timestamp>) -> Plan {
    plan::make(&place.checked, &counted(place, ends), SEED)
}

/// Messages, first, last of those invited at once, last.
type Span<'a> = (u64, &'a str, Option<&'a str>, &'a str);

fn minute(moment: &Option<String>) -> Option<&str> {
    moment.as_deref().and_then(|t| t.get(..16))
}

fn spans(plan: &Plan) -> Vec<Span<'_>> {
    plan.steps.iter().map(span).collect()
}

fn span(step: &plan::types::PlanStep) -> Span<'_> {
    let or_nothing = |t| minute(t).unwrap_or("");
    (step.messages, or_nothing(&step.first), minute(&step.launch_last), or_nothing(&step.last))
}

#[test]
fn those_who_rest_at_open_are_counted_and_move_the_dates() {
    let place = place();
    // Ten of the forty rich rest for two days and a bit, one of them for ten; who is not in the list counts for nothing.
    let mut ends: BTreeMap<String, Timestamp> =
        (40..50).map(|i| (format!("k{i}"), at("2026-01-07T02:00:00Z"))).collect();
    ends.insert("k50".to_owned(), at("2026-01-15T15:00:00Z"));
    ends.insert("nobody".to_owned(), at("2026-01-20T02:00:00Z"));
    let plan = planned(&place, &ends);
    let waiting = Waiting {
        people: 11,
        from: Some("2026-01-07T02:00:00Z".to_owned()),
        until: Some("2026-01-15T15:00:00Z".to_owned()),
    };
    assert_eq!(plan.strata[0].cells[0].waiting, Some(waiting));
    assert_eq!(plan.strata[1].cells[0].waiting, Some(Waiting::default()));
    // 29 and 10 leave within the first minute; the last one waits until 23:00 in Shanghai, and so for the next morning.
    // Seven in eight are reminded three days later.
    let expected = [
        (50, "2026-01-05T09:00", Some("2026-01-05T09:00"), "2026-01-16T09:00"),
        (44, "2026-01-08T09:00", Some("2026-01-08T09:00"), "2026-01-19T09:00"),
    ];
    assert_eq!(spans(&plan), expected);
    let note = plan.warnings.iter().find(|w| w.get("en").contains("delay")).unwrap().get("en");
    assert!(
        note.contains("11 of the people drawn still rest at open") && note.contains("2026-01-15 23:00"),
        "{note}"
    );
    assert!(plan::markdown(&plan).contains("| 11 until 2026-01-15 |"));
    // Nothing of it is in the hash: when somebody was last asked is no part of what the campaign is.
    assert_eq!(plan.hash, planned(&place, &BTreeMap::new()).hash);
    let lines = plan::compare(&planned(&place, &BTreeMap::new()), &plan).join("\n");
    assert!(lines.contains("`top`, waiting for the end of their rest: 0 → 11"), "{lines}");
    assert_eq!(plan::parse(&plan::yaml(&plan)).unwrap(), plan);
}

#[test]
fn nobody_waits_and_everybody_waits() {
    let place = place();
    let none = planned(&place, &BTreeMap::new());
    assert!(!none.warnings.iter().any(|w| w.get("en").contains("delay")), "{:?}", none.warnings);
    let ends = (0..80).map(|i| (format!("k{i}"), at("2026-01-07T02:00:00Z"))).collect();
    let all = planned(&place, &ends);
    let expected = [
        (50, "2026-01-07T10:00", None, "2026-01-07T10:00"),
        (44, "2026-01-10T10:00", None, "2026-01-10T10:00"),
    ];
    assert_eq!(spans(&all), expected);
    assert!(!all.warnings.iter().any(|w| w.get("en").contains("after close")), "{:?}", all.warnings);
    // Where no store tells, the plan says that some may wait.
    let reading = frame::read(&place.checked, place.folder(), SEED, &History::default()).unwrap();
    let unknown = plan::make(&place.checked, &reading.summary, SEED);
    assert!(
        unknown.warnings.iter().any(|w| w.get("en").contains("whoever still rests")),
        "{:?}",
        unknown.warnings
    );
}

/// Of 50 invitations 39 leave at once, and 11 as rests end between the 7th and the 16th; seven in eight are reminded three
/// days later. No day sees a message that nobody is due for.
#[test]
fn a_calendar_counts_those_who_wait_when_they_are_asked() {
    let place = place();
    let mut ends: BTreeMap<String, Timestamp> =
        (40..50).map(|i| (format!("k{i}"), at("2026-01-07T02:00:00Z"))).collect();
    ends.insert("k50".to_owned(), at("2026-01-15T15:00:00Z"));
    let planned = |ends: &BTreeMap<String, Timestamp>| Planned {
        spec: "wave.survey".to_owned(),
        plan: planned(&place, ends),
        list: "customers.csv".to_owned(),
        rest: Some(30),
        unknown: None,
    };
    let of = |one: Planned| -> BTreeMap<String, u64> {
        let shown = calendar(vec![one], Vec::new(), &mut |_, _| None);
        shown.days.iter().map(|d| (d.date.to_string(), d.messages)).collect()
    };
    let days = of(planned(&ends));
    let sent = |from: &str, to: &str| -> u64 {
        days.iter().filter(|(day, _)| (from..=to).contains(&day.as_str())).map(|(_, n)| n).sum()
    };
    assert_eq!(sent("2026-01-01", "2026-12-31"), 50 + 44, "{days:?}");
    assert_eq!((days.get("2026-01-05"), days.get("2026-01-06")), (Some(&39), None), "{days:?}");
    // Two days on which only invitations leave, then the reminders of those who were asked at once.
    let first = sent("2026-01-07", "2026-01-07");
    assert!((1..=11).contains(&first) && days["2026-01-08"] >= 34, "{days:?}");
    assert_eq!(sent("2026-01-17", "2026-01-31"), sent("2026-01-17", "2026-01-19"), "{days:?}");
    assert!(sent("2026-01-19", "2026-01-19") > 0, "the last one is reminded: {days:?}");
    // Without anybody who waits there are two days.
    assert_eq!(
        of(planned(&BTreeMap::new())),
        [("2026-01-05".to_owned(), 50), ("2026-01-08".to_owned(), 44)].into()
    );
}

/// Everybody waits: the first message leaves after the rest, but the campaign still is too close to the one before.
#[test]
fn a_calendar_still_tells_of_a_clash_where_everybody_waits() {
    let place = place();
    let ends = (0..80).map(|i| (format!("k{i}"), at("2026-01-25T02:00:00Z"))).collect();
    let later = planned(&place, &ends);
    let mut earlier = planned(&place, &BTreeMap::new());
    earlier.campaign = "before".to_owned();
    for step in &mut earlier.steps {
        for moment in [&mut step.first, &mut step.last] {
            *moment = Some("2025-12-20T09:00:00+08:00".to_owned());
        }
    }
    let one = |spec: &str, plan: Plan| Planned {
        spec: spec.to_owned(),
        plan,
        list: "customers.csv".to_owned(),
        rest: Some(30),
        unknown: None,
    };
    let both = vec![one("a.survey", earlier), one("b.survey", later)];
    let shown = calendar(both, Vec::new(), &mut |_, _| Some(50));
    assert_eq!(shown.clashes.len(), 1, "{:?}", shown.clashes);
    assert_eq!((shown.clashes[0].days, shown.clashes[0].people), (16, Some(50)));
}

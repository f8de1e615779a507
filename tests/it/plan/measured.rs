//! What events tell of measures: sums by person over two windows, against the definition, event by event.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use canvass::frame::windows::{Short, Windows};
use canvass::frame::{EventAsk, EventTold, Found, History, PersonSums, Place as Lists, measured};
use canvass::model::checked::{EventFigure, EventPromise, Text};
use canvass::score::method::resample::Random;
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::proptest;
use proptest::test_runner::Config;

use super::support::Place;

const SPEC: &str = r#"campaign c {
  title "满意度" / "Satisfaction"; languages zh, en; timezone "Asia/Shanghai"; owner "cx@example.com"
}
frame customers {
  source "customers.csv"; key id; email email
  field tier : one of gold "金卡" / "Gold", silver "银卡" / "Silver"
  field gone : yes_no
  exclude "已注销" / "Gone" where gone
}
events tickets {
  source "tickets.csv"; key id; person who; at closed
  field resolved : yes_no; field minutes : number
}
stratum best "金卡" / "Gold" { where tier = gold; sample all }
stratum rest "其他" / "Others" { sample all }
section main "服务" / "Service" {
  question overall : csat required { text "您满意吗？" / "Are you satisfied?" }
}
channel mail : email { from "团队" / "Team" at "cx@example.com"; subject "请评价" / "Please rate" }
schedule { open 2026-01-05 09:00; close 2026-01-31 18:00; hours 09:00..20:00; invite via mail }
"#;
const DUE: Date = date(2026, 3, 2);
const FROM: Date = date(2026, 3, 16);

fn pick(random: &mut Random, n: u64) -> u64 {
    random.below(n as usize) as u64
}

/// An event as the test knows it.
struct Event {
    key: u64,
    who: u64,
    /// Days after the first of January, and hour; nothing where the cell is no moment.
    at: Option<(i64, i8)>,
    resolved: Option<bool>,
    minutes: Option<f64>,
}

fn day_of(days: i64) -> Date {
    date(2026, 1, 1).checked_add(days.days()).unwrap()
}

fn tickets(random: &mut Random, n: u64, days: i64) -> (Vec<Event>, String) {
    let mut file = "id,who,closed,resolved,minutes,note\n".to_owned();
    let mut all = Vec::new();
    for i in 0..n {
        let event = Event {
            // Some keys come twice.
            key: if pick(random, 20) == 0 { pick(random, n) } else { i },
            who: pick(random, 44),
            at: (pick(random, 15) > 0).then(|| (pick(random, days as u64) as i64, pick(random, 24) as i8)),
            resolved: [None, Some(true), Some(true), Some(false)][random.below(4)],
            minutes: (pick(random, 6) > 0).then(|| pick(random, 400) as f64 / 8.0),
        };
        let way = random.below(3);
        let at = event.at.map_or(["", "2026-03-01", "soon"][way].to_owned(), |(day, hour)| {
            let local = day_of(day).at(hour, 30, 0, 0);
            match way {
                0 => local.in_tz("Asia/Shanghai").unwrap().timestamp().to_string(),
                _ => local.strftime("%Y-%m-%d %H:%M").to_string(),
            }
        });
        let resolved =
            event.resolved.map_or(["", "perhaps"][random.below(2)], |yes| if yes { "yes" } else { "no" });
        let minutes = event.minutes.map_or_else(|| "many".to_owned(), |m| m.to_string());
        writeln!(file, "t{},p{},{at},{resolved},{minutes},x", event.key, event.who).unwrap();
        all.push(event);
    }
    (all, file)
}

/// People `p0..p39`; of `p40..` the list knows nothing.
fn customers(random: &mut Random) -> (BTreeMap<u64, (bool, bool)>, String) {
    let mut file = "id,email,tier,gone\n".to_owned();
    let mut all = BTreeMap::new();
    for i in 0..40 {
        let (gold, gone) = (random.below(3) == 0, random.below(8) == 0);
        let tier = if gold { "gold" } else { ["silver", ""][random.below(2)] };
        writeln!(file, "p{i},p{i}@example.com,{tier},{}", if gone { "yes" } else { "no" }).unwrap();
        all.insert(i, (gold, gone));
    }
    // A key that comes twice is that of the earlier row.
    file.push_str("p0,again@example.com,gold,yes\n");
    (all, file)
}

fn ask(place: &Place, figure: EventFigure, stratum: Option<usize>) -> EventAsk {
    EventAsk {
        action: "measure".to_owned(),
        title: Text::default(),
        events: place.checked.events[0].clone(),
        promise: EventPromise { source: 0, figure, by: -0.2, relative: true },
        stratum,
        due: DUE,
        from: FROM,
    }
}

fn read(place: &Place, now: &str, asks: &[EventAsk]) -> Vec<EventTold> {
    let history = History::default();
    let lists = Lists { checked: &place.checked, folder: place.folder(), seed: 7, history: &history };
    measured(lists, now.parse().unwrap(), asks)
}

/// The windows by their definition, tried week by week.
fn longest(first: Date, last: Date, today: Date) -> Option<i64> {
    (1..=52).rev().find(|weeks| {
        let (start, end) = (DUE - (7 * weeks).days(), FROM + (7 * weeks).days());
        start > first && end <= last && end <= today
    })
}

fn expected(
    events: &[Event],
    people: &BTreeMap<u64, (bool, bool)>,
    (figure, gold): (EventFigure, Option<bool>),
    weeks: i64,
) -> (Vec<PersonSums>, u64, u64) {
    let mut sums: BTreeMap<u64, PersonSums> = BTreeMap::new();
    let (mut missing, mut bad) = (0, 0);
    let mut seen = BTreeSet::new();
    for event in events {
        let (Some((day, _)), Some((is_gold, gone))) = (event.at, people.get(&event.who)) else {
            bad += 1;
            continue;
        };
        if !seen.insert(event.key) {
            bad += 1;
            continue;
        }
        let day = day_of(day);
        let before = DUE - (7 * weeks).days() <= day && day < DUE;
        let after = FROM <= day && day < FROM + (7 * weeks).days();
        if *gone || gold.is_some_and(|gold| gold != *is_gold) || !(before || after) {
            continue;
        }
        let value = match figure {
            EventFigure::Count => Some(0.0),
            EventFigure::Share(_) => event.resolved.map(|yes| if yes { 1.0 } else { 0.0 }),
            EventFigure::Mean(_) => event.minutes,
        };
        let Some(value) = value else {
            missing += 1;
            continue;
        };
        let one = sums.entry(event.who).or_default();
        let side = if before { &mut one.before } else { &mut one.after };
        *side = (side.0 + 1, side.1 + value);
    }
    (sums.into_values().collect(), missing, bad)
}

fn sorted(mut people: Vec<PersonSums>) -> Vec<String> {
    people.retain(|p| p.before.0 + p.after.0 > 0);
    let mut texts: Vec<String> = people.iter().map(|p| format!("{p:?}")).collect();
    texts.sort();
    texts
}

fn is_as_defined(seed: u64, n: u64, days: i64, now: &str) {
    let mut random = Random::new(seed);
    let (people, list) = customers(&mut random);
    let (events, file) = tickets(&mut random, n, days);
    let place = Place::with(SPEC, &[("customers.csv", &list), ("tickets.csv", &file)]);
    let shapes = [
        (EventFigure::Count, None),
        (EventFigure::Share(0), None),
        (EventFigure::Mean(1), None),
        (EventFigure::Count, Some(0)),
        (EventFigure::Mean(1), Some(1)),
    ];
    let asks: Vec<EventAsk> = shapes.iter().map(|(figure, stratum)| ask(&place, *figure, *stratum)).collect();
    let now_at: Timestamp = now.parse().unwrap();
    let known = events.iter().filter_map(|e| e.at).map(|(day, hour)| day_of(day).at(hour, 30, 0, 0));
    let until = now_at.in_tz("Asia/Shanghai").unwrap();
    let days: BTreeSet<Date> = known.filter(|at| *at <= until.datetime()).map(|at| at.date()).collect();
    let told = read(&place, now, &asks);
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        assert!(told.iter().all(|one| one.found == Found::Nothing));
        return;
    };
    for (one, (figure, stratum)) in told.iter().zip(shapes) {
        assert_eq!(one.days, Some((*first, *last)));
        let Some(weeks) = longest(*first, *last, until.date()) else {
            assert!(matches!(one.found, Found::Short(_)), "{:?}", one.found);
            continue;
        };
        let Found::Sums(windows, sums) = &one.found else { panic!("{weeks} weeks: {:?}", one.found) };
        assert_eq!(windows.weeks, weeks);
        let (people, missing, bad) = expected(&events, &people, (figure, stratum.map(|s| s == 0)), weeks);
        assert_eq!(sorted(sums.people.clone()), sorted(people), "{figure:?} {stratum:?}");
        assert_eq!((sums.missing, one.rows), (missing, Some((n, bad))), "{figure:?} {stratum:?}");
    }
}

proptest! {
    #![proptest_config(Config { cases: 24, failure_persistence: None, max_shrink_iters: 20, ..Config::default() })]

    #[test]
    fn sums_are_those_of_the_definition(seed in 0..u64::MAX, n in 0..400_u64, days in 60..160_i64) {
        is_as_defined(seed, n, days, "2026-05-20T10:00:00+08:00");
        is_as_defined(seed, n, days, "2026-04-02T10:00:00+08:00");
    }

    #[test]
    fn windows_are_the_longest_that_events_cover(first in -400..80_i64, last in 0..500_i64, today in 0..500_i64) {
        let (first, last, today) = (day_of(first), day_of(last), day_of(today));
        let found = Windows::new((DUE, FROM), (first, last), today);
        assert_eq!(found.ok().map(|w| w.weeks), longest(first, last, today));
        if let Ok(windows) = found {
            assert_eq!(windows.before.1, DUE.yesterday().unwrap());
            assert_eq!(windows.after.0, FROM);
            let long = |(a, b): (Date, Date)| i64::from((b - a).get_days()) + 1;
            assert_eq!((long(windows.before), long(windows.after)), (7 * windows.weeks, 7 * windows.weeks));
        }
    }
}

#[test]
fn what_is_too_short_says_what_is_needed() {
    let at = |first, last, today| Windows::new((DUE, FROM), (first, last), today);
    assert_eq!(at(date(2026, 2, 23), date(2026, 6, 1), date(2026, 6, 1)), Err(Short::Past));
    assert_eq!(
        at(date(2026, 1, 1), date(2026, 3, 22), date(2026, 6, 1)),
        Err(Short::Future(date(2026, 3, 23)))
    );
    assert!(at(date(2026, 2, 22), date(2026, 3, 23), date(2026, 3, 23)).is_ok());
    assert_eq!(at(date(2020, 1, 1), date(2029, 1, 1), date(2029, 1, 1)).unwrap().weeks, 52);
    // The ends of the calendar are no reason to stop.
    assert!(Windows::new((Date::MIN, Date::MAX), (Date::MIN, Date::MAX), Date::MAX).is_err());
    assert!(Windows::new((Date::MAX, Date::MAX), (Date::MIN, Date::MAX), Date::MAX).is_err());
}

/// Where events are drawn, a stratum's events are those that the draw takes: each as of its own day.
#[test]
fn strata_of_events_are_asked_event_by_event() {
    let fresh = SPEC
        .replace("field gone", "field joined : date; field gone")
        .replace("where tier = gold; sample all", "where joined within 30 days; sample all");
    let after = "invite via mail 24 hours after tickets within 48 hours }";
    let drawn = fresh.replace("invite via mail }", after);
    assert_ne!(fresh, drawn);
    let list =
        "id,email,tier,gone,joined\np1,a@example.com,gold,no,2026-02-10\np2,b@example.com,,no,2025-12-20\n";
    let file = "id,who,closed,resolved,minutes\n\
        a,p1,2026-02-01 10:00,yes,1\nb,p1,2026-02-24 10:00,yes,1\nc,p2,2026-02-24 10:00,no,1\n\
        d,p2,2026-03-18 10:00,yes,1\ne,p2,2026-03-19 10:00,no,1\nf,p2,2026-03-19 10:00,,1\n\
        g,p1,2026-03-20 23:30,yes,1\nh,p1,2026-03-30 10:00,yes,1\n";
    let counts = |spec: &str| {
        let place = Place::with(spec, &[("customers.csv", list), ("tickets.csv", file)]);
        let asks = [Some(0), Some(1), None].map(|stratum| ask(&place, EventFigure::Count, stratum));
        let told = read(&place, "2026-05-01T00:00:00Z", &asks);
        let one = |one: &EventTold| {
            let Found::Sums(windows, sums) = &one.found else { panic!("{:?}", one.found) };
            assert_eq!(windows.weeks, 2);
            let all = |side: fn(&PersonSums) -> u64| sums.people.iter().map(side).sum::<u64>();
            (all(|p| p.before.0), all(|p| p.after.0))
        };
        told.iter().map(one).collect::<Vec<_>>()
    };
    // On 24 February p1 is fresh, on no day after the measure anybody; at open p2 is, and p1 has not joined.
    assert_eq!(counts(&drawn), [(1, 0), (1, 4), (2, 4)]);
    assert_eq!(counts(&fresh), [(1, 3), (1, 1), (2, 4)]);
}

/// A source that is gone, or that has no such columns, is a result, and tells no folder of this machine.
#[test]
fn what_can_not_be_read_is_said() {
    let place = Place::with(SPEC, &[("customers.csv", "id,email,tier,gone\np1,a@example.com,gold,no\n")]);
    let asks = [ask(&place, EventFigure::Count, None)];
    let said = |place: &Place| match &read(place, "2026-05-01T00:00:00Z", &asks)[0].found {
        Found::Unreadable(why) => why.clone(),
        other => panic!("{other:?}"),
    };
    assert!(said(&place).contains("`tickets.csv` can't be opened"), "{}", said(&place));
    assert!(!said(&place).contains(&place.folder().display().to_string()), "{}", said(&place));
    place.write("tickets.csv", b"id,who\n1,p1\n");
    assert!(said(&place).contains("closed"), "{}", said(&place));
    place.write("tickets.csv", b"");
    assert!(said(&place).contains("tickets"), "{}", said(&place));
    let rows = "id,who,closed,resolved,minutes\na,p1,2026-01-01 10:00,yes,1\nb,p1,2026-04-30 10:00,yes,1\n";
    place.write("tickets.csv", rows.as_bytes());
    std::fs::remove_file(place.folder().join("customers.csv")).unwrap();
    assert!(said(&place).contains("`customers.csv` can't be opened"), "{}", said(&place));
    // All on one day, none at all, and none readable.
    place.write("tickets.csv", b"id,who,closed,resolved,minutes\na,p1,2026-01-01 10:00,yes,1\n");
    let found = |place: &Place| read(place, "2026-05-01T00:00:00Z", &asks)[0].found.clone();
    assert_eq!(found(&place), Found::Short(Short::Future(date(2026, 3, 23))));
    for rows in ["", "a,p1,soon,yes,1\n", "a,p1,2026-06-01 10:00,yes,1\n"] {
        place.write("tickets.csv", format!("id,who,closed,resolved,minutes\n{rows}").as_bytes());
        assert_eq!(found(&place), Found::Nothing, "{rows}");
    }
}

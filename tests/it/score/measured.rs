//! Events before and after a measure: R's `survey` with people as clusters, sampling itself, and odd events.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::Command;

use canvass::frame::windows::Windows;
use canvass::frame::{EventAsk, EventSums, EventTold, Found, PersonSums};
use canvass::model::checked::{Action, EventFigure, EventPromise, Events, Field, FieldKind, Promise, Text};
use canvass::score::compare::Reason;
use canvass::score::compare::measures::{Told, measures, measures_of_events};
use canvass::score::method::before_after::{Fault, Person, count, mean};
use canvass::score::method::resample::Random;
use canvass::score::types::Verdict;
use jiff::civil::date;

use super::build::Builder;
use super::differences::wave;
use crate::support::scratch::Scratch;

/// An event: whose, whether after, and what it says.
type Event = (usize, bool, Option<f64>);

fn unit(random: &mut Random) -> f64 {
    random.uniform()
}

/// How many events with this many to be expected.
fn poisson(random: &mut Random, expected: f64) -> usize {
    let (limit, mut product, mut n) = ((-expected).exp(), unit(random), 0);
    while product > limit {
        product *= unit(random);
        n += 1;
    }
    n
}

/// People whose rates differ twentyfold, and who say alike things.
fn events(random: &mut Random, people: usize, factor: f64, shift: f64) -> Vec<Event> {
    let mut all = Vec::new();
    for person in 0..people {
        let rate = 0.2 + 4.0 * unit(random).powi(3);
        let own = 20.0 * unit(random);
        for after in [false, true] {
            for _ in 0..poisson(random, if after { rate * factor } else { rate }) {
                let y = 10.0 + own + 5.0 * unit(random) + if after { shift } else { 0.0 };
                all.push((person, after, (unit(random) > 0.1).then_some((y * 64.0).round() / 64.0)));
            }
        }
    }
    all
}

/// Counts and sums by person, only of events with a value or of all.
fn summed(events: &[Event], all: bool) -> Vec<Person> {
    let mut people: BTreeMap<usize, Person> = BTreeMap::new();
    for (person, after, y) in events {
        let Some(y) = y.or(all.then_some(0.0)) else { continue };
        let one = people.entry(*person).or_default();
        let side = if *after { &mut one.after } else { &mut one.before };
        *side = (side.0 + 1.0, side.1 + y);
    }
    people.into_values().collect()
}

#[test]
fn r_agrees_on_events_of_every_shape() {
    let folder = Scratch::new("measures");
    let mut files = Vec::new();
    let mut ours: BTreeMap<String, f64> = BTreeMap::new();
    for (i, (people, factor, shift)) in
        [(12, 1.0, 0.0), (80, 0.7, -3.0), (300, 1.4, 2.0)].into_iter().enumerate()
    {
        let all = events(&mut Random::new(41 + i as u64), people, factor, shift);
        let mut file = "person,after,y\n".to_owned();
        for (person, after, y) in &all {
            let y = y.map_or_else(String::new, |y| y.to_string());
            writeln!(file, "{person},{},{y}", u8::from(*after)).unwrap();
        }
        files.push(folder.write(&format!("e{i}.csv"), file));
        let (people, known) = (summed(&all, true), summed(&all, false));
        for (name, change) in
            [("count", count(&people)), ("mean", mean(&known, false)), ("relative", mean(&known, true))]
        {
            let test = change.test.unwrap();
            for (what, value) in [
                ("value", change.difference.unwrap()),
                ("error", test.error),
                ("low", test.low),
                ("high", test.high),
                ("p", test.p),
            ] {
                ours.insert(format!("e{i} {name}.{what}"), value);
            }
        }
        let ratio = count(&people).difference.unwrap() + 1.0;
        ours.insert(format!("e{i} count.ratio"), ratio);
        ours.insert(format!("e{i} count.ratio_error"), ratio * count(&people).test.unwrap().error);
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/score/live/measures.R");
    let done = Command::new("Rscript").arg("--vanilla").arg(script).args(&files).output();
    let done = done.expect("Rscript runs; `tests/needs.sh` brings it");
    assert!(done.status.success(), "R stopped: {}", String::from_utf8_lossy(&done.stderr));
    let text = String::from_utf8(done.stdout).unwrap();
    let theirs: BTreeMap<String, f64> = text
        .lines()
        .map(|line| {
            let [file, name, value] = line.split_whitespace().collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            (format!("{file} {name}"), value.parse().unwrap())
        })
        .collect();
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (name, ours) in &ours {
        let off = (ours - theirs[name]).abs() / theirs[name].abs().max(1e-3);
        assert!(off < 1e-8, "{name}: {ours}, R has {}", theirs[name]);
    }
}

/// Of 400 draws the interval holds the truth in 95 of 100, though the same people have many events and some have none.
#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    let mut random = Random::new(5);
    let mut held = [0_u32; 2];
    for _ in 0..400 {
        let all = events(&mut random, 120, 0.8, -2.0);
        let held_by = |test: canvass::score::method::test::TTest, truth: f64| {
            u32::from(test.low <= truth && truth <= test.high)
        };
        held[0] += held_by(count(&summed(&all, true)).test.unwrap(), -0.2);
        held[1] += held_by(mean(&summed(&all, false), false).test.unwrap(), -2.0);
    }
    // 380 are to be expected, with a standard deviation of 4.4.
    assert!(held.iter().all(|n| (364..=394).contains(n)), "{held:?}");
}

/// Events and their sum.
type Side = (u64, f64);

fn persons(all: &[(Side, Side)]) -> Vec<Person> {
    let side = |(n, sum): Side| (n as f64, sum);
    all.iter().map(|(before, after)| Person { before: side(*before), after: side(*after) }).collect()
}

#[test]
fn odd_events_have_an_answer_each() {
    let none = (0, 0.0);
    assert_eq!(count(&[]).test.unwrap_err(), Fault::Empty);
    let late = persons(&[(none, (2, 0.0)), (none, (1, 0.0))]);
    assert_eq!((count(&late).difference, count(&late).test.unwrap_err()), (None, Fault::NoneBefore));
    let one = persons(&[((4, 0.0), (2, 0.0))]);
    assert_eq!((count(&one).difference, count(&one).test.unwrap_err()), (Some(-0.5), Fault::OnePerson));
    let alike = persons(&[((2, 0.0), (1, 0.0)); 9]);
    assert_eq!(count(&alike).test.unwrap_err(), Fault::Alike);
    // None are left: as if one person more had one, ln(1/40) with the error √(21/20 · (1 + 20/20²)) and 20 degrees of freedom.
    let gone = persons(&[((2, 0.0), none); 20]);
    let change = count(&gone);
    let test = change.test.unwrap();
    let error = (21.0 / 20.0 * (1.0 + 20.0 / 400.0_f64)).sqrt();
    assert!((test.error - error).abs() < 1e-12 && (test.df - 20.0).abs() < 1e-12, "{test:?}");
    // The quantile of Student's t with 20 degrees of freedom is 2.085963.
    let high = (2.085_963_447 * error).exp() / 40.0 - 1.0;
    assert!(
        (test.high - high).abs() < 1e-6 && test.low == -1.0 && change.difference == Some(-1.0),
        "{test:?}"
    );

    for relative in [false, true] {
        let of = |all: &[(Side, Side)]| mean(&persons(all), relative).test;
        assert_eq!(of(&[]).unwrap_err(), Fault::Empty);
        assert_eq!(of(&[((1, 3.0), none), ((1, 4.0), none)]).unwrap_err(), Fault::Empty);
        assert_eq!(of(&[(none, (1, 3.0)), (none, (1, 4.0))]).unwrap_err(), Fault::Empty);
        // Everybody says the same after: a spread of nothing.
        assert_eq!(of(&[((1, 3.0), (1, 1.0)), ((1, 4.0), (1, 1.0))]).unwrap_err(), Fault::Alike);
        assert_eq!(of(&[((1, 3.0), (2, 1.0)), ((1, 4.0), none)]).unwrap_err(), Fault::OnePerson);
    }
    let around = persons(&[((1, -3.0), (1, 1.0)), ((1, 2.0), (1, 2.0))]);
    assert_eq!(mean(&around, true).test.unwrap_err(), Fault::NotAbove);
    assert!(mean(&around, false).test.is_ok());
}

fn windows() -> Windows {
    Windows {
        weeks: 2,
        before: (date(2026, 2, 1), date(2026, 2, 14)),
        after: (date(2026, 3, 1), date(2026, 3, 14)),
    }
}

fn told(figure: EventFigure, (by, relative): (f64, bool), people: Vec<PersonSums>) -> EventTold {
    EventTold {
        asked: EventAsk {
            action: "better".to_owned(),
            title: Text::default(),
            events: Events {
                name: "tickets".to_owned(),
                source: String::new(),
                key: String::new(),
                person: String::new(),
                at: String::new(),
                fields: vec![Field {
                    name: "resolved".to_owned(),
                    title: Text::default(),
                    kind: FieldKind::YesNo,
                }],
            },
            promise: EventPromise { source: 0, figure, by, relative },
            stratum: None,
            due: date(2026, 2, 15),
            from: date(2026, 3, 1),
        },
        days: Some((date(2026, 1, 1), date(2026, 5, 1))),
        rows: Some((9, 0)),
        found: Found::Sums(windows(), EventSums { people, missing: 0 }),
    }
}

fn many(people: usize, before: (u64, f64), after: (u64, f64)) -> Vec<PersonSums> {
    // Every other person has one more before, so that people differ.
    let one = |i: usize| PersonSums { before: (before.0 + (i as u64) % 2, before.1), after };
    (0..people).map(one).collect()
}

#[test]
fn a_promise_of_events_comes_true_does_not_or_stays_open() {
    let mut campaign = Builder::new(&[("all", 10)]);
    campaign.checked.analysis.hide_below = 10;
    let verdict = |figure, promise, people: Vec<PersonSums>| {
        let found = measures_of_events(&campaign.checked, &[told(figure, promise, people)]);
        (found[0].verdict, found[0].contrast.reason, found[0].clone())
    };
    let count = |by, people| verdict(EventFigure::Count, (by, true), people);
    // 100 people have 250 before and 100 after: 60 % fewer, and hardly any doubt.
    let fewer = || many(100, (2, 0.0), (1, 0.0));
    let (found, _, result) = count(-0.2, fewer());
    assert_eq!(
        (found, result.contrast.value, result.contrast.other),
        (Verdict::Met, Some(100.0), Some(250.0))
    );
    assert_eq!((result.contrast.n, result.contrast.n_other), (Some(100), Some(100)));
    assert_eq!(result.score, "count(tickets)");
    assert!((result.contrast.difference.unwrap() + 0.6).abs() < 1e-12);
    assert_eq!(count(-0.8, fewer()).0, Verdict::NotMet);
    assert_eq!(count(-0.6, fewer()).0, Verdict::NotDecided);
    assert_eq!(count(0.1, fewer()).0, Verdict::NotMet);
    // None left is the best that can come of it, and the promise is kept.
    assert_eq!(count(-0.5, many(100, (2, 0.0), (0, 0.0))).0, Verdict::Met);
    let (found, reason, result) = count(-0.5, Vec::new());
    assert_eq!((found, reason), (Verdict::NotDecided, Some(Reason::Empty)));
    assert_eq!(result.events.unwrap().counts, Some((0, 0)));
    let none_before: Vec<PersonSums> =
        (0..20).map(|_| PersonSums { before: (0, 0.0), after: (1, 0.0) }).collect();
    assert_eq!(count(0.5, none_before).1, Some(Reason::NoneBefore));
    // Nine people are too few to be shown, in either window.
    for people in [many(9, (2, 0.0), (1, 0.0)), many(9, (2, 0.0), (0, 0.0))] {
        let (found, reason, result) = count(-0.2, people);
        assert_eq!((found, reason), (Verdict::Hidden, Some(Reason::Hidden)));
        let behind = result.events.unwrap();
        assert_eq!((behind.counts, behind.missing, result.contrast.value), (None, None, None));
    }

    // Shares rise by points: from 1/4 to 3/4 of two events each.
    let share: Vec<PersonSums> = (0..200_u32)
        .map(|i| PersonSums {
            before: (2, f64::from(u8::from(i % 2 == 0))),
            after: (2, 1.0 + f64::from(u8::from(i % 2 == 0))),
        })
        .collect();
    let share = |by| verdict(EventFigure::Share(0), (by, false), share.clone());
    let (found, _, result) = share(0.4);
    assert_eq!((found, result.score.as_str()), (Verdict::NotDecided, "share(tickets.resolved)"));
    // d is the same for everybody: as one falls short before, it does after.
    assert_eq!(result.contrast.reason, Some(Reason::Alike));
    assert_eq!((result.contrast.other, result.contrast.value), (Some(0.25), Some(0.75)));
}

#[test]
fn promises_of_scores_and_events_are_one_family() {
    let mut campaign = Builder::new(&[("all", 10_000)]);
    for i in 0..40_u32 {
        campaign.person(
            0,
            "east",
            Some(super::answers(&[("a", f64::from(1 + i % 5)), ("b", 3.0), ("nps", 5.0)])),
        );
    }
    campaign.checked.analysis.hide_below = 1;
    for response in campaign.responses.iter_mut().skip(20) {
        for at in [&mut response.started_at, &mut response.updated_at] {
            *at += jiff::SignedDuration::from_hours(24 * 60);
        }
        response.completed_at =
            response.completed_at.map(|at| at + jiff::SignedDuration::from_hours(24 * 60));
    }
    let action = |name: &str, improves| Action {
        name: name.to_owned(),
        title: Text::default(),
        stratum: None,
        improves: Some(improves),
        impact: None,
        difficulty: None,
        owner: None,
        due: Some(date(2026, 2, 15)),
        status: None,
        verify_days: None,
    };
    let events =
        |by| Promise::Events(EventPromise { source: 0, figure: EventFigure::Count, by, relative: true });
    let mut dropped = action("dropped", events(-0.1));
    dropped.status = Some("dropped".to_owned());
    campaign.checked.actions = vec![
        action("score", Promise::Score(0, 3.0)),
        action("better", events(-0.2)),
        dropped,
        action("unread", events(-0.2)),
    ];
    let wave = wave(&campaign);
    // `better` is `told`, of `unread` nothing is known.
    let one = told(EventFigure::Count, (-0.2, true), many(60, (2, 0.0), (2, 0.0)));
    let found = measures(&Told::One(&wave), &[one]);
    let names: Vec<&str> = found.iter().map(|m| m.action.as_str()).collect();
    assert_eq!(names, ["score", "better"]);
    let p: Vec<f64> = found.iter().map(|m| m.contrast.p.unwrap()).collect();
    let adjusted: Vec<f64> = found.iter().map(|m| m.contrast.p_adjusted.unwrap()).collect();
    // Holm over both: the smaller p twice, the larger at least that.
    let (small, large) = if p[0] < p[1] { (0, 1) } else { (1, 0) };
    assert!((adjusted[small] - (2.0 * p[small]).min(1.0)).abs() < 1e-12, "{p:?} {adjusted:?}");
    assert!((adjusted[large] - p[large].max(adjusted[small])).abs() < 1e-12, "{p:?} {adjusted:?}");
}

/// Measures of the wave before are found by the names of this wave's lists, whatever stood where then.
#[test]
fn measures_of_the_wave_before_are_asked_of_the_events_of_this_one() {
    let tickets = told(EventFigure::Count, (-0.2, true), Vec::new()).asked.events;
    let other = Events { name: "other".to_owned(), ..tickets.clone() };
    let field = |name: &str| Field { name: name.to_owned(), title: Text::default(), kind: FieldKind::YesNo };
    let (mut before, mut after) =
        (Builder::new(&[("all", 10)]).checked, Builder::new(&[("all", 10)]).checked);
    let action = |name: &str, figure, source| Action {
        name: name.to_owned(),
        title: Text::default(),
        stratum: None,
        improves: Some(Promise::Events(EventPromise { source, figure, by: 0.1, relative: false })),
        impact: None,
        difficulty: None,
        owner: None,
        due: Some(date(2026, 2, 15)),
        status: None,
        verify_days: Some(7),
    };
    before.events = vec![tickets.clone(), Events { name: "gone".to_owned(), ..tickets.clone() }];
    after.events = vec![other, Events { fields: vec![field("more"), field("resolved")], ..tickets.clone() }];
    before.actions = vec![
        action("named", EventFigure::Share(0), 0),
        action("kept", EventFigure::Share(0), 0),
        action("gone", EventFigure::Count, 1),
    ];
    after.actions = vec![action("named", EventFigure::Count, 0)];
    let found = canvass::score::compare::events::asked(&after, Some(&before));
    let told: Vec<_> =
        found.iter().map(|a| (a.action.as_str(), a.events.name.as_str(), a.promise.figure)).collect();
    assert_eq!(told, [("named", "other", EventFigure::Count), ("kept", "tickets", EventFigure::Share(1))]);
    assert_eq!((found[1].due, found[1].from), (date(2026, 2, 15), date(2026, 2, 22)));
}

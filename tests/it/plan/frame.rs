//! The list: reading, membership, draw, arrivals, events.

use std::collections::BTreeSet;

use canvass::frame::allocate::{completes_for_margin, hamilton, margin};
use canvass::frame::random::{fraction, of_event, of_person};
use canvass::frame::{self, FrameError, History, Reading};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

use super::support::{Place, SPEC, list};

const SEED: u64 = 42;

fn read(place: &Place) -> Reading {
    frame::read(&place.checked, place.folder(), SEED, &History::default()).unwrap()
}

fn refused(place: &Place) -> Vec<String> {
    match frame::read(&place.checked, place.folder(), SEED, &History::default()) {
        Err(error) => error.messages().to_vec(),
        Ok(_) => panic!("should have been refused"),
    }
}

#[test]
fn random_numbers_are_those_of_sha256sum() {
    // printf '%s' '20260105:C000001' | sha256sum | cut -c1-13
    for (key, digits) in [("C000001", "e25ec5c50f5f7"), ("客户7", "5d6419a989850"), (" C1 ", "79dfc798c2290")]
    {
        let number = u64::from_str_radix(digits, 16).unwrap();
        assert_eq!(of_person(20_260_105, key).number, number, "{key}");
        assert!((fraction(number) - number as f64 / 4_503_599_627_370_496.0).abs() < f64::EPSILON);
    }
    // printf '42:C1:T9' | sha256sum | cut -c1-13
    assert_eq!(format!("{:013x}", of_event(42, "C1", "T9").number), "98736492645c7");
}

#[test]
fn hamilton_gives_ties_to_the_earlier() {
    assert_eq!(hamilton(500, &[0.4, 0.5, 0.1]), [200, 250, 50]);
    assert_eq!(hamilton(10, &[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0]), [4, 3, 3]);
    assert_eq!(hamilton(1, &[0.5, 0.5]), [1, 0]);
    assert_eq!(hamilton(7, &[0.1, 0.2, 0.7]), [1, 1, 5]);
    assert_eq!(hamilton(0, &[0.1, 0.9]), [0, 0]);
}

proptest! {
    #[test]
    fn hamilton_keeps_the_total_and_the_quota(total in 0u64..100_000, shares in proptest::collection::vec(1u32..1000, 1..12)) {
        let sum: u32 = shares.iter().sum();
        let shares: Vec<f64> = shares.iter().map(|&s| f64::from(s) / f64::from(sum)).collect();
        let numbers = hamilton(total, &shares);
        prop_assert_eq!(numbers.iter().sum::<u64>(), total);
        for (n, share) in numbers.iter().zip(&shares) {
            prop_assert!((*n as f64 - total as f64 * share).abs() < 1.0 + 1e-6);
        }
    }
}

#[test]
fn sample_sizes_agree_with_cochran() {
    // By hand from z = 1.959964 and 2.575829; 517 is also what samplics gives.
    assert_eq!(completes_for_margin(0.03, 0.95, 1_000_000_000), 1068);
    assert_eq!(completes_for_margin(0.03, 0.95, 1000), 517);
    assert_eq!(completes_for_margin(0.05, 0.95, 10_000), 370);
    assert_eq!(completes_for_margin(0.05, 0.99, 10_000), 623);
    assert_eq!(completes_for_margin(0.05, 0.95, 1), 1);
    assert_eq!(completes_for_margin(0.05, 0.95, 0), 0);
    assert!((margin(1068.0, 0.95, 1_000_000_000).unwrap() - 0.029_99).abs() < 1e-5);
    assert_eq!(margin(5.0, 0.95, 5), Some(0.0));
    assert_eq!(margin(0.0, 0.95, 5), None);
}

#[test]
fn the_first_stratum_takes_and_overlaps_are_counted() {
    let place = Place::new(
        SPEC,
        &list(&[
            // key, email, signed_up, spend, visits
            "a,a@example.com,2026-01-01,900,1", // top spender and new
            "b,b@example.com,2025-01-01,800,9",
            "c,c@example.com,2026-01-02,10,9",
            "d,d@example.com,2025-12-06,10,9", // 30 days before open, still new
            "e,e@example.com,2025-12-05,10,1", // one day too old
        ]),
    );
    let summary = read(&place).summary;
    let populations: Vec<u64> = summary.cells.iter().map(|c| c.population).collect();
    // top 40 % of 5 = 2 rows: a, b; then c, d are new; e is the rest.
    assert_eq!(populations, [2, 2, 1]);
    assert_eq!(summary.overlaps.len(), 1);
    assert_eq!((summary.overlaps[0].takes.as_str(), summary.overlaps[0].also.as_str()), ("top", "fresh"));
    assert_eq!(summary.overlaps[0].count, 1);
    assert_eq!(summary.unmatched, 0);
}

#[test]
fn ties_at_the_cut_are_all_in_and_missing_values_do_not_rank() {
    let place = Place::new(
        SPEC,
        &list(&[
            "a,a@example.com,2025-01-01,50,1",
            "b,b@example.com,2025-01-01,50,1",
            "c,c@example.com,2025-01-01,50,1",
            "d,d@example.com,2025-01-01,20,1",
            "e,e@example.com,2025-01-01,,1",
        ]),
    );
    // 40 % of the four that have a value: rank 2, value 50, three share it.
    assert_eq!(read(&place).summary.cells[0].population, 3);
}

#[test]
fn once_per_address_keeps_the_smallest_random_number() {
    let place = Place::new(
        SPEC,
        &list(&[
            "a,Same@example.com,2025-01-01,,1",
            "b,same@example.com,2025-01-01,,1",
            "c,same@EXAMPLE.com,2025-01-01,,1",
            "d,,2025-01-01,,1",
            "e,,2025-01-01,,1",
        ]),
    );
    let reading = read(&place);
    assert_eq!(reading.summary.once, 2);
    assert_eq!(reading.summary.eligible, 3);
    let smallest = ["a", "b", "c"].into_iter().min_by_key(|k| of_person(SEED, k).number).unwrap();
    let kept: Vec<&str> = reading.drawn.iter().map(|p| p.key.as_str()).collect();
    assert!(kept.contains(&smallest), "{kept:?}");
    // Those without an address stay in the population and are not drawn.
    assert_eq!(reading.summary.cells[2].population, 3);
    assert_eq!(reading.summary.cells[2].no_address, 2);
    assert_eq!(kept, [smallest]);
}

#[test]
fn draw_order_is_by_random_number_whatever_the_order_of_the_list() {
    let rows: Vec<String> = (0..50).map(|i| format!("k{i},k{i}@example.com,2025-01-01,,{i}")).collect();
    let place = Place::new(&SPEC.replace("sample all // rest", "sample 20"), &list(&rows));
    let reading = read(&place);
    let mut expected: Vec<String> = (0..50).map(|i| format!("k{i}")).collect();
    expected.sort_by_key(|k| of_person(SEED, k).number);
    expected.truncate(20);
    let drawn: Vec<String> = reading.drawn.iter().map(|p| p.key.clone()).collect();
    assert_eq!(drawn, expected);
    assert!(reading.drawn.iter().enumerate().all(|(i, p)| p.position == i as u64 && p.cell == 2));

    let mut reversed = rows.clone();
    reversed.reverse();
    let other = Place::new(&SPEC.replace("sample all // rest", "sample 20"), &list(&reversed));
    assert_eq!(read(&other).summary, reading.summary);

    // The digest is that of the keys, each followed by a newline.
    let text = drawn.join("\n") + "\n";
    assert_eq!(reading.summary.cells[2].digest, Some(frame::random::text_digest(&text)));
}

#[test]
fn rest_and_suppression_stay_in_the_population() {
    let place = Place::new(
        SPEC,
        &list(&[
            "a,a@example.com,2025-01-01,,1",
            "b,B@example.com,2025-01-01,,1",
            "c,c@example.com,2025-01-01,,1",
        ]),
    );
    let history = History {
        at_rest: BTreeSet::from(["a".to_owned()]),
        suppressed: BTreeSet::from(["b@example.com".to_owned()]),
        ..History::default()
    };
    let reading = frame::read(&place.checked, place.folder(), SEED, &history).unwrap();
    let cell = &reading.summary.cells[2];
    assert_eq!((cell.population, cell.at_rest, cell.suppressed, cell.drawn), (3, 1, 1, 1));
    assert_eq!(reading.drawn[0].key, "c");
}

#[test]
fn bad_rows_and_cells_are_listed_without_their_text() {
    let place = Place::new(
        SPEC,
        &list(&[
            "a,a@example.com,05.01.2026,1.234,1",
            ",b@example.com,2025-01-01,1,1",
            "a,c@example.com,2025-01-01,1,1",
            "d,d@example.com,2025-01-01,1",
            "e,not-an-address,2025-02-30,1,many",
            "f,f@example.com,2025-01-01,1,1",
        ]),
    );
    let reading = read(&place);
    let problems: Vec<String> = reading.problems.first.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(problems.join("\n"), @r#"
    customers.csv:2: column `signed_up`: not a date as YYYY-MM-DD; counts as missing
    customers.csv:3: column `key`: the key is empty; the row is left out
    customers.csv:4: column `key`: the key stands in an earlier row too; this row is left out
    customers.csv:5: 4 cells where the header has 5; the row is left out
    customers.csv:6: column `email`: not an e-mail address; counts as missing
    customers.csv:6: column `signed_up`: not a date as YYYY-MM-DD; counts as missing
    customers.csv:6: column `visits`: not a whole number; counts as missing
    "#);
    let summary = reading.summary;
    assert_eq!((summary.rows, summary.bad_rows, summary.bad_cells), (6, 3, 4));
    assert_eq!(summary.eligible, 3);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_accepted() {
    let rows = list(&["a,a@example.com,2025-01-01,1,1"]);
    let place = Place::new(SPEC, &rows);
    place.write("customers.csv", format!("\u{feff}{}", rows.replace('\n', "\r\n")).as_bytes());
    assert_eq!(read(&place).summary.eligible, 1);
}

#[test]
fn unusable_lists_say_where_and_what_to_do() {
    let place = Place::new(SPEC, &list(&["a,a@example.com,2025-01-01,1,1"]));
    place.write("customers.csv", b"key,emial,signed_up,spend\n");
    insta::assert_snapshot!(refused(&place).join("\n"), @r#"
    `customers.csv` has no column `email`; did you mean `emial`?
    `customers.csv` has no column `visits`
    columns of `customers.csv`: key, emial, signed_up, spend
    "#);
    place.write("customers.csv", b"");
    insta::assert_snapshot!(refused(&place).join("\n"), @r#"
    frame `customers`: `customers.csv` has no header line
    "#);
}

#[test]
fn an_explicit_number_above_the_population_is_an_error() {
    let rows = list(&["a,a@example.com,2025-01-01,,1", "b,b@example.com,2025-01-01,,1"]);
    let place = Place::new(&SPEC.replace("sample all // rest", "sample 3"), &rows);
    insta::assert_snapshot!(refused(&place).join("\n"), @r#"
    stratum `rest` asks for 3 invitations, but only 2 people are eligible; ask for 2 or fewer, or write `sample all`
    "#);
    let completes = "sample 3 completes expecting 50% response";
    let place = Place::new(&SPEC.replace("sample all // rest", completes), &rows);
    insta::assert_snapshot!(refused(&place).join("\n"), @r#"
    stratum `rest` asks for 3 completes, but only 2 people are eligible; ask for 2 or fewer, or write `sample all`
    "#);
    // Two completes are not above the population; the four invitations they need are capped.
    let completes = "sample 2 completes expecting 50% response";
    let place = Place::new(&SPEC.replace("sample all // rest", completes), &rows);
    assert_eq!(read(&place).summary.cells[2].drawn, 2);
}

#[test]
fn daily_arrivals_come_once_on_the_first_day_that_fits() {
    let mut rows = vec![
        "stock,stock@example.com,2025-12-20,,1".to_owned(), // new at open: arrives on day one
        "later,later@example.com,2026-01-10,,1".to_owned(), // signs up during the campaign
        "after,after@example.com,2026-03-01,,1".to_owned(), // after close
        "old,old@example.com,2025-01-01,,1".to_owned(),     // taken by the rest at open
    ];
    rows.extend((0..100).map(|i| format!("n{i},n{i}@example.com,2026-01-20,,1")));
    let place = Place::new(&SPEC.replace("sample all // fresh", "sample 30% daily"), &list(&rows));
    let day = |d: &str| d.parse().unwrap();
    let all = |known: &BTreeSet<String>, from: &str, to: &str| {
        frame::arrivals(&place.checked, place.folder(), SEED, &History::default(), day(from), day(to), known)
            .unwrap()
    };
    let came = all(&BTreeSet::new(), "2026-01-05", "2026-01-31");
    let days: Vec<(String, String)> = came
        .iter()
        .filter(|a| !a.person.key.starts_with('n'))
        .map(|a| (a.person.key.clone(), a.day.to_string()))
        .collect();
    // `old` and `after` are in the open-ended last stratum at open: known.
    assert_eq!(days, [("stock".to_owned(), "2026-01-05".to_owned())]);
    let _ = all(&BTreeSet::from(["stock".to_owned()]), "2026-01-06", "2026-01-31");
}

#[test]
fn daily_arrivals_over_the_whole_period_equal_those_day_by_day() {
    let mut rows: Vec<String> =
        (1..=28).map(|d| format!("n{d},n{d}@example.com,2026-01-{d:02},,1")).collect();
    rows.push("stock,stock@example.com,2025-12-20,,1".to_owned());
    rows.push("twin,n20@example.com,2026-01-25,,1".to_owned()); // shares an address with n20
    let spec = SPEC
        .replace("sample all // fresh", "sample 30% daily")
        .replace("stratum rest { sample all // rest\n}", "");
    let place = Place::new(&spec, &list(&rows));
    let history = History::default();
    let run = |from: i8, to: i8, known: &BTreeSet<String>| {
        let day = |d| jiff::civil::date(2026, 1, d);
        frame::arrivals(&place.checked, place.folder(), SEED, &history, day(from), day(to), known).unwrap()
    };
    let whole: BTreeSet<(String, i8, bool)> =
        run(5, 31, &BTreeSet::new()).iter().map(|a| (a.person.key.clone(), a.day.day(), a.drawn)).collect();
    let mut known = BTreeSet::new();
    let mut daily = BTreeSet::new();
    for d in 5..=31 {
        for a in run(d, d, &known) {
            assert_eq!(a.drawn, a.person.u < 0.3);
            daily.insert((a.person.key.clone(), a.day.day(), a.drawn));
            known.insert(a.person.key);
        }
    }
    assert_eq!(daily, whole);
    // Everybody but one of the twins, each on its own day, the stock on the first.
    assert_eq!(whole.len(), 29);
    assert!(whole.iter().any(|(k, d, _)| k == "stock" && *d == 5));
    assert!(whole.iter().any(|(k, d, _)| k == "n12" && *d == 12));
    let summary = frame::read(&place.checked, place.folder(), SEED, &history).unwrap().summary;
    assert_eq!(summary.cells[1].population, 29);
    assert_eq!(summary.cells[1].drawn, whole.iter().filter(|(_, _, drawn)| *drawn).count() as u64);
    assert_eq!(summary.unmatched, 0);
}

#[test]
fn events_are_drawn_one_by_one() {
    let place = Place::events();
    let close =
        place.checked.schedule.as_ref().unwrap().close.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    let history = History::default();
    let all = frame::events(&place.checked, place.folder(), SEED, &history, (0, close), (9, &|_| false));
    let all = all.unwrap().events;
    let keys: Vec<&str> = all.iter().map(|e| e.event.as_str()).collect();
    // t0 happened before open; t4 is nobody's; t5 has no moment; t3 is later than t2 though it stands before it.
    assert_eq!(keys, ["t1", "t2", "t3"]);
    assert_eq!(all[0].at.to_string(), "2026-01-06T02:00:00Z"); // 10:00 in Shanghai
    for event in &all {
        let u = fraction(of_event(SEED, &event.person.key, &event.event).number);
        assert!((event.person.u - u).abs() < 1e-15);
        assert_eq!(event.drawn, u < 0.6);
    }
    // What the event says goes with it, for the form and for figures of events.
    assert!(all.iter().all(|e| e.person.fields["topic"] == "x"), "{all:?}");
    // a is asked twice: the unit is the event.
    assert_eq!(all.iter().filter(|e| e.person.key == "a").count(), 2);
    let reading = read(&place);
    assert_eq!(reading.summary.cells[0].population, 3);
    let problems: Vec<String> = reading.problems.first.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(problems.join("\n"), @r#"
    tickets.csv:6: column `who`: no usable row of `customers.csv` has this key; the event is left out
    tickets.csv:7: column `closed`: not a moment as YYYY-MM-DD HH:MM or RFC 3339; the event is left out
    "#);
}

#[test]
fn completes_are_not_for_events() {
    let place = Place::events();
    let mut checked = place.checked.clone();
    checked.strata[0].sample = canvass::model::checked::Sample::Completes { number: 1, response: 0.5 };
    let error = frame::read(&checked, place.folder(), SEED, &History::default()).unwrap_err();
    assert!(matches!(error, FrameError::Spec(_)), "{error}");
}

/// A new stratum takes its people away; whoever of the others was drawn stays drawn, in the same order, and those behind
/// them move up.
#[test]
fn a_new_stratum_reshuffles_nobody() {
    let rows: Vec<String> =
        (0..200).map(|i| format!("k{i},k{i}@example.com,2020-01-01,{i},{}", i % 7)).collect();
    let strata = |more: &str| {
        let (head, rest) = SPEC.split_once("stratum top").unwrap();
        let tail = rest.split("section s").nth(1).unwrap();
        format!(
            "{head}{more}\nstratum some {{ where spend >= 50; sample 60 }}\nstratum rest {{ sample 30% }}\nsection s{tail}"
        )
    };
    let before = Place::new(&strata(""), &list(&rows));
    let after = Place::new(&strata("stratum new { where visits = 3; sample 5 }"), &list(&rows));
    for seed in 0..50 {
        let drawn = |place: &Place, cell: u32| -> Vec<String> {
            let reading = frame::read(&place.checked, place.folder(), seed, &History::default()).unwrap();
            reading.drawn.into_iter().filter(|p| p.cell == cell).map(|p| p.key).collect()
        };
        let taken = |key: &String| key[1..].parse::<usize>().unwrap() % 7 == 3;
        for cell in 0..2 {
            let old: Vec<String> = drawn(&before, cell).into_iter().filter(|k| !taken(k)).collect();
            let new = drawn(&after, cell + 1);
            // A share of fewer people is fewer people.
            let common = old.len().min(new.len());
            assert_eq!(old[..common], new[..common], "seed {seed}");
            assert!(cell == 1 || (new.len() == 60 && common == old.len()), "seed {seed}");
        }
    }
}

//! Who comes into daily strata, counted in blocks, is who comes by the definition: every day anew, over all rows.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use canvass::expr::{CompareOp, Expr, Truth, Value, Var, Window, truth};
use canvass::frame::random::fraction;
use canvass::frame::{self, History};
use canvass::model::Checked;
use canvass::model::checked::Sample;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use proptest::test_runner::Config;

use super::engine::{
    Asked, OPEN, Person, Row, SEED, condition, csv, cut, design, field, number, person, place, same, strata,
    text,
};
use super::support::Place;

/// An arrival: day, cell, number and key, and whether it is drawn.
type Came = (Date, usize, u64, String, bool);

/// Who is eligible on a day, of those whom `keeps` names the first of an address.
pub(super) fn eligible<'p>(
    all: &[&'p Person],
    checked: &Checked,
    day: Date,
    keeps: &BTreeSet<String>,
) -> Vec<&'p Person> {
    let over_all = |var, share| cut(all, var, share);
    let stays = |p: &&Person| {
        let row = Row { person: p, day, cuts: &over_all };
        let exclude = &checked.frame.as_ref().unwrap().exclude;
        !exclude.iter().any(|e| truth(&e.condition, &row) == Truth::True)
    };
    let stay: Vec<&Person> = all.iter().copied().filter(stays).collect();
    if checked.frame.as_ref().unwrap().once_per.is_none() {
        return stay;
    }
    let mut keepers: BTreeMap<String, (bool, u64, &str)> = BTreeMap::new();
    for person in &stay {
        if let Some(email) = &person.email {
            let mine = (!keeps.contains(&person.key), number(person), person.key.as_str());
            let keeper = keepers.entry(email.to_lowercase()).or_insert(mine);
            *keeper = (*keeper).min(mine);
        }
    }
    let keeps = |p: &&Person| p.email.as_ref().is_none_or(|e| keepers[&e.to_lowercase()].2 == p.key);
    stay.into_iter().filter(keeps).collect()
}

/// The stratum that takes a person on a day, its cell, and who else would.
fn taken(
    person: &Person,
    checked: &Checked,
    day: Date,
    cuts: &dyn Fn(Var, f64) -> Option<f64>,
) -> Option<(usize, Option<usize>, Vec<usize>)> {
    let mut first = 0;
    let mut found: Option<(usize, Option<usize>, Vec<usize>)> = None;
    for (index, stratum) in checked.strata.iter().enumerate() {
        let row = Row { person, day: stratum.as_of.unwrap_or(day), cuts };
        let holds = |c: &Option<Expr>| c.as_ref().is_none_or(|c| truth(c, &row) == Truth::True);
        match &mut found {
            None if holds(&stratum.condition) => {
                let part = stratum.parts.iter().position(|p| holds(&p.condition));
                let cell = if stratum.parts.is_empty() { Some(first) } else { part.map(|p| first + p) };
                found = Some((index, cell, Vec::new()));
            }
            Some((_, _, also)) if stratum.condition.is_some() && holds(&stratum.condition) => {
                also.push(index)
            }
            _ => {}
        }
        first += stratum.parts.len().max(1);
    }
    found
}

/// What is counted of a list at open and over the days.
#[derive(Debug, Default, PartialEq)]
struct Expected {
    eligible: u64,
    unmatched: u64,
    overlaps: BTreeMap<(usize, usize), u64>,
    /// Keys of those whom a stratum takes at open that is drawn then.
    launched: BTreeSet<String>,
    came: Vec<Came>,
}

fn daily(sample: Sample) -> Option<f64> {
    if let Sample::DailyShare(share) = sample { Some(share) } else { None }
}

/// Cuts over these people, each worked out once.
pub(super) fn remembered<'a>(people: &'a [&'a Person]) -> impl Fn(Var, f64) -> Option<f64> + 'a {
    let known: RefCell<Vec<(Var, f64, Option<f64>)>> = RefCell::default();
    move |var, share| {
        let found =
            known.borrow().iter().find(|(v, s, _)| *v == var && s.to_bits() == share.to_bits()).map(|c| c.2);
        found.unwrap_or_else(|| {
            let cut = cut(people, var, share);
            known.borrow_mut().push((var, share, cut));
            cut
        })
    }
}

fn by_definition(
    people: &[Person],
    checked: &Checked,
    (from, to): (Date, Date),
    known: &BTreeSet<String>,
) -> Expected {
    let mut expected = Expected::default();
    let mut seen = BTreeSet::new();
    let all: Vec<&Person> =
        people.iter().filter(|p| !p.key.trim().is_empty() && seen.insert(p.key.clone())).collect();
    let at_open = eligible(&all, checked, OPEN, &BTreeSet::new());
    let cuts = remembered(&at_open);
    let mut unmatched = BTreeSet::new();
    for person in &at_open {
        let Some((stratum, _, also)) = taken(person, checked, OPEN, &cuts) else {
            unmatched.insert(person.key.clone());
            continue;
        };
        for also in also {
            *expected.overlaps.entry((stratum, also)).or_default() += 1;
        }
        if daily(checked.strata[stratum].sample).is_none() {
            expected.launched.insert(person.key.clone());
        }
    }
    let mut settled: BTreeSet<String> = &expected.launched | known;
    let mut day = from;
    while day <= to {
        let today = eligible(&all, checked, day, &settled);
        let cuts = remembered(&today);
        let mut came: Vec<Came> = Vec::new();
        for person in today.iter().filter(|p| !settled.contains(&p.key)) {
            let Some((stratum, Some(cell), _)) = taken(person, checked, day, &cuts) else { continue };
            let Some(share) = daily(checked.strata[stratum].sample) else { continue };
            let drawn = fraction(number(person)) < share && person.email.is_some();
            came.push((day, cell, number(person), person.key.clone(), drawn));
        }
        came.sort();
        settled.extend(came.iter().map(|c| c.3.clone()));
        expected.came.append(&mut came);
        day = day.tomorrow().unwrap();
    }
    expected.eligible = at_open.len() as u64;
    expected.unmatched = unmatched.difference(&settled).count() as u64;
    expected
}

/// Compares what is counted over the whole period, and who comes from a day on when some are known.
fn compare(people: &[Person], place: &Place, checked: &Checked, later: i64, knows: impl Fn(&str) -> bool) {
    place.write("customers.csv", csv(people).as_bytes());
    let close = checked.schedule.as_ref().unwrap().close.date();
    let expected = by_definition(people, checked, (OPEN, close), &BTreeSet::new());
    let summary = frame::summarise(checked, place.folder(), SEED, &History::default()).unwrap().0;
    assert_eq!((summary.eligible, summary.unmatched), (expected.eligible, expected.unmatched));
    let name = |i: usize| checked.strata[i].name.clone();
    let overlaps: Vec<_> =
        summary.overlaps.iter().map(|o| (o.takes.clone(), o.also.clone(), o.count)).collect();
    let known: Vec<_> = expected.overlaps.iter().map(|(&(a, b), &n)| (name(a), name(b), n)).collect();
    assert_eq!(overlaps, known);
    let cells = checked.strata.iter().flat_map(|s| std::iter::repeat_n(s, s.parts.len().max(1)));
    for ((index, cell), stratum) in summary.cells.iter().enumerate().zip(cells) {
        if daily(stratum.sample).is_none() {
            assert!(cell.first.is_none() && cell.digest.is_some());
            continue;
        }
        let came: Vec<&Came> = expected.came.iter().filter(|c| c.1 == index).collect();
        let drawn = came.iter().filter(|c| c.4).count() as u64;
        assert_eq!((cell.population, cell.drawn), (came.len() as u64, drawn));
        let day = |one: Option<&&Came>| one.map(|c| c.0.to_string());
        assert_eq!((&cell.first, &cell.last), (&day(came.first()), &day(came.last())));
        assert_eq!(cell.digest, None);
    }
    let known = people.iter().map(|p| p.key.clone()).filter(|k| knows(k)).collect();
    for from in [OPEN, OPEN.checked_add(later.days()).unwrap()] {
        let expected = by_definition(people, checked, (from, close), &known);
        let came =
            frame::arrivals(checked, place.folder(), SEED, &History::default(), from, close, &known).unwrap();
        let mut positions: BTreeMap<usize, u64> = BTreeMap::new();
        assert_eq!(came.len(), expected.came.len());
        for (found, (day, cell, _, key, drawn)) in came.iter().zip(&expected.came) {
            let next = positions.entry(*cell).or_default();
            let found = (
                found.day,
                found.person.cell as usize,
                &found.person.key,
                found.drawn,
                found.person.position,
            );
            assert_eq!(found, (*day, *cell, key, *drawn, *next));
            *next += u64::from(*drawn);
        }
    }
}

/// Strata of which most take people as they come.
fn arriving() -> impl Strategy<Value = Vec<Asked>> {
    let share = prop_oneof![3 => Just(Some(0.4)), 1 => Just(Some(1.0)), 2 => Just(None)];
    (strata(), vec(share, 5)).prop_map(|(mut strata, shares)| {
        for (stratum, share) in strata.iter_mut().zip(shares) {
            stratum.2 = share.map_or(Sample::All, Sample::DailyShare);
        }
        strata[0].2 = Sample::DailyShare(0.6);
        strata
    })
}

pub(super) fn window() -> impl Strategy<Value = Expr> {
    (0..14_i32, 0..40_i32).prop_map(|(months, days)| Expr::Within(field(2), Window { months, days }))
}

pub(super) fn exclude() -> impl Strategy<Value = Vec<Expr>> {
    // Half of the lists have other people on every day.
    let with = |first: Option<Expr>, mut rest: Vec<Expr>| {
        rest.extend(first);
        rest
    };
    let first = prop_oneof![1 => Just(None), 1 => window().prop_map(Some)];
    (first, vec(condition(), 0..2)).prop_map(move |(first, rest)| with(first, rest))
}

/// Campaigns of a week or three, so that the definition, which looks at every row on every day, is over soon.
pub(super) fn until(mut checked: Checked, days: i64) -> Checked {
    let schedule = checked.schedule.as_mut().unwrap();
    schedule.close = schedule.close.with().date(OPEN.checked_add(days.days()).unwrap()).build().unwrap();
    checked
}

proptest! {
    #![proptest_config(Config { cases: 128, failure_persistence: None, max_shrink_iters: 64, ..Config::default() })]
    #[test]
    fn any_list_and_any_daily_strata(
        people in vec(person(), 0..100),
        strata in arriving(),
        exclude in exclude(),
        (days, later, modulus) in (0..21_i64, 1..9_i64, 2..7_usize),
        once in any::<bool>(),
    ) {
        thread_local! { static PLACE: Place = place(); }
        PLACE.with(|place| {
            let mut checked = until(design(place, &strata, &exclude, &[]), days);
            if !once {
                checked.frame.as_mut().unwrap().once_per = None;
            }
            let knows = |key: &str| key.len() % modulus == 0 || key.ends_with('3');
            compare(&people, place, &checked, later, knows);
        });
    }
}

/// Enough rows for many blocks and for temporary files; some days bring a whole block.
#[test]
fn arrivals_of_a_list_of_many_blocks() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let some: Vec<Person> = vec(person(), 200).new_tree(&mut TestRunner::deterministic()).unwrap().current();
    let many = |i: usize| {
        let mut person = some[i * 7 % some.len()].clone();
        person.key = format!("k{}", if i % 1000 == 999 { i / 2 } else { i });
        person.email = person.email.map(|_| format!("p{}@example.com", i % 17_000));
        person.cells[0] = (format!("{i}.5"), Value::Number(i as f64 + 0.5));
        let day = date(2025, 12, 1).checked_add(((i / 480) as i64).days()).unwrap();
        person.cells[2] = (day.to_string(), Value::Date(day));
        person
    };
    let people: Vec<Person> = (0..24_000).map(many).collect();
    let week = || Expr::Within(field(2), Window { months: 0, days: 7 });
    let strata = [
        (Some(Expr::Top(Var::Field(0), 0.1)), Vec::new(), Sample::All, false),
        (Some(week()), vec![Some(Expr::Top(Var::Field(0), 0.5)), None], Sample::DailyShare(0.3), false),
    ];
    let place = place();
    let flagged = Expr::Compare(CompareOp::Equal, field(3), same(Value::Bool(true)));
    let long = Expr::And(vec![Expr::Compare(CompareOp::Equal, field(5), same(text("a"))), week()]);
    for exclude in [vec![flagged.clone()], vec![flagged, long]] {
        let checked = until(design(&place, &strata, &exclude, &[]), 4);
        compare(&people, &place, &checked, 2, |key| key.ends_with('7'));
    }
}

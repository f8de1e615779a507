//! Draws after events, in blocks, are those of the definition: every event by itself, over lists that were never a file.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use canvass::expr::{CompareOp, Env, Expr, Truth, Value, Var, Window, truth};
use canvass::frame::random::{fraction, of_event};
use canvass::frame::{self, FrameSummary, History, Problem};
use canvass::model::Checked;
use canvass::model::checked::{Sample, Timing};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use proptest::test_runner::Config;

use super::daily::{eligible, exclude, remembered, until};
use super::engine::{
    Asked, FIELDS, OPEN, Person, Row, SEED, condition, csv, design, field, op, person, same, strata, text,
};
use super::support::{Place, SPEC};

/// A row of an event list: its cells as they stand in the file, and what they mean.
#[derive(Debug, Clone)]
struct Event {
    key: String,
    person: String,
    at: (String, Option<Timestamp>),
    cells: Vec<(String, Value)>,
    /// Whether a cell too many stands behind the others.
    wide: bool,
}

const FILES: [&str; 2] = ["tickets", "visits"];

fn place() -> Place {
    let events = |name: &str| {
        format!(
            "events {name} {{ source \"{name}.csv\"; key id; person who; at closed; field w : number; \
             field y : yes_no; field day : date; field note : text }}\n"
        )
    };
    let fields = "  field signed_up : date\n  field spend     : money CNY\n  field visits    : int\n";
    let (head, tail) = SPEC.split_once("stratum top").unwrap();
    let spec = head.replace(fields, FIELDS)
        + &events(FILES[0])
        + &events(FILES[1])
        + "stratum all { sample 60% }\nsection s"
        + &tail.split_once("section s").unwrap().1.replace("  remind via mail after 3 days\n", "");
    let spec = spec.replace("invite via mail", "invite via mail 24 hours after tickets within 48 hours");
    Place::with(&spec, &[("customers.csv", "key,email,n,k,d,f,t,o\n")])
}

fn shanghai() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

/// A moment as it may be written: by the clock of the campaign, by that of the world, or not at all.
fn moment(hours: i64, way: u8) -> (String, Option<Timestamp>) {
    let local = OPEN.at(9, 0, 0, 0).checked_add(hours.hours()).unwrap();
    let at = local.to_zoned(shanghai()).unwrap().timestamp();
    match way {
        0 => (at.to_string(), Some(at)),
        1 => (format!(" {} ", local.strftime("%Y-%m-%d %H:%M")), Some(at)),
        2 => (local.date().to_string(), None),
        3 => ("soon: 10".to_owned(), None),
        _ => (local.strftime("%Y-%m-%d %H:%M").to_string(), Some(at)),
    }
}

fn event() -> impl Strategy<Value = Event> {
    let w = prop_oneof![
        4 => (-4..4_i32).prop_map(|x| (x.to_string(), Value::Number(f64::from(x)))),
        1 => Just(("many".to_owned(), Value::Missing)),
        1 => Just((String::new(), Value::Missing)),
    ];
    let y = prop_oneof![
        Just(("yes".to_owned(), Value::Bool(true))),
        Just((" 0".to_owned(), Value::Bool(false))),
        Just(("perhaps".to_owned(), Value::Missing)),
    ];
    let day = (-40..60_i64).prop_map(|days| {
        let day = OPEN.checked_add(days.days()).unwrap();
        (day.to_string(), Value::Date(day))
    });
    let note = prop_oneof![
        Just(("\" a,\"\"b\"".to_owned(), text("a,\"b"))),
        Just((" 李".to_owned(), text("李"))),
        Just(("\"two\nlines\"".to_owned(), text("two\nlines"))),
    ];
    // Many at the same time; some before open, some after close.
    let at = (-30..40_i64, 0..12_u8).prop_map(|(days, way)| moment(days * 12, way));
    let cells = (w, y, day, note).prop_map(|(w, y, day, note)| vec![w, y, day, note]);
    let keys = (0..60_u16, 0..70_u16);
    (keys, at, cells, (0..20_u8).prop_map(|n| n == 0)).prop_map(|((key, person), at, cells, wide)| Event {
        key: if key == 0 { " ".to_owned() } else { format!("t{key}") },
        person: format!("k{person}"),
        at,
        cells,
        wide,
    })
}

fn file(events: &[Event]) -> String {
    let mut out = "id,who,closed,w,y,day,note\n".to_owned();
    for event in events {
        let cells: Vec<&str> = event.cells.iter().map(|c| c.0.as_str()).collect();
        let more = if event.wide { ",1" } else { "" };
        out += &format!("{},{},{},{}{more}\n", event.key, event.person, event.at.0, cells.join(","));
    }
    out
}

/// A person's row with an event of a source.
struct Both<'a>(Row<'a>, usize, &'a Event);

impl Env for Both<'_> {
    fn value(&self, var: Var) -> Value {
        match var {
            Var::EventField(source, i) if source == self.1 => self.2.cells[i].1.clone(),
            Var::EventField(..) => Value::Missing,
            var => self.0.value(var),
        }
    }

    fn today(&self) -> Date {
        self.0.day
    }

    fn top_cut(&self, var: Var, share: f64) -> Option<f64> {
        self.0.top_cut(var, share)
    }
}

/// What a stratum makes of an event: moment, key, person, cell and whether it is drawn.
type Drawn = (Timestamp, String, String, usize, bool);

#[derive(Debug, Default, PartialEq)]
struct Expected {
    /// Rows of the file with the columns that are complained of, in order.
    faults: Vec<(u64, &'static str)>,
    bad_rows: u64,
    unmatched: u64,
    overlaps: BTreeMap<(usize, usize), u64>,
    unparted: Vec<u64>,
    drawn: Vec<Drawn>,
}

/// Source and share, where a stratum is entered by events.
type Entry = Option<(usize, f64)>;

/// Returns the rows of an event list that can be used, and what is wrong with the others.
fn good<'e>(events: &'e [Event], people: &[&Person], expected: &mut Expected) -> Vec<&'e Event> {
    let people: BTreeSet<&String> = people.iter().map(|p| &p.key).collect();
    let mut seen = BTreeSet::new();
    let mut good = Vec::new();
    let mut line = 2;
    for event in events {
        let fault = if event.wide {
            Some("")
        } else if event.key.trim().is_empty() {
            Some("id")
        } else if !people.contains(&event.person) {
            Some("who")
        } else if event.at.1.is_none() {
            Some("closed")
        } else if !seen.insert(&event.key) {
            Some("id")
        } else {
            None
        };
        if let Some(column) = fault {
            expected.faults.push((line, column));
            expected.bad_rows += 1;
        } else {
            let bad = [(0, "many", "w"), (1, "perhaps", "y")];
            let bad = bad.iter().filter(|(i, text, _)| event.cells[*i].0 == *text);
            expected.faults.extend(bad.map(|(.., column)| (line, *column)));
            good.push(event);
        }
        line += 1 + event.cells[3].0.matches('\n').count() as u64;
    }
    good
}

fn by_definition(
    people: &[Person],
    checked: &Checked,
    (source, events): (usize, &[Event]),
    entries: &[Entry],
    at_rest: &dyn Fn(&str) -> bool,
) -> Expected {
    let mut expected = Expected { unparted: vec![0; checked.strata.len()], ..Expected::default() };
    let mut seen = BTreeSet::new();
    let all: Vec<&Person> =
        people.iter().filter(|p| !p.key.trim().is_empty() && seen.insert(p.key.clone())).collect();
    let mut good = good(events, &all, &mut expected);
    let schedule = checked.schedule.as_ref().unwrap();
    let instant = |local: jiff::civil::DateTime| local.to_zoned(shanghai()).unwrap().timestamp();
    let counts = |at: Timestamp| instant(schedule.open) <= at && at <= instant(schedule.close);
    good.retain(|e| e.at.1.is_some_and(counts));
    good.sort_by_key(|e| (e.at.1, &e.key));
    let day = |e: &&&Event| Zoned::new(e.at.1.unwrap(), shanghai()).date();
    let mut events = good.iter().peekable();
    while let Some(today) = events.peek().map(day) {
        let eligible = eligible(&all, checked, today, &BTreeSet::new());
        let cuts = remembered(&eligible);
        let by_key: BTreeMap<&String, &Person> = eligible.iter().map(|p| (&p.key, *p)).collect();
        while let Some(event) = events.next_if(|e| day(e) == today) {
            let Some(person) = by_key.get(&event.person) else { continue };
            take(&mut expected, checked, (source, entries), (person, event, today), &cuts, at_rest);
        }
    }
    expected
}

fn take(
    expected: &mut Expected,
    checked: &Checked,
    (source, entries): (usize, &[Entry]),
    (person, event, today): (&Person, &Event, Date),
    cuts: &dyn Fn(Var, f64) -> Option<f64>,
    at_rest: &dyn Fn(&str) -> bool,
) {
    let mut first = 0;
    let mut found: Option<(usize, Option<usize>)> = None;
    for (index, stratum) in checked.strata.iter().enumerate() {
        let row = Both(Row { person, day: stratum.as_of.unwrap_or(today), cuts }, source, event);
        let holds = |c: &Option<Expr>| c.as_ref().is_none_or(|c| truth(c, &row) == Truth::True);
        let own = entries[index].is_some_and(|(s, _)| s == source);
        match found {
            None if own && holds(&stratum.condition) => {
                let part = stratum.parts.iter().position(|p| holds(&p.condition));
                let cell = if stratum.parts.is_empty() { Some(first) } else { part.map(|p| first + p) };
                found = Some((index, cell));
            }
            Some((by, _)) if own && stratum.condition.is_some() && holds(&stratum.condition) => {
                *expected.overlaps.entry((by, index)).or_default() += 1;
            }
            _ => {}
        }
        first += stratum.parts.len().max(1);
    }
    match found {
        None => expected.unmatched += 1,
        Some((stratum, None)) => expected.unparted[stratum] += 1,
        Some((stratum, Some(cell))) => {
            let number = of_event(SEED, &person.key, &event.key).number;
            let free = person.email.is_some() && !at_rest(&person.key);
            let drawn = fraction(number) < entries[stratum].unwrap().1 && free;
            let at = event.at.1.unwrap();
            expected.drawn.push((at, event.key.clone(), person.key.clone(), cell, drawn));
        }
    }
}

/// Lets some strata be entered by events and all others as their samples say.
fn mixed(mut checked: Checked, entries: &[Entry]) -> Checked {
    let schedule = checked.schedule.as_mut().unwrap();
    let model = schedule.steps[0].clone();
    let step = |timing: Timing, own: &dyn Fn(&Entry) -> bool| {
        let mut step = model.clone();
        step.timing = timing;
        step.strata = (0..entries.len()).filter(|i| own(&entries[*i])).collect();
        Some(step).filter(|step| !step.strata.is_empty())
    };
    let after = |events| Timing::AfterEvent { events, hours: 24, within_hours: 48 };
    let of = |source| move |e: &Entry| e.is_some_and(|(s, _)| s == source);
    let steps =
        [step(after(0), &of(0)), step(after(1), &of(1)), step(Timing::AtRelease, &|e: &Entry| e.is_none())];
    schedule.steps = steps.into_iter().flatten().collect();
    for (stratum, entry) in checked.strata.iter_mut().zip(entries) {
        if let Some((_, share)) = entry {
            stratum.sample = if *share < 1.0 { Sample::Share(*share) } else { Sample::All };
        }
    }
    checked
}

/// Returns the campaign without the strata that events enter.
fn without_events(checked: &Checked, entries: &[Entry]) -> Checked {
    let mut checked = checked.clone();
    let mut kept = entries.iter().map(Option::is_none);
    checked.strata.retain(|_| kept.next().unwrap());
    let schedule = checked.schedule.as_mut().unwrap();
    schedule.steps.retain(|s| s.timing == Timing::AtRelease);
    schedule.steps.iter_mut().for_each(|s| s.strata.clear());
    checked
}

fn compare(people: &[Person], events: [&[Event]; 2], place: &Place, checked: &Checked, entries: &[Entry]) {
    place.write("customers.csv", csv(people).as_bytes());
    for (name, events) in FILES.iter().zip(events) {
        place.write(&format!("{name}.csv"), file(events).as_bytes());
    }
    let resting = |key: &str| key.ends_with('3');
    let at_rest = people.iter().map(|p| p.key.clone()).filter(|k| resting(k)).collect();
    let history = History { at_rest, ..History::default() };
    let (summary, problems) = frame::summarise(checked, place.folder(), SEED, &history).unwrap();
    let used = (0..2).filter(|source| entries.iter().flatten().any(|e| e.0 == *source));
    let expected: Vec<(usize, Expected)> = used
        .map(|source| (source, by_definition(people, checked, (source, events[source]), entries, &resting)))
        .collect();
    let others = without_events(checked, entries);
    let others = (!others.strata.is_empty())
        .then(|| frame::summarise(&others, place.folder(), SEED, &history).unwrap().0);
    counts(&summary, checked, entries, &expected, others.as_ref());
    for ((source, expected), found) in expected.iter().zip(&summary.events) {
        assert_eq!((found.name.as_str(), found.rows), (FILES[*source], events[*source].len() as u64));
        let bad = (found.bad_rows, found.bad_rows + found.bad_cells);
        assert_eq!(bad, (expected.bad_rows, expected.faults.len() as u64));
        let own: Vec<(u64, &str)> = problems
            .first
            .iter()
            .filter(|p: &&Problem| p.file == format!("{}.csv", FILES[*source]))
            .map(|p| (p.row, p.column.as_str()))
            .collect();
        if problems.count <= 1000 {
            assert_eq!(own, expected.faults);
        }
        arrivals(place, checked, &history, (*source, events[*source]), expected);
    }
}

/// The figures of the summary.
fn counts(
    summary: &FrameSummary,
    checked: &Checked,
    entries: &[Entry],
    expected: &[(usize, Expected)],
    others: Option<&FrameSummary>,
) {
    let sum = |of: &dyn Fn(&Expected) -> u64| expected.iter().map(|(_, e)| of(e)).sum::<u64>();
    assert_eq!(summary.unmatched, sum(&|e| e.unmatched) + others.map_or(0, |o| o.unmatched));
    let name = |i: usize| checked.strata[i].name.clone();
    let mut overlaps: BTreeMap<(String, String), u64> = BTreeMap::new();
    for (_, expected) in expected {
        overlaps.extend(expected.overlaps.iter().map(|(&(a, b), &n)| ((name(a), name(b)), n)));
    }
    overlaps.extend(
        others.iter().flat_map(|o| &o.overlaps).map(|o| ((o.takes.clone(), o.also.clone()), o.count)),
    );
    let found: BTreeMap<(String, String), u64> =
        summary.overlaps.iter().map(|o| ((o.takes.clone(), o.also.clone()), o.count)).collect();
    assert_eq!(found, overlaps);
    let (mut cell, mut other) = (0, 0);
    for (index, (stratum, entry)) in checked.strata.iter().zip(entries).enumerate() {
        for _ in 0..stratum.parts.len().max(1) {
            let found = &summary.cells[cell];
            if entry.is_some() {
                let own: Vec<&Drawn> =
                    expected.iter().flat_map(|(_, e)| &e.drawn).filter(|d| d.3 == cell).collect();
                let drawn = own.iter().filter(|d| d.4).count() as u64;
                assert_eq!((found.population, found.drawn), (own.len() as u64, drawn));
                assert_eq!(found.at_rest, own.iter().filter(|d| d.2.ends_with('3')).count() as u64);
                let at = |one: Option<&&Drawn>| one.map(|d| d.0.to_string());
                assert_eq!((&found.first, &found.last), (&at(own.first()), &at(own.last())));
                assert_eq!(found.digest, None);
            } else {
                assert_eq!(Some(found), others.map(|o| &o.cells[other]));
                other += 1;
            }
            cell += 1;
        }
        if entry.is_some() {
            assert_eq!(summary.unparted[index], sum(&|e| e.unparted[index]));
        }
    }
}

/// What the runner is handed: all of them, those that it does not know, or the first.
fn arrivals(
    place: &Place,
    checked: &Checked,
    history: &History,
    (source, events): (usize, &[Event]),
    expected: &Expected,
) {
    let close = checked.schedule.as_ref().unwrap().close.to_zoned(shanghai()).unwrap().timestamp();
    let mut texts: BTreeMap<&String, (usize, &Event)> = BTreeMap::new();
    events.iter().for_each(|e| texts.entry(&e.key).or_insert((0, e)).0 += 1);
    for (known, most) in [(None, usize::MAX), (Some('7'), usize::MAX), (None, 5)] {
        let knows = |key: &str| known.is_some_and(|end| key.ends_with(end));
        let frame::Earliest { events: found, more } =
            frame::events(checked, place.folder(), SEED, history, (source, close), (most, &knows)).unwrap();
        let wanted: Vec<&Drawn> = expected.drawn.iter().filter(|d| !knows(&d.1)).collect();
        assert_eq!(more, wanted.len() > most);
        let wanted: Vec<&Drawn> = wanted.into_iter().take(most).collect();
        assert_eq!(found.len(), wanted.len());
        let mut positions: BTreeMap<usize, u64> = BTreeMap::new();
        for (found, (at, key, person, cell, drawn)) in found.iter().zip(wanted) {
            let next = positions.entry(*cell).or_default();
            let own = (found.at, &found.event, &found.person.key, found.person.cell as usize, found.drawn);
            assert_eq!(own, (*at, key, person, *cell, *drawn));
            assert_eq!(found.person.position, *next);
            *next += u64::from(*drawn);
            assert_eq!(found.person.u, fraction(of_event(SEED, person, key).number));
            // Keys that come twice may say something else the second time.
            if let Some((1, event)) = texts.get(key) {
                let note = event.cells[3].1.clone();
                assert_eq!(Value::Text(found.person.fields["note"].as_str().into()), note);
            }
        }
    }
}

/// Conditions on the event, and on both.
fn of_event_and_list() -> impl Strategy<Value = Expr> {
    let own = |source: usize, i| Box::new(Expr::Var(Var::EventField(source, i)));
    let leaf = (0..2_usize, 0..4_u8, op(), -3..3_i32).prop_map(move |(source, which, op, x)| match which {
        0 => Expr::Compare(op, own(source, 0), same(Value::Number(f64::from(x)))),
        1 => *own(source, 1),
        2 => Expr::Within(own(source, 2), Window { months: 0, days: 20 + x }),
        _ => Expr::Compare(op, own(source, 0), field(1)),
    });
    (leaf, condition(), 0..4_u8).prop_map(|(leaf, condition, way)| match way {
        0 => leaf,
        1 => condition,
        2 => Expr::And(vec![leaf, condition]),
        _ => Expr::Or(vec![leaf, condition]),
    })
}

/// Strata of which most take events.
fn happening() -> impl Strategy<Value = (Vec<Asked>, Vec<Entry>)> {
    let entry = prop_oneof![
        3 => Just(Some((0, 0.4))),
        1 => Just(Some((0, 1.0))),
        1 => Just(Some((1, 0.7))),
        2 => Just(None),
    ];
    let conditions = vec(option::weighted(0.7, of_event_and_list()), 5);
    (strata(), vec(entry, 5), conditions, vec(any::<bool>(), 5)).prop_map(
        |(mut strata, mut entries, conditions, daily)| {
            entries.truncate(strata.len());
            entries[0] = entries[0].or(Some((0, 0.6)));
            for (((stratum, entry), condition), daily) in
                strata.iter_mut().zip(&entries).zip(conditions).zip(daily)
            {
                if entry.is_some() {
                    stratum.0 = condition;
                } else {
                    stratum.2 = if daily { Sample::DailyShare(0.5) } else { Sample::Share(0.37) };
                }
            }
            (strata, entries)
        },
    )
}

proptest! {
    #![proptest_config(Config { cases: 64, failure_persistence: None, max_shrink_iters: 64, ..Config::default() })]
    #[test]
    fn any_list_and_any_events(
        people in vec(person(), 0..100),
        tickets in vec(event(), 0..100),
        visits in vec(event(), 0..20),
        (strata, entries) in happening(),
        exclude in exclude(),
        (days, once) in (0..21_i64, any::<bool>()),
    ) {
        thread_local! { static PLACE: Place = place(); }
        PLACE.with(|place| {
            let mut checked = mixed(until(design(place, &strata, &exclude, &[]), days), &entries);
            if !once {
                checked.frame.as_mut().unwrap().once_per = None;
            }
            compare(&people, [&tickets, &visits], place, &checked, &entries);
        });
    }
}

fn some<T>(strategy: &impl Strategy<Value = T>) -> T {
    use proptest::strategy::ValueTree;
    strategy.new_tree(&mut proptest::test_runner::TestRunner::deterministic()).unwrap().current()
}

/// Enough rows for many blocks and for temporary files, and more complaints than are kept.
#[test]
fn events_of_a_list_of_many_blocks() {
    let (people, events) = (some(&vec(person(), 200)), some(&vec(event(), 200)));
    let many = |i: usize| {
        let mut person = people[i * 7 % people.len()].clone();
        person.key = format!("k{}", if i % 1000 == 999 { i / 2 } else { i });
        person.email = person.email.map(|_| format!("p{}@example.com", i % 8_500));
        person.cells[0] = (format!("{i}.5"), Value::Number(i as f64 + 0.5));
        let day = date(2025, 12, 1).checked_add(((i / 240) as i64).days()).unwrap();
        person.cells[2] = (day.to_string(), Value::Date(day));
        person
    };
    let people: Vec<Person> = (0..12_000).map(many).collect();
    let happened = |i: usize| {
        let mut event = events[i * 7 % events.len()].clone();
        event.key = format!("t{}", if i % 500 == 499 { i / 2 } else { i });
        event.person = format!("k{}", i * 31 % 13_000);
        event
    };
    let tickets: Vec<Event> = (0..9_000).map(happened).collect();
    let top = |share| Expr::Top(Var::Field(0), share);
    let long = Expr::Within(field(2), Window { months: 0, days: 9 });
    let strata = [
        (Some(top(0.2)), vec![Some(Expr::Var(Var::EventField(0, 1))), None], Sample::All, false),
        (Some(long.clone()), Vec::new(), Sample::Share(0.1), false),
        (None, Vec::new(), Sample::All, true),
    ];
    let entries = [Some((0, 0.3)), None, Some((0, 1.0))];
    let flagged = Expr::Compare(CompareOp::Equal, field(3), same(Value::Bool(true)));
    let place = place();
    for exclude in [vec![flagged.clone()], vec![flagged, long]] {
        let checked = mixed(until(design(&place, &strata, &exclude, &[]), 4), &entries);
        compare(&people, [&tickets, &[]], &place, &checked, &entries);
    }
}

/// All people lie in one of the parts on disk, with more bytes than are looked through at a time.
#[test]
fn people_who_do_not_fit_into_memory_at_once() {
    let in_one_part = |key: &String| {
        let mut hasher = DefaultHasher::new();
        key.as_bytes().hash(&mut hasher);
        hasher.finish().is_multiple_of(256)
    };
    let keys = (0..).map(|i| format!("k{i}")).filter(in_one_part);
    let model = some(&person());
    let long = "long ".repeat(600);
    let one = |key: String| {
        let mut person = Person { key, email: Some("a@example.com".to_owned()), ..model.clone() };
        person.cells[4] = (long.clone() + "end", text(&(long.clone() + "end")));
        person
    };
    let people: Vec<Person> = keys.take(3_000).map(one).collect();
    let happened = |i: usize| Event {
        key: format!("t{i}"),
        person: people[i * 7 % people.len()].key.clone(),
        at: moment(i as i64 % 50, 4),
        wide: false,
        ..some(&event())
    };
    let tickets: Vec<Event> = (0..2_000).map(happened).collect();
    let same_text = Expr::Compare(CompareOp::Equal, field(4), same(text(&(long.clone() + "end"))));
    let strata = [(Some(same_text), Vec::new(), Sample::All, false)];
    let place = place();
    let mut checked = mixed(until(design(&place, &strata, &[], &[]), 4), &[Some((0, 0.5))]);
    checked.frame.as_mut().unwrap().once_per = None;
    compare(&people, [&tickets, &[]], &place, &checked, &[Some((0, 0.5))]);
}

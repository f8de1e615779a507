//! Counting block by block gives what the definition gives, row by row, for any list and any condition.
//!
//! The other side stands here: `expr::evaluate` on one row after the other, over values that were never a file.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use canvass::expr::{ArithmeticOp, CompareOp, Env, Expr, Truth, Value, Var, Window, truth};
use canvass::frame::allocate::{CellCount, Units, round_up, sizes};
use canvass::frame::random::{of_person, text_digest};
use canvass::frame::{self, History};
use canvass::model::Checked;
use canvass::model::checked::{Exclude, Grouping, Margin, Part, Quota, Sample, Text};
use canvass::source::Span;
use jiff::civil::{Date, date};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use proptest::test_runner::Config;

use super::support::Place;

pub(super) const SEED: u64 = 42;
pub(super) const OPEN: Date = date(2026, 1, 5);
pub(super) const FIELDS: &str = "  field n : number\n  field k : int\n  field d : date\n  field f : yes_no\n  field t : text\n  field o : one of a \"A\", b \"B\", c \"C\"\n";

/// Numbers of every shape that is read, long and short.
const NUMBERS: [&str; 12] = [
    "0",
    ".5",
    "5.",
    "12345678",
    "1234567.5",
    "12345678.25",
    "-0.5",
    "+7",
    "1e3",
    "00000007",
    "123456789012345",
    "0.1234567",
];

pub(super) const LONG: [&str; 2] = ["first of the long words", "third of the long words"];

#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) key: String,
    pub(super) email: Option<String>,
    pub(super) cells: Vec<(String, Value)>,
}

pub(super) fn text(word: &str) -> Value {
    Value::Text(Arc::from(word))
}

/// A cell of each field and what it means; some can't be read.
fn cells() -> impl Strategy<Value = Vec<(String, Value)>> {
    let missing = |texts: &'static [&'static str]| {
        (0..texts.len()).prop_map(move |i| (texts[i].to_owned(), Value::Missing))
    };
    let n = prop_oneof![
        6 => (-20..20_i32).prop_map(|x| (format!("{:.1}", f64::from(x) / 2.0), Value::Number(f64::from(x) / 2.0))),
        1 => (0..NUMBERS.len()).prop_map(|i| (NUMBERS[i].to_owned(), Value::Number(NUMBERS[i].parse().unwrap()))),
        1 => missing(&["", "x", "1,5", " ", ".", "1.2.3", "1234567x", "1 2"]),
    ];
    let k = prop_oneof![
        6 => (-5..12_i32).prop_map(|x| (format!(" {x}"), Value::Number(f64::from(x)))),
        1 => missing(&["", "1.5"]),
    ];
    let d = prop_oneof![
        6 => (0..800_i64).prop_map(|x| {
            let day = date(2024, 3, 1).checked_add(jiff::Span::new().days(x)).unwrap();
            (day.to_string(), Value::Date(day))
        }),
        1 => missing(&["", "2025-02-30", "1.2.2025", "2025-13-01", "2025-00-10", "2023-02-29", "2025/01/01"]),
    ];
    let f = prop_oneof![
        Just(("yes".to_owned(), Value::Bool(true))),
        Just(("否".to_owned(), Value::Bool(false))),
        missing(&["", "maybe"]),
    ];
    let t = prop_oneof![
        Just(("李".to_owned(), text("李"))),
        Just(("\" a,\"\"b\"".to_owned(), text("a,\"b"))),
        Just(("\"two\nlines\"".to_owned(), text("two\nlines"))),
        // As long as each other, and alike in their last eight bytes.
        Just((LONG[0].to_owned(), text(LONG[0]))),
        Just((format!(" {} ", LONG[1]), text(LONG[1]))),
        Just((String::new(), Value::Missing)),
    ];
    let o = prop_oneof![
        (0..3_usize).prop_map(|i| (["a", "b", "c"][i].to_owned(), text(["a", "b", "c"][i]))),
        missing(&["", "z"]),
    ];
    (n, k, d, f, t, o).prop_map(|(n, k, d, f, t, o)| vec![n, k, d, f, t, o])
}

pub(super) fn person() -> impl Strategy<Value = Person> {
    let email = option::weighted(0.8, (0..30_u8, any::<bool>()));
    (0..60_u16, email, cells()).prop_map(|(key, email, cells)| Person {
        // Some have no key, and some share one.
        key: if key == 0 { " ".to_owned() } else { format!("k{key}") },
        email: email
            .map(|(n, loud)| if loud { format!("P{n}@Example.com") } else { format!("p{n}@example.com") }),
        cells,
    })
}

pub(super) fn field(i: usize) -> Box<Expr> {
    Box::new(Expr::Var(Var::Field(i)))
}

pub(super) fn same(value: Value) -> Box<Expr> {
    Box::new(Expr::Constant(value))
}

pub(super) fn op() -> impl Strategy<Value = CompareOp> {
    (0..6_usize).prop_map(|i| {
        use CompareOp::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
        [Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual][i]
    })
}

fn leaf() -> impl Strategy<Value = Expr> {
    let word = || (0..7_usize).prop_map(|i| text(["a", "b", "李", "a,\"b", "nobody", LONG[0], LONG[1]][i]));
    let day = || (0..800_i64).prop_map(|x| date(2024, 3, 1).checked_add(jiff::Span::new().days(x)).unwrap());
    let figure = || (-10..10_i32).prop_map(|x| f64::from(x) / 2.0);
    let arithmetic = (0..4_usize).prop_map(|i| {
        [ArithmeticOp::Add, ArithmeticOp::Subtract, ArithmeticOp::Multiply, ArithmeticOp::Divide][i]
    });
    prop_oneof![
        (op(), 0..2_usize, figure()).prop_map(|(op, i, x)| Expr::Compare(
            op,
            field(i),
            same(Value::Number(x))
        )),
        (op(), figure()).prop_map(|(op, x)| Expr::Compare(op, same(Value::Number(x)), field(0))),
        op().prop_map(|op| Expr::Compare(op, field(0), field(1))),
        (op(), arithmetic, figure()).prop_map(|(op, sign, x)| {
            let sum = Box::new(Expr::Arithmetic(sign, field(0), field(1)));
            Expr::Compare(op, sum, same(Value::Number(x)))
        }),
        (op(), day()).prop_map(|(op, d)| Expr::Compare(op, field(2), same(Value::Date(d)))),
        (op(), day()).prop_map(|(op, d)| Expr::Compare(op, same(Value::Date(d)), field(2))),
        (day(), day()).prop_map(|(a, b)| Expr::Between(field(2), Value::Date(a), Value::Date(b))),
        (op(), any::<bool>()).prop_map(|(op, b)| Expr::Compare(op, field(3), same(Value::Bool(b)))),
        (op(), 4..6_usize, word()).prop_map(|(op, i, w)| Expr::Compare(op, field(i), same(w))),
        op().prop_map(|op| Expr::Compare(op, field(4), field(5))),
        // Of different types: never known.
        op().prop_map(|op| Expr::Compare(op, field(4), field(0))),
        (4..6_usize, vec(word(), 0..3)).prop_map(|(i, all)| Expr::In(field(i), all)),
        vec(figure(), 0..3).prop_map(|all| Expr::In(field(1), all.into_iter().map(Value::Number).collect())),
        (0..2_usize, figure(), figure()).prop_map(|(i, a, b)| Expr::Between(
            field(i),
            Value::Number(a),
            Value::Number(b)
        )),
        (0..14_i32, 0..40_i32).prop_map(|(months, days)| Expr::Within(field(2), Window { months, days })),
        (0..2_usize, 0..21_u32).prop_map(|(i, x)| Expr::Top(Var::Field(i), f64::from(x) / 20.0)),
        (0..6_usize).prop_map(|i| Expr::IsMissing(field(i))),
        Just(*field(3)),
        Just(*field(4)),
        any::<bool>().prop_map(|b| *same(Value::Bool(b))),
        Just(*same(Value::Missing)),
    ]
}

pub(super) fn condition() -> impl Strategy<Value = Expr> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|e| Expr::Not(Box::new(e))),
            vec(inner.clone(), 0..4).prop_map(Expr::And),
            vec(inner, 0..4).prop_map(Expr::Or),
        ]
    })
}

pub(super) struct Row<'a> {
    pub(super) person: &'a Person,
    pub(super) day: Date,
    pub(super) cuts: &'a dyn Fn(Var, f64) -> Option<f64>,
}

impl Env for Row<'_> {
    fn value(&self, var: Var) -> Value {
        let Var::Field(i) = var else { return Value::Missing };
        self.person.cells[i].1.clone()
    }

    fn today(&self) -> Date {
        self.day
    }

    fn top_cut(&self, var: Var, share: f64) -> Option<f64> {
        (self.cuts)(var, share)
    }
}

/// What the definition says: per reason, `once`, per cell its people, unmatched, overlaps, in no part.
#[derive(Debug, Default, PartialEq)]
struct Expected {
    excluded: Vec<u64>,
    once: u64,
    cells: Vec<Vec<String>>,
    no_address: Vec<u64>,
    unmatched: u64,
    overlaps: BTreeMap<(usize, usize), u64>,
    unparted: Vec<u64>,
    /// Per quota and cell: who can be invited and counts for it.
    quotas: Vec<Vec<u64>>,
    /// Per margin: people by the texts of their values.
    margins: Vec<BTreeMap<Vec<String>, u64>>,
}

/// A person of a stratum.
struct Of<'a>(Row<'a>, &'a str);

impl Env for Of<'_> {
    fn value(&self, var: Var) -> Value {
        if var == Var::Stratum { text(self.1) } else { self.0.value(var) }
    }

    fn today(&self) -> Date {
        self.0.day
    }
}

pub(super) fn cut(people: &[&Person], var: Var, share: f64) -> Option<f64> {
    let Var::Field(i) = var else { return None };
    let number = |p: &&Person| if let Value::Number(x) = p.cells[i].1 { Some(x) } else { None };
    let mut values: Vec<f64> = people.iter().filter_map(number).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    let rank = usize::try_from(round_up(share * values.len() as f64)).unwrap().min(values.len());
    rank.checked_sub(1).map(|i| values[i])
}

/// Remembers cuts, because every row asks.
pub(super) struct Known<'a> {
    people: &'a [&'a Person],
    cuts: RefCell<Vec<(Var, f64, Option<f64>)>>,
}

impl Known<'_> {
    fn get(&self, var: Var, share: f64) -> Option<f64> {
        let known = self
            .cuts
            .borrow()
            .iter()
            .find(|(v, s, _)| *v == var && s.to_bits() == share.to_bits())
            .map(|c| c.2);
        known.unwrap_or_else(|| {
            let cut = cut(self.people, var, share);
            self.cuts.borrow_mut().push((var, share, cut));
            cut
        })
    }
}

pub(super) fn number(person: &Person) -> u64 {
    of_person(SEED, &person.key).number
}

fn by_definition(people: &[Person], checked: &Checked) -> Expected {
    let exclude = &checked.frame.as_ref().unwrap().exclude;
    let mut expected = Expected { excluded: vec![0; exclude.len()], ..Expected::default() };
    let mut seen = BTreeSet::new();
    let all: Vec<&Person> =
        people.iter().filter(|p| !p.key.trim().is_empty() && seen.insert(p.key.clone())).collect();
    let known = Known { people: &all, cuts: RefCell::default() };
    let over_all = |var, share| known.get(var, share);
    let reason = |p: &&Person| {
        let row = Row { person: p, day: OPEN, cuts: &over_all };
        exclude.iter().position(|e| truth(&e.condition, &row) == Truth::True)
    };
    let mut eligible: Vec<&Person> = Vec::new();
    for person in &all {
        match reason(person) {
            Some(reason) => expected.excluded[reason] += 1,
            None => eligible.push(person),
        }
    }
    let mut keepers: BTreeMap<String, (u64, &str)> = BTreeMap::new();
    for person in &eligible {
        if let Some(email) = &person.email {
            let mine = (number(person), person.key.as_str());
            let keeper = keepers.entry(email.to_lowercase()).or_insert(mine);
            *keeper = (*keeper).min(mine);
        }
    }
    let before = eligible.len();
    eligible.retain(|p| p.email.as_ref().is_none_or(|e| keepers[&e.to_lowercase()].1 == p.key));
    expected.once = (before - eligible.len()) as u64;
    eligible.sort_by_cached_key(|p| (number(p), p.key.clone()));
    let known = Known { people: &eligible, cuts: RefCell::default() };
    let over_eligible = |var, share| known.get(var, share);
    let first: Vec<usize> = checked
        .strata
        .iter()
        .scan(0, |cell, s| {
            let first = *cell;
            *cell += s.parts.len().max(1);
            Some(first)
        })
        .collect();
    let cells = checked.strata.iter().map(|s| s.parts.len().max(1)).sum();
    expected.cells = vec![Vec::new(); cells];
    expected.no_address = vec![0; cells];
    expected.unparted = vec![0; checked.strata.len()];
    expected.quotas = vec![vec![0; cells]; checked.quotas.len()];
    expected.margins = vec![BTreeMap::new(); checked.analysis.margins.len()];
    for person in &eligible {
        let holds = |condition: &Option<Expr>, as_of: Option<Date>| {
            let row = Row { person, day: as_of.unwrap_or(OPEN), cuts: &over_eligible };
            condition.as_ref().is_none_or(|c| truth(c, &row) == Truth::True)
        };
        let mut taken = None;
        for (index, stratum) in checked.strata.iter().enumerate() {
            match taken {
                None if holds(&stratum.condition, stratum.as_of) => taken = Some(index),
                Some(by) if stratum.condition.is_some() && holds(&stratum.condition, stratum.as_of) => {
                    *expected.overlaps.entry((by, index)).or_default() += 1;
                }
                _ => {}
            }
        }
        let Some(index) = taken else {
            expected.unmatched += 1;
            continue;
        };
        let stratum = &checked.strata[index];
        let part = if stratum.parts.is_empty() {
            Some(0)
        } else {
            stratum.parts.iter().position(|p| holds(&p.condition, stratum.as_of))
        };
        match part {
            None => expected.unparted[index] += 1,
            Some(part) => {
                let cell = first[index] + part;
                expected.cells[cell].push(person.key.clone());
                expected.no_address[cell] += u64::from(person.email.is_none());
                for (quota, counts) in checked.quotas.iter().zip(&mut expected.quotas) {
                    let of = Of(Row { person, day: OPEN, cuts: &over_eligible }, &stratum.name);
                    let counts_for = person.email.is_some() && truth(&quota.condition, &of) == Truth::True;
                    counts[cell] += u64::from(counts_for);
                }
                for (margin, counts) in checked.analysis.margins.iter().zip(&mut expected.margins) {
                    let value = |by: &Grouping| match by {
                        Grouping::Field(i) => match &person.cells[*i].1 {
                            Value::Text(text) => Some(text.to_string()),
                            Value::Bool(yes) => Some(if *yes { "yes" } else { "no" }.to_owned()),
                            _ => None,
                        },
                        _ => Some(stratum.name.clone()),
                    };
                    if let Some(values) = margin.by.iter().map(value).collect() {
                        *counts.entry(values).or_default() += 1;
                    }
                }
            }
        }
    }
    expected
}

/// Writes a list.
pub(super) fn csv(people: &[Person]) -> String {
    let mut text = "key,email,n,k,d,f,t,o\n".to_owned();
    for p in people {
        let cells: Vec<&str> = p
            .cells
            .iter()
            .map(|c| c.0.as_str())
            .map(|c| if c.contains(',') && !c.starts_with('"') { "\"1,5\"" } else { c })
            .collect();
        text.push_str(&format!("{},{},{}\n", p.key, p.email.as_deref().unwrap_or(""), cells.join(",")));
    }
    text
}

fn compare(people: &[Person], place: &Place, checked: &Checked) {
    place.write("customers.csv", csv(people).as_bytes());
    let expected = by_definition(people, checked);
    let mut checked = checked.clone();
    let mut first = 0;
    for stratum in &mut checked.strata {
        let cells = stratum.parts.len().max(1);
        let people: usize = expected.cells[first..first + cells].iter().map(Vec::len).sum();
        first += cells;
        if let Sample::Number(most) = stratum.sample {
            stratum.sample = Sample::Number(most.min(people as u64));
        }
    }
    let mut with_address: BTreeMap<&str, bool> = BTreeMap::new();
    for p in people {
        with_address.entry(&p.key).or_insert(p.email.is_some());
    }
    let reading = frame::read(&checked, place.folder(), SEED, &History::default()).unwrap();
    let summary = &reading.summary;
    assert_eq!(summary.rows, people.len() as u64);
    assert_eq!(summary.excluded, expected.excluded);
    assert_eq!(summary.once, expected.once);
    assert_eq!(summary.unmatched, expected.unmatched);
    assert_eq!(summary.unparted, expected.unparted);
    let name = |i: usize| checked.strata[i].name.clone();
    let overlaps: Vec<_> =
        summary.overlaps.iter().map(|o| (o.takes.clone(), o.also.clone(), o.count)).collect();
    let known: Vec<_> = expected.overlaps.iter().map(|(&(a, b), &n)| (name(a), name(b), n)).collect();
    assert_eq!(overlaps, known);
    // Fewer than ten people who have two things in common stand in no summary.
    let shown = |all: &Vec<u64>| all.iter().map(|n| if *n < 10 { 0 } else { *n }).collect::<Vec<u64>>();
    let quotas: Vec<Vec<u64>> = summary.quotas.iter().map(|q| q.cells.clone()).collect();
    assert_eq!(quotas, expected.quotas.iter().map(shown).collect::<Vec<_>>());
    for (found, all) in summary.margins.iter().zip(&expected.margins) {
        let kept = all.iter().filter(|(values, n)| values.len() < 2 || **n >= 10);
        assert_eq!(found.counts, kept.map(|(values, n)| (values.clone(), *n)).collect::<Vec<_>>());
    }
    assert_eq!(summary.margins.len(), expected.margins.len());
    let mut first = 0;
    for stratum in &checked.strata {
        let cells = first..first + stratum.parts.len().max(1);
        first = cells.end;
        let count = |cell: usize| {
            let population = expected.cells[cell].len() as u64;
            CellCount { population, available: population - expected.no_address[cell] }
        };
        let sizes = sizes(stratum, &cells.clone().map(count).collect::<Vec<_>>(), Units::PEOPLE).unwrap();
        for (cell, size) in cells.zip(sizes) {
            let found = &summary.cells[cell];
            assert_eq!(found.population, expected.cells[cell].len() as u64);
            assert_eq!(found.no_address, expected.no_address[cell]);
            let reachable = |key: &&String| with_address[key.as_str()];
            let keys: Vec<&String> =
                expected.cells[cell].iter().filter(reachable).take(size.drawn as usize).collect();
            let drawn: Vec<&String> =
                reading.drawn.iter().filter(|p| p.cell as usize == cell).map(|p| &p.key).collect();
            assert_eq!(drawn, keys);
            let lines: String = keys.iter().map(|k| format!("{k}\n")).collect();
            assert_eq!(found.digest, Some(text_digest(&lines)));
        }
    }
}

fn sample() -> impl Strategy<Value = Sample> {
    prop_oneof![
        Just(Sample::All),
        Just(Sample::Share(0.37)),
        (1..6_u64).prop_map(Sample::Number),
        Just(Sample::Completes { number: 0, response: 0.5 }),
    ]
}

pub(super) type Asked = (Option<Expr>, Vec<Option<Expr>>, Sample, bool);

pub(super) fn strata() -> impl Strategy<Value = Vec<Asked>> {
    let parts = prop_oneof![2 => Just(Vec::new()), 1 => vec(option::weighted(0.7, condition()), 2..4)];
    vec((option::weighted(0.85, condition()), parts, sample(), any::<bool>()), 1..5)
}

/// Quotas that the list decides: no ranks, and with the stratum as it may stand in them.
fn quotas() -> impl Strategy<Value = Vec<Expr>> {
    let stratum = || Box::new(Expr::Var(Var::Stratum));
    let one = (condition(), 0..3_usize, any::<bool>()).prop_map(move |(condition, i, only)| {
        let s = text(&format!("s{i}"));
        let named = if only {
            Expr::Compare(CompareOp::Equal, stratum(), same(s))
        } else {
            Expr::Not(Box::new(Expr::In(stratum(), vec![s])))
        };
        Expr::And(vec![named, condition])
    });
    let ranked = |e: &Expr| {
        let mut ranked = false;
        e.each(&mut |e| ranked |= matches!(e, Expr::Top(..)));
        ranked
    };
    vec(one.prop_filter("ranks are known to strata alone", move |e| !ranked(e)), 0..3)
}

pub(super) fn design(place: &Place, strata: &[Asked], exclude: &[Expr], quotas: &[Expr]) -> Checked {
    let mut checked = place.checked.clone();
    let quota = |(i, condition): (usize, &Expr)| {
        let condition = condition.clone();
        Quota { name: format!("q{i}"), number: 5, condition, span: Span::default() }
    };
    checked.quotas = quotas.iter().enumerate().map(quota).collect();
    let margin = |by: &[Grouping]| Margin { by: by.to_vec(), counts: None };
    checked.analysis.margins = vec![
        margin(&[Grouping::Field(5)]),
        margin(&[Grouping::Stratum, Grouping::Field(3)]),
        margin(&[Grouping::Field(4), Grouping::Field(5)]),
    ];
    let model = checked.strata[0].clone();
    checked.strata = strata
        .iter()
        .enumerate()
        .map(|(i, (condition, parts, sample, earlier))| {
            let part = |(j, c): (usize, &Option<Expr>)| Part {
                name: format!("p{j}"),
                title: Text::default(),
                share: 1.0 / parts.len() as f64,
                condition: c.clone(),
            };
            let mut stratum = model.clone();
            stratum.name = format!("s{i}");
            stratum.condition = condition.clone();
            stratum.as_of = earlier.then_some(date(2025, 8, 31));
            stratum.sample = *sample;
            stratum.parts = parts.iter().enumerate().map(part).collect();
            stratum
        })
        .collect();
    let frame = checked.frame.as_mut().unwrap();
    frame.exclude =
        exclude.iter().map(|c| Exclude { label: Text::default(), condition: c.clone() }).collect();
    checked
}

pub(super) fn place() -> Place {
    let spec = super::support::SPEC.replace(
        "  field signed_up : date\n  field spend     : money CNY\n  field visits    : int\n",
        FIELDS,
    );
    let spec = spec.replace("spend in top 40%", "n in top 40%").replace("signed_up within", "d within");
    Place::new(&spec, "key,email,n,k,d,f,t,o\n")
}

proptest! {
    #![proptest_config(Config { cases: 192, ..Config::default() })]
    #[test]
    fn any_list_and_any_condition(people in vec(person(), 0..150), strata in strata(), exclude in vec(condition(), 0..3), quotas in quotas()) {
        thread_local! { static PLACE: Place = place(); }
        PLACE.with(|place| compare(&people, place, &design(place, &strata, &exclude, &quotas)));
    }
}

/// Enough rows for many blocks and for temporary files, with every way of leaving rows out.
#[test]
fn a_list_of_many_blocks() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let some: Vec<Person> = vec(person(), 200).new_tree(&mut runner).unwrap().current();
    let many = |i: usize| {
        let mut person = some[i * 7 % some.len()].clone();
        // Every thousandth key comes again, far away.
        person.key = format!("k{}", if i % 1000 == 999 { i / 2 } else { i });
        person.email = person.email.map(|_| format!("p{}@example.com", i % 125_000));
        person.cells[0] = (format!("{i}.5"), Value::Number(i as f64 + 0.5));
        person
    };
    let people: Vec<Person> = (0..140_000).map(many).collect();
    let top = |share| Expr::Top(Var::Field(0), share);
    let strata = [
        (Some(top(0.2)), Vec::new(), Sample::Number(5), false),
        (
            Some(Expr::Within(field(2), Window { months: 6, days: 0 })),
            vec![Some(top(0.5)), None],
            Sample::Share(0.1),
            true,
        ),
        (Some(Expr::Compare(CompareOp::Equal, field(5), same(text("a")))), Vec::new(), Sample::All, false),
        (None, Vec::new(), Sample::Number(1000), false),
    ];
    let place = place();
    let exclude = [Expr::Compare(CompareOp::Equal, field(3), same(Value::Bool(true)))];
    let named = Expr::Compare(CompareOp::Equal, Box::new(Expr::Var(Var::Stratum)), same(text("s3")));
    let quotas = [Expr::And(vec![named, Expr::IsMissing(field(5))]), *field(3)];
    compare(&people, &place, &design(&place, &strata, &exclude, &quotas));
}

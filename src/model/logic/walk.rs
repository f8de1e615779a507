//! The time that a middling respondent takes: the median of many walks through the form.
//!
//! A walk answers what it is asked by chance: every option alike, one optional
//! question in ten left out. Fields, stratum and language are drawn alike too.
//! The same seed walks the same ways.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::expr::{Env, Value, Var, truth};
use crate::model::Checked;
use crate::model::logic::domain::{Domain, domain, may_be_missing, must_be_answered};
use crate::model::logic::flow::{Focus, Logic};
use crate::model::logic::space::What;
use crate::model::logic::time::shares;

/// Walks of which the median is taken.
const WALKS: usize = 1_000;

/// What a walk does with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Met {
    Passed,
    LeftOut,
    Answered,
}

/// Returns the median time in milliseconds, by language in the campaign's order.
#[must_use]
pub fn medians(checked: &Checked, seed: u64) -> Vec<i64> {
    let focus = Focus { only: Some(BTreeSet::new()), ..Focus::default() }.anybody();
    let conditions: Vec<_> =
        checked.questionnaire.questions.iter().filter_map(|q| q.condition.as_ref()).collect();
    let lx = Logic::new(checked, &conditions, &[], &focus);
    let drawn: BTreeMap<Var, Vec<Value>> = lx
        .space
        .levels
        .iter()
        .filter_map(|level| match level.what {
            What::Value(var) => Some((var, values(checked, var, &level.cells))),
            _ => None,
        })
        .collect();
    let mut chance = Chance(seed);
    let walks: Vec<Vec<Met>> = (0..WALKS).map(|_| walk(checked, &drawn, &mut chance)).collect();
    let median = |language: &String| {
        let shares = shares(checked, language);
        let time = |walk: &Vec<Met>| {
            let one = |share: &crate::model::logic::time::Share| {
                let met = |q: &usize| walk.get(*q).copied().unwrap_or(Met::Passed);
                match share.of.iter().map(met).find(|m| *m != Met::Passed) {
                    None if !share.of.is_empty() => 0,
                    Some(Met::LeftOut) => share.least,
                    _ => share.most,
                }
            };
            shares.iter().map(one).sum::<i64>()
        };
        let mut times: Vec<i64> = walks.iter().map(time).collect();
        times.sort_unstable();
        times.get(WALKS / 2).copied().unwrap_or(0)
    };
    checked.campaign.languages.iter().map(median).collect()
}

/// Returns what a variable is drawn from: all its values where they can be listed, else one for each cell.
fn values(checked: &Checked, var: Var, cells: &[Value]) -> Vec<Value> {
    match domain(checked, var) {
        Domain::Finite(all) => all,
        _ => cells.iter().filter(|v| **v != Value::Missing).cloned().collect(),
    }
}

fn walk(checked: &Checked, drawn: &BTreeMap<Var, Vec<Value>>, chance: &mut Chance) -> Vec<Met> {
    let mut known = Known(BTreeMap::new());
    for (var, values) in drawn.iter().filter(|(v, _)| !matches!(v, Var::Item(_))) {
        if !(may_be_missing(checked, *var) && chance.one_in(10)) {
            known.0.insert(*var, chance.pick(checked, *var, values));
        }
    }
    let mut met = vec![Met::Passed; checked.questionnaire.questions.len()];
    let mut decided = vec![false; met.len()];
    for (i, item) in checked.questionnaire.items.iter().enumerate() {
        decide(checked, item.question, &mut met, &mut decided, &known, chance);
        if met.get(item.question) == Some(&Met::Answered)
            && let Some(values) = drawn.get(&Var::Item(i))
        {
            known.0.insert(Var::Item(i), chance.pick(checked, Var::Item(i), values));
        }
    }
    for q in 0..decided.len() {
        decide(checked, q, &mut met, &mut decided, &known, chance);
    }
    met
}

/// Decides once whether a question is asked and answered. Notes have no item: they wait for the end, when all
/// that they look at is known.
fn decide(
    checked: &Checked,
    q: usize,
    met: &mut [Met],
    decided: &mut [bool],
    known: &Known,
    chance: &mut Chance,
) {
    if decided.get(q) != Some(&false) {
        return;
    }
    decided[q] = true;
    let Some(question) = checked.questionnaire.questions.get(q) else { return };
    if question.condition.as_ref().is_none_or(|c| truth(c, known).holds()) {
        met[q] = if must_be_answered(question) || !chance.one_in(10) { Met::Answered } else { Met::LeftOut };
    }
}

struct Known(BTreeMap<Var, Value>);

impl Env for Known {
    fn value(&self, var: Var) -> Value {
        self.0.get(&var).cloned().unwrap_or(Value::Missing)
    }

    fn today(&self) -> Date {
        Date::default()
    }
}

/// Seeded chance: Steele, Lea & Flood 2014, “Fast splittable pseudorandom number generators”, OOPSLA.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n)
    }

    fn pick(&mut self, checked: &Checked, var: Var, values: &[Value]) -> Value {
        if let Domain::Options(all) = domain(checked, var) {
            let some: Vec<_> = all.iter().filter(|(_, alone)| !alone && self.one_in(2)).collect();
            let one = usize::try_from(self.next() % all.len().max(1) as u64).unwrap_or(0);
            let chosen = if some.is_empty() { all.get(one).into_iter().collect() } else { some };
            return Value::Set(chosen.into_iter().map(|(name, _)| name.clone()).collect());
        }
        let one = usize::try_from(self.next() % values.len().max(1) as u64).unwrap_or(0);
        values.get(one).cloned().unwrap_or(Value::Missing)
    }
}

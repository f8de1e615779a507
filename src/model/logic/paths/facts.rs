//! The local facts of a flow, as factors.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::civil::Date;

use crate::expr::{Expr, Value, Var};
use crate::model::Checked;
use crate::model::checked::QuestionKind;
use crate::model::logic::diagram::{Made, Node, TRUE};
use crate::model::logic::domain::may_be_missing;
use crate::model::logic::encode::{pair, valid_all};
use crate::model::logic::finding::{at_open, on};
use crate::model::logic::flow::{Focus, Logic};
use crate::model::logic::paths::eliminate::{Best, Elimination, Factor, Maximum, NEVER, entries};
use crate::model::logic::people::clauses;
use crate::model::logic::shortest::{Cells, Given, given, walked};
use crate::model::logic::space::{Level, What};
use crate::model::logic::time::Share;

/// Variables between two levels: one for each group of questions of which any is asked.
const BETWEEN: u64 = 256;
/// Entries of a fact, at most; one that is larger is left out, which leaves a bound.
const MOST_ENTRIES: usize = 1 << 13;

/// A best sum.
#[derive(Debug)]
#[expect(clippy::struct_field_names, reason = "a sum is what it is")]
pub struct Sum {
    /// Negative when no path is possible at all.
    pub sum: i64,
    /// It is reached; else it is a bound on the safe side.
    pub exact: bool,
    found: Maximum,
}

/// The paths in one language, ready to be summed for each stratum.
#[derive(Debug)]
pub struct Paths<'f, 'a> {
    facts: &'f Facts<'a>,
    elimination: Elimination<'f>,
    always: i64,
    best: Best,
}

impl Paths<'_, '_> {
    /// Returns the best sum over all paths of a stratum's people, or of everybody.
    pub fn sum(&self, stratum: Option<usize>) -> Sum {
        let further = stratum.and_then(|s| self.facts.strata.get(s)).map_or(&[][..], Vec::as_slice);
        let found = self.elimination.maximum(further);
        let sum = if self.best == Best::Most { found.sum + self.always } else { -(found.sum + self.always) };
        let possible = found.sum > NEVER / 2;
        Sum { sum: if possible { sum } else { -1 }, exact: found.exact && self.facts.whole, found }
    }

    /// Returns answers that lead to a sum, and the questions that are asked with them, where it is reached.
    pub fn way(&self, sum: &Sum) -> Option<(Given, BTreeSet<usize>)> {
        if !sum.exact || sum.sum < 0 {
            return None;
        }
        let cell = |(key, cell): (u64, usize)| {
            let level = u32::try_from(key / BETWEEN).ok().filter(|_| key % BETWEEN == BETWEEN - 1)?;
            Some((level, u32::try_from(cell).ok()?))
        };
        let lx = &self.facts.lx;
        let cells: Cells = self.elimination.cells(&sum.found).into_iter().filter_map(cell).collect();
        let questions = 0..lx.checked.questionnaire.questions.len();
        // A question's way leads through those of the questions before it, which need not be walked again.
        let mut known = HashMap::new();
        let asked = |q: &usize| lx.asked(*q).is_ok_and(|node| walked(lx, node, &cells, &mut known));
        let asked = questions.filter(asked).collect();
        Some((given(lx, &cells), asked))
    }
}

/// What paths follow from besides their times: with the same key, the same times have the same longest path.
#[derive(Debug, PartialEq)]
pub struct Key {
    /// Names and options, which the answers on a path are told by.
    items: Vec<String>,
    kinds: Vec<QuestionKind>,
    fields: Vec<String>,
    levels: Vec<Level>,
    common: Vec<Factor>,
    strata: Vec<Vec<Factor>>,
    whole: bool,
}

/// What holds of every path.
#[derive(Debug)]
pub struct Facts<'a> {
    lx: Logic<'a>,
    /// Of everybody.
    common: Vec<Factor>,
    /// By stratum: of its people; then of those who belong to none, where links are open to all.
    strata: Vec<Vec<Factor>>,
    sizes: BTreeMap<u64, usize>,
    /// Nothing was left out, and nothing is taken on trust.
    whole: bool,
}

impl<'a> Facts<'a> {
    /// Collects the facts of a campaign.
    #[must_use]
    pub fn new(checked: &'a Checked) -> Self {
        let questions = &checked.questionnaire.questions;
        let conditional: Vec<usize> =
            (0..questions.len()).filter(|q| questions[*q].condition.is_some()).collect();
        let focus =
            Focus { kept: conditional.iter().map(|q| (*q, BTreeSet::new())).collect(), ..Focus::default() }
                .anybody();
        let reads = |wanted: fn(&Var) -> bool| {
            let mut found = false;
            let conditions = questions.iter().filter_map(|q| q.condition.as_ref());
            conditions.for_each(|e| e.variables(&mut |v| found |= wanted(&v)));
            found
        };
        let people = !checked.strata.is_empty()
            && (reads(|v| *v == Var::Stratum) || reads(|v| matches!(v, Var::Field(_))));
        let listed = if people { listed(checked) } else { Vec::new() };
        let others: Vec<&Expr> = listed.iter().flat_map(|p| &p.terms).map(|(e, _)| e).collect();
        let lx = Logic::new(checked, &others, &[], &focus);
        let sizes = (0..).zip(&lx.space.levels).map(|(l, level)| (key(l), level.cells.len())).collect();
        let mut facts = Self { lx, common: Vec::new(), strata: Vec::new(), sizes, whole: true };
        facts.whole = !facts.lx.space.levels.iter().any(|l| matches!(l.what, What::Free));
        for q in conditional {
            facts.condition(q);
        }
        facts.validity(checked);
        facts.whole &= !listed.iter().any(|p| p.partly);
        facts.strata =
            listed.iter().enumerate().map(|(s, people)| facts.of_stratum(s, &people.terms)).collect();
        if !facts.strata.is_empty() && may_be_missing(checked, Var::Stratum) {
            facts.strata.push(facts.is_missing(Var::Stratum).into_iter().collect());
        }
        facts
    }

    /// Returns all that paths follow from besides their times.
    #[must_use]
    pub fn key(&self) -> Key {
        let checked = self.lx.checked;
        let fields = checked.frame.iter().flat_map(|f| &f.fields);
        let fields = fields.chain(checked.events.iter().flat_map(|e| &e.fields)).map(|f| f.name.clone());
        Key {
            items: checked.questionnaire.items.iter().map(|i| i.name.clone()).collect(),
            kinds: checked.questionnaire.questions.iter().map(|q| q.kind.clone()).collect(),
            fields: fields.collect(),
            levels: self.lx.space.levels.clone(),
            common: self.common.clone(),
            strata: self.strata.clone(),
            whole: self.whole,
        }
    }

    /// Tells whether conditions tell strata apart.
    pub fn by_stratum(&self) -> bool {
        !self.strata.is_empty()
    }

    /// Prepares the best sums of these shares over all paths in a language.
    pub fn paths<'f>(&'f self, shares: &[Share], language: Option<&str>, best: Best) -> Paths<'f, 'a> {
        let mut own: Vec<Factor> = language.and_then(|l| self.is(Var::Language, l)).into_iter().collect();
        let mut sizes = self.sizes.clone();
        let (mut always, mut between) = (0_i64, BTreeMap::<u32, u64>::new());
        for share in shares {
            let time = if best == Best::Most { share.most } else { -share.least };
            let levels: Option<Vec<u32>> = share.of.iter().map(|q| self.lx.space.open(*q)).collect();
            match levels {
                Some(levels) if !levels.is_empty() => {
                    any_of(levels, time, &mut own, &mut sizes, &mut between);
                }
                // One of them is always asked.
                _ => always += time,
            }
        }
        // Strata differ in what is true of fields, which come last: all before is the same for all of them.
        let end = self.strata.iter().flatten().filter_map(|f| f.vars.first()).min().copied();
        Paths { facts: self, elimination: Elimination::new(&self.common, own, &sizes, end), always, best }
    }

    /// Returns the number of groups of people: strata, and those of none.
    pub fn groups(&self) -> usize {
        self.strata.len()
    }

    fn is_missing(&self, var: Var) -> Option<Factor> {
        let level = self.lx.space.value(var)?;
        let values = self.lx.space.cells(level).iter().map(|v| if *v == Value::Missing { 0 } else { NEVER });
        Some(Factor { vars: vec![key(level)], values: values.collect() })
    }

    /// A variable has this value; nothing when no condition looks at it.
    fn is(&self, var: Var, name: &str) -> Option<Factor> {
        let level = self.lx.space.value(var)?;
        let own = |v: &Value| matches!(v, Value::Text(t) if **t == *name);
        let values = self.lx.space.cells(level).iter().map(|v| if own(v) { 0 } else { NEVER });
        Some(Factor { vars: vec![key(level)], values: values.collect() })
    }

    /// A question is asked exactly where its condition holds.
    fn condition(&mut self, q: usize) {
        let checked = self.lx.checked;
        let Some(condition) = checked.questionnaire.questions.get(q).and_then(|q| q.condition.as_ref())
        else {
            return;
        };
        let made = self.lx.attempt(|lx| {
            let (holds, asked) = (pair(lx, condition)?.holds, lx.asked(q)?);
            let not_asked = lx.diagram.not(asked)?;
            lx.diagram.either(holds, asked, not_asked)
        });
        self.fact(made);
    }

    /// Required answers are there when asked, and so on, for each variable.
    fn validity(&mut self, checked: &Checked) {
        let levels = self.lx.space.levels.iter();
        let vars: Vec<Var> =
            levels.filter_map(|l| if let What::Value(v) = l.what { Some(v) } else { None }).collect();
        for var in vars {
            let needs = matches!(var, Var::Item(_)) || !may_be_missing(checked, var);
            if needs {
                let made = self.lx.attempt(|lx| valid_all(lx, &BTreeSet::from([var])));
                self.fact(made);
            }
        }
    }

    fn fact(&mut self, made: Made) {
        match made.ok().map(|node| factor(&self.lx, &self.sizes, node)) {
            Some(Some(factor)) => self.common.extend(factor),
            _ => self.whole = false,
        }
    }

    /// People of a stratum are those whom it takes.
    fn of_stratum(&mut self, stratum: usize, terms: &[(Expr, bool)]) -> Vec<Factor> {
        let name = self.lx.checked.strata.get(stratum).map_or("", |s| s.name.as_str());
        let mut all: Vec<Factor> = self.is(Var::Stratum, name).into_iter().collect();
        for (e, wanted) in terms {
            let made = self.lx.attempt(|lx| {
                let holds = pair(lx, e)?.holds;
                if *wanted { Ok(holds) } else { lx.diagram.not(holds) }
            });
            match made.ok().map(|node| factor(&self.lx, &self.sizes, node)) {
                Some(Some(factor)) => all.extend(factor),
                _ => self.whole = false,
            }
        }
        all
    }
}

fn key(level: u32) -> u64 {
    u64::from(level) * BETWEEN + BETWEEN - 1
}

/// What is true of the fields of a stratum's people: conditions, and whether they hold.
struct People {
    terms: Vec<(Expr, bool)>,
    /// Something that depends on the day of their arrival is left out.
    partly: bool,
}

/// Returns for each stratum what is true of its people's fields on the day of the draw.
fn listed(checked: &Checked) -> Vec<People> {
    let open = checked.schedule.as_ref().map_or(Date::default(), |s| s.open.date());
    let one = |stratum: usize| {
        let mut people = People { terms: Vec::new(), partly: false };
        for (e, wanted, day) in clauses(checked, stratum) {
            let mut dated = false;
            e.each(&mut |e| dated |= matches!(e, Expr::Within(..)));
            if dated && day.is_none() && !at_open(checked, stratum) {
                people.partly = true;
            } else {
                people.terms.push((on(e, day.unwrap_or(open)), wanted));
            }
        }
        people
    };
    (0..checked.strata.len()).map(one).collect()
}

/// Makes a factor of what has to hold; nothing of what always does, and none of what is too large.
#[expect(clippy::option_option, reason = "too large and not needed are different things here")]
fn factor(lx: &Logic, sizes: &BTreeMap<u64, usize>, node: Node) -> Option<Option<Factor>> {
    if node == TRUE {
        return Some(None);
    }
    let mut levels = BTreeSet::new();
    let (mut waiting, mut seen) = (vec![node], HashSet::new());
    while let Some(node) = waiting.pop() {
        if node > TRUE && seen.insert(node) {
            levels.insert(lx.diagram.level(node));
            waiting.extend(lx.diagram.edges(node).iter().map(|(_, child)| *child));
        }
    }
    let vars: Vec<u64> = levels.iter().map(|l| key(*l)).collect();
    if entries(&vars, sizes) > MOST_ENTRIES {
        return None;
    }
    let levels: Vec<u32> = levels.into_iter().collect();
    let mut values = Vec::with_capacity(entries(&vars, sizes));
    fill(lx, node, &levels, &mut values);
    Some(Some(Factor { vars, values }))
}

/// Writes down a truth function over these levels; cells that lead to the same are written once and copied.
fn fill(lx: &Logic, node: Node, levels: &[u32], values: &mut Vec<i64>) {
    let Some((&level, rest)) = levels.split_first() else {
        values.push(if node == TRUE { 0 } else { NEVER });
        return;
    };
    let cells = u32::try_from(lx.space.cells(level).len()).unwrap_or(u32::MAX);
    let own = if lx.diagram.level(node) == level { lx.diagram.edges(node) } else { &[(0, node)] };
    for (run, &(first, child)) in own.iter().enumerate() {
        let end = own.get(run + 1).map_or(cells, |&(next, _)| next);
        let start = values.len();
        fill(lx, child, rest, values);
        let one = start..values.len();
        for _ in first + 1..end {
            values.extend_from_within(one.clone());
        }
    }
}

/// Adds a time that is spent when any of these questions is asked: alone on its own variable, several as a
/// chain that remembers whether one was asked before.
fn any_of(
    mut levels: Vec<u32>,
    time: i64,
    factors: &mut Vec<Factor>,
    sizes: &mut BTreeMap<u64, usize>,
    between: &mut BTreeMap<u32, u64>,
) {
    levels.sort_unstable();
    let Some((&earliest, later)) = levels.split_last() else { return };
    let mut before = key(earliest);
    for &level in later.iter().rev() {
        let slot = between.entry(level).or_default();
        // Above its question, so that it is eliminated first.
        let any = u64::from(level) * BETWEEN + *slot;
        *slot += 1;
        sizes.insert(any, 2);
        let mut vars = vec![any, key(level), before];
        vars.sort_unstable();
        let value = |any: usize, one: usize, other: usize| if any == (one | other) { 0 } else { NEVER };
        let bits = |n: usize| {
            let of = |v: u64| {
                let position = vars.iter().position(|x| *x == v).unwrap_or(0);
                (n >> (vars.len() - 1 - position)) & 1
            };
            value(of(any), of(key(level)), of(before))
        };
        factors.push(Factor { values: (0..8).map(bits).collect(), vars: vars.clone() });
        before = any;
    }
    factors.push(Factor { vars: vec![before], values: vec![0, time] });
}

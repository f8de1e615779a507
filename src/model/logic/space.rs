//! The variables of a spec's conditions as levels of a diagram, and what each comparison looks at.
//!
//! Levels are ordered from the last question to the first, then come the
//! customer's fields: a question's condition mostly adds to those of the
//! questions that it looks at, so their diagrams are shared below its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::expr::{CompareOp, Env, Expr, Truth, Value, Var, evaluate, truth};
use crate::model::Checked;
use crate::model::logic::domain::{Domain, cells, domain};

/// What a level stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The value of a variable; of a multiple choice only whether it was answered.
    Value(Var),
    /// Whether an option of a multiple choice was chosen.
    Chosen(Var, Arc<str>),
    /// Where a number stands among the others, for `in top 20%`.
    Rank(Var),
    /// A comparison that is not looked into: unknown, no or yes.
    Free,
    /// Whether a question is asked whose condition is left open.
    Asked(usize),
}

/// A level of the diagram.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// What it stands for.
    pub what: What,
    /// One value for each cell.
    pub cells: Vec<Value>,
}

/// What a comparison looks at.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// At nothing: it is always the same.
    Constant(Truth),
    /// At one variable, opposite constants.
    Direct(Var),
    /// At options of a multiple choice: one of them is chosen.
    Chosen(Var, Vec<Arc<str>>, bool),
    /// At the place of a number among the others.
    Rank(Var, f64),
    /// At few finite variables at once: every combination is tried.
    Table(Vec<Var>),
    /// At something that is not looked into.
    Free,
}

/// Combinations that a table holds, at most.
const MOST: usize = 4_096;

/// All levels of one analysis.
#[derive(Debug, Default)]
pub struct Space {
    /// From the top.
    pub levels: Vec<Level>,
    values: BTreeMap<Var, u32>,
    chosen: BTreeMap<(Var, Arc<str>), u32>,
    ranks: BTreeMap<Var, u32>,
    free: BTreeMap<String, u32>,
    asked: BTreeMap<usize, u32>,
}

/// How conditions use the variables.
#[derive(Debug, Default)]
pub struct Uses {
    values: BTreeMap<Var, (Vec<Value>, bool)>,
    chosen: BTreeSet<(Var, Arc<str>)>,
    ranks: BTreeMap<Var, Vec<f64>>,
    /// First question whose condition holds it; none for conditions on finished answers.
    free: BTreeMap<String, Option<usize>>,
    asked: BTreeSet<usize>,
}

impl Uses {
    /// Notes that it matters whether a variable is missing.
    pub fn missing(&mut self, var: Var) {
        self.values.entry(var).or_default();
    }

    /// Notes that a question may or may not be asked, whatever its condition.
    pub fn open(&mut self, question: usize) {
        self.asked.insert(question);
    }

    /// Tells whether a variable is looked at.
    #[must_use]
    pub fn looks_at(&self, var: Var) -> bool {
        self.values.contains_key(&var) || self.ranks.contains_key(&var)
    }

    /// Notes what a condition looks at; `question` is the one that it decides about.
    pub fn gather(&mut self, checked: &Checked, e: &Expr, question: Option<usize>) {
        match e {
            Expr::Not(inner) => self.gather(checked, inner, question),
            Expr::And(all) | Expr::Or(all) => all.iter().for_each(|e| self.gather(checked, e, question)),
            Expr::IsMissing(inner) if is_condition(inner) => self.gather(checked, inner, question),
            leaf => self.leaf(checked, leaf, question),
        }
    }

    fn leaf(&mut self, checked: &Checked, leaf: &Expr, question: Option<usize>) {
        // Whoever looks at the answer of a question at all may want to know whether it is there.
        leaf.variables(&mut |var| self.missing(var));
        match shape(checked, leaf) {
            Shape::Constant(_) => {}
            Shape::Direct(var) => {
                let constants = constants(leaf);
                let known = &mut self.values.entry(var).or_default().0;
                for constant in constants {
                    if !known.contains(&constant) {
                        known.push(constant);
                    }
                }
            }
            Shape::Chosen(var, names, _) => self.chosen.extend(names.into_iter().map(|n| (var, n))),
            Shape::Rank(var, share) => self.ranks.entry(var).or_default().push(share),
            Shape::Table(vars) => {
                for var in vars {
                    self.values.entry(var).or_default().1 = true;
                }
            }
            Shape::Free => {
                let first = self.free.entry(key(leaf)).or_insert(question);
                *first = (*first).min(question).or(question).or(*first);
            }
        }
    }
}

/// Names a comparison that is not looked into; the same one twice has the same answer.
pub fn key(leaf: &Expr) -> String {
    format!("{leaf:?}")
}

impl Space {
    /// Lays out the levels.
    pub fn new(checked: &Checked, uses: &Uses) -> Self {
        let mut space = Self::default();
        let response = |v: &Var| matches!(v, Var::Score(_) | Var::Channel | Var::Duration | Var::Duplicate);
        for var in uses.values.keys().filter(|v| response(v)) {
            space.variable(checked, uses, *var);
        }
        let mut free: BTreeMap<Option<usize>, Vec<&String>> = BTreeMap::new();
        uses.free.iter().for_each(|(key, first)| free.entry(*first).or_default().push(key));
        space.free(free.get(&None));
        let mut items: BTreeMap<usize, Vec<Var>> = BTreeMap::new();
        for var in uses.values.keys() {
            if let Var::Item(i) = var
                && let Some(item) = checked.questionnaire.items.get(*i)
            {
                items.entry(item.question).or_default().push(*var);
            }
        }
        for question in (0..checked.questionnaire.questions.len()).rev() {
            for var in items.get(&question).into_iter().flatten().rev() {
                space.variable(checked, uses, *var);
            }
            space.free(free.get(&Some(question)));
            if uses.asked.contains(&question) {
                let level = space.push(What::Asked(question), vec![Value::Bool(false), Value::Bool(true)]);
                space.asked.insert(question, level);
            }
        }
        for var in uses.values.keys().filter(|v| !response(v) && !matches!(v, Var::Item(_))) {
            space.variable(checked, uses, *var);
        }
        space
    }

    fn push(&mut self, what: What, cells: Vec<Value>) -> u32 {
        self.levels.push(Level { what, cells });
        u32::try_from(self.levels.len() - 1).unwrap_or(u32::MAX - 1)
    }

    fn free(&mut self, keys: Option<&Vec<&String>>) {
        for key in keys.into_iter().flatten() {
            let level = self.push(What::Free, vec![Value::Missing, Value::Bool(false), Value::Bool(true)]);
            self.free.insert((*key).clone(), level);
        }
    }

    fn variable(&mut self, checked: &Checked, uses: &Uses, var: Var) {
        let Some((constants, each)) = uses.values.get(&var) else { return };
        let domain = domain(checked, var);
        // Paths are looked at stratum by stratum and language by language.
        let each = *each || matches!(var, Var::Stratum | Var::Language);
        let values = match &domain {
            Domain::Options(_) => vec![Value::Missing, Value::Set(Vec::new())],
            other => cells(other, constants, each),
        };
        let level = self.push(What::Value(var), values);
        self.values.insert(var, level);
        for (_, name) in uses.chosen.iter().filter(|(v, _)| *v == var) {
            let level =
                self.push(What::Chosen(var, name.clone()), vec![Value::Bool(false), Value::Bool(true)]);
            self.chosen.insert((var, name.clone()), level);
        }
        if let Some(shares) = uses.ranks.get(&var) {
            let mut shares = shares.clone();
            shares.sort_by(f64::total_cmp);
            shares.dedup();
            let places = shares.into_iter().chain([f64::INFINITY]).map(Value::Number);
            let level = self.push(What::Rank(var), std::iter::once(Value::Missing).chain(places).collect());
            self.ranks.insert(var, level);
        }
    }

    /// Returns the level of a variable's value.
    pub fn value(&self, var: Var) -> Option<u32> {
        self.values.get(&var).copied()
    }

    /// Returns the level of an option.
    pub fn chosen(&self, var: Var, name: &Arc<str>) -> Option<u32> {
        self.chosen.get(&(var, name.clone())).copied()
    }

    /// Walks over the options of a multiple choice that conditions name, with their levels.
    pub fn options(&self, var: Var) -> impl Iterator<Item = (&Arc<str>, u32)> {
        self.chosen.iter().filter(move |((v, _), _)| *v == var).map(|((_, name), level)| (name, *level))
    }

    /// Returns the level of a number's place among the others.
    pub fn rank(&self, var: Var) -> Option<u32> {
        self.ranks.get(&var).copied()
    }

    /// Returns the level of a comparison that is not looked into.
    pub fn unlooked(&self, leaf: &Expr) -> Option<u32> {
        self.free.get(&key(leaf)).copied()
    }

    /// Returns the level that leaves it open whether a question is asked.
    pub fn open(&self, question: usize) -> Option<u32> {
        self.asked.get(&question).copied()
    }

    /// Returns a level's cells.
    pub fn cells(&self, level: u32) -> &[Value] {
        self.levels.get(level as usize).map_or(&[], |l| &l.cells)
    }
}

/// Tells whether an expression is a condition and not a value.
pub fn is_condition(e: &Expr) -> bool {
    !matches!(e, Expr::Constant(_) | Expr::Var(_) | Expr::Arithmetic(..))
}

/// Returns what a comparison looks at.
pub fn shape(checked: &Checked, leaf: &Expr) -> Shape {
    // Whether somebody is in a risk group is known to earlier waves only.
    let mut unknown = false;
    leaf.each(&mut |e| unknown |= matches!(e, Expr::InRiskGroup { .. }));
    if unknown {
        return Shape::Free;
    }
    let mut vars = BTreeSet::new();
    leaf.variables(&mut |v| {
        vars.insert(v);
    });
    let Some(&var) = vars.first() else { return Shape::Constant(truth(leaf, &Nothing)) };
    if let Expr::Top(var, share) = leaf {
        return Shape::Rank(*var, *share);
    }
    let own = domain(checked, var);
    if vars.len() == 1 && direct(leaf, &own) {
        return Shape::Direct(var);
    }
    if let (Domain::Options(_), Some((names, positive))) = (&own, members(leaf)) {
        return Shape::Chosen(var, names, positive);
    }
    // What depends on the day of the answer is not known beforehand.
    let mut dated = false;
    leaf.each(&mut |e| dated |= matches!(e, Expr::Within(..) | Expr::Top(..)));
    let sizes = vars.iter().map(|v| match domain(checked, *v) {
        Domain::Finite(all) => Some(all.len() + 1),
        _ => None,
    });
    let all: Option<usize> = sizes.into_iter().try_fold(1_usize, |n, size| n.checked_mul(size?));
    match all {
        Some(n) if n <= MOST && !dated => Shape::Table(vars.into_iter().collect()),
        _ => Shape::Free,
    }
}

/// Tells whether the cells of a domain decide a comparison.
fn direct(leaf: &Expr, domain: &Domain) -> bool {
    let var = |e: &Expr| matches!(e, Expr::Var(_));
    match leaf {
        Expr::IsMissing(e) => var(e),
        Expr::Var(_) => !matches!(domain, Domain::Options(_) | Domain::Something(_)),
        Expr::Compare(op, a, b) => {
            let sides = (var(a) && fixed(b)) || (var(b) && fixed(a));
            let equality = matches!(op, CompareOp::Equal | CompareOp::NotEqual);
            sides && ordered(domain, equality)
        }
        Expr::In(e, _) => var(e) && ordered(domain, true),
        Expr::Between(e, ..) => var(e) && ordered(domain, false),
        _ => false,
    }
}

fn ordered(domain: &Domain, equality: bool) -> bool {
    match domain {
        Domain::Finite(_) | Domain::Numbers { .. } | Domain::Dates(..) => true,
        Domain::Words => equality,
        Domain::Options(_) | Domain::Something(_) => false,
    }
}

/// Returns the options that a comparison of a multiple choice names, and whether they are to be chosen.
fn members(leaf: &Expr) -> Option<(Vec<Arc<str>>, bool)> {
    let text = |v: &Value| if let Value::Text(t) = v { Some(t.clone()) } else { None };
    match leaf {
        Expr::Compare(op @ (CompareOp::Equal | CompareOp::NotEqual), a, b) => match (&**a, &**b) {
            (Expr::Var(_), Expr::Constant(v)) => Some((vec![text(v)?], *op == CompareOp::Equal)),
            _ => None,
        },
        Expr::In(e, values) if matches!(**e, Expr::Var(_)) => {
            Some((values.iter().map(text).collect::<Option<Vec<_>>>()?, true))
        }
        _ => None,
    }
}

fn fixed(e: &Expr) -> bool {
    let mut none = true;
    e.variables(&mut |_| none = false);
    none
}

fn constants(leaf: &Expr) -> Vec<Value> {
    match leaf {
        Expr::Compare(_, a, b) => {
            [a, b].into_iter().filter(|e| fixed(e)).map(|e| evaluate(e, &Nothing)).collect()
        }
        Expr::In(_, values) => values.clone(),
        Expr::Between(_, low, high) => vec![low.clone(), high.clone()],
        Expr::Var(_) => vec![Value::Bool(true)],
        _ => Vec::new(),
    }
}

/// Knows no variable.
struct Nothing;

impl Env for Nothing {
    fn value(&self, _: Var) -> Value {
        Value::Missing
    }

    fn today(&self) -> jiff::civil::Date {
        jiff::civil::Date::default()
    }
}

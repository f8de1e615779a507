//! Conditions as diagrams, after Kleene's strong three-valued logic.
//!
//! A condition becomes two functions: where it certainly holds, and where it
//! certainly does not. Comparisons are not interpreted a second time: each cell
//! is put through [`truth`], the evaluation that forms and lists use, so both
//! can't drift apart. The answer of a question that is not asked is missing.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::expr::{Env, Expr, Truth, Value, Var, truth};
use crate::model::logic::diagram::{FALSE, Made, Node, Spent, TRUE};
use crate::model::logic::domain::{Domain, domain, may_be_missing, must_be_answered, question_of};
use crate::model::logic::flow::Logic;
use crate::model::logic::space::{Shape, is_condition, shape};

/// Where a condition holds, and where it does not; it is unknown elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// It certainly holds.
    pub holds: Node,
    /// It certainly does not.
    pub fails: Node,
}

/// Questions of one comparison that may or may not be asked, at most.
const MOST_QUESTIONS: usize = 6;

/// Returns where a condition holds and where it fails.
pub fn pair(lx: &mut Logic, e: &Expr) -> Result<Pair, Spent> {
    match e {
        Expr::Not(inner) => {
            let inner = pair(lx, inner)?;
            Ok(Pair { holds: inner.fails, fails: inner.holds })
        }
        Expr::And(all) => {
            let mut both = Pair { holds: TRUE, fails: FALSE };
            for e in all {
                let one = pair(lx, e)?;
                both.holds = lx.diagram.and(both.holds, one.holds)?;
                both.fails = lx.diagram.or(both.fails, one.fails)?;
            }
            Ok(both)
        }
        Expr::Or(all) => {
            let mut any = Pair { holds: FALSE, fails: TRUE };
            for e in all {
                let one = pair(lx, e)?;
                any.holds = lx.diagram.or(any.holds, one.holds)?;
                any.fails = lx.diagram.and(any.fails, one.fails)?;
            }
            Ok(any)
        }
        Expr::IsMissing(inner) if is_condition(inner) => {
            let inner = pair(lx, inner)?;
            let known = lx.diagram.or(inner.holds, inner.fails)?;
            Ok(Pair { holds: lx.diagram.not(known)?, fails: known })
        }
        leaf => comparison(lx, leaf),
    }
}

fn comparison(lx: &mut Logic, leaf: &Expr) -> Result<Pair, Spent> {
    let checked = lx.checked;
    let (raw, vars) = match shape(checked, leaf) {
        Shape::Constant(truth) => return Ok(constant(truth)),
        Shape::Direct(var) => (table(lx, leaf, &[var])?, vec![var]),
        Shape::Table(vars) => (table(lx, leaf, &vars)?, vars),
        Shape::Chosen(var, names, positive) => {
            let one = chosen(lx, var, &names)?;
            (if positive { one } else { Pair { holds: one.fails, fails: one.holds } }, vec![var])
        }
        Shape::Rank(var, share) => (rank(lx, var, share)?, Vec::new()),
        Shape::Free => {
            let level = lx.space.unlooked(leaf).ok_or(Spent)?;
            let holds = lx.diagram.node(level, &[(0, FALSE), (2, TRUE)])?;
            let fails = lx.diagram.node(level, &[(0, FALSE), (1, TRUE), (2, FALSE)])?;
            return Ok(Pair { holds, fails });
        }
    };
    let mut questions: Vec<usize> = Vec::new();
    for var in &vars {
        if let Var::Item(i) = var
            && let Some(item) = checked.questionnaire.items.get(*i)
            && lx.asked(item.question)? != TRUE
            && !questions.contains(&item.question)
        {
            questions.push(item.question);
        }
    }
    if questions.len() > MOST_QUESTIONS {
        return Err(Spent);
    }
    Ok(Pair {
        holds: as_asked(lx, raw.holds, &vars, &questions)?,
        fails: as_asked(lx, raw.fails, &vars, &questions)?,
    })
}

fn constant(truth: Truth) -> Pair {
    match truth {
        Truth::True => Pair { holds: TRUE, fails: FALSE },
        Truth::False => Pair { holds: FALSE, fails: TRUE },
        Truth::Unknown => Pair { holds: FALSE, fails: FALSE },
    }
}

/// Puts the missing value in the place of an answer wherever its question is not asked.
fn as_asked(lx: &mut Logic, raw: Node, vars: &[Var], questions: &[usize]) -> Made {
    let Some((&question, rest)) = questions.split_first() else { return Ok(raw) };
    let mut without = raw;
    for var in vars {
        let Var::Item(i) = var else { continue };
        if lx.checked.questionnaire.items.get(*i).is_some_and(|item| item.question == question)
            && let Some(level) = lx.space.value(*var)
        {
            without = lx.diagram.fix(without, level, 0)?;
        }
    }
    let with = as_asked(lx, raw, vars, rest)?;
    let without = as_asked(lx, without, vars, rest)?;
    let asked = lx.asked(question)?;
    lx.diagram.either(asked, with, without)
}

/// Tries every combination of cells.
fn table(lx: &mut Logic, leaf: &Expr, vars: &[Var]) -> Result<Pair, Spent> {
    let mut levels: Vec<(u32, Var)> = Vec::with_capacity(vars.len());
    for var in vars {
        levels.push((lx.space.value(*var).ok_or(Spent)?, *var));
    }
    levels.sort_unstable();
    let mut values = Vec::new();
    combine(lx, leaf, &levels, &mut values)
}

fn combine(
    lx: &mut Logic,
    leaf: &Expr,
    levels: &[(u32, Var)],
    values: &mut Vec<(Var, Value)>,
) -> Result<Pair, Spent> {
    let Some((&(level, var), rest)) = levels.split_first() else {
        return Ok(constant(truth(leaf, &Values(values))));
    };
    let cells = lx.space.cells(level).to_vec();
    let (mut holds, mut fails) = (Vec::with_capacity(cells.len()), Vec::with_capacity(cells.len()));
    for (cell, value) in (0..).zip(cells) {
        values.push((var, value));
        let one = combine(lx, leaf, rest, values);
        values.pop();
        let one = one?;
        holds.push((cell, one.holds));
        fails.push((cell, one.fails));
    }
    Ok(Pair { holds: lx.diagram.node(level, &holds)?, fails: lx.diagram.node(level, &fails)? })
}

fn chosen(lx: &mut Logic, var: Var, names: &[Arc<str>]) -> Result<Pair, Spent> {
    let answered = lx.space.value(var).ok_or(Spent)?;
    let answered = lx.diagram.node(answered, &[(0, FALSE), (1, TRUE)])?;
    let mut any = FALSE;
    let known = match domain(lx.checked, var) {
        Domain::Options(all) => all,
        _ => Vec::new(),
    };
    for name in names.iter().filter(|n| known.iter().any(|(k, _)| k == *n)) {
        let level = lx.space.chosen(var, name).ok_or(Spent)?;
        let one = lx.diagram.node(level, &[(0, FALSE), (1, TRUE)])?;
        any = lx.diagram.or(any, one)?;
    }
    let none = lx.diagram.not(any)?;
    Ok(Pair { holds: lx.diagram.and(answered, any)?, fails: lx.diagram.and(answered, none)? })
}

fn rank(lx: &mut Logic, var: Var, share: f64) -> Result<Pair, Spent> {
    let level = lx.space.rank(var).ok_or(Spent)?;
    let within = |v: &Value| matches!(v, Value::Number(place) if *place <= share);
    let inside = lx.space.cells(level).iter().skip(1).take_while(|v| within(v)).count();
    let first = u32::try_from(inside + 1).map_err(|_| Spent)?;
    let holds = lx.diagram.node(level, &[(0, FALSE), (1, TRUE), (first, FALSE)])?;
    let fails = lx.diagram.node(level, &[(0, FALSE), (first, TRUE)])?;
    Ok(Pair { holds, fails })
}

/// Returns what is true of the variables of an expression whatever they say: required answers are there
/// when asked, exclusive options stand alone, and so on for the questions that these depend on.
pub fn validity(lx: &mut Logic, e: &Expr) -> Made {
    let mut vars = BTreeSet::new();
    e.variables(&mut |v| {
        vars.insert(v);
    });
    valid_all(lx, &vars)
}

/// Returns what is true of these variables whatever they say.
pub fn valid_all(lx: &mut Logic, vars: &BTreeSet<Var>) -> Made {
    let mut all = TRUE;
    let mut questions = BTreeSet::new();
    for var in vars {
        let one = valid(lx, *var)?;
        all = lx.diagram.and(all, one)?;
        if let Var::Item(i) = var
            && let Some(item) = lx.checked.questionnaire.items.get(*i)
        {
            questions.insert(item.question);
        }
    }
    let who = lx.people.as_ref().and_then(|people| {
        let any = (!people.fields.is_disjoint(vars)).then_some(people.of_any);
        if vars.contains(&Var::Stratum) { Some(people.of_strata) } else { any }
    });
    if let Some(who) = who {
        all = lx.diagram.and(all, who)?;
    }
    for question in questions {
        let before = lx.valid(question)?;
        all = lx.diagram.and(all, before)?;
    }
    Ok(all)
}

fn valid(lx: &mut Logic, var: Var) -> Made {
    let Some(level) = lx.space.value(var) else { return Ok(TRUE) };
    // A variable without any value, such as the stratum where there is none, can only be missing.
    let some = if lx.space.cells(level).len() > 1 { TRUE } else { FALSE };
    let there = lx.diagram.node(level, &[(0, FALSE), (1, some)])?;
    let known = match var {
        Var::Item(i) => {
            let Some(item) = lx.checked.questionnaire.items.get(i) else { return Ok(TRUE) };
            if question_of(lx.checked, i).is_some_and(must_be_answered) {
                let asked = lx.asked(item.question)?;
                let not = lx.diagram.not(asked)?;
                lx.diagram.or(not, there)?
            } else {
                TRUE
            }
        }
        other if may_be_missing(lx.checked, other) => TRUE,
        _ => there,
    };
    let Domain::Options(all) = domain(lx.checked, var) else { return Ok(known) };
    let options: Vec<(Arc<str>, u32)> = lx.space.options(var).map(|(n, l)| (n.clone(), l)).collect();
    let mut fits = if options.len() < all.len() { TRUE } else { FALSE };
    let mut chosen = Vec::new();
    for (name, level) in &options {
        let one = lx.diagram.node(*level, &[(0, FALSE), (1, TRUE)])?;
        fits = lx.diagram.or(fits, one)?;
        chosen.push((one, all.iter().any(|(n, alone)| n == name && *alone)));
    }
    for (position, &(one, alone)) in chosen.iter().enumerate() {
        if !alone {
            continue;
        }
        let mut others = FALSE;
        for (_, &(other, _)) in chosen.iter().enumerate().filter(|(p, _)| *p != position) {
            others = lx.diagram.or(others, other)?;
        }
        let both = lx.diagram.and(one, others)?;
        let not_both = lx.diagram.not(both)?;
        fits = lx.diagram.and(fits, not_both)?;
    }
    let missing = lx.diagram.not(there)?;
    let fits = lx.diagram.or(missing, fits)?;
    lx.diagram.and(known, fits)
}

/// Knows the values of a few variables.
struct Values<'a>(&'a [(Var, Value)]);

impl Env for Values<'_> {
    fn value(&self, var: Var) -> Value {
        self.0.iter().find(|(v, _)| *v == var).map_or(Value::Missing, |(_, value)| value.clone())
    }

    fn today(&self) -> Date {
        Date::default()
    }
}

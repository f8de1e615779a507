//! The fewest answers that lead somewhere.
//!
//! Every way from a node of the diagram to its end is a set of answers; an
//! answer costs one, a question that is not looked at costs nothing. Children
//! are made before their parents, so one pass in the order of making finds the
//! cheapest way of every node. A way that hangs on a comparison which is not
//! looked into costs so much that any other is taken before it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::expr::{Value, Var};
use crate::model::logic::diagram::{Diagram, FALSE, Node, TRUE};
use crate::model::logic::domain::{Domain, domain};
use crate::model::logic::flow::Logic;
use crate::model::logic::space::{Space, What};

/// What a guess costs: more than all answers of a questionnaire.
const GUESS: u32 = 1_000_000;

/// The cheapest way of every node, as far as it was asked for.
#[derive(Debug, Default)]
pub struct Costs {
    /// Cost, cell to take, and where it leads.
    ways: Vec<(u32, u32, Node)>,
}

/// Cells that are taken on a way, by level.
pub type Cells = BTreeMap<u32, u32>;

/// Where a truth function holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nowhere, and that is proven.
    Nowhere,
    /// There, and that is proven: the cheapest way.
    Here(Cells),
    /// Only if a comparison that is not looked into turns out well.
    Guess,
}

/// Returns the cheapest way to make a truth function hold.
pub fn shortest(lx: &mut Logic, node: Node) -> Found {
    if node == FALSE {
        return Found::Nowhere;
    }
    fill(&mut lx.costs, &lx.diagram, &lx.space, node);
    let mut at = node;
    let mut cells = Cells::new();
    if lx.costs.ways[node as usize].0 >= GUESS {
        return Found::Guess;
    }
    while at != TRUE {
        let (_, cell, child) = lx.costs.ways[at as usize];
        cells.insert(lx.diagram.level(at), cell);
        at = child;
    }
    Found::Here(cells)
}

fn fill(costs: &mut Costs, diagram: &Diagram, space: &Space, upto: Node) {
    // Forgotten nodes may have been made anew with another meaning.
    if costs.ways.len() > diagram.len() {
        costs.ways.clear();
    }
    for node in costs.ways.len()..=upto as usize {
        let node = u32::try_from(node).unwrap_or(u32::MAX);
        let way = match node {
            FALSE => (u32::MAX, 0, FALSE),
            TRUE => (0, 0, TRUE),
            _ => cheapest(costs, diagram, space, node),
        };
        costs.ways.push(way);
    }
}

fn cheapest(costs: &Costs, diagram: &Diagram, space: &Space, node: Node) -> (u32, u32, Node) {
    let level = diagram.level(node);
    let way = |&(cell, child): &(u32, Node)| {
        let own = price(space, level, cell);
        (costs.ways[child as usize].0.saturating_add(own), cell, child)
    };
    diagram.edges(node).iter().map(way).min().unwrap_or((u32::MAX, 0, FALSE))
}

fn price(space: &Space, level: u32, cell: u32) -> u32 {
    match space.levels.get(level as usize).map(|l| &l.what) {
        Some(What::Value(Var::Score(_) | Var::Duration | Var::Duplicate | Var::Channel)) => GUESS,
        Some(What::Value(Var::Language) | What::Chosen(..)) => 0,
        Some(What::Value(_)) => u32::from(cell > 0),
        _ => GUESS,
    }
}

/// Answers, fields and whatever else is known of a respondent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Given {
    /// By name of the item, in the order of the form.
    pub answers: Vec<(String, Value)>,
    /// By name of the customer's or event's field.
    pub fields: Vec<(String, Value)>,
    /// Name of the stratum, where it matters.
    pub stratum: Option<String>,
    /// Language, where it matters.
    pub language: Option<String>,
}

impl Given {
    /// Says it in words: `overall` 2, `reached` none.
    #[must_use]
    pub fn words(&self) -> String {
        let text = |v: &Option<String>| v.as_ref().map(|v| Value::Text(Arc::from(v.as_str())));
        let person = [("stratum", text(&self.stratum)), ("language", text(&self.language))];
        let person = person.iter().filter_map(|(name, value)| Some((*name, value.as_ref()?)));
        let rest = self.fields.iter().chain(&self.answers).map(|(name, value)| (name.as_str(), value));
        let all: Vec<String> =
            person.chain(rest).map(|(name, value)| format!("`{name}` {}", plain(value))).collect();
        if all.is_empty() { "no answer at all".to_owned() } else { all.join(", ") }
    }
}

/// Writes a value as a spec would.
#[must_use]
pub fn plain(value: &Value) -> String {
    match value {
        Value::Missing => "missing".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(x) => x.to_string(),
        Value::Text(text) => text.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Set(all) => all.join(" "),
    }
}

/// Turns cells into answers; those of questions that are not asked then don't count.
pub fn given(lx: &Logic, cells: &Cells) -> Given {
    let mut given = Given::default();
    let mut answers: BTreeMap<usize, Value> = BTreeMap::new();
    for (&level, &cell) in cells {
        let Some(What::Value(var)) = lx.space.levels.get(level as usize).map(|l| &l.what) else { continue };
        let Some(value) = lx.space.cells(level).get(cell as usize).filter(|v| **v != Value::Missing) else {
            continue;
        };
        let value = if matches!(value, Value::Set(all) if all.is_empty()) {
            set(lx, *var, cells)
        } else {
            value.clone()
        };
        let name = |v: Value| if let Value::Text(text) = v { Some(text.to_string()) } else { None };
        match *var {
            Var::Item(i) => drop(answers.insert(i, value)),
            Var::Field(i) => {
                let field = lx.checked.frame.as_ref().and_then(|f| f.fields.get(i));
                given.fields.extend(field.map(|f| (f.name.clone(), value)));
            }
            Var::EventField(e, i) => {
                let field = lx.checked.events.get(e).and_then(|e| e.fields.get(i));
                given.fields.extend(field.map(|f| (f.name.clone(), value)));
            }
            Var::Stratum => given.stratum = name(value),
            Var::Language => given.language = name(value),
            Var::Score(_) | Var::Channel | Var::Duration | Var::Duplicate => {}
        }
    }
    // A question's way leads through those of the questions before it, which need not be walked again.
    let mut known: HashMap<Node, bool> = HashMap::new();
    for (i, value) in answers {
        let Some(item) = lx.checked.questionnaire.items.get(i) else { continue };
        if lx.asked(item.question).is_ok_and(|asked| walked(lx, asked, cells, &mut known)) {
            given.answers.push((item.name.clone(), value));
        }
    }
    given
}

/// Returns the chosen options, or some other one when none of those that conditions name is.
fn set(lx: &Logic, var: Var, cells: &Cells) -> Value {
    let Domain::Options(all) = domain(lx.checked, var) else { return Value::Set(Vec::new()) };
    let named: BTreeMap<&Arc<str>, bool> =
        lx.space.options(var).map(|(name, level)| (name, cells.get(&level) == Some(&1))).collect();
    let chosen: Vec<Arc<str>> =
        all.iter().filter(|(n, _)| named.get(n) == Some(&true)).map(|(n, _)| n.clone()).collect();
    if !chosen.is_empty() {
        return Value::Set(chosen);
    }
    let others = || all.iter().filter(|(n, _)| !named.contains_key(n));
    let other = others().find(|(_, alone)| !alone).or_else(|| others().next());
    Value::Set(other.into_iter().map(|(n, _)| n.clone()).collect())
}

/// Tells whether a truth function holds with these cells; what is not among them is missing. What was walked
/// before is known.
pub fn walked(lx: &Logic, node: Node, cells: &Cells, known: &mut HashMap<Node, bool>) -> bool {
    let (mut at, mut way) = (node, Vec::new());
    while at > TRUE && !known.contains_key(&at) {
        way.push(at);
        at = next(lx, at, cells);
    }
    let holds = known.get(&at).copied().unwrap_or(at == TRUE);
    known.extend(way.into_iter().map(|node| (node, holds)));
    holds
}

fn next(lx: &Logic, node: Node, cells: &Cells) -> Node {
    let cell = cells.get(&lx.diagram.level(node)).copied().unwrap_or(0);
    let runs = lx.diagram.edges(node);
    let run = runs.partition_point(|&(first, _)| first <= cell);
    runs.get(run.saturating_sub(1)).map_or(FALSE, |&(_, child)| child)
}

//! Multi-valued decision diagrams: reduced, ordered, shared.
//!
//! A node stands for a truth function of variables with finitely many cells
//! each; equal functions are the same node, so “never holds” is a comparison
//! with [`FALSE`]. Edges are stored as runs of neighbouring cells, so that
//! `age >= 18` has two edges however finely ages are told apart. Work is counted
//! in steps, never in time: the same spec is decided, or given up, on every
//! machine alike.
//!
//! Bryant 1986, “Graph-based algorithms for Boolean function manipulation”, IEEE
//! Trans. Computers C-35(8); Srinivasan, Kam, Malik & Brayton 1990, “Algorithms
//! for discrete function manipulation”, ICCAD.

use std::collections::HashMap;

/// A truth function, by its place in the diagram.
pub type Node = u32;
/// Holds nowhere.
pub const FALSE: Node = 0;
/// Holds everywhere.
pub const TRUE: Node = 1;

/// The budget of steps is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent;

/// A node, or that the budget is used up.
pub type Made = Result<Node, Spent>;

/// Levels that one call may descend; beyond it the stack of a thread would not do.
const DEEPEST: u32 = 1_500;
/// Nodes of one diagram, at most: about 40 MB with all tables.
const MOST: usize = 400_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Op {
    And,
    Or,
    Not,
}

#[derive(Debug, Clone, Copy)]
struct Inner {
    level: u32,
    start: u32,
    count: u32,
    /// Next node with the same hash; 0 ends the chain.
    next: Node,
}

/// All nodes of one analysis.
#[derive(Debug)]
pub struct Diagram {
    nodes: Vec<Inner>,
    /// First cell of each run, and where it leads.
    edges: Vec<(u32, Node)>,
    heads: HashMap<u64, Node>,
    done: HashMap<(Op, Node, Node), Node>,
    steps: u64,
    limit: u64,
    depth: u32,
}

impl Diagram {
    /// Makes a diagram with the two constants and no budget.
    #[must_use]
    pub fn new() -> Self {
        let end = Inner { level: u32::MAX, start: 0, count: 0, next: 0 };
        Self {
            nodes: vec![end, end],
            edges: Vec::new(),
            heads: HashMap::new(),
            done: HashMap::new(),
            steps: 0,
            limit: 0,
            depth: 0,
        }
    }

    /// Grants so many further steps.
    pub fn allow(&mut self, steps: u64) {
        self.limit = self.steps + steps;
        self.depth = 0;
    }

    /// Returns the steps that are left.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.limit.saturating_sub(self.steps)
    }

    /// Returns a place to which [`Diagram::forget`] can go back.
    #[must_use]
    pub fn mark(&self) -> usize {
        self.nodes.len()
    }

    /// Forgets all nodes made since.
    pub fn forget(&mut self, mark: usize) {
        while self.nodes.len() > mark {
            let Some(last) = self.nodes.pop() else { return };
            let runs = self.edges.split_off(last.start as usize);
            let hash = hash(last.level, &runs);
            if last.next == 0 {
                self.heads.remove(&hash)
            } else {
                self.heads.insert(hash, last.next)
            };
        }
        self.done.clear();
    }

    /// Returns the number of nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns the level that a node looks at; the largest number for constants.
    #[must_use]
    pub fn level(&self, node: Node) -> u32 {
        self.nodes[node as usize].level
    }

    /// Returns the runs of a node: first cell, and where it leads.
    #[must_use]
    pub fn edges(&self, node: Node) -> &[(u32, Node)] {
        let inner = self.nodes[node as usize];
        &self.edges[inner.start as usize..(inner.start + inner.count) as usize]
    }

    /// Returns the node that looks at `level` and leads to these; runs start at cell 0.
    pub fn node(&mut self, level: u32, runs: &[(u32, Node)]) -> Made {
        let mut merged: Vec<(u32, Node)> = Vec::with_capacity(runs.len());
        for &(first, child) in runs {
            if merged.last().is_none_or(|&(_, last)| last != child) {
                merged.push((first, child));
            }
        }
        if let [(_, only)] = merged[..] {
            return Ok(only);
        }
        let hash = hash(level, &merged);
        let head = self.heads.get(&hash).copied().unwrap_or(0);
        let mut at = head;
        while at != 0 {
            if self.level(at) == level && self.edges(at) == merged {
                return Ok(at);
            }
            at = self.nodes[at as usize].next;
        }
        if self.nodes.len() >= MOST {
            return Err(Spent);
        }
        let (start, made) = (index(self.edges.len())?, index(self.nodes.len())?);
        self.edges.extend_from_slice(&merged);
        self.nodes.push(Inner { level, start, count: index(merged.len())?, next: head });
        self.heads.insert(hash, made);
        Ok(made)
    }

    /// Returns where neither operand fails.
    pub fn and(&mut self, a: Node, b: Node) -> Made {
        match (a, b) {
            (FALSE, _) | (_, FALSE) => Ok(FALSE),
            (TRUE, other) | (other, TRUE) => Ok(other),
            _ if a == b => Ok(a),
            _ => self.apply(Op::And, a.min(b), a.max(b)),
        }
    }

    /// Returns where one of them holds.
    pub fn or(&mut self, a: Node, b: Node) -> Made {
        match (a, b) {
            (TRUE, _) | (_, TRUE) => Ok(TRUE),
            (FALSE, other) | (other, FALSE) => Ok(other),
            _ if a == b => Ok(a),
            _ => self.apply(Op::Or, a.min(b), a.max(b)),
        }
    }

    /// Returns where it does not hold.
    pub fn not(&mut self, a: Node) -> Made {
        match a {
            FALSE => Ok(TRUE),
            TRUE => Ok(FALSE),
            _ => self.apply(Op::Not, a, a),
        }
    }

    /// Returns `then` where `a` holds, `other` elsewhere.
    pub fn either(&mut self, a: Node, then: Node, other: Node) -> Made {
        let yes = self.and(a, then)?;
        let not = self.not(a)?;
        let no = self.and(not, other)?;
        self.or(yes, no)
    }

    /// Returns the function with the cell of one level fixed.
    pub fn fix(&mut self, a: Node, level: u32, cell: u32) -> Made {
        if self.level(a) > level {
            return Ok(a);
        }
        if self.level(a) == level {
            let runs = self.edges(a);
            let run = runs.partition_point(|&(first, _)| first <= cell);
            return Ok(runs.get(run.saturating_sub(1)).map_or(FALSE, |&(_, child)| child));
        }
        self.step()?;
        let mut runs = self.edges(a).to_vec();
        for (_, child) in &mut runs {
            *child = self.fix(*child, level, cell)?;
        }
        self.node(self.level(a), &runs)
    }

    fn step(&mut self) -> Result<(), Spent> {
        self.steps += 1;
        if self.steps > self.limit { Err(Spent) } else { Ok(()) }
    }

    fn apply(&mut self, op: Op, a: Node, b: Node) -> Made {
        if let Some(&done) = self.done.get(&(op, a, b)) {
            return Ok(done);
        }
        self.step()?;
        if self.depth >= DEEPEST {
            return Err(Spent);
        }
        self.depth += 1;
        let made = self.descend(op, a, b);
        self.depth -= 1;
        let made = made?;
        if self.done.len() > 2 * MOST {
            self.done.clear();
        }
        self.done.insert((op, a, b), made);
        Ok(made)
    }

    fn descend(&mut self, op: Op, a: Node, b: Node) -> Made {
        let level = self.level(a).min(self.level(b));
        let (mut left, mut right) = (Runs::of(self, a, level), Runs::of(self, b, level));
        let mut runs = Vec::with_capacity(4);
        let mut first = 0;
        loop {
            let (x, y) = (left.child(self), right.child(self));
            let child = match op {
                Op::And => self.and(x, y)?,
                Op::Or => self.or(x, y)?,
                Op::Not => self.not(x)?,
            };
            runs.push((first, child));
            let (next_left, next_right) = (left.next(self), right.next(self));
            let next = next_left.min(next_right);
            if next == u32::MAX {
                break;
            }
            first = next;
            if next_left == next {
                left.at += 1;
            }
            if next_right == next {
                right.at += 1;
            }
        }
        self.node(level, &runs)
    }
}

/// A place in the runs of a node, or a node below the level, which is the same for all cells.
struct Runs {
    node: Node,
    at: u32,
    end: u32,
}

impl Runs {
    fn of(diagram: &Diagram, node: Node, level: u32) -> Self {
        let inner = diagram.nodes[node as usize];
        if inner.level == level {
            Self { node, at: inner.start, end: inner.start + inner.count }
        } else {
            Self { node, at: 0, end: 0 }
        }
    }

    fn child(&self, diagram: &Diagram) -> Node {
        if self.end == 0 { self.node } else { diagram.edges[self.at as usize].1 }
    }

    /// Returns the first cell of the next run.
    fn next(&self, diagram: &Diagram) -> u32 {
        if self.at + 1 < self.end { diagram.edges[self.at as usize + 1].0 } else { u32::MAX }
    }
}

fn index(n: usize) -> Result<u32, Spent> {
    u32::try_from(n).map_err(|_| Spent)
}

/// Multiplies and folds, after Fowler, Noll and Vo.
fn hash(level: u32, runs: &[(u32, Node)]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let numbers = std::iter::once(level).chain(runs.iter().flat_map(|&(first, child)| [first, child]));
    for n in numbers {
        hash = (hash ^ u64::from(n)).wrapping_mul(0x0000_0100_0000_01b3);
        hash ^= hash >> 29;
    }
    hash
}

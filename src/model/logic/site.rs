//! Where conditions stand in the sources: down to the operands of their outermost `and`.
//!
//! Read off the syntax by name, beside the lowering, so that typed expressions
//! need not carry places. A condition that stands in the sources but not in the
//! model is broken: it may hold or not, and accuses nobody.

use std::collections::BTreeMap;

use crate::model::Checked;
use crate::model::checked::Stratum;
use crate::model::logic::flow::parts;
use crate::model::lower::{keyword, settings};
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Item, Statement};

/// Places of a declaration and its condition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Site {
    /// The name; of nameless statements their first word.
    pub name: Span,
    /// Operands of the outermost `and`, over all clauses in their order.
    pub parts: Vec<Span>,
    /// Of each of them the operands of its outermost `or`; itself where there is none.
    pub alternatives: Vec<Vec<Span>>,
}

impl Site {
    fn new(name: Span, clauses: Vec<Operand>) -> Self {
        let (parts, alternatives) = clauses.into_iter().unzip();
        Self { name, parts, alternatives }
    }

    /// Returns the place of an alternative of a part; nothing where they can't be told apart.
    pub fn alternative(&self, part: usize, alternative: usize, of: usize) -> Option<Span> {
        self.alternatives.get(part).filter(|all| all.len() == of)?.get(alternative).copied()
    }

    /// Returns the place of a part of the condition; the name where the parts can't be told apart.
    pub fn part(&self, part: usize, of: usize) -> Span {
        if of == self.parts.len() { self.parts.get(part).copied().unwrap_or(self.name) } else { self.whole() }
    }

    /// Returns the place of the whole condition; of the name when there is none.
    pub fn whole(&self) -> Span {
        let (Some(first), Some(last)) = (self.parts.first(), self.parts.last()) else { return self.name };
        if first.file == last.file { first.to(*last) } else { *first }
    }
}

/// Places of all conditions, by name or in the order of the sources.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sites {
    /// Questions.
    pub questions: BTreeMap<String, Site>,
    /// Strata.
    pub strata: BTreeMap<String, Site>,
    /// Parts of strata.
    pub parts: BTreeMap<(String, String), Site>,
    /// Cases.
    pub cases: BTreeMap<String, Site>,
    /// Cleaning rules.
    pub clean: Vec<Site>,
    /// Exclusions from the list.
    pub exclude: Vec<Site>,
    /// Who is asked no further.
    pub screens: Vec<Site>,
    /// Quotas.
    pub quotas: Vec<Site>,
}

impl Sites {
    /// Tells whether a condition on people is broken: then it is not known whom strata take.
    #[must_use]
    pub fn leave_people_open(&self, checked: &Checked) -> bool {
        let broken = |stratum: &Stratum| {
            let made = stratum.condition.as_ref().map_or(0, |c| parts(c).len());
            self.strata.get(&stratum.name).is_none_or(|site| site.parts.len() > made)
        };
        let excludes = checked.frame.as_ref().map_or(0, |frame| frame.exclude.len());
        checked.strata.iter().any(broken) || self.exclude.len() != excludes
    }

    /// Reads the places off the declarations.
    #[must_use]
    pub fn new(declarations: &[&Statement]) -> Self {
        let mut sites = Self::default();
        for statement in declarations {
            match keyword(statement) {
                "question" => question(&mut sites, statement),
                "section" => section(&mut sites, statement),
                "screen" => sites.screens.extend(nameless(statement, "when")),
                "quota" => sites.quotas.extend(nameless(statement, "where")),
                "stratum" => stratum(&mut sites, statement),
                "case" => {
                    if let Some((name, site)) = named(statement, 1, "when") {
                        sites.cases.entry(name).or_insert(site);
                    }
                }
                "clean" => sites.clean.extend(settings(statement).filter_map(|s| nameless(s, "when"))),
                "frame" => {
                    let excludes = settings(statement).filter(|s| keyword(s) == "exclude");
                    sites.exclude.extend(excludes.filter_map(|s| nameless(s, "where")));
                }
                _ => {}
            }
        }
        sites
    }
}

fn question(sites: &mut Sites, statement: &Statement) {
    if let Some((name, site)) = named(statement, 1, "when") {
        sites.questions.entry(name).or_insert(site);
    }
}

/// What holds for a section holds for each of its questions, behind their own conditions.
fn section(sites: &mut Sites, statement: &Statement) {
    let whole: Vec<Operand> = settings(statement).flat_map(|line| clauses(line, "when")).collect();
    for line in settings(statement) {
        match keyword(line) {
            "question" => question(sites, line),
            "ask" => {}
            _ => continue,
        }
        let site = word(line, 1).and_then(|(name, _)| sites.questions.get_mut(&name));
        if let Some(site) = site {
            let further = Site::new(site.name, whole.clone());
            site.parts.extend(further.parts);
            site.alternatives.extend(further.alternatives);
        }
    }
}

fn stratum(sites: &mut Sites, statement: &Statement) {
    let Some((name, site)) = named(statement, 1, "where") else { return };
    for split in settings(statement).filter(|s| keyword(s) == "split") {
        for line in settings(split) {
            let Some(part) = word(line, 0) else { continue };
            let site = Site::new(part.1, clauses(line, "where"));
            sites.parts.entry((name.clone(), part.0)).or_insert(site);
        }
    }
    sites.strata.entry(name).or_insert(site);
}

/// Returns a declaration's name and the clauses of its block.
fn named(statement: &Statement, position: usize, clause: &str) -> Option<(String, Site)> {
    let (name, span) = word(statement, position)?;
    Some((name, Site::new(span, settings(statement).flat_map(|line| clauses(line, clause)).collect())))
}

fn nameless(line: &Statement, clause: &str) -> Option<Site> {
    let parts = clauses(line, clause);
    let name = line.items.first()?.span();
    (!parts.is_empty()).then(|| Site::new(name, parts))
}

fn word(statement: &Statement, position: usize) -> Option<(String, Span)> {
    match statement.items.get(position)? {
        Item::Word(word) => Some((word.text.clone(), word.span)),
        _ => None,
    }
}

/// Where an operand of `and` stands, and the operands of its outermost `or`.
type Operand = (Span, Vec<Span>);

fn clauses(line: &Statement, wanted: &str) -> Vec<Operand> {
    let mut found = Vec::new();
    for item in &line.items {
        if let Item::Clause(word, e) = item
            && word.text == wanted
        {
            let alternatives = |e| operands(e, BinaryOp::Or).into_iter().map(|e| e.span).collect();
            found.extend(operands(e, BinaryOp::And).into_iter().map(|e| (e.span, alternatives(e))));
        }
    }
    found
}

fn operands(e: &Expr, of: BinaryOp) -> Vec<&Expr> {
    match &e.kind {
        ExprKind::Binary(op, a, b) if *op == of => {
            let mut all = operands(a, of);
            all.extend(operands(b, of));
            all
        }
        _ => vec![e],
    }
}

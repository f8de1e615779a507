//! What the logic has to say: one diagnostic for each fault, with the conditions that clash or the answers
//! that lead there.

mod asked;
mod held;
mod listed;
mod piped;
pub use self::listed::{at_open, before, on};
mod scored;

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::expr::{Expr, Value, Var};
use crate::model::logic::clash::{Part, Subject, clash};
use crate::model::logic::domain::{Domain, domain};
use crate::model::logic::flow::{Focus, Logic, parts};
use crate::model::logic::shortest::plain;
use crate::model::logic::site::{Site, Sites};
use crate::model::{Checked, Places};
use crate::source::{SourceMap, Span};

/// Checks what a lowered campaign can and can't do; broken conditions are left open.
#[must_use]
pub fn check(checked: &Checked, places: &Places, sources: &SourceMap, sites: &Sites) -> Vec<Diagnostic> {
    let questions = &checked.questionnaire.questions;
    // More stands in the sources than could be made: it may hold or not.
    let broken = |q: &usize| {
        let question = &questions[*q];
        let made = question.condition.as_ref().map_or(0, |c| parts(c).len());
        sites.questions.get(&question.name).is_some_and(|s| s.parts.len() > made)
    };
    let open: BTreeSet<usize> = (0..questions.len()).filter(broken).collect();
    let conditions: Vec<&Expr> = (checked.cases.iter().map(|c| &c.condition))
        .chain(checked.clean.iter().map(|c| &c.condition))
        .chain(checked.screens.iter().map(|s| &s.condition))
        .chain(checked.quotas.iter().map(|q| &q.condition))
        .collect();
    let (pipes, mut found) = piped::pipes(checked, places, sources);
    let missing: Vec<Var> = pipes.iter().map(|p| p.var).collect();
    let listed = listed::check(checked, sites);
    let mut focus = Focus { open: open.clone(), ..Focus::default() };
    // What is wrong with a stratum is told once, and not at every question about its people again.
    if sites.leave_people_open(checked) || listed.iter().any(Diagnostic::is_error) {
        focus = focus.anybody();
    }
    let mut lx = Logic::new(checked, &conditions, &missing, &focus);
    found.extend(listed);
    found.extend(asked::check(&mut lx, sites, &open));
    found.extend(held::check(&mut lx, sites, &open));
    found.extend(scored::check(&mut lx));
    found.extend(piped::check(&mut lx, &pipes));
    found
}

/// A condition that never holds: where it stands, and what is never so.
struct Never<'a> {
    /// What is wrong, at the name.
    draft: Diagnostic,
    /// What to do about it.
    remedy: &'a str,
    site: &'a Site,
    subject: Subject<'a>,
    condition: &'a Expr,
}

/// Explains why something is never so; nothing when it is only because of questions that are left open.
fn explain(checked: &Checked, sites: &Sites, open: &BTreeSet<usize>, never: &Never) -> Option<Diagnostic> {
    let core = clash(checked, never.subject, open)?;
    let own = parts(never.condition);
    let site_of = |q: usize| {
        checked.questionnaire.questions.get(q).and_then(|q| Some((q, sites.questions.get(&q.name)?)))
    };
    let place = |part: &Part| match part {
        Part::Own(i) => never.site.part(*i, own.len()),
        Part::Member(s) => {
            let site = checked.strata.get(*s).and_then(|s| sites.strata.get(&s.name));
            site.map_or(never.site.name, Site::whole)
        }
        Part::Of(q, i) => site_of(*q).map_or(never.site.name, |(q, site)| {
            site.part(*i, q.condition.as_ref().map_or(0, |c| parts(c).len()))
        }),
    };
    let first = core.iter().next().map_or(never.site.name, place);
    let mut diagnostic = Diagnostic { span: first, ..never.draft.clone() };
    if core.len() == 1 {
        diagnostic = diagnostic.label(first, "this never holds");
    } else {
        for (position, part) in core.iter().enumerate() {
            diagnostic = diagnostic.label(place(part), words(checked, part, position, core.len()));
        }
    }
    let mut help = never.remedy.to_owned();
    if let [Part::Own(i)] = core.iter().copied().collect::<Vec<_>>()[..]
        && let Some(known) = own.get(i).and_then(|e| described(checked, e))
    {
        help = format!("{help}; {known}");
    }
    Some(diagnostic.help(help))
}

fn words(checked: &Checked, part: &Part, position: usize, of: usize) -> String {
    let together = if of == 2 { "both never hold together" } else { "they never hold all together" };
    match part {
        Part::Own(_) if position == 0 => "this has to hold …".to_owned(),
        Part::Own(_) if position + 1 == of => format!("… and this, but {together}"),
        Part::Own(_) => "… and this …".to_owned(),
        Part::Member(s) => {
            let name = checked.strata.get(*s).map_or("", |s| s.name.as_str());
            let end = if position + 1 == of { format!(", but {together}") } else { " …".to_owned() };
            format!("… and `{name}` takes only whom this fits{end}")
        }
        Part::Of(q, _) => {
            let name = checked.questionnaire.questions.get(*q).map_or("", |q| q.name.as_str());
            let end = if position + 1 == of { format!(", but {together}") } else { " …".to_owned() };
            format!("… and `{name}` is asked only if this holds{end}")
        }
    }
}

/// Says what the variables of a condition can be, where that is soon said.
fn described(checked: &Checked, e: &Expr) -> Option<String> {
    let mut vars = BTreeSet::new();
    e.variables(&mut |v| {
        vars.insert(v);
    });
    let &var = vars.first().filter(|_| vars.len() == 1)?;
    let name = match var {
        Var::Item(i) => &checked.questionnaire.items.get(i)?.name,
        Var::Field(i) => &checked.frame.as_ref()?.fields.get(i)?.name,
        Var::Score(i) => &checked.scoring.as_ref()?.scores.get(i)?.name,
        Var::Stratum => "stratum",
        Var::Language => "language",
        _ => return None,
    };
    match domain(checked, var) {
        Domain::Finite(values) if (1..=12).contains(&values.len()) => {
            let all: Vec<String> = values.iter().map(|v: &Value| plain(v)).collect();
            Some(format!("`{name}` is one of {}", all.join(", ")))
        }
        Domain::Numbers { low, high, .. } if low.is_finite() && high.is_finite() && high < 1e15 => {
            Some(format!("`{name}` lies between {low} and {high}"))
        }
        _ => None,
    }
}

/// Returns the spans of a declaration's name; nowhere when the sources don't show it.
fn name_of(site: Option<&Site>) -> Span {
    site.map_or_else(Span::default, |s| s.name)
}

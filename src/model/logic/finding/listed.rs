//! Strata and parts that nobody can fall into, and exclusions that are always the same.
//!
//! Conditions on the list are decided for one row on one day: windows such as
//! `within 30 days` become periods that end on that day. Exclusions come first,
//! then strata in their order, each taking whom it takes, as in the draw. Where
//! people arrive day by day, a stratum counts as out of reach only if it is so on
//! every day of the schedule.

mod reached;
mod row;

pub use self::row::{at_open, before, on};

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::diagnostic::Diagnostic;
use crate::expr::Expr;
use crate::model::Checked;
use crate::model::checked::{Part, Stratum};
use crate::model::logic::clash::fewest;
use crate::model::logic::finding::described;
use crate::model::logic::finding::listed::reached::reached;
use crate::model::logic::finding::listed::row::{Wanted, days, impossible};
use crate::model::logic::flow::parts;
use crate::model::logic::site::{Site, Sites};
use crate::source::Span;

/// A condition that decides about a row.
struct Term<'a> {
    /// None where everybody is meant.
    condition: Option<&'a Expr>,
    /// It has to hold; else it must not.
    wanted: bool,
    /// The day of a stratum that has one of its own.
    day: Option<Date>,
    span: Span,
    words: String,
}

/// Looks at exclusions, strata and parts.
pub fn check(checked: &Checked, sites: &Sites) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if excludes(checked, sites, &mut found) {
        return found;
    }
    let reached = reached(checked);
    for (s, stratum) in checked.strata.iter().enumerate() {
        let parts: Vec<usize> =
            (0..stratum.parts.len()).filter(|p| !reached.parts.contains(&(s, *p))).collect();
        if reached.strata.contains(&s) && parts.is_empty() {
            continue;
        }
        let Some(site) =
            sites.strata.get(&stratum.name).filter(|site| known(stratum.condition.as_ref(), site))
        else {
            continue;
        };
        let own = holding(stratum.condition.as_ref(), site, stratum.as_of, "this has to hold …");
        let before = takers(checked, sites, s);
        let message = format!("nobody can fall into stratum `{}`", stratum.name);
        let all: Vec<&Term> = own.iter().chain(&before).collect();
        if !reached.strata.contains(&s)
            && let Some(diagnostic) = reach(checked, s, site, &all, message)
        {
            found.push(diagnostic);
            continue;
        }
        for (p, part) in parts.into_iter().map(|p| (p, &stratum.parts[p])) {
            let Some(site) = part_site(sites, stratum, part) else { continue };
            let around = holding(
                stratum.condition.as_ref(),
                sites.strata.get(&stratum.name).unwrap_or(site),
                stratum.as_of,
                "this holds for the whole stratum …",
            );
            let own = holding(part.condition.as_ref(), site, stratum.as_of, "this has to hold …");
            let siblings: Vec<Term> = stratum
                .parts
                .iter()
                .take(p)
                .filter_map(|part| {
                    Some(taking(
                        part.condition.as_ref(),
                        part_site(sites, stratum, part)?,
                        stratum.as_of,
                        &part.name,
                    ))
                })
                .collect();
            let all: Vec<&Term> = own.iter().chain(&around).chain(&siblings).chain(&before).collect();
            let message = format!("nobody can fall into part `{}` of `{}`", part.name, stratum.name);
            found.extend(reach(checked, s, site, &all, message));
        }
    }
    found
}

/// Looks at exclusions; returns whether nobody is left at all, so that strata need no second message.
fn excludes(checked: &Checked, sites: &Sites, found: &mut Vec<Diagnostic>) -> bool {
    let all: Vec<&Expr> = checked.frame.iter().flat_map(|f| &f.exclude).map(|e| &e.condition).collect();
    // With a broken one among them the places can't be told apart.
    if sites.exclude.len() != all.len() {
        return false;
    }
    let days = days(checked, None);
    for (condition, site) in all.into_iter().zip(&sites.exclude) {
        let help = remedy(checked, condition);
        if impossible(checked, &days, &[(condition, true, None)]) {
            let message = "nobody is left out by this";
            found.push(Diagnostic::warning("never-holds", site.whole(), message).help(help));
        } else if impossible(checked, &days, &[(condition, false, None)]) {
            let message = "everybody is left out by this";
            found.push(Diagnostic::error("always-holds", site.whole(), message).help(help));
            return true;
        }
    }
    false
}

fn remedy(checked: &Checked, condition: &Expr) -> String {
    let known = described(checked, condition).map_or_else(String::new, |known| format!("; {known}"));
    format!("correct the condition{known}")
}

/// Tells whether a condition could be made, or there is none.
fn known(condition: Option<&Expr>, site: &Site) -> bool {
    condition.is_some() || site.parts.is_empty()
}

fn part_site<'a>(sites: &'a Sites, stratum: &Stratum, part: &Part) -> Option<&'a Site> {
    let site = sites.parts.get(&(stratum.name.clone(), part.name.clone()))?;
    known(part.condition.as_ref(), site).then_some(site)
}

fn holding<'a>(condition: Option<&'a Expr>, site: &Site, day: Option<Date>, words: &str) -> Vec<Term<'a>> {
    let all = condition.map(parts).unwrap_or_default();
    let count = all.len();
    let term = |(i, e)| Term {
        condition: Some(e),
        wanted: true,
        day,
        span: site.part(i, count),
        words: words.to_owned(),
    };
    all.into_iter().enumerate().map(term).collect()
}

fn taking<'a>(condition: Option<&'a Expr>, site: &Site, day: Option<Date>, name: &str) -> Term<'a> {
    let (span, words) = match condition {
        None => (site.name, format!("`{name}` takes everybody who is left")),
        Some(_) => (site.whole(), format!("`{name}` comes first and takes whoever fulfils this")),
    };
    Term { condition, wanted: false, day, span, words }
}

/// Returns what takes people before a stratum is tried: exclusions, and strata before it.
fn takers<'a>(checked: &'a Checked, sites: &Sites, stratum: usize) -> Vec<Term<'a>> {
    let mut all: Vec<Term> = before(checked, stratum)
        .filter_map(|s| {
            let site = sites.strata.get(&s.name).filter(|site| known(s.condition.as_ref(), site))?;
            Some(taking(s.condition.as_ref(), site, s.as_of, &s.name))
        })
        .collect();
    let excludes = checked.frame.iter().flat_map(|f| &f.exclude);
    if sites.exclude.len() == excludes.clone().count() {
        all.extend(excludes.zip(&sites.exclude).map(|(e, site)| Term {
            condition: Some(&e.condition),
            wanted: false,
            day: None,
            span: site.whole(),
            words: LEFT_OUT.to_owned(),
        }));
    }
    all
}

/// Strata and exclusions among which the fewest that matter are looked for, at most.
const MOST_TAKERS: usize = 40;
/// Of more, so many are shown.
const SHOWN: usize = 3;

/// What is said of an exclusion.
const LEFT_OUT: &str = "whoever fulfils this is left out";

fn reach(
    checked: &Checked,
    stratum: usize,
    site: &Site,
    terms: &[&Term],
    message: String,
) -> Option<Diagnostic> {
    let days = days(checked, Some(stratum));
    let never = |kept: &[&Term]| {
        let wanted: Vec<Wanted> = kept.iter().filter_map(|t| Some((t.condition?, t.wanted, t.day))).collect();
        kept.iter().any(|t| t.condition.is_none() && !t.wanted) || impossible(checked, &days, &wanted)
    };
    if !never(terms) {
        return None;
    }
    let (own, takers): (Vec<&Term>, Vec<&Term>) = terms.iter().copied().partition(|t| t.wanted);
    // Whoever takes nobody of those who fulfil the conditions has no part in it.
    let share = |taker: &&Term| {
        let together = Term {
            condition: taker.condition,
            wanted: true,
            day: taker.day,
            span: taker.span,
            words: String::new(),
        };
        let mut both = own.clone();
        both.push(&together);
        !never(&both)
    };
    let takers: Vec<&Term> = takers.into_iter().filter(share).collect();
    let concerned: Vec<&Term> = own.iter().chain(&takers).copied().collect();
    if takers.len() > MOST_TAKERS && never(&concerned) {
        let first = own.first().map_or(site.name, |t| t.span);
        let mut diagnostic = Diagnostic::error("unreachable-stratum", first, message);
        for term in own.iter().chain(takers.iter().take(SHOWN)) {
            diagnostic = diagnostic.label(term.span, term.words.as_str());
        }
        let help = format!(
            "{} strata and exclusions, of which {SHOWN} are shown, take everybody whom this could be about: leave it out, or \
             change one of them",
            takers.len()
        );
        return Some(diagnostic.help(help));
    }
    let terms = if never(&concerned) { &concerned[..] } else { terms };
    let all: Vec<usize> = (0..terms.len()).collect();
    let kept = |kept: &BTreeSet<usize>| {
        let kept: Vec<&Term> = kept.iter().filter_map(|i| terms.get(*i).copied()).collect();
        never(&kept)
    };
    let core: Vec<&&Term> = fewest(&all, &[], &kept)?.iter().filter_map(|i| terms.get(*i)).collect();
    let first = core.first().filter(|t| t.wanted).map_or(site.name, |t| t.span);
    let mut diagnostic = Diagnostic::error("unreachable-stratum", first, message);
    for (position, term) in core.iter().enumerate() {
        let words = match (term.wanted, position) {
            (true, _) if core.len() == 1 => "this never holds",
            (true, 1..) => "… and this",
            _ => term.words.as_str(),
        };
        diagnostic = diagnostic.label(term.span, words);
    }
    let help = match (&core[..], core.iter().all(|t| t.wanted)) {
        ([only], true) => only.condition.map_or_else(String::new, |e| remedy(checked, e)),
        (_, true) => "these never hold together: change one of them".to_owned(),
        _ if core.iter().any(|t| !t.wanted && t.words == LEFT_OUT) => {
            "whom the list excludes can be in no stratum: change one of the two".to_owned()
        }
        _ => "the first that matches takes a person: put the narrower condition first, or change one of them"
            .to_owned(),
    };
    Some(diagnostic.help(help))
}

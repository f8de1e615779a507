//! Questions that are never asked, and conditions that change nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::model::logic::clash::{Subject, cone};
use crate::model::logic::diagram::FALSE;
use crate::model::logic::encode::pair;
use crate::model::logic::finding::{Never, explain};
use crate::model::logic::flow::{Logic, alternatives, parts};
use crate::model::logic::site::{Site, Sites};
use crate::model::logic::witness::asked;

/// Looks at every question with a condition.
pub fn check(lx: &mut Logic, sites: &Sites, open: &BTreeSet<usize>) -> Vec<Diagnostic> {
    let checked = lx.checked;
    let questions = &checked.questionnaire.questions;
    let (mut never, mut always, mut undecided) = (Vec::new(), Vec::new(), Vec::new());
    for q in (0..questions.len()).filter(|q| questions[*q].condition.is_some()) {
        match (lx.attempt(|lx| asked(lx, q, true)), lx.attempt(|lx| asked(lx, q, false))) {
            (Ok(FALSE), _) => never.push(q),
            (_, Ok(FALSE)) => always.push(q),
            (Ok(_), Ok(_)) => {}
            _ => undecided.push(q),
        }
    }
    let site = |q: usize| {
        sites
            .questions
            .get(&questions[q].name)
            .cloned()
            .unwrap_or(Site { name: questions[q].span, ..Site::default() })
    };
    let mut found = self::never(lx, sites, open, &never, &site);
    for q in always {
        let message = format!("question `{}` is always asked: its condition always holds", questions[q].name);
        found.push(
            Diagnostic::warning("always-asked", site(q).whole(), message)
                .help("remove the condition, or correct it"),
        );
    }
    for q in (0..questions.len()).filter(|q| !never.contains(q) && !open.contains(q)) {
        found.extend(idle(lx, q, &site));
    }
    if let Some(&first) = undecided.first() {
        let others =
            if undecided.len() > 1 { format!(", and {} more", undecided.len() - 1) } else { String::new() };
        let message = format!(
            "whether question `{}` can be asked is too entangled to be decided{others}",
            questions[first].name
        );
        found.push(Diagnostic::warning("not-decided", site(first).whole(), message).help(
            "let conditions look at fewer questions at once: ask for what they have in common, and look at that",
        ));
    }
    found
}

/// Alternatives that never hold, in the condition of a question that is asked all the same.
fn idle(lx: &mut Logic, q: usize, site: &dyn Fn(usize) -> Site) -> Vec<Diagnostic> {
    let checked = lx.checked;
    let Some(condition) = &checked.questionnaire.questions[q].condition else { return Vec::new() };
    let mut found = Vec::new();
    for (p, part) in parts(condition).into_iter().enumerate() {
        let all = alternatives(part);
        if all.len() < 2 {
            continue;
        }
        for (a, alternative) in all.iter().enumerate() {
            let never = lx.attempt(|lx| {
                let (holds, asked) = (pair(lx, alternative)?.holds, asked(lx, q, true)?);
                lx.diagram.and(holds, asked)
            });
            if never == Ok(FALSE)
                && let Some(span) = site(q).alternative(p, a, all.len())
            {
                let message = format!(
                    "question `{}` is never asked because of this",
                    checked.questionnaire.questions[q].name
                );
                found.push(
                    Diagnostic::warning("never-holds", span, message)
                        .help("this alternative never holds here: remove it, or correct it"),
                );
            }
        }
    }
    found
}

/// One message for each fault: what is never asked only because of another such question stands with that one.
fn never(
    lx: &Logic,
    sites: &Sites,
    open: &BTreeSet<usize>,
    never: &[usize],
    site: &dyn Fn(usize) -> Site,
) -> Vec<Diagnostic> {
    let checked = lx.checked;
    let questions = &checked.questionnaire.questions;
    let mut roots: Vec<(usize, Diagnostic)> = Vec::new();
    let mut followers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &q in never {
        let before: BTreeSet<usize> =
            cone(checked, [q]).into_iter().filter(|p| *p != q && never.contains(p)).collect();
        let (Some(condition), site) = (&questions[q].condition, site(q)) else { continue };
        let fault = Never {
            draft: Diagnostic::error(
                "never-asked",
                site.name,
                format!("question `{}` is never asked", questions[q].name),
            ),
            remedy: "change one of the conditions, or remove the question",
            site: &site,
            subject: Subject::Question(q),
            condition,
        };
        let left_open: BTreeSet<usize> = open.union(&before).copied().collect();
        match explain(checked, sites, &left_open, &fault) {
            Some(diagnostic) => roots.push((q, diagnostic)),
            None => {
                let root = before.iter().find(|p| roots.iter().any(|(r, _)| r == *p));
                followers.entry(root.copied().unwrap_or(q)).or_default().push(q);
            }
        }
    }
    for (root, diagnostic) in &mut roots {
        let Some(all) = followers.get(root) else { continue };
        let names: Vec<String> = all.iter().take(5).map(|q| format!("`{}`", questions[*q].name)).collect();
        let more = if all.len() > 5 { format!(" and {} more", all.len() - 5) } else { String::new() };
        let help = diagnostic.help.take().unwrap_or_default();
        diagnostic.help = Some(format!("{help}; with it {}{more} can't be asked either", names.join(", ")));
    }
    roots.into_iter().map(|(_, diagnostic)| diagnostic).collect()
}

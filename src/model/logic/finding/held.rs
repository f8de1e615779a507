//! Conditions on answers that are always the same: cases, cleaning rules, screening and quotas.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::expr::Expr;
use crate::model::logic::clash::Subject;
use crate::model::logic::diagram::FALSE;
use crate::model::logic::finding::{Never, explain, name_of};
use crate::model::logic::flow::Logic;
use crate::model::logic::site::{Site, Sites};
use crate::model::logic::witness::raised;

/// Looks at every case, cleaning rule, screening and quota.
pub fn check(lx: &mut Logic, sites: &Sites, open: &BTreeSet<usize>) -> Vec<Diagnostic> {
    let checked = lx.checked;
    let mut found = Vec::new();
    for case in &checked.cases {
        let site = sites.cases.get(&case.name).cloned();
        let never = (format!("case `{}` is never raised", case.name), Severity::Error);
        let always = format!("case `{}` is raised by every response", case.name);
        found.extend(same(lx, sites, open, &case.condition, site.as_ref(), never, always));
    }
    // With a broken rule among them the places can't be told apart.
    if sites.clean.len() == checked.clean.len() {
        for (rule, site) in checked.clean.iter().zip(&sites.clean) {
            let does = if rule.drop { "drops" } else { "flags" };
            let never = (format!("this rule never {does} a response"), Severity::Warning);
            let always = format!("this rule {does} every response");
            found.extend(same(lx, sites, open, &rule.condition, Some(site), never, always));
        }
    }
    if sites.screens.len() == checked.screens.len() {
        for (screen, site) in checked.screens.iter().zip(&sites.screens) {
            let never = ("nobody is screened out by this".to_owned(), Severity::Error);
            let always = "everybody is screened out by this".to_owned();
            found.extend(same(lx, sites, open, &screen.condition, Some(site), never, always));
        }
    }
    if sites.quotas.len() == checked.quotas.len() {
        for (quota, site) in checked.quotas.iter().zip(&sites.quotas) {
            let never = (format!("nobody counts for quota `{}`", quota.name), Severity::Error);
            let always = format!("everybody counts for quota `{}`", quota.name);
            found.extend(same(lx, sites, open, &quota.condition, Some(site), never, always));
        }
    }
    found
}

fn same(
    lx: &mut Logic,
    sites: &Sites,
    open: &BTreeSet<usize>,
    condition: &Expr,
    site: Option<&Site>,
    (never, severity): (String, Severity),
    always: String,
) -> Option<Diagnostic> {
    let site = Site { name: name_of(site), ..site.cloned().unwrap_or_default() };
    if lx.attempt(|lx| raised(lx, condition, true)) == Ok(FALSE) {
        let fault = Never {
            draft: Diagnostic { severity, ..Diagnostic::error("never-holds", site.name, never) },
            remedy: "change one of the conditions, or remove it",
            site: &site,
            subject: Subject::Condition(condition),
            condition,
        };
        return explain(lx.checked, sites, open, &fault);
    }
    (lx.attempt(|lx| raised(lx, condition, false)) == Ok(FALSE)).then(|| {
        Diagnostic::warning("always-holds", site.whole(), always)
            .help("correct the condition: it always holds")
    })
}

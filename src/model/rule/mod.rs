//! What a questionnaire expert says about a campaign: one file and one page a rule.
//!
//! Goes in: the model with its places ([`Spec`]). Comes out: findings, those silenced by
//! `allow` or `canvass.yaml` apart, with their reasons. A rule reads and reports; it never
//! changes the model and never asks for clock or files. Rules warn; those of severity error are
//! faults of meaning that look like the others but can't be switched off.
//!
//! Precision before recall: a rule that is not sure keeps quiet.

mod allow;
mod answers;
mod finding;
mod instruments;
mod interval;
mod measures;
mod open;
pub mod polarity;
mod ranges;
pub mod spec;
mod switch;
pub mod text;
pub mod worded;
pub mod wording;

mod absolute;
mod action_incomplete;
mod action_overdue;
mod agree_disagree;
mod all_required;
mod demographics_first;
mod double_barrelled;
mod double_negation;
mod duplicate_label;
mod general_after_specific;
mod half_width_punctuation;
mod hard_item_early;
mod hypothetical;
mod identifying_items;
mod instrument_changed;
mod jargon;
mod label_number;
mod leading;
mod length;
mod loaded_words;
mod long_scale_run;
mod long_stem;
mod many_open_questions;
mod missing_none;
mod missing_not_applicable;
mod missing_reference_period;
mod mixed_register;
mod mixed_scales;
mod mixed_script;
mod negation;
mod none_not_exclusive;
mod number_drift;
mod open_after_closed;
mod options_gap;
mod options_overlap;
mod partly_labelled_scale;
mod placeholder_drift;
mod polarity_drift;
mod presupposition;
mod recall_burden;
mod required_open_question;
mod retention_not_declared;
mod scale_label_order;
mod scale_points;
mod sensitive_without_exit;
mod shuffled_order;
mod sms_length;
mod sms_signature;
mod spam_subject;
mod stray_blank;
mod subject_length;
mod too_many_options;
mod topic_hopping;
mod unbalanced_scale;
mod unshuffled_options;
mod untranslated_text;
mod vague_frequency;

pub use self::allow::{Allow, take};
pub use self::finding::{Finding, Findings};
pub use self::spec::{Asked, Nature, Spec, Wording};
pub use self::switch::{Switch, Switches};

use rayon::prelude::*;

use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::checked::SwitchedOff;
use crate::model::places::Places;
use crate::source::Span;

/// All rules. `just new-rule NAME` adds a line.
#[rustfmt::skip]
pub const ALL: &[&Rule] = &[
    &absolute::RULE,
    &action_incomplete::RULE,
    &action_overdue::RULE,
    &agree_disagree::RULE,
    &all_required::RULE,
    &demographics_first::RULE,
    &double_barrelled::RULE,
    &double_negation::RULE,
    &duplicate_label::RULE,
    &general_after_specific::RULE,
    &half_width_punctuation::RULE,
    &hypothetical::RULE,
    &identifying_items::RULE,
    &instrument_changed::RULE,
    &jargon::RULE,
    &label_number::RULE,
    &leading::RULE,
    &length::RULE,
    &loaded_words::RULE,
    &long_scale_run::RULE,
    &long_stem::RULE,
    &many_open_questions::RULE,
    &missing_none::RULE,
    &missing_not_applicable::RULE,
    &missing_reference_period::RULE,
    &mixed_register::RULE,
    &mixed_scales::RULE,
    &negation::RULE,
    &none_not_exclusive::RULE,
    &number_drift::RULE,
    &options_gap::RULE,
    &options_overlap::RULE,
    &partly_labelled_scale::RULE,
    &placeholder_drift::RULE,
    &polarity_drift::RULE,
    &presupposition::RULE,
    &recall_burden::RULE,
    &required_open_question::RULE,
    &retention_not_declared::RULE,
    &scale_label_order::RULE,
    &sensitive_without_exit::RULE,
    &shuffled_order::RULE,
    &sms_length::RULE,
    &sms_signature::RULE,
    &stray_blank::RULE,
    &subject_length::RULE,
    &too_many_options::RULE,
    &unbalanced_scale::RULE,
    &unshuffled_options::RULE,
    &untranslated_text::RULE,
    &scale_points::RULE,
    &hard_item_early::RULE,
    &open_after_closed::RULE,
    &topic_hopping::RULE,
    &mixed_script::RULE,
    &spam_subject::RULE,
    &vague_frequency::RULE,
];

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Name in kebab-case: the code of its findings, the name of its page, with `_` in an `allow`.
    pub name: &'static str,
    /// Its page.
    pub page: &'static str,
    /// Warnings can be switched off, errors can't.
    pub severity: Severity,
    /// Applied unless switched off; else only when switched on.
    pub on: bool,
    /// Says that something is missing; keeps quiet while the spec has errors, which may have swallowed it.
    pub about_absence: bool,
    /// Said once for a whole spec, with all its places: the same habit in twenty questions is one remark.
    pub once: bool,
    check: fn(&Spec, &mut Findings),
}

impl Rule {
    /// Makes a rule that warns.
    #[must_use]
    pub const fn new(name: &'static str, page: &'static str, check: fn(&Spec, &mut Findings)) -> Self {
        Self { name, page, severity: Severity::Warning, on: true, about_absence: false, once: false, check }
    }

    /// Makes it a fault of meaning.
    #[must_use]
    pub const fn error(self) -> Self {
        Self { severity: Severity::Error, ..self }
    }

    /// Ships it switched off.
    #[must_use]
    pub const fn off(self) -> Self {
        Self { on: false, ..self }
    }

    /// Keeps it quiet while the spec has errors.
    #[must_use]
    pub const fn about_absence(self) -> Self {
        Self { about_absence: true, ..self }
    }

    /// Says it once for a whole spec, at its first place.
    #[must_use]
    pub const fn once(self) -> Self {
        Self { once: true, ..self }
    }
}

/// Finds a rule by its name, written with `-` or `_`.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    let name = name.replace('_', "-");
    ALL.iter().copied().find(|rule| rule.name == name)
}

/// What the rules give.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Findings.
    pub diagnostics: Vec<Diagnostic>,
    /// Rules that were switched off, with the reasons.
    pub switched_off: Vec<SwitchedOff>,
}

/// What a rule finds in a spec, whatever else is wrong there.
#[derive(Debug)]
pub struct Found<'s> {
    rule: &'static Rule,
    switch: Option<&'s Switch>,
    findings: Vec<Diagnostic>,
}

/// Asks all rules that are not silent. Each only reads, so they need not wait for each other; their findings stay in
/// the order of the rules.
#[must_use]
pub fn find_all<'s>(spec: &Spec, switches: &'s Switches) -> Vec<Found<'s>> {
    // Before the rules ask for it all at once.
    spec.worded();
    let ask = |rule: &&'static Rule| {
        let switch = switches.get(rule.name);
        (switch.is_some() || rule.on).then(|| {
            let mut findings = Findings::new(rule);
            (rule.check)(spec, &mut findings);
            Found { rule, switch, findings: findings.into_list() }
        })
    };
    ALL.par_iter().filter_map(ask).collect()
}

/// Judges what the rules found.
///
/// `errors` are the faults that the spec has already. With any, rules about what is missing keep quiet, and
/// nobody is told that an `allow` is of no use; a statement with an error of its own is judged when that is mended.
#[must_use]
pub fn judge_all(found: Vec<Found>, places: &Places, allows: &[Allow], errors: &[Span]) -> Outcome {
    let mut outcome = Outcome::default();
    let broken = !errors.is_empty();
    let faulty = places.statements_with(errors);
    let mut silenced = vec![0_usize; allows.len()];
    let mut applied = Vec::new();
    for Found { rule, switch, findings } in found {
        if broken && rule.about_absence {
            continue;
        }
        if let Some(Switch::Off(reason)) = switch {
            let (rule, reason) = (rule.name.to_owned(), reason.clone());
            outcome.switched_off.push(SwitchedOff { rule, reason, owner: None, findings: findings.len() });
            continue;
        }
        applied.push(rule.name);
        let mut kept = Vec::new();
        for finding in findings {
            let here = |a: &Allow| allows_rule(a, rule) && a.scope.contains(finding.span);
            match allows.iter().position(here).filter(|_| rule.severity == Severity::Warning) {
                Some(at) => silenced[at] += 1,
                None if rule.severity == Severity::Warning
                    && faulty.iter().any(|s| s.contains(finding.span)) => {}
                None => kept.push(finding),
            }
        }
        // Only what no `allow` silenced is put together.
        outcome.diagnostics.extend(if rule.once { finding::together(kept) } else { kept });
    }
    for (allow, silenced) in allows.iter().zip(silenced) {
        judge(allow, silenced, broken, &applied, &mut outcome);
    }
    outcome
}

fn allows_rule(allow: &Allow, rule: &Rule) -> bool {
    find(&allow.rule).is_some_and(|r| r.name == rule.name)
}

/// Looks at one `allow`: the rule must exist, a reason must be given, and there must be something to silence.
fn judge(allow: &Allow, silenced: usize, broken: bool, applied: &[&str], outcome: &mut Outcome) {
    let Some(rule) = find(&allow.rule) else {
        let names: Vec<String> = ALL.iter().map(|r| r.name.replace('-', "_")).collect();
        let help = did_you_mean(&allow.rule, names.iter().map(String::as_str)).map_or_else(
            || "`canvass explain` lists all rules".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("rule `{}` is not known", allow.rule);
        outcome.diagnostics.push(Diagnostic::error("unknown-name", allow.rule_span, message).help(help));
        return;
    };
    if rule.severity == Severity::Error {
        let message = format!("`{}` is an error and can't be switched off", rule.name);
        let finding = Diagnostic::error("unexpected", allow.rule_span, message);
        outcome.diagnostics.push(finding.help("remove this line and mend what the error says"));
        return;
    }
    let Some(reason) = &allow.reason else {
        let finding = Diagnostic::error("expected", allow.span, "the reason is missing");
        let help = format!("write `allow {} \"…\"`; plan and report show it", allow.rule);
        outcome.diagnostics.push(finding.help(help));
        return;
    };
    if silenced == 0 && !broken && applied.contains(&rule.name) {
        let message = format!("`{}` finds nothing in {}", rule.name, allow.owner);
        let finding = Diagnostic::warning("unused-allow", allow.span, message);
        outcome
            .diagnostics
            .push(finding.help("remove this line, or move it to the statement that it is meant for"));
    }
    outcome.switched_off.push(SwitchedOff {
        rule: rule.name.to_owned(),
        reason: reason.clone(),
        owner: Some(allow.owner.clone()),
        findings: silenced,
    });
}

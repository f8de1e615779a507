//! What a rule has to say: findings with places, help, further places and safe mends.

use crate::diagnostic::{Diagnostic, Fix, Label, Severity};
use crate::model::rule::{ALL, Rule};
use crate::source::Span;

/// The findings of one rule.
#[derive(Debug)]
pub struct Findings {
    rule: &'static str,
    severity: Severity,
    list: Vec<Diagnostic>,
}

/// One finding, to be completed.
#[derive(Debug)]
pub struct Finding<'a>(&'a mut Diagnostic);

impl Findings {
    /// Starts with none.
    #[must_use]
    pub fn new(rule: &Rule) -> Self {
        Self { rule: rule.name, severity: rule.severity, list: Vec::new() }
    }

    /// Returns the place of the rule in [`ALL`].
    #[must_use]
    pub fn place(&self) -> usize {
        ALL.iter().position(|rule| rule.name == self.rule).unwrap_or(ALL.len())
    }

    /// Reports a fault at the smallest place that shows it; lower case, no full stop, the thing first.
    #[expect(clippy::indexing_slicing, reason = "the element was pushed in the line before")]
    pub fn report(&mut self, span: Span, message: impl Into<String>) -> Finding<'_> {
        let made = match self.severity {
            Severity::Error => Diagnostic::error(self.rule, span, message),
            Severity::Warning => Diagnostic::warning(self.rule, span, message),
        };
        self.list.push(made);
        let last = self.list.len() - 1;
        Finding(&mut self.list[last])
    }

    /// Returns what was found.
    #[must_use]
    pub fn into_list(self) -> Vec<Diagnostic> {
        self.list
    }
}

impl Finding<'_> {
    /// Says what to write instead.
    #[expect(clippy::return_self_not_must_use, reason = "the finding is kept already")]
    pub fn help(self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Adds a second place.
    #[expect(clippy::return_self_not_must_use, reason = "the finding is kept already")]
    pub fn label(self, span: Span, message: impl Into<String>) -> Self {
        self.0.labels.push(Label { span, message: message.into() });
        self
    }

    /// Offers a mend that `check --fix` may make without asking: it must never change the meaning.
    #[expect(clippy::return_self_not_must_use, reason = "the finding is kept already")]
    pub fn fix(self, span: Span, replacement: impl Into<String>) -> Self {
        self.0.fix = Some(Fix { span, replacement: replacement.into() });
        self
    }
}

/// Further places that one finding shows.
const SHOWN: usize = 9;

/// Makes one finding of all findings of a rule: the first, with the places of the others.
#[must_use]
pub fn together(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut all = findings.into_iter();
    let Some(mut first) = all.next() else { return Vec::new() };
    let others: Vec<Diagnostic> = all.collect();
    if !others.is_empty() {
        first.message = format!("{}; {} more like it", first.message, others.len());
    }
    let places = others.into_iter().map(|other| Label { span: other.span, message: other.message });
    first.labels.extend(places.take(SHOWN));
    vec![first]
}

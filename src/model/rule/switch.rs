//! Which rules are switched off or on for a whole repository.

use std::collections::BTreeMap;

use crate::diagnostic::Severity;
use crate::diagnostic::suggest::hint;
use crate::model::rule::{ALL, find};

/// What `canvass.yaml` says about a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Switch {
    /// Not applied; with the reason.
    Off(String),
    /// Applied, although it ships switched off.
    On,
}

/// All switched rules by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Switches(BTreeMap<&'static str, Switch>);

impl Switches {
    /// Switches a rule; says in words why it can't be.
    pub fn set(&mut self, name: &str, switch: Switch) -> Result<(), String> {
        let Some(rule) = find(name) else {
            let near = hint(name, ALL.iter().map(|r| r.name));
            return Err(format!("there is no rule `{name}`{near}"));
        };
        match &switch {
            Switch::Off(_) if rule.severity == Severity::Error => {
                return Err(format!("`{}` is an error and can't be switched off", rule.name));
            }
            Switch::Off(reason) if reason.trim().is_empty() => {
                return Err(format!("rule `{}` is switched off without a reason", rule.name));
            }
            _ => {}
        }
        self.0.insert(rule.name, switch);
        Ok(())
    }

    /// Returns what was said about a rule.
    #[must_use]
    pub fn get(&self, rule: &str) -> Option<&Switch> {
        self.0.get(rule)
    }
}

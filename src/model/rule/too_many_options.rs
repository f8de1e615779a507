//! `too-many-options`: more options than anybody reads.

use crate::model::places::Node;
use crate::model::rule::ranges::is_range;
use crate::model::rule::{Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("too-many-options", include_str!("../../../docs/rules/too-many-options.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    for asked in spec.questions() {
        let (most, what) = match asked.nature {
            Nature::Choice => (10, "options to choose one from"),
            Nature::Choices => (15, "options to choose from"),
            Nature::Ranking => (7, "options to put in order"),
            _ => continue,
        };
        let real = asked.options.iter().filter(|(c, _)| !c.specify && !c.exclusive);
        let ranges = asked.options.iter().filter(|(_, w)| is_range(w.text)).count();
        let count = real.count();
        // Years, ages and amounts are found by counting, not by reading.
        if count > most && ranges * 2 < count {
            let message = format!("question `{}` has {count} {what}", asked.question.name);
            found
                .report(spec.setting(Node::Question(asked.index), "options"), message)
                .help(format!("keep to {most}: ask in two steps, put rare ones together, or ask for words"));
        }
    }
}

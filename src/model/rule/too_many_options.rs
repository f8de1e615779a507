//! `too-many-options`: more options than anybody reads.

use crate::model::places::Node;
use crate::model::rule::answers::{is_none, is_other, is_unsure};
use crate::model::rule::{Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("too-many-options", include_str!("../../../docs/rules/too-many-options.md"), check);

/// Longer lists are known by heart and searched, not read.
const SEARCHED: usize = 25;

fn check(spec: &Spec, found: &mut Findings) {
    for asked in spec.questions() {
        let (most, what) = match asked.nature {
            Nature::Choice => (12, "options to choose one from"),
            Nature::Choices => (15, "options to choose from"),
            Nature::Ranking => (7, "options to put in order"),
            _ => continue,
        };
        let beside = |text: &str| is_none(text) || is_other(text) || is_unsure(text);
        let real = asked.options.iter().filter(|(c, w)| !(c.specify || c.exclusive || beside(w.text)));
        let ranges =
            asked.options.iter().filter(|(_, w)| w.text.contains(|c: char| c.is_ascii_digit())).count();
        let count = real.count();
        // Years, ages and amounts are found by counting, provinces and countries by searching.
        if count > most && count < SEARCHED && ranges * 2 < count {
            let message = format!("question `{}` has {count} {what}", asked.question.name);
            found
                .report(spec.setting(Node::Question(asked.index), "options"), message)
                .help(format!("keep to {most}: ask in two steps, put rare ones together, or ask for words"));
        }
    }
}

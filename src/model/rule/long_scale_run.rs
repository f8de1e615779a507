//! `long-scale-run`: too many ratings in a row on one scale.

use crate::model::places::Node;
use crate::model::rule::{Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("long-scale-run", include_str!("../../../docs/rules/long-scale-run.md"), check);

/// Ratings in a row; beyond, the same column is tapped without reading.
const MOST: usize = 8;

fn check(spec: &Spec, found: &mut Findings) {
    let (mut scale, mut run, mut told) = (None, 0, false);
    for asked in spec.questions() {
        if asked.nature == Nature::Note {
            continue;
        }
        let own = asked.scale.map(|(index, _)| index);
        let rows = asked.rows.len().max(1);
        if own.is_none() || own != scale {
            (scale, run, told) = (own, 0, false);
        }
        if own.is_none() {
            continue;
        }
        run += rows;
        if run > MOST && !told {
            told = true;
            let place = if asked.rows.is_empty() {
                asked.span()
            } else {
                spec.setting(Node::Question(asked.index), "rows")
            };
            found.report(place, format!("{run} ratings in a row are asked on one scale")).help(format!(
                "ask at most {MOST} in a row: leave some out, or put a question of another kind between"
            ));
        }
    }
}

//! `long-scale-run`: too many ratings in a row on one scale.

use crate::model::places::Node;
use crate::model::rule::{Asked, Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("long-scale-run", include_str!("../../../docs/rules/long-scale-run.md"), check).once();

/// Rows of one grid; beyond, the same column is tapped without reading.
const GRID: usize = 8;

/// Ratings in a row, grids and single questions together; each question of its own makes people look again.
const RUN: usize = 12;

fn check(spec: &Spec, found: &mut Findings) {
    let (mut scale, mut run, mut told) = (None, 0, false);
    for asked in spec.questions().filter(|a| a.nature != Nature::Note) {
        // A published instrument is as long as it is.
        let own = asked.scale.map(|(index, _)| index).filter(|_| spec.instrument(asked.index).is_none());
        if own.is_none() || own != scale {
            (scale, run, told) = (own, 0, false);
        }
        if own.is_none() {
            continue;
        }
        let rows = asked.rows.len();
        run += rows.max(1);
        if told || (rows <= GRID && run <= RUN) {
            continue;
        }
        told = true;
        let (message, most) = if rows > GRID {
            (format!("grid `{}` has {rows} rows", asked.question.name), GRID)
        } else {
            (format!("{run} ratings in a row are asked on one scale"), RUN)
        };
        found
            .report(place(spec, asked), message)
            .help(format!("keep to {most}: leave some out, or put a question of another kind between"));
    }
}

fn place(spec: &Spec, asked: &Asked) -> crate::source::Span {
    if asked.rows.is_empty() { asked.span() } else { spec.setting(Node::Question(asked.index), "rows") }
}

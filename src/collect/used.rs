//! Which columns of the list the answers' side needs.

use std::collections::BTreeSet;

use crate::collect::form::pipe;
use crate::expr::{Expr, Var};
use crate::model::Checked;
use crate::model::checked::{Formula, Grouping, ScoreKind};

/// Lists the fields that the answers' side needs: for conditions, piping, follow-ups and groups. Nothing else
/// leaves the identifying side.
#[must_use]
pub fn used_fields(checked: &Checked) -> BTreeSet<String> {
    let frame = checked.frame.as_ref().map_or(&[][..], |f| &f.fields);
    let mut used = BTreeSet::new();
    let mut add = |var: Var| {
        let field = match var {
            Var::Field(i) => frame.get(i),
            Var::EventField(e, i) => checked.events.get(e).and_then(|e| e.fields.get(i)),
            _ => None,
        };
        used.extend(field.map(|f| f.name.clone()));
    };
    let questions = checked.questionnaire.questions.iter().filter_map(|q| q.condition.as_ref());
    let cleaning = checked.clean.iter().map(|c| &c.condition);
    let cases = checked.cases.iter().map(|c| &c.condition);
    let quotas = checked.quotas.iter().map(|q| &q.condition);
    let ends = checked.screens.iter().map(|s| &s.condition).chain(quotas);
    let risks = checked.analysis.risks.iter().map(|r| &r.condition);
    let all: Vec<&Expr> = questions.chain(cleaning).chain(cases).chain(ends).chain(risks).collect();
    for condition in all {
        condition.variables(&mut add);
    }
    let kpis = checked.scoring.iter().flat_map(|s| &s.scores).filter_map(|s| match &s.kind {
        ScoreKind::Kpi(formula) => Some(formula),
        _ => None,
    });
    kpis.for_each(|formula| of_events(formula, &mut |e, i| add(Var::EventField(e, i))));
    let margins = checked.analysis.margins.iter().flat_map(|m| &m.by);
    let segments = checked.analysis.segments.iter().flatten();
    for group in segments.chain(margins).chain(&checked.analysis.nonresponse) {
        if let Grouping::Field(i) = group {
            add(Var::Field(*i));
        }
    }
    let piped: BTreeSet<String> =
        checked.questionnaire.questions.iter().flat_map(|q| pipe::names(checked, q)).collect();
    let events = checked.events.iter().flat_map(|e| &e.fields);
    used.extend(frame.iter().chain(events).map(|f| f.name.clone()).filter(|n| piped.contains(n)));
    used
}

/// Tells of every column of events that a formula takes.
fn of_events(formula: &Formula, tell: &mut impl FnMut(usize, usize)) {
    match formula {
        Formula::OfEvents(source, field) => tell(*source, *field),
        Formula::Arithmetic(_, a, b) => {
            of_events(a, tell);
            of_events(b, tell);
        }
        _ => {}
    }
}

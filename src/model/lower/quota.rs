//! `quota NAME N where …` and `screen out when …`: who is asked no further.

use crate::model::checked::{Quota, Screen};
use crate::model::lower::cx::Cx;
use crate::model::lower::expr::{Scope, condition};
use crate::model::lower::reader::{Reader, whole};
use crate::syntax::ast::Statement;

/// Conditions over the answers given so far and the customer's fields.
const SO_FAR: Scope = Scope {
    what: "a condition on who is asked further",
    questions_before: Some(usize::MAX),
    scores: false,
    response: false,
    person: true,
};

/// Lowers `quota women 250 where gender = female`.
pub fn quota(cx: &mut Cx, statement: &Statement) -> Option<Quota> {
    let mut r = Reader::new(statement);
    r.keyword("quota");
    let name = r.name(cx, "the quota's name")?;
    r.optional_words(cx);
    let here = r.here();
    let number = r.number().and_then(whole).filter(|n| *n > 0);
    if number.is_none() {
        cx.error("expected", here, "expected the number of completes here, whole and at least 1");
    }
    let Some(ast) = r.clause("where") else {
        r.expected(cx, "`where` and a condition");
        return None;
    };
    let condition = condition(cx, ast, SO_FAR);
    r.end(cx);
    Some(Quota { name: name.text.clone(), number: number?.into(), condition: condition?, span: name.span })
}

/// Lowers `screen out when age < 18`.
pub fn screen(cx: &mut Cx, statement: &Statement) -> Option<Screen> {
    let mut r = Reader::new(statement);
    let span = r.here();
    r.keyword("screen");
    if !r.keyword("out") {
        r.expected(cx, "`out`");
        return None;
    }
    let Some(ast) = r.clause("when") else {
        r.expected(cx, "`when` and a condition");
        return None;
    };
    let condition = condition(cx, ast, SO_FAR);
    r.end(cx);
    Some(Screen { condition: condition?, span })
}

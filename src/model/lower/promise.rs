//! `improves …`: what a measure promises to bring, of a score or of a figure of events.

use crate::expr::Var;
use crate::model::checked::{EventFigure, EventPromise, Promise, Scoring};
use crate::model::lower::cx::{Cx, Type};
use crate::model::lower::reader::Reader;
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind};

/// Lowers `improves speed_score by 3`, `improves count(tickets) by -20%`.
pub fn improves(cx: &mut Cx, r: &mut Reader, scoring: Option<&Scoring>) -> Option<Promise> {
    if let Some(call) = r.call() {
        let found = figure(cx, call);
        r.keyword("by");
        let here = r.here();
        let (share, number) = (r.percent(), r.number());
        if share.or(number).is_none() {
            r.expected(cx, "an amount, such as `-20%`");
        }
        let (source, figure) = found?;
        return amount(cx, figure, here, (share, number))
            .map(|(by, relative)| Promise::Events(EventPromise { source, figure, by, relative }));
    }
    let here = r.here();
    let name = r.name(cx, "the name of a score")?;
    r.keyword("by");
    let amount = r.number();
    if amount.is_none() {
        r.expected(cx, "an amount, such as `3`");
    }
    let scores = scoring.map_or(&[][..], |s| &s.scores);
    let Some(position) = scores.iter().position(|s| s.name == name.text) else {
        cx.unknown("score", &name.text, here, scores.iter().map(|s| s.name.as_str()));
        return None;
    };
    Some(Promise::Score(position, amount?))
}

/// `count(tickets)`, `share(tickets.resolved)`, `mean(tickets.minutes)`: the source and the figure.
fn figure(cx: &mut Cx, call: &Expr) -> Option<(usize, EventFigure)> {
    let ExprKind::Call(function, args, None) = &call.kind else { return None };
    let [Expr { kind: ExprKind::Name(name), span }] = &args[..] else {
        cx.error("unexpected", call.span, "a figure of events takes one name, such as `count(tickets)`");
        return None;
    };
    match function.text.as_str() {
        "count" => {
            let found = cx.events.iter().position(|events| events == name);
            if found.is_none() {
                let known = cx.events.clone();
                cx.unknown("events", name, *span, known.iter().map(String::as_str));
            }
            found.map(|source| (source, EventFigure::Count))
        }
        "share" | "mean" => column(cx, function.text == "share", (name, *span)),
        other => {
            cx.unknown("figure of events", other, function.span, ["count", "share", "mean"]);
            None
        }
    }
}

/// The column of a share or of a mean.
fn column(cx: &mut Cx, share: bool, (name, span): (&str, Span)) -> Option<(usize, EventFigure)> {
    let found = cx.names.get(name).map(|s| (s.var, s.kind.clone()));
    let Some((Some(Var::EventField(source, field)), kind)) = found else {
        let fields = cx.names.iter().filter(|(_, s)| matches!(s.var, Some(Var::EventField(..))));
        let known: Vec<String> = fields.map(|(n, _)| n.clone()).collect();
        cx.unknown("field of events", name, span, known.iter().map(String::as_str));
        return None;
    };
    let (wanted, what, help) = if share {
        (
            Type::Bool,
            "`share` wants a yes/no column",
            format!("declare the field as `yes_no`, or write `mean({name})`"),
        )
    } else {
        (
            Type::Number,
            "`mean` wants a column of numbers",
            format!("declare the field as a number, or write `share({name})`"),
        )
    };
    if kind != wanted && kind != Type::Unknown {
        cx.error("wrong-type", span, what).help = Some(help);
        return None;
    }
    Some((source, if share { EventFigure::Share(field) } else { EventFigure::Mean(field) }))
}

/// By how much, and whether that is in proportion to the figure.
fn amount(
    cx: &mut Cx,
    figure: EventFigure,
    here: Span,
    (share, number): (Option<f64>, Option<f64>),
) -> Option<(f64, bool)> {
    let points = matches!(figure, EventFigure::Share(_));
    let Some(share) = share else {
        let by = number?;
        if matches!(figure, EventFigure::Mean(_)) {
            return Some((by, false));
        }
        // How many there are depends on how long is counted; only the proportion means anything.
        let (what, help) = if points {
            ("a share changes by percentage points", "write `by 5%` for five points more")
        } else {
            ("a number of events changes in proportion", "write `by -20%` for a fifth fewer")
        };
        cx.error("wrong-unit", here, what).help = Some(help.to_owned());
        return None;
    };
    let (fits, what, help) = if points {
        (share.abs() <= 1.0, "a share changes by 100 points at most", "write a promise such as `by 5%`")
    } else {
        (share > -1.0, "nothing falls by all of it and more", "promise less than -100 %, such as `by -90%`")
    };
    if !fits {
        cx.error("out-of-range", here, what).help = Some(help.to_owned());
        return None;
    }
    Some((share, !points))
}

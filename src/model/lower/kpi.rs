//! Formulas of KPIs: estimates of the population, and arithmetic over them.

use crate::expr::Var;
use crate::model::checked::{
    Events, Formula, Frame, QuestionKind, Questionnaire, Schedule, ScoreKind, Scoring, Step, Timing,
};
use crate::model::lower::cx::{Cx, Type};
use crate::model::lower::expr::{Scope, arithmetic_op, condition, items_of};
use crate::model::lower::score::{ordered, score_named};
use crate::syntax::ast::{Expr, ExprKind, Scalar};

/// Lowers the formula of a KPI.
pub(super) fn kpi(
    cx: &mut Cx,
    ast: &Expr,
    questionnaire: &Questionnaire,
    scoring: &Scoring,
) -> Option<Formula> {
    match &ast.kind {
        ExprKind::Scalar(Scalar::Number(x) | Scalar::Percent(x)) => Some(Formula::Number(*x)),
        ExprKind::Name(_) => {
            let position = score_named(cx, ast, scoring)?;
            let is_kpi = matches!(scoring.scores.get(position)?.kind, ScoreKind::Kpi(_));
            Some(if is_kpi { Formula::Kpi(position) } else { Formula::Score(position) })
        }
        ExprKind::Negate(inner) => {
            let inner = kpi(cx, inner, questionnaire, scoring)?;
            let minus = crate::expr::ArithmeticOp::Subtract;
            Some(Formula::Arithmetic(minus, Box::new(Formula::Number(0.0)), Box::new(inner)))
        }
        ExprKind::Binary(op, a, b) => {
            let Some(op) = arithmetic_op(*op) else {
                cx.error("unexpected", ast.span, "a kpi is a number: use `+ - * /`");
                return None;
            };
            let (left, right) = (kpi(cx, a, questionnaire, scoring), kpi(cx, b, questionnaire, scoring));
            for (side, of) in [(&left, a), (&right, b)] {
                if side.as_ref().is_some_and(|f| is_quantile(f, scoring)) {
                    cx.error("unexpected", of.span, "a quantile stands alone in a kpi").help = Some(
                        "give it a kpi of its own; a formula may hold means, shares, totals and ratios"
                            .to_owned(),
                    );
                    return None;
                }
            }
            Some(Formula::Arithmetic(op, Box::new(left?), Box::new(right?)))
        }
        ExprKind::Call(name, args, None) => estimate(cx, &name.text, name.span, args, questionnaire),
        _ => {
            cx.error("unexpected", ast.span, "this can't stand in a kpi");
            None
        }
    }
}

/// Tells whether a formula is a quantile, whose error does not go through a formula.
fn is_quantile(formula: &Formula, scoring: &Scoring) -> bool {
    match formula {
        Formula::Quantile(..) => true,
        Formula::Kpi(of) => match scoring.scores.get(*of).map(|s| &s.kind) {
            Some(ScoreKind::Kpi(inner)) => is_quantile(inner, scoring),
            _ => false,
        },
        _ => false,
    }
}

const ESTIMATES: [&str; 9] =
    ["nps", "top2", "mean", "median", "quantile", "share", "total", "ratio", "count"];

fn estimate(
    cx: &mut Cx,
    function: &str,
    span: crate::source::Span,
    args: &[Expr],
    questionnaire: &Questionnaire,
) -> Option<Formula> {
    if !ESTIMATES.contains(&function) {
        cx.unknown("estimate", function, span, ESTIMATES);
        return None;
    }
    match (function, args) {
        ("count", []) => Some(Formula::Count(None)),
        ("count", [arg]) => condition(cx, arg, Scope::RESPONSE).map(|c| Formula::Count(Some(c))),
        ("ratio", [over, under]) => {
            let (over, under) =
                (item(cx, function, over, questionnaire), item(cx, function, under, questionnaire));
            Some(Formula::Ratio(over?, under?))
        }
        ("ratio", _) => {
            cx.error("unexpected", span, "`ratio` takes two questions").help =
                Some("write the total above and the total below: `ratio(spent, visits)`".to_owned());
            None
        }
        ("median", [arg]) => item(cx, function, arg, questionnaire).map(|i| Formula::Quantile(i, 0.5)),
        ("quantile", [arg, Expr { kind: ExprKind::Scalar(Scalar::Percent(p)), .. }])
            if *p > 0.0 && *p < 1.0 =>
        {
            item(cx, function, arg, questionnaire).map(|i| Formula::Quantile(i, *p))
        }
        ("quantile", _) => {
            cx.error("unexpected", span, "`quantile` takes a question and a share between 0 % and 100 %")
                .help = Some("write the share of people at or below: `quantile(minutes, 90%)`".to_owned());
            None
        }
        ("share", [arg]) if !matches!(arg.kind, ExprKind::Name(_)) => {
            condition(cx, arg, Scope::RESPONSE).map(Formula::ShareOf)
        }
        (_, [arg]) => match event_column(cx, arg) {
            Some((column, kind)) => of_events(cx, function, arg, column, &kind),
            None => item(cx, function, arg, questionnaire).map(|i| of_item(function, i)),
        },
        _ => {
            cx.error("unexpected", span, format!("`{function}` of a kpi takes one question"));
            None
        }
    }
}

/// The source and column of events that a name stands for, with its type.
fn event_column(cx: &Cx, arg: &Expr) -> Option<((usize, usize), Type)> {
    let ExprKind::Name(name) = &arg.kind else { return None };
    let symbol = cx.names.get(name)?;
    match symbol.var {
        Some(Var::EventField(source, field)) => Some(((source, field), symbol.kind.clone())),
        _ => None,
    }
}

/// A figure of events.
fn of_events(
    cx: &mut Cx,
    function: &str,
    arg: &Expr,
    (source, field): (usize, usize),
    kind: &Type,
) -> Option<Formula> {
    let fits = match function {
        "share" => matches!(kind, Type::Bool | Type::Unknown),
        "mean" => matches!(kind, Type::Bool | Type::Number | Type::Unknown),
        _ => {
            cx.error("wrong-type", arg.span, "of events a kpi knows `share(…)` and `mean(…)`").help =
                Some("write `share(tickets.resolved)` or `mean(tickets.minutes)`".to_owned());
            return None;
        }
    };
    if !fits {
        let what = if function == "share" {
            "`share` wants a yes/no column"
        } else {
            "`mean` wants a column of numbers"
        };
        cx.error("wrong-type", arg.span, what).help =
            Some("declare the field as `yes_no` or as a number, or name another column".to_owned());
        return None;
    }
    Some(Formula::OfEvents(source, field))
}

/// Figures of events are estimated from the events after which people were asked; others are known to nobody here.
pub(super) fn figures_of_events(
    cx: &mut Cx,
    scoring: Option<&Scoring>,
    schedule: Option<&Schedule>,
    (events, frame): (&[Events], Option<&Frame>),
) {
    for score in scoring.map_or(&[][..], |s| &s.scores) {
        let ScoreKind::Kpi(formula) = &score.kind else { continue };
        let mut named = Vec::new();
        columns(formula, &mut named);
        for (source, field) in named {
            let Some(one) = events.get(source) else { continue };
            let asked = |s: &Step| matches!(s.timing, Timing::AfterEvent { events, .. } if events == source);
            if schedule.is_none_or(|s| !s.steps.iter().any(asked)) {
                let words = format!("a figure of `{}`, after which nobody is invited,", one.name);
                cx.not_planned(&words, score.span);
            }
            let column = one.fields.get(field).map_or("", |f| f.name.as_str());
            if frame.is_some_and(|f| f.fields.iter().any(|f| f.name == column)) {
                let words = format!(
                    "a figure of `{}.{column}`, which has the name of a field of the list,",
                    one.name
                );
                cx.not_planned(&words, score.span);
            }
        }
    }
}

fn columns(formula: &Formula, found: &mut Vec<(usize, usize)>) {
    match formula {
        Formula::OfEvents(source, field) => found.push((*source, *field)),
        Formula::Arithmetic(_, a, b) => {
            columns(a, found);
            columns(b, found);
        }
        _ => {}
    }
}

/// The item that an estimate is made of, when its kind fits.
fn item(cx: &mut Cx, function: &str, arg: &Expr, questionnaire: &Questionnaire) -> Option<usize> {
    let items = items_of(cx, arg)?;
    let [item] = items[..] else {
        cx.error("wrong-type", arg.span, format!("`{function}` takes one question, not a whole grid")).help =
            Some("name a row of the grid".to_owned());
        return None;
    };
    let kind = &questionnaire.questions.get(questionnaire.items.get(item)?.question)?.kind;
    let number = matches!(kind, QuestionKind::Number { .. });
    let (fits, help) = match function {
        "nps" => (
            matches!(kind, QuestionKind::Scale(_, crate::model::checked::Instrument::Nps)),
            "`nps` wants a question of the kind `nps` (0 to 10)",
        ),
        "top2" => (
            matches!(kind, QuestionKind::Scale(..) | QuestionKind::Grid(_)),
            "`top2` wants a question on a scale",
        ),
        // On a scale of few points a quantile is one of the points, and so are the ends of its interval.
        "median" | "quantile" => (
            number || matches!(kind, QuestionKind::Slider { .. }),
            "a median or quantile wants a number or a slider; on a scale of few points it hardly moves",
        ),
        "mean" => (number || ordered(questionnaire, item), "`mean` wants a question on a scale, or a number"),
        "total" | "ratio" => {
            (number || ordered(questionnaire, item), "totals want numbers, or a question on a scale")
        }
        _ => (matches!(kind, QuestionKind::YesNo), "`share` wants a yes/no question, or a condition"),
    };
    if !fits {
        cx.error("wrong-type", arg.span, help).help =
            Some(format!("name another question, or use another of `{}`", ESTIMATES.join("`, `")));
        return None;
    }
    Some(item)
}

fn of_item(function: &str, item: usize) -> Formula {
    match function {
        "nps" => Formula::Nps(item),
        "top2" => Formula::Top2(item),
        "mean" => Formula::Mean(item),
        "total" => Formula::Total(item),
        _ => Formula::Share(item),
    }
}

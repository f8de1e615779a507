//! `score LO..HI { … }`: dimensions, indices, KPIs, periods, targets.

use crate::expr::Var;
use crate::model::checked::{
    Benchmark, During, Formula, QuestionKind, Questionnaire, Score, ScoreKind, Scoring, Stratum, Target,
};
use crate::model::lower::cx::{Cx, Symbol, Type};
use crate::model::lower::expr::items_of;
use crate::model::lower::kpi::kpi;
use crate::model::lower::reader::{Reader, whole};
use crate::model::lower::settings;
use crate::syntax::ast::{Expr, ExprKind, Scalar, Statement};

/// Lowers the scores; their names join the common namespace.
pub fn scoring(
    cx: &mut Cx,
    statement: &Statement,
    questionnaire: &Questionnaire,
    strata: &[Stratum],
) -> Scoring {
    let mut head = Reader::new(statement);
    head.keyword("score");
    let here = head.here();
    let (low, high) = match head.range() {
        Some((Scalar::Number(low), Scalar::Number(high))) if low < high => (low, high),
        Some((Scalar::Number(only), Scalar::Number(_))) => {
            let message = format!("the scale of the scores has no extent: both ends are {only}");
            cx.error("range", here, message).help = Some(
                "write the lowest and the highest score, as in `score 0..100 {` or `score 1..5 {`".to_owned(),
            );
            (0.0, 100.0)
        }
        _ => {
            cx.error("expected", here, "expected the scale of the scores here").help =
                Some("write `score 0..100 {` or `score 1..5 {`".to_owned());
            (0.0, 100.0)
        }
    };
    head.end(cx);
    let mut scoring = Scoring {
        low,
        high,
        scores: Vec::new(),
        during: Vec::new(),
        targets: Vec::new(),
        benchmarks: Vec::new(),
    };
    for line in settings(statement) {
        let mut r = Reader::new(line);
        let Some(word) = r.word() else {
            r.expected(cx, "`dimension`, `index`, `kpi`, `during`, `target` or `benchmark`");
            continue;
        };
        match word.text.as_str() {
            "dimension" | "index" | "kpi" => score(cx, &mut r, &word.text, questionnaire, &mut scoring),
            "during" | "target" | "benchmark" => {}
            other => {
                let known = ["dimension", "index", "kpi", "during", "target", "benchmark"];
                cx.unknown("setting of `score`", other, word.span, known);
            }
        }
    }
    for line in settings(statement) {
        let mut r = Reader::new(line);
        match r.word().map(|w| w.text.as_str()) {
            Some("during") => during(cx, &mut r, line, &mut scoring),
            Some("target") => target(cx, &mut r, strata, &mut scoring),
            Some("benchmark") => benchmark(cx, &mut r, &mut scoring),
            _ => {}
        }
    }
    weights(cx, statement, &scoring);
    scoring
}

/// `dimension NAME "title" 20% = mean(…)`, `index NAME "title" = weighted(…)`, `kpi NAME "title" = …`.
fn score(cx: &mut Cx, r: &mut Reader, keyword: &str, questionnaire: &Questionnaire, scoring: &mut Scoring) {
    let Some(name) = r.name(cx, "the score's name") else { return };
    let title = r.optional_words(cx);
    let weight = if keyword == "dimension" {
        match r.percent() {
            Some(weight) => weight,
            None => {
                r.expected(cx, "the dimension's share, such as `20%`");
                0.0
            }
        }
    } else {
        0.0
    };
    // Whether the head says that a path may do without this dimension.
    let if_asked = keyword == "dimension" && r.keyword("if") && {
        let said = r.keyword("asked");
        if !said {
            r.expected(cx, "`asked`: `if asked` spreads the share over the others where no item is asked");
        }
        said
    };
    let Some(formula) = r.assign() else {
        r.expected(cx, "`=` and a formula");
        return;
    };
    let kind = match keyword {
        "dimension" => dimension(cx, formula, weight, if_asked, questionnaire),
        "index" => index(cx, formula, scoring),
        _ => kpi(cx, formula, questionnaire, scoring).map(ScoreKind::Kpi),
    };
    r.end(cx);
    let position = scoring.scores.len();
    let is_kpi = keyword == "kpi";
    let symbol = Symbol {
        var: if is_kpi { None } else { Some(Var::Score(position)) },
        kind: Type::Number,
        index: position,
        what: if is_kpi { "kpi" } else { "score" },
        span: Some(name.span),
    };
    cx.declare(name, symbol);
    // A broken formula still takes its place, so that other lines can name it without a second error.
    let kind = kind.unwrap_or(match keyword {
        "dimension" => ScoreKind::Dimension { weight, items: Vec::new(), at_least: 1, if_asked: true },
        "index" => ScoreKind::Index { parts: Vec::new(), at_least: 0.5 },
        _ => ScoreKind::Kpi(Formula::Number(0.0)),
    });
    scoring.scores.push(Score { name: name.text.clone(), title, kind, span: name.span });
}

/// The arguments of a call, and what stands behind `from`.
type Arguments<'a> = (&'a [Expr], Option<(Scalar, crate::source::Span)>);

fn call<'a>(cx: &mut Cx, ast: &'a Expr, function: &str) -> Option<Arguments<'a>> {
    match &ast.kind {
        ExprKind::Call(name, args, from) if name.text == function => Some((args, *from)),
        _ => {
            cx.error("unexpected", ast.span, format!("expected `{function}(…)` here"));
            None
        }
    }
}

fn dimension(
    cx: &mut Cx,
    ast: &Expr,
    weight: f64,
    if_asked: bool,
    questionnaire: &Questionnaire,
) -> Option<ScoreKind> {
    let (args, from) = call(cx, ast, "mean")?;
    let mut items = Vec::new();
    for arg in args {
        for item in items_of(cx, arg)? {
            if !ordered(questionnaire, item) {
                cx.error("wrong-type", arg.span, "only questions on a scale can be averaged").help = Some(
                    "name questions on a scale, rows of a grid, sliders, or numbers with both limits"
                        .to_owned(),
                );
                return None;
            }
            if items.contains(&item) {
                cx.error("duplicate-name", arg.span, "this item is averaged twice").help =
                    Some("name it once".to_owned());
                return None;
            }
            items.push(item);
        }
    }
    let at_least = match from {
        None => 1,
        Some((Scalar::Number(n), span)) => {
            match whole(n).map(|n| n as usize).filter(|n| (1..=items.len()).contains(n)) {
                Some(n) => n,
                None => {
                    cx.error("out-of-range", span, format!("`from` lies between 1 and {}", items.len()))
                        .help = Some("write a number in these limits, or leave `from` out".to_owned());
                    return None;
                }
            }
        }
        Some((_, span)) => {
            cx.error("wrong-type", span, "`from` of a mean wants a number of items").help =
                Some("write `from 2`".to_owned());
            return None;
        }
    };
    if items.is_empty() {
        cx.error("too-few-items", ast.span, "a mean needs at least one question");
        return None;
    }
    Some(ScoreKind::Dimension { weight, items, at_least, if_asked })
}

pub(super) fn ordered(questionnaire: &Questionnaire, item: usize) -> bool {
    let kind =
        questionnaire.items.get(item).and_then(|i| questionnaire.questions.get(i.question)).map(|q| &q.kind);
    match kind {
        Some(QuestionKind::Scale(..) | QuestionKind::Grid(_) | QuestionKind::Slider { .. }) => true,
        Some(QuestionKind::Number { min, max }) => min.is_some() && max.is_some(),
        _ => false,
    }
}

fn index(cx: &mut Cx, ast: &Expr, scoring: &Scoring) -> Option<ScoreKind> {
    let (args, from) = call(cx, ast, "weighted")?;
    let mut parts = Vec::new();
    for arg in args {
        let position = score_named(cx, arg, scoring)?;
        if !matches!(scoring.scores.get(position).map(|s| &s.kind), Some(ScoreKind::Dimension { .. })) {
            cx.error("wrong-type", arg.span, "an index is made of dimensions").help =
                Some("name a dimension; a `kpi` may hold anything else".to_owned());
            return None;
        }
        if parts.contains(&position) {
            cx.error("duplicate-name", arg.span, "this dimension is listed twice");
            return None;
        }
        parts.push(position);
    }
    if parts.is_empty() {
        cx.error("too-few-items", ast.span, "an index needs at least one dimension").help =
            Some("name the dimensions: `weighted(a, b)`".to_owned());
        return None;
    }
    let at_least = match from {
        None => 0.5,
        Some((Scalar::Percent(share), _)) if (0.0..=1.0).contains(&share) => share,
        Some((_, span)) => {
            cx.error("wrong-type", span, "`from` of an index wants a share of the weight, such as `60%`")
                .help = Some("write `from 60%`".to_owned());
            return None;
        }
    };
    Some(ScoreKind::Index { parts, at_least })
}

pub(super) fn score_named(cx: &mut Cx, ast: &Expr, scoring: &Scoring) -> Option<usize> {
    let name = if let ExprKind::Name(name) = &ast.kind { name.as_str() } else { "" };
    let found = scoring.scores.iter().position(|s| s.name == name);
    if found.is_none() {
        cx.unknown("score", name, ast.span, scoring.scores.iter().map(|s| s.name.as_str()));
    }
    found
}

fn find(cx: &mut Cx, r: &mut Reader, scoring: &Scoring) -> Option<usize> {
    let here = r.here();
    let name = r.name(cx, "the name of a score")?;
    let found = scoring.scores.iter().position(|s| s.name == name.text);
    if found.is_none() {
        cx.unknown("score", &name.text, here, scoring.scores.iter().map(|s| s.name.as_str()));
    }
    found
}

fn during(cx: &mut Cx, r: &mut Reader, line: &Statement, scoring: &mut Scoring) {
    let here = r.here();
    let Some((Scalar::Date(from), Scalar::Date(to))) = r.range() else {
        cx.error("expected", here, "expected a period, such as `2026-01-20..2026-01-31`");
        return;
    };
    r.end(cx);
    if from > to || scoring.during.iter().any(|d| d.from <= to && from <= d.to) {
        cx.error("schedule-order", here, "this period is empty or overlaps with another one").help =
            Some("write two days, the earlier first, that no other `during` covers".to_owned());
    }
    let mut weights = Vec::new();
    for inner in settings(line) {
        let mut r = Reader::new(inner);
        let here = r.here();
        let Some(position) = find(cx, &mut r, scoring) else { continue };
        if !matches!(scoring.scores[position].kind, ScoreKind::Dimension { .. }) {
            cx.error("wrong-type", here, "only dimensions have a share").help =
                Some("name a dimension and its share, such as `speed_score 15%`".to_owned());
            continue;
        }
        match r.percent() {
            Some(share) => weights.push((position, share)),
            None => r.expected(cx, "a share, such as `15%`"),
        }
        r.end(cx);
    }
    if weights.iter().map(|(_, w)| w).sum::<f64>() > 1.0 + 1e-9 {
        cx.error("weights-sum", here, "the shares of this period exceed 100 %");
    }
    scoring.during.push(During { from, to, weights });
}

/// `target SCORE [for STRATUM] >= VALUE [by DATE]`.
fn target(cx: &mut Cx, r: &mut Reader, strata: &[Stratum], scoring: &mut Scoring) {
    let Some(score) = find(cx, r, scoring) else { return };
    let mut stratum = None;
    if r.keyword("for") {
        let here = r.here();
        let Some(name) = r.name(cx, "a stratum") else { return };
        stratum = strata.iter().position(|s| s.name == name.text);
        if stratum.is_none() {
            cx.unknown("stratum", &name.text, here, strata.iter().map(|s| s.name.as_str()));
            return;
        }
    }
    let here = r.here();
    let at_least = match r.any_symbol() {
        Some(">=" | ">") => true,
        Some("<=" | "<") => false,
        _ => {
            cx.error("expected", here, "expected `>=` or `<=` here");
            return;
        }
    };
    let Some(value) = r.number() else {
        r.expected(cx, "a number on the score's scale");
        return;
    };
    let by = if r.keyword("by") { r.date() } else { None };
    r.end(cx);
    let kind = scoring.scores.get(score).map(|s| &s.kind);
    if !at_least && matches!(kind, Some(ScoreKind::Dimension { .. } | ScoreKind::Index { .. })) {
        cx.error(
            "wrong-type",
            here,
            "a score is better the higher it is: its target is the least it should reach",
        )
        .help = Some(format!("write `>= {value}`"));
        return;
    }
    let net = matches!(scoring.scores[score].kind, ScoreKind::Kpi(_));
    if !net && !(scoring.low..=scoring.high).contains(&value) {
        let message = format!("{value} lies outside the scale {}..{}", scoring.low, scoring.high);
        cx.error("out-of-range", here, message);
    }
    scoring.targets.push(Target { score, stratum, at_least, value, by });
}

fn benchmark(cx: &mut Cx, r: &mut Reader, scoring: &mut Scoring) {
    let Some(score) = find(cx, r, scoring) else { return };
    let Some(value) = r.number() else {
        r.expected(cx, "a number");
        return;
    };
    let label = r.words(cx, "where the figure comes from");
    r.end(cx);
    scoring.benchmarks.push(Benchmark { score, value, label });
}

fn weights(cx: &mut Cx, statement: &Statement, scoring: &Scoring) {
    let indices = scoring.scores.iter().filter_map(|s| match &s.kind {
        ScoreKind::Index { parts, .. } => Some((s, parts.clone())),
        _ => None,
    });
    let weight = |i: &usize| match scoring.scores.get(*i).map(|s| &s.kind) {
        Some(ScoreKind::Dimension { weight, .. }) => *weight,
        _ => 0.0,
    };
    let mut any = false;
    for (score, parts) in indices {
        any = true;
        // A broken formula has been told of; its parts are not known.
        if parts.is_empty() {
            continue;
        }
        let sum: f64 = parts.iter().map(weight).sum();
        if (sum - 1.0).abs() > 1e-9 {
            let message = format!(
                "the shares of index `{}` add up to {}, not to 100 %",
                score.name,
                super::percent(sum)
            );
            cx.error("weights-sum", score.span, message).help =
                Some("change the dimensions' shares so that they add up to 100 %".to_owned());
        }
    }
    if !any && scoring.scores.iter().any(|s| matches!(s.kind, ScoreKind::Dimension { .. })) {
        let all: Vec<usize> = (0..scoring.scores.len()).collect();
        let sum: f64 = all.iter().map(weight).sum();
        if (sum - 1.0).abs() > 1e-9 {
            let message = format!("the dimensions' shares add up to {}, not to 100 %", super::percent(sum));
            cx.error("weights-sum", Reader::new(statement).span, message);
        }
    }
}

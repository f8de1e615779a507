//! Methods of `analysis { … }` that this version checks and does not carry out yet.
//!
//! Names, types and numbers are resolved all the same: a spec that checks clean means what it says.

use crate::expr::Var;
use crate::model::checked::{Frame, Risk, ScoreKind, Scoring};
use crate::model::lower::cx::{Cx, Type};
use crate::model::lower::expr::{Scope, condition, items_of};
use crate::model::lower::reader::{Reader, whole};
use crate::model::lower::rest::groupings;
use crate::model::lower::settings;
use crate::syntax::ast::{Expr, ExprKind, Item, Scalar, Statement, Word};

/// Conditions over the scores of one response.
const SCORES: Scope = Scope {
    what: "a condition on a risk group",
    questions_before: None,
    scores: true,
    response: false,
    person: true,
};

/// Lowers a method; the reader stands behind its first word.
pub fn method(
    cx: &mut Cx,
    line: &Statement,
    word: &Word,
    r: &mut Reader,
    (frame, scoring): (Option<&Frame>, Option<&Scoring>),
) {
    let told = cx.diagnostics.len();
    match word.text.as_str() {
        "rake" => rake(cx, r, frame),
        "trim" => trim(cx, r),
        "drivers" => drivers(cx, r, scoring),
        "themes" => themes(cx, line, r),
        "feed" => feed(cx, line, r),
        _ => single(cx, r),
    }
    r.end(cx);
    // Who has a fault to mend need not hear of this too.
    if cx.diagnostics.len() == told {
        cx.not_carried_out(&word.text, word.span);
    }
}

/// `rake stratum, region`, or `rake tier to "data/margins.csv"`.
fn rake(cx: &mut Cx, r: &mut Reader, frame: Option<&Frame>) {
    let told = cx.diagnostics.len();
    if groupings(cx, r, frame, false).is_empty() && cx.diagnostics.len() == told {
        r.expected(cx, "`stratum` or a field");
    }
    if r.keyword("to") {
        r.string(cx, "the path of the margins");
    }
}

/// `trim 0.3..3`, in multiples of the mean weight.
fn trim(cx: &mut Cx, r: &mut Reader) {
    let here = r.here();
    match r.range() {
        Some((Scalar::Number(low), Scalar::Number(high))) if (0.0..1.0).contains(&low) && high > 1.0 => {}
        Some(_) => {
            cx.error(
                "out-of-range",
                here,
                "weights are trimmed around their mean: from below 1 to above 1",
            )
            .help = Some("write `trim 0.3..3`".to_owned());
        }
        None => r.expected(cx, "multiples of the mean weight, such as `0.3..3`"),
    }
}

/// `drivers of overall by attitude, speed, skill`.
fn drivers(cx: &mut Cx, r: &mut Reader, scoring: Option<&Scoring>) {
    if !r.keyword("of") {
        r.expected(cx, "`of` and what is to be explained");
        return;
    }
    let outcome_name = r.peek().cloned();
    let Some(outcome) = measure(cx, r) else { return };
    let made_of = items(&outcome, scoring);
    if !r.keyword("by") {
        r.expected(cx, "`by` and what may explain it");
        return;
    }
    loop {
        let here = r.here();
        if let Some(driver) = measure(cx, r)
            && let Some(shared) = items(&driver, scoring).iter().find(|d| made_of.contains(d))
        {
            let message = match (&outcome_name, named(cx, *shared)) {
                (Some(Item::Word(outcome)), Some(shared)) if outcome.text != shared => {
                    format!("this and `{}`, which it is to explain, share `{shared}`", outcome.text)
                }
                _ => "this is made of what it is to explain".to_owned(),
            };
            cx.error("circular-driver", here, message).help =
                Some("leave it out: it would explain itself".to_owned());
        }
        if !r.symbol(",") {
            return;
        }
    }
}

/// Returns the questions and rows that measures are made of, through dimensions and indices.
fn items(measures: &[Var], scoring: Option<&Scoring>) -> Vec<Var> {
    let mut found = Vec::new();
    for measure in measures {
        let Var::Score(score) = *measure else {
            found.push(*measure);
            continue;
        };
        match scoring.and_then(|s| s.scores.get(score)).map(|s| &s.kind) {
            Some(ScoreKind::Dimension { items, .. }) => found.extend(items.iter().copied().map(Var::Item)),
            // An index is made of dimensions only, so this ends.
            Some(ScoreKind::Index { parts, .. }) => {
                let parts: Vec<Var> = parts.iter().copied().map(Var::Score).collect();
                found.extend(items(&parts, scoring));
            }
            _ => {}
        }
    }
    found
}

fn named(cx: &Cx, var: Var) -> Option<&str> {
    cx.names.iter().find(|(_, symbol)| symbol.var == Some(var)).map(|(name, _)| name.as_str())
}

/// Reads the name of a question, row or score with an order; returns its variable.
fn measure(cx: &mut Cx, r: &mut Reader) -> Option<Vec<Var>> {
    let here = r.here();
    let name = r.name(cx, "the name of a question or score")?;
    match cx.names.get(&name.text).cloned() {
        Some(symbol) if symbol.kind == Type::Unknown => None,
        Some(symbol) if symbol.what == "grid" => {
            let ast = Expr { span: here, kind: ExprKind::Name(name.text.clone()) };
            Some(items_of(cx, &ast)?.into_iter().map(Var::Item).collect())
        }
        Some(symbol) if matches!(symbol.kind, Type::Number | Type::Bool) && symbol.var.is_some() => {
            Some(symbol.var.into_iter().collect())
        }
        Some(symbol) => {
            cx.error("wrong-type", here, format!("`{}` is a {} without an order", name.text, symbol.what));
            None
        }
        None => {
            let known: Vec<String> = cx.names.keys().cloned().collect();
            cx.unknown("question or score", &name.text, here, known.iter().map(String::as_str));
            None
        }
    }
}

/// `themes in why { basic "…" words "…", "…"; … }`.
fn themes(cx: &mut Cx, line: &Statement, r: &mut Reader) {
    if !r.keyword("in") {
        r.expected(cx, "`in` and an open question");
        return;
    }
    let here = r.here();
    let Some(name) = r.name(cx, "the name of an open question") else { return };
    match cx.names.get(&name.text) {
        Some(symbol) if matches!(symbol.kind, Type::Text | Type::Unknown) => {}
        Some(symbol) => {
            let message = format!("`{}` is a {} without words of the respondents", name.text, symbol.what);
            cx.error("wrong-type", here, message);
        }
        None => {
            let known: Vec<String> =
                cx.names.iter().filter(|(_, s)| s.kind == Type::Text).map(|(n, _)| n.clone()).collect();
            cx.unknown("open question", &name.text, here, known.iter().map(String::as_str));
        }
    }
    let mut names: Vec<String> = Vec::new();
    for theme in settings(line) {
        let mut r = Reader::new(theme);
        let Some(word) = r.name(cx, "the theme's name") else { continue };
        if names.contains(&word.text) {
            cx.error("duplicate-name", word.span, format!("theme `{}` is declared twice", word.text));
        }
        names.push(word.text.clone());
        r.optional_words(cx);
        if r.keyword("words") {
            while r.text().is_some() && r.symbol(",") {}
        }
        r.end(cx);
    }
}

/// `risk high_risk "…" over 3 waves when csi < 65`.
pub fn risk(cx: &mut Cx, word: &Word, r: &mut Reader, groups: &mut Vec<Risk>) {
    let (told, here) = (cx.diagnostics.len(), r.here());
    let group = risk_group(cx, r);
    r.end(cx);
    if cx.diagnostics.len() == told {
        cx.not_carried_out(&word.text, word.span);
    }
    let Some(group) = group else { return };
    if groups.iter().any(|g| g.name == group.name) {
        cx.error("duplicate-name", here, format!("risk group `{}` is declared twice", group.name));
        return;
    }
    groups.push(group);
}

fn risk_group(cx: &mut Cx, r: &mut Reader) -> Option<Risk> {
    let name = r.name(cx, "the group's name")?;
    let title = r.optional_words(cx);
    let here = r.here();
    let waves = if r.keyword("over") { r.number().and_then(whole) } else { None };
    let waves = waves.filter(|n| *n > 0);
    if waves.is_none() || !(r.keyword("waves") || r.keyword("wave")) {
        cx.error("expected", here, "expected how far back it looks here, such as `over 3 waves`");
        let _ = r.clause("when");
        return None;
    }
    let Some(ast) = r.clause("when") else {
        r.expected(cx, "`when` and a condition on scores");
        return None;
    };
    let condition = condition(cx, ast, SCORES)?;
    Some(Risk { name: name.text.clone(), title, waves: waves?, condition })
}

/// `feed reviews "data/reviews.csv" { text body; at posted_at }`.
fn feed(cx: &mut Cx, line: &Statement, r: &mut Reader) {
    if r.name(cx, "the feed's name").is_none() || r.string(cx, "the path of the file").is_none() {
        return;
    }
    let (mut text, mut at) = (false, false);
    for setting in settings(line) {
        let mut s = Reader::new(setting);
        let Some(word) = s.word() else {
            s.expected(cx, "`text` or `at`");
            continue;
        };
        match word.text.as_str() {
            "text" => text = true,
            "at" => at = true,
            other => {
                cx.unknown("setting of `feed`", other, word.span, ["text", "at"]);
                continue;
            }
        }
        s.name(cx, "the name of a column");
        s.end(cx);
    }
    if !(text && at) {
        cx.error("missing-setting", Reader::new(line).span, "a feed needs the columns `text` and `at`");
    }
}

/// `single stratum adjust | certainty | average | remove`.
fn single(cx: &mut Cx, r: &mut Reader) {
    r.keyword("stratum");
    let here = r.here();
    let known = ["adjust", "certainty", "average", "remove"];
    if let Some(word) = r.name(cx, "`adjust`, `certainty`, `average` or `remove`")
        && !known.contains(&word.text.as_str())
    {
        cx.unknown("rule for single strata", &word.text, here, known);
    }
}

/// Refuses what needs a link between answers and people in a campaign that promises none.
pub fn anonymity<'a>(
    cx: &mut Cx,
    cases: impl Iterator<Item = &'a Statement>,
    analysis: Option<&Statement>,
    strata: impl Iterator<Item = &'a Statement>,
) {
    let mut refuse = |span, what: &str, why: &str| {
        cx.error("not-anonymous", span, format!("{what} {why}, and `privacy` says `anonymous`")).help =
            Some("write `confidential` in `privacy`, or leave this out".to_owned());
    };
    let who = "needs to know who answered";
    for case in cases {
        refuse(Reader::new(case).span, "a case", who);
    }
    for line in analysis.into_iter().flat_map(settings).filter(|l| super::keyword(l) == "risk") {
        refuse(Reader::new(line).span, "a risk group", who);
    }
    for line in strata.flat_map(settings).filter(|l| super::keyword(l) == "panel") {
        refuse(Reader::new(line).span, "a panel", "follows people from wave to wave");
    }
}

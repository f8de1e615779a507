//! `scale`, `section` and `question`: what is asked.

use std::collections::BTreeMap;

use crate::expr::Var;
use crate::model::checked::{
    Instrument, Item, Question, QuestionKind, Questionnaire, Scale, ScalePoint, Section, Text,
};
use crate::model::lower::cx::{Cx, Symbol, Type};
use crate::model::lower::expr::{Scope, condition};
use crate::model::lower::frame::choices;
use crate::model::lower::reader::Reader;
use crate::model::lower::{DECLARATIONS, builtin, settings};
use crate::syntax::ast::{Expr, Item as AstItem, Scalar, Statement, Word};

const KINDS: [&str; 16] = [
    "nps", "csat", "ces", "choice", "choices", "ranking", "yes_no", "text", "number", "slider", "date",
    "consent", "contact", "file", "note", "likert",
];

/// Lowers a scale.
#[expect(clippy::cast_possible_truncation, reason = "tested to be whole and small")]
pub fn scale(cx: &mut Cx, statement: &Statement) -> Option<Scale> {
    let mut head = Reader::new(statement);
    head.keyword("scale");
    let name = head.name(cx, "the scale's name")?;
    head.end(cx);
    let mut points: Vec<ScalePoint> = Vec::new();
    for line in settings(statement) {
        let mut r = Reader::new(line);
        let here = r.here();
        let Some(code) = r.number() else {
            r.expected(cx, "a code, such as `1`");
            continue;
        };
        if code.fract() != 0.0 || code.abs() > 1000.0 {
            cx.error("out-of-range", here, "a code is a whole number between -1000 and 1000").help =
                Some("number the points from 1, or as they are printed".to_owned());
            continue;
        }
        let code = code as i64;
        let label = r.optional_words(cx);
        r.end(cx);
        match points.last() {
            Some(last) if last.code == code => {
                cx.error("duplicate-name", here, format!("code {code} is given twice"));
            }
            Some(last) if (points.len() > 1 && (last.code < code) != (points[0].code < last.code)) => {
                cx.error("scale-order", here, format!("code {code} is out of order")).help =
                    Some("write the codes from the lowest to the highest, or the other way round".to_owned());
            }
            _ => points.push(ScalePoint { code, label }),
        }
    }
    if points.len() < 2 {
        cx.error("too-few-items", name.span, format!("scale `{}` needs at least two points", name.text));
        return None;
    }
    Some(Scale { name: name.text.clone(), points })
}

/// The questionnaire while it is being built.
#[derive(Debug, Default)]
pub struct Builder<'a> {
    /// What there is so far.
    pub questionnaire: Questionnaire,
    /// Scales, built-in ones added when used.
    pub scales: Vec<Scale>,
    /// Questions of used files, by name, that an `ask` can place.
    pub shared: BTreeMap<String, &'a Statement>,
    conditions: Vec<(usize, &'a Expr, Scope)>,
}

/// Lowers a section with its questions.
pub fn section<'a>(cx: &mut Cx, builder: &mut Builder<'a>, statement: &'a Statement) {
    let mut head = Reader::new(statement);
    head.keyword("section");
    let Some(name) = head.name(cx, "the section's name") else { return };
    let title = head.optional_words(cx);
    head.end(cx);
    if builder.questionnaire.sections.iter().any(|s| s.name == name.text) {
        cx.error("duplicate-name", name.span, format!("section `{}` is declared twice", name.text));
    }
    builder.questionnaire.sections.push(Section { name: name.text.clone(), title });
    let first = builder.questionnaire.questions.len();
    let mut whole = Vec::new();
    for line in settings(statement) {
        let mut r = Reader::new(line);
        if r.keyword("question") {
            question(cx, builder, line);
        } else if let Some(ast) = r.clause("when") {
            whole.push(ast);
            r.end(cx);
        } else if r.keyword("ask") {
            ask(cx, builder, &mut r);
        } else if let Some(keyword) = DECLARATIONS.iter().find(|keyword| r.keyword(keyword)) {
            let message = format!("`{keyword}` can't stand inside a section");
            cx.error("unexpected", line.items.first().map_or(line.span, AstItem::span), message).help = Some(
                "put it behind the section, at the left margin; inside stand `question`, `ask` and `when`"
                    .to_owned(),
            );
        } else {
            r.expected(cx, "`question`, `ask` or `when`");
        }
    }
    // What holds for the section holds for each of its questions, and is decided before the first of them.
    let questions = first..builder.questionnaire.questions.len();
    builder
        .conditions
        .extend(whole.iter().flat_map(|&ast| questions.clone().map(move |q| (q, ast, Scope::before(first)))));
}

/// `ask NAME`: puts a question of a used file here.
fn ask<'a>(cx: &mut Cx, builder: &mut Builder<'a>, r: &mut Reader<'a>) {
    let here = r.here();
    let Some(name) = r.name(cx, "the name of a question of a used file") else { return };
    match builder.shared.get(&name.text).copied() {
        Some(statement) => question(cx, builder, statement),
        None => {
            let known: Vec<String> = builder.shared.keys().cloned().collect();
            cx.unknown("shared question", &name.text, here, known.iter().map(String::as_str));
        }
    }
    r.end(cx);
}

/// Lowers a question's head and settings; its condition waits until all names are known.
pub fn question<'a>(cx: &mut Cx, builder: &mut Builder<'a>, statement: &'a Statement) {
    let mut r = Reader::new(statement);
    r.keyword("question");
    let Some(name) = r.name(cx, "the question's name") else { return };
    if !r.symbol(":") {
        r.expected(cx, "`:` and the kind of question");
        return;
    }
    if builder.questionnaire.sections.is_empty() {
        builder.questionnaire.sections.push(Section { name: "main".to_owned(), title: Text::default() });
    }
    let here = r.here();
    let Some(kind) = r.name(cx, "the kind of question") else { return };
    let mut draft = Draft {
        options: None,
        rows: Vec::new(),
        required: false,
        text: Text::default(),
        hint: Text::default(),
        not_applicable: Text::default(),
        shuffle: false,
    };
    let index = builder.questionnaire.questions.len();
    let kind = kind_of(cx, builder, &mut r, kind, here);
    draft.required = r.keyword("required");
    r.keyword("optional");
    r.end(cx);
    for line in settings(statement) {
        setting(cx, builder, &mut draft, index, line);
    }
    if draft.text.is_empty() {
        cx.error("missing-setting", name.span, format!("question `{}` has no `text`", name.text)).help =
            Some("add what respondents read: `text \"…\" / \"…\"`".to_owned());
    }
    let Some(kind) = finish(cx, name, kind, &mut draft) else {
        // Whoever looks at a broken question has no fault of its own.
        for word in std::iter::once(name).chain(draft.rows.iter().map(|(row, _)| *row)) {
            let what = "broken question";
            cx.declare(word, Symbol { var: None, kind: Type::Unknown, index, what, span: Some(word.span) });
        }
        return;
    };
    declare(cx, builder, name, index, &kind, &draft.rows);
    builder.questionnaire.questions.push(Question {
        name: name.text.clone(),
        section: builder.questionnaire.sections.len() - 1,
        kind,
        text: draft.text,
        hint: draft.hint,
        required: draft.required,
        condition: None,
        not_applicable: draft.not_applicable,
        shuffle: draft.shuffle,
        span: name.span,
    });
}

struct Draft<'a> {
    options: Option<Vec<crate::model::checked::Choice>>,
    rows: Vec<(&'a Word, Text)>,
    required: bool,
    text: Text,
    hint: Text,
    not_applicable: Text,
    shuffle: bool,
}

fn setting<'a>(
    cx: &mut Cx,
    builder: &mut Builder<'a>,
    draft: &mut Draft<'a>,
    index: usize,
    line: &'a Statement,
) {
    let mut r = Reader::new(line);
    if let Some(ast) = r.clause("when") {
        builder.conditions.push((index, ast, Scope::before(index)));
        r.end(cx);
        return;
    }
    let Some(word) = r.word() else {
        r.expected(cx, "a setting of the question");
        return;
    };
    match word.text.as_str() {
        "text" => draft.text = r.words(cx, "the wording"),
        "hint" => draft.hint = r.words(cx, "the hint"),
        "options" if line.block.is_none() => draft.options = Some(choices(cx, &mut r)),
        "options" => {
            let all = settings(line).flat_map(|l| choices(cx, &mut Reader::new(l))).collect();
            draft.options = Some(all);
        }
        "rows" => draft.rows = rows(cx, line),
        "not" if r.keyword("applicable") => draft.not_applicable = r.words(cx, "the label of this answer"),
        "shuffle" => {
            draft.shuffle = true;
            if !(r.keyword("rows") || r.keyword("options")) {
                r.expected(cx, "`rows` or `options`");
            }
        }
        "required" => draft.required = true,
        "optional" => draft.required = false,
        // With the name of a rule it was taken out of the tree before.
        "allow" => {
            r.expected(cx, "the name of a rule and the reason, such as `allow long_stem \"…\"`");
            return;
        }
        other => {
            let known =
                ["text", "hint", "options", "rows", "not applicable", "shuffle", "required", "when", "allow"];
            cx.unknown("setting of `question`", other, word.span, known);
            return;
        }
    }
    r.end(cx);
}

fn rows<'a>(cx: &mut Cx, statement: &'a Statement) -> Vec<(&'a Word, Text)> {
    let mut rows: Vec<(&Word, Text)> = Vec::new();
    for line in settings(statement) {
        let mut r = Reader::new(line);
        let Some(word) = r.name(cx, "the row's name") else { continue };
        let label = r.words(cx, "the row's wording");
        r.end(cx);
        rows.push((word, label));
    }
    rows
}

/// What the head says; options and rows come from the block.
enum Kind {
    Done(QuestionKind),
    Choice,
    Choices,
    Ranking,
    Broken,
}

fn kind_of(
    cx: &mut Cx,
    builder: &mut Builder,
    r: &mut Reader,
    word: &Word,
    here: crate::source::Span,
) -> Kind {
    Kind::Done(match word.text.as_str() {
        "nps" => QuestionKind::Scale(builtin_scale(cx, builder, "nps"), Instrument::Nps),
        "csat" => QuestionKind::Scale(builtin_scale(cx, builder, "csat"), Instrument::Csat),
        "ces" => QuestionKind::Scale(builtin_scale(cx, builder, "ces"), Instrument::Ces),
        "choice" => return Kind::Choice,
        "choices" => return Kind::Choices,
        "ranking" => return Kind::Ranking,
        "yes_no" => QuestionKind::YesNo,
        "text" => {
            let long = r.keyword("long");
            if !long {
                r.keyword("short");
            }
            QuestionKind::Text { long }
        }
        "number" => {
            let limits = r.range();
            let bound = |s: Scalar| if let Scalar::Number(x) = s { Some(x) } else { None };
            QuestionKind::Number {
                min: limits.and_then(|l| bound(l.0)),
                max: limits.and_then(|l| bound(l.1)),
            }
        }
        "slider" => match r.range() {
            Some((Scalar::Number(min), Scalar::Number(max))) if min < max => {
                let step = if r.keyword("step") { r.number().filter(|s| *s > 0.0) } else { None };
                QuestionKind::Slider { min, max, step: step.unwrap_or(1.0) }
            }
            _ => {
                r.expected(cx, "the ends of the slider, such as `0..100`");
                return Kind::Broken;
            }
        },
        "date" => QuestionKind::Date,
        "consent" => QuestionKind::Consent,
        "contact" => QuestionKind::Contact,
        "note" => QuestionKind::Note,
        "file" => {
            cx.not_planned("a question that asks for a file", here);
            return Kind::Broken;
        }
        other => {
            let Some(scale) = builder.scales.iter().position(|s| s.name == other) else {
                if cx.is_declared("scale", other) {
                    // The scale's own fault is told where it stands.
                    while r.word().is_some() {}
                    return Kind::Broken;
                }
                let known: Vec<String> = builder.scales.iter().map(|s| s.name.clone()).collect();
                cx.unknown("kind of question", other, here, known.iter().map(String::as_str).chain(KINDS));
                while r.word().is_some() {}
                return Kind::Broken;
            };
            if r.keyword("grid") {
                QuestionKind::Grid(scale)
            } else {
                QuestionKind::Scale(scale, Instrument::Own)
            }
        }
    })
}

fn finish(cx: &mut Cx, name: &Word, kind: Kind, draft: &mut Draft) -> Option<QuestionKind> {
    let mut options = |cx: &mut Cx| {
        let options = draft.options.take().unwrap_or_default();
        if options.len() < 2 {
            cx.error(
                "too-few-items",
                name.span,
                format!("question `{}` needs at least two options", name.text),
            );
        }
        options
    };
    let kind = match kind {
        Kind::Done(kind) => kind,
        Kind::Choice => QuestionKind::Choice(options(cx)),
        Kind::Choices => QuestionKind::Choices(options(cx)),
        Kind::Ranking => QuestionKind::Ranking(options(cx)),
        Kind::Broken => return None,
    };
    if draft.options.is_some() {
        cx.error("unexpected", name.span, format!("question `{}` is of a kind without options", name.text));
    }
    match (&kind, draft.rows.is_empty()) {
        (QuestionKind::Grid(_), true) => {
            cx.error("missing-setting", name.span, format!("grid `{}` has no `rows`", name.text));
        }
        (QuestionKind::Grid(_), false) | (_, true) => {}
        (_, false) => {
            cx.error("unexpected", name.span, format!("only grids have rows; `{}` is none", name.text))
                .help = Some("write `: SCALE grid`".to_owned());
        }
    }
    Some(kind)
}

fn builtin_scale(cx: &Cx, builder: &mut Builder, name: &str) -> usize {
    if let Some(found) = builder.scales.iter().position(|s| s.name == name) {
        return found;
    }
    builder.scales.push(builtin::scale(name, &cx.languages));
    builder.scales.len() - 1
}

fn declare(
    cx: &mut Cx,
    builder: &mut Builder,
    name: &Word,
    index: usize,
    kind: &QuestionKind,
    rows: &[(&Word, Text)],
) {
    let items = &mut builder.questionnaire.items;
    if let QuestionKind::Grid(_) = kind {
        let symbol = Symbol { var: None, kind: Type::Opaque, index, what: "grid", span: Some(name.span) };
        cx.declare(name, symbol);
        for (row, label) in rows {
            let var = Some(Var::Item(items.len()));
            cx.declare(
                row,
                Symbol { var, kind: Type::Number, index, what: "grid row", span: Some(row.span) },
            );
            items.push(Item { name: row.text.clone(), question: index, row: label.clone() });
        }
        return;
    }
    let names = |options: &[crate::model::checked::Choice]| options.iter().map(|c| c.name.clone()).collect();
    let value = match kind {
        QuestionKind::Scale(..) | QuestionKind::Number { .. } | QuestionKind::Slider { .. } => Type::Number,
        QuestionKind::Choice(options) => Type::One(names(options)),
        QuestionKind::Choices(options) => Type::Set(names(options)),
        QuestionKind::YesNo | QuestionKind::Consent => Type::Bool,
        QuestionKind::Text { .. } => Type::Text,
        QuestionKind::Date => Type::Date,
        QuestionKind::Ranking(_) | QuestionKind::Contact | QuestionKind::Note | QuestionKind::Grid(_) => {
            Type::Opaque
        }
    };
    let var = if matches!(kind, QuestionKind::Note) { None } else { Some(Var::Item(items.len())) };
    cx.declare(name, Symbol { var, kind: value, index, what: "question", span: Some(name.span) });
    if var.is_some() {
        items.push(Item { name: name.text.clone(), question: index, row: Text::default() });
    }
}

/// Lowers the conditions, now that all questions are known.
pub fn conditions(cx: &mut Cx, builder: &mut Builder) {
    let all = std::mem::take(&mut builder.conditions);
    for (position, (index, ast, scope)) in all.iter().enumerate() {
        // A section's condition is told of once, however many questions it has.
        let again = all.iter().take(position).any(|(_, other, _)| std::ptr::eq(*other, *ast));
        let told = cx.diagnostics.len();
        let lowered = condition(cx, ast, *scope);
        if again {
            cx.diagnostics.truncate(told);
        }
        let Some(question) = builder.questionnaire.questions.get_mut(*index) else { continue };
        question.condition = match (question.condition.take(), lowered) {
            (Some(a), Some(b)) => Some(crate::expr::Expr::And(vec![a, b])),
            (a, b) => a.or(b),
        };
    }
}

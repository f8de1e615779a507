//! `responses "FILE" { … }`, `responses table "…" { … }`: finished answers from elsewhere, with the columns of their design.

use crate::expr::Var;
use crate::model::checked::{Choice, Field, FieldKind, FieldSource, ItemColumn, Responses, Text};
use crate::model::lower::cx::Cx;
use crate::model::lower::frame::{declare_broken, declare_field, field_kind, source};
use crate::model::lower::reader::Reader;
use crate::model::lower::{keyword, settings};
use crate::syntax::ast::{Expr, ExprKind, Scalar, Statement, Word};

const SETTINGS: [&str; 9] =
    ["key", "weight", "stratum", "cluster", "population", "responded", "at", "field", "ITEM from COLUMN"];

/// Typed columns, each with where its values come from.
pub type Fields = (Vec<Field>, Vec<FieldSource>);

/// Lowers the columns and declares them, so that scores and groups below can use them.
pub fn fields(cx: &mut Cx, statement: &Statement, drawn: bool) -> Fields {
    if drawn {
        let head = Reader::new(statement);
        cx.error("unexpected", head.here(), "`responses` stands in a spec that draws people").help = Some(
            "take `frame` away, or bring the answers into the campaign with `canvass import`".to_owned(),
        );
    }
    let (mut fields, mut sources): Fields = (Vec::new(), Vec::new());
    for line in settings(statement).filter(|line| keyword(line) == "field") {
        match field(cx, line) {
            Some((word, one, source)) => {
                // A field of the list has its number already, and the spec an error.
                if !drawn {
                    declare_field(cx, word, &one.kind, fields.len());
                }
                fields.push(one);
                sources.push(source);
            }
            None => declare_broken(cx, line, fields.len()),
        }
    }
    (fields, sources)
}

/// Lowers the declaration; columns are looked up when the file is read.
pub fn responses(cx: &mut Cx, statement: &Statement, (fields, sources): Fields) -> Responses {
    let mut head = Reader::new(statement);
    head.keyword("responses");
    let (source, relation) = source(cx, &mut head, "the path of the file", "crm.answers");
    head.end(cx);
    let mut responses = Responses {
        source,
        relation,
        key: None,
        weight: None,
        stratum: None,
        cluster: None,
        population: None,
        responded: None,
        at: None,
        fields,
        sources,
        columns: Vec::new(),
    };
    for line in settings(statement) {
        let mut r = Reader::new(line);
        match r.word() {
            Some(word) if word.text == "field" => {}
            Some(word) => setting(cx, &mut r, line, word, &mut responses),
            None => r.expected(cx, "a column of the design, a `field`, or an item"),
        }
    }
    responses
}

fn setting(cx: &mut Cx, r: &mut Reader, line: &Statement, word: &Word, responses: &mut Responses) {
    let place = match word.text.as_str() {
        _ if r.keyword("from") => {
            if let Some(column) = item_column(cx, r, line, word) {
                responses.columns.push(column);
            }
            return;
        }
        "key" => &mut responses.key,
        "weight" => &mut responses.weight,
        "stratum" => &mut responses.stratum,
        "cluster" => &mut responses.cluster,
        "population" => &mut responses.population,
        "responded" => &mut responses.responded,
        "at" => &mut responses.at,
        other => {
            cx.unknown("setting of `responses`", other, word.span, SETTINGS);
            return;
        }
    };
    if let Some(column) = column(cx, r) {
        *place = Some(column);
    }
    r.end(cx);
}

/// Reads the name of a column; one that is no name of ours stands in quotes.
fn column(cx: &mut Cx, r: &mut Reader) -> Option<String> {
    if let Some(word) = r.word() {
        return Some(word.text.clone());
    }
    r.string(cx, "the name of a column").map(str::to_owned)
}

/// `overall from q7 { 0 missing; 6 not applicable }`.
fn item_column(cx: &mut Cx, r: &mut Reader, line: &Statement, word: &Word) -> Option<ItemColumn> {
    let Some(Var::Item(item)) = cx.names.get(&word.text).and_then(|s| s.var) else {
        let known: Vec<String> = cx
            .names
            .iter()
            .filter(|(_, s)| matches!(s.var, Some(Var::Item(_))))
            .map(|(name, _)| name.clone())
            .collect();
        cx.unknown("question", &word.text, word.span, known.iter().map(String::as_str));
        return None;
    };
    let column = column(cx, r)?;
    r.end(cx);
    let mut found = ItemColumn { item, column, missing: Vec::new(), not_applicable: Vec::new() };
    for code in settings(line) {
        let mut r = Reader::new(code);
        let here = r.here();
        let Some(number) = r.number().filter(|n| n.fract() == 0.0 && n.abs() < 1e9) else {
            cx.error("expected", here, "expected a code here, such as `0 missing`");
            continue;
        };
        #[expect(clippy::cast_possible_truncation, reason = "tested to be whole and small")]
        let number = number as i64;
        if r.keyword("missing") {
            found.missing.push(number);
        } else if r.keywords(&["not", "applicable"]) {
            found.not_applicable.push(number);
        } else {
            r.expected(cx, "`missing` or `not applicable`");
            continue;
        }
        r.end(cx);
    }
    Some(found)
}

/// `field age "Age" : int`, `field improved from "comp.imp" : yes_no`, or `field age4 = band(age_years, 2, 3, 5)`.
fn field<'a>(cx: &mut Cx, line: &'a Statement) -> Option<(&'a Word, Field, FieldSource)> {
    let mut r = Reader::new(line);
    r.keyword("field");
    let name = r.name(cx, "the field's name")?;
    let title = r.optional_words(cx);
    if let Some(ast) = r.assign() {
        r.end(cx);
        let (column, cuts) = band(cx, ast)?;
        let kind = FieldKind::OneOf(bands(cx, &cuts));
        let field = Field { name: name.text.clone(), title, kind };
        return Some((name, field, FieldSource::Band { column, cuts }));
    }
    let column = if r.keyword("from") { column(cx, &mut r)? } else { name.text.clone() };
    if !r.symbol(":") {
        r.expected(cx, "`:` and a type, or `= band(…)`");
        return None;
    }
    let kind = field_kind(cx, &mut r)?;
    r.end(cx);
    Some((name, Field { name: name.text.clone(), title, kind }, FieldSource::Column(column)))
}

/// The groups of a banded column: numbered from 1, labelled by their limits.
fn bands(cx: &Cx, cuts: &[f64]) -> Vec<Choice> {
    let label = |i: usize| match (i.checked_sub(1).map(|i| cuts[i]), cuts.get(i)) {
        (None, Some(high)) => format!("≤ {high}"),
        (Some(low), Some(high)) => format!("> {low} – {high}"),
        (Some(low), None) => format!("> {low}"),
        (None, None) => String::new(),
    };
    let choice = |i: usize| Choice {
        name: (i + 1).to_string(),
        label: Text(cx.languages.iter().map(|l| (l.clone(), label(i))).collect()),
        specify: false,
        exclusive: false,
    };
    (0..=cuts.len()).map(choice).collect()
}

fn band(cx: &mut Cx, ast: &Expr) -> Option<(String, Vec<f64>)> {
    let wanted = "a field is computed as `band(COLUMN, CUT, …)` with rising cuts";
    let ExprKind::Call(function, args, None) = &ast.kind else {
        cx.error("unexpected", ast.span, wanted);
        return None;
    };
    let (Some(first), cuts) = (args.first(), args.get(1..).unwrap_or_default()) else {
        cx.error("unexpected", ast.span, wanted);
        return None;
    };
    let number = |e: &Expr| if let ExprKind::Scalar(Scalar::Number(x)) = e.kind { Some(x) } else { None };
    let cuts: Option<Vec<f64>> = cuts.iter().map(number).collect();
    let column = match &first.kind {
        ExprKind::Name(column) => Some(column.clone()),
        ExprKind::Text(text) => text.parts.first().map(|p| p.value.clone()),
        _ => None,
    };
    match (column, cuts) {
        (Some(column), Some(cuts))
            if function.text == "band" && !cuts.is_empty() && cuts.is_sorted_by(|a, b| a < b) =>
        {
            Some((column, cuts))
        }
        _ => {
            cx.error("unexpected", ast.span, wanted);
            None
        }
    }
}

//! `responses "FILE" { … }`: finished answers from elsewhere, with the columns of their design.

use crate::expr::Var;
use crate::model::checked::{ItemColumn, ResponseField, ResponseFieldKind, Responses, Text};
use crate::model::lower::cx::Cx;
use crate::model::lower::frame::field;
use crate::model::lower::reader::Reader;
use crate::model::lower::settings;
use crate::syntax::ast::{Expr, ExprKind, Scalar, Statement, Word};

const SETTINGS: [&str; 8] =
    ["key", "weight", "stratum", "cluster", "population", "responded", "field", "ITEM from COLUMN"];

/// Lowers the declaration; columns are looked up when the file is read.
pub fn responses(cx: &mut Cx, statement: &Statement) -> Responses {
    let mut head = Reader::new(statement);
    let span = head.here();
    head.keyword("responses");
    let source = head.string(cx, "the path of the file").unwrap_or_default().to_owned();
    head.end(cx);
    let mut responses = Responses {
        source,
        key: None,
        weight: None,
        stratum: None,
        cluster: None,
        population: None,
        responded: None,
        fields: Vec::new(),
        columns: Vec::new(),
    };
    for line in settings(statement) {
        let mut r = Reader::new(line);
        match r.word() {
            Some(word) if word.text == "field" => {
                if let Some(field) = any_field(cx, line, &responses) {
                    responses.fields.push(field);
                }
            }
            Some(word) => setting(cx, &mut r, line, word, &mut responses),
            None => r.expected(cx, "a column of the design, a `field`, or an item"),
        }
    }
    cx.not_planned("responses", span);
    responses
}

fn setting(cx: &mut Cx, r: &mut Reader, line: &Statement, word: &Word, responses: &mut Responses) {
    let place = match word.text.as_str() {
        "key" => &mut responses.key,
        "weight" => &mut responses.weight,
        "stratum" => &mut responses.stratum,
        "cluster" => &mut responses.cluster,
        "population" => &mut responses.population,
        "responded" => &mut responses.responded,
        _ if r.keyword("from") => {
            if let Some(column) = item_column(cx, r, line, word) {
                responses.columns.push(column);
            }
            return;
        }
        other => {
            cx.unknown("setting of `responses`", other, word.span, SETTINGS);
            return;
        }
    };
    if let Some(column) = r.name(cx, "the name of a column") {
        *place = Some(column.text.clone());
    }
    r.end(cx);
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
    let column = r.name(cx, "the name of a column")?.text.clone();
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

/// `field age : int`, or `field age4 = band(age_years, 2, 3, 5)`.
fn any_field(cx: &mut Cx, line: &Statement, responses: &Responses) -> Option<ResponseField> {
    let mut r = Reader::new(line);
    r.keyword("field");
    let name = r.name(cx, "the field's name")?;
    let Some(ast) = r.assign() else {
        let (_, field) = field(cx, line)?;
        return Some(ResponseField {
            name: field.name,
            title: field.title,
            kind: ResponseFieldKind::Read(field.kind),
        });
    };
    r.end(cx);
    if responses.fields.iter().any(|f| f.name == name.text) {
        cx.error("duplicate-name", name.span, format!("field `{}` is declared twice", name.text));
    }
    let kind = band(cx, ast)?;
    Some(ResponseField { name: name.text.clone(), title: Text::default(), kind })
}

fn band(cx: &mut Cx, ast: &Expr) -> Option<ResponseFieldKind> {
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
    match (&first.kind, cuts) {
        (ExprKind::Name(column), Some(cuts))
            if function.text == "band" && !cuts.is_empty() && cuts.is_sorted_by(|a, b| a < b) =>
        {
            Some(ResponseFieldKind::Band { column: column.clone(), cuts })
        }
        _ => {
            cx.error("unexpected", ast.span, wanted);
            None
        }
    }
}

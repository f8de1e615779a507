//! `frame NAME { … }` and `events NAME { … }`: the lists, their columns and types.

use crate::expr::Var;
use crate::model::checked::{
    Choice, Events, Exclude, Field, FieldKind, Frame, OncePer, Relation, Rest, Text,
};
use crate::model::lower::cluster::cluster;
use crate::model::lower::cx::{Cx, Symbol, Type};
use crate::model::lower::expr::{Scope, condition};
use crate::model::lower::reader::Reader;
use crate::model::lower::settings;
use crate::model::lower::unit::Unit;
use crate::source::Span;
use crate::syntax::ast::{Item, Statement, Word};

const SETTINGS: [&str; 14] = [
    "source", "key", "email", "mobile", "name", "language", "timezone", "device", "field", "exclude", "rest",
    "once", "cluster", "allow",
];

/// Lowers the frame; fields are declared on the way, so that conditions below can use them.
pub fn frame(cx: &mut Cx, statement: &Statement) -> Frame {
    let mut head = Reader::new(statement);
    head.keyword("frame");
    let name = head.name(cx, "the frame's name").map(|w| w.text.clone()).unwrap_or_default();
    head.end(cx);
    let mut frame = Frame {
        name,
        source: String::new(),
        relation: None,
        key: String::new(),
        email: None,
        mobile: None,
        person_name: None,
        language: None,
        timezone: None,
        device: None,
        fields: Vec::new(),
        exclude: Vec::new(),
        rest: None,
        once_per: None,
        cluster: None,
    };
    for line in settings(statement).filter(|l| starts(l, "field")) {
        let position = frame.fields.len();
        if let Some((word, field)) = field(cx, line) {
            declare_field(cx, word, &field.kind, position);
            frame.fields.push(field);
        } else {
            declare_broken(cx, line, position);
        }
    }
    for line in settings(statement).filter(|l| !starts(l, "field")) {
        setting(cx, &mut frame, line);
    }
    for (value, what) in [(&frame.source, "source \"…\""), (&frame.key, "key COLUMN")] {
        if value.is_empty() {
            cx.error("missing-setting", statement.span, format!("the frame has no `{what}`"));
        }
    }
    frame
}

/// Puts a column into the common namespace.
pub(super) fn declare_field(cx: &mut Cx, word: &Word, kind: &FieldKind, position: usize) {
    let symbol = Symbol {
        var: Some(Var::Field(position)),
        kind: type_of(kind),
        index: position,
        what: "field",
        span: Some(word.span),
    };
    if let FieldKind::Money(currency) = kind {
        cx.units.insert(word.text.clone(), Unit::Money(currency.clone()));
    }
    cx.declare(word, symbol);
}

/// Declares a field that could not be read: whoever looks at it has no fault of its own.
pub(super) fn declare_broken(cx: &mut Cx, line: &Statement, position: usize) {
    if let Some(Item::Word(word)) = line.items.get(1) {
        let (kind, what) = (Type::Unknown, "broken field");
        cx.declare(word, Symbol { var: None, kind, index: position, what, span: Some(word.span) });
    }
}

fn starts(line: &Statement, keyword: &str) -> bool {
    Reader::new(line).keyword(keyword)
}

fn setting(cx: &mut Cx, frame: &mut Frame, line: &Statement) {
    let mut r = Reader::new(line);
    let Some(word) = r.word() else {
        r.expected(cx, "a setting");
        return;
    };
    let column = |cx: &mut Cx, r: &mut Reader| r.name(cx, "a column").map(|w| w.text.clone());
    match word.text.as_str() {
        "source" => {
            (frame.source, frame.relation) = source(cx, &mut r, "the path of the list", "crm.customers");
        }
        "key" => frame.key = column(cx, &mut r).unwrap_or_default(),
        "email" => frame.email = column(cx, &mut r),
        "mobile" => frame.mobile = column(cx, &mut r),
        "name" => frame.person_name = column(cx, &mut r),
        "language" => frame.language = column(cx, &mut r),
        "timezone" => frame.timezone = column(cx, &mut r),
        "device" => frame.device = column(cx, &mut r),
        "exclude" => {
            let label = r.optional_words(cx);
            match r.clause("where") {
                Some(ast) => {
                    if let Some(condition) = condition(cx, ast, Scope::FRAME) {
                        frame.exclude.push(Exclude { label, condition });
                    }
                }
                None => r.expected(cx, "`where` with a condition"),
            }
        }
        "rest" => match r.days_or_hours() {
            Some(period) => frame.rest = Some(Rest { days: period.days(), delay: r.keyword("delay") }),
            None => r.expected(cx, "a number of days, such as `60 days`"),
        },
        "once" => {
            r.keyword("per");
            let here = r.here();
            let column = column(cx, &mut r).unwrap_or_default();
            let field = frame.fields.iter().position(|f| f.name == column);
            frame.once_per = match (column.as_str(), field) {
                ("email", _) => Some(OncePer::Email),
                ("mobile", _) => Some(OncePer::Mobile),
                (_, Some(i)) if frame.fields[i].kind == FieldKind::Text => Some(OncePer::Field(i)),
                (name, Some(_)) => {
                    let message =
                        format!("`{name}` is no text, and only equal texts tell who belongs together");
                    cx.error("wrong-type", here, message).help =
                        Some(format!("declare it as `field {name} : text`"));
                    None
                }
                (other, None) => {
                    let texts = frame.fields.iter().filter(|f| f.kind == FieldKind::Text);
                    let texts: Vec<String> = texts.map(|f| f.name.clone()).collect();
                    let known = ["email", "mobile"].into_iter().chain(texts.iter().map(String::as_str));
                    cx.unknown("column", other, here, known);
                    None
                }
            };
        }
        "cluster" => frame.cluster = cluster(cx, &mut r),
        other => {
            cx.unknown("setting of `frame`", other, word.span, SETTINGS);
            return;
        }
    }
    r.end(cx);
}

/// `"customers.csv"`, `table "crm.customers"` or `query "select …"`: what is shown of it, and the rows of a database.
pub(super) fn source(cx: &mut Cx, r: &mut Reader, file: &str, example: &str) -> (String, Option<Relation>) {
    let (table, query) = (r.keyword("table"), r.keyword("query"));
    let what = match (table, query) {
        (true, _) => format!("the table's name, such as `\"{example}\"`"),
        (_, true) => format!("a query in quotes, such as `\"select … from {example}\"`"),
        _ => format!("{file}, or `table` or `query` of the profile's database"),
    };
    let text = r.string(cx, &what).unwrap_or_default().trim();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match (table, query) {
        _ if text.is_empty() => (String::new(), None),
        (true, _) => (format!("table {words}"), Some(Relation::Table(text.to_owned()))),
        (_, true) => (format!("query {words}"), Some(Relation::Query(text.to_owned()))),
        _ => (text.to_owned(), None),
    }
}

/// `field NAME ["title"] : TYPE`.
pub(super) fn field<'a>(cx: &mut Cx, line: &'a Statement) -> Option<(&'a Word, Field)> {
    let mut r = Reader::new(line);
    r.keyword("field");
    let word = r.name(cx, "the field's name")?;
    let title = r.optional_words(cx);
    if !r.symbol(":") {
        r.expected(cx, "`:` and a type");
        return None;
    }
    let kind = field_kind(cx, &mut r)?;
    r.end(cx);
    Some((word, Field { name: word.text.clone(), title, kind }))
}

/// Reads the type of a column.
pub(super) fn field_kind(cx: &mut Cx, r: &mut Reader) -> Option<FieldKind> {
    let here = r.here();
    let kind = match r.name(cx, "a type")?.text.as_str() {
        "int" => FieldKind::Int,
        "number" => FieldKind::Number,
        "money" => FieldKind::Money(r.name(cx, "a currency, such as CNY")?.text.clone()),
        "date" => FieldKind::Date,
        "yes_no" => FieldKind::YesNo,
        "text" => FieldKind::Text,
        "one" => {
            if !r.keyword("of") {
                r.expected(cx, "`of`");
            }
            FieldKind::OneOf(codes(cx, r))
        }
        other => {
            cx.unknown("type", other, here, ["int", "number", "money", "date", "yes_no", "text", "one of"]);
            return None;
        }
    };
    Some(kind)
}

/// `name "label" / "label" [specify] [exclusive], …`
pub fn choices(cx: &mut Cx, r: &mut Reader) -> Vec<Choice> {
    alternatives(cx, r, |r| r.word().map(|word| (word.text.clone(), word.span)))
}

/// The same for the values of a column, which may be whole numbers.
fn codes(cx: &mut Cx, r: &mut Reader) -> Vec<Choice> {
    alternatives(cx, r, |r| {
        let here = r.here();
        let word = r.word().map(|word| (word.text.clone(), word.span));
        word.or_else(|| {
            r.number().filter(|x| x.fract() == 0.0 && x.abs() < 1e15).map(|x| (format!("{x:.0}"), here))
        })
    })
}

fn alternatives(
    cx: &mut Cx,
    r: &mut Reader,
    next: impl Fn(&mut Reader) -> Option<(String, Span)>,
) -> Vec<Choice> {
    let mut found: Vec<Choice> = Vec::new();
    while let Some((name, span)) = next(r) {
        let label = match r.text() {
            Some(text) => cx.text(text, true),
            None => Text(cx.languages.iter().map(|l| (l.clone(), name.clone())).collect()),
        };
        let (mut specify, mut exclusive) = (false, name == "none");
        loop {
            if r.keyword("specify") {
                specify = true;
            } else if r.keyword("exclusive") {
                exclusive = true;
            } else {
                break;
            }
        }
        if found.iter().any(|c| c.name == name) {
            cx.error("duplicate-name", span, format!("`{name}` is listed twice"));
        } else {
            found.push(Choice { name, label, specify, exclusive });
        }
        if !r.symbol(",") {
            break;
        }
    }
    found
}

/// Returns the type that conditions see.
#[must_use]
pub fn type_of(kind: &FieldKind) -> Type {
    match kind {
        FieldKind::Int | FieldKind::Number | FieldKind::Money(_) => Type::Number,
        FieldKind::Date => Type::Date,
        FieldKind::YesNo => Type::Bool,
        FieldKind::Text => Type::Text,
        FieldKind::OneOf(choices) => Type::One(choices.iter().map(|c| c.name.clone()).collect()),
    }
}

/// Lowers a source of events; its fields are known as `events.field`.
pub fn events(cx: &mut Cx, statement: &Statement, position: usize) -> Events {
    let mut head = Reader::new(statement);
    head.keyword("events");
    let name = head.name(cx, "the name of the events").map(|w| w.text.clone()).unwrap_or_default();
    head.end(cx);
    let mut events = Events {
        name: name.clone(),
        source: String::new(),
        key: String::new(),
        person: String::new(),
        at: String::new(),
        fields: Vec::new(),
    };
    for line in settings(statement) {
        let mut r = Reader::new(line);
        if starts(line, "field") {
            if let Some((word, field)) = field(cx, line) {
                let var = Some(Var::EventField(position, events.fields.len()));
                let kind = type_of(&field.kind);
                let dotted = Word { text: format!("{name}.{}", word.text), span: word.span };
                cx.declare(
                    &dotted,
                    Symbol { var, kind, index: position, what: "field of events", span: Some(word.span) },
                );
                events.fields.push(field);
            }
            continue;
        }
        let Some(word) = r.word() else {
            r.expected(cx, "a setting");
            continue;
        };
        match word.text.as_str() {
            "source" => {
                r.string(cx, "the path of the events").unwrap_or_default().clone_into(&mut events.source);
            }
            "key" => events.key = r.name(cx, "a column").map(|w| w.text.clone()).unwrap_or_default(),
            "person" => events.person = r.name(cx, "a column").map(|w| w.text.clone()).unwrap_or_default(),
            "at" => events.at = r.name(cx, "a column").map(|w| w.text.clone()).unwrap_or_default(),
            other => {
                cx.unknown(
                    "setting of `events`",
                    other,
                    word.span,
                    ["source", "key", "person", "at", "field"],
                );
                continue;
            }
        }
        r.end(cx);
    }
    for (value, what) in [
        (&events.source, "source \"…\""),
        (&events.key, "key"),
        (&events.person, "person"),
        (&events.at, "at"),
    ] {
        if value.is_empty() {
            cx.error("missing-setting", statement.span, format!("events `{name}` have no `{what}`"));
        }
    }
    events
}

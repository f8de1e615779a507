//! `clean`, `analysis`, `privacy` and `report`: small declarations of settings.

use crate::model::checked::{
    Analysis, CleanRule, Field, FieldKind, Grouping, Privacy, PrivacyMode, QuestionKind, Questionnaire,
    ReportSpec, SpecFile,
};
use crate::model::files::Files;
use crate::model::lower::cx::Cx;
use crate::model::lower::expr::{Scope, condition};
use crate::model::lower::methods;
use crate::model::lower::reader::{Reader, whole};
use crate::model::lower::settings;
use crate::syntax::ast::{Statement, Word};

/// Lowers `clean { drop … flag … }`.
pub fn clean(cx: &mut Cx, statement: &Statement) -> Vec<CleanRule> {
    let mut rules = Vec::new();
    for line in settings(statement) {
        let mut r = Reader::new(line);
        let here = r.here();
        let drop = match r.word().map(|w| w.text.as_str()) {
            Some("drop") => true,
            Some("flag") => false,
            Some(other) => {
                cx.unknown("cleaning rule", other, here, ["drop", "flag"]);
                continue;
            }
            None => {
                r.expected(cx, "`drop` or `flag`");
                continue;
            }
        };
        let label = r.words(cx, "the reason");
        match r.clause("when") {
            Some(ast) => {
                if let Some(condition) = condition(cx, ast, Scope { scores: false, ..Scope::RESPONSE }) {
                    rules.push(CleanRule { drop, label, condition });
                }
            }
            None => r.expected(cx, "`when` with a condition"),
        }
        r.end(cx);
    }
    rules
}

/// Lowers `analysis { … }`.
pub fn analysis(
    cx: &mut Cx,
    statement: &Statement,
    world: methods::World,
    (files, read): (&dyn Files, &mut Vec<SpecFile>),
) -> Analysis {
    let fields = world.fields;
    let mut analysis = Analysis { hide_below: 10, ..Analysis::default() };
    for line in settings(statement) {
        let mut r = Reader::new(line);
        let Some(word) = r.word() else {
            r.expected(cx, "a setting of the analysis");
            continue;
        };
        match word.text.as_str() {
            "nonresponse" => analysis.nonresponse = groupings(cx, &mut r, fields),
            "segment" => analysis.segments = crossed(cx, &mut r, fields, true),
            "hide" => {
                r.keywords(&["groups", "below"]);
                let here = r.here();
                match r.number().and_then(whole).filter(|n| *n >= 1) {
                    Some(n) => analysis.hide_below = u64::from(n),
                    None => {
                        cx.error("expected", here, "expected a whole number from 1 here");
                    }
                }
            }
            "finite" => {
                r.keyword("correction");
                analysis.finite_correction = r.keyword("on") || !r.keyword("off");
            }
            "rake" => methods::rake(cx, &mut r, fields, (files, &mut *read), &mut analysis),
            "trim" | "drivers" | "themes" | "risk" | "feed" | "single" => {
                methods::method(cx, line, word, &mut r, world.scoring, &mut analysis);
            }
            other => {
                let known = [
                    "nonresponse",
                    "segment",
                    "hide",
                    "finite",
                    "rake",
                    "trim",
                    "drivers",
                    "themes",
                    "risk",
                    "feed",
                    "single",
                ];
                cx.unknown("setting of `analysis`", other, word.span, known);
                continue;
            }
        }
        r.end(cx);
    }
    analysis
}

/// `by stratum, region`: variables of people, each once.
fn groupings(cx: &mut Cx, r: &mut Reader, fields: &[Field]) -> Vec<Grouping> {
    r.keyword("by");
    let mut found = Vec::new();
    while let Some(word) = r.word() {
        if let Some(grouping) = grouping(cx, word, fields, false) {
            once(cx, word, &mut found, grouping);
        }
        if !r.symbol(",") {
            break;
        }
    }
    found
}

/// `by region, region by channel`: variables, and combinations of them.
pub(super) fn crossed(cx: &mut Cx, r: &mut Reader, fields: &[Field], response: bool) -> Vec<Vec<Grouping>> {
    r.keyword("by");
    let mut found = Vec::new();
    while let Some(first) = r.word() {
        let (mut all, mut broken) = (Vec::new(), false);
        let mut next = Some(first);
        while let Some(word) = next {
            match grouping(cx, word, fields, response) {
                Some(grouping) => once(cx, word, &mut all, grouping),
                None => broken = true,
            }
            next = if r.keyword("by") { r.name(cx, "a field") } else { None };
        }
        if !broken {
            once(cx, first, &mut found, all);
        }
        if !r.symbol(",") {
            break;
        }
    }
    found
}

fn once<T: PartialEq>(cx: &mut Cx, word: &Word, found: &mut Vec<T>, one: T) {
    if found.contains(&one) {
        cx.error("duplicate-name", word.span, format!("`{}` is listed twice", word.text));
    } else {
        found.push(one);
    }
}

fn grouping(cx: &mut Cx, word: &Word, fields: &[Field], response: bool) -> Option<Grouping> {
    let name = match word.text.as_str() {
        "stratum" => return Some(Grouping::Stratum),
        "channel" if response => return Some(Grouping::Channel),
        "language" if response => return Some(Grouping::Language),
        name => name,
    };
    let Some(field) = fields.iter().position(|f| f.name == name) else {
        // Told where it is declared.
        if !cx.is_unknown(name) {
            let known = fields.iter().map(|f| f.name.as_str()).chain(["stratum", "channel", "language"]);
            cx.unknown("field", name, word.span, known);
        }
        return None;
    };
    if matches!(fields[field].kind, FieldKind::OneOf(_) | FieldKind::Text | FieldKind::YesNo) {
        return Some(Grouping::Field(field));
    }
    cx.error("wrong-type", word.span, format!("`{name}` has too many values for groups")).help =
        Some("group by a field of the type `one of`, `yes_no` or `text`".to_owned());
    None
}

/// Lowers `privacy { … }`.
pub fn privacy(cx: &mut Cx, statement: &Statement) -> Privacy {
    let mut privacy = default_privacy();
    for line in settings(statement) {
        let mut r = Reader::new(line);
        let Some(word) = r.word() else {
            r.expected(cx, "a setting of the privacy");
            continue;
        };
        match word.text.as_str() {
            "identified" => privacy.mode = PrivacyMode::Identified,
            "confidential" => privacy.mode = PrivacyMode::Confidential,
            "anonymous" => {
                privacy.mode = PrivacyMode::Anonymous;
                cx.not_planned("anonymous", word.span);
            }
            "keep" => match r.days_or_hours() {
                Some(period) => privacy.keep_days = Some(period.days()),
                None => r.expected(cx, "a number of days, such as `400 days`"),
            },
            "consent" => privacy.consent = r.words(cx, "what respondents are told"),
            other => {
                cx.unknown(
                    "setting of `privacy`",
                    other,
                    word.span,
                    ["identified", "confidential", "anonymous", "keep", "consent"],
                );
                continue;
            }
        }
        r.end(cx);
    }
    privacy
}

/// What holds when the spec says nothing.
#[must_use]
pub fn default_privacy() -> Privacy {
    Privacy {
        mode: PrivacyMode::Confidential,
        keep_days: None,
        consent: crate::model::checked::Text::default(),
    }
}

/// Lowers `report { … }`.
pub fn report(cx: &mut Cx, statement: &Statement, questionnaire: &Questionnaire) -> ReportSpec {
    let mut report = default_report();
    for line in settings(statement) {
        let mut r = Reader::new(line);
        let here = r.here();
        match r.word().map(|w| w.text.as_str()) {
            Some("formats") => {
                report.formats.clear();
                while let Some(word) = r.word() {
                    if ["markdown", "html", "json", "xlsx"].contains(&word.text.as_str()) {
                        report.formats.push(word.text.clone());
                    } else {
                        cx.unknown("format", &word.text, word.span, ["markdown", "html", "json", "xlsx"]);
                    }
                    if !r.symbol(",") {
                        break;
                    }
                }
            }
            Some("show") => quotes(cx, &mut r, questionnaire, &mut report),
            Some(other) => {
                cx.unknown("setting of `report`", other, here, ["formats", "show"]);
                continue;
            }
            None => {
                r.expected(cx, "`formats` or `show`");
                continue;
            }
        }
        r.end(cx);
    }
    report
}

fn quotes(cx: &mut Cx, r: &mut Reader, questionnaire: &Questionnaire, report: &mut ReportSpec) {
    let here = r.here();
    let Some(name) = r.name(cx, "the name of an open question") else { return };
    let found = questionnaire.item(&name.text).filter(|(_, item)| {
        let question = questionnaire.questions.get(item.question);
        question.is_some_and(|q| matches!(q.kind, QuestionKind::Text { .. }))
    });
    r.keyword("quotes");
    let count = r.number().and_then(whole).unwrap_or(5) as usize;
    match found {
        Some((item, _)) => report.quotes.push((item, count)),
        None if cx.is_unknown(&name.text) => {}
        None => {
            let open = questionnaire.items.iter().filter(|i| {
                questionnaire
                    .questions
                    .get(i.question)
                    .is_some_and(|q| matches!(q.kind, QuestionKind::Text { .. }))
            });
            cx.unknown("open question", &name.text, here, open.map(|i| i.name.as_str()));
        }
    }
}

/// What holds when the spec says nothing.
#[must_use]
pub fn default_report() -> ReportSpec {
    ReportSpec { formats: vec!["markdown".to_owned(), "html".to_owned()], quotes: Vec::new() }
}

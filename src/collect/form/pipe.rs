//! Earlier answers and known fields inside the wording of questions: `{{ reached }}`.
//!
//! Goes in: a wording (a minijinja template that the compiler has checked) and
//! what is known. Comes out: plain text. Nothing is escaped here; the page
//! template escapes everything exactly once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value};

use crate::collect::form::asked::{Respondent, counted};
use crate::collect::form::strings::Strings;
use crate::model::Checked;
use crate::model::checked::{Choice, Field, FieldKind, Question, QuestionKind, Text};
use crate::store::types::Answer;

static PLAIN: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut env = Environment::new();
    env.set_auto_escape_callback(|_| AutoEscape::None);
    env
});

/// Returns the names that a question's wording (all languages, with its rows and options) reads.
#[must_use]
pub fn names(checked: &Checked, question: &Question) -> BTreeSet<String> {
    let mut texts = vec![&question.text, &question.hint, &question.not_applicable];
    let own = |item: &&crate::model::checked::Item| {
        checked.questionnaire.questions.get(item.question).is_some_and(|q| std::ptr::eq(q, question))
    };
    texts.extend(checked.questionnaire.items.iter().filter(own).map(|item| &item.row));
    texts.extend(options(&question.kind).iter().map(|o| &o.label));
    texts.iter().flat_map(|t| &t.0).flat_map(|(_, source)| names_in(source)).collect()
}

fn names_in(source: &str) -> BTreeSet<String> {
    if !is_template(source) {
        return BTreeSet::new();
    }
    let template = PLAIN.template_from_str(source);
    template.map_or_else(|_| BTreeSet::new(), |t| t.undeclared_variables(false).into_iter().collect())
}

fn is_template(source: &str) -> bool {
    source.contains("{{") || source.contains("{%")
}

/// What wordings may say, in one language.
#[derive(Debug, Clone, Default)]
pub struct Pipes {
    language: String,
    words: BTreeMap<String, String>,
}

impl Pipes {
    /// Collects the words for every answered item of an asked question and every filled field.
    #[must_use]
    pub fn new(
        checked: &Checked,
        answers: &BTreeMap<String, Answer>,
        respondent: &Respondent<'_>,
        strings: &Strings,
    ) -> Self {
        let language = respondent.language;
        let mut words = BTreeMap::new();
        let frame = checked.frame.iter().flat_map(|f| &f.fields);
        for field in frame.chain(checked.events.iter().flat_map(|e| &e.fields)) {
            if let Some(text) = respondent.fields.get(&field.name).filter(|t| !t.trim().is_empty()) {
                words.insert(field.name.clone(), field_words(field, text, language));
            }
        }
        for (name, answer) in counted(checked, answers, respondent) {
            if let Some(text) = answer_words(checked, &name, &answer, language, strings) {
                words.insert(name, text);
            }
        }
        Self { language: language.to_owned(), words }
    }

    /// Returns a text in the respondent's language with everything filled in.
    ///
    /// The compiler has checked the template; should it fail all the same (a
    /// filter that doesn't fit the words), the wording is shown without the
    /// piped part rather than not at all.
    #[must_use]
    pub fn text(&self, text: &Text) -> String {
        let source = text.get(&self.language);
        if !is_template(source) {
            return source.to_owned();
        }
        PLAIN.render_str(source, Value::from(Serde(&self.words))).unwrap_or_else(|_| without_piping(source))
    }
}

fn without_piping(source: &str) -> String {
    let mut rest = source;
    let mut plain = String::new();
    while let Some(start) = rest.find("{{") {
        plain.push_str(&rest[..start]);
        let Some(end) = rest[start..].find("}}") else { return plain };
        rest = &rest[start + end + 2..];
    }
    plain + rest
}

fn options(kind: &QuestionKind) -> &[Choice] {
    match kind {
        QuestionKind::Choice(options) | QuestionKind::Choices(options) | QuestionKind::Ranking(options) => {
            options
        }
        _ => &[],
    }
}

fn field_words(field: &Field, text: &str, language: &str) -> String {
    let FieldKind::OneOf(codes) = &field.kind else { return text.trim().to_owned() };
    let code = codes.iter().find(|c| c.name == text.trim());
    code.map_or_else(|| text.trim().to_owned(), |c| label(c, language))
}

fn label(choice: &Choice, language: &str) -> String {
    let label = choice.label.get(language);
    if label.is_empty() { choice.name.clone() } else { label.to_owned() }
}

/// Returns an answer in words; `None` for “not applicable” and unknown items, which are as good as missing.
#[must_use]
pub fn answer_words(
    checked: &Checked,
    item: &str,
    answer: &Answer,
    language: &str,
    strings: &Strings,
) -> Option<String> {
    let (_, item) = checked.questionnaire.item(item)?;
    let kind = &checked.questionnaire.questions.get(item.question)?.kind;
    let named = |name: &str| {
        let option = options(kind).iter().find(|o| o.name == name);
        option.map_or_else(|| name.to_owned(), |o| label(o, language))
    };
    Some(match answer {
        Answer::NotApplicable => return None,
        Answer::Number(x) => point_words(checked, kind, *x, language),
        Answer::Option { other: Some(words), .. } if !words.is_empty() => words.clone(),
        Answer::Option { name, .. } => named(name),
        Answer::Options { names, .. } => {
            names.iter().map(|n| named(n)).collect::<Vec<_>>().join(&strings.list_separator)
        }
        Answer::Text(text) => text.clone(),
        Answer::YesNo(true) => strings.yes.clone(),
        Answer::YesNo(false) => strings.no.clone(),
        Answer::Date(date) => date.to_string(),
    })
}

fn point_words(checked: &Checked, kind: &QuestionKind, x: f64, language: &str) -> String {
    let (QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale)) = kind else { return x.to_string() };
    let points = checked.scales.get(*scale).map_or(&[][..], |s| &s.points);
    #[expect(clippy::float_cmp, reason = "codes are whole numbers")]
    let point = points.iter().find(|p| p.code as f64 == x);
    match point.map(|p| p.label.get(language)) {
        Some(label) if !label.is_empty() => label.to_owned(),
        _ => x.to_string(),
    }
}

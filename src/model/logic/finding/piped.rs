//! Earlier answers and fields inside the wording of questions that may have no value there.
//!
//! A wording is a template; whether it copes with a missing value is not guessed
//! from its text but tried: rendered with that one value undefined, it must not
//! complain. `{{ reached | default("…") }}` and `{% if reached %}` cope.

use std::sync::LazyLock;

use minijinja::{Environment, UndefinedBehavior, Value as Shown};

use crate::diagnostic::Diagnostic;
use crate::diagnostic::suggest::did_you_mean;
use crate::expr::{Expr, Var};
use crate::model::checked::QuestionKind;
use crate::model::logic::encode::{pair, validity};
use crate::model::logic::flow::Logic;
use crate::model::logic::witness::{Verdict, decide};
use crate::model::places::{TextId, inside, text_of};
use crate::model::{Checked, Places};
use crate::source::{SourceMap, Span};

static STRICT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment
});

/// A name in a wording that does not cope with its absence.
pub struct Pipe {
    question: usize,
    name: String,
    /// What it stands for.
    pub var: Var,
    span: Span,
}

/// Finds the names in all wordings; those that stand for nothing, or for something later, are findings.
pub fn pipes(checked: &Checked, places: &Places, sources: &SourceMap) -> (Vec<Pipe>, Vec<Diagnostic>) {
    let (mut pipes, mut found) = (Vec::new(), Vec::new());
    for (id, language) in places.texts() {
        let Some(question) = question_of(checked, id) else { continue };
        let part = text_of(checked, id).and_then(|t| t.0.get(language)).map(|(_, source)| source);
        let Some(source) = part.filter(|s| s.contains("{{") || s.contains("{%")) else { continue };
        let literal = places.text(id, language).unwrap_or_default();
        let template = match STRICT.template_from_str(source) {
            Ok(template) => template,
            Err(error) => {
                let message = format!("this wording can't be read: {error}");
                found.push(Diagnostic::error("template-syntax", literal, message).help("write `{{ name }}`"));
                continue;
            }
        };
        let mut names: Vec<String> = template.undeclared_variables(false).into_iter().collect();
        names.sort();
        for name in names {
            let place = token(source, &name).map_or(literal, |part| inside(sources, literal, source, part));
            match variable(checked, &name) {
                None => found.push(unknown(checked, &name, place)),
                Some(Var::Item(i))
                    if checked.questionnaire.items.get(i).is_some_and(|i| i.question >= question) =>
                {
                    let message = format!("`{name}` is not yet answered where this is shown");
                    let help = "show it in a later question, or move the question up";
                    found.push(Diagnostic::error("later-question", place, message).help(help));
                }
                Some(_) if copes(source, &name) => {}
                Some(var) => pipes.push(Pipe { question, name, var, span: place }),
            }
        }
    }
    (pipes, found)
}

/// Decides for each name whether it can be missing where its question is asked.
pub fn check(lx: &mut Logic, pipes: &[Pipe]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for pipe in pipes {
        let missing = Expr::IsMissing(Box::new(Expr::Var(pipe.var)));
        let verdict = decide(lx, |lx| {
            let (asked, before) = (lx.asked(pipe.question)?, lx.valid(pipe.question)?);
            let (missing, valid) = (pair(lx, &missing)?.holds, validity(lx, &missing)?);
            let both = lx.diagram.and(asked, missing)?;
            let valid = lx.diagram.and(valid, before)?;
            lx.diagram.and(both, valid)
        });
        let Verdict::Possible(given) = verdict else { continue };
        let message = format!("`{}` may have no value here: it has none with {}", pipe.name, given.words());
        let help =
            format!("write `{{{{ {} | default(\"…\") }}}}`, or ask this only when it is answered", pipe.name);
        found.push(Diagnostic::error("piped-missing", pipe.span, message).help(help));
    }
    found
}

fn question_of(checked: &Checked, id: TextId) -> Option<usize> {
    match id {
        TextId::Stem(q) | TextId::Hint(q) | TextId::NotApplicable(q) | TextId::Option(q, _) => Some(q),
        TextId::Row(item) => checked.questionnaire.items.get(item).map(|i| i.question),
        _ => None,
    }
}

/// Answers and fields share one namespace; fields of events stand under their plain name.
fn variable(checked: &Checked, name: &str) -> Option<Var> {
    if let Some((item, _)) = checked.questionnaire.item(name) {
        return Some(Var::Item(item));
    }
    let frame = checked.frame.iter().flat_map(|f| &f.fields).position(|f| f.name == name);
    let events = || {
        let of = |(e, events): (usize, &crate::model::checked::Events)| {
            events.fields.iter().position(|f| f.name == name).map(|i| Var::EventField(e, i))
        };
        checked.events.iter().enumerate().find_map(of)
    };
    frame.map(Var::Field).or_else(events)
}

fn unknown(checked: &Checked, name: &str, place: Span) -> Diagnostic {
    let items = checked.questionnaire.items.iter().map(|i| i.name.as_str());
    let frame = checked.frame.iter().flat_map(|f| &f.fields);
    let fields = frame.chain(checked.events.iter().flat_map(|e| &e.fields)).map(|f| f.name.as_str());
    let grid =
        |q: &&crate::model::checked::Question| q.name == name && matches!(q.kind, QuestionKind::Grid(_));
    let help = match did_you_mean(name, items.chain(fields)) {
        _ if checked.questionnaire.questions.iter().any(|q| grid(&q)) => {
            "a grid has no answer of its own: name one of its rows".to_owned()
        }
        Some(near) => format!("did you mean `{near}`?"),
        None => "wordings know earlier answers and the fields of the list".to_owned(),
    };
    Diagnostic::error("unknown-name", place, format!("no answer or field is called `{name}`")).help(help)
}

/// Tries the wording with everything known but this.
fn copes(source: &str, name: &str) -> bool {
    let Ok(template) = STRICT.template_from_str(source) else { return true };
    let names = template.undeclared_variables(false);
    let known = names.iter().filter(|n| *n != name).map(|n| (n.as_str(), Shown::from("x")));
    template.render(known.collect::<std::collections::BTreeMap<_, _>>()).is_ok()
}

/// Returns where a name stands inside `{{ }}` or `{% %}`, as bytes.
fn token(source: &str, name: &str) -> Option<std::ops::Range<usize>> {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut from = source.find("{{").into_iter().chain(source.find("{%")).min()?;
    while let Some(at) = source.get(from..)?.find(name) {
        let (start, end) = (from + at, from + at + name.len());
        let before = source.get(..start)?.chars().next_back().is_some_and(part_of_name);
        let after = source.get(end..)?.chars().next().is_some_and(part_of_name);
        let opened = source.get(..start)?.rfind(['{']) > source.get(..start)?.rfind('}');
        if !before && !after && opened {
            return Some(start..end);
        }
        from = end;
    }
    None
}

//! What every lowering function shares: diagnostics, languages and the one namespace of variables.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::diagnostic::suggest::did_you_mean;
use crate::expr::Var;
use crate::model::checked as m;
use crate::model::lower::remedy::SURPLUS;
use crate::model::lower::unit::Unit;
use crate::source::{FileId, Span};
use crate::syntax::ast;

/// The type of a variable or expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// A condition or a yes/no answer.
    Bool,
    /// A number; scale codes and money too.
    Number,
    /// Free text.
    Text,
    /// A calendar date.
    Date,
    /// One of these names.
    One(Vec<String>),
    /// Any of these names.
    Set(Vec<String>),
    /// A file, contact details: nothing that a condition can use.
    Opaque,
    /// Could not be found out; accepted everywhere in silence.
    Unknown,
}

/// A name of the common namespace.
#[derive(Debug, Clone)]
pub struct Symbol {
    /// What it stands for; `None` for a grid as a whole, a note, or a KPI.
    pub var: Option<Var>,
    /// Type.
    pub kind: Type,
    /// Index of the question for questions and rows; of the score for scores.
    pub index: usize,
    /// What it is, in words.
    pub what: &'static str,
    /// Where it is declared; built-ins have no place.
    pub span: Option<Span>,
}

/// The state of one lowering.
#[derive(Debug, Default)]
pub struct Cx {
    /// Findings so far.
    pub diagnostics: Vec<Diagnostic>,
    /// The file with the campaign; in others, each part of a text says its language.
    pub home: Option<FileId>,
    /// Languages of the campaign.
    pub languages: Vec<String>,
    /// The campaign does not say its languages: which text is which is not known.
    pub languages_unknown: bool,
    /// A used file could not be read: what is not known may stand there.
    pub incomplete: bool,
    /// Fields, questions, rows, scores and built-ins.
    pub names: BTreeMap<String, Symbol>,
    /// Names of all questions, known before the questions themselves are.
    pub asked: BTreeSet<String>,
    /// Names of the sources of events.
    pub events: Vec<String>,
    /// Names of the strata, for `stratum = …`.
    pub strata: Vec<String>,
    /// Names of the scores: the index into the model is the position here.
    pub scores: Vec<String>,
    /// Strata that have a `sample` of their own, and where.
    pub sampled: Vec<(String, Span)>,
    /// Numbers for several strata.
    pub joint: Vec<crate::model::lower::sample::Across>,
    /// What the numbers of the namespace count; those that are not here count nothing in particular.
    pub units: BTreeMap<String, Unit>,
    /// Names of declarations of which the model may be broken: told once, where they stand.
    pub declared: BTreeMap<&'static str, BTreeSet<String>>,
    /// Where the parser found errors: what it put there in their stead is nobody's fault.
    pub broken: Vec<Span>,
    /// Clauses that this version does not carry out.
    pub not_carried_out: Vec<m::NotCarriedOut>,
    /// Clauses that keep this version from planning the campaign.
    pub not_planned: Vec<m::NotCarriedOut>,
}

impl Cx {
    /// Tells whether the parser found an error in a place.
    #[must_use]
    pub fn is_broken(&self, span: Span) -> bool {
        self.broken.iter().any(|b| b.file == span.file && b.start < span.end && span.start < b.end)
    }

    /// Tells whether a name is declared, be it by a declaration that could not be made.
    #[must_use]
    pub fn is_declared(&self, keyword: &str, name: &str) -> bool {
        self.declared.get(keyword).is_some_and(|names| names.contains(name))
    }

    /// Tells whether a name stands for something that was broken where it was declared.
    #[must_use]
    pub fn is_unknown(&self, name: &str) -> bool {
        self.names.get(name).is_some_and(|symbol| symbol.kind == Type::Unknown)
    }

    /// Reports an error.
    pub fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.push(Diagnostic::error(code, span, message))
    }

    /// Reports a warning.
    pub fn warning(&mut self, code: &'static str, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.push(Diagnostic::warning(code, span, message))
    }

    #[expect(clippy::indexing_slicing, reason = "the element was pushed in the line before")]
    fn push(&mut self, diagnostic: Diagnostic) -> &mut Diagnostic {
        self.diagnostics.push(diagnostic);
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    /// Reports a name that nothing declares, with the nearest one that something does.
    pub fn unknown<'a>(
        &mut self,
        what: &str,
        name: &str,
        span: Span,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        // Settings and languages are not declared anywhere else.
        if self.incomplete && !what.contains("setting") && !matches!(what, "language" | "declaration") {
            return;
        }
        let known: Vec<&str> = known.into_iter().collect();
        let help = match did_you_mean(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => format!("no {what} is declared in this campaign"),
            None if known.len() <= 12 => format!("there is: {}", known.join(", ")),
            None => format!("declare the {what} `{name}` first"),
        };
        self.error("unknown-name", span, format!("{what} `{name}` is not known")).help = Some(help);
    }

    /// Notes a clause that is checked but not carried out by this version.
    pub fn not_carried_out(&mut self, clause: &str, span: Span) {
        self.not_carried_out.push(m::NotCarriedOut { clause: clause.to_owned(), span });
        self.warning(
            "not-carried-out",
            span,
            format!("`{clause}` is checked but not carried out by this version"),
        )
        .help = Some("plan and report say so too; everything else works without it".to_owned());
    }

    /// Notes a clause that is checked, but without which the campaign would be another one: this version refuses
    /// to plan it.
    pub fn not_planned(&mut self, clause: &str, span: Span) {
        self.not_planned.push(m::NotCarriedOut { clause: clause.to_owned(), span });
        self.warning(
            "not-planned",
            span,
            format!("`{clause}` is checked, but this version can't plan a campaign with it"),
        )
        .help = Some(
            "it decides who is asked or what is promised, so it can't be left out in silence".to_owned(),
        );
    }

    /// Puts a name into the common namespace; a clash is an error.
    pub fn declare(&mut self, name: &ast::Word, symbol: Symbol) {
        if let Some(old) = self.names.get(&name.text) {
            let what = old.what;
            let place = old.span;
            let diagnostic = self.error(
                "name-clash",
                name.span,
                format!("the name `{}` is already taken by a {what}", name.text),
            );
            diagnostic.help = Some(
                "fields, questions, grid rows, scores and built-ins share one namespace; rename one"
                    .to_owned(),
            );
            if let Some(span) = place {
                diagnostic
                    .labels
                    .push(crate::diagnostic::Label { span, message: "declared here".to_owned() });
            }
            return;
        }
        self.names.insert(name.text.clone(), symbol);
    }

    /// Puts the built-in variables into the namespace.
    pub fn declare_builtins(&mut self) {
        let languages = self.languages.clone();
        let strata = self.strata.clone();
        let all = [
            ("stratum", Var::Stratum, Type::One(strata)),
            ("channel", Var::Channel, Type::Text),
            ("language", Var::Language, Type::One(languages)),
            ("duration", Var::Duration, Type::Number),
            ("duplicate", Var::Duplicate, Type::Bool),
        ];
        for (name, var, kind) in all {
            let symbol = Symbol { var: Some(var), kind, index: 0, what: "built-in", span: None };
            self.names.insert(name.to_owned(), symbol);
        }
        self.units.insert("duration".to_owned(), Unit::Time);
    }

    /// Tells whether a place lies in a file without the campaign, whose languages have no order there.
    fn shared(&self, place: Span) -> bool {
        self.home.is_some_and(|home| place.file != home)
    }

    /// Makes a text of the model; where people read it, every language must be there.
    pub fn text(&mut self, text: &ast::Text, read_by_people: bool) -> m::Text {
        let mut parts: Vec<(String, String)> = Vec::new();
        if self.languages_unknown {
            let first = self.languages.first().cloned().unwrap_or_default();
            return m::Text(text.parts.first().map(|part| (first, part.value.clone())).into_iter().collect());
        }
        let mut unknown = false;
        if let Some(part) =
            text.parts.iter().find(|p| p.language.is_none()).filter(|_| self.shared(text.span))
        {
            let tags: Vec<String> = self.languages.iter().map(|l| format!("{l} \"…\"")).collect();
            self.error(
                "untagged-text",
                part.span,
                "this text does not say its language, in a file that several campaigns may use",
            )
            .help = Some(format!("write the tag in front of each part: `{}`", tags.join(" / ")));
        }
        for (position, part) in text.parts.iter().enumerate() {
            let language = match &part.language {
                Some(tag) if self.languages.contains(&tag.text) => tag.text.clone(),
                Some(tag) => {
                    let known = self.languages.clone();
                    self.unknown("language", &tag.text, tag.span, known.iter().map(String::as_str));
                    unknown = true;
                    continue;
                }
                None => match self.languages.get(position) {
                    Some(language) => language.clone(),
                    None => {
                        self.error("too-many-texts", part.span, SURPLUS).help =
                            Some(format!("the languages are {}", self.languages.join(", ")));
                        break;
                    }
                },
            };
            if parts.iter().any(|(l, _)| *l == language) {
                self.error("too-many-texts", part.span, format!("language `{language}` is given twice"));
                continue;
            }
            parts.push((language, part.value.clone()));
        }
        let missing: Vec<&String> = self
            .languages
            .iter()
            .filter(|l| !parts.iter().any(|(p, v)| p == *l && !v.trim().is_empty()))
            .collect();
        if read_by_people
            && !missing.is_empty()
            && !parts.is_empty()
            && !unknown
            && !self.is_broken(text.span)
        {
            let names = missing.iter().map(|l| format!("`{l}`")).collect::<Vec<_>>().join(", ");
            let help = format!("write all parts in the order of `languages`: {}", self.languages.join(" / "));
            self.error("missing-translation", text.span, format!("this text is missing in {names}")).help =
                Some(help);
        }
        parts.sort_by_key(|(l, _)| self.languages.iter().position(|x| x == l));
        m::Text(parts)
    }
}

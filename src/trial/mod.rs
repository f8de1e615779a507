//! The tests of a spec, against the form and the scoring that respondents meet.
//!
//! Goes in: a [`Checked`] campaign and one of its test blocks. Comes out: what
//! was expected and did not come true, as diagnostics at the line that expects it.
//! Answers go through the pages of the form as a browser would send them, scores
//! and cases come from the scoring of reports. Pure: the day is the first of the
//! campaign, nobody's list is read.

mod generate;
mod outline;
mod words;

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};

pub use self::generate::{Generated, generate};

use crate::collect::form::parse::Problem;
use crate::collect::form::{self, Posted};
use crate::diagnostic::Diagnostic;
use crate::expr::{Value, Var, truth};
use crate::model::Checked;
use crate::model::checked::{Expectation, Expected, Given, QuestionKind, TestCase};
use crate::score::respondent::{Respondent, ResponseEnv, zone};
use crate::score::study::Study;
use crate::source::SourceMap;
use crate::store::types::{Answer, Response, ResponseState};

/// Runs a test and returns what failed; nothing when it passes. `sources` quote the lines.
#[must_use]
pub fn run(checked: &Checked, test: &TestCase, sources: &SourceMap) -> Vec<Diagnostic> {
    let study = Study::of(&outline::outline(checked), &[]);
    let person = Person::of(checked, test);
    let mut failures = Vec::new();
    let answers = fill(checked, test, &person, &mut failures);
    let asked = form::asked(checked, &answers, &person.respondent());
    for given in &test.given {
        failures.extend(unheard(checked, given, &asked));
    }
    let response = person.response(checked, &study, answers);
    let zone = zone(checked);
    let respondent = Respondent::new(checked, &response, &zone);
    let outcome = Outcome { checked, study: &study, asked: &asked, respondent: &respondent, sources };
    failures.extend(test.expect.iter().filter_map(|expected| outcome.judge(expected)));
    failures
}

/// Who answers.
struct Person {
    fields: BTreeMap<String, String>,
    stratum: String,
    channel: String,
    language: String,
    seconds: f64,
    day: Date,
}

impl Person {
    fn of(checked: &Checked, test: &TestCase) -> Self {
        let open =
            checked.schedule.as_ref().map_or_else(|| DateTime::constant(2026, 1, 1, 12, 0, 0, 0), |s| s.open);
        let language = checked.campaign.languages.first().cloned().unwrap_or_default();
        // Long enough that nobody counts as too fast.
        let mut person = Self {
            fields: BTreeMap::new(),
            stratum: String::new(),
            channel: String::new(),
            language,
            seconds: 600.0,
            day: test.day.unwrap_or_else(|| open.date()),
        };
        for given in &test.given {
            let text = words::cell(&given.value);
            match given.var {
                Var::Field(i) => {
                    let field = checked.fields().get(i);
                    person.fields.extend(field.map(|f| (f.name.clone(), text)));
                }
                Var::EventField(e, i) => {
                    let field = checked.events.get(e).and_then(|events| events.fields.get(i));
                    person.fields.extend(field.map(|f| (f.name.clone(), text)));
                }
                Var::Stratum => person.stratum = text,
                Var::Channel => person.channel = text,
                Var::Language => person.language = text,
                Var::Duration => {
                    person.seconds = if let Value::Number(seconds) = given.value { seconds } else { 0.0 }
                }
                Var::Item(_) | Var::Score(_) | Var::Duplicate => {}
            }
        }
        person
    }

    fn respondent(&self) -> form::Respondent<'_> {
        form::Respondent {
            stratum: &self.stratum,
            channel: &self.channel,
            ..form::Respondent::new(&self.fields, &self.language, self.day)
        }
    }

    /// The completed response, at noon of its day.
    fn response(&self, checked: &Checked, study: &Study, answers: BTreeMap<String, Answer>) -> Response {
        let noon =
            self.day.at(12, 0, 0, 0).to_zoned(zone(checked)).map_or(Timestamp::UNIX_EPOCH, |z| z.timestamp());
        let took = SignedDuration::try_from_secs_f64(self.seconds).unwrap_or_default();
        let stratum = study.strata.iter().position(|s| s.name == self.stratum);
        let cell = stratum.and_then(|s| study.cells_of(s).next()).map(|(_, c)| c);
        Response {
            id: 1,
            campaign: checked.campaign.name.as_str().into(),
            pseudonym: "test".to_owned(),
            cell: cell.map(|cell| cell.index),
            language: self.language.as_str().into(),
            channel: self.channel.as_str().into(),
            state: ResponseState::Completed,
            started_at: noon.checked_sub(took).unwrap_or(noon),
            updated_at: noon,
            completed_at: Some(noon),
            page: 0,
            answers: answers.into(),
            fields: self.fields.clone().into(),
            version: 1,
        }
    }
}

/// Goes through the pages with the answers that are given, as a browser does; a question without one is passed over.
fn fill(
    checked: &Checked,
    test: &TestCase,
    person: &Person,
    failures: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Answer> {
    let pages = form::pages(checked);
    let respondent = person.respondent();
    let given = words::answers(checked, test);
    let mut answers = BTreeMap::new();
    let mut from = 0;
    while let Some(at) = form::next_page(checked, &pages, &answers, &respondent, from) {
        let Some(page) = pages.get(at) else { break };
        let asked = form::asked(checked, &answers, &respondent);
        let questions: Vec<usize> = page.questions.iter().copied().filter(|q| asked.contains(q)).collect();
        let parsed = form::parse(checked, &questions, &Posted::of_answers(checked, page, &given));
        for (item, problem) in parsed.problems {
            let here = test.given.iter().find(|g| g.var == Var::Item(item));
            // Tests give what matters to them; an answer that the form would insist on may be left out.
            if let Some(here) = here.filter(|_| !matches!(problem, Problem::Required)) {
                failures.push(words::refused(checked, item, here, &problem));
            }
        }
        answers.extend(parsed.set);
        from = at + 1;
    }
    answers
}

/// Says that an answer was given to a question that nobody with these answers is asked.
fn unheard(checked: &Checked, given: &Given, asked: &[usize]) -> Option<Diagnostic> {
    let Var::Item(item) = given.var else { return None };
    let item = checked.questionnaire.items.get(item)?;
    let question = checked.questionnaire.questions.get(item.question)?;
    let message = format!("`{}` is given, but with these answers it is not asked", item.name);
    let finding = Diagnostic::error("test-failed", given.span, message)
        .label(question.span, "its condition does not hold")
        .help("leave it out, or give the answers that lead to it");
    (!asked.contains(&item.question) && question.kind != QuestionKind::Note).then_some(finding)
}

/// What came of the answers.
struct Outcome<'a> {
    checked: &'a Checked,
    study: &'a Study,
    asked: &'a [usize],
    respondent: &'a Respondent<'a>,
    sources: &'a SourceMap,
}

impl Outcome<'_> {
    /// Returns what is wrong, when the expectation did not come true.
    fn judge(&self, expected: &Expected) -> Option<Diagnostic> {
        let failed = |message: String| Diagnostic::error("test-failed", expected.span, message);
        match &expected.what {
            Expectation::Asked(question, wanted) => {
                let question_spec = self.checked.questionnaire.questions.get(*question)?;
                let name = &question_spec.name;
                if self.asked.contains(question) == *wanted {
                    return None;
                }
                let message = if *wanted {
                    format!("expected `{name}` to be asked, but it is not")
                } else {
                    format!("expected `{name}` not to be asked, but it is")
                };
                let label = match (&question_spec.condition, wanted) {
                    (None, _) => "it has no condition, so everybody is asked".to_owned(),
                    (Some(condition), true) => format!("its condition does not hold{}", self.seen(condition)),
                    (Some(condition), false) => format!("its condition holds{}", self.seen(condition)),
                };
                Some(failed(message).label(question_spec.span, label))
            }
            Expectation::Case(case, wanted) => {
                let rule = self.checked.cases.get(*case)?;
                let raised = crate::score::cases::holds(self.checked, self.study, self.respondent, rule);
                if raised == *wanted {
                    return None;
                }
                let seen = self.seen(&rule.condition);
                Some(failed(match wanted {
                    true => format!("expected the case `{}`, but it is not raised{seen}", rule.name),
                    false => format!("expected no case `{}`, but it is raised{seen}", rule.name),
                }))
            }
            Expectation::Holds(condition) => {
                if truth(condition, &self.env()).holds() {
                    return None;
                }
                let line = self.sources.get(expected.span.file).map_or("", |file| file.slice(expected.span));
                let words =
                    line.trim_start_matches("expect").split_whitespace().collect::<Vec<_>>().join(" ");
                let got = self.seen(condition);
                Some(failed(format!("expected `{words}`, got{}", got.trim_start_matches(':'))))
            }
        }
    }

    fn env(&self) -> ResponseEnv<'_> {
        ResponseEnv { checked: self.checked, study: self.study, respondent: self.respondent }
    }

    /// Lists what a condition looks at, with the values that it sees.
    fn seen(&self, condition: &crate::expr::Expr) -> String {
        words::seen(self.checked, condition, &self.env())
    }
}

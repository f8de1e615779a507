//! Columns of the answers: a column an item, and one an option where several can be chosen.
//!
//! Scale answers keep their codes. Options are numbered in the order of the
//! spec. An answer that is not there has one of four codes that tell why, the
//! same for all items, and outside of what any item can hold.

use crate::exchange::condition;
use crate::exchange::table::{Cell, Level, Table, Variable, both};
use crate::expr::truth;
use crate::model::Checked;
use crate::model::checked::{Choice, Item, Question, QuestionKind, Text};
use crate::score::items::kind_name;
use crate::score::respondent::{Respondent, ResponseEnv, code_range};
use crate::score::wave::Wave;
use crate::store::types::Answer;

/// The columns of an item.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ItemColumns {
    /// The item's own: code, number, number of the option, or 1 for “answered”.
    pub own: String,
    /// One an option, where several can be chosen: 1 chosen (ranking: its place), 0 not.
    pub options: Vec<String>,
}

/// Codes of answers that are not there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Missing {
    /// Answered by something that the scale does not have.
    pub unusable: f64,
    /// Not asked, by its condition.
    pub not_asked: f64,
    /// “Not applicable”.
    pub not_applicable: f64,
    /// Left open.
    pub open: f64,
}

impl Missing {
    /// Finds codes below everything that was or can be answered.
    #[must_use]
    pub fn for_wave(wave: &Wave) -> Self {
        let items = &wave.checked.questionnaire.items;
        let lowest = (0..items.len()).filter_map(|i| code_range(wave.checked, i)).map(|(low, _)| low);
        let answers = wave.respondents.iter().chain(&wave.others).flat_map(|r| r.response.answers.values());
        let given = answers.filter_map(|a| if let Answer::Number(x) = a { Some(*x) } else { None });
        let floor = lowest.chain(given).fold(0.0, f64::min);
        let mut size = 100.0;
        while 4.0 - size >= floor && size < 1e15 {
            size *= 10.0;
        }
        Self { unusable: 4.0 - size, not_asked: 3.0 - size, not_applicable: 2.0 - size, open: 1.0 - size }
    }

    fn labels(self) -> Vec<(f64, Text)> {
        vec![
            (self.open, both("未作答", "left open")),
            (self.not_applicable, both("不适用", "not applicable")),
            (self.not_asked, both("按条件未问", "not asked, by its condition")),
            (self.unusable, both("无效答案", "answered by something that is no answer to it")),
        ]
    }
}

/// Adds the columns of all items; `words` brings what people wrote.
pub fn add(wave: &Wave, people: &[Option<&Respondent>], table: &mut Table, words: bool) -> Vec<ItemColumns> {
    let missing = Missing::for_wave(wave);
    let items = wave.checked.questionnaire.items.iter().enumerate();
    items.map(|(i, item)| Adding { wave, people, missing, words }.item(i, item, table)).collect()
}

struct Adding<'a> {
    wave: &'a Wave<'a>,
    people: &'a [Option<&'a Respondent<'a>>],
    missing: Missing,
    words: bool,
}

impl Adding<'_> {
    fn item(&self, index: usize, item: &Item, table: &mut Table) -> ItemColumns {
        let checked = self.wave.checked;
        let question = &checked.questionnaire.questions[item.question];
        let asked = question.condition.as_ref().map_or_else(String::new, |c| condition::words(checked, c));
        let label = label(question, item);
        let (codes, level) = codes(checked, &question.kind);
        let variable = Variable {
            level,
            missing: self.missing.labels(),
            asked: asked.clone(),
            ..Variable::coded(&item.name, kind_name(&question.kind), label.clone(), codes)
        };
        let code = |answer: &Answer| self.code(index, question, answer);
        let own = table.add(variable, |row| self.cell(row, item, question, code));
        let mut options = Vec::new();
        if let QuestionKind::Choices(all) | QuestionKind::Ranking(all) = &question.kind {
            for option in all {
                let variable = self.option_variable(item, question, option, &label, &asked);
                options.push(table.add(variable, |row| {
                    self.cell(row, item, question, |answer| chosen(&question.kind, option, answer))
                }));
            }
        }
        if self.words {
            self.add_words(item, question, &label, table);
        }
        ItemColumns { own, options }
    }

    fn option_variable(
        &self,
        item: &Item,
        question: &Question,
        option: &Choice,
        label: &Text,
        asked: &str,
    ) -> Variable {
        let ranking = matches!(question.kind, QuestionKind::Ranking(_));
        let codes = if ranking {
            vec![(0.0, both("未排序", "not ranked"))]
        } else {
            vec![(0.0, both("未选", "not chosen")), (1.0, both("已选", "chosen"))]
        };
        Variable {
            level: if ranking { Level::Ordinal } else { Level::Nominal },
            missing: self.missing.labels(),
            asked: asked.to_owned(),
            ..Variable::coded(
                &format!("{}.{}", item.name, option.name),
                kind_name(&question.kind),
                joined(label, &option.label),
                codes,
            )
        }
    }

    /// Adds what people wrote: of open questions, and of options that ask for words.
    fn add_words(&self, item: &Item, question: &Question, label: &Text, table: &mut Table) {
        let wrote = |answer: &Answer| match answer {
            Answer::Text(text) => Some(text.clone()),
            Answer::Date(date) => Some(date.to_string()),
            Answer::Option { other, .. } | Answer::Options { other, .. } => other.clone(),
            _ => None,
        };
        let specify = |options: &[Choice]| options.iter().any(|o| o.specify);
        let has_words = match &question.kind {
            QuestionKind::Text { .. } | QuestionKind::Date => true,
            QuestionKind::Choice(o) | QuestionKind::Choices(o) | QuestionKind::Ranking(o) => specify(o),
            _ => false,
        };
        if has_words {
            let variable =
                Variable::text(&format!("{}.words", item.name), kind_name(&question.kind), label.clone());
            table.add(variable, |row| {
                let answer = self.people[row].and_then(|r| r.response.answers.get(&item.name));
                answer.and_then(wrote).into()
            });
        }
    }

    /// Returns the code of an answer, or of why there is none; nobody answers in rows without a response.
    fn cell(
        &self,
        row: usize,
        item: &Item,
        question: &Question,
        code: impl Fn(&Answer) -> Option<f64>,
    ) -> Cell {
        let Some(respondent) = self.people[row] else { return Cell::Empty };
        Cell::Number(match respondent.response.answers.get(&item.name) {
            Some(Answer::NotApplicable) => self.missing.not_applicable,
            Some(answer) => code(answer).unwrap_or(self.missing.unusable),
            None => {
                let (checked, study) = (self.wave.checked, &self.wave.study);
                let env = ResponseEnv { checked, study, respondent };
                let asked = question.condition.as_ref().is_none_or(|c| truth(c, &env).holds());
                if asked { self.missing.open } else { self.missing.not_asked }
            }
        })
    }

    fn code(&self, index: usize, question: &Question, answer: &Answer) -> Option<f64> {
        let within = |x: &f64| code_range(self.wave.checked, index).is_none_or(|(a, b)| a <= *x && *x <= b);
        match (&question.kind, answer) {
            (
                QuestionKind::Scale(..)
                | QuestionKind::Grid(_)
                | QuestionKind::Number { .. }
                | QuestionKind::Slider { .. },
                Answer::Number(x),
            ) => Some(*x).filter(|x| x.is_finite()).filter(within),
            (QuestionKind::YesNo | QuestionKind::Consent, Answer::YesNo(yes)) => {
                Some(f64::from(u8::from(*yes)))
            }
            (QuestionKind::Choice(options), Answer::Option { name, .. }) => {
                Some(options.iter().position(|o| o.name == *name).map_or(0.0, |i| (i + 1) as f64))
            }
            (QuestionKind::Choices(_) | QuestionKind::Ranking(_), Answer::Options { names, .. }) => {
                Some(names.len() as f64)
            }
            (QuestionKind::Text { .. } | QuestionKind::Date | QuestionKind::Contact, _) => Some(1.0),
            _ => None,
        }
    }
}

/// Tells whether an option was chosen; in a ranking, its place.
fn chosen(kind: &QuestionKind, option: &Choice, answer: &Answer) -> Option<f64> {
    let Answer::Options { names, .. } = answer else { return None };
    let place = names.iter().position(|n| *n == option.name);
    Some(match kind {
        QuestionKind::Ranking(_) => place.map_or(0.0, |p| (p + 1) as f64),
        _ => f64::from(u8::from(place.is_some())),
    })
}

/// Returns the labels of a question's codes.
fn codes(checked: &Checked, kind: &QuestionKind) -> (Vec<(f64, Text)>, Level) {
    match kind {
        QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => {
            let points = checked.scales[*scale].points.iter();
            (points.map(|p| (p.code as f64, p.label.clone())).collect(), Level::Ordinal)
        }
        QuestionKind::Choice(options) => {
            let codes = options.iter().enumerate().map(|(i, o)| ((i + 1) as f64, o.label.clone()));
            (codes.collect(), Level::Nominal)
        }
        QuestionKind::YesNo | QuestionKind::Consent => {
            (vec![(0.0, both("否", "No")), (1.0, both("是", "Yes"))], Level::Nominal)
        }
        QuestionKind::Text { .. } | QuestionKind::Date | QuestionKind::Contact => {
            (vec![(1.0, both("已回答", "answered"))], Level::Nominal)
        }
        _ => (Vec::new(), Level::Scale),
    }
}

fn label(question: &Question, item: &Item) -> Text {
    if item.row.is_empty() { question.text.clone() } else { joined(&question.text, &item.row) }
}

/// Joins two texts language by language.
fn joined(a: &Text, b: &Text) -> Text {
    Text(a.0.iter().map(|(l, words)| (l.clone(), format!("{words} – {}", b.get(l)))).collect())
}

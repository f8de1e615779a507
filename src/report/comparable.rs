//! What keeps figures from being compared: changes while the campaign ran, and since the wave before.
//!
//! The authors' own reasons are repeated, with the questions and scores that they touch. A difference across such a
//! break is a difference between two measurements, and is not claimed as a change of opinion.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use crate::expr::Var;
use crate::model::Checked;
use crate::model::breaks::Broken;
use crate::model::checked::{Formula, QuestionKind, ScoreKind, Scoring, Text};
use crate::plan::change::{Change, Effect, about};
use crate::report::data::{BreakLine, Misfit, VersionLine};
use crate::store::types::{Answer, Response};
use crate::store::{ResponseState, Version, VersionCount, fits};

/// What is known of a campaign's versions.
#[derive(Debug, Clone, Default)]
pub struct Versions {
    /// All versions, the present one last; empty or one where nothing was changed.
    pub all: Vec<Version>,
    /// How many responses were given under which of them.
    pub responses: Vec<VersionCount>,
    /// How many answers no longer fit, by item and answer.
    pub misfits: Misfits,
}

/// How many answers no longer fit, by item and answer; words are counted together.
pub type Misfits = BTreeMap<(String, String), u64>;

/// Takes answers out that the present questionnaire doesn't know; they stay in the store as they are.
#[must_use]
pub fn set_apart(checked: &Checked, responses: &mut [Response]) -> Misfits {
    let mut apart = Misfits::new();
    for response in responses {
        set_apart_of(checked, response, &mut apart);
    }
    apart
}

/// Does so for one response.
pub fn set_apart_of(checked: &Checked, response: &mut Response, apart: &mut Misfits) {
    for (item, answer) in response.answers.take_out(|item, answer| fits(checked, item, answer)) {
        *apart.entry((item, code(&answer))).or_default() += 1;
    }
}

/// Lists the versions, with how many answered under each.
#[must_use]
pub fn versions(known: &Versions, zone: &TimeZone) -> Vec<VersionLine> {
    let line = |version: &Version| {
        let sum = |holds: &dyn Fn(&VersionCount) -> bool| {
            known.responses.iter().filter(|r| holds(r)).map(|r| r.count).sum()
        };
        VersionLine {
            no: version.no,
            since: version.since.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            plan_hash: version.plan_hash.clone(),
            begun: sum(&|r| r.first == version.no),
            completed: sum(&|r| r.last == version.no && r.state == ResponseState::Completed),
            changes: changes_of(version),
        }
    };
    known.all.iter().map(line).collect()
}

fn changes_of(version: &Version) -> Vec<Change> {
    // Written by this program; a form that is not understood leaves the version without its list.
    serde_json::from_str(&version.changes).unwrap_or_default()
}

/// Lists what breaks comparisons: while the campaign ran, then since the wave before.
#[must_use]
pub fn breaks(checked: &Checked, known: &Versions, zone: &TimeZone) -> Vec<BreakLine> {
    let mut lines = Vec::new();
    for (version, line) in known.all.iter().zip(versions(known, zone)) {
        let before = known.responses.iter().filter(|r| r.state == ResponseState::Completed);
        let before = before.filter(|r| r.last < version.no).map(|r| r.count).sum();
        for change in line.changes.into_iter().filter(|c| c.effect != Effect::Safe) {
            let (keyword, name) = change.declarations.first().cloned().unwrap_or_default();
            let touched = touched(checked, &keyword, &name);
            lines.push(BreakLine {
                at: Some(line.since.clone()),
                wave: None,
                effect: change.effect,
                title: title(checked, &keyword, &name),
                declaration: about(checked, &keyword, &name),
                what: Some(change.what),
                reason: change.reason.unwrap_or_default(),
                answers_before: Some(before),
                everything: touched.is_none(),
                touches: touched.unwrap_or_default().into_iter().collect(),
            });
        }
    }
    let Some(wave) = &checked.campaign.follows else { return lines };
    for word in &checked.breaks {
        let touched = touched(checked, &word.keyword, &word.name);
        lines.push(BreakLine {
            at: None,
            wave: Some(wave.clone()),
            effect: if word.what == Broken::Data { Effect::BreaksData } else { Effect::BreaksTrend },
            title: title(checked, &word.keyword, &word.name),
            declaration: about(checked, &word.keyword, &word.name),
            what: None,
            reason: word.reason.clone(),
            answers_before: None,
            everything: touched.is_none(),
            touches: touched.unwrap_or_default().into_iter().collect(),
        });
    }
    lines
}

/// Returns what people read of a declaration.
fn title(checked: &Checked, keyword: &str, name: &str) -> Option<Text> {
    let found = match keyword {
        "question" => checked.questionnaire.questions.iter().find(|q| q.name == name).map(|q| &q.text),
        "section" => checked.questionnaire.sections.iter().find(|s| s.name == name).map(|s| &s.title),
        "stratum" => checked.strata.iter().find(|s| s.name == name).map(|s| &s.title),
        "score" => checked.scoring.iter().flat_map(|s| &s.scores).find(|s| s.name == name).map(|s| &s.title),
        _ => None,
    };
    found.filter(|text| !text.is_empty()).cloned()
}

/// Returns the names of the items and scores that a declaration bears on; `None` for everything.
pub(super) fn touched(checked: &Checked, keyword: &str, name: &str) -> Option<BTreeSet<String>> {
    let asked = &checked.questionnaire;
    let scale_of = |kind: &QuestionKind| match kind {
        QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => checked.scales.get(*scale),
        _ => None,
    };
    let questions: Vec<usize> = asked
        .questions
        .iter()
        .enumerate()
        .filter(|(_, q)| match keyword {
            "question" => q.name == name,
            "scale" => scale_of(&q.kind).is_some_and(|s| s.name == name),
            "section" => asked.sections.get(q.section).is_some_and(|s| s.name == name),
            _ => false,
        })
        .map(|(i, _)| i)
        .collect();
    let mut names: BTreeSet<String> = BTreeSet::new();
    match keyword {
        "question" | "scale" | "section" => {
            let items = asked.items.iter().filter(|item| questions.contains(&item.question));
            names.extend(items.map(|item| item.name.clone()));
        }
        "score" if !name.is_empty() => {
            names.insert(name.to_owned());
        }
        "score" => names.extend(checked.scoring.iter().flat_map(|s| &s.scores).map(|s| s.name.clone())),
        // Other words of consent change no question.
        "privacy" => {}
        _ => return None,
    }
    if let Some(scoring) = &checked.scoring {
        // A score stands behind those that it is made of, so one pass finds all that follow.
        for score in &scoring.scores {
            if made_of(checked, scoring, &score.kind).iter().any(|part| names.contains(part)) {
                names.insert(score.name.clone());
            }
        }
    }
    Some(names)
}

/// Returns the names of the items and scores that a score is made of.
fn made_of(checked: &Checked, scoring: &Scoring, kind: &ScoreKind) -> Vec<String> {
    let item = |i: &usize| checked.questionnaire.items.get(*i).map(|item| item.name.clone());
    let score = |i: &usize| scoring.scores.get(*i).map(|score| score.name.clone());
    match kind {
        ScoreKind::Dimension { items, .. } => items.iter().filter_map(item).collect(),
        ScoreKind::Index { parts, .. } => parts.iter().filter_map(score).collect(),
        ScoreKind::Kpi(formula) => {
            let mut all = Vec::new();
            terms(formula, &mut |term| match term {
                Formula::Score(i) | Formula::Kpi(i) => all.extend(score(i)),
                Formula::Mean(i)
                | Formula::Nps(i)
                | Formula::Top2(i)
                | Formula::Share(i)
                | Formula::Quantile(i, _)
                | Formula::Total(i) => all.extend(item(i)),
                Formula::Ratio(over, under) => all.extend(item(over).into_iter().chain(item(under))),
                Formula::ShareOf(condition) | Formula::Count(Some(condition)) => {
                    condition.variables(&mut |var| match var {
                        Var::Item(i) => all.extend(item(&i)),
                        Var::Score(i) => all.extend(score(&i)),
                        _ => {}
                    });
                }
                _ => {}
            });
            all
        }
    }
}

fn terms(formula: &Formula, tell: &mut impl FnMut(&Formula)) {
    match formula {
        Formula::Arithmetic(_, a, b) => {
            terms(a, tell);
            terms(b, tell);
        }
        term => tell(term),
    }
}

/// Counts answers that no longer fit, by item and answer; words are counted together, few answers of an item not shown.
#[must_use]
pub fn misfits(checked: &Checked, known: &Versions) -> Vec<Misfit> {
    let of = |item: &str| known.misfits.iter().filter(|((name, _), _)| name == item).map(|(_, n)| n).sum();
    let line = |((item, answer), count): (&(String, String), &u64)| {
        let number: u64 = of(item);
        let shown = number >= checked.analysis.hide_below;
        Misfit {
            item: item.clone(),
            answer: if shown { answer.clone() } else { String::new() },
            count: shown.then_some(*count),
        }
    };
    let mut lines: Vec<Misfit> = known.misfits.iter().map(line).collect();
    lines.dedup();
    lines
}

fn code(answer: &Answer) -> String {
    match answer {
        Answer::Number(x) => x.to_string(),
        Answer::Option { name, .. } => name.clone(),
        Answer::Options { names, .. } => names.join(", "),
        Answer::YesNo(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Answer::Text(_) | Answer::Date(_) | Answer::NotApplicable => String::new(),
    }
}

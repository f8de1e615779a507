//! Whether the answers to an item are distributed alike in all groups: Rao and Scott's F test.
//!
//! Groups that are hidden stay out, and people of unknown group with them. Items without named answers
//! (numbers, words) and choices of several have no such table.

use std::collections::BTreeMap;

use crate::model::checked::QuestionKind;
use crate::score::compare::contrast::adjusted;
use crate::score::compare::segments::options;
use crate::score::compare::size::{LEVEL, of_table};
use crate::score::compare::types::{Family, ItemTable, Outcome, Reason};
use crate::score::formula::Sources;
use crate::score::method::chisq::{TableTest, table_test};
use crate::score::segments::Table;
use crate::score::types::Group;
use crate::score::views::Views;
use crate::store::types::Answer;

/// More units times cells are not tested: every cell holds an influence value for every unit.
const MOST: usize = 30_000_000;

/// Tests every item with named answers.
#[must_use]
pub fn tables(views: Views, table: &Table, overall: &Group, shown: &[Group]) -> (Vec<ItemTable>, Family) {
    let sources = views.everybody;
    let mut group_of: Vec<BTreeMap<usize, usize>> = vec![BTreeMap::new(); views.count()];
    for (g, (draft, _)) in table.drafts.iter().zip(shown).enumerate().filter(|(_, (_, s))| !s.hidden) {
        for (view, group_of) in group_of.iter_mut().enumerate() {
            group_of.extend(draft.members.of(view).iter().map(|i| (*i, g)));
        }
    }
    let items = &sources.checked.questionnaire.items;
    let one = |item: usize| {
        let kind = &sources.checked.questionnaire.questions[items[item].question].kind;
        let named = matches!(
            kind,
            QuestionKind::Scale(..)
                | QuestionKind::Grid(_)
                | QuestionKind::Choice(_)
                | QuestionKind::YesNo
                | QuestionKind::Consent
        );
        let (view, sources) = views.item(item);
        named.then(|| tested(sources, item, &group_of[view], overall))
    };
    let mut tables: Vec<ItemTable> = (0..items.len()).filter_map(one).collect();
    let p: Vec<Option<f64>> = tables.iter().map(|t| t.p).collect();
    let (family, adjusted) = adjusted(&p);
    for (table, p) in tables.iter_mut().zip(adjusted) {
        table.p_adjusted = p;
        if let Some(p) = p {
            table.outcome = if p < LEVEL { Outcome::Differs } else { Outcome::NotShown };
        }
    }
    (tables, family)
}

fn tested(sources: Sources, item: usize, group_of: &BTreeMap<usize, usize>, overall: &Group) -> ItemTable {
    let name = &sources.checked.questionnaire.items[item].name;
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    let mut given: Vec<(usize, usize, String)> = Vec::new();
    for (&i, &group) in group_of {
        if let Some(answer) = answer(sources, i, item) {
            codes.insert(answer.clone(), 0);
            given.push((i, group, answer));
        }
    }
    codes.values_mut().zip(0..).for_each(|(place, i)| *place = i);
    let given: Vec<(usize, usize, usize)> = given.into_iter().map(|(i, g, a)| (i, g, codes[&a])).collect();
    let mut groups: Vec<usize> = given.iter().map(|g| g.1).collect();
    groups.sort_unstable();
    groups.dedup();
    let n = sources.design.people(given.iter().map(|g| g.0));
    let hidden = overall.hidden || (n > 0 && n < sources.checked.analysis.hide_below);
    let reason = match () {
        () if hidden => Some(Reason::Hidden),
        () if given.is_empty() => Some(Reason::Empty),
        () if n < 2 || groups.len() < 2 => Some(Reason::OneAnswer),
        () if codes.len() < 2 => Some(Reason::Alike),
        () if given.len() * groups.len() * codes.len() > MOST => Some(Reason::TooLarge),
        () => None,
    };
    let test = if reason.is_none() { table_test(sources.design, &given, options(sources)) } else { None };
    let finite = |t: &TableTest| [t.second_order.f, t.second_order.p].iter().all(|x| x.is_finite());
    let test = test.filter(finite);
    let size = test.as_ref().map(|t| (t.pearson / t.n as f64).max(0.0).sqrt());
    let f = test.as_ref().map(|t| t.second_order);
    ItemTable {
        name: name.clone(),
        n: (!hidden).then_some(n),
        groups: groups.len() as u64,
        f: f.map(|f| f.f),
        df1: f.map(|f| f.df1),
        df2: f.map(|f| f.df2),
        p: f.map(|f| f.p),
        p_adjusted: None,
        outcome: Outcome::NotTested,
        reason: if f.is_some() { None } else { Some(reason.unwrap_or(Reason::ErrorUnknown)) },
        size,
        magnitude: size.map(of_table),
    }
}

fn answer(sources: Sources, respondent: usize, item: usize) -> Option<String> {
    let response = sources.respondents[respondent].response;
    match response.answers.get(&sources.checked.questionnaire.items[item].name)? {
        Answer::Number(_) => sources.respondents[respondent].code(item).map(|x| format!("{x:+024.6}")),
        Answer::Option { name, .. } => Some(name.clone()),
        Answer::YesNo(yes) => Some(if *yes { "yes" } else { "no" }.to_owned()),
        _ => None,
    }
}

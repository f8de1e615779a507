//! Counts people who are alike, the plain way.

use std::collections::BTreeMap;

use canvass::expr::truth;
use canvass::score::cases::{cases, raised};
use canvass::score::collected::{Collected, CollectedRow};
use canvass::score::respondent::{Respondent, ResponseEnv, zone};
use canvass::score::tally::{Row, Table, Tallied};
use canvass::score::types::ResponseCounts;
use canvass::score::wave::Wave;
use canvass::store::named::Named;
use canvass::store::types::Response;

/// What every score looks at, by hand.
const LOOKED_AT: [&[&str]; 13] = [
    &["overall"],
    &["staff", "place"],
    &["visits"],
    &["overall", "staff", "place", "visits"],
    &["overall"],
    &["recommend"],
    &["solved"],
    &["staff", "place", "solved"],
    &["overall", "staff", "place", "visits"],
    &["overall"],
    &["spent", "visits"],
    &["spent"],
    &[],
];

/// A person who was kept: the response, the group, and the items that were asked.
struct Person<'a> {
    response: &'a Response,
    group: usize,
    asked: Vec<bool>,
}

/// Design groups of a file.
fn groups(wave: &Wave, collected: &Collected) -> (Vec<CollectedRow>, BTreeMap<String, usize>) {
    let kept: Vec<&str> = wave.respondents.iter().map(|r| r.response.pseudonym.as_str()).collect();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut groups: Vec<CollectedRow> = Vec::new();
    let mut of: BTreeMap<String, usize> = BTreeMap::new();
    for row in &collected.rows {
        let r = &row.response;
        if row.responded && kept.binary_search(&r.pseudonym.as_str()).is_err() {
            continue;
        }
        let key = format!("{:?} {:?} {} {} {:?}", r.cell, row.cluster, row.weight, row.responded, r.fields);
        let place = *places.entry(key).or_insert(groups.len());
        if place == groups.len() {
            let response = Response { answers: Named::default(), ..r.clone() };
            groups.push(CollectedRow { response, count: 0, ..row.clone() });
        }
        groups[place].count += 1;
        of.insert(r.pseudonym.clone(), place);
    }
    (groups, of)
}

/// A response that stands for all that are alike in what a measure looks at.
pub struct Alike {
    group: usize,
    count: u64,
    response: Response,
    asked: Option<bool>,
}

/// Rows of every table: of the scores, then of the items.
pub struct Responses {
    groups: Vec<CollectedRow>,
    of_scores: Vec<Option<Vec<Alike>>>,
    of_items: Vec<Vec<Alike>>,
}

fn rows(people: &[Person], items: &[&str], asked: Option<usize>) -> Vec<Alike> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut out: Vec<Alike> = Vec::new();
    for person in people {
        let answers = person.response.answers.iter().filter(|(name, _)| items.contains(&name.as_str()));
        let answers: BTreeMap<_, _> = answers.map(|(k, v)| (k.clone(), v.clone())).collect();
        let asked = asked.map(|item| person.asked[item]);
        let key = format!("{} {answers:?} {asked:?} {:?}", person.group, person.response.completed_at);
        let place = *places.entry(key).or_insert(out.len());
        if place == out.len() {
            let response = Response { answers: answers.into(), ..person.response.clone() };
            out.push(Alike { group: person.group, count: 0, response, asked });
        }
        out[place].count += 1;
    }
    out
}

/// Counts a wave of people one by one.
pub fn responses(wave: &Wave, collected: &Collected) -> Responses {
    let (groups, of) = groups(wave, collected);
    let questionnaire = &wave.checked.questionnaire;
    let person = |respondent: &Respondent| {
        let env = ResponseEnv { checked: wave.checked, study: &wave.study, respondent };
        let asked = |question: usize| {
            questionnaire.questions[question].condition.as_ref().is_none_or(|c| truth(c, &env).holds())
        };
        questionnaire.items.iter().map(|item| asked(item.question)).collect::<Vec<bool>>()
    };
    let people: Vec<Person> = wave
        .respondents
        .iter()
        .map(|r| Person { response: r.response, group: of[&r.response.pseudonym], asked: person(r) })
        .collect();
    let scores = &wave.checked.scoring.as_ref().unwrap().scores;
    assert_eq!(scores.len(), LOOKED_AT.len());
    let items = questionnaire.items.iter().enumerate();
    Responses {
        groups,
        of_scores: LOOKED_AT.iter().map(|i| (!i.is_empty()).then(|| rows(&people, i, None))).collect(),
        of_items: items.map(|(at, item)| rows(&people, &[item.name.as_str()], Some(at))).collect(),
    }
}

/// Puts the counts together as scoring takes them.
pub fn tallied<'a>(wave: &Wave<'a>, collected: &Collected, counted: &'a Responses) -> Tallied<'a> {
    let checked = wave.checked;
    let zone = zone(checked);
    let table = |rows: &'a Vec<Alike>| Table {
        rows: rows
            .iter()
            .map(|alike| {
                let mut respondent = Respondent::new(checked, &alike.response, &zone);
                respondent.asked = alike.asked;
                Row { weight: None, group: alike.group, count: alike.count, respondent }
            })
            .collect(),
    };
    let mut tables: Vec<Table> = Vec::new();
    let mut add = |rows: &'a Vec<Alike>| {
        tables.push(table(rows));
        tables.len() - 1
    };
    let of_score = counted.of_scores.iter().map(|rows| rows.as_ref().map(&mut add)).collect();
    let of_item = counted.of_items.iter().map(|rows| Some(add(rows))).collect();
    let raised = wave.completed.iter().filter(|r| raised(checked, &wave.study, r)).count();
    let counts = wave.response.iter().map(|c| ResponseCounts { rate: None, ..c.counts }).collect();
    Tallied {
        checked,
        groups: Collected { rows: counted.groups.clone(), ..collected.clone() },
        tables,
        of_score,
        of_item,
        cleaning: wave.cleaning.clone(),
        cases: cases(checked, &wave.study, &wave.completed),
        with_case: raised as u64,
        counts,
    }
}

//! A thousand small campaigns: what the logic decides is what trying all answers finds.

use std::collections::{BTreeMap, BTreeSet};

use canvass::collect::form::{Respondent, asked};
use canvass::expr::{Env, Expr, Value, Var, truth};
use canvass::model::Checked;
use canvass::model::checked::QuestionKind;
use canvass::model::logic::paths::{counts, lengths};
use canvass::model::logic::time::{Share, shares};
use canvass::model::logic::{Given, Part, Subject, Target, Verdict, clash, verdicts};
use canvass::store::types::Answer;
use jiff::civil::{Date, date};

use crate::logic::small::{Small, small};

const TODAY: Date = date(2026, 3, 11);

/// One respondent who has answered everything that is asked and must be answered.
struct Path {
    answers: BTreeMap<String, Answer>,
    fields: BTreeMap<String, String>,
    stratum: String,
    language: String,
    asked: Vec<usize>,
}

impl Path {
    fn respondent(&self) -> Respondent<'_> {
        Respondent { stratum: &self.stratum, ..Respondent::new(&self.fields, &self.language, TODAY) }
    }
}

fn paths(small: &Small) -> Vec<Path> {
    people(small, true)
}

/// Lists all paths; of people of any stratum with any fields where strata don't count.
fn people(small: &Small, strata_count: bool) -> Vec<Path> {
    let checked = &small.checked;
    let mut people: Vec<BTreeMap<String, String>> = vec![BTreeMap::new()];
    for (i, cells) in small.fields.iter().enumerate() {
        let more = |p: &BTreeMap<String, String>| {
            let with = |c: &Option<String>| {
                let mut p = p.clone();
                p.extend(c.clone().map(|c| (format!("f{i}"), c)));
                p
            };
            cells.iter().map(with).collect::<Vec<_>>()
        };
        people = people.iter().flat_map(more).collect();
    }
    let open = checked.channels.iter().any(|_| true);
    let strata: Vec<String> =
        checked.strata.iter().map(|s| s.name.clone()).chain(open.then(String::new)).collect();
    let mut all = Vec::new();
    for fields in people {
        for stratum in strata
            .iter()
            .filter(|s| !strata_count || s.is_empty() || Some(*s) == stratum_of(checked, &fields))
        {
            for language in &checked.campaign.languages {
                let path = Path {
                    answers: BTreeMap::new(),
                    fields: fields.clone(),
                    stratum: stratum.clone(),
                    language: language.clone(),
                    asked: Vec::new(),
                };
                walk(small, path, 0, &mut all);
            }
        }
    }
    all
}

/// Returns the first stratum that takes somebody with these fields.
fn stratum_of<'a>(checked: &'a Checked, fields: &BTreeMap<String, String>) -> Option<&'a String> {
    let person = Path {
        answers: BTreeMap::new(),
        fields: fields.clone(),
        stratum: String::new(),
        language: String::new(),
        asked: Vec::new(),
    };
    let takes = |e: &Expr| truth(e, &After(checked, &person)).holds();
    checked.strata.iter().find(|s| s.condition.as_ref().is_none_or(takes)).map(|s| &s.name)
}

/// Goes on from an item: with every answer when it is asked, past it when not.
fn walk(small: &Small, mut path: Path, item: usize, all: &mut Vec<Path>) {
    let checked = &small.checked;
    path.asked = asked(checked, &path.answers, &path.respondent());
    let Some(it) = checked.questionnaire.items.get(item) else {
        all.push(path);
        return;
    };
    let clone = |path: &Path| Path {
        answers: path.answers.clone(),
        fields: path.fields.clone(),
        stratum: path.stratum.clone(),
        language: path.language.clone(),
        asked: Vec::new(),
    };
    if !path.asked.contains(&it.question) {
        return walk(small, path, item + 1, all);
    }
    let question = &checked.questionnaire.questions[it.question];
    for answer in &small.answers[item] {
        let mut next = clone(&path);
        next.answers.insert(it.name.clone(), answer.clone());
        walk(small, next, item + 1, all);
    }
    if !question.required && question.kind != QuestionKind::Consent {
        walk(small, path, item + 1, all);
    }
}

struct After<'a>(&'a Checked, &'a Path);

impl Env for After<'_> {
    fn value(&self, var: Var) -> Value {
        let text = |t: &str| if t.is_empty() { Value::Missing } else { Value::Text(t.into()) };
        match var {
            Var::Item(i) => {
                let item = &self.0.questionnaire.items[i];
                let answer = self.1.answers.get(&item.name).filter(|_| self.1.asked.contains(&item.question));
                answer.map_or(Value::Missing, Answer::value)
            }
            Var::Field(i) => {
                let field = &self.0.frame.as_ref().unwrap().fields[i];
                self.1.fields.get(&field.name).map_or(Value::Missing, |t| field.kind.read(t).unwrap())
            }
            Var::Stratum => text(&self.1.stratum),
            Var::Language => text(&self.1.language),
            _ => Value::Missing,
        }
    }

    fn today(&self) -> Date {
        TODAY
    }
}

fn reaches(checked: &Checked, path: &Path, target: Target) -> bool {
    match target {
        Target::Asked(q) => path.asked.contains(&q),
        Target::NotAsked(q) => !path.asked.contains(&q),
        Target::Raised(c) => truth(&checked.cases[c].condition, &After(checked, path)).holds(),
        Target::NotRaised(c) => !truth(&checked.cases[c].condition, &After(checked, path)).holds(),
    }
}

/// Variables that matter for a target: those of its condition, and of the conditions of their questions.
fn cone(checked: &Checked, target: Target) -> BTreeSet<Var> {
    let condition = match target {
        Target::Asked(q) | Target::NotAsked(q) => checked.questionnaire.questions[q].condition.as_ref(),
        Target::Raised(c) | Target::NotRaised(c) => Some(&checked.cases[c].condition),
    };
    let mut found = BTreeSet::new();
    let mut waiting: Vec<&Expr> = condition.into_iter().collect();
    while let Some(e) = waiting.pop() {
        e.variables(&mut |var| {
            if found.insert(var)
                && let Var::Item(i) = var
            {
                let question = checked.questionnaire.items[i].question;
                waiting.extend(checked.questionnaire.questions[question].condition.as_ref());
            }
        });
    }
    // Whoever is of a stratum has the fields of its people.
    if found.contains(&Var::Stratum) {
        let conditions = checked.strata.iter().filter_map(|s| s.condition.as_ref());
        conditions.for_each(|e| e.variables(&mut |var| found.extend([var])));
    }
    found
}

fn size(checked: &Checked, path: &Path, cone: &BTreeSet<Var>) -> usize {
    let env = After(checked, path);
    cone.iter().filter(|v| **v != Var::Language && env.value(**v) != Value::Missing).count()
}

fn replayed(checked: &Checked, given: &Given) -> Path {
    let answer = |name: &str, value: &Value| match value {
        Value::Number(x) => Answer::Number(*x),
        Value::Bool(yes) => Answer::YesNo(*yes),
        Value::Date(date) => Answer::Date(*date),
        Value::Set(names) => {
            Answer::Options { names: names.iter().map(ToString::to_string).collect(), other: None }
        }
        Value::Text(text) => {
            let (_, item) = checked.questionnaire.item(name).unwrap();
            match checked.questionnaire.questions[item.question].kind {
                QuestionKind::Choice(_) => Answer::Option { name: text.to_string(), other: None },
                _ => Answer::Text(text.to_string()),
            }
        }
        Value::Missing => panic!("a witness gives `{name}` no value"),
    };
    let mut path = Path {
        answers: given.answers.iter().map(|(n, v)| (n.clone(), answer(n, v))).collect(),
        fields: given.fields.iter().map(|(n, v)| (n.clone(), canvass::model::logic::plain(v))).collect(),
        stratum: given.stratum.clone().unwrap_or_default(),
        language: given.language.clone().unwrap_or_else(|| checked.campaign.languages[0].clone()),
        asked: Vec::new(),
    };
    path.asked = asked(checked, &path.answers, &path.respondent());
    path
}

#[test]
fn every_verdict_equals_trying_all_answers() {
    let (mut possible, mut impossible, mut open, mut tried) = (0, 0, 0, 0);
    let (mut seed, mut specs, mut exact, mut pairs) = (0, 0, 0, 0);
    while specs < 1_000 {
        seed += 1;
        let Some(small) = small(seed, 150) else { continue };
        specs += 1;
        let checked = &small.checked;
        let paths = paths(&small);
        tried += paths.len();
        exact += usize::from(the_shortest_and_the_longest_path(checked, &paths, seed));
        for (target, verdict) in verdicts(checked) {
            let reached = || paths.iter().filter(|p| reaches(checked, p, target));
            let say = || {
                format!(
                    "seed {seed}, {target:?}: {verdict:?}\n{:#?}\n{:#?}",
                    checked.questionnaire, checked.cases
                )
            };
            match &verdict {
                Verdict::Impossible => {
                    impossible += 1;
                    assert_eq!(reached().count(), 0, "{}", say());
                    if let Target::Asked(q) = target {
                        pairs += usize::from(stays_impossible_with_its_clash_alone(&small, q, seed) == 2);
                    }
                }
                Verdict::Possible(given) => {
                    possible += 1;
                    let replayed = replayed(checked, given);
                    assert!(reaches(checked, &replayed, target), "the witness leads elsewhere: {}", say());
                    let cone = cone(checked, target);
                    let least = reached().map(|p| size(checked, p, &cone)).min();
                    let own = given.answers.len() + given.fields.len() + usize::from(given.stratum.is_some());
                    if !small.guesses {
                        assert_eq!(Some(own), least, "not the shortest: {}", say());
                    }
                }
                Verdict::NotProven => {
                    open += 1;
                    assert!(small.guesses, "left open: {}", say());
                }
            }
        }
    }
    assert!(exact > 800 && pairs > 50, "{exact} {pairs}");
    assert!(possible > 3_000 && impossible > 200 && tried > 20_000, "{possible} {impossible} {open} {tried}");
    assert!(open > 10, "{open}");
    println!("{possible} possible, {impossible} impossible, {open} open; {tried} paths");
}

/// Compares counts and times with those of all paths; returns whether they were said to be exact.
fn the_shortest_and_the_longest_path(checked: &Checked, paths: &[Path], seed: u64) -> bool {
    let (least, most, exact) = counts(checked);
    let asked = |p: &Path| p.asked.len() as u64;
    let (low, high) = (paths.iter().map(asked).min().unwrap(), paths.iter().map(asked).max().unwrap());
    if exact {
        assert_eq!((least, most), (low, high), "seed {seed}");
    }
    assert!(least <= low && most >= high, "seed {seed}: {least} {most}, not {low} {high}");
    for length in lengths(checked) {
        let mut own: Vec<&Path> = paths.iter().filter(|p| p.language == length.language).collect();
        if let Some(s) = length.stratum {
            own.retain(|p| p.stratum == checked.strata[s].name);
        }
        let shares = shares(checked, &length.language);
        let time = |of: fn(&Share) -> i64| {
            let shares = &shares;
            move |p: &&Path| {
                let spent = |s: &&Share| s.of.is_empty() || s.of.iter().any(|q| p.asked.contains(q));
                shares.iter().filter(spent).map(of).sum::<i64>()
            }
        };
        let (low, high) = (own.iter().map(time(|s| s.least)).min(), own.iter().map(time(|s| s.most)).max());
        if length.exact {
            assert_eq!((Some(length.least), Some(length.most)), (low, high), "seed {seed}: {length:?}");
            let (given, asked) = length.longest.as_ref().unwrap();
            let mut replay = replayed(checked, given);
            replay.language = length.language.clone();
            replay.asked = canvass::collect::form::asked(checked, &replay.answers, &replay.respondent());
            assert_eq!(Some(time(|s| s.most)(&&replay)), high, "seed {seed}: {length:?}");
            assert!(asked.iter().eq(&replay.asked), "seed {seed}: {length:?}");
        }
        assert!(Some(length.least) <= low && Some(length.most) >= high, "seed {seed}: {length:?}");
    }
    exact
}

/// Keeps only the parts of conditions that are said to clash, and tries all answers; returns how many parts.
fn stays_impossible_with_its_clash_alone(small: &Small, q: usize, seed: u64) -> usize {
    let core = clash(&small.checked, Subject::Question(q), &BTreeSet::new()).unwrap();
    assert!(core.iter().any(|p| matches!(p, Part::Own(_))), "seed {seed}: {core:?}");
    let mut alone = small.clone();
    for (other, question) in alone.checked.questionnaire.questions.iter_mut().enumerate() {
        let kept = |part: usize| {
            if other == q { core.contains(&Part::Own(part)) } else { core.contains(&Part::Of(other, part)) }
        };
        let Some(condition) = question.condition.take() else { continue };
        let parts: Vec<Expr> =
            parts(condition).into_iter().enumerate().filter(|(i, _)| kept(*i)).map(|(_, e)| e).collect();
        question.condition = (!parts.is_empty()).then_some(Expr::And(parts));
    }
    let limited = core.iter().any(|p| matches!(p, Part::Member(_)));
    let reached = people(&alone, limited).iter().filter(|p| p.asked.contains(&q)).count();
    assert_eq!(
        reached, 0,
        "seed {seed}, question {q}: {core:?} is no clash\n{:#?}",
        small.checked.questionnaire
    );
    core.len()
}

fn parts(e: Expr) -> Vec<Expr> {
    match e {
        Expr::And(all) => all.into_iter().flat_map(parts).collect(),
        other => vec![other],
    }
}

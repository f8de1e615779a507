//! Which questions are asked, in which pages, in which order.

use std::collections::{BTreeMap, BTreeSet};

use canvass::collect::form::{self, Respondent, asked, next_page, pages, previous_page, shuffle};
use canvass::store::Answer;
use jiff::civil::date;

use crate::collect::site::{checked, everything};

fn with(answers: &[(&str, Answer)]) -> BTreeMap<String, Answer> {
    answers.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect()
}

fn asked_names(answers: &[(&str, Answer)], fields: &[(&str, &str)]) -> Vec<String> {
    let checked = everything();
    let fields: BTreeMap<String, String> =
        fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let respondent = Respondent::new(&fields, "zh", date(2026, 1, 6));
    let asked = asked(&checked, &with(answers), &respondent);
    asked.into_iter().map(|q| checked.questionnaire.questions[q].name.clone()).collect()
}

#[test]
fn a_condition_holds_only_when_its_answer_is_there() {
    let names = |answers: &[(&str, Answer)]| asked_names(answers, &[]);
    assert!(!names(&[]).contains(&"why".to_owned()));
    assert!(names(&[("overall", Answer::Number(3.0))]).contains(&"why".to_owned()));
    assert!(!names(&[("overall", Answer::Number(4.0))]).contains(&"why".to_owned()));
    assert!(!names(&[("overall", Answer::NotApplicable)]).contains(&"why".to_owned()));
    assert!(names(&[("terms", Answer::YesNo(true))]).contains(&"reach_me".to_owned()));
}

#[test]
fn fields_arrive_as_text_and_are_compared_by_their_type() {
    assert!(asked_names(&[], &[("region", "east")]).contains(&"regional".to_owned()));
    assert!(asked_names(&[], &[("region", " east ")]).contains(&"regional".to_owned()));
    for text in ["west", "华东", "", "EAST"] {
        assert!(!asked_names(&[], &[("region", text)]).contains(&"regional".to_owned()), "{text}");
    }
}

const CHAIN: &str = r#"
campaign chain { title "链" / "Chain"; languages zh, en; timezone "Asia/Shanghai" }
frame people { source "data/people.csv"; key id; email email; field joined : date; field visits : int }
stratum all "全部" / "All" { sample all }
section one "一" / "One" {
  question a : yes_no { text "甲？" / "A?" }
  question b : yes_no { text "乙？" / "B?"; when a }
  question c : yes_no { text "丙？" / "C?"; when b }
  question d : yes_no { text "丁？" / "D?"; when joined within 30 days and visits >= 10 }
}
channel mail : email { from "团队" / "Team" at "team@example.com"; subject "请" / "Please" }
schedule { open 2026-01-05 09:00; close 2026-01-31 18:00; invite via mail }
"#;

#[test]
fn the_answer_of_a_skipped_question_counts_nowhere() {
    let checked = checked(CHAIN);
    let fields = BTreeMap::new();
    let respondent = Respondent::new(&fields, "en", date(2026, 1, 6));
    let answers =
        with(&[("a", Answer::YesNo(false)), ("b", Answer::YesNo(true)), ("c", Answer::YesNo(true))]);
    assert_eq!(asked(&checked, &answers, &respondent), [0], "b is skipped, so its yes does not lead to c");
    let counted = form::asked::counted(&checked, &answers, &respondent);
    assert_eq!(counted.into_keys().collect::<Vec<_>>(), ["a"]);
}

#[test]
fn dates_hold_as_of_the_day_of_the_answer_and_numbers_are_numbers() {
    let checked = checked(CHAIN);
    let d_is_asked = |joined: &str, visits: &str| {
        let fields = BTreeMap::from([
            ("joined".to_owned(), joined.to_owned()),
            ("visits".to_owned(), visits.to_owned()),
        ]);
        asked(&checked, &BTreeMap::new(), &Respondent::new(&fields, "en", date(2026, 1, 31))).contains(&3)
    };
    assert!(d_is_asked("2026-01-01", "10"));
    assert!(!d_is_asked("2025-12-31", "10"), "31 days ago");
    assert!(!d_is_asked("2026-01-01", "9"), "9 is less than 10, as a number");
    assert!(!d_is_asked("2026-01-01", ""), "an empty cell is missing");
}

#[test]
fn a_section_breaks_in_front_of_what_looks_at_its_own_answers() {
    let checked = everything();
    let names: Vec<Vec<&str>> = pages(&checked)
        .iter()
        .map(|p| p.questions.iter().map(|&q| checked.questionnaire.questions[q].name.as_str()).collect())
        .collect();
    assert_eq!(
        names,
        [
            vec!["welcome", "overall"],
            vec!["why", "recommend"],
            vec!["aspects", "reached", "used", "order", "regional"],
            vec!["agree", "contacts", "wait", "share", "since", "nickname"],
            vec!["terms"],
            vec!["reach_me"],
        ]
    );
    let piped = CHAIN.replace("\"乙？\" / \"B?\"; when a", "\"{{ a }}？\" / \"{{ a }}?\"");
    let piped =
        crate::collect::site::checked(&piped.replace("yes_no { text \"甲", "yes_no required { text \"甲"));
    assert_eq!(pages(&piped)[0].questions, [0], "a wording that repeats an answer comes after it");
}

#[test]
fn pages_without_an_asked_question_are_passed_over() {
    let checked = checked(CHAIN);
    let fields = BTreeMap::new();
    let respondent = Respondent::new(&fields, "en", date(2026, 1, 6));
    let pages_of = |answers: &[(&str, Answer)], from| {
        next_page(&checked, &pages(&checked), &with(answers), &respondent, from)
    };
    assert_eq!(pages(&checked).len(), 3, "a | b | c and d");
    assert_eq!(pages_of(&[("a", Answer::YesNo(false))], 1), None);
    assert_eq!(pages_of(&[("a", Answer::YesNo(true))], 1), Some(1));
    let both = [("a", Answer::YesNo(true)), ("b", Answer::YesNo(true))];
    assert_eq!(pages_of(&both, 2), Some(2));
    assert_eq!(previous_page(&checked, &pages(&checked), &with(&both), &respondent, 2), Some(1));
    assert_eq!(previous_page(&checked, &pages(&checked), &with(&[]), &respondent, 2), Some(0));
    assert_eq!(previous_page(&checked, &pages(&checked), &with(&both), &respondent, 0), None);
}

#[test]
fn shuffling_is_stable_per_respondent_and_fair_over_many() {
    let names = ["a", "b", "c", "d", "none"];
    let order = |who: &str| shuffle::order(who, "reached", &names, |i| i == 4);
    assert_eq!(order("p1"), order("p1"));
    let mut first = BTreeMap::<usize, u32>::new();
    let mut orders = BTreeSet::new();
    for n in 0..4_000 {
        let order = order(&format!("respondent {n}"));
        assert_eq!(order[4], 4, "`none` stays last");
        *first.entry(order[0]).or_default() += 1;
        orders.insert(order);
    }
    assert_eq!(orders.len(), 24, "all orders of four options come");
    for (option, times) in first {
        // 4,000 draws of one in four: six standard deviations are 164.
        assert!((836..=1_164).contains(&times), "{option} was first {times} times");
    }
}

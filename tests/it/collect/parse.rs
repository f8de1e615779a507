//! From posted fields to answers: what is taken, and what is not.

use canvass::collect::form::{self, Parsed, Posted, Problem};
use canvass::store::Answer;
use jiff::civil::date;

use crate::collect::site::everything;

fn post(question: &str, fields: &[(&str, &str)]) -> Parsed {
    let checked = everything();
    let index = checked.questionnaire.questions.iter().position(|q| q.name == question).unwrap();
    let posted: Posted = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    form::parse(&checked, &[index], &posted)
}

fn taken(question: &str, fields: &[(&str, &str)]) -> Option<Answer> {
    let parsed = post(question, fields);
    assert_eq!(parsed.problems, [], "{question} {fields:?}");
    parsed.set.get(question).cloned()
}

fn refused(question: &str, fields: &[(&str, &str)]) -> Problem {
    let mut parsed = post(question, fields);
    assert_eq!(parsed.problems.len(), 1, "{question} {fields:?} {parsed:?}");
    assert_eq!(
        (parsed.set.len(), parsed.clear.len()),
        (0, 0),
        "a refused answer leaves what was saved alone"
    );
    parsed.problems.remove(0).1
}

fn option(name: &str, other: Option<&str>) -> Answer {
    Answer::Option { name: name.to_owned(), other: other.map(str::to_owned) }
}

fn options(names: &[&str], other: Option<&str>) -> Answer {
    let names = names.iter().map(|n| (*n).to_owned()).collect();
    Answer::Options { names, other: other.map(str::to_owned) }
}

#[test]
fn scales_take_their_codes_only() {
    assert_eq!(taken("overall", &[("a.overall", "1")]), Some(Answer::Number(1.0)));
    assert_eq!(taken("recommend", &[("a.recommend", "0")]), Some(Answer::Number(0.0)));
    assert_eq!(taken("recommend", &[("a.recommend", ".na")]), Some(Answer::NotApplicable));
    assert_eq!(taken("recommend", &[]), None);
    for wrong in ["6", "0", "-1", "1.0", "01", "５", ".na", "x"] {
        assert_eq!(refused("overall", &[("a.overall", wrong)]), Problem::UnknownOption, "{wrong}");
    }
    assert_eq!(refused("overall", &[]), Problem::Required);
}

#[test]
fn a_required_grid_names_every_row_that_is_missing() {
    let parsed = post("aspects", &[("a.attitude", "4"), ("a.skill", ".na")]);
    assert_eq!(parsed.set.len(), 2);
    assert_eq!(parsed.set["skill"], Answer::NotApplicable);
    let rows: Vec<_> =
        parsed.problems.iter().map(|(i, p)| (everything().questionnaire.items[*i].name.clone(), p)).collect();
    assert_eq!(rows, [("speed".to_owned(), &Problem::Required)]);
}

#[test]
fn own_words_belong_to_the_option_that_asks_for_them() {
    assert_eq!(
        taken("reached", &[("a.reached", "phone"), ("a.reached.other", "x")]),
        Some(option("phone", None))
    );
    let typed = [("a.reached", "other"), ("a.reached.other", "  by\tpost \u{7} ")];
    assert_eq!(taken("reached", &typed), Some(option("other", Some("by\tpost"))));
    assert_eq!(taken("reached", &[("a.reached", "other")]), Some(option("other", None)));
    let long = "长".repeat(301);
    assert_eq!(
        refused("reached", &[("a.reached", "other"), ("a.reached.other", &long)]),
        Problem::TooLong(300)
    );
    assert_eq!(refused("reached", &[("a.reached", "fax")]), Problem::UnknownOption);
}

#[test]
fn several_options_keep_the_order_of_the_spec_and_none_stands_alone() {
    let both = [("a.used", "other"), ("a.used", "orders"), ("a.used.other", "chat")];
    assert_eq!(taken("used", &both), Some(options(&["orders", "other"], Some("chat"))));
    assert_eq!(taken("used", &[("a.used", "none")]), Some(options(&["none"], None)));
    assert_eq!(
        refused("used", &[("a.used", "none"), ("a.used", "bills")]),
        Problem::Excludes("none".to_owned())
    );
    assert_eq!(refused("used", &[("a.used", "orders"), ("a.used", "'; drop table")]), Problem::UnknownOption);
}

#[test]
fn a_ranking_has_each_place_once_from_one_on() {
    let place = |price, quality, service| {
        [
            ("a.order.place.price", price),
            ("a.order.place.quality", quality),
            ("a.order.place.service", service),
        ]
    };
    assert_eq!(taken("order", &place("2", "3", "1")), Some(options(&["service", "price", "quality"], None)));
    assert_eq!(
        taken("order", &place("", "1", "")),
        Some(options(&["quality"], None)),
        "optional: may stop early"
    );
    assert_eq!(taken("order", &place("", "", "")), None);
    assert_eq!(refused("order", &place("1", "1", "2")), Problem::SamePlace(1));
    assert_eq!(refused("order", &place("3", "", "1")), Problem::MissingPlace(2));
    assert_eq!(refused("order", &place("4", "", "")), Problem::UnknownOption);
}

#[test]
fn numbers_are_read_as_people_type_them() {
    for (typed, number) in
        [("3", 3.0), (" 12 ", 12.0), ("１２", 12.0), ("3.5", 3.5), ("+7", 7.0), ("50", 50.0)]
    {
        assert_eq!(taken("contacts", &[("a.contacts", typed)]), Some(Answer::Number(number)), "{typed}");
    }
    for typed in ["three", "1e1", "inf", "NaN", "1,5", "--1", "0x10", "."] {
        assert_eq!(refused("contacts", &[("a.contacts", typed)]), Problem::NotANumber, "{typed}");
    }
    for typed in ["0", "51", "-3", "99999999999999999999"] {
        assert!(matches!(refused("contacts", &[("a.contacts", typed)]), Problem::OutOfRange(..)), "{typed}");
    }
    assert_eq!(taken("contacts", &[("a.contacts.na", ".na")]), Some(Answer::NotApplicable));
    assert_eq!(refused("wait", &[("a.wait", "2.5")]), Problem::OffStep(1.0));
    assert_eq!(taken("share", &[("a.share", "100")]), Some(Answer::Number(100.0)));
}

#[test]
fn dates_words_contacts_and_consent() {
    for typed in ["2024-02-29", "2024/2/29", "2024年2月29日", "２０２４-０２-２９"] {
        assert_eq!(taken("since", &[("a.since", typed)]), Some(Answer::Date(date(2024, 2, 29))), "{typed}");
    }
    for typed in ["2023-02-29", "29.02.2024", "1024-01-01", "yesterday", "2024-02", "2024-02-29-1"] {
        assert_eq!(refused("since", &[("a.since", typed)]), Problem::NotADate, "{typed}");
    }
    assert_eq!(taken("nickname", &[("a.nickname", " \r\n ")]), None);
    assert_eq!(taken("why", &[("a.why", "a\r\nb")]), Some(Answer::Text("a\nb".to_owned())));
    assert_eq!(refused("why", &[("a.why", &"字".repeat(2_001))]), Problem::TooLong(2_000));
    assert!(taken("why", &[("a.why", &"字".repeat(2_000))]).is_some());
    assert_eq!(taken("terms", &[("a.terms", "yes")]), Some(Answer::YesNo(true)));
    assert_eq!(refused("terms", &[]), Problem::NotAgreed);
    assert_eq!(refused("terms", &[("a.terms", "no")]), Problem::NotAgreed);
    for typed in ["a.b@example.com", "+1 (202) 555-0123", "＋1-202-555-0199", "202 555 0100"] {
        assert!(taken("reach_me", &[("a.reach_me", typed)]).is_some(), "{typed}");
    }
    for typed in ["me", "a@b", "@example.com", "a b@example.com", "12345", "call me 5550123"] {
        assert_eq!(refused("reach_me", &[("a.reach_me", typed)]), Problem::NotAContact, "{typed}");
    }
}

#[test]
fn what_was_saved_fills_the_page_and_is_read_back_alike() {
    let checked = everything();
    let answers: std::collections::BTreeMap<String, Answer> = [
        ("attitude", Answer::Number(5.0)),
        ("speed", Answer::NotApplicable),
        ("skill", Answer::Number(1.0)),
        ("reached", option("other", Some("words"))),
        ("used", options(&["orders", "other"], Some("more"))),
        ("order", options(&["service", "price"], None)),
        ("regional", Answer::YesNo(false)),
        ("agree", Answer::Number(10.0)),
        ("contacts", Answer::NotApplicable),
        ("wait", Answer::Number(7.0)),
        ("share", Answer::Number(33.0)),
        ("since", Answer::Date(date(2020, 2, 29))),
        ("nickname", Answer::Text("A & <B>".to_owned())),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v))
    .collect();
    let mut read = std::collections::BTreeMap::new();
    for page in &form::pages(&checked)[2..4] {
        let posted = Posted::of_answers(&checked, page, &answers);
        let parsed = form::parse(&checked, &page.questions, &posted);
        assert_eq!(parsed.problems, []);
        read.extend(parsed.set);
    }
    assert_eq!(read, answers);
}

mod never_panics {
    use super::{Posted, everything, form};
    use proptest::prelude::*;

    fn a_field() -> impl Strategy<Value = (String, String)> {
        let items = prop::sample::select(vec![
            "overall",
            "recommend",
            "attitude",
            "reached",
            "used",
            "order",
            "contacts",
            "wait",
            "since",
            "why",
            "terms",
        ]);
        let tail = prop::sample::select(vec!["", ".other", ".na", ".place.price", ".place.quality", "."]);
        let value = prop_oneof![
            "[0-9]{0,3}",
            "[-+.0-9年月/]{0,12}",
            "\\PC{0,20}",
            Just(".na".to_owned()),
            any::<String>()
        ];
        (items, tail, value).prop_map(|(item, tail, value)| (format!("a.{item}{tail}"), value))
    }

    proptest! {
        #[test]
        fn on_any_fields(fields in prop::collection::vec(a_field(), 0..12)) {
            let checked = everything();
            let all: Vec<usize> = (0..checked.questionnaire.questions.len()).collect();
            let posted: Posted = fields.into_iter().collect();
            let parsed = form::parse(&checked, &all, &posted);
            // Every item ends in exactly one of the three.
            let items = checked.questionnaire.items.len();
            prop_assert_eq!(parsed.set.len() + parsed.clear.len() + parsed.problems.len(), items);
            // What was taken is taken again after a round through the page.
            let page = form::Page { section: 0, questions: all.clone() };
            let again = form::parse(&checked, &all, &Posted::of_answers(&checked, &page, &parsed.set));
            for (item, answer) in &parsed.set {
                prop_assert_eq!(again.set.get(item), Some(answer));
            }
        }
    }
}

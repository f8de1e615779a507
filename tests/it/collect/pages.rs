//! What a page shows: its data as JSON, and its HTML.

use std::collections::BTreeMap;

use canvass::collect::form::data::{FormData, PageData, QuestionsData};
use canvass::collect::form::pipe::Pipes;
use canvass::collect::form::view::View;
use canvass::collect::form::{self, Posted, Problem, Respondent, Strings};
use canvass::collect::page::{render, stylesheet_name};
use canvass::store::Answer;
use jiff::civil::date;

use crate::collect::site::{between, everything};

/// Draws every question of a page, asked or not.
fn draw(
    page: usize,
    language: &str,
    answers: &BTreeMap<String, Answer>,
    problems: &[(usize, Problem)],
) -> FormData {
    let checked = everything();
    let fields = BTreeMap::from([("region".to_owned(), "east".to_owned())]);
    let mut respondent = Respondent::new(&fields, language, date(2026, 1, 6));
    respondent.pseudonym = "the same for ever";
    let strings = Strings::of(language);
    let pipes = Pipes::new(&checked, answers, &respondent, strings);
    let of_page = &form::pages(&checked)[page];
    let posted = Posted::of_answers(&checked, of_page, answers);
    let view = View {
        checked: &checked,
        respondent: &respondent,
        pipes: &pipes,
        strings,
        posted: &posted,
        problems,
    };
    let questions: Vec<_> = of_page.questions.iter().filter_map(|&q| view.question(q)).collect();
    FormData {
        language: language.to_owned(),
        direction: "ltr",
        campaign: checked.campaign.title.get(language).to_owned(),
        title: "t".to_owned(),
        root: "",
        stylesheet: stylesheet_name(),
        languages: Vec::new(),
        strings,
        page: PageData::Questions(QuestionsData {
            action: "q?r=abc".to_owned(),
            hidden: vec![("page", page.to_string())],
            section: "s".to_owned(),
            step: page + 1,
            steps: 6,
            message: String::new(),
            errors: view.errors(&questions),
            error_summary: "errors".to_owned(),
            questions,
            back: true,
            last: false,
        }),
    }
}

fn answers() -> BTreeMap<String, Answer> {
    let own =
        Answer::Option { name: "other".to_owned(), other: Some("<script>alert(1)</script>".to_owned()) };
    [
        ("overall", Answer::Number(2.0)),
        ("attitude", Answer::Number(5.0)),
        ("reached", own),
        ("contacts", Answer::NotApplicable),
        ("nickname", Answer::Text("\" onfocus=\"x".to_owned())),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v))
    .collect()
}

#[test]
fn the_data_of_a_page_of_choices() {
    let PageData::Questions(page) = draw(2, "en", &answers(), &[(4, Problem::Required)]).page else {
        panic!()
    };
    insta::assert_json_snapshot!(page);
}

#[test]
fn the_data_of_a_page_of_typed_answers() {
    let PageData::Questions(page) = draw(3, "zh", &answers(), &[]).page else { panic!() };
    insta::assert_json_snapshot!(page);
}

#[test]
fn earlier_answers_stand_in_later_wordings() {
    let PageData::Questions(page) = draw(1, "zh", &answers(), &[]).page else { panic!() };
    assert_eq!(page.questions[0].text, "您选择了“不满意”，最需要改进的是什么？");
    let PageData::Questions(page) = draw(2, "en", &answers(), &[]).page else { panic!() };
    assert_eq!(page.questions[4].text, "Is a shop in your region (East) easy to reach?");
}

#[test]
fn every_page_is_small_plain_and_escaped() {
    let checked = everything();
    for language in ["zh", "en"] {
        for page in 0..form::pages(&checked).len() {
            let everything_wrong: Vec<_> =
                (0..checked.questionnaire.items.len()).map(|i| (i, Problem::Required)).collect();
            for problems in [&[][..], &everything_wrong] {
                let html = render(&draw(page, language, &answers(), problems)).unwrap();
                assert!(html.len() < 30_000, "page {page} has {} bytes", html.len());
                for banned in
                    ["<script", "style=", "javascript:", "\" onfocus=", "http:", "https:", "{{", "{%"]
                {
                    assert!(!html.contains(banned), "page {page} holds {banned}");
                }
            }
        }
    }
    let html = render(&draw(2, "en", &answers(), &[])).unwrap();
    assert!(
        html.contains("&lt;script&gt;alert(1)&lt;&#x2f;script&gt;"),
        "own words stand escaped in their field"
    );
}

/// What a screen reader needs: every input has a label or names its own, ids are unique, descriptions exist.
#[test]
fn every_input_is_named_and_every_reference_leads_somewhere() {
    let checked = everything();
    let wrong: Vec<_> = (0..checked.questionnaire.items.len()).map(|i| (i, Problem::Required)).collect();
    for page in 0..form::pages(&checked).len() {
        let html = render(&draw(page, "zh", &answers(), &wrong)).unwrap();
        let attributes = |name: &str| -> Vec<String> {
            let marker = format!(" {name}=\"");
            html.split(&marker).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
        };
        let ids = attributes("id");
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "page {page}: an id stands twice: {ids:?}");
        for name in ["for", "aria-describedby", "aria-labelledby"] {
            for reference in attributes(name).iter().flat_map(|r| r.split(' ')) {
                assert!(ids.iter().any(|id| id == reference), "page {page}: {name} refers to {reference}");
            }
        }
        for anchor in html.split("href=\"#").skip(1).map(|r| r.split('"').next().unwrap()) {
            assert!(ids.iter().any(|id| id == anchor), "page {page}: the summary leads to {anchor}");
        }
        for input in
            html.split('<').filter(|t| ["input", "select", "textarea"].iter().any(|n| t.starts_with(n)))
        {
            if input.contains("type=\"hidden\"") {
                continue;
            }
            let id = between(input, " id=\"", "\"").unwrap_or_else(|| panic!("no id: {input}"));
            assert!(
                html.contains(&format!("<label for=\"{id}\"")) || html.contains(&format!("for=\"{id}\">")),
                "{input}"
            );
        }
        assert_eq!(html.matches("<fieldset").count(), html.matches("<legend").count());
        assert_eq!(html.matches("<h1").count(), 1);
    }
}

/// What a page of a real campaign looks like to somebody who answers it, in every language.
#[test]
fn every_campaign_of_the_repository_can_be_shown() {
    for name in ["after-service", "promotion-wave", "quarterly-index", "yearly-improvement"] {
        let checked = crate::collect::site::spec(name);
        for language in &checked.campaign.languages {
            let fields = BTreeMap::new();
            let respondent = Respondent::new(&fields, language, date(2026, 1, 6));
            let (nothing, strings) = (BTreeMap::new(), Strings::of(language));
            let pipes = Pipes::new(&checked, &nothing, &respondent, strings);
            let posted = Posted::default();
            let view = View {
                checked: &checked,
                respondent: &respondent,
                pipes: &pipes,
                strings,
                posted: &posted,
                problems: &[],
            };
            for (index, question) in checked.questionnaire.questions.iter().enumerate() {
                let shown = view.question(index).unwrap();
                assert!(
                    !shown.text.trim().is_empty(),
                    "{name}: {} says nothing in {language}",
                    question.name
                );
                assert!(
                    !shown.text.contains("{{"),
                    "{name}: {} in {language}: {}",
                    question.name,
                    shown.text
                );
            }
        }
        let pages = form::pages(&checked);
        assert!((2..=12).contains(&pages.len()), "{name} has {} pages", pages.len());
    }
}

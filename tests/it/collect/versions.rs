//! Forms that are half filled when the campaign changes: nothing that was answered is lost, nothing is asked wrongly.

use std::collections::{BTreeMap, BTreeSet};

use canvass::store::{Answer, ResponseState, ResponseVersions, Takeover};

use super::site::{Browser, Page, Site, checked, launched};

const FIRST: &str = r#"campaign short {
  title     "短问卷" / "Short"
  languages zh, en
  timezone  "Asia/Shanghai"
  owner     "forms@example.com"
}
section one "总体" / "Overall" {
  question overall : csat required { text "您有多满意？" / "How satisfied are you?" }
}
section two "联系" / "Contact" {
  question reached : choice {
    text "您是怎样联系我们的？" / "How did you reach us?"
    options phone "电话" / "Phone", online "在线" / "Online", visit "上门" / "On site"
  }
}
section three "原因" / "Reason" {
  question why : text long { text "为什么？" / "Why?" }
}
section four "其他" / "More" {
  question again : yes_no { text "您会再来吗？" / "Will you come again?" }
}
"#;

/// Without `visit` and `why`, with a question before the others and one after them.
fn second() -> String {
    let changed = FIRST
        .replace(", visit \"上门\" / \"On site\"", "")
        .replace("  question why : text long { text \"为什么？\" / \"Why?\" }", "  question easy : ces { text \"容易吗？\" / \"Was it easy?\" }")
        .replace("section one", "section zero \"开始\" / \"Start\" {\n  question known : yes_no { text \"来过吗？\" / \"Been here?\" }\n}\nsection one");
    assert!(changed != FIRST && !changed.contains("visit") && changed.contains("known"));
    changed
}

fn change(site: &Site) {
    let new = launched(&checked(&second()));
    let takeover = Takeover {
        launched: &new,
        seen: 1,
        changes: "[]",
        fields: &BTreeSet::new(),
        close: None,
        removed: &[],
        replan: &[],
        now: "2026-01-06T03:00:00Z".parse().unwrap(),
    };
    assert_eq!(site.runtime.block_on(site.store.take_over(&takeover)).unwrap(), 2);
}

/// Goes to the second page.
fn to_contact(site: &Site, n: u8) -> (Browser, Page) {
    let mut browser = Browser::default();
    let page = browser.start(&site.link(n));
    let page = browser.next(&page, &[("a.overall", "4")]);
    assert!(page.body.contains("visit"), "{}", page.body);
    (browser, page)
}

fn visit() -> Answer {
    Answer::Option { name: "visit".to_owned(), other: None }
}

fn versions(site: &Site) -> BTreeMap<u32, Vec<ResponseVersions>> {
    let all = site.runtime.block_on(site.store.response_versions("short")).unwrap();
    let mut by_last: BTreeMap<u32, Vec<ResponseVersions>> = BTreeMap::new();
    all.into_iter().for_each(|r| by_last.entry(r.last).or_default().push(r));
    by_last
}

#[test]
fn a_page_on_the_screen_is_saved_as_it_was_asked() {
    let site = Site::new(FIRST);
    let (mut browser, page) = to_contact(&site, 1);
    change(&site);
    let next = browser.next(&page, &[("a.reached", "visit")]);
    assert_eq!(site.answer(1, "reached"), Some(visit()), "the removed option is kept as it was given");
    // `why` came next and is gone; what follows it comes now, and `known` stands before where the person is.
    assert!(next.body.contains("a.again"), "{}", next.body);
    let end = browser.next(&next, &[("a.again", "yes")]);
    assert_eq!(end.kind(), "thanks", "{}", end.body);
    let response = site.response(1).unwrap();
    assert_eq!(response.state, ResponseState::Completed);
    assert_eq!(response.answers.keys().collect::<Vec<_>>(), ["again", "overall", "reached"]);
    let known = &versions(&site)[&2][0];
    assert_eq!(["overall", "reached", "again"].map(|item| known.of(item)), [1, 1, 2]);
}

#[test]
fn answers_that_no_longer_fit_outlive_the_form() {
    let site = Site::new(FIRST);
    let (mut browser, page) = to_contact(&site, 3);
    let reason = browser.next(&page, &[("a.reached", "visit")]);
    let last = browser.next(&reason, &[("a.why", "太远")]);
    change(&site);
    let back = browser.send(&last.action(), &last.fill(&[("go", "back")]));
    // Back to the question without the option, on without an answer.
    let mut page = back;
    for _ in 0..4 {
        if page.body.contains("a.reached") {
            break;
        }
        page = browser.send(&page.action(), &page.fill(&[("go", "back")]));
    }
    assert!(page.body.contains("a.reached") && !page.body.contains("visit"), "{}", page.body);
    let mut page = browser.next(&page, &[]);
    assert_eq!(site.answer(3, "reached"), Some(visit()));
    for _ in 0..4 {
        if page.kind() == "thanks" {
            break;
        }
        page = browser.next(&page, &[]);
    }
    let response = site.response(3).unwrap();
    assert_eq!(response.state, ResponseState::Completed, "{}", page.body);
    assert_eq!(response.answers.get("reached"), Some(&visit()));
    assert_eq!(response.answers.get("why"), Some(&Answer::Text("太远".to_owned())), "its question is gone");
    // Who gives another answer has given another answer.
    let (mut browser, page) = {
        let mut browser = Browser::default();
        let start = browser.start(&site.link(5));
        assert!(start.body.contains("a.known"), "{}", start.body);
        let page = browser.next(&start, &[("a.known", "yes")]);
        let page = browser.next(&page, &[("a.overall", "5")]);
        (browser, page)
    };
    let forged = browser.post(&page.action(), &page.fill(&[("a.reached", "visit"), ("go", "next")]));
    assert_eq!(forged.status, 422, "the removed option can't be chosen any more");
    browser.next(&page, &[("a.reached", "online")]);
    assert_eq!(site.answer(5, "reached"), Some(Answer::Option { name: "online".to_owned(), other: None }));
}

#[test]
fn a_form_of_a_version_that_never_was_is_refused() {
    let site = Site::new(FIRST);
    let (mut browser, page) = to_contact(&site, 1);
    let mut fields = page.fill(&[("a.reached", "phone"), ("go", "next")]);
    for (name, value) in &mut fields {
        if name == "version" {
            *value = value.replace(".1", ".2");
        }
    }
    let refused = browser.post(&page.action(), &fields);
    assert!(refused.status >= 400, "{}", refused.status);
    assert_eq!(site.answer(1, "reached"), None);
}

//! The way of a respondent over real HTTP: start, pages, back, resume, thanks.

use canvass::store::{Answer, ResponseState};

use crate::collect::site::{Browser, DETAILS, EVERYTHING, Page, Site, checked};

fn go(name: &str) -> [(&str, &str); 1] {
    [("go", name)]
}

/// Answers everything from the first page on; returns the thank-you page.
pub fn through(browser: &mut Browser, first: &Page) -> Page {
    let page = browser.next(first, &[("a.overall", "2")]);
    let page = browser.next(&page, &[("a.why", "等待时间"), ("a.recommend", "4")]);
    let page = browser.next(&page, &DETAILS);
    let page = browser.next(&page, &[("a.agree", "7"), ("a.contacts", "3"), ("a.since", "2024-02-29")]);
    let page = browser.next(&page, &[("a.terms", "yes")]);
    browser.next(&page, &[("a.reach_me", "lin@example.com")])
}

#[test]
fn from_the_link_to_the_thank_you_page() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    let start = browser.get(&site.link(1));
    assert_eq!((start.status, start.kind()), (200, "start"));
    for words in [
        "问卷组件测试",
        "约 3 分钟",
        "2026 年 1 月 31 日 18:00 前有效",
        "数据仅用于改进服务。",
        "表单团队",
        "forms@example.com",
        "400 天后",
        "<html lang=\"zh\"",
    ] {
        assert!(start.body.contains(words), "the start page lacks {words}");
    }
    let sent = browser.post(&start.action(), &[("lang".to_owned(), "zh".to_owned())]);
    assert_eq!(sent.status, 303);
    let cookie = sent.header("set-cookie");
    assert!(
        cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax") && cookie.contains("; Path=/")
    );
    assert!(!sent.location().contains(&Site::token(1)), "the token stays behind: {}", sent.location());
    let first = browser.get(&sent.location());
    assert_eq!((first.status, first.kind()), (200, "questions"));
    assert!(!first.body.contains(&Site::token(1)));
    site.set_time("2026-01-06T02:03:20Z");
    let thanks = through(&mut browser, &first);
    assert_eq!((thanks.status, thanks.kind()), (200, "thanks"));
    let response = site.response(1).unwrap();
    assert_eq!(response.state, ResponseState::Completed);
    let took = response.completed_at.unwrap().duration_since(response.started_at);
    assert_eq!(took.as_secs(), 200, "by the clock");
    assert_eq!(response.answers["overall"], Answer::Number(2.0));
    assert_eq!(response.answers["skill"], Answer::NotApplicable);
    let other = Some("路过 <b>门店</b>".to_owned());
    assert_eq!(response.answers["reached"], Answer::Option { name: "other".to_owned(), other });
    assert_eq!(response.answers["contacts"], Answer::Number(3.0));
    assert!(!response.answers.contains_key("order"), "what was left empty is not there");
    assert_eq!((&*response.language, &*response.channel), ("zh", "mail"));
    let fields: Vec<&str> = response.fields.keys().map(String::as_str).collect();
    assert_eq!(fields, ["region"], "only what conditions and segments use leaves the identifying side");
}

#[test]
fn opening_the_link_again_resumes_and_a_completed_one_takes_no_more() {
    let site = Site::new(EVERYTHING);
    let mut phone = Browser::default();
    let first = phone.start(&site.link(1));
    phone.next(&first, &[("a.overall", "5")]);
    let before = site.response(1).unwrap();
    let mut desktop = Browser::default();
    let start = desktop.get(&site.link(1));
    assert!(start.body.contains("继续作答"));
    let page = desktop.start(&site.link(1));
    assert!(
        page.body.contains("name=\"a.recommend\"") && !page.body.contains("name=\"a.why\""),
        "{}",
        page.body
    );
    assert_eq!(site.response(1).unwrap(), before, "resuming changes nothing");
    let page = desktop.next(&page, &[]);
    let page = desktop.next(&page, &DETAILS);
    let page = desktop.next(&page, &[]);
    let page = desktop.next(&page, &[("a.terms", "yes")]);
    assert_eq!(desktop.next(&page, &[]).kind(), "thanks");
    let done = site.response(1).unwrap();
    assert_eq!(phone.get(&site.link(1)).kind(), "thanks");
    assert_eq!(phone.send(&site.link(1), &[]).kind(), "thanks", "starting again leads there too");
    let late = phone.post(&first.action(), &first.fill(&[("a.overall", "1"), ("go", "next")]));
    assert_eq!(phone.get(&late.location()).kind(), "thanks", "an old page is not taken any more");
    assert_eq!(site.response(1).unwrap(), done);
}

#[test]
fn the_same_page_sent_twice_counts_once() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    let first = browser.start(&site.link(1));
    let fields = first.fill(&[("a.overall", "4"), ("go", "next")]);
    let one = browser.post(&first.action(), &fields);
    let saved = site.response(1).unwrap();
    let two = browser.post(&first.action(), &fields);
    assert_eq!((one.status, two.status), (303, 303));
    assert_eq!(one.location(), two.location());
    assert_eq!(site.response(1).unwrap(), saved);
    assert_eq!(saved.version, 1);
    browser.post(&site.link(1), &[]);
    browser.post(&site.link(1), &[]);
    let all = site.runtime.block_on(site.store.responses("everything")).unwrap();
    assert_eq!(all.len(), 1, "starting often is one response");
}

#[test]
fn many_at_once_with_one_submission_are_one_save() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    let first = browser.start(&site.link(1));
    let cookie = site.response(1).unwrap();
    let fields = first.fill(&[("a.overall", "4"), ("go", "next")]);
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let (link, action, fields) = (site.link(1), first.action(), fields.clone());
            std::thread::spawn(move || {
                let mut own = Browser::default();
                own.post(&link, &[]);
                own.post(&action, &fields).status
            })
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), 303);
    }
    assert_eq!(site.response(1).unwrap().version, cookie.version + 1);
}

#[test]
fn two_tabs_get_a_message_and_what_was_saved_stays() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    let one = browser.start(&site.link(1));
    let two = browser.get(&one.url);
    browser.next(&one, &[("a.overall", "5")]);
    let late = browser.post(&two.action(), &two.fill(&[("a.overall", "1"), ("go", "next")]));
    assert_eq!((late.status, late.kind()), (409, "questions"));
    assert!(late.body.contains("另一个窗口或设备"));
    assert!(late.body.contains("value=\"5\" checked"), "what was saved is shown: {}", late.body);
    assert_eq!(site.answer(1, "overall"), Some(Answer::Number(5.0)));
    let again = browser.post(&late.action(), &late.fill(&[("a.overall", "1"), ("go", "next")]));
    assert_eq!(again.status, 303, "after the message it may be changed");
    assert_eq!(site.answer(1, "overall"), Some(Answer::Number(1.0)));
}

#[test]
fn going_back_keeps_what_was_typed_and_answers_no_longer_asked_go() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    let first = browser.start(&site.link(1));
    assert!(!first.body.contains("value=\"back\""), "there is nothing before the first page");
    let second = browser.next(&first, &[("a.overall", "2")]);
    let typed = second.fill(&[&[("a.why", "太慢"), ("a.recommend", "3")][..], &go("back")].concat());
    let back = browser.send(&second.action(), &typed);
    assert!(back.body.contains("value=\"2\" checked"), "{}", back.body);
    let second = browser.next(&back, &[("a.overall", "2")]);
    assert!(second.body.contains("太慢</textarea>"), "{}", second.body);
    let back = browser.send(
        &second.action(),
        &second.fill(&[&[("a.why", ""), ("a.recommend", "3")][..], &go("back")].concat()),
    );
    assert_eq!(
        site.answer(1, "why"),
        Some(Answer::Text("太慢".to_owned())),
        "a required answer is not lost by going back"
    );
    let second = browser.next(&back, &[("a.overall", "5")]);
    assert!(!second.body.contains("name=\"a.why\""));
    let page = browser.next(&second, &[("a.recommend", "3")]);
    let page = browser.next(&page, &DETAILS);
    let page = browser.next(&page, &[]);
    let page = browser.next(&page, &[("a.terms", "yes")]);
    browser.next(&page, &[]);
    let answers = site.response(1).unwrap().answers;
    assert!(!answers.contains_key("why"), "an answer to a question that is no longer asked is not kept");
    assert_eq!(answers["recommend"], Answer::Number(3.0));
}

#[test]
fn an_address_leads_to_pages_that_were_reached_and_to_no_others() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    let first = browser.start(&site.link(1));
    let (address, _) = first.url.rsplit_once("&p=").unwrap();
    let ahead = browser.get(&format!("{address}&p=4"));
    assert!(ahead.body.contains("name=\"a.overall\""), "no page is skipped by its address");
    browser.next(&first, &[("a.overall", "5")]);
    assert!(
        browser.get(&format!("{address}&p=0")).body.contains("name=\"a.overall\""),
        "the way back by address"
    );
    assert!(browser.get(address).body.contains("name=\"a.recommend\""), "without a page: where one is");
    assert!(browser.get(&format!("{}/q", site.base)).body.contains("name=\"a.recommend\""));
}

#[test]
fn conditions_on_fields_show_and_hide() {
    let site = Site::new(EVERYTHING);
    for (person, is_shown) in [(1, true), (2, false)] {
        let mut browser = Browser::default();
        let page = browser.start(&site.link(person));
        let page = browser.next(&page, &[("a.overall", "5")]);
        let page = browser.next(&page, &[]);
        assert_eq!(page.body.contains("name=\"a.regional\""), is_shown, "person {person}");
        let posted = [&DETAILS[..], &[("a.regional", "yes")]].concat();
        browser.next(&page, &posted);
        assert_eq!(
            site.answer(person, "regional").is_some(),
            is_shown,
            "an answer that was not asked is not taken"
        );
    }
}

#[test]
fn the_language_can_be_changed_at_any_time_without_losing_answers() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    let english = browser.get(&format!("{}?lang=en", site.link(1)));
    assert!(english.body.contains("<html lang=\"en\"") && english.body.contains("Every kind of question"));
    assert!(site.response(1).is_none());
    let first = browser.send(&english.action(), &[("lang".to_owned(), english.hidden("lang"))]);
    assert!(first.body.contains("Very satisfied"));
    let changed = browser.send(&first.action(), &first.fill(&[("a.overall", "4"), ("go", "lang-zh")]));
    assert!(changed.body.contains("非常满意") && changed.body.contains("<html lang=\"zh\""));
    assert!(changed.body.contains("value=\"4\" checked"), "{}", changed.body);
    assert_eq!(&*site.response(1).unwrap().language, "zh");
    let unknown = browser.send(&changed.action(), &changed.fill(&[("a.overall", "4"), ("go", "lang-fr")]));
    assert!(unknown.body.contains("<html lang=\"zh\""));
}

#[test]
fn the_button_in_a_mail_fills_in_and_waits_for_a_confirmation() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    let start = browser.get(&format!("{}?overall=2", site.link(1)));
    assert_eq!(start.kind(), "start");
    assert!(start.body.contains("name=\"a.overall\" value=\"2\" checked"), "{}", start.body);
    assert!(start.body.contains("确认并继续"));
    assert!(site.response(1).is_none(), "nothing is saved by looking");
    let confirmed = [("lang".to_owned(), "zh".to_owned()), ("a.overall".to_owned(), "2".to_owned())];
    let page = browser.send(&start.action(), &confirmed);
    assert_eq!(site.answer(1, "overall"), Some(Answer::Number(2.0)));
    assert!(
        page.body.contains("name=\"a.overall\""),
        "a note stands on the same page, so it is shown once more"
    );
    let again = [("a.overall".to_owned(), "5".to_owned())];
    browser.send(&site.link(1), &again);
    assert_eq!(site.answer(1, "overall"), Some(Answer::Number(5.0)), "another button, another answer");
    for query in ["overall=9", "nothing=1", "why=text", "regional=yes", "overall="] {
        let start = browser.get(&format!("{}?{query}", site.link(2)));
        assert!(start.status == 200 && !start.body.contains("type=\"radio\""), "{query}");
    }
}

#[test]
fn several_campaigns_share_one_address_and_one_browser() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    let one = browser.start(&site.link(1));
    let other =
        EVERYTHING.replace("campaign everything", "campaign second").replace("问卷组件测试", "第二份问卷");
    site.launch(&checked(&other), 20);
    let two = browser.start(&site.link(21));
    assert!(two.body.contains("第二份问卷"), "a campaign that was launched meanwhile is served");
    assert_ne!(one.action(), two.action());
    browser.next(&one, &[("a.overall", "1")]);
    browser.next(&two, &[("a.overall", "5")]);
    assert_eq!(site.answer(1, "overall"), Some(Answer::Number(1.0)));
    assert_eq!(site.answer(21, "overall"), Some(Answer::Number(5.0)));
}

#[test]
fn after_the_close_nobody_starts_but_who_has_started_may_finish() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    let first = browser.start(&site.link(1));
    site.set_time("2026-01-31T10:00:00Z");
    let late = browser.get(&site.link(2));
    assert_eq!((late.status, late.kind()), (404, "unknown"));
    assert_eq!(browser.post(&site.link(2), &[]).status, 404);
    assert!(site.response(2).is_none());
    site.set_time("2026-01-31T10:59:59Z");
    let second = browser.next(&first, &[("a.overall", "5")]);
    assert_eq!(second.kind(), "questions");
    site.set_time("2026-01-31T11:00:00Z");
    let over = browser.post(&second.action(), &second.fill(&[("a.recommend", "9"), ("go", "next")]));
    assert_eq!(over.kind(), "closed");
    assert_eq!(site.answer(1, "recommend"), None);
    assert_eq!(browser.get(&site.link(1)).kind(), "closed");
}

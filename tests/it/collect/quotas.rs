//! Who is asked no further: screened out, or the quota is full; also when two send the last page at the same time.

use std::collections::BTreeMap;
use std::thread;

use canvass::store::{Answer, ResponseState};

use super::site::{Browser, Page, Site};

const SPEC: &str = r#"campaign screened {
  title     "配额问卷" / "Quotas"
  languages zh, en
  timezone  "Asia/Shanghai"
  owner     "forms@example.com"
}
frame customers { source "none.csv"; key id; email email; field region : one of east "华东" / "East", west "华西" / "West" }
section one "开始" / "Start" {
  question age    : number 0..120 required { text "您多大年纪？" / "How old are you?" }
  question gender : choice { text "您的性别？" / "Your gender?"; options female "女" / "Female", male "男" / "Male" }
}
section two "总体" / "Overall" {
  question overall : csat required { text "您有多满意？" / "How satisfied are you?" }
}
screen out when age < 18
quota women 2 where gender = female
quota east  4 where region = east
"#;

/// Sends the first page.
fn first(site: &Site, n: u8, age: &str, gender: &str) -> (Browser, Page) {
    let mut browser = Browser::default();
    let page = browser.start(&site.link(n));
    let page = browser.next(&page, &[("a.age", age), ("a.gender", gender)]);
    (browser, page)
}

fn whole(site: &Site, n: u8, gender: &str) -> String {
    let (mut browser, page) = first(site, n, "30", gender);
    if page.kind() != "questions" {
        return page.kind().to_owned();
    }
    browser.next(&page, &[("a.overall", "4")]).kind().to_owned()
}

fn counts(site: &Site) -> BTreeMap<String, u64> {
    site.runtime.block_on(site.store.quota_counts("screened")).unwrap()
}

fn reasons(site: &Site) -> Vec<(String, u64)> {
    site.runtime.block_on(site.store.ended("screened")).unwrap().into_iter().collect()
}

#[test]
fn who_is_screened_out_is_thanked_and_asked_no_further() {
    let site = Site::new(SPEC);
    let (mut browser, page) = first(&site, 2, "17", "male");
    assert_eq!(page.kind(), "screened", "{}", page.body);
    assert!(page.body.contains("no more questions"), "{}", page.body);
    assert_eq!(site.response(2).unwrap().state, ResponseState::Screened);
    assert_eq!(site.answer(2, "age"), Some(Answer::Number(17.0)), "what was answered stays");
    // Neither the link nor the page leads on.
    assert_eq!(browser.get(&site.link(2)).kind(), "screened");
    assert_eq!(browser.get(&page.url).kind(), "screened");
    assert_eq!(first(&site, 4, "18", "male").1.kind(), "questions");
    assert_eq!(reasons(&site), [("screen".to_owned(), 1)]);
    let cells = site.runtime.block_on(site.store.cell_counts("screened")).unwrap();
    assert_eq!((cells[0].started, cells[0].completed, cells[0].screened), (2, 0, 1));
    // Whoever was screened out can still take the answers back.
    let id = site.response(2).unwrap().id;
    site.runtime.block_on(site.store.withdraw(id, "2026-01-06T03:00:00Z".parse().unwrap())).unwrap();
    assert_eq!(site.response(2).unwrap().state, ResponseState::Withdrawn);
    assert!(reasons(&site).is_empty());
}

#[test]
fn a_full_quota_turns_away_and_a_withdrawal_makes_room() {
    let site = Site::new(SPEC);
    assert_eq!([whole(&site, 2, "female"), whole(&site, 4, "female")], ["thanks", "thanks"]);
    assert_eq!(whole(&site, 6, "female"), "screened");
    assert_eq!(whole(&site, 8, "male"), "thanks", "men are no women");
    assert_eq!(counts(&site), BTreeMap::from([("women".to_owned(), 2)]));
    assert_eq!(reasons(&site), [("quota women".to_owned(), 1)]);
    let id = site.response(2).unwrap().id;
    site.runtime.block_on(site.store.withdraw(id, "2026-01-06T03:00:00Z".parse().unwrap())).unwrap();
    assert_eq!(whole(&site, 10, "female"), "thanks");
    assert_eq!(counts(&site)["women"], 2);
    // Odd ones live in the east: this quota the list decides.
    for n in [1, 3, 5, 7] {
        assert_eq!(whole(&site, n, "male"), "thanks");
    }
    assert_eq!(whole(&site, 9, "male"), "screened");
    assert_eq!(counts(&site)["east"], 4);
}

/// A place that was free on the page before may be gone on the last one: the commit decides.
#[test]
fn two_who_send_the_last_page_together_do_not_share_the_last_place() {
    let site = Site::new(&SPEC.replace("women 2", "women 3"));
    let ready: Vec<(Browser, Page)> = (1..=10).map(|n| first(&site, n, "40", "female")).collect();
    assert!(ready.iter().all(|(_, page)| page.kind() == "questions"));
    let last = |(mut browser, page): (Browser, Page)| {
        thread::spawn(move || browser.next(&page, &[("a.overall", "5")]).kind().to_owned())
    };
    let all: Vec<_> = ready.into_iter().map(last).collect();
    let mut kinds: Vec<String> = all.into_iter().map(|t| t.join().unwrap()).collect();
    kinds.sort();
    assert_eq!(kinds.iter().filter(|k| *k == "thanks").count(), 3, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|k| *k == "screened").count(), 7, "{kinds:?}");
    assert_eq!(counts(&site)["women"], 3);
}

#[test]
fn a_replayed_page_takes_one_place() {
    let site = Site::new(SPEC);
    let (mut browser, page) = first(&site, 2, "40", "female");
    let fields = page.fill(&[("a.overall", "5"), ("go", "next")]);
    assert_eq!(browser.send(&page.action(), &fields).kind(), "thanks");
    assert_eq!(browser.send(&page.action(), &fields).kind(), "thanks");
    assert_eq!(counts(&site)["women"], 1);
    // Going back and changing an answer before the end leaves no place behind.
    let (mut browser, page) = first(&site, 4, "40", "female");
    let back = browser.send(&page.action(), &page.fill(&[("go", "back")]));
    let page = browser.next(&back, &[("a.age", "40"), ("a.gender", "male")]);
    assert_eq!(browser.next(&page, &[("a.overall", "5")]).kind(), "thanks");
    assert_eq!(counts(&site)["women"], 1);
}

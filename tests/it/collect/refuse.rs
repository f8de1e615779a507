//! What the server refuses, hides, limits and never does by a mere look.

use canvass::store::{AddressKind, Answer, ResponseState};

use crate::collect::http::through;
use crate::collect::site::{Browser, DETAILS, EVERYTHING, Site};

#[test]
fn looking_never_changes_anything() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    let first = browser.start(&site.link(1));
    browser.next(&first, &[("a.overall", "2")]);
    let mut done = Browser::default();
    let page = done.start(&site.link(2));
    through(&mut done, &page);
    let before = site.dump();
    let token = Site::token(3);
    let mut addresses: Vec<String> = [
        format!("/s/{token}"),
        format!("/s/{token}?overall=5"),
        format!("/s/{token}?lang=en"),
        format!("/u/{token}"),
        format!("/u/{token}?lang=en"),
        format!("/w/{}", Site::token(1)),
        "/s/wrong".to_owned(),
        "/u/wrong".to_owned(),
        "/w/wrong".to_owned(),
        "/q".to_owned(),
        "/q?p=0".to_owned(),
        "/withdraw".to_owned(),
        "/".to_owned(),
        "/favicon.ico".to_owned(),
        "/static/nothing.css".to_owned(),
    ]
    .iter()
    .map(|path| format!("{}{path}", site.base))
    .collect();
    addresses.extend([site.link(1), site.link(2), first.url.clone()]);
    for address in &addresses {
        for browser in [&mut Browser::default(), &mut browser, &mut done] {
            let got = browser.get(address);
            let head = browser.head(address);
            assert_eq!(got.status, head.status, "{address}");
            assert!(got.status < 500 && head.body.is_empty(), "{address}: {}", got.status);
            assert_eq!(got.header("set-cookie"), "", "{address}: a look sets no cookie");
        }
    }
    assert!(before.iter().map(Vec::len).sum::<usize>() > 10_000, "the dump holds the store");
    assert!(site.dump() == before, "a GET or HEAD has written to the store");
}

#[test]
fn wrong_links_all_look_the_same() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    let wrong = browser.get(&format!("{}/s/{}", site.base, "0".repeat(26)));
    assert_eq!((wrong.status, wrong.kind()), (404, "unknown"));
    assert!(!wrong.body.contains("问卷组件测试"), "a wrong link tells no campaign");
    for path in ["/s/x", "/s/%00", "/u/x", "/w/x", "/s/..%2f..%2fetc", &format!("/w/{}", Site::token(5))] {
        let other = browser.get(&format!("{}{path}", site.base));
        assert_eq!((other.status, &other.body), (404, &wrong.body), "{path}");
    }
    site.set_time("2026-02-05T00:00:00Z");
    let expired = browser.get(&site.link(5));
    assert_eq!((expired.status, &expired.body), (404, &wrong.body), "an outdated link");
    let mut altered = site.link(1);
    let last = if altered.pop() == Some('0') { '1' } else { '0' };
    altered.push(last);
    assert_eq!(browser.get(&altered).status, 404);
}

#[test]
fn every_answer_carries_the_security_headers() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    let first = browser.start(&site.link(1));
    let style = crate::collect::site::between(&first.body, "href=\"static/", "\"").unwrap();
    let stylesheet = format!("{}/static/{style}", site.base);
    let pages = [site.link(1), first.url.clone(), format!("{}/nothing", site.base), stylesheet.clone()];
    for address in &pages {
        let page = browser.get(address);
        let policy = page.header("content-security-policy");
        for rule in [
            "default-src 'none'",
            "style-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(rule), "{address}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert!(page.header("x-robots-tag").contains("noindex"));
        assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
        let kept = if *address == stylesheet { "public, max-age=31536000, immutable" } else { "no-store" };
        assert_eq!(page.header("cache-control"), kept, "{address}");
    }
    let css = browser.get(&stylesheet);
    assert_eq!(css.header("content-type"), "text/css; charset=utf-8");
    assert!(css.body.len() + first.body.len() < 30_000, "page and stylesheet together");
}

#[test]
fn errors_stand_at_their_questions_and_keep_what_was_typed() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    let first = browser.start(&site.link(2));
    let page = browser.next(&first, &[("a.overall", "5")]);
    let page = browser.next(&page, &[]);
    let posted = [
        ("a.attitude", "4"),
        ("a.used", "none"),
        ("a.used", "bills"),
        ("a.order.place.price", "2"),
        ("go", "next"),
    ];
    let wrong = browser.post(&page.action(), &page.fill(&posted));
    assert_eq!((wrong.status, wrong.kind()), (422, "questions"));
    for words in [
        "5 answers need another look",
        "“None of these” can&#x27;t be combined",
        "Place 1 is missing",
        "role=\"alert\"",
        "autofocus",
        "aria-invalid=\"true\"",
        "<title>Please check:",
    ] {
        assert!(wrong.body.contains(words), "lacks {words}: {}", wrong.body);
    }
    for kept in [
        "name=\"a.attitude\" value=\"4\" aria",
        "value=\"none\" checked",
        "value=\"bills\" checked",
        "<option value=\"2\" selected",
    ] {
        assert!(wrong.body.contains(kept), "lost {kept}");
    }
    assert_eq!(site.answer(2, "attitude"), None, "a page with errors is not saved");
    let mended = browser.next(&wrong, &DETAILS);
    assert!(mended.body.contains("name=\"a.agree\""), "{}", mended.body);
    let long = "长".repeat(301);
    let wrong = browser.post(
        &mended.action(),
        &mended.fill(&[("a.nickname", &long), ("a.contacts", "many"), ("go", "next")]),
    );
    assert!(
        wrong.body.contains(&long) && wrong.body.contains("value=\"many\""),
        "typed words stay as they were"
    );
}

#[test]
fn a_forged_or_foreign_form_is_refused() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    let first = browser.start(&site.link(1));
    let good = first.fill(&[("a.overall", "5"), ("go", "next")]);
    for (name, value) in [
        ("token", "0"),
        ("page", "3"),
        ("version", "7"),
        ("submission", "mine"),
        ("page", "x"),
        ("page", "-1"),
    ] {
        let mut forged = good.clone();
        for field in &mut forged {
            if field.0 == name {
                field.1 = value.to_owned();
            }
        }
        let sent = browser.post(&first.action(), &forged);
        assert_eq!((sent.status, sent.kind()), (403, "stale"), "{name}={value}");
    }
    let mut other = Browser::default();
    let foreign = other.start(&site.link(2));
    let sent = other.post(&foreign.action(), &good);
    assert_eq!(sent.status, 403, "the form of one person with the cookie of another");
    let mut stranger = Browser::default();
    let sent = stranger.post(&first.action(), &good);
    assert_eq!((sent.status, sent.kind()), (403, "no_session"));
    assert_eq!(site.response(1).unwrap().version, 0);
    assert_eq!(site.response(2).unwrap().version, 0);
}

#[test]
fn a_cookie_can_not_be_made_up() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    browser.start(&site.link(1));
    let start = browser.post(&site.link(2), &[]);
    let (name, value) = start.header("set-cookie").split(';').next().unwrap().split_once('=').unwrap();
    let (id, mac) = value.split_once('.').unwrap();
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let get = |cookie: &str| {
        agent.get(format!("{}/q", site.base)).header("cookie", cookie).call().unwrap().status()
    };
    assert_eq!(get(&format!("{name}={value}")), 200);
    let other = if id == "1" { "2" } else { "1" };
    for forged in [
        format!("{other}.{mac}"),
        format!("{id}."),
        format!("{id}.{}", "0".repeat(26)),
        ".".to_owned(),
        "9".repeat(40),
    ] {
        assert_eq!(get(&format!("{name}={forged}")), 403, "{forged}");
    }
}

#[test]
fn too_large_and_malformed_requests_get_a_page() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    let first = browser.start(&site.link(2));
    let page = browser.next(&first, &[("a.overall", "1")]);
    let flood = "x".repeat(70_000);
    let sent = browser.post(&page.action(), &page.fill(&[("a.why", &flood), ("go", "next")]));
    assert_eq!((sent.status, sent.kind()), (413, "too_large"));
    let most = "字".repeat(2_000);
    let sent = browser.post(&page.action(), &page.fill(&[("a.why", &most), ("go", "next")]));
    assert_eq!(sent.status, 303, "the longest allowed text fits");
    assert_eq!(site.answer(2, "why"), Some(Answer::Text(most)));
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let sent = agent.post(site.link(2)).header("content-type", "application/json").send("{}").unwrap();
    assert_eq!(sent.status(), 400);
    assert_eq!(browser.post(&format!("{}/static/x", site.base), &[]).status, 405);
}

#[test]
fn one_click_stops_messages_without_cookie_or_redirect() {
    let site = Site::new(EVERYTHING);
    let suppressed = |n: u8| {
        let mail = format!("PERSON{n}@example.com");
        site.runtime.block_on(site.store.is_suppressed(AddressKind::Email, &mail)).unwrap()
    };
    let mut browser = Browser::default();
    let page = browser.get(&format!("{}/u/{}", site.base, Site::token(1)));
    assert_eq!((page.status, page.kind()), (200, "unsubscribe"));
    assert!(!suppressed(1));
    let agent: ureq::Agent = ureq::Agent::config_builder().max_redirects(0).build().into();
    let sent = agent
        .post(format!("{}/u/{}", site.base, Site::token(1)))
        .header("content-type", "application/x-www-form-urlencoded")
        .send("List-Unsubscribe=One-Click")
        .unwrap();
    assert_eq!(sent.status(), 200);
    assert!(sent.headers().get("set-cookie").is_none());
    assert!(suppressed(1) && !suppressed(2));
    let button = browser.get(&format!("{}/u/{}", site.base, Site::token(2)));
    let sent = browser.post(&button.action(), &[]);
    assert_eq!((sent.status, sent.kind()), (200, "unsubscribed"));
    assert!(suppressed(2));
    assert_eq!(browser.post(&format!("{}/u/{}x", site.base, Site::token(3)), &[]).status, 404);
    assert!(!suppressed(3));
}

#[test]
fn answers_can_be_taken_back_as_easily_as_given() {
    let site = Site::new(EVERYTHING);
    let mut browser = Browser::default();
    let first = browser.start(&site.link(1));
    let thanks = through(&mut browser, &first);
    let link = crate::collect::site::between(&thanks.body, "<a href=\"", "\"").unwrap();
    let ask = browser.get(&format!("{}/{link}", site.base));
    assert_eq!((ask.status, ask.kind()), (200, "withdraw"));
    assert!(!site.response(1).unwrap().answers.is_empty());
    assert_eq!(browser.post(&ask.action(), &[]).status, 403, "not without its signature");
    let sent = browser.post(&ask.action(), &[("token".to_owned(), ask.hidden("token"))]);
    assert_eq!((sent.status, sent.kind()), (200, "withdrawn"));
    let gone = site.response(1).unwrap();
    assert_eq!((gone.state, gone.answers.len()), (ResponseState::Withdrawn, 0));
    assert_eq!(browser.get(&site.link(1)).kind(), "withdrawn");
    let late = browser.post(&first.action(), &first.fill(&[("a.overall", "5"), ("go", "next")]));
    assert_eq!(browser.get(&late.location()).kind(), "withdrawn");
    assert_eq!(site.response(1).unwrap(), gone);

    let page = browser.start(&site.link(2));
    browser.next(&page, &[("a.overall", "5")]);
    let start = browser.get(&site.link(2));
    assert!(
        start.body.replace("&#x2f;", "/").contains(&format!("../w/{}", Site::token(2))),
        "the start page offers it too"
    );
    let mut elsewhere = Browser::default();
    let ask = elsewhere.get(&format!("{}/w/{}", site.base, Site::token(2)));
    assert_eq!(elsewhere.post(&ask.action(), &[]).kind(), "withdrawn");
    assert_eq!(site.response(2).unwrap().state, ResponseState::Withdrawn);
}

#[test]
fn a_campaign_that_can_not_be_read_is_a_failure_and_not_a_panic() {
    let site = Site::empty();
    let mut broken = crate::collect::site::launched(&crate::collect::site::everything());
    broken.files[0].1 = EVERYTHING.replace("section first", "sektion first");
    let people = [crate::collect::site::invitation("everything", 1, "zh")];
    site.runtime.block_on(site.store.launch(&broken, &people)).unwrap();
    let page = Browser::default().get(&site.link(1));
    assert_eq!((page.status, page.kind()), (503, "failed"));
}

#[test]
fn the_store_holds_no_address_and_no_browser() {
    let site = Site::new(EVERYTHING);
    let agent: ureq::Agent =
        ureq::Agent::config_builder().user_agent("a-browser-of-its-own/1.0").max_redirects(0).build().into();
    agent.post(site.link(1)).header("x-forwarded-for", "203.0.113.77").send_form([("lang", "zh")]).unwrap();
    assert!(site.response(1).is_some());
    let dump: Vec<u8> = site.dump().concat();
    for secret in ["a-browser-of-its-own", "203.0.113.77", "127.0.0.1", &Site::token(1)] {
        assert!(!dump.windows(secret.len()).any(|w| w == secret.as_bytes()), "the store holds {secret}");
    }
}

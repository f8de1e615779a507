//! The contract of every engine.

use std::collections::BTreeMap;

use canvass::store::token::token;
use canvass::store::{
    AddressKind, Answer, MessageState, NewResponse, ResponseState, Saved, StoreError, address_key,
};

use super::{Opener, at, launched, people, release_all};

fn start(pseudonym: &str) -> NewResponse {
    NewResponse {
        campaign: "a".to_owned(),
        pseudonym: pseudonym.to_owned(),
        cell: Some(0),
        language: "zh".to_owned(),
        channel: "mail".to_owned(),
        fields: BTreeMap::new(),
    }
}

fn page(item: &str, code: f64) -> BTreeMap<String, Option<Answer>> {
    BTreeMap::from([(item.to_owned(), Some(Answer::Number(code)))])
}

#[tokio::test]
async fn launching_again_changes_nothing_and_another_plan_is_refused() {
    let opener = Opener::sqlite("launch");
    let store = opener.open().await;
    store.launch(&launched("a", "h1"), &people("a", 10)).await.unwrap();
    store.launch(&launched("a", "h1"), &people("a", 99)).await.unwrap();
    assert_eq!(store.sample("a").await.unwrap().len(), 10);
    let refused = store.launch(&launched("a", "h2"), &[]).await.unwrap_err();
    assert!(matches!(refused, StoreError::OtherPlan(..)), "{refused}");
    assert!(refused.to_string().contains("h1") && refused.to_string().contains("h2"), "{refused}");
    assert_eq!(store.campaign("a").await.unwrap().unwrap(), launched("a", "h1"));
    assert_eq!(store.campaign("b").await.unwrap(), None);
}

#[tokio::test]
async fn a_link_leads_to_its_invitation_only() {
    let opener = Opener::sqlite("token");
    let store = opener.open().await;
    let all = people("a", 3);
    store.launch(&launched("a", "h"), &all).await.unwrap();
    let link = token(store.secret().unwrap(), &all[1].nonce);
    assert_eq!(link.len(), 26);
    let found = store.invitation_by_token(&link).await.unwrap().unwrap();
    assert_eq!((found.key.as_str(), found.name.as_deref()), ("c00001", Some("张1")));
    let upper = link.to_uppercase();
    assert_eq!(store.invitation_by_token(&upper).await.unwrap().unwrap().id, found.id);
    let mut wrong = link.clone();
    wrong.replace_range(25..26, if link.ends_with('0') { "1" } else { "0" });
    assert_eq!(store.invitation_by_token(&wrong).await.unwrap(), None);
}

#[tokio::test]
async fn another_secret_is_refused_before_links_break() {
    let opener = Opener::sqlite("secret");
    let store = opener.open().await;
    store.launch(&launched("a", "h"), &people("a", 1)).await.unwrap();
    store.close().await;
    let plain = canvass::store::Store::open(&opener.url(), canvass::store::Durability::Full).await.unwrap();
    let other = plain.with_secret(b"another one");
    assert!(matches!(other.check_secret().await, Err(StoreError::OtherSecret)));
    assert!(matches!(other.launch(&launched("b", "h"), &[]).await, Err(StoreError::OtherSecret)));
}

#[tokio::test]
async fn an_invitation_has_one_response_however_often_it_starts() {
    let opener = Opener::sqlite("start");
    let store = opener.open().await;
    store.launch(&launched("a", "h"), &people("a", 1)).await.unwrap();
    let id = store.unreleased("a", 0, 1).await.unwrap()[0].id;
    let now = at("2026-01-06T00:00:00Z");
    let first = store.start_response(Some(id), &start("p1"), now).await.unwrap();
    let second = store.start_response(Some(id), &start("p2"), now).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(store.response_of(id).await.unwrap().unwrap().pseudonym, "p1");
    assert_eq!(store.response_by_pseudonym("p2").await.unwrap(), None);
    let open = store.start_response(None, &start("p3"), now).await.unwrap();
    assert_ne!(open.id, first.id);
    assert!(matches!(store.start_response(Some(999), &start("p4"), now).await, Err(StoreError::Missing(_))));
}

#[tokio::test]
async fn pages_are_stored_once_and_two_devices_never_merge() {
    let opener = Opener::sqlite("pages");
    let store = opener.open().await;
    store.launch(&launched("a", "h"), &people("a", 1)).await.unwrap();
    let now = at("2026-01-06T00:00:00Z");
    let r = store.start_response(None, &start("p1"), now).await.unwrap();
    let first = store.save_page(r.id, "s1", 0, &page("overall", 2.0), 1, false, now).await.unwrap();
    let Saved::Done(first) = first else { panic!("{first:?}") };
    assert_eq!((first.version, first.page), (1, 1));
    let again = store.save_page(r.id, "s1", 0, &page("overall", 5.0), 1, false, now).await.unwrap();
    assert_eq!(again, Saved::Replayed(first.clone()));
    let stale = store.save_page(r.id, "s2", 0, &page("overall", 5.0), 1, false, now).await.unwrap();
    assert_eq!(stale, Saved::Conflict(first.clone()));
    let taken_back = BTreeMap::from([("overall".to_owned(), None)]);
    let last = store.save_page(r.id, "s3", 1, &taken_back, 2, true, now).await.unwrap();
    let Saved::Done(last) = last else { panic!("{last:?}") };
    assert!(last.answers.is_empty());
    assert_eq!((last.state, last.completed_at), (ResponseState::Completed, Some(now)));
    let late = store.save_page(r.id, "s4", 2, &page("overall", 1.0), 2, true, now).await.unwrap();
    assert_eq!(late, Saved::Conflict(last.clone()));
    assert_eq!(store.responses("a").await.unwrap(), vec![last]);
}

#[tokio::test]
async fn completing_ends_what_was_still_to_be_sent() {
    let opener = Opener::sqlite("complete");
    let store = opener.open().await;
    store.launch(&launched("a", "h"), &people("a", 2)).await.unwrap();
    let first = store.unreleased("a", 0, 1).await.unwrap()[0].id;
    release_all(&store, "a").await;
    let now = at("2026-01-06T00:00:00Z");
    let r = store.start_response(Some(first), &start("p1"), now).await.unwrap();
    store.save_page(r.id, "s1", 0, &page("overall", 5.0), 1, true, now).await.unwrap();
    let cancelled = store.messages_in("a", MessageState::Cancelled).await.unwrap();
    assert_eq!(cancelled.len(), 2, "both messages of that person, none of the other: {cancelled:?}");
    assert!(cancelled.iter().all(|m| m.key == "c00000"));
    assert_eq!(store.contradictions("a").await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn withdrawing_deletes_the_answers() {
    let opener = Opener::sqlite("withdraw");
    let store = opener.open().await;
    store.launch(&launched("a", "h"), &people("a", 1)).await.unwrap();
    let now = at("2026-01-06T00:00:00Z");
    let r = store.start_response(None, &start("p1"), now).await.unwrap();
    store.save_page(r.id, "s1", 0, &page("overall", 5.0), 1, true, now).await.unwrap();
    let gone = store.withdraw(r.id, now).await.unwrap();
    assert_eq!((gone.state, gone.answers.len()), (ResponseState::Withdrawn, 0));
    assert_eq!(store.response(r.id).await.unwrap().unwrap(), gone);
}

#[tokio::test]
async fn people_of_two_campaigns_are_numbered_without_their_keys() {
    let opener = Opener::sqlite("people");
    let store = opener.open().await;
    let now = at("2026-01-06T00:00:00Z");
    let mut given: Vec<Vec<i64>> = Vec::new();
    // Of the same list, 0 to 3 answer first, 2 to 4 then.
    for (campaign, who) in [("a", 0..4), ("b", 2..5)] {
        let mut everybody = people(campaign, 12);
        everybody.iter_mut().for_each(|p| p.nonce[0] ^= campaign.as_bytes()[0]);
        store.launch(&launched(campaign, "h"), &everybody).await.unwrap();
        let mut ids = Vec::new();
        let waiting = store.unreleased(campaign, 0, 6).await.unwrap();
        for i in who {
            let new = NewResponse { campaign: campaign.to_owned(), ..start(&format!("{campaign}{i}")) };
            ids.push(store.start_response(Some(waiting[i].id), &new, now).await.unwrap().id);
        }
        given.push(ids);
    }
    let (first, second) = store.people("a", "b").await.unwrap();
    let ids = |links: &[(i64, u64)]| links.iter().map(|l| l.0).collect::<Vec<i64>>();
    assert_eq!((ids(&first), ids(&second)), (given[0].clone(), given[1].clone()));
    assert_eq!((first[2].1, first[3].1), (second[0].1, second[1].1));
    assert!(first[..2].iter().all(|a| second.iter().all(|b| a.1 != b.1)));
    assert!(first.iter().all(|a| a.1 != second[2].1));
}

#[tokio::test]
async fn unsubscribing_reaches_every_campaign_and_spelling() {
    let opener = Opener::sqlite("optout");
    let store = opener.open().await;
    store.launch(&launched("a", "h"), &people("a", 2)).await.unwrap();
    let mut others = people("b", 2);
    for (n, other) in others.iter_mut().enumerate() {
        other.nonce[0] ^= 0xff;
        other.email = Some(format!(" p{n}@EXAMPLE.com"));
    }
    store.launch(&launched("b", "h"), &others).await.unwrap();
    let id = store.unreleased("a", 0, 1).await.unwrap()[0].id;
    release_all(&store, "a").await;
    release_all(&store, "b").await;
    store.unsubscribe(id, at("2026-01-06T00:00:00Z")).await.unwrap();
    assert!(store.is_suppressed(AddressKind::Email, "p0@example.COM").await.unwrap());
    assert!(store.is_suppressed(AddressKind::Mobile, "+1 202 555 0100").await.unwrap());
    assert!(!store.is_suppressed(AddressKind::Email, "p1@example.com").await.unwrap());
    for campaign in ["a", "b"] {
        let ended = store.messages_in(campaign, MessageState::Suppressed).await.unwrap();
        assert_eq!(ended.len(), 2, "{campaign}: {ended:?}");
        assert!(ended.iter().all(|m| m.key == "c00000"));
    }
    let history = store.history("c", at("2026-01-07T00:00:00Z"), 60).await.unwrap();
    assert!(history.emails.contains(&address_key(AddressKind::Email, "P0@example.com")));
    store.unsuppress(AddressKind::Email, "P0@Example.com").await.unwrap();
    assert!(!store.is_suppressed(AddressKind::Email, "p0@example.com").await.unwrap());
}

#[tokio::test]
async fn rest_counts_from_the_first_message_of_other_campaigns() {
    let opener = Opener::sqlite("rest");
    let store = opener.open().await;
    store.launch(&launched("a", "h"), &people("a", 4)).await.unwrap();
    release_all(&store, "a").await;
    let soon = at("2026-01-20T00:00:00Z");
    assert_eq!(store.history("b", soon, 60).await.unwrap().at_rest.len(), 4);
    assert_eq!(store.history("a", soon, 60).await.unwrap().at_rest.len(), 0, "its own wave");
    assert_eq!(store.history("b", soon, 0).await.unwrap().at_rest.len(), 0, "no rest asked for");
    assert_eq!(store.history("b", at("2026-06-01T00:00:00Z"), 60).await.unwrap().at_rest.len(), 0);
}

#[tokio::test]
async fn arrivals_are_noted_once() {
    let opener = Opener::sqlite("arrivals");
    let store = opener.open().await;
    store.launch(&launched("a", "h"), &[]).await.unwrap();
    let day = "2026-01-06".parse().unwrap();
    let came = [("k1".to_owned(), 0, true), ("k2".to_owned(), 0, false), ("k3".to_owned(), 1, false)];
    store.take_in("a", day, &came, &people("a", 1)).await.unwrap();
    store.take_in("a", day, &came, &people("a", 1)).await.unwrap();
    let counts: Vec<(u32, u64)> =
        store.arrivals("a").await.unwrap().iter().map(|a| (a.cell, a.count)).collect();
    assert_eq!(counts, [(0, 2), (1, 1)]);
    assert_eq!(store.known_arrivals("a").await.unwrap().len(), 3);
    assert_eq!(store.sample("a").await.unwrap().len(), 1);
}

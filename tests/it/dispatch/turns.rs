//! Turns: order, rates, hours, reminders, retries, outages, cut wires.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use canvass::dispatch::{Pace, Senders};
use canvass::plan::types::PlanTiming;
use canvass::store::{AddressKind, MessageState, NewResponse};
use jiff::Timestamp;
use std::collections::BTreeMap;

use super::{OPEN, Stage, by_mail, relay, says};
use crate::store::at;
use crate::support::plans::{plan, step};
use crate::support::proxy::{self, Cut};
use crate::support::sink::{Sink, friendly};

#[tokio::test]
async fn everybody_gets_one_mail_and_a_second_turn_sends_nothing() {
    let sink = Sink::start(friendly()).await;
    let stage = Stage::new("once", plan("a"), 50, by_mail(sink.addr)).await;
    let summary = stage.turn(OPEN).await;
    assert_eq!((summary.sent, summary.failed, summary.unknown, summary.next_due), (50, 0, 0, None));
    assert_eq!(stage.turn("2026-01-06T00:00:00Z").await.sent, 0);
    let ids: BTreeSet<String> = sink.accepted().into_iter().map(|a| a.message_id).collect();
    assert_eq!(ids.len(), 50);
    assert!(sink.connections() <= 4, "{} connections", sink.connections());
}

#[tokio::test]
async fn reminders_go_to_those_who_have_not_answered() {
    let sink = Sink::start(friendly()).await;
    let mut plan = plan("a");
    plan.steps.push(step("remind_1", &["mail"], PlanTiming::AfterInvite { days: 3 }));
    let mut late = step("remind_2", &["mail"], PlanTiming::AfterInvite { days: 7 });
    late.strata = vec!["others".to_owned()];
    plan.steps.push(late);
    let stage = Stage::new("remind", plan, 10, by_mail(sink.addr)).await;
    let first = stage.turn(OPEN).await;
    assert_eq!((first.sent, first.next_due), (10, Some(at("2026-01-08T01:00:00Z"))));
    let mail = sink.accepted().into_iter().find(|a| a.to.eq_ignore_ascii_case("p1@example.com")).unwrap();
    let link = mail.raw.replace("=\r\n", "").replace("=3D", "=");
    assert!(link.contains("https://survey.example.com/s/"));
    answer(&stage, "p1@example.com").await;
    let second = stage.turn("2026-01-08T01:00:00Z").await;
    assert_eq!(second.sent, 9, "the one who answered is left in peace");
    let third = stage.turn("2026-01-12T01:00:00Z").await;
    assert_eq!(third.sent, 4, "the other stratum, less the one who answered");
    assert_eq!(stage.count("remind_2", MessageState::Cancelled).await, 1);
}

/// Finds the person by the sample's address and completes a response.
async fn answer(stage: &Stage, email: &str) {
    let n: usize = email[1..email.find('@').unwrap()].parse().unwrap();
    let nonce = crate::store::people("a", 100)[n].nonce;
    let token = canvass::store::token::token(stage.store.secret().unwrap(), &nonce);
    let id = stage.store.invitation_by_token(&token).await.unwrap().unwrap().id;
    let start = NewResponse {
        campaign: "a".to_owned(),
        pseudonym: format!("p{n}"),
        cell: None,
        language: "zh".to_owned(),
        channel: "mail".to_owned(),
        fields: BTreeMap::new(),
    };
    let now = at("2026-01-06T00:00:00Z");
    let r = stage.store.start_response(Some(id), &start, now).await.unwrap();
    stage.store.save_page(r.id, "s", 0, &BTreeMap::new(), 1, true, now).await.unwrap();
}

#[tokio::test]
async fn on_a_jumping_clock_the_rate_is_computed() {
    let sink = Sink::start(friendly()).await;
    let mut plan = plan("a");
    plan.channels[0].rate_per_minute = Some(10.0);
    let stage = Stage::new("rate", plan, 40, by_mail(sink.addr)).await;
    let first = stage.turn(OPEN).await;
    assert_eq!((first.sent, first.next_due), (1, Some(at("2026-01-05T01:00:06Z"))));
    let second = stage.turn("2026-01-05T01:02:00Z").await;
    assert_eq!((second.sent, second.next_due), (20, Some(at("2026-01-05T01:02:06Z"))));
    let third = stage.turn("2026-01-05T03:00:00Z").await;
    assert_eq!(third.sent, 19);
    let lines = stage.store.messages_in("a", MessageState::Accepted).await.unwrap();
    let mut times: Vec<Timestamp> = lines.iter().filter_map(|l| l.at).collect();
    times.sort();
    let gaps: BTreeSet<i64> = times.windows(2).map(|w| w[1].as_second() - w[0].as_second()).collect();
    assert_eq!(gaps, BTreeSet::from([6]), "one every six seconds, whenever the turns came");
}

#[tokio::test]
async fn on_a_running_clock_the_rate_is_waited_for() {
    let sink = Sink::start(friendly()).await;
    let mut plan = plan("a");
    plan.channels[0].rate_per_minute = Some(600.0);
    let stage = Stage::new("live", plan, 8, by_mail(sink.addr)).await;
    let began = std::time::Instant::now();
    let summary = stage.turn_with(Pace::Live { at_most: None }).await;
    assert_eq!(summary.sent, 8);
    assert!(began.elapsed() >= Duration::from_millis(690), "{:?}", began.elapsed());
    let stage = Stage { clock: canvass::clock::ManualClock::new(at(OPEN)), ..stage };
    let cut_short = stage.turn_with(Pace::Live { at_most: Some(Duration::from_millis(300)) }).await;
    assert_eq!(cut_short.sent, 0);
}

#[tokio::test]
async fn hours_are_those_of_the_recipient() {
    let sink = Sink::start(friendly()).await;
    let mut plan = plan("a");
    plan.schedule.hours = Some(("10:00".to_owned(), "20:00".to_owned()));
    let stage = Stage::new("hours", plan, 4, by_mail(sink.addr)).await;
    // Open is 09:00 in Shanghai, where everybody is until the list says otherwise.
    let early = stage.turn(OPEN).await;
    assert_eq!((early.sent, early.next_due), (0, Some(at("2026-01-05T02:00:00Z"))));
    let summary = stage.turn("2026-01-05T14:00:00Z").await;
    assert_eq!(summary.sent, 4);
    let lines = stage.store.messages_in("a", MessageState::Accepted).await.unwrap();
    assert!(lines.iter().all(|l| l.at == Some(at("2026-01-05T02:00:00Z"))), "{lines:?}");
}

#[tokio::test]
async fn each_person_has_its_own_hours() {
    let sink = Sink::start(friendly()).await;
    let mut plan = plan("a");
    plan.schedule.hours = Some(("09:00".to_owned(), "20:00".to_owned()));
    let zones = [None, Some("America/New_York"), Some("Europe/Berlin"), Some("no such zone")];
    let give = |people: &mut Vec<canvass::store::Invitation>| {
        people.iter_mut().zip(zones).for_each(|(p, z)| p.timezone = z.map(ToOwned::to_owned));
    };
    let stage = Stage::with_people("zones", plan, 4, by_mail(sink.addr), give).await;
    let first = stage.turn(OPEN).await;
    assert_eq!((first.sent, first.next_due), (2, Some(at("2026-01-05T08:00:00Z"))), "Berlin is next");
    let second = stage.turn("2026-01-05T08:00:00Z").await;
    assert_eq!((second.sent, second.next_due), (1, Some(at("2026-01-05T14:00:00Z"))), "then New York");
    assert_eq!(stage.turn("2026-01-05T14:00:00Z").await.sent, 1);
}

#[tokio::test]
async fn dead_addresses_are_suppressed_and_the_next_channel_takes_over() {
    let sink = Sink::start(says("RCPT", "p1@", "550 5.1.1 no such user")).await;
    let mut plan = plan("a");
    plan.steps = vec![step("invite", &["mail", "calls"], PlanTiming::AtRelease)];
    plan.steps.push(step("remind_1", &["mail"], PlanTiming::AfterInvite { days: 3 }));
    let stage = Stage::new("hard", plan, 3, by_mail(sink.addr)).await;
    let summary = stage.turn(OPEN).await;
    assert_eq!((summary.sent, summary.retried), (2, 1));
    assert!(stage.store.is_suppressed(AddressKind::Email, "p1@example.com").await.unwrap());
    let next = stage.turn("2026-01-05T01:01:00Z").await;
    assert_eq!(next.listed, 1, "the interviewers call instead");
    let reminders = stage.turn("2026-01-09T01:00:00Z").await;
    assert_eq!(reminders.sent, 2);
    assert_eq!(stage.count("remind_1", MessageState::Suppressed).await, 1);
}

#[tokio::test]
async fn a_bad_reputation_costs_nobody_the_address() {
    let sink = Sink::start(says(".", "p1@", "550 5.7.1 likely unsolicited mail")).await;
    let stage = Stage::new("content", plan("a"), 3, by_mail(sink.addr)).await;
    let summary = stage.turn(OPEN).await;
    assert_eq!((summary.sent, summary.failed), (2, 1));
    assert_eq!(stage.count("invite", MessageState::Rejected).await, 1);
    assert!(!stage.store.is_suppressed(AddressKind::Email, "p1@example.com").await.unwrap());
}

#[tokio::test]
async fn greylisted_mail_comes_back_when_told() {
    let mood = Arc::new(|word: &str, to: &str, before: u32| {
        let first = word == "RCPT" && to.to_lowercase().starts_with("p1@") && before == 0;
        first.then(|| "451 4.7.1 Greylisted, come back in 300 seconds".to_owned())
    });
    let sink = Sink::start(mood).await;
    let stage = Stage::new("grey", plan("a"), 3, by_mail(sink.addr)).await;
    let first = stage.turn(OPEN).await;
    assert_eq!((first.sent, first.retried, first.next_due), (2, 1, Some(at("2026-01-05T01:05:00Z"))));
    assert_eq!(stage.turn("2026-01-05T01:05:00Z").await.sent, 1);
    let mail = sink.accepted().into_iter().find(|a| a.to.to_lowercase().starts_with("p1@")).unwrap();
    assert!(mail.raw.contains("Date: Mon, 05 Jan 2026 01:00:00 +0000"), "the date of the first try");
}

#[tokio::test]
async fn a_full_mailbox_is_tried_for_two_days() {
    let sink = Sink::start(says("RCPT", "p0@", "452 4.2.2 mailbox full")).await;
    let stage = Stage::new("soft", plan("a"), 1, by_mail(sink.addr)).await;
    let mut now = at(OPEN);
    let mut tries = 0;
    loop {
        let summary = stage.turn(&now.to_string()).await;
        tries += 1;
        match summary.next_due {
            Some(next) => now = next,
            None => break,
        }
    }
    assert!((8..12).contains(&tries), "{tries} tries");
    assert!(now.duration_since(at(OPEN)).as_hours() <= 48);
    assert_eq!(stage.count("invite", MessageState::Expired).await, 1);
}

#[tokio::test]
async fn a_slow_domain_is_not_pressed() {
    let sink = Sink::start(says("RCPT", "p", "421 4.7.28 unusual rate of mail")).await;
    let stage = Stage::new("slow", plan("a"), 6, by_mail(sink.addr)).await;
    let summary = stage.turn(OPEN).await;
    assert_eq!(summary.sent, 0);
    assert!(summary.retried >= 1 && summary.retried <= 4, "at most one per connection: {summary:?}");
    assert!(summary.next_due.unwrap() >= at("2026-01-05T01:00:48Z"));
    assert_eq!(stage.count("invite", MessageState::Queued).await, 6);
}

#[tokio::test]
async fn an_outage_costs_nothing_and_ends_by_itself() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    drop(listener);
    let stage = Stage::new("outage", plan("a"), 5, by_mail(addr)).await;
    let down = stage.turn(OPEN).await;
    assert_eq!((down.sent, down.held), (0, 5));
    assert!(down.trouble[0].contains(&addr.to_string()), "{:?}", down.trouble);
    assert_eq!(down.next_due, Some(at("2026-01-05T01:00:30Z")));
    let sink = Sink::start_on(&addr.to_string(), friendly(), None, false).await;
    assert_eq!(stage.turn("2026-01-05T01:00:10Z").await.held, 5, "the breaker is still open");
    assert_eq!(stage.turn("2026-01-05T01:00:30Z").await.sent, 5);
    assert_eq!(sink.accepted().len(), 5);
    assert_eq!(stage.count("invite", MessageState::Queued).await, 0);
}

#[tokio::test]
async fn a_refused_login_holds_everything() {
    let sink = Sink::start(says("AUTH", "", "535 5.7.8 bad credentials")).await;
    let mut relay = relay(sink.addr);
    relay.login = Some(("user".to_owned(), "password".to_owned()));
    let stage =
        Stage::new("login", plan("a"), 5, Senders::new("https://x.example.com", Some(relay), None)).await;
    let summary = stage.turn(OPEN).await;
    assert_eq!((summary.sent, summary.held), (0, 5));
    assert!(summary.trouble[0].contains("535") || summary.trouble[0].contains("bad credentials"));
}

#[tokio::test]
async fn a_wire_cut_after_the_dot_leaves_an_unknown_that_is_never_sent_again() {
    let sink = Sink::start(says("AFTER", "p3@", "cut")).await;
    let mut plan = plan("a");
    plan.steps.push(step("remind_1", &["mail"], PlanTiming::AfterInvite { days: 3 }));
    let stage = Stage::new("cut", plan, 10, by_mail(sink.addr)).await;
    let summary = stage.turn(OPEN).await;
    assert_eq!((summary.sent, summary.unknown), (9, 1));
    assert_eq!(stage.turn("2026-01-06T01:00:00Z").await.sent, 0);
    let unknown = stage.store.messages_in("a", MessageState::Unknown).await.unwrap();
    assert_eq!(unknown.len(), 1);
    assert_eq!(unknown[0].key, "c00003");
    assert_eq!(sink.accepted().len(), 10, "it had arrived");
    assert_eq!(stage.turn("2026-01-08T01:00:00Z").await.sent, 9, "the reminder covers the unknown one too");
}

#[tokio::test]
async fn a_wire_cut_before_the_body_is_tried_again_at_once() {
    let mood = Arc::new(|word: &str, to: &str, before: u32| {
        (word == "RCPT" && to.to_lowercase().starts_with("p3@") && before == 0).then(|| "CUT".to_owned())
    });
    let sink = Sink::start(mood).await;
    let stage = Stage::new("cutbefore", plan("a"), 10, by_mail(sink.addr)).await;
    let summary = stage.turn(OPEN).await;
    assert_eq!((summary.sent, summary.unknown, summary.retried), (10, 0, 1));
}

#[tokio::test]
async fn cuts_before_and_after_the_dot_never_make_a_second_mail() {
    let sink = Sink::start(friendly()).await;
    let cuts: proxy::Plan = Arc::new(|n| match n % 7 {
        2 => Cut::Before,
        5 => Cut::After,
        _ => Cut::No,
    });
    let addr = proxy::start(sink.addr, cuts).await;
    let stage = Stage::new("proxy", plan("a"), 100, by_mail(addr)).await;
    let summary = stage.turn(OPEN).await;
    let accepted = sink.accepted();
    let ids: BTreeSet<&str> = accepted.iter().map(|a| a.message_id.as_str()).collect();
    assert_eq!(ids.len(), accepted.len(), "no mail twice");
    assert_eq!(summary.sent + summary.unknown, 100);
    assert!(summary.unknown >= 20, "{summary:?}");
    assert!(accepted.len() as u64 >= summary.sent);
}

#[tokio::test]
async fn a_paused_campaign_and_an_opt_out_are_seen_at_the_last_moment() {
    let sink = Sink::start(friendly()).await;
    let stage = Stage::new("pause", plan("a"), 5, by_mail(sink.addr)).await;
    stage.store.set_paused("a", true).await.unwrap();
    let held = stage.turn(OPEN).await;
    assert_eq!((held.sent, held.trouble.len()), (0, 1));
    stage.store.set_paused("a", false).await.unwrap();
    stage.store.suppress(AddressKind::Email, "P2@example.com", "asked", at(OPEN)).await.unwrap();
    assert_eq!(stage.turn(OPEN).await.sent, 4);
    assert_eq!(stage.count("invite", MessageState::Suppressed).await, 1);
}

#[tokio::test]
async fn what_comes_too_late_expires() {
    let sink = Sink::start(friendly()).await;
    let mut plan = plan("a");
    plan.steps.push(step("remind_1", &["mail"], PlanTiming::AfterInvite { days: 40 }));
    let stage = Stage::new("late", plan, 3, by_mail(sink.addr)).await;
    stage.turn(OPEN).await;
    let end = stage.turn("2026-02-20T00:00:00Z").await;
    assert_eq!((end.sent, end.ended, end.next_due), (0, 3, None));
    assert_eq!(stage.count("remind_1", MessageState::Expired).await, 3);
}

#[tokio::test]
async fn a_person_without_a_usable_address_is_listed_before_anything_leaves() {
    let sink = Sink::start(friendly()).await;
    let mut plan = plan("a");
    let canvass::plan::types::PlanChannelKind::Email { subject, .. } = &mut plan.channels[0].kind else {
        panic!()
    };
    *subject = crate::support::plans::both("{{ region }}", "{{ nickname }}");
    let stage = Stage::new("render", plan, 3, by_mail(sink.addr)).await;
    assert_eq!(stage.turn(OPEN).await.sent, 3, "a field of the list may stand in the subject");
    assert!(sink.accepted()[0].raw.contains("Subject: east"));
}

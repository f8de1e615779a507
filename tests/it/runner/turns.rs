//! Who is released when.

use std::collections::BTreeMap;

use super::{Stage, customers, spec};
use crate::store::{Opener, at};

fn write(opener: &Opener, spec: &str, customers: &str) {
    std::fs::write(opener.folder.0.join("c.survey"), spec).unwrap();
    std::fs::write(opener.folder.0.join("customers.csv"), customers).unwrap();
}

const OPEN: &str = "2026-01-05T09:00:00+08:00";

#[tokio::test]
async fn batches_follow_while_answers_lag_and_a_follow_up_fits() {
    let opener = Opener::sqlite("batches");
    let strata =
        "stratum everybody \"所有人\" / \"Everybody\" { sample 10 completes expecting 50% response }";
    let steps = "  invite via mail\n  remind via mail after 3 days\n  remind via mail after 7 days";
    write(&opener, &spec("", strata, steps), &customers(&["2025-01-01"; 200]));
    let mut stage = Stage::new(opener, OPEN).await;
    let first = stage.turn(OPEN).await;
    assert_eq!((first.sent, stage.released().await), (20, 20), "10 completes at 50 %");
    assert_eq!(first.next_due, Some(at("2026-01-08T09:00:00+08:00")), "the reminder comes first");
    stage.answer(4, "2026-01-06T10:00:00+08:00").await;
    assert_eq!(stage.turn("2026-01-08T09:00:00+08:00").await.sent, 16);
    let quiet = stage.turn("2026-01-12T09:00:00+08:00").await;
    assert_eq!((quiet.sent, stage.released().await), (16, 20));
    assert_eq!(quiet.next_due, Some(at("2026-01-14T09:00:00+08:00")), "seven days and two of grace");
    // 4 of 20 have answered: 6 more at 25 % (half of what was expected is the least that is trusted).
    let second = stage.turn("2026-01-14T09:00:00+08:00").await;
    assert_eq!((second.sent, stage.released().await), (24, 44));
    // The next judgement is on the 23rd; a batch of that day has its last reminder on the 30th.
    stage.turn("2026-01-17T12:00:00+08:00").await;
    stage.turn("2026-01-21T12:00:00+08:00").await;
    stage.turn("2026-01-23T09:00:00+08:00").await;
    let third = stage.released().await;
    assert!(third > 44, "{third}");
    stage.turn("2026-01-30T12:00:00+08:00").await;
    let end = stage.turn("2026-01-31T19:00:00+08:00").await;
    assert_eq!(stage.released().await, third, "no batch whose follow-up would not fit");
    assert_eq!(end.next_due, None);
    assert_eq!(stage.store.open_messages("c").await.unwrap(), 0);
}

#[tokio::test]
async fn enough_answers_stop_the_batches() {
    let opener = Opener::sqlite("enough");
    let strata =
        "stratum everybody \"所有人\" / \"Everybody\" { sample 10 completes expecting 50% response }";
    write(&opener, &spec("", strata, "  invite via mail"), &customers(&["2025-01-01"; 200]));
    let mut stage = Stage::new(opener, OPEN).await;
    stage.turn(OPEN).await;
    stage.answer(12, "2026-01-06T10:00:00+08:00").await;
    let later = stage.turn("2026-01-10T09:00:00+08:00").await;
    assert_eq!((later.sent, stage.released().await, later.next_due), (0, 20, None));
}

#[tokio::test]
async fn daily_arrivals_are_asked_on_their_day_once() {
    let opener = Opener::sqlite("daily");
    let strata = "stratum fresh \"新用户\" / \"New\" { where signed_up within 10 days; sample 100% daily }";
    let days = ["2025-12-30", "2026-01-06", "2026-01-06", "2026-01-08", "2025-06-01"];
    write(&opener, &spec("", strata, "  invite via mail"), &customers(&days));
    let mut stage = Stage::new(opener, OPEN).await;
    let stock = stage.turn(OPEN).await;
    assert_eq!(stage.mailed(), ["c0@example.com"], "the stock arrives on day one");
    assert_eq!(stock.next_due, Some(at("2026-01-06T00:00:00+08:00")));
    assert_eq!(stage.turn("2026-01-06T00:00:00+08:00").await.sent, 0, "before the hours of sending");
    assert_eq!(stage.turn("2026-01-06T09:00:00+08:00").await.sent, 2);
    assert_eq!(stage.turn("2026-01-06T12:00:00+08:00").await.sent, 0);
    // Two days without a turn: nobody is forgotten, nobody comes twice.
    assert_eq!(stage.turn("2026-01-08T12:00:00+08:00").await.sent, 1);
    let came: u64 = stage.store.arrivals("c").await.unwrap().iter().map(|a| a.count).sum();
    assert_eq!((came, stage.mailed().len()), (4, 4));
}

#[tokio::test]
async fn a_list_that_grows_is_read_again() {
    let opener = Opener::sqlite("grow");
    let strata = "stratum fresh \"新用户\" / \"New\" { where signed_up within 10 days; sample 100% daily }";
    write(&opener, &spec("", strata, "  invite via mail"), &customers(&["2026-01-01"]));
    let list = opener.folder.0.join("customers.csv");
    let mut stage = Stage::new(opener, OPEN).await;
    stage.turn(OPEN).await;
    std::fs::write(list, customers(&["2026-01-01", "2026-01-04"])).unwrap();
    stage.turn("2026-01-05T15:00:00+08:00").await;
    assert_eq!(stage.mailed(), ["c0@example.com", "c1@example.com"]);
}

const EVENTS: &str = "events tickets { source \"tickets.csv\"; key ticket; person customer; at closed_at }\n\
                      stratum served \"被服务的\" / \"Served\" { sample all }\n";

#[tokio::test]
async fn events_invite_after_their_time_and_not_too_late() {
    let opener = Opener::sqlite("events");
    let steps = "  invite via mail 24 hours after tickets within 48 hours\n  remind via mail after 3 days";
    write(&opener, &spec("  rest 30 days", EVENTS, steps), &customers(&["2025-01-01"; 5]));
    let tickets = opener.folder.0.join("tickets.csv");
    let head = "ticket,customer,closed_at\n";
    // The second ticket of c001 falls into its rest; the last one is not by a customer of the list.
    let first = "t1,c001,2026-01-06T10:00:00+08:00\nt2,c001,2026-01-07T10:00:00+08:00\n\
                 t3,c002,2026-01-06T23:00:00+08:00\nt4,c999,2026-01-06T10:00:00+08:00\n";
    std::fs::write(&tickets, format!("{head}{first}")).unwrap();
    let mut stage = Stage::new(opener, OPEN).await;
    let quiet = stage.turn(OPEN).await;
    assert_eq!((quiet.sent, quiet.next_due), (0, Some(at("2026-01-06T10:00:00+08:00"))));
    let seen = stage.turn("2026-01-06T10:00:00+08:00").await;
    assert_eq!((seen.sent, stage.released().await), (0, 1));
    stage.turn("2026-01-06T23:30:00+08:00").await;
    assert_eq!(stage.turn("2026-01-07T10:00:00+08:00").await.sent, 1, "24 hours later");
    assert_eq!(stage.turn("2026-01-07T23:00:00+08:00").await.sent, 0, "at night nobody is asked");
    assert_eq!(stage.turn("2026-01-08T09:00:00+08:00").await.sent, 1);
    assert_eq!(
        stage.mailed(),
        ["c1@example.com", "c2@example.com"],
        "the second ticket of one at rest is not"
    );
    // A ticket that becomes known too late is dropped.
    let late = "t5,c003,2026-01-06T10:00:00+08:00\nt6,c004,2026-01-09T10:00:00+08:00\n";
    std::fs::write(&tickets, format!("{head}{first}{late}")).unwrap();
    stage.turn("2026-01-09T11:00:00+08:00").await;
    stage.turn("2026-01-10T10:00:00+08:00").await;
    assert!(stage.mailed().contains(&"c4@example.com".to_owned()));
    assert!(!stage.mailed().contains(&"c3@example.com".to_owned()));
    let expired = stage.store.messages_in("c", canvass::store::MessageState::Expired).await.unwrap();
    let cancelled = stage.store.messages_in("c", canvass::store::MessageState::Cancelled).await.unwrap();
    assert_eq!((expired.len(), cancelled.len()), (1, 1), "the invitation expired, its reminder with it");
    assert_eq!((expired[0].key.as_str(), expired[0].occasion.as_str()), ("c003", "t5"));
}

#[tokio::test]
async fn a_held_campaign_loses_nobody() {
    let opener = Opener::sqlite("held");
    let strata = "stratum fresh \"新用户\" / \"New\" { where signed_up within 10 days; sample 100% daily }";
    write(&opener, &spec("", strata, "  invite via mail"), &customers(&["2026-01-01", "2026-01-06"]));
    let mut stage = Stage::new(opener, OPEN).await;
    stage.turn(OPEN).await;
    stage.store.set_paused("c", true).await.unwrap();
    assert_eq!(stage.turn("2026-01-06T12:00:00+08:00").await.sent, 0);
    stage.store.set_paused("c", false).await.unwrap();
    assert_eq!(stage.turn("2026-01-07T12:00:00+08:00").await.sent, 1);
}

#[tokio::test]
async fn before_open_nothing_happens() {
    let opener = Opener::sqlite("before");
    let strata = "stratum everybody \"所有人\" / \"Everybody\" { sample all }";
    write(&opener, &spec("", strata, "  invite via mail"), &customers(&["2025-01-01"; 3]));
    let mut stage = Stage::new(opener, "2026-01-01T00:00:00Z").await;
    let early = stage.turn("2026-01-01T00:00:00Z").await;
    assert_eq!((early.sent, early.next_due, stage.released().await), (0, Some(at(OPEN)), 0));
    assert_eq!(stage.turn(OPEN).await.sent, 3);
}

/// Another campaign asked some people before; those wait until their rest ends, and are reminded after that.
#[tokio::test]
async fn people_at_rest_wait_for_their_turn() {
    let opener = Opener::sqlite("delay");
    let strata = "stratum all { sample all }";
    let steps = "  invite via mail\n  remind via mail after 2 days";
    write(&opener, &spec("  rest 10 days delay", strata, steps), &customers(&["2025-01-01"; 4]));
    let store = opener.open().await;
    asked_before(
        &store,
        &[
            ("c001", "2025-11-01T00:00:00Z"),
            ("c002", "2026-01-02T01:00:30Z"),
            ("c003", "2026-01-04T01:00:00Z"),
        ],
    )
    .await;
    drop(store);
    let mut stage = Stage::new(opener, OPEN).await;
    assert_eq!(stage.turn(OPEN).await.sent, 2);
    assert_eq!(stage.mailed(), ["c0@example.com", "c1@example.com"]);
    assert_eq!(stage.released().await, 4, "nobody is forgotten");
    assert_eq!(stage.turn("2026-01-07T09:00:00+08:00").await.sent, 2, "reminders of the first two");
    let quiet = stage.turn("2026-01-12T09:00:00+08:00").await;
    assert_eq!((quiet.sent, quiet.next_due), (0, Some(at("2026-01-12T09:01:00+08:00"))));
    assert_eq!(stage.turn("2026-01-12T09:01:00+08:00").await.sent, 1);
    assert_eq!(
        stage.turn("2026-01-14T09:02:00+08:00").await.sent,
        2,
        "its reminder, and the last invitation"
    );
    assert_eq!(stage.turn("2026-01-16T09:02:00+08:00").await.sent, 1);
    assert_eq!(stage.mailed().len(), 8);
}

/// More events than are in memory at a time: all come, the earliest first, and nobody is asked twice for them.
#[tokio::test]
async fn a_backlog_of_events_is_taken_in_piece_by_piece() {
    let opener = Opener::sqlite("backlog");
    let steps = "  invite via mail 24 hours after tickets within 48 hours";
    write(&opener, &spec("  rest 30 days", EVENTS, steps), &customers(&["2025-01-01"; 8]));
    let first = at("2026-01-06T10:00:00+08:00");
    let mut tickets = "ticket,customer,closed_at\n".to_owned();
    // From the last to the first; only the very last one is by c007.
    for i in (0..20_100_i64).rev() {
        let customer = if i == 20_099 { 7 } else { i % 7 };
        tickets += &format!("t{i},c{customer:03},{}\n", first + jiff::SignedDuration::from_secs(i));
    }
    std::fs::write(opener.folder.0.join("tickets.csv"), tickets).unwrap();
    let mut stage = Stage::new(opener, OPEN).await;
    assert_eq!(stage.turn(OPEN).await.next_due, Some(first));
    stage.turn("2026-01-06T10:00:03+08:00").await;
    assert_eq!((stage.known().await, stage.released().await), (4, 4));
    stage.turn("2026-01-06T23:00:00+08:00").await;
    assert_eq!((stage.known().await, stage.released().await), (20_100, 8));
    stage.turn("2026-01-08T09:30:00+08:00").await;
    let mut asked: Vec<String> = (0..8).map(|i| format!("c{i}@example.com")).collect();
    asked.sort();
    let mut mailed = stage.mailed();
    mailed.sort();
    assert_eq!(mailed, asked);
}

/// Who comes while the campaign runs waits too; after an event, only as long as the event is fresh.
#[tokio::test]
async fn arrivals_and_events_wait_as_far_as_they_can() {
    let before = [("c000", "2026-01-02T01:00:00Z"), ("c001", "2025-12-28T01:00:00Z")];
    let opener = Opener::sqlite("delayed-arrivals");
    let strata = "stratum fresh { where signed_up within 10 days; sample 100% daily }";
    write(
        &opener,
        &spec("  rest 10 days delay", strata, "  invite via mail"),
        &customers(&["2026-01-01"; 2]),
    );
    asked_before(&opener.open().await, &before).await;
    let mut stage = Stage::new(opener, OPEN).await;
    assert_eq!(stage.turn(OPEN).await.sent, 0);
    assert_eq!(stage.turn("2026-01-07T09:05:00+08:00").await.sent, 1);
    assert_eq!(stage.turn("2026-01-12T09:05:00+08:00").await.sent, 1);

    let opener = Opener::sqlite("delayed-events");
    let steps = "  invite via mail 1 hours after tickets within 48 hours";
    write(&opener, &spec("  rest 10 days delay", EVENTS, steps), &customers(&["2025-01-01"; 2]));
    let tickets =
        "ticket,customer,closed_at\nt1,c000,2026-01-06T10:00:00+08:00\nt2,c001,2026-01-06T10:00:00+08:00\n";
    std::fs::write(opener.folder.0.join("tickets.csv"), tickets).unwrap();
    asked_before(&opener.open().await, &before).await;
    let mut stage = Stage::new(opener, OPEN).await;
    // The rest of c001 ends on the 7th, 47 hours before its ticket is stale; that of c000 on the 12th.
    assert_eq!(stage.turn("2026-01-06T11:00:00+08:00").await.sent, 0);
    assert_eq!(stage.turn("2026-01-07T11:00:00+08:00").await.sent, 1);
    assert_eq!(stage.turn("2026-01-12T11:00:00+08:00").await.sent, 0);
    assert_eq!((stage.mailed(), stage.released().await), (vec!["c1@example.com".to_owned()], 1));
}

/// Writes an earlier campaign whose first messages were due at these moments.
async fn asked_before(store: &canvass::store::Store, people: &[(&str, &str)]) {
    let invitation = |(n, (key, _)): (usize, &(&str, &str))| canvass::store::Invitation {
        id: 0,
        campaign: "before".to_owned(),
        key: (*key).to_owned(),
        occasion: String::new(),
        cell: 0,
        position: n as u64,
        cluster: None,
        language: "en".to_owned(),
        timezone: None,
        name: None,
        email: Some(format!("{key}@example.com")),
        mobile: None,
        fields: BTreeMap::new(),
        nonce: [u8::try_from(n).unwrap() + 200; 16],
        released_at: None,
        event_at: None,
    };
    let launched = canvass::store::Launched {
        campaign: "before".to_owned(),
        files: Vec::new(),
        plan: "{}".to_owned(),
        plan_hash: "before".to_owned(),
        launched_at: at("2025-10-01T00:00:00Z"),
        paused: false,
    };
    let all: Vec<_> = people.iter().enumerate().map(invitation).collect();
    store.launch(&launched, &all).await.unwrap();
    for person in store.invitations_after("before", 0).await.unwrap() {
        let due = at(people.iter().find(|(key, _)| *key == person.key).unwrap().1);
        let message = canvass::store::NewMessage {
            step: "invite".to_owned(),
            via: 0,
            channel: "mail".to_owned(),
            contact: canvass::store::AddressKind::Email,
            due: Some(due),
            wait: None,
            not_after: at("2026-03-01T00:00:00Z"),
            broken: None,
        };
        let release = canvass::store::Release { invitation: person.id, messages: vec![message] };
        store.release("before", due, &[release]).await.unwrap();
    }
}

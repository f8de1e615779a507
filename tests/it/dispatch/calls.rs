//! The interviewers' list.

use canvass::dispatch::{Senders, list_path};
use canvass::plan::types::PlanTiming;
use canvass::store::MessageState;

use super::{OPEN, Stage};
use crate::support::plans::{plan, step};

#[tokio::test]
async fn calls_are_listed_without_keys_and_leave_with_the_answer() {
    let mut plan = plan("a");
    plan.steps = vec![step("invite", &["calls"], PlanTiming::AtRelease)];
    let stage = Stage::new("calls", plan, 3, Senders::new("https://survey.example.com", None, None)).await;
    let summary = stage.turn(OPEN).await;
    assert_eq!((summary.listed, summary.sent), (3, 0));
    assert_eq!(stage.count("invite", MessageState::Listed).await, 3);
    let path = list_path(&stage.store.folder(), "a", "calls");
    let read = || {
        let mut csv = csv::Reader::from_path(&path).unwrap();
        assert_eq!(csv.headers().unwrap().iter().next(), Some("id"));
        csv.records().map(|r| r.unwrap()).collect::<Vec<_>>()
    };
    let rows = read();
    assert_eq!(rows.len(), 3);
    assert_eq!((&rows[0][1], &rows[0][2], &rows[0][7]), ("张0", "+1-202-555-0100", "您好，张0"));
    assert!(rows[0][6].starts_with("https://survey.example.com/s/"));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("c00000"), "no key of the customer list: {text}");
    let id = stage.store.listed("a", "calls").await.unwrap()[0].invitation.id;
    let start = canvass::store::NewResponse {
        campaign: "a".to_owned(),
        pseudonym: "p".to_owned(),
        cell: None,
        language: "zh".to_owned(),
        channel: "calls".to_owned(),
        fields: std::collections::BTreeMap::new(),
    };
    let now = crate::store::at("2026-01-06T00:00:00Z");
    let r = stage.store.start_response(Some(id), &start, now).await.unwrap();
    let none = std::collections::BTreeMap::new();
    stage.store.save_page(r.id, "s", 0, &none, 1, true, now).await.unwrap();
    stage.turn("2026-01-06T01:00:00Z").await;
    assert_eq!(read().len(), 2);
}

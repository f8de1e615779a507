//! Short messages against a gateway over HTTP.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use canvass::dispatch::{Gateway, Senders};
use canvass::plan::types::PlanTiming;
use canvass::store::MessageState;
use serde_json::Value;

use super::{OPEN, Stage};
use crate::support::plans::{plan, step};

type Seen = Arc<Mutex<Vec<(String, Value)>>>;

async fn start(answer: fn(&str) -> (u16, u64)) -> (String, Seen) {
    let seen = Seen::default();
    let handler = move |State(seen): State<Seen>, headers: HeaderMap, body: String| async move {
        let body: Value = serde_json::from_str(&body).unwrap();
        let key = headers.get("authorization").map_or("", |v| v.to_str().unwrap()).to_owned();
        let (code, wait) = answer(body["to"].as_str().unwrap());
        seen.lock().unwrap().push((key, body));
        tokio::time::sleep(Duration::from_millis(wait)).await;
        (StatusCode::from_u16(code).unwrap(), "said")
    };
    let app = Router::new().route("/send", post(handler)).with_state(Arc::clone(&seen));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/send", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, seen)
}

async fn stage(name: &str, url: &str, persons: u64) -> Stage {
    let mut gateway = Gateway::new(url, Some("key"));
    gateway.timeout = Duration::from_millis(500);
    let mut plan = plan("a");
    plan.steps = vec![step("invite", &["sms"], PlanTiming::AtRelease)];
    Stage::new(name, plan, persons, Senders::new("https://survey.example.com", None, Some(gateway))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_posted_with_the_key_once() {
    let (url, seen) = start(|_| (202, 0)).await;
    let stage = stage("sms", &url, 3).await;
    assert_eq!(stage.turn(OPEN).await.sent, 3);
    assert_eq!(stage.turn("2026-01-06T00:00:00Z").await.sent, 0);
    let seen = seen.lock().unwrap().clone();
    assert_eq!(seen.len(), 3);
    let (key, body) = &seen[0];
    assert_eq!(key, "Bearer key");
    assert!(body["text"].as_str().unwrap().contains("https://survey.example.com/s/"), "{body}");
    assert!(body["text"].as_str().unwrap().contains("拒收请回复R"), "{body}");
    assert_eq!((body["to"].as_str().unwrap().len(), body["signature"].as_str()), (12, Some("示例")));
    assert_eq!(body["id"].as_str().unwrap().len(), 26);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_the_gateway_are_sorted() {
    let (url, seen) = start(|to| match to {
        "+12025550100" => (422, 0),
        "+12025550101" => (503, 0),
        "+12025550102" => (200, 2000),
        "+12025550103" => (429, 0),
        _ => (200, 0),
    })
    .await;
    let stage = stage("smscodes", &url, 5).await;
    let summary = stage.turn(OPEN).await;
    assert_eq!((summary.failed, summary.unknown, summary.retried), (1, 1, 2), "{summary:?}");
    assert_eq!(stage.count("invite", MessageState::Unknown).await, 1, "a POST without an answer");
    stage.turn("2026-01-05T01:10:00Z").await;
    // The last one may have had to wait, because the gateway asked for patience.
    assert_eq!(stage.count("invite", MessageState::Accepted).await, 1);
    let posts = seen.lock().unwrap().iter().filter(|(_, b)| b["to"] == "+12025550102").count();
    assert_eq!(posts, 1, "what may have been sent is not sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_or_a_dead_gateway_holds_everything() {
    let (url, _) = start(|_| (401, 0)).await;
    let stage1 = stage("smskey", &url, 8).await;
    let summary = stage1.turn(OPEN).await;
    assert_eq!((summary.sent, summary.failed, summary.unknown, summary.held), (0, 0, 0, 8), "{summary:?}");
    let dead = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let stage2 = stage("smsdead", &format!("http://{dead}/send"), 8).await;
    let summary = stage2.turn(OPEN).await;
    assert_eq!((summary.sent, summary.unknown, summary.held), (0, 0, 8), "{summary:?}");
}

//! The mailbox's SMS gateway: takes messages over HTTP and keeps them as files.
//!
//! `POST /sms` with a bearer token and JSON `{"to", "text", "id", "signature"}` answers
//! 200 and `{"id": …}`; the signature may be left out. A second message of the same id is answered like the first and kept
//! once, as gateways with idempotency keys do.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use serde::Deserialize;
use tokio::net::TcpListener;

use crate::rehearse::mailbox::Shelf;

struct Gateway {
    shelf: Arc<Shelf>,
    token: String,
    seen: Mutex<BTreeSet<String>>,
}

#[derive(Deserialize)]
struct Message {
    to: String,
    text: String,
    id: String,
    #[serde(default)]
    signature: String,
}

impl Message {
    /// The text as phones show it: providers put the signature in front.
    fn as_shown(&self) -> String {
        if self.signature.is_empty() {
            self.text.clone()
        } else {
            format!("【{}】{}", self.signature, self.text)
        }
    }
}

type Reply = (StatusCode, [(header::HeaderName, &'static str); 1], String);

/// Serves the gateway until it is dropped.
pub async fn serve(listener: TcpListener, shelf: Arc<Shelf>, token: String) {
    let gateway = Arc::new(Gateway { shelf, token, seen: Mutex::default() });
    let app = Router::new().route("/sms", post(take)).with_state(gateway);
    // An accept loop that fails has nobody to report to; senders see the refused connection.
    let _ = axum::serve(listener, app).await;
}

async fn take(State(gateway): State<Arc<Gateway>>, headers: HeaderMap, body: Bytes) -> Reply {
    let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if given != format!("Bearer {}", gateway.token) {
        return reply(StatusCode::UNAUTHORIZED, &serde_json::json!({ "error": "wrong bearer token" }));
    }
    let message: Message = match serde_json::from_slice(&body) {
        Ok(message) => message,
        Err(error) => {
            let words = serde_json::json!({ "error": format!("wanted {{to, text, id}}: {error}") });
            return reply(StatusCode::BAD_REQUEST, &words);
        }
    };
    let accepted = serde_json::json!({ "id": message.id });
    if !gateway.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(message.id.clone()) {
        return reply(StatusCode::OK, &accepted);
    }
    let (shelf, id) = (Arc::clone(&gateway.shelf), message.id.clone());
    let kept =
        tokio::task::spawn_blocking(move || shelf.keep_sms(&message.to, &message.id, &message.as_shown()))
            .await;
    if let Ok(Ok(())) = kept {
        return reply(StatusCode::OK, &accepted);
    }
    gateway.seen.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    let words = serde_json::json!({ "error": "could not write the file; is the disk full?" });
    reply(StatusCode::INSUFFICIENT_STORAGE, &words)
}

fn reply(status: StatusCode, body: &serde_json::Value) -> Reply {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string())
}

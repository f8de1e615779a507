//! Short messages through any gateway that takes a JSON POST.
//!
//! `{"to", "text", "id", "signature"}` with the key as bearer token. 2xx: taken;
//! 429 and 5xx: later; other 4xx: refused for good. A POST that was written and
//! never answered is `unknown`: gateways are not idempotent, so it is not repeated.

use std::time::Duration;

use crate::dispatch::message::Short;
use crate::dispatch::reply::Class;
use crate::dispatch::smtp::Attempt;

/// A gateway.
#[derive(Clone)]
pub struct Gateway {
    /// Address.
    pub url: String,
    /// Bearer token.
    pub key: Option<String>,
    /// Words with which people refuse further messages, Chinese and other languages.
    pub opt_out: (String, String),
    /// Requests in parallel.
    pub parallel: usize,
    /// Patience for one request.
    pub timeout: Duration,
}

impl Gateway {
    /// Makes a gateway with the usual settings.
    #[must_use]
    pub fn new(url: &str, key: Option<&str>) -> Self {
        Self {
            url: url.to_owned(),
            key: key.map(ToOwned::to_owned),
            opt_out: ("拒收请回复R".to_owned(), "Reply STOP to opt out".to_owned()),
            parallel: 4,
            timeout: Duration::from_secs(30),
        }
    }

    /// Sends one message; blocks, so it belongs on a thread that may.
    #[must_use]
    pub fn send(&self, agent: &ureq::Agent, short: &Short) -> Attempt {
        let body = serde_json::json!({
            "to": short.to, "text": short.text, "id": short.id, "signature": short.signature,
        })
        .to_string();
        let mut request = agent.post(&self.url).header("content-type", "application/json");
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        match request.send(body) {
            Ok(mut response) => {
                let code = response.status().as_u16();
                let said = response.body_mut().read_to_string().unwrap_or_default();
                let said: String = said.chars().take(200).collect();
                Attempt {
                    class: class_of(code),
                    reply: format!("{code} {said}").trim().to_owned(),
                    sent: true,
                }
            }
            Err(error) => {
                let before = is_before(&error);
                let class = if before { Class::Relay } else { Class::Unknown };
                Attempt { class, reply: error.to_string(), sent: !before }
            }
        }
    }

    /// Makes the client that [`Gateway::send`] uses.
    #[must_use]
    pub fn agent(&self) -> ureq::Agent {
        ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(self.timeout))
            .timeout_connect(Some(self.timeout.min(Duration::from_secs(10))))
            .max_redirects(0)
            .build()
            .into()
    }
}

impl std::fmt::Debug for Gateway {
    /// Never shows the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Gateway({})", self.url)
    }
}

fn class_of(code: u16) -> Class {
    match code {
        200..=299 => Class::Accepted,
        401 | 403 | 404 | 405 => Class::Relay,
        408 | 425 | 429 => Class::Throttle,
        400..=499 => Class::Content,
        500..=599 => Class::Soft,
        _ => Class::Fault,
    }
}

/// Tells whether the request can't have reached the gateway.
fn is_before(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed | ureq::Error::BadUri(_) => true,
        ureq::Error::Timeout(at) => {
            matches!(at, ureq::Timeout::Resolve | ureq::Timeout::Connect)
        }
        ureq::Error::Io(e) => e.kind() == std::io::ErrorKind::ConnectionRefused,
        _ => false,
    }
}

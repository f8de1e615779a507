//! Connections: TLS both ways, limits per connection, servers that are at a loss for words.

use std::sync::Arc;
use std::time::Duration;

use canvass::dispatch::{Protection, Senders};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::{OPEN, Stage, relay, says};
use crate::support::plans::plan;
use crate::support::sink::{Sink, friendly};

const AUTHORITY: &[u8] = include_bytes!("../../fixtures/tls/authority.pem");
const CERTIFICATE: &[u8] = include_bytes!("../../fixtures/tls/localhost.pem");
const KEY: &[u8] = include_bytes!("../../fixtures/tls/localhost.key");

fn acceptor() -> TlsAcceptor {
    let chain = CertificateDer::pem_slice_iter(CERTIFICATE).map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn sent_over(
    name: &str,
    sink: &Sink,
    protection: Protection,
    trust: bool,
) -> canvass::dispatch::TurnSummary {
    let mut relay = relay(sink.addr);
    relay.host = "localhost".to_owned();
    relay.protection = protection;
    relay.authorities = trust.then(|| AUTHORITY.to_vec());
    let stage =
        Stage::new(name, plan("a"), 6, Senders::new("https://x.example.com", Some(relay), None)).await;
    stage.turn(OPEN).await
}

#[tokio::test]
async fn tls_from_the_first_byte() {
    let sink = Sink::start_on("127.0.0.1:0", friendly(), Some(acceptor()), true).await;
    assert_eq!(sent_over("smtps", &sink, Protection::Wrapper, true).await.sent, 6);
    let distrust = sent_over("smtps2", &sink, Protection::Wrapper, false).await;
    assert_eq!((distrust.sent, distrust.held), (0, 6), "{distrust:?}");
}

#[tokio::test]
async fn tls_by_upgrade() {
    let sink = Sink::start_on("127.0.0.1:0", friendly(), Some(acceptor()), false).await;
    assert_eq!(sent_over("starttls", &sink, Protection::Required, true).await.sent, 6);
    assert_eq!(sent_over("starttls2", &sink, Protection::Opportunistic, true).await.sent, 6);
    assert_eq!(sent_over("starttls3", &sink, Protection::Required, false).await.held, 6);
    let plain = Sink::start(friendly()).await;
    assert_eq!(sent_over("starttls4", &plain, Protection::Required, true).await.held, 6, "no TLS, no mail");
    assert_eq!(sent_over("starttls5", &plain, Protection::Opportunistic, true).await.sent, 6);
}

#[tokio::test]
async fn connections_carry_as_many_mails_as_they_may() {
    let sink = Sink::start(friendly()).await;
    let mut relay = relay(sink.addr);
    relay.connections = 1;
    relay.per_connection = 10;
    let stage =
        Stage::new("limit", plan("a"), 35, Senders::new("https://x.example.com", Some(relay), None)).await;
    assert_eq!(stage.turn(OPEN).await.sent, 35);
    assert_eq!(sink.connections(), 4);
}

#[tokio::test]
async fn a_server_that_closes_after_some_mails_loses_none() {
    let mood = Arc::new(|word: &str, _: &str, _: u32| {
        static MAILS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let n = if word == "MAIL" { MAILS.fetch_add(1, std::sync::atomic::Ordering::SeqCst) } else { 0 };
        (word == "MAIL" && n % 8 == 7).then(|| "421 4.7.0 too much for one session".to_owned())
    });
    let sink = Sink::start(mood).await;
    let stage = Stage::new("session", plan("a"), 40, super::by_mail(sink.addr)).await;
    let summary = stage.turn(OPEN).await;
    assert_eq!((summary.sent, summary.unknown, summary.failed), (40, 0, 0), "{summary:?}");
    assert_eq!(sink.accepted().len(), 40);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut relay = relay(listener.local_addr().unwrap());
    relay.timeouts.command = Duration::from_millis(200);
    let stage =
        Stage::new("silent", plan("a"), 2, Senders::new("https://x.example.com", Some(relay), None)).await;
    let summary = stage.turn(OPEN).await;
    assert_eq!((summary.sent, summary.held, summary.unknown), (0, 2, 0));
}

#[tokio::test]
async fn after_a_refused_recipient_the_connection_is_reset() {
    let sink = Sink::start(says("RCPT", "p0@", "550 5.1.1 no such user")).await;
    let mut relay = relay(sink.addr);
    relay.connections = 1;
    let stage =
        Stage::new("rset", plan("a"), 3, Senders::new("https://x.example.com", Some(relay), None)).await;
    let summary = stage.turn(OPEN).await;
    assert_eq!((summary.sent, summary.failed), (2, 1));
    assert_eq!(sink.connections(), 1);
}

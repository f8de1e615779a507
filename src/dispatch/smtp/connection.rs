//! One connection to a relay: the dialogue of RFC 5321, word by word.
//!
//! lettre's connection parses and writes; we say each word ourselves, because only
//! so do we know, when something breaks, whether the final dot had been written.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;

use crate::dispatch::message::Mail;
use crate::dispatch::reply::{Class, Phase, classify};
use crate::dispatch::smtp::relay::{Protection, Relay};
use crate::dispatch::smtp::stream::{connect, wrap};

/// The end of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// What it came to.
    pub class: Class,
    /// What the server said, or what broke.
    pub reply: String,
    /// Whether the final dot had been written.
    pub sent: bool,
}

/// An open connection.
#[expect(missing_debug_implementations, reason = "lettre's connection has none")]
pub struct Connection {
    inner: AsyncSmtpConnection,
    opened: Instant,
    used: u32,
    dirty: bool,
    broken: bool,
}

impl Connection {
    /// Opens a connection up to the point where mail may follow; says what is wrong otherwise.
    pub async fn open(relay: &Relay) -> Result<Self, String> {
        let patience = relay.timeouts;
        let stream = within(patience.connect, connect(relay)).await?.map_err(|e| e.to_string())?;
        let hello = hello(relay);
        let dialogue = async {
            if relay.protection == Protection::Wrapper {
                let stream = wrap(relay, stream).await.map_err(|e| e.to_string())?;
                AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await.map_err(words)
            } else {
                AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await.map_err(words)
            }
        };
        let mut inner = within(patience.command, dialogue).await??;
        within(patience.command, protect(relay, &mut inner, &hello)).await??;
        if let Some((user, password)) = &relay.login {
            let credentials = Credentials::new(user.clone(), password.clone());
            let auth = inner.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            within(patience.command, auth).await?.map_err(words)?;
        }
        Ok(Self { inner, opened: Instant::now(), used: 0, dirty: false, broken: false })
    }

    /// Tells whether the connection may carry another message.
    #[must_use]
    pub fn is_fresh(&self, relay: &Relay) -> bool {
        !self.broken && self.used < relay.per_connection && self.opened.elapsed() < relay.longest_life
    }

    /// Sends one message.
    pub async fn send(&mut self, relay: &Relay, mail: &Mail) -> Attempt {
        let patience = relay.timeouts;
        self.used += 1;
        if std::mem::replace(&mut self.dirty, false)
            && let Err(end) = self.word(Phase::Mail, patience.command, Rset).await
        {
            return Attempt { class: Class::Session, ..end };
        }
        // Until the reply to the dot, a transaction is open, and the next message has to begin with RSET.
        self.dirty = true;
        let from = MailFrom::new(Some(mail.from.clone()), Vec::new());
        if let Err(end) = self.word(Phase::Mail, patience.command, from).await {
            return end;
        }
        let to = Rcpt::new(mail.to.clone(), Vec::new());
        if let Err(end) = self.word(Phase::Rcpt, patience.command, to).await {
            return end;
        }
        if let Err(end) = self.word(Phase::Data, patience.command, Data).await {
            return end;
        }
        self.body(patience.body + patience.dot, mail).await
    }

    /// Ends the dialogue politely; what the server says to it does not matter.
    pub async fn quit(mut self) {
        if !self.broken {
            let _ = tokio::time::timeout(Duration::from_secs(2), self.inner.command(Quit)).await;
        }
    }

    async fn word(
        &mut self,
        phase: Phase,
        patience: Duration,
        word: impl std::fmt::Display,
    ) -> Result<Response, Attempt> {
        match tokio::time::timeout(patience, self.inner.command(word)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(self.failed(phase, false, &error)),
            Err(_) => Err(self.silent(patience, false)),
        }
    }

    /// Writes the body; the iterator's end is the last thing before the dot, so it tells how far we came.
    async fn body(&mut self, patience: Duration, mail: &Mail) -> Attempt {
        let ended = AtomicBool::new(false);
        // The dot comes with a line break of its own.
        let bytes = mail.bytes.strip_suffix(b"\r\n").unwrap_or(&mail.bytes);
        let parts = std::iter::once(bytes).chain(std::iter::from_fn(|| {
            ended.store(true, Ordering::SeqCst);
            None
        }));
        let sent = tokio::time::timeout(patience, self.inner.message_iter(parts)).await;
        match sent {
            Ok(Ok(response)) => {
                self.dirty = false;
                Attempt { class: Class::Accepted, reply: line(&response), sent: true }
            }
            Ok(Err(error)) => {
                let phase = if ended.load(Ordering::SeqCst) { Phase::Dot } else { Phase::Data };
                self.dirty = error.status().is_none();
                self.failed(phase, ended.load(Ordering::SeqCst), &error)
            }
            Err(_) => self.silent(patience, ended.load(Ordering::SeqCst)),
        }
    }

    fn failed(&mut self, phase: Phase, sent: bool, error: &Error) -> Attempt {
        let Some(code) = error.status().map(u16::from) else {
            // No code: the connection broke, or the server talked nonsense.
            self.broken = true;
            let class = if sent { Class::Unknown } else { Class::Session };
            return Attempt { class, reply: error.to_string(), sent };
        };
        let text = std::error::Error::source(error).map_or_else(String::new, ToString::to_string);
        let class = classify(phase, code, &text);
        if code == 421 || class == Class::Relay {
            self.broken = true;
        }
        Attempt { class, reply: format!("{code} {text}").trim().to_owned(), sent }
    }

    fn silent(&mut self, patience: Duration, sent: bool) -> Attempt {
        self.broken = true;
        let class = if sent { Class::Unknown } else { Class::Session };
        Attempt { class, reply: format!("no answer within {} s", patience.as_secs()), sent }
    }
}

async fn protect(relay: &Relay, inner: &mut AsyncSmtpConnection, hello: &ClientId) -> Result<(), String> {
    let wanted = match relay.protection {
        Protection::None | Protection::Wrapper => false,
        Protection::Opportunistic => inner.can_starttls(),
        Protection::Required => true,
    };
    if !wanted {
        return Ok(());
    }
    let mut builder = TlsParameters::builder(relay.host.clone());
    if let Some(pem) = &relay.authorities {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(words)?);
    }
    let parameters = builder.build().map_err(words)?;
    inner.starttls(parameters, hello).await.map_err(words)
}

fn hello(relay: &Relay) -> ClientId {
    relay.hello.clone().map_or_else(ClientId::default, ClientId::Domain)
}

async fn within<T>(patience: Duration, work: impl Future<Output = T>) -> Result<T, String> {
    let late = |_| format!("no answer within {} s", patience.as_secs());
    tokio::time::timeout(patience, work).await.map_err(late)
}

#[expect(clippy::needless_pass_by_value, reason = "stands in map_err")]
fn words(error: Error) -> String {
    error.to_string()
}

fn line(response: &Response) -> String {
    format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" ")).trim().to_owned()
}

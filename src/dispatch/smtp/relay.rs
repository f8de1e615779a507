//! A relay: where it is, how it is spoken to, and how long each word may take.

use std::fmt;
use std::time::Duration;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Plain text.
    None,
    /// STARTTLS when the server offers it.
    Opportunistic,
    /// STARTTLS, or no mail.
    Required,
    /// TLS from the first byte (RFC 8314).
    Wrapper,
}

/// How long the server may take; RFC 5321 §4.5.3.2 gives the least that a client should grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// To connect.
    pub connect: Duration,
    /// For greeting, EHLO, STARTTLS, AUTH, MAIL, RCPT, RSET and DATA.
    pub command: Duration,
    /// To take the body.
    pub body: Duration,
    /// To answer the final dot.
    pub dot: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            command: Duration::from_mins(5),
            body: Duration::from_mins(3),
            dot: Duration::from_mins(10),
        }
    }
}

/// A mail relay.
#[derive(Clone)]
pub struct Relay {
    /// Host.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection.
    pub protection: Protection,
    /// User and password.
    pub login: Option<(String, String)>,
    /// Certificates to trust besides the public ones, PEM.
    pub authorities: Option<Vec<u8>>,
    /// Name in EHLO; an address literal when absent.
    pub hello: Option<String>,
    /// Connections in parallel.
    pub connections: usize,
    /// Messages over one connection; many servers close after 100.
    pub per_connection: u32,
    /// Longest life of a connection.
    pub longest_life: Duration,
    /// Patience.
    pub timeouts: Timeouts,
}

impl Relay {
    /// Makes a relay with the usual settings: four connections of at most 100 messages and five minutes.
    #[must_use]
    pub fn new(host: &str, port: u16) -> Self {
        Self {
            host: host.to_owned(),
            port,
            protection: Protection::None,
            login: None,
            authorities: None,
            hello: None,
            connections: 4,
            per_connection: 100,
            longest_life: Duration::from_mins(5),
            timeouts: Timeouts::default(),
        }
    }
}

impl fmt::Display for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for Relay {
    /// Never shows the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Relay({self}, {:?}, {} connections)", self.protection, self.connections)
    }
}

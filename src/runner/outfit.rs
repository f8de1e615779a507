//! From a profile's settings to what messages leave by.

use std::time::Duration;

use crate::dispatch::{Gateway, Protection, Relay, Senders};
use crate::settings::{Mail, Setting, Settings, Sms, SmtpServer, Tls};

/// Where the built-in mailbox listens, when the profile sends into it.
#[derive(Debug, Clone)]
pub struct MailboxAddress {
    /// SMTP host and port.
    pub smtp: std::net::SocketAddr,
    /// Address of the gateway.
    pub sms_url: String,
    /// Its key.
    pub sms_key: String,
}

/// Tells whether a profile sends anything into the built-in mailbox.
#[must_use]
pub fn wants_mailbox(settings: &Settings) -> bool {
    matches!(settings.profile.mail, Mail::Mailbox) || matches!(settings.profile.sms, Sms::Mailbox)
}

/// Gathers a profile's senders; `mailbox` must be given when [`wants_mailbox`] says so.
pub fn senders(settings: &Settings, mailbox: Option<&MailboxAddress>) -> Result<Senders, String> {
    let base = settings.base_url()?;
    let mail = match &settings.profile.mail {
        Mail::Mailbox => mailbox.map(|m| Relay::new(&m.smtp.ip().to_string(), m.smtp.port())),
        Mail::Smtp { url, connections, authorities } => {
            let mut relay = relay(&SmtpServer::parse(url.get()?)?, host_of(&base));
            relay.connections = connections.map_or(relay.connections, |n| usize::from(n.clamp(1, 200)));
            relay.authorities = authorities.as_ref().map(|a| read(settings, a)).transpose()?;
            Some(relay)
        }
    };
    let sms = match &settings.profile.sms {
        Sms::Mailbox => mailbox.map(|m| Gateway::new(&m.sms_url, Some(&m.sms_key))),
        Sms::Http { url, key } => {
            let key = key.as_ref().map(|k| k.get()).transpose()?;
            Some(Gateway::new(url.get()?, key))
        }
    };
    Ok(Senders::new(&base, mail, sms))
}

fn relay(server: &SmtpServer, hello: Option<String>) -> Relay {
    let protection = match server.tls {
        Tls::None => Protection::None,
        Tls::Opportunistic => Protection::Opportunistic,
        Tls::Required => Protection::Required,
        Tls::Wrapper => Protection::Wrapper,
    };
    Relay {
        protection,
        login: server.login.clone(),
        hello,
        longest_life: Duration::from_mins(5),
        ..Relay::new(&server.host, server.port)
    }
}

fn read(settings: &Settings, file: &Setting) -> Result<Vec<u8>, String> {
    let path = settings.root.join(file.get()?);
    std::fs::read(&path).map_err(|e| format!("the certificates `{}` can't be read: {e}", path.display()))
}

/// Returns the host name of the forms' address, for EHLO: the name of our own that is known for certain.
fn host_of(base: &str) -> Option<String> {
    let rest = base.split_once("://")?.1;
    let host = rest.split(['/', ':']).next().unwrap_or("");
    let is_name = host.contains('.') && host.parse::<std::net::IpAddr>().is_err();
    is_name.then(|| host.to_owned())
}

//! The address of an SMTP server.
//!
//! `smtp://user:password@host:587`, `smtps://…` (TLS from the first byte),
//! `smtp://host:25?tls=none|opportunistic|required`. Percent escapes in user
//! and password (RFC 3986).

use std::fmt;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Plain text.
    None,
    /// STARTTLS when the server offers it.
    Opportunistic,
    /// STARTTLS, or no mail.
    Required,
    /// TLS from the first byte (RFC 8314).
    Wrapper,
}

/// An SMTP server.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpServer {
    /// Name or address of the host.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection.
    pub tls: Tls,
    /// User and password.
    pub login: Option<(String, String)>,
}

impl fmt::Debug for SmtpServer {
    /// Never shows the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.login.as_ref().map_or("nobody", |(user, _)| user);
        write!(f, "{user}@{}:{} ({:?})", self.host, self.port, self.tls)
    }
}

impl SmtpServer {
    /// Reads the address; messages never repeat it, because it may hold a password.
    pub fn parse(url: &str) -> Result<Self, String> {
        let url = url.trim();
        let (wrapper, rest) = match (url.strip_prefix("smtp://"), url.strip_prefix("smtps://")) {
            (Some(rest), _) => (false, rest),
            (_, Some(rest)) => (true, rest),
            _ => return Err("an SMTP address begins with smtp:// or smtps://".to_owned()),
        };
        let (authority, query) = rest.split_once('?').unwrap_or((rest, ""));
        let authority = authority.trim_end_matches('/');
        let (login, place) = match authority.rsplit_once('@') {
            Some((login, place)) => (Some(parse_login(login)?), place),
            None => (None, authority),
        };
        let default = match (wrapper, &login) {
            (true, _) => 465,
            (false, Some(_)) => 587,
            (false, None) => 25,
        };
        let (host, port) = parse_place(place, default)?;
        let tls = parse_tls(query, wrapper, login.is_some())?;
        if tls == Tls::None && login.is_some() && !is_loopback(&host) {
            return Err("a password would travel in plain text; leave out `tls=none`".to_owned());
        }
        Ok(Self { host, port, tls, login })
    }
}

fn parse_login(login: &str) -> Result<(String, String), String> {
    let (user, password) = login
        .split_once(':')
        .ok_or("the SMTP address has a user but no password; write smtp://user:password@host")?;
    Ok((unescape(user)?, unescape(password)?))
}

fn parse_place(place: &str, default: u16) -> Result<(String, u16), String> {
    let (host, port) = if let Some(v6) = place.strip_prefix('[') {
        let (host, rest) = v6.split_once(']').ok_or("the SMTP address has `[` without `]`")?;
        (host, rest.strip_prefix(':'))
    } else {
        place.rsplit_once(':').map_or((place, None), |(host, port)| (host, Some(port)))
    };
    if host.is_empty() || host.contains(['/', ' ']) {
        return Err("the SMTP address names no host".to_owned());
    }
    let port = match port {
        None => default,
        Some(port) => port.parse().map_err(|_| "the port of the SMTP address is not a number".to_owned())?,
    };
    Ok((host.to_owned(), port))
}

/// With a password, TLS is required unless said otherwise; without, it is used when offered.
fn parse_tls(query: &str, wrapper: bool, has_login: bool) -> Result<Tls, String> {
    let word = match query.split_once('=') {
        None if query.is_empty() => None,
        Some(("tls", word)) => Some(word),
        _ => return Err("the only option of an SMTP address is `?tls=…`".to_owned()),
    };
    match (wrapper, word) {
        (true, None) => Ok(Tls::Wrapper),
        (true, Some(_)) => Err("smtps:// is TLS from the first byte; leave out `?tls=…`".to_owned()),
        (false, None) if has_login => Ok(Tls::Required),
        (false, None | Some("opportunistic")) => Ok(Tls::Opportunistic),
        (false, Some("none")) => Ok(Tls::None),
        (false, Some("required")) => Ok(Tls::Required),
        (false, Some(_)) => Err("`tls=` takes none, opportunistic or required".to_owned()),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn unescape(text: &str) -> Result<String, String> {
    let broken = || "the SMTP address has a broken percent escape in user or password".to_owned();
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16)).ok_or_else(broken);
        let code = digit()? * 16 + digit()?;
        bytes.push(u8::try_from(code).map_err(|_| broken())?);
    }
    String::from_utf8(bytes).map_err(|_| broken())
}

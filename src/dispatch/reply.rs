//! What a mail server's answer means for the recipient, the relay and the next try.
//!
//! RFC 5321 §4.2 gives the codes, RFC 3463 the enhanced ones; what servers really
//! say (greylisting, throttling, reputation) was collected from mail senders' own
//! tables. Getting one wrong in either direction hurts: a recipient suppressed for
//! our bad reputation is lost for good, a dead address mailed again costs reputation.

use std::time::Duration;

/// Where in the dialogue the answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Connecting, greeting, EHLO, TLS, AUTH.
    Session,
    /// `MAIL FROM`.
    Mail,
    /// `RCPT TO`.
    Rcpt,
    /// `DATA`, before its 354, and while the body is written.
    Data,
    /// After the final dot.
    Dot,
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Class {
    /// Taken.
    Accepted,
    /// The connection broke, or the server wants a new one, before anything was said for good.
    Session,
    /// The relay is down or refuses us altogether: nobody's fault but the relay's.
    Relay,
    /// Come back after a while (greylisting), if the server says so after so many seconds.
    Greylist(Option<Duration>),
    /// Slower, please.
    Throttle,
    /// A trouble of this recipient that may pass.
    Soft,
    /// This recipient does not exist.
    Hard,
    /// The server does not want this content or sender; the address is fine.
    Content,
    /// The message itself is at fault (size, syntax): every other one would be too.
    Fault,
    /// The final dot had been sent and nobody answered.
    Unknown,
}

impl Class {
    /// Returns one word for the log.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Session => "session",
            Self::Relay => "relay",
            Self::Greylist(_) => "greylist",
            Self::Throttle => "throttle",
            Self::Soft => "soft",
            Self::Hard => "hard",
            Self::Content => "content",
            Self::Fault => "fault",
            Self::Unknown => "unknown",
        }
    }
}

/// Sorts a negative answer.
#[must_use]
pub fn classify(phase: Phase, code: u16, text: &str) -> Class {
    if phase == Phase::Session || code == 530 || code == 535 {
        return Class::Relay;
    }
    let words = text.to_lowercase();
    let enhanced = enhanced_code(text);
    let slow = has(
        &words,
        &["rate", "throttl", "too many", "too fast", "too quickly", "slow down", "limit exceeded"],
    );
    match code {
        421 if slow => Class::Throttle,
        421 => Class::Session,
        400..=499 => temporary(code, enhanced, &words, slow),
        500..=599 => permanent(phase, code, enhanced, &words),
        _ => Class::Soft,
    }
}

fn temporary(code: u16, enhanced: Option<(u16, u16)>, words: &str, slow: bool) -> Class {
    if has(words, &["greylist", "graylist", "grey list", "gray list", "greylisting"]) {
        return Class::Greylist(hint(words));
    }
    if slow || code == 454 || (code == 452 && enhanced == Some((5, 3))) {
        return Class::Throttle;
    }
    if matches!(code, 450 | 451) && enhanced == Some((7, 1)) {
        return Class::Greylist(hint(words));
    }
    Class::Soft
}

fn permanent(phase: Phase, code: u16, enhanced: Option<(u16, u16)>, words: &str) -> Class {
    match enhanced {
        Some((1, 0..=6) | (2, 1)) => return Class::Hard,
        // A full mailbox (5.2.2) is no dead one.
        Some((7, _) | (2, 2)) => return Class::Content,
        Some((3, 4)) => return Class::Fault,
        _ => {}
    }
    if has(
        words,
        &["spam", "blocked", "blacklist", "blocklist", "dmarc", "spf", "dkim", "policy", "reputation"],
    ) {
        return Class::Content;
    }
    match (code, phase) {
        (500 | 502..=504 | 552 | 555, _) | (501, Phase::Data | Phase::Dot) => Class::Fault,
        (550 | 551 | 553, Phase::Rcpt) => Class::Hard,
        _ => Class::Content,
    }
}

fn has(words: &str, any: &[&str]) -> bool {
    any.iter().any(|w| words.contains(w))
}

/// Reads subject and detail of an enhanced code (`5.1.1` gives 1 and 1).
fn enhanced_code(text: &str) -> Option<(u16, u16)> {
    let word = text.split_whitespace().next()?;
    let mut parts = word.split('.');
    let class: u16 = parts.next()?.parse().ok()?;
    let subject = parts.next()?.parse().ok()?;
    let detail = parts.next()?.parse().ok()?;
    ([2, 4, 5].contains(&class) && parts.next().is_none()).then_some((subject, detail))
}

/// Reads “in 300 seconds”, “5 minutes”, “00:04:59”.
fn hint(words: &str) -> Option<Duration> {
    let tokens: Vec<&str> = words.split(|c: char| c.is_whitespace() || ",.;()=".contains(c)).collect();
    for pair in tokens.windows(2) {
        let [number, unit] = pair else { continue };
        let Ok(n) = number.parse::<u64>() else { continue };
        if unit.starts_with("sec") {
            return Some(Duration::from_secs(n.min(86_400)));
        }
        if unit.starts_with("min") {
            return Some(Duration::from_mins(n.min(1440)));
        }
    }
    tokens.iter().find_map(|t| {
        let parts: Option<Vec<u64>> = t.split(':').map(|p| p.parse().ok()).collect();
        match parts?.as_slice() {
            [h, m, s] if *h < 24 => Some(Duration::from_secs(h * 3600 + m * 60 + s)),
            _ => None,
        }
    })
}

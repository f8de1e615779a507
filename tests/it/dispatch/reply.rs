//! What servers say, and what it means.

use std::time::Duration;

use canvass::dispatch::reply::{Class, Phase, classify};

#[test]
fn answers_of_real_servers_are_sorted() {
    let greylist = |s| Class::Greylist(Some(Duration::from_secs(s)));
    let table = [
        (Phase::Session, 554, "5.7.1 no", Class::Relay),
        (Phase::Mail, 530, "5.7.0 Must issue a STARTTLS command first", Class::Relay),
        (Phase::Mail, 421, "4.7.0 closing connection", Class::Session),
        (Phase::Rcpt, 421, "4.7.28 our system has detected an unusual rate of mail", Class::Throttle),
        (
            Phase::Rcpt,
            450,
            "4.2.0 <a@example.com>: Recipient address rejected: Greylisted, try in 300 seconds",
            greylist(300),
        ),
        (Phase::Rcpt, 451, "4.7.1 Greylisting in action, please come back in 00:04:59", greylist(299)),
        (Phase::Rcpt, 450, "4.7.1 Please try again later", Class::Greylist(None)),
        (Phase::Rcpt, 452, "4.5.3 Too many recipients", Class::Throttle),
        (Phase::Dot, 454, "Throttling failure: Maximum sending rate exceeded.", Class::Throttle),
        (Phase::Rcpt, 452, "4.2.2 The email account is over quota", Class::Soft),
        (Phase::Dot, 451, "4.3.0 Mail server temporarily rejected message", Class::Soft),
        (Phase::Rcpt, 550, "5.1.1 The email account that you tried to reach does not exist", Class::Hard),
        (Phase::Rcpt, 550, "No such user here", Class::Hard),
        (Phase::Rcpt, 554, "5.2.1 Mailbox disabled", Class::Hard),
        (
            Phase::Dot,
            550,
            "5.7.1 Our system has detected that this message is likely unsolicited",
            Class::Content,
        ),
        (
            Phase::Rcpt,
            550,
            "5.7.26 Unauthenticated mail is prohibited due to the DMARC policy",
            Class::Content,
        ),
        (Phase::Rcpt, 550, "sender blocked using a blocklist", Class::Content),
        (Phase::Mail, 554, "Transaction failed", Class::Content),
        (Phase::Dot, 552, "5.3.4 Message size exceeds fixed limit", Class::Fault),
        (Phase::Rcpt, 552, "5.2.2 Mailbox full", Class::Content),
        (Phase::Data, 500, "unrecognised command", Class::Fault),
    ];
    for (phase, code, text, class) in table {
        assert_eq!(classify(phase, code, text), class, "{phase:?} {code} {text}");
    }
}

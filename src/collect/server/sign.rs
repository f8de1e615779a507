//! Signatures on what goes through the browser: cookies, and the hidden fields of a form.
//!
//! HMAC-SHA-256 under the store's secret, cut to 128 bits. What a browser sends
//! back is believed only with its signature, so a form can't be sent for another
//! response, page or version than the one it was drawn for.

use crate::store::token::{base32, keyed};
use crate::store::types::Response;

fn tag(secret: &[u8], parts: &[&str]) -> String {
    let parts: Vec<&[u8]> =
        std::iter::once("collect").chain(parts.iter().copied()).map(str::as_bytes).collect();
    let digest = keyed(secret, &parts);
    let mut short = [0; 16];
    short.iter_mut().zip(digest).for_each(|(s, d)| *s = d);
    base32(&short)
}

/// Compares without telling by its time where the first difference is.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |diff, (x, y)| diff | (x ^ y)) == 0
}

/// Returns the short name of a response in addresses and cookie names; it gives no access.
pub(super) fn reference(secret: &[u8], response: i64) -> String {
    tag(secret, &["reference", &response.to_string()]).chars().take(8).collect()
}

/// Returns a cookie's value for a response.
pub(super) fn cookie(secret: &[u8], response: &Response) -> String {
    let id = response.id.to_string();
    format!("{id}.{}", tag(secret, &["cookie", &id, &response.pseudonym]))
}

/// Returns the id that a cookie's value claims.
pub(super) fn claimed(value: &str) -> Option<i64> {
    value.split_once('.').and_then(|(id, _)| id.parse().ok())
}

/// Tells whether a cookie's value is the one of this response.
pub(super) fn is_cookie_of(secret: &[u8], response: &Response, value: &str) -> bool {
    same(value, &cookie(secret, response))
}

/// What a form was drawn for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawn<'a> {
    /// The response.
    pub response: i64,
    /// Index of the page.
    pub page: usize,
    /// Version of the response that the page showed.
    pub version: i64,
    /// Version of the campaign under which it was drawn.
    pub spec: u32,
    /// Random id of the drawing: the same id is the same submission.
    pub submission: &'a str,
}

impl Drawn<'_> {
    /// Returns both versions as one field of the form.
    pub(super) fn versions(&self) -> String {
        format!("{}.{}", self.version, self.spec)
    }

    /// Returns the signature that stands in the form.
    pub(super) fn token(&self, secret: &[u8]) -> String {
        let (response, page) = (self.response.to_string(), self.page.to_string());
        tag(secret, &["form", &response, &page, &self.versions(), self.submission])
    }

    /// Tells whether a posted signature is right.
    pub(super) fn is_signed(&self, secret: &[u8], token: &str) -> bool {
        same(token, &self.token(secret))
    }
}

/// Returns the signature of the form that takes answers back.
pub(super) fn withdrawal(secret: &[u8], response: &Response) -> String {
    tag(secret, &["withdraw", &response.id.to_string(), &response.pseudonym])
}

/// Tells whether a posted signature of a withdrawal is right.
pub(super) fn is_withdrawal_of(secret: &[u8], response: &Response, token: &str) -> bool {
    same(token, &withdrawal(secret, response))
}

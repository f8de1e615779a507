//! Which response a browser is answering: by cookie, one per response.
//!
//! The cookie's name carries the response's short reference, so that several
//! campaigns on one address don't push each other out; `?r=` says which one a
//! page belongs to. Without it, the response that was saved last is meant.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

use crate::collect::server::Server;
use crate::collect::server::live::Live;
use crate::collect::server::reply::Failure;
use crate::collect::server::sign;
use crate::store::types::Response;

const PREFIX: &str = "canvass_";
/// A browser holds few; more are somebody's play, and each costs a look-up.
const MOST: usize = 20;

/// A response that the browser has the cookie of.
pub(super) struct Session {
    pub response: Response,
    pub live: Arc<Live>,
    /// Short reference, for addresses.
    pub reference: String,
}

impl Server {
    /// Finds the response of a request.
    pub(super) async fn session(
        &self,
        headers: &HeaderMap,
        wanted: Option<&str>,
    ) -> Result<Session, Failure> {
        let mut found: Option<Response> = None;
        for (reference, value) in cookies(headers).into_iter().take(MOST) {
            if wanted.is_some_and(|w| w != reference) {
                continue;
            }
            let Some(id) = sign::claimed(value) else { continue };
            let Some(response) = self.store.response(id).await? else { continue };
            if !sign::is_cookie_of(&self.secret, &response, value) {
                continue;
            }
            if found.as_ref().is_none_or(|f| f.updated_at < response.updated_at) {
                found = Some(response);
            }
        }
        let response = found.ok_or(Failure::NoSession)?;
        let live = self.campaigns.get(&self.store, &response.campaign).await?.ok_or(Failure::NoSession)?;
        let response = self.on_present_pages(response, &live).await?;
        let reference = sign::reference(&self.secret, response.id);
        Ok(Session { response, live, reference })
    }

    /// Finds the place in the present version of somebody who was last seen in an earlier one.
    pub(super) async fn on_present_pages(
        &self,
        mut response: Response,
        live: &Live,
    ) -> Result<Response, Failure> {
        let version = self.store.form_version(response.id).await?;
        if version != live.version {
            // A version that can't be read any more leaves only the beginning; nothing that was answered is lost.
            let other = self.campaigns.get_in(&self.store, &response.campaign, version).await.ok().flatten();
            response.page = other.map_or(0, |other| live.page_after(&other, response.page));
        }
        Ok(response)
    }

    /// Returns the `Set-Cookie` line for a response: unreadable for scripts, not sent along by other sites' forms.
    pub(super) fn cookie(&self, headers: &HeaderMap, response: &Response) -> String {
        let reference = sign::reference(&self.secret, response.id);
        let value = sign::cookie(&self.secret, response);
        // Behind a proxy only this header tells; over plain HTTP browsers drop secure cookies.
        let https = headers.get("x-forwarded-proto").is_some_and(|v| v.as_bytes() == b"https");
        let secure = if https { "; Secure" } else { "" };
        format!("{PREFIX}{reference}={value}; Path=/; HttpOnly; SameSite=Lax{secure}")
    }
}

fn cookies(headers: &HeaderMap) -> Vec<(&str, &str)> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|v| v.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?, value))).collect()
}

//! The server of forms: personal links in, answers into the store.
//!
//! GET and HEAD never change anything, because mail scanners follow every link.
//! A personal link shows a start page; pressing its button exchanges the link
//! for a cookie, and from there on no address holds the token. Every page is one
//! durable commit before the browser is sent on (post, redirect, get), named by
//! a submission id, so that a repeated post changes nothing. No address of a
//! machine and no name of a browser is stored or logged.
//!
//! All references are relative: any path in front of them, put there by a proxy
//! that strips it, works.

mod confirm;
mod headers;
mod live;
mod questions;
mod reply;
mod session;
mod sign;
mod start;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, map_response};
use axum::routing::get;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::collect::page;
use crate::store::Store;
use crate::store::token::{Nonces, SystemNonces};

use self::live::Campaigns;

/// Most bytes of a request's body.
pub const BODY_LIMIT: usize = 64 * 1024;
/// How long requests may take to finish after the signal to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Told when something fails on our side; never gets a token or an answer.
pub type Report = Arc<dyn Fn(&str) + Send + Sync>;

/// What all requests share; cheap to clone.
#[derive(Clone)]
pub struct Server {
    pub(crate) store: Store,
    pub(crate) secret: Arc<[u8]>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) nonces: Arc<dyn Nonces>,
    pub(crate) campaigns: Arc<Campaigns>,
    pub(crate) stylesheet: Arc<str>,
    pub(crate) report: Report,
}

impl Server {
    /// Makes a server of all campaigns of a store.
    ///
    /// `secret` signs cookies and forms; it must be the same for all servers of
    /// one store and survive restarts.
    #[must_use]
    pub fn new(store: Store, secret: Vec<u8>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            secret: secret.into(),
            clock,
            nonces: Arc::new(SystemNonces),
            campaigns: Arc::default(),
            stylesheet: page::stylesheet_name().into(),
            report: Arc::new(|_| {}),
        }
    }

    /// Returns the clock.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Takes random names of responses from elsewhere: a rehearsal seeds them.
    #[must_use]
    pub fn with_nonces(mut self, nonces: Arc<dyn Nonces>) -> Self {
        self.nonces = nonces;
        self
    }

    /// Tells failures of ours to somebody.
    #[must_use]
    pub fn with_report(mut self, report: Report) -> Self {
        self.report = report;
        self
    }
}

/// Returns the routes.
pub fn router(server: Server) -> Router {
    Router::new()
        .route("/s/{token}", get(start::show).post(start::start))
        .route("/q", get(questions::show).post(questions::save))
        .route("/u/{token}", get(confirm::show_unsubscribe).post(confirm::unsubscribe))
        .route("/w/{token}", get(confirm::show_withdraw_by_link).post(confirm::withdraw_by_link))
        .route("/withdraw", get(confirm::show_withdraw).post(confirm::withdraw))
        .route("/static/{name}", get(reply::stylesheet))
        .fallback(reply::nothing_here)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn(headers::in_time))
        .layer(map_response(headers::secure))
        .with_state(server)
}

/// Serves the forms of all launched campaigns until `shutdown` ends, then lets running requests finish.
///
/// Campaigns that are launched later are served without a restart.
pub async fn serve(
    store: Store,
    secret: Vec<u8>,
    clock: Arc<dyn Clock>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    serve_with(Server::new(store, secret, clock), listener, shutdown).await
}

/// Serves as [`serve`] does, with a server of one's own making.
pub async fn serve_with(
    server: Server,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    serve_routes(router(server), listener, shutdown).await
}

/// Serves routes until `shutdown` ends, then lets running requests finish, but not for ever.
pub async fn serve_routes(
    routes: Router,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let signal = async move {
        shutdown.await;
        let _ = stopping.send(());
    };
    let listener = listener.tap_io(|stream| {
        // A page is one small write; waiting to fill a packet only delays it.
        let _ = stream.set_nodelay(true);
    });
    let serving = axum::serve(listener, routes).with_graceful_shutdown(signal);
    let overdue = async move {
        // Without a signal the server ends by itself only; then this waits for ever.
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        ended = async { serving.await } => ended,
        () = overdue => Ok(()),
    }
}

//! The pages of a preview: an index, a fresh form per press of a button, every message.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value};
use serde::Serialize;

use crate::cli::preview::messages::Shown;
use crate::cli::preview::stage::Stage;
use crate::collect::form::Strings;
use crate::collect::page::stylesheet_name;
use crate::collect::server::router as forms;

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut env = Environment::new();
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    let source = include_str!("../../../templates/form/preview.html");
    env.add_template("preview.html", source).expect("the template is compiled in and tested");
    env
});

#[derive(Clone)]
struct Shared {
    stage: Stage,
    messages: Arc<Vec<Shown>>,
}

/// What the index shows.
#[derive(Debug, Serialize)]
struct Index<'a> {
    campaign: &'a str,
    stylesheet: String,
    languages: Vec<(&'a str, &'a str)>,
    messages: &'a [Shown],
}

/// Returns the routes of a preview: its own, and those of the real form server.
pub(super) fn router(stage: Stage, messages: Vec<Shown>) -> Router {
    let server = stage.server.clone();
    let shared = Shared { stage, messages: Arc::new(messages) };
    Router::new()
        .route("/", get(index))
        .route("/try/{language}", post(fresh))
        .route("/message/{number}", get(message))
        .with_state(shared)
        .merge(forms(server))
}

async fn index(State(shared): State<Shared>) -> Response {
    let plan = &shared.stage.plan;
    let languages = plan.languages.iter().map(|tag| (tag.as_str(), Strings::of(tag).language.as_str()));
    let data = Index {
        campaign: plan.languages.first().map_or("", |l| plan.title.get(l)),
        stylesheet: stylesheet_name(),
        languages: languages.collect(),
        messages: &shared.messages,
    };
    match PAGES.get_template("preview.html").and_then(|t| t.render(Value::from(Serde(&data)))) {
        Ok(page) => html(page, "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'"),
        Err(e) => (StatusCode::INTERNAL_SERVER_ERROR, e.to_string()).into_response(),
    }
}

/// A new person for every walk, so that a form can be tried again and again.
async fn fresh(State(shared): State<Shared>, Path(language): Path<String>) -> Response {
    if !shared.stage.plan.languages.contains(&language) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match shared.stage.newcomer(&language).await {
        Ok(token) => (StatusCode::SEE_OTHER, [(LOCATION, format!("../s/{token}"))]).into_response(),
        Err(words) => (StatusCode::SERVICE_UNAVAILABLE, words).into_response(),
    }
}

/// A mail's HTML as it arrives; styles may stand in it, scripts and pictures from elsewhere may not.
async fn message(State(shared): State<Shared>, Path(number): Path<usize>) -> Response {
    match shared.messages.get(number) {
        Some(shown) if shown.kind == "mail" => html(
            // Links of a mail in a frame lead out of the frame, because a form refuses to stand in one.
            shown.html.replacen("<head>", "<head><base target=\"_top\">", 1),
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-top-navigation-by-user-activation",
        ),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn html(page: String, policy: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, policy),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, page).into_response()
}

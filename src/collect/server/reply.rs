//! Answers: pages, redirects, and one page for each way in which a request can fail.

use axum::extract::rejection::{BytesRejection, FormRejection};
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::collect::form::data::{FormData, LanguageData, NoticeData, PageData};
use crate::collect::form::strings::{Notice, Strings};
use crate::collect::page;
use crate::collect::server::Server;
use crate::collect::server::live::{CampaignError, Live};
use crate::store::StoreError;

/// Why a request can't be carried out.
#[derive(Debug)]
pub(super) enum Failure {
    /// Wrong, expired or closed link; nobody learns which.
    Unknown,
    /// No cookie that leads to a response.
    NoSession,
    /// A form that was not drawn for this response.
    Stale,
    /// Too large.
    TooLarge,
    /// Not a form.
    NotAForm,
    /// Something of ours: in words, for the log.
    Ours(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Ours(error.to_string())
    }
}

impl From<CampaignError> for Failure {
    fn from(error: CampaignError) -> Self {
        match error {
            CampaignError::Store(error) => error.into(),
            CampaignError::Unreadable(name, why) => {
                Self::Ours(format!("campaign `{name}` can't be shown: {why}"))
            }
        }
    }
}

impl From<FormRejection> for Failure {
    fn from(rejection: FormRejection) -> Self {
        match rejection {
            FormRejection::BytesRejection(BytesRejection::FailedToBufferBody(e))
                if e.status() == StatusCode::PAYLOAD_TOO_LARGE =>
            {
                Self::TooLarge
            }
            _ => Self::NotAForm,
        }
    }
}

/// Where a page stands, which decides how it refers to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// `/q`, `/withdraw`.
    Top,
    /// `/s/…`, `/u/…`, `/w/…`.
    Below,
}

impl Place {
    pub(super) fn root(self) -> &'static str {
        match self {
            Self::Top => "",
            Self::Below => "../",
        }
    }
}

/// The page around what is shown.
pub(super) struct Frame<'a> {
    pub live: Option<&'a Live>,
    pub language: &'a str,
    pub place: Place,
    pub title: String,
}

impl Server {
    /// Renders a page.
    pub(super) fn page(&self, status: StatusCode, frame: &Frame<'_>, page: PageData) -> Response {
        let strings = Strings::of(frame.language);
        let campaign = frame.live.map_or("", |l| l.checked.campaign.title.get(frame.language));
        let name = |tag: &str| if speaks(tag) { Strings::of(tag).language.clone() } else { tag.to_owned() };
        let languages = frame.live.map_or(&[][..], |l| &l.checked.campaign.languages).iter();
        let data = FormData {
            language: frame.language.to_owned(),
            direction: if is_rtl(frame.language) { "rtl" } else { "ltr" },
            campaign: campaign.to_owned(),
            title: match (frame.title.as_str(), campaign) {
                (title, "") => title.to_owned(),
                ("", campaign) => campaign.to_owned(),
                (title, campaign) if title == campaign => title.to_owned(),
                (title, campaign) => format!("{title} – {campaign}"),
            },
            root: frame.place.root(),
            stylesheet: self.stylesheet.to_string(),
            languages: languages
                .map(|tag| LanguageData { name: name(tag), current: tag == frame.language, tag: tag.clone() })
                .collect(),
            strings,
            page,
        };
        match page::render(&data) {
            Ok(html) => (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
            Err(error) => {
                (self.report)(&format!("a page could not be rendered: {error:#}"));
                (StatusCode::INTERNAL_SERVER_ERROR, strings.notice.failed.text.clone()).into_response()
            }
        }
    }

    /// Renders a page that only says something.
    pub(super) fn notice(&self, status: StatusCode, frame: &Frame<'_>, words: Said<'_>) -> Response {
        let Said { code, notice, withdraw } = words;
        let page = NoticeData { code, title: notice.title.clone(), text: notice.text.clone(), withdraw };
        let frame = Frame { title: notice.title.clone(), ..*frame };
        self.page(status, &frame, PageData::Notice(page))
    }

    /// Turns a failure into its page, in the browser's language, because nothing else is known.
    pub(super) fn reply(
        &self,
        headers: &HeaderMap,
        place: Place,
        result: Result<Response, Failure>,
    ) -> Response {
        let failure = match result {
            Ok(response) => return response,
            Err(failure) => failure,
        };
        let language = wanted_language(headers);
        let words = &Strings::of(language).notice;
        let (status, code, notice) = match failure {
            Failure::Unknown => (StatusCode::NOT_FOUND, "unknown", &words.unknown),
            Failure::NoSession => (StatusCode::FORBIDDEN, "no_session", &words.no_session),
            Failure::Stale => (StatusCode::FORBIDDEN, "stale", &words.stale),
            Failure::NotAForm => (StatusCode::BAD_REQUEST, "stale", &words.stale),
            Failure::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", &words.too_large),
            Failure::Ours(why) => {
                (self.report)(&why);
                (StatusCode::SERVICE_UNAVAILABLE, "failed", &words.failed)
            }
        };
        let frame = Frame { live: None, language, place, title: String::new() };
        self.notice(status, &frame, Said { code, notice, withdraw: String::new() })
    }
}

/// What a notice says.
pub(super) struct Said<'a> {
    pub code: &'static str,
    pub notice: &'a Notice,
    pub withdraw: String,
}

fn speaks(tag: &str) -> bool {
    let primary = tag.split(['-', '_']).next().unwrap_or(tag);
    Strings::languages().contains(&primary)
}

fn is_rtl(tag: &str) -> bool {
    matches!(tag.split(['-', '_']).next(), Some("ar" | "fa" | "he" | "ur"))
}

/// Returns the first language of `Accept-Language` that the form speaks; weights are nearly always in order.
fn wanted_language(headers: &HeaderMap) -> &'static str {
    let wanted = headers.get(ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let tags = wanted.split([',', ';']).map(|t| t.trim().split('-').next().unwrap_or(""));
    let spoken = Strings::languages();
    tags.filter_map(|tag| spoken.iter().find(|s| **s == tag)).copied().next().unwrap_or("en")
}

/// Sends the browser on with a GET; `cookie` is set on the way.
pub(super) fn see_other(to: &str, cookie: Option<String>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(LOCATION, to);
    }
    if let Some(cookie) = cookie.and_then(|c| HeaderValue::from_str(&c).ok()) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// `GET /static/…`: the stylesheet under the name that carries its hash.
pub(super) async fn stylesheet(State(server): State<Server>, Path(name): Path<String>) -> Response {
    if name != *server.stylesheet {
        return StatusCode::NOT_FOUND.into_response();
    }
    let headers =
        [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, page::STYLESHEET).into_response()
}

/// Every other address: the page of a wrong link.
pub(super) async fn nothing_here(State(server): State<Server>, headers: HeaderMap) -> Response {
    server.reply(&headers, Place::Top, Err(Failure::Unknown))
}

//! `/u/TOKEN`, `/w/TOKEN` and `/withdraw`: stop messages, take answers back. A GET only asks.

use std::collections::BTreeMap;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response as Reply;

use crate::collect::form::Posted;
use crate::collect::form::data::{ConfirmData, PageData};
use crate::collect::form::strings::Strings;
use crate::collect::server::Server;
use crate::collect::server::reply::{Failure, Frame, Place, Said};
use crate::collect::server::session::Session;
use crate::collect::server::sign;
use crate::store::types::ResponseState;

type Parameters = Query<BTreeMap<String, String>>;
type Sent = Result<Form<Vec<(String, String)>>, FormRejection>;

/// `GET /u/TOKEN`: shows a button.
pub(super) async fn show_unsubscribe(
    State(server): State<Server>,
    Path(token): Path<String>,
    Query(query): Parameters,
    headers: HeaderMap,
) -> Reply {
    let result = async {
        let holder = server.holder(&token).await?;
        let language = holder.language(query.get("lang").map(String::as_str));
        let words = &Strings::of(&language).leave;
        let page = ConfirmData {
            code: "unsubscribe",
            title: words.unsubscribe_title.clone(),
            text: words.unsubscribe_text.clone(),
            action: format!("{token}?lang={language}"),
            hidden: Vec::new(),
            button: words.unsubscribe.clone(),
            back: String::new(),
        };
        let title = page.title.clone();
        let frame = Frame { live: Some(&holder.live), language: &language, place: Place::Below, title };
        Ok(server.page(StatusCode::OK, &frame, PageData::Confirm(page)))
    };
    let result = result.await;
    server.reply(&headers, Place::Below, result)
}

/// `POST /u/TOKEN`: stops messages, whatever the body says: mail programs send `List-Unsubscribe=One-Click` (RFC
/// 8058), without cookies, and follow no redirect.
pub(super) async fn unsubscribe(
    State(server): State<Server>,
    Path(token): Path<String>,
    Query(query): Parameters,
    headers: HeaderMap,
) -> Reply {
    let result = async {
        let holder = server.holder(&token).await?;
        server.store.unsubscribe(holder.invitation.id, server.clock.now()).await?;
        let language = holder.language(query.get("lang").map(String::as_str));
        let notice = &Strings::of(&language).notice.unsubscribed;
        let frame = Frame {
            live: Some(&holder.live),
            language: &language,
            place: Place::Below,
            title: String::new(),
        };
        Ok(server.notice(
            StatusCode::OK,
            &frame,
            Said { code: "unsubscribed", notice, withdraw: String::new() },
        ))
    };
    let result = result.await;
    server.reply(&headers, Place::Below, result)
}

/// `GET /w/TOKEN`: asks whether the answers are to be taken back.
pub(super) async fn show_withdraw_by_link(
    State(server): State<Server>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Reply {
    let result = async {
        let session = server.session_of_link(&token).await?;
        let (action, back) = (token.clone(), format!("../s/{token}"));
        Ok(server.ask_withdraw(&session, Place::Below, action, Vec::new(), back))
    };
    let result = result.await;
    server.reply(&headers, Place::Below, result)
}

/// `POST /w/TOKEN`: takes the answers back.
pub(super) async fn withdraw_by_link(
    State(server): State<Server>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Reply {
    let result = async {
        let session = server.session_of_link(&token).await?;
        server.take_back(&session, Place::Below).await
    };
    let result = result.await;
    server.reply(&headers, Place::Below, result)
}

/// `GET /withdraw`: asks, of whoever has the response's cookie.
pub(super) async fn show_withdraw(
    State(server): State<Server>,
    Query(query): Parameters,
    headers: HeaderMap,
) -> Reply {
    let result = async {
        let session = server.session(&headers, query.get("r").map(String::as_str)).await?;
        let action = format!("withdraw?r={}", session.reference);
        let hidden = vec![("token", sign::withdrawal(&server.secret, &session.response))];
        let back = format!("q?r={}", session.reference);
        Ok(server.ask_withdraw(&session, Place::Top, action, hidden, back))
    };
    let result = result.await;
    server.reply(&headers, Place::Top, result)
}

/// `POST /withdraw`: takes the answers back.
pub(super) async fn withdraw(
    State(server): State<Server>,
    Query(query): Parameters,
    headers: HeaderMap,
    form: Sent,
) -> Reply {
    let result = async {
        let Form(fields) = form?;
        let posted: Posted = fields.into_iter().collect();
        let session = server.session(&headers, query.get("r").map(String::as_str)).await?;
        if !sign::is_withdrawal_of(&server.secret, &session.response, posted.one("token")) {
            return Err(Failure::Stale);
        }
        server.take_back(&session, Place::Top).await
    };
    let result = result.await;
    server.reply(&headers, Place::Top, result)
}

impl Server {
    /// A link without a response has nothing to take back.
    async fn session_of_link(&self, token: &str) -> Result<Session, Failure> {
        let holder = self.holder(token).await?;
        let response = holder.response.ok_or(Failure::Unknown)?;
        let reference = sign::reference(&self.secret, response.id);
        Ok(Session { response, live: holder.live, reference })
    }

    fn ask_withdraw(
        &self,
        session: &Session,
        place: Place,
        action: String,
        hidden: Vec<(&'static str, String)>,
        back: String,
    ) -> Reply {
        if session.response.state == ResponseState::Withdrawn {
            return self.withdrawn(session, place);
        }
        let language = &session.response.language;
        let words = &Strings::of(language).leave;
        let page = ConfirmData {
            code: "withdraw",
            title: words.withdraw_title.clone(),
            text: words.withdraw_text.clone(),
            button: words.withdraw.clone(),
            action,
            hidden,
            back,
        };
        let title = page.title.clone();
        let frame = Frame { live: Some(&session.live), language, place, title };
        self.page(StatusCode::OK, &frame, PageData::Confirm(page))
    }

    async fn take_back(&self, session: &Session, place: Place) -> Result<Reply, Failure> {
        if session.response.state != ResponseState::Withdrawn {
            self.store.withdraw(session.response.id, self.clock.now()).await?;
        }
        Ok(self.withdrawn(session, place))
    }

    fn withdrawn(&self, session: &Session, place: Place) -> Reply {
        let language = &session.response.language;
        let notice = &Strings::of(language).notice.withdrawn;
        let frame = Frame { live: Some(&session.live), language, place, title: String::new() };
        self.notice(StatusCode::OK, &frame, Said { code: "withdrawn", notice, withdraw: String::new() })
    }
}

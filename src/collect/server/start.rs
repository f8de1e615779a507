//! `/s/TOKEN`: the page behind a personal link, and the button on it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response as Reply;

use crate::collect::form::data::{PageData, QuestionData, StartData};
use crate::collect::form::posted::field;
use crate::collect::form::strings::{Strings, fill};
use crate::collect::form::view::View;
use crate::collect::form::{self, Posted, Respondent, pipe::Pipes};
use crate::collect::server::Server;
use crate::collect::server::live::Live;
use crate::collect::server::questions::to_page;
use crate::collect::server::reply::{Failure, Frame, Place, Said, see_other};
use crate::model::checked::{PrivacyMode, QuestionKind};
use crate::store::Page;
use crate::store::token::base32;
use crate::store::types::{Answer, Invitation, NewResponse, Response, ResponseState, Saved};

/// Who holds a link.
pub(super) struct Holder {
    pub invitation: Invitation,
    pub response: Option<Response>,
    pub live: Arc<Live>,
}

impl Server {
    /// Finds who holds a link; wrong and outdated ones look alike.
    pub(super) async fn holder(&self, token: &str) -> Result<Holder, Failure> {
        let invitation = self.store.invitation_by_token(token).await?.ok_or(Failure::Unknown)?;
        let live = self.campaigns.get(&self.store, &invitation.campaign).await?.ok_or(Failure::Unknown)?;
        let response = self.store.response_of(invitation.id).await?;
        Ok(Holder { invitation, response, live })
    }
}

impl Holder {
    /// Returns the language of the page: wished, else used before, else the person's, else the campaign's.
    pub(super) fn language(&self, wished: Option<&str>) -> String {
        let used = self.response.as_ref().map(|r| &*r.language);
        let all = [wished, used, Some(self.invitation.language.as_str())];
        let spoken = all.into_iter().flatten().find_map(|l| self.live.speaks(l));
        spoken.unwrap_or(self.live.default_language()).to_owned()
    }
}

/// `GET /s/TOKEN`: shows the start page, and changes nothing.
pub(super) async fn show(
    State(server): State<Server>,
    Path(token): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Reply {
    let result = server.start_page(&token, &query).await;
    server.reply(&headers, Place::Below, result)
}

/// `POST /s/TOKEN`: starts or resumes the response and exchanges the link for a cookie.
pub(super) async fn start(
    State(server): State<Server>,
    Path(token): Path<String>,
    headers: HeaderMap,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Reply {
    let result = async {
        let Form(fields) = form?;
        server.start_response(&token, &headers, &fields.into_iter().collect()).await
    };
    let result = result.await;
    server.reply(&headers, Place::Below, result)
}

impl Server {
    async fn start_page(&self, token: &str, query: &BTreeMap<String, String>) -> Result<Reply, Failure> {
        let holder = self.holder(token).await?;
        let now = self.clock.now();
        let language = holder.language(query.get("lang").map(String::as_str));
        let strings = Strings::of(&language);
        let live = &holder.live;
        let frame =
            Frame { live: Some(live), language: &language, place: Place::Below, title: String::new() };
        match &holder.response {
            Some(r) if r.state == ResponseState::Completed => {
                let withdraw = format!("../w/{token}?lang={language}");
                let words = Said { code: "thanks", notice: &strings.notice.thanks, withdraw };
                return Ok(self.notice(StatusCode::OK, &frame, words));
            }
            Some(r) if r.state == ResponseState::Withdrawn => {
                let notice = &strings.notice.withdrawn;
                let words = Said { code: "withdrawn", notice, withdraw: String::new() };
                return Ok(self.notice(StatusCode::OK, &frame, words));
            }
            Some(r) if r.state == ResponseState::Screened => {
                let withdraw = format!("../w/{token}?lang={language}");
                let words = Said { code: "screened", notice: &strings.notice.screened, withdraw };
                return Ok(self.notice(StatusCode::OK, &frame, words));
            }
            Some(_) if live.is_over(now) => {
                let words = Said { code: "closed", notice: &strings.notice.closed, withdraw: String::new() };
                return Ok(self.notice(StatusCode::OK, &frame, words));
            }
            None if live.is_closed(now) => return Err(Failure::Unknown),
            _ => {}
        }
        let prefilled = prefilled(&holder, query, &language, live.today(now));
        let mut start = start_data(live, &language, strings);
        token.clone_into(&mut start.action);
        start.resumes = holder.response.is_some();
        start.prefilled = prefilled;
        start.unsubscribe = format!("../u/{token}?lang={language}");
        if holder.response.is_some() {
            start.withdraw = format!("../w/{token}?lang={language}");
        }
        Ok(self.page(StatusCode::OK, &frame, PageData::Start(Box::new(start))))
    }

    async fn start_response(
        &self,
        token: &str,
        headers: &HeaderMap,
        posted: &Posted,
    ) -> Result<Reply, Failure> {
        let holder = self.holder(token).await?;
        let now = self.clock.now();
        let live = &holder.live;
        if holder.response.is_none() && live.is_closed(now) {
            return Err(Failure::Unknown);
        }
        let language = holder.language(Some(posted.one("lang")));
        let mut response = if let Some(response) = holder.response {
            response
        } else {
            let new = self.new_response(&holder.invitation, live, &language).await?;
            self.store.start_response(Some(holder.invitation.id), &new, now).await?
        };
        if response.state == ResponseState::Started && !live.is_over(now) {
            if *response.language != *language {
                self.store.set_language(response.id, &language).await?;
                response.language = language.into();
            }
            response = self.on_present_pages(response, live).await?;
            response = self.save_prefilled(response, live, posted).await?;
        }
        let to = to_page(self, &response);
        Ok(see_other(&format!("../{to}"), Some(self.cookie(headers, &response))))
    }

    async fn new_response(
        &self,
        invitation: &Invitation,
        live: &Live,
        language: &str,
    ) -> Result<NewResponse, Failure> {
        let nonce = self.nonces.nonce().map_err(Failure::Ours)?;
        let sent = self.store.last_channel(invitation.id).await?;
        let used = invitation.fields.iter().filter(|(name, _)| live.used_fields.contains(*name));
        Ok(NewResponse {
            campaign: invitation.campaign.clone(),
            pseudonym: base32(&nonce),
            cell: Some(invitation.cell),
            language: language.to_owned(),
            channel: sent.unwrap_or_else(|| live.first_channel().to_owned()),
            fields: used.map(|(name, text)| (name.clone(), text.clone())).collect(),
        })
    }

    /// Saves the answer that the link had filled in and the person has now confirmed.
    async fn save_prefilled(
        &self,
        response: Response,
        live: &Live,
        posted: &Posted,
    ) -> Result<Response, Failure> {
        let now = self.clock.now();
        let checked = &live.checked;
        let mut response = response;
        // Another device may save between reading and writing; then it is tried on what that one left.
        for _ in 0..3 {
            let respondent = live.respondent(&response, now);
            let asked = form::asked(checked, &response.answers, &respondent);
            let questions: Vec<usize> = asked
                .iter()
                .copied()
                .filter(|&q| can_be_prefilled(&checked.questionnaire.questions[q].kind))
                .collect();
            let parsed = form::parse(checked, &questions, posted);
            let Some((item, _)) = parsed.set.first_key_value() else { return Ok(response) };
            let Some((_, of)) = checked.questionnaire.item(item) else { return Ok(response) };
            let mut merged = response.answers.to_map();
            merged.extend(parsed.set.clone());
            let pages = &live.pages;
            let page = pages.iter().position(|p| p.questions.contains(&of.question)).unwrap_or(0);
            let alone = pages[page].questions.iter().filter(|q| asked.contains(q)).count() == 1;
            let next =
                form::next_page(checked, pages, &merged, &respondent, if alone { page + 1 } else { page });
            let next = u32::try_from(next.unwrap_or(page)).unwrap_or(0);
            let answers: BTreeMap<String, Option<Answer>> =
                parsed.set.into_iter().map(|(item, answer)| (item, Some(answer))).collect();
            let submission = base32(&self.nonces.nonce().map_err(Failure::Ours)?);
            let page = Page {
                submission: &submission,
                seen_version: response.version,
                answers: &answers,
                next_page: next,
                complete: false,
                screened: false,
                claims: &[],
            };
            let saved = self.store.save_under(response.id, page, Some(live.version), now).await?;
            match saved {
                Saved::Done(after) | Saved::Replayed(after) => return Ok(after),
                Saved::Conflict(after) if after.state != ResponseState::Started => return Ok(after),
                Saved::Conflict(after) => response = after,
            }
        }
        Ok(response)
    }
}

fn can_be_prefilled(kind: &QuestionKind) -> bool {
    matches!(kind, QuestionKind::Scale(..) | QuestionKind::Choice(_) | QuestionKind::YesNo)
}

/// Draws the question that the link answers (`?ITEM=CODE`), if it is one that is asked from the start.
fn prefilled(
    holder: &Holder,
    query: &BTreeMap<String, String>,
    language: &str,
    today: jiff::civil::Date,
) -> Option<QuestionData> {
    let checked = &holder.live.checked;
    let nothing = BTreeMap::new();
    let respondent = Respondent::new(&nothing, language, today);
    let asked = form::asked(checked, &nothing_answered(), &respondent);
    let (item, value) = query.iter().find(|(name, _)| checked.questionnaire.item(name).is_some())?;
    let (_, of) = checked.questionnaire.item(item)?;
    let question = of.question;
    let fits = can_be_prefilled(&checked.questionnaire.questions[question].kind) && asked.contains(&question);
    let posted: Posted = [(field(item), value.clone())].into_iter().collect();
    let parsed = form::parse(checked, &[question], &posted);
    if !fits || !parsed.set.contains_key(item) {
        return None;
    }
    let strings = Strings::of(language);
    let pipes = Pipes::new(checked, &nothing_answered(), &respondent, strings);
    let view =
        View { checked, respondent: &respondent, pipes: &pipes, strings, posted: &posted, problems: &[] };
    view.question(question)
}

fn nothing_answered() -> BTreeMap<String, Answer> {
    BTreeMap::new()
}

/// Gathers what the start page tells.
fn start_data(live: &Live, language: &str, strings: &Strings) -> StartData {
    let words = &strings.start;
    let privacy = &live.checked.privacy;
    let consent = privacy.consent.get(language);
    let mode = match privacy.mode {
        PrivacyMode::Identified => &words.identified,
        PrivacyMode::Confidential => &words.confidential,
        PrivacyMode::Anonymous => &words.anonymous,
    };
    let keep = privacy.keep_days.filter(|_| privacy.mode == PrivacyMode::Confidential);
    let keep = keep.map(|days| fill(&words.keep, &[("n", &days.to_string())]));
    let mut notice = vec![mode.clone()];
    notice.extend(keep);
    notice.extend([words.no_tracking.clone(), words.voluntary.clone()]);
    let minutes = live.minutes(language).map(f64::ceil);
    let until = live.until(&words.date);
    let sender = live.sender(language);
    let owner = live.checked.campaign.owner.as_deref().unwrap_or("");
    let some = |pattern: &str, key: &str, value: &str| {
        if value.is_empty() { String::new() } else { fill(pattern, &[(key, value)]) }
    };
    StartData {
        action: String::new(),
        consent: if consent.is_empty() { words.purpose.clone() } else { consent.to_owned() },
        minutes: match minutes {
            Some(1.0) => words.one_minute.clone(),
            Some(n) => fill(&words.minutes, &[("n", &n.to_string())]),
            None => String::new(),
        },
        until: some(&words.until, "date", &until),
        asked_by: some(&words.asked_by, "name", sender),
        write_to: some(&words.write_to, "address", owner),
        privacy: notice,
        resumes: false,
        prefilled: None,
        unsubscribe: String::new(),
        withdraw: String::new(),
    }
}

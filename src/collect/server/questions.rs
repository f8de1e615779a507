//! `/q`: the pages of questions, one after the other.

use std::collections::BTreeMap;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response as Reply;
use serde::Deserialize;

use crate::collect::form::data::{PageData, QuestionsData};
use crate::collect::form::pipe::Pipes;
use crate::collect::form::strings::{Strings, fill};
use crate::collect::form::view::View;
use crate::collect::form::{self, Parsed, Posted, Problem};
use crate::collect::server::Server;
use crate::collect::server::reply::{Failure, Frame, Place, Said, see_other};
use crate::collect::server::session::Session;
use crate::collect::server::sign::{self, Drawn};
use crate::expr::Expr;
use crate::store;
use crate::store::token::base32;
use crate::store::types::{Answer, Response, ResponseState, Saved};

/// What the address of a page says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    /// Which response.
    r: Option<String>,
    /// Which page.
    p: Option<usize>,
}

/// Returns the reference to a response's present page, relative to the root.
pub(super) fn to_page(server: &Server, response: &Response) -> String {
    let r = sign::reference(&server.secret, response.id);
    match response.state {
        ResponseState::Started => format!("q?r={r}&p={}", response.page),
        _ => format!("q?r={r}"),
    }
}

/// `GET /q`: shows the page that comes next, or an earlier one that is asked for.
pub(super) async fn show(
    State(server): State<Server>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Reply {
    let result = async {
        let session = server.session(&headers, wanted.r.as_deref()).await?;
        if let Some(ended) = server.ended(&session) {
            return Ok(ended);
        }
        let page = present_page(&session, wanted.p, &server)?;
        let posted =
            Posted::of_answers(&session.live.checked, &page_of(&session, page), &session.response.answers);
        server.draw(&session, page, &posted, &[], Note::None)
    };
    let result = result.await;
    server.reply(&headers, Place::Top, result)
}

/// `POST /q`: saves a page and sends the browser on.
pub(super) async fn save(
    State(server): State<Server>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Reply {
    let result = async {
        let Form(fields) = form?;
        let session = server.session(&headers, wanted.r.as_deref()).await?;
        server.save_page(session, &fields.into_iter().collect()).await
    };
    let result = result.await;
    server.reply(&headers, Place::Top, result)
}

/// What stands above the questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Note {
    None,
    Conflict,
}

/// Which button was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Go {
    Next,
    Back,
    Language(String),
}

impl Go {
    fn of(value: &str) -> Self {
        match value.strip_prefix("lang-") {
            Some(tag) => Self::Language(tag.to_owned()),
            None if value == "back" => Self::Back,
            // Sent without a button (by the Enter key in some browsers): onward.
            None => Self::Next,
        }
    }
}

/// Returns the page to be shown: the wished one if the person has been there, else the present one.
fn present_page(session: &Session, wished: Option<usize>, server: &Server) -> Result<usize, Failure> {
    let (live, answers) = (&session.live, &session.response.answers);
    let (checked, pages) = (&live.checked, &live.pages);
    let respondent = session.live.respondent(&session.response, server.clock.now());
    let reached = usize::try_from(session.response.page).unwrap_or(usize::MAX);
    let from = wished.filter(|&p| p < reached).unwrap_or(reached);
    form::next_page(checked, pages, answers, &respondent, from)
        .or_else(|| form::previous_page(checked, pages, answers, &respondent, usize::MAX))
        .ok_or_else(|| Failure::Ours(format!("campaign `{}` asks nothing", session.response.campaign)))
}

fn page_of(session: &Session, page: usize) -> form::Page {
    let nothing = form::Page { section: 0, questions: Vec::new() };
    session.live.pages.get(page).cloned().unwrap_or(nothing)
}

impl Server {
    /// Returns the page of a response that takes no more answers.
    fn ended(&self, session: &Session) -> Option<Reply> {
        let words = &Strings::of(&session.response.language).notice;
        let (code, notice) = match session.response.state {
            ResponseState::Completed => ("thanks", &words.thanks),
            ResponseState::Withdrawn => ("withdrawn", &words.withdrawn),
            ResponseState::Screened => ("screened", &words.screened),
            ResponseState::Started if session.live.is_over(self.clock.now()) => ("closed", &words.closed),
            ResponseState::Started => return None,
        };
        let withdraw = match code {
            "thanks" | "screened" => format!("withdraw?r={}", session.reference),
            _ => String::new(),
        };
        Some(self.notice(StatusCode::OK, &frame(session), Said { code, notice, withdraw }))
    }

    async fn save_page(&self, session: Session, posted: &Posted) -> Result<Reply, Failure> {
        let page: usize = posted.one("page").parse().map_err(|_| Failure::Stale)?;
        let (version, spec) = posted.one("version").split_once('.').ok_or(Failure::Stale)?;
        let version: i64 = version.parse().map_err(|_| Failure::Stale)?;
        let spec: u32 = spec.parse().map_err(|_| Failure::Stale)?;
        let submission = posted.one("submission");
        let drawn = Drawn { response: session.response.id, page, version, spec, submission };
        if !drawn.is_signed(&self.secret, posted.one("token")) {
            return Err(Failure::Stale);
        }
        if let Some(ended) = self.ended(&session) {
            return match session.response.state {
                ResponseState::Started => Ok(ended),
                _ => Ok(see_other(&to_page(self, &session.response), None)),
            };
        }
        // What was drawn before the campaign changed is taken as it was asked.
        let present = session.live.version;
        let session = self.as_drawn(session, spec).await?;
        let go = Go::of(posted.one("go"));
        let now = self.clock.now();
        let checked = &session.live.checked;
        let respondent = session.live.respondent(&session.response, now);
        let asked = form::asked(checked, &session.response.answers, &respondent);
        let mut questions = page_of(&session, page).questions;
        questions.retain(|q| asked.contains(q));
        let parsed = form::parse(checked, &questions, posted);
        if go == Go::Next && !parsed.problems.is_empty() {
            return self.draw(&session, page, posted, &parsed.problems, Note::None);
        }
        let step = Step::new(self, &session, page, parsed, &go);
        let quotas = step.quotas.iter().filter_map(|&q| checked.quotas.get(q));
        let claims: Vec<store::Claim> =
            quotas.map(|q| store::Claim { name: &q.name, number: q.number }).collect();
        let saved = store::Page {
            submission,
            seen_version: version,
            answers: &step.answers,
            next_page: step.next,
            complete: step.complete,
            screened: step.screened,
            claims: &claims,
        };
        let saved = self.store.save_under(session.response.id, saved, Some(spec), now).await?;
        match saved {
            Saved::Done(mut response) => {
                if let Go::Language(tag) = &go
                    && let Some(tag) = session.live.speaks(tag)
                {
                    self.store.set_language(response.id, tag).await?;
                    response.language = tag.into();
                }
                // Pages have other numbers in another version.
                let to = match response.state {
                    ResponseState::Started if spec != present => format!("q?r={}", session.reference),
                    _ => to_page(self, &response),
                };
                Ok(see_other(&to, None))
            }
            Saved::Replayed(response) => Ok(see_other(&to_page(self, &response), None)),
            Saved::Conflict(response) => self.show_conflict(&Session { response, ..session }, page),
        }
    }

    /// Returns the session with the version of the campaign under which a page was drawn.
    async fn as_drawn(&self, session: Session, spec: u32) -> Result<Session, Failure> {
        if session.live.version == spec {
            return Ok(session);
        }
        let live = self.campaigns.get_in(&self.store, &session.response.campaign, spec).await?;
        Ok(Session { live: live.ok_or(Failure::Stale)?, ..session })
    }

    /// Shows what another window or device has saved, on the same page if it is still asked.
    fn show_conflict(&self, session: &Session, page: usize) -> Result<Reply, Failure> {
        if session.response.state != ResponseState::Started {
            return Ok(see_other(&to_page(self, &session.response), None));
        }
        let page = present_page(session, Some(page), self)?;
        let answers = &session.response.answers;
        let posted = Posted::of_answers(&session.live.checked, &page_of(session, page), answers);
        self.draw(session, page, &posted, &[], Note::Conflict)
    }

    fn draw(
        &self,
        session: &Session,
        page: usize,
        posted: &Posted,
        problems: &[(usize, Problem)],
        note: Note,
    ) -> Result<Reply, Failure> {
        let response = &session.response;
        let (checked, pages) = (&session.live.checked, &session.live.pages);
        let respondent = session.live.respondent(response, self.clock.now());
        let strings = Strings::of(&response.language);
        let pipes = Pipes::new(checked, &response.answers, &respondent, strings);
        let asked = form::asked(checked, &response.answers, &respondent);
        let of_page = page_of(session, page);
        let view = View { checked, respondent: &respondent, pipes: &pipes, strings, posted, problems };
        let shown = of_page.questions.iter().filter(|q| asked.contains(q));
        let questions: Vec<_> = shown.filter_map(|&q| view.question(q)).collect();
        let errors = view.errors(&questions);
        let section = checked.questionnaire.sections.get(of_page.section);
        let section = section.map_or_else(String::new, |s| pipes.text(&s.title));
        let words = &strings.question;
        let (status, message) = match note {
            Note::Conflict => (StatusCode::CONFLICT, words.conflict.clone()),
            Note::None if errors.is_empty() => (StatusCode::OK, String::new()),
            Note::None => (StatusCode::UNPROCESSABLE_ENTITY, String::new()),
        };
        let data = QuestionsData {
            action: format!("q?r={}", session.reference),
            hidden: self.hidden(session, page)?,
            step: page + 1,
            steps: pages.len(),
            message,
            error_summary: match errors.len() {
                1 => words.error_one.clone(),
                n => fill(&words.error_many, &[("n", &n.to_string())]),
            },
            back: form::previous_page(checked, pages, &response.answers, &respondent, page).is_some(),
            last: form::next_page(checked, pages, &response.answers, &respondent, page + 1).is_none()
                && page + 1 == pages.len(),
            section: section.clone(),
            errors,
            questions,
        };
        let mut frame = frame(session);
        frame.title =
            if data.errors.is_empty() { section } else { format!("{}{section}", words.error_title) };
        Ok(self.page(status, &frame, PageData::Questions(data)))
    }

    fn hidden(&self, session: &Session, page: usize) -> Result<Vec<(&'static str, String)>, Failure> {
        let mut bytes = [0; 16];
        // Not from the nonces of a rehearsal: a drawing that is never sent must not shift what comes after.
        getrandom::fill(&mut bytes)
            .map_err(|e| Failure::Ours(format!("the system gave no random bytes: {e}")))?;
        let submission = base32(&bytes);
        let (response, version) = (session.response.id, session.response.version);
        let drawn = Drawn { response, page, version, spec: session.live.version, submission: &submission };
        let (token, versions) = (drawn.token(&self.secret), drawn.versions());
        Ok(vec![
            ("page", page.to_string()),
            ("version", versions),
            ("submission", submission),
            ("token", token),
        ])
    }
}

fn frame(session: &Session) -> Frame<'_> {
    Frame {
        live: Some(&session.live),
        language: &session.response.language,
        place: Place::Top,
        title: String::new(),
    }
}

/// What a save will write.
struct Step {
    answers: BTreeMap<String, Option<Answer>>,
    next: u32,
    complete: bool,
    /// The answers say that the person is asked no further.
    screened: bool,
    /// Quotas that the person counts for.
    quotas: Vec<usize>,
}

impl Step {
    fn new(server: &Server, session: &Session, page: usize, parsed: Parsed, go: &Go) -> Self {
        let (checked, pages) = (&session.live.checked, &session.live.pages);
        let respondent = session.live.respondent(&session.response, server.clock.now());
        let mut answers: BTreeMap<String, Option<Answer>> =
            parsed.set.into_iter().map(|(item, answer)| (item, Some(answer))).collect();
        // An answer that this version can't show was not left empty by the person.
        let shown = |item: &String| {
            session.response.answers.get(item).is_none_or(|answer| store::fits(checked, item, answer))
        };
        answers.extend(parsed.clear.into_iter().filter(shown).map(|item| (item, None)));
        let mut merged = session.response.answers.clone();
        for (item, answer) in &answers {
            match answer {
                Some(answer) => merged.insert(item.clone(), answer.clone()),
                None => merged.remove(item),
            };
        }
        let next = match go {
            Go::Back => form::previous_page(checked, pages, &merged, &respondent, page).or(Some(page)),
            Go::Language(_) => Some(page),
            Go::Next => form::next_page(checked, pages, &merged, &respondent, page + 1)
                .or_else(|| form::pages::incomplete_page(checked, pages, &merged, &respondent)),
        };
        if next.is_none() {
            // What is no longer asked was answered on a way that was taken back: it goes.
            let counted = form::asked::counted(checked, &merged, &respondent);
            // What is not asked in this version at all is kept as it was given.
            let known = |item: &String| checked.questionnaire.item(item).is_some();
            let gone = merged.keys().filter(|item| known(item) && !counted.contains_key(*item));
            answers.extend(gone.map(|item| (item.clone(), None)));
        }
        let stays = next.unwrap_or(page);
        // Who goes back or changes the language has not sent the page.
        let sent = *go == Go::Next;
        let holds = |condition: &Expr| sent && form::asked::holds(checked, condition, &merged, &respondent);
        let screened = checked.screens.iter().any(|s| holds(&s.condition));
        let quotas = checked.quotas.iter().enumerate().filter(|(_, q)| holds(&q.condition));
        let quotas = quotas.map(|(i, _)| i).collect();
        Self {
            answers,
            next: u32::try_from(stays).unwrap_or(u32::MAX),
            complete: next.is_none(),
            screened,
            quotas,
        }
    }
}

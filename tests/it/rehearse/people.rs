//! Simulated people against a small form server that is written here by hand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use canvass::rehearse::behaviour::{Mind, Person, Temper};
use canvass::rehearse::client::Client;
use canvass::rehearse::letter::Letter;
use canvass::rehearse::respondent::{Progress, Respondent};

/// What the server saw: by token, the pages posted.
#[derive(Default)]
struct Seen {
    gets: BTreeMap<String, usize>,
    posts: BTreeMap<String, Vec<String>>,
    refused: Vec<String>,
    cookies_missing: usize,
}

type Shared = Arc<Mutex<Seen>>;

fn lock(seen: &Shared) -> std::sync::MutexGuard<'_, Seen> {
    seen.lock().expect("nobody panicked")
}

async fn start_page(State(seen): State<Shared>, Path(token): Path<String>) -> Response {
    if token == "broken" {
        return StatusCode::NOT_FOUND.into_response();
    }
    *lock(&seen).gets.entry(token.clone()).or_default() += 1;
    let page = format!("<html lang=en><form method=post action=/start/{token}><button>Start</button></form>");
    Html(page).into_response()
}

async fn start(Path(token): Path<String>) -> Response {
    let cookie = format!("s={token}; HttpOnly; SameSite=Lax");
    ([(header::SET_COOKIE, cookie)], Redirect::to("/page/1")).into_response()
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    headers.get(header::COOKIE)?.to_str().ok()?.strip_prefix("s=").map(ToOwned::to_owned)
}

async fn page(Path(page): Path<usize>) -> Html<String> {
    Html(match page {
        1..=3 => format!(
            "<html lang=en><form method=post><fieldset><input type=radio name=q{page} value=1>\
             <input type=radio name=q{page} value=2></fieldset><button>Next</button></form>"
        ),
        _ => "<html lang=en><p>Thank you</p><form method=post action=/withdraw><button>Withdraw</button></form>"
            .to_owned(),
    })
}

async fn take(
    State(seen): State<Shared>,
    Path(page): Path<usize>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let Some(token) = cookie(&headers) else {
        lock(&seen).cookies_missing += 1;
        return StatusCode::FORBIDDEN.into_response();
    };
    // The second page wants an answer and says so.
    if page == 2 && body.is_empty() {
        return (StatusCode::UNPROCESSABLE_ENTITY, self::page(Path(2)).await).into_response();
    }
    lock(&seen).posts.entry(token).or_default().push(body);
    Redirect::to(&format!("/page/{}", page + 1)).into_response()
}

async fn refuse(State(seen): State<Shared>, Path(token): Path<String>) -> &'static str {
    lock(&seen).refused.push(token);
    "done"
}

async fn serve() -> (String, Shared) {
    let seen = Shared::default();
    let app = Router::new()
        .route("/r/{token}", get(start_page))
        .route("/start/{token}", post(start))
        .route("/page/{page}", get(page).post(take))
        .route("/u/{token}", post(refuse))
        .with_state(Arc::clone(&seen));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (base, seen)
}

fn letter(base: &str, token: &str) -> Letter {
    Letter {
        link: Some(format!("{base}/r/{token}")),
        one_click: Some(format!("{base}/u/{token}")),
        ..Letter::default()
    }
}

/// Finds somebody of this temper.
fn of_temper(temper: Temper) -> Person {
    let person = |n: usize| Person {
        id: format!("p{n}@example.com"),
        contact: String::new(),
        willingness: 0.5,
        satisfaction: 0.0,
    };
    (0..5000).map(person).find(|p| Mind::new(3, p.clone()).temper(0) == temper).expect("somebody")
}

/// Lets somebody get some messages and act until nothing is left to do; returns progress and seconds between acts.
async fn live(temper: Temper, base: &str, messages: usize) -> (Respondent, Vec<i64>) {
    let mut respondent = Respondent::new(3, of_temper(temper));
    let mut client = Client::default();
    let mut times = Vec::new();
    for _ in 0..messages {
        let mut next = respondent.receive(letter(base, &format!("{temper:?}")));
        while let Some(act) = next {
            times.push(act.seconds);
            next = respondent.act(act.visit, &mut client).await.expect("the server answers");
        }
    }
    (respondent, times)
}

#[tokio::test(flavor = "multi_thread")]
async fn tempers_do_what_they_say() {
    let (base, seen) = serve().await;
    let expected = [
        (Temper::Ignores, Progress::Idle, 0),
        (Temper::Looks, Progress::Looked, 0),
        (Temper::Unsubscribes, Progress::Refused, 0),
        (Temper::Answers, Progress::Finished, 3),
        (Temper::AnswersWhenReminded, Progress::Finished, 3),
        (Temper::ComesBack, Progress::Finished, 3),
    ];
    for (temper, progress, at_least) in expected {
        let (respondent, _) = live(temper, &base, 2).await;
        assert_eq!(respondent.record().collect::<Vec<_>>(), [(temper, progress)]);
        let posts = lock(&seen).posts.get(&format!("{temper:?}")).map_or(0, Vec::len);
        assert!(posts >= at_least && (at_least > 0 || posts == 0), "{temper:?}: {posts} posts");
    }
    let seen = lock(&seen);
    assert_eq!(seen.refused, ["Unsubscribes"]);
    assert_eq!(seen.cookies_missing, 0);
    assert!(seen.gets["ComesBack"] >= 2, "the link is opened again");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_message_is_not_enough_for_those_who_want_to_be_reminded() {
    let (base, seen) = serve().await;
    let (respondent, _) = live(Temper::AnswersWhenReminded, &base, 1).await;
    assert_eq!(respondent.record().next(), Some((Temper::AnswersWhenReminded, Progress::Idle)));
    assert!(lock(&seen).gets.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_drops_out_has_begun_and_never_finishes() {
    let (base, seen) = serve().await;
    let (respondent, _) = live(Temper::DropsOut, &base, 3).await;
    assert_eq!(respondent.record().next(), Some((Temper::DropsOut, Progress::Left)));
    assert!(lock(&seen).posts.get("DropsOut").map_or(0, Vec::len) < 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_leads_nowhere_gives_no_answer() {
    let (base, seen) = serve().await;
    for link in [Some(format!("{base}/r/broken")), Some("http://127.0.0.1:9/r/x".to_owned()), None] {
        let mut respondent = Respondent::new(3, of_temper(Temper::Answers));
        let mut client = Client::default();
        let next = respondent.receive(Letter { link, ..Letter::default() }).expect("a try");
        assert_eq!(respondent.act(next.visit, &mut client).await.expect("no trouble"), None);
        assert_eq!(respondent.record().next(), Some((Temper::Answers, Progress::DeadLink)));
    }
    assert!(lock(&seen).posts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_person_does_the_same_twice() {
    let (base, seen) = serve().await;
    let (_, first) = live(Temper::ComesBack, &base, 1).await;
    let posted = std::mem::take(&mut lock(&seen).posts);
    let (_, second) = live(Temper::ComesBack, &base, 1).await;
    assert_eq!((first, posted), (second, std::mem::take(&mut lock(&seen).posts)));
}

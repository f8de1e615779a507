//! A served campaign: a real store, a real server on a free port, and a client that follows nothing by itself.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use canvass::clock::ManualClock;
use canvass::collect::server;
use canvass::model::{Checked, Files, Memory, analyse};
use canvass::store::token::token;
use canvass::store::{Answer, Durability, Invitation, Launched, Response, Store};
use tokio::runtime::Runtime;

use crate::support::scratch::Scratch;

pub const EVERYTHING: &str = include_str!("../../fixtures/collect/everything.survey");
const SECRET: &[u8] = b"a secret of the tests";

pub fn checked(source: &str) -> Checked {
    analysed("main.survey", &Memory(BTreeMap::from([("main.survey".to_owned(), source.to_owned())])))
}

/// Analyses a campaign of the repository.
pub fn spec(name: &str) -> Checked {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs").join(name);
    analysed(&format!("{name}.survey"), &canvass::model::Folder(folder))
}

fn analysed(main: &str, files: &dyn Files) -> Checked {
    let analysis = analyse(main, files);
    analysis.checked.unwrap_or_else(|| panic!("{:#?}", analysis.diagnostics))
}

pub fn everything() -> Checked {
    static ONCE: LazyLock<Checked> = LazyLock::new(|| checked(EVERYTHING));
    ONCE.clone()
}

pub fn launched(checked: &Checked) -> Launched {
    let plan = r#"{
        "strata": [{ "name": "everybody", "cells": [{ "index": 0 }] }],
        "questionnaire": { "minutes": [{ "language": "zh", "longest": 2.4 }, { "language": "en", "longest": 2.1 }] }
    }"#;
    Launched {
        campaign: checked.campaign.name.clone(),
        files: checked.files.iter().map(|f| (f.path.clone(), f.text.clone())).collect(),
        plan: plan.to_owned(),
        plan_hash: "of the tests".to_owned(),
        launched_at: "2026-01-05T01:00:00Z".parse().unwrap(),
        paused: false,
    }
}

pub fn invitation(campaign: &str, n: u8, language: &str) -> Invitation {
    let fields =
        [("region", if n % 2 == 0 { "west" } else { "east" }), ("visits", "3"), ("secret", "not needed")];
    Invitation {
        id: 0,
        campaign: campaign.to_owned(),
        key: format!("c{n}"),
        occasion: String::new(),
        cell: 0,
        position: u64::from(n),
        cluster: None,
        language: language.to_owned(),
        timezone: None,
        name: Some("林小满".to_owned()),
        email: Some(format!("person{n}@example.com")),
        mobile: Some(format!("+1-202-555-01{n:02}")),
        fields: fields.map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
        nonce: [n; 16],
        released_at: Some("2026-01-05T01:00:00Z".parse().unwrap()),
        event_at: None,
    }
}

pub struct Site {
    pub runtime: Runtime,
    pub store: Store,
    pub clock: Arc<ManualClock>,
    pub base: String,
    _folder: Scratch,
}

impl Site {
    /// Serves a spec to ten people: odd ones in Chinese and in the east, even ones in English and in the west.
    pub fn new(source: &str) -> Self {
        let site = Self::empty();
        site.launch(&checked(source), 0);
        site
    }

    pub fn empty() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let folder = Scratch::new("collect");
        let url = format!("sqlite:{}", folder.0.join("canvass.db").display());
        let clock = Arc::new(ManualClock::new("2026-01-06T02:00:00Z".parse().unwrap()));
        let (store, base) = runtime.block_on(async {
            let store = Store::open(&url, Durability::Relaxed).await.unwrap().with_secret(SECRET);
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let base = format!("http://{}", listener.local_addr().unwrap());
            let (served, time) = (store.clone(), clock.clone());
            tokio::spawn(server::serve(served, SECRET.to_vec(), time, listener, std::future::pending()));
            (store, base)
        });
        Self { runtime, store, clock, base, _folder: folder }
    }

    /// Launches a campaign for people `from + 1` to `from + 10`.
    pub fn launch(&self, checked: &Checked, from: u8) {
        let launched = launched(checked);
        let person = |n| invitation(&launched.campaign, n, if n % 2 == 0 { "en" } else { "zh" });
        let people: Vec<Invitation> = (from + 1..=from + 10).map(person).collect();
        self.runtime.block_on(self.store.launch(&launched, &people)).unwrap();
    }

    pub fn token(n: u8) -> String {
        token(SECRET, &[n; 16])
    }

    pub fn link(&self, n: u8) -> String {
        format!("{}/s/{}", self.base, Self::token(n))
    }

    pub fn set_time(&self, now: &str) {
        self.clock.set(now.parse().unwrap());
    }

    pub fn response(&self, n: u8) -> Option<Response> {
        self.runtime.block_on(async {
            let invitation = self.store.invitation_by_token(&Self::token(n)).await.unwrap().unwrap();
            self.store.response_of(invitation.id).await.unwrap()
        })
    }

    pub fn answer(&self, n: u8, item: &str) -> Option<Answer> {
        self.response(n)?.answers.get(item).cloned()
    }

    /// Every byte of the database and its journal.
    pub fn dump(&self) -> Vec<Vec<u8>> {
        let path = self.store.path();
        let journal = path.with_extension("db-wal");
        [path.to_path_buf(), journal].iter().map(|p| std::fs::read(p).unwrap_or_default()).collect()
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: String,
    pub url: String,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// What kind of page it is, by its own words.
    pub fn kind(&self) -> &str {
        between(&self.body, "data-page=\"", "\"").unwrap_or("")
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let marker = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
        between(&self.body, &marker, "\"")
            .unwrap_or_else(|| panic!("no field {name} in {}", self.body))
            .to_owned()
    }

    /// Fills the form of the page: its hidden fields and these answers.
    pub fn fill(&self, answers: &[(&str, &str)]) -> Vec<(String, String)> {
        let hidden =
            ["page", "version", "submission", "token"].map(|name| (name.to_owned(), self.hidden(name)));
        let own = answers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        hidden.into_iter().chain(own).collect()
    }

    pub fn location(&self) -> String {
        resolve(&self.url, self.header("location"))
    }

    pub fn action(&self) -> String {
        resolve(&self.url, between(&self.body, "<form method=\"post\" action=\"", "\"").unwrap_or(""))
    }
}

pub fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(found, _)| found)
}

/// RFC 3986 §5 for the references that the forms use: empty, relative, `../`.
fn resolve(base: &str, reference: &str) -> String {
    if reference.is_empty() {
        return base.to_owned();
    }
    let mut folder = base.split('?').next().unwrap().rsplit_once('/').unwrap().0.to_owned();
    let mut rest = reference;
    while let Some(up) = rest.strip_prefix("../") {
        folder = folder.rsplit_once('/').unwrap().0.to_owned();
        rest = up;
    }
    format!("{folder}/{rest}")
}

/// A browser without scripts: keeps cookies, follows nothing by itself.
pub struct Browser {
    agent: ureq::Agent,
    cookies: BTreeMap<String, String>,
}

impl Default for Browser {
    fn default() -> Self {
        let config = ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).build();
        Self { agent: config.into(), cookies: BTreeMap::new() }
    }
}

impl Browser {
    pub fn get(&mut self, url: &str) -> Page {
        let request = self.agent.get(url).header("cookie", self.cookie()).header("accept-language", "zh-CN");
        let reply = request.call().unwrap();
        self.read(url, reply)
    }

    pub fn head(&mut self, url: &str) -> Page {
        let reply = self.agent.head(url).header("cookie", self.cookie()).call().unwrap();
        self.read(url, reply)
    }

    pub fn post(&mut self, url: &str, fields: &[(String, String)]) -> Page {
        let pairs = fields.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        let reply = self.agent.post(url).header("cookie", self.cookie()).send_form(pairs).unwrap();
        self.read(url, reply)
    }

    /// Posts and follows the redirect that must come.
    pub fn send(&mut self, url: &str, fields: &[(String, String)]) -> Page {
        let sent = self.post(url, fields);
        assert_eq!(sent.status, 303, "{}", sent.body);
        self.get(&sent.location())
    }

    /// Presses the button of the start page and goes to the first page.
    pub fn start(&mut self, link: &str) -> Page {
        let start = self.get(link);
        assert_eq!(start.kind(), "start", "{}", start.body);
        self.send(&start.action(), &[("lang".to_owned(), start.hidden("lang"))])
    }

    /// Fills the page and goes to the next one.
    pub fn next(&mut self, page: &Page, answers: &[(&str, &str)]) -> Page {
        self.send(&page.action(), &page.fill(&[answers, &[("go", "next")]].concat()))
    }

    fn cookie(&self) -> String {
        self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("; ")
    }

    fn read(&mut self, url: &str, mut reply: ureq::http::Response<ureq::Body>) -> Page {
        let headers: BTreeMap<String, String> = reply
            .headers()
            .iter()
            .map(|(k, v)| (k.as_str().to_owned(), v.to_str().unwrap_or("").to_owned()))
            .collect();
        if let Some((name, value)) =
            headers.get("set-cookie").and_then(|c| c.split(';').next()?.split_once('='))
        {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let status = reply.status().as_u16();
        let body = reply.body_mut().read_to_string().unwrap_or_default();
        Page { status, headers, body, url: url.to_owned() }
    }
}

/// Answers of the first pages of `everything`, up to and including the details.
pub const DETAILS: [(&str, &str); 7] = [
    ("a.attitude", "5"),
    ("a.speed", "3"),
    ("a.skill", ".na"),
    ("a.reached", "other"),
    ("a.reached.other", "  路过 <b>门店</b> "),
    ("a.used", "orders"),
    ("a.used", "bills"),
];

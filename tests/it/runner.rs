//! Campaigns carried out turn by turn on a clock that jumps: batches, arrivals, events.

mod command;
mod launched;
mod measures;
mod turns;
mod waves;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use canvass::clock::ManualClock;
use canvass::dispatch::{Pace, Relay, Senders, Silent, Stop, TurnSummary};
use canvass::frame::{self, History};
use canvass::model::{Checked, Folder, analyse};
use canvass::plan;
use canvass::runner::{Parts, Runner, launch};
use canvass::store::token::SeededNonces;
use canvass::store::{NewResponse, Store};
use mail_parser::MessageParser;

use crate::store::{Opener, at};
use crate::support::sink::{Sink, friendly};

/// A launched campaign, its mail server, and its clock.
pub struct Stage {
    pub runner: Runner,
    pub sink: Sink,
    pub store: Store,
    clock: ManualClock,
    answered: u32,
    _opener: Opener,
}

pub fn checked(folder: &Path) -> Checked {
    let analysis = analyse("c.survey", &Folder(folder.to_path_buf()));
    assert!(analysis.checked.is_some(), "{:#?}", analysis.diagnostics);
    analysis.checked.unwrap()
}

impl Stage {
    /// Launches the campaign `c.survey` of the opener's folder.
    pub async fn new(opener: Opener, now: &str) -> Self {
        let folder = opener.folder.0.clone();
        let checked = checked(&folder);
        let reading = frame::read(&checked, &folder, 7, &History::default()).unwrap();
        let plan = plan::make(&checked, &reading.summary, 7);
        let store = opener.open().await;
        let sink = Sink::start(friendly()).await;
        let nonces = Arc::new(SeededNonces::new(7));
        launch(&checked, &plan, &reading.drawn, &store, at(now), &*nonces).await.unwrap();
        let relay = Relay::new(&sink.addr.ip().to_string(), sink.addr.port());
        let senders = Senders::new("https://survey.example.com", Some(relay), None);
        let parts = Parts { checked, folder, plan, store: store.clone(), senders, nonces };
        let runner = Runner::new(parts).unwrap();
        let clock = ManualClock::new(at(now));
        Self { runner, sink, store, clock, answered: 0, _opener: opener }
    }

    pub async fn turn(&mut self, now: &str) -> TurnSummary {
        self.clock.set(at(now));
        let summary = self.runner.turn(&self.clock, Pace::Jump, &Stop::default(), &Silent).await.unwrap();
        let name = self.runner.plan().campaign.clone();
        assert_eq!(self.store.contradictions(&name).await.unwrap(), Vec::<String>::new());
        summary
    }

    /// Lets the first `count` people who got a mail and have not answered yet answer now.
    pub async fn answer(&mut self, count: usize, now: &str) {
        let mut tokens: Vec<String> = self.sink.accepted().iter().map(|a| token_of(&a.raw)).collect();
        tokens.sort();
        tokens.dedup();
        let mut left = count;
        for token in tokens {
            let invitation = self.store.invitation_by_token(&token).await.unwrap().unwrap();
            if left == 0 || self.store.response_of(invitation.id).await.unwrap().is_some() {
                continue;
            }
            left -= 1;
            self.answered += 1;
            let start = NewResponse {
                campaign: invitation.campaign.clone(),
                pseudonym: format!("p{}", self.answered),
                cell: Some(invitation.cell),
                language: "zh".to_owned(),
                channel: "mail".to_owned(),
                fields: BTreeMap::new(),
            };
            let r = self.store.start_response(Some(invitation.id), &start, at(now)).await.unwrap();
            self.store.save_page(r.id, "s", 0, &BTreeMap::new(), 1, true, at(now)).await.unwrap();
        }
        assert_eq!(left, 0, "not so many people to answer");
    }

    /// Returns to whom mails went, sorted.
    pub fn mailed(&self) -> Vec<String> {
        let mut to: Vec<String> = self.sink.accepted().into_iter().map(|a| a.to).collect();
        to.sort();
        to
    }

    /// How many came until now, drawn or not.
    pub async fn known(&self) -> usize {
        self.store.known_arrivals(&self.runner.plan().campaign).await.unwrap().len()
    }

    pub async fn released(&self) -> u64 {
        let name = self.runner.plan().campaign.clone();
        self.store.cell_counts(&name).await.unwrap().iter().map(|c| c.released).sum()
    }
}

fn token_of(raw: &str) -> String {
    let text = MessageParser::default().parse(raw.as_bytes()).unwrap().body_text(0).unwrap().into_owned();
    let rest = text.split("/s/").nth(1).unwrap();
    rest.chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// A spec with these declarations between its head and its tail.
pub fn spec(frame: &str, strata: &str, steps: &str) -> String {
    format!(
        r#"campaign c {{
  title     "满意度" / "Satisfaction"
  languages zh, en
  timezone  "Asia/Shanghai"
  owner     "cx@example.com"
}}
frame customers {{
  source   "customers.csv"
  key      id
  email    email
  field signed_up : date
{frame}
}}
{strata}
section main "服务" / "Service" {{
  question overall : csat required {{ text "您对我们的服务有多满意？" / "How satisfied are you with our service?" }}
}}
channel mail : email {{
  from    "客户体验团队" / "Customer experience" at "cx@example.com"
  subject "请评价我们的服务" / "Please rate our service"
}}
schedule {{
  open   2026-01-05 09:00
  close  2026-01-31 18:00
  hours  09:00..20:00
{steps}
}}
"#
    )
}

/// Customers `c0..cN`, signed up on these days.
pub fn customers(days: &[&str]) -> String {
    let rows = days.iter().enumerate().map(|(n, day)| format!("c{n:03},c{n}@example.com,{day}\n"));
    format!("id,email,signed_up\n{}", rows.collect::<String>())
}

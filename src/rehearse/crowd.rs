//! Everybody who gets messages in a rehearsal, and what they do next.
//!
//! Goes in: kept messages and the passing of simulated time. Comes out: requests
//! to the forms. It hands every message to whom it is for and calls on people one
//! after another in the order of the agenda, so that nothing depends on sockets.

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;

use crate::rehearse::agenda::Agenda;
use crate::rehearse::behaviour::Temper;
use crate::rehearse::client::Client;
use crate::rehearse::letter::{self, Letter};
use crate::rehearse::mailbox::{Kept, KeptKind};
use crate::rehearse::population::{Population, Traits};
use crate::rehearse::respondent::{Next, Progress, Respondent};

/// The simulated people.
#[derive(Debug)]
pub struct Crowd {
    seed: u64,
    population: Population,
    respondents: Vec<Respondent>,
    agenda: Agenda,
    client: Client,
    /// Messages to addresses that nobody has.
    pub strays: u64,
    /// Invitations whose form was filled to the end.
    pub finished: u64,
}

impl Crowd {
    /// Makes an empty crowd.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            population: Population::new(seed),
            respondents: Vec::new(),
            agenda: Agenda::default(),
            client: Client::default(),
            strays: 0,
            finished: 0,
        }
    }

    /// Lets somebody from the list in; who is there already, stays as they are.
    pub fn admit(&mut self, traits: &Traits) {
        self.population.add(traits);
        let known = self.respondents.len();
        let fresh = self.population.people().iter().skip(known).cloned();
        self.respondents.extend(fresh.map(|person| Respondent::new(self.seed, person)));
    }

    /// Hands out messages; they are read from their files.
    pub fn deliver(&mut self, kept: &[Kept], now: Timestamp) -> io::Result<()> {
        for message in kept {
            let letter = letter::read(&message.path)?;
            let Some(person) = self.reader_of(message, &letter) else {
                self.strays += 1;
                continue;
            };
            let sent = letter.sent.and_then(|s| Timestamp::from_second(s).ok()).unwrap_or(now).min(now);
            if let Some(Next { visit, seconds }) = self.respondents[person].receive(letter) {
                self.agenda.add(sent, seconds, person, visit);
            }
        }
        Ok(())
    }

    /// Finds out who of those that share an address a message is for: who knows its link, else who has had none.
    fn reader_of(&self, message: &Kept, letter: &Letter) -> Option<usize> {
        let whose = self.population.whose(&message.to);
        let knows = whose.iter().find(|&&p| self.respondents[p].knows(letter));
        // A first message by telephone goes to those who have no mail address.
        let by_phone = |p: usize| !self.population.people()[p].contact.contains('@');
        let fits = |p: usize| message.kind == KeptKind::Mail || by_phone(p);
        let fresh = || whose.iter().find(|&&p| fits(p) && !self.respondents[p].is_invited());
        knows.or_else(fresh).or_else(|| whose.first()).copied()
    }

    /// Returns when somebody acts next.
    #[must_use]
    pub fn next_at(&self) -> Option<Timestamp> {
        self.agenda.next_at()
    }

    /// Lets everybody act who wants to by now.
    pub async fn act(&mut self, now: Timestamp) -> io::Result<()> {
        while let Some(act) = self.agenda.take_due(now) {
            let Some(respondent) = self.respondents.get_mut(act.person) else { continue };
            if let Some(Next { visit, seconds }) = respondent.act(act.visit, &mut self.client).await? {
                self.agenda.add(now, seconds, act.person, visit);
            } else if respondent.progress(act.visit) == Some(Progress::Finished) {
                self.finished += 1;
            }
        }
        Ok(())
    }

    /// Returns how many requests were made.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.client.requests
    }

    /// Counts invitations by temper and by how far people got.
    #[must_use]
    pub fn record(&self) -> BTreeMap<(Temper, Progress), u64> {
        let mut record = BTreeMap::new();
        for entry in self.respondents.iter().flat_map(Respondent::record) {
            *record.entry(entry).or_default() += 1;
        }
        record
    }
}

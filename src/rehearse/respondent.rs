//! A simulated respondent: gets messages, opens links, fills pages, stops or goes on.
//!
//! Goes in: letters, and the moments at which the person acts. Comes out: HTTP
//! requests and the time until the next act. All that it knows is what stands in
//! the message and on the served pages.

use std::io;

use crate::rehearse::behaviour::{Mind, Person, Rating, Temper};
use crate::rehearse::client::{Client, Cookies, Page, join};
use crate::rehearse::fill::{Care, fill, onward, questions};
use crate::rehearse::letter::Letter;
use crate::rehearse::page::{self, Document, Field, Form, Kind};

/// How often a page that comes back with complaints is tried.
const TRIES: usize = 3;
/// More pages than this are no questionnaire.
const MOST_PAGES: usize = 200;

/// One person with all invitations that reached it.
#[derive(Debug)]
pub struct Respondent {
    mind: Mind,
    visits: Vec<Visit>,
}

/// How far somebody got with one invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Progress {
    /// Has not acted yet.
    Idle,
    /// Has been on the first page.
    Looked,
    /// Is somewhere in the middle.
    Begun,
    /// Left in the middle for good.
    Left,
    /// Got to the last page.
    Finished,
    /// Said no.
    Refused,
    /// The link led nowhere.
    DeadLink,
    /// A page kept coming back with complaints, or was not understood.
    Stuck,
}

/// One invitation.
#[derive(Debug)]
struct Visit {
    letter: Letter,
    temper: Temper,
    messages: usize,
    scheduled: bool,
    progress: Progress,
    page: Option<Shown>,
    pages_sent: usize,
    tries: usize,
    was_away: bool,
    cookies: Cookies,
}

/// The page that lies before somebody.
#[derive(Debug)]
struct Shown {
    url: String,
    document: Document,
}

/// When somebody acts next: which invitation, after how many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// Position of the invitation.
    pub visit: usize,
    /// Seconds from now.
    pub seconds: i64,
}

impl Respondent {
    /// Brings a person to life.
    #[must_use]
    pub fn new(seed: u64, person: Person) -> Self {
        Self { mind: Mind::new(seed, person), visits: Vec::new() }
    }

    /// Takes a message and decides whether and when to act on it.
    pub fn receive(&mut self, letter: Letter) -> Option<Next> {
        let visit = self.visit_of(letter);
        let v = &mut self.visits[visit];
        v.messages += 1;
        let acts = match v.temper {
            Temper::Ignores => false,
            Temper::AnswersWhenReminded => v.messages >= 2,
            _ => true,
        };
        if !acts || v.scheduled {
            return None;
        }
        v.scheduled = true;
        Some(Next { visit, seconds: self.mind.delay(&format!("{visit}")) })
    }

    /// Finds the invitation that a message belongs to, by its link; a new link is a new invitation.
    fn visit_of(&mut self, letter: Letter) -> usize {
        let known = self.visits.iter().position(|v| same_invitation(&v.letter, &letter));
        known.unwrap_or_else(|| {
            let n = self.visits.len();
            self.visits.push(Visit {
                temper: self.mind.temper(n),
                letter,
                messages: 0,
                scheduled: false,
                progress: Progress::Idle,
                page: None,
                pages_sent: 0,
                tries: 0,
                was_away: false,
                cookies: Cookies::new(),
            });
            n
        })
    }

    /// Tells whether a message belongs to an invitation that this person has had before.
    #[must_use]
    pub fn knows(&self, letter: &Letter) -> bool {
        self.visits.iter().any(|v| same_invitation(&v.letter, letter))
    }

    /// Tells whether this person has had an invitation.
    #[must_use]
    pub fn is_invited(&self) -> bool {
        !self.visits.is_empty()
    }

    /// Returns how far the person got with an invitation.
    #[must_use]
    pub fn progress(&self, visit: usize) -> Option<Progress> {
        self.visits.get(visit).map(|v| v.progress)
    }

    /// Returns temper and progress of every invitation.
    pub fn record(&self) -> impl Iterator<Item = (Temper, Progress)> {
        self.visits.iter().map(|v| (v.temper, v.progress))
    }

    /// Acts, and tells when to act again.
    ///
    /// A refused connection counts as a dead link; other troubles of the network are passed on.
    pub async fn act(&mut self, visit: usize, client: &mut Client) -> io::Result<Option<Next>> {
        let Some(v) = self.visits.get_mut(visit) else { return Ok(None) };
        let seconds = if v.temper == Temper::Unsubscribes {
            refuse(&self.mind, v, client).await?;
            None
        } else if v.page.is_none() {
            open(&self.mind, visit, v, client).await?
        } else {
            send(&self.mind, visit, v, client).await?
        };
        Ok(seconds.map(|seconds| Next { visit, seconds }))
    }
}

/// Tells whether two messages lead to the same form; what a link carries behind `?` doesn't matter.
fn same_invitation(a: &Letter, b: &Letter) -> bool {
    let path = |l: &Letter| {
        let link = l.link.clone().or_else(|| l.taps.first().map(|(_, url)| url.clone()));
        link.map(|link| link.split('?').next().unwrap_or_default().to_owned())
    };
    path(a) == path(b) && a.code == b.code
}

/// Opens the link; returns after how many seconds the page that it leads to is sent.
async fn open(mind: &Mind, n: usize, v: &mut Visit, client: &mut Client) -> io::Result<Option<i64>> {
    let Some(link) = choose_link(mind, &v.letter) else {
        v.progress = Progress::DeadLink;
        return Ok(None);
    };
    let twice = mind.clicks_twice();
    if twice && opened(client.get(&link, &mut v.cookies).await)?.is_none() {
        v.progress = Progress::DeadLink;
        return Ok(None);
    }
    let Some(page) = opened(client.get(&link, &mut v.cookies).await)? else {
        v.progress = Progress::DeadLink;
        return Ok(None);
    };
    let shown = show(page);
    if onward(&shown.document.forms).is_none() {
        // Closed, already answered, or no form at all.
        v.progress = if v.pages_sent > 0 { Progress::Left } else { Progress::DeadLink };
        return Ok(None);
    }
    if v.progress == Progress::Idle {
        v.progress = Progress::Looked;
    }
    if v.temper == Temper::Looks {
        return Ok(None);
    }
    let time = reading_time(mind, n, v, &shown);
    v.page = Some(shown);
    Ok(Some(time))
}

/// Takes a page of a link that works; `None` where there is nothing.
fn opened(page: io::Result<Page>) -> io::Result<Option<Page>> {
    match page {
        Ok(page) if page.status < 400 => Ok(Some(page)),
        Ok(_) => Ok(None),
        // An address that isn't one, or where nobody listens.
        Err(e) if matches!(e.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::Other) => Ok(None),
        Err(e) if e.kind() == io::ErrorKind::InvalidInput => Ok(None),
        Err(e) => Err(e),
    }
}

/// Picks the button of one's rating where the message has buttons (half of the time), else the link.
fn choose_link(mind: &Mind, letter: &Letter) -> Option<String> {
    let mut taps: Vec<(i64, &str)> =
        letter.taps.iter().filter_map(|(value, url)| Some((value.parse().ok()?, url.as_str()))).collect();
    taps.sort_unstable();
    let name =
        taps.first().and_then(|(_, url)| url.split_once('?')).and_then(|(_, query)| query.rsplit_once('='));
    if let Some((name, _)) = name
        && (letter.link.is_none() || mind.chance.happens("taps", 0.5))
    {
        let field = name.rsplit('&').next().unwrap_or(name);
        if let Rating::Point(i) = mind.rate(field, taps.len(), false, false) {
            return taps.get(i).map(|(_, url)| (*url).to_owned());
        }
    }
    letter.link.clone()
}

/// Sends the page; returns after how many seconds the next one is sent, or the link opened again.
async fn send(mind: &Mind, n: usize, v: &mut Visit, client: &mut Client) -> io::Result<Option<i64>> {
    let Some(shown) = v.page.take() else { return Ok(None) };
    let Some(form) = onward(&shown.document.forms) else { return Ok(None) };
    match leaves(mind, n, v, form) {
        Leaves::Not => {}
        Leaves::For(seconds) => return Ok(Some(seconds)),
        Leaves::ForGood => return Ok(None),
    }
    let care = Care { language: &shown.document.language, again: v.tries > 0 };
    let mut fields = fill(form, mind, care);
    type_code(&mut fields, form, v);
    let target = join(&shown.url, &form.action);
    let asked: Vec<String> = names(form);
    if mind.clicks_twice() {
        client.post(&target, &fields, &mut v.cookies).await?;
    }
    let page = client.post(&target, &fields, &mut v.cookies).await?;
    let (failed, shown) = (page.status >= 500, show(page));
    let Some(next) = onward(&shown.document.forms).filter(|_| !failed) else {
        v.progress = if failed { Progress::Stuck } else { Progress::Finished };
        return Ok(None);
    };
    v.progress = Progress::Begun;
    // The same questions once more: something was not to the server's liking.
    if !asked.is_empty() && asked == names(next) {
        v.tries += 1;
    } else {
        v.tries = 0;
        v.pages_sent += 1;
    }
    if v.tries >= TRIES || v.pages_sent > MOST_PAGES {
        v.progress = Progress::Stuck;
        return Ok(None);
    }
    let time = reading_time(mind, n, v, &shown);
    v.page = Some(shown);
    Ok(Some(time))
}

/// Whether somebody leaves in the middle.
enum Leaves {
    Not,
    /// Opens the link again after so many seconds.
    For(i64),
    ForGood,
}

fn leaves(mind: &Mind, n: usize, v: &mut Visit, form: &Form) -> Leaves {
    let leaves_at = 1 + mind.chance.pick(&format!("leaves {n}"), 2);
    if v.pages_sent < leaves_at || questions(form) == 0 {
        return Leaves::Not;
    }
    match v.temper {
        Temper::DropsOut => {
            v.progress = Progress::Left;
            Leaves::ForGood
        }
        Temper::ComesBack if !v.was_away => {
            v.was_away = true;
            Leaves::For(mind.delay(&format!("back {n}")) + 600)
        }
        _ => Leaves::Not,
    }
}

/// Refuses: with the one click that mail programs offer, or through the page behind the link in the text.
async fn refuse(mind: &Mind, v: &mut Visit, client: &mut Client) -> io::Result<()> {
    v.progress = Progress::Refused;
    let one_click = v.letter.one_click.clone();
    if let Some(url) =
        one_click.filter(|_| v.letter.refusal.is_none() || mind.chance.happens("one click", 0.5))
    {
        let fields = [("List-Unsubscribe".to_owned(), "One-Click".to_owned())];
        client.post(&url, &fields, &mut v.cookies).await?;
    } else if let Some(url) = v.letter.refusal.clone() {
        let Some(page) = opened(client.get(&url, &mut v.cookies).await)? else { return Ok(()) };
        let shown = show(page);
        // The only form of that page is the refusal, whatever its button says.
        if let Some(form) = shown.document.forms.iter().find(|f| f.post) {
            let hidden = form.fields.iter().filter(|f| !f.name.is_empty());
            let fields: Vec<(String, String)> = hidden.map(|f| (f.name.clone(), f.value.clone())).collect();
            client.post(&join(&shown.url, &form.action), &fields, &mut v.cookies).await?;
        }
    } else {
        v.progress = Progress::Idle;
    }
    Ok(())
}

/// Types the message's code into the page's only line, where both are there.
fn type_code(fields: &mut [(String, String)], form: &Form, v: &Visit) {
    let Some(code) = &v.letter.code else { return };
    let mut lines = form.fields.iter().filter(|f| f.kind == Kind::Text);
    if let (Some(line), None, true) = (lines.next(), lines.next(), v.pages_sent == 0) {
        for (name, value) in fields.iter_mut().filter(|(name, _)| *name == line.name) {
            debug_assert!(!name.is_empty());
            value.clone_from(code);
        }
    }
}

fn show(page: Page) -> Shown {
    Shown { url: page.url, document: page::read(&page.body) }
}

/// Names of the fields that want an answer.
fn names(form: &Form) -> Vec<String> {
    let wants = |f: &&Field| !matches!(f.kind, Kind::Hidden | Kind::Submit | Kind::Other);
    let mut names: Vec<String> = form.fields.iter().filter(wants).map(|f| f.name.clone()).collect();
    names.sort();
    names.dedup();
    names
}

fn reading_time(mind: &Mind, n: usize, v: &Visit, shown: &Shown) -> i64 {
    let count = onward(&shown.document.forms).map_or(0, questions);
    mind.page_time(&format!("{n} {} {}", v.pages_sent, v.tries), count)
}

//! A mailbox of one's own: an SMTP server and an SMS gateway on the loopback interface.
//!
//! Goes in: whatever a client sends. Comes out: one file per message in a folder,
//! under a name made of the content (recipient, date, hash of the id), never of
//! the order in which sockets delivered it, and the list of what is new. It
//! passes nothing on: no message leaves the machine. Rehearsals use it, and the
//! profile setting `mail: mailbox`.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use mail_parser::MessageParser;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use crate::rehearse::{sms, smtp};

/// What kind of message a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeptKind {
    /// An e-mail as received, `.eml`.
    Mail,
    /// A short message, `.sms.txt`.
    Sms,
}

/// A message that was received and written down.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    /// Address or number that it was for.
    pub to: String,
    /// File.
    pub path: PathBuf,
    /// What the file holds.
    pub kind: KeptKind,
}

/// The folder of received messages, shared by the two servers.
#[derive(Debug)]
pub struct Shelf {
    folder: PathBuf,
    new: Mutex<Vec<Kept>>,
}

impl Shelf {
    /// Writes a mail and puts it on the list; the file is whole when this returns.
    pub fn keep_mail(&self, to: &str, raw: &[u8]) -> io::Result<()> {
        let name = mail_name(to, raw);
        self.keep(to, &name, raw, KeptKind::Mail)
    }

    /// Writes a short message as text below a small head and puts it on the list.
    pub fn keep_sms(&self, to: &str, id: &str, text: &str) -> io::Result<()> {
        let name = format!("{}.{}.sms.txt", plain(to), short_hash(id.as_bytes()));
        self.keep(to, &name, format!("To: {to}\nId: {id}\n\n{text}\n").as_bytes(), KeptKind::Sms)
    }

    fn keep(&self, to: &str, name: &str, content: &[u8], kind: KeptKind) -> io::Result<()> {
        let path = self.free_path(name, content);
        let part = path.with_extension("part");
        std::fs::write(&part, content)?;
        std::fs::rename(&part, &path)?;
        let kept = Kept { to: to.to_owned(), path, kind };
        self.new.lock().unwrap_or_else(PoisonError::into_inner).push(kept);
        Ok(())
    }

    /// A second message of the same name (the same id sent twice) gets a number, so that nobody overlooks it.
    fn free_path(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.join(name);
        if !path.exists() {
            return path;
        }
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "eml"));
        let stem = format!("{stem}.again-{}", short_hash(content));
        (1..10_000)
            .map(|n| self.folder.join(format!("{stem}-{n}.{extension}")))
            .find(|p| !p.exists())
            .unwrap_or(path)
    }
}

/// A running mailbox; it closes when dropped.
#[derive(Debug)]
pub struct Mailbox {
    /// Where the SMTP server listens.
    pub smtp_addr: SocketAddr,
    /// Where short messages are posted to, as JSON `{"to", "text", "id"}`.
    pub sms_url: String,
    /// The gateway's bearer token.
    pub sms_token: String,
    shelf: Arc<Shelf>,
    tasks: Vec<AbortHandle>,
}

impl Mailbox {
    /// Takes what has arrived since the last call, ordered by recipient and file.
    #[must_use]
    pub fn take_new(&self) -> Vec<Kept> {
        let mut new = std::mem::take(&mut *self.shelf.new.lock().unwrap_or_else(PoisonError::into_inner));
        new.sort();
        new
    }

    /// Returns the folder of the messages.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.shelf.folder
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

/// Opens a mailbox that keeps its messages in `folder`, on free loopback ports.
pub async fn start(folder: &Path) -> io::Result<Mailbox> {
    tokio::fs::create_dir_all(folder).await?;
    let shelf = Arc::new(Shelf { folder: folder.to_path_buf(), new: Mutex::new(Vec::new()) });
    let smtp_listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let sms_listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let smtp_addr = smtp_listener.local_addr()?;
    let sms_url = format!("http://{}/sms", sms_listener.local_addr()?);
    // The gateway is reachable from this machine only; the token is there so that clients must send one.
    let sms_token = "rehearsal".to_owned();
    let tasks = vec![
        tokio::spawn(smtp::serve(smtp_listener, Arc::clone(&shelf))).abort_handle(),
        tokio::spawn(sms::serve(sms_listener, Arc::clone(&shelf), sms_token.clone())).abort_handle(),
    ];
    Ok(Mailbox { smtp_addr, sms_url, sms_token, shelf, tasks })
}

/// Names a mail: recipient, date of its head, hash of its Message-ID (of everything without one).
fn mail_name(to: &str, raw: &[u8]) -> String {
    let head = MessageParser::default().parse_headers(raw);
    let id = head.as_ref().and_then(|m| m.message_id()).map_or(raw, str::as_bytes);
    let date = head.as_ref().and_then(|m| m.date()).map_or_else(
        || "undated".to_owned(),
        |d| format!("{:04}-{:02}-{:02}T{:02}{:02}", d.year, d.month, d.day, d.hour, d.minute),
    );
    format!("{}.{date}.{}.eml", plain(to), short_hash(id))
}

/// Keeps what is harmless in a file name.
fn plain(address: &str) -> String {
    let harmless = |c: char| c.is_alphanumeric() || "@+-_.".contains(c);
    let name: String = address.chars().take(80).map(|c| if harmless(c) { c } else { '_' }).collect();
    name.trim_start_matches('.').to_owned()
}

fn short_hash(bytes: &[u8]) -> String {
    let start = Sha256::digest(bytes).iter().take(5).fold(0_u64, |word, &byte| word << 8 | u64::from(byte));
    format!("{start:010x}")
}

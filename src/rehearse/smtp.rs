//! The mailbox's SMTP server (RFC 5321) with PIPELINING, 8BITMIME, SMTPUTF8 and SIZE.
//!
//! Goes in: connections. Comes out: mails on the shelf; a mail is acknowledged
//! only after its file is whole. It speaks no TLS and asks for no password,
//! because it listens on the loopback interface alone and passes nothing on.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::rehearse::mailbox::Shelf;

/// Largest mail that is taken, in bytes.
pub const SIZE_LIMIT: usize = 10 * 1024 * 1024;
/// Longest command line, in bytes (RFC 5321 §4.5.3.1.4 asks for 512; SMTPUTF8 addresses want more).
const LINE_LIMIT: u64 = 4096;
/// Most recipients of one mail.
const RECIPIENT_LIMIT: usize = 100;

/// Serves connections until it is dropped.
pub async fn serve(listener: TcpListener, shelf: Arc<Shelf>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(converse(stream, Arc::clone(&shelf)));
        while connections.try_join_next().is_some() {}
    }
}

async fn converse(stream: TcpStream, shelf: Arc<Shelf>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, write) = stream.into_split();
    let mut session =
        Session { reader: BufReader::new(read), writer: BufWriter::new(write), shelf, mail: None };
    session.reply("220 mailbox.localhost Canvass mailbox").await?;
    while session.turn().await? {}
    session.writer.flush().await
}

/// The mail that is being handed over.
#[derive(Default)]
struct Envelope {
    recipients: Vec<String>,
}

struct Session {
    reader: BufReader<OwnedReadHalf>,
    writer: BufWriter<OwnedWriteHalf>,
    shelf: Arc<Shelf>,
    mail: Option<Envelope>,
}

impl Session {
    /// Replies; a pipelining client gets its replies together, when its commands have been read.
    async fn reply(&mut self, line: &str) -> io::Result<()> {
        self.writer.write_all(line.as_bytes()).await?;
        self.writer.write_all(b"\r\n").await?;
        if self.reader.buffer().is_empty() { self.writer.flush().await } else { Ok(()) }
    }

    /// Reads and answers one command; `false` ends the conversation.
    async fn turn(&mut self) -> io::Result<bool> {
        let mut line = Vec::new();
        let read = (&mut self.reader).take(LINE_LIMIT).read_until(b'\n', &mut line).await?;
        if read == 0 {
            return Ok(false);
        }
        if !line.ends_with(b"\n") {
            self.reply("500 5.5.6 line too long").await?;
            return Ok(false);
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                self.mail = None;
                self.writer.write_all(b"250-mailbox.localhost\r\n250-PIPELINING\r\n250-8BITMIME\r\n").await?;
                self.writer
                    .write_all(format!("250-SIZE {SIZE_LIMIT}\r\n250-SMTPUTF8\r\n").as_bytes())
                    .await?;
                self.reply("250 ENHANCEDSTATUSCODES").await?;
            }
            "HELO" => {
                self.mail = None;
                self.reply("250 mailbox.localhost").await?;
            }
            "MAIL" => self.mail_from(rest).await?,
            "RCPT" => self.rcpt_to(rest).await?,
            "DATA" => self.data().await?,
            "RSET" => {
                self.mail = None;
                self.reply("250 2.0.0 reset").await?;
            }
            "NOOP" => self.reply("250 2.0.0 still here").await?,
            "VRFY" => self.reply("252 2.1.5 send some mail, it will be kept").await?,
            "QUIT" => {
                self.reply("221 2.0.0 bye").await?;
                return Ok(false);
            }
            _ => self.reply("500 5.5.2 command not known").await?,
        }
        Ok(true)
    }

    async fn mail_from(&mut self, rest: &str) -> io::Result<()> {
        if self.mail.is_some() {
            return self.reply("503 5.5.1 a mail is already begun").await;
        }
        let Some((_, parameters)) = path(rest, "FROM:") else {
            return self.reply("501 5.5.4 write MAIL FROM:<address>").await;
        };
        let size = parameters
            .split_ascii_whitespace()
            .find_map(|p| p.to_ascii_uppercase().strip_prefix("SIZE=").and_then(|s| s.parse::<usize>().ok()));
        if size.is_some_and(|s| s > SIZE_LIMIT) {
            return self.reply("552 5.3.4 mail too large").await;
        }
        self.mail = Some(Envelope::default());
        self.reply("250 2.1.0 sender taken").await
    }

    async fn rcpt_to(&mut self, rest: &str) -> io::Result<()> {
        let address = path(rest, "TO:").map(|(address, _)| address.to_owned());
        let answer = match (&mut self.mail, address) {
            (None, _) => "503 5.5.1 MAIL first",
            (_, None) => "501 5.5.4 write RCPT TO:<address>",
            (_, Some(address)) if !address.contains('@') => "553 5.1.3 not an address",
            (Some(mail), _) if mail.recipients.len() >= RECIPIENT_LIMIT => "452 4.5.3 too many recipients",
            (Some(mail), Some(address)) => {
                mail.recipients.push(address);
                "250 2.1.5 recipient taken"
            }
        };
        self.reply(answer).await
    }

    async fn data(&mut self) -> io::Result<()> {
        let recipients = self.mail.as_ref().map_or(0, |mail| mail.recipients.len());
        if recipients == 0 {
            return self.reply("503 5.5.1 RCPT first").await;
        }
        // The client waits for this line whatever it has pipelined before it.
        self.reply("354 end with a dot on a line of its own").await?;
        self.writer.flush().await?;
        let raw = self.read_mail().await?;
        let mail = self.mail.take().unwrap_or_default();
        let Some(raw) = raw else {
            return self.reply("552 5.3.4 mail too large").await;
        };
        let keeper = Arc::clone(&self.shelf);
        let kept = tokio::task::spawn_blocking(move || {
            mail.recipients.iter().try_for_each(|to| keeper.keep_mail(to, &raw))
        });
        match kept.await {
            Ok(Ok(())) => self.reply("250 2.0.0 kept").await,
            _ => self.reply("452 4.3.1 could not write the file; is the disk full?").await,
        }
    }

    /// Reads up to the final dot and takes the stuffed dots away; `None` when the mail is too large.
    async fn read_mail(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut raw = Vec::new();
        let (mut fits, mut line_begins) = (true, true);
        loop {
            let start = raw.len();
            let room = (SIZE_LIMIT + 1).saturating_sub(start) as u64 + LINE_LIMIT;
            let read = (&mut self.reader).take(room).read_until(b'\n', &mut raw).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if line_begins && (&raw[start..] == b".\r\n" || &raw[start..] == b".\n") {
                raw.truncate(start);
                return Ok(fits.then_some(raw));
            }
            let line_ended = raw.ends_with(b"\n");
            if line_begins && raw[start] == b'.' {
                raw.remove(start);
            }
            line_begins = line_ended;
            if raw.len() > SIZE_LIMIT {
                fits = false;
                raw.clear();
            }
        }
    }
}

/// Splits `FROM:<address> PARAMETERS`; the brackets may be missing, as lenient servers allow.
fn path<'a>(rest: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let rest = rest.trim_start();
    let head = rest.get(..word.len())?;
    if !head.eq_ignore_ascii_case(word) {
        return None;
    }
    let rest = rest[word.len()..].trim_start();
    match rest.strip_prefix('<') {
        Some(inner) => inner.split_once('>'),
        None => Some(rest.split_once(' ').unwrap_or((rest, ""))),
    }
}

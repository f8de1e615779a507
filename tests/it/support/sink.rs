//! A mail server that keeps a log: one line per accepted mail, written before it says yes.
//!
//! It runs inside the test, or as a process of its own (the test binary started
//! again), so that its log outlives whatever is killed.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// Answers a word of the dialogue out of turn: the word, the recipient, how often it came before.
pub type Mood = Arc<dyn Fn(&str, &str, u32) -> Option<String> + Send + Sync>;

/// What was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub message_id: String,
    pub to: String,
    pub raw: String,
}

#[derive(Clone)]
pub struct Sink {
    pub addr: SocketAddr,
    accepted: Arc<Mutex<Vec<Accepted>>>,
    connections: Arc<Mutex<u32>>,
}

#[derive(Clone)]
struct Setup {
    mood: Mood,
    tls: Option<tokio_rustls::TlsAcceptor>,
    wrapper: bool,
    log: Option<PathBuf>,
    accepted: Arc<Mutex<Vec<Accepted>>>,
    asked: Arc<Mutex<BTreeMap<(String, String), u32>>>,
}

impl Sink {
    pub async fn start(mood: Mood) -> Self {
        Self::start_on("127.0.0.1:0", mood, None, false).await
    }

    pub async fn start_on(
        addr: &str,
        mood: Mood,
        tls: Option<tokio_rustls::TlsAcceptor>,
        wrapper: bool,
    ) -> Self {
        let listener = TcpListener::bind(addr).await.unwrap();
        let addr = listener.local_addr().unwrap();
        let accepted = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(Mutex::new(0));
        let asked = Arc::default();
        let setup = Setup { mood, tls, wrapper, log: None, accepted: Arc::clone(&accepted), asked };
        let counted = Arc::clone(&connections);
        tokio::spawn(serve(listener, setup, counted));
        Self { addr, accepted, connections }
    }

    pub fn accepted(&self) -> Vec<Accepted> {
        self.accepted.lock().unwrap().clone()
    }

    pub fn connections(&self) -> u32 {
        *self.connections.lock().unwrap()
    }
}

pub fn friendly() -> Mood {
    Arc::new(|_, _, _| None)
}

async fn serve(listener: TcpListener, setup: Setup, connections: Arc<Mutex<u32>>) {
    while let Ok((stream, _)) = listener.accept().await {
        *connections.lock().unwrap() += 1;
        stream.set_nodelay(true).unwrap();
        let setup = setup.clone();
        tokio::spawn(async move {
            if setup.wrapper {
                if let Some(tls) = setup.tls.clone()
                    && let Ok(stream) = tls.accept(stream).await
                {
                    let _ = talk(BufReader::new(stream), &setup, true).await;
                }
                return;
            }
            let mut plain = BufReader::new(stream);
            if let Ok(true) = talk(&mut plain, &setup, false).await
                && let Some(tls) = setup.tls.clone()
                && let Ok(stream) = tls.accept(plain.into_inner()).await
            {
                let _ = talk(BufReader::new(stream), &setup, true).await;
            }
        });
    }
}

/// Returns `true` when the client wants to go on under TLS.
async fn talk<S>(mut io: S, setup: &Setup, safe: bool) -> std::io::Result<bool>
where
    S: AsyncBufReadExt + AsyncWrite + AsyncRead + Unpin,
{
    if !safe || setup.wrapper {
        io.write_all(b"220 sink.example.org ESMTP\r\n").await?;
        io.flush().await?;
    }
    let mut to = String::new();
    let mut line = String::new();
    loop {
        line.clear();
        if io.read_line(&mut line).await? == 0 {
            return Ok(false);
        }
        let word = line.split([' ', ':', '\r']).next().unwrap_or("").to_uppercase();
        if word == "RCPT" {
            to = line.split(['<', '>']).nth(1).unwrap_or("").to_owned();
        }
        if let Some(answer) = odd(setup, &word, &to) {
            if answer == "CUT" {
                return Ok(false);
            }
            io.write_all(format!("{answer}\r\n").as_bytes()).await?;
            io.flush().await?;
            if answer.starts_with("421") {
                return Ok(false);
            }
            continue;
        }
        let answer = match word.as_str() {
            "EHLO" if setup.tls.is_some() && !safe => "250-sink\r\n250-STARTTLS\r\n250 8BITMIME",
            "EHLO" => "250-sink\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME",
            "AUTH" => "235 2.7.0 welcome",
            "STARTTLS" => "220 go ahead",
            "DATA" => "354 end with a dot",
            "QUIT" => "221 bye",
            _ => "250 2.0.0 ok",
        };
        io.write_all(format!("{answer}\r\n").as_bytes()).await?;
        io.flush().await?;
        match word.as_str() {
            "STARTTLS" => return Ok(true),
            "QUIT" => return Ok(false),
            "DATA" => {
                let raw = body(&mut io).await?;
                match odd(setup, ".", &to).as_deref() {
                    Some("CUT") => return Ok(false),
                    Some(answer) => io.write_all(format!("{answer}\r\n").as_bytes()).await?,
                    None => {
                        keep(setup, &to, raw);
                        // "CUT AFTER": taken, but the answer never comes.
                        if odd(setup, "AFTER", &to).is_some() {
                            return Ok(false);
                        }
                        io.write_all(b"250 2.0.0 queued\r\n").await?;
                    }
                }
                io.flush().await?;
            }
            _ => {}
        }
    }
}

fn odd(setup: &Setup, word: &str, to: &str) -> Option<String> {
    let mut asked = setup.asked.lock().unwrap();
    let count = asked.entry((word.to_owned(), to.to_owned())).or_default();
    let before = *count;
    *count += 1;
    (setup.mood)(word, to, before)
}

async fn body<S: AsyncBufReadExt + Unpin>(io: &mut S) -> std::io::Result<String> {
    let mut raw = String::new();
    let mut line = String::new();
    loop {
        line.clear();
        if io.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(raw);
        }
        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

fn keep(setup: &Setup, to: &str, raw: String) {
    let header = raw.lines().find_map(|l| l.strip_prefix("Message-ID: ")).unwrap_or("none").to_owned();
    if let Some(log) = &setup.log {
        // One write: a line is whole, whoever dies when.
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
        file.write_all(format!("{header}\t{to}\n").as_bytes()).unwrap();
    }
    setup.accepted.lock().unwrap().push(Accepted { message_id: header, to: to.to_owned(), raw });
}

/// A sink in a process of its own.
pub struct SinkProcess {
    pub addr: SocketAddr,
    pub log: PathBuf,
    child: Child,
}

const ADDRESS: &str = "CANVASS_TEST_SINK_ADDRESS_FILE";
const LOG: &str = "CANVASS_TEST_SINK_LOG";

impl SinkProcess {
    pub fn start(folder: &Path) -> Self {
        let (address, log) = (folder.join("sink.addr"), folder.join("sink.log"));
        std::fs::write(&log, "").unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["support::sink::process", "--exact", "--nocapture"])
            .env(ADDRESS, &address)
            .env(LOG, &log)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..500 {
            if let Ok(text) = std::fs::read_to_string(&address)
                && let Ok(addr) = text.trim().parse()
            {
                return Self { addr, log, child };
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the sink did not start");
    }

    /// Returns the log: message ids with recipients, in the order of acceptance.
    pub fn lines(&self) -> Vec<(String, String)> {
        let text = std::fs::read_to_string(&self.log).unwrap();
        let pair = |l: &str| l.split_once('\t').map(|(id, to)| (id.to_owned(), to.to_owned()));
        text.lines().filter_map(pair).collect()
    }
}

impl Drop for SinkProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Not a test: the body of [`SinkProcess`]; without its variables it does nothing.
#[test]
fn process() {
    let (Ok(address), Ok(log)) = (std::env::var(ADDRESS), std::env::var(LOG)) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap().to_string();
        let fresh = format!("{address}.new");
        std::fs::write(&fresh, addr).unwrap();
        std::fs::rename(fresh, address).unwrap();
        let setup = Setup {
            mood: friendly(),
            tls: None,
            wrapper: false,
            log: Some(log.into()),
            accepted: Arc::default(),
            asked: Arc::default(),
        };
        serve(listener, setup, Arc::default()).await;
    });
}

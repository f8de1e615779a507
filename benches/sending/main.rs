//! How many mails a second the real program hands over to a mail server.
//!
//! `cargo bench --bench sending [-- PEOPLE]` starts a mail server on this machine that says yes to everything,
//! writes a campaign over PEOPLE (20,000 unless told), and times `canvass run --once` over 1, 4 and 16 connections.
//! The launch (reading, drawing, writing the ledger) is timed apart: a first run before the opening does that alone.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measurement: it stops at the first fault, prints, and asks the system for the time"
)]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

const SPEC: &str = r#"campaign sending {
  title     "满意度" / "Satisfaction"
  languages zh, en
  timezone  "Asia/Shanghai"
  owner     "cx@example.com"
}
frame customers { source "customers.csv"; key id; email email; name name; language lang }
stratum everybody "所有人" / "Everybody" { sample all }
section main "服务" / "Service" {
  question overall : csat required { text "您对我们的服务有多满意？" / "How satisfied are you with our service?" }
}
channel mail : email {
  from    "客户体验团队" / "Customer experience" at "cx@example.com"
  subject "请评价我们的服务" / "Please rate our service"
}
schedule { open 2026-01-05 09:00; close 2026-01-31 18:00; invite via mail }
"#;

fn main() {
    let people = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(20_000);
    for connections in [1, 4, 16] {
        let (addr, taken) = sink();
        let folder = std::env::temp_dir().join(format!("canvass-sending-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        campaign(&folder, people, addr, connections);
        let launch = run(&folder, "2026-01-05T08:00:00+08:00");
        let sending = run(&folder, "2026-01-05T10:00:00+08:00");
        let mails = taken.load(Ordering::SeqCst);
        println!(
            "{connections:>2} connections: {mails} mails in {sending:.2} s, {:.0} mails/s (launch {launch:.2} s)",
            mails as f64 / sending
        );
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

fn campaign(folder: &Path, people: usize, relay: SocketAddr, connections: u32) {
    let mut list = "id,email,name,lang\n".to_owned();
    for n in 0..people {
        writeln!(list, "k{n:07},p{n}@example.com,张{n},{}", if n % 3 == 0 { "en" } else { "zh" }).unwrap();
    }
    std::fs::write(folder.join("customers.csv"), list).unwrap();
    std::fs::write(folder.join("sending.survey"), SPEC).unwrap();
    let settings = format!(
        "seed: 7\nprofiles:\n  prod:\n    store: \"sqlite:store/canvass.db\"\n    base: \"https://survey.example.com\"\n    \
         mail: {{ smtp: \"smtp://{relay}?tls=none\", connections: {connections} }}\n    \
         secret: \"a secret of sixteen or more\"\n"
    );
    std::fs::write(folder.join("canvass.yaml"), settings).unwrap();
}

/// Runs what is due at a moment; returns the seconds from start to end of the process.
fn run(folder: &Path, now: &str) -> f64 {
    let began = Instant::now();
    let done = Command::new(env!("CARGO_BIN_EXE_canvass"))
        .args(["--profile", "prod", "--now", now, "--quiet", "run", "sending.survey", "--once"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    began.elapsed().as_secs_f64()
}

/// Starts a mail server that says yes to everything; it counts what it took.
fn sink() -> (SocketAddr, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let taken = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&taken);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let counted = Arc::clone(&counted);
            std::thread::spawn(move || talk(stream, &counted));
        }
    });
    (addr, taken)
}

fn talk(stream: TcpStream, taken: &AtomicU64) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut out = stream.try_clone().ok()?;
    let mut lines = BufReader::new(stream);
    out.write_all(b"220 sink.example.org ESMTP\r\n").ok()?;
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        let answer: &[u8] = match line.get(..4)? {
            b"EHLO" => b"250-sink.example.org\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
            b"DATA" => {
                out.write_all(b"354 go on\r\n").ok()?;
                while line != b".\r\n" {
                    line.clear();
                    lines.read_until(b'\n', &mut line).ok()?;
                }
                taken.fetch_add(1, Ordering::SeqCst);
                b"250 taken\r\n"
            }
            b"QUIT" => b"221 bye\r\n",
            _ => b"250 yes\r\n",
        };
        out.write_all(answer).ok()?;
    }
}

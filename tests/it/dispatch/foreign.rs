//! A server and a reader of mail that share no line with Canvass: aiosmtpd and Python's email package.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use canvass::store::MessageState;
use serde_json::Value;

use super::{OPEN, Stage, by_mail};
use crate::support::plans::plan;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/dispatch/foreign_server.py");

struct Foreign {
    addr: SocketAddr,
    folder: PathBuf,
    child: Child,
}

impl Foreign {
    fn start(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("foreign-{name}"));
        if folder.exists() {
            std::fs::remove_dir_all(&folder).unwrap();
        }
        std::fs::create_dir_all(&folder).unwrap();
        let mut child = Command::new(python()).arg(SCRIPT).arg(&folder).stdin(Stdio::null()).spawn().unwrap();
        for _ in 0..1000 {
            if let Ok(port) = std::fs::read_to_string(folder.join("port")) {
                let addr = SocketAddr::from(([127, 0, 0, 1], port.trim().parse().unwrap()));
                return Self { addr, folder, child };
            }
            if let Some(status) = child.try_wait().unwrap() {
                panic!("the server ended at once: {status}");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the server did not start within ten seconds");
    }

    fn mails(&self) -> Vec<Value> {
        let log = std::fs::read_to_string(self.folder.join("mails")).unwrap();
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first Python that has the package: Debian's, or the one on the path.
fn python() -> &'static str {
    let has = |python: &&&str| {
        let mut command = Command::new(python);
        let quiet = command.args(["-c", "import aiosmtpd"]).stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    };
    ["/usr/bin/python3", "python3"]
        .iter()
        .find(has)
        .expect("python3-aiosmtpd is missing; `sh tests/run.sh` brings it")
}

#[tokio::test]
async fn a_server_of_another_make_takes_every_mail_once_and_reads_it() {
    let server = Foreign::start("takes");
    let stage = Stage::new("foreign", plan("a"), 60, by_mail(server.addr)).await;
    let summary = stage.turn(OPEN).await;
    assert_eq!((summary.sent, summary.failed, summary.unknown), (60, 0, 0), "{summary:?}");
    assert_eq!(stage.count("invite", MessageState::Accepted).await, 60);

    let mails = server.mails();
    let distinct = |key: &str| mails.iter().map(|m| m[key].to_string()).collect::<BTreeSet<_>>().len();
    assert_eq!((mails.len(), distinct("id"), distinct("to")), (60, 60, 60));
    for mail in &mails {
        assert_eq!(mail["type"], "multipart/alternative");
        assert_eq!(mail["defects"].as_array().map(Vec::len), Some(0), "{mail}");
        assert_eq!(mail["to"][0], mail["header_to"]);
        let subject = mail["subject"].as_str().unwrap();
        assert!(subject.ends_with("请用 3 分钟评价我们的服务"), "{subject}");
        assert_eq!(mail["links"]["plain"], mail["links"]["html"], "the same way in from both parts");
        assert_eq!(mail["links"]["html"].as_array().map(Vec::len), Some(1), "{mail}");
    }
    let links = |m: &Value| m["links"]["html"][0].as_str().unwrap().to_owned();
    assert_eq!(mails.iter().map(links).collect::<BTreeSet<_>>().len(), 60, "a link of one's own");
}

//! `canvass serve` and `canvass preview`, as people start them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use canvass::store::{Durability, Store};

use crate::collect::site::{Browser, EVERYTHING, checked, invitation, launched};
use crate::support::scratch::Scratch;

struct Running {
    child: Child,
    base: String,
    rest: BufReader<ChildStdout>,
}

fn canvass(folder: &Path) -> Command {
    let mut command = crate::cli::canvass(folder);
    command.env("TMPDIR", folder);
    command
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut rest = BufReader::new(child.stdout.take().unwrap());
        let mut base = String::new();
        rest.read_line(&mut base).unwrap();
        if !base.starts_with("http://") {
            let mut told = String::new();
            child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
            panic!("no address but {base:?}: {told}");
        }
        Self { child, base: base.trim().to_owned(), rest }
    }

    fn terminate(&self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    fn end(mut self) -> ExitStatus {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(20) {
            if let Some(status) = self.child.try_wait().unwrap() {
                let mut more = String::new();
                self.rest.read_to_string(&mut more).unwrap();
                assert_eq!(more, "", "nothing but the address goes to standard output");
                return status;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        panic!("it does not end");
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

#[test]
fn serve_finishes_what_it_has_begun_and_sees_new_campaigns() {
    let folder = Scratch::new("serve");
    write(&folder.0, "main.survey", EVERYTHING);
    write(
        &folder.0,
        "canvass.yaml",
        "profiles:\n  dev: { store: \"sqlite:forms.db\", secret: \"a secret of the tests\" }\n",
    );
    let mut command = canvass(&folder.0);
    command.args(["serve", "main.survey", "--listen", "127.0.0.1:0", "--now", "2026-01-06T10:00:00+08:00"]);
    let running = Running::start(&mut command);
    let token = canvass::store::token::token(b"a secret of the tests", &[1; 16]);
    let link = format!("{}/s/{token}", running.base);
    let mut browser = Browser::default();
    assert_eq!(browser.get(&link).status, 404, "nothing is launched yet");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite:{}", folder.0.join("forms.db").display());
        let store = Store::open(&url, Durability::Full).await.unwrap().with_secret(b"a secret of the tests");
        store.launch(&launched(&checked(EVERYTHING)), &[invitation("everything", 1, "zh")]).await.unwrap();
        store.close().await;
    });
    let first = browser.start(&link);
    assert_eq!(first.kind(), "questions");

    // A request that is half sent when the signal comes is answered.
    let address = running.base.trim_start_matches("http://").to_owned();
    let mut slow = TcpStream::connect(&address).unwrap();
    let head = format!(
        "POST /s/{token} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    );
    write!(slow, "{head}Content-Length: 7\r\n\r\nlan").unwrap();
    std::thread::sleep(Duration::from_millis(300));
    running.terminate();
    std::thread::sleep(Duration::from_millis(300));
    assert!(TcpStream::connect(&address).is_err(), "nobody new is let in");
    write!(slow, "g=zh").unwrap();
    let mut reply = String::new();
    slow.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 303"), "{reply}");
    assert_eq!(running.end().code(), Some(0));
}

#[test]
fn serve_says_what_is_wrong() {
    let folder = Scratch::new("serve-wrong");
    write(&folder.0, "canvass.yaml", "profiles:\n  dev: { store: \"sqlite:forms.db\" }\n");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (args, words) in [
        (vec!["serve", "--listen", &address], "is taken by another program"),
        (vec!["serve", "--listen", "nowhere"], "write it as 127.0.0.1:8080"),
        (vec!["serve", "missing.survey"], "there is no file or folder `missing.survey`"),
        (vec!["serve", "--profile", "prod"], "has no profile `prod`"),
    ] {
        let ended = canvass(&folder.0).args(&args).output().unwrap();
        let told = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(3), "{args:?}: {told}");
        assert!(told.contains(words), "{args:?}: {told}");
        assert!(ended.stdout.is_empty());
    }
}

#[test]
fn preview_shows_form_and_messages_and_leaves_nothing() {
    let folder = Scratch::new("preview");
    write(&folder.0, "main.survey", EVERYTHING);
    let mut command = canvass(&folder.0);
    command.args(["preview", "main.survey", "--listen", "127.0.0.1:0"]);
    let running = Running::start(&mut command);
    let mut browser = Browser::default();
    let index = browser.get(&format!("{}/", running.base));
    for words in ["invite · mail · zh", "invite · sms · en", "1 segment", "【示例】", "try/en"] {
        assert!(index.body.contains(words), "the index lacks {words}: {}", index.body);
    }
    for (language, words) in [("zh", "非常满意"), ("en", "Very satisfied")] {
        let sent = browser.post(&format!("{}/try/{language}", running.base), &[]);
        assert_eq!(sent.status, 303);
        let page = browser.start(&sent.location());
        assert!(page.body.contains(words));
        let page = browser.next(&page, &[("a.overall", "5")]);
        assert_eq!(page.kind(), "questions");
    }
    let mail = browser.get(&format!("{}/message/0", running.base));
    assert!(mail.header("content-security-policy").contains("sandbox"));
    let link = mail.body.split('"').find(|part| part.contains("/s/")).unwrap().replace("&#x2f;", "/");
    let start = browser.get(&link);
    assert_eq!(start.kind(), "start", "the link in a shown mail leads to the form: {link}");
    running.terminate();
    assert_eq!(running.end().code(), Some(0));
    let left: Vec<_> = std::fs::read_dir(&folder.0).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["main.survey"], "stores of previews don't stay");
}

#[test]
fn preview_sends_one_test_message() {
    let folder = Scratch::new("preview-to");
    write(&folder.0, "main.survey", EVERYTHING);
    let to = |more: &[&str]| {
        let mut command = canvass(&folder.0);
        command.args(["preview", "main.survey", "--to", "editor@example.com"]).args(more).output().unwrap()
    };
    let ended = to(&[]);
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(0), "{told}");
    let path = String::from_utf8(ended.stdout).unwrap();
    let raw = std::fs::read(path.trim()).unwrap();
    let mail = mail_parser::MessageParser::new().parse(&raw).unwrap();
    assert_eq!(mail.subject(), Some("【测试】请评价"));
    assert!(mail.to().unwrap().first().unwrap().address().unwrap() == "editor@example.com");
    let unknown = to(&["--language", "fr"]);
    assert_eq!(unknown.status.code(), Some(1));
    write(&folder.0, "canvass.yaml", "profiles:\n  dev: { mail: { smtp: \"smtp://127.0.0.1:9\" } }\n");
    let refused = to(&[]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(3), "{told}");
    assert!(told.contains("127.0.0.1:9"), "{told}");
}

//! The promise under the hardest blow: the real program is killed at random moments, on a wire that breaks.
//!
//! Judged by the log of a mail server that is a process of its own: no mail twice, and
//! everybody is accepted, unknown and listed, or still queued.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use canvass::store::{Durability, MessageState, Store};

use crate::support::proxy::{self, Cut};
use crate::support::scratch::Scratch;
use crate::support::sink::SinkProcess;

const PEOPLE: usize = 1500;
const KILLS: u32 = 50;
pub(super) const NOW: &str = "2026-01-05T10:00:00+08:00";

pub(super) const SPEC: &str = r#"campaign killed {
  title     "满意度" / "Satisfaction"
  languages zh, en
  timezone  "Asia/Shanghai"
  owner     "cx@example.com"
}
frame customers {
  source   "customers.csv"
  key      id
  email    email
  name     name
  language lang
}
stratum everybody "所有人" / "Everybody" { sample all }
section main "服务" / "Service" {
  question overall : csat required { text "您对我们的服务有多满意？" / "How satisfied are you with our service?" }
}
channel mail : email {
  from    "客户体验团队" / "Customer experience" at "cx@example.com"
  subject "请评价我们的服务" / "Please rate our service"
}
schedule {
  open   2026-01-05 09:00
  close  2026-01-31 18:00
  invite via mail
}
"#;

pub(super) fn write_campaign(folder: &Path, relay: &str, people: usize) {
    let mut list = "id,email,name,lang\n".to_owned();
    for n in 0..people {
        writeln!(list, "k{n:05},p{n}@example.com,张{n},{}", if n % 3 == 0 { "en" } else { "zh" }).unwrap();
    }
    std::fs::write(folder.join("customers.csv"), list).unwrap();
    std::fs::write(folder.join("killed.survey"), SPEC).unwrap();
    let settings = format!(
        "seed: 7\nprofiles:\n  prod:\n    store: \"sqlite:store/canvass.db\"\n    base: \"https://survey.example.com\"\n    \
         mail: {{ smtp: \"{relay}\", connections: 4 }}\n    secret: \"a secret of sixteen or more\"\n"
    );
    std::fs::write(folder.join("canvass.yaml"), settings).unwrap();
}

pub(super) fn canvass(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_canvass"));
    command.args(["--profile", "prod", "--now", NOW]).args(args).current_dir(folder);
    command.stdin(Stdio::null());
    command
}

pub(super) fn finished(folder: &Path, args: &[&str]) -> (i32, Output) {
    let out = canvass(folder, args).output().unwrap();
    (out.status.code().unwrap_or(-1), out)
}

/// A small generator (Steele, Lea and Flood 2014), so that the moments are the same in every run of the test.
pub(super) struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

/// Cuts about one dot in sixty, half of them before and half after.
fn wire(on: Arc<AtomicU64>) -> proxy::Plan {
    Arc::new(move |n| {
        if on.load(Ordering::SeqCst) == 0 {
            return Cut::No;
        }
        match Chance(n).below(120) {
            0 => Cut::Before,
            1 => Cut::After,
            _ => Cut::No,
        }
    })
}

#[test]
fn fifty_kills_send_nobody_two_mails_and_lose_nobody() {
    let folder = Scratch::new("kill");
    let sink = SinkProcess::start(&folder.0);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let on = Arc::new(AtomicU64::new(1));
    let addr = runtime.block_on(proxy::start(sink.addr, wire(Arc::clone(&on))));
    write_campaign(&folder.0, &format!("smtp://{addr}?tls=none"), PEOPLE);
    let mut chance = Chance(42);
    let mut kills = 0;
    while kills < KILLS {
        let before = sink.lines().len();
        let mut child = canvass(&folder.0, &["run", "killed.survey", "--once"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        if kills % 5 == 4 {
            // Any moment from the start of the process on: also while it opens, reads, plans, launches.
            std::thread::sleep(Duration::from_millis(chance.below(120)));
        } else {
            // In the middle of sending.
            let wanted = before + 1 + usize::try_from(chance.below(25)).unwrap();
            for _ in 0..4000 {
                if sink.lines().len() >= wanted || child.try_wait().unwrap().is_some() {
                    break;
                }
                std::thread::sleep(Duration::from_micros(500));
            }
            std::thread::sleep(Duration::from_micros(chance.below(3000)));
        }
        let alive = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(alive, "the campaign was over before the fifty kills were: make it larger");
        kills += 1;
    }
    let killed_at = sink.lines().len();
    on.store(0, Ordering::SeqCst);
    let (code, out) = finished(&folder.0, &["run", "killed.survey", "--once"]);
    assert!(code == 0 || code == 4, "{code}: {}", String::from_utf8_lossy(&out.stderr));
    // What a cut put off for some minutes is due later that day.
    let later = ["run", "killed.survey", "--once", "--now", "2026-01-06T10:00:00+08:00"];
    let out = Command::new(env!("CARGO_BIN_EXE_canvass"))
        .args(["--profile", "prod"])
        .args(later)
        .current_dir(&folder.0)
        .output()
        .unwrap();
    assert!(matches!(out.status.code(), Some(0 | 4)), "{}", String::from_utf8_lossy(&out.stderr));
    let (code, out) = finished(&folder.0, &["status", "killed.survey", "--check"]);
    assert_eq!(code, 0, "{}", String::from_utf8_lossy(&out.stderr));
    judge(&folder.0, &sink.lines(), killed_at, &String::from_utf8_lossy(&out.stdout));
}

fn judge(folder: &Path, log: &[(String, String)], killed_at: usize, status: &str) {
    let mut times: BTreeMap<&str, u32> = BTreeMap::new();
    log.iter().for_each(|(id, _)| *times.entry(id).or_default() += 1);
    let twice: Vec<_> = times.iter().filter(|(_, n)| **n > 1).collect();
    assert!(twice.is_empty(), "sent twice: {twice:?}");
    let arrived: BTreeSet<&str> = log.iter().map(|(_, to)| to.as_str()).collect();
    assert_eq!(arrived.len(), log.len(), "nobody got two mails");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (accepted, unknown, queued) = runtime.block_on(async {
        let url = format!("sqlite:{}", folder.join("store/canvass.db").display());
        let store = Store::open(&url, Durability::Full).await.unwrap();
        let of = async |state| -> BTreeSet<String> {
            store.messages_in("killed", state).await.unwrap().into_iter().map(|m| m.key).collect()
        };
        (of(MessageState::Accepted).await, of(MessageState::Unknown).await, of(MessageState::Queued).await)
    });
    let address = |key: &String| format!("p{}@example.com", key[1..].parse::<u32>().unwrap());
    assert_eq!(accepted.len() + unknown.len() + queued.len(), PEOPLE, "nobody is lost");
    for key in &accepted {
        assert!(arrived.contains(address(key).as_str()), "{key} counts as accepted and never arrived");
    }
    for key in &queued {
        assert!(!arrived.contains(address(key).as_str()), "{key} arrived and would be sent again");
    }
    for key in &unknown {
        assert!(status.contains(key.as_str()), "{key} is unknown and not listed");
    }
    assert!(unknown.len() <= (KILLS as usize) * 4 + PEOPLE / 20, "{} unknown", unknown.len());
    assert!(!unknown.is_empty(), "the kills and cuts did not bite");
    println!(
        "{} accepted, {} unknown ({} of them had arrived), {} queued; {killed_at} mails during {KILLS} kills",
        accepted.len(),
        unknown.len(),
        unknown.iter().filter(|k| arrived.contains(address(k).as_str())).count(),
        queued.len(),
    );
}

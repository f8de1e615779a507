//! A changed spec is taken over by a launched campaign, and the program is killed while it plans the messages again.
//!
//! Judged by the same change taken over without a kill, and by the log of a mail server that is a process of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use canvass::store::{Durability, MessageState, Store};

use super::kill::{Chance, SPEC, canvass, finished, write_campaign};
use crate::support::scratch::Scratch;
use crate::support::sink::SinkProcess;

/// Messages are planned again in transactions of 2,000 people: three of them, and the end.
const PEOPLE: usize = 5000;

/// Every message of the ledger: whose, which step, its state and moment.
type Ledger = BTreeSet<(String, String, String, String)>;

fn store<T>(folder: &Path, ask: impl AsyncFnOnce(Store) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let url = format!("sqlite:{}", folder.join("store/canvass.db").display());
    runtime.block_on(async { ask(Store::open(&url, Durability::Full).await.unwrap()).await })
}

/// Up to whom messages were planned again; nothing once that is over.
fn done(folder: &Path) -> Option<i64> {
    store(folder, async |store| store.to_replan("killed").await.unwrap()).map(|(_, done)| done)
}

fn ledger(folder: &Path) -> Ledger {
    use MessageState as State;
    let states = [
        State::Queued,
        State::Sending,
        State::Accepted,
        State::Listed,
        State::Unknown,
        State::Rejected,
        State::RenderError,
        State::Expired,
        State::Suppressed,
        State::Cancelled,
    ];
    store(folder, async |store| {
        let mut all = Ledger::new();
        for state in states {
            for m in store.messages_in("killed", state).await.unwrap() {
                // When a mail left differs from run to run; when one is due must not.
                let at = if state == State::Queued { m.at.map(|at| at.to_string()) } else { None };
                let one =
                    (m.key, m.step, state.name().to_owned(), format!("{} {at:?} {:?}", m.channel, m.detail));
                assert!(all.insert(one), "a message stands twice in the ledger");
            }
        }
        all
    })
}

fn schedule(steps: &str) -> String {
    SPEC.replace("  invite via mail\n", &format!("  invite via mail\n{steps}"))
}

#[test]
fn kills_while_messages_are_planned_again_leave_no_trace() {
    let (folder, control) = (Scratch::new("taken-over"), Scratch::new("taken-over-control"));
    let sink = SinkProcess::start(&folder.0);
    write_campaign(&folder.0, &format!("smtp://{}?tls=none", sink.addr), PEOPLE);
    let first = schedule("  remind via mail after 4 days\n  remind via mail after 9 days\n");
    std::fs::write(folder.0.join("killed.survey"), first).unwrap();
    let (code, out) = finished(&folder.0, &["run", "killed.survey", "--once"]);
    assert_eq!(code, 0, "{}", String::from_utf8_lossy(&out.stderr));
    assert_eq!(sink.lines().len(), PEOPLE);
    // The first reminder comes sooner, the second later, and there is a third.
    let steps = ["2", "12", "14"].map(|days| format!("  remind via mail after {days} days\n")).concat();
    std::fs::write(folder.0.join("killed.survey"), schedule(&steps)).unwrap();
    copy(&folder.0, &control.0);
    let (code, out) = finished(&control.0, &["run", "killed.survey", "--once"]);
    assert_eq!(code, 0, "{}", String::from_utf8_lossy(&out.stderr));

    let mut chance = Chance(3);
    // Where the kills come depends on the machine: a series that met nothing in the middle is begun anew.
    let series = (0..20).map(|_| killed(&folder.0, &mut chance));
    let Some((folder, _)) = series.into_iter().find(|(_, reached)| reached.iter().any(|done| *done > 0))
    else {
        panic!("no kill came in the middle");
    };
    let (code, out) = finished(&folder.0, &["run", "killed.survey", "--once"]);
    assert_eq!(code, 0, "{}", String::from_utf8_lossy(&out.stderr));
    assert_eq!(done(&folder.0), None);
    let (of_killed, of_control) = (ledger(&folder.0), ledger(&control.0));
    assert_eq!(of_killed.len(), 4 * PEOPLE);
    assert!(
        of_killed == of_control,
        "{:?}",
        of_killed.symmetric_difference(&of_control).take(6).collect::<Vec<_>>()
    );
    assert_eq!(sink.lines().len(), PEOPLE, "nothing left while messages were planned again");

    // The reminder's day: everybody gets it once.
    let status = Command::new(env!("CARGO_BIN_EXE_canvass"))
        .args(["--profile", "prod", "run", "killed.survey", "--once", "--now", "2026-01-07T12:00:00+08:00"])
        .current_dir(&folder.0)
        .stdin(Stdio::null())
        .output()
        .unwrap()
        .status;
    assert!(status.success());
    let mut mails: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (id, to) in sink.lines() {
        assert!(mails.entry(to).or_default().insert(id), "a mail came twice");
    }
    assert!(mails.len() == PEOPLE && mails.values().all(|ids| ids.len() == 2));
}

/// Kills the program again and again while it takes a copy of the campaign over; returns how far it was each time.
fn killed(from: &Path, chance: &mut Chance) -> (Scratch, BTreeSet<i64>) {
    let folder = Scratch::new("taken-over-killed");
    copy(from, &folder.0);
    let mut reached = BTreeSet::new();
    for wanted in [-1, 0, 0, 1, 2000, 2000, 4000] {
        let mut child = canvass(&folder.0, &["run", "killed.survey", "--once"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Up to where the earlier kills let it come, and a little further.
        while child.try_wait().unwrap().is_none() && done(&folder.0).is_none_or(|done| done < wanted) {
            std::thread::sleep(Duration::from_micros(200));
        }
        // What has begun is over in a moment on a quick machine: there the kill comes at once.
        if wanted <= 0 {
            std::thread::sleep(Duration::from_micros(chance.below(20_000)));
        }
        let _ = child.kill();
        child.wait().unwrap();
        reached.extend(done(&folder.0));
    }
    (folder, reached)
}

/// Copies a campaign with its store, while nobody has it open.
fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy(&path, &target);
        } else if !entry.file_name().to_string_lossy().starts_with("sink") {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

//! The report of a launched campaign with many answers: seconds and memory, row by row and in one pass.
//!
//! `cargo bench --bench campaign -- 300000` lets so many people answer (100,000 unless told); `-- 300000 PROGRAM` measures
//! another build of `canvass` too. The campaign is launched by the program; then everybody is released and about half of
//! them answer, straight into the store's file. Every run is a process of its own, so that its peak of memory is its own.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement: it stops at the first fault, prints, and asks the system for the time"
)]

#[path = "../dice.rs"]
mod dice;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use dice::Dice;
use sqlx::Row as _;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

/// Of a hundred invited people so many answer, by stratum.
const WILLING: [usize; 3] = [60, 50, 45];
const OPEN: i64 = 1_767_603_600_000;

fn main() {
    let mut args = std::env::args().skip(1).filter(|a| a != "--bench");
    let answers: usize = args.next().map_or(100_000, |n| n.parse().expect("a number of answers"));
    let other = args.next();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("campaign-{answers}"));
    if !folder.join("store/canvass.db").is_file() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        // Three strata of a third of the list each; of these 100 %, 80 % and 50 % are drawn.
        let rate: usize = WILLING.iter().zip([10, 8, 5]).map(|(willing, drawn)| willing * drawn).sum();
        write(&folder, answers * 3000 / rate);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (drawn, answered) = runtime.block_on(fill(&folder));
        println!("{drawn} drawn, {answered} answers");
    }
    let own = env!("CARGO_BIN_EXE_canvass");
    for _ in 0..3 {
        println!("load {}", fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
        if let Some(other) = &other {
            report("other, row by row", other, &folder, &[]);
        }
        report("row by row", own, &folder, &["--one-pass", "never"]);
        report("in one pass", own, &folder, &["--one-pass", "always"]);
    }
}

/// Runs one report and prints its figures.
fn report(name: &str, program: &str, folder: &Path, further: &[&str]) {
    let start = Instant::now();
    let mut child = canvass(program, folder)
        .args(["report", "campaign.survey", "--formats", "json", "--out", "out"])
        .args(further)
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0.0_f64;
    let done = loop {
        if let Some(done) = child.try_wait().unwrap() {
            break done;
        }
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or("0 kB");
        peak = peak.max(line.trim().trim_end_matches(" kB").trim().parse().unwrap_or(0.0));
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(done.success(), "{name} did not run");
    println!("{name:<20} {:>7.2} s {:>7.0} MB", start.elapsed().as_secs_f64(), peak / 1000.0);
}

fn canvass(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["--profile", "prod", "--quiet", "--now", "2026-02-02T09:00:00+08:00"]);
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// Writes list, spec and settings, and launches the campaign before its opening, so that nothing is sent.
fn write(folder: &Path, people: usize) {
    let mut dice = Dice(3);
    let mut list = "id,email,region,tier\n".to_owned();
    for n in 0..people {
        let region = ["east", "west", "north", "south"][dice.below(4)];
        let tier = ["gold", "silver", "basic"][n % 3];
        writeln!(list, "k{n:07},p{n}@example.com,{region},{tier}").unwrap();
    }
    fs::write(folder.join("customers.csv"), list).unwrap();
    fs::write(folder.join("campaign.survey"), include_str!("campaign.survey")).unwrap();
    let settings = "seed: 7\nprofiles:\n  prod:\n    store: \"sqlite:store/canvass.db\"\n    \
                    base: \"https://survey.example.com\"\n    mail: { smtp: \"smtp://127.0.0.1:9?tls=none\" }\n    \
                    secret: \"a secret of sixteen or more\"\n";
    fs::write(folder.join("canvass.yaml"), settings).unwrap();
    let launched = Command::new(env!("CARGO_BIN_EXE_canvass"))
        .args(["--profile", "prod", "--quiet", "--now", "2026-01-05T08:00:00+08:00"])
        .args(["run", "campaign.survey", "--once"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .status()
        .unwrap();
    assert!(launched.success(), "the campaign was not launched");
}

/// Releases everybody and lets many of them answer; returns how many were drawn and answered.
async fn fill(folder: &Path) -> (usize, usize) {
    let options = SqliteConnectOptions::new().filename(folder.join("store/canvass.db"));
    let mut store = options.connect().await.unwrap();
    let mut txn = store.begin().await.unwrap();
    sqlx::query("update invitation set released_at = ?").bind(OPEN).execute(&mut *txn).await.unwrap();
    let all = sqlx::query("select id, campaign, cell, fields from invitation order by id");
    let all = all.fetch_all(&mut *txn).await.unwrap();
    let mut dice = Dice(5);
    let mut answered = 0;
    for row in &all {
        let cell: i64 = row.get("cell");
        if dice.below(100) >= WILLING[usize::try_from(cell).unwrap()] {
            continue;
        }
        answered += 1;
        let begun = OPEN + i64::try_from(dice.below(1_500_000_000)).unwrap();
        let ended = begun + 5000 + i64::try_from(dice.below(300_000)).unwrap();
        let done = sqlx::query(
            "insert into response (campaign, pseudonym, cell, language, channel, state, started_at, updated_at, \
             completed_at, answers, fields, version) values (?, ?, ?, 'en', 'mail', 'completed', ?, ?, ?, ?, ?, 3)",
        )
        .bind(row.get::<String, _>("campaign"))
        .bind(format!("{:032x}", (u128::from(dice.below(1 << 60) as u64) << 64) | answered))
        .bind(cell)
        .bind(begun)
        .bind(ended)
        .bind(ended)
        .bind(answers(&mut dice, usize::try_from(cell).unwrap()))
        .bind(row.get::<String, _>("fields"))
        .execute(&mut *txn)
        .await
        .unwrap();
        sqlx::query("update invitation set response_id = ? where id = ?")
            .bind(done.last_insert_rowid())
            .bind(row.get::<i64, _>("id"))
            .execute(&mut *txn)
            .await
            .unwrap();
    }
    txn.commit().await.unwrap();
    store.close().await.unwrap();
    (all.len(), usize::try_from(answered).unwrap())
}

/// Makes up answers as the store keeps them.
fn answers(dice: &mut Dice, cell: usize) -> String {
    let reached = ["phone", "shop", "web"][dice.below(3)];
    let recommend = dice.below(11).max(dice.below(11));
    let mut all = vec![
        format!("\"reached\":{{\"option\":{{\"name\":\"{reached}\"}}}}"),
        format!("\"recommend\":{{\"number\":{recommend}.0}}"),
        format!("\"solved\":{{\"yes_no\":{}}}", dice.below(10) < 7),
    ];
    for q in 1..=8 {
        if dice.below(30) > 0 {
            all.push(format!(
                "\"q{q}\":{{\"number\":{}.0}}",
                1 + (dice.below(4) + dice.below(3 - cell)).min(4)
            ));
        }
    }
    if recommend <= 6 && dice.below(2) == 0 {
        all.push(format!("\"why\":{{\"text\":\"because of thing number {}\"}}", dice.below(500)));
    }
    format!("{{{}}}", all.join(","))
}

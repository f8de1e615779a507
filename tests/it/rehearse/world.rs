//! Small campaigns on disk: a spec of the fixtures with a list of made-up customers.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Puts a spec of the fixtures with settings and lists into a folder; returns the spec's path.
pub fn campaign(folder: &Path, spec: &str) -> PathBuf {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rehearse").join(spec);
    let text = std::fs::read_to_string(fixture).expect("a fixture");
    let path = folder.join(spec);
    std::fs::write(&path, text).expect("the spec");
    std::fs::write(folder.join("canvass.yaml"), "seed: 20260105\n").expect("settings");
    std::fs::write(folder.join("customers.csv"), customers(360)).expect("customers");
    std::fs::write(folder.join("tickets.csv"), tickets(80)).expect("tickets");
    path
}

/// Customers: skewed visits, a tenth new ones over the coming weeks, some without a mail address, some opted out.
pub fn customers(count: usize) -> String {
    let mut text = "id,name,email,phone,lang,signed_up,visits,opted_out,region\n".to_owned();
    for n in 1..=count {
        // Steps that share no factor with the other moduli spread every trait over every other.
        let visits = match n * 7 % 20 {
            0 | 1 => 40 + n % 13,
            2..=6 => 15 + n % 9,
            7..=13 => 5 + n % 8,
            _ => n % 5,
        };
        let signed_up = match n % 9 {
            0 => format!("2026-01-{:02}", 1 + n / 9 % 20),
            _ => format!("20{:02}-0{}-1{}", 10 + n % 15, 1 + n % 9, n % 10),
        };
        let email = if n % 17 == 0 { String::new() } else { format!("customer{n:04}@example.org") };
        let (name, lang) = if n % 5 == 0 { ("Mary Miller", "en") } else { ("王芳", "zh") };
        let opted_out = if n % 29 == 0 { "yes" } else { "no" };
        let region = if n * 11 % 7 < 3 { "east" } else { "west" };
        let phone = n % 100;
        let _ = writeln!(
            text,
            "C{n:04},{name},{email},+1-202-555-01{phone:02},{lang},{signed_up},{visits},{opted_out},{region}"
        );
    }
    text
}

/// Tickets over two weeks, some customers with several.
pub fn tickets(count: usize) -> String {
    let mut text = "ticket,customer,closed_at,solved\n".to_owned();
    for n in 1..=count {
        let customer = 1 + n * 37 % 120;
        let (day, hour) = (5 + n % 11, 8 + n % 10);
        let solved = if n % 3 == 0 { "no" } else { "yes" };
        let _ = writeln!(text, "T{n:04},C{customer:04},2026-01-{day:02}T{hour:02}:30:00+08:00,{solved}");
    }
    text
}

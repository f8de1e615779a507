//! `canvass calendar`, and what `plan --against` says of people.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::support::{Place, SPEC, list};

fn canvass(folder: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_canvass"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// One stratum of 40 from 200 people.
fn spec(name: &str, sample: &str, open: &str, close: &str, frame: &str) -> String {
    let head =
        SPEC.split("stratum top").next().unwrap().replace("campaign wave", &format!("campaign {name}"));
    let head = head.replace("  once per email", &format!("  {frame}"));
    let tail = SPEC.split("section s").nth(1).unwrap();
    let tail = tail.replace("2026-01-05 09:00", open).replace("2026-01-31 18:00", close);
    format!("{head}stratum all {{ {sample} }}\nsection s{tail}")
}

fn repository() -> Place {
    let rows: Vec<String> = (0..200).map(|i| format!("k{i},k{i}@example.com,2025-01-01,{i},{i}")).collect();
    let place = Place::new(
        &spec("january", "sample 40", "2026-01-05 09:00", "2026-01-31 18:00", "rest 60 days"),
        &list(&rows),
    );
    place.write("canvass.yaml", b"seed: 20260105\n");
    let write = |file: &str, text: String| place.write(file, text.as_bytes());
    write(
        "feb.survey",
        spec("february", "sample 50", "2026-02-02 09:00", "2026-02-20 18:00", "rest 60 days"),
    );
    let apart = "sample 40; draw apart from january";
    write("apart.survey", spec("apart", apart, "2026-02-02 09:00", "2026-02-20 18:00", "rest 60 days"));
    write("june.survey", spec("june", "sample 40", "2026-06-01 09:00", "2026-06-20 18:00", "rest 60 days"));
    place
}

#[test]
fn a_calendar_shows_days_and_people_who_are_asked_twice() {
    let place = repository();
    place.write("broken.survey", b"campaign broken { title \"x\" }\n");
    let away = spec("away", "sample 40", "2026-03-02 09:00", "2026-03-20 18:00", "rest 10 days");
    place.write("away.survey", away.replace("customers.csv", "nowhere.csv").as_bytes());
    let (code, text, said) = canvass(place.folder(), &["calendar", "--format", "json"]);
    assert_eq!(code, Some(0), "{said}");
    let all: Value = serde_json::from_str(&text).unwrap();
    let names: Vec<&str> =
        all["campaigns"].as_array().unwrap().iter().map(|c| c["campaign"].as_str().unwrap()).collect();
    assert_eq!(names, ["january", "apart", "february", "away", "june"], "by day of opening");
    // 40 invitations, and 3 days later a reminder to all but those who are thought to have answered (an eighth).
    let day = |date: &str| {
        let days = all["days"].as_array().unwrap().iter();
        days.filter(|d| d["date"] == date).map(|d| d["messages"].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!((day("2026-01-05"), day("2026-01-08"), day("2026-01-06")), (40, 35, 0));
    assert_eq!(day("2026-02-02"), 90, "two campaigns begin on that day");
    assert_eq!(day("2026-03-02"), 0, "nobody knows how many");
    // 40 and 50 with the same start have 40 in common; apart has none with january, and with february neither.
    let clashes: Vec<(&str, &str, u64)> = all["clashes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["first"].as_str().unwrap(), c["second"].as_str().unwrap(), c["people"].as_u64().unwrap()))
        .collect();
    assert_eq!(clashes, [("january", "february", 40)]);
    assert_eq!(all["clashes"][0]["days"], 28);
    assert!(all["campaigns"][3]["unknown"].as_str().unwrap().contains("nowhere.csv"));
    assert_eq!(all["campaigns"][3]["steps"][1]["first"], "2026-03-05");
    assert_eq!(all["left_out"][0]["spec"], "broken.survey");

    let (_, page, _) = canvass(place.folder(), &["calendar", "."]);
    assert!(page.contains("| 2026-02-02 | 90 | apart 40, february 50 |"), "{page}");
    let words = "- `february` invites from `customers.csv` 28 days after `january`, and its rest is 60 days: 40 people would be drawn by both, and drop out of `february`";
    assert!(page.contains(words), "{page}");
    assert!(page.lines().any(|l| l.starts_with("███") && l.ends_with("·  january  40")), "{page}");
}

#[test]
fn a_calendar_says_who_waits_and_speaks_the_first_campaigns_language() {
    let place = repository();
    let waits = spec("february", "sample 50", "2026-02-02 09:00", "2026-02-20 18:00", "rest 60 days delay");
    place.write("feb.survey", waits.as_bytes());
    let (_, page, _) = canvass(place.folder(), &["calendar", "."]);
    let words = "its rest is 60 days: 40 people would be drawn by both, and wait in `february` until it ends";
    assert!(page.contains(words), "{page}");
    let chinese = fs::read_to_string(place.folder().join("wave.survey")).unwrap();
    place.write("wave.survey", chinese.replace("languages en", "languages zh").as_bytes());
    let (_, page, _) = canvass(place.folder(), &["calendar", "."]);
    assert!(page.starts_with("# 调查计划\n"), "{page}");
    assert!(page.contains("两次都会抽中 40 人，这些人在 `february` 中等到期满"), "{page}");
}

/// 120 people at launch at 60 a minute through two short days, and 80 who arrive on the first day.
#[test]
fn messages_lie_on_their_days() {
    let place = repository();
    let text = fs::read_to_string(place.folder().join("wave.survey")).unwrap();
    let text = text
        .replace(
            "stratum all { sample 40 }",
            "stratum all { where visits >= 80; sample all }\nstratum late { sample 100% daily }",
        )
        .replace("hours 09:00..20:00", "hours 09:00..09:01 on workdays")
        .replace("  remind via mail after 3 days\n", "");
    for other in ["feb", "apart", "june"] {
        fs::remove_file(place.folder().join(format!("{other}.survey"))).unwrap();
    }
    place.write("wave.survey", text.as_bytes());
    let (code, text, said) = canvass(place.folder(), &["calendar", "--format", "json"]);
    assert_eq!(code, Some(0), "{said}");
    let all: Value = serde_json::from_str(&text).unwrap();
    let days = all["days"].as_array().unwrap().iter();
    let days: Vec<(&str, u64)> =
        days.map(|d| (d["date"].as_str().unwrap(), d["messages"].as_u64().unwrap())).collect();
    // Those who arrive are taken in as the plan says: here all on the first day, and they share its two days.
    assert_eq!(days, [("2026-01-05", 100), ("2026-01-06", 100)]);
    let (_, page, _) = canvass(place.folder(), &["calendar", "."]);
    assert!(
        page.contains("| 2026-01-05 to 2026-01-06 | 100 | january 100 |"),
        "days alike are one row: {page}"
    );
}

#[test]
fn a_changed_spec_says_who_enters_and_leaves() {
    let place = repository();
    let before = fs::read_to_string(place.folder().join("wave.survey")).unwrap();
    place.write("before.survey", before.as_bytes());
    let against = |text: String| {
        place.write("wave.survey", text.as_bytes());
        let (code, said, told) =
            canvass(place.folder(), &["plan", "wave.survey", "--against", "before.survey"]);
        assert_eq!(code, Some(0), "{told}");
        said.split("Plan of").next().unwrap().to_owned()
    };
    let more = against(before.replace("sample 40", "sample 55"));
    assert!(more.contains("`all`, drawn: 15 people enter, 0 leave, 40 stay"), "{more}");
    assert!(more.contains("e-mails in all: 75 → "), "{more}");
    assert!(more.contains("margin over all: ±"), "{more}");
    let others = against(
        before.replace("exclude", "").replace("  rest 60 days", "  exclude \"Low\" where visits < 100"),
    );
    assert!(others.contains("`all`, eligible: 200 → 100 (−100, −50%)"), "{others}");
    let line = others.lines().find(|l| l.contains("`all`, drawn:")).unwrap();
    let numbers: Vec<u64> =
        line.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
    assert_eq!((numbers[0], numbers[1] + numbers[2]), (numbers[1], 40), "{line}");
}

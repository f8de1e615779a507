//! What measures promise of events, in the report of a launched campaign: both languages, all formats, and R.

use std::fmt::Write;

use serde_json::Value;

use super::command::{run_at, with_sink};
use crate::export::run::run as r;
use crate::support::postgres::Postgres;
use crate::support::scratch::Scratch;

const NOW: &str = "2026-01-07T10:00:00+08:00";
const EVENTS: &str = "events tickets { source \"tickets.csv\"; key id; person who; at closed\n\
    field resolved \"已解决\" / \"Resolved\" : yes_no; field minutes : number }\n";

fn action(name: &str, rest: &str) -> String {
    format!(
        "action {name} \"措施 {name}\" / \"Measure {name}\" {{ {rest}; due 2025-11-24; verify 1 weeks after due }}\n"
    )
}

/// Tickets of sixty people from October to the third of January: a third as many after 1 December, and more of them resolved.
fn tickets() -> String {
    let mut file = "id,who,closed,resolved,minutes\n".to_owned();
    let mut id = 0;
    let mut add = |who: usize, day: &str, resolved: bool, minutes: usize| {
        id += 1;
        let resolved = if resolved { "yes" } else { "no" };
        writeln!(file, "t{id},c{who:03},{day} 10:00,{resolved},{minutes}").unwrap();
    };
    add(99, "2025-10-01", true, 1);
    for who in 0..60 {
        for week in 0..5 {
            let before = format!("2025-{}", ["10-21", "10-28", "11-04", "11-11", "11-18"][week]);
            if (who + week) % 4 > 0 {
                add(who, &before, (who + 2 * week) % 3 == 0, 20 + (who * 7 + week * 5) % 30);
            }
            let after = format!("2025-12-{}", ["02", "09", "16", "23", "30"][week]);
            if (who * 3 + week) % 4 == 0 {
                add(who, &after, (who + week) % 5 > 0, 10 + (who * 5 + week * 3) % 20);
            }
        }
    }
    add(1, "2026-01-05", true, 3);
    file
}

fn home(name: &str, actions: &str) -> (Scratch, crate::support::sink::SinkProcess) {
    let (home, sink) = with_sink(name);
    let spec = std::fs::read_to_string(home.0.join("c.survey")).unwrap();
    let spec = spec.replace(
        "stratum everybody \"所有人\" / \"Everybody\" { sample all }",
        &format!(
            "{EVENTS}stratum early \"老客户\" / \"Old customers\" {{ where signed_up <= 2024-12-31; sample all }}\n\
             stratum rest \"其他客户\" / \"Others\" {{ sample all }}\n"
        ),
    );
    let score = "score 0..100 { dimension main_score \"总分\" / \"Overall\" 100% = mean(overall) }\n";
    home.write("c.survey", format!("{spec}{score}{actions}"));
    let people: String = (0..60)
        .map(|n| {
            format!("c{n:03},c{n}@example.com,{}\n", if n % 2 == 0 { "2024-05-01" } else { "2025-02-01" })
        })
        .collect();
    home.write("customers.csv", format!("id,email,signed_up\n{people}"));
    home.write("tickets.csv", tickets());
    (home, sink)
}

fn report(home: &Scratch, now: &str, more: &[&str]) -> (Value, String) {
    let mut args = vec![
        "report",
        "c.survey",
        "--out",
        "out",
        "--language",
        "both",
        "--formats",
        "markdown,html,xlsx,json",
    ];
    args.extend(more);
    let (code, said) = run_at(&home.0, now, &args);
    assert_eq!(code, 0, "{said}");
    let text = std::fs::read_to_string(home.0.join("out/report.json")).unwrap();
    (serde_json::from_str(&text).unwrap(), said)
}

fn page(home: &Scratch, name: &str) -> String {
    std::fs::read_to_string(home.0.join("out").join(name)).unwrap()
}

#[test]
fn promises_of_events_are_judged_in_the_report() {
    let actions = [
        action("fewer", "improves count(tickets) by -20%"),
        action("solved", "improves share(tickets.resolved) by 5%"),
        action("quicker", "improves mean(tickets.minutes) by -3"),
        action("far_quicker", "for early; improves mean(tickets.minutes) by -95%"),
        action("old_fewer", "for early; improves count(tickets) by -99%"),
        action("kinder", "improves main_score by 3"),
        action("given_up", "improves count(tickets) by -1%; status dropped"),
    ]
    .concat();
    let (home, _sink) = home("measures", &actions);
    let (code, said) = run_at(&home.0, "2026-01-05T10:00:00+08:00", &["check", "c.survey"]);
    assert!(code == 0 && !said.contains("not-carried-out"), "nothing is left undone: {said}");
    let (code, said) = run_at(&home.0, "2026-01-05T10:00:00+08:00", &["run", "c.survey", "--once"]);
    assert_eq!(code, 0, "{said}");
    let (told, _) = report(&home, NOW, &[]);
    let effects = told["effects"].as_array().unwrap();
    let verdicts: Vec<(&str, &str)> =
        effects.iter().map(|e| (e["action"].as_str().unwrap(), e["verdict"].as_str().unwrap())).collect();
    let expected = [
        ("fewer", "met"),
        ("solved", "met"),
        ("quicker", "met"),
        ("far_quicker", "not_met"),
        ("old_fewer", "not_met"),
    ];
    assert_eq!(verdicts, expected, "a score without answers and what was given up are left out");
    // From the second of October to the fourth of January: five weeks behind the first of December, seven before due.
    let fewer = &effects[0];
    let days = serde_json::json!({
        "weeks": 5, "before": ["2025-10-20", "2025-11-23"], "after": ["2025-12-01", "2026-01-04"]
    });
    assert_eq!(fewer["events"]["windows"], days);
    assert_eq!((&fewer["other"], &fewer["value"]), (&225.0.into(), &75.0.into()));
    assert!((fewer["difference"].as_f64().unwrap() + 2.0 / 3.0).abs() < 1e-12);
    assert_eq!((&fewer["events"]["rows"], &fewer["events"]["bad_rows"]), (&302.into(), &1.into()));
    assert_eq!((&effects[3]["stratum"], &effects[3]["n_other"]), (&"early".into(), &30.into()));

    let (zh, en) = (page(&home, "report.md"), page(&home, "report.en.md"));
    assert!(zh.contains("tickets 的数量 −20%") && zh.contains("−66.7%") && zh.contains("已兑现"), "{zh}");
    assert!(zh.contains("“已解决”") || zh.contains("已解决"), "{zh}");
    assert!(
        en.contains("number of tickets −20%") && en.contains("Came true") && en.contains("+5 points"),
        "{en}"
    );
    assert!(en.contains("before 2025-10-20 – 2025-11-23, after 2025-12-01 – 2026-01-04; people with events: 60 before, 60 after"), "{en}");
    assert!(en.contains("1 of 302 rows of the events could not be used"), "{en}");
    assert!(en.contains(" points)") && en.contains(".\n\n| Measure | Promised effect |"), "{en}");
    let html = page(&home, "report.en.html");
    assert!(html.contains("number of tickets −20%") && html.contains("Did not come true"), "{html}");
    assert!(!html.contains("c001") && !en.contains("c001"));
    use calamine::{Reader, open_workbook_auto};
    let mut book = open_workbook_auto(home.0.join("out/report.en.xlsx")).unwrap();
    let cells: Vec<String> =
        book.worksheets()[0].1.rows().flatten().map(ToString::to_string).filter(|c| !c.is_empty()).collect();
    assert!(
        cells.iter().any(|c| c == "Measure fewer") && cells.iter().any(|c| c.contains("Came true")),
        "{cells:?}"
    );

    // Counted in one pass it says the same of events.
    let (counted, _) = report(&home, NOW, &["--one-pass", "always"]);
    assert_eq!(counted["effects"], told["effects"]);
    report(&home, NOW, &[]);
    let (code, said) = run_at(&home.0, NOW, &["export", "c.survey", "--format", "r", "--out", "out"]);
    assert_eq!(code, 0, "{said}");
    let said = r(&home.0.join("out"));
    assert!(said.agrees && said.text.lines().any(|l| l.starts_with("measures ")), "{}", said.text);
    assert!(!said.text.contains("not computed here: effects"), "{}", said.text);
    // A figure that is off by a millionth is noticed.
    let text = std::fs::read_to_string(home.0.join("out/report.json")).unwrap();
    let mut wrong: Value = serde_json::from_str(&text).unwrap();
    for (i, what) in [(0, "high"), (1, "standard_error"), (3, "low"), (4, "difference")] {
        let number = &mut wrong["effects"][i][what];
        *number = (number.as_f64().unwrap() * 1.000_001).into();
    }
    home.write("out/report.json", wrong.to_string());
    let said = r(&home.0.join("out"));
    assert!(!said.agrees && said.text.contains("4 numbers are off"), "{}", said.text);
}

#[test]
fn what_can_not_be_judged_is_said_and_the_report_is_made() {
    let actions = [
        action("fewer", "improves count(tickets) by -20%"),
        action("later", "improves count(tickets) by -20%").replace("due 2025-11-24", "due 2026-06-01"),
        action("old", "improves count(tickets) by -20%").replace("due 2025-11-24", "due 2025-10-03"),
    ]
    .concat();
    let (home, _sink) = home("unread", &actions);
    run_at(&home.0, "2026-01-05T10:00:00+08:00", &["run", "c.survey", "--once"]);
    let why = |told: &Value| -> Vec<String> {
        let of = |e: &Value| {
            assert_eq!(e["verdict"], "not_decided");
            e["reason"].as_str().unwrap_or("").to_owned()
        };
        told["effects"].as_array().unwrap().iter().skip(1).map(of).collect()
    };
    let (told, _) = report(&home, NOW, &[]);
    assert_eq!(why(&told), ["too_soon", "no_past"]);
    let en = page(&home, "report.en.md");
    assert!(
        en.contains("Not decided: too soon: wait until 2026-06-15, and have events up to that day"),
        "{en}"
    );
    assert!(
        en.contains("events reach back to 2025-10-01 only; a whole week before 2025-10-03 is needed"),
        "{en}"
    );
    assert!(page(&home, "report.md").contains("为时过早：请等到 2026-06-15"));

    std::fs::remove_file(home.0.join("tickets.csv")).unwrap();
    let (told, said) = report(&home, NOW, &[]);
    assert!(
        said.contains("warning: what measure `fewer` brought is not known") && said.contains("tickets.csv"),
        "{said}"
    );
    assert_eq!(told["effects"][0]["reason"], "unreadable");
    let en = page(&home, "report.en.md");
    assert!(
        en.contains("the lists can't be read: events \\`tickets\\`: \\`tickets.csv\\` can't be opened"),
        "{en}"
    );
    let (code, said) = run_at(&home.0, NOW, &["export", "c.survey", "--format", "r", "--out", "out"]);
    assert_eq!(code, 0, "{said}");
    let said = r(&home.0.join("out"));
    assert!(said.agrees, "{}", said.text);

    // None of the events is in a window, and those of one day alone.
    home.write(
        "tickets.csv",
        "id,who,closed,resolved,minutes\na,c001,2025-09-01 10:00,yes,1\nb,c001,2026-01-06 10:00,yes,1\n",
    );
    let (told, _) = report(&home, NOW, &[]);
    assert_eq!(told["effects"][0]["reason"], "empty");
    home.write(
        "tickets.csv",
        "id,who,closed,resolved,minutes\na,c001,2025-12-24 10:00,yes,1\nb,c002,2025-12-24 10:00,yes,1\n",
    );
    let (told, _) = report(&home, NOW, &[]);
    assert_eq!(told["effects"][0]["reason"], "no_past");
    // Few people are hidden.
    let mut few = "id,who,closed,resolved,minutes\n".to_owned();
    for (i, day) in ["2025-10-01", "2025-11-20", "2025-12-02", "2026-01-06"].iter().enumerate() {
        writeln!(few, "t{i},c001,{day} 10:00,yes,1").unwrap();
    }
    home.write("tickets.csv", few);
    let (told, _) = report(&home, NOW, &[]);
    assert_eq!(
        (&told["effects"][0]["verdict"], &told["effects"][0]["value"]),
        (&"hidden".into(), &Value::Null)
    );
    assert!(page(&home, "report.en.md").contains("too few people have events in a window"));
}

/// A measure, and events, that were written down after launch are judged all the same.
#[test]
fn a_measure_of_today_is_judged_in_a_campaign_of_before() {
    let (home, _sink) = home("today", "");
    let launched = std::fs::read_to_string(home.0.join("c.survey")).unwrap();
    home.write("c.survey", launched.replace(EVENTS, ""));
    run_at(&home.0, "2026-01-05T10:00:00+08:00", &["run", "c.survey", "--once"]);
    let calls = EVENTS.replace("events tickets", "events calls");
    let later = action("fewer", "for early; improves count(calls) by -20%");
    home.write("c.survey", format!("{}{calls}{later}", launched.replace(EVENTS, "")));
    let (told, _) = report(&home, NOW, &[]);
    assert_eq!(
        (&told["effects"][0]["verdict"], &told["effects"][0]["stratum"]),
        (&"met".into(), &"early".into())
    );
    assert_eq!(told["actions"][0]["improves"]["en"], "number of calls");
    assert_eq!((&told["actions"][0]["by"], &told["actions"][0]["unit"]), (&(-0.2).into(), &"percent".into()));
}

/// Finished answers have no list: everybody who has events counts.
#[test]
fn measures_of_finished_answers_are_judged_too() {
    let home = Scratch::new("finished");
    let spec = format!(
        "campaign c {{ title \"满意度\" / \"Satisfaction\"; languages zh, en; timezone \"Asia/Shanghai\"; owner \"cx@example.com\" }}\n\
         responses \"answers.csv\" {{ key id; at day }}\n{EVENTS}\
         section main \"服务\" / \"Service\" {{\n  question overall : csat required {{ text \"满意吗？\" / \"Satisfied?\" }}\n}}\n\
         score 0..100 {{ dimension main_score \"总分\" / \"Overall\" 100% = mean(overall) }}\n{}{}",
        action("fewer", "improves count(tickets) by -20%"),
        action("kinder", "improves main_score by 1"),
    );
    home.write("c.survey", spec);
    let answers: String = (0..80)
        .map(|i| format!("p{i},2025-{}-10,{}\n", if i < 40 { 11 } else { 12 }, 1 + (i * 3) % 5))
        .collect();
    home.write("answers.csv", format!("id,day,overall\n{answers}"));
    home.write("tickets.csv", tickets());
    let (told, _) = report(&home, NOW, &[]);
    let of = |i: usize, what: &str| told["effects"][i][what].clone();
    assert_eq!((of(0, "verdict"), of(0, "other"), of(0, "value")), ("met".into(), 225.0.into(), 75.0.into()));
    assert_eq!(told["effects"][0]["events"]["bad_rows"], 0);
    assert_eq!((of(1, "action"), of(1, "verdict")), ("kinder".into(), "not_decided".into()));
    assert!(of(1, "p_adjusted").as_f64() >= of(1, "p").as_f64() && of(1, "events").is_null());
    let (code, said) = run_at(&home.0, NOW, &["export", "c.survey", "--format", "r", "--out", "out"]);
    assert_eq!(code, 0, "{said}");
    let said = r(&home.0.join("out"));
    assert!(said.agrees && said.compared > 100, "{}", said.text);
    // In one pass answers are not at hand one by one, events are.
    let (counted, _) = report(&home, NOW, &["--one-pass", "always"]);
    assert_eq!(counted["effects"].as_array().unwrap().len(), 1);
    assert_eq!(counted["effects"][0]["high"], told["effects"][0]["high"]);
    assert!(
        counted["warnings"].to_string().contains("what measures brought of scores"),
        "{}",
        counted["warnings"]
    );
}

/// A list that stands in a database is copied for this, and a server that is gone is said without its address.
#[test]
fn measures_of_a_list_in_a_database_are_judged_like_those_of_a_file() {
    let actions = [
        action("fewer", "for early; improves count(tickets) by -20%"),
        action("solved", "improves share(tickets.resolved) by 5%"),
    ]
    .concat();
    let (home, _sink) = home("listed", &actions);
    let server = Postgres::shared();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let url = runtime.block_on(server.database("measured"));
    let rows = std::fs::read_to_string(home.0.join("customers.csv")).unwrap();
    let rows: Vec<String> = rows.lines().skip(1).map(|l| format!("('{}')", l.replace(',', "','"))).collect();
    let table = format!(
        "CREATE TABLE customers (id text, email text, signed_up date); INSERT INTO customers VALUES {}",
        rows.join(",")
    );
    runtime.block_on(server.run("measured", &table));
    let then = "2026-01-05T10:00:00+08:00";
    let (code, said) = run_at(&home.0, then, &["run", "c.survey", "--once"]);
    assert_eq!(code, 0, "{said}");
    let (of_file, _) = report(&home, NOW, &[]);
    assert_eq!(of_file["effects"][1]["verdict"], "met");

    std::fs::remove_dir_all(home.0.join("store")).unwrap();
    std::fs::remove_file(home.0.join("customers.csv")).unwrap();
    let spec = std::fs::read_to_string(home.0.join("c.survey")).unwrap();
    home.write("c.survey", spec.replace("source   \"customers.csv\"", "source table \"customers\""));
    let settings = std::fs::read_to_string(home.0.join("canvass.yaml")).unwrap();
    home.write("canvass.yaml", format!("{settings}    database: \"{url}\"\n"));
    let (code, said) = run_at(&home.0, then, &["run", "c.survey", "--once"]);
    assert_eq!(code, 0, "{said}");
    let (of_table, _) = report(&home, NOW, &[]);
    assert_eq!(of_table["effects"], of_file["effects"]);
    home.write("canvass.yaml", format!("{settings}    database: \"{url}_gone\"\n"));
    let (unread, said) = report(&home, NOW, &[]);
    assert!(said.contains("measured_gone"), "{said}");
    assert_eq!(
        (&unread["effects"][0]["reason"], &unread["effects"][1]["reason"]),
        (&"unreadable".into(), &"unreadable".into())
    );
    assert_eq!(unread["effects"][0]["events"]["problem"], "the database does not give the list");
}

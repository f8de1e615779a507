//! Who can be reached by which channel, counted from the list: what the plan expects of the second channel.

use canvass::frame::{self, Contacts, FrameSummary, History};
use canvass::model::checked::ContactKind;
use canvass::plan::cost::{Between, Prices, priced};
use canvass::plan::{self, Plan};

use super::support::{Place, SPEC, list};

const SEED: u64 = 20_260_105;

/// Two strata of people with both contacts, an e-mail address alone, a mobile number alone, and none.
const RICH: [usize; 4] = [40, 20, 30, 10];
const POOR: [usize; 4] = [100, 0, 100, 4];

fn place(rich: &str, poor: &str, steps: &str) -> Place {
    let head = SPEC.split("stratum top").next().unwrap();
    let tail = SPEC.split("section s").nth(1).unwrap();
    let spec = format!(
        "{head}stratum rich {{ where spend >= 500; {rich} }}\nstratum poor {{ {poor} }}\nsection s{tail}"
    )
    .replace("  email  email\n", "  email  email\n  mobile phone\n")
    .replace("  once per email\n", "")
    .replace(
        "schedule {",
        "channel sms : sms { signature \"Shop\"; body \"{{ link }} {{ opt_out }}\"; link personal }\nschedule {",
    )
    .replace("invite via mail\n  remind via mail after 3 days", steps);
    let mut rows = Vec::new();
    for (counts, spend) in [(RICH, 900), (POOR, 10)] {
        for (kind, &people) in counts.iter().enumerate() {
            for _ in 0..people {
                let i = rows.len();
                let email = if kind < 2 { format!("k{i}@example.com") } else { String::new() };
                let phone = if kind % 2 == 0 && kind < 3 {
                    format!("+1-202-555-01{:02}", i % 100)
                } else {
                    String::new()
                };
                rows.push(format!("k{i},{email},2025-01-01,{spend},1,{phone}"));
            }
        }
    }
    Place::new(&spec, &list(&rows).replace("spend,visits", "spend,visits,phone"))
}

fn summary(place: &Place) -> FrameSummary {
    frame::summarise(&place.checked, place.folder(), SEED, &History::default()).unwrap().0
}

const STEPS: &str = "invite via mail else sms\n  remind via sms after 3 days\n  remind via mail after 7 days";

fn contacts([both, email, mobile, _]: [usize; 4]) -> Option<Contacts> {
    Some(Contacts { both: both as u64, email: email as u64, mobile: mobile as u64 })
}

#[test]
fn contacts_are_counted_by_stratum_whatever_reads_the_list() {
    // A daily stratum beside it makes the rows be read one by one.
    for poor in ["sample all", "sample 50% daily"] {
        let place = place("sample all", poor, STEPS);
        let summary = summary(&place);
        assert_eq!(summary.cells[0].contacts, contacts(RICH), "{poor}");
        assert_eq!(summary.cells[1].contacts, contacts(POOR), "{poor}");
        assert_eq!((summary.cells[0].no_address, summary.cells[1].no_address), (10, 4), "{poor}");
    }
    // Whoever may not be invited is not counted as reachable: the number is suppressed, and the mail address is left.
    let place = place("sample all", "sample all", STEPS);
    let history = History { suppressed: ["k0@example.com".to_owned()].into(), ..History::default() };
    let (summary, _) = frame::summarise(&place.checked, place.folder(), SEED, &history).unwrap();
    assert_eq!(summary.cells[0].contacts, Some(Contacts { both: 39, email: 20, mobile: 31 }));
}

#[test]
fn the_first_channel_that_has_an_address_takes_the_person() {
    let all = Contacts { both: 5, email: 3, mobile: 2 };
    let (email, mobile) = (ContactKind::Email, ContactKind::Mobile);
    assert_eq!(all.by(&[email, mobile]), [8, 2]);
    assert_eq!(all.by(&[mobile, email]), [7, 3]);
    // A call after a short message goes to nobody else: both need the number.
    assert_eq!(all.by(&[mobile, mobile, email]), [7, 0, 3]);
    assert_eq!(all.by(&[mobile]), [7]);
}

fn prices() -> Prices {
    Prices { currency: Some("CNY".to_owned()), sms: Some(0.1), email: Some(0.01), ..Prices::default() }
}

fn through(plan: &Plan) -> Vec<(u64, Vec<u64>)> {
    plan.steps.iter().map(|s| (s.messages, s.through.clone())).collect()
}

#[test]
fn steps_and_cost_know_who_needs_the_second_channel() {
    let place = place("sample all", "sample all", STEPS);
    let plan = priced(plan::make(&place.checked, &summary(&place), SEED), &prices());
    // 90 and 200 can be invited: 60 + 100 by e-mail, 30 + 100 by short message alone. A quarter is taken to answer, half of
    // them before the first reminder, three quarters before the second: 7/8 and 13/16 wait. 70 + 200 have a number,
    // 60 + 100 an e-mail address.
    assert_eq!(through(&plan), [(290, vec![160, 130]), (237, vec![237]), (130, vec![130])]);
    let cost = plan.cost.as_ref().unwrap();
    let line = |step: &str, channel: &str| {
        cost.lines.iter().find(|l| l.step == step && l.channel == channel).unwrap()
    };
    let segments = line("invite", "sms").each.unwrap().expected.unwrap() as f64;
    assert_eq!(line("invite", "mail").messages, Between::exactly(160));
    let second = Between { least: 130, expected: Some(130), most: Some(290) };
    assert_eq!(line("invite", "sms").messages, second);
    assert_eq!(line("remind_1", "sms").messages, Between { least: 0, expected: Some(237), most: Some(270) });
    let expected = (160.0 + 130.0) * 0.01 + (130.0 + 237.0) * segments * 0.1;
    assert!((cost.total.unwrap().expected.unwrap() - expected).abs() < 1e-9, "{:?}", cost.total);
    let least = 160.0 * 0.01 + 130.0 * line("invite", "sms").each.unwrap().least as f64 * 0.1;
    assert!((cost.total.unwrap().least - least).abs() < 1e-9, "{:?}", cost.total);

    let page = plan::markdown(&plan);
    assert!(page.contains("| Rich | ") || page.contains("60 e-mail, 30 SMS alone"), "{page}");
    assert!(page.contains("| 290 | 160 e-mail, 130 SMS |"), "{page}");
    assert!(page.contains("no usable address for the first"), "{page}");
}

#[test]
fn a_sample_takes_its_part_of_each() {
    let place = place("sample 30", "sample 100 completes expecting 50% response", STEPS);
    let plan = plan::make(&place.checked, &summary(&place), SEED);
    // 30 of 90, two thirds of them by e-mail; all 200, half of them.
    assert_eq!(through(&plan)[0], (230, vec![120, 110]));
}

#[test]
fn a_plan_without_these_counts_says_what_it_said() {
    let place = place("sample all", "sample all", STEPS);
    let mut known = summary(&place);
    let now = plan::make(&place.checked, &known, SEED);
    let text = serde_json::to_string(&known).unwrap();
    assert_eq!(serde_json::from_str::<FrameSummary>(&text).unwrap(), known);
    for cell in &mut known.cells {
        cell.contacts = None;
    }
    let old = plan::make(&place.checked, &known, SEED);
    assert_eq!(old.hash, now.hash, "counts of contacts are no part of what the campaign is");
    assert_eq!(through(&old)[0], (290, vec![]));
    let line = &old.cost.as_ref().unwrap().lines[0];
    assert_eq!(line.messages, Between { least: 0, expected: None, most: Some(290) });
    assert!(plan::text(&old).contains("is known when it is sent"));
    assert_eq!(plan::parse(&plan::json(&old)).unwrap(), old);
}

#[test]
fn a_list_with_other_contacts_is_a_difference() {
    let before = place("sample all", "sample all", STEPS);
    let old = plan::make(&before.checked, &summary(&before), SEED);
    let mut changed = summary(&before);
    // Ten people lost their e-mail address.
    changed.cells[0].contacts = Some(Contacts { both: 30, email: 20, mobile: 40 });
    let now = plan::make(&before.checked, &changed, SEED);
    let lines = plan::compare(&old, &now).join("\n");
    assert!(lines.contains("`rich`, reached by: 60 mail, 30 sms alone → 50 mail, 40 sms alone"), "{lines}");
    assert!(lines.contains("short messages in all: 367 → 377"), "{lines}");
}

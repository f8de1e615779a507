//! What messages cost, by hand; quotas that can and can't be filled; one invitation per household.

use canvass::frame::{self, History};
use canvass::plan::cost::{Between, Prices, priced};
use canvass::plan::{self, Plan};

use super::support::{Place, SPEC, list};

const SEED: u64 = 20_260_105;

fn made(place: &Place) -> Plan {
    let reading = frame::read(&place.checked, place.folder(), SEED, &History::default()).unwrap();
    plan::make(&place.checked, &reading.summary, SEED)
}

/// People with a mobile number, of whom 20 in a hundred answer.
fn by_sms(body: &str, via: &str, sample: &str, people: usize) -> Place {
    let head = SPEC.split("stratum top").next().unwrap();
    let tail = SPEC.split("section s").nth(1).unwrap();
    let spec = format!("{head}stratum all {{ {sample} }}\nsection s{tail}")
        .replace("  email  email\n", "  email  email\n  mobile phone\n  name   who\n")
        .replace("  once per email\n", "")
        .replace(
            "schedule {",
            &format!(
                "channel sms : sms {{ signature \"Shop\"; body \"{body}\"; link personal }}\nschedule {{"
            ),
        )
        .replace("invite via mail", &format!("invite via {via}"))
        .replace("remind via mail after 3 days", "remind via sms after 3 days");
    let rows = (0..people)
        .map(|i| format!("k{i},k{i}@example.com,2025-01-01,{i},{i},+1-202-555-01{:02},Ann", i % 100));
    let customers = list(&rows.collect::<Vec<_>>()).replace("spend,visits", "spend,visits,phone,who");
    Place::new(&spec, &customers)
}

fn prices() -> Prices {
    Prices {
        currency: Some("CNY".to_owned()),
        sms: Some(0.045),
        base: Some("https://s.example.com".to_owned()),
        ..Prices::default()
    }
}

fn between<T>(least: T, expected: T, most: T) -> Between<T> {
    Between { least, expected: Some(expected), most: Some(most) }
}

#[test]
fn short_messages_are_charged_by_segment() {
    // 【Shop】 makes every text one of 70 UTF-16 units, 67 each when there are several. The link has 21 + 3 + 26.
    let body = format!("{} {{{{ link }}}} {{{{ opt_out }}}}", "x".repeat(40));
    let place = by_sms(&body, "sms", "sample 100 completes expecting 20% response", 2000);
    let plan = priced(made(&place), &prices());
    let cost = plan.cost.unwrap();
    // 6 + 40 + 1 + 50 + 1 + 21 are 119: two segments. 500 are invited, all 2,000 might be.
    assert_eq!(cost.lines[0].each, Some(Between::exactly(2)));
    assert_eq!(cost.lines[0].messages, between(500, 500, 2000));
    assert_eq!(cost.lines[0].charged, between(1000, 1000, 4000));
    assert_eq!(cost.lines[0].money, Some(between(45.0, 45.0, 180.0)));
    // Half of the 100 answers come before the reminder.
    assert_eq!(cost.lines[1].messages, between(0, 450, 2000));
    assert_eq!(cost.total, Some(between(45.0, 85.5, 360.0)));
    // A greeting makes long names dearer.
    let greeting =
        format!("{{{{ name | default('you') }}}}, {} {{{{ link }}}} {{{{ opt_out }}}}", "x".repeat(40));
    let place = by_sms(&greeting, "sms", "sample all", 10);
    let each = priced(made(&place), &prices()).cost.unwrap().lines[0].each.unwrap();
    assert_eq!(each, between(2, 2, 3));
}

#[test]
fn a_second_channel_takes_what_the_first_does_not_deliver() {
    let place = by_sms("{{ link }} {{ opt_out }}", "mail else sms", "sample 100", 200);
    let plan = made(&place);
    let cost = plan.cost.clone().unwrap();
    assert_eq!((cost.currency.clone(), cost.total), (None, None), "no price is known");
    let first = &cost.lines[0];
    assert!(first.fallback && first.channel == "sms");
    // Everybody has an e-mail address; all of them may prove dead.
    assert_eq!(first.messages, between(0, 0, 100));
    let text = plan::text(&plan);
    assert!(text.contains("else sms") && text.contains("0 (0 to 100)"), "{text}");
    assert!(text.contains("100 mail, 0 sms"), "{text}");
    let with_mail = Prices { email: Some(0.01), ..prices() };
    let total = priced(plan, &with_mail).cost.unwrap().total.unwrap();
    // A hundred mails at most cost 1; in the worst case all invitations and all reminders are short messages of 2 segments.
    assert_eq!(total.most, Some(100.0 * 2.0 * 0.045 * 2.0));
    // Nobody needs the second channel, and everybody gets the invitation as a mail; reminders go by short message alone, perhaps to nobody.
    assert!((total.least - 1.0).abs() < 1e-9, "{total:?}");
}

#[test]
fn a_limit_is_told() {
    let place = by_sms("{{ link }} {{ opt_out }}", "sms", "sample 100", 200);
    let limited = |limit| {
        priced(made(&place), &Prices { limit: Some(limit), ..prices() })
            .warnings
            .iter()
            .map(|w| w.get("en"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert!(!limited(100.0).contains("limit"));
    assert!(
        limited(17.0).contains("may cost up to CNY 18.00, above the limit of CNY 17.00"),
        "{}",
        limited(17.0)
    );
    assert!(
        limited(16.0).contains("expected to cost CNY 16.92") && limited(16.0).contains("does not launch")
    );
}

fn with_quotas(quotas: &str, rows: &[String]) -> Plan {
    let spec = SPEC.replace("section s", &format!("{quotas}\nsection s"));
    made(&Place::new(&spec, &list(rows)))
}

#[test]
fn quotas_are_compared_with_what_may_come() {
    // 100 people: the upper 40 are `top`, the others `rest`; a quarter is taken to answer.
    let rows: Vec<String> =
        (0..100).map(|i| format!("k{i},k{i}@example.com,2020-01-01,{i},{}", i % 2)).collect();
    let plan = with_quotas(
        "quota odd 12 where visits = 1\nquota rich 20 where stratum = top\nquota glad 30 where overall >= 4",
        &rows,
    );
    let told: Vec<(Option<u64>, f64)> = plan.quotas.iter().map(|q| (q.people, q.completes)).collect();
    assert_eq!(told, [(Some(50), 12.5), (Some(40), 10.0), (None, 25.0)]);
    let warnings = plan.warnings.iter().map(|w| w.get("en")).collect::<Vec<_>>().join("\n");
    assert!(!warnings.contains("`odd`"), "{warnings}");
    assert!(
        warnings.contains(
            "quota `rich` will hardly be filled: about 10 of 20 completes are expected from the 40 people"
        ),
        "{warnings}"
    );
    assert!(
        warnings.contains("quota `glad` can’t be filled: 30 completes are wanted, and about 25 are expected"),
        "{warnings}"
    );
    assert!(plan::text(&plan).contains("answers decide"));
    // Fewer than ten people in a cell are written as none.
    let plan = with_quotas("quota best 1 where spend >= 95", &rows);
    assert_eq!(plan.quotas[0].people, Some(0));
}

#[test]
fn a_household_is_invited_once() {
    let spec = SPEC.replace("  once per email\n", "  field household : text\n  once per household\n");
    let rows: Vec<String> = (0..60)
        .map(|i| {
            format!(
                "k{i},k{i}@example.com,2020-01-01,{i},{i},{}",
                if i < 40 { format!("h{}", i / 4) } else { " ".to_owned() }
            )
        })
        .collect();
    let customers = list(&rows).replace("spend,visits", "spend,visits,household");
    let place = Place::new(&spec, &customers);
    let reading = frame::read(&place.checked, place.folder(), SEED, &History::default()).unwrap();
    // Forty people in ten households; the others are in none.
    assert_eq!((reading.summary.once, reading.summary.eligible), (30, 30));
    let smallest = |household: usize| {
        let numbers = (4 * household..4 * household + 4)
            .map(|i| (canvass::frame::random::of_person(SEED, &format!("k{i}")).number, i));
        format!("k{}", numbers.min().unwrap().1)
    };
    for household in 0..10 {
        let kept: Vec<&str> = reading
            .drawn
            .iter()
            .filter(|p| p.fields.get("household") == Some(&format!("h{household}")))
            .map(|p| p.key.as_str())
            .collect();
        assert_eq!(kept, [smallest(household)]);
    }
    let words = plan::make(&place.checked, &reading.summary, SEED)
        .warnings
        .iter()
        .map(|w| w.get("en"))
        .collect::<Vec<_>>()
        .join("\n");
    assert!(words.contains("has the same household"), "{words}");
}

#[test]
fn a_margin_without_a_response_is_called_hopeful() {
    let spec = SPEC.replace("sample all // rest", "sample margin 10%");
    let rows: Vec<String> = (0..200).map(|i| format!("k{i},k{i}@example.com,2020-01-01,{i},{i}")).collect();
    let words = made(&Place::new(&spec, &list(&rows)))
        .warnings
        .iter()
        .map(|w| w.get("en"))
        .collect::<Vec<_>>()
        .join("\n");
    // 120 people: 97 / (1 + 96 / 120) are 54 answers.
    assert!(
        words.contains("`rest`: the margin takes 54 answers, and 54 invitations give about 14; write"),
        "{words}"
    );
    let told = SPEC.replace("sample all // rest", "sample margin 10% expecting 50% response");
    assert!(
        !made(&Place::new(&told, &list(&rows)))
            .warnings
            .iter()
            .map(|w| w.get("en"))
            .collect::<Vec<_>>()
            .join("\n")
            .contains("the margin takes")
    );
}

/// The page begins with what somebody from marketing wants to know, in the language of the campaign.
#[test]
fn a_plan_begins_in_short() {
    let rows: Vec<String> = (0..200).map(|i| format!("k{i},k{i}@example.com,2020-01-01,{i},{i}")).collect();
    let plan = made(&Place::new(SPEC, &list(&rows)));
    let shown = plan::markdown(&plan);
    let short = shown.split("## In short").nth(1).unwrap().split("\n## ").next().unwrap();
    for words in [
        "200 invitations for 200 people in 3 strata, from a list of 200 rows",
        "the first message leaves 2026-01-05 09:00, the last 2026-01-08 09:03; answers are taken until 2026-01-31 18:00",
        "about 50 answers, 25% of the invitations",
    ] {
        assert!(short.contains(words), "{words} in {short}");
    }
    let mut plan = plan;
    plan.languages = vec!["zh".to_owned()];
    let shown = plan::text(&plan);
    assert!(
        shown.contains("概要") && shown.contains("预计发出 200 份邀请") && shown.contains("占邀请的 25%"),
        "{shown}"
    );
}

#[test]
fn people_are_counted_for_what_weights_are_made_to_agree_with() {
    let spec = SPEC
        .replace("  once per email\n", "  field tier : one of gold, plain\n  field home : yes_no\n")
        + "\nanalysis { rake stratum, tier, home by tier }\n";
    let rows: Vec<String> = (0..100)
        .map(|i| {
            let tier = if i < 30 { "gold" } else { "plain" };
            // Gold at home are too few to be told apart; one person's tier is not known.
            let (tier, home) =
                (if i == 99 { "" } else { tier }, if !(5..60).contains(&i) { "是" } else { "0" });
            format!("k{i},k{i}@example.com,2020-01-01,{i},0,{tier},{home}")
        })
        .collect();
    let customers = list(&rows).replace("spend,visits", "spend,visits,tier,home");
    let place = Place::new(&spec, &customers);
    let plan = made(&place);
    let told: Vec<(String, Vec<(String, u64)>)> = plan
        .margins
        .iter()
        .map(|m| (m.by.join(" by "), m.counts.iter().map(|(v, n)| (v.join(" "), *n)).collect()))
        .collect();
    let count = |name: &str, n: u64| (name.to_owned(), n);
    assert_eq!(
        told,
        [
            ("tier".to_owned(), vec![count("gold", 30), count("plain", 69)]),
            (
                "home by tier".to_owned(),
                vec![count("no gold", 25), count("no plain", 30), count("yes plain", 39)]
            ),
        ]
    );
    let again: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(again, plan);
}

//! The 3,000 customers of the after-service campaign and the tickets that were closed in March 2026.

use std::fmt::Write as _;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::person::{Maker, Person, growing_days, yes_no};
use super::random::{Random, exp};

const SEED: u64 = 20_260_302;
const ROWS: usize = 3_000;
const TICKETS: usize = 1_000;
/// The evening before the campaign opens.
const TODAY: Date = date(2026, 3, 1);

/// Returns the customer list and the tickets.
pub fn files() -> (String, String) {
    let mut maker = Maker::new(SEED, 100_000);
    let days = growing_days(&mut maker.random, ROWS, date(2020, 1, 1), TODAY);
    let people: Vec<Person> = days.iter().map(|&day| maker.person(day, TODAY)).collect();

    let mut list =
        String::from("customer_id,display_name,email,phone,lang,tz,signed_up,opted_out,region,tier\n");
    for person in &people {
        let Person { id, name, email, phone, lang, tz, signed_up, region, tier, .. } = person;
        let out = yes_no(person.opted_out);
        let _ = writeln!(list, "{id},{name},{email},{phone},{lang},{tz},{signed_up},{out},{region},{tier}");
    }
    let tickets = tickets(&people, &mut maker.random);
    (list, tickets)
}

/// Tickets in the order in which they were closed; busy customers have more of them.
fn tickets(people: &[Person], random: &mut Random) -> String {
    let mut closings: Vec<(Date, i64)> = (0..TICKETS)
        .map(|_| {
            let day = date(2026, 3, 2) + random.between(0, 27).days();
            // Mornings from nine to eleven are the busiest, and few work late.
            let hour = random.weighted(&[
                (9, 6),
                (10, 7),
                (11, 5),
                (13, 3),
                (14, 4),
                (15, 4),
                (16, 3),
                (17, 2),
                (20, 1),
            ]);
            (day, hour * 60 + random.between(0, 59))
        })
        .collect();
    closings.sort_unstable();

    let mut text = String::from("ticket_id,customer_id,opened_at,closed_at,topic,handler,resolved\n");
    for (index, &(day, minute)) in closings.iter().enumerate() {
        let person = loop {
            let one = random.pick(people);
            if random.unit() < exp(0.8 * one.activity - 1.6) {
                break one;
            }
        };
        let topic = random.weighted(&[("repair", 42), ("delivery", 24), ("billing", 14), ("usage", 20)]);
        let handler = random.weighted(&[("陈静", 5), ("刘洋", 5), ("赵敏", 4), ("孙磊", 3), ("周婷", 3)]);
        let opened = day - random.weighted(&[(0, 5), (1, 4), (2, 3), (4, 2), (9, 1)]).days();
        let opened = opened.max(person.signed_up);
        let resolved = yes_no(random.chance(0.83));
        let (ticket, hour, minute) = (index + 1, minute / 60, minute % 60);
        let _ = writeln!(
            text,
            "T{ticket:05},{},{opened}T08:30:00+08:00,{day}T{hour:02}:{minute:02}:00+08:00,{topic},{handler},{resolved}",
            person.id,
        );
    }
    text
}

//! The 20,000 customers of the quarterly index: the stock of 4 January 2026 and those who signed up in January.
//!
//! A dozen rows are broken on purpose, the way exports from real systems are.

use std::fmt::Write as _;

use jiff::civil::{Date, date};

use super::person::{Maker, Person, growing_days, yes_no, yuan};

const SEED: u64 = 20_260_105;
const ROWS: usize = 20_000;
/// The evening before the campaign opens.
const TODAY: Date = date(2026, 1, 4);

/// Returns the customer list.
pub fn customers() -> String {
    let mut maker = Maker::new(SEED, 0);
    let (fresh, arrivals) = (1_200, 1_080);
    let mut days =
        growing_days(&mut maker.random, ROWS - fresh - arrivals, date(2019, 3, 1), date(2025, 12, 4));
    days.extend(growing_days(&mut maker.random, fresh, date(2025, 12, 5), TODAY));
    days.extend(growing_days(&mut maker.random, arrivals, date(2026, 1, 5), date(2026, 1, 31)));

    let mut text = String::from(
        "customer_id,display_name,email,phone,lang,tz,signed_up,last_seen,opted_out,spend,visits,region,tier\n",
    );
    for (index, &day) in days.iter().enumerate() {
        let mut person = maker.person(day, TODAY.max(day));
        if day > TODAY {
            // No month has been billed, and signing up is the one contact so far.
            person.spend = None;
            person.visits = 1;
            person.tier = "standard";
        }
        line(&mut text, index, &person);
    }
    text
}

fn line(text: &mut String, index: usize, person: &Person) {
    let mut cells = [
        person.id.clone(),
        person.name.clone(),
        person.email.clone(),
        person.phone.clone(),
        person.lang.to_owned(),
        person.tz.to_owned(),
        person.signed_up.to_string(),
        person.last_seen.to_string(),
        yes_no(person.opted_out).to_owned(),
        yuan(person.spend),
        person.visits.to_string(),
        person.region.to_owned(),
        person.tier.to_owned(),
    ];
    break_row(index, &mut cells);
    let _ = writeln!(text, "{}", cells.join(","));
}

/// Spoils a few rows as exports do: dates of another format, words for numbers, addresses cut short.
fn break_row(index: usize, cells: &mut [String; 13]) {
    match index {
        731 => "2021/13/40".clone_into(&mut cells[6]),
        4_810 => "31.12.2025".clone_into(&mut cells[7]),
        9_266 => "N/A".clone_into(&mut cells[9]),
        12_044 => "a lot".clone_into(&mut cells[10]),
        15_537 => "0000-00-00".clone_into(&mut cells[7]),
        // Neither address nor number.
        2_418 | 7_905 | 13_371 | 17_020 => {
            cells[2].clear();
            cells[3].clear();
        }
        // An address without its domain, and one without the sign.
        6_152 => "li.na@".clone_into(&mut cells[2]),
        11_498 => "wang.wei.example.com".clone_into(&mut cells[2]),
        _ => {}
    }
}

//! The 300 customers of the repository that `canvass new` makes, as of 8 March 2026.

use std::fmt::Write as _;

use jiff::civil::{Date, date};

use super::person::{Maker, Person, growing_days, yes_no, yuan};

const SEED: u64 = 20_260_309;
const ROWS: usize = 300;
/// The evening before the campaign opens.
const TODAY: Date = date(2026, 3, 8);

/// Returns the customer list.
pub fn customers() -> String {
    let mut maker = Maker::new(SEED, 400_000);
    let days = growing_days(&mut maker.random, ROWS, date(2022, 1, 1), TODAY);
    let mut text =
        String::from("customer_id,display_name,email,phone,lang,last_seen,opted_out,spend,region\n");
    for day in days {
        let person = maker.person(day, TODAY);
        let (out, spend) = (yes_no(person.opted_out), yuan(person.spend));
        let Person { id, name, email, phone, lang, last_seen, region, .. } = person;
        let _ = writeln!(text, "{id},{name},{email},{phone},{lang},{last_seen},{out},{spend},{region}");
    }
    text
}

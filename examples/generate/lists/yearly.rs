//! The 3,000 customers of the yearly survey, as of 1 November 2026.

use std::fmt::Write as _;

use jiff::civil::{Date, date};

use super::person::{Maker, Person, growing_days, yes_no, yuan};

const SEED: u64 = 20_261_102;
const ROWS: usize = 3_000;
/// The evening before the campaign opens.
const TODAY: Date = date(2026, 11, 1);

/// Returns the customer list.
pub fn customers() -> String {
    let mut maker = Maker::new(SEED, 200_000);
    let days = growing_days(&mut maker.random, ROWS, date(2019, 3, 1), TODAY);
    let mut text = String::from(
        "customer_id,display_name,email,phone,lang,tz,signed_up,last_seen,opted_out,spend,visits,region,tier\n",
    );
    for day in days {
        let person = maker.person(day, TODAY);
        let (out, spend) = (yes_no(person.opted_out), yuan(person.spend));
        let Person { id, name, email, phone, lang, tz, signed_up, last_seen, visits, region, tier, .. } =
            person;
        let _ = writeln!(
            text,
            "{id},{name},{email},{phone},{lang},{tz},{signed_up},{last_seen},{out},{spend},{visits},{region},{tier}"
        );
    }
    text
}

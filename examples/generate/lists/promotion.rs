//! The 3,000 customers of the wave around the promotion of June 2026, with their last order.

use std::fmt::Write as _;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::person::{Maker, Person, growing_days, yes_no, yuan};

const SEED: u64 = 20_260_610;
const ROWS: usize = 3_000;
/// The evening before the campaign opens.
const TODAY: Date = date(2026, 6, 9);

/// Returns the customer list.
pub fn customers() -> String {
    let mut maker = Maker::new(SEED, 300_000);
    let days = growing_days(&mut maker.random, ROWS, date(2020, 6, 1), TODAY);
    let mut text = String::from(
        "customer_id,display_name,email,phone,lang,tz,signed_up,last_order,coupon,opted_out,spend,orders,region,tier\n",
    );
    for day in days {
        let person = maker.person(day, TODAY);
        // Four in ten ordered in the presale, which began on 25 May.
        let presale = maker.random.chance(if person.activity > 0.0 { 0.55 } else { 0.25 });
        let back = if presale { maker.random.between(0, 14) } else { maker.random.between(15, 330) };
        let last_order = (TODAY - back.days()).max(person.signed_up);
        let coupon = yes_no(maker.random.chance(if presale { 0.7 } else { 0.2 }));
        let orders = 1 + person.visits / 6;
        let (out, spend) = (yes_no(person.opted_out), yuan(person.spend));
        let Person { id, name, email, phone, lang, tz, signed_up, region, tier, .. } = person;
        let _ = writeln!(
            text,
            "{id},{name},{email},{phone},{lang},{tz},{signed_up},{last_order},{coupon},{out},{spend},{orders},{region},{tier}"
        );
    }
    text
}

//! One made-up customer with the columns that all lists share, and how the columns hang together.
//!
//! A hidden *activity* moves spend, visits and the last contact alike, as in real
//! lists: who comes often spends more and was seen lately. Spend is log-normal, so a
//! fifth of the customers carry most of the money.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::names;
use super::random::{Random, exp, whole};

/// A customer.
pub struct Person {
    /// The key, as in `C000123`.
    pub id: String,
    /// The name as displayed.
    pub name: String,
    /// The address, or empty.
    pub email: String,
    /// The telephone number, or empty.
    pub phone: String,
    /// `zh` or `en`.
    pub lang: &'static str,
    /// An IANA time zone, or empty.
    pub tz: &'static str,
    /// When the customer signed up.
    pub signed_up: Date,
    /// When the customer was last in contact.
    pub last_seen: Date,
    /// Whether the customer wants no mail.
    pub opted_out: bool,
    /// Spend of the last full month in fen, none before the first month is billed.
    pub spend: Option<i64>,
    /// Contacts of the last twelve months.
    pub visits: i64,
    /// The region's code.
    pub region: &'static str,
    /// The membership tier's code.
    pub tier: &'static str,
    /// The hidden activity: mean 0, standard deviation 1.
    pub activity: f64,
}

/// Makes people one after the other and remembers the addresses it gave out.
pub struct Maker {
    /// The random numbers.
    pub random: Random,
    taken: BTreeSet<String>,
    last_email: String,
    count: u32,
}

impl Maker {
    /// Starts a list; keys count from behind `offset`, so that no two lists share one.
    pub fn new(seed: u64, offset: u32) -> Self {
        Self { random: Random::new(seed), taken: BTreeSet::new(), last_email: String::new(), count: offset }
    }

    /// Makes the next customer as the list of `today` shows it; nobody was seen before signing up.
    pub fn person(&mut self, signed_up: Date, today: Date) -> Person {
        self.count += 1;
        let western = self.random.chance(0.07);
        let name = if western { names::western(&mut self.random) } else { names::chinese(&mut self.random) };
        let region = self.random.weighted(&[("east", 38), ("south", 27), ("north", 20), ("west", 15)]);
        let activity = self.random.normal();
        let last_seen = self.last_seen(activity, signed_up, today);
        let spend = self.spend(activity);
        Person {
            id: format!("C{:06}", self.count),
            name: name.display,
            email: self.email(&name.latin),
            phone: self.phone(),
            lang: if western || self.random.chance(0.01) { "en" } else { "zh" },
            tz: self.timezone(western, region),
            signed_up,
            last_seen,
            opted_out: self.random.chance(0.02),
            spend: Some(spend),
            visits: self.visits(activity, last_seen, signed_up, today),
            region,
            tier: tier(spend),
            activity,
        }
    }

    fn last_seen(&mut self, activity: f64, signed_up: Date, today: Date) -> Date {
        let asleep = self.random.chance(if activity < -0.3 { 0.45 } else { 0.12 });
        let days = if asleep {
            self.random.between(190, 900)
        } else {
            whole(exp(3.3 - 0.7 * activity + 0.6 * self.random.normal())).min(180)
        };
        (today - days.days()).max(signed_up)
    }

    fn spend(&mut self, activity: f64) -> i64 {
        whole(100.0 * exp(5.1 + 0.55 * activity + 0.75 * self.random.normal()))
    }

    fn visits(&mut self, activity: f64, last_seen: Date, signed_up: Date, today: Date) -> i64 {
        let days = |from: Date| i64::from(today.since(from).map_or(0, |span| span.get_days())).clamp(1, 365);
        if days(last_seen) >= 365 {
            return 0;
        }
        let year = exp(2.55 + 0.8 * activity + 0.2 * self.random.normal());
        whole(year * days(signed_up) as f64 / 365.0).max(1)
    }

    fn email(&mut self, latin: &str) -> String {
        // A few have no address, and a few share one with the household.
        if self.random.chance(0.015) {
            return String::new();
        }
        if self.random.chance(0.004) && !self.last_email.is_empty() {
            return self.last_email.clone();
        }
        let domain = if self.random.chance(0.7) { "example.com" } else { "example.org" };
        let mut email = format!("{latin}@{domain}");
        while !self.taken.insert(email.clone()) {
            email = format!("{latin}{}@{domain}", self.random.between(2, 9999));
        }
        self.last_email.clone_from(&email);
        email
    }

    /// Returns a number of the block that is kept for fiction in every North American area code.
    fn phone(&mut self) -> String {
        const AREAS: &[u32] =
            &[202, 206, 212, 213, 303, 305, 312, 404, 415, 503, 512, 602, 617, 702, 713, 808];
        if self.random.chance(0.03) {
            return String::new();
        }
        let area = self.random.pick(AREAS);
        format!("+1-{area}-555-01{:02}", self.random.below(100))
    }

    fn timezone(&mut self, western: bool, region: &str) -> &'static str {
        if western && self.random.chance(0.3) {
            return self.random.weighted(&[
                ("Europe/London", 4),
                ("Europe/Berlin", 3),
                ("America/New_York", 3),
            ]);
        }
        match region {
            "west" if self.random.chance(0.2) => "Asia/Urumqi",
            "south" if self.random.chance(0.1) => "Asia/Hong_Kong",
            _ if self.random.chance(0.1) => "",
            _ => "Asia/Shanghai",
        }
    }
}

/// Returns the tier that a month's spend in fen earns.
pub fn tier(spend: i64) -> &'static str {
    match spend {
        60_000.. => "gold",
        25_000.. => "silver",
        _ => "standard",
    }
}

/// Returns money as written in the lists: yuan with two decimals, or empty.
pub fn yuan(fen: Option<i64>) -> String {
    fen.map_or_else(String::new, |fen| format!("{}.{:02}", fen / 100, fen % 100))
}

/// Returns `yes` or `no`.
pub fn yes_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

/// Returns `count` days between two days, both included, sorted; later days come more often, as customers of a growing business.
pub fn growing_days(random: &mut Random, count: usize, first: Date, last: Date) -> Vec<Date> {
    let width = i64::from(last.since(first).map_or(0, |span| span.get_days()));
    let mut days: Vec<Date> = (0..count)
        .map(|_| random.between(0, width).max(random.between(0, width)))
        .map(|offset| first + offset.days())
        .collect();
    days.sort_unstable();
    days
}

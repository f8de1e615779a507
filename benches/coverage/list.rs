//! The customer list of the coverage benchmark, and what everybody on it would say.

use std::fmt::Write as _;

use canvass::rehearse::behaviour::{Mind, Rating};
use canvass::rehearse::chance::Chance;
use canvass::rehearse::population::person;

/// Regions in the order of the spec.
pub const REGIONS: [&str; 4] = ["east", "north", "south", "west"];
/// People on the list.
pub const PEOPLE: usize = 1500;

/// A customer.
pub struct Customer {
    id: String,
    email: String,
    spend: u64,
    region: usize,
}

/// Makes the list; it is the same for all seeds.
pub fn customers() -> Vec<Customer> {
    let chance = Chance::new(1, "coverage list");
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
    let customer = |n: usize| Customer {
        id: format!("C{n:05}"),
        email: format!("customer{n:05}@example.com"),
        spend: (chance.uniform(&format!("spend {n}")) * 1000.0).floor() as u64,
        region: chance.pick(&format!("region {n}"), REGIONS.len()),
    };
    (1..=PEOPLE).map(customer).collect()
}

/// Writes the list as the spec reads it.
pub fn csv(customers: &[Customer]) -> String {
    let mut text = "id,email,lang,spend,region\n".to_owned();
    for c in customers {
        let _ = writeln!(text, "{},{},zh,{},{}", c.id, c.email, c.spend, REGIONS[c.region]);
    }
    text
}

impl Customer {
    /// Position of the stratum, by the conditions of the spec.
    fn stratum(&self) -> usize {
        match self.spend {
            800.. => 0,
            300.. => 1,
            _ => 2,
        }
    }

    /// What the customer's index would be: worked out here by hand from what the customer would tick.
    fn index(&self, seed: u64) -> Option<f64> {
        let groups = [(self.stratum(), 3), (self.region, REGIONS.len())];
        let mind = Mind::new(seed, person(seed, self.email.clone(), &self.email, &groups));
        let mean = |items: &[&str]| {
            let points: Vec<f64> = items
                .iter()
                .filter_map(|item| match mind.rate(item, 5, true, true) {
                    Rating::Point(i) => Some(i as f64 * 25.0),
                    Rating::NotApplicable | Rating::Skipped => None,
                })
                .collect();
            (!points.is_empty()).then(|| points.iter().sum::<f64>() / points.len() as f64)
        };
        match (mean(&["reliable", "useful", "easy"]), mean(&["polite", "fast"])) {
            (Some(quality), Some(support)) => Some(0.6 * quality + 0.4 * support),
            // Below half of the weight an index is missing; 60 % is enough, 40 % is not.
            (quality, _) => quality,
        }
    }
}

/// The true index: the mean over everybody who would have one.
pub fn truth(customers: &[Customer], seed: u64) -> f64 {
    let all: Vec<f64> = customers.iter().filter_map(|c| c.index(seed)).collect();
    all.iter().sum::<f64>() / all.len() as f64
}

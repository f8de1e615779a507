//! Who lives in a rehearsal: everybody on the customer list, with a will and an opinion.
//!
//! Goes in: rows of the list, reduced to [`Traits`] (how to reach somebody, and to
//! which groups they belong). Comes out: a [`Population`] that knows for every
//! address how willing and how satisfied its owner is. Both depend on the same
//! groups: who is better off is more satisfied and answers more often. So the
//! mean of those who answer is too high, and only weights that know the groups
//! put it right (missing at random given the groups, Rubin 1976).

use std::collections::BTreeMap;

use crate::rehearse::behaviour::Person;
use crate::rehearse::chance::Chance;

/// Share of people who answer at all, on average.
const WILLING: f64 = 0.36;
/// How much willingness changes from the middle group to the outermost one, as a share of itself.
const WILLING_SPREAD: f64 = 0.7;
/// How far the outermost group is from the middle one in satisfaction, in standard deviations.
const OPINION_SPREAD: f64 = 1.2;
/// Spread of satisfaction within a group.
const OPINION_WITHIN: f64 = 0.8;

/// What the customer list says of somebody, as far as simulated people go.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Traits {
    /// Key in the list.
    pub key: String,
    /// E-mail address; may be empty.
    pub email: String,
    /// Mobile number; may be empty.
    pub mobile: String,
    /// Position in each grouping that matters, and the number of its groups; unknown positions are left out.
    pub groups: Vec<(usize, usize)>,
}

/// All people, and whose an address is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Population {
    seed: u64,
    people: Vec<Person>,
    keys: BTreeMap<String, usize>,
    contacts: BTreeMap<String, Vec<usize>>,
}

impl Population {
    /// Makes an empty population under a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// Takes somebody in; who is there already, stays as they are.
    pub fn add(&mut self, traits: &Traits) {
        if self.keys.contains_key(&traits.key) {
            return;
        }
        let index = self.people.len();
        let (email, mobile) = (contact_key(&traits.email), contact_key(&traits.mobile));
        // A number may be a family's; the key tells its members apart.
        let id = if email.is_empty() { format!("{mobile} {}", traits.key) } else { email.clone() };
        let contact = if email.is_empty() { &traits.mobile } else { &traits.email };
        self.people.push(person(self.seed, id, contact, &traits.groups));
        self.keys.insert(traits.key.clone(), index);
        for contact in [email, mobile].into_iter().filter(|c| !c.is_empty()) {
            self.contacts.entry(contact).or_default().push(index);
        }
    }

    /// Returns whose an address or number is: positions, in the order in which they came.
    #[must_use]
    pub fn whose(&self, contact: &str) -> &[usize] {
        self.contacts.get(&contact_key(contact)).map_or(&[], Vec::as_slice)
    }

    /// Returns everybody; people keep their positions.
    #[must_use]
    pub fn people(&self) -> &[Person] {
        &self.people
    }
}

/// Makes up a person: the groups decide the mean, chance the rest.
#[must_use]
pub fn person(seed: u64, id: String, contact: &str, groups: &[(usize, usize)]) -> Person {
    let levels = groups.iter().filter(|(_, count)| *count > 1);
    let levels: Vec<f64> = levels.map(|&(at, count)| 1.0 - 2.0 * at as f64 / (count - 1) as f64).collect();
    let class = if levels.is_empty() { 0.0 } else { levels.iter().sum::<f64>() / levels.len() as f64 };
    let own = Chance::new(seed, &id).normal("satisfaction");
    Person {
        willingness: WILLING * (1.0 + WILLING_SPREAD * class),
        satisfaction: OPINION_SPREAD * class + OPINION_WITHIN * own,
        contact: contact.to_owned(),
        id,
    }
}

/// Addresses in one spelling: small letters; numbers without blanks, dots and dashes between the digits.
fn contact_key(contact: &str) -> String {
    let contact = contact.trim().to_lowercase();
    if contact.contains('@') {
        contact
    } else {
        contact.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }
}

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
    people: Vec<Person>,
    contacts: BTreeMap<String, usize>,
}

impl Population {
    /// Makes up the people of a list under a seed.
    ///
    /// Rows that share an address are one person with the traits of the first row.
    #[must_use]
    pub fn new(seed: u64, rows: impl IntoIterator<Item = Traits>) -> Self {
        let mut population = Self::default();
        for traits in rows {
            let contacts = [contact_key(&traits.email), contact_key(&traits.mobile)];
            let contacts = contacts.into_iter().filter(|c| !c.is_empty());
            let fresh: Vec<String> = contacts.filter(|c| !population.contacts.contains_key(c)).collect();
            let Some(first) = fresh.first() else { continue };
            let person = person(seed, first.clone(), &traits.groups);
            let index = population.people.len();
            population.people.push(person);
            population.contacts.extend(fresh.into_iter().map(|contact| (contact, index)));
        }
        population
    }

    /// Returns whose an address or number is: the person's position.
    #[must_use]
    pub fn whose(&self, contact: &str) -> Option<usize> {
        self.contacts.get(&contact_key(contact)).copied()
    }

    /// Returns a person by position.
    #[must_use]
    pub fn person(&self, index: usize) -> Option<&Person> {
        self.people.get(index)
    }

    /// Returns how many people there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Tells whether nobody lives here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }
}

/// Makes up a person: the groups decide the mean, chance the rest.
#[must_use]
pub fn person(seed: u64, id: String, groups: &[(usize, usize)]) -> Person {
    let levels = groups.iter().filter(|(_, count)| *count > 1);
    let levels: Vec<f64> = levels.map(|&(at, count)| 1.0 - 2.0 * at as f64 / (count - 1) as f64).collect();
    let class = if levels.is_empty() { 0.0 } else { levels.iter().sum::<f64>() / levels.len() as f64 };
    let own = Chance::new(seed, &id).normal("satisfaction");
    Person {
        willingness: WILLING * (1.0 + WILLING_SPREAD * class),
        satisfaction: OPINION_SPREAD * class + OPINION_WITHIN * own,
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

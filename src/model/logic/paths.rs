//! The shortest and the longest path through the questionnaire: exactly, or a bound that says so.
//!
//! What a path costs is a sum over the questions that it asks, and what is asked
//! is a set of small local facts: a question is asked where its condition holds,
//! given the answers and which earlier questions were asked. The best sum is
//! found by eliminating one variable after the other, the latest first, as in
//! nonserial dynamic programming (Bertelè & Brioschi 1972; Dechter 1999, “Bucket
//! elimination”, Artificial Intelligence 113). Where the variables hang together
//! too much, they are maximised one by one, which gives a bound on the safe side.

mod eliminate;
mod facts;

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use crate::model::Checked;
use crate::model::logic::paths::eliminate::Best;
use crate::model::logic::paths::facts::{Facts, Key};
use crate::model::logic::shortest::Given;
use crate::model::logic::time::{Share, shares};

/// The shortest and the longest path of some respondents.
#[derive(Debug, Clone, PartialEq)]
pub struct Length {
    /// Only people of this stratum (index); everybody when no condition tells strata apart.
    pub stratum: Option<usize>,
    /// Language, of times.
    pub language: String,
    /// Milliseconds on the shortest path, skippable words skipped.
    pub least: i64,
    /// Milliseconds on the longest path, everything answered.
    pub most: i64,
    /// Both are reached; else the shortest may be longer and the longest shorter.
    pub exact: bool,
    /// Answers that lead to the longest path, and the questions on it, where they are known.
    pub longest: Option<(Given, BTreeSet<usize>)>,
}

/// The longest path of some respondents.
#[derive(Debug, Clone, PartialEq)]
pub struct Longest {
    /// Only people of this stratum (index); everybody when no condition tells strata apart.
    pub stratum: Option<usize>,
    /// Language, of times.
    pub language: String,
    /// Milliseconds, everything answered.
    pub most: i64,
    /// It is reached; else the path may be shorter.
    pub exact: bool,
    /// Answers that lead to it, and the questions on it, where they are known.
    pub way: Option<(Given, BTreeSet<usize>)>,
}

/// Returns the least and the largest number of questions that are asked, notes apart, and whether both are reached.
#[must_use]
pub fn counts(checked: &Checked) -> (u64, u64, bool) {
    let questions = checked.questionnaire.questions.iter().enumerate();
    let asked = questions.filter(|(_, q)| !matches!(q.kind, crate::model::checked::QuestionKind::Note));
    let one = |(q, _)| Share { of: BTreeSet::from([q]), least: 1, most: 1 };
    let shares: Vec<Share> = asked.map(one).collect();
    let facts = Facts::new(checked);
    let groups: Vec<Option<usize>> =
        if facts.by_stratum() { (0..facts.groups()).map(Some).collect() } else { vec![None] };
    // Nobody can be of some group; that has its own message.
    let sums = |best: Best| {
        let paths = facts.paths(&shares, None, best);
        let of_groups = groups.iter().map(|group| paths.sum(*group));
        of_groups.filter(|sum| sum.sum >= 0).collect::<Vec<_>>()
    };
    let (least, most) = (sums(Best::Least), sums(Best::Most));
    let exact = least.iter().chain(&most).all(|sum| sum.exact);
    let least = least.iter().map(|sum| sum.sum).min().unwrap_or(0);
    let most = most.iter().map(|sum| sum.sum).max().unwrap_or(0);
    let number = |sum: i64| u64::try_from(sum).unwrap_or(0);
    (number(least), number(most), exact)
}

/// Returns the times of every language, and of every stratum where conditions tell them apart.
#[must_use]
pub fn lengths(checked: &Checked) -> Vec<Length> {
    let facts = Facts::new(checked);
    // Languages have nothing to do with each other.
    let languages = checked.campaign.languages.par_iter();
    languages.map(|language| of_language(checked, &facts, language)).collect::<Vec<_>>().concat()
}

/// The longest paths of the last time, so that a changed wording need not have all of them looked for again.
#[derive(Debug, Default)]
pub struct LastLongest(Mutex<Vec<Remembered>>);

/// What the longest path of one language followed from.
#[derive(Debug)]
struct Remembered {
    facts: Arc<Key>,
    shares: Vec<Share>,
    longest: Longest,
}

impl Remembered {
    /// Returns the longest path with other times, where it is known to be the same one.
    ///
    /// No path gains more than all that became longer. One that gains that much, and loses nothing, stays the
    /// longest; whatever was as long before and came behind it still does.
    fn again(&self, facts: &Key, shares: &[Share]) -> Option<Longest> {
        let same = |(old, new): (&Share, &Share)| old.of == new.of;
        if *self.facts != *facts
            || self.shares.len() != shares.len()
            || !self.shares.iter().zip(shares).all(same)
        {
            return None;
        }
        if self.shares == shares {
            return Some(self.longest.clone());
        }
        let (_, asked) = self.longest.way.as_ref()?;
        let mut gain = 0;
        for (old, new) in self.shares.iter().zip(shares) {
            let spent = old.of.is_empty() || old.of.iter().any(|q| asked.contains(q));
            match (new.most.cmp(&old.most), spent) {
                (Ordering::Greater, false) | (Ordering::Less, true) => return None,
                (_, true) => gain += new.most - old.most,
                _ => {}
            }
        }
        Some(Longest { most: self.longest.most + gain, ..self.longest.clone() })
    }
}

/// Returns the longest path of all when it takes more than so many milliseconds.
#[must_use]
pub fn longer_than(checked: &Checked, limit: i64) -> Option<Longest> {
    longer_than_again(checked, limit, None)
}

/// Returns what [`longer_than`] does, sooner where `last` holds a similar campaign.
#[must_use]
pub fn longer_than_again(checked: &Checked, limit: i64, last: Option<&LastLongest>) -> Option<Longest> {
    let all = checked.campaign.languages.iter().map(|language| (language, shares(checked, language)));
    // Mostly even asking everything is short enough, and nothing needs to be decided.
    let long = all.filter(|(_, shares)| shares.iter().map(|s| s.most).sum::<i64>() > limit);
    let long: Vec<(&String, Vec<Share>)> = long.collect();
    if long.is_empty() {
        return None;
    }
    let facts = Facts::new(checked);
    let known = last.map(|last| (Arc::new(facts.key()), std::mem::take(&mut *last.lock())));
    let longest = |(language, shares): &(&String, Vec<Share>)| {
        let again = known
            .as_ref()
            .and_then(|(key, all)| all.iter().find(|r| r.longest.language == **language)?.again(key, shares));
        again.or_else(|| longest_of(checked, &facts, language, shares))
    };
    let all: Vec<Option<Longest>> = long.par_iter().map(longest).collect();
    if let (Some(last), Some((key, _))) = (last, known) {
        let found = long.into_iter().zip(&all).filter_map(|((_, shares), longest)| {
            Some(Remembered { facts: Arc::clone(&key), shares, longest: longest.clone()? })
        });
        *last.lock() = found.collect();
    }
    all.into_iter().flatten().filter(|l| l.most > limit).max_by_key(|l| l.most)
}

impl LastLongest {
    fn lock(&self) -> MutexGuard<'_, Vec<Remembered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the longest path in a language.
fn longest_of(checked: &Checked, facts: &Facts, language: &str, shares: &[Share]) -> Option<Longest> {
    let paths = facts.paths(shares, Some(language), Best::Most);
    let sums = people(checked, facts).into_iter().map(|stratum| (stratum, paths.sum(stratum)));
    let (stratum, most) = sums.max_by_key(|(_, most)| most.sum)?;
    Some(Longest {
        stratum,
        language: language.to_owned(),
        most: most.sum,
        exact: most.exact,
        way: paths.way(&most),
    })
}

/// Returns who is looked at apart: every stratum where conditions tell them apart, else everybody.
fn people(checked: &Checked, facts: &Facts) -> Vec<Option<usize>> {
    if facts.by_stratum() { (0..checked.strata.len()).map(Some).collect() } else { vec![None] }
}

fn of_language(checked: &Checked, facts: &Facts, language: &str) -> Vec<Length> {
    let shares = shares(checked, language);
    let longest = facts.paths(&shares, Some(language), Best::Most);
    let shortest = facts.paths(&shares, Some(language), Best::Least);
    let one = |stratum: Option<usize>| {
        let most = longest.sum(stratum);
        // Nobody can be of this stratum; that has its own message.
        if most.sum < 0 {
            return None;
        }
        let least = shortest.sum(stratum);
        Some(Length {
            stratum,
            language: language.to_owned(),
            least: least.sum,
            most: most.sum,
            exact: least.exact && most.exact,
            longest: longest.way(&most),
        })
    };
    people(checked, facts).into_iter().filter_map(one).collect()
}

//! Values by name, in little room where many people have the same ones.
//!
//! A map by itself takes some hundred bytes for every few entries. Whoever reads a whole campaign keeps every different
//! name and value once, in a pool that all its people share, and of each person only which they are. One person's values
//! stand in a map as ever; both read alike, and what is changed becomes a map of its own.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// Values by name.
#[derive(Clone)]
pub enum Named<V> {
    /// A map of its own.
    Own(BTreeMap<String, V>),
    /// Names and values of a pool.
    Shared(Shared<V>),
}

/// Which names and values of a pool somebody has.
#[derive(Clone)]
pub struct Shared<V> {
    pool: Arc<Pool<V>>,
    /// Places of name and value, in the order of the names.
    entries: Entries,
    /// The same as a map, once somebody asked for it.
    #[expect(clippy::box_collection, reason = "hardly ever made, and a pointer takes the least room")]
    map: OnceLock<Box<BTreeMap<String, V>>>,
}

/// Places of names and values.
pub(super) type Entries = Arc<[(u32, u32)]>;

/// Names and values that many people have.
#[derive(Debug)]
pub(super) struct Pool<V> {
    pub(super) names: Vec<String>,
    pub(super) values: Vec<V>,
}

impl<V> Shared<V> {
    pub(super) fn new(pool: Arc<Pool<V>>, entries: Entries) -> Self {
        Self { pool, entries, map: OnceLock::new() }
    }

    fn iter(&self) -> impl Iterator<Item = (&String, &V)> {
        let one = |(name, value): &(u32, u32)| (self.name(*name), &self.pool.values[*value as usize]);
        self.entries.iter().map(one)
    }

    fn name(&self, place: u32) -> &String {
        &self.pool.names[place as usize]
    }

    fn get(&self, name: &str) -> Option<&V> {
        let place = self.entries.binary_search_by(|(n, _)| self.name(*n).as_str().cmp(name)).ok()?;
        self.pool.values.get(self.entries[place].1 as usize)
    }
}

impl<V> Named<V> {
    /// Returns the value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&V> {
        match self {
            Self::Own(map) => map.get(name),
            Self::Shared(shared) => shared.get(name),
        }
    }

    /// Tells whether a name has a value.
    #[must_use]
    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Returns names and values, in the order of the names.
    pub fn iter(&self) -> Box<dyn Iterator<Item = (&String, &V)> + '_> {
        match self {
            Self::Own(map) => Box::new(map.iter()),
            Self::Shared(shared) => Box::new(shared.iter()),
        }
    }

    /// Returns the values, in the order of their names.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// Counts the names.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Own(map) => map.len(),
            Self::Shared(shared) => shared.entries.len(),
        }
    }

    /// Tells whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<V: Clone> Named<V> {
    /// Returns a map of them.
    #[must_use]
    pub fn to_map(&self) -> BTreeMap<String, V> {
        match self {
            Self::Own(map) => map.clone(),
            Self::Shared(shared) => {
                shared.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
            }
        }
    }

    fn into_map(self) -> BTreeMap<String, V> {
        match self {
            Self::Own(map) => map,
            Self::Shared(_) => self.to_map(),
        }
    }

    /// Gives a name a value; returns the one before.
    pub fn insert(&mut self, name: String, value: V) -> Option<V> {
        let mut map = std::mem::take(self).into_map();
        let before = map.insert(name, value);
        *self = Self::Own(map);
        before
    }

    /// Takes a name's value away.
    pub fn remove(&mut self, name: &str) -> Option<V> {
        let mut map = std::mem::take(self).into_map();
        let gone = map.remove(name);
        *self = Self::Own(map);
        gone
    }

    /// Takes everything away.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes out what does not stay.
    pub fn take_out(&mut self, mut stays: impl FnMut(&str, &V) -> bool) -> Vec<(String, V)> {
        match self {
            Self::Own(map) => map.extract_if(.., |name, value| !stays(name, value)).collect(),
            Self::Shared(shared) => {
                let gone = shared.iter().map(|(name, value)| !stays(name, value)).collect::<Vec<bool>>();
                let out = shared.iter().zip(&gone).filter(|(_, gone)| **gone);
                let out = out.map(|((name, value), _)| (name.clone(), value.clone())).collect();
                if gone.contains(&true) {
                    let left = shared.entries.iter().zip(gone).filter(|(_, gone)| !gone);
                    shared.entries = left.map(|(entry, _)| *entry).collect();
                    shared.map = OnceLock::new();
                }
                out
            }
        }
    }
}

/// For whoever wants a map: made at the first time, where values are shared.
impl<V: Clone> Deref for Named<V> {
    type Target = BTreeMap<String, V>;

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Own(map) => map,
            Self::Shared(shared) => shared.map.get_or_init(|| Box::new(self.to_map())),
        }
    }
}

impl<V> Default for Named<V> {
    fn default() -> Self {
        Self::Own(BTreeMap::new())
    }
}

impl<V> From<BTreeMap<String, V>> for Named<V> {
    fn from(map: BTreeMap<String, V>) -> Self {
        Self::Own(map)
    }
}

impl<V> FromIterator<(String, V)> for Named<V> {
    fn from_iter<I: IntoIterator<Item = (String, V)>>(all: I) -> Self {
        Self::Own(all.into_iter().collect())
    }
}

impl<'a, V> IntoIterator for &'a Named<V> {
    type Item = (&'a String, &'a V);
    type IntoIter = Box<dyn Iterator<Item = (&'a String, &'a V)> + 'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<V: PartialEq> PartialEq for Named<V> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<V: fmt::Debug> fmt::Debug for Named<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

//! Reads values of many people into a pool, so that every different name and value is held once.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::error::StoreError;
use super::named::{Entries, Named, Pool, Shared};

/// Reads values of many people, as JSON, into a pool.
pub(super) struct Pooling<V> {
    names: HashMap<Box<str>, u32>,
    /// Places of values by what they are in JSON.
    places: HashMap<Box<str>, u32>,
    /// What the first different texts have: fields are often alike as a whole.
    whole: HashMap<Box<str>, Entries>,
    pool: Pool<V>,
}

/// Different texts that are kept as a whole.
const WHOLE: usize = 1 << 12;

impl<V> Default for Pooling<V> {
    fn default() -> Self {
        let pool = Pool { names: Vec::new(), values: Vec::new() };
        Self { names: HashMap::new(), places: HashMap::new(), whole: HashMap::new(), pool }
    }
}

impl<V: DeserializeOwned> Pooling<V> {
    /// Reads the values of somebody.
    pub(super) fn read(&mut self, text: &str) -> Result<Entries, StoreError> {
        if let Some(known) = self.whole.get(text) {
            return Ok(known.clone());
        }
        let corrupt = |e: serde_json::Error| StoreError::Corrupt(e.to_string());
        let read: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(text).map_err(corrupt)?;
        let mut entries = Vec::with_capacity(read.len());
        for (name, json) in read {
            let names = &mut self.pool.names;
            let name = place(&mut self.names, &name, || {
                names.push(name.clone().into_owned());
                Ok(())
            })?;
            let values = &mut self.pool.values;
            let value = place(&mut self.places, json.get(), || {
                serde_json::from_str(json.get()).map(|value| values.push(value)).map_err(corrupt)
            })?;
            entries.push((name, value));
        }
        let entries: Entries = entries.into();
        if self.whole.len() < WHOLE {
            self.whole.insert(text.into(), entries.clone());
        }
        Ok(entries)
    }

    /// Gives everybody their values, once everybody was read.
    pub(super) fn shared(self) -> impl Fn(Entries) -> Named<V> {
        let pool = Arc::new(self.pool);
        move |entries| Named::Shared(Shared::new(pool.clone(), entries))
    }
}

/// Returns the place of a text; what is new is added.
fn place(
    known: &mut HashMap<Box<str>, u32>,
    text: &str,
    add: impl FnOnce() -> Result<(), StoreError>,
) -> Result<u32, StoreError> {
    if let Some(place) = known.get(text) {
        return Ok(*place);
    }
    add()?;
    let place = u32::try_from(known.len()).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    known.insert(text.into(), place);
    Ok(place)
}

//! A value that stands in the file, or in an environment variable.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

/// A value of the settings; an environment variable is missed only when it is used.
#[derive(Clone, PartialEq, Eq)]
pub enum Setting {
    /// Stands in the file.
    Given(String),
    /// Stands in the environment.
    Env {
        /// Name of the variable.
        name: String,
        /// Its value, if it is set.
        value: Option<String>,
    },
}

impl Setting {
    /// Makes a value that stands in the file.
    #[must_use]
    pub fn given(value: impl Into<String>) -> Self {
        Self::Given(value.into())
    }

    /// Returns the value; a missing variable is an error that names it.
    pub fn get(&self) -> Result<&str, String> {
        match self {
            Self::Given(value) => Ok(value),
            Self::Env { value: Some(value), .. } if !value.is_empty() => Ok(value),
            Self::Env { name, .. } => Err(format!("the environment variable `{name}` is not set")),
        }
    }

    /// Looks the variable up.
    pub(super) fn look_up(mut self, env: &dyn Fn(&str) -> Option<String>) -> Self {
        if let Self::Env { name, value } = &mut self {
            *value = env(name);
        }
        self
    }
}

impl fmt::Debug for Setting {
    /// Never shows the value: it may be a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(_) => f.write_str("Given(…)"),
            Self::Env { name, value } => write!(f, "Env({name}, set: {})", value.is_some()),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EnvName {
    env: String,
}

impl<'de> Deserialize<'de> for Setting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Setting;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or `{ env: NAME }`")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Setting, E> {
                Ok(Setting::given(text))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Setting, A::Error> {
                let inner = EnvName::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(Setting::Env { name: inner.env, value: None })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

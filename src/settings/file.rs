//! The form of `canvass.yaml`.
//!
//! Unknown keys are errors: a misspelt `secert` must not be passed over.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::diagnostic::suggest::hint;
use crate::settings::prices::RawPrices;
use crate::settings::{DEFAULT_PROFILE, FILE, Mail, Profile, Setting, Settings, Sms};

/// A rule that is switched: `{ off: "reason" }` or `{ on: true }`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSetting {
    /// Why it is switched off.
    pub off: Option<String>,
    /// Applies a rule that ships switched off.
    pub on: Option<bool>,
}

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    seed: Option<u64>,
    #[serde(default)]
    pub(super) rules: BTreeMap<String, RuleSetting>,
    #[serde(default)]
    prices: RawPrices,
    #[serde(default)]
    profiles: BTreeMap<String, RawProfile>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProfile {
    store: Option<Setting>,
    database: Option<Setting>,
    listen: Option<Setting>,
    base: Option<Setting>,
    mail: Option<RawMail>,
    sms: Option<RawSms>,
    secret: Option<Setting>,
    mailbox: Option<Setting>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SmtpKeys {
    smtp: Setting,
    connections: Option<u16>,
    authorities: Option<Setting>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GatewayKeys {
    gateway: Gateway,
    url: Setting,
    key: Option<Setting>,
}

/// Gateways that are carried out.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Gateway {
    Http,
}

/// Either the word `mailbox` or a map of keys.
#[derive(Debug)]
enum MailboxOr<T> {
    Mailbox,
    Keys(T),
}

type RawMail = MailboxOr<SmtpKeys>;
type RawSms = MailboxOr<GatewayKeys>;

impl<'de, T: Deserialize<'de>> Deserialize<'de> for MailboxOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = MailboxOr<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`mailbox` or keys in braces")
            }
            fn visit_str<E: Error>(self, word: &str) -> Result<MailboxOr<T>, E> {
                if word == "mailbox" {
                    return Ok(MailboxOr::Mailbox);
                }
                Err(E::custom(format_args!("`{word}` is not known here; write `mailbox` or keys in braces")))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<MailboxOr<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(MailboxOr::Keys)
            }
        }
        deserializer.deserialize_any(Either(std::marker::PhantomData))
    }
}

/// Reads the file; errors name the line.
pub(super) fn read(path: &Path) -> Result<Raw, String> {
    let place = path.display();
    let bytes = std::fs::read(path).map_err(|e| format!("`{place}` can't be read: {e}"))?;
    let text = String::from_utf8(bytes).map_err(|_| format!("`{place}` is not UTF-8; save it as UTF-8"))?;
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Ok(Raw::default());
    }
    serde_yaml::from_str(&text).map_err(|e| {
        let line = e.location().map_or_else(String::new, |l| format!(":{}:{}", l.line(), l.column()));
        format!("{place}{line}: {}", in_words(&e.to_string()))
    })
}

/// Drops the parser's own “at line …” and adds the near key to “unknown field”.
fn in_words(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or(message);
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((unknown, known)) if message.contains("unknown field") => {
            let near = hint(unknown, known.iter().copied());
            let path = message.split("unknown field").next().unwrap_or("");
            format!("{path}the key `{unknown}` is not known here{near} (known: {})", known.join(", "))
        }
        _ => {
            message.replace("invalid type: ", "here is a ").replace("expected u64", "expected a whole number")
        }
    }
}

/// Picks the profile and fills in the defaults.
pub(super) fn choose(
    mut raw: Raw,
    root: PathBuf,
    wanted: Option<&str>,
    has_file: bool,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Settings, String> {
    let name = wanted.unwrap_or(DEFAULT_PROFILE);
    let profile = match raw.profiles.remove(name) {
        Some(profile) => profile,
        None if name == DEFAULT_PROFILE => RawProfile::default(),
        None if !has_file => {
            return Err(format!("profile `{name}` needs a `{FILE}` beside the spec or in a folder above it"));
        }
        None => {
            let near = hint(name, raw.profiles.keys().map(String::as_str));
            let known: Vec<String> = raw.profiles.into_keys().collect();
            let file = root.join(FILE);
            return Err(format!(
                "{} has no profile `{name}`{near} (there are: {})",
                file.display(),
                known.join(", ")
            ));
        }
    };
    let profile = fill(profile, name, env);
    let prices = raw.prices.read().map_err(|e| format!("{}: prices: {e}", root.join(FILE).display()))?;
    Ok(Settings { root, seed: raw.seed, rules: raw.rules, prices, profile_name: name.to_owned(), profile })
}

fn fill(raw: RawProfile, name: &str, env: &dyn Fn(&str) -> Option<String>) -> Profile {
    let or = |setting: Option<Setting>, default: String| {
        setting.map_or(Setting::Given(default), |given| given.look_up(env))
    };
    let listen = or(raw.listen, "127.0.0.1:8080".to_owned());
    let base = format!("http://{}", listen.get().unwrap_or("127.0.0.1:8080"));
    Profile {
        store: or(raw.store, format!("sqlite:.canvass/{name}.db")),
        database: raw.database.map(|d| d.look_up(env)),
        base: or(raw.base, base),
        listen,
        mail: match raw.mail {
            None | Some(MailboxOr::Mailbox) => Mail::Mailbox,
            Some(MailboxOr::Keys(keys)) => Mail::Smtp {
                url: keys.smtp.look_up(env),
                connections: keys.connections,
                authorities: keys.authorities.map(|a| a.look_up(env)),
            },
        },
        sms: match raw.sms {
            None | Some(MailboxOr::Mailbox) => Sms::Mailbox,
            Some(MailboxOr::Keys(GatewayKeys { gateway: Gateway::Http, url, key })) => {
                Sms::Http { url: url.look_up(env), key: key.map(|k| k.look_up(env)) }
            }
        },
        secret: raw.secret.map(|s| s.look_up(env)),
        mailbox: or(raw.mailbox, format!(".canvass/{name}-mailbox")),
    }
}

//! What differs between machines: `canvass.yaml`, by profile.
//!
//! Goes in: the spec's folder, the name of a profile, a way to ask for
//! environment variables. Comes out: [`Settings`]. The file is the nearest
//! `canvass.yaml` in the spec's folder or above it; without one there is the
//! profile `dev` with its defaults. Values of the form `{ env: NAME }` are
//! asked for when they are used, so that planning needs no secrets.

mod file;
mod prices;
mod smtp;
mod value;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use self::file::RuleSetting;
pub use self::prices::Prices;
pub use self::smtp::{SmtpServer, Tls};
pub use self::value::Setting;

/// Name of the settings file.
pub const FILE: &str = "canvass.yaml";

/// The profile that is taken when none is named.
pub const DEFAULT_PROFILE: &str = "dev";

/// Settings of one profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Folder of `canvass.yaml` (else the spec's folder), absolute; paths in the settings are relative to it.
    pub root: PathBuf,
    /// Seed of the draws, the same for all campaigns.
    pub seed: Option<u64>,
    /// Rules that are switched off, with the reason, or on.
    pub rules: BTreeMap<String, RuleSetting>,
    /// What messages cost, the same for all profiles.
    pub prices: Prices,
    /// Name of the profile.
    pub profile_name: String,
    /// The profile.
    pub profile: Profile,
}

/// Where things are on one kind of machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Address of the store.
    pub store: Setting,
    /// Address of the database that holds customer lists.
    pub database: Option<Setting>,
    /// Address and port on which forms are served.
    pub listen: Setting,
    /// What the links in messages begin with.
    pub base: Setting,
    /// How mail leaves.
    pub mail: Mail,
    /// How short messages leave.
    pub sms: Sms,
    /// Secret of the links; made and kept by the store when not given.
    pub secret: Option<Setting>,
    /// Folder of the built-in mailbox.
    pub mailbox: Setting,
}

/// How mail leaves.
#[derive(Debug, Clone, PartialEq)]
pub enum Mail {
    /// Into the mailbox folder, as `.eml`.
    Mailbox,
    /// To an SMTP server.
    Smtp {
        /// `smtp://…` or `smtps://…`.
        url: Setting,
        /// Connections in parallel; four when not given.
        connections: Option<u16>,
        /// File of certificates (PEM) to trust besides the public ones.
        authorities: Option<Setting>,
    },
}

/// How short messages leave.
#[derive(Debug, Clone, PartialEq)]
pub enum Sms {
    /// Into the mailbox folder, as text.
    Mailbox,
    /// To a gateway by HTTP POST.
    Http {
        /// Address.
        url: Setting,
        /// Sent as bearer token.
        key: Option<Setting>,
    },
}

impl Settings {
    /// Returns the store's address; a relative `SQLite` path is made absolute from the root.
    pub fn store_url(&self) -> Result<String, String> {
        let url = self.profile.store.get()?;
        let Some(path) = url.strip_prefix("sqlite:") else { return Ok(url.to_owned()) };
        let path = path.strip_prefix("//").unwrap_or(path);
        Ok(format!("sqlite:{}", self.root.join(path).display()))
    }

    /// Returns the address of the database that holds customer lists and answers; `what`, as in “the list stands”, is
    /// there according to the spec.
    pub fn database_url(&self, what: &str) -> Result<String, String> {
        let Some(database) = &self.profile.database else {
            return Err(format!(
                "{what} in a database, and profile `{0}` names none; write under `{0}` in {1}: \
                 `database: {{ env: CUSTOMERS_URL }}`, and set that variable to postgres://user:password@host:5432/name",
                self.profile_name,
                self.root.join(FILE).display()
            ));
        };
        database.get().map(str::to_owned)
    }

    /// Returns what links begin with, without a slash at the end.
    pub fn base_url(&self) -> Result<String, String> {
        let base = self.profile.base.get()?.trim_end_matches('/').to_owned();
        if base.starts_with("http://") || base.starts_with("https://") {
            return Ok(base);
        }
        Err(format!("`base` of profile `{}` must begin with http:// or https://", self.profile_name))
    }

    /// Returns the folder of the built-in mailbox.
    pub fn mailbox_folder(&self) -> Result<PathBuf, String> {
        Ok(self.root.join(self.profile.mailbox.get()?))
    }

    /// Returns the secret of the links, if one is set.
    pub fn secret(&self) -> Result<Option<String>, String> {
        let Some(secret) = &self.profile.secret else { return Ok(None) };
        let secret = secret.get()?;
        if secret.len() < 16 {
            return Err(format!("`secret` of profile `{}` needs 16 characters or more", self.profile_name));
        }
        Ok(Some(secret.to_owned()))
    }
}

/// Finds and reads the settings of a profile (`dev` when none is named).
pub fn load(
    spec_folder: &Path,
    profile: Option<&str>,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Settings, String> {
    let (root, raw, has_file) = nearest(spec_folder)?;
    file::choose(raw, root, profile, has_file, env)
}

/// Rules by name, and the file that switches them.
pub type RuleSettings = (PathBuf, BTreeMap<String, RuleSetting>);

/// Finds and reads what is said about rules; no profile is needed for it.
pub fn load_rules(spec_folder: &Path) -> Result<RuleSettings, String> {
    let (root, raw, _) = nearest(spec_folder)?;
    Ok((root.join(FILE), raw.rules))
}

fn nearest(spec_folder: &Path) -> Result<(PathBuf, file::Raw, bool), String> {
    let folder = if spec_folder.as_os_str().is_empty() { Path::new(".") } else { spec_folder };
    let folder = std::path::absolute(folder).map_err(|e| format!("`{}`: {e}", folder.display()))?;
    // `.` and `..` in the middle would make `ancestors` visit the wrong folders.
    let folder = folder.canonicalize().unwrap_or(folder);
    let found = folder.ancestors().map(|f| f.join(FILE)).find(|f| f.is_file());
    match &found {
        Some(path) => Ok((path.parent().unwrap_or(&folder).to_path_buf(), file::read(path)?, true)),
        None => Ok((folder, file::Raw::default(), false)),
    }
}

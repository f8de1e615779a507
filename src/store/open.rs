//! Opens the store: folder, file, schema, secret.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, Transaction};

use super::error::StoreError;
use super::token::{Nonces, SystemNonces, keyed};

/// How much a commit promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// A commit survives a power cut.
    Full,
    /// A commit survives the end of the process; for rehearsals.
    Relaxed,
}

/// Migrations in order; the schema's version is how many of them were applied.
const MIGRATIONS: [&str; 4] = [
    include_str!("migrations/0001_ledger.sql"),
    include_str!("migrations/0002_versions.sql"),
    include_str!("migrations/0003_quota.sql"),
    include_str!("migrations/0004_cluster.sql"),
];
const APPLICATION: i64 = 1_129_208_403;
const BUSY: Duration = Duration::from_secs(20);

/// The store of all campaigns; cheap to clone.
///
/// All writes go through one connection, in the order in which they come, so
/// that `SQLite` never has to refuse one; reads have connections of their own.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) writer: SqlitePool,
    pub(super) readers: SqlitePool,
    path: Arc<PathBuf>,
    secret: Arc<OnceLock<Vec<u8>>>,
    secret_is_right: Arc<OnceLock<()>>,
}

impl Store {
    /// Opens `sqlite:PATH`, making folder (mode 0700), file and schema where they are missing.
    pub async fn open(url: &str, durability: Durability) -> Result<Self, StoreError> {
        let address = || StoreError::Address(url.to_owned());
        let file = url.strip_prefix("sqlite:").ok_or_else(address)?;
        let file = file.strip_prefix("//").unwrap_or(file);
        if file.is_empty() || file.contains('?') || file.starts_with(':') {
            return Err(address());
        }
        let path = PathBuf::from(file);
        make_folder(&path)?;
        let sorted = |e: sqlx::Error| StoreError::at(&path, &e);
        let synchronous = match durability {
            Durability::Full => SqliteSynchronous::Full,
            Durability::Relaxed => SqliteSynchronous::Off,
        };
        let options = SqliteConnectOptions::from_str("sqlite:")
            .map_err(sorted)?
            .filename(&path)
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .synchronous(synchronous);
        let first = options.clone().journal_mode(SqliteJournalMode::Wal);
        let writer = pool(1).connect_with(first).await.map_err(sorted)?;
        migrate(&writer, &path).await?;
        private(&path);
        let readers = pool(4).connect_with(options.pragma("query_only", "1")).await.map_err(sorted)?;
        Ok(Self {
            writer,
            readers,
            path: Arc::new(path),
            secret: Arc::default(),
            secret_is_right: Arc::default(),
        })
    }

    /// Sets the secret that links are made with, in place of the file `secret` beside the store.
    ///
    /// Has no effect once a secret was used.
    #[must_use]
    pub fn with_secret(self, secret: &[u8]) -> Self {
        let _ = self.secret.set(secret.to_vec());
        self
    }

    /// Returns the secret; without a given one, it stands in the file `secret` beside the store, which is made
    /// (mode 0600) from the operating system's generator when it is missing.
    pub fn secret(&self) -> Result<&[u8], StoreError> {
        if let Some(secret) = self.secret.get() {
            return Ok(secret);
        }
        let made = secret_file(&self.folder().join("secret"))?;
        Ok(self.secret.get_or_init(|| made))
    }

    /// Returns the database file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the folder of the database file; call lists go there too.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
            _ => PathBuf::from("."),
        }
    }

    /// Closes all connections and folds the journal into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Refuses a secret other than the one that the first launch used.
    pub async fn check_secret(&self) -> Result<(), StoreError> {
        if self.secret_is_right.get().is_some() {
            return Ok(());
        }
        let mut txn = self.begin().await?;
        self.check_secret_in(&mut txn).await?;
        self.commit(txn).await?;
        let _ = self.secret_is_right.set(());
        Ok(())
    }

    pub(super) async fn check_secret_in(
        &self,
        txn: &mut Transaction<'static, Sqlite>,
    ) -> Result<(), StoreError> {
        let digest = keyed(self.secret()?, &[b"check"]).to_vec();
        let stored: Option<Vec<u8>> =
            sqlx::query_scalar("select digest from secret_check").fetch_optional(&mut **txn).await?;
        match stored {
            Some(stored) if stored == digest => Ok(()),
            Some(_) => Err(StoreError::OtherSecret),
            None => {
                sqlx::query("insert into secret_check (one, digest) values (1, ?)")
                    .bind(digest)
                    .execute(&mut **txn)
                    .await?;
                Ok(())
            }
        }
    }

    /// Starts a write; `immediate`, because a read that later wants to write can't wait for its turn.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.writer.begin_with("begin immediate").await.map_err(|e| self.sorted(&e))
    }

    pub(super) async fn commit(&self, txn: Transaction<'static, Sqlite>) -> Result<(), StoreError> {
        txn.commit().await.map_err(|e| self.sorted(&e))
    }

    fn sorted(&self, error: &sqlx::Error) -> StoreError {
        StoreError::at(&self.path, error)
    }
}

fn pool(size: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(size)
        .min_connections(1)
        .acquire_timeout(Duration::from_mins(1))
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

/// Applies what is missing, in one exclusive transaction, so that two processes may open a new store at once.
async fn migrate(writer: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    let sorted = |e: sqlx::Error| StoreError::at(path, &e);
    let mut txn = writer.begin_with("begin exclusive").await.map_err(sorted)?;
    let version: i64 =
        sqlx::query_scalar("pragma user_version").fetch_one(&mut *txn).await.map_err(sorted)?;
    let application: i64 =
        sqlx::query_scalar("pragma application_id").fetch_one(&mut *txn).await.map_err(sorted)?;
    let tables: i64 = sqlx::query_scalar("select count(*) from sqlite_schema")
        .fetch_one(&mut *txn)
        .await
        .map_err(sorted)?;
    if tables > 0 && application != APPLICATION {
        return Err(StoreError::NotAStore(path.to_path_buf(), "another program's database".to_owned()));
    }
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if version > known {
        return Err(StoreError::Newer(path.to_path_buf(), version, known));
    }
    let done = usize::try_from(version).unwrap_or(0);
    for migration in MIGRATIONS.iter().skip(done) {
        sqlx::raw_sql(*migration).execute(&mut *txn).await.map_err(sorted)?;
    }
    if version < known {
        let set = sqlx::AssertSqlSafe(format!("pragma user_version = {known}"));
        sqlx::raw_sql(set).execute(&mut *txn).await.map_err(sorted)?;
    }
    txn.commit().await.map_err(sorted)
}

fn make_folder(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) else { return Ok(()) };
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|e| StoreError::Unwritable(path.to_path_buf(), e.to_string()))
}

/// Takes the database out of other users' sight; on systems without modes the folder's rights decide.
fn private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600));
    }
    #[cfg(not(unix))]
    let _ = path;
}

fn secret_file(path: &Path) -> Result<Vec<u8>, StoreError> {
    let failed = |e: std::io::Error| StoreError::Unwritable(path.to_path_buf(), e.to_string());
    match std::fs::read_to_string(path) {
        Ok(text) if text.trim().len() >= 32 => return Ok(text.trim().as_bytes().to_vec()),
        Ok(_) => {
            let why = "the secret in it is shorter than 32 characters".to_owned();
            return Err(StoreError::Unwritable(path.to_path_buf(), why));
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => return Err(failed(e)),
    }
    let random = || SystemNonces.nonce().map_err(StoreError::Engine);
    let text = [random()?, random()?].map(|n| super::token::base32(&n)).concat();
    let fresh = path.with_extension(&text[..8]);
    write_private(&fresh, &text).map_err(failed)?;
    // A link is made whole or not at all, so that another process never reads half a secret.
    let linked = std::fs::hard_link(&fresh, path);
    let _ = std::fs::remove_file(&fresh);
    match linked {
        Ok(()) => Ok(text.into_bytes()),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => secret_file(path),
        Err(e) => Err(failed(e)),
    }
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    std::io::Write::write_all(&mut file, text.as_bytes())?;
    file.sync_all()
}

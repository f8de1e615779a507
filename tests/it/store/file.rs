//! What SQLite's file must do besides: clear refusals, and nothing readable by others.

use canvass::store::{Durability, Store, StoreError};

use super::Opener;
use crate::support::scratch::Scratch;

async fn refusal(url: &str) -> StoreError {
    Store::open(url, Durability::Full).await.expect_err("must be refused")
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let folder = Scratch::new("nodb");
    let file = folder.0.join("canvass.db");
    std::fs::write(&file, "this is a text file that somebody named in the settings\n".repeat(100)).unwrap();
    let refused = refusal(&format!("sqlite:{}", file.display())).await;
    assert!(matches!(refused, StoreError::NotAStore(..)), "{refused:?}");
    assert!(refused.to_string().contains("canvass.db"), "{refused}");
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let folder = Scratch::new("other");
    let file = folder.0.join("other.db");
    let url = format!("sqlite:{}?mode=rwc", file.display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    sqlx::raw_sql("create table orders (id integer)").execute(&pool).await.unwrap();
    pool.close().await;
    let refused = refusal(&format!("sqlite:{}", file.display())).await;
    assert!(matches!(refused, StoreError::NotAStore(..)), "{refused:?}");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let opener = Opener::sqlite("newer");
    let store = opener.open().await;
    let path = store.path().to_path_buf();
    store.close().await;
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    sqlx::raw_sql("pragma user_version = 999").execute(&pool).await.unwrap();
    pool.close().await;
    let refused = refusal(&opener.url()).await;
    assert!(matches!(refused, StoreError::Newer(_, 999, _)), "{refused:?}");
}

#[tokio::test]
async fn a_folder_that_can_not_be_made_is_named() {
    let folder = Scratch::new("unwritable");
    std::fs::write(folder.0.join("file"), "").unwrap();
    let refused = refusal(&format!("sqlite:{}", folder.0.join("file/sub/canvass.db").display())).await;
    assert!(matches!(refused, StoreError::Unwritable(..)), "{refused:?}");
    assert!(matches!(refusal("postgres://localhost/x").await, StoreError::Address(_)));
    assert!(matches!(refusal("sqlite::memory:").await, StoreError::Address(_)));
}

#[cfg(unix)]
#[tokio::test]
async fn folder_file_and_secret_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let opener = Opener::sqlite("private");
    let store = Store::open(&opener.url(), Durability::Full).await.unwrap();
    let made = store.secret().unwrap().to_vec();
    assert!(made.len() >= 32);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&store.folder()), 0o700);
    assert_eq!(mode(store.path()), 0o600);
    assert_eq!(mode(&store.folder().join("secret")), 0o600);
    let again = Store::open(&opener.url(), Durability::Full).await.unwrap();
    assert_eq!(again.secret().unwrap(), made, "the second process reads what the first made");
}

#[tokio::test]
async fn one_process_dispatches_at_a_time() {
    let opener = Opener::sqlite("lock");
    let store = opener.open().await;
    let held = store.dispatch_lock().unwrap();
    assert!(matches!(opener.open().await.dispatch_lock(), Err(StoreError::Busy(_))));
    drop(held);
    assert!(opener.open().await.dispatch_lock().is_ok());
}

/// The engine's own limit of pages gives the code that a disk without space gives.
#[tokio::test]
async fn a_full_disk_says_what_to_do() {
    let folder = Scratch::new("full");
    let url = format!("sqlite:{}?mode=rwc", folder.0.join("full.db").display());
    let options = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
    let pool = options.connect(&url).await.unwrap();
    sqlx::raw_sql("create table t (x blob); pragma max_page_count = 20").execute(&pool).await.unwrap();
    let insert = sqlx::query("insert into t values (zeroblob(1000000))").execute(&pool).await;
    let refused = StoreError::from(insert.expect_err("does not fit"));
    assert!(matches!(refused, StoreError::Full(_)), "{refused:?}");
    assert!(refused.to_string().contains("free some space"), "{refused}");
}

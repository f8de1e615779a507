//! Rows one after the other: a statement's answer is never held as a whole.

use std::future::poll_fn;
use std::pin::Pin;

use futures_core::Stream;
use sqlx::sqlite::SqliteRow;

use super::error::StoreError;

/// Hands over the rows of a statement one by one.
pub(super) async fn each(
    mut rows: impl Stream<Item = Result<SqliteRow, sqlx::Error>> + Unpin,
    mut row: impl FnMut(&SqliteRow) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    while let Some(found) = poll_fn(|cx| Pin::new(&mut rows).poll_next(cx)).await {
        row(&found?)?;
    }
    Ok(())
}

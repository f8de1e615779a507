//! A list that lives in a database: strata, random numbers and the draw are worked out where the rows are.
//!
//! Goes in: a [`crate::model::Checked`], where the rows are, the server's address, the seed, and what the store knows.
//! Comes out: the same [`crate::frame::Reading`] as from a file with the same rows, byte for byte. Only counts and
//! drawn people leave the database. What differs from one engine to the next stands in [`Dialect`]; the rest of the
//! room generates statements for any of them. Nothing here may write into the database.

mod cells;
mod columns;
mod condition;
mod connect;
mod copy;
mod dialect;
mod people;
mod postgres;
mod run;
mod stages;
mod statement;

pub use self::columns::{places, relation};
pub use self::connect::{Listed, Server, get};
pub use self::copy::{as_of_the_database, copied, copy, empty_copy, is_read_again, needs_copy};
pub use self::dialect::{ColumnType, Dialect, Kind, Param};
pub use self::postgres::Postgres;
pub use self::run::{Task, read, show};
pub use self::statement::{Statement, Statements};

//! Lists in a real PostgreSQL: the same people as from a file with the same rows, and what is said when it fails.

mod answers;
mod differential;
mod faults;
mod generate;
mod guarded;
mod rows;

//! The execution plan: what will happen, in figures, for review.
//!
//! Goes in: a [`crate::model::Checked`] and what [`crate::frame`] counted.
//! Comes out: a [`Plan`], printed as text, YAML, JSON or Markdown. Pure: the
//! same input gives the same bytes. No personal data, no keys.

pub mod types;
pub mod window;

pub use self::types::Plan;
pub use crate::model::checked::{ContactKind, LinkMode, StepKind, Text};

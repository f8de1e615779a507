//! What a spec means: names, types, units, flow.
//!
//! Goes in: parsed files. Comes out: an [`Analysis`], always, with diagnostics
//! and as much of the model as could be made; a [`Checked`] only when there is
//! no error.

pub mod checked;

pub use self::checked::Checked;

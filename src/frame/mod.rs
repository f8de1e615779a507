//! The customer list: who is in it, which stratum takes whom, and the draw.
//!
//! Goes in: a [`crate::model::Checked`], the folder of its list, the seed, and
//! what the store knows about rest and suppression. Comes out: a
//! [`FrameSummary`] without rows or keys, and the drawn people. Random numbers
//! are permanent (Ohlsson 1995): they depend on seed and key alone, so anyone
//! can recompute a draw; `docs/draw.md` shows how. One bad row never stops: it
//! is counted and listed.

pub mod allocate;
mod arrivals;
mod block;
mod classes;
mod clauses;
mod clusters;
pub mod coordinate;
mod count;
mod cuts;
mod days;
mod design;
mod emails;
mod events;
mod kernel;
mod keys;
mod layout;
mod list;
mod load;
pub mod margins;
mod measured;
mod membership;
mod people;
mod pick;
mod quick;
mod quotas;
pub mod random;
mod read;
mod sheet;
mod spill;
pub mod sql;
mod stream;
mod summary;
mod table;
mod tally;
mod types;
mod waits;
mod wanted;
pub mod waves;
pub mod windows;
mod words;

pub use self::arrivals::arrivals;
pub use self::clauses::clauses_hash;
pub use self::design::{CellDesign, Design, Entering};
pub use self::events::{Earliest, events};
pub use self::keys::Keys;
pub use self::list::{Base, Cell, Row, Rows};
pub use self::measured::{EventAsk, EventSums, EventTold, Found, PersonSums, Place, measured};
pub use self::read::{read, summarise};
pub use self::sheet::Sheet;
pub use self::spill::Bits;
pub use self::summary::{
    CellSummary, ClusterCount, ClusterTotals, Contacts, FrameSummary, OverlapCount, QuotaCount,
    SUMMARY_VERSION,
};
pub use self::types::{Arrival, EventArrival, FrameError, History, Person, Problem, Problems, Reading};
pub use self::waits::{Waiting, count_waiting};
pub use self::waves::{GroupBefore, Panel, ScoreBefore, WaveBefore, Waves};

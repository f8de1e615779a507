//! Statistical methods as pure functions over plain data, one statistic a file.
//!
//! Goes in: a [`Design`](crate::score::design::Design), estimates with their
//! influence values, or bare numbers. Comes out: numbers with their errors, or
//! nothing where they can't be had. May not know the model, the plan or the
//! store; what a spec asks for is decided elsewhere. Each file names its source.

pub mod adjust;
pub mod before_after;
pub mod breaks;
pub mod calibrate;
pub mod change;
pub mod chisq;
pub mod domain;
pub mod drivers;
pub mod effect;
pub mod index;
pub mod linalg;
pub mod margin;
pub mod nonresponse;
pub mod peaks;
pub mod poststratify;
pub mod power;
pub mod projection;
pub mod proportion;
pub mod quantile;
pub mod quantile_score;
pub mod rake;
pub mod rank;
pub mod ratio;
pub mod regression;
pub mod replicate;
pub mod resample;
pub mod shrink;
pub mod tail;
pub mod test;
pub mod trim;
pub mod ttest;
pub mod two_stage;

//! Files of other tools: what is known of a campaign, for whoever computes on it elsewhere.
//!
//! Goes in: what the store holds, or a file of finished answers. Comes out: data without interpretation.

pub mod raw;
pub mod responses;

//! What several tests need: counterparts of the real world, and plans made by hand.

pub mod plans;
pub mod postgres;
pub mod proxy;
pub mod scratch;
pub mod sink;

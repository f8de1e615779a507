//! Room `collect`.

//! Room `score`.

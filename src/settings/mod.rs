//! Room `settings`.

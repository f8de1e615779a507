//! Room `rehearse`.

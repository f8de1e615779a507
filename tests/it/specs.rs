//! Tests of `specs`.

//! Tests of `model::logic`: every verdict against all answers there are, every witness through the real form.

mod brute;
mod chance;
mod small;

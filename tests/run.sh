#!/bin/sh
# Runs all tests: brings what they need through apt, then `cargo test`.
# Arguments go to `cargo test`, as in `sh tests/run.sh --test it store::`.
set -eu
cd "$(dirname "$0")/.."
. tests/needs.sh

missing=$(missing_packages)
if [ -n "$missing" ]; then
    install_packages "$missing"
fi
command -v cargo >/dev/null 2>&1 || {
    echo "tests: cargo is missing; install Rust 1.94 or later from https://rustup.rs" >&2
    exit 3
}
# The same random cases in every run: a gate that fails by chance tells nothing. `just fuzz` looks for new ones.
export PROPTEST_RNG_SEED="${PROPTEST_RNG_SEED:-20260105}"
exec cargo test --locked "$@" </dev/null

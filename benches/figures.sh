#!/bin/sh
# Prints the figures of the quarterly campaign: size, start-up, check, plan, rehearsal. Builds for speed first.
set -eu
cd "$(dirname "$0")/.."
cargo build --release --locked
canvass=target/release/canvass
spec=specs/quarterly-index/quarterly-index.survey
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Milliseconds of one call, the best of several, so that a busy machine disturbs less.
best() {
    times=$1
    shift
    for _ in $(seq "$times"); do
        start=$(date +%s%N)
        "$@" >"$work/out" 2>"$work/err" </dev/null || { cat "$work/err" >&2; exit 1; }
        echo "$start $(date +%s%N)"
    done | awk '{ t = ($2 - $1) / 1e6; if (NR == 1 || t < least) least = t } END { printf "%.1f ms\n", least }'
}

echo "binary:    $(stat -c %s "$canvass") bytes"
echo "crates:    $(grep -c '^name = ' Cargo.lock) in Cargo.lock"
echo "--version: $(best 20 "$canvass" --version)"
echo "check:     $(best 20 "$canvass" check "$spec")"
echo "plan:      $(best 5 "$canvass" plan "$spec")"
echo "rehearse:  $(best 1 "$canvass" rehearse "$spec" --out "$work/report")"

# Shortcuts for people; CI runs `.ci/run`.

# Shows the recipes.
default:
    @just --list

# Formatting and lints, without tests.
check:
    cargo fmt --check
    cargo clippy --all-targets --locked -- -D warnings
    RUSTDOCFLAGS=-Dwarnings cargo doc --no-deps --locked

# All tests, or those whose name holds a word: `just test store::`.
test *WORDS:
    sh tests/run.sh {{WORDS}}

# Everything that CI runs.
ci:
    .ci/run

# Makes the files of a new rule: `just new-rule long-stem`.
new-rule NAME:
    sh src/model/rule/new-rule.sh {{NAME}}

# Rehearses the quarterly campaign, built for speed.
rehearse:
    cargo run --release --locked -- rehearse specs/quarterly-index/quarterly-index.survey

# Writes the made-up customer lists anew.
generate:
    cargo run --example generate

# Times of the quarterly campaign (start-up, check, plan, rehearsal), mails a second, checks of large specs, draws from ten million.
bench:
    sh benches/figures.sh
    cargo bench --locked --bench sending
    cargo bench --locked --bench check
    cargo bench --locked --bench draw

# Over how many of 200 simulated campaigns the 95 % interval covers the truth (minutes).
coverage:
    cargo bench --locked --bench coverage

# Feeds arbitrary texts to the compiler for some seconds (needs a nightly compiler and cargo-fuzz).
fuzz SECONDS="60":
    mkdir -p fuzz/corpus/spec
    cp -n specs/*/*.survey tests/fixtures/*/*.survey tests/fixtures/*/*/*.survey fuzz/corpus/spec/
    cargo +nightly fuzz run spec -- -max_total_time={{SECONDS}} -max_len=20000

# Dependencies: bans, licences, sources (needs cargo-deny).
deny:
    cargo deny check bans licenses sources

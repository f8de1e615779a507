//! Which addresses a list's people can be reached at, over one list in which domains come again and again.

use canvass::frame::{self, History};
use proptest::collection::vec;
use proptest::prelude::{Strategy, prop_oneof};
use proptest::strategy::{Just, ValueTree};
use proptest::test_runner::TestRunner;

use super::support::{Place, SPEC, list};

/// The rule in words: one `@`; before it 1 to 64 bytes without blanks and brackets, and no dot at an end or beside
/// another; behind it labels of letters, digits and hyphens, at least two, none of more than 63 bytes or with a hyphen at
/// an end, 253 bytes in all.
fn plausible(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>()[]\\,;:\"@".contains(c);
    let label = |l: &str| {
        let inside = l.chars().all(|c| c.is_alphanumeric() || c == '-');
        (1..=63).contains(&l.len()) && inside && !l.starts_with('-') && !l.ends_with('-')
    };
    (1..=64).contains(&local.len())
        && !local.contains(odd)
        && local.split('.').all(|piece| !piece.is_empty())
        && domain.len() <= 253
        && domain.split('.').count() > 1
        && domain.split('.').all(label)
}

fn address() -> impl Strategy<Value = String> {
    let pieces =
        ["a", "Zoe", "12345678", "eightltr", "x_y", "+", ".", "-", "é", "李", "<", ":", " ", "@", "~"];
    let local = prop_oneof![
        4 => vec((0..3_usize).prop_map(|i| ["mia", "Lee7", "abcdefgh"][i]), 1..4).prop_map(|all| all.concat()),
        4 => vec((0..pieces.len()).prop_map(move |i| pieces[i]), 0..5).prop_map(|all| all.concat()),
        1 => (60..68_usize).prop_map(|n| "n".repeat(n)),
    ];
    let long = "d".repeat(63);
    let domains = [
        "example.com",
        "example.org",
        "mail.example.com",
        "",
        "example",
        "example..com",
        "-a.example",
        "a-.example",
        "a-b.example",
        "exam_ple.com",
        "例.example",
        "example.com.",
        &format!("{long}.example"),
        &format!("{long}d.example"),
        "a@example.com",
    ]
    .map(str::to_owned);
    let domain = prop_oneof![
        3 => Just("example.com".to_owned()),
        4 => (0..domains.len()).prop_map(move |i| domains[i].clone()),
    ];
    (local, domain).prop_map(|(local, domain)| format!("{local}@{domain}"))
}

#[test]
fn plausible_addresses_are_used_and_no_others() {
    let mut runner = TestRunner::deterministic();
    let addresses = vec(address(), 4000).new_tree(&mut runner).unwrap().current();
    let rows: Vec<String> =
        addresses.iter().enumerate().map(|(i, a)| format!("k{i},\"{a}\",2025-01-01,1,1")).collect();
    let spec = SPEC.replace("  once per email\n", "");
    let (before, rest) = spec.split_once("stratum top").unwrap();
    let after = rest.split_once("section s").unwrap().1;
    let spec = format!("{before}stratum all {{ sample all }}\nsection s{after}");
    let place = Place::new(&spec, &list(&rows));
    let reading = frame::read(&place.checked, place.folder(), 42, &History::default()).unwrap();
    let good = addresses.iter().filter(|a| plausible(a.trim())).count();
    assert!(good > 1000 && good < 3000, "{good} of 4000: both kinds are there");
    assert_eq!(reading.summary.cells[0].no_address, (addresses.len() - good) as u64);
    for person in &reading.drawn {
        let index: usize = person.key[1..].parse().unwrap();
        assert!(plausible(addresses[index].trim()), "{}", addresses[index]);
    }
    assert_eq!(reading.drawn.len(), good);
}

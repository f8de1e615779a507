//! Estimates from counts are those from people one by one, to the last digits and words.

mod answers;
mod count;
mod design;

use std::fmt::Write;

use canvass::score::scores;
use canvass::score::tally::scores_of;
use canvass::score::wave::Wave;
use serde_json::Value;

use self::answers::{Shape, collected};
use self::count::tallied;
use crate::support::scratch::Scratch;

const PLAIN: &str = "weight w";
const STRATA: &str = "weight w; stratum st; population npop";
const UNWEIGHTED: &str = "stratum st; population npop";
const CLUSTERS: &str = "weight w; stratum st; cluster clu; population kpop";
const ANSWERED: &str = "weight w; stratum st; population npop; responded resp";
const SEX: &str = "rake sex to \"margins.csv\"";
const BOTH: &str = "rake sex to \"margins.csv\"; rake region to \"regions.csv\"";

/// Lists where two results differ: numbers by more than rounding, everything else at all.
fn differences(path: &str, one: &Value, other: &Value, out: &mut String) {
    match (one, other) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            for (key, value) in a {
                differences(&format!("{path}.{key}"), value, &b[key], out);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (i, (x, y)) in a.iter().zip(b).enumerate() {
                differences(&format!("{path}[{i}]"), x, y, out);
            }
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            // What is nothing but rounding of sums near zero has no digits of its own.
            let near = (a - b).abs() <= 1e-10 * a.abs().max(b.abs()) + 1e-12;
            // The last sweep of raking may be one that only rounding asks for.
            let sweep = path.ends_with(".sweeps") && (a - b).abs() <= 1.0;
            if !near && !sweep {
                let _ = writeln!(out, "{path}: {a} by people, {b} by counts");
            }
        }
        (a, b) if a == b => {}
        (a, b) => {
            let _ = writeln!(out, "{path}: {a} by people, {b} by counts");
        }
    }
}

fn numbers(value: &Value) -> usize {
    match value {
        Value::Object(map) => map.values().map(numbers).sum(),
        Value::Array(list) => list.iter().map(numbers).sum(),
        Value::Number(_) => 1,
        _ => 0,
    }
}

/// Compares both ways; returns how many numbers there were, and people and units of the first score's view.
fn compared(shape: &Shape) -> (usize, usize, usize) {
    let folder = Scratch::new("counted");
    let (checked, collected) = collected(&folder, shape);
    let wave = Wave::of_collected(&checked, &collected);
    let (by_people, held) = (scores(&wave), wave.respondents.len());
    let responses = count::responses(&wave, &collected);
    let tallied = tallied(&wave, &collected, &responses);
    let by_counts = scores_of(&tallied);
    let (one, other) = (serde_json::to_value(&by_people).unwrap(), serde_json::to_value(&by_counts).unwrap());
    let mut out = String::new();
    differences("", &one, &other, &mut out);
    assert!(out.is_empty(), "{shape:?}\n{out}");
    let units = tallied.tables.first().map_or(0, |t| t.rows.len());
    (numbers(&one), held, units)
}

#[test]
fn counts_say_what_people_say_for_designs_of_every_kind() {
    let cases = [
        (PLAIN, SEX),
        (STRATA, "finite correction on"),
        (CLUSTERS, ""),
        (UNWEIGHTED, BOTH),
        (CLUSTERS, BOTH),
        (STRATA, "trim 0.3..3"),
        (STRATA, "rake sex to \"margins.csv\"; rake region to \"regions.csv\"; trim 0.5..1.6"),
        (ANSWERED, "nonresponse by region"),
        (ANSWERED, "nonresponse by sex, stratum"),
        (
            ANSWERED,
            "nonresponse by sex; rake sex to \"margins.csv\"; rake region to \"regions.csv\"; trim 0.3..3",
        ),
    ];
    for (design, analysis) in cases {
        let shape = Shape { design, analysis, seed: 1, people: 900, ..Shape::default() };
        let (numbers, people, units) = compared(&shape);
        assert!(numbers > 2000, "{shape:?}: {numbers} numbers");
        if design != CLUSTERS {
            assert!(units * 4 < people * 3, "{shape:?}: {units} units of {people} people");
        }
    }
}

#[test]
fn a_stratum_with_a_single_person() {
    for rule in ["", "single stratum certainty", "single stratum adjust", "single stratum average"] {
        for (design, also) in [(STRATA, ""), (ANSWERED, "nonresponse by sex; ")] {
            let analysis = &format!("{also}{rule}");
            compared(&Shape { design, analysis, seed: 2, people: 300, lonely: true, ..Shape::default() });
        }
    }
}

#[test]
fn hardly_anybody() {
    for people in [0, 1, 2, 3, 12, 40] {
        for (design, analysis) in
            [(STRATA, BOTH), (ANSWERED, "nonresponse by region"), (CLUSTERS, "trim 0.3..3")]
        {
            compared(&Shape { design, analysis, seed: people as u64, people, ..Shape::default() });
        }
    }
}

#[test]
fn small_groups_are_hidden_alike() {
    for hide in [2, 10, 30, 1000] {
        for seed in 0..2 {
            let (design, analysis) = [(STRATA, BOTH), (ANSWERED, "nonresponse by sex")][seed as usize % 2];
            compared(&Shape { design, analysis, seed: 10 + seed, people: 250, hide, ..Shape::default() });
        }
    }
}

#[test]
fn everybody_says_the_same() {
    for analysis in ["", BOTH] {
        compared(&Shape { design: STRATA, analysis, seed: 5, people: 200, alike: true, ..Shape::default() });
    }
}

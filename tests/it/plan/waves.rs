//! Two waves of one repository, the first carried out: what its store and its spec tell the second.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use canvass::plan::{self, Plan};

use super::support::{Place, SPEC, list};

fn canvass(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_canvass")).args(args).current_dir(folder).env_clear().output().unwrap()
}

fn good(folder: &Path, args: &[&str]) -> String {
    let output = canvass(folder, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = canvass(folder, args);
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

fn planned(folder: &Path, spec: &str) -> Plan {
    plan::parse(&good(folder, &["plan", spec, "--format", "json", "--quiet", "--profile", "later"])).unwrap()
}

fn drawn(folder: &Path, spec: &str) -> BTreeSet<(String, String)> {
    good(folder, &["plan", spec, "--draw", "drawn.csv", "--quiet", "--profile", "later"]);
    let text = fs::read_to_string(folder.join("drawn.csv")).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[0].to_owned(), cells[2].to_owned())
    };
    text.lines().skip(1).map(row).collect()
}

/// The first wave asks 70 of 240 people and is rehearsed; the rehearsal's store is that of the profile `later`.
fn repository() -> Place {
    let rows: Vec<String> = (0..240).map(|i| format!("k{i},k{i}@example.com,2025-01-01,{i},{i}")).collect();
    let first = SPEC.replace("campaign wave", "campaign first").replace(
        SPEC.split("section s").next().unwrap().split("stratum top").nth(1).unwrap(),
        " \"Top\" { where spend >= 120; sample 30 }\nstratum rest { sample 40 }\n\n",
    );
    let place = Place::new(&first, &list(&rows));
    place.write(
        "canvass.yaml",
        b"seed: 20260105\nprofiles:\n  later:\n    store: sqlite:.canvass/rehearsal/first/rehearsal.db\n",
    );
    place
}

fn second(place: &Place, top: &str, rest: &str) {
    let text = fs::read_to_string(place.folder().join("wave.survey")).unwrap();
    let text = text
        .replace("campaign first {", "campaign second {\n  follows first")
        .replace("sample 30 }", &format!("{top} }}"))
        .replace("sample 40 }", &format!("{rest} }}"));
    place.write("second.survey", text.as_bytes());
}

#[test]
fn a_second_wave_learns_from_the_first() {
    let place = repository();
    let folder = place.folder();

    // Before the first wave: its spec tells where its draw starts; who answers and how scores spread, nobody.
    second(&place, "sample 30; draw apart from first", "sample 40; draw with first");
    let early = planned(folder, "second.survey");
    assert!((early.strata[0].draw.start - 0.5).abs() < f64::EPSILON && early.before.is_none());
    second(&place, "panel of first; sample all", "sample all");
    let (code, told) = refused(folder, &["plan", "second.survey", "--profile", "later"]);
    assert_eq!(code, Some(3));
    assert!(told.contains("the store of this profile has no such campaign"), "{told}");

    good(folder, &["rehearse", "wave.survey", "--quiet"]);
    let first = drawn(folder, "wave.survey");

    // Apart: nobody of the 30 of 120 is asked again. With: the same 40.
    second(&place, "sample 30; draw apart from first", "sample 40; draw with first");
    let both = drawn(folder, "second.survey");
    let common: Vec<_> = first.intersection(&both).collect();
    assert_eq!(common.iter().filter(|c| c.0 == "rest").count(), 40);
    let again = common.iter().filter(|c| c.0 == "top").count();
    assert_eq!(again, 0);

    // A panel: those who answered, and nobody who was not asked.
    second(&place, "panel of first; sample all", "sample all");
    let panel = planned(folder, "second.survey");
    let size = panel.strata[0].cells[0].population;
    assert!(size > 2 && size < 30, "{size}");
    let members = drawn(folder, "second.survey");
    let top = members.iter().filter(|m| m.0 == "top");
    assert!(top.clone().all(|m| first.contains(m)), "only people of the first wave");
    let eligible: u64 = panel.strata.iter().flat_map(|s| &s.cells).map(|c| c.population).sum();
    assert_eq!(eligible, 240, "the others go on to the next stratum");

    // Spread: from the answers of the first wave.
    second(&place, "sample 100 across top, rest allocate neyman on csi", "");
    let neyman = planned(folder, "second.survey");
    let before = neyman.before.clone().unwrap();
    assert_eq!(before.campaign, "first");
    assert!(before.of("csi", Some("top")).unwrap().deviation > 5.0, "{before:?}");
    assert_eq!(neyman.expected.invitations, 100);
    assert!(neyman.strata.iter().all(|s| s.cells[0].invitations >= 2));

    // The same from a summary, where there is no store.
    good(folder, &["plan", "second.survey", "--profile", "later", "--quiet", "--write-summary", "s.json"]);
    let there = good(folder, &["plan", "second.survey", "--profile", "later", "--quiet"]);
    fs::remove_dir_all(folder.join(".canvass")).unwrap();
    assert_eq!(good(folder, &["plan", "second.survey", "--summary", "s.json", "--quiet"]), there);
    let (code, told) = refused(folder, &["plan", "second.survey"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("too few answers of `first`") && told.contains("`spread top 22, …`"), "{told}");

    // A rehearsal has no store and supposes something.
    good(folder, &["rehearse", "second.survey", "--quiet"]);
}

#[test]
fn campaigns_that_can_not_be_coordinated_say_why() {
    let place = repository();
    let folder = place.folder();
    second(&place, "sample 30; draw apart from nowhere", "sample 40");
    let (code, told) = refused(folder, &["plan", "second.survey"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("`nowhere` stands in no spec of this repository"), "{told}");
    second(&place, "sample 30; draw with first", "sample 40");
    let text = fs::read_to_string(folder.join("wave.survey")).unwrap();
    place.write("wave.survey", text.replace("sample 30", "sample 30; draw with second").as_bytes());
    let (_, told) = refused(folder, &["plan", "second.survey"]);
    assert!(told.contains("wait for one another"), "{told}");
    place.write("wave.survey", text.as_bytes());
    good(folder, &["rehearse", "wave.survey", "--quiet"]);
    let (code, told) = refused(folder, &["plan", "second.survey", "--profile", "later", "--seed", "5"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("seed 20260105, this one is drawn with 5"), "{told}");
}

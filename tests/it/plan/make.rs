//! The plan: identity, expectations, printing, comparing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use canvass::frame::{self, FrameSummary, History};
use canvass::model::{Checked, Folder, analyse};
use canvass::plan::{self, Plan, compare, json, make, markdown, parse, text, yaml};

use super::support::{Place, SPEC, list};

const SEED: u64 = 20_260_105;

fn customers() -> String {
    let row = |i: u32| {
        let day = i % 28 + 1;
        let month = if i.is_multiple_of(7) { "2026-01" } else { "2025-06" };
        let spend = if i.is_multiple_of(11) { String::new() } else { format!("{}", i * 37 % 500) };
        format!(
            "k{i:03},p{}@example.com,{month}-{day:02},{spend},{}",
            i / 2 * 2 + u32::from(!i.is_multiple_of(10)),
            i % 13
        )
    };
    list(&(0..300).map(row).collect::<Vec<_>>())
}

fn summary(place: &Place) -> FrameSummary {
    frame::summarise(&place.checked, place.folder(), SEED, &History::default()).unwrap().0
}

fn planned(spec: &str) -> Plan {
    let place = Place::new(spec, &customers());
    make(&place.checked, &summary(&place), SEED)
}

pub fn specs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs");
    let mut found: Vec<PathBuf> = std::fs::read_dir(root)
        .unwrap()
        .flat_map(|e| std::fs::read_dir(e.unwrap().path()).into_iter().flatten())
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "survey"))
        .collect();
    found.sort();
    found
}

pub fn load(spec: &Path) -> (Checked, PathBuf) {
    let folder = spec.parent().unwrap().to_path_buf();
    let analysis = analyse(&spec.file_name().unwrap().to_string_lossy(), &Folder(folder.clone()));
    (analysis.checked.unwrap_or_else(|| panic!("{}: {:#?}", spec.display(), analysis.diagnostics)), folder)
}

/// Prints the plan of [`SPEC`]; the hash, which follows every change of the model's form, is cut out.
fn printed(print: fn(&Plan) -> String) -> String {
    let plan = planned(SPEC);
    assert_eq!(plan.hash.len(), 64);
    print(&plan).replace(&plan.hash, "HASH")
}

#[test]
fn a_plan_reads_alone() {
    insta::assert_snapshot!(printed(text), @r#"
    Plan of wave – Wave
      hash HASH
      seed 20260105

    In short
      who: 180 invitations for 180 people in 3 strata, from a list of 300 rows
      when: the first message leaves 2026-01-05 09:00, the last 2026-01-08 09:02; answers are taken until 2026-01-31 18:00 (Asia/Shanghai)
      what comes back: about 45 answers, 25% of the invitations
      how exact: a share, such as 70% who are satisfied, is told to ±12.8 points over all; least exactly in Top, to ±21.1 points; of one stratum too few answers are expected to tell anything (95% confidence)
      note: read the 2 notes below before you approve

    List
      customers.csv: 300 rows
      left out: 120 sharing an address or a key with somebody else
      eligible: 180; 0 of them in no stratum

    Strata
      cell   title  sample  enters   eligible  invited  completes   margin  weight
      top    Top    all     at once        66       66         17  ±21.05%   1.000
      fresh  Fresh  all     at once         6        6          2  ±75.91%   1.000
      rest          all     at once       108      108         27  ±16.41%   1.000

    Overlaps
      The earlier stratum takes the person.
      takes  would also match  rows
      top    fresh                1

    Questionnaire
      1 question, 1 item; English 0.2 to 0.2 minutes, median 0.2

    Schedule
      2026-01-05 09:00 to 2026-01-31 18:00 (Asia/Shanghai); messages 09:00 to 20:00 in the recipient’s time zone

    Steps
      step      via   when                         for        messages  first             last
      invite    mail  when released                everybody       180  2026-01-05 09:00  2026-01-05 09:02
      remind_1  mail  3 days after the invitation  everybody       158  2026-01-08 09:00  2026-01-08 09:02

    Time
      2026-01-05       2026-01-31
      |······|······|······|·····
      █··························  invite  180
      ···█·······················  remind_1  158

    Channels
      channel  kind    sender          per minute
      mail     e-mail  cx@example.com          60

    Expected
      180 invitations, 338 messages, 45 completes, margin ±12.76% (a share of one half, 95 %)

    What it can tell
      group  completes  of                   spread   margin  beside the others
      all           45  a share of one half          ±12.76%
                        csi, points            25 ?    ±6.33
      top           17  a share of one half          ±21.05%             41.94%
                        csi, points            25 ?   ±10.45              22.17
      fresh          2  a share of one half          ±75.91%
                        csi, points            25 ?   ±34.65
      rest          27  a share of one half          ±16.41%             41.38%
                        csi, points            25 ?    ±8.17               21.8
      margins are those of a 95 % interval; differences are found with 80% power at the 5% level
      spread with ? is supposed: a quarter of the score’s scale

    To know before you approve
      120 people are left out because somebody with a smaller random number has the same address
      `top`, `fresh`, `rest` state no expected response; 25% is assumed
    "#);
}

#[test]
fn a_plan_is_reviewed_in_a_pull_request() {
    insta::assert_snapshot!(printed(markdown), @r#"
    # Plan of Wave

    ## In short

    - who: 180 invitations for 180 people in 3 strata, from a list of 300 rows
    - when: the first message leaves 2026-01-05 09:00, the last 2026-01-08 09:02; answers are taken until 2026-01-31 18:00 (Asia/Shanghai)
    - what comes back: about 45 answers, 25% of the invitations
    - how exact: a share, such as 70% who are satisfied, is told to ±12.8 points over all; least exactly in Top, to ±21.1 points; of one stratum too few answers are expected to tell anything (95% confidence)
    - note: read the 2 notes below before you approve

    ## To know before you approve

    - 120 people are left out because somebody with a smaller random number has the same address
    - `top`, `fresh`, `rest` state no expected response; 25% is assumed

    ## Who is asked

    | stratum | sample | people | invited | answers | exact to, points |
    | --- | --- | ---: | ---: | ---: | ---: |
    | Top `top` | all | 66 | 66 | 17 | ±21.1 |
    | Fresh `fresh` | all | 6 | 6 | 2 | – |
    | `rest` | all | 108 | 108 | 27 | ±16.4 |

    - customers.csv: 300 rows
    - left out: 120 sharing an address or a key with somebody else
    - eligible: 180; 0 of them in no stratum

    ## When

    2026-01-05 09:00 to 2026-01-31 18:00 (Asia/Shanghai); messages 09:00 to 20:00 in the recipient’s time zone

    ```text
    2026-01-05       2026-01-31
    |······|······|······|·····
    █··························  invitation  180
    ···█·······················  reminder 1  158
    ```

    | step | via | when | for | messages | first | last |
    | --- | --- | --- | --- | ---: | --- | --- |
    | invitation | e-mail | when released | everybody | 180 | 2026-01-05 09:00 | 2026-01-05 09:02 |
    | reminder 1 | e-mail | 3 days after the invitation | everybody | 158 | 2026-01-08 09:00 | 2026-01-08 09:02 |

    ## Questionnaire

    1 question, 1 item; English 0.2 to 0.2 minutes, median 0.2

    ## What it can tell

    | group | answers | exact to, points | Satisfaction index to, points | smallest difference from the others, points |
    | --- | ---: | ---: | ---: | ---: |
    | all | 45 | ±12.8 | ±6.33 |  |
    | Top `top` | 17 | ±21.1 | ±10.45 | 41.9 |
    | Fresh `fresh` | 2 | – | ±34.65 |  |
    | `rest` | 27 | ±16.4 | ±8.17 | 41.4 |

    - how to read it: if 70% of all who answer are satisfied, so are between 57.2% and 82.8% of all, with 95% confidence; a smaller change or difference than the table says may go unnoticed (80% are found)

    <details>
    <summary>For the record, and for the statistician</summary>

    Campaign `wave` · hash `HASH` · seed 20260105

    180 invitations, 338 messages, 45 completes, margin ±12.76% (a share of one half, 95 %)

    ### Strata

    | cell | title | sample | enters | eligible | invited | completes | margin | weight |
    | --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: |
    | top | Top | all | at once | 66 | 66 | 17 | ±21.05% | 1.000 |
    | fresh | Fresh | all | at once | 6 | 6 | 2 | ±75.91% | 1.000 |
    | rest |  | all | at once | 108 | 108 | 27 | ±16.41% | 1.000 |

    ### Overlaps

    The earlier stratum takes the person.

    | takes | would also match | rows |
    | --- | --- | ---: |
    | top | fresh | 1 |

    ### Channels

    | channel | kind | sender | per minute |
    | --- | --- | --- | ---: |
    | mail | e-mail | Team (cx@example.com) | 60 |

    ### What it can tell

    | group | completes | of | spread | margin | beside the others |
    | --- | ---: | --- | ---: | ---: | ---: |
    | all | 45 | a share of one half |  | ±12.76% |  |
    |  |  | csi, points | 25 ? | ±6.33 |  |
    | top | 17 | a share of one half |  | ±21.05% | 41.94% |
    |  |  | csi, points | 25 ? | ±10.45 | 22.17 |
    | fresh | 2 | a share of one half |  | ±75.91% |  |
    |  |  | csi, points | 25 ? | ±34.65 |  |
    | rest | 27 | a share of one half |  | ±16.41% | 41.38% |
    |  |  | csi, points | 25 ? | ±8.17 | 21.8 |

    - margins are those of a 95 % interval; differences are found with 80% power at the 5% level
    - spread with ? is supposed: a quarter of the score’s scale

    </details>
    "#);
}

#[test]
fn every_spec_plans_and_its_plan_survives_writing_and_reading() {
    let specs = specs();
    assert!(specs.len() >= 4);
    for spec in specs {
        let (checked, folder) = load(&spec);
        let (summary, _) = frame::summarise(&checked, &folder, SEED, &History::default()).unwrap();
        let plan = make(&checked, &summary, SEED);
        assert_eq!(parse(&yaml(&plan)).unwrap(), plan, "{}", spec.display());
        assert_eq!(parse(&json(&plan)).unwrap(), plan, "{}", spec.display());
        assert_eq!(compare(&plan, &plan), Vec::<String>::new());
        // From the summary as written to a file: the same bytes.
        let written = serde_json::to_string(&summary).unwrap();
        let again = make(&checked, &serde_json::from_str(&written).unwrap(), SEED);
        assert_eq!(yaml(&again), yaml(&plan));
        assert!(plan.strata.iter().all(|s| s.cells.iter().any(|c| c.population > 0)), "{}", spec.display());
        assert!(plan.expected.completes > 20.0);
        assert!(plan.steps.iter().all(|s| s.messages > 0 && s.first.is_some() && s.last.is_some()));
        // The drawn people are the cells' numbers.
        let reading = frame::read(&checked, &folder, SEED, &History::default()).unwrap();
        assert_eq!(reading.summary, summary);
        for cell in plan.strata.iter().flat_map(|s| &s.cells).filter(|c| c.digest.is_some()) {
            let people = reading.drawn.iter().filter(|p| p.cell == cell.index);
            assert_eq!(people.count() as u64, cell.drawn, "{}", cell.name);
        }
    }
}

#[test]
fn no_key_and_no_address_is_in_plan_or_summary() {
    let place = Place::new(SPEC, &customers());
    let summary = summary(&place);
    let plan = make(&place.checked, &summary, SEED);
    let everything =
        [text(&plan), markdown(&plan), yaml(&plan), json(&plan), serde_json::to_string(&summary).unwrap()]
            .concat();
    for i in 0..300 {
        assert!(!everything.contains(&format!("k{i:03}")));
        assert!(!everything.contains(&format!("p{i}@example.com")));
    }
}

#[test]
fn layout_comments_and_tests_leave_the_hash_alone() {
    let hash = planned(SPEC).hash;
    let airy = SPEC.replace('\n', "\n\n").replace("campaign wave", "// a comment\ncampaign   wave");
    assert_eq!(planned(&airy).hash, hash);
    let more = "\ntest \"low scores\" {\n  given overall 1\n  expect csi < 40\n}\n\
                \naction faster \"Answer faster\" {\n  for rest; improves service_score by 3; impact high; difficulty low\n  owner \"product@example.com\"; due 2026-02-15; status doing\n}\n\
                \nreport { formats markdown, html }\n";
    assert_eq!(planned(&format!("{SPEC}{more}")).hash, hash);
}

#[test]
fn whatever_changes_the_campaign_changes_the_hash() {
    let changes = [
        ("once per email", ""),
        ("spend in top 40%", "spend in top 41%"),
        ("within 30 days", "within 31 days"),
        ("sample all // rest", "sample 20"),
        ("How satisfied are you", "How happy are you"),
        ("overall : csat required", "overall : csat"),
        ("Three minutes on our service", "Two minutes on our service"),
        ("60 per minute", "61 per minute"),
        ("open  2026-01-05 09:00", "open  2026-01-05 10:00"),
        ("09:00..20:00", "09:00..19:00"),
        ("after 3 days", "after 4 days"),
        ("score 0..100", "score 1..5"),
        ("keep 400 days", "keep 300 days"),
        ("timezone  \"Asia/Shanghai\"", "timezone  \"Asia/Tokyo\""),
        ("privacy {", "clean { drop \"Too fast\" when duration < 20 seconds }\nprivacy {"),
        ("privacy {", "analysis { segment by stratum; hide groups below 12 }\nprivacy {"),
    ];
    let mut hashes = BTreeSet::from([planned(SPEC).hash]);
    for (from, to) in changes {
        assert!(SPEC.contains(from), "{from}");
        assert!(
            hashes.insert(planned(&SPEC.replacen(from, to, 1)).hash),
            "{from} → {to} left the hash alone"
        );
    }
    let place = Place::new(SPEC, &customers());
    let (other, _) = frame::summarise(&place.checked, place.folder(), 7, &History::default()).unwrap();
    assert!(hashes.insert(make(&place.checked, &other, 7).hash), "the seed");
    place.write("customers.csv", customers().replace("k100,", "x100,").as_bytes());
    assert!(hashes.insert(make(&place.checked, &summary(&place), SEED).hash), "another person in the list");
}

#[test]
fn people_at_rest_change_the_draw_and_the_hash() {
    let place = Place::new(SPEC, &customers());
    let history = History { at_rest: BTreeSet::from(["k001".to_owned()]), ..History::default() };
    let (tired, _) = frame::summarise(&place.checked, place.folder(), SEED, &history).unwrap();
    let (before, after) = (make(&place.checked, &summary(&place), SEED), make(&place.checked, &tired, SEED));
    assert_ne!(before.hash, after.hash);
    let words = compare(&before, &after).join("\n");
    assert!(words.contains("at rest, suppressed or without address: 0 → 1"), "{words}");
}

#[test]
fn differences_are_said_in_words() {
    let before = planned(SPEC);
    let changed = SPEC
        .replace("sample all // rest", "sample 100")
        .replace("  remind via mail after 3 days\n", "")
        .replace("60 per minute", "30 per minute")
        .replace("18:00\n", "17:00\n");
    insta::assert_snapshot!(compare(&before, &planned(&changed)).join("\n"), @r#"
    stratum `rest`, sample: all → 100
    `rest`, drawn: 108 → 100
    `rest`, invitations: 108 → 100
    `rest`, margin: ±16.41% → ±17.26%
    step `remind_1` is gone
    invitation, messages: 180 → 172
    invitation, dates: 2026-01-05 09:00 to 2026-01-05 09:02 → 2026-01-05 09:00 to 2026-01-05 09:05
    e-mails in all: 338 → 172 (−166, −49%)
    completes expected: 45 → 43
    margin over all: ±12.76% → ±13.16%
    margin of `csi` over all: ±6.33 points → ±6.53 points
    margin of `csi` for `rest`: ±8.17 points → ±8.59 points
    closes: 2026-01-31T18:00:00+08:00 → 2026-01-31T17:00:00+08:00
    channel `mail`: 60 per minute → 30 per minute
    "#);
    let wording = SPEC.replace("How satisfied are you", "How happy are you");
    let only = compare(&before, &planned(&wording));
    assert_eq!(only.len(), 1);
    assert!(only[0].starts_with("the wording of questions"), "{only:?}");
}

#[test]
fn shortages_name_what_can_still_be_had() {
    let spec = SPEC.replace("sample all // rest", "sample 90 completes expecting 25% response");
    let plan = planned(&spec);
    let cell = &plan.strata[2].cells[0];
    assert!(cell.population >= 90 && cell.invitations == cell.population, "{cell:?}");
    let words = plan.warnings.iter().map(|w| w.get("en")).find(|w| w.contains("would be needed")).unwrap();
    insta::assert_snapshot!(words, @r#"
    `rest`: 360 invitations would be needed, 108 can be invited; about 27 of 90 completes can still be had, a margin of ±16.41%
    "#);
}

#[test]
fn a_rate_too_slow_for_the_window_is_said() {
    let spec = SPEC.replace("60 per minute", "1 per minute").replace("close 2026-01-31", "close 2026-01-05");
    let spec = spec.replace("  remind via mail after 3 days\n", "").replace("18:00", "10:00");
    let place = Place::new(&spec, &customers());
    let plan = make(&place.checked, &summary(&place), SEED);
    assert_eq!(plan.steps[0].last, None);
    let words = plan.warnings.iter().map(|w| w.get("en")).find(|w| w.starts_with("invitation: ")).unwrap();
    assert!(words.contains("at 1 per minute don't all leave before close"), "{words}");
}

#[test]
fn weights_and_margins_are_those_of_the_formulas() {
    let plan =
        planned(&SPEC.replace("sample all // rest", "sample margin 10% at 95% expecting 50% response"));
    let cell = &plan.strata[2].cells[0];
    let size = cell.population as f64;
    let first = 1.959_964_f64.powi(2) / 4.0 / 0.01;
    let completes = (first / (1.0 + (first - 1.0) / size)).ceil();
    assert!((cell.invitations as f64 - completes * 2.0).abs() < 1e-9);
    assert!((cell.base_weight.unwrap() - size / (completes * 2.0)).abs() < 1e-12);
    let half = 1.959_964 * (0.25 / completes * (size - completes) / (size - 1.0)).sqrt();
    assert!((cell.margin.unwrap() - half).abs() < 1e-4 && half <= 0.1);
    // The rate that one stratum states is assumed for those that state none.
    assert!(
        (plan.strata[0].cells[0].completes - plan.strata[0].cells[0].invitations as f64 * 0.5).abs() < 0.06
    );
    assert!(plan.warnings.iter().any(|w| w.get("en").contains("50% is assumed")));
}

#[test]
fn minutes_follow_the_paths_not_the_sum() {
    let question = |name: &str, condition: &str, words: usize| {
        format!("  question {name} : yes_no {{ text \"{}?\"{condition} }}\n", vec!["word"; words].join(" "))
    };
    let spec = |body: &str| SPEC.replace("privacy {", &format!("section t \"T\" {{\n{body}}}\nprivacy {{"));
    let minutes = |body: &str| {
        let plan = planned(&spec(body));
        (plan.questionnaire.minutes[0].shortest, plan.questionnaire.minutes[0].longest)
    };
    let (base, same) = minutes(&question("one", "", 4));
    assert!((base - same).abs() < 1e-9);
    // Two long questions that exclude each other (237 words and 3 s = 62.25 s each) count once.
    let (low, high) = minutes(&format!(
        "{}{}{}",
        question("one", "", 4),
        question("happy", "; when overall >= 4", 237),
        question("sad", "; when overall <= 2", 237)
    ));
    assert!((low - base).abs() < 0.11, "{low} {base}");
    assert!((high - base - 1.04).abs() < 0.11, "{high} {base}");
}

#[test]
fn a_foreign_file_is_no_plan() {
    assert!(parse("hello: world").unwrap_err().contains("no plan"));
    assert!(parse("{\"version\": 1}").unwrap_err().contains("no plan"));
    let plan = planned(SPEC);
    let newer = json(&plan).replace("\"version\": 1", "\"version\": 99");
    assert!(parse(&newer).unwrap_err().contains("form 99"));
    assert_eq!(plan::parse(&json(&plan)).unwrap(), plan);
}

//! Large campaigns: what is deep, wide or entangled ends in a verdict, or in none, and never in a crash.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use canvass::model::logic::paths::{counts, longer_than};
use canvass::model::logic::{Target, witnesses};
use canvass::model::{Analysis, Memory, analyse};

fn campaign(questions: &str) -> Analysis {
    let text = format!(
        "campaign large {{\n  title \"Large\"\n  languages en\n  timezone \"UTC\"\n}}\n\
         section main \"Main\" {{\n{questions}}}\n"
    );
    analyse("large.survey", &Memory(BTreeMap::from([("large.survey".to_owned(), text)])))
}

fn codes(analysis: &Analysis) -> Vec<&'static str> {
    let mut codes: Vec<_> = analysis.diagnostics.iter().map(|d| d.code).collect();
    codes.dedup();
    codes
}

/// Every question looks at the one before: a chain as deep as the questionnaire.
#[test]
fn a_chain_of_questions_is_followed_to_its_end() {
    const DEEP: usize = 2_000;
    let mut text = String::from("  question q0 : nps required { text \"Begin?\" }\n");
    for i in 1..DEEP {
        writeln!(text, "  question q{i} : nps required {{ text \"Next?\"; when q{} >= 3 }}", i - 1).unwrap();
    }
    let analysis = campaign(&text);
    assert!(!codes(&analysis).contains(&"not-decided"), "{:?}", codes(&analysis));
    let checked = analysis.checked.unwrap();
    let last = witnesses(&checked).into_iter().find(|w| w.target == Target::Asked(DEEP - 1)).unwrap();
    assert_eq!(last.given.answers.len(), DEEP - 1);
    assert_eq!(counts(&checked), (1, DEEP as u64, true));
    assert!(longer_than(&checked, 300_000).iter().all(|l| l.exact));
}

/// Half as many pairs of numbers as there are questions must agree somewhere: no order of variables is good for it.
#[test]
fn what_is_entangled_is_given_up_and_accuses_nobody() {
    let mut text = String::new();
    for i in 0..80 {
        writeln!(text, "  question q{i} : nps {{ text \"How likely?\" }}").unwrap();
    }
    let pairs: Vec<String> = (0..40).map(|i| format!("q{i} = q{}", i + 40)).collect();
    writeln!(text, "  question last : text {{ text \"Why?\"; when {} }}", pairs.join(" and ")).unwrap();
    writeln!(text, "  question more : text {{ text \"What else?\"; when last is answered }}").unwrap();
    let analysis = campaign(&text);
    assert!(codes(&analysis).contains(&"not-decided"), "{:?}", codes(&analysis));
    let checked = analysis.checked.unwrap();
    let (least, most, exact) = counts(&checked);
    assert!(!exact && least <= 80 && most >= 82, "{least} {most}");
}

/// What is left for a stratum is known among many, and only whom nobody can fall into is accused.
#[test]
fn of_many_strata_only_those_out_of_reach_are_told() {
    let mut strata = String::new();
    for i in 0..240 {
        let region = ["east", "west", "north", "south"][i % 4];
        let tier = i / 4;
        writeln!(strata, "stratum s{i} {{ where region = {region} and tier = \"t{tier}\"; sample 10 }}")
            .unwrap();
    }
    let text = format!(
        "campaign large {{\n  title \"Large\"\n  languages en\n  timezone \"UTC\"\n  owner \"cx@example.com\"\n}}\n\
         frame customers {{\n  source \"customers.csv\"\n  key id\n  email email\n  field region : one of east \"E\", \
         west \"W\", north \"N\", south \"S\"\n  field tier : text\n  field visits : int\n}}\n\
         {strata}\
         stratum taken {{ where tier = \"t7\" and region in (east, west) and visits > 3; sample 10 }}\n\
         stratum nowhere {{ where tier = \"t8\"; sample 10 }}\n\
         stratum gone {{ where tier = \"t8\" and visits >= 5; sample 10 }}\n\
         stratum halves {{ where visits > 2; sample 10\n  split {{\n    low \"Low\" 40% where visits < 9\n    \
         none \"None\" 20% where visits < 3\n    more \"More\" 40%\n  }}\n}}\n\
         stratum rest {{ sample 10 }}\n\
         section main \"Main\" {{\n  question q : csat required {{ text \"How satisfied are you?\" }}\n}}\n"
    );
    let analysis = analyse("large.survey", &Memory(BTreeMap::from([("large.survey".to_owned(), text)])));
    let told: Vec<&str> = analysis
        .diagnostics
        .iter()
        .filter(|d| d.code == "unreachable-stratum")
        .map(|d| d.message.as_str())
        .collect();
    assert_eq!(
        told,
        [
            "nobody can fall into stratum `taken`",
            // `nowhere` takes people of no region.
            "nobody can fall into stratum `gone`",
            "nobody can fall into part `none` of `halves`",
        ]
    );
}

/// Whoever comes first is named among hundreds, and of hundreds who take everybody together a few are shown.
#[test]
fn who_takes_everybody_is_found_among_many_strata() {
    let options: Vec<String> = (0..400).map(|i| format!("x{i} \"X{i}\"")).collect();
    let mut strata = String::new();
    for i in 0..400 {
        writeln!(strata, "stratum s{i} {{ where store = x{i} and seen within 6 months; sample 10 }}")
            .unwrap();
    }
    let text = format!(
        "campaign large {{\n  title \"Large\"\n  languages en\n  timezone \"UTC\"\n  owner \"cx@example.com\"\n}}\n\
         frame customers {{\n  source \"customers.csv\"\n  key id\n  email email\n  field store : one of {}\n  \
         field seen : date\n}}\n\
         {strata}\
         stratum again {{ where store = x7 and seen within 5 months; sample 10 }}\n\
         stratum old {{ where seen is missing or not seen within 6 months; sample 10 }}\n\
         stratum nowhere {{ where store is missing; sample 10 }}\n\
         stratum rest {{ sample 10 }}\n\
         channel mail : email {{ from \"CX\" at \"cx@example.com\"; subject \"Three minutes\"; rate 60 per minute }}\n\
         schedule {{ open 2026-01-05 09:00; close 2026-01-31 18:00; hours 09:00..20:00; invite via mail }}\n\
         section main \"Main\" {{\n  question q : csat required {{ text \"How satisfied are you?\" }}\n}}\n",
        options.join(", ")
    );
    let analysis = analyse("large.survey", &Memory(BTreeMap::from([("large.survey".to_owned(), text)])));
    let told: Vec<(&str, Vec<&str>)> = analysis
        .diagnostics
        .iter()
        .filter(|d| d.code == "unreachable-stratum")
        .map(|d| (d.message.as_str(), d.labels.iter().map(|l| l.message.as_str()).collect()))
        .collect();
    let first = |name: &str| format!("`{name}` comes first and takes whoever fulfils this");
    let [own, more] = ["this has to hold …", "… and this"];
    let shown: Vec<String> = ["s0", "s1", "s2"].iter().map(|s| first(s)).collect();
    assert_eq!(
        told,
        [
            ("nobody can fall into stratum `again`", vec![own, more, first("s7").as_str()]),
            ("nobody can fall into stratum `rest`", shown.iter().map(String::as_str).collect()),
        ]
    );
}

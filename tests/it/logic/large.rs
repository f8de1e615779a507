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

//! Scores that a path can't give.

use std::collections::BTreeMap;

use canvass::model::{Memory, analyse};

/// Returns the scores that are missing on a path, of a campaign with these scores and a screener.
fn missing(scores: &str) -> Vec<String> {
    let text = format!(
        r#"campaign c {{ title "C"; languages en; timezone "UTC" }}
scale five {{ 1 "Very bad"; 2 "Bad"; 3 "Neither"; 4 "Good"; 5 "Very good" }}
section main "Main" {{
  question called : yes_no required {{ text "Did you call us last month?" }}
  question overall : five {{ text "How good was the past month?" }}
  question speed : five {{ text "How good was the speed of the call?"; when called }}
  question skill : five {{ text "How good was the skill of the agent?"; when called }}
  question wait : five {{ text "How good was the time until you were called?"; when not called }}
}}
score 0..100 {{
{scores}
}}
"#
    );
    let analysis = analyse("c.survey", &Memory(BTreeMap::from([("c.survey".to_owned(), text)])));
    let found = analysis.diagnostics.iter().filter(|d| d.code == "score-missing");
    let others: Vec<_> =
        analysis.diagnostics.iter().filter(|d| d.is_error() && d.code != "score-missing").collect();
    assert!(others.is_empty(), "{others:?}");
    found.map(|d| d.message.split('`').nth(1).unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_dimension_that_a_path_leaves_out_is_an_error() {
    assert_eq!(missing("dimension a \"A\" 100% = mean(overall)"), Vec::<String>::new());
    assert_eq!(missing("dimension a \"A\" 100% = mean(speed)"), ["a"]);
    // On every path one of the two.
    assert_eq!(missing("dimension a \"A\" 100% = mean(speed, wait)"), Vec::<String>::new());
    assert_eq!(missing("dimension a \"A\" 100% = mean(speed, wait) from 2"), ["a"]);
    assert_eq!(missing("dimension a \"A\" 100% = mean(speed, overall, skill) from 2"), ["a"]);
}

#[test]
fn a_dimension_may_be_left_out_where_its_head_says_so() {
    assert_eq!(missing("dimension a \"A\" 100% if asked = mean(speed)"), Vec::<String>::new());
    let two = "dimension a \"A\" SHARE if asked = mean(speed)\n dimension b \"B\" REST = mean(overall)\n";
    let index = |share: &str, rest: &str, from: &str| {
        missing(&format!(
            "{} index i \"I\" = weighted(a, b){from}",
            two.replace("SHARE", share).replace("REST", rest)
        ))
    };
    // The index lives on the rest of its weight, as long as that is enough.
    assert_eq!(index("40%", "60%", ""), Vec::<String>::new());
    assert_eq!(index("60%", "40%", ""), ["i"]);
    assert_eq!(index("40%", "60%", " from 70%"), ["i"]);
}

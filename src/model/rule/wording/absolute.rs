//! Words that leave no exception (Dillman et al. 2014): almost nobody can agree, so everybody answers alike.

use std::ops::Range;
use std::sync::LazyLock;

use super::Hit;
use super::english::{Phrases, bytes, find as find_phrase, matches};
use super::han::scan;
use super::prompt::{Answer, Language};
use super::stem::Stem;

static ABSOLUTE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "always",
        "never",
        "every time",
        "at all times",
        "all of? the time",
        "under all circumstances",
        "in every case|situation",
    ])
});

/// Words before it that take the edge off.
const SOFTENED: &[&str] = &[
    "almost|nearly|not|hardly|usually *",
    "have|has|had you|it|he|she|they never|always",
    "has|have|had always",
    "or never",
];

const ABSOLUTE_ZH: &[&str] = &[
    "总是",
    "从不",
    "从来不",
    "从来没有",
    "永远",
    "绝对",
    "每次都",
    "每一次都",
    "任何时候都",
    "任何情况下都",
    "无论何时都",
];

const GUARDS_ZH: &[&str] = &["绝对值", "几乎总是", "几乎从不", "不总是", "并不总是", "是否从不", "永远的"];

/// Returns the word that leaves no exception.
#[must_use]
pub fn find(stem: &Stem) -> Vec<Hit> {
    let prompt = &stem.prompt;
    if prompt.answer == Answer::Instrument || !(prompt.is_statement() || prompt.is_yes_no()) {
        return Vec::new();
    }
    if !super::double_negation::find(stem).is_empty() {
        return Vec::new();
    }
    let range = match prompt.language {
        Language::English => english(stem),
        Language::Chinese => {
            let text = &stem.han;
            scan(&text.text, ABSOLUTE_ZH, GUARDS_ZH)
                .into_iter()
                .next()
                .map(|(range, _)| text.original(&range))
        }
    };
    let hit = |range: Range<usize>| {
        let words = prompt.text.get(range.clone()).unwrap_or_default();
        Hit::new(range.clone(), format!("`{words}` leaves no exception"))
    };
    range.map(hit).into_iter().collect()
}

fn english(stem: &Stem) -> Option<Range<usize>> {
    let tokens = stem.tokens();
    let range = find_phrase(tokens, &ABSOLUTE)?;
    let softened = (range.start.saturating_sub(3)..range.start)
        .any(|at| SOFTENED.iter().any(|s| matches(tokens, at, s).is_some_and(|len| at + len > range.start)));
    (!softened).then(|| bytes(tokens, &range))
}

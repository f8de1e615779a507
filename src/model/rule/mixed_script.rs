//! `mixed-script`: traditional characters among simplified ones, or the other way round.

use std::ops::Range;
use std::sync::LazyLock;

use crate::model::places::TextId;
use crate::model::rule::text::is_chinese;
use crate::model::rule::{Findings, Rule, Spec, Wording};

/// The rule.
pub const RULE: Rule =
    Rule::new("mixed-script", include_str!("../../../docs/rules/mixed-script.md"), check).once();

/// Traditional and simplified side by side; of common words, and none that is used in both.
const PAIRS: &str = "們们這这個个對对時时會会來来說说過过還还沒没請请問问為为從从應应該该讓让與与無无嗎吗點点樣样\
    經经間间務务員员產产價价質质選选擇择認认識识單单訂订購购買买賣卖話话網网頁页號号碼码開开關关見见覺觉觀观\
    驗验滿满總总計计實实際际難难進进運运動动發发現现線线級级終终處处場场報报導导幫帮獎奖勵励覽览齡龄歲岁業业\
    題题變变資资訊讯費费額额貨货達达遲迟遠远邊边備备練练聯联絡络條条誤误歡欢決决學学習习語语";

/// So many pairs at the beginning are words that no name holds; of the others it takes two.
const PLAIN: usize = 25;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Script {
    Traditional,
    Simplified,
}

fn check(spec: &Spec, found: &mut Findings) {
    for language in spec.languages().iter().filter(|l| is_chinese(l)) {
        let spoken = |w: &&Wording| w.language == language && speaks(w.id);
        let texts: Vec<&Wording> = spec.texts.iter().filter(spoken).collect();
        let (mut traditional, mut simplified) = (0_usize, 0_usize);
        for wording in &texts {
            let (one, other) = scripts(wording.text);
            traditional += usize::from(one);
            simplified += usize::from(other);
        }
        if traditional == 0 || simplified == 0 {
            continue;
        }
        let (rare, name, other) = if traditional > simplified {
            (Script::Simplified, "simplified", "traditional")
        } else {
            (Script::Traditional, "traditional", "simplified")
        };
        for wording in texts {
            if let Some(at) = stray(wording, rare) {
                let character = wording.text.get(at.clone()).unwrap_or("");
                let message = format!("`{character}` is a {name} character, the others are {other}");
                found.report(wording.part(at), message).help(format!("write {other} characters throughout"));
            }
        }
    }
}

/// Names of shops, people and goods keep their own characters; they stand among options and rows.
fn speaks(id: TextId) -> bool {
    id.speaks_to_respondents() || matches!(id, TextId::Label(..))
}

/// Returns the place of the first character of the rarer script, if it can't be a name's.
fn stray(wording: &Wording, rare: Script) -> Option<Range<usize>> {
    let words = wording.own_words();
    let mut all = words.char_indices().filter(|(_, c)| script_of(*c) == Some(rare)).peekable();
    let (first, character) = *all.peek()?;
    let plain = all.clone().any(|(_, c)| position(c).is_some_and(|at| at < 2 * PLAIN));
    (plain || all.count() >= 2).then(|| first..first + character.len_utf8())
}

fn script_of(c: char) -> Option<Script> {
    position(c).map(|at| if at % 2 == 0 { Script::Traditional } else { Script::Simplified })
}

/// Tells which scripts a text has a character of: traditional, simplified.
fn scripts(text: &str) -> (bool, bool) {
    text.chars().filter_map(script_of).fold(
        (false, false),
        |(traditional, simplified), script| match script {
            Script::Traditional => (true, simplified),
            Script::Simplified => (traditional, true),
        },
    )
}

/// The characters of [`PAIRS`] in their order, each with its place there.
static PLACES: LazyLock<Vec<(char, usize)>> = LazyLock::new(|| {
    let mut all: Vec<(char, usize)> = PAIRS.chars().zip(0..).collect();
    all.sort_unstable();
    all
});

fn position(c: char) -> Option<usize> {
    let at = PLACES.binary_search_by_key(&c, |(known, _)| *known).ok()?;
    PLACES.get(at).map(|(_, place)| *place)
}

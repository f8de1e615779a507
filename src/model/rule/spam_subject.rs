//! `spam-subject`: a subject that filters and people take for advertising.

use std::ops::Range;

use crate::model::places::TextId;
use crate::model::rule::text::{has_cue, lowered, own_words, words};
use crate::model::rule::{Findings, Rule, Spec, Wording};

/// The rule.
pub const RULE: Rule = Rule::new("spam-subject", include_str!("../../../docs/rules/spam-subject.md"), check);

/// Words of lotteries and sales; “free” and 免费 alone may be part of a product's name.
const SALES: [&str; 44] = [
    "act now",
    "buy now",
    "claim your",
    "click here",
    "click now",
    "congratulations",
    "don't miss",
    "exclusive offer",
    "for free",
    "free gift",
    "free iphone",
    "free voucher",
    "guaranteed",
    "hurry",
    "last chance",
    "limited time",
    "lucky",
    "once in a lifetime",
    "prize",
    "prizes",
    "risk-free",
    "special offer",
    "urgent",
    "win a",
    "win an",
    "winner",
    "you have won",
    "you've won",
    "100% free",
    "中奖",
    "恭喜",
    "免费领",
    "免费送",
    "免费抽",
    "限时",
    "抽大奖",
    "大奖",
    "立即领取",
    "点击领取",
    "速来",
    "速领",
    "最后机会",
    "红包",
    "不要错过",
];

fn check(spec: &Spec, found: &mut Findings) {
    for wording in spec.texts.iter().filter(|w| matches!(w.id, TextId::Subject(_))) {
        let own = own_words(wording.text);
        let (range, message) = if let Some((range, cue)) = sales(&own) {
            (range, format!("“{cue}” is a word of advertising"))
        } else if let Some(range) = exclamations(&own) {
            (range, "the subject shouts with exclamation marks".to_owned())
        } else if let Some(range) = capitals(&own) {
            (range, "the subject shouts in capitals".to_owned())
        } else {
            continue;
        };
        report(wording, range, message, found);
    }
}

fn report(wording: &Wording, range: Range<usize>, message: String, found: &mut Findings) {
    found
        .report(wording.part(range), message)
        .help("say who asks, about what and how long it takes; filters and people pass over the rest");
}

fn sales(text: &str) -> Option<(Range<usize>, &'static str)> {
    let cue = SALES.into_iter().find(|cue| has_cue(text, &[cue]))?;
    let at = lowered(text).find(cue)?;
    Some((at..at + cue.len(), cue))
}

/// Two marks anywhere; one may follow a greeting.
fn exclamations(text: &str) -> Option<Range<usize>> {
    let mut marks = text.char_indices().filter(|(_, c)| matches!(c, '!' | '！'));
    let second = marks.nth(1)?;
    Some(second.0..second.0 + second.1.len_utf8())
}

/// Two words in capitals one after the other; one alone is a name or an abbreviation.
fn capitals(text: &str) -> Option<Range<usize>> {
    let all: Vec<Range<usize>> = words(text).map(|(range, _)| range).collect();
    let loud = |range: &Range<usize>| {
        let word = text.get(range.clone()).unwrap_or("");
        word.chars().filter(char::is_ascii_uppercase).count() >= 4 && !word.chars().any(char::is_lowercase)
    };
    let shouted = all.windows(2).find(|pair| pair.iter().all(loud))?;
    Some(shouted.first()?.start..shouted.last()?.end)
}

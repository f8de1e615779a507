//! `stray-blank`: a blank between two Chinese characters.

use crate::model::rule::text::{is_han, own_words};
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule = Rule::new("stray-blank", include_str!("../../../docs/rules/stray-blank.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    for wording in spec.texts.iter().filter(|w| w.is_chinese()) {
        let own = own_words(wording.text);
        // What was blanked out is no blank of the text.
        let blank =
            |at: usize| wording.text.get(at..).is_some_and(|s| s.starts_with([' ', '\t', '\u{3000}']));
        let chars: Vec<(usize, char)> = own.char_indices().collect();
        let mut i = 1;
        while i < chars.len() {
            let (start, before) = chars[i];
            let joins = |c: char| is_han(c) || "，。？！；：、".contains(c);
            let run = chars.iter().skip(i).take_while(|(at, c)| c.is_whitespace() && blank(*at)).count();
            if run == 0 || before.is_ascii_digit() {
                i += 1;
                continue;
            }
            let left = chars.get(i - 1).is_some_and(|(_, c)| joins(*c));
            let right = chars.get(i + run).is_some_and(|(_, c)| is_han(*c));
            if left && right {
                let end = chars.get(i + run).map_or(own.len(), |(at, _)| *at);
                found
                    .report(wording.part(start..end), "a blank stands between two Chinese characters")
                    .help("remove it; words and sentences of Chinese need none")
                    .fix(wording.part(start..end), "");
            }
            i += run;
        }
    }
}

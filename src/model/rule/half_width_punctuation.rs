//! `half-width-punctuation`: Latin punctuation behind Chinese characters.

use crate::model::rule::text::{is_han, own_words};
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("half-width-punctuation", include_str!("../../../docs/rules/half-width-punctuation.md"), check);

/// Half-width marks with their full-width forms; a dot only counts at the end.
const MARKS: [(char, &str); 6] =
    [(',', "，"), ('?', "？"), ('!', "！"), (':', "："), (';', "；"), ('.', "。")];

fn check(spec: &Spec, found: &mut Findings) {
    for wording in spec.texts.iter().filter(|w| w.is_chinese()) {
        let own = own_words(wording.text);
        let chars: Vec<(usize, char)> = own.char_indices().collect();
        for (i, &(at, c)) in chars.iter().enumerate().skip(1) {
            let Some((_, wide)) = MARKS.iter().find(|(half, _)| *half == c) else { continue };
            // Behind a bracket counts what stands in it.
            let inside = |c: &char| matches!(c, ')' | '）' | '”' | '」' | '》');
            let before = match chars.get(i - 1) {
                Some((_, c)) if inside(c) => i >= 2 && chars.get(i - 2).is_some_and(|(_, c)| is_han(*c)),
                Some((_, c)) => is_han(*c),
                None => false,
            };
            // A mark that is written twice is one: half a mend would hide the rest.
            let same = chars.iter().skip(i).take_while(|(_, other)| *other == c).count();
            let next = chars.get(i + same).map(|(_, c)| *c);
            // `比例1:1` and `版本3.2` are numbers; behind a Chinese character no digit follows a mark.
            let in_word = next.is_some_and(|n| n.is_ascii_alphanumeric() || n == '/');
            if !before || in_word || (c == '.' && next.is_some_and(|n| !n.is_whitespace())) {
                continue;
            }
            let blanks = chars.iter().skip(i + same).take_while(|(_, c)| *c == ' ').count();
            let finding = found
                .report(wording.part(at..at + 1), format!("`{c}` stands behind a Chinese character"))
                .help(format!("write the full-width `{wide}`, without a blank behind it"));
            finding.fix(wording.part(at..at + same + blanks), *wide);
        }
    }
}

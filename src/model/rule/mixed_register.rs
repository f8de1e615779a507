//! `mixed-register`: one campaign says 你 here and 您 there.

use std::ops::Range;

use crate::model::rule::{Findings, Rule, Spec, Wording};

/// The rule.
pub const RULE: Rule =
    Rule::new("mixed-register", include_str!("../../../docs/rules/mixed-register.md"), check).once();

/// Words in which 你 speaks to nobody.
const FIXED: [&str; 4] = ["你好，世界", "迷你", "你我", "你追我赶"];

fn check(spec: &Spec, found: &mut Findings) {
    let spoken: Vec<&Wording> =
        spec.texts.iter().filter(|w| w.is_chinese() && w.id.speaks_to_respondents()).collect();
    let polite: Vec<_> = spoken.iter().filter_map(|w| first(w, '您').map(|at| (w, at))).collect();
    let plain: Vec<_> = spoken.iter().filter_map(|w| first(w, '你').map(|at| (w, at))).collect();
    // The rarer one is the slip; a tie goes to the polite form.
    let (slips, usual, right) =
        if plain.len() <= polite.len() { (&plain, &polite, '您') } else { (&polite, &plain, '你') };
    let Some((other, place)) = usual.first() else { return };
    let wrong = if right == '您' { '你' } else { '您' };
    for (wording, at) in slips {
        found
            .report(wording.part(at.clone()), format!("this text says `{wrong}`, the others say `{right}`"))
            .label(other.part(place.clone()), format!("`{right}` here"))
            .help(format!("address people the same way throughout: write `{right}`"));
    }
}

fn first(wording: &Wording, pronoun: char) -> Option<Range<usize>> {
    let mut words = wording.own_words();
    for fixed in FIXED {
        words = words.replace(fixed, &" ".repeat(fixed.len()));
    }
    let at = words.find(pronoun)?;
    Some(at..at + pronoun.len_utf8())
}

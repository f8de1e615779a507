//! Two things at once, in English.

use super::Hit;
use super::english::{Kind, Token, bytes, matches};
use super::lexicon::english::{ALIKE, FIXED, OPPOSITES, QUALITIES, VERBS, alike, is_aspect, pair};
use super::lexicon::has;
use super::prompt::Answer;
use super::stem::Stem;

/// Words that end a phrase.
const STOP: &str = "of in on at to for from with by about as than that which who whose is are was were be been being has \
have had do does did will would can could should may might must and or but nor when while if because you i we they it he she \
us them me him how what why where during after before into over under so not";

/// Words that may stand before the first word of the right side.
const BEFORE: &str =
    "the a an our your their its his her my this these those very so also more highly overall both quite";

/// Words after which two things stand for their relation.
const RELATION: &[&str] = &[
    "between",
    "balance",
    "relationship",
    "difference",
    "differences",
    "combination",
    "mix",
    "ratio",
    "compared",
    "versus",
    "trade-off",
    "link",
];

/// Verbs that take a second verb: “go and see”.
const LIGHT: &str = "go come try went came tried stop wait sit";

/// Words that make a yes-or-no question one of judgement.
const JUDGING: &str = "satisfied happy pleased satisfactory acceptable adequate sufficient good appropriate reasonable impressed";

pub(super) fn find(stem: &Stem) -> Option<Hit> {
    let tokens = core(stem.tokens());
    if tokens.iter().any(|t| RELATION.contains(&t.text.as_str())) {
        return None;
    }
    (1..tokens.len()).find_map(|at| joined(stem, tokens, at))
}

/// Cuts what only says when or for whom: “… when you visited us and paid”.
fn core(tokens: &[Token]) -> &[Token] {
    let question = tokens.last().is_some_and(|t| t.text == "?");
    let tail = (3..tokens.len()).find(|&at| {
        let word = tokens.get(at).map_or("", |t| t.text.as_str());
        let before = tokens.get(at - 1).map_or("", |t| t.text.as_str());
        let time = has(
            "when while if because unless before after during whenever including compared regardless",
            word,
        );
        let relative = question
            && has("that which who", word)
            && !has("agree think feel believe say find sure confident satisfied , is was so", before);
        time || relative || matches(tokens, at, "such as").is_some()
    });
    tokens.get(..tail.unwrap_or(tokens.len())).unwrap_or_default()
}

/// Looks at one conjunction.
fn joined(stem: &Stem, tokens: &[Token], at: usize) -> Option<Hit> {
    let len = ["and", "&", "or", "as well as"].iter().find_map(|c| matches(tokens, at, c))?;
    let either = tokens.get(at)?.text == "or";
    let left = at - 1 - usize::from(tokens.get(at - 1)?.text == ",");
    let left_word = tokens.get(left)?;
    let mut right = at + len;
    if let Some(hit) = second_question(tokens, left_word, at, right).filter(|_| !either) {
        return Some(hit);
    }
    while tokens.get(right).is_some_and(|t| has(BEFORE, &t.text)) {
        right += 1;
    }
    let right_word = tokens.get(right)?;
    let end = (right..tokens.len())
        .find(|&i| tokens.get(i).is_some_and(|t| t.kind == Kind::Mark || has(STOP, &t.text)));
    let run = tokens.get(right..end.unwrap_or(tokens.len()))?;
    let head = run.last()?;
    let names =
        left_word.kind == Kind::Name && right_word.kind == Kind::Name && stem.prompt.answer != Answer::Row;
    let one = |list| pair(list, &left_word.text, &right_word.text) || pair(list, &left_word.text, &head.text);
    if names || one(FIXED) || one(OPPOSITES) || alike(ALIKE, &left_word.text, &right_word.text) {
        return None;
    }
    let whole = |last: usize| bytes(tokens, &(left..last));
    let varied = left
        .checked_sub(2)
        .is_some_and(|i| matches(tokens, i, "range|variety|choice|selection|kinds|types of").is_some());
    let rated = tokens.iter().any(|t| has("satisfied rate happy pleased", &t.text));
    let of = (0..left).rev().take(6).find(|&i| tokens.get(i).is_some_and(|t| has("of for", &t.text)));
    let before_of = of.and_then(|i| i.checked_sub(1)).and_then(|i| tokens.get(i));
    let left_aspect = [Some(left_word), before_of].into_iter().flatten().find(|t| is_aspect(&t.text));
    if let Some(aspect) = left_aspect.filter(|_| is_aspect(&head.text)) {
        let unlike = aspect.text != head.text && !pair(FIXED, &aspect.text, &head.text);
        let frame = stem.prompt.is_evaluative() || tokens.iter().any(|t| has(JUDGING, &t.text));
        let recommends = tokens.iter().any(|t| t.text.starts_with("recommend"));
        if unlike && frame && !varied && !recommends && (!either || rated) {
            return Some(two(&aspect.text, &head.text, whole(right + run.len())));
        }
    }
    if either {
        return None;
    }
    let attributive = run.len() > 1;
    if has(QUALITIES, &left_word.text) && has(QUALITIES, &right_word.text) && !attributive {
        return Some(two(&left_word.text, &right_word.text, whole(right + 1)));
    }
    let act = has(VERBS, &right_word.text) && right == at + len && !has(LIGHT, &left_word.text);
    act.then(|| {
        let range = bytes(tokens, &(at..right + 1));
        Hit::new(
            range,
            format!(
                "a second thing is asked after `{}`: `{}`",
                tokens.get(at).map_or("and", |t| &t.text),
                right_word.text
            ),
        )
    })
}

/// “…, and why?”, “… and it was easy to find”.
fn second_question(tokens: &[Token], left: &Token, at: usize, right: usize) -> Option<Hit> {
    let next = tokens.get(right)?;
    let asks =
        has("why how what when where", &next.text) && !has("why how what when where which who", &left.text);
    let subject =
        has("i it they he she", &next.text) && tokens.get(right + 1).is_some_and(|t| t.kind == Kind::Word);
    let finite = |t: &Token| has("is are was were has have", &t.text);
    let clause = tokens.last().is_none_or(|t| t.text != "?")
        && has("the my our this these", &next.text)
        && tokens.get(..at).is_some_and(|l| l.iter().any(finite))
        && tokens.get(right..tokens.len().min(right + 5)).is_some_and(|r| r.iter().any(finite));
    let subject = subject && !has("you i he she they", &left.text);
    (asks || subject || clause).then(|| {
        let range = bytes(tokens, &(at..right + 1));
        Hit::new(range, format!("a second thing is asked after `{}`: `{} …`", "and", next.text))
    })
}

fn two(left: &str, right: &str, range: std::ops::Range<usize>) -> Hit {
    Hit::new(range, format!("one answer is asked for two things: `{left}` and `{right}`"))
}

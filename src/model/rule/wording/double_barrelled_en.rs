//! Two things at once, in English.

use std::ops::Range;

use super::Hit;
use super::english::{Kind, Token, bytes, matches};
use super::lexicon::english::{
    ALIKE, FIXED, OPPOSITES, QUALITIES, VERBS, alike, is_aspect, is_quality, pair,
};
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
const RELATION: &str = "between balance relationship difference differences combination mix ratio compared compare comparing versus trade-off link together cooperate collaborate interact";

/// Verbs that take a second verb (“go and see”), and words that the verb before it ends with (“apply for and receive”).
const LIGHT: &str =
    "go stay come try went came tried stop wait sit for in to of at on out up back over around";

/// Words that make a yes-or-no question one of judgement.
const JUDGING: &str = "satisfied happy pleased satisfactory acceptable adequate sufficient good appropriate reasonable impressed";

pub(super) fn find(stem: &Stem) -> Option<Hit> {
    let tokens = core(stem.tokens());
    if tokens.iter().any(|t| has(RELATION, &t.text)) {
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
            && !has("agree think feel believe say find sure confident satisfied , is was so and", before);
        time || relative || matches(tokens, at, "such as").is_some()
    });
    tokens.get(..tail.unwrap_or(tokens.len())).unwrap_or_default()
}

/// What stands on both sides of a conjunction.
struct Sides<'t> {
    /// The tokens looked at.
    tokens: &'t [Token],
    /// Place of the conjunction.
    at: usize,
    /// Place of the last word before it.
    left: usize,
    /// Place of the first word behind it that counts.
    right: usize,
    /// The words behind it up to the end of the phrase; not empty.
    run: &'t [Token],
    /// Joined by “or”.
    either: bool,
}

impl<'t> Sides<'t> {
    fn left_word(&self) -> &'t str {
        self.tokens.get(self.left).map_or("", |t| &t.text)
    }

    fn first(&self) -> &'t str {
        self.run.first().map_or("", |t| &t.text)
    }

    fn head(&self) -> &'t str {
        self.run.last().map_or("", |t| &t.text)
    }

    fn bytes(&self, words: usize) -> Range<usize> {
        bytes(self.tokens, &(self.left..self.right + words))
    }
}

/// Looks at one conjunction.
fn joined(stem: &Stem, tokens: &[Token], at: usize) -> Option<Hit> {
    let len = ["and", "&", "or", "as well as"].iter().find_map(|c| matches(tokens, at, c))?;
    let either = tokens.get(at)?.text == "or";
    let left = (at - 1).checked_sub(usize::from(tokens.get(at - 1)?.text == ","))?;
    if let Some(hit) = second_question(tokens, left, at, at + len).filter(|_| !either) {
        return Some(hit);
    }
    let before = tokens.iter().skip(at + len).take_while(|t| has(BEFORE, &t.text)).count();
    let right = at + len + before;
    let ends = |t: &Token| t.kind == Kind::Mark || has(STOP, &t.text);
    let words = tokens.iter().skip(right).take_while(|t| !ends(t)).count();
    let run = tokens.get(right..right + words).filter(|r| !r.is_empty())?;
    let sides = Sides { tokens, at, left, right, run, either };
    if one_thing(stem, &sides) {
        return None;
    }
    nouns(stem, &sides).or_else(|| {
        let and = !either;
        and.then(|| {
            qualities(&sides)
                .or_else(|| objects(&sides))
                .or_else(|| acts(&sides, before == 0))
                .or_else(|| plain_pair(stem, &sides))
        })
        .flatten()
    })
}

/// Tells whether the two are a name, a fixed pair, opposites or nearly the same.
fn one_thing(stem: &Stem, sides: &Sides) -> bool {
    let (left, first, head) = (sides.left_word(), sides.first(), sides.head());
    let name = |at: usize| sides.tokens.get(at).is_some_and(|t| t.kind == Kind::Name);
    let names = name(sides.left) && name(sides.right) && stem.prompt.answer != Answer::Row;
    let listed = |list| pair(list, left, first) || pair(list, left, head);
    names || listed(FIXED) || listed(OPPOSITES) || alike(ALIKE, left, first) || alike(ALIKE, left, head)
}

/// “the speed and accuracy”, “the quality of the food and the speed of the service”.
fn nouns(stem: &Stem, sides: &Sides) -> Option<Hit> {
    let tokens = sides.tokens;
    let before = |i: usize| i.checked_sub(1).and_then(|i| tokens.get(i));
    let of = (0..sides.left).rev().take(6).find(|&i| tokens.get(i).is_some_and(|t| has("of for", &t.text)));
    let candidates = [tokens.get(sides.left), of.and_then(before)];
    let aspect = &candidates.into_iter().flatten().find(|t| is_aspect(&t.text))?.text;
    let head = sides.head();
    if !is_aspect(head) || aspect == head || pair(FIXED, aspect, head) || alike(ALIKE, aspect, head) {
        return None;
    }
    let rated = tokens.iter().any(|t| has("satisfied rate happy pleased", &t.text));
    let frame = stem.prompt.is_evaluative() || tokens.iter().any(|t| has(JUDGING, &t.text));
    let whole = grouped(sides);
    // What is recommended is one sender.
    let recommends = tokens.iter().any(|t| t.text.starts_with("recommend"));
    let asked = frame && !whole && !recommends && (!sides.either || rated);
    asked.then(|| two(aspect, head, sides.bytes(sides.run.len())))
}

/// “the range of products and services”, “information about prices and delivery”: one thing.
fn grouped(sides: &Sides) -> bool {
    sides.left.checked_sub(2).is_some_and(|i| {
        let group = "range|variety|choice|selection|kinds|types of";
        matches(sides.tokens, i, group).is_some()
            || matches(sides.tokens, i, "information|advice|explanation about|on").is_some()
    })
}

/// Adjectives that part one noun into two.
const PARTING: &str = "personal/professional physical/mental mental/emotional physical/emotional public/private primary/secondary";

/// “friendly and knowledgeable”; before a noun they only describe it, but “physical and mental health” are two.
fn qualities(sides: &Sides) -> Option<Hit> {
    if pair(PARTING, sides.left_word(), sides.first()) && sides.run.len() > 1 {
        return Some(two(sides.left_word(), sides.first(), sides.bytes(1)));
    }
    // “easy to use and attractive”: what is joined is the quality before the verb.
    let back = |n: usize| {
        sides.left.checked_sub(n).and_then(|i| sides.tokens.get(i)).map_or("", |t| t.text.as_str())
    };
    let qualified =
        back(1) == "to" && has(QUALITIES, back(2)) && is_quality(sides.first()) && !has(VERBS, sides.first());
    if qualified && sides.run.len() == 1 && !alike(ALIKE, back(2), sides.first()) {
        return Some(two(back(2), sides.first(), sides.bytes(1)));
    }
    let both = has(QUALITIES, sides.left_word()) && has(QUALITIES, sides.first());
    // “Is it quiet and well lit?”, “Were the explanations clear and the examples relevant?”
    let well = sides.first() == "well" && sides.run.len() == 2;
    let article = sides
        .right
        .checked_sub(1)
        .and_then(|i| sides.tokens.get(i))
        .is_some_and(|t| has("the our its", &t.text));
    let each = article && (2..=3).contains(&sides.run.len()) && has(QUALITIES, sides.head());
    if has(QUALITIES, sides.left_word()) && (well || each) {
        return Some(two(sides.left_word(), sides.head(), sides.bytes(sides.run.len())));
    }
    (both && sides.run.len() == 1).then(|| two(sides.left_word(), sides.first(), sides.bytes(1)))
}

/// “How satisfied are you with your house and garden?”: two plain nouns that one is satisfied with.
fn objects(sides: &Sides) -> Option<Hit> {
    let judged = |t: &Token| has("satisfied dissatisfied happy unhappy pleased", &t.text);
    let from = sides.tokens.iter().position(judged)?;
    let with = from + sides.tokens.iter().skip(from).position(|t| t.text == "with")?;
    let plain = |at: usize| {
        sides.tokens.get(at).is_some_and(|t| {
            let ending = ["ed", "ly", "ing", "al", "ive", "ous", "ful"].iter().any(|e| t.text.ends_with(e));
            t.kind == Kind::Word
                && t.text.len() > 2
                && !ending
                && !has(STOP, &t.text)
                && !has(QUALITIES, &t.text)
        })
    };
    let near = with + 1 < sides.left && sides.left <= with + 4 && sides.run.len() == 1;
    let whole = sides
        .tokens
        .get(with..sides.left)?
        .iter()
        .any(|t| has("range variety choice opportunities way ways of about for", &t.text));
    (near && !whole && plain(sides.left) && plain(sides.right))
        .then(|| two(sides.left_word(), sides.first(), sides.bytes(1)))
}

/// “listen to you and resolve the matter”.
fn acts(sides: &Sides, bare: bool) -> Option<Hit> {
    // “the way orders are taken and handled” is one thing.
    let manner = sides.tokens.iter().any(|t| has("way ways", &t.text));
    let act = bare && !manner && has(VERBS, sides.first()) && !has(LIGHT, sides.left_word());
    act.then(|| second(sides.tokens, sides.at, sides.right))
}

/// Words on either side of which “and” joins no two things: “more and more”, “now and then”, “parents and others”.
const IDLE: &str = "more again over now then here there even other others else etc above below up down back forth away once twice \
through on off first second last next day night morning evening week weekend month year today tomorrow time times age gender \
men women boys girls people anything everything something someone anyone everyone same one two three much many all both";

/// Prepositions behind which two things only say where, when or about what.
const BESIDE: &str =
    "in at on during among across about regarding concerning to from by into within via through";

/// What one likes or is for; a yes to it is a judgement.
const LIKING: &[&str] =
    &["do|did|would you like|enjoy|support|favour|favor|oppose|trust|love|prefer", "should *"];

/// “the taste and presentation of the meal”, “improved my knowledge and confidence”: where one answer judges, two
/// plain words joined by “and” are two things, unless they are on a list of pairs or only say where or when.
fn plain_pair(stem: &Stem, sides: &Sides) -> Option<Hit> {
    let tokens = sides.tokens;
    let counts = tokens.first().is_some_and(|t| t.text == "how")
        && tokens.get(1).is_some_and(|t| has("often many frequently long", &t.text));
    let wish = matches(tokens, 0, "would you like to|us").is_some();
    let likes = LIKING.iter().any(|l| matches(tokens, 0, l).is_some()) && !wish;
    let judged =
        stem.prompt.is_evaluative() || stem.prompt.is_statement() || (stem.prompt.is_yes_no() && likes);
    let manner = tokens.iter().any(|t| has("way ways session", &t.text) || t.text.starts_with("recommend"));
    // “I do things as well as others” compares.
    let adds = tokens.get(sides.at).is_some_and(|t| has("and &", &t.text));
    if !judged || !adds || counts || manner || grouped(sides) || stem.prompt.answer == Answer::Row {
        return None;
    }
    let plain = |at: usize| {
        tokens.get(at).is_some_and(|t| {
            t.kind == Kind::Word && t.text.len() > 2 && !has(STOP, &t.text) && !has(IDLE, &t.text)
        })
    };
    let right = sides.right;
    if !plain(sides.left) || !plain(right) || sides.run.len() > 4 || has(LIGHT, sides.left_word()) {
        return None;
    }
    // “a safe and healthy place”, “clear and timely information”: before a noun they describe one thing.
    let adverb = |t: &Token| t.text == "well" || (t.text.ends_with("ly") && !has(QUALITIES, &t.text));
    let lead = sides.run.iter().take_while(|t| adverb(t)).count();
    let describes = is_quality(sides.left_word()) && sides.run.len() > lead + 1;
    let governed = (0..sides.left)
        .rev()
        .take(4)
        .filter_map(|i| tokens.get(i))
        .find(|t| has(STOP, &t.text) || t.kind == Kind::Mark)
        .is_some_and(|t| has(BESIDE, &t.text) || t.text == ",");
    let act = has(VERBS, sides.left_word());
    (!describes && (act || !governed)).then(|| two(sides.left_word(), sides.first(), sides.bytes(1)))
}

/// “…, and why?”, “… and it was easy to find”.
fn second_question(tokens: &[Token], left: usize, at: usize, right: usize) -> Option<Hit> {
    let next = tokens.get(right)?;
    let left_word = tokens.get(left).map_or("", |t| t.text.as_str());
    let asking = "why how what when where which who whom";
    // “Do you know what to do and where to go?” asks about knowing.
    let inside = tokens.get(1..at).is_some_and(|t| t.iter().any(|t| has(asking, &t.text)));
    let asks = has("why how what when where", &next.text) && !has(asking, left_word) && !inside;
    let subject = has("i it they he she", &next.text)
        && !has("you i he she they", left_word)
        && tokens.get(right + 1).is_some_and(|t| t.kind == Kind::Word);
    let finite = |t: &Token| has("is are was were has have", &t.text);
    let clause = tokens.last().is_none_or(|t| t.text != "?")
        && has("the my our this these", &next.text)
        && tokens.get(..at).is_some_and(|l| l.iter().any(finite))
        && tokens.get(right..tokens.len().min(right + 5)).is_some_and(|r| r.iter().any(finite));
    let verb = "did was were is are do does has have";
    let again = tokens.first().is_some_and(|t| has(verb, &t.text))
        && has(verb, &next.text)
        && tokens.get(right + 1).is_some_and(|t| has("it you they we the our he she", &t.text));
    let must = tokens.last().is_none_or(|t| t.text != "?")
        && has("must should will would can", &next.text)
        && !has("can could should must will would may might do does is are was were", left_word)
        && tokens.get(right + 1).is_some_and(|t| t.kind == Kind::Word);
    // “… start on time and are well run”, “I think that … and that …”.
    let told = tokens.last().is_none_or(|t| t.text != "?")
        && has("is are was were has", &next.text)
        && !has(STOP, left_word)
        && !tokens.get(..at).is_some_and(|l| l.iter().any(|t| has("who that which if when", &t.text)));
    let thought = next.text == "that"
        && tokens.get(..at).is_some_and(|l| {
            let said = "think|believe|agree|feel|say|important|likely|clear|sure|true that";
            (0..l.len()).any(|i| matches(l, i, said).is_some())
        });
    (asks || subject || clause || again || must || told || thought).then(|| second(tokens, at, right))
}

fn second(tokens: &[Token], at: usize, right: usize) -> Hit {
    let word = |i: usize| tokens.get(i).map_or("", |t| t.text.as_str());
    let message = format!("a second thing is asked after `{}`: `{} …`", word(at), word(right));
    Hit::new(bytes(tokens, &(at..right + 1)), message)
}

fn two(left: &str, right: &str, range: Range<usize>) -> Hit {
    Hit::new(range, format!("one answer is asked for two things: `{left}` and `{right}`"))
}

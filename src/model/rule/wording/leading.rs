//! Questions that lead to an answer (Krosnick & Presser 2010; Willis & Lessler 1999, step 6b).

use std::ops::Range;
use std::sync::LazyLock;

use super::english::{Phrases, Token, bytes, find as find_phrase, matches};
use super::lexicon::english::QUALITIES;
use super::lexicon::has;
use super::prompt::{Answer, Language};
use super::stem::Stem;
use super::{Hit, leading_zh};

/// Clauses that begin with a negated verb ask for a yes.
const NEGATED: &str =
    "don't doesn't didn't isn't aren't wasn't weren't won't wouldn't shouldn't couldn't can't haven't hasn't";

/// Subjects behind which a negated verb is a rhetorical question.
const SUBJECT: &str = "you it this that they we he she there the our your these those i people everyone most";

/// Appeals to others, and words that take the answer for granted.
static APPEALS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "most|many people|customers|users|experts|employees|residents|citizens|patients|shoppers|parents|of agree|think|believe|say|feel|prefer|recommend|love|support",
        "everyone|everybody knows|agrees|loves|thinks|says",
        "experts|doctors|scientists|economists agree|say|believe|recommend|warn",
        "as everyone|everybody|we all? know|knows",
        "it is|it's widely|well|generally|commonly known|agreed|accepted",
        "research|studies|science shows|show|proves|prove",
        "as you know ,",
        "how wonderful|amazing|excellent|fantastic|great|awesome|outstanding|terrible|awful did you find",
        "along with many|most|millions other|others|people|of",
        "do|did you love most|best|about",
        "given the fact that",
        "given how popular|successful|important|bad|serious|dangerous|expensive|few|many",
        "now that you|you've|we|we've have? seen|experienced|tried|learned|learnt|read|heard|launched|improved|made",
        "do|would you really want|need to",
        "how much did you enjoy|love our",
        "why do|did you love|adore",
        "should|would|will responsible|caring|concerned|good|sensible|decent parents|parent|citizens|people|drivers|owners|voters",
        "any reasonable|responsible|sensible|decent person|people|parent|parents|citizen|citizens",
        "as a|an responsible|caring|concerned|good|sensible|decent parent|citizen|driver|owner|voter|person",
        "like most|many americans|britons|canadians|australians|families|women|men|students|businesses|drivers|homeowners|colleagues",
        "like most|many people|residents|users|customers|citizens|parents|others|voters",
        "we|our work|works|try|tries|strive|strives very? hard|constantly|always|tirelessly",
        "we strive to",
        "we pride ourselves",
        "we take * pride",
        "is|are known|famous|renowned for its|their|our *? *? outstanding|excellent|great|best|superb|exceptional|quality",
        "has|have done a|an very? fantastic|great|terrible|excellent|wonderful|awful|poor|outstanding job",
        "voted|rated|ranked the best|number|no.1|top",
        "research|studies have|has shown|proven|proved",
        "how much do|did|does you|your * really? love|adore",
        "how much do|did|does you really? love|adore",
        "how amazing|wonderful|excellent|fantastic|awesome|outstanding|incredible|terrible|awful|horrible|terrific is|was|are|were",
        "how great is|was|are|were our|your",
        "how great was|were the service|food|meal|experience|product|products|staff|support|event|stay|team",
        "wouldn't|don't you agree|say|think",
        "surely|obviously|undoubtedly you|the|our|this|it|we",
        "you would|will agree",
        "do|would you agree with the? * *? *? *? that",
        "how much better|worse is|are|was|were our|the|this new? *",
        "has|have won several|many|numerous|an|the|top? award|awards|prize|prizes",
        "given that everyone|everybody|most|all|nobody",
        "how impressed are|were you by|with our",
        "can you imagine a better",
        "given the failure|success",
        "do|would you agree that everyone|everybody|every|all|nobody",
        "contrary to what",
        "were|are you aware that a|the? most|majority|poll|polls|millions",
        "do|would you agree with the? president|senator|governor|congressman|mayor|experts|scientists|doctors|most",
    ])
});

/// Tags behind a comma.
const TAGS: &[&str] = &[
    "isn't|aren't|wasn't|weren't|don't|doesn't|didn't|won't|wouldn't|can't|couldn't|shouldn't|haven't|hasn't it|you|they|we|he|she|there",
    "right ?",
    "is|are|do|does|did|was|were it|you|they ?",
    "correct ?",
    "wouldn't you agree|say",
];

/// Judgements that a yes-or-no question about agreement puts into the respondent's mouth.
const GLOWING: &str = "excellent great best outstanding wonderful better worst terrible superb amazing unfair should must good improvement success \
successful deserve deserves important essential necessary vital wrong";

/// “Some say …, others say …” names both sides.
static BALANCED: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(&["others|other|some people? think|say|believe|feel|prefer"]));

/// Asks for agreement alone.
static AGREES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "do|would you not? agree that",
        "do|would you agree our|the|this|we",
        "would you say that? our|we",
    ])
});

/// Returns the words that lead.
#[must_use]
pub fn find(stem: &Stem) -> Vec<Hit> {
    if matches!(stem.prompt.answer, Answer::Instrument | Answer::Row) || stem.statement {
        return Vec::new();
    }
    let found = match stem.prompt.language {
        Language::English => english(stem),
        Language::Chinese => leading_zh::find(stem),
    };
    found.into_iter().collect()
}

fn english(stem: &Stem) -> Option<Hit> {
    let tokens = stem.tokens();
    let shown = |tokens: &[Token], range: &Range<usize>, why: &str| {
        let place = bytes(tokens, range);
        let words = stem.prompt.text.get(place.clone()).unwrap_or_default();
        Some(Hit::new(place, format!("`{words}` {why}")))
    };
    let first = tokens.first()?;
    if matches(tokens, 0, "is|was|isn't it not true|time|obvious|clear|better|fair|right").is_some()
        && ends_asking(stem)
    {
        return shown(tokens, &(0..3), "expects a yes");
    }
    if let Some(range) = accused(stem) {
        return shown(tokens, &range, "puts a judgement into the respondent's mouth");
    }
    if has(NEGATED, &first.text) && tokens.get(1).is_some_and(|t| has(SUBJECT, &t.text)) && ends_asking(stem)
    {
        return shown(tokens, &(0..2), "expects a yes");
    }
    // “Some say …, others say …” names both sides.
    let balanced = find_phrase(&stem.all, &BALANCED).is_some();
    // “Do you agree with the following statement that …” appeals to nobody.
    let neutral = |t: &Token| {
        has("statement statements idea view opinion proposal claim following plan suggestion", &t.text)
    };
    let statement = |r: &Range<usize>| stem.all.get(r.clone()).is_some_and(|t| t.iter().any(neutral));
    if let Some(range) = find_phrase(&stem.all, &APPEALS).filter(|r| !balanced && !statement(r)) {
        return shown(&stem.all, &range, "suggests an answer");
    }
    let tag = (1..stem.all.len()).find_map(|at| {
        let comma = stem.all.get(at - 1).is_some_and(|t| t.text == ",");
        let len = TAGS.iter().filter_map(|t| matches(&stem.all, at, t)).max().filter(|_| comma)?;
        let last = stem.all.get(at + len - 1).is_some_and(|t| t.text == "?")
            || matches(&stem.all, at + len, "?").is_some();
        let last = last || matches(&stem.all, at + len, "agree|say|think ?").is_some();
        last.then_some(at..at + len)
    });
    if let Some(range) = tag {
        return shown(&stem.all, &range, "expects a yes");
    }
    let agrees = find_phrase(tokens, &AGREES)?;
    let behind = tokens.get(agrees.end..)?;
    let owner = behind.iter().any(|t| has("our we us", &t.text))
        || tokens.get(agrees.end - 1).is_some_and(|t| has("our we", &t.text));
    let glows = behind.iter().any(|t| has(GLOWING, &t.text) || (owner && has(QUALITIES, &t.text)));
    let one_sided = stem.prompt.is_yes_no() && glows;
    if one_sided { shown(tokens, &agrees, "names only one side") } else { None }
}

/// Judgements that a neutral “do you think that …” does not hold.
const ACCUSING: &str = "unfairly deliberately slurs lies lying dishonest betrayed ruined ruining destroying destroyed wasting wasted \
biased corrupt disgraceful hates greedy failed";

/// “Do you believe that the council has wasted …?”: a yes signs the judgement.
fn accused(stem: &Stem) -> Option<Range<usize>> {
    let tokens = stem.tokens();
    let opens = matches(tokens, 0, "do you believe|think|feel|agree that")?;
    // Whoever is asked about what was done to him is asked for his experience.
    let own = tokens.get(opens).is_some_and(|t| has("you your anyone someone", &t.text));
    let at = (opens..tokens.len()).find(|&at| tokens.get(at).is_some_and(|t| has(ACCUSING, &t.text)))?;
    (stem.prompt.is_yes_no() && !own).then_some(at..at + 1)
}

/// Tells whether the clause is a question, not an order (“Don't include visits to …”).
fn ends_asking(stem: &Stem) -> bool {
    stem.tokens().last().is_some_and(|t| t.text == "?")
}

//! `sample …`: how many of a stratum, or of several strata together, are drawn.
//!
//! A number `across` strata stands in the block of one of them or on a line of its own at the top of the file; the
//! strata that it names need no `sample` of their own. Scores are named before they are lowered, so that names are
//! looked up in the list that was made beforehand.

use crate::diagnostic::Label;
use crate::model::checked::{Allocation, Joint, Sample, Stratum};
use crate::model::lower::cx::Cx;
use crate::model::lower::reader::{Reader, whole};
use crate::source::Span;
use crate::syntax::ast::Statement;

/// A number for several strata as it was written: names in the place of indices.
#[derive(Debug, Clone)]
pub struct Across {
    number: u64,
    strata: Vec<(String, Span)>,
    allocation: Allocation,
    spread: Vec<(String, f64)>,
    span: Span,
}

impl Across {
    /// Tells whether a stratum is among those that share the number.
    pub fn names(&self, stratum: &str) -> bool {
        self.strata.iter().any(|(name, _)| name == stratum)
    }
}

/// Lowers `sample … across …` at the top of a file.
pub fn top_level(cx: &mut Cx, statement: &Statement) {
    let mut r = Reader::new(statement);
    let span = r.here();
    r.keyword("sample");
    let (told, before) = (cx.diagnostics.len(), cx.joint.len());
    sample(cx, &mut r, span);
    if cx.joint.len() == before && cx.diagnostics.len() == told {
        cx.error("expected", r.here(), "`across` and the strata are missing").help =
            Some("outside a stratum, write `sample 1000 across a, b allocate proportional`".to_owned());
        return;
    }
    r.end(cx);
}

/// Lowers what stands behind `sample`; `None` when it is broken, or a number for several strata.
pub fn sample(cx: &mut Cx, r: &mut Reader, span: Span) -> Option<Sample> {
    if r.keyword("all") {
        return Some(Sample::All);
    }
    if r.keyword("margin") {
        return margin(cx, r);
    }
    let here = r.here();
    if let Some(share) = r.percent() {
        if !(share > 0.0 && share <= 1.0) {
            cx.error("out-of-range", here, "a share to draw lies above 0 % and at most at 100 %").help =
                Some("write `sample 5%`, or `sample all`".to_owned());
            return None;
        }
        return Some(if r.keyword("daily") { Sample::DailyShare(share) } else { Sample::Share(share) });
    }
    let Some(number) = r.number() else {
        r.expected(cx, "`all`, a number, a percentage or `margin`");
        return None;
    };
    let Some(number) = whole(number).filter(|n| *n > 0).map(u64::from) else {
        cx.error("out-of-range", here, "a number to draw is whole and at least 1").help =
            Some("write a whole number, such as `sample 1000`".to_owned());
        return None;
    };
    if r.keyword("completes") {
        let response = expecting(cx, r)?;
        let Some(response) = response else {
            r.expected(cx, "`expecting …% response`");
            return None;
        };
        return Some(Sample::Completes { number, response });
    }
    if r.keyword("across") {
        let told = cx.diagnostics.len();
        if let Some(across) = across(cx, r, number, span) {
            if cx.diagnostics.len() == told {
                cx.joint.push(across);
            } else {
                // What it says is told to be wrong; its strata are not left without a number besides.
                cx.sampled.extend(across.strata);
            }
        }
        return None;
    }
    Some(Sample::Number(number))
}

/// `across a, b allocate proportional | equal | neyman on csi spread a 22, b 25`.
fn across(cx: &mut Cx, r: &mut Reader, number: u64, span: Span) -> Option<Across> {
    let mut strata: Vec<(String, Span)> = Vec::new();
    loop {
        let here = r.here();
        let name = stratum_name(cx, r)?;
        if strata.iter().any(|(n, _)| *n == name) {
            cx.error("duplicate-name", here, format!("stratum `{name}` is named twice"));
        }
        strata.push((name, here));
        if !r.symbol(",") {
            break;
        }
    }
    let allocation = if r.keyword("allocate") { allocation(cx, r)? } else { Allocation::Proportional };
    let here = r.here();
    let mut spread = Vec::new();
    if r.keyword("spread") {
        if !matches!(allocation, Allocation::Neyman { .. }) {
            cx.error("unexpected", here, "only `allocate neyman on …` looks at a spread").help =
                Some("leave it out, or write `allocate neyman on` and the score".to_owned());
        }
        loop {
            let name = stratum_name(cx, r)?;
            spread.push((name, deviation(cx, r)?));
            if !r.symbol(",") {
                break;
            }
        }
    }
    Some(Across { number, strata, allocation, spread, span })
}

fn stratum_name(cx: &mut Cx, r: &mut Reader) -> Option<String> {
    let here = r.here();
    let name = r.name(cx, "the name of a stratum")?;
    if !cx.strata.contains(&name.text) {
        let known = cx.strata.clone();
        cx.unknown("stratum", &name.text, here, known.iter().map(String::as_str));
    }
    Some(name.text.clone())
}

fn allocation(cx: &mut Cx, r: &mut Reader) -> Option<Allocation> {
    let here = r.here();
    match r.name(cx, "`proportional`, `equal` or `neyman`")?.text.as_str() {
        "proportional" => Some(Allocation::Proportional),
        "equal" => Some(Allocation::Equal),
        "neyman" if r.keyword("on") => score(cx, r).map(|score| Allocation::Neyman { score }),
        "neyman" => {
            r.expected(cx, "`on` and the score whose spread decides");
            None
        }
        other => {
            cx.unknown("allocation", other, here, ["proportional", "equal", "neyman"]);
            None
        }
    }
}

/// The name of a score, as its index.
fn score(cx: &mut Cx, r: &mut Reader) -> Option<usize> {
    let here = r.here();
    let name = r.name(cx, "the name of a score")?;
    let found = cx.scores.iter().position(|s| *s == name.text);
    if found.is_none() {
        let known = cx.scores.clone();
        cx.unknown("score", &name.text, here, known.iter().map(String::as_str));
        r.give_up();
    }
    found
}

/// A standard deviation in points of a score.
fn deviation(cx: &mut Cx, r: &mut Reader) -> Option<f64> {
    let here = r.here();
    let Some(value) = r.number() else {
        r.expected(cx, "a standard deviation in points of the score, such as `22`");
        return None;
    };
    if value <= 0.0 {
        cx.error("out-of-range", here, "a spread is a standard deviation in points, above 0").help =
            Some("write a number such as `spread 22`".to_owned());
        return None;
    }
    Some(value)
}

/// `expecting 25% response`; `Some(None)` when it is not there.
#[expect(clippy::option_option, reason = "absent and wrong are different things here")]
fn expecting(cx: &mut Cx, r: &mut Reader) -> Option<Option<f64>> {
    if !r.keyword("expecting") {
        return Some(None);
    }
    let here = r.here();
    let Some(share) = r.percent() else {
        r.expected(cx, "a percentage");
        return None;
    };
    r.keyword("response");
    if !(share > 0.0 && share <= 1.0) {
        cx.error("out-of-range", here, "an expected response lies above 0 % and at most at 100 %").help =
            Some("write a share such as `expecting 25% response`".to_owned());
        return None;
    }
    Some(Some(share))
}

/// `at 95%`; 95 % when it is not there.
fn confidence(cx: &mut Cx, r: &mut Reader) -> Option<f64> {
    if !r.keyword("at") {
        return Some(0.95);
    }
    let here = r.here();
    let Some(confidence) = r.percent() else {
        r.expected(cx, "a confidence level, such as `95%`");
        return None;
    };
    if !(confidence > 0.5 && confidence < 1.0) {
        cx.error("out-of-range", here, "a confidence level lies between 50 % and 100 %").help =
            Some("write `at 95%`".to_owned());
        return None;
    }
    Some(confidence)
}

/// `margin 1.5 points on csi at 95% expecting 25% response spread 22`: what it takes depends on the spread.
fn margin_in_points(cx: &mut Cx, r: &mut Reader) -> Option<Sample> {
    let here = r.here();
    let Some(half_width) = r.number() else {
        r.expected(cx, "a half-width, such as `3%` or `1.5 points on csi`");
        return None;
    };
    if half_width <= 0.0 {
        cx.error("out-of-range", here, "a half-width lies above 0 points").help =
            Some("write a number such as `1.5 points`".to_owned());
        return None;
    }
    if !((r.keyword("points") || r.keyword("point")) && r.keyword("on")) {
        r.expected(cx, "`points on` and a score, or a share such as `3%` before this");
        return None;
    }
    let score = score(cx, r)?;
    let confidence = confidence(cx, r)?;
    let response = expecting(cx, r)?.unwrap_or(1.0);
    let spread = if r.keyword("spread") { Some(deviation(cx, r)?) } else { None };
    Some(Sample::Points { half_width, confidence, response, score, spread })
}

/// `margin 3% at 95% expecting 25% response`.
fn margin(cx: &mut Cx, r: &mut Reader) -> Option<Sample> {
    let here = r.here();
    let Some(half_width) = r.percent() else { return margin_in_points(cx, r) };
    if !(half_width > 0.0 && half_width < 0.5) {
        cx.error("out-of-range", here, "a margin of a share lies between 0 % and 50 %").help =
            Some("write a share such as `margin 3%`".to_owned());
        return None;
    }
    let confidence = confidence(cx, r)?;
    let response = expecting(cx, r)?.unwrap_or(1.0);
    Some(Sample::Margin { half_width, confidence, response })
}

/// Gives the strata of numbers `across` several their parts, and says which strata have no sample at all, or two.
pub fn share_out(cx: &mut Cx, strata: &mut [Stratum]) -> Vec<Joint> {
    let mut all = Vec::new();
    for across in std::mem::take(&mut cx.joint) {
        let index = |name: &str| strata.iter().position(|s| s.name == name);
        let mut members: Vec<usize> = across.strata.iter().filter_map(|(name, _)| index(name)).collect();
        members.sort_unstable();
        let spread = across.spread.iter().filter_map(|(name, x)| Some((index(name)?, *x))).collect();
        for (name, span) in &across.strata {
            let Some(stratum) = strata.iter_mut().find(|s| s.name == *name) else { continue };
            // A line in a stratum's block that shares out a number over it and others is its own.
            let own = cx.sampled.iter().find(|(n, place)| n == name && *place != across.span);
            let taken = matches!(stratum.sample, Sample::Across(_));
            if let Some((_, place)) = own.cloned().filter(|_| !taken) {
                let found =
                    cx.error("duplicate-name", *span, format!("stratum `{name}` has a `sample` of its own"));
                found.help = Some("leave one of the two out".to_owned());
                found.labels.push(Label { span: place, message: "here".to_owned() });
            } else if taken {
                cx.error("duplicate-name", *span, format!("stratum `{name}` is in another `across` already"));
            }
            if !stratum.parts.is_empty() {
                let message = format!(
                    "stratum `{name}` is split, and a number across strata gives it no number of its own"
                );
                cx.error("split-without-number", *span, message).help =
                    Some("make the parts strata of their own and name them here".to_owned());
            }
            stratum.sample = Sample::Across(all.len());
        }
        let outside = |(name, place): &&(String, Span)| {
            *place == across.span && !across.strata.iter().any(|(n, _)| n == name)
        };
        if let Some((name, place)) = cx.sampled.iter().find(outside).cloned() {
            let message = format!("this number goes to other strata, and none of it to `{name}`");
            cx.error("missing-setting", place, message).help = Some(format!(
                "name `{name}` behind `across` too, or put the line outside the stratum and give it a `sample` of its own"
            ));
        }
        let (number, allocation, span) = (across.number, across.allocation, across.span);
        all.push(Joint { number, strata: members, allocation, spread, span });
    }
    for stratum in strata.iter() {
        let sampled = cx.sampled.iter().any(|(name, _)| *name == stratum.name);
        if !sampled && !matches!(stratum.sample, Sample::Across(_)) {
            let message = format!("stratum `{}` has no `sample`", stratum.name);
            cx.error("missing-setting", stratum.span, message).help = Some(
                "write `sample all`, `sample 1000`, `sample 5%` or `sample 500 completes expecting 25% response`"
                    .to_owned(),
            );
        }
    }
    all
}

//! `stratum NAME "title" { where … sample … split { … } }`.

use crate::model::checked::{Part, Sample, Stratum};
use crate::model::lower::cx::Cx;
use crate::model::lower::expr::{Scope, condition};
use crate::model::lower::reader::Reader;
use crate::model::lower::settings;
use crate::syntax::ast::Statement;

/// Lowers a stratum.
pub fn stratum(cx: &mut Cx, statement: &Statement) -> Option<Stratum> {
    let mut head = Reader::new(statement);
    head.keyword("stratum");
    let word = head.name(cx, "the stratum's name")?;
    let title = head.optional_words(cx);
    head.end(cx);
    let mut stratum = Stratum {
        name: word.text.clone(),
        title,
        condition: None,
        as_of: None,
        sample: Sample::All,
        parts: Vec::new(),
        span: word.span,
    };
    let mut sampled = false;
    for line in settings(statement) {
        let mut r = Reader::new(line);
        if let Some(ast) = r.clause("where") {
            stratum.condition = condition(cx, ast, Scope::FRAME);
            if r.keywords(&["as", "of"]) {
                stratum.as_of = r.date();
            }
            r.end(cx);
            continue;
        }
        let Some(setting) = r.word() else {
            r.expected(cx, "`where`, `sample` or `split`");
            continue;
        };
        match setting.text.as_str() {
            "sample" => {
                sampled = true;
                if let Some(sample) = sample(cx, &mut r) {
                    stratum.sample = sample;
                }
                r.end(cx);
            }
            "split" => stratum.parts = split(cx, line),
            "panel" | "draw" => coordination(cx, &mut r, setting),
            other => {
                let known = ["where", "sample", "split", "draw with", "draw apart from", "panel of"];
                cx.unknown("setting of `stratum`", other, setting.span, known);
            }
        }
    }
    if !sampled {
        cx.error("missing-setting", word.span, format!("stratum `{}` has no `sample`", word.text)).help =
            Some("write `sample all`, `sample 1000`, `sample 5%` or `sample 500 completes expecting 25% response`".to_owned());
    }
    if !stratum.parts.is_empty()
        && matches!(
            stratum.sample,
            Sample::All | Sample::Share(_) | Sample::DailyShare(_) | Sample::Margin { .. }
        )
    {
        cx.error("split-without-number", word.span, "`split` shares out a number or completes; this sample has none").help =
            Some("write `sample 500 completes expecting 25% response` or `sample 1000`, or make the parts strata of their own".to_owned());
    }
    Some(stratum)
}

fn sample(cx: &mut Cx, r: &mut Reader) -> Option<Sample> {
    if r.keyword("all") {
        return Some(Sample::All);
    }
    if r.keyword("margin") {
        return margin(cx, r);
    }
    let here = r.here();
    if let Some(share) = r.percent() {
        if !(share > 0.0 && share <= 1.0) {
            cx.error("out-of-range", here, "a share to draw lies above 0 % and at most at 100 %");
            return None;
        }
        return Some(if r.keyword("daily") { Sample::DailyShare(share) } else { Sample::Share(share) });
    }
    let Some(number) = r.number() else {
        r.expected(cx, "`all`, a number, a percentage or `margin`");
        return None;
    };
    let Some(number) = super::reader::whole(number).filter(|n| *n > 0).map(u64::from) else {
        cx.error("out-of-range", here, "a number to draw is whole and at least 1");
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
        across(cx, r);
    }
    Some(Sample::Number(number))
}

/// `panel of CAMPAIGN`, `draw with CAMPAIGN`, `draw apart from CAMPAIGN`.
fn coordination(cx: &mut Cx, r: &mut Reader, setting: &crate::syntax::ast::Word) {
    let understood = match setting.text.as_str() {
        "panel" => r.keyword("of"),
        _ => r.keyword("with") || r.keywords(&["apart", "from"]),
    };
    if !understood {
        r.expected(
            cx,
            if setting.text == "panel" {
                "`of` and a campaign"
            } else {
                "`with` or `apart from` and a campaign"
            },
        );
        return;
    }
    if r.name(cx, "the name of an earlier campaign").is_some() {
        let clause = if setting.text == "panel" { "panel of" } else { "draw with or apart from" };
        cx.not_planned(clause, setting.span);
    }
    r.end(cx);
}

/// `across a, b allocate proportional | equal | neyman on csi`.
fn across(cx: &mut Cx, r: &mut Reader) {
    let (clause, told) = (r.here(), cx.diagnostics.len());
    loop {
        let here = r.here();
        let Some(name) = r.name(cx, "the name of a stratum") else { return };
        if !cx.strata.contains(&name.text) {
            let known = cx.strata.clone();
            cx.unknown("stratum", &name.text, here, known.iter().map(String::as_str));
        }
        if !r.symbol(",") {
            break;
        }
    }
    if r.keyword("allocate") {
        let here = r.here();
        match r.name(cx, "`proportional`, `equal` or `neyman`").map(|w| w.text.as_str()) {
            Some("proportional" | "equal") | None => {}
            // The score's name is looked up when the draw is made: scores come after strata.
            Some("neyman") if r.keyword("on") => _ = r.name(cx, "the name of a score"),
            Some("neyman") => r.expected(cx, "`on` and the score whose spread decides"),
            Some(other) => cx.unknown("allocation", other, here, ["proportional", "equal", "neyman"]),
        }
    }
    // Who has a fault to mend need not hear of this too.
    if cx.diagnostics.len() == told {
        cx.not_planned("a sample across strata", clause);
    }
}

/// `expecting 25% response`; `Ok(None)` when it is not there.
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
        cx.error("out-of-range", here, "an expected response lies above 0 % and at most at 100 %");
        return None;
    }
    Some(Some(share))
}

/// `margin 1.5 points on csi`: what it takes depends on the spread of the wave before.
fn margin_in_points(cx: &mut Cx, r: &mut Reader, here: crate::source::Span) -> Option<Sample> {
    if r.number().is_none_or(|n| n <= 0.0) {
        r.expected(cx, "a half-width, such as `3%` or `1.5 points on csi`");
        return None;
    }
    if !(r.keyword("points") && r.keyword("on")) {
        r.expected(cx, "`points on` and a score");
        return None;
    }
    r.name(cx, "the name of a score")?;
    if r.keyword("at") && r.percent().is_none() {
        r.expected(cx, "a confidence level, such as `95%`");
    }
    expecting(cx, r)?;
    cx.not_planned("a margin in points of a score", here);
    None
}

/// `margin 3% at 95% expecting 25% response`.
fn margin(cx: &mut Cx, r: &mut Reader) -> Option<Sample> {
    let here = r.here();
    let Some(half_width) = r.percent() else {
        return margin_in_points(cx, r, here);
    };
    let confidence = if r.keyword("at") { r.percent() } else { Some(0.95) };
    let Some(confidence) = confidence else {
        r.expected(cx, "a confidence level, such as `95%`");
        return None;
    };
    let response = expecting(cx, r)?.unwrap_or(1.0);
    if !(half_width > 0.0 && half_width < 0.5 && confidence > 0.5 && confidence < 1.0) {
        cx.error(
            "out-of-range",
            here,
            "a margin lies between 0 % and 50 %, a confidence level between 50 % and 100 %",
        );
        return None;
    }
    Some(Sample::Margin { half_width, confidence, response })
}

fn split(cx: &mut Cx, statement: &Statement) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for line in settings(statement) {
        let mut r = Reader::new(line);
        let Some(word) = r.name(cx, "the part's name") else { continue };
        let title = r.optional_words(cx);
        let Some(share) = r.percent() else {
            r.expected(cx, "a share, such as `40%`");
            continue;
        };
        let condition = r.clause("where").and_then(|ast| condition(cx, ast, Scope::FRAME));
        r.end(cx);
        if parts.iter().any(|p| p.name == word.text) {
            cx.error("duplicate-name", word.span, format!("part `{}` is declared twice", word.text));
            continue;
        }
        parts.push(Part { name: word.text.clone(), title, share, condition });
    }
    let sum: f64 = parts.iter().map(|p| p.share).sum();
    if !parts.is_empty() && (sum - 1.0).abs() > 1e-9 {
        cx.error(
            "shares-sum",
            Reader::new(statement).span,
            format!("the shares add up to {}, not to 100 %", super::percent(sum)),
        )
        .help = Some("change the shares so that they add up to 100 %".to_owned());
    }
    parts
}

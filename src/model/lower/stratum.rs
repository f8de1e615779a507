//! `stratum NAME "title" { where … sample … split { … } }`.

use crate::model::checked::{Coordination, Part, Sample, Stratum};
use crate::model::lower::cx::Cx;
use crate::model::lower::expr::{Scope, condition};
use crate::model::lower::reader::Reader;
use crate::model::lower::sample::sample;
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
        panel: None,
        coordination: None,
        span: word.span,
    };
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
                cx.sampled.push((word.text.clone(), setting.span));
                if let Some(sample) = sample(cx, &mut r, setting.span) {
                    stratum.sample = sample;
                }
                r.end(cx);
            }
            "split" => stratum.parts = split(cx, line),
            "panel" => stratum.panel = panel(cx, &mut r),
            "draw" => stratum.coordination = coordination(cx, &mut r),
            other => {
                let known = ["where", "sample", "split", "draw with", "draw apart from", "panel of"];
                cx.unknown("setting of `stratum`", other, setting.span, known);
            }
        }
    }
    // What is said of a number across strata is said where its strata are known.
    let own = cx.sampled.iter().any(|(name, _)| *name == stratum.name)
        && !cx.joint.iter().any(|across| across.names(&stratum.name));
    if own
        && !stratum.parts.is_empty()
        && matches!(
            stratum.sample,
            Sample::All
                | Sample::Share(_)
                | Sample::DailyShare(_)
                | Sample::Margin { .. }
                | Sample::Points { .. }
        )
    {
        cx.error("split-without-number", word.span, "`split` shares out a number or completes; this sample has none").help =
            Some("write `sample 500 completes expecting 25% response` or `sample 1000`, or make the parts strata of their own".to_owned());
    }
    Some(stratum)
}

/// `panel of CAMPAIGN`: the people who answered in it.
fn panel(cx: &mut Cx, r: &mut Reader) -> Option<String> {
    if !r.keyword("of") {
        r.expected(cx, "`of` and a campaign");
        return None;
    }
    let name = r.name(cx, "the name of an earlier campaign")?;
    r.end(cx);
    Some(name.text.clone())
}

/// `draw with CAMPAIGN`, `draw apart from CAMPAIGN, CAMPAIGN`.
fn coordination(cx: &mut Cx, r: &mut Reader) -> Option<Coordination> {
    let with = r.keyword("with");
    if !with && !r.keywords(&["apart", "from"]) {
        r.expected(cx, "`with` or `apart from` and a campaign");
        return None;
    }
    let mut names = vec![r.name(cx, "the name of an earlier campaign")?.text.clone()];
    while !with && r.symbol(",") {
        names.push(r.name(cx, "the name of an earlier campaign")?.text.clone());
    }
    r.end(cx);
    Some(if with { Coordination::With(names.remove(0)) } else { Coordination::Apart(names) })
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

//! Rules: their pages are run, registry, files and pages are held together, and switching off says why.

mod pages;
mod polarity;
mod questionnaires;
mod ranges;
mod switches;
mod textbook;
mod wording;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use canvass::model::{Analysis, Judgement, Memory, analyse_with};

/// Marks in a page's code: on this line the page's rule fires.
const MARKS: [&str; 2] = ["// warning", "// error"];

/// Makes a whole campaign of some declarations by adding what is missing behind them, so that lines keep
/// their numbers.
fn whole(declarations: &str, languages: &str) -> String {
    let has = |keyword: &str| declarations.lines().any(|l| l.trim_start().starts_with(keyword));
    let text = |zh: &str, en: &str| {
        let parts: Vec<String> =
            languages.split(',').map(|l| format!("\"{}\"", if l.trim() == "zh" { zh } else { en })).collect();
        parts.join(" / ")
    };
    let mut all = format!("{declarations}\n");
    if !has("campaign ") {
        let title = text("示例", "Example");
        let _ = writeln!(all, "campaign example {{ title {title}; languages {languages} }}");
    }
    if !has("privacy ") {
        all.push_str("privacy { confidential; keep 400 days }\n");
    }
    if !has("question ") {
        let stem = text("本次服务是否已经结束？", "Has this service ended?");
        let _ = writeln!(all, "question ended : yes_no {{ text {stem} }}");
    }
    if declarations.contains("satisfied5") && !has("scale satisfied5") {
        let points = [
            ("非常不满意", "Very dissatisfied"),
            ("不满意", "Dissatisfied"),
            ("一般", "Neutral"),
            ("满意", "Satisfied"),
            ("非常满意", "Very satisfied"),
        ];
        all.push_str("scale satisfied5 {\n");
        for (code, (zh, en)) in points.iter().enumerate() {
            let _ = writeln!(all, "  {} {}", code + 1, text(zh, en));
        }
        all.push_str("}\n");
    }
    all
}

fn analyse_spec(spec: &str, judgement: &Judgement) -> Analysis {
    analyse_with(
        "main.survey",
        &Memory(BTreeMap::from([("main.survey".to_owned(), spec.to_owned())])),
        judgement,
    )
}

/// Lists code, line and message of all findings.
fn findings(analysis: &Analysis) -> Vec<(&'static str, usize, String)> {
    let line = |d: &canvass::diagnostic::Diagnostic| {
        analysis.sources.get(d.span.file).unwrap().line_column(d.span.start).0
    };
    analysis.diagnostics.iter().map(|d| (d.code, line(d), d.message.clone())).collect()
}

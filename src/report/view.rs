//! What templates may use: the data, words in one language, and filters that format numbers.
//!
//! Numbers are rounded here and nowhere else. Absent numbers print as a dash.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior};
use serde::Serialize;

use crate::model::checked::Text;
use crate::report::chart::Chart;
use crate::report::data::ReportData;
use crate::report::effects::{EffectLine, Saying};
use crate::report::words::{Words, words};
use crate::score::compare::types::MeasureResult;
use crate::score::types::Measure;

/// What a template sees.
#[derive(Debug, Serialize)]
pub struct View<'a> {
    /// The report.
    pub data: &'a ReportData,
    /// Language.
    pub lang: &'a str,
    /// Words in it.
    pub w: Words,
    /// Index of the measure that the summary speaks of.
    pub main: Option<usize>,
    /// Decimals of each measure: one on a wide scale, two on a narrow one.
    pub digits: Vec<usize>,
    /// The same by the measure's name.
    pub places: BTreeMap<&'a str, usize>,
    /// Titles of the design's cells, by name.
    pub cells: BTreeMap<&'a str, &'a Text>,
    /// Charts: name and SVG (HTML) or file (Markdown).
    pub charts: Vec<(&'static str, String)>,
    /// The same report in other languages: its language and file.
    pub others: Vec<(String, String)>,
    /// Index of the best dimension among the measures.
    pub best: Option<usize>,
    /// Index of the weakest dimension.
    pub worst: Option<usize>,
    /// Names of the items and scores that a break bears on.
    pub broken: BTreeSet<&'a str>,
    /// Overdue measures of the improvement plan.
    pub overdue: usize,
    /// What became of promises.
    pub effects: Vec<EffectLine>,
}

impl<'a> View<'a> {
    /// Prepares the data for a language.
    #[must_use]
    pub fn new(data: &'a ReportData, lang: &'a str, charts: &[Chart]) -> Self {
        let dimensions: Vec<(usize, f64)> = data
            .scores
            .measures
            .iter()
            .zip(&data.scores.overall.estimates)
            .enumerate()
            .filter_map(|(i, (m, e))| (m.kind == "dimension").then_some((i, e.value?)))
            .collect();
        let best = dimensions.iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        let worst = dimensions.iter().min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        let enough = dimensions.len() > 1;
        let w = words(lang);
        let places: BTreeMap<&str, usize> =
            data.scores.measures.iter().map(|m| (m.name.as_str(), decimals(m))).collect();
        let saying = Saying { words: &w, language: lang };
        let line = |e: &MeasureResult| saying.line(e, places.get(e.score.as_str()).copied().unwrap_or(2));
        Self {
            effects: data.effects.iter().map(line).collect(),
            data,
            lang,
            w,
            main: crate::report::chart::main_measure(data),
            digits: data.scores.measures.iter().map(decimals).collect(),
            places,
            cells: data.scores.response.iter().map(|c| (c.name.as_str(), &c.title)).collect(),
            charts: charts.iter().map(|c| (c.name, c.svg.clone())).collect(),
            others: Vec::new(),
            best: best.filter(|_| enough).map(|b| b.0),
            worst: worst.filter(|_| enough).map(|w| w.0),
            broken: data.breaks.iter().flat_map(|b| &b.touches).map(String::as_str).collect(),
            overdue: data.actions.iter().filter(|a| a.overdue).count(),
        }
    }
}

/// Returns the decimals of a measure: one on a wide scale, two on a narrow one.
pub fn decimals(measure: &Measure) -> usize {
    match (measure.low, measure.high) {
        (Some(low), Some(high)) if high - low < 20.0 => 2,
        _ => 1,
    }
}

/// Renders a template.
pub fn render(template: &str, name: &str, view: &View) -> Result<String, Error> {
    let syntax =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?;
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_syntax(syntax);
    env.set_auto_escape_callback(|name| {
        let html = std::path::Path::new(name).extension().is_some_and(|e| e == "html");
        if html { AutoEscape::Html } else { AutoEscape::None }
    });
    let lang = view.lang.to_owned();
    let first = view.data.languages.first().cloned().unwrap_or_default();
    env.add_filter("t", move |text: Value| pick(&text, &lang, &first));
    env.add_filter("num", |x: Value, digits: Option<usize>| number(&x, digits.unwrap_or(1)));
    env.add_filter("err", |x: Value, digits: Option<usize>| error(&x, digits.unwrap_or(1)));
    env.add_function("apart", |low: Value, high: Value, digits: Option<usize>| {
        apart(&low, &high, digits.unwrap_or(1))
    });
    env.add_filter("int", |x: Value| integer(&x));
    env.add_filter("pct", |x: Value, digits: Option<usize>| percent(&x, digits.unwrap_or(1)));
    env.add_filter("signed", |x: Value, digits: Option<usize>| signed(&x, digits.unwrap_or(1)));
    env.add_filter("cell", |text: String| markdown_cell(&text));
    env.add_filter("day", |text: String| text.chars().take(10).collect::<String>());
    env.add_filter("minute", |text: String| text.chars().take(16).collect::<String>().replace('T', " "));
    let known = view.w.clone();
    env.add_filter("word", move |key: Value| {
        let key = key.as_str().unwrap_or_default();
        known
            .get(key)
            .cloned()
            .unwrap_or_else(|| if key.is_empty() { NOTHING.to_owned() } else { key.to_owned() })
    });
    let known = view.w.clone();
    env.add_filter("variable", move |name: String| variable(&known, &name));
    let spoken = view.w.clone();
    env.add_function("say", move |key: String, values: Kwargs| say(&spoken, &key, &values));
    let (spoken, titles) = (view.w.clone(), titles(view));
    env.add_function("caution", move |caution: Value| tell(&spoken, &titles, &caution));
    env.add_template(name, template)?;
    for (section, text) in SECTIONS {
        env.add_template(section, text)?;
    }
    env.get_template(name)?.render(Serde(view))
}

/// Names that variables have in every spec, or have so often that the report has a word for them; any other name,
/// also one that is a word of the report by accident, stands for itself.
const VARIABLES: [&str; 6] = ["stratum", "channel", "language", "region", "tier", "agent"];

/// Returns the word for a variable, or for variables with `by` between them.
fn variable(words: &Words, name: &str) -> String {
    let one = |name: &str| match words.get(name).filter(|_| VARIABLES.contains(&name)) {
        Some(word) => word.clone(),
        None => name.to_owned(),
    };
    name.split(" by ").map(one).collect::<Vec<_>>().join(" × ")
}

/// Parts of the report that have a file of their own.
const SECTIONS: [(&str, &str); 12] = [
    ("section/collected.md", include_str!("../../templates/report/section/collected.md")),
    ("section/collected.html", include_str!("../../templates/report/section/collected.html")),
    ("section/drivers.md", include_str!("../../templates/report/section/drivers.md")),
    ("section/drivers.html", include_str!("../../templates/report/section/drivers.html")),
    ("section/findings.md", include_str!("../../templates/report/section/findings.md")),
    ("section/findings.html", include_str!("../../templates/report/section/findings.html")),
    ("section/weights.md", include_str!("../../templates/report/section/weights.md")),
    ("section/weights.html", include_str!("../../templates/report/section/weights.html")),
    ("section/compare.md", include_str!("../../templates/report/section/compare.md")),
    ("section/compare.html", include_str!("../../templates/report/section/compare.html")),
    ("section/change.md", include_str!("../../templates/report/section/change.md")),
    ("section/change.html", include_str!("../../templates/report/section/change.html")),
];

/// Returns the titles of the design's cells in the report's language.
fn titles(view: &View) -> BTreeMap<String, String> {
    let title = |(name, title): (&&str, &&Text)| ((*name).to_owned(), title.get(view.lang).to_owned());
    view.cells.iter().map(title).filter(|(_, title)| !title.is_empty()).collect()
}

/// Says a caution: the sentence of its kind, with its own values in the places that name them.
fn tell(words: &Words, titles: &BTreeMap<String, String>, caution: &Value) -> Result<String, Error> {
    let kind = caution.get_attr("caution")?;
    let kind = kind.as_str().unwrap_or_default();
    let mut sentence = words.get(kind).cloned().unwrap_or_else(|| kind.to_owned());
    for key in caution.try_iter()? {
        let value = caution.get_item(&key)?;
        let shown = match value.as_str() {
            Some(text) => titles.get(text).map_or(text, String::as_str).to_owned(),
            None => integer(&value),
        };
        sentence = sentence.replace(&format!("{{{key}}}"), &shown);
    }
    Ok(sentence)
}

/// Takes a text in the language, else in the campaign's first, else in any.
fn pick(text: &Value, lang: &str, first: &str) -> String {
    for key in [lang, first] {
        if let Ok(found) = text.get_attr(key)
            && let Some(found) = found.as_str().filter(|s| !s.is_empty())
        {
            return found.to_owned();
        }
    }
    let any = text.try_iter().ok().and_then(|mut keys| keys.next());
    any.and_then(|k| text.get_item(&k).ok()).and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Replaces `{name}` in a sentence.
fn say(words: &Words, key: &str, values: &Kwargs) -> Result<String, Error> {
    let mut sentence = words.get(key).cloned().unwrap_or_else(|| key.to_owned());
    for name in values.args() {
        let value: Value = values.get(name)?;
        sentence = sentence.replace(&format!("{{{name}}}"), &value.to_string());
    }
    Ok(sentence)
}

fn float(x: &Value) -> Option<f64> {
    f64::try_from(x.clone()).ok().filter(|x| x.is_finite())
}

const NOTHING: &str = "–";

fn number(x: &Value, digits: usize) -> String {
    float(x).map_or_else(|| NOTHING.to_owned(), |x| fixed(x, digits))
}

/// Prints a standard error, a half-width or a smallest difference: of a million answers it is more than `0.00`.
fn error(x: &Value, digits: usize) -> String {
    float(x).map_or_else(|| NOTHING.to_owned(), |x| error_text(x, digits))
}

/// Prints an error with the decimals in which two digits of it are seen.
pub fn error_text(x: f64, least: usize) -> String {
    fixed(x, error_decimals(x, least))
}

/// Returns the decimals in which two significant digits of an error are seen, and no fewer than `least`.
pub fn error_decimals(x: f64, least: usize) -> usize {
    // What is smaller is the rounding of a zero.
    const MOST: usize = 9;
    let seen = |digits: &usize| format!("{:.digits$}", x.abs()).trim_start_matches(['0', '.']).len() > 1;
    (least..=MOST).find(seen).unwrap_or(least)
}

/// Returns the decimals in which the ends of an interval are seen apart by their half-width, and no fewer than `least`.
fn apart(low: &Value, high: &Value, least: usize) -> usize {
    let (low, high) = float(low).zip(float(high)).unwrap_or_default();
    apart_decimals(low, high, least)
}

/// The same of numbers.
pub fn apart_decimals(low: f64, high: f64, least: usize) -> usize {
    const MOST: usize = 9;
    let half = (high - low).abs() / 2.0;
    let seen = |digits: &usize| format!("{half:.digits$}").contains(|c| matches!(c, '1'..='9'));
    (least..=MOST).find(seen).unwrap_or(least)
}

/// Prints without `-0.0`, and with a real minus sign.
pub fn fixed(x: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", x.abs());
    let zero = text.chars().all(|c| matches!(c, '0' | '.'));
    if x < 0.0 && !zero { format!("−{text}") } else { text }
}

fn signed(x: &Value, digits: usize) -> String {
    float(x).map_or_else(|| NOTHING.to_owned(), |x| signed_text(x, digits))
}

/// Prints a change with its sign.
pub fn signed_text(x: f64, digits: usize) -> String {
    let text = fixed(x, digits);
    if x > 0.0 { format!("+{text}") } else { text }
}

fn percent(x: &Value, digits: usize) -> String {
    float(x).map_or_else(|| NOTHING.to_owned(), |x| percent_of(x, digits))
}

/// Prints a share as a percentage.
pub fn percent_of(x: f64, digits: usize) -> String {
    format!("{}%", fixed(x * 100.0, digits))
}

fn integer(x: &Value) -> String {
    float(x).map_or_else(|| NOTHING.to_owned(), whole_text)
}

/// Prints a whole number with thousands apart.
pub fn whole_text(x: f64) -> String {
    let digits = grouped(&format!("{:.0}", x.abs()));
    if x < 0.0 && digits != "0" { format!("−{digits}") } else { digits }
}

/// Prints a count with thousands apart.
#[must_use]
pub fn count(n: u64) -> String {
    grouped(&n.to_string())
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// Keeps a text within its cell of a Markdown table, and keeps markup in it from taking effect.
fn markdown_cell(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\r' => out.push(' '),
            '@' => out.push_str("&#64;"),
            _ => out.push(c),
        }
    }
    out
}

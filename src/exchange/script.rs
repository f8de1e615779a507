//! The script that lets R's `survey` compute every number of the report again.
//!
//! Goes in: a wave with its table. Comes out: R code. What is estimated is
//! written from the spec; how, is the same for all (`templates/export`).

use std::fmt::Write;

use crate::exchange::answers::Missing;
use crate::exchange::people::Dataset;
use crate::expr::ArithmeticOp;
use crate::model::checked::{
    Choice, Formula, Grouping, Instrument, QuestionKind, ScoreKind, Scoring, SingleStratum, Text,
};
use crate::score::adjustment::Kind;
use crate::score::formula::range;
use crate::score::respondent::code_range;
use crate::score::wave::Wave;

const DATA: &str = include_str!("../../templates/export/data.R");
const ENGINE: &str = include_str!("../../templates/export/engine.R");
const COMPARE: &str = include_str!("../../templates/export/compare.R");

/// Writes `report.R`.
#[must_use]
pub fn script(wave: &Wave, data: &Dataset) -> String {
    let writer = Writer { wave, data };
    let mut out = writer.head();
    out.push_str(&writer.scoring());
    out.push_str(&writer.items());
    out.push_str(&writer.design());
    out + DATA + ENGINE + "\n" + COMPARE
}

/// Quotes words for R.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

/// Writes a number as R reads it.
fn number(x: f64) -> String {
    if x == f64::INFINITY {
        "Inf".to_owned()
    } else if x == f64::NEG_INFINITY {
        "-Inf".to_owned()
    } else if x.is_finite() {
        x.to_string()
    } else {
        "NA_real_".to_owned()
    }
}

fn names<'a>(all: impl IntoIterator<Item = &'a String>) -> String {
    format!("c({})", all.into_iter().map(|n| quoted(n)).collect::<Vec<_>>().join(", "))
}

fn numbers(all: impl IntoIterator<Item = f64>) -> String {
    format!("c({})", all.into_iter().map(number).collect::<Vec<_>>().join(", "))
}

/// Quotes a column for use in an expression.
fn column(name: &str) -> String {
    format!("`{}`", name.replace(['\\', '`'], "_"))
}

/// A title in all languages, on one line.
fn title(text: &Text) -> String {
    let mut all: Vec<String> = Vec::new();
    for (_, words) in &text.0 {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if !words.is_empty() && !all.contains(&words) {
            all.push(words);
        }
    }
    all.join(" / ")
}

fn truth(yes: bool) -> &'static str {
    if yes { "TRUE" } else { "FALSE" }
}

struct Writer<'a> {
    wave: &'a Wave<'a>,
    data: &'a Dataset,
}

impl Writer<'_> {
    fn head(&self) -> String {
        let checked = self.wave.checked;
        let campaign = &checked.campaign;
        format!(
            "#!/usr/bin/env Rscript\n\
             # {} ({})\n\
             #\n\
             # Computes every number of the report again with R's survey package, and compares:\n\
             #\n\
             #   Rscript report.R report.json\n\
             #\n\
             # It prints how many numbers were compared and the largest difference, and ends with 1 when one is off by\n\
             # more than 1e-8. data.csv holds answers of single persons: keep it as you keep personal data.\n\
             #\n\
             #  1. What is estimated: scores, groups, items, and the design, as the spec has them\n\
             #  2. Data                5. Intervals\n\
             #  3. Design              6. Comparing\n\
             #  4. Estimates           7. Every number of the report\n\n\
             # ---- 1. What is estimated ----------------------------------------------------------------------\n\n",
            title(&campaign.title),
            campaign.name,
        )
    }

    /// Writes dimensions, indices and measures.
    fn scoring(&self) -> String {
        let Some(scoring) = &self.wave.checked.scoring else {
            return "scale_low <- 0\nscale_high <- 100\ndimensions <- list()\nindices <- list()\nmeasures <- list()\n\n"
                .to_owned();
        };
        let mut out =
            format!("scale_low <- {}\nscale_high <- {}\n\n", number(scoring.low), number(scoring.high));
        let list = |out: &mut String, name: &str, lines: Vec<String>| {
            let _ = writeln!(out, "{name} <- list(\n{}\n)\n", lines.join(",\n"));
        };
        let each = |f: &dyn Fn(usize) -> Option<String>| (0..scoring.scores.len()).filter_map(f).collect();
        list(&mut out, "dimensions", each(&|i| self.dimension(scoring, i)));
        list(&mut out, "indices", each(&|i| index(scoring, i)));
        list(&mut out, "measures", each(&|i| Some(self.measure(scoring, i))));
        out
    }

    fn dimension(&self, scoring: &Scoring, score: usize) -> Option<String> {
        let one = &scoring.scores[score];
        let ScoreKind::Dimension { items, at_least, .. } = &one.kind else { return None };
        let known: Vec<(usize, (f64, f64))> =
            items.iter().filter_map(|i| Some((*i, code_range(self.wave.checked, *i)?))).collect();
        Some(format!(
            "  # {}\n  {} = list(items = {}, low = {}, high = {}, at_least = {at_least})",
            title(&one.title),
            quoted(&one.name),
            names(known.iter().map(|(i, _)| &self.data.items[*i].own)),
            numbers(known.iter().map(|(_, r)| r.0)),
            numbers(known.iter().map(|(_, r)| r.1)),
        ))
    }

    fn measure(&self, scoring: &Scoring, score: usize) -> String {
        let one = &scoring.scores[score];
        let range = range(self.wave.checked, score);
        let bounds = format!(
            "low = {}, high = {}, share = {}",
            number(range.map_or(f64::NEG_INFINITY, |r| r.low)),
            number(range.map_or(f64::INFINITY, |r| r.high)),
            truth(range.is_some_and(|r| r.share)),
        );
        let what = match (&one.kind, &self.data.scores[score]) {
            (ScoreKind::Kpi(formula), _) => format!("formula = quote({})", self.formula(scoring, formula)),
            (_, Some((own, usual))) => format!("column = {}, usual = {}", quoted(own), quoted(usual)),
            (_, None) => "column = \"\"".to_owned(),
        };
        format!("  # {}\n  {} = list({what}, {bounds})", title(&one.title), quoted(&one.name))
    }

    fn formula(&self, scoring: &Scoring, formula: &Formula) -> String {
        let item = |i: usize| column(&self.data.items[i].own);
        let condition = |c: &crate::expr::Expr| {
            let found = self.data.conditions.iter().find(|(known, _)| known == c);
            found.map_or_else(|| "NA".to_owned(), |(_, name)| column(name))
        };
        match formula {
            Formula::Number(x) => number(*x),
            Formula::Score(s) | Formula::Kpi(s) => format!("score({})", quoted(&scoring.scores[*s].name)),
            Formula::Mean(i) => format!("mean_of({})", item(*i)),
            Formula::Nps(i) => format!("nps({})", item(*i)),
            Formula::Top2(i) => format!("top2({}, {})", item(*i), number(self.second_best(*i))),
            Formula::Share(i) => format!("yes({})", item(*i)),
            Formula::ShareOf(c) => format!("share({})", condition(c)),
            Formula::Total(i) => format!("total({})", item(*i)),
            Formula::Count(None) => "count()".to_owned(),
            Formula::Count(Some(c)) => format!("count({})", condition(c)),
            Formula::Ratio(a, b) => format!("ratio({}, {})", item(*a), item(*b)),
            Formula::OfEvents(..) => "no_estimate()".to_owned(),
            Formula::Arithmetic(op, a, b) => {
                let sign = match op {
                    ArithmeticOp::Add => "+",
                    ArithmeticOp::Subtract => "-",
                    ArithmeticOp::Multiply => "*",
                    ArithmeticOp::Divide => "/",
                };
                format!("({} {sign} {})", self.formula(scoring, a), self.formula(scoring, b))
            }
        }
    }

    /// The second best code of an item's scale.
    fn second_best(&self, item: usize) -> f64 {
        let checked = self.wave.checked;
        match &checked.questionnaire.questions[checked.questionnaire.items[item].question].kind {
            QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => {
                let mut codes: Vec<i64> = checked.scales[*scale].points.iter().map(|p| p.code).collect();
                codes.sort_unstable();
                codes.dedup();
                codes.iter().rev().nth(1).or(codes.last()).map_or(f64::INFINITY, |c| *c as f64)
            }
            _ => f64::INFINITY,
        }
    }

    fn items(&self) -> String {
        let checked = self.wave.checked;
        let mut lines = Vec::new();
        for (i, item) in checked.questionnaire.items.iter().enumerate() {
            let question = &checked.questionnaire.questions[item.question];
            let columns = &self.data.items[i];
            let (low, high) = code_range(checked, i).unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
            let count = |o: &[Choice]| (1..=o.len()).map(|k| k as f64).collect::<Vec<_>>();
            let (kind, codes) = match &question.kind {
                QuestionKind::Scale(scale, instrument) => (
                    if *instrument == Instrument::Nps { "nps" } else { "scale" },
                    checked.scales[*scale].points.iter().map(|p| p.code as f64).collect(),
                ),
                QuestionKind::Grid(scale) => {
                    ("grid", checked.scales[*scale].points.iter().map(|p| p.code as f64).collect())
                }
                QuestionKind::Choice(options) => ("choice", count(options)),
                QuestionKind::YesNo | QuestionKind::Consent => ("yes_no", vec![1.0, 0.0]),
                other => (other.word(), Vec::new()),
            };
            lines.push(format!(
                "  # {}\n  {} = list(column = {}, kind = \"{kind}\", codes = {}, options = {}, top2 = {},\n    low = {}, \
                 high = {})",
                title(if item.row.is_empty() { &question.text } else { &item.row }),
                quoted(&item.name),
                quoted(&columns.own),
                numbers(codes),
                names(&columns.options),
                number(self.second_best(i)),
                number(low),
                number(high),
            ));
        }
        format!("items <- list(\n{}\n)\n\n", lines.join(",\n"))
    }

    /// Writes groups, weights and what the columns are.
    fn design(&self) -> String {
        let Wave { checked, weights, design, .. } = self.wave;
        let analysis = &checked.analysis;
        let of = |g: &Grouping| {
            let found = self.data.groups.iter().find(|(known, _)| known == g);
            let stratum = "design.stratum".to_owned();
            if *g == Grouping::Stratum { stratum } else { found.map_or_else(String::new, |(_, c)| c.clone()) }
        };
        let segments = analysis.segments.iter().filter(|by| **by != [Grouping::Stratum]);
        let segments: Vec<String> =
            segments.map(|by| names(&by.iter().map(of).collect::<Vec<_>>())).collect();
        let calibrated = weights.calibrated.as_ref();
        let margins = calibrated.iter().flat_map(|c| &c.margins).zip(&self.data.margins);
        let targets: Vec<String> =
            margins.map(|(m, _)| numbers(m.categories.iter().map(|c| c.wanted))).collect();
        let plain = calibrated.is_some_and(|c| c.trimmed.is_none() && c.converged);
        let classes = design.adjustments.iter().any(|a| matches!(a.kind, Kind::Response { .. }));
        let single = match analysis.single {
            SingleStratum::Unknown => "unknown",
            SingleStratum::Adjust => "adjust",
            SingleStratum::Average => "average",
            SingleStratum::Certainty | SingleStratum::Remove => "certainty",
        };
        let missing = Missing::for_wave(self.wave);
        let answer_columns: Vec<&String> =
            self.data.items.iter().flat_map(|i| std::iter::once(&i.own).chain(&i.options)).collect();
        let words: Vec<&String> =
            self.data.table.variables.iter().filter(|v| v.words).map(|v| &v.name).collect();
        format!(
            "segments <- list({})\n\n\
             # Margins that the weights agree with, by category; survey rakes to them where no weight was cut.\n\
             calibration <- list(margins = {}, targets = list({}),\n  by_survey = {}, collected = {}, response_classes = {})\n\
             adjusted <- {} # weights are raised for those who did not answer\n\
             single_rule <- \"{single}\" # what a stratum with a single respondent contributes\n\
             finite_correction <- {} # in judgements of targets\n\n\
             missing_codes <- c(open = {}, not_applicable = {}, not_asked = {}, unusable = {})\n\
             answer_columns <- {}\n\
             words <- {}\n\n",
            segments.join(", "),
            names(&self.data.margins),
            targets.join(", "),
            truth(plain),
            truth(checked.responses.is_some()),
            truth(classes),
            truth(!analysis.nonresponse.is_empty()),
            truth(analysis.finite_correction),
            number(missing.open),
            number(missing.not_applicable),
            number(missing.not_asked),
            number(missing.unusable),
            names(answer_columns),
            names(words),
        )
    }
}

/// Writes an index with its weights: a row a period, the usual ones first.
fn index(scoring: &Scoring, score: usize) -> Option<String> {
    let one = &scoring.scores[score];
    let ScoreKind::Index { parts, at_least } = &one.kind else { return None };
    let usual: Vec<(usize, f64)> = (scoring.scores.iter().enumerate())
        .filter_map(|(i, s)| match s.kind {
            ScoreKind::Dimension { weight, .. } => Some((i, weight)),
            _ => None,
        })
        .collect();
    let periods = scoring.during.iter().map(|p| scoring.weights_on(p.from));
    let rows = std::iter::once(usual).chain(periods);
    let weights = rows.flat_map(|row| {
        let of = |p: &usize| row.iter().find(|(i, _)| i == p).map_or(0.0, |(_, w)| *w);
        parts.iter().map(of).collect::<Vec<_>>()
    });
    Some(format!(
        "  # {}\n  {} = list(parts = {}, at_least = {}, weights = matrix({}, ncol = {}, byrow = TRUE))",
        title(&one.title),
        quoted(&one.name),
        names(parts.iter().map(|p| &scoring.scores[*p].name)),
        number(*at_least),
        numbers(weights),
        parts.len(),
    ))
}

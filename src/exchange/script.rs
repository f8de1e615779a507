//! The script that lets R's `survey` compute every number of the report again.
//!
//! Goes in: a wave with its table. Comes out: R code. What is estimated is
//! written from the spec; how, is the same for all (`templates/export`).

use std::fmt::Write;

use crate::exchange::answers::Missing;
use crate::exchange::beside::{Beside, clock, in_wave};
use crate::exchange::people::Dataset;
use crate::exchange::r::{column, names, number, numbers, quoted, title, truth};
use crate::expr::ArithmeticOp;
use crate::model::checked::{
    Choice, FieldKind, Formula, Grouping, Instrument, Measured, QuestionKind, ScoreKind, Scoring,
    SingleStratum,
};
use crate::score::adjustment::Kind;
use crate::score::formula::{events_column, range};
use crate::score::method::resample::Random;
use crate::score::respondent::code_range;
use crate::score::wave::Wave;
use crate::score::weights::grouping_name;

/// The parts of the script that are the same for all, in their order.
const PARTS: [&str; 11] = [
    include_str!("../../templates/export/data.R"),
    include_str!("../../templates/export/engine.R"),
    include_str!("../../templates/export/compare.R"),
    include_str!("../../templates/export/tests.R"),
    include_str!("../../templates/export/estimates.R"),
    include_str!("../../templates/export/differences.R"),
    include_str!("../../templates/export/events.R"),
    include_str!("../../templates/export/waves.R"),
    include_str!("../../templates/export/findings.R"),
    include_str!("../../templates/export/drivers.R"),
    include_str!("../../templates/export/result.R"),
];

/// Writes `report.R`: of a wave, the wave before, and the waves before that, each with its table.
#[must_use]
pub fn script(
    (wave, data): (&Wave, &Dataset),
    before: Option<(&Wave, &Dataset)>,
    older: &[(&Wave, Dataset)],
    beside: Beside,
) -> String {
    let writer = Writer { wave, data };
    let mut out = writer.head();
    let local = |own: &Wave, data: &Dataset, file: &str| {
        let lines = Writer { wave: own, data }.definitions(file, wave);
        format!("local({{\n{lines}environment()\n}})")
    };
    let _ = writeln!(out, "this <- {}\n", local(wave, data, "data"));
    let before = before.map_or_else(|| "NULL".to_owned(), |(own, data)| local(own, data, "before"));
    let _ = writeln!(out, "before <- {before} # the wave before\n");
    let older =
        older.iter().map(|(own, data)| local(own, data, &format!("older-{}", own.checked.campaign.name)));
    let _ = writeln!(out, "older <- list({}) # waves before that\n", older.collect::<Vec<_>>().join(", "));
    out.push_str(&writer.beside(beside));
    out + &PARTS.join("\n")
}

struct Writer<'a> {
    wave: &'a Wave<'a>,
    data: &'a Dataset,
}

impl Writer<'_> {
    /// What is estimated from a file: scores, items and design; groups are those that `compared` names.
    fn definitions(&self, file: &str, compared: &Wave) -> String {
        let design = if file == "data" { "design".to_owned() } else { format!("{file}-design") };
        let mut out = format!(
            "campaign <- {}\ndata_file <- {}\ndesign_file <- {}\n",
            quoted(&self.wave.checked.campaign.name),
            quoted(&format!("{file}.csv")),
            quoted(&format!("{design}.csv"))
        );
        let hide = self.wave.checked.analysis.hide_below;
        let _ = writeln!(out, "hide_below <- {hide} # groups with fewer answers are hidden");
        let dated = self.wave.checked.responses.as_ref().is_none_or(|r| r.at.is_some());
        let _ = writeln!(out, "dated <- {} # answers bear a day, told or not\n", truth(dated));
        out.push_str(&self.scoring());
        out.push_str(&self.items());
        out.push_str(&self.design());
        let lines = compared.checked.analysis.segments.iter().map(|by| {
            let name =
                by.iter().map(|g| grouping_name(compared.checked, *g)).collect::<Vec<_>>().join(" by ");
            let columns: Option<Vec<String>> = by
                .iter()
                .map(|g| in_wave(compared.checked, *g, self.wave.checked).map(|g| self.group(&g)))
                .collect();
            format!("  {} = {}", quoted(&name), columns.map_or_else(|| "NULL".to_owned(), |c| names(&c)))
        });
        let lines: Vec<String> = lines.collect();
        let _ = writeln!(out, "compared <- list(\n{}\n)\n", lines.join(",\n"));
        out
    }

    /// Returns the column of a grouping.
    fn group(&self, grouping: &Grouping) -> String {
        if *grouping == Grouping::Stratum {
            return "design.stratum".to_owned();
        }
        let found = self.data.groups.iter().find(|(known, _)| known == grouping);
        found.map_or_else(String::new, |(_, c)| c.clone())
    }

    /// Writes what findings need: drivers, risk groups, what is known of times, and when the waves were.
    fn beside(&self, Beside { past, seed, .. }: Beside) -> String {
        let checked = self.wave.checked;
        let column = |m: Measured| match m {
            Measured::Item(i) => self.data.items[i].own.clone(),
            Measured::Score(i) => self.data.scores[i].as_ref().map_or_else(String::new, |s| s.0.clone()),
        };
        let scale = |m: Measured| match m {
            Measured::Item(i) => code_range(checked, i),
            Measured::Score(_) => checked.scoring.as_ref().map(|s| (s.low, s.high)),
        };
        let drivers = checked.analysis.drivers.iter().map(|d| {
            let ends: Vec<(f64, f64)> =
                d.by.iter().map(|m| scale(*m).unwrap_or((f64::NAN, f64::NAN))).collect();
            format!(
                "  list(outcome = {}, by = {}, low = {}, high = {})",
                quoted(&column(d.outcome)),
                names(&d.by.iter().map(|m| column(*m)).collect::<Vec<_>>()),
                numbers(ends.iter().map(|e| e.0)),
                numbers(ends.iter().map(|e| e.1)),
            )
        });
        let drivers: Vec<String> = drivers.collect();
        let risks =
            self.data.risks.iter().map(|(name, column)| format!("{} = {}", quoted(name), quoted(column)));
        let (hours, days) = clock(checked);
        format!(
            "drivers <- list(\n{}\n)\nseed <- {} # of the bootstrap: where L'Ecuyer's generator begins\n\nrisks <- list({}) # column of each risk group\n\
             clock <- c(hours = {}, days = {}) # what is known of the time of an answer\n\
             past <- data.frame(name = {}, at = {}) # middle of every wave, in days since 1970\n\n",
            drivers.join(",\n"),
            numbers(Random::new(seed).state().map(|x| x as f64)),
            risks.collect::<Vec<_>>().join(", "),
            truth(hours),
            truth(days),
            names(&past.iter().map(|w| w.name.clone()).collect::<Vec<_>>()),
            numbers(past.iter().map(|w| w.at)),
        )
    }

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
             #  2. Data                7. Tests\n\
             #  3. Design              8. Every estimate of the report\n\
             #  4. Estimates           9. Differences: groups, waves, measures\n\
             #  5. Intervals          10. Findings\n\
             #  6. Comparing          11. Result\n\n\
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
            Formula::Quantile(i, p) => format!("quantile_of({}, {})", item(*i), number(*p)),
            Formula::Nps(i) => format!("nps({})", item(*i)),
            Formula::Top2(i) => format!("top2({}, {})", item(*i), number(self.second_best(*i))),
            Formula::Share(i) => format!("yes({})", item(*i)),
            Formula::ShareOf(c) => format!("share({})", condition(c)),
            Formula::Total(i) => format!("total({})", item(*i)),
            Formula::Count(None) => "count()".to_owned(),
            Formula::Count(Some(c)) => format!("count({})", condition(c)),
            Formula::Ratio(a, b) => format!("ratio({}, {})", item(*a), item(*b)),
            Formula::OfEvents(source, field) => {
                let found = self.data.events.iter().find(|(known, _)| *known == (*source, *field));
                let share = events_column(self.wave.checked, *source, *field)
                    .is_some_and(|f| f.kind == FieldKind::YesNo);
                let how = if share { "share" } else { "mean_of" };
                found.map_or_else(|| "no_estimate()".to_owned(), |(_, c)| format!("{how}({})", column(c)))
            }
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
        let of = |g: &Grouping| self.group(g);
        let segments = analysis.segments.iter().filter(|by| **by != [Grouping::Stratum]);
        let segments: Vec<String> =
            segments.map(|by| names(&by.iter().map(of).collect::<Vec<_>>())).collect();
        let calibrated = weights.calibrated.as_ref();
        let margins = calibrated.iter().flat_map(|c| &c.margins).zip(&self.data.margins);
        let targets: Vec<String> =
            margins.map(|(m, _)| numbers(m.categories.iter().map(|c| c.wanted))).collect();
        let plain = calibrated.is_some_and(|c| c.trimmed.is_none() && c.converged);
        let classes = design.adjustments.iter().any(|a| matches!(a.kind, Kind::Response { .. }));
        // Clusters that were invited, and answers from elsewhere, are not counted by cell.
        let given = checked.responses.is_some() || design.is_clustered();
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
             calibration <- list(margins = {}, targets = list({}),\n  by_survey = {}, given = {}, response_classes = {})\n\
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
            truth(given),
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

//! The sheets of the workbook.

use crate::model::checked::Text;
use crate::report::data::ReportData;
use crate::report::view::decimals;
use crate::report::words::Words;
use crate::report::workbook::effects::effects;
use crate::report::workbook::sheet::{Cell, FINE, SHARE, Sheet, WHOLE};
use crate::score::types::{Caution, Estimate, Group, ItemResult, Measure, Note, TargetResult, Verdict};

/// Makes all sheets.
pub fn pages(data: &ReportData, language: &str, words: &Words) -> Vec<Sheet> {
    let page = Page { data, language, words };
    vec![
        page.summary(),
        page.scores(),
        page.strata(),
        page.segments(),
        page.items(),
        page.response(),
        page.method(),
    ]
}

struct Page<'a> {
    data: &'a ReportData,
    language: &'a str,
    words: &'a Words,
}

impl<'a> Page<'a> {
    fn word(&self, key: &'a str) -> &'a str {
        self.words.get(key).map_or(key, String::as_str)
    }

    /// A title in the report's language; a name where there is none.
    fn title(&self, title: &'a Text, name: &'a str) -> &'a str {
        match title.get(self.language) {
            "" => self.words.get(name).map_or(name, String::as_str),
            title => title,
        }
    }

    fn heads(&self, keys: &[&'a str]) -> Vec<&'a str> {
        keys.iter().map(|k| self.word(k)).collect()
    }

    fn summary(&self) -> Sheet {
        let data = self.data;
        let mut sheet = Sheet::new(self.word("summary"));
        sheet.row(vec![Cell::Heading(data.title.get(self.language).to_owned())]);
        let pair = |key: &'a str, cell: Cell| vec![Cell::words(self.word(key)), cell];
        let day = |text: &str| text.chars().take(10).collect::<String>();
        if !data.open.is_empty() {
            sheet.row(pair("period", Cell::Words(format!("{} – {}", day(&data.open), day(&data.close)))));
        }
        sheet.row(pair("as_of", Cell::words(&data.as_of)));
        let total = &data.scores.response_total;
        sheet.row(pair("population", Cell::count(total.population)));
        for (key, n) in [
            ("invited", total.counts.invited),
            ("started", total.counts.started),
            ("completed", total.counts.completed),
            ("kept", total.counts.kept),
        ] {
            sheet.row(pair(key, Cell::count(n)));
        }
        sheet.row(pair("rate", Cell::number(total.counts.rate, SHARE)));
        sheet.row(pair("weighted_rate", Cell::number(total.weighted_rate, SHARE)));
        self.targets(&mut sheet);
        self.benchmarks(&mut sheet);
        effects(&mut sheet, data, self.language, self.words);
        if !data.scores.cautions.is_empty() {
            sheet.row(Vec::new());
            sheet.row(vec![Cell::Heading(self.word("cautions").to_owned())]);
            for caution in &data.scores.cautions {
                sheet.row(vec![Cell::Words(self.caution(caution))]);
            }
        }
        sheet
    }

    fn targets(&self, sheet: &mut Sheet) {
        let scores = &self.data.scores;
        if scores.targets.is_empty() {
            return;
        }
        sheet.row(Vec::new());
        sheet.row(vec![Cell::Heading(self.word("targets").to_owned())]);
        let heads = ["measure", "group", "goal", "estimate", "error", "low_end", "high_end", "by", "verdict"];
        sheet.heads(&self.heads(&heads));
        for target in &scores.targets {
            sheet.row(self.target(target));
        }
    }

    fn target(&self, target: &'a TargetResult) -> Vec<Cell> {
        let form = self.form_of(&target.score);
        let verdict = match target.verdict {
            Verdict::Met => "met",
            Verdict::NotMet => "not_met",
            Verdict::NotDecided => "not_decided",
            Verdict::Hidden => "hidden",
        };
        let group = match (&target.stratum, &target.stratum_title) {
            (Some(name), Some(title)) => self.title(title, name),
            (Some(name), None) => name,
            _ => self.word("everyone"),
        };
        let sign = if target.at_least { "≥" } else { "≤" };
        vec![
            Cell::Words(format!("{} {sign}", self.title(&target.title, &target.score))),
            Cell::words(group),
            Cell::Number(target.goal, form),
            Cell::number(target.value, form),
            Cell::error(target.standard_error),
            Cell::number(target.low, form),
            Cell::number(target.high, form),
            Cell::words(&target.by.map_or_else(String::new, |d| d.to_string())),
            Cell::words(self.word(verdict)),
        ]
    }

    fn benchmarks(&self, sheet: &mut Sheet) {
        let scores = &self.data.scores;
        if scores.benchmarks.is_empty() {
            return;
        }
        sheet.row(Vec::new());
        sheet.row(vec![Cell::Heading(self.word("benchmarks").to_owned())]);
        sheet.heads(&self.heads(&[
            "measure",
            "benchmarks",
            "figure",
            "difference",
            "error",
            "low_end",
            "high_end",
        ]));
        for b in &scores.benchmarks {
            let form = self.form_of(&b.score);
            sheet.row(vec![
                Cell::words(self.title(&b.title, &b.score)),
                Cell::words(b.label.get(self.language)),
                Cell::Number(b.figure, form),
                Cell::number(b.difference, form),
                Cell::error(b.standard_error),
                Cell::number(b.low, form),
                Cell::number(b.high, form),
            ]);
        }
    }

    /// Heads of an estimate's columns.
    const ESTIMATE: [&'static str; 9] =
        ["estimate", "error", "low_end", "high_end", "n", "n_effective", "df", "design_effect", "note"];

    fn estimate(&self, estimate: &Estimate, form: &'static str) -> Vec<Cell> {
        vec![
            Cell::number(estimate.value, form),
            Cell::error(estimate.standard_error),
            Cell::number(estimate.low, form),
            Cell::number(estimate.high, form),
            Cell::count(estimate.n),
            Cell::number(estimate.n_effective, "#,##0.0"),
            Cell::count(estimate.df),
            Cell::number(estimate.design_effect, FINE),
            Cell::words(&self.notes(estimate)),
        ]
    }

    fn notes(&self, estimate: &Estimate) -> String {
        let mut notes: Vec<&str> = estimate
            .notes
            .iter()
            .map(|note| match note {
                Note::Hidden => self.word("note_hidden"),
                Note::Empty => self.word("note_empty"),
                Note::Unreliable => self.word("note_unreliable"),
                Note::SingleRespondent { .. } => self.word("note_single"),
                Note::NoVariation => self.word("note_no_variation"),
            })
            .collect();
        if estimate.clipped {
            notes.push(self.word("clipped"));
        }
        notes.join(self.word("comma"))
    }

    fn scores(&self) -> Sheet {
        let scores = &self.data.scores;
        let mut sheet = Sheet::new(self.word("scores"));
        let mut heads = self.heads(&["measure", "kind", "weight"]);
        heads.extend(self.heads(&Self::ESTIMATE));
        sheet.table(&heads);
        for (measure, estimate) in scores.measures.iter().zip(&scores.overall.estimates) {
            let mut row = vec![
                Cell::words(self.title(&measure.title, &measure.name)),
                Cell::words(self.word(measure.kind)),
                Cell::number(measure.weight, SHARE),
            ];
            row.extend(self.estimate(estimate, form(measure)));
            sheet.row(row);
        }
        sheet
    }

    /// A row for each group and measure.
    fn group(&self, sheet: &mut Sheet, first: &str, group: &'a Group) {
        for (measure, estimate) in self.data.scores.measures.iter().zip(&group.estimates) {
            let mut row = vec![
                Cell::words(first),
                Cell::words(self.title(&group.title, &group.name)),
                Cell::count(group.population),
                Cell::words(self.title(&measure.title, &measure.name)),
            ];
            row.extend(self.estimate(estimate, form(measure)));
            sheet.row(row);
        }
    }

    fn group_heads(&self) -> Vec<&'a str> {
        let mut heads = self.heads(&["by_group", "group", "population", "measure"]);
        heads.extend(self.heads(&Self::ESTIMATE));
        heads
    }

    fn strata(&self) -> Sheet {
        let scores = &self.data.scores;
        let mut sheet = Sheet::new(self.word("by_stratum"));
        sheet.table(&self.group_heads());
        for group in &scores.strata {
            self.group(&mut sheet, self.word("stratum"), group);
        }
        for group in &scores.parts {
            self.group(&mut sheet, self.word("parts"), group);
        }
        sheet
    }

    fn segments(&self) -> Sheet {
        let mut sheet = Sheet::new(self.word("segments"));
        sheet.table(&self.group_heads());
        for segment in &self.data.scores.segments {
            for group in &segment.groups {
                self.group(&mut sheet, self.title(&segment.title, &segment.name), group);
            }
        }
        if let Some(group) = &self.data.scores.self_selected {
            self.group(&mut sheet, self.word("self_selected"), group);
        }
        sheet
    }

    fn items(&self) -> Sheet {
        let mut sheet = Sheet::new(self.word("answers"));
        let mut heads = self.heads(&["name", "question", "code", "answer", "count"]);
        heads.extend(self.heads(&Self::ESTIMATE));
        sheet.table(&heads);
        for item in &self.data.scores.items {
            self.item(&mut sheet, item);
        }
        sheet
    }

    fn item(&self, sheet: &mut Sheet, item: &'a ItemResult) {
        let row = item.row.get(self.language);
        let question = item.text.get(self.language);
        let question = if row.is_empty() { question.to_owned() } else { format!("{question} – {row}") };
        let first = |code: &str, answer: &str, count: Cell| {
            vec![
                Cell::words(&item.name),
                Cell::words(&question),
                Cell::words(code),
                Cell::words(answer),
                count,
            ]
        };
        if item.hidden {
            return sheet.row(first("", self.word("hidden"), Cell::Blank));
        }
        for share in &item.shares {
            let label = share.label.get(self.language);
            let label = if label.is_empty() { share.code.as_str() } else { label };
            let mut row = first(&share.code, label, Cell::count(share.count));
            row.extend(self.estimate(&share.share, SHARE));
            sheet.row(row);
        }
        let summaries =
            [("mean", &item.mean, "0.00"), ("top2", &item.top2, SHARE), ("nps", &item.nps, "0.0")];
        for (key, estimate, form) in summaries {
            if let Some(estimate) = estimate {
                let mut row = first("", self.word(key), Cell::Blank);
                row.extend(self.estimate(estimate, form));
                sheet.row(row);
            }
        }
        for (key, n) in [
            ("n", item.n),
            ("not_answered", item.not_answered),
            ("not_applicable", item.not_applicable),
            ("not_asked", item.not_asked),
        ] {
            sheet.row(first("", self.word(key), Cell::count(n)));
        }
    }

    fn response(&self) -> Sheet {
        let mut sheet = Sheet::new(self.word("response_table"));
        let heads = [
            "stratum",
            "population",
            "drawn",
            "invited",
            "started",
            "partial",
            "withdrawn",
            "completed",
            "kept",
            "rate",
            "weight",
        ];
        sheet.table(&self.heads(&heads));
        for cell in &self.data.scores.response {
            let c = &cell.counts;
            let mut row =
                vec![Cell::words(self.title(&cell.title, &cell.name)), Cell::count(cell.population)];
            row.extend(
                [c.drawn, c.invited, c.started, c.partial, c.withdrawn, c.completed, c.kept].map(Cell::count),
            );
            row.extend([Cell::number(c.rate, SHARE), Cell::number(cell.base_weight, FINE)]);
            sheet.row(row);
        }
        sheet
    }

    fn method(&self) -> Sheet {
        let (method, weights) = (&self.data.method, &self.data.scores.weights);
        let mut sheet = Sheet::new(self.word("method"));
        let privacy = serde_json::to_value(method.privacy).unwrap_or_default();
        let privacy = format!("privacy_{}", privacy.as_str().unwrap_or_default());
        let mut line = |key: &'a str, cell: Cell| sheet.row(vec![Cell::words(self.word(key)), cell]);
        line("m_frame", Cell::words(&method.source));
        line("population", Cell::count(method.eligible));
        line("m_plan", Cell::words(&method.plan_hash));
        line("generated", Cell::Words(format!("Canvass {}", method.canvass)));
        line("m_weights", Cell::Words(weights.adjusted_by.join(", ")));
        line("weight_sum", Cell::Number(weights.sum, WHOLE));
        line("weight_smallest", Cell::number(weights.smallest, FINE));
        line("weight_largest", Cell::number(weights.largest, FINE));
        line("design_effect", Cell::number(weights.design_effect, FINE));
        line("n_effective", Cell::number(weights.n_effective, "#,##0.0"));
        line("m_variance", Cell::words(self.word("m_variance_text")));
        line("m_privacy", Cell::Words(self.words.get(&privacy).cloned().unwrap_or_default()));
        let hidden = self.word("hidden_note").replace("{n}", &self.data.scores.hide_below.to_string());
        line("hidden", Cell::Words(hidden));
        for warning in &self.data.warnings {
            sheet.row(vec![Cell::words(self.word("warnings")), Cell::words(warning.get(self.language))]);
        }
        sheet
    }

    fn form_of(&self, score: &str) -> &'static str {
        self.data.scores.measures.iter().find(|m| m.name == score).map_or("0.0", form)
    }

    /// Says a caution: the sentence of its kind with its own values.
    fn caution(&self, caution: &Caution) -> String {
        let value = serde_json::to_value(caution).unwrap_or_default();
        let kind = value["caution"].as_str().unwrap_or_default();
        let mut sentence = self.words.get(kind).map_or(kind, String::as_str).to_owned();
        let cells = &self.data.scores.response;
        for (key, value) in value.as_object().into_iter().flatten() {
            let shown = match value.as_str() {
                Some(name) => {
                    let cell = cells.iter().find(|c| c.name == name);
                    cell.map_or(name, |c| self.title(&c.title, &c.name)).to_owned()
                }
                None => value.to_string(),
            };
            sentence = sentence.replace(&format!("{{{key}}}"), &shown);
        }
        sentence
    }
}

fn form(measure: &Measure) -> &'static str {
    if decimals(measure) == 2 { "0.00" } else { "0.0" }
}

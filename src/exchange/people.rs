//! The table of a wave: design, weights, groups, answers and scores of every response.
//!
//! Goes in: a prepared wave. Comes out: a [`Dataset`], from which every number of
//! the report can be computed again. Pseudonyms, never keys. An anonymous
//! campaign gives no pseudonyms, channels or languages, and joins the values of
//! a group that fewer people share than the report shows. Words of respondents
//! are left out unless they are asked for; contact details always.

use std::collections::BTreeMap;

use crate::exchange::answers;
use crate::exchange::beside::{Also, moments};
use crate::exchange::table::{Cell, Table, Variable, both};
use crate::expr::{Expr, Truth, truth};
use crate::model::Checked;
use crate::model::checked::{FieldKind, Formula, Grouping, PrivacyMode, ScoreKind, Text};
use crate::score::adjustment::Kind;
use crate::score::formula::{events_column, of_event};
use crate::score::respondent::{Respondent, ResponseEnv};
use crate::score::segments::value_of;
use crate::score::wave::Wave;
use crate::score::weights::grouping_name;

/// Stands for the values of a group that too few people share.
const FEW: &str = "(few)";

/// What a row is.
const ROLES: [(f64, &str, &str); 3] = [
    (1.0, "抽样答卷", "drawn, answered and kept"),
    (2.0, "未作答（只用于加权）", "drawn, not answered; stands for the weights only"),
    (3.0, "公开链接答卷（不加权）", "answered by open link, unweighted"),
];

/// The table with what its columns stand for.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    /// Columns and rows.
    pub table: Table,
    /// Columns of the groupings in use.
    pub groups: Vec<(Grouping, String)>,
    /// Column of each item, and of its options.
    pub items: Vec<answers::ItemColumns>,
    /// Columns of the scores of one response, by index into the scores: of its day, and with the usual weights.
    pub scores: Vec<Option<(String, String)>>,
    /// Columns that tell for whom a formula's condition holds.
    pub conditions: Vec<(Expr, String)>,
    /// Columns of events that formulas take: source and field, and the column.
    pub events: Vec<((usize, usize), String)>,
    /// Columns of the margins' categories.
    pub margins: Vec<String>,
    /// Column of each risk group, by its name.
    pub risks: Vec<(String, String)>,
    /// Respondents who share their stratum and groups with fewer others than the report shows.
    pub rare: u64,
}

/// Makes the table; `words` brings what people wrote, `also` what other waves and the report need.
#[must_use]
pub fn dataset(wave: &Wave, words: bool, also: Also) -> Dataset {
    let people = People::new(wave);
    let mut out = Dataset { table: Table::new(people.rows()), ..Dataset::default() };
    people.identity(&mut out);
    moments(wave, &people.answering(), also, &mut out);
    people.design(&mut out);
    people.groups(also.groups, &mut out);
    out.items = answers::add(wave, &people.answering(), &mut out.table, words);
    people.scores(&mut out);
    people.conditions(&mut out);
    people.events(&mut out);
    out
}

/// The rows: respondents, then those who were drawn and did not answer, then answers by open link.
struct People<'a> {
    wave: &'a Wave<'a>,
    drawn: usize,
    anonymous: bool,
}

impl<'a> People<'a> {
    fn new(wave: &'a Wave<'a>) -> Self {
        let anonymous = wave.checked.privacy.mode == PrivacyMode::Anonymous;
        Self { wave, drawn: wave.design.units.len().max(wave.respondents.len()), anonymous }
    }

    fn rows(&self) -> usize {
        self.drawn + self.wave.others.len()
    }

    /// Returns the response of a row, where it has one.
    fn response(&self, row: usize) -> Option<&'a Respondent<'a>> {
        self.wave.respondents.get(row).or_else(|| self.wave.others.get(row.checked_sub(self.drawn)?))
    }

    fn answering(&self) -> Vec<Option<&'a Respondent<'a>>> {
        (0..self.rows()).map(|row| self.response(row)).collect()
    }

    fn identity(&self, out: &mut Dataset) {
        let role = |row: usize| match row {
            _ if row < self.wave.respondents.len() => 1.0,
            _ if row < self.drawn => 2.0,
            _ => 3.0,
        };
        if !self.anonymous {
            let id = Variable::text("resp.id", "design", both("答卷代号", "Pseudonym of the response"));
            out.table.add(id, |row| self.response(row).map(|r| r.response.pseudonym.clone()).into());
        }
        let codes = ROLES.iter().map(|(code, zh, en)| (*code, both(zh, en))).collect();
        let label = both("这一行是什么", "What the row is");
        out.table.add(Variable::coded("resp.role", "design", label, codes), |row| Cell::Number(role(row)));
    }

    fn design(&self, out: &mut Dataset) {
        let Wave { design, study, .. } = self.wave;
        let unit = |row: usize| design.units.get(row);
        let cell = |row: usize| unit(row).and_then(|u| study.cells.get(u.cell));
        let words = |name: &str, zh: &str, en: &str| Variable::text(name, "design", both(zh, en));
        let numbers = |name: &str, zh: &str, en: &str| Variable::number(name, "design", both(zh, en));
        out.table.add(words("design.stratum", "层", "Stratum"), |row| {
            cell(row).map(|c| study.strata[c.stratum].name.clone()).into()
        });
        out.table.add(
            words("design.cell", "抽样单元格（层或层内部分）", "Cell: the stratum, or a part of one"),
            |row| cell(row).map(|c| c.name.clone()).into(),
        );
        if design.is_clustered() {
            let variable = numbers("design.cluster", "群（初级抽样单元）", "Cluster (primary sampling unit)");
            out.table.add(variable, |row| unit(row).and_then(|u| u.cluster).map(|c| (c + 1) as f64).into());
        }
        let population = numbers(
            "design.population",
            "单元格总体数（有群时为群数）",
            "Population of the cell; clusters where there are clusters",
        );
        out.table.add(population, |row| unit(row).and_then(|u| design.cells[u.cell].population).into());
        let class = numbers("design.class", "无应答加权类", "Weighting class for those who did not answer");
        let classes = response_classes(self.wave);
        out.table.add(class, |row| {
            let of = |u: &crate::score::design::Unit| classes.map_or(u.class, |c| c[row]);
            unit(row).map(|u| (of(u) + 1) as f64).into()
        });
        if design.cells.iter().any(|c| !c.within.is_empty()) {
            let within = |row: usize| unit(row).and_then(|u| design.cells[u.cell].within.get(u.class));
            let invited = numbers(
                "design.class_invited",
                "抽中的群里该类的受邀人数",
                "Invited people of the class, in drawn clusters",
            );
            out.table.add(invited, |row| within(row).map(|c| c.invited as f64).into());
            let answered = numbers(
                "design.class_answered",
                "抽中的群里该类的应答人数",
                "People of the class who answered",
            );
            out.table.add(answered, |row| within(row).map(|c| c.answered as f64).into());
        }
        self.weights(out);
    }

    fn weights(&self, out: &mut Dataset) {
        let design = &self.wave.design;
        let invited: Vec<f64> =
            design.cells.iter().map(|c| c.classes.iter().map(|k| k.invited as f64).sum()).collect();
        let responding = response_classes(self.wave).is_some();
        let raised = |row: usize| -> Option<f64> {
            let unit = design.units.get(row)?;
            Some(match design.adjustments.iter().find(|a| !matches!(a.kind, Kind::Response { .. })) {
                Some(calibration) => calibration.before[row],
                None => unit.weight,
            })
        };
        let base = |row: usize| -> Option<f64> {
            let unit = design.units.get(row)?;
            if responding || self.wave.checked.responses.is_some() || unit.cluster.is_some() {
                return Some(design.weight_before(row));
            }
            Some(design.cells[unit.cell].population? / invited[unit.cell])
        };
        let weight = |name: &str, zh: &str, en: &str| Variable::number(name, "weight", both(zh, en));
        out.table.add(
            weight("weight.base", "基础权数", "Base weight: population over invited, or the file's"),
            |row| base(row).into(),
        );
        out.table.add(
            weight("weight.nonresponse", "经无应答调整的权数", "Weight, raised for those who did not answer"),
            |row| raised(row).into(),
        );
        out.table.add(
            weight(
                "weight.final",
                "最终权数：报告中的数字都用它",
                "Final weight: the figures of the report rest on it",
            ),
            |row| design.units.get(row).map(|u| u.weight).into(),
        );
        for adjustment in &design.adjustments {
            let Kind::Calibration(projection) = &adjustment.kind else { continue };
            for (k, category) in projection.categories().into_iter().enumerate() {
                let margin = self.wave.weights.calibrated.as_ref().and_then(|c| c.margins.get(k));
                let name = margin.map_or("", |m| m.name.as_str());
                let codes = margin.into_iter().flat_map(|m| &m.categories).enumerate();
                let codes = codes.map(|(i, c)| {
                    let words = c.values.join(" · ");
                    (
                        (i + 1) as f64,
                        if words.is_empty() { both("未知", "not known") } else { both(&words, &words) },
                    )
                });
                let label = both(&format!("校准边际：{name}"), &format!("Margin of the calibration: {name}"));
                let variable =
                    Variable::coded(&format!("margin.{}", k + 1), "weight", label, codes.collect());
                let column = out.table.add(variable, |row| category.get(row).map(|c| (c + 1) as f64).into());
                out.margins.push(column);
            }
        }
    }

    /// Adds the groupings that the spec uses, and those of the wave that is compared with it.
    fn groups(&self, more: &[Grouping], out: &mut Dataset) {
        let analysis = &self.wave.checked.analysis;
        let mut wanted: Vec<Grouping> = analysis.segments.iter().flatten().chain(more).copied().collect();
        if !self.anonymous {
            wanted.extend(&analysis.nonresponse);
            wanted.extend(analysis.margins.iter().flat_map(|m| &m.by));
            wanted.extend([Grouping::Channel, Grouping::Language]);
        }
        let mut kept: Vec<Vec<Option<String>>> = Vec::new();
        for grouping in wanted {
            if grouping == Grouping::Stratum || out.groups.iter().any(|(g, _)| *g == grouping) {
                continue;
            }
            let values = self.values(grouping);
            if values.iter().all(Option::is_none) {
                continue;
            }
            let name = grouping_name(self.wave.checked, grouping);
            let prefix = if matches!(grouping, Grouping::Field(_)) { "field" } else { "resp" };
            let label = label_of(self.wave.checked, grouping);
            let variable = Variable::text(&format!("{prefix}.{name}"), "field", label);
            let column = out.table.add(variable, |row| values[row].clone().into());
            out.groups.push((grouping, column));
            kept.push(values);
        }
        out.rare = self.rare(&kept);
    }

    fn values(&self, grouping: Grouping) -> Vec<Option<String>> {
        let sources = self.wave.sources();
        let own = |row: usize| {
            if row < self.wave.respondents.len() {
                return value_of(sources, grouping, row);
            }
            let response = self.response(row)?.response;
            match grouping {
                Grouping::Channel => Some(response.channel.to_string()),
                Grouping::Language => Some(response.language.to_string()),
                Grouping::Field(_) => {
                    response.fields.get(&grouping_name(self.wave.checked, grouping)).cloned()
                }
                Grouping::Stratum => None,
            }
        };
        let mut values: Vec<Option<String>> = (0..self.rows()).map(own).collect();
        if self.anonymous {
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            for value in values.iter().flatten() {
                *counts.entry(value.clone()).or_default() += 1;
            }
            for value in values.iter_mut().flatten() {
                if counts[value] < self.wave.checked.analysis.hide_below {
                    FEW.clone_into(value);
                }
            }
        }
        values
    }

    /// Counts respondents whose stratum and groups fewer people share than the report shows.
    fn rare(&self, groups: &[Vec<Option<String>>]) -> u64 {
        let key = |row: usize| {
            let own: Vec<&Option<String>> = groups.iter().map(|g| &g[row]).collect();
            (self.wave.design.units[row].cell, own)
        };
        let mut counts: BTreeMap<_, u64> = BTreeMap::new();
        for row in 0..self.wave.respondents.len() {
            *counts.entry(key(row)).or_default() += 1;
        }
        counts.values().filter(|n| **n < self.wave.checked.analysis.hide_below).sum()
    }

    fn scores(&self, out: &mut Dataset) {
        let Some(scoring) = &self.wave.checked.scoring else { return };
        let usual = !scoring.during.is_empty();
        if usual {
            let label = both("适用的权重时段：0 为平常", "Period whose weights hold; 0 is none");
            let period = |r: &Respondent| {
                let place = scoring.during.iter().position(|p| p.from <= r.day && r.day <= p.to);
                place.map_or(0.0, |p| (p + 1) as f64)
            };
            out.table.add(Variable::number("resp.period", "design", label), |row| {
                self.response(row).map(period).into()
            });
        }
        for (i, score) in scoring.scores.iter().enumerate() {
            if matches!(score.kind, ScoreKind::Kpi(_)) {
                out.scores.push(None);
                continue;
            }
            let variable = Variable::number(&format!("score.{}", score.name), "score", score.title.clone());
            let own = out.table.add(variable, |row| self.response(row).and_then(|r| r.scores[i]).into());
            let mut plain = own.clone();
            if usual && matches!(score.kind, ScoreKind::Index { .. }) {
                let variable =
                    Variable::number(&format!("usual.{}", score.name), "score", score.title.clone());
                plain = out.table.add(variable, |row| self.response(row).and_then(|r| r.usual[i]).into());
            }
            out.scores.push(Some((own, plain)));
        }
    }

    /// Adds every column of events that a formula takes.
    fn events(&self, out: &mut Dataset) {
        let checked = self.wave.checked;
        let mut found = Vec::new();
        for score in checked.scoring.iter().flat_map(|s| &s.scores) {
            if let ScoreKind::Kpi(formula) = &score.kind {
                events_of(formula, &mut found);
            }
        }
        for (source, field) in found {
            let Some(column) = events_column(checked, source, field) else { continue };
            let label = format!("{}.{}", checked.events[source].name, column.name);
            let variable = Variable::number(&format!("event.{label}"), "field", both(&label, &label));
            let value =
                |row: usize| of_event(&column.kind, self.response(row)?.response.fields.get(&column.name)?);
            let name = out.table.add(variable, |row| value(row).into());
            out.events.push(((source, field), name));
        }
    }

    /// Adds a column for every condition that a formula counts.
    fn conditions(&self, out: &mut Dataset) {
        let Some(scoring) = &self.wave.checked.scoring else { return };
        let mut found = Vec::new();
        for score in &scoring.scores {
            if let ScoreKind::Kpi(formula) = &score.kind {
                conditions_of(formula, &mut found);
            }
        }
        let (checked, study) = (self.wave.checked, &self.wave.study);
        for condition in found {
            if out.conditions.iter().any(|(c, _)| c == condition) {
                continue;
            }
            let words = crate::exchange::condition::words(checked, condition);
            let codes = vec![(0.0, both("否", "No")), (1.0, both("是", "Yes"))];
            let name = format!("holds.{}", out.conditions.len() + 1);
            let column = out.table.add(Variable::coded(&name, "score", both(&words, &words), codes), |row| {
                let respondent = self.response(row);
                let value = respondent.and_then(|respondent| {
                    match truth(condition, &ResponseEnv { checked, study, respondent }) {
                        Truth::True => Some(1.0),
                        Truth::False => Some(0.0),
                        Truth::Unknown => None,
                    }
                });
                value.into()
            });
            out.conditions.push((condition.clone(), column));
        }
    }
}

/// Returns the response classes of answers from elsewhere, where their weights were raised by class.
fn response_classes<'a>(wave: &'a Wave) -> Option<&'a Vec<usize>> {
    wave.design.adjustments.iter().find_map(|a| match &a.kind {
        Kind::Response { class, .. } => Some(class),
        _ => None,
    })
}

fn events_of(formula: &Formula, found: &mut Vec<(usize, usize)>) {
    match formula {
        Formula::OfEvents(source, field) if !found.contains(&(*source, *field)) => {
            found.push((*source, *field));
        }
        Formula::Arithmetic(_, a, b) => {
            events_of(a, found);
            events_of(b, found);
        }
        _ => {}
    }
}

fn conditions_of<'a>(formula: &'a Formula, found: &mut Vec<&'a Expr>) {
    match formula {
        Formula::ShareOf(condition) | Formula::Count(Some(condition)) => found.push(condition),
        Formula::Arithmetic(_, a, b) => {
            conditions_of(a, found);
            conditions_of(b, found);
        }
        _ => {}
    }
}

/// Returns the title of a grouping, with the labels of its values.
fn label_of(checked: &Checked, grouping: Grouping) -> Text {
    let Grouping::Field(i) = grouping else {
        return match grouping {
            Grouping::Channel => both("渠道", "Channel"),
            Grouping::Language => both("语言", "Language"),
            _ => both("层", "Stratum"),
        };
    };
    let Some(field) = checked.fields().get(i) else { return Text::default() };
    let FieldKind::OneOf(choices) = &field.kind else { return field.title.clone() };
    let labelled = |language: &String| {
        let all: Vec<String> =
            choices.iter().map(|c| format!("{} = {}", c.name, c.label.get(language))).collect();
        let title = field.title.get(language);
        let title = if title.is_empty() { field.name.as_str() } else { title };
        (language.clone(), format!("{title} ({})", all.join(", ")))
    };
    Text(checked.campaign.languages.iter().map(labelled).collect())
}

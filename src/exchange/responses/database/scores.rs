//! Scores of every person as expressions of the database.
//!
//! The same arithmetic in the same order as [`Scorer`](crate::score::tally::scorer::Scorer), in double precision, so that
//! both give the same numbers to the last bit. Codes of answers are looked up by the texts that were found before.

use crate::exchange::responses::database::statement::{Column, Counting, Lookup, Writer, largest};
use crate::frame::sql::Kind;
use crate::model::checked::{ScoreKind, Scoring};
use crate::score::respondent::code_range;

/// Returns the statements that count scores, and what stands beside them.
pub fn scores(writer: &Writer, repeated: bool) -> Vec<Counting> {
    let Some(scoring) = &writer.reader.checked.scoring else { return Vec::new() };
    let views: Vec<(Vec<Column>, usize)> =
        writer.views().filter(|(columns, _)| columns.iter().any(|c| c.is_scored())).collect();
    let scored = Scored { writer, scoring };
    let wide = |columns: &[Column]| scored.wide(columns, repeated);
    let mut countings = writer.countings(largest(&views), &views, &scored.given(), wide);
    // What items hold that is no answer was told when texts were counted.
    for counting in &mut countings {
        counting.first.clear();
    }
    countings
}

/// Returns the items whose codes any dimension looks at, by their places among the items of the columns.
pub fn items(writer: &Writer) -> Vec<usize> {
    let Some(scoring) = &writer.reader.checked.scoring else { return Vec::new() };
    let scored = Scored { writer, scoring };
    let mut all: Vec<usize> =
        scored.dimensions().flat_map(|(_, items, _)| items).filter_map(|item| scored.place(*item)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

struct Scored<'a> {
    writer: &'a Writer<'a>,
    scoring: &'a Scoring,
}

impl Scored<'_> {
    fn dimensions(&self) -> impl Iterator<Item = (usize, &[usize], usize)> {
        self.scoring.scores.iter().enumerate().filter_map(|(i, score)| match &score.kind {
            ScoreKind::Dimension { items, at_least, .. } => Some((i, items.as_slice(), (*at_least).max(1))),
            _ => None,
        })
    }

    fn indices(&self) -> impl Iterator<Item = (usize, &[usize], f64)> {
        self.scoring.scores.iter().enumerate().filter_map(|(i, score)| match &score.kind {
            ScoreKind::Index { parts, at_least } => Some((i, parts.as_slice(), *at_least)),
            _ => None,
        })
    }

    /// Returns the place of an item among the items of the columns, where it has codes and ends.
    fn place(&self, item: usize) -> Option<usize> {
        let reader = self.writer.reader;
        code_range(reader.checked, item)?;
        reader.columns.items.iter().position(|(i, _, _)| *i == item)
    }

    /// What the statement is given, in the order of its parameters.
    fn given(&self) -> Vec<Lookup> {
        let mut given: Vec<Lookup> = items(self.writer).into_iter().map(Lookup::Codes).collect();
        if self.by_day() {
            given.push(Lookup::Periods);
        }
        given
    }

    /// Tells whether days tell periods apart.
    fn by_day(&self) -> bool {
        !self.scoring.during.is_empty() && self.writer.reader.columns.at.is_some()
    }

    /// Codes, then dimensions, then indices, each worked out once.
    fn wide(&self, columns: &[Column], repeated: bool) -> String {
        let (writer, d) = (self.writer, self.writer.dialect);
        let mut coded = writer.groups();
        let plain = |c: &&Column| !c.is_scored();
        coded.extend(columns.iter().filter(plain).map(|c| format!("{} AS {}", writer.text(*c), c.name())));
        let mut joins = String::new();
        for (n, lookup) in self.given().into_iter().enumerate() {
            let (text, value) = match lookup {
                Lookup::Codes(at) => {
                    (format!("c{}", writer.reader.columns.items[at].1), format!("l{n}.x AS x{at}"))
                }
                Lookup::Periods => (
                    writer.day().unwrap_or_default(),
                    format!("coalesce(l{n}.x, {}) AS period", self.outside()),
                ),
            };
            coded.push(value);
            joins.extend([format!("\n  LEFT JOIN ({}) AS l{n} ON l{n}.t = {text}", d.lookup(2 * n + 1))]);
        }
        if !self.by_day() && !self.scoring.during.is_empty() {
            coded.push(format!("{} AS period", self.outside()));
        }
        if coded.is_empty() {
            coded.push("1 AS one".to_owned());
        }
        let sums: String = self.dimensions().map(|(i, items, _)| self.sums(i, items)).collect();
        let means: Vec<String> = self
            .dimensions()
            .map(|(i, _, at_least)| {
                format!(",\n    CASE WHEN n{i} >= {at_least} THEN sum{i} / n{i}::float8 END AS s{i}")
            })
            .collect();
        let weighed: String = self.indices().map(|(i, parts, _)| self.weighed(i, parts)).collect();
        let indices: String =
            self.indices().map(|(i, parts, at_least)| self.index(i, parts, at_least)).collect();
        let kpis =
            self.scoring.scores.iter().enumerate().filter(|(_, s)| matches!(s.kind, ScoreKind::Kpi(_)));
        let none: Vec<String> =
            kpis.map(|(i, _)| format!(",\n    {} AS s{i}", d.missing(Kind::Number))).collect();
        let within =
            if self.scoring.during.is_empty() { "0" } else { "CASE WHEN period > 0 THEN 1 ELSE 0 END" };
        let fence = d.fence();
        format!(
            "WITH {},\n{},\ncoded AS (\n  SELECT {}\n  FROM kept{joins}{fence}\n),\n\
             summed AS (\n  SELECT coded.*{sums}\n  FROM coded{fence}\n),\n\
             means AS (\n  SELECT summed.*{}{}\n  FROM summed{fence}\n),\n\
             weighed AS (\n  SELECT means.*{weighed}\n  FROM means{fence}\n),\n\
             wide AS (\n  SELECT weighed.*{indices},\n    ({within})::float8 AS within_period\n  FROM weighed{fence}\n)\n",
            writer.answers(),
            writer.kept(repeated),
            coded.join(",\n    "),
            means.concat(),
            none.concat(),
        )
    }

    /// The period of answers without a day.
    fn outside(&self) -> String {
        let period = self.scoring.period_of(self.writer.reader.epoch).map_or(0, |p| p + 1);
        self.writer.dialect.number(period as f64)
    }

    /// Sum and number of the answers of a dimension, on the scale of the scores.
    fn sums(&self, score: usize, items: &[usize]) -> String {
        let d = self.writer.dialect;
        let (low, high) = (self.scoring.low, self.scoring.high);
        let mut sum = d.number(0.0);
        let mut n = "0".to_owned();
        for item in items {
            let (Some(at), Some(ends)) = (self.place(*item), code_range(self.writer.reader.checked, *item))
            else {
                continue;
            };
            sum.extend([format!(
                "\n      + CASE WHEN x{at} IS NULL THEN 0 ELSE {} + {} * (x{at} - {}) / {} END",
                d.number(low),
                d.number(high - low),
                d.number(ends.0),
                d.number(ends.1 - ends.0)
            )]);
            n.extend([format!(" + CASE WHEN x{at} IS NULL THEN 0 ELSE 1 END")]);
        }
        format!(",\n    {sum} AS sum{score},\n    {n} AS n{score}")
    }

    /// The weights of dimensions outside of all periods, then in each of them.
    fn weights(&self) -> Vec<Vec<f64>> {
        let periods = std::iter::once(None).chain(self.scoring.during.iter().map(Some));
        let weights = |period| {
            let mut all = vec![0.0; self.scoring.scores.len()];
            self.scoring.weights_in(period).into_iter().for_each(|(i, w)| all[i] = w);
            all
        };
        periods.map(weights).collect()
    }

    /// Weight of the dimensions that are there, and their weighted sum, with all weights.
    fn weighed(&self, score: usize, parts: &[usize]) -> String {
        let d = self.writer.dialect;
        let one = |(period, weights): (usize, Vec<f64>)| {
            let (mut known, mut total) = (d.number(0.0), d.number(0.0));
            for part in parts {
                let weight = d.number(weights[*part]);
                known.extend([format!(" + CASE WHEN s{part} IS NULL THEN 0 ELSE {weight} END")]);
                total.extend([format!(" + CASE WHEN s{part} IS NULL THEN 0 ELSE {weight} * s{part} END")]);
            }
            format!(",\n    {known} AS k{score}_{period},\n    {total} AS t{score}_{period}")
        };
        self.weights().into_iter().enumerate().map(one).collect()
    }

    /// An index with the weights of the day, and with the usual ones; a missing dimension's weight is spread over the
    /// others.
    fn index(&self, score: usize, parts: &[usize], at_least: f64) -> String {
        let d = self.writer.dialect;
        let one = |(period, weights): (usize, &Vec<f64>)| {
            let all = parts.iter().fold(0.0, |all, part| all + weights[*part]);
            if all <= 0.0 {
                return d.missing(Kind::Number);
            }
            let (known, total) = (format!("k{score}_{period}"), format!("t{score}_{period}"));
            let (all, least) = (d.number(all), d.number(at_least - 1e-9));
            format!(
                "CASE WHEN {known} > 0 THEN CASE WHEN {known} / {all} >= {least} THEN {total} / {known} END END"
            )
        };
        let weights = self.weights();
        let mut ways: Vec<String> = weights.iter().enumerate().map(one).collect();
        let usual = ways.remove(0);
        if ways.is_empty() {
            return format!(",\n    {usual} AS s{score}");
        }
        let within: Vec<String> =
            ways.iter().zip(1..).map(|(way, p)| format!("WHEN {p} THEN {way}\n      ")).collect();
        format!(
            ",\n    CASE period {}ELSE {usual} END AS s{score},\n    {usual} AS u{score}",
            within.concat()
        )
    }
}

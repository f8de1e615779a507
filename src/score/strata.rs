//! Strata of a file of finished answers, with their populations, and what can't be used of it.

use std::collections::BTreeMap;

use crate::model::checked::Text;
use crate::score::study::{Study, StudyCell, StudyStratum};

/// What the rows of a stratum say of it.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// People (clusters, where there are clusters) of the file.
    pub drawn: u64,
    /// Populations, each with the first line that tells it.
    pub populations: BTreeMap<u64, u64>,
}

/// Returns strata in the order in which they are shown, and the place of each name.
///
/// A population that differs within a stratum, or is below what was drawn, is told with its line.
pub fn study(
    strata: &BTreeMap<String, Facts>,
    mut tell: impl FnMut(u64, String),
) -> (Study, BTreeMap<String, u32>) {
    let mut names: Vec<&String> = strata.keys().collect();
    // Numbers in their own order.
    names.sort_by(|a, b| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        _ => a.cmp(b),
    });
    let mut cells = Vec::new();
    for (i, name) in names.iter().enumerate() {
        let Facts { drawn, populations } = &strata[*name];
        let mut population = populations.keys().next_back().copied();
        if populations.len() > 1 {
            let line = populations.values().max().copied().unwrap_or(0);
            tell(line, format!("stratum `{name}` has several populations; the largest counts"));
        }
        if let Some(n) = population.filter(|n| n < drawn) {
            let line = populations.get(&n).copied().unwrap_or(0);
            tell(
                line,
                format!("stratum `{name}` has fewer people or clusters than the file; it counts as a census"),
            );
            population = Some(*drawn);
        }
        let index = u32::try_from(i).unwrap_or(u32::MAX);
        cells.push(StudyCell {
            index,
            stratum: i,
            name: shown(name),
            title: Text::default(),
            population,
            clusters: None,
        });
    }
    let shown = names.iter().map(|name| StudyStratum { name: shown(name), title: Text::default() });
    let study = Study { strata: shown.collect(), cells, margins: Vec::new() };
    (study, names.into_iter().cloned().zip(0..).collect())
}

/// Without a column of strata everybody is in one.
fn shown(stratum: &str) -> String {
    if stratum.is_empty() { "all".to_owned() } else { stratum.to_owned() }
}

/// What can't be used, in words, with how often and the first line.
#[derive(Debug, Clone, Default)]
pub struct Problems(pub BTreeMap<String, (u64, u64)>);

impl Problems {
    /// Counts one.
    pub fn tell(&mut self, line: u64, what: String) {
        self.add(what, 1, line);
    }

    /// Counts some, the first of them in that line.
    pub fn add(&mut self, what: String, times: u64, line: u64) {
        let one = self.0.entry(what).or_insert((0, line));
        one.0 += times;
        one.1 = one.1.min(line);
    }

    /// Returns them as sentences, each with how often; rows of a database have no `lines`.
    #[must_use]
    pub fn said(self, lines: bool) -> Vec<(String, u64)> {
        let first = |line: u64| if lines { format!(" (first in line {line})") } else { String::new() };
        let said = |(what, (n, line)): (String, (u64, u64))| (what + &first(line), n);
        self.0.into_iter().map(said).collect()
    }
}

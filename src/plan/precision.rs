//! What a plan can tell: margins, the smallest differences that it can show, and which targets it can decide.
//!
//! Reckoned with the expected completes. Margins have a finite population correction; differences and targets have none,
//! because they are about the way of working, not about the people of one list. A group that is made of several strata
//! counts as many answers as a simple random sample would need for the same margin. Waves are taken to be independent:
//! with the same people in both, smaller changes show. Where nothing tells how a score spreads, a quarter of its scale
//! is supposed.

mod types;

use std::collections::BTreeMap;

pub use self::types::{Figures, Precision, PrecisionGroup, PrecisionScore, PrecisionTarget};

use crate::frame::allocate::{
    deviation, half_variance, margin_of_mean, normal_quantile, smallest_of_means, smallest_of_shares,
};
use crate::frame::{FrameSummary, WaveBefore};
use crate::model::Checked;
use crate::model::checked::{Allocation, Sample, ScoreKind, Target, Text};
use crate::plan::expect::CONFIDENCE;
use crate::plan::say::{Words, each, say};
use crate::plan::types::{Cell, PlanStratum};
use crate::plan::words::{rounded, score_name};

/// Probability with which a difference is to be found.
pub const POWER: f64 = 0.8;
/// Two-sided level of the tests.
pub const LEVEL: f64 = 0.05;
/// Fewer answers give an interval that says little.
const RELIABLE: f64 = 30.0;

/// A group with its cells, weights and what was known of it.
struct Group<'a> {
    stratum: Option<usize>,
    cells: Vec<(usize, &'a Cell)>,
}

/// Reckons with everything.
struct Stage<'a> {
    checked: &'a Checked,
    before: Option<&'a WaveBefore>,
    strata: &'a [PlanStratum],
    /// Standard deviations by score and stratum, and whether nothing tells them: worked out once, because every group
    /// looks at all strata.
    spreads: BTreeMap<usize, Vec<Option<(f64, bool)>>>,
}

/// Works out what the plan can tell.
pub fn precision(checked: &Checked, summary: &FrameSummary, strata: &[PlanStratum]) -> Precision {
    let before = summary.before.as_ref();
    let of = |score: usize| (0..strata.len()).map(|s| spread(checked, before, score, s)).collect();
    let spreads = looked_at(checked).into_iter().map(|score| (score, of(score))).collect();
    let stage = Stage { checked, before, strata, spreads };
    let several = strata.len() > 1;
    let all = std::iter::once(None).chain((0..strata.len()).filter(|_| several).map(Some));
    Precision {
        power: POWER,
        level: LEVEL,
        since: checked.campaign.follows.clone(),
        since_supposed: checked.campaign.follows.is_some() && summary.before.is_none(),
        groups: all.map(|stratum| stage.group(stratum)).collect(),
        targets: checked.scoring.iter().flat_map(|s| &s.targets).map(|t| stage.target(t)).collect(),
    }
}

/// Returns the scores that are looked at: those that size a sample or have a target, else the first index.
fn looked_at(checked: &Checked) -> Vec<usize> {
    let Some(scoring) = &checked.scoring else { return Vec::new() };
    let mut all: Vec<usize> =
        checked.sizing_scores().chain(scoring.targets.iter().map(|t| t.score)).collect();
    if all.is_empty() {
        all.extend(scoring.scores.iter().position(|s| matches!(s.kind, ScoreKind::Index { .. })));
    }
    all.sort_unstable();
    all.dedup();
    all
}

impl<'a> Stage<'a> {
    fn members(&self, of: impl Fn(usize) -> bool, stratum: Option<usize>) -> Group<'a> {
        let own = self.strata.iter().enumerate().filter(|(i, _)| of(*i));
        let cells = own.flat_map(|(i, s)| s.cells.iter().map(move |c| (i, c)));
        Group { stratum, cells: cells.filter(|(_, c)| c.population > 0).collect() }
    }

    fn group(&self, stratum: Option<usize>) -> PrecisionGroup {
        let own = self.members(|i| stratum.is_none_or(|s| s == i), stratum);
        let others = stratum.map(|s| self.members(|i| i != s, None));
        let name = stratum.and_then(|s| self.strata.get(s)).map(|s| s.name.clone());
        let before = self.before.map(|b| b.answers as f64);
        let share = Figures {
            margin: own.half(true).map(|v| rounded(normal_quantile(CONFIDENCE) * v.sqrt(), 4)),
            since: self.since(before, own.answers_half(), |n, m| smallest_of_shares((n, m), LEVEL, POWER)),
            beside: pair(own.answers_half(), others.as_ref().and_then(Group::answers_half))
                .and_then(|pair| smallest_of_shares(pair, LEVEL, POWER)),
        };
        let share = Figures {
            since: share.since.map(|x| rounded(x, 4)),
            beside: share.beside.map(|x| rounded(x, 4)),
            ..share
        };
        let score = |index: usize| self.score(index, &own, others.as_ref());
        PrecisionGroup {
            stratum: name,
            completes: rounded(own.cells.iter().map(|(_, c)| c.completes).sum(), 1),
            share,
            scores: looked_at(self.checked).into_iter().filter_map(score).collect(),
        }
    }

    /// Asks for the smallest change since the wave before, if there is one; as many answers as now where nothing tells.
    fn since(
        &self,
        before: Option<f64>,
        now: Option<f64>,
        smallest: impl Fn(f64, f64) -> Option<f64>,
    ) -> Option<f64> {
        self.checked.campaign.follows.as_ref()?;
        let now = now?;
        let then = if self.before.is_some() { before? } else { now };
        smallest(now, then)
    }

    fn score(&self, index: usize, own: &Group, others: Option<&Group>) -> Option<PrecisionScore> {
        let name = score_name(self.checked, index);
        let stratum = own.stratum.and_then(|s| self.checked.strata.get(s)).map(|s| s.name.as_str());
        let spread = |s: usize| self.spread(index, s).map(|(d, _)| d);
        let (overall, supposed) = self.overall(index, own)?;
        let variance = |g: &Group, finite: bool| g.variance(&spread, finite);
        let answers = |g: &Group| variance(g, false).filter(|v| *v > 0.0).map(|v| overall * overall / v);
        let then = self.before.and_then(|b| b.of(name, stratum)).map(|g| g.effective);
        let points = |pair| smallest_of_means(overall, pair, LEVEL, POWER).map(|x| rounded(x, 2));
        Some(PrecisionScore {
            score: name.to_owned(),
            title: self.title(index),
            deviation: rounded(overall, 2),
            supposed,
            figures: Figures {
                margin: variance(own, true).map(|v| rounded(normal_quantile(CONFIDENCE) * v.sqrt(), 2)),
                since: self.since(then, answers(own), |n, m| points((n, m))),
                beside: pair(answers(own), others.and_then(answers)).and_then(points),
            },
        })
    }

    /// Returns the standard deviation over a group, and whether nothing tells it.
    fn overall(&self, index: usize, group: &Group) -> Option<(f64, bool)> {
        if let Some(stratum) = group.stratum {
            return self.spread(index, stratum);
        }
        let known = self.before.and_then(|b| b.of(score_name(self.checked, index), None));
        if let Some(known) = known {
            return Some((known.deviation, false));
        }
        // Between strata nothing is known of differences: the mean variance within them stands for all.
        let total: f64 = group.cells.iter().map(|(_, c)| c.population as f64).sum();
        let (mut square, mut supposed) = (0.0, false);
        for (stratum, cell) in &group.cells {
            let (deviation, not_told) = self.spread(index, *stratum)?;
            square += cell.population as f64 / total * deviation * deviation;
            supposed |= not_told;
        }
        (total > 0.0).then(|| (square.sqrt(), supposed))
    }

    /// Returns the standard deviation within a stratum, and whether nothing tells it.
    fn spread(&self, score: usize, stratum: usize) -> Option<(f64, bool)> {
        self.spreads.get(&score)?.get(stratum).copied().flatten()
    }

    fn title(&self, score: usize) -> Text {
        let scores = self.checked.scoring.as_ref().map(|s| &s.scores);
        scores.and_then(|s| s.get(score)).map(|s| s.title.clone()).unwrap_or_default()
    }

    fn target(&self, target: &Target) -> PrecisionTarget {
        let own = self.members(|i| target.stratum.is_none_or(|s| s == i), target.stratum);
        let spread = |s: usize| self.spread(target.score, s).map(|(d, _)| d);
        let name = score_name(self.checked, target.score);
        let stratum = target.stratum.and_then(|s| self.checked.strata.get(s)).map(|s| s.name.clone());
        let completes: f64 = own.cells.iter().map(|(_, c)| c.completes).sum();
        let variance = own.variance(&spread, false).filter(|_| completes >= 2.0);
        let margin = variance.map(|v| normal_quantile(CONFIDENCE) * v.sqrt());
        let before = self.before.and_then(|b| b.of(name, stratum.as_deref())).map(|g| g.value);
        let distance = before.map(|value| (value - target.value).abs());
        // Halving a margin takes four times the answers.
        let wanted = margin.zip(distance).filter(|(margin, distance)| margin > distance && *distance > 0.0);
        let wanted = wanted.map(|(m, d)| crate::frame::allocate::round_up(completes * (m / d) * (m / d)));
        PrecisionTarget {
            score: name.to_owned(),
            title: self.title(target.score),
            stratum,
            at_least: target.at_least,
            goal: target.value,
            margin: margin.map(|m| rounded(m, 2)),
            before: before.map(|x| rounded(x, 2)),
            wanted,
        }
    }
}

/// Looks for the standard deviation of a score within a stratum: stated, of the wave before, or supposed.
fn spread(
    checked: &Checked,
    before: Option<&WaveBefore>,
    score: usize,
    stratum: usize,
) -> Option<(f64, bool)> {
    let owner = checked.strata.get(stratum)?;
    let stated = match owner.sample {
        Sample::Points { score: own, spread, .. } if own == score => spread,
        Sample::Across(joint) => checked.joint.get(joint).and_then(|j| {
            let same = matches!(j.allocation, Allocation::Neyman { score: own } if own == score);
            j.spread.iter().find(|(s, _)| same && *s == stratum).map(|(_, x)| *x)
        }),
        _ => None,
    };
    if let Ok(known) = deviation(checked, owner, score, stated, before) {
        return Some((known, false));
    }
    let scoring = checked.scoring.as_ref()?;
    let kpi = matches!(scoring.scores.get(score)?.kind, ScoreKind::Kpi(_));
    (!kpi).then(|| ((scoring.high - scoring.low) / 4.0, true))
}

impl Group<'_> {
    fn total(&self) -> f64 {
        self.cells.iter().map(|(_, c)| c.population as f64).sum()
    }

    /// Variance of an estimated share of one half.
    fn half(&self, finite: bool) -> Option<f64> {
        let total = self.total();
        let one = |(_, cell): &(usize, &Cell)| {
            let weight = cell.population as f64 / total;
            let plain = (cell.completes > 0.0).then(|| 0.25 / cell.completes);
            let variance = if finite { half_variance(cell.completes, cell.population) } else { plain };
            variance.map(|v| weight * weight * v * cell.effect(finite))
        };
        let sum: Option<f64> = self.cells.iter().map(one).sum();
        sum.filter(|_| total > 0.0)
    }

    /// Answers of a simple random sample that would tell as much of a share.
    fn answers_half(&self) -> Option<f64> {
        self.half(false).filter(|v| *v > 0.0).map(|v| 0.25 / v)
    }

    /// Variance of an estimated mean; `spread` gives the standard deviation in a stratum.
    fn variance(&self, spread: &dyn Fn(usize) -> Option<f64>, finite: bool) -> Option<f64> {
        let total = self.total();
        let z = normal_quantile(CONFIDENCE);
        let one = |(stratum, cell): &(usize, &Cell)| {
            let weight = cell.population as f64 / total;
            let deviation = spread(*stratum)?;
            let variance = if finite {
                margin_of_mean(deviation, cell.completes, CONFIDENCE, cell.population)
                    .map(|m| (m / z).powi(2))
            } else {
                (cell.completes > 0.0).then(|| deviation * deviation / cell.completes)
            };
            variance.map(|v| weight * weight * v * cell.effect(finite))
        };
        let sum: Option<f64> = self.cells.iter().map(one).sum();
        sum.filter(|_| total > 0.0)
    }
}

fn pair(a: Option<f64>, b: Option<f64>) -> Option<(f64, f64)> {
    a.zip(b)
}

/// Says which targets can't be decided.
#[must_use]
pub fn warnings(precision: &Precision, languages: &[String]) -> Vec<Text> {
    precision.targets.iter().filter_map(|t| undecided(precision, t, languages)).collect()
}

fn undecided(precision: &Precision, t: &PrecisionTarget, languages: &[String]) -> Option<Text> {
    let own = precision.groups.iter().find(|g| g.stratum == t.stratum).or(precision.groups.first());
    let completes = own.map_or(0.0, |g| g.completes);
    let target = |w: &Words| {
        let whose = t.stratum.as_ref().map_or_else(String::new, |s| format!(" for {s}"));
        let sign = if t.at_least { ">=" } else { "<=" };
        say!(w, "target_words", score = t.score, whose = whose, sign = sign, goal = t.goal)
    };
    if completes < 2.0 {
        return Some(each(languages, |w| say!(w, "target_none", target = target(w))));
    }
    if completes < RELIABLE {
        let n = completes.round();
        let few = |w: &Words| say!(w, "target_few", target = target(w), completes = n, reliable = RELIABLE);
        return Some(each(languages, few));
    }
    let (margin, before, wanted) = (t.margin?, t.before?, t.wanted?);
    Some(each(languages, |w| {
        say!(
            w,
            "target_open",
            target = target(w),
            before = before,
            since = precision.since.as_deref().unwrap_or(w.get("the_wave_before")),
            margin = margin,
            wanted = crate::plan::words::grouped(wanted),
        )
    }))
}

//! Weighted quantiles with Woodruff's intervals.
//!
//! Eleven definitions of a quantile of weighted answers (Hyndman & Fan 1996,
//! carried over to weights as in R's `survey` 4.1; Shah & Vaish 2006), and
//! intervals by inverting one for the share of answers below (Woodruff 1952).
//! On a scale of few points a quantile is one of its points and so are the ends
//! of its interval: a mean says more there.

use std::sync::Arc;

use crate::score::design::{Design, Options, variance};
use crate::score::linear::{Linear, mean};
use crate::score::method::proportion::{Method, Share, interval};
use crate::score::method::tail::t_quantile;

/// What a quantile of weighted answers is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The inverse of the weighted distribution function.
    Math,
    /// The same, averaged where it is flat.
    School,
    /// Shah and Vaish's, as R's `survey` computes it; it depends on the scale of the weights.
    ShahVaish,
    /// Hyndman and Fan's definitions 1 to 9.
    HyndmanFan(u8),
}

/// A quantile with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantile {
    /// The estimate.
    pub value: f64,
    /// Lower end; `None` where the sample does not reach that far.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Length of the interval over twice the t quantile, which serves as a standard error.
    pub error: Option<f64>,
}

/// Shares that differ by less are the same but for rounding.
const TIED: f64 = 1e-12;

/// Answers in ascending order with their weights summed.
#[derive(Debug, Clone, PartialEq)]
struct Ordered {
    x: Vec<f64>,
    w: Vec<f64>,
    cumulative: Vec<f64>,
}

impl Ordered {
    fn new(answers: &[(f64, f64)]) -> Option<Self> {
        let mut list: Vec<(f64, f64)> =
            answers.iter().copied().filter(|(x, w)| *w > 0.0 && !x.is_nan()).collect();
        list.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut sum = 0.0;
        let cumulative = list.iter().map(|(_, w)| {
            sum += w;
            sum
        });
        let cumulative: Vec<f64> = cumulative.collect();
        let (x, w) = list.into_iter().unzip();
        (!cumulative.is_empty()).then_some(Self { x, w, cumulative })
    }

    /// Sums the weights of equal answers.
    fn distinct(&self) -> Self {
        let mut out = Self { x: Vec::new(), w: Vec::new(), cumulative: Vec::new() };
        for (i, x) in self.x.iter().enumerate() {
            if out.x.last() == Some(x) {
                let last = out.x.len() - 1;
                out.w[last] += self.w[i];
                out.cumulative[last] = self.cumulative[i];
            } else {
                out.x.push(*x);
                out.w.push(self.w[i]);
                out.cumulative.push(self.cumulative[i]);
            }
        }
        out
    }

    /// The smallest answer that has at least the share p at or below it. R takes the second answer where the first
    /// alone has more than p, which would be a false median.
    ///
    /// Half of the weight is half also where sums of weights round it, so that no order of answers decides.
    fn inverse(&self, p: f64) -> f64 {
        let all = self.all();
        let wanted = p * all - TIED * all;
        let at = self.cumulative.partition_point(|c| *c < wanted);
        self.x[at.min(self.x.len() - 1)]
    }

    fn all(&self) -> f64 {
        self.cumulative[self.cumulative.len() - 1]
    }

    /// The last answer whose running share is at most p (the first when there is none), the next, and how far p is
    /// from both.
    fn around(&self, p: f64) -> (usize, usize, f64, f64) {
        let all = self.all();
        let at = self.cumulative.iter().rposition(|c| *c <= p * all).unwrap_or(0);
        let next = (at + 1).min(self.x.len() - 1);
        (at, next, p - self.cumulative[at] / all, self.cumulative[next] / all - p)
    }
}

/// Returns the quantile of answers, each with its weight; nothing without answers that have weight.
#[must_use]
pub fn quantile(answers: &[(f64, f64)], p: f64, rule: Rule) -> Option<f64> {
    let ordered = Ordered::new(answers)?;
    if !(0.0..=1.0).contains(&p) {
        return None;
    }
    Some(of(&ordered, p, rule))
}

fn of(ordered: &Ordered, p: f64, rule: Rule) -> f64 {
    let (x, w, all) = (&ordered.x, &ordered.w, ordered.all());
    let last = x.len() - 1;
    let (end, before) = (w[last], |i: usize| if i == 0 { 0.0 } else { ordered.cumulative[i - 1] });
    let through = |i: usize| ordered.cumulative[i];
    match rule {
        Rule::Math | Rule::HyndmanFan(1) => step(ordered, p, 0.0),
        Rule::School | Rule::HyndmanFan(2) => step(ordered, p, 0.5),
        Rule::HyndmanFan(3) => {
            let distinct = ordered.distinct();
            let (at, next, exactly, _) = distinct.around(p);
            // Positions are counted from one.
            if exactly == 0.0 && at % 2 == 1 { distinct.x[at] } else { distinct.x[next] }
        }
        Rule::HyndmanFan(4) => {
            let (at, next, low, high) = ordered.around(p);
            let share = if low + high == 0.0 { 0.0 } else { low / (low + high) };
            x[at] * (1.0 - share) + x[next] * share
        }
        Rule::ShahVaish => {
            let mean = all / x.len() as f64;
            // R subtracts half of the weight as it stands, so that places need not ascend, and sorts them.
            let place = |i: usize| (through(i) / mean + 0.5 - w[i] / 2.0) / (x.len() as f64 + 1.0);
            let mut places: Vec<(f64, f64)> = (0..=last).map(|i| (place(i), x[i])).collect();
            places.sort_by(|a, b| a.0.total_cmp(&b.0));
            places[places.iter().rposition(|q| q.0 <= p).unwrap_or(0)].1
        }
        Rule::HyndmanFan(5) => between(x, p, |i| (through(i) - w[i] / 2.0) / all),
        Rule::HyndmanFan(6) => between(x, p, |i| through(i) / (all + end)),
        Rule::HyndmanFan(7) => between(x, p, |i| before(i) / before(last)),
        Rule::HyndmanFan(8) => {
            between(x, p, |i| (before(i) / 3.0 + through(i) * 2.0 / 3.0) / (all + end / 3.0))
        }
        Rule::HyndmanFan(_) => {
            between(x, p, |i| (before(i) * 0.375 + through(i) * 0.625) / (all + end / 4.0))
        }
    }
}

/// The inverse of the distribution function; where it is flat, a share of the way to the next answer.
fn step(ordered: &Ordered, p: f64, share: f64) -> f64 {
    let (at, next, exactly, _) = ordered.around(p);
    if exactly == 0.0 { ordered.x[at] * (1.0 - share) + ordered.x[next] * share } else { ordered.x[next] }
}

/// Linear between answers that stand at ascending places; the first and last beyond them.
fn between(x: &[f64], p: f64, place: impl Fn(usize) -> f64) -> f64 {
    let last = x.len() - 1;
    if last == 0 || p <= place(0) {
        return x[0];
    }
    let Some(next) = (1..=last).find(|i| place(*i) >= p) else { return x[last] };
    let (a, b) = (place(next - 1), place(next));
    if b > a { x[next - 1] + (x[next] - x[next - 1]) * (p - a) / (b - a) } else { x[next] }
}

/// Estimates a quantile over the members that have a value, with a 95 % interval.
///
/// The first answer is the one that has exactly the wanted share below or at it; `method` is the interval for that
/// share. Degrees of freedom are the design's, over those with a value.
#[must_use]
pub fn estimate(
    design: &Design,
    members: &[usize],
    value: impl Fn(usize) -> Option<f64>,
    p: f64,
    (rule, method): (Rule, Method),
    options: Options,
) -> Option<Quantile> {
    let known: Vec<(usize, f64)> = members.iter().filter_map(|&i| value(i).map(|y| (i, y))).collect();
    let answers = one_by_one(design, &known);
    let ordered = Ordered::new(&answers)?;
    if !(0.0..=1.0).contains(&p) {
        return None;
    }
    let found = of(&ordered, p, rule);
    let below = mean(design, members, |i| value(i).map(|y| f64::from(u8::from(y <= found))))?;
    let v = variance(design, &below.influence, options);
    let share = |variance| Share { p: below.value, variance, n: answers.len() as u64, df: v.df as f64 };
    let ends = v.value.and_then(|v| unclipped(share(v), method));
    let end = |p: f64| (0.0..=1.0).contains(&p).then(|| of(&ordered, p, rule));
    let (low, high) = (ends.and_then(|e| end(e.0)), ends.and_then(|e| end(e.1)));
    let error = low.zip(high).zip(t_quantile(0.05, v.df as f64)).map(|((a, b), t)| (b - a) / (2.0 * t));
    Some(Quantile { value: found, low, high, error })
}

/// Returns everybody's answer and weight: definitions of a quantile look at people one by one.
pub(super) fn one_by_one(design: &Design, known: &[(usize, f64)]) -> Vec<(f64, f64)> {
    let of_unit = |(i, y): &(usize, f64)| {
        let (unit, y) = (design.units[*i], *y);
        (0..unit.count).map(move |_| (y, unit.weight))
    };
    known.iter().flat_map(of_unit).collect()
}

/// Ends of the share's interval; those of Wald's may lie outside of 0 and 1, and then tell nothing.
fn unclipped(share: Share, method: Method) -> Option<(f64, f64)> {
    if method == Method::Wald {
        let half = t_quantile(0.05, share.df)? * share.variance.sqrt();
        return Some((share.p - half, share.p + half));
    }
    interval(share, method)
}

/// What the interval of a quantile is read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Inverse {
    ordered: Ordered,
    /// Share of answers at or below the quantile.
    below: f64,
    /// Answers per unit, as far as the length of the interval tells; nothing where it has none.
    density: Option<f64>,
}

impl Inverse {
    /// Returns the ends of the interval, given the variance of the linearised quantile and the t quantile.
    ///
    /// Woodruff's: the answers at the ends of the interval of the share (R's `svyquantile` with `interval.type = "mean"`).
    /// `share` is the variance of the share of answers at or below.
    #[must_use]
    pub fn ends(&self, share: f64, t: f64) -> Option<(f64, f64)> {
        let half = t * share.sqrt();
        let end = |p: f64| (0.0..=1.0).contains(&p).then(|| self.ordered.inverse(p));
        end(self.below - half).zip(end(self.below + half))
    }

    /// Returns the variance of the share of answers at or below, given that of the linearised quantile.
    #[must_use]
    pub fn share(&self, variance: f64) -> f64 {
        variance * self.density.map_or(1.0, |d| d * d)
    }

    /// Tells whether the linearised quantile has an error.
    #[must_use]
    pub fn has_error(&self) -> bool {
        self.density.is_some()
    }
}

/// Estimates a quantile with influence values, so that it can be compared and judged like a mean.
///
/// The influence of a person is that on the share of answers at or below, over the density of answers there. The
/// density is the one that Woodruff's interval implies (Francisco & Fuller 1991), without finite population correction:
/// the linearised error of a judgement is that interval's length over twice the t quantile. Where an end lies beyond the
/// sample, influence values are those of the share, and tell no error.
#[must_use]
pub fn linear(
    design: &Design,
    members: &[usize],
    value: impl Fn(usize) -> Option<f64>,
    p: f64,
) -> Option<Linear> {
    let known: Vec<(f64, f64)> =
        members.iter().filter_map(|&i| value(i).map(|y| (y, design.units[i].total()))).collect();
    let ordered = Ordered::new(&known)?;
    let found = ordered.inverse(p);
    let share = mean(design, members, |i| value(i).map(|y| f64::from(u8::from(y <= found))))?;
    let v = variance(design, &share.influence, design.options(false));
    let mut inverse = Inverse { ordered, below: share.value, density: None };
    let t = t_quantile(0.05, v.df as f64);
    if let Some((v, t)) = v.value.filter(|v| *v > 0.0).zip(t)
        && let Some((low, high)) = inverse.ends(v, t).filter(|(low, high)| high > low)
    {
        inverse.density = Some(2.0 * t * v.sqrt() / (high - low));
    }
    let scale = inverse.density.map_or(-1.0, |d| -1.0 / d);
    let influence = share.influence.into_iter().map(|(i, z)| (i, scale * z)).collect();
    Some(Linear { value: found, influence, inverse: Some(Arc::new(inverse)) })
}

//! p-values of several tests, adjusted for their number.
//!
//! Bonferroni, Holm (1979), Hochberg (1988) and Hommel (1988) hold the chance
//! of any false finding; Benjamini & Hochberg (1995) and Benjamini & Yekutieli
//! (2001) hold the expected share of false ones among the findings. A missing
//! p-value stays missing and does not count as a test.

/// How p-values are adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Adjustment {
    /// Times the number of tests.
    Bonferroni,
    /// Step-down Bonferroni; the choice for few comparisons.
    Holm,
    /// Step-up, for tests that are not negatively dependent.
    Hochberg,
    /// By closed testing of Simes' test.
    Hommel,
    /// False discovery rate; the choice for many comparisons.
    BenjaminiHochberg,
    /// False discovery rate under any dependence.
    BenjaminiYekutieli,
}

/// Counts the tests: p-values that are there and no NaN.
#[must_use]
pub fn tests(p: &[Option<f64>]) -> usize {
    p.iter().flatten().filter(|p| !p.is_nan()).count()
}

/// Adjusts p-values; each result stands at the place of its input.
#[must_use]
pub fn adjust(p: &[Option<f64>], how: Adjustment) -> Vec<Option<f64>> {
    let mut known: Vec<(usize, f64)> = p
        .iter()
        .enumerate()
        .filter_map(|(i, p)| p.filter(|p| !p.is_nan()).map(|p| (i, p.clamp(0.0, 1.0))))
        .collect();
    known.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    let sorted: Vec<f64> = known.iter().map(|(_, p)| *p).collect();
    let adjusted = match how {
        Adjustment::Bonferroni => sorted.iter().map(|p| p * sorted.len() as f64).collect(),
        Adjustment::Holm => step_down(&sorted),
        Adjustment::Hochberg => step_up(&sorted, |m, rank| m - rank + 1.0),
        Adjustment::Hommel => hommel(&sorted),
        Adjustment::BenjaminiHochberg => step_up(&sorted, |m, rank| m / rank),
        Adjustment::BenjaminiYekutieli => {
            let harmonic: f64 = (1..=sorted.len()).map(|k| 1.0 / k as f64).sum();
            step_up(&sorted, |m, rank| harmonic * m / rank)
        }
    };
    let mut out = vec![None; p.len()];
    for ((i, _), q) in known.iter().zip(adjusted) {
        out[*i] = Some(q.min(1.0));
    }
    out
}

/// Runs through ascending p-values, multiplies each, and never falls.
fn step_down(sorted: &[f64]) -> Vec<f64> {
    let m = sorted.len() as f64;
    let mut most = 0.0_f64;
    let step = |(i, p): (usize, &f64)| {
        most = most.max((m - i as f64) * p);
        most
    };
    sorted.iter().enumerate().map(step).collect()
}

/// Runs from the largest p-value down, multiplies each, and never rises.
fn step_up(sorted: &[f64], factor: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let m = sorted.len() as f64;
    let mut least = f64::INFINITY;
    let mut out: Vec<f64> = sorted
        .iter()
        .enumerate()
        .rev()
        .map(|(i, p)| {
            least = least.min(factor(m, i as f64 + 1.0) * p);
            least
        })
        .collect();
    out.reverse();
    out
}

/// Hommel's adjustment as Wright (1992, Biometrics 48) computes it.
fn hommel(sorted: &[f64]) -> Vec<f64> {
    let n = sorted.len();
    let simes = |from: &[f64], m: f64| {
        from.iter().enumerate().map(|(i, p)| m * p / (i as f64 + 1.0)).fold(f64::INFINITY, f64::min)
    };
    let mut out = vec![simes(sorted, n as f64); n];
    let mut bound = out.clone();
    for m in (2..n).rev() {
        let (head, tail) = sorted.split_at(n - m + 1);
        // The m − 1 largest, each times m over its rank from two on.
        let least = tail
            .iter()
            .enumerate()
            .map(|(i, p)| m as f64 * p / (i as f64 + 2.0))
            .fold(f64::INFINITY, f64::min);
        for (b, p) in bound.iter_mut().zip(head) {
            *b = least.min(m as f64 * p);
        }
        let last = bound[head.len() - 1];
        bound[head.len()..].fill(last);
        out.iter_mut().zip(&bound).for_each(|(o, b)| *o = o.max(*b));
    }
    out.iter().zip(sorted).map(|(o, p)| o.max(*p)).collect()
}

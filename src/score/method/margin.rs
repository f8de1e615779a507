//! Known counts of the population that weights are made to meet.

/// One margin: everybody's category and how many people each category has in the population.
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    /// Name, for messages.
    pub name: String,
    /// Category of every respondent, by index into `targets`.
    pub category: Vec<usize>,
    /// People of each category in the population.
    pub targets: Vec<f64>,
}

/// A category whose weights do not sum to what was wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Miss {
    /// Index of the margin, or of the calibration variable.
    pub margin: usize,
    /// Index of the category.
    pub category: usize,
    /// What the population has.
    pub wanted: f64,
    /// What the weights sum to.
    pub reached: f64,
}

/// Why no weights can meet the margins.
#[derive(Debug, Clone, PartialEq)]
pub enum Unreachable {
    /// Nobody answered, or all weights are zero.
    Nobody,
    /// A weight is negative or not a number.
    Weight {
        /// Index of the respondent.
        respondent: usize,
    },
    /// The lists do not fit: a margin does not name a category of its own for each respondent.
    Category {
        /// Index of the margin.
        margin: usize,
        /// Index of the first respondent without one.
        respondent: usize,
    },
    /// A count of the population is negative or not a number.
    Target {
        /// Index of the margin.
        margin: usize,
        /// Index of the category.
        category: usize,
    },
    /// The population has people of a category that nobody who answered belongs to.
    Empty {
        /// Index of the margin.
        margin: usize,
        /// Index of the category.
        category: usize,
    },
    /// Two margins sum to different populations.
    Totals {
        /// Index of the margin that differs from the first.
        margin: usize,
        /// Sum of the first margin.
        first: f64,
        /// Sum of this one.
        sum: f64,
    },
}

/// Finds what makes margins unreachable before any weight is touched.
pub fn examine(weights: &[f64], margins: &[Margin]) -> Result<(), Unreachable> {
    if let Some(respondent) = weights.iter().position(|w| !w.is_finite() || *w < 0.0) {
        return Err(Unreachable::Weight { respondent });
    }
    if !weights.iter().any(|w| *w > 0.0) {
        return Err(Unreachable::Nobody);
    }
    for (at, margin) in margins.iter().enumerate() {
        if let Some(category) = margin.targets.iter().position(|t| !t.is_finite() || *t < 0.0) {
            return Err(Unreachable::Target { margin: at, category });
        }
        let outside = margin.category.iter().position(|c| *c >= margin.targets.len());
        if outside.is_some() || margin.category.len() != weights.len() {
            let respondent = outside.unwrap_or(margin.category.len().min(weights.len()));
            return Err(Unreachable::Category { margin: at, respondent });
        }
        let sums = sums(weights, margin);
        let empty = |(reached, wanted): (&f64, &f64)| *wanted > 0.0 && *reached <= 0.0;
        if let Some(category) = sums.iter().zip(&margin.targets).position(empty) {
            return Err(Unreachable::Empty { margin: at, category });
        }
        let (first, sum): (f64, f64) = (margins[0].targets.iter().sum(), margin.targets.iter().sum());
        if (sum - first).abs() > 1e-9 * first.max(sum) {
            return Err(Unreachable::Totals { margin: at, first, sum });
        }
    }
    Ok(())
}

/// Sums the weights of each category.
#[must_use]
pub fn sums(weights: &[f64], margin: &Margin) -> Vec<f64> {
    let mut sums = vec![0.0; margin.targets.len()];
    for (w, c) in weights.iter().zip(&margin.category) {
        sums[*c] += w;
    }
    sums
}

/// Lists the categories that are off by more than a share of the population.
#[must_use]
pub fn misses(weights: &[f64], margins: &[Margin], tolerance: f64) -> Vec<Miss> {
    let mut out = Vec::new();
    for (margin, one) in margins.iter().enumerate() {
        let all: f64 = one.targets.iter().sum();
        for (category, (reached, wanted)) in sums(weights, one).into_iter().zip(&one.targets).enumerate() {
            if (reached - wanted).abs() > tolerance * all {
                out.push(Miss { margin, category, wanted: *wanted, reached });
            }
        }
    }
    out
}

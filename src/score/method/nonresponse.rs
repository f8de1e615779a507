//! Weighting classes for non-response, with weights given rather than drawn.
//!
//! Within a class the respondents' weights are multiplied by the weight of all
//! who were asked over that of those who answered (Little 1986; Särndal,
//! Swensson & Wretman 1992, ch. 15), or by the inverse of the plain response
//! rate. The factors are estimates: [`replicate`](crate::score::method::replicate)
//! repeats them for a standard error.

/// One weighting class.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Class {
    /// People asked.
    pub asked: u64,
    /// People who answered.
    pub answered: u64,
    /// Weight of those asked.
    pub weight_asked: f64,
    /// Weight of those who answered.
    pub weight_answered: f64,
}

impl Class {
    /// Returns the share of the asked who answered.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        (self.asked > 0).then(|| self.answered as f64 / self.asked as f64)
    }

    /// Returns the weighted share.
    #[must_use]
    pub fn weighted_rate(&self) -> Option<f64> {
        (self.weight_asked > 0.0).then(|| self.weight_answered / self.weight_asked)
    }
}

/// Counts the classes: weight, class and whether they answered, of everybody asked.
#[must_use]
pub fn classes(people: &[(f64, usize, bool)]) -> Vec<Class> {
    let count = people.iter().map(|p| p.1 + 1).max().unwrap_or(0);
    let mut out = vec![Class::default(); count];
    for (weight, class, answered) in people {
        let one = &mut out[*class];
        one.asked += 1;
        one.weight_asked += weight;
        if *answered {
            one.answered += 1;
            one.weight_answered += weight;
        }
    }
    out
}

/// Returns everybody's adjusted weight, zero for those who did not answer; a class that nobody answered for is lost,
/// and its index is returned.
pub fn adjust(people: &[(f64, usize, bool)]) -> Result<Vec<f64>, usize> {
    let classes = classes(people);
    if let Some(lost) = classes.iter().position(|c| c.weight_asked > 0.0 && c.weight_answered <= 0.0) {
        return Err(lost);
    }
    let one = |(weight, class, answered): &(f64, usize, bool)| {
        let class = &classes[*class];
        if *answered && class.weight_answered > 0.0 {
            weight * class.weight_asked / class.weight_answered
        } else {
            0.0
        }
    };
    Ok(people.iter().map(one).collect())
}

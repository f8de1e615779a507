//! Effective sample size through unequal weights alone (Kish 1965): `(Σw)² / Σw²`.

use crate::score::design::Design;

/// What unequal weights cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kish {
    /// Respondents.
    pub n: u64,
    /// Design effect, `n Σw² / (Σw)²`, at least 1.
    pub design_effect: Option<f64>,
    /// Effective number.
    pub n_effective: Option<f64>,
}

/// Computes the design effect of the members' weights.
#[must_use]
pub fn kish(design: &Design, members: impl Iterator<Item = usize>) -> Kish {
    let (mut n, mut sum, mut square) = (0_u64, 0.0, 0.0);
    for i in members {
        let unit = design.units[i];
        n += unit.count;
        sum += unit.total();
        square += unit.weight * unit.total();
    }
    if sum <= 0.0 {
        return Kish { n, design_effect: None, n_effective: None };
    }
    Kish { n, design_effect: Some(n as f64 * square / (sum * sum)), n_effective: Some(sum * sum / square) }
}

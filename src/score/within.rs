//! What silent people of drawn clusters add to an error.
//!
//! Clusters are the first stage of such a sample, those of their people who answer the second: of the m invited people of
//! a response class r answer, as if at random, whichever cluster they are of. As in every sample of two stages the spread
//! between clusters has the second stage in it, and the first stage's share f of it is corrected away too much; it comes
//! back as f times the variance of the second stage (Särndal, Swensson & Wretman 1992, eq. 4.3.21; Cochran 1977, ch. 10.3),
//!
//! > Σ_c (1 − r/m) r/(r − 1) Σ (t − t̄)²
//!
//! over the weighted influence values t of those of a class who answered. Influence values that were carried back over
//! response classes are shifted by the same amount for everybody of a class, which leaves this as it is.

use crate::score::design::{ClassCount, Design, squares};

/// Returns the variance of the second stage of a cell; zero where there is none, nothing where a single person of several
/// answered.
pub(super) fn variance(design: &Design, cell: usize, members: &[(usize, f64)]) -> Option<f64> {
    let classes = &design.cells[cell].within;
    if classes.is_empty() {
        return Some(0.0);
    }
    let mut values: Vec<Vec<(f64, f64)>> = vec![Vec::new(); classes.len()];
    for &(i, z) in members {
        let unit = design.units[i];
        if design.answered(i)
            && let Some(own) = values.get_mut(unit.class)
        {
            own.push((design.weight_before(i) * z, unit.people()));
        }
    }
    let parts = classes.iter().zip(&values);
    parts.map(|(class, own)| Some(factor(*class)? * squares(own, (class.answered as f64).max(1.0)))).sum()
}

/// Returns by what the squares of a class count; nothing where they can't tell.
pub(super) fn factor(class: ClassCount) -> Option<f64> {
    let (m, r) = (class.invited as f64, class.answered as f64);
    match class.answered {
        0 => Some(0.0),
        _ if class.answered >= class.invited => Some(0.0),
        1 => None,
        _ => Some((1.0 - r / m) * r / (r - 1.0)),
    }
}

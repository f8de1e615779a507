//! Hides small groups so that they can't be computed from what stays visible.
//!
//! A cell under the threshold is hidden. A line (row or column) whose total is
//! published may not have exactly one hidden cell, nor hidden cells that
//! together stay under the threshold: then its smallest visible cell is hidden
//! too (complementary suppression: Hundepool et al., Statistical Disclosure
//! Control, ch. 4). Empty places of the table are `None`; they hold nobody, so
//! they neither need hiding nor help to hide another.

/// Decides which cells of a table are hidden.
#[must_use]
pub fn suppress(counts: &[Vec<Option<u64>>], threshold: u64) -> Vec<Vec<bool>> {
    let mut hidden: Vec<Vec<bool>> =
        counts.iter().map(|row| row.iter().map(|n| n.is_some_and(|n| n < threshold)).collect()).collect();
    let columns = counts.iter().map(Vec::len).max().unwrap_or(0);
    let rows = (0..counts.len()).map(|r| (0..counts[r].len()).map(|c| (r, c)).collect());
    let downwards =
        (0..columns).map(|c| (0..counts.len()).filter(|&r| c < counts[r].len()).map(|r| (r, c)).collect());
    // A single row or column has no lines across it.
    let lines: Vec<Vec<(usize, usize)>> =
        rows.chain(downwards).filter(|line: &Vec<(usize, usize)>| line.len() > 1).collect();
    while lines.iter().any(|line| hide_one_more(counts, &mut hidden, line, threshold)) {}
    hidden
}

/// Hides the smallest visible cell of a line that gives its hidden ones away; tells whether it did.
fn hide_one_more(
    counts: &[Vec<Option<u64>>],
    hidden: &mut [Vec<bool>],
    line: &[(usize, usize)],
    threshold: u64,
) -> bool {
    let covered: Vec<u64> =
        line.iter().filter(|(r, c)| hidden[*r][*c]).filter_map(|(r, c)| counts[*r][*c]).collect();
    let safe = covered.is_empty() || (covered.len() > 1 && covered.iter().sum::<u64>() >= threshold);
    if safe {
        return false;
    }
    let visible = line.iter().filter(|(r, c)| !hidden[*r][*c] && counts[*r][*c].is_some());
    let Some(&(r, c)) = visible.min_by_key(|(r, c)| (counts[*r][*c], *r, *c)) else { return false };
    hidden[r][c] = true;
    true
}

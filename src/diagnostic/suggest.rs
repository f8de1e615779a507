//! “Did you mean …”: the one place that guesses names.
//!
//! The distance is that of optimal string alignment (insert, delete, replace, swap
//! neighbours), counted in characters so that Chinese names are treated fairly.

/// Returns the candidate that `name` most likely stands for, if one is close enough.
///
/// Close enough is one slip in a name of up to five characters and one more for each further
/// three; two-character names must share one character that is not ASCII. Ties go to the
/// candidate that sorts first.
#[must_use]
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .filter_map(|candidate| {
            let chars: Vec<char> = candidate.chars().flat_map(char::to_lowercase).collect();
            let distance = distance(&wanted, &chars);
            (distance <= allowed(&wanted, &chars)).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// Returns how many slips two names of these lengths may be apart.
fn allowed(one: &[char], other: &[char]) -> usize {
    let length = one.len().max(other.len());
    match length {
        0..=1 => 0,
        2 => usize::from(one.iter().any(|c| !c.is_ascii() && other.contains(c))),
        3..=5 => 1,
        _ => 1 + (length - 3) / 3,
    }
}

fn distance(one: &[char], other: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, &a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &b) in other.iter().enumerate() {
            let replaced = last[j] + usize::from(a != b);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a == other[j - 1] && one[i - 1] == b {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

/// Returns the words “; did you mean `x`?”, or nothing.
#[must_use]
pub fn hint<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    did_you_mean(name, candidates).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

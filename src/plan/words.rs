//! Small words: numbers, shares, clauses, texts in two languages.

use crate::model::Checked;
use crate::model::checked::{Allocation, Joint, Sample, Text};
use crate::plan::say::{Words, say};

/// Response rate that is assumed where a spec states none at all.
pub const ASSUMED_RESPONSE: f64 = 0.25;

/// Writes a share as a percentage without idle zeros.
pub fn percent(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Writes a whole number in groups of three.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Writes a rate in messages per minute, without the digits that an hourly rate has as a fraction.
pub fn per_minute(rate: f64) -> String {
    let text = format!("{rate:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Writes a rate with its unit: below one a minute by the hour.
pub fn pace(rate: f64, words: &Words) -> String {
    if rate < 1.0 {
        say!(words, "n_per_hour", n = per_minute(rate * 60.0))
    } else {
        say!(words, "n_per_minute", n = per_minute(rate))
    }
}

/// Writes the sample clause.
pub fn sample(checked: &Checked, sample: Sample, words: &Words) -> String {
    let clause = of_sample(checked, sample, words);
    match checked.frame.as_ref().and_then(|f| f.cluster.as_ref()) {
        Some(cluster) => say!(words, "sample_clusters", sample = clause, column = cluster.column),
        None => clause,
    }
}

fn of_sample(checked: &Checked, sample: Sample, words: &Words) -> String {
    let expecting = |response: f64| {
        if response < 1.0 {
            say!(words, "sample_expecting", response = percent(response))
        } else {
            String::new()
        }
    };
    match sample {
        Sample::All => say!(words, "sample_all"),
        Sample::Number(n) if checked.draws_clusters() => say!(words, "sample_number_clusters", n = n),
        Sample::Number(n) => say!(words, "sample_number", n = n),
        Sample::Share(share) => say!(words, "sample_share", share = percent(share)),
        Sample::DailyShare(share) => say!(words, "sample_daily", share = percent(share)),
        Sample::Completes { number, response } => {
            say!(words, "sample_completes", n = number, expecting = expecting(response))
        }
        Sample::Margin { half_width, confidence, response } => say!(
            words,
            "sample_margin",
            margin = percent(half_width),
            confidence = percent(confidence),
            expecting = expecting(response),
        ),
        Sample::Points { half_width, confidence, response, score, spread } => say!(
            words,
            "sample_points",
            margin = half_width,
            score = score_name(checked, score),
            confidence = percent(confidence),
            expecting = expecting(response),
            spread = spread.map(|s| say!(words, "sample_spread", spread = s)).unwrap_or_default(),
        ),
        Sample::Across(joint) => {
            checked.joint.get(joint).map_or_else(String::new, |j| across(checked, j, words))
        }
    }
}

fn across(checked: &Checked, joint: &Joint, words: &Words) -> String {
    let name = |index: usize| checked.strata.get(index).map_or("", |s| s.name.as_str());
    let strata: Vec<String> = joint.strata.iter().map(|s| name(*s).to_owned()).collect();
    let how = match joint.allocation {
        Allocation::Proportional => say!(words, "allocate_proportional"),
        Allocation::Equal => say!(words, "allocate_equal"),
        Allocation::Neyman { score } => {
            say!(words, "allocate_neyman", score = score_name(checked, score))
        }
    };
    let spread: Vec<String> = joint.spread.iter().map(|(s, x)| format!("{} {x}", name(*s))).collect();
    let spread = if spread.is_empty() {
        String::new()
    } else {
        say!(words, "sample_spread", spread = words.names(&spread))
    };
    let (n, strata) = (joint.number, words.names(&strata));
    if checked.draws_clusters() {
        return say!(words, "sample_across_clusters", n = n, strata = strata, how = how, spread = spread);
    }
    say!(words, "sample_across", n = n, strata = strata, how = how, spread = spread)
}

/// Returns the name of a score.
pub fn score_name(checked: &Checked, score: usize) -> &str {
    let mut scores = checked.scoring.iter().flat_map(|s| &s.scores);
    scores.nth(score).map_or("", |s| s.name.as_str())
}

/// Rounds to so many decimals.
pub fn rounded(x: f64, decimals: i32) -> f64 {
    let factor = 10f64.powi(decimals);
    (x * factor).round() / factor
}

/// Returns the title in a language, or the name where there is none.
pub fn title<'a>(title: &'a Text, language: &str, name: &'a str) -> &'a str {
    match title.get(language) {
        "" => name,
        text => text,
    }
}

/// Writes an amount with its currency: `CNY 1,234.50`.
#[must_use]
pub fn money(currency: &str, amount: f64) -> String {
    let text = format!("{:.2}", amount.abs());
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    format!("{currency} {}{whole}.{cents}", if amount < 0.0 { "−" } else { "" })
}

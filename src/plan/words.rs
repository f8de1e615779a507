//! Small words: numbers, shares, clauses, texts in two languages.

use crate::model::Checked;
use crate::model::checked::{Allocation, Joint, Sample, Text};

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
pub fn pace(rate: f64) -> String {
    if rate < 1.0 {
        format!("{} per hour", per_minute(rate * 60.0))
    } else {
        format!("{} per minute", per_minute(rate))
    }
}

/// Writes the sample clause.
pub fn sample(checked: &Checked, sample: Sample) -> String {
    let expecting = |response: f64| {
        if response < 1.0 { format!(" expecting {} response", percent(response)) } else { String::new() }
    };
    match sample {
        Sample::All => "all".to_owned(),
        Sample::Number(n) => n.to_string(),
        Sample::Share(share) => percent(share),
        Sample::DailyShare(share) => format!("{} daily", percent(share)),
        Sample::Completes { number, response } => format!("{number} completes{}", expecting(response)),
        Sample::Margin { half_width, confidence, response } => {
            format!("margin {} at {}{}", percent(half_width), percent(confidence), expecting(response))
        }
        Sample::Points { half_width, confidence, response, score, spread } => {
            let spread = spread.map_or_else(String::new, |s| format!(" spread {s}"));
            format!(
                "margin {half_width} points on {} at {}{}{spread}",
                score_name(checked, score),
                percent(confidence),
                expecting(response)
            )
        }
        Sample::Across(joint) => checked.joint.get(joint).map_or_else(String::new, |j| across(checked, j)),
    }
}

fn across(checked: &Checked, joint: &Joint) -> String {
    let name = |index: &usize| checked.strata.get(*index).map_or("", |s| s.name.as_str());
    let strata: Vec<&str> = joint.strata.iter().map(name).collect();
    let how = match joint.allocation {
        Allocation::Proportional => "proportional".to_owned(),
        Allocation::Equal => "equal".to_owned(),
        Allocation::Neyman { score } => format!("neyman on {}", score_name(checked, score)),
    };
    let spread: Vec<String> = joint.spread.iter().map(|(s, x)| format!("{} {x}", name(s))).collect();
    let spread = if spread.is_empty() { String::new() } else { format!(" spread {}", spread.join(", ")) };
    format!("{} across {} allocate {how}{spread}", joint.number, strata.join(", "))
}

/// Returns the name of a score.
pub fn score_name(checked: &Checked, score: usize) -> &str {
    let mut scores = checked.scoring.iter().flat_map(|s| &s.scores);
    scores.nth(score).map_or("", |s| s.name.as_str())
}

/// Makes a text in the campaign's languages from Chinese and English; other languages read English.
pub fn both(languages: &[String], zh: &str, en: &str) -> Text {
    let text = |language: &String| if language.starts_with("zh") { zh } else { en };
    Text(languages.iter().map(|l| (l.clone(), text(l).to_owned())).collect())
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

/// Writes a count with its noun.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

/// Writes an amount with its currency: `CNY 1,234.50`.
#[must_use]
pub fn money(currency: &str, amount: f64) -> String {
    let text = format!("{:.2}", amount.abs());
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    format!("{currency} {}{whole}.{cents}", if amount < 0.0 { "−" } else { "" })
}

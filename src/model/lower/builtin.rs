//! Built-in scales of known instruments, in the languages that Canvass speaks.

use crate::model::checked::{Scale, ScalePoint, Text};

/// Codes with their labels in Chinese and English.
type Points = &'static [(i64, &'static str, &'static str)];

/// Ends only, as Reichheld (2003) asks it.
const NPS: Points = &[
    (0, "完全不可能", "Not at all likely"),
    (1, "", ""),
    (2, "", ""),
    (3, "", ""),
    (4, "", ""),
    (5, "", ""),
    (6, "", ""),
    (7, "", ""),
    (8, "", ""),
    (9, "", ""),
    (10, "极有可能", "Extremely likely"),
];

const CSAT: Points = &[
    (1, "非常不满意", "Very dissatisfied"),
    (2, "不满意", "Dissatisfied"),
    (3, "一般", "Neither satisfied nor dissatisfied"),
    (4, "满意", "Satisfied"),
    (5, "非常满意", "Very satisfied"),
];

const CES: Points = &[
    (1, "非常不同意", "Strongly disagree"),
    (2, "不同意", "Disagree"),
    (3, "有点不同意", "Somewhat disagree"),
    (4, "中立", "Neither agree nor disagree"),
    (5, "有点同意", "Somewhat agree"),
    (6, "同意", "Agree"),
    (7, "非常同意", "Strongly agree"),
];

/// Makes the built-in scale `nps`, `csat` or `ces`; languages other than Chinese get the English labels.
#[must_use]
pub fn scale(name: &str, languages: &[String]) -> Scale {
    let points = match name {
        "nps" => NPS,
        "ces" => CES,
        _ => CSAT,
    };
    let label = |zh: &str, en: &str| {
        if en.is_empty() {
            return Text::default();
        }
        let pick = |l: &String| (l.clone(), if l.starts_with("zh") { zh } else { en }.to_owned());
        Text(languages.iter().map(pick).collect())
    };
    let points = points.iter().map(|&(code, zh, en)| ScalePoint { code, label: label(zh, en) }).collect();
    Scale { name: name.to_owned(), points }
}

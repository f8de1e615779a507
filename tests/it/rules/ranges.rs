//! Options that are ranges: how labels are read, and which overlaps and gaps are faults.

use canvass::model::Judgement;

use super::{analyse_spec, findings, whole};

/// Returns the codes and lines of findings about ranges; each option stands on a line of its own, from 1.
fn faults(options: &[&str]) -> Vec<(&'static str, usize)> {
    let chinese = options.iter().any(|o| !o.is_ascii() && o.chars().any(|c| c >= '\u{4e00}'));
    let lines: Vec<String> = options.iter().enumerate().map(|(i, o)| format!("o{i} \"{o}\"")).collect();
    let stem = if chinese { "请选择" } else { "Which?" };
    let spec = format!("question q : choice {{ text \"{stem}\"; options {}\n}}", lines.join(",\n"));
    let analysis = analyse_spec(&whole(&spec, if chinese { "zh" } else { "en" }), &Judgement::default());
    let all = findings(&analysis).into_iter();
    all.filter(|f| f.0.starts_with("options-")).map(|f| (f.0, f.1)).collect()
}

#[test]
fn overlaps_are_found() {
    for (options, line) in [
        (vec!["18-25岁", "25-30岁"], 2),
        (vec!["50元以下", "50-100元", "超过100元"], 2),
        (vec!["不到50元", "50-100元", "100元以上"], 3),
        (vec!["0-10", "10-20"], 2),
        (vec!["30 minutes or less", "30-60 minutes", "more than 60 minutes"], 2),
        (vec!["$0 - $9,999", "$9,999 - $19,999"], 2),
        (vec!["1-5 orders per week", "5-10 orders per week", "More than 10 orders per week"], 2),
        (vec!["每周1-3次", "每周3-5次", "每周超过5次"], 2),
        (vec!["1万元以内", "1万至3万元", "超过3万元"], 2),
        (vec!["18~25 岁", "25~35 岁", "36 岁及以上"], 2),
        (vec!["between 5 and 10", "between 10 and 20", "Other"], 2),
        (vec!["65+", "55-65", "under 55"], 2),
    ] {
        assert_eq!(faults(&options), [("options-overlap", line)], "{options:?}");
    }
}

#[test]
fn gaps_are_found() {
    for (options, line) in [
        (vec!["Under 18", "18-24", "26-34", "35+"], 3),
        (vec!["不满18岁", "18-25岁", "27岁以上"], 3),
        (vec!["1-2 times", "4-5 times", "6 times or more"], 2),
        (vec!["$25,000 - $39,499", "$40,500 - $59,999"], 2),
        (vec!["less than 5 minutes", "10-15 minutes"], 2),
    ] {
        assert_eq!(faults(&options), [("options-gap", line)], "{options:?}");
    }
}

#[test]
fn divisions_without_a_fault_and_labels_that_are_no_ranges_are_left_alone() {
    for options in [
        vec!["不满18岁", "18-25岁", "26-30岁", "31岁及以上", "不愿透露"],
        vec!["Under 18", "18-24", "25-34", "35-44", "45 or older", "Prefer not to say"],
        vec!["Less than 5 minutes", "5-10 minutes", "More than 10 minutes"],
        vec!["Less than a month", "1-6 months", "6-12 months"],
        vec!["Less than 6 months", "6-12 months", "1-2 years", "More than 2 years"],
        vec!["30分钟以内", "31分钟至1小时", "超过1小时"],
        vec!["0", "1-2", "3-5", "6 or more"],
        vec!["1", "2", "3", "4 or more"],
        vec!["5", "10", "50", "100"],
        vec!["9:00-12:00", "12:00-18:00"],
        vec!["1-2 times a week", "1-3 times a month", "1-3 times a year"],
        vec!["iPhone 14-15", "iPhone 15-16"],
        vec!["2019-2020", "2021-2022", "2023-2024"],
        vec!["0.0-1.5", "1.6-3.0", "3.1 or more"],
        vec!["0-50元", "51-100元", "101元以上"],
        vec!["Floor 1-5", "Floors 5 and 6, by the stairs"],
        vec!["18岁以上（不含）", "18岁以下（含）"],
    ] {
        assert_eq!(faults(&options), [], "{options:?}");
    }
}

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
        (vec!["18-25周岁", "25-30周岁"], 2),
        (vec!["18岁以下", "18-25岁", "26岁以上"], 2),
        (vec!["50元以下", "50-100", "100以上"], 2),
        (vec!["1-3万", "3-5万", "5万以上"], 2),
        (vec!["5000-1万", "1-3万元", "超过3万元"], 2),
        (vec!["不满1年", "1-3年", "3年以上"], 3),
        (vec!["未满一年", "1-2年", "2-4年", "超过4年"], 3),
        (vec!["3个月以内", "3个月以上至1年", "超过1年"], 2),
        (vec!["半年以内", "半年至1年", "1年以上"], 2),
        (vec!["0.5h以内", "0.5-1h", "超过1h"], 2),
        (vec!["Below Rs. 100", "Rs. 100 - Rs. 200", "Rs. 200 - Rs. 300", "Above Rs. 300"], 3),
        (vec!["1-3次", "4-6次", "7-10次", "10次以上", "几乎不网购"], 4),
        (vec!["10字以内（简短）", "11-50字（中等）", "51-200字（详细）", "200字以上（长篇）", "只看内容"], 4),
        (vec!["0-5根", "6-10根", "11-16根", "16-20根", "21根以上"], 4),
        (vec!["A. 18-25", "B. 25-30", "C. over 30"], 2),
        (vec!["１８～２５岁", "２５～３０岁", "超过３０岁"], 2),
        (vec!["1-3次/周", "3-5次/周", "超过5次/周"], 2),
        (vec!["1990年以前", "1990-1999年", "1999-2009年", "2010年以后"], 3),
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
        (vec!["under 18", "18 to 24", "65+"], 3),
        (vec!["1-3万", "5-10万", "10万以上（不含）"], 2),
        (vec!["$0 to $49.99", "$50–$99.99", "$150 or more"], 3),
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
        vec!["18-25岁", "26-35岁", "36岁以上"],
        vec!["1-3万", "4-6万", "7万以上"],
        vec!["不到1万", "1-3万", "超过3万"],
        vec!["5000元以下（含5000元）", "5001元-1万元", "超过1万元"],
        vec!["不满1年", "1年以上"],
        vec!["不满半年", "半年以上，不满1年", "1年及以上"],
        vec!["less than $50", "$50–$99.99", "$100 or more"],
        vec!["1-2 times", "3-5 times", "6+ times", "It varies"],
        vec!["未满18周岁", "18至59周岁", "60周岁及以上"],
        vec!["1980年以前", "1980-1989年", "1990-1999年", "2000年以后"],
        vec!["10k-20k", "21k-50k", "more than 50k"],
        vec!["Plan 5-10, weekly", "Plan 10-15, daily", "Other"],
        vec!["一线城市", "二线城市", "三线及以下城市"],
        vec!["十分满意", "一般", "不满意"],
        vec!["80后", "90后", "00后"],
        vec!["只看前几条", "10条左右", "20-50条", "50条以上"],
    ] {
        assert_eq!(faults(&options), [], "{options:?}");
    }
}

/// All pairs of a question are one finding, in all its languages.
#[test]
fn a_question_is_reported_once_with_all_its_pairs() {
    let spec = "question q : choice {\n  text \"您多大年纪？\" / \"How old are you?\"\n  options a \"10-20岁\" / \"10-20\",\n          b \"20-30岁\" / \"20-30\",\n          \
                c \"30-40岁\" / \"30-40\",\n          d \"40-50岁\" / \"40-50\",\n          e \"50岁以上\" / \"50+\"\n}";
    let analysis = analyse_spec(&whole(spec, "zh, en"), &Judgement::default());
    let all: Vec<_> = analysis.diagnostics.iter().filter(|d| d.code == "options-overlap").collect();
    let [one] = all[..] else { panic!("{all:?}") };
    let named = "“10-20岁” and “20-30岁” both hold 20, “20-30岁” and “30-40岁” both hold 30, “30-40岁” and “40-50岁” both hold 40, and one more pair";
    assert_eq!(one.message, named);
    let labels: Vec<&str> = one.labels.iter().map(|l| l.message.as_str()).collect();
    assert_eq!(
        labels,
        [
            "the other option",
            "“20-30岁” holds 30 too",
            "“30-40岁” holds 40 too",
            "“40-50岁” holds 50 too",
            "in `en` as well"
        ]
    );
}

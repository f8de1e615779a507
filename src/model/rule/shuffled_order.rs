//! `shuffled-order`: options that have an order are shown in a random one.

use crate::model::places::Node;
use crate::model::rule::polarity::poles;
use crate::model::rule::ranges::is_range;
use crate::model::rule::text::has_cue;
use crate::model::rule::{Asked, Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("shuffled-order", include_str!("../../../docs/rules/shuffled-order.md"), check);

/// Words of frequency and time.
const OFTEN: [&str; 34] = [
    "从不",
    "从未",
    "很少",
    "偶尔",
    "有时",
    "经常",
    "总是",
    "每天",
    "每周",
    "每月",
    "每年",
    "每季度",
    "每半年",
    "小学",
    "初中",
    "高中",
    "大专",
    "本科",
    "硕士",
    "博士",
    "never",
    "rarely",
    "seldom",
    "sometimes",
    "often",
    "always",
    "daily",
    "weekly",
    "monthly",
    "yearly",
    "every day",
    "once a week",
    "once a month",
    "once a year",
];

fn check(spec: &Spec, found: &mut Findings) {
    for asked in spec.asked.iter().filter(|a| matches!(a.nature, Nature::Choice | Nature::Choices)) {
        if asked.question.shuffle && ordered(asked) {
            found
                .report(
                    spec.setting(Node::Question(asked.index), "shuffle"),
                    format!("the options of `{}` have an order", asked.question.name),
                )
                .help("leave `shuffle options` out: an order is read as a line, and a torn one is misread");
        }
    }
}

/// Tells whether most options are ranges, degrees of one idea, or frequencies.
pub(super) fn ordered(asked: &Asked) -> bool {
    let real: Vec<&str> =
        asked.options.iter().filter(|(c, _)| !c.specify && !c.exclusive).map(|(_, w)| w.text).collect();
    let most = |n: usize| n >= 3 && n * 4 >= real.len() * 3;
    let ranges = real.iter().filter(|t| is_range(t)).count();
    let often = real.iter().filter(|t| t.chars().count() <= 24 && has_cue(t, &OFTEN)).count();
    let read = poles(real.iter().copied());
    let ideas: Vec<&str> = read.iter().flatten().filter_map(|p| p.idea).collect();
    let same = ideas.first().map_or(0, |first| ideas.iter().filter(|i| i == &first).count());
    most(ranges) || most(often) || most(same)
}

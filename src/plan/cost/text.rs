//! Short messages written out, to count their segments.

use minijinja::{Environment, UndefinedBehavior, context};

use crate::model::segments::segments;
use crate::plan::StepKind;
use crate::plan::cost::Between;
use crate::plan::types::{Plan, PlanChannel, PlanChannelKind, PlanStep};

/// Texts that are taken where the spec has none, as dispatch takes them.
const BUILT_IN: [&str; 2] = [
    include_str!("../../../templates/message/sms.zh.txt"),
    include_str!("../../../templates/message/sms.en.txt"),
];

/// What links begin with where the settings name no public address.
const USUAL_BASE: &str = "https://survey.example.com";

/// Characters of a personal link's token.
const TOKEN: usize = 26;

/// Returns the segments of one message of a step: the least and the most over all languages and over short and long
/// names, the usual ones in the first language; `None` for other channels.
pub fn segments_of(
    plan: &Plan,
    step: &PlanStep,
    channel: &PlanChannel,
    base: Option<&str>,
) -> Option<Between<u64>> {
    let PlanChannelKind::Sms { signature, body, .. } = &channel.kind else { return None };
    let count = |language: &String, name: Option<&str>| -> Option<u64> {
        let chinese = language.starts_with("zh");
        let built_in = if chinese { BUILT_IN[0] } else { BUILT_IN[1] };
        let template = if body.is_empty() { built_in } else { body.get(language) };
        let text = written(plan, step, template, (language, name), base)?;
        let signature = if signature.is_empty() { "" } else { signature.get(language) };
        Some(segments(signature, &text).count as u64)
    };
    let names = |language: &String| {
        let chinese = language.starts_with("zh");
        let (usual, long) = if chinese {
            ("王小明", "阿依古丽·买买提")
        } else {
            ("Ann Miller", "Bartholomew Featherstonehaugh")
        };
        [None, Some(usual), Some(long)]
    };
    let all: Option<Vec<u64>> =
        plan.languages.iter().flat_map(|l| names(l).map(|name| count(l, name))).collect();
    let all = all?;
    let usual = plan.languages.first().and_then(|l| count(l, names(l)[1]));
    Some(Between { least: *all.iter().min()?, expected: usual, most: all.iter().max().copied() })
}

/// Writes a text out; fields of the list have six characters.
fn written(
    plan: &Plan,
    step: &PlanStep,
    template: &str,
    (language, name): (&str, Option<&str>),
    base: Option<&str>,
) -> Option<String> {
    let chinese = language.starts_with("zh");
    let minutes = plan.questionnaire.minutes.iter().find(|m| m.language == language);
    let minutes = minutes.map_or(1.0, |m| m.longest.ceil().max(1.0));
    let known = context! {
        name => name,
        link => format!("{}/s/{}", base.unwrap_or(USUAL_BASE), "x".repeat(TOKEN)),
        opt_out => if chinese { "拒收请回复R" } else { "Reply STOP to opt out" },
        title => plan.title.get(language),
        deadline => if chinese { "1月31日 18:00" } else { "31 January 18:00" },
        minutes => format!("{minutes:.0}"),
        owner => plan.owner.clone(),
        language => language,
        sender => "",
        reminder => step.kind == StepKind::Remind,
    };
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Lenient);
    let asked = env.template_from_str(template).ok()?.undeclared_variables(false);
    let plain = if chinese { "六个字的内容" } else { "abcdef" };
    let fields = asked.into_iter().filter(|n| known.get_attr(n).is_ok_and(|v| v.is_undefined()));
    let fields = minijinja::Value::from_pairs(fields.map(|name| (name, plain)));
    let text = env.render_str(template, context! { ..known, ..fields }).ok()?;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

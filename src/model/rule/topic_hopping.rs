//! `topic-hopping`: a topic that was left is taken up again.

use std::collections::BTreeMap;

use crate::model::places::{Node, TextId};
use crate::model::rule::text::has_cue;
use crate::model::rule::{Asked, Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("topic-hopping", include_str!("../../../docs/rules/topic-hopping.md"), check).once();

/// One return may have its reason; two are a habit.
const RETURNS: usize = 2;

/// Topics of which no two are one.
const TOPICS: [&[&str]; 9] = [
    &["delivery", "shipping", "courier", "配送", "物流", "快递", "送货"],
    &["customer service", "support team", "agent", "客服"],
    &["price", "prices", "pricing", "value for money", "价格", "收费", "性价比"],
    &["website", "app", "网站", "应用", "小程序"],
    &["staff", "employees", "店员", "服务人员", "工作人员"],
    &["packaging", "包装"],
    &["doctor", "doctors", "医生"],
    &["nurse", "nurses", "护士"],
    &["food", "meals", "菜品", "餐食", "饭菜"],
];

fn check(spec: &Spec, found: &mut Findings) {
    sections(spec, found);
    let mut runs: BTreeMap<usize, Vec<(usize, &Asked)>> = BTreeMap::new();
    for asked in spec.questions().filter(|a| a.nature == Nature::Rating && a.rows.is_empty()) {
        // Another scale asks something else of the same things: how important, how satisfied.
        if let (Some((scale, _)), None, Some(topic)) =
            (asked.scale, &asked.question.condition, topic(spec, asked))
        {
            runs.entry(scale).or_default().push((topic, asked));
        }
    }
    for run in runs.values() {
        let returns = returns(run);
        if let [(first, before), _, ..] = returns[..] {
            let message = format!("`{}` returns to a topic that was left before", first.question.name);
            let mut finding = found
                .report(first.stem.span(), message)
                .label(before.span(), "the topic was here")
                .help("put questions on one topic together");
            for (again, _) in returns.iter().skip(1) {
                finding = finding.label(again.stem.span(), "another return");
            }
        }
    }
}

/// Two sections of one title are one topic in two places.
fn sections(spec: &Spec, found: &mut Findings) {
    let Some(language) = spec.languages().first() else { return };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for section in 0..spec.checked.questionnaire.sections.len() {
        let Some(title) = spec.wording(TextId::Section(section), language) else { continue };
        let key = title.text.trim().to_lowercase();
        match seen.get(&key) {
            Some(&before) if before + 1 < section => {
                found
                    .report(title.span(), format!("section “{}” was there before", title.text.trim()))
                    .label(spec.name(Node::Section(before)), "the first one")
                    .help("put its questions into the first one, or say in the title what is new");
            }
            Some(_) => {}
            None => {
                seen.insert(key, section);
            }
        }
    }
}

/// Returns the questions that take up a topic again, each with the last question before it was left.
fn returns<'s, 'a>(run: &[(usize, &'s Asked<'a>)]) -> Vec<(&'s Asked<'a>, &'s Asked<'a>)> {
    let mut last: BTreeMap<usize, &Asked> = BTreeMap::new();
    let (mut current, mut found) = (None, Vec::new());
    for (topic, asked) in run {
        if let Some(before) = last.insert(*topic, asked).filter(|_| current != Some(*topic)) {
            found.push((*asked, before));
        }
        current = Some(*topic);
    }
    if found.len() < RETURNS { Vec::new() } else { found }
}

/// Returns the topic of a question that has exactly one.
fn topic(spec: &Spec, asked: &Asked) -> Option<usize> {
    let texts: Vec<String> = spec.in_languages(asked.index).iter().map(|a| a.stem.own_words()).collect();
    let mut about = TOPICS.iter().enumerate().filter(|(_, cues)| texts.iter().any(|t| has_cue(t, cues)));
    let (topic, _) = about.next()?;
    about.next().is_none().then_some(topic)
}

//! Questions: removed, added, moved, and what is different in those that stayed.

use super::said::{Blank, Said, said};
use super::scores::named;
use super::{Changes, Effect, options};
use crate::model::Checked;
use crate::model::checked::{Item, Question, QuestionKind, Text};

/// Compares what is asked.
pub(super) fn compare(all: &mut Changes) {
    languages(all);
    let (before, after) = (all.before, all.after);
    for old in &before.questionnaire.questions {
        match after.questionnaire.questions.iter().find(|q| q.name == old.name) {
            Some(new) => question(all, old, new),
            None if old.kind == QuestionKind::Note => {
                all.push(
                    Effect::Safe,
                    ("question", &old.name),
                    said!("c_removed_note"),
                    Some(old.span),
                    None,
                );
            }
            None => all.push(
                Effect::BreaksData,
                ("question", &old.name),
                said!("c_removed_question"),
                Some(old.span),
                None,
            ),
        }
    }
    for new in &after.questionnaire.questions {
        if !before.questionnaire.questions.iter().any(|q| q.name == new.name) {
            all.push(Effect::Safe, ("question", &new.name), said!("c_new"), None, Some(new.span));
        }
    }
    order(all);
    sections(all);
    scales(all);
}

/// Scales are compared where they are used; a name alone changes no answer.
fn scales(all: &mut Changes) {
    let (before, after) = (all.before, all.after);
    let only = |a: &Checked, b: &Checked| -> Vec<String> {
        let known = |name: &str| b.scales.iter().any(|s| s.name == name);
        a.scales.iter().filter(|s| !known(&s.name)).map(|s| s.name.clone()).collect()
    };
    for name in only(before, after) {
        all.note(Effect::Safe, ("scale", &name), said!("c_scale_gone"));
    }
    for name in only(after, before) {
        all.note(Effect::Safe, ("scale", &name), said!("c_scale_new"));
    }
}

/// Tells whether a question is words after the last thing that is asked: nothing is answered under their influence.
fn closes(checked: &Checked, question: &Question) -> bool {
    let asked = |q: &Question| q.kind != QuestionKind::Note;
    let after = checked.questionnaire.questions.iter().skip_while(|q| q.name != question.name);
    question.kind == QuestionKind::Note && !after.skip(1).any(asked)
}

fn languages(all: &mut Changes) {
    let (before, after) = (&all.before.campaign.languages, &all.after.campaign.languages);
    let missing = |from: &[String], other: &[String]| -> Vec<String> {
        from.iter().filter(|l| !other.contains(l)).cloned().collect()
    };
    let (gone, new) = (missing(before, after), missing(after, before));
    let name = all.after.campaign.name.clone();
    if !gone.is_empty() {
        let what = said!("c_languages_gone", languages = Blank::names(&gone, "comma"));
        all.push(Effect::BreaksTrend, ("campaign", &name), what, None, None);
    }
    if !new.is_empty() {
        let what = said!("c_languages_new", languages = Blank::names(&new, "comma"));
        all.push(Effect::Safe, ("campaign", &name), what, None, None);
    }
}

/// What stands before a question colours its answer (Schuman & Presser 1981), so a new order is another question.
fn order(all: &mut Changes) {
    let (before, after) = (all.before, all.after);
    let names = |checked: &Checked, other: &Checked| -> Vec<String> {
        let known = |q: &&Question| other.questionnaire.questions.iter().any(|o| o.name == q.name);
        checked.questionnaire.questions.iter().filter(known).map(|q| q.name.clone()).collect()
    };
    let (old, new) = (names(before, after), names(after, before));
    // Only what moved is told: the longest row that kept its order stayed.
    let stayed = longest_common(&old, &new);
    for name in new.iter().filter(|name| !stayed.contains(name)) {
        let find = |checked: &Checked| {
            checked.questionnaire.questions.iter().find(|q| q.name == *name).map(|q| q.span)
        };
        let at = new.iter().position(|n| n == name).unwrap_or(0);
        let what = match at.checked_sub(1).and_then(|i| new.get(i)) {
            Some(other) => said!("c_moved_behind", other = other),
            None => said!("c_moved_first"),
        };
        all.push(Effect::BreaksTrend, ("question", name), what, find(before), find(after));
    }
}

/// Returns the longest common subsequence.
fn longest_common(old: &[String], new: &[String]) -> Vec<String> {
    let width = new.len() + 1;
    let mut best = vec![0_usize; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            best[i * width + j] = if old[i] == new[j] {
                best[(i + 1) * width + j + 1] + 1
            } else {
                best[(i + 1) * width + j].max(best[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut common) = (0, 0, Vec::new());
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            common.push(old[i].clone());
            (i, j) = (i + 1, j + 1);
        } else if best[(i + 1) * width + j] >= best[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    common
}

fn sections(all: &mut Changes) {
    let (before, after) = (all.before, all.after);
    for new in &after.questionnaire.sections {
        let Some(old) = before.questionnaire.sections.iter().find(|s| s.name == new.name) else {
            all.note(Effect::Safe, ("section", &new.name), said!("c_section_new"));
            continue;
        };
        if let Some(what) = reworded(said!("c_title"), &old.title, &new.title) {
            all.push(Effect::BreaksTrend, ("section", &new.name), what, None, None);
        }
    }
    for old in &before.questionnaire.sections {
        if !after.questionnaire.sections.iter().any(|s| s.name == old.name) {
            all.note(Effect::Safe, ("section", &old.name), said!("c_section_gone"));
        }
    }
}

fn question(all: &mut Changes, old: &Question, new: &Question) {
    let mut found: Vec<(Effect, Said)> = Vec::new();
    let mut trend = |what: Option<Said>| found.extend(what.map(|what| (Effect::BreaksTrend, what)));
    trend(reworded(said!("c_wording"), &old.text, &new.text));
    trend(reworded(said!("c_hint"), &old.hint, &new.hint));
    trend(match (old.not_applicable.is_empty(), new.not_applicable.is_empty()) {
        (false, true) => Some(said!("c_na_gone")),
        (true, false) => Some(said!("c_na_new")),
        _ => reworded(said!("c_na_label"), &old.not_applicable, &new.not_applicable),
    });
    if old.required != new.required {
        trend(Some(if new.required { said!("c_required") } else { said!("c_optional") }));
    }
    if old.shuffle != new.shuffle {
        trend(Some(if new.shuffle { said!("c_shuffled") } else { said!("c_not_shuffled") }));
    }
    if condition(all.before, old) != condition(all.after, new) {
        trend(Some(match (&old.condition, &new.condition) {
            (None, _) => said!("c_condition_new"),
            (_, None) => said!("c_condition_gone"),
            _ => said!("c_condition"),
        }));
    }
    options::compare(all.before, all.after, old, new, &mut found);
    rows(all, old, new, &mut found);
    let scale = match new.kind {
        QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => {
            all.after.scales.get(scale).map(|s| s.name.clone())
        }
        _ => None,
    };
    let section = |checked: &Checked, q: &Question| {
        checked.questionnaire.sections.get(q.section).map(|s| s.name.clone()).unwrap_or_default()
    };
    let (here, there) = (section(all.before, old), section(all.after, new));
    if here != there {
        found.push((Effect::Safe, said!("c_other_section", there = there, here = here)));
    }
    if found.is_empty() && plain(old) != plain(new) {
        found.push((Effect::BreaksTrend, said!("c_setting")));
    }
    let closing = closes(all.before, old) && closes(all.after, new);
    for (effect, what) in found {
        let effect = if closing { Effect::Safe } else { effect };
        all.push(effect, ("question", &new.name), what, Some(old.span), Some(new.span));
        if let Some(scale) = &scale {
            all.also("scale", scale);
        }
    }
}

/// Returns a question without places, which move, texts, which differ by blanks and languages, and its condition.
fn plain(question: &Question) -> Question {
    let mut plain = question.clone();
    (plain.section, plain.condition, plain.span) = (0, None, crate::source::Span::default());
    for text in [&mut plain.text, &mut plain.hint, &mut plain.not_applicable] {
        *text = Text::default();
    }
    match &mut plain.kind {
        QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => *scale = 0,
        QuestionKind::Choice(all) | QuestionKind::Choices(all) | QuestionKind::Ranking(all) => {
            for choice in all {
                choice.label = Text::default();
            }
        }
        _ => {}
    }
    plain
}

/// Returns a condition with names in the place of indices, which move with every new question.
fn condition(checked: &Checked, question: &Question) -> Option<String> {
    question.condition.as_ref().map(|condition| named(checked, &format!("{condition:?}")))
}

fn rows(all: &Changes, old: &Question, new: &Question, found: &mut Vec<(Effect, Said)>) {
    if !matches!((&old.kind, &new.kind), (QuestionKind::Grid(_), QuestionKind::Grid(_))) {
        return;
    }
    let of = |checked: &Checked, name: &str| -> Vec<Item> {
        let items = checked.questionnaire.items.iter();
        items
            .filter(|i| checked.questionnaire.questions.get(i.question).is_some_and(|q| q.name == name))
            .cloned()
            .collect()
    };
    let (before, after) = (of(all.before, &old.name), of(all.after, &new.name));
    for row in &before {
        match after.iter().find(|r| r.name == row.name) {
            None => found.push((Effect::BreaksData, said!("c_row_gone", row = &row.name))),
            Some(now) => found.extend(
                reworded(said!("c_row_wording", row = &row.name), &row.row, &now.row)
                    .map(|what| (Effect::BreaksTrend, what)),
            ),
        }
    }
    for row in after.iter().filter(|row| !before.iter().any(|r| r.name == row.name)) {
        found.push((Effect::Safe, said!("c_row_new", row = &row.name)));
    }
    let common = |rows: &[Item], other: &[Item]| -> Vec<String> {
        rows.iter().filter(|r| other.iter().any(|o| o.name == r.name)).map(|r| r.name.clone()).collect()
    };
    if common(&before, &after) != common(&after, &before) && !(old.shuffle && new.shuffle) {
        found.push((Effect::BreaksTrend, said!("c_rows_order")));
    }
}

/// Says how a text changed; other blanks are no change, nor is a language that came or went.
pub(super) fn reworded(part: Said, old: &Text, new: &Text) -> Option<Said> {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let changed = old.0.iter().find_map(|(language, before)| {
        let (_, after) = new.0.iter().find(|(l, _)| l == language)?;
        (plain(before) != plain(after)).then(|| (plain(before), plain(after)))
    });
    match (old.is_empty(), new.is_empty()) {
        (true, false) => Some(said!("c_part_new", part = part)),
        (false, true) => Some(said!("c_part_gone", part = part)),
        _ => changed.map(|(a, b)| said!("c_reworded", part = part, before = a, after = b)),
    }
}

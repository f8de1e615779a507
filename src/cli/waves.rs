//! Waves: a campaign that `follows` another asks the same, or says why not.
//!
//! Earlier waves are looked for in all specs below the nearest `canvass.yaml`. Where none has the name, that is a
//! warning: the wave may stand in another repository, or before the first spec. Without a `canvass.yaml` nobody
//! knows, and nothing is said.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::cli::specs::below;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::suggest::did_you_mean;
use crate::model::{Analysis, Checked, Folder, analyse};
use crate::plan::change::{Change, Effect, of_waves, sentence};
use crate::settings;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::ast::{Expr, ExprKind, Item, Statement, Word};
use crate::syntax::parse;

/// Adds what breaks the trend since the wave before; with such a finding the spec can't be planned.
pub(super) fn judge(analysis: &mut Analysis, spec: &Path, folder: &Path) {
    unknown(analysis, folder);
    let Some(checked) = &analysis.checked else { return };
    let Some(wave) = checked.campaign.follows.clone() else { return };
    let Some((place, before)) = find(&wave, Some(spec), folder) else { return };
    let found: Vec<Change> = of_waves(&before, checked).into_iter().filter(Change::is_unspoken).collect();
    if found.is_empty() {
        return;
    }
    let follows = follows(&analysis.sources);
    for change in found {
        let Some(span) = change.span.or(follows) else { continue };
        let breaks = match change.effect {
            Effect::BreaksData => "answers since",
            _ => "the trend since",
        };
        let message = format!("{}, which breaks {breaks} `{wave}`", sentence(&change, "en"));
        let remedy = match change.effect {
            Effect::BreaksData => "write `breaks data \"reason\"`",
            _ => "write `breaks trend \"reason\"`",
        };
        let scope = if change.span.is_some() { "in its block or in `campaign`" } else { "in `campaign`" };
        let mut finding = Diagnostic::error("breaks-trend", span, message)
            .help(format!("{remedy} {scope}, or undo the change"));
        if let Some(old) = change.span_before {
            let old = Span { file: file_of(old.file, &before, &place, &mut analysis.sources), ..old };
            finding = finding.label(old, "so it stood in the wave before");
        }
        analysis.diagnostics.push(finding);
        analysis.checked = None;
    }
    analysis.diagnostics.sort_by_key(|d| (d.span.file, d.span.start, std::cmp::Reverse(d.severity)));
}

/// Finds the spec of a campaign (another one than `spec`), and its folder as seen from the spec that follows it.
pub(super) fn find(wave: &str, spec: Option<&Path>, folder: &Path) -> Option<(PathBuf, Checked)> {
    let file = settings::load_rules(folder).ok()?.0;
    let root = file.parent()?;
    let mut specs = Vec::new();
    below(root, &mut specs).ok()?;
    let here = spec.and_then(|spec| std::fs::canonicalize(spec).ok());
    specs.into_iter().find_map(|other| {
        let is_other = std::fs::canonicalize(&other).is_ok_and(|path| Some(path) != here);
        if !is_other || !std::fs::read_to_string(&other).is_ok_and(|text| text.contains(wave)) {
            return None;
        }
        let name = other.file_name()?.to_string_lossy().into_owned();
        let checked = analyse(&name, &Folder(other.parent()?.to_path_buf())).checked?;
        (checked.campaign.name == wave)
            .then(|| (other.parent().map(Path::to_path_buf).unwrap_or_default(), checked))
    })
}

/// Returns the file of the wave before among the sources, adding it when it is not there yet.
fn file_of(id: FileId, before: &Checked, folder: &Path, sources: &mut SourceMap) -> FileId {
    let Some(file) = before.files.get(id.0 as usize) else { return id };
    let path = folder.join(&file.path).to_string_lossy().replace('\\', "/");
    match sources.find(&path) {
        Some(known) => known.id,
        None => sources.add(path, file.text.as_str()),
    }
}

/// Warns of earlier waves that no spec of the repository has.
fn unknown(analysis: &mut Analysis, folder: &Path) {
    let mut named = Vec::new();
    let mut groups = Vec::new();
    for file in analysis.sources.iter().filter(|file| KEYWORDS.iter().any(|k| file.text.contains(k))) {
        parse(file).file.statements.iter().for_each(|statement| earlier(statement, &mut named, &mut groups));
    }
    named.extend(groups.iter().map(|(_, campaign)| campaign.clone()));
    if named.is_empty() {
        return;
    }
    undeclared(analysis, folder, &groups);
    let Ok((file, _)) = settings::load_rules(folder) else { return };
    let Some(root) = file.parent().filter(|_| file.is_file()) else { return };
    let known = campaigns(root);
    for word in named.into_iter().filter(|word| !known.contains(&word.text)) {
        let message = format!("no spec of this repository has the campaign `{}`", word.text);
        let help = match did_you_mean(&word.text, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                "correct the name, or add the spec of that wave below the folder of `canvass.yaml`".to_owned()
            }
        };
        analysis.diagnostics.push(Diagnostic::warning("unknown-wave", word.span, message).help(help));
    }
    analysis.diagnostics.sort_by_key(|d| (d.span.file, d.span.start, std::cmp::Reverse(d.severity)));
}

/// Words without which no earlier wave is named.
const KEYWORDS: [&str; 4] = ["follows", "panel", "draw", "risk"];

/// Collects the names behind `follows`, `panel of`, `draw with`, `draw apart from` and `risk … of`.
fn earlier(statement: &Statement, found: &mut Vec<Word>, groups: &mut Vec<(Word, Word)>) {
    let starts = |s: &Statement, word: &str| matches!(s.items.first(), Some(Item::Word(w)) if w.text == word);
    let (campaign, stratum) = (starts(statement, "campaign"), starts(statement, "stratum"));
    let frame = starts(statement, "frame");
    for line in statement.block.iter().flat_map(|b| &b.statements).filter(|_| campaign || stratum || frame) {
        conditions(line, groups);
        if frame {
            continue;
        }
        if ["follows", "panel", "draw"].iter().any(|word| starts(line, word)) {
            let behind = line.items.iter().skip(1).filter_map(|item| match item {
                Item::Word(word) => Some(word),
                _ => None,
            });
            found.extend(
                behind.filter(|w| !["of", "with", "apart", "from"].contains(&w.text.as_str())).cloned(),
            );
        }
    }
}

/// Collects the risk groups in the conditions of a line and of the lines in its block.
fn conditions(line: &Statement, groups: &mut Vec<(Word, Word)>) {
    for item in &line.items {
        if let Item::Clause(_, condition) = item {
            risks(condition, groups);
        }
    }
    line.block.iter().flat_map(|b| &b.statements).for_each(|inner| conditions(inner, groups));
}

fn risks(condition: &Expr, groups: &mut Vec<(Word, Word)>) {
    match &condition.kind {
        ExprKind::RiskOf(group, campaign) => groups.push((group.clone(), campaign.clone())),
        ExprKind::Not(inner) => risks(inner, groups),
        ExprKind::Binary(_, a, b) => {
            risks(a, groups);
            risks(b, groups);
        }
        _ => {}
    }
}

/// Reports risk groups that the spec of their campaign does not declare; such a spec can't be planned.
fn undeclared(analysis: &mut Analysis, folder: &Path, groups: &[(Word, Word)]) {
    let mut specs: BTreeMap<&str, Option<Checked>> = BTreeMap::new();
    for (group, campaign) in groups {
        let spec = specs.entry(&campaign.text).or_insert_with(|| Some(find(&campaign.text, None, folder)?.1));
        let Some(spec) = spec else { continue };
        let known = || spec.analysis.risks.iter().map(|g| g.name.as_str());
        if known().any(|name| name == group.text) {
            continue;
        }
        let message = format!("campaign `{}` declares no risk group `{}`", campaign.text, group.text);
        let help = match did_you_mean(&group.text, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "write `risk {} over 3 waves when …` into the `analysis` of `{}`",
                group.text, campaign.text
            ),
        };
        analysis.diagnostics.push(Diagnostic::error("unknown-name", group.span, message).help(help));
        analysis.checked = None;
    }
}

/// Returns the names of all campaigns below a folder.
fn campaigns(root: &Path) -> BTreeSet<String> {
    let mut specs = Vec::new();
    // What can't be listed holds no campaign that could be found.
    let _ = below(root, &mut specs);
    let texts = specs.iter().filter_map(|spec| std::fs::read_to_string(spec).ok());
    let names = |text: String| -> Vec<String> {
        let heads = text.lines().filter_map(|line| line.strip_prefix("campaign"));
        let ends = |c: char| c.is_whitespace() || c == '{';
        heads
            .filter(|head| head.starts_with(char::is_whitespace))
            .filter_map(|head| head.trim_start().split(ends).next().map(str::to_owned))
            .collect()
    };
    texts.flat_map(names).collect()
}

/// Finds the line `follows …`.
fn follows(sources: &SourceMap) -> Option<Span> {
    let starts = |s: &Statement, word: &str| matches!(s.items.first(), Some(Item::Word(w)) if w.text == word);
    sources.iter().find_map(|file| {
        let parsed = parse(file);
        let campaign = parsed.file.statements.into_iter().find(|s| starts(s, "campaign"))?;
        campaign.block?.statements.into_iter().find(|s| starts(s, "follows")).map(|s| s.span)
    })
}

//! What a reviewer should know, in words.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::frame::allocate::{deviation, margin, margin_of_mean};
use crate::frame::{Design, FrameSummary};
use crate::model::Checked;
use crate::model::checked::{OncePer, Sample, SwitchedOff, Text};
use crate::plan::clusters;
use crate::plan::expect::{CONFIDENCE, Reckoned, fallback_response};
use crate::plan::print::view::moment;
use crate::plan::say::{Words, each, say};
use crate::plan::words::{grouped, percent, rounded, score_name};

/// Notes of one kind that are written out; how many more there are is a sentence.
const WRITTEN_OUT: usize = 5;

/// Collects what the list and the sample clauses give rise to, in all languages of the campaign.
pub fn warnings(
    checked: &Checked,
    design: &Design,
    summary: &FrameSummary,
    reckoned: &[Reckoned],
) -> Vec<Text> {
    let stage = Stage { checked, design, summary, reckoned };
    let mut all = Vec::new();
    stage.list(&mut all);
    stage.uncovered(&mut all);
    stage.strata(&mut all);
    stage.shortages(&mut all);
    clusters::warnings(checked, summary, reckoned, &mut all);
    stage.assumed(&mut all);
    stage.hopeful(&mut all);
    stage.rest(&mut all);
    let languages = &checked.campaign.languages;
    all.extend(checked.not_carried_out.iter().map(|c| not_carried_out(languages, &c.clause)));
    all.extend(checked.switched_off.iter().map(|off| each(languages, |w| switched_off(off, w))));
    all
}

/// Says that a clause has no effect.
#[must_use]
pub fn not_carried_out(languages: &[String], clause: &str) -> Text {
    each(languages, |w| say!(w, "not_carried_out", clause = clause))
}

/// Says which rule was switched off where, and why.
fn switched_off(off: &SwitchedOff, words: &Words) -> String {
    let place = off.owner.as_deref().unwrap_or("canvass.yaml");
    let findings = words.counted("n_findings", off.findings as u64);
    say!(words, "switched_off", rule = off.rule, place = place, findings = findings, reason = off.reason)
}

/// Writes out the first few of many notes of one kind.
fn few(languages: &[String], notes: Vec<Text>, all: &mut Vec<Text>) {
    let more = notes.len().saturating_sub(WRITTEN_OUT);
    // A sentence for one would be as long as the note.
    let shown = if more > 1 { WRITTEN_OUT } else { notes.len() };
    all.extend(notes.into_iter().take(shown));
    if more > 1 {
        all.push(each(languages, |w| say!(w, "same_of_more", n = grouped(more as u64))));
    }
}

struct Stage<'a> {
    checked: &'a Checked,
    design: &'a Design,
    summary: &'a FrameSummary,
    reckoned: &'a [Reckoned],
}

impl Stage<'_> {
    fn each(&self, say: impl Fn(&Words) -> String) -> Text {
        each(&self.checked.campaign.languages, say)
    }

    fn list(&self, all: &mut Vec<Text>) {
        let (checked, summary) = (self.checked, self.summary);
        let source = checked.frame.as_ref().map_or("", |f| f.source.as_str());
        all.extend(self.bad(source, summary.bad_rows, summary.bad_cells));
        for events in &summary.events {
            let source =
                checked.events.iter().find(|e| e.name == events.name).map_or("", |e| e.source.as_str());
            all.extend(self.bad(source, events.bad_rows, events.bad_cells));
        }
        if summary.once > 0 {
            all.push(self.each(|w| w.counted_with("once_out", summary.once, &[("same", self.shared(w))])));
        }
    }

    /// Says what only one invitation goes to.
    fn shared(&self, words: &Words) -> String {
        let frame = self.checked.frame.as_ref();
        match frame.and_then(|f| f.once_per) {
            Some(OncePer::Field(i)) => frame
                .and_then(|f| f.fields.get(i))
                .map_or_else(|| words.get("same_column").to_owned(), |f| f.name.clone()),
            _ => words.get("same_address").to_owned(),
        }
    }

    fn bad(&self, source: &str, rows: u64, cells: u64) -> Option<Text> {
        (rows + cells > 0).then(|| {
            self.each(|w| {
                let rows = (rows > 0).then(|| w.counted("bad_rows", rows));
                let cells = (cells > 0).then(|| w.counted("bad_cells", cells));
                let parts: Vec<String> = rows.into_iter().chain(cells).collect();
                say!(w, "bad_in", source = source, parts = parts.join(w.get("comma")))
            })
        })
    }

    /// Says how many people no figure will speak for.
    fn uncovered(&self, all: &mut Vec<Text>) {
        let outside = self.summary.unmatched;
        if outside == 0 || !self.summary.events.is_empty() {
            return;
        }
        let share = percent(rounded(outside as f64 / self.summary.eligible.max(1) as f64, 3));
        all.push(self.each(|w| w.counted_with("uncovered", outside, &[("share", share.clone())])));
    }

    fn strata(&self, all: &mut Vec<Text>) {
        let (mut empty, mut unparted) = (Vec::new(), Vec::new());
        for (index, stratum) in self.checked.strata.iter().enumerate() {
            let cells = self.design.cells_of(index).filter_map(|c| self.summary.cells.get(c));
            let population: u64 = cells.map(|c| c.population).sum();
            let lost = self.summary.unparted.get(index).copied().unwrap_or(0);
            let name = || stratum.name.clone();
            if population + lost == 0 {
                empty.push(self.each(|w| say!(w, "nobody", name = name())));
            }
            if lost > 0 {
                unparted.push(self.each(|w| w.counted_with("unparted", lost, &[("name", name())])));
            }
        }
        few(&self.checked.campaign.languages, empty, all);
        few(&self.checked.campaign.languages, unparted, all);
    }

    /// Names the completes and the margin still to be had where the list holds too few.
    fn shortages(&self, all: &mut Vec<Text>) {
        let one = |index: usize| {
            let cell = self.design.cells.get(index)?;
            let (known, reckoned) = (self.summary.cells.get(index)?, self.reckoned.get(index)?);
            // A census asks for nobody in particular; the table shows who can't be reached.
            let census = self.checked.strata[cell.stratum].sample == Sample::All;
            if census || reckoned.size.ideal <= reckoned.size.invitations {
                return None;
            }
            let points = self.points(cell.stratum);
            let note = self.each(|w| shortage(&cell.name, known.population, reckoned, points, w));
            Some((reckoned.size.ideal - reckoned.size.invitations, note))
        };
        let mut notes: Vec<(u64, Text)> = (0..self.design.cells.len()).filter_map(one).collect();
        // Of many, those that lack most are written out.
        if notes.len() > WRITTEN_OUT {
            notes.sort_by_key(|(lacking, _)| std::cmp::Reverse(*lacking));
        }
        few(&self.checked.campaign.languages, notes.into_iter().map(|(_, note)| note).collect(), all);
    }

    /// Returns spread, confidence and score of a sample for a margin in points.
    fn points(&self, stratum: usize) -> Option<(f64, f64, &str)> {
        let stratum = self.checked.strata.get(stratum)?;
        let Sample::Points { confidence, score, spread, .. } = stratum.sample else { return None };
        let deviation = deviation(self.checked, stratum, score, spread, self.summary.before.as_ref()).ok()?;
        Some((deviation, confidence, score_name(self.checked, score)))
    }

    fn assumed(&self, all: &mut Vec<Text>) {
        let mut names: Vec<String> = Vec::new();
        for (cell, reckoned) in self.design.cells.iter().zip(self.reckoned) {
            let name = format!("`{}`", self.checked.strata[cell.stratum].name);
            // Cells of a stratum stand beside one another.
            if reckoned.assumed && names.last() != Some(&name) {
                names.push(name);
            }
        }
        if !names.is_empty() {
            let rate = percent(fallback_response(self.checked));
            let n = names.len() as u64;
            all.push(self.each(|w| {
                w.counted_with("assumed", n, &[("names", w.names(&names)), ("rate", rate.clone())])
            }));
        }
    }

    /// A margin whose sample supposes that everybody answers will not be met.
    fn hopeful(&self, all: &mut Vec<Text>) {
        let mut notes = Vec::new();
        for (cell, reckoned) in self.design.cells.iter().zip(self.reckoned) {
            let sample = self.checked.strata.get(cell.stratum).map(|s| s.sample);
            let for_a_margin = matches!(sample, Some(Sample::Margin { .. } | Sample::Points { .. }));
            let (ideal, invitations) = (reckoned.size.ideal, reckoned.size.invitations);
            let completes =
                crate::frame::allocate::round_up((invitations as f64 * reckoned.response).round());
            if for_a_margin && reckoned.assumed && completes < ideal {
                notes.push(self.each(|w| {
                    say!(
                        w,
                        "hopeful",
                        name = cell.name,
                        answers = w.counted("n_answers", ideal),
                        invitations = w.counted("n_invitations", invitations),
                        completes = grouped(completes),
                    )
                }));
            }
        }
        few(&self.checked.campaign.languages, notes, all);
    }

    /// Says how many wait, and until when; where no store tells, that some may.
    fn waiting(&self) -> Option<Text> {
        let cells = || self.summary.cells.iter().filter_map(|c| c.waiting.as_ref());
        if cells().next().is_none() {
            return Some(self.each(|w| say!(w, "delay")));
        }
        let people: u64 = cells().map(|c| c.people).sum();
        let until = cells().filter_map(|c| c.until.as_deref()?.parse::<Timestamp>().ok()).max()?;
        let zone = TimeZone::get(&self.checked.campaign.timezone).unwrap_or(TimeZone::UTC);
        let until = moment(Some(&crate::plan::parts::moment(&zone, until)));
        Some(self.each(|w| w.counted_with("waiting_note", people, &[("until", until.clone())])))
    }

    /// A rest longer than the distance to the wave before takes out whoever was drawn in it.
    fn rest(&self, all: &mut Vec<Text>) {
        let checked = self.checked;
        let rest = checked.frame.as_ref().and_then(|f| f.rest);
        all.extend(rest.filter(|r| r.delay).and_then(|_| self.waiting()));
        let distance = match checked.campaign.rhythm.as_deref() {
            Some("quarterly") => 90,
            Some("half_yearly") => 181,
            Some("yearly") => 365,
            _ => return,
        };
        if let (Some(rest), Some(follows)) = (rest, &checked.campaign.follows)
            && rest.days > distance
        {
            let (days, key) = (rest.days, if rest.delay { "rest_long_waits" } else { "rest_long_drops" });
            all.push(self.each(|w| {
                say!(w, "rest_long", days = days, follows = follows, distance = distance, then = w.get(key))
            }));
        }
    }
}

fn shortage(
    name: &str,
    population: u64,
    reckoned: &Reckoned,
    points: Option<(f64, f64, &str)>,
    words: &Words,
) -> String {
    let size = reckoned.size;
    let completes = size.invitations as f64 * reckoned.response;
    let margin = margin(completes, CONFIDENCE, population);
    let margin = match points {
        Some((deviation, confidence, score)) => margin_of_mean(deviation, completes, confidence, population)
            .map(|m| say!(words, "shortage_points", margin = rounded(m, 2), score = score)),
        None => margin.map(|m| say!(words, "shortage_share", margin = percent(rounded(m, 4)))),
    };
    let wanted = size.wanted.map(|n| say!(words, "shortage_wanted", n = grouped(n)));
    say!(
        words,
        "shortage",
        name = name,
        needed = words.counted("n_invitations", size.ideal),
        invited = grouped(size.invitations),
        completes = grouped(crate::frame::allocate::round_up(completes.floor())),
        wanted = wanted.unwrap_or_default(),
        margin = margin.unwrap_or_default(),
    )
}

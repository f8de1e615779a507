//! Counts the answers of a launched campaign, one after the other.
//!
//! Goes in: all responses, each with the drawn person whose it is, in any order; then everybody who was drawn, in the
//! order of the draw. Comes out: [`Launched`]. Nobody is kept: memory grows with groups and different answers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::expr::{Expr, truth};
use crate::frame::Bits;
use crate::model::Checked;
use crate::model::checked::Grouping;
use crate::score::asked::{Alike, Asking};
use crate::score::findings::times::{ByTime, hour, weekday};
use crate::score::respondent::{Respondent, ResponseEnv, zone};
use crate::score::study::Study;
use crate::score::tally::counts::{Counts, Person};
use crate::score::tally::gathered::Judged;
use crate::score::tally::launched::{Group, Launched, Names};
use crate::score::tally::layout::{Codes, Layout, Unsuitable, codes};
use crate::score::tally::scorer::Scored;
use crate::score::tally::word;
use crate::score::types::ResponseCounts;
use crate::score::weights::grouping_name;
use crate::store::types::{Response, ResponseState, SampleUnit};

/// A campaign while it is counted.
pub struct Counting<'a> {
    checked: &'a Checked,
    study: &'a Study,
    layout: Layout,
    codes: Vec<Codes>,
    /// Conditions of items, where they have one.
    conditions: Vec<(usize, &'a Expr)>,
    names: Names,
    zone: TimeZone,
    asking: Asking<'a>,
    counts: Counts,
    groups: BTreeMap<Group, u32>,
    judged: Judged,
    of_cell: Vec<ResponseCounts>,
    outside: u64,
    completed: u64,
    /// Responses that are kept, by id, where that must be known of everybody who was asked.
    kept: Bits,
    silent: BTreeMap<Alike, u64>,
    days: BTreeMap<Date, (u64, u64)>,
    times: ByTime,
    items: Vec<u64>,
    scored: Scored,
}

impl<'a> Counting<'a> {
    /// Begins with nothing.
    pub fn new(checked: &'a Checked, study: &'a Study) -> Result<Self, Unsuitable> {
        let layout = Layout::of_campaign(checked)?;
        let items = 0..checked.questionnaire.items.len();
        let codes: Vec<Codes> = items.clone().map(|i| codes(checked, i).unwrap_or(Codes::Never)).collect();
        let condition = |i: usize| {
            let question = &checked.questionnaire.questions[checked.questionnaire.items[i].question];
            question.condition.as_ref().map(|c| (i, c))
        };
        let fields = layout.fields.iter().map(|i| grouping_name(checked, Grouping::Field(*i)));
        let margins = checked.analysis.margins.iter().flat_map(|m| &m.by);
        let margins = margins.filter(|g| matches!(g, Grouping::Field(_))).map(|g| grouping_name(checked, *g));
        Ok(Self {
            checked,
            study,
            conditions: items.clone().filter_map(condition).collect(),
            names: (fields.collect(), margins.collect()),
            zone: zone(checked),
            asking: Asking::new(checked, &study.cells),
            counts: Counts::new(&layout, &codes),
            groups: BTreeMap::new(),
            judged: Judged::new(checked),
            of_cell: vec![ResponseCounts::default(); study.cells.len()],
            outside: 0,
            completed: 0,
            kept: Bits::default(),
            silent: BTreeMap::new(),
            days: BTreeMap::new(),
            times: ByTime::default(),
            items: vec![word::NONE; codes.len()],
            scored: Scored::default(),
            layout,
            codes,
        })
    }

    /// Counts a response, with the drawn person whose it is, if that is known.
    pub fn answer(&mut self, response: &Response, drawn: Option<&SampleUnit>) -> Result<(), Unsuitable> {
        let day = |at: Timestamp| at.to_zoned(self.zone.clone()).date();
        self.days.entry(day(response.started_at)).or_default().0 += 1;
        if let Some(at) = response.completed_at {
            self.days.entry(day(at)).or_default().1 += 1;
        }
        let cell = self.study.position(response.cell);
        match cell {
            Some(cell) => self.of_cell[cell].add(response.state),
            None => self.outside += 1,
        }
        if response.state != ResponseState::Completed {
            return Ok(());
        }
        let cell = cell.ok_or(Unsuitable::Outside)?;
        self.completed += 1;
        let respondent = Respondent::new(self.checked, response, &self.zone);
        if !self.judge(&respondent) {
            return Ok(());
        }
        let Some(alike) = self.asking.answer(response, drawn) else { return Ok(()) };
        self.of_cell[cell].kept += 1;
        if self.asking.is_clustered() {
            self.kept.set(response.id.unsigned_abs());
        }
        self.words(&respondent)?;
        let group = self.group(alike, response, drawn);
        self.scored.scores.clear();
        self.scored.scores.extend_from_slice(&respondent.scores);
        self.scored.usual.clear();
        self.scored.usual.extend_from_slice(&respondent.usual);
        let during = self.checked.scoring.iter().flat_map(|s| &s.during);
        let within = during.into_iter().any(|p| p.from <= respondent.day && respondent.day <= p.to);
        let person = Person { group, items: &self.items, scored: &self.scored, within, weight: 1.0 };
        self.counts.add(&person);
        Ok(())
    }

    /// Applies the rules; tells whether the response is kept.
    fn judge(&mut self, respondent: &Respondent) -> bool {
        let env = ResponseEnv { checked: self.checked, study: self.study, respondent };
        let mut raised = false;
        for (rule, count) in self.checked.cases.iter().zip(&mut self.judged.cases) {
            if truth(&rule.condition, &env).holds() {
                *count += 1;
                raised = true;
            }
        }
        self.judged.with_case += u64::from(raised);
        self.times.add(hour(respondent, &self.zone), weekday(respondent), raised);
        let mut marked = false;
        for (rule, count) in self.checked.clean.iter().zip(&mut self.judged.rules) {
            if truth(&rule.condition, &env).holds() {
                *count += 1;
                marked |= !rule.drop;
                if rule.drop {
                    return false;
                }
            }
        }
        self.judged.flagged += u64::from(marked);
        true
    }

    /// Writes the answers as numbers.
    fn words(&mut self, respondent: &Respondent) -> Result<(), Unsuitable> {
        let checked = self.checked;
        self.items.fill(word::NONE);
        for (item, one) in checked.questionnaire.items.iter().enumerate() {
            let Some(answer) = respondent.response.answers.get(&one.name) else { continue };
            let word =
                if self.codes[item] == Codes::Never { word::NONE } else { word::of(checked, item, answer) };
            if word == word::NONE {
                return Err(Unsuitable::Strange(one.name.clone()));
            }
            self.items[item] = word;
        }
        let env = ResponseEnv { checked, study: self.study, respondent };
        for &(item, condition) in &self.conditions {
            if self.items[item] == word::NONE && !truth(condition, &env).holds() {
                self.items[item] = word::NOT_ASKED;
            }
        }
        Ok(())
    }

    /// Returns the number of a person's group.
    fn group(&mut self, alike: Alike, response: &Response, drawn: Option<&SampleUnit>) -> u32 {
        let own = |name: &String| response.fields.get(name).cloned();
        let of_list = |name: &String| drawn.and_then(|u| u.fields.get(name).cloned()).or_else(|| own(name));
        let text = |grouped: bool, text: &str| if grouped { text.to_owned() } else { String::new() };
        let group = Group {
            alike,
            fields: self.names.0.iter().map(own).collect(),
            margins: self.names.1.iter().map(of_list).collect(),
            channel: text(self.layout.channel, &response.channel),
            language: text(self.layout.language, &response.language),
        };
        let next = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        *self.groups.entry(group).or_insert(next)
    }

    /// Counts a drawn person; all responses come before.
    pub fn unit(&mut self, unit: &SampleUnit) {
        let kept = unit.response.is_some_and(|id| self.kept.has(id.unsigned_abs()));
        if let Some(alike) = self.asking.unit(unit, kept) {
            *self.silent.entry(alike).or_default() += 1;
        }
    }

    /// Puts everything together.
    #[must_use]
    pub fn done(self) -> Launched {
        let silent = self.silent.into_iter().map(|(alike, count)| Alike { count, ..alike });
        let mut people = vec![0; self.groups.len()];
        self.counts.each(0, |group, _, n| people[group as usize] += n);
        let of_group = |(group, number): (&Group, &u32)| Alike {
            count: people[*number as usize],
            ..group.alike.clone()
        };
        let kept = self.groups.iter().map(of_group).collect();
        Launched::new(
            self.checked,
            (self.study.clone(), self.layout),
            self.asking.done(kept, silent.collect()),
            &self.counts,
            (&self.groups, self.names),
            Counted {
                judged: self.judged,
                completed: self.completed,
                of_cell: self.of_cell,
                outside: self.outside,
                days: self.days,
                times: self.times,
            },
        )
    }
}

/// What was counted beside the groups.
pub(super) struct Counted {
    pub(super) judged: Judged,
    pub(super) completed: u64,
    pub(super) of_cell: Vec<ResponseCounts>,
    pub(super) outside: u64,
    pub(super) days: BTreeMap<Date, (u64, u64)>,
    pub(super) times: ByTime,
}

//! Tables of people who gave the same answers, made of counts.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::model::Checked;
use crate::score::respondent::{Respondent, zone};
use crate::score::tally::counts::Counts;
use crate::score::tally::estimate::{Row, Table};
use crate::score::tally::layout::{Layout, Part, View};
use crate::score::tally::moments::Alike;
use crate::score::tally::word;
use crate::store::types::Response;

/// People of one group who are alike in what a view looks at.
struct Same {
    /// Place of the group.
    group: usize,
    count: u64,
    /// Weight before any adjustment, where it is not the group's.
    weight: Option<f64>,
    /// Their answers to the items of the view.
    response: Response,
    /// Scores and indices with the usual weights that the view has as numbers.
    scores: Vec<(usize, f64)>,
    usual: Vec<(usize, f64)>,
    /// Not asked, by the item's condition; else asked where there is no answer.
    asked: bool,
    day: Option<Date>,
}

/// The people of every view but the first, which has no values.
pub struct People(Vec<Vec<Same>>);

/// Where people of a group stand among the design's groups, and a response of theirs without answers.
pub type Home = (usize, Response);

impl People {
    /// Makes people of counts; `homes` has an entry for every group that was counted.
    #[must_use]
    pub fn of<A: Alike>(
        checked: &Checked,
        layout: &Layout,
        counts: &Counts<A>,
        homes: &[Option<Home>],
    ) -> Self {
        let days = days(checked);
        let views = layout.views.iter().enumerate().skip(1);
        let view = |(i, view): (usize, &View)| {
            let mut people = Vec::new();
            let mut add = |group: u32, parts: &[Part], words: &[u64], (weight, count): (Option<f64>, u64)| {
                if let Some((group, response)) = homes.get(group as usize).and_then(Option::as_ref) {
                    let mut same = Same::new(*group, (weight, count), response.clone());
                    parts.iter().zip(words).for_each(|(p, w)| same.set(checked, *p, *w, days));
                    people.push(same);
                }
            };
            let parts = match view {
                View::Counts(parts) => parts,
                View::Moments(part) => std::slice::from_ref(part),
            };
            match counts.moments(i) {
                None => counts.each(i, |group, words, people| {
                    people.weights().into_iter().for_each(|one| add(group, parts, words, one));
                }),
                Some(moments) => {
                    for (group, moments) in moments.iter().enumerate() {
                        let group = u32::try_from(group).unwrap_or(u32::MAX);
                        let without = moments.without.iter().zip(0..).filter(|(n, _)| **n > 0);
                        without.for_each(|(n, word)| add(group, parts, &[word], (None, *n)));
                        let points = moments.points().into_iter();
                        points.for_each(|(x, n)| add(group, parts, &[word::number(x)], (None, n)));
                    }
                }
            }
            // Groups that mean the same may have been counted apart; the order must be that of the design's groups.
            people.sort_by_key(|same: &Same| same.group);
            people
        };
        Self(views.map(view).collect())
    }

    /// Returns the tables that estimates are made from.
    #[must_use]
    pub fn tables(&self, checked: &Checked) -> Vec<Table<'_>> {
        let zone = zone(checked);
        self.0
            .iter()
            .map(|people| Table { rows: people.iter().map(|same| same.row(checked, &zone)).collect() })
            .collect()
    }
}

/// A day outside and one within the periods with other weights, where there are any.
fn days(checked: &Checked) -> Option<(Date, Date)> {
    let during = &checked.scoring.as_ref()?.during;
    let first = during.iter().map(|p| p.from).min()?;
    Some((first.yesterday().ok()?, first))
}

impl Same {
    fn new(group: usize, (weight, count): (Option<f64>, u64), response: Response) -> Self {
        let (scores, usual) = (Vec::new(), Vec::new());
        Self { group, count, weight, response, scores, usual, asked: true, day: None }
    }

    fn row(&self, checked: &Checked, zone: &TimeZone) -> Row<'_> {
        let mut respondent = Respondent::new(checked, &self.response, zone);
        let set = |all: &mut Arc<[Option<f64>]>, known: &[(usize, f64)]| {
            let all = Arc::make_mut(all);
            for (score, x) in known {
                all[*score] = Some(*x);
            }
        };
        set(&mut respondent.scores, &self.scores);
        set(&mut respondent.usual, &self.usual);
        respondent.day = self.day.unwrap_or(respondent.day);
        respondent.asked = Some(self.asked);
        Row { group: self.group, count: self.count, weight: self.weight, respondent }
    }

    fn set(&mut self, checked: &Checked, part: Part, word: u64, days: Option<(Date, Date)>) {
        match part {
            Part::Item(item) => {
                self.asked &= word != word::NOT_ASKED;
                if let Some(answer) = word::answer(checked, item, word) {
                    let name = checked.questionnaire.items[item].name.clone();
                    self.response.answers.insert(name, answer);
                }
            }
            Part::Score(score) => self.scores.extend(word::of_number(word).map(|x| (score, x))),
            Part::Usual(score) => self.usual.extend(word::of_number(word).map(|x| (score, x))),
            Part::Within => {
                let within = word > word::FIRST;
                self.day = days.map(|(outside, inside)| if within { inside } else { outside });
            }
        }
    }
}

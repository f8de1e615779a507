//! Questions that are answered by choosing: scales, grids, options, rankings.

use crate::collect::form::data::{
    ColumnData, Control, GridData, Layout, OptionData, OptionsData, OtherData, RankData, RankingData, RowData,
};
use crate::collect::form::parse::SHORT;
use crate::collect::form::posted::{NOT_APPLICABLE, field};
use crate::collect::form::shuffle;
use crate::collect::form::view::View;
use crate::model::checked::{Choice, Question, Scale};

/// Labelled points stand side by side only up to this number.
const LABELLED: usize = 7;

impl View<'_> {
    pub(super) fn scale(&self, question: &Question, scale: usize, id: &str, field: &str) -> Control {
        let Some(scale) = self.checked.scales.get(scale) else { return Control::Note };
        let layout =
            if all_labelled(scale) && scale.points.len() <= LABELLED { Layout::Scale } else { Layout::Row };
        let words: Vec<(String, String)> =
            scale.points.iter().map(|p| (p.code.to_string(), self.pipes.text(&p.label))).collect();
        self.points(question, layout, &words, id, field)
    }

    /// Draws points, each with its value and its label.
    pub(super) fn points(
        &self,
        question: &Question,
        layout: Layout,
        points: &[(String, String)],
        id: &str,
        field: &str,
    ) -> Control {
        let row = layout == Layout::Row;
        let mut options: Vec<OptionData> = points
            .iter()
            .map(|(value, label)| OptionData {
                value: value.clone(),
                label: if row || label.is_empty() { value.clone() } else { label.clone() },
                spoken: if row { label.clone() } else { String::new() },
                ..OptionData::default()
            })
            .collect();
        self.add_not_applicable(question, &mut options);
        let end =
            |point: Option<&(String, String)>| point.map_or_else(String::new, |(_, label)| label.clone());
        let (low, high) = if row { (end(points.first()), end(points.last())) } else { Default::default() };
        self.finish(options, false, layout, id, field, (low, high))
    }

    pub(super) fn yes_no(&self, question: &Question, id: &str, field: &str) -> Control {
        let words =
            [("yes".to_owned(), self.strings.yes.clone()), ("no".to_owned(), self.strings.no.clone())];
        self.points(question, Layout::Scale, &words, id, field)
    }

    pub(super) fn choices(
        &self,
        question: &Question,
        choices: &[Choice],
        multiple: bool,
        id: &str,
        field: &str,
    ) -> Control {
        let in_order = self.in_order(question, choices).into_iter().map(|choice| OptionData {
            value: choice.name.clone(),
            label: self.label(choice),
            apart: choice.exclusive,
            other: choice.specify.then(|| self.other(field)),
            ..OptionData::default()
        });
        let mut options: Vec<OptionData> = in_order.collect();
        self.add_not_applicable(question, &mut options);
        self.finish(options, multiple, Layout::List, id, field, Default::default())
    }

    /// Puts options into the respondent's order; `none` and options with own words keep the end.
    fn in_order<'c>(&self, question: &Question, choices: &'c [Choice]) -> Vec<&'c Choice> {
        if !question.shuffle {
            return choices.iter().collect();
        }
        let names: Vec<&str> = choices.iter().map(|c| c.name.as_str()).collect();
        let last = |i: usize| choices.get(i).is_some_and(|c| c.exclusive || c.specify);
        let order = shuffle::order(self.respondent.pseudonym, &question.name, &names, last);
        order.into_iter().filter_map(|i| choices.get(i)).collect()
    }

    fn add_not_applicable(&self, question: &Question, options: &mut Vec<OptionData>) {
        if !question.not_applicable.is_empty() {
            options.push(OptionData {
                value: NOT_APPLICABLE.to_owned(),
                label: self.pipes.text(&question.not_applicable),
                apart: true,
                ..OptionData::default()
            });
        }
    }

    fn finish(
        &self,
        mut options: Vec<OptionData>,
        multiple: bool,
        layout: Layout,
        id: &str,
        field: &str,
        (low, high): (String, String),
    ) -> Control {
        for (i, option) in options.iter_mut().enumerate() {
            option.id = format!("{id}-{}", i + 1);
            option.checked = self.posted.has(field, &option.value);
        }
        Control::Options(OptionsData { field: field.to_owned(), multiple, layout, options, low, high })
    }

    fn other(&self, field: &str) -> OtherData {
        let field = format!("{field}.other");
        OtherData { value: self.posted.one(&field).to_owned(), field, max_length: SHORT }
    }

    pub(super) fn grid(&self, question: &Question, index: usize, scale: usize, id: &str) -> Control {
        let Some(scale) = self.checked.scales.get(scale) else { return Control::Note };
        let mut columns: Vec<ColumnData> = scale
            .points
            .iter()
            .map(|p| {
                let (value, label) = (p.code.to_string(), self.pipes.text(&p.label));
                ColumnData {
                    label: if label.is_empty() { value.clone() } else { label },
                    value,
                    apart: false,
                }
            })
            .collect();
        if !question.not_applicable.is_empty() {
            let label = self.pipes.text(&question.not_applicable);
            columns.push(ColumnData { value: NOT_APPLICABLE.to_owned(), label, apart: true });
        }
        let items: Vec<_> = self.checked.questionnaire.items_of(index).collect();
        let names: Vec<&str> = items.iter().map(|(_, item)| item.name.as_str()).collect();
        let order = if question.shuffle {
            shuffle::order(self.respondent.pseudonym, &question.name, &names, |_| false)
        } else {
            (0..items.len()).collect()
        };
        let rows = order.into_iter().filter_map(|i| items.get(i)).enumerate();
        let rows = rows.map(|(place, (item_index, item))| {
            let field = field(&item.name);
            RowData {
                id: format!("{id}-r{}", place + 1),
                label: self.pipes.text(&item.row),
                chosen: self.posted.one(&field).to_owned(),
                error: self.error(question, *item_index),
                field,
            }
        });
        Control::Grid(GridData { rows: rows.collect(), columns })
    }

    pub(super) fn ranking(&self, question: &Question, choices: &[Choice], id: &str, field: &str) -> Control {
        let ranked = self.in_order(question, choices).into_iter().enumerate();
        let options = ranked.map(|(i, choice)| {
            let place = format!("{field}.place.{}", choice.name);
            RankData {
                id: format!("{id}-{}", i + 1),
                label: self.label(choice),
                place: self.posted.one(&place).parse().unwrap_or(0),
                field: place,
                other: choice.specify.then(|| self.other(field)),
            }
        });
        Control::Ranking(RankingData {
            options: options.collect(),
            places: (1..=choices.len()).collect(),
            not_applicable: self.tick(question, field),
        })
    }
}

fn all_labelled(scale: &Scale) -> bool {
    scale.points.iter().all(|p| !p.label.is_empty())
}

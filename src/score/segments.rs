//! Tables of estimates by groups of people: a variable, or a cross of several.
//!
//! A group is a domain of the whole design. In a cross the last variable runs
//! over the columns, the others together over the rows; rows and columns both
//! have published totals, so both protect their small cells.

use std::collections::BTreeMap;

use crate::model::checked::{FieldKind, Grouping, Text};
use crate::score::formula::Sources;
use crate::score::groups::{Draft, tabulate};
use crate::score::types::Segment;
use crate::score::views::Views;
use crate::score::weights::grouping_name;

/// Stands between the values of a cross.
const AND: &str = " · ";

/// Estimates every score per group of every segment; strata alone have their own table.
#[must_use]
pub fn segments(views: Views) -> Vec<Segment> {
    let groupings = views.everybody.checked.analysis.segments.iter().filter(|by| **by != [Grouping::Stratum]);
    groupings.map(|by| segment(views, by)).collect()
}

fn segment(views: Views, by: &[Grouping]) -> Segment {
    let Table { name, title, drafts, columns } = table(views, by);
    Segment { name, title, groups: tabulate(views, &drafts, columns) }
}

/// The groups of a variable, or the cells of a cross, with their members.
pub struct Table {
    /// Name of the variables.
    pub name: String,
    /// Title.
    pub title: Text,
    /// The groups, row by row.
    pub drafts: Vec<Draft>,
    /// How many stand in a row; one where there is a single variable.
    pub columns: usize,
}

/// Divides the respondents by the values of some variables.
#[must_use]
pub fn table(views: Views, by: &[Grouping]) -> Table {
    let sources = views.everybody;
    let variables: Vec<Variable> = by.iter().map(|g| Variable::new(sources, *g)).collect();
    let columns = if variables.len() > 1 { variables.last().map_or(1, |v| v.values.len()) } else { 1 };
    let mut drafts = vec![(Vec::new(), Vec::new(), (0..sources.respondents.len()).collect::<Vec<usize>>())];
    for variable in &variables {
        drafts = drafts.into_iter().flat_map(|draft| variable.divide(draft)).collect();
    }
    let drafts: Vec<Draft> = drafts
        .into_iter()
        .map(|(names, titles, members)| Draft {
            name: names.join(AND),
            title: joined(sources, &titles),
            population: None,
            members: views.members(members),
        })
        .collect();
    let titles: Vec<(&str, &Text)> = variables.iter().map(|v| (v.name.as_str(), &v.title)).collect();
    Table {
        name: by.iter().map(|g| grouping_name(sources.checked, *g)).collect::<Vec<_>>().join(" by "),
        title: if titles.iter().all(|(_, t)| *t == &Text::default()) {
            Text::default()
        } else {
            joined(sources, &titles.iter().map(|(n, t)| ((*n).to_owned(), (*t).clone())).collect::<Vec<_>>())
        },
        drafts,
        columns,
    }
}

/// A variable with the value of every respondent.
struct Variable {
    name: String,
    title: Text,
    /// Values in the order of the spec, then those that only the data have.
    values: Vec<(String, Text)>,
    /// Position of every respondent's value.
    of: Vec<Option<usize>>,
}

/// Names and titles of a group's values, and its members.
type Cell = (Vec<String>, Vec<(String, Text)>, Vec<usize>);

impl Variable {
    fn new(sources: Sources, grouping: Grouping) -> Self {
        let own: Vec<Option<String>> =
            (0..sources.respondents.len()).map(|i| value_of(sources, grouping, i)).collect();
        let (title, mut values) = labels(sources, grouping);
        let known: BTreeMap<String, usize> = values.iter().map(|(v, _)| v.clone()).zip(0..).collect();
        let mut others: BTreeMap<&str, usize> =
            own.iter().flatten().filter(|v| !known.contains_key(*v)).map(|v| (v.as_str(), 0)).collect();
        for (value, place) in &mut others {
            *place = values.len();
            values.push(((*value).to_owned(), Text::default()));
        }
        let place = |v: &String| known.get(v).or_else(|| others.get(v.as_str())).copied();
        let of = own.iter().map(|v| v.as_ref().and_then(place)).collect();
        Self { name: grouping_name(sources.checked, grouping), title, values, of }
    }

    fn divide(&self, (names, titles, members): Cell) -> Vec<Cell> {
        let mut parts: Vec<Vec<usize>> = vec![Vec::new(); self.values.len()];
        for i in members {
            if let Some(place) = self.of[i] {
                parts[place].push(i);
            }
        }
        let with = |(value, title): &(String, Text), part: Vec<usize>| {
            let mut cell = (names.clone(), titles.clone(), part);
            cell.0.push(value.clone());
            cell.1.push((value.clone(), title.clone()));
            cell
        };
        self.values.iter().zip(parts).map(|(value, part)| with(value, part)).collect()
    }
}

/// Returns the value of a variable for a respondent; nothing where it is missing.
#[must_use]
pub fn value_of(sources: Sources, grouping: Grouping, respondent: usize) -> Option<String> {
    let response = sources.respondents[respondent].response;
    let value = match grouping {
        Grouping::Stratum => {
            sources.study.stratum_of(response.cell).map(|s| sources.study.strata[s].name.clone())
        }
        Grouping::Channel => Some(response.channel.to_string()),
        Grouping::Language => Some(response.language.to_string()),
        Grouping::Field(_) => response.fields.get(&grouping_name(sources.checked, grouping)).cloned(),
    };
    value.filter(|v| !v.is_empty())
}

/// Returns the title of a variable and its named values in the order of the spec.
fn labels(sources: Sources, grouping: Grouping) -> (Text, Vec<(String, Text)>) {
    if grouping == Grouping::Stratum {
        let strata = sources.study.strata.iter().map(|s| (s.name.clone(), s.title.clone()));
        return (Text::default(), strata.collect());
    }
    let Grouping::Field(index) = grouping else { return (Text::default(), Vec::new()) };
    let Some(field) = sources.checked.fields().get(index) else { return (Text::default(), Vec::new()) };
    let choices = match &field.kind {
        FieldKind::OneOf(choices) => choices.iter().map(|c| (c.name.clone(), c.label.clone())).collect(),
        _ => Vec::new(),
    };
    (field.title.clone(), choices)
}

/// Joins titles in every language of the campaign; a value without a title stands for itself.
fn joined(sources: Sources, parts: &[(String, Text)]) -> Text {
    if let [(_, only)] = parts {
        return only.clone();
    }
    let in_language = |language: &String| {
        let word = |(value, title): &(String, Text)| {
            if title.is_empty() { value.clone() } else { title.get(language).to_owned() }
        };
        (language.clone(), parts.iter().map(word).collect::<Vec<_>>().join(AND))
    };
    Text(sources.checked.campaign.languages.iter().map(in_language).collect())
}

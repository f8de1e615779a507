//! Where the columns of finished answers stand.

use crate::frame::{FrameError, Sheet};
use crate::model::Checked;
use crate::model::checked::{FieldSource, ItemColumn, QuestionKind, Responses};

/// Where everything stands.
pub struct Columns {
    pub key: Option<usize>,
    pub weight: Option<usize>,
    pub stratum: Option<usize>,
    pub cluster: Option<usize>,
    pub population: Option<usize>,
    pub responded: Option<usize>,
    pub at: Option<usize>,
    pub fields: Vec<usize>,
    /// Item, its column, and codes that are no answers.
    pub items: Vec<(usize, usize, ItemColumn)>,
    pub width: usize,
}

impl Columns {
    /// Finds all columns; `find` gives the places of their names.
    pub fn find(
        checked: &Checked,
        spec: &Responses,
        width: usize,
        find: impl FnOnce(&[&str]) -> Result<Vec<usize>, FrameError>,
    ) -> Result<Self, FrameError> {
        let fields: Vec<String> = spec.sources.iter().map(column_of).collect();
        let items: Vec<(usize, ItemColumn)> = items(checked, spec);
        let names: Vec<&str> = design(spec)
            .chain(fields.iter().map(String::as_str))
            .chain(items.iter().map(|(_, c)| c.column.as_str()))
            .collect();
        let places = find(&names)?;
        let at = |name: &Option<String>| {
            name.as_ref().and_then(|n| names.iter().position(|m| m == n)).map(|i| places[i])
        };
        let first = names.len() - fields.len() - items.len();
        Ok(Self {
            key: at(&spec.key),
            weight: at(&spec.weight),
            stratum: at(&spec.stratum),
            cluster: at(&spec.cluster),
            population: at(&spec.population),
            responded: at(&spec.responded),
            at: at(&spec.at),
            fields: places[first..first + fields.len()].to_vec(),
            items: items
                .into_iter()
                .zip(&places[first + fields.len()..])
                .map(|((item, column), place)| (item, *place, column))
                .collect(),
            width,
        })
    }

    /// Finds the columns of a file.
    pub fn of_sheet(checked: &Checked, spec: &Responses, sheet: &Sheet) -> Result<Self, FrameError> {
        Self::find(checked, spec, sheet.width(), |names| sheet.columns(names))
    }

    /// Returns the names of all columns that are read, each once.
    pub fn names(checked: &Checked, spec: &Responses) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let design = design(spec).map(str::to_owned);
        let items = items(checked, spec).into_iter().map(|(_, c)| c.column);
        for name in design.chain(spec.sources.iter().map(column_of)).chain(items) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

/// Returns the columns of the design.
fn design(spec: &Responses) -> impl Iterator<Item = &str> {
    let all =
        [&spec.key, &spec.weight, &spec.stratum, &spec.cluster, &spec.population, &spec.responded, &spec.at];
    all.into_iter().filter_map(|c| c.as_deref())
}

fn column_of(source: &FieldSource) -> String {
    match source {
        FieldSource::Column(column) | FieldSource::Band { column, .. } => column.clone(),
    }
}

/// Returns the column of every item that can be answered: the named one, else that of its own name.
fn items(checked: &Checked, spec: &Responses) -> Vec<(usize, ItemColumn)> {
    let kind =
        |item: usize| &checked.questionnaire.questions[checked.questionnaire.items[item].question].kind;
    let own = |item: usize| {
        let named = spec.columns.iter().find(|c| c.item == item).cloned();
        named.unwrap_or_else(|| ItemColumn {
            item,
            column: checked.questionnaire.items[item].name.clone(),
            missing: Vec::new(),
            not_applicable: Vec::new(),
        })
    };
    let answerable = |item: &usize| !matches!(kind(*item), QuestionKind::Note | QuestionKind::Contact);
    (0..checked.questionnaire.items.len()).filter(answerable).map(|item| (item, own(item))).collect()
}

//! What a row says of the design, and of the person's fields.

use crate::exchange::responses::cells::{count, missing, number, value, yes};
use crate::exchange::responses::columns::Columns;
use crate::model::checked::{Field, FieldSource};
use crate::score::tally::gathered::Place;

/// Reads the columns of the design; `cell` gives their trimmed texts. What is wrong is said in words.
pub fn place<'c>(columns: &Columns, cell: impl Fn(Option<usize>) -> &'c str) -> Result<Place, &'static str> {
    let weight = weight(columns, cell(columns.weight)).ok_or(NO_WEIGHT)?;
    let stratum = cell(columns.stratum).to_owned();
    if columns.stratum.is_some() && missing(&stratum) {
        return Err("rows have no stratum and are left out");
    }
    let cluster = columns.cluster.map(|_| cell(columns.cluster).to_owned());
    if cluster.as_deref().is_some_and(missing) {
        return Err("rows have no cluster and are left out");
    }
    let population = match columns.population {
        None => None,
        Some(_) => {
            let n = number(cell(columns.population)).and_then(count);
            Some(n.ok_or("rows have no population of their stratum and are left out")?)
        }
    };
    let responded = columns.responded.is_none() || yes(cell(columns.responded)) == Some(true);
    Ok(Place { weight, stratum, cluster, population, responded })
}

/// Reads a weight; 1 where there is no column of weights.
pub fn weight(columns: &Columns, text: &str) -> Option<f64> {
    let weight = if columns.weight.is_some() { number(text) } else { Some(1.0) };
    weight.filter(|w| *w > 0.0)
}

/// Reads a field; nothing where the cell says nothing, an error where it can't be read.
pub fn field(field: &Field, source: &FieldSource, text: &str) -> Result<Option<String>, ()> {
    use crate::model::checked::FieldKind;
    if text.is_empty() || (text == "NA" && field.kind != FieldKind::Text) {
        return Ok(None);
    }
    let value = match source {
        FieldSource::Column(_) => value(&field.kind, text),
        FieldSource::Band { cuts, .. } => {
            number(text).map(|x| (1 + cuts.iter().filter(|cut| x > **cut).count()).to_string())
        }
    };
    value.map(Some).ok_or(())
}

/// Words for a field that can't be read.
pub fn unreadable(field: &Field) -> String {
    format!("cells of field `{}` can't be read and are missing", field.name)
}

/// Words for a cell that is no answer.
pub fn strange(item: &str) -> String {
    format!("cells of question `{item}` hold no answer to it and are missing")
}

/// Words for a row of another width.
pub const WIDTH: &str = "rows have another number of cells than the header and are left out";
/// Words for a row without a weight.
pub const NO_WEIGHT: &str = "rows have no weight above zero and are left out";
/// Words for a row without a key.
pub const NO_KEY: &str = "rows have no key and are left out";
/// Words for a row whose key came before.
pub const REPEATED: &str = "rows repeat a key and are left out";
/// Words for a row without a day.
pub const NO_DAY: &str = "rows have no day of the answer and count with the usual weights";

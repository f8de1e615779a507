//! Parquet (feature `parquet`): the table with its columns' own types, and the codebook in the file's metadata.
//!
//! Words are UTF-8, everything else is a double; an empty cell is null. Codes that tell why an answer is missing stay
//! codes: the codebook, CSV under the key `codebook`, says what they mean. The same table gives the same bytes.

use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::errors::Result;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use crate::exchange::delimited::codebook;
use crate::exchange::table::{Cell, Table, Variable};

/// Rows of a group: what a reader takes into memory at once.
const GROUP: usize = 100_000;

/// Writes the table.
pub(super) fn parquet(table: &Table, languages: &[String]) -> std::result::Result<Vec<u8>, String> {
    written(table, languages).map_err(|e| format!("the Parquet file can't be made: {e}"))
}

fn written(table: &Table, languages: &[String]) -> Result<Vec<u8>> {
    let columns = table.variables.iter().map(|v| column(v).map(Arc::new)).collect::<Result<Vec<_>>>()?;
    let schema = Type::group_type_builder("answers").with_fields(columns).build()?;
    let book = KeyValue::new("codebook".to_owned(), codebook(table, languages));
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_key_value_metadata(Some(vec![book]))
        .build();
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    for rows in table.rows.chunks(GROUP) {
        let mut group = file.next_row_group()?;
        for (place, variable) in table.variables.iter().enumerate() {
            let levels: Vec<i16> = rows.iter().map(|r| i16::from(r[place] != Cell::Empty)).collect();
            let Some(mut writer) = group.next_column()? else { break };
            if variable.words {
                let words: Vec<ByteArray> = rows.iter().filter_map(|r| words(&r[place])).collect();
                writer.typed::<ByteArrayType>().write_batch(&words, Some(&levels), None)?;
            } else {
                let numbers: Vec<f64> = rows.iter().filter_map(|r| number(&r[place])).collect();
                writer.typed::<DoubleType>().write_batch(&numbers, Some(&levels), None)?;
            }
            writer.close()?;
        }
        group.close()?;
    }
    file.into_inner()
}

fn column(variable: &Variable) -> Result<Type> {
    let physical = if variable.words { Physical::BYTE_ARRAY } else { Physical::DOUBLE };
    Type::primitive_type_builder(&variable.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(variable.words.then_some(LogicalType::String))
        .build()
}

fn words(cell: &Cell) -> Option<ByteArray> {
    match cell {
        Cell::Empty => None,
        Cell::Number(x) => Some(ByteArray::from(x.to_string().as_str())),
        Cell::Text(text) => Some(ByteArray::from(text.as_str())),
    }
}

fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Number(x) => Some(*x),
        // A column of numbers holds no words; a NaN keeps the places of the others.
        Cell::Text(_) => Some(f64::NAN),
        Cell::Empty => None,
    }
}

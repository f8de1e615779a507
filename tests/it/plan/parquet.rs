//! Writes the small list as Parquet, with the columns' own types.

use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

const SCHEMA: &str = "message list {
  required int64 key;
  optional binary email (UTF8);
  optional int32 signed_up (DATE);
  optional double spend;
  optional int64 visits;
  optional binary who (UTF8);
}";

/// Returns the list as a Parquet file in several row groups.
pub fn written(csv: &str) -> Vec<u8> {
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(csv.as_bytes()).records().map(Result::unwrap).collect();
    let zstd = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder().set_compression(zstd).build();
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    for rows in rows.chunks(15) {
        let mut group = file.next_row_group().unwrap();
        for place in 0..6 {
            let cells: Vec<&str> = rows.iter().map(|r| &r[place]).collect();
            let full: Vec<&str> = cells.iter().copied().filter(|c| !c.is_empty()).collect();
            let levels: Vec<i16> = cells.iter().map(|c| i16::from(!c.is_empty())).collect();
            let levels = Some(levels.as_slice());
            let mut column = group.next_column().unwrap().unwrap();
            match place {
                0 => {
                    let keys: Vec<i64> = full.iter().map(|c| c.parse().unwrap()).collect();
                    column.typed::<Int64Type>().write_batch(&keys, None, None).unwrap();
                }
                2 => {
                    let day = |c: &&str| {
                        (c.parse::<jiff::civil::Date>().unwrap() - jiff::civil::date(1970, 1, 1)).get_days()
                    };
                    let days: Vec<i32> = full.iter().map(day).collect();
                    column.typed::<Int32Type>().write_batch(&days, levels, None).unwrap();
                }
                3 => {
                    let figures: Vec<f64> = full.iter().map(|c| c.parse().unwrap()).collect();
                    column.typed::<DoubleType>().write_batch(&figures, levels, None).unwrap();
                }
                4 => {
                    let figures: Vec<i64> = full.iter().map(|c| c.parse().unwrap()).collect();
                    column.typed::<Int64Type>().write_batch(&figures, levels, None).unwrap();
                }
                _ => {
                    let texts: Vec<ByteArray> = full.iter().map(|&c| ByteArray::from(c)).collect();
                    column.typed::<ByteArrayType>().write_batch(&texts, levels, None).unwrap();
                }
            }
            column.close().unwrap();
        }
        group.close().unwrap();
    }
    file.into_inner().unwrap()
}

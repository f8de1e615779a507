//! Parquet: what a reader takes out of the file is what CSV holds, with the codebook beside it.

use canvass::exchange::beside::Beside;
use canvass::exchange::delimited::harmless;
use canvass::exchange::files::{Form, export};
use canvass::score::wave::Wave;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::shapes::{collected, made, rows};
use crate::support::scratch::Scratch;

#[test]
fn parquet_holds_what_csv_holds() {
    let folder = Scratch::new("parquet");
    let checked = made(&folder, "weight w\n  stratum st\n  population npop", "", &rows(4, 60, false));
    let collected = collected(&checked, &folder);
    let wave = Wave::of_collected(&checked, &collected);
    let written = |form| export(&wave, form, true, Beside::default()).unwrap().files;
    let bytes = written(Form::Parquet).remove(0).1;
    assert!(bytes == written(Form::Parquet).remove(0).1, "differs between two runs");
    let csv: std::collections::BTreeMap<String, Vec<u8>> = written(Form::Csv).into_iter().collect();
    folder.write("data.parquet", &bytes);
    let file = std::fs::File::open(folder.join("data.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let known = reader.metadata().file_metadata().key_value_metadata().unwrap();
    let book = known.iter().find(|k| k.key == "codebook").unwrap().value.clone().unwrap();
    assert_eq!(book.as_bytes(), csv["codebook.csv"]);
    let mut data = csv::Reader::from_reader(csv["data.csv"].as_slice());
    let heads: Vec<String> = data.headers().unwrap().iter().map(str::to_owned).collect();
    let lines: Vec<csv::StringRecord> = data.records().map(Result::unwrap).collect();
    let (mut count, mut words, mut empty) = (0, 0, 0);
    for (row, line) in reader.get_row_iter(None).unwrap().map(Result::unwrap).zip(&lines) {
        let cells: Vec<(String, Field)> = row.into_columns();
        assert_eq!(cells.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), heads);
        for ((name, field), text) in cells.iter().zip(line) {
            match field {
                Field::Null => {
                    empty += 1;
                    assert_eq!(text, "", "{name}");
                }
                Field::Double(x) => {
                    assert_eq!(x.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{name}");
                }
                Field::Str(word) => {
                    words += 1;
                    assert_eq!(harmless(word), text, "{name}");
                }
                other => panic!("{name} is {other:?}"),
            }
        }
        count += 1;
    }
    assert_eq!((count, lines.len()), (60, 60));
    assert!(words > 200 && empty > 5, "{words} words, {empty} empty cells");
}

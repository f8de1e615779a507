//! A prepared wave as the files of another program.

use crate::exchange::beside::{Also, Before, Beside, in_wave, measures, risks, times};
use crate::exchange::people::{Dataset, dataset};
use crate::exchange::script::script;
use crate::exchange::{delimited, spss, workbook};
use crate::score::wave::Wave;

/// A program that goes on with the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// R: data, design, codebook and the script that computes the report again.
    R,
    /// CSV with its codebook.
    Csv,
    /// An SPSS system file.
    Spss,
    /// A workbook with data, codebook and weights.
    Xlsx,
    /// A Parquet file with its codebook inside.
    Parquet,
}

/// What an export holds.
#[derive(Debug, Clone, Default)]
pub struct Exported {
    /// Files: name and bytes. One without a name is the file that was asked for.
    pub files: Vec<(String, Vec<u8>)>,
    /// Rows.
    pub rows: usize,
    /// Respondents who share their stratum and groups with fewer others than the report shows.
    pub rare: u64,
}

/// Makes the files; `words` brings what people wrote, and of `beside` only R has anything. Fails where a form can't hold
/// so much.
pub fn export(wave: &Wave, form: Form, words: bool, beside: Beside) -> Result<Exported, String> {
    let beside = if form == Form::R { beside } else { Beside::default() };
    let numbers = beside.before.and_then(|b| b.numbers.as_ref()).map(|n| &n.1);
    let data = dataset(wave, words, Also { numbers, risks: beside.risks, groups: &[] });
    let campaign = &wave.checked.campaign;
    let language = campaign.languages.first().map_or("", String::as_str);
    let title = campaign.title.get(language);
    let mut files = Vec::new();
    let mut text = |name: &str, text: String| files.push((name.to_owned(), text.into_bytes()));
    match form {
        Form::R | Form::Csv => {
            text("data.csv", delimited::data(&data.table));
            text("design.csv", delimited::design(wave));
            text("codebook.csv", delimited::codebook(&data.table, &campaign.languages));
            text("codebook.md", delimited::codebook_page(&data.table, title, &campaign.languages));
            if form == Form::R {
                text("times.csv", times(wave));
                if !beside.risks.is_empty() {
                    text("risks.csv", risks(beside.risks));
                }
                if !beside.events.is_empty() {
                    text("measures.csv", measures(beside.events));
                }
                let before = beside.before.map(|b| (b, earlier(wave, b, words)));
                if let Some((known, data)) = &before {
                    let languages = &known.wave.checked.campaign.languages;
                    text("before.csv", delimited::data(&data.table));
                    text("before-design.csv", delimited::design(known.wave));
                    text("before-codebook.csv", delimited::codebook(&data.table, languages));
                }
                let older: Vec<(&Wave, Dataset)> =
                    beside.older.iter().map(|old| (old, dataset(old, words, Also::default()))).collect();
                for (old, data) in &older {
                    let (name, languages) = (&old.checked.campaign.name, &old.checked.campaign.languages);
                    text(&format!("older-{name}.csv"), delimited::data(&data.table));
                    text(&format!("older-{name}-design.csv"), delimited::design(old));
                    text(&format!("older-{name}-codebook.csv"), delimited::codebook(&data.table, languages));
                }
                let before = before.as_ref().map(|(b, data)| (b.wave, data));
                text("report.R", script((wave, &data), before, &older, beside));
            }
        }
        Form::Spss => {
            files.push((String::new(), spss::sav(&data.table, title, language, "weight.final")));
        }
        #[cfg(feature = "parquet")]
        Form::Parquet => {
            files.push((String::new(), crate::exchange::parquet::parquet(&data.table, &campaign.languages)?));
        }
        #[cfg(not(feature = "parquet"))]
        Form::Parquet => {
            let words = "this program was built without Parquet; build it with `cargo build --release --features \
                         parquet`, or write `--format csv`";
            return Err(words.to_owned());
        }
        Form::Xlsx => {
            if data.table.rows.len() >= workbook::MOST_ROWS {
                let most = workbook::MOST_ROWS - 1;
                return Err(format!("a sheet of Excel holds at most {most} rows; write `--format csv`"));
            }
            let bytes = workbook::workbook(wave, &data.table);
            files.push((String::new(), bytes.map_err(|e| format!("the workbook can't be made: {e}"))?));
        }
    }
    Ok(Exported { files, rows: data.table.rows.len(), rare: data.rare })
}

/// Makes the table of the wave before, with the groupings that this one compares.
fn earlier(wave: &Wave, before: &Before, words: bool) -> Dataset {
    let own = wave.checked.analysis.segments.iter().flatten();
    let groups: Vec<_> = own.filter_map(|g| in_wave(wave.checked, *g, before.wave.checked)).collect();
    let numbers = before.numbers.as_ref().map(|n| &n.0);
    dataset(before.wave, words, Also { numbers, risks: &[], groups: &groups })
}

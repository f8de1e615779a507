//! A prepared wave as the files of another program.

use crate::exchange::people::dataset;
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

/// Makes the files; `words` brings what people wrote. Fails where a form can't hold so much.
pub fn export(wave: &Wave, form: Form, words: bool) -> Result<Exported, String> {
    let data = dataset(wave, words);
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
                text("report.R", script(wave, &data));
            }
        }
        Form::Spss => {
            files.push((String::new(), spss::sav(&data.table, title, language, "weight.final")));
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

//! Writes a report's files: each to a temporary name first, then renamed, so that none is ever half there.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::model::Checked;
use crate::report::data::ReportData;
use crate::report::html::html;
use crate::report::json::json;
use crate::report::markdown::markdown;
use crate::report::workbook::workbook;

/// A form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// `report.json`.
    Json,
    /// `report.md` with `charts/`.
    Markdown,
    /// `report.html`.
    Html,
    /// `report.xlsx`.
    Xlsx,
}

impl Format {
    /// Finds a form by its name in specs and on the command line.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "json" => Some(Self::Json),
            "markdown" | "md" => Some(Self::Markdown),
            "html" => Some(Self::Html),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

/// Returns the formats that can be made, JSON always among those of a spec, and the names of others.
#[must_use]
pub fn formats(asked: &[String], spec: &Checked) -> (Vec<Format>, Vec<String>) {
    let names: Vec<String> = if asked.is_empty() {
        let own = &spec.report.formats;
        let usual = ["markdown".to_owned(), "html".to_owned()];
        let own = if own.is_empty() { usual.to_vec() } else { own.clone() };
        std::iter::once("json".to_owned()).chain(own).collect()
    } else {
        asked.to_vec()
    };
    let (mut found, mut unknown) = (Vec::new(), Vec::new());
    for name in names {
        match Format::named(&name) {
            Some(format) if found.contains(&format) => {}
            Some(format) => found.push(format),
            None => unknown.push(name),
        }
    }
    (found, unknown)
}

/// Why a report was not written.
#[derive(Debug)]
pub enum WriteError {
    /// A file or folder can't be written.
    File(PathBuf, std::io::Error),
    /// A template does not fit its data: a bug.
    Template(minijinja::Error),
    /// A workbook can't hold the report.
    Workbook(rust_xlsxwriter::XlsxError),
}

impl From<minijinja::Error> for WriteError {
    fn from(why: minijinja::Error) -> Self {
        Self::Template(why)
    }
}

impl From<rust_xlsxwriter::XlsxError> for WriteError {
    fn from(why: rust_xlsxwriter::XlsxError) -> Self {
        Self::Workbook(why)
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, why) => write!(
                f,
                "`{}` can't be written ({why}); name another folder with `--out`, or free some space",
                path.display()
            ),
            Self::Template(why) => write!(f, "the report's template failed: {why:#}"),
            Self::Workbook(why) => write!(f, "the report's workbook can't be made: {why}; leave out `xlsx`"),
        }
    }
}

impl std::error::Error for WriteError {}

/// Writes the report in these forms and languages (the first gets the plain names) into a folder.
///
/// Returns the paths in the order in which they were written.
pub fn write(
    out: &Path,
    data: &ReportData,
    formats: &[Format],
    languages: &[String],
) -> Result<Vec<PathBuf>, WriteError> {
    let files = render(data, formats, languages)?;
    let mut written = Vec::new();
    for (name, bytes) in files {
        let path = out.join(name);
        put(&path, &bytes)?;
        written.push(path);
    }
    Ok(written)
}

/// Renders everything before anything is written.
fn render(
    data: &ReportData,
    formats: &[Format],
    languages: &[String],
) -> Result<Vec<(String, Vec<u8>)>, WriteError> {
    let mut files = Vec::new();
    for format in formats {
        match format {
            Format::Json => files.push(("report.json".to_owned(), json(data).into_bytes())),
            Format::Markdown => {
                for (i, language) in languages.iter().enumerate() {
                    let page = markdown(data, language, &suffix(languages, i), &others(languages, i, "md"))?;
                    files.extend(page.charts.into_iter().map(|(name, svg)| (name, svg.into_bytes())));
                    files.push((format!("report{}.md", suffix(languages, i)), page.text.into_bytes()));
                }
            }
            Format::Html => {
                for (i, language) in languages.iter().enumerate() {
                    let page = html(data, language, &others(languages, i, "html"))?;
                    files.push((format!("report{}.html", suffix(languages, i)), page.into_bytes()));
                }
            }
            Format::Xlsx => {
                for (i, language) in languages.iter().enumerate() {
                    files.push((format!("report{}.xlsx", suffix(languages, i)), workbook(data, language)?));
                }
            }
        }
    }
    Ok(files)
}

fn suffix(languages: &[String], i: usize) -> String {
    if i == 0 { String::new() } else { format!(".{}", languages[i]) }
}

fn others(languages: &[String], me: usize, ending: &str) -> Vec<(String, String)> {
    let others = languages.iter().enumerate().filter(|(i, _)| *i != me);
    others.map(|(i, l)| (l.clone(), format!("report{}.{ending}", suffix(languages, i)))).collect()
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let failed = |at: &Path| {
        let at = at.to_path_buf();
        move |e| WriteError::File(at, e)
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed(folder))?;
    }
    crate::output::write(path, bytes).map_err(failed(path))
}

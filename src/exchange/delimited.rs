//! CSV: the table, the design and the codebook.
//!
//! Spreadsheets take words that begin with `=`, `+`, `-`, `@`, a tab or a line
//! break for formulas; such words get a quote before them, and so do words that
//! begin with a quote, so that whoever reads the file can take it away again.

use std::fmt::Write;

use crate::exchange::table::{Cell, Level, Table, Variable};
use crate::model::checked::Text;
use crate::score::wave::Wave;

/// Writes the table.
#[must_use]
pub fn data(table: &Table) -> String {
    let mut out = line(table.variables.iter().map(|v| harmless(&v.name)));
    for row in &table.rows {
        out.push_str(&line(row.iter().map(|cell| match cell {
            Cell::Empty => String::new(),
            Cell::Number(x) => x.to_string(),
            Cell::Text(text) => harmless(text),
        })));
    }
    out
}

/// Writes the cells of the design: a row a weighting class.
#[must_use]
pub fn design(wave: &Wave) -> String {
    design_rows(wave).iter().map(|row| line(row.iter().map(|c| harmless(c)))).collect()
}

/// Returns the cells of the design as rows, the heads first.
#[must_use]
pub fn design_rows(wave: &Wave) -> Vec<Vec<String>> {
    let mut rows = vec![["cell", "class", "population", "invited", "answered"].map(str::to_owned).to_vec()];
    for cell in &wave.design.cells {
        for (i, class) in cell.classes.iter().enumerate() {
            rows.push(vec![
                cell.name.clone(),
                (i + 1).to_string(),
                cell.population.map_or_else(String::new, |n| n.to_string()),
                class.invited.to_string(),
                class.answered.to_string(),
            ]);
        }
    }
    rows
}

/// Heads of the codebook's columns, but for the labels' languages.
const HEADS: [&str; 6] = ["name", "kind", "level", "codes", "missing", "asked"];

/// Returns the codebook as rows, the heads first.
#[must_use]
pub fn codebook_rows(table: &Table, languages: &[String]) -> Vec<Vec<String>> {
    let mut head: Vec<String> = HEADS[..3].iter().map(|h| (*h).to_owned()).collect();
    head.extend(languages.iter().map(|l| format!("label.{l}")));
    head.extend(HEADS[3..].iter().map(|h| (*h).to_owned()));
    let row = |v: &Variable| {
        let mut row = vec![v.name.clone(), v.kind.to_owned(), level(v).to_owned()];
        row.extend(languages.iter().map(|l| v.label.get(l).to_owned()));
        row.extend([labels(&v.codes, languages), labels(&v.missing, languages), v.asked.clone()]);
        row
    };
    std::iter::once(head).chain(table.variables.iter().map(row)).collect()
}

/// Writes the codebook as CSV.
#[must_use]
pub fn codebook(table: &Table, languages: &[String]) -> String {
    codebook_rows(table, languages).iter().map(|row| line(row.iter().map(|c| harmless(c)))).collect()
}

/// Writes the codebook as Markdown.
#[must_use]
pub fn codebook_page(table: &Table, title: &str, languages: &[String]) -> String {
    let mut out = format!(
        "# {title}\n\nA row a response. Figures about the population rest on `weight.final`; `design.stratum`, \
         `design.cluster` and `design.population` tell how it was drawn.\n\n"
    );
    for (i, row) in codebook_rows(table, languages).iter().enumerate() {
        let cells: Vec<String> =
            row.iter().map(|c| c.replace('|', "\\|").replace(['\n', '\r'], " ")).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
        if i == 0 {
            let _ = writeln!(out, "|{}", "---|".repeat(row.len()));
        }
    }
    out
}

fn level(variable: &Variable) -> &'static str {
    match variable.level {
        _ if variable.words => "words",
        Level::Nominal => "nominal",
        Level::Ordinal => "ordinal",
        Level::Scale => "numeric",
    }
}

/// Writes `1 = 满意 / Satisfied; …`.
fn labels(codes: &[(f64, Text)], languages: &[String]) -> String {
    let one = |(code, label): &(f64, Text)| {
        let mut words: Vec<&str> = languages.iter().map(|l| label.get(l)).filter(|w| !w.is_empty()).collect();
        words.dedup();
        if words.is_empty() { code.to_string() } else { format!("{code} = {}", words.join(" / ")) }
    };
    codes.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Keeps a spreadsheet from taking words for a formula.
#[must_use]
pub fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\'']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn line(cells: impl IntoIterator<Item = String>) -> String {
    let mut out = String::new();
    for (i, cell) in cells.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) {
            let _ = write!(out, "\"{}\"", cell.replace('"', "\"\""));
        } else {
            out.push_str(&cell);
        }
    }
    out + "\n"
}

//! Excel: sheets `data`, `codebook` and `weights`.
//!
//! Words are written as words, so that none is taken for a formula. The file has
//! a fixed date: the same data give the same bytes.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::exchange::delimited::{codebook_rows, design_rows};
use crate::exchange::table::{Cell, Table};
use crate::score::wave::Wave;

/// Rows that a sheet of Excel holds, the heads among them.
pub const MOST_ROWS: usize = 1_048_576;

/// Excel takes no longer cells.
const LONGEST: usize = 32_000;

/// Writes the workbook.
pub fn workbook(wave: &Wave, table: &Table) -> Result<Vec<u8>, XlsxError> {
    let campaign = &wave.checked.campaign;
    let mut book = Workbook::new();
    let made = ExcelDateTime::parse_from_str("2000-01-01T00:00:00")?;
    let title = campaign.languages.first().map_or("", |l| campaign.title.get(l));
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made));
    data(book.add_worksheet(), table)?;
    words(book.add_worksheet(), "codebook", &codebook_rows(table, &campaign.languages))?;
    words(book.add_worksheet(), "weights", &design_rows(wave))?;
    book.save_to_buffer()
}

fn data(page: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    page.set_name("data")?;
    let head = Format::new().set_bold();
    for (c, variable) in (0_u16..).zip(&table.variables) {
        page.write_string_with_format(0, c, &variable.name, &head)?;
    }
    for (r, row) in (1_u32..).zip(&table.rows) {
        for (c, cell) in (0_u16..).zip(row) {
            match cell {
                Cell::Empty => {}
                Cell::Number(x) => {
                    page.write_number(r, c, *x)?;
                }
                Cell::Text(text) => {
                    page.write_string(r, c, shortened(text))?;
                }
            }
        }
    }
    page.set_freeze_panes(1, 0)?;
    Ok(())
}

/// Writes a table whose cells are words; those that are numbers are written as numbers.
fn words(page: &mut Worksheet, name: &str, rows: &[Vec<String>]) -> Result<(), XlsxError> {
    page.set_name(name)?;
    let head = Format::new().set_bold();
    for (r, row) in (0_u32..).zip(rows) {
        for (c, text) in (0_u16..).zip(row) {
            match text.parse::<f64>() {
                Ok(x) if r > 0 && c > 0 && x.is_finite() => page.write_number(r, c, x)?,
                _ if r == 0 => page.write_string_with_format(r, c, text, &head)?,
                _ => page.write_string(r, c, shortened(text))?,
            };
        }
    }
    page.set_freeze_panes(1, 0)?;
    Ok(())
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

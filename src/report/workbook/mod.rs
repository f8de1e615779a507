//! The report as an Excel workbook: tables to sort and to compute with, numbers as numbers.
//!
//! Goes in: the report's data and a language. Comes out: the bytes of one `.xlsx`
//! file. Numbers are not rounded; their format decides how many digits are seen.
//! Hidden groups have no numbers here either. The file's date is the moment that
//! the report describes, so that the same report gives the same bytes.

mod effects;
mod pages;
mod sheet;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};

use crate::report::data::ReportData;
use crate::report::words::words;
use sheet::{Cell, Sheet};

/// Excel takes no longer cells.
const LONGEST: usize = 32_000;

/// Renders the report in a language.
pub fn workbook(data: &ReportData, language: &str) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::parse_from_str(data.as_of.get(..19).unwrap_or("2000-01-01T00:00:00"))?;
    let properties = DocProperties::new().set_title(data.title.get(language)).set_creation_datetime(&made);
    book.set_properties(&properties);
    for sheet in pages::pages(data, language, &words(language)) {
        add(&mut book, &sheet)?;
    }
    book.save_to_buffer()
}

fn add(book: &mut Workbook, sheet: &Sheet) -> Result<(), XlsxError> {
    let page = book.add_worksheet();
    page.set_name(&sheet.name)?;
    let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    let heading = Format::new().set_bold().set_font_size(14);
    for (r, row) in (0_u32..).zip(&sheet.rows) {
        for (c, cell) in (0_u16..).zip(row) {
            match cell {
                Cell::Blank => {}
                Cell::Words(text) => {
                    page.write_string(r, c, shortened(text))?;
                }
                Cell::Head(text) => {
                    page.write_string_with_format(r, c, shortened(text), &head)?;
                }
                Cell::Heading(text) => {
                    page.write_string_with_format(r, c, shortened(text), &heading)?;
                }
                Cell::Number(x, form) => {
                    page.write_number_with_format(r, c, *x, &Format::new().set_num_format(*form))?;
                }
            }
        }
    }
    for (c, width) in (0_u16..).zip(sheet.widths()) {
        page.set_column_width(c, width)?;
    }
    if let Some((row, columns)) = sheet.table {
        page.set_freeze_panes(row + 1, 0)?;
        let last = u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX).saturating_sub(1);
        if last > row && columns > 0 {
            page.autofilter(row, 0, last, columns - 1)?;
        }
    }
    Ok(())
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

//! The report: from numbers to something that people read and review.
//!
//! Goes in: the model, the plan, and what was drawn, sent and answered, with
//! the moment that it describes. Comes out: [`ReportData`], and bytes made of
//! it: JSON, Markdown with charts beside it, HTML in one file, Excel. The same
//! input gives the same bytes. Templates see only [`ReportData`]. May not ask
//! the clock; the only files it writes are those of [`write()`].

mod actions;
pub mod build;
pub mod chart;
mod comparable;
pub mod counted;
pub mod data;
mod effects;
pub mod gather;
mod html;
mod json;
mod launched;
mod markdown;
mod past;
pub mod quotes;
pub mod risk;
mod view;
pub mod waves;
pub mod words;
mod workbook;
mod write;

pub use self::build::{Answers, Records, build_collected, build_collected_after, build_counted};
pub use self::comparable::Versions;
pub use self::data::ReportData;
pub use self::gather::{gathered, make_after, records, usable};
pub use self::html::html;
pub use self::json::json;
pub use self::launched::{build, course};
pub use self::markdown::{Markdown, markdown};
pub use self::past::{Older, Past, middle_of, point};
pub use self::workbook::workbook;
pub use self::write::{Format, WriteError, formats, write};

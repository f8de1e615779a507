//! Files of other tools: what is known of a campaign, for whoever computes on it elsewhere.
//!
//! Goes in: what the store holds, or a file of finished answers. Comes out: data without interpretation
//! (`raw`), or one table a response (`people`) in the form of R, SPSS, Excel and CSV, with its codebook.

pub mod answers;
pub mod beside;
pub mod condition;
pub mod delimited;
pub mod files;
#[cfg(feature = "parquet")]
mod parquet;
pub mod people;
mod r;
pub mod raw;
pub mod responses;
pub mod script;
pub mod spss;
pub mod table;
pub mod workbook;

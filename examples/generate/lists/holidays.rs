//! The public holidays of mainland China in 2026, with the weekend days that are worked instead.
//!
//! Source: the State Council's notice on the holiday arrangement of 2026 (November 2025).
//! Days that are not in the file follow the week: Monday to Friday are workdays.

use std::fmt::Write as _;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

/// Returns the file: one row for each day that differs from the plain week.
pub fn csv() -> String {
    let mut text = String::from("date,kind\n");
    for (first, last) in [
        (date(2026, 1, 1), date(2026, 1, 3)),   // 元旦
        (date(2026, 2, 15), date(2026, 2, 23)), // 春节
        (date(2026, 4, 4), date(2026, 4, 6)),   // 清明节
        (date(2026, 5, 1), date(2026, 5, 5)),   // 劳动节
        (date(2026, 6, 19), date(2026, 6, 21)), // 端午节
        (date(2026, 9, 25), date(2026, 9, 27)), // 中秋节
        (date(2026, 10, 1), date(2026, 10, 7)), // 国庆节
    ] {
        for day in first.series(1.day()).take_while(|&day| day <= last) {
            row(&mut text, day, "off");
        }
    }
    for day in [
        date(2026, 1, 4),   // 元旦调休
        date(2026, 2, 14),  // 春节调休
        date(2026, 2, 28),  // 春节调休
        date(2026, 5, 9),   // 劳动节调休
        date(2026, 9, 20),  // 国庆节调休
        date(2026, 10, 10), // 国庆节调休
    ] {
        row(&mut text, day, "work");
    }
    text
}

fn row(text: &mut String, day: Date, kind: &str) {
    // Writing into a String can't fail.
    let _ = writeln!(text, "{day},{kind}");
}

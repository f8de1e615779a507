//! `PostgreSQL`, from version 12.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::expr::ArithmeticOp;
use crate::frame::sql::dialect::{ColumnType, Dialect, Kind, Param};

/// The dialect of `PostgreSQL`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Postgres;

/// Unicode's `White_Space`, which Rust's `trim` takes off.
const BLANKS: &str = r"U&'\0009\000A\000B\000C\000D\0020\0085\00A0\1680\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\2028\2029\202F\205F\3000'";

/// Digits, one point, a sign, an exponent.
const NUMBER: &str = r"^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$";

impl Dialect for Postgres {
    fn identifier(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    fn text(&self, text: &str) -> String {
        // A text with a zero character equals nothing that the database can hold; without it, it could.
        format!("'{}'", text.replace('\'', "''").replace('\0', "\u{fffd}"))
    }

    fn number(&self, x: f64) -> String {
        if x.is_nan() {
            return self.missing(Kind::Number);
        }
        format!("'{x:e}'::float8")
    }

    fn date(&self, day: Date) -> String {
        let (year, month, day) = (day.year(), day.month(), day.day());
        match year {
            // Earlier than any date that a list can hold.
            ..-1000 => "'-infinity'::date".to_owned(),
            -1000..=0 => format!("'{:04}-{month:02}-{day:02} BC'::date", 1 - year),
            _ => format!("'{year:04}-{month:02}-{day:02}'::date"),
        }
    }

    fn missing(&self, kind: Kind) -> String {
        match kind {
            Kind::Number => "NULL::float8",
            Kind::Date => "NULL::date",
            Kind::Flag => "NULL::boolean",
            Kind::Text => "NULL::text",
        }
        .to_owned()
    }

    fn column_type(&self, name: &str) -> ColumnType {
        match name.to_ascii_uppercase().as_str() {
            "TEXT" | "VARCHAR" | "CHAR" | "NAME" | "\"CHAR\"" | "CITEXT" | "UNKNOWN" => ColumnType::Text,
            "INT2" | "INT4" | "INT8" => ColumnType::Integer,
            "NUMERIC" | "FLOAT4" => ColumnType::Decimal,
            "FLOAT8" => ColumnType::Double,
            "DATE" => ColumnType::Date,
            "BOOL" => ColumnType::Flag,
            other => ColumnType::Other(other.to_lowercase()),
        }
    }

    fn as_text(&self, expr: &str) -> String {
        format!("{expr}::text COLLATE \"C\"")
    }

    fn trimmed(&self, text: &str) -> String {
        format!("NULLIF(btrim({text}, {BLANKS}), '')")
    }

    fn matches(&self, text: &str, pattern: &str) -> String {
        format!("{text} ~ {}", self.text(pattern))
    }

    fn is_ascii(&self, text: &str) -> String {
        format!("octet_length({text}) = char_length({text})")
    }

    fn lower(&self, ascii: &str) -> String {
        format!("lower({ascii} COLLATE \"C\")")
    }

    fn without(&self, text: &str, characters: &str) -> String {
        format!("translate({text}, {}, '')", self.text(characters))
    }

    fn read_number(&self, expr: &str, column: &ColumnType, whole: bool) -> String {
        match (column, whole) {
            (ColumnType::Integer, true) => {
                format!(
                    "CASE WHEN {expr} BETWEEN -9007199254740992 AND 9007199254740992 THEN {expr}::float8 END"
                )
            }
            (ColumnType::Integer, false) => format!("{expr}::float8"),
            (ColumnType::Double, false) => {
                format!("CASE WHEN {expr} > '-Infinity' AND {expr} < 'Infinity' THEN {expr} END")
            }
            (_, true) => format!(
                "CASE WHEN {} THEN CASE WHEN {expr}::numeric BETWEEN -9007199254740992 AND 9007199254740992 \
                 THEN {expr}::numeric::float8 END END",
                self.matches(expr, "^[+-]?0*[0-9]{1,18}$")
            ),
            (_, false) => self.number_of_text(expr),
        }
    }

    fn read_date(&self, expr: &str, column: &ColumnType) -> String {
        if *column == ColumnType::Date {
            return format!("CASE WHEN {expr} BETWEEN '0001-01-01' AND '9999-12-31' THEN {expr} END");
        }
        let part = |from: u8, length: u8| format!("substr({expr}, {from}, {length})::int");
        let (year, month, day) = (part(1, 4), part(6, 2), part(9, 2));
        let shape = self.matches(expr, "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$");
        let leap = format!("({year} % 4 = 0 AND {year} % 100 <> 0 OR {year} % 400 = 0)");
        let last = format!(
            "CASE WHEN {month} IN (4, 6, 9, 11) THEN 30 WHEN {month} <> 2 THEN 31 WHEN {leap} THEN 29 ELSE 28 END"
        );
        // There is no year 0 here: the year before 1 is -1.
        let real = format!("make_date(CASE WHEN {year} = 0 THEN -1 ELSE {year} END, {month}, {day})");
        format!("CASE WHEN {shape} THEN CASE WHEN {day} <= {last} THEN {real} END END")
    }

    fn random_number(&self, seed: u64, key: &str) -> String {
        let hash = format!("encode(sha256(convert_to('{seed}:' || {key}, 'UTF8')), 'hex')");
        format!("('x' || substr({hash}, 1, 13))::bit(52)::bigint")
    }

    fn arithmetic(&self, op: ArithmeticOp, a: &str, b: &str) -> String {
        format!("(SELECT {} FROM (SELECT {a} AS x, {b} AS y) AS operands)", guarded(op))
    }

    fn cut(&self, value: &str, from: &str, share: f64) -> String {
        // The arithmetic of `round_up`, step by step.
        let x = format!("{} * n", self.number(share));
        let rank = format!("ceil({x} - '1e-9'::float8 - abs({x}) * '1e-14'::float8)");
        let n = format!("SELECT count({value})::float8 AS n FROM {from}");
        let first = format!("SELECT greatest(least({rank}, n), 0)::bigint FROM ({n}) AS all_values");
        format!(
            "SELECT max(x) AS x FROM (SELECT {value} AS x, row_number() OVER (ORDER BY {value} DESC) AS rank \
             FROM {from} AND {value} IS NOT NULL) AS ranked WHERE rank = ({first})"
        )
    }

    fn counts(&self, counts: &[String]) -> String {
        format!("ARRAY[{}]::bigint[]", counts.join(", "))
    }

    fn count_where(&self, condition: &str) -> String {
        format!("count(*) FILTER (WHERE {condition})")
    }

    fn kept(&self, once: bool) -> &'static str {
        if once { "MATERIALIZED" } else { "NOT MATERIALIZED" }
    }

    fn parameter(&self, number: usize, param: Param) -> String {
        let kind = match param {
            Param::Cuts => "float8[]",
            Param::Sizes => "bigint[]",
            _ => "text[]",
        };
        format!("${number}::{kind}")
    }

    fn entry(&self, list: &str, index: &str) -> String {
        format!("({list})[{index}]")
    }

    fn rows_of(&self, lists: &[(String, &str)]) -> String {
        let mut all = "SELECT DISTINCT ".to_owned();
        for (i, (_, name)) in lists.iter().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            let _ = write!(all, "{comma}{name} COLLATE \"C\" AS {name}");
        }
        let values: Vec<&str> = lists.iter().map(|(list, _)| list.as_str()).collect();
        let names: Vec<&str> = lists.iter().map(|(_, name)| *name).collect();
        let _ = write!(all, " FROM unnest({}) AS given({})", values.join(", "), names.join(", "));
        all
    }

    fn lookup(&self, number: usize) -> String {
        let next = number + 1;
        format!(
            "SELECT t COLLATE \"C\" AS t, x FROM unnest(${number}::text[], ${next}::float8[]) AS given(t, x)"
        )
    }

    fn fence(&self) -> &'static str {
        " OFFSET 0"
    }
}

impl Postgres {
    /// Reads a text as a number; a cast of a text that is too large or too small would end the statement.
    fn number_of_text(self, text: &str) -> String {
        // Up to 4,000 digits and exponents of four digits fit the exact type; a longer exponent leaves nothing or
        // everything.
        let long_exponent = self.matches(text, "[eE][+-]?0*[1-9][0-9]{4,}$");
        let exact = format!("char_length({text}) <= 4000 AND NOT ({long_exponent})");
        let tiny = self.matches(text, "^[^eE]*[eE]-|^[+-]?[0.]+([eE]|$)");
        let value = format!("{text}::numeric");
        // Half of the smallest number rounds to zero; half a unit above the largest rounds to infinity.
        let low = "2.4703282292062328e-324";
        let high = "1.79769313486231580793e308";
        format!(
            "CASE WHEN {} THEN CASE WHEN {exact} THEN CASE WHEN abs({value}) < {low} THEN 0::float8 \
             WHEN abs({value}) < {high} THEN {value}::float8 END WHEN {tiny} THEN 0::float8 END END",
            self.matches(text, NUMBER)
        )
    }
}

/// `x op y` where the server would rather end the statement than give infinity or zero.
///
/// Operands that could leave the range are scaled by powers of two, which is exact, and looked at before.
fn guarded(op: ArithmeticOp) -> String {
    const DOWN: &str = "'7.458340731200207e-155'::float8"; // 2^-512
    const UP: &str = "'1.3407807929942597e154'::float8"; // 2^512
    const LEAST: &str = "'4.440892098500626e-16'::float8"; // 2^-51
    const HUGE: &str = "'3.6e162'::float8"; // above 2^540
    const SMALL: &str = "'2.77e-163'::float8"; // below 2^-540
    let sum = |sign: &str| {
        let half = |v: &str| format!("CASE WHEN abs({v}) < 1 THEN 0 ELSE {v} / 2 END");
        let (a, b) = (half("x"), half("y"));
        format!(
            "CASE WHEN abs(x) < '4e307'::float8 AND abs(y) < '4e307'::float8 THEN x {sign} y \
             WHEN abs({a} {sign} {b}) < '8.98846567431158e307'::float8 THEN x {sign} y END"
        )
    };
    match op {
        ArithmeticOp::Add => sum("+"),
        ArithmeticOp::Subtract => sum("-"),
        ArithmeticOp::Multiply => format!(
            "CASE WHEN x IS NULL OR y IS NULL THEN NULL WHEN x = 0 OR y = 0 THEN 0 \
             WHEN abs(x) > 1 AND abs(y) > 1 THEN CASE WHEN abs((x * {DOWN}) * (y * {DOWN})) < 1 THEN x * y END \
             WHEN abs(x) < {SMALL} AND abs(y) < {SMALL} THEN 0 \
             WHEN abs(x) < 1 AND abs(y) < 1 THEN \
             CASE WHEN abs((x * {UP}) * (y * {UP})) > {LEAST} THEN x * y ELSE 0 END \
             ELSE x * y END"
        ),
        ArithmeticOp::Divide => format!(
            "CASE WHEN x IS NULL OR y IS NULL OR y = 0 THEN NULL WHEN x = 0 THEN 0 \
             WHEN abs(x) > {HUGE} AND abs(y) < {SMALL} THEN NULL \
             WHEN abs(y) < 1 AND abs(x) > '1e-18'::float8 THEN \
             CASE WHEN abs((x * {DOWN}) / (y * {UP})) < 1 THEN x / y END \
             WHEN abs(x) < 1 AND abs(y) > 1 THEN \
             CASE WHEN abs((x * {UP}) / (y * {DOWN})) > {LEAST} THEN x / y ELSE 0 END \
             ELSE x / y END"
        ),
    }
}

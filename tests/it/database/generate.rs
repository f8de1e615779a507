//! Made-up lists, conditions and designs; the same in every run.

use canvass::expr::{ArithmeticOp, CompareOp, Expr, Value, Var, Window};
use canvass::frame::History;
use canvass::model::Checked;
use canvass::model::checked::{FieldKind, OncePer, Part, Sample, Stratum};
use jiff::civil::{Date, date};

/// A generator of random numbers (Steele, Lea & Flood 2014, “SplitMix”).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap()
    }

    pub fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())].clone()
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }
}

const EMAILS: [&str; 34] = [
    "a@example.com",
    "A@Example.com",
    " a@example.com ",
    "b@example.org",
    "ü@example.com",
    "Ü@example.com",
    "x@münchen.example",
    "X@MÜNCHEN.example",
    "bad",
    "a@b",
    "a..b@example.com",
    ".a@example.com",
    "a.@example.com",
    "İ@example.com",
    "用户@example.com",
    "a@-x.com",
    "a@x-.com",
    "a b@example.com",
    "\u{3000}c@example.com\u{a0}",
    "d@example.com\n",
    "",
    "   ",
    "a@b@example.com",
    "a'b@example.com",
    "a\"b@example.com",
    "é\u{85}@example.com",
    "a@exa_mple.com",
    "a+b@example.com",
    "A+B@EXAMPLE.COM",
    "a@example..com",
    "@example.com",
    "ΣΑΣ@example.com",
    "\u{1}@example.com",
    "\u{200b}z@example.com",
];

const PHONES: [&str; 14] = [
    "+1-202-555-0101",
    "(202) 555 0101",
    "12025550101",
    "1.202.555.0101",
    "+12025550102",
    "123",
    "+",
    "",
    "  ",
    "+1+2025550101",
    "１２３４５６７８",
    "12025550101123456",
    "120255501011234",
    "202 555 0103\t",
];

const NUMBERS: [&str; 50] = [
    "1",
    "-0",
    "0",
    "-1",
    "2",
    "3",
    "3",
    "3",
    "10",
    "1e308",
    "1.7976931348623157e308",
    "1.7976931348623159e308",
    "1e400",
    "-1e400",
    "5e-324",
    "4e-324",
    "2e-324",
    "1e-400",
    "+5",
    ".5",
    "5.",
    "1,000",
    "NaN",
    "inf",
    "-Infinity",
    "1e",
    "e5",
    "0x10",
    "１",
    "1e99999",
    "0e99999",
    "1e-99999",
    "9007199254740993",
    "0.1",
    "0.30000000000000004",
    "1e22",
    "1e23",
    " 7 ",
    "",
    "-1e308",
    "2.2250738585072014e-308",
    "123456789.123456789",
    "-.5e-3",
    ".",
    "+",
    "1e+2",
    "1e0005",
    "00012",
    "1e00099999",
    "--1",
];

const WHOLES: [&str; 24] = [
    "5",
    "+5",
    "-5",
    "05",
    "5.0",
    "9007199254740992",
    "9007199254740993",
    "-9007199254740992",
    "99999999999999999999",
    "-",
    "",
    "0",
    "1",
    "1",
    "2",
    "2",
    "3",
    "20",
    "00000000000000000000000000000007",
    " 4",
    "1e3",
    "४",
    "-0",
    "7\u{2003}",
];

const DATES: [&str; 30] = [
    "2026-03-31",
    "2026-04-01",
    "2026-03-30",
    "2026-02-28",
    "2026-02-27",
    "2026-03-01",
    "2025-12-31",
    "2025-09-30",
    "2025-09-29",
    "2024-02-29",
    "2023-02-29",
    "0000-02-29",
    "0000-01-01",
    "0001-01-01",
    "9999-12-31",
    "2026-1-5",
    "2026-01-32",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "2026/01/05",
    "",
    "  2026-03-31",
    "1900-02-29",
    "2000-02-29",
    "20260331",
    "2026-03-31T00:00",
    "२०२६-01-01",
    "2025-03-31",
    "2026-04-31",
];

const FLAGS: [&str; 18] = [
    "Yes",
    "TRUE",
    "1",
    "是",
    "no",
    "False",
    "0",
    "否",
    "maybe",
    "",
    "y",
    " yes",
    "NO ",
    "t",
    "ＹＥＳ",
    "true",
    "false",
    "YEſ",
];

const REGIONS: [&str; 8] = ["east", "west", "o1", "East", "", " east ", "nord", "west"];

const NOTES: [&str; 18] = [
    "a",
    "B",
    "b",
    "A",
    "é",
    "e",
    "Z",
    "ß",
    "it's",
    "say \"hi\"",
    "back\\slash",
    "%_",
    "",
    " a ",
    "中文",
    "😀",
    "\u{a0}x",
    "${1} $1 ; --",
];

const KEYS: [&str; 8] = ["C", "客户", "o'b ", "\"q\"", "😀", "a\\", " lead", "É,"];

/// Returns statements that make the table `crm.customers` with random rows, and the type of its columns.
pub fn table(dice: &mut Dice) -> String {
    let typed = dice.chance(60);
    let key = if typed && dice.chance(50) {
        dice.one(&["integer", "bigint"])
    } else {
        dice.one(&["text", "varchar(60)"])
    };
    let or = |dice: &mut Dice, kinds: &[&'static str]| if typed { dice.one(kinds) } else { "text" };
    let kinds = [
        key,
        "text",
        "text",
        "text",
        "text",
        "text",
        or(dice, &["date", "text"]),
        or(dice, &["date"]),
        or(dice, &["numeric", "double precision", "real", "numeric(14,2)"]),
        or(dice, &["integer", "bigint", "smallint", "numeric"]),
        or(dice, &["double precision", "numeric", "integer"]),
        or(dice, &["boolean", "integer", "text"]),
        or(dice, &["text", "varchar(10)", "char(6)"]),
        or(dice, &["text", "integer", "timestamptz"]),
    ];
    let columns: Vec<String> =
        super::rows::COLUMNS.iter().zip(kinds).map(|(name, kind)| format!("\"{name}\" {kind}")).collect();
    let mut sql = format!(
        "DROP SCHEMA IF EXISTS crm CASCADE; CREATE SCHEMA crm; CREATE TABLE crm.customers ({})",
        columns.join(", ")
    );
    let rows = dice.one(&[0, 1, 2, 9, 60, 120, 200, 250]);
    for row in 0..rows {
        let cells: Vec<String> = kinds.iter().enumerate().map(|(i, kind)| cell(dice, i, kind, row)).collect();
        sql.push_str(if row == 0 { "; INSERT INTO crm.customers VALUES (" } else { ", (" });
        sql.push_str(&cells.join(", "));
        sql.push(')');
    }
    sql
}

fn cell(dice: &mut Dice, column: usize, kind: &str, row: usize) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    if column > 0 && dice.chance(12) {
        return "NULL".to_owned();
    }
    match (column, kind) {
        (0, "integer" | "bigint") => (row * 37 + 1).to_string(),
        (0, _) if dice.chance(2) => dice.one(&["NULL", "''", "'  '", "'\u{3000}'"]).to_owned(),
        (0, _) => quoted(&format!("{}{row}", dice.one(&KEYS))),
        (1, _) => {
            let long = [
                format!("{}@example.com", "l".repeat(64)),
                format!("{}@example.com", "l".repeat(65)),
                format!("a@{}.com", "d".repeat(63)),
                format!("a@{}.com", "d".repeat(64)),
                format!("a@{}example.com", "abcdefgh.".repeat(26)),
                format!("a@{}examples.com", "abcdefgh.".repeat(27)),
            ];
            match dice.roll(10) {
                0 => quoted(&dice.one(&long)),
                1..=3 => quoted(&format!("p{}@example.com", dice.roll(40))),
                _ => quoted(dice.one(&EMAILS)),
            }
        }
        (2, _) => quoted(dice.one(&PHONES)),
        (3, _) => quoted(dice.one(&["Ann", " Bo ", "", "王"])),
        (4, _) => quoted(dice.one(&["en", "zh_CN", "ZH", "fr", "", "en-GB", "ＺＨ"])),
        (5, _) => quoted(dice.one(&[
            "Asia/Shanghai",
            "asia/shanghai",
            "Mars/Base",
            "UTC",
            "",
            " Europe/Paris ",
            "Etc/Unknown",
        ])),
        (6 | 7, "date") => {
            let odd = ["infinity", "-infinity", "0044-03-15 BC", "12026-01-01", "0001-01-01", "9999-12-31"];
            let usual: Vec<&str> = DATES
                .iter()
                .copied()
                .filter(|d| d.parse::<Date>().is_ok() && !d.starts_with("0000"))
                .collect();
            quoted(&if dice.chance(10) { dice.one(&odd).to_owned() } else { dice.one(&usual).to_owned() })
        }
        (6 | 7, _) => quoted(dice.one(&DATES)),
        (8 | 10, "numeric") => quoted(dice.one(&[
            "1",
            "3",
            "3.00",
            "-0.0",
            "NaN",
            "Infinity",
            "1e400",
            "1e-400",
            "0.1",
            "12345678901234567890.5",
            "3",
        ])),
        (8, "numeric(14,2)") => quoted(dice.one(&["1", "3", "3.00", "-7.5", "999999999999.99", "0"])),
        (8 | 10, "double precision") => quoted(dice.one(&[
            "1",
            "-0",
            "0",
            "NaN",
            "Infinity",
            "-Infinity",
            "1e308",
            "-1.7e308",
            "5e-324",
            "1e-200",
            "1e200",
            "3",
            "3",
            "0.1",
        ])),
        (8, "real") => quoted(dice.one(&["1", "0.1", "NaN", "3.4e38", "1e-45", "16777217", "-Infinity"])),
        (10, "integer") => dice.one(&["1", "2", "3", "3", "-2147483648", "2147483647"]).to_owned(),
        (8 | 10, _) => quoted(dice.one(&NUMBERS)),
        (9, "bigint") => dice
            .one(&["1", "2", "3", "9007199254740993", "-9223372036854775808", "9007199254740992"])
            .to_owned(),
        (9, "integer" | "smallint") => dice.roll(6).to_string(),
        (9, "numeric") => quoted(dice.one(&["1", "2", "5.0", "NaN", "Infinity", "1e30", "-3"])),
        (9, _) => quoted(dice.one(&WHOLES)),
        (11, "boolean") => dice.one(&["TRUE", "FALSE"]).to_owned(),
        (11, "integer") => dice.roll(3).to_string(),
        (11, _) => quoted(dice.one(&FLAGS)),
        (12, "char(6)" | "varchar(10)") => quoted(dice.one(&REGIONS)),
        (12, _) => quoted(dice.one(&REGIONS)),
        (13, "integer") => dice.roll(4).to_string(),
        (13, "timestamptz") => quoted("2026-03-31 12:00:00+08"),
        (_, _) => quoted(dice.one(&NOTES)),
    }
}

const CONSTANTS: [f64; 16] = [
    0.0,
    -0.0,
    1.0,
    2.0,
    3.0,
    -1.0,
    0.1,
    0.5,
    1e308,
    -1e308,
    5e-324,
    1e-200,
    1e200,
    9_007_199_254_740_992.0,
    1e22,
    7.0,
];

const DAYS: [Date; 7] = [
    date(2026, 3, 31),
    date(2024, 2, 29),
    date(2025, 9, 30),
    date(2026, 2, 28),
    date(1, 1, 1),
    date(9999, 12, 31),
    date(0, 3, 1),
];

/// Fields of the spec by type.
const DATE_FIELDS: [usize; 2] = [0, 1];
const NUMBER_FIELDS: [usize; 3] = [2, 3, 4];
const FLAG_FIELD: usize = 5;
const TEXT_FIELDS: [usize; 2] = [6, 7];

fn number(dice: &mut Dice, depth: usize) -> Expr {
    if depth > 0 && dice.chance(35) {
        let op = dice.one(&[
            ArithmeticOp::Add,
            ArithmeticOp::Subtract,
            ArithmeticOp::Multiply,
            ArithmeticOp::Divide,
        ]);
        return Expr::Arithmetic(op, Box::new(number(dice, depth - 1)), Box::new(number(dice, depth - 1)));
    }
    if dice.chance(70) {
        Expr::Var(Var::Field(dice.one(&NUMBER_FIELDS)))
    } else {
        Expr::Constant(Value::Number(dice.one(&CONSTANTS)))
    }
}

fn text(dice: &mut Dice) -> Expr {
    if dice.chance(60) {
        Expr::Var(Var::Field(dice.one(&TEXT_FIELDS)))
    } else {
        Expr::Constant(text_value(dice))
    }
}

fn text_value(dice: &mut Dice) -> Value {
    let from = if dice.chance(50) { dice.one(&NOTES) } else { dice.one(&REGIONS) };
    Value::Text(from.trim().into())
}

fn day(dice: &mut Dice) -> Expr {
    if dice.chance(70) {
        Expr::Var(Var::Field(dice.one(&DATE_FIELDS)))
    } else {
        Expr::Constant(Value::Date(dice.one(&DAYS)))
    }
}

/// A random condition; now and then of types that don't fit together.
pub fn condition(dice: &mut Dice, depth: usize) -> Expr {
    let op = dice.one(&[
        CompareOp::Equal,
        CompareOp::NotEqual,
        CompareOp::Less,
        CompareOp::LessEqual,
        CompareOp::Greater,
        CompareOp::GreaterEqual,
    ]);
    let inner = |dice: &mut Dice| condition(dice, depth - 1);
    match dice.roll(if depth > 0 { 16 } else { 11 }) {
        0 | 1 => Expr::Compare(op, Box::new(number(dice, 2)), Box::new(number(dice, 1))),
        2 => Expr::Compare(op, Box::new(text(dice)), Box::new(text(dice))),
        3 => Expr::Compare(op, Box::new(day(dice)), Box::new(day(dice))),
        4 => Expr::Var(Var::Field(FLAG_FIELD)),
        5 => {
            let mut set: Vec<Value> = (0..dice.roll(4)).map(|_| text_value(dice)).collect();
            if dice.chance(20) {
                set.push(Value::Number(3.0));
            }
            Expr::In(Box::new(text(dice)), set)
        }
        6 => {
            let set = (0..dice.roll(4)).map(|_| Value::Number(dice.one(&CONSTANTS))).collect();
            Expr::In(Box::new(number(dice, 1)), set)
        }
        7 => {
            let (a, b) = (dice.one(&CONSTANTS), dice.one(&CONSTANTS));
            Expr::Between(Box::new(number(dice, 1)), Value::Number(a), Value::Number(b))
        }
        8 => {
            let window =
                Window { months: dice.one(&[0, 1, 6, 12, 13, 24300, 200_000]), days: dice.one(&[0, 1, 30]) };
            Expr::Within(Box::new(day(dice)), window)
        }
        9 => Expr::Top(Var::Field(dice.one(&NUMBER_FIELDS)), dice.one(&[0.2, 0.15, 0.5, 1.0, 0.333, 0.01])),
        10 => {
            let e = match dice.roll(5) {
                0 => number(dice, 1),
                1 => text(dice),
                2 => day(dice),
                3 => Expr::Var(Var::Field(FLAG_FIELD)),
                _ => Expr::Compare(op, Box::new(text(dice)), Box::new(number(dice, 0))),
            };
            Expr::IsMissing(Box::new(e))
        }
        11 | 12 => Expr::And((0..1 + dice.roll(3)).map(|_| inner(dice)).collect()),
        13 | 14 => Expr::Or((0..1 + dice.roll(3)).map(|_| inner(dice)).collect()),
        _ => Expr::Not(Box::new(inner(dice))),
    }
}

/// Gives a spec random exclusions, strata, parts and samples.
pub fn design(dice: &mut Dice, checked: &mut Checked) {
    let frame = checked.frame.as_mut().unwrap();
    frame.exclude.truncate(dice.roll(3));
    for exclude in &mut frame.exclude {
        exclude.condition = condition(dice, 2);
    }
    let text = frame.fields.iter().position(|f| f.kind == FieldKind::Text).map(OncePer::Field);
    let (email, mobile) = (Some(OncePer::Email), Some(OncePer::Mobile));
    // Few different texts leave few people.
    frame.once_per = dice.one(&[None, email, mobile, None, email, mobile, None, email, mobile, text]);
    let pattern = checked.strata[0].clone();
    let count = dice.roll(5);
    checked.strata = (0..count).map(|i| stratum(dice, &pattern, i)).collect();
}

fn stratum(dice: &mut Dice, pattern: &Stratum, index: usize) -> Stratum {
    let small = dice.roll(12) as u64 + 1;
    let sample = match dice.roll(8) {
        0..=2 => Sample::All,
        3 => Sample::Number(small),
        4 | 5 => Sample::Share(dice.one(&[0.05, 0.5, 0.1, 1.0])),
        6 => Sample::Completes { number: small, response: 0.25 },
        _ => Sample::Margin { half_width: 0.1, confidence: 0.95, response: 0.5 },
    };
    let mut stratum = Stratum {
        name: format!("s{index}"),
        condition: dice.chance(85).then(|| condition(dice, 2)),
        as_of: dice.chance(20).then(|| dice.one(&DAYS)),
        sample,
        ..pattern.clone()
    };
    if matches!(sample, Sample::Number(_) | Sample::Completes { .. }) && dice.chance(60) {
        let shares: &[f64] = if dice.chance(50) { &[0.4, 0.5, 0.1] } else { &[0.5, 0.5] };
        stratum.parts = shares
            .iter()
            .enumerate()
            .map(|(i, &share)| Part {
                name: format!("p{i}"),
                title: pattern.title.clone(),
                share,
                condition: dice.chance(80).then(|| condition(dice, 1)),
            })
            .collect();
    }
    stratum
}

/// Returns who rests and which addresses are suppressed.
pub fn history(dice: &mut Dice) -> History {
    let mut history = History::default();
    for row in 0..60 {
        if dice.chance(10) {
            history.at_rest.insert(format!("{}{row}", dice.one(&KEYS)));
            history.at_rest.insert((row * 37 + 1).to_string());
        }
    }
    for email in EMAILS.iter().chain(["p3@example.com", "p4@example.com"].iter()) {
        if dice.chance(15) {
            history.suppressed.insert(email.trim().to_lowercase());
        }
    }
    for phone in PHONES {
        if dice.chance(15) {
            history.suppressed.insert(phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect());
        }
    }
    history
}

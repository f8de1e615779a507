//! First pass over the list: reads every row, keeps what counting needs, lists what can't be used.

use std::collections::{BTreeSet, HashSet};
use std::ops::ControlFlow;
use std::path::Path;

use crate::expr::{Expr, Value, Var};
use crate::frame::layout::{CellProblem, Layout};
use crate::frame::list::{List, Row as Cells, Trust};
use crate::frame::margins;
use crate::frame::quotas::of_list;
use crate::frame::random::of_person;
use crate::frame::table::{Column, Contact, Row, Table};
use crate::frame::types::{FrameError, History, Problem};
use crate::model::Checked;
use crate::model::checked::{FieldKind, Frame, OncePer};

/// One row, worked on.
pub struct Parsed {
    /// Line, counted from the start of its block.
    pub line: u64,
    /// The row, what its key hashes to, and the values of the fields that conditions read; or why it is left out.
    pub outcome: Result<(Row, u128, Vec<Value>), CellProblem>,
    /// Cells that count as missing.
    pub problems: Vec<CellProblem>,
}

/// Reads the list of the frame.
pub fn load(
    checked: &Checked,
    frame: &Frame,
    folder: &Path,
    seed: u64,
    history: &History,
) -> Result<Table, FrameError> {
    let list = open(frame, folder)?;
    let layout = Layout::new(frame, &list)?;
    let used = used_fields(checked);
    let columns = frame.fields.iter().enumerate().map(|(i, f)| used.contains(&i).then(|| empty(&f.kind)));
    let mut table = Table { columns: columns.collect(), ..Table::default() };
    table.problems.notes.clone_from(&list.notes);
    let mut known: HashSet<u128> = HashSet::new();
    list.scan(
        || (),
        |(), _, rows| {
            let one = |row| parse(row, &layout, frame, &used, seed, history);
            rows.iter().map(one).collect::<Vec<Parsed>>()
        },
        |parsed: Vec<Parsed>, base| {
            for (row, record) in parsed.into_iter().zip(base.record..) {
                take(row, (record, base.line), &mut table, &mut known, &frame.source, layout.key_column());
            }
            Ok(ControlFlow::Continue(()))
        },
    )?;
    table.list = Some(list);
    let groups = history.waves.risks.iter().map(|(name, group)| {
        (name.clone(), table.rows.iter().map(|row| group.has(&row.key, row.number)).collect())
    });
    table.groups = groups.collect();
    Ok(table)
}

/// Opens the list of the frame.
pub fn open(frame: &Frame, folder: &Path) -> Result<List, FrameError> {
    trusting(frame, folder, Trust::Nothing)
}

/// Opens the list of the frame, taking it for UTF-8 or not.
pub fn trusting(frame: &Frame, folder: &Path, trust: Trust) -> Result<List, FrameError> {
    let mut keys = vec![frame.key.as_str()];
    keys.extend(frame.cluster.as_ref().map(|c| c.column.as_str()));
    List::open(folder, &frame.source, &format!("frame `{}`", frame.name), &keys, trust)
}

/// Reads a row; its number in the file is not known here.
pub fn parse(
    cells: Cells,
    layout: &Layout,
    frame: &Frame,
    used: &BTreeSet<usize>,
    seed: u64,
    history: &History,
) -> Parsed {
    let mut problems = Vec::new();
    let key = match layout.key(cells) {
        Ok(key) => key,
        Err(problem) => return Parsed { line: cells.line, outcome: Err(problem), problems },
    };
    let hashed = of_person(seed, key);
    let email = layout.email(cells, &mut problems);
    let mobile = layout.mobile(cells, &mut problems);
    layout.timezone(cells, &mut problems);
    let mut values = Vec::with_capacity(used.len());
    for field in 0..layout.fields() {
        let value = layout.field(field, cells, &mut problems);
        if used.contains(&field) {
            values.push(value);
        }
    }
    let once = match frame.once_per {
        Some(OncePer::Email) => email.map(str::to_lowercase),
        Some(OncePer::Mobile) => mobile.map(digits),
        Some(OncePer::Field(i)) => layout.plain(i, cells).map(str::to_owned),
        None => None,
    };
    let row = Row {
        key: key.into(),
        number: hashed.number,
        record: 0,
        email: contact(email.map(str::to_lowercase), history),
        mobile: contact(mobile.map(digits), history),
        at_rest: history.at_rest.contains(key),
        once: once.map(String::into_boxed_str),
    };
    Parsed { line: cells.line, outcome: Ok((row, hashed.identity, values)), problems }
}

fn take(
    parsed: Parsed,
    (record, first_line): (u64, u64),
    table: &mut Table,
    seen: &mut HashSet<u128>,
    file: &str,
    key_column: &str,
) {
    let line = first_line + parsed.line;
    let problem =
        |(column, message): CellProblem| Problem { file: file.to_owned(), row: line, column, message };
    table.read += 1;
    let (row, identity, values) = match parsed.outcome {
        Ok(good) => good,
        Err(fault) => {
            table.bad_rows += 1;
            table.problems.push(problem(fault));
            return;
        }
    };
    if !seen.insert(identity) {
        table.bad_rows += 1;
        let fault =
            (key_column.to_owned(), "the key stands in an earlier row too; this row is left out".to_owned());
        table.problems.push(problem(fault));
        return;
    }
    for fault in parsed.problems {
        table.bad_cells += 1;
        table.problems.push(problem(fault));
    }
    table.rows.push(Row { record: u32::try_from(record).unwrap_or(u32::MAX), ..row });
    let used = table.columns.iter_mut().flatten();
    used.zip(values).for_each(|(column, value)| column.push(value));
}

/// Tells whether an address, in the form in which equal ones are equal, may be used.
pub fn contact(address: Option<String>, history: &History) -> Contact {
    match address {
        None => Contact::Missing,
        Some(address) if history.suppressed.contains(&address) => Contact::Suppressed,
        Some(_) => Contact::Usable,
    }
}

/// Takes the decoration off a number.
pub fn digits(number: &str) -> String {
    number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

/// Makes an empty column for values of a kind.
pub fn empty(kind: &FieldKind) -> Column {
    match kind {
        FieldKind::Int | FieldKind::Number | FieldKind::Money(_) => Column::Number(Vec::new()),
        FieldKind::Date => Column::Date(Vec::new()),
        FieldKind::YesNo => Column::Flag(Vec::new()),
        FieldKind::Text | FieldKind::OneOf(_) => {
            Column::Text { codes: Vec::new(), words: Vec::new(), index: std::collections::HashMap::new() }
        }
    }
}

/// Returns the fields that conditions of frame and strata read.
pub fn used_fields(checked: &Checked) -> BTreeSet<usize> {
    let mut used = BTreeSet::new();
    for condition in conditions(checked).chain(of_list(checked).map(|q| &q.condition)) {
        condition.variables(&mut |var| {
            if let Var::Field(i) = var {
                used.insert(i);
            }
        });
    }
    used.extend(margins::fields(checked));
    used
}

/// Walks over all conditions of the frame, the strata and their parts.
pub fn conditions(checked: &Checked) -> impl Iterator<Item = &Expr> {
    let excludes = checked.frame.iter().flat_map(|f| f.exclude.iter().map(|e| &e.condition));
    let strata = checked.strata.iter().filter_map(|s| s.condition.as_ref());
    let parts = checked.strata.iter().flat_map(|s| s.parts.iter().filter_map(|p| p.condition.as_ref()));
    excludes.chain(strata).chain(parts)
}

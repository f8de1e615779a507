//! What conditions can tell apart: every value of a column falls into one of a few classes.
//!
//! The constants that conditions compare a column with cut its values into
//! classes, within which every condition has the same truth: below, at and above
//! each constant, and missing. What compares several columns is worked out by
//! [`crate::frame::kernel`] and has three classes: unknown, yes, no. So a row
//! is told apart by a few small numbers, and what becomes of equal ones has to be
//! worked out only once, however many strata there are.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::expr::{Env, Expr, Truth, Value, Var, truth};
use crate::frame::cuts::Cuts;
use crate::frame::kernel::Leaves;
use crate::frame::quick::Day;
use crate::frame::words::Words;
use crate::model::checked::FieldKind;

/// The class of a missing value; of what compares columns: that it is unknown.
pub const MISSING: u16 = 0;

/// Constants that a column is compared with at most; conditions with more are asked row by row.
const MOST: usize = 20_000;

/// Points that are gone through one by one, without a way out in between.
const FEW: usize = 8;

/// How the classes of a column are told.
#[derive(Debug)]
pub enum Kind {
    /// Numbers among these.
    Numbers(Vec<f64>),
    /// Dates among these.
    Dates(Vec<Day>),
    /// Texts among these.
    Texts(Words),
    /// Missing, yes, no.
    Flags,
    /// What a leaf says: its index.
    Leaf(usize),
    /// Whether the panel of a stratum admits somebody.
    Panel(usize),
}

/// Something that has classes.
#[derive(Debug)]
pub struct Column {
    /// The field, where it is one.
    pub field: Option<usize>,
    /// How classes are told.
    pub kind: Kind,
    /// How many classes there are.
    pub count: usize,
}

/// All classes of a campaign, and what its leaves say of each.
#[derive(Debug)]
pub struct Classes {
    /// Columns with classes.
    pub columns: Vec<Column>,
    /// Per leaf: its column, and its truth by class.
    leaves: Vec<(usize, Vec<Truth>)>,
}

impl Classes {
    /// Finds the classes that these leaves need; `panels` are the strata that have one.
    pub fn new(leaves: &Leaves, kinds: &[&FieldKind], cuts: &Cuts, panels: &[usize]) -> Self {
        let mut all = Self { columns: Vec::new(), leaves: Vec::new() };
        let single: Vec<Option<usize>> =
            leaves.all().map(|(expr, _)| constants(expr).and(only_field(expr))).collect();
        for (field, kind) in kinds.iter().enumerate() {
            let own = || leaves.all().zip(&single).filter(|(_, f)| **f == Some(field)).map(|(leaf, _)| leaf);
            if own().next().is_some()
                && let Some(kind) = kind_of(kind, own(), cuts)
            {
                all.columns.push(Column { field: Some(field), count: kind.count(), kind });
            }
        }
        for (index, ((expr, day), field)) in leaves.all().zip(&single).enumerate() {
            let known = field.and_then(|f| all.columns.iter().position(|c| c.field == Some(f)));
            let column = known.unwrap_or_else(|| {
                all.columns.push(Column { field: None, kind: Kind::Leaf(index), count: 3 });
                all.columns.len() - 1
            });
            let truths = all.columns[column].truths(expr, *day, cuts);
            all.leaves.push((column, truths));
        }
        for &stratum in panels {
            all.columns.push(Column { field: None, kind: Kind::Panel(stratum), count: 2 });
        }
        all
    }

    /// Returns the truth of a leaf in a class of its column.
    pub fn truth(&self, leaf: usize, classes: impl Fn(usize) -> u16) -> Truth {
        let (column, truths) = &self.leaves[leaf];
        truths.get(usize::from(classes(*column))).copied().unwrap_or(Truth::Unknown)
    }

    /// Returns the column of a leaf.
    pub fn column_of(&self, leaf: usize) -> usize {
        self.leaves[leaf].0
    }
}

impl Column {
    fn truths(&self, expr: &Expr, day: Date, cuts: &Cuts) -> Vec<Truth> {
        match self.kind {
            Kind::Leaf(_) => vec![Truth::Unknown, Truth::True, Truth::False],
            _ => {
                let field = self.field.unwrap_or(usize::MAX);
                let one = |class| truth(expr, &Sample { field, value: self.kind.sample(class), day, cuts });
                (0..self.count).map(one).collect()
            }
        }
    }
}

impl Kind {
    /// Missing, below the first point, and at and above each.
    fn count(&self) -> usize {
        match self {
            Self::Numbers(points) => 2 + 2 * points.len(),
            Self::Dates(points) => 2 + 2 * points.len(),
            Self::Texts(words) => 2 + 2 * words.all().len(),
            Self::Flags | Self::Leaf(_) => 3,
            Self::Panel(_) => 2,
        }
    }

    /// Returns a value of a class; a class between neighbours has none, and nothing falls into it.
    fn sample(&self, class: usize) -> Value {
        let place = |class: usize| (class.saturating_sub(2) / 2, class.is_multiple_of(2));
        if class == usize::from(MISSING) {
            return Value::Missing;
        }
        let found = match self {
            Self::Numbers(points) => match (place(class), class) {
                (_, 1) => points.first().map_or(Some(0.0), |first| Some(first.next_down())),
                ((i, true), _) => points.get(i).copied(),
                ((i, false), _) => points.get(i).map(|point| point.next_up()),
            }
            .map(Value::Number),
            Self::Dates(points) => match (place(class), class) {
                (_, 1) => points.first().map_or(Some(Date::ZERO), |first| first.date()?.yesterday().ok()),
                ((i, true), _) => points.get(i).and_then(|point| point.date()),
                ((i, false), _) => points.get(i).and_then(|point| point.date()?.tomorrow().ok()),
            }
            .map(Value::Date),
            Self::Texts(words) => match (place(class), class) {
                (_, 1) => Some("".into()),
                ((i, true), _) => words.all().get(i).cloned(),
                // The next text of all.
                ((i, false), _) => words.all().get(i).map(|word| format!("{word}\0").into()),
            }
            .map(Value::Text),
            Self::Flags => Some(Value::Bool(class == 1)),
            Self::Leaf(_) | Self::Panel(_) => None,
        };
        found.unwrap_or(Value::Missing)
    }
}

/// Returns the class of a value that is not missing among points.
#[inline]
pub fn among<T: PartialOrd>(points: &[T], value: &T) -> u16 {
    if points.len() <= FEW {
        let one = |point: &T| u16::from(point < value) + u16::from(point <= value);
        return 1 + points.iter().map(one).sum::<u16>();
    }
    let below = points.partition_point(|point| point < value);
    let at = points.get(below).is_some_and(|point| point == value);
    u16::try_from(1 + 2 * below + usize::from(at)).unwrap_or(u16::MAX)
}

/// The value that stands for a class.
struct Sample<'a> {
    field: usize,
    value: Value,
    day: Date,
    cuts: &'a Cuts,
}

impl Env for Sample<'_> {
    fn value(&self, var: Var) -> Value {
        if var == Var::Field(self.field) { self.value.clone() } else { Value::Missing }
    }

    fn today(&self) -> Date {
        self.day
    }

    fn top_cut(&self, var: Var, share: f64) -> Option<f64> {
        self.cuts.get(var, share)
    }
}

/// Returns the constants that a leaf compares a plain variable with; `None` where it does anything else.
fn constants(expr: &Expr) -> Option<Vec<&Value>> {
    match expr {
        Expr::Compare(_, a, b) => match (&**a, &**b) {
            (Expr::Var(_), Expr::Constant(value)) | (Expr::Constant(value), Expr::Var(_)) => {
                Some(vec![value])
            }
            _ => None,
        },
        Expr::In(e, set) if is_var(e) => Some(set.iter().collect()),
        Expr::Between(e, low, high) if is_var(e) => Some(vec![low, high]),
        Expr::Within(e, _) | Expr::IsMissing(e) if is_var(e) => Some(Vec::new()),
        Expr::Top(..) | Expr::Var(_) => Some(Vec::new()),
        _ => None,
    }
}

fn is_var(expr: &Expr) -> bool {
    matches!(expr, Expr::Var(_))
}

/// Returns the field that a leaf reads, when it reads no other.
fn only_field(expr: &Expr) -> Option<usize> {
    let mut found = None;
    let mut single = true;
    expr.variables(&mut |var| match (var, found) {
        (Var::Field(i), None) => found = Some(i),
        (Var::Field(i), Some(known)) if i == known => {}
        _ => single = false,
    });
    found.filter(|_| single)
}

/// Returns how the classes of a field are told; `None` where its constants can't be put in order, or are too many.
fn kind_of<'a>(
    kind: &FieldKind,
    leaves: impl Iterator<Item = (&'a Expr, &'a Date)>,
    cuts: &Cuts,
) -> Option<Kind> {
    let (mut numbers, mut dates, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    for (expr, day) in leaves {
        for value in constants(expr).unwrap_or_default() {
            match value {
                Value::Number(x) => numbers.push(*x),
                Value::Date(date) => dates.push(*date),
                Value::Text(text) => texts.push(text.clone()),
                _ => {}
            }
        }
        match expr {
            Expr::Top(var, share) => numbers.extend(cuts.get(*var, *share)),
            Expr::Within(_, window) => {
                let first = day.checked_sub(window.months.months().days(window.days));
                dates.extend(first.ok());
                dates.push(*day);
            }
            _ => {}
        }
    }
    match kind {
        FieldKind::Int | FieldKind::Number | FieldKind::Money(_) => {
            numbers.sort_unstable_by(f64::total_cmp);
            numbers.dedup();
            let fit = numbers.iter().all(|x| x.is_finite()) && numbers.len() <= MOST;
            fit.then_some(Kind::Numbers(numbers))
        }
        FieldKind::Date => {
            dates.sort_unstable();
            dates.dedup();
            (dates.len() <= MOST).then(|| Kind::Dates(dates.into_iter().map(Day::of).collect()))
        }
        FieldKind::YesNo => Some(Kind::Flags),
        FieldKind::Text | FieldKind::OneOf(_) => {
            texts.sort_unstable();
            texts.dedup();
            (texts.len() <= MOST).then(|| Kind::Texts(Words::new(texts)))
        }
    }
}

//! What of a list's columns has to be read, and into which classes its values fall.

use std::collections::HashSet;

use crate::frame::classes::{Classes, Kind, MISSING};
use crate::frame::kernel::Leaves;
use crate::frame::list::Cell;
use crate::frame::words::Words;
use crate::model::checked::{Field, FieldKind, Frame};

/// What is wanted of a field.
pub struct Want {
    /// Its column among the classes.
    pub class: Option<usize>,
    /// Whether its values are kept.
    pub keep: bool,
    /// For `one of`: the choices, and the class of each.
    pub choices: Option<(Words, Vec<u16>)>,
}

/// What is wanted of the columns of a list.
pub struct Wanted {
    /// By field.
    pub fields: Vec<Want>,
    /// Columns of classes.
    pub classes: usize,
    /// Whether cells are read that only have to be checked.
    pub check: bool,
}

impl Wanted {
    /// Says what is wanted: classes, the values of leaves over several columns, and those that `keep` names.
    pub fn new(
        frame: &Frame,
        classes: &Classes,
        leaves: &Leaves,
        keep: impl Fn(usize) -> bool,
        check: bool,
    ) -> Self {
        let asked: HashSet<usize> = classes
            .columns
            .iter()
            .filter_map(|c| if let Kind::Leaf(leaf) = c.kind { Some(leaf) } else { None })
            .flat_map(|leaf| leaves.fields(leaf))
            .collect();
        let one = |(i, field): (usize, &Field)| {
            let class = classes.columns.iter().position(|c| c.field == Some(i));
            let choices = match &field.kind {
                FieldKind::OneOf(choices) => {
                    let mut names: Vec<std::sync::Arc<str>> =
                        choices.iter().map(|c| c.name.as_str().into()).collect();
                    names.sort_unstable();
                    names.dedup();
                    let class = |name: &std::sync::Arc<str>| match class.map(|c| &classes.columns[c].kind) {
                        Some(Kind::Texts(words)) => words.class(Cell::of(name)),
                        _ => MISSING,
                    };
                    let by_choice = names.iter().map(class).collect();
                    Some((Words::new(names), by_choice))
                }
                _ => None,
            };
            Want { class, keep: keep(i) || asked.contains(&i), choices }
        };
        let fields = frame.fields.iter().enumerate().map(one).collect();
        Self { fields, classes: classes.columns.len(), check }
    }
}

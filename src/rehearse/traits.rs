//! From invitations to the people who get them.

use crate::model::Checked;
use crate::model::checked::{Field, FieldKind, Grouping};
use crate::plan::types::Plan;
use crate::rehearse::population::Traits;
use crate::store::Invitation;

/// Reads the traits of invited people off the campaign: stratum, and columns with a list of values.
#[derive(Debug)]
pub struct Groups<'a> {
    plan: &'a Plan,
    columns: Vec<&'a Field>,
}

impl<'a> Groups<'a> {
    /// Finds the columns that matter: those of `nonresponse by`, else the first with a list of values.
    #[must_use]
    pub fn new(checked: &'a Checked, plan: &'a Plan) -> Self {
        let fields = checked.frame.as_ref().map_or(&[][..], |f| &f.fields);
        let named = checked.analysis.nonresponse.iter().filter_map(|by| match by {
            Grouping::Field(i) => fields.get(*i),
            _ => None,
        });
        let mut columns: Vec<&Field> = named.filter(|f| codes(f) > 0).collect();
        if columns.is_empty() {
            columns.extend(fields.iter().find(|f| codes(f) > 0));
        }
        Self { plan, columns }
    }

    /// Returns the traits of an invited person.
    #[must_use]
    pub fn of(&self, invitation: &Invitation) -> Traits {
        let strata = &self.plan.strata;
        let stratum = strata.iter().position(|s| s.cells.iter().any(|c| c.index == invitation.cell));
        let columns = self.columns.iter().filter_map(|field| {
            let value = invitation.fields.get(&field.name)?;
            let FieldKind::OneOf(choices) = &field.kind else { return None };
            Some((choices.iter().position(|c| c.name == *value)?, choices.len()))
        });
        Traits {
            key: invitation.key.clone(),
            email: invitation.email.clone().unwrap_or_default(),
            mobile: invitation.mobile.clone().unwrap_or_default(),
            groups: stratum.map(|at| (at, strata.len())).into_iter().chain(columns).collect(),
        }
    }
}

fn codes(field: &Field) -> usize {
    match &field.kind {
        FieldKind::OneOf(choices) => choices.len(),
        _ => 0,
    }
}

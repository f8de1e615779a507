//! The execution plan: what will happen, in figures, for review.
//!
//! Goes in: a [`crate::model::Checked`] and what [`crate::frame`] counted.
//! Comes out: a [`Plan`], printed as text, YAML, JSON or Markdown. Pure: the
//! same input gives the same bytes. No personal data, no keys.

mod again;
pub mod calendar;
pub mod change;
mod clusters;
mod compare;
pub mod cost;
mod effects;
mod expect;
mod identity;
mod make;
mod minutes;
mod parts;
pub mod precision;
pub mod print;
mod quotas;
pub mod say;
mod steps;
pub mod types;
mod warnings;
pub mod window;
mod words;

pub use self::again::{again, counted, starts};
pub use self::compare::compare;
pub use self::cost::{Prices, priced};
pub use self::effects::moves;
pub use self::make::make;
pub use self::parts::end_of_sending;
pub use self::print::markdown::markdown;
pub use self::print::text::text;
pub use self::say::Words;
pub use self::types::Plan;
pub use self::warnings::not_carried_out;
pub use crate::frame::{GroupBefore, ScoreBefore, WaveBefore};
pub use crate::model::checked::{ContactKind, LinkMode, StepKind, Text};
pub use crate::model::segments::{Segments, segments};

/// Writes a plan as YAML.
#[must_use]
pub fn yaml(plan: &Plan) -> String {
    // A plan is texts, numbers and lists, which always serialise.
    serde_yaml::to_string(plan).unwrap_or_default()
}

/// Writes a plan as JSON.
#[must_use]
pub fn json(plan: &Plan) -> String {
    serde_json::to_string_pretty(plan).unwrap_or_default() + "\n"
}

/// Reads a plan that [`yaml`] or [`json`] wrote.
pub fn parse(text: &str) -> Result<Plan, String> {
    let plan: Plan = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|e| format!("this is no plan: {e}"))?
    } else {
        serde_yaml::from_str(text).map_err(|e| format!("this is no plan as YAML or JSON: {e}"))?
    };
    if plan.version != types::PLAN_VERSION {
        let known = types::PLAN_VERSION;
        return Err(format!(
            "this plan has form {}, this version of Canvass reads form {known}",
            plan.version
        ));
    }
    Ok(plan)
}

//! Puts what messages cost into a plan.

use crate::plan::{self, Plan};
use crate::settings::Settings;

/// Prices a plan as the settings say.
#[must_use]
pub fn priced(plan: Plan, settings: &Settings) -> Plan {
    let prices = settings.prices.clone();
    // A rehearsal's address is no measure of the link that people get.
    let base = settings.base_url().ok().filter(|base| base.starts_with("https://"));
    let known = plan::Prices {
        currency: prices.currency,
        sms: prices.sms,
        email: prices.email,
        call: prices.call,
        limit: prices.limit,
        base,
    };
    plan::priced(plan, &known)
}

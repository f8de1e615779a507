//! The made-up data of the specs: every file as text, by its path in the repository.
//!
//! Nobody in it exists. Addresses lie under example.com and example.org, telephone
//! numbers are of the reserved 555-01XX kind. Only integer arithmetic and the four
//! basic operations of IEEE 754 are used, so the bytes don't depend on the machine.

mod holidays;
mod names;
mod person;
mod promotion;
mod quarterly;
mod random;
mod service;
mod starter;
mod yearly;

/// Returns path and text of every generated file, in a fixed order.
pub fn all() -> Vec<(&'static str, String)> {
    let (served, tickets) = service::files();
    vec![
        ("specs/quarterly-index/data/customers.csv", quarterly::customers()),
        ("specs/quarterly-index/data/holidays-2026.csv", holidays::csv()),
        ("specs/after-service/data/customers.csv", served),
        ("specs/after-service/data/tickets.csv", tickets),
        ("specs/yearly-improvement/data/customers.csv", yearly::customers()),
        ("specs/yearly-improvement/data/holidays-2026.csv", holidays::csv()),
        ("specs/promotion-wave/data/customers.csv", promotion::customers()),
        ("specs/promotion-wave/data/holidays-2026.csv", holidays::csv()),
        ("templates/new/data/customers.csv", starter::customers()),
        ("templates/new/data/holidays-2026.csv", holidays::csv()),
    ]
}

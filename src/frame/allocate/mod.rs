//! How many of each cell are drawn.
//!
//! Goes in: what the spec asks of a stratum, and how many people its cells have. Comes out: whole numbers that add up.
//! An explicit number above the population is an error; a computed one is capped, and the plan names what can still be
//! had. Samples that need a spread or go over several strata stand in `whole`. How sizes are shared out stands in `share` and `optimal`, how large a sample has to be in `precision`.

mod optimal;
mod power;
mod pps;
mod precision;
mod share;
mod whole;

pub use self::optimal::optimal;
pub use self::power::{
    noncentral_t_above, power_of_means, power_of_shares, smallest, smallest_of_means, smallest_of_shares,
};
pub use self::pps::inclusion_probabilities;
pub use self::precision::{
    Precision, completes_for_margin, half_variance, margin, margin_of_mean, normal_quantile, round_up,
    sample_size,
};
pub use self::share::{Bounds, Infeasible, bounded, hamilton};
pub use self::whole::{deviation, numbers, whole};

use crate::model::Checked;
use crate::model::checked::{Sample, Stratum};

/// What is known of a cell before allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellCount {
    /// Eligible people (`N_h`).
    pub population: u64,
    /// Those of them that may be invited.
    pub available: u64,
}

/// What a cell gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Completes wanted, for `completes`.
    pub wanted: Option<u64>,
    /// Invitations that the sample clause asks for.
    pub ideal: u64,
    /// Invitations that can be sent: the same, capped at the available.
    pub invitations: u64,
    /// People in draw order that may be invited; for `completes` all available.
    pub drawn: u64,
}

/// Words for what is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Units {
    /// What a number asks for.
    pub asked: &'static str,
    /// What a population counts.
    pub counted: &'static str,
}

impl Units {
    /// People, one by one.
    pub const PEOPLE: Self = Self { asked: "invitations", counted: "people" };
    /// Whole clusters.
    pub const CLUSTERS: Self = Self { asked: "clusters", counted: "clusters" };

    /// Returns the words for what a campaign draws.
    #[must_use]
    pub fn of(checked: &Checked) -> Self {
        if checked.draws_clusters() { Self::CLUSTERS } else { Self::PEOPLE }
    }
}

/// Allocates the sample of a stratum that is drawn at launch over its cells, in people or clusters.
pub fn sizes(stratum: &Stratum, cells: &[CellCount], units: Units) -> Result<Vec<Size>, String> {
    let population: u64 = cells.iter().map(|c| c.population).sum();
    let too_many = |asked: u64, what: &str| {
        let (name, counted) = (&stratum.name, units.counted);
        format!(
            "stratum `{name}` asks for {asked} {what}, but only {population} {counted} are eligible; ask for {population} or fewer, or write `sample all`"
        )
    };
    let plain = |total: u64| plain(stratum, cells, total);
    match stratum.sample {
        Sample::All => Ok(cells.iter().map(|c| capped(None, c.population, *c)).collect()),
        Sample::Number(number) if number > population => Err(too_many(number, units.asked)),
        Sample::Number(number) => Ok(plain(number)),
        Sample::Share(share) => Ok(plain(round_up(share * population as f64))),
        Sample::Margin { half_width, confidence, response } => {
            let completes = completes_for_margin(half_width, confidence, population);
            Ok(plain(round_up(completes as f64 / response)))
        }
        Sample::Completes { number, .. } if number > population => Err(too_many(number, "completes")),
        Sample::Completes { number, response } => {
            let wanted = split(stratum, cells, number);
            let size = |(wanted, cell): (u64, &CellCount)| Size {
                drawn: cell.available,
                ..capped(Some(wanted), round_up(wanted as f64 / response), *cell)
            };
            Ok(wanted.into_iter().zip(cells).map(size).collect())
        }
        // Daily draws take who comes; there is nothing to allocate. The other two are sized by `whole`.
        Sample::DailyShare(_) | Sample::Points { .. } | Sample::Across(_) => {
            Ok(cells.iter().map(|c| capped(None, c.available, *c)).collect())
        }
    }
}

fn plain(stratum: &Stratum, cells: &[CellCount], total: u64) -> Vec<Size> {
    let numbers = split(stratum, cells, total);
    numbers.into_iter().zip(cells).map(|(n, cell)| capped(None, n, *cell)).collect()
}

fn capped(wanted: Option<u64>, ideal: u64, cell: CellCount) -> Size {
    let invitations = ideal.min(cell.available);
    Size { wanted, ideal, invitations, drawn: invitations }
}

fn split(stratum: &Stratum, cells: &[CellCount], total: u64) -> Vec<u64> {
    if stratum.parts.is_empty() {
        return cells.iter().map(|_| total).collect();
    }
    hamilton(total, &stratum.parts.iter().map(|p| p.share).collect::<Vec<_>>())
}

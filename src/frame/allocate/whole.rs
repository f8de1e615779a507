//! Sizes of all cells of a campaign: each stratum by its own clause, and those that share a number together.
//!
//! A number `across` strata gives each at least two people (or all, where there are fewer), because a variance can't be
//! estimated from one, and at most those who can be invited. Proportional and equal numbers are rounded by largest
//! remainders, ties to the earlier stratum; Neyman's are the exact whole optimum (Wright 2017).

use crate::frame::allocate::share::{Bounds, Infeasible, bounded, hamilton};
use crate::frame::allocate::{CellCount, Precision, Size, Units, optimal, round_up, sample_size, sizes};
use crate::frame::design::Design;
use crate::frame::waves::WaveBefore;
use crate::model::Checked;
use crate::model::checked::{Allocation, Joint, Sample, Stratum};

/// A variance takes two.
const LEAST: u64 = 2;

/// Sizes the cells of all strata that are drawn at launch; the others have none.
///
/// `counts` are those of all cells; `before` tells how scores spread where the spec does not.
pub fn whole(
    checked: &Checked,
    design: &Design,
    counts: &[CellCount],
    before: Option<&WaveBefore>,
) -> Result<Vec<Option<Size>>, Vec<String>> {
    let mut all: Vec<Option<Size>> = vec![None; counts.len()];
    let mut faults = Vec::new();
    for (index, stratum) in checked.strata.iter().enumerate() {
        if !design.entering.get(index).is_some_and(|e| e.at_launch()) {
            continue;
        }
        let cells = design.cells_of(index);
        let Some(own) = counts.get(cells.clone()) else { continue };
        let sized = match stratum.sample {
            Sample::Across(_) => continue,
            Sample::Points { .. } => points(checked, index, own, before),
            _ => sizes(stratum, own, Units::of(checked)),
        };
        match sized {
            Ok(sizes) => cells.zip(sizes).for_each(|(cell, size)| all[cell] = Some(size)),
            Err(fault) => faults.push(fault),
        }
    }
    for joint in &checked.joint {
        let cells: Vec<usize> = joint.strata.iter().flat_map(|s| design.cells_of(*s)).collect();
        let own: Vec<CellCount> = cells.iter().filter_map(|c| counts.get(*c).copied()).collect();
        match weights(checked, joint, &own, before).and_then(|w| together(checked, joint, &own, &w)) {
            Ok(sizes) => cells.into_iter().zip(sizes).for_each(|(cell, size)| all[cell] = Some(size)),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(all) } else { Err(faults) }
}

/// Sizes a stratum for a margin in points of a score.
fn points(
    checked: &Checked,
    index: usize,
    cells: &[CellCount],
    before: Option<&WaveBefore>,
) -> Result<Vec<Size>, String> {
    let Some(stratum) = checked.strata.get(index) else { return Ok(Vec::new()) };
    let Sample::Points { half_width, confidence, response, score, spread } = stratum.sample else {
        return Ok(Vec::new());
    };
    let deviation = deviation(checked, stratum, score, spread, before)?;
    let one = |cell: &CellCount| {
        let of = Precision::Mean { deviation };
        let completes = round_up(sample_size(of, half_width, confidence, Some(cell.population as f64)));
        let completes = completes.max(LEAST).min(cell.population);
        let ideal = round_up(completes as f64 / response);
        let invitations = ideal.min(cell.available);
        Size { wanted: None, ideal, invitations, drawn: invitations }
    };
    Ok(cells.iter().map(one).collect())
}

/// Returns the standard deviation of a score in a stratum: the stated one, else that of the wave before.
pub fn deviation(
    checked: &Checked,
    stratum: &Stratum,
    score: usize,
    stated: Option<f64>,
    before: Option<&WaveBefore>,
) -> Result<f64, String> {
    if let Some(stated) = stated {
        return Ok(stated);
    }
    let scores = checked.scoring.iter().flat_map(|s| &s.scores);
    let name = scores.map(|s| s.name.as_str()).nth(score).unwrap_or("");
    if let Some(known) = before.and_then(|b| b.of(name, Some(&stratum.name))) {
        return Ok(known.deviation);
    }
    let what = format!("the size of stratum `{}` depends on how `{name}` spreads", stratum.name);
    let remedy = match stratum.sample {
        Sample::Across(_) => {
            format!("write `spread {} 22, …` (standard deviations in points) behind it", stratum.name)
        }
        _ => "write `spread 22` (a standard deviation in points) behind it".to_owned(),
    };
    Err(match &checked.campaign.follows {
        Some(wave) => format!(
            "{what}, and the store knows too few answers of `{wave}`; {remedy}, or plan with the profile whose store has them"
        ),
        None => format!("{what}, which nothing tells; {remedy}, or name the wave before with `follows`"),
    })
}

/// Returns what the numbers of a joint sample go by.
fn weights(
    checked: &Checked,
    joint: &Joint,
    cells: &[CellCount],
    before: Option<&WaveBefore>,
) -> Result<Vec<f64>, String> {
    let size = |c: &CellCount| c.population as f64;
    match joint.allocation {
        Allocation::Proportional => Ok(cells.iter().map(size).collect()),
        Allocation::Equal => Ok(vec![1.0; cells.len()]),
        Allocation::Neyman { score } => {
            let one = |(index, cell): (&usize, &CellCount)| {
                let Some(stratum) = checked.strata.get(*index) else { return Ok(0.0) };
                let stated = joint.spread.iter().find(|(s, _)| s == index).map(|(_, x)| *x);
                deviation(checked, stratum, score, stated, before).map(|s| s * size(cell))
            };
            joint.strata.iter().zip(cells).map(one).collect()
        }
    }
}

/// Sizes the strata of a joint sample.
fn together(
    checked: &Checked,
    joint: &Joint,
    cells: &[CellCount],
    weights: &[f64],
) -> Result<Vec<Size>, String> {
    let names: Vec<String> =
        joint.strata.iter().filter_map(|s| checked.strata.get(*s)).map(|s| format!("`{}`", s.name)).collect();
    let names = names.join(", ");
    let Units { asked, counted } = Units::of(checked);
    let eligible: u64 = cells.iter().map(|c| c.population).sum();
    if joint.number > eligible {
        return Err(format!(
            "{} {asked} are asked for across {names}, but only {eligible} {counted} are eligible; ask for {eligible} or fewer, or write `sample all` in each",
            joint.number
        ));
    }
    let share = |of: &dyn Fn(&CellCount) -> u64| {
        let most: Vec<u64> = cells.iter().map(of).collect();
        let total = joint.number.min(most.iter().sum());
        numbers(joint.allocation, total, weights, &most)
    };
    let told = |fault: Infeasible| match fault {
        Infeasible::TooFew { least, .. } => format!(
            "{} {asked} across {names} leave some with fewer than {LEAST} {counted}, of whom no margin can be estimated; ask for {least} or more",
            joint.number
        ),
        Infeasible::TooMany { .. } => format!("the sample across {names}: {fault}"),
    };
    let ideal = share(&|c| c.population).map_err(told)?;
    let invitations = share(&|c| c.available).map_err(told)?;
    let one = |(ideal, invitations)| Size { wanted: None, ideal, invitations, drawn: invitations };
    Ok(ideal.into_iter().zip(invitations).map(one).collect())
}

/// Shares out a number: at least two for each, at most what there is.
pub fn numbers(
    allocation: Allocation,
    total: u64,
    weights: &[f64],
    most: &[u64],
) -> Result<Vec<u64>, Infeasible> {
    let bounds: Vec<(u64, u64)> = most.iter().map(|&most| (most.min(LEAST), most)).collect();
    if matches!(allocation, Allocation::Neyman { .. }) {
        return optimal(total, weights, &bounds);
    }
    let box_of = |&(least, most): &(u64, u64)| Bounds { least: least as f64, most: most as f64 };
    let boxes: Vec<Bounds> = bounds.iter().map(box_of).collect();
    let exact = bounded(total as f64, weights, &boxes)?;
    // Bounds are whole, so that rounding to a neighbour stays within them.
    Ok(if total == 0 { vec![0; most.len()] } else { hamilton(total, &exact) })
}

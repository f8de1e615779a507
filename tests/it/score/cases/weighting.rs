//! Weights that meet the population: post-strata (O06), raking (O07), calibration (O08), trimming (O09).

use canvass::score::design::{CellDesign, ClassCount, Design, Unit, variance};
use canvass::score::kish::kish;
use canvass::score::linear::{Linear, mean, total};
use canvass::score::method::calibrate::{Distance, calibrate};
use canvass::score::method::linalg::Matrix;
use canvass::score::method::margin::Margin;
use canvass::score::method::poststratify::poststratify;
use canvass::score::method::projection::Projection;
use canvass::score::method::rake::{Stop, rake};
use canvass::score::method::trim::{Bounds, trim};
use serde_json::Value;

use super::Case;
use crate::score::reference::{Row, WITH, airport, all, data, number};

/// The one-stage cluster sample of schools: 15 of 757 districts.
pub fn districts(rows: &[Row]) -> Design {
    let unit = |r: &Row| Unit {
        cell: 0,
        class: 0,
        weight: number(r, "pw").unwrap(),
        cluster: Some(r["dnum"].parse().unwrap()),
        count: 1,
    };
    let cell = CellDesign {
        name: "all".to_owned(),
        population: Some(757.0),
        classes: vec![ClassCount { invited: 1, answered: 1 }],
        ..CellDesign::default()
    };
    Design { cells: vec![cell], units: rows.iter().map(unit).collect(), ..Design::default() }
}

pub fn weights(design: &Design) -> Vec<f64> {
    design.units.iter().map(|u| u.weight).collect()
}

pub fn with_factors(design: &Design, factors: &[f64]) -> Design {
    let mut out = design.clone();
    out.units.iter_mut().zip(factors).for_each(|(u, g)| u.weight *= g);
    out
}

/// Classes by a column, with their people.
pub fn margin(rows: &[Row], column: &str, targets: &[(&str, f64)]) -> Margin {
    let place = |r: &Row| targets.iter().position(|(name, _)| r[column] == *name).unwrap();
    Margin {
        name: column.to_owned(),
        category: rows.iter().map(place).collect(),
        targets: targets.iter().map(|(_, n)| *n).collect(),
    }
}

pub fn stypes(rows: &[Row]) -> Margin {
    margin(rows, "stype", &[("E", 4421.0), ("H", 755.0), ("M", 1018.0)])
}

fn estimate(
    case: &mut Case,
    what: &str,
    design: &Design,
    linear: &Linear,
    base: &Projection,
    theirs: &Value,
) {
    let residuals = base.residuals(&linear.influence);
    let se = variance(design, &residuals, WITH).value.unwrap().sqrt();
    case.check(what, linear.value, &theirs["est"]);
    case.check(&format!("{what}, error"), se, &theirs["se"]);
}

pub fn o06() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O06.json"));
    let r = case.results.clone();
    let rows = data("apiclus1.csv").unwrap();
    let base = districts(&rows);
    let classes = stypes(&rows);
    let design = with_factors(&base, &poststratify(&weights(&base), &classes).unwrap());
    let projection = Projection::margins(std::slice::from_ref(&classes.category), &weights(&base));
    for theirs in r["weights"].as_array().unwrap() {
        let i = rows.iter().position(|row| row["stype"] == theirs["stype"].as_str().unwrap()).unwrap();
        case.check("weight", design.units[i].weight, &theirs["w"]);
    }
    for theirs in r["mean"].as_array().unwrap() {
        let column = theirs["var"].as_str().unwrap();
        let linear = mean(&design, &all(&rows), |i| number(&rows[i], column)).unwrap();
        estimate(&mut case, column, &design, &linear, &projection, theirs);
    }
    let linear = total(&design, &all(&rows), |i| number(&rows[i], "enroll"));
    estimate(&mut case, "total", &design, &linear, &projection, &r["total"][0]);
    for theirs in r["total_of_stype"].as_array().unwrap() {
        let of = &theirs["var"].as_str().unwrap()[5..];
        let linear = total(&design, &all(&rows), |i| Some(f64::from(u8::from(rows[i]["stype"] == of))));
        estimate(&mut case, "total of a class", &design, &linear, &projection, theirs);
    }
    let rows: Vec<Row> =
        data("sfo_2017_clean.csv").unwrap().into_iter().filter(|r| !r["gender"].is_empty()).collect();
    let base = airport(&rows, true, true);
    let classes = margin(&rows, "gender", &[("1", 52000.0), ("2", 48000.0)]);
    let design = with_factors(&base, &poststratify(&weights(&base), &classes).unwrap());
    let projection = Projection::margins(std::slice::from_ref(&classes.category), &weights(&base));
    for (i, theirs) in r["sfo"]["first5_weights"].as_array().unwrap().iter().enumerate() {
        case.check("weight", design.units[i].weight, theirs);
    }
    let overall = |design: &Design| mean(design, &all(&rows), |i| number(&rows[i], "overall")).unwrap();
    estimate(&mut case, "airport", &design, &overall(&design), &projection, &r["sfo"]["mean"][0]);
    case
}

pub fn o07() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O07.json"));
    let r = case.results.clone();
    let rows = data("apiclus1.csv").unwrap();
    let base = districts(&rows);
    let margins = [stypes(&rows), margin(&rows, "sch.wide", &[("No", 1072.0), ("Yes", 5122.0)])];
    let raked = rake(&weights(&base), &margins, Stop::default()).unwrap();
    case.equal("converged", raked.converged(), true);
    let design = with_factors(&base, &raked.factors);
    let lists = margins.each_ref().map(|m| m.category.clone());
    let projection = Projection::margins(&lists, &weights(&base));
    for theirs in r["factor_by_cell"].as_array().unwrap() {
        let is = |row: &Row, c: &str| row[c] == theirs[c].as_str().unwrap();
        let i = rows.iter().position(|row| is(row, "stype") && is(row, "sch.wide")).unwrap();
        // R rounded these to twelve digits.
        case.check("factor", raked.factors[i], &theirs["w"]);
    }
    let linear = mean(&design, &all(&rows), |i| number(&rows[i], "api00")).unwrap();
    estimate(&mut case, "mean", &design, &linear, &projection, &r["via_calibrate"]["mean"][0]);
    let linear = total(&design, &all(&rows), |i| number(&rows[i], "enroll"));
    estimate(&mut case, "total", &design, &linear, &projection, &r["via_calibrate"]["total"][0]);
    airport_raked(&mut case, &r["sfo"]);
    case
}

fn airport_raked(case: &mut Case, r: &Value) {
    let mut rows = data("sfo_2017_clean.csv").unwrap();
    rows.retain(|r| !r["gender"].is_empty() && !r["age"].is_empty());
    for row in &mut rows {
        let age = match row["age"].as_str() {
            "1" | "2" => "u25",
            "3" => "25-34",
            "4" | "5" => "35-54",
            _ => "55p",
        };
        row.insert("age4".to_owned(), age.to_owned());
    }
    let base = airport(&rows, true, true);
    let margins = [
        margin(&rows, "gender", &[("1", 51000.0), ("2", 49000.0)]),
        margin(&rows, "age4", &[("u25", 16000.0), ("25-34", 26000.0), ("35-54", 35000.0), ("55p", 23000.0)]),
        margin(&rows, "peak", &[("1", 27000.0), ("2", 38000.0), ("3", 35000.0)]),
    ];
    let raked = rake(&weights(&base), &margins, Stop::default()).unwrap();
    case.equal("converged", raked.converged(), true);
    let design = with_factors(&base, &raked.factors);
    for theirs in r["factor_by_cell"].as_array().unwrap() {
        let is = |row: &Row| {
            Some(theirs["gender"].as_i64().unwrap()) == row["gender"].parse().ok()
                && Some(theirs["peak"].as_i64().unwrap()) == row["peak"].parse().ok()
                && row["age4"] == theirs["age4"].as_str().unwrap()
        };
        case.check("factor", raked.factors[rows.iter().position(is).unwrap()], &theirs["w"]);
    }
    let all_weights = weights(&design);
    case.check("smallest", all_weights.iter().copied().fold(f64::MAX, f64::min), &r["weight_range"][0]);
    case.check("largest", all_weights.iter().copied().fold(0.0, f64::max), &r["weight_range"][1]);
    case.check("kish", kish(&design, 0..rows.len()).design_effect, &r["kish_deff"]);
    let linear = mean(&design, &all(&rows), |i| number(&rows[i], "overall")).unwrap();
    let lists = margins.each_ref().map(|m| m.category.clone());
    let projection = Projection::margins(&lists, &weights(&base));
    estimate(case, "airport", &design, &linear, &projection, &r["via_calibrate_mean"][0]);
}

/// Intercept, H, M and the result of 1999, with their totals.
fn variables(rows: &[Row]) -> (Matrix, Vec<f64>) {
    let schools = data("apipop.csv").unwrap();
    let total = schools.iter().filter_map(|r| number(r, "api99")).sum();
    let x = Matrix::from_fn(rows.len(), 4, |i, k| match k {
        0 => 1.0,
        1 => f64::from(u8::from(rows[i]["stype"] == "H")),
        2 => f64::from(u8::from(rows[i]["stype"] == "M")),
        _ => number(&rows[i], "api99").unwrap(),
    });
    (x, vec![6194.0, 755.0, 1018.0, total])
}

pub fn o08() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O08.json"));
    let rows = data("apiclus1.csv").unwrap();
    let base = districts(&rows);
    let (x, totals) = variables(&rows);
    let projection = Projection::numbers(x.clone(), &weights(&base));
    let ways = [
        ("linear", Distance::Linear),
        ("raking", Distance::Raking),
        ("logit", Distance::Logit(0.4, 2.5)),
        ("linear_bounded", Distance::Bounded(0.5, 2.0)),
    ];
    for (name, distance) in ways {
        let r = case.results[name].clone();
        let done = calibrate(&x, &weights(&base), &totals, distance).unwrap();
        case.equal("converged", (done.converged(), done.dependent.len()), (true, 0));
        let g = &done.factors;
        case.check("smallest", g.iter().copied().fold(f64::MAX, f64::min), &r["g_range"][0]);
        case.check("largest", g.iter().copied().fold(0.0, f64::max), &r["g_range"][1]);
        for (i, theirs) in r["g_first10"].as_array().unwrap().iter().enumerate() {
            case.check(&format!("{name} factor {i}"), g[i], theirs);
        }
        let design = with_factors(&base, g);
        case.check("sum", weights(&design).iter().sum::<f64>(), &r["sum_w"]);
        let linear = total(&design, &all(&rows), |i| number(&rows[i], "api99"));
        case.check("sum of a variable", linear.value, &r["sum_w_api99"]);
        let linear = mean(&design, &all(&rows), |i| number(&rows[i], "api00")).unwrap();
        estimate(&mut case, name, &design, &linear, &projection, &r["mean"][0]);
        let linear = total(&design, &all(&rows), |i| number(&rows[i], "enroll"));
        estimate(&mut case, name, &design, &linear, &projection, &r["total"][0]);
    }
    case
}

pub fn o09() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O09.json"));
    let r = case.results.clone();
    let rows = data("apiclus1.csv").unwrap();
    let base = districts(&rows);
    let (x, totals) = variables(&rows);
    let g = calibrate(&x, &weights(&base), &totals, Distance::Linear).unwrap().factors;
    let projection = Projection::numbers(x, &weights(&base));
    let calibrated = with_factors(&base, &g);
    for (name, strict) in [("upper45_lower15_once", false), ("upper45_lower15_strict", true)] {
        let bounds = Bounds { lower: 15.0, upper: 45.0 };
        let design = trimmed(&mut case, &calibrated, bounds, strict, &r[name]);
        let linear = mean(&design, &all(&rows), |i| number(&rows[i], "api00")).unwrap();
        // R keeps the calibration of the untrimmed weights: residual times the calibrated weight.
        case.check("mean", linear.value, &r[name]["mean"][0]["est"]);
        let ratio = |i: usize| design.units[i].weight / calibrated.units[i].weight;
        let scaled: Vec<(usize, f64)> = linear.influence.iter().map(|(i, z)| (*i, z * ratio(*i))).collect();
        let residuals = projection.residuals(&scaled);
        let se = variance(&calibrated, &residuals, WITH).value.unwrap().sqrt();
        case.check("error", se, &r[name]["mean"][0]["se"]);
    }
    let mut rows = data("sfo_2017_clean.csv").unwrap();
    rows.retain(|r| !r["overall"].is_empty());
    let base = airport(&rows, true, true);
    let cap = Bounds::of_quartiles(&weights(&base), 6.0).map(|b| b.upper);
    case.check("median and six times the quartiles", cap, &r["rule_median_6iqr"]["cap"]);
    for (name, strict) in [("sfo_upper1.5_strict", true), ("sfo_upper1.5_once", false)] {
        let bounds = Bounds { lower: f64::NEG_INFINITY, upper: 1.5 };
        let design = trimmed(&mut case, &base, bounds, strict, &r[name]);
        let linear = mean(&design, &all(&rows), |i| number(&rows[i], "overall")).unwrap();
        case.check("mean", linear.value, &r[name]["mean"][0]["est"]);
        let se = variance(&design, &linear.influence, WITH).value.unwrap().sqrt();
        case.check("error", se, &r[name]["mean"][0]["se"]);
    }
    case
}

fn trimmed(case: &mut Case, design: &Design, bounds: Bounds, strict: bool, r: &Value) -> Design {
    let before = weights(design);
    let after = trim(&before, bounds, strict);
    let w = &after.weights;
    case.check("sum", w.iter().sum::<f64>(), &r["sum_after"]);
    case.check("smallest", w.iter().copied().fold(f64::MAX, f64::min), &r["range"][0]);
    case.check("largest", w.iter().copied().fold(0.0, f64::max), &r["range"][1]);
    for (i, theirs) in r["first12"].as_array().unwrap().iter().enumerate() {
        case.check("weight", w[i], theirs);
    }
    let mut out = design.clone();
    out.units.iter_mut().zip(w).for_each(|(u, w)| u.weight = *w);
    case.check("kish before", kish(design, 0..before.len()).design_effect, &r["kish_before"]);
    case.check("kish after", kish(&out, 0..before.len()).design_effect, &r["kish_after"]);
    out
}

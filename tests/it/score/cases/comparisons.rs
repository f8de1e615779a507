//! Comparisons: independent waves (O15), overlapping waves (O16), many tests and domains (O17).

use canvass::score::covariance::covariance;
use canvass::score::design::{CellDesign, ClassCount, Design, Unit, variance};
use canvass::score::linear::{Linear, mean, total};
use canvass::score::method::adjust::{Adjustment, adjust};
use canvass::score::method::change::{Wave, independent, of_first, of_second, overlapping, stack};
use canvass::score::method::domain::{against_rest, against_whole, pairs};
use canvass::score::method::tail::{normal_above, t_quantile, t_two_sided};
use canvass::score::method::test::TTest;
use serde_json::Value;

use super::Case;
use super::estimates::row;
use crate::score::reference::{Row, WITH, WITHOUT, airport, all, data, number, schools, stratified};

const METHODS: [(&str, Adjustment); 6] = [
    ("holm", Adjustment::Holm),
    ("hochberg", Adjustment::Hochberg),
    ("hommel", Adjustment::Hommel),
    ("bonferroni", Adjustment::Bonferroni),
    ("BH", Adjustment::BenjaminiHochberg),
    ("BY", Adjustment::BenjaminiYekutieli),
];

pub fn o15() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O15.json"));
    let r = case.results.clone();
    let (old, new) = (data("sfo_2016_clean.csv").unwrap(), data("sfo_2017_clean.csv").unwrap());
    let of = |rows: &[Row], column: &str, area: Option<&str>| -> Wave {
        let design = airport(rows, true, true);
        let members: Vec<usize> =
            all(rows).into_iter().filter(|i| area.is_none_or(|a| rows[*i]["barea"] == a)).collect();
        let value = |i: usize| match column {
            "t2b" => number(&rows[i], "overall").map(|x| f64::from(u8::from(x >= 4.0))),
            _ => number(&rows[i], column),
        };
        // R's example takes the degrees of freedom of everybody in a wave, also of those without an answer.
        let df = variance(&design, &total(&design, &all(rows), |_| Some(1.0)).influence, WITH).df as f64;
        Wave { df, ..Wave::new(&design, &mean(&design, &members, value).unwrap(), WITH) }
    };
    for theirs in r["change"].as_array().unwrap() {
        let column = theirs["var"].as_str().unwrap();
        let (a, b) = (of(&old, column, None), of(&new, column, None));
        let test = independent(a, b).unwrap();
        case.check("wave1", a.value, &theirs["wave1"]);
        case.check("wave2", b.value, &theirs["wave2"]);
        case.check("se1", a.variance.map(f64::sqrt), &theirs["se1"]);
        case.check("se2", b.variance.map(f64::sqrt), &theirs["se2"]);
        case.check("diff", test.estimate, &theirs["diff"]);
        case.check("se", test.error, &theirs["se_diff"]);
        case.check("t", test.t, &theirs["t"]);
        let full = theirs["df_pooled"].as_f64().unwrap();
        case.check("p", t_two_sided(test.t, full), &theirs["p_t"]);
        case.check("p, normal", 2.0 * normal_above(test.t.abs()), &theirs["p_z"]);
        case.check(&format!("{column} df"), test.df, &theirs["df_satterthwaite"]);
        case.check("p", test.p, &theirs["p_satterthwaite"]);
        let t = t_quantile(0.05, full).unwrap();
        case.check("low", test.estimate - t * test.error, &theirs["low"]);
        case.check("high", test.estimate + t * test.error, &theirs["high"]);
    }
    let areas = r["change_by_barea_adjusted"].as_array().unwrap();
    let tests: Vec<TTest> = areas
        .iter()
        .map(|a| a["barea"].as_str())
        .map(|a| independent(of(&old, "overall", a), of(&new, "overall", a)).unwrap())
        .collect();
    let p: Vec<Option<f64>> = tests.iter().map(|t| Some(2.0 * normal_above(t.t.abs()))).collect();
    for (i, theirs) in areas.iter().enumerate() {
        case.check("diff of an area", tests[i].estimate, &theirs["diff"]);
        case.check("se of an area", tests[i].error, &theirs["se"]);
        case.check("p of an area", p[i], &theirs["p_z"]);
        for (name, how) in METHODS {
            if let Some(theirs) = theirs.get(format!("p_{name}")) {
                case.check(name, adjust(&p, how)[i], theirs);
            }
        }
    }
    case
}

/// One wave of the panel that was made from the list of schools.
fn panel_wave(rows: &[Row], wave: &str) -> (Design, Vec<u64>, Vec<f64>) {
    let mine: Vec<&Row> = rows.iter().filter(|r| r["wave"] == wave).collect();
    let cells: Vec<CellDesign> = schools()
        .iter()
        .map(|(name, n)| CellDesign {
            name: (*name).to_owned(),
            population: Some(*n),
            classes: vec![ClassCount { invited: 1, answered: 1 }],
            ..CellDesign::default()
        })
        .collect();
    let place = |r: &Row| cells.iter().position(|c| c.name == r["stype"]).unwrap();
    let unit = |r: &&Row| Unit {
        cell: place(r),
        class: 0,
        weight: number(r, "w").unwrap(),
        cluster: None,
        count: 1,
    };
    let units = mine.iter().map(unit).collect();
    let keys = mine.iter().map(|r| r["unit"].parse().unwrap()).collect();
    let values = mine.iter().map(|r| number(r, "y").unwrap()).collect();
    (Design { cells, units, ..Design::default() }, keys, values)
}

pub fn o16() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O16.json"));
    let r = case.results.clone();
    let rows = data("apistrat.csv").unwrap();
    let design = stratified(&rows, "stype", &schools());
    let growth = |i: usize| Some(number(&rows[i], "api00")? - number(&rows[i], "api99")?);
    let diff = mean(&design, &all(&rows), growth).unwrap();
    let se = variance(&design, &diff.influence, WITH).value.unwrap().sqrt();
    row(&mut case, "full panel", diff.value, Some(se), &r["full_panel"]["diff"][0]);
    let of = |c: &str| mean(&design, &all(&rows), |i| number(&rows[i], c)).unwrap();
    let levels = [of("api99"), of("api00")];
    let matrix = covariance(&design, &levels, WITH).matrix.unwrap();
    for i in 0..2 {
        for j in 0..2 {
            case.check("levels", matrix.at(i, j), &r["full_panel"]["vcov_levels"][i][j]);
        }
    }
    let apart = (matrix.at(0, 0) + matrix.at(1, 1)).sqrt();
    case.check("as if independent", apart, &r["full_panel"]["se_if_wrongly_independent"]);
    // The same people twice are an overlap of everybody.
    let keys: Vec<u64> = (0..rows.len() as u64).collect();
    let (test, _) = overlapping((&design, &keys, &levels[0]), (&design, &keys, &levels[1]), WITH).unwrap();
    case.check("full overlap", test.error, &r["full_panel"]["diff"][0]["se"]);
    partial(&mut case, &r["partial"]);
    case
}

fn partial(case: &mut Case, r: &Value) {
    let rows = data("O16_panel_stacked.csv").unwrap();
    let (first, keys1, y1) = panel_wave(&rows, "1");
    let (second, keys2, y2) = panel_wave(&rows, "2");
    let everybody = |d: &Design| (0..d.units.len()).collect::<Vec<usize>>();
    let m1 = mean(&first, &everybody(&first), |i| Some(y1[i])).unwrap();
    let m2 = mean(&second, &everybody(&second), |i| Some(y2[i])).unwrap();
    let (with, strata) = overlapping((&first, &keys1, &m1), (&second, &keys2, &m2), WITH).unwrap();
    let (without, _) = overlapping((&first, &keys1, &m1), (&second, &keys2, &m2), WITHOUT).unwrap();
    case.check("diff", with.estimate, &r["diff"]);
    case.check("with correction", with.error, &r["se_analytic_fpc"]);
    case.check("without correction", without.error, &r["se_analytic_nofpc"]);
    for (ours, theirs) in strata.iter().zip(r["n_by_stratum"].as_array().unwrap()) {
        case.check("both", ours.both as f64, &theirs["nc"]);
        // Ours are on the scale of the estimate.
        let scale = (theirs["N"].as_f64().unwrap() / 6194.0).powi(2);
        case.check("S1", ours.s1 / scale, &theirs["S1"]);
        case.check("S2", ours.s2 / scale, &theirs["S2"]);
        case.check("S12", ours.s12 / scale, &theirs["S12"]);
        case.check("v", ours.variance().map(|v| v / scale), &theirs["v_fpc"]);
    }
    let stacked = stack((&first, &keys1), (&second, &keys2));
    let all = covariance(&stacked, &[of_first(&m1, &first), of_second(&m2, &second, &first)], WITHOUT);
    let theirs = &r["stacked_no_fpc"];
    case.check("stacked", all.of(&[-1.0, 1.0]).map(f64::sqrt), &theirs["se"]);
    case.check("people", all.df as f64, &theirs["degf"]);
    for i in 0..2 {
        for j in 0..2 {
            case.check("stacked", all.matrix.as_ref().unwrap().at(i, j), &theirs["vcov"][i][j]);
        }
    }
    let apart = independent(Wave::new(&first, &m1, WITHOUT), Wave::new(&second, &m2, WITHOUT)).unwrap();
    case.check("as if independent", apart.error, &r["wrongly_independent"]["se"]);
}

pub fn o17() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O17.json"));
    let r = case.results.clone();
    for list in ["p_literal", "p_with_na"] {
        let p: Vec<Option<f64>> = r[list].as_array().unwrap().iter().map(Value::as_f64).collect();
        for (name, how) in METHODS {
            let ours = adjust(&p, how);
            for (i, row) in r[format!("{list}_adjusted")].as_array().unwrap().iter().enumerate() {
                case.check(&format!("{list} {name} {i}"), ours[i], &row[name]);
                case.equal("missing", ours[i].is_none(), row[name].is_null());
            }
        }
    }
    let rows: Vec<Row> =
        data("sfo_2017_clean.csv").unwrap().into_iter().filter(|r| !r["overall"].is_empty()).collect();
    let design = airport(&rows, true, true);
    let overall = |i: usize| number(&rows[i], "overall");
    let area =
        |name: &str| -> Vec<usize> { all(&rows).into_iter().filter(|i| rows[*i]["barea"] == name).collect() };
    let names: Vec<&str> =
        r["means"].as_array().unwrap().iter().map(|m| m["barea"].as_str().unwrap()).collect();
    let linears: Vec<Linear> = names.iter().map(|n| mean(&design, &area(n), overall).unwrap()).collect();
    let matrix = covariance(&design, &linears, WITH).matrix.unwrap();
    for (k, row) in r["means"].as_array().unwrap().iter().enumerate() {
        case.check("mean", linears[k].value, &row["mean"]);
        case.check("error", matrix.at(k, k).sqrt(), &row["se"]);
    }
    let df = r["df"].as_f64();
    let tests = pairs(&design, &linears, WITH, df);
    let p: Vec<Option<f64>> = tests.iter().map(|(.., t)| t.map(|t| t.p)).collect();
    for (k, theirs) in r["pairwise"].as_array().unwrap().iter().enumerate() {
        let test = tests[k].2.unwrap();
        case.equal("pair", (names[tests[k].0], names[tests[k].1]), (text(theirs, "a"), text(theirs, "b")));
        case.check("pair", test.estimate, &theirs["diff"]);
        case.check("pair se", test.error, &theirs["se"]);
        case.check("pair p", test.p, &theirs["p"]);
        for (name, how) in METHODS {
            case.check(name, adjust(&p, how)[k], &theirs[name]);
        }
    }
    let everybody = all(&rows);
    let rest = |n: &str| against_rest(&design, (&area(n), &everybody), overall, WITH, df).unwrap();
    let p: Vec<Option<f64>> = names.iter().map(|n| Some(rest(n).p)).collect();
    for (k, theirs) in r["domain_vs_total_and_rest"].as_array().unwrap().iter().enumerate() {
        let whole = against_whole(&design, (&area(names[k]), &everybody), overall, WITH, df).unwrap();
        for (test, name) in [(whole, "total"), (rest(names[k]), "rest")] {
            case.check(name, test.estimate, &theirs[format!("vs_{name}")]);
            case.check(name, test.error, &theirs[format!("se_{name}")]);
            case.check(name, test.p, &theirs[format!("p_{name}")]);
        }
        case.check("holm", adjust(&p, Adjustment::Holm)[k], &theirs["rest_holm"]);
        case.check("BH", adjust(&p, Adjustment::BenjaminiHochberg)[k], &theirs["rest_BH"]);
    }
    case
}

fn text<'a>(theirs: &'a Value, name: &str) -> &'a str {
    theirs[name].as_str().unwrap()
}

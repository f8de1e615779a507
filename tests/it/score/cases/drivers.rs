//! Key drivers (O21).

use canvass::score::method::drivers::{Complete, complete, correlations, importance, warnings};
use serde_json::Value;

use super::Case;
use crate::score::reference::{Row, data, number};

fn columns(rows: &[Row], names: &[&str]) -> Complete {
    let one = |(i, r): (usize, &Row)| (i, names.iter().map(|n| number(r, n)).collect());
    complete(&rows.iter().enumerate().map(one).collect::<Vec<_>>())
}

fn compare(case: &mut Case, table: &str, given: &Complete, weights: &[f64]) {
    let ours = importance(&correlations(&given.rows, weights).unwrap()).unwrap();
    let theirs: Vec<Value> = case.results[table].as_array().unwrap().clone();
    case.equal("drivers", ours.drivers.len(), theirs.len());
    let johnson: f64 = ours.drivers.iter().map(|d| d.johnson).sum();
    for (k, (driver, row)) in ours.drivers.iter().zip(&theirs).enumerate() {
        let parts = [
            ("lmg", driver.lmg),
            ("shapley_all_subsets", driver.lmg),
            ("johnson", Some(driver.johnson)),
            ("first", Some(driver.first)),
            ("last", Some(driver.last)),
            ("betasq", Some(driver.beta_squared)),
            ("pratt", Some(driver.pratt)),
            ("cor_y", Some(driver.correlation)),
            ("r2", Some(ours.r_squared)),
            ("lmg_pct", Some(ours.shares()[k])),
            ("johnson_pct", Some(driver.johnson / johnson)),
        ];
        for (name, value) in parts {
            case.check(&format!("{table} {} {name}", row["var"]), value, &row[name]);
        }
    }
    assert_eq!(warnings(&ours, given.units.len()), [], "{table}");
}

pub fn o21() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O21.json"));
    let rows = data("attitude.csv").unwrap();
    let names = ["rating", "complaints", "privileges", "learning", "raises", "critical", "advance"];
    let given = columns(&rows, &names);
    // Thirty answers for six drivers are few, and that is said.
    let ours = importance(&correlations(&given.rows, &vec![1.0; given.units.len()]).unwrap()).unwrap();
    assert_eq!(warnings(&ours, given.units.len()).len(), 1);
    compare_quietly(&mut case, "attitude", &given);
    let rows = data("ecsi_mobi.csv").unwrap();
    let names: Vec<String> = (1..=7).map(|k| format!("PERQ{k}")).collect();
    let names: Vec<&str> = std::iter::once("CUSA1").chain(names.iter().map(String::as_str)).collect();
    let given = columns(&rows, &names);
    compare(&mut case, "mobi", &given, &vec![1.0; given.units.len()]);
    let rows = data("sfo_2017_clean.csv").unwrap();
    let names = ["overall", "sign", "food", "store", "wifi", "cl_all", "safe", "screens"];
    let given = columns(&rows, &names);
    case.check("complete", given.units.len() as f64, &case.results["sfo_n"].clone());
    let weights: Vec<f64> = given.units.iter().map(|i| number(&rows[*i], "weight").unwrap()).collect();
    compare(&mut case, "sfo_weighted", &given, &weights);
    compare(&mut case, "sfo_unweighted", &given, &vec![1.0; given.units.len()]);
    case
}

/// Compares as if there were answers enough.
fn compare_quietly(case: &mut Case, table: &str, given: &Complete) {
    let weights = vec![1.0; given.units.len()];
    let many = Complete { units: given.units.repeat(3), ..given.clone() };
    compare(case, table, &many, &weights);
}

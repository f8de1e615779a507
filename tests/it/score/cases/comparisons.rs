//! Comparisons: many tests (O17).

use canvass::score::covariance::covariance;
use canvass::score::linear::{Linear, mean};
use canvass::score::method::adjust::{Adjustment, adjust};
use serde_json::Value;

use super::Case;
use crate::score::reference::{WITH, airport, all, data, number};

const METHODS: [(&str, Adjustment); 6] = [
    ("holm", Adjustment::Holm),
    ("hochberg", Adjustment::Hochberg),
    ("hommel", Adjustment::Hommel),
    ("bonferroni", Adjustment::Bonferroni),
    ("BH", Adjustment::BenjaminiHochberg),
    ("BY", Adjustment::BenjaminiYekutieli),
];

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
    let rows: Vec<_> =
        data("sfo_2017_clean.csv").unwrap().into_iter().filter(|r| !r["overall"].is_empty()).collect();
    let design = airport(&rows, true, true);
    let area = |name: &str| -> Linear {
        let members: Vec<usize> = all(&rows).into_iter().filter(|i| rows[*i]["barea"] == name).collect();
        mean(&design, &members, |i| number(&rows[i], "overall")).unwrap()
    };
    let names: Vec<&str> =
        r["means"].as_array().unwrap().iter().map(|m| m["barea"].as_str().unwrap()).collect();
    let linears: Vec<Linear> = names.iter().map(|n| area(n)).collect();
    let all = covariance(&design, &linears, WITH);
    let matrix = all.matrix.as_ref().unwrap();
    for (k, row) in r["means"].as_array().unwrap().iter().enumerate() {
        case.check("mean", linears[k].value, &row["mean"]);
        case.check("error", matrix.at(k, k).sqrt(), &row["se"]);
    }
    case
}

//! What is made of samples: scores (O14), design effects (O20), lone units (O22), census strata (O23), clusters (O24),
//! indices (O25).

use std::collections::BTreeMap;

use canvass::score::design::{Design, Options, Single, variance};
use canvass::score::kish::kish;
use canvass::score::linear::{mean, promoter, total};
use canvass::score::method::effect::{Against, design_effect, simple};
use canvass::score::method::index::{alpha, composite, rescale, straight_line};
use canvass::score::method::replicate::{self, jackknife};
use canvass::score::method::two_stage::{Person, two_stage};
use serde_json::Value;

use super::Case;
use super::estimates::{file_weights, linear, list, row, text};
use super::tests::plain;
use super::weighting::districts;
use crate::score::reference::{Row, WITH, WITHOUT, airport, all, data, number, schools, stratified};

pub fn o14() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O14.json"));
    let r = case.results.clone();
    let rows = data("sfo_2017_clean.csv").unwrap();
    let nps = |i: usize| number(&rows[i], "netpro").map(promoter);
    let count = |x: f64| (0..rows.len()).filter(|i| nps(*i) == Some(x)).count() as f64;
    case.check("n", count(100.0) + count(0.0) + count(-100.0), &r["n"]);
    for (name, x) in [("promoters", 100.0), ("passives", 0.0), ("detractors", -100.0)] {
        case.check(name, count(x), &r["counts"][name]);
    }
    let design = airport(&rows, true, true);
    let clustered = mean(&design, &all(&rows), nps).unwrap();
    linear(&mut case, "design", &design, &clustered, WITH, &r["weighted_design"][0]);
    let effect = design_effect(&design, &all(&rows), nps, Against::WithReplacement, WITH);
    case.check("design effect", effect, &r["weighted_design"][0]["deff"]);
    let mut flat = airport(&rows, false, false);
    linear(&mut case, "iid", &flat, &mean(&flat, &all(&rows), nps).unwrap(), WITH, &r["weighted_iid"][0]);
    flat.units.iter_mut().for_each(|u| u.weight = 1.0);
    let unweighted = mean(&flat, &all(&rows), nps).unwrap();
    case.check("unweighted", unweighted.value, &r["unweighted"]["nps"]);
    let se = variance(&flat, &unweighted.influence, WITH).value.unwrap().sqrt();
    case.check("unweighted se", se, &r["unweighted"]["se_n_minus_1"]);
    let of = |column: &str, i: usize| {
        let (x, n) = (number(&rows[i], "overall"), number(&rows[i], "netpro"));
        let is = |yes: bool| f64::from(u8::from(yes));
        match column {
            "pro" => n.map(|n| is(n >= 9.0)),
            "det" => n.map(|n| is(n <= 6.0)),
            "t2b" => x.map(|x| 100.0 * is(x >= 4.0)),
            "top" => x.map(|x| 100.0 * is(x >= 5.0)),
            "b2b" => x.map(|x| 100.0 * is(x <= 2.0)),
            "s100" => x.map(|x| rescale(x, 1.0, 5.0)),
            _ => x,
        }
    };
    for theirs in list(&case, "weighted_shares").iter().chain(&list(&case, "csat")) {
        let column = text(theirs, "var");
        let ours = mean(&design, &all(&rows), |i| of(column, i)).unwrap();
        linear(&mut case, column, &design, &ours, WITH, theirs);
        if theirs.get("deff").is_some() {
            let effect =
                design_effect(&design, &all(&rows), |i| of(column, i), Against::WithReplacement, WITH);
            case.check("design effect", effect, &theirs["deff"]);
        }
    }
    for (table, column) in [("nps_by_peak", "peak"), ("nps_by_barea", "barea")] {
        for theirs in list(&case, table) {
            let group = theirs["group"].as_str().map_or_else(|| theirs["group"].to_string(), str::to_owned);
            let members: Vec<usize> = (0..rows.len()).filter(|i| rows[*i][column] == group).collect();
            let ours = mean(&design, &members, nps).unwrap();
            case.check("group", ours.value, &theirs["nps"]);
            case.check(
                "group se",
                variance(&design, &ours.influence, WITH).value.unwrap().sqrt(),
                &theirs["se"],
            );
            case.check("group n", ours.influence.len() as f64, &theirs["n"]);
        }
    }
    case
}

pub fn o20() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O20.json"));
    let r = case.results.clone();
    let mut rows = data("sfo_2017_clean.csv").unwrap();
    rows.retain(|r| !r["overall"].is_empty());
    let design = airport(&rows, true, true);
    let same = |case: &mut Case, design: &Design, members: &[usize], theirs: &Value| {
        let ours = kish(design, members.iter().copied());
        case.check("n", ours.n as f64, &theirs["n"]);
        case.check("deff", ours.design_effect, &theirs["deff"]);
        case.check("neff", ours.n_effective, &theirs["neff"]);
        case.check("cv²", ours.design_effect.map(|d| d - 1.0), &theirs["cv2"]);
    };
    same(&mut case, &design, &all(&rows), &r["sfo"]);
    for stratum in ["1", "2", "3"] {
        let members: Vec<usize> = (0..rows.len()).filter(|i| rows[*i]["strata"] == stratum).collect();
        same(&mut case, &design, &members, &r["sfo_by_strata"][stratum]);
    }
    let api = data("apistrat.csv").unwrap();
    same(&mut case, &file_weights(&api), &all(&api), &r["apistrat"]);
    let mut literal = plain(6);
    literal.units.iter_mut().zip([1.0, 1.0, 1.0, 2.0, 2.0, 5.0]).for_each(|(u, w)| u.weight = w);
    same(&mut case, &literal, &[0, 1, 2, 3, 4, 5], &r["literal"]["kish"]);
    let overall = |i: usize| number(&rows[i], "overall");
    let effect = |d: &Design| design_effect(d, &all(&rows), overall, Against::WithReplacement, WITH);
    let theirs = &r["design"];
    case.check("weights only", effect(&airport(&rows, false, false)), &theirs["weights_only"]);
    case.check("strata", effect(&airport(&rows, false, true)), &theirs["strata_weights"]);
    case.check("clusters", effect(&design), &theirs["clusters"]);
    case.check("deft", effect(&design).map(f64::sqrt), &theirs["deft_clusters"]);
    case.check("effective n", effect(&design).map(|d| rows.len() as f64 / d), &theirs["neff_design"]);
    case
}

pub fn o22() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O22.json"));
    let sample = data("apistrat.csv").unwrap();
    let first = sample.iter().position(|r| r["stype"] == "H").unwrap();
    let keep = |(i, r): (usize, &Row)| (r["stype"] != "H" || i == first).then(|| r.clone());
    let rows: Vec<Row> = sample.iter().enumerate().filter_map(keep).collect();
    let mut design = file_weights(&rows);
    let lone = rows.iter().position(|r| r["stype"] == "H").unwrap();
    design.units[lone].weight = 755.0;
    let api = |d: &Design| mean(d, &all(&rows), |i| number(&rows[i], "api00")).unwrap();
    let enroll = total(&design, &all(&rows), |i| number(&rows[i], "enroll"));
    for option in list(&case, "options") {
        let single = match text(&option, "option") {
            "fail" => Single::Unknown,
            "adjust" => Single::Adjust,
            "average" => Single::Average,
            _ => Single::Certainty,
        };
        for theirs in option["results"].as_array().unwrap() {
            if theirs.get("error").is_some() {
                case.equal("refused", variance(&design, &api(&design).influence, WITH).value, None);
                continue;
            }
            let ours = if text(theirs, "stat") == "mean" { api(&design) } else { enroll.clone() };
            let options = Options { finite: text(theirs, "design") == "fpc", single };
            linear(&mut case, text(&option, "option"), &design, &ours, options, theirs);
        }
    }
    let mut census = design.clone();
    census.units[lone].weight = 1.0;
    let cell = census.units[lone].cell;
    census.cells[cell].population = Some(1.0);
    let theirs = case.results["census_stratum_n1"][0].clone();
    linear(&mut case, "a stratum of one", &census, &api(&census), WITH, &theirs);
    let full = stratified(&sample, "stype", &schools());
    let members: Vec<usize> =
        (0..sample.len()).filter(|i| sample[*i]["stype"] == "E" || *i == first).collect();
    let domain = mean(&full, &members, |i| number(&sample[i], "api00")).unwrap();
    for theirs in list(&case, "domain_single") {
        // With `adjust_domain` R treats a domain's last unit as lone; here the stratum's other units count as zeros.
        if theirs["adjust_domain"] == "FALSE" {
            linear(&mut case, "one unit of a domain", &full, &domain, WITH, &theirs);
        }
    }
    case
}

pub fn o23() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O23.json"));
    let r = case.results.clone();
    let (sample, list_of_all) = (data("apistrat.csv").unwrap(), data("apipop.csv").unwrap());
    let mut rows: Vec<Row> = sample.iter().filter(|r| r["stype"] != "H").cloned().collect();
    rows.extend(list_of_all.iter().filter(|r| r["stype"] == "H").cloned());
    let design = stratified(&rows, "stype", &schools());
    let of = |members: &[usize]| mean(&design, members, |i| number(&rows[i], "api00")).unwrap();
    linear(&mut case, "census of H", &design, &of(&all(&rows)), WITH, &r["census_H_with_fpc"][0]);
    linear(&mut case, "as a sample", &design, &of(&all(&rows)), WITHOUT, &r["census_H_ignoring_fpc"][0]);
    for theirs in list(&case, "by_stratum") {
        let members: Vec<usize> =
            (0..rows.len()).filter(|i| rows[*i]["stype"] == text(&theirs, "stype")).collect();
        linear(&mut case, "stratum", &design, &of(&members), WITH, &theirs);
    }
    let everybody = stratified(&list_of_all, "stype", &schools());
    let ours = mean(&everybody, &all(&list_of_all), |i| number(&list_of_all[i], "api00")).unwrap();
    linear(&mut case, "everybody", &everybody, &ours, WITH, &r["full_census"][0]);
    let design = stratified(&sample, "stype", &schools());
    let ours = mean(&design, &all(&sample), |_| Some(5.0)).unwrap();
    linear(&mut case, "all alike", &design, &ours, WITH, &r["zero_variance"][0]);
    case
}

/// Two stages: 40 of 757 districts, then schools of each.
fn two_stages(rows: &[Row], influence: &[(usize, f64)], weights: &[f64], schools: bool) -> Option<f64> {
    let mut z = vec![0.0; rows.len()];
    influence.iter().for_each(|(i, x)| z[*i] = *x);
    let person = |(i, r): (usize, &Row)| Person {
        stratum: 0,
        cluster: r["dnum"].parse().unwrap(),
        total: weights[i] * z[i],
        clusters: schools.then(|| number(r, "fpc1").unwrap()),
        people: schools.then(|| number(r, "fpc2").unwrap()),
    };
    let people: Vec<Person> = rows.iter().enumerate().map(person).collect();
    let out = two_stage(&people);
    assert_eq!(out.df, 39);
    out.variance.map(f64::sqrt)
}

pub fn o24() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O24.json"));
    let r = case.results.clone();
    let rows = data("apiclus1.csv").unwrap();
    let design = districts(&rows);
    for theirs in list(&case, "apiclus1_mean") {
        let value = |i: usize| number(&rows[i], text(&theirs, "var"));
        let ours = mean(&design, &all(&rows), value).unwrap();
        linear(&mut case, "one stage", &design, &ours, WITH, &theirs);
        let effect = design_effect(&design, &all(&rows), value, Against::WithoutReplacement, WITH);
        case.check("design effect", effect, &theirs["deff"]);
    }
    let enroll = |i: usize| number(&rows[i], "enroll");
    let ours = total(&design, &all(&rows), enroll);
    let theirs = &r["apiclus1_total"][0];
    linear(&mut case, "total", &design, &ours, WITH, theirs);
    let sum: f64 = design.units.iter().map(|u| u.weight).sum();
    let plain =
        simple(&design, &mean(&design, &all(&rows), enroll).unwrap().influence, Against::WithoutReplacement);
    let v = variance(&design, &ours.influence, WITH).value.unwrap();
    case.check("design effect of a total", plain.map(|p| v / (p * sum * sum)), &theirs["deff"]);

    let rows = data("apiclus2.csv").unwrap();
    let mut schools = BTreeMap::new();
    rows.iter().for_each(|r| *schools.entry(r["dnum"].clone()).or_insert(0.0) += 1.0);
    let weight = |r: &Row| {
        number(r, "fpc1").unwrap() / schools.len() as f64 * number(r, "fpc2").unwrap() / schools[&r["dnum"]]
    };
    let mut design = plain_of(&rows, &weight);
    let weights: Vec<f64> = design.units.iter().map(|u| u.weight).collect();
    let ours = mean(&design, &all(&rows), |i| number(&rows[i], "api00")).unwrap();
    let se = two_stages(&rows, &ours.influence, &weights, true);
    row(&mut case, "two stages", ours.value, se, &r["apiclus2_mean"][0]);
    let plain = simple(&design, &ours.influence, Against::WithoutReplacement);
    case.check("design effect", plain.zip(se).map(|(p, se)| se * se / p), &r["apiclus2_mean"][0]["deff"]);
    let ours = total(&design, &all(&rows), |i| number(&rows[i], "enroll"));
    let se = two_stages(&rows, &ours.influence, &weights, true);
    row(&mut case, "two stages, total", ours.value, se, &r["apiclus2_total"][0]);
    design.units.iter_mut().zip(&rows).for_each(|(u, r)| u.weight = number(r, "pw").unwrap());
    let weights: Vec<f64> = design.units.iter().map(|u| u.weight).collect();
    let ours = mean(&design, &all(&rows), |i| number(&rows[i], "api00")).unwrap();
    let se = two_stages(&rows, &ours.influence, &weights, false);
    row(&mut case, "first stage", ours.value, se, &r["apiclus2_first_stage_wr"][0]);
    airport_clusters(&mut case, &r);
    case
}

fn plain_of(rows: &[Row], weight: &dyn Fn(&Row) -> f64) -> Design {
    let mut design = plain(rows.len());
    design.units.iter_mut().zip(rows).for_each(|(u, r)| u.weight = weight(r));
    design
}

fn airport_clusters(case: &mut Case, r: &Value) {
    let rows = data("sfo_2017_clean.csv").unwrap();
    let design = airport(&rows, true, true);
    let three = ["overall", "safe", "sign"];
    let complete: Vec<usize> =
        (0..rows.len()).filter(|i| three.iter().all(|c| number(&rows[*i], c).is_some())).collect();
    for theirs in r["sfo_mean"].as_array().unwrap() {
        let value = |i: usize| number(&rows[i], text(theirs, "var"));
        linear(case, "airport", &design, &mean(&design, &complete, value).unwrap(), WITH, theirs);
        let effect = design_effect(&design, &complete, value, Against::WithReplacement, WITH);
        case.check("design effect", effect, &theirs["deff"]);
    }
    let overall = |i: usize| number(&rows[i], "overall");
    let ours = mean(&design, &all(&rows), overall).unwrap();
    linear(case, "linear", &design, &ours, WITH, &r["sfo_linear"]);
    let replicates = jackknife(&design, false).unwrap();
    let weighted = |w: &[f64]| {
        let known = || (0..rows.len()).filter_map(|i| overall(i).map(|y| (w[i], y)));
        Some(known().map(|(w, y)| w * y).sum::<f64>() / known().map(|(w, _)| w).sum::<f64>())
    };
    case.check("jackknife", replicate::variance(&replicates, weighted).map(f64::sqrt), &r["sfo_jkn"]["se"]);
}

pub fn o25() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O25.json"));
    let r = case.results.clone();
    let rows = data("ecsi_mobi.csv").unwrap();
    let items = |rows: &[Row], names: &[&str]| -> Vec<Vec<Option<f64>>> {
        rows.iter().map(|r| names.iter().map(|n| number(r, n)).collect()).collect()
    };
    let three = items(&rows, &["CUSA1", "CUSA2", "CUSA3"]);
    let design = plain(rows.len());
    let weights =
        |v: &Value| -> Vec<f64> { v.as_array().unwrap().iter().map(|w| w.as_f64().unwrap()).collect() };
    let ways = [
        (vec![1.0; 3], &r["acsi_equal"]),
        (weights(&r["acsi_ohio_weights"]["w"]), &r["acsi_ohio_weights"]["est"]),
        (weights(&r["acsi_pc1_weights"]["w"]), &r["acsi_pc1_weights"]["est"]),
    ];
    for (w, theirs) in ways {
        let index = |i: usize| composite(&three[i], &w, 3).map(|x| rescale(x, 1.0, 10.0));
        linear(&mut case, "index", &design, &mean(&design, &all(&rows), index).unwrap(), WITH, &theirs[0]);
    }
    let ones = vec![1.0; rows.len()];
    case.check("alpha", alpha(&three, &ones), &r["alpha_CUSA"]);
    let names: Vec<String> = (1..=7).map(|k| format!("PERQ{k}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    case.check("alpha of seven", alpha(&items(&rows, &names), &ones), &r["alpha_PERQ"]);
    let rows = data("sfo_2017_clean.csv").unwrap();
    let seven = items(&rows, &["art", "food", "store", "sign", "walkways", "screens", "wifi"]);
    let design = airport(&rows, true, true);
    for answered in 0..=7 {
        let n = seven.iter().filter(|row| row.iter().flatten().count() == answered).count();
        case.check("answered", n as f64, &r["sfo_items_answered_hist"][answered.to_string()]);
    }
    let ways = [("sfo_score50", 4, vec![1.0; 7]), ("sfo_scoreall", 7, vec![1.0; 7])];
    for (name, least, w) in ways {
        let score = |i: usize| composite(&seven[i], &w, least).map(|x| rescale(x, 1.0, 5.0));
        let ours = mean(&design, &all(&rows), score).unwrap();
        case.check("n", ours.influence.len() as f64, &r[name]["n"]);
        linear(&mut case, name, &design, &ours, WITH, &r[name]["est"][0]);
        if least == 4 {
            for (i, theirs) in list(&case, "sfo_first20_score50").iter().enumerate() {
                case.check("score", score(i), theirs);
            }
        }
    }
    let w = weights(&r["sfo_item_weighted"]["item_weights"]);
    let score = |i: usize| composite(&seven[i], &w, 4).map(|x| rescale(x, 1.0, 5.0));
    let ours = mean(&design, &all(&rows), score).unwrap();
    linear(&mut case, "weighted items", &design, &ours, WITH, &r["sfo_item_weighted"]["est"][0]);
    let straight = seven.iter().filter(|row| straight_line(row)).count();
    case.check("straight lines", straight as f64, &r["sfo_straightliners"]);
    case
}

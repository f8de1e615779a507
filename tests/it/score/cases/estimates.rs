//! Estimates of a sample: means and totals (O01), shares (O02), domains (O03), ratios (O04), quantiles (O05).

use canvass::score::covariance::covariance;
use canvass::score::design::{Design, Options, variance};
use canvass::score::linear::{Linear, mean, total};
use canvass::score::method::effect::{Against, design_effect};
use canvass::score::method::proportion::{Method, Share, interval};
use canvass::score::method::quantile::{Rule, estimate, quantile};
use canvass::score::method::quantile_score::score_interval;
use canvass::score::method::ratio::{predict, ratio};
use canvass::score::method::tail::t_quantile;
use serde_json::Value;

use super::Case;
use super::weighting::districts;
use crate::score::reference::{Row, WITH, WITHOUT, airport, all, data, number, schools, stratified};

/// R was given the weights of the file, which carry single-precision noise.
pub fn file_weights(rows: &[Row]) -> Design {
    let mut design = stratified(rows, "stype", &schools());
    design.units.iter_mut().zip(rows).for_each(|(u, r)| u.weight = number(r, "pw").unwrap());
    design
}

/// A row as `lib.R` prints it: estimate, error, coefficient of variation and both intervals.
pub fn row(case: &mut Case, what: &str, value: f64, se: Option<f64>, theirs: &Value) {
    case.check(&format!("{what} est"), value, &theirs["est"]);
    case.check(&format!("{what} se"), se, &theirs["se"]);
    let Some(se) = se else { return };
    if theirs.get("cv").is_some() {
        case.check(&format!("{what} cv"), se / value, &theirs["cv"]);
    }
    let t = theirs.get("df").and_then(Value::as_f64).and_then(|df| t_quantile(0.05, df));
    let ends = [("t", t), ("z", t_quantile(0.05, f64::INFINITY))];
    for (name, quantile) in ends {
        let (Some(low), Some(q)) = (theirs.get(format!("{name}_low")), quantile) else { continue };
        case.check(&format!("{what} {name} low"), value - q * se, low);
        case.check(&format!("{what} {name} high"), value + q * se, &theirs[format!("{name}_high")]);
    }
}

/// Estimates with the design's error and compares a row.
pub fn linear(case: &mut Case, what: &str, design: &Design, ours: &Linear, options: Options, theirs: &Value) {
    let v = variance(design, &ours.influence, options);
    row(case, what, ours.value, v.value.map(f64::sqrt), theirs);
}

pub fn list(case: &Case, path: &str) -> Vec<Value> {
    let mut at = &case.results;
    for part in path.split('.') {
        at = &at[part];
    }
    at.as_array().unwrap().clone()
}

pub fn text<'a>(theirs: &'a Value, name: &str) -> &'a str {
    theirs[name].as_str().unwrap()
}

pub fn o01() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O01.json"));
    let rows = data("apistrat.csv").unwrap();
    let (exact, file) = (stratified(&rows, "stype", &schools()), file_weights(&rows));
    let of = |c: &str, design: &Design| mean(design, &all(&rows), |i| number(&rows[i], c)).unwrap();
    for (table, design, options) in [("mean_fpc", &exact, WITH), ("mean_nofpc", &file, WITHOUT)] {
        for theirs in list(&case, table) {
            let c = text(&theirs, "var").to_owned();
            linear(&mut case, &format!("{table} {c}"), design, &of(&c, design), options, &theirs);
            let value = |i: usize| number(&rows[i], &c);
            let effect = |a| design_effect(design, &all(&rows), value, a, options);
            case.check("deff", effect(Against::WithoutReplacement), &theirs["deff"]);
            if theirs.get("deff_wr").is_some() {
                case.check("deff_wr", effect(Against::WithReplacement), &theirs["deff_wr"]);
            }
        }
    }
    for (table, design, options) in [("total_fpc", &exact, WITH), ("total_nofpc", &file, WITHOUT)] {
        for theirs in list(&case, table) {
            let c = text(&theirs, "var").to_owned();
            let ours = total(design, &all(&rows), |i| number(&rows[i], &c));
            linear(&mut case, &format!("{table} {c}"), design, &ours, options, &theirs);
        }
    }
    for (table, chance) in [("mean_fpc_90", 0.10), ("mean_fpc_99", 0.01)] {
        for theirs in list(&case, table) {
            let ours = of(text(&theirs, "var"), &exact);
            let se = variance(&exact, &ours.influence, WITH).value.unwrap().sqrt();
            let t = t_quantile(chance, 197.0).unwrap();
            case.check("low", ours.value - t * se, &theirs["t_low"]);
            case.check("high", ours.value + t * se, &theirs["t_high"]);
        }
    }
    let four: Vec<Linear> = ["api00", "api99", "enroll", "meals"].iter().map(|c| of(c, &exact)).collect();
    let matrix = covariance(&exact, &four, WITH).matrix.unwrap();
    for (i, line) in list(&case, "vcov_mean_fpc").iter().enumerate() {
        for (j, theirs) in line.as_array().unwrap().iter().enumerate() {
            case.check("covariance", matrix.at(i, j), theirs);
        }
    }
    case
}

fn shares(case: &mut Case, table: &str, design: &Design, named: &[(&str, Vec<Option<f64>>)]) {
    let df = case.results[format!("{table}_degf")].as_f64().unwrap();
    for theirs in list(case, table) {
        let values = &named.iter().find(|(n, _)| *n == text(&theirs, "prop")).unwrap().1;
        let members: Vec<usize> = (0..values.len()).collect();
        let ours = mean(design, &members, |i| values[i]).unwrap();
        let variance = variance(design, &ours.influence, WITH).value.unwrap();
        let method = match text(&theirs, "method") {
            "logit" | "xlogit" => Method::Logit,
            "likelihood" => Method::Likelihood,
            "asin" => Method::Arcsine,
            "beta" => Method::KornGraubard { truncated: false },
            "mean" => Method::Wald,
            _ => Method::Wilson { truncated: false },
        };
        let df = if text(&theirs, "method").ends_with("_z") { f64::INFINITY } else { df };
        let share = Share { p: ours.value, variance, n: ours.influence.len() as u64, df };
        let what = format!("{table} {} {}", theirs["prop"], theirs["method"]);
        // At 0 and 1 R prints [p, p] or nothing; only Wilson's interval means something there.
        if ours.value == 0.0 && !text(&theirs, "method").starts_with("wilson") {
            case.equal(&what, interval(share, Method::Logit), None);
            continue;
        }
        // R interpolates its likelihood profile between a few points; ours is solved.
        let tolerance = if method == Method::Likelihood { 3e-4 } else { 1e-7 };
        let ends = interval(share, method);
        case.check(&what, ours.value, &theirs["est"]);
        case.check(&what, variance.sqrt(), &theirs["se"]);
        case.check_within(tolerance, &format!("{what} low"), ends.map(|e| e.0), &theirs["low"]);
        case.check_within(tolerance, &format!("{what} high"), ends.map(|e| e.1), &theirs["high"]);
    }
}

fn yes(rows: &[Row], is: impl Fn(&Row) -> bool) -> Vec<Option<f64>> {
    rows.iter().map(|r| Some(f64::from(u8::from(is(r))))).collect()
}

pub fn o02() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O02.json"));
    let rows = data("apistrat.csv").unwrap();
    let named = [
        ("sch.wide==Yes", yes(&rows, |r| r["sch.wide"] == "Yes")),
        ("comp.imp==Yes", yes(&rows, |r| r["comp.imp"] == "Yes")),
        ("api00>900 (rare)", yes(&rows, |r| number(r, "api00").unwrap() > 900.0)),
    ];
    shares(&mut case, "apistrat", &stratified(&rows, "stype", &schools()), &named);
    let rows = data("apiclus1.csv").unwrap();
    let named = [
        ("sch.wide==Yes", yes(&rows, |r| r["sch.wide"] == "Yes")),
        ("awards==Yes", yes(&rows, |r| r["awards"] == "Yes")),
    ];
    shares(&mut case, "apiclus1", &districts(&rows), &named);
    let mut rows = data("sfo_2017_clean.csv").unwrap();
    rows.retain(|r| !r["overall"].is_empty());
    let code = |r: &Row| number(r, "overall").unwrap();
    let named = [
        ("T2B overall>=4", yes(&rows, |r| code(r) >= 4.0)),
        ("B2B overall<=2", yes(&rows, |r| code(r) <= 2.0)),
        ("overall==1 (rare)", yes(&rows, |r| code(r) == 1.0)),
    ];
    shares(&mut case, "sfo2017", &airport(&rows, true, true), &named);
    case
}

/// Domains by one or two columns.
fn domains(
    case: &mut Case,
    table: &str,
    design: &Design,
    rows: &[Row],
    columns: &[&str],
    of: impl Fn(&Design, &[usize]) -> Linear,
) {
    for theirs in list(case, table) {
        let code = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        let within = |i: &usize| columns.iter().all(|c| rows[*i][*c] == code(&theirs[*c]));
        let members: Vec<usize> = (0..rows.len()).filter(within).collect();
        let ours = of(design, &members);
        let v = variance(design, &ours.influence, WITH);
        let se = v.value.unwrap().sqrt();
        let what =
            format!("{table} {}", columns.iter().map(|c| code(&theirs[*c])).collect::<Vec<_>>().join(" "));
        case.check(&what, ours.value, &theirs["est"]);
        case.check(&format!("{what} se"), se, &theirs["se"]);
        case.check(&format!("{what} df"), v.df as f64, &theirs["df_domain"]);
        let ends = [("t", theirs["df_full"].as_f64()), ("td", Some((v.df as f64).max(1.0)))];
        for (name, df) in ends {
            let t = t_quantile(0.05, df.unwrap()).unwrap();
            case.check(&format!("{what} low"), ours.value - t * se, &theirs[format!("{name}_low")]);
            case.check(&format!("{what} high"), ours.value + t * se, &theirs[format!("{name}_high")]);
        }
    }
}

pub fn o03() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O03.json"));
    let rows = data("apistrat.csv").unwrap();
    let design = stratified(&rows, "stype", &schools());
    let api = |d: &Design, m: &[usize]| mean(d, m, |i| number(&rows[i], "api00")).unwrap();
    domains(&mut case, "api_mean_by_compimp", &design, &rows, &["comp.imp"], api);
    domains(&mut case, "api_mean_by_stype_compimp", &design, &rows, &["stype", "comp.imp"], api);
    let enroll = |d: &Design, m: &[usize]| total(d, m, |i| number(&rows[i], "enroll"));
    domains(&mut case, "api_total_by_compimp", &design, &rows, &["comp.imp"], enroll);
    let is =
        |answer: &str| -> Vec<usize> { (0..rows.len()).filter(|i| rows[*i]["comp.imp"] == answer).collect() };
    for (theirs, answer) in list(&case, "api_domain_size").iter().zip(["No", "Yes"]) {
        linear(&mut case, "size", &design, &total(&design, &is(answer), |_| Some(1.0)), WITH, theirs);
    }
    let both = [api(&design, &is("No")), api(&design, &is("Yes"))];
    let matrix = covariance(&design, &both, WITH).matrix.unwrap();
    for (i, line) in list(&case, "api_cov_by_compimp").iter().enumerate() {
        for (j, theirs) in line.as_array().unwrap().iter().enumerate() {
            case.check("covariance of domains", matrix.at(i, j), theirs);
        }
    }
    let rows = data("sfo_2017_clean.csv").unwrap();
    let design = airport(&rows, true, true);
    let overall = |d: &Design, m: &[usize]| mean(d, m, |i| number(&rows[i], "overall")).unwrap();
    let top = |d: &Design, m: &[usize]| {
        mean(d, m, |i| number(&rows[i], "overall").map(|x| f64::from(u8::from(x >= 4.0)))).unwrap()
    };
    domains(&mut case, "sfo_mean_by_barea", &design, &rows, &["barea"], overall);
    domains(&mut case, "sfo_t2b_by_barea", &design, &rows, &["barea"], top);
    domains(&mut case, "sfo_mean_by_barea_peak", &design, &rows, &["barea", "peak"], overall);
    domains(&mut case, "sfo_mean_by_strata", &design, &rows, &["strata"], overall);
    case
}

pub fn o04() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O04.json"));
    let r = case.results.clone();
    let rows = data("apistrat.csv").unwrap();
    let design = stratified(&rows, "stype", &schools());
    let of = |members: &[usize]| {
        ratio(&design, members, |i| number(&rows[i], "api.stu"), |i| number(&rows[i], "enroll")).unwrap()
    };
    let within = |column: &str, name: &str| -> Linear {
        let members: Vec<usize> = (0..rows.len()).filter(|i| rows[*i][column] == name).collect();
        of(&members)
    };
    let error = |l: &Linear| variance(&design, &l.influence, WITH).value.unwrap().sqrt();
    let combined = of(&all(&rows));
    let (theirs, t) = (&r["combined"][0], t_quantile(0.05, 197.0).unwrap());
    case.check("combined", combined.value, &theirs["ratio"]);
    case.check("combined se", error(&combined), &theirs["se"]);
    case.check("combined low", combined.value - t * error(&combined), &theirs["t_low"]);
    case.check("combined high", combined.value + t * error(&combined), &theirs["t_high"]);
    let mut parts = Vec::new();
    for theirs in list(&case, "separate") {
        let name = text(&theirs, "stratum");
        let ours = within("stype", name);
        case.check("separate", ours.value, &theirs["ratio"]);
        case.check("separate se", error(&ours), &theirs["se"]);
        parts.push((ours, r["pop_enroll_total_by_stratum"][name].as_f64().unwrap()));
    }
    let everything: f64 = parts.iter().map(|p| p.1).sum();
    let ways = [("combined", vec![(combined, everything)]), ("separate", parts)];
    for (name, ratios) in ways {
        let (ours, theirs) = (predict(&design, &ratios, WITH), &r[format!("predicted_total_{name}")]);
        case.check("predicted", ours.value, &theirs["est"]);
        case.check("predicted se", ours.error, &theirs["se"]);
    }
    for theirs in list(&case, "ratio_by_domain") {
        let ours = within("comp.imp", text(&theirs, "comp.imp"));
        case.check("domain", ours.value, &theirs["est"]);
        case.check("domain se", error(&ours), &theirs["se"]);
    }
    case
}

fn rule(name: &str) -> Rule {
    match name {
        "math" => Rule::Math,
        "school" => Rule::School,
        "shahvaish" => Rule::ShahVaish,
        other => Rule::HyndmanFan(other[2..].parse().unwrap()),
    }
}

fn quantiles(case: &mut Case, table: &str, design: &Design, values: &[Option<f64>]) {
    let members: Vec<usize> = (0..values.len()).collect();
    for theirs in list(case, table) {
        let method = match text(&theirs, "interval") {
            "mean" => Method::Wald,
            "xlogit" => Method::Logit,
            "beta" => Method::KornGraubard { truncated: false },
            "asin" => Method::Arcsine,
            _ => {
                score_ends(case, design, values, &theirs);
                continue;
            }
        };
        let p = theirs["p"].as_f64().unwrap();
        let how = (rule(text(&theirs, "qrule")), method);
        let ours = estimate(design, &members, |i| values[i], p, how, WITH).unwrap();
        let what = format!("{table} {} {} {p}", theirs["interval"], theirs["qrule"]);
        case.check(&what, ours.value, &theirs["est"]);
        case.check(&format!("{what} low"), ours.low, &theirs["low"]);
        case.check(&format!("{what} high"), ours.high, &theirs["high"]);
        case.check(&format!("{what} se"), ours.error, &theirs["se"]);
    }
}

fn score_ends(case: &mut Case, design: &Design, values: &[Option<f64>], theirs: &Value) {
    let members: Vec<usize> = (0..values.len()).collect();
    let p = theirs["p"].as_f64().unwrap();
    let (low, high) =
        score_interval(design, &members, |i| values[i], p, rule(text(theirs, "qrule")), WITH).unwrap();
    let what = format!("score {} {p}", theirs["qrule"]);
    case.check(&format!("{what} low"), low, &theirs["low"]);
    case.check(&format!("{what} high"), high, &theirs["high"]);
    let t = t_quantile(0.05, 197.0).unwrap();
    case.check(&format!("{what} se"), (high - low) / (2.0 * t), &theirs["se"]);
}

pub fn o05() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O05.json"));
    let rows = data("apistrat.csv").unwrap();
    let design = stratified(&rows, "stype", &schools());
    let column = |rows: &[Row], c: &str| -> Vec<Option<f64>> { rows.iter().map(|r| number(r, c)).collect() };
    let values = column(&rows, "api00");
    quantiles(&mut case, "api00", &design, &values);
    let answers: Vec<(f64, f64)> =
        values.iter().zip(&design.units).map(|(y, u)| (y.unwrap(), u.weight)).collect();
    for theirs in list(&case, "rules_only") {
        let ours = quantile(&answers, theirs["p"].as_f64().unwrap(), rule(text(&theirs, "qrule")));
        case.check(&format!("{} {}", theirs["qrule"], theirs["p"]), ours, &theirs["est"]);
    }
    let rows = data("sfo_2017_clean.csv").unwrap();
    let design = airport(&rows, true, true);
    quantiles(&mut case, "sfo_overall_math", &design, &column(&rows, "overall"));
    quantiles(&mut case, "sfo_netpro_math", &design, &column(&rows, "netpro"));
    case
}

//! Tests and regressions: t and ranks (O11), two-way tables (O12), regression (O13).

use canvass::score::covariance::covariance;
use canvass::score::design::{CellDesign, ClassCount, Design, Unit};
use canvass::score::method::chisq::{table_test, wald_tests};
use canvass::score::method::linalg::Matrix;
use canvass::score::method::rank::{RankTest, Score, rank_test};
use canvass::score::method::regression::{Link, Observations, regress};
use canvass::score::method::test::{FTest, TTest};
use canvass::score::method::ttest::{one_group, two_groups};
use serde_json::Value;

use super::Case;
use super::weighting::districts;
use crate::score::reference::{Row, WITH, airport, data, number, schools, stratified};

fn t(case: &mut Case, name: &str, ours: Option<TTest>) {
    let theirs = case.results[name].clone();
    let ours = ours.unwrap();
    let parts = [
        ("estimate", ours.estimate),
        ("t", ours.t),
        ("df", ours.df),
        ("p", ours.p),
        ("low", ours.low),
        ("high", ours.high),
    ];
    for (part, value) in parts {
        case.check(&format!("{name} {part}"), value, &theirs[part]);
    }
}

fn groups(rows: &[Row], of: impl Fn(&Row) -> Option<bool>) -> (Vec<usize>, Vec<usize>) {
    let with = |wanted: bool| (0..rows.len()).filter(|i| of(&rows[*i]) == Some(wanted)).collect();
    (with(false), with(true))
}

pub fn o11() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O11.json"));
    let rows = data("apistrat.csv").unwrap();
    let design = stratified(&rows, "stype", &schools());
    let (a, b) = groups(&rows, |r| Some(r["comp.imp"] == "Yes"));
    let test = two_groups(&design, (&a, &b), |i| number(&rows[i], "api00"), WITH);
    t(&mut case, "api00_by_compimp", test);
    let test = two_groups(&design, (&a, &b), |i| number(&rows[i], "enroll"), WITH);
    t(&mut case, "enroll_by_comp", test);
    let growth = |i: usize| Some(number(&rows[i], "api00")? - number(&rows[i], "api99")?);
    let everybody: Vec<usize> = (0..rows.len()).collect();
    t(&mut case, "onesample_growth", one_group(&design, &everybody, growth, 0.0, WITH));
    let rows = data("sfo_2017_clean.csv").unwrap();
    let design = airport(&rows, true, true);
    let (a, b) = groups(&rows, |r| Some(r["peak"] == "3"));
    let overall = |i: usize| number(&rows[i], "overall");
    t(&mut case, "sfo_overall_by_intl", two_groups(&design, (&a, &b), overall, WITH));
    let top = |i: usize| overall(i).map(|x| f64::from(u8::from(x >= 4.0)));
    t(&mut case, "sfo_t2b_by_intl", two_groups(&design, (&a, &b), top, WITH));
    let (c, d) = groups(&rows, |r| number(r, "gender").map(|g| g == 2.0));
    t(&mut case, "sfo_overall_by_gender", two_groups(&design, (&c, &d), overall, WITH));
    let given: Vec<(usize, usize, f64)> =
        (0..rows.len()).filter_map(|i| Some((i, usize::from(rows[i]["peak"] == "3"), overall(i)?))).collect();
    let Some(RankTest::Two(test)) = rank_test(&design, &given, Score::Wilcoxon, WITH) else { panic!() };
    t(&mut case, "ranktest_sfo_wilcoxon", Some(test));
    case
}

fn table(case: &mut Case, name: &str, design: &Design, given: &[(usize, usize, usize)]) {
    let theirs = case.results[name].clone();
    let ours = table_test(design, given, WITH).unwrap();
    let f = |case: &mut Case, what: &str, ours: FTest, theirs: &Value| {
        case.check(&format!("{name} {what}"), ours.f, &theirs["value"]);
        case.check(&format!("{name} {what} df1"), ours.df1, &theirs["df1"]);
        case.check(&format!("{name} {what} df2"), ours.df2, &theirs["df2"]);
        case.check(&format!("{name} {what} p"), ours.p, &theirs["p"]);
    };
    f(case, "F", ours.second_order, &theirs[0]);
    case.check("X²", ours.pearson, &theirs[1]["value"]);
    case.check("df", ours.df, &theirs[1]["df1"]);
    case.check("first order", ours.first_order, &theirs[1]["p"]);
    let (wald, adjusted) = wald_tests(design, given, WITH, ours.design_df);
    f(case, "Wald", wald.unwrap(), &theirs[2]);
    f(case, "adjusted Wald", adjusted.unwrap(), &theirs[3]);
    let saddlepoint = ours.saddlepoint().unwrap();
    case.check_within(1e-4, "saddlepoint", saddlepoint, &theirs[4]["p"]);
    case.check_within(1e-4, "saddlepoint", saddlepoint, &theirs[5]["p"]);
}

fn cross(rows: &[Row], a: impl Fn(&Row) -> usize, b: impl Fn(&Row) -> usize) -> Vec<(usize, usize, usize)> {
    rows.iter().enumerate().map(|(i, r)| (i, a(r), b(r))).collect()
}

pub fn o12() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O12.json"));
    let rows = data("apiclus1.csv").unwrap();
    let design = districts(&rows);
    let yes = |column: &'static str| move |r: &Row| usize::from(r[column] == "Yes");
    let stype = |r: &Row| ["E", "H", "M"].iter().position(|s| r["stype"] == *s).unwrap();
    table(&mut case, "apiclus1_schwide_x_compimp", &design, &cross(&rows, yes("sch.wide"), yes("comp.imp")));
    table(&mut case, "apiclus1_schwide_x_stype", &design, &cross(&rows, yes("sch.wide"), stype));
    let mut rows = data("sfo_2017_clean.csv").unwrap();
    rows.retain(|r| !r["overall"].is_empty() && !r["gender"].is_empty());
    let design = airport(&rows, true, true);
    let satisfied = |r: &Row| number(r, "overall").map_or(0, |x| if x <= 3.0 { 0 } else { x as usize });
    let area = |r: &Row| usize::from(r["barea"].as_bytes()[0]);
    let given = cross(&rows, satisfied, area);
    table(&mut case, "sfo_sat3_x_barea", &design, &given);
    let ours = table_test(&design, &given, WITH).unwrap();
    for (k, theirs) in case.results["table2"].as_array().unwrap().clone().iter().enumerate() {
        case.check("weighted count", ours.counts.at(k % 3, k / 3), &theirs["Freq"]);
    }
    let gender = |r: &Row| r["gender"].parse().unwrap();
    table(&mut case, "sfo_sat3_x_gender", &design, &cross(&rows, satisfied, gender));
    case
}

/// Fits, compares every coefficient, and returns the test of some of them.
fn fit(
    case: &mut Case,
    name: &str,
    design: &Design,
    columns: &[Vec<f64>],
    y: &[f64],
    link: Link,
    term: &[usize],
) -> FTest {
    let x = Matrix::from_fn(y.len(), columns.len(), |i, k| columns[k][i]);
    let units: Vec<usize> = (0..y.len()).collect();
    let fit = regress(design, Observations { units: &units, x: &x, y }, link).unwrap();
    let all = covariance(design, &fit.estimates(), WITH);
    for (ours, theirs) in fit.tests(&all).iter().zip(case.results[name].as_array().unwrap().clone()) {
        let ours = ours.unwrap();
        let parts = [
            ("est", ours.estimate),
            ("se", ours.error),
            ("t", ours.t),
            ("p", ours.p),
            ("low", ours.low),
            ("high", ours.high),
        ];
        for (part, value) in parts {
            case.check(&format!("{name} {} {part}", theirs["term"]), value, &theirs[part]);
        }
    }
    fit.term(term, &all).unwrap()
}

fn term(case: &mut Case, name: &str, ours: FTest) {
    let theirs = case.results[name].clone();
    case.check(name, ours.f, &theirs["F"]);
    case.check(name, ours.df1, &theirs["df"]);
    case.check(name, ours.df2, &theirs["ddf"]);
    case.check(name, ours.p, &theirs["p"]);
}

pub fn o13() -> Case {
    let mut case = Case::new(include_str!("../../../fixtures/score/cases/O13.json"));
    let rows = data("apistrat.csv").unwrap();
    let design = stratified(&rows, "stype", &schools());
    let column = |rows: &[Row], c: &str| -> Vec<f64> { rows.iter().map(|r| number(r, c).unwrap()).collect() };
    let ones = vec![1.0; rows.len()];
    let x: Vec<Vec<f64>> =
        std::iter::once(ones).chain(["ell", "meals", "mobility"].iter().map(|c| column(&rows, c))).collect();
    let test = fit(&mut case, "api_linear", &design, &x, &column(&rows, "api00"), Link::Linear, &[1, 3]);
    case.check("df", test.df2, &case.results["api_df"].clone());
    term(&mut case, "regTermTest_ell_mobility", test);
    let yes: Vec<f64> = rows.iter().map(|r| f64::from(u8::from(r["sch.wide"] == "Yes"))).collect();
    fit(&mut case, "api_logistic", &design, &x, &yes, Link::Logistic, &[1]);
    let names = ["sign", "food", "safe", "cl_all", "wifi"];
    let mut rows = data("sfo_2017_clean.csv").unwrap();
    rows.retain(|r| !r["overall"].is_empty() && names.iter().all(|c| !r[*c].is_empty()));
    case.equal("n", rows.len() as u64, case.results["sfo_n"].as_u64().unwrap());
    let design = airport(&rows, true, true);
    let ones = vec![1.0; rows.len()];
    let x: Vec<Vec<f64>> =
        std::iter::once(ones.clone()).chain(names.iter().map(|c| column(&rows, c))).collect();
    let overall = column(&rows, "overall");
    fit(&mut case, "sfo_linear", &design, &x, &overall, Link::Linear, &[1]);
    let peak = |k: &str| rows.iter().map(|r| f64::from(u8::from(r["peak"] == k))).collect::<Vec<f64>>();
    let x = [ones, column(&rows, "safe"), column(&rows, "cl_all"), peak("2"), peak("3")];
    let top: Vec<f64> = overall.iter().map(|x| f64::from(u8::from(*x >= 4.0))).collect();
    let test = fit(&mut case, "sfo_logistic", &design, &x, &top, Link::Logistic, &[3, 4]);
    term(&mut case, "regTermTest_peak", test);
    case
}

/// One stratum, everybody once.
pub fn plain(n: usize) -> Design {
    let cell = CellDesign {
        name: String::new(),
        population: None,
        classes: vec![ClassCount { invited: 1, answered: 1 }],
        ..CellDesign::default()
    };
    let units = vec![Unit { cell: 0, class: 0, weight: 1.0, cluster: None, count: 1 }; n];
    Design { cells: vec![cell], units, ..Design::default() }
}

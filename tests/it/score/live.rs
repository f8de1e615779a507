//! R's `survey`, run on generated answers of every shape and compared number by number.
//!
//! Strata with a single respondent, everybody alike, weights from 0.1 to 50, missing values, empty domains,
//! clusters, with and without finite population correction. The script is `tests/fixtures/score/live/survey.R`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use canvass::score::covariance::covariance;
use canvass::score::design::{CellDesign, ClassCount, Design, Options, Single, Unit, variance};
use canvass::score::linear::{Linear, mean, total};
use canvass::score::method::calibrate::{Distance, calibrate};
use canvass::score::method::chisq::{table_test, wald_tests};
use canvass::score::method::linalg::Matrix;
use canvass::score::method::margin::Margin;
use canvass::score::method::poststratify::poststratify;
use canvass::score::method::projection::Projection;
use canvass::score::method::quantile::{Rule, quantile};
use canvass::score::method::rake::{Stop, rake};
use canvass::score::method::rank::{RankTest, Score, rank_test};
use canvass::score::method::ratio::ratio;
use canvass::score::method::regression::{Link, Observations, regress};
use canvass::score::method::resample::Random;
use canvass::score::method::ttest::two_groups;

/// What a set of answers is like.
#[derive(Clone, Copy)]
struct Shape {
    name: &'static str,
    strata: usize,
    people: usize,
    clusters: bool,
    finite: bool,
    /// Share of missing answers, in percent.
    missing: usize,
    alike: bool,
    wide: bool,
    /// A stratum with a single respondent.
    lone: bool,
    single: (Single, &'static str),
}

const BASE: Shape = Shape {
    name: "plain",
    strata: 3,
    people: 60,
    clusters: false,
    finite: false,
    missing: 0,
    alike: false,
    wide: false,
    lone: false,
    single: (Single::Certainty, "certainty"),
};

const SHAPES: [Shape; 11] = [
    BASE,
    Shape { name: "finite", finite: true, ..BASE },
    Shape { name: "missing", missing: 25, finite: true, ..BASE },
    Shape { name: "wide", wide: true, missing: 10, ..BASE },
    Shape { name: "lone", lone: true, finite: true, ..BASE },
    Shape { name: "lone_average", lone: true, single: (Single::Average, "average"), ..BASE },
    Shape { name: "alike", alike: true, ..BASE },
    Shape { name: "clusters", clusters: true, people: 150, ..BASE },
    Shape {
        name: "clusters_finite",
        clusters: true,
        people: 150,
        finite: true,
        missing: 20,
        wide: true,
        ..BASE
    },
    Shape { name: "one_stratum", strata: 1, people: 200, wide: true, missing: 5, ..BASE },
    Shape { name: "many", strata: 20, people: 40, finite: true, missing: 15, wide: true, lone: true, ..BASE },
];

/// One respondent.
struct Person {
    stratum: usize,
    unit: usize,
    w: f64,
    y: Option<f64>,
    b: f64,
    x: f64,
    domain: usize,
    g1: usize,
    g2: usize,
}

fn people(shape: Shape, seed: u64) -> Vec<Person> {
    let mut random = Random::new(seed);
    let mut out: Vec<Person> = Vec::new();
    for stratum in 0..shape.strata {
        let n = if shape.lone && stratum == shape.strata - 1 { 1 } else { shape.people };
        for k in 0..n {
            let (g1, g2) = (random.below(3), random.below(2));
            let level = 3 + g1 + 2 * stratum % 3;
            let code = if shape.alike { 5 } else { level + random.below(4) };
            // Weights to nine digits, so that both programs read the same.
            let steps = random.below(1_000_000) as f64 / 1e6;
            let w = if shape.wide {
                (0.1 * 500_f64.powf(steps) * 1e6).round() / 1e6
            } else {
                2.0 + stratum as f64
            };
            out.push(Person {
                stratum,
                unit: if shape.clusters { k / 7 } else { k },
                w,
                y: (random.below(100) >= shape.missing).then_some(code as f64),
                b: f64::from(u8::from(random.below(10) < 4 + g2)),
                x: 1.0 + random.below(9) as f64,
                // Domain 3 has nobody, and domain 2 few.
                domain: if random.below(25) == 0 { 2 } else { random.below(2) },
                g1,
                g2,
            });
        }
    }
    out
}

/// Units (clusters) of each stratum in the population.
fn size(stratum: usize) -> f64 {
    400.0 + 50.0 * stratum as f64
}

fn csv(shape: Shape, people: &[Person]) -> String {
    let mut out = "stratum,unit,w,size,y,b,x,domain,g1,g2,finite,lonely\n".to_owned();
    for p in people {
        let y = p.y.map_or("NA".to_owned(), |y| y.to_string());
        let Person { stratum, unit, w, b, x, domain, g1, g2, .. } = p;
        let (finite, lonely) = (u8::from(shape.finite), shape.single.1);
        let size = size(*stratum);
        writeln!(
            out,
            "{stratum},{unit},{w},{size},{y},{b},{x},{domain},{},{},{finite},{lonely}",
            g1 + 1,
            g2 + 1
        )
        .unwrap();
    }
    out
}

fn design(shape: Shape, people: &[Person]) -> Design {
    let cell = |stratum: usize| CellDesign {
        name: stratum.to_string(),
        population: Some(size(stratum)),
        classes: vec![ClassCount { invited: 1, answered: 1 }],
        ..CellDesign::default()
    };
    let unit = |p: &Person| Unit {
        cell: p.stratum,
        class: 0,
        weight: p.w,
        cluster: shape.clusters.then_some(p.unit),
        count: 1,
    };
    Design {
        cells: (0..shape.strata).map(cell).collect(),
        units: people.iter().map(unit).collect(),
        ..Design::default()
    }
}

/// All numbers by name.
type Numbers = BTreeMap<String, f64>;

struct Ours {
    options: Options,
    numbers: Numbers,
}

impl Ours {
    fn linear(&mut self, name: &str, design: &Design, linear: &Linear) {
        let v = variance(design, &linear.influence, self.options);
        self.numbers.insert(name.to_owned(), linear.value);
        self.numbers.insert(format!("{name}.se"), v.value.unwrap().sqrt());
        self.numbers.insert(format!("{name}.df"), v.df as f64);
    }

    fn residual(&mut self, name: &str, design: &Design, linear: &Linear, base: &Projection) {
        let v = variance(design, &base.residuals(&linear.influence), self.options);
        self.numbers.insert(name.to_owned(), linear.value);
        self.numbers.insert(format!("{name}.se"), v.value.unwrap().sqrt());
    }

    fn put(&mut self, name: &str, value: f64) {
        self.numbers.insert(name.to_owned(), value);
    }
}

fn ours(shape: Shape, people: &[Person]) -> Numbers {
    let design = design(shape, people);
    let options = Options { finite: shape.finite, single: shape.single.0 };
    let mut out = Ours { options, numbers: Numbers::new() };
    let all: Vec<usize> = (0..people.len()).collect();
    let y = |i: usize| people[i].y;
    out.linear("mean", &design, &mean(&design, &all, y).unwrap());
    out.linear("total", &design, &total(&design, &all, y));
    out.linear("share", &design, &mean(&design, &all, |i| Some(people[i].b)).unwrap());
    out.put("df", out.numbers["share.df"]);
    for domain in 0..4 {
        let members: Vec<usize> = all.iter().copied().filter(|i| people[*i].domain == domain).collect();
        if let Some(linear) = mean(&design, &members, y) {
            out.linear(&format!("domain{domain}"), &design, &linear);
        }
    }
    let share = ratio(&design, &all, |i| Some(people[i].b), |i| Some(people[i].x)).unwrap();
    out.linear("ratio", &design, &share);
    let answers: Vec<(f64, f64)> = people.iter().filter_map(|p| p.y.map(|y| (y, p.w))).collect();
    for q in [0.1, 0.5, 0.9] {
        out.put(&format!("quantile{q}"), quantile(&answers, q, Rule::Math).unwrap());
    }
    tests(&mut out, &design, people);
    calibrated(&mut out, &design, people);
    out.numbers
}

fn tests(out: &mut Ours, design: &Design, people: &[Person]) {
    let of = |b: f64| -> Vec<usize> { (0..people.len()).filter(|i| people[*i].b == b).collect() };
    if let Some(test) = two_groups(design, (&of(0.0), &of(1.0)), |i| people[i].y, out.options) {
        out.put("t", test.t);
        out.put("t.df", test.df);
        out.put("t.p", test.p);
    }
    let given: Vec<(usize, usize, f64)> =
        people.iter().enumerate().filter_map(|(i, p)| Some((i, usize::from(p.b == 1.0), p.y?))).collect();
    if let Some(RankTest::Two(test)) = rank_test(design, &given, Score::Wilcoxon, out.options) {
        out.put("rank", test.t);
        out.put("rank.p", test.p);
    }
    let given: Vec<(usize, usize, usize)> = people.iter().enumerate().map(|(i, p)| (i, p.g1, p.g2)).collect();
    let table = table_test(design, &given, out.options).unwrap();
    out.put("table.F", table.second_order.f);
    out.put("table.F.p", table.second_order.p);
    out.put("table.Chisq", table.pearson);
    out.put("table.Chisq.p", table.first_order);
    let adjusted = wald_tests(design, &given, out.options, table.design_df).1.unwrap();
    out.put("table.adjWald", adjusted.f);
    out.put("table.adjWald.p", adjusted.p);
    let known: Vec<usize> = (0..people.len()).filter(|i| people[*i].y.is_some()).collect();
    let x = Matrix::from_fn(known.len(), 4, |r, c| {
        let p = &people[known[r]];
        [1.0, p.x, f64::from(u8::from(p.g1 == 1)), f64::from(u8::from(p.g1 == 2))][c]
    });
    let values: Vec<f64> = known.iter().map(|i| people[*i].y.unwrap()).collect();
    let fit = regress(design, Observations { units: &known, x: &x, y: &values }, Link::Linear).unwrap();
    let matrix = covariance(design, &fit.estimates(), out.options).matrix.unwrap();
    for (k, c) in fit.estimates().iter().enumerate() {
        out.put(&format!("slope{}", k + 1), c.value);
        out.put(&format!("slope{}.se", k + 1), matrix.at(k, k).sqrt());
    }
}

fn calibrated(out: &mut Ours, design: &Design, people: &[Person]) {
    let weights: Vec<f64> = people.iter().map(|p| p.w).collect();
    let margin = |name: &str, of: &dyn Fn(&Person) -> usize, targets: &[f64]| Margin {
        name: name.to_owned(),
        category: people.iter().map(of).collect(),
        targets: targets.to_vec(),
    };
    let (first, second) =
        (margin("g1", &|p| p.g1, &[350.0, 300.0, 350.0]), margin("g2", &|p| p.g2, &[450.0, 550.0]));
    let rows = Matrix::from_fn(people.len(), 4, |i, c| {
        let p = &people[i];
        [1.0, f64::from(u8::from(p.g1 == 1)), f64::from(u8::from(p.g1 == 2)), p.g2 as f64][c]
    });
    let totals = [1000.0, 300.0, 350.0, 550.0];
    let margins = [first.clone(), second];
    let raked = rake(&weights, &margins, Stop::default()).unwrap();
    assert!(raked.converged());
    let newton = calibrate(&rows, &weights, &totals, Distance::Raking).unwrap().factors;
    for (a, b) in newton.iter().zip(&raked.factors) {
        assert!((a / b - 1.0).abs() < 1e-9, "raking by margins and by Newton's method differ: {a} {b}");
    }
    let linear = calibrate(&rows, &weights, &totals, Distance::Linear).unwrap().factors;
    let by_number = Projection::numbers(rows, &weights);
    let by_margin =
        Projection::margins(&[margins[0].category.clone(), margins[1].category.clone()], &weights);
    let post = poststratify(&weights, &first).unwrap();
    let by_class = Projection::margins(&[first.category], &weights);
    let all: Vec<usize> = (0..people.len()).collect();
    let ways =
        [("linear", linear, by_number), ("raking", raked.factors, by_margin), ("post", post, by_class)];
    for (name, factors, projection) in ways {
        let mut with = design.clone();
        with.units.iter_mut().zip(&factors).for_each(|(u, g)| u.weight *= g);
        let value = mean(&with, &all, |i| people[i].y).unwrap();
        out.residual(&format!("{name}.mean"), &with, &value, &projection);
        let sum = total(&with, &all, |i| Some(people[i].x));
        out.residual(&format!("{name}.total"), &with, &sum, &projection);
        out.put(&format!("{name}.first"), factors[0]);
    }
}

/// Runs the script over the files and returns what it printed.
fn run(folder: &Path, names: &[String]) -> BTreeMap<String, Numbers> {
    let script = folder.join("survey.R");
    std::fs::write(&script, include_str!("../../fixtures/score/live/survey.R")).unwrap();
    let files = names.iter().map(|n| folder.join(format!("{n}.csv")));
    let done = Command::new("Rscript")
        .arg("--vanilla")
        .arg(&script)
        .args(files)
        .output()
        .expect("Rscript runs; `tests/needs.sh` brings it");
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "R stopped: {told}");
    let mut out: BTreeMap<String, Numbers> = BTreeMap::new();
    for line in String::from_utf8(done.stdout).unwrap().lines() {
        let [file, name, value] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("R printed {line}") };
        let value = value.parse().unwrap_or(f64::NAN);
        out.entry(file.to_owned()).or_default().insert(name.to_owned(), value);
    }
    out
}

#[test]
fn generated_answers_of_every_shape_agree_with_r() {
    let folder = tempfile::tempdir().unwrap();
    let mut made = Vec::new();
    for (k, shape) in SHAPES.into_iter().enumerate() {
        for seed in 0..2 {
            let people = people(shape, 1000 * k as u64 + seed);
            let name = format!("{}_{seed}", shape.name);
            std::fs::write(folder.path().join(format!("{name}.csv")), csv(shape, &people)).unwrap();
            made.push((name, shape, people));
        }
    }
    let names: Vec<String> = made.iter().map(|m| m.0.clone()).collect();
    let theirs = run(folder.path(), &names);
    let (mut compared, mut worst) = (0, 0.0_f64);
    let mut faults = Vec::new();
    for (name, shape, people) in &made {
        let ours = ours(*shape, people);
        for (what, r) in &theirs[name] {
            let Some(x) = ours.get(what) else {
                // A test of answers that are all alike: R divides rounding by rounding.
                if !(shape.alike && (what.starts_with('t') || what.starts_with("rank"))) {
                    faults.push(format!("{name} {what}: nothing, R has {r}"));
                }
                continue;
            };
            // Numbers that are zero but for rounding in both programs.
            let off = (x - r).abs() / r.abs().max(1e-6);
            compared += 1;
            worst = worst.max(off);
            if off.is_nan() || off > 1e-8 {
                faults.push(format!("{name} {what}: {x}, R has {r}"));
            }
        }
    }
    println!("{compared} numbers of {} files compared, largest difference {worst:.1e}", made.len());
    assert!(compared > 1000, "only {compared} numbers");
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

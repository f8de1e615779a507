//! The library's share of the reference cases O01–O29, against the numbers of R in `tests/fixtures/score/cases`.
//!
//! Each file there is what another program printed (R 4.5.0, `survey` 4.4-2; the file names versions, functions
//! and tolerance). The data are not in the repository: see `reference.rs`. One test runs all cases and prints a
//! table: case, numbers compared, largest relative difference.

mod comparisons;
mod drivers;
mod estimates;
mod processes;
mod scores;
mod tests;
mod weighting;

use serde_json::Value;

/// A case with what was compared so far.
pub struct Case {
    id: String,
    tolerance: f64,
    /// What R printed.
    pub results: Value,
    compared: usize,
    largest: f64,
    faults: Vec<String>,
}

impl Case {
    pub fn new(text: &str) -> Self {
        let all: Value = serde_json::from_str(text).unwrap();
        Self {
            id: all["id"].as_str().unwrap().to_owned(),
            tolerance: all["tolerance_rel"].as_f64().unwrap(),
            results: all["results"].clone(),
            compared: 0,
            largest: 0.0,
            faults: Vec::new(),
        }
    }

    /// Compares with the case's tolerance; what R has no number for is not compared.
    pub fn check(&mut self, what: &str, ours: impl Into<Option<f64>>, theirs: &Value) {
        self.check_within(self.tolerance, what, ours, theirs);
    }

    /// Compares with a tolerance of its own, which the case's notes name.
    pub fn check_within(&mut self, tolerance: f64, what: &str, ours: impl Into<Option<f64>>, theirs: &Value) {
        let Some(theirs) = theirs.as_f64() else { return };
        self.compared += 1;
        let Some(ours) = ours.into() else {
            self.faults.push(format!("{} {what}: nothing, R has {theirs}", self.id));
            return;
        };
        let off = (ours - theirs).abs();
        let relative = if off <= 1e-12 { 0.0 } else { off / theirs.abs() };
        self.largest = self.largest.max(relative);
        if relative.is_nan() || relative > tolerance {
            self.faults.push(format!("{} {what}: {ours}, R has {theirs} (off by {relative:.1e})", self.id));
        }
    }

    pub fn tolerance(&self) -> f64 {
        self.tolerance
    }

    pub fn compared(&self) -> usize {
        self.compared
    }

    pub fn largest(&self) -> f64 {
        self.largest
    }

    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// Prints what was compared, and fails where it differs.
    pub fn settle(&self) {
        println!("{:<6}{:>10}{:>14.1e}{:>14.0e}", self.id, self.compared, self.largest, self.tolerance);
        assert!(self.compared > 0, "{} compares nothing", self.id);
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
    }

    pub fn equal<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, ours: T, theirs: T) {
        self.compared += 1;
        if ours != theirs {
            self.faults.push(format!("{} {what}: {ours:?}, R has {theirs:?}", self.id));
        }
    }
}

#[test]
fn library_cases_agree_with_r() {
    if std::env::var_os("CANVASS_REFERENCE").is_none() {
        eprintln!("not run: CANVASS_REFERENCE names no folder with the data of the cases");
        return;
    }
    let cases = [
        estimates::o01(),
        estimates::o02(),
        estimates::o03(),
        estimates::o04(),
        estimates::o05(),
        weighting::o06(),
        weighting::o07(),
        weighting::o08(),
        weighting::o09(),
        processes::o10(),
        tests::o11(),
        tests::o12(),
        tests::o13(),
        scores::o14(),
        comparisons::o15(),
        comparisons::o16(),
        comparisons::o17(),
        scores::o20(),
        drivers::o21(),
        scores::o22(),
        scores::o23(),
        scores::o24(),
        scores::o25(),
        processes::o28(),
        processes::o29(),
    ];
    println!("{:<6}{:>10}{:>14}{:>14}", "case", "compared", "largest diff", "tolerance");
    for case in &cases {
        println!("{:<6}{:>10}{:>14.1e}{:>14.0e}", case.id, case.compared, case.largest, case.tolerance);
        assert!(case.compared > 0, "{} compares nothing", case.id);
    }
    let faults: Vec<&str> = cases.iter().flat_map(|c| c.faults.iter().map(String::as_str)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

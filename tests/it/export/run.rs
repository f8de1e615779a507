//! Runs the exported script with R.

use std::path::Path;
use std::process::Command;

use canvass::exchange::beside::Beside;
use canvass::exchange::files::{Form, export};
use canvass::score::wave::Wave;

use crate::support::scratch::Scratch;

/// What R said of an export.
pub struct Said {
    pub agrees: bool,
    pub text: String,
    /// Numbers that it compared.
    pub compared: u64,
}

/// Writes the export beside a report and lets R compare.
pub fn compare(folder: &Scratch, wave: &Wave, beside: Beside, report: &str) -> Said {
    for (name, bytes) in export(wave, Form::R, false, beside).unwrap().files {
        folder.write(&name, bytes);
    }
    folder.write("report.json", report);
    run(folder)
}

/// Runs the script of a folder in a locale without Chinese, as a server has it.
pub fn run(folder: &Path) -> Said {
    let output = Command::new("Rscript")
        .env("LC_ALL", "C")
        .arg(folder.join("report.R"))
        .arg(folder.join("report.json"))
        .output()
        .expect("Rscript runs the exported script; install r-base-core and r-cran-survey");
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let all = text.lines().find(|l| l.starts_with("all "));
    let compared = all.and_then(|l| l.split_whitespace().nth(1)).and_then(|n| n.parse().ok()).unwrap_or(0);
    Said { agrees: output.status.success(), text, compared }
}

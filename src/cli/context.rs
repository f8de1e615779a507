//! What every command knows: the global flags.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::cli::{Exit, waves};
use crate::clock::{Clock, ManualClock, SystemClock};
use crate::diagnostic::{Diagnostic, render_text};
use crate::model::{Analysis, Checked, Folder, Judgement, Switch, Switches, analyse_with};
use crate::settings::{self, Settings};
use crate::source::SourceMap;

/// Global flags.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Name of the profile in `canvass.yaml`; `dev` when not given.
    pub profile: Option<String>,
    /// A fixed clock.
    pub now: Option<Timestamp>,
    /// Seed of the draws, instead of the one in `canvass.yaml`.
    pub seed: Option<u64>,
    /// No talk on standard error.
    pub quiet: bool,
}

/// A spec that was loaded from disk.
#[derive(Debug)]
pub struct Loaded {
    /// Folder of the spec; sources are relative to it.
    pub folder: PathBuf,
    /// File name of the spec.
    pub name: String,
    /// What is known about it.
    pub analysis: Analysis,
}

impl Context {
    /// Returns the clock: the system's, or the fixed one of `--now`.
    #[must_use]
    pub fn clock(&self) -> Box<dyn Clock> {
        match self.now {
            Some(now) => Box::new(ManualClock::new(now)),
            None => Box::new(SystemClock),
        }
    }

    /// Says something on standard error, unless `--quiet`.
    pub fn say(&self, words: &str) {
        if !self.quiet {
            eprintln!("{words}");
        }
    }

    /// Says what went wrong and returns the exit code for it.
    #[must_use]
    pub fn fail(&self, exit: Exit, words: &str) -> Exit {
        eprintln!("error: {words}");
        exit
    }

    /// Loads and analyses a spec, with the rules switched as the nearest `canvass.yaml` says.
    pub fn load(&self, spec: &Path) -> Result<Loaded, Exit> {
        let folder = spec.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        let name = spec.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let judgement = Judgement { switches: self.switches(&folder)?, now: Some(self.clock().now()) };
        let mut analysis = analyse_with(&name, &Folder(folder.clone()), &judgement);
        waves::judge(&mut analysis, spec, &folder);
        Ok(Loaded { folder, name, analysis })
    }

    /// Reads which rules the nearest `canvass.yaml` switches off or on.
    fn switches(&self, folder: &Path) -> Result<Switches, Exit> {
        let (file, rules) = settings::load_rules(folder).map_err(|e| self.fail(Exit::CouldNot, &e))?;
        let mut switches = Switches::default();
        for (name, setting) in rules {
            let said = match (setting.off, setting.on) {
                (Some(reason), None) => switches.set(&name, Switch::Off(reason)),
                (None, Some(true)) => switches.set(&name, Switch::On),
                _ => Err("write `{ off: \"reason\" }` or `{ on: true }`".to_owned()),
            };
            said.map_err(|e| self.fail(Exit::CouldNot, &format!("{}: rules.{name}: {e}", file.display())))?;
        }
        Ok(switches)
    }

    /// Loads a spec that can be planned: free of errors, and with nothing that this version can't carry out and can't
    /// leave out either; prints the diagnostics otherwise.
    pub fn checked(&self, spec: &Path) -> Result<(PathBuf, Checked), Exit> {
        self.sound(spec).map(|(folder, checked, _)| (folder, checked))
    }

    /// Loads a spec that can be planned and shows its warnings.
    pub fn checked_aloud(&self, spec: &Path) -> Result<(PathBuf, Checked), Exit> {
        let (folder, checked, analysis) = self.sound(spec)?;
        if !self.quiet {
            self.print_diagnostics(&analysis.diagnostics, &analysis.sources);
        }
        Ok((folder, checked))
    }

    /// Loads a spec that can be planned and says how many warnings there are.
    pub fn checked_in_short(&self, spec: &Path) -> Result<(PathBuf, Checked), Exit> {
        let (folder, checked, analysis) = self.sound(spec)?;
        match analysis.diagnostics.len() {
            0 => {}
            1 => self.say(&format!("1 warning; `canvass check {}` shows it", spec.display())),
            n => self.say(&format!("{n} warnings; `canvass check {}` shows them", spec.display())),
        }
        Ok((folder, checked))
    }

    fn sound(&self, spec: &Path) -> Result<(PathBuf, Checked, Analysis), Exit> {
        if !spec.is_file() {
            return Err(self.fail(Exit::CouldNot, &format!("there is no file `{}`", spec.display())));
        }
        let Loaded { folder, mut analysis, .. } = self.load(spec)?;
        match analysis.checked.take() {
            Some(checked) if checked.not_planned.is_empty() => Ok((folder, checked, analysis)),
            Some(checked) => {
                analysis.diagnostics.retain(|d| d.code == "not-planned");
                self.print_diagnostics(&analysis.diagnostics, &analysis.sources);
                let name = &checked.campaign.name;
                Err(self.fail(
                    Exit::Spec,
                    &format!("this version can't plan or run `{name}`, for what stands above"),
                ))
            }
            None => {
                self.print_diagnostics(&analysis.diagnostics, &analysis.sources);
                Err(Exit::Spec)
            }
        }
    }

    /// Prints diagnostics with carets on standard error.
    pub fn print_diagnostics(&self, diagnostics: &[Diagnostic], sources: &SourceMap) {
        let color =
            std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()) && std::io::stderr().is_terminal();
        let width = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).unwrap_or(100);
        eprint!("{}", render_text(diagnostics, sources, color, width));
    }

    /// Reads the settings of the profile for specs of a folder.
    pub fn settings(&self, folder: &Path) -> Result<Settings, Exit> {
        let env = |name: &str| std::env::var(name).ok();
        settings::load(folder, self.profile.as_deref(), &env).map_err(|e| self.fail(Exit::CouldNot, &e))
    }

    /// Returns the seed of the draws: `--seed`, else that of `canvass.yaml`.
    pub fn seed_of(&self, settings: &Settings) -> Result<u64, Exit> {
        self.seed.or(settings.seed).ok_or_else(|| {
            let words = format!(
                "there is no seed for the draw; write `seed: 20260105` (any number, the same for all campaigns) into {}, or give --seed",
                settings.root.join(settings::FILE).display()
            );
            self.fail(Exit::CouldNot, &words)
        })
    }
}

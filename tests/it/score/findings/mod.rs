//! Findings: few false alarms, nothing hidden given away, and clear words where nothing can be said.

mod drivers;
mod fair;
mod hiding;
mod outstanding;
mod times;

use canvass::model::checked::Text;
use canvass::score::Scores;
use canvass::score::findings::tables::{Kind, Member, Point, Table};
use canvass::score::findings::{Beside, Findings, findings};
use canvass::score::wave::Wave;

use super::Builder;

/// A small generator, the same everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.uniform() * n as f64) as usize
    }

    /// A mean of `n` normal answers around `truth`, with the variance that they themselves show.
    pub fn point(&mut self, truth: f64, n: u64) -> Point {
        let answers: Vec<f64> = (0..n).map(|_| truth + 20.0 * self.normal()).collect();
        let mean = answers.iter().sum::<f64>() / n as f64;
        let squares: f64 = answers.iter().map(|x| (x - mean).powi(2)).sum();
        let df = n as f64 - 1.0;
        Point { n, value: mean, variance: squares / df / n as f64, df }
    }
}

/// A table of groups whose true means are given, for every measure.
pub fn table(kind: Kind, random: &mut Random, truths: &[Vec<f64>]) -> Table {
    let measures = truths[0].len();
    let member = |(k, truth): (usize, &Vec<f64>)| Member {
        name: format!("g{k:02}"),
        title: Text::default(),
        points: (0..measures)
            .map(|m| {
                let n = 30 + random.below(60) as u64;
                Some(random.point(truth[m], n))
            })
            .collect(),
    };
    Table {
        name: "group".to_owned(),
        title: Text::default(),
        kind,
        groups: truths.iter().enumerate().map(member).collect(),
    }
}

/// Scores with three measures, of which the last is the index.
pub fn scores() -> Scores {
    Builder::new(&[("key", 400)]).score()
}

pub fn found(builder: &Builder, beside: Beside) -> Findings {
    let wave = Wave::of_campaign(&builder.checked, &builder.plan, &builder.sample, &[], &builder.responses);
    let scores = canvass::score::scores(&wave);
    findings(&wave, &scores, beside)
}

//! Does the interval cover the truth as often as it says? Sampled, not derived.
//!
//! Willingness to answer and satisfaction both depend on the weighting class, so that the plain mean is
//! wrong and the error of the adjusted one has both phases in it.

use canvass::model::checked::Grouping;
use canvass::score::design::{CellDesign, ClassCount, Design, Options, Unit, variance};
use canvass::score::interval::student;
use canvass::score::linear::mean;

use super::{Builder, answers};

/// SplitMix64 (Steele, Lea and Flood 2014): small, seeded, the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Draws `m` of `n` without replacement.
    fn draw(&mut self, n: usize, m: usize) -> Vec<usize> {
        let mut pool: Vec<usize> = (0..n).collect();
        for i in 0..m {
            let j = i + (self.next() * (n - i) as f64) as usize;
            pool.swap(i, j);
        }
        pool.truncate(m);
        pool
    }
}

/// People of one stratum: class and satisfaction.
struct Stratum {
    people: Vec<(usize, f64)>,
    invited: usize,
}

/// Chance to answer by class.
const WILLING: [f64; 3] = [0.25, 0.50, 0.80];

fn population(random: &mut Random) -> Vec<Stratum> {
    [(700, 350, [0.5, 0.3, 0.2]), (1500, 300, [0.2, 0.3, 0.5])]
        .into_iter()
        .enumerate()
        .map(|(s, (size, invited, shares))| {
            let people = (0..size).map(|_| {
                let u = random.next();
                let class = if u < shares[0] { 0 } else { usize::from(u >= shares[0] + shares[1]) + 1 };
                let centre = 45.0 + 18.0 * class as f64 + 6.0 * s as f64;
                (class, centre + 30.0 * (random.next() - 0.5))
            });
            Stratum { people: people.collect(), invited }
        })
        .collect()
}

/// One sample with its answers; without classes every cell is a single class.
fn sample(random: &mut Random, strata: &[Stratum], classes: usize) -> (Design, Vec<f64>) {
    let mut design = Design::default();
    let mut values = Vec::new();
    for (cell, stratum) in strata.iter().enumerate() {
        let drawn = random.draw(stratum.people.len(), stratum.invited);
        let place = |class: usize| if classes > 1 { class } else { 0 };
        let mut counts = vec![ClassCount { invited: 0, answered: 0 }; classes];
        let mut answered = Vec::new();
        for &person in &drawn {
            let (class, y) = stratum.people[person];
            counts[place(class)].invited += 1;
            if random.next() < WILLING[class] {
                counts[place(class)].answered += 1;
                answered.push((place(class), y));
            }
        }
        let base = stratum.people.len() as f64 / drawn.len() as f64;
        for (class, y) in answered {
            let weight = base * counts[class].invited as f64 / counts[class].answered as f64;
            design.units.push(Unit { cell, class, weight, cluster: None, count: 1 });
            values.push(y);
        }
        let population = Some(stratum.people.len() as f64);
        design.cells.push(CellDesign {
            name: cell.to_string(),
            population,
            classes: counts,
            ..CellDesign::default()
        });
    }
    (design, values)
}

#[test]
fn weighting_classes_cover_the_truth() {
    let mut random = Random(20_260_105);
    let strata = population(&mut random);
    let all: Vec<f64> = strata.iter().flat_map(|s| s.people.iter().map(|p| p.1)).collect();
    let truth = all.iter().sum::<f64>() / all.len() as f64;
    let rounds = 3000;
    let (mut covered, mut covered_plain, mut sum, mut square, mut errors, mut fixed) =
        (0, 0, 0.0, 0.0, 0.0, 0.0);
    for _ in 0..rounds {
        let (design, values) = sample(&mut random, &strata, 3);
        let members: Vec<usize> = (0..values.len()).collect();
        let linear = mean(&design, &members, |i| Some(values[i])).unwrap();
        let v = variance(&design, &linear.influence, Options { finite: true, ..Options::default() });
        let (low, high) = student(linear.value, v.value.unwrap().sqrt(), v.df).unwrap();
        covered += usize::from(low <= truth && truth <= high);
        sum += linear.value;
        square += (linear.value - truth).powi(2);
        errors += v.value.unwrap();
        fixed += as_if_fixed(&design, &linear.influence);
        let (design, values) = sample(&mut random, &strata, 1);
        let members: Vec<usize> = (0..values.len()).collect();
        let linear = mean(&design, &members, |i| Some(values[i])).unwrap();
        let v = variance(&design, &linear.influence, Options { finite: true, ..Options::default() });
        let (low, high) = student(linear.value, v.value.unwrap().sqrt(), v.df).unwrap();
        covered_plain += usize::from(low <= truth && truth <= high);
    }
    let rounds = f64::from(rounds);
    let (bias, spread) = (sum / rounds - truth, square / rounds);
    let coverage = covered as f64 / rounds;
    let told = format!(
        "coverage {coverage}, unadjusted {}, bias {bias}, variance {spread}, estimated {}, as if fixed {}",
        covered_plain as f64 / rounds,
        errors / rounds,
        fixed / rounds
    );
    assert!((coverage - 0.95).abs() < 0.012, "{told}");
    assert!(bias.abs() < 0.1, "{told}");
    assert!((errors / rounds / spread - 1.0).abs() < 0.06, "{told}");
    assert!((fixed / rounds / spread - 1.0).abs() > 0.10, "{told}");
    assert!(covered_plain as f64 / rounds < 0.2, "{told}");
}

/// What many tools print: the adjusted weights taken as if they had been given.
fn as_if_fixed(design: &Design, influence: &[(usize, f64)]) -> f64 {
    let mut plain = design.clone();
    plain.cells.iter_mut().for_each(|c| c.classes.truncate(1));
    plain.units.iter_mut().for_each(|u| u.class = 0);
    variance(&plain, influence, Options { finite: true, ..Options::default() }).value.unwrap()
}

#[test]
fn the_whole_chain_covers_the_true_index() {
    let mut random = Random(7);
    let rounds = 200;
    let (mut covered, mut covered_plain) = (0, 0);
    for _ in 0..rounds {
        let mut campaign = Builder::new(&[("key", 400), ("active", 1600)]);
        let mut truth = 0.0;
        for (cell, (size, invited, east)) in [(400, 200, 0.3), (1600, 240, 0.7)].into_iter().enumerate() {
            let people: Vec<(bool, f64, f64)> = (0..size)
                .map(|_| {
                    let happy = random.next() < east;
                    let base = if happy { 3.0 } else { 1.0 };
                    let code = |u: f64| base + (3.0 * u).floor();
                    (happy, code(random.next()), code(random.next()))
                })
                .collect();
            let index = |p: &(bool, f64, f64)| 25.0 * (0.6 * (p.1 - 1.0) + 0.4 * (p.2 - 1.0));
            truth += people.iter().map(index).sum::<f64>() / 2000.0;
            for person in random.draw(size, invited) {
                let (happy, a, b) = people[person];
                let answered = random.next() < if happy { 0.7 } else { 0.35 };
                let given = answered.then(|| answers(&[("a", a), ("b", b)]));
                campaign.person(cell as u32, if happy { "east" } else { "west" }, given);
            }
        }
        let holds = |campaign: &Builder| {
            let scores = campaign.score();
            let index = &scores.overall.estimates[2];
            (index.low.unwrap() <= truth && truth <= index.high.unwrap(), index.clone())
        };
        covered_plain += usize::from(holds(&campaign).0);
        campaign.checked.analysis.nonresponse = vec![Grouping::Stratum, Grouping::Field(0)];
        covered += usize::from(holds(&campaign).0);
    }
    assert!((182..=198).contains(&covered), "{covered} of {rounds} intervals hold the truth");
    assert!(covered_plain < 100, "{covered_plain} without adjustment");
}

//! Drawn clusters, sampled thousands of times: what an error says is what estimates spread, and not less.
//!
//! Clusters are of unequal size and alike within; a third to a half of them are drawn, so that the finite population
//! correction counts. Answers come from the whole chain behind the store.

use canvass::frame::ClusterCount;
use canvass::model::checked::Grouping;
use canvass::plan::types::CellClusters;
use canvass::score::design::{Options, variance};
use canvass::score::interval::student;
use canvass::score::linear::mean;
use canvass::score::types::Caution;
use canvass::score::wave::Wave;

use super::{Builder, answers};
use crate::report::simulate::Random;

/// A person: whether of the east, and the answer.
type Person = (bool, f64);

/// Clusters of each stratum.
type Population = Vec<Vec<Vec<Person>>>;

fn population(random: &mut Random) -> Population {
    let cluster = |random: &mut Random, most: usize| {
        let size = 1 + random.below(most);
        let happy = random.next();
        let one = |random: &mut Random| {
            let east = random.next() < 0.5;
            let u = 0.55 * happy + 0.25 * random.next() + if east { 0.2 } else { 0.0 };
            (east, 1.0 + (5.0 * u).floor().min(4.0))
        };
        (0..size).map(|_| one(random)).collect::<Vec<Person>>()
    };
    [(150, 5), (90, 6)].map(|(n, most)| (0..n).map(|_| cluster(random, most)).collect()).to_vec()
}

/// How a sample is drawn and answered.
#[derive(Debug, Clone, Copy)]
struct Way {
    drawn: [usize; 2],
    /// Chance to answer, east and west.
    willing: [f64; 2],
    adjusted: bool,
}

fn sample(random: &mut Random, population: &Population, way: Way) -> Builder {
    let people = |clusters: &Vec<Vec<Person>>| clusters.iter().map(|c| c.len() as u64).sum();
    let mut campaign = Builder::new(&[("a", people(&population[0])), ("b", people(&population[1]))]);
    for (cell, clusters) in population.iter().enumerate() {
        let mut pool: Vec<usize> = (0..clusters.len()).collect();
        for i in 0..way.drawn[cell] {
            let j = i + random.below(pool.len() - i);
            pool.swap(i, j);
        }
        for (place, index) in pool.into_iter().take(way.drawn[cell]).enumerate() {
            for (east, code) in &clusters[index] {
                let answered = random.next() < way.willing[usize::from(!east)];
                let given = answered.then(|| answers(&[("a", *code)]));
                campaign.person(cell as u32, if *east { "east" } else { "west" }, given);
                campaign.sample.last_mut().unwrap().cluster = Some(place as u64);
            }
        }
        let count = ClusterCount {
            population: clusters.len() as u64,
            unavailable: 0,
            drawn: way.drawn[cell] as u64,
            squares: 0,
        };
        campaign.plan.strata[cell].cells[0].clusters = Some(CellClusters { count, effect: 1.0 });
    }
    if way.adjusted {
        campaign.checked.analysis.nonresponse = vec![Grouping::Stratum, Grouping::Field(0)];
    }
    campaign
}

struct Found {
    coverage: f64,
    bias: f64,
    /// Estimated variance over the true one.
    ratio: f64,
}

fn sampled(way: Way, seed: u64) -> Found {
    let mut random = Random(seed);
    let population = population(&mut random);
    let all: Vec<f64> = population.iter().flatten().flatten().map(|p| 25.0 * (p.1 - 1.0)).collect();
    let truth = all.iter().sum::<f64>() / all.len() as f64;
    let rounds = 700;
    let (mut covered, mut sum, mut square, mut errors) = (0, 0.0, 0.0, 0.0);
    for _ in 0..rounds {
        let campaign = sample(&mut random, &population, way);
        let wave =
            Wave::of_campaign(&campaign.checked, &campaign.plan, &campaign.sample, &[], &campaign.responses);
        let members: Vec<usize> = (0..wave.respondents.len()).collect();
        let linear = mean(&wave.design, &members, |i| wave.respondents[i].scores[0]).unwrap();
        let v = variance(&wave.design, &linear.influence, Options { finite: true, ..Options::default() });
        let (low, high) = student(linear.value, v.value.unwrap().sqrt(), v.df).unwrap();
        covered += usize::from(low <= truth && truth <= high);
        sum += linear.value - truth;
        square += (linear.value - truth).powi(2);
        errors += v.value.unwrap();
    }
    let rounds = f64::from(rounds);
    Found { coverage: covered as f64 / rounds, bias: sum / rounds, ratio: errors / square }
}

#[test]
fn errors_of_drawn_clusters_are_those_of_the_draw() {
    let full = Way { drawn: [50, 45], willing: [2.0, 2.0], adjusted: false };
    let found = sampled(full, 1);
    let told = |f: &Found| format!("coverage {}, bias {}, ratio {}", f.coverage, f.bias, f.ratio);
    assert!((found.coverage - 0.95).abs() < 0.02, "{}", told(&found));
    assert!((found.ratio - 1.0).abs() < 0.12 && found.bias.abs() < 0.3, "{}", told(&found));

    // Who answers is chance: a second stage.
    for way in [
        Way { willing: [0.6, 0.6], ..full },
        Way { willing: [0.6, 0.6], drawn: [150, 90], ..full },
        Way { willing: [0.6, 0.6], adjusted: true, ..full },
        // The west answers less and is less happy: weighting classes mend that.
        Way { willing: [0.8, 0.4], adjusted: true, ..full },
        Way { willing: [0.8, 0.4], adjusted: true, drawn: [150, 90] },
    ] {
        let found = sampled(way, 2);
        println!("{way:?}: {}", told(&found));
        assert!((found.coverage - 0.95).abs() < 0.02, "{way:?}: {}", told(&found));
        assert!((found.ratio - 1.0).abs() < 0.12, "{way:?}: {}", told(&found));
        assert!(found.bias.abs() < 0.3, "{way:?}: {}", told(&found));
    }
}

/// A single cluster of several people says nothing of its stratum's error, and no cluster nothing at all.
#[test]
fn a_single_cluster_has_no_error() {
    let mut random = Random(3);
    let population = population(&mut random);
    let big = population[0].iter().position(|c| c.len() > 2).unwrap();
    let mut population = population;
    population[0].swap(0, big);
    let way = Way { drawn: [0, 45], willing: [2.0, 2.0], adjusted: false };
    let mut campaign = sample(&mut random, &population, way);
    for (east, code) in population[0][0].clone() {
        campaign.person(0, if east { "east" } else { "west" }, Some(answers(&[("a", code)])));
        campaign.sample.last_mut().unwrap().cluster = Some(0);
    }
    // Otherwise the other stratum is hidden along with this one.
    campaign.checked.analysis.hide_below = 0;
    let scores = campaign.score();
    assert!(scores.cautions.contains(&Caution::SingleRespondent { cell: "a".to_owned() }));
    assert_eq!(scores.strata[0].estimates[0].standard_error, None);
    assert!(scores.strata[1].estimates[0].standard_error.unwrap() > 0.0);
    // 45 of 90 clusters: each person stands for two.
    assert_eq!(scores.response[1].base_weight, Some(2.0));
}

/// Answers whose link to the list is gone still stand for as many people.
#[test]
fn answers_without_a_link_keep_their_weight() {
    let mut random = Random(4);
    let population = population(&mut random);
    let way = Way { drawn: [50, 45], willing: [0.6, 0.5], adjusted: true };
    let mut campaign = sample(&mut random, &population, way);
    let before = campaign.score();
    for unit in campaign.sample.iter_mut().filter(|u| u.response.is_some()).step_by(3) {
        unit.response = None;
    }
    let after = campaign.score();
    assert!((before.weights.sum - after.weights.sum).abs() < 1e-6, "{}", after.weights.sum);
    assert_eq!(before.overall.estimates[0].value, after.overall.estimates[0].value);
    assert!(after.overall.estimates[0].df < before.overall.estimates[0].df);
}

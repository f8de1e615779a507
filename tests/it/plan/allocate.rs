//! Sizes and allocations: numbers of R, all small cases tried one by one, and what must hold whatever is asked.

use canvass::frame::allocate::{
    Bounds, Infeasible, Precision, bounded, hamilton, inclusion_probabilities, margin, noncentral_t_above,
    optimal, power_of_means, power_of_shares, round_up, sample_size, smallest,
};
use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};
use serde_json::Value;

fn expected() -> Value {
    serde_json::from_str(include_str!("../../fixtures/frame/allocation.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn whole(value: &Value) -> Vec<u64> {
    value.as_array().unwrap().iter().map(|x| x.as_u64().unwrap()).collect()
}

#[track_caller]
fn close(ours: f64, theirs: f64, tolerance: f64) {
    assert!((ours - theirs).abs() <= tolerance * theirs.abs() + 1e-12, "{ours} is not R's {theirs}");
}

#[track_caller]
fn all_close(ours: &[f64], theirs: &Value) {
    let theirs = numbers(theirs);
    assert_eq!(ours.len(), theirs.len());
    ours.iter().zip(theirs).for_each(|(a, b)| close(*a, b, 1e-9));
}

fn products(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a * b).collect()
}

fn up_to(most: &[f64]) -> Vec<Bounds> {
    most.iter().map(|&most| Bounds { least: 0.0, most }).collect()
}

/// Variance of the estimated total: `Σ N² S² / n − N S²`.
fn variance(weights: &[f64], given: &[u64]) -> f64 {
    weights.iter().zip(given).map(|(w, n)| w * w / *n as f64).sum()
}

#[test]
fn allocations_are_those_of_r() {
    let all = expected();
    let case = &all["pop10"];
    let (size, spread) = (numbers(&case["N"]), numbers(&case["S"]));
    let weights = products(&size, &spread);
    let total = case["n"].as_f64().unwrap();
    let (least, most) = (numbers(&case["least"]), numbers(&case["most"]));
    let boxed: Vec<Bounds> = least.iter().zip(&most).map(|(&least, &most)| Bounds { least, most }).collect();

    let proportional: Vec<f64> = size.iter().map(|n| n / size.iter().sum::<f64>()).collect();
    assert_eq!(hamilton(2_500, &proportional), whole(&case["proportional_int"]));
    all_close(&bounded(total, &[1.0; 10], &up_to(&size)).unwrap(), &case["equal_capped"]);
    all_close(&bounded(total, &weights, &up_to(&size)).unwrap(), &case["neyman_capped_N"]);
    all_close(&bounded(total, &weights, &boxed).unwrap(), &case["neyman_box"]);

    let limits = |low: &[f64], high: &[f64]| -> Vec<(u64, u64)> {
        low.iter().zip(high).map(|(l, h)| (round_up(*l), round_up(*h))).collect()
    };
    let exact = optimal(2_500, &weights, &limits(&[1.0; 10], &size)).unwrap();
    assert_eq!(exact, whole(&case["integer_exact_wright"]));
    assert_eq!(
        optimal(2_500, &weights, &limits(&least, &most)).unwrap(),
        whole(&case["integer_exact_wright_box"])
    );
    let fixed: f64 = size.iter().zip(&spread).map(|(n, s)| n * s * s).sum();
    close(variance(&weights, &exact) - fixed, case["variance_wright"].as_f64().unwrap(), 1e-12);
    assert!(case["variance_rounded"].as_f64() > case["variance_wright"].as_f64(), "rounding is not optimal");

    let case = &all["schools"];
    let (size, spread) = (numbers(&case["N"]), numbers(&case["S"]));
    let weights = products(&size, &spread);
    all_close(&bounded(200.0, &weights, &up_to(&size)).unwrap(), &case["neyman"]);
    assert_eq!(optimal(200, &weights, &limits(&[1.0; 3], &size)).unwrap(), whole(&case["neyman_int"]));
    assert_eq!(hamilton(200, &size), whole(&case["prop"]));
    let thirty: Vec<Bounds> = size.iter().map(|&most| Bounds { least: 30.0, most }).collect();
    assert_eq!(hamilton(200, &bounded(200.0, &size, &thirty).unwrap()), whole(&case["prop_min30"]));
}

#[test]
fn edges_are_those_of_r() {
    let edge = &expected()["edge"];
    let case = &edge["cap_small"];
    let (size, spread) = (numbers(&case["N"]), numbers(&case["S"]));
    let weights = products(&size, &spread);
    all_close(&bounded(100.0, &weights, &up_to(&size)).unwrap(), &case["real"]);
    assert_eq!(optimal(100, &weights, &[(1, 5), (1, 20), (1, 1000)]).unwrap(), whole(&case["int"]));
    let case = &edge["prop_cap_equal"];
    all_close(&bounded(60.0, &[1.0; 3], &up_to(&numbers(&case["N"]))).unwrap(), &case["real"]);
    // Everybody is taken.
    assert_eq!(optimal(10, &[4.0, 12.0], &[(1, 4), (1, 6)]).unwrap(), [4, 6]);
    assert_eq!(bounded(10.0, &[4.0, 12.0], &up_to(&[4.0, 6.0])).unwrap(), [4.0, 6.0]);
}

#[test]
fn what_can_not_be_shared_out_is_said() {
    let bounds = [Bounds { least: 5.0, most: 6.0 }, Bounds { least: 5.0, most: 9.0 }];
    assert_eq!(bounded(9.0, &[1.0, 1.0], &bounds), Err(Infeasible::TooFew { least: 10.0, total: 9.0 }));
    assert_eq!(bounded(16.0, &[1.0, 1.0], &bounds), Err(Infeasible::TooMany { most: 15.0, total: 16.0 }));
    assert_eq!(
        optimal(16, &[1.0, 1.0], &[(5, 6), (5, 9)]),
        Err(Infeasible::TooMany { most: 15.0, total: 16.0 })
    );
    let words = Infeasible::TooFew { least: 10.0, total: 9.0 }.to_string();
    assert_eq!(words, "the smallest numbers add up to 10, but only 9 can be shared out");
    // Without any spread, the number is still given out in full.
    assert_eq!(optimal(7, &[0.0, 0.0], &[(1, 4), (1, 6)]).unwrap().iter().sum::<u64>(), 7);
    assert_eq!(bounded(7.0, &[0.0, 0.0], &up_to(&[4.0, 6.0])).unwrap(), [4.0, 3.0]);
}

#[test]
fn sample_sizes_are_those_of_r() {
    let all = expected();
    let get = |row: &Value, name: &str| row[name].as_f64();
    for row in all["grid_head"].as_array().unwrap() {
        let share = Precision::Share { share: get(row, "p").unwrap(), deff: get(row, "deff").unwrap() };
        let ours = sample_size(share, get(row, "e").unwrap(), get(row, "conf").unwrap(), get(row, "N"));
        close(ours, get(row, "n_cochran").unwrap(), 1e-9);
        assert_eq!(round_up(ours) as f64, get(row, "n_up").unwrap());
    }
    for row in all["mean"].as_array().unwrap().iter().chain(all["nps"].as_array().unwrap()) {
        let mean = Precision::Mean { deviation: get(row, "S").unwrap() };
        let ours = sample_size(mean, get(row, "e").unwrap(), 0.95, get(row, "N"));
        close(ours, get(row, "n").unwrap(), 1e-9);
    }
    let half = |row: &&Value| get(row, "p") == Some(0.5) && row["N"].as_u64().is_some();
    for row in all["moe"].as_array().unwrap().iter().filter(half) {
        let ours = margin(get(row, "n").unwrap(), 0.95, row["N"].as_u64().unwrap()).unwrap();
        close(ours, get(row, "moe").unwrap(), 1e-9);
    }
}

/// The whole grid of R, where its folder is there.
#[test]
fn the_grid_of_sample_sizes_is_that_of_r() {
    let Some(folder) = std::env::var_os("CANVASS_REFERENCE") else {
        return eprintln!("not run: CANVASS_REFERENCE names no folder with out/O18_grid.csv");
    };
    let path = std::path::PathBuf::from(folder).join("out/O18_grid.csv");
    let mut rows = 0;
    for row in csv::Reader::from_path(path).unwrap().records() {
        let row = row.unwrap();
        let x = |i: usize| row[i].parse::<f64>().unwrap();
        let population = Some(x(2)).filter(|n| n.is_finite());
        let ours = sample_size(Precision::Share { share: x(1), deff: x(4) }, x(0), x(3), population);
        close(ours, x(6), 1e-9);
        assert_eq!(round_up(ours) as f64, x(9), "{row:?}");
        rows += 1;
    }
    assert_eq!(rows, 540);
}

#[test]
fn power_is_that_of_r() {
    let all = expected();
    for row in all["change_two_waves"].as_array().unwrap() {
        let x = |name: &str| row[name].as_f64().unwrap();
        for (n, power) in [(x("n_per_wave"), 0.8), (x("n90"), 0.9)] {
            // R solves for n up to its own tolerance.
            close(power_of_shares(x("p1"), x("p2"), (n, n), 0.05), power, 1e-6);
        }
        let n = x("n_per_wave");
        let found =
            smallest(0.5 * (1.0 - x("p1")), 0.8, |d| power_of_shares(x("p1"), x("p1") + d, (n, n), 0.05));
        close(x("p1") + found.unwrap(), x("p2"), 1e-5);
    }
    let n = all["power_t"]["n_per_wave"].as_f64().unwrap();
    close(power_of_means(0.1, 0.9, (n, n), 0.05), 0.8, 1e-6);
    assert_eq!(smallest(0.01, 0.8, |d| power_of_means(d, 0.9, (n, n), 0.05)), None);
    // By another method, the series of Lenth (1989, algorithm AS 243).
    close(noncentral_t_above(2.0, 3.0, 0.0), 0.069_662_984_279_421_64, 1e-9);
    close(noncentral_t_above(2.1, 5.0, 1.3), 0.280_886_340_883_522_7, 1e-9);
    close(noncentral_t_above(1.96, 2000.0, 2.8), 0.799_501_471_035_407, 1e-9);
}

/// Inclusion probabilities in proportion to size are those of `inclusionprobabilities` in R's package `sampling`.
#[test]
fn probabilities_by_size_are_those_of_r() {
    let all: Value = serde_json::from_str(include_str!("../../fixtures/frame/pps.json")).unwrap();
    let literal = &all["literal"];
    let ours = inclusion_probabilities(literal["n"].as_f64().unwrap(), &numbers(&literal["x"])).unwrap();
    all_close(&ours, &literal["pi"]);

    let Some(folder) = std::env::var_os("CANVASS_REFERENCE") else {
        return eprintln!("not run: CANVASS_REFERENCE names no folder with data/apipop.csv");
    };
    let path = std::path::PathBuf::from(folder).join("data/apipop.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let place = |name: &str, header: &csv::StringRecord| header.iter().position(|h| h == name).unwrap();
    let header = reader.headers().unwrap().clone();
    let (cds, enroll) = (place("cds", &header), place("enroll", &header));
    let rows = reader.records().map(|row| row.unwrap());
    let mut schools: Vec<(String, f64)> =
        rows.filter_map(|row| Some((row[cds].to_owned(), row[enroll].parse().ok()?))).collect();
    schools.sort_by(|a, b| a.0.cmp(&b.0));
    let sizes: Vec<f64> = schools.into_iter().map(|s| s.1).collect();
    let case = &all["schools"];
    let ours = inclusion_probabilities(400.0, &sizes).unwrap();
    assert_eq!(ours.len() as u64, case["N"].as_u64().unwrap());
    close(ours.iter().sum(), case["sum"].as_f64().unwrap(), 1e-10);
    assert_eq!(ours.iter().filter(|p| **p >= 1.0).count() as u64, case["n_certain"].as_u64().unwrap());
    all_close(&ours[..20], &case["first20"]);
    close(
        ours.iter().copied().filter(|p| *p < 1.0).fold(0.0, f64::max),
        case["max_below_1"].as_f64().unwrap(),
        1e-10,
    );
}

#[test]
fn probabilities_by_size_have_edges() {
    // Two rounds: 100 is certain at once, 10 only among the rest.
    assert_eq!(
        inclusion_probabilities(3.0, &[1.0, 100.0, 10.0, 4.0, 5.0]).unwrap(),
        [0.1, 1.0, 1.0, 0.4, 0.5]
    );
    assert_eq!(
        inclusion_probabilities(2.0, &[3.0, 0.0, -1.0, f64::NAN, 3.0]).unwrap(),
        [1.0, 0.0, 0.0, 0.0, 1.0]
    );
    assert_eq!(inclusion_probabilities(0.0, &[3.0, 1.0]).unwrap(), [0.0, 0.0]);
    let told = inclusion_probabilities(3.0, &[3.0, 0.0, 1.0]);
    assert_eq!(told, Err(Infeasible::TooMany { most: 2.0, total: 3.0 }));
    assert!(inclusion_probabilities(f64::NAN, &[3.0]).is_err());
}

proptest! {
    /// They add up, none lies above 1, and those below are in proportion to size.
    #[test]
    fn probabilities_by_size_are_in_proportion(
        sizes in proptest::collection::vec(0.01f64..1e4, 1..60), share in 0.0f64..1.0,
    ) {
        let total = share * sizes.len() as f64;
        let ours = inclusion_probabilities(total, &sizes).unwrap();
        prop_assert!((ours.iter().sum::<f64>() - total).abs() < 1e-9 * total.max(1.0));
        let free = sizes.iter().zip(&ours).filter(|(_, p)| **p < 1.0 - 1e-12);
        let rates: Vec<f64> = free.map(|(x, p)| p / x).collect();
        for rate in &rates {
            prop_assert!((rate - rates[0]).abs() <= 1e-9 * rates[0]);
        }
        // Whoever is certain is so because its share would be one at least.
        for (x, _) in sizes.iter().zip(&ours).filter(|(_, p)| **p >= 1.0) {
            prop_assert!(rates.is_empty() || rates[0] * x >= 1.0 - 1e-9);
        }
    }
}

proptest! {
    /// Nothing is better than what Wright's method gives: all whole allocations are tried.
    #[test]
    fn no_whole_allocation_has_less_variance(
        cells in proptest::collection::vec((1u32..50, 1u64..3, 3u64..8), 2..4),
        share in 0.0f64..1.0,
    ) {
        let weights: Vec<f64> = cells.iter().map(|c| f64::from(c.0)).collect();
        let bounds: Vec<(u64, u64)> = cells.iter().map(|c| (c.1, c.2)).collect();
        let (least, most): (u64, u64) = bounds.iter().fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        let total = least + round_up(share * (most - least) as f64);
        let ours = optimal(total, &weights, &bounds).unwrap();
        prop_assert_eq!(ours.iter().sum::<u64>(), total);
        let mut best = f64::INFINITY;
        let mut tried = vec![Vec::new()];
        for &(low, high) in &bounds {
            tried = tried.iter().flat_map(|t| (low..=high).map(move |x| [&t[..], &[x]].concat())).collect();
        }
        for one in tried.iter().filter(|t| t.iter().sum::<u64>() == total) {
            best = best.min(variance(&weights, one));
        }
        prop_assert!(variance(&weights, &ours) <= best * (1.0 + 1e-12), "{:?}", ours);
    }

    /// What is free is in proportion to its weight, what is not lies at the bound that holds it back.
    #[test]
    fn bounded_shares_are_proportional_where_they_are_free(
        cells in (2usize..40).prop_flat_map(|n| proptest::collection::vec((0.0f64..1e4, 0.0f64..50.0, 0.0f64..200.0), n)),
        share in 0.0f64..1.0,
    ) {
        let weights: Vec<f64> = cells.iter().map(|c| c.0.floor()).collect();
        let bounds: Vec<Bounds> = cells.iter().map(|c| Bounds { least: c.1, most: c.1 + c.2 }).collect();
        let (least, most) = bounds.iter().fold((0.0, 0.0), |a, b| (a.0 + b.least, a.1 + b.most));
        let total = least + share * (most - least);
        let ours = bounded(total, &weights, &bounds).unwrap();
        prop_assert!((ours.iter().sum::<f64>() - total).abs() < 1e-7 * total.max(1.0), "{} {}", total, ours.iter().sum::<f64>());
        let rate = |i: usize| ours[i] / weights[i];
        for (i, b) in bounds.iter().enumerate() {
            prop_assert!(ours[i] >= b.least - 1e-9 && ours[i] <= b.most + 1e-9);
            for (j, c) in bounds.iter().enumerate().filter(|(j, _)| weights[i] > 0.0 && weights[*j] > 0.0) {
                // Whoever could give and whoever could take stand at rates that leave nothing to move.
                let (gives, takes) = (ours[i] > b.least + 1e-9, ours[j] < c.most - 1e-9);
                prop_assert!(!(gives && takes) || rate(i) <= rate(j) * (1.0 + 1e-9) + 1e-12);
            }
        }
    }
}

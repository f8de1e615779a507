//! Methods over a design of counts against the same people one by one.

use canvass::score::adjustment::{Adjustment, Kind};
use canvass::score::covariance::covariance;
use canvass::score::design::{
    CellDesign, ClassCount, Design, Options, Single, Unit, variance, variance_over,
};
use canvass::score::kish::kish;
use canvass::score::linear::{Linear, mean, total};
use canvass::score::method::chisq::table_test;
use canvass::score::method::effect::{Against, design_effect};
use canvass::score::method::margin::Margin;
use canvass::score::method::projection::Projection;
use canvass::score::method::proportion::Method;
use canvass::score::method::quantile::{Rule, estimate};
use canvass::score::method::quantile_score::score_interval;
use canvass::score::method::rake::{Stop, rake_people, rake_within};

use crate::report::simulate::Random;

fn near(what: &str, a: Option<f64>, b: Option<f64>) {
    match (a, b) {
        (Some(a), Some(b)) => {
            assert!(
                (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) + 1e-13,
                "{what}: {a} by people, {b} by counts"
            );
        }
        _ => assert_eq!(a, b, "{what}"),
    }
}

/// Units with counts, and for each person the unit.
struct Both {
    counted: Design,
    people: Design,
    unit_of: Vec<usize>,
}

fn both(random: &mut Random, round: usize) -> Both {
    let cells = 1 + random.below(3);
    let classes = 1 + round % 3;
    let clusters = round.is_multiple_of(5);
    let mut counted = Design::default();
    for k in 0..cells {
        let none = ClassCount { invited: 0, answered: 0 };
        let population = [None, Some(400.0)][random.below(2)];
        counted.cells.push(CellDesign {
            name: k.to_string(),
            population,
            classes: vec![none; classes],
            ..CellDesign::default()
        });
    }
    for _ in 0..4 + random.below(20) {
        let (cell, class) = (random.below(cells), random.below(classes));
        let cluster = clusters.then(|| cell * 10 + random.below(4));
        let (weight, count) = ([1.0, 2.5, 7.0][random.below(3)], 1 + random.below(5) as u64);
        let of = &mut counted.cells[cell].classes[class];
        of.answered += count;
        of.invited += count + random.below(3) as u64;
        counted.units.push(Unit { cell, class, weight, cluster, count });
    }
    for cell in &mut counted.cells {
        cell.classes.retain(|c| c.answered > 0);
        if cell.classes.len() < classes {
            cell.classes.truncate(1);
        }
        if clusters && random.below(2) == 0 {
            cell.within.clone_from(&cell.classes);
            cell.population = Some([1.0, 4.0, 9.0][random.below(3)]);
        }
    }
    let unit_of: Vec<usize> =
        counted.units.iter().enumerate().flat_map(|(i, u)| (0..u.count).map(move |_| i)).collect();
    let one = |i: &usize| Unit { count: 1, ..counted.units[*i] };
    let people = Design { units: unit_of.iter().map(one).collect(), ..counted.clone() };
    Both { counted, people, unit_of }
}

/// Changes the weights of both designs alike, as calibration or classes of answering do.
fn adjusted(random: &mut Random, both: &mut Both) {
    let n = both.counted.units.len();
    let before: Vec<f64> = both.counted.units.iter().map(|u| u.weight).collect();
    let after: Vec<f64> = before.iter().map(|w| w * (0.5 + random.next())).collect();
    let lists: Vec<Vec<usize>> = (0..2).map(|_| (0..n).map(|_| random.below(3)).collect()).collect();
    let answered: Vec<bool> = (0..n).map(|_| random.below(4) > 0).collect();
    let calibrated = random.below(2) == 0;
    let adjustment = |places: &[usize], count: &dyn Fn(usize) -> u64| {
        let pick = |list: &[f64]| places.iter().map(|i| list[*i]).collect::<Vec<f64>>();
        let kind = if calibrated {
            let total: Vec<f64> = places.iter().map(|&i| before[i] * count(i) as f64).collect();
            let lists: Vec<Vec<usize>> =
                lists.iter().map(|list| places.iter().map(|i| list[*i]).collect()).collect();
            Kind::Calibration(Box::new(Projection::margins(&lists, &total)))
        } else {
            Kind::Response {
                class: places.iter().map(|i| lists[0][*i]).collect(),
                answered: places.iter().map(|i| answered[*i]).collect(),
            }
        };
        Adjustment { before: pick(&before), after: pick(&after), kind }
    };
    let every: Vec<usize> = (0..n).collect();
    both.counted.adjustments = vec![adjustment(&every, &|i| both.counted.units[i].count)];
    both.people.adjustments = vec![adjustment(&both.unit_of, &|_| 1)];
    both.counted.units.iter_mut().zip(&after).for_each(|(u, w)| u.weight = *w);
    both.people.units.iter_mut().zip(&both.unit_of).for_each(|(u, i)| u.weight = after[*i]);
}

#[test]
fn methods_say_the_same_of_counts_and_of_people() {
    let mut random = Random(8);
    for round in 0..400 {
        let mut both = both(&mut random, round);
        if round % 4 == 1 {
            adjusted(&mut random, &mut both);
        }
        let n = both.counted.units.len();
        let y: Vec<Option<f64>> =
            (0..n).map(|_| (random.below(6) > 0).then(|| random.below(5) as f64)).collect();
        let group: Vec<usize> = (0..n).map(|_| random.below(3)).collect();
        let inside: Vec<bool> = (0..n).map(|_| random.below(3) > 0).collect();
        let options = Options {
            finite: round % 2 == 0,
            single: [Single::Unknown, Single::Certainty, Single::Adjust, Single::Average][random.below(4)],
        };
        let of = |design: &Design, unit: &dyn Fn(usize) -> usize| {
            let members: Vec<usize> = (0..design.units.len()).filter(|i| inside[unit(*i)]).collect();
            let value = |i: usize| y[unit(i)];
            let mut out: Vec<(&str, Option<f64>)> = Vec::new();
            let domain = mean(design, &members, value);
            out.push(("mean", domain.as_ref().map(|m| m.value)));
            let sum = total(design, &members, value);
            out.push(("total", Some(sum.value)));
            let estimates: Vec<Linear> = domain.into_iter().chain([sum]).collect();
            for linear in &estimates {
                let v = variance_over(design, &linear.influence, members.iter().copied(), options);
                out.push(("variance", v.value));
                out.push(("degrees of freedom", Some(v.df as f64)));
                out.push(("census", Some(f64::from(u8::from(v.census)))));
                let kish = kish(design, linear.members());
                out.push(("effective", kish.n_effective));
                out.push(("of", Some(kish.n as f64)));
            }
            let all = covariance(design, &estimates, options);
            out.push(("covariance", all.matrix.as_ref().map(|m| m.at(0, m.columns() - 1))));
            out.push(("covariance's degrees of freedom", Some(all.df as f64)));
            let one = variance(design, &estimates[0].influence, options).value;
            out.push(("alone", one));
            for against in [Against::WithReplacement, Against::WithoutReplacement] {
                out.push(("effect", design_effect(design, &members, value, against, options)));
            }
            for rule in [Rule::Math, Rule::School, Rule::ShahVaish, Rule::HyndmanFan(3), Rule::HyndmanFan(7)]
            {
                let q = estimate(design, &members, value, 0.4, (rule, Method::Wald), options);
                out.push(("quantile", q.map(|q| q.value)));
                out.push(("its error", q.and_then(|q| q.error)));
            }
            let ends = score_interval(design, &members, value, 0.5, Rule::Math, options);
            out.push(("score interval", ends.map(|e| e.0)));
            let given: Vec<(usize, usize, usize)> =
                members.iter().filter_map(|&i| Some((i, group[unit(i)], value(i)? as usize))).collect();
            let table = table_test(design, &given, options);
            out.push(("table", table.as_ref().map(|t| t.second_order.f)));
            out.push(("chi-square", table.as_ref().map(|t| t.pearson)));
            out.push(("people in the table", table.as_ref().map(|t| t.n as f64)));
            out
        };
        let one = of(&both.people, &|i| both.unit_of[i]);
        let other = of(&both.counted, &|i| i);
        assert_eq!(one.len(), other.len());
        for ((what, a), (_, b)) in one.into_iter().zip(other) {
            near(&format!("round {round}: {what}"), a, b);
        }
    }
}

#[test]
fn raking_within_bounds_of_counts_and_of_people() {
    let mut random = Random(9);
    for _ in 0..60 {
        let n = 12;
        let count: Vec<u64> = (0..n).map(|_| 1 + random.below(30) as u64).collect();
        let weights: Vec<f64> = (0..n).map(|_| 0.5 + 4.0 * random.next()).collect();
        let lists: Vec<Vec<usize>> = (0..2).map(|m| (0..n).map(|i| (i / (m + 1)) % 3).collect()).collect();
        let targets = [vec![300.0, 200.0, 500.0], vec![250.0, 350.0, 400.0]];
        let unit_of: Vec<usize> = (0..n).flat_map(|i| (0..count[i]).map(move |_| i)).collect();
        let margins = |places: &[usize]| -> Vec<Margin> {
            let margin = |(list, targets): (&Vec<usize>, &Vec<f64>)| Margin {
                name: String::new(),
                category: places.iter().map(|i| list[*i]).collect(),
                targets: targets.clone(),
            };
            lists.iter().zip(&targets).map(margin).collect()
        };
        let bounds = (Some(0.3), Some(1.8));
        let every: Vec<usize> = (0..n).collect();
        let people: Vec<f64> = count.iter().map(|n| *n as f64).collect();
        let own: Vec<f64> = unit_of.iter().map(|i| weights[*i]).collect();
        let one = rake_within(&own, &margins(&unit_of), bounds, Stop::default()).unwrap();
        let other = rake_people(&weights, &people, &margins(&every), bounds, Stop::default()).unwrap();
        for (factor, i) in one.factors.iter().zip(&unit_of) {
            near("factor", Some(*factor), Some(other.factors[*i]));
        }
    }
}

#[test]
fn covariances_of_many_estimates_are_those_of_pairs() {
    let mut random = Random(21);
    for round in 0..60 {
        let mut both = both(&mut random, round);
        if round % 3 == 1 {
            adjusted(&mut random, &mut both);
        }
        let design = if round % 2 == 0 { &both.people } else { &both.counted };
        let options = Options { finite: round % 4 < 2, single: Single::Certainty };
        let cell: Vec<usize> = design.units.iter().map(|_| random.below(50)).collect();
        let estimate = |k: usize| {
            let own = |(i, c): (usize, &usize)| (i, f64::from(u8::from(*c == k)) - 0.02);
            Linear::new(0.0, cell.iter().enumerate().map(own).collect())
        };
        let estimates: Vec<Linear> = (0..50).map(estimate).collect();
        let many = covariance(design, &estimates, options).matrix;
        for _ in 0..20 {
            let (a, b) = (random.below(50), random.below(50));
            let pair = covariance(design, &[estimates[a].clone(), estimates[b].clone()], options).matrix;
            near(&format!("round {round}"), pair.map(|m| m.at(0, 1)), many.as_ref().map(|m| m.at(a, b)));
        }
    }
}

//! Numbers across strata, margins in points, draws beside earlier campaigns, panels.

use std::collections::{BTreeMap, BTreeSet};

use std::fs;

use canvass::frame::allocate::{
    numbers, power_of_means, power_of_shares, smallest_of_means, smallest_of_shares,
};
use canvass::frame::coordinate::{CIRCLE, Starts, apart_from, behind, starts};
use canvass::frame::random::{fraction, number};
use canvass::frame::{self, GroupBefore, History, Panel, Reading, ScoreBefore, WaveBefore, Waves};
use canvass::model::checked::Allocation;
use canvass::model::{Folder, analyse};
use canvass::plan::{self, Plan};
use jiff::civil::date;
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use serde_json::Value;

use super::support::{Place, SPEC, list};

const SEED: u64 = 20_260_105;

/// Two strata, 60 people with a high spend and 40 others.
fn place(sample_top: &str, sample_rest: &str, line: &str) -> Place {
    let spec = SPEC
        .replace("spend in top 40%\n  sample all", &format!("spend >= 40\n  {sample_top}"))
        .replace("stratum rest { sample all // rest", &format!("stratum rest {{ {sample_rest}"))
        .replace(
            "stratum fresh \"Fresh\" {\n  where signed_up within 30 days\n  sample all // fresh\n}\n",
            "",
        )
        .replace("section s", &format!("{line}\n\nsection s"));
    Place::new(&spec, &list(&rows(100)))
}

fn rows(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("k{i},k{i}@example.com,2025-01-01,{i},{i}")).collect()
}

fn draw(place: &Place, seed: u64, waves: Waves) -> Result<Reading, Vec<String>> {
    let history = History { waves, ..History::default() };
    frame::read(&place.checked, place.folder(), seed, &history).map_err(|e| e.messages().to_vec())
}

fn made(place: &Place, waves: Waves) -> Plan {
    plan::make(&place.checked, &draw(place, SEED, waves).unwrap().summary, SEED)
}

fn invited(plan: &Plan) -> Vec<u64> {
    plan.strata.iter().flat_map(|s| &s.cells).map(|c| c.invitations).collect()
}

fn keys(reading: &Reading) -> BTreeSet<String> {
    reading.drawn.iter().map(|p| p.key.clone()).collect()
}

fn start(of: &str, at: f64) -> Waves {
    Waves { starts: BTreeMap::from([(of.to_owned(), number(at))]), ..Waves::default() }
}

fn before(groups: &[(&str, u64, f64)]) -> WaveBefore {
    let group = |(name, answers, deviation): &(&str, u64, f64)| GroupBefore {
        stratum: (*name).to_owned(),
        answers: *answers,
        effective: *answers as f64,
        value: 70.0,
        deviation: *deviation,
    };
    let overall = group(&("", 500, 25.0));
    let strata = groups.iter().map(group).collect();
    let scores = vec![ScoreBefore { score: "csi".to_owned(), overall, strata }];
    WaveBefore { campaign: "wave_2025".to_owned(), answers: 500, scores }
}

#[test]
fn a_number_is_shared_out_over_the_strata_that_it_names() {
    for (allocation, wanted) in [
        ("", [18, 12]),
        ("allocate proportional", [18, 12]),
        ("allocate equal", [15, 15]),
        // N S: 60 · 10 and 40 · 30
        ("allocate neyman on csi spread top 10, rest 30", [10, 20]),
        // 40 · 90 takes all that it can: 26 of 30 would leave top the rest
        ("allocate neyman on csi spread top 10, rest 90", [4, 26]),
    ] {
        let line = format!("sample 30 across top, rest {allocation}");
        let plan = made(&place("", "", &line), Waves::default());
        assert_eq!(invited(&plan), wanted, "{allocation}");
        // The same in the block of one of them.
        let inside = made(&place(&line, "", ""), Waves::default());
        assert_eq!((invited(&inside), &inside.hash), (wanted.to_vec(), &plan.hash), "{allocation}");
    }
}

#[test]
fn what_a_number_across_strata_can_not_be_is_said_with_its_remedy() {
    let told = |line: &str| draw(&place("", "", line), SEED, Waves::default()).unwrap_err().join("\n");
    assert!(
        told("sample 101 across top, rest").contains("only 100 people are eligible; ask for 100 or fewer")
    );
    assert!(told("sample 3 across top, rest allocate equal").contains("ask for 4 or more"));
    let unknown = told("sample 30 across top, rest allocate neyman on csi spread top 10");
    assert!(unknown.contains("stratum `rest`") && unknown.contains("`spread rest 22, …`"), "{unknown}");
    assert!(unknown.contains("`follows`"), "{unknown}");
}

#[test]
fn spread_comes_from_the_wave_before_where_the_spec_states_none() {
    let with = |groups: &[(&str, u64, f64)], line: &str| {
        let waves = Waves { before: Some(before(groups)), ..Waves::default() };
        made(&place("", "", line), waves)
    };
    let line = "sample 30 across top, rest allocate neyman on csi";
    assert_eq!(invited(&with(&[("top", 100, 10.0), ("rest", 100, 30.0)], line)), [10, 20]);
    // Few answers tell no spread: the whole wave's 25 stands in, 60 · 25 beside 40 · 30 is 5 to 4.
    assert_eq!(invited(&with(&[("top", 9, 10.0), ("rest", 100, 30.0)], line)), [17, 13]);
    // What the spec states goes first.
    let stated = format!("{line} spread top 30");
    assert_eq!(invited(&with(&[("top", 100, 10.0), ("rest", 100, 30.0)], &stated)), [18, 12]);
}

#[test]
fn a_margin_in_points_takes_as_many_as_its_spread_asks_for() {
    // (1.96 · 20 / 5)² = 61.5; 61.5 / (1 + 61.5 / 60) = 30.4
    let plan = made(&place("sample margin 5 points on csi spread 20", "sample all", ""), Waves::default());
    assert_eq!(invited(&plan)[0], 31);
    assert_eq!(plan.strata[0].sample.get("en"), "margin 5 points on csi at 95% spread 20");
    // Half of them answer; what is missing is said with the margin that can still be had.
    let clause = "sample margin 5 points on csi at 95% expecting 40% response spread 20";
    let short = made(&place(clause, "sample all", ""), Waves::default());
    assert_eq!(invited(&short)[0], 60);
    let words = short.warnings.iter().map(|w| w.get("en")).collect::<Vec<_>>().join("\n");
    // 24 of 60 answer: 1.96 · 20 · √((1 − 24/60)/24) = 6.2
    assert!(words.contains("78 invitations would be needed, 60 can be invited"), "{words}");
    assert!(words.contains("about 24 completes can still be had, a margin of ±6.2 points on csi"), "{words}");
    let nothing = draw(&place("sample margin 5 points on csi", "sample all", ""), SEED, Waves::default());
    let words = nothing.unwrap_err().join("\n");
    assert!(words.contains("write `spread 22`"), "{words}");
}

#[test]
fn a_plan_from_a_summary_knows_spread_and_starts_too() {
    let place = place("draw apart from a", "", "sample 30 across top, rest allocate neyman on csi");
    let waves = Waves { before: Some(before(&[("top", 50, 5.0)])), ..start("top", 0.5) };
    let summary = draw(&place, SEED, waves).unwrap().summary;
    let text = serde_json::to_string(&summary).unwrap();
    let again = plan::make(&place.checked, &serde_json::from_str(&text).unwrap(), SEED);
    let plan = plan::make(&place.checked, &summary, SEED);
    assert_eq!(plan::json(&again), plan::json(&plan));
    assert!((plan.strata[0].draw.start - 0.5).abs() < f64::EPSILON);
    assert_eq!(plan.strata[0].draw.apart_from, ["a"]);
    // A launched plan, planned again, is the same.
    assert_eq!(plan::again(&plan, &place.checked).hash, plan.hash);
    assert_eq!(invited(&plan::again(&plan, &place.checked)), invited(&plan));
}

proptest! {
    #[test]
    fn shared_numbers_add_up_within_their_bounds(
        cells in proptest::collection::vec((0u64..400, 1u32..50), 1..9),
        part in 0.0f64..1.0,
        kind in 0u8..3,
    ) {
        let most: Vec<u64> = cells.iter().map(|c| c.0).collect();
        let weights: Vec<f64> = cells.iter().map(|c| f64::from(c.1)).collect();
        let allocation = [Allocation::Proportional, Allocation::Equal, Allocation::Neyman { score: 0 }][usize::from(kind)];
        let least: u64 = most.iter().map(|m| m.min(&2)).sum();
        let total = least + (part * (most.iter().sum::<u64>() - least) as f64) as u64;
        let given = numbers(allocation, total, &weights, &most).unwrap();
        prop_assert_eq!(given.iter().sum::<u64>(), total);
        for (n, most) in given.iter().zip(&most) {
            prop_assert!(n <= most && n >= most.min(&2), "{given:?} of {most}");
        }
    }

    #[test]
    fn distance_from_a_start_is_a_turn_of_the_circle(u in 0u64..CIRCLE, start in 0u64..CIRCLE) {
        let there = behind(u, start);
        prop_assert!(there < CIRCLE);
        prop_assert_eq!((there + start) % CIRCLE, u);
        prop_assert_eq!(number(fraction(u)), u);
    }

    #[test]
    fn a_start_apart_is_as_far_as_can_be(starts in proptest::collection::vec(0u64..CIRCLE, 1..5)) {
        let at = apart_from(&starts);
        let far = |x: u64| starts.iter().map(|s| behind(x, *s).min(behind(*s, x))).min().unwrap();
        for other in (0..64).map(|i| i * (CIRCLE / 64)) {
            prop_assert!(far(at) + 1 >= far(other));
        }
    }
}

#[test]
fn starts_follow_from_the_campaigns_that_are_named() {
    let place = place("sample 5; draw apart from a, b", "sample 5; draw with a", "");
    let of = |campaign: &str| match campaign {
        "a" => Ok(Starts::from([("top".to_owned(), 0), ("others".to_owned(), 0)])),
        "b" => Ok(Starts::from([("top".to_owned(), CIRCLE / 2)])),
        other => Err(format!("no {other}")),
    };
    let found = starts(&place.checked, &of).unwrap();
    assert_eq!(found, Starts::from([("top".to_owned(), CIRCLE / 4), ("rest".to_owned(), 0)]));
    // Where a stratum of another name has another start, none can be taken for granted.
    let mixed = |_: &str| Ok(Starts::from([("x".to_owned(), 0), ("y".to_owned(), CIRCLE / 2)]));
    let told = starts(&place.checked, &mixed).unwrap_err().join("\n");
    assert!(told.contains("`x` at 0, `y` at 0.5"), "{told}");
    let told = draw(&place, SEED, Waves::default()).unwrap_err().join("\n");
    assert!(told.contains("nothing tells where that draw started"), "{told}");
}

/// A simple random sample of 40 people out of 200 under many seeds: everybody has the same chance.
#[test]
fn everybody_has_the_same_chance_wherever_a_draw_starts() {
    let spec = SPEC.split("stratum top").next().unwrap().to_owned()
        + "stratum all { sample 8 }\nsection s"
        + SPEC.split("section s").nth(1).unwrap();
    let place = Place::new(&spec, &list(&rows(40)));
    let seeds = 600_u32;
    for at in [0.0, 0.37] {
        let mut times: BTreeMap<String, f64> = BTreeMap::new();
        for seed in 0..u64::from(seeds) {
            let drawn = draw(&place, seed, start("all", at)).unwrap().drawn;
            assert_eq!(drawn.len(), 8);
            drawn.into_iter().for_each(|p| *times.entry(p.key).or_default() += 1.0);
        }
        let (chance, people) = (0.2, 40.0);
        let expected = f64::from(seeds) * chance;
        let sum: f64 = times.values().map(|t| (t - expected).powi(2)).sum();
        let missing = (people - times.len() as f64) * expected * expected;
        // Without replacement the squares add up to N f (1 − f) R in the mean, with N − 1 degrees of freedom.
        let chi = (sum + missing) / (expected * (1.0 - chance)) * (people - 1.0) / people;
        // The 0.1 % points of chi-square with 39 degrees of freedom.
        assert!((15.0..73.5).contains(&chi), "start {at}: {chi}");
    }
}

#[test]
fn overlap_of_two_draws_is_what_their_starts_make_it() {
    let spec = SPEC.split("stratum top").next().unwrap().to_owned()
        + "stratum all { sample 40 }\nsection s"
        + SPEC.split("section s").nth(1).unwrap();
    let place = Place::new(&spec, &list(&rows(200)));
    let seeds = 60_u64;
    let mean = |at: f64| {
        let one = |seed: u64| {
            let first = keys(&draw(&place, seed, Waves::default()).unwrap());
            let second = keys(&draw(&place, seed, start("all", at)).unwrap());
            first.intersection(&second).count() as f64
        };
        (0..seeds).map(one).sum::<f64>() / seeds as f64
    };
    assert!((mean(0.0) - 40.0).abs() < f64::EPSILON, "the same start takes the same people");
    assert!(mean(0.5) < f64::EPSILON, "a fifth from the other side has nobody in common");
    // A start at 0.1 leaves out those below it: 40 − 200 · 0.1, with a standard error of √(200 · 0.1 · 0.9 / 60) = 0.55.
    assert!((mean(0.1) - 20.0).abs() < 4.0 * 0.55, "{}", mean(0.1));
}

#[test]
fn births_and_deaths_move_nobody_else() {
    let spec = SPEC.split("stratum top").next().unwrap().to_owned()
        + "stratum all { sample 20; draw apart from a }\nsection s"
        + SPEC.split("section s").nth(1).unwrap();
    let of = |rows: &[String]| keys(&draw(&Place::new(&spec, &list(rows)), SEED, start("all", 0.5)).unwrap());
    let all = rows(120);
    let first = of(&all[..100]);
    let born = of(&all);
    let new: BTreeSet<String> = (100..120).map(|i| format!("k{i}")).collect();
    // Whoever is new may push somebody out; nobody of the old ones comes in.
    assert!(born.difference(&new).all(|k| first.contains(k)));
    let dead = of(&all[10..100]);
    let gone: BTreeSet<String> = (0..10).map(|i| format!("k{i}")).collect();
    assert!(first.difference(&gone).all(|k| dead.contains(k)));
}

#[test]
fn arrivals_are_drawn_from_the_start_on() {
    let spec = SPEC.split("stratum top").next().unwrap().to_owned()
        + "stratum all { sample 10% daily; draw apart from a }\nsection s"
        + SPEC.split("section s").nth(1).unwrap();
    let place = Place::new(&spec, &list(&rows(300)));
    let history = History { waves: start("all", 0.5), ..History::default() };
    let (from, to) = (date(2026, 1, 5), date(2026, 1, 6));
    let came =
        frame::arrivals(&place.checked, place.folder(), SEED, &history, from, to, &BTreeSet::new()).unwrap();
    assert_eq!(came.len(), 300);
    for one in &came {
        assert_eq!(one.drawn, (0.5..0.6).contains(&one.person.u), "{}", one.person.u);
    }
    let drawn: Vec<f64> = came.iter().filter(|c| c.drawn).map(|c| c.person.u).collect();
    assert!(drawn.is_sorted() && drawn.len() > 10, "in the order of the draw: {drawn:?}");
}

#[test]
fn the_smallest_differences_are_found_with_the_power_that_is_wanted() {
    for answers in [(2.0, 3.0), (10.0, 12.0), (16.0, 16.0), (50.0, 30.0), (400.0, 250.0)] {
        let least = smallest_of_means(22.0, answers, 0.05, 0.8).unwrap();
        let power = power_of_means(least, 22.0, answers, 0.05);
        assert!((power - 0.8).abs() < 0.002, "{answers:?}: {power}");
    }
    let least = smallest_of_shares((400.0, 250.0), 0.05, 0.8).unwrap();
    let power = power_of_shares(0.5 - least / 2.0, 0.5 + least / 2.0, (400.0, 250.0), 0.05);
    assert!((power - 0.8).abs() < 1e-9);
    assert_eq!(smallest_of_means(22.0, (1.0, 50.0), 0.05, 0.8), None);
    assert_eq!(smallest_of_shares((9.0, 500.0), 0.05, 0.8), None, "nine answers show nothing");
}

/// 60 and 40 people, all asked, half of whom answer; spreads of 10 and 30 points.
#[test]
fn a_plan_says_what_it_can_tell() {
    let spec = |goal: &str| {
        let mut place = place(
            "sample 60 completes expecting 50% response",
            "sample 40 completes expecting 50% response",
            "",
        );
        let text = fs::read_to_string(place.folder().join("wave.survey")).unwrap();
        let text = text
            .replace("weighted(service_score)", &format!("weighted(service_score)\n  target csi {goal}"))
            .replace("campaign wave {", "campaign wave {\n  follows wave_2025");
        place.write("wave.survey", text.as_bytes());
        place.checked = analyse("wave.survey", &Folder(place.folder().to_path_buf())).checked.unwrap();
        place
    };
    let waves =
        || Waves { before: Some(before(&[("top", 100, 10.0), ("rest", 50, 30.0)])), ..Waves::default() };
    let plan = made(&spec(">= 74"), waves());
    let told = plan.precision.clone().unwrap();
    let (all, top, rest) = (&told.groups[0], &told.groups[1], &told.groups[2]);
    let near = |a: Option<f64>, b: f64, by: f64| assert!((a.unwrap() - b).abs() < by, "{a:?} is not {b}");
    // 30 of 60 and 20 of 40: 1.96 · 10 · √(½/30), 1.96 · 30 · √(½/20), together with weights 0.6 and 0.4.
    near(top.scores[0].figures.margin, 2.53, 0.006);
    near(rest.scores[0].figures.margin, 9.30, 0.006);
    near(all.scores[0].figures.margin, ((0.6 * 2.53_f64).powi(2) + (0.4 * 9.297_f64).powi(2)).sqrt(), 0.01);
    // A share of one half: 1.96 · √(¼/30 · 30/59).
    near(top.share.margin, 0.1276, 0.0001);
    // Since the wave before: 30 answers beside 100, spread 10.
    near(top.scores[0].figures.since, smallest_of_means(10.0, (30.0, 100.0), 0.05, 0.8).unwrap(), 0.006);
    near(
        top.scores[0].figures.beside,
        smallest_of_means(10.0, (30.0, 100.0 / 45.0), 0.05, 0.8).unwrap(),
        0.006,
    );
    near(top.share.since, smallest_of_shares((30.0, 500.0), 0.05, 0.8).unwrap(), 0.0001);
    // Without finite population correction ±5.7: 70 then, and 4 points to the goal.
    let words = plan.warnings.iter().map(|w| w.get("en")).collect::<Vec<_>>().join("\n");
    assert!(
        words.contains("target `csi >= 74` can't be decided if the score stays at the 70 of `wave_2025`"),
        "{words}"
    );
    assert!(words.contains("the margin is ±5.68; about 101 completes would decide it"), "{words}");
    let far = made(&spec(">= 80"), waves());
    assert!(
        !far.warnings.iter().map(|w| w.get("en")).collect::<Vec<_>>().join("\n").contains("can't be decided")
    );
    let few = made(&spec("for rest >= 80"), waves());
    assert!(
        few.warnings
            .iter()
            .map(|w| w.get("en"))
            .collect::<Vec<_>>()
            .join("\n")
            .contains("hardly be decided: about 20 completes"),
        "{:?}",
        few.warnings
    );
    // Nothing known of the wave before: as many answers as now, and a quarter of the scale.
    let blind = made(&spec(">= 74"), Waves::default()).precision.unwrap();
    assert!(blind.since_supposed && blind.groups[1].scores[0].supposed);
    near(
        blind.groups[1].scores[0].figures.since,
        smallest_of_means(25.0, (30.0, 30.0), 0.05, 0.8).unwrap(),
        0.006,
    );
}

#[test]
fn a_panel_takes_the_people_who_answered_and_leaves_the_others_to_the_next_stratum() {
    let place = place("panel of wave_2025; sample all", "sample all", "");
    let told = draw(&place, SEED, Waves::default()).unwrap_err().join("\n");
    assert!(told.contains("the store of this profile has no such campaign"), "{told}");
    let panel: BTreeSet<String> = ["k50", "k60", "k1", "elsewhere"].map(str::to_owned).into();
    let answered = BTreeMap::from([("wave_2025".to_owned(), Panel::Keys(panel))]);
    let reading = draw(&place, SEED, Waves { answered, ..Waves::default() }).unwrap();
    let top: BTreeSet<&str> = reading.drawn.iter().filter(|p| p.cell == 0).map(|p| p.key.as_str()).collect();
    assert_eq!(top, BTreeSet::from(["k50", "k60"]), "k1 answered, and its spend is too low for the stratum");
    assert_eq!(reading.drawn.len(), 100);
    let plan = plan::make(&place.checked, &reading.summary, SEED);
    assert_eq!(plan.strata[0].draw.panel_of.as_deref(), Some("wave_2025"));
}

/// Draws with permanent random numbers as R's: sets of ids, numbers and all (case O26 of the open reference).
#[test]
fn coordinated_draws_are_those_of_r() {
    let Some(folder) = std::env::var_os("CANVASS_REFERENCE") else {
        eprintln!("not run: CANVASS_REFERENCE names no folder with data/O26_frame.csv");
        return;
    };
    let path = std::path::Path::new(&folder).join("data/O26_frame.csv");
    let mut people: Vec<(String, String, f64)> = std::fs::read_to_string(&path)
        .unwrap()
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[0].to_owned(), cells[1].to_owned(), cells[2].trim().parse().unwrap())
        })
        .collect();
    let all: Value = serde_json::from_str(include_str!("../../fixtures/frame/coordination.json")).unwrap();
    let take =
        |people: &[(String, String, f64)], sizes: &Value, at: f64| -> BTreeMap<String, BTreeSet<String>> {
            let of = |(stratum, n): (&String, &Value)| {
                let mut own: Vec<_> = people.iter().filter(|p| p.1 == *stratum).collect();
                own.sort_by_key(|p| (behind(number(p.2), number(at)), p.0.clone()));
                let first = own.into_iter().take(n.as_u64().unwrap() as usize).map(|p| p.0.trim().to_owned());
                (stratum.clone(), first.collect())
            };
            sizes.as_object().unwrap().iter().map(of).collect()
        };
    let ids = |value: &Value| -> BTreeMap<String, BTreeSet<String>> {
        let set = |v: &Value| v.as_array().unwrap().iter().map(|x| x.as_str().unwrap().to_owned()).collect();
        value.as_object().unwrap().iter().map(|(k, v)| (k.clone(), set(v))).collect()
    };
    let n = &all["n"];
    assert_eq!(take(&people, n, 0.0), ids(&all["first"]));
    assert_eq!(take(&people, &all["other_n"], 0.0), ids(&all["positive"]));
    assert_eq!(take(&people, n, 0.5), ids(&all["negative"]));
    assert_eq!(take(&people, n, 0.001), ids(&all["shifted"]));
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let mut moved = people.clone();
    let ones: BTreeSet<String> = all["moved_to_h"].as_array().unwrap().iter().map(text).collect();
    moved.iter_mut().filter(|p| ones.contains(p.0.trim())).for_each(|p| p.1 = "H".to_owned());
    assert_eq!(take(&moved, n, 0.0), ids(&all["moved"]));
    let dead: BTreeSet<String> = all["deaths"].as_array().unwrap().iter().map(text).collect();
    people.retain(|p| !dead.contains(p.0.trim()));
    for born in all["births"].as_array().unwrap() {
        people.push((text(&born["id"]), text(&born["stratum"]), born["u"].as_f64().unwrap()));
    }
    assert_eq!(take(&people, n, 0.0), ids(&all["births_and_deaths"]));
}

//! Whole clusters: the same people as by the definition, everybody of a drawn cluster, each cluster with its chance.
//!
//! The other side stands here: every cluster's whole hash, in hexadecimal digits, over a list that was never a file.

use std::collections::{BTreeMap, BTreeSet};

use canvass::frame::{self, History, Reading};
use canvass::plan;
use canvass::plan::change::{Effect, changes};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use proptest::test_runner::Config;
use sha2::{Digest, Sha256};

use super::support::{Place, SPEC};

const SEED: u64 = 20_260_105;

#[derive(Debug, Clone)]
struct Person {
    key: String,
    email: Option<String>,
    company: String,
    group: u8,
    heavy: bool,
    out: bool,
}

/// A part with its own sizes makes two cells of the second stratum.
fn spec(clause: &str, samples: [&str; 3]) -> String {
    let [first, second, third] = samples;
    let head = SPEC.split("frame customers").next().unwrap();
    let tail = &SPEC[SPEC.find("section s").unwrap()..];
    format!(
        "{head}frame customers {{\n  source \"customers.csv\"\n  key key\n  email email\n  {clause}\n  \
         field grp : one of a \"A\", b \"B\", c \"C\"\n  field heavy : yes_no\n  field gone : yes_no\n  \
         exclude \"Gone\" where gone\n  once per email\n}}\n\
         stratum first {{ where grp = a; sample {first} }}\n\
         stratum second {{\n  where grp = b\n  split {{\n    heavy 50% where heavy\n    light 50%\n  }}\n  sample {second}\n}}\n\
         stratum third {{ sample {third} }}\n{tail}"
    )
}

fn csv(people: &[Person]) -> String {
    let mut text = "key,email,company,grp,heavy,gone\n".to_owned();
    let yes = |b| if b { "yes" } else { "no" };
    for p in people {
        let group = ["a", "b", "c"][usize::from(p.group)];
        let email = p.email.as_deref().unwrap_or("");
        text += &format!("{},{email},{},{group},{},{}\n", p.key, p.company, yes(p.heavy), yes(p.out));
    }
    text
}

fn hash(text: &str) -> String {
    Sha256::digest(format!("{SEED}:{text}")).iter().map(|b| format!("{b:02x}")).collect()
}

fn cluster_of(p: &Person) -> String {
    let value = p.company.trim();
    if value.is_empty() { hash(&format!(" {}", p.key)) } else { hash(value) }
}

fn cell_of(p: &Person) -> usize {
    match (p.group, p.heavy) {
        (0, _) => 0,
        (1, true) => 1,
        (1, false) => 2,
        _ => 3,
    }
}

/// By cell and whole hash: the people, each with whether it may be invited.
type Clusters = Vec<BTreeMap<String, Vec<(String, bool)>>>;

fn by_definition(people: &[Person], rest: &BTreeSet<String>) -> (Clusters, u64) {
    let mut seen = BTreeSet::new();
    let all: Vec<&Person> = people.iter().filter(|p| seen.insert(&p.key)).filter(|p| !p.out).collect();
    let mut keepers: BTreeMap<&str, (String, &str)> = BTreeMap::new();
    for p in &all {
        if let Some(email) = &p.email {
            let mine = (hash(&p.key), p.key.as_str());
            let keeper = keepers.entry(email).or_insert_with(|| mine.clone());
            *keeper = keeper.clone().min(mine);
        }
    }
    let mut cells: Clusters = vec![BTreeMap::new(); 4];
    let mut alone = 0;
    for p in all.iter().filter(|p| p.email.as_deref().is_none_or(|e| keepers[e].1 == p.key)) {
        let may = p.email.is_some() && !rest.contains(&p.key);
        cells[cell_of(p)].entry(cluster_of(p)).or_default().push((p.key.clone(), may));
        alone += u64::from(p.company.trim().is_empty());
    }
    cells.iter_mut().flat_map(BTreeMap::values_mut).for_each(|people| people.sort());
    (cells, alone)
}

/// Compares a reading with the definition; `wanted` clusters a cell.
fn compare(reading: &Reading, (cells, alone): &(Clusters, u64), wanted: [u64; 4]) {
    let mut spanning: BTreeMap<&String, u64> = BTreeMap::new();
    cells.iter().flat_map(BTreeMap::keys).for_each(|c| *spanning.entry(c).or_default() += 1);
    let totals = reading.summary.clusters.unwrap();
    assert_eq!(totals.alone, *alone);
    assert_eq!(totals.spanning, spanning.values().filter(|n| **n > 1).count() as u64);
    for (index, (clusters, wanted)) in cells.iter().zip(wanted).enumerate() {
        let found = &reading.summary.cells[index];
        let count = found.clusters.unwrap();
        let invitable = |people: &Vec<(String, bool)>| people.iter().filter(|p| p.1).count() as u64;
        assert_eq!(count.population, clusters.len() as u64);
        assert_eq!(count.unavailable, clusters.values().filter(|c| invitable(c) == 0).count() as u64);
        assert_eq!(found.population, clusters.values().map(|c| c.len() as u64).sum::<u64>());
        let drawn: Vec<(&String, &Vec<(String, bool)>)> =
            clusters.iter().filter(|(_, c)| invitable(c) > 0).take(wanted as usize).collect();
        assert_eq!(count.drawn, drawn.len() as u64);
        assert_eq!(count.squares, drawn.iter().map(|(_, c)| invitable(c).pow(2)).sum::<u64>());
        let number = |hash: &str| u64::from_str_radix(&hash[..13], 16).unwrap() as f64 / (1_u64 << 52) as f64;
        let people: Vec<(u64, String, f64, Option<u64>)> = (0..)
            .zip(&drawn)
            .flat_map(|(place, (hash, people))| {
                let invited = people.iter().filter(|p| p.1);
                invited.map(move |(key, _)| (key.clone(), number(hash), Some(place)))
            })
            .zip(0..)
            .map(|((key, u, place), position)| (position, key, u, place))
            .collect();
        let own = reading.drawn.iter().filter(|p| p.cell as usize == index);
        let got: Vec<_> = own.map(|p| (p.position, p.key.clone(), p.u, p.cluster)).collect();
        assert_eq!(got, people);
        assert_eq!(found.drawn, people.len() as u64);
        let lines: String = people.iter().map(|p| format!("{}\n", p.1)).collect();
        let digest: String = Sha256::digest(&lines).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(found.digest.as_deref(), Some(digest.as_str()));
    }
}

fn person() -> impl Strategy<Value = Person> {
    let company = prop_oneof![
        5 => (0..25_u8).prop_map(|n| format!("c{n}")),
        // The same text as a key, which is another cluster than that person alone.
        1 => (0..40_u8).prop_map(|n| format!("k{n}")),
        1 => (0..25_u8).prop_map(|n| format!(" c{n} ")),
        1 => Just(String::new()),
        1 => Just("   ".to_owned()),
    ];
    let email = option::weighted(0.7, 0..60_u8);
    (0..90_u8, email, company, 0..3_u8, any::<bool>(), 0..8_u8).prop_map(
        |(key, email, company, group, heavy, out)| Person {
            key: format!("k{key}"),
            email: email.map(|n| format!("p{n}@example.com")),
            company,
            group,
            heavy,
            out: out == 0,
        },
    )
}

/// Clusters that are asked for in each cell by these clauses, as many as there are.
fn half_each(number: u64) -> [u64; 2] {
    [number.div_ceil(2), number / 2]
}

proptest! {
    #![proptest_config(Config { cases: 96, failure_persistence: None, max_shrink_iters: 64, ..Config::default() })]
    #[test]
    fn any_list_gives_the_clusters_of_the_definition(
        people in vec(person(), 0..120), resting in vec(0..90_u8, 0..12), first in 1..6_u64, second in 1..6_u64,
        share in 1..100_u64,
    ) {
        let rest: BTreeSet<String> = resting.iter().map(|n| format!("k{n}")).collect();
        let expected = by_definition(&people, &rest);
        let size = |cell: usize| expected.0[cell].len() as u64;
        let (first, second) = (first.min(size(0)).max(1), second.min(size(1) + size(2)).max(1));
        // Numbers above what there is are refused.
        if size(0) == 0 || size(1) + size(2) == 0 {
            return Ok(());
        }
        let samples = [first.to_string(), second.to_string(), format!("{share}%")];
        let text = spec("cluster company", samples.each_ref().map(String::as_str));
        let place = Place::new(&text, &csv(&people));
        let history = History { at_rest: rest, ..History::default() };
        let reading = frame::read(&place.checked, place.folder(), SEED, &history).unwrap();
        let [heavy, light] = half_each(second);
        compare(&reading, &expected, [first, heavy, light, (share * size(3)).div_ceil(100)]);
        let (summary, _) = frame::summarise(&place.checked, place.folder(), SEED, &history).unwrap();
        assert_eq!(summary, reading.summary);
    }
}

/// People over many blocks and temporary files; one company has a third of all, more than is looked through at a time.
fn many(n: usize) -> Vec<Person> {
    let one = |i: usize| Person {
        key: format!("k{:0200}", if i % 1000 == 999 { i / 2 } else { i }),
        email: (i % 11 > 0).then(|| format!("p{i}@example.com")),
        company: match i % 6 {
            0 => String::new(),
            1 | 2 => "giant".to_owned(),
            _ => format!("c{}", i / 40),
        },
        group: [0, 0, 0, 1, 1, 2, 2][i % 7],
        heavy: i % 2 == 0,
        out: i % 13 == 0,
    };
    (0..n).map(one).collect()
}

#[test]
fn many_blocks_and_a_cluster_larger_than_a_part() {
    let people = many(150_000);
    let text = spec("cluster company", ["1500", "801", "all"]);
    let place = Place::new(&text, &csv(&people));
    let expected = by_definition(&people, &BTreeSet::new());
    let reading = frame::read(&place.checked, place.folder(), SEED, &History::default()).unwrap();
    compare(&reading, &expected, [1500, 401, 400, u64::MAX >> 1]);
}

/// Companies of one to five people in three strata, some people without a company, a few clusters over two strata.
fn firms() -> Vec<Person> {
    let mut people = Vec::new();
    for company in 0..60_usize {
        for _ in 0..=company % 5 {
            let i = people.len();
            people.push(Person {
                key: format!("k{i}"),
                email: Some(format!("p{i}@example.com")),
                company: if company % 10 == 9 { String::new() } else { format!("c{company}") },
                // Some of every seventh company stand elsewhere.
                group: if company % 7 == 0 && i % 2 == 0 { 2 } else { (company % 2) as u8 },
                heavy: company % 4 == 1,
                out: false,
            });
        }
    }
    people
}

/// Every cluster of a stratum has the same chance, and everybody of a drawn one is invited.
#[test]
fn clusters_have_equal_chances_and_nobody_of_them_is_left_out() {
    let people = firms();
    let text = spec("cluster company", ["10", "8", "30%"]);
    let place = Place::new(&text, &csv(&people));
    let mut hits: Vec<BTreeMap<String, u64>> = vec![BTreeMap::new(); 4];
    let mut members: Vec<BTreeMap<String, BTreeSet<String>>> = vec![BTreeMap::new(); 4];
    let value =
        |p: &Person| if p.company.is_empty() { format!("alone {}", p.key) } else { p.company.clone() };
    for p in &people {
        members[cell_of(p)].entry(value(p)).or_default().insert(p.key.clone());
        hits[cell_of(p)].entry(value(p)).or_default();
    }
    let by_key: BTreeMap<&str, &Person> = people.iter().map(|p| (p.key.as_str(), p)).collect();
    let seeds = 400;
    let mut drawn = [0_u64; 4];
    for seed in 0..seeds {
        let reading = frame::read(&place.checked, place.folder(), seed, &History::default()).unwrap();
        let mut taken: BTreeMap<(usize, String), BTreeSet<String>> = BTreeMap::new();
        for person in &reading.drawn {
            let cluster = value(by_key[person.key.as_str()]);
            taken.entry((person.cell as usize, cluster)).or_default().insert(person.key.clone());
        }
        for ((cell, cluster), keys) in taken {
            assert_eq!(keys, members[cell][&cluster], "everybody of a drawn cluster is invited");
            *hits[cell].get_mut(&cluster).unwrap() += 1;
            drawn[cell] += 1;
        }
    }
    for (cell, counts) in hits.iter().enumerate() {
        let (clusters, n) = (counts.len() as f64, drawn[cell] as f64 / f64::from(seeds as u32));
        let chance = n / clusters;
        let expected = f64::from(seeds as u32) * chance;
        // The number drawn is fixed, so that the squares have (N − 1) (1 − n/N) on average.
        let squares: f64 = counts.values().map(|c| (*c as f64 - expected).powi(2) / expected).sum();
        let df = clusters - 1.0;
        let z = (squares / (1.0 - chance) - df) / (2.0 * df).sqrt();
        assert!(z.abs() < 4.0, "cell {cell}: chi-square is {z} standard deviations off");
    }
}

/// Estimates from all draws over all seeds meet the truth: the weight of the plan is the right one.
#[test]
fn the_plans_weight_estimates_the_people_of_the_list() {
    let people = firms();
    let place = Place::new(&spec("cluster company", ["10", "8", "30%"]), &csv(&people));
    let (seeds, mut sum) = (300_u64, [0.0; 4]);
    for seed in 0..seeds {
        let reading = frame::read(&place.checked, place.folder(), seed, &History::default()).unwrap();
        let plan = plan::make(&place.checked, &reading.summary, seed);
        for cell in plan.strata.iter().flat_map(|s| &s.cells) {
            sum[cell.index as usize] += cell.base_weight.unwrap() * cell.drawn as f64 / seeds as f64;
        }
    }
    for (cell, estimate) in sum.into_iter().enumerate() {
        let truth = people.iter().filter(|p| cell_of(p) == cell).count() as f64;
        assert!((estimate / truth - 1.0).abs() < 0.06, "cell {cell}: {estimate} for {truth} people");
    }
}

#[test]
fn waves_of_one_seed_draw_the_same_clusters_and_new_people_join_theirs() {
    let mut people = firms();
    let place = Place::new(&spec("cluster company", ["10", "8", "30%"]), &csv(&people));
    let before = frame::read(&place.checked, place.folder(), SEED, &History::default()).unwrap();
    let drawn = before.drawn.iter().find(|p| p.cluster == Some(0) && p.cell == 0).unwrap();
    let company = people.iter().find(|p| p.key == drawn.key).unwrap().company.clone();
    people.reverse();
    people.push(Person {
        key: "new".to_owned(),
        email: Some("new@example.com".to_owned()),
        company,
        group: 0,
        heavy: false,
        out: false,
    });
    place.write("customers.csv", csv(&people).as_bytes());
    let after = frame::read(&place.checked, place.folder(), SEED, &History::default()).unwrap();
    let keys = |r: &Reading| r.drawn.iter().map(|p| p.key.clone()).collect::<BTreeSet<String>>();
    let new: Vec<String> = keys(&after).difference(&keys(&before)).cloned().collect();
    assert_eq!(new, ["new"]);
    assert!(keys(&before).is_subset(&keys(&after)));
}

/// What the plan says of clusters: by hand, over a list of 9 people in 4 clusters.
#[test]
fn the_plan_tells_clusters_and_what_they_do_to_the_margin() {
    let row = |key: &str, company: &str, group: u8| Person {
        key: key.to_owned(),
        email: Some(format!("{key}@example.com")),
        company: company.to_owned(),
        group,
        heavy: true,
        out: false,
    };
    let mut people: Vec<Person> = (0..4).map(|i| row(&format!("a{i}"), "acme", 0)).collect();
    people.extend((0..3).map(|i| row(&format!("b{i}"), "bee", 0)));
    people.extend([row("lone", "", 0), row("sea", "sea", 0), row("sea2", "sea", 1), row("d", "dee", 2)]);
    let place = Place::new(&spec("cluster company correlation 0.2", ["all", "1", "all"]), &csv(&people));
    let reading = frame::read(&place.checked, place.folder(), SEED, &History::default()).unwrap();
    let plan = plan::make(&place.checked, &reading.summary, SEED);
    let cell = &plan.strata[0].cells[0];
    let clusters = cell.clusters.unwrap();
    assert_eq!((cell.population, clusters.count.population, clusters.count.drawn), (9, 4, 4));
    assert_eq!(cell.base_weight, Some(1.0));
    // 16 + 9 + 1 + 1 over 9 people are 3 each; a quarter answers: 1 + 0.25 (3 − 1) 0.2.
    assert!((clusters.effect - 1.1).abs() < 1e-12);
    let margin = |clause: &str, sample: [&str; 3]| {
        let place = Place::new(&spec(clause, sample), &csv(&people));
        let reading = frame::read(&place.checked, place.folder(), SEED, &History::default()).unwrap();
        plan::make(&place.checked, &reading.summary, SEED).strata[0].cells[0].clone()
    };
    // Where all clusters are asked, only who answers is chance.
    assert_eq!(cell.margin, margin("", ["all", "1", "all"]).margin);
    // Two of four clusters: half of the spread between clusters is left, and people who do not answer.
    let some = margin("cluster company correlation 0.2", ["2", "1", "all"]);
    let n = 0.25 * some.invitations as f64;
    let expected = 0.5 * some.clusters.unwrap().effect + 0.5 * (1.0 - n / some.invitations as f64);
    let plain = 1.0 - n / 9.0;
    let ratio = some.margin.unwrap() / (1.959_964 * (0.25 / n * plain * 9.0 / 8.0).sqrt());
    let drawn_share = 1.0 - 0.5 * n / some.invitations as f64;
    assert!((ratio * ratio - expected / drawn_share).abs() < 5e-3, "{ratio}");
    let known = plan.frame.cluster.clone().unwrap();
    assert_eq!((known.correlation, known.supposed, known.alone, known.spanning), (0.2, false, 1, 1));
    let text = plan::text(&plan);
    assert!(text.contains("4 of 4, 2.3 people each"), "{text}");
    assert!(text.contains("1 cluster by `company` has people in several strata"), "{text}");
    assert!(text.contains("1 person has no `company`"), "{text}");
    let supposed = Place::new(&spec("cluster company", ["all", "1", "all"]), &csv(&people));
    let reading = frame::read(&supposed.checked, supposed.folder(), SEED, &History::default()).unwrap();
    let plan = plan::make(&supposed.checked, &reading.summary, SEED);
    assert!(plan::text(&plan).contains("suppose a correlation of 0.1 within clusters"));
    let more = Place::new(&spec("cluster company", ["5", "1", "all"]), &csv(&people));
    let fault = frame::read(&more.checked, more.folder(), SEED, &History::default()).unwrap_err();
    assert!(fault.to_string().contains("asks for 5 clusters, but only 4 clusters are eligible"), "{fault}");
}

/// A number across strata counts clusters, and shares them out by the clusters that strata have.
#[test]
fn a_number_across_strata_counts_clusters() {
    let people = firms();
    let text = spec("cluster company", ["all", "8", "all"])
        .replace("where grp = a; sample all", "where grp = a")
        .replace("stratum third { sample all }", "stratum third { }\nsample 12 across first, third");
    let count = |cell: usize| {
        let own = people.iter().filter(|p| cell_of(p) == cell).map(cluster_of);
        own.collect::<BTreeSet<String>>().len() as f64
    };
    let share = count(0) / (count(0) + count(3));
    for (how, first) in [("allocate proportional", 12.0 * share), ("allocate equal", 6.0)] {
        let place = Place::new(&text.replace("first, third", &format!("first, third {how}")), &csv(&people));
        let reading = frame::read(&place.checked, place.folder(), SEED, &History::default()).unwrap();
        let drawn = |cell: usize| reading.summary.cells[cell].clusters.unwrap().drawn;
        assert_eq!(drawn(0) + drawn(3), 12, "{how}");
        assert!((drawn(0) as f64 - first).abs() <= 0.5, "{how}: {} for {first}", drawn(0));
    }
    let more = Place::new(&text.replace("sample 12", "sample 300"), &csv(&people));
    let fault = frame::read(&more.checked, more.folder(), SEED, &History::default()).unwrap_err().to_string();
    assert!(
        fault.contains("300 clusters are asked for") && fault.contains("clusters are eligible"),
        "{fault}"
    );
}

#[test]
fn a_missing_column_is_named_and_a_launched_campaign_keeps_its_clusters() {
    let people = firms();
    let checked = |clause: &str| Place::new(&spec(clause, ["10", "8", "all"]), &csv(&people));
    let place = checked("cluster firm");
    let fault =
        frame::read(&place.checked, place.folder(), SEED, &History::default()).unwrap_err().to_string();
    assert!(fault.contains("`firm`") && fault.contains("company"), "{fault}");
    let change = |a: &str, b: &str| -> Vec<(Effect, String)> {
        let all = changes(&checked(a).checked, &checked(b).checked);
        all.into_iter().map(|c| (c.effect, c.what.get("en").to_owned())).collect()
    };
    assert_eq!(change("cluster company", "// more\n  cluster  company"), []);
    for (before, after, words) in [
        ("cluster company", "cluster heavy", "cluster: company → heavy"),
        ("", "cluster company", "cluster: none → company"),
    ] {
        let told = change(before, after);
        assert!(told.iter().any(|(_, what)| what.starts_with(words)), "{told:?}");
        assert!(told.iter().all(|(effect, _)| *effect == Effect::NotWhileRunning), "{told:?}");
    }
    let known = change("cluster company", "cluster company correlation 0.02");
    assert!(matches!(&known[..], [(Effect::Safe, what)] if what.contains("correlation")));
}

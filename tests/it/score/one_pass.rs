//! Counting answers in one pass against keeping them one by one: the same report from the same file.

use std::fmt::Write;

use canvass::exchange::responses;
use canvass::model::{Checked, Folder, analyse};
use canvass::report::{Answers, build_collected, build_collected_after, build_counted, json};
use canvass::score::tally::exact::Exact;
use proptest::prelude::*;
use serde_json::Value;

use crate::support::scratch::Scratch;

/// Compares two trees: numbers to nine digits, everything else exactly. Returns what differs.
pub fn alike(place: &str, one: &Value, two: &Value) -> Vec<String> {
    match (one, two) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            a.iter().zip(b).flat_map(|((k, x), (_, y))| alike(&format!("{place}/{k}"), x, y)).collect()
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let each = a.iter().zip(b).enumerate();
            each.flat_map(|(i, (x, y))| alike(&format!("{place}/{i}"), x, y)).collect()
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            // Rounding of what is zero but for rounding: a p-value of 1e-300, an error of 1e-14.
            let near = (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) + 1e-12;
            if near { Vec::new() } else { vec![format!("{place}: {a} and {b}")] }
        }
        (a, b) if a == b => Vec::new(),
        (a, b) => vec![format!("{place}: {a} and {b}")],
    }
}

/// What a generated file and its spec are like.
#[derive(Debug, Clone)]
pub struct Shape {
    pub rows: usize,
    pub seed: u64,
    pub weight: u8,
    pub stratum: bool,
    pub population: bool,
    pub cluster: bool,
    pub responded: bool,
    pub keyed: bool,
    pub rules: bool,
    pub rake: u8,
    pub trim: bool,
    pub nonresponse: bool,
    pub during: bool,
    pub single: u8,
    pub hide: u8,
}

pub fn shapes() -> impl Strategy<Value = Shape> {
    let flags = proptest::collection::vec(any::<bool>(), 9);
    (1_usize..150, any::<u64>(), 0_u8..4, 0_u8..3, 0_u8..5, 0_u8..3, flags).prop_map(
        |(rows, seed, weight, rake, single, hide, f)| Shape {
            rows,
            seed,
            weight,
            stratum: f[0],
            population: f[0] && f[1],
            cluster: f[2],
            responded: f[3],
            keyed: f[4],
            rules: f[5],
            rake,
            trim: f[6],
            nonresponse: f[3] && f[7],
            during: f[8],
            single,
            hide,
        },
    )
}

/// A small generator, so that a shape says everything about its file.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }
}

pub fn file(shape: &Shape) -> String {
    let mut dice = Dice(shape.seed);
    let mut out = String::from(
        "id,w,area,pop,run,resp,day,tier,age,spent,a,b,c,solved,rec,reached,used,order,words,visits,d\n",
    );
    for i in 0..shape.rows {
        let area = dice.pick(&["north", "south", "east", "10", "9"]);
        let weight = match shape.weight {
            0 | 1 => format!("{}", 1 + area.len()),
            2 => format!("{}.{}", 1 + dice.below(9), dice.below(10)),
            4 => format!("{}.{:03}", dice.below(40), 1 + dice.below(999)),
            _ => dice.pick(&["2", "2.0", "0", "", "-1", "3.25", "x"]).to_owned(),
        };
        let scale = ["1", "2", "3", "4", "5", "5", "4", "", "8", "9", " 3", "4.0", "7", "NA"];
        let key = if dice.below(25) == 0 { dice.below(shape.rows as u64).to_string() } else { i.to_string() };
        let row = [
            key,
            weight,
            area.to_owned(),
            (100 + 50 * area.len()).to_string(),
            format!("{}{}", area, dice.below(6)),
            dice.pick(&["1", "yes", "0", "1", "Y", ""]).to_owned(),
            dice.pick(&["2026-01-05", "2026-02-10T09:00:00", "2026-03-01", "soon", ""]).to_owned(),
            dice.pick(&["gold", "silver", "basic", "", "basic"]).to_owned(),
            dice.pick(&["17", "25", "35", "44", "61", "old", ""]).to_owned(),
            format!("{}.{:02}", dice.below(5000), dice.below(100)),
            dice.pick(&scale).to_owned(),
            dice.pick(&scale).to_owned(),
            dice.pick(&scale[..7]).to_owned(),
            dice.pick(&["yes", "no", "1", "0", "", "perhaps"]).to_owned(),
            dice.pick(&["0", "3", "6", "7", "8", "9", "10", "10", "11", ""]).to_owned(),
            dice.pick(&["phone", "shop", "none", "fax", ""]).to_owned(),
            dice.pick(&["app;web", "web", "app|web|desk", "", ";", "pager"]).to_owned(),
            dice.pick(&["app;web;desk", "web;app;desk", "", "desk;web;app"]).to_owned(),
            dice.pick(&["fine", "", "\"so, so\"", "NA"]).to_owned(),
            dice.pick(&["1", "2", "7.5", "-3", "1000000", "", "many"]).to_owned(),
            dice.pick(&scale[..9]).to_owned(),
        ];
        out.push_str(&row.join(","));
        out.push_str(if dice.below(40) == 0 { ",more\n" } else { "\n" });
    }
    out
}

pub fn spec(shape: &Shape) -> String {
    let mut out = String::from("campaign own { title \"Own\"; languages en }\nresponses \"own.csv\" {\n");
    let mut say = |when: bool, text: &str| {
        if when {
            writeln!(out, "  {text}").unwrap();
        }
    };
    say(shape.keyed, "key id");
    say(shape.weight > 0, "weight w");
    say(shape.stratum, "stratum area");
    say(shape.population, "population pop");
    say(shape.cluster, "cluster run");
    say(shape.responded, "responded resp");
    say(shape.during || shape.rules, "at day");
    say(true, "field tier : one of gold \"Gold\", silver \"Silver\", basic \"Basic\"");
    say(true, "field age4 = band(age, 20, 30, 50)");
    say(true, "field spent : number");
    say(true, "a from a { 9 missing; 8 not applicable }");
    out.push_str("}\n");
    out.push_str(
        r#"scale sat { 1 "Bad"; 2 "Poor"; 3 "Fair"; 4 "Good"; 5 "Best" }
section s "S" {
  question a : sat { text "How satisfied are you with the speed?" }
  question solved : yes_no { text "Was it resolved?" }
  question rec : nps { text "How likely are you to recommend us to a friend?" }
  question b : sat { text "How satisfied are you with the price?"; when solved or rec >= 7 }
  question c : sat { text "How satisfied are you with the staff?" }
  question reached : choice { text "How did you reach us?"; options phone "Phone", shop "Shop", none "Not" }
  question used : choices { text "What did you use?"; options app "App", web "Web", desk "Desk" }
  question order : ranking { text "What matters most?"; options app "App", web "Web", desk "Desk" }
  question words : text { text "What else?" }
  question visits : number -5..2000000 { text "How often did you come in the last 12 months?" }
  question d : sat { text "How satisfied are you with the shop?" }
}
score 0..100 {
  dimension speed "Speed" 40% = mean(a, b)
  dimension people "People" 35% = mean(c)
  dimension sure "Sure" 25% if asked = mean(d)
  index csi "Index" = weighted(speed, people, sure) from 50%
  kpi promoters = nps(rec)
  kpi best = top2(c)
  kpi mixed = 85% * speed + 15% * people - promoters / 10
  kpi came = mean(visits)
  kpi middle = median(visits)
  kpi all_visits = total(visits)
  kpi regulars = share(visits >= 2 and solved)
  kpi per = ratio(visits, c)
  kpi golden = share(tier = gold)
  kpi many = count(c >= 4)
  kpi whole = 100 - csi
"#,
    );
    if shape.during {
        out.push_str("  during 2026-02-01..2026-02-28 { speed 60% }\n");
    }
    out.push_str("  target csi >= 60\n  target people >= 55\n  benchmark csi 58 \"Others\"\n}\n");
    if shape.rules {
        out.push_str(
            "clean { flag \"line\" when straight_line(a, b, c) ; drop \"odd\" when visits > 1000 or words = \"NA\"\n  drop \"rich\" when spent > 4900; drop \"low\" when a = 1 and d = 1 }\ncase low \"Low\" { when c <= 2 and tier = gold; due 24 hours }\n",
        );
    }
    out.push_str("analysis {\n  segment by tier, age4 by tier");
    out.push_str(if shape.stratum { ", stratum\n" } else { "\n" });
    match shape.rake {
        1 => out.push_str("  rake tier to \"tier.csv\"\n"),
        2 => out.push_str("  rake tier to \"tier.csv\"\n  rake age4 to \"age.csv\"\n"),
        _ => {}
    }
    if shape.trim {
        out.push_str("  trim 0.3..3\n");
    }
    if shape.nonresponse {
        out.push_str("  nonresponse by tier\n");
    }
    let single = ["unknown", "adjust", "certainty", "average", "remove"][usize::from(shape.single)];
    if shape.single > 0 {
        writeln!(out, "  single stratum {single}").unwrap();
    }
    writeln!(out, "  hide groups below {}", [1, 5, 10][usize::from(shape.hide)]).unwrap();
    out.push_str("}\nprivacy { keep 400 days }\n");
    out
}

/// Writes the files of a shape, and checks its spec.
fn beside(home: &Scratch, shape: &Shape) -> Checked {
    std::fs::write(home.0.join("own.csv"), file(shape)).unwrap();
    std::fs::write(home.0.join("tier.csv"), "tier,count\ngold,300\nsilver,500\nbasic,1200\n").unwrap();
    std::fs::write(home.0.join("age.csv"), "age4,count\n1,10\n2,30\n3,35\n4,25\n").unwrap();
    std::fs::write(home.0.join("own.survey"), spec(shape)).unwrap();
    let analysis = analyse("own.survey", &Folder(home.0.clone()));
    let faults: Vec<String> =
        analysis.diagnostics.iter().map(|d| format!("{}: {}", d.code, d.message)).collect();
    analysis.checked.unwrap_or_else(|| panic!("{faults:?}\n{}", spec(shape)))
}

/// Makes both reports of a shape, beside a wave before where nobody can be told to have answered both.
fn both(shape: &Shape) -> [Value; 2] {
    let home = Scratch::new("one-pass");
    let checked = beside(&home, shape);
    let kept = responses::read(&checked, &home.0).unwrap().unwrap();
    let counted = responses::count(&checked, &home.0).unwrap().unwrap().unwrap();
    let earlier = Scratch::new("one-pass-before");
    // Every third wave has other weights of dimensions.
    let during = shape.during != shape.seed.is_multiple_of(3);
    let old = Shape { seed: shape.seed ^ 0x51ED, rows: 20 + shape.rows / 2, during, ..shape.clone() };
    let before = beside(&earlier, &old);
    let old_kept = responses::read(&before, &earlier.0).unwrap().unwrap();
    let old_counted = responses::count(&before, &earlier.0).unwrap().unwrap().unwrap();
    let (one, two) = if shape.keyed {
        (None, None)
    } else {
        // Either may be counted.
        let counted = if shape.single == 1 {
            Answers::Kept(old_kept.clone())
        } else {
            Answers::Counted(Box::new(old_counted))
        };
        (Some((&before, &old_kept)), Some(counted))
    };
    let two = two.as_ref().map(|answers| (&before, answers));
    let now = "2026-04-01T00:00:00Z".parse().unwrap();
    let both = [
        build_collected_after(&checked, &kept, one, &[], now),
        build_counted(&checked, &counted, (two, &[]), now),
    ];
    let mut both: [Value; 2] = both.map(|data| serde_json::from_str(&json(&data)).unwrap());
    let apart = both[0]["change"]["splits"].as_array().is_some_and(|splits| !splits.is_empty());
    let said = both[1]["warnings"].to_string();
    assert_eq!(apart && !shape.keyed, said.contains("opinion"), "{said}");
    if apart {
        for report in &mut both {
            report["change"]["splits"].take();
        }
    }
    both
}

/// A small file without weights of its own, to be varied.
fn plain() -> Shape {
    Shape {
        rows: 129,
        seed: 1,
        weight: 1,
        stratum: false,
        population: false,
        cluster: false,
        responded: false,
        keyed: false,
        rules: false,
        rake: 0,
        trim: false,
        nonresponse: false,
        during: false,
        single: 0,
        hide: 0,
    }
}

/// Returns the scores of both reports of a shape, which must be alike.
fn scores(shape: &Shape) -> Value {
    let [mut kept, counted] = both(shape);
    let faults = alike("scores", &kept["scores"], &counted["scores"]);
    assert!(faults.is_empty(), "{shape:?}\n{}", faults.join("\n"));
    kept["scores"].take()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, max_shrink_iters: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counted_answers_give_the_report_of_kept_ones(shape in shapes()) {
        let [kept, counted] = both(&shape);
        for part in ["scores", "collected", "method", "open", "close", "breaks", "change", "effects"] {
            let faults = alike(part, &kept[part], &counted[part]);
            prop_assert!(faults.is_empty(), "{shape:?}\n{}", faults.join("\n"));
        }
        // Without days of answers, which counts do not keep, the findings are the same too.
        if !(shape.during || shape.rules) {
            for part in ["outstanding", "fair"] {
                let faults = alike(part, &kept["findings"][part], &counted["findings"][part]);
                prop_assert!(faults.is_empty(), "{shape:?}\n{}", faults.join("\n"));
            }
        }
    }

    #[test]
    fn exact_sums_are_those_of_whole_numbers(all in proptest::collection::vec((-1_000_000_000_i64..1_000_000_000, 0_u64..9), 0..60)) {
        let mut sum = Exact::default();
        let mut whole = 0_i128;
        for (x, times) in &all {
            sum.add_times(*x as f64 / 1024.0, *times);
            whole += i128::from(*x) * i128::from(*times);
        }
        prop_assert_eq!(sum.value(), whole as f64 / 1024.0);
    }
}

#[test]
fn any_number_of_cores_gives_the_same_bytes() {
    let plain = Shape {
        rows: 20_000,
        seed: 3,
        stratum: true,
        responded: true,
        keyed: true,
        rules: true,
        rake: 1,
        nonresponse: true,
        during: true,
        hide: 1,
        ..plain()
    };
    for shape in [plain.clone(), Shape { weight: 4, ..plain }] {
        let home = Scratch::new("one-pass-cores");
        let checked = beside(&home, &shape);
        let now = "2026-04-01T00:00:00Z".parse().unwrap();
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let counted = pool.install(|| responses::count(&checked, &home.0));
            json(&build_counted(&checked, &counted.unwrap().unwrap().unwrap(), (None, &[]), now))
        };
        assert!(on(1) == on(5), "{shape:?}");
    }
}

#[test]
fn strata_are_told_apart_by_all_their_bytes() {
    let home = Scratch::new("one-pass-names");
    let mut names: Vec<String> = (1..60).map(|n| "abcdefgh".chars().cycle().take(n).collect()).collect();
    names.extend((0..58).map(|n| format!("{}x{}", "a".repeat(n), "a".repeat(57 - n))));
    let mut dice = Dice(11);
    let mut file = String::from("area,w,a\n");
    for _ in 0..20_000 {
        let place = dice.below(names.len() as u64) as usize;
        writeln!(file, "{},{},{}", names[place], 1 + place % 3, 1 + dice.below(5)).unwrap();
    }
    std::fs::write(home.0.join("own.csv"), file).unwrap();
    let spec = r#"campaign own { title "Own"; languages en }
responses "own.csv" { weight w; stratum area }
scale sat { 1 "Bad"; 2 "Poor"; 3 "Fair"; 4 "Good"; 5 "Best" }
section s "S" { question a : sat { text "How satisfied are you with the speed?" } }
score 0..100 { kpi speed = mean(a) }
analysis { segment by stratum; hide groups below 1 }
privacy { keep 400 days }
"#;
    std::fs::write(home.0.join("own.survey"), spec).unwrap();
    let analysis = analyse("own.survey", &Folder(home.0.clone()));
    let checked = analysis.checked.unwrap_or_else(|| panic!("{:?}", analysis.diagnostics));
    let now = "2026-04-01T00:00:00Z".parse().unwrap();
    let kept = build_collected(&checked, &responses::read(&checked, &home.0).unwrap().unwrap(), now);
    let counted = build_counted(
        &checked,
        &responses::count(&checked, &home.0).unwrap().unwrap().unwrap(),
        (None, &[]),
        now,
    );
    assert_eq!(kept.scores.strata.len(), names.len());
    let [kept, counted]: [Value; 2] = [kept, counted].map(|data| serde_json::from_str(&json(&data)).unwrap());
    let faults = alike("scores", &kept["scores"], &counted["scores"]);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A share to which weights were calibrated has no error, also where a stratum has a single cluster.
#[test]
fn rounding_is_no_error_of_single_strata() {
    let shape = Shape {
        rows: 15,
        seed: 9_014_193_225_996_337_514,
        weight: 3,
        stratum: true,
        cluster: true,
        rake: 1,
        single: 1,
        hide: 1,
        ..plain()
    };
    scores(&shape);
    let [kept, counted] = both(&shape);
    let faults = alike("change", &kept["change"], &counted["change"]);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let golden = &kept["change"]["measures"][12];
    assert_eq!((&golden["name"], &golden["standard_error"]), (&"golden".into(), &Value::Null), "{golden}");
}

#[test]
fn half_of_the_weight_is_half_however_sums_round() {
    scores(&Shape {
        seed: 13_813_692_844_738_929_533,
        stratum: true,
        rules: true,
        rake: 1,
        trim: true,
        during: true,
        single: 2,
        ..plain()
    });
}

#[test]
fn weights_of_everybody_are_counted_by_what_they_add_up_to() {
    let plain = Shape {
        rows: 420,
        seed: 5,
        weight: 4,
        stratum: true,
        population: true,
        responded: true,
        rules: true,
        ..plain()
    };
    let shapes = [
        plain.clone(),
        Shape { seed: 6, rake: 2, population: false, keyed: true, ..plain.clone() },
        Shape { seed: 7, nonresponse: true, rake: 1, during: true, ..plain.clone() },
        Shape { seed: 8, cluster: true, single: 1, rules: false, hide: 1, ..plain },
    ];
    for shape in shapes {
        let [kept, counted] = both(&shape);
        for part in ["scores", "collected", "method"] {
            let faults = alike(part, &kept[part], &counted[part]);
            assert!(faults.is_empty(), "{shape:?}\n{}", faults.join("\n"));
        }
    }
}

#[test]
fn exact_sums_do_not_lose_small_numbers_beside_large_ones() {
    let mut sum = Exact::default();
    for x in [1e16, 1.0, 1e-300, -1e16, f64::MIN_POSITIVE / 4.0, -1e-300] {
        sum.add(x);
    }
    assert_eq!(sum.value(), 1.0);
    sum.add(-1.0);
    assert_eq!(sum.value(), f64::MIN_POSITIVE / 4.0);
    sum.add(-f64::MIN_POSITIVE / 4.0);
    assert_eq!(sum.value(), 0.0);
    let mut tenths = Exact::default();
    tenths.add_times(0.1, 10);
    // Ten times the double next to 0.1 is nearer to one than to its neighbours.
    assert_eq!(tenths.value(), 1.0);
    let mut below = Exact::default();
    [-0.75, 0.5, -1e200, 1e200].into_iter().for_each(|x| below.add(x));
    assert_eq!(below.value(), -0.25);
}

#[test]
fn nothing_is_divided_by_weights_that_raking_drove_to_nothing() {
    let seed = 18_251_610_465_285_388_476;
    let scores = scores(&Shape { rows: 21, seed, weight: 3, responded: true, rake: 2, ..plain() });
    assert_eq!(scores["items"][2]["shares"][3]["share"]["design_effect"], Value::Null);
}

/// Three of a tier that is wanted more often than all of its age groups allow, and bounds besides.
#[test]
fn margins_that_contradict_one_another_give_the_same_weights() {
    let shape = Shape {
        rows: 18,
        seed: 6_119_163_013_472_896_723,
        weight: 0,
        stratum: true,
        cluster: true,
        responded: true,
        rake: 2,
        trim: true,
        single: 4,
        hide: 1,
        ..plain()
    };
    let scores = scores(&shape);
    let [largest, sum, n] = ["largest", "sum", "n"].map(|name| scores["weights"][name].as_f64());
    let mean = sum.unwrap() / n.unwrap_or(11.0);
    assert!(largest.unwrap() <= 3.0 * mean * (1.0 + 1e-9), "{}", scores["weights"]);
    assert!(scores["cautions"].as_array().unwrap().iter().any(|c| c["caution"] == "margin_missed"));
}

#[test]
fn an_interval_ends_where_the_scale_ends_however_sums_round() {
    let seed = 11_845_513_599_186_433_273;
    let plain = Shape { rows: 9, seed, weight: 2, responded: true, keyed: true, ..plain() };
    scores(&Shape { rake: 2, trim: true, single: 1, ..plain });
}

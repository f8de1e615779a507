//! R computes reports of answers from elsewhere again: designs of every kind, and answers of odd shapes.

use std::fmt::Write;
use std::path::Path;

use canvass::exchange::beside::{Before, Beside};
use canvass::exchange::responses;
use canvass::model::checked::PrivacyMode;
use canvass::model::{Checked, Folder, analyse};
use canvass::report::waves;
use canvass::report::{build_collected, build_collected_after, json};
use canvass::score::collected::Collected;
use canvass::score::wave::Wave;

use rayon::prelude::*;

use super::run::{Said, compare};
use crate::report::simulate::Random;
use crate::support::scratch::Scratch;

/// A spec with questions of all kinds; `design` names the columns, `analysis` the weights and groups, `first` is the
/// share of the first dimension.
fn spec(design: &str, analysis: &str, first: u32) -> String {
    format!(
        r#"campaign shapes {{
  title "各种形状" / "Shapes"
  languages zh, en
  timezone "Asia/Shanghai"
}}
scale satisfied5 {{
  1 "非常不满意" / "Very dissatisfied"
  2 "不满意" / "Dissatisfied"
  3 "一般" / "Neither"
  4 "满意" / "Satisfied"
  5 "非常满意" / "Very satisfied"
}}
section all "全部" / "All" {{
  question overall : satisfied5 {{
    text "总体满意度？" / "Satisfied overall?"
    not applicable "不适用" / "Does not apply"
  }}
  question alike : satisfied5 {{ text "人人一样？" / "All alike?" }}
  question recommend : nps {{ text "推荐？" / "Recommend?" }}
  question solved : yes_no {{
    text "解决了吗？" / "Solved?"
    when overall <= 4
  }}
  question reached : choice {{
    text "怎么联系？" / "How?"
    options phone "电话" / "Phone", shop "门店" / "Shop"
  }}
  question used : choices {{
    text "用过什么？" / "Used what?"
    options app "应用" / "App", web "网站" / "Site"
  }}
  question visits : number 0..500 {{ text "来过几次？" / "How many visits?" }}
  question spent : number 0..100000 {{ text "花了多少？" / "How much spent?" }}
}}
responses "data.csv" {{
  key id
  at day
  {design}
  field agent : text
  field region : one of e "东区" / "East", w "西区" / "West", n "北区" / "North", empty "没有人" / "Nobody"
  field sex : one of f "女" / "Women", m "男" / "Men"
  overall from q1 {{ 0 missing; 9 not applicable }}
}}
score 0..100 {{
  dimension overall_score "总体" / "Overall" {first}% = mean(overall)
  dimension alike_score "一样" / "Alike" {}% = mean(alike)
  index csi "指数" / "Index" = weighted(overall_score, alike_score)
  kpi satisfied "满意率" / "Satisfied" = top2(overall)
  kpi promoters "净推荐值" / "NPS" = nps(recommend)
  kpi resolution "解决率" / "Solved" = share(solved)
  kpi mixed "混合" / "Mixed" = 85% * overall_score + 15% * share(solved)
  kpi typical "通常花费" / "Typical spending" = median(spent)
  kpi busiest "常客" / "Nine in ten come at most" = quantile(visits, 90%)
  kpi quotient "商" / "Quotient" = 100 * overall_score / (csi + 1)
  target csi >= 60
  target satisfied >= 40
  benchmark csi 55 "行业" / "Industry"
}}
analysis {{
  segment by region, sex, stratum, agent, region by sex
  hide groups below 5
  drivers of csi by recommend, visits, solved
  {analysis}
}}
case unhappy "回访" / "Call back" {{
  when overall <= 2
  due 24 hours
}}
action desks "服务台" / "More desks" {{
  improves satisfied by 5
  due 2026-03-10
  status done
  verify 3 days after due
}}
"#,
        100 - first
    )
}

/// Made-up answers: strata of unlike size (one of a single row), clusters, weights from 0.1 to 50, holes.
pub fn rows(seed: u64, n: usize, lonely: bool) -> String {
    rows_from(seed, (0, n), lonely)
}

/// Answers of the people from a number on; where somebody belongs depends on the number alone.
fn rows_from(seed: u64, (from, n): (usize, usize), lonely: bool) -> String {
    let mut random = Random(seed);
    let mut out = "id,st,clu,npop,kpop,w,resp,region,sex,agent,day,q1,alike,recommend,solved,reached,used,visits,spent\n"
        .to_owned();
    for i in from..from + n {
        let mut home = Random(7919 * (i as u64 + 1));
        home.next();
        let stratum = if lonely && i == from { 3 } else { [0, 0, 0, 1, 1, 2][home.below(6)] };
        let population = [5000, 900, 300, 40][stratum];
        let cluster = stratum * 100 + home.below(8);
        let weight = 0.1 * 500_f64.powf(random.next());
        let region = ["e", "e", "w", "n", ""][random.below(5)];
        let sex = ["f", "m"][random.below(2)];
        let (agent, day) = (["ann", "bo", "cy", "di"][random.below(4)], 1 + random.below(28));
        let answered = random.next() < if region == "e" { 0.8 } else { 0.6 };
        let hole = |random: &mut Random, text: String| if random.next() < 0.1 { String::new() } else { text };
        let q1 = [1, 2, 3, 3, 4, 4, 5, 5, 5, 0, 9][random.below(11)].to_string();
        let nps = random.below(11).to_string();
        let solved = ["yes", "no"][random.below(2)].to_owned();
        let reached = ["phone", "shop"][random.below(2)].to_owned();
        let used = ["app", "web", "app;web"][random.below(3)].to_owned();
        let (visits, spent) = (random.below(40).to_string(), random.below(4000).to_string());
        let _ = write!(
            out,
            "r{i:05},s{stratum},c{cluster},{population},{},{weight},{},{region},{sex},{agent},2026-03-{day:02},{q1},4",
            30,
            if answered { 1 } else { 0 }
        );
        for text in [nps, solved, reached, used, visits, spent] {
            let _ = write!(out, ",{}", hole(&mut random, text));
        }
        out.push('\n');
    }
    out
}

fn checked(folder: &Path, file: &str) -> Checked {
    let analysis = analyse(file, &Folder(folder.to_path_buf()));
    analysis.checked.unwrap_or_else(|| panic!("{:?}", analysis.diagnostics))
}

pub fn collected(checked: &Checked, folder: &Path) -> Collected {
    responses::read(checked, folder).unwrap().unwrap()
}

/// Writes spec and answers into a folder, and checks the spec.
pub fn made(folder: &Scratch, design: &str, analysis: &str, data: &str) -> Checked {
    made_with(folder, &spec(design, analysis, 60), data)
}

fn made_with(folder: &Scratch, spec: &str, data: &str) -> Checked {
    folder.write("shapes.survey", spec);
    folder.write("margins.csv", "sex,count\nf,3500\nm,2740\n");
    folder.write("regions.csv", "region,count\ne,3000\nw,1500\nn,1740\n");
    folder.write("data.csv", data);
    checked(folder, "shapes.survey")
}

/// Lets R reckon a report again, compared with a wave before where its answers are given.
fn tried(design: &str, analysis: &str, data: &str, before: Option<&str>) -> Said {
    let folder = Scratch::new("shapes");
    let checked = made(&folder, design, analysis, data);
    let answers = collected(&checked, &folder);
    let earlier = before.map(|data| {
        let folder = Scratch::new("shapes-before");
        let checked = made_with(&folder, &spec(design, analysis, 50), data);
        let answers = collected(&checked, &folder);
        (checked, answers)
    });
    let earlier = earlier.as_ref().map(|(checked, answers)| (checked, answers));
    let report = json(&build_collected_after(&checked, &answers, earlier, &[], jiff::Timestamp::UNIX_EPOCH));
    let wave = Wave::of_collected(&checked, &answers);
    let old = earlier.map(|e| waves::collected(&wave, &answers, e));
    let old = old.as_ref().map(|(wave, n)| Before { wave, numbers: n.clone() });
    let said = compare(&folder, &wave, Beside { before: old.as_ref(), ..Beside::default() }, &report);
    if std::env::var_os("CANVASS_KEEP").is_some() && !said.agrees {
        let to = std::env::temp_dir().join(format!("kept-shape-{}", folder.0.display().to_string().len()));
        let _ = std::fs::remove_dir_all(&to);
        std::fs::rename(&folder.0, to).unwrap();
    }
    said
}

const STRATA: &str = "weight w\n  stratum st\n  population npop";
const CLUSTERS: &str = "weight w\n  stratum st\n  cluster clu\n  population kpop";

#[test]
fn r_agrees_on_designs_of_every_kind() {
    let plain = rows(1, 240, false);
    let lonely = rows(2, 240, true);
    // Two thirds of the people of the wave before are in both.
    let (earlier, earlier_lonely) = (rows_from(5, (80, 220), false), rows_from(6, (0, 220), true));
    let strangers = rows_from(5, (1000, 220), false);
    let cases = [
        ("everybody alike", "weight w", "", &plain),
        ("strata", STRATA, "", &plain),
        ("clusters", CLUSTERS, "", &plain),
        ("raked", STRATA, "rake sex to \"margins.csv\"", &plain),
        (
            "raked to two margins",
            STRATA,
            "rake sex to \"margins.csv\"\n  rake region to \"regions.csv\"",
            &plain,
        ),
        ("clusters raked", CLUSTERS, "rake sex to \"margins.csv\"", &plain),
        ("trimmed", STRATA, "rake sex to \"margins.csv\"\n  trim 0.3..3", &plain),
        ("only trimmed", STRATA, "trim 0.3..3", &plain),
        ("responded", "weight w\n  stratum st\n  responded resp", "nonresponse by region", &plain),
        (
            "responded and raked",
            "weight w\n  stratum st\n  population npop\n  responded resp",
            "nonresponse by sex\n  rake sex to \"margins.csv\"",
            &plain,
        ),
        ("strata, corrected", STRATA, "finite correction on", &plain),
        ("raked, corrected", STRATA, "rake sex to \"margins.csv\"\n  finite correction on", &plain),
        ("single", STRATA, "", &lonely),
        ("single, certainty", STRATA, "single stratum certainty", &lonely),
        ("single, adjust", STRATA, "single stratum adjust", &lonely),
        ("single, average", STRATA, "single stratum average", &lonely),
    ];
    let fault = |(name, design, analysis, data): (&str, &str, &str, &String)| {
        let before = if name.starts_with("single") { &earlier_lonely } else { &earlier };
        let before = if name == "trimmed" { &strangers } else { before };
        let said = tried(design, analysis, data, Some(before));
        let last = said.text.lines().find(|l| l.starts_with("all ")).unwrap_or("").to_owned();
        eprintln!("{name:24} {last}");
        let every = ["wave against wave", "opinion and weights", "measures", "fair tables", "drivers"];
        let missing: Vec<&str> =
            every.into_iter().filter(|s| !said.text.lines().any(|l| l.starts_with(s))).collect();
        let sound = said.agrees && said.compared >= 2500 && missing.is_empty();
        (!sound).then(|| format!("{name} ({missing:?} not compared):\n{}", said.text))
    };
    let faults: Vec<String> = cases.into_par_iter().filter_map(fault).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn r_agrees_on_hardly_any_answers() {
    for n in [0, 1, 2, 12] {
        let said = tried(STRATA, "", &rows(3, n, false), None);
        assert!(said.agrees, "{n} rows:\n{}", said.text);
        let said = tried(STRATA, "", &rows(3, n, false), Some(&rows(4, n, false)));
        assert!(said.agrees, "{n} rows:\n{}", said.text);
    }
}

#[test]
fn an_anonymous_campaign_tells_no_times_and_r_says_so() {
    let folder = Scratch::new("anonymous");
    let mut checked = made(&folder, STRATA, "", &rows(1, 240, false));
    checked.privacy.mode = PrivacyMode::Anonymous;
    let collected = collected(&checked, &folder);
    let report = json(&build_collected(&checked, &collected, jiff::Timestamp::UNIX_EPOCH));
    let said = compare(&folder, &Wave::of_collected(&checked, &collected), Beside::default(), &report);
    assert!(said.agrees && said.compared > 1500, "{}", said.text);
    for left in ["findings.outstanding", "findings.times", "effects"] {
        assert!(said.text.contains(&format!("not computed here: {left}")), "{left}:\n{}", said.text);
    }
    let data = std::fs::read_to_string(folder.join("data.csv")).unwrap();
    let heads = data.lines().next().unwrap();
    for column in ["resp.id", "resp.day", "resp.hour", "resp.person"] {
        assert!(!heads.split(',').any(|h| h == column), "{heads}");
    }
    assert_eq!(std::fs::read_to_string(folder.join("times.csv")).unwrap(), "hour,weekday,answers,cases\n");
}

#[test]
fn a_wrong_number_is_noticed() {
    let folder = Scratch::new("wrong");
    let checked = made(&folder, STRATA, "", &rows(1, 240, false));
    let collected = collected(&checked, &folder);
    let report = json(&build_collected(&checked, &collected, jiff::Timestamp::UNIX_EPOCH));
    let mut wrong: serde_json::Value = serde_json::from_str(&report).unwrap();
    let estimate = &mut wrong["scores"]["overall"]["estimates"][2];
    estimate["standard_error"] = (estimate["standard_error"].as_f64().unwrap() * 1.000_001).into();
    let others = [
        "/scores/comparisons/0/groups/0/contrasts/2/p_adjusted",
        "/scores/comparisons/1/tables/0/df1",
        "/scores/targets/0/size",
        "/findings/fair/0/groups/1/drawn",
        "/findings/outstanding/looks",
        "/findings/drivers/0/drivers/1/lmg",
    ];
    for place in others {
        let number = wrong.pointer_mut(place).unwrap_or_else(|| panic!("no {place}"));
        *number = (number.as_f64().unwrap_or_else(|| panic!("{place}: {number}")) * 1.000_001).into();
    }
    wrong["scores"]["surprise"] = serde_json::json!([1]);
    let said =
        compare(&folder, &Wave::of_collected(&checked, &collected), Beside::default(), &wrong.to_string());
    assert!(!said.agrees);
    assert!(
        said.text.contains("7 numbers are off") && said.text.contains("overall.csi.standard_error"),
        "{}",
        said.text
    );
    assert!(said.text.contains("does not know)") && said.text.contains("surprise"), "{}", said.text);
}

/// Real surveys with their designs; the data are not in the repository.
#[test]
fn r_agrees_on_the_reference_surveys() {
    let Some(reference) = std::env::var_os("CANVASS_REFERENCE") else {
        eprintln!("not run: CANVASS_REFERENCE names no folder with the data of the cases");
        return;
    };
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/export");
    for (name, data) in [("strat", "apistrat.csv"), ("clus", "apiclus1.csv"), ("sfo", "sfo_2017_clean.csv")] {
        let folder = Scratch::new(name);
        folder.write(
            &format!("{name}.survey"),
            std::fs::read(fixtures.join(format!("{name}.survey"))).unwrap(),
        );
        folder.write("gender.csv", std::fs::read(fixtures.join("gender.csv")).unwrap());
        folder.write(data, std::fs::read(Path::new(&reference).join("data").join(data)).unwrap());
        let checked = checked(&folder, &format!("{name}.survey"));
        let collected = collected(&checked, &folder);
        let report = json(&build_collected(&checked, &collected, jiff::Timestamp::UNIX_EPOCH));
        let said = compare(&folder, &Wave::of_collected(&checked, &collected), Beside::default(), &report);
        assert!(said.agrees && said.compared > 500, "{name}:\n{}", said.text);
    }
}

//! A campaign that draws whole clusters, from the list through the store to R.
//!
//! Where everybody answers, R's `survey` gets the design from here, by counts and companies that never went through the
//! program; where some do not, R reckons the exported report again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::process::Command;

use canvass::exchange::beside::{self as exchange, Beside};
use canvass::frame::{History, Person, read};
use canvass::model::{Checked, Folder, analyse};
use canvass::plan::{self, Plan};
use canvass::report::waves::{self, Before};
use canvass::report::{Records, build, gather, json};
use canvass::runner::launch;
use canvass::score::wave::Wave;
use canvass::store::token::SeededNonces;
use canvass::store::types::{Answer, NewResponse};
use canvass::store::{Durability, Release, Store};
use jiff::Timestamp;

use super::run::compare;
use crate::report::simulate::Random;
use crate::support::scratch::Scratch;

const SEED: u64 = 20_260_105;

const SPEC: &str = r#"campaign firms {
  title "客户公司" / "Client firms"
  languages zh, en
  timezone "Asia/Shanghai"
}
frame staff {
  source  "staff.csv"
  key     id
  email   email
  cluster company
  field size   : one of small "小" / "Small", large "大" / "Large"
  field region : one of east "东" / "East", west "西" / "West"
}
stratum small "小公司" / "Small firms" { where size = small; sample 40 }
stratum large "大公司" / "Large firms" { where size = large; sample 30% }
stratum others "其他" / "Others" { sample all }
scale five { 1 "差" / "Bad"; 2 "较差" / "Poor"; 3 "一般" / "Fair"; 4 "较好" / "Good"; 5 "好" / "Very good" }
section main "主要" / "Main" {
  question first : five { text "服务如何？" / "How is the service?" }
  question second : five { text "产品如何？" / "How is the product?" }
  question recommend : nps { text "推荐？" / "Recommend?" }
  question solved : yes_no { text "解决了吗？" / "Solved?" }
}
channel mail : email { from "团队" / "Team" at "team@example.com"; subject "请回答" / "Please answer" }
schedule { open 2026-01-05 09:00; close 2026-01-31 18:00; invite via mail }
score 0..100 {
  dimension service "服务" / "Service" 40% = mean(first)
  dimension product "产品" / "Product" 60% = mean(second)
  index csi "总" / "All" = weighted(service, product)
  kpi fixed "已解决" / "Solved" = share(solved)
  kpi loyal "净推荐" / "Net promoters" = nps(recommend)
}
analysis {
  segment by region
  ADJUSTMENT
}
privacy { confidential; keep 400 days; consent "仅用于改进" / "Used only to improve" }
"#;

/// Key and what the list says of a person: company, size, region.
type Staff = BTreeMap<String, (String, &'static str, &'static str)>;

/// Companies of one to seven people; every twentieth person has none, every ninth company is of no known size.
fn staff() -> Staff {
    let mut random = Random(5);
    let mut out = Staff::new();
    for company in 0..260_usize {
        let size = if company % 9 == 0 { "" } else { ["small", "large"][company % 2] };
        for _ in 0..=random.below(if size == "large" { 7 } else { 4 }) {
            let id = format!("p{:05}", out.len());
            let own = if random.below(20) == 0 { String::new() } else { format!("firm {company}") };
            out.insert(id, (own, size, ["east", "west"][random.below(2)]));
        }
    }
    out
}

struct Campaign {
    checked: Checked,
    plan: Plan,
    drawn: Vec<Person>,
    records: Records,
    staff: Staff,
}

/// Draws, launches, releases everybody, and lets a share of them answer, those of a company alike.
async fn campaign(adjustment: &str, willing: f64, seed: u64) -> Campaign {
    let folder = Scratch::new("clusters");
    let staff = staff();
    let mut list = "id,email,company,size,region\n".to_owned();
    for (id, (company, size, region)) in &staff {
        writeln!(list, "{id},{id}@example.com,{company},{size},{region}").unwrap();
    }
    folder.write("staff.csv", list);
    folder.write("firms.survey", SPEC.replace("ADJUSTMENT", adjustment));
    let analysis = analyse("firms.survey", &Folder(folder.0.clone()));
    let checked = analysis.checked.unwrap_or_else(|| panic!("{:?}", analysis.diagnostics));
    let reading = read(&checked, &folder, SEED, &History::default()).unwrap();
    let plan = plan::make(&checked, &reading.summary, SEED);
    let url = format!("sqlite:{}", folder.join("store.sqlite").display());
    let store = Store::open(&url, Durability::Relaxed).await.unwrap().with_secret(b"a secret of the tests");
    let now: Timestamp = "2026-01-05T01:00:00Z".parse().unwrap();
    launch(&checked, &plan, &reading.drawn, &store, now, &SeededNonces::new(7)).await.unwrap();
    let mut random = Random(seed);
    let mut liking: BTreeMap<String, f64> = BTreeMap::new();
    for cell in 0..3 {
        for one in store.unreleased("firms", cell, 10_000).await.unwrap() {
            let release = Release { invitation: one.id, messages: Vec::new() };
            store.release("firms", now, &[release]).await.unwrap();
            let (company, _, region) = &staff[&one.key];
            let company = if company.is_empty() { one.key.clone() } else { company.clone() };
            let liking = *liking.entry(company).or_insert_with(|| random.next());
            if random.next() >= willing * if *region == "east" { 1.0 } else { 0.7 + willing * 0.3 } {
                continue;
            }
            let start = NewResponse {
                campaign: "firms".to_owned(),
                pseudonym: format!("r{:012x}", (random.next() * 1e14) as u64),
                cell: Some(cell),
                language: "zh".to_owned(),
                channel: "mail".to_owned(),
                fields: BTreeMap::from([("region".to_owned(), (*region).to_owned())]),
            };
            let response = store.start_response(Some(one.id), &start, now).await.unwrap();
            let code = |random: &mut Random, points: f64| {
                let u = (0.6 * liking + 0.4 * random.next()).min(0.999);
                Some(Answer::Number((u * points).floor()))
            };
            let shifted = |a: Option<Answer>| match a {
                Some(Answer::Number(x)) => Some(Answer::Number(x + 1.0)),
                other => other,
            };
            let answers = BTreeMap::from([
                ("first".to_owned(), shifted(code(&mut random, 5.0))),
                ("second".to_owned(), shifted(code(&mut random, 5.0))),
                ("recommend".to_owned(), code(&mut random, 11.0)),
                ("solved".to_owned(), Some(Answer::YesNo(random.next() < 0.3 + 0.6 * liking))),
            ]);
            store.save_page(response.id, "once", response.version, &answers, 1, true, now).await.unwrap();
        }
    }
    let records = gather::records(&store, "firms").await.unwrap();
    Campaign { checked, plan, drawn: reading.drawn, records, staff }
}

impl Campaign {
    fn wave(&self) -> Wave<'_> {
        let Records { sample, arrivals, responses, .. } = &self.records;
        Wave::of_campaign(&self.checked, &self.plan, sample, arrivals, responses)
    }

    /// The cluster of a person as the list has it, not as the program numbers it.
    fn company(&self, key: &str) -> String {
        match self.staff[key].0.as_str() {
            "" => format!("alone {key}"),
            company => company.to_owned(),
        }
    }

    /// Lets R reckon the exported report again.
    fn agrees(&self) -> u64 {
        let now: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
        let report = json(&build(&self.checked, &self.plan, &self.records, now));
        let said = compare(&Scratch::new("clusters"), &self.wave(), Beside::default(), &report);
        assert!(said.agrees, "{}", said.text);
        said.compared
    }
}

/// Runs R on rows of stratum, company, clusters of the stratum, weight and value; returns mean, error and degrees.
fn by_survey(rows: &str) -> Vec<f64> {
    let folder = Scratch::new("survey");
    folder.write("rows.csv", rows);
    let script = "library(survey)\n\
        d <- read.csv('rows.csv')\n\
        design <- svydesign(ids = ~company, strata = ~stratum, fpc = ~clusters, weights = ~weight, data = d, nest = TRUE)\n\
        m <- svymean(~value, design)\n\
        one <- svyby(~value, ~stratum, design, svymean)\n\
        cat(sprintf('%.15g', c(coef(m), SE(m), degf(design), coef(one), SE(one))), sep = '\\n')\n";
    folder.write("design.R", script);
    let done = Command::new("Rscript")
        .arg("--vanilla")
        .arg("design.R")
        .current_dir(&*folder)
        .output()
        .expect("Rscript runs; `tests/needs.sh` brings it");
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "R stopped: {told}");
    String::from_utf8(done.stdout).unwrap().lines().map(|l| l.parse().unwrap()).collect()
}

#[tokio::test]
async fn a_full_response_is_what_survey_makes_of_the_list() {
    let campaign = campaign("", 2.0, 9).await;
    assert_eq!(campaign.records.responses.len(), campaign.drawn.len());
    let stratum = |key: &str| match campaign.staff[key].1 {
        "" => "others",
        size => size,
    };
    let mut all: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for key in campaign.staff.keys() {
        all.entry(stratum(key)).or_default().insert(campaign.company(key));
    }
    let mut drawn: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for person in &campaign.drawn {
        drawn.entry(stratum(&person.key)).or_default().insert(campaign.company(&person.key));
    }
    assert_eq!(drawn["small"].len(), 40);
    assert_eq!(drawn["large"].len(), (all["large"].len() * 3).div_ceil(10));
    assert_eq!(drawn["others"], all["others"]);
    let mut rows = "stratum,company,clusters,weight,value\n".to_owned();
    for (unit, person) in campaign.records.sample.iter().zip(&campaign.drawn) {
        let response = campaign.records.responses.iter().find(|r| Some(r.id) == unit.response).unwrap();
        let Answer::Number(code) = response.answers["first"] else { panic!() };
        let own = stratum(&person.key);
        let (clusters, n) = (all[own].len(), drawn[own].len());
        let (company, weight) = (campaign.company(&person.key), clusters as f64 / n as f64);
        writeln!(rows, "{own},{company},{clusters},{weight:?},{:?}", (code - 1.0) * 25.0).unwrap();
    }
    let found = canvass::score::scores(&campaign.wave());
    let place = found.measures.iter().position(|m| m.name == "service").unwrap();
    let r = by_survey(&rows);
    let own = |group: &canvass::score::types::Group| {
        let estimate = &group.estimates[place];
        (estimate.value.unwrap(), estimate.standard_error.unwrap())
    };
    let near = |a: f64, b: f64| assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} is not {b}");
    let (mean, error) = own(&found.overall);
    near(mean, r[0]);
    near(error, r[1]);
    assert_eq!(found.overall.estimates[place].df, Some(r[2] as u64));
    // R sorts strata by name.
    for (i, name) in ["large", "others", "small"].into_iter().enumerate() {
        let (mean, error) = own(found.strata.iter().find(|g| g.name == name).unwrap());
        near(mean, r[3 + i]);
        near(error, r[6 + i]);
    }
    assert!(error > 0.0 && r[7] == 0.0, "a census has no error");
    assert!(campaign.agrees() > 400);
}

#[tokio::test]
async fn r_reckons_again_where_some_do_not_answer() {
    for adjustment in ["", "nonresponse by region", "nonresponse by stratum, region\n  rake stratum"] {
        let campaign = campaign(adjustment, 0.5, 9).await;
        assert!(campaign.agrees() > 400, "{adjustment}");
        let found = canvass::score::scores(&campaign.wave());
        let others = found.strata.iter().find(|g| g.name == "others").unwrap();
        // All clusters were drawn, but not everybody of them answered: that is no census.
        assert!(others.estimates[0].standard_error.unwrap() > 0.0, "{adjustment}");
    }
}

/// Two waves draw the same clusters; some of their people answer both times.
#[tokio::test]
async fn r_compares_two_waves_of_the_same_clusters() {
    for adjustment in ["", "nonresponse by region"] {
        let (mut now, mut before) = (campaign(adjustment, 0.5, 9).await, campaign(adjustment, 0.6, 31).await);
        before.checked.campaign.name = "earlier".to_owned();
        let people = |wave: &Campaign| -> Vec<(i64, u64)> {
            let all = wave.records.sample.iter().zip(&wave.drawn);
            all.filter_map(|(unit, p)| Some((unit.response?, p.key[1..].parse().unwrap()))).collect()
        };
        let both = people(&before).iter().filter(|(_, p)| people(&now).iter().any(|(_, q)| p == q)).count();
        assert!(both > 30, "{both}");
        now.records.before = Some(Box::new(Before {
            people: (people(&before), people(&now)),
            checked: before.checked.clone(),
            plan: before.plan.clone(),
            records: before.records,
        }));
        let moment: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
        let report = json(&build(&now.checked, &now.plan, &now.records, moment));
        assert!(report.contains("\"change\""));
        let wave = now.wave();
        let (earlier, numbers) = waves::launched(&wave, now.records.before.as_ref().unwrap());
        let earlier = exchange::Before { wave: &earlier, numbers };
        let beside = Beside { before: Some(&earlier), ..Beside::default() };
        let said = compare(&Scratch::new("clusters"), &wave, beside, &report);
        assert!(said.agrees, "{adjustment}: {}", said.text);
        assert!(said.text.lines().any(|l| l.starts_with("wave against wave")), "{}", said.text);
    }
}

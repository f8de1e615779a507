//! Answers from elsewhere, made up, with few weights so that people are alike.

use std::fmt::Write;
use std::path::Path;

use canvass::exchange::responses;
use canvass::model::{Checked, Folder, analyse};
use canvass::score::collected::Collected;

use crate::report::simulate::Random;
use crate::support::scratch::Scratch;

/// What a survey is like.
#[derive(Debug)]
pub struct Shape<'a> {
    pub design: &'a str,
    pub analysis: &'a str,
    pub seed: u64,
    pub people: usize,
    /// One stratum has a single person.
    pub lonely: bool,
    /// Everybody gives the same answers.
    pub alike: bool,
    pub hide: u64,
}

impl Default for Shape<'_> {
    fn default() -> Self {
        Self { design: "", analysis: "", seed: 0, people: 0, lonely: false, alike: false, hide: 5 }
    }
}

fn spec(shape: &Shape) -> String {
    let Shape { design, analysis, hide, .. } = shape;
    format!(
        r#"campaign counted {{
  title "计数" / "Counted"
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
  question staff : satisfied5 {{ text "员工？" / "Staff?" }}
  question place : satisfied5 {{ text "地方？" / "Place?" }}
  question recommend : nps {{ text "推荐？" / "Recommend?" }}
  question solved : yes_no {{
    text "解决了吗？" / "Solved?"
    when overall <= 4
  }}
  question reached : choice {{
    text "怎么联系？" / "How?"
    options phone "电话" / "Phone", shop "门店" / "Shop"
    when staff >= 2 and region = e
  }}
  question used : choices {{
    text "用过什么？" / "Used what?"
    options app "应用" / "App", web "网站" / "Site"
  }}
  question visits : number 0..9 {{ text "来过几次？" / "How many visits?" }}
  question spent : number 0..1000 {{ text "花了多少？" / "How much spent?" }}
}}
responses "data.csv" {{
  key id
  {design}
  at day
  field region : one of e "东区" / "East", w "西区" / "West", n "北区" / "North", empty "没有人" / "Nobody"
  field sex : one of f "女" / "Women", m "男" / "Men"
  overall from q1 {{ 0 missing; 9 not applicable }}
}}
clean {{
  drop "来得太多" / "Too many visits" when visits = 9 and overall = 1
  flag "很不满意" / "Very dissatisfied" when overall = 1
}}
score 0..100 {{
  dimension overall_score "总体" / "Overall" 50% = mean(overall)
  dimension service_score "服务" / "Service" 30% = mean(staff, place) from 2
  dimension visit_score "来访" / "Visits" 20% = mean(visits)
  index csi "指数" / "Index" = weighted(overall_score, service_score, visit_score) from 60%
  kpi satisfied "满意率" / "Satisfied" = top2(overall)
  kpi promoters "净推荐值" / "NPS" = nps(recommend)
  kpi resolution "解决率" / "Solved" = share(solved)
  kpi mixed "混合" / "Mixed" = 85% * service_score + 15% * share(solved)
  kpi quotient "商" / "Quotient" = 100 * overall_score / (csi + 1)
  kpi eastern "东区满意" / "East satisfied" = share(overall >= 4 and region = e)
  kpi each "每次" / "Per visit" = ratio(spent, visits)
  kpi money "总额" / "Money" = total(spent)
  kpi people "人数" / "People" = count()
  during 2026-01-20..2026-01-31 {{ service_score 15% }}
  target csi >= 50
  target satisfied >= 40
  target promoters >= 0
  benchmark csi 55 "行业" / "Industry"
  benchmark mixed 45 "行业" / "Industry"
}}
case unhappy "不满" / "Unhappy" {{ when overall <= 2; due 2 days }}
analysis {{
  segment by region, sex, stratum, region by sex
  hide groups below {hide}
  {analysis}
}}
"#
    )
}

fn rows(shape: &Shape) -> String {
    let mut random = Random(shape.seed);
    let mut out = "id,st,clu,npop,kpop,w,resp,region,sex,day,q1,staff,place,recommend,solved,reached,used,visits,spent\n"
        .to_owned();
    for i in 0..shape.people {
        let stratum = if shape.lonely && i == 0 { 3 } else { [0, 0, 0, 1, 1, 2][random.below(6)] };
        let population = [5000, 2900, 1300, 40][stratum];
        let cluster = stratum * 100 + random.below(8);
        let weight = [0.5, 4.0][random.below(2)];
        let region = ["e", "e", "w", "n", ""][random.below(5)];
        let sex = ["f", "m"][random.below(2)];
        let answered = random.next() < if region == "e" { 0.8 } else { 0.6 };
        let day = ["2026-01-10", "2026-01-25"][random.below(2)];
        let q1 = [1, 2, 3, 3, 4, 4, 5, 5, 5, 0, 9][random.below(11)].to_string();
        let scale = |random: &mut Random| (1 + random.below(5)).to_string();
        let (staff, place) = (scale(&mut random), scale(&mut random));
        let rest = [
            [0, 6, 8, 10][random.below(4)].to_string(),
            ["yes", "no"][random.below(2)].to_owned(),
            ["phone", "shop"][random.below(2)].to_owned(),
            ["app", "web", "app;web"][random.below(3)].to_owned(),
            random.below(10).to_string(),
            (random.below(4) * 10).to_string(),
        ];
        let _ = write!(out, "r{i:05},s{stratum},c{cluster},{population},30,{weight},");
        let _ = write!(out, "{},{region},{sex},{day}", i32::from(answered));
        let same = ["4", "4", "4", "9", "yes", "phone", "app", "3", "10"];
        for (text, same) in [q1, staff, place].into_iter().chain(rest).zip(same) {
            let gap = random.next() < 0.1;
            let said = if shape.alike { same } else { &text };
            let _ = write!(out, ",{}", if gap && !shape.alike { "" } else { said });
        }
        out.push('\n');
    }
    out
}

pub fn collected(folder: &Scratch, shape: &Shape) -> (Checked, Collected) {
    folder.write("counted.survey", spec(shape));
    folder.write("margins.csv", "sex,count\nf,3500\nm,5740\n");
    folder.write("regions.csv", "region,count\ne,4000\nw,2500\nn,2740\n");
    folder.write("data.csv", rows(shape));
    let path: &Path = &folder.0;
    let analysis = analyse("counted.survey", &Folder(path.to_path_buf()));
    let checked = analysis.checked.unwrap_or_else(|| panic!("{:?}", analysis.diagnostics));
    let collected = responses::read(&checked, path).unwrap().unwrap();
    (checked, collected)
}

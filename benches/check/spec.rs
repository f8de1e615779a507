//! Generated campaigns of any size: what real ones have, over and over.

use std::fmt::Write as _;

const HEAD: &str = r#"campaign large {
  title     "大型测评" / "Large survey"
  languages zh, en
  timezone  "Asia/Shanghai"
}
frame customers {
  source "data/customers.csv"
  key    id
  email  email
  field joined : date
  field spend  : money CNY
  field visits : int
  field gone   : yes_no
  field region : one of east "东" / "East", west "西" / "West", north "北" / "North"
  exclude "已退订" / "Opted out" where gone
}
stratum key_accounts "重点" / "Key accounts" {
  where  spend in top 20% or visits >= 50
  sample all
}
stratum fresh "新增" / "New" {
  where  joined within 30 days
  sample 500
}
stratum active "活跃" / "Active" {
  where  visits >= 5
  sample 1000
}
stratum rest "其余" / "Others" {
  sample 5%
}
scale satisfied5 {
  1 "非常不满意" / "Very dissatisfied"
  2 "不满意"     / "Dissatisfied"
  3 "一般"       / "Neutral"
  4 "满意"       / "Satisfied"
  5 "非常满意"   / "Very satisfied"
}
"#;

const TAIL: &str = r#"channel mail : email {
  from    "团队" / "Team" at "team@example.com"
  subject "请评价我们的服务" / "How was our service?"
}
schedule {
  open  2026-01-05 09:00
  close 2026-01-31 18:00
  invite via mail
}
score 0..100 {
  dimension overall "总体" / "Overall" 100% = mean(o0)
  index     csi     "指数" / "Index"        = weighted(overall)
}
case unhappy "回访" / "Call back" {
  when o0 <= 2
  due  24 hours
}
"#;

/// Makes a campaign with so many questions, five of them a topic.
pub fn spec(questions: usize) -> String {
    let mut text = HEAD.to_owned();
    for topic in 0..questions / 5 {
        section(&mut text, topic);
    }
    text + TAIL
}

fn section(text: &mut String, t: usize) {
    // A topic is asked of those who were there, and in every third one only after the one before.
    let chained = if t % 3 == 2 { format!(" and v{} >= 1", t - 1) } else { String::new() };
    let people = match t % 4 {
        0 => " and region = east".to_owned(),
        1 => " and visits >= 10".to_owned(),
        2 => " and stratum != rest".to_owned(),
        _ => String::new(),
    };
    write!(
        text,
        r#"section s{t} "话题 {t}" / "Topic {t}" {{
  question o{t} : satisfied5 required {{
    text "总体而言，您对话题 {t} 有多满意？" / "Overall, how satisfied are you with topic {t}?"
  }}
  question u{t} : choice required {{
    text "2026 年 1 月，您主要通过哪种方式了解话题 {t}？" / "In January 2026, how did you mainly learn about topic {t}?"
    options phone "电话" / "By phone", online "在线" / "Online", none "没有" / "Not at all"
  }}
  question v{t} : number 0..31 {{
    text "2026 年 1 月，您为话题 {t} 来过多少次？" / "In January 2026, how many times did you come for topic {t}?"
    when u{t} != none{chained}
  }}
  question w{t} : yes_no {{
    text "您的问题是否已经解决？" / "Has the matter been resolved?"
    when v{t} in 2..20 or o{t} <= 2{people}
  }}
  question x{t} : text {{
    text "还有哪一部分没有解决？" / "What is still unresolved?"
    when not w{t} and u{t} in (phone, online)
  }}
}}
"#
    )
    .unwrap_or_default();
}

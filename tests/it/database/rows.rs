//! Rows in a table and, as the table prints them, in a CSV file.

use std::path::Path;

use canvass::model::{Checked, Folder, analyse};
use sqlx::{AssertSqlSafe, Connection, Executor, Row};

/// Columns of [`SPEC`] in the order of the table.
pub const COLUMNS: [&str; 14] = [
    "id", "email", "phone", "display", "lang", "tz", "joined", "seen", "spend", "visits", "score", "vip",
    "region", "note",
];

pub const SPEC: &str = r#"campaign wave {
  title     en "Wave" / zh "轮"
  languages en, zh
  timezone  "Asia/Shanghai"
  owner     "cx@example.com"
}

frame customers {
  source "customers.csv"
  key    id
  email  email
  mobile phone
  name   display
  language lang
  timezone tz
  field joined : date
  field seen   : date
  field spend  : money CNY
  field visits : int
  field score  : number
  field vip    : yes_no
  field region : one of east "东" / "East", west "西" / "West", o1 "北" / "North"
  field note   : text
  exclude zh "甲" / en "one" where visits >= 0
  exclude zh "乙" / en "two" where visits >= 0
  once per email
}

stratum one zh "一" / en "One" { sample all }

section s zh "服务" / en "Service" {
  question overall : csat required { text zh "满意吗？" / en "How satisfied are you with our service?" }
}

channel mail : email { from zh "团队" / en "Team" at "cx@example.com"; subject zh "调查" / en "Three minutes"; rate 60 per minute }
channel text : sms { signature "示例"; body zh "评价 {{ link }} {{ opt_out }}" / en "Rate us {{ link }} {{ opt_out }}"; link personal }

schedule {
  open  2026-03-31 09:00
  close 2026-04-30 18:00
  hours 09:00..20:00
  invite via mail else text
}

privacy { confidential; keep 400 days; consent zh "同意" / en "Used only to improve our service" }
"#;

/// Returns the checked spec.
pub fn checked(spec: &str) -> Checked {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("wave.survey"), spec).unwrap();
    let analysis = analyse("wave.survey", &Folder(folder.path().to_path_buf()));
    let Some(checked) = analysis.checked else { panic!("{:#?}", analysis.diagnostics) };
    checked
}

/// Writes what a table prints into a CSV file.
pub async fn export(url: &str, from: &str, columns: &[&str], file: &Path) {
    let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
    connection.execute("SET datestyle = 'ISO, YMD'").await.unwrap();
    let texts: Vec<String> = columns.iter().map(|c| format!("\"{c}\"::text")).collect();
    let sql = format!("SELECT {} FROM {from} ORDER BY random()", texts.join(", "));
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
    let mut csv = csv::Writer::from_path(file).unwrap();
    csv.write_record(columns).unwrap();
    for row in rows {
        let cells = (0..columns.len()).map(|i| row.get::<Option<String>, _>(i).unwrap_or_default());
        csv.write_record(cells).unwrap();
    }
    csv.flush().unwrap();
    connection.close().await.unwrap();
}

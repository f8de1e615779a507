//! Small campaigns in a folder of their own.

use std::fs;
use std::path::Path;

use canvass::model::{Checked, Folder, analyse};

/// A spec with its list on disk.
pub struct Place {
    folder: tempfile::TempDir,
    pub checked: Checked,
}

impl Place {
    pub fn new(spec: &str, customers: &str) -> Self {
        Self::with(spec, &[("customers.csv", customers)])
    }

    pub fn with(spec: &str, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("wave.survey"), spec).unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let analysis = analyse("wave.survey", &Folder(folder.path().to_path_buf()));
        let Some(checked) = analysis.checked else { panic!("{:#?}", analysis.diagnostics) };
        Self { folder, checked }
    }

    pub fn events() -> Self {
        let spec = SPEC
            .replace("invite via mail", "invite via mail 24 hours after tickets within 48 hours")
            .replace("  remind via mail after 3 days\n", "");
        let spec = spec.split("stratum top").next().unwrap().to_owned()
            + "events tickets { source \"tickets.csv\"; key id; person who; at closed; field topic : text }\n"
            + "stratum all { sample 60% }\nsection s"
            + spec.split("section s").nth(1).unwrap();
        let customers = list(&["a,a@example.com,2025-01-01,1,1", "b,b@example.com,2025-01-01,1,1"]);
        let tickets = "id,who,closed,topic\n\
                       t0,a,2026-01-04 10:00,x\n\
                       t1,a,2026-01-06 10:00,x\n\
                       t3,a,2026-01-08T12:00:00+08:00,x\n\
                       t2,b,2026-01-07 09:30:00,x\n\
                       t4,nobody,2026-01-07 09:30:00,x\n\
                       t5,b,2026-01-07,x\n";
        Self::with(&spec, &[("customers.csv", &customers), ("tickets.csv", tickets)])
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.path().join(name), bytes).unwrap();
    }
}

/// A list with the columns of [`SPEC`].
pub fn list(rows: &[impl AsRef<str>]) -> String {
    let mut text = "key,email,signed_up,spend,visits\n".to_owned();
    for row in rows {
        text.push_str(row.as_ref());
        text.push('\n');
    }
    text
}

pub const SPEC: &str = r#"campaign wave {
  title     "Wave"
  languages en
  timezone  "Asia/Shanghai"
  owner     "cx@example.com"
}

frame customers {
  source "customers.csv"
  key    key
  email  email
  field signed_up : date
  field spend     : money CNY
  field visits    : int
  once per email
}

stratum top "Top" {
  where spend in top 40%
  sample all
}
stratum fresh "Fresh" {
  where signed_up within 30 days
  sample all // fresh
}
stratum rest { sample all // rest
}

section s "Service" {
  question overall : csat required { text "How satisfied are you with our service?" }
}

channel mail : email {
  from    "Team" at "cx@example.com"
  subject "Three minutes on our service"
  rate    60 per minute
}

schedule {
  open  2026-01-05 09:00
  close 2026-01-31 18:00
  hours 09:00..20:00
  invite via mail
  remind via mail after 3 days
}

score 0..100 {
  dimension service_score "Service" 100% = mean(overall)
  index csi "Satisfaction index" = weighted(service_score)
}

privacy { confidential; keep 400 days; consent "Used only to improve our service" }
"#;

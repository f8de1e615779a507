//! Files of known figures of the population: `rake … to "data/margins.csv"`.
//!
//! One figure a row. For one variable or one combination (`region by tier`), a
//! column for each variable and a column `count`; for several of them in one
//! file, columns `variable`, `value` and `count`.

use std::collections::BTreeSet;

use crate::model::checked::{Field, FieldKind, Grouping, SpecFile};
use crate::model::files::Files;
use crate::model::lower::cx::Cx;
use crate::model::lower::reader::Reader;
use crate::source::Span;

/// The figures of one margin: values of its variables, and how many people have them.
pub type Counts = Vec<(Vec<String>, f64)>;

/// Reads the file behind `to`; one list of figures for each margin.
pub fn read(
    cx: &mut Cx,
    r: &mut Reader,
    margins: &[Vec<Grouping>],
    fields: &[Field],
    (files, read): (&dyn Files, &mut Vec<SpecFile>),
) -> Option<Vec<Counts>> {
    let here = r.here();
    let path = r.string(cx, "the path of the margins")?;
    let text = match files.read(path) {
        Ok(text) => text,
        Err(reason) => {
            cx.error(reason.code(), here, format!("the margins can't be read: {reason}")).help =
                Some(reason.help().to_owned());
            return None;
        }
    };
    let told = cx.diagnostics.len();
    let file = File { path, here, text: text.trim_start_matches('\u{feff}') };
    let counts = margins.iter().map(|by| file.margin(cx, by, fields, margins.len() > 1)).collect();
    read.push(SpecFile { path: path.to_owned(), text: text.clone() });
    (cx.diagnostics.len() == told).then_some(counts)
}

struct File<'a> {
    path: &'a str,
    here: Span,
    text: &'a str,
}

impl File<'_> {
    fn margin(&self, cx: &mut Cx, by: &[Grouping], fields: &[Field], several: bool) -> Counts {
        let names: Vec<&str> = by.iter().map(|g| g.name(fields)).collect();
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(self.text.as_bytes());
        let header = reader.headers().cloned().unwrap_or_default();
        let column = |name: &str| header.iter().position(|h| h == name);
        let long = column("variable").zip(column("value")).filter(|_| by.len() == 1);
        let own: Option<Vec<usize>> = names.iter().map(|n| column(n)).collect();
        let (Some(count), true) = (column("count"), long.is_some() || (own.is_some() && !several)) else {
            self.columns(cx, &names, several);
            return Vec::new();
        };
        let mut found: Counts = Vec::new();
        for (number, row) in reader.records().enumerate() {
            let line = number + 2;
            let Ok(row) = row else {
                self.tell(cx, &format!("row {line} can't be read"), "write as many cells as the header has");
                continue;
            };
            let cell = |i: usize| row.get(i).unwrap_or("").to_owned();
            let values: Vec<String> = match (long, &own) {
                (Some((variable, _)), _) if cell(variable) != names[0] => continue,
                (Some((_, value)), _) => vec![cell(value)],
                (None, own) => own.iter().flatten().map(|i| cell(*i)).collect(),
            };
            let Some(n) = cell(count).parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0) else {
                let what = format!("row {line}: column `count` holds no number of people");
                self.tell(cx, &what, "write how many people of the population have these values");
                continue;
            };
            self.known(cx, by, &values, fields, line);
            if found.iter().any(|(v, _)| *v == values) {
                self.tell(
                    cx,
                    &format!("row {line}: `{}` stands twice", values.join(", ")),
                    "keep one row of it",
                );
            }
            found.push((values, n));
        }
        if found.iter().map(|(_, n)| n).sum::<f64>() <= 0.0 {
            let what = format!("there are no figures of `{}`", names.join(" by "));
            self.tell(cx, &what, "write a row for each value that people have");
        }
        found
    }

    /// Reports values that the column can't have.
    fn known(&self, cx: &mut Cx, by: &[Grouping], values: &[String], fields: &[Field], line: usize) {
        for (grouping, value) in by.iter().zip(values) {
            let choices: BTreeSet<&str> = match grouping {
                Grouping::Field(i) => match fields.get(*i).map(|f| &f.kind) {
                    Some(FieldKind::OneOf(choices)) => choices.iter().map(|c| c.name.as_str()).collect(),
                    _ => continue,
                },
                Grouping::Stratum if !cx.strata.is_empty() => cx.strata.iter().map(String::as_str).collect(),
                _ => continue,
            };
            if !choices.contains(value.as_str()) {
                let known = choices.into_iter().collect::<Vec<_>>().join(", ");
                let what = format!("row {line}: `{value}` is no value of `{}`", grouping.name(fields));
                self.tell(cx, &what, &format!("there is: {known}"));
            }
        }
    }

    fn columns(&self, cx: &mut Cx, names: &[&str], several: bool) {
        let wanted =
            if several { "variable,value,count".to_owned() } else { format!("{},count", names.join(",")) };
        let what = format!("there are no columns `{}`", wanted.replace(',', "`, `"));
        self.tell(cx, &what, &format!("write a CSV with the header `{wanted}`"));
    }

    fn tell(&self, cx: &mut Cx, what: &str, help: &str) {
        cx.error("margins", self.here, format!("`{}`: {what}", self.path)).help = Some(help.to_owned());
    }
}

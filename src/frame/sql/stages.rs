//! The steps of a draw, each a named sub-query: `list`, `people`, `standing`, `placed`.
//!
//! Their order is that of `docs/draw.md`, and part of the definition: exclusions, then one invitation per address, then
//! the cuts of `top` over who is left, then strata.

use crate::expr::Var;
use crate::frame::design::Reach;
use crate::frame::sql::cells::{self, kind_of};
use crate::frame::sql::columns::relation;
use crate::frame::sql::condition::{Scope, column, condition};
use crate::frame::sql::dialect::{Kind, Param};
use crate::frame::sql::statement::{ELIGIBLE, ONCE, Params, Writer};
use crate::model::checked::OncePer;

impl Writer<'_> {
    /// The list as the database has it, with texts trimmed.
    pub(super) fn list(&self) -> String {
        let d = self.dialect;
        let raw = |name: &str| format!("s.{}", d.identifier(name));
        let text = |name: &str| d.trimmed(&d.as_text(&raw(name)));
        let mut items = vec![format!("{} AS key", d.as_text(&raw(&self.frame.key)))];
        for (name, column) in self.contacts() {
            items.push(format!("{} AS {name}", text(column)));
        }
        for (i, (field, kind)) in self.frame.fields.iter().zip(&self.columns.fields).enumerate() {
            let keeps = cells::keeps_type(&field.kind, kind);
            items.push(format!("{} AS f{i}", if keeps { raw(&field.name) } else { text(&field.name) }));
        }
        format!("SELECT {}\n  FROM {} AS s", items.join(",\n    "), relation(self.relation, d))
    }

    fn contacts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let f = self.frame;
        let all = [
            ("email_text", &f.email),
            ("mobile_text", &f.mobile),
            ("person_name", &f.person_name),
            ("language", &f.language),
            ("zone", &f.timezone),
        ];
        all.into_iter().filter_map(|(name, column)| column.as_deref().map(|c| (name, c)))
    }

    /// Values, random numbers, rest and suppression.
    pub(super) fn people(&self, params: &Params) -> String {
        let d = self.dialect;
        let given = |param| params.use_one(d, param);
        let mut values = vec!["list.*".to_owned()];
        let mut from = "list".to_owned();
        match &self.frame.email {
            None => values.push(format!("{} AS email", d.missing(Kind::Text))),
            Some(_) => {
                values.push(format!("{} AS email", cells::email(d, "email_text", "odd.address")));
                let odd = d.rows_of(&[
                    (given(Param::OddTexts), "odd_text"),
                    (given(Param::OddAddresses), "address"),
                ]);
                from.extend([format!("\n    LEFT JOIN ({odd}) AS odd ON odd.odd_text = list.email_text")]);
            }
        }
        values.push(match &self.frame.mobile {
            None => format!("{} AS mobile", d.missing(Kind::Text)),
            Some(_) => format!("{} AS mobile", cells::mobile(d, "mobile_text")),
        });
        for (i, (field, kind)) in self.frame.fields.iter().zip(&self.columns.fields).enumerate() {
            values.push(format!("{} AS v{i}", cells::value(d, &format!("f{i}"), &field.kind, kind)));
        }
        let mut items = vec![
            format!("CASE WHEN {} IS NOT NULL THEN c.key END AS key", d.trimmed("c.key")),
            format!("{} AS number", d.random_number(self.seed, "c.key")),
            "c.email".to_owned(),
            "c.mobile".to_owned(),
        ];
        items.extend((0..self.frame.fields.len()).map(|i| format!("c.v{i}")));
        items.extend(self.complaints(&given).into_iter().enumerate().map(|(i, c)| format!("{c} AS b{i}")));
        items.extend(
            ["resting.key IS NOT NULL AS at_rest", "by_email.address IS NOT NULL AS email_suppressed"]
                .map(str::to_owned),
        );
        items.push("by_mobile.address IS NOT NULL AS mobile_suppressed".to_owned());
        let resting = d.rows_of(&[(given(Param::AtRest), "key")]);
        let suppressed = d.rows_of(&[(given(Param::Suppressed), "address")]);
        format!(
            "SELECT {}\n  FROM (SELECT {}\n    FROM {from}{fence}) AS c\n  \
             LEFT JOIN ({resting}) AS resting ON resting.key = c.key\n  \
             LEFT JOIN ({suppressed}) AS by_email ON by_email.address = c.email\n  \
             LEFT JOIN ({suppressed}) AS by_mobile ON by_mobile.address = c.mobile",
            items.join(",\n    "),
            values.join(",\n      "),
            fence = d.fence(),
        )
    }

    /// Cells that hold something that can't be read, in the order of [`Self::checked_columns`].
    fn complaints(&self, given: &dyn Fn(Param) -> String) -> Vec<String> {
        let mut all = Vec::new();
        if self.frame.email.is_some() {
            all.push("(c.email_text IS NOT NULL AND c.email IS NULL)".to_owned());
        }
        if self.frame.mobile.is_some() {
            all.push("(c.mobile_text IS NOT NULL AND c.mobile IS NULL)".to_owned());
        }
        if self.frame.timezone.is_some() {
            let zones = self.dialect.rows_of(&[(given(Param::Zones), "zone")]);
            all.push(format!("(c.zone IS NOT NULL AND c.zone NOT IN ({zones}))"));
        }
        for (i, field) in self.frame.fields.iter().enumerate() {
            if field.kind.read("\u{1}").is_err() {
                all.push(format!("(c.f{i} IS NOT NULL AND c.v{i} IS NULL)"));
            }
        }
        all
    }

    /// What becomes of everybody: excluded, without the shared address, or eligible.
    pub(super) fn standing(&self) -> String {
        let cut = |var: Var, share: f64| {
            Some(format!("({})", self.cut(var, share, "people WHERE key IS NOT NULL")?))
        };
        let kinds = self.kinds();
        let scope = Scope { dialect: self.dialect, kinds: &kinds, day: self.day, cut: &cut };
        let mut reasons = String::new();
        for (i, exclude) in self.frame.exclude.iter().enumerate() {
            reasons.extend([format!("WHEN {} THEN {i} ", condition(&exclude.condition, &scope))]);
        }
        let reason = if reasons.is_empty() { "NULL::int".to_owned() } else { format!("CASE {reasons}END") };
        let address = match self.frame.once_per {
            Some(OncePer::Email) => Some("email".to_owned()),
            Some(OncePer::Mobile) => Some("mobile".to_owned()),
            Some(OncePer::Field(i)) => Some(column(i)),
            None => None,
        };
        let once = address.map_or_else(String::new, |a| {
            format!(
                "WHEN {a} IS NOT NULL AND row_number() OVER (PARTITION BY {a}, reason IS NULL \
                 ORDER BY number, key) > 1 THEN {ONCE} "
            )
        });
        format!(
            "SELECT screened.*, CASE WHEN reason IS NOT NULL THEN reason {once}ELSE {ELIGIBLE} END AS state\n  \
             FROM (SELECT people.*, {reason} AS reason FROM people WHERE key IS NOT NULL) AS screened"
        )
    }

    pub(super) fn kinds(&self) -> Vec<Kind> {
        self.frame.fields.iter().map(|f| kind_of(&f.kind)).collect()
    }

    pub(super) fn cut(&self, var: Var, share: f64, from: &str) -> Option<String> {
        let Var::Field(field) = var else { return None };
        let is_number = self.frame.fields.get(field).is_some_and(|f| kind_of(&f.kind) == Kind::Number);
        is_number.then(|| self.dialect.cut(&column(field), from, share))
    }

    /// The stratum, cell and obstacle of the eligible.
    pub(super) fn placed(&self, cut: &dyn Fn(Var, f64) -> Option<String>) -> String {
        let kinds = self.kinds();
        let scope = |day| Scope { dialect: self.dialect, kinds: &kinds, day, cut };
        let (mut matches, mut takes) = (String::new(), String::new());
        let (mut cells, mut obstacles) = (String::new(), String::new());
        for (i, stratum) in self.checked.strata.iter().enumerate() {
            let scope = scope(stratum.as_of.unwrap_or(self.day));
            match &stratum.condition {
                Some(c) => {
                    matches.extend([format!(",\n      {} IS TRUE AS m{i}", condition(c, &scope))]);
                    takes.extend([format!("WHEN m{i} THEN {i} ")]);
                }
                None => takes.extend([format!("WHEN TRUE THEN {i} ")]),
            }
            let first = self.design.cells_of(i).start;
            cells.extend([format!("WHEN {i} THEN ")]);
            if stratum.parts.is_empty() {
                cells.extend([format!("{first} ")]);
            } else {
                let part = |(j, p): (usize, &crate::model::checked::Part)| {
                    let c = p.condition.as_ref().map_or_else(|| "TRUE".to_owned(), |c| condition(c, &scope));
                    format!("WHEN {c} THEN {} ", first + j)
                };
                let parts: String = stratum.parts.iter().enumerate().map(part).collect();
                cells.extend([format!("CASE {parts}END ")]);
            }
            obstacles.extend([format!("WHEN {i} THEN {} ", obstacle(self.design.reach[i]))]);
        }
        if takes.is_empty() {
            let nothing = "NULL::int AS stratum, NULL::int AS cell, 0 AS obstacle";
            return format!("SELECT standing.*, {nothing} FROM standing WHERE state = {ELIGIBLE}");
        }
        format!(
            "SELECT taken.*,\n    CASE stratum {cells}END AS cell,\n    CASE stratum {obstacles}END AS obstacle\n  \
             FROM (SELECT matched.*, CASE {takes}END AS stratum\n    \
             FROM (SELECT standing.*{matches}\n      FROM standing WHERE state = {ELIGIBLE}{fence}) AS matched{fence}) \
             AS taken",
            fence = self.dialect.fence(),
        )
    }
}

/// 0 for people who may be invited, else 1 at rest, 2 suppressed, 3 without an address.
fn obstacle(reach: Reach) -> String {
    let ways = [(reach.email, "email"), (reach.mobile, "mobile")];
    let open = || ways.iter().filter(|(open, _)| *open).map(|(_, name)| name);
    let any = |of: &dyn Fn(&str) -> String| {
        let all: Vec<String> = open().map(|name| of(name)).collect();
        if all.is_empty() { "FALSE".to_owned() } else { all.join(" OR ") }
    };
    if reach.anyone {
        return "CASE WHEN at_rest THEN 1 ELSE 0 END".to_owned();
    }
    let usable = any(&|n| format!("{n} IS NOT NULL AND NOT {n}_suppressed"));
    let suppressed = any(&|n| format!("{n}_suppressed"));
    format!("CASE WHEN at_rest THEN 1 WHEN {usable} THEN 0 WHEN {suppressed} THEN 2 ELSE 3 END")
}

//! Fills a served form as a person would who sees nothing but the page.
//!
//! Goes in: a [`Form`], a [`Mind`], whether the page came back with complaints.
//! Comes out: the fields that a browser would send. What a field wants is read
//! off the page: numbered radio buttons are a scale, a list of equal lists is a
//! ranking, a line of text right after an option belongs to that option.

use std::collections::{BTreeMap, BTreeSet};

use crate::rehearse::behaviour::{Mind, Rating};
use crate::rehearse::page::{Field, Form, Kind};
use crate::rehearse::phrases;

/// How the form is to be filled.
#[derive(Debug, Clone, Copy)]
pub struct Care<'a> {
    /// Language of the page.
    pub language: &'a str,
    /// The page came back with complaints: leave nothing out, choose one thing only.
    pub again: bool,
}

/// Returns the fields to send, in the form's order.
#[must_use]
pub fn fill(form: &Form, mind: &Mind, care: Care<'_>) -> Vec<(String, String)> {
    let mut filling = Filling { form, mind, care, chosen: BTreeMap::new(), sent: Vec::new() };
    filling.choose_places();
    for (i, field) in form.fields.iter().enumerate() {
        if !field.name.is_empty() {
            filling.field(i, field);
        }
    }
    filling.sent.extend(send_button(form));
    filling.sent
}

/// Counts the questions of a form: names of fields to fill, grids row by row.
#[must_use]
pub fn questions(form: &Form) -> usize {
    let to_fill = |f: &&Field| !matches!(f.kind, Kind::Hidden | Kind::Submit | Kind::Other);
    form.fields.iter().filter(to_fill).map(|f| f.name.as_str()).collect::<BTreeSet<_>>().len()
}

/// Words on buttons that lead back, or out.
const NOT_ONWARD: [&str; 12] = [
    "上一页",
    "返回",
    "撤回",
    "退订",
    "退出",
    "语言",
    "back",
    "previous",
    "withdraw",
    "unsubscribe",
    "delete",
    "language",
];

/// Returns the form that leads onward, if the page has one.
#[must_use]
pub fn onward(forms: &[Form]) -> Option<&Form> {
    forms.iter().filter(|f| f.post && onward_button(f).is_some()).max_by_key(|f| f.fields.len())
}

fn onward_button(form: &Form) -> Option<&Field> {
    let leads_on = |f: &&Field| {
        let words = format!("{} {} {}", f.label, f.name, f.value).to_lowercase();
        f.kind == Kind::Submit && !NOT_ONWARD.iter().any(|word| words.contains(word))
    };
    form.fields.iter().find(leads_on)
}

fn send_button(form: &Form) -> Option<(String, String)> {
    let button = onward_button(form).filter(|b| !b.name.is_empty())?;
    Some((button.name.clone(), button.value.clone()))
}

struct Filling<'a> {
    form: &'a Form,
    mind: &'a Mind,
    care: Care<'a>,
    /// Values decided for a name: of radio buttons, ticks and places.
    chosen: BTreeMap<&'a str, Vec<&'a str>>,
    sent: Vec<(String, String)>,
}

impl<'a> Filling<'a> {
    fn send(&mut self, field: &Field, value: impl Into<String>) {
        self.sent.push((field.name.clone(), value.into()));
    }

    fn field(&mut self, i: usize, field: &'a Field) {
        match field.kind {
            Kind::Hidden => self.send(field, field.value.clone()),
            Kind::Radio | Kind::Checkbox => {
                if !self.chosen.contains_key(field.name.as_str()) {
                    let values = match field.kind {
                        Kind::Radio => self.radio(&field.name),
                        _ => self.ticks(field),
                    };
                    self.chosen.insert(&field.name, values);
                }
                if self.chosen[field.name.as_str()].contains(&field.value.as_str()) {
                    self.send(field, field.value.clone());
                }
            }
            Kind::Select => {
                let value = self.select(field);
                self.send(field, value);
            }
            Kind::Number => {
                let value = match self.chosen.get(field.name.as_str()).and_then(|v| v.first()) {
                    Some(place) => (*place).to_owned(),
                    None => self.number(field),
                };
                self.send(field, value);
            }
            Kind::Text if wants_number(field) => {
                let value = self.number(field);
                self.send(field, value);
            }
            Kind::Text | Kind::Area => {
                let value = self.words(i, field);
                self.send(field, value);
            }
            Kind::Email => self.send(field, self.contact(field, "@")),
            Kind::Tel => self.send(field, self.contact(field, "+")),
            Kind::Contact => self.send(field, self.contact(field, "")),
            Kind::Date => self.send(field, date(field)),
            Kind::Submit | Kind::Other => {}
        }
    }

    fn of_name(&self, name: &str) -> impl Iterator<Item = &'a Field> + use<'a> {
        let name = name.to_owned();
        self.form.fields.iter().filter(move |f| f.name == name)
    }

    /// Chooses among radio buttons: one that is ticked already, a point of a scale, yes or no, or an option.
    fn radio(&self, name: &str) -> Vec<&'a str> {
        let buttons: Vec<&Field> = self.of_name(name).filter(|f| f.kind == Kind::Radio).collect();
        if let Some(ticked) = buttons.iter().find(|b| b.checked) {
            return vec![ticked.value.as_str()];
        }
        let optional = !self.care.again && !buttons.iter().any(|b| b.required);
        let mut points: Vec<(i64, &str)> =
            buttons.iter().filter_map(|b| Some((b.value.parse().ok()?, b.value.as_str()))).collect();
        points.sort_unstable();
        let others: Vec<&str> =
            buttons.iter().map(|b| b.value.as_str()).filter(|v| v.parse::<i64>().is_err()).collect();
        if points.len() >= 2 {
            return match self.mind.rate(topic(name), points.len(), !others.is_empty(), optional) {
                Rating::Point(i) => points.get(i).map(|(_, value)| *value).into_iter().collect(),
                Rating::NotApplicable => others.first().copied().into_iter().collect(),
                Rating::Skipped => Vec::new(),
            };
        }
        if optional && self.mind.chance.happens(&format!("skips {name}"), 0.02) {
            return Vec::new();
        }
        if others.contains(&"yes") && others.contains(&"no") {
            return vec![if self.mind.says_yes(name) { "yes" } else { "no" }];
        }
        self.mind.chooses(name, &others).into_iter().collect()
    }

    /// Decides about boxes of one name: several are options, a single one is agreement or a way out.
    fn ticks(&self, field: &'a Field) -> Vec<&'a str> {
        let boxes: Vec<&Field> = self.of_name(&field.name).filter(|f| f.kind == Kind::Checkbox).collect();
        let values: Vec<&str> = boxes.iter().map(|b| b.value.as_str()).collect();
        let ticked: Vec<&str> = boxes.iter().filter(|b| b.checked).map(|b| b.value.as_str()).collect();
        if !ticked.is_empty() && !self.care.again {
            return ticked;
        }
        if let [only] = values[..] {
            let alone = !self.form.fields.iter().any(|f| {
                f.group == field.group
                    && f.name != field.name
                    && !matches!(f.kind, Kind::Hidden | Kind::Submit)
            });
            let ticks = field.required || (alone && (self.care.again || self.happens("agrees", field, 0.97)));
            return if ticks { vec![only] } else { Vec::new() };
        }
        let order = self.mind.ranks(&field.name, &values);
        let most = if self.care.again { 1 } else { 1 + self.mind.chance.pick(&field.name, 3) };
        order.into_iter().take(most).collect()
    }

    /// Finds rankings: fields of one group that all want a place from 1 to their number; and ranks.
    fn choose_places(&mut self) {
        let mut rankings: BTreeMap<(usize, &str), Vec<&'a Field>> = BTreeMap::new();
        for field in &self.form.fields {
            if let (Kind::Select | Kind::Number, Some((stem, _))) = (field.kind, field.name.rsplit_once('.'))
            {
                rankings.entry((field.group, stem)).or_default().push(field);
            }
        }
        for ((_, stem), fields) in rankings {
            let count = fields.len();
            if count < 2 || !fields.iter().all(|f| last_place(f) == Some(count)) {
                continue;
            }
            let names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
            for (place, name) in self.mind.ranks(stem, &names).into_iter().enumerate() {
                self.chosen.insert(name, PLACES.get(place).copied().into_iter().collect());
            }
        }
    }

    fn select(&self, field: &Field) -> String {
        let offered: Vec<&str> =
            field.options.iter().map(|o| o.value.as_str()).filter(|v| !v.is_empty()).collect();
        if let Some(place) = self.chosen.get(field.name.as_str()).and_then(|v| v.first()) {
            return (*place).to_owned();
        }
        if let Some(selected) = field.options.iter().find(|o| o.selected && !o.value.is_empty()) {
            return selected.value.clone();
        }
        if !field.required && !self.care.again && self.happens("skips", field, 0.02) {
            return String::new();
        }
        self.mind.chooses(&field.name, &offered).unwrap_or_default().to_owned()
    }

    /// Types a number within the limits that the field or the line beside it names.
    fn number(&self, field: &Field) -> String {
        let said = numbers(&field.hint);
        let (first, second) = (said.first().copied(), said.get(1).copied());
        let given = |text: &Option<String>| text.as_ref().and_then(|t| t.parse::<f64>().ok());
        let low = given(&field.min).or(first).unwrap_or(0.0);
        // A single limit, upper or lower, is always a number that is taken.
        let high = given(&field.max).or(second).unwrap_or(if first.is_some() { low } else { low + 100.0 });
        let step = given(&field.step).filter(|s| *s > 0.0).unwrap_or(1.0);
        let steps = ((high - low) / step).floor().max(0.0);
        let noise = self.mind.chance.normal(&format!("number {}", field.name));
        let at = (0.62 + 0.12 * self.mind.person.satisfaction + 0.12 * noise).clamp(0.0, 1.0);
        // Who was told off for a number between the steps takes the lowest.
        let at = if self.care.again { 0.0 } else { at };
        let value = low + (steps * at).round() * step;
        // Steps such as 0.1 leave dust behind the last digit.
        ((value * 1e6).round() / 1e6).to_string()
    }

    /// Writes into a line or an area, or leaves it empty.
    fn words(&self, i: usize, field: &Field) -> String {
        if !field.value.trim().is_empty() {
            return field.value.clone();
        }
        let pick = |count| self.mind.chance.pick(&format!("words {}", field.name), count);
        let before = i.checked_sub(1).and_then(|i| self.form.fields.get(i));
        let words = match before.filter(|b| is_option(b) && b.group == field.group && b.name != field.name) {
            Some(option) if option.kind == Kind::Radio || self.of_name(&option.name).count() > 1 => {
                let chosen =
                    self.chosen.get(option.name.as_str()).is_some_and(|v| v.contains(&option.value.as_str()));
                if !chosen {
                    return String::new();
                }
                phrases::other(self.care.language, pick)
            }
            _ => {
                let writes = field.required || self.care.again || self.happens("writes", field, 0.6);
                if !writes {
                    return String::new();
                }
                let content = self.mind.person.satisfaction > -0.3;
                match field.kind {
                    Kind::Area => phrases::remark(self.care.language, content, pick),
                    _ => phrases::other(self.care.language, pick),
                }
            }
        };
        words.chars().take(field.max_length.unwrap_or(usize::MAX)).collect()
    }

    /// Gives one's address where that is what one was written to, else none.
    fn contact(&self, field: &Field, sign: &str) -> String {
        let contact = &self.mind.person.contact;
        let gives = field.required || self.care.again || self.happens("gives", field, 0.5);
        if gives && contact.contains(sign) { contact.clone() } else { String::new() }
    }

    fn happens(&self, what: &str, field: &Field, probability: f64) -> bool {
        self.mind.chance.happens(&format!("{what} {}", field.name), probability)
    }
}

/// Places as they are written; nobody ranks more than this.
const PLACES: [&str; 20] = [
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19",
    "20",
];

/// Returns what a field is about: its name without the mark that fields of answers share.
fn topic(name: &str) -> &str {
    name.strip_prefix("a.").unwrap_or(name)
}

/// Tells whether a line of text asks for a number, by what stands beside it.
fn wants_number(field: &Field) -> bool {
    let hint = field.hint.to_lowercase();
    hint.contains("number") && !hint.contains("telephone") || hint.contains("数字") || hint.contains("数值")
}

/// Finds the numbers in a text, in order.
fn numbers(text: &str) -> Vec<f64> {
    let part = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-');
    text.split(|c| !part(c)).filter_map(|word| word.trim_end_matches(['.', '-']).parse().ok()).collect()
}

fn date(field: &Field) -> String {
    let known = [&field.max, &field.min].into_iter().flatten().next();
    known.map_or_else(|| "2025-12-15".to_owned(), Clone::clone)
}

fn is_option(field: &Field) -> bool {
    matches!(field.kind, Kind::Radio | Kind::Checkbox)
}

/// Returns the last place that a field takes, when it takes places from 1 on.
fn last_place(field: &Field) -> Option<usize> {
    match field.kind {
        Kind::Select => {
            let places: Vec<usize> = field.options.iter().filter_map(|o| o.value.parse().ok()).collect();
            let filled = field.options.iter().filter(|o| !o.value.is_empty()).count();
            (places.len() == filled && places.iter().min() == Some(&1)).then_some(filled)
        }
        _ if field.min.as_deref() == Some("1") => field.max.as_ref()?.parse().ok(),
        _ => None,
    }
}

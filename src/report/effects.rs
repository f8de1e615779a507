//! What became of promises, in words: a line a measure, for templates and the workbook.

use serde::Serialize;

use crate::model::checked::Text;
use crate::report::view::{apart_decimals, count, error_text, fixed, percent_of, signed_text, whole_text};
use crate::report::words::Words;
use crate::score::compare::events::EventsBehind;
use crate::score::compare::types::{MeasureResult, Reason};
use crate::score::types::Verdict;

/// A measure as people read it; what is not known is left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EffectLine {
    /// The measure.
    pub title: String,
    /// What is before and after.
    pub days: Option<String>,
    /// What is to change.
    pub what: String,
    /// By how much.
    pub promised: String,
    /// For which stratum.
    pub stratum: Option<String>,
    /// Before.
    pub before: Option<String>,
    /// After.
    pub now: Option<String>,
    /// The change.
    pub change: Option<String>,
    /// Its interval.
    pub interval: Option<String>,
    /// Whether the promise came true.
    pub verdict: String,
    /// Why it was not tested.
    pub why: Option<String>,
    /// What could have been seen.
    pub seen: Option<String>,
    /// What did not count.
    pub left_out: Option<String>,
}

/// What is needed to say something.
pub struct Saying<'a> {
    /// Words of the language.
    pub words: &'a Words,
    /// The language.
    pub language: &'a str,
}

/// How numbers of a figure are shown.
#[derive(Clone, Copy)]
enum Form {
    /// With so many decimals.
    Plain(usize),
    /// Shares as percentages, differences of them in points.
    Points,
    /// The change in percent, of a figure with so many decimals.
    Relative(usize),
}

impl Saying<'_> {
    fn word(&self, key: &str) -> String {
        self.words.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }

    fn fill(&self, key: &str, values: &[(&str, String)]) -> String {
        values.iter().fold(self.word(key), |all, (name, value)| all.replace(&format!("{{{name}}}"), value))
    }

    fn title(&self, title: &Text, name: &str) -> String {
        match title.get(self.language) {
            "" => name.to_owned(),
            title => title.to_owned(),
        }
    }

    /// Says a result; `places` are the decimals of its score.
    #[must_use]
    pub fn line(&self, effect: &MeasureResult, places: usize) -> EffectLine {
        let form = match &effect.events {
            None => Form::Plain(places),
            Some(e) if e.figure == "share" => Form::Points,
            Some(e) if e.relative => Form::Relative(if e.figure == "count" { 0 } else { 2 }),
            Some(_) => Form::Plain(2),
        };
        let contrast = &effect.contrast;
        let ends = contrast.low.zip(contrast.high);
        let stratum = effect.stratum.as_ref();
        let smallest =
            contrast.smallest.filter(|_| contrast.reason.is_none() && effect.verdict == Verdict::NotDecided);
        EffectLine {
            title: self.title(&effect.title, &effect.action),
            days: self.days(effect),
            what: self.title(&effect.score_title, &effect.score),
            promised: self.promised(form, effect.promised),
            stratum: stratum
                .map(|name| effect.stratum_title.as_ref().map_or(name.clone(), |t| self.title(t, name))),
            before: contrast.other.map(|x| figure(form, x)),
            now: contrast.value.map(|x| figure(form, x)),
            change: contrast.difference.map(|x| self.change(form, x, None)),
            interval: ends.map(|ends| self.interval(form, ends)),
            verdict: self.word(match effect.verdict {
                Verdict::Met => "promise_met",
                Verdict::NotMet => "promise_not_met",
                Verdict::NotDecided => "promise_not_decided",
                Verdict::Hidden => "promise_hidden",
            }),
            why: contrast.reason.map(|reason| self.why(reason, effect)),
            seen: smallest
                .map(|x| self.fill("smallest_seen", &[("x", self.smallest(form, x, effect.promised))])),
            left_out: effect.events.as_ref().and_then(|e| self.left_out(e)),
        }
    }

    fn days(&self, effect: &MeasureResult) -> Option<String> {
        let windows = effect.events.as_ref().and_then(|e| e.windows);
        let Some(windows) = windows else {
            let (due, from) = (effect.due?.to_string(), effect.from?.to_string());
            return Some(self.fill("effect_days", &[("due", due), ("from", from)]));
        };
        let span = |(first, last): (jiff::civil::Date, jiff::civil::Date)| format!("{first} – {last}");
        let days = [("before", span(windows.before)), ("after", span(windows.after))];
        let mut words = self.fill("effect_windows", &days);
        if let (Some(n), Some(n_other)) = (effect.contrast.n, effect.contrast.n_other) {
            let people = [("before", count(n_other)), ("after", count(n))];
            words = format!("{words}{}{}", self.word("semicolon"), self.fill("effect_people", &people));
        }
        Some(words)
    }

    fn promised(&self, form: Form, by: f64) -> String {
        let whole = |x: f64| usize::from((x - x.round()).abs() > 1e-9);
        match form {
            Form::Plain(places) => signed_text(by, places),
            Form::Points => self.points(&signed_text(by * 100.0, whole(by * 100.0))),
            Form::Relative(_) => format!("{}%", signed_text(by * 100.0, whole(by * 100.0))),
        }
    }

    fn points(&self, number: &str) -> String {
        self.fill("in_points", &[("x", number.to_owned())])
    }

    /// Says a change, or an end of its interval, with decimals enough to tell the ends apart.
    fn change(&self, form: Form, x: f64, ends: Option<(f64, f64)>) -> String {
        let places = |factor: f64, least: usize| {
            ends.map_or(least, |(low, high)| apart_decimals(low * factor, high * factor, least))
        };
        match form {
            Form::Plain(least) => signed_text(x, places(1.0, least)),
            Form::Points => self.points(&signed_text(x * 100.0, places(100.0, 1))),
            Form::Relative(_) => format!("{}%", signed_text(x * 100.0, places(100.0, 1))),
        }
    }

    fn interval(&self, form: Form, (low, high): (f64, f64)) -> String {
        let ends = Some((low, high));
        match form {
            // The unit stands once.
            Form::Points => {
                let plain = Form::Plain(1);
                let ends = Some((low * 100.0, high * 100.0));
                let [low, high] = [low, high].map(|x| self.change(plain, x * 100.0, ends));
                self.points(&format!("{low} … {high}"))
            }
            _ => format!("{} … {}", self.change(form, low, ends), self.change(form, high, ends)),
        }
    }

    /// Says the smallest change that could have been seen; in proportion, in the direction of the promise.
    fn smallest(&self, form: Form, x: f64, promised: f64) -> String {
        match form {
            Form::Plain(places) => error_text(x, places),
            Form::Points => self.points(&error_text(x * 100.0, 1)),
            Form::Relative(_) => {
                let change = x.copysign(promised).exp_m1();
                format!("{}%", signed_text(change * 100.0, 1))
            }
        }
    }

    fn why(&self, reason: Reason, effect: &MeasureResult) -> String {
        let key =
            serde_json::to_value(reason).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        let Some(events) = &effect.events else { return self.word(&format!("why_{key}")) };
        let day = |day: Option<jiff::civil::Date>| day.map_or_else(String::new, |d| d.to_string());
        let values = [
            ("events", events.name.clone()),
            ("first", day(events.days.map(|d| d.0))),
            ("due", day(effect.due)),
            ("day", day(events.wait_until)),
            ("why", events.problem.clone().unwrap_or_default()),
        ];
        self.fill(&format!("why_events_{key}"), &values)
    }

    fn left_out(&self, events: &EventsBehind) -> Option<String> {
        let some = |n: Option<u64>| n.filter(|n| *n > 0);
        let bad = some(events.bad_rows).map(|bad| {
            let rows = count(events.rows.unwrap_or_default());
            self.fill("effect_bad_rows", &[("bad", count(bad)), ("rows", rows)])
        });
        let missing = some(events.missing).map(|n| self.fill("effect_missing", &[("n", count(n))]));
        let all: Vec<String> = bad.into_iter().chain(missing).collect();
        (!all.is_empty()).then(|| all.join(&self.word("semicolon")))
    }
}

fn figure(form: Form, x: f64) -> String {
    match form {
        Form::Points => percent_of(x, 1),
        Form::Relative(0) => whole_text(x),
        Form::Plain(places) | Form::Relative(places) => fixed(x, places),
    }
}

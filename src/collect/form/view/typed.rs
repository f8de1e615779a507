//! Questions that are answered by typing: words, numbers, dates, contact details.

use crate::collect::form::data::{Control, Layout, LineData, TickData};
use crate::collect::form::parse::{LONG, SHORT};
use crate::collect::form::posted::NOT_APPLICABLE;
use crate::collect::form::view::View;
use crate::model::checked::Question;

/// A slider with at most this many positions is drawn as a row of buttons.
const BUTTONS: f64 = 11.0;

impl View<'_> {
    pub(super) fn words(&self, question: &Question, long: bool, id: &str, field: &str) -> Control {
        let max_length = if long { LONG } else { SHORT };
        let line = LineData { max_length, ..self.line(question, id, field) };
        if long { Control::Area(line) } else { Control::Line(line) }
    }

    /// A text field with a number pad: `type=number` loses what it doesn't understand and changes by scrolling.
    pub(super) fn number(&self, question: &Question, min: Option<f64>, id: &str, field: &str) -> Control {
        // The number pad of some phones has no minus sign.
        let keyboard = if min.is_some_and(|m| m >= 0.0) { "decimal" } else { "" };
        Control::Line(LineData { keyboard, max_length: 20, ..self.line(question, id, field) })
    }

    /// Nothing needs to be dragged: few positions are buttons, many are typed.
    pub(super) fn slider(
        &self,
        question: &Question,
        (min, max, step): (f64, f64, f64),
        id: &str,
        field: &str,
    ) -> Control {
        let positions = ((max - min) / step).round() + 1.0;
        if !(2.0..=BUTTONS).contains(&positions) {
            return self.number(question, Some(min), id, field);
        }
        // Nine places hide what floats add: 0.1 three times is 0.3.
        let value = |i: i32| (((min + f64::from(i) * step) * 1e9).round() / 1e9).to_string();
        let points: Vec<(String, String)> = (0..11)
            .filter(|&i| min + f64::from(i) * step <= max + step * 1e-6)
            .map(|i| (value(i), String::new()))
            .collect();
        self.points(question, Layout::Row, &points, id, field)
    }

    pub(super) fn date(&self, question: &Question, id: &str, field: &str) -> Control {
        Control::Line(LineData { input: "date", ..self.line(question, id, field) })
    }

    pub(super) fn contact(&self, question: &Question, id: &str, field: &str) -> Control {
        let line = self.line(question, id, field);
        Control::Line(LineData { autocomplete: "email", max_length: SHORT, ..line })
    }

    fn line(&self, question: &Question, id: &str, field: &str) -> LineData {
        LineData {
            id: format!("{id}-1"),
            field: field.to_owned(),
            input: "text",
            value: match self.posted.one(field) {
                NOT_APPLICABLE => String::new(),
                typed => typed.to_owned(),
            },
            not_applicable: self.tick(question, field),
            ..LineData::default()
        }
    }

    /// Offers “not applicable” as a box of its own where there are no options to stand among.
    pub(super) fn tick(&self, question: &Question, field: &str) -> Option<TickData> {
        if question.not_applicable.is_empty() {
            return None;
        }
        let field = format!("{field}.na");
        Some(TickData {
            checked: self.posted.has(&field, NOT_APPLICABLE),
            field,
            value: NOT_APPLICABLE.to_owned(),
            label: self.pipes.text(&question.not_applicable),
        })
    }
}

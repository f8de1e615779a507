//! A served page as a person sees it: language, links, and forms with their fields.
//!
//! Goes in: HTML, of a form or of a mail. Comes out: [`Document`]. Only what the
//! page itself says is known here (WHATWG HTML §4.10); nothing of the spec is.

use html5gum::{DefaultEmitter, HtmlString, StartTag, Token, Tokenizer};

/// A page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// `lang` of the `html` element.
    pub language: String,
    /// Links in order.
    pub links: Vec<Link>,
    /// Forms in order.
    pub forms: Vec<Form>,
}

/// A link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// Address as written.
    pub href: String,
    /// What it says.
    pub text: String,
}

/// A form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Form {
    /// Whether it posts.
    pub post: bool,
    /// Address as written; empty for the page's own.
    pub action: String,
    /// Fields in order.
    pub fields: Vec<Field>,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Name; unnamed fields are not sent.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Value it has, or stands for.
    pub value: String,
    /// Ticked beforehand.
    pub checked: bool,
    /// Must be filled.
    pub required: bool,
    /// Number of the innermost `fieldset`, from 1; 0 outside of all.
    pub group: usize,
    /// Smallest number or date.
    pub min: Option<String>,
    /// Largest number or date.
    pub max: Option<String>,
    /// Distance between two allowed numbers.
    pub step: Option<String>,
    /// Most characters.
    pub max_length: Option<usize>,
    /// What its label says.
    pub label: String,
    /// What stands beside it: limits, and what is wrong with it (`aria-describedby`).
    pub hint: String,
    /// Options of a `select`.
    pub options: Vec<Choice>,
    id: String,
    described_by: Vec<String>,
}

/// An option of a `select`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Value that is sent.
    pub value: String,
    /// What it says.
    pub label: String,
    /// Chosen beforehand.
    pub selected: bool,
}

/// Kinds of field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sent as it is.
    Hidden,
    /// One of several of the same name.
    Radio,
    /// Ticked or not.
    Checkbox,
    /// A list.
    Select,
    /// Some words.
    Text,
    /// An address.
    Email,
    /// A telephone number.
    Tel,
    /// An address or a telephone number.
    Contact,
    /// Several lines.
    Area,
    /// A number, typed or slid.
    Number,
    /// A date.
    Date,
    /// Sends the form.
    Submit,
    /// Nothing that a simulated person uses (files, images).
    Other,
}

/// Reads a page.
#[must_use]
pub fn read(html: &str) -> Document {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut reading = Reading::default();
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => reading.start(&tag),
            Token::EndTag(tag) => reading.end(&text(&tag.name)),
            Token::String(string) => reading.words(&text(&string.value)),
            _ => {}
        }
    }
    reading.finish()
}

/// What is known in the middle of a page.
#[derive(Default)]
struct Reading {
    page: Document,
    fieldsets: Vec<usize>,
    fieldset_count: usize,
    link: Option<Link>,
    label: Option<Label>,
    labels: Vec<Label>,
    note: Option<(String, String)>,
    notes: Vec<(String, String)>,
    in_form: bool,
    inside: Inside,
}

/// What the words between two tags belong to.
#[derive(Default, PartialEq)]
enum Inside {
    /// The page.
    #[default]
    Text,
    /// An option of a list.
    Option,
    /// A text area: its value.
    Area,
    /// A button.
    Button,
    /// A script or a style; nobody reads it.
    Code,
}

/// A label, for a field by id or for the field inside it.
#[derive(Default)]
struct Label {
    target: String,
    inside: Option<(usize, usize)>,
    text: String,
}

impl Reading {
    fn start(&mut self, tag: &StartTag<()>) {
        match text(&tag.name).as_str() {
            "html" => self.page.language = attribute(tag, "lang").unwrap_or_default(),
            "a" => {
                let href = attribute(tag, "href").unwrap_or_default();
                self.link = Some(Link { href, text: String::new() });
            }
            "form" => {
                let post = attribute(tag, "method").is_some_and(|m| m.eq_ignore_ascii_case("post"));
                let action = attribute(tag, "action").unwrap_or_default();
                self.page.forms.push(Form { post, action, fields: Vec::new() });
                self.in_form = true;
            }
            "fieldset" => {
                self.fieldset_count += 1;
                self.fieldsets.push(self.fieldset_count);
            }
            "label" => {
                let target = attribute(tag, "for").unwrap_or_default();
                self.label = Some(Label { target, ..Label::default() });
            }
            "p" => self.note = attribute(tag, "id").map(|id| (id, String::new())),
            "input" => self.field(tag, input_kind(tag)),
            "button" => {
                let submits = attribute(tag, "type").is_none_or(|kind| kind.eq_ignore_ascii_case("submit"));
                self.field(tag, if submits { Kind::Submit } else { Kind::Other });
                self.enter(Inside::Button);
            }
            "textarea" => {
                self.field(tag, Kind::Area);
                self.enter(Inside::Area);
            }
            "select" => self.field(tag, Kind::Select),
            "option" => {
                let (value, selected) = (attribute(tag, "value"), attribute(tag, "selected").is_some());
                if let Some(field) = self.last_field() {
                    let value = value.unwrap_or_default();
                    field.options.push(Choice { value, selected, label: String::new() });
                    self.enter(Inside::Option);
                }
            }
            "script" | "style" => self.inside = Inside::Code,
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "a" => self.page.links.extend(self.link.take()),
            "form" => self.in_form = false,
            "fieldset" => {
                self.fieldsets.pop();
            }
            "label" => self.labels.extend(self.label.take()),
            "p" => self.notes.extend(self.note.take()),
            "textarea" | "button" | "option" | "select" | "script" | "style" => self.inside = Inside::Text,
            _ => {}
        }
    }

    /// Fields outside of a form are nobody's, and so are their words.
    fn enter(&mut self, inside: Inside) {
        if self.in_form {
            self.inside = inside;
        }
    }

    fn words(&mut self, words: &str) {
        let field = self.page.forms.last_mut().and_then(|form| form.fields.last_mut());
        match (&self.inside, field) {
            (Inside::Code, _) => {}
            (Inside::Area, Some(field)) => field.value.push_str(words),
            (Inside::Button, Some(field)) => field.label.push_str(words.trim()),
            (Inside::Option, Some(field)) => {
                if let Some(choice) = field.options.last_mut() {
                    choice.label.push_str(words.trim());
                }
            }
            _ => {
                if let Some(link) = &mut self.link {
                    link.text.push_str(words);
                }
                if let Some(label) = &mut self.label {
                    label.text.push_str(words);
                }
                if let Some((_, note)) = &mut self.note {
                    note.push_str(words);
                }
            }
        }
    }

    fn field(&mut self, tag: &StartTag<()>, kind: Kind) {
        if attribute(tag, "disabled").is_some() || !self.in_form {
            return;
        }
        let get = |name| attribute(tag, name);
        let number_of_form = self.page.forms.len();
        let Some(form) = self.page.forms.last_mut() else { return };
        form.fields.push(Field {
            name: get("name").unwrap_or_default(),
            kind,
            value: get("value")
                .unwrap_or_else(|| if kind == Kind::Checkbox { "on".to_owned() } else { String::new() }),
            checked: get("checked").is_some(),
            required: get("required").is_some(),
            group: self.fieldsets.last().copied().unwrap_or(0),
            min: get("min"),
            max: get("max"),
            step: get("step"),
            max_length: get("maxlength").and_then(|n| n.parse().ok()),
            label: get("aria-label").unwrap_or_default(),
            hint: String::new(),
            options: Vec::new(),
            described_by: get("aria-describedby")
                .map(|ids| ids.split_ascii_whitespace().map(ToOwned::to_owned).collect())
                .unwrap_or_default(),
            id: get("id").unwrap_or_default(),
        });
        if let Some(label) = &mut self.label {
            label.inside = Some((number_of_form - 1, form.fields.len() - 1));
        }
    }

    fn last_field(&mut self) -> Option<&mut Field> {
        self.page.forms.last_mut()?.fields.last_mut()
    }

    fn finish(mut self) -> Document {
        for label in std::mem::take(&mut self.labels) {
            let words = label.text.split_whitespace().collect::<Vec<_>>().join(" ");
            let target = match label.inside {
                Some((form, field)) => self.page.forms.get_mut(form).and_then(|f| f.fields.get_mut(field)),
                None if label.target.is_empty() => None,
                None => self.page.forms.iter_mut().flat_map(|f| &mut f.fields).find(|f| f.id == label.target),
            };
            if let Some(field) = target {
                field.label = words;
            }
        }
        for field in self.page.forms.iter_mut().flat_map(|f| &mut f.fields) {
            let notes = self.notes.iter().filter(|(id, _)| field.described_by.contains(id));
            field.hint = notes.map(|(_, text)| text.trim()).collect::<Vec<_>>().join(" ");
        }
        self.page
    }
}

/// Tells what an input is for: by its type and, where that is plain text, by the keyboard that it asks for.
fn input_kind(tag: &StartTag<()>) -> Kind {
    let kind = attribute(tag, "type").unwrap_or_default().to_ascii_lowercase();
    if kind.is_empty() || kind == "text" {
        let mode = attribute(tag, "inputmode").unwrap_or_default();
        return match attribute(tag, "autocomplete").as_deref() {
            Some("email") => Kind::Contact,
            _ if mode == "decimal" || mode == "numeric" => Kind::Number,
            _ => Kind::Text,
        };
    }
    match kind.as_str() {
        "hidden" => Kind::Hidden,
        "radio" => Kind::Radio,
        "checkbox" => Kind::Checkbox,
        "number" | "range" => Kind::Number,
        "date" => Kind::Date,
        "email" => Kind::Email,
        "tel" => Kind::Tel,
        "submit" => Kind::Submit,
        "file" | "image" | "reset" | "button" => Kind::Other,
        _ => Kind::Text,
    }
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    tag.attributes.get(name.as_bytes()).map(|value| text(&value.value))
}

fn text(bytes: &HtmlString) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

//! Notes where texts and names stand, beside the model: a second walk over the declarations.
//!
//! Names lead from the tree to the model, so that lowering itself need not carry places. What
//! lowering could not make has no id, and so no place.

use std::collections::BTreeMap;

use crate::model::checked::{Checked, Choice, FieldKind, QuestionKind};
use crate::model::lower::reader::Reader;
use crate::model::lower::{keyword, settings};
use crate::model::places::{Node, Places, TextId};
use crate::syntax::ast::{Item, Statement, Text, Word};

/// Collects the places of all declarations.
#[must_use]
pub fn places(declarations: &[&Statement], checked: &Checked) -> Places {
    let mut table = Table { places: Places::default(), checked, by_name: ByName::new(checked) };
    let mut clean = 0;
    for statement in declarations {
        if keyword(statement) != "section" {
            table.places.statements.push(statement.span);
        }
        match keyword(statement) {
            "campaign" => table.declaration(statement, Node::Campaign, &[("title", TextId::Title)]),
            "frame" => table.frame(statement),
            "stratum" => table.stratum(statement),
            "scale" => table.scale(statement),
            "section" => table.section(statement),
            "question" => table.question(statement),
            "channel" => table.channel(statement),
            "schedule" => table.declaration(statement, Node::Schedule, &[]),
            "clean" => table.each_text(statement, &mut clean, checked.clean.len(), TextId::Clean),
            "score" => table.scores(statement),
            "case" => table.titled(
                statement,
                |t, name| t.by_name.cases.get(name).copied(),
                Node::Case,
                TextId::Case,
            ),
            "action" => {
                table.titled(
                    statement,
                    |t, name| t.by_name.actions.get(name).copied(),
                    Node::Action,
                    TextId::Action,
                );
            }
            "privacy" => table.declaration(statement, Node::Privacy, &[("consent", TextId::Consent)]),
            _ => {}
        }
    }
    table.places
}

/// From names to indices.
struct ByName<'a> {
    questions: BTreeMap<&'a str, usize>,
    items: BTreeMap<&'a str, usize>,
    sections: BTreeMap<&'a str, usize>,
    scales: BTreeMap<&'a str, usize>,
    scores: BTreeMap<&'a str, usize>,
    cases: BTreeMap<&'a str, usize>,
    actions: BTreeMap<&'a str, usize>,
}

fn index<'a>(names: impl Iterator<Item = &'a String>) -> BTreeMap<&'a str, usize> {
    let mut found = BTreeMap::new();
    for (position, name) in names.enumerate() {
        found.entry(name.as_str()).or_insert(position);
    }
    found
}

impl<'a> ByName<'a> {
    fn new(checked: &'a Checked) -> Self {
        let asked = &checked.questionnaire;
        Self {
            questions: index(asked.questions.iter().map(|q| &q.name)),
            items: index(asked.items.iter().map(|i| &i.name)),
            sections: index(asked.sections.iter().map(|s| &s.name)),
            scales: index(checked.scales.iter().map(|s| &s.name)),
            scores: index(checked.scoring.iter().flat_map(|s| &s.scores).map(|s| &s.name)),
            cases: index(checked.cases.iter().map(|c| &c.name)),
            actions: index(checked.actions.iter().map(|a| &a.name)),
        }
    }
}

struct Table<'a> {
    places: Places,
    checked: &'a Checked,
    by_name: ByName<'a>,
}

/// Returns the second word of a statement: a declaration's name.
fn name(statement: &Statement) -> Option<&Word> {
    let mut r = Reader::new(statement);
    r.word()?;
    r.word()
}

fn first_text(statement: &Statement) -> Option<&Text> {
    statement.items.iter().find_map(|item| if let Item::Text(text) = item { Some(text) } else { None })
}

impl Table<'_> {
    fn put(&mut self, id: TextId, text: Option<&Text>) {
        let languages = &self.checked.campaign.languages;
        for (position, part) in text.iter().flat_map(|t| &t.parts).enumerate() {
            let language = match &part.language {
                Some(tag) => languages.iter().position(|l| *l == tag.text),
                None => Some(position),
            };
            if let Some(language) = language {
                self.places.texts.entry((id, language)).or_insert(part.span);
            }
        }
    }

    fn name(&mut self, node: Node, word: Option<&Word>) {
        if let Some(word) = word {
            self.places.names.entry(node).or_insert(word.span);
        }
    }

    /// Notes name and settings of a declaration, and the texts of the named settings.
    fn declaration(&mut self, statement: &Statement, node: Node, texts: &[(&str, TextId)]) {
        let own = name(statement).map_or_else(|| Reader::new(statement).here(), |w| w.span);
        self.places.names.entry(node).or_insert(own);
        for word in statement.items.iter().skip(2) {
            if let Item::Word(word) = word {
                self.places.settings.entry((node, word.text.clone())).or_insert(word.span);
            }
        }
        for line in settings(statement) {
            let Some(Item::Word(word)) = line.items.first() else { continue };
            let span = Reader::new(line).span;
            self.places.settings.entry((node, word.text.clone())).or_insert(span);
            if let Some((_, id)) = texts.iter().find(|(keyword, _)| *keyword == word.text) {
                self.put(*id, first_text(line));
            }
        }
    }

    /// Notes the texts of lines that have no names, unless lowering lost one of them.
    fn each_text(&mut self, statement: &Statement, next: &mut usize, known: usize, id: fn(usize) -> TextId) {
        if settings(statement).count() != known {
            return;
        }
        for line in settings(statement) {
            self.put(id(*next), first_text(line));
            *next += 1;
        }
    }

    fn titled(
        &mut self,
        statement: &Statement,
        find: fn(&Self, &str) -> Option<usize>,
        node: fn(usize) -> Node,
        id: fn(usize) -> TextId,
    ) {
        let Some(index) = name(statement).and_then(|word| find(self, &word.text)) else { return };
        self.declaration(statement, node(index), &[]);
        self.put(id(index), first_text(statement));
    }

    fn frame(&mut self, statement: &Statement) {
        self.declaration(statement, Node::Frame, &[]);
        let Some(frame) = &self.checked.frame else { return };
        let excludes: Vec<&Statement> = settings(statement).filter(|l| keyword(l) == "exclude").collect();
        if excludes.len() == frame.exclude.len() {
            for (i, line) in excludes.into_iter().enumerate() {
                self.put(TextId::Exclude(i), first_text(line));
            }
        }
        for line in settings(statement).filter(|l| keyword(l) == "field") {
            let Some(word) = name(line) else { continue };
            let Some(i) = frame.fields.iter().position(|f| f.name == word.text) else { continue };
            self.name(Node::Field(i), Some(word));
            match &frame.fields[i].kind {
                FieldKind::OneOf(choices) => {
                    let behind =
                        line.items.iter().position(|item| matches!(item, Item::Word(w) if w.text == "of"));
                    let items = &line.items[behind.map_or(line.items.len(), |at| at + 1)..];
                    self.choices(items, choices, |code| (TextId::Code(i, code), None));
                }
                _ => self.put(TextId::Field(i), first_text(line)),
            }
        }
    }

    fn stratum(&mut self, statement: &Statement) {
        let Some(word) = name(statement) else { return };
        let Some(i) = self.checked.strata.iter().position(|s| s.name == word.text) else { return };
        self.declaration(statement, Node::Stratum(i), &[]);
        self.put(TextId::Stratum(i), first_text(statement));
        for part in settings(statement).filter(|l| keyword(l) == "split").flat_map(settings) {
            let known = &self.checked.strata[i].parts;
            if let Some(at) = known.iter().position(|p| p.name == keyword(part)) {
                self.put(TextId::Part(i, at), first_text(part));
            }
        }
    }

    fn scale(&mut self, statement: &Statement) {
        let Some(i) = name(statement).and_then(|w| self.by_name.scales.get(w.text.as_str()).copied()) else {
            return;
        };
        self.declaration(statement, Node::Scale(i), &[]);
        for line in settings(statement) {
            let Some(code) = Reader::new(line).number() else { continue };
            let points = &self.checked.scales[i].points;
            #[expect(clippy::cast_precision_loss, reason = "codes are small whole numbers")]
            let Some(at) = points.iter().position(|p| (p.code as f64 - code).abs() < 0.5) else { continue };
            self.places.names.entry(Node::Point(i, at)).or_insert(Reader::new(line).here());
            self.put(TextId::Label(i, at), first_text(line));
        }
    }

    fn section(&mut self, statement: &Statement) {
        if let Some(i) = name(statement).and_then(|w| self.by_name.sections.get(w.text.as_str()).copied()) {
            self.name(Node::Section(i), name(statement));
            self.put(TextId::Section(i), first_text(statement));
        }
        for line in settings(statement).filter(|l| keyword(l) == "question") {
            self.places.statements.push(line.span);
            self.question(line);
        }
    }

    fn question(&mut self, statement: &Statement) {
        let Some(i) = name(statement).and_then(|w| self.by_name.questions.get(w.text.as_str()).copied())
        else {
            return;
        };
        let texts = [("text", TextId::Stem(i)), ("hint", TextId::Hint(i)), ("not", TextId::NotApplicable(i))];
        self.declaration(statement, Node::Question(i), &texts);
        for line in settings(statement) {
            match keyword(line) {
                "options" => self.options(i, line),
                "rows" => {
                    for row in settings(line) {
                        let Some(item) = self.by_name.items.get(keyword(row)).copied() else { continue };
                        self.name(Node::Row(item), Reader::new(row).word());
                        self.put(TextId::Row(item), first_text(row));
                    }
                }
                _ => {}
            }
        }
    }

    fn options(&mut self, question: usize, line: &Statement) {
        let (QuestionKind::Choice(choices) | QuestionKind::Choices(choices) | QuestionKind::Ranking(choices)) =
            &self.checked.questionnaire.questions[question].kind
        else {
            return;
        };
        let id = |at| (TextId::Option(question, at), Some(Node::Option(question, at)));
        self.choices(line.items.get(1..).unwrap_or_default(), choices, id);
        for line in settings(line) {
            self.choices(&line.items, choices, id);
        }
    }

    /// Notes `name "label"` between commas.
    fn choices(&mut self, items: &[Item], choices: &[Choice], id: impl Fn(usize) -> (TextId, Option<Node>)) {
        for one in items.split(|item| matches!(item, Item::Symbol(",", _))) {
            let Some(Item::Word(word)) = one.first() else { continue };
            let Some(at) = choices.iter().position(|c| c.name == word.text) else { continue };
            let (text, node) = id(at);
            if let Some(node) = node {
                self.name(node, Some(word));
            }
            if let Some(Item::Text(label)) = one.get(1) {
                self.put(text, Some(label));
            }
        }
    }

    fn channel(&mut self, statement: &Statement) {
        let Some(word) = name(statement) else { return };
        let Some(i) = self.checked.channels.iter().position(|c| c.name == word.text) else { return };
        let texts = [
            ("from", TextId::Sender(i)),
            ("subject", TextId::Subject(i)),
            ("body", TextId::Body(i)),
            ("signature", TextId::Signature(i)),
            ("script", TextId::Script(i)),
        ];
        self.declaration(statement, Node::Channel(i), &texts);
    }

    fn scores(&mut self, statement: &Statement) {
        let mut benchmark = 0;
        for line in settings(statement) {
            match keyword(line) {
                "dimension" | "index" | "kpi" => {
                    let Some(word) = name(line) else { continue };
                    let Some(i) = self.by_name.scores.get(word.text.as_str()).copied() else { continue };
                    self.name(Node::Score(i), Some(word));
                    self.put(TextId::Score(i), first_text(line));
                }
                "benchmark" => {
                    self.put(TextId::Benchmark(benchmark), first_text(line));
                    benchmark += 1;
                }
                _ => {}
            }
        }
    }
}

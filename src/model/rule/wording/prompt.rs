//! What a rule on wording looks at: a text, its language, and how it is answered.

/// Languages whose wording is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Chinese in simplified or traditional characters.
    Chinese,
    /// English.
    English,
}

impl Language {
    /// Reads a language tag (`zh`, `zh-Hant`, `en-GB`); other languages have no rules on wording.
    #[must_use]
    pub fn of(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }
}

/// How a text is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A point of a scale.
    Scale,
    /// A point of a scale; the text is a row of a grid.
    Row,
    /// Nothing: the text stands above the rows of a grid, which are answered one by one.
    Grid,
    /// One option.
    One,
    /// Any number of options, or an order of them.
    Many,
    /// Yes or no.
    YesNo,
    /// A number or a point on a line.
    Number,
    /// Words of one's own.
    Words,
    /// A point of an instrument whose wording is fixed elsewhere.
    Instrument,
    /// Nothing that a wording could spoil: a date, a file, contact details, a note, a consent.
    Other,
}

/// A text with all that its rules need to know.
#[derive(Debug, Clone)]
pub struct Prompt<'a> {
    /// What respondents read.
    pub text: &'a str,
    /// In which language.
    pub language: Language,
    /// How it is answered.
    pub answer: Answer,
    /// Labels of the options or of the scale's points, in the same language.
    pub labels: Vec<&'a str>,
    /// Texts that stand around it and may hold what it leaves out: title of the section, hint, text of the grid.
    pub around: Vec<&'a str>,
    /// Asked only of some.
    pub filtered: bool,
}

const AGREE: &[&str] = &["agree", "同意", "赞同", "认同", "贊同", "認同", "符合"];

/// Words of one scale each; options that praise different things (“cheap”, “easy to use”) are none.
const SCALES: &[&[&str]] = &[
    &["satisf", "满意", "滿意"],
    &["good", "poor", "excellent", "bad"],
    &["important", "重要"],
    &["useful", "helpful"],
    &["likely", "可能"],
    &["easy", "difficult", "容易", "困难"],
    &["clear", "清楚", "清晰"],
    &["happy", "agree", "同意", "认同", "符合"],
    &["很好", "较好", "较差", "很差", "优秀"],
    &["方便", "合理"],
];

impl<'a> Prompt<'a> {
    /// Makes a wording without labels and surroundings.
    #[must_use]
    pub fn new(text: &'a str, language: Language, answer: Answer) -> Self {
        Self { text, language, answer, labels: Vec::new(), around: Vec::new(), filtered: false }
    }

    /// Adds the labels of the answers.
    #[must_use]
    pub fn labels(mut self, labels: &[&'a str]) -> Self {
        self.labels = labels.to_vec();
        self
    }

    /// Writes down all that rules look at, so that two prompts with the same key are judged alike.
    #[must_use]
    pub fn key(&self) -> String {
        let size = self.labels.iter().chain(&self.around).map(|t| t.len() + 4).sum::<usize>();
        let mut key = String::with_capacity(self.text.len() + size + 16);
        // Lengths come first, so that no text can pass for two.
        let mut put = |text: &str| {
            key.push_str(&text.len().to_string());
            key.push(':');
            key.push_str(text);
        };
        put(self.text);
        put(&(self.language as u8).to_string());
        put(&(self.answer as u8).to_string());
        put(if self.filtered { "1" } else { "0" });
        put(&self.labels.len().to_string());
        self.labels.iter().chain(&self.around).for_each(|text| put(text));
        key
    }

    /// Tells whether the answers say how much one agrees: the text is a statement.
    #[must_use]
    pub fn is_agreement(&self) -> bool {
        self.answer != Answer::Grid && self.labels_with(AGREE) >= 2
    }

    /// Tells whether the text is a statement: answered by agreement, or by true and false.
    #[must_use]
    pub fn is_statement(&self) -> bool {
        let label =
            |words: &[&str]| self.labels.iter().any(|l| words.contains(&l.trim().to_lowercase().as_str()));
        self.is_agreement()
            || (self.answer != Answer::Grid
                && label(&["true", "对", "對", "正确"])
                && label(&["false", "错", "錯", "错误"]))
    }

    /// Tells whether the answers judge something.
    #[must_use]
    pub fn is_evaluative(&self) -> bool {
        match self.answer {
            Answer::Scale | Answer::Row => true,
            Answer::One => {
                let most = self.labels.len().div_ceil(2).max(2);
                SCALES.iter().any(|words| self.labels_with(words) >= most)
            }
            _ => false,
        }
    }

    /// Tells whether one of two answers or one point of a scale must stand for the whole text.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.is_evaluative() || self.is_yes_no()
    }

    /// Tells whether the answers are yes and no, with or without a third.
    #[must_use]
    pub fn is_yes_no(&self) -> bool {
        if self.answer == Answer::YesNo {
            return true;
        }
        let starts = |words: &[&str]| {
            self.labels.iter().any(|l| {
                let label = l.trim().to_lowercase();
                words.iter().any(|w| {
                    label == *w || label.starts_with(&format!("{w},")) || label.starts_with(&format!("{w}，"))
                })
            })
        };
        self.answer == Answer::One
            && self.labels.len() <= 4
            && starts(&["yes", "是", "有", "会", "會", "愿意", "願意", "是的"])
            && starts(&["no", "否", "没有", "沒有", "不会", "不會", "不愿意", "不願意", "不是"])
    }

    /// Counts the labels that hold one of the words.
    #[must_use]
    pub fn labels_with(&self, words: &[&str]) -> usize {
        self.labels.iter().filter(|l| contains_any(l, words)).count()
    }
}

/// Tells whether a text holds one of the words, whatever the case.
#[must_use]
pub fn contains_any(text: &str, words: &[&str]) -> bool {
    let lower = text.to_lowercase();
    words.iter().any(|w| lower.contains(w))
}

//! What one pass over the answers counts: which values stand together.
//!
//! Goes in: a checked spec. Comes out: its *views*. A view is what one item or score looks at: few values, so that
//! people who are alike in them can be counted instead of kept. The first view holds nothing but who there is.

use std::collections::BTreeSet;
use std::fmt;

use crate::expr::{Expr, Var};
use crate::model::Checked;
use crate::model::checked::{Formula, Grouping, QuestionKind, ScoreKind, Scoring};

/// One value of a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The answer to an item (index into `Questionnaire::items`).
    Item(usize),
    /// A dimension or index (index into `Scoring::scores`).
    Score(usize),
    /// An index with the usual weights, whatever the day.
    Usual(usize),
    /// Whether the day lies in a period with other weights.
    Within,
}

/// How a view is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// How many people have the same values.
    Counts(Vec<Part>),
    /// Number, sum and squares of one value that may differ from person to person.
    Moments(Part),
}

/// All views of a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The views; the first has no values.
    pub views: Vec<View>,
    /// View of every score.
    pub of_score: Vec<usize>,
    /// View of every item.
    pub of_item: Vec<usize>,
    /// Fields that people of one group have in common (indices into the spec's fields).
    pub fields: Vec<usize>,
    /// People of one group came by the same channel.
    pub channel: bool,
    /// People of one group answered in the same language.
    pub language: bool,
}

/// Tables of up to so many combinations are counted in place.
pub const DENSE: usize = 4096;

/// How answers to an item are written as numbers.
#[derive(Debug, Clone, PartialEq)]
pub enum Codes {
    /// One of so many answers.
    Few(usize),
    /// Any number.
    Number,
    /// A set of at most this many options.
    Set,
    /// An order of options, of which the first is kept.
    First(usize),
    /// Only whether there is one.
    Any,
    /// Never asked.
    Never,
}

/// Options that a set can hold.
const MOST_OPTIONS: usize = 60;

/// Returns how answers to an item are written; nothing where that can't be.
#[must_use]
pub fn codes(checked: &Checked, item: usize) -> Option<Codes> {
    let kind = &checked.questionnaire.questions[checked.questionnaire.items[item].question].kind;
    Some(match kind {
        QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => {
            match checked.scales[*scale].points.len() {
                0 => Codes::Number,
                n => Codes::Few(n),
            }
        }
        QuestionKind::YesNo | QuestionKind::Consent => Codes::Few(2),
        QuestionKind::Choice(options) => Codes::Few(options.len()),
        QuestionKind::Choices(options) if options.len() <= MOST_OPTIONS => Codes::Set,
        QuestionKind::Choices(_) => return None,
        QuestionKind::Ranking(options) => Codes::First(options.len()),
        QuestionKind::Number { .. } | QuestionKind::Slider { .. } => Codes::Number,
        QuestionKind::Text { .. } | QuestionKind::Date | QuestionKind::Contact => Codes::Any,
        QuestionKind::Note => Codes::Never,
    })
}

impl Codes {
    /// Returns how many different values there are, those without an answer counted; nothing where there is no end.
    #[must_use]
    pub fn radix(&self) -> Option<usize> {
        match self {
            Self::Few(n) | Self::First(n) => Some(n + 3),
            Self::Any => Some(4),
            Self::Never => Some(3),
            Self::Number | Self::Set => None,
        }
    }
}

/// Why a spec's answers must be kept person by person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsuitable {
    /// An item with too many options, or one whose words a formula looks at.
    Item(String),
    /// Weights that are cut one by one, where nearly everybody has one of their own.
    Trimmed,
    /// Groups by what only campaigns of ours know.
    Grouping(String),
    /// A formula over what differs from answer to answer: its moment, how long it took, what its event says.
    Moment,
    /// Completed answers that belong to no stratum of the plan.
    Outside,
    /// An answer to this item that is none of those that the spec names.
    Strange(String),
}

impl fmt::Display for Unsuitable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item(item) => {
                write!(f, "too many different answers to `{item}`, or a formula looks at its words")
            }
            Self::Trimmed => {
                f.write_str("`trim` cuts weights one by one, and nearly everybody has one of their own")
            }
            Self::Grouping(by) => write!(f, "a file of answers has no `{by}` to group by"),
            Self::Moment => f.write_str(
                "a formula looks at the moment of an answer, at how long it took or at what its event says, which differ \
                 from answer to answer",
            ),
            Self::Outside => f.write_str("there are answers of people whom the plan does not know"),
            Self::Strange(item) => write!(f, "`{item}` has answers that the spec does not know"),
        }
    }
}

impl Layout {
    /// Finds the views of a spec with finished answers of others.
    pub fn of(checked: &Checked) -> Result<Self, Unsuitable> {
        let layout = Self::of_campaign(checked)?;
        let unknown = [(layout.channel, Grouping::Channel), (layout.language, Grouping::Language)];
        match unknown.into_iter().find(|(grouped, _)| *grouped) {
            Some((_, by)) => Err(Unsuitable::Grouping(by.name(checked.fields()).to_owned())),
            None => Ok(layout),
        }
    }

    /// Finds the views of a campaign that was launched.
    pub fn of_campaign(checked: &Checked) -> Result<Self, Unsuitable> {
        let items = &checked.questionnaire.items;
        let mut views = vec![View::Counts(Vec::new())];
        let mut codes = Vec::new();
        for (i, item) in items.iter().enumerate() {
            codes.push(self::codes(checked, i).ok_or_else(|| Unsuitable::Item(item.name.clone()))?);
        }
        let of_item = (0..items.len())
            .map(|i| match codes[i] {
                Codes::Number => add(&mut views, View::Moments(Part::Item(i))),
                _ => add(&mut views, View::Counts(vec![Part::Item(i)])),
            })
            .collect();
        let scores = checked.scoring.as_ref().map_or(0, |s| s.scores.len());
        let of_score = (0..scores)
            .map(|s| {
                let view = checked.scoring.as_ref().map(|scoring| of_score(scoring, &codes, s));
                add(&mut views, view.unwrap_or(View::Counts(Vec::new())))
            })
            .collect();
        // Of words, dates and orders a view only knows that they are there.
        let blurred = |part: &Part| match part {
            Part::Item(i) => matches!(codes[*i], Codes::Any | Codes::First(_)).then_some(*i),
            _ => None,
        };
        let joint = views.iter().filter_map(|v| match v {
            View::Counts(parts) if parts.len() > 1 => parts.iter().find_map(blurred),
            _ => None,
        });
        if let Some(item) = joint.into_iter().next() {
            return Err(Unsuitable::Item(items[item].name.clone()));
        }
        let Common { fields, channel, language } = common(checked)?;
        Ok(Self { views, of_score, of_item, fields: fields.into_iter().collect(), channel, language })
    }

    /// Tells whether any view needs scores of a person.
    #[must_use]
    pub fn needs_scores(&self) -> bool {
        let scored = |part: &Part| matches!(part, Part::Score(_) | Part::Usual(_));
        self.views.iter().any(|v| match v {
            View::Counts(parts) => parts.iter().any(scored),
            View::Moments(part) => scored(part),
        })
    }
}

fn add(views: &mut Vec<View>, view: View) -> usize {
    views.iter().position(|v| *v == view).unwrap_or_else(|| {
        views.push(view);
        views.len() - 1
    })
}

fn of_score(scoring: &Scoring, codes: &[Codes], score: usize) -> View {
    match &scoring.scores[score].kind {
        ScoreKind::Dimension { items, .. } => {
            let radix = items.iter().try_fold(1_usize, |all, i| all.checked_mul(codes[*i].radix()?));
            if radix.is_some_and(|n| n <= DENSE) {
                let parts: BTreeSet<Part> = items.iter().map(|i| Part::Item(*i)).collect();
                View::Counts(parts.into_iter().collect())
            } else {
                View::Moments(Part::Score(score))
            }
        }
        ScoreKind::Index { .. } if scoring.during.is_empty() => View::Moments(Part::Score(score)),
        ScoreKind::Index { .. } => View::Counts(vec![Part::Score(score), Part::Usual(score), Part::Within]),
        ScoreKind::Kpi(formula) => {
            let mut parts = BTreeSet::new();
            let plain = collect(scoring, formula, &mut parts);
            match parts.first() {
                Some(&part) if plain && parts.len() == 1 && endless(codes, part) => View::Moments(part),
                _ => View::Counts(parts.into_iter().collect()),
            }
        }
    }
}

/// Tells whether a value may differ from person to person.
fn endless(codes: &[Codes], part: Part) -> bool {
    match part {
        Part::Item(i) => codes[i] == Codes::Number,
        Part::Score(_) | Part::Usual(_) => true,
        Part::Within => false,
    }
}

/// Collects what a formula looks at; tells whether these are sums and means of values as they stand.
fn collect(scoring: &Scoring, formula: &Formula, parts: &mut BTreeSet<Part>) -> bool {
    match formula {
        Formula::Number(_) | Formula::OfEvents(..) => true,
        Formula::Score(s) | Formula::Kpi(s) => match &scoring.scores[*s].kind {
            ScoreKind::Kpi(inner) => collect(scoring, inner, parts),
            _ => {
                parts.insert(Part::Score(*s));
                true
            }
        },
        Formula::Mean(item) | Formula::Total(item) => {
            parts.insert(Part::Item(*item));
            true
        }
        Formula::Nps(item) | Formula::Top2(item) | Formula::Share(item) | Formula::Quantile(item, _) => {
            parts.insert(Part::Item(*item));
            false
        }
        Formula::ShareOf(condition) => {
            of_condition(condition, parts);
            false
        }
        Formula::Count(condition) => {
            if let Some(condition) = condition {
                of_condition(condition, parts);
            }
            condition.is_none()
        }
        Formula::Ratio(over, under) => {
            parts.extend([Part::Item(*over), Part::Item(*under)]);
            false
        }
        Formula::Arithmetic(_, a, b) => {
            let (a, b) = (collect(scoring, a, parts), collect(scoring, b, parts));
            a && b
        }
    }
}

fn of_condition(condition: &Expr, parts: &mut BTreeSet<Part>) {
    condition.variables(&mut |var| match var {
        Var::Item(i) => {
            parts.insert(Part::Item(i));
        }
        Var::Score(s) => {
            parts.insert(Part::Score(s));
        }
        _ => {}
    });
}

/// What people of one group have in common, beside their place in the design.
#[derive(Default)]
struct Common {
    fields: BTreeSet<usize>,
    channel: bool,
    language: bool,
}

/// Finds what people are grouped by, weighted by, or judged by in a formula.
fn common(checked: &Checked) -> Result<Common, Unsuitable> {
    let analysis = &checked.analysis;
    let groupings = analysis
        .segments
        .iter()
        .flatten()
        .chain(&analysis.nonresponse)
        .chain(analysis.margins.iter().flat_map(|m| &m.by));
    let mut found = Common::default();
    for grouping in groupings {
        match grouping {
            Grouping::Stratum => {}
            Grouping::Field(i) => {
                found.fields.insert(*i);
            }
            Grouping::Channel => found.channel = true,
            Grouping::Language => found.language = true,
        }
    }
    // Without a column of days, all finished answers of others have the same one.
    let dated = checked.responses.as_ref().is_none_or(|r| r.at.is_some());
    for score in checked.scoring.iter().flat_map(|s| &s.scores) {
        if let ScoreKind::Kpi(formula) = &score.kind {
            of_formula(formula, dated, &mut found)?;
        }
    }
    Ok(found)
}

fn of_formula(formula: &Formula, dated: bool, found: &mut Common) -> Result<(), Unsuitable> {
    match formula {
        Formula::ShareOf(condition) | Formula::Count(Some(condition)) => {
            let mut differs = false;
            condition.each(&mut |e| differs |= dated && matches!(e, Expr::Within(..)));
            condition.variables(&mut |var| match var {
                Var::Field(i) => {
                    found.fields.insert(i);
                }
                Var::Channel => found.channel = true,
                Var::Language => found.language = true,
                Var::Duration => differs = true,
                _ => {}
            });
            if differs { Err(Unsuitable::Moment) } else { Ok(()) }
        }
        Formula::OfEvents(..) => Err(Unsuitable::Moment),
        Formula::Arithmetic(_, a, b) => {
            of_formula(a, dated, found)?;
            of_formula(b, dated, found)
        }
        _ => Ok(()),
    }
}

//! How simulated people are: whether they answer, how, when, and what they think.
//!
//! Goes in: a [`Person`] and a seed. Comes out: decisions, each of which depends
//! on the person, the seed and its own name only. Willingness and satisfaction
//! come from outside ([`Person`]); here nothing is known of strata, stores or scores.
//! Answers are a latent satisfaction plus noise, cut into the points of the scale
//! (Likert items as in a graded response model, Samejima 1969).

use crate::rehearse::chance::Chance;

/// What is given about somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Name that all chance of this person hangs on.
    pub id: String,
    /// Address or number that they give when asked for one.
    pub contact: String,
    /// Probability of being somebody who answers at all.
    pub willingness: f64,
    /// Latent satisfaction: 0 is the middle, 1 a standard deviation above.
    pub satisfaction: f64,
}

/// What somebody does about an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Temper {
    /// Does nothing, whatever comes.
    Ignores,
    /// Opens the link, reads the first page and leaves.
    Looks,
    /// Says no for good.
    Unsubscribes,
    /// Answers, some hours after the first message.
    Answers,
    /// Answers, but only when reminded.
    AnswersWhenReminded,
    /// Begins and leaves in the middle.
    DropsOut,
    /// Begins, leaves in the middle, opens the link again later and goes on.
    ComesBack,
}

impl Temper {
    /// All tempers, in the order of the summary.
    pub const ALL: [Self; 7] = [
        Self::Answers,
        Self::AnswersWhenReminded,
        Self::ComesBack,
        Self::DropsOut,
        Self::Looks,
        Self::Unsubscribes,
        Self::Ignores,
    ];

    /// Returns what is said of such people in the summary.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Ignores => "ignore everything",
            Self::Looks => "only look",
            Self::Unsubscribes => "unsubscribe",
            Self::Answers => "answer",
            Self::AnswersWhenReminded => "answer when reminded",
            Self::DropsOut => "drop out midway",
            Self::ComesBack => "come back later",
        }
    }
}

/// How somebody fills forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Question by question.
    Careful,
    /// The same point of every scale.
    StraightLine,
    /// Faster than one can read.
    Speeds,
}

/// What somebody makes of a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rating {
    /// The point at this position, from 0.
    Point(usize),
    /// Says that it doesn't apply.
    NotApplicable,
    /// Leaves it out.
    Skipped,
}

/// A person with the chance that moves them.
#[derive(Debug, Clone)]
pub struct Mind {
    /// Who.
    pub person: Person,
    /// Chance of this person.
    pub chance: Chance,
    /// Chance that is common to all: what people think of a question in general.
    common: Chance,
}

impl Mind {
    /// Makes up somebody's mind.
    #[must_use]
    pub fn new(seed: u64, person: Person) -> Self {
        let chance = Chance::new(seed, &person.id);
        Self { chance, common: Chance::new(0, "everybody"), person }
    }

    /// Decides what happens to the `n`th invitation, from 0.
    #[must_use]
    pub fn temper(&self, n: usize) -> Temper {
        let kind = self.chance.uniform(&format!("temper {n}"));
        if self.chance.happens(&format!("willing {n}"), self.person.willingness) {
            match kind {
                u if u < 0.62 => Temper::Answers,
                u if u < 0.86 => Temper::AnswersWhenReminded,
                u if u < 0.93 => Temper::ComesBack,
                _ => Temper::DropsOut,
            }
        } else {
            match kind {
                u if u < 0.90 => Temper::Ignores,
                u if u < 0.97 => Temper::Looks,
                _ => Temper::Unsubscribes,
            }
        }
    }

    /// Decides how forms are filled.
    #[must_use]
    pub fn manner(&self) -> Manner {
        match self.chance.uniform("manner") {
            u if u < 0.04 => Manner::StraightLine,
            u if u < 0.07 => Manner::Speeds,
            _ => Manner::Careful,
        }
    }

    /// Tells whether this person clicks everything twice.
    #[must_use]
    pub fn clicks_twice(&self) -> bool {
        self.chance.happens("clicks twice", 0.05)
    }

    /// Rates something on a scale with this many points; worst first.
    ///
    /// `not_applicable` and `optional` say which ways out there are.
    #[must_use]
    pub fn rate(&self, what: &str, points: usize, not_applicable: bool, optional: bool) -> Rating {
        let way_out = self.chance.uniform(&format!("way out {what}"));
        if not_applicable && way_out < 0.03 {
            return Rating::NotApplicable;
        }
        if optional && way_out > 0.98 {
            return Rating::Skipped;
        }
        let noise = if self.manner() == Manner::StraightLine {
            self.chance.normal("straight line")
        } else {
            self.chance.normal(&format!("noise {what}")) + (self.common.uniform(what) - 0.5)
        };
        let opinion = 0.60 + 0.15 * self.person.satisfaction + 0.15 * noise;
        let point = (1..points).take_while(|&i| opinion >= i as f64 / points as f64).count();
        Rating::Point(point)
    }

    /// Says yes, the likelier the more satisfied.
    #[must_use]
    pub fn says_yes(&self, what: &str) -> bool {
        self.chance
            .happens(&format!("yes {what}"), (0.65 + 0.15 * self.person.satisfaction).clamp(0.05, 0.95))
    }

    /// Chooses one of these values; the order in which they are shown doesn't matter.
    #[must_use]
    pub fn chooses<'a>(&self, what: &str, values: &[&'a str]) -> Option<&'a str> {
        self.ranks(what, values).first().copied()
    }

    /// Puts values in order of preference; the order in which they are shown doesn't matter.
    #[must_use]
    pub fn ranks<'a>(&self, what: &str, values: &[&'a str]) -> Vec<&'a str> {
        let liking = |value: &str| self.chance.uniform(&format!("likes {what} {value}"));
        let mut order: Vec<(f64, &str)> = values.iter().map(|v| (liking(v), *v)).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        order.into_iter().map(|(_, value)| value).collect()
    }

    /// Returns after how many seconds a message is acted upon: hours as a rule, now and then days.
    #[must_use]
    pub fn delay(&self, occasion: &str) -> i64 {
        seconds(self.chance.skewed(&format!("delay {occasion}"), 4.0 * 3600.0, 3.2))
    }

    /// Returns how many seconds a page with this many questions takes.
    #[must_use]
    pub fn page_time(&self, page: &str, questions: usize) -> i64 {
        let careful = self.chance.skewed(&format!("time {page}"), 5.0 + 9.0 * questions as f64, 1.35);
        let factor = if self.manner() == Manner::Speeds { 0.1 } else { 1.0 };
        seconds(careful * factor).max(1)
    }
}

/// Whole seconds of a sane length; the cast can't lose anything after the clamp.
#[expect(clippy::cast_possible_truncation, reason = "clamped to what fits")]
fn seconds(x: f64) -> i64 {
    x.clamp(0.0, 1e9).round() as i64
}

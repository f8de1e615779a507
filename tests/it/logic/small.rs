//! Generated campaigns, small enough that all answers to them can be listed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use canvass::expr::{ArithmeticOp, CompareOp, Expr, Value, Var, Window};
use canvass::model::checked::{CaseRule, Text};
use canvass::model::{Checked, Memory, analyse};
use canvass::store::types::Answer;
use jiff::civil::{Date, date};

use crate::logic::chance::Chance;

/// What a question or field is, as far as conditions can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Scale,
    Grid,
    Choice,
    Choices,
    YesNo,
    Number,
    Slider,
    Date,
    Text,
    Consent,
    Ranking,
}

#[derive(Clone)]
/// A generated campaign with everything that a respondent may say.
pub struct Small {
    pub checked: Checked,
    /// By item: all valid answers when it is asked; not answering is not among them.
    pub answers: Vec<Vec<Answer>>,
    /// By field: all cells.
    pub fields: Vec<Vec<Option<String>>>,
    /// Comparisons that the logic does not look into are among the conditions.
    pub guesses: bool,
}

const QUESTIONS: [Kind; 12] = [
    Kind::Scale,
    Kind::Scale,
    Kind::Grid,
    Kind::Choice,
    Kind::Choices,
    Kind::YesNo,
    Kind::Number,
    Kind::Slider,
    Kind::Date,
    Kind::Text,
    Kind::Consent,
    Kind::Ranking,
];

fn day(n: i8) -> Date {
    date(2026, 3, 10 + n)
}

/// Makes the campaign of a seed; none when it has more answers than can be tried.
pub fn small(seed: u64, most: usize) -> Option<Small> {
    let chance = &mut Chance(seed);
    let count = 2 + chance.below(4);
    let kinds: Vec<Kind> = (0..count).map(|_| chance.pick(&QUESTIONS)).collect();
    let guesses = chance.one_in(10);
    let fields: Vec<&str> = ["int", "yes_no", "one of a, b", "date", "text"]
        .into_iter()
        .filter(|_| chance.one_in(5))
        .take(2)
        .collect();
    let ways = |kind: &Kind| match kind {
        Kind::Consent | Kind::Ranking => 2,
        Kind::YesNo => 3,
        Kind::Choices => 5,
        Kind::Number | Kind::Date => 8,
        Kind::Grid => 16,
        Kind::Scale | Kind::Choice | Kind::Slider | Kind::Text => 4,
    };
    if kinds.iter().map(ways).product::<usize>() * 3_usize.pow(u32::try_from(fields.len()).unwrap()) > most {
        return None;
    }
    let text = spec(chance, &kinds, &fields);
    let files = Memory(BTreeMap::from([("main.survey".to_owned(), text.clone())]));
    let analysis = analyse("main.survey", &files);
    let mut checked = analysis.checked.unwrap_or_else(|| panic!("{text}\n{:?}", analysis.diagnostics));
    let answers = checked.questionnaire.items.iter().map(|i| answers(&checked, i.question)).collect();
    for q in 0..checked.questionnaire.questions.len() {
        if q > 0 && !chance.one_in(4) || q == 0 && chance.one_in(4) {
            let condition = condition(chance, &checked, q, 2, guesses);
            checked.questionnaire.questions[q].condition = Some(condition);
        }
    }
    for case in 0..2 {
        let condition = condition(chance, &checked, usize::MAX, 2, guesses);
        checked.cases.push(CaseRule {
            name: format!("case_{case}"),
            title: Text::default(),
            condition,
            notify: None,
            due_hours: None,
        });
    }
    Some(Small { checked, answers, fields: fields.iter().map(|f| cells(f)).collect(), guesses })
}

fn spec(chance: &mut Chance, kinds: &[Kind], fields: &[&str]) -> String {
    let mut text = String::from(
        "campaign small {\n  title \"Small\" / \"小\"\n  languages en, zh\n  timezone \"UTC\"\n}\n\
         frame people {\n  source \"people.csv\"\n  key id\n  email email\n",
    );
    for (i, field) in fields.iter().enumerate() {
        let field = field.replace("a, b", "a en \"A\" / zh \"甲\", b en \"B\" / zh \"乙\"");
        writeln!(text, "  field f{i} : {field}").unwrap();
    }
    text.push_str("}\n");
    if let Some(first) = fields.first() {
        // Some strata leave people out, so that not every row can be asked.
        let (one, rest) = match (chance.below(3), *first) {
            (0, _) => ("f0 is answered", ""),
            (_, "int") => ("f0 >= 2", "where f0 is answered; "),
            (_, "yes_no") => ("f0", ""),
            (_, "date") => ("f0 > 2026-03-11", "where f0 is answered; "),
            (_, "text") => ("f0 = \"red\"", ""),
            _ => ("f0 = a", "where f0 is answered; "),
        };
        writeln!(text, "stratum one \"One\" / \"一\" {{ where {one}; sample all }}").unwrap();
        writeln!(text, "stratum two \"Two\" / \"二\" {{ {rest}sample all }}").unwrap();
    } else {
        text.push_str("stratum two \"Two\" / \"二\" { sample all }\n");
    }
    if chance.one_in(2) {
        text.push_str("channel desk : link {\n  slug \"desk\"\n}\n");
    }
    text.push_str("scale three {\n  1 \"low\" / \"低\"\n  2 \"mid\" / \"中\"\n  3 \"high\" / \"高\"\n}\n");
    text.push_str("section main \"Main\" / \"主要\" {\n");
    let options = "options a en \"A\" / zh \"甲\", b en \"B\" / zh \"乙\", none en \"None\" / zh \"无\"";
    for (i, kind) in kinds.iter().enumerate() {
        let (head, rest) = match kind {
            Kind::Scale => ("three", String::new()),
            Kind::Grid => ("three grid", format!("rows {{ r{i}a \"A\" / \"甲\"; r{i}b \"B\" / \"乙\" }}")),
            Kind::Choice => ("choice", options.to_owned()),
            Kind::Choices => ("choices", options.to_owned()),
            Kind::Ranking => ("ranking", options.to_owned()),
            Kind::YesNo => ("yes_no", String::new()),
            Kind::Number => ("number 0..3", String::new()),
            Kind::Slider => ("slider 0..4 step 2", String::new()),
            Kind::Date => ("date", String::new()),
            Kind::Text => ("text", String::new()),
            Kind::Consent => ("consent", String::new()),
        };
        let required = if chance.one_in(2) { " required" } else { "" };
        let skip = if chance.one_in(4) && *kind != Kind::Consent {
            "; not applicable \"n/a\" / \"不适用\""
        } else {
            ""
        };
        writeln!(text, "  question q{i} : {head}{required} {{ text \"Q\" / \"问\"{skip}; {rest} }}").unwrap();
    }
    text.push_str("}\n");
    text
}

/// Lists the valid answers to an asked question; of numbers and days those around the constants that occur.
fn answers(checked: &Checked, question: usize) -> Vec<Answer> {
    use canvass::model::checked::QuestionKind as K;
    let question = &checked.questionnaire.questions[question];
    let option = |name: &str| Answer::Option { name: name.to_owned(), other: None };
    let options = |names: &[&str]| Answer::Options {
        names: names.iter().map(|n| (*n).to_owned()).collect(),
        other: None,
    };
    let mut all = match &question.kind {
        K::Scale(..) | K::Grid(_) => vec![1.0, 2.0, 3.0].into_iter().map(Answer::Number).collect(),
        K::Choice(_) => vec![option("a"), option("b"), option("none")],
        K::Choices(_) => vec![options(&["a"]), options(&["b"]), options(&["a", "b"]), options(&["none"])],
        K::Ranking(_) => vec![options(&["b", "a", "none"])],
        K::YesNo => vec![Answer::YesNo(true), Answer::YesNo(false)],
        K::Number { .. } => (0..=6).map(|n| Answer::Number(f64::from(n) / 2.0)).collect(),
        K::Slider { .. } => [0.0, 2.0, 4.0].into_iter().map(Answer::Number).collect(),
        K::Date => (-1..=4).map(|n| Answer::Date(day(n))).collect(),
        K::Text { .. } => ["red", "blue", "else"].iter().map(|t| Answer::Text((*t).to_owned())).collect(),
        K::Consent => vec![Answer::YesNo(true)],
        _ => Vec::new(),
    };
    if !question.not_applicable.is_empty() {
        all.push(Answer::NotApplicable);
    }
    all
}

fn cells(field: &str) -> Vec<Option<String>> {
    let some: Vec<String> = match field {
        "int" => (-2..=7).map(|n| n.to_string()).collect(),
        "yes_no" => vec!["yes".to_owned(), "no".to_owned()],
        "date" => (-1..=4).map(|n| day(n).to_string()).collect(),
        "text" => vec!["red".to_owned(), "blue".to_owned(), "else".to_owned()],
        _ => vec!["a".to_owned(), "b".to_owned()],
    };
    std::iter::once(None).chain(some.into_iter().map(Some)).collect()
}

/// Makes a condition over everything that stands before a question.
pub fn condition(chance: &mut Chance, checked: &Checked, before: usize, depth: usize, guesses: bool) -> Expr {
    if depth > 0 && !chance.one_in(3) {
        let mut sub = || condition(chance, checked, before, depth - 1, guesses);
        let (a, b) = (sub(), sub());
        return match chance.below(5) {
            0 => Expr::Not(Box::new(a)),
            1 | 2 => Expr::And(vec![a, b]),
            _ => Expr::Or(vec![a, b]),
        };
    }
    let mut vars: Vec<Var> = Vec::new();
    let items = &checked.questionnaire.items;
    vars.extend(items.iter().enumerate().filter(|(_, i)| i.question < before).map(|(i, _)| Var::Item(i)));
    let fields = checked.frame.as_ref().map_or(0, |f| f.fields.len());
    vars.extend((0..fields).map(Var::Field));
    if vars.is_empty() || chance.one_in(10) {
        vars.extend([Var::Stratum, Var::Language]);
    }
    let var = chance.pick(&vars);
    if chance.one_in(6) {
        return Expr::IsMissing(Box::new(Expr::Var(var)));
    }
    leaf(chance, checked, var, &vars, guesses)
}

fn number(x: f64) -> Expr {
    Expr::Constant(Value::Number(x))
}

fn compare(op: CompareOp, a: Expr, b: Expr) -> Expr {
    Expr::Compare(op, Box::new(a), Box::new(b))
}

/// What a variable holds: n number, b bool, d date, t text, s set, one of the names, or nothing to look at.
pub fn sort(checked: &Checked, var: Var) -> (char, Vec<&'static str>) {
    use canvass::model::checked::{FieldKind as F, QuestionKind as K};
    match var {
        Var::Item(i) => {
            match &checked.questionnaire.questions[checked.questionnaire.items[i].question].kind {
                K::Scale(..) | K::Grid(_) | K::Number { .. } | K::Slider { .. } => ('n', vec![]),
                K::Choice(_) => ('t', vec!["a", "b", "none"]),
                K::Choices(_) => ('s', vec!["a", "b", "none"]),
                K::YesNo | K::Consent => ('b', vec![]),
                K::Date => ('d', vec![]),
                K::Text { .. } => ('t', vec!["red", "blue", " red", ""]),
                _ => ('o', vec![]),
            }
        }
        Var::Field(i) => match &checked.frame.as_ref().unwrap().fields[i].kind {
            F::Int | F::Number | F::Money(_) => ('n', vec![]),
            F::YesNo => ('b', vec![]),
            F::Date => ('d', vec![]),
            F::Text => ('t', vec!["red", "blue"]),
            F::OneOf(_) => ('t', vec!["a", "b"]),
        },
        Var::Stratum => ('t', vec!["one", "two"]),
        Var::Language => ('t', vec!["zh", "en"]),
        _ => ('o', vec![]),
    }
}

fn leaf(chance: &mut Chance, checked: &Checked, var: Var, vars: &[Var], guesses: bool) -> Expr {
    const OPS: [CompareOp; 6] = [
        CompareOp::Equal,
        CompareOp::NotEqual,
        CompareOp::Less,
        CompareOp::LessEqual,
        CompareOp::Greater,
        CompareOp::GreaterEqual,
    ];
    let v = || Expr::Var(var);
    let (sort, names) = sort(checked, var);
    let op = chance.pick(&OPS);
    let constant = |chance: &mut Chance| (chance.below(6) as f64) - 1.0;
    match sort {
        'n' => match chance.below(if guesses { 8 } else { 6 }) {
            0 => {
                let low = constant(chance);
                Expr::Between(Box::new(v()), Value::Number(low), Value::Number(low + chance.below(3) as f64))
            }
            1 => Expr::In(Box::new(v()), (0..2).map(|_| Value::Number(constant(chance))).collect()),
            2 => compare(op, number(constant(chance)), v()),
            6 => {
                let sum = Expr::Arithmetic(ArithmeticOp::Add, Box::new(v()), Box::new(number(0.5)));
                compare(op, sum, number(constant(chance)))
            }
            7 => {
                let others: Vec<Var> =
                    vars.iter().copied().filter(|o| self::sort(checked, *o).0 == 'n').collect();
                compare(op, v(), Expr::Var(chance.pick(&others)))
            }
            _ => compare(op, v(), number(constant(chance))),
        },
        'b' if chance.one_in(2) => v(),
        'b' => compare(chance.pick(&OPS[..2]), v(), Expr::Constant(Value::Bool(chance.one_in(2)))),
        'd' if guesses && chance.one_in(2) => Expr::Within(Box::new(v()), Window { months: 0, days: 3 }),
        'd' => {
            let n = i8::try_from(chance.below(3)).unwrap();
            if chance.one_in(3) {
                Expr::Between(Box::new(v()), Value::Date(day(n)), Value::Date(day(n + 1)))
            } else {
                compare(op, v(), Expr::Constant(Value::Date(day(n))))
            }
        }
        't' | 's' => {
            let mut text = || Value::Text(chance.pick(&names).into());
            let (a, b) = (text(), text());
            match chance.below(3) {
                0 => Expr::In(Box::new(v()), vec![a, b]),
                _ => compare(chance.pick(&OPS[..2]), v(), Expr::Constant(a)),
            }
        }
        _ => Expr::IsMissing(Box::new(v())),
    }
}

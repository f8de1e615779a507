//! `identifying-items`: questions that tell who answered although that was not to be known.

use rayon::prelude::*;

use crate::model::checked::PrivacyMode;
use crate::model::checked::QuestionKind;
use crate::model::rule::text::{has_lowered_cue, lowered};
use crate::model::rule::{Asked, Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("identifying-items", include_str!("../../../docs/rules/identifying-items.md"), check);

/// What names a person by itself: name, number, address.
const DIRECT: [(&str, &[&str]); 6] = [
    (
        "name",
        &[
            "您的姓名",
            "您的全名",
            "真实姓名",
            "怎么称呼您",
            "your name",
            "your full name",
            "your surname",
            "your last name",
        ],
    ),
    (
        "telephone number",
        &[
            "手机号",
            "联系电话",
            "电话号码",
            "your phone number",
            "your telephone number",
            "your mobile number",
        ],
    ),
    ("e-mail address", &["您的邮箱", "电子邮箱", "邮箱地址", "your email", "your e-mail"]),
    (
        "number of an identity card",
        &["身份证", "护照号", "passport number", "social security number", "identity card"],
    ),
    (
        "home address",
        &[
            "家庭住址",
            "详细地址",
            "门牌号",
            "您的住址",
            "your home address",
            "your street address",
            "your postal address",
        ],
    ),
    (
        "number of an employee or account",
        &[
            "您的工号",
            "您的学号",
            "银行卡号",
            "your employee number",
            "your student number",
            "your account number",
        ],
    ),
];

/// What names a person together with others of its kind.
const INDIRECT: [(&str, &[&str]); 5] = [
    (
        "date of birth",
        &["出生日期", "您的生日", "哪一天出生", "your date of birth", "your birthday", "your birth date"],
    ),
    ("postcode", &["邮政编码", "您的邮编", "your postcode", "your zip code", "your postal code"]),
    ("sex", &["您的性别", "your gender", "your sex"]),
    ("employer", &["您的工作单位", "所在公司名称", "name of your employer", "name of your company"]),
    ("job title", &["您的职务", "您的职位", "your job title"]),
];

fn check(spec: &Spec, found: &mut Findings) {
    if spec.checked.privacy.mode == PrivacyMode::Identified {
        return;
    }
    let open =
        |a: &&Asked| matches!(a.nature, Nature::Open | Nature::Number | Nature::Other | Nature::Choice);
    let asked: Vec<&Asked> = spec.questions().filter(open).collect();
    let all = kinds(&asked, spec);
    let direct = each_once(&asked, &all, &DIRECT);
    if let [(first, what), (second, other), ..] = direct[..] {
        tell(first, what, second, other, found);
        return;
    }
    let indirect = each_once(&asked, &all, &INDIRECT);
    let three = direct.iter().chain(&indirect).copied().collect::<Vec<_>>();
    if let [(first, what), .., (last, other)] = three[..]
        && three.len() >= 3
    {
        tell(first, what, last, other, found);
    }
}

fn tell(first: &Asked, what: &str, last: &Asked, other: &str, found: &mut Findings) {
    found
        .report(last.stem.span(), format!("{what} and {other} together tell who answers"))
        .label(first.stem.span(), format!("asks for the {what}"))
        .help("leave out what the list knows already; ask for contact details in a `contact` question behind a condition, or write `privacy { identified }`");
}

/// Returns for each question what it asks for, in any language: of the direct kinds and of the others the first.
fn kinds(asked: &[&Asked], spec: &Spec) -> Vec<[Option<&'static str>; 2]> {
    let one = |one: &&Asked| {
        // A `contact` question keeps its answer apart.
        if matches!(one.question.kind, QuestionKind::Contact | QuestionKind::Consent) {
            return [None, None];
        }
        let own = |a: &Asked| lowered(&a.stem.own_words());
        let texts: Vec<String> = spec.in_languages(one.index).iter().map(own).collect();
        let first = |kinds: &[(&'static str, &[&str])]| {
            let kind = kinds.iter().find(|(_, cues)| texts.iter().any(|text| has_lowered_cue(text, cues)));
            kind.map(|(what, _)| *what)
        };
        [first(&DIRECT), first(&INDIRECT)]
    };
    asked.par_iter().map(one).collect()
}

/// Finds the questions that ask for one of these, each kind once.
fn each_once<'s, 'a>(
    asked: &[&'s Asked<'a>],
    all: &[[Option<&'static str>; 2]],
    kinds: &[(&'static str, &[&str])],
) -> Vec<(&'s Asked<'a>, &'static str)> {
    let mut found: Vec<(&Asked, &'static str)> = Vec::new();
    for (one, of) in asked.iter().zip(all) {
        let kind = of.iter().flatten().find(|what| kinds.iter().any(|(kind, _)| kind == *what));
        if let Some(what) = kind
            && !found.iter().any(|(_, known)| known == what)
        {
            found.push((one, what));
        }
    }
    found
}

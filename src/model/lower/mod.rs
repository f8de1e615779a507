//! From syntax to model: one file a construct, in the order in which names become known.

pub mod builtin;
mod campaign;
mod channel;
mod cluster;
mod cx;
mod expr;
mod follow;
mod frame;
mod kpi;
mod margins;
mod methods;
mod once;
mod pace;
mod paths;
mod places;
mod promise;
mod question;
mod quota;
mod reach;
mod reader;
mod remedy;
mod responses;
mod rest;
mod sample;
mod schedule;
mod score;
mod stratum;
pub mod template;
mod test;
mod unit;

pub use self::places::places;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::model::checked::{Checked, Questionnaire, SpecFile};
use crate::model::files::Files;
use crate::model::lower::cx::Cx;
use crate::model::lower::question::Builder;
use crate::model::lower::reader::Reader;
use crate::source::{FileId, Span};
use crate::syntax::ast::{Statement, Word};

/// Keywords of declarations at the top of a file.
const DECLARATIONS: [&str; 21] = [
    "campaign",
    "frame",
    "events",
    "stratum",
    "sample",
    "scale",
    "section",
    "question",
    "channel",
    "schedule",
    "clean",
    "score",
    "analysis",
    "case",
    "action",
    "privacy",
    "report",
    "test",
    "responses",
    "quota",
    "screen",
];

/// What lowering gives: findings, and the model as far as it could be made.
#[derive(Debug)]
pub struct Lowered {
    /// Findings.
    pub diagnostics: Vec<Diagnostic>,
    /// The model; `None` when a campaign is missing. Only free of errors if no finding is one.
    pub checked: Option<Checked>,
}

/// Walks over the statements of a block.
pub(crate) fn settings(statement: &Statement) -> impl Iterator<Item = &Statement> {
    statement.block.iter().flat_map(|b| &b.statements)
}

/// Prints a share for people.
pub(crate) fn percent(share: f64) -> String {
    let value = (share * 1000.0).round() / 10.0;
    format!("{value} %")
}

/// Tells whether all declarations are parts for other specs to use: nothing that only a campaign of its own has.
#[must_use]
pub fn only_shared(declarations: &[&Statement]) -> bool {
    let shared = ["scale", "section", "question", "channel", "privacy", "clean", "frame", "events"];
    declarations.iter().all(|s| shared.contains(&keyword(s)))
}

/// Lowers all declarations of the spec and the files that it uses; where the parser found errors is `broken`, and of an
/// `incomplete` spec a used file could not be read.
#[must_use]
pub fn lower(
    declarations: &[&Statement],
    files: &dyn Files,
    mut read: Vec<SpecFile>,
    broken: Vec<Span>,
    incomplete: bool,
) -> Lowered {
    let mut cx = Cx { incomplete, broken, ..Cx::default() };
    let all = Sorted::new(&mut cx, declarations);
    let Some(campaign) = all.first("campaign") else {
        let span = declarations.first().map_or(Span::new(FileId(0), 0, 0), |s| Reader::new(s).span);
        cx.error("missing-campaign", span, "there is no `campaign` in this spec").help =
            Some("begin with `campaign NAME { title \"…\"; languages zh, en }`".to_owned());
        return Lowered { diagnostics: cx.diagnostics, checked: None };
    };
    cx.home = Some(campaign.span.file);
    cx.languages = campaign::languages(&mut cx, campaign);
    if cx.languages.is_empty() {
        cx.error("missing-setting", Reader::new(campaign).span, "the campaign has no `languages`").help =
            Some("write `languages zh, en`; the first is the default".to_owned());
        // Undetermined, as in ISO 639: no rule on wording knows it.
        cx.languages.push("und".to_owned());
        cx.languages_unknown = true;
    }
    cx.strata = all.named("stratum");
    cx.scores = all.scores();
    cx.asked = all.asked();
    for keyword in ["scale", "channel", "case"] {
        cx.declared.insert(keyword, all.named(keyword).into_iter().collect());
    }
    once::check(&mut cx, &all.statements);
    all.unique(&mut cx);
    cx.events = all.named("events");
    cx.declare_builtins();
    paths::outside(&mut cx, declarations, files);
    let checked = model(&mut cx, &all, campaign, files, &mut read);
    remedy::complete(&mut cx.diagnostics);
    Lowered { diagnostics: cx.diagnostics, checked: Some(Checked { files: read, ..checked }) }
}

fn model(
    cx: &mut Cx,
    all: &Sorted,
    head: &Statement,
    files: &dyn Files,
    read: &mut Vec<SpecFile>,
) -> Checked {
    let campaign = campaign::campaign(cx, head);
    let frame = all.first("frame").map(|s| frame::frame(cx, s));
    let found = all.first("responses").map(|s| responses::fields(cx, s, frame.is_some()));
    let events: Vec<_> = all.every("events").enumerate().map(|(i, s)| frame::events(cx, s, i)).collect();
    let mut strata: Vec<_> = all.every("stratum").filter_map(|s| stratum::stratum(cx, s)).collect();
    all.every("sample").for_each(|s| sample::top_level(cx, s));
    let joint = sample::share_out(cx, &mut strata);
    let mut builder = Builder::default();
    builder.scales = all.every("scale").filter_map(|s| question::scale(cx, s)).collect();
    builder.shared = all.shared(head);
    let placed = all.placed();
    for statement in &all.statements {
        match keyword(statement) {
            "question" if name(statement).is_some_and(|n| placed.contains(&n)) => {}
            "section" => question::section(cx, &mut builder, statement),
            "question" => question::question(cx, &mut builder, statement),
            _ => {}
        }
    }
    question::conditions(cx, &mut builder);
    let Builder { questionnaire, scales, .. } = builder;
    let channels = channels(cx, all, &questionnaire, files, read);
    let world =
        schedule::World { channels: &channels, events: &events, strata: &strata, frame: frame.as_ref() };
    let schedule = all.first("schedule").and_then(|s| schedule::schedule(cx, s, world, files, read));
    let scoring = all.first("score").map(|s| score::scoring(cx, s, &questionnaire, &strata));
    let clean = all.first("clean").map(|s| rest::clean(cx, s)).unwrap_or_default();
    let fields = match (&frame, &found) {
        (Some(frame), _) => &frame.fields[..],
        (None, Some((fields, _))) => &fields[..],
        (None, None) => &[],
    };
    let analysis = match all.first("analysis") {
        Some(s) => {
            rest::analysis(cx, s, methods::World { fields, scoring: scoring.as_ref() }, (files, &mut *read))
        }
        None => crate::model::checked::Analysis { hide_below: 10, ..Default::default() },
    };
    let cases: Vec<_> = all.every("case").filter_map(|s| follow::case(cx, s, &channels)).collect();
    let actions =
        all.every("action").filter_map(|s| follow::action(cx, s, &strata, scoring.as_ref())).collect();
    let privacy = all.first("privacy").map_or_else(rest::default_privacy, |s| rest::privacy(cx, s));
    let report =
        all.first("report").map_or_else(rest::default_report, |s| rest::report(cx, s, &questionnaire));
    let channel_names: Vec<&str> = channels.iter().map(|c| c.name.as_str()).collect();
    let world = test::World {
        questionnaire: &questionnaire,
        scales: &scales,
        cases: &cases,
        channels: &channel_names,
    };
    let tests = all.every("test").map(|s| test::test(cx, s, world)).collect();
    let quotas: Vec<_> = all.every("quota").filter_map(|s| quota::quota(cx, s)).collect();
    let screens: Vec<_> = all.every("screen").filter_map(|s| quota::screen(cx, s)).collect();
    let responses = all.first("responses").zip(found).map(|(s, f)| responses::responses(cx, s, f));
    if privacy.mode == crate::model::checked::PrivacyMode::Anonymous {
        methods::anonymity(cx, all.every("case"), all.first("analysis"), all.every("stratum"));
    }
    reach::kept(
        cx,
        all.statements.iter().copied(),
        &campaign,
        schedule.as_ref(),
        (all.first("privacy"), &privacy),
    );
    reach::periods(cx, all.first("score"), schedule.as_ref());
    kpi::figures_of_events(cx, scoring.as_ref(), schedule.as_ref(), (&events, frame.as_ref()));
    if let (Some(schedule), Some(frame)) = (&schedule, &frame) {
        pace::check(cx, schedule, &channels, (&strata, &joint), frame);
    }
    cluster::check(cx, frame.as_ref(), (&strata, &joint, &quotas, schedule.as_ref()), privacy.mode);
    whole(cx, head, frame.is_some(), &strata, schedule.is_some(), questionnaire.items.is_empty());
    Checked {
        campaign,
        frame,
        events,
        strata,
        joint,
        scales,
        questionnaire,
        channels,
        schedule,
        clean,
        scoring,
        analysis,
        cases,
        actions,
        privacy,
        report,
        tests,
        not_carried_out: std::mem::take(&mut cx.not_carried_out),
        not_planned: std::mem::take(&mut cx.not_planned),
        quotas,
        screens,
        responses,
        switched_off: Vec::new(),
        breaks: Vec::new(),
        files: Vec::new(),
    }
}

fn channels(
    cx: &mut Cx,
    all: &Sorted,
    questionnaire: &Questionnaire,
    files: &dyn Files,
    read: &mut Vec<SpecFile>,
) -> Vec<crate::model::checked::Channel> {
    let mut channels: Vec<crate::model::checked::Channel> = Vec::new();
    for statement in all.every("channel") {
        let Some(mut channel) = channel::channel(cx, statement, files, read) else { continue };
        channel::one_tap(cx, statement, &mut channel, &questionnaire.questions);
        if channels.iter().all(|c| c.name != channel.name) {
            channels.push(channel);
        }
    }
    channels
}

/// What a campaign needs as a whole before it can reach people.
fn whole(
    cx: &mut Cx,
    head: &Statement,
    frame: bool,
    strata: &[crate::model::checked::Stratum],
    schedule: bool,
    no_items: bool,
) {
    // What is missing may stand in a file that could not be read.
    if cx.incomplete {
        return;
    }
    let span = Reader::new(head).span;
    if no_items {
        cx.error("missing-setting", span, "the campaign asks no question").help =
            Some("add a `section` with at least one `question`".to_owned());
    }
    if schedule && !frame {
        cx.error("no-frame", span, "there is a schedule but no `frame` to draw people from");
    }
    if schedule && strata.is_empty() {
        cx.error("missing-setting", span, "there is a schedule but no `stratum`").help =
            Some("for everybody, write `stratum everybody { sample all }`".to_owned());
    }
    if let Some(first) = strata.first().filter(|_| !frame) {
        cx.error("no-frame", first.span, "a stratum needs a `frame` to draw people from");
    }
}

/// Returns the first word of a statement.
pub(crate) fn keyword(statement: &Statement) -> &str {
    Reader::new(statement).word().map_or("", |w| w.text.as_str())
}

/// The declarations by keyword; what may stand only once is held to it.
struct Sorted<'a> {
    statements: Vec<&'a Statement>,
}

impl<'a> Sorted<'a> {
    fn new(cx: &mut Cx, declarations: &[&'a Statement]) -> Self {
        let mut statements: Vec<&Statement> = Vec::new();
        for statement in declarations {
            let keyword = keyword(statement);
            if !DECLARATIONS.contains(&keyword) {
                let span = Reader::new(statement).here();
                cx.unknown("declaration", keyword, span, DECLARATIONS);
                continue;
            }
            let once = [
                "campaign",
                "frame",
                "schedule",
                "clean",
                "score",
                "analysis",
                "privacy",
                "report",
                "responses",
            ];
            if once.contains(&keyword) && statements.iter().any(|s| self::keyword(s) == keyword) {
                let message = format!("`{keyword}` is declared twice");
                cx.error("duplicate-name", Reader::new(statement).span, message).help =
                    Some("put both into one declaration".to_owned());
                continue;
            }
            statements.push(statement);
        }
        Self { statements }
    }

    fn every(&self, wanted: &'static str) -> impl Iterator<Item = &'a Statement> + '_ {
        self.statements.iter().copied().filter(move |s| keyword(s) == wanted)
    }

    /// Reports what is declared twice.
    fn unique(&self, cx: &mut Cx) {
        for keyword in ["stratum", "scale", "channel", "case", "action", "quota", "events"] {
            follow::unique(cx, keyword, self.every(keyword).filter_map(name_word));
        }
    }

    fn first(&self, wanted: &'static str) -> Option<&'a Statement> {
        self.every(wanted).next()
    }

    fn named(&self, wanted: &'static str) -> Vec<String> {
        self.every(wanted).filter_map(name).collect()
    }

    /// Returns the names of all scores, in their order.
    fn scores(&self) -> Vec<String> {
        let is_score = |s: &&Statement| ["dimension", "index", "kpi"].contains(&keyword(s));
        self.every("score").flat_map(settings).filter(is_score).filter_map(name).collect()
    }

    /// Returns the questions of used files that stand outside sections: those that `ask` may place.
    fn shared(&self, campaign: &Statement) -> BTreeMap<String, &'a Statement> {
        let other = |s: &&Statement| s.span.file != campaign.span.file;
        self.every("question").filter(other).filter_map(|s| Some((name(s)?, s))).collect()
    }

    /// Returns the names behind `ask`: these questions are asked there, and not where their file is used.
    fn placed(&self) -> BTreeSet<String> {
        self.every("section").flat_map(settings).filter(|s| keyword(s) == "ask").filter_map(name).collect()
    }

    /// Returns the names of all questions, in sections and outside.
    fn asked(&self) -> BTreeSet<String> {
        let inside = self.every("section").flat_map(settings).filter(|s| keyword(s) == "question");
        self.every("question").chain(inside).filter_map(name).collect()
    }
}

/// Returns the second word of a statement: the name of what it declares.
fn name(statement: &Statement) -> Option<String> {
    name_word(statement).map(|w| w.text.clone())
}

fn name_word(statement: &Statement) -> Option<&Word> {
    let mut r = Reader::new(statement);
    r.word();
    r.word()
}

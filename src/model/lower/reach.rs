//! What reaches beyond the campaign: further back than answers are kept, or outside its days.

use jiff::civil::Date;

use crate::diagnostic::Label;
use crate::model::checked::{Campaign, Privacy, Schedule};
use crate::model::lower::cx::Cx;
use crate::model::lower::reader::{Reader, whole};
use crate::model::lower::{keyword, settings};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Item, Scalar, Statement};

/// How long answers are kept, where that is said.
struct Kept {
    days: u32,
    span: Span,
}

impl Kept {
    fn of(privacy: Option<&Statement>, lowered: &Privacy) -> Option<Self> {
        let line = privacy.into_iter().flat_map(settings).find(|line| keyword(line) == "keep")?;
        Some(Self { days: lowered.keep_days?, span: Reader::new(line).span })
    }

    fn tell(&self, cx: &mut Cx, (line, span): (Span, Span), what: &str, needed: i64) {
        if needed <= i64::from(self.days) {
            return;
        }
        let message = format!("{what} looks {needed} days back, and answers are kept for {} days", self.days);
        // Who has a fault to mend need not hear that the line is not carried out.
        cx.diagnostics.retain(|d| d.code != "not-carried-out" || !line.contains(d.span));
        let found = cx.error("beyond-keep", span, message);
        found.help = Some("keep answers longer, or look back less far".to_owned());
        found.labels.push(Label { span: self.span, message: "kept no longer than this".to_owned() });
    }
}

/// The days between two waves, at least.
fn distance(campaign: &Campaign) -> Option<i64> {
    match campaign.rhythm.as_deref()? {
        "quarterly" => Some(90),
        "half_yearly" => Some(181),
        "yearly" => Some(365),
        _ => None,
    }
}

/// Reports risk groups, panels and comparisons of before and after that need answers no longer kept.
pub fn kept<'a>(
    cx: &mut Cx,
    all: impl Iterator<Item = &'a Statement>,
    campaign: &Campaign,
    schedule: Option<&Schedule>,
    privacy: (Option<&Statement>, &Privacy),
) {
    let Some(kept) = Kept::of(privacy.0, privacy.1) else { return };
    for statement in all {
        match keyword(statement) {
            "analysis" => {
                for line in settings(statement).filter(|line| keyword(line) == "risk") {
                    if let (Some(distance), Some((waves, span))) = (distance(campaign), waves(line)) {
                        kept.tell(
                            cx,
                            (line.span, span),
                            "this risk group",
                            distance * (i64::from(waves) - 1),
                        );
                    }
                }
            }
            "stratum" => {
                let (Some(distance), Some(before)) = (distance(campaign), &campaign.follows) else {
                    continue;
                };
                for line in settings(statement) {
                    if let Some((span, what)) = earlier(line, before) {
                        kept.tell(cx, (line.span, span), what, distance);
                    }
                }
            }
            "action" => {
                let Some(close) = schedule.map(|s| s.close.date()) else { continue };
                if let Some((day, span)) = verified(statement)
                    && let Ok(span_of_days) = close.until(day)
                {
                    kept.tell(cx, (span, span), "before and after", i64::from(span_of_days.get_days()));
                }
            }
            _ => {}
        }
    }
}

/// `over 6 waves` of a risk group.
fn waves(line: &Statement) -> Option<(u32, Span)> {
    let mut items = line.items.iter();
    let over = items.find_map(|item| match item {
        Item::Word(word) if word.text == "over" => Some(word.span),
        _ => None,
    })?;
    let Item::Scalar(Scalar::Number(number), _) = items.next()? else { return None };
    let end = items.next().map_or(over, Item::span);
    Some((whole(*number).filter(|n| *n > 0)?, over.to(end)))
}

/// `panel of WAVE`, or a condition on a risk group of that wave.
fn earlier(line: &Statement, wave: &str) -> Option<(Span, &'static str)> {
    let mut r = Reader::new(line);
    if r.keywords(&["panel", "of"]) {
        return r.word().filter(|w| w.text == wave).map(|_| (r.span, "this panel"));
    }
    let condition = r.clause("where")?;
    group_of(condition, wave).map(|span| (span, "this risk group"))
}

fn group_of(e: &Expr, wave: &str) -> Option<Span> {
    match &e.kind {
        ExprKind::RiskOf(_, campaign) if campaign.text == wave => Some(e.span),
        ExprKind::Not(inner) => group_of(inner, wave),
        ExprKind::Binary(_, a, b) => group_of(a, wave).or_else(|| group_of(b, wave)),
        _ => None,
    }
}

/// The day of `verify PERIOD after due`, and where it stands.
fn verified(action: &Statement) -> Option<(Date, Span)> {
    let line = |wanted: &str| settings(action).find(|line| keyword(line) == wanted);
    let mut due = Reader::new(line("due")?);
    due.word();
    let mut verify = Reader::new(line("verify")?);
    verify.word();
    let days = verify.days_or_hours()?.days();
    let day = due.date()?.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
    Some((day, verify.span))
}

/// Reports periods with other weights in which nobody answers.
pub fn periods(cx: &mut Cx, score: Option<&Statement>, schedule: Option<&Schedule>) {
    let Some(schedule) = schedule else { return };
    let (open, close) = (schedule.open.date(), schedule.close.date());
    for line in score.into_iter().flat_map(settings).filter(|line| keyword(line) == "during") {
        let mut r = Reader::new(line);
        r.word();
        let here = r.here();
        let Some((Scalar::Date(from), Scalar::Date(to))) = r.range() else { continue };
        if from <= to && open <= close && !cx.is_broken(here) && (to < open || close < from) {
            cx.error("schedule-order", here, "nobody answers in this period").help =
                Some(format!("the campaign is open from {open} to {close}"));
        }
    }
}

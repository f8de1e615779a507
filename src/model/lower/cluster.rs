//! `cluster COLUMN`: whole households or companies are drawn, and what that leaves no room for.

use crate::model::checked::{
    Allocation, Cluster, Frame, Joint, OncePer, PrivacyMode, Quota, Sample, Schedule, Stratum, Timing,
};
use crate::model::lower::cx::Cx;
use crate::model::lower::reader::Reader;
use crate::source::Span;

/// Lowers `cluster company_id [correlation 0.1]`.
pub fn cluster(cx: &mut Cx, r: &mut Reader) -> Option<Cluster> {
    let span = r.here();
    let column = r.name(cx, "the column of the household or company")?.text.clone();
    let mut correlation = None;
    if r.keyword("correlation") {
        let here = r.here();
        let Some(number) = r.number() else {
            r.expected(cx, "a number from 0 to 1, such as `0.1`");
            return None;
        };
        if !(0.0..=1.0).contains(&number) {
            cx.error("out-of-range", here, "a correlation within clusters lies between 0 and 1").help =
                Some("write a number such as `correlation 0.1`, or leave it out".to_owned());
            return None;
        }
        correlation = Some(number);
    }
    Some(Cluster { column, correlation, span })
}

/// What may ask for single people: strata, numbers across them, quotas, the schedule.
type World<'a> = (&'a [Stratum], &'a [Joint], &'a [Quota], Option<&'a Schedule>);

/// Refuses what can't be meant, or not be done yet, where whole clusters are drawn.
pub fn check(
    cx: &mut Cx,
    frame: Option<&Frame>,
    (strata, joint, quotas, schedule): World,
    privacy: PrivacyMode,
) {
    let Some((frame, cluster)) = frame.and_then(|f| Some((f, f.cluster.as_ref()?))) else { return };
    columns(cx, frame, cluster);
    for stratum in strata {
        sample(cx, stratum, &cluster.column);
    }
    for joint in joint.iter().filter(|j| matches!(j.allocation, Allocation::Neyman { .. })) {
        let what = "`allocate neyman` goes by the spread between people, and whole clusters are drawn";
        refuse(cx, joint.span, what, "write `allocate proportional` or `allocate equal`");
    }
    for quota in quotas {
        let what = format!("quota `{}` turns people away whose whole cluster was drawn", quota.name);
        refuse(cx, quota.span, &what, "leave the quota out, or `cluster`");
    }
    for step in schedule.iter().flat_map(|s| &s.steps) {
        if matches!(step.timing, Timing::AfterEvent { .. }) {
            let what = "an invitation after events draws events, and whole clusters are to be drawn";
            refuse(cx, step.span, what, "invite without `after`, or leave `cluster` out");
        }
    }
    if privacy == PrivacyMode::Anonymous {
        let what = "whole clusters are drawn, so that answers carry the number of their cluster, and `privacy` says `anonymous`";
        cx.error("not-anonymous", cluster.span, what).help =
            Some("write `confidential` in `privacy`, or leave `cluster` out".to_owned());
    }
}

/// A column that says the same as another clause leaves nothing to draw together.
fn columns(cx: &mut Cx, frame: &Frame, cluster: &Cluster) {
    let column = &cluster.column;
    if *column == frame.key {
        let what = format!("`{column}` is the key, so that everybody would be a cluster of one");
        refuse(
            cx,
            cluster.span,
            &what,
            "name the column of the household or company, or leave `cluster` out",
        );
    }
    let once = match frame.once_per {
        Some(OncePer::Email) => frame.email.as_ref(),
        Some(OncePer::Mobile) => frame.mobile.as_ref(),
        Some(OncePer::Field(i)) => frame.fields.get(i).map(|f| &f.name),
        None => None,
    };
    if once == Some(column) {
        let what =
            format!("`once per` leaves one person of each `{column}`, and `cluster` draws all of them");
        refuse(cx, cluster.span, &what, "keep one of the two");
    }
}

fn sample(cx: &mut Cx, stratum: &Stratum, column: &str) {
    let own = cx.sampled.iter().find(|(name, _)| *name == stratum.name).map(|(_, span)| *span);
    let at = own.unwrap_or(stratum.span);
    let number = "write `sample 40`, `sample 5%` or `sample all`; they count clusters";
    let (what, help) = match stratum.sample {
        Sample::Completes { .. } => (
            format!(
                "completes are people who are released one by one, and whole clusters of `{column}` are drawn"
            ),
            number,
        ),
        Sample::Margin { .. } | Sample::Points { .. } => (
            format!(
                "how many a margin takes depends on how alike people of one `{column}` answer, which the list does not tell"
            ),
            "write `sample 40` or `sample 5%`; `canvass plan` shows the margin that clusters give",
        ),
        Sample::DailyShare(_) => (
            format!("a daily draw takes people as they come, and whole clusters of `{column}` are drawn"),
            number,
        ),
        Sample::All | Sample::Number(_) | Sample::Share(_) | Sample::Across(_) => (String::new(), ""),
    };
    if !what.is_empty() {
        refuse(cx, at, &what, help);
    }
    if stratum.coordination.is_some() {
        let what = format!(
            "stratum `{}` is drawn beside an earlier campaign, whose draw may have gone by people",
            stratum.name
        );
        let help = "leave `draw …` out: campaigns that draw the same clusters with the same seed take the same ones first";
        refuse(cx, stratum.span, &what, help);
    }
}

fn refuse(cx: &mut Cx, at: Span, what: &str, help: &str) {
    cx.error("whole-clusters", at, what).help = Some(help.to_owned());
}

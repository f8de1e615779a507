//! What a report says beyond the answers of its own wave, and the columns that it takes to reckon it again.
//!
//! Goes in: the wave before with who answered both, risk groups, and the waves before that. Comes out: a number of the
//! person that means nothing outside of the two files, the day and hour of an answer, membership in risk groups, and
//! follow-ups by hour and weekday. None of it is written of an anonymous campaign.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::exchange::people::Dataset;
use crate::exchange::table::{Cell, Variable, both};
use crate::frame::{EventTold, Found};
use crate::model::Checked;
use crate::model::checked::{Grouping, PrivacyMode};
use crate::score::cases::raised;
use crate::score::compare::people::Numbers;
use crate::score::findings::{PastWave, RiskMembers};
use crate::score::respondent::{Respondent, zone};
use crate::score::wave::{Wave, is_drawn};
use crate::score::weights::grouping_name;

/// The wave before.
pub struct Before<'a> {
    /// The wave.
    pub wave: &'a Wave<'a>,
    /// Numbers of the people of the wave before and of this one, as far as it is known who answered both.
    pub numbers: Option<(Numbers, Numbers)>,
}

/// What a report rests on besides its own wave.
#[derive(Clone, Copy, Default)]
pub struct Beside<'a> {
    /// The wave before.
    pub before: Option<&'a Before<'a>>,
    /// Who is in the risk groups.
    pub risks: &'a [RiskMembers],
    /// The main score of the waves, oldest first, this one last.
    pub past: &'a [PastWave],
    /// Waves of the course before the wave before, the oldest first.
    pub older: &'a [Wave<'a>],
    /// Seed of what is drawn anew for intervals.
    pub seed: u64,
    /// What events tell of measures.
    pub events: &'a [EventTold],
}

/// Writes what events tell of measures: a row a person of whom they tell something, in an order that tells nothing.
pub(super) fn measures(events: &[EventTold]) -> String {
    let mut out = "measure,before_n,before_sum,after_n,after_sum\n".to_owned();
    for told in events {
        let Found::Sums(_, sums) = &told.found else { continue };
        for one in &sums.people {
            let ((before, of_before), (after, of_after)) = (one.before, one.after);
            let _ = writeln!(out, "{},{before},{of_before},{after},{of_after}", told.asked.action);
        }
    }
    out
}

/// What one table holds besides its own wave.
#[derive(Clone, Copy, Default)]
pub struct Also<'a> {
    /// Numbers of the people behind the design's units.
    pub numbers: Option<&'a Numbers>,
    /// Who is in the risk groups.
    pub risks: &'a [RiskMembers],
    /// Groupings that the other wave uses.
    pub groups: &'a [Grouping],
}

/// Tells whether the report knows the hour and the day of an answer.
#[must_use]
pub fn clock(checked: &Checked) -> (bool, bool) {
    let timed = checked.privacy.mode != PrivacyMode::Anonymous;
    match &checked.responses {
        Some(responses) => (false, responses.at.is_some()),
        None => (timed, timed),
    }
}

/// Returns a grouping of one wave as the other wave has it.
#[must_use]
pub fn in_wave(own: &Checked, grouping: Grouping, other: &Checked) -> Option<Grouping> {
    let Grouping::Field(_) = grouping else { return Some(grouping) };
    let name = grouping_name(own, grouping);
    other.fields().iter().position(|f| f.name == name).map(Grouping::Field)
}

/// Adds who answered, when, and who is in which risk group.
pub(super) fn moments(wave: &Wave, people: &[Option<&Respondent>], also: Also, out: &mut Dataset) {
    let anonymous = wave.checked.privacy.mode == PrivacyMode::Anonymous;
    let (hours, days) = clock(wave.checked);
    if let Some(numbers) = also.numbers.filter(|_| !anonymous) {
        let label = both("两期共用的人员编号", "Number of the person, the same in both waves");
        out.table.add(Variable::number("resp.person", "design", label), |row| {
            numbers.get(row).copied().flatten().map(|n| n as f64).into()
        });
    }
    if days && !anonymous {
        let label = both("答卷日期", "Day of the answer");
        out.table.add(Variable::text("resp.day", "design", label), |row| {
            people[row].map(|r| r.day.to_string()).into()
        });
    }
    if hours && !anonymous {
        let label = both("完成答卷的钟点", "Hour in which it was completed");
        let zone = zone(wave.checked);
        let hour = |r: &Respondent| Some(f64::from(r.response.completed_at?.to_zoned(zone.clone()).hour()));
        out.table
            .add(Variable::number("resp.hour", "design", label), |row| people[row].and_then(hour).into());
    }
    for group in also.risks.iter().filter(|g| g.why.is_none() && !anonymous) {
        let codes = vec![(0.0, both("否", "No")), (1.0, both("是", "Yes"))];
        let words = (format!("风险人群：{}", group.name), format!("Risk group: {}", group.name));
        let label = both(&words.0, &words.1);
        let held = |r: &Respondent| {
            let id = r.response.id;
            group.known.contains(&id).then(|| f64::from(u8::from(group.responses.contains(&id))))
        };
        let column =
            out.table.add(Variable::coded(&format!("risk.{}", group.name), "design", label, codes), |row| {
                match people.get(row).copied().flatten() {
                    Some(r) if row < wave.respondents.len() => held(r).into(),
                    _ => Cell::Empty,
                }
            });
        out.risks.push((group.name.clone(), column));
    }
}

/// Writes for whom the condition of a risk group held, wave by wave, the latest being 1.
#[must_use]
pub fn risks(groups: &[RiskMembers]) -> String {
    let mut out = "group,person,wave,held\n".to_owned();
    for group in groups {
        for (wave, verdicts) in (1..).zip(&group.verdicts) {
            for (person, held) in verdicts {
                let _ = writeln!(out, "{},{person},{wave},{}", group.name, u8::from(*held));
            }
        }
    }
    out
}

/// Writes completed answers of drawn people, dropped ones included, with how many raised a follow-up.
#[must_use]
pub fn times(wave: &Wave) -> String {
    let (hours, days) = clock(wave.checked);
    let zone = zone(wave.checked);
    let told = wave.checked.privacy.mode != PrivacyMode::Anonymous;
    let mut counts: BTreeMap<(Option<i8>, Option<i8>), (u64, u64)> = BTreeMap::new();
    for one in wave.completed.iter().filter(|r| told && is_drawn(&wave.study, r.response)) {
        let hour = one.response.completed_at.filter(|_| hours).map(|at| at.to_zoned(zone.clone()).hour());
        let day = days.then(|| one.day.weekday().to_monday_zero_offset());
        let count = counts.entry((hour, day)).or_default();
        count.0 += 1;
        count.1 += u64::from(raised(wave.checked, &wave.study, one));
    }
    let mut out = "hour,weekday,answers,cases\n".to_owned();
    let cell = |x: Option<i8>| x.map_or_else(String::new, |x| x.to_string());
    for ((hour, day), (answers, cases)) in counts {
        let _ = writeln!(out, "{},{},{answers},{cases}", cell(hour), cell(day));
    }
    out
}

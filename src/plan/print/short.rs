//! A plan in a few sentences, for those who decide and don't read tables; in the campaign's first language.

use crate::plan::print::rows::{first_language, moment, unit_of};
use crate::plan::types::{Entry, Plan, PlanStep};
use crate::plan::words::{grouped, money, percent, rounded, title};

/// Returns the heading over the sentences.
pub fn heading(plan: &Plan) -> &'static str {
    if is_chinese(plan) { "概要" } else { "In short" }
}

/// Returns the sentences.
pub fn short(plan: &Plan) -> Vec<String> {
    let mut lines = vec![who(plan)];
    if plan.expected.invitations > 0 {
        lines.extend([when(plan), answers(plan)]);
    }
    lines.extend(exactness(plan));
    lines.extend(cost(plan));
    lines.extend(notes(plan));
    lines
}

fn is_chinese(plan: &Plan) -> bool {
    first_language(plan).starts_with("zh")
}

fn who(plan: &Plan) -> String {
    let cells = || plan.strata.iter().flat_map(|s| &s.cells);
    let population = grouped(cells().map(|c| c.population).sum());
    let (invited, rows) = (grouped(plan.expected.invitations), grouped(plan.frame.rows));
    let strata = plan.strata.len();
    let outside = plan.unmatched;
    if is_chinese(plan) {
        let unit = if unit_of(plan) == "events" { "个事件" } else { "人" };
        let outside = if outside > 0 {
            format!("；另有 {} {unit}不属于任何分层", grouped(outside))
        } else {
            String::new()
        };
        return format!(
            "对象：名单 {rows} 行，{strata} 个分层共 {population} {unit}，预计发出 {invited} 份邀请{outside}。"
        );
    }
    let unit = unit_of(plan);
    let outside = if outside > 0 {
        format!("; {} more {unit} are in no stratum", grouped(outside))
    } else {
        String::new()
    };
    let strata = if strata == 1 { "one stratum".to_owned() } else { format!("{strata} strata") };
    format!(
        "who: {invited} invitations for {population} {unit} in {strata}, from a list of {rows} rows{outside}"
    )
}

fn when(plan: &Plan) -> String {
    let sent = |s: &&PlanStep| s.messages > 0;
    let first = plan.steps.iter().filter(sent).filter_map(|s| s.first.as_deref()).min();
    let last = plan.steps.iter().filter(sent).filter_map(|s| s.last.as_deref()).max();
    let (first, last, close) = (moment(first), moment(last), moment(Some(&plan.schedule.close)));
    if is_chinese(plan) {
        format!("时间：{first} 发出第一条消息，{last} 发出最后一条，{close} 截止答题（{}）。", plan.timezone)
    } else {
        format!(
            "when: the first message leaves {first}, the last {last}; answers are taken until {close} ({})",
            plan.timezone
        )
    }
}

fn answers(plan: &Plan) -> String {
    let completes = grouped(crate::frame::allocate::round_up(plan.expected.completes.round()));
    let invitations = plan.expected.invitations;
    let rate = if invitations > 0 {
        percent(rounded(plan.expected.completes / invitations as f64, 3))
    } else {
        "–".to_owned()
    };
    if is_chinese(plan) {
        format!("回收：预计约 {completes} 份答卷，占邀请的 {rate}。")
    } else {
        format!("what comes back: about {completes} answers, {rate} of the invitations")
    }
}

/// Says how exact a share will be over all, and where it is least so.
fn exactness(plan: &Plan) -> Option<String> {
    let points = |m: f64| format!("±{}", rounded(m * 100.0, 1));
    let all = points(plan.expected.margin?);
    let groups = plan.precision.iter().flat_map(|p| &p.groups);
    let of = |name: &String| plan.strata.iter().find(|s| s.name == *name);
    let overall = plan.expected.margin?;
    let least = groups
        .filter(|g| g.share.margin.is_some_and(|m| m > overall))
        .filter_map(|g| Some((of(g.stratum.as_ref()?)?, g.share.margin?)))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    let chinese = is_chinese(plan);
    let least = least.map_or_else(String::new, |(stratum, margin)| {
        let name = title(&stratum.title, first_language(plan), &stratum.name);
        if chinese {
            format!("；误差最大的分层是“{name}”，{} 个百分点", points(margin))
        } else {
            format!("; least exactly in {name}, to {} points", points(margin))
        }
    });
    Some(if chinese {
        format!("精度：一个比例（如“70% 的人满意”）总体误差为 {all} 个百分点{least}（95% 置信水平）。")
    } else {
        format!(
            "how exact: a share, such as 70% who are satisfied, is told to {all} points over all{least} (95% confidence)"
        )
    })
}

fn cost(plan: &Plan) -> Option<String> {
    let cost = plan.cost.as_ref().filter(|_| plan.expected.invitations > 0)?;
    let (total, currency) = (cost.total?, cost.currency.as_ref()?);
    let expected = money(currency, total.expected.unwrap_or(total.least));
    let most = total.most.filter(|most| Some(*most) != total.expected).map(|most| money(currency, most));
    Some(match (is_chinese(plan), most) {
        (true, Some(most)) => format!("费用：消息预计 {expected}，最多 {most}。"),
        (true, None) => format!("费用：消息预计 {expected}。"),
        (false, Some(most)) => format!("cost: {expected} for messages, {most} at most"),
        (false, None) => format!("cost: {expected} for messages"),
    })
}

fn notes(plan: &Plan) -> Option<String> {
    let comes = plan.strata.iter().any(|s| matches!(s.entry, Entry::Daily { .. } | Entry::Events { .. }));
    let n = plan.warnings.len();
    let chinese = is_chinese(plan);
    let mut words = Vec::new();
    if comes {
        words.push(if chinese {
            "之后才出现的人或事件未计入".to_owned()
        } else {
            "people and events that the list does not show yet are not counted".to_owned()
        });
    }
    if n > 0 {
        words.push(match (chinese, n) {
            (true, n) => format!("批准前请阅读文末的 {n} 条提示"),
            (false, 1) => "read the note at the end before you approve".to_owned(),
            (false, n) => format!("read the {n} notes at the end before you approve"),
        });
    }
    let joined = words.join(if chinese { "；" } else { "; " });
    (!words.is_empty())
        .then(|| if chinese { format!("注意：{joined}。") } else { format!("note: {joined}") })
}

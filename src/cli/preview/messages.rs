//! Every message that a campaign sends, as it would arrive.

use mail_parser::MessageParser;
use serde::Serialize;

use crate::cli::preview::stage::Stage;
use crate::dispatch::message::{
    MailIdentity, Site, Templates, build_mail, build_short, message_data, message_key, segments, templates_of,
};
use crate::plan::types::{PlanChannel, PlanChannelKind, PlanStep};
use crate::store::Invitation;

/// A rendered message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Shown {
    /// Step, such as `invite`.
    pub step: String,
    /// Channel.
    pub channel: String,
    /// `mail`, `sms` or `phone`.
    pub kind: &'static str,
    /// Language tag.
    pub language: String,
    /// Subject of a mail.
    pub subject: String,
    /// HTML of a mail.
    pub html: String,
    /// Text of a mail, a short message with its signature, or what an interviewer says.
    pub text: String,
    /// What else is to be known: size or number of segments.
    pub note: String,
}

/// Renders every step over every channel in every language; says in words what can't be rendered.
pub(super) fn all(stage: &Stage) -> Result<Vec<Shown>, String> {
    let templates = templates_of(&stage.plan)?;
    let mut shown = Vec::new();
    for step in &stage.plan.steps {
        for name in &step.via {
            let Some(channel) = stage.plan.channels.iter().find(|c| c.name == *name) else { continue };
            for person in &stage.people {
                let message = one(stage, &templates, step, channel, person);
                shown.push(message.map_err(|e| format!("step `{}` over `{name}`: {e}", step.name))?);
            }
        }
    }
    Ok(shown)
}

fn one(
    stage: &Stage,
    templates: &Templates,
    step: &PlanStep,
    channel: &PlanChannel,
    person: &Invitation,
) -> Result<Shown, String> {
    let site = Site { base: &stage.base, sms_opt_out: ("拒收请回复R", "Reply STOP to opt out") };
    let data = message_data(&stage.plan, step, channel, person, &stage.token_of(person)?, site);
    let mut shown = Shown {
        step: step.name.clone(),
        channel: channel.name.clone(),
        kind: "phone",
        language: person.language.clone(),
        subject: String::new(),
        html: String::new(),
        text: String::new(),
        note: String::new(),
    };
    let key = message_key(b"preview", &stage.plan.campaign, &person.key, "", &step.name, &channel.name);
    match &channel.kind {
        PlanChannelKind::Email { .. } => {
            let now = stage.server.clock().now();
            let identity = MailIdentity {
                key: &key,
                date: now,
                campaign: &stage.plan.campaign,
                to: "preview@example.com",
            };
            let mail = build_mail(templates, channel, &data, identity)?;
            let parsed = MessageParser::new().parse(&mail.bytes).ok_or("the mail can't be read back")?;
            shown.kind = "mail";
            parsed.subject().unwrap_or_default().clone_into(&mut shown.subject);
            shown.html = parsed.body_html(0).unwrap_or_default().into_owned();
            shown.text = parsed.body_text(0).unwrap_or_default().into_owned();
            shown.note = format!("{:.1} KB", mail.bytes.len() as f64 / 1024.0);
        }
        PlanChannelKind::Sms { .. } => {
            let short = build_short(templates, channel, &data, &key, person.mobile.as_deref().unwrap_or(""))?;
            // Charged is the text with the links of the profile, not with those of this preview.
            let cost = segments(&short.signature, &short.text.replace(&stage.base, &stage.real_base));
            shown.kind = "sms";
            shown.text = match short.signature.as_str() {
                "" => short.text,
                signature => format!("【{signature}】{}", short.text),
            };
            let unit = if cost.gsm { "characters" } else { "UTF-16 units" };
            let plural = if cost.count == 1 { "" } else { "s" };
            shown.note = format!(
                "{} segment{plural} ({} {unit}, links at {})",
                cost.count, cost.units, stage.real_base
            );
        }
        PlanChannelKind::Phone { script } => script.get(&person.language).clone_into(&mut shown.text),
    }
    Ok(shown)
}

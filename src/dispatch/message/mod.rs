//! Messages: what they may say, how they are rendered, what they are called.

pub mod data;
pub mod ids;
pub mod mail;
pub mod plain;
pub mod short;
pub mod template;

pub use self::data::{MessageData, Site, message_data, zone_of};
pub use self::ids::message_key;
pub use self::mail::{Mail, MailIdentity, build_mail, mail_words, try_mail};
pub use self::short::{Short, build_short};
pub use self::template::Templates;
pub use crate::plan::{Segments, segments};

use crate::plan::types::{Plan, PlanChannelKind};

/// Parses all templates of a plan; one that is broken is told before anything is sent.
pub fn templates_of(plan: &Plan) -> Result<Templates, String> {
    let mut templates = Templates::built_in()?;
    for channel in &plan.channels {
        let told = |e: String| format!("channel `{}`: {e}", channel.name);
        match &channel.kind {
            PlanChannelKind::Email { subject, body, .. } => {
                for language in &plan.languages {
                    let name = mail::subject_name(&channel.name, language);
                    templates.add(name, subject.get(language).to_owned()).map_err(told)?;
                }
                if let Some(body) = body {
                    templates.add(mail::body_name(&channel.name), body.clone()).map_err(told)?;
                }
            }
            PlanChannelKind::Sms { body, .. } if !body.is_empty() => {
                for language in &plan.languages {
                    let name = short::text_name(&channel.name, language);
                    templates.add(name, body.get(language).to_owned()).map_err(told)?;
                }
            }
            PlanChannelKind::Phone { script } => {
                for language in &plan.languages {
                    let name = short::text_name(&channel.name, language);
                    templates.add(name, script.get(language).to_owned()).map_err(told)?;
                }
            }
            PlanChannelKind::Sms { .. } => {}
        }
    }
    Ok(templates)
}

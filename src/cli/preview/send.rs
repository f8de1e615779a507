//! `--to ADDRESS`: one test message through the profile's mail.

use jiff::Timestamp;

use crate::cli::preview::stage::{person, plan_of};
use crate::cli::{Context, Exit};
use crate::dispatch::message::{
    Mail, MailIdentity, Site, build_mail, message_data, message_key, templates_of,
};
use crate::dispatch::reply::Class;
use crate::dispatch::smtp::{Connection, Relay};
use crate::model::Checked;
use crate::plan::Plan;
use crate::plan::types::{PlanChannel, PlanChannelKind, PlanStep};
use crate::rehearse::mailbox;
use crate::runner::outfit::{MailboxAddress, senders, wants_mailbox};
use crate::settings::Settings;
use crate::store::token::{Nonces, SystemNonces, base32, token};

/// Sends the campaign's first e-mail, marked as a test, to one address.
pub(super) async fn send(
    checked: &Checked,
    settings: &Settings,
    to: &str,
    language: Option<&str>,
    cx: &Context,
) -> Result<(), Exit> {
    let could_not = |words: String| cx.fail(Exit::CouldNot, &words);
    let language =
        language.unwrap_or_else(|| checked.campaign.languages.first().map_or("en", String::as_str));
    if !checked.campaign.languages.iter().any(|l| l == language) {
        let known = checked.campaign.languages.join(", ");
        return Err(
            cx.fail(Exit::Usage, &format!("the campaign does not speak `{language}`; it speaks {known}"))
        );
    }
    let folder = settings.mailbox_folder().map_err(could_not)?;
    let kept = if wants_mailbox(settings) {
        let opened = mailbox::start(&folder).await;
        Some(opened.map_err(|e| could_not(format!("`{}`: {e}", folder.display())))?)
    } else {
        None
    };
    let address = kept.as_ref().map(|m| MailboxAddress {
        smtp: m.smtp_addr,
        sms_url: m.sms_url.clone(),
        sms_key: m.sms_token.clone(),
    });
    let senders = senders(settings, address.as_ref()).map_err(could_not)?;
    let relay = senders.mail.as_ref().ok_or_else(|| could_not("the profile has no `mail`".to_owned()))?;
    let plan = plan_of(checked, cx.seed.unwrap_or(0));
    let mail = test_mail(checked, &plan, &senders.base, to, language, cx.clock().now())
        .map_err(|words| cx.fail(Exit::Spec, &words))?;
    deliver(relay, &mail).await.map_err(could_not)?;
    match kept.as_ref().and_then(|m| m.take_new().into_iter().next()) {
        Some(kept) => println!("{}", kept.path.display()),
        None => cx.say(&format!("sent to {to}; its link leads to no form, because nothing is launched")),
    }
    Ok(())
}

fn test_mail(
    checked: &Checked,
    plan: &Plan,
    base: &str,
    to: &str,
    language: &str,
    now: Timestamp,
) -> Result<Mail, String> {
    let (step, channel) = first_mail(plan).ok_or("the campaign sends no e-mail")?;
    let mut marked = channel.clone();
    if let PlanChannelKind::Email { subject, .. } = &mut marked.kind {
        for (language, text) in &mut subject.0 {
            let mark = if language.starts_with("zh") { "【测试】" } else { "[Test] " };
            text.insert_str(0, mark);
        }
    }
    let mut plan = plan.clone();
    for channel in plan.channels.iter_mut().filter(|c| c.name == marked.name) {
        channel.clone_from(&marked);
    }
    let templates = templates_of(&plan)?;
    let person = person(checked, language)?;
    // A link of no store: it must not open anybody's form.
    let secret = SystemNonces.nonce()?;
    let site = Site { base, sms_opt_out: ("", "") };
    let data = message_data(&plan, step, &marked, &person, &token(&secret, &person.nonce), site);
    let key = message_key(&secret, &plan.campaign, &base32(&person.nonce), "", &step.name, &marked.name);
    let identity = MailIdentity { key: &key, date: now, campaign: &plan.campaign, to };
    build_mail(&templates, &marked, &data, identity)
}

fn first_mail(plan: &Plan) -> Option<(&PlanStep, &PlanChannel)> {
    plan.steps.iter().find_map(|step| {
        let channels = step.via.iter().filter_map(|via| plan.channels.iter().find(|c| c.name == *via));
        let mail = channels.into_iter().find(|c| matches!(c.kind, PlanChannelKind::Email { .. }));
        mail.map(|channel| (step, channel))
    })
}

async fn deliver(relay: &Relay, mail: &Mail) -> Result<(), String> {
    let place = format!("{}:{}", relay.host, relay.port);
    let mut connection = Connection::open(relay).await.map_err(|e| format!("mail server {place}: {e}"))?;
    let attempt = connection.send(relay, mail).await;
    connection.quit().await;
    match attempt.class {
        Class::Accepted => Ok(()),
        class => {
            Err(format!("mail server {place} did not take the message ({}): {}", class.word(), attempt.reply))
        }
    }
}

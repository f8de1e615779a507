//! `sms-signature`: a Chinese short message without 【signature】.

use crate::model::places::TextId;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("sms-signature", include_str!("../../../docs/rules/sms-signature.md"), check).about_absence();

fn check(spec: &Spec, found: &mut Findings) {
    for wording in spec.texts.iter().filter(|w| w.is_chinese()) {
        let TextId::Body(channel) = wording.id else { continue };
        let signed = spec.wording(TextId::Signature(channel), wording.language).is_some();
        if !signed && !wording.text.contains('【') {
            found.report(wording.span(), "this Chinese short message has no signature").help(
                "write `signature \"…\"`: providers in mainland China refuse texts without 【…】 in front",
            );
        }
    }
}

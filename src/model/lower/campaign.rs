//! `campaign NAME { … }`: languages first, since every text depends on them.

use crate::model::checked::Campaign;
use crate::model::lower::cx::Cx;
use crate::model::lower::reader::Reader;
use crate::model::lower::settings;
use crate::syntax::ast::Statement;

const SETTINGS: [&str; 6] = ["title", "languages", "timezone", "owner", "rhythm", "follows"];
const RHYTHMS: [&str; 5] = ["once", "quarterly", "half_yearly", "yearly", "always"];

/// Reads the languages of a campaign, in order.
pub fn languages(cx: &mut Cx, statement: &Statement) -> Vec<String> {
    let mut found = Vec::new();
    for line in settings(statement) {
        let mut r = Reader::new(line);
        if !r.keyword("languages") {
            continue;
        }
        // A second list is told of, and not read.
        if !found.is_empty() {
            break;
        }
        while let Some(word) = r.word() {
            if found.contains(&word.text) {
                cx.error("duplicate-name", word.span, format!("language `{}` is listed twice", word.text));
            } else {
                found.push(word.text.clone());
            }
            if !r.symbol(",") {
                break;
            }
        }
        r.end(cx);
    }
    found
}

/// Lowers the campaign.
pub fn campaign(cx: &mut Cx, statement: &Statement) -> Campaign {
    let mut head = Reader::new(statement);
    head.keyword("campaign");
    let name = head.name(cx, "the campaign's name").map(|w| w.text.clone()).unwrap_or_default();
    head.end(cx);
    let mut campaign = Campaign {
        name,
        title: crate::model::checked::Text::default(),
        languages: cx.languages.clone(),
        timezone: "UTC".to_owned(),
        owner: None,
        rhythm: None,
        follows: None,
    };
    for line in settings(statement) {
        let mut r = Reader::new(line);
        let Some(word) = r.word() else {
            r.expected(cx, "a setting");
            continue;
        };
        match word.text.as_str() {
            "languages" => continue,
            "title" => campaign.title = r.words(cx, "the title"),
            "timezone" => timezone(cx, &mut r, &mut campaign),
            "owner" => campaign.owner = r.address(cx, "the owner's address").map(str::to_owned),
            "rhythm" => {
                let here = r.here();
                if let Some(rhythm) = r.name(cx, "the rhythm") {
                    if RHYTHMS.contains(&rhythm.text.as_str()) {
                        campaign.rhythm = Some(rhythm.text.clone());
                    } else {
                        cx.unknown("rhythm", &rhythm.text, here, RHYTHMS);
                    }
                }
            }
            "follows" => {
                let wave = r.name(cx, "the name of the wave before");
                if let Some(own) = wave.filter(|w| w.text == campaign.name) {
                    cx.error("unknown-wave", own.span, "a campaign can't follow itself").help =
                        Some("name the campaign before this one, or leave the line out".to_owned());
                }
                campaign.follows = wave.map(|w| w.text.clone()).filter(|name| *name != campaign.name);
            }
            other => {
                cx.unknown("setting of `campaign`", other, word.span, SETTINGS);
                continue;
            }
        }
        r.end(cx);
    }
    if campaign.title.is_empty() {
        let first = cx.languages.first().cloned().unwrap_or_default();
        campaign.title = crate::model::checked::Text::single(&first, &campaign.name);
    }
    campaign
}

fn timezone(cx: &mut Cx, r: &mut Reader, campaign: &mut Campaign) {
    let here = r.here();
    if let Some(zone) = r.string(cx, "the time zone, such as \"Asia/Shanghai\"") {
        match jiff::tz::TimeZone::get(zone) {
            Ok(_) => zone.clone_into(&mut campaign.timezone),
            Err(_) => {
                cx.error("unknown-timezone", here, format!("there is no time zone `{zone}`")).help =
                    Some("use an IANA name, such as \"Asia/Shanghai\" or \"Europe/Berlin\"".to_owned());
            }
        }
    }
}

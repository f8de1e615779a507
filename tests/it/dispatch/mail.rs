//! Produced mails, read back by other programs' eyes.

use canvass::dispatch::message::{
    Mail, MailIdentity, Site, build_mail, build_short, message_data, message_key, templates_of,
};
use canvass::plan::Plan;
use canvass::plan::types::{PlanChannelKind, PlanTiming};
use canvass::store::Invitation;
use mail_parser::{HeaderValue, MessageParser};

use crate::store::{at, people};
use crate::support::plans::{both, plan, step};
use crate::support::scratch::Scratch;

const SITE: Site<'static> =
    Site { base: "https://survey.example.com", sms_opt_out: ("拒收请回复R", "Reply STOP") };

fn person() -> Invitation {
    let mut person = people("a", 1).remove(0);
    person.name = Some("王小明".to_owned());
    person.email = Some("wang@example.com".to_owned());
    person
}

fn mail_of(plan: &Plan, step_index: usize, person: &Invitation) -> Result<Mail, String> {
    let templates = templates_of(plan).unwrap();
    let data = message_data(plan, &plan.steps[step_index], &plan.channels[0], person, "t0ken", SITE);
    let identity = MailIdentity {
        key: &message_key(b"secret", &plan.campaign, &person.key, "", "invite", "mail"),
        date: at("2026-01-05T01:00:00Z"),
        campaign: &plan.campaign,
        to: person.email.as_deref().unwrap_or(""),
    };
    build_mail(&templates, &plan.channels[0], &data, identity)
}

#[test]
fn a_chinese_mail_is_whole() {
    let mail = mail_of(&plan("csat_2026q1"), 0, &person()).unwrap();
    let text = String::from_utf8(mail.bytes.clone()).unwrap();
    assert!(text.is_ascii(), "every server takes it");
    assert!(text.split("\r\n").all(|l| !l.contains(['\r', '\n']) && l.len() <= 998), "lines and their ends");
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    assert_eq!(parsed.subject(), Some("王小明，请用 3 分钟评价我们的服务"));
    let from = parsed.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("客户体验团队"), Some("cx@example.com")));
    assert_eq!(parsed.to().unwrap().first().unwrap().name(), Some("王小明"));
    assert_eq!(parsed.date().unwrap().to_rfc3339(), "2026-01-05T01:00:00Z");
    assert!(parsed.message_id().unwrap().ends_with("@example.com"));
    let raw = |name: &str| parsed.header_raw(name).unwrap_or_default().trim().to_owned();
    assert_eq!(raw("List-Unsubscribe"), "<https://survey.example.com/u/t0ken>");
    assert_eq!(raw("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert_eq!(raw("List-Id"), "<csat_2026q1.example.com>");
    assert_eq!(raw("Auto-Submitted"), "auto-generated");
    assert_eq!(raw("MIME-Version"), "1.0");
    let HeaderValue::ContentType(kind) = parsed.header("Content-Type").unwrap() else { panic!() };
    assert_eq!((kind.ctype(), kind.subtype()), ("multipart", Some("alternative")));
    let (plain, html) = (parsed.body_text(0).unwrap(), parsed.body_html(0).unwrap());
    for part in [&plain, &html] {
        assert!(part.contains("https://survey.example.com/s/t0ken"), "{part}");
        assert!(part.contains("https://survey.example.com/s/t0ken?overall=5"), "{part}");
        assert!(part.contains("https://survey.example.com/u/t0ken"), "{part}");
        assert!(
            part.contains("2026年1月31日 18:00") && part.contains("3 分钟"),
            "deadline and length: {part}"
        );
        assert!(part.contains("cx@example.com") && part.contains("退订"), "{part}");
    }
    assert!(html.contains("lang=\"zh\""));
    assert!(!html.contains("<img") && !html.contains("<script"), "nothing is fetched or run");
}

/// Templates of users hang on these names: a change here breaks theirs.
#[test]
fn templates_see_these_names_and_no_others() {
    let plan = plan("a");
    let data = message_data(&plan, &plan.steps[0], &plan.channels[0], &person(), "t0ken", SITE);
    insta::assert_json_snapshot!(data, @r#"
    {
      "name": "王小明",
      "link": "https://survey.example.com/s/t0ken",
      "opt_out": "https://survey.example.com/u/t0ken",
      "title": "2026 年第一季度客户满意度测评",
      "deadline": "2026年1月31日 18:00",
      "minutes": 3,
      "owner": "cx@example.com",
      "language": "zh",
      "sender": "客户体验团队",
      "reminder": false,
      "one_tap": {
        "text": "总体而言，您对我们的服务有多满意？",
        "buttons": [
          {
            "code": 1,
            "label": "非常不满意",
            "link": "https://survey.example.com/s/t0ken?overall=1"
          },
          {
            "code": 5,
            "label": "非常满意",
            "link": "https://survey.example.com/s/t0ken?overall=5"
          }
        ]
      },
      "region": "east"
    }
    "#);
}

#[test]
fn a_long_scale_stands_in_a_row() {
    let mut plan = plan("a");
    let PlanChannelKind::Email { one_tap: Some(tap), .. } = &mut plan.channels[0].kind else { panic!() };
    tap.codes = (0..=10).map(|n| (n, if n % 10 == 0 { both("端点", "end") } else { both("", "") })).collect();
    let mail = mail_of(&plan, 0, &person()).unwrap();
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    let html = parsed.body_html(0).unwrap();
    assert_eq!(html.matches("/s/t0ken?overall=").count(), 11);
    assert!(html.contains("0 = 端点 · 10 = 端点"), "{html}");
}

#[test]
fn the_same_person_gets_the_same_bytes() {
    let (plan, person) = (plan("a"), person());
    assert_eq!(mail_of(&plan, 0, &person).unwrap(), mail_of(&plan, 0, &person).unwrap());
}

#[test]
fn languages_names_and_zones_fit_the_person() {
    let mut plan = plan("a");
    plan.steps.push(step("remind_1", &["mail"], PlanTiming::AfterInvite { days: 3 }));
    let mut person = person();
    person.language = "en".to_owned();
    person.name = None;
    person.timezone = Some("America/New_York".to_owned());
    let mail = mail_of(&plan, 1, &person).unwrap();
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    assert_eq!(parsed.subject(), Some("Hello, 3 minutes on our service"));
    let plain = parsed.body_text(0).unwrap();
    assert!(plain.starts_with("Hello,"), "{plain}");
    assert!(plain.contains("31 January 2026, 05:00"), "the person's own time: {plain}");
    assert!(plain.contains("have not heard from you"), "{plain}");
    person.language = "fr".to_owned();
    let mail = mail_of(&plan, 0, &person).unwrap();
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    assert_eq!(parsed.subject(), Some("您好，请用 3 分钟评价我们的服务"), "the campaign's first language");
}

#[test]
fn a_name_can_do_no_harm() {
    let mut person = person();
    person.name =
        Some("Eve\r\nBcc: victim@example.org\r\n\r\n<script>alert(1)</script>{{ link }}".to_owned());
    let mail = mail_of(&plan("a"), 0, &person).unwrap();
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    assert!(parsed.bcc().is_none());
    assert_eq!(parsed.to().unwrap().iter().count(), 1);
    let html = parsed.body_html(0).unwrap();
    assert!(!html.contains("<script"), "{html}");
    assert!(html.contains("{{ link }}"), "a name is no template: {html}");
    person.name = Some("=?utf-8?q?x?= \"(,;".to_owned());
    let mail = mail_of(&plan("a"), 0, &person).unwrap();
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    assert_eq!(parsed.to().unwrap().first().unwrap().address(), Some("wang@example.com"));
}

#[test]
fn what_can_not_be_made_is_said() {
    let mut person = person();
    person.email = Some("not an address".to_owned());
    assert!(mail_of(&plan("a"), 0, &person).unwrap_err().contains("not an address"));
    person.email = Some("用户@例子.example".to_owned());
    assert!(mail_of(&plan("a"), 0, &person).unwrap_err().contains("ASCII"));
    let mut broken = plan("a");
    let PlanChannelKind::Email { subject, .. } = &mut broken.channels[0].kind else { panic!() };
    *subject = both("{{ nmae }}", "{{ nmae }}");
    let refused = mail_of(&broken, 0, &self::person()).unwrap_err();
    assert!(refused.contains("undefined"), "{refused}");
    *match &mut broken.channels[0].kind {
        PlanChannelKind::Email { subject, .. } => subject,
        _ => panic!(),
    } = both("{{ name", "x");
    assert!(templates_of(&broken).unwrap_err().contains("mail"));
}

#[test]
fn a_template_of_ones_own_has_a_text_part_with_the_same_links() {
    let mut plan = plan("a");
    let PlanChannelKind::Email { body, .. } = &mut plan.channels[0].kind else { panic!() };
    let own = "<html><head><style>p{color:red}</style></head><body><h1>{{ title }}</h1>\
               <p>{{ name }}, <a href=\"{{ link }}\">go</a></p><a href=\"{{ opt_out }}\">退订</a></body></html>";
    *body = Some(own.to_owned());
    let mut person = person();
    person.name = Some("A & B".to_owned());
    let mail = mail_of(&plan, 0, &person).unwrap();
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    let plain = parsed.body_text(0).unwrap();
    assert!(plain.contains("A & B, go https://survey.example.com/s/t0ken"), "{plain}");
    assert!(plain.contains("退订 https://survey.example.com/u/t0ken"), "{plain}");
    assert!(!plain.contains("color:red"), "{plain}");
    assert!(parsed.body_html(0).unwrap().contains("A &amp; B"));
}

#[test]
fn a_short_message_has_the_link_and_the_way_out() {
    let plan = plan("a");
    let templates = templates_of(&plan).unwrap();
    let person = person();
    let data = message_data(&plan, &plan.steps[0], &plan.channels[1], &person, "t0ken", SITE);
    let short = build_short(&templates, &plan.channels[1], &data, "id1", "+1 (202) 555-0100").unwrap();
    assert_eq!(short.text, "邀请您评价服务 https://survey.example.com/s/t0ken 拒收请回复R");
    assert_eq!((short.to.as_str(), short.signature.as_str()), ("+12025550100", "示例"));
    for wrong in ["", "12", "+1-202-555-01x0", "12345678901234567"] {
        assert!(build_short(&templates, &plan.channels[1], &data, "id1", wrong).is_err(), "{wrong}");
    }
}

#[test]
fn ids_stay_the_same_and_differ_where_they_must() {
    let id = |c: &str, k: &str, o: &str, s: &str, ch: &str| message_key(b"secret", c, k, o, s, ch);
    let first = id("a", "k", "", "invite", "mail");
    assert_eq!(first, id("a", "k", "", "invite", "mail"));
    let others = [
        id("b", "k", "", "invite", "mail"),
        id("a", "j", "", "invite", "mail"),
        id("a", "k", "e1", "invite", "mail"),
        id("a", "k", "", "remind_1", "mail"),
        id("a", "k", "", "invite", "sms"),
        id("a", "", "k", "invite", "mail"),
        message_key(b"other", "a", "k", "", "invite", "mail"),
    ];
    assert!(others.iter().all(|o| *o != first));
}

/// Python's mail package is a second opinion; every system that runs these tests has it.
#[test]
fn python_reads_the_same_mail() {
    let folder = Scratch::new("python");
    let file = folder.0.join("mail.eml");
    std::fs::write(&file, mail_of(&plan("csat_2026q1"), 0, &person()).unwrap().bytes).unwrap();
    let script = "import email, email.policy, sys\n\
        m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)\n\
        kinds = [p.get_content_type() for p in m.iter_parts()]\n\
        bodies = [p.get_content() for p in m.iter_parts()]\n\
        assert m.get_content_type() == 'multipart/alternative', m.get_content_type()\n\
        assert kinds == ['text/plain', 'text/html'], kinds\n\
        assert all('https://survey.example.com/s/t0ken' in b for b in bodies)\n\
        assert not m.defects and all(not p.defects for p in m.walk()), m.defects\n\
        for name in ['From', 'To', 'Subject', 'Date', 'Message-ID', 'MIME-Version']:\n\
        \x20   assert len(m.get_all(name)) == 1, name\n\
        sys.stdout.buffer.write(m['Subject'].encode())\n";
    let out = std::process::Command::new("python3").args(["-c", script]).arg(&file).output();
    let out = out.expect("python3 must be installed for this test");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert_eq!(String::from_utf8_lossy(&out.stdout), "王小明，请用 3 分钟评价我们的服务");
}

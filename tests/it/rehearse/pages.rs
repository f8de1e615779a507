//! What people read out of pages and messages, and what they fill in.

use std::collections::BTreeMap;

use canvass::rehearse::behaviour::{Mind, Person};
use canvass::rehearse::client::{encode, join};
use canvass::rehearse::fill::{Care, fill, onward, questions};
use canvass::rehearse::letter;
use canvass::rehearse::page::{self, Form};

fn somebody(n: u64) -> Mind {
    let id = format!("p{n}@example.com");
    Mind::new(7, Person { contact: id.clone(), id, willingness: 1.0, satisfaction: 0.0 })
}

const PAGE: &str = r#"<!doctype html><html lang="zh"><body>
<form method="post" action="/lang"><button name="language" value="en">English</button></form>
<form method="post" action="?page=1"><input type="hidden" name="v" value="3">
<fieldset><legend>总体</legend>
  <label><input type="radio" name="a.overall" value="1" required> 差</label>
  <label><input type="radio" name="a.overall" value="2" required> 中</label>
  <label><input type="radio" name="a.overall" value="3" required> 好</label>
  <label><input type="radio" name="a.overall" value=".na" required> 不适用</label></fieldset>
<fieldset><input type="radio" name="a.reached" value="phone" id="r1"><label for="r1">电话</label>
  <input type="radio" name="a.reached" value="other" id="r2"><label for="r2">其他</label>
  <input type="text" name="a.reached.other" maxlength="3"></fieldset>
<fieldset><input type="checkbox" name="a.uses" value="x"><input type="checkbox" name="a.uses" value="y"></fieldset>
<fieldset><select name="a.rank.one"><option value=""></option><option value="1">1</option><option value="2">2</option></select>
  <select name="a.rank.two"><option value=""></option><option value="1">1</option><option value="2">2</option></select></fieldset>
<fieldset><input type="range" name="a.slide" min="10" max="20" step="5" value="10"></fieldset>
<fieldset><textarea name="a.why">  </textarea></fieldset>
<button name="go" value="back">上一页</button><button name="go" value="next">下一页</button>
</form></body></html>"#;

fn form() -> Form {
    let document = page::read(PAGE);
    assert_eq!(document.language, "zh");
    onward(&document.forms).expect("a form that leads on").clone()
}

#[test]
fn a_page_is_read_as_it_is_served() {
    let form = form();
    assert_eq!(form.action, "?page=1");
    assert_eq!(questions(&form), 8);
    let labels: Vec<&str> = form.fields.iter().map(|f| f.label.as_str()).collect();
    assert_eq!(labels[1..7], ["差", "中", "好", "不适用", "电话", "其他"]);
}

#[test]
fn a_form_is_filled_with_what_it_offers() {
    let form = form();
    let mut seen: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for n in 0..400 {
        let sent = fill(&form, &somebody(n), Care { language: "zh", again: false });
        let of =
            |name: &str| sent.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect::<Vec<_>>();
        assert_eq!((of("v"), of("go")), (vec!["3"], vec!["next"]));
        assert_eq!(of("a.overall").len(), 1, "a required scale is answered once");
        assert_ne!(of("a.rank.one"), of("a.rank.two"), "two places are never the same");
        let specified = of("a.reached.other")[0];
        assert_eq!(specified.is_empty(), of("a.reached") != ["other"], "own words belong to their option");
        assert!(specified.chars().count() <= 3);
        assert!(["10", "15", "20"].contains(&of("a.slide")[0]));
        for (name, value) in sent {
            *seen.entry(name).or_default().entry(value).or_default() += 1;
        }
    }
    for value in ["1", "2", "3", ".na"] {
        assert!(seen["a.overall"].contains_key(value), "nobody says {value}: {seen:?}");
    }
    assert!(seen["a.uses"].len() == 2 && seen["a.rank.one"].len() == 2);
    assert!(seen["a.why"].len() > 5, "remarks differ");
}

#[test]
fn the_order_of_options_on_the_page_changes_nothing() {
    let form = form();
    let mut turned = form.clone();
    turned.fields[1..5].reverse();
    for n in 0..50 {
        let answer = |form: &Form| {
            let mut sent = fill(form, &somebody(n), Care { language: "zh", again: false });
            sent.sort();
            sent
        };
        assert_eq!(answer(&form), answer(&turned));
    }
}

#[test]
fn satisfied_people_rate_higher() {
    let rates = |satisfaction: f64| -> f64 {
        let rate = |n: u64| {
            let person =
                Person { id: format!("{n}"), contact: String::new(), willingness: 1.0, satisfaction };
            match Mind::new(1, person).rate("a.overall", 5, false, false) {
                canvass::rehearse::behaviour::Rating::Point(i) => i as f64,
                other => panic!("{other:?}"),
            }
        };
        (0..500).map(rate).sum::<f64>() / 500.0
    };
    let (low, middle, high) = (rates(-1.5), rates(0.0), rates(1.5));
    assert!(low + 0.7 < middle && middle + 0.7 < high, "{low} {middle} {high}");
}

#[test]
fn a_mail_is_read_by_its_parts() {
    let mail = "From: a@example.com\r\nTo: b@example.com\r\nMIME-Version: 1.0\r\n\
        List-Unsubscribe: <http://127.0.0.1:1/u/TOKEN>, <mailto:stop@example.com>\r\n\
        List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\
        Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
        <html lang=\"en\"><a href=\"http://127.0.0.1:1/r/TOKEN?a.overall=1\">1</a>\
        <a href=\"http://127.0.0.1:1/r/TOKEN?a.overall=2\">2</a>\
        <a href=\"http://127.0.0.1:1/r/TOKEN\">Start</a>\
        <a href=\"http://127.0.0.1:1/u/TOKEN\">Unsubscribe</a></html>";
    let letter = letter::mail(mail.as_bytes());
    assert_eq!(letter.link.as_deref(), Some("http://127.0.0.1:1/r/TOKEN"));
    assert_eq!(letter.taps.len(), 2);
    assert_eq!(letter.one_click.as_deref(), Some("http://127.0.0.1:1/u/TOKEN"));
    assert_eq!(letter.refusal.as_deref(), Some("http://127.0.0.1:1/u/TOKEN"));
    assert_eq!(letter::mail(b"\xff\xfe nonsense"), letter::Letter::default());
}

#[test]
fn a_short_message_is_read_up_to_the_next_sign() {
    let sms =
        "To: +12025550123\nId: 1\n\n【示例】请评价：http://127.0.0.1:1/r/abc，代码 7KQ2-M4XD。退订回T\n";
    let letter = letter::short(sms);
    assert_eq!(letter.link.as_deref(), Some("http://127.0.0.1:1/r/abc"));
    assert_eq!(letter.code.as_deref(), Some("7KQ2-M4XD"));
    assert_eq!(letter::short("To: 1\nId: 2\n\n没有链接").link, None);
}

#[test]
fn references_are_resolved_as_browsers_do() {
    let base = "http://h:1/r/abc?x=1";
    assert_eq!(join(base, "/q"), "http://h:1/q");
    assert_eq!(join(base, "?page=2"), "http://h:1/r/abc?page=2");
    assert_eq!(join(base, "next"), "http://h:1/r/next");
    assert_eq!(join(base, "../q?r=1"), "http://h:1/q?r=1");
    assert_eq!(join(base, "./next#top"), "http://h:1/r/next");
    assert_eq!(join(base, ""), base);
    assert_eq!(join("http://h:1", "x"), "http://h:1/x");
    assert_eq!(join(base, "http://other/"), "http://other/");
    assert_eq!(encode(&[("a b".into(), "是&=".into())]), "a+b=%E6%98%AF%26%3D");
}

//! The form in a real browser, on a phone and on a desk, without scripts.
//!
//! Screenshots lie in `target/screenshots`, to be looked at.

mod driver;

use std::path::PathBuf;

use canvass::store::ResponseState;

use crate::collect::browser::driver::{Driver, wait};
use crate::collect::site::{EVERYTHING, Site, spec};

fn picture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/screenshots").join(format!("{name}.png"))
}

/// Looks for what makes people stop: sideways scrolling, small targets, faint words. Returns what is wrong.
const LOOK: &str = r#"(() => {
  const wrong = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) wrong.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
  const shown = e => { const r = e.getBoundingClientRect(); return r.width > 2 && r.height > 2 && getComputedStyle(e).visibility !== 'hidden'; };
  const name = e => `${e.tagName.toLowerCase()}.${e.className} "${(e.textContent || e.name || '').trim().slice(0, 30)}"`;
  for (const e of document.querySelectorAll('button, a, select, textarea, input[type=text], input[type=date], .option > label')) {
    if (!shown(e)) continue;
    const r = e.getBoundingClientRect();
    const least = e.closest('.summary') ? 24 : 44;
    if (r.height < least || r.width < 24) wrong.push(`small target ${Math.round(r.width)}x${Math.round(r.height)}: ${name(e)}`);
  }
  const parse = c => { const m = c.match(/[\d.]+/g).map(Number); return { r: m[0], g: m[1], b: m[2], a: m.length > 3 ? m[3] : 1 }; };
  const light = c => { const f = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(c.r) + 0.7152 * f(c.g) + 0.0722 * f(c.b); };
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.a === 1) return c; if (c.a > 0) wrong.push(`half-transparent ground: ${name(e)}`); } return { r: 255, g: 255, b: 255 }; };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !shown(e) || e.closest('.hidden')) continue;
    const style = getComputedStyle(e);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const found = ratio(parse(style.color), ground(e));
    if (found < (large ? 3 : 4.5)) wrong.push(`contrast ${found.toFixed(2)}: ${name(e)}`);
  }
  for (const e of document.querySelectorAll('.option > label, input[type=text], input[type=date], textarea, select')) {
    const style = getComputedStyle(e);
    if (!shown(e) || style.borderTopWidth === '0px') continue;
    const found = ratio(parse(style.borderTopColor), ground(e.parentElement));
    if (found < 3) wrong.push(`edge ${found.toFixed(2)}: ${name(e)}`);
  }
  return wrong;
})()"#;

fn look(driver: &Driver, place: &str) {
    let wrong = driver.evaluate(LOOK);
    let wrong: Vec<&str> = wrong.as_array().unwrap().iter().filter_map(|w| w.as_str()).collect();
    assert!(wrong.is_empty(), "{place}:\n{}", wrong.join("\n"));
}

/// Looks at one page in every dress: phone, narrow phone, large letters, desk; light and dark; and takes pictures.
fn look_in_every_dress(driver: &Driver, name: &str) {
    for (scheme, width) in [
        ("light", 390),
        ("dark", 390),
        ("light", 320),
        ("dark", 320),
        ("light", 768),
        ("light", 1280),
        ("dark", 1280),
    ] {
        driver.media(&[("prefers-color-scheme", scheme)]);
        driver.resize(width, 844);
        look(driver, &format!("{name}, {scheme}, {width} px"));
        if width != 320 && width != 768 {
            driver.screenshot(&picture(&format!("{name}-{width}-{scheme}")));
        }
    }
    driver.media(&[("forced-colors", "active")]);
    driver.screenshot(&picture(&format!("{name}-1280-forced")));
    driver.media(&[("prefers-color-scheme", "light")]);
    driver.resize(390, 844);
}

/// Fills the page as a thumb would: by tapping labels and typing.
fn fill(driver: &Driver) {
    let mut groups: Vec<String> = Vec::new();
    for input in driver.all("input[type=radio], input[type=checkbox]") {
        let name = driver.attribute(&input, "name");
        if groups.contains(&name) || name.ends_with(".na") {
            continue;
        }
        let value = driver.attribute(&input, "value");
        // Not the first point of a scale: middle of the road, and no contradiction.
        if value == "1" || value == "0" {
            continue;
        }
        groups.push(name);
        let id = driver.attribute(&input, "id");
        // In a row of numbers the button itself lies over its label.
        if !driver.try_click(&driver.one(&format!("label[for=\"{id}\"]"))) {
            driver.click(&input);
        }
    }
    for (place, select) in driver.all("select").iter().enumerate() {
        let id = driver.attribute(select, "id");
        driver.click(&driver.one(&format!("#{id} option[value=\"{}\"]", place + 1)));
    }
    for input in driver.all("textarea, input[type=text]") {
        if !driver.is_shown(&input) {
            continue;
        }
        let is_number = driver.attribute(&input, "inputmode") == "decimal";
        let is_contact = driver.attribute(&input, "autocomplete") == "email";
        let words = match (is_number, is_contact) {
            (true, _) => "7",
            (_, true) => "lin@example.com",
            _ => "等待时间太长 / too long",
        };
        driver.keys(&input, words);
    }
    for input in driver.all("input[type=date]") {
        driver.keys(&input, "01022024");
    }
}

fn kind(driver: &Driver) -> String {
    driver.attribute(&driver.one("main"), "data-page")
}

/// Goes from the link to the last page; calls `at` on every page before it is filled.
fn walk(driver: &Driver, link: &str, mut at: impl FnMut(&Driver, usize)) {
    driver.open(link);
    assert_eq!(kind(driver), "start");
    at(driver, 0);
    driver.click(&driver.one("button.primary"));
    assert!(wait(|| kind(driver) == "questions"));
    for page in 1..20 {
        if kind(driver) != "questions" {
            break;
        }
        assert!(!driver.url().contains("/s/"), "the token has left the address");
        at(driver, page);
        fill(driver);
        let before = driver.url();
        driver.click(&driver.one("button.primary"));
        let gone_on = wait(|| driver.url() != before);
        assert!(gone_on, "the page was not taken: {}", driver.source());
    }
    assert_eq!(kind(driver), "thanks");
    at(driver, 99);
}

#[test]
fn every_kind_of_question_on_a_phone() {
    let Some(driver) = Driver::new(390, 844) else { return };
    let site = Site::new(EVERYTHING);
    walk(&driver, &site.link(1), |driver, page| {
        look_in_every_dress(driver, &format!("everything-zh-{page}"));
        let is_grid = !driver.all("table.grid").is_empty();
        if is_grid {
            driver.click(&driver.one("button.primary"));
            let focus = || driver.evaluate("document.activeElement.className") == "summary";
            assert!(wait(focus), "focus goes to the summary: {}", driver.source());
            look_in_every_dress(driver, "everything-zh-errors");
        }
    });
    let response = site.response(1).unwrap();
    assert_eq!(response.state, ResponseState::Completed);
    assert_eq!(response.answers.len(), 18, "{:#?}", response.answers);
}

#[test]
fn a_real_campaign_in_english_from_the_desk() {
    let Some(driver) = Driver::new(1280, 900) else { return };
    let site = Site::empty();
    site.launch(&spec("quarterly-index"), 0);
    walk(&driver, &site.link(2), |driver, page| look_in_every_dress(driver, &format!("quarterly-en-{page}")));
    let response = site.response(2).unwrap();
    assert_eq!(response.state, ResponseState::Completed);
    assert_eq!(&*response.language, "en");
}

#[test]
fn the_small_pages_too() {
    let Some(driver) = Driver::new(390, 844) else { return };
    let site = Site::new(EVERYTHING);
    let at = |path: String| format!("{}{path}", site.base);
    let pages = [
        ("prefilled", format!("{}?overall=4", site.link(1))),
        ("unsubscribe", at(format!("/u/{}", Site::token(1)))),
        ("unknown", at("/s/wrong".to_owned())),
    ];
    for (name, address) in pages {
        driver.open(&address);
        look_in_every_dress(&driver, &format!("small-{name}"));
    }
}

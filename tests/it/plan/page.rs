//! The page of a plan: in the campaign's language throughout, and no longer than a page whatever the list.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use canvass::frame::{self, History};
use canvass::plan::print::timeline::{Bar, chart};
use canvass::plan::{self, Words};

use super::make::{load, specs};
use super::support::{Place, SPEC, list};

const SEED: u64 = 20_260_105;

fn words(language: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/plan");
    let of = |file: &str| fs::read_to_string(folder.join(format!("{file}.{language}.yaml"))).unwrap();
    let text = of("words") + &of("changes");
    let mut keys = BTreeSet::new();
    for key in text.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once(": ")).map(|(k, _)| k)
    {
        assert!(keys.insert(key.to_owned()), "`{key}` is there twice");
    }
    serde_yaml::from_str(&text).unwrap()
}

/// The names in braces.
fn blanks(text: &str) -> BTreeSet<&str> {
    let named = |part: &&str| part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    text.split('{').skip(1).filter_map(|part| part.split('}').next()).filter(named).collect()
}

#[test]
fn the_words_of_both_languages_have_the_same_keys_and_blanks() {
    let (en, zh) = (words("en"), words("zh"));
    assert!(en.len() > 200);
    assert_eq!(en.keys().collect::<Vec<_>>(), zh.keys().collect::<Vec<_>>());
    for (key, text) in &en {
        assert_eq!(blanks(text), blanks(&zh[key]), "{key}");
        let parts: Vec<BTreeSet<&str>> = text.split('|').map(blanks).collect();
        assert!(parts.len() <= 2, "{key}");
    }
}

/// The sources below a folder.
fn sources(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
        if entry.is_dir() {
            sources(&entry, all);
        } else {
            all.push(entry);
        }
    }
}

#[test]
fn every_key_that_is_asked_for_is_there_and_every_one_there_is_asked_for() {
    let mut all = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    sources(&root.join("plan"), &mut all);
    all.extend(
        ["cli/report.rs", "cli/plan.rs", "report/build.rs", "score/compare/events.rs"].map(|p| root.join(p)),
    );
    let text: String = all.iter().map(|p| fs::read_to_string(p).unwrap()).collect();
    // A long call stands on several lines.
    let text = text.split("said!(").map(str::trim_start).collect::<Vec<_>>().join("said!(");
    let quoted: BTreeSet<&str> = text.split('"').collect();
    let en = words("en");
    for key in en.keys() {
        assert!(quoted.contains(key.as_str()), "`{key}` is never said");
    }
    for start in [
        "say!(w, \"",
        "say!(view.words, \"",
        "said!(\"",
        "=> named(\"",
        "w.get(\"",
        "words.get(\"",
        "counted(\"",
        "counted_with(\"",
    ] {
        for key in text.split(start).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(en.contains_key(key), "`{key}` has no words");
        }
    }
}

/// The page without what stays as it is in every language: names in backticks, paths, addresses, time zones.
fn said(page: &str) -> String {
    let outside: Vec<&str> = page.split('`').step_by(2).collect();
    let mut text = outside.join(" ");
    for kept in
        ["<details>", "</details>", "<summary>", "</summary>", "text\n", "Asia/Shanghai", "canvass.yaml"]
    {
        text = text.replace(kept, " ");
    }
    text
}

#[test]
fn a_chinese_page_is_chinese_throughout() {
    let mut seen = 0;
    for spec in specs() {
        let (checked, folder) = load(&spec);
        if checked.campaign.languages[0] != "zh" {
            continue;
        }
        seen += 1;
        let (summary, _) = frame::summarise(&checked, &folder, SEED, &History::default()).unwrap();
        let plan = plan::make(&checked, &summary, SEED);
        let known: BTreeSet<String> = known(&plan);
        for shown in [plan::markdown(&plan), plan::text(&plan)] {
            let shown = said(&shown);
            let latin = shown.split(|c: char| !(c.is_ascii_alphanumeric() || "_./@-".contains(c)));
            let foreign: BTreeSet<&str> = latin
                .filter(|w| w.chars().any(|c| c.is_ascii_alphabetic()) && !known.contains(*w))
                .filter(|w| w.chars().filter(char::is_ascii_alphabetic).count() > 1)
                .collect();
            let allowed = BTreeSet::from(["Neyman", "hash", "seed"]);
            assert!(foreign.is_subset(&allowed), "{}: {foreign:?}", spec.display());
        }
    }
    assert!(seen >= 2);
}

/// Names that the spec gives.
fn known(plan: &plan::Plan) -> BTreeSet<String> {
    let mut all = BTreeSet::from([plan.campaign.clone(), plan.hash.clone(), plan.frame.source.clone()]);
    all.extend(plan.strata.iter().flat_map(|s| &s.cells).map(|c| c.name.clone()));
    all.extend(plan.strata.iter().map(|s| s.name.clone()));
    all.extend(plan.strata.iter().filter_map(|s| s.draw.with.clone().or(s.draw.panel_of.clone())));
    all.extend(plan.strata.iter().flat_map(|s| s.draw.apart_from.clone()));
    all.extend(plan.steps.iter().map(|s| s.name.clone()));
    all.extend(plan.channels.iter().map(|c| c.name.clone()));
    all.extend(plan.quotas.iter().map(|q| q.name.clone()));
    if let Some(precision) = &plan.precision {
        all.extend(precision.since.clone());
        all.extend(precision.groups.iter().flat_map(|g| &g.scores).map(|s| s.score.clone()));
        all.extend(precision.targets.iter().map(|t| t.score.clone()));
    }
    for step in &plan.steps {
        if let plan::types::PlanTiming::AfterEvent { events, .. } = &step.timing {
            all.insert(events.clone());
        }
    }
    all.extend(plan.channels.iter().filter_map(|c| match &c.kind {
        plan::types::PlanChannelKind::Email { from_address, .. } => Some(from_address.clone()),
        _ => None,
    }));
    let titles = plan.title.0.iter().chain(plan.strata.iter().flat_map(|s| &s.title.0));
    all.extend(titles.flat_map(|(_, t)| t.split(' ').map(str::to_owned)));
    all
}

#[test]
fn notes_and_samples_are_said_in_all_languages_of_the_campaign() {
    let spec = SPEC
        .replace("languages en", "languages zh, en")
        .replace("\"Wave\"", "zh \"测评\" / en \"Wave\"")
        .replace("\"Top\"", "\"高\" / \"Top\"")
        .replace("\"Fresh\"", "\"新\" / \"Fresh\"")
        .replace("\"Service\" {", "\"服务\" / \"Service\" {")
        .replace("\"Service\" 100%", "\"服务\" / \"Service\" 100%")
        .replace(
            "\"How satisfied are you with our service?\"",
            "\"您对服务是否满意？\" / \"How satisfied are you with our service?\"",
        )
        .replace("\"Team\"", "\"团队\" / \"Team\"")
        .replace("\"Three minutes on our service\"", "\"三分钟\" / \"Three minutes on our service\"")
        .replace("\"Satisfaction index\"", "\"指数\" / \"Satisfaction index\"")
        .replace("\"Used only", "\"仅用于改进服务\" / \"Used only")
        .replace("sample all // fresh", "sample margin 5% at 95% expecting 20% response");
    let rows: Vec<String> = (0..200).map(|i| format!("k{i},p{i}@example.com,2025-12-20,{i},1")).collect();
    let place = Place::new(&spec, &list(&rows));
    let (summary, _) = frame::summarise(&place.checked, place.folder(), SEED, &History::default()).unwrap();
    let plan = plan::make(&place.checked, &summary, SEED);
    assert_eq!(plan.strata[1].sample.get("en"), "margin 5% at 95% expecting 20% response");
    assert_eq!(plan.strata[1].sample.get("zh"), "误差不超过 5%（置信水平 95%），预计回收率 20%");
    let shortage = plan.warnings.iter().find(|w| w.get("en").contains("would be needed")).unwrap();
    assert!(shortage.get("zh").contains("只能邀请 120"), "{shortage:?}");
    // A plan that an earlier version wrote had them as plain English.
    let mut value: serde_json::Value = serde_json::from_str(&plan::json(&plan)).unwrap();
    value["warnings"] = serde_json::json!(["a note"]);
    value["strata"][1]["sample"] = "all".into();
    let old = plan::parse(&value.to_string()).unwrap();
    assert_eq!(old.warnings[0].get("zh"), "a note");
    assert!(plan::markdown(&old).contains("- a note\n"));
}

#[test]
fn a_plan_of_many_strata_and_ten_million_people_fits_on_a_page() {
    use std::fmt::Write as _;
    let (before, after) = SPEC.split_at(SPEC.find("stratum top").unwrap());
    let after = &after[after.find("section s").unwrap()..];
    let mut strata = String::new();
    for i in 0..150 {
        let _ = writeln!(strata, "stratum s{i} \"Store {i}\" {{ where visits = {i}; sample 5% }}");
    }
    let place = Place::new(&format!("{before}{strata}{after}"), &list(&["k,k@example.com,2025-12-20,1,1"]));
    let (mut summary, _) =
        frame::summarise(&place.checked, place.folder(), SEED, &History::default()).unwrap();
    // Ten million people: the counts of a list that is elsewhere.
    for (i, cell) in (0..).zip(&mut summary.cells) {
        (cell.population, cell.drawn) = (50_000 + i * 100, 2_500 + i * 5);
    }
    let of = |cells: &[frame::CellSummary]| cells.iter().map(|c| c.population).sum::<u64>();
    (summary.rows, summary.eligible, summary.unmatched) =
        (10_000_000, of(&summary.cells), 10_000_000 - of(&summary.cells));
    let plan = plan::make(&place.checked, &summary, SEED);
    let page = plan::markdown(&plan);
    let open = page.split("<details>").next().unwrap();
    assert!(open.lines().count() < 100, "{} lines", open.lines().count());
    assert!(page.lines().all(|l| l.chars().count() < 400), "{page}");
    assert!(page.lines().count() < 200);
    // The largest ones, and the others in one line that adds up.
    assert!(open.contains("| Store 149 `s149` |") && !open.contains("`s137`"), "{open}");
    let others = open.lines().find(|l| l.starts_with("| 138 smaller strata")).unwrap();
    let rest = of(&summary.cells[..138]);
    assert!(others.replace(',', "").contains(&format!("| {rest} |")), "{others}");
    // The terminal prints all.
    assert!(plan::text(&plan).contains("\n  s0 ") && plan::text(&plan).contains("\n  s149 "));
}

#[test]
fn a_page_counts_events_where_events_invite() {
    let place = Place::events();
    let (summary, _) = frame::summarise(&place.checked, place.folder(), SEED, &History::default()).unwrap();
    let page = plan::markdown(&plan::make(&place.checked, &summary, SEED));
    assert!(page.contains("| stratum | sample | events |"), "{page}");
}

#[test]
fn bars_stand_below_one_another_whatever_the_names() {
    let day = |text: &str| text.parse().unwrap();
    let bar = |name: &str, first: &str, last: &str| Bar {
        name: name.to_owned(),
        number: "7".to_owned(),
        first: day(first),
        last: day(last),
    };
    let bars = [bar("邀请", "2026-01-05", "2026-01-06"), bar("reminder 1", "2026-01-08", "2026-01-31")];
    let lines = chart((day("2026-01-05"), day("2026-01-31")), &bars, &Words::of("en"));
    insta::assert_snapshot!(lines.join("\n"), @r#"
    2026-01-05       2026-01-31
    |······|······|······|·····
    ██·························  邀请  7
    ···████████████████████████  reminder 1  7
    "#);
}

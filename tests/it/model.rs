//! Tests of `model`: good specs say nothing; each fault is found, at its place, and nothing else is.

use std::collections::BTreeMap;

use canvass::diagnostic::Severity;
use canvass::model::{Analysis, Folder, Memory, analyse};

const BASE: &str = include_str!("../fixtures/model/base.survey");
const ERRORS: &str = include_str!("../fixtures/model/errors.txt");

fn analyse_text(text: &str) -> Analysis {
    analyse("main.survey", &Memory(BTreeMap::from([("main.survey".to_owned(), text.to_owned())])))
}

/// Splits a spec into its top-level declarations.
fn declarations(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        let top = line.starts_with(|c: char| c.is_alphabetic());
        if top {
            let keyword = line.split_whitespace().next().unwrap_or("").to_owned();
            found.push((keyword, String::new()));
        }
        if let Some((_, body)) = found.last_mut() {
            body.push_str(line);
            body.push('\n');
        }
    }
    found
}

fn with_fault(section: &str) -> String {
    let fault = declarations(section);
    let base = declarations(BASE);
    let mut text = String::new();
    let mut placed = Vec::new();
    for (keyword, body) in &base {
        if !fault.iter().any(|(k, _)| k == keyword) {
            text.push_str(body);
        } else if !placed.contains(keyword) {
            placed.push(keyword.clone());
            fault.iter().filter(|(k, _)| k == keyword).for_each(|(_, body)| text.push_str(body));
        }
    }
    fault.iter().filter(|(k, _)| !placed.contains(k)).for_each(|(_, body)| text.push_str(body));
    text
}

#[test]
fn a_good_spec_says_nothing() {
    let analysis = analyse_text(BASE);
    assert_eq!(analysis.diagnostics, vec![]);
    assert!(analysis.checked.is_some());
}

/// What a name may be called, and how each stratum gets an invitation of its own.
#[test]
fn further_good_specs_say_nothing() {
    let of_keywords =
        BASE.replace("options phone", "options where").replace("online \"在线\"", "when \"在线\"");
    let two_ways = BASE
        .replace(
            "sample all\n}",
            "where spend > 100; sample all\n}\nstratum others \"其他\" / \"Others\" { sample all }",
        )
        .replace("invite via mail", "invite via mail for everybody\n  invite via calls for others")
        + "channel calls : phone { script \"您好\" / \"Hello\" }\n";
    for text in [of_keywords, two_ways] {
        assert_ne!(text, BASE);
        assert_eq!(analyse_text(&text).diagnostics, vec![], "{text}");
    }
}

#[test]
fn each_fault_is_found_at_its_place() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for section in ERRORS.split("\n=== ").skip(1) {
        let (code, fault) = section.split_once('\n').unwrap();
        let text = with_fault(fault);
        let analysis = analyse_text(&text);
        let wanted = text.lines().position(|l| l.trim_end().ends_with("// here")).unwrap() + 1;
        let places: Vec<(&str, usize)> = analysis
            .diagnostics
            .iter()
            .map(|d| (d.code, analysis.sources.get(d.span.file).unwrap().line_column(d.span.start).0))
            .collect();
        if places != [(code, wanted)] {
            wrong.push(format!("=== {code}, line {wanted}\n{fault}\ngave {places:?}"));
            continue;
        }
        let is_error = analysis.diagnostics[0].severity == Severity::Error;
        assert_eq!(analysis.checked.is_none(), is_error, "only errors keep a spec from being planned");
        assert!(!analysis.diagnostics[0].message.ends_with('.'));
        assert!(analysis.diagnostics[0].help.is_some(), "no remedy: {}", analysis.diagnostics[0].message);
        seen += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(seen > 40);
}

#[test]
fn used_files_are_read_once_and_circles_are_named() {
    let files = Memory(BTreeMap::from([
        ("main.survey".to_owned(), format!("use \"parts/a.survey\"\nuse \"parts/b.survey\"\n{BASE}")),
        ("parts/a.survey".to_owned(), "use \"b.survey\"\n".to_owned()),
        (
            "parts/b.survey".to_owned(),
            "scale two {\n  1 zh \"否\" / en \"No\"\n  2 zh \"是\" / en \"Yes\"\n}\n".to_owned(),
        ),
    ]));
    let analysis = analyse("main.survey", &files);
    assert_eq!(analysis.diagnostics, vec![]);
    assert_eq!(analysis.checked.unwrap().files.len(), 3);

    let files = Memory(BTreeMap::from([
        ("main.survey".to_owned(), format!("use \"a.survey\"\n{BASE}")),
        ("a.survey".to_owned(), "use \"main.survey\"\n".to_owned()),
    ]));
    let analysis = analyse("main.survey", &files);
    assert_eq!(analysis.diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), ["use-cycle"]);
    assert!(analysis.diagnostics[0].message.contains("`main.survey` → `a.survey` → `main.survey`"));
}

/// A file that several campaigns may use says the language of each text; shared parts alone are no broken campaign.
#[test]
fn shared_parts_say_their_languages() {
    let part = |label: &str| format!("scale two {{\n  1 {label}\n  2 zh \"是\" / en \"Yes\"\n}}\n");
    for (label, codes) in [("\"否\" / \"No\"", &["untagged-text"][..]), ("zh \"否\" / en \"No\"", &[])] {
        let files = Memory(BTreeMap::from([
            ("main.survey".to_owned(), format!("use \"parts.survey\"\n{BASE}")),
            ("parts.survey".to_owned(), part(label)),
        ]));
        let found: Vec<&str> = analyse("main.survey", &files).diagnostics.iter().map(|d| d.code).collect();
        assert_eq!(found, codes, "{label}");
    }
    let alone = analyse_text(&part("zh \"否\" / en \"No\""));
    assert!(alone.is_library() && alone.only_shared);
    assert_eq!(alone.of_library().diagnostics, vec![]);
    let headless = BASE.replace("campaign base {", "privacy {");
    assert!(analyse_text(&headless).of_library().is_library(), "a campaign without its head is no library");
}

/// What a spec names lies below the nearest `canvass.yaml`, whatever links say.
#[cfg(unix)]
#[test]
fn nothing_outside_of_the_repository_is_read() {
    let home = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside");
    let _ = std::fs::remove_dir_all(&home);
    let (repository, spec) = (home.join("repository"), home.join("repository/wave"));
    std::fs::create_dir_all(&spec).unwrap();
    std::fs::create_dir_all(repository.join("common")).unwrap();
    let scale = "scale two {\n  1 zh \"否\" / en \"No\"\n  2 zh \"是\" / en \"Yes\"\n}\n";
    for file in ["repository/common/two.survey", "two.survey"] {
        std::fs::write(home.join(file), scale).unwrap();
    }
    std::fs::write(repository.join("canvass.yaml"), "seed: 1\n").unwrap();
    std::os::unix::fs::symlink(home.join("two.survey"), spec.join("link.survey")).unwrap();
    std::os::unix::fs::symlink(&home, spec.join("up")).unwrap();
    let codes = |path: &str, source: &str| -> Vec<&'static str> {
        let base = BASE.replacen("data/customers.csv", source, 1);
        std::fs::write(spec.join("main.survey"), format!("use \"{path}\"\n{base}")).unwrap();
        analyse("main.survey", &Folder(spec.clone())).diagnostics.iter().map(|d| d.code).collect()
    };
    let good = "../common/two.survey";
    assert_eq!(codes(good, "../data/not/yet/there.csv"), [""; 0]);
    for path in ["../../two.survey", "link.survey", "up/two.survey", "/etc/passwd", "../../../../etc/passwd"]
    {
        assert_eq!(codes(path, "data/customers.csv"), ["outside"], "use {path}");
    }
    for source in ["../../customers.csv", "up/customers.csv", "link.survey", "up/not/yet/there.csv"] {
        assert_eq!(codes(good, source), ["outside"], "source {source}");
    }
    std::fs::write(spec.join("latin.survey"), b"scale \xe9 {}").unwrap();
    assert_eq!(codes("latin.survey", "data/customers.csv"), ["not-utf8"]);
}

/// An expression beyond all measure is told of once, whatever it holds, and costs no more than its length.
#[test]
fn hostile_expressions_are_refused_before_they_are_read() {
    let stratum = |condition: &str| {
        let all =
            format!("stratum some \"一些\" / \"Some\" {{\n  where spend > 1{condition}\n  sample all\n}}\n");
        let text = BASE.replacen("stratum everybody", &format!("{all}stratum everybody"), 1);
        analyse_text(&text).diagnostics.iter().map(|d| d.code).collect::<Vec<_>>()
    };
    for more in [" and spend >= 10", " or\n not gone", " + 1 * 2 - 3", " or （spend in 1..2）"] {
        assert!(stratum(&more.repeat(2_000)).contains(&"nesting"), "{more}");
    }
    let days = vec!["2026-01-05"; 1_000].join(", ");
    assert_eq!(stratum(&format!(" or joined in ({days})")), [""; 0], "a long list is no long expression");
}

#[test]
fn weights_of_a_period_keep_the_others_proportions() {
    let text = with_fault(
        "score 0..100 {\n  dimension one \"一\" / \"One\" 40% = mean(first)\n  dimension two \"二\" / \"Two\" 30% = mean(row_a)\n  \
         dimension three \"三\" / \"Three\" 30% = mean(row_b)\n  index all \"总\" / \"All\" = weighted(one, two, three)\n  \
         during 2026-01-20..2026-01-25 { one 10% }\n}\n",
    );
    let scoring = analyse_text(&text).checked.unwrap().scoring.unwrap();
    let on =
        |day: &str| scoring.weights_on(day.parse().unwrap()).into_iter().map(|(_, w)| w).collect::<Vec<_>>();
    assert_eq!(on("2026-01-19"), [0.4, 0.3, 0.3]);
    for (weight, expected) in on("2026-01-25").into_iter().zip([0.1, 0.45, 0.45]) {
        assert!((weight - expected).abs() < 1e-12);
    }
    assert_eq!(on("2026-01-26"), [0.4, 0.3, 0.3]);
}

#[test]
fn analysing_a_prefix_never_panics() {
    for (end, _) in BASE.char_indices().step_by(7) {
        let _ = analyse_text(&BASE[..end]);
    }
}

/// A question bank in a file of its own: what `ask` places is asked there, once, and under the section's condition.
#[test]
fn a_shared_question_is_asked_where_it_is_placed() {
    let bank = r#"question overall : csat { text zh "总体有多满意？" / en "How satisfied are you overall?" }
"#;
    let main = format!(
        "use \"bank.survey\"\n{BASE}section last \"最后\" / \"Last\" {{\n  when first <= 2\n  ask overall\n}}\n"
    );
    let files = Memory(BTreeMap::from([
        ("main.survey".to_owned(), main),
        ("bank.survey".to_owned(), bank.to_owned()),
    ]));
    let analysis = analyse("main.survey", &files);
    let checked = analysis.checked.unwrap_or_else(|| panic!("{:?}", analysis.diagnostics));
    let all = &checked.questionnaire.questions;
    let places: Vec<usize> =
        all.iter().enumerate().filter(|(_, q)| q.name == "overall").map(|(i, _)| i).collect();
    assert_eq!(places, [all.len() - 1]);
    assert_eq!(checked.questionnaire.sections[all[places[0]].section].name, "last");
    assert!(all[places[0]].condition.is_some());
}

#[test]
fn an_anonymous_campaign_follows_nobody_up() {
    let text = format!(
        "{}privacy {{ anonymous }}\ncase unhappy \"不满\" / \"Unhappy\" {{ when first <= 2 }}\n\
         analysis {{ risk low \"低\" / \"Low\" over 3 waves when all < 65 }}\n",
        BASE.replace("privacy { keep 400 days }\n", "")
            .replace("  key id\n  email", "  key id\n  cluster company\n  email")
    );
    let analysis = analyse_text(&text);
    let errors: Vec<&str> = analysis.diagnostics.iter().filter(|d| d.is_error()).map(|d| d.code).collect();
    assert_eq!(errors, ["not-anonymous"; 3]);
}

/// What adds up may be repeated, an amount may carry the currency of its column, and what is kept long enough may
/// be looked back on.
#[test]
fn what_is_right_is_not_refused() {
    let text = with_fault(
        "campaign base {\n  title \"基本\" / \"Base\"\n  languages zh, en\n  rhythm quarterly\n}\n\
         frame customers {\n  source \"data/customers.csv\"\n  key id\n  email email\n  field spend : money CNY\n  \
         field paid : money CNY\n  field visits : int\n  field region : text\n  exclude where spend < CNY 1\n  exclude where visits < 1\n}\n\
         stratum rich {\n  where spend >= CNY 500 and spend - paid > 20 and spend / visits > CNY 30 and paid in (CNY 600, 700)\n  \
         sample 1000\n}\n\
         channel mail : email {\n  from \"团队\" / \"Team\" at \"team@example.com\"\n  subject \"请回答\" / \"Please answer\"\n  \
         rate 60 per hour\n  one tap first\n}\n\
         clean {\n  drop \"过快\" / \"Too fast\" when duration < 0.5 minutes\n  \
         drop \"太慢\" / \"Too slow\" when duration > 2 hours + 10 minutes or duration / 2 > 90 minutes\n}\n\
         score 0..100 {\n  dimension one \"一\" / \"One\" 40% = mean(first)\n  dimension two \"二\" / \"Two\" 60% = mean(row_a)\n  \
         index all \"总\" / \"All\" = weighted(one, two)\n  kpi liked \"喜欢\" / \"Liked\" = share(yes)\n  target all >= 75\n  target all >= 80\n  \
         target liked <= 20\n  during 2026-01-01..2026-01-06 { one 10% }\n  during 2026-01-20..2026-01-25 { one 20% }\n}\n\
         test \"一\" {\n  given spend CNY 800, visits 3\n  given first 1\n  expect all is answered\n  expect all < 20 \n}\n",
    );
    let text = format!(
        "{text}analysis {{\n  drivers of first by second, two\n  drivers of all by second\n  \
         risk low \"低分\" / \"Low\" over 5 waves when all < 65 points\n}}\n\
         action better \"改进\" / \"Better\" {{ owner \"a@example.com\"; due 2026-12-01; verify 3 weeks after due }}\n"
    );
    let analysis = analyse_text(&text);
    let told: Vec<(&str, &str)> = analysis
        .diagnostics
        .iter()
        .filter(|d| d.code != "not-carried-out")
        .map(|d| (d.code, d.message.as_str()))
        .collect();
    assert_eq!(told, []);
}

/// Figures of the population are read when a spec is checked, and faults of the file are told at its name.
#[test]
fn margins_are_read_from_their_file() {
    let with = |clause: &str, file: &str| {
        let text = format!("{BASE}\nanalysis {{\n  {clause}\n}}\n");
        let files = Memory(BTreeMap::from([
            ("main.survey".to_owned(), text),
            ("margins.csv".to_owned(), file.to_owned()),
        ]));
        analyse("main.survey", &files)
    };
    let good = with("rake region to \"margins.csv\"", "region,count\neast,300\nwest,700\n");
    let margins = good.checked.unwrap().analysis.margins;
    let counts = vec![(vec!["east".to_owned()], 300.0), (vec!["west".to_owned()], 700.0)];
    assert_eq!(margins[0].counts, Some(counts));
    let several = "variable,value,count\nregion,east,3\nregion,west,7\nstratum,everybody,10\n";
    let both = with("rake region, stratum to \"margins.csv\"", several).checked.unwrap().analysis.margins;
    assert_eq!(both.len(), 2);
    assert_eq!(both[1].counts, Some(vec![(vec!["everybody".to_owned()], 10.0)]));
    for (file, told) in [
        ("region;count\n", "there are no columns `region`, `count`"),
        ("region,count\neast,many\n", "row 2: column `count` holds no number of people"),
        ("region,count\neast,1\neast,2\n", "row 3: `east` stands twice"),
        ("region,count\nmoon,1\n", "row 2: `moon` is no value of `region`"),
        ("region,count\n", "there are no figures of `region`"),
    ] {
        let found = with("rake region to \"margins.csv\"", file).diagnostics;
        assert!(found.iter().any(|d| d.code == "margins" && d.message.contains(told)), "{file}: {found:?}");
    }
}

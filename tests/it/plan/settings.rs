//! `canvass.yaml`: profiles, environment, messages.

use std::fs;
use std::path::Path;

use canvass::settings::{Mail, Settings, Sms, SmtpServer, Tls, load};

fn with(yaml: &str, profile: Option<&str>, env: &dyn Fn(&str) -> Option<String>) -> Result<Settings, String> {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("specs/deep")).unwrap();
    fs::write(folder.path().join("canvass.yaml"), yaml).unwrap();
    let place = format!("{}/", folder.path().canonicalize().unwrap().display());
    load(&folder.path().join("specs/deep"), profile, env).map_err(|e| e.replace(&place, ""))
}

fn nothing(_: &str) -> Option<String> {
    None
}

const BOTH: &str = r#"
seed: 20260105
rules: { mixed-register: { off: "brand voice" } }
profiles:
  dev:
    listen: "127.0.0.1:9000"
    mail: mailbox
  prod:
    store: { env: CANVASS_STORE }
    base: "https://survey.example.com/"
    mail: { smtp: { env: SMTP_URL } }
    sms: { gateway: http, url: { env: SMS_URL }, key: { env: SMS_KEY } }
"#;

#[test]
fn dev_has_defaults_relative_to_the_file() {
    let settings = with(BOTH, None, &nothing).unwrap();
    assert_eq!(settings.seed, Some(20_260_105));
    assert_eq!(settings.profile_name, "dev");
    let root = settings.root.display();
    assert_eq!(settings.store_url().unwrap(), format!("sqlite:{root}/.canvass/dev.db"));
    assert_eq!(settings.base_url().unwrap(), "http://127.0.0.1:9000");
    assert_eq!(settings.profile.mail, Mail::Mailbox);
    assert_eq!(settings.rules["mixed-register"].off.as_deref(), Some("brand voice"));
}

#[test]
fn without_a_file_there_is_dev_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let settings = load(folder.path(), None, &nothing).unwrap();
    assert_eq!(settings.profile.listen.get().unwrap(), "127.0.0.1:8080");
    assert_eq!(settings.seed, None);
    let error = load(folder.path(), Some("prod"), &nothing).unwrap_err();
    insta::assert_snapshot!(error, @"profile `prod` needs a `canvass.yaml` beside the spec or in a folder above it");
}

#[test]
fn variables_are_missed_only_when_used() {
    let only_store = |name: &str| (name == "CANVASS_STORE").then(|| "sqlite:/srv/canvass.db".to_owned());
    let settings = with(BOTH, Some("prod"), &only_store).unwrap();
    assert_eq!(settings.store_url().unwrap(), "sqlite:/srv/canvass.db");
    assert_eq!(settings.base_url().unwrap(), "https://survey.example.com");
    let Mail::Smtp { url, .. } = &settings.profile.mail else { panic!("not SMTP") };
    assert_eq!(url.get().unwrap_err(), "the environment variable `SMTP_URL` is not set");
    let Sms::Http { key: Some(key), .. } = &settings.profile.sms else { panic!("not HTTP") };
    assert!(key.get().unwrap_err().contains("SMS_KEY"));
}

#[test]
fn the_nearest_file_counts() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(folder.path().join("canvass.yaml"), "seed: 1").unwrap();
    fs::write(inner.join("canvass.yaml"), "seed: 2").unwrap();
    assert_eq!(load(&inner, None, &nothing).unwrap().seed, Some(2));
    assert_eq!(load(&inner.join("../"), None, &nothing).unwrap().seed, Some(1));
    fs::write(inner.join("canvass.yaml"), "# nothing yet\n").unwrap();
    assert_eq!(load(&inner, None, &nothing).unwrap().seed, None);
}

#[test]
fn mistakes_name_line_and_remedy() {
    let cases = [
        ("seed: 1\nprofiles:\n  dev:\n    secert: x\n", None),
        ("sead: 1\n", None),
        ("seed: soon\n", None),
        ("profiles: { dev: { mail: smtp } }\n", None),
        ("profiles: { dev: { mail: { smpt: x } } }\n", None),
        ("profiles: { dev: { sms: { gateway: aliyun, url: x } } }\n", None),
        ("profiles: [\n", None),
        ("profiles: { prod: {} }\n", Some("pord")),
    ];
    let errors = cases.map(|(yaml, profile)| with(yaml, profile, &nothing).unwrap_err()).join("\n");
    insta::assert_snapshot!(errors, @r#"
    canvass.yaml:4:5: profiles.dev: the key `secert` is not known here; did you mean `secret`? (known: store, database, listen, base, mail, sms, secret, mailbox)
    canvass.yaml:1:1: the key `sead` is not known here; did you mean `seed`? (known: seed, rules, prices, profiles)
    canvass.yaml:1:7: seed: here is a string "soon", expected a whole number
    canvass.yaml:1:26: profiles.dev.mail: `smtp` is not known here; write `mailbox` or keys in braces
    canvass.yaml:1:28: profiles.dev.mail: the key `smpt` is not known here; did you mean `smtp`? (known: smtp, connections, authorities)
    canvass.yaml:1:36: profiles.dev.sms.gateway: unknown variant `aliyun`, expected `http`
    canvass.yaml:1:11: profiles: here is a sequence, expected a map
    canvass.yaml has no profile `pord`; did you mean `prod`? (there are: prod)
    "#);
}

#[test]
fn prices_have_one_currency() {
    let prices = with("prices: { sms: \"CNY 0.045\", limit: CNY 5000 }", None, &nothing).unwrap().prices;
    assert_eq!(
        (prices.currency.as_deref(), prices.sms, prices.limit),
        (Some("CNY"), Some(0.045), Some(5000.0))
    );
    for wrong in [
        "{ sms: 0.045 }",
        "{ sms: \"0.045 CNY\" }",
        "{ sms: \"CNY -1\" }",
        "{ sms: \"CNY 1\", call: \"EUR 1\" }",
        "{ fax: \"CNY 1\" }",
    ] {
        let told = with(&format!("prices: {wrong}"), None, &nothing).unwrap_err();
        assert!(told.contains("prices"), "{wrong}: {told}");
    }
}

#[test]
fn a_missing_folder_is_no_panic() {
    assert!(load(Path::new("/nowhere/at/all"), None, &nothing).is_ok());
}

#[test]
fn smtp_addresses() {
    let server = SmtpServer::parse("smtp://user%40example.com:p%3Ass@mail.example.com").unwrap();
    assert_eq!((server.host.as_str(), server.port, server.tls), ("mail.example.com", 587, Tls::Required));
    assert_eq!(server.login, Some(("user@example.com".to_owned(), "p:ss".to_owned())));
    let plain = SmtpServer::parse("smtp://127.0.0.1:2525?tls=none").unwrap();
    assert_eq!((plain.port, plain.tls, plain.login), (2525, Tls::None, None));
    assert_eq!(SmtpServer::parse("smtp://relay").unwrap().tls, Tls::Opportunistic);
    let wrapped = SmtpServer::parse("smtps://u:p@[2001:db8::1]").unwrap();
    assert_eq!((wrapped.host.as_str(), wrapped.port, wrapped.tls), ("2001:db8::1", 465, Tls::Wrapper));
}

#[test]
fn bad_smtp_addresses_are_refused_without_repeating_them() {
    for url in [
        "http://x",
        "smtp://",
        "smtp://h:port",
        "smtp://u@h",
        "smtp://u:%zz@h",
        "smtp://h?tls=maybe",
        "smtps://h?tls=none",
        "smtp://u:secret@mail.example.com?tls=none",
    ] {
        let error = SmtpServer::parse(url).unwrap_err();
        assert!(!error.contains("secret"), "{error}");
    }
}

#[test]
fn secrets_never_show_in_debug() {
    let settings = with("profiles: { dev: { secret: hunter2hunter2hunter2 } }", None, &nothing).unwrap();
    assert_eq!(settings.secret().unwrap().as_deref(), Some("hunter2hunter2hunter2"));
    assert!(!format!("{settings:?}").contains("hunter2"));
    let short = with("profiles: { dev: { secret: short } }", None, &nothing).unwrap();
    assert!(short.secret().unwrap_err().contains("16 characters"));
}

//! A server that takes strangers over TLS with a password alone.

use canvass::frame::History;
use canvass::frame::sql::{Task, read};

use super::faults::{TABLE, refusal, says, table, with};
use crate::support::postgres::Postgres;

/// As people choose them; signs of addresses are escaped.
const PASSWORD: &str = "ge heim@#7/密";
const ESCAPED: &str = "ge%20heim%40%237%2F%E5%AF%86";

#[tokio::test(flavor = "multi_thread")]
async fn a_password_over_tls_opens_the_list_and_nothing_less_does() {
    let server = Postgres::guarded();
    server.run("postgres", "CREATE DATABASE crm").await;
    let role = format!("CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'");
    let rights = "GRANT USAGE ON SCHEMA crm TO reader; GRANT SELECT ON crm.customers TO reader";
    server.run("crm", &format!("{TABLE}; {role}; {rights}")).await;
    let authority = server.authority().display().to_string();
    let address = |host: &str, password: &str, tail: &str| {
        format!("postgres://reader:{password}@{host}:{}/crm?{tail}", server.port)
    };
    let sure = format!("sslmode=verify-full&sslrootcert={authority}");

    let relation = table("crm.customers");
    let checked = with(relation.clone());
    for (host, tail) in [
        ("localhost", sure.clone()),
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={authority}")),
        ("127.0.0.1", "sslmode=require".to_owned()),
        // What stands in an address without a word about TLS.
        ("127.0.0.1", String::new()),
    ] {
        let url = address(host, ESCAPED, &tail);
        let task = Task { checked: &checked, relation: &relation, url: &url, seed: 1 };
        let reading = read(task, &History::default(), true).await.unwrap_or_else(|e| panic!("{tail}: {e}"));
        assert_eq!(reading.drawn.len(), 50, "{tail}");
    }

    let wrong = refusal(&address("localhost", "geheim", &sure), relation.clone()).await;
    says(&wrong, &["refuses user `reader`", "password"]);
    assert!(!wrong.contains("geheim"), "{wrong}");
    let plain = refusal(&address("localhost", ESCAPED, "sslmode=disable"), relation.clone()).await;
    says(&plain, &["refuses user `reader`"]);
    let other_name = refusal(&address("127.0.0.1", ESCAPED, &sure), relation.clone()).await;
    says(&other_name, &["can't be reached over TLS", "127.0.0.1"]);
    let stranger = refusal(&address("localhost", ESCAPED, "sslmode=verify-full"), relation).await;
    says(&stranger, &["can't be reached over TLS", "sslrootcert=FILE"]);
}

//! Values that many people share read as the maps that were stored.

use std::collections::BTreeMap;

use canvass::store::named::Named;
use canvass::store::{Answer, NewResponse, Store};
use proptest::prelude::*;

use super::{Opener, at, launched, people};

/// An answer of any kind, of few different ones, so that people share some.
fn answer() -> impl Strategy<Value = Answer> {
    let text =
        || proptest::sample::select(vec!["", "a", "\"so\", so", "多\n多", "{\"x\":1}", "\\u0041", "a "]);
    let other = || proptest::option::of(text().prop_map(str::to_owned));
    prop_oneof![
        (-2_i32..3).prop_map(|n| Answer::Number(f64::from(n) / 2.0)),
        any::<bool>().prop_map(Answer::YesNo),
        text().prop_map(|t| Answer::Text(t.to_owned())),
        (text(), other()).prop_map(|(n, other)| Answer::Option { name: n.to_owned(), other }),
        (proptest::collection::vec(text(), 0..3), other()).prop_map(|(names, other)| {
            Answer::Options { names: names.into_iter().map(str::to_owned).collect(), other }
        }),
        Just(Answer::NotApplicable),
        Just(Answer::Date(jiff::civil::date(2026, 1, 5))),
    ]
}

fn names() -> impl Strategy<Value = String> {
    proptest::sample::select(vec!["q1", "q10", "q2", "\"", "é", "z", "Z"]).prop_map(str::to_owned)
}

type Map = BTreeMap<String, Answer>;

async fn stored(store: &Store, all: &[Map]) -> Vec<Named<Answer>> {
    store.launch(&launched("a", "h"), &people("a", 1)).await.unwrap();
    let now = at("2026-01-05T02:00:00Z");
    for (n, answers) in all.iter().enumerate() {
        let start = NewResponse {
            campaign: "a".to_owned(),
            pseudonym: format!("p{n:03}"),
            cell: Some(0),
            language: "zh".to_owned(),
            channel: "mail".to_owned(),
            fields: BTreeMap::from([("é".to_owned(), format!("{}", n % 2))]),
        };
        let response = store.start_response(None, &start, now).await.unwrap();
        let page = answers.iter().map(|(k, v)| (k.clone(), Some(v.clone()))).collect();
        store.save_page(response.id, "s", response.version, &page, 1, true, now).await.unwrap();
    }
    let responses = store.responses("a").await.unwrap();
    // One by one each has a map of its own; together they share values, and are the same responses.
    for response in &responses {
        assert_eq!(store.response(response.id).await.unwrap().as_ref(), Some(response));
        assert_eq!(response.fields.get("é").map(String::len), Some(1));
    }
    responses.into_iter().map(|r| r.answers).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shared_values_are_the_maps_that_were_stored(
        all in proptest::collection::vec(proptest::collection::btree_map(names(), answer(), 0..6), 1..8),
        (name, value) in (names(), answer()),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let opener = Opener::sqlite("named");
        let found = runtime.block_on(async { stored(&opener.open().await, &all).await });
        prop_assert_eq!(found.len(), all.len());
        for (named, map) in found.into_iter().zip(&all) {
            prop_assert!(matches!(named, Named::Shared(_)));
            prop_assert_eq!(&named.to_map(), map);
            prop_assert_eq!(&*named, map);
            prop_assert!(named.iter().eq(map.iter()) && named.values().eq(map.values()));
            prop_assert_eq!((named.len(), named.is_empty()), (map.len(), map.is_empty()));
            prop_assert_eq!(named.get(&name), map.get(&name));
            prop_assert_eq!(named.contains_key(&name), map.contains_key(&name));
            // Whatever is changed is changed for this one alone, as in a map.
            let (mut changed, mut model) = (named.clone(), map.clone());
            prop_assert_eq!(changed.insert(name.clone(), value.clone()), model.insert(name.clone(), value.clone()));
            prop_assert_eq!(&*changed, &model);
            prop_assert_eq!(changed.remove("q1"), model.remove("q1"));
            prop_assert_eq!(&*changed, &model);
            let numbers = |answer: &Answer| matches!(answer, Answer::Number(_));
            for one in [&mut named.clone(), &mut changed] {
                let before = one.to_map();
                let _ = one.len() + (**one).len();
                let gone: Map = one.take_out(|_, answer| !numbers(answer)).into_iter().collect();
                let (of, others): (Map, Map) = before.into_iter().partition(|(_, answer)| numbers(answer));
                prop_assert_eq!(gone, of);
                prop_assert_eq!(&**one, &others);
                prop_assert!(one.iter().eq(others.iter()));
            }
            prop_assert_eq!(&named.to_map(), map);
        }
    }
}

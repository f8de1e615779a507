//! The database draws the same people as the embedded engine, over generated lists, conditions and designs.

use canvass::frame::sql::{self, Task, read};
use canvass::frame::{self, FrameError, History};
use canvass::model::checked::{Cluster, FieldKind, OncePer, Relation, Sample};
use canvass::plan;
use canvass::source::Span;

use super::generate::{Dice, design, history, table};
use super::rows::{COLUMNS, SPEC, checked, export};
use crate::support::postgres::Postgres;

/// How many lists are made up.
const CASES: u64 = 240;

/// Texts that the spec's invitation may be replaced by.
const INVITATIONS: [&str; 3] = ["invite via mail else text", "invite via mail", "invite via text"];

#[tokio::test(flavor = "multi_thread")]
async fn the_same_people_come_out_of_a_table_as_out_of_a_file() {
    let server = Postgres::shared();
    let url = server.database("differential").await;
    let specs = INVITATIONS.map(|i| checked(&SPEC.replace(INVITATIONS[0], i)));
    let folder = tempfile::tempdir().unwrap();
    let (mut drawn, mut refused, mut overlaps, mut bad) = (0, 0, 0, 0);
    for case in 0..CASES {
        let dice = &mut Dice(case * 7919 + 1);
        server.run("differential", &table(dice)).await;
        let mut checked = dice.one(&specs);
        design(dice, &mut checked);
        let history = history(dice);
        let seed = dice.roll(1 << 30) as u64;
        export(&url, "crm.customers", &COLUMNS, &folder.path().join("customers.csv")).await;

        let embedded = frame::read(&checked, folder.path(), seed, &history);
        let relation = match dice.roll(3) {
            0 => Relation::Query("select * from crm.customers order by id -- all of them".to_owned()),
            _ => Relation::Table("crm.customers".to_owned()),
        };
        let task = Task { checked: &checked, relation: &relation, url: &url, seed };
        let ours = read(task, &history, true).await;
        match (embedded, ours) {
            (Ok(embedded), Ok(ours)) => {
                assert_eq!(embedded.summary, ours.summary, "case {case}: {checked:#?}");
                assert_eq!(embedded.drawn, ours.drawn, "case {case}");
                let counted = read(task, &history, false).await.unwrap();
                assert_eq!(counted.summary, ours.summary, "case {case}: without people");
                let plan = |summary| plan::make(&checked, summary, seed).hash;
                assert_eq!(plan(&embedded.summary), plan(&ours.summary), "case {case}");
                drawn += ours.drawn.len();
                overlaps += ours.summary.overlaps.len();
                bad += ours.summary.bad_cells;
            }
            (Err(embedded @ FrameError::Spec(_)), Err(ours)) => {
                assert_eq!(embedded, ours, "case {case}: {checked:#?}");
                refused += 1;
            }
            (embedded, ours) => panic!("case {case}: {embedded:?} against {ours:?}\n{checked:#?}"),
        }
    }
    // The cases would prove little if most of them drew nobody.
    assert!(
        drawn > 1500 && overlaps > 40 && bad > 1000 && (1..CASES / 3).contains(&refused),
        "{drawn} {overlaps} {bad} {refused}"
    );
}

/// Daily strata are worked out from a copy of the rows.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_people_arrive_from_a_table_as_from_a_file() {
    let server = Postgres::shared();
    let url = server.database("arriving").await;
    let spec = checked(SPEC);
    let folder = tempfile::tempdir().unwrap();
    let mut arrived = 0;
    for case in 0..12 {
        let dice = &mut Dice(case * 104_729 + 5);
        server.run("arriving", &table(dice)).await;
        let mut checked = spec.clone();
        design(dice, &mut checked);
        for stratum in &mut checked.strata {
            (stratum.sample, stratum.parts) = (Sample::DailyShare(0.5), Vec::new());
        }
        export(&url, "crm.customers", &COLUMNS, &folder.path().join("customers.csv")).await;
        let embedded = frame::read(&checked, folder.path(), 3, &History::default()).unwrap();

        let relation = Relation::Table("crm.customers".to_owned());
        let mut there = checked.clone();
        there.frame.as_mut().unwrap().relation = Some(relation.clone());
        assert_eq!(sql::needs_copy(&there), !there.strata.is_empty(), "case {case}");
        let file = sql::empty_copy().unwrap();
        let task = Task { checked: &there, relation: &relation, url: &url, seed: 3 };
        sql::copy(task, file.path()).await.unwrap();
        let copied = sql::copied(&there, file.path());
        let mut ours = frame::read(&copied, folder.path(), 3, &History::default()).unwrap();
        sql::as_of_the_database(&mut ours, &checked);
        assert_eq!(embedded.summary, ours.summary, "case {case}");
        let told = ours.problems.first.iter().all(|p| p.file == "customers.csv" && p.row == 0);
        assert!(told, "{:?}", ours.problems.first);
        arrived += ours.summary.cells.iter().map(|c| c.drawn).sum::<u64>();
    }
    assert!(arrived > 20, "{arrived}");
}

/// Whole clusters are drawn from a copy of the rows, by the texts of a column as the database prints it.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_clusters_come_out_of_a_table_as_out_of_a_file() {
    let server = Postgres::shared();
    let url = server.database("clusters").await;
    let spec = checked(SPEC);
    let folder = tempfile::tempdir().unwrap();
    let (mut clusters, mut people, mut spanning) = (0, 0, 0);
    for case in 0..64 {
        let dice = &mut Dice(case * 15_485_863 + 3);
        server.run("clusters", &table(dice)).await;
        let mut checked = spec.clone();
        design(dice, &mut checked);
        for stratum in &mut checked.strata {
            stratum.sample = dice.one(&[Sample::All, Sample::Share(0.4)]);
            stratum.parts.clear();
        }
        let frame = checked.frame.as_mut().unwrap();
        let column = match case % 2 {
            0 => frame.fields.iter().find(|f| f.kind == FieldKind::Text).map(|f| f.name.clone()),
            _ => frame.fields.iter().find(|f| f.kind == FieldKind::Int).map(|f| f.name.clone()),
        };
        let column = column.unwrap();
        frame.once_per = frame.once_per.filter(|o| !matches!(o, OncePer::Field(_)));
        frame.cluster = Some(Cluster { column, correlation: None, span: Span::default() });
        let history = history(dice);
        export(&url, "crm.customers", &COLUMNS, &folder.path().join("customers.csv")).await;
        let embedded = frame::read(&checked, folder.path(), 3, &history).unwrap();

        let relation = Relation::Table("crm.customers".to_owned());
        let mut there = checked.clone();
        there.frame.as_mut().unwrap().relation = Some(relation.clone());
        assert!(sql::needs_copy(&there), "case {case}");
        let file = sql::empty_copy().unwrap();
        let task = Task { checked: &there, relation: &relation, url: &url, seed: 3 };
        sql::copy(task, file.path()).await.unwrap();
        let copied = sql::copied(&there, file.path());
        let mut ours = frame::read(&copied, folder.path(), 3, &history).unwrap();
        sql::as_of_the_database(&mut ours, &checked);
        assert_eq!(embedded.summary, ours.summary, "case {case}");
        assert_eq!(embedded.drawn, ours.drawn, "case {case}");
        assert!(read(task, &history, true).await.is_err(), "no statement draws clusters");
        people += ours.drawn.len() as u64;
        clusters += ours.summary.cells.iter().filter_map(|c| c.clusters).map(|c| c.drawn).sum::<u64>();
        spanning += ours.summary.clusters.map_or(0, |c| c.spanning);
    }
    assert!(people > clusters && clusters > 100 && spanning > 4, "{people} {clusters} {spanning}");
}

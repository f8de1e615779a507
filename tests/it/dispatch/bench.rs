//! How fast it is: run by hand, with `--ignored --nocapture`.

use std::time::Instant;

use canvass::store::Durability;

use super::{OPEN, Stage};
use crate::support::plans::plan;
use crate::support::sink::SinkProcess;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn mails_per_second() {
    let folder = crate::store::Folder::new("bench");
    let sink = SinkProcess::start(&folder.0);
    for connections in [1, 4, 16] {
        let mut relay = super::relay(sink.addr);
        relay.connections = connections;
        let senders = canvass::dispatch::Senders::new("https://survey.example.com", Some(relay), None);
        let mut plan = plan(&format!("bench{connections}"));
        plan.channels[0].rate_per_minute = None;
        let stage = Stage::new("bench", plan, 4000, senders).await;
        let began = Instant::now();
        let summary = stage.turn(OPEN).await;
        let seconds = began.elapsed().as_secs_f64();
        println!(
            "{connections} connections, {:?}: {:.0} mails/s",
            Durability::Relaxed,
            f64::from(u32::try_from(summary.sent).unwrap()) / seconds
        );
    }
}

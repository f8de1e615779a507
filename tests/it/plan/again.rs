//! A launched campaign planned again from what its plan counted.

use std::path::Path;

use canvass::frame::{History, summarise};
use canvass::model::{Folder, analyse};
use canvass::plan;

/// The stored counts take the list's place: the same spec gives the same draw, people, steps and hash.
#[test]
fn every_campaign_planned_again_is_the_same() {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs");
    for name in ["after-service", "promotion-wave", "quarterly-index", "yearly-improvement"] {
        let folder = specs.join(name);
        let checked = analyse(&format!("{name}.survey"), &Folder(folder.clone())).checked.unwrap();
        let summary = summarise(&checked, &folder, 7, &History::default()).unwrap().0;
        let launched = plan::make(&checked, &summary, 7);
        // The store keeps it as JSON.
        let again = plan::again(&plan::parse(&plan::json(&launched)).unwrap(), &checked);
        assert_eq!(again.hash, launched.hash, "{name}");
        assert_eq!((&again.strata, &again.frame), (&launched.strata, &launched.frame), "{name}");
        assert_eq!((&again.steps, &again.expected), (&launched.steps, &launched.expected), "{name}");
    }
}

//! `canvass pause` and `canvass resume`: hold a campaign, and let it go on.

use std::path::PathBuf;

use clap::Args;

use crate::cli::{Context, Exit};

/// Arguments of `pause` and `resume`.
#[derive(Debug, Args)]
pub struct PauseArgs {
    /// The spec
    spec: PathBuf,
}

/// Holds a campaign (`hold`), or lets it go on; running processes see it before their next message.
#[must_use]
pub fn run(args: &PauseArgs, cx: &Context, hold: bool) -> Exit {
    cx.block_on(async {
        let (folder, checked) = cx.checked(&args.spec)?;
        let settings = cx.settings(&folder)?;
        let store = cx.store(&settings).await?;
        let launched = cx.launched(&store, &checked).await?;
        let set = store.set_paused(&launched.campaign, hold).await;
        set.map_err(|e| cx.fail(Exit::CouldNot, &e.to_string()))?;
        let words = match (launched.paused, hold) {
            (true, true) => "was held already",
            (false, true) => "is held: no message leaves; forms that people have stay open",
            (true, false) => "goes on",
            (false, false) => "was not held",
        };
        cx.say(&format!("campaign `{}` {words}", launched.campaign));
        store.close().await;
        Ok(Exit::Good)
    })
}

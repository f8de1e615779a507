//! `canvass preview`: form and messages of a spec in a browser, before anybody else sees them.
//!
//! Nothing is launched: the form is served by the real server from a store in a
//! temporary folder, the messages are rendered by what renders them in a run, and
//! their links lead to that form.

mod messages;
mod pages;
mod send;
mod stage;

use std::path::PathBuf;

use clap::Args;

use crate::cli::serve::{announce, bind, runtime, stop};
use crate::cli::{Context, Exit};
use crate::collect::server::serve_routes;

/// Arguments of `preview`.
#[derive(Debug, Args)]
pub struct PreviewArgs {
    /// The spec
    spec: PathBuf,
    /// Send the first message to this address, through the profile's mail, and end
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// Language of the message; the campaign's first when not given
    #[arg(long, value_name = "TAG", requires = "to")]
    language: Option<String>,
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    listen: String,
}

/// Runs the command until it is told to stop.
#[must_use]
pub fn run(args: &PreviewArgs, cx: &Context) -> Exit {
    match try_run(args, cx) {
        Ok(()) => Exit::Good,
        Err(exit) => exit,
    }
}

fn try_run(args: &PreviewArgs, cx: &Context) -> Result<(), Exit> {
    let (folder, checked) = cx.checked(&args.spec)?;
    let could_not = |words: String| cx.fail(Exit::CouldNot, &words);
    let runtime = runtime().map_err(could_not)?;
    if let Some(to) = &args.to {
        let settings = cx.settings(&folder)?;
        return runtime.block_on(send::send(&checked, &settings, to, args.language.as_deref(), cx));
    }
    runtime.block_on(async {
        let listener = bind(&args.listen).await.map_err(could_not)?;
        let address = listener.local_addr().map_err(|e| could_not(e.to_string()))?;
        let base = format!("http://{address}");
        let real_base = cx.settings(&folder)?.base_url().unwrap_or_else(|_| base.clone());
        let stage = stage::Stage::set(&checked, cx, &base, real_base).await.map_err(could_not)?;
        let messages = messages::all(&stage).map_err(|words| cx.fail(Exit::Spec, &words))?;
        announce(&listener, cx)?;
        cx.say("open the address in a browser; Ctrl-C ends the preview and forgets its answers");
        let routes = pages::router(stage.clone(), messages);
        let served = serve_routes(routes, listener, stop()).await;
        stage.strike().await;
        served.map_err(|e| could_not(format!("the server ended: {e}")))
    })
}

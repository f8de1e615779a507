//! `canvass serve`: the forms of all launched campaigns of a store.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;

use crate::cli::{Context, Exit};
use crate::collect::server::{Server, serve_with};
use crate::settings::Settings;
use crate::store::Store;

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Specs or folders; where `canvass.yaml` is found from
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Address and port, instead of the profile's; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
}

/// Runs the command until it is told to stop (SIGTERM, SIGINT); running requests are finished first.
#[must_use]
pub fn run(args: &ServeArgs, cx: &Context) -> Exit {
    match try_run(args, cx) {
        Ok(()) => Exit::Good,
        Err(exit) => exit,
    }
}

fn try_run(args: &ServeArgs, cx: &Context) -> Result<(), Exit> {
    let settings = common_settings(&args.paths, cx)?;
    let could_not = |words: String| cx.fail(Exit::CouldNot, &words);
    let listen = match &args.listen {
        Some(listen) => listen.clone(),
        None => settings.profile.listen.get().map_err(could_not)?.to_owned(),
    };
    let base = settings.base_url().map_err(could_not)?;
    let runtime = runtime().map_err(could_not)?;
    runtime.block_on(async {
        let store = cx.store(&settings).await?;
        store.check_secret().await.map_err(|e| could_not(e.to_string()))?;
        let secret = store.secret().map_err(|e| could_not(e.to_string()))?.to_vec();
        let listener = bind(&listen).await.map_err(could_not)?;
        announce(&listener, cx)?;
        introduce(&store, &base, cx).await.map_err(could_not)?;
        let server = Server::new(store.clone(), secret, Arc::from(cx.clock()))
            .with_report(Arc::new(|words| eprintln!("error: {words}")));
        let ended = serve_with(server, listener, stop()).await;
        store.close().await;
        cx.say("stopped");
        ended.map_err(|e| could_not(format!("the server ended: {e}")))
    })
}

/// All paths must lead to one store, because one address serves one store.
fn common_settings(paths: &[PathBuf], cx: &Context) -> Result<Settings, Exit> {
    let mut found: Option<(Settings, &Path)> = None;
    for path in paths {
        if !path.exists() {
            return Err(cx.fail(Exit::CouldNot, &format!("there is no file or folder `{}`", path.display())));
        }
        let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
        let settings = cx.settings(folder)?;
        match &found {
            Some((first, before)) if first.store_url() != settings.store_url() => {
                let words = format!(
                    "`{}` and `{}` have different stores; serve each on an address of its own",
                    before.display(),
                    path.display()
                );
                return Err(cx.fail(Exit::CouldNot, &words));
            }
            Some(_) => {}
            None => found = Some((settings, path)),
        }
    }
    found.map(|(settings, _)| settings).ok_or_else(|| cx.fail(Exit::Usage, "name a spec or a folder"))
}

/// Makes the runtime of a server.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, String> {
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    built.map_err(|e| format!("the system gave no threads: {e}"))
}

/// Opens the port.
pub(super) async fn bind(listen: &str) -> Result<TcpListener, String> {
    TcpListener::bind(listen).await.map_err(|e| match e.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("`{listen}` is taken by another program; end it, or give another address with --listen")
        }
        _ => format!("can't listen on `{listen}`: {e}; write it as 127.0.0.1:8080"),
    })
}

/// Prints the address on standard output, where scripts read it.
pub(super) fn announce(listener: &TcpListener, cx: &Context) -> Result<(), Exit> {
    let address = listener.local_addr().map_err(|e| cx.fail(Exit::CouldNot, &e.to_string()))?;
    println!("http://{address}");
    std::io::stdout().flush().map_err(|e| cx.fail(Exit::CouldNot, &format!("standard output: {e}")))
}

async fn introduce(store: &Store, base: &str, cx: &Context) -> Result<(), String> {
    let campaigns = store.campaigns().await.map_err(|e| e.to_string())?;
    if campaigns.is_empty() {
        cx.say("no campaign is launched yet; its form is served as soon as `canvass run` has launched it");
    }
    for campaign in campaigns {
        cx.say(&format!("serving `{}`", campaign.campaign));
    }
    cx.say(&format!("links in messages begin with {base}"));
    Ok(())
}

/// Ends when the process is told to stop.
pub(super) async fn stop() {
    let interrupted = async {
        // Without a handler the signal would end the process at once; waiting for ever then does no harm.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}

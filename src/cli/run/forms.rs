//! The forms, while a run is at work.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::cli::{Context, Exit};
use crate::clock::Clock;
use crate::collect::server::serve;
use crate::settings::Settings;
use crate::store::Store;

/// Served forms.
pub(super) struct Forms {
    stop: oneshot::Sender<()>,
    served: JoinHandle<std::io::Result<()>>,
}

impl Forms {
    /// Serves the forms at the profile's address.
    pub(super) async fn open(
        cx: &Context,
        settings: &Settings,
        store: &Store,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Exit> {
        let could_not = |why: String| cx.fail(Exit::CouldNot, &why);
        let listen = settings.profile.listen.get().map_err(could_not)?;
        let listener = TcpListener::bind(listen).await.map_err(|e| {
            let remedy = "name another address in `canvass.yaml`, or leave the forms to `canvass serve` with --no-forms";
            could_not(format!("the forms can't be served at {listen}: {e}; {remedy}"))
        })?;
        let secret = store.secret().map_err(|e| could_not(e.to_string()))?.to_vec();
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move {
            let _ = stopped.await;
        };
        let served = tokio::spawn(serve(store.clone(), secret, clock, listener, shutdown));
        cx.say(&format!("the forms are served at {listen}"));
        Ok(Self { stop, served })
    }

    /// Lets running requests finish.
    pub(super) async fn close(self) {
        let _ = self.stop.send(());
        let _ = self.served.await;
    }
}

//! A proxy that cuts the wire around the final dot.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What happens at the n-th final dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Nothing.
    No,
    /// The dot never arrives.
    Before,
    /// The dot arrives, the answer doesn't.
    After,
}

pub type Plan = Arc<dyn Fn(u64) -> Cut + Send + Sync>;

/// Listens, and forwards to `upstream`.
pub async fn start(upstream: SocketAddr, plan: Plan) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let dots = Arc::new(AtomicU64::new(0));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (plan, dots) = (Arc::clone(&plan), Arc::clone(&dots));
            tokio::spawn(async move {
                let Ok(server) = TcpStream::connect(upstream).await else { return };
                let _ = forward(client, server, plan, dots).await;
            });
        }
    });
    addr
}

async fn forward(
    client: TcpStream,
    server: TcpStream,
    plan: Plan,
    dots: Arc<AtomicU64>,
) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let mut watch = Watch::default();
    let (mut up, mut down) = ([0; 16384], [0; 16384]);
    let mut deaf = false;
    loop {
        tokio::select! {
            n = from_client.read(&mut up), if !deaf => {
                let bytes = match n? {
                    0 => return Ok(()),
                    n => &up[..n],
                };
                match watch.feed(bytes) {
                    None => to_server.write_all(bytes).await?,
                    Some(end) => match plan(dots.fetch_add(1, Ordering::SeqCst)) {
                        Cut::No => to_server.write_all(bytes).await?,
                        Cut::Before => {
                            // All but the dot's own bytes, as if the wire broke there.
                            to_server.write_all(&bytes[..end.saturating_sub(3)]).await?;
                            return Ok(());
                        }
                        Cut::After => {
                            to_server.write_all(bytes).await?;
                            deaf = true;
                        }
                    },
                }
            }
            n = from_server.read(&mut down) => {
                let n = n?;
                if n == 0 || deaf {
                    // Deaf: the server has answered, so it has the mail; now the wire breaks.
                    return Ok(());
                }
                to_client.write_all(&down[..n]).await?;
            }
        }
    }
}

/// Follows the client's side of the dialogue to the end of each body.
#[derive(Default)]
struct Watch {
    in_body: bool,
    line: Vec<u8>,
}

impl Watch {
    /// Returns the offset behind the final dot's line when these bytes hold it.
    fn feed(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut found = None;
        for (n, &byte) in bytes.iter().enumerate() {
            self.line.push(byte);
            if byte != b'\n' {
                continue;
            }
            let line = std::mem::take(&mut self.line);
            if self.in_body {
                if line == b".\r\n" {
                    self.in_body = false;
                    found = Some(n + 1);
                }
            } else if line.eq_ignore_ascii_case(b"DATA\r\n") {
                self.in_body = true;
            }
        }
        found
    }
}

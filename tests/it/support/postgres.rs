//! A real PostgreSQL server: made in a scratch folder, on a free port, gone with its last user.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use super::scratch::Scratch;

/// The account that runs the server where the tests run as root, who may not.
const NOBODY: u32 = 65534;

/// A running server; its superuser is `canvass`, without password from this machine.
pub struct Postgres {
    pub port: u16,
    child: Child,
    _folder: Scratch,
}

impl Postgres {
    /// Returns the server that the tests share; the first one starts it.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start());
            *shared = Arc::downgrade(&server);
            server
        })
    }

    fn start() -> Self {
        let folder = Scratch::new("postgres");
        let data = folder.join("data");
        if is_root() {
            std::os::unix::fs::chown(&folder.0, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        // Its own order of texts is not that of bytes, as in most databases.
        let made = command("initdb")
            .arg("-D")
            .arg(&data)
            .args(["-U", "canvass", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"])
            .args(["--locale-provider=icu", "--icu-locale=en-US"])
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let child = command("postgres")
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-k", &folder.display().to_string()])
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "autovacuum=off"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self { port, child, _folder: folder };
        for _ in 0..1500 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() && server.answers() {
                return server;
            }
            if let Some(status) = server.child.try_wait().unwrap() {
                let log = std::fs::read_to_string(server._folder.join("log")).unwrap_or_default();
                panic!("the server ended at once: {status}\n{log}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the server did not start within thirty seconds");
    }

    fn answers(&self) -> bool {
        let mut ready = command("pg_isready");
        ready
            .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
            .status()
            .is_ok_and(|s| s.success())
    }

    /// Returns the address of a database of this server.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://canvass@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes a database of its own for a test; returns its address.
    pub async fn database(&self, name: &str) -> String {
        self.run("postgres", &format!("DROP DATABASE IF EXISTS {name}")).await;
        self.run("postgres", &format!("CREATE DATABASE {name}")).await;
        self.url(name)
    }

    /// Runs statements in a database.
    pub async fn run(&self, database: &str, sql: &str) {
        use sqlx::{Connection, Executor};
        let mut connection = sqlx::PgConnection::connect(&self.url(database)).await.unwrap();
        connection
            .execute(sqlx::AssertSqlSafe(sql.to_owned()))
            .await
            .unwrap_or_else(|e| panic!("{e}\n{sql}"));
        connection.close().await.unwrap();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    String::from_utf8_lossy(&id.stdout).trim() == "0"
}

fn command(name: &str) -> Command {
    let mut command = Command::new(folder_of_programs().join(name));
    command.stdin(Stdio::null()).current_dir("/").env("LC_ALL", "C.UTF-8");
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// Debian keeps the server's programs out of the path, by version; the newest is taken.
fn folder_of_programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let number = |p: &Path| p.file_name().and_then(|n| n.to_str()?.parse::<u32>().ok());
    let newest =
        versions.map(|e| e.path()).filter(|p| p.join("bin/initdb").exists()).max_by_key(|p| number(p));
    let on_path = || {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).find(|p| p.join("initdb").exists() && p.join("postgres").exists())
    };
    newest
        .map(|p| p.join("bin"))
        .or_else(on_path)
        .expect("the package `postgresql` is missing; `sh tests/run.sh` brings it")
}

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
        Self::in_folder(Scratch::new("postgres"), &[])
    }

    /// Starts a server of its own that takes strangers over TLS with a password alone (SCRAM-SHA-256).
    ///
    /// Its certificate is made for `localhost` by an authority that stands in [`Postgres::authority`].
    pub fn guarded() -> Self {
        let folder = Scratch::new("postgres");
        certify(&folder.0);
        let rules = "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n";
        std::fs::write(folder.join("rules"), rules).unwrap();
        let file = |name: &str| folder.join(name).display().to_string();
        let set = [
            ("hba_file", file("rules")),
            ("ssl", "on".to_owned()),
            ("ssl_cert_file", file("server.pem")),
            ("ssl_key_file", file("server.key")),
            ("password_encryption", "scram-sha-256".to_owned()),
        ];
        Self::in_folder(folder, &set)
    }

    /// Returns the file with the certificate of the authority.
    pub fn authority(&self) -> PathBuf {
        self._folder.join("authority.pem")
    }

    fn in_folder(folder: Scratch, set: &[(&str, String)]) -> Self {
        let data = folder.join("data");
        if is_root() {
            let inside = std::fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().path());
            for path in inside.chain([folder.0.clone()]) {
                std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
            }
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
            .args(set.iter().flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")]))
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
        let options = sqlx::postgres::PgConnectOptions::new_without_pgpass();
        let options = options.socket(&self._folder.0).port(self.port).username("canvass").database(database);
        let mut connection = sqlx::PgConnection::connect_with(&options).await.unwrap();
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

/// Makes an authority and a certificate of `localhost` in a folder.
fn certify(folder: &Path) {
    let openssl = |args: &str| {
        let made = Command::new("openssl").args(args.split(' ')).current_dir(folder).output().unwrap();
        assert!(made.status.success(), "openssl {args}: {}", String::from_utf8_lossy(&made.stderr));
    };
    std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost").unwrap();
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(&format!("req -x509 {key} -keyout authority.key -out authority.pem -days 2 -subj /CN=made-up"));
    openssl(&format!("req {key} -keyout server.key -out server.csr -subj /CN=localhost"));
    openssl(
        "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile names -out server.pem",
    );
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(folder.join("server.key"), mode).unwrap();
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

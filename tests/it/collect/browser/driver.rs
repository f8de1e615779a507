//! A real Chromium, driven over `WebDriver` (W3C) and, for what that lacks, the `DevTools` protocol.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::scratch::Scratch;

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser window; everything ends with it.
pub struct Driver {
    agent: ureq::Agent,
    session: String,
    child: Child,
    folder: Scratch,
}

/// An element of the page.
#[derive(Debug, Clone)]
pub struct Element(String);

/// Finds a program on the path.
fn program(names: &[&str]) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).flat_map(|f| names.iter().map(move |n| f.join(n))).find(|p| p.is_file())
}

/// Tells where browser and driver are, or says what is missing: in CI by failing.
#[expect(clippy::print_stderr, reason = "a test that was not run must not pass in silence")]
pub fn installed() -> Option<(PathBuf, PathBuf)> {
    let chosen = std::env::var_os("CANVASS_BROWSER").map(PathBuf::from);
    let (browser, driver) = (chosen.or_else(|| program(&BROWSERS)), program(&["chromedriver"]));
    if let (Some(browser), Some(driver)) = (&browser, &driver) {
        return Some((browser.clone(), driver.clone()));
    }
    let missing = "the browser test needs Chromium and its driver: \
                   apt-get install -y --no-install-recommends chromium chromium-driver fonts-noto-cjk";
    let in_ci = std::env::var("CI").is_ok_and(|v| !matches!(v.as_str(), "" | "0" | "false"));
    assert!(!in_ci, "{missing}");
    eprintln!("NOT RUN: {missing}");
    None
}

impl Driver {
    /// Opens a window of this size in CSS pixels, scripts of pages switched off.
    pub fn new(width: u32, height: u32) -> Option<Self> {
        let (browser, driver) = installed()?;
        let folder = Scratch::new("chromium");
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new(driver)
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let mut this =
            Self { agent: config.into(), session: format!("http://127.0.0.1:{port}"), child, folder };
        this.wait_until_ready();
        let options = json!({
            "binary": browser,
            "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb",
                format!("--user-data-dir={}", this.folder.0.join("profile").display()),
            ],
            "prefs": { "profile.managed_default_content_settings.javascript": 2 },
        });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": options } } });
        let made = this.post("session", &wanted);
        let id = made["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {made}"));
        this.session = format!("{}/session/{id}", this.session);
        this.resize(width, height);
        Some(this)
    }

    fn wait_until_ready(&self) {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(20) {
            if self.agent.get(format!("{}/status", self.session)).call().is_ok_and(|r| r.status() == 200) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("chromedriver does not answer");
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.try_post(path, body).unwrap_or_else(|message| panic!("{path}: {message}"))
    }

    fn try_post(&self, path: &str, body: &Value) -> Result<Value, String> {
        let mut reply = self
            .agent
            .post(format!("{}/{path}", self.session))
            .header("content-type", "application/json")
            .send(body.to_string())
            .unwrap();
        let text = reply.body_mut().read_to_string().unwrap();
        let mut value: Value = serde_json::from_str(&text).unwrap();
        if value["value"]["error"].is_null() {
            Ok(value["value"].take())
        } else {
            Err(value["value"]["message"].to_string())
        }
    }

    fn read(&self, path: &str) -> Value {
        let mut reply = self.agent.get(format!("{}/{path}", self.session)).call().unwrap();
        let text = reply.body_mut().read_to_string().unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["value"].take()
    }

    /// Carries out a command of the `DevTools` protocol.
    pub fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.post("goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    pub fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Sets media features, such as `prefers-color-scheme`.
    pub fn media(&self, features: &[(&str, &str)]) {
        // A colour on its way to another is neither the one nor the other.
        let still = ("prefers-reduced-motion", "reduce");
        let features = [features, &[still]].concat();
        let features: Vec<Value> = features.iter().map(|(n, v)| json!({ "name": n, "value": v })).collect();
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    pub fn open(&self, url: &str) {
        self.post("url", &json!({ "url": url }));
    }

    pub fn url(&self) -> String {
        self.read("url").as_str().unwrap().to_owned()
    }

    pub fn all(&self, selector: &str) -> Vec<Element> {
        let found = self.post("elements", &json!({ "using": "css selector", "value": selector }));
        found.as_array().unwrap().iter().map(|e| Element(e[ELEMENT].as_str().unwrap().to_owned())).collect()
    }

    /// Returns the first of such elements; a page that is still being loaded is waited for.
    pub fn one(&self, selector: &str) -> Element {
        for _ in 0..100 {
            if let Some(found) = self.all(selector).into_iter().next() {
                return found;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("no {selector} on {}", self.source())
    }

    pub fn click(&self, element: &Element) {
        self.post(&format!("element/{}/click", element.0), &json!({}));
    }

    /// Clicks, unless something else lies over the element.
    pub fn try_click(&self, element: &Element) -> bool {
        self.try_post(&format!("element/{}/click", element.0), &json!({})).is_ok()
    }

    pub fn keys(&self, element: &Element, text: &str) {
        self.post(&format!("element/{}/value", element.0), &json!({ "text": text }));
    }

    pub fn attribute(&self, element: &Element, name: &str) -> String {
        self.read(&format!("element/{}/attribute/{name}", element.0)).as_str().unwrap_or("").to_owned()
    }

    pub fn is_shown(&self, element: &Element) -> bool {
        self.read(&format!("element/{}/displayed", element.0)).as_bool().unwrap_or(false)
    }

    pub fn source(&self) -> String {
        self.read("source").as_str().unwrap_or("").to_owned()
    }

    /// Evaluates an expression from outside of the page, whose own scripts stay off.
    pub fn evaluate(&self, expression: &str) -> Value {
        let found =
            self.devtools("Runtime.evaluate", &json!({ "expression": expression, "returnByValue": true }));
        assert!(found["exceptionDetails"].is_null(), "{found}");
        found["result"]["value"].clone()
    }

    /// Saves the whole page as PNG.
    pub fn screenshot(&self, path: &Path) {
        let size = self.devtools("Page.getLayoutMetrics", &json!({}))["cssContentSize"].clone();
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        let parameters = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let shot = self.devtools("Page.captureScreenshot", &parameters);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, base64(shot["data"].as_str().unwrap())).unwrap();
    }
}

/// Waits until something holds; tells whether it came to that.
pub fn wait(holds: impl Fn() -> bool) -> bool {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(10) {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Decodes base 64 (RFC 4648 §4).
fn base64(text: &str) -> Vec<u8> {
    let digit = |b: u8| match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'a'..=b'z' => Some(b - b'a' + 26),
        b'0'..=b'9' => Some(b - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let digits: Vec<u32> = text.bytes().filter_map(digit).map(u32::from).collect();
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for four in digits.chunks(4) {
        let bits = four.iter().enumerate().fold(0, |bits, (i, d)| bits | d << (18 - 6 * i));
        bytes.extend(bits.to_be_bytes()[1..four.len()].iter());
    }
    bytes
}

//! A browser that runs no script, as a careful visitor has it: Chromium, told what to
//! do through its driver (W3C `WebDriver`).

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;

use anyhow::Context as _;
use data_encoding::BASE64;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::process::{Daemon, Port, patiently};

/// What the standard calls the key of an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A running browser; ended when dropped.
#[derive(Debug)]
pub(crate) struct Browser {
    session: String,
    port: Port,
    // The order in which they end.
    _driver: Daemon,
    _folder: TempDir,
}

impl Browser {
    /// Starts one.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let port = Port::take()?;
        let listen = format!("--port={}", port.number);
        let driver = Daemon::start(&["chromedriver", &listen], &folder.path().join("log"))?;
        driver.answers_on(&[port.number])?;
        let profile = format!("--user-data-dir={}", folder.path().join("profile").display());
        let arguments = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", &profile];
        let options = json!({
            "args": arguments,
            "prefs": { "profile.managed_default_content_settings.javascript": 2 },
        });
        let wanted = json!({
            "capabilities": { "alwaysMatch": { "goog:chromeOptions": options } }
        });
        let begun = call(&port, "POST", "/session", &wanted)?;
        let session = begun["sessionId"].as_str().context("no session")?.to_owned();
        Ok(Self { session, port, _driver: driver, _folder: folder })
    }

    /// Goes to a page.
    pub(crate) fn open(&self, url: &str) -> anyhow::Result<()> {
        self.tell("url", &json!({ "url": url })).map(drop)
    }

    /// What stands on the page.
    pub(crate) fn text(&self) -> anyhow::Result<String> {
        // Between two pages there is none, and an element of the one before is stale.
        let text = || {
            let path =
                format!("/session/{}/element/{}/text", self.session, self.find("body").ok()?);
            let text = call(&self.port, "GET", &path, &Value::Null).ok()?;
            text.as_str().map(str::to_owned)
        };
        patiently(text).context("there is no page")
    }

    /// Types into a field.
    pub(crate) fn fill(&self, field: &str, text: &str) -> anyhow::Result<()> {
        let field = self.find(field)?;
        self.tell(&format!("element/{field}/value"), &json!({ "text": text })).map(drop)
    }

    /// Presses something; the element that it is.
    pub(crate) fn press(&self, what: &str) -> anyhow::Result<String> {
        let what = self.find(what)?;
        self.tell(&format!("element/{what}/click"), &json!({}))?;
        Ok(what)
    }

    /// Presses what leads to another page, and waits until this one is gone.
    pub(crate) fn leave_by(&self, what: &str) -> anyhow::Result<()> {
        let path = format!("/session/{}/element/{}/name", self.session, self.press(what)?);
        let gone = || call(&self.port, "GET", &path, &Value::Null).err().map(drop);
        patiently(gone).context("the page stays")
    }

    /// A picture of the whole page as a screen of this width shows it.
    pub(crate) fn picture(&self, width: u32, dark: bool, file: &Path) -> anyhow::Result<()> {
        let scheme = if dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.develop("Emulation.setEmulatedMedia", &json!({ "features": features }))?;
        let (height, mobile) = (900, width < 480);
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile });
        self.develop("Emulation.setDeviceMetricsOverride", &metrics)?;
        let beyond = json!({ "format": "png", "captureBeyondViewport": true });
        let picture = self.develop("Page.captureScreenshot", &beyond)?;
        let data = picture["data"].as_str().context("no picture")?;
        Ok(fs::write(file, BASE64.decode(data.as_bytes())?)?)
    }

    fn develop(&self, command: &str, params: &Value) -> anyhow::Result<Value> {
        self.tell("goog/cdp/execute", &json!({ "cmd": command, "params": params }))
    }

    fn find(&self, css: &str) -> anyhow::Result<String> {
        let wanted = json!({ "using": "css selector", "value": css });
        let found = self.tell("element", &wanted)?;
        Ok(found[ELEMENT].as_str().context("no element")?.to_owned())
    }

    fn tell(&self, command: &str, body: &Value) -> anyhow::Result<Value> {
        call(&self.port, "POST", &format!("/session/{}/{command}", self.session), body)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = call(&self.port, "DELETE", &format!("/session/{}", self.session), &Value::Null);
    }
}

/// Asks the driver for something; its answer, or what it says is wrong.
fn call(port: &Port, method: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port.number))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    // It keeps the connection, whatever it is asked.
    let mut answer = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    while !head.ends_with("\r\n\r\n") {
        let begins = head.len();
        anyhow::ensure!(answer.read_line(&mut head)? > 0, "the driver hung up: {head}");
        let (name, value) = head[begins..].split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse()?;
        }
    }
    let mut said = vec![0; length];
    answer.read_exact(&mut said)?;
    let mut said: Value = serde_json::from_slice(&said).with_context(|| head.clone())?;
    anyhow::ensure!(head.contains(" 200 "), "{method} {path}: {said}");
    Ok(said["value"].take())
}

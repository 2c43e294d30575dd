//! Chromium, driven by WebDriver, with eyes for open shadow roots.

use std::time::{Duration, Instant};

use thirtyfour::prelude::*;
use thirtyfour::{BrowserLogEntry, ChromeCapabilities, LoggingPrefsLogLevel};

use crate::env;

/// How long a page may take to do what it must. Only a test that fails waits for so long: a slow machine that has more
/// to do needs it.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Finds the first element that matches, in the page and in every open shadow root, that is shown.
const FIND: &str = r#"
    const find = (root) => {
        for (const hit of root.querySelectorAll(arguments[0])) if (hit.getClientRects().length) return hit
        for (const host of root.querySelectorAll('*')) {
            const hit = host.shadowRoot && find(host.shadowRoot)
            if (hit) return hit
        }
        return null
    }
    return find(document)"#;

/// All text that is shown, of the page and of every open shadow root.
const TEXT: &str = r#"
    const texts = [document.body.innerText]
    const look = (root) => {
        for (const host of root.querySelectorAll('*')) if (host.shadowRoot) {
            for (const part of host.shadowRoot.children) if (part.innerText) texts.push(part.innerText)
            look(host.shadowRoot)
        }
    }
    look(document)
    return texts.join('\n').replace(/[\u00a0\u202f]/g, ' ').replace(/[\u2066-\u2069]/g, '')"#;

/// All that can change by itself in a page that has loaded: what was asked for, kept, drawn and given the focus. Null while
/// it loads or something in it moves.
const STATE: &str = r#"
    const roots = (root) => [root, ...[...root.querySelectorAll('*')].flatMap((one) => one.shadowRoot ? roots(one.shadowRoot) : [])]
    const all = roots(document)
    const moves = all.some((root) => root.getAnimations().some((one) => one.playState == 'running'))
    if (document.readyState != 'complete' || moves) return null
    const kept = () => { try { return [document.cookie, {...localStorage}, {...sessionStorage}] } catch { return [] } }
    return JSON.stringify([performance.getEntriesByType('resource').length, kept(), document.activeElement?.localName,
        all.map((root) => root.innerHTML ?? root.documentElement.innerHTML)])"#;

/// For how long nothing must change in a page that is at rest.
const REST: Duration = Duration::from_millis(500);

/// A visit to a page, told apart from any other.
pub struct Page(serde_json::Value);

/// A window of its own: no cookies, nothing stored.
pub struct Browser {
    /// The driver, for what the methods here do not do.
    pub driver: WebDriver,
}

/// What a device looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Device {
    /// 1280 × 900.
    #[default]
    Desktop,
    /// 360 × 740.
    Phone,
}

impl Browser {
    /// Opens a window.
    ///
    /// # Panics
    /// Where Chromium does not start.
    pub async fn open() -> Self {
        Self::open_as(Device::Desktop).await
    }

    /// Opens a window of that kind of device.
    ///
    /// # Panics
    /// Where Chromium does not start.
    pub async fn open_as(device: Device) -> Self {
        let browser = Self::start(|_| ()).await;
        if device == Device::Phone {
            let size =
                serde_json::json!({"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": true});
            browser.devtools("Emulation.setDeviceMetricsOverride", size).await;
        }
        browser
    }

    /// Opens a window whose driver keeps what goes over the network, and a trace of these categories, for
    /// [`Browser::performance_log`].
    ///
    /// # Panics
    /// Where Chromium does not start.
    pub async fn open_traced(categories: &str) -> Self {
        Self::start(|wanted| {
            let kept = serde_json::json!({"enablePage": false, "traceCategories": categories});
            wanted.add_experimental_option("perfLoggingPrefs", kept).expect("an option");
            wanted.set_logging_prefs("performance", LoggingPrefsLogLevel::All).expect("an option");
        })
        .await
    }

    async fn start(also: impl FnOnce(&mut ChromeCapabilities)) -> Self {
        let url = env::webdriver();
        let mut wanted = DesiredCapabilities::chrome();
        for flag in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--lang=fr",
            "--window-size=1280,900",
        ] {
            wanted.add_arg(flag).expect("a flag");
        }
        wanted.set_logging_prefs("browser", LoggingPrefsLogLevel::All).expect("an option");
        also(&mut wanted);
        Self { driver: WebDriver::new(&url, wanted).await.expect("Chromium starts") }
    }

    /// Goes to a page and waits until it has loaded.
    ///
    /// # Panics
    /// Where it cannot be loaded.
    pub async fn goto(&self, url: &str) {
        self.driver.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// The address of the page.
    ///
    /// # Panics
    /// Where the window is gone.
    pub async fn url(&self) -> String {
        self.driver.current_url().await.expect("a window").to_string()
    }

    /// The first element that is shown and matches, wherever it is; waits for it.
    ///
    /// # Panics
    /// Where none comes, with what the page says.
    pub async fn find(&self, selector: &str) -> WebElement {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = self.seek(selector).await {
                return found;
            }
            if Instant::now() > end {
                panic!("no {selector} at {}, which says:\n{}", self.url().await, self.text().await);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Whether an element that matches is shown now.
    pub async fn has(&self, selector: &str) -> bool {
        self.seek(selector).await.is_some()
    }

    /// Waits for an element and presses it, scrolled to the middle of the window.
    ///
    /// # Panics
    /// Where none comes, or something lies over it.
    pub async fn press(&self, selector: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            // A view that is drawn anew between finding and pressing is found again.
            let element = self.find(selector).await;
            let arguments = vec![element.to_json().expect("an element")];
            let _ = self
                .driver
                .execute("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", arguments)
                .await;
            match element.click().await {
                Ok(()) => return,
                Err(error) if Instant::now() > end => panic!("{selector} cannot be pressed: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// Presses what leads to another page, and waits until that one is whole.
    ///
    /// # Panics
    /// Where none comes.
    pub async fn follow(&self, selector: &str) {
        let page = self.page().await;
        self.press(selector).await;
        self.left(page).await;
    }

    /// Which page this is: told apart even from another visit at the same address.
    pub async fn page(&self) -> Page {
        Page(self.run("return performance.timeOrigin").await)
    }

    /// Waits until another page than that one is whole: a press answers before the browser has gone anywhere.
    ///
    /// # Panics
    /// Where none comes.
    pub async fn left(&self, page: Page) {
        let end = Instant::now() + PATIENCE;
        loop {
            let now = "return document.readyState === 'complete' && performance.timeOrigin";
            // Between two pages there is none that could answer.
            if let Ok(now) = self.driver.execute(now, Vec::new()).await
                && now.json().is_number()
                && *now.json() != page.0
            {
                return;
            }
            assert!(Instant::now() < end, "nothing leads away from {}", self.url().await);
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Waits for a field and types a text into it, in place of what stands there.
    ///
    /// # Panics
    /// Where none comes, or it takes no text.
    pub async fn fill(&self, selector: &str, text: &str) {
        let field = self.find(selector).await;
        field.clear().await.unwrap_or_else(|error| panic!("{selector}: {error}"));
        field.send_keys(text).await.unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// All text that is shown, the widget's too, with plain blanks.
    pub async fn text(&self) -> String {
        match self.driver.execute(TEXT, Vec::new()).await {
            Ok(text) => text.json().as_str().unwrap_or_default().to_owned(),
            Err(error) => format!("({error})"),
        }
    }

    /// Waits until the page says something.
    ///
    /// # Panics
    /// Where it does not, with what it says instead.
    pub async fn says(&self, words: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.text().await.contains(words) {
            if Instant::now() > end {
                panic!("{} does not say {words:?} but:\n{}", self.url().await, self.text().await);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until the page has come to rest, so that what has not happened by then does not happen. A test first waits for
    /// what shows that it is under way.
    ///
    /// # Panics
    /// Where it never does.
    pub async fn rest(&self) {
        let end = Instant::now() + PATIENCE;
        let (mut last, mut since) = (serde_json::Value::Null, Instant::now());
        while last.is_null() || since.elapsed() < REST {
            assert!(Instant::now() < end, "{} never comes to rest", self.url().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
            let now = self.run(STATE).await;
            if now != last {
                (last, since) = (now, Instant::now());
            }
        }
    }

    /// Waits for the page to say something, and loads it anew every few seconds, as one does who
    /// waits for news.
    ///
    /// # Panics
    /// Where it never does.
    pub async fn comes_to_say(&self, words: &str) {
        let end = Instant::now() + PATIENCE;
        let mut anew = Instant::now() + Duration::from_secs(2);
        while !self.text().await.contains(words) {
            if Instant::now() > end {
                panic!("{} does not come to say {words:?} but:\n{}", self.url().await, self.text().await);
            }
            if Instant::now() > anew {
                self.driver.refresh().await.expect("a window");
                anew = Instant::now() + Duration::from_secs(4);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// What a script in the page answers.
    ///
    /// # Panics
    /// Where it throws.
    pub async fn run(&self, script: &str) -> serde_json::Value {
        let answer = self.driver.execute(script, Vec::new()).await;
        answer.unwrap_or_else(|error| panic!("{script}: {error}")).json().clone()
    }

    /// What a script in the page hands to its last argument, a function.
    ///
    /// # Panics
    /// Where it throws, or never does.
    pub async fn run_async(&self, script: &str) -> serde_json::Value {
        let answer = self.driver.execute_async(script, Vec::new()).await;
        answer.unwrap_or_else(|error| panic!("{script}: {error}")).json().clone()
    }

    /// The DevTools messages that the driver has kept since it was last asked.
    ///
    /// # Panics
    /// Where the window was not opened for it.
    pub async fn performance_log(&self) -> Vec<serde_json::Value> {
        let entries = self.driver.get_log("performance").await.expect("a log of performance");
        let message = |entry: BrowserLogEntry| {
            let mut whole: serde_json::Value = serde_json::from_str(&entry.message).expect("JSON");
            whole["message"].take()
        };
        entries.into_iter().map(message).collect()
    }

    /// What the console has shown since it was last asked, and who wrote it: `network: …`, `javascript: …`.
    ///
    /// # Panics
    /// Where the driver has no such log.
    pub async fn console(&self) -> Vec<String> {
        let entries = self.driver.get_log("browser").await.expect("a log of the console");
        let line =
            |entry: BrowserLogEntry| format!("{}: {}", entry.source.unwrap_or_default(), entry.message);
        entries.into_iter().map(line).collect()
    }

    /// What axe-core finds wrong with the page, the widget's shadow roots included: rule, weight
    /// and the first elements, one a line.
    ///
    /// # Panics
    /// Where axe-core is not installed (`npm ci`) or does not run.
    pub async fn barriers(&self) -> Vec<String> {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../node_modules/axe-core/axe.min.js");
        let axe =
            std::fs::read_to_string(file).unwrap_or_else(|error| panic!("axe-core ({error}): run `npm ci`"));
        self.run(&axe).await;
        const LOOK: &str = "const done = arguments[0]
            const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
            // What is still fading in has not got its colours yet.
            const roots = [document, ...[...document.querySelectorAll('*')].flatMap((one) => one.shadowRoot ?? [])]
            const moving = roots.flatMap((root) => root.getAnimations())
            const still = Promise.all(moving.map((one) => one.finished.catch(() => {})))
            still.then(() => axe.run(document, {runOnly: tags})).then((found) => done(found.violations.map((rule) =>
                `${rule.id} (${rule.impact}): ${rule.nodes.slice(0, 3).map((node) => node.target).join(', ')}`)))";
        let found = self.run_async(LOOK).await;
        found.as_array().expect("a list").iter().map(ToString::to_string).collect()
    }

    /// A cookie that scripts can see; waits for it.
    ///
    /// # Panics
    /// Where it does not come.
    pub async fn cookie(&self, name: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let all = self.run("return document.cookie").await;
            let pairs = all
                .as_str()
                .unwrap_or_default()
                .split("; ")
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
            if let Some((_, value)) = pairs.into_iter().find(|(n, value)| *n == name && !value.is_empty()) {
                return value.to_owned();
            }
            assert!(Instant::now() < end, "no cookie {name} but {all}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Names of all that Parrain has written to the device: cookies and storage.
    pub async fn written(&self) -> Vec<String> {
        let names = self
            .run(
                "return [...document.cookie.split('; ').filter(Boolean).map((c) => c.split('=')[0]),
                    ...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((n) => n.startsWith('parrain'))",
            )
            .await;
        names
            .as_array()
            .map(|all| all.iter().filter_map(|n| n.as_str().map(str::to_owned)).collect())
            .unwrap_or_default()
    }

    /// Takes the whole device off the network, or puts it back.
    pub async fn offline(&self, yes: bool) {
        self.devtools("Network.enable", serde_json::json!({})).await;
        let speed = if yes { 0 } else { -1 };
        let conditions = serde_json::json!({"offline": yes, "latency": 0, "downloadThroughput": speed, "uploadThroughput": speed});
        self.devtools("Network.emulateNetworkConditions", conditions).await;
    }

    /// A DevTools command.
    ///
    /// # Panics
    /// Where Chromium refuses it.
    pub async fn devtools(&self, command: &str, parameters: serde_json::Value) {
        self.driver
            .cdp()
            .send_raw(command, parameters)
            .await
            .unwrap_or_else(|error| panic!("{command}: {error}"));
    }

    /// Closes the window.
    pub async fn close(self) {
        let _ = self.driver.quit().await;
    }

    async fn seek(&self, selector: &str) -> Option<WebElement> {
        let found = self.driver.execute(FIND, vec![selector.into()]).await.ok()?;
        if found.json().is_null() {
            return None;
        }
        found.element().ok()
    }
}

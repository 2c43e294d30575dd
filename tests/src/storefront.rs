//! The demo shop as a process of a test's own, with lines to it and to the edge that can be cut.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::line::Line;
use crate::receiver::TYPES;
use crate::shop::{TestShop, demo_program};
use crate::{bodies, env, eventually, http, random};

/// A storefront with a shop of its own on the edge, where Anna refers friends with `ANNA10`.
pub struct Storefront {
    /// Where a browser finds the shop, without a slash at its end.
    pub url: String,
    /// The browser's line to the shop's server.
    pub line: Line,
    /// The line to the edge, of the shop's server and of the widget alike.
    pub edge: Line,
    /// The shop on the edge.
    pub shop: TestShop,
    port: u16,
    state: PathBuf,
    /// What it is told with and asks for tasks with, where it does: an endpoint's secret and a module's token.
    module: Option<(String, String)>,
    process: Child,
}

impl Storefront {
    /// Opens it.
    ///
    /// # Panics
    /// Where the demo shop's program is not built or does not start.
    pub fn open() -> Self {
        Self::open_with(false)
    }

    /// Opens it, connected as a module and told what happens.
    ///
    /// # Panics
    /// As [`Storefront::open`].
    pub fn open_as_module() -> Self {
        Self::open_with(true)
    }

    fn open_with(is_module: bool) -> Self {
        let edge = Line::to(env::base().trim_start_matches("http://"));
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let line = Line::to(&format!("127.0.0.1:{port}"));
        let url = line.url.clone();
        let shop = TestShop::new(demo_program(&url));
        shop.referrer("ANNA10", &bodies::anna());
        let state = std::env::temp_dir().join(format!("parrain-storefront-{}", random(12)));
        let module = is_module.then(|| connected(&shop, port));
        let process = start(port, &edge.url, &shop, &state, module.as_ref());
        let front = Self { url, line, edge, shop, port, state, module, process };
        front.wait();
        front
    }

    /// Stops the shop's server in the middle of whatever it does, and starts it again.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn restart(&mut self) {
        self.stop();
        self.process = start(self.port, &self.edge.url, &self.shop, &self.state, self.module.as_ref());
        self.wait();
    }

    /// A URL of the shop.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// A referral link, by the line that can be cut.
    pub fn link(&self, code: &str) -> String {
        format!("{}/r/{}/{code}", self.edge.url, self.shop.id)
    }

    fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    fn wait(&self) {
        eventually(20, "demo shop that answers", || {
            http::try_send("GET", &format!("http://127.0.0.1:{}/healthz", self.port), &[], b"").ok()
        });
    }
}

impl Drop for Storefront {
    fn drop(&mut self) {
        self.stop();
        let _ = std::fs::remove_dir_all(&self.state);
    }
}

/// Registers the shop's address for webhooks and connects it as a module; the endpoint's secret and the module's token.
fn connected(shop: &TestShop, port: u16) -> (String, String) {
    let text = |body: &Value, name: &str| body[name].as_str().expect("a text").to_owned();
    let hook = format!("http://localhost:{port}/parrain/webhooks");
    let token = Some(shop.shop_token.as_str());
    let wanted = json!({"url": hook, "types": TYPES});
    let endpoint = http::send_json("POST", &shop.url("/endpoints"), token, &wanted).expect(201);
    let code = http::send_json("POST", &shop.url("/connect-codes"), token, &json!({})).expect(201);
    let site = format!("http://localhost:{port}");
    let asked = json!({"code": code["code"], "platform": "demo-shop", "site": site});
    let exchange = format!("{}/v1/connect-codes/exchange", env::base());
    let made = http::send_json("POST", &exchange, None, &asked).expect(200);
    (text(&endpoint, "secret"), text(&made, "module_token"))
}

fn start(port: u16, edge: &str, shop: &TestShop, state: &Path, module: Option<&(String, String)>) -> Child {
    // Test programs lie in target/debug/deps, the shop's in target/debug.
    let own = std::env::current_exe().expect("a program has a path");
    let program = own.ancestors().nth(2).expect("target/debug").join("demo-shop");
    assert!(
        program.is_file(),
        "{} is missing: `cargo build -p demo-shop`, or start the tests by `cargo xtask test`",
        program.display()
    );
    Command::new(program)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .args(["--port", &port.to_string(), "--edge", edge, "--shop", &shop.id, "--state"])
        .arg(state)
        .env("PARRAIN_EVENT_SECRET", &shop.event_secret)
        .env("PARRAIN_SHOP_TOKEN", &shop.shop_token)
        .env("PARRAIN_IDENTITY_KEY", &shop.identity_key)
        .envs(module.into_iter().flat_map(|(secret, token)| {
            [("PARRAIN_ENDPOINT_SECRET", secret), ("PARRAIN_MODULE_TOKEN", token)]
        }))
        .stdout(Stdio::null())
        .spawn()
        .expect("the demo shop starts")
}

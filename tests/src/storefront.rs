//! The demo shop as a process of a test's own, with lines to it and to the edge that can be cut.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::line::Line;
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
    process: Child,
}

impl Storefront {
    /// Opens it.
    ///
    /// # Panics
    /// Where the demo shop's program is not built or does not start.
    pub fn open() -> Self {
        let edge = Line::to(env::base().trim_start_matches("http://"));
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let line = Line::to(&format!("127.0.0.1:{port}"));
        let url = line.url.clone();
        let shop = TestShop::new(demo_program(&url));
        shop.referrer("ANNA10", &bodies::anna());
        let state = std::env::temp_dir().join(format!("parrain-storefront-{}", random(12)));
        let process = start(port, &edge.url, &shop, &state);
        let front = Self { url, line, edge, shop, port, state, process };
        front.wait();
        front
    }

    /// Stops the shop's server in the middle of whatever it does, and starts it again.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn restart(&mut self) {
        self.stop();
        self.process = start(self.port, &self.edge.url, &self.shop, &self.state);
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

fn start(port: u16, edge: &str, shop: &TestShop, state: &Path) -> Child {
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
        .stdout(Stdio::null())
        .spawn()
        .expect("the demo shop starts")
}

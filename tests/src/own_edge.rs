//! An edge of a test's own, on workerd, which can be killed in the middle of anything.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{env, eventually, http, random};

/// The edge as `cargo xtask test` built it, with a state of its own.
pub struct OwnEdge {
    /// Base URL, without a slash at its end; the same after every start.
    pub url: String,
    port: u16,
    state: PathBuf,
    /// Settings beside those of every test's edge, each as `NAME:VALUE`.
    settings: Vec<String>,
    process: Child,
}

/// Held by who starts an edge, until it answers: of two that start at once, Wrangler gives both the same port for its
/// inspector, and one never answers.
static STARTING: Mutex<()> = Mutex::new(());

impl OwnEdge {
    /// Starts one where nothing was ever asked.
    ///
    /// # Panics
    /// Where it does not answer within a minute and a half.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with settings of its own, each as `NAME:VALUE`.
    ///
    /// # Panics
    /// As [`OwnEdge::start`].
    pub fn start_with(settings: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let state = std::env::temp_dir().join(format!("parrain-edge-{}", random(12)));
        let settings: Vec<String> = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let _alone = alone();
        let process = spawn(port, &state, &settings);
        let edge = Self { url: format!("http://localhost:{port}"), port, process, state, settings };
        edge.wait();
        edge
    }

    /// Kills it without a word, as a machine does that fails, and starts it again on what it had stored.
    ///
    /// # Panics
    /// As [`OwnEdge::start`].
    pub fn kill_and_start(&mut self) {
        self.kill();
        let _alone = alone();
        self.process = spawn(self.port, &self.state, &self.settings);
        self.wait();
    }

    /// What the edge has said since it was first started, in whole lines: its log, where a panic stands with its place.
    ///
    /// # Panics
    /// Where there is none.
    pub fn log(&self) -> String {
        let log = std::fs::read(log_of(&self.state)).expect("the edge's log");
        // The last line may be half written yet.
        let whole = log.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        String::from_utf8_lossy(&log[..whole]).into_owned()
    }

    fn kill(&mut self) {
        // wrangler's workerd is a process of the same group.
        let group = format!("-{}", self.process.id());
        let killed = Command::new("kill").args(["-KILL", "--", &group]).status();
        assert!(killed.is_ok_and(|status| status.success()), "the edge could not be killed");
        let _ = self.process.wait();
    }

    fn wait(&self) {
        eventually(90, "edge that answers", || {
            http::try_send("GET", &format!("{}/healthz", self.url), &[], b"")
                .ok()
                .filter(|one| one.status == 200)
        });
    }
}

impl Drop for OwnEdge {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(&self.state);
    }
}

fn alone() -> MutexGuard<'static, ()> {
    // A test that failed while it started one leaves nothing behind that matters here.
    STARTING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn log_of(state: &Path) -> PathBuf {
    state.join("edge.log")
}

fn spawn(port: u16, state: &Path, settings: &[String]) -> Child {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    std::fs::create_dir_all(state).expect("a folder for what the edge stores");
    let log = File::options().create(true).append(true).open(log_of(state)).expect("a file for its log");
    Command::new("node")
        .arg("node_modules/wrangler/bin/wrangler.js")
        .current_dir(root)
        .args(["dev", "--ip", "127.0.0.1", "--port", &port.to_string()])
        .args(["--show-interactive-dev-session=false", "--log-level=warn", "--config"])
        .arg(env::config())
        .arg("--persist-to")
        .arg(state)
        .args(["--var", &format!("PARRAIN_ADMIN_TOKEN:{}", env::admin_token())])
        .args(settings.iter().flat_map(|setting| ["--var", setting.as_str()]))
        .env("WRANGLER_SEND_METRICS", "false")
        .env("WRANGLER_LOG_PATH", state.join("logs"))
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("another hand on a file"))
        .stderr(log)
        .spawn()
        .expect("node starts")
}

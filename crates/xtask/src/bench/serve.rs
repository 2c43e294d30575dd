//! A Worker on workerd for a benchmark: the edge, or the bare one beside it.

use std::{path::Path, process::Command, time::Duration};

use anyhow::{Context, Result};
use serde_json::json;

use crate::{
    exec::{self, Background},
    stack::{ADMIN_TOKEN, agent, free_port},
};

/// A Worker that runs, with the one workerd process that runs it.
pub struct Server {
    /// Where it answers.
    pub url: String,
    process: Background,
}

/// What is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The edge, as `cargo xtask build` made it.
    Edge,
    /// The same, saying in a header how often it called its stores.
    CountingEdge,
    /// A Worker that makes the same calls and nothing else.
    Bare,
}

impl Server {
    /// Starts a Worker with a store of its own, empty at first.
    ///
    /// # Errors
    /// When it does not start; with its log.
    pub fn start(root: &Path, which: Which, scratch: &Path) -> Result<Self> {
        let port = free_port()?;
        let state = scratch.join(format!("{which:?}-{port}"));
        let own = root.join("crates/xtask/src/bench");
        let config = json!({
            "root": root,
            "port": port,
            "state": state,
            "bare": (which == Which::Bare).then(|| own.join("bare.js")),
            "vars": {
                "PARRAIN_ADMIN_TOKEN": ADMIN_TOKEN,
                "PARRAIN_COUNT_CALLS": if which == Which::CountingEdge { "1" } else { "0" },
            },
        });
        let mut command = Command::new("node");
        command.arg(own.join("serve.mjs")).arg(config.to_string()).current_dir(root);
        let mut process = exec::spawn("workerd", &mut command, &state.join("log"))?;
        let url = format!("http://127.0.0.1:{port}");
        let health = format!("{url}/healthz");
        process.wait_until(Duration::from_secs(30), || {
            agent(Duration::from_secs(2)).get(&health).call().is_ok_and(|answer| answer.status() == 200)
        })?;
        Ok(Self { url, process })
    }

    /// The CPU time that workerd has used so far.
    ///
    /// # Errors
    /// Where it has gone.
    pub fn cpu(&self) -> Result<Duration> {
        let stat = self.proc("stat")?;
        // After the name in brackets, the 12th and 13th fields are user and system time in ticks.
        let fields: Vec<&str> =
            stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect()).unwrap_or_default();
        let ticks = |i: usize| fields.get(i).and_then(|field| field.parse::<u64>().ok());
        let sum = ticks(11).zip(ticks(12)).context("/proc/PID/stat has another form here")?;
        // Linux counts in hundredths of a second for every program, whatever the kernel's own clock.
        Ok(Duration::from_millis((sum.0 + sum.1) * 10))
    }

    /// The most memory that workerd has held so far, in bytes.
    ///
    /// # Errors
    /// Where it has gone.
    pub fn peak_memory(&self) -> Result<u64> {
        let status = self.proc("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes: u64 =
            line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).context("no VmHWM")?;
        Ok(kilobytes * 1024)
    }

    /// The end of what it said.
    pub fn last_words(&self) -> String {
        self.process.last_words()
    }

    fn proc(&self, file: &str) -> Result<String> {
        let workerd = exec::members(self.process.id())
            .find(|member| member.name == "workerd")
            .with_context(|| format!("workerd has gone.\n{}", self.process.tail()))?;
        Ok(std::fs::read_to_string(format!("/proc/{}/{file}", workerd.id))?)
    }
}

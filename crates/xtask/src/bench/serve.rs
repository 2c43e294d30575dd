//! A Worker on workerd for a benchmark: the edge, or the bare one beside it.

use std::{path::Path, process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{
    build::Served,
    exec::{self, Background},
    stack::{ADMIN_TOKEN, agent, free_port},
};

/// A Worker that runs, with the one workerd process that runs it.
pub struct Server {
    /// Where it answers.
    pub url: String,
    watcher: Option<String>,
    process: Background,
}

/// What an isolate holds: its JavaScript heap and the memory of its wasm, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// The most that was seen, garbage that V8 had not yet looked for and all.
    pub peak: u64,
    /// What was left when V8 had looked for it.
    pub live: u64,
    /// How much of both is the wasm's memory, which never shrinks.
    pub wasm: u64,
}

/// What is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The edge, as `cargo xtask build` made it.
    Edge,
    /// The same, saying in a header how often it called its stores.
    CountingEdge,
    /// The counting edge, whose memory can be watched.
    WatchedEdge,
    /// A Worker that makes the same calls and nothing else.
    Bare,
}

impl Server {
    /// Starts a Worker, of what was built for it, with a store of its own, empty at first.
    ///
    /// # Errors
    /// When it does not start; with its log.
    pub fn start(root: &Path, served: &Served, which: Which, scratch: &Path) -> Result<Self> {
        Self::start_with(root, served, which, scratch, &[])
    }

    /// The same with settings of its own.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn start_with(
        root: &Path,
        served: &Served,
        which: Which,
        scratch: &Path,
        settings: &[(&str, &str)],
    ) -> Result<Self> {
        let port = free_port()?;
        let state = scratch.join(format!("{which:?}-{port}"));
        let own = root.join("crates/xtask/src/bench");
        let watch = if which == Which::WatchedEdge { Some(free_port()?) } else { None };
        let counts = matches!(which, Which::CountingEdge | Which::WatchedEdge);
        let mut vars = json!({
            "PARRAIN_ADMIN_TOKEN": ADMIN_TOKEN,
            "PARRAIN_COUNT_CALLS": if counts { "1" } else { "0" },
        });
        for (name, value) in settings {
            vars[*name] = json!(value);
        }
        let config = json!({
            "root": root,
            "config": served.config(),
            "port": port,
            "state": state,
            "bare": (which == Which::Bare).then(|| own.join("bare.js")),
            "watch": watch,
            "vars": vars,
        });
        let mut command = Command::new("node");
        command.arg(own.join("serve.mjs")).arg(config.to_string()).current_dir(root);
        let mut process = exec::spawn("workerd", &mut command, &state.join("log"))?;
        let url = format!("http://127.0.0.1:{port}");
        let health = format!("{url}/healthz");
        process.wait_until(Duration::from_secs(30), || {
            agent(Duration::from_secs(2)).get(&health).call().is_ok_and(|answer| answer.status() == 200)
        })?;
        Ok(Self { url, watcher: watch.map(|port| format!("http://127.0.0.1:{port}")), process })
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

    /// The memory that workerd has in RAM, in bytes.
    ///
    /// # Errors
    /// Where it has gone.
    pub fn resident(&self) -> Result<u64> {
        let status = self.proc("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        Ok(kilobytes.context("/proc/PID/status has another form here")? * 1024)
    }

    /// Watches the isolate's memory while `work` runs.
    ///
    /// # Errors
    /// Those of `work`, and where the isolate cannot be watched: only [`Which::WatchedEdge`] can.
    pub fn watch<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<(T, Memory)> {
        self.watcher("begin")?;
        let done = work()?;
        let held = self.watcher("end")?;
        let bytes = |name: &str| held[name].as_u64().with_context(|| format!("no {name} in {held}"));
        Ok((done, Memory { peak: bytes("peak")?, live: bytes("live")?, wasm: bytes("wasm")? }))
    }

    /// For how long functions of the isolate were busy while `work` ran, calls of the platform's own functions included.
    ///
    /// # Errors
    /// Those of `work`, and where the isolate cannot be watched: only [`Which::WatchedEdge`] can.
    pub fn profile<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<(T, Duration)> {
        self.watcher("profile")?;
        let done = work()?;
        let profiled = self.watcher("profiled")?;
        let busy = profiled["busy"].as_u64().with_context(|| profiled.to_string())?;
        Ok((done, Duration::from_micros(busy)))
    }

    /// How many keys Workers KV holds, and how many bytes in keys, values and metadata.
    ///
    /// # Errors
    /// Where nobody can say.
    pub fn stored(&self) -> Result<(u64, u64)> {
        let stored = self.watcher("stored")?;
        stored["keys"].as_u64().zip(stored["bytes"].as_u64()).with_context(|| stored.to_string())
    }

    fn watcher(&self, what: &str) -> Result<Value> {
        let url = format!("{}/{what}", self.watcher.as_deref().context("this server is not watched")?);
        let mut answer = agent(Duration::from_secs(600)).get(&url).call()?;
        let text = answer.body_mut().read_to_string()?;
        ensure!(answer.status() == 200, "{url} answered {text}");
        Ok(serde_json::from_str(&text)?)
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

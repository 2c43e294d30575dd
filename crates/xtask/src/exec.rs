//! Other programs: run to their end with their output kept, or kept running until we stop them.
//!
//! Each runs in a process group of its own, which is registered here, so that however xtask ends
//! (an error, Ctrl-C, SIGTERM) it takes the whole group with it: wrangler's workerd, npm's nodes.

use std::{
    ffi::OsStr,
    fs::File,
    io::{BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        LazyLock, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use nix::{
    errno::Errno,
    sys::signal::{Signal, killpg},
    unistd::Pid,
};

use crate::ui;

/// How long a group may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// How many lines of a failed command's output an error quotes.
const QUOTED_LINES: usize = 60;

static GROUPS: Mutex<Vec<i32>> = Mutex::new(Vec::new());

static STOPPING: AtomicBool = AtomicBool::new(false);

/// A program that keeps running in the background, with all that it starts, until this is dropped.
pub struct Background {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

/// Runs a command to its end, showing its output line by line beside the current step.
///
/// # Errors
/// When it cannot be started or fails; then with the end of its output.
pub fn run(command: &mut Command) -> Result<()> {
    let (status, output) = run_with(command, ui::status)?;
    check(command, status, &output)
}

/// Runs a command to its end and hands back all that it printed, both streams together.
///
/// # Errors
/// When it cannot be started. Its own failure is in the exit status.
pub fn run_with(command: &mut Command, mut each_line: impl FnMut(&str)) -> Result<(ExitStatus, String)> {
    let mut child = group_of(command)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", said(command)))?;
    let group = Registered::new(&child);
    let (sender, lines) = mpsc::channel();
    let streams: [Option<Box<dyn Read + Send>>; 2] =
        [child.stdout.take().map(|s| Box::new(s) as _), child.stderr.take().map(|s| Box::new(s) as _)];
    for stream in streams.into_iter().flatten() {
        let sender = sender.clone();
        thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).trim_end().to_owned();
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
    }
    drop(sender);
    let mut output = String::new();
    for line in lines {
        each_line(&line);
        output.push_str(&line);
        output.push('\n');
    }
    let status = child.wait()?;
    drop(group);
    Ok((status, output))
}

/// Does two things at once, one on each core; where one fails, the other is stopped.
///
/// # Errors
/// The first failure.
pub fn both<A: Send, B>(
    one: impl FnOnce() -> Result<A> + Send,
    other: impl FnOnce() -> Result<B>,
) -> Result<(A, B)> {
    let first: Mutex<Option<anyhow::Error>> = Mutex::new(None);
    let note = |error| {
        let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
        if first.is_none() {
            *first = Some(error);
            drop(first);
            stop_everything();
        }
    };
    let (one, other) = thread::scope(|scope| {
        let one = scope.spawn(|| one().map_err(note).ok());
        let other = other().map_err(note).ok();
        (one.join().ok().flatten(), other)
    });
    match (one, other) {
        (Some(one), Some(other)) => Ok((one, other)),
        _ => Err(first
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
            .unwrap_or_else(|| anyhow::anyhow!("a step ended without saying why"))),
    }
}

/// What a command prints on its standard output, trimmed; `None` where it is absent or fails.
pub fn probe(program: impl AsRef<OsStr>, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

/// Starts a program that is to keep running; what it prints goes to the file `log`.
///
/// # Errors
/// When it cannot be started or the log cannot be written.
pub fn spawn(name: &'static str, command: &mut Command, log: &Path) -> Result<Background> {
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let mut command = dying_with_us(command);
    let child = group_of(&mut command)
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .spawn()
        .with_context(|| format!("cannot start {}", said(&command)))?;
    groups().push(child.id().cast_signed());
    Ok(Background { name, child, log: log.to_owned() })
}

/// Arranges that whoever ends xtask (Ctrl-C, SIGTERM, SIGHUP) ends all that it started.
///
/// # Errors
/// Where the system refuses a signal handler.
pub fn stop_with_us() -> Result<()> {
    ctrlc::set_handler(|| {
        STOPPING.store(true, Ordering::SeqCst);
        stop_everything();
        ui::say("\nStopped.");
        std::process::exit(130);
    })?;
    Ok(())
}

/// Does not come back while xtask is being stopped: what fails then fails for that reason alone.
pub fn outlive_stop() {
    while STOPPING.load(Ordering::SeqCst) {
        thread::sleep(GRACE);
    }
}

/// Ends every group that still runs: politely first, then for good.
fn stop_everything() {
    let all = groups().clone();
    for &group in &all {
        signal(group, Signal::SIGTERM);
    }
    let until = Instant::now() + GRACE;
    while all.iter().any(|&group| lives(group)) && Instant::now() < until {
        thread::sleep(Duration::from_millis(50));
    }
    for group in all {
        signal(group, Signal::SIGKILL);
    }
}

impl Background {
    /// The process id of the program itself.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How many processes of a name run in its group.
    pub fn count(&self, name: &str) -> usize {
        members(self.id()).filter(|member| member.name == name).count()
    }

    /// Fails, with the end of its log, where the program has ended by itself.
    ///
    /// # Errors
    /// That it has ended, and what it said last.
    pub fn check(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("{} stopped by itself ({status}).\n{}", self.name, self.tail());
        }
        Ok(())
    }

    /// The end of what it printed.
    pub fn last_words(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        last_lines(&String::from_utf8_lossy(&text), QUOTED_LINES)
    }

    /// The same, and where all of it is.
    pub fn tail(&self) -> String {
        format!("{}\n(all of it: {})", self.last_words(), self.log.display())
    }

    /// Waits until `ready` says yes, as long as the program runs and `limit` is not over.
    ///
    /// # Errors
    /// That it ended, or that it was not ready in time; both with the end of its log.
    pub fn wait_until(&mut self, limit: Duration, ready: impl Fn() -> bool) -> Result<()> {
        let until = Instant::now() + limit;
        while !ready() {
            self.check()?;
            if Instant::now() > until {
                bail!("{} did not answer within {}.\n{}", self.name, ui::seconds(limit), self.tail());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let group = self.child.id().cast_signed();
        signal(group, Signal::SIGTERM);
        let until = Instant::now() + GRACE;
        // The leader is reaped as it ends, or its zombie would keep the group alive.
        while {
            drop(self.child.try_wait());
            lives(group)
        } && Instant::now() < until
        {
            thread::sleep(Duration::from_millis(20));
        }
        signal(group, Signal::SIGKILL);
        drop(self.child.wait());
        groups().retain(|&other| other != group);
    }
}

/// A group that is listed for as long as its command runs.
struct Registered(i32);

impl Registered {
    fn new(child: &Child) -> Self {
        let group = child.id().cast_signed();
        groups().push(group);
        Self(group)
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        groups().retain(|&other| other != self.0);
    }
}

fn groups() -> MutexGuard<'static, Vec<i32>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn group_of(command: &mut Command) -> &mut Command {
    command.process_group(0)
}

/// The same command, told to end should xtask be killed and have no time to stop it.
///
/// The kernel watches the thread that starts the command, so that has to be the main one.
fn dying_with_us(command: &Command) -> Command {
    static SETPRIV: LazyLock<bool> = LazyLock::new(|| probe("setpriv", &["--help"]).is_some());
    let mut wrapped = Command::new(command.get_program());
    if *SETPRIV {
        wrapped = Command::new("setpriv");
        wrapped.args(["--pdeathsig", "TERM", "--"]).arg(command.get_program());
    }
    wrapped.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(name, value),
            None => wrapped.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        wrapped.current_dir(folder);
    }
    wrapped
}

fn signal(group: i32, signal: Signal) {
    // A group that is gone already is what was wanted.
    let _ = killpg(Pid::from_raw(group), signal);
}

fn lives(group: i32) -> bool {
    killpg(Pid::from_raw(group), None) != Err(Errno::ESRCH)
}

/// A process of a group, out of `/proc`.
pub struct Member {
    /// Its process id.
    pub id: u32,
    /// The name of its program, as the kernel cuts it.
    pub name: String,
}

/// The processes of a group, zombies left out.
pub fn members(group: u32) -> impl Iterator<Item = Member> {
    std::fs::read_dir("/proc").into_iter().flatten().filter_map(move |entry| {
        let id = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // `id (name) state parent group …`, where the name may hold anything.
        let (front, back) = stat.rsplit_once(')')?;
        let mut fields = back.split_whitespace();
        let alive = fields.next()? != "Z";
        let found: u32 = fields.nth(1)?.parse().ok()?;
        let name = front.split_once('(')?.1.to_owned();
        (alive && found == group).then_some(Member { id, name })
    })
}

fn check(command: &Command, status: ExitStatus, output: &str) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    // Pages of retries would hide the one thing there is to do.
    if offline(output) {
        bail!(
            "No network: {} could not reach its registry. Connect this machine and run the same command again; \
             what is done so far is kept.",
            said(command)
        );
    }
    bail!("{} failed ({status}):\n{}", said(command), last_lines(output, QUOTED_LINES));
}

/// Whether a tool's output says that it could not reach its registry.
fn offline(output: &str) -> bool {
    const SIGNS: [&str; 12] = [
        "Could not resolve host",
        "Couldn't resolve host",
        "Temporary failure resolving",
        "Temporary failure in name resolution",
        "failed to lookup address",
        "dns error",
        "EAI_AGAIN",
        "ENOTFOUND",
        "ECONNREFUSED",
        "ETIMEDOUT",
        "Network is unreachable",
        "download of config.json failed",
    ];
    SIGNS.iter().any(|sign| output.contains(sign))
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// A command as it would be typed, short of its environment.
fn said(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut text = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    for arg in command.get_args() {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    format!("`{text}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_quotes_the_end_of_the_output() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo first; echo last >&2; exit 3"]);
        let error = run(&mut command).expect_err("the command fails").to_string();
        assert!(error.contains("first") && error.contains("last"), "{error}");
        assert!(error.contains("exit status: 3"), "{error}");
    }

    #[test]
    fn a_lost_network_is_told_apart_from_other_failures() {
        assert!(offline("npm error code EAI_AGAIN"));
        assert!(!offline("error[E0308]: mismatched types"));
        let mut command = Command::new("sh");
        command.args(["-c", "printf 'dns %s\\nretry%s\\n' error ing; exit 1"]);
        let error = run(&mut command).expect_err("the command fails").to_string();
        assert!(error.starts_with("No network") && !error.contains("retrying"), "{error}");
    }

    #[test]
    fn dropping_a_program_ends_all_that_it_started() {
        let folder = std::env::temp_dir().join(format!("xtask-exec-{}", std::process::id()));
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 300 & echo $!; wait"]);
        let log = folder.join("log");
        let mut program = spawn("a test", &mut command, &log).expect("sh starts");
        program
            .wait_until(Duration::from_secs(5), || {
                std::fs::read_to_string(&log).is_ok_and(|text| text.ends_with('\n'))
            })
            .expect("the shell prints its child's id");
        let group = program.id().cast_signed();
        assert!(lives(group));
        drop(program);
        assert!(!lives(group));
        std::fs::remove_dir_all(folder).expect("the folder was made above");
    }
}

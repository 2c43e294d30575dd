//! What README.md and CONTRIBUTING.md tell people to type: each command is run here, as briefly as it goes, so that none
//! stops working unseen.

#[cfg(test)]
use std::path::Path;
use std::{process::Command, time::Duration};

use anyhow::Result;

use crate::{
    exec,
    stack::{Scratch, agent, free_port},
    tools::{self, Tools},
    ui,
};

/// How long a demo may take that has everything built: a slow machine starts two servers in it.
const DEMO: Duration = Duration::from_secs(120);

/// A command as it is written there.
struct Typed {
    /// The command, without what stands before `cargo`.
    typed: &'static str,
    /// How it is run here.
    run: Run,
}

/// How a command is run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    /// The chore with these arguments.
    Chore(&'static [&'static str]),
    /// The same, where there is a browser.
    InBrowser(&'static [&'static str]),
    /// Cargo with these arguments.
    Cargo(&'static [&'static str]),
    /// Opened, and closed again.
    Demo,
    /// What runs all of this is that command.
    This,
    /// The test of this name does, in `crates/edge/tests/fuzz.rs`: to fuzz for real takes a tool and a sanitizer.
    Corpus,
}

const ALL: &[Typed] = &[
    Typed { typed: "cargo xtask test", run: Run::This },
    Typed { typed: "cargo xtask test refund", run: Run::This },
    Typed { typed: "cargo xtask test requests_made", run: Run::This },
    Typed { typed: "cargo xtask test --quick", run: Run::This },
    Typed { typed: "cargo xtask demo", run: Run::Demo },
    Typed { typed: "cargo xtask demo --port 9000", run: Run::Demo },
    Typed { typed: "cargo xtask build", run: Run::Chore(&["build"]) },
    Typed { typed: "cargo xtask build --widget", run: Run::Chore(&["build", "--widget"]) },
    Typed { typed: "cargo xtask package", run: Run::Chore(&["package"]) },
    Typed { typed: "cargo xtask bench", run: Run::Chore(&["bench", "--quick"]) },
    Typed { typed: "cargo xtask bench --page", run: Run::InBrowser(&["bench", "--page", "--quick"]) },
    Typed { typed: "cargo xtask bench --history", run: Run::Chore(&["bench", "--history", "--quick"]) },
    Typed { typed: "cargo xtask bench --storm", run: Run::Chore(&["bench", "--storm", "--quick"]) },
    Typed { typed: "cargo xtask bench --late", run: Run::Chore(&["bench", "--late", "--quick"]) },
    Typed { typed: "cargo xtask bench --tryout", run: Run::Chore(&["bench", "--tryout", "--quick"]) },
    Typed { typed: "cargo xtask bench --soak", run: Run::Chore(&["bench", "--soak", "--quick"]) },
    Typed {
        typed: "cargo run --profile bench -p parrain-core --example fold",
        run: Run::Cargo(&["run", "-p", "parrain-core", "--example", "fold", "--", "1000"]),
    },
    Typed { typed: "cargo fuzz run --fuzz-dir fuzz events", run: Run::Corpus },
];

/// The commands that end by themselves, each as it is written there and as it is run.
pub fn commands(tools: &Tools, browser: bool) -> Vec<(&'static str, Command)> {
    let chore = |args: &[&str]| {
        // The file that runs this may have been built anew meanwhile, and so have no name any more.
        let mut command = Command::new(tools.target.join("debug/xtask"));
        command.args(args).current_dir(&tools.root);
        command
    };
    let made = |run| match run {
        Run::Chore(args) => Some(chore(args)),
        Run::InBrowser(args) => browser.then(|| chore(args)),
        Run::Cargo(args) => {
            let mut command = tools::cargo();
            command.args(args).current_dir(&tools.root);
            Some(command)
        }
        Run::Demo | Run::This | Run::Corpus => None,
    };
    ALL.iter().filter_map(|one| Some((one.typed, made(one.run)?))).collect()
}

/// Opens the demo, elsewhere than where one may be running, and closes it again.
///
/// # Errors
/// Where the shop does not open; with what it said last.
pub fn demo(tools: &Tools) -> Result<()> {
    ui::step("Checking: cargo xtask demo", || {
        let state = Scratch::new(&tools.root, "demo")?;
        let port = pair_of_ports()?;
        let mut command = Command::new(tools.target.join("debug/xtask"));
        command.args(["demo", "--port", &port.to_string(), "--state"]).arg(&state.0).current_dir(&tools.root);
        let mut demo = exec::spawn("The demo", &mut command, &state.0.join("demo.log"))?;
        let shop = format!("http://localhost:{}/", port + 1);
        let opens =
            || agent(Duration::from_secs(2)).get(&shop).call().is_ok_and(|answer| answer.status() == 200);
        demo.wait_until(DEMO, opens)
    })
}

/// A free port whose next one is free too.
fn pair_of_ports() -> Result<u16> {
    loop {
        let port = free_port()?;
        let free = |port| std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, port)).is_ok();
        if port < u16::MAX && free(port + 1) {
            return Ok(port);
        }
    }
}

/// Every command of a text that begins with `cargo`, in code spans and code blocks.
#[cfg(test)]
fn typed_in(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            block = !block;
            continue;
        }
        let code: Vec<&str> = if block { vec![line] } else { line.split('`').skip(1).step_by(2).collect() };
        for code in code {
            let begins = code.match_indices("cargo ").map(|(at, _)| at);
            let begins = begins.filter(|at| code[..*at].chars().next_back().is_none_or(char::is_whitespace));
            found.extend(begins.map(|at| code[at..].trim().to_owned()));
        }
    }
    found
}

/// Whether the workspace's tests are those that a command runs: a package of it, and a filter that something there is
/// named by.
#[cfg(test)]
fn is_of_our_tests(root: &Path, command: &str) -> bool {
    let Some(args) = command.strip_prefix("cargo test ") else { return false };
    let ours = args.split(" -- ").next().unwrap_or_default();
    let words: Vec<&str> = ours.split_whitespace().filter(|word| *word != "--release").collect();
    let (package, filter) = match words[..] {
        ["-p", package] => (package, None),
        ["-p", package, filter] => (package, Some(filter)),
        _ => return false,
    };
    let Ok(folders) = tools::sources(root, package) else { return false };
    let named = |folder: &Path, filter: &str| {
        let mut folders = vec![folder.join("src")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.file_stem().is_some_and(|stem| stem.to_string_lossy().contains(filter)) {
                    return true;
                }
                if path.is_dir() {
                    folders.push(path);
                }
            }
        }
        false
    };
    folders.first().is_some_and(|folder| filter.is_none_or(|filter| named(folder, filter)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_that_people_are_told_to_type_is_run() {
        let root = tools::root().unwrap();
        let (mut told, mut unknown) = (Vec::new(), Vec::new());
        for file in ["README.md", "CONTRIBUTING.md"] {
            let text = std::fs::read_to_string(root.join(file)).unwrap();
            for command in typed_in(&text) {
                if !ALL.iter().any(|one| one.typed == command) && !is_of_our_tests(&root, &command) {
                    unknown.push(format!("{file}: {command}"));
                }
                told.push(command);
            }
        }
        assert!(unknown.is_empty(), "nothing here runs these: {unknown:#?}");
        let idle: Vec<&str> =
            ALL.iter().map(|one| one.typed).filter(|typed| !told.iter().any(|told| told == typed)).collect();
        assert!(idle.is_empty(), "nobody is told to type these any more: {idle:?}");
    }

    #[test]
    fn commands_are_found_in_spans_and_blocks() {
        let text = "Type `cargo xtask demo --port 9000`, not `cargo-web`.\n| fuzz | `cd tests && X=1 cargo fuzz run events` |\n\
                    ```sh\n   cargo xtask build\nnpx wrangler login\n```\ncargo as a word";
        assert_eq!(
            typed_in(text),
            ["cargo xtask demo --port 9000", "cargo fuzz run events", "cargo xtask build"]
        );
    }

    #[test]
    fn tests_are_ours_by_package_and_by_name() {
        let root = tools::root().unwrap();
        for ours in [
            "cargo test -p parrain-core",
            "cargo test --release -p parrain-edge weather",
            "cargo test --release -p parrain-edge late -- --nocapture",
        ] {
            assert!(is_of_our_tests(&root, ours), "{ours}");
        }
        for other in
            ["cargo test -p parrain-nothing", "cargo test -p parrain-edge no_such_test", "cargo bench"]
        {
            assert!(!is_of_our_tests(&root, other), "{other}");
        }
    }
}

//! `cargo xtask test`: every check there is, and one closing line.

use std::{fmt, path::Path, process::Command, time::Instant};

use anyhow::{Result, ensure};

use crate::{
    apt, build, exec, php,
    stack::{ADMIN_TOKEN, Edge, Scratch, Shop, free_port, webdriver},
    tools::{self, Tools, WASM},
    typed, ui,
};

/// Which tests are run.
#[derive(clap::Args)]
pub struct Options {
    /// Only tests whose name contains this; the linters are left out then.
    filter: Option<String>,
    /// Leave out what needs a browser.
    #[arg(long)]
    quick: bool,
}

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: usize,
    failed: usize,
}

/// What the checks have shown so far.
#[derive(Default)]
struct Tally {
    lines: Vec<String>,
    counts: Counts,
    failed: Vec<String>,
}

/// Runs all, says what failed, and ends with the line `N passed, N failed`.
///
/// # Errors
/// Where anything failed, or nothing was run.
pub fn run(options: &Options) -> Result<()> {
    let started = Instant::now();
    let root = tools::root()?;
    let mut tally = Tally::default();
    if let Err(error) = checks(&root, options, &mut tally) {
        tally.note("set-up", Err(error), started, "");
    }
    println!("\nSummary, after {}", ui::seconds(started.elapsed()));
    for line in &tally.lines {
        println!("  {line}");
    }
    let nothing = tally.counts == Counts::default();
    if nothing && tally.failed.is_empty() {
        tally.failed.push("no test has such a name".to_owned());
    }
    if !tally.failed.is_empty() {
        println!("Failed: {}", tally.failed.join(", "));
    }
    if options.quick {
        println!("Left out: the tests in a browser");
    }
    println!("{}", tally.counts);
    if tally.failed.is_empty() { Ok(()) } else { std::process::exit(1) }
}

fn checks(root: &Path, options: &Options, tally: &mut Tally) -> Result<()> {
    let filter = options.filter.as_deref();
    let browser = !options.quick;
    if browser {
        chromium("the tests in a browser (`--quick` leaves them out)")?;
    }
    if filter.is_none() {
        linters()?;
        php::ready(true, "the tests of the shop modules")?;
    }
    examples()?;
    let test = |command: &mut Command| {
        command.args(filter).current_dir(root);
    };
    let host = |args: &[&str]| {
        let mut command = tools::cargo();
        command.args(args).current_dir(root);
        command
    };

    let black_box_tests = || {
        let mut command = host(&["test", "-p", "parrain-tests", "--tests"]);
        command.args((!browser).then_some("--no-default-features"));
        command
    };

    // The tools compile on one core while the project's own tests do on the other.
    let tools = Tools::ready(root, &["demo-shop"], || {
        ui::step("Building the tests", || {
            exec::run(&mut host(&["test", "--workspace", "--exclude", "parrain-tests", "--no-run"]))?;
            exec::run(black_box_tests().arg("--no-run"))
        })
    })?;

    if filter.is_none() {
        tally.check("formatting", &mut host(&["fmt", "--all", "--check"]));
        let all = ["clippy", "--workspace", "--all-targets", "--", "-Dwarnings"];
        tally.check("clippy", &mut host(&all));
        let mut wasm = tools.rust.cargo();
        wasm.args(["clippy", "-p", "parrain-edge", "-p", "parrain-widget", "-p", "parrain-qr"])
            .args(["-p", "parrain-tryout-page"])
            .args(["--target", WASM, "--", "-Dwarnings"])
            .current_dir(root);
        tally.check("clippy for wasm", &mut wasm);
        // What `--quick` builds.
        let quick = ["check", "-p", "parrain-tests", "--tests", "--no-default-features"];
        tally.check("the tests without a browser", &mut host(&quick));
    }

    let mut units = host(&["test", "--workspace", "--exclude", "parrain-tests", "--no-fail-fast"]);
    test(&mut units);
    tally.test("unit and property tests", &mut units);

    if filter.is_none() {
        tally.test("the shop modules", &mut php::tests(root));
    }

    let mut command = black_box_tests();
    test(command.arg("--no-fail-fast"));
    black_box(&tools, browser, tally, command)?;
    if filter.is_none() {
        let started = Instant::now();
        tally.note("cargo xtask demo", typed::demo(&tools), started, "");
        for (name, mut command) in typed::commands(&tools, browser) {
            tally.check(name, &mut command);
        }
    }
    Ok(())
}

/// The tests that know nothing but the contract, on a stack of their own with a state of its own.
fn black_box(tools: &Tools, browser: bool, tally: &mut Tally, mut command: Command) -> Result<()> {
    let root = &tools.root;
    let state = Scratch::new(root, "test")?;
    let (served, ..) = build::served(tools, &state.0.join("served"))?;
    let (port, shop_port, driver_port) = (free_port()?, free_port()?, free_port()?);
    let (edge, shop, driver) = ui::step("Starting the edge, the shop and the browser's driver", || {
        let edge = Edge::start(root, &served, port, &state.0, &[("PARRAIN_COUNT_CALLS", "1")])?;
        let url = format!("http://localhost:{shop_port}");
        let secrets = edge.set_up_demo_shop(root, &state.0, &url)?;
        let shop = Shop::start(root, shop_port, &edge, &state.0, &secrets)?;
        let driver = browser.then(|| webdriver(driver_port, &state.0)).transpose()?;
        Ok((edge, shop, driver))
    })?;
    command
        .env("PARRAIN_BASE", &edge.url)
        .env("PARRAIN_ADMIN_TOKEN", ADMIN_TOKEN)
        .env("PARRAIN_SHOP_URL", &shop.url)
        .env("PARRAIN_CONFIG", served.config())
        .env("PARRAIN_ASSETS", served.assets());
    if let Some((url, _)) = &driver {
        command.env("PARRAIN_WEBDRIVER", url);
    }
    if !tally.test("black-box tests", &mut command) {
        println!("The edge's log ends with:\n{}", edge.log());
    }
    Ok(())
}

/// Makes sure of what runs the examples of `integrations/examples`; Node is there already, by [`Tools`].
///
/// # Errors
/// A sentence that says what to type, where they cannot be installed.
fn examples() -> Result<()> {
    let reason = "the examples of docs/install/other.md";
    let has = |command: &str, flag: &str| exec::probe(command, &[flag]).is_some();
    let mut missing: Vec<_> =
        [("curl", "--version"), ("openssl", "version"), ("python3", "--version"), ("ruby", "--version")]
            .into_iter()
            .filter_map(|(command, flag)| (!has(command, flag)).then_some(command))
            .collect();
    if !exec::probe("php", &["-m"]).is_some_and(|extensions| extensions.lines().any(|line| line == "curl")) {
        missing.extend(["php-cli", "php-curl"]);
    }
    if missing.is_empty() { Ok(()) } else { apt::install(&missing, reason) }
}

/// Makes sure of Chromium, its driver, and fonts for what the pages show; the reason is one such as `the tests in
/// a browser`.
///
/// # Errors
/// A sentence that says what to type, where they cannot be installed.
pub fn chromium(reason: &str) -> Result<()> {
    let mut missing = Vec::new();
    let mut want = |there: bool, package| {
        if !there {
            missing.push(package);
        }
    };
    want(exec::probe("chromium", &["--version"]).is_some(), "chromium");
    want(exec::probe("chromedriver", &["--version"]).is_some(), "chromium-driver");
    let fonts = |pattern: &str| exec::probe("fc-list", &[pattern]).is_some_and(|list| !list.is_empty());
    // Without a font a page has no width to measure, and Arabic would be a row of boxes.
    want(fonts(":lang=fr"), "fonts-dejavu-core");
    want(fonts(":lang=ar"), "fonts-hosny-amiri");
    if missing.is_empty() {
        return Ok(());
    }
    apt::install(&missing, reason)
}

/// Makes sure of rustfmt and clippy, which a minimal rustup leaves out.
fn linters() -> Result<()> {
    for (command, component, package) in
        [("fmt", "rustfmt", "rustfmt-web"), ("clippy", "clippy", "rust-web-clippy")]
    {
        if exec::probe("cargo", &[command, "--version"]).is_some() {
            continue;
        }
        if exec::probe("rustup", &["--version"]).is_none() {
            apt::install(&[package], "the linters")?;
            continue;
        }
        ui::step(format!("Adding {component} by rustup"), || {
            exec::run(Command::new("rustup").args(["component", "add", component]))
        })?;
    }
    Ok(())
}

impl Tally {
    /// Runs a check that counts no tests.
    fn check(&mut self, name: &str, command: &mut Command) {
        let started = Instant::now();
        let (outcome, _) = attempt(name, command);
        self.note(name, outcome, started, "");
    }

    /// Runs tests and adds up what they say; whether all passed.
    fn test(&mut self, name: &str, command: &mut Command) -> bool {
        let started = Instant::now();
        let (outcome, output) = attempt(name, command);
        let here = Counts::of(&output);
        self.counts.passed += here.passed;
        self.counts.failed += here.failed;
        self.note(name, outcome, started, &format!(": {here}"))
    }

    fn note(&mut self, name: &str, outcome: Result<()>, started: Instant, detail: &str) -> bool {
        let took = ui::seconds(started.elapsed());
        match outcome {
            Ok(()) => self.lines.push(format!("✓ {name}{detail} ({took})")),
            Err(error) => {
                println!("\n{error:#}\n");
                self.lines.push(format!("✗ {name}{detail} ({took})"));
                self.failed.push(name.to_owned());
                return false;
            }
        }
        true
    }
}

/// Runs a check as a step; hands back its output too, which is in the error if it failed.
fn attempt(name: &str, command: &mut Command) -> (Result<()>, String) {
    let mut output = String::new();
    let outcome = ui::step(format!("Checking: {name}"), || {
        let (status, text) = exec::run_with(command, ui::status)?;
        output = text;
        ensure!(status.success(), "{output}\n{name}: {status}");
        Ok(())
    });
    (outcome, output)
}

impl Counts {
    /// Adds up the lines `test result: ok. 12 passed; 0 failed; …` that libtest prints, and PHPUnit's.
    fn of(output: &str) -> Self {
        let mut sum = Self::default();
        for line in output.lines() {
            if let Some((passed, failed)) = php::counted(line) {
                sum.passed += passed;
                sum.failed += failed;
            }
            let Some((_, numbers)) =
                line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
            else {
                continue;
            };
            for part in numbers.split("; ") {
                match part.split_once(' ') {
                    Some((n, "passed")) => sum.passed += n.parse().unwrap_or(0),
                    Some((n, "failed")) => sum.failed += n.parse().unwrap_or(0),
                    _ => {}
                }
            }
        }
        sum
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_lines_of_all_test_programs_are_added_up() {
        let output = "running 3 tests\n\
            test a ... ok\n\
            test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test b ... FAILED\n\
            test result: FAILED. 7 passed; 2 failed; 0 ignored; 0 measured; 1 filtered out; finished in 2.00s\n";
        assert_eq!(Counts::of(output), Counts { passed: 10, failed: 2 });
        assert_eq!(Counts::of("error: could not compile"), Counts::default());
    }

    #[test]
    fn the_closing_line_has_the_form_that_ci_reads() {
        let counts = Counts { passed: 12, failed: 0 };
        assert_eq!(counts.to_string(), "12 passed, 0 failed");
    }
}

//! The chores of the project: `cargo xtask demo | test | build | package | bench`.

mod apt;
mod bench;
mod build;
mod demo;
mod exec;
mod fresh;
mod lock;
mod package;
mod past;
mod php;
mod sizes;
mod stack;
mod test;
mod tools;
mod tryout;
mod typed;
mod ui;
mod widget;
mod worker_build;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

/// The chores of Parrain.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Chore {
    /// Install what is missing, build all, and open the demo shop on real workerd
    Demo(demo::Options),
    /// Run every check and test there is
    Test(test::Options),
    /// Build what `wrangler deploy` puts on Cloudflare, and say what it weighs
    Build(build::Options),
    /// Make one zip that deploys without Rust
    Package,
    /// Measure bytes, store calls and CPU beside a bare Worker, or what the tag costs a page
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let chore = Chore::parse();
    let result = run(&chore);
    exec::outlive_stop();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            ui::say(format!("\n{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(chore: &Chore) -> Result<()> {
    exec::stop_with_us()?;
    match chore {
        Chore::Demo(options) => demo::run(options),
        Chore::Test(options) => test::run(options),
        Chore::Bench(options) => bench::run(options),
        Chore::Build(options) => build::run(options),
        Chore::Package => package::run(),
    }
}

//! What reading an export and trying a program on it takes, by the very wasm that the owner's browser runs, in Node.

use std::{fs, process::Command};

use anyhow::{Result, ensure};

use crate::{tools::Tools, tryout, ui};

/// Measures it for so many orders and prints the figures.
///
/// # Errors
/// What does not build or run.
pub fn run(tools: &Tools, orders: usize) -> Result<()> {
    let folder = ui::step("Building what tries a program", || tryout::glue_and_wasm(tools))?;
    fs::copy(folder.join("parrain_tryout_page.js"), folder.join("glue.mjs"))?;
    let script = folder.join("bench.mjs");
    fs::write(&script, include_str!("tryout.mjs"))?;
    let status = Command::new("node").arg(script).arg(orders.to_string()).status()?;
    ensure!(status.success(), "the benchmark failed");
    Ok(())
}

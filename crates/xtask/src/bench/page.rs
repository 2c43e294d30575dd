//! What the tag costs a shop's page: starts the stack and Chromium's driver for the program that visits the pages,
//! `tests/examples/page.rs`, which is where the browser's crates are.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, ensure};

use crate::{
    build, exec,
    stack::{ADMIN_TOKEN, Edge, Scratch, free_port, webdriver},
    test,
    tools::{self, Tools},
    ui,
};

/// The peer whose script the widget is held against: SaaSquatch's, of the MIT licence.
const PEER: &str = "node_modules/@saasquatch/squatch-js/dist/squatch.min.js";

/// Builds and starts all, visits each page so often and prints what that cost: over a slow 4G network, or over
/// that of this machine alone.
///
/// # Errors
/// What does not build, start or answer.
pub fn run(root: &Path, visits: u8, local: bool) -> Result<()> {
    test::chromium("visits by a browser")?;
    let tools = Tools::ready(root, &["demo-shop"], || {
        ui::step("Building what visits the shop", || {
            let visitor = ["build", "-p", "parrain-tests", "--example", "page"];
            exec::run(tools::cargo().args(visitor).current_dir(root))
        })
    })?;
    let scratch = Scratch::new(root, "page")?;
    let (served, ..) = build::served(&tools, &scratch.0.join("served"))?;
    let peer = scratch.0.join("peer.js.br");
    compress(&root.join(PEER), &peer)?;
    let (port, driver_port) = (free_port()?, free_port()?);
    let (edge, (driver, _driver)) = ui::step("Starting the edge and the browser's driver", || {
        Ok((Edge::start(root, &served, port, &scratch.0, &[])?, webdriver(driver_port, &scratch.0)?))
    })?;
    let mut visitor = Command::new(tools.target.join("debug/examples/page"));
    visitor
        .current_dir(root)
        .env("PARRAIN_BASE", &edge.url)
        .env("PARRAIN_ADMIN_TOKEN", ADMIN_TOKEN)
        .env("PARRAIN_WEBDRIVER", driver)
        .env("PARRAIN_VISITS", visits.to_string())
        .env("PARRAIN_NETWORK", if local { "local" } else { "slow-4g" })
        .env("PARRAIN_PEER", peer);
    let tables =
        ui::step("Visiting the demo page with the widget, without it, and with a peer's script", || {
            let (status, output) = exec::run_with(&mut visitor, ui::status)?;
            ensure!(status.success(), "{output}\nThe edge's log ends with:\n{}", edge.log());
            Ok(output)
        })?;
    println!("\n{tables}");
    Ok(())
}

/// Compresses a file by brotli as a content network does on the way, in the quality that workerd takes.
fn compress(from: &Path, to: &Path) -> Result<()> {
    const SCRIPT: &str = "
        const { brotliCompressSync, constants } = require('node:zlib');
        const { readFileSync, writeFileSync } = require('node:fs');
        const [from, to] = process.argv.slice(1);
        const params = { [constants.BROTLI_PARAM_QUALITY]: 5 };
        writeFileSync(to, brotliCompressSync(readFileSync(from), { params }));";
    let output = Command::new("node")
        .args(["-e", SCRIPT, "--"])
        .args([from, to])
        .output()
        .context("cannot start node")?;
    ensure!(
        output.status.success(),
        "cannot compress {}: {}",
        from.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

//! `cargo xtask demo`: from an empty machine to an open shop.

use std::{path::PathBuf, thread, time::Duration};

use anyhow::{Context, Result};

use crate::{
    build, exec,
    stack::{Edge, Shop, check_port},
    tools::{self, Tools},
    ui,
};

/// How the demo is started.
#[derive(clap::Args)]
pub struct Options {
    /// The port of the edge; the shop takes the next one.
    #[arg(long, default_value_t = 8787, value_parser = clap::value_parser!(u16).range(1..65535))]
    port: u16,
    /// The folder where orders, codes and rewards are kept between runs.
    #[arg(long, default_value = ".parrain/state")]
    state: PathBuf,
}

/// Installs, builds and starts all, and keeps it running until it is stopped.
///
/// # Errors
/// A sentence that says what to do: a busy port, no network, a tool that cannot be installed.
pub fn run(options: &Options) -> Result<()> {
    let root = tools::root()?;
    let (port, shop_port) = (options.port, options.port + 1);
    for port in [port, shop_port] {
        check_port(port, "start the demo elsewhere: `cargo xtask demo --port 9000`")?;
    }
    std::fs::create_dir_all(&options.state)
        .with_context(|| format!("cannot keep anything in {}", options.state.display()))?;
    let state = options.state.canonicalize()?;

    let shop_program = || {
        ui::step("Building the demo shop", || {
            exec::run(tools::cargo().args(["build", "-p", "demo-shop"]).current_dir(&root))
        })
    };
    let tools = Tools::ready(&root, shop_program)?;
    build::unless_fresh(&tools)?;
    let mut edge = ui::step("Starting the edge on workerd", || Edge::start(&root, port, &state, &[]))?;
    let mut shop = ui::step("Opening the shop", || {
        let url = format!("http://localhost:{shop_port}");
        let secrets = edge.set_up_demo_shop(&root, &state, &url)?;
        Shop::start(&root, shop_port, &edge, &state, &secrets)
    })?;

    let (edge_url, shop_url) = (&edge.url, &shop.url);
    ui::say(format!(
        "
  The shop, as a shopper          {shop_url}/
  The shop, as Anna's friend      {edge_url}/r/demo/ANNA10
  Anna's rewards                  {shop_url}/account?customer=c-anna

What happens is kept in {}. Ctrl-C stops everything.",
        state.display()
    ));
    loop {
        edge.check()?;
        shop.check()?;
        thread::sleep(Duration::from_secs(1));
    }
}

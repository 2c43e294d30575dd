//! `cargo xtask demo`: from an empty machine to an open shop.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{
    build, past,
    stack::{Edge, Shop, check_port},
    tools, ui,
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
    /// Leaves out the shop that has lived, so that the desk shows how a shop begins.
    #[arg(long)]
    empty: bool,
}

/// Installs, builds and starts all, and keeps it running until it is stopped.
///
/// # Errors
/// A sentence that says what to do: a busy port, no network, a tool that cannot be installed.
pub fn run(options: &Options) -> Result<()> {
    let root = tools::root()?;
    let (port, shop_port) = (options.port, options.port + 1);
    std::fs::create_dir_all(&options.state)
        .with_context(|| format!("cannot keep anything in {}", options.state.display()))?;
    let state = options.state.canonicalize()?;
    let _lock = take(&state)?;
    for port in [port, shop_port] {
        check_port(port, "start the demo elsewhere: `cargo xtask demo --port 9000`")?;
    }

    let served = build::from_nothing(&root, &["demo-shop"], &state.join("served"))?;
    let url = format!("http://localhost:{shop_port}");
    // What is mailed goes to the shop, which shows it: nothing leaves the machine.
    let vars = [("PARRAIN_RESEND_API", &*format!("{url}/resend"))];
    let mut edge =
        ui::step("Starting the edge on workerd", || Edge::start(&root, &served, port, &state, &vars))?;
    let mut shop = ui::step("Opening the shop", || {
        let mut secrets = edge.set_up_demo_shop(&root, &state, &url)?;
        secrets.way_out = Some(edge.set_up_demo_way_out(&state, &url)?);
        let shop = Shop::start(&root, shop_port, &edge, &state, &secrets)?;
        edge.set_up_demo_mail()?;
        edge.set_up_demo_voucher(&secrets)?;
        Ok(shop)
    })?;

    let own = if options.empty {
        "demo"
    } else {
        ui::step("Letting a shop live for fourteen months", || past::live(&edge, &shop.url))?;
        past::SHOP
    };
    let desk = past::desk_link(&edge, own)?;
    let (edge_url, shop_url) = (&edge.url, &shop.url);
    ui::say(format!(
        "
  The shop, as a shopper          {shop_url}/
  The owner's desk, signed in     {desk}
  The shop, as Anna's friend      {edge_url}/r/demo/ANNA10
  Anna's rewards                  {shop_url}/account?customer=c-anna
  What became of the orders       {shop_url}/admin
  What was mailed                 {shop_url}/mail
  Codes and vouchers it made      {shop_url}/admin/codes
  Webhooks it was told            {shop_url}/admin/webhooks

The link to the desk is good once; {edge_url}/desk opens it again by the admin token demo-admin-token.
The shop speaks French, and English by the link at the top of each page. What happens there is
kept in {}. Ctrl-C stops everything.",
        state.display()
    ));
    loop {
        edge.check()?;
        shop.check()?;
        thread::sleep(Duration::from_secs(1));
    }
}

/// Keeps a folder to one demo for as long as the answer lives: the shop's address is part of what is kept
/// there, so a second demo on other ports would send the friends of the first to itself.
fn take(state: &Path) -> Result<File> {
    let path = state.join("lock");
    let lock = File::create(&path).with_context(|| format!("cannot keep anything in {}", state.display()))?;
    if matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) {
        bail!(
            "A demo is running and keeps what happens in {}: stop it, or give this one ports and a folder of \
             its own: `cargo xtask demo --port 9000 --state .parrain/second`.",
            state.display()
        );
    }
    // Where the file system knows no locks, one demo at a time is up to whoever starts them.
    Ok(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_serves_one_demo_at_a_time() {
        let state = std::env::temp_dir().join(format!("parrain-demo-lock-{}", std::process::id()));
        std::fs::create_dir_all(&state).unwrap();
        let first = take(&state).unwrap();
        let refused = take(&state).unwrap_err().to_string();
        assert!(refused.starts_with("A demo is running") && refused.contains("--state"), "{refused}");
        drop(first);
        // A process that another test is just starting holds the file too, until it is itself.
        let mut freed = (0..100).map(|_| {
            std::thread::sleep(Duration::from_millis(20));
            take(&state)
        });
        assert!(freed.any(|one| one.is_ok()), "its end frees the folder");
        std::fs::remove_dir_all(&state).unwrap();
    }
}

//! Debian's packages, for what neither Cargo nor npm has.

use std::process::Command;

use anyhow::{Context, Result, bail};
use nix::unistd::Uid;

use crate::{exec, ui};

/// Installs packages that are missing, for a reason such as `the browser tests`.
///
/// # Errors
/// A sentence that says what to type, where this is not Debian or we may not install here.
pub fn install(packages: &[&str], reason: &str) -> Result<()> {
    let list = packages.join(" ");
    if exec::probe("apt-get", &["--version"]).is_none() {
        bail!(
            "{list} is needed for {reason}: install it with your system's package manager and run this again."
        );
    }
    let sudo = if Uid::effective().is_root() {
        false
    } else if exec::probe("sudo", &["-n", "true"]).is_some() {
        true
    } else {
        bail!(
            "{list} is needed for {reason} and only root may install it: run `sudo apt-get install --no-install-recommends {list}`, then this again."
        );
    };
    let apt = |args: &[&str]| {
        let mut command = match sudo {
            true => {
                let mut command = Command::new("sudo");
                command.args(["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
                command
            }
            false => Command::new("apt-get"),
        };
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["-q", "-y", "-o", "DPkg::Lock::Timeout=120"])
            .args(args);
        exec::run(&mut command)
    };
    let mut install = vec!["install", "--no-install-recommends"];
    install.extend(packages);
    ui::step(format!("Installing {list} by apt, for {reason}"), || {
        // A fresh machine has no list of packages yet, an old one an outdated list.
        apt(&["update"]).and_then(|()| apt(&install)).with_context(|| {
            format!("apt could not install {list}: check the network and its sources, then run this again")
        })
    })
}

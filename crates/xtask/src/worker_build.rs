//! Installs worker-build, Cloudflare's tool that makes a Worker of a crate, short of what it downloads with.
//!
//! worker-build brings wasm-bindgen, wasm-opt and esbuild by itself, through OpenSSL and two HTTP clients, and a second
//! program that reads interface definitions. Here the three are handed to it and the second program is not asked for;
//! so these dependencies, more than half of what there would be to compile, are taken out of its manifest, and what its
//! logger would need for patterns and colours. Its source and the versions of its lock file stay as they are published.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{exec, fresh};

/// Compiles a version of it in the folder `scratch` and puts the program at `to`; `cargo` makes commands of Cargo.
///
/// # Errors
/// Where its source cannot be had or does not compile.
pub fn install(cargo: impl Fn() -> Command, version: &str, scratch: &Path, to: &Path) -> Result<()> {
    // In a folder of no project, where it means the registry's package alone.
    fs::create_dir_all(scratch)?;
    exec::run(cargo().args(["info", "--quiet"]).arg(format!("worker-build@{version}")).current_dir(scratch))?;
    let published = unpacked(&format!("worker-build-{version}"))?;
    let source = scratch.join("worker-build");
    fresh::renew(&source, |new| {
        fresh::copy(&published, new)?;
        let manifest = fs::read_to_string(new.join("Cargo.toml"))?;
        Ok(fs::write(new.join("Cargo.toml"), short(&manifest)?)?)
    })?;
    let target = scratch.join("target");
    exec::run(
        cargo()
            // Unoptimised: it compiles in half the time, and runs for a second or two a build.
            .args(["build", "--bin", "worker-build", "--config", "profile.dev.debug=false"])
            .arg("--manifest-path")
            .arg(source.join("Cargo.toml"))
            .env("CARGO_TARGET_DIR", &target),
    )?;
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    // Whole or not at all: what is there counts as installed.
    let new = to.with_extension("new");
    fs::copy(target.join("debug/worker-build"), &new)?;
    Ok(fs::rename(new, to)?)
}

/// Where Cargo has unpacked a package of its registry.
fn unpacked(package: &str) -> Result<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let registries = home.context("neither CARGO_HOME nor HOME is set")?.join("registry/src");
    let found = fs::read_dir(&registries)
        .with_context(|| format!("{} is missing", registries.display()))?
        .filter_map(|registry| Some(registry.ok()?.path().join(package)))
        .find(|folder| folder.join("Cargo.toml").is_file());
    found.with_context(|| format!("Cargo has not unpacked {package} in {}", registries.display()))
}

/// The manifest, as Cargo writes it for its registry, without what only downloads and the second program need.
fn short(manifest: &str) -> Result<String> {
    let mut tables: Vec<&str> = Vec::new();
    let mut rest = manifest;
    while let Some(end) = rest.match_indices("\n[").map(|(at, _)| at + 1).next() {
        let (table, after) = rest.split_at(end);
        tables.push(table);
        rest = after;
    }
    tables.push(rest);
    let mut take_out = |beginning: &str| {
        let found = tables.iter().position(|table| table.starts_with(beginning));
        found.map(|found| tables.remove(found)).with_context(|| format!("worker-build has no {beginning}"))
    };
    take_out("[[bin]]\nname = \"worker-codegen\"")?;
    take_out("[dependencies.worker-codegen]")?;
    take_out("[dependencies.binary-install]")?;
    take_out("[dev-dependencies.wasm-bindgen-cli-support]")?;
    let mut bare = |name: &str, features: &str| {
        let table = take_out(&format!("[dependencies.{name}]"))?;
        let version = table.lines().find(|line| line.starts_with("version = "));
        let version = version.with_context(|| format!("worker-build asks for no version of {name}"))?;
        anyhow::Ok(format!(
            "[dependencies.{name}]\n{version}\ndefault-features = false\nfeatures = [{features}]\n"
        ))
    };
    // What its source names of TLS are settings, which need no implementation.
    let ureq = bare("ureq", "\"json\", \"_tls\"")?;
    let logger = bare("env_logger", "")?;
    // A workspace of its own: it lies in a folder of ours.
    Ok(format!("{}\n{ureq}\n{logger}\n[workspace]\n", tables.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[package]\nname = \"worker-build\"\n\n[[bin]]\nname = \"worker-build\"\npath = \"a\"\n\n\
        [[bin]]\nname = \"worker-codegen\"\npath = \"b\"\n\n[dependencies.anyhow]\nversion = \"1\"\n\n\
        [dependencies.binary-install]\nversion = \"0.4.1\"\n\n\
        [dependencies.env_logger]\nversion = \"0.11.8\"\n\n[dependencies.ureq]\nversion = \"3.1\"\n\
        features = [\n    \"native-tls\",\n]\n\n[dependencies.worker-codegen]\nversion = \"0.2.0\"\n\n\
        [dev-dependencies.wasm-bindgen-cli-support]\nversion = \"0.2.129\"\n";

    #[test]
    fn a_manifest_loses_what_only_downloads_need() {
        let short = short(MANIFEST).expect("it has all of that");
        for kept in ["name = \"worker-build\"\npath", "[dependencies.anyhow]\nversion = \"1\"", "[workspace]"]
        {
            assert!(short.contains(kept), "{kept} is missing in {short}");
        }
        for gone in ["worker-codegen", "binary-install", "native-tls", "cli-support"] {
            assert!(!short.contains(gone), "{gone} is still in {short}");
        }
        for bare in ["ureq]\nversion = \"3.1\"", "env_logger]\nversion = \"0.11.8\""] {
            assert!(short.contains(&format!("[dependencies.{bare}\ndefault-features = false")), "{short}");
        }
    }

    #[test]
    fn a_manifest_of_another_make_is_told_apart() {
        let other = MANIFEST.replace("binary-install", "something-else");
        let error = short(&other).expect_err("it needs to be looked at").to_string();
        assert!(error.contains("binary-install"), "{error}");
    }
}

//! The tools that builds need: found where they are there, installed where they are not.
//!
//! Nothing is put into the user's own `~/.cargo/bin`: worker-build goes to `.parrain/tools`, what npm installs to
//! `node_modules`. Versions come from `Cargo.lock` and `package-lock.json`.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::{apt, exec, fresh::turn, lock, ui, worker_build};

/// The target that both wasm crates are built for.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The oldest Node that wrangler runs on, as (major, minor).
const NODE: (u32, u32) = (20, 3);

/// Debian's own Rust: current, and with the source of std, but without std for wasm.
const DEBIAN_RUST: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-22"];

/// The package that is wasm-bindgen's command line.
pub const BINDGEN: &str = "parrain-bindgen";

/// Everything that builds use, each by its path.
pub struct Tools {
    /// The project's own folder.
    pub root: PathBuf,
    /// Where Cargo puts what it builds.
    pub target: PathBuf,
    /// wasm-bindgen, of this workspace and so of the version of `Cargo.lock`.
    pub wasm_bindgen: PathBuf,
    /// worker-build, which makes a Worker of the edge crate.
    pub worker_build: PathBuf,
    /// binaryen's wasm-opt.
    pub wasm_opt: PathBuf,
    /// esbuild, which bundles and minifies JavaScript.
    pub esbuild: PathBuf,
    /// What builds the wasm crates.
    pub rust: Rust,
}

/// Which Rust builds the wasm crates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rust {
    /// The one that runs xtask.
    Own,
    /// Debian's, under `/usr`, where rustup's servers are out of reach.
    Debian,
}

/// The project's folder, absolute.
///
/// # Errors
/// Where the folder that xtask was built in is gone.
pub fn root() -> Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .context("the folder that xtask was built from is gone: run `cargo xtask` from the project")
}

/// Where Cargo puts what it builds, absolute: `target`, unless its configuration or environment says otherwise.
///
/// # Errors
/// Where Cargo cannot read the workspace.
pub fn target(root: &Path) -> Result<PathBuf> {
    let metadata = metadata(root)?;
    let folder = metadata["target_directory"].as_str().context("cargo names no target directory")?;
    Ok(PathBuf::from(folder))
}

/// The folders of one of the workspace's packages and of all those of the workspace that it is built of.
///
/// # Errors
/// Where Cargo cannot read the workspace or it has no such package.
pub fn sources(root: &Path, package: &str) -> Result<Vec<PathBuf>> {
    let metadata = metadata(root)?;
    let packages = metadata["packages"].as_array().context("cargo names no packages")?;
    let text = |value: &Value| value.as_str().map(PathBuf::from);
    let folder = |package: &Value| Some(text(&package["manifest_path"])?.parent()?.to_owned());
    let named = packages.iter().find(|other| other["name"] == package);
    let mut folders = vec![named.and_then(folder).with_context(|| format!("there is no package {package}"))?];
    let mut next = 0;
    while let Some(here) = folders.get(next) {
        next += 1;
        let package = packages.iter().find(|package| folder(package).as_ref() == Some(here));
        let needs = package.and_then(|package| package["dependencies"].as_array()).into_iter().flatten();
        let new: Vec<_> = needs
            .filter(|need| need["kind"] != "dev")
            .filter_map(|need| text(&need["path"]))
            .filter(|path| !folders.contains(path))
            .collect();
        folders.extend(new);
    }
    Ok(folders)
}

fn metadata(root: &Path) -> Result<Value> {
    let output = cargo()
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .context("cannot start cargo")?;
    serde_json::from_slice(&output.stdout).with_context(|| {
        format!("cargo cannot read the workspace: {}", String::from_utf8_lossy(&output.stderr))
    })
}

/// Cargo for this machine's own programs.
pub fn cargo() -> Command {
    Rust::Own.cargo()
}

/// wrangler, which neither asks questions nor reports to anyone.
pub fn wrangler(root: &Path) -> Command {
    let mut command = Command::new("node");
    command
        .arg(root.join("node_modules/wrangler/bin/wrangler.js"))
        .current_dir(root)
        .env("WRANGLER_SEND_METRICS", "false")
        .env("WRANGLER_LOG_PATH", root.join(".parrain/logs"));
    command
}

impl Rust {
    /// Makes sure of one with the wasm target and, where it can be had, with the source of std.
    ///
    /// # Errors
    /// A sentence that says what to do where none can be had.
    pub fn ready() -> Result<Self> {
        let rust = if has_wasm_std(Self::Own) {
            Self::Own
        } else if has_wasm_std(Self::Debian) {
            Self::Debian
        } else {
            add_wasm_target()?
        };
        if rust == Self::Own && !rust.has_src() && exec::probe("rustup", &["--version"]).is_some() {
            // Only the widget's size gains by it, so a refusal is no failure.
            drop(ui::step("Adding the source of std by rustup, for a smaller widget", || {
                exec::run(Command::new("rustup").args(["component", "add", "rust-src"]))
            }));
        }
        Ok(rust)
    }

    /// Its Cargo.
    pub fn cargo(self) -> Command {
        let mut command = Command::new(match self {
            Self::Own => "cargo",
            Self::Debian => "/usr/bin/cargo",
        });
        clean(&mut command, self);
        command
    }

    /// Its compiler, where it can be told: another one makes another artefact.
    pub fn compiler(self) -> Option<PathBuf> {
        let path = self.sysroot()?.join("bin/rustc");
        path.is_file().then_some(path)
    }

    /// Whether the source of std is there, so that `-Zbuild-std` works.
    pub fn has_src(self) -> bool {
        self.sysroot().is_some_and(|root| root.join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file())
    }

    fn sysroot(self) -> Option<PathBuf> {
        exec::probe(rustc(self), &["--print", "sysroot"]).map(PathBuf::from)
    }
}

impl Tools {
    /// Finds all tools and makes those that are missing, with the `programs` of this workspace that are needed, while
    /// `meanwhile` compiles what needs none of them.
    ///
    /// # Errors
    /// A sentence that says what to do about what cannot be installed.
    pub fn ready(
        root: &Path,
        programs: &[&str],
        meanwhile: impl FnOnce() -> Result<()> + Send,
    ) -> Result<Self> {
        let rust = Rust::ready()?;
        let ((), tools) = exec::both(meanwhile, || Self::installed(root, rust, programs))?;
        Ok(tools)
    }

    /// Finds all tools and makes those that are missing: npm's, wasm-bindgen with the `programs` of this workspace that
    /// are needed, and worker-build.
    ///
    /// # Errors
    /// A sentence that says what to do about what cannot be installed.
    pub fn installed(root: &Path, rust: Rust, programs: &[&str]) -> Result<Self> {
        check_node(exec::probe("node", &["--version"]).as_deref())?;
        let versions = std::fs::read_to_string(root.join("Cargo.lock"))?;
        // It is released together with the worker crate, under the same numbers.
        let worker = lock::version(&versions, "worker").context("Cargo.lock names no worker")?;
        let lock = |name: &str| root.join(".parrain").join(name);
        let node = turn(&lock("node.lock"), "the tools that npm installs")?;
        node_packages(root)?;
        drop(node);
        compile(root, programs)?;
        let _turn = turn(&lock("tools.lock"), "the tools that Cargo builds")?;
        let worker_build = installed(root, rust, worker)?;
        let target = target(root)?;
        Ok(Self {
            root: root.to_owned(),
            wasm_bindgen: target.join("debug").join(BINDGEN),
            target,
            worker_build,
            wasm_opt: root.join("node_modules/.bin/wasm-opt"),
            esbuild: root.join("node_modules/.bin/esbuild"),
            rust,
        })
    }

    /// worker-build, told where the other tools are: it would download them otherwise.
    pub fn worker_build(&self) -> Command {
        let mut command = Command::new(&self.worker_build);
        clean(&mut command, self.rust)
            // It runs in the crate's folder, where a relative path would name another place.
            .env("CARGO_TARGET_DIR", &self.target)
            .env("WASM_BINDGEN_BIN", &self.wasm_bindgen)
            .env("ESBUILD_BIN", &self.esbuild);
        command
    }
}

/// Says what to do where Node is missing or too old.
fn check_node(version: Option<&str>) -> Result<()> {
    let (major, minor) = NODE;
    let how = "install it from your distribution or nodejs.org and run this again.";
    let Some(version) = version else {
        bail!("Node is missing: Parrain's tools need {major}.{minor} or newer; {how}");
    };
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|number| number.parse().ok());
    let found: (u32, u32) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    ensure!(found >= NODE, "Node {version} is too old: Parrain's tools need {major}.{minor} or newer; {how}");
    Ok(())
}

/// Installs what `package-lock.json` names, if it is not there yet.
fn node_packages(root: &Path) -> Result<()> {
    let wanted = std::fs::read(root.join("package-lock.json"))?;
    // npm keeps no copy of the lock file that it went by; this one says what is installed.
    let mark = root.join("node_modules/.parrain-lock.json");
    if std::fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    ensure!(
        exec::probe("npm", &["--version"]).is_some(),
        "npm is missing, which belongs to Node: install it (on Debian: `apt-get install npm`) and run this again."
    );
    ui::step("Installing wrangler, esbuild and other tools by npm", || {
        exec::run(
            Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(root),
        )?;
        Ok(std::fs::write(mark, wanted)?)
    })
}

/// Adds the wasm target by rustup or, where that cannot be, with Debian's own Rust.
fn add_wasm_target() -> Result<Rust> {
    let by_rustup = exec::probe("rustup", &["--version"]).is_some()
        && ui::step("Adding the wasm target by rustup", || {
            exec::run(Command::new("rustup").args(["target", "add", WASM]))
        })
        .is_ok();
    if by_rustup && has_wasm_std(Rust::Own) {
        return Ok(Rust::Own);
    }
    ui::say("  rustup cannot add the wasm target here, so Debian's own Rust (rustc-web) builds the wasm.");
    apt::install(&DEBIAN_RUST, "the wasm target, which rustup could not add")?;
    ui::step("Building std for wasm with Debian's Rust", build_wasm_std)?;
    ensure!(
        has_wasm_std(Rust::Debian),
        "Debian's Rust was installed but finds no std for wasm: remove the packages {} and run this again.",
        DEBIAN_RUST.join(" ")
    );
    Ok(Rust::Debian)
}

/// Builds std for wasm from the source that Debian ships, and puts it where rustc looks for it.
fn build_wasm_std() -> Result<()> {
    let scratch = std::env::temp_dir().join(format!("wasm-std-{}", std::process::id()));
    let result = build_wasm_std_in(&scratch);
    drop(std::fs::remove_dir_all(scratch));
    result
}

fn build_wasm_std_in(scratch: &Path) -> Result<()> {
    std::fs::create_dir_all(scratch.join("src"))?;
    std::fs::write(scratch.join("src/lib.rs"), "")?;
    std::fs::write(
        scratch.join("Cargo.toml"),
        "[package]\nname = \"nothing\"\nedition = \"2024\"\n[workspace]\n",
    )?;
    exec::run(
        Rust::Debian
            .cargo()
            .args(["build", "--release", "--target", WASM])
            .arg("-Zbuild-std=std,panic_abort,panic_unwind")
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", "-Cembed-bitcode=yes")
            .env("CARGO_TARGET_DIR", scratch.join("target"))
            .current_dir(scratch),
    )?;
    let to = target_libdir(Rust::Debian).context("Debian's rustc does not run")?;
    std::fs::create_dir_all(&to)?;
    for file in std::fs::read_dir(scratch.join("target").join(WASM).join("release/deps"))? {
        let file = file?;
        let name = file.file_name().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libnothing-") {
            std::fs::copy(file.path(), to.join(name))?;
        }
    }
    Ok(())
}

/// Builds wasm-bindgen, and other programs of the workspace by their packages' names.
fn compile(root: &Path, programs: &[&str]) -> Result<()> {
    let mut said = programs.join(", ");
    if !said.is_empty() {
        said.push_str(" and ");
    }
    ui::step(format!("Building {said}wasm-bindgen"), || {
        let packages = programs.iter().chain(&[BINDGEN]).flat_map(|package| ["--package", package]);
        exec::run(cargo().arg("build").args(packages).current_dir(root))
    })
}

/// worker-build, installed into the project unless that version is there.
fn installed(root: &Path, rust: Rust, version: &str) -> Result<PathBuf> {
    let path = root.join(format!(".parrain/tools/worker-build-{version}/bin/worker-build"));
    if !path.is_file() {
        let scratch = root.join(".parrain/tools/build");
        ui::step(format!("Installing worker-build {version}, compiled from source"), || {
            worker_build::install(|| rust.cargo(), version, &scratch, &path)
        })?;
        // What it was compiled in is of no further use, and large.
        drop(std::fs::remove_dir_all(scratch));
    }
    Ok(path)
}

fn has_wasm_std(rust: Rust) -> bool {
    target_libdir(rust).is_some_and(|folder| {
        std::fs::read_dir(folder).is_ok_and(|mut files| {
            files.any(|file| file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
        })
    })
}

fn target_libdir(rust: Rust) -> Option<PathBuf> {
    let folder = exec::probe(rustc(rust), &["--print", "target-libdir", "--target", WASM])?;
    Some(PathBuf::from(folder))
}

fn rustc(rust: Rust) -> &'static str {
    match rust {
        Rust::Own => "rustc",
        Rust::Debian => "/usr/bin/rustc",
    }
}

/// Takes away what `cargo run` tells xtask alone, and puts the right Rust first.
fn clean(command: &mut Command, rust: Rust) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    if rust == Rust::Debian {
        let mut path = OsString::from("/usr/bin:");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        command.env("PATH", path).env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_made_of_its_own_folder_and_those_that_it_needs() {
        let root = root().expect("this project");
        let sources = sources(&root, "parrain-edge").expect("a package of it");
        assert_eq!(sources[0], root.join("crates/edge"));
        assert!(sources.contains(&root.join("crates/core")), "{sources:?}");
        assert!(!sources.contains(&root.join("crates/xtask")), "{sources:?}");
        assert!(super::sources(&root, "parrain-nothing").is_err());
    }

    #[test]
    fn an_old_or_missing_node_is_refused_with_a_sentence() {
        assert!(check_node(Some("v20.3.0")).is_ok());
        assert!(check_node(Some("v24.0.1")).is_ok());
        let old = check_node(Some("v18.19.0")).expect_err("18 is too old").to_string();
        assert!(old.contains("v18.19.0") && old.contains("20.3"), "{old}");
        assert!(check_node(Some("v20.2.9")).is_err());
        let none = check_node(None).expect_err("there is none").to_string();
        assert!(none.contains("Node is missing"), "{none}");
    }
}

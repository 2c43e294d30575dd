//! The artefacts: the Worker, and what it serves as files. Those of production are in `build`, where `wrangler deploy`
//! finds them; a stack that runs here has a folder of its own, which no later build touches.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::{
    exec, fresh, php,
    sizes::{self, Part},
    tools::{self, Rust, Tools, WASM, wrangler},
    tryout, ui, widget,
};

/// Where `wrangler.toml` has the Worker, and what it serves as files.
const WORKER: &str = "build/worker";
const ASSETS: &str = "build/assets";

/// Where the zips of the shop modules stand among the files: the desk's set-up links to them there.
const MODULES: &str = "m";

/// Where artefacts are kept.
const BUILT: &str = ".parrain/built";

/// What is built.
#[derive(clap::Args)]
pub struct Options {
    /// Only the widget, and nothing is checked.
    #[arg(long)]
    widget: bool,
}

/// What one stack serves: a folder that holds `wrangler.toml` and, as that says, the artefacts.
#[derive(Clone, Debug)]
pub struct Served(PathBuf);

impl Served {
    /// wrangler's set-up.
    pub fn config(&self) -> PathBuf {
        self.0.join("wrangler.toml")
    }

    /// What is served as files: `widget.js` and all that it loads.
    pub fn assets(&self) -> PathBuf {
        self.0.join(ASSETS)
    }
}

/// Builds all for production, has wrangler check that it can be deployed, and prints the sizes.
///
/// # Errors
/// What does not build, or what wrangler refuses.
pub fn run(options: &Options) -> Result<()> {
    let root = &tools::root()?;
    let tools = Tools::ready(root, &[], || Ok(()))?;
    if options.widget {
        return sizes::print("Widget", &assets(&tools, &root.join(ASSETS))?);
    }
    let (worker, assets) = both(&tools, root)?;
    ui::step("Checking with `wrangler deploy --dry-run`", || {
        exec::run(wrangler(root).args(["deploy", "--dry-run", "--outdir", "build/dry-run"]))
    })?;
    sizes::print("Worker", &worker)?;
    sizes::print("Widget", &assets)?;
    println!("\nReady: `npx wrangler deploy` puts it on Cloudflare.");
    Ok(())
}

/// From nothing to all that a stack serves: installs the tools, with the `programs` of this workspace that are needed,
/// and builds the widget on one core while the Worker compiles on the other.
///
/// # Errors
/// A sentence that says what to do about what cannot be installed, or what does not build.
pub fn from_nothing(root: &Path, programs: &[&str], folder: &Path) -> Result<Served> {
    let rust = Rust::ready()?;
    let ((), tools) = exec::both(
        || compile(root, rust),
        || {
            let tools = Tools::installed(root, rust, programs)?;
            assets(&tools, &folder.join(ASSETS))?;
            Ok(tools)
        },
    )?;
    let (served, ..) = served(&tools, folder)?;
    Ok(served)
}

/// Puts all that a stack serves into a folder for it, with the set-up beside, so that the stack goes on with its own
/// while the project's is edited; answers the Worker's and the widget's parts too.
///
/// # Errors
/// What does not build.
pub fn served(tools: &Tools, folder: &Path) -> Result<(Served, Vec<Part>, Vec<Part>)> {
    let (worker, assets) = both(tools, folder)?;
    let served = Served(folder.to_owned());
    std::fs::copy(tools.root.join("wrangler.toml"), served.config()).context("cannot copy wrangler.toml")?;
    Ok((served, worker, assets))
}

/// The Worker and the widget beside each other, under `folder` as `wrangler.toml` says.
fn both(tools: &Tools, folder: &Path) -> Result<(Vec<Part>, Vec<Part>)> {
    exec::both(|| worker(tools, &folder.join(WORKER)), || assets(tools, &folder.join(ASSETS)))
}

/// The Worker's build, as it is kept.
const KEPT_WORKER: Kept<'static> = Kept { turn: "worker", name: "worker", what: "the Worker's build" };

fn worker(tools: &Tools, folder: &Path) -> Result<Vec<Part>> {
    let inputs = worker_inputs(&tools.root, tools.rust)?;
    KEPT_WORKER.put(&tools.root, &inputs, folder, |new| make_worker(tools, new))
}

/// Compiles the Worker as worker-build will ask for it, unless one is kept.
fn compile(root: &Path, rust: Rust) -> Result<()> {
    if KEPT_WORKER.is_fresh(root, &worker_inputs(root, rust)?) {
        return Ok(());
    }
    ui::step("Compiling the Worker", || {
        let mut cargo = rust.cargo();
        cargo.args(["build", "--lib", "--target", WASM, "--release"]);
        exec::run(cargo.current_dir(root.join("crates/edge")))
    })
}

fn worker_inputs(root: &Path, rust: Rust) -> Result<Vec<PathBuf>> {
    // Mails and the desk have the widget's words for rewards in them.
    inputs(root, rust, "parrain-edge", &["www/widget/locales"])
}

/// The widget's parts; the zips of the shop modules stand beside them.
fn assets(tools: &Tools, folder: &Path) -> Result<Vec<Part>> {
    let root = &tools.root;
    let mut inputs = [
        inputs(root, tools.rust, "parrain-widget", &["crates/xtask/src/widget.rs", "www/widget"])?,
        inputs(root, tools.rust, "parrain-tryout-page", &["crates/xtask/src/tryout.rs", "www/tryout"])?,
    ]
    .concat();
    inputs.extend(tools::sources(root, "parrain-qr")?);
    let kept = Kept { turn: "assets", name: "assets", what: "the widget's build" };
    let parts = kept.put(root, &inputs, folder, |new| make_assets(tools, new))?;
    modules(root, &folder.join(MODULES))?;
    Ok(parts)
}

/// The zips of the shop modules, for the desk to hand out. They are made by PHP; where that cannot be installed, all else
/// is served without them.
fn modules(root: &Path, folder: &Path) -> Result<()> {
    if let Err(why) = php::ready(false, "packing the shop modules") {
        ui::say(format!("  The desk's links to the shop modules will lead nowhere: {why:#}"));
        return Ok(());
    }
    let inputs: Vec<_> =
        ["integrations", "LICENSE-MIT", "LICENSE-APACHE"].iter().map(|path| root.join(path)).collect();
    let kept = Kept { turn: "modules", name: "modules", what: "the shop modules' zips" };
    let made = kept.put(root, &inputs, folder, |new| {
        ui::step("Packing the shop modules", || php::pack(root, new).map(|()| Vec::new()))
    });
    made.map(drop)
}

/// What an artefact is made of: a package, the tools, and `more` paths of the project.
fn inputs(root: &Path, rust: Rust, package: &str, more: &[&str]) -> Result<Vec<PathBuf>> {
    let mut inputs = tools::sources(root, package)?;
    let common = ["Cargo.toml", "Cargo.lock", "package-lock.json", "crates/xtask/src/build.rs"];
    inputs.extend(common.iter().chain(more).map(|path| root.join(path)));
    inputs.extend(tools::sources(root, tools::BINDGEN)?);
    inputs.extend(rust.compiler());
    Ok(inputs)
}

/// An artefact that is kept in [`BUILT`], whoever asks for it, and made anew where something changed that it is
/// made of.
struct Kept<'a> {
    /// Which lock its builds take turns by: what they compile they leave in one place.
    turn: &'a str,
    /// Its folder.
    name: &'a str,
    /// As one says it who waits for it.
    what: &'a str,
}

impl Kept<'_> {
    /// Whether it is there and nothing has changed that it is made of.
    fn is_fresh(&self, root: &Path, inputs: &[PathBuf]) -> bool {
        fresh::is_fresh(&self.stamp(root), inputs).unwrap_or(false)
    }

    fn stamp(&self, root: &Path) -> PathBuf {
        root.join(BUILT).join(self.name).with_extension("stamp")
    }

    /// Makes it unless it is there, and puts it into `folder`; answers its parts there.
    fn put(
        &self,
        root: &Path,
        inputs: &[PathBuf],
        folder: &Path,
        make: impl FnOnce(&Path) -> Result<Vec<Part>>,
    ) -> Result<Vec<Part>> {
        let built = root.join(BUILT);
        let _turn = fresh::turn(&built.join(self.turn).with_extension("lock"), self.what)?;
        let (kept, list) = (built.join(self.name), built.join(self.name).with_extension("parts"));
        fresh::unless_fresh(&self.stamp(root), inputs, || {
            let parts = fresh::renew(&kept, |new| {
                let parts = make(new)?.into_iter();
                parts.map(|part| Ok((part.name, part.path.strip_prefix(new)?.to_owned()))).collect()
            })?;
            let parts: Vec<(String, PathBuf)> = parts;
            Ok(std::fs::write(&list, serde_json::to_vec(&parts)?)?)
        })?;
        fresh::renew(folder, |new| {
            fresh::copy(&kept, new).with_context(|| format!("cannot copy {}", kept.display()))
        })?;
        let parts: Vec<(String, PathBuf)> = serde_json::from_slice(&std::fs::read(&list)?)?;
        Ok(parts.into_iter().map(|(name, path)| Part { name, path: folder.join(path) }).collect())
    }
}

/// The Worker, by worker-build.
fn make_worker(tools: &Tools, folder: &Path) -> Result<Vec<Part>> {
    ui::step("Building the Worker", || {
        let mut command = tools.worker_build();
        // Without wasm-opt, which takes minutes and makes it a tenth larger as it is deployed, by gzip.
        command.args(["--release", "--no-opt", "--out-dir"]).arg(folder);
        exec::run(command.current_dir(tools.root.join("crates/edge")))
    })?;
    let part = |name: &str, file: &str| Part { name: name.to_owned(), path: folder.join(file) };
    let parts = vec![part("wasm", "index_bg.wasm"), part("glue", "index.js")];
    for part in &parts {
        ensure!(part.path.is_file(), "worker-build made no {}", part.path.display());
    }
    Ok(parts)
}

/// The widget, and whatever else is served as a file. Names carry a hash of the content, so a folder that is not
/// begun anew would deploy old ones for ever.
fn make_assets(tools: &Tools, folder: &Path) -> Result<Vec<Part>> {
    ui::step("Building the widget", || {
        let mut parts = widget::build(tools, folder)?;
        parts.extend(tryout::build(tools, folder)?);
        Ok(parts)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_artefacts_are_where_wrangler_looks_for_them() {
        let set_up = include_str!("../../../wrangler.toml");
        assert!(set_up.contains(&format!("main = \"{WORKER}/index.js\"")));
        assert!(set_up.contains(&format!("directory = \"{ASSETS}\"")));
    }
}

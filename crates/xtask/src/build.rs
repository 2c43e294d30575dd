//! The artefacts: the Worker, and what it serves as files. Those of production are in `build`, where `wrangler deploy`
//! finds them; a stack that runs here has a folder of its own, which no later build touches.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::{
    exec, fresh, php,
    sizes::{self, Part},
    tools::{self, Tools, wrangler},
    tryout, ui, widget,
};

/// Where `wrangler.toml` has the Worker, and what it serves as files.
const WORKER: &str = "build/worker";
const ASSETS: &str = "build/assets";

/// Where the zips of the shop modules stand among the files: the desk's set-up links to them there.
const MODULES: &str = "m";

/// How far the Worker's wasm is worked over after it is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// Not at all: soon ready to run here.
    Quick,
    /// By wasm-opt: a tenth to a third smaller, for production.
    Small,
}

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
        return sizes::print("Widget", &assets(&tools, Finish::Quick, &root.join(ASSETS))?);
    }
    let (worker, assets) = both(&tools, Finish::Small, root)?;
    ui::step("Checking with `wrangler deploy --dry-run`", || {
        exec::run(wrangler(root).args(["deploy", "--dry-run", "--outdir", "build/dry-run"]))
    })?;
    sizes::print("Worker", &worker)?;
    sizes::print("Widget", &assets)?;
    println!("\nReady: `npx wrangler deploy` puts it on Cloudflare.");
    Ok(())
}

/// Puts all that a stack serves into a folder for it, with the set-up beside, so that the stack goes on with its own
/// while the project's is edited; answers the Worker's and the widget's parts too.
///
/// # Errors
/// What does not build.
pub fn served(tools: &Tools, finish: Finish, folder: &Path) -> Result<(Served, Vec<Part>, Vec<Part>)> {
    let (worker, assets) = both(tools, finish, folder)?;
    let served = Served(folder.to_owned());
    std::fs::copy(tools.root.join("wrangler.toml"), served.config()).context("cannot copy wrangler.toml")?;
    Ok((served, worker, assets))
}

/// The Worker and the widget beside each other, under `folder` as `wrangler.toml` says.
fn both(tools: &Tools, finish: Finish, folder: &Path) -> Result<(Vec<Part>, Vec<Part>)> {
    exec::both(|| worker(tools, finish, &folder.join(WORKER)), || assets(tools, finish, &folder.join(ASSETS)))
}

fn worker(tools: &Tools, finish: Finish, folder: &Path) -> Result<Vec<Part>> {
    let name = match finish {
        Finish::Quick => "worker-quick",
        Finish::Small => "worker",
    };
    let kept = Kept { turn: "worker", name, what: "the Worker's build" };
    // Mails and the desk have the widget's words for rewards in them.
    let inputs = inputs(tools, "parrain-edge", &["www/widget/locales"])?;
    kept.put(tools, &inputs, folder, |new| make_worker(tools, finish, new))
}

/// The widget's parts; the zips of the shop modules stand beside them.
fn assets(tools: &Tools, finish: Finish, folder: &Path) -> Result<Vec<Part>> {
    let mut inputs = [
        inputs(tools, "parrain-widget", &["crates/xtask/src/widget.rs", "www/widget"])?,
        inputs(tools, "parrain-tryout-page", &["crates/xtask/src/tryout.rs", "www/tryout"])?,
    ]
    .concat();
    inputs.extend(tools::sources(&tools.root, "parrain-qr")?);
    let kept = Kept { turn: "assets", name: "assets", what: "the widget's build" };
    let parts = kept.put(tools, &inputs, folder, |new| make_assets(tools, new))?;
    modules(tools, finish, &folder.join(MODULES))?;
    Ok(parts)
}

/// The zips of the shop modules, for the desk to hand out. They are made by PHP, which production makes sure of; what
/// runs here goes without them where there is none.
fn modules(tools: &Tools, finish: Finish, folder: &Path) -> Result<()> {
    match finish {
        Finish::Small => php::ready(false, "packing the shop modules")?,
        Finish::Quick if !php::is_there() => {
            ui::say(
                "  No PHP here: the shop modules are not packed, so the desk's links to them lead nowhere",
            );
            return Ok(());
        }
        Finish::Quick => {}
    }
    let inputs: Vec<_> =
        ["integrations", "LICENSE-MIT", "LICENSE-APACHE"].iter().map(|path| tools.root.join(path)).collect();
    let kept = Kept { turn: "modules", name: "modules", what: "the shop modules' zips" };
    let made = kept.put(tools, &inputs, folder, |new| {
        ui::step("Packing the shop modules", || php::pack(&tools.root, new).map(|()| Vec::new()))
    });
    made.map(drop)
}

/// What an artefact is made of: a package, the tools, and `more` paths of the project.
fn inputs(tools: &Tools, package: &str, more: &[&str]) -> Result<Vec<PathBuf>> {
    let mut inputs = tools::sources(&tools.root, package)?;
    let common = ["Cargo.toml", "Cargo.lock", "package-lock.json", "crates/xtask/src/build.rs"];
    inputs.extend(common.iter().chain(more).map(|path| tools.root.join(path)));
    inputs.extend(tools::sources(&tools.root, tools::BINDGEN)?);
    inputs.extend(tools.compiler());
    Ok(inputs)
}

/// An artefact that is kept in `.parrain/built`, whoever asks for it, and made anew where something changed that it is
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
    /// Makes it unless it is there, and puts it into `folder`; answers its parts there.
    fn put(
        &self,
        tools: &Tools,
        inputs: &[PathBuf],
        folder: &Path,
        make: impl FnOnce(&Path) -> Result<Vec<Part>>,
    ) -> Result<Vec<Part>> {
        let built = tools.root.join(".parrain/built");
        let _turn = fresh::turn(&built.join(self.turn).with_extension("lock"), self.what)?;
        let (kept, list) = (built.join(self.name), built.join(self.name).with_extension("parts"));
        fresh::unless_fresh(&kept.with_extension("stamp"), inputs, || {
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
fn make_worker(tools: &Tools, finish: Finish, folder: &Path) -> Result<Vec<Part>> {
    ui::step("Building the Worker", || {
        let mut command = tools.worker_build();
        command.args(["--release", "--out-dir"]).arg(folder).current_dir(tools.root.join("crates/edge"));
        match finish {
            Finish::Quick => exec::run(command.arg("--no-opt")),
            Finish::Small => exec::run(&mut command),
        }
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

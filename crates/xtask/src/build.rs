//! The artefacts: the Worker, and what it serves as files. Those of production are in `build`, where `wrangler deploy`
//! finds them; a stack that runs here has a folder of its own, which no later build touches.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::{
    exec, fresh,
    sizes::{self, Part},
    tools::{self, Tools, wrangler},
    tryout, ui, widget,
};

/// Where `wrangler.toml` has the Worker, and what it serves as files.
const WORKER: &str = "build/worker";
const ASSETS: &str = "build/assets";

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
        return sizes::print("Widget", &assets(&tools, &root.join(ASSETS))?);
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

/// Builds all into a folder for one stack; answers the Worker's and the widget's parts too.
///
/// # Errors
/// What does not build.
pub fn served(tools: &Tools, finish: Finish, folder: &Path) -> Result<(Served, Vec<Part>, Vec<Part>)> {
    let (worker, assets) = both(tools, finish, folder)?;
    Ok((served_from(&tools.root, folder)?, worker, assets))
}

/// Puts what is built into a folder for one stack, quickly: builds of earlier stacks are kept, and made anew
/// where something changed that they are made of.
///
/// # Errors
/// What does not build.
pub fn served_quickly(tools: &Tools, folder: &Path) -> Result<Served> {
    let inputs = |package: &str, more: &[&str]| -> Result<Vec<PathBuf>> {
        let mut inputs = tools::sources(&tools.root, package)?;
        let common = ["Cargo.toml", "Cargo.lock", "package-lock.json", "crates/xtask/src/build.rs"];
        inputs.extend(common.iter().chain(more).map(|path| tools.root.join(path)));
        inputs.extend(tools::sources(&tools.root, tools::BINDGEN)?);
        Ok(inputs)
    };
    let of_widget = || -> Result<Vec<PathBuf>> {
        let mut all = inputs("parrain-widget", &["crates/xtask/src/widget.rs", "www/widget"])?;
        all.extend(tools::sources(&tools.root, "parrain-qr")?);
        all.extend(inputs("parrain-tryout-page", &["crates/xtask/src/tryout.rs", "www/tryout"])?);
        Ok(all)
    };
    let kept = tools.root.join(".parrain/built");
    let (worker_folder, assets_folder) = (kept.join("worker"), kept.join("assets"));
    exec::both(
        || {
            let _turn = worker_turn(tools)?;
            fresh::unless_fresh(&kept.join("worker.stamp"), &inputs("parrain-edge", &[])?, || {
                make_worker(tools, Finish::Quick, &worker_folder).map(drop)
            })?;
            replace(&worker_folder, &folder.join(WORKER))
        },
        || {
            let _turn = assets_turn(tools)?;
            fresh::unless_fresh(&kept.join("assets.stamp"), &of_widget()?, || {
                make_assets(tools, &assets_folder).map(drop)
            })?;
            replace(&assets_folder, &folder.join(ASSETS))
        },
    )?;
    served_from(&tools.root, folder)
}

/// The Worker and the widget beside each other, under `folder` as `wrangler.toml` says.
fn both(tools: &Tools, finish: Finish, folder: &Path) -> Result<(Vec<Part>, Vec<Part>)> {
    exec::both(
        || {
            let _turn = worker_turn(tools)?;
            make_worker(tools, finish, &folder.join(WORKER))
        },
        || assets(tools, &folder.join(ASSETS)),
    )
}

fn assets(tools: &Tools, folder: &Path) -> Result<Vec<Part>> {
    let _turn = assets_turn(tools)?;
    make_assets(tools, folder)
}

/// The set-up beside the artefacts: a stack goes on with its own while the project's is edited.
fn served_from(root: &Path, folder: &Path) -> Result<Served> {
    let served = Served(folder.to_owned());
    std::fs::copy(root.join("wrangler.toml"), served.config()).context("cannot copy wrangler.toml")?;
    Ok(served)
}

fn replace(from: &Path, to: &Path) -> Result<()> {
    fresh::renew(to, |new| fresh::copy(from, new).with_context(|| format!("cannot copy {}", from.display())))
}

// Each build leaves what it compiled in one place, whoever asks for it.

fn worker_turn(tools: &Tools) -> Result<std::fs::File> {
    fresh::turn(&tools.root.join(".parrain/built/worker.lock"), "the Worker's build")
}

fn assets_turn(tools: &Tools) -> Result<std::fs::File> {
    fresh::turn(&tools.root.join(".parrain/built/assets.lock"), "the widget's build")
}

/// The Worker, by worker-build.
fn make_worker(tools: &Tools, finish: Finish, folder: &Path) -> Result<Vec<Part>> {
    ui::step("Building the Worker", || {
        fresh::renew(folder, |new| {
            let mut command = tools.worker_build();
            command.args(["--release", "--out-dir"]).arg(new).current_dir(tools.root.join("crates/edge"));
            match finish {
                Finish::Quick => exec::run(command.arg("--no-opt")),
                Finish::Small => exec::run(&mut command),
            }
        })
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
        fresh::renew(folder, |new| {
            let mut parts = widget::build(tools, new)?;
            parts.extend(tryout::build(tools, new)?);
            for part in &mut parts {
                part.path = folder.join(part.path.strip_prefix(new)?);
            }
            Ok(parts)
        })
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

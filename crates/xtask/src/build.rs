//! The artefacts: the Worker in `build/worker`, what it serves as files in `build/assets`.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::{
    exec, fresh,
    sizes::{self, Part},
    tools::{self, Tools, wrangler},
    ui, widget,
};

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

/// Builds all for production, has wrangler check that it can be deployed, and prints the sizes.
///
/// # Errors
/// What does not build, or what wrangler refuses.
pub fn run(options: &Options) -> Result<()> {
    let root = &tools::root()?;
    let tools = Tools::ready(root, || Ok(()))?;
    if options.widget {
        return sizes::print("Widget", &assets(&tools)?);
    }
    let (worker, assets) = exec::both(|| worker(&tools, Finish::Small), || assets(&tools))?;
    ui::step("Checking with `wrangler deploy --dry-run`", || {
        exec::run(wrangler(root).args(["deploy", "--dry-run", "--outdir", "build/dry-run"]))
    })?;
    sizes::print("Worker", &worker)?;
    sizes::print("Widget", &assets)?;
    println!("\nReady: `npx wrangler deploy` puts it on Cloudflare.");
    Ok(())
}

/// Builds what is not fresh, for a stack that is to be started here.
///
/// # Errors
/// What does not build.
pub fn unless_fresh(tools: &Tools) -> Result<()> {
    let inputs = |own: &[&str]| -> Vec<PathBuf> {
        let common = ["Cargo.toml", "Cargo.lock", "package-lock.json", "crates/core"];
        let paths = common.iter().chain(own).map(|path| tools.root.join(path));
        paths.chain([tools.wasm_bindgen.clone()]).collect()
    };
    let build = tools.root.join("build");
    std::fs::create_dir_all(&build)?;
    exec::both(
        || {
            fresh::unless_fresh(&build.join("worker.stamp"), &inputs(&["crates/edge"]), || {
                worker(tools, Finish::Quick).map(drop)
            })
        },
        || {
            let own = ["crates/widget", "crates/qr", "crates/xtask/src/widget.rs", "www/widget"];
            fresh::unless_fresh(&build.join("assets.stamp"), &inputs(&own), || assets(tools).map(drop))
        },
    )?;
    Ok(())
}

/// The Worker, by worker-build.
///
/// # Errors
/// What does not build.
pub fn worker(tools: &Tools, finish: Finish) -> Result<Vec<Part>> {
    let mut command = tools.worker_build();
    command
        .args(["--release", "--out-dir", "../../build/worker"])
        .current_dir(tools.root.join("crates/edge"));
    if finish == Finish::Quick {
        command.arg("--no-opt");
    }
    ui::step("Building the Worker", || exec::run(&mut command))?;
    let part = |name: &str, file: &str| Part {
        name: name.to_owned(),
        path: tools.root.join("build/worker").join(file),
    };
    let parts = vec![part("wasm", "index_bg.wasm"), part("glue", "index.js")];
    for part in &parts {
        ensure!(part.path.is_file(), "worker-build made no {}", part.path.display());
    }
    Ok(parts)
}

/// The widget, and whatever else is served as a file.
///
/// # Errors
/// What does not build.
pub fn assets(tools: &Tools) -> Result<Vec<Part>> {
    ui::step("Building the widget", || {
        let folder = tools.root.join("build/assets");
        // Names carry a hash of the content: without this, old ones would be deployed for ever.
        if folder.exists() {
            std::fs::remove_dir_all(&folder).context("cannot empty build/assets")?;
        }
        std::fs::create_dir_all(&folder)?;
        widget::build(tools, &folder)
    })
}

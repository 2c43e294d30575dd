//! The files by which the owner's browser tries a program on an export: the page's script, and the worker with its wasm
//! in it.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, ensure};

use crate::{
    exec,
    sizes::Part,
    tools::{Tools, WASM},
    widget::{FEATURES, MINIFY, build_for_browsers, keep_as, outfile},
};

/// The name that Cargo gives to the crate's files.
const CRATE: &str = "parrain_tryout_page";

/// Builds both into `folder`; the worker's name follows its content, and the page's script knows it.
///
/// # Errors
/// What does not build.
pub fn build(tools: &Tools, folder: &Path) -> Result<Vec<Part>> {
    let scratch = glue_and_wasm(tools)?;
    let pages = tools.root.join("www/tryout");
    fs::create_dir_all(folder.join("t"))?;
    fs::copy(pages.join("worker.js"), scratch.join("worker.js"))?;
    let bundled = scratch.join("bundled.js");
    exec::run(
        Command::new(&tools.esbuild)
            .arg(scratch.join("worker.js"))
            .args(MINIFY)
            // A worker that carries its wasm has to ask for nothing.
            .args(["--bundle", "--format=iife", "--loader:.wasm=binary"])
            // The glue's own way to load a wasm, which is not gone.
            .arg("--define:import.meta.url=\"\"")
            .arg(outfile(&bundled)),
    )?;
    let mut parts = Vec::new();
    let content = fs::read(bundled)?;
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    let name = format!("t/{:016x}.js", hasher.finish());
    let worker = keep_as(folder, "try-out worker", &name, &content, &mut parts)?;
    let path = folder.join("try.js");
    exec::run(
        Command::new(&tools.esbuild)
            .arg(pages.join("page.js"))
            .args(MINIFY)
            .args(["--bundle", "--format=iife"])
            .arg(format!("--define:EDGE_WORKER={}", serde_json::to_string(&worker)?))
            .arg(outfile(&path)),
    )?;
    parts.push(Part { name: "try-out page".into(), path });
    Ok(parts)
}

/// Makes the wasm, quick rather than small, and the script around it; answers the folder in which they are, as
/// `small.wasm` and `parrain_tryout_page.js`.
///
/// # Errors
/// What does not build.
pub fn glue_and_wasm(tools: &Tools) -> Result<PathBuf> {
    let scratch = tools.target.join("tryout");
    fs::create_dir_all(&scratch)?;
    // By itself: built together with the widget it would give that one its libraries' features.
    exec::run(build_for_browsers(tools).args(["--package", "parrain-tryout-page"]))?;
    let wasm = tools.target.join(WASM).join("widget").join(format!("{CRATE}.wasm"));
    ensure!(wasm.is_file(), "cargo made no {}", wasm.display());
    exec::run(
        Command::new(&tools.wasm_bindgen)
            .args([
                "--target",
                "web",
                "--no-typescript",
                "--remove-name-section",
                "--remove-producers-section",
            ])
            .arg("--out-dir")
            .arg(&scratch)
            .arg(wasm),
    )?;
    exec::run(
        Command::new(&tools.wasm_opt)
            .args(FEATURES)
            .args(["-O3", "--strip-debug", "--strip-producers"])
            .arg(scratch.join(format!("{CRATE}_bg.wasm")))
            .arg("-o")
            .arg(scratch.join("small.wasm")),
    )?;
    Ok(scratch)
}

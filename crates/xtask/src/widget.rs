//! The widget's build: wasm, glue, words and loader, under names that follow their content.

use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::{
    exec,
    sizes::Part,
    tools::{Tools, WASM},
};

/// The name that Cargo gives to the crate's files.
const CRATE: &str = "parrain_widget";

/// The same of the crate that draws QR codes.
const QR: &str = "parrain_qr";

/// What every engine has that runs the widget at all. Named one by one: `--all-features` makes wasm-opt
/// emit what browsers cannot load.
pub(crate) const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What wasm-opt does: twice over code that is first taken apart, which brotli likes better. Traps
/// stay: a fault of ours must stop the widget, not go on with what it read beside an array.
const PASSES: [&str; 17] = [
    // What is as small as its call is put in its place, and of what has one caller little more: brotli packs functions
    // better than one long one.
    "--always-inline-max-function-size",
    "4",
    "--one-caller-inline-max-function-size",
    "14",
    "-Oz",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--converge",
    "--gufa",
    "--low-memory-unused",
    "--zero-filled-memory",
    "-Oz",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// How esbuild writes scripts.
pub(crate) const MINIFY: [&str; 4] = ["--minify", "--target=es2020", "--charset=utf8", "--log-level=warning"];

/// How browsers and Cloudflare keep these files. Their names change with their content, the loader's
/// does not; any shop's page may load them. The worker in which a program is tried on an export may ask the network for
/// nothing at all, so that no file can leave the machine.
const HEADERS: &str = "\
/widget.js
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
  Cache-Control: public, max-age=300, stale-while-revalidate=86400
  X-Content-Type-Options: nosniff
  Strict-Transport-Security: max-age=31536000
/m/*
  Cache-Control: public, max-age=300
  X-Content-Type-Options: nosniff
  Strict-Transport-Security: max-age=31536000
/w/*
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
  Cache-Control: public, max-age=31536000, immutable
  X-Content-Type-Options: nosniff
  Strict-Transport-Security: max-age=31536000
/try.js
  Cross-Origin-Resource-Policy: same-origin
  Cache-Control: public, max-age=300, stale-while-revalidate=86400
  X-Content-Type-Options: nosniff
  Strict-Transport-Security: max-age=31536000
/t/*
  Cross-Origin-Resource-Policy: same-origin
  Content-Security-Policy: default-src 'none'; script-src 'wasm-unsafe-eval'
  Cache-Control: public, max-age=31536000, immutable
  X-Content-Type-Options: nosniff
  Strict-Transport-Security: max-age=31536000
";

/// Builds the widget into `folder` and answers its parts: loader, glue, wasm, each language, and what
/// draws QR codes.
///
/// # Errors
/// What does not build.
pub fn build(tools: &Tools, folder: &Path) -> Result<Vec<Part>> {
    let scratch = tools.target.join("widget");
    fs::create_dir_all(&scratch)?;
    fs::create_dir_all(folder.join("w"))?;
    compile(tools)?;

    let mut others = Vec::new();
    let mut files = locales(&tools.root.join("www/widget/locales"), folder, &mut others)?;
    files.insert("qr".into(), keep(folder, "qr", "", "wasm", &qr(tools, &scratch)?, &mut others)?);
    let (glue, wasm) = glue_and_wasm(tools, &scratch, &files)?;
    let mut parts = Vec::new();
    let wasm = keep(folder, "wasm", "", "wasm", &wasm, &mut parts)?;
    let glue = keep(folder, "glue", "", "js", &glue, &mut parts)?;
    parts.append(&mut others);
    parts.insert(0, loader(tools, &scratch, folder, &glue, &wasm)?);
    fs::write(folder.join("_headers"), HEADERS)?;
    Ok(parts)
}

/// The wasm and the script around it, which knows `files` by what they are: `qr`, or a language.
fn glue_and_wasm(
    tools: &Tools,
    scratch: &Path,
    files: &BTreeMap<String, String>,
) -> Result<(Vec<u8>, Vec<u8>)> {
    exec::run(
        Command::new(&tools.wasm_bindgen)
            .args([
                "--target",
                "web",
                "--no-typescript",
                // The loader says where the wasm is.
                "--omit-default-module-path",
                "--remove-name-section",
                "--remove-producers-section",
            ])
            .arg("--out-dir")
            .arg(scratch)
            .arg(compiled(tools, CRATE)?),
    )?;
    let small = scratch.join("small.wasm");
    let names = rename(tools, &scratch.join(format!("{CRATE}_bg.wasm")), &small)?;
    let cache = scratch.join("names.json");
    fs::write(&cache, serde_json::to_vec(&names)?)?;
    let pages = tools.root.join("www/widget");
    fs::copy(pages.join("entry.js"), scratch.join("entry.js"))?;
    exec::run(
        Command::new(&tools.esbuild)
            .arg(pages.join("style.css"))
            .args(["--bundle", "--minify", "--log-level=warning"])
            .arg(outfile(&scratch.join("style.css"))),
    )?;
    let glue = scratch.join("glue.js");
    exec::run(
        Command::new(&tools.esbuild)
            .arg(scratch.join("entry.js"))
            .args(MINIFY)
            // What wasm-bindgen's own script would say in the console is for who writes it.
            .args(["--bundle", "--loader:.css=text", "--format=esm", "--drop:console"])
            .arg(format!("--define:EDGE_FILES={}", serde_json::to_string(files)?))
            // The glue's names for what it imports into the wasm and calls in it, as the wasm has them now.
            .arg(format!("--mangle-props=^({})$", names.keys().cloned().collect::<Vec<_>>().join("|")))
            .args(["--mangle-quoted", &format!("--mangle-cache={}", cache.display())])
            .arg(outfile(&glue)),
    )?;
    Ok((fs::read(glue)?, fs::read(small)?))
}

/// The wasm that draws QR codes. It takes a text and gives one, so that it needs no glue.
fn qr(tools: &Tools, scratch: &Path) -> Result<Vec<u8>> {
    let small = scratch.join("qr.wasm");
    optimise(tools, &compiled(tools, QR)?, &small)?;
    Ok(fs::read(small)?)
}

/// The keys of the words that the loader carries in every language: those of what it draws itself.
const LOADER_WORDS: [&str; 2] = ["refer", "close"];

/// The script that a page's tag names, with what draws the launcher; it knows where glue and wasm are.
fn loader(tools: &Tools, scratch: &Path, folder: &Path, glue: &str, wasm: &str) -> Result<Part> {
    let path = folder.join("widget.js");
    let pages = tools.root.join("www/widget");
    let parts = scratch.join("loader");
    fs::create_dir_all(&parts)?;
    for name in ["loader.js", "launcher.js", "address.js"] {
        fs::copy(pages.join(name), parts.join(name))?;
    }
    exec::run(
        Command::new(&tools.esbuild)
            .arg(pages.join("launcher.css"))
            .args(["--minify", "--log-level=warning"])
            .arg(outfile(&parts.join("launcher.css"))),
    )?;
    let mut words = BTreeMap::new();
    for (language, texts) in texts(&pages.join("locales"))? {
        let words_of =
            |key: &&str| texts.get(*key).map(String::as_str).context("a locale without the loader's words");
        words.insert(language, LOADER_WORDS.iter().map(words_of).collect::<Result<Vec<_>>>()?.join("|"));
    }
    exec::run(
        Command::new(&tools.esbuild)
            .arg(parts.join("loader.js"))
            .args(MINIFY)
            .args(["--bundle", "--loader:.css=text", "--format=iife"])
            .arg(format!("--define:EDGE_WORDS={}", serde_json::to_string(&words)?))
            .arg(format!("--define:EDGE_WASM={}", serde_json::to_string(wasm)?))
            .arg(format!("--define:EDGE_GLUE={}", serde_json::to_string(glue)?))
            .arg(outfile(&path)),
    )?;
    Ok(Part { name: "loader".into(), path })
}

pub(crate) fn outfile(path: &Path) -> String {
    format!("--outfile={}", path.display())
}

/// Makes a wasm small.
fn optimise(tools: &Tools, from: &Path, to: &Path) -> Result<()> {
    exec::run(Command::new(&tools.wasm_opt).args(FEATURES).args(PASSES).arg(from).arg("-o").arg(to))
}

/// Makes a wasm small, with short names for what it imports and exports, and answers those by the old ones.
fn rename(tools: &Tools, from: &Path, to: &Path) -> Result<BTreeMap<String, String>> {
    let named = to.with_extension("named.wasm");
    optimise(tools, from, &named)?;
    let output = Command::new(&tools.wasm_opt)
        .args(FEATURES)
        .args([
            "-Oz",
            "--low-memory-unused",
            "--zero-filled-memory",
            // How each number lies in memory is a hint that today's engines do not ask for.
            "--dealign",
            "--minify-imports-and-exports-and-modules",
            "-o",
        ])
        .args([to, &named])
        .output()?;
    ensure!(output.status.success(), "wasm-opt: {}", String::from_utf8_lossy(&output.stderr));
    let told: BTreeMap<String, Vec<Vec<String>>> =
        serde_json::from_slice(&output.stdout).context("wasm-opt told no names")?;
    // Of each: the module where it is imported, the old name, the new one.
    let told = told.into_values().flatten();
    let mut names: BTreeMap<String, String> =
        told.filter_map(|mut name| Some((name.pop()?, name.pop()?))).map(|(new, old)| (old, new)).collect();
    // All that is imported comes from one module, whose name becomes this one.
    names.insert(format!("./{CRATE}_bg.js"), "a".into());
    Ok(names)
}

/// Compiles both crates.
fn compile(tools: &Tools) -> Result<()> {
    exec::run(build_for_browsers(tools).args(["--package", "parrain-widget", "--package", "parrain-qr"]))
}

/// Cargo's build of a crate for browsers, with a std that is built for size and without panic messages where its source
/// is there: a quarter less to download.
pub(crate) fn build_for_browsers(tools: &Tools) -> Command {
    let mut cargo = tools.rust.cargo();
    cargo
        .args(["build", "--quiet", "--lib", "--profile", "widget", "--target", WASM])
        .current_dir(&tools.root);
    if tools.rust.has_src() {
        cargo
            .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"])
            .env("RUSTC_BOOTSTRAP", "1")
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
                "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none",
            );
    }
    cargo
}

/// Where Cargo has put a crate's wasm.
fn compiled(tools: &Tools, name: &str) -> Result<PathBuf> {
    let wasm = tools.target.join(WASM).join("widget").join(format!("{name}.wasm"));
    ensure!(wasm.is_file(), "cargo made no {}", wasm.display());
    Ok(wasm)
}

/// The words of every language, by their keys.
fn texts(from: &Path) -> Result<BTreeMap<String, BTreeMap<String, String>>> {
    let mut texts = BTreeMap::new();
    for file in fs::read_dir(from)? {
        let path = file?.path();
        let language =
            path.file_stem().and_then(|stem| stem.to_str()).context("a locale without a name")?.to_owned();
        let words = serde_json::from_slice(&fs::read(&path)?)
            .with_context(|| format!("{} is not an object of texts", path.display()))?;
        texts.insert(language, words);
    }
    Ok(texts)
}

/// Copies every language without the line breaks and spaces that people read it by.
fn locales(from: &Path, folder: &Path, parts: &mut Vec<Part>) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for (language, words) in texts(from)? {
        let words = serde_json::to_vec(&words)?;
        let name = keep(folder, &format!("locale {language}"), &language, "json", &words, parts)?;
        files.insert(language, name);
    }
    Ok(files)
}

/// Writes a file under a name made of its content and answers the path under which it is served.
fn keep(
    folder: &Path,
    part: &str,
    prefix: &str,
    ending: &str,
    content: &[u8],
    parts: &mut Vec<Part>,
) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    // Eight characters: enough to tell versions apart, and the glue carries nine of these names, the loader two.
    keep_as(folder, part, &format!("w/{prefix}{:08x}.{ending}", hasher.finish() as u32), content, parts)
}

/// Writes a file under a name and answers the path under which it is served.
pub(crate) fn keep_as(
    folder: &Path,
    part: &str,
    name: &str,
    content: &[u8],
    parts: &mut Vec<Part>,
) -> Result<String> {
    let path = folder.join(name);
    fs::write(&path, content)?;
    parts.push(Part { name: part.to_owned(), path });
    Ok(format!("/{name}"))
}

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
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What wasm-opt does: twice over code that is first taken apart, which brotli likes better. Traps
/// stay: a fault of ours must stop the widget, not go on with what it read beside an array.
const PASSES: [&str; 13] = [
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
const MINIFY: [&str; 4] = ["--minify", "--target=es2020", "--charset=utf8", "--log-level=warning"];

/// How browsers and Cloudflare keep these files. Their names change with their content, the loader's
/// does not; any shop's page may load them.
const HEADERS: &str = "\
/widget.js
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
  Cache-Control: public, max-age=300, stale-while-revalidate=86400
  X-Content-Type-Options: nosniff
/w/*
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
  Cache-Control: public, max-age=31536000, immutable
  X-Content-Type-Options: nosniff
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
                "--remove-name-section",
                "--remove-producers-section",
            ])
            .arg("--out-dir")
            .arg(scratch)
            .arg(compiled(tools, CRATE)?),
    )?;
    let small = scratch.join("small.wasm");
    let names = optimise(tools, &scratch.join(format!("{CRATE}_bg.wasm")), &small)?;
    let bound = scratch.join(format!("{CRATE}.js"));
    // Apart from what wasm-bindgen wrote, so that a second build at the same time finds that whole.
    let short = scratch.join("short");
    fs::create_dir_all(&short)?;
    fs::write(short.join(format!("{CRATE}.js")), shorten(&fs::read_to_string(&bound)?, &names)?)?;
    let pages = tools.root.join("www/widget");
    fs::copy(pages.join("page.js"), short.join("page.js"))?;
    exec::run(
        Command::new(&tools.esbuild)
            .arg(pages.join("style.css"))
            .args(["--bundle", "--minify", "--log-level=warning"])
            .arg(outfile(&short.join("style.css"))),
    )?;
    // An entry of our own leaves out what the glue exports and nobody calls.
    let entry = short.join("entry.js");
    fs::write(
        &entry,
        format!(
            "export {{ default }} from './{CRATE}.js';\nexport {{ start, command, element }} from './page.js';\n"
        ),
    )?;
    let glue = scratch.join("glue.js");
    exec::run(
        Command::new(&tools.esbuild)
            .arg(&entry)
            .args(MINIFY)
            .args(["--bundle", "--loader:.css=text", "--format=esm"])
            .arg(format!("--define:EDGE_FILES={}", serde_json::to_string(files)?))
            .args(events(&fs::read_to_string(tools.root.join("crates/widget/src/browser.rs"))?)?)
            .arg(outfile(&glue)),
    )?;
    Ok((fs::read(glue)?, fs::read(small)?))
}

/// The wasm that draws QR codes. It takes a text and gives one, so that it needs no glue.
fn qr(tools: &Tools, scratch: &Path) -> Result<Vec<u8>> {
    let small = scratch.join("qr.wasm");
    exec::run(
        Command::new(&tools.wasm_opt)
            .args(FEATURES)
            .args(PASSES)
            .arg(compiled(tools, QR)?)
            .arg("-o")
            .arg(&small),
    )?;
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

fn outfile(path: &Path) -> String {
    format!("--outfile={}", path.display())
}

/// Makes the wasm small and answers the new names of its imports and exports, by the old ones.
fn optimise(tools: &Tools, from: &Path, to: &Path) -> Result<Vec<(String, String)>> {
    let output = to.with_extension("named.wasm");
    exec::run(Command::new(&tools.wasm_opt).args(FEATURES).args(PASSES).arg(from).arg("-o").arg(&output))?;
    // On its own: what is repeated until nothing changes would tell of names that are short already. Read anew
    // it becomes a little smaller once more.
    let output = Command::new(&tools.wasm_opt)
        .args(FEATURES)
        .args(["-Oz", "--low-memory-unused", "--zero-filled-memory"])
        .args(["--minify-imports-and-exports-and-modules", "-o"])
        .args([to, &output])
        .output()?;
    ensure!(output.status.success(), "wasm-opt: {}", String::from_utf8_lossy(&output.stderr));
    let told: BTreeMap<String, Vec<Vec<String>>> =
        serde_json::from_slice(&output.stdout).context("wasm-opt told no names")?;
    let mut names: Vec<_> = told
        .into_values()
        .flatten()
        .filter_map(|mut name| Some((name.len(), name.pop()?, name.pop()?)))
        .map(|(_, new, old)| (old, new))
        .collect();
    // A name may be the beginning of another.
    names.sort_by_key(|(old, _)| std::cmp::Reverse(old.len()));
    Ok(names)
}

/// What the glue's calls need to hand texts and numbers over, in place of what wasm-bindgen writes for them, which keeps
/// views of the memory and works around old browsers without `WebAssembly` features that this wasm needs; and
/// one way to begin, the one that the loader goes: with an answer of our own server.
const HELPERS: &str = r#"
let wasm, WASM_VECTOR_LEN;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const getDataViewMemory0 = () => new DataView(wasm.memory.buffer);
const getStringFromWasm0 = (at, length) => decoder.decode(new Uint8Array(wasm.memory.buffer, at >>> 0, length));
const passStringToWasm0 = (text, malloc) => {
    const bytes = encoder.encode(text);
    const at = malloc(WASM_VECTOR_LEN = bytes.length, 1) >>> 0;
    new Uint8Array(wasm.memory.buffer).set(bytes, at);
    return at;
};
export default async ({ module_or_path }) => {
    const bytes = await (await module_or_path).arrayBuffer();
    wasm = (await WebAssembly.instantiate(bytes, __wbg_get_imports())).instance.exports;
    wasm.__wbindgen_start();
};
"#;

/// The kinds of events, `pub const START: u32 = 0;` in Rust, as numbers for `EVENT_START` of the page's script.
fn events(rust: &str) -> Result<Vec<String>> {
    let all = rust.lines().filter_map(|line| line.trim().strip_prefix("pub const ")?.split_once(": u32 = "));
    let defines: Vec<_> =
        all.map(|(name, number)| format!("--define:EVENT_{name}={}", number.trim_end_matches(';'))).collect();
    ensure!(!defines.is_empty(), "browser.rs numbers no events");
    Ok(defines)
}

/// The calls of wasm-bindgen's glue with these names, and helpers of our own.
fn shorten(glue: &str, names: &[(String, String)]) -> Result<String> {
    let (calls, _) =
        glue.split_once("\nlet cachedDataViewMemory0").context("wasm-bindgen's glue has changed")?;
    // A table of the page's objects, which never cross.
    let (before, table) = calls
        .split_once("__wbindgen_init_externref_table: function() {")
        .context("wasm-bindgen's glue has changed")?;
    let (_, after) = table.split_once("        },").context("wasm-bindgen's glue has changed")?;
    let calls = format!("{before}__wbindgen_init_externref_table: function() {{}},{after}");
    let mut out = calls.replace(", wasm.__wbindgen_realloc)", ")") + HELPERS;
    out = out.replace(&format!("\"./{CRATE}_bg.js\": "), "a: ");
    for (old, new) in names {
        out = out
            .replace(&format!("wasm.{old}"), &format!("wasm.{new}"))
            .replace(&format!("{old}: function"), &format!("{new}: function"));
    }
    Ok(out.replace(": function(", "("))
}

/// Compiles both crates, with a std that is built for size and without panic messages where its source
/// is there: a quarter less to download.
fn compile(tools: &Tools) -> Result<()> {
    let mut cargo = tools.cargo();
    cargo
        .args(["build", "--quiet", "--package", "parrain-widget", "--package", "parrain-qr"])
        .args(["--profile", "widget", "--target", WASM])
        .current_dir(&tools.root);
    if tools.has_rust_src {
        cargo
            .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"])
            .env("RUSTC_BOOTSTRAP", "1")
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
                "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none",
            );
    }
    exec::run(&mut cargo)
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
    let name = format!("w/{prefix}{:08x}.{ending}", hasher.finish() as u32);
    let path = folder.join(&name);
    fs::write(&path, content)?;
    parts.push(Part { name: part.to_owned(), path });
    Ok(format!("/{name}"))
}

//! `cargo xtask package`: one zip that `npx wrangler deploy` puts on Cloudflare, without Rust, and a zip for each platform
//! that has a module of ours.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::{
    build, exec, php,
    stack::Scratch,
    tools::{self, Tools, wrangler},
    ui,
};

/// Where it is put.
const PACKAGE: &str = "build/parrain.zip";

/// What stands beside the artefacts, each with its name in the zip.
const BESIDE: [(&str, &str); 4] = [
    ("wrangler.toml", "wrangler.toml"),
    ("docs/package.md", "LISEZ-MOI README.md"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("LICENSE-MIT", "LICENSE-MIT"),
];

/// What the bill of materials is called in the zip.
const BILL: &str = "bill-of-materials.cdx.json";

/// The most that the Worker's files may be together, by gzip: what Cloudflare takes on its free plan
/// (<https://developers.cloudflare.com/workers/platform/limits/#worker-size>).
const MOST_GZIP: u64 = 3_000_000;

/// Builds all for production, packs it, and has wrangler check what was packed where nothing of ours is beside it.
///
/// # Errors
/// What does not build or fit, or what wrangler refuses.
pub fn run() -> Result<()> {
    let root = &tools::root()?;
    php::ready(false, "packing the shop modules")?;
    let tools = Tools::ready(root, &[], || Ok(()))?;
    let scratch = Scratch::new(root, "package")?;
    let (served, worker, _) = build::served(&tools, &scratch.0.join("made"))?;
    let weight = crate::sizes::sum_of_gzip(&worker)?;
    ensure!(weight <= MOST_GZIP, "the Worker is {weight} bytes by gzip, more than {MOST_GZIP}");
    let zip = root.join(PACKAGE);
    fs::create_dir_all(zip.parent().context("the package has no folder")?)?;
    let folder = served.config().parent().context("the artefacts have no folder")?.to_owned();
    let bill = scratch.0.join(BILL);
    ui::step("Writing the bill of materials", || {
        exec::run(tools::cargo().args(["run", "-q", "-p", "supply", "--"]).arg(&bill).current_dir(root))
    })?;
    let mut files = files_of(root, &folder)?;
    files.push((BILL.to_owned(), bill));
    pack(&files, &zip)?;
    let opened = scratch.0.join("opened");
    ZipArchive::new(fs::File::open(&zip)?)?.extract(&opened)?;
    ui::step("Checking with `wrangler deploy --dry-run`", || {
        let config = opened.join("wrangler.toml");
        let out = scratch.0.join("dry-run");
        exec::run(
            wrangler(root).args(["deploy", "--dry-run", "--config"]).arg(config).arg("--outdir").arg(out),
        )
    })?;
    php::pack(root, zip.parent().context("the package has no folder")?)?;
    println!(
        "\nReady: {PACKAGE}, {}. `npx wrangler deploy` in it puts it on Cloudflare.",
        ui::bytes(fs::metadata(&zip)?.len())
    );
    Ok(())
}

/// What goes in: names in the zip, in order, each with its file.
fn files_of(root: &Path, made: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut files: Vec<_> = BESIDE.iter().map(|(path, name)| ((*name).to_owned(), root.join(path))).collect();
    let mut open = vec![made.join("build")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(made)?.to_str().context("a file's name is not Unicode")?;
                files.push((name.replace('\\', "/"), path));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Packs files so that the same ones make the same zip, whenever and wherever.
fn pack(files: &[(String, PathBuf)], to: &Path) -> Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip =
        ZipWriter::new(fs::File::create(to).with_context(|| format!("cannot write {}", to.display()))?);
    for (name, path) in files {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(&fs::read(path).with_context(|| format!("cannot read {}", path.display()))?)?;
    }
    zip.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_files_make_the_same_zip() {
        let root = tools::root().expect("the project's folder");
        let scratch = Scratch::new(&root, "zip").expect("a folder");
        let files: Vec<_> = BESIDE.iter().map(|(path, name)| ((*name).to_owned(), root.join(path))).collect();
        let [one, two] = ["one.zip", "two.zip"].map(|name| scratch.0.join(name));
        pack(&files, &one).expect("a zip");
        pack(&files, &two).expect("a zip");
        assert_eq!(fs::read(&one).expect("the zip"), fs::read(&two).expect("the zip"));
        let names = ZipArchive::new(fs::File::open(&one).expect("the zip")).expect("a zip");
        assert_eq!(names.len(), BESIDE.len());
    }

    #[test]
    fn what_one_reads_first_is_short_and_in_both_languages() {
        let text = fs::read_to_string(tools::root().expect("the project's folder").join("docs/package.md"));
        let text = text.expect("docs/package.md");
        assert!(text.contains("# Parrain") && text.contains("npx wrangler deploy"));
        assert!(text.lines().filter(|line| !line.trim().is_empty()).count() <= 24);
    }
}

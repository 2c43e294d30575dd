//! What the served parts weigh: as they are, by gzip and by brotli.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::ui;

/// One file of a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is, such as `loader`, `glue`, `wasm` or `locale fr`.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// A part's bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// As it is.
    pub raw: u64,
    /// By gzip, level 9.
    pub gzip: u64,
    /// By brotli, quality 11.
    pub brotli: u64,
}

/// Weighs files, in their order.
///
/// # Errors
/// Where a file cannot be read.
pub fn weigh(paths: &[&Path]) -> Result<Vec<Size>> {
    // Node has Google's brotli and zlib built in, which saves xtask a slow crate of its own.
    const SCRIPT: &str = "
        const { brotliCompressSync, gzipSync } = require('node:zlib');
        for (const path of process.argv.slice(1)) {
            const raw = require('node:fs').readFileSync(path);
            console.log(raw.length, gzipSync(raw, { level: 9 }).length, brotliCompressSync(raw).length);
        }";
    let output =
        Command::new("node").args(["-e", SCRIPT, "--"]).args(paths).output().context("cannot start node")?;
    ensure!(output.status.success(), "cannot weigh the build: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| {
            let mut numbers = line.split(' ').map_while(|number| number.parse().ok());
            let mut next = || numbers.next().context("node printed no size");
            Ok(Size { raw: next()?, gzip: next()?, brotli: next()? })
        })
        .collect()
}

/// What parts weigh together by gzip.
///
/// # Errors
/// Where a part cannot be read.
pub fn sum_of_gzip(parts: &[Part]) -> Result<u64> {
    let paths: Vec<&Path> = parts.iter().map(|part| part.path.as_path()).collect();
    Ok(weigh(&paths)?.iter().map(|size| size.gzip).sum())
}

/// Prints a table of parts and their bytes.
///
/// # Errors
/// Where a part cannot be read.
pub fn print(title: &str, parts: &[Part]) -> Result<()> {
    let paths: Vec<&Path> = parts.iter().map(|part| part.path.as_path()).collect();
    let sizes = weigh(&paths)?;
    println!("\n{title:<30}{:>12}{:>12}{:>12}", "raw", "gzip", "brotli");
    for (part, size) in parts.iter().zip(sizes) {
        println!(
            "  {:<28}{:>12}{:>12}{:>12}",
            part.name,
            ui::bytes(size.raw),
            ui::bytes(size.gzip),
            ui::bytes(size.brotli)
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_weighed_in_three_ways() {
        let this = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sizes.rs");
        let sizes = weigh(&[&this, &this]).expect("node weighs this file");
        let raw = std::fs::metadata(&this).expect("this file").len();
        assert_eq!(sizes.len(), 2);
        assert_eq!(sizes[0].raw, raw);
        assert!(sizes[0].brotli < sizes[0].gzip && sizes[0].gzip < raw);
    }
}

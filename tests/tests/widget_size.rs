//! What a shopper's browser has to load: the widget's budget in bytes, by brotli, of the files that were built.

use std::path::{Path, PathBuf};
use std::process::Command;

use parrain_tests::env;

/// The most that the loader may weigh: all that a page loads on which nothing is opened, but the offer's answer.
const LOADER: usize = 5_000;

/// The most that loader, glue, wasm and the largest language may weigh together.
const ALL: usize = 80_000;

/// The files that a file names, such as `/w/1a2b3c4d.wasm`, where they are.
fn named(by: &Path, built: &Path) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(by).unwrap_or_else(|error| panic!("{}: {error}", by.display()));
    let names = text.split("\"/w/").skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
    let files: Vec<PathBuf> = names.map(|name| built.join("w").join(name)).collect();
    for file in &files {
        assert!(file.is_file(), "{} names {}, which is not there", by.display(), file.display());
    }
    files
}

/// What files weigh by brotli, as sent by a content network that compresses them once and well.
fn weigh(files: &[PathBuf]) -> Vec<usize> {
    const SCRIPT: &str = "for (const file of process.argv.slice(1))
        console.log(require('node:zlib').brotliCompressSync(require('node:fs').readFileSync(file)).length)";
    let output = Command::new("node").args(["-e", SCRIPT, "--"]).args(files).output().expect("node");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(|line| line.parse().expect("a size")).collect()
}

#[test]
fn the_widget_keeps_its_budget_of_bytes() {
    let built = env::assets();
    let kind =
        |file: &PathBuf| file.extension().and_then(|kind| kind.to_str()).unwrap_or_default().to_owned();
    let loader = built.join("widget.js");
    let at_once = named(&loader, &built);
    let kinds: Vec<String> = at_once.iter().map(kind).collect();
    assert!(kinds.len() == 2 && kinds.contains(&"js".into()) && kinds.contains(&"wasm".into()), "{kinds:?}");
    let glue = at_once.iter().find(|file| kind(file) == "js").expect("it was counted");
    let languages: Vec<PathBuf> =
        named(glue, &built).into_iter().filter(|file| kind(file) == "json").collect();
    assert_eq!(languages.len(), 8);

    let loader = weigh(&[loader])[0];
    let rest: usize = weigh(&at_once).iter().sum();
    let largest = weigh(&languages).into_iter().max().expect("eight languages");
    println!("loader {loader}, glue and wasm {rest}, largest language {largest}");
    assert!(loader <= LOADER, "the loader weighs {loader} bytes");
    let all = loader + rest + largest;
    assert!(all <= ALL, "the widget weighs {all} bytes: {loader} + {rest} + {largest}");
}

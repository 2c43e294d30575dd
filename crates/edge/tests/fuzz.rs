//! The fuzz targets, on their corpora and on what is left of each input where it is cut off.

#[path = "../../../tests/fuzz/src/lib.rs"]
mod targets;

use std::path::Path;

fn feed(name: &str, run: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/corpus").join(name);
    let files = std::fs::read_dir(corpus).expect("a corpus");
    let inputs: Vec<Vec<u8>> =
        files.map(|file| std::fs::read(file.expect("a file").path()).expect("an input")).collect();
    assert!(!inputs.is_empty(), "{name} begins with something");
    for input in inputs {
        run(&input);
        for cut in (0..input.len()).step_by(7) {
            run(&input[..cut]);
        }
    }
}

#[test]
fn events() {
    feed("events", targets::events::run);
}

#[test]
fn programs() {
    feed("programs", targets::programs::run);
}

#[test]
fn signatures() {
    feed("signatures", targets::signatures::run);
}

#[test]
fn platforms() {
    feed("platforms", targets::platforms::run);
}

#[test]
fn addresses() {
    feed("addresses", targets::addresses::run);
}

#[test]
fn texts() {
    feed("texts", targets::texts::run);
}

#[test]
fn imports() {
    feed("imports", targets::imports::run);
}

#[test]
fn pictures() {
    feed("pictures", targets::pictures::run);
}

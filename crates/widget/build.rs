//! Strips the style sheet of what only its reader needs, before it is built into the widget.

use std::{env, fs, path::Path};

fn main() {
    println!("cargo:rerun-if-changed=src/style.css");
    let source = fs::read_to_string("src/style.css").expect("src/style.css is part of the crate");
    let target = Path::new(&env::var("OUT_DIR").expect("cargo sets OUT_DIR")).join("style.css");
    fs::write(target, minify(&source)).expect("OUT_DIR can be written to");
}

/// Leaves out comments, line breaks, and spaces that separate nothing.
fn minify(source: &str) -> String {
    let mut out = String::new();
    for piece in source
        .split("/*")
        .enumerate()
        .map(|(i, part)| if i == 0 { part } else { part.split_once("*/").map_or("", |(_, after)| after) })
    {
        for word in piece.split_whitespace() {
            let glued = out.ends_with(['{', '}', ';', ':', ',', '>'])
                || out.is_empty()
                || word.starts_with(['{', '}', ';', ',', '>']);
            if !glued {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out.replace(";}", "}")
}

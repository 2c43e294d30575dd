//! wasm-bindgen's command line, as far as `xtask` and worker-build use it.
//!
//! The package `wasm-bindgen-cli` brings a runner of tests in browsers, whose web server and HTTP client take longer to
//! compile than the rest, and what it is built of is not pinned: this is built as the workspace's `Cargo.lock` says.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use wasm_bindgen_cli_support::Bindgen;

/// Makes the JavaScript around a wasm that Cargo built, and the wasm that this loads.
#[derive(Parser)]
struct Options {
    /// What Cargo built.
    input: PathBuf,
    /// Where the results go.
    #[arg(long)]
    out_dir: PathBuf,
    /// What they are called, without an ending; else as the input is.
    #[arg(long)]
    out_name: Option<String>,
    /// What loads them.
    #[arg(long, value_enum, default_value_t = Target::Bundler)]
    target: Target,
    /// Leave out the types for TypeScript.
    #[arg(long)]
    no_typescript: bool,
    /// Check more than is needed while it runs.
    #[arg(long)]
    debug: bool,
    /// Leave Rust's names as the compiler writes them.
    #[arg(long)]
    no_demangle: bool,
    /// Leave the sections in that debuggers read.
    #[arg(long)]
    keep_debug: bool,
    /// Take the functions' names out.
    #[arg(long)]
    remove_name_section: bool,
    /// Take out what made it.
    #[arg(long)]
    remove_producers_section: bool,
    /// Leave it to the caller where the wasm is.
    #[arg(long)]
    omit_default_module_path: bool,
    /// Put modules that are linked into files of their own.
    #[arg(long)]
    split_linked_modules: bool,
    /// Export a function that sets the wasm back to how it began.
    #[arg(long = "experimental-reset-state-function")]
    reset_state_function: bool,
    /// Tell JavaScript of a panic that aborts.
    #[arg(long)]
    force_enable_abort_handler: bool,
}

/// What can load the results, of all that wasm-bindgen knows.
#[derive(Clone, Copy, ValueEnum)]
enum Target {
    /// A bundler.
    Bundler,
    /// A browser, by itself.
    Web,
    /// A runtime that imports a wasm as its source, such as workerd.
    Module,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let mut bindgen = Bindgen::new();
    match options.target {
        Target::Bundler => bindgen.bundler(true)?,
        Target::Web => bindgen.web(true)?,
        Target::Module => bindgen.module(true)?,
    };
    bindgen
        .input_path(&options.input)
        .typescript(!options.no_typescript)
        .debug(options.debug)
        .demangle(!options.no_demangle)
        .keep_debug(options.keep_debug)
        .remove_name_section(options.remove_name_section)
        .remove_producers_section(options.remove_producers_section)
        .omit_default_module_path(options.omit_default_module_path)
        .split_linked_modules(options.split_linked_modules)
        .reset_state_function(options.reset_state_function)
        .force_enable_abort_handler(options.force_enable_abort_handler);
    if let Some(name) = &options.out_name {
        bindgen.out_name(name);
    }
    bindgen.generate(&options.out_dir)
}

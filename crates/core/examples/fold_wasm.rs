//! The same fold as a wasm module without imports: `prepare(facts)` once, then `fold()` as often as is timed.
//!
//! ```sh
//! cargo build --profile bench -p parrain-core --example fold_wasm --target wasm32-unknown-unknown
//! node -e "WebAssembly.instantiate(fs.readFileSync('target/wasm32-unknown-unknown/release/examples/fold_wasm.wasm'))
//!   .then(({instance: {exports: {prepare, fold}}}) => { prepare(1e6); console.time('fold'); fold(); console.timeEnd('fold') })"
//! ```
#![allow(unsafe_code, reason = "a module is called by its exported names, which Rust calls unsafe to choose")]

mod facts;

use std::cell::RefCell;

use parrain_core::reward::Case;

thread_local! {
    static CASES: RefCell<Vec<Case>> = const { RefCell::new(Vec::new()) };
}

/// Makes a history of so many facts.
#[unsafe(no_mangle)]
pub extern "C" fn prepare(count: u32) {
    CASES.set(facts::history(count as usize));
}

/// Folds it.
#[unsafe(no_mangle)]
pub extern "C" fn fold() -> i64 {
    CASES.with_borrow(|cases| facts::run(cases))
}

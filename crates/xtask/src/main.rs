//! The chores of the project: `cargo xtask demo | test | build | bench`.

mod apt;
mod exec;
mod lock;
mod sizes;
mod tools;
mod ui;

fn main() -> anyhow::Result<()> {
    let t = tools::Tools::ready(&tools::root()?, || Ok(()))?;
    println!("{:?} {}", t.wasm_bindgen, t.has_rust_src);
    Ok(())
}

//! `supply FILE`: holds what is shipped, by what it is made of, to `deny.toml`, and writes that down as a bill of materials.

mod bill;
mod made_of;
mod rules;

use anyhow::{Context, Result, ensure};

use made_of::MadeOf;
use rules::Rules;

fn main() -> Result<()> {
    let file = std::env::args_os().nth(1).context("usage: supply FILE")?;
    let made_of = MadeOf::read()?;
    let faults = Rules::read()?.faults(&made_of)?;
    ensure!(faults.is_empty(), "what is shipped does not keep to deny.toml:\n  {}", faults.join("\n  "));
    bill::write(&made_of, file.as_ref())
}

//! `supply FILE`: holds what the Worker and the widget are made of to `deny.toml`, and writes it down as a bill of
//! materials.

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

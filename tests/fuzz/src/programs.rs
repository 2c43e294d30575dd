//! Any bytes as a program: refused with pointers, or read, printed and read back the same.

use parrain_core::program::{Program, webhook_secrets};
use serde_json::Value;

/// One input.
pub fn run(bytes: &[u8]) {
    let Ok(body) = serde_json::from_slice::<Value>(bytes) else { return };
    let _ = webhook_secrets(&body);
    match Program::parse(&body) {
        Ok(program) => assert_eq!(Program::parse(&program.to_json()).as_ref(), Ok(&program)),
        Err(faults) => assert!(!faults.is_empty(), "a refusal says why"),
    }
}

//! XML held to its schema, by the same libxml2 that banks' tools are built on.

use std::io::Write;
use std::process::{Command, Stdio};

/// ISO 20022's schema of a customer's credit transfer.
const PAIN_001: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/iso20022/pain.001.001.09.xsd");

/// What is wrong with a credit transfer by its schema; nothing where it is right.
///
/// # Panics
/// Where Node does not run.
pub fn faults_of_transfer(xml: &str) -> String {
    let mut check = Command::new("node")
        .args([concat!(env!("CARGO_MANIFEST_DIR"), "/src/schema.mjs"), PAIN_001])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("node, which the stack runs on too");
    check.stdin.take().expect("its input").write_all(xml.as_bytes()).expect("that it reads");
    let said = check.wait_with_output().expect("that it ends");
    let text = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.status.success() || !text.is_empty(), "the checker failed without a word");
    if said.status.success() { String::new() } else { text }
}

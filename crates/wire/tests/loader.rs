//! Holds `www/widget/address.js`, the loader's own reading of addresses and keeping of touches, to the same vectors as
//! this crate: it runs where wasm may not.

use std::process::Command;

/// Says what does not come out as the vectors say, one line each, and then how many there are.
const RUN: &str = r#"
    const fs = require("node:fs")
    const [script, vectors] = process.argv.slice(1)
    const read = (name) => JSON.parse(fs.readFileSync(`${vectors}/${name}.json`))
    import("data:text/javascript," + encodeURIComponent(fs.readFileSync(script))).then(({ codesIn, visited }) => {
        let count = 0
        const hold = (what, got, wanted) => {
            count++
            if (JSON.stringify(got) != JSON.stringify(wanted)) console.log(`${JSON.stringify(what)} gives ${JSON.stringify(got)}`)
        }
        for (const one of read("addresses")) hold(one, codesIn(one.address, one.names), one.codes)
        // The loader notes visits by links alone.
        for (const one of read("touches")) if (one.source == "link") hold(one, visited(one.kept, one.code, one.at), one.then)
        console.log(count)
    })"#;

#[test]
fn the_loader_reads_addresses_and_keeps_touches_as_the_vectors_say() {
    let here = env!("CARGO_MANIFEST_DIR");
    let output = Command::new("node")
        .args(["-e", RUN, "--", &format!("{here}/../../www/widget/address.js"), &format!("{here}/vectors")])
        .output()
        .expect("node, which the build needs as well");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout);
    let count: usize = said.trim().parse().unwrap_or_else(|_| panic!("{said}"));
    assert!(count > 80, "only {count} vectors");
}

//! What `Cargo.lock` pins.

/// The version of a package in the text of a `Cargo.lock`; the first where it has several.
pub fn version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let mut lines = lock.lines();
    lines.find(|line| value(line, "name") == Some(package))?;
    value(lines.next()?, "version")
}

/// The text of a line such as `name = "serde"`.
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
[[package]]
name = "wasm-bindgen-shared"
version = "0.2.9"

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
dependencies = ["name"]
"#;

    #[test]
    fn a_pinned_version_is_that_of_the_very_package() {
        assert_eq!(version(LOCK, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(version(LOCK, "bindgen"), None);
    }

    #[test]
    fn the_project_pins_the_tools_that_it_installs() {
        let lock = include_str!("../../../Cargo.lock");
        assert!(version(lock, "worker").is_some());
        assert_eq!(version(lock, "wasm-bindgen-cli-support"), version(lock, "wasm-bindgen"));
    }
}

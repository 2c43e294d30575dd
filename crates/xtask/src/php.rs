//! PHP, for the shop modules of `integrations`: their tests, and the zips that shops upload.

use std::{path::Path, process::Command};

use anyhow::Result;

use crate::{apt, exec};

/// The modules, by the names of their folders.
const MODULES: [&str; 4] = ["woocommerce", "prestashop", "opencart", "magento"];

/// Makes sure of PHP, and of PHPUnit with what it asks for where `tests` are to be run.
///
/// # Errors
/// A sentence that says what to type, where they cannot be installed.
pub fn ready(tests: bool, reason: &str) -> Result<()> {
    let mut missing = Vec::new();
    let has = |command: &str| exec::probe(command, &["--version"]).is_some();
    if !has("php") {
        missing.push("php-cli");
    }
    if tests && !has("phpunit") {
        missing.extend(["php-curl", "php-mbstring", "php-sqlite3", "php-xml", "phpunit"]);
    }
    if missing.is_empty() { Ok(()) } else { apt::install(&missing, reason) }
}

/// The modules' tests.
pub fn tests(root: &Path) -> Command {
    let mut command = Command::new("phpunit");
    command.args(["-c", "integrations/phpunit.xml"]).current_dir(root);
    command
}

/// Makes the zip of each module in a folder.
///
/// # Errors
/// What PHP says.
pub fn pack(root: &Path, folder: &Path) -> Result<()> {
    for module in MODULES {
        let mut command = Command::new("php");
        exec::run(command.args(["integrations/pack.php", module]).arg(folder).current_dir(root))?;
    }
    Ok(())
}

/// How many tests PHPUnit says to have passed and failed, in a line of its own.
pub fn counted(line: &str) -> Option<(usize, usize)> {
    let number = |text: &str| text.trim().parse::<usize>().ok();
    if let Some(rest) = line.strip_prefix("OK (") {
        return Some((number(rest.split_once(" test")?.0)?, 0));
    }
    let all = number(line.strip_prefix("Tests: ")?.split(',').next()?)?;
    let bad = line.trim_end_matches('.').split(", ").filter_map(|part| part.split_once(": "));
    let bad =
        bad.filter(|(name, _)| matches!(*name, "Errors" | "Failures")).filter_map(|(_, text)| number(text));
    let failed = bad.sum::<usize>().min(all);
    Some((all - failed, failed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phpunit_s_closing_line_is_read() {
        assert_eq!(counted("OK (115 tests, 7577 assertions)"), Some((115, 0)));
        assert_eq!(counted("OK (1 test, 2 assertions)"), Some((1, 0)));
        assert_eq!(counted("Tests: 10, Assertions: 20, Errors: 1, Failures: 2."), Some((7, 3)));
        assert_eq!(counted("Time: 00:00.292"), None);
    }

    #[test]
    fn every_module_is_packed() {
        let folder = crate::tools::root().expect("the project's folder").join("integrations");
        let found =
            std::fs::read_dir(folder).expect("integrations").map(|entry| entry.expect("a file").path());
        let mut found: Vec<_> = found
            .filter(|path| path.join("tests/ModuleTest.php").is_file())
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect();
        found.sort_by_key(|name| MODULES.iter().position(|known| known == name));
        assert_eq!(found, MODULES);
    }
}

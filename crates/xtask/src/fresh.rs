//! Builds that need no second run: a stamp beside the result says what it was made from.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use anyhow::{Context, Result};

/// Runs `build` unless the stamp says that it ran with just these inputs; says whether it ran.
///
/// Inputs are files or folders, told apart from their earlier selves by name, length and time of
/// change. The stamp has to be beside the result, so that deleting the one deletes the other.
///
/// # Errors
/// Those of `build`, or an input that is missing.
pub fn unless_fresh(stamp: &Path, inputs: &[PathBuf], build: impl FnOnce() -> Result<()>) -> Result<bool> {
    let print = fingerprint(inputs)?;
    if std::fs::read_to_string(stamp).is_ok_and(|old| old == print) {
        return Ok(false);
    }
    // A build that fails half-way must not look like the last good one.
    drop(std::fs::remove_file(stamp));
    build()?;
    std::fs::write(stamp, print).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(true)
}

fn fingerprint(inputs: &[PathBuf]) -> Result<String> {
    let mut files = Vec::new();
    for input in inputs {
        collect(input, &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    Ok(format!("{:016x}\n", hasher.finish()))
}

fn collect(path: &Path, files: &mut Vec<(PathBuf, u64, u128)>) -> Result<()> {
    let meta = path.metadata().with_context(|| format!("{} is missing", path.display()))?;
    if meta.is_dir() {
        for entry in std::fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else {
        let changed = meta.modified()?.duration_since(UNIX_EPOCH)?.as_nanos();
        files.push((path.to_owned(), meta.len(), changed));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_runs_once_for_the_same_inputs_and_again_for_others() {
        let folder = std::env::temp_dir().join(format!("xtask-fresh-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("src")).expect("a new folder");
        std::fs::write(folder.join("src/a"), "1").expect("a new file");
        let (stamp, inputs) = (folder.join("stamp"), [folder.join("src")]);
        let ran = || unless_fresh(&stamp, &inputs, || Ok(())).expect("it builds");
        assert!(ran());
        assert!(!ran());
        std::fs::write(folder.join("src/b"), "2").expect("a new file");
        assert!(ran());
        unless_fresh(&stamp, &inputs[..0], || anyhow::bail!("broken")).expect_err("it fails");
        assert!(ran(), "a failed build leaves no stamp");
        std::fs::remove_dir_all(folder).expect("the folder was made above");
    }
}

//! Builds that need no second run, that nobody sees half done, and that take turns where several xtasks build at once.

use std::{
    fs::{self, File, TryLockError},
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use anyhow::{Context, Result};
use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};

use crate::ui;

/// Waits until no other xtask holds `lock`, and holds it for as long as the answer lives.
///
/// `what` is named where there is somebody to wait for, such as `the widget's build`.
///
/// # Errors
/// Where the lock's file cannot be made.
pub fn turn(lock: &Path, what: &str) -> Result<File> {
    if let Some(folder) = lock.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = File::create(lock).with_context(|| format!("cannot write {}", lock.display()))?;
    // Where the file system knows no locks, taking turns is up to whoever types the commands.
    if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
        ui::say(format!("  Waiting for {what}, at which another command is"));
        file.lock()?;
    }
    Ok(file)
}

/// Makes a folder anew: `build` fills an empty one beside it, which takes its place once it is whole, in one step.
///
/// # Errors
/// Those of `build`, which leave the folder as it was, and those of the file system.
pub fn renew<T>(folder: &Path, build: impl FnOnce(&Path) -> Result<T>) -> Result<T> {
    let name = folder.file_name().context("a folder without a name")?.to_string_lossy();
    let new = folder.with_file_name(format!("{name}.new"));
    if new.exists() {
        fs::remove_dir_all(&new).with_context(|| format!("cannot empty {}", new.display()))?;
    }
    fs::create_dir_all(&new).with_context(|| format!("cannot make {}", new.display()))?;
    let built = build(&new)?;
    match renameat2(AT_FDCWD, &new, AT_FDCWD, folder, RenameFlags::RENAME_EXCHANGE) {
        Ok(()) => fs::remove_dir_all(&new)?,
        // There is none to change places with, or a file system that can only move: one after the other then.
        Err(_) => {
            if folder.exists() {
                fs::remove_dir_all(folder)?;
            }
            fs::rename(&new, folder)?;
        }
    }
    Ok(built)
}

/// Copies a folder with all that is in it.
///
/// # Errors
/// Those of the file system.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// Runs `build` unless the stamp says that it ran with just these inputs; says whether it ran.
///
/// Inputs are files or folders, told apart from their earlier selves by name, length and time of
/// change. The stamp has to be beside the result, so that deleting the one deletes the other.
///
/// # Errors
/// Those of `build`, or an input that is missing.
pub fn unless_fresh(stamp: &Path, inputs: &[PathBuf], build: impl FnOnce() -> Result<()>) -> Result<bool> {
    if is_fresh(stamp, inputs)? {
        return Ok(false);
    }
    let print = fingerprint(inputs)?;
    // A build that fails half-way must not look like the last good one.
    drop(fs::remove_file(stamp));
    build()?;
    fs::write(stamp, print).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(true)
}

/// Whether the stamp says that a build ran with just these inputs.
///
/// # Errors
/// An input that is missing.
pub fn is_fresh(stamp: &Path, inputs: &[PathBuf]) -> Result<bool> {
    let print = fingerprint(inputs)?;
    Ok(fs::read_to_string(stamp).is_ok_and(|old| old == print))
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
        for entry in fs::read_dir(path)? {
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

    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a new folder");
        folder
    }

    #[test]
    fn a_folder_that_is_made_anew_is_there_and_whole_at_any_time() {
        let scratch = scratch("renew");
        let folder = scratch.join("assets");
        let build = |version: usize| {
            renew(&folder, |new| {
                fs::write(new.join("widget.js"), format!("{version}"))?;
                assert!(version == 0 || folder.join("widget.js").is_file(), "the old one serves meanwhile");
                Ok(fs::write(new.join(format!("only-in-{version}")), "")?)
            })
            .expect("it builds");
        };
        build(0);
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let mut reads = 0;
                while !done.load(std::sync::atomic::Ordering::SeqCst) {
                    fs::read_to_string(folder.join("widget.js")).expect("there at any time");
                    reads += 1;
                }
                reads
            });
            for version in 1..=300 {
                build(version);
            }
            done.store(true, std::sync::atomic::Ordering::SeqCst);
            assert!(reader.join().expect("it reads") > 0);
        });
        let mut names: Vec<_> =
            fs::read_dir(&folder).expect("a folder").map(|file| file.expect("a file").file_name()).collect();
        names.sort();
        assert_eq!(names, ["only-in-300", "widget.js"], "nothing of an older build is left");

        renew(&folder, |_| -> Result<()> { anyhow::bail!("broken") }).expect_err("it fails");
        assert_eq!(fs::read_to_string(folder.join("widget.js")).expect("the last good one"), "300");
        fs::remove_dir_all(scratch).expect("the folder was made above");
    }

    #[test]
    fn builds_take_turns() {
        let scratch = scratch("turn");
        let (lock, log) = (scratch.join("lock"), std::sync::Mutex::new(Vec::new()));
        let first = turn(&lock, "a test").expect("nobody holds it");
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let _second = turn(&lock, "a test").expect("the first has ended");
                log.lock().expect("a lock").push("second");
            });
            std::thread::sleep(std::time::Duration::from_millis(50));
            log.lock().expect("a lock").push("first");
            drop(first);
        });
        assert_eq!(*log.lock().expect("a lock"), ["first", "second"]);
        fs::remove_dir_all(scratch).expect("the folder was made above");
    }

    #[test]
    fn a_copy_has_all_that_is_in_a_folder() {
        let scratch = scratch("copy");
        fs::create_dir_all(scratch.join("from/w")).expect("a new folder");
        fs::write(scratch.join("from/w/a"), "1").expect("a new file");
        fs::write(scratch.join("from/b"), "2").expect("a new file");
        copy(&scratch.join("from"), &scratch.join("to")).expect("it is copied");
        assert_eq!(fs::read_to_string(scratch.join("to/w/a")).expect("a copy"), "1");
        assert_eq!(fs::read_to_string(scratch.join("to/b")).expect("a copy"), "2");
        fs::remove_dir_all(scratch).expect("the folder was made above");
    }

    #[test]
    fn a_build_runs_once_for_the_same_inputs_and_again_for_others() {
        let folder = scratch("fresh");
        fs::create_dir_all(folder.join("src")).expect("a new folder");
        fs::write(folder.join("src/a"), "1").expect("a new file");
        let (stamp, inputs) = (folder.join("stamp"), [folder.join("src")]);
        let ran = || unless_fresh(&stamp, &inputs, || Ok(())).expect("it builds");
        assert!(ran());
        assert!(!ran());
        fs::write(folder.join("src/b"), "2").expect("a new file");
        assert!(ran());
        unless_fresh(&stamp, &inputs[..0], || anyhow::bail!("broken")).expect_err("it fails");
        assert!(ran(), "a failed build leaves no stamp");
        fs::remove_dir_all(folder).expect("the folder was made above");
    }
}

//! Which crates are compiled into what is shipped: the Worker, the widget, the QR codes that it loads, and what tries a
//! program on an export.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand, Package, PackageId};

/// Where the deny.toml and the lock file are.
pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What is shipped.
pub const SHIPPED: [&str; 4] = ["parrain-edge", "parrain-widget", "parrain-qr", "parrain-tryout-page"];

/// For which machine.
const TARGET: &str = "wasm32-unknown-unknown";

/// What is shipped, taken apart.
pub struct MadeOf {
    /// Every crate that is compiled into it, our own among them, by its id.
    pub crates: BTreeMap<PackageId, Package>,
    /// Which of them each of them uses.
    pub uses: BTreeMap<PackageId, BTreeSet<PackageId>>,
}

impl MadeOf {
    /// Asks cargo, by the lock file as it stands.
    ///
    /// # Errors
    /// Where cargo cannot say.
    pub fn read() -> Result<Self> {
        let metadata = MetadataCommand::new()
            .current_dir(ROOT)
            .other_options(["--locked", "--filter-platform", TARGET].map(str::to_owned))
            .exec()?;
        let resolve = metadata.resolve.context("cargo did not say which versions it takes")?;
        let compiled: BTreeMap<_, BTreeSet<_>> = resolve
            .nodes
            .into_iter()
            .map(|node| {
                // What builds a crate or derives code for it is not in what is shipped, unless something else brings it.
                let normal = node
                    .deps
                    .into_iter()
                    .filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal));
                (node.id, normal.map(|dep| dep.pkg).collect())
            })
            .collect();
        let packages: BTreeMap<_, _> =
            metadata.packages.into_iter().map(|package| (package.id.clone(), package)).collect();
        let ours = packages.values().filter(|package| SHIPPED.contains(&package.name.as_str()));
        let mut open: Vec<_> = ours.map(|package| package.id.clone()).collect();
        let (mut crates, mut uses) = (BTreeMap::new(), BTreeMap::new());
        while let Some(id) = open.pop() {
            let package = packages.get(&id).context("a crate that is used is not among the packages")?;
            if package.is_macro() || crates.insert(id.clone(), package.clone()).is_some() {
                continue;
            }
            let used = compiled.get(&id).cloned().unwrap_or_default();
            open.extend(used.iter().cloned());
            uses.insert(id, used);
        }
        for used in uses.values_mut() {
            used.retain(|id| crates.contains_key(id));
        }
        Ok(Self { crates, uses })
    }
}

/// Whether a package is a macro, which runs while others are compiled.
trait Macro {
    fn is_macro(&self) -> bool;
}

impl Macro for Package {
    fn is_macro(&self) -> bool {
        self.targets.iter().any(|target| target.is_proc_macro())
    }
}

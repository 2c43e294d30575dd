//! What `deny.toml` allows, and what of it is not kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result};
use cargo_metadata::Package;
use serde::Deserialize;
use spdx::{Expression, LicenseReq, Licensee};

use crate::made_of::{MadeOf, ROOT};

/// The parts of cargo-deny's file that are held here; what else stands there is for cargo-deny itself.
#[derive(Deserialize)]
pub struct Rules {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    skip: Vec<Skip>,
}

/// A version that may be there beside another one of the same crate.
#[derive(Deserialize)]
struct Skip {
    #[serde(rename = "crate")]
    name: String,
}

impl Rules {
    /// Reads them.
    ///
    /// # Errors
    /// Where the file is not there or says something else.
    pub fn read() -> Result<Self> {
        let text = fs::read_to_string(format!("{ROOT}/deny.toml")).context("cannot read deny.toml")?;
        toml::from_str(&text).context("deny.toml is not as it should be")
    }

    /// What is not kept, in words.
    ///
    /// # Errors
    /// Where an allowed licence is no SPDX identifier.
    pub fn faults(&self, made_of: &MadeOf) -> Result<Vec<String>> {
        let allowed = self
            .licenses
            .allow
            .iter()
            .map(|id| Licensee::parse(id).with_context(|| format!("{id} is no SPDX identifier")))
            .collect::<Result<Vec<_>>>()?;
        let allows = |asked: &LicenseReq| allowed.iter().any(|one| one.satisfies(asked));
        let mut faults: Vec<String> = made_of
            .crates
            .values()
            .filter(|package| !licence(package).is_some_and(|licence| licence.evaluate(allows)))
            .map(|package| {
                let told = package.license.as_deref().unwrap_or("none");
                format!("{} {}: its licence is {told}", package.name, package.version)
            })
            .collect();
        // A crate of the registry has a source that cargo itself names so.
        let foreign = made_of
            .crates
            .values()
            .filter(|package| package.source.as_ref().is_some_and(|source| !source.is_crates_io()));
        faults.extend(
            foreign
                .map(|package| format!("{} {}: it is not from the registry", package.name, package.version)),
        );
        let mut versions: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for package in made_of.crates.values() {
            versions.entry(package.name.as_str()).or_default().insert(package.version.to_string());
        }
        for (name, versions) in versions {
            let skipped = self.bans.skip.iter().filter(|skip| {
                let (skipped, version) = skip.name.split_once('@').unwrap_or((&skip.name, ""));
                skipped == name && versions.contains(version)
            });
            if versions.len() - skipped.count() > 1 {
                let versions = versions.into_iter().collect::<Vec<_>>().join(" and ");
                faults.push(format!("{name}: it is there twice, as {versions}"));
            }
        }
        Ok(faults)
    }
}

/// A package's licence; where somebody wrote `MIT/Apache-2.0`, as it was once usual, as it is written now.
pub fn licence(package: &Package) -> Option<Expression> {
    let told = package.license.as_deref()?;
    let usual = Expression::canonicalize(told).ok().flatten();
    Expression::parse(usual.as_deref().unwrap_or(told)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(change: impl FnOnce(&mut Rules)) -> Vec<String> {
        let mut rules = Rules::read().expect("the file");
        change(&mut rules);
        rules.faults(&MadeOf::read().expect("cargo's answer")).expect("sound rules")
    }

    #[test]
    fn what_is_shipped_keeps_to_them() {
        assert_eq!(rules(|_| ()), Vec::<String>::new());
    }

    #[test]
    fn what_does_not_is_named() {
        let faults = rules(|rules| {
            rules.licenses.allow.retain(|licence| licence != "Unicode-3.0");
            rules.bans.skip.retain(|skip| !skip.name.starts_with("matchit"));
        });
        let told = |start: &str, end: &str| {
            assert!(
                faults.iter().any(|fault| fault.starts_with(start) && fault.ends_with(end)),
                "{faults:#?}"
            );
        };
        told("icu_", ": its licence is Unicode-3.0");
        told("matchit: it is there twice", "0.9.2");
    }
}

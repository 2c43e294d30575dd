//! The bill of materials of what is shipped, as CycloneDX 1.5 (<https://cyclonedx.org/docs/1.5/json/>): which crates, of
//! which versions and licences, and which of them uses which. Nothing in it changes from one day to the next, so that the
//! package stays the same as long as its parts do.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result, bail};
use cargo_metadata::Package;
use cyclonedx_bom::external_models::normalized_string::NormalizedString;
use cyclonedx_bom::external_models::uri::Purl;
use cyclonedx_bom::models::bom::{Bom, SpecVersion};
use cyclonedx_bom::models::component::{Classification, Component, Components, Scope};
use cyclonedx_bom::models::dependency::{Dependencies, Dependency};
use cyclonedx_bom::models::license::{LicenseChoice, Licenses};
use cyclonedx_bom::validation::Validate;

use crate::made_of::{MadeOf, SHIPPED};
use crate::rules::licence;

/// Writes it to a file.
///
/// # Errors
/// Where it would not be as its format wants it, or cannot be written.
pub fn write(made_of: &MadeOf, file: &Path) -> Result<()> {
    let bill = bill(made_of)?;
    let valid = bill.validate();
    if !valid.passed() {
        bail!("the bill of materials is not as CycloneDX wants it: {valid:?}");
    }
    let mut made = File::create(file).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(bill.output_as_json_v1_5(&mut made)?)
}

fn bill(made_of: &MadeOf) -> Result<Bom> {
    let components = made_of.crates.values().map(component).collect::<Result<_>>()?;
    let dependencies = made_of
        .uses
        .iter()
        .filter_map(|(id, used)| {
            let name = |id| made_of.crates.get(id).map(name);
            let dependencies = used.iter().filter_map(name).collect();
            Some(Dependency { dependency_ref: name(id)?, dependencies })
        })
        .collect();
    Ok(Bom {
        serial_number: None,
        spec_version: SpecVersion::V1_5,
        components: Some(Components(components)),
        dependencies: Some(Dependencies(dependencies)),
        ..Bom::default()
    })
}

fn component(package: &Package) -> Result<Component> {
    let is_shipped = SHIPPED.contains(&package.name.as_str());
    let kind = if is_shipped { Classification::Application } else { Classification::Library };
    let version = package.version.to_string();
    let mut component = Component::new(kind, &package.name, &version, Some(name(package)));
    component.scope = Some(Scope::Required);
    component.description = package.description.as_deref().map(NormalizedString::new);
    component.licenses =
        licence(package).map(|licence| Licenses(vec![LicenseChoice::expression(licence.as_ref())]));
    // Ours are in no registry.
    if package.source.is_some() {
        component.purl = Some(Purl::new("cargo", &package.name, &version)?);
    }
    Ok(component)
}

/// What a crate is called in the bill.
fn name(package: &Package) -> String {
    format!("{}@{}", package.name, package.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_the_parts_and_who_uses_them_and_never_changes_by_itself() {
        let made_of = MadeOf::read().expect("cargo's answer");
        let written = || {
            let mut json = Vec::new();
            bill(&made_of).expect("a bill").output_as_json_v1_5(&mut json).expect("json");
            String::from_utf8(json).expect("text")
        };
        let text = written();
        assert_eq!(text, written());
        let read = Bom::parse_from_json(text.as_bytes()).expect("a bill");
        assert!(read.validate().passed());
        let components = read.components.expect("components").0;
        let worker =
            components.iter().find(|one| one.name.to_string() == "worker").expect("the worker crate");
        let (name, version) = (worker.bom_ref.clone().expect("a name"), worker.version.clone().expect("one"));
        assert_eq!(worker.purl.clone().expect("a purl").to_string(), format!("pkg:cargo/worker@{version}"));
        let uses = read.dependencies.expect("dependencies").0;
        let edge = uses.iter().find(|one| one.dependency_ref.starts_with("parrain-edge@")).expect("the edge");
        assert!(edge.dependencies.contains(&name));
        assert!(!text.contains(env!("CARGO_MANIFEST_DIR")), "no path of a machine");
    }
}

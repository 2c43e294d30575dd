//! The scenarios of `tests/scenarios`: reading them, and holding what is got against what they want. The ledger's
//! own tests use the same file, so that both mean the same by it.

use serde_json::Value;

/// Every scenario in a folder, by its name.
///
/// # Panics
/// Where the folder or a scenario cannot be read, or one does not bear its file's name.
pub fn read_all(folder: &str) -> Vec<Value> {
    let files = std::fs::read_dir(folder).unwrap_or_else(|fault| panic!("{folder}: {fault}"));
    let mut paths: Vec<_> = files.map(|file| file.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    assert!(paths.len() >= 10, "the scenarios are in {folder}");
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).expect("a readable scenario");
        let scenario: Value =
            serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
        assert_eq!(scenario["name"].as_str(), path.file_stem().and_then(|stem| stem.to_str()));
        scenario
    };
    paths.iter().map(read).collect()
}

/// Adds to `lines` where `got` does not hold what `want` asks for: every member of an object; every entry of a list
/// in its order; of totals and units those named, where sums that are missing are zeros; any of `one_of`.
pub fn differences(want: &Value, got: &Value, path: &str, lines: &mut Vec<String>) {
    match (want, got) {
        (Value::Object(members), _) if members.contains_key("one_of") => {
            let fits = |choice: &Value| {
                let mut found = Vec::new();
                differences(choice, got, path, &mut found);
                found.is_empty()
            };
            if !members["one_of"].as_array().is_some_and(|choices| choices.iter().any(fits)) {
                lines.push(format!("{path}: {got} is none of {want}"));
            }
        }
        (Value::Object(members), Value::Object(_)) => {
            for (name, want) in members {
                differences(want, &got[name], &format!("{path}/{name}"), lines);
            }
        }
        (Value::Array(want), Value::Array(got)) if path.ends_with("/totals") || path.ends_with("/units") => {
            let name = if path.ends_with("/totals") { "currency" } else { "kind" };
            for entry in want {
                match got.iter().find(|got| got[name] == entry[name]) {
                    Some(found) => differences(entry, found, &format!("{path}/{}", entry[name]), lines),
                    None if all_zeros(entry, name) => {}
                    None => lines.push(format!("{path}: no {entry}")),
                }
            }
        }
        (Value::Array(want), Value::Array(got)) => {
            if want.len() != got.len() {
                lines.push(format!("{path}: expected {} entries, got {}", want.len(), got.len()));
            }
            for (number, (want, got)) in want.iter().zip(got).enumerate() {
                differences(want, got, &format!("{path}/{number}"), lines);
            }
        }
        _ if want != got => lines.push(format!("{path}: expected {want}, got {got}")),
        _ => {}
    }
}

/// Whether all sums of an entry but its name are nothing.
fn all_zeros(entry: &Value, name: &str) -> bool {
    let zero = |value: &Value| {
        value == 0 || value.as_str().is_some_and(|text| text.trim_matches(['0', '.']).is_empty())
    };
    entry.as_object().is_some_and(|members| members.iter().all(|(key, value)| key == name || zero(value)))
}

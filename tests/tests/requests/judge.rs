//! What an answer must be, whatever was asked.

use parrain_tests::http::Answer;
use serde_json::Value;

use crate::document::{Document, Said};

/// Statuses that any path may answer, without a word of it in the document: no JSON, no such path, no such method, too
/// large.
const GENERAL: [u16; 4] = [400, 404, 405, 413];

/// What belongs to the inside, and is never told.
const INSIDE: [&str; 9] =
    ["rust", "panic", "sqlite", "wasm", "stack", "src/", ".rs:", "durable object", "serde"];

/// What is wrong with an answer to an operation; nothing where it is as it must be.
pub fn faults(document: &mut Document, operation: usize, method: &str, answer: &Answer) -> Vec<String> {
    let mut faults = always(answer);
    let (status, place) = (answer.status, &document.operations[operation]);
    if status == 503 && !may_fail(&place.path) {
        faults.push("503 where no store fails and nothing settles".into());
    }
    // Another method than the document's is another question; all there is to hold then is what always holds.
    if place.method != method {
        return faults;
    }
    let kind = answer.header("content-type").split(';').next().unwrap_or_default().trim().to_owned();
    match document.says(operation, status) {
        Said::Nothing if GENERAL.contains(&status) => {}
        Said::Nothing => faults.push(format!("the document does not say {status}")),
        Said::Bodies(_) if GENERAL.contains(&status) && kind == "application/problem+json" => {}
        Said::Bare if !answer.text.is_empty() => faults.push("a body that the document does not have".into()),
        Said::Bare => {}
        Said::Bodies(kinds) if !kinds.contains(&kind.as_str()) => {
            faults.push(format!("{kind} where the document says {}", kinds.join(", ")));
        }
        Said::Bodies(_) if kind.ends_with("json") => match serde_json::from_str(&answer.text) {
            Ok(body) => faults.extend(document.faults(operation, status, &kind, &body)),
            Err(error) => faults.push(format!("no JSON: {error}")),
        },
        Said::Bodies(_) => {}
    }
    faults
}

/// What is wrong with any answer of the edge's.
pub fn always(answer: &Answer) -> Vec<String> {
    let mut faults = Vec::new();
    let status = answer.status;
    if status >= 500 && status != 503 {
        faults.push(format!("a fault of the edge's own: {status}"));
    }
    if answer.header("x-content-type-options") != "nosniff" {
        faults.push("no nosniff".into());
    }
    let has = |name: &str| !answer.header(name).is_empty();
    match status {
        401 if answer.header("content-type").contains("json") && !has("www-authenticate") => {
            faults.push("401 without WWW-Authenticate".into());
        }
        405 if !has("allow") => faults.push("405 without Allow".into()),
        429 | 503 if !has("retry-after") => faults.push(format!("{status} without Retry-After")),
        _ => {}
    }
    if status >= 400 && !answer.text.is_empty() {
        let lower = answer.text.to_lowercase();
        faults.extend(INSIDE.iter().filter(|word| lower.contains(**word)).map(|word| format!("it says {word}")));
        if !answer.header("content-type").starts_with("text/html") {
            faults.extend(problem(answer));
        }
    }
    faults
}

/// What is wrong with a problem document (contract, section 3).
fn problem(answer: &Answer) -> Vec<String> {
    if !answer.header("content-type").starts_with("application/problem+json") {
        return vec![format!("an error as {}", answer.header("content-type"))];
    }
    let Ok(problem) = serde_json::from_str::<Value>(&answer.text) else {
        return vec!["a problem document that is no JSON".into()];
    };
    let mut faults = Vec::new();
    for member in ["type", "title", "detail"] {
        if problem[member].as_str().is_none_or(str::is_empty) {
            faults.push(format!("a problem document without {member}"));
        }
    }
    if problem["status"] != answer.status {
        faults.push(format!("a problem document of the status {}", problem["status"]));
    }
    let errors = problem["errors"].as_array();
    if answer.status == 422 && errors.is_none_or(Vec::is_empty) {
        faults.push("422 without errors".into());
    }
    for error in errors.into_iter().flatten() {
        if !error["pointer"].is_string() || error["detail"].as_str().is_none_or(str::is_empty) {
            faults.push(format!("an error without pointer and detail: {error}"));
        }
    }
    faults
}

/// Whether an operation may answer 503 while all stores answer: payouts and audits wait for what is settling, and what
/// asks others waits for them.
fn may_fail(path: &str) -> bool {
    ["/payouts", "/audit", "/connections/", "/contacts/", "/webhooks/"].iter().any(|part| path.contains(part))
}

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
///
/// What was asked elsewhere, by another method or path, is another question: all there is to hold then is what always holds.
pub fn faults(document: &mut Document, operation: usize, is_elsewhere: bool, answer: &Answer) -> Vec<String> {
    let mut faults = always(answer);
    let (status, place) = (answer.status, &document.operations[operation]);
    if status == 503 && !may_fail(&place.path) {
        faults.push("503 where no store fails and nothing settles".into());
    }
    if is_elsewhere {
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
        // A page names its own style and its links, which a problem document does not.
        let is_page = answer.header("content-type").starts_with("text/html");
        let lower = answer.text.to_lowercase();
        let words = INSIDE.iter().filter(|word| !is_page || !["stack", "src/"].contains(*word));
        faults.extend(words.filter(|word| lower.contains(**word)).map(|word| format!("it says {word}")));
        if !is_page {
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

#[cfg(test)]
mod tests {
    use super::*;
    use parrain_tests::http::HeaderMap;
    use serde_json::json;

    fn answer(status: u16, kind: &str, text: &str) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", kind.parse().unwrap());
        headers.insert("x-content-type-options", "nosniff".parse().unwrap());
        Answer { status, headers, text: text.to_owned() }
    }

    fn refusal(status: u16, more: &Value) -> Answer {
        let mut problem =
            json!({"type": "about:blank", "title": "A word", "status": status, "detail": "why"});
        problem.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        answer(status, "application/problem+json", &problem.to_string())
    }

    #[test]
    fn what_breaks_the_contract_is_told() {
        assert_eq!(always(&refusal(404, &json!({}))), Vec::<String>::new());
        let errors = json!({"errors": [{"pointer": "/name", "detail": "is missing"}]});
        assert_eq!(always(&refusal(422, &errors)), Vec::<String>::new());
        for (wrong, told) in [
            (refusal(500, &json!({})), "a fault of the edge's own: 500"),
            (refusal(404, &json!({"status": 400})), "a problem document of the status 400"),
            (refusal(404, &json!({"detail": ""})), "a problem document without detail"),
            (refusal(404, &json!({"detail": "at src/app.rs:7"})), "it says src/"),
            (refusal(422, &json!({})), "422 without errors"),
            (refusal(422, &json!({"errors": [{"pointer": 7}]})), "an error without pointer and detail"),
            (refusal(429, &json!({})), "429 without Retry-After"),
            (refusal(401, &json!({})), "401 without WWW-Authenticate"),
            (refusal(405, &json!({})), "405 without Allow"),
            (answer(400, "text/plain", "no"), "an error as text/plain"),
        ] {
            let faults = always(&wrong);
            assert!(faults.iter().any(|fault| fault.starts_with(told)), "{told}: {faults:?}");
        }
    }

    #[test]
    fn an_answer_is_held_to_the_document() {
        let mut document = Document::read(
            r##"{"paths": {"/v1/things": {"get": {"responses": {"200": {"content": {"application/json":
                {"schema": {"$ref": "#/components/schemas/Thing"}}}}, "204": {}}}}},
                "components": {"schemas": {"Thing": {"type": "object", "required": ["id"]}}}}"##,
        );
        let mut faults = |answer: &Answer| super::faults(&mut document, 0, false, answer);
        assert_eq!(faults(&answer(200, "application/json", r#"{"id": 1}"#)), Vec::<String>::new());
        assert!(faults(&answer(200, "application/json", "{}"))[0].contains("required"));
        assert!(faults(&answer(200, "application/json", "{"))[0].starts_with("no JSON"));
        assert!(faults(&answer(200, "text/html", "<p>"))[0].starts_with("text/html where"));
        assert!(faults(&answer(201, "application/json", "{}"))[0].contains("does not say 201"));
        assert!(faults(&answer(204, "application/json", "{}"))[0].starts_with("a body"));
        assert!(faults(&refusal(503, &json!({}))).iter().any(|fault| fault.starts_with("503 where")));
    }
}

//! The OpenAPI document as something to make requests from, and to hold answers against.

use std::collections::HashMap;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// The document, read.
pub struct Document {
    all: Value,
    /// Every method of every path, in the document's order.
    pub operations: Vec<Operation>,
    validators: HashMap<(usize, u16), Validator>,
}

/// One method of one path.
pub struct Operation {
    /// Such as `POST`.
    pub method: String,
    /// The path with its parameters in braces.
    pub path: String,
    /// What stands in the path, the query and the headers.
    pub parameters: Vec<Parameter>,
    /// The kinds of body that it takes, each with its schema.
    pub bodies: Vec<(String, Value)>,
    /// Whose credential it takes: names of security schemes, none where anybody may ask.
    pub credentials: Vec<String>,
    responses: Map<String, Value>,
}

/// What a request says outside of its body.
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// `path`, `query` or `header`.
    pub place: String,
    /// What it may be.
    pub schema: Value,
}

/// What the document says of an answer.
pub enum Said<'a> {
    /// Nothing: the operation has no such status.
    Nothing,
    /// The status alone, with no body.
    Bare,
    /// These kinds of body.
    Bodies(Vec<&'a str>),
}

impl Document {
    /// Reads it.
    ///
    /// # Panics
    /// Where it is no OpenAPI document.
    pub fn read(text: &str) -> Self {
        let all: Value = serde_json::from_str(text).expect("the document is JSON");
        let mut operations = Vec::new();
        for (path, item) in all["paths"].as_object().expect("paths") {
            for (method, said) in item.as_object().expect("a path's methods") {
                if method != "parameters" {
                    operations.push(Operation::read(&all, path, method, item, said));
                }
            }
        }
        Self { all, operations, validators: HashMap::new() }
    }

    /// A schema, or what it refers to.
    pub fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        referred(&self.all, schema)
    }

    /// What it says of an operation's answer with a status.
    pub fn says(&self, operation: usize, status: u16) -> Said<'_> {
        let Some(said) = self.operations[operation].responses.get(&status.to_string()) else {
            return Said::Nothing;
        };
        match referred(&self.all, said)["content"].as_object() {
            Some(content) => Said::Bodies(content.keys().map(String::as_str).collect()),
            None => Said::Bare,
        }
    }

    /// What is wrong with a JSON body that an operation answered with a status, by the schema of its kind.
    pub fn faults(&mut self, operation: usize, status: u16, kind: &str, body: &Value) -> Vec<String> {
        let said = &self.operations[operation].responses[&status.to_string()];
        let schema = &referred(&self.all, said)["content"][kind]["schema"];
        let all = &self.all;
        let validator = self.validators.entry((operation, status)).or_insert_with(|| {
            let schema = json!({"components": all["components"], "allOf": [schema]});
            jsonschema::draft202012::new(&schema).expect("a schema that can be checked")
        });
        validator.iter_errors(body).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
    }
}

impl Operation {
    fn read(all: &Value, path: &str, method: &str, item: &Value, said: &Value) -> Self {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let parameters = list(&item["parameters"]).into_iter().chain(list(&said["parameters"]));
        let parameters = parameters.map(|one| {
            let one = referred(all, &one);
            let text = |name: &str| one[name].as_str().expect("a parameter's name and place").to_owned();
            Parameter { name: text("name"), place: text("in"), schema: one["schema"].clone() }
        });
        let content = said["requestBody"]["content"].as_object();
        let bodies = content.into_iter().flatten().map(|(kind, said)| (kind.clone(), said["schema"].clone()));
        let schemes = list(&said["security"]).into_iter().filter_map(|one| one.as_object().cloned());
        Self {
            method: method.to_uppercase(),
            path: path.to_owned(),
            parameters: parameters.collect(),
            bodies: bodies.collect(),
            credentials: schemes.flat_map(|one| one.into_iter().map(|(name, _)| name)).collect(),
            responses: said["responses"].as_object().expect("responses").clone(),
        }
    }

    /// What the operation is about: the last part of its path that is no parameter and stands before one, or, where none
    /// does, the last part. `payouts` for `/v1/shops/{shop}/payouts/{id}/paid`.
    pub fn collection(&self) -> &str {
        let parts: Vec<&str> = self.path.split('/').collect();
        let last = parts.iter().rposition(|part| part.starts_with('{') && *part != "{shop}");
        match last {
            Some(at) if at > 0 => parts[at - 1],
            _ => parts.last().copied().unwrap_or_default(),
        }
    }
}

fn referred<'a>(all: &'a Value, mut value: &'a Value) -> &'a Value {
    while let Some(name) = value["$ref"].as_str() {
        value = all.pointer(&name[1..]).expect("what the document refers to");
    }
    value
}

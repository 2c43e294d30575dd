//! The resources of the contract, asked as pages, servers and owners ask them.

mod bad_input;
mod confirm;
mod connections;
mod contacts;
mod deliveries;
mod desk;
mod document;
mod experiments;
mod figures;
mod imports;
mod mail;
mod materials;
mod moment;
mod orders;
mod owner;
mod pages;
mod payouts;
mod platforms;
mod promotions;
mod reconcile;
mod referrers;
mod server;
mod sign_in;
mod signals;
mod tasks;
mod weather;
mod webhooks;
mod world;

use super::openapi::DOCUMENT;
use crate::http::Method;
use crate::route::TABLE;
use parrain_wire::deliveries::EventType;
use serde_json::{Value, json};
use world::{World, fits, header_of, json_of};

#[test]
fn the_document_has_the_paths_and_methods_of_the_route_table() {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let example =
        |pattern: &str| pattern.replace("{shop}", "demo").replace("{id}", "x").replace("{more}", "2026-05");
    for (pattern, methods, _) in TABLE {
        let (_, path) = paths.iter().find(|(path, _)| fits(path, &example(pattern))).expect(pattern);
        let mut said: Vec<String> =
            path.as_object().unwrap().keys().filter(|key| *key != "parameters").cloned().collect();
        let mut real: Vec<String> = methods.iter().map(|method| method.as_str().to_lowercase()).collect();
        said.sort();
        real.sort();
        assert_eq!(said, real, "{pattern}");
    }
    assert_eq!(paths.len(), TABLE.len());
}

#[test]
fn the_document_has_every_type_of_webhook() {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let mut said: Vec<&String> = document["webhooks"].as_object().unwrap().keys().collect();
    let mut real: Vec<&str> = EventType::WORDS.iter().map(|(name, _)| *name).collect();
    said.sort();
    real.sort_unstable();
    assert_eq!(said, real);
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    fn walk(value: &Value, document: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(to)) = members.get("$ref") {
                    assert!(document.pointer(&to[1..]).is_some(), "{to}");
                }
                members.values().for_each(|member| walk(member, document));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, document)),
            _ => {}
        }
    }
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    walk(&document, &document);
}

#[test]
fn the_edge_says_that_it_is_up_and_what_it_serves() {
    let world = World::new(1, Default::default());
    assert_eq!(json_of(&world.get("/healthz").send()), json!({"status": "ok"}));
    let head = world.request(Method::HEAD, "/healthz").send();
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    assert_eq!(json_of(&world.get("/openapi.json").send())["openapi"], "3.1.0");
    let wrong = world.post("/healthz", &json!({})).send();
    assert_eq!((wrong.status.as_u16(), header_of(&wrong, "allow")), (405, Some("GET, HEAD")));
    assert_eq!(world.request(Method::OPTIONS, "/healthz").send().status, 405);
    assert_eq!(world.get("/nothing").send().status, 404);
    let front = world.get("/").send();
    assert!(header_of(&front, "content-type").unwrap().starts_with("text/html"));
}

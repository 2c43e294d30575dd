//! Pictures and texts for those who promote a shop, and the page on which they find them.

use super::world::*;
use crate::http::{MAX_UPLOAD, Method};
use crate::stores::simulated::{Calls, Mischief};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::rc::Rc;

const PICTURES: &str = "/v1/shops/demo/materials/pictures";
const TEXTS: &str = "/v1/shops/demo/materials/texts";
const SCRIPT: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg' width='60' height='40' onload='alert(1)'><script>alert(2)</script><rect width='9' height='9'/></svg>";

fn png() -> Vec<u8> {
    STANDARD
        .decode("iVBORw0KGgoAAAANSUhEUgAAAAYAAAAECAIAAAAiZtkUAAAAFElEQVR4nGM8IWfDgAqYGDAAcUIAVdwBKmZwn4IAAAAASUVORK5CYII=")
        .unwrap()
}

fn world() -> (Rc<World>, Value) {
    let world = World::new(1, Mischief::NONE);
    let shop = world.with_shop();
    world.kv.take_calls();
    (world, shop)
}

fn upload(world: &Rc<World>, title: &str, bytes: &[u8]) -> crate::http::Response {
    world.request(Method::POST, &format!("{PICTURES}?title={title}")).bytes(bytes.to_vec()).admin().send()
}

fn listed(world: &Rc<World>) -> Value {
    json_of(&world.get("/v1/shops/demo/materials").admin().send())
}

fn path_of(picture: &Value) -> String {
    picture["url"].as_str().unwrap().strip_prefix("https://edge.example").unwrap().to_owned()
}

fn text(answer: &crate::http::Response) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

#[test]
fn a_picture_costs_one_write_and_its_loading_one_read() {
    let (world, _) = world();
    world.ledger_calls.set(0);
    let picture = json_of(&upload(&world, "La%20boutique", &png()));
    let calls = (world.kv.take_calls(), world.ledger_calls.replace(0));
    assert_eq!(calls, (Calls { reads: 0, writes: 1, lists: 0 }, 3));
    world.get(&path_of(&picture)).send();
    let calls = (world.kv.take_calls(), world.ledger_calls.replace(0));
    assert_eq!(calls, (Calls { reads: 1, writes: 0, lists: 0 }, 0));
}

#[test]
fn a_picture_is_kept_once_and_served_for_ever() {
    let (world, _) = world();
    let answer = upload(&world, "La%20boutique", &png());
    assert_eq!(answer.status, 201, "{}", text(&answer));
    let picture = json_of(&answer);
    assert_eq!(
        (&picture["kind"], &picture["width"], &picture["title"]),
        (&json!("png"), &json!(6), &json!("La boutique"))
    );
    assert_eq!(world.kv.take_calls().writes, 1);
    let again = upload(&world, "Other", &png());
    assert_eq!((again.status.as_u16(), json_of(&again)["id"].clone()), (200, picture["id"].clone()));
    assert_eq!(
        (&json_of(&again)["title"], &listed(&world)["pictures"][0]["title"]),
        (&json!("Other"), &json!("Other"))
    );
    assert_eq!(world.kv.take_calls().writes, 0);
    assert_eq!(listed(&world)["pictures"].as_array().unwrap().len(), 1);
    let path = path_of(&picture);
    let served = world.get(&path).send();
    assert_eq!((served.status.as_u16(), &served.body), (200, &png()));
    for (name, value) in [
        ("content-type", "image/png"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    ] {
        assert_eq!(header_of(&served, name), Some(value), "{name}");
    }
    // By another ending, of another shop, or made up.
    for wrong in [
        path.replace(".png", ".svg"),
        path.replace("/demo/", "/other/"),
        "/p/demo/a.png".into(),
        "/p/demo/..%2Fx.png".into(),
    ] {
        assert_eq!(world.get(&wrong).send().status, 404, "{wrong}");
    }
    let id = picture["id"].as_str().unwrap();
    let remove = || world.request(Method::DELETE, &format!("{PICTURES}/{id}")).admin().send();
    assert_eq!(remove().status, 204);
    assert_eq!(remove().status, 404);
    world.copy_to_kv();
    world.pass(180);
    assert_eq!(world.get(&path).send().status, 404);
    assert!(!world.kv.contents().keys().any(|key| key.starts_with("1/picture/")));
    // The same again is another picture: caches may know that the first is gone.
    assert_ne!(json_of(&upload(&world, "Back", &png()))["id"], picture["id"]);
}

#[test]
fn a_picture_that_is_a_script_is_served_without_it() {
    let (world, _) = world();
    let answer = upload(&world, "Logo", SCRIPT);
    let added = json_of(&answer);
    assert_eq!((answer.status.as_u16(), &added["left_out"]), (201, &json!(["onload", "script"])));
    let served = world.get(&path_of(&added)).send();
    assert_eq!(header_of(&served, "content-type"), Some("image/svg+xml"));
    let text = text(&served);
    assert!(text.contains("<rect") && !text.contains("alert") && !text.contains("script"), "{text}");
}

#[test]
fn what_is_no_picture_is_refused_with_a_reason() {
    let (world, shop) = world();
    for (title, bytes, field, why) in [
        ("A", &b""[..], "/picture", "is missing"),
        (
            "A",
            b"<!doctype html><script>alert(1)</script>",
            "/picture",
            "must be a picture: PNG, JPEG, WebP or SVG",
        ),
        ("A", &png()[..40], "/picture", "is broken or was cut off: save it again and take that file"),
        ("A", &vec![0; MAX_UPLOAD], "/picture", "must have at most 1 MB"),
        ("", &png(), "/title", "is missing"),
        ("%0A", &png(), "/title", "is missing"),
        ("a%07b", &png(), "/title", "must not hold control characters"),
        (&"x".repeat(101), &png(), "/title", "must have at most 100 characters"),
    ] {
        let answer = upload(&world, title, bytes);
        let told = json_of(&answer);
        assert_eq!(answer.status, 422, "{told}");
        assert_eq!(told["errors"], json!([{"pointer": field, "detail": why}]));
    }
    assert_eq!(upload(&world, "A", &vec![0; MAX_UPLOAD + 1]).status, 413);
    let who = |sending: Sending| sending.bytes(png()).send().status.as_u16();
    let target = format!("{PICTURES}?title=A");
    assert_eq!(who(world.request(Method::POST, &target)), 401);
    assert_eq!(who(world.request(Method::POST, &target).bearer("pst_wrong.demo")), 401);
    assert_eq!(who(world.request(Method::POST, &target).bearer(shop["shop_token"].as_str().unwrap())), 201);
    assert_eq!(listed(&world)["pictures"].as_array().unwrap().len(), 1);
}

#[test]
fn a_shop_has_no_more_than_it_may() {
    let (world, _) = world();
    let drawing = |n: usize| format!("<svg width='{}' height='1'><path/></svg>", n + 1);
    for n in 0..50 {
        assert_eq!(upload(&world, "A", drawing(n).as_bytes()).status, 201);
    }
    world.kv.take_calls();
    assert_eq!(upload(&world, "A", drawing(50).as_bytes()).status, 409);
    assert_eq!(world.kv.take_calls().writes, 0, "nothing is kept of one too many");
    assert_eq!(upload(&world, "A", drawing(0).as_bytes()).status, 200);
    for n in 0..50 {
        assert_eq!(
            world.post(TEXTS, &json!({"title": "T", "text": n.to_string()})).admin().send().status,
            201
        );
    }
    assert_eq!(world.post(TEXTS, &json!({"title": "T", "text": "more"})).admin().send().status, 409);
}

#[test]
fn a_kv_or_a_ledger_that_fails_lists_nothing_that_is_not_there() {
    let (world, _) = world();
    world.kv.behave(Mischief::OUTAGE);
    assert_eq!(upload(&world, "A", &png()).status, 503);
    world.kv.behave(Mischief::NONE);
    assert_eq!(listed(&world)["pictures"], json!([]));
    let answer = upload(&world, "A", &png());
    assert_eq!(answer.status, 201);
    assert_eq!(world.get(&path_of(&json_of(&answer))).send().status, 200);
    world.kv.behave(Mischief::OUTAGE);
    assert_eq!(world.get(&path_of(&json_of(&answer))).send().status, 503);
}

#[test]
fn pictures_go_with_the_shop() {
    let (world, _) = world();
    let path = path_of(&json_of(&upload(&world, "A", &png())));
    assert_eq!(world.request(Method::DELETE, "/v1/shops/demo").admin().send().status, 204);
    world.copy_to_kv();
    world.pass(600);
    world.copy_to_kv();
    assert_eq!(world.kv.contents().keys().filter(|key| key.contains("picture")).count(), 0);
    world.another_isolate();
    assert_eq!(world.get(&path).send().status, 404);
    // Another shop of this id has none of them.
    world.with_shop();
    assert_eq!(world.get(&path).send().status, 404);
    assert_eq!(listed(&world)["pictures"], json!([]));
}

#[test]
fn texts_are_written_changed_and_removed() {
    let (world, _) = world();
    let body = json!({"title": "Insta", "text": "Avec {code}\nici: {link}"});
    let made = json_of(&world.post(TEXTS, &body).admin().send());
    let path = format!("{TEXTS}/{}", made["id"].as_str().unwrap());
    let changed = world.put(&path, &json!({"title": "Insta", "text": "{offer}"})).send();
    assert_eq!((changed.status.as_u16(), &json_of(&changed)["text"]), (200, &json!("{offer}")));
    for (body, field) in [
        (json!({"title": "", "text": "x"}), "/title"),
        (json!({"title": "A\nB", "text": "x"}), "/title"),
        (json!({"title": "A", "text": " "}), "/text"),
        (json!({"title": "A"}), "/text"),
        (json!({"title": "A", "text": "{prix}"}), "/text"),
        (json!({"title": "A", "text": "x".repeat(2001)}), "/text"),
        (json!({"title": "A", "text": "x", "more": 1}), "/more"),
    ] {
        let answer = world.put(&path, &body).send();
        assert_eq!(answer.status, 422, "{body}");
        assert_eq!(json_of(&answer)["errors"][0]["pointer"], field, "{body}");
    }
    assert_eq!(world.put(&format!("{TEXTS}/999"), &body).send().status, 404);
    let remove = || world.request(Method::DELETE, &path).admin().send().status.as_u16();
    assert_eq!((remove(), remove()), (204, 404));
}

#[test]
fn the_page_of_who_promotes_has_all_of_it_with_their_link() {
    let (world, _) = world();
    let picture = json_of(&upload(&world, "%22%3E%3Cscript%3Ealert(1)%3C/script%3E", &png()));
    let body = json!({"title": "Insta", "text": "<b>{offer}</b> {code} {link} {shop}"});
    assert_eq!(world.post(TEXTS, &body).admin().send().status, 201);
    world.ledger_calls.set(0);
    let answer = world.get("/promote/demo/anna10").send();
    assert_eq!((answer.status.as_u16(), world.ledger_calls.get()), (200, 1));
    let page = text(&answer);
    let link = "https://edge.example/r/demo/ANNA10";
    assert!(page.contains(&format!("data-copy=\"{link}\"")), "{page}");
    let shown = page.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    assert!(shown.contains(&format!("</b> ANNA10 {link} Atelier Lumière")), "{page}");
    let src = picture["url"].as_str().unwrap();
    assert!(
        shown.contains(&format!("<a href=\"{link}\"><img src=\"{src}\" width=\"6\" height=\"4\"")),
        "{page}"
    );
    assert!(!page.contains("<script>alert") && !page.contains("<b>"), "{page}");
    assert!(page.contains("/v1/shops/demo/referrers/ANNA10/banners/300x250.svg"));
    // Nothing of the person beside the code.
    for never in ["Martin", "anna10@example.com", "c-ANNA10"] {
        assert!(!page.contains(never), "{never}");
    }
    assert!(
        header_of(&answer, "content-security-policy")
            .unwrap()
            .starts_with("default-src 'none'; script-src 'self'")
    );
    assert!(text(&world.get("/promote/demo/ANNA10?lang=en").send()).contains("Your link"));
    for unknown in ["/promote/demo/NOBODY", "/promote/other/ANNA10", "/promote/demo/%3Cscript%3E"] {
        let answer = world.get(unknown).send();
        assert_eq!(answer.status, 404, "{unknown}");
        assert!(!text(&answer).contains("<script>"));
    }
}

#[test]
fn a_link_to_any_page_of_the_shop_is_built() {
    let (world, _) = world();
    let page = |to: &str| {
        let to: String = url::form_urlencoded::byte_serialize(to.as_bytes()).collect();
        text(&world.get(&format!("/promote/demo/ANNA10?lang=fr&to={}", to.replace('+', "%20"))).send())
    };
    let built = page("https://shop.example/mug?a=1#top");
    assert!(built.contains("data-copy=\"https://shop.example/mug?a=1&amp;ref=ANNA10#top\""), "{built}");
    for wrong in ["https://evil.test/", "javascript:alert(1)", "\"><script>alert(1)</script>", "//evil.test"]
    {
        let refused = page(wrong);
        assert!(
            refused.contains("id=\"to-fault\"") && !refused.contains("<script>alert"),
            "{wrong}: {refused}"
        );
        assert!(
            !refused.contains("data-copy=\"http://evil") && !refused.contains("data-copy=\"https://evil"),
            "{refused}"
        );
    }
}

#[test]
fn a_code_that_does_not_count_has_nothing_to_share() {
    let (world, _) = world();
    let paused = world
        .request(Method::PATCH, "/v1/shops/demo/referrers/ANNA10")
        .body("{\"status\":\"paused\"}")
        .admin()
        .send();
    assert_eq!(paused.status, 200, "{}", text(&paused));
    world.copy_to_kv();
    let page = text(&world.get("/promote/demo/ANNA10?lang=en").send());
    assert!(page.contains("does not count") && !page.contains("data-copy"), "{page}");
}

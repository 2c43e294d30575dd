//! What every day on the open internet brings: what is wrong, forged, foreign or too much is refused with the
//! right status on real workerd, and nothing that was recorded changes by it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use jiff::Timestamp;
use parrain_tests::bodies::{self, amount, join, paid, percent, referrer};
use parrain_tests::env;
use parrain_tests::http::{self, Answer};
use parrain_tests::shop::{TestShop, sign};
use parrain_wire::Source;
use parrain_wire::page::Touched;
use parrain_wire::program::{AdvocateSide, FriendSide, Offer, Program, RewardKind};
use serde_json::{Value, json};

const PAGE: &str = "https://shop.example";

fn program() -> Program {
    let advocate = AdvocateSide {
        reward: amount(RewardKind::StoreCredit, "10.00"),
        hold_days: Some(14),
        ..AdvocateSide::default()
    };
    let friend = FriendSide { reward: percent(RewardKind::PercentOff, "10"), min_subtotal: None };
    let offer = Offer { friend: Some(friend), ..bodies::offer("friends", advocate) };
    Program {
        origins: vec![PAGE.into()],
        ..bodies::program("Bad Input", "https://shop.example/", vec![offer])
    }
}

fn shop() -> TestShop {
    let shop = TestShop::new(program());
    shop.referrer("ANNA10", &referrer("friends", "Anna"));
    shop.event(&paid("1001", &["ANNA10"])).expect(200);
    shop
}

/// An order as its sender writes it, to be spoiled.
fn written(order: &str) -> Value {
    serde_json::to_value(paid(order, &["ANNA10"])).expect("JSON")
}

/// What the shop knows, as of a day that is over for all that a test does.
fn everything(shop: &TestShop) -> Vec<Value> {
    ["", "/referrers", "/conversions", "/payouts", "/referrers/ANNA10/rewards?as_of=2099-01-01T00:00:00Z"]
        .map(|path| shop.read(path))
        .to_vec()
}

fn pointers(answer: &Answer) -> Vec<String> {
    let faults = answer.expect(422)["errors"].as_array().cloned().unwrap_or_default();
    faults.iter().map(|fault| fault["pointer"].as_str().unwrap_or_default().to_owned()).collect()
}

/// A problem document that says nothing of the inside.
fn is_problem(answer: &Answer) {
    assert!(answer.header("content-type").starts_with("application/problem+json"), "{answer:?}");
    let problem = answer.json();
    for member in ["type", "title", "detail"] {
        assert!(problem[member].is_string(), "{problem}");
    }
    assert_eq!(problem["status"], answer.status);
    for inside in ["rust", "panic", "sqlite", "wasm", "stack", "src/", ".rs"] {
        assert!(!answer.text.to_lowercase().contains(inside), "{inside} in {}", answer.text);
    }
}

#[test]
fn forged_stale_and_swapped_signatures_are_401() {
    let shop = shop();
    let before = everything(&shop);
    let (now, body) = (Timestamp::now().as_second(), written("1002").to_string());
    let right = sign(&shop.event_secret, "msg_1", now, &body);
    let other = sign("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", "msg_1", now, &body);
    let stale = sign(&shop.event_secret, "msg_1", now - 600, &body);
    let ahead = sign(&shop.event_secret, "msg_1", now + 600, &body);
    let swapped = body.replace("80.00", "8000.00");
    for (what, answer) in [
        ("no signature", http::send("POST", &shop.url("/events"), &[], body.as_bytes())),
        ("another key", shop.event_signed(&body, "msg_1", now, &other)),
        ("ten minutes old", shop.event_signed(&body, "msg_1", now - 600, &stale)),
        ("ten minutes ahead", shop.event_signed(&body, "msg_1", now + 600, &ahead)),
        ("an old one with a new time", shop.event_signed(&body, "msg_1", now, &stale)),
        ("replayed with another body", shop.event_signed(&swapped, "msg_1", now, &right)),
        ("replayed under another id", shop.event_signed(&body, "msg_2", now, &right)),
        ("another version", shop.event_signed(&body, "msg_1", now, &right.replace("v1,", "v2,"))),
        ("a broken body, unsigned", http::send("POST", &shop.url("/events"), &[], b"{")),
    ] {
        assert_eq!(answer.status, 401, "{what}: {}", answer.text);
        is_problem(&answer);
    }
    assert_eq!(everything(&shop), before);
    let both = format!("{other} {right}");
    assert_eq!(shop.event_signed(&body, "msg_1", now, &both).expect(200)["outcome"], "recorded");
}

#[test]
fn broken_bodies_are_400_and_wrong_ones_422_with_a_pointer_each() {
    let shop = shop();
    let before = everything(&shop);
    let send = |body: &str| {
        let now = Timestamp::now().as_second();
        shop.event_signed(body, "msg_1", now, &sign(&shop.event_secret, "msg_1", now, body))
    };
    for broken in ["{", "{\"type\":", "[1,]", "'x'", "\u{feff}{}"] {
        let answer = send(broken);
        assert_eq!(answer.status, 400, "{broken}: {}", answer.text);
        is_problem(&answer);
    }
    assert_eq!(send(&"[".repeat(200_000)).status, 400, "nested beyond reason");
    let mut wrong = written("1002");
    wrong["data"]["subtotal"] = json!(80);
    wrong["data"]["discount"] = json!("1e5");
    wrong["data"]["touches"] = json!([{"code": "ANNA10", "source": "smoke", "at": "yesterday"}]);
    assert_eq!(
        pointers(&send(&wrong.to_string())),
        ["/data/subtotal", "/data/discount", "/data/touches/0/source", "/data/touches/0/at"]
    );
    let admin = env::admin_token();
    let put = |body: &Value| http::send_json("PUT", &shop.url(""), Some(&admin), body);
    let found = pointers(&put(&json!({"name": "", "currency": "EURO", "landing_url": "javascript:alert(1)",
        "origins": ["https://shop.example/path"], "offers": [{"id": "x"}]})));
    assert!(found.len() >= 5, "{found:?}");
    assert_eq!(
        http::send("PUT", &shop.url(""), &[("authorization", &format!("Bearer {admin}"))], b"{").status,
        400
    );
    assert_eq!(everything(&shop), before);
}

#[test]
fn bodies_over_256_kib_are_413_whatever_their_length_says() {
    let shop = shop();
    let before = everything(&shop);
    let large = " ".repeat(262_145);
    for path in ["/events", "/touches", "/referrers", "/conversions"] {
        let answer = http::send("POST", &shop.url(path), &[], large.as_bytes());
        assert_eq!(answer.status, 413, "{path}");
        is_problem(&answer);
    }
    let now = Timestamp::now().as_second();
    let body = format!("{}{large}", written("1002"));
    assert_eq!(shop.event_signed(&body, "m", now, &sign(&shop.event_secret, "m", now, &body)).status, 413);
    // Just as much as is allowed is read: the signature is what is wrong then.
    assert_eq!(http::send("POST", &shop.url("/events"), &[], &large.as_bytes()[1..]).status, 401);
    assert_eq!(chunked(&shop, 300_000), 413);
    assert_eq!(everything(&shop), before);
}

/// The status for a body in chunks, which declares no length at all.
fn chunked(shop: &TestShop, length: usize) -> u16 {
    let host = shop.edge.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("the edge answers");
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!(
        "POST /v1/shops/{}/events HTTP/1.1\r\nhost: {host}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n",
        shop.id
    );
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = format!("2710\r\n{}\r\n", "x".repeat(10_000));
    for _ in 0..length / 10_000 {
        // The edge may have answered and hung up before it has heard all.
        if stream.write_all(chunk.as_bytes()).is_err() {
            break;
        }
    }
    let _ = stream.write_all(b"0\r\n\r\n");
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}

#[test]
fn unknown_shops_codes_paths_and_methods() {
    let shop = shop();
    let edge = env::base();
    for (method, path) in [
        ("GET", "/v1/shops/nobody-here/offer"),
        ("GET", "/v1/shops/nobody-here/offer?code=ANNA10"),
        ("POST", "/v1/shops/nobody-here/events"),
        ("POST", "/v1/shops/nobody-here/touches"),
        ("POST", "/v1/shops/nobody-here/referrers"),
        ("POST", "/v1/shops/nobody-here/conversions"),
        ("GET", "/v1/shops/nobody-here/rewards"),
        ("GET", "/r/nobody-here/ANNA10"),
        ("GET", "/v1/shops/NOBODY/offer"),
        ("GET", "/v1/shops/a%2Fb/offer"),
        ("GET", "/v1/nothing"),
        ("GET", "/v1/shops/"),
    ] {
        let answer = http::send(method, &format!("{edge}{path}"), &[("origin", PAGE)], b"");
        assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text);
        is_problem(&answer);
        // What pages ask tells any page that its shop id is wrong; whose pages could ask is not known then.
        let bare = path.split('?').next().unwrap_or_default();
        let asked = bare.strip_prefix("/v1/shops/nobody-here/");
        let open = asked.is_some_and(|asked| {
            ["offer", "touches", "referrers", "conversions", "rewards"].contains(&asked)
        });
        assert_eq!(answer.header("access-control-allow-origin"), if open { "*" } else { "" }, "{path}");
    }
    let admin = env::admin_token();
    for path in ["/referrers/NOBODY", "/referrers/NOBODY/rewards", "/payouts/77", "/payouts/77.csv"] {
        assert_eq!(http::get_as(&shop.url(path), &admin).status, 404, "{path}");
    }
    let touch = Touched { code: "NOBODY".parse().unwrap(), source: Source::Link, landing: None };
    assert_eq!(http::send_json("POST", &shop.url("/touches"), None, &touch).status, 404);
    for (method, path, allow) in [
        ("POST", "/offer", "GET, HEAD"),
        ("PUT", "/events", "POST"),
        ("PATCH", "", "GET, HEAD, PUT, DELETE"),
        ("DELETE", "/referrers/ANNA10", "GET, HEAD, PUT, PATCH"),
    ] {
        let answer = http::send(method, &shop.url(path), &[], b"");
        assert_eq!((answer.status, answer.header("allow")), (405, allow), "{method} {path}");
    }
    let head = http::send("HEAD", &shop.url("/offer"), &[], b"");
    assert_eq!((head.status, head.text.as_str()), (200, ""));
}

#[test]
fn foreign_origins_get_no_cors() {
    let shop = shop();
    let preflight = |path: &str, origin: &str| {
        let headers = [("origin", origin), ("access-control-request-method", "POST")];
        http::send("OPTIONS", &shop.url(path), &headers, b"")
    };
    for path in ["/offer", "/touches", "/referrers", "/rewards", "/conversions"] {
        let answer = preflight(path, PAGE);
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, PAGE), "{path}");
        for foreign in
            ["https://evil.example", "https://shop.example.evil.example", "http://shop.example", "null"]
        {
            assert_eq!(
                preflight(path, foreign).header("access-control-allow-origin"),
                "",
                "{path} {foreign}"
            );
            let answer = http::send("GET", &shop.url("/offer"), &[("origin", foreign)], b"");
            assert_eq!(answer.header("access-control-allow-origin"), "");
            assert!(answer.header("vary").to_lowercase().contains("origin"));
        }
    }
    let own = http::send("GET", &shop.url("/offer"), &[("origin", PAGE)], b"");
    assert_eq!(own.header("access-control-allow-origin"), PAGE);
}

#[test]
fn tokens_hold_for_their_own_shop_alone() {
    let (one, other) = (shop(), shop());
    let card = http::send_json("POST", &other.url("/referrers"), None, &join("Zoé")).expect(201);
    let card = card["token"].as_str().expect("a token");
    let mut forged = card.to_owned();
    forged.replace_range(8..9, if &card[8..9] == "A" { "B" } else { "A" });
    for path in ["", "/referrers", "/conversions", "/payouts", "/report", "/subjects?email=a@example.com"] {
        for token in [other.shop_token.as_str(), card, &forged, "nonsense", "demo"] {
            let answer = http::get_as(&one.url(path), token);
            assert_eq!(answer.status, 401, "{path} {token}");
            is_problem(&answer);
        }
        assert_eq!(http::get(&one.url(path)).status, 401, "{path}");
        assert_eq!(http::get_as(&one.url(path), &one.shop_token).status, 200, "{path}");
    }
    assert_eq!(http::get_as(&one.url("/rewards"), card).status, 401);
    assert_eq!(http::get_as(&other.url("/rewards"), &forged).status, 401);
    assert_eq!(http::get_as(&other.url("/rewards"), card).status, 200);
    assert_eq!(http::get_as(&format!("{}/v1/shops", one.edge), &one.shop_token).status, 401);
    // A program is its own shop's to change, and no other's.
    for (shop, status) in [(&other, 401), (&one, 200)] {
        let answer = http::send_json("PUT", &one.url(""), Some(&shop.shop_token), &program());
        assert_eq!(answer.status, status);
    }
    // alg "none": {"alg":"none"}.{"sub":"c-1","exp":9999999999}
    let unsigned = json!({"identity": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjLTEiLCJleHAiOjk5OTk5OTk5OTl9."});
    assert_eq!(http::send_json("POST", &one.url("/referrers"), None, &unsigned).status, 401);
}

#[test]
fn odd_names_and_codes_come_back_as_data_or_not_at_all() {
    let shop = shop();
    let join = |name: &str| http::send_json("POST", &shop.url("/referrers"), None, &join(name));
    for (name, kept) in [
        ("مريم", "مريم"),
        ("🧁 Zoë", "🧁 Zoë"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("\u{202e}evil\u{0}\n", "evil"),
    ] {
        let card = join(name).expect(201);
        let code = card["code"].as_str().expect("a code");
        assert_eq!(shop.read(&format!("/referrers/{code}"))["name"], kept);
        let answer = http::get(&shop.url(&format!("/offer?code={code}")));
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    assert_eq!(pointers(&join(&"x".repeat(10_000))), ["/name"]);
    for code in ["%3Cscript%3E", "%00", "%E2%80%AE", "..%2F..%2F", "A%20B", "%F0%9F%A6%84"] {
        let offer = http::get(&shop.url(&format!("/offer?code={code}"))).expect(200);
        assert_eq!(offer["code"], json!({"valid": false, "reason": "unknown"}), "{code}");
        let admin = env::admin_token();
        let put = http::send_json(
            "PUT",
            &shop.url(&format!("/referrers/{code}")),
            Some(&admin),
            &referrer("friends", "Odd"),
        );
        assert!(matches!(put.status, 404 | 422), "{code}: {}", put.status);
    }
}

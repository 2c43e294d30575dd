//! One thing changed in a request that was right: what a bug, a proxy or somebody with bad intent makes of it.

use rand::RngExt;
use rand::rngs::SmallRng;
use serde_json::{Value, json};

/// Texts that break what was not written for them.
pub const HOSTILE: &[&str] = &[
    "",
    " ",
    "\0",
    "a\0b",
    "\u{202e}live",
    "\u{feff}ANNA10",
    "e\u{301}\u{301}\u{301}",
    "🧁👩‍👩‍👧‍👦",
    "١٢٣",
    "ANNA10 ",
    "'; DROP TABLE orders; --",
    "\" OR 1=1 --",
    "%",
    "_%_",
    "*",
    "\\",
    "<script>alert(1)</script>",
    "]]>",
    "&amp;&#0;",
    "../../../../etc/passwd",
    "..",
    ".",
    "/",
    "?ref=a#b",
    "%00%ff%zz",
    "${x}{{x}}{link}{",
    "=HYPERLINK(\"https://x.example\")",
    "\r\nx-injected: 1",
    "__proto__",
    "constructor",
    "null",
    "true",
    "-0",
    "0",
    "00",
    "-1",
    "1e309",
    "1E5",
    "NaN",
    "Infinity",
    "0x10",
    "1_000",
    "1,00",
    "+1.00",
    ".5",
    "5.",
    "0.000000000000000000000000001",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "92233720368547758.07",
    "92233720368547758.08",
    "340282366920938463463374607431768211456",
    "99999999999999999999999999999999999999.99",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "-0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59.999999999999Z",
    "9999-12-31T23:59:59-23:59",
    "+262142-12-31T23:59:59Z",
    "2026-02-30T00:00:00Z",
    "2026-11-02T24:00:00Z",
    "2026-11-02T10:00:60Z",
    "2026-11-02T10:00:00+99:99",
    "2026-11-02 10:00:00Z",
    "2026-11-02",
    "2026-13",
    "0000-00",
    "9999-12",
    "1970-01-01",
    "javascript:alert(1)",
    "data:,x",
    "https://[::1",
    "https://user:pw@shop.example:99999/",
    "https://xn--a.example/",
    "http://169.254.169.254/",
    "//shop.example",
    "a@b",
    "\"a b\"@example.com",
    "@",
    "x@example.com\nbcc: y@example.com",
    "zz-ZZZZ-x-1-1-1-1",
    "Etc/../UTC",
    "XXX",
    "eur",
];

/// A hostile text, of any length.
pub fn hostile(rng: &mut SmallRng) -> String {
    match rng.random_range(0..8) {
        0 => "x".repeat(rng.random_range(60..400)),
        1 => "é".repeat(rng.random_range(30..5_000)),
        2 => "9".repeat(rng.random_range(15..400)),
        3 => "\u{1f9c1}".repeat(rng.random_range(10..3_000)),
        _ => HOSTILE[rng.random_range(0..HOSTILE.len())].to_owned(),
    }
}

/// A value that is not what is meant, whatever that is.
fn other(rng: &mut SmallRng) -> (String, Value) {
    let value = match rng.random_range(0..16) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!([]),
        3 => json!({}),
        4 => json!([null]),
        5 => json!({"": null}),
        6 => json!(i64::MIN),
        7 => json!(u64::MAX),
        8 => json!(1e300),
        9 => json!(-0.5),
        10 => json!(0),
        11 => json!(-1),
        12 => json!(u32::MAX),
        13 => {
            let deep = rng.random_range(100..140);
            let nested = (0..deep).fold(Value::Null, |inner, _| json!([inner]));
            return (format!("nested {deep} deep"), nested);
        }
        _ => return ("hostile text".into(), hostile(rng).into()),
    };
    (value.to_string(), value)
}

/// Changes one thing in a body; says what.
pub fn change(rng: &mut SmallRng, body: &mut Value) -> String {
    let mut all = vec![String::new()];
    pointers(body, "", &mut all);
    let pointer = all[rng.random_range(0..all.len())].clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
    let name = name.replace("~1", "/").replace("~0", "~");
    match rng.random_range(0..10) {
        0 | 1 => {
            if let Some(members) = body.pointer_mut(parent).and_then(Value::as_object_mut)
                && members.remove(&name).is_some()
            {
                return format!("{pointer} left out");
            }
        }
        2 => {
            if let Some(items) = body.pointer_mut(&pointer).and_then(Value::as_array_mut) {
                let one = items.first().cloned().unwrap_or(json!("x"));
                let many = rng.random_range(50..3_000);
                items.extend(std::iter::repeat_n(one, many));
                return format!("{pointer} with {many} more");
            }
        }
        3 => {
            if let Some(members) = body.pointer_mut(&pointer).and_then(Value::as_object_mut) {
                let name = hostile(rng);
                members.insert(name, json!("unasked"));
                return format!("{pointer} with a member that nobody asked for");
            }
        }
        _ => {}
    }
    let (said, value) = other(rng);
    if let Some(place) = body.pointer_mut(&pointer) {
        *place = value;
    }
    format!("{pointer} is {said}")
}

fn pointers(body: &Value, at: &str, all: &mut Vec<String>) {
    match body {
        Value::Object(members) => {
            for (name, value) in members {
                let pointer = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                all.push(pointer.clone());
                pointers(value, &pointer, all);
            }
        }
        Value::Array(items) => {
            for (at_item, value) in items.iter().enumerate().take(3) {
                let pointer = format!("{at}/{at_item}");
                all.push(pointer.clone());
                pointers(value, &pointer, all);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Changes one thing in how a body is written; says what.
pub fn write_otherwise(rng: &mut SmallRng, body: &mut Vec<u8>) -> &'static str {
    let middle = rng.random_range(0..=body.len());
    match rng.random_range(0..12) {
        0 => {
            body.truncate(middle);
            "cut off"
        }
        1 => {
            body.splice(middle..middle, [0xff, 0xfe, 0xc3]);
            "not UTF-8"
        }
        2 => {
            body.splice(0..0, *b"\xef\xbb\xbf");
            "with a byte order mark"
        }
        3 => {
            // The first member twice, the second time as null, as a sender's bug writes it.
            if let Some(end) = body.iter().skip(1).position(|byte| *byte == b':')
                && body.first() == Some(&b'{')
            {
                let mut twice = body[..end + 2].to_vec();
                twice.extend_from_slice(b"null,");
                twice.extend_from_slice(&body[1..]);
                *body = twice;
            }
            "a name twice"
        }
        4 => {
            *body = "[".repeat(rng.random_range(1_000..100_000)).into_bytes();
            "brackets that never close"
        }
        5 => {
            *body = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000)).into_bytes();
            "nested beyond reason"
        }
        6 => {
            body.resize(270_000, b' ');
            "270,000 bytes"
        }
        7 => {
            body.clear();
            "empty"
        }
        8 => {
            *body = br#"{"name":"\ud800","offer":"\udfff\ud800"}"#.to_vec();
            "lone surrogates"
        }
        9 => {
            *body = format!("{{\"amount\":{}e{}}}", "1".repeat(400), "9".repeat(400)).into_bytes();
            "a number beyond all numbers"
        }
        10 => {
            let written = String::from_utf8_lossy(body).replace('"', "'");
            *body = written.into_bytes();
            "single quotes"
        }
        _ => {
            if let Some(byte) = body.get_mut(middle) {
                *byte ^= 1 << rng.random_range(0..8);
            }
            "one bit changed"
        }
    }
}

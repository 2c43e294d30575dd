//! The examples that `docs/install/other.md` shows: each is run against the edge, and shown as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use parrain_tests::bodies::{anna, offer, percent, program};
use parrain_tests::http;
use parrain_tests::shop::TestShop;
use parrain_wire::program::{AdvocateSide, RewardKind};
use serde_json::{Value, json};

/// Each example: its file, what runs it, and the language of its block in the pages.
const EXAMPLES: [(&str, &str, &str); 5] = [
    ("parrain.sh", "bash", "sh"),
    ("parrain.php", "php", "php"),
    ("parrain.py", "python3", "python"),
    ("parrain.mjs", "node", "js"),
    ("parrain.rb", "ruby", "ruby"),
];

/// The pages that show them.
const PAGES: [&str; 2] = ["docs/install/other.md", "docs/fr/install/other.md"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project's folder").to_owned()
}

/// A shop whose referrers get a tenth of what their friends buy.
fn shop() -> TestShop {
    let reward = percent(RewardKind::Commission, "10");
    let friends = offer("friends", AdvocateSide { reward, ..AdvocateSide::default() });
    let shop = TestShop::new(program("Examples", "https://shop.example/", vec![friends]));
    shop.referrer("ANNA10", &anna());
    shop
}

fn run(file: &str, runs_it: &str, shop: &TestShop, event_secret: &str, order: &str) -> Output {
    Command::new(runs_it)
        .arg(root().join("integrations/examples").join(file))
        .args([order, "ANNA10"])
        .env("PARRAIN_EDGE", &shop.edge)
        .env("PARRAIN_SHOP", &shop.id)
        .env("PARRAIN_EVENT_SECRET", event_secret)
        .env("PARRAIN_IDENTITY_KEY", &shop.identity_key)
        .output()
        .unwrap_or_else(|error| {
            panic!("{runs_it} is needed for {file}, as `cargo xtask test` sees to: {error}")
        })
}

/// The lines that an example prints: an answer to the order, one to the refund, and who is signed in.
fn lines(file: &str, output: &Output) -> (Value, Value, String) {
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{file}: {said}{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<&str> = said.lines().collect();
    let [paid, refunded, identity] = lines[..] else { panic!("{file} printed {said}") };
    let json = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{file}: {error}: {line}"));
    (json(paid), json(refunded), identity.to_owned())
}

#[test]
fn each_example_sends_an_order_and_a_refund_and_says_who_is_signed_in() {
    for (file, runs_it, _) in EXAMPLES {
        let shop = shop();
        let secret = shop.event_secret.clone();
        let (paid, refunded, identity) = lines(file, &run(file, runs_it, &shop, &secret, "1001"));
        assert_eq!(paid["outcome"], "recorded", "{file}: {paid}");
        assert_eq!(refunded["outcome"], "recorded", "{file}: {refunded}");

        // The referrer has a tenth of the 36 euros that half of 72 leaves.
        let status = shop.rewards("ANNA10", None);
        assert_eq!(status["conversions"][0]["order_id"], "1001", "{file}: {status}");
        assert_eq!(status["conversions"][0]["reward"]["amount"], "3.60", "{file}: {status}");

        // The customer is let in by it, and is no referrer yet; by a letter more they are not.
        let asked = |identity: &str| {
            let body = json!({"identity": identity, "create": false});
            http::send_json("POST", &shop.url("/referrers"), None, &body).status
        };
        assert_eq!(asked(&identity), 204, "{file}: {identity}");
        assert_eq!(asked(&format!("{identity}A")), 401, "{file}");
        let joined = http::send_json("POST", &shop.url("/referrers"), None, &json!({"identity": identity}));
        let code = joined.expect(201)["code"].as_str().expect("a code").to_owned();
        let held = shop.read(&format!("/referrers/{code}"));
        assert_eq!(held["customer_id"], "c-7", "{file}: {held}");

        // Sent again, it counts once.
        let (paid, refunded, _) = lines(file, &run(file, runs_it, &shop, &secret, "1001"));
        assert_eq!(
            (&paid["outcome"], &refunded["outcome"]),
            (&json!("duplicate"), &json!("duplicate")),
            "{file}"
        );
    }
}

#[test]
fn each_example_fails_aloud_where_nothing_was_recorded() {
    for (file, runs_it, _) in EXAMPLES {
        let shop = shop();
        let another = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let output = run(file, runs_it, &shop, another, "1002");
        assert!(!output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stdout));
        let said =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(said.contains("401"), "{file} says the status: {said}");
        assert!(!said.contains(another), "{file} tells nobody the secret: {said}");
        assert_eq!(shop.rewards("ANNA10", None)["conversions"], json!([]), "{file}");
    }
}

/// A page, with each example's block as the file has it.
fn shown(page: &str) -> String {
    let mut text = page.to_owned();
    for (file, _, language) in EXAMPLES {
        let begin = format!("<!-- integrations/examples/{file} -->\n");
        let from = text.find(&begin).unwrap_or_else(|| panic!("no place for {file}")) + begin.len();
        let closed = text[from..].find("\n```\n").expect("a block that ends") + from;
        let code = fs::read_to_string(root().join("integrations/examples").join(file)).expect("an example");
        assert!(!code.contains("```"), "{file} would end its block");
        text.replace_range(from..closed, &format!("```{language}\n{}", code.trim_end()));
    }
    text
}

#[test]
fn the_pages_show_the_very_files() {
    let mut there: Vec<_> = fs::read_dir(root().join("integrations/examples"))
        .expect("the examples")
        .map(|entry| entry.expect("a file").file_name().into_string().expect("a name"))
        .collect();
    there.sort();
    let mut known = EXAMPLES.map(|(file, ..)| file);
    known.sort_unstable();
    assert_eq!(there, known, "each is run");
    for page in PAGES {
        let path = root().join(page);
        let text = fs::read_to_string(&path).expect("the page");
        let shown = shown(&text);
        if std::env::var_os("PARRAIN_REWRITE").is_some() {
            fs::write(&path, &shown).expect("the page");
        } else {
            assert_eq!(text, shown, "{page} shows something else: PARRAIN_REWRITE=1 writes it anew");
        }
    }
}

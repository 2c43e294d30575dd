//! Codes that arrive by an address, however it was soiled, tidied or moved to, and codes that are typed: before the widget
//! is there to see them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parrain_tests::browser::{Browser, PATIENCE};
use parrain_tests::pages::{Pages, page};
use parrain_tests::{env, http};
use serde_json::{Value, json};

const OPEN: &str = "data-consent=none-needed";

/// The codes that the cookie holds in the end, when it has had its time.
async fn codes(browser: &Browser) -> Vec<String> {
    let all = browser.run("return (/parrain_ref=([^;]*)/.exec(document.cookie) || ['', ''])[1]").await;
    let all = all.as_str().unwrap_or_default();
    all.split('~').filter_map(|entry| entry.split('.').nth(1)).map(str::to_owned).collect()
}

async fn comes_to_hold(browser: &Browser, wanted: &[&str], what: &str) {
    let end = Instant::now() + PATIENCE;
    while codes(browser).await != wanted {
        assert!(Instant::now() < end, "{what}: {:?} is not {wanted:?}", codes(browser).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Nothing of an earlier address is left for the next one. The page is left first: an answer that it still waits for
/// would have it write the same again.
async fn clear(browser: &Browser, pages: &Pages) {
    browser.goto("about:blank").await;
    let all = json!({"origin": pages.url, "storageTypes": "cookies,local_storage"});
    browser.devtools("Storage.clearDataForOrigin", all).await;
}

/// The program's links carry their codes in these.
fn link_params(pages: &Pages, names: &[&str]) {
    let mut program = pages.shop.program.clone();
    program["link_params"] = json!(names);
    http::send_json("PUT", &pages.shop.url(""), Some(&env::admin_token()), &program).expect(200);
    // The edge's copies of it are seconds old at most.
    parrain_tests::eventually(60, "program with these parameters", || {
        let offer = http::get(&pages.shop.url("/offer")).json();
        (offer["link_params"] == json!(names)).then_some(())
    });
}

fn open(attributes: &'static str) -> Arc<Pages> {
    Pages::plain(attributes, "", "")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_programs_own_parameters_carry_its_codes() {
    let browser = Browser::open().await;
    let pages = open(OPEN);
    link_params(&pages, &["via", "p"]);
    for (path, wanted) in [
        ("/?via=ANNA10", &["ANNA10"][..]),
        ("/?p=anna%31%30", &["ANNA10"]),
        ("/?utm_source=a&amp;VIA=ANNA10", &["ANNA10"]),
        ("/?via=newsletter&p=ANNA10", &["ANNA10"]),
        ("/?via=ANNA10?fbclid=x", &["ANNA10"]),
        ("/#/shop?via=ANNA10.", &["ANNA10"]),
        // Not this program's.
        ("/?ref=BOB22", &[]),
        ("/?via=NOBODY9", &[]),
        ("/?via=ANNA_10", &[]),
    ] {
        browser.goto(&pages.at(path)).await;
        if wanted.is_empty() {
            browser.says("Refer a friend").await;
            browser.rest().await;
        } else {
            browser.says("Anna gives you 10% off").await;
        }
        comes_to_hold(&browser, wanted, path).await;
        assert_eq!(browser.run("return wrong").await, json!([]), "{path}");
        clear(&browser, &pages).await;
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_where_wasm_may_not_run_reads_addresses_alike() {
    let browser = Browser::open().await;
    let pages = Pages::open(|shop, _, _, _| {
        let policy = format!(
            "default-src 'none'; script-src {0} 'nonce-watch'; connect-src {0}; img-src data:",
            env::base()
        );
        Some((200, vec![("content-security-policy", policy)], page(shop, OPEN, "", "")))
    });
    link_params(&pages, &["via"]);
    for path in ["/?via=anna10)", "/?via=newsletter&via=ANNA10", "/?ref=BOB22&via=ANNA10%E2%80%8B"] {
        browser.goto(&pages.at(path)).await;
        comes_to_hold(&browser, &["ANNA10"], path).await;
        clear(&browser, &pages).await;
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_comes_without_loading_a_page_is_seen() {
    for change in ["", "document.querySelector('h1').textContent = 'Next'"] {
        let browser = Browser::open().await;
        let pages = open(OPEN);
        link_params(&pages, &["via"]);
        browser.goto(&pages.at("/")).await;
        browser.says("Refer a friend").await;
        browser.run(&format!("history.pushState({{}}, '', '/mugs?via=ANNA10'); {change}")).await;
        browser.says("Anna gives you 10% off").await;
        comes_to_hold(&browser, &["ANNA10"], change).await;
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_was_tidied_up_first_still_counts() {
    // By a script of the page, and, for browsers that tell nothing of it, with the address noted by the page.
    let tidied = "<script>history.replaceState(null, '', location.pathname)</script>";
    let noted = "<script>window.parrain = typeof parrain == 'function' ? parrain : function () { (parrain.q = parrain.q || []).push(arguments) }
        parrain.url = location.href; performance.getEntriesByType = () => []
        history.replaceState(null, '', location.pathname)</script>";
    for head in [tidied, noted] {
        let browser = Browser::open().await;
        let pages = Pages::plain(OPEN, head, "");
        browser.goto(&pages.at("/shoes?ref=ANNA10")).await;
        browser.says("Anna gives you 10% off").await;
        assert_eq!(browser.url().await, pages.at("/shoes"));
        comes_to_hold(&browser, &["ANNA10"], head).await;
        assert_eq!(browser.run("return wrong").await, json!([]));
        browser.close().await;
    }
}

/// The stub as the documentation has it.
fn documented_stub() -> String {
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/widget.md"))
        .expect("docs/widget.md");
    let stub = docs.lines().find(|line| line.starts_with("window.parrain = "));
    stub.expect("a stub in docs/widget.md").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_element_of_the_page_may_be_named_parrain() {
    let stub: &'static str = format!(
        "<section id=parrain>Devenez parrain</section><form id=parrain><input name=q><input name=shop></form><script>{}
         parrain('on', 'captured', (detail) => window.seen = detail.code); window.ran = true</script>",
        documented_stub()
    )
    .leak();
    for body in [stub, "<section id=parrain>Devenez parrain</section>"] {
        let browser = Browser::open().await;
        let pages = Pages::open(move |shop, _, _, _| {
            let tag = page(shop, OPEN, "", "");
            // The tag after the element, as most pages have it.
            let script = tag
                .split("<script async")
                .nth(1)
                .and_then(|rest| rest.split("</script>").next())
                .unwrap_or_default();
            let tag_less = tag.replace(&format!("<script async{script}</script>"), "");
            Some((
                200,
                Vec::new(),
                tag_less.replace("</main>", &format!("{body}<script async{script}</script></main>")),
            ))
        });
        browser.goto(&pages.at("/?ref=ANNA10")).await;
        browser.says("Anna gives you 10% off").await;
        assert_eq!(browser.run("return typeof parrain").await, "function");
        if body == stub {
            assert_eq!(browser.run("return [ran, seen]").await, json!([true, "ANNA10"]));
        }
        assert_eq!(browser.run("return wrong").await, json!([]));
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_apart_from_other_origins_and_tags_made_modules_are_served() {
    let browser = Browser::open().await;
    let pages = Pages::open(|shop, _, path, _| {
        let apart = vec![
            ("cross-origin-embedder-policy", "require-corp".to_owned()),
            ("cross-origin-opener-policy", "same-origin".to_owned()),
        ];
        let html = page(shop, OPEN, "", "");
        let html =
            if path.contains("module") { html.replace("<script async", "<script type=module") } else { html };
        Some((200, apart, html))
    });
    for path in ["/?ref=ANNA10", "/module?ref=ANNA10"] {
        browser.goto(&pages.at(path)).await;
        browser.says("Anna gives you 10% off").await;
        comes_to_hold(&browser, &["ANNA10"], path).await;
        assert_eq!(browser.run("return [crossOriginIsolated, wrong]").await, json!([true, []]));
        clear(&browser, &pages).await;
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_said_of_consent_nothing_is_kept_before_a_press() {
    let browser = Browser::open().await;
    let pages = open("");
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    browser.says("Anna gives you 10% off").await;
    browser.run("parrain('consent', true)").await;
    browser.rest().await;
    assert_eq!(browser.written().await, Vec::<String>::new());
    browser.press("[data-a=apply]").await;
    browser.cookie("parrain_ref").await;
    browser.run("parrain('consent', false)").await;
    assert_eq!(browser.written().await, Vec::<String>::new());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_refuses_tracking_is_heard_by_the_loader() {
    // Where wasm may not run the loader alone decides.
    let refuses = "<script nonce=watch>Object.defineProperty(navigator, 'globalPrivacyControl', {get: () => true})</script>";
    for (head, wanted) in [(refuses, &[][..]), ("", &["ANNA10"])] {
        let browser = Browser::open().await;
        let pages = Pages::open(move |shop, _, _, _| {
            let policy = format!(
                "default-src 'none'; script-src {0} 'nonce-watch'; connect-src {0}; img-src data:",
                env::base()
            );
            Some((200, vec![("content-security-policy", policy)], page(shop, OPEN, head, "")))
        });
        browser.goto(&pages.at("/?ref=ANNA10")).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        comes_to_hold(&browser, wanted, head).await;
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_typed_into_the_shops_own_field_brings_the_widget() {
    for (attributes, wanted) in [(OPEN, &["ANNA10"][..]), ("data-consent=explicit", &[])] {
        let browser = Browser::open().await;
        let pages = Pages::plain(attributes, "", "<input name=coupon_code id=code>");
        browser.goto(&pages.at("/")).await;
        browser.says("Refer a friend").await;
        browser.fill("#code", "anna10").await;
        browser.press("h1").await;
        comes_to_hold(&browser, wanted, attributes).await;
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_told_in_a_sentence_what_is_wrong_with_the_tag() {
    let browser = Browser::open().await;
    let pages = Pages::open(|shop, _, path, _| {
        let html = page(shop, OPEN, "", "");
        Some((
            200,
            Vec::new(),
            if path.starts_with("/wrong") { html.replace(&shop.id, "no-such-shop") } else { html },
        ))
    });
    let told = async |path: &str, some: bool| -> Vec<String> {
        browser.goto(path).await;
        let end = Instant::now() + PATIENCE;
        while some && browser.run("return wrong.length").await == 0 {
            assert!(Instant::now() < end, "nothing is said at {path}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        // Nor is anything else.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let all = browser.run("return wrong").await;
        all.as_array()
            .expect("a list")
            .iter()
            .map(|text: &Value| text.as_str().unwrap_or_default().to_owned())
            .collect()
    };
    for query in ["", "?ref=ANNA10"] {
        let lines = told(&pages.at(&format!("/wrong{query}")), true).await;
        assert!(lines.len() == 1 && lines[0].contains("knows no shop \"no-such-shop\""), "{lines:?}");
        let elsewhere = pages.url.replace("localhost", "127.0.0.1");
        let lines = told(&format!("{elsewhere}/{query}"), true).await;
        assert!(
            lines.len() == 1 && lines[0].contains(&elsewhere) && lines[0].contains("origins"),
            "{lines:?}"
        );
        assert_eq!(told(&pages.at(&format!("/{query}")), false).await, Vec::<String>::new());
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_before_the_programs_parameters_are_known_is_remembered_as_consent_allows() {
    // As soon as the loader has run, the visitor is gone; a slow picture keeps the page loading.
    let gone = "<script>if (location.search) { const leave = setInterval(() => {
        if (!window.parrain) return
        clearInterval(leave); location.href = '/next' }, 1) }</script>";
    for (attributes, wanted) in [(OPEN, &["ANNA10"][..]), ("", &[]), ("data-consent=required", &[])] {
        let browser = Browser::open().await;
        let pages = Pages::open(move |shop, _, path, _| {
            if path == "/picture" {
                std::thread::sleep(Duration::from_secs(3));
            }
            Some((200, Vec::new(), page(shop, attributes, gone, "<img src=/picture alt=''>")))
        });
        link_params(&pages, &["via"]);
        browser.goto(&pages.at("/?via=ANNA10&utm_source=mail")).await;
        let end = Instant::now() + PATIENCE;
        while !browser.url().await.ends_with("/next") {
            assert!(Instant::now() < end, "the page did not leave");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        if wanted.is_empty() {
            assert_eq!(browser.written().await, Vec::<String>::new(), "{attributes}");
            browser.says("Refer a friend").await;
        } else {
            browser.says("Anna gives you 10% off").await;
        }
        comes_to_hold(&browser, wanted, attributes).await;
        assert_eq!(browser.run("return Object.keys(sessionStorage)").await, json!([]));
        browser.close().await;
    }
}

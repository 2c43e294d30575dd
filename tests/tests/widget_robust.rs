//! The shop's page is never broken, slowed or littered with errors, whatever is blocked, down, doubled
//! or hidden.

use std::time::{Duration, Instant};

use parrain_tests::browser::{Browser, PATIENCE};
use parrain_tests::line::Line;
use parrain_tests::pages::{Pages, page};
use parrain_tests::{env, eventually};
use serde_json::json;
use thirtyfour::Key;

const OPEN: &str = "data-consent=none-needed";

/// What went to other hosts than the shop's since the page was opened.
async fn requests(browser: &Browser) -> Vec<String> {
    let all = browser
        .run("return performance.getEntriesByType('resource').map((e) => e.name).filter((n) => !n.startsWith(location.origin))")
        .await;
    all.as_array().expect("a list").iter().map(|name| name.as_str().unwrap_or_default().to_owned()).collect()
}

async fn unharmed(browser: &Browser) {
    browser.rest().await;
    assert_eq!(browser.run("return wrong").await, json!([]));
    assert_eq!(browser.run("return shifts").await, json!([]), "the layout shifted");
    browser.says("Goods.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_no_code_and_nothing_to_show_there_is_no_request_but_the_loader() {
    let browser = Browser::open().await;
    let pages = Pages::plain("data-consent=none-needed data-placement=none", "", "");
    browser.goto(&pages.at("/")).await;
    unharmed(&browser).await;
    assert_eq!(requests(&browser).await, [format!("{}/widget.js", env::base())]);
    browser.goto(&pages.at("/next")).await;
    assert_eq!(browser.written().await, NOTHING, "nothing to tell the next page");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_policy_forbids_wasm_still_captures() {
    let browser = Browser::open().await;
    let pages = Pages::open(|shop, _, path, _| {
        let policy = format!(
            "default-src 'none'; script-src {0} 'nonce-watch'; connect-src {0}; img-src data:",
            env::base()
        );
        let headers = vec![("content-security-policy", policy)];
        path.starts_with("/?").then(|| (200, headers, page(shop, OPEN, "", "")))
    });
    browser.goto(&pages.at("/?ref=anna10")).await;
    assert!(browser.cookie("parrain_ref").await.starts_with("v1.ANNA10.l."));
    unharmed(&browser).await;
    browser.run("parrain('consent', false)").await;
    assert!(browser.written().await.is_empty());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_policy_allows_wasm_and_no_style_looks_as_it_should() {
    let browser = Browser::open().await;
    let pages = Pages::open(|shop, _, path, _| {
        let policy = format!(
            "default-src 'none'; script-src {0} 'nonce-watch' 'wasm-unsafe-eval'; connect-src {0}; img-src data:; require-trusted-types-for 'script'",
            env::base()
        );
        path.starts_with("/?")
            .then(|| (200, vec![("content-security-policy", policy)], page(shop, OPEN, "", "")))
    });
    browser.goto(&pages.at("/?ref=anna10")).await;
    let button = browser.find("[data-a=apply]").await;
    assert_ne!(button.css_value("background-color").await.expect("a style"), "rgba(0, 0, 0, 0)");
    unharmed(&browser).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn blocked_storage_and_refused_cookies_cost_nothing_but_memory() {
    let browser = Browser::open().await;
    let blocked = "<script>
        Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }});
        Object.defineProperty(document, 'cookie', {get() { throw new DOMException('no', 'SecurityError') },
            set() { throw new DOMException('no', 'SecurityError') }})</script>";
    let pages = Pages::plain(OPEN, blocked, "<form data-parrain></form>");
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    let heard = "window.faults = []; document.addEventListener('parrain:error', ({detail}) => faults.push(detail.what))";
    browser.run(heard).await;
    browser.press("[data-a=apply]").await;
    browser.says("Your code goes with your order").await;
    let faults = browser.run("return faults").await;
    assert!(
        faults == json!(["storage"]) || faults == json!([]),
        "said once, perhaps before we listened: {faults}"
    );
    assert_eq!(browser.run("return document.querySelector('[name=parrain_code]').value").await, "ANNA10");
    unharmed(&browser).await;
    browser.close().await;
}

/// Whatever goes wrong, as the event `error` tells it.
const FAULTS: &str = "<script>window.faults = [];
    document.addEventListener('parrain:error', ({detail}) => faults.push(detail.what))</script>";

#[tokio::test(flavor = "multi_thread")]
async fn storage_that_throws_is_said_once() {
    let browser = Browser::open().await;
    let head: &'static str = format!(
        "{FAULTS}<script>for (const name of ['getItem', 'setItem', 'removeItem'])
            Storage.prototype[name] = () => {{ throw new DOMException('no', 'QuotaExceededError') }}</script>"
    )
    .leak();
    let pages = Pages::plain(OPEN, head, "");
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    browser.press("[data-a=apply]").await;
    browser.says("Enter this code at the checkout").await;
    assert!(browser.cookie("parrain_ref").await.contains("~v1.ANNA10.p."), "the cookie is still there");
    assert_eq!(browser.run("return faults").await, json!(["storage"]));
    unharmed(&browser).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_order_form_s_fields_are_json_where_prototype_js_teaches_lists_to_write_themselves() {
    let browser = Browser::open().await;
    let head = "<script>Array.prototype.toJSON = function () {
        return '[' + this.map((one) => JSON.stringify(one)).join(', ') + ']' }</script>";
    let pages = Pages::plain(OPEN, head, "<form method='post' data-parrain><input name='a'></form>");
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    browser.press("[data-a=apply]").await;
    browser.says("Your code goes with your order").await;
    let touches = "return JSON.parse(document.querySelector('[name=parrain_touches]').value)[0].code";
    assert_eq!(browser.run(touches).await, "ANNA10");
    unharmed(&browser).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_breaks_the_dom_breaks_nothing_for_good() {
    // One that answers by an exception what Rust expects to fail, and one that Rust does not.
    for method in [
        "Element.prototype.setAttribute",
        "Document.prototype.createTextNode",
        "Event.prototype.preventDefault",
    ] {
        let browser = Browser::open().await;
        let head: &'static str = format!(
            "{FAULTS}<script>{{ const real = {method}
                {method} = function (...all) {{
                    const done = real.apply(this, all)
                    if (window.broken) throw new Error('broken')
                    return done
                }} }}</script>"
        )
        .leak();
        let pages = Pages::plain(OPEN, head, "");
        browser.goto(&pages.at("/?ref=ANNA10")).await;
        browser.says("Anna gives you 10% off").await;
        browser.run("parrain('open', 'code')").await;
        browser.fill("[name=code]", "BOB22").await;
        browser.run("window.broken = true; parrain('open', 'share'); parrain('open', 'code')").await;
        let form = "const form = document.querySelector('parrain-widget').shadowRoot.querySelector('form[data-a=code]')
            if (form) form.elements.code.value = 'BOB22', form.requestSubmit()";
        browser.run(form).await;
        browser.run("parrain('code', 'BOB22'); parrain('close'); parrain('open', 'share')").await;
        let end = Instant::now() + PATIENCE;
        while browser.run("return faults.length").await == 0 {
            assert!(Instant::now() < end, "{method}: nothing is said");
        }
        browser.run("window.broken = false").await;
        browser.rest().await;
        assert_eq!(browser.run("return faults").await, json!(["page"]), "{method}: said, and said once");
        browser.run("parrain('open', 'code')").await;
        browser.says("Do you have a code?").await;
        browser.fill("[name=code]", "BOB22").await;
        browser.press("form[data-a=code] button").await;
        browser.says("Bob gives you 10% off").await;
        assert_eq!(browser.run("return wrong").await, json!([]), "{method}");
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_replaces_json_loses_no_touch_and_no_referrer() {
    let browser = Browser::open().await;
    let head: &'static str = format!(
        "{FAULTS}<script>localStorage.parrain_me = JSON.stringify({{code: 'CHLOE7', link: 'https://e.example/r/x/CHLOE7', token: 't'}});
            const {{ parse, stringify }} = JSON;
            // The driver needs it too: it is replaced for the widget alone.
            const ours = () => {{ if (window.replaced && new Error().stack.includes('/w/')) throw new Error('replaced') }};
            window.replaced = true;
            JSON.parse = (...all) => (ours(), parse(...all));
            JSON.stringify = (...all) => (ours(), stringify(...all))</script>"
    )
    .leak();
    let pages = Pages::plain(OPEN, head, "");
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    browser.press("[data-a=apply]").await;
    browser.says("Enter this code at the checkout").await;
    assert_eq!(browser.run("return faults").await, json!(["page"]));
    browser.run("window.replaced = false").await;
    browser.run("dispatchEvent(new Event('online'))").await;
    eventually(60, "touch that arrives after all", || {
        let now = jiff::Timestamp::now();
        let hour = jiff::SignedDuration::from_hours(1);
        let report = pages.shop.read(&format!("/report?from={}&to={}", now - hour, now + hour));
        let touched =
            report["referrers"].as_array()?.iter().any(|row| row["code"] == "ANNA10" && row["touches"] != 0);
        touched.then_some(())
    });
    let me = browser.run("return JSON.parse(localStorage.parrain_me).code").await;
    assert_eq!(me, "CHLOE7", "what could not be read is not thrown away");
    unharmed(&browser).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_earlier_widgets_kept_is_read() {
    let browser = Browser::open().await;
    let pages = Pages::plain(OPEN, "", "");
    let card = pages
        .shop
        .referrer("CHLOE7", &json!({"offer": "friends", "name": "Chloé", "email": "chloe@example.com"}));
    browser.goto(&pages.at("/empty")).await;
    // Word for word as widget and loader of 2026-11-22 wrote it.
    browser
        .run(&format!(
            "const now = Date.now() / 1000 | 0
             const touches = `v1.ANNA10.l.${{now - 60}}~v1.BOB22.p.${{now - 30}}`
             document.cookie = `parrain_ref=${{touches}}; Path=/; SameSite=Lax; Max-Age=2592000`
             localStorage.parrain_ref = touches
             localStorage.parrain_unsent = '1'
             localStorage.parrain_closed = '1'
             localStorage.parrain_me = '{{\"code\":\"CHLOE7\",\"link\":\"{}\",\"token\":\"{}\"}}'",
            card["link"].as_str().expect("a link"),
            card["token"].as_str().expect("a token"),
        ))
        .await;
    browser.goto(&pages.at("/")).await;
    eventually(60, "touch that was not acknowledged before", || {
        let now = jiff::Timestamp::now();
        let hour = jiff::SignedDuration::from_hours(1);
        let report = pages.shop.read(&format!("/report?from={}&to={}", now - hour, now + hour));
        let rows = report["referrers"].as_array()?;
        rows.iter().any(|row| row["code"] == "BOB22" && row["touches"] != 0).then_some(())
    });
    browser.find(".launch").await;
    assert!(!browser.has(".panel").await, "what was closed then is folded now");
    browser.run("parrain('open', 'rewards')").await;
    browser.says("0 visits through your link").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edge_that_is_down_loses_nothing_and_says_nothing_untrue() {
    let browser = Browser::open().await;
    let line = Line::to(env::base().trim_start_matches("http://"));
    let attributes: &'static str = format!("{OPEN} data-edge={}", line.url).leak();
    let pages = Pages::plain(attributes, "", "");
    // The files are in the browser's cache, the API is out of reach.
    browser.goto(&pages.at("/?ref=BOB22")).await;
    browser.says("Bob gives you 10% off").await;
    line.cut();
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    let end = Instant::now() + PATIENCE;
    while !browser.cookie("parrain_ref").await.contains("v1.ANNA10.l.") {
        assert!(Instant::now() < end, "the code is not noted");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    browser.rest().await;
    let text = browser.text().await;
    assert!(!text.contains("Anna") && !text.contains("gives you"), "{text}");
    assert_eq!(browser.run("return wrong").await, json!([]));
    line.mend();
    browser.run("dispatchEvent(new Event('online'))").await;
    browser.says("Anna gives you 10% off").await;
    browser.run("window.done = []").await;
    eventually(60, "touch that arrives after all", || {
        let now = jiff::Timestamp::now();
        let (from, to) =
            (now - jiff::SignedDuration::from_hours(24), now + jiff::SignedDuration::from_hours(1));
        let report = pages.shop.read(&format!("/report?from={from}&to={to}"));
        let touched =
            report["referrers"].as_array()?.iter().any(|row| row["code"] == "ANNA10" && row["touches"] != 0);
        touched.then_some(())
    });
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edge_that_talks_nonsense_leaves_the_page_alone() {
    for nonsense in ["<html>captive portal", "{\"name\": {\"deep\": []}}", "null", "[[[[[[[[[[]]]]]]]]]]"] {
        let browser = Browser::open().await;
        let pages = Pages::open(move |shop, _, path, _| {
            let cross = || vec![("access-control-allow-origin", "*".to_owned())];
            if path.starts_with("/?") || path == "/" {
                // The loader and its files are the real ones; everything else is this server's.
                let head = "<script>const real = fetch; window.fetch = (url, options) =>
                    String(url).includes('/v1/') ? real('/nonsense') : real(url, options)</script>";
                return Some((200, Vec::new(), page(shop, OPEN, head, "")));
            }
            path.starts_with("/nonsense").then(|| (200, cross(), nonsense.to_owned()))
        });
        browser.goto(&pages.at("/?ref=ANNA10")).await;
        assert!(browser.cookie("parrain_ref").await.contains("ANNA10"), "{nonsense}");
        unharmed(&browser).await;
        assert!(browser.run("return !document.querySelector('parrain-widget')").await == true, "{nonsense}");
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_loader_whose_files_are_gone_still_captures() {
    let browser = Browser::open().await;
    let pages = Pages::open(|shop, _, path, _| match path.split('?').next() {
        Some("/") => Some((200, Vec::new(), page(shop, "data-consent=none-needed data-edge=/gone", "", ""))),
        _ => None,
    });
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    assert!(browser.cookie("parrain_ref").await.starts_with("v1.ANNA10.l."));
    unharmed(&browser).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tags_are_one_widget() {
    let browser = Browser::open().await;
    let pages = Pages::open(|shop, _, path, _| {
        let again =
            format!("<script async src='{}/widget.js' data-shop='{}' {OPEN}></script>", env::base(), shop.id);
        path.starts_with("/?").then(|| (200, Vec::new(), page(shop, OPEN, "", &again)))
    });
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    browser.says("Anna gives you 10% off").await;
    unharmed(&browser).await;
    assert_eq!(browser.run("return document.querySelectorAll('parrain-widget').length").await, 1);
    let cookie = browser.cookie("parrain_ref").await;
    assert_eq!(cookie.split('~').count(), 1, "{cookie}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_page_shop_that_moves_without_loading_is_followed() {
    let browser = Browser::open().await;
    let pages = Pages::plain(OPEN, "", "<div id=view></div>");
    browser.goto(&pages.at("/")).await;
    browser.says("Refer a friend").await;
    browser
        .run("history.pushState({}, '', '/mugs?ref=ANNA10'); document.querySelector('#view').innerHTML = '<parrain-code></parrain-code>'")
        .await;
    browser.says("Anna gives you 10% off").await;
    browser.says("Promo code").await;
    assert!(browser.cookie("parrain_ref").await.contains("v1.ANNA10.l."));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_frame_gets_no_launcher() {
    let browser = Browser::open().await;
    let pages = Pages::plain(OPEN, "", "");
    let outer = Pages::open({
        let inner = pages.url.replace("localhost", "127.0.0.1");
        move |_, _, _, _| {
            Some((
                200,
                Vec::new(),
                format!("<!doctype html><iframe src='{inner}/' width=600 height=600></iframe>"),
            ))
        }
    });
    browser.goto(&outer.at("/")).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    browser.driver.enter_frame(0).await.expect("the frame");
    assert_eq!(browser.run("return !!document.querySelector('parrain-widget')").await, false);
    assert_eq!(browser.run("return wrong").await, json!([]));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_back_button_finds_the_page_as_it_was_left() {
    let browser = Browser::open().await;
    let pages = Pages::plain(OPEN, "", "");
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    browser.press("[data-a=apply]").await;
    browser.says("Enter this code at the checkout").await;
    browser.goto(&pages.at("/other")).await;
    browser.driver.back().await.expect("a page to go back to");
    browser.says("Anna gives you 10% off").await;
    let cookie = browser.cookie("parrain_ref").await;
    assert!(cookie.split('~').count() <= 3, "{cookie}");
    unharmed(&browser).await;
    browser.close().await;
}

const NOTHING: [&str; 0] = [];

/// What the console shows but for the browser's own notes of requests that failed, which no page can help.
async fn written_by_scripts(browser: &Browser) -> Vec<String> {
    browser.run("console.warn('heard')").await;
    let mut lines = browser.console().await;
    let heard = lines.len();
    lines.retain(|line| !line.contains("heard"));
    assert_eq!(heard, lines.len() + 1, "the log of the console is deaf: {lines:#?}");
    lines.retain(|line| !line.starts_with("network: "));
    lines
}

/// Whether the focus is where a shopper can see it: on the page itself or on something of it.
async fn focus_is_the_pages(browser: &Browser) -> bool {
    browser.rest().await;
    browser.run("return document.activeElement.localName != 'parrain-widget'").await == true
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ad_blocker_that_hides_the_widget_leaves_the_page_as_it_was() {
    let hidden = "<style>.blocked parrain-widget { display: none !important }</style>
        <script>document.documentElement.className = new URLSearchParams(location.search).get('blocker') || ''</script>";
    let pages =
        Pages::plain(OPEN, hidden, "<a id=own href='#goods'>To the goods</a><a href='#end'>To the end</a>");
    let browser = Browser::open().await;
    browser.goto(&pages.at("/?blocker=blocked&ref=ANNA10")).await;
    let end = Instant::now() + PATIENCE;
    while browser.run("return !!document.querySelector('parrain-widget')?.shadowRoot.textContent").await
        != true
    {
        assert!(Instant::now() < end, "the widget is not there to be hidden");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!browser.has(".panel").await, "it is not hidden");
    for call in ["open", "close", "open"] {
        browser.run(&format!("parrain('{call}')")).await;
        assert!(focus_is_the_pages(&browser).await, "{call}");
    }
    // The keyboard goes through the page's own links and out of the page again.
    let tab = async || {
        browser.driver.action_chain().send_keys(Key::Tab.value().to_string()).perform().await.expect("a key");
        browser.run("return document.activeElement.textContent.trim()").await
    };
    assert_eq!(tab().await, "To the goods");
    assert_eq!(tab().await, "To the end");
    tab().await;
    assert!(focus_is_the_pages(&browser).await);
    unharmed(&browser).await;
    assert_eq!(written_by_scripts(&browser).await, NOTHING);

    // One that comes to hide what has the focus already.
    browser.goto(&pages.at("/?ref=BOB22")).await;
    browser.find("[data-a=apply]").await;
    browser.run("parrain('open', 'code')").await;
    browser.find("[name=code]").await;
    assert!(!focus_is_the_pages(&browser).await, "an open panel that one asked for has the focus");
    browser.run("document.documentElement.className = 'blocked'").await;
    assert!(focus_is_the_pages(&browser).await);
    assert_eq!(written_by_scripts(&browser).await, NOTHING);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ad_blocker_that_blocks_our_requests_costs_the_page_nothing() {
    // The tag itself, what it fetches, and what that asks.
    for blocked in ["*/widget.js", "*/w/*", "*/v1/*"] {
        let browser = Browser::open().await;
        let pages = Pages::plain(OPEN, "", "<form data-parrain></form>");
        browser.devtools("Network.enable", json!({})).await;
        browser.devtools("Network.setBlockedURLs", json!({"urls": [blocked]})).await;
        browser.goto(&pages.at("/?ref=ANNA10")).await;
        if blocked != "*/widget.js" {
            assert!(browser.cookie("parrain_ref").await.starts_with("v1.ANNA10.l."), "{blocked}");
        }
        unharmed(&browser).await;
        assert_eq!(
            browser.run("return !!document.querySelector('parrain-widget')").await,
            false,
            "{blocked}"
        );
        assert!(focus_is_the_pages(&browser).await, "{blocked}");
        let tag = browser.run("return typeof parrain").await;
        assert_eq!(tag, if blocked == "*/widget.js" { "undefined" } else { "function" });
        if blocked == "*/v1/*" {
            browser.run("parrain('open')").await;
            browser.says("We cannot reach").await;
        }
        assert_eq!(written_by_scripts(&browser).await, NOTHING, "{blocked}");
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_qr_code_that_cannot_be_loaded_is_said_and_tried_again() {
    let browser = Browser::open().await;
    let pages = Pages::plain(OPEN, "", "");
    browser.goto(&pages.at("/")).await;
    browser.press(".launch").await;
    browser.fill("[name=name]", "Chloé").await;
    browser.fill("[name=email]", &format!("{}@example.com", parrain_tests::random(12))).await;
    // The widget is there; what draws the code comes when there is a link to draw.
    browser.devtools("Network.enable", json!({})).await;
    browser.devtools("Network.setBlockedURLs", json!({"urls": ["*.wasm"]})).await;
    browser.press("form .main").await;
    browser.says("We cannot reach").await;
    assert!(!browser.has(".qr").await && browser.has("[data-a=copy]").await);
    browser.devtools("Network.setBlockedURLs", json!({"urls": []})).await;
    browser.run("window.pressed = performance.now()").await;
    browser.press("[data-a=retry]").await;
    browser.find(".qr path").await;
    let asked = browser
        .run("return performance.getEntriesByType('resource').filter((e) => e.startTime > pressed).map((e) => e.name)")
        .await;
    let asked: Vec<&str> =
        asked.as_array().expect("a list").iter().filter_map(|name| name.as_str()).collect();
    assert!(!asked.is_empty() && asked.iter().all(|name| name.ends_with(".wasm")), "{asked:?}");
    assert!(!browser.text().await.contains("We cannot reach"));
    unharmed(&browser).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_are_shown_as_text() {
    let browser = Browser::open().await;
    let pages = Pages::plain(OPEN, "", "");
    // The edge shows first names; this one has no space to be cut at.
    let name = format!("\u{202e}<img/src=x/onerror=wrong.push(1)>{}", "é👩‍🍳".repeat(2));
    pages.shop.referrer("EVIL99", &json!({"offer": "friends", "name": name}));
    browser.goto(&pages.at("/?ref=EVIL99")).await;
    browser.says("<img/src=x/onerror=wrong.push(1)>").await;
    assert!(!browser.text().await.contains('\u{202e}'));
    unharmed(&browser).await;
    browser.close().await;
}

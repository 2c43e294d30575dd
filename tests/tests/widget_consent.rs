//! What the widget keeps on a visitor's device, and when: never before the shop's consent mode allows
//! it, by every signal there is, and nothing after it is withdrawn.

use std::time::{Duration, Instant};

use parrain_tests::browser::{Browser, PATIENCE};
use parrain_tests::eventually;
use parrain_tests::pages::{Pages, page};

const NOTHING: [&str; 0] = [];

/// The widget has done what it would do.
async fn settled(browser: &Browser) {
    browser.says("Anna gives you 10% off").await;
    browser.rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn required_keeps_nothing_before_the_signal_and_nothing_after_its_withdrawal() {
    let browser = Browser::open().await;
    let pages = Pages::plain("data-consent=required", "", "");
    browser.goto(&pages.at("/?ref=anna10")).await;
    settled(&browser).await;
    browser.says("Take it along").await;
    browser.press("[data-a=apply]").await;
    browser.says("Enter this code at the checkout").await;
    assert_eq!(browser.written().await, NOTHING, "pressing a button is no consent in this mode");
    browser.run("parrain('consent', true)").await;
    assert!(browser.cookie("parrain_ref").await.starts_with("v1.ANNA10.l."));
    browser.run("parrain('consent', false)").await;
    assert_eq!(browser.written().await, NOTHING);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_this_page_is_no_promise_for_the_next_one() {
    // Without consent the code is forgotten with the page, and the order may be placed on another.
    let browser = Browser::open().await;
    let pages = Pages::plain("data-consent=required", "", "<form data-parrain></form>");
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    browser.press("[data-a=apply]").await;
    browser.says("Enter this code at the checkout").await;
    assert_eq!(browser.run("return document.querySelector('[name=parrain_code]').value").await, "ANNA10");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn explicit_keeps_once_the_shopper_asks_for_the_service() {
    let browser = Browser::open().await;
    let pages = Pages::plain("data-consent=explicit", "", "");
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    settled(&browser).await;
    browser.run("parrain('consent', true)").await;
    assert_eq!(browser.written().await, NOTHING);
    browser.press("[data-a=apply]").await;
    let cookie = browser.cookie("parrain_ref").await;
    assert!(cookie.contains("~v1.ANNA10.p."), "{cookie}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn none_needed_keeps_at_once_and_global_privacy_control_never() {
    let browser = Browser::open().await;
    let pages = Pages::plain("data-consent=none-needed", "", "");
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    assert!(browser.cookie("parrain_ref").await.starts_with("v1.ANNA10.l."));
    browser.close().await;

    let browser = Browser::open().await;
    let refusing = "<script>Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})</script>";
    let pages = Pages::plain("data-consent=none-needed", refusing, "");
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    settled(&browser).await;
    browser.run("parrain('consent', true)").await;
    browser.press("[data-a=apply]").await;
    browser.says("ANNA10").await;
    assert_eq!(browser.written().await, NOTHING);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_consent_tool_is_heard() {
    let shopify = "<script>window.Shopify = {loadFeatures: (list, done) => setTimeout(() => {
        Shopify.customerPrivacy = {marketingAllowed: () => !!window.agreed}; done() }, 100)};
        window.choose = (yes) => { agreed = yes; document.dispatchEvent(new CustomEvent('visitorConsentCollected')) }</script>";
    let tcf = "<script>window.__tcfapi = (command, version, callback) => {
        if (command != 'addEventListener' || version != 2) throw 'not so';
        callback({eventStatus: 'cmpuishown', purpose: {consents: {}}}, true);
        window.choose = (yes) => callback({eventStatus: 'useractioncomplete', purpose: {consents: {1: yes}}}, true) }</script>";
    let wordpress = "<script>window.wp_has_consent = (kind) => kind == 'marketing' && !!window.agreed;
        window.choose = (yes) => { agreed = yes; document.dispatchEvent(new CustomEvent('wp_listen_for_consent_change',
            {detail: {marketing: yes ? 'allow' : 'deny'}})) }</script>";
    for (name, tool) in [("Shopify", shopify), ("TCF", tcf), ("WP Consent API", wordpress)] {
        let browser = Browser::open().await;
        let pages = Pages::plain("data-consent=required", tool, "");
        browser.goto(&pages.at("/?ref=ANNA10")).await;
        settled(&browser).await;
        assert_eq!(browser.written().await, NOTHING, "{name}");
        browser.run("choose(true)").await;
        assert!(browser.cookie("parrain_ref").await.contains("ANNA10"), "{name}");
        browser.run("choose(false)").await;
        assert_eq!(browser.written().await, NOTHING, "{name}");
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_made_before_the_tag_has_loaded_are_not_lost() {
    let browser = Browser::open().await;
    let early = "<script>window.parrain = function () { (parrain.q = parrain.q || []).push(arguments) };
        parrain('consent', true); parrain('on', 'captured', (detail) => window.captured = detail)</script>";
    let pages = Pages::plain("data-consent=required", early, "");
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    assert!(browser.cookie("parrain_ref").await.contains("ANNA10"));
    assert_eq!(browser.run("return captured.code + captured.source").await, "ANNA10link");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_before_the_page_has_loaded_is_remembered_as_consent_allows() {
    // As soon as the loader has run, the visitor is gone; a slow picture keeps the page loading.
    let gone = "<script>const leave = setInterval(() => {
        if (!window.parrain || !location.search || document.cookie) return;
        clearInterval(leave); location.href = '/next' }, 1)</script>";
    for (attributes, remembered) in
        [("data-consent=none-needed", true), ("", false), ("data-consent=required", false)]
    {
        let browser = Browser::open().await;
        let pages = Pages::open(move |shop, _, path, _| {
            if path == "/picture" {
                std::thread::sleep(Duration::from_secs(3));
            }
            Some((200, Vec::new(), page(shop, attributes, gone, "<img src=/picture alt=''>")))
        });
        browser.goto(&pages.at("/?ref=ANNA10")).await;
        let end = Instant::now() + PATIENCE;
        while !browser.url().await.ends_with("/next") {
            assert!(Instant::now() < end, "the page did not leave");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        if !remembered {
            browser.says("Refer a friend").await;
            browser.rest().await;
            assert_eq!(browser.written().await, NOTHING, "{attributes}");
            browser.close().await;
            continue;
        }
        assert!(browser.cookie("parrain_ref").await.starts_with("v1.ANNA10.l."));
        let touches = || {
            let now = jiff::Timestamp::now();
            let hour = jiff::SignedDuration::from_hours(1);
            let report = pages.shop.read(&format!("/report?from={}&to={}", now - hour, now + hour));
            let rows = report["referrers"].as_array().cloned().unwrap_or_default();
            rows.iter()
                .find(|row| row["code"] == "ANNA10")
                .and_then(|row| row["touches"].as_u64())
                .unwrap_or(0)
        };
        eventually(60, "touch that was reported on the way out", || (touches() == 1).then_some(()));
        // The same link again is the same visit, to the loader and to the widget.
        browser.goto(&pages.at("/?ref=ANNA10")).await;
        settled(&browser).await;
        let cookie = browser.cookie("parrain_ref").await;
        assert!(!cookie.contains('~'), "{cookie}");
        assert_eq!(touches(), 1);
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_as_the_contract_says() {
    let browser = Browser::open().await;
    let pages = Pages::plain("data-consent=none-needed", "", "");
    browser.goto(&pages.at("/shoes/?ref=ANNA10")).await;
    browser.cookie("parrain_ref").await;
    // It is written again when the program's window is known.
    settled(&browser).await;
    let cookies = browser.driver.get_all_cookies().await.expect("cookies");
    let cookie = cookies.iter().find(|cookie| cookie.name == "parrain_ref").expect("the cookie");
    assert_eq!(cookie.path.as_deref(), Some("/"));
    assert!(format!("{:?}", cookie.same_site).contains("Lax"));
    assert_ne!(cookie.secure, Some(true), "localhost has no TLS");
    let hours = (cookie.expiry.expect("an end") - jiff::Timestamp::now().as_second()) / 3600;
    assert!((30 * 24 - 1..=30 * 24).contains(&hours), "{hours} hours");
    browser.close().await;
}

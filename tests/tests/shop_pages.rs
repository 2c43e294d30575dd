//! The demo shop's pages in a browser: open to everybody at every size.

use parrain_tests::browser::{Browser, Device};
use parrain_tests::storefront::Storefront;

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_open_to_everybody() {
    let front = Storefront::open();
    for device in [Device::Desktop, Device::Phone] {
        let browser = Browser::open_as(device).await;
        let mut faults = Vec::new();
        for path in [
            "/?ref=ANNA10",
            "/?lang=en",
            "/p/lampe-galet",
            "/basket",
            "/account",
            "/account?customer=c-anna",
            "/admin",
            "/mail",
            "/nowhere",
        ] {
            browser.goto(&front.at(path)).await;
            if path.contains("ref=") {
                browser.says("Anna vous offre").await;
            }
            look(&browser, path, &mut faults).await;
        }
        browser.goto(&front.at("/p/lampe-galet?lang=fr")).await;
        browser.press("#add").await;
        browser.find("#order").await;
        look(&browser, "a full basket", &mut faults).await;
        browser.press("#order").await;
        browser.find("#place").await;
        browser.fill("#email", "x").await;
        browser.press("#place").await;
        browser.find("#email-fault").await;
        look(&browser, "a checkout with a fault", &mut faults).await;
        browser.fill("#name", "Zoë").await;
        browser.fill("#email", "zoe@example.com").await;
        browser.press("#place").await;
        browser.find("#number").await;
        look(&browser, "the confirmation", &mut faults).await;
        browser.goto(&front.at("/admin")).await;
        browser.find("[name=whole]").await;
        look(&browser, "the back office with an order", &mut faults).await;
        browser.close().await;
        assert!(faults.is_empty(), "{device:?}: {faults:#?}");
    }
}

/// Adds what is wrong with the page that is shown.
async fn look(browser: &Browser, page: &str, faults: &mut Vec<String>) {
    faults.extend(browser.barriers().await.into_iter().map(|fault| format!("{page}: {fault}")));
    let wider = browser.run("return document.documentElement.scrollWidth - innerWidth").await;
    if wider.as_i64().is_none_or(|wider| wider > 0) {
        faults.push(format!("{page}: scrolls sideways by {wider} pixels"));
    }
}

//! The owner's desk as a browser sees it: signing in, choosing a language, and what is wrong with a page.

use serde_json::json;

use crate::browser::{Browser, Device};
use crate::http;
use crate::shop::TestShop;

/// A browser at the desk, signed in by a link that is good once.
///
/// # Panics
/// Where the link does not let in.
pub async fn at_desk(shop: &TestShop, device: Device) -> Browser {
    let made =
        http::send_json("POST", &shop.url("/desk-links"), Some(&shop.shop_token), &json!({})).expect(201);
    let browser = Browser::open_as(device).await;
    browser.goto(made["link"].as_str().expect("a link")).await;
    // The key stands behind the "#": the script puts it into the form, and out of the address.
    let filled = "const done = arguments[arguments.length - 1];
        const look = () => document.getElementById('key')?.value.startsWith('pdk_') ? done(true) : setTimeout(look, 50);
        look();";
    assert_eq!(browser.run_async(filled).await, true);
    assert!(!browser.url().await.contains('#'));
    browser.press("main button.main").await;
    browser.find("nav [aria-current=page]").await;
    browser
}

/// Has the desk speak a language.
///
/// # Panics
/// Where it does not come to.
pub async fn in_language(browser: &Browser, language: &str) {
    // There is a button for the other language alone.
    browser.run(&format!("document.querySelector('form button[lang={language}]')?.click()")).await;
    browser.find(&format!("html[lang={language}]")).await;
}

/// What is wrong with the page that is shown: what bars people from it, and that it is wider than the window.
///
/// # Panics
/// As [`Browser::barriers`].
pub async fn faults(browser: &Browser, device: Device) -> Vec<String> {
    let mut faults = browser.barriers().await;
    let wide = browser.run("return document.documentElement.scrollWidth - innerWidth").await;
    if wide.as_i64().is_none_or(|wide| wide > 0) {
        faults.push(format!("{wide} px too wide"));
    }
    let url = browser.url().await;
    faults.iter().map(|fault| format!("{device:?} {url}: {fault}")).collect()
}

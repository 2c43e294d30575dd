//! Every state of the gallery, as a shopper meets it: readable by everybody, in every language, on a
//! phone, by keyboard alone.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parrain_tests::bodies;
use parrain_tests::browser::{Browser, Device, PATIENCE};
use parrain_tests::pages::{Pages, page};
use parrain_tests::{env, http};
use parrain_wire::event::Event;
use serde_json::json;
use thirtyfour::Key;

/// The gallery's folder, served with the types that its files need.
fn gallery() -> Arc<Pages> {
    Pages::open(|_, _, path, _| {
        let name = path.split('?').next().unwrap_or_default().trim_start_matches('/');
        let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../www/demo/gallery")).join(name);
        let text = fs::read_to_string(file).ok()?;
        // One file for each frame: its script goes where the tag for it stands.
        let script =
            fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../www/demo/gallery/frame.js")).ok()?;
        Some((
            200,
            Vec::new(),
            text.replace("<script src=\"frame.js\"></script>", &format!("<script>{script}</script>")),
        ))
    })
}

/// The states that the gallery's list names.
fn states() -> Vec<String> {
    let list = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../www/demo/gallery/gallery.js"))
        .expect("gallery.js");
    let list = list
        .split("const states = {")
        .nth(1)
        .and_then(|rest| rest.split("};").next())
        .expect("a list of states");
    list.lines()
        .filter_map(|line| Some(line.trim().split_once(':')?.0.trim_matches('"').to_owned()))
        .collect()
}

async fn show(browser: &Browser, pages: &Pages, state: &str, language: &str, theme: &str) {
    browser
        .goto(
            &pages
                .at(&format!("/frame.html?state={state}&lang={language}&theme={theme}&edge={}", env::base())),
        )
        .await;
    let end = std::time::Instant::now() + PATIENCE;
    while browser.run("return 'shown' in document.documentElement.dataset").await != true {
        assert!(std::time::Instant::now() < end, "the state {state} in {language} is not shown");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Past the panel's short animation, or colours are measured half-way.
    browser.rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_is_free_of_barriers() {
    let browser = Browser::open().await;
    let pages = gallery();
    let states = states();
    assert!(states.len() > 20, "{states:?}");
    for state in &states {
        show(&browser, &pages, state, "en", "light").await;
        assert_eq!(browser.barriers().await, Vec::<String>::new(), "{state}");
    }
    for (language, theme) in [("fr", "dark"), ("ar", "shop")] {
        for state in
            ["launcher", "friend", "code-expired", "join", "mail", "remind", "qr", "rewards", "elements"]
        {
            show(&browser, &pages, state, language, theme).await;
            assert_eq!(browser.barriers().await, Vec::<String>::new(), "{state} {language} {theme}");
        }
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_nothing_is_cut_off_in_any_language() {
    let browser = Browser::open_as(Device::Phone).await;
    let pages = gallery();
    for language in ["fr", "en", "de", "es", "it", "pt", "nl", "ar"] {
        for state in
            ["launcher", "friend", "code-unknown", "join", "mail", "mail-sent", "remind", "share", "rewards"]
        {
            show(&browser, &pages, state, language, "light").await;
            let wide = browser
                .run(
                    "const cut = [];
                     for (const host of document.querySelectorAll('parrain-widget')) for (const e of host.shadowRoot.querySelectorAll('*')) {
                         const box = e.getBoundingClientRect();
                         if (!e.matches('.sr, output, .shop, path') && (box.left < -1 || box.right > innerWidth + 1 || e.scrollWidth > e.clientWidth + 2 && getComputedStyle(e).display != 'inline'))
                             cut.push(`${e.localName}.${e.className} ${e.textContent.slice(0, 30)}`);
                     }
                     return [document.documentElement.scrollWidth > innerWidth, ...cut]",
                )
                .await;
            assert_eq!(wide, serde_json::json!([false]), "{state} {language}");
            let words = browser.text().await;
            assert!(!words.contains('{') && !words.contains("undefined"), "{state} {language}: {words}");
        }
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_goes_by_keyboard() {
    let browser = Browser::open().await;
    let pages = gallery();
    show(&browser, &pages, "launcher", "en", "light").await;
    browser.find(".launch").await;
    let keys = async |keys: &str| {
        browser.driver.action_chain().send_keys(keys).perform().await.expect("keys");
    };
    /// What has the focus.
    const FOCUS: &str = "return document.activeElement.shadowRoot?.activeElement?.outerHTML ?? ''";
    let comes_to = async |part: &str, why: &str| {
        let end = std::time::Instant::now() + PATIENCE;
        loop {
            let at = browser.run(FOCUS).await;
            if at.as_str().is_some_and(|at| at.contains(part)) {
                return;
            }
            assert!(std::time::Instant::now() < end, "{why}: {at}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let (tab, enter, escape) =
        (Key::Tab.value().to_string(), Key::Enter.value().to_string(), Key::Escape.value().to_string());
    keys(&tab).await;
    comes_to("launch", "into the widget").await;
    keys(&enter).await;
    comes_to("<h2", "the panel's heading").await;
    keys(&tab).await;
    comes_to("href=", "the way to a link that one has").await;
    keys(&tab).await;
    comes_to("name=\"name\"", "the first field").await;
    keys("Chloé").await;
    keys(&tab).await;
    keys("chloe@example.com").await;
    keys(&enter).await;
    browser.says("Whoever orders through your link").await;
    comes_to("<h2", "the new screen is read out").await;
    keys(&tab).await;
    comes_to("data-a=\"copy\"", "the first button").await;
    keys(&escape).await;
    comes_to("launch", "back where it began").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_by_mail_is_asked_for_by_keyboard() {
    let browser = Browser::open().await;
    let pages = gallery();
    // Told apart from the state in which it stands open already.
    show(&browser, &pages, "mail", "en", "light").await;
    let keys = async |keys: &str| {
        browser.driver.action_chain().send_keys(keys).perform().await.expect("keys");
    };
    let (tab, enter) = (Key::Tab.value().to_string(), Key::Enter.value().to_string());
    browser
        .run(
            "const root = document.querySelector('parrain-widget').shadowRoot
             root.querySelector('details').open = false
             root.querySelector('summary').focus()",
        )
        .await;
    keys(&enter).await;
    keys(&tab).await;
    keys("chloe@example.com").await;
    keys(&enter).await;
    browser.says("If this address has a link here").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn arabic_runs_from_right_to_left() {
    let browser = Browser::open_as(Device::Phone).await;
    let pages = gallery();
    show(&browser, &pages, "friend", "ar", "light").await;
    let direction = browser.run("return getComputedStyle(document.querySelector('parrain-widget').shadowRoot.querySelector('h2')).direction").await;
    assert_eq!(direction, "rtl");
    browser.says("Anna").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_stays_below_two_megabytes() {
    let browser = Browser::open().await;
    let watch = "<script>for (const way of ['instantiate', 'instantiateStreaming']) {
        const real = WebAssembly[way]
        WebAssembly[way] = async (...all) => {
            const made = await real(...all), values = Object.values((made.instance || made).exports)
            window.memory = values.find((one) => one instanceof WebAssembly.Memory)
            return made } }</script>";
    let pages = Pages::plain("data-consent=none-needed", watch, "");
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    browser.says("Anna gives you").await;
    browser.run("for (let i = 0; i < 1000; i++) parrain('open', ['share', 'code', 'offer'][i % 3])").await;
    let bytes = browser.run("return memory.buffer.byteLength").await.as_u64().expect("a size");
    assert!(bytes <= 2 << 20, "{bytes}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_opened_by_itself_is_folded_by_keyboard_from_anywhere_and_opens_for_another_friend() {
    let browser = Browser::open().await;
    let pages = Pages::plain("data-consent=none-needed", "", "<a href='#x'>A link</a>");
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    browser.find("[data-a=apply]").await;
    assert_eq!(browser.run("return document.activeElement.localName").await, "body", "it takes no focus");
    let escape = Key::Escape.value().to_string();
    browser.driver.action_chain().send_keys(escape).perform().await.expect("a key");
    browser.find(".launch").await;
    assert!(!browser.has(".panel").await);
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    browser.find(".launch").await;
    browser.says("Anna gives you 10% off").await;
    browser.rest().await;
    assert!(!browser.has(".panel").await, "folded for this offer");
    browser.goto(&pages.at("/?ref=BOB22")).await;
    browser.find(".panel").await;
    browser.says("Bob gives you 10% off").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reward_has_the_shops_date_on_the_screen_and_in_the_spreadsheet_wherever_its_reader_is() {
    let pages = Pages::open(|shop, _, _, _| {
        let attributes = format!("data-consent=none-needed data-customer={}", shop.vouch("c-anna"));
        let head = "<script>HTMLAnchorElement.prototype.click = function () { window.saved = decodeURIComponent(this.href) }</script>";
        Some((200, Vec::new(), page(shop, &attributes, head, "")))
    });
    let order = bodies::order("1001", &["ANNA10"]);
    let at = jiff::Timestamp::from_second(order.at.seconds()).expect("a date");
    assert_eq!(pages.shop.event(&Event::OrderPaid(order)).expect(200)["outcome"], "recorded");
    // Where it is another day than by UTC: from ten o'clock on fourteen hours ahead, before that eleven behind.
    let late = at.as_second().rem_euclid(86_400) >= 36_000;
    let (zone, ahead) = if late { ("Pacific/Kiritimati", 14) } else { ("Pacific/Pago_Pago", -11) };
    let day = jiff::tz::Offset::constant(ahead).to_datetime(at).date();
    let mut program = pages.shop.program.clone();
    program["time_zone"] = json!(zone);
    http::send_json("PUT", &pages.shop.url(""), Some(&pages.shop.shop_token), &program).expect(200);
    let browser = Browser::open().await;
    browser.devtools("Emulation.setTimezoneOverride", json!({"timezoneId": "UTC"})).await;
    browser.goto(&pages.at("/")).await;
    browser.run("parrain('open', 'rewards')").await;
    browser.says(&day.strftime("%B %-d, %Y").to_string()).await;
    browser.says(&day.strftime("%B %Y").to_string()).await;
    browser.press("[data-a=save]").await;
    let saved = browser.run("return window.saved").await;
    assert!(saved.as_str().is_some_and(|saved| saved.contains(&format!("\n\"{day}\","))), "{saved}");
    assert_eq!(browser.run("return wrong").await, json!([]));
    browser.close().await;
}

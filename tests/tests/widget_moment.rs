//! What the widget says of the moment: what is missing in the real basket, how long an offer still runs, which of several
//! offers is shown.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

use parrain_tests::browser::Browser;
use parrain_tests::pages::{Pages, page};
use parrain_tests::shop::demo_program;
use parrain_tests::{bodies, env, http};
use serde_json::{Value, json};

const OPEN: &str = "data-consent=none-needed";

/// Changes the program of a site's shop.
fn put(pages: &Pages, change: impl FnOnce(&mut Value)) {
    let mut program = demo_program(&pages.url);
    change(&mut program);
    http::send_json("PUT", &pages.shop.url(""), Some(&env::admin_token()), &program).expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_in_a_real_basket_and_how_long_the_offer_runs_is_said() {
    static HUNDREDTHS: AtomicUsize = AtomicUsize::new(1800);
    let browser = Browser::open().await;
    let head = "<script>window.Shopify = {routes: {root: '/fr/'}}</script>";
    let pages = Pages::open(move |shop, method, path, _| match (method, path) {
        ("GET", "/fr/cart.js") => {
            let cart =
                json!({"items_subtotal_price": HUNDREDTHS.load(SeqCst), "currency": "EUR", "item_count": 1});
            Some((200, Vec::new(), cart.to_string()))
        }
        _ if path.starts_with("/?") => Some((200, Vec::new(), page(shop, OPEN, head, ""))),
        _ => None,
    });
    put(&pages, |program| {
        program["offers"][0]["friend"]["min_subtotal"] = json!("30.00");
        program["offers"][0]["ends_at"] = json!(bodies::ago(-3 * 3600 - 600).to_string());
    });
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    browser.says("€12 more and your gift is yours").await;
    browser.says("Ends in 3 hours").await;
    // The page knows better when goods were added without a load.
    browser.run("parrain('basket', '24.5')").await;
    browser.says("€5.50 more and your gift is yours").await;
    browser.run("parrain('basket', '30.00')").await;
    browser.says("On orders of €30 or more").await;
    assert_eq!(browser.run("return wrong").await, json!([]));
    assert_eq!(browser.run("return shifts").await, json!([]), "nothing moves by it");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_offer_that_fits_is_shown_and_joined_under() {
    let browser = Browser::open().await;
    let pages = Pages::plain("data-consent=none-needed data-basket=60.00", "", "");
    put(&pages, |program| {
        let mut rich = program["offers"][0].clone();
        rich["id"] = json!("rich");
        rich["when"] = json!({"basket": {"at_least": "50.00"}, "languages": ["en"]});
        rich["advocate"]["reward"] = json!({"kind": "store_credit", "amount": "25.00"});
        let mut back = rich.clone();
        back["id"] = json!("back");
        back["when"] = json!({"customer": "returning"});
        let offers = program["offers"].as_array_mut().expect("the demo has offers");
        offers.insert(0, rich);
        offers.insert(0, back);
    });
    browser.goto(&pages.at("/")).await;
    browser.run("parrain('open', 'share')").await;
    browser.says("€25 in store credit").await;
    browser.fill("input[name=name]", "Chloé").await;
    browser.fill("input[name=email]", "chloe@example.com").await;
    browser.press("form[data-a=join] button.main").await;
    browser.says("Your link is ready.").await;
    let list = pages.shop.read("/referrers");
    let chloe = list["referrers"].as_array().expect("a list").iter().find(|one| one["name"] == "Chloé");
    assert_eq!(chloe.map(|one| one["offer"].clone()), Some(json!("rich")), "{list}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_launcher_is_there_where_every_offer_has_conditions() {
    let browser = Browser::open().await;
    let pages = Pages::plain("data-consent=none-needed data-basket=60.00", "", "");
    put(&pages, |program| {
        let offers = program["offers"].as_array_mut().expect("the demo has offers");
        let mut rich = offers[0].clone();
        rich["when"] = json!({"basket": {"at_least": "50.00"}});
        offers.retain(|offer| offer["audience"] != "customer");
        offers.push(rich);
    });
    parrain_tests::eventually(60, "program with conditions alone", || {
        http::get(&pages.shop.url("/offer?locale=en")).json()["join"].is_null().then_some(())
    });
    browser.goto(&pages.at("/")).await;
    browser.press(".launch").await;
    browser.says("Get my link").await;
    browser.close().await;
}

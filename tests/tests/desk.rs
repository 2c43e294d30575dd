//! The owner's desk in a real browser: signing in by a link, finding an answer, paying the month.

use parrain_tests::browser::{Browser, Device};
use parrain_tests::http;
use parrain_tests::shop::{TestShop, demo_program};
use serde_json::json;

/// A shop with a reward that is due, one on hold, and an order that is nobody's.
fn lived() -> TestShop {
    let mut program = demo_program("https://shop.example");
    program["offers"][0]["advocate"]["hold_days"] = json!(0);
    let shop = TestShop::new(program);
    for (code, name) in [("ANNA10", "Anna Dubois"), ("LEA", "Léa Martin")] {
        shop.referrer(code, &json!({"offer": "friends", "name": name, "customer_id": format!("p-{code}")}));
    }
    for (id, codes) in [("1001", json!(["ANNA10"])), ("1002", json!(["LEA"])), ("1003", json!([]))] {
        let order = json!({"type": "order.paid", "data": {"order_id": id, "at": "2026-11-02T10:00:00Z",
            "currency": "EUR", "subtotal": "80.00", "discount": "0.00", "total": "80.00", "codes": codes,
            "customer": {"id": format!("c-{id}"), "email": format!("c-{id}@example.com")}}});
        shop.event(&order).expect(200);
    }
    shop
}

/// A browser at the desk, signed in by a link that is good once.
async fn at_desk(shop: &TestShop, device: Device) -> Browser {
    let made =
        http::send_json("POST", &shop.url("/desk-links"), Some(&shop.shop_token), &json!({})).expect(201);
    let browser = Browser::open_as(device).await;
    browser.goto(made["link"].as_str().unwrap()).await;
    // The key stands behind the "#": the script puts it into the form, and out of the address.
    assert!(
        browser
            .run("return document.getElementById('key').value")
            .await
            .as_str()
            .unwrap()
            .starts_with("pdk_")
    );
    assert!(!browser.url().await.contains('#'));
    browser.press("main button.main").await;
    browser.find("nav [aria-current=page]").await;
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_desk_is_clean_on_a_desktop_and_on_a_phone() {
    let (shop, mut barriers) = (lived(), Vec::new());
    for device in [Device::Desktop, Device::Phone] {
        let browser = at_desk(&shop, device).await;
        for page in [
            "",
            "/orders",
            "/orders/1001",
            "/orders/1003/credit",
            "/reviews",
            "/claims",
            "/referrers",
            "/referrers/ANNA10",
            "/new-referrer",
            "/new-codes",
            "/pay",
            "/report",
            "/program",
            "/program/offers/friends",
            "/program/versions",
            "/settings",
            "/settings/secrets",
            "/settings/helpers",
            "/set-up/shop",
            "/set-up/program",
            "/set-up/look",
            "/set-up/platform",
            "/set-up/tag",
            "/set-up/proof",
        ] {
            browser.goto(&format!("{}/desk/{}{page}", shop.edge, shop.id)).await;
            browser.find("main h1").await;
            let found = browser.barriers().await;
            barriers.extend(found.iter().map(|one| format!("{device:?} {page}: {one}")));
            let wide = browser.run("return document.documentElement.scrollWidth - innerWidth").await;
            if wide.as_i64().unwrap() > 0 {
                barriers.push(format!("{device:?} {page} is {wide} px too wide"));
            }
        }
        assert_eq!(browser.console().await, Vec::<String>::new());
        browser.close().await;
    }
    assert_eq!(barriers, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_month_is_paid_in_five_clicks_at_most_and_where_is_my_sale_in_two() {
    let shop = lived();
    let browser = at_desk(&shop, Device::Desktop).await;
    // Where is order 1003? One field, one press.
    browser.fill("#find", "1003\n").await;
    browser.find("main h1").await;
    assert!(browser.url().await.ends_with("/orders/1003"), "{}", browser.url().await);
    // Paying: to the page, the payout, that it is paid.
    let mut clicks = 0;
    for selector in ["nav.rail a[href$='/pay']", "main button.main", "main form[action$='/paid'] button"] {
        browser.press(selector).await;
        clicks += 1;
        browser.find("main h1").await;
    }
    assert!(clicks <= 5);
    let paid = shop.read("/payouts");
    assert!(paid["payouts"][0]["paid_at"].is_string(), "{paid}");
    assert_eq!(paid["payouts"][0]["count"], 2);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_works_without_script_and_by_keyboard() {
    let shop = lived();
    let browser = at_desk(&shop, Device::Desktop).await;
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    browser.goto(&format!("{}/desk/{}/new-referrer", shop.edge, shop.id)).await;
    for (field, text) in [("[name=code]", "ZOE"), ("[name=name]", "Zoé")] {
        browser.find(field).await.send_keys(text).await.unwrap();
    }
    browser.find("[name=code]").await.send_keys("\n").await.unwrap();
    browser.find("main h1").await;
    let referrer = shop.read("/referrers/ZOE");
    assert_eq!(referrer["name"], "Zoé");
    browser.close().await;
}

//! The owner's desk in a real browser: signing in by a link, finding an answer, paying the month.

use parrain_tests::browser::{Browser, Device};
use parrain_tests::desk::{at_desk, faults, in_language};
use parrain_tests::shop::{TestShop, demo_program};
use parrain_tests::{env, http};
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
            "/promotion",
            "/promo-codes",
            "/new-promo-code?begin=flash",
            "/imports",
            "/pay",
            "/report",
            "/program",
            "/program/offers/friends",
            "/program/compare",
            "/program/versions",
            "/try",
            "/settings",
            "/settings/secrets",
            "/settings/helpers",
            "/settings/connections",
            "/settings/platforms/shopify",
            "/settings/contacts",
            "/settings/contacts/brevo",
            "/settings/endpoints",
            "/settings/mail",
            "/settings/mail/texts/welcome",
            "/set-up/shop",
            "/set-up/program",
            "/set-up/look",
            "/set-up/platform",
            "/set-up/tag",
            "/set-up/proof",
        ] {
            browser.goto(&format!("{}/desk/{}{page}", shop.edge, shop.id)).await;
            browser.find("main h1").await;
            barriers.extend(faults(&browser, device).await);
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
    let page = browser.page().await;
    browser.fill("#find", "1003\n").await;
    browser.left(page).await;
    assert!(browser.url().await.ends_with("/orders/1003"), "{}", browser.url().await);
    // Paying takes these three: to the page, the payout, that it is paid.
    for selector in ["nav.rail a[href$='/pay']", "main button.main", "main form[action$='/paid'] button"] {
        browser.follow(selector).await;
    }
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
    let page = browser.page().await;
    browser.find("[name=code]").await.send_keys("\n").await.unwrap();
    browser.left(page).await;
    let referrer = shop.read("/referrers/ZOE");
    assert_eq!(referrer["name"], "Zoé");
    browser.close().await;
}

/// Presses a key as a keyboard does, with what it types.
async fn key(browser: &Browser, name: &str, code: u32, types: &str) {
    for kind in ["keyDown", "keyUp"] {
        let mut event = json!({"type": kind, "key": name, "code": name, "windowsVirtualKeyCode": code});
        if kind == "keyDown" && !types.is_empty() {
            event["text"] = types.into();
        }
        browser.devtools("Input.dispatchKeyEvent", event).await;
    }
}

/// Goes on by the Tab key until an element that matches has the focus.
async fn tab_to(browser: &Browser, selector: &str) {
    browser.find(selector).await;
    for _ in 0..150 {
        let there = format!("return document.activeElement.matches({})", json!(selector));
        if browser.run(&there).await == true {
            return;
        }
        key(browser, "Tab", 9, "").await;
    }
    panic!("the Tab key does not reach {selector} on {}", browser.url().await);
}

/// Goes to an element by the keyboard and presses Enter there.
async fn enter(browser: &Browser, selector: &str) {
    tab_to(browser, selector).await;
    let page = browser.page().await;
    key(browser, "Enter", 13, "\r").await;
    browser.left(page).await;
}

/// Types into a field by the keyboard, in place of what it holds.
async fn types(browser: &Browser, selector: &str, text: &str) {
    tab_to(browser, selector).await;
    browser.run("document.activeElement.select?.()").await;
    browser.devtools("Input.insertText", json!({"text": text})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_sets_a_shop_up_in_french_by_keyboard_alone() {
    for (device, platform) in [(Device::Desktop, "woocommerce"), (Device::Phone, "prestashop")] {
        let (edge, id) = (env::base(), format!("atelier-{platform}-{}", std::process::id()));
        let browser = Browser::open_as(device).await;
        browser.goto(&format!("{edge}/desk")).await;
        enter(&browser, "button[lang=fr]").await;
        types(&browser, "[name=token]", "not-a-key").await;
        enter(&browser, "main button.main").await;
        browser.says("Cette clé n’ouvre aucune boutique ici.").await;
        types(&browser, "[name=token]", &env::admin_token()).await;
        enter(&browser, "main button.main").await;
        tab_to(&browser, "details summary").await;
        if browser.run("return document.querySelector('details').open").await == false {
            key(&browser, "Enter", 13, "\r").await;
        }
        types(&browser, "[name=name]", "Atelier d’Élise").await;
        types(&browser, "[name=landing_url]", "https://elise.example/").await;
        types(&browser, "[name=shop]", "Pas un identifiant").await;
        enter(&browser, "main form button.main").await;
        browser.says("s’écrit en minuscules, chiffres et traits d’union").await;
        types(&browser, "[name=shop]", &id).await;
        enter(&browser, "main form button.main").await;
        browser.says("Votre boutique est créée.").await;
        // The key is given once; the set-up's first step was said with the shop.
        enter(&browser, "main a.button.main").await;
        let begin = "a[href*='begin=gift']";
        let choice = format!("a[href*='platform={platform}']");
        for press in [begin, "main form button.main", "button[value=next]", &choice] {
            enter(&browser, press).await;
            assert_eq!(browser.barriers().await, Vec::<String>::new(), "{device:?} after {press}");
        }
        let made = http::get_as(&format!("{edge}/v1/shops/{id}"), &env::admin_token()).expect(200);
        let [event_secret, shop_token, identity_key] = ["event_secret", "shop_token", "identity_key"]
            .map(|name| made[name].as_str().unwrap().to_owned());
        let program = made["program"].clone();
        let shop = TestShop { edge, id, event_secret, shop_token, identity_key, program };
        assert_eq!(shop.program["offers"].as_array().unwrap().len(), 1, "{made}");
        for step in ["platform", "tag"] {
            enter(&browser, &format!("main form[action$='/set-up/{step}'] button.main")).await;
        }
        enter(&browser, "form[action$='/set-up/proof/test'] button").await;
        let code = shop.read("/set-up/proof")["code"].as_str().unwrap().to_owned();
        // An order without the code: the page names what is missing; then one with it.
        for (order, codes) in [("t-1", json!([])), ("t-2", json!([code]))] {
            let order = json!({"type": "order.paid", "data": {"order_id": order, "at": "2026-11-02T10:00:00Z",
                "currency": "EUR", "subtotal": "40.00", "discount": "0.00", "total": "40.00", "codes": codes}});
            shop.event(&order).expect(200);
        }
        browser.goto(&browser.url().await).await;
        browser.says("t-2").await;
        let kept = shop.read("/set-up");
        assert_eq!(kept["done"], json!(["shop", "program", "look", "platform", "tag"]), "{kept}");
        browser.close().await;
    }
}

/// Presses the language and opens the page on which a program is tried.
async fn at_try_out(shop: &TestShop, device: Device, language: &str) -> Browser {
    let browser = at_desk(shop, device).await;
    in_language(&browser, language).await;
    browser.goto(&format!("{}/desk/{}/try", shop.edge, shop.id)).await;
    browser.find("#file").await;
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_tried_on_an_export_that_leaves_the_machine_nowhere() {
    let shop = lived();
    let export = std::env::temp_dir().join(format!("parrain-export-{}.csv", std::process::id()));
    // In a spreadsheet's encoding, with a date that can be read in two ways and a status that nobody knows.
    let text = "N° de commande;Date de commande;E-mail;Sous-total;Remise;Code promo;Statut\n\
        1;05/03/2025;a@example.com;100,00;10,00;ANNA10;payée\n\
        2;06/03/2025;b@example.com;200,00;0,00;SOLDES;payée\n\
        3;07/04/2025;c@example.com;100,00;0,00;ANNA10;Prête\n";
    let windows: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    std::fs::write(&export, windows).unwrap();
    let mut barriers = Vec::new();
    for (device, language) in [(Device::Desktop, "en"), (Device::Phone, "fr")] {
        let browser = at_try_out(&shop, device, language).await;
        browser.find("#file").await.send_keys(export.to_str().unwrap()).await.unwrap();
        let [done, sentence] = match language {
            "fr" => ["C’est prêt.", "ce programme aurait coûté"],
            _ => ["It is ready.", "this program would have cost"],
        };
        browser.find("#result[data-orders='2'] #result-title").await;
        browser.says(done).await;
        browser.says(sentence).await;
        let cells =
            "return [...document.querySelectorAll('#result tbody th')].map((cell) => cell.textContent)";
        let named = browser.run(cells).await.to_string();
        assert!(named.contains("ANNA10") && named.contains("SOLDES"), "{named}");
        barriers.extend(faults(&browser, device).await);
        // A season's code is said to be nobody's, and a status to be a paid one's: by the keyboard, as everything.
        browser.run("document.getElementById('other-SOLDES').focus()").await;
        key(&browser, " ", 32, " ").await;
        browser.find("#other-SOLDES:checked").await;
        let status =
            "[...document.querySelectorAll('[data-status]')].find((one) => one.dataset.status === 'Prête')";
        browser.run(&format!("{status}.closest('details').open = true; {status}.focus()")).await;
        // The first of its choices.
        key(&browser, "Home", 36, "").await;
        browser.find("#result[data-orders='3']").await;
        barriers.extend(browser.barriers().await);
        assert_eq!(browser.console().await, Vec::<String>::new());
        // Neither the page nor its worker may ask the network for anything.
        let asked = browser
            .run_async(
                "fetch('/openapi.json').then(() => arguments[0]('answered'), () => arguments[0]('refused'))",
            )
            .await;
        assert_eq!(asked, "refused");
        let policy = "const done = arguments[0]
            const worker = performance.getEntriesByType('resource').map((one) => one.name).find((name) => name.includes('/t/'))
            done(worker ?? 'no worker')";
        let worker = browser.run_async(policy).await;
        assert!(worker.as_str().unwrap().contains("/t/"), "{worker}");
        let served = http::get(worker.as_str().unwrap());
        let header = |name: &str| served.header(name).to_owned();
        assert_eq!(header("content-security-policy"), "default-src 'none'; script-src 'wasm-unsafe-eval'");
        assert!(header("cache-control").contains("immutable"), "{}", header("cache-control"));
        browser.close().await;
    }
    std::fs::remove_file(&export).unwrap();
    assert_eq!(barriers, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_helper_comes_in_by_a_link_and_sees_what_they_may() {
    let shop = lived();
    let owner = at_desk(&shop, Device::Desktop).await;
    owner.goto(&format!("{}/desk/{}/settings/helpers", shop.edge, shop.id)).await;
    types(&owner, "[name=name]", "Zoé, comptable").await;
    enter(&owner, "form[action$='/settings/helpers'] button.main").await;
    let link = owner.run("return document.querySelector('main [data-copy*=\"#\"]').dataset.copy").await;
    let helper = Browser::open_as(Device::Phone).await;
    helper.goto(link.as_str().unwrap()).await;
    helper.press("main button.main").await;
    helper.find("nav [aria-current=page]").await;
    helper.goto(&format!("{}/desk/{}/orders/1003", shop.edge, shop.id)).await;
    helper.says("1003").await;
    assert!(!helper.has("main form").await, "who only reads has nothing to press");
    helper.goto(&format!("{}/desk/{}/settings/secrets", shop.edge, shop.id)).await;
    helper.says("Your access does not allow that").await;
    enter(&owner, "main form[action$='/end'] button").await;
    helper.goto(&format!("{}/desk/{}/orders", shop.edge, shop.id)).await;
    helper.find("[name=token]").await;
    helper.close().await;
    owner.close().await;
}

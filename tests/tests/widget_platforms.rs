//! How a code gets into the order on each platform: by its own way where it takes the code, else by
//! what the page has, else by showing it. The sites here answer as those platforms do.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

use parrain_tests::browser::{Browser, PATIENCE};
use parrain_tests::pages::{Pages, Reply, page};

const OPEN: &str = "data-consent=none-needed";

fn ok(body: &str) -> Option<Reply> {
    Some((200, Vec::new(), body.to_owned()))
}

/// Opens the page by Anna's link, applies her offer, and waits for what is said of it.
async fn apply(browser: &Browser, pages: &Pages, says: &str) {
    browser.goto(&pages.at("/?ref=ANNA10")).await;
    browser.press("[data-a=apply]").await;
    browser.says(says).await;
    assert_eq!(browser.run("return wrong").await, serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn shopify_takes_it_as_discount_and_cart_attribute() {
    for (cart, says, calls) in [
        (r#"{"discount_codes": [{"code": "anna10", "applicable": true}]}"#, "It is in your basket", 1),
        (
            r#"{"discount_codes": [{"code": "ANNA10", "applicable": false}]}"#,
            "Your code goes with your order",
            2,
        ),
    ] {
        let browser = Browser::open().await;
        let head = "<script>window.Shopify = {routes: {root: '/fr/'}}</script>";
        let pages = Pages::open(move |shop, method, path, _| match (method, path) {
            ("POST", "/fr/cart/update.js") => ok(cart),
            ("GET", "/fr/discount/ANNA10?redirect=/cart.js") => ok("{}"),
            _ if path.starts_with("/?") => ok(&page(shop, OPEN, head, "")),
            _ => None,
        });
        apply(&browser, &pages, says).await;
        let own = |asked: &String| asked.contains("/fr/") && !asked.starts_with("GET /fr/cart.js");
        let asked: Vec<String> = pages.asked().into_iter().filter(own).collect();
        assert_eq!(asked.len(), calls, "{asked:?}");
        assert_eq!(
            asked[0],
            r#"POST /fr/cart/update.js {"attributes":{"ref":"ANNA10"},"discount":"ANNA10"}"#
        );
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn woocommerce_takes_it_with_its_nonce() {
    for (status, says) in [(201, "It is in your basket"), (400, "Enter this code at the checkout")] {
        let browser = Browser::open().await;
        let head = "<link rel='https://api.w.org/' href='/blog/wp-json/'>";
        let pages = Pages::open(move |shop, method, path, _| match (method, path) {
            ("GET", "/blog/wp-json/wc/store/v1/cart") => {
                Some((200, vec![("Nonce", "n0nce".into())], "{}".into()))
            }
            ("POST", "/blog/wp-json/wc/store/v1/cart/apply-coupon") => {
                Some((status, Vec::new(), r#"{"coupons": [{"code": "anna10"}]}"#.into()))
            }
            _ if path.starts_with("/?") => {
                let body = "<script>document.body.className = 'theme-x woocommerce-page'</script>";
                ok(&page(shop, OPEN, head, body))
            }
            _ => None,
        });
        apply(&browser, &pages, says).await;
        let asked = pages.asked();
        let sent = r#"POST /blog/wp-json/wc/store/v1/cart/apply-coupon nonce=n0nce {"code":"ANNA10"}"#;
        assert!(asked.iter().any(|asked| asked == sent), "{asked:?}");
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_module_has_put_into_woocommerce_s_cart_is_there_and_not_asked_for_again() {
    let browser = Browser::open().await;
    let pages = Pages::open(move |shop, method, path, _| match (method, path) {
        ("GET", "/wp-json/wc/store/v1/cart") => ok(r#"{"items_count": 1, "coupons": [{"code": "anna10"}]}"#),
        _ if path.starts_with("/?") => {
            let body = "<script>document.body.className = 'woocommerce-page'</script>";
            ok(&page(shop, OPEN, "", body))
        }
        _ => None,
    });
    apply(&browser, &pages, "It is in your basket").await;
    assert!(!pages.asked().iter().any(|asked| asked.contains("apply-coupon")), "{:?}", pages.asked());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prestashop_takes_it_as_voucher_and_redraws_its_cart() {
    for (answer, says) in [
        (
            r#"{"success": true, "errors": "", "cart": {"vouchers": {"added": {"7": {"code": "anna10"}}}}}"#,
            "It is in your basket",
        ),
        // A shop without any cart rule, or with a stale token, says that it went well.
        (
            r#"{"success": true, "errors": "", "cart": {"vouchers": {"allowed": 1, "added": []}}}"#,
            "Enter this code at the checkout",
        ),
        (r#"{"hasError": true, "errors": ["No"]}"#, "Enter this code at the checkout"),
        ("<html>a page instead of an answer</html>", "Enter this code at the checkout"),
    ] {
        let browser = Browser::open().await;
        let head = "<script>window.prestashop = {static_token: 'a b', urls: {pages: {cart: '/panier'}},
            // As core.js of 1.7 to 8.2 does first.
            emit: (name, {resp}) => window.emitted = resp.cart && name}</script>";
        let pages = Pages::open(move |shop, method, path, _| match (method, path) {
            ("POST", "/panier") => ok(answer),
            _ if path.starts_with("/?") => ok(&page(shop, OPEN, head, "")),
            _ => None,
        });
        apply(&browser, &pages, says).await;
        let sent = "POST /panier ajax=1&action=update&addDiscount=1&discount_name=ANNA10&token=a%20b";
        assert!(pages.asked().iter().any(|asked| asked == sent), "{:?}", pages.asked());
        let redrawn = browser.run("return window.emitted == 'updateCart'").await;
        assert_eq!(redrawn, says.starts_with("It is"));
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn magento_takes_it_where_the_page_knows_the_cart() {
    for (config, path, says) in [
        (
            "quoteData: {entity_id: 'm4sk'}",
            "/rest/V1/guest-carts/m4sk/coupons/ANNA10",
            "It is in your basket",
        ),
        ("isCustomerLoggedIn: true", "/rest/V1/carts/mine/coupons/ANNA10", "It is in your basket"),
        ("", "", "Enter this code at the checkout"),
    ] {
        let browser = Browser::open().await;
        let head: &'static str = format!("<script>window.checkoutConfig = {{{config}}}</script>").leak();
        let pages = Pages::open(move |shop, method, asked, _| match method {
            "PUT" if asked == path => ok("true"),
            _ if asked.starts_with("/?") => ok(&page(shop, OPEN, head, "")),
            _ => None,
        });
        apply(&browser, &pages, says).await;
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn opencart_takes_it_as_coupon() {
    for (answer, says) in [
        (r#"{"success": "Applied"}"#, "It is in your basket"),
        (r#"{"error": "Warning"}"#, "Enter this code at the checkout"),
    ] {
        let browser = Browser::open().await;
        let pages = Pages::open(move |shop, method, path, _| match method {
            "POST" if path == "/index.php?route=extension/opencart/checkout/coupon.save" => ok(answer),
            _ if path.starts_with("/?") => {
                ok(&page(shop, "data-consent=none-needed data-platform=opencart", "", ""))
            }
            _ => None,
        });
        apply(&browser, &pages, says).await;
        assert!(
            pages.asked().iter().any(|asked| asked.ends_with("coupon.save coupon=ANNA10")),
            "{:?}",
            pages.asked()
        );
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn payment_links_and_forms_take_it_along_also_those_that_come_later() {
    let browser = Browser::open().await;
    let links = "<a id=pay href='https://buy.stripe.com/abc?locale=fr'>Pay</a>
        <a class=own href='https://buy.stripe.com/abc?locale=fr&client_reference_id=user_7'>Pay</a>
        <a class=own href='https://buy.stripe.com/abc?prefilled_promo_code=OWN&client_reference_id=user_7'>Pay</a>
        <a class=own href='https://buy.stripe.com/abc?prefilled_email=a%40b.example#x'>Pay</a>";
    let pages = Pages::plain(OPEN, "", links);
    apply(&browser, &pages, "Your code goes with your order").await;
    let href = browser.run("return document.querySelector('#pay').href").await;
    assert_eq!(
        href,
        "https://buy.stripe.com/abc?client_reference_id=ANNA10&prefilled_promo_code=ANNA10&locale=fr"
    );
    // A reference of the shop's own is the shop's; what stands behind a hash stays there.
    let others = browser.run("return [...document.querySelectorAll('.own')].map((link) => link.href)").await;
    assert_eq!(
        others,
        serde_json::json!([
            "https://buy.stripe.com/abc?prefilled_promo_code=ANNA10&locale=fr&client_reference_id=user_7",
            "https://buy.stripe.com/abc?prefilled_promo_code=OWN&client_reference_id=user_7",
            "https://buy.stripe.com/abc?client_reference_id=ANNA10&prefilled_promo_code=ANNA10&prefilled_email=a%40b.example#x",
        ])
    );
    browser.run("const form = document.createElement('form'); form.dataset.parrain = ''; document.body.append(form)").await;
    let code = "return document.querySelector('form input[name=parrain_code]')?.value";
    let end = std::time::Instant::now() + PATIENCE;
    while browser.run(code).await != "ANNA10" {
        assert!(std::time::Instant::now() < end, "the form that came later has no code");
    }
    let touches =
        browser.run("return JSON.parse(document.querySelector('[name=parrain_touches]').value)").await;
    assert_eq!(touches[0]["code"], "ANNA10");
    assert_eq!(touches[0]["source"], "link");
    assert_eq!(touches[1]["source"], "promo_code");
    assert!(touches[1]["at"].as_str().is_some_and(|at| at.parse::<jiff::Timestamp>().is_ok()), "{touches}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gift_that_a_small_basket_refused_is_applied_when_there_are_more_goods() {
    static GOODS: AtomicUsize = AtomicUsize::new(1);
    let browser = Browser::open().await;
    let head = "<link rel='https://api.w.org/' href='/wp-json/'><script>window.wc_cart_params = {}
        window.told = []; window.jQuery = (what) => ({trigger: (event) => told.push(what + ' ' + event)})</script>";
    let pages = Pages::open(move |shop, method, path, _| match (method, path) {
        ("GET", "/wp-json/wc/store/v1/cart") => {
            let cart = format!(r#"{{"items_count": {}}}"#, GOODS.load(SeqCst));
            Some((200, vec![("Nonce", "n".into())], cart))
        }
        ("POST", "/wp-json/wc/store/v1/cart/apply-coupon") => {
            let minimum = r#"{"message": "The minimum spend for this coupon is 30,00 €"}"#;
            Some(if GOODS.load(SeqCst) == 3 {
                (201, Vec::new(), r#"{"coupons": [{"code": "anna10"}]}"#.into())
            } else {
                (400, Vec::new(), minimum.into())
            })
        }
        _ if path.starts_with("/?") || path.starts_with("/shop") => ok(&page(shop, OPEN, head, "")),
        _ => None,
    });
    let count = |start: &str| pages.asked().iter().filter(|asked| asked.starts_with(start)).count();
    let posts = || count("POST /wp-json");
    apply(&browser, &pages, "Enter this code at the checkout").await;
    let before = count("GET /wp-json");
    browser.goto(&pages.at("/shop")).await;
    // Once for what it comes to, and once for the gift.
    let looked = || (count("GET /wp-json") >= before + 2).then_some(());
    parrain_tests::eventually(60, "look into the basket", looked);
    browser.run("parrain('open')").await;
    browser.says("Your gift is waiting").await;
    browser.rest().await;
    assert_eq!(posts(), 1, "the same basket would be refused again");
    assert!(!browser.has("[data-a=apply]").await, "what was used is not offered again");
    GOODS.store(2, SeqCst);
    browser.goto(&pages.at("/shop/more")).await;
    parrain_tests::eventually(60, "second try", || (posts() == 2).then_some(()));
    GOODS.store(3, SeqCst);
    browser.goto(&pages.at("/shop/cart")).await;
    parrain_tests::eventually(60, "third try", || (posts() == 3).then_some(()));
    browser.run("parrain('open')").await;
    browser.says("It is in your basket").await;
    assert_eq!(
        browser.run("return told").await,
        serde_json::json!(["body wc_update_cart", "body update_checkout"])
    );
    // What is in is not asked for again.
    browser.goto(&pages.at("/shop/more")).await;
    browser.run("parrain('open')").await;
    browser.says("It is in your basket").await;
    assert_eq!(posts(), 3);
    // After the order it is their turn, and the gift is gone.
    browser.run("parrain('purchased')").await;
    browser.says("Thank you for your order").await;
    browser.goto(&pages.at("/shop")).await;
    browser.says("Refer a friend").await;
    assert!(!browser.text().await.contains("Anna gives you"));
    assert_eq!(browser.run("return wrong").await, serde_json::json!([]));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opencart_is_asked_by_the_route_of_its_version() {
    for (route, answer, asked) in [
        ("extension/opencart/total/coupon.save", r#"{"success": "Applied"}"#, 2),
        ("extension/opencart/total/coupon|save", r#"{"success": "Applied"}"#, 3),
        ("extension/total/coupon/coupon", r#"{"redirect": "index.php?route=checkout/cart"}"#, 4),
    ] {
        let browser = Browser::open().await;
        let pages = Pages::open(move |shop, method, path, _| match method {
            "POST" if path == format!("/index.php?route={route}") => ok(answer),
            "POST" => ok("<html>Page not found"),
            _ if path.starts_with("/?") => {
                ok(&page(shop, "data-consent=none-needed data-platform=opencart", "", ""))
            }
            _ => None,
        });
        apply(&browser, &pages, "It is in your basket").await;
        let posts = pages.asked().iter().filter(|asked| asked.starts_with("POST /index.php")).count();
        assert_eq!(posts, asked, "{route}");
        browser.close().await;
    }
}

//! How a referrer comes to their rewards, on real workerd: as a customer whom the shop vouches for.

use parrain_tests::http::{self, Answer};
use parrain_tests::shop::TestShop;
use serde_json::{Value, json};

fn shop() -> TestShop {
    let shop = TestShop::new(json!({"name": "Referrers", "currency": "EUR",
        "landing_url": "https://shop.example/start?lang=fr", "origins": ["https://shop.example"],
        "offers": [{"id": "friends", "audience": "customer",
            "advocate": {"reward": {"kind": "cash", "amount": "10.00"}}}]}));
    shop.referrer(
        "ANNA10",
        &json!({"offer": "friends", "name": "Anna", "email": "anna@example.com",
        "customer_id": "c-anna"}),
    );
    shop
}

fn ask(shop: &TestShop, body: &Value) -> Answer {
    http::send_json("POST", &shop.url("/referrers"), None, body)
}

#[test]
fn who_looks_at_their_rewards_is_not_made_a_referrer() {
    let shop = shop();
    let look = |customer: &str| ask(&shop, &json!({"identity": shop.vouch(customer), "create": false}));
    let card = look("c-anna").expect(200);
    assert_eq!(card["code"], "ANNA10");
    let rewards = http::get_as(&shop.url("/rewards"), card["token"].as_str().expect("a token")).expect(200);
    assert_eq!(rewards["code"], "ANNA10");
    for _ in 0..2 {
        let nobody = look("c-new");
        assert_eq!((nobody.status, nobody.text.as_str()), (204, ""));
    }
    assert_eq!(shop.read("/referrers")["referrers"].as_array().map(Vec::len), Some(1));
    let joined = ask(&shop, &json!({"identity": shop.vouch("c-new")})).expect(201);
    assert_eq!(look("c-new").expect(200)["code"], joined["code"]);
    let fault = ask(&shop, &json!({"create": false})).expect(422);
    assert_eq!(fault["errors"][0]["pointer"], "/identity");
    assert_eq!(ask(&shop, &json!({"identity": "a.b.c", "create": false})).status, 401);
    assert_eq!(shop.read("/referrers")["referrers"].as_array().map(Vec::len), Some(2));
}

//! The demo shop by itself, closed to forged and hostile requests.

use parrain_tests::bodies::ago;
use parrain_tests::eventually;
use parrain_tests::http::{self, Answer};
use parrain_tests::storefront::Storefront;
use serde_json::json;

/// A visitor without a browser: one session cookie and the token of its forms.
struct Visitor<'a> {
    front: &'a Storefront,
    cookie: String,
    token: String,
}

impl<'a> Visitor<'a> {
    fn come(front: &'a Storefront) -> Self {
        let page = http::get(&front.at("/"));
        assert_eq!(page.status, 200);
        let token = page.text.split("name=\"token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let cookie = session(&page).expect("a session");
        Self { front, cookie, token: token.expect("a token").to_owned() }
    }

    /// Sends a form as the shop's own pages do; the answer's session is taken over.
    fn send(&mut self, path: &str, fields: &str) -> Answer {
        let body = format!("token={}&{fields}", self.token);
        let headers =
            [("content-type", "application/x-www-form-urlencoded"), ("cookie", self.cookie.as_str())];
        let answer = http::send("POST", &self.front.at(path), &headers, body.as_bytes());
        self.cookie = session(&answer).unwrap_or(self.cookie.clone());
        answer
    }

    fn get(&mut self, path: &str) -> Answer {
        let answer = http::send("GET", &self.front.at(path), &[("cookie", &self.cookie)], b"");
        self.cookie = session(&answer).unwrap_or(self.cookie.clone());
        answer
    }
}

/// The session cookie of an answer, as it is sent back.
fn session(answer: &Answer) -> Option<String> {
    let all = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    all.filter_map(|line| line.split(';').next())
        .find(|pair| pair.starts_with("shop_session="))
        .map(str::to_owned)
}

#[test]
fn forms_that_are_not_the_shops_own_change_nothing() {
    let front = Storefront::open();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    for path in [
        "/basket/add",
        "/basket/order",
        "/checkout",
        "/consent",
        "/account/leave",
        "/account/link",
        "/admin/refund",
    ] {
        let answer = http::send("POST", &front.at(path), &form, b"sku=CAN-FIG&token=guessed");
        assert_eq!(answer.status, 403, "{path}");
    }
    let mut one = Visitor::come(&front);
    let other = Visitor::come(&front);
    one.token = other.token;
    assert_eq!(one.send("/basket/add", "sku=CAN-FIG").status, 403, "another visitor's token");
    let json = [("content-type", "application/json"), ("cookie", one.cookie.as_str())];
    assert_eq!(http::send("POST", &front.at("/basket/add"), &json, b"{}").status, 415);
    let long = vec![b'a'; 100_000];
    assert_eq!(http::send("POST", &front.at("/basket/add"), &form, &long).status, 413);
    assert_eq!(http::send("DELETE", &front.at("/"), &[], b"").status, 405);
}

#[test]
fn what_is_not_there_is_not_there() {
    let front = Storefront::open();
    for path in [
        "/p/nothing",
        "/p/%ff",
        "/thanks/AL-2345678",
        "/account?customer=c-nobody",
        "/account?customer=%ff",
        "/static/..%2fprogram.json",
        "/program.json",
        "/.git/config",
    ] {
        let answer = http::get(&front.at(path));
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
    }
}

#[test]
fn an_order_is_shown_to_nobody_else() {
    let front = Storefront::open();
    let mut buyer = Visitor::come(&front);
    buyer.send("/basket/add", "sku=CAN-FIG");
    let done = buyer.send("/checkout", "name=Bob&email=bob%40example.com&total=38.90");
    assert_eq!(done.status, 303, "{}", done.text);
    let page = done.header("location").to_owned();
    assert_eq!(buyer.get(&page).status, 200);
    assert_eq!(Visitor::come(&front).get(&page).status, 404);
}

#[test]
fn who_goes_back_sees_no_basket_that_is_ordered_and_no_order_as_it_was() {
    let front = Storefront::open();
    let mut buyer = Visitor::come(&front);
    buyer.send("/basket/add", "sku=CAN-FIG");
    for path in ["/basket", "/checkout", "/admin"] {
        // Browsers show again what they may store, whatever else is said of it.
        assert_eq!(buyer.get(path).header("cache-control"), "private, no-store", "{path}");
    }
}

#[test]
fn staff_see_at_once_how_a_refund_was_taken_and_are_not_asked_about_cookies() {
    let front = Storefront::open();
    let mut buyer = Visitor::come(&front);
    buyer.send("/basket/add", "sku=CAN-FIG");
    let done = buyer.send("/checkout", "name=Bob&email=bob%40example.com&total=38.90");
    let number = done.header("location").strip_prefix("/thanks/").expect("a confirmation").to_owned();
    let refund = buyer.send("/admin/refund", &format!("order={number}&refund=R1&amount=10,50"));
    assert_eq!(refund.status, 303, "{}", refund.text);
    let page = buyer.get("/admin").text;
    assert!(page.contains(&format!("{number}\u{a0}: 10,50\u{a0}€ remboursés.")), "{page}");
    let taken = page.split("data-event=\"order.refunded\" data-outcome=\"").nth(1);
    assert!(taken.is_some_and(|rest| rest.starts_with("not_referred")), "{page}");
    assert!(page.contains("placeholder=\"23,50\""), "what is left, as people type it: {page}");
    assert!(!page.contains("class=\"consent\""), "no cookie of Parrain's is set here");
}

/// The links in the letters of the demo shop, the latest letter's first.
fn letters(front: &Storefront) -> Vec<String> {
    let page = http::get(&front.at("/mail"));
    assert_eq!(page.status, 200);
    let hrefs = page.text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    hrefs.filter(|href| href.contains("#parrain_key=")).map(str::to_owned).collect()
}

#[test]
fn a_link_to_ones_rewards_is_mailed_and_nobody_learns_who_refers() {
    let front = Storefront::open();
    let mut visitor = Visitor::come(&front);
    let mut answers = Vec::new();
    for (address, letters_then) in [("Anna%40example.com", 1), ("nobody%40example.com", 1)] {
        let answer = visitor.send("/account/link", &format!("email={address}"));
        assert_eq!((answer.status, answer.header("location")), (303, "/account"));
        answers.push(visitor.get("/account").text);
        eventually(10, "letter", || (letters(&front).len() == letters_then).then_some(()));
    }
    assert!(answers[0].contains("Si cette adresse parraine chez nous"), "{}", answers[0]);
    assert_eq!(answers[0], answers[1], "an address that nobody refers under is answered alike");

    // The letter is to Anna, leads to the shop, and lets her in.
    let page = http::get(&front.at("/mail?lang=en")).text;
    assert!(page.contains("Anna@example.com") && !page.contains("nobody@example.com"), "{page}");
    let link = letters(&front).remove(0);
    let key = link.strip_prefix(&front.at("/#parrain_key=")).expect(&link);
    let enter = || http::send_json("POST", &front.shop.url("/referrers"), None, &json!({"key": key}));
    assert_eq!(enter().expect(200)["code"], "ANNA10");
    assert_eq!(enter().status, 401);

    // Whom an order shows to be one person with Anna is mailed no link of hers.
    let mut order = json!({"type": "order.paid", "data": {"order_id": "M-1", "at": "2026-11-01T10:00:00Z",
        "currency": "EUR", "subtotal": "10.00", "discount": "0.00", "total": "10.00"}});
    for (number, email) in [("M-1", "mallory@example.com"), ("M-2", "anna@example.com")] {
        order["data"]["order_id"] = json!(number);
        order["data"]["customer"] = json!({"id": "c-mallory", "email": email});
        front.shop.event(&order).expect(200);
    }
    let subject = front.shop.read("/subjects?email=mallory@example.com");
    assert_eq!(subject["referrers"][0]["code"], "ANNA10", "orders show them to be one: {subject}");
    for address in ["mallory%40example.com", "anna%40example.com"] {
        visitor.send("/account/link", &format!("email={address}"));
    }
    eventually(10, "second letter", || (letters(&front).len() == 2).then_some(()));
    assert!(!http::get(&front.at("/mail")).text.contains("mallory@example.com"));

    for wrong in ["", "email=", "email=x", "email=a%40b.fr%0d%0abcc%3aeve%40example.com"] {
        assert_eq!(visitor.send("/account/link", wrong).status, 303, "{wrong}");
        assert!(visitor.get("/account").text.contains("Cette adresse n’est pas complète"), "{wrong}");
    }
    for _ in 0..4 {
        visitor.send("/account/link", "email=anna%40example.com");
    }
    eventually(10, "third letter", || (letters(&front).len() == 3).then_some(()));
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert_eq!(letters(&front).len(), 3, "three letters an hour to one address");
}

#[test]
fn a_reward_becomes_a_voucher_that_the_till_takes_once_and_webhooks_are_listed() {
    let front = Storefront::open_as_module();
    let page = |path: &str| http::get(&front.at(path)).text;
    // The friend's code is made at the till.
    eventually(60, "coupon", || page("/admin/codes").contains("data-coupon=\"ANNA10\"").then_some(()));
    // An order whose hold is long over: its reward is due at once.
    let at = ago(20 * 86_400).to_string();
    let sold = json!({"type": "order.paid", "data": {"order_id": "OLD-1", "at": at, "currency": "EUR",
        "subtotal": "80.00", "discount": "8.00", "total": "72.00", "codes": ["ANNA10"],
        "customer": {"id": "c-leo", "email": "leo@example.com", "orders_count": 1}}});
    assert_eq!(front.shop.event(&sold).expect(200)["outcome"], "recorded");
    let code = eventually(60, "voucher", || {
        let text = page("/admin/codes");
        Some(text.split("data-voucher=\"").nth(1)?.split('"').next()?.to_owned())
    });
    eventually(60, "webhook", || page("/admin/webhooks").contains("reward.paid").then_some(()));
    assert_eq!(front.shop.rewards("ANNA10", None)["conversions"][0]["reward"]["voucher"], code.as_str());

    let mut anna = Visitor::come(&front);
    anna.send("/basket/add", "sku=CAN-FIG");
    anna.send("/basket/code", &format!("code={code}"));
    assert!(anna.get("/basket").text.contains("10,00\u{a0}€ de remise"));
    let done = anna.send("/checkout", "name=Anna&email=anna%40example.com&total=28.90");
    assert_eq!(done.status, 303, "{}", done.text);
    let mut again = Visitor::come(&front);
    again.send("/basket/add", "sku=CAN-FIG");
    again.send("/basket/code", &format!("code={code}"));
    assert!(again.get("/basket").text.contains("a déjà servi"));
    assert!(page("/admin/codes").contains("utilisé par la commande AL-"));
    // Nobody else is believed.
    let forged = http::send("POST", &front.at("/parrain/webhooks"), &[("webhook-id", "msg_x")], b"{}");
    assert_eq!(forged.status, 401);
}

#[test]
fn hostile_words_are_refused_or_shown_as_words() {
    let front = Storefront::open();
    let script = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let mut visitor = Visitor::come(&front);
    visitor.send("/basket/add", &format!("sku={script}"));
    visitor.send("/basket/add", "sku=CAN-FIG&pieces=-3");
    visitor.send("/basket/set", "sku=CAN-FIG&pieces=99999999999999999999");
    assert_eq!(visitor.send("/basket/code", &format!("code={script}")).status, 303);
    assert!(visitor.get("/basket").text.contains("3 à 32 lettres"));
    for wrong in [
        format!("name={}&email=bob%40example.com&total=38.90", "a".repeat(101)),
        "name=Bob&email=bob%40example.com%0d%0abcc%3aeve%40example.com&total=38.90".into(),
        "name=%00&email=bob%40example.com&total=38.90".into(),
        // A total below the real one was never shown to anybody.
        "name=Bob&email=bob%40example.com&total=0.01".into(),
        "name=Bob&email=bob%40example.com&total=NaN".into(),
        "name=Bob&email=bob%40example.com".into(),
    ] {
        let answer = visitor.send("/checkout", &wrong);
        assert_eq!(answer.status, 422, "{wrong}");
    }
    let touches = "%5B%7B%22code%22%3A%22%3Cb%3E%22%2C%22source%22%3A1%7D%2C%22x%22%5D";
    let fields = format!(
        "name={script}&email=eve%40example.com&total=38.90&parrain_code={script}&parrain_touches={touches}"
    );
    let done = visitor.send("/checkout", &fields);
    assert_eq!(done.status, 303, "{}", done.text);
    for page in [done.header("location"), "/admin"] {
        let page = visitor.get(page);
        assert!(page.text.contains("&lt;script&gt;alert(1)"), "{}", page.text);
        assert!(!page.text.contains("<script>alert"), "{}", page.text);
    }
    let policy = visitor.get("/").header("content-security-policy").to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{policy}");
}

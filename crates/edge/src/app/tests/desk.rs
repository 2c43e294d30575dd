//! The owner's desk, as a browser without script uses it: cookies, forms, pages.

use super::world::{ADMIN, BROWSER, DETAILS_KEY, Sending, World, header_of, json_of};
use crate::app::Limit;
use crate::http::{Method, Response, header};
use crate::stores::simulated::Mischief;
use parrain_desk::Place;
use parrain_stand_ins::Brevo;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::rc::Rc;

/// Somebody's browser.
struct Visitor {
    world: Rc<World>,
    cookies: RefCell<Vec<(String, String)>>,
}

impl Visitor {
    fn new(world: &Rc<World>) -> Self {
        Self { world: Rc::clone(world), cookies: RefCell::default() }
    }

    /// Somebody who signed in with a token.
    fn signed_in(world: &Rc<World>, token: &str) -> Self {
        let visitor = Self::new(world);
        let answer = visitor.post("/desk/sign_in", &[("token", token)]);
        assert_eq!(answer.status, 303, "{}", text(&answer));
        visitor
    }

    fn with_cookies(&self, sending: Sending) -> Sending {
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let sending =
            if cookies.is_empty() { sending } else { sending.header("cookie", &cookies.join("; ")) };
        sending.header("user-agent", BROWSER)
    }

    fn keep(&self, answer: &Response) {
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            let mut cookies = self.cookies.borrow_mut();
            cookies.retain(|(known, _)| known != name);
            if !set.contains("Max-Age=0") {
                cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    fn get(&self, path: &str) -> Response {
        let answer = self.with_cookies(self.world.get(path)).send();
        self.keep(&answer);
        answer
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let sending = self.world.request(Method::POST, path).body(&body.finish());
        let answer = self.with_cookies(sending).header("origin", "https://edge.example").send();
        self.keep(&answer);
        answer
    }

    /// Posts a form as it stands on a page: with the token of the session.
    fn send(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Response {
        let token = csrf(&self.get(page));
        let mut fields = fields.to_vec();
        fields.push(("csrf", &token));
        self.post(path, &fields)
    }
}

fn text(answer: &Response) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

fn csrf(page: &Response) -> String {
    let text = text(page);
    let (_, after) = text.split_once("name=\"csrf\" value=\"").unwrap_or_else(|| panic!("no form: {text}"));
    after.split('"').next().unwrap().to_owned()
}

/// A shop that has lived a little: orders with and without a referrer, a refund, a claim, a payout.
fn lived() -> (Rc<World>, Value) {
    let world = World::new(2, Mischief::default());
    let shop = world.with_shop();
    for (id, code, customer) in
        [("1001", Some("ANNA10"), "c-1"), ("1002", Some("BOB22"), "c-2"), ("1003", None, "c-3")]
    {
        let codes = code.map_or(json!([]), |code| json!([code]));
        let order = json!({"type": "order.paid", "data": {"order_id": id, "at": "2026-11-20T11:00:00Z",
            "currency": "EUR", "subtotal": "80.00", "discount": "0.00", "total": "80.00", "codes": codes,
            "customer": {"id": customer, "email": format!("{customer}@example.com")}}});
        assert_eq!(world.event(&shop, &order).status, 200);
    }
    let refund = json!({"type": "order.refunded", "data": {"order_id": "1002", "refund_id": "r-1",
        "at": "2026-11-20T11:30:00Z", "currency": "EUR", "amount": "20.00"}});
    assert_eq!(world.event(&shop, &refund).status, 200);
    (world, shop)
}

fn token(shop: &Value) -> &str {
    shop["shop_token"].as_str().unwrap()
}

#[test]
fn a_token_opens_its_shop_and_nothing_else() {
    let (world, shop) = lived();
    let stranger = Visitor::new(&world);
    let page = stranger.get("/desk/demo/orders");
    assert_eq!(page.status, 401);
    assert!(text(&page).contains("name=\"token\""));
    for wrong in ["", "pst_wrong", "pst_wrong.demo", &token(&shop)[..20]] {
        assert_eq!(stranger.post("/desk/sign_in", &[("token", wrong)]).status, 422, "{wrong}");
    }
    let owner = Visitor::signed_in(&world, token(&shop));
    let home = owner.get("/desk/demo");
    assert_eq!(home.status, 200);
    assert!(header_of(&home, "content-security-policy").unwrap().contains("default-src 'none'"));
    assert_eq!(owner.get("/desk").status, 303);
    assert_eq!(owner.get("/desk/other").status, 401);
    let set: Vec<String> = owner.cookies.borrow().iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(set, ["__Host-parrain_desk"]);
}

#[test]
fn every_page_answers_and_costs_one_call_of_the_ledger() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    owner.get("/desk/demo");
    let pages = [
        "",
        "/program",
        "/program/json",
        "/try",
        "/program/new-offer",
        "/program/offers/friends",
        "/program/compare",
        "/program/versions",
        "/program/versions/1",
        "/referrers",
        "/referrers?q=ann",
        "/new-referrer",
        "/new-codes",
        "/imports",
        "/referrers/ANNA10",
        "/referrers/ANNA10/statements/2026-11",
        "/orders",
        "/orders?code=ANNA10",
        "/orders/1001",
        "/orders/1003",
        "/orders/1003/credit",
        "/orders/9999/credit",
        "/promotion",
        "/promo-codes",
        "/new-promo-code",
        "/new-promo-code?begin=flash",
        "/reviews",
        "/claims",
        "/pay",
        "/payouts",
        "/report",
        "/report?with=before",
        "/settings",
        "/settings/secrets",
        "/settings/helpers",
        "/settings/connections",
        "/settings/platforms/shopify",
        "/settings/platforms/woocommerce",
        "/settings/platforms/stripe",
        "/settings/contacts",
        "/settings/contacts/brevo",
        "/settings/contacts/klaviyo",
        "/settings/endpoints",
        "/settings/mail",
        "/settings/mail/texts/welcome",
        "/settings/mail/texts/to_do?locale=ar",
        "/settings/texts",
        "/settings/texts?locale=fr",
        "/tax",
        "/set-up/shop",
        "/set-up/program",
        "/set-up/look",
        "/set-up/platform",
        "/set-up/tag",
        "/set-up/proof",
        "/preview",
    ];
    // A payout's page also looks what a transfer would hold; one that is not there twice asks for its order.
    let calls = |page: &str| match page {
        "/orders/9999/credit" => 2,
        "/tax" => 3,
        "/preview" => 0,
        _ => 1,
    };
    for page in pages {
        let before = world.ledger_calls.get();
        let answer = owner.get(&format!("/desk/demo{page}"));
        assert_eq!(answer.status, 200, "{page}: {}", text(&answer));
        assert_eq!(world.ledger_calls.get() - before, calls(page), "{page}");
        assert!(text(&answer).starts_with("<!DOCTYPE html>"), "{page}");
    }
    assert_eq!(owner.get("/desk/demo/set-up").status, 303);
    for missing in
        ["/orders/9999", "/referrers/NOBODY", "/payouts/9", "/claims/9", "/program/versions/7", "/nothing"]
    {
        assert_eq!(owner.get(&format!("/desk/demo{missing}")).status, 404, "{missing}");
    }
    for (file, begins) in [
        ("/orders.csv", "order,"),
        ("/referrers.csv", "code,"),
        ("/report.csv", "day,"),
        ("/report.csv?by=referrer", "code,"),
        ("/report.csv?by=offer", "offer,"),
    ] {
        let answer = owner.get(&format!("/desk/demo{file}"));
        assert!(header_of(&answer, "content-type").unwrap().starts_with("text/csv"), "{file}");
        assert!(
            text(&answer).trim_start_matches('\u{feff}').starts_with(begins),
            "{file}: {}",
            text(&answer)
        );
    }
}

#[test]
fn a_form_of_another_origin_or_session_changes_nothing() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let page = csrf(&owner.get("/desk/demo"));
    let path = "/desk/demo/orders/1001/review";
    assert_eq!(owner.post(path, &[("decision", "reject"), ("csrf", "guess")]).status, 403);
    assert_eq!(owner.post(path, &[("decision", "reject")]).status, 403);
    for (name, value) in
        [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
    {
        let body = format!("decision=reject&csrf={page}");
        let forged = owner.with_cookies(world.request(Method::POST, path).body(&body)).header(name, value);
        assert_eq!(forged.send().status, 403, "{name}: {value}");
    }
    let other = Visitor::signed_in(&world, token(&shop));
    assert_eq!(other.post(path, &[("decision", "reject"), ("csrf", &page)]).status, 403);
    let seen = owner.get("/desk/demo/orders/1001");
    assert!(!text(&seen).contains("rejected"), "{}", text(&seen));
    assert_eq!(owner.post(path, &[("decision", "reject"), ("csrf", &page)]).status, 303);
    // What was done is said by the next page, and by no other.
    let told = |answer: &Response| text(answer).contains("role=\"status\"");
    assert!(told(&owner.get("/desk/demo/orders/1001")) && !told(&owner.get("/desk/demo/orders/1001")));
}

#[test]
fn a_session_ends_by_signing_out_and_by_another_token() {
    let (world, shop) = lived();
    let (one, two) = (Visitor::signed_in(&world, token(&shop)), Visitor::signed_in(&world, token(&shop)));
    let kept = one.cookies.borrow().clone();
    assert_eq!(one.send("/desk/demo", "/desk/sign_out", &[]).status, 303);
    // Even who kept a copy of the cookie is out.
    *one.cookies.borrow_mut() = kept;
    assert_eq!(one.get("/desk/demo").status, 401);
    assert_eq!(two.get("/desk/demo").status, 200);
    world.pass(12 * 3600);
    assert_eq!(two.get("/desk/demo").status, 401);
    let three = Visitor::signed_in(&world, token(&shop));
    let rotated =
        world.post("/v1/shops/demo/secrets/shop_token/rotate", &json!({})).bearer(token(&shop)).send();
    assert_eq!(rotated.status, 200);
    world.another_isolate();
    world.copy_to_kv();
    assert_eq!(three.get("/desk/demo").status, 401);
    // The one before still opens for a day what a server asks, and the new one at once.
    let fresh = json_of(&rotated);
    for (held, hours, status) in [(token(&shop), 0, 200), (token(&fresh), 0, 200), (token(&shop), 25, 401)] {
        world.pass(hours * 3600);
        assert_eq!(world.get("/v1/shops/demo/report").bearer(held).send().status, status);
    }
}

#[test]
fn the_admin_alone_removes_a_shop_and_types_its_name() {
    let (world, shop) = lived();
    let page = "/desk/demo/settings/remove";
    let owner = Visitor::signed_in(&world, token(&shop));
    assert_eq!(owner.get(page).status, 404);
    assert_eq!(owner.send("/desk/demo", page, &[("shop", "demo")]).status, 404);
    assert!(!text(&owner.get("/desk/demo/settings")).contains(page));
    let admin = Visitor::signed_in(&world, ADMIN);
    assert!(text(&admin.get("/desk/demo/settings")).contains(page));
    let refused = admin.send(page, page, &[("shop", "Demo")]);
    assert_eq!(refused.status, 422);
    assert!(text(&refused).contains("is not this shop's id"));
    assert_eq!(world.get("/v1/shops/demo").admin().send().status, 200);
    let removed = admin.send(page, page, &[("shop", "demo")]);
    assert_eq!(removed.status, 303, "{}", text(&removed));
    assert_eq!(world.get("/v1/shops/demo").admin().send().status, 404);
}

#[test]
fn who_replaces_the_token_is_shown_the_new_one_and_stays() {
    let (world, shop) = lived();
    let (owner, other) = (Visitor::signed_in(&world, token(&shop)), Visitor::signed_in(&world, token(&shop)));
    let page = "/desk/demo/settings/secrets";
    let rotated = owner.send(page, page, &[("secret", "shop_token"), ("action", "rotate")]);
    let fresh =
        json_of(&world.get("/v1/shops/demo").admin().send())["shop_token"].as_str().unwrap().to_owned();
    assert_ne!(fresh, token(&shop));
    assert!(rotated.status == 200 && text(&rotated).contains(&fresh), "{}", text(&rotated));
    assert_eq!(
        (owner.get("/desk/demo").status.as_u16(), other.get("/desk/demo").status.as_u16()),
        (200, 401)
    );
    assert_eq!(Visitor::signed_in(&world, &fresh).get("/desk/demo").status, 200);
}

/// Where the links of a page lead, and where its forms are sent, each with its method.
fn ways_of(page: &str) -> (Vec<String>, Vec<String>) {
    let attribute = |tag: &str, name: &str| {
        let (_, after) = tag.split_once(&format!(" {name}=\""))?;
        Some(after.split('"').next()?.replace("&amp;", "&"))
    };
    let (mut links, mut forms) = (Vec::new(), Vec::new());
    for tag in page.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or_default()) {
        let own = |to: &String| to.starts_with("/desk/demo");
        if tag.starts_with("a ") {
            links.extend(attribute(tag, "href").filter(own));
        } else if tag.starts_with("form ") && attribute(tag, "method").as_deref() == Some("post") {
            forms.extend(attribute(tag, "action").filter(own));
        }
    }
    (links, forms)
}

#[test]
fn what_a_page_offers_its_reader_may_do() {
    for role in ["reads", "reviews", "all"] {
        let (world, shop) = lived();
        let claim = json!({"order_id": "1003", "note": "mine"});
        let own = world.post("/v1/shops/demo/referrers/ANNA10/claims", &claim).admin().send();
        assert_eq!(own.status, 201, "{}", text(&own));
        let made = json!({"name": "Zoé", "role": role});
        let made = json_of(&world.post("/v1/shops/demo/helpers", &made).bearer(token(&shop)).send());
        let payout = json!({"until": "2026-11-20T12:00:00Z"});
        world.post("/v1/shops/demo/payouts", &payout).bearer(token(&shop)).send();
        let helper = Visitor::new(&world);
        helper.post("/desk/come_in", &[("key", made["link"].as_str().unwrap().split_once('#').unwrap().1)]);
        let (mut open, mut seen) = (vec!["/desk/demo".to_owned()], Vec::new());
        let mut forms: Vec<(String, String)> = Vec::new();
        while let Some(path) = open.pop() {
            // What stands behind a `#` is a place of the page.
            let path = path.split('#').next().unwrap_or_default().to_owned();
            if seen.contains(&path) {
                continue;
            }
            let answer = helper.get(&path);
            assert!(matches!(answer.status.as_u16(), 200 | 303), "{role}, {path}: {}", text(&answer));
            if header_of(&answer, "content-type").is_some_and(|kind| kind.starts_with("text/html")) {
                let (links, own) = ways_of(&text(&answer));
                open.extend(links);
                forms.extend(own.into_iter().map(|form| (path.clone(), form)));
            }
            seen.push(path);
        }
        assert!(seen.len() > 20, "{seen:?}");
        // Who ends their own way in is out.
        let own_end = format!("/helpers/{}", made["helper"]["id"].as_str().unwrap());
        forms.retain(|(_, form)| !form.contains(&own_end));
        forms.sort_by(|one, other| one.1.cmp(&other.1));
        forms.dedup_by(|one, other| one.1 == other.1);
        let page = csrf(&helper.get("/desk/demo"));
        for (on, form) in forms {
            // Empty: what is missing may be told, but not that it is none of theirs.
            let status = helper.post(&form, &[("csrf", &page)]).status.as_u16();
            assert!(matches!(status, 200 | 303 | 409 | 422), "{role}, {form} on {on}: {status}");
        }
    }
}

#[test]
fn an_offer_says_to_whom_it_is_shown_and_is_moved_among_the_others() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let page = "/desk/demo/program/offers/friends";
    let order = || {
        let program = json_of(&world.get("/v1/shops/demo").admin().send())["program"].clone();
        let ids: Vec<String> = program["offers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect();
        (ids.join(" "), program["offers"][0]["when"].clone())
    };
    let version = || {
        let page = text(&owner.get(page));
        let field = page.split("name=\"version\" value=\"").nth(1).unwrap();
        field.split('"').next().unwrap().to_owned()
    };
    let fields = [
        ("id", "friends"),
        ("audience", "customer"),
        ("advocate.reward.kind", "store_credit"),
        ("advocate.reward.amount", "10.00"),
        ("when.customer", "new"),
        ("when.countries", "Belgium, luxembourg"),
        ("when.basket.at_least", "50.00"),
        ("when.basket.at_most", ""),
        ("when.languages", "fr"),
        ("when.languages", "nl"),
        ("version", &version()),
    ];
    let saved = owner.send(page, page, &fields);
    assert_eq!(saved.status, 303, "{}", text(&saved));
    let when = json!({"customer": "new", "basket": {"at_least": "50.00"}, "languages": ["fr", "nl"],
        "countries": ["BE", "LU"]});
    let (before, kept) = order();
    assert_eq!(kept, when);
    let said = "Shown to new customers from Belgium or from Luxembourg who read the shop in French or Dutch with a basket of €50.00 or more.";
    assert!(text(&owner.get(page)).contains(said), "{}", text(&owner.get(page)));
    assert!(text(&owner.get("/desk/demo/program")).contains(said));
    // Up and down, and no further than the ends.
    let moves =
        |to: &str| owner.send(page, &format!("{page}/move"), &[("to", to), ("version", &version())]).status;
    assert!(before.starts_with("friends "), "{before}");
    assert_eq!(moves("down"), 303);
    assert!(order().0.contains(" friends"), "{}", order().0);
    assert_eq!(moves("up"), 303);
    assert_eq!(order().0, before);
    assert_eq!(moves("up"), 303);
    assert_eq!(order().0, before);
    assert_eq!(moves("sideways"), 422);
    assert_eq!(
        owner
            .send(page, "/desk/demo/program/offers/none/move", &[("to", "up"), ("version", &version())])
            .status,
        404
    );
}

/// Puts an offer for agencies between two for customers, and answers a way to ask for the order of all.
fn with_three_offers(world: &Rc<World>) -> impl Fn() -> String {
    let mut three = json_of(&world.get("/v1/shops/demo").admin().send())["program"].clone();
    let friends =
        three["offers"].as_array().unwrap().iter().find(|one| one["id"] == "friends").cloned().unwrap();
    let named = |id: &str, member: &str, value: Value| {
        let mut offer = friends.clone();
        (offer["id"], offer[member]) = (json!(id), value);
        offer
    };
    three["offers"] = json!([
        named("friends", "when", json!({"customer": "new"})),
        named("partners", "audience", json!("agency")),
        named(
            "belgium",
            "when",
            json!({"customer": "new", "basket": {"at_least": "50.00"}, "countries": ["BE"]})
        ),
    ]);
    // The one for fewer stands first.
    three["offers"].as_array_mut().unwrap().swap(0, 2);
    let put = world.put("/v1/shops/demo", &three).send();
    assert_eq!(put.status, 200, "{}", text(&put));
    let world = Rc::clone(world);
    move || {
        let all = json_of(&world.get("/v1/shops/demo").admin().send())["program"]["offers"].clone();
        let ids = all.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>().join(" ")
    }
}

#[test]
fn an_offer_is_moved_among_those_that_somebody_is_shown() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let order = with_three_offers(&world);
    assert_eq!(order(), "belgium partners friends");
    let shown = |id: &str| text(&owner.get(&format!("/desk/demo/program/offers/{id}")));
    assert!(
        shown("belgium").contains("It is number 1 of 2;")
            && shown("friends").contains("It is number 2 of 2;")
    );
    assert!(!shown("partners").contains("It is number"), "whoever is shown none has no place among them");
    let moves = |id: &str, to: &str| {
        let page = format!("/desk/demo/program/offers/{id}");
        let version = shown(id)
            .split("name=\"version\" value=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        owner.send(&page, &format!("{page}/move"), &[("to", to), ("version", &version)])
    };
    assert_eq!(moves("partners", "up").status, 404);
    assert_eq!(moves("friends", "down").status, 303);
    assert_eq!(order(), "belgium partners friends");
    // The move would hide the other one: that is said of both, and nothing is moved.
    let refused = moves("belgium", "down");
    assert_eq!(refused.status, 422);
    let said = "\"friends\", which stands before \"belgium\", is shown to all of them".replace('"', "&quot;");
    let page = text(&refused);
    assert!(page.contains(&said) && !page.contains("offers: can"), "{page}");
    assert_eq!(order(), "belgium partners friends");
}

#[test]
fn what_an_offer_does_to_another_is_not_said_of_its_own_fields() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let order = with_three_offers(&world);
    let page = "/desk/demo/program/offers/belgium";
    let version = |page: &str| {
        let shown = text(&owner.get(page));
        shown.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    // For everybody, above one for new customers: that one is hidden, and this one is as it should be.
    let fields = [
        ("id", "belgium"),
        ("audience", "customer"),
        ("advocate.reward.kind", "store_credit"),
        ("advocate.reward.amount", "10.00"),
        ("when.countries", ""),
        ("version", &version(page)),
    ];
    let refused = owner.send(page, page, &fields);
    assert_eq!(refused.status, 422, "{}", text(&refused));
    let shown = text(&refused);
    let said = "can be met by nobody: \"belgium\", which stands before \"friends\", is shown to all of them";
    assert!(shown.contains(&said.replace('"', "&quot;")), "{shown}");
    assert!(!shown.contains("aria-invalid=\"true\"") && !shown.contains("offers: can"), "{shown}");
    // Below, the one in the form is the one that nobody would be shown.
    let page = "/desk/demo/program/offers/friends";
    let version = version(page);
    let fields = [
        ("id", "friends"),
        ("audience", "customer"),
        ("advocate.reward.kind", "store_credit"),
        ("advocate.reward.amount", "10.00"),
        ("when.customer", "new"),
        ("when.countries", "Belgium"),
        ("when.basket.at_least", "60.00"),
        ("version", &version),
    ];
    let shown = text(&owner.send(page, page, &fields));
    let said = "\"belgium\", which stands before \"friends\", is shown to all of them";
    assert!(shown.contains(&said.replace('"', "&quot;")) && !shown.contains("/offers/2"), "{shown}");
    assert_eq!(order(), "belgium partners friends");
}

#[test]
fn what_is_wrong_is_said_in_the_owner_s_language() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    assert_eq!(owner.send("/desk/demo", "/desk/my_language", &[("language", "fr")]).status, 303);
    let offer = "/desk/demo/program/offers/friends";
    let told = |page: &str, path: &str, fields: &[(&str, &str)]| {
        let answer = owner.send(page, path, fields);
        assert_eq!(answer.status, 422, "{path}: {}", text(&answer));
        let text = text(&answer);
        let list = text.split_once("class=\"faults\"").unwrap().1.split_once("</ul>").unwrap().0.to_owned();
        for english in [" must ", " has ", " have ", ">must ", ">has ", ">is ", " is ", "such as"] {
            assert!(!list.contains(english), "{path}: {list}");
        }
    };
    let wrong = [
        ("id", "friends"),
        ("audience", "customer"),
        ("advocate.reward.kind", "commission"),
        ("advocate.reward.percent", "250"),
        ("advocate.reward.tiers", "3: 5\n2: x"),
        ("advocate.orders", "count"),
        ("advocate.orders.count", "0"),
        ("advocate.hold_days", "soon"),
        ("advocate.min_subtotal", "1,234"),
        ("advocate.budget", "-1"),
        ("advocate.max_per_month", "x"),
        ("friend", "true"),
        ("friend.reward.kind", "amount_off"),
        ("friend.reward.amount", "0,00"),
        ("friend.min_subtotal", "many"),
        ("starts_at", "2026-12-01"),
        ("ends_at", "2026-11-01"),
        ("when.customer", "both"),
        ("when.countries", "Narnia"),
        ("when.basket.at_least", "50,00"),
        ("when.basket.at_most", "20,00"),
        ("when.languages", "pl"),
        ("version", "1"),
    ];
    told(offer, offer, &wrong);
    let rules = [
        ("version", "1"),
        ("name", ""),
        ("currency", "EURO"),
        ("landing_url", "shop"),
        ("terms_url", "terms"),
        ("origins", "shop.example"),
        ("locale", "français"),
        ("time_zone", "Paris"),
        ("link_params", "ref me"),
        ("attribution.window_days", "0"),
        ("payouts.minimum", "none"),
        ("payouts.debtor.iban", "FR76"),
    ];
    told("/desk/demo/program", "/desk/demo/program", &rules);
    let new = [
        ("code", "x é"),
        ("name", "A"),
        ("email", "anna"),
        ("offer", "none"),
        ("terms.reward.percent", "200"),
    ];
    told("/desk/demo/new-referrer", "/desk/demo/new-referrer", &new);
    let anna = "/desk/demo/referrers/ANNA10";
    for wrong in [
        &[("iban", "FR1420041010050500013M02607"), ("account_holder", "Anna")][..],
        &[("iban", "12"), ("siret", "12"), ("vat_number", "FR00"), ("address.country", "France")],
        &[("company", "Agence")],
        &[("paypal", "anna"), ("address.line1", "rue")],
    ] {
        told(anna, &format!("{anna}/paid-to"), wrong);
    }
    told(anna, &format!("{anna}/bonus"), &[("id", "b-1"), ("amount", "0,00")]);
    told(
        "/desk/demo/orders/9999/credit",
        "/desk/demo/orders/9999/credit",
        &[("code", "ANNA10"), ("currency", "X")],
    );
    told("/desk/demo/pay", "/desk/demo/pay", &[("chosen", "true")]);
    told("/desk/demo/settings/helpers", "/desk/demo/settings/helpers", &[("name", "")]);
    for (platform, wrong) in [
        ("shopify", &[("shop", "a b"), ("token", "")][..]),
        ("shopify", &[("shop", "atelier"), ("token", "é")]),
        ("shopify", &[("shop", "atelier"), ("token", "shpat_x"), ("client_id", "x")]),
        ("shopify", &[("shop", "atelier"), ("token", "shpat_x")]),
        ("woocommerce", &[("site", "http://10.0.0.1"), ("consumer_key", "x"), ("consumer_secret", "")]),
        (
            "woocommerce",
            &[("site", "https://woo.example"), ("consumer_key", "ck_x"), ("consumer_secret", "cs_x")],
        ),
        ("stripe", &[("key", "sk_live_x")]),
        ("stripe", &[("key", "rk_live_x")]),
    ] {
        let page = format!("/desk/demo/settings/platforms/{platform}");
        told(&page, &page, wrong);
    }
}

#[test]
fn a_module_is_connected_by_a_code_of_the_desk_and_disconnected_there() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let page = "/desk/demo/settings/connections";
    let shown = text(&owner.send(page, page, &[]));
    let code = shown.split("<code>").nth(2).unwrap().split('<').next().unwrap().to_owned();
    let module = json!({"code": code, "platform": "woocommerce", "site": "https://shop.example/"});
    let connected = json_of(&world.post("/v1/connect-codes/exchange", &module).send());
    assert_eq!(connected["shop"], "demo", "{connected}");
    assert!(text(&owner.get(page)).contains("WooCommerce") && !text(&owner.get(page)).contains(&code));
    let end = format!("{page}/{}/end", connected["connection"].as_str().unwrap());
    assert_eq!(owner.send(page, &end, &[]).status, 303);
    assert!(!text(&owner.get(page)).contains("https://shop.example/"));
}

#[test]
fn a_platform_is_connected_by_a_key_that_no_page_shows_again() {
    let (world, shop) = lived();
    world.platforms.borrow_mut().stripe = Some(parrain_stand_ins::Stripe::new());
    let owner = Visitor::signed_in(&world, token(&shop));
    let page = "/desk/demo/settings/platforms/stripe";
    let refused = text(&owner.send(page, page, &[("key", "rk_test_of_another")]));
    assert!(refused.contains("Stripe") && !refused.contains("rk_test_of_another"), "{refused}");
    let connected = owner.send(page, page, &[("key", "rk_test_0123456789abcdef")]);
    assert_eq!(connected.status, 303);
    let shown = text(&owner.get(page));
    assert!(shown.contains("rk_…cdef") && shown.contains("promotion_code_write"), "{shown}");
    assert!(!shown.contains("0123456789"));
    assert!(text(&owner.get("/desk/demo/settings/connections")).contains("rk_…cdef"));
    assert_eq!(owner.send(page, &format!("{page}/end"), &[]).status, 303);
    assert!(!text(&owner.get(page)).contains("rk_…cdef"));
    assert_eq!(owner.get("/desk/demo/settings/platforms/magento").status, 404);
}

#[test]
fn other_software_is_told_by_an_address_of_the_desk() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let page = "/desk/demo/settings/endpoints";
    let refused = owner.send(page, page, &[("url", "https://10.0.0.1/hook"), ("types", "claim.made")]);
    assert_eq!(refused.status, 422, "{}", text(&refused));
    let fields = [("url", "https://books.example/hook"), ("types", "claim.made"), ("types", "payout.paid")];
    let made = text(&owner.send(page, page, &fields));
    assert!(made.contains("whsec_") && made.contains("https://books.example/hook"), "{made}");
    let list = json_of(&world.get("/v1/shops/demo/endpoints").admin().send());
    let one = format!("{page}/{}", list["endpoints"][0]["id"].as_str().unwrap());
    assert!(!text(&owner.get(&one)).contains("whsec_"), "a secret is shown once");
    assert_eq!(owner.send(&one, &format!("{one}/test"), &[]).status, 303);
    assert!(text(&owner.get(&one)).contains("a test"), "{}", text(&owner.get(&one)));
    assert!(text(&owner.send(&one, &format!("{one}/rotate"), &[])).contains("whsec_"));
    assert_eq!(owner.send(&one, &format!("{one}/replay"), &[]).status, 303);
    assert_eq!(owner.send(&one, &format!("{one}/remove"), &[]).status, 303);
    assert_eq!(owner.get(&one).status, 404);
}

#[test]
fn what_was_given_up_at_a_provider_is_sent_again_from_its_page() {
    let (world, shop) = lived();
    let refuses = |refuses| world.platforms.borrow_mut().brevo.as_mut().unwrap().refuses = refuses;
    world.platforms.borrow_mut().brevo = Some(Brevo::default());
    let owner = Visitor::signed_in(&world, token(&shop));
    let page = "/desk/demo/settings/contacts/brevo";
    assert_eq!(owner.send(page, page, &[("key", "xkeysib-0123456789abcdef"), ("list", "7")]).status, 303);
    refuses(true);
    let agreed = r#"{"marketing_consent": true}"#;
    world.request(Method::PATCH, "/v1/shops/demo/referrers/ANNA10").admin().body(agreed).send();
    world.live_until("demo", world.now().plus_days(4));
    let owner = Visitor::signed_in(&world, token(&shop));
    let home = text(&owner.get("/desk/demo"));
    assert!(home.contains(r#"href="/desk/demo/settings/contacts""#), "{home}");
    refuses(false);
    assert_eq!(owner.send(page, &format!("{page}/replay"), &[]).status, 303);
    world.live_until("demo", world.now().plus_seconds(60));
    assert_eq!(world.platforms.borrow().brevo.as_ref().unwrap().contacts.len(), 1);
    assert!(!text(&owner.get(page)).contains("/replay"), "nothing is left to be sent again");
}

#[test]
fn a_referrer_has_banners_that_anybody_may_show() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    assert!(text(&owner.get("/desk/demo/referrers/ANNA10")).contains("/referrers/ANNA10/banners/728x90.svg"));
    let path = "/v1/shops/demo/referrers/anna10/banners";
    let drawn = world.get(&format!("{path}/300x250.svg?accent=7a1f4d&on_accent=%22onload%3D1")).send();
    assert_eq!(
        (drawn.status.as_u16(), header_of(&drawn, "content-type").unwrap()),
        (200, "image/svg+xml; charset=utf-8")
    );
    let svg = text(&drawn);
    assert!(svg.contains("Code ANNA10") && svg.contains("#7a1f4d") && !svg.contains("onload"), "{svg}");
    for missing in [
        format!("{path}/1x1.svg"),
        format!("{path}/300x250"),
        "/v1/shops/demo/referrers/NOBODY/banners/300x250.svg".into(),
        "/v1/shops/none/referrers/ANNA10/banners/300x250.svg".into(),
    ] {
        assert_eq!(world.get(&missing).send().status, 404, "{missing}");
    }
    // By a code that does not count nothing is promised.
    let paused = world
        .request(Method::PATCH, "/v1/shops/demo/referrers/ANNA10")
        .body("{\"status\":\"paused\"}")
        .admin()
        .send();
    assert_eq!(paused.status, 200);
    world.copy_to_kv();
    world.another_isolate();
    let after = text(&world.get(&format!("{path}/300x250.svg?accent=7a1f4d&on_accent=%22onload%3D1")).send());
    assert!(after.contains("Code ANNA10") && after != svg, "{after}");
}

#[test]
fn where_a_referrer_is_paid_is_said_for_them_and_shown_masked() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let anna = "/desk/demo/referrers/ANNA10";
    let fields = [("iban", "FR14 2004 1010 0505 0001 3M02 606"), ("account_holder", "Anna Martin")];
    assert_eq!(owner.send(anna, &format!("{anna}/paid-to"), &fields).status, 303);
    let page = text(&owner.get(anna));
    assert!(page.contains("Anna Martin") && page.contains("606") && !page.contains("2004 1010"), "{page}");
    let kept = json_of(&world.get("/v1/shops/demo/referrers/ANNA10/payout-details").admin().send());
    assert_eq!(kept["methods"], json!(["sepa"]), "{kept}");
}

#[test]
fn what_was_typed_when_the_session_ended_is_there_again() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let page = csrf(&owner.get("/desk/demo/new-referrer"));
    owner.cookies.borrow_mut().clear();
    let fields = [("csrf", page.as_str()), ("code", "LEA"), ("name", "Léa & <Paul>"), ("offer", "friends")];
    let asked = owner.post("/desk/demo/new-referrer", &fields);
    assert_eq!(asked.status, 401);
    let page = text(&asked);
    let (_, kept) = page.split_once("name=\"kept\" value=\"").unwrap();
    let kept = kept.split('"').next().unwrap().replace("&amp;", "&");
    let again = owner.post(
        "/desk/sign_in",
        &[("token", token(&shop)), ("next", "/desk/demo/new-referrer"), ("kept", &kept)],
    );
    assert_eq!(again.status, 200);
    assert!(text(&again).contains("Léa &amp; &lt;Paul&gt;"), "{}", text(&again));
    assert_eq!(world.get("/v1/shops/demo/referrers/LEA").admin().send().status, 404);
}

#[test]
fn a_helper_does_what_the_role_allows_until_the_link_is_withdrawn() {
    let (world, shop) = lived();
    let made = world
        .post("/v1/shops/demo/helpers", &json!({"name": "Zoé", "role": "reads"}))
        .bearer(token(&shop))
        .send();
    assert_eq!(made.status, 201);
    let made = json_of(&made);
    let key = made["link"].as_str().unwrap().split_once('#').unwrap().1;
    let helper = Visitor::new(&world);
    assert_eq!(helper.post("/desk/come_in", &[("key", "pdk_AAAA.demo")]).status, 401);
    assert_eq!(helper.post("/desk/come_in", &[("key", key)]).status, 303);
    assert_eq!(helper.get("/desk/demo/orders/1001").status, 200);
    assert_eq!(helper.get("/desk/demo/settings/secrets").status, 403);
    let reject = [("decision", "reject")];
    assert_eq!(helper.send("/desk/demo", "/desk/demo/orders/1001/review", &reject).status, 403);
    // The same link opens again, and its end ends what is open.
    assert_eq!(Visitor::new(&world).post("/desk/come_in", &[("key", key)]).status, 303);
    let id = made["helper"]["id"].as_str().unwrap();
    let gone = world.request(Method::DELETE, &format!("/v1/shops/demo/helpers/{id}")).bearer(token(&shop));
    assert_eq!(gone.send().status, 204);
    assert_eq!(helper.get("/desk/demo").status, 401);
    assert_eq!(helper.post("/desk/come_in", &[("key", key)]).status, 401);
    let texts = world.texts("demo");
    assert!(!texts.iter().any(|text| text.contains(key)), "keys are kept as hashes alone");
}

#[test]
fn a_link_for_once_opens_once() {
    let (world, shop) = lived();
    let link = world.post("/v1/shops/demo/desk-links", &json!({})).bearer(token(&shop)).send();
    let link = json_of(&link)["link"].as_str().unwrap().to_owned();
    let key = link.split_once('#').unwrap().1;
    let owner = Visitor::new(&world);
    assert_eq!(owner.post("/desk/come_in", &[("key", key)]).status, 303);
    assert_eq!(owner.get("/desk/demo/settings/secrets").status, 200);
    assert_eq!(Visitor::new(&world).post("/desk/come_in", &[("key", key)]).status, 401);
}

#[test]
fn two_tabs_that_save_one_program_are_shown_both() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let save = |version: &str, name: &str| {
        owner.send(
            "/desk/demo/program",
            "/desk/demo/program",
            &[
                ("version", version),
                ("name", name),
                ("currency", "EUR"),
                ("landing_url", "https://shop.example/"),
                ("origins", "https://shop.example"),
                ("locale", "en"),
                ("time_zone", "Europe/Paris"),
                ("link_params", "ref"),
                ("attribution.window_days", "30"),
            ],
        )
    };
    assert_eq!(save("1", "First tab").status, 303);
    let second = save("1", "Second tab");
    assert_eq!(second.status, 412);
    let page = text(&second);
    assert!(page.contains("First tab") && page.contains("Second tab"), "{page}");
    assert_eq!(save("2", "Second tab").status, 303);
    let versions = world.get("/v1/shops/demo/versions").bearer(token(&shop)).send();
    let versions = json_of(&versions)["versions"].as_array().unwrap().len();
    assert_eq!(versions, 3);
    // A wrong value is told where it stands, and nothing typed is lost.
    let wrong = owner.send(
        "/desk/demo/program",
        "/desk/demo/program",
        &[("version", "3"), ("name", "Typed"), ("currency", "EURO"), ("landing_url", "shop")],
    );
    assert_eq!(wrong.status, 422);
    assert!(text(&wrong).contains("Typed") && text(&wrong).contains("EURO"));
}

#[test]
fn a_month_is_paid() {
    let (world, shop) = lived();
    world.pass(20 * 86_400);
    let owner = Visitor::signed_in(&world, token(&shop));
    let page = owner.get("/desk/demo/pay");
    assert!(text(&page).contains("Anna"), "{}", text(&page));
    let made = owner.send("/desk/demo/pay", "/desk/demo/pay", &[]);
    assert_eq!(made.status, 303, "{}", text(&made));
    let place = header_of(&made, "location").unwrap().to_owned();
    let (found, _) = Place::parse(&place).unwrap();
    let Place::Payout(id) = found else { panic!("{place}") };
    let file = owner.get(&format!("/desk/demo/payouts/{id}/payout.csv"));
    assert!(text(&file).contains("ANNA10"));
    let paid = owner.send(&place, &format!("{place}/paid"), &[]);
    assert_eq!(paid.status, 303);
    let status = world.get("/v1/shops/demo/referrers/ANNA10/statements/2026-12").bearer(token(&shop)).send();
    let statement = json_of(&status);
    assert_eq!(statement["closing"], json!([]), "{statement}");
    assert_eq!(statement["lines"].as_array().unwrap().len(), 2, "{statement}");
    // And it is in the year's list, from the threshold on that the shop sets.
    assert_eq!(owner.send("/desk/demo/tax", "/desk/demo/tax", &[("threshold", "ten")]).status, 422);
    assert_eq!(owner.send("/desk/demo/tax", "/desk/demo/tax", &[("threshold", "5,00")]).status, 303);
    let list = text(&owner.get("/desk/demo/tax?year=2026"));
    assert!(list.contains("ANNA10") || list.contains("Anna Martin"), "{list}");
    assert!(text(&owner.get("/desk/demo/tax.csv?year=2026")).contains("ANNA10"));
}

#[test]
fn an_order_is_credited_after_its_dry_run() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let form = "/desk/demo/orders/1003/credit";
    let tried = owner.get(&format!("{form}?code=ANNA10&dry_run=true"));
    assert!(tried.status == 200 && text(&tried).contains("name=\"note\""), "{}", text(&tried));
    // A page of before is led to the same look, which has no note in its address.
    let led = owner.send(form, form, &[("code", "ANNA10"), ("note", "She called"), ("dry_run", "true")]);
    assert_eq!(
        header_of(&led, "location").map(str::to_owned),
        Some(format!("{form}?code=ANNA10&dry_run=true"))
    );
    let before = world.get("/v1/shops/demo/orders/1003").bearer(token(&shop)).send();
    assert_eq!(json_of(&before)["conversion"], Value::Null);
    assert_eq!(owner.send(form, form, &[("code", "ANNA10"), ("note", "She called")]).status, 303);
    let after = world.get("/v1/shops/demo/orders/1003").bearer(token(&shop)).send();
    assert_eq!(json_of(&after)["conversion"]["referrer"], "ANNA10");
    let unknown = owner.send(form, form, &[("code", "NOBODY1")]);
    assert_eq!(unknown.status, 422);
    assert!(text(&unknown).contains("no referrer has this code"), "{}", text(&unknown));
    let unknown = owner.get(&format!("{form}?code=inconnu&dry_run=true"));
    assert_eq!(unknown.status, 422);
    assert!(text(&unknown).contains("no referrer has this code"), "{}", text(&unknown));
    let overview = world.get("/v1/shops/demo/overview").bearer(token(&shop)).send();
    let news = json_of(&overview)["news"].clone();
    let what: Vec<&str> = news.as_array().unwrap().iter().filter_map(|one| one["what"].as_str()).collect();
    assert!(what.contains(&"credited") && what.contains(&"order") && what.contains(&"taken_back"), "{news}");
}

#[test]
fn a_set_up_proves_itself_by_what_happens() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    assert_eq!(owner.send("/desk/demo/set-up/proof", "/desk/demo/set-up/proof/test", &[]).status, 303);
    world.copy_to_kv();
    world.another_isolate();
    let proof = || json_of(&world.get("/v1/shops/demo/set-up/proof").bearer(token(&shop)).send());
    let code = proof()["code"].as_str().unwrap().to_owned();
    let steps = || -> Vec<String> {
        let seen = proof()["seen"].as_array().unwrap().clone();
        seen.iter().map(|one| one["step"].as_str().unwrap().to_owned()).collect()
    };
    assert!(steps().is_empty());
    world.get("/v1/shops/demo/offer").page().send();
    world.get("/v1/shops/demo/offer").header("origin", "https://www.shop.example").send();
    world.get(&format!("/r/demo/{code}")).header("user-agent", BROWSER).send();
    for source in ["link", "promo_code"] {
        world.post("/v1/shops/demo/touches", &json!({"code": code, "source": source})).page().send();
    }
    // An order of somebody else's comes first, and a later one of the test takes its place.
    for (id, codes) in [("t-0", json!(["BOB22"])), ("t-00", json!([]))] {
        let order = json!({"type": "order.paid", "data": {"order_id": id, "at": "2026-11-20T12:00:00Z",
            "currency": "EUR", "subtotal": "9.00", "discount": "0.00", "total": "9.00", "codes": codes}});
        world.event(&shop, &order);
    }
    let arrived = || {
        let seen = proof()["seen"].as_array().unwrap().clone();
        seen.iter().find(|one| one["step"] == "order_arrived").unwrap()["order_id"].clone()
    };
    assert_eq!(arrived(), "t-0");
    let order = json!({"type": "order.paid", "data": {"order_id": "t-1", "at": "2026-11-20T12:00:00Z",
        "currency": "EUR", "subtotal": "34.00", "discount": "3.40", "total": "30.60", "codes": [code],
        "customer": {"id": "c-9"}}});
    world.event(&shop, &order);
    assert_eq!(
        steps(),
        ["page_seen", "link_opened", "code_captured", "code_in_basket", "order_arrived", "credited"]
    );
    assert_eq!(arrived(), "t-1");
    let refund =
        json!({"type": "order.cancelled", "data": {"order_id": "t-1", "at": "2026-11-20T12:00:00Z"}});
    world.event(&shop, &refund);
    let proof = proof();
    assert_eq!(proof["seen"].as_array().unwrap().len(), 7, "{proof}");
    assert_eq!(proof["refused_origins"][0]["origin"], "https://www.shop.example");
    // A test counts nowhere...
    let of = |path: &str| json_of(&world.get(path).bearer(token(&shop)).send());
    let month = of("/v1/shops/demo/overview")["month"].clone();
    let period = "from=2026-01-01T00:00:00Z&to=2026-12-31T00:00:00Z";
    let report = of(&format!("/v1/shops/demo/report?{period}"));
    let customers = of(&format!("/v1/shops/demo/report/customers?{period}"));
    assert!(!report.to_string().contains(&code), "{report}");
    let one = json!({"type": "order.paid", "data": {"order_id": "t-3", "at": "2026-11-20T12:00:00Z",
        "currency": "EUR", "subtotal": "34.00", "discount": "0.00", "total": "34.00", "codes": [code],
        "customer": {"id": "c-77"}}});
    world.event(&shop, &one);
    assert_eq!(of("/v1/shops/demo/overview")["month"], month);
    assert_eq!(of(&format!("/v1/shops/demo/report?{period}")), report);
    assert_eq!(of(&format!("/v1/shops/demo/report/customers?{period}")), customers);
    // ...and is never paid.
    let again = json!({"type": "order.paid", "data": {"order_id": "t-2", "at": "2026-11-20T12:00:00Z",
        "currency": "EUR", "subtotal": "34.00", "discount": "0.00", "total": "34.00", "codes": [code],
        "customer": {"id": "c-8"}}});
    world.event(&shop, &again);
    world.pass(20 * 86_400);
    let plan = world
        .post("/v1/shops/demo/payouts", &json!({"until": "2026-12-10T00:00:00Z", "dry_run": true}))
        .bearer(token(&shop))
        .send();
    let plan = json_of(&plan);
    let paid = plan["payees"].as_array().unwrap().iter().any(|one| one["code"] == code.as_str());
    assert!(!paid, "{plan}");
}

#[test]
fn the_admin_sees_all_shops_and_makes_one() {
    let (world, _) = lived();
    let admin = Visitor::signed_in(&world, ADMIN);
    assert!(text(&admin.get("/desk/all_shops")).contains("demo"));
    assert_eq!(admin.get("/desk/demo").status, 200);
    let fields = [
        ("shop", "bougies"),
        ("name", "Bougies d’Anna"),
        ("landing_url", "https://bougies.example/"),
        ("currency", "EUR"),
        ("locale", "fr"),
        ("time_zone", "Europe/Paris"),
    ];
    let made = text(&admin.send("/desk/all_shops", "/desk/all_shops", &fields));
    let held = json_of(&world.get("/v1/shops/bougies").bearer(ADMIN).send());
    assert!(made.contains(held["shop_token"].as_str().unwrap()), "its key is given: {made}");
    assert!(made.contains(r#"href="/desk/bougies/set-up""#), "{made}");
    assert_eq!(admin.get("/desk/bougies/set-up/shop").status, 200);
    // What the first step asks was just said.
    let next = admin.get("/desk/bougies/set-up");
    assert_eq!(header_of(&next, "location"), Some("/desk/bougies/set-up/program"));
    assert_eq!(admin.send("/desk/all_shops", "/desk/all_shops", &fields).status, 422);
    // Without an id it is made of the name, and an address without its scheme is one.
    let addresses =
        [("thes-de-sylvie", "thes-sylvie.example"), ("thes-de-sylvie-2", "thes-sylvie-lyon.example")];
    for (id, address) in addresses {
        let fields =
            [("name", "Thés de Sylvie"), ("landing_url", address), ("locale", "fr"), ("currency", "EUR")];
        let made = text(&admin.send("/desk/all_shops", "/desk/all_shops", &fields));
        let held = json_of(&world.get(&format!("/v1/shops/{id}")).bearer(ADMIN).send());
        assert_eq!(held["program"]["landing_url"], format!("https://{address}/"), "{held}");
        assert_eq!(held["program"]["offers"][0]["id"], "amis", "{held}");
        // Sent again, it shows the shop that is there.
        let again = text(&admin.send("/desk/all_shops", "/desk/all_shops", &fields));
        assert!(made.contains(held["shop_token"].as_str().unwrap()), "{made}");
        assert!(again.contains(held["shop_token"].as_str().unwrap()), "{again}");
    }
    assert_eq!(world.get("/v1/shops/thes-de-sylvie-3").bearer(ADMIN).send().status, 404);
    let fields = [("name", "شاي"), ("landing_url", "thes.example"), ("currency", "EUR")];
    assert_eq!(admin.send("/desk/all_shops", "/desk/all_shops", &fields).status, 422);
    let fields = [("shop", "Not An Id"), ("name", "")];
    assert_eq!(admin.send("/desk/all_shops", "/desk/all_shops", &fields).status, 422);
    // Signing out ends it for who kept a copy of the cookie too.
    let kept = admin.cookies.borrow().clone();
    assert_eq!(admin.send("/desk/all_shops", "/desk/sign_out", &[]).status, 303);
    *admin.cookies.borrow_mut() = kept;
    world.pass(120);
    assert_eq!(admin.get("/desk/all_shops").status, 401);
    // The shop's owner sees no other shop.
    let owner = Visitor::new(&world);
    assert_eq!(owner.get("/desk/all_shops").status, 401);
}

#[test]
fn attempts_to_sign_in_are_limited() {
    let (world, shop) = lived();
    world.used_up.set(Some(Limit::SignIn));
    let visitor = Visitor::new(&world);
    for (path, field) in [("/desk/sign_in", "token"), ("/desk/come_in", "key")] {
        let answer = visitor.post(path, &[(field, token(&shop))]);
        assert_eq!(answer.status, 429);
        assert!(header_of(&answer, "retry-after").is_some());
    }
}

#[test]
fn what_somebody_looks_for_is_found() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let find = |q: &str| owner.send("/desk/demo", "/desk/demo/find", &[("q", q)]);
    let place = |q: &str| header_of(&find(q), "location").map(str::to_owned);
    assert_eq!(place("1001").as_deref(), Some("/desk/demo/orders/1001"));
    assert_eq!(place(" #1001 ").as_deref(), Some("/desk/demo/orders/1001"));
    assert_eq!(place("anna10").as_deref(), Some("/desk/demo/referrers/ANNA10"));
    let lea = [("code", "LEA"), ("name", "Léa M"), ("offer", "friends")];
    assert_eq!(owner.send("/desk/demo/new-referrer", "/desk/demo/new-referrer", &lea).status, 303);
    assert_eq!(place("Léa M").as_deref(), Some("/desk/demo/referrers?q=L%C3%A9a%20M"));
    let nothing = find("10099");
    assert_eq!(nothing.status, 200);
    assert!(text(&nothing).contains("/desk/demo/orders/10099/credit"), "{}", text(&nothing));
    let by_its_end = find("001");
    assert!(text(&by_its_end).contains("/desk/demo/orders/1001\""), "{}", text(&by_its_end));
    assert!(text(&by_its_end).contains("/desk/demo/orders/001/credit"), "it may be one that never came");
    let half = find("c-1@");
    assert!(text(&half).contains("entière") || text(&half).contains("in full"), "{}", text(&half));
    let by_address = find("c-1@example.com");
    assert!(by_address.status == 200 && text(&by_address).contains("1001"), "{}", text(&by_address));
}

#[test]
fn each_beginning_makes_the_program_that_it_shows() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    for (begin, id, audience) in [
        ("gift", "friends", "customer"),
        // The shop is a French one; offers that were begun under their English names keep them.
        ("influencers", "influenceurs", "affiliate"),
        ("agency", "agencies", "agency"),
    ] {
        let page = format!("/desk/demo/set-up/program?begin={begin}");
        let mut fields = vec![("begin", begin), ("advocate.hold_days", "21")];
        fields.extend(match begin {
            "gift" => [("advocate.reward.kind", "store_credit"), ("advocate.reward.amount", "12,00")],
            _ => [("advocate.reward.kind", "commission"), ("advocate.reward.percent", "7,5")],
        });
        if begin != "agency" {
            fields.extend([("friend.reward.kind", "percent_off"), ("friend.reward.percent", "15")]);
        }
        let answer = owner.send(&page, "/desk/demo/set-up/program", &fields);
        assert_eq!(answer.status, 303, "{begin}: {}", text(&answer));
        let program = json_of(&world.get("/v1/shops/demo").bearer(ADMIN).send())["program"].clone();
        let offers = program["offers"].as_array().unwrap();
        let offer = offers.iter().find(|offer| offer["id"] == id).unwrap_or_else(|| panic!("{program}"));
        assert_eq!((&offer["audience"], &offer["advocate"]["hold_days"]), (&json!(audience), &json!(21)));
    }
    let answer = owner.send("/desk/demo/set-up/program", "/desk/demo/set-up/program", &[("begin", "x")]);
    assert_eq!(answer.status, 422);
}

#[test]
fn what_is_typed_for_the_friend_is_not_thrown_away() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let page = "/desk/demo/program/offers/friends";
    let friend = || {
        let program = json_of(&world.get("/v1/shops/demo").bearer(ADMIN).send())["program"].clone();
        program["offers"][0]["friend"].clone()
    };
    let send = |more: &[(&str, &str)]| {
        let kept = [
            ("id", "friends"),
            ("audience", "customer"),
            ("advocate.reward.kind", "store_credit"),
            ("advocate.reward.amount", "5"),
            ("friend.reward.kind", "percent_off"),
        ];
        owner.send(page, page, &[&kept[..], more].concat())
    };
    assert_eq!(
        send(&[("friend", "true"), ("friend.reward.percent", "10"), ("friend.min_subtotal", "30")]).status,
        303
    );
    let before = friend();
    assert_eq!(before["min_subtotal"], "30.00", "whole amounts are taken");
    for typed in [("friend.reward.percent", "15 %"), ("friend.min_subtotal", "40")] {
        let refused = send(&[typed, ("friend.reward.percent", "10")]);
        assert_eq!(refused.status, 422, "{typed:?}");
        assert!(text(&refused).contains("is not ticked"), "{typed:?}: {}", text(&refused));
        assert_eq!(friend(), before, "{typed:?}");
    }
    // Unticked, with all as it was, it ends; what stands in a field of another kind is not seen.
    let unticked =
        [("friend.reward.percent", "10"), ("friend.min_subtotal", "30.00"), ("friend.reward.sku", "MUG")];
    assert_eq!(send(&unticked).status, 303);
    assert_eq!(friend(), Value::Null);
    let fine =
        send(&[("friend", "true"), ("friend.reward.percent", "10"), ("friend.min_subtotal", "30,555")]);
    assert!(text(&fine).contains("must have at most 2 digits after the point"), "{}", text(&fine));
}

#[test]
fn a_replaced_secret_is_shown_and_a_code_stays_in_the_set_up() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let page = "/desk/demo/settings/secrets";
    let held = json_of(&world.get("/v1/shops/demo").bearer(token(&shop)).send());
    let held = parrain_desk::settings::ending(held["event_secret"].as_str().unwrap());
    let rotate = [("secret", "event_secret"), ("action", "rotate"), ("held", &*held)];
    let shown = text(&owner.send(page, page, &rotate));
    let held = json_of(&world.get("/v1/shops/demo").bearer(ADMIN).send());
    let fresh = held["event_secret"].as_str().unwrap();
    assert!(fresh != shop["event_secret"] && shown.contains(fresh), "{shown}");
    // The page sent again replaces nothing more, and the one that is in use goes on for its day.
    let again = text(&owner.send(page, page, &rotate));
    assert!(again.contains(fresh), "{again}");
    assert_eq!(json_of(&world.get("/v1/shops/demo").bearer(ADMIN).send())["event_secret"], fresh);
    let fields = [("step", "platform"), ("platform", "prestashop")];
    let step = "/desk/demo/set-up/platform?platform=prestashop";
    let shown = text(&owner.send(step, "/desk/demo/settings/connections", &fields));
    assert!(shown.contains("parrain-prestashop.zip") && shown.contains("set-up/proof"), "{shown}");
    let code = shown.split("<code>").find_map(|part| {
        let code = part.split('<').next().unwrap();
        let module = json!({"code": code, "platform": "prestashop", "site": "https://shop.example/"});
        let answer = world.post("/v1/connect-codes/exchange", &module).send();
        (answer.status == 200).then_some(())
    });
    assert!(code.is_some(), "{shown}");
}

#[test]
fn what_a_shop_is_made_with_is_replaced_by_what_its_owner_chooses() {
    let world = World::new(1, Mischief::default());
    let admin = Visitor::signed_in(&world, ADMIN);
    let fields =
        [("name", "Atelier"), ("landing_url", "atelier.example"), ("locale", "fr"), ("currency", "EUR")];
    assert_eq!(admin.send("/desk/all_shops", "/desk/all_shops", &fields).status, 200);
    let offers = || {
        let held = json_of(&world.get("/v1/shops/atelier").bearer(ADMIN).send());
        let ids = held["program"]["offers"].as_array().unwrap().iter().map(|offer| offer["id"].to_string());
        ids.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(offers(), r#""amis""#);
    let step = "/desk/atelier/set-up/program";
    let begin = |begin: &str| {
        let kind = format!("{step}?begin={begin}");
        let fields =
            [("begin", begin), ("advocate.reward.kind", "commission"), ("advocate.reward.percent", "12")];
        let friend = [("friend.reward.kind", "percent_off"), ("friend.reward.percent", "10")];
        let fields = match begin {
            "agency" => fields.to_vec(),
            _ => [fields.as_slice(), &friend].concat(),
        };
        let answer = admin.send(&kind, step, &fields);
        assert_eq!(answer.status, 303, "{}", text(&answer));
    };
    begin("influencers");
    assert_eq!(offers(), r#""influenceurs""#, "nobody chose the other");
    begin("agency");
    assert_eq!(offers(), r#""influenceurs" "agences""#, "what was chosen stays");
}

#[test]
fn a_report_can_be_compared_with_nothing() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let chosen = |path: &str| {
        let page = text(&owner.get(path));
        page.split("<option")
            .find(|option| option.contains("selected") && !option.contains(r#"value="">"#))
            .map(str::to_owned)
            .unwrap_or_default()
    };
    assert!(chosen("/desk/demo/report").contains("before"));
    assert!(chosen("/desk/demo/report?with=none").contains("none"));
}

#[test]
fn a_step_is_ticked_once_it_was_really_seen() {
    let world = World::new(2, Mischief::default());
    let shop = world.with_shop();
    let owner = Visitor::signed_in(&world, token(&shop));
    let tag = "/desk/demo/set-up/tag";
    assert_eq!(owner.send(tag, tag, &[]).status, 303);
    let platform = "/desk/demo/set-up/platform";
    assert_eq!(owner.send(platform, platform, &[("platform", "prestashop")]).status, 303);
    let steps = || text(&owner.get(tag));
    assert_eq!(steps().matches("not seen at your shop yet").count(), 2, "{}", steps());
    let order = json!({"type": "order.paid", "data": {"order_id": "1", "at": "2026-11-20T11:00:00Z",
        "currency": "EUR", "subtotal": "80.00", "discount": "0.00", "total": "80.00", "codes": []}});
    assert_eq!(world.event(&shop, &order).status, 200);
    assert_eq!(steps().matches("not seen at your shop yet").count(), 1, "{}", steps());
    // Over is over, once the last step says so.
    for step in ["shop", "program", "look", "proof"] {
        let path = format!("/desk/demo/set-up/{step}");
        let fields: &[(&str, &str)] = match step {
            "shop" => {
                &[("name", "Demo"), ("landing_url", "shop.example"), ("currency", "EUR"), ("locale", "en")]
            }
            "program" => &[
                ("begin", "gift"),
                ("advocate.reward.kind", "store_credit"),
                ("advocate.reward.amount", "10"),
                ("friend.reward.kind", "percent_off"),
                ("friend.reward.percent", "10"),
                ("friend.min_subtotal", "30"),
            ],
            _ => &[],
        };
        assert_eq!(owner.send(tag, &path, fields).status, 303, "{step}");
    }
    assert!(!text(&owner.get("/desk/demo")).contains("/set-up\""), "{}", text(&owner.get("/desk/demo")));
}

#[test]
fn tiers_and_categories_are_read_line_by_line() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let send = |tiers: &str, categories: &str| {
        let fields = [
            ("id", "friends"),
            ("audience", "customer"),
            ("advocate.reward.kind", "commission"),
            ("advocate.reward.percent", "8"),
            ("advocate.reward.tiers", tiers),
            ("advocate.reward.categories", categories),
        ];
        owner.send("/desk/demo/program/offers/friends", "/desk/demo/program/offers/friends", &fields)
    };
    let reward = || {
        let program = json_of(&world.get("/v1/shops/demo").bearer(ADMIN).send())["program"].clone();
        program["offers"][0]["advocate"]["reward"].clone()
    };
    assert_eq!(send("50: 10\n100 : 12,5 %", "vin: 5").status, 303);
    let tiers = json!([{"from": 50, "percent": "10"}, {"from": 100, "percent": "12.5"}]);
    assert_eq!((&reward()["tiers"], &reward()["categories"]), (&tiers, &json!({"vin": "5"})));
    let refused = send("soon", "");
    assert_eq!(refused.status, 422);
    assert!(text(&refused).contains("soon"), "what was typed is gone");
    assert_eq!(send("", "").status, 303);
    assert!(reward().get("tiers").is_none() && reward().get("categories").is_none());
}

#[test]
fn the_widget_s_words_are_changed_in_one_language() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let page = "/desk/demo/settings/texts?locale=de";
    assert!(text(&owner.get(page)).contains("lang=\"de\""));
    let fields = [("locale", "de"), ("texts.apply", "Los!"), ("texts.a_hold.one", "")];
    let answer = owner.send(page, "/desk/demo/settings/texts", &fields);
    assert_eq!(header_of(&answer, "location"), Some(page), "{}", text(&answer));
    let texts = || json_of(&world.get("/v1/shops/demo").bearer(ADMIN).send())["program"]["texts"].clone();
    assert_eq!(texts()["de"], json!({"apply": "Los!"}));
    let long = "x".repeat(100_000);
    let refused = owner.send(page, "/desk/demo/settings/texts", &[("locale", "de"), ("texts.apply", &long)]);
    assert_eq!(refused.status, 422);
    assert!(text(&refused).contains("f-texts.apply-fault"), "the fault stands elsewhere");
    owner.send(page, "/desk/demo/settings/texts", &[("locale", "de"), ("texts.apply", "")]);
    assert!(texts().get("de").is_none());
}

#[test]
fn who_ticks_nobody_pays_nobody() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let answer = owner.send("/desk/demo/pay", "/desk/demo/pay", &[("chosen", "true")]);
    assert_eq!(answer.status, 422, "{}", text(&answer));
}

#[test]
fn mail_is_set_up_worded_and_tried_by_forms() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let page = "/desk/demo/settings/mail";
    let form = [
        ("provider", "resend"),
        ("key", "re_secret"),
        ("from.email", "bonjour@shop.example"),
        ("kinds", "welcome"),
        ("kinds", "to_do"),
        ("quiet_hours.from", "0"),
        ("quiet_hours.to", "0"),
    ];
    world.details_keys.set("");
    let refused = owner.send(page, page, &form);
    assert_eq!(refused.status, 503);
    assert!(text(&refused).contains("PARRAIN_DETAILS_KEY") && !text(&refused).contains("re_secret"));
    world.details_keys.set(DETAILS_KEY);
    let refused = owner.send(page, page, &[("provider", "resend"), ("from.email", "nobody")]);
    assert!(refused.status == 422 && text(&refused).contains("aria-invalid"), "{}", text(&refused));
    assert_eq!(owner.send(page, page, &form).status, 303);
    let shown = text(&owner.get(page));
    assert!(shown.contains("bonjour@shop.example") && !shown.contains("re_secret"), "{shown}");

    let words = "/desk/demo/settings/mail/texts/welcome";
    let wrong = owner.send(words, words, &[("locale", "fr"), ("subject", "{nome}")]);
    assert!(wrong.status == 422 && text(&wrong).contains("aria-invalid"), "{}", text(&wrong));
    let saved = owner.send(words, words, &[("locale", "fr"), ("subject", "Salut {name}"), ("body", "")]);
    assert_eq!(saved.status, 303, "{}", text(&saved));
    let html = owner.get(&format!("{words}/html?locale=fr"));
    assert!(text(&html).contains("<title>Salut Anna</title>"), "{}", text(&html));
    assert!(header_of(&html, "content-security-policy").unwrap().contains("sandbox"));
    assert_eq!(owner.get("/desk/demo/settings/mail/texts/pigeon").status, 404);

    let tried = owner.send(page, &format!("{page}/test"), &[("to", "me@shop.example")]);
    assert_eq!(tried.status, 303, "{}", text(&tried));
    world.live_until("demo", world.now().plus_seconds(10));
    let sent = world.mailbox.borrow().last().and_then(|request| request.body.clone()).unwrap();
    assert!(sent.contains("me@shop.example"), "{sent}");
    assert_eq!(owner.send(page, &format!("{page}/end"), &[]).status, 303);
    assert!(!text(&owner.get(page)).contains("bonjour@shop.example"));
}

#[test]
fn offers_are_compared_once_it_was_said_how_long_it_takes() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let page = "/desk/demo/program/compare";
    assert!(text(&owner.get(page)).contains("Add a second offer first"));
    let mut two = super::world::program();
    let mut other = two["offers"][0].clone();
    other["id"] = "bolder".into();
    two["offers"].as_array_mut().unwrap().push(other);
    assert_eq!(world.put("/v1/shops/demo", &two).send().status, 200);
    for index in 10..30 {
        let path = format!("/v1/shops/demo/referrers/PERSON{index}");
        world.put(&path, &json!({"offer": "friends"})).send();
        for _ in 0..40 {
            world
                .post("/v1/shops/demo/touches", &json!({"code": format!("PERSON{index}"), "source": "link"}))
                .page()
                .send();
        }
        let mut order = super::world::paid(&format!("p{index}"), &format!("PERSON{index}"));
        order["data"]["at"] = json!(world.now());
        assert_eq!(world.event(&shop, &order).status, 200);
    }
    world.pass(3600);
    let fields = [("first", "friends"), ("offers", "bolder"), ("difference", "3,5"), ("id", "comparison-1")];
    let planned = text(&owner.send(page, page, &[&fields[..], &[("dry_run", "true")]].concat()));
    assert!(
        planned.contains("It takes") && planned.contains("weeks") && planned.contains("Begin"),
        "{planned}"
    );
    assert!(planned.contains("3,5"), "what was typed stays");
    let same =
        text(&owner.send(page, page, &[("first", "friends"), ("difference", "1"), ("dry_run", "true")]));
    assert!(same.contains("must be two or three offers"), "{same}");
    assert_eq!(owner.send(page, page, &fields).status, 303);
    world.live_until("demo", world.now().plus_seconds(7200));
    let shown = text(&owner.get(page));
    assert!(shown.contains("friends or bolder") && shown.contains("they would mislead"), "{shown}");
    assert_eq!(owner.send(page, &format!("{page}/comparison-1/keep"), &[("offer", "friends")]).status, 303);
    assert!(text(&owner.get(page)).contains("You kept friends on "));
    assert!(text(&owner.get("/desk/demo")).contains("A comparison of offers was decided"));
}

/// A form with a file, as a browser without script sends it.
fn with_file(owner: &Visitor, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Response {
    let mark = "----parrain-boundary";
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--{mark}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    let head =
        "Content-Disposition: form-data; name=\"csv\"; filename=\"é; x.csv\"\r\nContent-Type: text/csv";
    body.extend(format!("--{mark}\r\n{head}\r\n\r\n").bytes());
    body.extend(file);
    body.extend(format!("\r\n--{mark}--\r\n").bytes());
    let kind = format!("multipart/form-data; boundary={mark}");
    let sending = owner.world.request(Method::POST, path).bytes(body).header("content-type", &kind);
    let answer = owner.with_cookies(sending).header("origin", "https://edge.example").send();
    owner.keep(&answer);
    answer
}

#[test]
fn an_export_of_other_software_is_looked_at_and_brought_along() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    owner.send("/desk/demo", "/desk/my_language", &[("language", "en")]);
    let page = owner.get("/desk/demo/imports");
    assert!(text(&page).contains("enctype=\"multipart/form-data\""), "{}", text(&page));
    let csrf = csrf(&page);
    let rows: String = (0..620).map(|n| format!("OLD-{n},Zo\u{e9} {n},z{n}@example.com,1.50\n")).collect();
    let file = format!("Code,Name,Email,Balance\nANNA10,Somebody,else@example.com,9.00\n{rows}");
    // As a spreadsheet of western Europe saves it.
    let latin: Vec<u8> = file.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let fields =
        [("csrf", csrf.as_str()), ("offer", "agencies"), ("software", "goaffpro"), ("link_params", "true")];
    let given = with_file(&owner, "/desk/demo/imports", &fields, &latin);
    assert_eq!(given.status, 303, "{}", text(&given));
    let place = header_of(&given, "location").unwrap().to_owned();
    let plan = text(&owner.get(&place));
    for words in ["Nothing is made yet", "somebody else’s here", "OLD-0", "€930.00", "Zoé 0"] {
        assert!(plan.contains(words), "{words}: {plan}");
    }
    assert!(!plan.contains("data-goes-on"), "nothing happens by itself before the first press");
    assert_eq!(world.get("/v1/shops/demo/referrers/OLD-0").admin().send().status, 404);
    let press = format!("{place}/make");
    assert_eq!(owner.send(&place, &press, &[]).status, 303);
    let under_way = text(&owner.get(&place));
    assert!(under_way.contains("data-goes-on") && under_way.contains("Under way"), "{under_way}");
    for _ in 0..2 {
        assert_eq!(owner.send(&place, &press, &[]).status, 303);
    }
    let done = text(&owner.get(&place));
    assert!(
        done.contains("Giving this file once more would change nothing") && !done.contains("data-goes-on")
    );
    assert!(done.contains("ANNA10"), "what was left out is still said: {done}");
    assert!(text(&owner.get("/desk/demo/imports")).contains("GoAffPro"));
    assert_eq!(owner.send(&place, &format!("{place}/drop"), &[]).status, 303);
    assert_eq!(owner.get(&place).status, 404);
    assert_eq!(json_of(&world.get("/v1/shops/demo/referrers/OLD-619").admin().send())["name"], "Zoé 619");
}

#[test]
fn a_file_that_will_not_do_is_said_in_its_form() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    owner.send("/desk/demo", "/desk/my_language", &[("language", "fr")]);
    let csrf = csrf(&owner.get("/desk/demo/imports"));
    let own = [("csrf", csrf.as_str()), ("offer", "agencies")];
    let many: String = (0..10_001).map(|n| format!("C{n:06}\n")).collect();
    for (file, status, words) in [
        (b"PK\x03\x04 a workbook".to_vec(), 422, "enregistrez-le en CSV"),
        (Vec::new(), 422, "est vide"),
        (b"Name,Phone\nA,1\n".to_vec(), 422, "ni colonne de codes"),
        (format!("Code\n{many}").into_bytes(), 422, "coupez-le"),
        (vec![b'x'; 5 << 20], 413, "4\u{a0}Mo"),
    ] {
        let answer = with_file(&owner, "/desk/demo/imports", &own, &file);
        assert_eq!(answer.status, status, "{words}");
        assert!(text(&answer).contains(words), "{words}: {}", text(&answer));
    }
    let large = with_file(&owner, "/desk/demo/promotion", &own, &vec![b'x'; 3 << 20]);
    assert_eq!(large.status, 413);
    assert!(
        text(&large).contains("1\u{a0}Mo au plus</li>"),
        "a picture's page says it too: {}",
        text(&large)
    );
    // Without the session's token, or when it has ended, nothing of a file is taken, nor carried along.
    assert_eq!(with_file(&owner, "/desk/demo/imports", &[("offer", "agencies")], b"Code\nAAA\n").status, 403);
    let stranger = Visitor::new(&world);
    let asked = with_file(&stranger, "/desk/demo/imports", &own, b"Code,Email\nAAA,secret@example.com\n");
    assert_eq!(asked.status, 401);
    assert!(!text(&asked).contains("secret@example.com"));
    // Who may only read is not shown it.
    let made = json!({"name": "Zoé", "role": "reads"});
    let made = json_of(&world.post("/v1/shops/demo/helpers", &made).bearer(token(&shop)).send());
    let helper = Visitor::new(&world);
    helper.post("/desk/come_in", &[("key", made["link"].as_str().unwrap().split_once('#').unwrap().1)]);
    assert_eq!(helper.get("/desk/demo/imports").status, 403);
    assert!(!text(&helper.get("/desk/demo/referrers")).contains("/imports"));
    assert_eq!(world.rows("demo", "import"), 0);
}

/// Posts a form with a file in it, as a browser writes it.
fn upload(owner: &Visitor, title: &str, name: &str, bytes: &[u8]) -> Response {
    let token = csrf(&owner.get("/desk/demo/promotion"));
    let mut body = Vec::new();
    for (field, value) in [("csrf", token.as_str()), ("picture_title", title)] {
        let part = format!("--xx\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--xx\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--xx--\r\n");
    let sending = owner.world.request(Method::POST, "/desk/demo/promotion").bytes(body);
    let sending = sending.header("content-type", "multipart/form-data; boundary=xx");
    let answer = owner.with_cookies(sending).header("origin", "https://edge.example").send();
    owner.keep(&answer);
    answer
}

#[test]
fn pictures_and_texts_are_added_and_removed_by_forms() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    let drawing = b"<svg xmlns='http://www.w3.org/2000/svg' width='60' height='40'><script>alert(1)</script><path d='M0 0h9'/></svg>";
    assert_eq!(upload(&owner, "Le logo", "logo.svg", drawing).status, 303);
    let page = text(&owner.get("/desk/demo/promotion"));
    assert!(page.contains("Le logo") && page.contains("without what was no part of it"), "{page}");
    let (_, after) = page.split_once("src=\"/p/demo/").unwrap();
    let src = format!("/p/demo/{}", after.split('"').next().unwrap());
    assert!(!text(&world.get(&src).send()).contains("script"));
    for (title, bytes, told) in [
        (
            "Le logo",
            &b"<html><script>alert(1)</script></html>"[..],
            "must be a picture: PNG, JPEG, WebP or SVG",
        ),
        ("Le logo", b"", "is missing"),
        ("", b"<svg width='1' height='1'><path/></svg>", "is missing"),
    ] {
        let refused = upload(&owner, title, "logo.png", bytes);
        assert_eq!(refused.status, 422);
        let page = text(&refused);
        assert!(page.contains(told) && page.contains(&format!("value=\"{title}\"")), "{page}");
    }
    // The session has ended meanwhile: nothing of the file is carried along.
    let stranger = Visitor::new(&world);
    let body = b"--xx\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a\"\r\n\r\nits-bytes\r\n--xx--\r\n".to_vec();
    let lost = world.request(Method::POST, "/desk/demo/promotion").bytes(body);
    let lost = stranger.with_cookies(lost.header("content-type", "multipart/form-data; boundary=xx"));
    let lost = lost.header("origin", "https://edge.example").send();
    assert!(lost.status == 401 && !text(&lost).contains("its-bytes"), "{}", text(&lost));
    let add = [("title", "Insta"), ("text", "Avec {code} : {link}")];
    assert_eq!(owner.send("/desk/demo/promotion", "/desk/demo/promotion/texts", &add).status, 303);
    let wrong = owner.send(
        "/desk/demo/promotion",
        "/desk/demo/promotion/texts",
        &[("title", "Insta"), ("text", "{prix}")],
    );
    assert!(wrong.status == 422 && text(&wrong).contains("{prix}"), "{}", text(&wrong));
    let one = "/desk/demo/promotion/texts/1";
    assert_eq!(owner.send(one, one, &[("title", "Insta 2"), ("text", "{offer}")]).status, 303);
    assert!(text(&owner.get(one)).contains("Insta 2"));
    assert_eq!(owner.send(one, &format!("{one}/remove"), &[]).status, 303);
    assert_eq!(owner.get(one).status, 404);
    let picture = src.trim_start_matches("/p/demo/").trim_end_matches(".svg").to_owned();
    let remove = format!("/desk/demo/promotion/pictures/{picture}/remove");
    assert_eq!(owner.send("/desk/demo/promotion", &remove, &[]).status, 303);
    assert!(!text(&owner.get("/desk/demo/promotion")).contains("Le logo"));
}

#[test]
fn promo_codes_are_made_changed_and_ended_by_forms() {
    let (world, shop) = lived();
    let owner = Visitor::signed_in(&world, token(&shop));
    for (begin, holds) in [
        ("season", "name=\"ends_at\" type=\"datetime-local\" value=\"2026-12-20T"),
        ("category", "value=\"15\""),
        ("first_order", "value=\"true\" checked"),
        ("shipping", "value=\"free_shipping\" selected"),
        ("flash", "name=\"ends_at\" type=\"datetime-local\" value=\"2026-11-22T"),
        ("nothing", "name=\"ends_at\" type=\"datetime-local\" value=\"\""),
    ] {
        let page = text(&owner.get(&format!("/desk/demo/new-promo-code?begin={begin}")));
        assert!(page.contains(holds), "{begin}: {page}");
    }
    let new = "/desk/demo/new-promo-code";
    let fields = [
        ("code", "FLASH20"),
        ("friend.reward.kind", "percent_off"),
        ("friend.reward.percent", "20"),
        ("starts_at", "2026-11-20T09:00"),
        ("ends_at", "2026-11-22T20:30"),
        ("new_customers_only", "true"),
        ("name", "Éclair"),
    ];
    let made = owner.send(new, new, &fields);
    assert_eq!(made.status, 303, "{}", text(&made));
    let program = || json_of(&world.get("/v1/shops/demo").admin().send())["program"]["promotions"].clone();
    let kept = program()[0].clone();
    assert_eq!(
        (&kept["code"], &kept["name"], &kept["new_customers_only"]),
        (&json!("FLASH20"), &json!("Éclair"), &json!(true))
    );
    assert_eq!(kept["friend"]["reward"], json!({"kind": "percent_off", "percent": "20"}));
    for (fields, told) in [
        (vec![("code", "ANNA10"), ("friend.reward.kind", "free_shipping")], "is a referrer&#39;s code"),
        (vec![("code", "NOËL"), ("friend.reward.kind", "free_shipping")], "id=\"f-code-fault\""),
        (
            vec![("code", "NOEL"), ("friend.reward.kind", "percent_off"), ("friend.reward.percent", "200")],
            "id=\"f-friend.reward.percent-fault\"",
        ),
        (
            vec![("code", "NOEL"), ("friend.reward.kind", "free_shipping"), ("ends_at", "demain")],
            "id=\"f-ends_at-fault\"",
        ),
        (
            vec![("code", "FLASH20"), ("friend.reward.kind", "free_shipping")],
            "is the code of an earlier promotion too",
        ),
    ] {
        let refused = owner.send(new, new, &fields);
        let page = text(&refused).replace('\'', "&#39;");
        assert!(refused.status == 422 && page.contains(told), "{told}: {page}");
    }
    let one = "/desk/demo/promo-codes/FLASH20";
    let fields = [
        ("friend.reward.kind", "free_shipping"),
        ("friend.min_subtotal", "50,00"),
        ("ends_at", "2026-11-22T20:30"),
    ];
    assert_eq!(owner.send(one, one, &fields).status, 303);
    let changed = program()[0].clone();
    assert_eq!(
        (&changed["friend"], &changed["ends_at"]),
        (&json!({"reward": {"kind": "free_shipping"}, "min_subtotal": "50.00"}), &kept["ends_at"])
    );
    assert!(text(&owner.get("/desk/demo/promo-codes")).contains("FLASH20"));
    let end = format!("{one}/end");
    // Pressed on a page that is older than the last change, nothing happens.
    assert!(text(&owner.get(one)).contains("name=\"version\""));
    assert_ne!(owner.send(one, &end, &[("version", "1")]).status, 303);
    assert_eq!(program()[0], changed);
    assert_eq!(owner.send(one, &end, &[]).status, 303);
    assert!(program()[0]["ends_at"].as_str().unwrap() < "2026-11-20T12:00:00Z");
    // Once more takes it off the list.
    assert_eq!(owner.send(one, &end, &[]).status, 303);
    assert!(program().as_array().is_none_or(Vec::is_empty));
    assert_eq!(owner.get(one).status, 404);
}

//! Mail: what is sent, when, to whom and how often, and what becomes of it whatever providers do.

use super::world::*;
use crate::deliveries::web::{Outgoing, Reply};
use crate::http::Method;
use crate::seeds::{replay, seeds};
use crate::stores::simulated::{Mischief, SimulatedKv};
use parrain_core::instant::Instant;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The secret by which Resend signs its webhooks in these tests.
const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// All kinds that are sent.
const ALL: [&str; 10] = [
    "welcome",
    "reward_pending",
    "reward_approved",
    "reward_paid",
    "reward_taken_back",
    "claim_answered",
    "statement",
    "sign_in",
    "reminder",
    "to_do",
];

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn settings(provider: &str) -> Value {
    json!({"provider": provider, "key": "re_secret_key", "webhook_secret": WEBHOOK_SECRET, "kinds": ALL,
        "from": {"email": "bonjour@shop.example", "name": "Atelier <Lumière>"}, "reply_to": "aide@shop.example",
        "quiet_hours": {"from": 0, "to": 0}})
}

fn put(world: &Rc<World>, settings: &Value) -> Value {
    let answer = world.put("/v1/shops/demo/mail", settings).send();
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    json_of(&answer)
}

/// A shop that mails by Resend, with nothing waiting.
fn mailing() -> (Rc<World>, Value) {
    let world = World::new(1, Mischief::NONE);
    let shop = world.with_shop();
    put(&world, &settings("resend"));
    (world, shop)
}

fn join(world: &Rc<World>, name: &str, email: &str) -> String {
    let answer = world
        .post("/v1/shops/demo/referrers", &json!({"name": name, "email": email}))
        .page()
        .header("accept-language", "de-DE, en;q=0.5")
        .send();
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    json_of(&answer)["code"].as_str().unwrap().to_owned()
}

fn soon(world: &Rc<World>) {
    world.live_until("demo", world.now().plus_seconds(30));
}

fn body(request: &Outgoing) -> Value {
    serde_json::from_str(request.body.as_deref().unwrap()).unwrap()
}

fn header<'a>(request: &'a Outgoing, name: &str) -> &'a str {
    request.headers.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
}

/// The kinds that came to an address, in the order in which they came.
fn kinds(world: &World, to: &str) -> Vec<String> {
    let mailbox = world.mailbox.borrow();
    let bodies = mailbox.iter().map(body).filter(|body| body["to"] == json!([to]));
    bodies.map(|body| body["tags"][0]["value"].as_str().unwrap().to_owned()).collect()
}

fn messages(world: &Rc<World>, query: &str) -> Vec<Value> {
    let list = json_of(&world.get(&format!("/v1/shops/demo/mail/messages{query}")).admin().send());
    list["messages"].as_array().unwrap().clone()
}

fn order(id: &str, code: &str, at: Instant) -> Value {
    let mut event = paid(id, code);
    event["data"]["at"] = json!(at);
    event
}

/// A provider of Resend's documented shape: one mail a name, whatever it answers.
#[derive(Default)]
struct Resend {
    /// What it has sent, by name: the body.
    sent: RefCell<BTreeMap<String, Value>>,
}

impl Resend {
    fn take(&self, request: &Outgoing) -> Reply {
        let name = header(request, "idempotency-key").to_owned();
        assert!(!name.is_empty() && name.len() <= 256);
        assert_eq!(header(request, "authorization"), "Bearer re_secret_key");
        let body = body(request);
        for needed in ["from", "to", "subject", "html", "text"] {
            assert!(!body[needed].is_null(), "{needed}");
        }
        let mut sent = self.sent.borrow_mut();
        if sent.get(&name).is_some_and(|before| *before != body) {
            let body = r#"{"statusCode": 409, "name": "invalid_idempotent_request"}"#.into();
            return Reply { status: 409, retry_after: None, body };
        }
        sent.insert(name.clone(), body);
        Reply { status: 200, retry_after: None, body: format!(r#"{{"id": "id-{name}"}}"#) }
    }
}

#[test]
fn who_joins_is_welcomed_once_in_their_language() {
    let (world, _) = mailing();
    let code = join(&world, "Anna Müller", "anna.m@example.com");
    soon(&world);
    soon(&world);
    let mailbox = world.mailbox.borrow().clone();
    assert_eq!(mailbox.len(), 1);
    let one = body(&mailbox[0]);
    assert_eq!(mailbox[0].url, "https://api.resend.com/emails");
    assert_eq!(
        (&one["from"], &one["to"]),
        (&json!("Atelier Lumière <bonjour@shop.example>"), &json!(["anna.m@example.com"]))
    );
    assert_eq!(
        (&one["subject"], &one["reply_to"]),
        (&json!("Ihr Empfehlungslink bei Atelier Lumière"), &json!("aide@shop.example"))
    );
    let text = one["text"].as_str().unwrap();
    assert!(
        text.starts_with("Hallo Anna,") && text.contains(&format!("https://edge.example/r/demo/{code}")),
        "{text}"
    );
    assert_eq!(one["headers"]["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    assert!(header(&mailbox[0], "idempotency-key").starts_with("mail_"));
    let listed = messages(&world, "");
    assert_eq!(
        (&listed[0]["kind"], &listed[0]["code"], &listed[0]["state"]),
        (&json!("welcome"), &json!(code), &json!("sent"))
    );
    assert!(!json!(listed).to_string().contains("example.com"), "no address is told");
}

#[test]
fn the_provider_s_key_is_needed_sealed_and_never_told() {
    let world = World::new(1, Mischief::NONE);
    world.with_shop();
    assert_eq!(world.get("/v1/shops/demo/mail").admin().send().status, 404);
    let mut keyless = settings("resend");
    keyless["key"].take();
    assert_eq!(pointers(&world.put("/v1/shops/demo/mail", &keyless).send()), ["/key"]);
    let told = put(&world, &settings("resend"));
    assert_eq!(
        (&told["has_key"], &told["has_webhook_secret"], &told["webhook_token"]),
        (&json!(true), &json!(true), &Value::Null)
    );
    assert_eq!(told["webhook_url"], "https://edge.example/v1/shops/demo/webhooks/mail-resend");
    assert!(!told.to_string().contains("re_secret_key") && !told.to_string().contains(WEBHOOK_SECRET));
    let kept: Vec<String> = world.texts("demo").into_iter().collect();
    assert!(!kept.concat().contains("re_secret_key") && !kept.concat().contains("MfKQ9r8"));
    // The key stays where another is not given, and goes with its provider.
    put(&world, &keyless);
    let mut brevo = keyless.clone();
    brevo["provider"] = json!("brevo");
    assert_eq!(pointers(&world.put("/v1/shops/demo/mail", &brevo).send()), ["/key"]);
    let read = json_of(&world.get("/v1/shops/demo/mail").admin().send());
    assert_eq!(read["provider"], "resend");
    world.details_keys.set("");
    let refused = world.put("/v1/shops/demo/mail", &settings("resend")).send();
    assert_eq!(refused.status, 503);
    assert!(json_of(&refused)["detail"].as_str().unwrap().contains("PARRAIN_DETAILS_KEY"));
    assert_eq!(world.request(Method::DELETE, "/v1/shops/demo/mail").admin().send().status, 204);
    assert!(!world.texts("demo").contains("mail"), "nothing of it is kept");
}

#[test]
fn a_key_that_replaces_another_seals_what_mail_is_sent_by() {
    let (world, _) = mailing();
    world.details_keys.set(
        "2027:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=,1:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=",
    );
    assert_eq!(
        world.request(Method::POST, "/v1/shops/demo/payout-details/reseal").admin().send().status,
        200
    );
    world.details_keys.set("2027:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=");
    join(&world, "Cleo", "cleo@example.com");
    soon(&world);
    assert_eq!(header(&world.mailbox.borrow()[0], "authorization"), "Bearer re_secret_key");
    // Where none opens it any more, its owner reads what to do, and nothing is lost.
    world.details_keys.set("2028:QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=");
    join(&world, "Zoe", "zoe@example.com");
    soon(&world);
    let read = json_of(&world.get("/v1/shops/demo/mail").admin().send());
    assert!(read["failing_words"].as_str().unwrap().contains("give the provider's key again"), "{read}");
    put(&world, &settings("resend"));
    soon(&world);
    assert_eq!(kinds(&world, "zoe@example.com"), ["welcome"]);
}

#[test]
fn every_fault_of_the_settings_is_named() {
    let world = World::new(1, Mischief::NONE);
    world.with_shop();
    let wrong = json!({"provider": "pigeon", "key": "two words", "webhook_secret": "x", "from": {"email": "a@b\r\nBcc: c@d.example"},
        "reply_to": "nobody", "kinds": ["welcome", "test"], "quiet_hours": {"from": 24}, "colour": 1,
        "texts": {"fr": {"welcome": {"subject": "a\nb", "body": "{rewards} {nome}"}, "sign_in": {"body": "no way in"}, "x": {}},
            "xx": {}}});
    let mut found = pointers(&world.put("/v1/shops/demo/mail", &wrong).send());
    found.sort();
    let expected = [
        "/colour",
        "/from/email",
        "/key",
        "/kinds/1",
        "/provider",
        "/quiet_hours/from",
        "/reply_to",
        "/texts/fr/sign_in/body",
        "/texts/fr/welcome/body",
        "/texts/fr/welcome/subject",
        "/texts/fr/x",
        "/texts/xx",
        "/webhook_secret",
    ];
    assert_eq!(found, expected);
    assert_eq!(pointers(&world.post("/v1/shops/demo/mail/test", &json!({})).admin().send()), ["/to"]);
    assert_eq!(
        world.post("/v1/shops/demo/mail/test", &json!({"to": "a@b.example"})).admin().send().status,
        404
    );
}

#[test]
fn a_reward_is_told_as_it_turns_and_each_turn_once() {
    let (world, shop) = mailing();
    let start = world.now();
    world.event(&shop, &order("1", "ANNA10", start.plus_days(-13)));
    soon(&world);
    world.live_until("demo", start.plus_days(2));
    let payout = world.post("/v1/shops/demo/payouts", &json!({"until": world.now()})).admin().send();
    let id = json_of(&payout)["id"].as_str().unwrap().to_owned();
    world.request(Method::POST, &format!("/v1/shops/demo/payouts/{id}/paid")).admin().send();
    world.request(Method::POST, &format!("/v1/shops/demo/payouts/{id}/paid")).admin().send();
    soon(&world);
    for (what, ago) in [("order.cancelled", 30), ("order.reinstated", 20), ("order.cancelled", 10)] {
        let change = json!({"type": what, "data": {"order_id": "1", "at": world.now().plus_seconds(-ago)}});
        assert_eq!(world.event(&shop, &change).status, 200);
        soon(&world);
    }
    let all = kinds(&world, "anna10@example.com");
    assert_eq!(all, ["reward_pending", "reward_approved", "reward_paid", "reward_taken_back"]);
    let texts: Vec<String> =
        world.mailbox.borrow().iter().map(|one| body(one)["text"].as_str().unwrap().to_owned()).collect();
    assert!(
        texts[0].contains("Commande 1 · 10,00\u{a0}€ en bon d’achat · Disponible le 21 novembre 2026"),
        "{}",
        texts[0]
    );
    assert!(texts[3].contains("La commande a été annulée."), "{}", texts[3]);
}

#[test]
fn what_is_taken_back_before_anybody_heard_of_it_is_not_told() {
    let (world, shop) = mailing();
    let mut quiet = settings("resend");
    quiet["kinds"] = json!(["reward_approved", "reward_taken_back"]);
    quiet["quiet_hours"] = json!({"from": 21, "to": 8});
    put(&world, &quiet);
    // Approved at 23 o'clock, cancelled at midnight, reinstated at two.
    world.event(&shop, &order("1", "ANNA10", at("2026-11-06T23:00:00Z")));
    world.event(&shop, &order("2", "ANNA10", at("2026-11-06T23:30:00Z")));
    world.live_until("demo", at("2026-11-21T00:00:00Z"));
    let change = |id: &str, what: &str| {
        let change = json!({"type": what, "data": {"order_id": id, "at": world.now()}});
        assert_eq!(world.event(&shop, &change).status, 200);
    };
    change("1", "order.cancelled");
    change("2", "order.cancelled");
    world.live_until("demo", at("2026-11-21T02:00:00Z"));
    change("2", "order.reinstated");
    world.live_until("demo", at("2026-11-21T07:59:00Z"));
    assert_eq!(kinds(&world, "anna10@example.com"), Vec::<String>::new());
    world.live_until("demo", at("2026-11-21T08:01:00Z"));
    assert_eq!(kinds(&world, "anna10@example.com"), ["reward_approved"]);
    let text = body(&world.mailbox.borrow()[0])["text"].as_str().unwrap().to_owned();
    assert!(text.contains("Commande 2") && !text.contains("Commande 1 "), "{text}");
}

#[test]
fn rewards_that_wait_together_go_together() {
    let (world, shop) = mailing();
    let mut quiet = settings("resend");
    quiet["kinds"] = json!(["reward_pending"]);
    quiet["quiet_hours"] = json!({"from": 10, "to": 14});
    put(&world, &quiet);
    for n in 0..60 {
        world.event(&shop, &order(&n.to_string(), if n == 7 { "BOB22" } else { "ANNA10" }, world.now()));
    }
    world.live_until("demo", world.now().plus_seconds(3 * 3600));
    assert_eq!(kinds(&world, "bob22@example.com").len(), 1);
    // The budget holds fifty rewards; a letter holds as many.
    assert_eq!(kinds(&world, "anna10@example.com").len(), 1);
    assert_eq!(messages(&world, "?state=sent").len(), 50);
}

#[test]
fn quiet_hours_hold_for_all_but_what_somebody_waits_for() {
    let (world, _) = mailing();
    let mut quiet = settings("resend");
    quiet["quiet_hours"] = json!({"from": 21, "to": 8});
    put(&world, &quiet);
    world.live_until("demo", at("2026-11-20T22:00:00Z"));
    join(&world, "Cleo", "cleo@example.com");
    let sent = world.post("/v1/shops/demo/mail/test", &json!({"to": "me@shop.example"})).admin().send();
    assert_eq!(sent.status, 202);
    world.post("/v1/shops/demo/sign-in-mails", &json!({"email": "anna10@example.com"})).page().send();
    soon(&world);
    assert_eq!(kinds(&world, "me@shop.example"), ["test"]);
    assert_eq!(kinds(&world, "anna10@example.com"), ["sign_in"]);
    assert_eq!(kinds(&world, "cleo@example.com"), Vec::<String>::new());
    assert_eq!(
        world.ring("demo"),
        Some(crate::alarm::Next::At(at("2026-11-21T08:00:00Z"))),
        "it rings no sooner"
    );
    world.live_until("demo", at("2026-11-21T08:00:30Z"));
    assert_eq!(kinds(&world, "cleo@example.com"), ["welcome"]);
}

#[test]
fn a_year_brings_a_statement_a_month_and_a_list_a_week_at_nine_by_the_shop_s_clock() {
    let (world, shop) = mailing();
    let mut program = program();
    program["time_zone"] = json!("Europe/Paris");
    assert_eq!(world.put("/v1/shops/demo", &program).send().status, 200);
    let mut mail = settings("resend");
    mail["kinds"] = json!(["statement", "to_do"]);
    mail["owner_email"] = json!("owner@shop.example");
    put(&world, &mail);
    let came: Rc<RefCell<Vec<(Instant, String, String)>>> = Rc::default();
    let (seen, clock) = (Rc::clone(&came), Rc::downgrade(&world));
    *world.carrier.borrow_mut() = Some(Box::new(move |request| {
        let body = body(request);
        let now = clock.upgrade().unwrap().now();
        seen.borrow_mut().push((
            now,
            body["tags"][0]["value"].as_str().unwrap().into(),
            body["text"].as_str().unwrap().into(),
        ));
        Some(Ok(Reply { status: 200, retry_after: None, body: "{}".into() }))
    }));
    // One order in November alone: its reward falls due in December, and waits to be paid from then on.
    world.event(&shop, &order("1", "ANNA10", at("2026-11-19T10:00:00Z")));
    world.live_until("demo", at("2027-11-20T12:00:00Z"));
    let came = came.borrow();
    let statements: Vec<_> = came.iter().filter(|(_, kind, _)| kind == "statement").collect();
    assert_eq!(statements.len(), 1, "{statements:?}");
    let nine = |at: &Instant, text: &str| at.seconds().abs_diff(self::at(text).seconds()) < 60;
    assert!(nine(&statements[0].0, "2027-01-01T08:00:00Z"), "{:?}", statements[0].0);
    assert!(
        statements[0].2.contains("Gagné\u{a0}: 10,00") || statements[0].2.contains("Gagné : 10,00"),
        "{}",
        statements[0].2
    );
    let lists: Vec<Instant> =
        came.iter().filter(|(_, kind, _)| kind == "to_do").map(|(at, ..)| *at).collect();
    // From the Monday after 3 December to that of the middle of November.
    assert_eq!(lists.len(), 50, "{lists:?}");
    assert!(nine(&lists[0], "2026-12-07T08:00:00Z") && nine(&lists[25], "2027-05-31T07:00:00Z"), "{lists:?}");
    let list = came.iter().find(|(_, kind, _)| kind == "to_do").unwrap();
    assert!(list.2.contains("Ouvrir le bureau\nhttps://edge.example/desk/demo"), "{}", list.2);
}

#[test]
fn a_link_ends_one_kind_for_one_person_by_a_press() {
    let (world, shop) = mailing();
    let code = join(&world, "Cleo", "cleo@example.com");
    soon(&world);
    let header = body(&world.mailbox.borrow()[0])["headers"]["List-Unsubscribe"].as_str().unwrap().to_owned();
    let link = header.trim_matches(['<', '>']).strip_prefix("https://edge.example").unwrap().to_owned();
    let page = world.get(&link).header("accept-language", "nl").send();
    assert_eq!(page.status, 200);
    assert!(String::from_utf8_lossy(&page.body).contains("<button>Ja, niet meer sturen</button>"));
    // Looking ends nothing; a wrong link is none.
    assert_eq!(world.rows("demo", "mail_stop"), 0);
    assert_eq!(world.request(Method::POST, "/u/demo/bm90aGluZw").send().status, 404);
    let done = world.request(Method::POST, &link).body("List-Unsubscribe=One-Click").send();
    assert_eq!(done.status, 200);
    assert_eq!(world.request(Method::POST, &link).send().status, 200, "twice is once");
    world.mailbox.borrow_mut().clear();
    // A second code of the same address is welcomed no more; their rewards are told still.
    join(&world, "Cleo", "cleo@example.com");
    world.event(&shop, &order("1", &code, world.now()));
    soon(&world);
    assert_eq!(kinds(&world, "cleo@example.com"), ["reward_pending"]);
    let dropped = messages(&world, "?state=dropped");
    assert_eq!((dropped.len(), &dropped[0]["words"]), (1, &json!("ended by who has it")));
}

#[test]
fn a_link_ends_nothing_for_who_has_the_code_now() {
    let (world, shop) = mailing();
    world.event(&shop, &order("1", "ANNA10", world.now()));
    soon(&world);
    let header = body(&world.mailbox.borrow()[0])["headers"]["List-Unsubscribe"].as_str().unwrap().to_owned();
    let link = header.trim_matches(['<', '>']).strip_prefix("https://edge.example").unwrap().to_owned();
    let next = json!({"offer": "friends", "name": "Zoe", "email": "zoe@example.com"});
    assert_eq!(world.put("/v1/shops/demo/referrers/ANNA10", &next).send().status, 200);
    assert_eq!(world.request(Method::POST, &link).send().status, 200);
    world.event(&shop, &order("2", "ANNA10", world.now()));
    soon(&world);
    assert!(kinds(&world, "zoe@example.com").contains(&"reward_pending".to_owned()));
}

#[test]
fn an_owner_ends_the_list_by_its_link() {
    let (world, _) = mailing();
    world
        .put("/v1/shops/demo", &{
            let mut program = program();
            program["joining"] = json!("review");
            program
        })
        .send();
    let mut mail = settings("resend");
    mail["owner_email"] = json!("owner@shop.example");
    put(&world, &mail);
    join(&world, "Cleo", "cleo@example.com");
    world.live_until("demo", world.now().plus_days(7));
    assert_eq!(kinds(&world, "owner@shop.example"), ["test", "to_do"]);
    assert_eq!(kinds(&world, "cleo@example.com"), Vec::<String>::new(), "who waits is not welcomed");
    let listed =
        world.mailbox.borrow().iter().map(body).find(|body| body["tags"][0]["value"] == "to_do").unwrap();
    let link = listed["headers"]["List-Unsubscribe"].as_str().unwrap().trim_matches(['<', '>']).to_owned();
    world.request(Method::POST, link.strip_prefix("https://edge.example").unwrap()).send();
    let kinds_now = json_of(&world.get("/v1/shops/demo/mail").admin().send())["kinds"].clone();
    assert!(!kinds_now.as_array().unwrap().contains(&json!("to_do")));
    world.live_until("demo", world.now().plus_days(14));
    assert_eq!(kinds(&world, "owner@shop.example").len(), 2);
    // Letting somebody in welcomes them.
    let code = json_of(&world.get("/v1/shops/demo/referrers?status=waiting").admin().send())["referrers"][0]
        ["code"]
        .clone();
    let path = format!("/v1/shops/demo/referrers/{}", code.as_str().unwrap());
    world.request(Method::PATCH, &path).body(r#"{"status": "active"}"#).admin().send();
    soon(&world);
    assert_eq!(kinds(&world, "cleo@example.com"), ["welcome"]);
}

#[test]
fn who_is_erased_a_test_or_without_an_address_has_nothing() {
    let (world, shop) = mailing();
    world.event(&shop, &order("1", "ANNA10", world.now()));
    world.request(Method::DELETE, "/v1/shops/demo/subjects?email=anna10%40example.com").admin().send();
    let test = json_of(&world.request(Method::POST, "/v1/shops/demo/set-up/proof").admin().send());
    world.event(&shop, &order("2", test["code"].as_str().unwrap(), world.now()));
    let nameless = json!({"offer": "friends", "customer_id": "c-nobody"});
    assert_eq!(world.put("/v1/shops/demo/referrers/NOMAIL", &nameless).send().status, 201);
    world.event(&shop, &order("3", "NOMAIL", world.now()));
    world.live_until("demo", world.now().plus_days(20));
    assert_eq!(world.mailbox.borrow().len(), 0);
    assert!(!world.texts("demo").iter().any(|text| text.contains("anna10@example.com")));
    assert_eq!(messages(&world, "?state=waiting").len(), 0);
}

#[test]
fn who_is_erased_is_not_named_by_what_the_provider_said_last() {
    let (world, shop) = mailing();
    *world.carrier.borrow_mut() = Some(Box::new(|_| {
        let body = "cannot write to anna10@example.com now".into();
        Some(Ok(Reply { status: 503, retry_after: None, body }))
    }));
    world.event(&shop, &order("1", "ANNA10", world.now()));
    world.ring("demo");
    assert!(world.texts("demo").iter().any(|text| text.contains("cannot write to anna10@")));
    world.request(Method::DELETE, "/v1/shops/demo/subjects?email=anna10%40example.com").admin().send();
    assert!(!world.texts("demo").iter().any(|text| text.contains("anna10@example.com")));
}

#[test]
fn bounces_and_complaints_end_all_mail_to_an_address() {
    let (world, shop) = mailing();
    let report = |id: &str, kind: &str, to: &str, secret: &str| {
        let body = json!({"type": kind, "data": {"email_id": id, "to": [to],
            "bounce": {"type": "Permanent", "message": "no such\r\nmailbox"}}});
        let when = world.now().seconds().to_string();
        let signature = sign(secret, "msg_1", &when, body.to_string().as_bytes());
        let request = world.post("/v1/shops/demo/webhooks/mail-resend", &body);
        let answer = request
            .header("svix-id", "msg_1")
            .header("svix-timestamp", &when)
            .header("svix-signature", &signature)
            .send();
        (answer.status.as_u16(), answer.body)
    };
    world.event(&shop, &order("1", "ANNA10", world.now()));
    soon(&world);
    assert_eq!(messages(&world, "")[0]["state"], "sent");
    let other = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";
    assert_eq!(report("re-0", "email.bounced", "anna10@example.com", other).0, 401);
    assert_eq!(report("someone-elses", "email.bounced", "anna10@example.com", WEBHOOK_SECRET).0, 200);
    assert_eq!(report("re-0", "email.delivered", "anna10@example.com", WEBHOOK_SECRET).0, 200);
    assert_eq!(
        (messages(&world, "")[0]["state"].clone(), world.rows("demo", "mail_stop")),
        (json!("sent"), 0)
    );
    assert_eq!(report("re-0", "email.bounced", "anna10@example.com", WEBHOOK_SECRET).0, 200);
    let one = messages(&world, "")[0].clone();
    assert_eq!((&one["state"], &one["words"]), (&json!("bounced"), &json!("no such  mailbox")));
    world.live_until("demo", world.now().plus_days(20));
    assert_eq!(kinds(&world, "anna10@example.com"), ["reward_pending"]);
    // The owner has heard that the mailbox is there again.
    let bounced = messages(&world, "?state=bounced")[0].clone();
    assert_eq!(bounced["stopped"], true);
    let stop = format!("/v1/shops/demo/mail/messages/{}/stop", bounced["id"].as_str().unwrap());
    assert_eq!(world.request(Method::DELETE, &stop).bearer("pst_x.demo").send().status, 401);
    assert_eq!(world.request(Method::DELETE, &stop).admin().send().status, 204);
    assert_eq!(world.request(Method::DELETE, &stop).admin().send().status, 404);
    assert_eq!(messages(&world, "?state=bounced")[0]["stopped"], false);
    world.event(&shop, &order("3", "ANNA10", world.now()));
    soon(&world);
    assert_eq!(kinds(&world, "anna10@example.com").len(), 2, "mail goes there again");
    // Brevo signs nothing, and carries a token.
    let mut brevo = settings("brevo");
    brevo["webhook_secret"].take();
    let token = put(&world, &brevo)["webhook_token"].as_str().unwrap().to_owned();
    world.event(&shop, &order("2", "BOB22", world.now()));
    soon(&world);
    let sent = world.mailbox.borrow().last().unwrap().clone();
    assert_eq!(
        (sent.url.as_str(), header(&sent, "api-key")),
        ("https://api.brevo.com/v3/smtp/email", "re_secret_key")
    );
    assert_eq!(body(&sent)["to"], json!([{"email": "bob22@example.com"}]));
    assert_eq!(body(&sent)["headers"]["idempotencyKey"].as_str().unwrap().len(), 36);
    let id = format!("<{}@brevo>", world.mailbox.borrow().len() - 1);
    let spam = json!({"event": "spam", "message-id": id, "email": "bob22@example.com"});
    let path = "/v1/shops/demo/webhooks/mail-brevo";
    assert_eq!(world.post(path, &spam).bearer("pmw_wrong").send().status, 401);
    assert_eq!(json_of(&world.post(path, &spam).bearer(&token).send())["outcome"], "recorded");
    let complained = messages(&world, "")[0].clone();
    assert_eq!((&complained["state"], &complained["stopped"]), (&json!("complained"), &json!(false)));
    assert_eq!(world.rows("demo", "mail_stop"), 1);
    // What a reader does not want is the reader's to say.
    let stop = format!("/v1/shops/demo/mail/messages/{}/stop", complained["id"].as_str().unwrap());
    assert_eq!(world.request(Method::DELETE, &stop).admin().send().status, 404);
}

#[test]
fn a_complaint_after_a_bounce_cannot_be_lifted() {
    let (world, shop) = mailing();
    world.event(&shop, &order("1", "ANNA10", world.now()));
    soon(&world);
    report(&world, "re-0", "email.bounced", "anna10@example.com");
    world.event(&shop, &order("2", "BOB22", world.now()));
    soon(&world);
    let bounced = messages(&world, "?state=bounced")[0].clone();
    let stop = format!("/v1/shops/demo/mail/messages/{}/stop", bounced["id"].as_str().unwrap());
    // Of another letter to the same mailbox.
    report(&world, "re-1", "email.complained", "anna10@example.com");
    assert_eq!(messages(&world, "?state=bounced")[0]["stopped"], false);
    assert_eq!(world.request(Method::DELETE, &stop).admin().send().status, 404);
    assert_eq!(world.rows("demo", "mail_stop"), 1);
    world.live_until("demo", world.now().plus_days(20));
    assert_eq!(kinds(&world, "anna10@example.com"), ["reward_pending"]);
}

#[test]
fn the_stop_of_who_had_a_reminder_is_theirs_and_a_test_s_is_nobody_s() {
    let (world, shop) = mailing();
    world.event(&shop, &order("1", "ANNA10", world.now()));
    soon(&world);
    world.pass(120);
    assert_eq!(remind(&world, "ANNA10", "bob@example.com").0, 202);
    world.live_until("demo", world.now().plus_days(4));
    let index = |kind: &str| {
        let mailbox = world.mailbox.borrow();
        mailbox.iter().position(|sent| body(sent)["tags"][0]["value"] == kind).expect("sent")
    };
    report(&world, &format!("re-{}", index("reminder")), "email.bounced", "bob@example.com");
    report(&world, &format!("re-{}", index("reward_pending")), "email.bounced", "anna10@example.com");
    let test = world.post("/v1/shops/demo/mail/test", &json!({"to": "carl@example.com"})).admin().send();
    assert!(test.status.is_success(), "{}", String::from_utf8_lossy(&test.body));
    soon(&world);
    report(&world, &format!("re-{}", index("test")), "email.bounced", "carl@example.com");
    assert_eq!(world.rows("demo", "mail_stop"), 3);
    let of = |kind: &str| {
        let all = messages(&world, "?state=bounced");
        all.into_iter().find(|one| one["kind"] == kind).unwrap()
    };
    let lift = |kind: &str| {
        let stop = format!("/v1/shops/demo/mail/messages/{}/stop", of(kind)["id"].as_str().unwrap());
        world.request(Method::DELETE, &stop).admin().send().status.as_u16()
    };
    assert_eq!(of("test")["stopped"], false);
    assert_eq!(lift("test"), 404);
    assert_eq!(of("reminder")["stopped"], true);
    assert_eq!(lift("reminder"), 204);
    assert_eq!((&of("reminder")["stopped"], &of("reward_pending")["stopped"]), (&json!(false), &json!(true)));
}

/// What Resend reports of a letter.
fn report(world: &Rc<World>, id: &str, kind: &str, to: &str) {
    let body = json!({"type": kind, "data": {"email_id": id, "to": [to],
        "bounce": {"type": "Permanent", "message": "no such mailbox"}}});
    let when = world.now().seconds().to_string();
    let signature = sign(WEBHOOK_SECRET, "msg_1", &when, body.to_string().as_bytes());
    let request = world.post("/v1/shops/demo/webhooks/mail-resend", &body);
    let answer = request
        .header("svix-id", "msg_1")
        .header("svix-timestamp", &when)
        .header("svix-signature", &signature)
        .send();
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
}

#[test]
fn an_owner_s_address_that_bounced_is_left_alone_until_mail_is_sent_another_way() {
    let (world, _) = mailing();
    let mut reviewed = program();
    reviewed["joining"] = json!("review");
    world.put("/v1/shops/demo", &reviewed).send();
    let mut mail = settings("brevo");
    mail["webhook_secret"].take();
    mail["owner_email"] = json!("owner@shop.example");
    let token = put(&world, &mail)["webhook_token"].as_str().unwrap().to_owned();
    join(&world, "Cleo", "cleo@example.com");
    soon(&world);
    let id = format!("<{}@brevo>", world.mailbox.borrow().len() - 1);
    let bounce = json!({"event": "hard_bounce", "message-id": id, "email": "owner@shop.example"});
    let reported = world.post("/v1/shops/demo/webhooks/mail-brevo", &bounce).bearer(&token).send();
    assert_eq!(json_of(&reported)["outcome"], "recorded");
    assert_eq!(world.rows("demo", "mail_stop"), 1);
    let sent = world.mailbox.borrow().len();
    world.live_until("demo", world.now().plus_days(8));
    assert_eq!(world.mailbox.borrow().len(), sent);
    assert_eq!(messages(&world, "?state=dropped")[0]["words"], "bounced");
    put(&world, &mail);
    assert_eq!(world.rows("demo", "mail_stop"), 0, "who gives the key anew tries again");
    world.live_until("demo", world.now().plus_days(8));
    assert!(messages(&world, "?state=sent").iter().any(|one| one["kind"] == "to_do"));
}

#[test]
fn whatever_a_provider_answers_each_mail_is_sent_once_and_holds_up_nothing_else() {
    let (world, shop) = mailing();
    let provider = Rc::new(Resend::default());
    let hook = json!({"url": "https://hooks.example/", "types": ["conversion.recorded"]});
    assert_eq!(world.post("/v1/shops/demo/endpoints", &hook).admin().send().status, 201);
    // Too many at first; then it fails after it has sent; then it says nothing; then all is well.
    let (tries, inner) = (Rc::new(Cell::new(0)), Rc::clone(&provider));
    let count = Rc::clone(&tries);
    *world.carrier.borrow_mut() = Some(Box::new(move |request| {
        count.set(count.get() + 1);
        match count.get() {
            1 => Some(Ok(Reply { status: 429, retry_after: Some(90), body: "slow down".into() })),
            2 => {
                inner.take(request);
                Some(Ok(Reply { status: 500, retry_after: None, body: "landed, and then failed".into() }))
            }
            3 => Some(Err("no answer within 10 seconds".into())),
            4 => None,
            _ => Some(Ok(inner.take(request))),
        }
    }));
    let began = world.now();
    world.event(&shop, &order("1", "ANNA10", began));
    world.event(&shop, &order("2", "BOB22", began));
    world.live_until("demo", began.plus_seconds(60));
    assert_eq!((tries.get(), world.inbox.borrow().len()), (1, 2), "webhooks go on");
    let waits = json_of(&world.get("/v1/shops/demo/mail").admin().send());
    assert_eq!((&waits["failing_words"], &waits["waiting"]), (&json!("slow down"), &json!(2)));
    world.live_until("demo", began.plus_seconds(89));
    assert_eq!(tries.get(), 1, "it waits for as long as it was asked to");
    world.live_until("demo", began.plus_days(1));
    assert_eq!(provider.sent.borrow().len(), 2);
    assert_eq!(messages(&world, "?state=sent").len(), 2);
    let well = json_of(&world.get("/v1/shops/demo/mail").admin().send());
    assert_eq!((&well["failing_since"], &well["waiting"]), (&Value::Null, &json!(0)));
}

#[test]
fn a_mail_that_is_refused_is_dead_with_the_provider_s_words_and_can_be_replayed() {
    let (world, shop) = mailing();
    *world.carrier.borrow_mut() = Some(Box::new(|request| {
        let status = if request.body.as_ref().unwrap().contains("anna10@") { 422 } else { 200 };
        Some(Ok(Reply {
            status,
            retry_after: None,
            body: r#"{"name": "validation_error", "message": "Invalid `to`"}"#.into(),
        }))
    }));
    world.event(&shop, &order("1", "ANNA10", world.now()));
    world.event(&shop, &order("2", "BOB22", world.now()));
    soon(&world);
    let dead = messages(&world, "?state=dead");
    assert_eq!((dead.len(), &dead[0]["status"], &dead[0]["code"]), (1, &json!(422), &json!("ANNA10")));
    assert!(dead[0]["words"].as_str().unwrap().contains("Invalid `to`"));
    assert_eq!(messages(&world, "?state=sent").len(), 1);
    world.live_until("demo", world.now().plus_days(1));
    assert_eq!(kinds(&world, "anna10@example.com").len(), 1, "it is not tried again by itself");
    *world.carrier.borrow_mut() = None;
    let again = world
        .post("/v1/shops/demo/mail/replay", &json!({"messages": [dead[0]["id"], "mail_x_1"]}))
        .admin()
        .send();
    assert_eq!(json_of(&again), json!({"replayed": 1}));
    soon(&world);
    assert_eq!(messages(&world, "?state=dead").len(), 0);
    assert_eq!(kinds(&world, "anna10@example.com").len(), 2);
}

#[test]
fn a_letter_that_is_corrected_and_replayed_is_sent() {
    let (world, shop) = mailing();
    let provider = Rc::new(Resend::default());
    let (inner, refuses) = (Rc::clone(&provider), Rc::new(Cell::new(true)));
    let refusing = Rc::clone(&refuses);
    // It remembers the names of what it refuses too.
    *world.carrier.borrow_mut() = Some(Box::new(move |request| {
        let taken = inner.take(request);
        let refused =
            Reply { status: 422, retry_after: None, body: r#"{"name": "validation_error"}"#.into() };
        Some(Ok(if refusing.get() { refused } else { taken }))
    }));
    world.event(&shop, &order("1", "ANNA10", world.now()));
    soon(&world);
    assert_eq!(messages(&world, "?state=dead").len(), 1);
    refuses.set(false);
    let mut corrected = settings("resend");
    corrected["texts"] = json!({"fr": {"reward_pending": {"subject": "Corrigé"}}});
    put(&world, &corrected);
    world.post("/v1/shops/demo/mail/replay", &json!({})).admin().send();
    soon(&world);
    assert_eq!(messages(&world, "?state=sent").len(), 1);
    let sent = provider.sent.borrow();
    assert_eq!(sent.values().filter(|body| body["subject"] == "Corrigé").count(), 1);
}

#[test]
fn what_a_provider_would_not_know_again_is_not_sent_twice() {
    let (world, shop) = mailing();
    put(&world, &settings("brevo"));
    *world.carrier.borrow_mut() = Some(Box::new(|_| Some(Err("connection reset".into()))));
    world.event(&shop, &order("1", "ANNA10", world.now()));
    let began = world.now();
    world.live_until("demo", began.plus_days(1));
    let tries = world.mailbox.borrow().len();
    assert!(tries > 1, "it is tried while Brevo knows it");
    let dead = messages(&world, "?state=dead");
    assert!(dead[0]["words"].as_str().unwrap().contains("send it twice"), "{dead:?}");
    let last = dead[0]["tried_at"].as_str().and_then(Instant::parse).unwrap();
    assert!(last < began.plus_seconds(15 * 60), "{last:?}");
    // Nor by another provider, which knows nothing of it.
    world.event(&shop, &order("2", "BOB22", world.now()));
    while world.mailbox.borrow().len() == tries {
        soon(&world);
    }
    assert_eq!(messages(&world, "?state=waiting").len(), 1);
    *world.carrier.borrow_mut() = None;
    put(&world, &settings("resend"));
    soon(&world);
    assert_eq!((messages(&world, "?state=sent").len(), messages(&world, "?state=dead").len()), (0, 2));
}

#[test]
fn a_binding_of_the_deployment_sends_without_a_key() {
    let world = World::new(1, Mischief::NONE);
    world.with_shop();
    let mut mail = settings("cloudflare");
    mail["key"].take();
    mail["webhook_secret"].take();
    mail["owner_email"] = json!("owner@shop.example");
    assert_eq!(put(&world, &mail)["webhook_url"], Value::Null);
    join(&world, "Cleo", "cleo@example.com");
    soon(&world);
    let bound = world.bound.borrow();
    let to: Vec<&str> = bound.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, ["owner@shop.example", "cleo@example.com"], "a test is tried at once");
    assert_eq!(bound[1].from, ("bonjour@shop.example".to_owned(), "Atelier Lumière".to_owned()));
    assert_eq!(messages(&world, "")[0]["state"], "sent");
}

#[test]
fn links_are_mailed_to_who_asks_and_nobody_is_told_whether_an_address_is_known() {
    let (world, _) = mailing();
    let ask = |email: &str| {
        let answer = world.post("/v1/shops/demo/sign-in-mails", &json!({"email": email})).page().send();
        (answer.status.as_u16(), answer.body)
    };
    world.ledger_calls.set(0);
    assert_eq!(ask("anna10@example.com"), ask("nobody@example.com"));
    assert_eq!(ask("anna10@example.com"), (202, Vec::new()));
    soon(&world);
    assert_eq!(kinds(&world, "anna10@example.com"), ["sign_in", "sign_in"]);
    assert_eq!(world.mailbox.borrow().len(), 2);
    let mail = body(&world.mailbox.borrow()[0]);
    let text = mail["text"].as_str().unwrap();
    let key = text.split("#parrain_key=").nth(1).unwrap().lines().next().unwrap();
    let card = world.post("/v1/shops/demo/referrers", &json!({"key": key})).page().send();
    assert_eq!((card.status.as_u16(), &json_of(&card)["code"]), (200, &json!("ANNA10")));
    assert!(mail["headers"].as_object().unwrap().is_empty(), "nobody ends what they ask for");
    assert!(!world.texts("demo").iter().any(|kept| kept.contains(key)));
    for _ in 0..5 {
        ask("anna10@example.com");
    }
    soon(&world);
    assert_eq!(kinds(&world, "anna10@example.com").len(), 3, "three an hour");
    assert_eq!(
        pointers(&world.post("/v1/shops/demo/sign-in-mails", &json!({"email": "x"})).page().send()),
        ["/email"]
    );
    // An address with several codes has one mail with a link to each.
    world.pass(3600);
    world.mailbox.borrow_mut().clear();
    (0..7).for_each(|_| drop(join(&world, "Zoe", "zoe@example.com")));
    ask("Zoe@Example.com");
    soon(&world);
    let links =
        world.mailbox.borrow().iter().map(body).find(|body| body["tags"][0]["value"] == "sign_in").unwrap();
    assert_eq!(links["text"].as_str().unwrap().matches("#parrain_key=").count(), 5);
    assert_eq!(
        kinds(&world, "zoe@example.com").iter().filter(|kind| *kind == "welcome").count(),
        3,
        "not for ever"
    );
}

#[test]
fn a_link_goes_to_no_other_spelling_of_the_address() {
    let (world, _) = mailing();
    // Who has this mailbox need not be Zoe: not every provider reads a tag.
    let other = join(&world, "Mallory", "zoe+x@example.com");
    world.pass(60);
    let zoe = join(&world, "Zoe", "zoe@example.com");
    soon(&world);
    world.mailbox.borrow_mut().clear();
    for (asked, code) in [("Zoe@Example.com", &zoe), ("zoe+x@example.com", &other)] {
        world.post("/v1/shops/demo/sign-in-mails", &json!({"email": asked})).page().send();
        soon(&world);
        let mailed: Vec<Value> = world.mailbox.borrow_mut().drain(..).map(|request| body(&request)).collect();
        assert_eq!(mailed.len(), 1, "{asked}");
        assert_eq!(mailed[0]["to"], json!([asked.to_lowercase()]));
        let keys: Vec<&str> = mailed[0]["text"].as_str().unwrap().split("#parrain_key=").skip(1).collect();
        assert_eq!(keys.len(), 1, "{asked}");
        let key = keys[0].lines().next().unwrap();
        let card = json_of(&world.post("/v1/shops/demo/referrers", &json!({"key": key})).page().send());
        assert_eq!(card["code"], json!(code), "{asked}");
    }
    world.post("/v1/shops/demo/sign-in-mails", &json!({"email": "z+oe@example.com"})).page().send();
    world.post("/v1/shops/demo/sign-in-mails", &json!({"email": "zoe+y@example.com"})).page().send();
    soon(&world);
    assert_eq!(world.mailbox.borrow().len(), 0, "nobody joined by these");
}

fn remind(world: &Rc<World>, code: &str, email: &str) -> (u16, Value) {
    let asked = json!({"code": code, "email": email});
    let answer = world.post("/v1/shops/demo/reminders", &asked).page().header("accept-language", "de").send();
    let body = if answer.body.is_empty() { Value::Null } else { json_of(&answer) };
    (answer.status.as_u16(), body)
}

fn offer_of(world: &Rc<World>) -> Value {
    json_of(&world.get("/v1/shops/demo/offer").page().send())
}

#[test]
fn pages_are_told_what_mail_they_may_ask_for() {
    let world = World::new(1, Mischief::NONE);
    world.with_shop();
    let told = |world: &Rc<World>| {
        let offer = offer_of(world);
        (offer["sign_in_mails"].clone(), offer["reminders"].clone())
    };
    let heard = |world: &Rc<World>| {
        soon(world);
        // Copies are as old as a minute.
        world.pass(120);
        told(world)
    };
    assert_eq!(heard(&world), (Value::Null, Value::Null));
    assert_eq!(remind(&world, "ANNA10", "bob@example.com").0, 404, "no mail, no reminders");
    put(&world, &settings("resend"));
    assert_eq!(heard(&world), (json!(true), json!(true)));
    let mut fewer = settings("resend");
    fewer["kinds"] = json!(["welcome", "sign_in"]);
    put(&world, &fewer);
    assert_eq!(heard(&world), (json!(true), Value::Null));
    assert_eq!(world.request(Method::DELETE, "/v1/shops/demo/mail").admin().send().status, 204);
    assert_eq!(heard(&world), (Value::Null, Value::Null));
}

#[test]
fn a_friend_is_reminded_once_after_three_days_and_their_address_is_forgotten() {
    let (world, _) = mailing();
    soon(&world);
    world.pass(120);
    world.mailbox.borrow_mut().clear();
    assert_eq!(remind(&world, "ANNA10", "Bob@Example.com"), (202, Value::Null));
    assert_eq!(remind(&world, "ANNA10", "bob@example.com"), (202, Value::Null), "the same to who asks again");
    assert!(!world.texts("demo").iter().any(|kept| kept.to_lowercase().contains("bob@")), "sealed");
    let asked = world.now();
    world.live_until("demo", asked.plus_seconds(3 * 86_400 - 60));
    assert_eq!(kinds(&world, "bob@example.com"), Vec::<String>::new());
    world.live_until("demo", asked.plus_seconds(3 * 86_400 + 120));
    let mail = world.mailbox.borrow().iter().map(body).find(|body| body["tags"][0]["value"] == "reminder");
    let mail = mail.expect("a reminder");
    assert_eq!(mail["to"], json!(["Bob@Example.com"]));
    assert_eq!(mail["subject"], "Ihr Geschenk bei Atelier Lumière wartet");
    let text = mail["text"].as_str().unwrap();
    for part in ["https://edge.example/r/demo/ANNA10", "10", "30", "ANNA10", "eine einzige Erinnerung"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    world.live_until("demo", world.now().plus_days(4));
    assert_eq!(kinds(&world, "Bob@Example.com"), ["reminder"]);
    let one = messages(&world, "").into_iter().find(|one| one["kind"] == "reminder").unwrap();
    assert_eq!((&one["state"], &one["code"]), (&json!("sent"), &json!("ANNA10")));
    // One press ends it, and nothing is asked of who has the mail.
    let link = mail["headers"]["List-Unsubscribe"].as_str().unwrap().trim_matches(['<', '>']).to_owned();
    let path = link.strip_prefix("https://edge.example").unwrap();
    assert_eq!(world.post(path, &json!({})).send().status, 200);
    world.live_until("demo", world.now().plus_days(40));
    let kept = messages(&world, "").into_iter().filter(|one| one["kind"] == "reminder").count();
    assert_eq!(kept, 0, "after a month nobody knows of it");
    assert_eq!(remind(&world, "ANNA10", "bob@example.com").0, 202);
    world.live_until("demo", world.now().plus_days(4));
    assert_eq!(kinds(&world, "bob@example.com"), Vec::<String>::new(), "ended is ended");
}

#[test]
fn nobody_is_reminded_who_has_ordered_or_of_what_is_over() {
    let (world, shop) = mailing();
    soon(&world);
    world.pass(120);
    world.mailbox.borrow_mut().clear();
    for name in ["ordered", "gone", "stays"] {
        assert_eq!(remind(&world, "ANNA10", &format!("{name}@example.com")).0, 202);
    }
    let mut event = order("1", "ANNA10", world.now());
    event["data"]["customer"] = json!({"email": "Ordered@example.com"});
    world.event(&shop, &event);
    // Who is erased is not written to, whatever they asked for before.
    let erased =
        world.request(Method::DELETE, "/v1/shops/demo/subjects?email=gone@example.com").admin().send();
    assert!(erased.status.is_success(), "{}", erased.status);
    world.live_until("demo", world.now().plus_days(4));
    let reminded: Vec<&str> = ["ordered", "gone", "stays"]
        .into_iter()
        .filter(|name| kinds(&world, &format!("{name}@example.com")).contains(&"reminder".to_owned()))
        .collect();
    assert_eq!(reminded, ["stays"]);
    let dropped = messages(&world, "?state=dropped");
    assert!(dropped.iter().any(|one| one["words"] == "they have ordered"), "{dropped:?}");
    // A code that gives nothing any more, or nobody's.
    assert_eq!(remind(&world, "ANNA10", "late@example.com").0, 202);
    let ended = json!({"status": "ended"});
    assert_eq!(
        world
            .request(Method::PATCH, "/v1/shops/demo/referrers/ANNA10")
            .body(&ended.to_string())
            .admin()
            .send()
            .status,
        200
    );
    world.live_until("demo", world.now().plus_days(4));
    assert_eq!(kinds(&world, "late@example.com"), Vec::<String>::new());
    for code in ["ANNA10", "NOBODYS"] {
        assert_eq!(remind(&world, code, "x@example.com").0, 404, "{code}");
    }
}

#[test]
fn an_address_that_somebody_types_again_and_again_is_written_to_three_times_a_month() {
    let (world, _) = mailing();
    let codes: Vec<String> = (0..5).map(|n| join(&world, "Zoe", &format!("zoe{n}@example.com"))).collect();
    soon(&world);
    world.pass(120);
    for code in &codes {
        assert_eq!(remind(&world, code, "victim@example.com").0, 202);
    }
    world.live_until("demo", world.now().plus_days(4));
    assert_eq!(kinds(&world, "victim@example.com"), ["reminder"; 3]);
    // One block of addresses asks for no more than anybody needs, also of many addresses.
    let asked: Vec<u16> =
        (0..60).map(|n| remind(&world, &codes[0], &format!("friend{n}@example.com")).0).collect();
    assert_eq!(asked.iter().filter(|status| **status == 202).count(), 50, "{asked:?}");
    assert_eq!(asked.last(), Some(&429));
    world.pass(86_400);
    for wrong in ["", "x", "a@b.fr\r\nbcc: eve@example.com"] {
        assert_eq!(remind(&world, &codes[0], wrong).0, 422, "{wrong:?}");
    }
}

#[test]
fn another_key_sends_no_reminder_before_its_day() {
    let (world, _) = mailing();
    soon(&world);
    world.pass(120);
    assert_eq!(remind(&world, "ANNA10", "bob@example.com").0, 202);
    let asked = world.now();
    let mut other = settings("resend");
    other["key"] = json!("re_another_key");
    put(&world, &other);
    world.live_until("demo", asked.plus_days(1));
    assert_eq!(kinds(&world, "bob@example.com"), Vec::<String>::new());
    world.live_until("demo", asked.plus_seconds(3 * 86_400 + 120));
    assert_eq!(kinds(&world, "bob@example.com"), ["reminder"]);
}

fn change_anna(world: &Rc<World>, change: &Value) {
    let request = world.request(Method::PATCH, "/v1/shops/demo/referrers/ANNA10");
    assert_eq!(request.body(&change.to_string()).admin().send().status, 200);
}

#[test]
fn a_reminder_that_was_dropped_is_mailed_where_it_is_asked_for_again() {
    let (world, _) = mailing();
    soon(&world);
    world.pass(120);
    assert_eq!(remind(&world, "ANNA10", "bob@example.com").0, 202);
    change_anna(&world, &json!({"status": "paused"}));
    world.live_until("demo", world.now().plus_days(4));
    assert_eq!(kinds(&world, "bob@example.com"), Vec::<String>::new(), "the gift is over");
    change_anna(&world, &json!({"status": "active"}));
    assert_eq!(remind(&world, "ANNA10", "bob@example.com").0, 202);
    world.live_until("demo", world.now().plus_days(4));
    assert_eq!(kinds(&world, "bob@example.com"), ["reminder"]);
}

#[test]
fn a_reminder_is_ended_by_a_press_however_late() {
    let (world, _) = mailing();
    soon(&world);
    world.pass(120);
    assert_eq!(remind(&world, "ANNA10", "bob@example.com").0, 202);
    world.live_until("demo", world.now().plus_days(4));
    let mail = world.mailbox.borrow().iter().map(body).find(|body| body["to"] == json!(["bob@example.com"]));
    let link = mail.expect("a reminder")["headers"]["List-Unsubscribe"].as_str().unwrap().to_owned();
    world.live_until("demo", world.now().plus_days(40));
    // Another's reminder is the occasion at which old ones are forgotten.
    assert_eq!(remind(&world, "ANNA10", "zoe@example.com").0, 202);
    let path = link.trim_matches(['<', '>']).strip_prefix("https://edge.example").unwrap();
    assert_eq!(world.post(path, &json!({})).send().status, 200);
    assert_eq!(remind(&world, "ANNA10", "bob@example.com").0, 202);
    world.live_until("demo", world.now().plus_days(4));
    assert_eq!(kinds(&world, "zoe@example.com"), ["reminder"]);
    assert_eq!(kinds(&world, "bob@example.com"), ["reminder"], "the first alone");
}

#[test]
fn with_the_shops_mail_the_addresses_go_that_were_to_be_reminded() {
    let (world, _) = mailing();
    soon(&world);
    world.pass(120);
    assert_eq!(remind(&world, "ANNA10", "bob@example.com").0, 202);
    world.live_until("demo", world.now().plus_days(4));
    assert_eq!(remind(&world, "ANNA10", "zoe@example.com").0, 202);
    assert_eq!(world.request(Method::DELETE, "/v1/shops/demo/mail").admin().send().status, 204);
    let kept = messages(&world, "").into_iter().filter(|one| one["kind"] == "reminder").count();
    assert_eq!(kept, 0, "of one that was sent, and of one that waited");
}

#[test]
fn who_is_to_be_reminded_is_told_so_who_asks_what_is_held() {
    let (world, _) = mailing();
    soon(&world);
    world.pass(120);
    assert_eq!(remind(&world, "ANNA10", "Bob@example.com").0, 202);
    let due = world.now().plus_days(3);
    let held = |world: &Rc<World>| {
        json_of(&world.get("/v1/shops/demo/subjects?email=bob@example.com").admin().send())
    };
    let waiting = json!([{"code": "ANNA10", "at": due, "state": "waiting"}]);
    assert_eq!(held(&world)["reminders"], waiting);
    world.live_until("demo", due.plus_days(1));
    assert_eq!(held(&world)["reminders"][0]["state"], "sent");
    let erase = world.request(Method::DELETE, "/v1/shops/demo/subjects?email=bob@example.com").admin().send();
    assert_eq!(json_of(&erase)["reminders"][0]["code"], "ANNA10");
    assert_eq!(held(&world)["reminders"], Value::Null);
}

#[test]
fn pages_are_told_by_a_shop_that_mailed_before_they_could_be() {
    let (world, _) = mailing();
    let shown = r#"UPDATE meta SET value = json_set(value, '$.page_mail', json('{}')) WHERE name = 'shop'"#;
    world.alter("demo", shown);
    assert_eq!(world.put("/v1/shops/demo", &program()).send().status, 200);
    soon(&world);
    world.pass(120);
    let offer = offer_of(&world);
    assert_eq!((&offer["sign_in_mails"], &offer["reminders"]), (&json!(true), &json!(true)));
}

#[test]
fn dated_mail_that_fails_holds_up_no_other() {
    let (world, _) = mailing();
    world.spoil("demo", "mail_dated");
    world.post("/v1/shops/demo/sign-in-mails", &json!({"email": "anna10@example.com"})).page().send();
    let next = world.ring("demo");
    assert_eq!(kinds(&world, "anna10@example.com"), ["sign_in"]);
    assert!(world.log.borrow().iter().any(|line| line.starts_with("dated mail waits: ")));
    assert_eq!(next, Some(crate::alarm::Next::At(world.now().plus_seconds(10))), "it is tried again");
}

#[test]
fn another_key_of_the_same_provider_sends_nothing_twice_and_a_resealed_one_changes_nothing() {
    let (world, shop) = mailing();
    *world.carrier.borrow_mut() = Some(Box::new(|_| Some(Err("connection reset".into()))));
    world.event(&shop, &order("1", "ANNA10", world.now()));
    world.ring("demo");
    assert_eq!(world.mailbox.borrow().len(), 1);
    world.details_keys.set(
        "2027:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=,1:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=",
    );
    let held = |world: &Rc<World>| json_of(&world.get("/v1/shops/demo/mail").admin().send());
    let (before, next) = (held(&world), messages(&world, "")[0]["next_try_at"].clone());
    assert!(!before["failing_since"].is_null());
    world.request(Method::POST, "/v1/shops/demo/payout-details/reseal").admin().send();
    assert!(!world.texts("demo").iter().any(|text| text.contains(r#""key_id":"1""#)), "all is sealed anew");
    assert_eq!((held(&world), messages(&world, "")[0]["next_try_at"].clone()), (before, next));
    // The other key may be of another account.
    *world.carrier.borrow_mut() = None;
    put(&world, &settings("resend"));
    soon(&world);
    assert_eq!(world.mailbox.borrow().len(), 1);
    assert!(messages(&world, "?state=dead")[0]["words"].as_str().unwrap().contains("send it twice"));
}

#[test]
fn a_claim_s_answer_is_told_with_what_the_shop_lets_be_read() {
    let (world, _) = mailing();
    let token = json_of(
        &world
            .post("/v1/shops/demo/referrers", &json!({"name": "Cleo", "email": "cleo@example.com"}))
            .page()
            .send(),
    );
    let (code, token) = (token["code"].as_str().unwrap(), token["token"].as_str().unwrap());
    let path = format!("/v1/shops/demo/referrers/{code}/claims");
    for (id, tell) in [("A-1", true), ("A-2", false)] {
        let claim = json_of(&world.post(&path, &json!({"order_id": id})).bearer(token).page().send());
        let answer = json!({"decision": "refuse", "note": "Désolé <b>", "tell": tell});
        let path = format!("/v1/shops/demo/claims/{}", claim["id"].as_str().unwrap());
        assert_eq!(world.post(&path, &answer).admin().send().status, 200);
    }
    soon(&world);
    let mails: Vec<Value> = world
        .mailbox
        .borrow()
        .iter()
        .map(body)
        .filter(|body| body["tags"][0]["value"] == "claim_answered")
        .collect();
    assert_eq!(mails.len(), 2);
    assert!(mails[0]["html"].as_str().unwrap().contains("Désolé &lt;b&gt;"));
    assert!(!mails[1]["html"].as_str().unwrap().contains("Désolé"));
}

#[test]
fn a_preview_is_the_mail_in_the_shop_s_own_words() {
    let (world, _) = mailing();
    let mut mail = settings("resend");
    mail["texts"] = json!({"en": {"welcome": {"subject": "Hi {name}", "body": "Take {link}"}}});
    put(&world, &mail);
    let preview =
        |query: &str| json_of(&world.get(&format!("/v1/shops/demo/mail/preview?{query}")).admin().send());
    let english = preview("kind=welcome&locale=en");
    assert_eq!(
        (&english["subject"], &english["usual_subject"]),
        (&json!("Hi Anna"), &json!("Your referral link at {shop}"))
    );
    assert!(english["text"].as_str().unwrap().starts_with("Take https://edge.example/r/demo/ANNA10\n"));
    for kind in ALL {
        let one = preview(&format!("kind={kind}"));
        assert!(one["html"].as_str().unwrap().contains("lang=\"fr\""), "{kind}");
    }
    assert_eq!(pointers(&world.get("/v1/shops/demo/mail/preview?kind=x").admin().send()), ["kind"]);
    // Own wordings stay where a change does not name them.
    let read = put(&world, &settings("resend"));
    assert_eq!(read["texts"], mail["texts"]);
}

#[test]
fn a_shop_that_goes_takes_a_thousand_waiting_mails_with_it() {
    let (world, shop) = mailing();
    *world.carrier.borrow_mut() =
        Some(Box::new(|_| Some(Ok(Reply { status: 503, retry_after: None, body: "later".into() }))));
    let mut program = program();
    program["offers"] = json!([{"id": "friends", "audience": "customer",
        "advocate": {"reward": {"kind": "cash", "amount": "1.00"}, "orders": "lifetime", "new_customers_only": false}}]);
    assert_eq!(world.put("/v1/shops/demo", &program).send().status, 200);
    for n in 0..1_000 {
        world.event(&shop, &order(&n.to_string(), "ANNA10", world.now().plus_seconds(5)));
    }
    let held = json_of(&world.get("/v1/shops/demo/mail").admin().send());
    assert!(held["waiting"].as_i64().unwrap() >= 1_000, "{held}");
    world.live_until("demo", world.now().plus_seconds(60));
    let tries = world.mailbox.borrow().len();
    assert!((1..5).contains(&tries), "{tries}: one finds out that the provider fails");
    assert_eq!(world.request(Method::DELETE, "/v1/shops/demo").admin().send().status, 204);
    for _ in 0..10 {
        world.copy_to_kv();
        world.pass(60);
    }
    assert_eq!(world.mailbox.borrow().len(), tries);
}

/// Ten days of a shop whose provider and object have bad days; what the provider has sent in the end, by its name.
fn ten_days(seed: u64, bad: bool) -> Vec<Value> {
    let world = World::new(seed, Mischief::NONE);
    let shop = world.with_shop();
    put(&world, &settings("resend"));
    let provider = Rc::new(Resend::default());
    let dice = SimulatedKv::new(seed ^ 0xb0a7, Mischief::NONE);
    let own = SimulatedKv::new(seed ^ 0x1e77, Mischief::NONE);
    let (calm, inner) = (Rc::new(Cell::new(!bad)), Rc::clone(&provider));
    let quiet = Rc::clone(&calm);
    *world.carrier.borrow_mut() = Some(Box::new(move |request| match own.roll(24) {
        0 if !quiet.get() => Some(Ok(Reply { status: 429, retry_after: Some(20), body: String::new() })),
        1 if !quiet.get() => Some(Ok(Reply { status: 500, retry_after: None, body: String::new() })),
        2 if !quiet.get() => {
            inner.take(request);
            Some(Ok(Reply { status: 500, retry_after: None, body: "landed".into() }))
        }
        3 if !quiet.get() => {
            inner.take(request);
            None
        }
        4 if !quiet.get() => None,
        5 if !quiet.get() => Some(Err("no answer".into())),
        _ => Some(Ok(inner.take(request))),
    }));
    for day in 0..10 {
        let now = world.now();
        for n in 0..dice.roll(4) {
            let code = ["ANNA10", "BOB22"][dice.roll(2) as usize];
            world.event(&shop, &order(&format!("{day}-{n}"), code, now.plus_seconds(-60)));
        }
        world.live_until("demo", now.plus_days(1));
    }
    calm.set(true);
    world.live_until("demo", world.now().plus_days(20));
    assert_eq!(messages(&world, "?state=waiting"), Vec::<Value>::new(), "{}", replay(seed));
    assert_eq!(messages(&world, "?state=dead"), Vec::<Value>::new(), "{}", replay(seed));
    provider.sent.borrow().values().cloned().collect()
}

/// Every line on a reward that was mailed, with what kind of mail it stood in and to whom.
fn lines(sent: &[Value]) -> Vec<String> {
    let mut lines: Vec<String> = sent
        .iter()
        .flat_map(|body| {
            let (kind, to) = (body["tags"][0]["value"].clone(), body["to"].clone());
            let text = body["text"].as_str().unwrap().to_owned();
            let named: Vec<String> =
                text.lines().filter(|line| line.starts_with("- ")).map(str::to_owned).collect();
            named.into_iter().map(move |line| format!("{kind} {to} {line}"))
        })
        .collect();
    lines.sort();
    lines
}

#[test]
fn whatever_fails_everything_is_mailed_and_each_thing_once() {
    let mut mailed = 0;
    for seed in seeds().step_by(4) {
        let (bad, good) = (lines(&ten_days(seed, true)), lines(&ten_days(seed, false)));
        assert_eq!(bad, good, "{}", replay(seed));
        let mut once = good.clone();
        once.dedup();
        assert_eq!(once, good, "{}", replay(seed));
        mailed += good.len();
    }
    assert!(mailed > 0, "ten days have news");
}

//! What is told and given as a reward lives, on real workerd that is killed in the middle of it.

use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

use parrain_tests::bodies::{ago, amount, join, offer, order, program};
use parrain_tests::http;
use parrain_tests::own_edge::OwnEdge;
use parrain_tests::receiver::{Receiver, TYPES};
use parrain_tests::shop::TestShop;
use parrain_tests::{env, eventually};
use parrain_wire::event::Event;
use parrain_wire::order::Order;
use parrain_wire::program::{AdvocateSide, Program, RewardKind};
use serde_json::{Value, json};

/// The hold of the offer, in days: an order that is nearly so old is approved in a moment, by the passing of time.
const HOLD_DAYS: i64 = 14;

fn shop_on(edge: &str) -> TestShop {
    let advocate = AdvocateSide {
        reward: amount(RewardKind::StoreCredit, "10.00"),
        hold_days: Some(HOLD_DAYS as u32),
        ..AdvocateSide::default()
    };
    let program = program("Deliveries", "https://shop.example/", vec![offer("friends", advocate)]);
    TestShop::on(edge, Program { origins: vec!["https://shop.example".into()], ..program })
}

#[test]
fn a_reward_is_told_and_given_once_however_often_the_edge_is_killed() {
    let mut edge = OwnEdge::start();
    let shop = shop_on(&edge.url);
    let receiver = Receiver::open();
    let admin = env::admin_token();

    // Somebody is told, and a module is connected as its owner would.
    let wanted = json!({"url": receiver.url, "types": TYPES});
    let endpoint = http::send_json("POST", &shop.url("/endpoints"), Some(&admin), &wanted).expect(201);
    let code = http::send_json("POST", &shop.url("/connect-codes"), Some(&shop.shop_token), &json!({}));
    let asked =
        json!({"code": code.expect(201)["code"], "platform": "prestashop", "site": "https://shop.example/"});
    let exchange = format!("{}/v1/connect-codes/exchange", edge.url);
    let connected = http::send_json("POST", &exchange, None, &asked).expect(200);
    assert_eq!(connected["event_secret"], shop.event_secret.as_str());
    assert_eq!(http::send_json("POST", &exchange, None, &asked).status, 404, "once");
    let module = connected["module_token"].as_str().expect("a token");

    let card = http::send_json("POST", &shop.url("/referrers"), None, &join("Anna")).expect(201);
    let anna = card["code"].as_str().expect("a code").to_owned();
    shop.confirm(&anna);
    edge.kill_and_start();

    // An order whose hold is over in a moment; the edge dies as soon as it has said that it has it.
    let at = ago(HOLD_DAYS * 86_400 - 8);
    let sold = Event::OrderPaid(Order { at, ..order("1001", &[&anna]) });
    assert_eq!(shop.event(&sold).expect(200)["outcome"], "recorded");
    edge.kill_and_start();

    // It dies again while somebody has what it told and has not answered yet.
    let known = receiver.came().len();
    receiver.hold(true);
    let mut taken = Vec::new();
    let task = eventually(90, "task", || {
        let tasks = http::get_as(&shop.url("/tasks"), module).expect(200);
        taken.extend(tasks["items"].as_array().expect("items").iter().cloned());
        taken.first().cloned()
    });
    eventually(30, "webhook", || (receiver.came().len() > known).then_some(()));
    edge.kill_and_start();
    receiver.hold(false);

    assert_eq!(
        (&task["kind"], &task["order_id"], &task["referrer"]),
        (&json!("reward"), &json!("1001"), &json!(anna))
    );
    let path = shop.url(&format!("/tasks/{}", task["id"].as_str().expect("an id")));
    let done = json!({"done": {"code": task["code"]}});
    assert_eq!(http::send_json("POST", &path, Some(module), &done).expect(200)["state"], "done");
    edge.kill_and_start();
    // Whoever had no answer says it again.
    assert_eq!(http::send_json("POST", &path, Some(module), &done).expect(200)["state"], "done");

    let rewards = http::get_as(&shop.url("/rewards"), card["token"].as_str().expect("a token")).expect(200);
    let one = &rewards["conversions"][0];
    assert_eq!((&one["status"], &one["reward"]["voucher"]), (&json!("paid"), &task["code"]));
    assert_eq!(http::get_as(&shop.url("/tasks"), module).expect(200)["items"], json!([]));

    let expected =
        ["conversion.approved", "conversion.recorded", "referrer.joined", "reward.issued", "reward.paid"];
    eventually(60, "reward that is told to be paid", || {
        let came = receiver.came();
        expected.iter().all(|kind| came.iter().any(|one| one.body["type"] == *kind)).then_some(())
    });
    let waits =
        shop.url(&format!("/endpoints/{}/deliveries?state=waiting", endpoint["id"].as_str().expect("an id")));
    eventually(60, "end of what waits", || {
        let waiting = http::get_as(&waits, &admin).expect(200)["deliveries"].clone();
        (waiting == json!([])).then_some(())
    });
    let by_id = receiver.told(endpoint["secret"].as_str().expect("a secret"));
    let mut told: Vec<&str> = by_id.values().filter_map(|body| body["type"].as_str()).collect();
    told.sort_unstable();
    assert_eq!(told, expected, "each once by id");
    assert!(receiver.came().len() > by_id.len(), "what was not answered came again");
}

#[test]
fn whatever_an_endpoint_answers_the_others_have_theirs() {
    let shop = shop_on(&env::base());
    let admin = env::admin_token();
    let never = Receiver::open();
    let elsewhere = format!("HTTP/1.1 302 Found\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", never.url);
    let redirecting = Receiver::answering(move |stream| stream.write_all(elsewhere.as_bytes()));
    // A byte in a while, for ever; and more than anybody asked for.
    let slow = Receiver::answering(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n")?;
        loop {
            stream.write_all(b".")?;
            thread::sleep(Duration::from_millis(300));
        }
    });
    let huge = Receiver::answering(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10000000\r\n\r\n")?;
        stream.write_all(&vec![b'x'; 10_000_000])
    });
    // Says nothing at all, until it is left.
    let mute = Receiver::answering(|stream| stream.read(&mut [0]).map(drop));
    let good = Receiver::open();
    let endpoint = |receiver: &Receiver| {
        let wanted = json!({"url": receiver.url, "types": ["referrer.joined"]});
        let made = http::send_json("POST", &shop.url("/endpoints"), Some(&admin), &wanted).expect(201);
        made["id"].as_str().expect("an id").to_owned()
    };
    let ids = [&redirecting, &slow, &huge, &mute, &good].map(endpoint);
    http::send_json("POST", &shop.url("/referrers"), None, &join("Anna")).expect(201);
    let last = |id: &str| {
        let list = http::get_as(&shop.url(&format!("/endpoints/{id}/deliveries")), &admin).expect(200);
        list["deliveries"][0].clone()
    };
    let tried = |id: &str| {
        eventually(40, "try", || {
            Some(last(id)).filter(|one| one["tries"].as_i64().is_some_and(|tries| tries > 0))
        })
    };
    let [redirected, slowly, hugely, never_said, well] = ids.each_ref().map(|id| tried(id));
    assert_eq!((&well["state"], &well["status"]), (&json!("delivered"), &json!(200)));
    assert_eq!((&redirected["state"], &redirected["status"]), (&json!("waiting"), &json!(302)));
    assert_eq!(never.came(), [], "a redirect leads nowhere");
    // Its status said that it has it; what follows is waited for no longer than for any answer.
    assert_eq!((&slowly["state"], &slowly["status"]), (&json!("delivered"), &json!(200)));
    assert_eq!((&never_said["state"], &never_said["status"]), (&json!("waiting"), &Value::Null));
    assert_eq!(never_said["answer"], "no answer within 10 seconds");
    assert_eq!((&hugely["state"], &hugely["answer"]), (&json!("delivered"), &json!("x".repeat(500))));
    // An address of a private network is refused, also where the edge may send to its own machine.
    for url in
        ["http://192.168.1.1/", "https://10.0.0.1/", "https://169.254.169.254/", "http://hooks.example/"]
    {
        let wanted = json!({"url": url, "types": ["referrer.joined"]});
        let refused = http::send_json("POST", &shop.url("/endpoints"), Some(&admin), &wanted).expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/url", "{url}");
    }
}

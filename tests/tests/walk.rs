//! The whole path in a real browser on the real edge: from a friend's link to Anna's reward and
//! back, by a typed code, by joining, and with the connection lost in the middle of each step.

use std::time::Duration;

use parrain_tests::browser::{Browser, Device};
use parrain_tests::storefront::Storefront;
use parrain_tests::{bodies, env, eventually, http};
use parrain_wire::event::Event;
use parrain_wire::order::{Customer, Order};
use parrain_wire::referrer::NewReferrer;
use serde_json::{Value, json};

/// A candle of 34.00, above the 30.00 from which a friend has 10 % off.
const CANDLE: &str = "/p/bougie-figuier";
/// A mug of 24.00, below it.
const MUG: &str = "/p/mug-aube";

async fn consent(browser: &Browser, yes: bool) {
    let choice = if yes { "yes" } else { "no" };
    browser.press(&format!(".consent [name=choice][value={choice}]")).await;
}

/// Puts an article into the basket, by its own page.
async fn take(browser: &Browser, front: &Storefront, article: &str) {
    browser.goto(&front.at(article)).await;
    browser.press("#add").await;
    browser.find("#order").await;
}

/// From the basket to the confirmation; answers the order's number.
async fn order(browser: &Browser, name: &str, email: &str) -> String {
    browser.press("#order").await;
    browser.fill("#name", name).await;
    browser.fill("#email", email).await;
    browser.press("#place").await;
    browser.find("#number").await.text().await.expect("a number")
}

/// Waits until the edge has the order in a referrer's status, and answers that conversion. Order
/// numbers are masked there: conversions are told apart by how many there are.
fn conversion(front: &Storefront, code: &str, count: usize) -> Value {
    eventually(20, &format!("conversion number {count} of {code}"), || {
        let status = front.shop.rewards(code, None);
        let all = status["conversions"].as_array().expect("conversions").clone();
        (all.len() == count).then(|| all[count - 1].clone())
    })
}

/// What the back office says of an order, once the edge has answered to everything in it.
async fn delivered(browser: &Browser, front: &Storefront, order: &str, words: &str) {
    browser.goto(&front.at("/admin")).await;
    browser.find(&format!("[id='{order}']")).await;
    browser.comes_to_say(words).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_friends_visit_becomes_annas_reward_and_a_refund_takes_it_back() {
    let friend = Browser::open().await;
    let front = Storefront::open();

    // The link leads to the shop with the code, and keeps what else stood in it.
    let answer = http::get(&format!("{}?utm_source=mail", front.link("ANNA10")));
    assert_eq!(answer.status, 302);
    let landing = answer.header("location").to_owned();
    assert!(landing.starts_with(&front.at("/?")), "{landing}");
    assert!(landing.contains("ref=ANNA10") && landing.contains("utm_source=mail"), "{landing}");

    // Consent is asked for; the offer is shown before it is given, and nothing is written.
    friend.goto(&front.link("ANNA10")).await;
    assert!(friend.url().await.contains("ref=ANNA10"));
    friend.says("Anna vous offre 10 % de remise").await;
    friend.says("Dès 30 € d’achat").await;
    friend.says("première commande").await;
    assert_eq!(friend.written().await, Vec::<String>::new());
    consent(&friend, true).await;
    let kept = friend.cookie("parrain_ref").await;
    assert!(kept.starts_with("v1.ANNA10.l."), "{kept}");

    // Away at once and back again: nothing is lost.
    friend.goto(&front.at(MUG)).await;
    friend.goto(&front.at("/")).await;
    assert_eq!(friend.cookie("parrain_ref").await, kept);
    friend.says("Anna vous offre 10 % de remise").await;

    // The basket says what is missing, then gives the discount.
    take(&friend, &front, MUG).await;
    friend.says("Encore 6,00 € d’achats").await;
    take(&friend, &front, CANDLE).await;
    friend.says("Vous avez 10 % de remise de la part d’Anna").await;
    friend.says("−5,80 €").await;
    let number = order(&friend, "Bob Martin", "bob@example.com").await;
    friend.says("−5,80 €").await;
    // Who has bought is thanked and asked to refer; the gift that they used is announced no more.
    friend.comes_to_say("Merci pour votre commande").await;
    let listed = friend.find(".thanks .brief").await.text().await.expect("its articles");
    assert!(listed.contains("24,00 €") && listed.contains("34,00 €"), "they add up to 58,00 €: {listed}");
    friend.close().await;

    // The edge has checked the signature and recorded the conversion; the shop knows.
    let pending = conversion(&front, "ANNA10", 1);
    assert_eq!(pending["status"], "pending", "{pending}");
    assert_eq!(pending["reward"]["amount"], "10.00");
    let approves_at = pending["approves_at"].as_str().expect("a date").to_owned();
    let hold = instant(&approves_at) - instant(pending["at"].as_str().expect("a date"));
    assert_eq!(hold, Duration::from_secs(14 * 86_400));
    let status = front.shop.rewards("ANNA10", None);
    assert_eq!(status["clicks"], 1, "the browser's; the plain client above is a machine: {status}");
    assert_eq!(status["totals"][0]["pending"], "10.00");
    let then = front.shop.rewards("ANNA10", Some(&approves_at));
    assert_eq!(then["conversions"][0]["status"], "approved", "{then}");
    assert_eq!(then["totals"][0]["approved"], "10.00");
    assert_eq!(then["totals"][0]["pending"], "0.00");

    // Anna sees it in the shop, without any order number of Bob's in full.
    let anna = Browser::open().await;
    anna.goto(&front.at("/account?customer=c-anna")).await;
    anna.says("1 visite via votre lien").await;
    anna.says("En attente").await;
    anna.says("10,00 €").await;
    anna.says(&french_date(&anna, &approves_at).await).await;
    assert!(!anna.text().await.contains(&number));

    // The back office refunds; the reward goes, and Anna is told why.
    delivered(&anna, &front, &number, "enregistré pour ANNA10").await;
    anna.press("[name=whole]").await;
    anna.comes_to_say("Remboursement : enregistré").await;
    let status = front.shop.rewards("ANNA10", None);
    assert_eq!(status["conversions"][0]["status"], "reversed", "{status}");
    assert_eq!(status["conversions"][0]["reason"], "refunded");
    assert_eq!(status["totals"][0]["reversed"], "10.00");
    assert_eq!(status["totals"][0]["pending"], "0.00");
    anna.goto(&front.at("/account")).await;
    anna.says("La commande a été remboursée").await;
    anna.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_typed_in_the_basket_needs_no_link_and_no_cookie() {
    let browser = Browser::open().await;
    let front = Storefront::open();
    take(&browser, &front, CANDLE).await;
    consent(&browser, false).await;

    for (typed, said) in [("nobody-7", "Le code NOBODY-7 n’existe pas."), ("<b>é", "3 à 32 lettres")] {
        browser.fill("#code", typed).await;
        browser.press("form:has(#code) button").await;
        browser.says(said).await;
    }
    browser.fill("#code", "anna10").await;
    browser.press("form:has(#code) button").await;
    browser.says("−3,40 €").await;
    assert_eq!(browser.written().await, Vec::<String>::new());
    let number = order(&browser, "Zoë \"<i>x</i>\" محمد", "zoe@example.com").await;
    browser.says("Zoë \"<i>x</i>\" محمد").await;
    delivered(&browser, &front, &number, "enregistré pour ANNA10").await;
    assert_eq!(browser.written().await, Vec::<String>::new());
    browser.close().await;
    assert_eq!(conversion(&front, "ANNA10", 1)["status"], "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_typed_in_the_widget_beats_anothers_link() {
    let browser = Browser::open().await;
    let front = Storefront::open();
    let bob = NewReferrer { customer_id: Some("c-bob".into()), ..bodies::referrer("friends", "Bob") };
    front.shop.referrer("BOB22", &bob);
    browser.goto(&front.link("BOB22")).await;
    consent(&browser, true).await;
    assert!(browser.cookie("parrain_ref").await.contains("BOB22"));

    browser.goto(&front.at("/")).await;
    browser.press("button.launch").await;
    browser.press("nav.tabs button:nth-child(3)").await;
    browser.fill("form[data-a=code] input", "ANNA10").await;
    browser.press("form[data-a=code] button").await;
    browser.says("Votre code accompagne votre commande").await;
    assert!(browser.cookie("parrain_ref").await.contains("ANNA10.p."));

    take(&browser, &front, CANDLE).await;
    browser.says("de la part d’Anna").await;
    let number = order(&browser, "Carla", "carla@example.com").await;
    delivered(&browser, &front, &number, "enregistré pour ANNA10").await;
    browser.close().await;
    assert_eq!(conversion(&front, "ANNA10", 1)["status"], "pending");
    assert_eq!(front.shop.rewards("BOB22", None)["conversions"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_person_joins_by_the_widget_and_the_link_works() {
    let browser = Browser::open_as(Device::Phone).await;
    let front = Storefront::open();
    browser.goto(&front.at("/")).await;
    consent(&browser, true).await;
    browser.press("button.launch").await;
    browser.fill("form[data-a=join] input[name=name]", "Chloé").await;
    browser.fill("form[data-a=join] input[name=email]", "chloe@example.com").await;
    browser.press("form[data-a=join] button.main").await;
    let link = browser.find(".copy output").await.text().await.expect("a link");
    browser.close().await;

    let code = link.rsplit('/').next().expect("a code").to_owned();
    let answer = http::get(&link);
    assert_eq!(answer.status, 302, "{link}");
    assert!(answer.header("location").contains(&format!("ref={code}")), "{}", answer.header("location"));

    let friend = Browser::open().await;
    friend.goto(&link).await;
    friend.says("Chloé vous offre 10 % de remise").await;
    consent(&friend, true).await;
    friend.cookie("parrain_ref").await;
    take(&friend, &front, CANDLE).await;
    friend.says("de la part de Chloé").await;
    let number = order(&friend, "Dan", "dan@example.com").await;
    delivered(&friend, &front, &number, &format!("enregistré pour {code}")).await;
    friend.close().await;
    assert_eq!(conversion(&front, &code, 1)["status"], "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_is_not_tracked_and_who_changes_their_mind_is_forgotten() {
    let browser = Browser::open().await;
    let front = Storefront::open();
    browser.goto(&front.link("ANNA10")).await;
    browser.says("Anna vous offre").await;
    consent(&browser, false).await;
    browser.goto(&front.at("/")).await;
    browser.says("Parrainer un proche").await;
    assert_eq!(browser.written().await, Vec::<String>::new());

    browser.press("footer [name=choice]").await;
    browser.goto(&front.link("ANNA10")).await;
    consent(&browser, true).await;
    browser.cookie("parrain_ref").await;
    browser.press("footer [name=choice]").await;
    consent(&browser, false).await;
    let end = std::time::Instant::now() + Duration::from_secs(10);
    while !browser.written().await.is_empty() {
        assert!(std::time::Instant::now() < end, "still written: {:?}", browser.written().await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    take(&browser, &front, CANDLE).await;
    let number = order(&browser, "Eve", "eve@example.com").await;
    delivered(&browser, &front, &number, "personne n’a parrainé cette commande").await;
    browser.close().await;
    assert_eq!(front.shop.rewards("ANNA10", None)["conversions"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gift_for_a_first_order_goes_to_no_returning_customer() {
    let browser = Browser::open().await;
    let front = Storefront::open();
    browser.goto(&front.at("/account?customer=c-hugo")).await;
    browser.says("Bonjour Hugo").await;
    consent(&browser, false).await;
    take(&browser, &front, CANDLE).await;
    browser.fill("#code", "ANNA10").await;
    browser.press("form:has(#code) button").await;
    browser.says("vous avez déjà commandé ici").await;
    let text = browser.text().await;
    assert!(!text.contains("−3,40 €") && !text.contains("est noté"), "one answer, not two: {text}");
    let number = order(&browser, "Hugo Lambert", "hugo@example.com").await;
    delivered(&browser, &front, &number, "parrainage par ANNA10 refusé (déjà client)").await;
    browser.close().await;
    let refused = conversion(&front, "ANNA10", 1);
    assert_eq!((&refused["status"], &refused["reason"]), (&json!("rejected"), &json!("existing_customer")));
    assert_eq!(refused["reward"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_survives_an_edge_that_goes_away() {
    let browser = Browser::open().await;
    let front = Storefront::open();
    browser.goto(&front.link("ANNA10")).await;
    browser.says("Anna vous offre").await;

    // The edge goes before consent is given: the code is kept all the same.
    front.edge.cut();
    consent(&browser, true).await;
    let kept = browser.cookie("parrain_ref").await;
    take(&browser, &front, CANDLE).await;
    assert_eq!(browser.cookie("parrain_ref").await, kept);
    browser.says("Nous ne pouvons pas vérifier le code ANNA10").await;

    // It comes back: the basket gives what was promised.
    front.edge.mend();
    browser.goto(&front.at("/basket")).await;
    browser.says("−3,40 €").await;

    // It goes again, and the answer it gave still stands; the order waits for it.
    front.edge.cut();
    browser.goto(&front.at("/basket")).await;
    browser.says("−3,40 €").await;
    let number = order(&browser, "Fred", "fred@example.com").await;
    delivered(&browser, &front, &number, "Parrain ne répond pas").await;
    browser.says("Rien n’est perdu").await;
    assert_eq!(front.shop.rewards("ANNA10", None)["conversions"], json!([]));
    front.edge.mend();
    browser.press("form.waiting button").await;
    browser.comes_to_say("enregistré pour ANNA10").await;
    browser.close().await;
    assert_eq!(conversion(&front, "ANNA10", 1)["status"], "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_loses_the_network_keeps_the_gift() {
    let browser = Browser::open_as(Device::Phone).await;
    let front = Storefront::open();
    browser.goto(&front.link("ANNA10")).await;
    browser.says("Anna vous offre").await;
    browser.offline(true).await;
    consent(&browser, true).await;
    let kept = browser.cookie("parrain_ref").await;
    assert!(kept.starts_with("v1.ANNA10.l."), "{kept}");
    browser.press("[data-a=apply]").await;
    browser.says("Votre code accompagne votre commande").await;
    browser.offline(false).await;
    take(&browser, &front, CANDLE).await;
    browser.says("de la part d’Anna").await;
    let number = order(&browser, "Ida", "ida@example.com").await;
    delivered(&browser, &front, &number, "enregistré pour ANNA10").await;
    browser.close().await;
    assert_eq!(conversion(&front, "ANNA10", 1)["status"], "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_answer_is_lost_is_placed_once_and_counts_once() {
    let browser = Browser::open().await;
    let mut front = Storefront::open();
    browser.goto(&front.link("ANNA10")).await;
    consent(&browser, true).await;
    browser.cookie("parrain_ref").await;
    take(&browser, &front, CANDLE).await;
    browser.press("#order").await;
    browser.fill("#name", "Gus").await;
    browser.fill("#email", "gus@example.com").await;

    // Both ways at once: the browser never hears from the shop, nor the shop from the edge.
    front.edge.lose_answers();
    front.line.lose_answers();
    browser.press("#place").await;
    conversion(&front, "ANNA10", 1);
    front.line.mend();

    // Back at the basket, the shopper is told that the order is there. It is not offered again.
    browser.goto(&front.at("/basket")).await;
    browser.says("Votre panier est devenu la commande AL-").await;
    browser.says("Il est vide").await;

    // The shop's server falls over while the edge's answer is missing, and sends it once more.
    front.restart();
    front.edge.mend();
    browser.goto(&front.at("/admin")).await;
    browser.comes_to_say("déjà connu de Parrain").await;
    assert_eq!(browser.text().await.matches("gus@example.com").count(), 1);
    browser.close().await;
    assert_eq!(conversion(&front, "ANNA10", 1)["status"], "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_and_looking_at_rewards_survive_a_lost_connection() {
    let browser = Browser::open().await;
    let front = Storefront::open();
    browser.goto(&front.at("/")).await;
    consent(&browser, true).await;
    browser.press("button.launch").await;
    browser.fill("form[data-a=join] input[name=email]", "hal@example.com").await;
    front.edge.cut();
    browser.press("form[data-a=join] button.main").await;
    browser.says("Rien n’est perdu").await;
    let typed = browser.find("form[data-a=join] input[name=email]").await;
    assert_eq!(typed.prop("value").await.expect("a field").as_deref(), Some("hal@example.com"));
    front.edge.mend();
    browser.press("form[data-a=join] button.main").await;
    let link = browser.find(".copy output").await.text().await.expect("a link");
    assert_eq!(http::get(&link).status, 302);
    browser.close().await;

    // Anna's page is opened while her device is off the network, and looked at when it is back.
    let anna = Browser::open().await;
    anna.goto(&front.at("/account?customer=c-anna")).await;
    anna.says("0 visite").await;
    let shopper = [("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")];
    http::send("GET", &front.link("ANNA10"), &shopper, b"");
    front.edge.cut();
    anna.goto(&front.at("/account")).await;
    anna.says("Bonjour Anna").await;
    front.edge.mend();
    anna.comes_to_say("1 visite").await;
    anna.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailed_link_shows_a_referrer_their_rewards_on_another_device() {
    let browser = Browser::open().await;
    let front = Storefront::open();
    assert_eq!(front.shop.event(&order_of_bob()).expect(200)["outcome"], "recorded");
    browser.goto(&front.at("/")).await;
    consent(&browser, true).await;
    // Before the form that would make another link the widget leads to the shop's page that mails hers.
    browser.press("button.launch").await;
    browser.press(".panel a.plain").await;
    browser.fill("#email", "anna@example.com").await;
    browser.press(".ask button").await;
    browser.says("Si cette adresse parraine chez nous").await;
    browser.goto(&front.at("/mail")).await;
    browser.comes_to_say("Voir mes récompenses").await;
    let link = browser.find(".letter a").await.attr("href").await.ok().flatten().expect("a link");
    browser.press(".letter a").await;
    browser.says("Vos récompenses").await;
    browser.says("10,00 €").await;
    browser.says("En attente").await;
    assert_eq!(browser.url().await, front.at("/"), "the key leaves the address at once");
    browser.goto(&front.at(MUG)).await;
    browser.run("parrain('open', 'rewards')").await;
    browser.says("10,00 €").await;
    browser.close().await;

    // Whoever finds the link later learns nothing by it; here by an address that changes its fragment alone.
    let finder = Browser::open().await;
    finder.goto(&front.at("/")).await;
    finder.says("Gérer les cookies").await;
    finder.goto(&link).await;
    finder.says("Ce lien a déjà servi ou a expiré").await;
    assert!(!finder.text().await.contains("10,00 €"));
    assert_eq!(finder.url().await, front.at("/"));
    finder.close().await;
}

fn order_of_bob() -> Event {
    Event::OrderPaid(Order {
        customer: Some(Customer { email: Some("bob@example.com".into()), ..Customer::default() }),
        discount: "8.00".into(),
        total: "72.00".into(),
        ..bodies::order("B-1", &["ANNA10"])
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_at_rewards_makes_no_customer_a_referrer() {
    let browser = Browser::open().await;
    let front = Storefront::open();
    browser.goto(&front.at("/account?customer=c-hugo")).await;
    browser.says("Aucune commande pour l’instant").await;
    let referrers = || front.shop.read("/referrers")["referrers"].as_array().map(Vec::len);
    assert_eq!(referrers(), Some(1), "Anna alone");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_that_is_started_by_one_command_is_ready() {
    let browser = Browser::open().await;
    let (edge, shop) = (env::base(), env::demo_shop());
    browser.goto(&format!("{edge}/r/demo/ANNA10")).await;
    assert!(browser.url().await.starts_with(&format!("{shop}/?ref=ANNA10")), "{}", browser.url().await);
    browser.says("Anna vous offre 10 % de remise").await;
    browser.goto(&format!("{shop}/?lang=en")).await;
    browser.says("Soft light for evenings that linger").await;
    browser.goto(&format!("{shop}/account?customer=c-anna")).await;
    browser.says("Demonstration sign-in").await;
    browser.find("parrain-rewards").await;
    browser.says("Your rewards").await;
    browser.close().await;
}

/// The day of an RFC 3339 text as French writes it, `5 décembre 2026`, by what the browser knows of French.
async fn french_date(browser: &Browser, text: &str) -> String {
    let form = "{day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC'}";
    let date = browser.run(&format!("return new Date('{text}').toLocaleDateString('fr', {form})")).await;
    date.as_str().expect("a date").to_owned()
}

/// Seconds since 1970 of an RFC 3339 text.
fn instant(text: &str) -> Duration {
    let at: jiff::Timestamp = text.parse().expect("RFC 3339");
    Duration::from_secs(u64::try_from(at.as_second()).expect("after 1970"))
}

//! What lets a program grow, by an owner's hand in a real browser: referrers brought along from other software, pictures and
//! texts that they share, promo codes of the shop's own, and offers compared.

use std::path::PathBuf;

use parrain_tests::browser::{Browser, Device};
use parrain_tests::desk::{at_desk, faults, in_language};
use parrain_tests::shop::{TestShop, demo_program};
use parrain_tests::{eventually, http, random};
use serde_json::{Value, json};

/// Who looks: on a desktop in English, on a phone in French.
const OWNERS: [(Device, &str); 2] = [(Device::Desktop, "en"), (Device::Phone, "fr")];

/// What a friend's browser says that it is.
const PHONE: &str = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0";

/// A shop whose program has a second offer for customers.
fn shop() -> TestShop {
    let mut program = demo_program("https://shop.example");
    let offers = program["offers"].as_array_mut().unwrap();
    let mut bolder = offers[0].clone();
    bolder["id"] = json!("bolder");
    bolder["friend"]["reward"]["percent"] = json!("20");
    for offer in [&mut offers[0], &mut bolder] {
        offer["advocate"]["new_customers_only"] = json!(false);
    }
    offers.push(bolder);
    TestShop::new(program)
}

/// An owner at the desk of this shop.
struct Owner<'a> {
    shop: &'a TestShop,
    browser: Browser,
    device: Device,
    french: bool,
    /// What was wrong with the pages that were looked at.
    faults: Vec<String>,
}

impl<'a> Owner<'a> {
    async fn of(shop: &'a TestShop, device: Device, language: &str) -> Self {
        let browser = at_desk(shop, device).await;
        in_language(&browser, language).await;
        Self { shop, browser, device, french: language == "fr", faults: Vec::new() }
    }

    async fn goes_to(&mut self, page: &str) {
        self.browser.goto(&format!("{}/desk/{}{page}", self.shop.edge, self.shop.id)).await;
        self.looks().await;
    }

    /// Presses what leads on, and looks at where that leads.
    async fn follows(&mut self, selector: &str) {
        self.browser.follow(selector).await;
        self.looks().await;
    }

    async fn looks(&mut self) {
        self.browser.find("main h1").await;
        self.faults.extend(faults(&self.browser, self.device).await);
    }

    async fn reads(&self, french: &str, english: &str) {
        self.browser.says(if self.french { french } else { english }).await;
    }

    /// Chooses a file in a form's field.
    async fn gives(&self, field: &str, file: &Kept) {
        let path = file.0.to_str().unwrap();
        self.browser.find(field).await.send_keys(path).await.unwrap();
    }

    async fn leaves(self) {
        // Chromium notes each refusal of a form there.
        let told = self.browser.console().await;
        let told: Vec<&String> = told.iter().filter(|line| !line.contains("status of 422")).collect();
        assert_eq!(told, Vec::<&String>::new());
        self.browser.close().await;
        assert_eq!(self.faults, Vec::<String>::new());
    }
}

/// A file on the owner's machine, removed at the end.
struct Kept(PathBuf);

impl Kept {
    fn new(ending: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("parrain-{}.{ending}", random(12)));
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn referrers_are_brought_along_from_other_software() {
    let export = Kept::new(
        "csv",
        "First Name,Last Name,Email,State,Link,Token,Unpaid Commissions,Currency\n\
        Adam,Jones,adam@example.com,active,https://shop.example/?via=adam,adam,€204.50,EUR\n\
        Zoé,Martin,zoe@example.com,active,https://shop.example/?via=zoe-m,zoe-m,€0.00,EUR\n\
        Kim,Lee,not an address,active,https://shop.example/?via=kim,kim,€12.00,EUR\n"
            .as_bytes(),
    );
    let workbook = Kept::new("xlsx", b"PK\x03\x04\x14\x00\x06\x00\x08\x00 not a table of text");
    for (device, language) in OWNERS {
        let shop = shop();
        let mut owner = Owner::of(&shop, device, language).await;
        owner.goes_to("/imports").await;
        owner.gives("[name=csv]", &workbook).await;
        owner.follows("main form button.main").await;
        owner.reads("CSV", "CSV").await;
        assert!(
            owner.browser.has("[aria-invalid=true], .fault, [role=alert]").await,
            "a workbook is refused"
        );
        owner.gives("[name=csv]", &export).await;
        owner.follows("main form button.main").await;
        owner.reads("Rien n’est encore fait", "Nothing is made yet").await;
        assert_eq!(http::get_as(&shop.url("/referrers/ADAM"), &shop.shop_token).status, 404, "only planned");
        owner.follows("#far-title ~ form button.main").await;
        owner.reads("C’est fait", "Done").await;
        owner.looks().await;
        let adam = shop.read("/referrers/ADAM");
        assert_eq!((&adam["name"], &adam["offer"]), (&json!("Adam Jones"), &json!("friends")), "{adam}");
        let owed = shop.rewards("ADAM", None);
        assert!(owed.to_string().contains("204.50"), "{owed}");
        // Once more: nothing is left to do, and nothing is owed twice.
        owner.goes_to("/imports").await;
        owner.gives("[name=csv]", &export).await;
        owner.follows("main form button.main").await;
        owner.reads("Et rien n’est à faire", "And nothing is to be done").await;
        assert_eq!(shop.rewards("ADAM", None)["totals"], owed["totals"]);
        // A link of before leads to the shop and counts.
        assert!(
            shop.read("")["program"]["link_params"].to_string().contains("via"),
            "old links go on counting"
        );
        owner.leaves().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn referrers_take_the_shop_s_pictures_and_texts() {
    const DRAWING: &[u8] =
        b"<svg xmlns='http://www.w3.org/2000/svg' width='300' height='100'><script>alert(1)</script>\
        <rect width='300' height='100' fill='#1f5c4d'/></svg>";
    const SCRIPT: &[u8] =
        b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><script>alert(1)</script></svg>";
    let photo = include_bytes!("../../docs/images/offer.jpg");
    let (photo, drawing) = (Kept::new("jpg", photo), Kept::new("svg", DRAWING));
    let script = Kept::new("svg", SCRIPT);
    for (device, language) in OWNERS {
        let shop = shop();
        shop.referrer("LEA", &json!({"offer": "friends", "name": "L\u{e9}a"}));
        let mut owner = Owner::of(&shop, device, language).await;
        owner.goes_to("/promotion").await;
        for (file, title) in [(&photo, "Une table dressée"), (&drawing, "Notre vert")] {
            owner.gives("[name=picture]", file).await;
            owner.browser.fill("[name=picture_title]", title).await;
            owner.follows("section[aria-labelledby=pictures] form[enctype] button.main").await;
            owner.browser.says(title).await;
        }
        owner.gives("[name=picture]", &script).await;
        owner.browser.fill("[name=picture_title]", "Rien").await;
        owner.follows("section[aria-labelledby=pictures] form[enctype] button.main").await;
        owner.reads("ne dessine plus rien", "draws nothing").await;
        let told = owner.browser.run("return document.querySelectorAll('.faults').length").await;
        assert_eq!(told, 1, "said once, above the form that it is about");
        assert_eq!(
            owner.browser.find("[name=picture_title]").await.prop("value").await.unwrap().as_deref(),
            Some("Rien")
        );
        owner.browser.fill("[name=title]", "Pour Instagram").await;
        owner.browser.fill("[name=text]", "{shop} : essayez avec {code}. {link}").await;
        owner.follows("section[aria-labelledby=texts] form button").await;
        let kept = shop.read("/materials");
        assert_eq!(kept["pictures"].as_array().map(Vec::len), Some(2), "{kept}");
        let urls = kept["pictures"].as_array().unwrap().iter().filter_map(|picture| picture["url"].as_str());
        let served = http::get(urls.into_iter().find(|url| url.ends_with(".svg")).unwrap());
        assert!(!served.text.contains("script") && served.text.contains("#1f5c4d"), "{}", served.text);
        assert!(served.header("cache-control").contains("immutable"), "{}", served.header("cache-control"));
        // What the referrer finds, without signing in anywhere.
        owner.browser.goto(&format!("{}/promote/{}/LEA?lang={language}", shop.edge, shop.id)).await;
        owner.browser.says("essayez avec LEA").await;
        let drawn =
            "return [...document.images].every((one) => one.loading == 'lazy' || one.naturalWidth > 0)";
        assert_eq!(owner.browser.run(drawn).await, true);
        owner.looks().await;
        owner.browser.fill("#to", "https://elsewhere.example/").await;
        owner.follows("#build ~ form button").await;
        owner.reads("Ce n’est pas une page de cette boutique", "This is no page of this shop").await;
        owner.browser.fill("#to", "https://shop.example/lampes?couleur=verte").await;
        owner.follows("#build ~ form button").await;
        owner.reads("Votre lien vers cette page", "Your link to that page").await;
        owner.leaves().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn promo_codes_of_the_shop_are_made_and_given_up() {
    for (device, language) in OWNERS {
        let shop = shop();
        shop.referrer("LEA", &json!({"offer": "friends", "name": "L\u{e9}a"}));
        let mut owner = Owner::of(&shop, device, language).await;
        owner.goes_to("/promo-codes").await;
        owner.follows("a[href*='begin=flash']").await;
        owner.browser.fill("[name=code]", "LEA").await;
        owner.follows("main form button.main").await;
        let taken = owner.browser.find("[name=code][aria-invalid=true]").await;
        assert_eq!(taken.prop("value").await.unwrap().as_deref(), Some("LEA"), "what was typed stays");
        owner.browser.fill("[name=code]", "ECLAIR").await;
        owner.browser.fill("[name='friend.reward.percent']", "15").await;
        owner.follows("main form button.main").await;
        owner.goes_to("/promo-codes").await;
        owner.browser.says("ECLAIR").await;
        let made = shop.read("/promotions");
        assert_eq!(made["promotions"][0]["code"], "ECLAIR", "{made}");
        let ends = &made["promotions"][0]["promotion"]["ends_at"];
        assert!(ends.is_string(), "a flash sale has its end: {made}");
        owner.browser.follow("a[href$='/promo-codes/ECLAIR']").await;
        owner.looks().await;
        owner.follows("main form[action*='ECLAIR'][action$='/end'] button").await;
        let over = shop.read("/promotions")["promotions"][0]["promotion"]["ends_at"].clone();
        assert!(over.is_null() || over.as_str() < ends.as_str(), "it ends sooner: {over}");
        owner.leaves().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_offers_are_compared_after_the_desk_said_how_long_it_takes() {
    for (device, language) in OWNERS {
        let shop = shop();
        for number in 0..12 {
            let code = format!("PERSON{number}");
            shop.referrer(&code, &json!({"offer": "friends", "name": format!("Person {number}")}));
            for _ in 0..10 {
                let link = format!("{}/r/{}/{code}", shop.edge, shop.id);
                assert_eq!(http::send("GET", &link, &[("user-agent", PHONE)], b"").status, 302);
            }
            let order = json!({"type": "order.paid", "data": {"order_id": code, "at": jiff::Timestamp::now().to_string(),
                "currency": "EUR", "subtotal": "80.00", "discount": "8.00", "total": "72.00", "codes": [code],
                "customer": {"id": format!("c-{number}"), "email": format!("c-{number}@example.com")}}});
            shop.event(&order).expect(200);
        }
        // Visits are summed before they are written.
        eventually(30, "visits", || {
            let report = shop.read("/report");
            let clicks = report["days"].as_array().unwrap().iter().filter_map(|day| day["clicks"].as_i64());
            (clicks.sum::<i64>() == 120).then_some(())
        });
        let mut owner = Owner::of(&shop, device, language).await;
        owner.goes_to("/program/compare").await;
        owner.browser.press("[name=offers][value=bolder]").await;
        owner.browser.fill("[name=difference]", "40").await;
        owner.follows("main button[name=dry_run]").await;
        owner.reads("120 visites, 12 commandes", "120 visits, 12 orders").await;
        assert_eq!(shop.read("/experiments")["experiments"], json!([]), "nothing has begun");
        owner.follows("main form button.main:not([name])").await;
        let begun: Value = shop.read("/experiments");
        assert_eq!(begun["experiments"].as_array().map(Vec::len), Some(1), "{begun}");
        assert!(begun["experiments"][0]["verdict"].is_null(), "no verdict before the end: {begun}");
        owner.leaves().await;
    }
}

//! Walks through the widget without a browser: what happens, what is asked of the page, what is seen.

use parrain_wire::page::{Card, PublicProgram};
use parrain_wire::program::RewardKind;
use parrain_wire::read::Read;
use parrain_wire::{Code, Instant, Loose, Texts, Touch, Word, touch};
use serde_json::{Value as Json, json};

use crate::action::{Action, Copyable};
use crate::consent::Mode;
use crate::locale;
use crate::model::{
    Customer, Fault, Gift, Join, Load, Me, Model, Picture, Placement, Redeeming, Screen, Stage, Told, Tried,
    Why, World,
};
use crate::node::{Element, Node, values, words};
use crate::view::{Format, Kind, csv, view};

/// Writes down what is asked of the page.
#[derive(Default)]
struct Notes(Vec<String>, Vec<String>);

impl Notes {
    fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.0)
    }
    fn has(&self, what: &str) -> bool {
        self.0.iter().any(|note| note.starts_with(what))
    }
}

impl World for Notes {
    fn load_texts(&mut self, language: &'static str) {
        self.0.push(format!("texts {language}"));
    }
    fn fetch_offer(&mut self, number: u32, why: Why, code: Option<&Code>, tag: &str) {
        let code = code.map(Code::as_str).unwrap_or_default();
        self.0.push(format!("offer {number} {why:?} {code} {tag}"));
    }
    fn post_touch(&mut self, touch: &Touch, landing: &str) {
        self.0.push(format!("touch {} {} {landing}", touch.code, touch.source.name()));
    }
    fn join(&mut self, _: u32, who: Join) {
        self.0.push(match who {
            Join::New { name, email, identity, offer } => {
                let offer = offer.map(|offer| format!(" under {offer}")).unwrap_or_default();
                format!("join {name} {email} {identity:?}{offer}")
            }
            Join::Customer { identity } => format!("join by identity {identity}"),
            Join::Mailed { key } => format!("join by key {key}"),
        });
    }
    fn mail(&mut self, code: Option<&Code>, email: &str) {
        self.0.push(format!("mail {} {email}", code.map(Code::as_str).unwrap_or_default()));
    }
    fn fetch_rewards(&mut self, _: u32, token: &str, cursor: Option<&str>) {
        self.0.push(format!("rewards {token} {}", cursor.unwrap_or_default()));
    }
    fn claim(&mut self, _: u32, me: &Me, order: &str) {
        self.0.push(format!("claim {} {} {order}", me.code, me.token));
    }
    fn save(&mut self, model: &Model) {
        self.0.push(format!("save {}", csv(model, &Plain)));
    }
    fn redeem(&mut self, code: &Code, refused: Option<u32>) {
        let refused = refused.map(|goods| format!(" but for {goods}")).unwrap_or_default();
        self.0.push(format!("redeem {code}{refused}"));
    }
    fn keep(&mut self, model: &Model) {
        self.0.push(format!("keep {} folded={}", touch::write(&model.touches), model.folded));
    }
    fn weigh(&mut self, currency: &str) {
        // Apart: what it asks changes nothing.
        self.1.push(format!("weigh {currency}"));
    }
    fn forget(&mut self) {
        self.0.push("forget".into());
    }
    fn emit(&mut self, told: Told) {
        self.0.push(match told {
            Told::Ready => "emit ready".into(),
            Told::Captured(code, source) => format!("emit captured {code} {}", source.name()),
            Told::Redeemed(code, outcome) => format!("emit redeemed {code} {}", outcome.name()),
            Told::Joined(code, link) => format!("emit joined {code} {link}"),
            Told::Error(what) => format!("emit error {}", what.name()),
        });
    }
    fn copy(&mut self, what: Copyable, text: &str) {
        self.0.push(format!("copy {} {text}", what.name()));
    }
    fn share(&mut self, text: &str, link: &str) {
        self.0.push(format!("share {text} {link}"));
    }
    fn messenger(&mut self, link: &str) {
        self.0.push(format!("messenger {link}"));
    }
    fn draw(&mut self, link: &str) {
        self.0.push(format!("draw {link}"));
    }
    fn focus(&mut self, into: bool) {
        self.0.push(format!("focus {into}"));
    }
    fn later(&mut self, after: u32) {
        self.0.push(format!("later {after}"));
    }
}

/// Numbers as they are written here.
struct Plain;

impl Format for Plain {
    fn money(&self, amount: &str, currency: &str, short: bool) -> String {
        format!("{currency} {}", if short { amount.trim_end_matches(".00") } else { amount })
    }
    fn percent(&self, percent: &str) -> String {
        format!("{percent}%")
    }
    fn number(&self, count: u32) -> String {
        count.to_string()
    }
    fn date(&self, at: Instant) -> String {
        at.date()
    }
    fn day(&self, at: Instant) -> String {
        at.date()
    }
    fn month(&self, at: Instant) -> String {
        at.date()[..7].into()
    }
    fn countdown(&self, at: Instant, _: Instant) -> String {
        if at.date() == "2026-11-24" { "in 3 days".into() } else { String::new() }
    }
    fn plural(&self, count: u32) -> String {
        if count == 1 { "one" } else { "other" }.into()
    }
}

const LOCALES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/widget/locales");

fn words_of(language: &str) -> Texts {
    let text = std::fs::read_to_string(format!("{LOCALES}/{language}.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn model(mode: Mode) -> Model {
    let mut model = Model::new(mode, false, false, Placement::Launcher, locale::choose(&["en"]));
    model.now = Instant::from_seconds(1_762_000_000);
    model.page = "https://shop.example/mugs/blue?ref=ANNA10#top".into();
    model.texts = words_of("en");
    model.texts_load = Load::Ready;
    model
}

fn program(code: Json) -> Result<PublicProgram, Fault> {
    answer(json!({"name": "Atelier Lumière", "currency": "EUR", "window_days": 30, "link_params": ["ref"],
        "offers": [{"id": "friends",
            "friend": {"reward": {"kind": "percent_off", "percent": "10"}, "min_subtotal": "30.00"},
            "advocate": {"reward": {"kind": "store_credit", "amount": "10.00"}, "hold_days": 14,
                "new_customers_only": true, "max_per_month": 20}}],
        "join": {"offer": "friends"}, "texts": {}, "code": code}))
}

/// What the widget reads in an answer.
fn answer<T: Read>(body: Json) -> Result<T, Fault> {
    let loose: Loose = serde_json::from_value(body).unwrap();
    T::read(loose).ok_or(Fault::Unreachable)
}

fn annas() -> Json {
    json!({"valid": true, "code": "ANNA10", "from": "Anna", "offer": "friends", "new_customers_only": true, "ends_at": null,
        "friend": {"reward": {"kind": "percent_off", "percent": "10"}, "min_subtotal": "30.00"}})
}

fn seen(model: &Model, kind: Kind) -> String {
    words(view(model, &Plain, kind).as_ref())
}

/// A platform's answer that says nothing of the goods.
fn tried(outcome: Redeeming) -> Tried {
    Tried { outcome, goods: None }
}

fn code(text: &str) -> Code {
    text.parse().unwrap()
}

fn shown(model: &Model) -> Option<Element> {
    view(model, &Plain, Kind::Launcher)
}

fn actions(model: &Model) -> String {
    values(shown(model).as_ref(), "data-a").join(" ")
}

/// A friend has arrived by Anna's link and the edge has answered.
fn friend(mode: Mode) -> (Model, Notes) {
    let (mut model, mut notes) = (model(mode), Notes::default());
    model.arrived = Some(code("ANNA10"));
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, Some(&code("ANNA10")), program(annas()), &mut notes);
    (model, notes)
}

fn referrer() -> (Model, Notes) {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, None, program(Json::Null), &mut notes);
    let link = "https://e.example/r/demo/CHLOE7".into();
    model.me = Some(Me { code: code("CHLOE7"), link, token: "t".into(), of: String::new() });
    (model, notes)
}

#[test]
fn a_friend_is_told_what_they_get_from_whom_and_under_which_conditions() {
    let (model, _) = friend(Mode::NoneNeeded);
    let text = seen(&model, Kind::Launcher);
    assert!(text.contains("Anna gives you 10% off"), "{text}");
    assert!(text.contains("On orders of EUR 30 or more"), "{text}");
    assert!(text.contains("For your first order here"), "{text}");
    assert!(text.contains("Anna receives EUR 10 in store credit"), "{text}");
    assert!(actions(&model).contains("apply no"), "{}", actions(&model));
}

#[test]
fn the_end_of_an_offer_is_a_countdown_when_near_and_a_date_when_far() {
    for (end, expected) in
        [("2026-11-24T10:00:00Z", "Ends in 3 days"), ("2027-03-01T00:00:00Z", "Until 2027-03-01")]
    {
        let (mut model, mut notes) = friend(Mode::NoneNeeded);
        let mut said = annas();
        said["ends_at"] = json!(end);
        model.offer_came(model.asked, Why::Page, Some(&code("ANNA10")), program(said), &mut notes);
        assert!(seen(&model, Kind::Launcher).contains(expected));
    }
}

#[test]
fn without_consent_nothing_is_kept_or_sent_and_with_it_both_at_once() {
    let (mut model, mut notes) = friend(Mode::Required);
    assert!(!notes.has("keep") && !notes.has("touch"), "{:?}", notes.0);
    assert!(notes.has("emit captured ANNA10 link"));
    notes.take();
    model.consented(true, &mut notes);
    assert_eq!(
        notes.take(),
        [
            "keep v1.ANNA10.l.1762000000 folded=",
            "touch ANNA10 link https://shop.example/mugs/blue?ref=ANNA10#top"
        ]
    );
    model.consented(false, &mut notes);
    assert_eq!(notes.take(), ["forget"]);
    model.act(Action::NotNow, &mut notes);
    assert!(!notes.has("keep"), "not even that the card was closed");
}

#[test]
fn explicit_consent_is_the_button() {
    let (mut model, mut notes) = friend(Mode::Explicit);
    model.consented(true, &mut notes);
    assert!(!notes.has("keep"));
    model.act(Action::Apply, &mut notes);
    assert!(notes.has("keep v1.ANNA10.l.1762000000~v1.ANNA10.p.1762000000"));
    assert!(notes.has("redeem ANNA10"));
}

#[test]
fn global_privacy_control_keeps_nothing_but_still_gives_the_discount() {
    let mut model = model(Mode::NoneNeeded);
    model.consent = crate::consent::Consent::new(Mode::NoneNeeded, true, false);
    let mut notes = Notes::default();
    model.arrived = Some(code("ANNA10"));
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, Some(&code("ANNA10")), program(annas()), &mut notes);
    model.act(Action::Apply, &mut notes);
    assert!(notes.has("redeem ANNA10") && !notes.has("keep") && !notes.has("touch"), "{:?}", notes.0);
}

#[test]
fn what_becomes_of_a_code_is_said_as_it_is() {
    for (outcome, expected, shows_code) in [
        (Redeeming::InBasket, "It is in your basket.", false),
        (Redeeming::Empty, "it goes into your basket with the first item", false),
        (Redeeming::Carried, "Your code goes with your order.", false),
        (Redeeming::Shown, "Enter this code at the checkout", true),
    ] {
        let (mut model, mut notes) = friend(Mode::NoneNeeded);
        model.act(Action::Apply, &mut notes);
        model.redeemed(&code("ANNA10"), tried(outcome), false, &mut notes);
        let text = seen(&model, Kind::Launcher);
        assert!(text.contains(expected), "{text}");
        assert_eq!(text.contains("ANNA10"), shows_code, "{text}");
        assert!(notes.has(&format!("emit redeemed ANNA10 {}", outcome.name())));
    }
}

#[test]
fn pressing_twice_redeems_once() {
    let (mut model, mut notes) = friend(Mode::NoneNeeded);
    model.act(Action::Apply, &mut notes);
    model.act(Action::Apply, &mut notes);
    assert_eq!(notes.0.iter().filter(|note| note.starts_with("redeem")).count(), 1);
}

#[test]
fn who_closed_the_card_finds_it_folded_and_another_friends_opens() {
    let (mut model, mut notes) = friend(Mode::NoneNeeded);
    assert_eq!(model.open, Some(Screen::Offer));
    model.act(Action::NotNow, &mut notes);
    assert!(notes.has("keep v1.ANNA10.l.1762000000 folded=ANNA10"), "{:?}", notes.0);
    assert!(actions(&model) == "open" && seen(&model, Kind::Launcher).contains("Anna gives you 10% off"));
    // On the next page, by the same link, it stays folded; with what an earlier widget kept too.
    for kept in ["ANNA10", "1"] {
        let (mut model, mut notes) = (self::model(Mode::NoneNeeded), Notes::default());
        model.folded = kept.into();
        model.touches = touch::parse("v1.ANNA10.l.1761990000");
        model.arrived = Some(code("ANNA10"));
        model.start(&mut notes);
        model.offer_came(model.asked, Why::Page, Some(&code("ANNA10")), program(annas()), &mut notes);
        assert_eq!((model.open, actions(&model).as_str()), (None, "open"), "{kept}");
        model.moved("https://shop.example/?ref=BOB22".into(), Some(code("BOB22")), &mut notes);
        let mut bobs = annas();
        (bobs["code"], bobs["from"]) = (json!("BOB22"), json!("Bob"));
        model.offer_came(model.asked, Why::Page, Some(&code("BOB22")), program(bobs), &mut notes);
        assert_eq!(model.open, Some(Screen::Offer), "{kept}: another friend's");
    }
}

#[test]
fn a_gift_that_was_used_is_not_offered_again_and_is_tried_until_it_is_in() {
    let (mut model, mut notes) = friend(Mode::NoneNeeded);
    model.act(Action::Apply, &mut notes);
    model.redeemed(&code("ANNA10"), tried(Redeeming::Shown), false, &mut notes);
    let gift = model.gift.clone().unwrap();
    assert_eq!(Gift::read(&gift.write()), Some(gift.clone()));
    // The next page: the platform is asked again, and nobody is told where it says no again.
    let next = |gift: Gift| {
        let (mut model, mut notes) = (self::model(Mode::NoneNeeded), Notes::default());
        model.touches = touch::parse("v1.ANNA10.l.1761990000~v1.ANNA10.p.1761990009");
        model.gift = Some(gift);
        model.start(&mut notes);
        model.offer_came(model.asked, Why::Page, Some(&code("ANNA10")), program(annas()), &mut notes);
        (model, notes)
    };
    let (mut model, mut notes) = next(gift.clone());
    assert!(notes.has("redeem ANNA10"));
    notes.take();
    model.redeemed(&code("ANNA10"), tried(Redeeming::Shown), false, &mut notes);
    assert!(!notes.has("emit") && model.status.is_empty());
    model.act(Action::Open(Screen::Offer), &mut notes);
    let text = seen(&model, Kind::Launcher);
    assert!(text.contains("Your gift is waiting") && text.contains("ANNA10"), "{text}");
    assert!(!actions(&model).contains("apply"));
    model.redeemed(&code("ANNA10"), tried(Redeeming::InBasket), false, &mut notes);
    assert!(
        notes.has("emit redeemed ANNA10 in_basket")
            && seen(&model, Kind::Launcher).contains("It is in your basket")
    );
    // Not for ever.
    let stage = |model: &Model| model.gift.clone().map(|gift| gift.stage);
    let mut gift = gift;
    for _ in 0..Gift::TRIES {
        let (mut model, mut notes) = next(gift);
        assert!(notes.has("redeem"));
        model.redeemed(&code("ANNA10"), tried(Redeeming::Shown), false, &mut notes);
        gift = model.gift.unwrap();
    }
    let (model, notes) = next(gift);
    assert!(!notes.has("redeem") && stage(&model) == Some(Stage::Wanted { tries: 0, goods: None }));
    for text in ["", "1", "ANNA10", "ANNA10.x", "A.in", "ANNA10.-1"] {
        assert_eq!(Gift::read(text), None, "{text}");
    }
}

#[test]
fn who_has_bought_is_thanked_and_asked_to_refer_and_no_longer_offered_their_gift() {
    let (mut model, mut notes) = friend(Mode::NoneNeeded);
    model.act(Action::Apply, &mut notes);
    model.redeemed(&code("ANNA10"), tried(Redeeming::InBasket), false, &mut notes);
    model.act(Action::Close, &mut notes);
    model.purchased(&mut notes);
    let text = seen(&model, Kind::Launcher);
    assert!(text.contains("Thank you for your order") && text.contains("Give 10% off"), "{text}");
    assert!(!text.contains("Anna gives you") && !actions(&model).contains("apply"), "{text}");
    assert!(model.uncalled, "it takes no focus");
    assert!(notes.has("keep"), "the next page knows it too");
    assert_eq!(model.gift.as_ref().map(Gift::write).as_deref(), Some("ANNA10.spent"));
}

#[test]
fn who_has_bought_is_asked_to_refer_where_they_can() {
    let bought = |join: bool, me: bool| {
        let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
        model.me = referrer().0.me.filter(|_| me);
        model.start(&mut notes);
        model.purchased(&mut notes);
        assert_eq!(model.open, None, "nobody knows yet whether they can");
        let mut program = program(Json::Null).unwrap();
        program.join = program.join.filter(|_| join);
        model.offer_came(model.asked, Why::Page, None, Ok(program), &mut notes);
        (model, notes)
    };
    let (model, _) = bought(true, false);
    assert_eq!((model.open, model.uncalled), (Some(Screen::Share), true));
    let (mut model, mut notes) = bought(false, true);
    assert!(model.open == Some(Screen::Share) && seen(&model, Kind::Launcher).contains("your turn"));
    assert!(notes.has("offer 1 Own CHLOE7") && notes.has("draw"), "by the terms of their own code");
    model.act(Action::Close, &mut notes);
    model.offer_came(model.asked, Why::Page, None, program(Json::Null), &mut notes);
    assert_eq!(model.open, None, "once");
    assert_eq!(bought(false, false).0.open, None, "the shop takes nobody");
    // Whose link does not count is not asked to share it.
    let (mut model, mut notes) = anna_signed_in();
    model.act(Action::Close, &mut notes);
    model.purchased(&mut notes);
    assert_eq!(model.open, None);
    model.act(Action::Open(Screen::Share), &mut notes);
    assert!(!seen(&model, Kind::Launcher).contains("your turn"));
}

#[test]
fn who_is_found_to_refer_while_sharing_is_shown_sees_their_own_terms_at_once() {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.customer = Some(Customer { signed: "a.b.c".into(), id: "c-anna".into(), orders: Some(2) });
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, None, program(Json::Null), &mut notes);
    model.act(Action::Open(Screen::Rewards), &mut notes);
    model.act(Action::Open(Screen::Share), &mut notes);
    notes.take();
    model.joined(model.person, true, annas_card(), &mut notes);
    assert!(notes.has("offer 1 Own ANNA10") && notes.has("draw https://e/r/demo/ANNA10"), "{:?}", notes.0);
}

#[test]
fn where_a_press_is_no_consent_that_is_said_before_it_with_the_code_to_take_along() {
    let (mut model, mut notes) = friend(Mode::Required);
    let text = seen(&model, Kind::Launcher);
    assert!(text.contains("Take it along") && text.contains("ANNA10"), "{text}");
    assert!(actions(&model).contains("copy"));
    model.consented(true, &mut notes);
    assert!(!seen(&model, Kind::Launcher).contains("Take it along"));
    for mode in [Mode::Explicit, Mode::NoneNeeded] {
        assert!(!seen(&friend(mode).0, Kind::Launcher).contains("Take it along"));
    }
}

#[test]
fn what_opens_by_itself_is_announced() {
    let (mut model, mut notes) = friend(Mode::NoneNeeded);
    let status = |model: &Model| {
        let Some(Node::Element(last)) = shown(model).and_then(|view| view.children.last().cloned()) else {
            panic!()
        };
        assert_eq!(last.get("role"), "status");
        words(Some(&last))
    };
    assert_eq!(status(&model), "Anna gives you 10% off");
    model.act(Action::Open(Screen::Offer), &mut notes);
    assert_eq!(status(&model), "", "the focus reads it");
}

#[test]
fn everybody_shares_the_terms_of_their_own_code() {
    let (mut model, mut notes) = referrer();
    model.act(Action::Open(Screen::Share), &mut notes);
    assert!(notes.has(&format!("offer {} Own CHLOE7", model.asked)), "{:?}", notes.0);
    // An agency's: its friends get nothing, what it earns is not public, and nobody is promised the customers' gift.
    let agency =
        json!({"valid": true, "code": "CHLOE7", "from": "Lumen", "offer": "agencies", "friend": null});
    model.offer_came(model.asked, Why::Own, Some(&code("CHLOE7")), program(agency), &mut notes);
    let text = seen(&model, Kind::Launcher);
    assert!(!text.contains("10%") && !text.contains("store credit") && !text.contains("gift"), "{text}");
    assert!(text.contains("counts for you") && text.contains("CHLOE7"), "{text}");
    let links = values(shown(&model).as_ref(), "href").join(" ");
    assert!(links.contains("I%20recommend") && !links.contains("gift"), "{links}");
    // An influencer's friends get something of their own.
    let influencer = json!({"valid": true, "code": "CHLOE7", "from": "Lumen", "offer": "influencers",
        "friend": {"reward": {"kind": "percent_off", "percent": "15"}}});
    model.offer_came(model.asked, Why::Own, Some(&code("CHLOE7")), program(influencer), &mut notes);
    assert!(seen(&model, Kind::Launcher).contains("Your friends get 15% off"));
    // A customer's is the public one.
    model.offer_came(model.asked, Why::Own, Some(&code("CHLOE7")), program(annas()), &mut notes);
    assert!(
        seen(&model, Kind::Launcher)
            .contains("Give 10% off on orders of EUR 30 or more, get EUR 10 in store credit")
    );
    assert!(!notes.has("emit error"));
}

#[test]
fn every_kind_of_reward_is_said_whole_in_every_language_promised_or_earned() {
    let money = json!({"amount": "10.00", "currency": "EUR"});
    let forms = |kind: RewardKind| match kind {
        RewardKind::PercentOff => vec![json!({"percent": "10"}), json!({})],
        RewardKind::AmountOff | RewardKind::GiftCard | RewardKind::StoreCredit | RewardKind::Cash => {
            vec![money.clone()]
        }
        RewardKind::FreeShipping => vec![json!({})],
        RewardKind::FreeProduct => vec![json!({"sku": "MUG"}), json!({})],
        RewardKind::Points => vec![json!({"points": 200})],
        RewardKind::Access => vec![json!({"label": "Club"}), json!({})],
        RewardKind::Commission => vec![json!({"percent": "8"}), money.clone()],
        RewardKind::Donation => {
            vec![json!({"amount": "10.00", "currency": "EUR", "charity": "Les Restos du Cœur"})]
        }
    };
    let mut model = model(Mode::NoneNeeded);
    for language in locale::LANGUAGES {
        model.locale = locale::choose(&[language]);
        model.texts = words_of(language);
        for (name, kind) in RewardKind::WORDS {
            for mut form in forms(*kind) {
                form["kind"] = json!(name);
                let values = ["percent", "amount", "points", "label", "charity"]
                    .into_iter()
                    .filter_map(|value| form.get(value).cloned())
                    .collect::<Vec<_>>();
                let mut account = account();
                account["conversions"] = json!([{"order_id": "1001", "type": "sale", "at": "2026-11-02T10:00:00Z",
                    "status": "approved", "reward": form}]);
                (account["totals"], account["units"], account["next_cursor"]) =
                    (json!([]), json!([]), Json::Null);
                model.rewards_came(model.rewards_asked, false, answer(account), &mut Notes::default());
                let view = view(&model, &Plain, Kind::Rewards).unwrap();
                let line = class(&view, "top").unwrap();
                let said = find(&line, "b").map(|said| words(Some(&said))).unwrap_or_default();
                assert!(said.trim().chars().count() > 2, "{language} {name} {form}: {said:?}");
                // A value that there is is said, and none is left out of its place.
                for value in values {
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    let value = value.trim_end_matches(".00").to_owned();
                    assert!(said.contains(&value), "{language} {name}: {said:?} lacks {value}");
                }
                assert!(
                    !format!("{view:?}").contains("\\u{2068}\\u{2069}"),
                    "{language} {name}: an empty place"
                );
            }
        }
    }
}

#[test]
fn a_donation_is_what_the_shop_does_and_nobody_s_to_get() {
    let mut model = model(Mode::NoneNeeded);
    let reward = json!({"kind": "donation", "amount": "5.00", "charity": "Les Restos du Cœur"});
    let offer = |friend: Json| {
        let mut body = annas();
        body["friend"] = friend.clone();
        let mut all = program(body).unwrap();
        all.offers[0].advocate.reward = serde_json::from_value(reward.clone()).unwrap();
        all.offers[0].friend = serde_json::from_value(friend).unwrap();
        Ok(all)
    };
    let (mut friend, mut notes) = friend(Mode::NoneNeeded);
    friend.offer_came(
        friend.asked,
        Why::Page,
        Some(&code("ANNA10")),
        offer(annas()["friend"].clone()),
        &mut notes,
    );
    let text = seen(&friend, Kind::Launcher);
    assert!(text.contains("Your order counts for Anna: we donate EUR 5 to Les Restos du Cœur."), "{text}");
    model.start(&mut notes);
    for (promised, said) in [
        (annas()["friend"].clone(), "Give 10% off on orders of EUR 30 or more, and we"),
        (Json::Null, "Recommend us, and we"),
    ] {
        model.offer_came(model.asked, Why::Page, None, offer(promised), &mut notes);
        model.act(Action::Open(Screen::Share), &mut notes);
        let text = seen(&model, Kind::Launcher);
        assert!(text.contains(&format!("{said} donate EUR 5 to Les Restos du Cœur")), "{text}");
        assert!(!text.contains("Available"), "{text}");
    }
    // Its own total stands beside the referrer's money.
    let mut account = account();
    account["donations"] = json!([{"charity": "Les Restos du Cœur", "currency": "EUR", "pending": "5.00",
        "approved": "0.00", "paid": "35.00", "reversed": "0.00"}]);
    account["conversions"] = json!([{"order_id": "1001", "type": "sale", "at": "2026-11-02T10:00:00Z",
        "status": "pending", "approves_at": "2026-11-16T10:00:00Z",
        "reward": {"kind": "donation", "amount": "5.00", "currency": "EUR", "charity": "Les Restos du Cœur"}}]);
    model.rewards_came(model.rewards_asked, false, answer(account), &mut notes);
    let text = words(view(&model, &Plain, Kind::Rewards).as_ref());
    assert!(text.contains("EUR 35.00") && text.contains("a donation of EUR 5 to Les Restos"), "{text}");
    assert!(text.contains("Will be donated after 2026-11-16") && !text.contains("Available on"), "{text}");
    assert!(text.contains("Confirmed EUR 0.00 Donated EUR 35.00"), "{text}");
    // Who refers for a charity is told of no reward of their own.
    model.me = referrer().0.me;
    model.own = Some(answer(annas()).unwrap());
    model.act(Action::Open(Screen::Share), &mut notes);
    let text = seen(&model, Kind::Launcher);
    assert!(text.contains("We make a donation for each order"), "{text}");
    assert!(!text.contains("your reward"), "{text}");
}

#[test]
fn what_goes_to_a_charity_is_in_no_sum_of_the_referrer_s_and_never_theirs_to_spend() {
    let (mut model, mut notes) = referrer();
    let entry = |id: &str, status: &str, reward: Json| json!({"order_id": id, "type": "sale", "at": "2026-11-02T10:00:00Z", "status": status, "reward": reward});
    let donation = |amount: &str, charity: &str| json!({"kind": "donation", "amount": amount, "currency": "EUR", "charity": charity});
    let credit = json!({"kind": "store_credit", "amount": "10.00", "currency": "EUR"});
    let entries = json!([
        entry("1", "approved", donation("5.00", "Restos")),
        entry("2", "paid", donation("7.50", "Restos")),
        entry("3", "paid", donation("1.00", "Emmaüs")),
        entry("4", "paid", credit),
    ]);
    let page = json!({"code": "ANNA10", "conversions": entries, "next_cursor": null});
    model.rewards_came(model.rewards_asked, false, answer(page), &mut notes);
    model.act(Action::Open(Screen::Rewards), &mut notes);
    let month = class(&shown(&model).unwrap(), "month top").map(|month| words(Some(&month)));
    assert_eq!(
        month.as_deref(),
        Some("2026-11 EUR 10.00 · a donation of EUR 1.00 to Emmaüs · a donation of EUR 12.50 to Restos")
    );
    let text = seen(&model, Kind::Launcher);
    assert!(text.contains("2026-11-02 Confirmed") && text.contains("2026-11-02 Donated"), "{text}");
    // The state that donations alone are in is called theirs, that of both by the word for both.
    let row = class(&shown(&model).unwrap(), "row pills").map(|row| words(Some(&row)));
    assert_eq!(row.as_deref(), Some("All Confirmed Paid"));
    model.act(Action::Save, &mut notes);
    let saved = notes.take().pop().unwrap();
    assert!(saved.contains(r#""Order 1","Confirmed",5.00"#) && !saved.contains("Available"), "{saved}");
}

/// The clock of Paris in winter.
struct Paris;

impl Paris {
    fn there(at: Instant) -> Instant {
        Instant::from_seconds(at.seconds() + 3600)
    }
}

impl Format for Paris {
    fn money(&self, amount: &str, currency: &str, short: bool) -> String {
        Plain.money(amount, currency, short)
    }
    fn percent(&self, percent: &str) -> String {
        Plain.percent(percent)
    }
    fn number(&self, count: u32) -> String {
        Plain.number(count)
    }
    fn date(&self, at: Instant) -> String {
        Plain.date(Self::there(at))
    }
    fn day(&self, at: Instant) -> String {
        Plain.day(Self::there(at))
    }
    fn month(&self, at: Instant) -> String {
        Plain.month(Self::there(at))
    }
    fn countdown(&self, at: Instant, now: Instant) -> String {
        Plain.countdown(at, now)
    }
    fn plural(&self, count: u32) -> String {
        Plain.plural(count)
    }
}

#[test]
fn the_month_of_a_reward_is_that_of_its_date_on_the_screen_and_in_the_spreadsheet() {
    let (mut model, mut notes) = referrer();
    let entry = |id: &str, at: &str| json!({"order_id": id, "type": "sale", "at": at, "status": "paid"});
    let entries = json!([
        entry("1", "2026-10-31T22:59:00Z"),
        entry("2", "2026-10-31T23:30:00Z"),
        entry("3", "2026-11-01T00:30:00Z"),
    ]);
    let page = json!({"code": "ANNA10", "conversions": entries, "next_cursor": null});
    model.rewards_came(model.rewards_asked, false, answer(page), &mut notes);
    let text = words(view(&model, &Paris, Kind::Rewards).as_ref());
    let list = "2026-11 Order 3 2026-11-01 Paid Order 2 2026-11-01 Paid 2026-10 Order 1 2026-10-31 Paid";
    assert!(text.contains(list), "{text}");
    let sheet = csv(&model, &Paris);
    for line in [r#""2026-11-01","Order 3""#, r#""2026-11-01","Order 2""#, r#""2026-10-31","Order 1""#] {
        assert!(sheet.contains(line), "{line}: {sheet}");
    }
}

#[test]
fn what_was_asked_before_something_newer_is_not_added_to_it() {
    let (mut model, mut notes) = referrer();
    let mut whole = account();
    whole["next_cursor"] = Json::Null;
    let orders = |model: &Model| model.rewards.iter().map(|page| page.conversions.len()).sum::<usize>();
    model.act(Action::Open(Screen::Rewards), &mut notes);
    let first = model.rewards_asked;
    model.act(Action::Open(Screen::Rewards), &mut notes);
    assert_eq!(
        notes.take().iter().filter(|note| note.starts_with("rewards")).count(),
        1,
        "one is on its way"
    );
    // A claim asks anew, whatever is on its way.
    model.claim("#13", &mut notes);
    model.claimed(model.person, Ok(()), &mut notes);
    model.rewards_came(first, false, answer(account()), &mut notes);
    assert_eq!((orders(&model), model.rewards_load), (0, Load::Busy));
    model.rewards_came(model.rewards_asked, false, answer(account()), &mut notes);
    let second = model.rewards_asked;
    model.claim("#14", &mut notes);
    model.claimed(model.person, Ok(()), &mut notes);
    model.rewards_came(second, true, answer(whole.clone()), &mut notes);
    model.rewards_came(second, true, Err(Fault::Unknown), &mut notes);
    model.rewards_came(model.rewards_asked, false, answer(whole), &mut notes);
    assert_eq!((orders(&model), model.rewards_load), (3, Load::Ready));
    assert!(model.me.is_some());
}

/// Anna, signed in, whose rewards are shown.
fn anna_signed_in() -> (Model, Notes) {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.customer = Some(Customer { signed: "a.b.c".into(), id: "c-anna".into(), orders: Some(2) });
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, None, program(Json::Null), &mut notes);
    model.act(Action::Open(Screen::Rewards), &mut notes);
    model.joined(model.person, true, annas_card(), &mut notes);
    let mut whole = account();
    whole["next_cursor"] = Json::Null;
    whole["status"] = json!("paused");
    model.rewards_came(model.rewards_asked, false, answer(whole), &mut notes);
    model.own = Some(answer(annas()).unwrap());
    model.filter = Some(parrain_wire::rewards::Status::Pending);
    (model, notes)
}

#[test]
fn nothing_of_one_customer_is_shown_to_the_next() {
    let (mut model, mut notes) = anna_signed_in();
    model.claim("#13", &mut notes);
    model.act(Action::Open(Screen::Share), &mut notes);
    let (annas, asked) = (model.person, model.rewards_asked);
    model.identify(Customer { signed: "d.e.f".into(), id: "c-hugo".into(), orders: Some(1) }, &mut notes);
    assert!(notes.has("keep"), "nor does the device remember her");
    assert!(notes.has("join by identity d.e.f"), "who looked at rewards sees their own: {:?}", notes.0);
    assert_eq!((&model.me, &model.own, &model.activity, model.filter), (&None, &None, &None, None));
    // What was asked for Anna comes late.
    notes.take();
    model.claimed(annas, Ok(()), &mut notes);
    model.joined(annas, true, annas_card(), &mut notes);
    model.rewards_came(asked, false, answer(account()), &mut notes);
    let hers = self::annas();
    model.offer_came(model.asked, Why::Own, Some(&code("ANNA10")), program(hers), &mut notes);
    assert!(notes.take().is_empty() && model.me.is_none() && model.own.is_none() && model.rewards.is_empty());
    assert_eq!((model.claiming, model.joining, model.status), (Load::Idle, Load::Idle, ""));
    for screen in [Screen::Share, Screen::Rewards] {
        model.act(Action::Open(screen), &mut notes);
        let text = seen(&model, Kind::Launcher);
        assert!(
            !text.contains("ANNA10") && !text.contains("Order 100") && !text.contains("paused"),
            "{text}"
        );
    }
    // The same customer, signed anew, keeps theirs.
    let (mut model, mut notes) = anna_signed_in();
    notes.take();
    model.identify(Customer { signed: "g.h.i".into(), id: "c-anna".into(), orders: Some(2) }, &mut notes);
    assert!(model.me.is_some() && !model.rewards.is_empty() && !notes.has("join"));
}

#[test]
fn an_element_shows_the_rewards_of_a_customer_who_is_named_after_it() {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.start(&mut notes);
    model.want_rewards(&mut notes);
    assert!(!notes.has("join"), "nobody is known yet: {:?}", notes.0);
    model.identify(Customer { signed: "a.b.c".into(), id: "c-anna".into(), orders: Some(2) }, &mut notes);
    assert!(notes.has("join by identity a.b.c"), "{:?}", notes.0);
    // Named again, by another part of the page, they are not asked for twice.
    notes.take();
    model.identify(Customer { signed: "a.b.c".into(), id: "c-anna".into(), orders: Some(2) }, &mut notes);
    assert!(!notes.has("join"), "{:?}", notes.0);
}

#[test]
fn a_token_that_is_good_no_more_takes_along_what_it_showed() {
    let (mut model, mut notes) = anna_signed_in();
    model.act(Action::Open(Screen::Rewards), &mut notes);
    model.rewards_came(model.rewards_asked, false, Err(Fault::Unknown), &mut notes);
    let text = seen(&model, Kind::Launcher);
    assert!(!text.contains("Order 100") && !text.contains("paused"), "{text}");
    assert_eq!((&model.own, model.filter), (&None, None));
    assert_eq!((model.rewards_load, model.status), (Load::Failed(Fault::Unknown), "e_token"));
}

/// The first element of this name.
fn find(element: &Element, name: &str) -> Option<Element> {
    if element.name == name {
        return Some(element.clone());
    }
    element.children.iter().find_map(|child| match child {
        Node::Element(child) => find(child, name),
        Node::Text(_) => None,
    })
}

#[test]
fn who_has_no_use_for_it_is_not_bothered() {
    // Anna herself.
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.me = Some(Me {
        code: code("ANNA10"),
        link: "https://e/r/demo/ANNA10".into(),
        token: "t".into(),
        of: String::new(),
    });
    model.arrived = Some(code("ANNA10"));
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, Some(&code("ANNA10")), program(annas()), &mut notes);
    assert_eq!(model.open, None);
    // A customer of long standing, where the offer is for new ones.
    let (mut model, mut notes) = (self::model(Mode::NoneNeeded), Notes::default());
    model.customer = Some(Customer { signed: "a.b.c".into(), id: "c-1".into(), orders: Some(3) });
    model.arrived = Some(code("ANNA10"));
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, Some(&code("ANNA10")), program(annas()), &mut notes);
    assert_eq!(model.open, None);
    // A friend without a reward of their own.
    let (mut model, mut notes) = friend(Mode::NoneNeeded);
    model.open = None;
    let mut one_sided = annas();
    one_sided["friend"] = Json::Null;
    model.offer_came(model.asked, Why::Page, Some(&code("ANNA10")), program(one_sided), &mut notes);
    assert_eq!(model.open, None);
}

#[test]
fn an_unknown_code_leaves_no_trace() {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.arrived = Some(code("NOBODY9"));
    model.start(&mut notes);
    assert!(notes.has("keep v1.NOBODY9"), "kept at once, in case the shopper goes on at once");
    notes.take();
    model.offer_came(
        model.asked,
        Why::Page,
        Some(&code("NOBODY9")),
        program(json!({"valid": false, "reason": "unknown"})),
        &mut notes,
    );
    assert_eq!(notes.take(), ["keep  folded="]);
    assert_eq!((model.touches.len(), model.unsent), (0, 0));
}

#[test]
fn an_expired_code_stays_for_the_edge_to_judge() {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.arrived = Some(code("OLD99"));
    model.start(&mut notes);
    model.offer_came(
        model.asked,
        Why::Page,
        Some(&code("OLD99")),
        program(json!({"valid": false, "reason": "expired"})),
        &mut notes,
    );
    assert_eq!((model.touches.len(), model.open), (1, None));
}

#[test]
fn the_code_field_says_at_once_what_a_code_is_worth() {
    for (answer, expected) in [
        (json!({"valid": false, "reason": "expired"}), "has expired"),
        (json!({"valid": false, "reason": "unknown"}), "do not know this code"),
        (json!({"valid": false, "reason": "inactive"}), "not active"),
        (json!({"valid": false, "reason": "something_new"}), "do not know this code"),
        (annas(), "Anna gives you 10% off"),
    ] {
        let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
        model.act(Action::Open(Screen::Code), &mut notes);
        model.code_typed(" anna10 ", &mut notes);
        assert!(notes.has(&format!("offer {} Typed ANNA10", model.asked)), "{:?}", notes.0);
        model.offer_came(model.asked, Why::Typed, Some(&code("ANNA10")), program(answer), &mut notes);
        assert!(seen(&model, Kind::Launcher).contains(expected), "{}", seen(&model, Kind::Launcher));
    }
}

#[test]
fn what_is_no_code_is_not_asked_about() {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    for odd in ["", "x", "<script>", "ANNA 10", &"A".repeat(10_000)] {
        model.status = "carried";
        model.code_typed(odd, &mut notes);
        assert!(!notes.has("offer"), "{odd}");
        assert_eq!(model.typed_reason, "unknown");
        assert_eq!(model.status, "", "what was said of an earlier code is not said of this one");
    }
}

#[test]
fn a_late_answer_does_not_overwrite_a_newer_question() {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.code_typed("ANNA10", &mut notes);
    let first = model.asked;
    model.code_typed("BOB22", &mut notes);
    model.offer_came(first, Why::Typed, Some(&code("ANNA10")), program(annas()), &mut notes);
    assert!(!notes.has("redeem"));
    assert_eq!(model.typed_load, Load::Busy);
}

#[test]
fn another_ones_link_in_a_window_that_has_a_cookie() {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.touches = touch::parse("v1.BOB22.l.1761900000");
    model.arrived = Some(code("ANNA10"));
    model.start(&mut notes);
    assert!(notes.has("keep v1.BOB22.l.1761900000~v1.ANNA10.l.1762000000"));
}

#[test]
fn a_lost_connection_loses_no_touch() {
    let (mut model, mut notes) = friend(Mode::NoneNeeded);
    model.touch_sent(Err(Fault::Unreachable), &mut notes);
    assert_eq!(model.unsent, 1);
    assert!(notes.has("later"));
    notes.take();
    model.again(&mut notes);
    assert!(notes.has("touch ANNA10 link"));
    model.act(Action::Apply, &mut notes);
    model.touch_sent(Ok(()), &mut notes);
    assert!(notes.has("touch ANNA10 promo_code"), "the next one follows");
    model.touch_sent(Ok(()), &mut notes);
    assert_eq!(model.unsent, 0);
}

#[test]
fn a_touch_that_is_refused_is_not_sent_again() {
    let (mut model, mut notes) = friend(Mode::NoneNeeded);
    notes.take();
    model.touch_sent(Err(Fault::Refused), &mut notes);
    assert_eq!(model.unsent, 0);
    assert!(!notes.has("later") && !notes.has("touch"), "{:?}", notes.0);
}

#[test]
fn an_edge_that_is_down_or_talks_nonsense_shows_nothing_untrue() {
    for reply in [Err(Fault::Unreachable), answer(json!({})), answer(json!({"name": 3})), answer(json!([1]))]
    {
        let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
        model.arrived = Some(code("ANNA10"));
        model.start(&mut notes);
        model.offer_came(model.asked, Why::Page, Some(&code("ANNA10")), reply, &mut notes);
        assert_eq!(seen(&model, Kind::Launcher), "");
        assert_eq!(seen(&model, Kind::Offer), "");
        assert!(notes.has("keep v1.ANNA10"), "the code is kept all the same");
        model.act(Action::Open(Screen::Offer), &mut notes);
        assert!(seen(&model, Kind::Launcher).contains("One moment"));
        model.offer_came(model.asked, Why::Page, Some(&code("ANNA10")), Err(Fault::Unreachable), &mut notes);
        assert!(seen(&model, Kind::Launcher).contains("cannot reach"));
        notes.take();
        model.act(Action::Retry, &mut notes);
        assert!(notes.has("offer"));
    }
}

#[test]
fn joining_takes_one_step_and_ends_where_one_shares() {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, None, program(Json::Null), &mut notes);
    assert!(seen(&model, Kind::Launcher).contains("Refer a friend"));
    model.act(Action::Open(Screen::Share), &mut notes);
    let text = seen(&model, Kind::Launcher);
    assert!(text.contains("Give 10% off on orders of EUR 30 or more, get EUR 10 in store credit"), "{text}");
    assert!(text.contains("Available 14 days after") && text.contains("Up to 20 rewards a month"), "{text}");
    model.join("Chloé", "c@example.com", &mut notes);
    model.join("Chloé", "c@example.com", &mut notes);
    assert_eq!(notes.0.iter().filter(|note| note.starts_with("join")).count(), 1);
    let card = json!({"code": "CHLOE7", "link": "https://edge.example/r/demo/CHLOE7", "token": "t"});
    model.joined(model.person, false, answer(card), &mut notes);
    assert!(notes.has("emit joined CHLOE7 https://edge.example/r/demo/CHLOE7"));
    let links = values(shown(&model).as_ref(), "href");
    assert!(
        links.iter().any(|link| link.starts_with("https://wa.me/?text=A%20gift%20for%20you%20at%20Atelier")),
        "{links:?}"
    );
    assert_eq!(links.len(), 6);
    assert!(links.iter().all(|link| link.contains("edge.example%2Fr%2Fdemo%2FCHLOE7")), "{links:?}");
    model.act(Action::Copy(Copyable::Link), &mut notes);
    assert!(notes.has("copy link https://edge.example/r/demo/CHLOE7"));
    let text = seen(&model, Kind::Rewards);
    assert!(
        text.contains("No orders yet.") && text.contains("Share my link"),
        "who has a link needs none: {text}"
    );
}

#[test]
fn a_product_link_leads_to_the_open_page_without_anybody_elses_code() {
    let (mut model, mut notes) = referrer();
    model.act(Action::Product, &mut notes);
    assert_eq!(model.share_link().as_deref(), Some("https://e.example/r/demo/CHLOE7?to=%2Fmugs%2Fblue"));
    model.page = "https://shop.example".into();
    assert_eq!(model.share_link().as_deref(), Some("https://e.example/r/demo/CHLOE7"));
}

#[test]
fn a_qr_code_is_drawn_where_it_is_seen_and_of_the_link_that_is_shown() {
    let (mut model, mut notes) = referrer();
    let plain = "https://e.example/r/demo/CHLOE7";
    let product = "https://e.example/r/demo/CHLOE7?to=%2Fmugs%2Fblue";
    model.act(Action::Open(Screen::Rewards), &mut notes);
    assert!(!notes.has("draw"), "nobody sees it there");
    model.act(Action::Open(Screen::Share), &mut notes);
    assert!(notes.has(&format!("draw {plain}")));
    let paths = |model: &Model| values(shown(model).as_ref(), "d").len();
    let picture = || Ok(Some(Picture { around: "0,0,1,1".into(), path: "M0,0".into() }));
    let before = paths(&model);
    model.act(Action::Product, &mut notes);
    assert!(notes.has(&format!("draw {product}")));
    model.drawn(plain, picture());
    assert_eq!(paths(&model), before, "a picture of another link than the one beside it");
    model.drawn(product, picture());
    assert_eq!(paths(&model), before + 1);
    notes.take();
    model.act(Action::Open(Screen::Share), &mut notes);
    assert!(!notes.has("draw"), "it is there");
    // Nothing can draw it: that is said, the link stays to be copied, and there is another try.
    model.act(Action::Product, &mut notes);
    model.drawn(plain, Err(Fault::Unreachable));
    let text = seen(&model, Kind::Launcher);
    assert!(text.contains("We cannot reach") && text.contains(plain));
    assert!(actions(&model).contains("retry") && actions(&model).contains("copy"));
    notes.take();
    model.act(Action::Retry, &mut notes);
    assert!(notes.has(&format!("draw {plain}")));
    model.drawn(plain, Ok(None));
    assert!(
        !seen(&model, Kind::Launcher).contains("We cannot reach"),
        "too long for a picture is no lost connection"
    );
}

#[test]
fn who_refers_already_is_shown_the_way_to_their_link_before_the_form_that_makes_another() {
    let (mut model, mut notes) = (model(Mode::Explicit), Notes::default());
    model.start(&mut notes);
    let Ok(mut program) = program(Json::Null) else { unreachable!() };
    program.sign_in_url = Some("https://shop.example/my-link".into());
    program.terms_url = Some("https://shop.example/terms".into());
    model.offer_came(model.asked, Why::Page, None, Ok(program.clone()), &mut notes);
    model.act(Action::Open(Screen::Share), &mut notes);
    let text = seen(&model, Kind::Launcher);
    let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words}: {text}"));
    assert!(place("Already have a link?") < place("E-mail"), "{text}");
    assert!(place("E-mail") < place("Terms and privacy"), "{text}");
    let links = values(shown(&model).as_ref(), "href");
    assert_eq!(links, ["https://shop.example/my-link", "https://shop.example/terms"]);
    model.act(Action::Open(Screen::Rewards), &mut notes);
    let text = seen(&model, Kind::Launcher);
    assert!(text.find("Already have a link?") < text.find("Get my link"), "{text}");
    // A mailed link that was used is asked for again there.
    model.rewards_load = Load::Failed(Fault::Spent);
    assert!(seen(&model, Kind::Launcher).contains("Already have a link?"));
    // Who has theirs is not sent away, and what is no page is no link.
    model.joined(model.person, false, annas_card(), &mut notes);
    model.act(Action::Open(Screen::Share), &mut notes);
    assert!(!seen(&model, Kind::Launcher).contains("Already have a link?"));
    program.sign_in_url = Some("javascript:alert(1)".into());
    program.terms_url = Some("data:text/html,x".into());
    let mut model = self::model(Mode::Explicit);
    model.offer_came(0, Why::Page, None, Ok(program), &mut notes);
    model.act(Action::Open(Screen::Share), &mut notes);
    assert_eq!(values(shown(&model).as_ref(), "href"), Vec::<String>::new());
}

#[test]
fn who_joined_on_another_device_has_their_link_mailed_where_the_shop_mails() {
    let (mut model, mut notes) = (model(Mode::Explicit), Notes::default());
    model.start(&mut notes);
    let Ok(mut program) = program(Json::Null) else { unreachable!() };
    // The shop's own page steps back: here nobody has to leave the page.
    program.sign_in_url = Some("https://shop.example/my-link".into());
    program.sign_in_mails = true;
    model.offer_came(model.asked, Why::Page, None, Ok(program), &mut notes);
    model.act(Action::Open(Screen::Share), &mut notes);
    assert_eq!(values(shown(&model).as_ref(), "href"), Vec::<String>::new());
    assert!(seen(&model, Kind::Launcher).contains("Already have a link?"));
    assert!(values(shown(&model).as_ref(), "data-a").contains(&"link".to_owned()));
    model.mail(false, "anna@example.com", &mut notes);
    model.mail(false, "anna@example.com", &mut notes);
    let mails = notes.0.iter().filter(|note| note.as_str() == "mail  anna@example.com").count();
    assert_eq!(mails, 1, "pressed twice: {:?}", notes.0);
    for (status, said) in
        [(0, "Nothing is lost: try again"), (429, "Too many"), (422, "e-mail address complete")]
    {
        model.mailed(None, Err(Fault::of(status)), &mut notes);
        assert!(seen(&model, Kind::Launcher).contains(said), "{status}");
        assert!(notes.has("emit error mail"));
        model.mail(false, "anna@example.com", &mut notes);
    }
    model.mailed(None, Ok(()), &mut notes);
    assert_eq!(model.status, "mailed", "read out");
    assert!(seen(&model, Kind::Launcher).contains("If this address has a link here"));
    assert!(!values(shown(&model).as_ref(), "data-a").contains(&"link".to_owned()), "once is enough");
}

#[test]
fn a_friend_is_reminded_by_mail_where_they_ask_for_it() {
    let (mut model, mut notes) = friend(Mode::NoneNeeded);
    assert!(!seen(&model, Kind::Launcher).contains("Remind me"), "not where the shop sends none");
    model.program.reminders = true;
    assert!(seen(&model, Kind::Launcher).contains("Remind me by e-mail"));
    model.mail(true, "bob@example.com", &mut notes);
    assert!(notes.has("mail ANNA10 bob@example.com"), "{:?}", notes.0);
    model.mailed(Some(&code("ANNA10")), Err(Fault::Refused), &mut notes);
    assert!(seen(&model, Kind::Launcher).contains("e-mail address complete"));
    model.mail(true, "bob@example.com", &mut notes);
    model.mailed(Some(&code("ANNA10")), Ok(()), &mut notes);
    assert!(seen(&model, Kind::Launcher).contains("One e-mail will remind you"));
    // Another friend's gift is another matter.
    let mut bobs = annas();
    (bobs["code"], bobs["from"]) = (json!("BOB22"), json!("Bob"));
    let Ok(mut program) = program(bobs) else { unreachable!() };
    program.reminders = true;
    model.moved("https://shop.example/?ref=BOB22".into(), Some(code("BOB22")), &mut notes);
    model.offer_came(model.asked, Why::Page, Some(&code("BOB22")), Ok(program), &mut notes);
    assert!(values(shown(&model).as_ref(), "data-a").contains(&"remind".to_owned()));
    // An answer that comes late is not of this one.
    model.mailed(Some(&code("ANNA10")), Ok(()), &mut notes);
    assert!(values(shown(&model).as_ref(), "data-a").contains(&"remind".to_owned()));
    // Where the edge has nothing to remind of, no address is asked for once more.
    model.mail(true, "bob@example.com", &mut notes);
    model.mailed(Some(&code("BOB22")), Err(Fault::Conflict), &mut notes);
    assert!(!values(shown(&model).as_ref(), "data-a").contains(&"remind".to_owned()));
    assert!(seen(&model, Kind::Launcher).contains("not active at the moment"));
    // Who uses the gift needs no reminder, and where there is none nothing is to be reminded of.
    model.act(Action::Apply, &mut notes);
    model.redeemed(&code("BOB22"), tried(Redeeming::InBasket), false, &mut notes);
    assert!(!seen(&model, Kind::Launcher).contains("Remind me"));
}

#[test]
fn who_has_to_wait_for_the_shop_is_told() {
    let (mut model, mut notes) = (model(Mode::Explicit), Notes::default());
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, None, program(Json::Null), &mut notes);
    model.act(Action::Open(Screen::Share), &mut notes);
    let card =
        json!({"code": "CHLOE7", "link": "https://e/r/demo/CHLOE7", "token": "t", "status": "waiting"});
    model.joined(model.person, false, answer(card), &mut notes);
    assert!(seen(&model, Kind::Launcher).contains("The shop lets you in soon"));
    // On the next page the offer says that the code does not count, and their rewards why.
    let (mut model, mut notes) = referrer();
    model.act(Action::Open(Screen::Share), &mut notes);
    notes.take();
    let refused = || program(json!({"valid": false, "reason": "inactive"}));
    model.offer_came(model.asked, Why::Own, Some(&code("CHLOE7")), refused(), &mut notes);
    assert!(notes.has("rewards t "), "{:?}", notes.0);
    for (status, said) in [("waiting", "lets you in soon"), ("paused", "is paused"), ("ended", "has ended")] {
        let mut account = account();
        account["status"] = json!(status);
        model.rewards_came(model.rewards_asked, false, answer(account), &mut notes);
        for screen in [Screen::Share, Screen::Rewards] {
            model.act(Action::Open(screen), &mut notes);
            assert!(seen(&model, Kind::Launcher).contains(said), "{status}");
        }
    }
    model.offer_came(model.asked, Why::Own, Some(&code("CHLOE7")), program(annas()), &mut notes);
    model.act(Action::Open(Screen::Share), &mut notes);
    assert!(!seen(&model, Kind::Launcher).contains("has ended"), "let in again");
}

#[test]
fn an_empty_basket_is_told_from_a_refusal_and_waited_for() {
    let next = |gift: Gift| {
        let (mut model, mut notes) = (self::model(Mode::NoneNeeded), Notes::default());
        model.touches = touch::parse("v1.ANNA10.l.1761990000~v1.ANNA10.p.1761990009");
        model.gift = Some(gift);
        model.start(&mut notes);
        model.offer_came(model.asked, Why::Page, Some(&code("ANNA10")), program(annas()), &mut notes);
        (model, notes)
    };
    let (mut model, mut notes) = friend(Mode::NoneNeeded);
    model.act(Action::Apply, &mut notes);
    model.redeemed(&code("ANNA10"), tried(Redeeming::Empty), false, &mut notes);
    // However many pages are looked at before there is anything in the basket.
    for _ in 0..3 * usize::from(Gift::TRIES) {
        let gift = model.gift.clone().unwrap();
        assert_eq!(gift.stage, Gift::WANTED);
        (model, notes) = next(gift);
        assert!(notes.has("redeem ANNA10"));
        notes.take();
        model.redeemed(&code("ANNA10"), tried(Redeeming::Empty), false, &mut notes);
        assert!(!notes.has("emit") && notes.has("keep"), "{:?}", notes.0);
    }
    model.act(Action::Open(Screen::Offer), &mut notes);
    assert!(seen(&model, Kind::Launcher).contains("with the first item"));
    let (mut model, mut notes) = next(model.gift.clone().unwrap());
    model.redeemed(&code("ANNA10"), tried(Redeeming::InBasket), false, &mut notes);
    assert!(notes.has("emit redeemed ANNA10 in_basket"));
}

#[test]
fn a_basket_is_asked_again_when_it_has_changed_and_a_page_with_nobody_to_ask_costs_no_try() {
    let (mut model, mut notes) = friend(Mode::NoneNeeded);
    model.act(Action::Apply, &mut notes);
    let refused = Tried { outcome: Redeeming::Shown, goods: Some(1) };
    model.redeemed(&code("ANNA10"), refused, false, &mut notes);
    let kept = model.gift.clone().unwrap();
    assert_eq!(kept.write(), "ANNA10.9.1");
    assert_eq!(Gift::read("ANNA10.9.1"), Some(kept.clone()));
    assert_eq!(
        Gift::read("ANNA10.9").map(|gift| gift.stage),
        Some(Gift::WANTED),
        "as earlier widgets kept it"
    );
    // Another address of the same page is another try, of another basket alone.
    notes.take();
    model.moved("https://shop.example/cart".into(), None, &mut notes);
    assert!(notes.has("redeem ANNA10 but for 1"), "{:?}", notes.0);
    notes.take();
    model.redeemed(&code("ANNA10"), tried(Redeeming::No), true, &mut notes);
    assert_eq!((notes.take(), &model.gift), (Vec::new(), &Some(kept)));
    model.redeemed(&code("ANNA10"), Tried { outcome: Redeeming::Shown, goods: Some(2) }, false, &mut notes);
    assert_eq!(model.gift.as_ref().map(Gift::write).as_deref(), Some("ANNA10.8.2"));
    assert!(!notes.has("emit") && notes.has("keep"));
    // An answer that comes when the order is placed changes nothing.
    model.purchased(&mut notes);
    for outcome in [Redeeming::Shown, Redeeming::InBasket, Redeeming::Empty] {
        model.redeemed(&code("ANNA10"), tried(outcome), false, &mut notes);
        assert_eq!(model.gift.as_ref().map(Gift::write).as_deref(), Some("ANNA10.spent"));
    }
    // Who presses where nobody can be asked is given the code, or has it carried.
    for (carries, outcome) in [(false, Redeeming::Shown), (true, Redeeming::Carried)] {
        let (mut model, mut notes) = friend(Mode::NoneNeeded);
        model.act(Action::Apply, &mut notes);
        model.redeemed(&code("ANNA10"), tried(Redeeming::No), carries, &mut notes);
        assert_eq!(model.redeeming, outcome);
    }
    let (mut model, mut notes) = friend(Mode::Required);
    model.act(Action::Apply, &mut notes);
    model.redeemed(&code("ANNA10"), tried(Redeeming::No), true, &mut notes);
    assert_eq!(model.redeeming, Redeeming::Shown, "the next page would know nothing of it");
}

fn annas_card() -> Result<Option<Card>, Fault> {
    answer(json!({"code": "ANNA10", "link": "https://e/r/demo/ANNA10", "token": "t"}))
}

#[test]
fn a_mailed_link_shows_the_rewards_of_its_referrer() {
    // On a computer where somebody else is signed in.
    let (mut model, mut notes) = (model(Mode::Explicit), Notes::default());
    model.customer = Some(Customer { signed: "a.b.c".into(), id: "c-hugo".into(), orders: Some(1) });
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, None, program(Json::Null), &mut notes);
    model.enter("prk_x", &mut notes);
    assert!(notes.has("join by key prk_x") && notes.has("focus true"));
    assert!(seen(&model, Kind::Launcher).contains("One moment"));
    model.joined(model.person, true, Err(Fault::Unreachable), &mut notes);
    assert!(actions(&model).contains("retry"), "the connection may have gone: the key is still good");
    notes.take();
    model.act(Action::Retry, &mut notes);
    assert!(notes.has("join by key prk_x"));
    model.joined(model.person, true, annas_card(), &mut notes);
    // Nobody is made another person unasked.
    assert!(model.me.is_none() && !notes.has("rewards t "));
    assert!(seen(&model, Kind::Launcher).contains("This link is for the rewards of ANNA10."));
    model.act(Action::Enter, &mut notes);
    assert!(notes.has("rewards t ") && notes.has("keep"), "following the link asked for the service");
    let mut whole = account();
    whole["next_cursor"] = Json::Null;
    model.rewards_came(model.rewards_asked, false, answer(whole), &mut notes);
    assert!(seen(&model, Kind::Launcher).contains("12 visits through your link"));
    let me = model.me.as_ref().unwrap();
    assert_eq!((me.code.as_str(), me.of.as_str()), ("ANNA10", ""), "she is not who is signed in");
    notes.take();
    model.act(Action::Open(Screen::Rewards), &mut notes);
    assert!(notes.has("rewards t ") && !notes.has("join"), "the key is used once");
}

#[test]
fn a_mailed_link_replaces_nobody_who_is_signed_in_unasked() {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    let hugo = json!({"code": "HUGO", "link": "https://e/r/demo/HUGO", "token": "h"});
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, None, program(Json::Null), &mut notes);
    model.me = answer(hugo.clone()).ok().flatten().and_then(|card| Me::new(card, String::new()));
    // Their own link asks nothing.
    model.enter("prk_own", &mut notes);
    model.joined(model.person, true, answer(hugo), &mut notes);
    assert!(model.stranger.is_none() && model.me.as_ref().unwrap().code.as_str() == "HUGO");
    notes.take();
    model.enter("prk_x", &mut notes);
    model.joined(model.person, true, annas_card(), &mut notes);
    assert_eq!(model.me.as_ref().unwrap().code.as_str(), "HUGO");
    assert!(notes.has("rewards h "), "their own are shown beside the question");
    model.rewards_came(model.rewards_asked, false, answer(account()), &mut notes);
    assert!(seen(&model, Kind::Launcher).contains("ANNA10") && actions(&model).contains("enter"));
    notes.take();
    model.act(Action::Enter, &mut notes);
    assert_eq!(model.me.as_ref().unwrap().code.as_str(), "ANNA10");
    assert!(model.rewards.is_empty() && notes.has("rewards t "), "nothing of one is shown to the other");
    assert!(!actions(&model).contains("enter"));
}

/// Hugo has a link in this browser; he follows one that was mailed to Anna.
fn asked_about_anna(customer: Option<Customer>) -> (Model, Notes) {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.customer = customer;
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, None, program(Json::Null), &mut notes);
    let hugo = answer(json!({"code": "HUGO", "link": "https://e/r/demo/HUGO", "token": "h"}));
    model.me = Me::new(hugo.unwrap(), String::new());
    model.enter("prk_x", &mut notes);
    model.joined(model.person, true, annas_card(), &mut notes);
    notes.take();
    (model, notes)
}

#[test]
fn a_mailed_link_outlives_a_token_that_is_good_no_more() {
    // The link is used up: it can be asked for nowhere else.
    let (mut model, mut notes) = asked_about_anna(None);
    model.rewards_came(model.rewards_asked, false, Err(Fault::Unknown), &mut notes);
    assert_eq!(model.me.as_ref().unwrap().code.as_str(), "ANNA10", "nobody is left to be asked");
    assert!(model.stranger.is_none() && notes.has("rewards t ") && notes.has("keep"), "{:?}", notes.0);
    // Hers may be good no more either.
    model.rewards_came(model.rewards_asked, false, Err(Fault::Unknown), &mut notes);
    assert_eq!((&model.me, model.rewards_load), (&None, Load::Failed(Fault::Unknown)));
    // Whom the shop signs for gets a new token, and is asked as before.
    let hugo = Customer { signed: "a.b.c".into(), id: "c-hugo".into(), orders: Some(1) };
    let (mut model, mut notes) = asked_about_anna(Some(hugo));
    model.rewards_came(model.rewards_asked, false, Err(Fault::Unknown), &mut notes);
    assert!(model.me.is_none() && actions(&model).contains("enter"), "{}", actions(&model));
}

#[test]
fn nobody_is_asked_whether_to_see_their_own_rewards() {
    // Anna is signed in, and follows her own link before the page knows that she refers.
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.customer = Some(Customer { signed: "a.b.c".into(), id: "c-anna".into(), orders: Some(1) });
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, None, program(Json::Null), &mut notes);
    model.enter("prk_x", &mut notes);
    model.joined(model.person, true, annas_card(), &mut notes);
    assert!(notes.has("join by identity a.b.c") && model.stranger.is_some());
    model.joined(model.person, true, annas_card(), &mut notes);
    model.rewards_came(model.rewards_asked, false, answer(account()), &mut notes);
    assert!(model.stranger.is_none() && !actions(&model).contains("enter"));
    assert_eq!(model.me.as_ref().unwrap().of, "c-anna");
}

#[test]
fn whoever_the_shop_signs_is_asked_about_a_link_in_any_order_of_the_answers() {
    let hugo = || Customer { signed: "d.e.f".into(), id: "c-hugo".into(), orders: Some(1) };
    for order in ["link, answer, signed", "link, signed, answer", "other, link, signed, answer"] {
        let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
        if order.starts_with("other") {
            model.customer = Some(Customer { id: "c-zoe".into(), ..hugo() });
        }
        model.start(&mut notes);
        model.offer_came(model.asked, Why::Page, None, program(Json::Null), &mut notes);
        model.enter("prk_x", &mut notes);
        let person = model.person;
        if order.ends_with("signed") {
            model.joined(person, true, annas_card(), &mut notes);
            assert!(model.me.is_some() && notes.has("rewards t "), "{order}");
            model.identify(hugo(), &mut notes);
        } else {
            model.identify(hugo(), &mut notes);
            model.joined(person, true, annas_card(), &mut notes);
        }
        assert!(model.me.is_none() && model.rewards.is_empty(), "{order}");
        assert_eq!(notes.0.iter().filter(|note| note.starts_with("join by key")).count(), 1, "{order}");
        assert!(notes.has("join by identity d.e.f"), "{order}: {:?}", notes.0);
        model.joined(model.person, true, Ok(None), &mut notes);
        assert!(actions(&model).contains("enter"), "{order}");
        notes.take();
        model.act(Action::Enter, &mut notes);
        assert!(notes.has("rewards t ") && notes.has("focus true"), "{order}: {:?}", notes.0);
        // Who has chosen is not asked again by a page that names its customer twice.
        model.identify(hugo(), &mut notes);
        assert_eq!(model.me.as_ref().map(|me| me.code.as_str()), Some("ANNA10"), "{order}");
    }
}

#[test]
fn whoever_is_let_in_shares_their_own_link_in_elements_by_hand() {
    let (mut model, mut notes) = asked_about_anna(None);
    model.placed = true;
    model.act(Action::Enter, &mut notes);
    assert!(notes.has("draw https://e/r/demo/ANNA10"), "{:?}", notes.0);
    let own = format!("offer {} Own ANNA10", model.asked);
    assert!(notes.has(&own), "{:?}", notes.0);
}

#[test]
fn a_link_that_was_used_says_so_and_is_not_tried_again() {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, None, program(Json::Null), &mut notes);
    model.enter("prk_x", &mut notes);
    model.joined(model.person, true, Err(Fault::Unknown), &mut notes);
    assert!(seen(&model, Kind::Launcher).contains("This link has already been used or has expired."));
    assert!(!actions(&model).contains("retry"));
    assert!(
        !seen(&model, Kind::Launcher).contains("Get my link"),
        "that would be another link, not another mail"
    );
    // Who is signed in sees their own when they look again.
    model.customer = Some(Customer { signed: "a.b.c".into(), id: "c-anna".into(), orders: Some(2) });
    notes.take();
    model.act(Action::Open(Screen::Rewards), &mut notes);
    assert!(notes.has("join by identity a.b.c"));
    model.joined(model.person, true, annas_card(), &mut notes);
    model.rewards_came(model.rewards_asked, false, answer(account()), &mut notes);
    assert_eq!(model.me.as_ref().unwrap().of, "c-anna");
    assert!(seen(&model, Kind::Launcher).contains("12 visits through your link"));
}

#[test]
fn a_customer_who_looks_is_offered_to_join() {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.customer = Some(Customer { signed: "a.b.c".into(), id: "c-hugo".into(), orders: Some(1) });
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, None, program(Json::Null), &mut notes);
    model.act(Action::Open(Screen::Rewards), &mut notes);
    notes.take();
    // The edge answers 204: they are no referrer, and were not made one.
    model.joined(model.person, true, Ok(None), &mut notes);
    assert!(model.me.is_none() && notes.take().is_empty());
    let text = seen(&model, Kind::Launcher);
    assert!(text.contains("No orders yet") && !text.contains("sign in") && !text.contains("reach"), "{text}");
}

#[test]
fn a_signed_in_customer_sees_their_rewards_with_no_further_login() {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.customer = Some(Customer { signed: "a.b.c".into(), id: "c-anna".into(), orders: Some(2) });
    model.offer_came(0, Why::Page, None, program(Json::Null), &mut notes);
    model.act(Action::Open(Screen::Rewards), &mut notes);
    assert!(notes.has("join by identity a.b.c"));
    model.joined(
        model.person,
        true,
        answer(json!({"code": "ANNA10", "link": "https://e/r/demo/ANNA10", "token": "t"})),
        &mut notes,
    );
    assert!(notes.has("rewards t "));
    model.rewards_came(model.rewards_asked, false, answer(account()), &mut notes);
    let text = seen(&model, Kind::Launcher);
    for expected in [
        "12 visits through your link",
        "Pending EUR 10.00",
        "200 points",
        "Order 1001",
        "Available on 2026-11-16",
        "Nobody can refer themselves.",
        "The order was refunded.",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(notes.has("rewards t next"), "the newest are on the last page");
    model.rewards_came(model.rewards_asked, true, answer(json!({"code": "ANNA10", "conversions": [{"order_id": "1009", "type": "sale"}], "next_cursor": null})), &mut notes);
    let text = seen(&model, Kind::Launcher);
    assert!(
        text.contains("Order 1001") && text.contains("Order 1009") && !text.contains("Show more"),
        "{text}"
    );
}

/// Anna's account with three months of entries of many kinds.
fn many(model: &mut Model) {
    let credit = |amount: &str| json!({"kind": "store_credit", "amount": amount, "currency": "EUR"});
    let entry = |id: &str, at: &str, status: &str, reward: Json, more: Json| {
        let mut entry = json!({"order_id": id, "type": "sale", "at": format!("{at}T10:00:00Z"), "status": status,
            "reward": reward, "reason": null, "approves_at": null});
        for (name, value) in more.as_object().unwrap() {
            entry[name] = value.clone();
        }
        entry
    };
    let entries = json!([
        entry("1", "2026-09-30", "paid", credit("10.00"), json!({})),
        entry("2", "2026-10-01", "paid", credit("7.50"), json!({"earned": credit("10.00")})),
        entry(
            "3",
            "2026-10-05",
            "reversed",
            credit("0.00"),
            json!({"earned": credit("10.00"), "reason": "refunded"})
        ),
        entry("4", "2026-10-31", "approved", json!({"kind": "points", "points": 200}), json!({})),
        entry("5", "2026-11-02", "rejected", Json::Null, json!({"reason": "self_referral"})),
        entry(
            "adj",
            "2026-11-03",
            "approved",
            json!({"kind": "cash", "amount": "-1.25", "currency": "USD"}),
            json!({"type": "adjustment", "note": "=2+3 \"oops\""})
        ),
        entry("6", "2026-11-04", "approved", credit("0.05"), json!({})),
        entry("7", "2026-11-05", "approved", credit("10.00"), json!({})),
    ]);
    let page = json!({"code": "ANNA10", "clicks": 3, "conversions": entries, "next_cursor": null});
    model.rewards_came(model.rewards_asked, false, answer(page), &mut Notes::default());
}

#[test]
fn rewards_are_told_by_month_the_newest_first_with_what_each_came_to_and_what_changed() {
    let (mut model, mut notes) = referrer();
    many(&mut model);
    model.act(Action::Open(Screen::Rewards), &mut notes);
    let text = seen(&model, Kind::Launcher);
    let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words}: {text}"));
    let order = [
        "2026-11",
        "EUR 10.05 · USD -1.25",
        "Order 7",
        "Order 6",
        "Order 5",
        "2026-10",
        "EUR 7.50 · 200 points",
        "Order 4",
        "2026-09 EUR 10.00 Order 1",
    ];
    for pair in order.windows(2) {
        assert!(place(pair[0]) < place(pair[1]), "{pair:?}: {text}");
    }
    assert!(text.contains("EUR 10.00 → EUR 7.50: partly refunded"), "{text}");
    assert!(text.contains("From the shop USD -1.25 2026-11-03 Available =2+3"), "{text}");
    let struck = find(&shown(&model).unwrap(), "s").map(|one| words(Some(&one)));
    assert_eq!(struck.as_deref(), Some("EUR 10 in store credit"), "what was earned and taken back");
}

#[test]
fn rewards_are_filtered_by_state() {
    let (mut model, mut notes) = referrer();
    many(&mut model);
    model.act(Action::Open(Screen::Rewards), &mut notes);
    let chips = |model: &Model| {
        let view = shown(model).unwrap();
        let row = class(&view, "row pills").expect("a row of states");
        (words(Some(&row)), values(Some(&row), "aria-pressed").join(" "))
    };
    assert_eq!(chips(&model).0, "All Available Paid Refused Taken back");
    assert_eq!(chips(&model).1, "true false false false false");
    model.act(Action::read("filter", "paid").unwrap(), &mut notes);
    assert_eq!(chips(&model).1, "false false true false false");
    let text = seen(&model, Kind::Launcher);
    assert!(text.contains("Order 1") && text.contains("Order 2") && !text.contains("Order 7"), "{text}");
    model.act(Action::read("filter", "").unwrap(), &mut notes);
    assert!(seen(&model, Kind::Launcher).contains("Order 7"));
    // A state that nothing is in any more is still there to be left.
    model.act(Action::read("filter", "rejected").unwrap(), &mut notes);
    let mut account = account();
    account["conversions"].as_array_mut().unwrap().truncate(1);
    account["next_cursor"] = Json::Null;
    model.rewards_came(model.rewards_asked, false, answer(account.clone()), &mut notes);
    assert_eq!(chips(&model), ("All Pending Refused".into(), "false false true".into()));
    model.act(Action::read("filter", "pending").unwrap(), &mut notes);
    assert_eq!(chips(&model), ("All Pending".into(), "false true".into()));
    model.act(Action::read("filter", "").unwrap(), &mut notes);
    assert!(seen(&model, Kind::Launcher).contains("Order 1001"));
    // One state needs no choice.
    let (mut model, mut notes) = referrer();
    model.rewards_came(model.rewards_asked, false, answer(account), &mut notes);
    model.act(Action::Open(Screen::Rewards), &mut notes);
    assert!(class(&shown(&model).unwrap(), "row pills").is_none());
}

#[test]
fn a_voucher_s_code_stands_with_its_reward_and_is_copied() {
    let (mut model, mut notes) = referrer();
    let mut account = account();
    let own = &mut account["conversions"][0];
    own["status"] = "approved".into();
    own["reward"]["voucher"] = "PARRAIN-K7PM".into();
    model.rewards_came(model.rewards_asked, false, answer(account), &mut notes);
    model.act(Action::Open(Screen::Rewards), &mut notes);
    notes.take();
    let text = seen(&model, Kind::Launcher);
    assert!(text.contains("Your voucher PARRAIN-K7PM Copy"), "{text}");
    model.act(Action::read("voucher", "PARRAIN-K7PM").unwrap(), &mut notes);
    assert_eq!(notes.take(), ["copy voucher PARRAIN-K7PM"]);
    model.copied(crate::action::Copyable::Voucher("PARRAIN-K7PM".into()));
    assert!(seen(&model, Kind::Launcher).contains("Your voucher PARRAIN-K7PM Copied"));
}

#[test]
fn rewards_are_saved_as_a_spreadsheet_that_computes_nothing() {
    let (mut model, mut notes) = referrer();
    many(&mut model);
    model.filter = Some(parrain_wire::rewards::Status::Approved);
    model.act(Action::Save, &mut notes);
    let saved = notes.take().pop().unwrap();
    let lines: Vec<&str> = saved.strip_prefix("save \u{feff}").unwrap().split("\r\n").collect();
    assert_eq!(
        lines,
        [
            r#""Date","What","State","Amount","Currency","Reward","Note""#,
            r#""2026-11-05","Order 7","Available",10.00,"EUR","EUR 10 in store credit","""#,
            r#""2026-11-04","Order 6","Available",0.05,"EUR","EUR 0.05 in store credit","""#,
            r#""2026-11-03","From the shop","Available",-1.25,"USD","USD -1.25","'=2+3 ""oops""""#,
            r#""2026-10-31","Order 4","Available",,"","200 points","""#,
            "",
        ]
    );
}

#[test]
fn a_spreadsheet_computes_nothing_that_marks_or_blanks_stand_before() {
    let (mut model, mut notes) = referrer();
    // What is filled in stands between marks of direction, which a spreadsheet is not given.
    model.program.texts = answer(json!({"k_sale": "{id}"})).unwrap();
    let entry = json!({"order_id": "=1+1", "type": "sale", "at": "2026-11-02T10:00:00Z", "status": "paid",
        "note": " @SUM(A1), \"x\""});
    let page = json!({"code": "ANNA10", "conversions": [entry], "next_cursor": null});
    model.rewards_came(model.rewards_asked, false, answer(page), &mut notes);
    let sheet = csv(&model, &Plain);
    assert!(
        sheet.ends_with("\"2026-11-02\",\"'=1+1\",\"Paid\",,\"\",\"\",\"' @SUM(A1), \"\"x\"\"\"\r\n"),
        "{sheet}"
    );
}

#[test]
fn an_order_that_is_missing_is_told_to_the_shop_and_what_it_answers_is_shown() {
    let (mut model, mut notes) = referrer();
    let mut account = account();
    account["next_cursor"] = Json::Null;
    account["claims"] = json!([
        {"code": "CHLOE7", "order_id": "#12", "state": "waiting"},
        {"code": "CHLOE7", "order_id": "#11", "state": "refused", "answer": "Paid before you joined."},
        {"code": "CHLOE7", "order_id": "#10", "state": "accepted"}]);
    model.rewards_came(model.rewards_asked, false, answer(account.clone()), &mut notes);
    model.act(Action::Open(Screen::Rewards), &mut notes);
    let text = seen(&model, Kind::Launcher);
    for expected in [
        "Is an order missing?",
        "Order #12 With the shop",
        "Order #11 Refused Paid before you joined.",
        "Order #10 Counts for you",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    notes.take();
    model.claim("#13", &mut notes);
    model.claim("#13", &mut notes);
    assert_eq!(notes.take(), ["claim CHLOE7 t #13"]);
    // A page of the list that is on its way does not have the claim yet.
    model.rewards_load = Load::Busy;
    model.claimed(model.person, Ok(()), &mut notes);
    assert!(notes.has("rewards t ") && model.status == "claimed", "{:?}", notes.0);
    model.rewards_came(model.rewards_asked, false, answer(account.clone()), &mut notes);
    notes.take();
    for (fault, said) in [
        (Fault::Conflict, "already counts for you"),
        (Fault::Refused, "cannot read this number"),
        (Fault::Unreachable, "We cannot reach"),
        (Fault::TooOften, "Too many attempts"),
    ] {
        model.claim(" \u{a0}#13\n", &mut notes);
        model.claimed(model.person, Err(fault), &mut notes);
        assert!(seen(&model, Kind::Launcher).contains(said), "{said}");
        assert_eq!(notes.take(), ["claim CHLOE7 t #13", "emit error claim"]);
    }
    model.claim("  ", &mut notes);
    assert_eq!(notes.take(), [""; 0], "no number, no question");
}

/// The first element of this class.
fn class(element: &Element, class: &str) -> Option<Element> {
    if element.get("class") == class {
        return Some(element.clone());
    }
    element.children.iter().find_map(|child| match child {
        Node::Element(child) => self::class(child, class),
        Node::Text(_) => None,
    })
}

#[test]
fn every_word_of_the_contract_is_said_in_every_language() {
    use parrain_wire::account::ClaimState;
    use parrain_wire::order::Kind;
    use parrain_wire::page::WhyNot;
    use parrain_wire::referrer::Activity;
    use parrain_wire::rewards::Status;
    fn keys<T: Word>(stem: &str) -> Vec<String> {
        T::WORDS.iter().map(|(name, _)| format!("{stem}{name}")).collect()
    }
    let outcomes = [Redeeming::InBasket, Redeeming::Empty, Redeeming::Carried, Redeeming::Shown];
    let faults =
        [Fault::Unreachable, Fault::TooOften, Fault::Unknown, Fault::Spent, Fault::Refused, Fault::Conflict];
    for language in locale::LANGUAGES {
        let texts = words_of(language);
        let mut keys: Vec<String> =
            [keys::<Kind>("k_"), keys::<Status>("s_"), keys::<ClaimState>("m_"), keys::<WhyNot>("code_")]
                .concat();
        keys.extend(self::keys_but::<Activity>("w_", "active"));
        keys.extend(outcomes.iter().map(|outcome| outcome.name().to_owned()));
        keys.extend(faults.iter().map(|fault| fault.key().to_owned()));
        keys.extend(REASONS.iter().map(|reason| format!("why_{reason}")));
        for key in keys {
            let text = texts.get(&key).map_or("", String::as_str);
            assert!(!text.trim().is_empty(), "{language} has no {key}");
            let filled = crate::text::fill(text, &[("id", "1001")]);
            assert!(
                !filled.contains(['{', '}']) && text.contains('{') == filled.contains("1001"),
                "{language} {key}"
            );
        }
        assert_eq!(texts.get("csv").map(|text| text.split('|').count()), Some(7), "{language}");
    }
}

/// The keys of the words of a kind, but of one that nobody has to be told.
fn keys_but<T: Word>(stem: &str, but: &str) -> Vec<String> {
    T::WORDS.iter().filter(|(name, _)| *name != but).map(|(name, _)| format!("{stem}{name}")).collect()
}

#[test]
fn a_reason_that_is_newer_than_the_words_is_left_out() {
    let mut model = model(Mode::NoneNeeded);
    let mut account = account();
    account["conversions"][1]["reason"] = json!("brand_new");
    model.rewards_came(model.rewards_asked, false, answer(account), &mut Notes::default());
    let text = seen(&model, Kind::Rewards);
    assert!(text.contains("Order 1002"), "{text}");
    assert!(!text.contains("brand_new") && !text.contains("why_"), "{text}");
}

/// The reasons of the contract, in its order.
const REASONS: [&str; 14] = [
    "self_referral",
    "existing_customer",
    "duplicate_customer",
    "below_minimum",
    "referrer_inactive",
    "cap_reached",
    "outside_window",
    "offer_inactive",
    "unverified",
    "cancelled",
    "refunded",
    "velocity",
    "budget_spent",
    "manual",
];

#[test]
fn what_was_refused_or_taken_back_says_so_and_why_in_every_language() {
    let (mut model, mut notes) = referrer();
    model.act(Action::Open(Screen::Rewards), &mut notes);
    for language in locale::LANGUAGES {
        model.locale = locale::choose(&[language]);
        model.texts = words_of(language);
        for status in ["rejected", "reversed"] {
            for reason in REASONS {
                // An id without a letter takes the direction of what is around it, unless it is set apart.
                let id = "#1002-3";
                let mut account = account();
                let mut entry = account["conversions"][1].take();
                (entry["order_id"], entry["status"], entry["reason"]) =
                    (id.into(), status.into(), reason.into());
                account["conversions"] = json!([entry]);
                account["totals"] = json!([]);
                model.rewards_came(model.rewards_asked, false, answer(account), &mut notes);
                let panel = shown(&model);
                let text = words(panel.as_ref());
                let word = |key: &str| model.texts.get(key).cloned().unwrap_or_default();
                let (said, why) = (word(&format!("s_{status}")), word(&format!("why_{reason}")));
                assert!(!said.is_empty() && text.contains(&said), "{language} {status}: {text}");
                assert!(!why.is_empty() && text.contains(&why), "{language} {reason}: {text}");
                assert!(
                    values(panel.as_ref(), "class").iter().any(|class| class == status),
                    "{language}: no mark of {status}"
                );
                assert!(
                    format!("{panel:?}").contains(&format!("\\u{{2068}}{id}\\u{{2069}}")),
                    "{language}: {panel:?}"
                );
            }
        }
    }
}

#[test]
fn what_earlier_widgets_kept_is_read() {
    // As they wrote it: empty members are left out.
    for (text, of) in [
        (r#"{"code":"CHLOE7","link":"https://e.example/r/demo/CHLOE7","token":"t"}"#, ""),
        (r#"{"code":"CHLOE7","link":"https://e.example/r/demo/CHLOE7","token":"t","of":"c-1"}"#, "c-1"),
    ] {
        let me = Me::read(serde_json::from_str(text).unwrap()).unwrap();
        assert_eq!((me.code.as_str(), me.token.as_str(), me.of.as_str()), ("CHLOE7", "t", of));
        assert_eq!(me.link, "https://e.example/r/demo/CHLOE7");
    }
    for text in
        ["{}", r#"{"code":"CHLOE7","link":"javascript:alert(1)","token":"t"}"#, r#"{"code":"é","token":"t"}"#]
    {
        assert_eq!(Me::read(serde_json::from_str(text).unwrap()), None, "{text}");
    }
    let touches = touch::parse("v1.ANNA10.l.1762000000~v1.BOB22.p.1762000100");
    assert_eq!(touch::write(&touches), "v1.ANNA10.l.1762000000~v1.BOB22.p.1762000100");
}

#[test]
fn an_expired_token_is_no_dead_end() {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.me =
        Some(Me { code: code("ANNA10"), link: "https://e/".into(), token: "old".into(), of: String::new() });
    model.offer_came(0, Why::Page, None, program(Json::Null), &mut notes);
    model.act(Action::Open(Screen::Rewards), &mut notes);
    model.rewards_came(model.rewards_asked, false, Err(Fault::Unknown), &mut notes);
    assert!(seen(&model, Kind::Launcher).contains("sign in to the shop"));
    assert!(model.me.is_none());
}

#[test]
fn hostile_names_stay_text_in_their_place() {
    let (mut model, mut notes) = friend(Mode::NoneNeeded);
    let mut said = annas();
    said["from"] = json!(format!("\u{202e}<img src=x onerror=alert(1)>{}", "é".repeat(10_000)));
    model.offer_came(model.asked, Why::Page, Some(&code("ANNA10")), program(said), &mut notes);
    let text = seen(&model, Kind::Launcher);
    assert!(text.contains("<img src=x onerror=alert(1)>é") && text.len() < 2000, "{}", text.len());
    assert!(!text.contains('\u{202e}'));
}

#[test]
fn shops_word_their_own_texts() {
    let (mut model, mut notes) = friend(Mode::NoneNeeded);
    let Ok(mut program) = program(annas()) else { unreachable!() };
    program.texts = answer(json!({"apply": "Yes please", "a_month.other": "{n} max"})).unwrap();
    model.offer_came(model.asked, Why::Page, Some(&code("ANNA10")), Ok(program), &mut notes);
    assert!(seen(&model, Kind::Launcher).contains("Yes please"));
    model.act(Action::Open(Screen::Share), &mut notes);
    assert!(seen(&model, Kind::Launcher).contains("20 max"));
}

#[test]
fn without_words_or_with_nothing_to_say_there_is_nothing() {
    let (mut model, mut notes) = (model(Mode::Required), Notes::default());
    model.texts = Texts::new();
    model.texts_load = Load::Busy;
    model.open = Some(Screen::Offer);
    assert_eq!(seen(&model, Kind::Launcher), "");
    model.placement = Placement::Page;
    model.start(&mut notes);
    assert_eq!(notes.take(), ["emit ready"], "no code and nowhere to show anything: no request");
}

/// A program of four offers: of which one is shown goes by the moment.
fn moments() -> Json {
    let offer = |id: &str, amount: &str, more: Json| {
        let mut offer = json!({"id": id, "advocate": {"reward": {"kind": "store_credit", "amount": amount}}});
        offer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        offer
    };
    json!({"name": "Atelier Lumière", "currency": "EUR", "join": {"offer": "all"}, "offers": [
        offer("belgium", "11.00", json!({"when": {"countries": ["BE"], "languages": ["en"]}})),
        offer("back", "12.00", json!({"when": {"customer": "returning"}})),
        offer("rich", "13.00", json!({"when": {"basket": {"at_least": "50.00"}}})),
        offer("all", "14.00", json!({"ends_at": "2026-11-24T10:00:00Z"}))]})
}

#[test]
fn the_first_offer_that_the_moment_meets_is_shown_and_joined_under() {
    let shown = |program: Json, change: fn(&mut Model)| {
        let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
        change(&mut model);
        model.start(&mut notes);
        model.offer_came(model.asked, Why::Page, None, answer(program), &mut notes);
        model.act(Action::Open(Screen::Share), &mut notes);
        let text = seen(&model, Kind::Launcher);
        model.join("Chloé", "c@example.com", &mut notes);
        let joined = notes.0.iter().find(|note| note.starts_with("join")).cloned().unwrap_or_default();
        let under = joined.rsplit(" under ").next().unwrap().to_owned();
        let offer = model.joinable().map(|offer| offer.id.clone()).unwrap_or_default();
        assert!(offer.is_empty() || under == offer, "{joined}");
        (offer, text)
    };
    let (offer, text) = shown(moments(), |_| {});
    assert_eq!(offer, "all");
    assert!(text.contains("get EUR 14") && text.contains("Ends in 3 days"), "{text}");
    let mut belgian = moments();
    belgian["country"] = json!("BE");
    assert_eq!(shown(belgian.clone(), |_| {}).0, "belgium");
    assert_eq!(shown(belgian, |model| model.locale = locale::choose(&["fr"])).0, "all");
    let (offer, text) =
        shown(moments(), |model| model.customer = Some(Customer { orders: Some(3), ..Customer::default() }));
    assert!(offer == "back" && text.contains("get EUR 12"), "{text}");
    assert_eq!(shown(moments(), |model| model.customer = Some(Customer::default())).0, "all");
    assert_eq!(shown(moments(), |model| model.weighed("50")).0, "rich");
    assert_eq!(shown(moments(), |model| model.weighed("49.99")).0, "all");
    assert_eq!(shown(moments(), |model| model.weighed("a lot")).0, "all");
    // Who has just bought has ordered.
    assert_eq!(shown(moments(), |model| model.thanked = true).0, "back");
    // An edge that lets nobody join who is not said to be anything is taken at its word, conditions all the same.
    let mut closed = moments();
    closed["join"] = Json::Null;
    assert_eq!(shown(closed.clone(), |_| {}).0, "");
    assert_eq!(shown(closed, |model| model.weighed("60")).0, "rich");
    // An edge of yesterday knows no conditions.
    let mut before = moments();
    before["offers"] = json!([before["offers"][3]]);
    assert_eq!(shown(before, |_| {}).0, "all");
}

#[test]
fn the_count_of_orders_that_the_shop_signs_says_alone_who_is_new() {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, None, answer(moments()), &mut notes);
    let mut shown = |orders, thanked| {
        model.customer = Some(Customer { orders, ..Customer::default() });
        model.thanked = thanked;
        model.joinable().map(|offer| offer.id.clone()).unwrap_or_default()
    };
    // Signed before they bought: the edge would refuse what is for who has ordered.
    assert_eq!(shown(Some(0), true), "all");
    assert_eq!(shown(Some(1), false), "back");
    // Of what the shop leaves open the page's word stands.
    assert_eq!(shown(None, true), "back");
    assert_eq!(shown(None, false), "all");
}

#[test]
fn an_offer_that_ends_while_the_page_is_open_is_joined_under_no_more() {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, None, answer(moments()), &mut notes);
    let end = Instant::parse("2026-11-24T10:00:00Z").unwrap();
    model.now = end;
    assert!(model.joinable().is_some(), "its end is inside");
    model.now = Instant::from_seconds(end.seconds() + 1);
    assert!(model.joinable().is_none() && !model.shares());
}

#[test]
fn who_is_refused_what_they_were_shown_is_told_so_and_shown_what_there_is() {
    let (mut model, mut notes) = (model(Mode::NoneNeeded), Notes::default());
    model.start(&mut notes);
    model.offer_came(model.asked, Why::Page, None, answer(moments()), &mut notes);
    model.act(Action::Open(Screen::Share), &mut notes);
    model.join("Chloé", "c@example.com", &mut notes);
    notes.take();
    model.joined(model.person, false, Err(Fault::Conflict), &mut notes);
    assert!(notes.has("offer"), "{:?}", notes.0);
    let mut now = moments();
    now["offers"][3]["id"] = json!("later");
    now["join"] = json!({"offer": "later"});
    model.offer_came(model.asked, Why::Page, None, answer(now), &mut notes);
    let text = seen(&model, Kind::Launcher);
    assert!(text.contains("The offer was not running at that time.") && !text.contains("the form"), "{text}");
    model.join("Chloé", "c@example.com", &mut notes);
    assert!(notes.0.last().is_some_and(|note| note.ends_with("under later")), "{:?}", notes.0);
}

#[test]
fn what_is_missing_in_the_real_basket_is_said_and_nothing_else() {
    let (mut model, notes) = friend(Mode::NoneNeeded);
    assert_eq!(notes.1, ["weigh EUR"], "only the platform knows");
    for (basket, said) in [
        ("0.00", "On orders of EUR 30 or more"),
        // As many decimals as there are: the browser shows those that the currency has.
        ("18.00", "EUR 12.0000 more and your gift is yours"),
        ("18.5", "EUR 11.5000 more and your gift is yours"),
        ("29.999", "EUR 0.0010 more"),
        ("30", "On orders of EUR 30 or more"),
        ("100.00", "On orders of EUR 30 or more"),
    ] {
        model.weighed(basket);
        let text = seen(&model, Kind::Launcher);
        assert!(text.contains(said), "{basket}: {text}");
    }
    model.weighed("18.00");
    for nonsense in ["", "-5", "NaN", "undefined", "<b>"] {
        model.weighed(nonsense);
        assert!(seen(&model, Kind::Launcher).contains("EUR 12.0000 more"), "{nonsense}");
    }
    // Nobody is asked where nothing depends on it.
    let (mut model, mut notes) = (self::model(Mode::NoneNeeded), Notes::default());
    model.start(&mut notes);
    let mut plain = moments();
    plain["offers"] = json!([plain["offers"][3]]);
    model.offer_came(model.asked, Why::Page, None, answer(plain), &mut notes);
    model.act(Action::Open(Screen::Share), &mut notes);
    assert!(notes.1.is_empty());
}

#[test]
fn friends_are_counted_where_the_shop_tells_and_never_else() {
    let (mut model, mut notes) = referrer();
    model.me = None;
    model.act(Action::Open(Screen::Share), &mut notes);
    assert!(!seen(&model, Kind::Launcher).contains("this month"));
    let mut told = moments();
    told["friends_this_month"] = json!(31);
    model.offer_came(model.asked, Why::Page, None, answer(told), &mut notes);
    for language in locale::LANGUAGES {
        model.texts = words_of(language);
        let text = seen(&model, Kind::Launcher);
        assert!(text.contains("31"), "{language}: {text}");
    }
}

#[test]
fn a_reminder_that_comes_too_late_says_so_in_words() {
    let (mut model, mut notes) = friend(Mode::NoneNeeded);
    model.program.reminders = true;
    model.mailed(Some(&code("ANNA10")), Err(Fault::Conflict), &mut notes);
    let text = seen(&model, Kind::Launcher);
    assert!(
        text.contains("This code is not active at the moment.") && !text.contains("code_inactive"),
        "{text}"
    );
}

#[test]
fn every_language_says_everything_and_fills_the_same_places() {
    let english = words_of("en");
    let places = |text: &str| {
        let mut places: Vec<String> =
            text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap().into()).collect();
        places.sort();
        places
    };
    for language in locale::LANGUAGES {
        let words = words_of(language);
        for (key, text) in english.iter() {
            let other = key.replace(".one", ".other");
            let own = words
                .get(key)
                .or_else(|| words.get(&other))
                .unwrap_or_else(|| panic!("{language} has no {key}"));
            // "One day" needs no number where a language has a word for it.
            if !key.ends_with(".one") {
                assert_eq!(places(own), places(text), "{language} {key}");
            }
        }
        for (key, _) in words.iter() {
            let stem = key.split('.').next().unwrap();
            assert!(
                english.iter().any(|(known, _)| known.split('.').next() == Some(stem)),
                "{language}: {key} is used nowhere"
            );
        }
    }
    assert_eq!(std::fs::read_dir(LOCALES).unwrap().count(), locale::LANGUAGES.len());
}

fn account() -> Json {
    json!({"code": "ANNA10", "link": "https://e/r/demo/ANNA10", "clicks": 12,
        "totals": [{"currency": "EUR", "pending": "10.00", "approved": "0.00", "paid": "0.00", "reversed": "0.00"}],
        "units": [{"kind": "points", "pending": 0, "approved": 200, "paid": 0, "reversed": 0}],
        "conversions": [
            {"order_id": "1001", "type": "sale", "at": "2026-11-02T10:00:00Z", "status": "pending", "reason": null,
             "reward": {"kind": "store_credit", "amount": "10.00", "currency": "EUR"}, "approves_at": "2026-11-16T10:00:00Z"},
            {"order_id": "1002", "type": "sale", "at": "2026-11-03T10:00:00Z", "status": "rejected", "reason": "self_referral",
             "reward": null, "approves_at": null},
            {"order_id": "1003", "type": "sale", "at": "2026-11-04T10:00:00Z", "status": "reversed", "reason": "refunded",
             "reward": {"kind": "store_credit", "amount": "0.00", "currency": "EUR"}, "approves_at": null}],
        "next_cursor": "next"})
}

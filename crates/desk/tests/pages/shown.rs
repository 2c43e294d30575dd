//! Every page as a shop that has lived would show it, as an empty one would, with hostile names, and for who may only
//! read.

use std::collections::BTreeMap;

use maud::Markup;
use parrain_core::zone::Zone;
use parrain_desk::claims::{ClaimPage, Claims};
use parrain_desk::connections::Connections;
use parrain_desk::contacts::{ContactPage, Contacts};
use parrain_desk::credit::Credit;
use parrain_desk::endpoints::{EndpointPage, Endpoints};
use parrain_desk::experiments::Experiments;
use parrain_desk::home::Home;
use parrain_desk::imports::{ImportPage, Imports};
use parrain_desk::mail::{Mail, MailTextPage};
use parrain_desk::materials::{MaterialsPage, TextPage};
use parrain_desk::order::OrderPage;
use parrain_desk::orders::{Orders, Reviews};
use parrain_desk::pay::{Pay, PayoutPage, Payouts};
use parrain_desk::platforms::PlatformPage;
use parrain_desk::problem::Problem;
use parrain_desk::program::{Conflict, History, Json, OfferPage, Rules, VersionPage};
use parrain_desk::promo_codes::{Beginning, PromoCodePage, PromoCodes};
use parrain_desk::promote::{Asked, Promote};
use parrain_desk::referrer::{PaidTo, ReferrerPage};
use parrain_desk::referrers::{CodeLine, NewCodes, NewReferrer, Referrers};
use parrain_desk::report::ReportPage;
use parrain_desk::set_up::{AtShop, LookStep, PlatformStep, ProgramStep, ProofStep, ShopStep, TagStep};
use parrain_desk::settings::{HelpersPage, Secrets, Settings, TextsPage};
use parrain_desk::shops::{MadeShop, Shops};
use parrain_desk::sign_in::{ComeIn, SignIn};
use parrain_desk::statement::StatementPage;
use parrain_desk::tax::{Payee, Tax};
use parrain_desk::try_out::TryOut;
use parrain_desk::{Entered, Frame, Language, Role, Said, ShopIs, Waits, Who};
use parrain_wire::Instant;
use parrain_wire::account::OrderAccount;
use parrain_wire::contacts::ContactProvider;
use parrain_wire::desk::SetUp;
use parrain_wire::mail::{MailKind, MailPreview, MailText};
use parrain_wire::program::Program;
use parrain_wire::shops::Shop;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// What a page is shown with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// A shop that has lived.
    Full,
    /// A shop where nothing has happened.
    Empty,
    /// Names and notes that want to be HTML.
    Hostile,
    /// For who may only read.
    Reads,
}

impl Case {
    pub const ALL: [Self; 4] = [Self::Full, Self::Empty, Self::Hostile, Self::Reads];

    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Empty => "empty",
            Self::Hostile => "hostile",
            Self::Reads => "reads",
        }
    }
}

pub const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror=alert(1)> &amp; '";

fn at(text: &str) -> Instant {
    Instant::parse(text).expect(text)
}

fn body<T: DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json).expect("a body")
}

pub fn frame(lang: Language, case: Case) -> Frame {
    let role = if case == Case::Reads { Role::Reads } else { Role::All };
    let name = if case == Case::Hostile { HOSTILE } else { "Atelier Lumière" };
    let empty = case == Case::Empty;
    Frame {
        language: lang,
        shop: Some(ShopIs {
            id: "lumiere".into(),
            name: name.into(),
            currency: "EUR".into(),
            landing_url: "https://atelier-lumiere.example/".into(),
        }),
        who: Some(Who {
            name: (case == Case::Reads).then(|| "Claire".into()),
            role,
            all_shops: case == Case::Full,
        }),
        csrf: "csrf-token".into(),
        said: None,
        zone: Zone::new(3600, vec![(at("2026-03-29T01:00:00Z"), 7200), (at("2026-10-25T01:00:00Z"), 3600)]),
        zone_name: "Europe/Paris".into(),
        now: at("2026-11-26T10:15:00Z"),
        waiting: if empty { Waits::default() } else { Waits { reviews: 2, claims: 1, joiners: 3 } },
        set_up_done: case == Case::Full,
        edge: "https://parrain.lumiere.workers.dev".into(),
        styles: "desk.css".into(),
        script: "desk.js".into(),
        here: "/desk/lumiere".into(),
    }
}

fn program(hostile: &str) -> Program {
    body(json!({
        "name": format!("Atelier Lumière{hostile}"), "currency": "EUR", "landing_url": "https://atelier-lumiere.example/",
        "origins": ["https://atelier-lumiere.example", "https://www.atelier-lumiere.example"], "locale": "fr", "time_zone": "Europe/Paris",
        "link_params": ["ref"], "attribution": {"window_days": 30, "model": "last"}, "joining": "review",
        "payouts": {"minimum": "20.00", "details": "required", "debtor": {"name": "Atelier Lumière", "iban": "FR7630006000011234567890189"}},
        "offers": [
            {"id": "amis", "audience": "customer", "when": {"customer": "new", "basket": {"at_least": "50.00"}, "languages": ["fr", "nl"], "countries": ["BE", format!("LU{hostile}")]}, "friend": {"reward": {"kind": "percent_off", "percent": "10"}, "min_subtotal": "30.00"},
             "advocate": {"reward": {"kind": "store_credit", "amount": "10.00"}, "on": "sale", "orders": "first", "hold_days": 14, "new_customers_only": true}},
            {"id": "agences", "audience": "agency", "advocate": {"reward": {"kind": "commission", "percent": "8", "tiers": [{"from": 50, "percent": "10"}], "categories": {"vin": "5"}}, "orders": "lifetime", "hold_days": 30}}
        ],
        "texts": {"fr": {"apply": "J’en profite !"}},
    }))
}

fn shop(hostile: &str) -> Shop {
    Shop {
        shop: "lumiere".into(),
        program: program(hostile),
        event_secret: "whsec_c2VjcmV0".into(),
        webhook_secrets: [("woocommerce".to_owned(), "s3cret".to_owned())].into(),
        platform_keys: [("stripe".to_owned(), "x7Qa".to_owned())].into(),
        shop_token: "pst_opensesame".into(),
        identity_key: "pik_whois".into(),
        created_at: at("2025-09-01T08:00:00Z"),
    }
}

fn promote(case: Case, hostile: &str) -> Promote {
    let all: parrain_wire::materials::Materials = body(materials(hostile));
    let full = case != Case::Empty;
    Promote {
        shop: "lumiere".into(),
        name: format!("Atelier Lumière{hostile}"),
        currency: "EUR".into(),
        spoken: Language::Fr,
        look: body(json!({"accent": "#7a1f4d"})),
        terms_url: full.then(|| "https://atelier-lumiere.example/parrainage".into()),
        code: "ANNA10".into(),
        link: "https://parrain.lumiere.workers.dev/r/lumiere/ANNA10".into(),
        counts: full,
        friend: full.then(|| {
            body(json!({"reward": {"kind": "percent_off", "percent": "10"}, "min_subtotal": "30.00"}))
        }),
        new_customers_only: full,
        starts_at: None,
        ends_at: full.then(|| at("2026-12-24T22:59:59Z")),
        pictures: all.pictures,
        texts: all.texts,
        asked: full.then(|| match case {
            Case::Hostile => Asked { to: HOSTILE.into(), link: None },
            Case::Full | Case::Empty | Case::Reads => Asked {
                to: "https://atelier-lumiere.example/bougies?taille=xl#avis".into(),
                link: Some("https://atelier-lumiere.example/bougies?taille=xl&ref=ANNA10#avis".into()),
            },
        }),
    }
}

fn promotions(hostile: &str) -> Value {
    json!({"promotions": [
        {"code": "NOEL10", "ready": false, "troubles": [{"maker": "shopify", "state": "foreign", "words": format!("taken{hostile}")}, {"maker": "module", "state": "failed"}], "orders": 31, "discounts": [{"currency": "EUR", "amount": "248.00"}], "promotion": {
            "code": "NOEL10", "name": format!("Noël{hostile}"), "friend": {"reward": {"kind": "percent_off", "percent": "10"}, "min_subtotal": "30.00"},
            "new_customers_only": false, "starts_at": "2026-11-20T08:00:00Z", "ends_at": "2026-12-24T22:59:00Z"}},
        {"code": "BOUGIES15", "orders": 0, "promotion": {
            "code": "BOUGIES15", "friend": {"reward": {"kind": "amount_off", "amount": "15.00"}}, "categories": [format!("Bougies{hostile}")],
            "new_customers_only": true, "starts_at": "2027-01-01T08:00:00Z"}},
        {"code": "ETE26", "orders": 12, "discounts": [{"currency": "EUR", "amount": "96.00"}]},
    ]})
}

fn materials(hostile: &str) -> Value {
    json!({
        "pictures": [{"id": "5b1c", "kind": "jpeg", "title": format!("Les bougies de Noël{hostile}"), "width": 1200, "height": 800, "bytes": 254_000,
            "url": "https://parrain.lumiere.workers.dev/p/lumiere/5b1c.jpg", "added_at": "2026-11-20T08:00:00Z"}],
        "texts": [{"id": "1", "title": format!("Pour Instagram{hostile}"), "text": format!("{{offer}} chez {{shop}} avec {{code}}\u{a0}: {{link}}{hostile}"), "changed_at": "2026-11-20T08:00:00Z"}],
    })
}

fn overview(lang: Language, case: Case, hostile: &str) -> Value {
    if case == Case::Empty {
        return json!({"as_of": "2026-11-26T10:15:00Z", "month": {"from": "2026-10-31T23:00:00Z", "to": "2026-11-26T10:15:00Z"},
            "before": {"from": "2026-09-30T22:00:00Z", "to": "2026-10-26T10:15:00Z"}});
    }
    let sales = [
        "180.00", "220.00", "95.00", "310.00", "260.00", "0.00", "140.00", "390.00", "210.00", "175.50",
        "420.00", "318.00", "72.00", "0.00", "260.00", "188.00", "402.30", "520.00", "330.00", "145.00",
        "90.00", "411.20", "470.00", "366.00", "290.00", "217.00",
    ];
    let days: Vec<Value> = sales
        .iter()
        .enumerate()
        .map(|(at, sum)| {
            json!({"day": format!("2026-11-{:02}", at + 1), "orders": 3, "sales": [{"asset": "EUR", "amount": sum}]})
        })
        .collect();
    json!({
        "as_of": "2026-11-26T10:15:00Z",
        "waiting": {
            "reviews": {"count": 2, "referrers": 2, "totals": [{"asset": "EUR", "amount": "24.80"}]},
            "claims": 1,
            "first_claims": [{"id": "c-1", "code": "LEA", "order_id": "1007", "note": format!("{}{hostile}", lang.say("c’était moi, ma sœur a commandé", "that was me, my sister ordered")), "claimed_at": "2026-11-24T11:30:00Z", "state": "waiting"}],
            "joiners": 3,
            "unconfirmed": 2,
            "payouts": {"count": 31, "referrers": 7, "totals": [{"asset": "EUR", "amount": "412.30"}, {"asset": "points", "amount": "200"}]},
            "unpaid_payouts": 1,
            "silent": [{"platform": "woocommerce", "last_at": "2026-11-21T08:00:00Z"}],
            "failed_deliveries": 2,
            "failed_contacts": 1,
        },
        "month": {"from": "2026-10-31T23:00:00Z", "to": "2026-11-26T10:15:00Z", "orders": 84, "new_customers": 41,
            "sales": [{"asset": "EUR", "amount": "6480.00"}], "rewards": [{"asset": "EUR", "amount": "583.20"}], "bonuses": [{"asset": "EUR", "amount": "40.00"}], "net": [{"asset": "EUR", "amount": "5896.80"}]},
        "before": {"from": "2026-09-30T22:00:00Z", "to": "2026-10-26T10:15:00Z", "orders": 70, "new_customers": 34,
            "sales": [{"asset": "EUR", "amount": "5491.00"}], "rewards": [{"asset": "EUR", "amount": "520.70"}], "net": [{"asset": "EUR", "amount": "4970.30"}]},
        "days": days,
        "news": [
            {"what": "order", "at": "2026-11-26T09:42:00Z", "order_id": "1031", "code": "ANNA10", "name": format!("Anna Dubois{hostile}"), "amount": "72.00", "currency": "EUR", "reward": {"kind": "store_credit", "amount": "10.00", "currency": "EUR"}, "until": "2026-12-10T09:42:00Z"},
            {"what": "order", "at": "2026-11-26T08:20:00Z", "order_id": "1030", "code": "LEA", "amount": "24.00", "currency": "EUR", "reason": "existing_customer"},
            {"what": "delivered", "at": "2026-11-26T08:15:00Z", "platform": "woocommerce", "count": 12},
            {"what": "taken_back", "at": "2026-11-25T15:00:00Z", "order_id": "1022", "amount": "20.00", "currency": "EUR"},
            {"what": "joined", "at": "2026-11-25T10:00:00Z", "code": "KARIM", "name": "Karim"},
            {"what": "payout_paid", "at": "2026-11-03T10:00:00Z", "payout": "b-11", "amount": "388.00", "currency": "EUR", "by": "Claire"},
            {"what": "credited", "at": "2026-11-02T10:00:00Z", "order_id": "1001", "code": "LEA", "by": "Claire"},
            {"what": "program_changed", "at": "2026-11-01T10:00:00Z", "by": "Claire"},
        ],
    })
}

fn referrer(code: &str, name: &str, status: &str) -> Value {
    json!({"code": code, "link": format!("https://parrain.lumiere.workers.dev/r/lumiere/{code}"), "offer": "amis", "name": name, "email": format!("{}@example.com", code.to_lowercase()),
        "created_at": "2026-03-12T09:00:00Z", "status": status})
}

fn agency(hostile: &str) -> Value {
    json!({"code": "NORD", "link": "https://parrain.lumiere.workers.dev/r/lumiere/NORD", "offer": "agences", "name": format!("Agence Nord{hostile}"), "email": "contact@agence-nord.example",
        "created_at": "2025-10-02T09:00:00Z", "status": "active", "terms": {"reward": {"kind": "commission", "percent": "9"}}, "notes": format!("Contrat signé le 2 octobre.{hostile}"), "expires_at": "2027-12-31T22:59:59Z"})
}

fn order(id: &str, outcome: &str, code: Option<&str>, reason: Option<&str>, sum: &str) -> Value {
    json!({"order_id": id, "type": "sale", "at": "2026-11-02T09:00:00Z", "received_at": "2026-11-02T09:00:04Z", "verified": true, "customer_id": "c-7", "currency": "EUR", "subtotal": sum, "discount": "0.00",
        "outcome": outcome, "reason": reason, "referrer": code, "offer": code.map(|_| "amis")})
}

fn bonus(hostile: &str) -> Value {
    json!({"order_id": "bonus-1", "type": "adjustment", "at": "2026-11-25T09:00:00Z", "verified": true, "outcome": "recorded", "referrer": "ANNA10",
        "adjustment": {"code": "ANNA10", "amount": "15.00", "currency": "EUR", "reason": format!("Merci pour Noël{hostile}")}})
}

fn account(lang: Language, case: Case, hostile: &str) -> OrderAccount {
    if case == Case::Empty {
        return body(
            json!({"order_id": "1999", "why": lang.say("Cette commande n’est pas encore arrivée ici\u{a0}: la boutique ne l’a pas envoyée.", "This order has not arrived here yet: the shop has not sent it.")}),
        );
    }
    body(json!({
        "order_id": "1007",
        "order": order("1007", "not_referred", None, Some("outside_window"), "80.00"),
        "why": format!("{}{hostile}", lang.say("La commande 1007 ne porte aucun code\u{a0}; sa seule visite par un lien (LEA, 22 sept.) date de 41 jours, la fenêtre est de 30.", "Order 1007 carries no code; its only visit by a link (LEA, 22 Sep) was 41 days before, and visits count for 30.")),
        "candidates": [{"code": "LEA", "by": "link", "at": "2026-09-22T08:00:00Z", "won": false, "why": lang.say("La visite date de 41 jours\u{a0}; elles comptent 30 jours.", "The visit was 41 days before; they count for 30.")}],
        "history": [
            {"what": "received", "at": "2026-11-02T09:00:00Z", "received_at": "2026-11-02T09:00:04Z", "why": lang.say("Le serveur de la boutique l’a envoyée.", "The shop’s server sent it.")},
            {"what": "refunded", "at": "2026-11-05T08:12:00Z", "received_at": "2026-11-06T08:12:00Z", "why": lang.say("20,00 EUR ont été remboursés.", "20.00 EUR were given back.")},
            {"what": "claimed", "at": "2026-11-06T10:30:00Z", "received_at": "2026-11-06T10:30:00Z", "why": format!("{}{hostile}", lang.say("LEA dit que cette commande lui revient\u{a0}: «\u{a0}c’était moi\u{a0}»", "LEA says that it was theirs: “that was me”"))},
        ],
        "claims": [{"id": "c-1", "code": "LEA", "order_id": "1007", "note": format!("{}{hostile}", lang.say("c’était moi", "that was me")), "claimed_at": "2026-11-06T10:30:00Z", "state": "waiting"}],
    }))
}

fn rewarded(lang: Language, hostile: &str) -> OrderAccount {
    body(json!({
        "order_id": "1031",
        "order": order("1031", "recorded", Some("ANNA10"), None, "72.00"),
        "why": lang.say("La commande porte le code ANNA10. La récompense est en attente jusqu’au 10 décembre 2026.", "The order carries the code ANNA10. The reward waits until 10 December 2026."),
        "candidates": [{"code": "ANNA10", "by": "code", "won": true, "why": lang.say("Le code est sur la commande.", "The code is on the order.")}, {"code": "LEA", "by": "link", "at": "2026-11-20T08:00:00Z", "won": false, "why": lang.say("Un code sur la commande l’emporte sur une visite.", "A code on the order beats a visit.")}],
        "conversion": {"order_id": "1031", "type": "sale", "at": "2026-11-26T09:42:00Z", "offer": "amis", "status": "pending", "reason": "unverified", "reward": {"kind": "store_credit", "amount": "10.00", "currency": "EUR"}, "approves_at": "2026-12-10T09:42:00Z", "referrer": "ANNA10", "note": format!("{}{hostile}", lang.say("vu avec Bob", "settled with Bob"))},
        "history": [{"what": "reported", "at": "2026-11-26T09:42:00Z", "received_at": "2026-11-26T09:42:01Z", "why": lang.say("Une page de la boutique l’a signalée.", "A page of the shop reported it.")}],
    }))
}

fn tried(lang: Language) -> Value {
    json!({"given": true, "refusals": [], "why": lang.say("La commande serait créditée à LEA.", "The order would be credited to LEA."), "conversion": {"order_id": "1007", "status": "pending", "approves_at": "2026-12-02T09:00:00Z", "reward": {"kind": "commission", "amount": "4.80", "currency": "EUR"}}})
}

fn entered(fields: &[(&str, &str)], faults: &[(&str, &str)]) -> Entered {
    Entered {
        values: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        faults: faults.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    }
}

fn report(from: &str, to: &str, month: u32, half: bool) -> Value {
    let days: Vec<Value> = (1..=26)
        .filter(|day| day % 5 != 0)
        .map(|day| {
            let sum = (day * 37 % 11) * 40 + if half { 20 } else { 35 };
            json!({"day": format!("2026-{month:02}-{day:02}"), "clicks": day * 3, "touches": day, "conversions": 3, "rejected": 1, "orders": 2, "revenue": [{"asset": "EUR", "amount": format!("{sum}.00")}],
                "totals": [{"currency": "EUR", "pending": "5.00", "approved": "2.00", "paid": "1.00", "reversed": "4.00"}]})
        })
        .collect();
    json!({"from": from, "to": to, "days": days, "referrers": [
        {"code": "ANNA10", "clicks": 120, "touches": 30, "conversions": 12, "rejected": 2, "orders": 10, "revenue": [{"asset": "EUR", "amount": "1180.00"}], "totals": [{"currency": "EUR", "pending": "50.00", "approved": "20.00", "paid": "30.00", "reversed": "10.00"}]},
        {"code": "NORD", "clicks": 44, "touches": 9, "conversions": 31, "rejected": 0, "orders": 31, "revenue": [{"asset": "EUR", "amount": "4020.40"}, {"asset": "CHF", "amount": "80.00"}], "totals": [{"currency": "EUR", "pending": "120.00", "approved": "201.60", "paid": "0.00", "reversed": "0.00"}]},
    ]})
}

fn customers() -> Value {
    json!({"new_customers": 41, "referred": {"customers": 96, "returning": 31, "orders": 140}, "others": {"customers": 410, "returning": 82, "orders": 520},
        "offers": [{"offer": "amis", "orders": 51, "sales": [{"asset": "EUR", "amount": "2460.00"}], "rewards": [{"asset": "EUR", "amount": "410.00"}]}, {"offer": "agences", "orders": 33, "sales": [{"asset": "EUR", "amount": "4020.00"}], "rewards": [{"asset": "EUR", "amount": "321.60"}]}],
        "bonuses": [{"asset": "EUR", "amount": "15.00"}]})
}

fn line(code: &str, name: &str, reward: &str, asset: &str, amount: &str, methods: Value) -> Value {
    json!({"code": code, "name": name, "reward": reward, "asset": asset, "amount": amount, "count": 3, "methods": methods})
}

fn left(code: &str, name: &str, amount: &str, reason: &str, more: (&str, &str)) -> Value {
    let mut left = line(code, name, "commission", "EUR", amount, json!([]));
    left["reason"] = reason.into();
    left["detail"] = "…".into();
    if !more.0.is_empty() {
        left[more.0] = more.1.into();
    }
    left
}

fn plan(hostile: &str) -> Value {
    let mut anna =
        line("ANNA10", &format!("Anna Dubois{hostile}"), "store_credit", "EUR", "20.00", json!([]));
    anna["count"] = 2.into();
    let mut nord = line("NORD", "Agence Nord", "commission", "EUR", "214.10", json!(["sepa"]));
    nord["details_changed_at"] = "2026-11-24T09:00:00Z".into();
    json!({"dry_run": true, "until": "2026-11-30T22:59:59Z", "count": 31, "totals": [{"asset": "EUR", "amount": "412.30"}, {"asset": "points", "amount": "200"}],
        "payees": [nord, anna, line("MARIE", "Marie L.", "cash", "EUR", "178.20", json!(["sepa", "paypal"])), line("MARIE", "Marie L.", "points", "points", "200", json!([]))],
        "left_out": [left("PAUL", "Paul R.", "8.00", "below_minimum", ("minimum", "20.00")), left("ZOE", "Zoé", "15.00", "no_payout_details", ("", "")), left("KARIM", "Karim", "30.00", "on_hold", ("until", "2026-12-12T09:00:00Z")), left("OLD", "", "-4.00", "owes", ("", ""))]})
}

fn payout(hostile: &str, paid: bool) -> Value {
    let item = |code: &str, name: &str, order: &str, amount: &str, reward: &str| json!({"code": code, "name": name, "email": null, "order_id": order, "type": "sale", "reward": reward, "asset": "EUR", "amount": amount});
    json!({"id": "b-12", "until": "2026-11-30T22:59:59Z", "created_at": "2026-11-26T10:00:00Z", "paid_at": paid.then_some("2026-11-26T10:10:00Z"), "count": 4, "totals": [{"asset": "EUR", "amount": "231.10"}],
        "items": [item("NORD", &format!("Agence Nord{hostile}"), "1001", "200.10", "commission"), item("NORD", "Agence Nord", "1002", "18.00", "commission"), item("NORD", "Agence Nord", "0988", "-4.00", "commission"), item("ANNA10", "Anna Dubois", "1003", "17.00", "store_credit")]})
}

fn statement(hostile: &str) -> Value {
    json!({"code": "NORD", "name": format!("Agence Nord{hostile}"), "month": "2026-11", "from": "2026-10-31T23:00:00Z", "to": "2026-11-26T10:15:00Z",
        "opening": [{"asset": "EUR", "amount": "48.00"}],
        "lines": [
            {"at": "2026-11-02T09:00:00Z", "what": "approved", "order_id": "1001", "asset": "EUR", "amount": "200.10"},
            {"at": "2026-11-03T09:00:00Z", "what": "paid", "payout": "b-11", "asset": "EUR", "amount": "-48.00"},
            {"at": "2026-11-05T09:00:00Z", "what": "taken_back", "order_id": "0988", "asset": "EUR", "amount": "-4.00"},
            {"at": "2026-11-09T09:00:00Z", "what": "adjusted", "note": format!("Merci pour cent clients{hostile}"), "asset": "EUR", "amount": "15.00"},
        ],
        "closing": [{"asset": "EUR", "amount": "211.10"}], "on_hold": [{"asset": "EUR", "amount": "64.00"}]})
}

fn proof(case: Case) -> Value {
    if case == Case::Empty {
        return json!({"as_of": "2026-11-26T10:15:00Z"});
    }
    json!({"as_of": "2026-11-26T10:15:00Z", "since": "2026-11-26T13:02:00Z", "link": "https://parrain.lumiere.workers.dev/r/lumiere/ESSAI-7K", "code": "ESSAI-7K",
        "seen": [
            {"step": "page_seen", "at": "2026-11-26T10:02:11Z", "page": "https://atelier-lumiere.example/fr/"},
            {"step": "link_opened", "at": "2026-11-26T10:02:09Z"},
            {"step": "code_captured", "at": "2026-11-26T10:02:12Z", "code": "ESSAI-7K"},
            {"step": "order_arrived", "at": "2026-11-26T10:05:40Z", "order_id": "1032", "platform": "woocommerce", "amount": "34.00", "currency": "EUR"},
        ],
        "refused_origins": [{"origin": "https://m.atelier-lumiere.example", "at": "2026-11-26T10:01:00Z", "count": 3}]})
}

fn set_up(done: &[&str]) -> Value {
    json!({"done": done, "platform": "woocommerce", "look": {"accent": "#b4472c", "on_accent": "#ffffff", "radius": 6, "side": "left", "offset_bottom": 80, "theme": "light"}})
}

/// Every page with its name.
pub fn all(lang: Language, case: Case) -> Vec<(&'static str, Markup)> {
    let f = frame(lang, case);
    let at_shop = AtShop { page: false, platform: case == Case::Full };
    let full = case != Case::Empty;
    let hostile = if case == Case::Hostile { HOSTILE } else { "" };
    let list = |name: &str, rows: Value| {
        if full { json!({name: rows, "next_cursor": "next"}) } else { json!({name: []}) }
    };
    let p = || program(hostile);
    let offers = p().offers;
    let faults = entered(
        &[("code", "ANNA_10"), ("name", &format!("Anna{hostile}")), ("offer", "amis")],
        &[("/code", "Ce code contient « _ » : prenez ANNA-10."), ("", "Rien n’a été enregistré.")],
    );
    let mut outside = f.clone();
    outside.shop = None;
    let mut stranger = outside.clone();
    stranger.who = None;
    let mut told = f.clone();
    told.said = Some(Said::ProgramSaved);
    let conflict = |theirs: Program| Conflict {
        from: p(),
        theirs: body(
            json!({"number": 13, "at": "2026-11-26T10:11:00Z", "by": format!("Claire{hostile}"), "program": theirs}),
        ),
    };
    let mut theirs = p();
    theirs.offers[0].advocate.hold_days = Some(30);
    theirs.joining = None;
    let versions = json!([
        {"number": 12, "at": "2026-11-01T10:00:00Z", "by": format!("Claire{hostile}"), "program": theirs},
        {"number": 11, "at": "2026-06-01T10:00:00Z", "program": p()}]);
    let conversions = json!([
        {"order_id": "1031", "type": "sale", "at": "2026-11-26T09:42:00Z", "offer": "amis", "status": "pending", "reason": "unverified", "reward": {"kind": "store_credit", "amount": "10.00", "currency": "EUR"}, "referrer": "ANNA10"},
        {"order_id": format!("1029{hostile}"), "type": "sale", "at": "2026-11-25T09:42:00Z", "offer": "agences", "status": "pending", "reason": "velocity", "reward": {"kind": "commission", "amount": "14.80", "currency": "EUR"}, "referrer": "NORD"}]);
    let status = json!({"code": "NORD", "link": "https://parrain.lumiere.workers.dev/r/lumiere/NORD", "as_of": "2026-11-26T10:15:00Z", "clicks": 1312,
        "totals": [{"currency": "EUR", "pending": "64.00", "approved": "214.10", "paid": "1862.40", "reversed": "31.20"}], "units": [{"kind": "points", "pending": 0, "approved": 200, "paid": 0, "reversed": 0}],
        "conversions": [
            {"order_id": "1001", "type": "sale", "at": "2026-10-02T10:00:00Z", "offer": "agences", "status": "approved", "reward": {"kind": "commission", "amount": "200.10", "currency": "EUR"}, "approves_at": "2026-11-02T10:00:00Z"},
            {"order_id": "1019", "type": "sale", "at": "2026-11-18T10:00:00Z", "offer": "agences", "status": "pending", "reward": {"kind": "commission", "amount": "64.00", "currency": "EUR"}, "approves_at": "2026-12-18T10:00:00Z"},
            {"order_id": "1011", "type": "sale", "at": "2026-11-10T10:00:00Z", "offer": "agences", "status": "rejected", "reason": "below_minimum", "reward": null},
            {"order_id": "0988", "type": "sale", "at": "2026-08-10T10:00:00Z", "offer": "agences", "status": "reversed", "reason": "refunded", "reward": {"kind": "commission", "amount": "0.00", "currency": "EUR"}}],
        "claims": [{"id": "c-2", "code": "NORD", "order_id": "0977", "claimed_at": "2026-11-01T10:00:00Z", "state": "refused"}], "next_cursor": null});
    let nothing =
        json!({"code": "NORD", "link": "https://parrain.lumiere.workers.dev/r/lumiere/NORD", "clicks": 0});
    let claim = json!({"id": "c-1", "code": "LEA", "order_id": "1007", "note": format!("{}{hostile}", lang.say("c’était moi", "that was me")), "claimed_at": "2026-11-06T10:30:00Z", "state": "waiting"});
    let lines = vec![
        CodeLine {
            line: 1,
            code: "ANNA10".into(),
            name: format!("Anna{hostile}"),
            email: "anna@example.com".into(),
            fault: String::new(),
        },
        CodeLine {
            line: 2,
            code: "BOB_1".into(),
            name: "Bob".into(),
            email: String::new(),
            fault: "« _ » n’est pas permis : BOB-1.".into(),
        },
    ];
    let some_versions: Vec<parrain_wire::desk::Version> = body(versions.clone());
    vec![
        ("front", parrain_desk::front::page(&stranger)),
        ("sign-in", parrain_desk::sign_in::page(&stranger, &if full { SignIn { entered: entered(&[("token", "x")], &[("/token", "Cette clé n’ouvre rien ici.")]), next: "/desk/lumiere/pay".into(), ended: true, kept: "e30".into() } } else { SignIn::default() })),
        ("come-in", parrain_desk::sign_in::come_in(&stranger, &ComeIn { gone: !full })),
        ("shop-made", parrain_desk::shops::made(&outside, &MadeShop { shop: "lumiere".into(), name: format!("Atelier Lumière{hostile}"), key: "pst_aZ3.lumiere".into() })),
        ("set-up-tag-module", parrain_desk::set_up::tag(&f, &TagStep { seen: at_shop, by_webhooks: false, set_up: SetUp { platform: Some("prestashop".into()), ..body(set_up(&["shop", "program", "look", "platform"])) } })),
        ("set-up-platform-code", parrain_desk::set_up::platform(&f, &PlatformStep { code: Some(body(json!({"code": "ABCD-1234", "expires_at": "2026-11-20T12:15:00Z"}))), seen: at_shop, set_up: body(json!({"platform": "prestashop"})), shop: None, entered: Entered::default() })),
        ("shops", parrain_desk::shops::page(&outside, &Shops { list: body(list("shops", json!([{"shop": "lumiere", "name": format!("Atelier Lumière{hostile}")}, {"shop": "savons", "name": "Savons du Nord"}]))), entered: Entered::default() })),
        ("home", parrain_desk::home::page(&f, &Home { overview: body(overview(lang, case, hostile)) })),
        ("set-up-shop", parrain_desk::set_up::shop(&f, &ShopStep { seen: at_shop, set_up: body(set_up(&[])), program: p(), version: 12, entered: if full { Entered::default() } else { entered(&[("name", ""), ("landing_url", "boutique")], &[("/landing_url", "Il faut une adresse entière, comme https://boutique.fr/.")]) } })),
        ("set-up-program", parrain_desk::set_up::program(&f, &ProgramStep { seen: at_shop, set_up: body(set_up(&["shop"])), program: p(), version: 12, begin: full.then(|| "gift".into()), entered: Entered::default() })),
        ("set-up-look", parrain_desk::set_up::look(&f, &LookStep { seen: at_shop, set_up: body(set_up(&["shop", "program"])), entered: Entered::default() })),
        ("set-up-platform", parrain_desk::set_up::platform(&f, &PlatformStep { code: None, seen: at_shop, set_up: body(set_up(&["shop", "program", "look"])), shop: Some(shop(hostile)), entered: Entered::default() })),
        ("set-up-platform-stripe", parrain_desk::set_up::platform(&f, &PlatformStep { code: None, seen: at_shop, set_up: body(json!({"platform": "stripe"})), shop: Some(shop(hostile)), entered: Entered::default() })),
        ("set-up-platform-shopify", parrain_desk::set_up::platform(&f, &PlatformStep { code: None, seen: at_shop, set_up: body(json!({"platform": "shopify"})), shop: None, entered: Entered::default() })),
        ("set-up-platform-prestashop", parrain_desk::set_up::platform(&f, &PlatformStep { code: None, seen: at_shop, set_up: body(json!({"platform": "prestashop"})), shop: None, entered: Entered::default() })),
        ("set-up-platform-opencart", parrain_desk::set_up::platform(&f, &PlatformStep { code: None, seen: at_shop, set_up: body(json!({"platform": "opencart"})), shop: None, entered: Entered::default() })),
        ("set-up-platform-magento", parrain_desk::set_up::platform(&f, &PlatformStep { code: None, seen: at_shop, set_up: body(json!({"platform": "magento"})), shop: None, entered: Entered::default() })),
        ("set-up-platform-other", parrain_desk::set_up::platform(&f, &PlatformStep { code: None, seen: at_shop, set_up: body(json!({"platform": if full { "other" } else { "" }})), shop: None, entered: Entered::default() })),
        ("set-up-tag", parrain_desk::set_up::tag(&f, &TagStep { seen: at_shop, by_webhooks: false, set_up: body(set_up(&["shop", "program", "look", "platform"])) })),
        ("set-up-proof", parrain_desk::set_up::proof(&f, &ProofStep { seen: at_shop, set_up: body(set_up(&["shop", "program", "look", "platform", "tag"])), proof: body(proof(case)), entered: Entered::default() })),
        ("program", parrain_desk::program::rules(&told, &Rules { program: if full { p() } else { Program::default() }, version: 12, entered: Entered::default(), conflict: None })),
        ("program-conflict", parrain_desk::program::rules(&f, &Rules { program: theirs.clone(), version: 13, entered: entered(&[("payouts.minimum", "25.00"), ("attribution.window_days", "60")], &[]), conflict: Some(conflict(theirs.clone())) })),
        ("offer-shown", parrain_desk::program::offer(&f, &OfferPage { program: p(), version: 12, offer: Some(p().offers[0].clone()), entered: Entered::default(), conflict: None })),
        ("offer", parrain_desk::program::offer(&f, &OfferPage { program: p(), version: 12, offer: full.then(|| p().offers[1].clone()), entered: Entered::default(), conflict: None })),
        ("program-json", parrain_desk::program::json(&f, &Json { json: serde_json::to_string_pretty(&p()).unwrap(), version: 12, entered: entered(&[], &[("/program", "n’est pas du JSON : ligne 3")]), conflict: None })),
        ("try-out", parrain_desk::try_out::page(&f, &TryOut { program: if full { p() } else { Program::default() } })),
        ("versions", parrain_desk::program::history(&f, &History { versions: body(json!({"versions": versions})) })),
        ("version", parrain_desk::program::version(&f, &VersionPage { version: some_versions[0].clone(), before: Some(some_versions[1].clone()), newest: if full { 14 } else { 12 }, now: some_versions[1].program.clone() })),
        ("referrers", parrain_desk::referrers::page(&f, &Referrers { list: body(list("referrers", json!([referrer("ANNA10", &format!("Anna Dubois{hostile}"), "active"), agency(hostile), referrer("KARIM", "Karim", "waiting"), referrer("PAUL", "", "paused"), referrer("ZOE", "Zoé", "ended")]))), q: hostile.into(), status: None, unconfirmed: false, offers: offers.clone() })),
        ("referrer-new", parrain_desk::referrers::new(&f, &NewReferrer { offers: offers.clone(), entered: if full { faults.clone() } else { Entered::default() } })),
        ("codes-new", parrain_desk::referrers::codes(&f, &NewCodes { offers: offers.clone(), entered: if full { entered(&[("csv", "ANNA10;Anna\nBOB_1;Bob"), ("offer", "amis")], &[]) } else { Entered::default() }, tried: full.then_some(lines) })),
        ("imports", parrain_desk::imports::page(&f, &Imports { offers: offers.clone(), list: body(list("imports", json!([import(hostile, "planned"), import("", "done")]))), entered: if full { entered(&[("software", "rewardful"), ("offer", "amis")], &[("/csv", "is empty")]) } else { Entered::default() } })),
        ("import", parrain_desk::imports::one(&f, &ImportPage { import: body(import(hostile, if full { "running" } else { "planned" })), entered: Entered::default() })),
        ("import-done", parrain_desk::imports::one(&f, &ImportPage { import: body(if full { import(hostile, "done") } else { json!({"id": "imp-1", "state": "done"}) }), entered: Entered::default() })),
        ("referrer", parrain_desk::referrer::page(&f, &ReferrerPage { referrer: body(agency(hostile)), status: body(if full { status } else { nothing }), offers, paid_to: full.then(|| PaidTo { iban: Some("FR76 •••• 0189".into()), account_holder: Some(format!("Agence Nord{hostile}")), paypal: None, company: Some("Nord SARL".into()), changed_at: Some(at("2026-11-24T09:00:00Z")) }), months: if full { vec!["2026-11".into(), "2026-10".into()] } else { Vec::new() }, sign_in_link: None, look: Default::default(), spoken: Language::Fr, entered: Entered::default() })),
        ("orders", parrain_desk::orders::page(&f, &Orders { list: body(list("orders", json!([order("1031", "recorded", Some("ANNA10"), None, "72.00"), order("1030", "rejected", Some("LEA"), Some("existing_customer"), "24.00"), order(&format!("1007{hostile}"), "not_referred", None, Some("outside_window"), "80.00"), order("1006", "ignored", None, Some("test_order"), "1680.50"), bonus(hostile)]))), outcome: None, code: String::new(), found_by: None })),
        ("orders-found", parrain_desk::orders::page(&f, &Orders { list: body(list("orders", json!([order("1007", "not_referred", None, None, "80.00")]))), outcome: None, code: String::new(), found_by: Some(format!("9999{hostile}")) })),
        ("reviews", parrain_desk::orders::reviews(&f, &Reviews { list: body(list("conversions", conversions)), signals: if full { body(json!({"threshold": 100, "signals": [{"signal": "velocity", "weight": 50, "found": 12, "held": 3, "reviewed": 3, "rejected": 2}, {"signal": "card", "weight": 60, "found": 1, "held": 1, "reviewed": 0, "rejected": 0}]})) } else { Default::default() }, entered: Entered::default() })),
        ("order", parrain_desk::order::page(&f, &OrderPage { account: account(lang, case, hostile), entered: Entered::default() })),
        ("order-rewarded", parrain_desk::order::page(&f, &OrderPage { account: rewarded(lang, hostile), entered: Entered::default() })),
        ("credit", parrain_desk::credit::page(&f, &Credit { account: account(lang, case, hostile), entered: entered(&[("code", "LEA"), ("note", hostile)], &[]), referrers: vec![("LEA".into(), format!("Léa{hostile}"))], tried: full.then(|| body(tried(lang))) })),
        ("credit-refused", parrain_desk::credit::page(&f, &Credit { account: account(lang, case, hostile), entered: entered(&[("code", "LEA")], &[]), referrers: Vec::new(), tried: Some(body(json!({"given": false, "refusals": ["existing_customer", "below_minimum"], "why": "Ce client avait déjà commandé."}))) })),
        ("claims", parrain_desk::claims::page(&f, &Claims { list: body(list("claims", json!([claim, {"id": "c-0", "code": "NORD", "order_id": "0977", "claimed_at": "2026-11-01T10:00:00Z", "state": "refused"}]))), state: None })),
        ("claim", parrain_desk::claims::one(&f, &ClaimPage { claim: body(claim.clone()), account: account(lang, case, hostile), tried: full.then(|| body(tried(lang))), entered: Entered::default() })),
        ("pay", parrain_desk::pay::page(&f, &Pay { plan: body(if full { plan(hostile) } else { json!({"dry_run": true, "until": "2026-11-30T22:59:59Z"}) }), last: if full { body(json!([payout("", true)])) } else { Vec::new() }, settling: false, entered: Entered::default() })),
        ("payouts", parrain_desk::pay::list(&f, &Payouts { list: body(list("payouts", json!([payout("", false), payout("", true)]))) })),
        ("payout", parrain_desk::pay::one(&f, &PayoutPage { payout: body(payout(hostile, false)), sepa: full.then(|| body(json!({"dry_run": true, "amount": "214.10", "currency": "EUR", "count": 1, "left_out": [{"code": "ANNA10", "amount": "17.00 EUR", "reason": "not_paid_out", "detail": "a ce que la boutique donne"}, {"code": "NORD", "amount": "12.00 CHF", "reason": "currency", "detail": "en francs"}, {"code": "ZOE", "amount": "8.00 EUR", "reason": "another", "detail": format!("pas aujourd’hui{hostile}")}]}))), entered: Entered::default() })),
        ("payout-paid", parrain_desk::pay::one(&f, &PayoutPage { payout: body(payout(hostile, true)), sepa: full.then(|| body(json!({"dry_run": true, "amount": "214.10", "currency": "EUR", "count": 1, "left_out": [{"code": "ANNA10", "amount": "17.00 EUR", "reason": "not_paid_out", "detail": "a ce que la boutique donne"}]}))), entered: Entered::default() })),
        ("statement", parrain_desk::statement::page(&f, &StatementPage { statement: body(statement(hostile)) })),
        ("tax", parrain_desk::tax::page(&f, &Tax { year: 2026, years: vec![2026, 2025], threshold: "2400.00".into(), above: if full { vec![Payee { code: "NORD".into(), name: format!("Léa Nord{hostile}"), company: Some("Agence Nord SARL".into()), siret: Some("732 829 320 00074".into()), profession: Some("agence web".into()), address: vec!["12 rue des Lilas".into(), "59000 Lille".into()], amount: "3862.40".into(), in_kind: "0.00".into() }, Payee { code: "MARIE".into(), name: "Marie L.".into(), amount: "2510.00".into(), in_kind: "120.00".into(), ..Payee::default() }] } else { Vec::new() }, below: if full { 9 } else { 0 }, entered: Entered::default() })),
        ("report", parrain_desk::report::page(&f, &ReportPage { from: "2026-11-01".into(), to: "2026-11-26".into(), with: if full { "before".into() } else { String::new() }, report: body(if full { report("2026-10-31T23:00:00Z", "2026-11-26T22:59:59Z", 11, false) } else { json!({"from": "2026-10-31T23:00:00Z", "to": "2026-11-26T22:59:59Z"}) }), other: full.then(|| body(report("2026-09-30T22:00:00Z", "2026-10-26T22:59:59Z", 10, true))), customers: full.then(|| body(customers())), other_customers: full.then(|| body(customers())), entered: Entered::default() })),
        ("shop-remove", parrain_desk::settings::remove(&f, &Entered::default())),
        ("settings", parrain_desk::settings::page(&f, &Settings { program: p(), set_up: body(set_up(&[])), helpers: i64::from(full) * 2 })),
        ("secrets", parrain_desk::settings::secrets(&f, &Secrets { shop: shop(hostile), shown: full.then(|| "event_secret".into()), replaced: false, entered: Entered::default() })),
        ("texts", parrain_desk::settings::texts(&f, &TextsPage { texts: body(json!({"locale": "fr", "usual": {"apply": "J’en profite", "gift": "{from} vous offre {reward}", "not_now": "Pas maintenant"}, "own": if full { BTreeMap::from([("apply", format!("J’en profite !{hostile}"))]) } else { BTreeMap::new() }})), locales: vec!["fr".into(), "en".into(), "de".into()], entered: Entered::default() })),
        ("connections", parrain_desk::connections::page(&f, &Connections { list: body(json!({"connections": if full { json!([{"id": "1", "platform": "woocommerce", "site": format!("https://lumiere.example/{hostile}"), "since": "2026-11-02T08:00:00Z", "last_seen": "2026-11-26T09:50:00Z"}, {"id": "2", "platform": "prestashop", "site": "https://pro.lumiere.example/", "since": "2026-11-26T09:00:00Z", "last_seen": null}]) } else { json!([]) }})), code: full.then(|| body(json!({"code": "K7PM-4XQD-9RTB", "expires_at": "2026-11-26T10:15:00Z"}))), failed: body(json!({"tasks": if full { json!([{"id": "rw-1", "kind": "reward", "state": "given_up", "referrer": "ANNA10", "order_id": "1001", "tries": 9, "failed": format!("coupons are switched off{hostile}")}, {"id": "ec-2", "kind": "end_code", "state": "waiting", "order_id": "1002", "tries": 1, "failed": "the shop is in maintenance"}]) } else { json!([]) }})) })),
        ("platform", parrain_desk::platforms::page(&f, &PlatformPage { platform: "shopify".into(), connection: full.then(|| body(platform(hostile))), entered: Entered::default() })),
        ("contacts", parrain_desk::contacts::page(&f, &Contacts { list: body(json!({"destinations": if full { json!([contacts(hostile)]) } else { json!([]) }})) })),
        ("contact", parrain_desk::contacts::one(&f, &ContactPage { provider: ContactProvider::Brevo, destination: full.then(|| body(contacts(hostile))), entered: Entered::default() })),
        ("contact-klaviyo", parrain_desk::contacts::one(&f, &ContactPage { provider: ContactProvider::Klaviyo, destination: None, entered: if full { faults.clone() } else { Entered::default() } })),
        ("promote", parrain_desk::promote::page(&f, &promote(case, hostile))),
        ("promo-codes", parrain_desk::promo_codes::page(&f, &PromoCodes { list: if full { body(promotions(hostile)) } else { Default::default() } })),
        ("promo-code", parrain_desk::promo_codes::one(&f, &PromoCodePage { known: Some(body(promotions(hostile)["promotions"][0].clone())), begin: None, version: 7, entered: Entered::default() })),
        ("new-promo-code", parrain_desk::promo_codes::one(&f, &PromoCodePage { known: None, begin: full.then_some(Beginning::Flash), version: 7, entered: Entered::default() })),
        ("materials", parrain_desk::materials::page(&f, &MaterialsPage { materials: if full { body(materials(hostile)) } else { Default::default() }, entered: Entered::default() })),
        ("share-text", parrain_desk::materials::text(&f, &TextPage { text: body(materials(hostile)["texts"][0].clone()), entered: Entered::default() })),
        ("experiments", parrain_desk::experiments::page(&f, &Experiments { list: body(json!({"experiments": if full { json!([experiment("comparison-2", "running", false), experiment("comparison-1", "ended", true)]) } else { json!([]) }})), offers: p().offers.into_iter().cycle().take(if full { 2 } else { 1 }).collect(), entered: Entered::default(), plan: full.then(|| body(json!({"referrers": 41, "past_weeks": 12, "visits": 5210, "conversions": 148, "weeks": 7}))) })),
        ("endpoints", parrain_desk::endpoints::page(&f, &Endpoints { list: body(json!({"endpoints": if full { json!([endpoint(hostile)]) } else { json!([]) }})), entered: Entered::default() })),
        ("endpoint", parrain_desk::endpoints::one(&f, &EndpointPage { endpoint: body(endpoint(hostile)), deliveries: body(json!({"deliveries": if full { json!([{"id": "msg_2", "type": "conversion.approved", "state": "dead", "queued_at": "2026-11-22T09:00:00Z", "tries": 9, "tried_at": "2026-11-25T09:00:00Z", "status": 500, "answer": format!("out of disk{hostile}")}, {"id": "msg_1", "type": "referrer.joined", "state": "delivered", "queued_at": "2026-11-22T08:00:00Z", "tries": 1, "status": 200}, {"id": "msg_3", "type": "payout.paid", "state": "waiting", "queued_at": "2026-11-26T08:00:00Z", "tries": 2, "next_try_at": "2026-11-26T11:00:00Z"}]) } else { json!([]) }})), secret: full.then(|| "whsec_c2VjcmV0".into()) })),
        ("mail", parrain_desk::mail::page(&f, &Mail { settings: full.then(|| body(mail(hostile))), messages: body(json!({"messages": if full { json!([{"id": "mail_4", "kind": "welcome", "code": "LEO", "state": "bounced", "queued_at": "2026-11-22T10:00:00Z", "tries": 1, "words": format!("no such mailbox{hostile}"), "stopped": true}, {"id": "mail_2", "kind": "reward_approved", "code": "ANNA10", "state": "dead", "queued_at": "2026-11-22T09:00:00Z", "tries": 9, "tried_at": "2026-11-25T09:00:00Z", "status": 422, "words": format!("Invalid `to`{hostile}")}, {"id": "mail_1", "kind": "welcome", "code": "ANNA10", "state": "sent", "queued_at": "2026-11-22T08:00:00Z", "tries": 1, "status": 200}, {"id": "mail_3", "kind": "to_do", "state": "waiting", "queued_at": "2026-11-26T08:00:00Z", "tries": 2, "next_try_at": "2026-11-26T11:00:00Z"}]) } else { json!([]) }})), entered: Entered::default() })),
        ("mail-text", parrain_desk::mail::text(&f, &MailTextPage { kind: MailKind::Welcome.into(), locale: "fr".into(), locales: vec!["fr".into(), "en".into()], own: MailText { subject: full.then(|| format!("Bonjour {{name}}{hostile}")), body: None }, preview: MailPreview { subject: format!("Bonjour Anna{hostile}"), text: "Bonjour Anna,".into(), html: "<p>Bonjour</p>".into(), usual_subject: "Votre lien".into(), usual_body: "{hello}\n\n{link}".into(), fields: vec!["hello".into(), "link".into()] }, is_set_up: full, entered: Entered::default() })),
        ("helpers", parrain_desk::settings::helpers(&f, &HelpersPage { helpers: body(json!({"helpers": if full { json!([{"id": "h-1", "name": format!("Claire{hostile}"), "role": "reviews", "since": "2026-05-02T08:00:00Z", "last_seen": "2026-11-26T09:50:00Z"}, {"id": "h-0", "name": "Comptable", "role": "reads", "since": "2026-01-02T08:00:00Z", "ended_at": "2026-06-01T08:00:00Z"}]) } else { json!([]) }})), link: full.then(|| body(json!({"helper": {"id": "h-2", "name": "Bruno", "role": "reads"}, "link": "https://parrain.lumiere.workers.dev/desk/come_in#pdk_abc.lumiere"}))), entered: Entered::default() })),
        ("not-found", parrain_desk::problem::page(&f, &Problem::NotFound)),
        ("forbidden", parrain_desk::problem::page(&f, &Problem::Forbidden(Role::All))),
        ("busy", parrain_desk::problem::page(&outside, &Problem::Busy)),
        ("forged", parrain_desk::problem::page(&outside, &Problem::Forged)),
        ("too-often", parrain_desk::problem::page(&stranger, &Problem::TooOften(10))),
    ]
}

/// A referrer's page after something was typed into one of its forms.
pub fn referrer_with(fields: &[(&str, &str)]) -> Markup {
    let page = ReferrerPage {
        referrer: body(agency("")),
        status: body(json!({"code": "NORD"})),
        offers: program("").offers,
        paid_to: None,
        look: Default::default(),
        spoken: Language::Fr,
        months: Vec::new(),
        sign_in_link: None,
        entered: entered(fields, &[("/amount", "Il faut un montant.")]),
    };
    parrain_desk::referrer::page(&frame(Language::Fr, Case::Full), &page)
}

/// An address that does not answer.
fn mail(hostile: &str) -> Value {
    json!({"provider": "brevo", "has_key": true, "from": {"email": "bonjour@lumiere.example", "name": format!("Lumière{hostile}")},
        "owner_email": "moi@lumiere.example", "kinds": ["welcome", "reward_approved", "to_do"], "quiet_hours": {"from": 21, "to": 8},
        "webhook_url": "https://parrain.lumiere.workers.dev/v1/shops/lumiere/webhooks/mail-brevo", "webhook_token": "pmw_abc",
        "failing_since": "2026-11-22T09:00:00Z", "failing_words": format!("quota{hostile}"), "waiting": 1, "dead": 1})
}

fn platform(hostile: &str) -> Value {
    json!({"platform": "shopify", "account": "lumiere.myshopify.com", "since": "2026-11-20T08:00:00Z",
        "last_used": "2026-11-26T09:00:00Z", "fault": {"at": "2026-11-26T09:30:00Z", "words": format!("it answered 401: no{hostile}")},
        "rights": [{"name": "write_discounts", "needed_for": "codes", "held": true},
            {"name": "write_gift_cards", "needed_for": "rewards", "held": false}],
        "reconciliation": {"state": "waiting", "since": "2026-11-26T01:50:00Z", "next_at": "2026-11-27T02:12:00Z",
            "last_at": "2026-11-26T02:13:00Z", "seen": 61, "missing": 2, "orders": ["1001", format!("1002{hostile}")],
            "fault": {"at": "2026-11-26T03:13:00Z", "words": format!("no answer within 10 seconds{hostile}")}},
        "codes": {"made": 41, "waiting": 2, "failed": 1, "foreign": 1},
        "troubles": [{"code": "BOB22", "state": "foreign", "tries": 0, "words": "the shop has a discount of this code with other terms"},
            {"code": "ZOE", "state": "waiting", "tries": 2, "next_try_at": "2026-11-26T11:00:00Z", "words": format!("no answer within 10 seconds{hostile}")},
            {"code": "LEO", "state": "failed", "tries": 1, "words": "Shopify has no code that gives points"}]})
}

fn contacts(hostile: &str) -> Value {
    json!({"provider": "brevo", "account": format!("…cdef{hostile}"), "since": "2026-11-02T08:00:00Z", "endpoint": "3",
        "failing_since": "2026-11-22T09:00:00Z", "words": format!("Key not found{hostile}"), "waiting": 2, "dead": 1})
}

fn experiment(id: &str, state: &str, told: bool) -> Value {
    let mut first = json!({"offer": "friends", "referrers": 21});
    let mut second = json!({"offer": "bolder", "referrers": 20});
    if told {
        first["visits"] = 2710.into();
        first["conversions"] = 71.into();
        first["rate"] = "2.62".into();
        second["visits"] = 2680.into();
        second["conversions"] = 118.into();
        second["rate"] = "4.403".into();
        second["found"] = "better".into();
        second["difference"] = json!({"low": "0.61", "seen": "1.783", "high": "2.956"});
    }
    json!({"id": id, "state": state, "difference": "1", "weeks": 7, "began_at": "2026-10-01T08:12:00Z",
        "counts_from": "2026-10-01T09:00:00Z", "ends_at": "2026-11-19T09:00:00Z", "variants": [first, second]})
}

fn endpoint(hostile: &str) -> Value {
    json!({"id": "1", "url": format!("https://books.example/hook{hostile}"), "types": ["conversion.approved", "payout.paid"],
        "since": "2026-11-02T08:00:00Z", "failing_since": "2026-11-22T09:00:00Z", "waiting": 1, "dead": 1})
}

fn import(hostile: &str, state: &str) -> Value {
    json!({"id": "imp-1", "software": "rewardful", "state": state, "made_at": "2026-11-12T09:40:00Z", "expires_at": "2026-11-19T09:40:00Z",
        "offer": "amis", "link_params": ["via"], "welcome": true, "lines": 1204, "balance": "1216.50", "currency": "EUR",
        "columns": [{"name": format!("Ref code{hostile}"), "read_as": "code"}, {"name": "Visitors", "read_as": null}],
        "counts": [
            {"what": "referrer", "make": 2, "made": 100, "as_wished": 1, "refused": 3},
            {"what": "balance", "make": 1, "made": 0, "as_wished": 0, "refused": 1},
            {"what": "line", "make": 0, "made": 0, "as_wished": 0, "refused": 1}],
        "items": [
            {"line": 3, "what": "referrer", "verdict": "refused", "reason": "not_a_code", "column": "Ref code", "value": format!("zo{hostile}"),
             "detail": "must be 3 to 32 letters A-Z, digits or hyphens"},
            {"line": 4, "what": "referrer", "verdict": "refused", "reason": "taken", "code": "ANNA10", "detail": "the code is somebody else's here"},
            {"line": 5, "what": "balance", "verdict": "refused", "reason": "paid_or_not", "sale": "1007", "detail": "the file does not say"},
            {"line": 9, "what": "line", "verdict": "refused", "reason": "totals", "detail": "it sums up other lines"},
            {"line": 2, "what": "referrer", "verdict": "make", "code": "ADAM", "name": format!("Adam Jones{hostile}"), "email": "adam@example.com", "percent": "12.5"},
            {"line": 2, "what": "balance", "verdict": "make", "code": "ADAM", "name": "Adam Jones", "amount": "1216.50"},
            {"line": 6, "what": "referrer", "verdict": "make", "code": "EVA-LOPEZ", "instead_of": "eva.lopez", "name": "Eva"},
            {"line": 7, "what": "order", "verdict": "as_wished", "sale": "1001", "amount": "80.00"}],
        "next_cursor": "104"})
}

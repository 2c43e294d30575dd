//! Programs read, written back and refused, and versions in force.

use serde_json::{Value, json};

use super::{Program, RewardKind, Versions};
use crate::instant::Instant;

fn sample() -> Value {
    json!({"name": "Atelier Lumière", "currency": "EUR", "landing_url": "https://shop.example/",
        "origins": ["https://shop.example"], "locale": "fr", "link_params": ["ref"],
        "attribution": {"window_days": 30, "model": "last"},
        "offers": [
            {"id": "friends", "audience": "customer", "starts_at": null, "ends_at": null,
             "friend": {"reward": {"kind": "percent_off", "percent": "10"}, "min_subtotal": "30.00"},
             "advocate": {"reward": {"kind": "store_credit", "amount": "10.00"}, "on": "sale", "orders": "first",
                          "hold_days": 14, "new_customers_only": true, "max_per_month": 20}},
            {"id": "agencies", "audience": "agency", "starts_at": null, "ends_at": null,
             "advocate": {"reward": {"kind": "commission", "percent": "8", "tiers": [{"from": 50, "percent": "10"}],
                          "categories": {"wine": "5"}}, "on": "sale", "orders": {"months": 12}, "hold_days": 30,
                          "new_customers_only": false, "min_subtotal": "0.00", "budget": "500.00"}},
            {"id": "charity", "audience": "customer", "starts_at": null, "ends_at": null,
             "advocate": {"reward": {"kind": "donation", "amount": "5.00", "charity": "Les Restos du Cœur"}, "on": "lead",
                          "orders": "first", "hold_days": 0, "new_customers_only": true}}]})
}

#[test]
fn what_is_printed_is_read_back() {
    let program = Program::parse(&sample()).unwrap();
    assert_eq!(program.to_json(), sample());
    assert_eq!(Program::parse(&program.to_json()), Ok(program));
}

#[test]
fn five_faults_get_five_pointers() {
    let mut body = sample();
    body["currency"] = json!("EURO");
    body["landing_url"] = json!("javascript:alert(1)");
    body["attribution"]["model"] = json!("middle");
    body["offers"][0]["advocate"]["hold_days"] = json!(-1);
    body["offers"][1]["advocate"]["reward"]["tiers"][0]["percent"] = json!("110");
    let faults = Program::parse(&body).unwrap_err();
    let pointers: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
    #[rustfmt::skip]
    assert_eq!(pointers, ["/currency", "/landing_url", "/attribution/model", "/offers/0/advocate/hold_days",
        "/offers/1/advocate/reward/tiers/0/percent"]);
}

#[test]
fn a_currency_that_is_none_hides_no_other_fault() {
    let mut body = sample();
    body["currency"] = json!("EURO");
    body["offers"][1]["id"] = json!("friends");
    body["offers"][1]["advocate"]["reward"] = json!({"kind": "gold"});
    let faults = Program::parse(&body).unwrap_err();
    let told: Vec<(&str, &str)> =
        faults.iter().map(|fault| (fault.pointer.as_str(), fault.detail.as_str())).collect();
    assert_eq!(told[0], ("/currency", "must be an ISO 4217 currency such as EUR"));
    assert_eq!(told[1], ("/offers/1/id", "is the id of an earlier offer too"));
    assert_eq!(told[2].0, "/offers/1/advocate/reward/kind");
    assert_eq!(told.len(), 3);
}

#[test]
fn every_kind_is_read_as_itself_and_only_with_its_own_members() {
    for (name, kind) in RewardKind::WORDS {
        // What every kind could say, so that each says what it does not know, and nothing that it needs is missing.
        let mut reward = json!({"kind": name, "percent": "5", "amount": "5.00", "sku": "MUG", "points": 5, "label": "Club",
            "tiers": [], "categories": {}, "charity": "Les Restos du Cœur"});
        let mut body = sample();
        body["offers"][0]["advocate"]["reward"] = reward.clone();
        for fault in Program::parse(&body).unwrap_err() {
            let member = fault.pointer.strip_prefix("/offers/0/advocate/reward/").unwrap();
            assert!(fault.detail.starts_with("is not known here"), "{name}: {fault:?}");
            reward.as_object_mut().unwrap().remove(member);
        }
        body["offers"][0]["advocate"]["reward"] = reward.clone();
        let program = Program::parse(&body).unwrap();
        assert_eq!(program.offers[0].advocate.reward.kind(), *kind);
        reward.as_object_mut().unwrap().retain(|_, value| *value != json!([]) && *value != json!({}));
        assert_eq!(program.to_json()["offers"][0]["advocate"]["reward"], reward, "{name}");
    }
}

#[test]
fn a_donation_names_its_charity_and_is_for_advocates() {
    let mut body = sample();
    body["offers"][2]["advocate"]["reward"] = json!({"kind": "donation", "amount": "0.00", "charity": " "});
    body["offers"][0]["friend"]["reward"] =
        json!({"kind": "donation", "amount": "5.00", "charity": "Les Restos du Cœur"});
    let faults = Program::parse(&body).unwrap_err();
    let told: Vec<(&str, &str)> =
        faults.iter().map(|fault| (fault.pointer.as_str(), fault.detail.as_str())).collect();
    #[rustfmt::skip]
    assert_eq!(told, [
        ("/offers/0/friend/reward/kind", "must be another kind: a donation is made for advocates"),
        ("/offers/2/advocate/reward/amount", "must be more than nothing"),
        ("/offers/2/advocate/reward/charity", "must not be empty"),
    ]);
}

#[test]
fn what_is_not_built_or_misspelt_is_refused_by_name() {
    let mut body = sample();
    body["offers"][0]["advocate"]["velocity"] = json!({"max": 3});
    body["offers"][0]["advocate"]["hold_day"] = json!(3);
    let pointers: Vec<String> =
        Program::parse(&body).unwrap_err().into_iter().map(|fault| fault.pointer).collect();
    assert_eq!(pointers, ["/offers/0/advocate/velocity", "/offers/0/advocate/hold_day"]);
    for bad in [json!(null), json!([]), json!("program"), json!({})] {
        assert!(Program::parse(&bad).is_err(), "{bad}");
    }
}

#[test]
fn versions_hold_from_their_instant_and_the_first_for_all_before() {
    let first = Program::parse(&sample()).unwrap();
    let mut second = first.clone();
    second.offers.remove(0);
    let change = Instant::parse("2026-06-01T00:00:00Z").unwrap();
    let mut versions = Versions::new(first.clone());
    versions.push(change, second.clone());
    assert_eq!(**versions.at(change.plus_days(-400)), first);
    assert_eq!(**versions.at(change), second);
    assert_eq!(versions.having(change, "friends").map(|program| &**program), Some(&first));
    assert!(versions.having(change, "others").is_none());
}

fn customers(offers: &[Value]) -> Value {
    let mut body = sample();
    let mut all = Vec::new();
    for (place, offer) in offers.iter().enumerate() {
        let mut whole = json!({"id": format!("o{place}"), "audience": "customer",
            "advocate": {"reward": {"kind": "store_credit", "amount": "10.00"}}});
        whole.as_object_mut().unwrap().extend(offer.as_object().unwrap().clone());
        all.push(whole);
    }
    body["offers"] = all.into();
    body
}

#[test]
fn conditions_are_read_and_printed() {
    let mut body = customers(&[
        json!({"when": {"customer": "new", "basket": {"at_least": "50.00", "at_most": "200.50"},
            "languages": ["fr", "pt-BR", "fr"], "countries": ["be", "LU"]}}),
        json!({"when": {}}),
    ]);
    let program = Program::parse(&body).unwrap();
    body["offers"][0]["when"] = json!({"customer": "new", "basket": {"at_least": "50.00", "at_most": "200.50"},
        "languages": ["fr", "pt-BR"], "countries": ["BE", "LU"]});
    assert_eq!(program.to_json()["offers"][0]["when"], body["offers"][0]["when"]);
    assert_eq!(program.to_json()["offers"][1].get("when"), None);
    assert_eq!(Program::parse(&program.to_json()), Ok(program));
}

#[test]
fn a_condition_that_nobody_can_meet_is_said_with_its_place() {
    let faults = |offers: &[Value]| -> Vec<(String, String)> {
        let faults = Program::parse(&customers(offers)).err().unwrap_or_default();
        faults.into_iter().map(|fault| (fault.pointer, fault.detail)).collect()
    };
    let when = |when: Value| json!({"when": when});
    let hidden = "can be met by nobody: \"o0\", which stands before \"o1\", is shown to all of them";
    let together =
        "can be met by nobody: \"o0\", \"o1\", which stand before \"o2\", are shown to all of them";
    for (offers, pointer, detail) in [
        (
            vec![when(json!({"basket": {"at_least": "50.00", "at_most": "49.99"}}))],
            "/offers/0/when/basket/at_most",
            "can be met by nobody: it is less than the least",
        ),
        (
            vec![when(json!({"customer": ["new", "returning"]}))],
            "/offers/0/when/customer",
            "must be one of new, returning",
        ),
        (
            vec![when(json!({"languages": ["fr", "pl"]}))],
            "/offers/0/when/languages/1",
            "must be a language that the widget speaks: ar, de, en, es, fr, it, nl or pt, perhaps with a region such as pt-BR",
        ),
        (vec![when(json!({"languages": ["fr-"]}))], "/offers/0/when/languages/0", "must be a language"),
        (
            vec![when(json!({"countries": ["Belgium"]}))],
            "/offers/0/when/countries/0",
            "must be a country's two letters as in ISO 3166-1, such as BE",
        ),
        (vec![when(json!({"countries": ["XX"]}))], "/offers/0/when/countries/0", "must be a country"),
        (
            vec![when(json!({"countries": []}))],
            "/offers/0/when/countries",
            "can be met by nobody: it must name at least one country",
        ),
        (vec![when(json!({"languages": []}))], "/offers/0/when/languages", "can be met by nobody"),
        (vec![when(json!({"weather": "rain"}))], "/offers/0/when/weather", "is not known here"),
        (vec![when(json!("new"))], "/offers/0/when", "must be"),
        (vec![when(json!({"basket": {"at_least": "-1"}}))], "/offers/0/when/basket/at_least", "must"),
        (
            vec![json!({"audience": "agency", "when": {"customer": "new"}})],
            "/offers/0/when",
            "can be met by nobody: only offers for customers are shown to be joined under",
        ),
        (vec![json!({}), when(json!({"customer": "new"}))], "/offers/1/when", hidden),
        (
            vec![
                when(json!({"countries": ["BE", "FR"]})),
                when(json!({"countries": ["FR"], "customer": "new"})),
            ],
            "/offers/1/when",
            hidden,
        ),
        (
            vec![
                when(json!({"basket": {"at_least": "50.00"}, "languages": ["fr"]})),
                when(json!({"basket": {"at_least": "50.00", "at_most": "70.00"}, "languages": ["fr-CA"]})),
            ],
            "/offers/1/when",
            hidden,
        ),
        (
            vec![
                json!({"ends_at": "2027-01-02T00:00:00Z"}),
                json!({"ends_at": "2027-01-01T00:00:00Z", "when": {"customer": "new"}}),
            ],
            "/offers/1/when",
            hidden,
        ),
        (
            vec![
                when(json!({"customer": "new"})),
                when(json!({"customer": "returning"})),
                when(json!({"basket": {"at_least": "50.00"}})),
            ],
            "/offers/2/when",
            together,
        ),
        (
            vec![
                when(json!({"countries": ["BE"]})),
                when(json!({"countries": ["FR"]})),
                when(json!({"countries": ["BE", "FR"]})),
            ],
            "/offers/2/when",
            together,
        ),
        (
            vec![
                when(json!({"languages": ["fr"], "customer": "new"})),
                when(json!({"languages": ["pt"]})),
                when(json!({"customer": "new", "languages": ["pt-BR", "fr-CA"], "countries": ["CA"]})),
            ],
            "/offers/2/when",
            together,
        ),
    ] {
        let found = faults(&offers);
        let [(at, said)] = found.as_slice() else { panic!("{offers:?}: {found:?}") };
        assert_eq!(at, pointer);
        assert!(said.starts_with(detail), "{said}");
    }
}

#[test]
fn what_somebody_may_still_meet_is_taken() {
    let when = |when: Value| json!({"when": when});
    for offers in [
        vec![when(json!({"customer": "new"})), when(json!({"customer": "returning"})), json!({})],
        vec![when(json!({"basket": {"at_least": "50.00", "at_most": "50.00"}}))],
        vec![
            when(json!({"customer": "new", "countries": ["BE"]})),
            when(json!({"customer": "returning", "countries": ["FR"]})),
            when(json!({"countries": ["BE", "FR"]})),
        ],
        vec![
            when(json!({"countries": ["BE"]})),
            when(json!({"countries": ["FR"]})),
            when(json!({"countries": ["BE", "FR", "LU"]})),
            when(json!({"customer": "new"})),
        ],
        vec![when(json!({"basket": {"at_least": "50.00"}})), when(json!({"basket": {"at_least": "20.00"}}))],
        vec![when(json!({"languages": ["fr-CA"]})), when(json!({"languages": ["fr"]}))],
        vec![when(json!({"countries": ["FR"]})), when(json!({"countries": ["FR", "BE"]}))],
        // The one before it ends sooner, or begins later.
        vec![json!({"ends_at": "2027-01-01T00:00:00Z"}), when(json!({"customer": "new"}))],
        vec![json!({"starts_at": "2027-01-01T00:00:00Z"}), when(json!({"customer": "new"}))],
        // Referrers are put under it by hand.
        vec![json!({}), json!({})],
        // Another audience's hides nothing.
        vec![json!({"audience": "agency"}), when(json!({"customer": "new"}))],
    ] {
        let read = Program::parse(&customers(&offers));
        assert!(read.is_ok(), "{offers:?}: {read:?}");
    }
}

#[test]
fn the_first_offer_whose_conditions_hold_is_shown() {
    let program = Program::parse(&customers(&[
        json!({"ends_at": "2026-12-31T00:00:00Z", "when": {"countries": ["BE"], "languages": ["fr"]}}),
        json!({"when": {"customer": "returning"}}),
        json!({"when": {"basket": {"at_least": "50.00"}}}),
        json!({"ends_at": "2027-06-01T00:00:00Z"}),
    ]))
    .unwrap();
    let at = |text: &str| Instant::parse(text).unwrap();
    let (now, later, last) =
        (at("2026-12-01T00:00:00Z"), at("2027-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z"));
    for (facts, when, shown) in [
        (json!({}), now, Some("o3")),
        (json!({"country": "BE"}), now, Some("o3")),
        (json!({"country": "BE", "language": "fr-BE", "customer": "returning"}), now, Some("o0")),
        (json!({"country": "BE", "language": "fr-BE", "customer": "returning"}), later, Some("o1")),
        (json!({"customer": "new", "basket": "50.00"}), now, Some("o2")),
        (json!({"customer": "new", "basket": "49.99"}), now, Some("o3")),
        (json!({"customer": "new"}), last, None),
    ] {
        let facts = serde_json::from_value(facts).unwrap();
        assert_eq!(program.shown(&facts, when).map(|offer| offer.id.as_str()), shown, "{facts:?}");
        // Who was shown it may join under it, and with less known too.
        if let Some(offer) = shown {
            assert!(program.joined_under(offer, &facts, when).is_some());
            assert!(program.joined_under(offer, &Default::default(), when).is_some());
        }
    }
    let facts = |value| serde_json::from_value(value).unwrap();
    assert!(program.joined_under("o0", &facts(json!({"country": "FR"})), now).is_none());
    assert!(program.joined_under("o1", &facts(json!({"customer": "new"})), now).is_none());
    assert!(program.joined_under("o0", &facts(json!({})), later).is_none(), "it has ended");
    assert!(program.joined_under("nothing", &facts(json!({})), now).is_none());
    assert!(program.asks_country(now) && !program.asks_country(later));
    assert_eq!(program.joinable().map(|offer| offer.id.as_str()), Some("o3"));
}

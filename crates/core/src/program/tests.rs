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

use std::collections::BTreeSet;

use parrain_core::instant::Instant;
use parrain_core::money::Rate;
use parrain_core::program::Program;
use parrain_tryout::reader::{Settings, Wishes, read};
use parrain_tryout::trial::{Assumption, Plan, Referrals, run};
use serde_json::json;

use super::*;

const FILE: &str =
    "Commande;Date de commande;E-mail;Sous-total;Remise;Code promo;Montant remboursé;Statut;<b>note</b>
1;10/01/2025;a@example.com;100,00;10,00;ANNA10;;payée;<i>x</i>
2;20/02/2025;b@example.com;200,00;0,00;BOB-1;100,00;payée;
3;21/02/2025;c@example.com;50,00;0,00;;;<script>;
4;hier;d@example.com;50,00;0,00;;;payée;
";

fn drawn(lang: Language, referrals: &Referrals) -> [String; 2] {
    let program = json!({
        "name": "Shop", "currency": "EUR", "landing_url": "https://shop.example/",
        "offers": [{"id": "friends", "audience": "customer", "advocate": {"reward": {"kind": "commission", "percent": "10"},
            "on": "sale", "orders": "lifetime", "hold_days": 0, "new_customers_only": false}}],
    });
    let program = Program::parse(&program).unwrap();
    let settings =
        Settings { zone: Default::default(), currency: program.currency, wishes: Wishes::default() };
    let read = read(FILE.as_bytes(), &settings).unwrap();
    let as_of = Instant::parse("2026-01-01T00:00:00Z").unwrap();
    let plan = Plan { program, offer: "friends".into(), referrals: referrals.clone(), as_of };
    let outcome = run(&read.orders, &plan, |_, _| ());
    [columns(lang, &read).into_string(), result(lang, &read, referrals, &outcome).into_string()]
}

#[test]
fn the_sentence_stands_first_in_both_languages() {
    let codes = Referrals::Codes(BTreeSet::new());
    let [_, result] = drawn(Language::Fr, &codes);
    let sentence = "De janvier 2025 à février 2025, ce programme aurait coûté 29,00\u{a0}€ et apporté 290,00\u{a0}€ de ventes.";
    assert!(result.contains(sentence), "{result}");
    assert!(result.find(sentence) < result.find("<table"), "it stands before all tables");
    assert!(!result.contains("supposé"), "{result}");
    let [_, result] = drawn(Language::En, &codes);
    assert!(result.contains("From January 2025 to February 2025 this program would have cost €29.00 and brought €290.00 of sales."), "{result}");
    for part in ["ANNA10", "BOB-1", "1 line(s)", "the date cannot be read", "no referrer’s code", "<svg"] {
        assert!(result.contains(part), "{part}");
    }
}

#[test]
fn each_figure_that_is_assumed_says_so_and_nobody_is_named() {
    let assumption = Assumption { share: Rate::parse("100").unwrap(), seed: 1, partners: 10 };
    let [_, result] = drawn(Language::En, &Referrals::Assumed(assumption));
    assert!(result.contains("had 100% of the new customers come by a referrer"), "{result}");
    assert_eq!(result.matches("class=\"pill amber\">assumed<").count(), 8, "{result}");
    assert!(result.contains("so that nobody is named here") && !result.contains("TRY-"), "{result}");
}

#[test]
fn what_a_file_says_is_text_wherever_it_is_drawn() {
    let [columns, result] = drawn(Language::Fr, &Referrals::Codes(["A\"><b>".to_owned()].into()));
    for part in [&columns, &result] {
        assert!(!part.contains("<b>") && !part.contains("<i>") && !part.contains("<script>"), "{part}");
    }
    assert!(columns.contains("&lt;b&gt;note&lt;/b&gt;"), "{columns}");
    assert!(columns.contains("value=\"unknown\" selected"), "{columns}");
}

//! Every kind of mail as it goes out, held to the letters that stand beside this file, and what hostile names can do.

use std::path::Path;

use parrain_core::zone::Zone;
use parrain_mail::facts::Month;
use parrain_mail::{Facts, Letter, Words, Writing};
use parrain_wire::desk::{Due, Waiting};
use parrain_wire::instant::Instant;
use parrain_wire::mail::{MailKind, MailText};
use parrain_wire::payouts::AssetTotal;
use parrain_wire::program::{Reward, RewardKind};
use parrain_wire::rewards::Reason;

fn money(amount: &str) -> Vec<AssetTotal> {
    vec![AssetTotal { asset: "EUR".into(), amount: amount.to_owned().into(), charity: None }]
}

fn facts(kind: MailKind) -> Vec<Facts> {
    let reward = Reward {
        kind: RewardKind::StoreCredit.into(),
        amount: Some("10.00".to_owned().into()),
        currency: Some("EUR".to_owned().into()),
        voucher: (kind == MailKind::RewardPaid).then(|| "K7PM-4XQD-9RTB".to_owned()),
        ..Reward::default()
    };
    let one = Facts { order_id: Some("1001".into()), ..Facts::default() };
    match kind {
        MailKind::Welcome | MailKind::SignIn | MailKind::Test => Vec::new(),
        MailKind::RewardPending
        | MailKind::RewardApproved
        | MailKind::RewardPaid
        | MailKind::RewardTakenBack => {
            let approves_at = Instant::parse("2026-12-03T10:00:00Z");
            let reason = if kind == MailKind::RewardPending { Reason::Unconfirmed } else { Reason::Refunded };
            vec![
                Facts {
                    reward: Some(reward.clone()),
                    approves_at,
                    reason: Some(reason.into()),
                    ..one.clone()
                },
                Facts { reward: Some(reward), order_id: Some("1002".into()), approves_at, ..one },
            ]
        }
        MailKind::ClaimAnswered => {
            vec![Facts {
                accepted: Some(false), note: Some("Elle était d’un autre client.".into()), ..one
            }]
        }
        MailKind::Statement => {
            let (opening, earned, paid, closing) =
                (money("5.00"), money("30.00"), Vec::new(), money("35.00"));
            let month = Month { name: "2026-11".into(), opening, earned, paid, closing };
            vec![Facts { month: Some(month), ..Facts::default() }]
        }
        MailKind::Reminder => {
            let gift = Reward {
                kind: RewardKind::PercentOff.into(),
                percent: Some("10".to_owned().into()),
                ..Reward::default()
            };
            let least = Reward {
                kind: RewardKind::Cash.into(),
                amount: Some("30.00".to_owned().into()),
                currency: Some("EUR".to_owned().into()),
                ..Reward::default()
            };
            vec![Facts {
                reward: Some(gift),
                min_subtotal: Some(least),
                new_customers_only: true,
                ..Facts::default()
            }]
        }
        MailKind::ToDo => {
            let due = Due { count: 3, referrers: 2, totals: money("1234.50") };
            let waiting = Waiting { claims: 2, payouts: due, ..Waiting::default() };
            vec![Facts { waiting: Some(Box::new(waiting)), ..Facts::default() }]
        }
    }
}

fn letter(kind: MailKind, locale: &str, name: &str, own: Option<&MailText>) -> Letter {
    let mut links = vec!["https://edge.example/r/demo/ANNA10".to_owned()];
    if kind == MailKind::Welcome {
        links.push("https://edge.example/promote/demo/ANNA10".to_owned());
    }
    Letter::write(&Writing {
        kind,
        words: &Words::of(locale),
        shop: "Atelier Lumière",
        zone: &Zone::default(),
        name: Some(name),
        code: "ANNA10",
        links: &links,
        facts: &facts(kind),
        own,
        stop: Some("https://edge.example/u/demo/abc"),
        confirm: (kind == MailKind::Welcome).then_some("https://shop.example/#parrain_key=abc"),
    })
}

#[test]
fn a_reward_that_waits_for_more_than_its_hold_names_no_day() {
    let Letter { text, .. } = letter(MailKind::RewardPending, "en", "Anna", None);
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("- ")).collect();
    assert!(
        lines[0].contains("open the link in your welcome e-mail") && !lines[0].contains("3 Dec"),
        "{text}"
    );
    assert!(lines[1].contains("3 Dec"), "{text}");
}

#[test]
fn what_is_counted_in_pieces_is_due_as_such() {
    let points: AssetTotal = serde_json::from_str(r#"{"asset": "points", "amount": "120"}"#).unwrap();
    let due = Due { count: 1, referrers: 1, totals: vec![points] };
    let waiting = Some(Box::new(Waiting { payouts: due, ..Waiting::default() }));
    let one = Letter::write(&Writing {
        kind: MailKind::ToDo,
        words: &Words::of("fr"),
        shop: "Atelier Lumière",
        zone: &Zone::default(),
        name: None,
        code: "",
        links: &[],
        facts: &[Facts { waiting, ..Facts::default() }],
        own: None,
        stop: None,
        confirm: None,
    });
    assert!(one.text.contains("120 points") && !one.text.contains("points,"), "{}", one.text);
}

/// Run with `PARRAIN_REWRITE=1` to write the letters anew, and look at what changed.
#[test]
fn every_mail_in_every_language_is_the_one_on_record() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/letters");
    let rewrite = std::env::var_os("PARRAIN_REWRITE").is_some();
    let mut changed = Vec::new();
    let mut held = |name: String, text: String| {
        let path = folder.join(&name);
        if std::fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            if rewrite {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&path, &text).unwrap();
            }
            changed.push(name);
        }
    };
    for locale in Words::tags() {
        let mut all = String::new();
        for (name, kind) in MailKind::WORDS {
            let one = letter(*kind, locale, "Anna Martin", None);
            all.push_str(&format!("===== {name}\nSubject: {}\n\n{}\n", one.subject, one.text));
            assert!(!one.html.contains('{') && !one.text.contains('{'), "{locale} {name}: {}", one.text);
            if locale == "fr" {
                held(format!("{name}.html"), one.html + "\n");
            }
        }
        held(format!("{locale}.txt"), all);
    }
    assert_eq!(changed, Vec::<String>::new(), "letters that changed");
}

#[test]
fn a_name_is_never_markup_a_header_or_an_address_of_the_web() {
    let own = MailText { subject: Some("{name}: {shop}".into()), body: Some("{name}\n\n{link}".into()) };
    for hostile in [
        "Anna\r\nBcc: all@example.com",
        "<script>alert(1)</script>",
        "Anna\u{2028}Bcc:x",
        "{link}",
        "\u{202e}annA",
        "https://evil.example/",
        "www.evil.example",
        "\"><img src=x>",
    ] {
        for (_, kind) in MailKind::WORDS {
            for own in [None, Some(&own)] {
                let one = letter(*kind, "en", hostile, own);
                assert!(!one.subject.contains(['\r', '\n', '\u{2028}']), "{hostile}");
                assert!(
                    !one.html.contains("<script") && !one.html.contains("<img"),
                    "{hostile}: {}",
                    one.html
                );
                assert!(
                    !one.text.contains("evil.example") && !one.text.contains("\nBcc"),
                    "{hostile}: {}",
                    one.text
                );
                assert!(!one.text.contains('\u{202e}'), "{hostile}");
                assert!(one.headers.iter().all(|(_, value)| !value.contains(['\r', '\n'])), "{hostile}");
            }
        }
    }
}

#[test]
fn an_order_s_number_and_a_shop_s_note_stay_in_their_line() {
    let order = "1\n\n{link}\r\nX-Header: 1 <b>".to_owned();
    let facts = [Facts {
        order_id: Some(order),
        accepted: Some(true),
        note: Some("<i>\n\nfine".into()),
        ..Facts::default()
    }];
    let words = Words::of("en");
    let one = Letter::write(&Writing {
        kind: MailKind::ClaimAnswered,
        words: &words,
        shop: "A\nB",
        zone: &Zone::default(),
        name: None,
        code: "ANNA10",
        links: &[],
        facts: &facts,
        own: None,
        stop: None,
        confirm: None,
    });
    assert_eq!(one.subject, "An answer about order 1  {link}  X-Header: 1 <b>");
    assert!(one.html.contains("&lt;i&gt;  fine") && !one.html.contains("<b>"), "{}", one.html);
    assert!(
        one.text.contains("- Order 1  {link}  X-Header: 1 <b> counts for you now.\n- <i>  fine\n"),
        "{}",
        one.text
    );
    assert_eq!(one.headers, []);
}

#[test]
fn a_shop_s_own_wording_stands_in_place_of_the_usual_one() {
    let own = MailText {
        subject: Some("Yours, {name}".into()),
        body: Some("Dear {name},\nof {shop}\n\n\n{rewards}".into()),
    };
    let one = letter(MailKind::RewardApproved, "en", "Anna", Some(&own));
    assert_eq!(one.subject, "Yours, Anna");
    assert!(one.text.starts_with(
        "Dear Anna,\nof Atelier Lumière\n\n- Order 1001 · €10.00 in store credit\n- Order 1002"
    ));
    assert!(one.html.contains("<p>Dear Anna,<br>of Atelier Lumière</p><ul><li>"), "{}", one.html);
    let stop = ("List-Unsubscribe", "<https://edge.example/u/demo/abc>".to_owned());
    assert_eq!(one.headers, [stop, ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned())]);
    // What is left empty stays as it is usual.
    let half = MailText { subject: None, body: Some("  ".into()) };
    assert_eq!(
        letter(MailKind::RewardApproved, "en", "Anna", Some(&half)),
        letter(MailKind::RewardApproved, "en", "Anna", None)
    );
}

#[test]
fn more_rewards_than_a_mail_names_are_counted() {
    let many = vec![facts(MailKind::RewardApproved).remove(0); 25];
    let words = Words::of("en");
    let one = Letter::write(&Writing {
        kind: MailKind::RewardApproved,
        words: &words,
        shop: "A",
        zone: &Zone::default(),
        name: None,
        code: "ANNA10",
        links: &[],
        facts: &many,
        own: None,
        stop: None,
        confirm: None,
    });
    assert_eq!(one.text.matches("- Order").count(), 20);
    assert!(one.text.contains("- … and more: 5\n"), "{}", one.text);
}

//! An export of each software, in the shape that its own pages and sources give it: what its lines ask for.

use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use parrain_core::zone::Zone;
use parrain_imports::{Entry, Found, Item, MOST_LINES, Settings, Unreadable, link_params, read};
use parrain_wire::address;
use parrain_wire::imports::Software;

fn settings(currency: &str) -> Settings {
    Settings {
        software: None,
        zone: Zone::default(),
        currency: Currency::parse(currency).unwrap(),
        now: Instant::parse("2026-11-20T12:00:00Z").unwrap(),
        nearest: false,
        rates: false,
    }
}

/// Each thing that is asked for or refused, in a line: `2 referrer ADAM adam@example.com`, `3 referrer not_a_code zoe_m`.
fn told(found: &Found) -> Vec<String> {
    found.entries.iter().map(|entry| format!("{} {}", entry.line, asked(entry))).collect()
}

fn asked(entry: &Entry) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or("-".into());
    match &entry.item {
        Ok(Item::Referrer(person)) => {
            let mut line = format!("referrer {} {} {}", person.code, text(&person.name), text(&person.email));
            line.push_str(if person.paused { " paused" } else { "" });
            line.push_str(&person.percent.as_ref().map(|percent| format!(" {percent}%")).unwrap_or_default());
            line.push_str(&person.instead_of.as_ref().map(|text| format!(" for {text}")).unwrap_or_default());
            line
        }
        Ok(Item::Owed(owed)) => {
            let code = owed.to.code.as_ref().map_or("-", |code| code.as_str());
            format!("owed {} to {code} {} of {}", owed.amount, text(&owed.to.email), text(&owed.sale))
        }
        Ok(Item::Order(order)) => format!(
            "order {} {} {}",
            order.id,
            order.amount,
            text(&order.email.clone().or(order.customer_id.clone()))
        ),
        Err(refused) => format!(
            "{} {} {}",
            refused.what.name(),
            refused.reason.name(),
            refused.value.clone().or(refused.column.clone()).unwrap_or("-".into())
        ),
    }
}

fn read_as(file: &str, software: Software, sales: bool, currency: &str) -> Found {
    let found = read(file.as_bytes(), &settings(currency)).unwrap();
    assert_eq!((found.software, found.sales), (software, sales), "{:?}", found.columns);
    found
}

#[test]
fn rewardful_s_affiliates_and_commissions() {
    let people = read_as(include_str!("exports/rewardful.csv"), Software::Rewardful, false, "USD");
    assert_eq!(
        told(&people),
        [
            "2 referrer ADAM Adam Jones adam.jones@example.com",
            "2 referrer ADAM15 Adam Jones adam.jones@example.com",
            "2 owed 120450 to ADAM adam.jones@example.com of -",
            "3 referrer not_a_code zoe_m",
            "4 referrer KIM-LEE Kim Lee kim@example.com paused",
            "4 owed 1200 to KIM-LEE kim@example.com of -",
        ]
    );
    let sales = read_as(include_str!("exports/rewardful-commissions.csv"), Software::Rewardful, true, "USD");
    assert_eq!(
        told(&sales),
        [
            "2 owed 2000 to - adam.jones@example.com of ch_1001",
            "2 order ch_1001 10000 friend1@example.com",
            "3 balance paid paid",
            "3 order ch_1002 5000 friend2@example.com",
            "4 balance undecided pending",
            "4 order ch_1003 8000 friend3@example.com",
            "5 balance called_off voided",
        ]
    );
}

#[test]
fn firstpromoter_s_promoters() {
    let people = read_as(include_str!("exports/firstpromoter.csv"), Software::FirstPromoter, false, "USD");
    assert_eq!(
        told(&people),
        [
            "2 referrer JOE13 Joe Doe joe@example.com",
            "2 referrer JOE10 Joe Doe joe@example.com",
            "2 owed 4250 to JOE13 joe@example.com of -",
            "3 referrer pending pending",
            "3 balance no_referrer 5.00",
            "4 referrer NOE Noé noe@example.com",
        ]
    );
}

#[test]
fn tapfiliate_s_affiliates_and_conversions() {
    let people = read_as(include_str!("exports/tapfiliate.csv"), Software::Tapfiliate, false, "EUR");
    assert_eq!(
        told(&people),
        [
            "2 referrer JANEROE Jane Roe jane@example.com",
            "2 referrer JANE10 Jane Roe jane@example.com",
            "2 referrer JANE20 Jane Roe jane@example.com",
            "2 owed 1800 to JANEROE jane@example.com of -",
            "3 referrer ZGY2NTD Karl Marx karl@example.com",
        ]
    );
    let sales =
        read_as(include_str!("exports/tapfiliate-conversions.csv"), Software::Tapfiliate, true, "EUR");
    assert_eq!(
        told(&sales),
        [
            "2 owed 800 to - jane@example.com of 1001",
            "2 order 1001 8000 c-1001",
            "3 balance paid paid",
            "3 order 1002 4000 c-1002",
            "4 balance called_off disapproved",
        ]
    );
}

#[test]
fn refersion_s_links_can_be_no_codes_and_its_coupons_can() {
    let people = read_as(include_str!("exports/refersion.csv"), Software::Refersion, false, "USD");
    assert_eq!(
        told(&people),
        [
            "2 referrer not_a_code 123456.abc123",
            "2 referrer ANNBELL Ann Bell ann@example.com",
            "2 owed 3310 to ANNBELL ann@example.com of -",
            "3 referrer gone DENIED",
        ]
    );
    let near = Settings { nearest: true, ..settings("USD") };
    let near = read(include_str!("exports/refersion.csv").as_bytes(), &near).unwrap();
    assert_eq!(told(&near)[0], "2 referrer 123456-ABC123 Ann Bell ann@example.com for 123456.abc123");
}

#[test]
fn goaffpro_s_affiliates_and_their_rates() {
    let people = read_as(include_str!("exports/goaffpro.csv"), Software::GoAffPro, false, "EUR");
    assert_eq!(
        told(&people),
        [
            "2 referrer CRAZYOWL Crazy Owl owl@example.com",
            "2 referrer OWL10 Crazy Owl owl@example.com",
            "2 owed 4800 to CRAZYOWL owl@example.com of -",
            "3 referrer gone blocked",
        ]
    );
    let rates = Settings { rates: true, ..settings("EUR") };
    let rates = read(include_str!("exports/goaffpro.csv").as_bytes(), &rates).unwrap();
    assert_eq!(told(&rates)[0], "2 referrer CRAZYOWL Crazy Owl owl@example.com 12%");
}

#[test]
fn referralcandy_s_advocates() {
    let people = read_as(include_str!("exports/referralcandy.csv"), Software::ReferralCandy, false, "EUR");
    assert_eq!(
        told(&people),
        [
            "2 referrer JOHNSMITH John Smith john@example.com",
            "3 referrer NORAONEIL Nora O'Neil nora@example.com",
            "3 referrer NORA-5 Nora O'Neil nora@example.com",
        ]
    );
}

#[test]
fn affiliatewp_s_affiliates_and_referrals() {
    let people = read_as(include_str!("exports/affiliatewp.csv"), Software::AffiliateWp, false, "EUR");
    assert_eq!(
        told(&people),
        [
            "2 referrer LUCBLANC Luc Blanc luc@example.com",
            "2 referrer not_a_code 7",
            "3 referrer not_a_code eva.lopez",
            "3 referrer 112 Eva Lopez eva.l@example.com paused",
            "4 referrer gone rejected",
        ],
        "what was earned in all is not what is owed"
    );
    let rates = Settings { rates: true, nearest: true, ..settings("EUR") };
    let rates = read(include_str!("exports/affiliatewp.csv").as_bytes(), &rates).unwrap();
    assert_eq!(
        told(&rates)[..3],
        [
            "2 referrer LUCBLANC Luc Blanc luc@example.com 20%",
            "2 referrer not_a_code 7",
            "3 referrer EVA-LOPEZ Eva Lopez eva.l@example.com paused for eva.lopez",
        ],
        "a flat rate is none in per cent"
    );
    let sales =
        read_as(include_str!("exports/affiliatewp-referrals.csv"), Software::AffiliateWp, true, "EUR");
    assert_eq!(
        told(&sales),
        [
            "2 owed 1250 to LUCBLANC luc@example.com of 31",
            "3 balance paid paid",
            "4 balance currency USD",
            "5 balance undecided pending",
        ]
    );
}

#[test]
fn opencart_s_affiliates() {
    let people = read_as(include_str!("exports/opencart.csv"), Software::OpenCart, false, "EUR");
    assert_eq!(
        told(&people),
        [
            "2 referrer 5E8F2A7C41B9D Lea Roux lea@example.com",
            "2 owed 1240 to 5E8F2A7C41B9D lea@example.com of -",
            "3 referrer not_a_code 4mZ8QxLr0c7uTnYkE2sWvB9hPj5GdA1oKf3iRq6MwXbNtVySzCeUgHlJpDa8OQ1R",
        ]
    );
    let rates = Settings { rates: true, ..settings("EUR") };
    let rates = read(include_str!("exports/opencart.csv").as_bytes(), &rates).unwrap();
    assert_eq!(told(&rates)[0], "2 referrer 5E8F2A7C41B9D Lea Roux lea@example.com 5%");
}

#[test]
fn a_first_line_full_of_mistakes_is_told_by_them_and_not_taken_for_headings() {
    let file = "Nom;E-mail;Code;Commission\nPaul Noir;pasunmail;PAUL NOIR;dix\nLéa;lea@example.com;LEA;8\n";
    let found = read(file.as_bytes(), &Settings { rates: true, ..settings("EUR") }).unwrap();
    let told = told(&found);
    assert!(told.iter().any(|line| line.starts_with("2 referrer not_a_code")), "{told:?}");
    assert!(told.iter().all(|line| !line.contains("headings")), "{told:?}");
}

#[test]
fn any_table_is_read_by_its_names_and_what_is_no_line_is_told() {
    let found = read_as(include_str!("exports/other.csv"), Software::Other, false, "EUR");
    assert_eq!(
        told(&found),
        [
            "1 line before_headings -",
            "4 line headings -",
            "5 referrer MARIE10 Marie Dupont marie@example.com",
            "5 owed 123450 to MARIE10 marie@example.com of -",
            "6 referrer not_a_code PAUL 20",
            "6 owed 300 to - paul@example.com of -",
            "7 line formula Nom",
            "8 referrer USA10 Sam sam@example.com",
            "8 balance currency USD",
            "9 referrer twice MARIE10",
            "10 referrer no_code -",
            "10 owed 400 to - sans@example.com of -",
            "11 line headings -",
            "12 line totals -",
        ]
    );
    let windows: Vec<u8> = include_str!("exports/other.csv")
        .chars()
        .map(|c| if c == '€' { 0x80 } else { u8::try_from(u32::from(c)).unwrap() })
        .collect();
    assert_eq!(told(&read(&windows, &settings("EUR")).unwrap()), told(&found), "as Windows saves it");
    let wide: Vec<u8> = include_str!("exports/other.csv").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&b"\xFF\xFE"[..], &wide].concat();
    assert_eq!(told(&read(&marked, &settings("EUR")).unwrap()), told(&found), "in UTF-16");
}

/// What a page reads of an old link, by the contract's one rule, is the code that was made of it.
#[test]
fn old_links_are_read_as_the_codes_that_come_of_them() {
    for (file, currency) in [
        (include_str!("exports/rewardful.csv"), "USD"),
        (include_str!("exports/tapfiliate.csv"), "EUR"),
        (include_str!("exports/goaffpro.csv"), "EUR"),
        (include_str!("exports/refersion.csv"), "USD"),
    ] {
        let found = read(file.as_bytes(), &settings(currency)).unwrap();
        let params: Vec<String> = link_params(found.software).iter().map(|name| (*name).to_owned()).collect();
        assert!(!params.is_empty());
        let made: Vec<String> = found
            .entries
            .iter()
            .filter_map(|entry| match &entry.item {
                Ok(Item::Referrer(person)) => Some(person.code.to_string()),
                Ok(_) | Err(_) => None,
            })
            .collect();
        let links = file.split(',').filter(|cell| cell.starts_with("https://"));
        for link in links {
            let codes = address::codes(link, &params);
            let read: Vec<String> = codes.iter().map(ToString::to_string).collect();
            let value = link.split('=').next_back().unwrap();
            match value.parse::<parrain_core::code::Code>() {
                // Those of who was not let in are nobody's.
                Ok(code) => assert!(
                    read == [code.to_string()] && (made.contains(&read[0]) || value == "coldrooster"),
                    "{link}: {read:?} {made:?}"
                ),
                Err(_) => assert!(read.is_empty(), "{link} is no code and is read as {read:?}"),
            }
        }
    }
}

#[test]
fn a_rate_of_nothing_is_no_rate_and_no_commission_vanishes() {
    let rates = Settings { rates: true, ..settings("EUR") };
    let found = read(b"Code,Email,Rate\nAAA,a@example.com,0%\nBBB,b@example.com,\n", &rates).unwrap();
    assert_eq!(
        told(&found),
        ["2 line rate 0%", "2 referrer AAA - a@example.com", "3 referrer BBB - b@example.com"]
    );
    let sales = "Order ID,Affiliate Email,Commission,Status,Payment Status\n\
        1,a@example.com,1.00,Completed,Unpaid\n\
        2,a@example.com,1.00,Completed,Paid\n\
        3,a@example.com,1.00,Completed,\n\
        4,a@example.com,,Completed,Unpaid\n\
        5,a@example.com,1.00,Cancelled,Unpaid\n";
    let found = read(sales.as_bytes(), &settings("EUR")).unwrap();
    assert_eq!(
        told(&found),
        [
            "2 owed 100 to - a@example.com of 1",
            "3 balance paid Paid",
            "4 balance paid_or_not Completed",
            "5 balance amount Commission",
            "6 balance called_off Cancelled",
        ]
    );
}

#[test]
fn a_line_with_thousands_of_codes_brings_some_and_says_so() {
    let coupons: Vec<String> = (0..4_000).map(|n| format!("C{n:05}")).collect();
    let file = format!("Code,Coupon,Email\nAAA,\"{}\",a@example.com\n", coupons.join("|"));
    let found = read(file.as_bytes(), &settings("EUR")).unwrap();
    assert!(found.entries.len() <= 51, "{}", found.entries.len());
    assert!(told(&found).contains(&"2 referrer too_many -".to_owned()), "{:?}", told(&found));
}

#[test]
fn what_is_no_export_says_so() {
    for (file, want) in [
        (&b"PK\x03\x04\x14\x00\x06\x00\x08\x00"[..], Unreadable::Spreadsheet),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Unreadable::Spreadsheet),
        (b"%PDF-1.7 and so on", Unreadable::NoText),
        (b"", Unreadable::Empty),
        (b" \r\n\n", Unreadable::Empty),
        (b"Name,Phone\nAnna,12\n", Unreadable::NoColumns),
        (b"just a sentence", Unreadable::NoColumns),
    ] {
        assert_eq!(read(file, &settings("EUR")).err(), Some(want), "{}", String::from_utf8_lossy(file));
    }
    let many = |lines: u64| {
        let rows: String = (0..lines).map(|number| format!("CODE{number},a{number}@example.com\n")).collect();
        format!("Code,Email\n{rows}")
    };
    let most = read(many(MOST_LINES - 1).as_bytes(), &settings("EUR")).unwrap();
    assert_eq!(most.entries.len() as u64, MOST_LINES - 1);
    assert_eq!(read(many(100_000).as_bytes(), &settings("EUR")).err(), Some(Unreadable::TooMany));
}

/// Any bytes are read without harm.
#[test]
fn anything_is_read_without_harm() {
    let words = [
        "\"", ",", ";", "\n", "=", "Code", "Email", "Balance", "é", "\u{feff}", "1", "\r", "ANNA", "\t",
        "a@b.c", "-",
    ];
    let mut state = 7_u64;
    let mut below = |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % most
    };
    for _ in 0..200 {
        let mut text = if below(2) == 0 { String::new() } else { "Code,Email,Balance\n".to_owned() };
        for _ in 0..below(60) {
            text.push_str(words[below(words.len())]);
        }
        let once = read(text.as_bytes(), &settings("EUR")).map(|found| told(&found));
        assert_eq!(once, read(text.as_bytes(), &settings("EUR")).map(|found| told(&found)), "{text:?}");
    }
}

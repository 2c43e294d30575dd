//! What the forms of the program and of a referrer's terms say, as the program's JSON: what a form does not show stays.

use std::collections::BTreeMap;

use parrain_core::instant::Instant;
use parrain_core::zone::Zone;
use parrain_desk::countries;
use parrain_desk::program::rates;
use parrain_wire::program::RewardKind;
use parrain_wire::word::Word;
use serde_json::{Value, json};

use super::form::{Form, Posted, plain_amount, put};
use crate::problem::Error;

/// The days of forms, on the calendar of the shop's zone.
#[derive(Clone, Copy)]
pub struct Days<'a>(pub &'a Zone);

/// An instant that a day stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// The day's first.
    First,
    /// The day's last.
    Last,
}

impl Days<'_> {
    /// The day of a date such as `2026-05-02`.
    pub fn day(text: &str) -> Option<i64> {
        (text.len() == 10).then(|| Instant::parse(&format!("{text}T00:00:00Z"))).flatten().map(Instant::day)
    }

    /// The instant of a date, as the API has it. What is kept on that very day stays to the microsecond: a form shows
    /// days alone. A text that is no date goes on as it is, and the API says what is wrong with it.
    pub fn at(self, text: &str, edge: Edge, kept: Option<Instant>) -> String {
        let Self(zone) = self;
        let Some(day) = Self::day(text) else { return text.to_owned() };
        let at = match (kept.filter(|kept| zone.day(*kept) == day), edge) {
            (Some(kept), _) => kept,
            (None, Edge::First) => zone.day_start(day),
            (None, Edge::Last) => Instant::from_micros(zone.day_start(day + 1).micros() - 1),
        };
        at.to_string()
    }

    /// The instant of a day and an hour such as `2026-05-02T20:00`. What is kept in that very minute stays to the microsecond.
    pub fn minute_at(self, text: &str, kept: Option<Instant>) -> String {
        let Self(zone) = self;
        let Some((day, clock)) = text.split_once('T') else { return self.at(text, Edge::First, kept) };
        let mut parts = clock.split(':').map(|part| part.parse::<u32>().ok().filter(|_| part.len() == 2));
        let (Some(day), Some(Some(hour @ 0..24)), Some(Some(minute @ 0..60))) =
            (Self::day(day), parts.next(), parts.next())
        else {
            return text.to_owned();
        };
        let at = zone.hour_start(day, hour).plus_seconds(i64::from(minute) * 60);
        let same = kept.filter(|kept| (0..60).contains(&(kept.seconds() - at.seconds())));
        same.unwrap_or(at).to_string()
    }
}

/// What the form of a promo code says of it.
pub fn set_promotion(promotion: &mut Value, posted: &Posted, days: Days<'_>) -> Result<(), Error> {
    for name in ["starts_at", "ends_at"] {
        let kept = promotion.get(name).and_then(Value::as_str).and_then(Instant::parse);
        put(promotion, name, posted.text(name).map(|text| days.minute_at(text, kept).into()))?;
    }
    let kept = promotion.pointer_mut("/friend/reward").map(Value::take).unwrap_or_default();
    put(promotion, "friend.reward", Some(reward(posted, "friend.reward", kept)?))?;
    posted.set(
        promotion,
        &[
            ("name", Form::Text),
            ("friend.min_subtotal", Form::Amount),
            ("categories", Form::Lines),
            ("new_customers_only", Form::Yes),
        ],
    )
}

/// What an offer's form says of the offer.
pub fn set_offer(offer: &mut Value, posted: &Posted, days: Days<'_>, friend: bool) -> Result<(), Error> {
    for (name, edge) in [("starts_at", Edge::First), ("ends_at", Edge::Last)] {
        let kept = offer.get(name).and_then(Value::as_str).and_then(Instant::parse);
        put(offer, name, posted.text(name).map(|text| days.at(text, edge, kept).into()))?;
    }
    // A form that asks to whom it is shown always has this field, be it empty.
    if posted.has("when.countries") {
        let list = |all: Vec<String>| (!all.is_empty()).then(|| all.into());
        let named = countries::codes(posted.text("when.countries").unwrap_or_default());
        posted.set(
            offer,
            &[
                ("when.customer", Form::Text),
                ("when.basket.at_least", Form::Amount),
                ("when.basket.at_most", Form::Amount),
            ],
        )?;
        put(offer, "when.countries", list(named))?;
        put(offer, "when.languages", list(posted.all("when.languages")))?;
    }
    if friend {
        let kept = offer.pointer_mut("/friend/reward").map(Value::take).unwrap_or_default();
        put(offer, "friend.reward", Some(reward(posted, "friend.reward", kept)?))?;
        posted.set(offer, &[("friend.min_subtotal", Form::Amount)])?;
    } else {
        left_out(offer, posted)?;
        if let Some(members) = offer.as_object_mut() {
            members.remove("friend");
        }
    }
    let kept = offer.pointer_mut("/advocate/reward").map(Value::take).unwrap_or_default();
    put(offer, "advocate.reward", Some(reward(posted, "advocate.reward", kept)?))?;
    if let Some(orders) = posted.text("advocate.orders") {
        let number = |name: &str| {
            let text = posted.text(name).unwrap_or_default();
            text.parse::<i64>().map_or(Value::from(text), Value::from)
        };
        let orders = match orders {
            "count" => json!({"count": number("advocate.orders.count")}),
            "months" => json!({"months": number("advocate.orders.months")}),
            word => word.into(),
        };
        put(offer, "advocate.orders", Some(orders))?;
    }
    let fields = [
        ("advocate.on", Form::Text),
        ("advocate.hold_days", Form::Number),
        ("advocate.min_subtotal", Form::Amount),
        ("advocate.budget", Form::Amount),
        ("advocate.max_per_month", Form::Number),
        ("advocate.max_total", Form::Number),
    ];
    posted.set(offer, &fields)?;
    if let Some(only) = posted.text("advocate.new_customers_only") {
        let only = matches!(only, "true" | "on" | "yes");
        put(offer, "advocate.new_customers_only", Some(only.into()))?;
    }
    Ok(())
}

/// Refuses what was typed for the friend where the box that gives them something is not ticked. What stands there as it
/// was kept was not typed: then the box was unticked to end it.
fn left_out(offer: &Value, posted: &Posted) -> Result<(), Error> {
    let kept = |name: &str| {
        let at = format!("/{}", name.replace('.', "/"));
        match offer.pointer(&at) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        }
    };
    // The fields of another kind than the chosen one are not seen.
    let kind = posted.text("friend.reward.kind").unwrap_or_default();
    let of_kind = reward_fields(kind).iter().map(|field| format!("friend.reward.{field}"));
    let typed = of_kind.chain(["friend.min_subtotal".to_owned()]).find_map(|name| {
        let text = posted.text(&name)?;
        let same = [text.to_owned(), plain_amount(text), posted.money(text)].contains(&kept(&name));
        (!same).then_some(text)
    });
    match typed {
        Some(text) => Err(Error::invalid(
            "/friend",
            format!("is not ticked, and below it stands {text}: tick it, or empty that"),
        )),
        None => Ok(()),
    }
}

/// Texts of offers: by offer, language and name.
type OfferTexts = BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>;

/// The sentence by which an offer's gift is announced in the shop's language; nothing for the usual one.
pub fn set_wording(program: &mut Value, offer: &str, locale: &str, text: Option<&str>) -> Result<(), Error> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let kept = program.get("offer_texts").cloned().unwrap_or_default();
    let mut all = serde_json::from_value::<Option<OfferTexts>>(kept)?.unwrap_or_default();
    let texts = all.entry(offer.to_owned()).or_default();
    // Pages ask for a language, whatever the country: `fr` is for `fr-BE` too.
    let language = locale.split('-').next().unwrap_or_default();
    for (tag, words) in texts.iter_mut() {
        if [locale, language].iter().any(|own| tag.eq_ignore_ascii_case(own)) {
            words.remove("gift");
        }
    }
    if let Some(text) = text {
        // Pages take the first of those that are the same but for their case.
        let tag = texts.keys().find(|tag| tag.eq_ignore_ascii_case(language)).cloned();
        let words = texts.entry(tag.unwrap_or_else(|| language.to_ascii_lowercase())).or_default();
        words.insert("gift".to_owned(), text.to_owned());
    }
    texts.retain(|_, words| !words.is_empty());
    all.retain(|_, texts| !texts.is_empty());
    let all = (!all.is_empty()).then(|| serde_json::to_value(all)).transpose()?;
    put(program, "offer_texts", all)
}

/// Forgets an offer's own wording, with the offer.
pub fn drop_wording(program: &mut Value, offer: &str) {
    if let Some(texts) = program.get_mut("offer_texts").and_then(Value::as_object_mut) {
        texts.remove(offer);
    }
}

/// The fields that a kind of reward is told by.
fn reward_fields(kind: &str) -> &'static [&'static str] {
    match RewardKind::named(kind) {
        Some(RewardKind::PercentOff | RewardKind::Commission) => &["percent"],
        Some(RewardKind::AmountOff | RewardKind::GiftCard | RewardKind::StoreCredit | RewardKind::Cash) => {
            &["amount"]
        }
        Some(RewardKind::Donation) => &["amount", "charity"],
        Some(RewardKind::FreeProduct) => &["sku"],
        Some(RewardKind::Points) => &["points"],
        Some(RewardKind::Access) => &["label"],
        Some(RewardKind::FreeShipping) | None => &[],
    }
}

/// A reward as a form says it: what belongs to its kind alone. What a form does not show stays.
fn reward(posted: &Posted, at: &str, kept: Value) -> Result<Value, Error> {
    let Some(kind) = posted.text(&format!("{at}.kind")) else { return Ok(kept) };
    let fields = reward_fields(kind);
    let same = kept.get("kind").is_some_and(|before| before == kind);
    let mut reward = if same { kept } else { json!({}) };
    put(&mut reward, "kind", Some(kind.into()))?;
    for field in fields {
        let text = posted.text(&format!("{at}.{field}")).unwrap_or_default();
        let value: Value = match *field {
            "points" => text.parse::<i64>().map_or(text.into(), Value::from),
            "percent" => plain_amount(text).into(),
            "amount" => posted.money(text).into(),
            _ => text.into(),
        };
        put(&mut reward, field, Some(value))?;
    }
    if kind == RewardKind::Commission.name() {
        let tiers = format!("{at}.tiers");
        if posted.has(&tiers) {
            let tiers = rates(posted.text(&tiers).unwrap_or_default()).into_iter().map(|(from, percent)| {
                let from: Value = from.parse::<i64>().map_or(from.into(), Value::from);
                json!({"from": from, "percent": percent})
            });
            let tiers: Vec<Value> = tiers.collect();
            put(&mut reward, "tiers", (!tiers.is_empty()).then(|| tiers.into()))?;
        }
        let categories = format!("{at}.categories");
        if posted.has(&categories) {
            let of = rates(posted.text(&categories).unwrap_or_default());
            let of: serde_json::Map<String, Value> =
                of.into_iter().map(|(name, percent)| (name, percent.into())).collect();
            put(&mut reward, "categories", (!of.is_empty()).then(|| of.into()))?;
        }
    }
    Ok(reward)
}

/// A referrer's own commission.
pub fn terms(posted: &Posted) -> Option<Value> {
    let percent = plain_amount(posted.text("terms.reward.percent")?);
    Some(json!({"reward": {"kind": "commission", "percent": percent}}))
}

/// The least that is paid. Where the program names one for each currency, a form shows that of its own alone.
pub fn set_minimum(program: &mut Value, posted: &Posted) -> Result<(), Error> {
    let each = program.pointer("/payouts/minimum").is_some_and(Value::is_object);
    let currency = program.get("currency").and_then(Value::as_str).unwrap_or_default().to_owned();
    let place = if each { format!("payouts.minimum.{currency}") } else { "payouts.minimum".to_owned() };
    let amount = posted.text("payouts.minimum").map(|text| posted.money(text).into());
    put(program, &place, amount)
}

/// The shop's account, which has two members or none.
pub fn set_debtor(program: &mut Value, posted: &Posted) -> Result<(), Error> {
    posted.set(program, &[("payouts.debtor.name", Form::Text), ("payouts.debtor.iban", Form::Text)])?;
    if let Some(payouts) = program.get_mut("payouts").and_then(Value::as_object_mut)
        && payouts.get("debtor").and_then(Value::as_object).is_some_and(serde_json::Map::is_empty)
    {
        payouts.remove("debtor");
    }
    Ok(())
}

/// Lets the pages of the landing address ask.
pub fn add_origin(program: &mut Value) {
    let origin = program["landing_url"]
        .as_str()
        .and_then(|url| url::Url::parse(url).ok())
        .map(|url| url.origin().ascii_serialization());
    let Some(origin) = origin else { return };
    if let Some(origins) = program.get_mut("origins").and_then(Value::as_array_mut)
        && !origins.iter().any(|known| known == origin.as_str())
    {
        origins.push(origin.into());
    }
}

#[cfg(test)]
mod tests {
    use parrain_desk::program::wording;

    use super::*;

    #[test]
    fn a_minute_is_one_of_the_shop_s_zone() {
        let zone = Zone::new(3600, vec![(Instant::parse("2026-03-29T01:00:00Z").unwrap(), 7200)]);
        let days = Days(&zone);
        for (text, at) in [
            ("2026-02-02T20:05", "2026-02-02T19:05:00Z"),
            ("2026-03-29T20:05", "2026-03-29T18:05:00Z"),
            ("2026-02-02T20:05:30", "2026-02-02T19:05:00Z"),
            ("2026-02-02", "2026-02-01T23:00:00Z"),
            ("2026-02-02T25:00", "2026-02-02T25:00"),
            ("2026-02-02T", "2026-02-02T"),
            ("soon", "soon"),
            ("Tue", "Tue"),
        ] {
            assert_eq!(days.minute_at(text, None), at, "{text}");
        }
        let kept = "2026-02-02T19:05:59.25Z";
        assert_eq!(days.minute_at("2026-02-02T20:05", Instant::parse(kept)), kept);
        assert_eq!(days.minute_at("2026-02-02T20:06", Instant::parse(kept)), "2026-02-02T19:06:00Z");
    }

    #[test]
    fn a_day_is_one_of_the_shop_s_zone_and_what_is_kept_on_it_stays() {
        let zone = Zone::new(3600, Vec::new());
        let days = Days(&zone);
        assert_eq!(days.at("2026-12-31", Edge::First, None), "2026-12-30T23:00:00Z");
        let last = days.at("2026-12-31", Edge::Last, None);
        assert_eq!(last, "2026-12-31T22:59:59.999999Z");
        // Saved again as it is shown, it is the same.
        assert_eq!(days.at("2026-12-31", Edge::Last, Instant::parse(&last)), last);
        let noon = "2026-12-31T11:30:00Z";
        assert_eq!(days.at("2026-12-31", Edge::Last, Instant::parse(noon)), noon);
        assert_eq!(days.at("soon", Edge::Last, None), "soon");
    }

    #[test]
    fn to_whom_an_offer_is_shown_is_what_the_form_says() {
        let days = Zone::new(0, Vec::new());
        let mut offer = json!({"id": "a", "when": {"customer": "new", "languages": ["nl"]}, "advocate": {}});
        set_offer(&mut offer, &Posted::read(b"id=a"), Days(&days), false).unwrap();
        assert_eq!(
            offer["when"],
            json!({"customer": "new", "languages": ["nl"]}),
            "another form says nothing of it"
        );
        let form = b"when.countries=Belgique%2C+lu&when.customer=&when.basket.at_least=50%2C00+%E2%82%AC&when.languages=fr&when.languages=pt-BR";
        set_offer(&mut offer, &Posted::read(form), Days(&days), false).unwrap();
        assert_eq!(
            offer["when"],
            json!({"countries": ["BE", "LU"], "basket": {"at_least": "50.00"}, "languages": ["fr", "pt-BR"]})
        );
        let form = b"when.countries=&when.customer=&when.basket.at_least=&when.basket.at_most=";
        set_offer(&mut offer, &Posted::read(form), Days(&days), false).unwrap();
        let when: parrain_wire::moment::When =
            serde_json::from_value(offer["when"].clone()).unwrap_or_default();
        assert!(when.is_empty(), "{offer}");
    }

    #[test]
    fn a_minimum_for_each_currency_keeps_the_others() {
        let mut program =
            json!({"currency": "EUR", "payouts": {"minimum": {"EUR": "20.00", "USD": "25.00"}}});
        set_minimum(&mut program, &Posted::read(b"payouts.minimum=30")).unwrap();
        assert_eq!(program["payouts"]["minimum"], json!({"EUR": "30", "USD": "25.00"}));
        set_minimum(&mut program, &Posted::read(b"payouts.minimum=")).unwrap();
        assert_eq!(program["payouts"]["minimum"], json!({"USD": "25.00"}));
    }

    #[test]
    fn a_reward_has_what_its_kind_has() {
        let posted = Posted::read(b"a.kind=cash&a.amount=12%2C50&a.percent=7&b.kind=commission&b.percent=8");
        assert_eq!(reward(&posted, "a", Value::Null).unwrap(), json!({"kind": "cash", "amount": "12.50"}));
        let kept = json!({"kind": "commission", "percent": "5", "tiers": [{"from": 2, "percent": "6"}]});
        assert_eq!(
            reward(&posted, "b", kept.clone()).unwrap(),
            json!({"kind": "commission", "percent": "8", "tiers": [{"from": 2, "percent": "6"}]})
        );
        assert_eq!(reward(&posted, "c", kept.clone()).unwrap(), kept);
    }

    #[test]
    fn an_offer_s_sentence_is_for_its_language_in_every_country() {
        let mut program =
            json!({"offer_texts": {"a.b": {"fr-BE": {"gift": "old", "title": "T"}, "de": {"gift": "D"}}}});
        set_wording(&mut program, "a.b", "fr-BE", Some(" New ")).unwrap();
        assert_eq!(
            program,
            json!({"offer_texts": {"a.b": {"fr-BE": {"title": "T"}, "fr": {"gift": "New"}, "de": {"gift": "D"}}}})
        );
        set_wording(&mut program, "other", "fr", Some(" ")).unwrap();
        assert_eq!(program["offer_texts"].as_object().unwrap().len(), 1);
        let mut program = json!({});
        set_wording(&mut program, "x", "FR", Some("Cadeau")).unwrap();
        assert_eq!(program, json!({"offer_texts": {"x": {"fr": {"gift": "Cadeau"}}}}));
        set_wording(&mut program, "x", "fr", None).unwrap();
        assert_eq!(program, json!({}));
    }

    #[test]
    fn what_a_form_saves_is_what_the_form_shows() {
        for (kept, locale) in [
            (json!({}), "fr-BE"),
            (json!({}), "FR"),
            (json!({"fr-BE": {"title": "T"}}), "fr-BE"),
            (json!({"fr-be": {"title": "T", "gift": "old"}}), "fr-BE"),
            (json!({"FR": {"title": "T"}}), "fr-BE"),
            (json!({"Fr": {"gift": "old"}, "fr-CA": {"gift": "Québec"}}), "fr"),
        ] {
            let mut program = json!({"locale": locale, "offer_texts": {"a.b": kept.clone()}});
            let shown = |program: &Value| {
                let program: parrain_wire::program::Program =
                    serde_json::from_value(program.clone()).unwrap();
                wording(&program, "a.b").to_owned()
            };
            let others = |program: &Value| {
                let mut kept = program["offer_texts"]["a.b"]["fr-CA"].clone();
                kept["title"] = program["offer_texts"]["a.b"]["fr-BE"]["title"].clone();
                kept
            };
            let before = others(&program);
            set_wording(&mut program, "a.b", locale, Some("New")).unwrap();
            assert_eq!(shown(&program), "New", "{locale}: {kept}");
            // Saved again as it is shown, nothing is lost.
            let saved = program.clone();
            let again = shown(&program);
            set_wording(&mut program, "a.b", locale, Some(&again)).unwrap();
            assert_eq!(program, saved, "{locale}: {kept}");
            assert_eq!(others(&program), before, "{locale}: {kept}");
            set_wording(&mut program, "a.b", locale, None).unwrap();
            assert_eq!(shown(&program), "", "{locale}: {kept}");
            assert_eq!(others(&program), before, "{locale}: {kept}");
        }
    }
}

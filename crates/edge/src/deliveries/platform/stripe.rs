//! Codes and rewards at Stripe: a coupon for each set of terms, and a promotion code of it for each referrer; credit is a
//! customer's negative balance. What happened in an account is read of its events, which are what its webhooks bring.

use super::caller::{Caller, MOST_READ, json, no_list, said};
use super::reconcile::{self, Entry, Look, Page};
use super::{CodeJob, Coded, Fault, Gift, Given, Unproven, amount_of, minor_of, spent, unfit};
use crate::deliveries::web::{Api, Outgoing, Reply, Web};
use crate::platform::stripe_decimals;
use http::Method;
use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use parrain_wire::amount::Amount;
use parrain_wire::connections::{PlatformRight, RightUse};
use parrain_wire::program::{Reward, RewardKind};
use parrain_wire::tasks::CodeTerms;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::form_urlencoded;

/// Where it is, unless a setting names a stand-in.
pub const API: &str = "https://api.stripe.com";

/// The version in which it is asked, whatever the account's own is.
pub const VERSION: &str = "2026-10-28.endive";

/// How many hexadecimal digits of a hash stand in the id of a coupon, and in what is noted of terms.
const DIGITS: usize = 24;

/// A part of a form: its name, and what it says.
type Field = (&'static str, String);

/// What writes where nobody can be: by what is said against it one sees whether one might.
const RIGHTS: &[(&str, &str, RightUse)] = &[
    ("coupon_write", "/v1/coupons", RightUse::Codes),
    ("promotion_code_write", "/v1/promotion_codes", RightUse::Codes),
    ("customer_write", "/v1/customers/cus_parrain/balance_transactions", RightUse::Rewards),
];

/// The events that tell of orders. `invoice.payment_succeeded` says what `invoice.paid` does.
const EVENTS: [&str; 14] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "invoice.paid",
    "invoice_payment.paid",
    "charge.refunded",
    "charge.refund.updated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
];

/// How many events of a page, of those that are taken up and of those that are only passed.
const PAGE: (usize, usize) = (25, 100);

/// Where reading events stands. Stripe lists the newest first; they are taken up in their order, since a subscription's
/// beginning has what its invoices lack.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Cursor {
    /// Going back for the oldest: those before this one are still to be passed.
    Back(String),
    /// Those after this one are to be taken up.
    After(String),
}

impl Cursor {
    fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// An account at Stripe.
pub struct Account<'a, W> {
    pub caller: &'a Caller<'a, W>,
    pub key: &'a str,
}

/// Tries the key by questions that lack what they must say: who may not ask at all is told so (403), who may is told what
/// is missing. Nothing is made.
pub async fn prove<W: Web>(caller: &Caller<'_, W>) -> Result<Vec<PlatformRight>, Unproven> {
    let super::Credentials::Stripe { key } = caller.credentials else {
        return Err(Unproven { pointer: "/key", words: "this is no key of Stripe's".into() });
    };
    if key.starts_with("rk_test_") && caller.web.stand_in(Api::Stripe).is_none() {
        let words = "this is a test key, by which customers get nothing: give the live one, which begins with rk_live_";
        return Err(Unproven { pointer: "/key", words: words.into() });
    }
    let account = Account { caller, key };
    let mut rights = Vec::new();
    for (name, path, needed_for) in RIGHTS {
        let held = match account.ask(Method::POST, path, &[], None).await {
            Err(Fault::Refused(words)) => !words.starts_with("403 "),
            Ok(_) | Err(Fault::Unfit(_)) => true,
            Err(Fault::Shut(words)) => {
                return Err(Unproven {
                    pointer: "/key",
                    words: format!("Stripe does not open with this: {words}"),
                });
            }
            Err(Fault::Silent(words)) => {
                return Err(Unproven { pointer: "/key", words: format!("Stripe does not answer: {words}") });
            }
            Err(Fault::Slow(_) | Fault::Later) => {
                let words = "Stripe takes no more requests for now: try again in a minute";
                return Err(Unproven { pointer: "", words: words.into() });
            }
        };
        rights.push(PlatformRight { name: (*name).to_owned(), needed_for: (*needed_for).into(), held });
    }
    let held = match account.ask(Method::GET, "/v1/events", &[("limit", "1".into())], None).await {
        Ok(_) => true,
        Err(Fault::Refused(_) | Fault::Unfit(_) | Fault::Shut(_)) => false,
        Err(Fault::Silent(words)) => {
            return Err(Unproven { pointer: "/key", words: format!("Stripe does not answer: {words}") });
        }
        Err(Fault::Slow(_) | Fault::Later) => {
            let words = "Stripe takes no more requests for now: try again in a minute";
            return Err(Unproven { pointer: "", words: words.into() });
        }
    };
    let needed_for = RightUse::Reconciliation.into();
    rights.push(PlatformRight { name: "event_read".into(), needed_for, held });
    match rights.iter().find(|right| right.needed_for == RightUse::Codes && !right.held) {
        Some(right) => {
            Err(Unproven { pointer: "/key", words: format!("the key lacks the right {}", right.name) })
        }
        None => Ok(rights),
    }
}

impl<W: Web> Account<'_, W> {
    /// Makes a referrer's code. What a promotion code gives cannot be changed: with other terms it is ended, and another is
    /// made of the same name.
    pub async fn make_code(&self, job: &CodeJob, terms: &CodeTerms) -> Result<Coded, Fault> {
        let coupon = Coupon::of(&terms.reward, terms.currency.as_str())?;
        let mut fields = Vec::new();
        if terms.new_customers_only {
            fields.push(("restrictions[first_time_transaction]", "true".to_owned()));
        }
        if let Some(least) = &terms.min_subtotal {
            let (least, currency) = smallest(least, terms.currency.as_str())?;
            fields.push(("restrictions[minimum_amount]", least.to_string()));
            fields.push(("restrictions[minimum_amount_currency]", currency));
        }
        if let Some(at) = terms.ends_at {
            fields.push(("expires_at", at.seconds().to_string()));
        }
        let noted = digits(&[&coupon.id, &format!("{fields:?}")]);
        if let Some(found) = self.look(&job.code, true).await? {
            let id = id_of(&found)?;
            let ours = text(&found, "/metadata/parrain") == job.code;
            if ours && text(&found, "/metadata/terms") == noted {
                return Ok(Coded::Made(id));
            }
            if !ours && coupon.is_that_of(&found) && binds_the_same(&found, &fields) {
                return Ok(Coded::Same);
            }
            if !ours && job.reference.as_deref() != Some(id.as_str()) {
                let words = "the account has a promotion code of this name with other terms";
                return Ok(Coded::Foreign(words.into()));
            }
            self.deactivate(&id).await?;
        }
        fields.push(("metadata[parrain]", job.code.clone()));
        fields.push(("metadata[terms]", noted));
        let made = self.promotion_code(&coupon, &job.code, fields).await?;
        Ok(Coded::Made(id_of(&made)?))
    }

    /// Ends a referrer's code, where it is ours.
    pub async fn end_code(&self, job: &CodeJob) -> Result<Coded, Fault> {
        if let Some(found) = self.look(&job.code, true).await? {
            let id = id_of(&found)?;
            if text(&found, "/metadata/parrain") == job.code || job.reference.as_deref() == Some(id.as_str())
            {
                self.deactivate(&id).await?;
            }
        }
        Ok(Coded::Ended)
    }

    /// What an earlier try gave: what was booked for this task, or a code that nobody else knows.
    pub async fn find(&self, gift: &Gift) -> Result<Option<Given>, Fault> {
        if let Some(customer) = credited(gift) {
            let booked = self.booked(customer, &gift.id).await?;
            return Ok(booked.map(|booked| Given { code: None, reference: Some(booked) }));
        }
        let Some(found) = self.look(&gift.code, false).await? else { return Ok(None) };
        Ok(Some(Given { code: Some(gift.code.clone()), reference: Some(id_of(&found)?) }))
    }

    /// Gives a reward: credit to a customer of Stripe's, else a promotion code that is good once.
    pub async fn give(&self, gift: &Gift) -> Result<Given, Fault> {
        if let Some(customer) = credited(gift) {
            let (amount, currency) = smallest(amount_of(&gift.reward)?, &gift.currency)?;
            let booked = self.book(customer, &gift.id, -amount, &currency).await?;
            return Ok(Given { code: None, reference: Some(booked) });
        }
        let coupon = Coupon::of(&gift.reward, &gift.currency)?;
        let mut fields = vec![("max_redemptions", "1".to_owned()), ("metadata[parrain]", gift.id.clone())];
        fields.extend(customer(gift).map(|customer| ("customer", customer.to_owned())));
        let made = match self.look(&gift.code, false).await? {
            // Nobody else knows this code: an earlier try made it.
            Some(found) => found,
            None => self.promotion_code(&coupon, &gift.code, fields).await?,
        };
        Ok(Given { code: Some(gift.code.clone()), reference: Some(id_of(&made)?) })
    }

    /// Takes a reward back, where nothing of it was spent.
    pub async fn take_back(&self, gift: &Gift) -> Result<(), Fault> {
        if let Some(customer) = credited(gift) {
            let (amount, currency) = smallest(amount_of(&gift.reward)?, &gift.currency)?;
            if self.booked(customer, &gift.id).await?.is_some() {
                return Ok(());
            }
            let held = self.ask(Method::GET, &format!("/v1/customers/{customer}"), &[], None).await?;
            if held.get("balance").and_then(Value::as_i64).unwrap_or_default() > -amount {
                return Err(spent());
            }
            return self.book(customer, &gift.id, amount, &currency).await.map(drop);
        }
        let Some(found) = self.look(&gift.code, false).await? else { return Ok(()) };
        if found.get("times_redeemed").and_then(Value::as_i64).unwrap_or_default() > 0 {
            return Err(spent());
        }
        if found.get("active").and_then(Value::as_bool) == Some(true) {
            self.deactivate(&id_of(&found)?).await?;
        }
        Ok(())
    }

    /// Books an amount on a customer's balance once: what was booked for this task is looked for first, since Stripe forgets
    /// the keys of repeated requests after a day.
    async fn book(&self, customer: &str, task: &str, amount: i64, currency: &str) -> Result<String, Fault> {
        if let Some(known) = self.booked(customer, task).await? {
            return Ok(known);
        }
        let path = format!("/v1/customers/{customer}/balance_transactions");
        let fields = [
            ("amount", amount.to_string()),
            ("currency", currency.to_owned()),
            ("description", "Parrain".to_owned()),
            ("metadata[parrain]", task.to_owned()),
        ];
        // A task whose first try failed may be one of another amount by now, which Stripe refuses under the same key.
        let once = format!("{task}{amount}");
        let made = self.ask(Method::POST, &path, &fields, Some(&once)).await?;
        id_of(&made)
    }

    async fn booked(&self, customer: &str, task: &str) -> Result<Option<String>, Fault> {
        let path = format!("/v1/customers/{customer}/balance_transactions");
        let list = self.ask(Method::GET, &path, &[("limit", "100".into())], None).await?;
        let all = list.get("data").and_then(Value::as_array);
        let found = all.into_iter().flatten().find(|one| text(one, "/metadata/parrain") == task);
        found.map(id_of).transpose()
    }

    /// A promotion code of this name; only those that are active may not share a name.
    async fn look(&self, code: &str, active: bool) -> Result<Option<Value>, Fault> {
        let mut fields: Vec<Field> = vec![
            ("code", code.to_owned()),
            ("limit", "1".to_owned()),
            ("expand[]", "data.promotion.coupon".to_owned()),
        ];
        if active {
            fields.push(("active", "true".to_owned()));
        }
        let list = self.ask(Method::GET, "/v1/promotion_codes", &fields, None).await?;
        Ok(list.get("data").and_then(Value::as_array).and_then(|all| all.first()).cloned())
    }

    async fn deactivate(&self, id: &str) -> Result<(), Fault> {
        let path = format!("/v1/promotion_codes/{id}");
        self.ask(Method::POST, &path, &[("active", "false".to_owned())], None).await.map(drop)
    }

    /// Makes a promotion code, and its coupon before where there is none yet.
    async fn promotion_code(&self, coupon: &Coupon, code: &str, more: Vec<Field>) -> Result<Value, Fault> {
        let mut fields: Vec<Field> = vec![
            ("promotion[type]", "coupon".to_owned()),
            ("promotion[coupon]", coupon.id.clone()),
            ("code", code.to_owned()),
        ];
        fields.extend(more);
        match self.ask(Method::POST, "/v1/promotion_codes", &fields, None).await {
            Err(Fault::Refused(words)) if words.contains("resource_missing") => {
                match self.ask(Method::POST, "/v1/coupons", &coupon.fields, None).await {
                    Err(Fault::Refused(words)) if words.contains("resource_already_exists") => {}
                    made => drop(made?),
                }
                self.ask(Method::POST, "/v1/promotion_codes", &fields, None).await
            }
            made => made,
        }
    }

    /// The events that follow, the oldest first. Stripe keeps them for thirty days.
    pub async fn events(&self, look: &Look) -> Result<Page, Fault> {
        let since = look.since.seconds();
        let cursor = look.cursor.as_ref().and_then(|text| serde_json::from_str(text).ok());
        let cursor = match cursor {
            Some(cursor) => cursor,
            // The last one before is where those begin that follow.
            None => match self.list(1, &[("created[lt]", since.to_string())]).await?.0.first() {
                Some(before) => Cursor::After(id_of(before)?),
                None => return self.oldest(since, None).await,
            },
        };
        match cursor {
            Cursor::Back(id) => self.oldest(since, Some(id)).await,
            Cursor::After(id) => {
                let (mut events, more) = self.list(PAGE.0, &[("ending_before", id)]).await?;
                events.reverse();
                page(events, more)
            }
        }
    }

    /// Where no event is older than those that are looked for, the oldest is at the end of the list.
    async fn oldest(&self, since: i64, before: Option<String>) -> Result<Page, Fault> {
        let mut fields = vec![("created[gte]", since.to_string())];
        fields.extend(before.map(|id| ("starting_after", id)));
        let (mut events, more) = self.list(PAGE.1, &fields).await?;
        if let (true, Some(last)) = (more, events.last()) {
            return Ok(Page { entries: Vec::new(), next: Some(Cursor::Back(id_of(last)?).text()) });
        }
        events.reverse();
        // There are newer ones where this was not the first page.
        let newer = fields.len() > 1 && !events.is_empty();
        page(events, newer)
    }

    /// A part of the account's events, the newest first; whether there are more in that direction.
    async fn list(&self, limit: usize, fields: &[Field]) -> Result<(Vec<Value>, bool), Fault> {
        let mut all: Vec<Field> = EVENTS.iter().map(|name| ("types[]", (*name).to_owned())).collect();
        all.push(("limit", limit.to_string()));
        all.extend_from_slice(fields);
        let reply = self.reply(Method::GET, "/v1/events", &all, None, reconcile::MOST_READ).await?;
        let mut listed = crate::platform::read_body(reply.body.as_bytes()).unwrap_or_default();
        let more = listed.get("has_more").and_then(Value::as_bool).unwrap_or_default();
        match listed.get_mut("data").map(Value::take) {
            Some(Value::Array(events)) => Ok((events, more)),
            _ => Err(no_list(&reply)),
        }
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        fields: &[Field],
        idempotency: Option<&str>,
    ) -> Result<Value, Fault> {
        json(&self.reply(method, path, fields, idempotency, MOST_READ).await?)
    }

    /// An answer that is none of a refusal.
    async fn reply(
        &self,
        method: Method,
        path: &str,
        fields: &[Field],
        idempotency: Option<&str>,
        most: usize,
    ) -> Result<Reply, Fault> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields {
            form.append_pair(name, value);
        }
        let form = form.finish();
        let base = self.caller.web.stand_in(Api::Stripe).unwrap_or_else(|| API.to_owned());
        let mut headers =
            vec![("authorization", format!("Bearer {}", self.key)), ("stripe-version", VERSION.to_owned())];
        headers.extend(idempotency.map(|key| ("idempotency-key", key.to_owned())));
        let (url, body) = if method == Method::GET {
            // A path may have a question of its own already.
            let mark = if form.is_empty() { "" } else { "?" };
            (format!("{base}{path}{mark}{form}"), None)
        } else {
            headers.push(("content-type", "application/x-www-form-urlencoded".into()));
            (format!("{base}{path}"), Some(form))
        };
        let reply = self.caller.ask(Outgoing { method, url, headers, body, most }).await?;
        if (200..300).contains(&reply.status) {
            return Ok(reply);
        }
        if reply.status == 401 {
            return Err(Fault::Shut(said(&reply)));
        }
        let body: Value = serde_json::from_str(&reply.body).unwrap_or_default();
        let (code, message) = (text(&body, "/error/code"), text(&body, "/error/message"));
        let words = if message.is_empty() { reply.body.as_str() } else { message };
        Err(Fault::Refused(format!("{} {code} {words}", reply.status)))
    }
}

/// Asks for what stands at a path; `None` where the key does not open that, or nothing stands there.
pub async fn ask_for<W: Web>(caller: &Caller<'_, W>, path: &str) -> Result<Option<Value>, Fault> {
    let super::Credentials::Stripe { key } = caller.credentials else { return Ok(None) };
    match (Account { caller, key }).ask(Method::GET, path, &[], None).await {
        Ok(found) => Ok(Some(found)),
        Err(Fault::Refused(_) | Fault::Unfit(_)) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Events in their order as a page.
fn page(events: Vec<Value>, more: bool) -> Result<Page, Fault> {
    let mut entries = Vec::new();
    for body in events {
        let cursor = Cursor::After(id_of(&body)?).text();
        let at = body.get("created").and_then(Value::as_i64).map(Instant::from_seconds);
        entries.push(Entry { body, at, cursor, lacks: None });
    }
    let next = entries.last().map(|last| last.cursor.clone()).filter(|_| more);
    Ok(Page { entries, next })
}

/// A coupon for a set of terms. Its id follows from what it gives, so that all of a kind are one.
struct Coupon {
    id: String,
    fields: Vec<Field>,
}

impl Coupon {
    fn of(reward: &Reward, currency: &str) -> Result<Self, Fault> {
        let gives: Vec<Field> = match reward.kind.word() {
            Some(RewardKind::PercentOff) => {
                let missing = || Fault::Unfit("this percent_off says no percentage".into());
                let percent = reward.percent.as_ref().ok_or_else(missing)?;
                vec![("percent_off", percent.as_str().to_owned())]
            }
            Some(RewardKind::AmountOff | RewardKind::GiftCard | RewardKind::StoreCredit) => {
                let (amount, currency) = smallest(amount_of(reward)?, currency)?;
                vec![("amount_off", amount.to_string()), ("currency", currency)]
            }
            Some(
                RewardKind::FreeShipping
                | RewardKind::FreeProduct
                | RewardKind::Cash
                | RewardKind::Points
                | RewardKind::Access
                | RewardKind::Commission
                | RewardKind::Donation,
            )
            | None => return Err(unfit("Stripe", reward)),
        };
        let id = format!("parrain-{}", digits(&[&format!("{gives:?}")]));
        let mut fields =
            vec![("id", id.clone()), ("duration", "once".to_owned()), ("name", "Parrain".to_owned())];
        fields.extend(gives);
        Ok(Self { id, fields })
    }

    /// Whether a promotion code of the account's own gives the same.
    fn is_that_of(&self, promotion_code: &Value) -> bool {
        let Some(coupon) = promotion_code.pointer("/promotion/coupon") else { return false };
        let said = |name: &str| self.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        let same = |name: &str| match (said(name), coupon.get(name)) {
            (None, None | Some(Value::Null)) => true,
            (None, Some(_)) | (Some(_), None) => false,
            (Some(wanted), Some(Value::String(held))) => wanted == held,
            (Some(wanted), Some(held)) => super::plain(wanted) == super::plain(&held.to_string()),
        };
        ["percent_off", "amount_off", "currency"].into_iter().all(same)
    }
}

/// Whether a promotion code of the account's own binds its users as ours would.
fn binds_the_same(found: &Value, fields: &[Field]) -> bool {
    let said = |name: &str| fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
    let free = |pointer: &str| found.pointer(pointer).is_none_or(Value::is_null);
    let least = found.pointer("/restrictions/minimum_amount").and_then(Value::as_i64);
    let ends = found.get("expires_at").and_then(Value::as_i64);
    let first = found.pointer("/restrictions/first_time_transaction").and_then(Value::as_bool);
    free("/max_redemptions")
        && free("/customer")
        && ends.map(|ends| ends.to_string()).as_deref() == said("expires_at")
        && least.map(|least| least.to_string()).as_deref() == said("restrictions[minimum_amount]")
        && first.unwrap_or(false) == said("restrictions[first_time_transaction]").is_some()
}

/// The customer of Stripe's whose balance a reward is booked on, where it is one of money and they are known.
fn credited(gift: &Gift) -> Option<&str> {
    match gift.reward.kind.word()? {
        RewardKind::StoreCredit | RewardKind::GiftCard => customer(gift),
        RewardKind::PercentOff
        | RewardKind::AmountOff
        | RewardKind::FreeShipping
        | RewardKind::FreeProduct
        | RewardKind::Cash
        | RewardKind::Points
        | RewardKind::Access
        | RewardKind::Commission
        | RewardKind::Donation => None,
    }
}

/// The referrer's id, where it is one of Stripe's.
fn customer(gift: &Gift) -> Option<&str> {
    let plain = |id: &&str| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    gift.customer_id.as_deref().filter(|id| id.starts_with("cus_")).filter(plain)
}

/// An amount in Stripe's smallest unit, and its currency as Stripe writes it.
fn smallest(amount: &Amount, currency: &str) -> Result<(i64, String), Fault> {
    let (minor, known) = minor_of(amount, currency)?;
    let amount = in_units(minor, known)
        .ok_or_else(|| Fault::Unfit(format!("Stripe cannot count {amount} in {currency}")))?;
    Ok((amount, currency.to_ascii_lowercase()))
}

fn in_units(minor: i64, currency: Currency) -> Option<i64> {
    let (ours, theirs) = (currency.decimals(), stripe_decimals(currency));
    let factor = |more: u8| 10_i64.checked_pow(u32::from(more));
    if theirs >= ours {
        return minor.checked_mul(factor(theirs - ours)?);
    }
    let factor = factor(ours - theirs)?;
    (minor % factor == 0).then_some(minor / factor)
}

fn digits(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let hash = hex::encode(hash.finalize());
    hash.get(..DIGITS).unwrap_or(&hash).to_owned()
}

fn id_of(object: &Value) -> Result<String, Fault> {
    let id = object.get("id").and_then(Value::as_str).map(str::to_owned);
    id.ok_or_else(|| Fault::Silent("it answered something without an id".into()))
}

fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn amounts_are_counted_as_stripe_counts_them() {
        let of = |amount: &str, currency: &str| smallest(&amount.into(), currency).ok();
        assert_eq!(of("10.00", "EUR"), Some((1000, "eur".into())));
        assert_eq!(of("1200", "JPY"), Some((1200, "jpy".into())));
        assert_eq!(of("1200", "ISK"), Some((120_000, "isk".into())));
        assert_eq!(of("1.250", "KWD"), Some((1250, "kwd".into())));
        assert_eq!(of("1.25", "MGA"), None, "Stripe has no hundredth of an ariary");
        assert_eq!(of("2.00", "MGA"), Some((2, "mga".into())));
    }

    #[test]
    fn terms_that_are_the_same_are_one_coupon() {
        let reward = |kind: RewardKind, percent: Option<&str>, amount: Option<&str>| Reward {
            kind: kind.into(),
            percent: percent.map(Into::into),
            amount: amount.map(Into::into),
            ..Reward::default()
        };
        let id = |reward: Reward, currency: &str| Coupon::of(&reward, currency).map(|coupon| coupon.id);
        let ten = || reward(RewardKind::PercentOff, Some("10"), None);
        assert_eq!(id(ten(), "EUR"), id(ten(), "USD"), "a percentage has no currency");
        let amount = || reward(RewardKind::AmountOff, None, Some("5.00"));
        assert_ne!(id(amount(), "EUR"), id(amount(), "USD"));
        assert!(matches!(id(reward(RewardKind::FreeShipping, None, None), "EUR"), Err(Fault::Unfit(_))));
    }

    #[test]
    fn a_code_of_the_account_s_own_is_like_ours_where_it_gives_and_binds_the_same() {
        let reward =
            Reward { kind: RewardKind::PercentOff.into(), percent: Some("10".into()), ..Reward::default() };
        let coupon = Coupon::of(&reward, "EUR").unwrap();
        let found = json!({"promotion": {"coupon": {"percent_off": 10.0, "amount_off": null, "currency": null}},
            "max_redemptions": null, "expires_at": null, "customer": null,
            "restrictions": {"first_time_transaction": false, "minimum_amount": null}});
        assert!(coupon.is_that_of(&found) && binds_the_same(&found, &[]));
        assert!(!binds_the_same(&found, &[("restrictions[minimum_amount]", "3000".into())]));
        let other =
            json!({"promotion": {"coupon": {"percent_off": 20, "amount_off": null, "currency": null}}});
        assert!(!coupon.is_that_of(&other));
    }
}

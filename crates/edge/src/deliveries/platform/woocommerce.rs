//! Codes and rewards at WooCommerce, by the coupons of its REST API, and what was changed of its orders.

use super::caller::{Caller, MOST_READ, json, no_list, said};
use super::credentials::Credentials;
use super::reconcile::{self, Entry, Look, Page};
use super::{CodeJob, Coded, Fault, Gift, Given, Unproven, amount_of, mark, plain, put, spent, unfit};
use crate::deliveries::web::{Outgoing, Reply, Web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use parrain_wire::connections::{PlatformRight, RightUse};
use parrain_wire::program::{Reward, RewardKind};
use parrain_wire::tasks::CodeTerms;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::form_urlencoded;

/// The name of the note by which a coupon of ours is known again. With the underscore the shop's pages do not show it.
const NOTE: &str = "_parrain";

/// When a coupon that was ended has expired. Its `status` could say it too, but not before WooCommerce 8.
const LONG_AGO: &str = "2000-01-01T00:00:00Z";

/// What is said of a coupon's code that another coupon has.
const TAKEN: &str = "woocommerce_rest_coupon_code_already_exists";

/// What is said where a coupon is to be made that has no code: who is told so may make coupons.
const NO_CODE: &str = "woocommerce_rest_empty_coupon_code";

/// How many orders of a page: each has with it what plugins note on it.
const PAGE: usize = 20;

/// What is read of an order.
const FIELDS: &str = "id,status,currency,date_created_gmt,date_modified_gmt,date_paid_gmt,discount_total,shipping_total,\
    shipping_tax,cart_tax,total,total_tax,customer_id,billing.email,coupon_lines,line_items,shipping_lines,fee_lines,refunds,\
    meta_data";

/// Up to where orders were read: those of a second may be on several pages.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Cursor {
    /// The last second of which any was read, in UTC, as WooCommerce writes it.
    second: String,
    /// Those of that second that were taken up.
    ids: Vec<String>,
    /// How many whole pages of that second held nothing else.
    passed: u32,
}

impl Cursor {
    fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A site with WooCommerce.
pub struct Site<'a, W> {
    pub caller: &'a Caller<'a, W>,
    pub site: &'a str,
}

/// Tries the credentials: reading the shop's currency shows that they open, and a coupon without a code, which is never
/// made, that they may write.
pub async fn prove<W: Web>(
    caller: &Caller<'_, W>,
    site: &str,
    currency: Currency,
) -> Result<Vec<PlatformRight>, Unproven> {
    let at = Site { caller, site };
    let told = |fault| match fault {
        Fault::Shut(words) | Fault::Refused(words) | Fault::Unfit(words) => Unproven {
            pointer: "/consumer_secret",
            words: format!("the shop does not open with this key: {words}"),
        },
        Fault::Silent(words) => {
            Unproven { pointer: "/site", words: format!("nothing of WooCommerce's answers there: {words}") }
        }
        Fault::Slow(_) | Fault::Later => Unproven {
            pointer: "",
            words: "the shop takes no more requests for now: try again in a minute".into(),
        },
    };
    let current = at.ask(Method::GET, "data/currencies/current", None).await.map_err(told)?;
    let sells_in = current.get("code").and_then(Value::as_str).unwrap_or_default();
    if sells_in != currency.code() {
        let words = format!("this shop sells in {sells_in}, and the program counts in {}", currency.code());
        return Err(Unproven { pointer: "/site", words });
    }
    match at.ask(Method::POST, "coupons", Some(json!({}))).await {
        Err(Fault::Refused(words)) if words.starts_with(NO_CODE) => {
            let right = |needed_for: RightUse| PlatformRight {
                name: "coupons (read/write)".into(),
                needed_for: needed_for.into(),
                held: true,
            };
            // A user who may manage coupons need not be one who sees orders.
            let sees = at.ask(Method::GET, "orders?per_page=1&_fields=id", None).await;
            let orders = PlatformRight {
                name: "orders (read)".into(),
                needed_for: RightUse::Reconciliation.into(),
                held: match sees {
                    Ok(_) => true,
                    Err(Fault::Shut(_) | Fault::Refused(_) | Fault::Unfit(_)) => false,
                    Err(fault) => return Err(told(fault)),
                },
            };
            Ok(vec![right(RightUse::Codes), right(RightUse::Rewards), orders])
        }
        Err(Fault::Shut(words) | Fault::Refused(words)) => Err(Unproven {
            pointer: "/consumer_secret",
            words: format!("the key lacks the right to write coupons: {words}"),
        }),
        Err(fault) => Err(told(fault)),
        Ok(_) => Err(Unproven {
            pointer: "/site",
            words: "the shop made a coupon without a code, as no WooCommerce does".into(),
        }),
    }
}

impl<W: Web> Site<'_, W> {
    /// Makes a referrer's code, or brings the one that stands to its terms.
    pub async fn make_code(&self, job: &CodeJob, terms: &CodeTerms) -> Result<Coded, Fault> {
        let found = self.look(&job.code).await?;
        let mut coupon = self.coupon(&terms.reward, &job.code).await?;
        put(
            &mut coupon,
            "minimum_amount",
            match &terms.min_subtotal {
                Some(least) => json!(least),
                None => json!(""),
            },
        );
        // WooCommerce has no condition on new customers: where the program has one, each may use the code once.
        put(&mut coupon, "usage_limit_per_user", json!(u8::from(terms.new_customers_only)));
        // With its zone: without one it is read in the shop's. `date_expires_gmt` is read by nobody, though the schema
        // names it (WC_Coupon has no setter of that name).
        put(
            &mut coupon,
            "date_expires",
            match terms.ends_at {
                Some(at) => json!(format!("{}Z", seconds(at))),
                None => json!(""),
            },
        );
        let Some(found) = found else {
            return match self.ask(Method::POST, "coupons", Some(coupon)).await {
                Ok(made) => id_of(&made).map(Coded::Made),
                // By now there is one: the next look says whose.
                Err(Fault::Refused(words)) if words.starts_with(TAKEN) => Err(Fault::Silent(words)),
                Err(fault) => Err(fault),
            };
        };
        let id = id_of(&found)?;
        if is_ours(&found, &job.code) || job.reference.as_deref() == Some(id.as_str()) {
            self.ask(Method::PUT, &format!("coupons/{id}"), Some(coupon)).await?;
            return Ok(Coded::Made(id));
        }
        Ok(if is_like(&found, &coupon) {
            Coded::Same
        } else {
            Coded::Foreign("the shop has a coupon of this code with other terms".into())
        })
    }

    /// Ends a referrer's code, where it is ours.
    pub async fn end_code(&self, job: &CodeJob) -> Result<Coded, Fault> {
        if let Some(found) = self.look(&job.code).await? {
            let id = id_of(&found)?;
            if is_ours(&found, &job.code) || job.reference.as_deref() == Some(id.as_str()) {
                self.expire(&id).await?;
            }
        }
        Ok(Coded::Ended)
    }

    /// What an earlier try gave: nobody else knows its code.
    pub async fn find(&self, gift: &Gift) -> Result<Option<Given>, Fault> {
        let Some(found) = self.look(&gift.code).await? else { return Ok(None) };
        Ok(Some(Given { code: Some(gift.code.clone()), reference: Some(id_of(&found)?) }))
    }

    /// Gives a reward: a coupon that is good once, for the referrer's address where that is known.
    pub async fn give(&self, gift: &Gift) -> Result<Given, Fault> {
        let mut coupon = self.coupon(&gift.reward, &gift.code).await?;
        put(&mut coupon, "usage_limit", json!(1));
        if let Some(email) = &gift.email {
            put(&mut coupon, "email_restrictions", json!([email]));
        }
        let made = match self.ask(Method::POST, "coupons", Some(coupon)).await {
            // Nobody else knows this code: an earlier try made it.
            Err(Fault::Refused(words)) if words.starts_with(TAKEN) => {
                self.look(&gift.code).await?.ok_or(Fault::Silent(words))?
            }
            made => made?,
        };
        Ok(Given { code: Some(gift.code.clone()), reference: Some(id_of(&made)?) })
    }

    /// Takes a reward back, where its coupon was not used.
    pub async fn take_back(&self, gift: &Gift) -> Result<(), Fault> {
        let Some(found) = self.look(&gift.code).await? else { return Ok(()) };
        if found.get("usage_count").and_then(Value::as_i64).unwrap_or_default() > 0 {
            return Err(spent());
        }
        self.expire(&id_of(&found)?).await
    }

    async fn expire(&self, id: &str) -> Result<(), Fault> {
        let over = json!({"date_expires": LONG_AGO});
        self.ask(Method::PUT, &format!("coupons/{id}"), Some(over)).await.map(drop)
    }

    /// A coupon as it is made, but for its terms. What another kind of coupon would have is said to be empty, so that one
    /// that stands is brought to the new kind whole.
    async fn coupon(&self, reward: &Reward, code: &str) -> Result<Value, Fault> {
        let mut coupon = json!({"code": code, "description": mark(code), "free_shipping": false, "product_ids": [],
            "individual_use": false, "limit_usage_to_x_items": 0, "meta_data": [{"key": NOTE, "value": code}]});
        let (kind, amount) = match reward.kind.word() {
            Some(RewardKind::PercentOff) => {
                let percent = reward.percent.as_ref().map(|percent| percent.as_str().to_owned());
                let missing = || Fault::Unfit("this percent_off says no percentage".into());
                ("percent", percent.ok_or_else(missing)?)
            }
            Some(RewardKind::AmountOff | RewardKind::GiftCard | RewardKind::StoreCredit) => {
                ("fixed_cart", amount_of(reward)?.as_str().to_owned())
            }
            Some(RewardKind::FreeShipping) => {
                put(&mut coupon, "free_shipping", json!(true));
                ("fixed_cart", "0".into())
            }
            Some(RewardKind::FreeProduct) => {
                let product = self.product(reward.sku.as_deref().unwrap_or_default()).await?;
                put(&mut coupon, "product_ids", json!([product]));
                put(&mut coupon, "limit_usage_to_x_items", json!(1));
                ("percent", "100".into())
            }
            Some(
                RewardKind::Cash
                | RewardKind::Points
                | RewardKind::Access
                | RewardKind::Commission
                | RewardKind::Donation,
            )
            | None => return Err(unfit("WooCommerce", reward)),
        };
        put(&mut coupon, "discount_type", json!(kind));
        put(&mut coupon, "amount", json!(amount));
        Ok(coupon)
    }

    async fn product(&self, sku: &str) -> Result<i64, Fault> {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("sku", sku).finish();
        let found = self.ask(Method::GET, &format!("products?{query}"), None).await?;
        let first = found.as_array().and_then(|all| all.first()?.get("id")?.as_i64());
        first.ok_or_else(|| Fault::Refused(format!("the shop has no product of the SKU {sku}")))
    }

    /// The coupon of a code that the shop has.
    async fn look(&self, code: &str) -> Result<Option<Value>, Fault> {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("code", code).finish();
        let found = self.ask(Method::GET, &format!("coupons?{query}"), None).await?;
        let all = found.as_array().cloned().unwrap_or_default();
        let same = |one: &Value| {
            one.get("code").and_then(Value::as_str).is_some_and(|known| known.eq_ignore_ascii_case(code))
        };
        Ok(all.into_iter().find(same))
    }

    /// The orders that were changed, by when they were. One that is changed meanwhile moves to the end, and pages by number
    /// would pass one over for it: so each page begins where the last one ended, and says again what is of one second.
    pub async fn changed_orders(&self, look: &Look) -> Result<Page, Fault> {
        let mut at: Cursor =
            look.cursor.as_ref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let from = Instant::parse(&format!("{}Z", at.second)).unwrap_or(look.since);
        let query = form_urlencoded::Serializer::new(String::new())
            // "After" leaves the second itself out. Without a zone it is read as it stands, with one in the shop's.
            .append_pair("modified_after", &seconds(from.plus_seconds(-1)))
            .append_pair("dates_are_gmt", "true")
            .append_pair("orderby", "modified")
            .append_pair("order", "asc")
            .append_pair("per_page", &PAGE.to_string())
            .append_pair("page", &(at.passed + 1).to_string())
            .append_pair("_fields", FIELDS)
            .finish();
        let reply = self.reply(Method::GET, &format!("orders?{query}"), None, reconcile::MOST_READ).await;
        let reply = reply.map_err(|fault| match fault {
            // Coupons may stand open all the same.
            Fault::Shut(words) => Fault::Refused(words),
            fault => fault,
        })?;
        let Ok(Value::Array(listed)) = crate::platform::read_body(reply.body.as_bytes()) else {
            return Err(no_list(&reply));
        };
        let (full, mut entries) = (listed.len() >= PAGE, Vec::new());
        for body in listed {
            let second = body.get("date_modified_gmt").and_then(Value::as_str).unwrap_or_default();
            let id = body.get("id").map(Value::to_string).unwrap_or_default();
            if second != at.second {
                at = Cursor { second: second.to_owned(), ..Cursor::default() };
            } else if at.ids.contains(&id) {
                continue;
            }
            at.ids.push(id);
            let when = Instant::parse(&format!("{}Z", at.second));
            entries.push(Entry { body, at: when, cursor: at.text(), lacks: None });
        }
        if entries.is_empty() {
            at.passed += 1;
        }
        Ok(Page { entries, next: full.then(|| at.text()) })
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Fault> {
        json(&self.reply(method, path, body, MOST_READ).await?)
    }

    /// An answer that is none of a refusal.
    async fn reply(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        most: usize,
    ) -> Result<Reply, Fault> {
        let Credentials::Woocommerce { key, secret, .. } = self.caller.credentials else {
            return Err(Fault::Shut("these are no credentials of WooCommerce's".into()));
        };
        let mut headers = vec![
            // The query could carry them too, where a server drops this header; but addresses stand in logs.
            ("authorization", format!("Basic {}", STANDARD.encode(format!("{key}:{secret}")))),
            ("accept", "application/json".into()),
        ];
        if body.is_some() {
            headers.push(("content-type", "application/json".into()));
        }
        let request = Outgoing {
            method,
            url: format!("{}/wp-json/wc/v3/{path}", self.site),
            headers,
            body: body.map(|body| body.to_string()),
            most,
        };
        let reply = self.caller.ask(request).await?;
        if (200..300).contains(&reply.status) {
            return Ok(reply);
        }
        let body: Value = serde_json::from_str(&reply.body).unwrap_or_default();
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        let words = match text("code") {
            "" => said(&reply),
            code => format!("{code}: {}", text("message")),
        };
        Err(match (reply.status, text("code")) {
            (401 | 403, _) => Fault::Shut(words),
            // A page of the web server's, and not WooCommerce: its address or its permalinks are others by now.
            (404, "" | "rest_no_route") => Fault::Shut(words),
            (_, _) => Fault::Refused(words),
        })
    }
}

/// Whether we made a coupon.
fn is_ours(coupon: &Value, code: &str) -> bool {
    let notes = coupon.get("meta_data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    notes.iter().any(|note| {
        let text = |name: &str| note.get(name).and_then(Value::as_str).unwrap_or_default();
        text("key") == NOTE && text("value").eq_ignore_ascii_case(code)
    })
}

/// What narrows a coupon of the shop's own, and none of ours.
const NARROWING: &[&str] = &[
    "usage_limit",
    "email_restrictions",
    "product_categories",
    "excluded_product_ids",
    "excluded_product_categories",
    "exclude_sale_items",
];

/// Whether a coupon of the shop's own gives what ours would.
fn is_like(found: &Value, wanted: &Value) -> bool {
    fn text<'a>(of: &'a Value, name: &str) -> &'a str {
        of.get(name).and_then(Value::as_str).unwrap_or_default()
    }
    let empty = |name: &str| match found.get(name) {
        None | Some(Value::Null) => true,
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Number(number)) => number.as_i64() == Some(0),
        Some(Value::Bool(held)) => !held,
        Some(Value::String(_) | Value::Object(_)) => false,
    };
    let number = |of: &Value, name: &str| of.get(name).and_then(Value::as_i64).unwrap_or_default();
    let as_often = |name: &str| number(found, name) == number(wanted, name);
    let same = |name: &str| plain(text(found, name)) == plain(text(wanted, name));
    text(found, "discount_type") == text(wanted, "discount_type")
        && same("amount")
        && same("minimum_amount")
        && plain(text(found, "maximum_amount")) == "0"
        && found.get("free_shipping") == wanted.get("free_shipping")
        && found.get("product_ids").cloned().unwrap_or(json!([])) == wanted["product_ids"]
        && text(found, "date_expires_gmt") == text(wanted, "date_expires").trim_end_matches('Z')
        && as_often("usage_limit_per_user")
        && as_often("limit_usage_to_x_items")
        && NARROWING.iter().all(|name| empty(name))
}

/// An instant to the second, as PHP reads one: without a fraction and a zone.
fn seconds(at: Instant) -> String {
    let text = at.to_string();
    text.split(['.', 'Z']).next().unwrap_or_default().to_owned()
}

fn id_of(coupon: &Value) -> Result<String, Fault> {
    let id = coupon.get("id").and_then(Value::as_i64);
    id.map(|id| id.to_string()).ok_or_else(|| Fault::Silent("it answered a coupon without an id".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use parrain_core::instant::Instant;

    #[test]
    fn a_coupon_of_the_shop_s_own_is_taken_over_where_it_gives_the_same() {
        let wanted = json!({"discount_type": "percent", "amount": "10", "minimum_amount": "30.00",
            "free_shipping": false, "product_ids": []});
        let own = json!({"id": 7, "code": "anna10", "discount_type": "percent", "amount": "10.00",
            "minimum_amount": "30.00", "maximum_amount": "0.00", "free_shipping": false, "product_ids": [],
            "usage_limit": null, "email_restrictions": [], "date_expires_gmt": null});
        assert!(is_like(&own, &wanted));
        for (name, other) in [
            ("amount", json!("20.00")),
            ("discount_type", json!("fixed_cart")),
            ("minimum_amount", json!("0.00")),
            ("maximum_amount", json!("5.00")),
            ("usage_limit", json!(1)),
            ("email_restrictions", json!(["a@example.com"])),
            ("date_expires_gmt", json!("2026-12-31T00:00:00")),
            ("product_ids", json!([1])),
            ("free_shipping", json!(true)),
            ("limit_usage_to_x_items", json!(1)),
            ("usage_limit_per_user", json!(1)),
            ("excluded_product_categories", json!([3])),
            ("exclude_sale_items", json!(true)),
        ] {
            let mut changed = own.clone();
            changed[name] = other;
            assert!(!is_like(&changed, &wanted), "{name}");
        }
        assert!(!is_ours(&own, "ANNA10"));
        let ours = json!({"meta_data": [{"id": 1, "key": "_parrain", "value": "ANNA10"}]});
        assert!(is_ours(&ours, "ANNA10") && !is_ours(&ours, "BOB22"));
    }

    #[test]
    fn an_end_is_written_with_its_zone() {
        let at = Instant::parse("2026-12-31T22:59:59.999Z").unwrap();
        assert_eq!(format!("{}Z", seconds(at)), "2026-12-31T22:59:59Z");
    }
}

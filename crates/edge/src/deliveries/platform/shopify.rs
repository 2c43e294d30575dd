//! Codes and rewards at Shopify, by its Admin GraphQL.

use super::caller::{Caller, MOST_READ, json, said};
use super::credentials::ShopifyKey;
use super::reconcile;
use super::{CodeJob, Coded, Fault, Gift, Given, Unproven, amount_of, mark, plain, put, spent, unfit};
use crate::deliveries::web::{Api, Outgoing, Reply, Web};
use http::Method;
use parrain_core::instant::Instant;
use parrain_core::money::{Currency, Rate};
use parrain_wire::connections::{PlatformRight, RightUse};
use parrain_wire::program::{Reward, RewardKind};
use parrain_wire::tasks::CodeTerms;
use serde_json::{Value, json};
use url::form_urlencoded;

/// The version in which it is asked; each is served for a year.
const VERSION: &str = "2026-10";

/// How many seconds before its end a token is replaced.
const EARLY: i64 = 300;

/// How far Shopify's clock and ours may be apart, in seconds, where what was begun is looked for by its time.
const SKEW: i64 = 120;

/// How many points a second a shop gets back at least, where a refusal does not say it.
const RESTORE: i64 = 100;

/// The longest wait for points, in seconds: a bucket of the smallest plan is full after twenty.
const LONGEST_RESTORE: i64 = 60;

/// The types of store credit's transactions, as they are booked by us.
const CREDITED: &str = "StoreCreditAccountCreditTransaction";
const DEBITED: &str = "StoreCreditAccountDebitTransaction";

/// The rights that are looked for, and what each is needed for.
const RIGHTS: &[(&str, RightUse)] = &[
    ("write_discounts", RightUse::Codes),
    ("write_gift_cards", RightUse::Rewards),
    ("write_store_credit_account_transactions", RightUse::Rewards),
    ("read_customers", RightUse::Rewards),
    ("read_products", RightUse::Rewards),
    ("read_orders", RightUse::Reconciliation),
];

const PROVE: &str =
    "query { shop { myshopifyDomain currencyCode } currentAppInstallation { accessScopes { handle } } }";

const LOOK: &str = "query Look($code: String!) { codeDiscountNodeByCode(code: $code) { id codeDiscount { __typename \
    ... on DiscountCodeBasic { title status startsAt endsAt usageLimit asyncUsageCount appliesOncePerCustomer \
        context { __typename } \
        minimumRequirement { __typename ... on DiscountMinimumSubtotal { greaterThanOrEqualToSubtotal { amount } } } \
        customerGets { items { __typename } value { __typename ... on DiscountPercentage { percentage } \
            ... on DiscountAmount { amount { amount } appliesOnEachItem } } } } \
    ... on DiscountCodeFreeShipping { title status startsAt endsAt usageLimit asyncUsageCount appliesOncePerCustomer \
        context { __typename } \
        minimumRequirement { __typename ... on DiscountMinimumSubtotal { greaterThanOrEqualToSubtotal { amount } } } } \
    } } }";

const CREATE_BASIC: &str = "mutation Create($input: DiscountCodeBasicInput!) { done: discountCodeBasicCreate(\
    basicCodeDiscount: $input) { codeDiscountNode { id } userErrors { field code message } } }";

const UPDATE_BASIC: &str = "mutation Update($id: ID!, $input: DiscountCodeBasicInput!) { done: \
    discountCodeBasicUpdate(id: $id, basicCodeDiscount: $input) { codeDiscountNode { id } \
    userErrors { field code message } } }";

const CREATE_SHIPPING: &str = "mutation Create($input: DiscountCodeFreeShippingInput!) { done: \
    discountCodeFreeShippingCreate(freeShippingCodeDiscount: $input) { codeDiscountNode { id } \
    userErrors { field code message } } }";

const UPDATE_SHIPPING: &str = "mutation Update($id: ID!, $input: DiscountCodeFreeShippingInput!) { done: \
    discountCodeFreeShippingUpdate(id: $id, freeShippingCodeDiscount: $input) { codeDiscountNode { id } \
    userErrors { field code message } } }";

const DEACTIVATE: &str = "mutation Deactivate($id: ID!) { done: discountCodeDeactivate(id: $id) { \
    codeDiscountNode { id } userErrors { field code message } } }";

const DELETE: &str = "mutation Delete($id: ID!) { done: discountCodeDelete(id: $id) { deletedCodeDiscountId \
    userErrors { field code message } } }";

const VARIANT: &str =
    "query Variant($query: String!) { productVariants(first: 2, query: $query) { nodes { id sku price } } }";

const GIFT_CARD: &str = "mutation Give($input: GiftCardCreateInput!) { done: giftCardCreate(input: $input) { \
    giftCard { id } userErrors { field code message } } }";

const GIFT_CARDS: &str = "query Cards($query: String!) { giftCards(first: 2, query: $query) { nodes { id enabled \
    lastCharacters balance { amount } initialValue { amount } } } }";

const END_GIFT_CARD: &str = "mutation End($id: ID!) { done: giftCardDeactivate(id: $id) { giftCard { id } \
    userErrors { field code message } } }";

const CREDIT: &str = "mutation Credit($id: ID!, $input: StoreCreditAccountCreditInput!) { done: \
    storeCreditAccountCredit(id: $id, creditInput: $input) { storeCreditAccountTransaction { id } \
    userErrors { field code message } } }";

const DEBIT: &str = "mutation Debit($id: ID!, $input: StoreCreditAccountDebitInput!) { done: \
    storeCreditAccountDebit(id: $id, debitInput: $input) { storeCreditAccountTransaction { id } \
    userErrors { field code message } } }";

const ACCOUNTS: &str = "query Accounts($id: ID!) { customer(id: $id) { id storeCreditAccounts(first: 10) { nodes { id \
    balance { amount currencyCode } transactions(first: 50, reverse: true) { nodes { __typename createdAt event \
    amount { amount currencyCode } ... on StoreCreditAccountCreditTransaction { id } \
    ... on StoreCreditAccountDebitTransaction { id } } } } } } }";

/// A shop at Shopify.
pub struct Shop<'a, W> {
    pub caller: &'a Caller<'a, W>,
    pub shop: &'a str,
    pub key: &'a ShopifyKey,
}

/// A discount as it stands there.
struct Found {
    id: String,
    discount: Value,
}

/// Tries the credentials: one question that any token may ask names the shop and every right.
pub async fn prove<W: Web>(
    caller: &Caller<'_, W>,
    shop: &str,
    key: &ShopifyKey,
    currency: Currency,
) -> Result<Vec<PlatformRight>, Unproven> {
    let secret = match key {
        ShopifyKey::Token(_) => "/token",
        ShopifyKey::App { .. } => "/client_secret",
    };
    let data = Shop { caller, shop, key }.graphql(PROVE, json!({})).await.map_err(|fault| match fault {
        Fault::Shut(words) | Fault::Refused(words) | Fault::Unfit(words) => {
            Unproven { pointer: secret, words: format!("Shopify does not open with this: {words}") }
        }
        Fault::Silent(words) => {
            Unproven { pointer: "/shop", words: format!("nothing of Shopify's answers there: {words}") }
        }
        Fault::Slow(_) | Fault::Later => Unproven {
            pointer: "",
            words: "Shopify takes no more requests for now: try again in a minute".into(),
        },
    })?;
    let text = |pointer: &str| data.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let of = text("/shop/myshopifyDomain");
    if !of.eq_ignore_ascii_case(shop) {
        return Err(Unproven { pointer: "/shop", words: format!("these credentials are those of {of}") });
    }
    let sells_in = text("/shop/currencyCode");
    if sells_in != currency.code() {
        let words = format!("this shop sells in {sells_in}, and the program counts in {}", currency.code());
        return Err(Unproven { pointer: "/shop", words });
    }
    let scopes = data.pointer("/currentAppInstallation/accessScopes").and_then(Value::as_array);
    let scopes: Vec<&str> =
        scopes.into_iter().flatten().filter_map(|scope| scope.get("handle")?.as_str()).collect();
    let right = |(name, needed_for): &(&str, RightUse)| {
        // The right to write holds that to read.
        let wider = name.strip_prefix("read_").map(|what| format!("write_{what}"));
        let held = scopes.iter().any(|scope| scope == name || Some(*scope) == wider.as_deref());
        PlatformRight { name: (*name).to_owned(), needed_for: (*needed_for).into(), held }
    };
    let rights: Vec<PlatformRight> = RIGHTS.iter().map(right).collect();
    match rights.iter().find(|right| right.needed_for == RightUse::Codes && !right.held) {
        Some(right) => {
            Err(Unproven { pointer: secret, words: format!("the app lacks the right {}", right.name) })
        }
        None => Ok(rights),
    }
}

impl<W: Web> Shop<'_, W> {
    /// Makes a referrer's code, or brings the one that stands to its terms.
    pub async fn make_code(&self, job: &CodeJob, terms: &CodeTerms) -> Result<Coded, Fault> {
        let found = self.look(&job.code).await?;
        let kind = terms.reward.kind.word();
        let starts = terms.starts_at.or_else(|| begun(found.as_ref(), self.caller.web.now()));
        let input = self.discount(&terms.reward, &job.code, mark(&job.code), starts).await?;
        let input = with_terms(input, terms);
        let shipping = kind == Some(RewardKind::FreeShipping);
        let Some(found) = found else {
            return self.create(input, shipping).await.map(Coded::Made);
        };
        let ours = found.is_ours(&job.code, job.reference.as_deref());
        if !ours {
            return Ok(if found.is_like(&input, shipping) {
                Coded::Same
            } else {
                Coded::Foreign("the shop has a discount of this code with other terms".into())
            });
        }
        let on_all = shipping || input.pointer("/customerGets/items/all").is_some();
        if found.is_shipping() == shipping && on_all && found.is_on_all() {
            let query = if shipping { UPDATE_SHIPPING } else { UPDATE_BASIC };
            self.done(query, json!({"id": found.id, "input": input})).await?;
            return Ok(Coded::Made(found.id));
        }
        // A discount of one type does not become one of another, and products are only ever added to one.
        self.done(DELETE, json!({"id": found.id})).await?;
        self.create(input, shipping).await.map(Coded::Made)
    }

    /// Ends a referrer's code, where it is ours.
    pub async fn end_code(&self, job: &CodeJob) -> Result<Coded, Fault> {
        if let Some(found) = self.look(&job.code).await?
            && found.is_ours(&job.code, job.reference.as_deref())
            && !found.is_over()
        {
            self.done(DEACTIVATE, json!({"id": found.id})).await?;
        }
        Ok(Coded::Ended)
    }

    /// What an earlier try gave. Credit has no name there: it is looked for by its time and amount.
    pub async fn find(&self, gift: &Gift) -> Result<Option<Given>, Fault> {
        match gift.reward.kind.word() {
            Some(RewardKind::StoreCredit) => {
                let Some(begun) = gift.begun else { return Ok(None) };
                // Without a customer nobody can look any more.
                let customer = customer(gift).map_err(|_| {
                    Fault::Unfit("it may have been given, to a customer who is not known any more".into())
                })?;
                let booked = self.transaction(gift, &customer, begun, CREDITED).await?;
                Ok(booked.map(|booked| Given { code: None, reference: Some(booked) }))
            }
            Some(RewardKind::GiftCard) => {
                let code = card_code(gift);
                let Some(card) = self.card(&code, None).await? else { return Ok(None) };
                let id = card.get("id").and_then(Value::as_str).map(str::to_owned);
                Ok(Some(Given { code: Some(code), reference: id }))
            }
            Some(
                RewardKind::PercentOff
                | RewardKind::AmountOff
                | RewardKind::FreeShipping
                | RewardKind::FreeProduct
                | RewardKind::Cash
                | RewardKind::Points
                | RewardKind::Access
                | RewardKind::Commission
                | RewardKind::Donation,
            )
            | None => {
                let found = self.look(&gift.code).await?;
                Ok(found.map(|found| Given { code: Some(gift.code.clone()), reference: Some(found.id) }))
            }
        }
    }

    /// Gives a reward.
    pub async fn give(&self, gift: &Gift) -> Result<Given, Fault> {
        match gift.reward.kind.word() {
            Some(RewardKind::StoreCredit) => self.credit(gift).await,
            Some(RewardKind::GiftCard) => self.gift_card(gift).await,
            Some(
                RewardKind::PercentOff
                | RewardKind::AmountOff
                | RewardKind::FreeShipping
                | RewardKind::FreeProduct
                | RewardKind::Cash
                | RewardKind::Points
                | RewardKind::Access
                | RewardKind::Commission
                | RewardKind::Donation,
            )
            | None => {
                let now = self.caller.web.now();
                let mut input = self.discount(&gift.reward, &gift.code, mark(&gift.code), Some(now)).await?;
                put(&mut input, "usageLimit", json!(1));
                let shipping = gift.reward.kind == RewardKind::FreeShipping;
                let made = self.create(input, shipping).await;
                let reference = match made {
                    // Nobody else knows this code: an earlier try made it.
                    Err(Fault::Silent(words)) => match self.look(&gift.code).await? {
                        Some(found) => found.id,
                        None => return Err(Fault::Silent(words)),
                    },
                    made => made?,
                };
                Ok(Given { code: Some(gift.code.clone()), reference: Some(reference) })
            }
        }
    }

    /// Takes a reward back, where nothing of it was spent; the id of the debit, where that is how.
    pub async fn take_back(&self, gift: &Gift) -> Result<Option<String>, Fault> {
        match gift.reward.kind.word() {
            Some(RewardKind::StoreCredit) => self.debit(gift).await,
            Some(RewardKind::GiftCard) => {
                let Some(card) = self.card(&gift.code, gift.reference.as_deref()).await? else {
                    return Err(Fault::Refused("the shop has no such gift card".into()));
                };
                if card.get("enabled").and_then(Value::as_bool) == Some(false) {
                    return Ok(None);
                }
                let of = |pointer: &str| card.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
                if plain(of("/balance/amount")) != plain(of("/initialValue/amount")) {
                    return Err(spent());
                }
                let id = card.get("id").cloned().unwrap_or_default();
                self.done(END_GIFT_CARD, json!({"id": id})).await.map(|_| None)
            }
            Some(
                RewardKind::PercentOff
                | RewardKind::AmountOff
                | RewardKind::FreeShipping
                | RewardKind::FreeProduct
                | RewardKind::Cash
                | RewardKind::Points
                | RewardKind::Access
                | RewardKind::Commission
                | RewardKind::Donation,
            )
            | None => match self.look(&gift.code).await? {
                Some(found) if found.uses() > 0 => Err(spent()),
                Some(found) if !found.is_over() => {
                    self.done(DEACTIVATE, json!({"id": found.id})).await.map(|_| None)
                }
                Some(_) | None => Ok(None),
            },
        }
    }

    /// The gift card of a code, by its id where that is known.
    async fn card(&self, code: &str, id: Option<&str>) -> Result<Option<Value>, Fault> {
        let data = self.graphql(GIFT_CARDS, json!({"query": code})).await?;
        let nodes = data.pointer("/giftCards/nodes").and_then(Value::as_array);
        let code = code.to_ascii_lowercase();
        let ours = |node: &&Value| {
            let text = |name: &str| node.get(name).and_then(Value::as_str).unwrap_or_default();
            let end = text("lastCharacters").to_ascii_lowercase();
            id.map_or(!end.is_empty() && code.ends_with(&end), |known| text("id") == known)
        };
        Ok(nodes.into_iter().flatten().find(ours).cloned())
    }

    async fn credit(&self, gift: &Gift) -> Result<Given, Fault> {
        let customer = customer(gift)?;
        let money = json!({"amount": amount_of(&gift.reward)?, "currencyCode": gift.currency});
        let variables = json!({"id": customer, "input": {"creditAmount": money, "notify": true}});
        let done = self.done(CREDIT, variables).await?;
        let id = done.pointer("/storeCreditAccountTransaction/id").and_then(Value::as_str);
        Ok(Given { code: None, reference: id.map(str::to_owned) })
    }

    /// Books store credit back; the id of it.
    async fn debit(&self, gift: &Gift) -> Result<Option<String>, Fault> {
        let customer = customer(gift)?;
        if let Some(begun) = gift.begun
            && let Some(booked) = self.transaction(gift, &customer, begun, DEBITED).await?
        {
            return Ok(Some(booked));
        }
        let money = json!({"amount": amount_of(&gift.reward)?, "currencyCode": gift.currency});
        let variables = json!({"id": customer, "input": {"debitAmount": money}});
        match self.done(DEBIT, variables).await {
            Err(Fault::Refused(words)) if words.starts_with("INSUFFICIENT_FUNDS") => Err(spent()),
            done => {
                let id = done?
                    .pointer("/storeCreditAccountTransaction/id")
                    .and_then(Value::as_str)
                    .map(str::to_owned);
                Ok(id)
            }
        }
    }

    /// The first transaction of this amount that was booked since then and is no other reward's.
    async fn transaction(
        &self,
        gift: &Gift,
        customer: &str,
        since: Instant,
        kind: &str,
    ) -> Result<Option<String>, Fault> {
        let data = self.graphql(ACCOUNTS, json!({"id": customer})).await?;
        let amount = amount_of(&gift.reward)?.as_str();
        let accounts = data.pointer("/customer/storeCreditAccounts/nodes").and_then(Value::as_array);
        let transactions = accounts
            .into_iter()
            .flatten()
            .filter_map(|account| account.pointer("/transactions/nodes").and_then(Value::as_array));
        let earliest = since.plus_seconds(-SKEW);
        let ours = |one: &Value| {
            let text = |pointer: &str| one.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            let at = Instant::parse(text("/createdAt")).filter(|at| earliest <= *at)?;
            // A debit's amount is written with its sign.
            let same = plain(text("/amount/amount").trim_start_matches('-')) == plain(amount)
                && text("/amount/currencyCode") == gift.currency;
            let id = text("/id");
            // Orders that are paid by credit, or refunded to it, are the shop's.
            let adjusted = text("/event") == "ADJUSTMENT";
            let new = !gift.others.iter().any(|other| other == id);
            (text("/__typename") == kind && adjusted && same && new).then(|| (at, id.to_owned()))
        };
        // What was booked later is another's, which is looked for after this one.
        Ok(transactions.flatten().filter_map(ours).min().map(|(_, id)| id))
    }

    async fn gift_card(&self, gift: &Gift) -> Result<Given, Fault> {
        let code = card_code(gift);
        let mut input = json!({"code": code, "note": mark(&gift.id),
            "initialAmount": {"amount": amount_of(&gift.reward)?, "currencyCode": gift.currency}});
        if let Ok(customer) = customer(gift) {
            put(&mut input, "customerId", json!(customer));
        }
        match self.done(GIFT_CARD, json!({"input": input})).await {
            Ok(done) => {
                let id = done.pointer("/giftCard/id").and_then(Value::as_str).map(str::to_owned);
                Ok(Given { code: Some(code), reference: id })
            }
            // Nobody else knows this code: an earlier try made it.
            Err(Fault::Refused(words)) if words.starts_with("TAKEN") => {
                Ok(Given { code: Some(code), reference: None })
            }
            Err(fault) => Err(fault),
        }
    }

    /// A discount as it is made, but for its terms.
    async fn discount(
        &self,
        reward: &Reward,
        code: &str,
        title: String,
        starts: Option<Instant>,
    ) -> Result<Value, Fault> {
        let starts = starts.unwrap_or_else(|| self.caller.web.now());
        let mut input = json!({"title": title, "code": code, "startsAt": starts, "endsAt": null, "context": {"all": "ALL"}});
        let all = json!({"all": true});
        let gets = match reward.kind.word() {
            Some(RewardKind::PercentOff) => json!({"value": {"percentage": share(reward)?}, "items": all}),
            Some(RewardKind::AmountOff | RewardKind::GiftCard | RewardKind::StoreCredit) => {
                json!({"value": {"discountAmount": {"amount": amount_of(reward)?, "appliesOnEachItem": false}}, "items": all})
            }
            Some(RewardKind::FreeProduct) => {
                let (variant, price) = self.variant(reward.sku.as_deref().unwrap_or_default()).await?;
                // A share of 100 % would make any number of them free: the price of one is taken off once.
                json!({"value": {"discountAmount": {"amount": price, "appliesOnEachItem": false}},
                    "items": {"products": {"productVariantsToAdd": [variant]}}})
            }
            Some(RewardKind::FreeShipping) => {
                put(&mut input, "destination", all);
                return Ok(input);
            }
            Some(
                RewardKind::Cash
                | RewardKind::Points
                | RewardKind::Access
                | RewardKind::Commission
                | RewardKind::Donation,
            )
            | None => return Err(unfit("Shopify", reward)),
        };
        put(&mut input, "customerGets", gets);
        Ok(input)
    }

    async fn variant(&self, sku: &str) -> Result<(String, String), Fault> {
        let quoted = sku.replace('\\', "\\\\").replace('\'', "\\'");
        let data = self.graphql(VARIANT, json!({"query": format!("sku:'{quoted}'")})).await?;
        let nodes = data.pointer("/productVariants/nodes").and_then(Value::as_array);
        let exact = |node: &&Value| node.get("sku").and_then(Value::as_str) == Some(sku);
        let variant = nodes.into_iter().flatten().find(exact);
        let text = |name: &str| variant.and_then(|node| node.get(name)?.as_str()).map(str::to_owned);
        text("id")
            .zip(text("price"))
            .ok_or_else(|| Fault::Refused(format!("the shop has no product of the SKU {sku}")))
    }

    async fn look(&self, code: &str) -> Result<Option<Found>, Fault> {
        let data = self.graphql(LOOK, json!({"code": code})).await?;
        let node = data.get("codeDiscountNodeByCode").filter(|node| !node.is_null());
        Ok(node.and_then(|node| {
            let id = node.get("id")?.as_str()?.to_owned();
            Some(Found { id, discount: node.get("codeDiscount")?.clone() })
        }))
    }

    /// Makes a discount; where its code is taken by now, an earlier try may have made it, which the next look finds.
    async fn create(&self, input: Value, shipping: bool) -> Result<String, Fault> {
        let query = if shipping { CREATE_SHIPPING } else { CREATE_BASIC };
        match self.done(query, json!({"input": input})).await {
            Ok(done) => done
                .pointer("/codeDiscountNode/id")
                .and_then(Value::as_str)
                .map(str::to_owned)
                .ok_or_else(|| Fault::Silent("it made a discount and did not say which".into())),
            Err(Fault::Refused(words)) if words.starts_with("TAKEN") || words.starts_with("DUPLICATE") => {
                Err(Fault::Silent(words))
            }
            Err(fault) => Err(fault),
        }
    }

    /// Does what a mutation says; its `userErrors` are a refusal, the code first.
    async fn done(&self, query: &str, variables: Value) -> Result<Value, Fault> {
        let mut data = self.graphql(query, variables).await?;
        let done = data.get_mut("done").map(Value::take).unwrap_or_default();
        let errors = done.get("userErrors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let Some(first) = errors.first() else { return Ok(done) };
        let text = |name: &str| first.get(name).and_then(Value::as_str).unwrap_or_default();
        Err(Fault::Refused(format!("{} {}", text("code"), text("message")).trim().to_owned()))
    }

    pub(super) async fn graphql(&self, query: &str, variables: Value) -> Result<Value, Fault> {
        let (mut body, reply) = self.question(query, variables, MOST_READ).await?;
        match fault_of(&body, &reply) {
            Some(fault) => Err(fault),
            None => Ok(body.get_mut("data").map(Value::take).unwrap_or_default()),
        }
    }

    /// The same, where parts that the app may not see, such as a customer's address, may be missing; beside it, which those
    /// are, each as the path to it.
    pub(super) async fn graphql_in_part(
        &self,
        query: &str,
        variables: Value,
    ) -> Result<(Value, Vec<Vec<Value>>), Fault> {
        let (mut body, reply) = self.question(query, variables, reconcile::MOST_READ).await?;
        let data = body.get_mut("data").map(Value::take).unwrap_or_default();
        let denied = |error: &Value| {
            let deep = error.get("path").and_then(Value::as_array).is_some_and(|path| path.len() > 1);
            deep && error.pointer("/extensions/code").and_then(Value::as_str) == Some("ACCESS_DENIED")
        };
        let errors = body.get("errors").and_then(Value::as_array);
        if let Some(errors) = errors.filter(|errors| errors.iter().all(denied) && !data.is_null()) {
            let path = |error: &Value| error.get("path").and_then(Value::as_array).cloned();
            return Ok((data, errors.iter().filter_map(path).collect()));
        }
        fault_of(&body, &reply).map_or(Ok((data, Vec::new())), Err)
    }

    /// Asks; the body of the answer, which may be one of errors.
    async fn question(&self, query: &str, variables: Value, most: usize) -> Result<(Value, Reply), Fault> {
        let token = self.token().await?;
        let request = Outgoing {
            method: Method::POST,
            url: format!("{}/admin/api/{VERSION}/graphql.json", self.base()),
            headers: vec![("content-type", "application/json".into()), ("x-shopify-access-token", token)],
            body: Some(json!({"query": query, "variables": variables}).to_string()),
            most,
        };
        let reply = self.caller.ask(request).await?;
        if matches!(reply.status, 401 | 402 | 403 | 404 | 423) {
            self.caller.memory.forget();
            return Err(Fault::Shut(said(&reply)));
        }
        Ok((json(&reply)?, reply))
    }

    /// The token by which it is asked; an app's is asked for where none is remembered.
    async fn token(&self) -> Result<String, Fault> {
        let (id, secret) = match self.key {
            ShopifyKey::Token(token) => return Ok(token.clone()),
            ShopifyKey::App { id, secret } => (id, secret),
        };
        let now = self.caller.web.now();
        if let Some(token) = self.caller.memory.token(self.caller.credentials, now) {
            return Ok(token);
        }
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", id)
            .append_pair("client_secret", secret)
            .finish();
        let request = Outgoing {
            method: Method::POST,
            url: format!("{}/admin/oauth/access_token", self.base()),
            headers: vec![
                ("content-type", "application/x-www-form-urlencoded".into()),
                ("accept", "application/json".into()),
            ],
            body: Some(form),
            most: MOST_READ,
        };
        let reply = self.caller.ask(request).await?;
        if reply.status >= 400 {
            return Err(Fault::Shut(said(&reply)));
        }
        let body = json(&reply)?;
        let token = body.get("access_token").and_then(Value::as_str);
        let token = token.ok_or_else(|| Fault::Silent("it gave no token".into()))?;
        let holds = body.get("expires_in").and_then(Value::as_i64).unwrap_or_default();
        self.caller.memory.keep(self.caller.credentials, token, now.plus_seconds(holds - EARLY));
        Ok(token.to_owned())
    }

    fn base(&self) -> String {
        match self.caller.web.stand_in(Api::Shopify) {
            Some(base) => format!("{base}/{}", self.shop),
            None => format!("https://{}", self.shop),
        }
    }
}

impl Found {
    /// Whether it was made by us.
    fn is_ours(&self, code: &str, reference: Option<&str>) -> bool {
        reference == Some(self.id.as_str()) || self.text("/title") == mark(code)
    }

    fn is_shipping(&self) -> bool {
        self.text("/__typename") == "DiscountCodeFreeShipping"
    }

    fn is_on_all(&self) -> bool {
        self.is_shipping() || self.text("/customerGets/items/__typename") == "AllDiscountItems"
    }

    fn is_over(&self) -> bool {
        self.text("/status") == "EXPIRED"
    }

    fn uses(&self) -> i64 {
        self.discount.get("asyncUsageCount").and_then(Value::as_i64).unwrap_or_default()
    }

    /// Whether a discount of the shop's own gives what ours would.
    fn is_like(&self, input: &Value, shipping: bool) -> bool {
        let wanted = |pointer: &str| input.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let least = "/minimumRequirement/greaterThanOrEqualToSubtotal/amount";
        let least_wanted = wanted("/minimumRequirement/subtotal/greaterThanOrEqualToSubtotal");
        let of_type = match (shipping, self.text("/__typename")) {
            (true, name) => name == "DiscountCodeFreeShipping",
            (false, name) => name == "DiscountCodeBasic",
        };
        let quantity = self.text("/minimumRequirement/__typename") == "DiscountMinimumQuantity";
        let unlimited = self.discount.get("usageLimit").is_none_or(Value::is_null);
        let ends = Instant::parse(self.text("/endsAt")) == Instant::parse(wanted("/endsAt"));
        let value = match input.pointer("/customerGets/value/percentage") {
            Some(share) => same_number(self.discount.pointer("/customerGets/value/percentage"), share),
            None if shipping => true,
            None => {
                let amount = self.text("/customerGets/value/amount/amount");
                !amount.is_empty()
                    && plain(amount) == plain(wanted("/customerGets/value/discountAmount/amount"))
            }
        };
        let on_all = shipping || self.is_on_all() && input.pointer("/customerGets/items/all").is_some();
        of_type
            && self.text("/status") == "ACTIVE"
            && self.text("/context/__typename") == "DiscountBuyerSelectionAll"
            && self.discount.get("appliesOncePerCustomer") == input.get("appliesOncePerCustomer")
            && !quantity
            && unlimited
            && ends
            && value
            && on_all
            && plain(self.text(least)) == plain(least_wanted)
    }

    fn text(&self, pointer: &str) -> &str {
        self.discount.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}

/// The terms beside what a code gives. Shopify has no condition on new customers: where the program has one, each customer
/// may use the code once.
fn with_terms(mut input: Value, terms: &CodeTerms) -> Value {
    let least = match &terms.min_subtotal {
        Some(least) => json!({"subtotal": {"greaterThanOrEqualToSubtotal": least}}),
        None => Value::Null,
    };
    put(&mut input, "minimumRequirement", least);
    put(&mut input, "endsAt", json!(terms.ends_at));
    put(&mut input, "usageLimit", Value::Null);
    put(&mut input, "appliesOncePerCustomer", json!(terms.new_customers_only));
    input
}

/// Since when a discount that stands has begun; it does not begin anew when its terms change.
fn begun(found: Option<&Found>, now: Instant) -> Option<Instant> {
    let starts = Instant::parse(found?.text("/startsAt"))?;
    (starts <= now).then_some(starts)
}

/// A percentage as a share of one, which is how Shopify writes it: ten percent are 0.1. The number is made of its text, so
/// that no arithmetic with floats comes in between.
fn share(reward: &Reward) -> Result<Value, Fault> {
    let wrong = || Fault::Unfit("the percentage of this reward is not readable".to_owned());
    let percent = reward.percent.as_ref().ok_or_else(wrong)?;
    let rate = Rate::parse(percent.as_str()).ok_or_else(wrong)?;
    let parts = i64::from(rate.parts_per_million());
    let text = parrain_core::money::format_amount(parts, 6);
    serde_json::from_str(&text).map_err(|_| wrong())
}

/// Whether two numbers are the same, of which one may be written `1` and the other `1.0`.
fn same_number(one: Option<&Value>, other: &Value) -> bool {
    let one = one.map(ToString::to_string).unwrap_or_default();
    !one.is_empty() && plain(&one) == plain(&other.to_string())
}

/// The id under which Shopify knows a customer, which is a number at the shop.
fn customer(gift: &Gift) -> Result<String, Fault> {
    let id = gift.customer_id.as_deref().unwrap_or_default();
    let number = id.rsplit('/').next().unwrap_or_default();
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        let words = "the referrer has no customer's number of Shopify's, which store credit needs";
        return Err(Fault::Refused(words.into()));
    }
    Ok(format!("gid://shopify/Customer/{number}"))
}

/// A gift card's code: letters and digits alone, 8 to 20 of them.
fn card_code(gift: &Gift) -> String {
    gift.code.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// What an answer says is wrong with the whole question.
fn fault_of(body: &Value, reply: &Reply) -> Option<Fault> {
    let errors = match body.get("errors") {
        None | Some(Value::Null) => {
            return (!(200..300).contains(&reply.status)).then(|| Fault::Refused(said(reply)));
        }
        Some(Value::Array(errors)) => errors,
        Some(_) => return Some(Fault::Refused(said(reply))),
    };
    let code = |error: &Value| error.pointer("/extensions/code").and_then(Value::as_str).map(str::to_owned);
    let first = errors.first()?;
    if errors.iter().any(|error| code(error).as_deref() == Some("THROTTLED")) {
        let cost = |pointer: &str| body.pointer(&format!("/extensions/cost{pointer}")).and_then(whole);
        let missing = cost("/requestedQueryCost").unwrap_or(RESTORE)
            - cost("/throttleStatus/currentlyAvailable").unwrap_or_default();
        let restored = cost("/throttleStatus/restoreRate").unwrap_or(RESTORE).max(1);
        let wait = (missing.max(1) + restored - 1) / restored;
        return Some(Fault::Slow(wait.clamp(1, LONGEST_RESTORE)));
    }
    let words = first.get("message").and_then(Value::as_str).unwrap_or_default();
    Some(Fault::Refused(format!("{} {words}", code(first).unwrap_or_default()).trim().to_owned()))
}

/// Points of a bucket, which Shopify writes as `1000` or `1000.0`.
fn whole(value: &Value) -> Option<i64> {
    let text = value.to_string();
    text.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &Value) -> Option<Fault> {
        fault_of(body, &Reply { status, retry_after: None, body: body.to_string() })
    }

    #[test]
    fn a_percentage_is_a_share_of_one() {
        for (percent, text) in [("10", "0.1"), ("12.5", "0.125"), ("0.0001", "0.000001"), ("33.33", "0.3333")]
        {
            let reward = Reward { percent: Some(percent.into()), ..Reward::default() };
            let number: Value = serde_json::from_str(text).unwrap();
            assert_eq!(share(&reward), Ok(number));
        }
        let whole = Reward { percent: Some("100".into()), ..Reward::default() };
        assert!(same_number(Some(&json!(1)), &share(&whole).unwrap()));
        assert!(share(&Reward::default()).is_err());
    }

    #[test]
    fn waits_until_its_points_are_there() {
        let throttled = |available: Value| {
            json!({"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
                "extensions": {"cost": {"requestedQueryCost": 312, "actualQueryCost": null,
                    "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": available, "restoreRate": 100.0}}}})
        };
        assert_eq!(reply(200, &throttled(json!(12.0))), Some(Fault::Slow(3)));
        assert_eq!(reply(200, &throttled(json!(311))), Some(Fault::Slow(1)));
        assert_eq!(
            reply(200, &json!({"errors": [{"extensions": {"code": "THROTTLED"}}]})),
            Some(Fault::Slow(1))
        );
        let denied = json!({"errors": [{"message": "Access denied for giftCardCreate field.",
            "extensions": {"code": "ACCESS_DENIED"}}]});
        assert!(
            matches!(reply(200, &denied), Some(Fault::Refused(words)) if words.starts_with("ACCESS_DENIED"))
        );
        assert_eq!(reply(200, &json!({"data": {}})), None);
    }

    #[test]
    fn a_customer_is_a_number_of_shopify_s() {
        let of = |id: &str| {
            customer(&Gift {
                id: "rw-1".into(),
                code: "X".into(),
                reward: Reward::default(),
                currency: "EUR".into(),
                customer_id: Some(id.into()),
                email: None,
                begun: None,
                reference: None,
                others: Vec::new(),
            })
        };
        assert_eq!(of("7"), Ok("gid://shopify/Customer/7".into()));
        assert_eq!(of("gid://shopify/Customer/7"), Ok("gid://shopify/Customer/7".into()));
        assert!(of("c-anna").is_err() && of("").is_err());
    }
}

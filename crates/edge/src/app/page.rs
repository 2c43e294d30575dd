//! What a shop's pages ask: the offer, touches, joining, a referrer's rewards, reported conversions.

use super::access::RETRY_AFTER;
use super::body::{self, MOST_NAME};
use super::shops::Shop;
use super::{App, Env, Limit, meant};
use crate::cors;
use crate::http::{Method, Request, Response, StatusCode, header};
use crate::identity::{self, Identity};
use crate::problem::Error;
use crate::protocol::Refusal;
use crate::protocol::calls::{CountTouch, FindReferrer, GetStatus, Join, ReportConversion, UseSignInKey};
use crate::protocol::shop::Referrer;
use crate::route::{Found, Route};
use crate::shop_id::ShopId;
use crate::stores::LedgerError;
use crate::stores::keys::PublicReferrer;
use crate::token;
use parrain_core::check::{Faults, Node};
use parrain_core::code::Code;
use parrain_core::event::{self, Kind, Source};
use parrain_core::program::{Audience, Offer, Program};
use parrain_core::wire::RewardStatus;
use serde_json::{Map, Value, json};
use std::rc::Rc;

/// How many codes are tried when one is made up; two clashes in a row do not happen among 31^8.
const CANDIDATES: usize = 4;

impl<E: Env> App<E> {
    /// Answers a page's script, with CORS headers for the program's origins.
    pub(super) async fn page(&self, request: &Request, id: &ShopId, found: Found) -> Response {
        let code = matches!(found.route, Route::Offer(_)).then(|| request.param("code")).flatten();
        let limit = match (&found.route, &code) {
            (Route::Referrers(_), _) => Some(Limit::Join),
            (Route::Offer(_), None) | (Route::Rewards(_), _) => None,
            (Route::PayoutDetails(..), _) if *meant(request) == Method::GET => None,
            _ => Some(Limit::Page),
        };
        if let Some(limit) = limit
            && !self.env.allow(limit, &request.client()).await
        {
            let shop = self.shop(id).await.ok();
            let origins = shop.as_ref().map_or(&[][..], |shop| &shop.program.origins);
            return cors::dress(Error::TooMany(RETRY_AFTER).response(), request, origins);
        }
        let known = match code.as_deref().map(str::parse::<Code>) {
            Some(Ok(code)) => self.shop_and_referrer(id, &code).await,
            _ => self.shop(id).await.map(|shop| (shop, None)),
        };
        let (shop, referrer) = match self.counted(request, known).await {
            Ok(known) => known,
            // A page with a wrong shop id may read that it is wrong: whose pages could be asked for is not known.
            Err(error @ Error::NotFound(_)) => return cors::open(self.refuse(error)),
            Err(error) => return cors::dress(self.refuse(error), request, &[]),
        };
        let answer = match &found.route {
            Route::Offer(_) => self.offer(request, id, &shop, code.map(|code| (code, referrer))),
            Route::Touches(_) => self.touch(request, id).await,
            Route::Referrers(_) => self.join(request, id, &shop).await,
            Route::Rewards(_) => self.rewards(request, id, &shop).await,
            Route::Conversions(_) => self.report_conversion(request, id, &shop).await,
            Route::PayoutDetails(_, code) => self.payout_details(request, id, &shop, code).await,
            _ => Err(Error::Method(found.allow())),
        };
        let answer = answer.unwrap_or_else(|error| self.refuse(error));
        cors::dress(answer, request, &shop.program.origins)
    }

    /// Answers a browser that asks whether a page may use a resource.
    pub(super) async fn preflight(
        &self,
        request: &Request,
        id: &ShopId,
        methods: &[Method],
    ) -> Result<Response, Error> {
        let shop = self.counted(request, self.shop(id).await).await?;
        let names: Vec<&str> = methods
            .iter()
            .map(|method| if *method == Method::GET { "GET, HEAD" } else { method.as_str() })
            .collect();
        cors::preflight(request, &shop.program.origins, &names.join(", "))
    }

    fn offer(
        &self,
        request: &Request,
        id: &ShopId,
        shop: &Shop,
        code: Option<(String, Option<PublicReferrer>)>,
    ) -> Result<Response, Error> {
        let program = &shop.program;
        let now = self.env.now();
        let public = |offer: &&Offer| offer.audience == Audience::Customer && offer.is_active(now);
        let joinable = program.joinable().filter(|offer| offer.is_active(now));
        let mut answer = json!({
            "shop": id.as_str(),
            "name": program.name,
            "currency": program.currency.code(),
            "locale": program.locale,
            "link_params": program.link_params,
            "window_days": program.window_days,
            "offers": program.offers.iter().filter(public).map(|offer| public_side(program, offer)).collect::<Vec<_>>(),
            "join": joinable.map(|offer| json!({"offer": offer.id})),
            "texts": texts(program, request.param("locale").as_deref()),
        });
        let asked = code.is_some();
        let mut good = true;
        if let (Some((text, referrer)), Some(members)) = (code, answer.as_object_mut()) {
            let verdict = verdict(program, &text, referrer, now);
            good = verdict.get("valid") == Some(&Value::Bool(true));
            members.insert("code".into(), verdict);
        }
        // A code that is not known yet may be made the next moment.
        let keep = match (asked, good) {
            (_, false) => "no-store".to_owned(),
            (true, true) => format!("private, max-age={}", holds_for(program, now).min(60)),
            (false, true) => format!("public, max-age={}", holds_for(program, now)),
        };
        Ok(Response::json(StatusCode::OK, &answer)?.with(header::CACHE_CONTROL, &keep))
    }

    async fn touch(&self, request: &Request, id: &ShopId) -> Result<Response, Error> {
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        let code = code_of(&root.field("code"), &mut faults);
        let source: Option<Source> = root.field("source").choice(&mut faults, Source::WORDS);
        let landing = root.field("landing");
        if landing.value().is_some_and(|landing| !landing.is_string()) {
            faults.add(&landing, "must be a text");
        }
        // How the code came is the touch's own matter, told again with the order; here touches are counted.
        let (Some(code), Some(_)) = body::checked(faults, (code, source))? else {
            return Err(Error::invalid("", "must have a code and a source"));
        };
        self.ask(id, CountTouch { code }).await?;
        accepted()
    }

    async fn join(&self, request: &Request, id: &ShopId, shop: &Rc<Shop>) -> Result<Response, Error> {
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        if root.field("key").is_present() {
            return self.sign_in(request, id, shop, &root).await;
        }
        let name = body::name(&root.field("name"), &mut faults);
        let email = body::email(&root.field("email"), &mut faults);
        let identity = root.field("identity");
        let signed = identity.optional_text(&mut faults, identity::MOST_BYTES);
        let create = root.field("create").optional_bool(&mut faults).unwrap_or(true);
        if !create && signed.is_none() {
            faults
                .add(&identity, "is needed where \"create\" is false: it says whose rewards are looked for");
        }
        body::checked(faults, ())?;
        let mut referrer = Referrer { name, email, ..Referrer::default() };
        if let Some(signed) = signed {
            let who = match identity::verify(&shop.record.secrets.shop_token, signed, self.env.now()) {
                Ok(who) => who,
                Err(refusal) => {
                    return Err(self.failed(request, Error::Unauthorized(refusal.words())).await);
                }
            };
            if !create {
                return self.look_up(request, id, shop, who.customer_id).await;
            }
            referrer = vouched_for(referrer, who);
        }
        let identified = referrer.customer_id.is_some();
        referrer.email_hash = referrer.email.as_deref().and_then(|email| shop.email_hash(email));
        let mut candidates = Vec::new();
        for _ in 0..CANDIDATES {
            candidates.push(Code::generate(self.env.random()?));
        }
        let joined = self.ask_very(id, shop, Join { candidates, referrer, identified }).await?;
        let card = self.card(request, id, shop, &joined.value.code)?;
        Ok(Response::json(StatusCode::CREATED, &card)?)
    }

    /// The card of the referrer to whom the shop mailed a sign-in link, once.
    async fn sign_in(
        &self,
        request: &Request,
        id: &ShopId,
        shop: &Shop,
        root: &Node<'_>,
    ) -> Result<Response, Error> {
        let mut faults = Faults::default();
        let key = root.field("key").text(&mut faults, identity::MOST_BYTES);
        let create = root.field("create");
        let joins = create.optional_bool(&mut faults) == Some(true);
        let others = ["name", "email", "identity"].map(|name| root.field(name));
        for other in others.iter().filter(|one| one.is_present()).chain(joins.then_some(&create)) {
            faults.add(other, "has no place beside a key, which only looks up whose it is");
        }
        let key = body::checked(faults, key)?.unwrap_or_default();
        let answer = match token::sign_in_hash(key) {
            Some(hash) => self.ask_very(id, shop, UseSignInKey { hash }).await,
            None => Err(LedgerError::Refused(Refusal::UnknownKey).into()),
        };
        match answer {
            Ok(referrer) => {
                let card = self.card(request, id, shop, &referrer.code)?;
                Ok(Response::json(StatusCode::OK, &card)?)
            }
            Err(error @ Error::Unauthorized(_)) => Err(self.failed(request, error).await),
            Err(error) => Err(error),
        }
    }

    /// The card of a customer who is a referrer, without making one of a customer who is none: that is a 204,
    /// since a 404 would stand as a fault in the console of every page that only looks.
    async fn look_up(
        &self,
        request: &Request,
        id: &ShopId,
        shop: &Shop,
        customer_id: String,
    ) -> Result<Response, Error> {
        match self.ask_very(id, shop, FindReferrer { customer_id }).await? {
            Some(referrer) => {
                let card = self.card(request, id, shop, &referrer.code)?;
                Ok(Response::json(StatusCode::OK, &card)?)
            }
            None => Ok(Response::empty(StatusCode::NO_CONTENT)),
        }
    }

    /// What a referrer needs: code, link and token.
    pub(super) fn card(
        &self,
        request: &Request,
        id: &ShopId,
        shop: &Shop,
        code: &Code,
    ) -> Result<Value, Error> {
        let token = token::referrer_token(shop.token_key(), id, code, self.env.now())
            .ok_or_else(|| Error::Internal("no referrer token could be made".into()))?;
        Ok(json!({"code": code, "link": self.link(request, id, code), "token": token}))
    }

    async fn rewards(&self, request: &Request, id: &ShopId, shop: &Shop) -> Result<Response, Error> {
        let now = self.env.now();
        let held = request.bearer().and_then(|given| token::referrer_of(shop.token_key(), id, given, now));
        let Some((code, made)) = held else {
            const WRONG: Error =
                Error::Unauthorized("this needs the referrer's token, which may have expired");
            return Err(self.failed(request, WRONG).await);
        };
        let ask = GetStatus { code, as_of: now, cursor: request.param("cursor"), token_made: Some(made) };
        let mut status = self.ask_very(id, shop, ask).await?;
        status.link = self.link(request, id, &status.code);
        mask(&mut status);
        Ok(Response::json(StatusCode::OK, &status)?)
    }

    async fn report_conversion(
        &self,
        request: &Request,
        id: &ShopId,
        shop: &Shop,
    ) -> Result<Response, Error> {
        let json = body::json(request)?;
        let mut order = event::parse_report(&json, self.env.now()).map_err(Error::Invalid)?;
        order.customer.email = order.customer.email.and_then(|email| shop.email_hash(&email));
        // What became of it is the shop's business, not the page's.
        self.record(id, shop, ReportConversion(order)).await?;
        accepted()
    }
}

/// What is typed, with what the shop vouches for: an address of the shop's stands above a typed one, a name is as
/// its owner types it.
fn vouched_for(typed: Referrer, who: Identity) -> Referrer {
    let email = who.email.filter(|email| body::is_email(email.trim()));
    let name = who.name.as_deref().and_then(body::clean_name);
    Referrer {
        customer_id: Some(who.customer_id),
        email_is_typed: email.is_none() && typed.email.is_some(),
        email: email.or(typed.email),
        name: typed.name.or_else(|| name.map(|name| name.chars().take(MOST_NAME).collect())),
        ..typed
    }
}

fn accepted() -> Result<Response, Error> {
    Ok(Response::json(StatusCode::ACCEPTED, &json!({"status": "accepted"}))?)
}

fn code_of(node: &Node<'_>, faults: &mut Faults) -> Option<Code> {
    let text = node.text(faults, 64)?;
    text.parse().map_err(|fault: parrain_core::code::NotACode| faults.add(node, fault.to_string())).ok()
}

/// An offer without what is between the shop and its referrers alone.
fn public_side(program: &Program, offer: &Offer) -> Value {
    let mut side = offer.to_json(program.currency);
    if let Some(advocate) = side.get_mut("advocate").and_then(Value::as_object_mut) {
        advocate.remove("budget");
    }
    side
}

/// For how many seconds a browser may go by the public side of a program: every page of a shop asks for it, and no
/// discount is shown for long that is over or not yet there.
fn holds_for(program: &Program, now: parrain_core::instant::Instant) -> i64 {
    const MOST: i64 = 300;
    let turns = program.offers.iter().flat_map(|offer| [offer.starts_at, offer.ends_at]).flatten();
    let ahead = turns.map(|turn| turn.seconds() - now.seconds()).filter(|seconds| *seconds >= 0);
    ahead.min().map_or(MOST, |seconds| seconds.min(MOST))
}

/// What is said of a code: what it gives and from whom, or why it gives nothing.
fn verdict(
    program: &Program,
    text: &str,
    referrer: Option<PublicReferrer>,
    now: parrain_core::instant::Instant,
) -> Value {
    let refused = |reason: &str| json!({"valid": false, "reason": reason});
    let (Some(referrer), Ok(code)) = (referrer, text.parse::<Code>()) else {
        return refused("unknown");
    };
    let Some(offer) = program.offer(&referrer.offer) else {
        return refused("inactive");
    };
    if offer.ends_at.is_some_and(|end| end < now) {
        return refused("expired");
    }
    if !offer.is_active(now) {
        return refused("inactive");
    }
    // A friend learns the first name, not the whole one.
    let from = referrer.name.as_deref().and_then(|name| name.split_whitespace().next());
    json!({
        "valid": true,
        "code": code,
        "from": from,
        "offer": offer.id,
        "friend": offer.friend.as_ref().map(|friend| friend.to_json(program.currency)),
        "new_customers_only": offer.advocate.new_customers_only,
        "starts_at": offer.starts_at,
        "ends_at": offer.ends_at,
    })
}

/// The shop's own wording in a language: the exact tag over its primary language (`pt-BR` over `pt`), both
/// compared without case; the program's own language where none is asked for.
fn texts(program: &Program, locale: Option<&str>) -> Map<String, Value> {
    let wanted = locale.unwrap_or(&program.locale).to_ascii_lowercase();
    let primary = wanted.split('-').next().unwrap_or_default();
    let mut texts = Map::new();
    for tag in [primary, wanted.as_str()] {
        let found = program.texts.iter().find(|(name, _)| name.eq_ignore_ascii_case(tag));
        for (key, text) in found.into_iter().flat_map(|(_, texts)| texts) {
            texts.insert(key.clone(), json!(text));
        }
    }
    texts
}

/// Leaves of each order's id what its buyer recognises and nobody could look up, and drops what is the
/// shop's alone.
fn mask(status: &mut RewardStatus) {
    for conversion in &mut status.conversions {
        conversion.referrer = None;
        conversion.why = None;
        // What the shop gave by hand names no buyer, and says to the referrer why.
        if conversion.kind == Kind::Adjustment {
            continue;
        }
        let length = conversion.order_id.chars().count();
        let shown = (length / 2).min(3);
        let end: String = conversion.order_id.chars().skip(length - shown).collect();
        conversion.order_id = format!("…{end}");
        conversion.note = None;
    }
}

//! What a shop's pages ask: the offer, touches, joining, a referrer's rewards, reported conversions.

use super::access::RETRY_AFTER;
use super::body::{self, MOST_NAME};
use super::friends::month_end;
use super::shops::Shop;
use super::{App, Env, Limit, meant};
use crate::cors;
use crate::http::{Method, Request, Response, StatusCode, header};
use crate::identity::{self, Identity};
use crate::problem::Error;
use crate::protocol::calls::{
    CountTouch, FindReferrer, GetStatus, Join, ReportConversion, Saw, UseSignInKey,
};
use crate::protocol::shop::{Referrer, ReferrerRecord, Rotated};
use crate::protocol::{Call, Refusal};
use crate::route::{Found, Route};
use crate::shop_id::ShopId;
use crate::stores::keys::PublicReferrer;
use crate::stores::{LedgerError, Ledgers};
use crate::token;
use parrain_core::check::{Faults, Node};
use parrain_core::event::{self, Kind, Source};
use parrain_core::instant::Instant;
use parrain_core::program::{Audience, Discounts, Offer, Program};
use parrain_core::referrer::Activity;
use parrain_wire::moment::{CustomerKind, Facts};
use parrain_wire::page::{Accepted, Card, Invitation, Is, Joinable, PublicProgram, Refused, Verdict, WhyNot};
use parrain_wire::rewards::RewardStatus;
use parrain_wire::{Code, Texts, address};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How many codes are tried when one is made up; two clashes in a row do not happen among 31^8.
const CANDIDATES: usize = 4;

/// A code that is somebody's, with what is public of them.
type Known = (Code, PublicReferrer);

impl<E: Env> App<E> {
    /// Answers a page's script, with CORS headers for the program's origins.
    pub(super) async fn page(&self, request: &Request, id: &ShopId, found: Found) -> Response {
        let asked = if matches!(found.route, Route::Offer(_)) { request.params("code") } else { Vec::new() };
        let codes: Vec<Code> = asked.iter().filter_map(|text| Code::read(text)).take(address::MOST).collect();
        let limit = match (&found.route, asked.is_empty()) {
            (Route::Referrers(_) | Route::SignInMails(_) | Route::Reminders(_), _) => Some(Limit::Join),
            (Route::Offer(_), true) | (Route::Rewards(_), _) => None,
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
        let known = self.first_known(id, &codes).await;
        let (shop, referrer) = match self.counted(request, known).await {
            Ok(known) => known,
            // A page with a wrong shop id may read that it is wrong: whose pages could be asked for is not known.
            Err(error @ Error::NotFound(_)) => return cors::open(self.refuse(error)),
            Err(error) => return cors::dress(self.refuse(error), request, &[]),
        };
        self.watched(request, id, &shop, &found.route);
        let answer = match &found.route {
            Route::Offer(_) => {
                let verdict = (!asked.is_empty()).then(|| self.verdict(&shop, &codes, referrer));
                self.offer(request, id, &shop, verdict).await
            }
            Route::Touches(_) => self.touch(request, id).await,
            Route::Referrers(_) => self.join(request, id, &shop).await,
            Route::Rewards(_) => self.rewards(request, id, &shop).await,
            Route::Conversions(_) => self.report_conversion(request, id, &shop).await,
            Route::PayoutDetails(_, code) => self.payout_details(request, id, &shop, code).await,
            Route::SignInMails(_) => self.mail_sign_in(request, id, &shop),
            Route::Reminders(_) => self.write_reminder(request, id, &shop).await,
            Route::MakeClaim(_, code) => self.make_claim(request, id, &shop, code).await,
            _ => Err(Error::Method(found.allow())),
        };
        let answer = answer.unwrap_or_else(|error| self.refuse(error));
        cors::dress(answer, request, &shop.program.origins)
    }

    /// While a test of the set-up is watched: notes that a page of the shop's asked, or one that may not.
    fn watched(&self, request: &Request, id: &ShopId, shop: &Shop, route: &Route) {
        let now = self.env.now();
        let watched = shop.record.proving.as_ref().is_some_and(|proving| now < proving.until);
        if !watched || !matches!(route, Route::Offer(_)) {
            return;
        }
        let Some(origin) = request.header(header::ORIGIN) else { return };
        let saw = if shop.program.origins.iter().any(|known| known == origin) {
            let page = request.header(header::REFERER).unwrap_or(origin);
            Saw::Page { page: page.split(['?', '#']).next().unwrap_or(origin).to_owned() }
        } else {
            Saw::Foreign { origin: origin.to_owned() }
        };
        let (env, id) = (Rc::clone(&self.env), id.clone());
        self.env.later(Box::pin(async move {
            // Watching costs nothing but itself: where it fails, the page is none the worse.
            if let Err(fault) = env.ledgers().call(&id, Call::new(now, saw)).await {
                env.log(&format!("a test of the set-up was not noted: {fault}"));
            }
        }));
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

    /// The shop, and the first of several codes that is somebody's: an address may carry other people's words
    /// beside a code.
    async fn first_known(&self, id: &ShopId, asked: &[Code]) -> Result<(Rc<Shop>, Option<Known>), Error> {
        let mut shop = None;
        for code in asked {
            match self.shop_and_referrer(id, code).await? {
                (found, Some(referrer)) => return Ok((found, Some((code.clone(), referrer)))),
                (found, None) => shop = Some(found),
            }
        }
        match shop {
            Some(shop) => Ok((shop, None)),
            None => Ok((self.shop(id).await?, None)),
        }
    }

    /// What is said of the codes asked about: of the one that is somebody's, else of the shop's own.
    fn verdict(&self, shop: &Shop, asked: &[Code], known: Option<Known>) -> Verdict {
        let now = self.env.now();
        let own = if known.is_none() { own_verdict(asked, shop, now) } else { None };
        own.unwrap_or_else(|| verdict(&shop.program, known, now))
    }

    /// The public program; where codes were asked about, with what is said of them.
    async fn offer(
        &self,
        request: &Request,
        id: &ShopId,
        shop: &Shop,
        code: Option<Verdict>,
    ) -> Result<Response, Error> {
        let program = &shop.program;
        let now = self.env.now();
        let public = |offer: &&Offer| offer.audience == Audience::Customer && offer.is_active(now);
        let offers = program.offers.iter().filter(public);
        let asks_country = program.asks_country(now);
        let country = request.country().filter(|_| asks_country);
        let locale = request.param("locale");
        let facts = Facts {
            language: locale.as_deref().map(str::to_owned),
            country: country.map(str::to_owned),
            ..Facts::default()
        };
        let joinable = program.shown(&facts, now);
        let asked = code.is_some();
        let good = code.as_ref().is_none_or(|verdict| matches!(verdict, Verdict::Valid(_)));
        let offer_of_code = code.as_ref().and_then(|verdict| match verdict {
            Verdict::Valid(invitation) => Some(invitation.offer.clone()),
            Verdict::Invalid(_) => None,
        });
        let answer = PublicProgram {
            shop: id.to_string(),
            name: program.name.clone(),
            currency: program.currency.code().into(),
            locale: program.locale.clone(),
            time_zone: program.time_zone.clone(),
            link_params: program.link_params.clone(),
            window_days: program.window_days,
            offers: offers.map(|offer| offer.to_wire(program.currency).public()).collect(),
            join: joinable.map(|offer| Joinable { offer: offer.id.clone() }),
            friends_this_month: self.friends_this_month(id, shop).await,
            terms_url: program.terms_url.as_ref().map(|url| url.as_str().to_owned()),
            sign_in_url: program.sign_in_url.as_ref().map(|url| url.as_str().to_owned()),
            sign_in_mails: shop.record.page_mail.sign_in,
            reminders: shop.record.page_mail.reminder,
            texts: texts(program, offer_of_code.as_deref(), locale.as_deref()),
            country: facts.country,
            code,
        };
        // A code that is not known yet may be made the next moment. Where somebody is, is theirs alone.
        let keep = match (asked, good) {
            (_, false) => "no-store".to_owned(),
            (true, true) => format!("private, max-age={}", holds_for(shop, now).min(60)),
            (false, true) if asks_country => format!("private, max-age={}", holds_for(shop, now)),
            (false, true) => format!("public, max-age={}", holds_for(shop, now)),
        };
        Ok(Response::json(StatusCode::OK, &answer)?.with(header::CACHE_CONTROL, &keep))
    }

    /// Who a customer is by the shop's word: signed by its identity key or a connected module's, or by the shop's token,
    /// as shops did before there were such keys.
    fn identity(&self, shop: &Shop, signed: &str) -> Result<Identity, identity::Refusal> {
        let now = self.env.now();
        let secrets = &shop.record.secrets;
        let own = secrets.holding(Rotated::IdentityKey, now).chain(secrets.holding(Rotated::ShopToken, now));
        let modules = shop.record.identity_keys.values().map(Cow::from);
        let mut refused = identity::Refusal::Unsigned;
        for key in own.chain(modules) {
            match identity::verify(&key, signed, now) {
                Ok(identity) => return Ok(identity),
                Err(identity::Refusal::Unsigned) => {}
                // Whoever signed it was right; what is signed is not.
                Err(refusal) => refused = refusal,
            }
        }
        Err(refused)
    }

    /// By what a day's requests of whoever sent this are counted.
    pub(super) fn sender(&self, request: &Request, shop: &Shop) -> Result<String, Error> {
        shop.sender(&request.network(), self.env.now())
            .ok_or_else(|| Error::Internal("no hash of a sender could be made".into()))
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
        let (Some(code), Some(source)) = body::checked(faults, (code, source))? else {
            return Err(Error::invalid("", "must have a code and a source"));
        };
        self.ask(id, CountTouch { code, redeemed: source == Source::PromoCode }).await?;
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
        let offer = root.field("offer").optional_text(&mut faults, 64).map(str::to_owned);
        let marketing_consent =
            root.field("marketing_consent").optional_bool(&mut faults).unwrap_or_default();
        if !create && signed.is_none() {
            faults
                .add(&identity, "is needed where \"create\" is false: it says whose rewards are looked for");
        }
        body::checked(faults, ())?;
        let locale =
            request.header(header::ACCEPT_LANGUAGE).and_then(parrain_mail::spoken).map(str::to_owned);
        let mut referrer = Referrer { name, email, locale, marketing_consent, ..Referrer::default() };
        let mut orders_count = None;
        if let Some(signed) = signed {
            let known = match self.identity(shop, signed) {
                // A module that was connected a moment ago signs with a key that a copy does not have yet.
                Err(identity::Refusal::Unsigned) => self.identity(&*self.fresh_shop(id).await?, signed),
                known => known,
            };
            let who = match known {
                Ok(who) => who,
                Err(refusal) => {
                    return Err(self.failed(request, Error::Unauthorized(refusal.words())).await);
                }
            };
            if !create {
                return self.look_up(request, id, shop, who.customer_id).await;
            }
            orders_count = who.orders_count;
            referrer = vouched_for(referrer, who);
        }
        let country = Some(request.country().unwrap_or_default().to_owned());
        let facts = match offer {
            // What the page alone knows, its word stands for; what the edge knows better may speak against it.
            Some(_) => Facts { customer: orders_count.map(kind_of), country, ..Facts::default() },
            None => Facts { language: referrer.locale.clone(), country, ..Facts::default() },
        };
        let identified = referrer.customer_id.is_some();
        referrer.email_hash = referrer.email.as_deref().and_then(|email| shop.email_hash(email));
        let mut candidates = Vec::new();
        for _ in 0..CANDIDATES {
            candidates.push(Code::generate(self.env.random()?));
        }
        let by_mail = !identified && referrer.email.is_some();
        let key = if by_mail { self.confirm_key(id, shop)? } else { None };
        let sender = self.sender(request, shop)?;
        let join = Join { candidates, referrer, offer, facts, identified, sender, key };
        let joined = self.ask_very(id, shop, join).await?;
        let card = self.card_of(request, id, shop, &joined.value)?;
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
        let others = ["name", "email", "identity", "offer"].map(|name| root.field(name));
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
                let card = self.card_of(request, id, shop, &referrer)?;
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
                let card = self.card_of(request, id, shop, &referrer)?;
                Ok(Response::json(StatusCode::OK, &card)?)
            }
            None => Ok(Response::empty(StatusCode::NO_CONTENT)),
        }
    }

    /// What a referrer needs: code, link and token.
    fn card(&self, request: &Request, id: &ShopId, shop: &Shop, code: &Code) -> Result<Card, Error> {
        let token = self.token(id, shop, code)?;
        Ok(Card { code: code.clone(), link: self.link(request, id, code), token, status: None })
    }

    /// The token for a referrer's rewards.
    pub(super) fn token(&self, id: &ShopId, shop: &Shop, code: &Code) -> Result<String, Error> {
        token::referrer_token(shop.token_key(), id, code, self.env.now())
            .ok_or_else(|| Error::Internal("no referrer token could be made".into()))
    }

    /// The same, and whether the referrer takes part where they do not: who joined may have to wait.
    fn card_of(
        &self,
        request: &Request,
        id: &ShopId,
        shop: &Shop,
        record: &ReferrerRecord,
    ) -> Result<Card, Error> {
        let activity = record.referrer.activity_at(self.env.now());
        let status = Some(activity).filter(|activity| *activity != Activity::Active);
        Ok(Card { status: status.map(Into::into), ..self.card(request, id, shop, &record.code)? })
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
        shop.anonymise(&mut order);
        // In whose browser it was ordered only their own token says: it would speak against anybody whom a page named.
        let now = self.env.now();
        let held = request.bearer().and_then(|given| token::referrer_of(shop.token_key(), id, given, now));
        let (browser, token_made) = held.unzip();
        order.traces.browser = browser;
        let report = ReportConversion { order, sender: self.sender(request, shop)?, token_made };
        // What became of it is the shop's business, not the page's.
        self.record(id, shop, None, report).await?;
        accepted()
    }
}

/// What a customer is who has placed so many orders.
fn kind_of(orders: u32) -> parrain_wire::Known<CustomerKind> {
    if orders == 0 { CustomerKind::New.into() } else { CustomerKind::Returning.into() }
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
    Ok(Response::json(StatusCode::ACCEPTED, &Accepted::default())?)
}

pub(super) fn code_of(node: &Node<'_>, faults: &mut Faults) -> Option<Code> {
    let text = node.text(faults, 64)?;
    text.parse().map_err(|fault: parrain_core::code::NotACode| faults.add(node, fault.to_string())).ok()
}

/// For how many seconds a browser may go by the public side of a program: every page of a shop asks for it, and no
/// discount is shown for long that is over or not yet there.
fn holds_for(shop: &Shop, now: Instant) -> i64 {
    const MOST: i64 = 300;
    let program = &shop.program;
    let promotions = program.promotions.iter().flat_map(|promotion| [promotion.starts_at, promotion.ends_at]);
    let turns =
        program.offers.iter().flat_map(|offer| [offer.starts_at, offer.ends_at]).chain(promotions).flatten();
    let turns = turns.chain(program.show_counts.then(|| month_end(shop, now)));
    let ahead = turns.map(|turn| turn.seconds() - now.seconds()).filter(|seconds| *seconds >= 0);
    ahead.min().map_or(MOST, |seconds| seconds.min(MOST))
}

/// What is said of the first of the codes asked about that is a promo code of the shop's own; nothing where none is.
fn own_verdict(asked: &[Code], shop: &Shop, now: Instant) -> Option<Verdict> {
    let program = &shop.program;
    let promotion = asked.iter().find_map(|code| program.promotion(code))?;
    let refused = |reason: WhyNot| Verdict::Invalid(Refused { valid: Is, reason: reason.into() });
    if promotion.has_ended(now) {
        return Some(refused(WhyNot::Expired));
    }
    if !promotion.is_active(now) {
        return Some(refused(WhyNot::Inactive));
    }
    // Nothing is promised that cannot be had yet.
    let waits = shop.record.promotions_waiting.contains(&promotion.code);
    let is_made_here = program.discounts == Discounts::Platform;
    Some(Verdict::Valid(Box::new(Invitation {
        valid: Is,
        code: Some(promotion.code.clone()),
        from: Some(program.name.clone()),
        offer: String::new(),
        friend: (!(waits && is_made_here)).then(|| promotion.friend.to_wire(program.currency)),
        discount_ready: (waits && is_made_here).then_some(false),
        new_customers_only: promotion.new_customers_only,
        starts_at: promotion.starts_at,
        ends_at: promotion.ends_at,
    })))
}

/// What is said of a code: what it gives and from whom, or why it gives nothing.
pub(super) fn verdict(program: &Program, known: Option<Known>, now: Instant) -> Verdict {
    let refused = |reason: WhyNot| Verdict::Invalid(Refused { valid: Is, reason: reason.into() });
    let Some((code, referrer)) = known else {
        return refused(WhyNot::Unknown);
    };
    if referrer.activity != Activity::Active {
        return refused(WhyNot::Inactive);
    }
    if referrer.expires_at.is_some_and(|last| last < now) {
        return refused(WhyNot::Expired);
    }
    let Some(offer) = program.offer(&referrer.offer) else {
        return refused(WhyNot::Inactive);
    };
    if offer.ends_at.is_some_and(|end| end < now) {
        return refused(WhyNot::Expired);
    }
    if !offer.is_active(now) {
        return refused(WhyNot::Inactive);
    }
    // A friend learns a person's first name, not the whole one, unless the shop says what they are to see. The first
    // word of a business's name is not its name.
    let own = referrer.name.as_deref().and_then(|name| match offer.audience {
        Audience::Customer => name.split_whitespace().next(),
        Audience::Affiliate | Audience::Agency => Some(name.trim()).filter(|name| !name.is_empty()),
    });
    // What is somebody's address, or an advertisement, is no name for strangers to read.
    let own = own.filter(|_| !referrer.name.as_deref().is_some_and(body::leads_somewhere));
    let from = referrer.display_name.as_deref().or(own);
    let discount_ready = referrer.discount_ready.filter(|_| program.discounts == Discounts::Platform);
    let promised = program.promised(offer, discount_ready);
    Verdict::Valid(Box::new(Invitation {
        valid: Is,
        code: Some(code),
        from: from.map(str::to_owned),
        offer: offer.id.clone(),
        friend: promised.map(|friend| friend.to_wire(program.currency)),
        discount_ready,
        new_customers_only: offer.advocate.new_customers_only,
        starts_at: offer.starts_at,
        ends_at: offer.ends_at,
    }))
}

/// The shop's own wording in a language: the exact tag over its primary language (`pt-BR` over `pt`), both
/// compared without case; the program's own language where none is asked for.
///
/// Those of an offer come before those of the program.
fn texts(program: &Program, offer: Option<&str>, locale: Option<&str>) -> Texts {
    let wanted = locale.unwrap_or(&program.locale).to_ascii_lowercase();
    let primary = wanted.split('-').next().unwrap_or_default();
    let mut texts = BTreeMap::new();
    let of_offer = offer.and_then(|offer| program.offer_texts.get(offer));
    for all in std::iter::once(&program.texts).chain(of_offer) {
        for tag in [primary, wanted.as_str()] {
            let found = all.iter().find(|(name, _)| name.eq_ignore_ascii_case(tag));
            for (key, text) in found.into_iter().flat_map(|(_, texts)| texts) {
                texts.insert(key.clone(), text.clone());
            }
        }
    }
    texts.into_iter().collect()
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

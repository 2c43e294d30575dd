//! The forms of the desk: each becomes a request of the documented API, and leads on to where its change is seen. Where
//! the API refuses, the page is shown again with what was typed and what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use parrain_core::check::{Fault, Faults, Node};
use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_desk::program::Conflict;
use parrain_desk::referrers::CodeLine;
use parrain_desk::set_up::{beginning, offer_id};
use parrain_desk::settings::{self, TextsPage};
use parrain_desk::{Entered, Language, PAID_TO, Place, Said, shops};
use parrain_wire::account::{Claim, ClaimState, Credited};
use parrain_wire::contacts::ContactDestinations;
use parrain_wire::deliveries::EndpointWithSecret;
use parrain_wire::desk::{HelperLink, SetUp, Step, Version};
use parrain_wire::imports::{Import, ImportState};
use parrain_wire::mail::MailSettings;
use parrain_wire::materials::AddedPicture;
use parrain_wire::payouts::Payout;
use parrain_wire::program::{Program, RewardKind};
use parrain_wire::referrer::{Activity, ReferrerCard, SignInLink};
use parrain_wire::shops::ShopList;
use parrain_wire::word::Word;
use serde_json::{Value, json};

use super::super::{App, Env, body, orders};
use super::form::{Form, Posted, put};
use super::look::{Fresh, NO_PROMO_CODE, NOTHING, SETTLING, encoded, look_of, page_of, read, with_step};
use super::rules::{
    Days, Edge, add_origin, drop_wording, set_debtor, set_minimum, set_offer, set_promotion, set_wording,
    terms,
};
use super::{AdminVisit, Visit, html, said, see};
use crate::http::{Method, Request, Response, StatusCode, header};
use crate::problem::Error;
use crate::protocol::By;
use crate::protocol::calls::{
    EraseSubject, GetOrder, GetReferrer, ListOrders, ListReferrers, ListVersions, PutSetUp,
};
use crate::protocol::shop::Rotated;
use crate::shop_id::ShopId;

/// The most codes that are made at once by a form.
const MOST_CODES: usize = 200;

/// How many steps of an import one press makes.
const STEPS_A_PRESS: usize = 5;

/// How many shops of one name get an id by it.
const MOST_OF_A_NAME: usize = 20;

/// How many characters of a shop's name its id takes, which has 64 at most: a number may follow.
const LONGEST_PLAIN_ID: usize = 60;

/// The members of a program that its own page sets.
const RULES: &[(&str, Form)] = &[
    ("name", Form::Text),
    ("currency", Form::Text),
    ("landing_url", Form::Address),
    ("origins", Form::Lines),
    ("locale", Form::Text),
    ("time_zone", Form::Text),
    ("link_params", Form::Lines),
    ("attribution.window_days", Form::Number),
    ("attribution.model", Form::Text),
    ("joining", Form::Text),
    ("confirmed", Form::Text),
    ("erased", Form::Text),
    ("discounts", Form::Text),
    ("show_counts", Form::Yes),
    ("signals.threshold", Form::Number),
    ("signals.velocity", Form::Number),
    ("signals.address", Form::Number),
    ("signals.card", Form::Number),
    ("signals.browser", Form::Number),
    ("signals.coupons", Form::Number),
    ("signals.refunds", Form::Number),
    ("signals.disposable", Form::Number),
    ("payouts.details", Form::Text),
];

/// The members that the form of a shop's mail sets.
const MAIL: &[(&str, Form)] = &[
    ("provider", Form::Text),
    ("key", Form::Text),
    ("webhook_secret", Form::Text),
    ("from.email", Form::Text),
    ("from.name", Form::Text),
    ("reply_to", Form::Text),
    ("owner_email", Form::Text),
    ("quiet_hours.from", Form::Number),
    ("quiet_hours.to", Form::Number),
];

/// Those that the first step of the set-up sets.
const SHOP: &[(&str, Form)] = &[
    ("name", Form::Text),
    ("landing_url", Form::Address),
    ("locale", Form::Text),
    ("currency", Form::Text),
    ("time_zone", Form::Text),
];

/// What credentials of one platform or another say.
const PLATFORM_FIELDS: &[&str] =
    &["shop", "token", "client_id", "client_secret", "site", "consumer_key", "consumer_secret", "key"];

impl<E: Env> App<E> {
    /// Does what a form asks, and says where that is seen; shows the form again where it cannot be done.
    pub(super) async fn desk_act(
        &self,
        request: &Request,
        visit: &Visit,
        place: Place,
        posted: Posted,
    ) -> Result<Response, Error> {
        let posted = self.in_currency(visit, posted).await?;
        match self.done(request, visit, &place, &posted).await {
            Err(error) => self.again(request, visit, place, &posted, error).await,
            done => done,
        }
    }

    /// A form whose amounts are of the currency that it names, else of the shop's.
    pub(super) async fn in_currency(&self, visit: &Visit, posted: Posted) -> Result<Posted, Error> {
        let named = posted.text("currency").and_then(parrain_core::money::Currency::parse);
        let currency = match named {
            Some(named) => named,
            None => self.shop(&visit.shop).await?.program.currency,
        };
        Ok(posted.counting_in(currency.decimals()))
    }

    async fn done(
        &self,
        request: &Request,
        visit: &Visit,
        place: &Place,
        posted: &Posted,
    ) -> Result<Response, Error> {
        let to = |place: &Place, what: Said| said(see(&place.href(visit.shop.as_str())), what);
        match place {
            Place::Find => self.find(request, visit, posted).await,
            Place::SetUpStep(step) => self.set_up_done(request, visit, *step, posted).await,
            Place::StartTest => {
                self.api_response(request, visit, Method::POST, "set-up/proof", &Value::Null).await?;
                Ok(to(&Place::SetUpStep(Step::Proof), Said::TestBegun))
            }
            Place::Program => {
                self.edit_program(request, visit, posted, |program| {
                    posted.set(program, RULES)?;
                    set_minimum(program, posted)?;
                    set_debtor(program, posted)
                })
                .await?;
                Ok(to(place, Said::ProgramSaved))
            }
            Place::ProgramJson => {
                let text = posted.text("program").unwrap_or_default();
                let program: Value = serde_json::from_str(text)
                    .map_err(|fault| Error::invalid("/program", format!("is not JSON: {fault}")))?;
                self.save_program(request, visit, posted, &program).await?;
                Ok(to(place, Said::ProgramSaved))
            }
            Place::NewOffer => {
                let id = posted.text("id").unwrap_or_default().to_owned();
                self.save_offer(request, visit, posted, None).await?;
                Ok(to(&Place::Offer(id), Said::ProgramSaved))
            }
            Place::Offer(id) => {
                self.save_offer(request, visit, posted, Some(id)).await?;
                let id = posted.text("id").unwrap_or(id).to_owned();
                Ok(to(&Place::Offer(id), Said::ProgramSaved))
            }
            Place::MoveOffer(id) => {
                self.edit_program(request, visit, posted, |program| {
                    let offers = program.get_mut("offers").and_then(Value::as_array_mut);
                    let offers = offers.ok_or_else(|| Error::Internal("a program without offers".into()))?;
                    // The others' places among them mean nothing: they are shown to nobody.
                    let shown =
                        offers.iter().enumerate().filter(|(_, offer)| offer["audience"] == "customer");
                    let places: Vec<usize> = shown.map(|(place, _)| place).collect();
                    let at = places
                        .iter()
                        .position(|place| offers.get(*place).is_some_and(|one| one["id"] == **id));
                    let at = at.ok_or(Error::NotFound("the program has no such offer for customers"))?;
                    let to = match posted.text("to") {
                        Some("up") => at.saturating_sub(1),
                        Some("down") => at + 1,
                        Some(_) | None => return Err(Error::invalid("/to", "must be one of up, down")),
                    };
                    if let (Some(from), Some(to)) = (places.get(at), places.get(to)) {
                        offers.swap(*from, *to);
                    }
                    Ok(())
                })
                .await?;
                Ok(to(&Place::Offer(id.clone()), Said::ProgramSaved))
            }
            Place::RemoveOffer(id) => {
                self.edit_program(request, visit, posted, |program| {
                    if let Some(offers) = program.get_mut("offers").and_then(Value::as_array_mut) {
                        offers.retain(|offer| offer["id"] != **id);
                    }
                    drop_wording(program, id);
                    Ok(())
                })
                .await?;
                Ok(to(&Place::Program, Said::OfferRemoved))
            }
            Place::NewPromoCode => {
                self.save_promotion(request, visit, posted, None).await?;
                Ok(to(&Place::PromoCodes, Said::PromoCodeSaved))
            }
            Place::PromoCode(code) => {
                self.save_promotion(request, visit, posted, Some(code)).await?;
                Ok(to(place, Said::PromoCodeSaved))
            }
            Place::EndPromoCode(code) => {
                let now = self.env.now();
                self.edit_program(request, visit, posted, |program| {
                    let promotions = program.get_mut("promotions").and_then(Value::as_array_mut);
                    let promotions = promotions.ok_or(NO_PROMO_CODE)?;
                    let index =
                        promotions.iter().position(|one| one["code"] == **code).ok_or(NO_PROMO_CODE)?;
                    let at = |name: &str| {
                        promotions.get(index).and_then(|one| one[name].as_str()).and_then(Instant::parse)
                    };
                    let over = at("ends_at").is_some_and(|end| end < now);
                    let to_come = at("starts_at").is_some_and(|start| start > now);
                    if over || to_come {
                        promotions.remove(index);
                    } else if let Some(one) = promotions.get_mut(index) {
                        put(one, "ends_at", Some(Instant::from_micros(now.micros() - 1).to_string().into()))?;
                    }
                    Ok(())
                })
                .await?;
                Ok(to(&Place::PromoCodes, Said::PromoCodeEnded))
            }
            Place::RestoreVersion(number) => {
                let version = self.version(request, visit, number.parse().unwrap_or_default()).await?;
                let program = serde_json::to_value(&version.program)?;
                self.save_program(request, visit, posted, &program).await?;
                Ok(to(&Place::Versions, Said::Restored))
            }
            Place::NewReferrer => {
                let code = self.save_referrer(request, visit, posted).await?;
                Ok(to(&Place::Referrer(code), Said::ReferrerAdded))
            }
            Place::NewCodes => self.save_codes(request, visit, posted).await,
            Place::Imports => {
                let import = self.give_file(request, visit, posted).await?;
                Ok(to(&Place::Import(import.id), Said::ImportPlanned))
            }
            Place::ImportStep(id) => {
                let import = self.bring_along(request, visit, id).await?;
                let done = import.state == ImportState::Done;
                let what = if done { Said::ImportMade } else { Said::ImportStepped };
                Ok(to(&Place::Import(import.id), what))
            }
            Place::DropImport(id) => {
                let path = format!("imports/{}", encoded(id));
                self.api_response(request, visit, Method::DELETE, &path, &Value::Null).await?;
                Ok(to(&Place::Imports, Said::ImportDropped))
            }
            Place::Referrer(code) => {
                self.change_referrer_by(request, visit, posted, code).await?;
                Ok(to(place, Said::Saved))
            }
            Place::ReferrerStatus(code) => {
                let what = self.change_status(request, visit, posted, code).await?;
                Ok(to(&Place::Referrer(code.clone()), what))
            }
            Place::PaidTo(code) => {
                let mut body = json!({});
                posted.set(&mut body, &PAID_TO.map(|name| (name, Form::Text)))?;
                let path = format!("referrers/{}/payout-details", encoded(code));
                self.api_response(request, visit, Method::PUT, &path, &body).await?;
                Ok(to(&Place::Referrer(code.clone()), Said::Saved))
            }
            Place::Bonus(code) => {
                let mut body = json!({"code": code, "currency": self.currency(visit).await?});
                posted.set(
                    &mut body,
                    &[("id", Form::Text), ("amount", Form::Amount), ("reason", Form::Text)],
                )?;
                self.api_response(request, visit, Method::POST, "adjustments", &body).await?;
                Ok(to(&Place::Referrer(code.clone()), Said::BonusGiven))
            }
            Place::SignInLink(code) => {
                let path = format!("referrers/{}/sign-in-links", encoded(code));
                let link: SignInLink = self.api(request, visit, Method::POST, &path, &Value::Null).await?;
                let fresh = Fresh { sign_in_link: Some(link), ..Fresh::default() };
                let page = Place::Referrer(code.clone());
                self.desk_page(request, visit, page, Entered::default(), fresh).await
            }
            Place::EndSignIns(code) => {
                let path = format!("referrers/{}/sign-in-links", encoded(code));
                self.api_response(request, visit, Method::DELETE, &path, &Value::Null).await?;
                Ok(to(&Place::Referrer(code.clone()), Said::SignInsEnded))
            }
            Place::ErasePerson(code) => {
                if posted.text("sure").is_none() {
                    return Err(Error::invalid("", "tick the box first: nobody can bring this back"));
                }
                self.erase_person(request, visit, code).await?;
                Ok(to(&Place::Referrers, Said::Erased))
            }
            Place::Credit(order) => self.credit(request, visit, posted, order).await,
            Place::UndoCredit(order) => {
                let path = format!("orders/{}/credit", encoded(order));
                self.api_response(request, visit, Method::DELETE, &path, &Value::Null).await?;
                Ok(to(&Place::Order(order.clone()), Said::CreditUndone))
            }
            Place::Review(order) => {
                self.review_one(request, visit, posted, order).await?;
                Ok(to(&Place::Order(order.clone()), Said::Reviewed))
            }
            Place::Reviews => {
                let orders = posted.all("order_id");
                if orders.is_empty() {
                    return Err(Error::invalid("", "tick at least one order"));
                }
                let mut left = Vec::new();
                for order in &orders {
                    match self.review_one(request, visit, posted, order).await {
                        Ok(()) => {}
                        Err(Error::Conflict(why)) => left.push((order, why)),
                        Err(error) => return Err(error),
                    }
                }
                let fault = |(order, why): (&String, &str)| Fault {
                    pointer: String::new(),
                    detail: format!("order {order}: {why}"),
                };
                match left.is_empty() {
                    true => Ok(to(place, Said::Reviewed)),
                    false => Err(Error::Invalid(left.into_iter().map(fault).collect())),
                }
            }
            Place::Claim(claim) => {
                let mut body = json!({"despite": posted.all("despite")});
                let fields = [("decision", Form::Text), ("note", Form::Text), ("tell", Form::Yes)];
                posted.set(&mut body, &fields)?;
                let path = format!("claims/{}", encoded(claim));
                let claim: Claim = self.api(request, visit, Method::POST, &path, &body).await?;
                let accepted = claim.state == ClaimState::Accepted;
                Ok(to(&Place::Claims, if accepted { Said::ClaimAccepted } else { Said::ClaimRefused }))
            }
            Place::Pay => {
                let until = match posted.text("until") {
                    Some(until) => self.until(visit, until).await?,
                    None => self.env.now(),
                };
                if posted.text("chosen").is_some() && posted.all("codes").is_empty() {
                    return Err(Error::invalid("", "tick who is to be paid"));
                }
                let mut body = json!({"until": until.to_string()});
                for (name, values) in [("kinds", posted.all("kinds")), ("codes", posted.all("codes"))] {
                    if !values.is_empty() {
                        put(&mut body, name, Some(values.into()))?;
                    }
                }
                let payout: Payout = self.api(request, visit, Method::POST, "payouts", &body).await?;
                Ok(to(&Place::Payout(payout.id), Said::PayoutMade))
            }
            Place::PayoutPaid(id) => {
                let path = format!("payouts/{}/paid", encoded(id));
                self.api_response(request, visit, Method::POST, &path, &Value::Null).await?;
                Ok(to(&Place::Payout(id.clone()), Said::PayoutPaid))
            }
            Place::Secrets => self.secret(request, visit, posted).await,
            Place::Helpers => {
                let body = json!({"name": posted.text("name"), "role": posted.text("role")});
                let link: HelperLink = self.api(request, visit, Method::POST, "helpers", &body).await?;
                let fresh = Fresh { helper_link: Some(link), ..Fresh::default() };
                self.desk_page(request, visit, Place::Helpers, Entered::default(), fresh).await
            }
            Place::EndHelper(id) => {
                let path = format!("helpers/{}", encoded(id));
                self.api_response(request, visit, Method::DELETE, &path, &Value::Null).await?;
                Ok(to(&Place::Helpers, Said::HelperEnded))
            }
            Place::Connections => {
                let code = self.api(request, visit, Method::POST, "connect-codes", &Value::Null).await?;
                let fresh = Fresh { connect_code: Some(code), ..Fresh::default() };
                // Made in the set-up, it is shown there.
                let in_set_up = posted.text("step") == Some(Step::Platform.name());
                let (page, entered) = match in_set_up {
                    true => (Place::SetUpStep(Step::Platform), posted.entered(Vec::new())),
                    false => (Place::Connections, Entered::default()),
                };
                self.desk_page(request, visit, page, entered, fresh).await
            }
            Place::EndConnection(id) => {
                let path = format!("connections/{}", encoded(id));
                self.api_response(request, visit, Method::DELETE, &path, &Value::Null).await?;
                Ok(to(&Place::Connections, Said::ConnectionEnded))
            }
            Place::Platform(name) => {
                let fields: BTreeMap<&str, &str> =
                    PLATFORM_FIELDS.iter().filter_map(|field| Some((*field, posted.text(field)?))).collect();
                let path = format!("connections/{}", encoded(name));
                self.api_response(request, visit, Method::PUT, &path, &serde_json::to_value(fields)?).await?;
                Ok(to(place, Said::PlatformConnected))
            }
            Place::EndPlatform(name) => {
                let path = format!("connections/{}", encoded(name));
                self.api_response(request, visit, Method::DELETE, &path, &Value::Null).await?;
                Ok(to(&Place::Connections, Said::PlatformEnded))
            }
            Place::ReconcilePlatform(name) => {
                let path = format!("connections/{}/reconcile", encoded(name));
                self.api_response(request, visit, Method::POST, &path, &json!({})).await?;
                Ok(to(&Place::Platform(name.clone()), Said::Reconciling))
            }
            Place::Contact(name) => {
                let key = posted.text("key");
                let body = match posted.text("list").filter(|list| !list.trim().is_empty()) {
                    // What is no number is told as the API tells it.
                    Some(list) => {
                        let number =
                            list.trim().parse::<u32>().map_or_else(|_| Value::from(list), Value::from);
                        json!({"key": key, "list": number})
                    }
                    None => json!({"key": key}),
                };
                let path = format!("contacts/{}", encoded(name));
                self.api_response(request, visit, Method::PUT, &path, &body).await?;
                Ok(to(place, Said::ContactsConnected))
            }
            Place::EndContact(name) => {
                let path = format!("contacts/{}", encoded(name));
                self.api_response(request, visit, Method::DELETE, &path, &Value::Null).await?;
                Ok(to(&Place::Contacts, Said::ContactsEnded))
            }
            Place::ReplayContact(name) => {
                let list: ContactDestinations =
                    self.api(request, visit, Method::GET, "contacts", &Value::Null).await?;
                let held = list.destinations.into_iter().find(|one| one.provider.name() == name);
                let endpoint = held.ok_or(NOTHING)?.endpoint;
                let path = format!("endpoints/{}/replay", encoded(&endpoint));
                self.api_response(request, visit, Method::POST, &path, &json!({})).await?;
                Ok(to(&Place::Contact(name.clone()), Said::Replayed))
            }
            Place::Experiments => self.save_experiment(request, visit, posted).await,
            Place::ConcludeExperiment(id) => {
                let path = format!("experiments/{}/conclude", encoded(id));
                let body = json!({"offer": posted.text("offer")});
                self.api_response(request, visit, Method::POST, &path, &body).await?;
                Ok(to(&Place::Experiments, Said::ExperimentConcluded))
            }
            Place::Endpoints => {
                let body = json!({"url": posted.text("url"), "types": posted.all("types")});
                let made: EndpointWithSecret =
                    self.api(request, visit, Method::POST, "endpoints", &body).await?;
                self.with_secret(request, visit, made).await
            }
            Place::RotateEndpoint(id) => {
                let path = format!("endpoints/{}/rotate", encoded(id));
                let made = self.api(request, visit, Method::POST, &path, &Value::Null).await?;
                self.with_secret(request, visit, made).await
            }
            Place::TestEndpoint(id) => {
                let path = format!("endpoints/{}/test", encoded(id));
                self.api_response(request, visit, Method::POST, &path, &Value::Null).await?;
                Ok(to(&Place::Endpoint(id.clone()), Said::TestSent))
            }
            Place::ReplayDead(id) => {
                let path = format!("endpoints/{}/replay", encoded(id));
                self.api_response(request, visit, Method::POST, &path, &json!({})).await?;
                Ok(to(&Place::Endpoint(id.clone()), Said::Replayed))
            }
            Place::RemoveEndpoint(id) => {
                let path = format!("endpoints/{}", encoded(id));
                self.api_response(request, visit, Method::DELETE, &path, &Value::Null).await?;
                Ok(to(&Place::Endpoints, Said::EndpointRemoved))
            }
            Place::Mail => {
                let mut body = json!({});
                posted.set(&mut body, MAIL)?;
                put(&mut body, "kinds", Some(posted.all("kinds").into()))?;
                self.api_response(request, visit, Method::PUT, "mail", &body).await?;
                Ok(to(place, Said::Saved))
            }
            Place::MailText(kind) => self.save_mail_text(request, visit, posted, kind).await,
            Place::TestMail => {
                let body = json!({"to": posted.text("to")});
                self.api_response(request, visit, Method::POST, "mail/test", &body).await?;
                Ok(to(&Place::Mail, Said::TestSent))
            }
            Place::ReplayMail => {
                self.api_response(request, visit, Method::POST, "mail/replay", &json!({})).await?;
                Ok(to(&Place::Mail, Said::Replayed))
            }
            Place::LiftStop(id) => {
                let path = format!("mail/messages/{}/stop", encoded(id));
                self.api_response(request, visit, Method::DELETE, &path, &Value::Null).await?;
                Ok(to(&Place::Mail, Said::StopLifted))
            }
            Place::EndMail => {
                self.api_response(request, visit, Method::DELETE, "mail", &Value::Null).await?;
                Ok(to(&Place::Mail, Said::MailEnded))
            }
            Place::RemoveShop => {
                self.admin_visit(request).await?.ok_or(NOTHING)?;
                if posted.text("shop") != Some(visit.shop.as_str()) {
                    return Err(Error::invalid("/shop", "is not this shop's id"));
                }
                self.delete_shop(&self.admin(&self.as_admin(request)).await?, &visit.shop).await?;
                Ok(said(see(&Place::Shops.href("")), Said::ShopRemoved))
            }
            Place::Texts => {
                let locale = spoken(posted.text("locale").unwrap_or_default());
                let texts = posted.under("texts.");
                self.edit_program(request, visit, posted, |program| {
                    let texts = (!texts.is_empty()).then(|| serde_json::to_value(texts)).transpose()?;
                    put(program, &format!("texts.{locale}"), texts)
                })
                .await?;
                let back = Place::Texts.asking(visit.shop.as_str(), &[("locale", &locale)]);
                Ok(said(see(&back), Said::Saved))
            }
            Place::Tax => {
                let (_, framing) = self.framing(request, visit).await?;
                let threshold = posted.money(posted.text("threshold").unwrap_or_default());
                let decimals = self.shop(&visit.shop).await?.program.currency.decimals();
                if parrain_core::money::parse_amount(&threshold, decimals).is_err() {
                    return Err(Error::invalid("/threshold", "must be an amount such as 2400.00"));
                }
                let set_up = SetUp { tax_threshold: Some(threshold.into()), ..framing.set_up };
                self.save_set_up(request, visit, set_up).await?;
                let year = posted.text("year").unwrap_or_default();
                let place = place.asking(visit.shop.as_str(), &[("year", year)]);
                Ok(said(see(&place), Said::Saved))
            }
            Place::Materials => {
                let title = posted.text("picture_title").unwrap_or_default();
                let path = format!("materials/pictures?title={}", encoded(title));
                let bytes = posted.file("picture");
                let answer = self.api_bytes(request, visit, Method::POST, &path, bytes).await?;
                let added: AddedPicture = read(&answer)?;
                let what = match (answer.status == StatusCode::CREATED, added.left_out.is_empty()) {
                    (false, _) => Said::PictureThere,
                    (true, true) => Said::PictureAdded,
                    (true, false) => Said::PictureCleaned,
                };
                Ok(to(place, what))
            }
            Place::RemovePicture(id) => {
                let path = format!("materials/pictures/{}", encoded(id));
                self.api_response(request, visit, Method::DELETE, &path, &Value::Null).await?;
                Ok(to(&Place::Materials, Said::PictureRemoved))
            }
            Place::NewShareText | Place::ShareText(_) => {
                let body =
                    json!({"title": posted.text("title").unwrap_or_default(), "text": posted.text("text")});
                let (method, path) = match place {
                    Place::ShareText(id) => (Method::PUT, format!("materials/texts/{}", encoded(id))),
                    _ => (Method::POST, "materials/texts".to_owned()),
                };
                self.api_response(request, visit, method, &path, &body).await?;
                Ok(to(&Place::Materials, Said::Saved))
            }
            Place::RemoveShareText(id) => {
                let path = format!("materials/texts/{}", encoded(id));
                self.api_response(request, visit, Method::DELETE, &path, &Value::Null).await?;
                Ok(to(&Place::Materials, Said::TextRemoved))
            }
            // What takes no form or belongs to no shop.
            Place::TaxCsv
            | Place::PromoCodes
            | Place::Home
            | Place::SetUp
            | Place::Preview
            | Place::TryOut
            | Place::Endpoint(_)
            | Place::MailHtml(_)
            | Place::Versions
            | Place::Version(_)
            | Place::Referrers
            | Place::Import(_)
            | Place::ReferrersCsv
            | Place::Person(_)
            | Place::Statement(..)
            | Place::Orders
            | Place::OrdersCsv
            | Place::Order(_)
            | Place::Claims
            | Place::Payouts
            | Place::Payout(_)
            | Place::PayoutCsv(_)
            | Place::PayoutXml(_)
            | Place::Report
            | Place::Contacts
            | Place::ReportCsv
            | Place::Settings
            | Place::Front
            | Place::Desk
            | Place::SignIn
            | Place::SignOut
            | Place::ComeIn
            | Place::Shops
            | Place::Language => Err(Error::NotFound("there is nothing at this path")),
        }
    }

    /// The form again, with what was typed and what is wrong with it.
    async fn again(
        &self,
        request: &Request,
        visit: &Visit,
        place: Place,
        posted: &Posted,
        error: Error,
    ) -> Result<Response, Error> {
        let (status, mut fresh) = (error.status(), Fresh::default());
        let faults = match error {
            Error::Invalid(faults) | Error::NotAll(faults) => {
                faults.into_iter().map(|fault| (within_form(&place, fault.pointer), fault.detail)).collect()
            }
            // The list shows what was saved meanwhile, which is to be looked at before it is undone.
            Error::Changed if matches!(place, Place::RestoreVersion(_)) => {
                let versions = see(&Place::Versions.href(visit.shop.as_str()));
                return Ok(said(versions, Said::Meanwhile));
            }
            Error::Changed => {
                fresh.conflict = self.conflict(request, visit, posted).await?;
                Vec::new()
            }
            Error::Conflict(why) => vec![(String::new(), why.to_owned())],
            Error::Refused(why) => vec![(String::new(), why)],
            // Whoever deployed it can help: what is missing is said in the form that needs it.
            Error::Sealed(why) => vec![(String::new(), why.to_string())],
            Error::Unavailable { .. } if matches!(place, Place::Pay) => {
                vec![(SETTLING.to_owned(), String::new())]
            }
            error => return Err(error),
        };
        // A press beside a form says nothing of what stands in it.
        let beside = matches!(place, Place::MoveOffer(_) | Place::RemoveOffer(_));
        let entered = posted.entered(faults);
        let entered = if beside { Entered { values: BTreeMap::new(), ..entered } } else { entered };
        let shown = self.desk_page(request, visit, page_of(place), entered, fresh).await?;
        Ok(Response { status, ..shown })
    }

    /// What somebody else saved since a form of the program was drawn.
    async fn conflict(
        &self,
        request: &Request,
        visit: &Visit,
        posted: &Posted,
    ) -> Result<Option<Conflict>, Error> {
        let may = self.reads(request, &visit.shop).await?;
        let newest = self.ask_as(&may, &visit.shop, ListVersions { cursor: None }).await?;
        let Some(theirs) = newest.versions.into_iter().next() else { return Ok(None) };
        let from = self.version(request, visit, posted.version().unwrap_or_default()).await;
        Ok(Some(Conflict { from: from.map(|version| version.program).unwrap_or_default(), theirs }))
    }

    async fn version(&self, request: &Request, visit: &Visit, number: i64) -> Result<Version, Error> {
        let may = self.reads(request, &visit.shop).await?;
        let cursor = Some(number.saturating_add(1).to_string());
        let found = self.ask_as(&may, &visit.shop, ListVersions { cursor }).await?;
        let version = found.versions.into_iter().next().filter(|version| version.number == number);
        version.ok_or(Error::NotFound("the program has no such version"))
    }

    /// An order by its number, a person's orders by their address, a referrer by their code.
    async fn find(&self, request: &Request, visit: &Visit, posted: &Posted) -> Result<Response, Error> {
        let id = &visit.shop;
        let q = posted.text("q").unwrap_or_default();
        let may = self.reads(request, id).await?;
        if q.contains('@') {
            let shop = self.shop(id).await?;
            // Half an address is nobody's, and must not be everybody's.
            let Some(email_hash) = shop.email_hash(q) else {
                let (frame, _) = self.framing(request, visit).await?;
                let page =
                    parrain_desk::orders::Orders { found_by: Some(q.to_owned()), ..Default::default() };
                return Ok(html(parrain_desk::orders::page(&frame, &page)));
            };
            let ask = ListOrders {
                email_hash: Some(email_hash),
                code: None,
                outcome: None,
                ending: None,
                cursor: None,
            };
            return self.found(request, visit, ask, q).await;
        }
        let order_id = q.trim_start_matches('#').trim().to_owned();
        if order_id.is_empty() {
            return Ok(see(&Place::Orders.href(id.as_str())));
        }
        let ask = GetOrder { order_id: order_id.clone(), locale: None };
        match self.ask_as(&may, id, ask).await {
            Ok(_) => return Ok(see(&Place::Order(order_id).href(id.as_str()))),
            Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
        if let Ok(code) = q.parse::<Code>() {
            match self.ask_as(&may, id, GetReferrer { code: code.clone() }).await {
                Ok(_) => return Ok(see(&Place::Referrer(code.to_string()).href(id.as_str()))),
                Err(Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let search = Some(q.to_owned());
        let named = self
            .ask_as(&may, id, ListReferrers { status: None, unconfirmed: false, search, cursor: None })
            .await?;
        if !named.items.is_empty() {
            return Ok(see(&Place::Referrers.asking(id.as_str(), &[("q", q)])));
        }
        // Nobody says the letters before a number on the telephone.
        let ending = Some(order_id.chars().take(orders::MOST_ENDING).collect());
        let ask = ListOrders { email_hash: None, code: None, outcome: None, ending, cursor: None };
        self.found(request, visit, ask, &order_id).await
    }

    async fn found(
        &self,
        request: &Request,
        visit: &Visit,
        ask: ListOrders,
        q: &str,
    ) -> Result<Response, Error> {
        let (frame, list) = self.framed(request, visit, ask).await?;
        let page = parrain_desk::orders::Orders {
            list,
            outcome: None,
            code: String::new(),
            found_by: Some(q.to_owned()),
        };
        Ok(html(parrain_desk::orders::page(&frame.0, &page)))
    }

    async fn set_up_done(
        &self,
        request: &Request,
        visit: &Visit,
        step: Step,
        posted: &Posted,
    ) -> Result<Response, Error> {
        let (_, framing) = self.framing(request, visit).await?;
        let mut set_up = framing.set_up;
        let next = match step {
            Step::Shop => {
                self.edit_program(request, visit, posted, |program| {
                    // Pages of the shop's new address may ask, along with those that could before.
                    posted.set(program, SHOP)?;
                    add_origin(program);
                    Ok(())
                })
                .await?;
                Step::Program
            }
            Step::Program => {
                self.begin_program(request, visit, posted).await?;
                Step::Look
            }
            Step::Look => {
                set_up.look = look_of(&|name| posted.text(name).map(str::to_owned));
                if posted.text("then") == Some("stay") { Step::Look } else { Step::Platform }
            }
            Step::Platform => {
                set_up.platform = posted.text("platform").map(str::to_owned);
                self.save_platform(request, visit, posted).await?;
                Step::Tag
            }
            Step::Tag => Step::Proof,
            Step::Proof => {
                self.save_set_up(request, visit, with_step(set_up, step)).await?;
                return Ok(said(see(&Place::Home.href(visit.shop.as_str())), Said::Saved));
            }
        };
        self.save_set_up(request, visit, with_step(set_up, step)).await?;
        Ok(said(see(&Place::SetUpStep(next).href(visit.shop.as_str())), Said::Saved))
    }

    async fn save_set_up(&self, request: &Request, visit: &Visit, set_up: SetUp) -> Result<(), Error> {
        let may = self.owner(request, &visit.shop).await?;
        self.ask_as(&may, &visit.shop, PutSetUp(set_up)).await.map(drop)
    }

    /// One of the three beginnings, in place of the offer of its name or beside what there is.
    async fn begin_program(&self, request: &Request, visit: &Visit, posted: &Posted) -> Result<(), Error> {
        let begin = posted.text("begin").unwrap_or_default();
        let shop = self.shop(&visit.shop).await?;
        let days = Days(&shop.program.zone);
        let (_, framing) = self.framing(request, visit).await?;
        let chose = framing.set_up.done.iter().any(|step| *step == Step::Program);
        let mut own = None;
        let saved = self.edit_program(request, visit, posted, |program| {
            let currency = program["currency"].as_str().unwrap_or_default();
            let lang = Language::of(program["locale"].as_str().unwrap_or("en"));
            let mut offer = beginning(begin, currency, lang)
                .ok_or_else(|| Error::invalid("/begin", "is no beginning"))?;
            // One that was begun under its name in the other language goes on under it.
            let names = [Language::Fr, Language::En].map(|lang| offer_id(begin, lang).unwrap_or_default());
            let there = |id: &str| {
                program["offers"].as_array().is_some_and(|all| all.iter().any(|one| one["id"] == *id))
            };
            if !there(&offer.id)
                && let Some(other) = names.into_iter().find(|id| there(id))
            {
                offer.id = other.to_owned();
            }
            let id = offer.id.clone();
            let friend = offer.friend.is_some();
            let mut offer = serde_json::to_value(offer)?;
            set_offer(&mut offer, posted, days, friend)?;
            let offers = program.get_mut("offers").and_then(Value::as_array_mut);
            let offers = offers.ok_or_else(|| Error::Internal("a program without offers".into()))?;
            // What a shop is made with is a proposal, until its owner chooses.
            let proposed =
                [Language::Fr, Language::En].map(|lang| offer_id("gift", lang).unwrap_or_default());
            if !chose
                && let [only] = offers.as_slice()
                && proposed.iter().any(|name| only["id"] == **name)
            {
                offers.clear();
            }
            let place = offers.iter().position(|one| one["id"] == *id).unwrap_or(offers.len());
            own = Some(place);
            match offers.get_mut(place) {
                Some(same) => *same = offer,
                None => offers.push(offer),
            }
            Ok(())
        });
        saved.await.map_err(|error| within_offer(error, own))
    }

    async fn save_platform(&self, request: &Request, visit: &Visit, posted: &Posted) -> Result<(), Error> {
        let secrets = posted.under("webhook_secrets.");
        let keys = posted.under("platform_keys.");
        if secrets.is_empty() && keys.is_empty() {
            return Ok(());
        }
        let (_, framing) = self.framing(request, visit).await?;
        let mut program = framing.record.program;
        put(&mut program, "webhook_secrets", Some(serde_json::to_value(secrets)?))?;
        put(&mut program, "platform_keys", Some(serde_json::to_value(keys)?))?;
        self.put_program(request, visit, Some(framing.version), &program).await
    }

    /// Changes the program as it stands, unless somebody else did since the form was drawn.
    async fn edit_program(
        &self,
        request: &Request,
        visit: &Visit,
        posted: &Posted,
        edit: impl FnOnce(&mut Value) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (_, framing) = self.framing(request, visit).await?;
        let mut program = framing.record.program;
        edit(&mut program)?;
        self.save_program(request, visit, posted, &program).await
    }

    async fn save_program(
        &self,
        request: &Request,
        visit: &Visit,
        posted: &Posted,
        program: &Value,
    ) -> Result<(), Error> {
        self.put_program(request, visit, posted.version(), program).await
    }

    /// Saves a program, to follow a version where one is named.
    async fn put_program(
        &self,
        request: &Request,
        visit: &Visit,
        version: Option<i64>,
        program: &Value,
    ) -> Result<(), Error> {
        let mut request = request.clone();
        let version = version.map(|version| format!("\"{version}\""));
        if let Some(version) = version.and_then(|text| text.parse().ok()) {
            request.headers.insert(header::IF_MATCH, version);
        }
        self.api_response(&request, visit, Method::PUT, "", program).await.map(drop)
    }

    async fn save_offer(
        &self,
        request: &Request,
        visit: &Visit,
        posted: &Posted,
        before: Option<&str>,
    ) -> Result<(), Error> {
        let shop = self.shop(&visit.shop).await?;
        let (days, friend) = (Days(&shop.program.zone), posted.text("friend").is_some());
        let id = before.or(posted.text("id")).unwrap_or_default();
        let mut own = None;
        let saved = self.edit_program(request, visit, posted, |program| {
            if posted.has("wording") {
                set_wording(program, id, &shop.program.locale, posted.text("wording"))?;
            }
            let offers = program.get_mut("offers").and_then(Value::as_array_mut);
            let offers = offers.ok_or_else(|| Error::Internal("a program without offers".into()))?;
            match before {
                Some(id) => {
                    let found = offers.iter_mut().enumerate().find(|(_, offer)| offer["id"] == id);
                    let (place, offer) = found.ok_or(Error::NotFound("the program has no such offer"))?;
                    own = Some(place);
                    posted.set(offer, &[("id", Form::Text), ("audience", Form::Text)])?;
                    set_offer(offer, posted, days, friend)
                }
                None => {
                    own = Some(offers.len());
                    let mut offer = json!({"advocate": {}});
                    posted.set(&mut offer, &[("id", Form::Text), ("audience", Form::Text)])?;
                    set_offer(&mut offer, posted, days, friend)?;
                    offers.push(offer);
                    Ok(())
                }
            }
        });
        saved.await.map_err(|error| within_offer(error, own))
    }

    /// Saves a promo code, a new one or what is said of one; its form's faults are those of its place in the program.
    async fn save_promotion(
        &self,
        request: &Request,
        visit: &Visit,
        posted: &Posted,
        before: Option<&str>,
    ) -> Result<(), Error> {
        let shop = self.shop(&visit.shop).await?;
        let days = Days(&shop.program.zone);
        self.edit_program(request, visit, posted, |program| {
            let mut promotions =
                program.get("promotions").and_then(Value::as_array).cloned().unwrap_or_default();
            match before {
                Some(code) => {
                    let found = promotions.iter_mut().find(|one| one["code"] == code);
                    set_promotion(found.ok_or(NO_PROMO_CODE)?, posted, days)?;
                }
                None => {
                    let mut promotion = json!({"code": posted.text("code").unwrap_or_default()});
                    set_promotion(&mut promotion, posted, days)?;
                    promotions.push(promotion);
                }
            }
            put(program, "promotions", Some(promotions.into()))
        })
        .await
    }

    async fn change_referrer_by(
        &self,
        request: &Request,
        visit: &Visit,
        posted: &Posted,
        code: &str,
    ) -> Result<(), Error> {
        let parsed = code.parse().map_err(|_| Error::NO_CODE)?;
        let may = self.reads(request, &visit.shop).await?;
        let kept = self.ask_as(&may, &visit.shop, GetReferrer { code: parsed }).await?.referrer;
        let shop = self.shop(&visit.shop).await?;
        let days = Days(&shop.program.zone);
        let expires_at = posted.text("expires_at").map(|day| days.at(day, Edge::Last, kept.expires_at));
        let mut body = json!({"name": posted.text("name"), "notes": posted.text("notes"),
            "expires_at": expires_at});
        posted.set(&mut body, &[("offer", Form::Text)])?;
        let terms = terms(posted);
        // The form shows a rate alone: terms that are none stay while it is empty.
        let shown = kept.terms.is_none_or(|kept| kept.reward.kind() == RewardKind::Commission);
        if terms.is_some() || shown {
            put(&mut body, "terms", Some(terms.unwrap_or_default()))?;
        }
        let path = format!("referrers/{}", encoded(code));
        self.api_response(request, visit, Method::PATCH, &path, &body).await.map(drop)
    }

    /// Whether a code is nobody's yet.
    async fn is_free(&self, request: &Request, visit: &Visit, code: &Code) -> Result<bool, Error> {
        let may = self.reads(request, &visit.shop).await?;
        match self.ask_as(&may, &visit.shop, GetReferrer { code: code.clone() }).await {
            Ok(_) => Ok(false),
            Err(Error::NotFound(_)) => Ok(true),
            Err(error) => Err(error),
        }
    }

    async fn save_referrer(
        &self,
        request: &Request,
        visit: &Visit,
        posted: &Posted,
    ) -> Result<String, Error> {
        let code = posted.text("code").ok_or_else(|| Error::invalid("/code", "is missing"))?;
        if let Ok(code) = code.parse::<Code>()
            && !self.is_free(request, visit, &code).await?
        {
            return Err(Error::invalid("/code", "is somebody's already"));
        }
        let mut body = json!({});
        let fields = ["offer", "name", "email", "customer_id", "notes"].map(|name| (name, Form::Text));
        posted.set(&mut body, &fields)?;
        if let Some(until) = posted.text("expires_at") {
            let shop = self.shop(&visit.shop).await?;
            let until = Days(&shop.program.zone).at(until, Edge::Last, None);
            put(&mut body, "expires_at", Some(until.into()))?;
        }
        if let Some(terms) = terms(posted) {
            put(&mut body, "terms", Some(terms))?;
        }
        let path = format!("referrers/{}", encoded(code));
        let card = self.api::<ReferrerCard>(request, visit, Method::PUT, &path, &body).await;
        let card = card.map_err(|error| match error {
            Error::Invalid(faults) => Error::Invalid(faults.into_iter().map(of_the_code).collect()),
            error => error,
        });
        Ok(card?.referrer.code.to_string())
    }

    /// Offers to compare: how long it takes first, then begun.
    async fn save_experiment(
        &self,
        request: &Request,
        visit: &Visit,
        posted: &Posted,
    ) -> Result<Response, Error> {
        let first = posted.text("first").unwrap_or_default().to_owned();
        let others = posted.all("offers").into_iter().filter(|offer| *offer != first);
        let offers: Vec<String> = std::iter::once(first.clone()).chain(others).collect();
        let difference = posted.text("difference").map(|text| text.replace(',', "."));
        let mut body = json!({"offers": offers, "difference": difference});
        if posted.text("dry_run").is_some() {
            put(&mut body, "dry_run", Some(true.into()))?;
            let plan = self.api(request, visit, Method::POST, "experiments", &body).await?;
            let fresh = Fresh { plan: Some(plan), ..Fresh::default() };
            return self
                .desk_page(request, visit, Place::Experiments, posted.entered(Vec::new()), fresh)
                .await;
        }
        put(&mut body, "id", posted.text("id").map(Value::from))?;
        self.api_response(request, visit, Method::POST, "experiments", &body).await?;
        Ok(said(see(&Place::Experiments.href(visit.shop.as_str())), Said::ExperimentBegan))
    }

    /// Many codes: looked at first, then made. One that is somebody's already stays as it is.
    async fn save_codes(&self, request: &Request, visit: &Visit, posted: &Posted) -> Result<Response, Error> {
        let mut lines = code_lines(posted.text("csv").unwrap_or_default());
        if lines.is_empty() {
            return Err(Error::invalid("/csv", "must have a code on each line"));
        }
        if lines.len() > MOST_CODES {
            return Err(Error::invalid("/csv", format!("must have at most {MOST_CODES} lines")));
        }
        let mut seen = BTreeSet::new();
        for line in &mut lines {
            match line.code.parse::<Code>() {
                Err(fault) => line.fault = fault.to_string(),
                Ok(code) if !seen.insert(code.clone()) => line.fault = "stands above already".into(),
                Ok(code) if !self.is_free(request, visit, &code).await? => {
                    line.fault = "is somebody's already".into();
                }
                Ok(_) => {
                    let (root, mut faults) = (line_body(line), Faults::default());
                    let root = Node::root(&root);
                    body::name(&root.field("name"), &mut faults);
                    body::email(&root.field("email"), &mut faults);
                    if let Err(found) = faults.into_result(()) {
                        line.fault =
                            found.into_iter().map(|fault| fault.detail).collect::<Vec<_>>().join("; ");
                    }
                }
            }
        }
        let faulty = lines.iter().any(|line| !line.fault.is_empty());
        if faulty || posted.text("dry_run").is_some() {
            let fresh = Fresh { codes: Some(lines), ..Fresh::default() };
            let entered = posted.entered(Vec::new());
            return self.desk_page(request, visit, Place::NewCodes, entered, fresh).await;
        }
        for line in &lines {
            let mut body = line_body(line);
            put(&mut body, "offer", posted.text("offer").map(Value::from))?;
            let path = format!("referrers/{}", encoded(&line.code));
            let made = self.api_response(request, visit, Method::PUT, &path, &body).await;
            if let Err(Error::Invalid(faults)) = made {
                let told = faults.into_iter().map(|fault| fault.detail).collect::<Vec<_>>().join("; ");
                return Err(Error::invalid("/csv", format!("line {}: {told}", line.line)));
            }
            made?;
        }
        Ok(said(see(&Place::Referrers.href(visit.shop.as_str())), Said::CodesAdded))
    }

    /// Gives an export to the API, which makes a plan of it.
    async fn give_file(&self, request: &Request, visit: &Visit, posted: &Posted) -> Result<Import, Error> {
        let asked = ["software", "offer", "link_params", "rates", "nearest", "welcome"];
        let query = asked.iter().filter_map(|name| Some(format!("{name}={}", encoded(posted.text(name)?))));
        let path = format!("imports?{}", query.collect::<Vec<_>>().join("&"));
        read(&self.api_bytes(request, visit, Method::POST, &path, posted.file("csv")).await?)
    }

    /// Makes the next of a plan, in as many steps as one press may be.
    async fn bring_along(&self, request: &Request, visit: &Visit, id: &str) -> Result<Import, Error> {
        let path = format!("imports/{}/steps", encoded(id));
        let mut import: Import = self.api(request, visit, Method::POST, &path, &Value::Null).await?;
        for _ in 1..STEPS_A_PRESS {
            if import.state == ImportState::Done {
                break;
            }
            import = self.api(request, visit, Method::POST, &path, &Value::Null).await?;
        }
        Ok(import)
    }

    async fn change_status(
        &self,
        request: &Request,
        visit: &Visit,
        posted: &Posted,
        code: &str,
    ) -> Result<Said, Error> {
        let parsed = code.parse().map_err(|_| Error::NO_CODE)?;
        let may = self.reads(request, &visit.shop).await?;
        let before = self.ask_as(&may, &visit.shop, GetReferrer { code: parsed }).await?;
        let waited = Activity::Waiting == before.referrer.activity;
        let mut body = json!({});
        posted.set(&mut body, &[("status", Form::Text), ("reason", Form::Text)])?;
        let confirms = posted.text("confirmed") == Some("true");
        if let (true, Some(members)) = (confirms, body.as_object_mut()) {
            members.insert("confirmed".into(), json!(true));
        }
        let path = format!("referrers/{}", encoded(code));
        self.api_response(request, visit, Method::PATCH, &path, &body).await?;
        Ok(match posted.text("status").and_then(Activity::named) {
            None if confirms => Said::Confirmed,
            Some(Activity::Active) if waited => Said::LetIn,
            Some(Activity::Ended) if waited => Said::TurnedDown,
            Some(Activity::Paused) => Said::Paused,
            Some(Activity::Ended) => Said::Ended,
            Some(Activity::Active | Activity::Waiting) | None => Said::Saved,
        })
    }

    async fn erase_person(&self, request: &Request, visit: &Visit, code: &str) -> Result<(), Error> {
        let code = code.parse().map_err(|_| Error::NO_CODE)?;
        let may = self.owner(request, &visit.shop).await?;
        let record = self.ask_as(&may, &visit.shop, GetReferrer { code }).await?.referrer;
        let ask = EraseSubject {
            email_hash: record.email_hash,
            customer_id: record.customer_id,
            pseudonym: self.pseudonym()?,
        };
        if ask.email_hash.is_none() && ask.customer_id.is_none() {
            return Err(Error::Conflict(
                "this referrer has neither an address nor a customer id: nothing is held of them",
            ));
        }
        self.ask_as(&may, &visit.shop, ask).await.map(drop)
    }

    async fn credit(
        &self,
        request: &Request,
        visit: &Visit,
        posted: &Posted,
        order: &str,
    ) -> Result<Response, Error> {
        if posted.text("dry_run").is_some() {
            let names = ["code", "at", "currency", "subtotal", "discount"];
            let one = names.iter().filter_map(|name| Some((*name, posted.text(name)?.to_owned())));
            let despite = posted.all("despite").into_iter().map(|each| ("despite", each));
            let query: Vec<_> = one.chain(despite).chain([("dry_run", "true".to_owned())]).collect();
            let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
            return Ok(see(&Place::Credit(order.to_owned()).asking(visit.shop.as_str(), &query)));
        }
        self.give(request, visit, posted, order, false).await?;
        let place = Place::Order(order.to_owned()).href(visit.shop.as_str());
        Ok(said(see(&place), Said::Credited))
    }

    /// What would come of a credit, which is not made.
    pub(super) async fn try_credit(
        &self,
        request: &Request,
        visit: &Visit,
        asked: &Posted,
        order: &str,
    ) -> Result<Credited, Error> {
        self.give(request, visit, asked, order, true).await
    }

    async fn give(
        &self,
        request: &Request,
        visit: &Visit,
        posted: &Posted,
        order: &str,
        try_only: bool,
    ) -> Result<Credited, Error> {
        let mut body = json!({"despite": posted.all("despite"), "dry_run": try_only});
        posted.set(
            &mut body,
            &[
                ("code", Form::Text),
                ("note", Form::Text),
                ("currency", Form::Text),
                ("subtotal", Form::Amount),
                ("discount", Form::Amount),
            ],
        )?;
        if let Some(day) = posted.text("at") {
            let shop = self.shop(&visit.shop).await?;
            let at = Days(&shop.program.zone).at(day, Edge::First, None);
            put(&mut body, "at", Some(at.into()))?;
        }
        let path = format!("orders/{}/credit", encoded(order));
        let given = self.api(request, visit, Method::POST, &path, &body).await;
        given.map_err(|error| match error {
            // The order's own page is there: it is the code that is nobody's.
            Error::NotFound(why) if matches!(Error::NO_CODE, Error::NotFound(no_code) if no_code == why) => {
                Error::invalid("/code", why)
            }
            error => error,
        })
    }

    async fn review_one(
        &self,
        request: &Request,
        visit: &Visit,
        posted: &Posted,
        order: &str,
    ) -> Result<(), Error> {
        let mut body = json!({});
        posted.set(&mut body, &[("decision", Form::Text), ("note", Form::Text)])?;
        let path = format!("conversions/{}/review", encoded(order));
        self.api_response(request, visit, Method::POST, &path, &body).await.map(drop)
    }

    /// Saves the shop's own wording of one kind of mail in one language, or forgets it where nothing is typed.
    async fn save_mail_text(
        &self,
        request: &Request,
        visit: &Visit,
        posted: &Posted,
        kind: &str,
    ) -> Result<Response, Error> {
        let locale = spoken(posted.text("locale").unwrap_or_default());
        let held: MailSettings = self.api(request, visit, Method::GET, "mail", &Value::Null).await?;
        let mut texts = serde_json::to_value(&held.texts)?;
        let mut own = json!({});
        posted.set(&mut own, &[("subject", Form::Text), ("body", Form::Text)])?;
        let own = Some(own).filter(|own| own.as_object().is_some_and(|own| !own.is_empty()));
        put(&mut texts, &format!("{locale}.{kind}"), own)?;
        let body = json!({"provider": held.provider, "from": held.from, "reply_to": held.reply_to,
            "owner_email": held.owner_email, "kinds": held.kinds, "quiet_hours": held.quiet_hours, "texts": texts});
        self.api_response(request, visit, Method::PUT, "mail", &body).await?;
        let back = Place::MailText(kind.to_owned()).asking(visit.shop.as_str(), &[("locale", &locale)]);
        Ok(said(see(&back), Said::Saved))
    }

    /// An address's page with its secret, which nothing shows again.
    async fn with_secret(
        &self,
        request: &Request,
        visit: &Visit,
        made: EndpointWithSecret,
    ) -> Result<Response, Error> {
        let fresh = Fresh { secret: Some(made.secret), ..Fresh::default() };
        let place = Place::Endpoint(made.endpoint.id);
        self.desk_page(request, visit, place, Entered::default(), fresh).await
    }

    /// Shows a secret once, or replaces it.
    async fn secret(&self, request: &Request, visit: &Visit, posted: &Posted) -> Result<Response, Error> {
        let name = posted.text("secret").unwrap_or_default().to_owned();
        match posted.text("action") {
            Some("show") => {
                let fresh = Fresh { secret: Some(name), ..Fresh::default() };
                self.desk_page(request, visit, Place::Secrets, Entered::default(), fresh).await
            }
            Some("rotate") => {
                if let (Some(held), Some(secret)) = (posted.text("held"), Rotated::named(&name)) {
                    let shop = self.fresh_shop(&visit.shop).await?;
                    let secrets = &shop.record.secrets;
                    let now = match secret {
                        Rotated::EventSecret => secrets.event_secret.clone(),
                        Rotated::ShopToken => secrets.shop_token.clone(),
                        Rotated::IdentityKey => secrets.identity_key().into_owned(),
                    };
                    // The page was sent again: what it replaces is replaced already.
                    if held != settings::ending(&now) {
                        let fresh = Fresh { secret: Some(name), replaced: true, ..Fresh::default() };
                        return self
                            .desk_page(request, visit, Place::Secrets, Entered::default(), fresh)
                            .await;
                    }
                }
                let path = format!("secrets/{}/rotate", encoded(&name));
                self.api_response(request, visit, Method::POST, &path, &Value::Null).await?;
                match (Rotated::named(&name), &visit.session.by) {
                    // The token that they came in by has ended their session.
                    (Some(Rotated::ShopToken), By::Admin | By::Shop) => {
                        self.shown_again(request, visit, name).await
                    }
                    (Some(Rotated::ShopToken), By::Helper(_) | By::Module(_) | By::Platform(_)) => {
                        let fresh = Fresh { secret: Some(name), ..Fresh::default() };
                        self.desk_page(request, visit, Place::Secrets, Entered::default(), fresh).await
                    }
                    // It is to be copied into what signs with it.
                    (Some(Rotated::EventSecret | Rotated::IdentityKey) | None, _) => {
                        let fresh = Fresh { secret: Some(name), replaced: true, ..Fresh::default() };
                        self.desk_page(request, visit, Place::Secrets, Entered::default(), fresh).await
                    }
                }
            }
            Some(_) | None => Err(Error::invalid("/action", "must be show or rotate")),
        }
    }

    async fn currency(&self, visit: &Visit) -> Result<String, Error> {
        Ok(self.shop(&visit.shop).await?.program.currency.code().to_owned())
    }

    /// The list of shops, and a new one.
    pub(super) async fn desk_shops(&self, request: &Request, is_post: bool) -> Result<Response, Error> {
        let Some(admin) = self.admin_visit(request).await? else {
            return Ok(self.ask_to_sign_in(request, is_post, false));
        };
        let posted = Posted::of(request);
        if is_post && !crate::token::same_secret(posted.text("csrf").unwrap_or_default(), &admin.csrf) {
            return Err(Error::Forged);
        }
        if !is_post {
            return self.shops_page(request, admin, Entered::default()).await;
        }
        match self.make_shop(&self.as_admin(request), &posted).await {
            Ok(id) => {
                let shop = self.fresh_shop(&id).await?;
                let key = shop.record.secrets.shop_token.clone();
                let name = posted.text("name").unwrap_or(id.as_str()).to_owned();
                let frame = self.frame_of_none(request, Some(admin));
                Ok(html(shops::made(&frame, &shops::MadeShop { shop: id.to_string(), name, key })))
            }
            Err(Error::Invalid(faults)) => {
                let faults = faults.into_iter().map(|fault| (fault.pointer, fault.detail)).collect();
                let shown = self.shops_page(request, admin, posted.entered(faults)).await?;
                Ok(Response { status: StatusCode::UNPROCESSABLE_ENTITY, ..shown })
            }
            Err(error) => Err(error),
        }
    }

    /// The list of shops, with what was typed for a new one.
    pub(super) async fn shops_page(
        &self,
        request: &Request,
        admin: AdminVisit,
        entered: Entered,
    ) -> Result<Response, Error> {
        let inner = self.as_admin(request);
        let listed = self.list_shops(&self.admin(&inner).await?, request).await?;
        let list: ShopList = read(&listed)?;
        let frame = self.frame_of_none(request, Some(admin));
        Ok(html(shops::page(&frame, &shops::Shops { list, entered })))
    }

    /// A request in the name of the admin, whose session was looked at.
    fn as_admin(&self, request: &Request) -> Request {
        let mut inner = request.clone();
        if let Ok(bearer) = format!("Bearer {}", self.newest_admin_token()).parse() {
            inner.headers.insert(header::AUTHORIZATION, bearer);
        }
        inner
    }

    async fn make_shop(&self, request: &Request, posted: &Posted) -> Result<ShopId, Error> {
        let id = match posted.text("shop") {
            Some(text) => self.free_id(text).await?,
            None => match self.id_by_name(posted).await? {
                Named::Free(id) => id,
                Named::Made(id) => return Ok(id),
            },
        };
        let lang = Language::of(posted.text("locale").unwrap_or("en"));
        let friends = offer_id("gift", lang).unwrap_or("friends");
        let mut program = json!({"offers": [{"id": friends, "audience": "customer",
            "friend": {"reward": {"kind": "percent_off", "percent": "10"}},
            "advocate": {"reward": {"kind": "percent_off", "percent": "10"}, "hold_days": 14}}]});
        posted.set(&mut program, SHOP)?;
        let body = serde_json::to_vec(&program)?;
        let inner = Request {
            method: Method::PUT,
            path: format!("/v1/shops/{id}"),
            body: crate::http::Body::Whole(body),
            ..request.clone()
        };
        let may = self.owner(&inner, &id).await?;
        self.put_shop(&may, &inner, &id).await?;
        // What the set-up's first step asks was just said.
        self.ask_as(&may, &id, PutSetUp(with_step(SetUp::default(), Step::Shop))).await?;
        Ok(id)
    }

    /// The id of a shop that is to be made, which no other has.
    async fn free_id(&self, text: &str) -> Result<ShopId, Error> {
        let id = ShopId::parse(text).ok_or_else(|| {
            Error::invalid("/shop", "must be small letters, digits and hyphens, at most 64 of them")
        })?;
        match self.fresh_shop(&id).await {
            Ok(_) => Err(Error::invalid("/shop", "is the id of another shop already")),
            Err(Error::NotFound(_)) => Ok(id),
            Err(error) => Err(error),
        }
    }

    /// An id by a shop's name, with a number behind it where another shop has that one.
    async fn id_by_name(&self, posted: &Posted) -> Result<Named, Error> {
        let name = posted.text("name").unwrap_or_default();
        let mut own = json!({});
        posted.set(&mut own, SHOP)?;
        let plain = plain_id(name);
        if name.is_empty() {
            return Err(Error::invalid("/name", "is missing"));
        }
        for number in 1..=MOST_OF_A_NAME {
            let text = if number == 1 { plain.clone() } else { format!("{plain}-{number}") };
            let Some(id) = ShopId::parse(&text) else { break };
            match self.fresh_shop(&id).await {
                // The form was sent again.
                Ok(shop) if same_shop(&shop.record.program, &own) => return Ok(Named::Made(id)),
                Ok(_) => {}
                Err(Error::NotFound(_)) => return Ok(Named::Free(id)),
                Err(error) => return Err(error),
            }
        }
        Err(Error::invalid(
            "/shop",
            match plain.is_empty() {
                true => "letters and digits are missing in this name: write an id too",
                false => "is the id of another shop already",
            },
        ))
    }
}

/// The id that a new shop's name comes to.
enum Named {
    /// One that no shop has.
    Free(ShopId),
    /// That of the shop which the same form made before.
    Made(ShopId),
}

/// Whether a program is that of the shop that a form names.
fn same_shop(program: &Value, form: &Value) -> bool {
    let text =
        |of: &Value, name: &str| of[name].as_str().unwrap_or_default().trim_end_matches('/').to_owned();
    ["name", "landing_url"].iter().all(|name| text(program, name) == text(form, name))
}

/// A name as an id of a shop: `thes-de-sylvie` for "Thés de Sylvie". Nothing where it has no letter or digit of ASCII.
fn plain_id(name: &str) -> String {
    let words = parrain_sheet::headings::folded(name);
    let ascii = words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let id: String = ascii.collect::<Vec<_>>().join("-").chars().take(LONGEST_PLAIN_ID).collect();
    id.trim_matches('-').to_owned()
}

/// A fault of the code, which stands in the API's path and in a field of the form.
fn of_the_code(fault: Fault) -> Fault {
    match fault.detail.strip_prefix("the code in the path ") {
        Some(detail) => Fault { pointer: "/code".into(), detail: detail.to_owned() },
        None => fault,
    }
}

/// What a line of many codes says of a referrer.
fn line_body(line: &CodeLine) -> Value {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    json!({"name": text(&line.name), "email": text(&line.email)})
}

/// The widget's language that this is.
fn spoken(locale: &str) -> String {
    TextsPage::of(&Program::default(), locale).texts.locale
}

/// What is wrong with a program, for the form of the offer at this place in it: a fault of that offer is of the form's
/// field, one of another offer of the form as a whole, and says itself which offer it means.
fn within_offer(error: Error, own: Option<usize>) -> Error {
    let Error::Invalid(faults) = error else { return error };
    let moved = faults.into_iter().map(|fault| {
        let found = fault.pointer.strip_prefix("/offers/").and_then(|rest| rest.split_once('/'));
        let pointer = found.map(|(place, member)| match own {
            Some(own) if own.to_string() == place => format!("/{member}"),
            Some(_) | None => String::new(),
        });
        Fault { pointer: pointer.unwrap_or(fault.pointer), ..fault }
    });
    Error::Invalid(moved.collect())
}

/// A fault's pointer, where the form shows what it points at.
fn within_form(place: &Place, pointer: String) -> String {
    match place {
        Place::NewOffer | Place::Offer(_) if pointer.starts_with("/offer_texts/") => "/wording".to_owned(),
        // A press beside the form of an offer may be wrong for another.
        Place::MoveOffer(_) | Place::RemoveOffer(_) if pointer.starts_with("/offers/") => String::new(),
        Place::Materials if pointer == "/title" => "/picture_title".to_owned(),
        Place::NewPromoCode | Place::PromoCode(_) => {
            let rest = pointer.strip_prefix("/promotions/").and_then(|rest| rest.split_once('/'));
            rest.map_or(pointer.clone(), |(_, member)| format!("/{member}"))
        }
        // A form of texts shows those of one language.
        Place::Texts => {
            let rest = pointer.strip_prefix("/texts/").and_then(|rest| rest.split_once('/'));
            rest.map_or(pointer.clone(), |(_, key)| format!("/texts/{key}"))
        }
        // One of the whole body is of the file, and one of the query of the field that said it.
        Place::Imports if pointer.is_empty() => "/csv".to_owned(),
        Place::Imports => format!("/{}", pointer.trim_start_matches('/')),
        // One of a wording is of its subject or its text.
        Place::MailText(_) if pointer.starts_with("/texts/") => {
            pointer.rsplit_once('/').map_or(pointer.clone(), |(_, member)| format!("/{member}"))
        }
        _ => pointer,
    }
}

/// Lines of a code, a name and an address, separated by what the first line separates by; a heading is none.
fn code_lines(text: &str) -> Vec<CodeLine> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b'\t', b';'].into_iter().find(|sign| first.bytes().any(|byte| byte == *sign));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(delimiter.unwrap_or(b','))
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut lines = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let Ok(record) = record else { continue };
        let cell = |column: usize| record.get(column).unwrap_or_default().to_owned();
        let heading = index == 0 && cell(0).eq_ignore_ascii_case("code");
        if heading || cell(0).is_empty() {
            continue;
        }
        let line = record.position().map_or(index + 1, |at| usize::try_from(at.line()).unwrap_or(index + 1));
        lines.push(CodeLine { line, code: cell(0), name: cell(1), email: cell(2), fault: String::new() });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_s_id_is_made_of_its_name() {
        for (name, id) in [
            ("Thés de Sylvie", "thes-de-sylvie"),
            ("  L’Atelier d’Élise & Cie ! ", "l-atelier-d-elise-cie"),
            ("Café №1", "cafe-no1"),
            ("شاي", ""),
            ("../admin", "admin"),
        ] {
            assert_eq!(plain_id(name), id, "{name}");
        }
        assert!(plain_id(&"thé ".repeat(99)).len() <= LONGEST_PLAIN_ID);
    }

    #[test]
    fn many_codes_are_read_from_any_list() {
        let line = |line, code: &str, name: &str, email: &str| CodeLine {
            line,
            code: code.into(),
            name: name.into(),
            email: email.into(),
            fault: String::new(),
        };
        let both = [line(2, "LEA", "Léa; Paris", "lea@example.com"), line(3, "PAUL", "", "")];
        assert_eq!(code_lines("Code;Nom;E-mail\nLEA;\"Léa; Paris\";lea@example.com\nPAUL\n\n"), both);
        assert_eq!(code_lines("code,name\nLEA,\"Léa; Paris\",lea@example.com\nPAUL"), both);
        assert_eq!(code_lines("\u{feff}LEA\tLéa"), [line(1, "LEA", "Léa", "")]);
        assert!(code_lines("").is_empty());
    }
}

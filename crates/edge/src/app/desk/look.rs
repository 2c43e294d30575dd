//! The pages of the desk: what each asks of the ledger, in one call, and what it is drawn from.

use std::collections::BTreeSet;

use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_core::payout::Selection;
use parrain_desk::claims::{ClaimPage, Claims};
use parrain_desk::connections::{self, Connections};
use parrain_desk::contacts::{self, ContactPage, Contacts};
use parrain_desk::credit::Credit;
use parrain_desk::endpoints::{self, EndpointPage, Endpoints};
use parrain_desk::experiments::{self, Experiments};
use parrain_desk::home::Home;
use parrain_desk::imports::{ImportPage, Imports};
use parrain_desk::mail::{self, Mail, MailTextPage};
use parrain_desk::materials::{self, MaterialsPage};
use parrain_desk::order::OrderPage;
use parrain_desk::orders::{Orders, Reviews};
use parrain_desk::pay::{Pay, PayoutPage, Payouts};
use parrain_desk::platforms::{self, PlatformPage};
use parrain_desk::program::{self, History, Json, OfferPage, Rules, VersionPage};
use parrain_desk::promo_codes::{self, Beginning, PromoCodePage, PromoCodes};
use parrain_desk::referrer::{PaidTo, ReferrerPage};
use parrain_desk::referrers::{CodeLine, NewCodes, NewReferrer, Referrers};
use parrain_desk::report::ReportPage;
use parrain_desk::set_up::{self, AtShop, LookStep, PlatformStep, ProgramStep, ProofStep, ShopStep, TagStep};
use parrain_desk::settings::{self, HelpersPage, Secrets, Settings, TextsPage};
use parrain_desk::statement::StatementPage;
use parrain_desk::try_out::{self, TryOut};
use parrain_desk::{
    Entered, Frame, Place, Role, claims, credit, home, imports, order, orders, pay, referrer, referrers,
    report, statement, tax,
};
use parrain_wire::account::{ClaimState, OrderAccount};
use parrain_wire::connections::ConnectCode;
use parrain_wire::contacts::ContactProvider;
use parrain_wire::desk::{HelperLink, Look, Proof, SetUp, Step};
use parrain_wire::event::Decided;
use parrain_wire::experiments::ExperimentPlan;
use parrain_wire::mail::MailKind;
use parrain_wire::payouts::{PayoutList, SepaPlan};
use parrain_wire::program::Program;
use parrain_wire::referrer::{Activity, ReferrerList, SignInLink};
use parrain_wire::word::Word;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::super::admin::{MOST_REPORT_DAYS, REPORT_DAYS};
use super::super::glance::read_month;
use super::super::mail::mail_settings;
use super::super::shops::Shop;
use super::super::{App, Env, admin, orders as api_orders};
use super::form::Posted;
use super::rules::{Days, Edge};
use super::{Visit, html, language, see};
use crate::details::masked;
use crate::http::{Method, Request, Response, StatusCode, header};
use crate::problem::Error;
use crate::protocol::Ask;
use crate::protocol::calls::{
    Framing, GetClaim, GetCustomers, GetDetails, GetEndpoint, GetFrame, GetMail, GetMaterials, GetOrder,
    GetOverview, GetPayout, GetProof, GetReferrer, GetReport, GetSignals, GetStatement, GetStatus, GiveOrder,
    ListClaims, ListConnections, ListContacts, ListConversions, ListDeliveries, ListEndpoints,
    ListExperiments, ListFailedTasks, ListHelpers, ListMessages, ListOrders, ListPayouts, ListPromotions,
    ListReferrers, ListVersions, PlanPayout,
};
use crate::protocol::imports::{GetImport, ListImports};
use crate::protocol::shop::ReferrerRecord;
use crate::route::Route;

/// How many payouts stand beside what is due.
const LAST_PAYOUTS: usize = 3;

/// What the page may do on which a program is tried: run its own scripts, and send nothing anywhere but by its forms, which
/// are the frame's. What the worker may do is said with its file (xtask's `widget`).
const TRY_OUT: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Of a promo code that the program does not have.
pub(super) const NO_PROMO_CODE: Error = Error::NotFound("there is no such promo code");

const NO_VERSION: Error = Error::NotFound("the program has no such version");
pub(super) const NOTHING: Error = Error::NotFound("there is nothing at this path");

/// What was made for the form that was just sent, and is shown once.
#[derive(Debug, Default)]
pub struct Fresh {
    /// A link for a referrer.
    pub sign_in_link: Option<SignInLink>,
    /// A link for a helper.
    pub helper_link: Option<HelperLink>,
    /// A code for a module.
    pub connect_code: Option<ConnectCode>,
    /// Which of the shop's secrets is shown, or an address's own.
    pub secret: Option<String>,
    /// Whether that has just taken the place of another, which is good for another day.
    pub replaced: bool,
    /// What would be made of each line of many codes.
    pub codes: Option<Vec<CodeLine>>,
    /// How long comparing offers takes.
    pub plan: Option<ExperimentPlan>,
    /// What somebody else saved meanwhile.
    pub conflict: Option<program::Conflict>,
}

/// The frame of a page, and what it was made of.
pub(super) type Framed = (Frame, Framing);

/// The page on which a form stands that is sent to a place of its own.
pub fn page_of(place: Place) -> Place {
    match place {
        Place::StartTest => Place::SetUpStep(Step::Proof),
        Place::MoveOffer(id) | Place::RemoveOffer(id) => Place::Offer(id),
        Place::RestoreVersion(number) => Place::Version(number),
        Place::EndPromoCode(code) => Place::PromoCode(code),
        Place::ConcludeExperiment(_) => Place::Experiments,
        Place::ReferrerStatus(code)
        | Place::Bonus(code)
        | Place::PaidTo(code)
        | Place::SignInLink(code)
        | Place::EndSignIns(code)
        | Place::ErasePerson(code) => Place::Referrer(code),
        Place::ImportStep(id) => Place::Import(id),
        Place::DropImport(_) => Place::Imports,
        Place::UndoCredit(id) | Place::Review(id) => Place::Order(id),
        Place::PayoutPaid(id) => Place::Payout(id),
        Place::RemovePicture(_) | Place::NewShareText => Place::Materials,
        Place::RemoveShareText(id) => Place::ShareText(id),
        Place::EndHelper(_) => Place::Helpers,
        Place::EndConnection(_) => Place::Connections,
        Place::EndPlatform(name) | Place::ReconcilePlatform(name) => Place::Platform(name),
        Place::EndContact(name) | Place::ReplayContact(name) => Place::Contact(name),
        Place::TestEndpoint(id)
        | Place::ReplayDead(id)
        | Place::RotateEndpoint(id)
        | Place::RemoveEndpoint(id) => Place::Endpoint(id),
        Place::TestMail | Place::ReplayMail | Place::LiftStop(_) | Place::EndMail => Place::Mail,
        Place::Find => Place::Home,
        place => place,
    }
}

impl<E: Env> App<E> {
    /// A page, with what was typed into its form and what was made for it.
    pub(super) async fn desk_page(
        &self,
        request: &Request,
        visit: &Visit,
        place: Place,
        entered: Entered,
        fresh: Fresh,
    ) -> Result<Response, Error> {
        let (id, now) = (&visit.shop, self.env.now());
        let cursor = request.param("cursor");
        match place {
            Place::Home => {
                let (frame, overview) = self.framed(request, visit, GetOverview).await?;
                Ok(html(home::page(&frame.0, &Home { overview })))
            }
            Place::SetUp => {
                let (_, framing) = self.framing(request, visit).await?;
                let done = &framing.set_up.done;
                let open = Step::WORDS.iter().find(|(_, step)| !done.iter().any(|one| one == step));
                let step = open.map_or(Step::Proof, |(_, step)| *step);
                Ok(see(&Place::SetUpStep(step).href(id.as_str())))
            }
            Place::SetUpStep(step) => self.set_up_step(request, visit, step, entered, fresh).await,
            Place::Preview => self.preview(request, visit).await,
            Place::TryOut => self.try_out(request, visit).await,
            Place::Program => {
                let (frame, framing) = self.framing(request, visit).await?;
                let (program, version) = (program_of(&framing)?, framing.version);
                let page = Rules { program, version, entered, conflict: fresh.conflict };
                Ok(html(program::rules(&frame, &page)))
            }
            Place::ProgramJson => {
                let (frame, framing) = self.framing(request, visit).await?;
                let json = serde_json::to_string_pretty(&framing.record.program)?;
                let page = Json { json, version: framing.version, entered, conflict: fresh.conflict };
                Ok(html(program::json(&frame, &page)))
            }
            Place::NewOffer => self.offer_page(request, visit, None, entered, fresh).await,
            Place::Offer(offer) => self.offer_page(request, visit, Some(offer), entered, fresh).await,
            Place::PromoCodes => {
                let (frame, list) = self.framed(request, visit, ListPromotions).await?;
                Ok(html(promo_codes::page(&frame.0, &PromoCodes { list })))
            }
            Place::NewPromoCode => {
                let (frame, framing) = self.framing(request, visit).await?;
                let begin = request.param("begin").as_deref().and_then(Beginning::named);
                let page = PromoCodePage { known: None, begin, version: framing.version, entered };
                Ok(html(promo_codes::one(&frame, &page)))
            }
            Place::PromoCode(code) => {
                let (frame, list) = self.framed(request, visit, ListPromotions).await?;
                let known =
                    list.promotions.into_iter().find(|one| one.code == code && one.promotion.is_some());
                let known = Some(known.ok_or(NO_PROMO_CODE)?);
                let page = PromoCodePage { known, begin: None, version: frame.1.version, entered };
                Ok(html(promo_codes::one(&frame.0, &page)))
            }
            Place::Experiments => {
                let ((frame, framing), list) = self.framed(request, visit, ListExperiments).await?;
                let offers = program_of(&framing)?.offers;
                Ok(html(experiments::page(&frame, &Experiments { list, offers, entered, plan: fresh.plan })))
            }
            Place::Versions => {
                let (frame, versions) = self.framed(request, visit, ListVersions { cursor }).await?;
                Ok(html(program::history(&frame.0, &History { versions })))
            }
            Place::Version(number) => {
                let number: i64 = number.parse().map_err(|_| NO_VERSION)?;
                let cursor = Some(number.saturating_add(1).to_string());
                let (frame, found) = self.framed(request, visit, ListVersions { cursor }).await?;
                let mut versions = found.versions.into_iter();
                let version = versions.next().filter(|one| one.number == number).ok_or(NO_VERSION)?;
                let now = program_of(&frame.1)?;
                let page = VersionPage { version, before: versions.next(), newest: frame.1.version, now };
                Ok(html(program::version(&frame.0, &page)))
            }
            Place::Referrers => self.referrers_page(request, visit).await,
            Place::NewReferrer => {
                let (frame, framing) = self.framing(request, visit).await?;
                let page = NewReferrer { offers: program_of(&framing)?.offers, entered };
                Ok(html(referrers::new(&frame, &page)))
            }
            Place::NewCodes => {
                let (frame, framing) = self.framing(request, visit).await?;
                let page = NewCodes { offers: program_of(&framing)?.offers, entered, tried: fresh.codes };
                Ok(html(referrers::codes(&frame, &page)))
            }
            Place::Imports => {
                self.owner(request, id).await?;
                let (frame, list) = self.framed(request, visit, ListImports).await?;
                let page = Imports { offers: program_of(&frame.1)?.offers, list, entered };
                Ok(html(imports::page(&frame.0, &page)))
            }
            Place::Import(import) => {
                self.owner(request, id).await?;
                let ask = GetImport { id: import, verdict: None, cursor };
                let (frame, import) = self.framed(request, visit, ask).await?;
                Ok(html(imports::one(&frame.0, &ImportPage { import, entered })))
            }
            Place::Referrer(code) => self.referrer_page(request, visit, &code, entered, fresh).await,
            Place::Statement(code, month) => {
                let code = code.parse().map_err(|_| Error::NO_CODE)?;
                let month = read_month(&month).ok_or(NOTHING)?;
                let (frame, statement) = self.framed(request, visit, GetStatement { code, month }).await?;
                Ok(html(statement::page(&frame.0, &StatementPage { statement })))
            }
            Place::Materials => {
                let (frame, materials) = self.framed(request, visit, GetMaterials).await?;
                let materials = self.addressed(request, id, materials);
                Ok(html(materials::page(&frame.0, &MaterialsPage { materials, entered })))
            }
            Place::ShareText(text) => {
                let (frame, materials) = self.framed(request, visit, GetMaterials).await?;
                let found = materials.texts.into_iter().find(|one| one.id == text);
                let text = found.ok_or(Error::NotFound("there is no such text"))?;
                Ok(html(materials::text(&frame.0, &materials::TextPage { text, entered })))
            }
            Place::Orders => {
                let outcome = word_of::<Decided>(request, "outcome");
                let code = request.param("code").unwrap_or_default();
                let by_code = match code.trim() {
                    "" => None,
                    text => Some(text.parse().map_err(|_| Error::NO_CODE)?),
                };
                let ask = ListOrders { email_hash: None, code: by_code, outcome, ending: None, cursor };
                let (frame, list) = self.framed(request, visit, ask).await?;
                Ok(html(orders::page(&frame.0, &Orders { list, outcome, code, found_by: None })))
            }
            Place::Reviews => self.reviews_page(request, visit, cursor, entered).await,
            Place::Order(order_id) => {
                let locale = Some(language(request).tag().to_owned());
                let (frame, account) = self.framed(request, visit, GetOrder { order_id, locale }).await?;
                Ok(html(order::page(&frame.0, &OrderPage { account, entered })))
            }
            Place::Credit(order_id) => self.credit_page(request, visit, order_id, entered).await,
            Place::Claims => {
                let state = word_of::<ClaimState>(request, "state");
                let (frame, list) = self.framed(request, visit, ListClaims { state, cursor }).await?;
                Ok(html(claims::page(&frame.0, &Claims { list, state })))
            }
            Place::Claim(claim) => self.claim_page(request, visit, claim, entered).await,
            Place::Pay => {
                // A form that was refused says what it was narrowed to; else the query does.
                let typed = |name: &str| entered.values.get(name).cloned().filter(|text| !text.is_empty());
                let until = match typed("until").or(request.param("until")) {
                    Some(day) => self.until(visit, &day).await?,
                    None => now,
                };
                let kinds: BTreeSet<String> = match typed("kinds") {
                    Some(kinds) => kinds.lines().map(str::to_owned).collect(),
                    None => request.params("kinds").into_iter().collect(),
                };
                let kinds = Some(kinds).filter(|kinds| !kinds.is_empty());
                let selection = Selection { kinds, ..Selection::default() };
                let asks = (PlanPayout { until, selection }, ListPayouts { cursor: None });
                let (frame, (plan, last)) = self.framed(request, visit, asks).await?;
                let last = last.items.into_iter().take(LAST_PAYOUTS).collect();
                let settling = entered.faults.iter().any(|(pointer, _)| pointer == SETTLING);
                Ok(html(pay::page(&frame.0, &Pay { plan, last, settling, entered })))
            }
            Place::Payouts => {
                let (frame, found) = self.framed(request, visit, ListPayouts { cursor }).await?;
                let list = PayoutList { payouts: found.items, next_cursor: found.next_cursor };
                Ok(html(pay::list(&frame.0, &Payouts { list })))
            }
            Place::Payout(payout) => {
                let ask = GetPayout { id: payout.clone() };
                let (frame, found) = self.framed(request, visit, ask).await?;
                let sepa = if visit.session.role == Role::All {
                    let path = format!("payouts/{}/sepa", encoded(&payout));
                    let body = json!({"dry_run": true});
                    // Where no file can be made at all, the page has none to offer.
                    self.api::<SepaPlan>(request, visit, Method::POST, &path, &body).await.ok()
                } else {
                    None
                };
                Ok(html(pay::one(&frame.0, &PayoutPage { payout: found, sepa, entered })))
            }
            Place::PayoutCsv(payout) => {
                let path = format!("payouts/{}.csv", encoded(&payout));
                self.passed_on(request, visit, &path, &["kind", "details"]).await
            }
            Place::PayoutXml(payout) => {
                let path = format!("payouts/{}.xml", encoded(&payout));
                self.passed_on(request, visit, &path, &["partial"]).await
            }
            Place::Report => self.report_page(request, visit, entered).await,
            Place::Person(code) => self.person_file(request, visit, &code).await,
            Place::ReferrersCsv => self.referrers_file(request, visit).await,
            Place::OrdersCsv => self.orders_file(request, visit).await,
            Place::ReportCsv => self.report_file(request, visit).await,
            Place::Settings => {
                let (frame, helpers) = self.framed(request, visit, ListHelpers).await?;
                let page = Settings {
                    program: program_of(&frame.1)?,
                    set_up: frame.1.set_up.clone(),
                    helpers: i64::try_from(helpers.helpers.len()).unwrap_or(i64::MAX),
                };
                Ok(html(settings::page(&frame.0, &page)))
            }
            Place::Secrets => {
                self.owner(request, id).await?;
                let (frame, framing) = self.framing(request, visit).await?;
                let page = Secrets {
                    shop: shop_of(&framing)?,
                    shown: fresh.secret,
                    replaced: fresh.replaced,
                    entered,
                };
                Ok(html(settings::secrets(&frame, &page)))
            }
            Place::Helpers => {
                let (frame, helpers) = self.framed(request, visit, ListHelpers).await?;
                let page = HelpersPage { helpers, link: fresh.helper_link, entered };
                Ok(html(settings::helpers(&frame.0, &page)))
            }
            Place::Connections => {
                let asks = (ListConnections, ListFailedTasks);
                let (frame, (list, failed)) = self.framed(request, visit, asks).await?;
                let page = Connections { list, code: fresh.connect_code, failed };
                Ok(html(connections::page(&frame.0, &page)))
            }
            Place::Platform(platform) => {
                if !platforms::NAMES.contains(&platform.as_str()) {
                    return Err(NOTHING);
                }
                let (frame, list) = self.framed(request, visit, ListConnections).await?;
                let connection = list.platforms.into_iter().find(|one| one.platform == platform);
                let page = PlatformPage { platform, connection, entered };
                Ok(html(platforms::page(&frame.0, &page)))
            }
            Place::Contacts => {
                self.owner(request, id).await?;
                let (frame, list) = self.framed(request, visit, ListContacts).await?;
                Ok(html(contacts::page(&frame.0, &Contacts { list })))
            }
            Place::Contact(name) => {
                self.owner(request, id).await?;
                let provider = ContactProvider::named(&name).ok_or(NOTHING)?;
                let (frame, list) = self.framed(request, visit, ListContacts).await?;
                let destination = list.destinations.into_iter().find(|one| one.provider == provider);
                Ok(html(contacts::one(&frame.0, &ContactPage { provider, destination, entered })))
            }
            Place::Endpoints => {
                self.owner(request, id).await?;
                let (frame, list) = self.framed(request, visit, ListEndpoints).await?;
                Ok(html(endpoints::page(&frame.0, &Endpoints { list, entered })))
            }
            Place::Endpoint(endpoint) => {
                self.owner(request, id).await?;
                let list = ListDeliveries { id: endpoint.clone(), state: None };
                let asks = (GetEndpoint { id: endpoint }, list);
                let (frame, (endpoint, deliveries)) = self.framed(request, visit, asks).await?;
                let page = EndpointPage { endpoint, deliveries, secret: fresh.secret };
                Ok(html(endpoints::one(&frame.0, &page)))
            }
            Place::Mail => {
                self.owner(request, id).await?;
                let asks = (GetMail, ListMessages { state: None });
                let ((frame, framing), (held, messages)) = self.framed(request, visit, asks).await?;
                let key = framing.record.secrets.salt.as_bytes();
                let settings = held.map(|held| mail_settings(id, key, held));
                Ok(html(mail::page(&frame, &Mail { settings, messages, entered })))
            }
            Place::MailText(kind) => {
                self.owner(request, id).await?;
                let kind = MailKind::named(&kind).ok_or(NOTHING)?;
                let ((frame, framing), held) = self.framed(request, visit, GetMail).await?;
                let asked = entered.values.get("locale").cloned().or_else(|| request.param("locale"));
                let shop = Shop::of(framing.record)?;
                let locale = asked.unwrap_or_else(|| shop.program.locale.clone());
                let page = self.mail_text(request, id, &shop, held, kind, &locale);
                Ok(html(mail::text(&frame, &MailTextPage { entered, ..page })))
            }
            Place::MailHtml(kind) => {
                self.owner(request, id).await?;
                let kind = MailKind::named(&kind).ok_or(NOTHING)?;
                let ((_, framing), held) = self.framed(request, visit, GetMail).await?;
                let shop = Shop::of(framing.record)?;
                let locale = request.param("locale").unwrap_or_else(|| shop.program.locale.clone());
                let page = self.mail_text(request, id, &shop, held, kind, &locale);
                // What is in a mail is styled where it stands, and may do nothing.
                let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'; \
                    base-uri 'none'; form-action 'none'";
                let mut answer = Response::empty(StatusCode::OK);
                answer.body = page.preview.html.into_bytes();
                let answer = answer.with(header::CONTENT_TYPE, "text/html; charset=utf-8");
                Ok(answer
                    .with(header::CACHE_CONTROL, "no-store")
                    .with(header::CONTENT_SECURITY_POLICY, policy))
            }
            Place::Texts => {
                let (frame, framing) = self.framing(request, visit).await?;
                let asked = entered.values.get("locale").cloned().or_else(|| request.param("locale"));
                let page = TextsPage::of(&program_of(&framing)?, &asked.unwrap_or_default());
                Ok(html(settings::texts(&frame, &TextsPage { entered, ..page })))
            }
            Place::RemoveShop => {
                self.admin_visit(request).await?.ok_or(NOTHING)?;
                let (frame, _) = self.framing(request, visit).await?;
                Ok(html(settings::remove(&frame, &entered)))
            }
            Place::Tax => {
                let (frame, tax) = self.tax_list(request, visit, entered).await?;
                Ok(html(tax::page(&frame, &tax)))
            }
            Place::TaxCsv => self.passed_on(request, visit, "payouts/yearly.csv", &["year", "over"]).await,
            // Forms that stand on other pages, and places that belong to no shop.
            Place::StartTest
            | Place::MoveOffer(_)
            | Place::RemoveOffer(_)
            | Place::RestoreVersion(_)
            | Place::EndPromoCode(_)
            | Place::ReferrerStatus(_)
            | Place::ImportStep(_)
            | Place::DropImport(_)
            | Place::Bonus(_)
            | Place::PaidTo(_)
            | Place::SignInLink(_)
            | Place::EndSignIns(_)
            | Place::ErasePerson(_)
            | Place::UndoCredit(_)
            | Place::Review(_)
            | Place::PayoutPaid(_)
            | Place::RemovePicture(_)
            | Place::NewShareText
            | Place::RemoveShareText(_)
            | Place::EndHelper(_)
            | Place::EndConnection(_)
            | Place::EndPlatform(_)
            | Place::ReconcilePlatform(_)
            | Place::EndContact(_)
            | Place::ReplayContact(_)
            | Place::TestEndpoint(_)
            | Place::ReplayDead(_)
            | Place::RotateEndpoint(_)
            | Place::RemoveEndpoint(_)
            | Place::ConcludeExperiment(_)
            | Place::TestMail
            | Place::ReplayMail
            | Place::LiftStop(_)
            | Place::EndMail
            | Place::Find
            | Place::Front
            | Place::Desk
            | Place::SignIn
            | Place::SignOut
            | Place::ComeIn
            | Place::Shops
            | Place::Language => Err(NOTHING),
        }
    }

    async fn set_up_step(
        &self,
        request: &Request,
        visit: &Visit,
        step: Step,
        entered: Entered,
        fresh: Fresh,
    ) -> Result<Response, Error> {
        let orders = ListOrders { email_hash: None, code: None, outcome: None, ending: None, cursor: None };
        let asks = (GetProof, ListConnections, orders);
        let ((frame, framing), (proof, connections, orders)) = self.framed(request, visit, asks).await?;
        let (program, version) = (program_of(&framing)?, framing.version);
        let happened = |step: Proof| proof.seen.iter().any(|seen| seen.step == step);
        let seen = AtShop {
            page: happened(Proof::PageSeen),
            platform: happened(Proof::OrderArrived)
                || connections.connections.iter().any(|one| one.last_seen.is_some())
                || orders.orders.iter().any(|order| {
                    // Not what the owner gave by hand.
                    order.verified && order.received_at.is_some() && order.adjustment.is_none()
                }),
        };
        let mut set_up = framing.set_up.clone();
        Ok(html(match step {
            Step::Shop => set_up::shop(&frame, &ShopStep { set_up, seen, program, version, entered }),
            Step::Program => {
                let begin = request.param("begin");
                set_up::program(&frame, &ProgramStep { set_up, seen, program, version, begin, entered })
            }
            Step::Look => set_up::look(&frame, &LookStep { set_up, seen, entered }),
            Step::Platform => {
                // A form that was sent from the step says of which platform it is.
                let typed = entered.values.get("platform").cloned();
                set_up.platform = request.param("platform").or(typed).or(set_up.platform);
                let shop = if visit.session.role == Role::All { Some(shop_of(&framing)?) } else { None };
                let code = fresh.connect_code;
                set_up::platform(&frame, &PlatformStep { set_up, seen, shop, code, entered })
            }
            Step::Tag => {
                let platform = set_up.platform.as_deref().unwrap_or_default();
                let by_webhooks = shop_of(&framing)?.webhook_secrets.contains_key(platform);
                set_up::tag(&frame, &TagStep { set_up, seen, by_webhooks })
            }
            Step::Proof => {
                let proof = self.with_link(request, &visit.shop, proof);
                set_up::proof(&frame, &ProofStep { set_up, seen, proof, entered })
            }
        }))
    }

    async fn offer_page(
        &self,
        request: &Request,
        visit: &Visit,
        offer: Option<String>,
        entered: Entered,
        fresh: Fresh,
    ) -> Result<Response, Error> {
        let (frame, framing) = self.framing(request, visit).await?;
        let (program, version) = (program_of(&framing)?, framing.version);
        let offer = match offer {
            Some(id) => {
                let found = program.offers.iter().find(|offer| offer.id == id);
                Some(found.cloned().ok_or(Error::NotFound("the program has no such offer"))?)
            }
            None => None,
        };
        let page = OfferPage { program, version, offer, entered, conflict: fresh.conflict };
        Ok(html(program::offer(&frame, &page)))
    }

    async fn reviews_page(
        &self,
        request: &Request,
        visit: &Visit,
        cursor: Option<String>,
        entered: Entered,
    ) -> Result<Response, Error> {
        let list = ListConversions { status: None, unverified: false, waiting: true, cursor };
        let (frame, (list, signals)) = self.framed(request, visit, (list, GetSignals)).await?;
        Ok(html(orders::reviews(&frame.0, &Reviews { list, signals, entered })))
    }

    async fn referrers_page(&self, request: &Request, visit: &Visit) -> Result<Response, Error> {
        let status = word_of::<Activity>(request, "status");
        let q = request.param("q").unwrap_or_default();
        let search = Some(q.trim().to_owned()).filter(|q| !q.is_empty());
        let unconfirmed = request.param("status").as_deref() == Some(referrers::UNCONFIRMED);
        let ask = ListReferrers { status, unconfirmed, search, cursor: request.param("cursor") };
        let (frame, found) = self.framed(request, visit, ask).await?;
        let shop = self.know(&visit.shop, frame.1.record.clone())?;
        let referrers = found.items.into_iter().map(|one| self.referrer(request, &visit.shop, &shop, one));
        let list = ReferrerList { referrers: referrers.collect(), next_cursor: found.next_cursor };
        let page = Referrers { list, q, status, unconfirmed, offers: program_of(&frame.1)?.offers };
        Ok(html(referrers::page(&frame.0, &page)))
    }

    async fn referrer_page(
        &self,
        request: &Request,
        visit: &Visit,
        code: &str,
        entered: Entered,
        fresh: Fresh,
    ) -> Result<Response, Error> {
        let (id, now) = (&visit.shop, self.env.now());
        let code: Code = code.parse().map_err(|_| Error::NO_CODE)?;
        let cursor = request.param("cursor");
        let asks = (
            GetReferrer { code: code.clone() },
            GetStatus { code: code.clone(), as_of: now, cursor, token_made: None },
        );
        // Where somebody is paid is for the owner alone, masked as it is.
        let (frame, (record, mut status), held) = if visit.session.role == Role::All {
            let asks = (asks, GetDetails { code: code.clone(), token_made: None });
            let (frame, (asked, held)) = self.framed(request, visit, asks).await?;
            (frame, asked, held)
        } else {
            let (frame, asked) = self.framed(request, visit, asks).await?;
            (frame, asked, None)
        };
        let shop = self.know(id, frame.1.record.clone())?;
        let paid_to = match &held {
            // What cannot be opened now is shown as not said; paying says why.
            Some(held) => self.open(id, &shop, &code, &held.sealed).ok().map(|details| {
                let shown = serde_json::to_value(masked(&details)).unwrap_or_default();
                paid_to(&shown, held.changed_at)
            }),
            None => None,
        };
        status.link = self.link(request, id, &code);
        let first = status.conversions.iter().map(|conversion| conversion.at).min();
        let page = ReferrerPage {
            // Orders of the time before they were a referrer here count in their own months.
            months: months(&frame.0, first.map_or(record.created_at, |at| at.min(record.created_at)), now),
            referrer: self.referrer(request, id, &shop, record),
            status,
            offers: program_of(&frame.1)?.offers,
            paid_to,
            look: frame.1.set_up.look.clone(),
            spoken: parrain_desk::Language::of(&shop.program.locale),
            sign_in_link: fresh.sign_in_link,
            entered,
        };
        Ok(html(referrer::page(&frame.0, &page)))
    }

    async fn credit_page(
        &self,
        request: &Request,
        visit: &Visit,
        order_id: String,
        mut entered: Entered,
    ) -> Result<Response, Error> {
        let locale = Some(language(request).tag().to_owned());
        let ask = GetOrder { order_id: order_id.clone(), locale };
        let people = ListReferrers { status: None, unconfirmed: false, search: None, cursor: None };
        let (frame, (account, people)) = match self.framed(request, visit, (ask, people.clone())).await {
            // One that never arrived can be given too, by what the form says of it.
            Err(Error::NotFound(_)) => {
                let account = OrderAccount { order_id: order_id.clone(), ..OrderAccount::default() };
                let (frame, people) = self.framed(request, visit, people).await?;
                (frame, (account, people))
            }
            found => found?,
        };
        let asked = Posted::asked(request);
        let mut tried = None;
        if request.method == Method::POST {
            // What was refused is shown with what it would come to, where the note stands that was typed.
            let posted = self.in_currency(visit, Posted::of(request)).await?;
            tried = self.try_credit(request, visit, &posted, &order_id).await.ok();
        } else if entered.values.is_empty() {
            entered = asked.entered(Vec::new());
            if asked.text("dry_run").is_some() {
                let asked = self.in_currency(visit, asked).await?;
                match self.try_credit(request, visit, &asked, &order_id).await {
                    Ok(credited) => tried = Some(credited),
                    Err(Error::Invalid(faults)) => {
                        entered.faults =
                            faults.into_iter().map(|fault| (fault.pointer, fault.detail)).collect();
                    }
                    Err(Error::Conflict(why)) => entered.faults.push((String::new(), why.to_owned())),
                    Err(error) => return Err(error),
                }
            }
        }
        let status =
            if entered.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let name =
            |one: &ReferrerRecord| (one.code.to_string(), one.referrer.name.clone().unwrap_or_default());
        let referrers = people.items.iter().map(name).collect();
        let page = credit::page(&frame.0, &Credit { account, entered, referrers, tried });
        Ok(Response { status, ..html(page) })
    }

    async fn claim_page(
        &self,
        request: &Request,
        visit: &Visit,
        claim: String,
        entered: Entered,
    ) -> Result<Response, Error> {
        let (frame, claim) = self.framed(request, visit, GetClaim { id: claim }).await?;
        let locale = Some(language(request).tag().to_owned());
        let may = self.reads(request, &visit.shop).await?;
        let order_id = claim.order_id.clone();
        let account = match self.ask_as(&may, &visit.shop, GetOrder { order_id, locale }).await {
            Err(Error::NotFound(_)) => {
                OrderAccount { order_id: claim.order_id.clone(), ..OrderAccount::default() }
            }
            found => found?,
        };
        let tried = if claim.state == ClaimState::Waiting && account.order.is_some() {
            let ask = GiveOrder {
                order_id: claim.order_id.clone(),
                code: claim.code.clone(),
                note: String::new(),
                despite: BTreeSet::new(),
                unreported: None,
                dry_run: true,
            };
            self.ask_as(&may, &visit.shop, ask).await.ok().map(api_orders::credited)
        } else {
            None
        };
        Ok(html(claims::one(&frame.0, &ClaimPage { claim, account, tried, entered })))
    }

    /// The page on which the owner's browser tries the program on an export.
    async fn try_out(&self, request: &Request, visit: &Visit) -> Result<Response, Error> {
        let (frame, framing) = self.framing(request, visit).await?;
        let page = try_out::page(&frame, &TryOut { program: program_of(&framing)? });
        Ok(html(page).with(header::CONTENT_SECURITY_POLICY, TRY_OUT))
    }

    /// A page with the real widget alone, for a frame beside the fields of the look.
    async fn preview(&self, request: &Request, visit: &Visit) -> Result<Response, Error> {
        self.reads(request, &visit.shop).await?;
        let look = look_of(&|name| request.param(name));
        let page = parrain_desk::preview::page(visit.shop.as_str(), language(request), &look);
        // The widget compiles its own file, and the colours that were chosen are rules in the page.
        let policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
            connect-src 'self'; img-src 'self' data:; frame-ancestors 'self'; form-action 'none'; base-uri 'none'";
        Ok(html(page).with(header::CONTENT_SECURITY_POLICY, policy))
    }

    async fn report_page(
        &self,
        request: &Request,
        visit: &Visit,
        mut entered: Entered,
    ) -> Result<Response, Error> {
        let shop = self.shop(&visit.shop).await?;
        let zone = &shop.program.zone;
        let mut day = |name: &str, usual: i64| match request.param(name) {
            None => usual,
            Some(text) => match Days::day(&text) {
                Some(day) => day,
                None => {
                    entered.faults.push((String::new(), format!("{text} is no date such as 2026-11-01")));
                    usual
                }
            },
        };
        let to = day("to", zone.day(self.env.now()));
        let from = day("from", to - REPORT_DAYS + 1).min(to).max(to - MOST_REPORT_DAYS + 1);
        let with = request.param("with").unwrap_or("before".to_owned());
        let length = to - from + 1;
        let before = match with.as_str() {
            "before" => Some((from - length, from - 1)),
            "year" => Some((from - 365, to - 365)),
            _ => None,
        };
        let period = |(from, to): (i64, i64)| GetReport {
            from: zone.day_start(from),
            to: Instant::from_micros(zone.day_start(to + 1).micros() - 1),
        };
        let customers = |(from, to)| {
            let GetReport { from, to } = period((from, to));
            GetCustomers { from, to }
        };
        let own = (period((from, to)), customers((from, to)));
        let (frame, own, other) = match before {
            Some(before) => {
                let asks = (own, (period(before), customers(before)));
                let (frame, (own, other)) = self.framed(request, visit, asks).await?;
                (frame, own, Some(other))
            }
            None => {
                let (frame, own) = self.framed(request, visit, own).await?;
                (frame, own, None)
            }
        };
        let (other, other_customers) = other.unzip();
        let date = |day| Instant::from_day(day).date();
        let page = ReportPage {
            from: date(from),
            to: date(to),
            with,
            report: own.0,
            other,
            customers: Some(own.1),
            other_customers,
            entered,
        };
        Ok(html(report::page(&frame.0, &page)))
    }

    /// A file of the API's, as it is.
    async fn passed_on(
        &self,
        request: &Request,
        visit: &Visit,
        path: &str,
        params: &[&str],
    ) -> Result<Response, Error> {
        let asked = params.iter().filter_map(|name| Some((name, request.param(name)?)));
        let asked: Vec<String> = asked.map(|(name, value)| format!("{name}={}", encoded(&value))).collect();
        let path = format!("{path}?{}", asked.join("&"));
        self.api_response(request, visit, Method::GET, &path, &Value::Null).await
    }

    /// Until when a form or a query means: the end of a day in the shop's zone, or an instant.
    pub(super) async fn until(&self, visit: &Visit, text: &str) -> Result<Instant, Error> {
        let shop = self.shop(&visit.shop).await?;
        let until = Days(&shop.program.zone).at(text, Edge::Last, None);
        Instant::parse(&until).ok_or_else(|| Error::invalid("", "the day must be a date such as 2026-12-01"))
    }

    /// Asks the documented API in the name of who is at the desk, and reads its answer.
    pub(super) async fn api<T: DeserializeOwned>(
        &self,
        request: &Request,
        visit: &Visit,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<T, Error> {
        read(&self.api_response(request, visit, method, path, body).await?)
    }

    /// Asks the documented API in the name of who is at the desk. `path` is what follows the shop's own; `If-Match`
    /// goes along where the body names the version that it is to follow.
    pub(super) async fn api_response(
        &self,
        request: &Request,
        visit: &Visit,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Response, Error> {
        let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(body)? };
        self.api_bytes(request, visit, method, path, body).await
    }

    /// The same with a body that is none of JSON.
    pub(super) async fn api_bytes(
        &self,
        request: &Request,
        visit: &Visit,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Response, Error> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let separator = if path.is_empty() { "" } else { "/" };
        let inner = Request {
            method,
            origin: request.origin.clone(),
            path: format!("/v1/shops/{}{separator}{path}", visit.shop),
            query: query.to_owned(),
            headers: request.headers.clone(),
            body: crate::http::Body::Whole(body),
        };
        let found = self.routes.find(&inner.path)?;
        // One that the shop's own pages ask as well, and that is served among those.
        if let Route::PayoutDetails(id, code) = &found.route {
            let shop = self.fresh_shop(id).await?;
            return self.payout_details(&inner, id, &shop, code).await;
        }
        Box::pin(self.resource(&inner, found)).await
    }

    /// The frame alone.
    pub(super) async fn framing(&self, request: &Request, visit: &Visit) -> Result<Framed, Error> {
        let may = self.reads(request, &visit.shop).await?;
        let framing = self.ask_as(&may, &visit.shop, GetFrame).await?;
        Ok((self.frame(request, visit, &framing)?, framing))
    }

    /// The frame and what a page asks, in one call of the ledger.
    pub(super) async fn framed<A>(
        &self,
        request: &Request,
        visit: &Visit,
        ask: A,
    ) -> Result<(Framed, A::Answer), Error>
    where
        A: Ask<Answer: DeserializeOwned>,
    {
        let may = self.reads(request, &visit.shop).await?;
        let (framing, answer) = self.ask_as(&may, &visit.shop, (GetFrame, ask)).await?;
        Ok(((self.frame(request, visit, &framing)?, framing), answer))
    }
}

/// By which pointer a form is told that the ledger still works through what arrived late.
pub(super) const SETTLING: &str = "/settling";

/// The newest program, as the API's bodies have it.
pub(super) fn program_of(framing: &Framing) -> Result<Program, Error> {
    serde_json::from_value(framing.record.program.clone())
        .map_err(|fault| Error::Internal(format!("a stored program is not readable: {fault}")))
}

/// The shop with its secrets.
fn shop_of(framing: &Framing) -> Result<parrain_wire::shops::Shop, Error> {
    let told = serde_json::to_value(admin::told(&framing.record))?;
    serde_json::from_value(told)
        .map_err(|fault| Error::Internal(format!("a stored shop is not readable: {fault}")))
}

/// How the widget is to look, by what a form or a query says.
pub(super) fn look_of(said: &dyn Fn(&str) -> Option<String>) -> Look {
    let number = |name: &str| said(name).and_then(|text| text.parse().ok());
    Look {
        accent: said("accent"),
        on_accent: said("on_accent"),
        radius: number("radius"),
        theme: said("theme"),
        placement: said("placement"),
        side: said("side"),
        offset_bottom: number("offset_bottom"),
        offset_side: number("offset_side"),
    }
}

/// How far the shop is set up once a step is done too.
pub(super) fn with_step(mut set_up: SetUp, step: Step) -> SetUp {
    if !set_up.done.iter().any(|done| *done == step) {
        set_up.done.push(step.into());
    }
    set_up
}

/// A text as a segment or a value of an address.
pub(super) fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn paid_to(shown: &Value, changed_at: Instant) -> PaidTo {
    let text = |name: &str| shown[name].as_str().map(str::to_owned);
    PaidTo {
        iban: text("iban"),
        account_holder: text("account_holder"),
        paypal: text("paypal"),
        company: text("company"),
        changed_at: Some(changed_at),
    }
}

/// The months from one instant to another, the newest first; three years of them at most.
fn months(frame: &Frame, from: Instant, to: Instant) -> Vec<String> {
    let (first, last) = (frame.zone.month(from), frame.zone.month(to));
    let month = |month: i64| Instant::from_month(month).date().chars().take(7).collect();
    (first..=last).rev().take(36).map(month).collect()
}

/// What the API answered.
pub(super) fn read<T: DeserializeOwned>(answer: &Response) -> Result<T, Error> {
    serde_json::from_slice(&answer.body)
        .map_err(|fault| Error::Internal(format!("an answer of the API is not readable: {fault}")))
}

fn word_of<T: Word>(request: &Request, name: &str) -> Option<T> {
    T::named(&request.param(name)?)
}

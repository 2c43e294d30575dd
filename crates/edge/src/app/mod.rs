//! Every resource of the wire contract, on plain values: from a request to its answer.
//!
//! The order is the same everywhere: size, path, method, rate, who asks, then the body. Pages' resources
//! stand in `page` and `redirect`, the shop's server's in `events`, the owner's in `admin` and
//! `payouts`; `shops` finds a shop and `access` says who may ask what.

mod access;
mod adjustments;
mod admin;
mod banners;
pub(crate) mod body;
mod clicks;
mod connections;
mod contacts;
mod desk;
mod details;
mod endpoints;
mod events;
mod experiments;
mod friends;
mod glance;
mod helpers;
mod imports;
mod mail;
mod materials;
mod openapi;
mod orders;
mod page;
mod payouts;
mod platforms;
mod redirect;
mod set_up;
mod shops;
mod tasks;
#[cfg(test)]
mod tests;
mod webhooks;
mod yearly;

pub use shops::Shop;

use crate::cors;
use crate::deliveries::web::Web;
use crate::http::{self, Body, Method, Request, Response, StatusCode, header};
use crate::platform::Platform;
use crate::problem::Error;
use crate::protocol::calls::{GetPayout, ListPromotions, MarkPaid};
use crate::protocol::{Ask, Asker, Call, Refusal};
use crate::route::{Found, Route, Routes};
use crate::shop_id::ShopId;
use crate::stores::{Kv, KvError, LedgerError, Ledgers};
use access::May;
use clicks::Clicks;
use desk::Session;
use parrain_core::instant::Instant;
use parrain_wire::shops::Health;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shops::ShopCache;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

/// What is told where a session at the desk has ended.
const SIGNED_OUT: &str = "your session has ended; sign in again";

/// What is told of a connect code that connects nothing; which of the three it is would help who is guessing.
const UNKNOWN_CONNECT_CODE: &str = "this connect code is wrong, was used already or has expired";

/// What a resource answers.
type Answer = Result<Response, Error>;

/// Work that an answer does not wait for.
pub type Later = Pin<Box<dyn Future<Output = ()>>>;

/// What the app needs of the world around it, for one request.
pub trait Env: 'static {
    /// Workers KV.
    type Kv: Kv;
    /// The shops' ledgers.
    type Ledgers: Ledgers;

    /// Workers KV.
    fn kv(&self) -> &Self::Kv;
    /// The shops' ledgers.
    fn ledgers(&self) -> &Self::Ledgers;
    /// The time at which the request came.
    fn now(&self) -> Instant;
    /// The time by now, for what goes on after the answer.
    fn clock(&self) -> Instant;
    /// Random bytes that nobody can guess.
    ///
    /// # Errors
    /// Where the platform has none to give.
    fn random<const N: usize>(&self) -> Result<[u8; N], Error>;
    /// Counts a call against a limit; `false` where there were too many.
    async fn allow(&self, limit: Limit, who: &str) -> bool;
    /// The deployment's admin token; empty where none is set. While one is replaced there are two, the new one first, with
    /// a comma between them.
    fn admin_token(&self) -> &str;
    /// The keys by which payout details are sealed, as [`crate::details::seal::Keyring::parse`] reads them; empty
    /// where none is set.
    fn details_keys(&self) -> &str;
    /// The edge's own origin where the deployment names one; else the request's is taken.
    fn origin(&self) -> Option<&str>;
    /// Whether a `User-Agent` matches the list of machines, [`crate::bots::pattern`].
    fn is_bot(&self, agent: &str) -> bool;
    /// Reads JSON from a platform's API: the status and the body. Gives up after some seconds.
    ///
    /// # Errors
    /// Why there was no answer, without the key.
    async fn read_api(&self, url: &str, key: &str) -> Result<(StatusCode, Value), String>;
    /// Where Stripe's API is, without a trailing slash.
    fn stripe_api(&self) -> &str;
    /// Who makes requests of platforms to whose interface a shop gave credentials.
    fn web(&self) -> impl Web;
    /// Lets time pass.
    fn pause(&self, time: Duration) -> impl Future<Output = ()>;
    /// Does something after the answer.
    fn later(&self, work: Later);
    /// Writes a line for the operator; never a secret or a personal datum.
    fn log(&self, line: &str);
}

/// What is limited, per client address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Joining.
    Join,
    /// Offers with a code, touches, browser-reported conversions.
    Page,
    /// Signing in at the desk, and connecting modules.
    SignIn,
    /// Requests without the right token or signature, or for shops that are not there.
    Failure,
}

/// What lives as long as an isolate, for all its requests.
#[derive(Default)]
pub struct Isolate {
    shops: ShopCache,
    clicks: Clicks,
    friends: friends::Friends,
}

/// The app: the table of routes, what an isolate remembers, and the world for one request.
pub struct App<E: Env> {
    routes: Rc<Routes>,
    isolate: Rc<Isolate>,
    env: Rc<E>,
    /// Who asks from the desk; `None` where a request's own token or signature says it.
    session: Option<Rc<Session>>,
}

impl<E: Env> App<E> {
    /// An app for one request; `routes` and `isolate` live as long as the isolate.
    pub fn new(routes: Rc<Routes>, isolate: Rc<Isolate>, env: Rc<E>) -> Self {
        Self { routes, isolate, env, session: None }
    }

    /// The same app for who is at the desk.
    fn at_desk(&self, session: Rc<Session>) -> Self {
        let (routes, isolate, env) =
            (Rc::clone(&self.routes), Rc::clone(&self.isolate), Rc::clone(&self.env));
        Self { routes, isolate, env, session: Some(session) }
    }

    /// Answers a request; whatever goes wrong is told as a problem document.
    pub async fn answer(&self, request: &Request) -> Response {
        let mut response = match self.serve(request).await {
            Ok(response) => response,
            Err(error) => self.refuse(error),
        };
        if request.method == Method::HEAD {
            response.body.clear();
        }
        response.harden(request.origin.starts_with("https://"))
    }

    fn refuse(&self, error: Error) -> Response {
        if let Some(line) = error.log_line() {
            self.env.log(line);
        }
        error.response()
    }

    async fn serve(&self, request: &Request) -> Result<Response, Error> {
        if let Some(page) = self.desk(request).await {
            return Ok(page);
        }
        let found = self.routes.find(&request.path);
        if request.body == Body::TooLarge {
            return Ok(self
                .refuse_early(request, found.ok(), Error::TooLarge(http::max_body(&request.path)))
                .await);
        }
        let found = found?;
        if cors::is_preflight(request)
            && let Some((shop, methods)) = page_side(&found.route)
        {
            return self.preflight(request, shop, methods).await;
        }
        if !found.answers(&request.method) {
            let error = Error::Method(found.allow());
            return Ok(self.refuse_early(request, Some(found), error).await);
        }
        let for_pages = page_side(&found.route)
            .filter(|(_, methods)| methods.contains(meant(request)))
            .map(|(shop, _)| shop.clone());
        match for_pages {
            // A page that may read nothing is told why by a request whose answer it does not see.
            Some(shop) => Ok(self.page(request, &shop, found).await.with(http::EMBEDDED, "cross-origin")),
            None => self.resource(request, found).await,
        }
    }

    /// Refuses what is wrong with a request before its body and its sender are looked at. Where pages use the
    /// resource, they can read why.
    async fn refuse_early(&self, request: &Request, found: Option<Found>, error: Error) -> Response {
        let answer = self.refuse(error);
        let Some((id, _)) = found.as_ref().and_then(|found| page_side(&found.route)) else {
            return answer;
        };
        let asked = request.headers.contains_key(header::ORIGIN);
        let shop = if asked { self.counted(request, self.shop(id).await).await.ok() } else { None };
        let origins = shop.as_ref().map_or(&[][..], |shop| &shop.program.origins);
        cors::dress(answer, request, origins)
    }

    /// What is not for a page's scripts: no CORS headers at all.
    async fn resource(&self, request: &Request, found: Found) -> Result<Response, Error> {
        let put = request.method == Method::PUT;
        let post = request.method == Method::POST;
        let delete = request.method == Method::DELETE;
        let allow = found.allow();
        match found.route {
            Route::Healthz => Ok(Response::json(StatusCode::OK, &Health::default())?),
            Route::OpenApi => Ok(openapi::document()),
            Route::Link(shop, code) => self.follow_link(request, &shop, &code).await,
            Route::Banner(shop, code, size) => self.banner(request, &shop, &code, &size).await,
            Route::Picture(shop, name) => self.picture(request, &shop, &name).await,
            Route::Promote(shop, code) => Ok(self.promote(request, &shop, &code).await),
            Route::Materials(shop) => {
                self.list_materials(&self.reads(request, &shop).await?, request, &shop).await
            }
            Route::NewPicture(shop) => {
                self.add_picture(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::OldPicture(shop, picture) => {
                self.remove_picture(&self.owner(request, &shop).await?, &shop, picture).await
            }
            Route::NewShareText(shop) => {
                self.add_share_text(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::ShareText(shop, text) if delete => {
                self.remove_share_text(&self.owner(request, &shop).await?, &shop, text).await
            }
            Route::ShareText(shop, text) => {
                self.put_share_text(&self.owner(request, &shop).await?, request, &shop, text).await
            }
            Route::Events(shop) => self.event(request, &shop).await,
            Route::Webhook(shop, platform) => self.webhook(request, &shop, &platform).await,
            Route::Shops => self.list_shops(&self.admin(request).await?, request).await,
            Route::Shop(shop) if put => {
                self.put_shop(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::Shop(shop) if delete => self.delete_shop(&self.admin(request).await?, &shop).await,
            Route::Shop(shop) => self.get_shop(&self.owner(request, &shop).await?, &shop).await,
            Route::Referrers(shop) => {
                self.list_referrers(&self.reads(request, &shop).await?, request, &shop).await
            }
            Route::Referrer(shop, code) if put => {
                self.put_referrer(&self.owner(request, &shop).await?, request, &shop, &code).await
            }
            Route::Referrer(shop, code) if request.method == Method::PATCH => {
                self.change_referrer(&self.owner(request, &shop).await?, request, &shop, &code).await
            }
            Route::Referrer(shop, code) => {
                self.get_referrer(&self.reads(request, &shop).await?, request, &shop, &code).await
            }
            Route::ReferrerRewards(shop, code) => {
                self.referrer_rewards(&self.reads(request, &shop).await?, request, &shop, &code).await
            }
            Route::SignInLinks(shop, code) if delete => {
                self.end_sign_ins(&self.owner(request, &shop).await?, &shop, &code).await
            }
            Route::SignInLinks(shop, code) => {
                self.create_sign_in_link(&self.owner(request, &shop).await?, &shop, &code).await
            }
            Route::Conversions(shop) => {
                self.list_conversions(&self.reads(request, &shop).await?, request, &shop).await
            }
            Route::Review(shop, order) => {
                self.review(&self.reviews(request, &shop).await?, request, &shop, order).await
            }
            Route::Payouts(shop) if post => {
                self.create_payout(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::Payouts(shop) => {
                self.list_payouts(&self.reads(request, &shop).await?, request, &shop).await
            }
            Route::PaidInYear(shop) => {
                self.paid_in_year(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::PaidInYearCsv(shop) => {
                self.paid_in_year_csv(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::Payout(shop, id) => {
                self.one_payout(&self.reads(request, &shop).await?, &shop, GetPayout { id }).await
            }
            Route::PayoutCsv(shop, id) => {
                self.payout_csv(&self.owner(request, &shop).await?, request, &shop, id).await
            }
            Route::PayoutPaid(shop, id) => {
                self.one_payout(&self.owner(request, &shop).await?, &shop, MarkPaid { id }).await
            }
            Route::Claims(shop) => self.list_claims(&self.reads(request, &shop).await?, request, &shop).await,
            Route::Orders(shop) => self.list_orders(&self.reads(request, &shop).await?, request, &shop).await,
            Route::Order(shop, order) => {
                self.get_order(&self.reads(request, &shop).await?, request, &shop, order).await
            }
            Route::Credit(shop, order) if delete => {
                self.take_order(&self.reviews(request, &shop).await?, &shop, order).await
            }
            Route::Credit(shop, order) => {
                self.give_order(&self.reviews(request, &shop).await?, request, &shop, order).await
            }
            Route::Claim(shop, claim) => {
                self.answer_claim(&self.reviews(request, &shop).await?, request, &shop, claim).await
            }
            Route::Overview(shop) => self.overview(&self.reads(request, &shop).await?, &shop).await,
            Route::Versions(shop) => self.versions(&self.reads(request, &shop).await?, request, &shop).await,
            Route::Statement(shop, code, month) => {
                self.statement(&self.reads(request, &shop).await?, &shop, &code, &month).await
            }
            Route::SetUp(shop) if put => {
                self.put_set_up(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::SetUp(shop) => self.get_set_up(&self.reads(request, &shop).await?, &shop).await,
            Route::Proof(shop) if post => {
                self.begin_test(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::Proof(shop) => self.get_test(&self.reads(request, &shop).await?, request, &shop).await,
            Route::Rotate(shop, name) => self.rotate(&self.owner(request, &shop).await?, &shop, &name).await,
            Route::Helpers(shop) if post => {
                self.add_helper(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::Helpers(shop) => self.list_helpers(&self.reads(request, &shop).await?, &shop).await,
            Route::Helper(shop, helper) => {
                self.revoke_helper(&self.owner(request, &shop).await?, &shop, helper).await
            }
            Route::Endpoints(shop) if post => {
                self.add_endpoint(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::Endpoints(shop) => self.list_endpoints(&self.owner(request, &shop).await?, &shop).await,
            Route::Endpoint(shop, endpoint) if delete => {
                self.remove_endpoint(&self.owner(request, &shop).await?, &shop, endpoint).await
            }
            Route::Endpoint(shop, endpoint) if request.method == Method::PATCH => {
                self.change_endpoint(&self.owner(request, &shop).await?, request, &shop, endpoint).await
            }
            Route::Endpoint(shop, endpoint) => {
                self.get_endpoint(&self.owner(request, &shop).await?, &shop, endpoint).await
            }
            Route::RotateEndpoint(shop, endpoint) => {
                self.rotate_endpoint(&self.owner(request, &shop).await?, &shop, endpoint).await
            }
            Route::TestEndpoint(shop, endpoint) => {
                self.test_endpoint(&self.owner(request, &shop).await?, &shop, endpoint).await
            }
            Route::Deliveries(shop, endpoint) => {
                self.list_deliveries(&self.owner(request, &shop).await?, request, &shop, endpoint).await
            }
            Route::Replay(shop, endpoint) => {
                self.replay_deliveries(&self.owner(request, &shop).await?, request, &shop, endpoint).await
            }
            Route::Mail(shop) if put => {
                self.put_mail(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::Mail(shop) if delete => self.drop_mail(&self.owner(request, &shop).await?, &shop).await,
            Route::Mail(shop) => self.get_mail(&self.owner(request, &shop).await?, &shop).await,
            Route::MailTest(shop) => self.test_mail(&self.owner(request, &shop).await?, request, &shop).await,
            Route::MailPreview(shop) => {
                self.preview_mail(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::Messages(shop) => {
                self.list_messages(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::ReplayMessages(shop) => {
                self.replay_messages(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::MessageStop(shop, message) => {
                self.lift_stop(&self.owner(request, &shop).await?, &shop, message).await
            }
            Route::StopMail(shop, token) => self.stop_mail(request, &shop, &token).await,
            Route::Tasks(shop) => {
                let may = self.module(request, &shop).await?;
                self.of_module(request, self.take_tasks(&may, request, &shop).await).await
            }
            Route::FailedTasks(shop) => {
                self.list_failed_tasks(&self.reads(request, &shop).await?, &shop).await
            }
            Route::Task(shop, task) => {
                let may = self.module(request, &shop).await?;
                self.of_module(request, self.finish_task(&may, request, &shop, task).await).await
            }
            Route::ConnectCodes(shop) => {
                self.add_connect_code(&self.owner(request, &shop).await?, &shop).await
            }
            Route::Exchange => self.exchange(request).await,
            Route::Connections(shop) => {
                self.list_connections(&self.reads(request, &shop).await?, &shop).await
            }
            Route::Contacts(shop) => self.list_contacts(&self.owner(request, &shop).await?, &shop).await,
            Route::Contact(shop, provider) if put => {
                self.put_contacts(&self.owner(request, &shop).await?, request, &shop, &provider).await
            }
            Route::Contact(shop, provider) => {
                self.drop_contacts(&self.owner(request, &shop).await?, &shop, &provider).await
            }
            Route::Reconcile(shop, platform) => {
                self.reconcile(&self.owner(request, &shop).await?, request, &shop, &platform).await
            }
            Route::Connection(shop, platform) if put => {
                self.put_platform(&self.owner(request, &shop).await?, request, &shop, &platform).await
            }
            Route::Connection(shop, platform) if delete && Platform::named(&platform).is_some() => {
                self.drop_platform(&self.owner(request, &shop).await?, &shop, &platform).await
            }
            Route::Connection(shop, platform) if !delete => {
                self.get_platform(&self.reads(request, &shop).await?, &shop, &platform).await
            }
            Route::Connection(shop, connection) => {
                let may = self.module(request, &shop).await?;
                self.of_module(request, self.end_connection(&may, &shop, connection).await).await
            }
            Route::DeskLinks(shop) => {
                self.add_desk_link(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::Promotions(shop) => {
                let may = self.reads(request, &shop).await?;
                Ok(Response::json(StatusCode::OK, &self.ask_as(&may, &shop, ListPromotions).await?)?)
            }
            Route::Imports(shop) if post => {
                self.plan_import(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::Imports(shop) => self.list_imports(&self.owner(request, &shop).await?, &shop).await,
            Route::Import(shop, import) if delete => {
                self.drop_import(&self.owner(request, &shop).await?, &shop, import).await
            }
            Route::Import(shop, import) => {
                self.get_import(&self.owner(request, &shop).await?, request, &shop, import).await
            }
            Route::ImportSteps(shop, import) => {
                self.step_import(&self.owner(request, &shop).await?, &shop, import).await
            }
            Route::Experiments(shop) if post => {
                self.begin_experiment(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::Experiments(shop) => {
                self.list_experiments(&self.reads(request, &shop).await?, &shop).await
            }
            Route::Experiment(shop, experiment) => {
                self.get_experiment(&self.reads(request, &shop).await?, &shop, experiment).await
            }
            Route::ConcludeExperiment(shop, experiment) => {
                self.conclude_experiment(&self.owner(request, &shop).await?, request, &shop, experiment).await
            }
            Route::Signals(shop) => self.signals(&self.reads(request, &shop).await?, &shop).await,
            Route::Report(shop) => self.report(&self.reads(request, &shop).await?, request, &shop).await,
            Route::Customers(shop) => {
                self.customers(&self.reads(request, &shop).await?, request, &shop).await
            }
            Route::Audit(shop) => self.audit(&self.reads(request, &shop).await?, request, &shop).await,
            Route::Subjects(shop) if delete => {
                self.erase_subject(&self.owner(request, &shop).await?, request, &shop).await
            }
            Route::Subjects(shop) => {
                self.get_subject(&self.reads(request, &shop).await?, request, &shop).await
            }
            Route::Adjustments(shop) => self.adjust(&self.owner(request, &shop).await?, request, &shop).await,
            Route::PayoutXml(shop, id) => {
                self.payout_xml(&self.owner(request, &shop).await?, request, &shop, id).await
            }
            Route::PayoutSepa(shop, id) => {
                self.payout_sepa(&self.owner(request, &shop).await?, request, &shop, id).await
            }
            Route::ResealDetails(shop) => {
                self.reseal_details(&self.owner(request, &shop).await?, &shop).await
            }
            Route::Offer(_)
            | Route::Touches(_)
            | Route::Rewards(_)
            | Route::PayoutDetails(..)
            | Route::SignInMails(_)
            | Route::Reminders(_)
            | Route::MakeClaim(..) => Err(Error::Method(allow)),
        }
    }

    /// Asks a shop's ledger; its refusals become problems.
    async fn ask<A>(&self, id: &ShopId, request: A) -> Result<A::Answer, Error>
    where
        A: Ask<Answer: DeserializeOwned>,
    {
        let call = Call::new(self.env.now(), request);
        self.env.ledgers().call(id, call).await.map_err(Error::from)
    }

    /// Asks a shop's ledger for what somebody may ask of it: who that is goes with the call.
    async fn ask_as<A>(&self, may: &impl May, id: &ShopId, request: A) -> Result<A::Answer, Error>
    where
        A: Ask<Answer: DeserializeOwned>,
    {
        let call = Call { now: self.env.now(), incarnation: None, asker: Some(may.asker().clone()), request };
        self.env.ledgers().call(id, call).await.map_err(Error::from)
    }

    /// Asks the ledger of the very shop whose secrets let the asker in. KV may still show a shop that was
    /// removed while another has its id by now; its secrets open nothing there. Who sends again meets the
    /// new one.
    async fn ask_very<A>(&self, id: &ShopId, shop: &Shop, request: A) -> Result<A::Answer, Error>
    where
        A: Ask<Answer: DeserializeOwned>,
    {
        self.ask_very_as(id, shop, None, request).await
    }

    /// The same, with who asks.
    async fn ask_very_as<A>(
        &self,
        id: &ShopId,
        shop: &Shop,
        asker: Option<Asker>,
        request: A,
    ) -> Result<A::Answer, Error>
    where
        A: Ask<Answer: DeserializeOwned>,
    {
        let incarnation = Some(shop.record.secrets.incarnation.clone());
        let call = Call { now: self.env.now(), incarnation, asker, request };
        match self.env.ledgers().call(id, call).await {
            Err(LedgerError::Refused(Refusal::UnknownShop)) => {
                self.fresh_shop(id).await?;
                let cause = "the copy was of an earlier shop of this id".to_owned();
                Err(Error::Unavailable { retry_after: 1, cause })
            }
            answered => answered.map_err(Error::from),
        }
    }

    /// The edge's own origin, for links.
    fn origin<'a>(&'a self, request: &'a Request) -> &'a str {
        self.env.origin().unwrap_or(&request.origin)
    }

    /// A referrer's share link.
    fn link(&self, request: &Request, shop: &ShopId, code: &parrain_core::code::Code) -> String {
        format!("{}/r/{shop}/{code}", self.origin(request))
    }
}

/// The method whose work is asked for: a `HEAD` is answered as the `GET` that it stands for.
fn meant(request: &Request) -> &Method {
    if request.method == Method::HEAD { &Method::GET } else { &request.method }
}

/// The shop and the methods of a resource that a page's scripts may use.
fn page_side(route: &Route) -> Option<(&ShopId, &'static [Method])> {
    match route {
        Route::Offer(shop) | Route::Rewards(shop) => Some((shop, &[Method::GET])),
        Route::Touches(shop)
        | Route::Referrers(shop)
        | Route::Conversions(shop)
        | Route::Reminders(shop)
        | Route::SignInMails(shop) => Some((shop, &[Method::POST])),
        Route::PayoutDetails(shop, _) => Some((shop, &[Method::GET, Method::PUT, Method::DELETE])),
        Route::MakeClaim(shop, _) => Some((shop, &[Method::POST])),
        _ => None,
    }
}

impl From<KvError> for Error {
    fn from(fault: KvError) -> Self {
        Self::Unavailable { retry_after: 5, cause: fault.to_string() }
    }
}

impl From<LedgerError> for Error {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Silent(cause) => Self::Unavailable { retry_after: 2, cause },
            LedgerError::Refused(refusal) => match refusal {
                Refusal::UnknownShop => Self::NotFound("there is no such shop"),
                Refusal::UnknownCode => Self::NO_CODE,
                Refusal::UnknownOrder => Self::NotFound("no conversion has this order id"),
                Refusal::UnknownPayout => Self::NotFound("there is no such payout batch"),
                Refusal::FutureMonth => Self::NotFound("there is no statement of a month that has not begun"),
                Refusal::UnknownClaim => Self::NotFound("there is no such claim"),
                Refusal::ClaimAnswered => Self::Conflict("this claim was answered before"),
                Refusal::NotGiven(why) => Self::Refused(why),
                Refusal::AlreadyTheirs => {
                    Self::Conflict("this order counts for you already: it stands among your rewards")
                }
                Refusal::TooManyClaims => Self::Conflict(
                    "so many of your claims wait for the shop's answer that no more are taken for now",
                ),
                Refusal::NoSession => Self::Unauthorized(SIGNED_OUT),
                Refusal::Changed => Self::Changed,
                Refusal::UnknownHelper => Self::NotFound("there is no such helper"),
                Refusal::UnknownDeskKey => Self::Unauthorized(
                    "this link was used already, was withdrawn or has expired; ask for a new one",
                ),
                Refusal::UnknownConnectCode => Self::NotFound(UNKNOWN_CONNECT_CODE),
                Refusal::UnknownConnection => Self::NotFound("there is no such connection"),
                Refusal::OrdersClosed => Self::Conflict(
                    "these credentials do not open the platform's orders: give some that have this right",
                ),
                Refusal::NoWebhooks => Self::Conflict(
                    "the shop takes no webhooks of this platform, so that its orders are not looked for either",
                ),
                Refusal::UnknownExperiment => Self::NotFound("there is no such experiment"),
                Refusal::ExperimentExists => {
                    Self::Conflict("another experiment has this name: give this one another")
                }
                Refusal::ExperimentRunning => Self::Conflict(
                    "an experiment with one of these offers is not concluded: conclude it first",
                ),
                Refusal::ExperimentConcluded => {
                    Self::Conflict("this experiment was concluded before, and another offer was kept")
                }
                Refusal::UnknownEndpoint => Self::NotFound("there is no such endpoint"),
                Refusal::NothingToEnd => {
                    Self::NotFound("this provider is told nothing: there is nothing to end")
                }
                Refusal::TooManyEndpoints => {
                    Self::Conflict("this shop has as many endpoints as a shop may have: remove one of them")
                }
                Refusal::OwnCode => Self::Conflict(
                    "this code is a promo code of the shop's own, or once was: choose another, since orders may still name this one",
                ),
                Refusal::UnknownPicture => Self::NotFound("there is no such picture"),
                Refusal::UnknownShareText => Self::NotFound("there is no such text"),
                Refusal::TooManyMaterials => {
                    Self::Conflict("this shop has as many of these as a shop may have: remove one of them")
                }
                Refusal::NoMail => Self::NotFound("no mail is set up for this shop"),
                Refusal::NoStop => Self::NotFound("no bounce of this message keeps mail from its address"),
                Refusal::UnknownImport => {
                    Self::NotFound("there is no such import, or it is over and forgotten")
                }
                Refusal::TooManyImports => {
                    Self::Conflict("this shop has as many imports as are kept at once: drop one of them")
                }
                Refusal::UnknownTask => Self::NotFound("there is no such task"),
                Refusal::TaskDone => Self::Conflict(
                    "this task was done before, by another code: end yours, the first one stands",
                ),
                Refusal::NoConnection => Self::Unauthorized("this module's connection has ended"),
                Refusal::UnknownKey => Self::Unauthorized(
                    "this sign-in link was used already or has expired; ask the shop for a new one",
                ),
                Refusal::GivenOn => Self::Unauthorized("this code was given to somebody else since"),
                Refusal::SignedOut => Self::Unauthorized("this sign-in was ended by the shop; sign in again"),
                Refusal::Moot(moot) => Self::Conflict(moot.words()),
                Refusal::NotOpen => Self::Conflict(
                    "this offer is not open to them, or no longer: ask anew which one they are shown",
                ),
                Refusal::NotJoinable => Self::Conflict("the program has no offer for customers to join"),
                // Until the counts of the day are over, as seen by who comes again within the hour.
                Refusal::TooManyReports | Refusal::TooManyReminders | Refusal::TooManyJoiners => {
                    Self::TooMany(3600)
                }
                Refusal::Invalid(faults) => Self::Invalid(faults),
                Refusal::Settling => {
                    Self::Unavailable { retry_after: 2, cause: "a late arrival is being settled".into() }
                }
                Refusal::Store(cause) => Self::Unavailable { retry_after: 2, cause },
            },
        }
    }
}

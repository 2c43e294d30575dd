//! Which resource a path names, and which methods it has.

use crate::http::Method;
use crate::problem::Error;
use crate::shop_id::ShopId;
use matchit::{Params, Router};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// A resource of the wire contract. Codes, order ids and batch ids are decoded text, not yet validated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// `/healthz`
    Healthz,
    /// `/openapi.json`
    OpenApi,
    /// `/r/{shop}/{code}`, whose code is still encoded and may be soiled.
    Link(ShopId, String),
    /// `/v1/shops/{shop}/referrers/{code}/banners/{size}`, code and size such as `300x250.svg`.
    Banner(ShopId, String, String),
    /// `/p/{shop}/{name}`: a picture, by its id and its kind's ending.
    Picture(ShopId, String),
    /// `/promote/{shop}/{code}`
    Promote(ShopId, String),
    /// `/v1/shops/{shop}/materials`
    Materials(ShopId),
    /// `/v1/shops/{shop}/materials/pictures`
    NewPicture(ShopId),
    /// `/v1/shops/{shop}/materials/pictures/{id}`
    OldPicture(ShopId, String),
    /// `/v1/shops/{shop}/materials/texts`
    NewShareText(ShopId),
    /// `/v1/shops/{shop}/materials/texts/{id}`
    ShareText(ShopId, String),
    /// `/v1/shops`
    Shops,
    /// `/v1/shops/{shop}`
    Shop(ShopId),
    /// `/v1/shops/{shop}/offer`
    Offer(ShopId),
    /// `/v1/shops/{shop}/touches`
    Touches(ShopId),
    /// `/v1/shops/{shop}/referrers`
    Referrers(ShopId),
    /// `/v1/shops/{shop}/referrers/{code}`
    Referrer(ShopId, String),
    /// `/v1/shops/{shop}/referrers/{code}/rewards`
    ReferrerRewards(ShopId, String),
    /// `/v1/shops/{shop}/referrers/{code}/sign-in-links`
    SignInLinks(ShopId, String),
    /// `/v1/shops/{shop}/rewards`
    Rewards(ShopId),
    /// `/v1/shops/{shop}/conversions`
    Conversions(ShopId),
    /// `/v1/shops/{shop}/conversions/{order_id}/review`
    Review(ShopId, String),
    /// `/v1/shops/{shop}/events`
    Events(ShopId),
    /// `/v1/shops/{shop}/webhooks/{platform}`
    Webhook(ShopId, String),
    /// `/v1/shops/{shop}/adjustments`
    Adjustments(ShopId),
    /// `/v1/shops/{shop}/payouts`
    Payouts(ShopId),
    /// `/v1/shops/{shop}/payouts/yearly`
    PaidInYear(ShopId),
    /// `/v1/shops/{shop}/payouts/yearly.csv`
    PaidInYearCsv(ShopId),
    /// `/v1/shops/{shop}/payouts/{id}`
    Payout(ShopId, String),
    /// `/v1/shops/{shop}/payouts/{id}.csv`
    PayoutCsv(ShopId, String),
    /// `/v1/shops/{shop}/payouts/{id}.xml`
    PayoutXml(ShopId, String),
    /// `/v1/shops/{shop}/payouts/{id}/paid`
    PayoutPaid(ShopId, String),
    /// `/v1/shops/{shop}/payouts/{id}/sepa`
    PayoutSepa(ShopId, String),
    /// `/v1/shops/{shop}/referrers/{code}/payout-details`
    PayoutDetails(ShopId, String),
    /// `/v1/shops/{shop}/payout-details/reseal`
    ResealDetails(ShopId),
    /// `/v1/shops/{shop}/referrers/{code}/claims`
    MakeClaim(ShopId, String),
    /// `/v1/shops/{shop}/claims`
    Claims(ShopId),
    /// `/v1/shops/{shop}/orders`
    Orders(ShopId),
    /// `/v1/shops/{shop}/orders/{order_id}`
    Order(ShopId, String),
    /// `/v1/shops/{shop}/orders/{order_id}/credit`
    Credit(ShopId, String),
    /// `/v1/shops/{shop}/claims/{id}`
    Claim(ShopId, String),
    /// `/v1/shops/{shop}/overview`
    Overview(ShopId),
    /// `/v1/shops/{shop}/versions`
    Versions(ShopId),
    /// `/v1/shops/{shop}/referrers/{code}/statements/{month}`, code and month.
    Statement(ShopId, String, String),
    /// `/v1/shops/{shop}/set-up`
    SetUp(ShopId),
    /// `/v1/shops/{shop}/set-up/proof`
    Proof(ShopId),
    /// `/v1/shops/{shop}/secrets/{name}/rotate`
    Rotate(ShopId, String),
    /// `/v1/shops/{shop}/helpers`
    Helpers(ShopId),
    /// `/v1/shops/{shop}/helpers/{id}`
    Helper(ShopId, String),
    /// `/v1/shops/{shop}/desk-links`
    DeskLinks(ShopId),
    /// `/v1/shops/{shop}/endpoints`
    Endpoints(ShopId),
    /// `/v1/shops/{shop}/endpoints/{id}`
    Endpoint(ShopId, String),
    /// `/v1/shops/{shop}/endpoints/{id}/rotate`
    RotateEndpoint(ShopId, String),
    /// `/v1/shops/{shop}/endpoints/{id}/test`
    TestEndpoint(ShopId, String),
    /// `/v1/shops/{shop}/endpoints/{id}/deliveries`
    Deliveries(ShopId, String),
    /// `/v1/shops/{shop}/endpoints/{id}/replay`
    Replay(ShopId, String),
    /// `/v1/shops/{shop}/mail`
    Mail(ShopId),
    /// `/v1/shops/{shop}/mail/test`
    MailTest(ShopId),
    /// `/v1/shops/{shop}/mail/preview`
    MailPreview(ShopId),
    /// `/v1/shops/{shop}/mail/messages`
    Messages(ShopId),
    /// `/v1/shops/{shop}/mail/messages/{id}/stop`
    MessageStop(ShopId, String),
    /// `/v1/shops/{shop}/mail/replay`
    ReplayMessages(ShopId),
    /// `/v1/shops/{shop}/sign-in-mails`
    SignInMails(ShopId),
    /// `/v1/shops/{shop}/reminders`
    Reminders(ShopId),
    /// `/u/{shop}/{token}`: where a kind of mail is ended.
    StopMail(ShopId, String),
    /// `/v1/shops/{shop}/tasks`
    Tasks(ShopId),
    /// `/v1/shops/{shop}/tasks/failed`
    FailedTasks(ShopId),
    /// `/v1/shops/{shop}/tasks/{id}`
    Task(ShopId, String),
    /// `/v1/shops/{shop}/connect-codes`
    ConnectCodes(ShopId),
    /// `/v1/connect-codes/exchange`
    Exchange,
    /// `/v1/shops/{shop}/connections`
    Connections(ShopId),
    /// `/v1/shops/{shop}/connections/{id}`: a module's by its id, or a platform's by its name.
    Connection(ShopId, String),
    /// `/v1/shops/{shop}/connections/{platform}/reconcile`
    Reconcile(ShopId, String),
    /// `/v1/shops/{shop}/contacts`
    Contacts(ShopId),
    /// `/v1/shops/{shop}/contacts/{provider}`
    Contact(ShopId, String),
    /// `/v1/shops/{shop}/report`
    Report(ShopId),
    /// `/v1/shops/{shop}/promotions`
    Promotions(ShopId),
    /// `/v1/shops/{shop}/imports`
    Imports(ShopId),
    /// `/v1/shops/{shop}/imports/{id}`
    Import(ShopId, String),
    /// `/v1/shops/{shop}/imports/{id}/steps`
    ImportSteps(ShopId, String),
    /// How often each signal was right.
    Signals(ShopId),
    /// `/v1/shops/{shop}/experiments`
    Experiments(ShopId),
    /// `/v1/shops/{shop}/experiments/{id}`
    Experiment(ShopId, String),
    /// `/v1/shops/{shop}/experiments/{id}/conclude`
    ConcludeExperiment(ShopId, String),
    /// `/v1/shops/{shop}/report/customers`
    Customers(ShopId),
    /// `/v1/shops/{shop}/audit`
    Audit(ShopId),
    /// `/v1/shops/{shop}/subjects`
    Subjects(ShopId),
}

/// Paths, the methods that each answers, and the resource that it names. `HEAD` goes where `GET` goes.
pub const TABLE: &[(&str, &[Method], Make)] = &[
    ("/healthz", &[Method::GET], Make::Plain(Route::Healthz)),
    ("/openapi.json", &[Method::GET], Make::Plain(Route::OpenApi)),
    ("/r/{shop}/{id}", &[Method::GET], Make::Raw(Route::Link)),
    ("/p/{shop}/{id}", &[Method::GET], Make::Id(Route::Picture)),
    ("/promote/{shop}/{id}", &[Method::GET], Make::Id(Route::Promote)),
    ("/v1/shops/{shop}/materials", &[Method::GET], Make::Shop(Route::Materials)),
    ("/v1/shops/{shop}/materials/pictures", &[Method::POST], Make::Shop(Route::NewPicture)),
    ("/v1/shops/{shop}/materials/pictures/{id}", &[Method::DELETE], Make::Id(Route::OldPicture)),
    ("/v1/shops/{shop}/materials/texts", &[Method::POST], Make::Shop(Route::NewShareText)),
    ("/v1/shops/{shop}/materials/texts/{id}", &[Method::PUT, Method::DELETE], Make::Id(Route::ShareText)),
    ("/v1/shops", &[Method::GET], Make::Plain(Route::Shops)),
    ("/v1/shops/{shop}", &[Method::GET, Method::PUT, Method::DELETE], Make::Shop(Route::Shop)),
    ("/v1/shops/{shop}/offer", &[Method::GET], Make::Shop(Route::Offer)),
    ("/v1/shops/{shop}/touches", &[Method::POST], Make::Shop(Route::Touches)),
    ("/v1/shops/{shop}/referrers", &[Method::GET, Method::POST], Make::Shop(Route::Referrers)),
    (
        "/v1/shops/{shop}/referrers/{id}",
        &[Method::GET, Method::PUT, Method::PATCH],
        Make::Id(Route::Referrer),
    ),
    ("/v1/shops/{shop}/referrers/{id}/rewards", &[Method::GET], Make::Id(Route::ReferrerRewards)),
    (
        "/v1/shops/{shop}/referrers/{id}/payout-details",
        &[Method::GET, Method::PUT, Method::DELETE],
        Make::Id(Route::PayoutDetails),
    ),
    ("/v1/shops/{shop}/referrers/{id}/banners/{more}", &[Method::GET], Make::Two(Route::Banner)),
    (
        "/v1/shops/{shop}/referrers/{id}/sign-in-links",
        &[Method::POST, Method::DELETE],
        Make::Id(Route::SignInLinks),
    ),
    ("/v1/shops/{shop}/referrers/{id}/claims", &[Method::POST], Make::Id(Route::MakeClaim)),
    ("/v1/shops/{shop}/claims", &[Method::GET], Make::Shop(Route::Claims)),
    ("/v1/shops/{shop}/claims/{id}", &[Method::POST], Make::Id(Route::Claim)),
    ("/v1/shops/{shop}/orders/{id}/credit", &[Method::POST, Method::DELETE], Make::Id(Route::Credit)),
    ("/v1/shops/{shop}/orders", &[Method::GET], Make::Shop(Route::Orders)),
    ("/v1/shops/{shop}/orders/{id}", &[Method::GET], Make::Id(Route::Order)),
    ("/v1/shops/{shop}/rewards", &[Method::GET], Make::Shop(Route::Rewards)),
    ("/v1/shops/{shop}/conversions", &[Method::GET, Method::POST], Make::Shop(Route::Conversions)),
    ("/v1/shops/{shop}/conversions/{id}/review", &[Method::POST], Make::Id(Route::Review)),
    ("/v1/shops/{shop}/events", &[Method::POST], Make::Shop(Route::Events)),
    ("/v1/shops/{shop}/webhooks/{id}", &[Method::POST], Make::Id(Route::Webhook)),
    ("/v1/shops/{shop}/adjustments", &[Method::POST], Make::Shop(Route::Adjustments)),
    ("/v1/shops/{shop}/payouts", &[Method::GET, Method::POST], Make::Shop(Route::Payouts)),
    ("/v1/shops/{shop}/payouts/yearly", &[Method::GET], Make::Shop(Route::PaidInYear)),
    ("/v1/shops/{shop}/payouts/yearly.csv", &[Method::GET], Make::Shop(Route::PaidInYearCsv)),
    ("/v1/shops/{shop}/payouts/{id}", &[Method::GET], Make::Id(Route::Payout)),
    ("/v1/shops/{shop}/payouts/{id}.csv", &[Method::GET], Make::Id(Route::PayoutCsv)),
    ("/v1/shops/{shop}/payouts/{id}.xml", &[Method::GET], Make::Id(Route::PayoutXml)),
    ("/v1/shops/{shop}/payouts/{id}/sepa", &[Method::POST], Make::Id(Route::PayoutSepa)),
    ("/v1/shops/{shop}/payout-details/reseal", &[Method::POST], Make::Shop(Route::ResealDetails)),
    ("/v1/shops/{shop}/payouts/{id}/paid", &[Method::POST], Make::Id(Route::PayoutPaid)),
    ("/v1/shops/{shop}/overview", &[Method::GET], Make::Shop(Route::Overview)),
    ("/v1/shops/{shop}/versions", &[Method::GET], Make::Shop(Route::Versions)),
    ("/v1/shops/{shop}/referrers/{id}/statements/{more}", &[Method::GET], Make::Two(Route::Statement)),
    ("/v1/shops/{shop}/set-up", &[Method::GET, Method::PUT], Make::Shop(Route::SetUp)),
    ("/v1/shops/{shop}/set-up/proof", &[Method::GET, Method::POST], Make::Shop(Route::Proof)),
    ("/v1/shops/{shop}/secrets/{id}/rotate", &[Method::POST], Make::Id(Route::Rotate)),
    ("/v1/shops/{shop}/helpers", &[Method::GET, Method::POST], Make::Shop(Route::Helpers)),
    ("/v1/shops/{shop}/helpers/{id}", &[Method::DELETE], Make::Id(Route::Helper)),
    ("/v1/shops/{shop}/desk-links", &[Method::POST], Make::Shop(Route::DeskLinks)),
    ("/v1/shops/{shop}/endpoints", &[Method::GET, Method::POST], Make::Shop(Route::Endpoints)),
    (
        "/v1/shops/{shop}/endpoints/{id}",
        &[Method::GET, Method::PATCH, Method::DELETE],
        Make::Id(Route::Endpoint),
    ),
    ("/v1/shops/{shop}/endpoints/{id}/rotate", &[Method::POST], Make::Id(Route::RotateEndpoint)),
    ("/v1/shops/{shop}/endpoints/{id}/test", &[Method::POST], Make::Id(Route::TestEndpoint)),
    ("/v1/shops/{shop}/endpoints/{id}/deliveries", &[Method::GET], Make::Id(Route::Deliveries)),
    ("/v1/shops/{shop}/endpoints/{id}/replay", &[Method::POST], Make::Id(Route::Replay)),
    ("/v1/shops/{shop}/mail", &[Method::GET, Method::PUT, Method::DELETE], Make::Shop(Route::Mail)),
    ("/v1/shops/{shop}/mail/test", &[Method::POST], Make::Shop(Route::MailTest)),
    ("/v1/shops/{shop}/mail/preview", &[Method::GET], Make::Shop(Route::MailPreview)),
    ("/v1/shops/{shop}/mail/messages", &[Method::GET], Make::Shop(Route::Messages)),
    ("/v1/shops/{shop}/mail/messages/{id}/stop", &[Method::DELETE], Make::Id(Route::MessageStop)),
    ("/v1/shops/{shop}/mail/replay", &[Method::POST], Make::Shop(Route::ReplayMessages)),
    ("/v1/shops/{shop}/sign-in-mails", &[Method::POST], Make::Shop(Route::SignInMails)),
    ("/v1/shops/{shop}/reminders", &[Method::POST], Make::Shop(Route::Reminders)),
    ("/u/{shop}/{id}", &[Method::GET, Method::POST], Make::Id(Route::StopMail)),
    ("/v1/shops/{shop}/tasks", &[Method::GET], Make::Shop(Route::Tasks)),
    ("/v1/shops/{shop}/tasks/failed", &[Method::GET], Make::Shop(Route::FailedTasks)),
    ("/v1/shops/{shop}/tasks/{id}", &[Method::POST], Make::Id(Route::Task)),
    ("/v1/shops/{shop}/connect-codes", &[Method::POST], Make::Shop(Route::ConnectCodes)),
    ("/v1/connect-codes/exchange", &[Method::POST], Make::Plain(Route::Exchange)),
    ("/v1/shops/{shop}/connections", &[Method::GET], Make::Shop(Route::Connections)),
    (
        "/v1/shops/{shop}/connections/{id}",
        &[Method::GET, Method::PUT, Method::DELETE],
        Make::Id(Route::Connection),
    ),
    ("/v1/shops/{shop}/connections/{id}/reconcile", &[Method::POST], Make::Id(Route::Reconcile)),
    ("/v1/shops/{shop}/contacts", &[Method::GET], Make::Shop(Route::Contacts)),
    ("/v1/shops/{shop}/contacts/{id}", &[Method::PUT, Method::DELETE], Make::Id(Route::Contact)),
    ("/v1/shops/{shop}/imports", &[Method::GET, Method::POST], Make::Shop(Route::Imports)),
    ("/v1/shops/{shop}/imports/{id}", &[Method::GET, Method::DELETE], Make::Id(Route::Import)),
    ("/v1/shops/{shop}/imports/{id}/steps", &[Method::POST], Make::Id(Route::ImportSteps)),
    ("/v1/shops/{shop}/report", &[Method::GET], Make::Shop(Route::Report)),
    ("/v1/shops/{shop}/promotions", &[Method::GET], Make::Shop(Route::Promotions)),
    ("/v1/shops/{shop}/signals", &[Method::GET], Make::Shop(Route::Signals)),
    ("/v1/shops/{shop}/experiments", &[Method::GET, Method::POST], Make::Shop(Route::Experiments)),
    ("/v1/shops/{shop}/experiments/{id}", &[Method::GET], Make::Id(Route::Experiment)),
    ("/v1/shops/{shop}/experiments/{id}/conclude", &[Method::POST], Make::Id(Route::ConcludeExperiment)),
    ("/v1/shops/{shop}/report/customers", &[Method::GET], Make::Shop(Route::Customers)),
    ("/v1/shops/{shop}/audit", &[Method::GET], Make::Shop(Route::Audit)),
    ("/v1/shops/{shop}/subjects", &[Method::GET, Method::DELETE], Make::Shop(Route::Subjects)),
];

/// How a resource is made from what its path holds.
#[derive(Debug, Clone)]
pub enum Make {
    /// From nothing.
    Plain(Route),
    /// From a shop id.
    Shop(fn(ShopId) -> Route),
    /// From a shop id and one more segment.
    Id(fn(ShopId, String) -> Route),
    /// From a shop id and two more segments.
    Two(fn(ShopId, String, String) -> Route),
    /// From a shop id and one more segment as it came, decodable or not: its reader cuts off what is wrong with it.
    Raw(fn(ShopId, String) -> Route),
}

/// The table, ready for look-ups. Built once per isolate.
pub struct Routes(Router<&'static (&'static str, &'static [Method], Make)>);

/// A path that exists, with what it answers to.
#[derive(Debug, PartialEq)]
pub struct Found {
    /// The resource.
    pub route: Route,
    /// Its methods, without `HEAD` and `OPTIONS`.
    pub methods: &'static [Method],
}

impl Routes {
    /// Builds the look-up.
    ///
    /// # Errors
    /// Where two patterns of [`TABLE`] clash, which a test rules out.
    pub fn new() -> Result<Self, Error> {
        let mut router = Router::new();
        for row in TABLE {
            router
                .insert(row.0, row)
                .map_err(|fault| Error::Internal(format!("the route table: {fault}")))?;
        }
        Ok(Self(router))
    }

    /// The resource that a still encoded path names.
    ///
    /// # Errors
    /// 404 where there is none, where a shop's id cannot be one, or where a segment does not decode to
    /// text without control characters.
    pub fn find(&self, path: &str) -> Result<Found, Error> {
        const UNKNOWN: Error = Error::NotFound("there is nothing at this path");
        let path = share_link(path);
        let matched = self.0.at(&path).map_err(|_| UNKNOWN)?;
        let (_, methods, make) = matched.value;
        let route = match make {
            Make::Plain(route) => Some(route.clone()),
            Make::Shop(make) => shop(&matched.params).map(make),
            Make::Id(make) => {
                shop(&matched.params).zip(segment(&matched.params, "id")).map(|(shop, id)| make(shop, id))
            }
            Make::Two(make) => {
                let two = segment(&matched.params, "id").zip(segment(&matched.params, "more"));
                shop(&matched.params).zip(two).map(|(shop, (id, more))| make(shop, id, more))
            }
            Make::Raw(make) => {
                let text = matched.params.get("id").map(str::to_owned);
                shop(&matched.params).zip(text).map(|(shop, text)| make(shop, text))
            }
        };
        Ok(Found { route: route.ok_or(UNKNOWN)?, methods })
    }
}

impl Found {
    /// Whether the resource has this method, `HEAD` included where it has `GET`.
    pub fn answers(&self, method: &Method) -> bool {
        self.methods.contains(method) || (method == Method::HEAD && self.methods.contains(&Method::GET))
    }

    /// The value of `Allow`.
    pub fn allow(&self) -> String {
        let mut names: Vec<&str> = Vec::new();
        for method in self.methods {
            names.push(method.as_str());
            if method == Method::GET {
                names.push("HEAD");
            }
        }
        names.join(", ")
    }
}

/// A share link as it is meant: with a slash too many or in capitals, as people type and sites copy it, and with
/// whatever follows the code behind a slash. Other paths stay as they are.
fn share_link(path: &str) -> Cow<'_, str> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    match (parts.next(), parts.next(), parts.next()) {
        (Some(r), Some(shop), Some(code)) if r.eq_ignore_ascii_case("r") => {
            Cow::Owned(format!("/r/{}/{code}", shop.to_ascii_lowercase()))
        }
        _ => Cow::Borrowed(path),
    }
}

/// Shop ids hold nothing that is ever percent-encoded, so an encoded one is none.
fn shop(params: &Params<'_, '_>) -> Option<ShopId> {
    ShopId::parse(params.get("shop")?)
}

fn segment(params: &Params<'_, '_>, name: &str) -> Option<String> {
    let text = percent_decode_str(params.get(name)?).decode_utf8().ok()?;
    let right = !text.is_empty() && !text.chars().any(char::is_control);
    right.then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn find(path: &str) -> Option<Route> {
        Routes::new().unwrap().find(path).ok().map(|f| f.route)
    }

    fn demo() -> ShopId {
        ShopId::parse("demo").unwrap()
    }

    #[test]
    fn names_each_resource() {
        assert_eq!(find("/healthz"), Some(Route::Healthz));
        assert_eq!(find("/v1/shops/demo"), Some(Route::Shop(demo())));
        assert_eq!(find("/r/demo/anna10"), Some(Route::Link(demo(), "anna10".into())));
        assert_eq!(find("/v1/shops/demo/payouts/b-1"), Some(Route::Payout(demo(), "b-1".into())));
        assert_eq!(find("/v1/shops/demo/payouts/b-1.csv"), Some(Route::PayoutCsv(demo(), "b-1".into())));
        assert_eq!(find("/v1/shops/demo/payouts/b-1/paid"), Some(Route::PayoutPaid(demo(), "b-1".into())));
    }

    #[test]
    fn share_links_are_found_however_they_were_copied() {
        let link = |code: &str| Some(Route::Link(demo(), code.into()));
        for path in [
            "/r/demo/anna10",
            "/r/demo/anna10/",
            "/R/Demo/anna10",
            "//r//demo/anna10//",
            "/r/demo/anna10/index.html",
        ] {
            assert_eq!(find(path), link("anna10"), "{path}");
        }
        for soiled in ["ANNA10%2F", "ANNA10%0A", "ANNA10%FF%"] {
            assert_eq!(find(&format!("/r/demo/{soiled}")), link(soiled), "{soiled}");
        }
        assert_eq!(find("/r/demo/"), None);
    }

    #[test]
    fn segments_are_decoded_once() {
        let review = |id: &str| find(&format!("/v1/shops/demo/conversions/{id}/review"));
        let expected = |id: &str| Some(Route::Review(demo(), id.into()));
        assert_eq!(review("10%2F01"), expected("10/01"));
        assert_eq!(review("10%252F01"), expected("10%2F01"));
        assert_eq!(review("%E2%82%AC"), expected("€"));
        assert_eq!(review("%FF"), None);
        assert_eq!(review("a%0Ab"), None);
        assert_eq!(review("%00"), None);
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        for path in [
            "",
            "/",
            "/v1/shops/",
            "/v1/shops/Demo",
            "/v1/shops/d%65mo",
            "/v1/shops/de_mo/offer",
            "/v1/shops/demo/offer/",
            "/v1/shops/demo/nothing",
            "/v2/shops/demo",
            "/r/demo",
            "//v1/shops",
        ] {
            assert_eq!(find(path), None, "{path}");
        }
        assert_eq!(find(&format!("/v1/shops/{}", "a".repeat(65))), None);
        assert!(find(&format!("/v1/shops/{}", "a".repeat(64))).is_some());
    }

    #[test]
    fn allow_names_head_beside_get() {
        let found = Routes::new().unwrap().find("/v1/shops/demo").unwrap();
        assert_eq!(found.allow(), "GET, HEAD, PUT, DELETE");
        assert!(found.answers(&Method::HEAD));
        assert!(!found.answers(&Method::POST));
    }

    proptest! {
        #[test]
        fn any_path_has_an_answer(path in "(/[ -~]{0,20}){0,7}") {
            let _ = Routes::new().unwrap().find(&path);
        }
    }
}

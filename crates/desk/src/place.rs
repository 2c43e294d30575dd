//! Every address of the desk: what links are built from and what routes are found by, so that they cannot part.

use std::borrow::Cow;

use parrain_wire::desk::Step;
use parrain_wire::word::Word;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What a segment or a query's value may hold as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A place at the desk. Those up to [`Place::Language`] belong to no shop; their names hold a `_`, which no shop's id
/// does. Codes, ids and months are text as it stands in the address, decoded and not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// `/`: what this is, and where the desk is.
    Front,
    /// `/desk`: signing in; who is signed in is led on from here.
    Desk,
    /// `/desk/sign_in`
    SignIn,
    /// `/desk/sign_out`
    SignOut,
    /// `/desk/come_in`: where a helper's link leads; entering is a press, so that mail filters do not use it up.
    ComeIn,
    /// `/desk/all_shops`
    Shops,
    /// `/desk/my_language`
    Language,
    /// `/desk/{shop}`
    Home,
    /// `/desk/{shop}/find`: by an order's number, an address or a code; by POST, since an address may be in it.
    Find,
    /// `/desk/{shop}/set-up`: leads to the first step that is not done.
    SetUp,
    /// `/desk/{shop}/set-up/{step}`
    SetUpStep(Step),
    /// `/desk/{shop}/set-up/proof/test`
    StartTest,
    /// `/desk/{shop}/preview`: a page with the real widget alone, for a frame.
    Preview,
    /// `/desk/{shop}/program`
    Program,
    /// `/desk/{shop}/program/json`
    ProgramJson,
    /// `/desk/{shop}/try`: the program on the orders of an export, which the browser reads.
    TryOut,
    /// `/desk/{shop}/program/new-offer`
    NewOffer,
    /// `/desk/{shop}/program/offers/{offer}`
    Offer(String),
    /// `/desk/{shop}/program/offers/{offer}/move`
    MoveOffer(String),
    /// `/desk/{shop}/program/offers/{offer}/remove`
    RemoveOffer(String),
    /// `/desk/{shop}/promo-codes`: those of the shop's own.
    PromoCodes,
    /// `/desk/{shop}/new-promo-code`
    NewPromoCode,
    /// `/desk/{shop}/promo-codes/{code}`
    PromoCode(String),
    /// The end of one, or one that has ended to be taken off the list. A form of its page.
    EndPromoCode(String),
    /// Offers that are compared, and comparing others.
    Experiments,
    /// One offer kept of those that were compared, by the comparison's name. A form of their page.
    ConcludeExperiment(String),
    /// `/desk/{shop}/program/versions`
    Versions,
    /// `/desk/{shop}/program/versions/{number}`
    Version(String),
    /// `/desk/{shop}/program/versions/{number}/restore`
    RestoreVersion(String),
    /// `/desk/{shop}/referrers`
    Referrers,
    /// `/desk/{shop}/referrers.csv`
    ReferrersCsv,
    /// `/desk/{shop}/new-referrer`
    NewReferrer,
    /// `/desk/{shop}/new-codes`: many at once.
    NewCodes,
    /// `/desk/{shop}/imports`: coming from other software, and the files that were given.
    Imports,
    /// `/desk/{shop}/imports/{id}`: one of them.
    Import(String),
    /// The next part of one, to be made. A form of its page.
    ImportStep(String),
    /// The end of one. A form of its page.
    DropImport(String),
    /// `/desk/{shop}/referrers/{code}`
    Referrer(String),
    /// `/desk/{shop}/referrers/{code}/status`
    ReferrerStatus(String),
    /// `/desk/{shop}/referrers/{code}/bonus`
    Bonus(String),
    /// Where a referrer is paid, by their code. A form of their page.
    PaidTo(String),
    /// `/desk/{shop}/referrers/{code}/sign-in-link`
    SignInLink(String),
    /// The end of a referrer's sign-ins. A form of their page.
    EndSignIns(String),
    /// `/desk/{shop}/referrers/{code}/person`: what is held of them, as a file.
    Person(String),
    /// `/desk/{shop}/referrers/{code}/person/erase`
    ErasePerson(String),
    /// `/desk/{shop}/referrers/{code}/statements/{month}`
    Statement(String, String),
    /// `/desk/{shop}/promotion`: pictures and texts for those who promote the shop.
    Materials,
    /// A picture to be taken away, by its id. A form of that page.
    RemovePicture(String),
    /// `/desk/{shop}/promotion/texts`: a text to be added. A form of that page.
    NewShareText,
    /// `/desk/{shop}/promotion/texts/{id}`
    ShareText(String),
    /// A text to be taken away. A form of its page.
    RemoveShareText(String),
    /// `/desk/{shop}/orders`
    Orders,
    /// `/desk/{shop}/orders.csv`
    OrdersCsv,
    /// `/desk/{shop}/reviews`: orders that wait for a decision, one or many at once.
    Reviews,
    /// `/desk/{shop}/orders/{order_id}`
    Order(String),
    /// `/desk/{shop}/orders/{order_id}/credit`
    Credit(String),
    /// `/desk/{shop}/orders/{order_id}/credit/undo`
    UndoCredit(String),
    /// `/desk/{shop}/orders/{order_id}/review`
    Review(String),
    /// `/desk/{shop}/claims`
    Claims,
    /// `/desk/{shop}/claims/{id}`
    Claim(String),
    /// `/desk/{shop}/pay`. Where `chosen` is `true`, `codes` are those ticked, and none of them is nobody; else everybody
    /// is paid.
    Pay,
    /// `/desk/{shop}/payouts`
    Payouts,
    /// `/desk/{shop}/payouts/{id}`
    Payout(String),
    /// `/desk/{shop}/payouts/{id}/paid`
    PayoutPaid(String),
    /// `/desk/{shop}/payouts/{id}/payout.csv`
    PayoutCsv(String),
    /// `/desk/{shop}/payouts/{id}/payout.xml`
    PayoutXml(String),
    /// `/desk/{shop}/tax`
    Tax,
    /// `/desk/{shop}/tax.csv`
    TaxCsv,
    /// `/desk/{shop}/report`
    Report,
    /// `/desk/{shop}/report.csv`
    ReportCsv,
    /// `/desk/{shop}/settings`
    Settings,
    /// `/desk/{shop}/settings/secrets`
    Secrets,
    /// `/desk/{shop}/settings/texts`
    Texts,
    /// `/desk/{shop}/settings/helpers`
    Helpers,
    /// `/desk/{shop}/settings/helpers/{id}/end`
    EndHelper(String),
    /// The shop's modules, and a code for another.
    Connections,
    /// The end of a module's connection, by its id.
    EndConnection(String),
    /// A platform at which codes are made and rewards given, by its name.
    Platform(String),
    /// The end of a platform's credentials. A form of its page.
    EndPlatform(String),
    /// A platform's orders, to be read now. A form of its page.
    ReconcilePlatform(String),
    /// Providers of newsletters that are told of referrers.
    Contacts,
    /// One of them, by its name.
    Contact(String),
    /// The end of one. A form of its page.
    EndContact(String),
    /// What was given up at a provider, to be sent again. A form of its page.
    ReplayContact(String),
    /// Other software that is told what happens.
    Endpoints,
    /// One address of it, by its id.
    Endpoint(String),
    /// Something to try an address by. A form of its page.
    TestEndpoint(String),
    /// What was given up, to be sent again. A form of the address's page.
    ReplayDead(String),
    /// Another secret. A form of the address's page.
    RotateEndpoint(String),
    /// The end of an address. A form of its page.
    RemoveEndpoint(String),
    /// The shop's e-mails.
    Mail,
    /// What one kind of them says, by its name.
    MailText(String),
    /// The same as it is received, for a frame.
    MailHtml(String),
    /// Something to try them by. A form of their page.
    TestMail,
    /// What was given up, to be sent again. A form of their page.
    ReplayMail,
    /// An address to which mail bounced, to be written to again, by a message's id. A form of the mail page.
    LiftStop(String),
    /// The end of them. A form of their page.
    EndMail,
    /// The end of the shop itself, which is the admin's.
    RemoveShop,
}

/// A form that is posted to a place, or the query that it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answers {
    /// Names in the query that `GET` reads; nothing where there is no `GET`.
    pub get: Option<&'static [&'static str]>,
    /// Fields of the form that `POST` reads, beside `csrf`; nothing where there is no `POST`. A name that ends in `.*`
    /// stands for all that begin so.
    pub post: Option<&'static [&'static str]>,
}

const fn get(query: &'static [&'static str]) -> Answers {
    Answers { get: Some(query), post: None }
}

const fn post(fields: &'static [&'static str]) -> Answers {
    Answers { get: None, post: Some(fields) }
}

const fn both(query: &'static [&'static str], fields: &'static [&'static str]) -> Answers {
    Answers { get: Some(query), post: Some(fields) }
}

/// The fields of the form that says where a referrer is paid.
pub const PAID_TO: [&str; 12] = [
    "account_holder",
    "iban",
    "paypal",
    "company",
    "vat_number",
    "siret",
    "profession",
    "address.line1",
    "address.line2",
    "address.postal_code",
    "address.city",
    "address.country",
];

/// The fields of an offer's form, in the words of the program's JSON.
const OFFER: &[&str] = &[
    "version",
    "id",
    "audience",
    "starts_at",
    "ends_at",
    "when.customer",
    "when.countries",
    "when.basket.at_least",
    "when.basket.at_most",
    "when.languages",
    "friend",
    "friend.reward.*",
    "friend.min_subtotal",
    "wording",
    "advocate.reward.*",
    "advocate.on",
    "advocate.orders",
    "advocate.orders.count",
    "advocate.orders.months",
    "advocate.hold_days",
    "advocate.new_customers_only",
    "advocate.min_subtotal",
    "advocate.budget",
    "advocate.max_per_month",
    "advocate.max_total",
];

/// The fields of a promo code's form, in the words of the program's JSON.
const PROMO_CODE: &[&str] = &[
    "version",
    "code",
    "name",
    "friend.reward.*",
    "friend.min_subtotal",
    "categories",
    "new_customers_only",
    "starts_at",
    "ends_at",
];

impl Place {
    /// What the place answers to: the routing contract between these pages and the edge.
    pub const fn answers(&self) -> Answers {
        match self {
            Self::Front | Self::Home | Self::SetUp | Self::TryOut | Self::Version(_) | Self::Settings => {
                get(&[])
            }
            Self::Desk => get(&["next"]),
            Self::SignIn => post(&["token", "next", "kept"]),
            Self::SignOut => post(&[]),
            Self::ComeIn => both(&[], &["key"]),
            Self::Shops => {
                both(&["cursor"], &["shop", "name", "landing_url", "currency", "locale", "time_zone"])
            }
            Self::Language => post(&["language", "back"]),
            Self::Find => post(&["q"]),
            Self::SetUpStep(Step::Shop) => {
                both(&[], &["name", "landing_url", "locale", "currency", "time_zone", "version"])
            }
            Self::SetUpStep(Step::Program) => both(
                &["begin"],
                &[
                    "version",
                    "begin",
                    "friend.reward.*",
                    "friend.min_subtotal",
                    "advocate.reward.*",
                    "advocate.hold_days",
                    "advocate.min_subtotal",
                ],
            ),
            Self::SetUpStep(Step::Look) => both(&[], LOOK_FORM),
            Self::SetUpStep(Step::Platform) => {
                both(&["platform"], &["platform", "webhook_secrets.*", "platform_keys.*"])
            }
            Self::SetUpStep(Step::Tag | Step::Proof) => both(&[], &[]),
            Self::StartTest => post(&[]),
            Self::Preview => get(LOOK),
            Self::Program => both(
                &[],
                &[
                    "version",
                    "name",
                    "currency",
                    "landing_url",
                    "origins",
                    "locale",
                    "time_zone",
                    "link_params",
                    "attribution.window_days",
                    "attribution.model",
                    "joining",
                    "confirmed",
                    "signals.*",
                    "erased",
                    "discounts",
                    "show_counts",
                    "payouts.minimum",
                    "payouts.details",
                    "payouts.debtor.name",
                    "payouts.debtor.iban",
                ],
            ),
            Self::ProgramJson => both(&[], &["version", "program"]),
            Self::NewOffer | Self::Offer(_) => both(&[], OFFER),
            Self::PromoCodes => get(&[]),
            Self::NewPromoCode => both(&["begin"], PROMO_CODE),
            Self::PromoCode(_) => both(&[], PROMO_CODE),
            Self::RemoveOffer(_) | Self::RestoreVersion(_) | Self::EndPromoCode(_) => post(&["version"]),
            Self::MoveOffer(_) => post(&["version", "to"]),
            Self::Experiments => both(&[], &["id", "first", "offers", "difference", "dry_run"]),
            Self::ConcludeExperiment(_) => post(&["offer"]),
            Self::Versions => get(&["cursor"]),
            Self::Referrers => get(&["q", "status", "cursor"]),
            Self::ReferrersCsv => get(&["q", "status"]),
            Self::NewReferrer => both(
                &[],
                &[
                    "code",
                    "offer",
                    "name",
                    "email",
                    "customer_id",
                    "terms.reward.percent",
                    "expires_at",
                    "notes",
                ],
            ),
            Self::NewCodes => both(&[], &["csv", "offer", "dry_run"]),
            Self::Imports => {
                both(&[], &["csv", "software", "offer", "link_params", "rates", "nearest", "welcome"])
            }
            Self::Import(_) => get(&["cursor"]),
            Self::Referrer(_) => {
                both(&["cursor"], &["name", "offer", "terms.reward.percent", "expires_at", "notes"])
            }
            Self::ReferrerStatus(_) => post(&["status", "reason", "confirmed"]),
            Self::Bonus(_) => post(&["id", "amount", "reason"]),
            Self::PaidTo(_) => post(&PAID_TO),
            Self::SignInLink(_)
            | Self::ImportStep(_)
            | Self::DropImport(_)
            | Self::EndSignIns(_)
            | Self::EndHelper(_)
            | Self::EndConnection(_)
            | Self::EndPlatform(_)
            | Self::ReconcilePlatform(_)
            | Self::EndContact(_)
            | Self::ReplayContact(_)
            | Self::TestEndpoint(_)
            | Self::ReplayDead(_)
            | Self::RotateEndpoint(_)
            | Self::RemoveEndpoint(_)
            | Self::ReplayMail
            | Self::LiftStop(_)
            | Self::EndMail => post(&[]),
            Self::Materials => both(&[], &["picture", "picture_title"]),
            Self::NewShareText => post(&["title", "text"]),
            Self::ShareText(_) => both(&[], &["title", "text"]),
            Self::RemovePicture(_) | Self::RemoveShareText(_) => post(&[]),
            Self::Person(_) => get(&[]),
            Self::ErasePerson(_) => post(&["sure"]),
            Self::Statement(..) => get(&[]),
            Self::Orders => get(&["outcome", "code", "cursor"]),
            Self::OrdersCsv => get(&["outcome", "code"]),
            Self::Reviews => both(&["cursor"], &["order_id", "decision", "note"]),
            Self::Order(_) => get(&[]),
            Self::Credit(_) => both(
                &["code", "despite", "dry_run", "at", "currency", "subtotal", "discount"],
                &["code", "note", "despite", "dry_run", "at", "currency", "subtotal", "discount"],
            ),
            Self::UndoCredit(_) => post(&[]),
            Self::Review(_) => post(&["decision", "note"]),
            Self::Claims => get(&["state", "cursor"]),
            Self::Claim(_) => both(&[], &["decision", "note", "tell", "despite"]),
            Self::Pay => both(&["until", "kinds"], &["until", "kinds", "chosen", "codes"]),
            Self::Payouts => get(&["cursor"]),
            Self::Payout(_) => get(&[]),
            Self::PayoutPaid(_) => post(&[]),
            Self::PayoutCsv(_) => get(&["kind", "details"]),
            Self::PayoutXml(_) => get(&["partial"]),
            Self::Tax => both(&["year"], &["year", "threshold"]),
            Self::TaxCsv => get(&["year", "over"]),
            Self::Report => get(&["from", "to", "with"]),
            Self::ReportCsv => get(&["from", "to", "by"]),
            Self::Secrets => both(&[], &["secret", "action", "held"]),
            Self::Texts => both(&["locale"], &["locale", "texts.*"]),
            Self::Helpers => both(&[], &["name", "role"]),
            Self::Connections => both(&[], &["step", "platform"]),
            Self::Contacts => get(&[]),
            Self::Contact(_) => both(&[], &["key", "list"]),
            Self::Platform(_) => both(
                &[],
                &[
                    "shop",
                    "token",
                    "client_id",
                    "client_secret",
                    "site",
                    "consumer_key",
                    "consumer_secret",
                    "key",
                ],
            ),
            Self::Endpoints => both(&[], &["url", "types"]),
            Self::Endpoint(_) => get(&[]),
            Self::Mail => both(
                &[],
                &[
                    "provider",
                    "key",
                    "webhook_secret",
                    "from.email",
                    "from.name",
                    "reply_to",
                    "owner_email",
                    "kinds",
                    "quiet_hours.from",
                    "quiet_hours.to",
                ],
            ),
            Self::MailText(_) => both(&["locale"], &["locale", "subject", "body"]),
            Self::MailHtml(_) => get(&["locale"]),
            Self::TestMail => post(&["to"]),
            Self::RemoveShop => both(&[], &["shop"]),
        }
    }

    /// The address, of a shop where it belongs to one.
    pub fn href(&self, shop: &str) -> String {
        let of = |rest: &[&str]| {
            let mut path = format!("/desk/{}", encoded(shop));
            for part in rest {
                path.push('/');
                path.push_str(&encoded(part));
            }
            path
        };
        match self {
            Self::Front => "/".into(),
            Self::Desk => "/desk".into(),
            Self::SignIn => "/desk/sign_in".into(),
            Self::SignOut => "/desk/sign_out".into(),
            Self::ComeIn => "/desk/come_in".into(),
            Self::Shops => "/desk/all_shops".into(),
            Self::Language => "/desk/my_language".into(),
            Self::Home => of(&[]),
            Self::Find => of(&["find"]),
            Self::SetUp => of(&["set-up"]),
            Self::SetUpStep(step) => of(&["set-up", step.name()]),
            Self::StartTest => of(&["set-up", "proof", "test"]),
            Self::Preview => of(&["preview"]),
            Self::Program => of(&["program"]),
            Self::ProgramJson => of(&["program", "json"]),
            Self::TryOut => of(&["try"]),
            Self::NewOffer => of(&["program", "new-offer"]),
            Self::Offer(id) => of(&["program", "offers", id]),
            Self::MoveOffer(id) => of(&["program", "offers", id, "move"]),
            Self::RemoveOffer(id) => of(&["program", "offers", id, "remove"]),
            Self::PromoCodes => of(&["promo-codes"]),
            Self::NewPromoCode => of(&["new-promo-code"]),
            Self::PromoCode(code) => of(&["promo-codes", code]),
            Self::EndPromoCode(code) => of(&["promo-codes", code, "end"]),
            Self::Experiments => of(&["program", "compare"]),
            Self::ConcludeExperiment(id) => of(&["program", "compare", id, "keep"]),
            Self::Versions => of(&["program", "versions"]),
            Self::Version(number) => of(&["program", "versions", number]),
            Self::RestoreVersion(number) => of(&["program", "versions", number, "restore"]),
            Self::Referrers => of(&["referrers"]),
            Self::ReferrersCsv => of(&["referrers.csv"]),
            Self::NewReferrer => of(&["new-referrer"]),
            Self::NewCodes => of(&["new-codes"]),
            Self::Imports => of(&["imports"]),
            Self::Import(id) => of(&["imports", id]),
            Self::ImportStep(id) => of(&["imports", id, "make"]),
            Self::DropImport(id) => of(&["imports", id, "drop"]),
            Self::Referrer(code) => of(&["referrers", code]),
            Self::ReferrerStatus(code) => of(&["referrers", code, "status"]),
            Self::Bonus(code) => of(&["referrers", code, "bonus"]),
            Self::PaidTo(code) => of(&["referrers", code, "paid-to"]),
            Self::SignInLink(code) => of(&["referrers", code, "sign-in-link"]),
            Self::EndSignIns(code) => of(&["referrers", code, "end-sign-ins"]),
            Self::Person(code) => of(&["referrers", code, "person"]),
            Self::ErasePerson(code) => of(&["referrers", code, "person", "erase"]),
            Self::Statement(code, month) => of(&["referrers", code, "statements", month]),
            Self::Materials => of(&["promotion"]),
            Self::RemovePicture(id) => of(&["promotion", "pictures", id, "remove"]),
            Self::NewShareText => of(&["promotion", "texts"]),
            Self::ShareText(id) => of(&["promotion", "texts", id]),
            Self::RemoveShareText(id) => of(&["promotion", "texts", id, "remove"]),
            Self::Orders => of(&["orders"]),
            Self::OrdersCsv => of(&["orders.csv"]),
            Self::Reviews => of(&["reviews"]),
            Self::Order(id) => of(&["orders", id]),
            Self::Credit(id) => of(&["orders", id, "credit"]),
            Self::UndoCredit(id) => of(&["orders", id, "credit", "undo"]),
            Self::Review(id) => of(&["orders", id, "review"]),
            Self::Claims => of(&["claims"]),
            Self::Claim(id) => of(&["claims", id]),
            Self::Pay => of(&["pay"]),
            Self::Payouts => of(&["payouts"]),
            Self::Payout(id) => of(&["payouts", id]),
            Self::PayoutPaid(id) => of(&["payouts", id, "paid"]),
            Self::PayoutCsv(id) => of(&["payouts", id, "payout.csv"]),
            Self::PayoutXml(id) => of(&["payouts", id, "payout.xml"]),
            Self::Tax => of(&["tax"]),
            Self::TaxCsv => of(&["tax.csv"]),
            Self::Report => of(&["report"]),
            Self::ReportCsv => of(&["report.csv"]),
            Self::Settings => of(&["settings"]),
            Self::Secrets => of(&["settings", "secrets"]),
            Self::Texts => of(&["settings", "texts"]),
            Self::Helpers => of(&["settings", "helpers"]),
            Self::EndHelper(id) => of(&["settings", "helpers", id, "end"]),
            Self::Connections => of(&["settings", "connections"]),
            Self::EndConnection(id) => of(&["settings", "connections", id, "end"]),
            Self::Platform(name) => of(&["settings", "platforms", name]),
            Self::EndPlatform(name) => of(&["settings", "platforms", name, "end"]),
            Self::ReconcilePlatform(name) => of(&["settings", "platforms", name, "reconcile"]),
            Self::Contacts => of(&["settings", "contacts"]),
            Self::Contact(name) => of(&["settings", "contacts", name]),
            Self::EndContact(name) => of(&["settings", "contacts", name, "end"]),
            Self::ReplayContact(name) => of(&["settings", "contacts", name, "replay"]),
            Self::Endpoints => of(&["settings", "endpoints"]),
            Self::Endpoint(id) => of(&["settings", "endpoints", id]),
            Self::TestEndpoint(id) => of(&["settings", "endpoints", id, "test"]),
            Self::ReplayDead(id) => of(&["settings", "endpoints", id, "replay"]),
            Self::RotateEndpoint(id) => of(&["settings", "endpoints", id, "rotate"]),
            Self::RemoveEndpoint(id) => of(&["settings", "endpoints", id, "remove"]),
            Self::Mail => of(&["settings", "mail"]),
            Self::MailText(kind) => of(&["settings", "mail", "texts", kind]),
            Self::MailHtml(kind) => of(&["settings", "mail", "texts", kind, "html"]),
            Self::TestMail => of(&["settings", "mail", "test"]),
            Self::ReplayMail => of(&["settings", "mail", "replay"]),
            Self::LiftStop(id) => of(&["settings", "mail", "messages", id, "stop"]),
            Self::EndMail => of(&["settings", "mail", "end"]),
            Self::RemoveShop => of(&["settings", "remove"]),
        }
    }

    /// The address with a query; members that say nothing are left out.
    pub fn asking(&self, shop: &str, query: &[(&str, &str)]) -> String {
        let mut href = self.href(shop);
        for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
            href.push(if href.contains('?') { '&' } else { '?' });
            href.push_str(&format!("{}={}", encoded(name), encoded(value)));
        }
        href
    }

    /// The place that a still encoded path names, and the shop where it belongs to one; a query behind it is
    /// not looked at. A segment that decodes to no text, or to one with control characters, names nothing.
    pub fn parse(path: &str) -> Option<(Self, Option<String>)> {
        let path = path.split(['?', '#']).next()?;
        if path == "/" {
            return Some((Self::Front, None));
        }
        let parts: Vec<Cow<'_, str>> =
            path.strip_prefix('/')?.split('/').map(decoded).collect::<Option<_>>()?;
        let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
        let (shop, rest) = match parts.as_slice() {
            ["desk"] => return Some((Self::Desk, None)),
            ["desk", "sign_in"] => return Some((Self::SignIn, None)),
            ["desk", "sign_out"] => return Some((Self::SignOut, None)),
            ["desk", "come_in"] => return Some((Self::ComeIn, None)),
            ["desk", "all_shops"] => return Some((Self::Shops, None)),
            ["desk", "my_language"] => return Some((Self::Language, None)),
            ["desk", shop, rest @ ..] => (*shop, rest),
            _ => return None,
        };
        let id = |id: &str| id.to_owned();
        let place = match rest {
            [] => Self::Home,
            ["find"] => Self::Find,
            ["set-up"] => Self::SetUp,
            ["set-up", "proof", "test"] => Self::StartTest,
            ["set-up", step] => Self::SetUpStep(Step::named(step)?),
            ["preview"] => Self::Preview,
            ["program"] => Self::Program,
            ["program", "json"] => Self::ProgramJson,
            ["try"] => Self::TryOut,
            ["program", "new-offer"] => Self::NewOffer,
            ["program", "offers", offer] => Self::Offer(id(offer)),
            ["program", "offers", offer, "move"] => Self::MoveOffer(id(offer)),
            ["program", "offers", offer, "remove"] => Self::RemoveOffer(id(offer)),
            ["promo-codes"] => Self::PromoCodes,
            ["new-promo-code"] => Self::NewPromoCode,
            ["promo-codes", code] => Self::PromoCode(id(code)),
            ["promo-codes", code, "end"] => Self::EndPromoCode(id(code)),
            ["program", "compare"] => Self::Experiments,
            ["program", "compare", one, "keep"] => Self::ConcludeExperiment(id(one)),
            ["program", "versions"] => Self::Versions,
            ["program", "versions", number] => Self::Version(id(number)),
            ["program", "versions", number, "restore"] => Self::RestoreVersion(id(number)),
            ["referrers"] => Self::Referrers,
            ["referrers.csv"] => Self::ReferrersCsv,
            ["new-referrer"] => Self::NewReferrer,
            ["new-codes"] => Self::NewCodes,
            ["imports"] => Self::Imports,
            ["imports", one] => Self::Import(id(one)),
            ["imports", one, "make"] => Self::ImportStep(id(one)),
            ["imports", one, "drop"] => Self::DropImport(id(one)),
            ["referrers", code] => Self::Referrer(id(code)),
            ["referrers", code, "status"] => Self::ReferrerStatus(id(code)),
            ["referrers", code, "bonus"] => Self::Bonus(id(code)),
            ["referrers", code, "paid-to"] => Self::PaidTo(id(code)),
            ["referrers", code, "sign-in-link"] => Self::SignInLink(id(code)),
            ["referrers", code, "end-sign-ins"] => Self::EndSignIns(id(code)),
            ["referrers", code, "person"] => Self::Person(id(code)),
            ["referrers", code, "person", "erase"] => Self::ErasePerson(id(code)),
            ["referrers", code, "statements", month] => Self::Statement(id(code), id(month)),
            ["promotion"] => Self::Materials,
            ["promotion", "pictures", picture, "remove"] => Self::RemovePicture(id(picture)),
            ["promotion", "texts"] => Self::NewShareText,
            ["promotion", "texts", text] => Self::ShareText(id(text)),
            ["promotion", "texts", text, "remove"] => Self::RemoveShareText(id(text)),
            ["orders"] => Self::Orders,
            ["orders.csv"] => Self::OrdersCsv,
            ["reviews"] => Self::Reviews,
            ["orders", order] => Self::Order(id(order)),
            ["orders", order, "credit"] => Self::Credit(id(order)),
            ["orders", order, "credit", "undo"] => Self::UndoCredit(id(order)),
            ["orders", order, "review"] => Self::Review(id(order)),
            ["claims"] => Self::Claims,
            ["claims", claim] => Self::Claim(id(claim)),
            ["pay"] => Self::Pay,
            ["payouts"] => Self::Payouts,
            ["payouts", payout] => Self::Payout(id(payout)),
            ["payouts", payout, "paid"] => Self::PayoutPaid(id(payout)),
            ["payouts", payout, "payout.csv"] => Self::PayoutCsv(id(payout)),
            ["payouts", payout, "payout.xml"] => Self::PayoutXml(id(payout)),
            ["tax"] => Self::Tax,
            ["tax.csv"] => Self::TaxCsv,
            ["report"] => Self::Report,
            ["report.csv"] => Self::ReportCsv,
            ["settings"] => Self::Settings,
            ["settings", "secrets"] => Self::Secrets,
            ["settings", "texts"] => Self::Texts,
            ["settings", "helpers"] => Self::Helpers,
            ["settings", "helpers", helper, "end"] => Self::EndHelper(id(helper)),
            ["settings", "connections"] => Self::Connections,
            ["settings", "connections", one, "end"] => Self::EndConnection(id(one)),
            ["settings", "platforms", name] => Self::Platform(id(name)),
            ["settings", "platforms", name, "end"] => Self::EndPlatform(id(name)),
            ["settings", "platforms", name, "reconcile"] => Self::ReconcilePlatform(id(name)),
            ["settings", "contacts"] => Self::Contacts,
            ["settings", "contacts", name] => Self::Contact(id(name)),
            ["settings", "contacts", name, "end"] => Self::EndContact(id(name)),
            ["settings", "contacts", name, "replay"] => Self::ReplayContact(id(name)),
            ["settings", "endpoints"] => Self::Endpoints,
            ["settings", "endpoints", one] => Self::Endpoint(id(one)),
            ["settings", "endpoints", one, "test"] => Self::TestEndpoint(id(one)),
            ["settings", "endpoints", one, "replay"] => Self::ReplayDead(id(one)),
            ["settings", "endpoints", one, "rotate"] => Self::RotateEndpoint(id(one)),
            ["settings", "endpoints", one, "remove"] => Self::RemoveEndpoint(id(one)),
            ["settings", "mail"] => Self::Mail,
            ["settings", "mail", "texts", kind] => Self::MailText(id(kind)),
            ["settings", "mail", "texts", kind, "html"] => Self::MailHtml(id(kind)),
            ["settings", "mail", "test"] => Self::TestMail,
            ["settings", "mail", "replay"] => Self::ReplayMail,
            ["settings", "mail", "messages", one, "stop"] => Self::LiftStop(id(one)),
            ["settings", "mail", "end"] => Self::EndMail,
            ["settings", "remove"] => Self::RemoveShop,
            _ => return None,
        };
        Some((place, Some(shop.to_owned())))
    }
}

/// What says how the widget looks, in the words of [`parrain_wire::desk::Look`].
const LOOK: &[&str] =
    &["accent", "on_accent", "radius", "theme", "placement", "side", "offset_bottom", "offset_side"];

/// The same, and where to go on: `then` is `next`, or `stay` to see it.
const LOOK_FORM: &[&str] =
    &["accent", "on_accent", "radius", "theme", "placement", "side", "offset_bottom", "offset_side", "then"];

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

fn decoded(segment: &str) -> Option<Cow<'_, str>> {
    let text = percent_decode_str(segment).decode_utf8().ok()?;
    (!text.is_empty() && !text.chars().any(char::is_control)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each.
    pub fn all() -> Vec<Place> {
        let id = || "é/1 %?#.csv".to_owned();
        let mut places = vec![
            Place::Front,
            Place::Desk,
            Place::SignIn,
            Place::SignOut,
            Place::ComeIn,
            Place::Shops,
            Place::Language,
            Place::Home,
            Place::Find,
            Place::SetUp,
            Place::StartTest,
            Place::Preview,
            Place::Program,
            Place::ProgramJson,
            Place::TryOut,
            Place::NewOffer,
            Place::Offer(id()),
            Place::MoveOffer(id()),
            Place::RemoveOffer(id()),
            Place::PromoCodes,
            Place::NewPromoCode,
            Place::PromoCode(id()),
            Place::EndPromoCode(id()),
            Place::Experiments,
            Place::ConcludeExperiment(id()),
            Place::Versions,
            Place::Version(id()),
            Place::RestoreVersion(id()),
            Place::Referrers,
            Place::ReferrersCsv,
            Place::NewReferrer,
            Place::NewCodes,
            Place::Imports,
            Place::Import(id()),
            Place::ImportStep(id()),
            Place::DropImport(id()),
            Place::Referrer(id()),
            Place::ReferrerStatus(id()),
            Place::Bonus(id()),
            Place::PaidTo(id()),
            Place::SignInLink(id()),
            Place::EndSignIns(id()),
            Place::Person(id()),
            Place::ErasePerson(id()),
            Place::Statement(id(), id()),
            Place::Materials,
            Place::RemovePicture(id()),
            Place::NewShareText,
            Place::ShareText(id()),
            Place::RemoveShareText(id()),
            Place::Orders,
            Place::OrdersCsv,
            Place::Reviews,
            Place::Order(id()),
            Place::Credit(id()),
            Place::UndoCredit(id()),
            Place::Review(id()),
            Place::Claims,
            Place::Claim(id()),
            Place::Pay,
            Place::Payouts,
            Place::Payout(id()),
            Place::PayoutPaid(id()),
            Place::PayoutCsv(id()),
            Place::PayoutXml(id()),
            Place::Tax,
            Place::TaxCsv,
            Place::Report,
            Place::ReportCsv,
            Place::Settings,
            Place::Secrets,
            Place::Texts,
            Place::Helpers,
            Place::EndHelper(id()),
            Place::Connections,
            Place::EndConnection(id()),
            Place::Platform(id()),
            Place::EndPlatform(id()),
            Place::ReconcilePlatform(id()),
            Place::Contacts,
            Place::Contact(id()),
            Place::EndContact(id()),
            Place::ReplayContact(id()),
            Place::Endpoints,
            Place::Endpoint(id()),
            Place::TestEndpoint(id()),
            Place::ReplayDead(id()),
            Place::RotateEndpoint(id()),
            Place::RemoveEndpoint(id()),
            Place::Mail,
            Place::MailText(id()),
            Place::MailHtml(id()),
            Place::TestMail,
            Place::ReplayMail,
            Place::LiftStop(id()),
            Place::EndMail,
            Place::RemoveShop,
        ];
        places.extend(Step::WORDS.iter().map(|(_, step)| Place::SetUpStep(*step)));
        places
    }

    #[test]
    fn every_place_is_found_again_by_its_address() {
        for place in all() {
            let (found, shop) = Place::parse(&place.href("demo")).unwrap_or_else(|| panic!("{place:?}"));
            assert_eq!(found, place);
            assert!(shop.is_none_or(|shop| shop == "demo"));
            let answers = place.answers();
            assert!(answers.get.is_some() || answers.post.is_some(), "{place:?}");
        }
    }

    #[test]
    fn a_shop_of_any_name_has_its_own_places() {
        for shop in ["desk", "orders", "sign-in", "all-shops", "-"] {
            let (place, of) = Place::parse(&Place::Home.href(shop)).unwrap();
            assert_eq!((place, of.as_deref()), (Place::Home, Some(shop)));
        }
    }

    #[test]
    fn what_is_no_place_is_none() {
        for path in [
            "",
            "desk",
            "/desk/",
            "/desk//orders",
            "/desk/demo/",
            "/desk/demo/orders/%FF",
            "/desk/demo/orders/%00",
            "/desk/demo/nothing",
            "/desk/demo/set-up/nothing",
        ] {
            assert_eq!(Place::parse(path), None, "{path}");
        }
    }

    #[test]
    fn a_query_says_what_is_said_alone() {
        let href = Place::Orders.asking("demo", &[("outcome", ""), ("code", "É&A"), ("cursor", "1")]);
        assert_eq!(href, "/desk/demo/orders?code=%C3%89%26A&cursor=1");
    }
}

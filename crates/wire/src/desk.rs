//! What a shop's owner is shown at a glance and in steps: what waits, the figures of a month, the set-up and its proof,
//! the program's versions, who may enter, a referrer's month.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::account::Claim;
use crate::amount::{Amount, CurrencyCode};
use crate::code::Code;
use crate::instant::Instant;
use crate::lenient::{any, list, map, maybe};
use crate::payouts::AssetTotal;
use crate::program::{Program, Reward};
use crate::rewards::Reason;
use crate::word::{Known, words};

/// What needs the owner now, how the month goes, and what happened last: `GET /v1/shops/{shop}/overview`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Overview {
    /// The instant that all of it is of.
    #[serde(default, deserialize_with = "any")]
    pub as_of: Instant,
    /// What waits for the owner.
    #[serde(default, deserialize_with = "any")]
    pub waiting: Waiting,
    /// The current month of the program's `time_zone`, up to `as_of`.
    #[serde(default, deserialize_with = "any")]
    pub month: PeriodFigures,
    /// The month before, up to the same day of it where it is compared with a month that has not ended.
    #[serde(default, deserialize_with = "any")]
    pub before: PeriodFigures,
    /// Referred sales of every day of the current month up to today, days without any included.
    #[serde(default, deserialize_with = "list")]
    pub days: Vec<DaySales>,
    /// What happened last, the newest first; ten at most.
    #[serde(default, deserialize_with = "list")]
    pub news: Vec<News>,
}

/// What waits for a shop's owner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Waiting {
    /// Orders whose reward waits for a decision by hand.
    #[serde(default, deserialize_with = "any")]
    pub reviews: Due,
    /// How many claims wait for an answer.
    #[serde(default, deserialize_with = "any")]
    pub claims: i64,
    /// The oldest of them, three at most.
    #[serde(default, deserialize_with = "list")]
    pub first_claims: Vec<Claim>,
    /// How many wait to be let in.
    #[serde(default, deserialize_with = "any")]
    pub joiners: i64,
    /// How many referrers who take part have rewards that wait for nothing but that it is confirmed who they are.
    #[serde(default, deserialize_with = "any")]
    pub unconfirmed: i64,
    /// What can be paid now.
    #[serde(default, deserialize_with = "any")]
    pub payouts: Due,
    /// Payouts that were prepared and are not marked as paid.
    #[serde(default, deserialize_with = "any")]
    pub unpaid_payouts: i64,
    /// Platforms that used to send and no longer do.
    #[serde(default, deserialize_with = "list")]
    pub silent: Vec<Silent>,
    /// How many messages to the shop's platform or to people failed for good.
    #[serde(default, deserialize_with = "any")]
    pub failed_deliveries: i64,
    /// How many messages to providers of newsletters failed for good.
    #[serde(default, deserialize_with = "any")]
    pub failed_contacts: i64,
}

/// How many, of how many referrers, and what they come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Due {
    /// How many orders or rewards.
    #[serde(default, deserialize_with = "any")]
    pub count: i64,
    /// Of how many referrers.
    #[serde(default, deserialize_with = "any")]
    pub referrers: i64,
    /// What they come to, per currency and per unit kind.
    #[serde(default, deserialize_with = "list")]
    pub totals: Vec<AssetTotal>,
}

/// A platform that used to send and no longer does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Silent {
    /// Which, such as `shopify`; `events` for signed events.
    #[serde(default, deserialize_with = "any")]
    pub platform: String,
    /// When it last sent something.
    #[serde(default, deserialize_with = "any")]
    pub last_at: Instant,
}

/// The figures of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PeriodFigures {
    /// Its first instant.
    #[serde(default, deserialize_with = "any")]
    pub from: Instant,
    /// Its last instant.
    #[serde(default, deserialize_with = "any")]
    pub to: Instant,
    /// How many referred orders that stand: neither refused, nor taken back whole, nor given to another by hand; those
    /// that the shop approved or gave by hand are among them. As they stand now, or at `to` where that is ahead.
    #[serde(default, deserialize_with = "any")]
    pub orders: i64,
    /// Of customers who had not ordered before.
    #[serde(default, deserialize_with = "any")]
    pub new_customers: i64,
    /// `subtotal - discount` of those orders, without what was refunded, per currency.
    #[serde(default, deserialize_with = "list")]
    pub sales: Vec<AssetTotal>,
    /// The period's rewards that cost money and were not taken back, donations and bonuses included, per currency.
    #[serde(default, deserialize_with = "list")]
    pub rewards: Vec<AssetTotal>,
    /// Of those rewards, bonuses and corrections, which are of no order, per currency.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub bonuses: Vec<AssetTotal>,
    /// Sales without rewards, per currency.
    #[serde(default, deserialize_with = "list")]
    pub net: Vec<AssetTotal>,
}

/// A day's referred sales.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DaySales {
    /// The day in the program's `time_zone`, `2026-05-02`.
    #[serde(default, deserialize_with = "any")]
    pub day: String,
    /// How many referred orders that stand: neither refused, nor taken back whole, nor given to another by hand; those
    /// that the shop approved or gave by hand are among them. As they stand now, or at `to` where that is ahead.
    #[serde(default, deserialize_with = "any")]
    pub orders: i64,
    /// `subtotal - discount` of them, without what was refunded, per currency.
    #[serde(default, deserialize_with = "list")]
    pub sales: Vec<AssetTotal>,
}

words! {
    /// What happened last in a shop's program.
    pub enum Event {
        /// A referred order was decided on.
        Order = "order",
        /// Money of a referred order was given back, or it was cancelled.
        TakenBack = "taken_back",
        /// An order was given to a referrer by hand.
        Credited = "credited",
        /// A reward was decided on by hand.
        Reviewed = "reviewed",
        /// A referrer says that an order was theirs.
        Claimed = "claimed",
        /// Somebody became a referrer.
        Joined = "joined",
        /// Somebody asks to become one, and waits to be let in.
        Asked = "asked",
        /// A payout was prepared.
        PayoutMade = "payout_made",
        /// A payout was marked as paid.
        PayoutPaid = "payout_paid",
        /// The program was changed.
        ProgramChanged = "program_changed",
        /// Credentials of a platform were given.
        PlatformConnected = "platform_connected",
        /// Credentials of a platform were taken away.
        PlatformDisconnected = "platform_disconnected",
        /// An address that is told what happens was added.
        EndpointAdded = "endpoint_added",
        /// Such an address was changed, or what it is told.
        EndpointChanged = "endpoint_changed",
        /// The secret of such an address was replaced.
        EndpointRotated = "endpoint_rotated",
        /// Such an address was removed.
        EndpointRemoved = "endpoint_removed",
        /// A provider of newsletters is told of referrers from then on.
        ContactsConnected = "contacts_connected",
        /// Such a provider is told no more.
        ContactsEnded = "contacts_ended",
        /// The shop's mail was set up, or set up otherwise.
        MailChanged = "mail_changed",
        /// An address to which mail had bounced is written to again.
        MailStopLifted = "mail_stop_lifted",
        /// The shop's mail was ended.
        MailEnded = "mail_ended",
        /// A look at a platform's orders found some of which no webhook told.
        OrdersFound = "orders_found",
        /// An experiment was begun.
        ExperimentBegan = "experiment_began",
        /// It was decided which of an experiment's offers stays.
        ExperimentConcluded = "experiment_concluded",
    }
}

/// Something that happened. What an event has nothing to say to is `null`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct News {
    /// What.
    #[serde(default, deserialize_with = "any")]
    pub what: Known<Event>,
    /// When.
    #[serde(default, deserialize_with = "any")]
    pub at: Instant,
    /// Which order it is about.
    #[serde(default, deserialize_with = "maybe")]
    pub order_id: Option<String>,
    /// Which referrer.
    #[serde(default, deserialize_with = "maybe")]
    pub code: Option<Code>,
    /// The referrer's name, where known; or an experiment's.
    #[serde(default, deserialize_with = "maybe")]
    pub name: Option<String>,
    /// The order's `subtotal - discount`, or what of it was given back.
    #[serde(default, deserialize_with = "maybe")]
    pub amount: Option<Amount>,
    /// Its currency.
    #[serde(default, deserialize_with = "maybe")]
    pub currency: Option<CurrencyCode>,
    /// What the referrer earns, with its currency where it is money.
    #[serde(default, deserialize_with = "maybe")]
    pub reward: Option<Reward>,
    /// Until when that is on hold.
    #[serde(default, deserialize_with = "maybe")]
    pub until: Option<Instant>,
    /// Why nothing is earned.
    #[serde(default, deserialize_with = "maybe")]
    pub reason: Option<Known<Reason>>,
    /// The payout's id.
    #[serde(default, deserialize_with = "maybe")]
    pub payout: Option<String>,
    /// Which platform, or provider of newsletters.
    #[serde(default, deserialize_with = "maybe")]
    pub platform: Option<String>,
    /// The host of an address that is told what happens; the rest of it may be a secret.
    #[serde(default, deserialize_with = "maybe")]
    pub host: Option<String>,
    /// Of how many messages, referrers or orders.
    #[serde(default, deserialize_with = "maybe")]
    pub count: Option<i64>,
    /// Who did it, where somebody did.
    #[serde(default, deserialize_with = "maybe")]
    pub by: Option<String>,
}

/// What a report tells of customers and offers: `GET /v1/shops/{shop}/report/customers?from=&to=`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CustomersReport {
    /// The first instant of the period.
    #[serde(default, deserialize_with = "any")]
    pub from: Instant,
    /// The last instant of the period.
    #[serde(default, deserialize_with = "any")]
    pub to: Instant,
    /// Customers whose first order is a referred one of the period.
    #[serde(default, deserialize_with = "any")]
    pub new_customers: i64,
    /// Customers who ordered in the period and were brought by a referrer, at whatever time.
    #[serde(default, deserialize_with = "any")]
    pub referred: Buyers,
    /// All others who ordered in the period.
    #[serde(default, deserialize_with = "any")]
    pub others: Buyers,
    /// One row an offer with anything in it.
    #[serde(default, deserialize_with = "list")]
    pub offers: Vec<OfferFigures>,
    /// Bonuses and corrections, which are under no offer, per currency.
    #[serde(default, deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub bonuses: Vec<AssetTotal>,
}

/// How many customers bought, and how many of them more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Buyers {
    /// How many.
    #[serde(default, deserialize_with = "any")]
    pub customers: i64,
    /// Of those, how many have ordered more than once by the period's end.
    #[serde(default, deserialize_with = "any")]
    pub returning: i64,
    /// Their orders in the period.
    #[serde(default, deserialize_with = "any")]
    pub orders: i64,
}

/// An offer's figures in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OfferFigures {
    /// The offer's id.
    #[serde(default, deserialize_with = "any")]
    pub offer: String,
    /// Referred orders that stand, as in [`PeriodFigures::orders`].
    #[serde(default, deserialize_with = "any")]
    pub orders: i64,
    /// `subtotal - discount` of them, without what was refunded, per currency.
    #[serde(default, deserialize_with = "list")]
    pub sales: Vec<AssetTotal>,
    /// Their rewards that cost money and were not taken back, donations included, per currency.
    #[serde(default, deserialize_with = "list")]
    pub rewards: Vec<AssetTotal>,
}

words! {
    /// A step of setting a shop up.
    pub enum Step {
        /// Its name, address, language and currency.
        Shop = "shop",
        /// The program.
        Program = "program",
        /// How the widget looks.
        Look = "look",
        /// Which platform it runs on.
        Platform = "platform",
        /// The tag on its pages.
        Tag = "tag",
        /// That all of it works.
        Proof = "proof",
    }
}

/// How far a shop is set up, and what was chosen: `GET` and `PUT /v1/shops/{shop}/set-up`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetUp {
    /// The steps that are done.
    #[serde(default, deserialize_with = "list")]
    pub done: Vec<Known<Step>>,
    /// `shopify`, `woocommerce`, `prestashop`, `magento`, `opencart`, `stripe` or `other`.
    #[serde(default, deserialize_with = "maybe")]
    pub platform: Option<String>,
    /// How the widget looks.
    #[serde(default, deserialize_with = "any")]
    pub look: Look,
    /// From how much a year on somebody stands in the list for the tax office, in the program's currency; 2,400 where
    /// nothing is said.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub tax_threshold: Option<Amount>,
}

/// How the widget looks and where it stands: what the tag's attributes and the style variables of
/// `docs/theming.md` are made of. What is `null` is the widget's default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Look {
    /// The colour of buttons, `#1f5c4d`.
    #[serde(default, deserialize_with = "maybe")]
    pub accent: Option<String>,
    /// The colour of the text on them.
    #[serde(default, deserialize_with = "maybe")]
    pub on_accent: Option<String>,
    /// The radius of corners, in pixels.
    #[serde(default, deserialize_with = "maybe")]
    pub radius: Option<u32>,
    /// `light` or `dark`; the page's where nothing is said.
    #[serde(default, deserialize_with = "maybe")]
    pub theme: Option<String>,
    /// `launcher`, `inline` or `none`.
    #[serde(default, deserialize_with = "maybe")]
    pub placement: Option<String>,
    /// `left` or `right`.
    #[serde(default, deserialize_with = "maybe")]
    pub side: Option<String>,
    /// Pixels from the bottom.
    #[serde(default, deserialize_with = "maybe")]
    pub offset_bottom: Option<u32>,
    /// Pixels from the side.
    #[serde(default, deserialize_with = "maybe")]
    pub offset_side: Option<u32>,
}

words! {
    /// A step of the proof that a shop is set up, in the order in which a friend's order passes them.
    pub enum Proof {
        /// A page of the shop asked for the offer: the tag is on it.
        PageSeen = "page_seen",
        /// The test link was opened.
        LinkOpened = "link_opened",
        /// A page noted its code.
        CodeCaptured = "code_captured",
        /// The code came to stand in a basket.
        CodeInBasket = "code_in_basket",
        /// An order arrived from the shop.
        OrderArrived = "order_arrived",
        /// The order was the test referral's.
        Credited = "credited",
        /// A refund or a cancellation of it arrived.
        RefundArrived = "refund_arrived",
    }
}

/// Whether a shop's set-up works, by what really happened: `GET /v1/shops/{shop}/set-up/proof`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetUpProof {
    /// The instant that all of it is of.
    #[serde(default, deserialize_with = "any")]
    pub as_of: Instant,
    /// Since when it is watched; `null` where no test was begun.
    #[serde(default, deserialize_with = "maybe")]
    pub since: Option<Instant>,
    /// The test referral's link, which is never paid; `null` where no test was begun.
    #[serde(default, deserialize_with = "maybe")]
    pub link: Option<String>,
    /// Its code.
    #[serde(default, deserialize_with = "maybe")]
    pub code: Option<Code>,
    /// What happened, one entry for each step that did.
    #[serde(default, deserialize_with = "list")]
    pub seen: Vec<Seen>,
    /// Pages that asked and are not among the program's `origins`.
    #[serde(default, deserialize_with = "list")]
    pub refused_origins: Vec<RefusedOrigin>,
}

/// A step of the proof that happened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Seen {
    /// Which.
    #[serde(default, deserialize_with = "any")]
    pub step: Known<Proof>,
    /// When it first did; of orders, the first that carries the test's code, where one does.
    #[serde(default, deserialize_with = "any")]
    pub at: Instant,
    /// From which page, without what follows its path.
    #[serde(default, deserialize_with = "maybe")]
    pub page: Option<String>,
    /// With which code; `null` for an order that carries none.
    #[serde(default, deserialize_with = "maybe")]
    pub code: Option<String>,
    /// Which order.
    #[serde(default, deserialize_with = "maybe")]
    pub order_id: Option<String>,
    /// From which platform; `events` for signed events.
    #[serde(default, deserialize_with = "maybe")]
    pub platform: Option<String>,
    /// What was ordered, taken off or given back.
    #[serde(default, deserialize_with = "maybe")]
    pub amount: Option<Amount>,
    /// Its currency.
    #[serde(default, deserialize_with = "maybe")]
    pub currency: Option<CurrencyCode>,
    /// Why the order is not the test referral's.
    #[serde(default, deserialize_with = "maybe")]
    pub reason: Option<Known<Reason>>,
}

/// Pages that asked and may not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RefusedOrigin {
    /// Theirs, such as `https://www.shop.example`.
    #[serde(default, deserialize_with = "any")]
    pub origin: String,
    /// When they last asked.
    #[serde(default, deserialize_with = "any")]
    pub at: Instant,
    /// How often.
    #[serde(default, deserialize_with = "any")]
    pub count: i64,
}

/// A page of a program's versions: `GET /v1/shops/{shop}/versions`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Versions {
    /// The newest first.
    #[serde(default, deserialize_with = "list")]
    pub versions: Vec<Version>,
    /// Where the next page begins.
    #[serde(default, deserialize_with = "maybe")]
    pub next_cursor: Option<String>,
}

/// A version of a program.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Version {
    /// Its number: 1, 2, 3.
    #[serde(default, deserialize_with = "any")]
    pub number: i64,
    /// From when on it is in force.
    #[serde(default, deserialize_with = "any")]
    pub at: Instant,
    /// Who wrote it, where that is known.
    #[serde(default, deserialize_with = "maybe")]
    pub by: Option<String>,
    /// The program, defaults filled in.
    #[serde(default, deserialize_with = "any")]
    pub program: Program,
}

words! {
    /// What somebody may do at the desk.
    pub enum Role {
        /// Read everything but secrets and payout details.
        Reads = "reads",
        /// Also decide on orders, claims and referrers.
        Reviews = "reviews",
        /// Everything.
        All = "all",
    }
}

/// Who may enter beside the owner: `GET /v1/shops/{shop}/helpers`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Helpers {
    /// The newest first.
    #[serde(default, deserialize_with = "list")]
    pub helpers: Vec<Helper>,
}

/// Somebody who may enter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Helper {
    /// The id within the shop.
    #[serde(default, deserialize_with = "any")]
    pub id: String,
    /// As the owner calls them.
    #[serde(default, deserialize_with = "any")]
    pub name: String,
    /// What they may do.
    #[serde(default, deserialize_with = "any")]
    pub role: Known<Role>,
    /// Since when.
    #[serde(default, deserialize_with = "any")]
    pub since: Instant,
    /// When they were last here.
    #[serde(default, deserialize_with = "maybe")]
    pub last_seen: Option<Instant>,
    /// Since when they may no longer.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
}

/// Somebody to let in: `POST /v1/shops/{shop}/helpers`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewHelper {
    /// As the owner calls them.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// The link by which a helper enters, told once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HelperLink {
    /// Who.
    #[serde(default, deserialize_with = "any")]
    pub helper: Helper,
    /// The link, good until it is withdrawn.
    #[serde(default, deserialize_with = "any")]
    pub link: String,
}

/// A link by which the owner enters, good once: `POST /v1/shops/{shop}/desk-links`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeskLink {
    /// The link.
    #[serde(default, deserialize_with = "any")]
    pub link: String,
    /// Until when it holds.
    #[serde(default, deserialize_with = "any")]
    pub expires_at: Instant,
}

words! {
    /// What a line of a statement is about.
    pub enum Entry {
        /// A reward that could be paid from then on.
        Approved = "approved",
        /// A reward, or a part of one, that was taken back.
        TakenBack = "taken_back",
        /// A bonus or a correction by hand.
        Adjusted = "adjusted",
        /// What was paid; negative.
        Paid = "paid",
    }
}

/// A referrer's month: `GET /v1/shops/{shop}/referrers/{code}/statements/{month}`. In each asset `opening` and the
/// lines add up to `closing`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Statement {
    /// Whose.
    pub code: Code,
    /// The referrer's name, where known.
    #[serde(default, deserialize_with = "maybe")]
    pub name: Option<String>,
    /// The month of the program's `time_zone`, `2026-05`.
    #[serde(default, deserialize_with = "any")]
    pub month: String,
    /// Its first instant.
    #[serde(default, deserialize_with = "any")]
    pub from: Instant,
    /// Its last instant, or now where it has not ended.
    #[serde(default, deserialize_with = "any")]
    pub to: Instant,
    /// What was due before it, per currency and unit kind; negative where the referrer owed.
    #[serde(default, deserialize_with = "list")]
    pub opening: Vec<AssetTotal>,
    /// What changed that, by time.
    #[serde(default, deserialize_with = "list")]
    pub lines: Vec<StatementLine>,
    /// Whether there are more than the first 1,000 lines, which are those shown; the sums hold all.
    #[serde(default, deserialize_with = "any")]
    pub truncated: bool,
    /// What was due at its end.
    #[serde(default, deserialize_with = "list")]
    pub closing: Vec<AssetTotal>,
    /// What was on hold at its end, which is in none of the above.
    #[serde(default, deserialize_with = "list")]
    pub on_hold: Vec<AssetTotal>,
}

/// A line of a [`Statement`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatementLine {
    /// When it counts from.
    #[serde(default, deserialize_with = "any")]
    pub at: Instant,
    /// What it is.
    #[serde(default, deserialize_with = "any")]
    pub what: Known<Entry>,
    /// For which order.
    #[serde(default, deserialize_with = "maybe")]
    pub order_id: Option<String>,
    /// By which payout.
    #[serde(default, deserialize_with = "maybe")]
    pub payout: Option<String>,
    /// What was said of it by hand.
    #[serde(default, deserialize_with = "maybe")]
    pub note: Option<String>,
    /// An ISO 4217 currency, or the kind of a unit.
    #[serde(default, deserialize_with = "any")]
    pub asset: String,
    /// As in [`AssetTotal`]; negative for what lessens what is due.
    #[serde(default, deserialize_with = "any")]
    pub amount: Amount,
}

/// The shop's own wording of the widget beside what it says otherwise: `GET /v1/shops/{shop}/texts?locale=`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Texts {
    /// The language.
    #[serde(default, deserialize_with = "any")]
    pub locale: String,
    /// What the widget says, by key.
    #[serde(default, deserialize_with = "map")]
    pub usual: BTreeMap<String, String>,
    /// What the shop says instead.
    #[serde(default, deserialize_with = "map")]
    pub own: BTreeMap<String, String>,
}

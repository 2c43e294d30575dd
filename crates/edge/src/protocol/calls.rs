//! What can be asked of a ledger, and answers that are no body of the contract. E-mail addresses of customers
//! come as keyed hashes only.

use std::collections::{BTreeMap, BTreeSet};

use parrain_core::code::Code;
use parrain_core::event::{Event, Order, Touch};
use parrain_core::instant::Instant;
use parrain_core::money::Currency;
use parrain_core::payout::{Method, Selection};
use parrain_core::reason::Reason;
use parrain_core::referrer::Activity;
use parrain_core::snapshot::Snapshot;
use parrain_wire::account::ClaimState;
use parrain_wire::connections::PlatformRight;
use parrain_wire::contacts::ContactProvider;
use parrain_wire::deliveries::{DeliveryState, EventType};
use parrain_wire::desk::{Role, SetUp};
use parrain_wire::event::{Decided, Outcome};
use parrain_wire::mail::{MailKind, MailState};
use parrain_wire::materials::{NewShareText, Picture};
use parrain_wire::moment::Facts;
use parrain_wire::payouts::Payout;
use parrain_wire::rewards::{Conversion, Status};
use parrain_wire::tasks::TaskKind;
use parrain_wire::yearly::YearlyPayee;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::mail::{MailRecord, Reported};
use super::shop::{Edit, Managed, Referrer, Secrets, ShopRecord};
use crate::details::seal::Sealed;
use crate::platform::{Platform, Twin};
use crate::shop_id::ShopId;

/// Creates the shop or replaces its program.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PutShop {
    /// The shop's id.
    pub shop: ShopId,
    /// The program, already checked.
    pub program: Value,
    /// Secrets that platforms dictate; others stay as they are.
    pub webhook_secrets: BTreeMap<String, String>,
    /// Keys by which platforms' APIs may be asked; others stay as they are.
    #[serde(default)]
    pub platform_keys: BTreeMap<String, String>,
    /// Secrets to use if the shop is new.
    pub fresh: Secrets,
    /// The version that this one is to follow, where it is not to replace another: else [`super::Refusal::Changed`].
    #[serde(default)]
    pub version: Option<i64>,
}

/// The shop.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetShop;

/// Removes everything that is held of the shop.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeleteShop;

/// Opens a session at the desk for who has the shop's token or the admin's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpenSession {
    /// The session.
    pub session: NewSession,
}

/// Opens a session at the desk by a helper's key, or by one that is good once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnterByKey {
    /// The key's hash.
    pub hash: String,
    /// The session.
    pub session: NewSession,
}

/// A session that is to be opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewSession {
    /// What nobody guesses.
    pub id: String,
    /// When it ends by itself.
    pub until: Instant,
}

/// Who came in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entered {
    /// What they may do.
    pub role: Role,
    /// The helper's name; `None` for who has all rights by a token.
    pub name: Option<String>,
}

/// Ends the session by which it is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CloseSession;

/// Lets somebody in by a key of their own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddHelper {
    /// How the owner calls them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The key's hash.
    pub hash: String,
}

/// Who may enter beside the owner.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListHelpers;

/// Ends a helper's key and sessions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RevokeHelper {
    /// The helper's id.
    pub id: String,
}

/// Adds a key that lets its holder in once, as the owner; the answer is when it expires.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddDeskKey {
    /// The key's hash.
    pub hash: String,
}

/// Replaces a secret; the one before holds for another day.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RotateSecret {
    /// Which.
    pub name: super::shop::Rotated,
    /// What stands in its place.
    pub fresh: String,
}

/// Begins a test of the set-up, with a referrer that is never paid.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BeginProof {
    /// Its code, which nobody has.
    pub code: Code,
}

/// What really happened since a test began.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetProof;

/// What a page showed while a test is watched.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Saw {
    /// A page with the tag asked for the offer.
    Page {
        /// Its address, without what follows the path.
        page: String,
    },
    /// A page that may not.
    Foreign {
        /// Its origin.
        origin: String,
    },
}

/// What every page of the desk shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetFrame;

/// What every page of the desk shows beside its own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Framing {
    /// The shop.
    pub record: super::shop::ShopRecord,
    /// The number of its program's newest version.
    pub version: i64,
    /// How many orders wait for a decision.
    pub reviews: i64,
    /// How many claims wait for an answer.
    pub claims: i64,
    /// How many wait to be let in.
    pub joiners: i64,
    /// How far it is set up.
    pub set_up: SetUp,
}

/// A claim as the shop sees it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetClaim {
    /// Its id.
    pub id: String,
}

/// Saves how far the shop is set up.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PutSetUp(pub SetUp);

/// How far the shop is set up.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetSetUp;

/// What needs the owner now, the month's figures, and what happened last.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetOverview;

/// What a period's orders say of customers and offers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetCustomers {
    /// Its first instant.
    pub from: Instant,
    /// Its last instant.
    pub to: Instant,
}

/// A page of the program's versions, the newest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListVersions {
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A referrer's month, or [`super::Refusal::UnknownCode`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetStatement {
    /// Whose.
    pub code: Code,
    /// Months since January of year 0.
    pub month: i64,
}

/// Creates or replaces a referrer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PutReferrer {
    /// The code.
    pub code: Code,
    /// Who, and under which offer.
    pub referrer: Referrer,
    /// How they are managed; what is not said stays, unless the code is given to another person.
    #[serde(default)]
    pub managed: Managed,
    /// Whether nobody is mailed that they have a link and a code now.
    #[serde(default)]
    pub quiet: bool,
}

/// Changes a referrer, and leaves what is not said; [`super::Refusal::UnknownCode`] where there is none.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChangeReferrer {
    /// The code.
    pub code: Code,
    /// Under which offer.
    pub offer: Option<String>,
    /// The name that friends see.
    pub name: Edit<String>,
    /// How they are managed.
    pub managed: Managed,
    /// Whether the shop confirms who they are.
    pub confirmed: bool,
}

/// A referrer joins by the widget, under the offer that they were shown, or under the one that somebody is shown of whom
/// no more is known than the facts. A signed customer who already is a
/// referrer gets that one back, not created. [`super::Refusal::NotJoinable`] where there is no such offer,
/// [`super::Refusal::NotOpen`] where the one that they name is not open to them, [`super::Refusal::TooManyJoiners`] where so many have joined today, without the shop's word on who they are, that
/// nobody else is taken without it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Join {
    /// Codes to try, first one that is free wins.
    pub candidates: Vec<Code>,
    /// Who; `offer` is left empty.
    pub referrer: Referrer,
    /// The offer that they were shown.
    #[serde(default)]
    pub offer: Option<String>,
    /// What is known of them.
    #[serde(default)]
    pub facts: Facts,
    /// Whether the customer id is signed by the shop.
    pub identified: bool,
    /// The keyed hash of the block of addresses that this comes from, of this day.
    pub sender: String,
    /// A sign-in key for the mail that asks them to confirm their address, by its hash and sealed; nothing where none is
    /// to be sent.
    pub key: Option<(String, Sealed)>,
}

/// How long an experiment between offers takes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlanExperiment {
    /// The offers, by their ids.
    pub offers: Vec<String>,
    /// Which difference is to be found, in thousandths of a conversion out of 100 visits.
    pub difference: u32,
}

/// Begins an experiment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BeginExperiment {
    /// Its name.
    pub id: String,
    /// The offers, by their ids.
    pub offers: Vec<String>,
    /// Which difference is to be found, in thousandths of a conversion out of 100 visits.
    pub difference: u32,
    /// For how many weeks, where not for as many as the plan says.
    pub weeks: Option<u32>,
}

/// The shop's experiments.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListExperiments;

/// One of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetExperiment {
    /// Its name.
    pub id: String,
}

/// Keeps one of an experiment's offers for all of its referrers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConcludeExperiment {
    /// Its name.
    pub id: String,
    /// The offer.
    pub offer: String,
}

/// How often each signal was right.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetSignals;

/// A referrer, or [`super::Refusal::UnknownCode`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetReferrer {
    /// The code.
    pub code: Code,
}

/// The referrer who is a customer of the shop, if there is one; of several codes the first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindReferrer {
    /// The shop's customer id.
    pub customer_id: String,
}

/// A page of referrers, by code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListReferrers {
    /// Only those whose newest record says so.
    #[serde(default)]
    pub status: Option<Activity>,
    /// Only those of whom it is still to be confirmed who they are.
    #[serde(default)]
    pub unconfirmed: bool,
    /// Only those of whose code, name or address this is a part.
    #[serde(default)]
    pub search: Option<String>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Adds a new sign-in key of a referrer; the answer is when it expires.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddSignInKey {
    /// Whose.
    pub code: Code,
    /// The key's hash.
    pub hash: String,
}

/// Ends every token of a referrer's and every link that was made for them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndSignIns {
    /// Whose.
    pub code: Code,
}

/// Uses a sign-in key up: whose it was, or [`super::Refusal::UnknownKey`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UseSignInKey {
    /// The key's hash.
    pub hash: String,
}

/// Adds a connect code; the answer is when it expires.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddConnectCode {
    /// The code's hash.
    pub hash: String,
}

/// Uses a connect code up and connects a module, or [`super::Refusal::UnknownConnectCode`]. A module that was
/// connected for the same platform and site gives way: its token and key end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UseConnectCode {
    /// The code's hash.
    pub hash: String,
    /// Which platform the module is for.
    pub platform: String,
    /// The address of the shop that it runs in.
    pub site: String,
    /// The hash of the module's token.
    pub token_hash: String,
    /// By which it signs customer identities.
    pub identity_key: String,
}

/// What came of [`UseConnectCode`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Connecting {
    /// The connection's id.
    pub connection: String,
    /// The shop, as it is now.
    pub record: ShopRecord,
}

/// The modules that are connected.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListConnections;

/// Ends a connection, or [`super::Refusal::UnknownConnection`]; a module ends none but its own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndConnection {
    /// The connection.
    pub id: String,
}

/// Adds an address that is told what happens.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddEndpoint {
    /// The address, already checked.
    pub url: String,
    /// What it is told.
    pub types: Vec<EventType>,
    /// By what that is signed.
    pub secret: String,
}

/// The addresses that are told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListEndpoints;

/// One of them, or [`super::Refusal::UnknownEndpoint`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetEndpoint {
    /// The endpoint.
    pub id: String,
}

/// Changes what is said of an endpoint, and leaves the rest; [`super::Refusal::UnknownEndpoint`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChangeEndpoint {
    /// The endpoint.
    pub id: String,
    /// The address, already checked.
    pub url: Option<String>,
    /// What it is told.
    pub types: Option<Vec<EventType>>,
}

/// Forgets an endpoint with all that was to be told to it; [`super::Refusal::UnknownEndpoint`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemoveEndpoint {
    /// The endpoint.
    pub id: String,
}

/// Gives an endpoint another secret; the one before signs beside it for a day.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RotateEndpoint {
    /// The endpoint.
    pub id: String,
    /// Its new secret.
    pub secret: String,
}

/// Sends an endpoint something by which to try it; the answer is the delivery.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TestEndpoint {
    /// The endpoint.
    pub id: String,
}

/// A picture that is there already by the same bytes, which is given this title, before one is kept; [`super::Refusal::TooManyMaterials`] where there is
/// none and no room.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlanPicture {
    /// The hash of its bytes.
    pub digest: String,
    /// The title that it has from now on.
    pub title: String,
}

/// Adds a picture whose bytes are in KV by its id. Where the same bytes were added meanwhile, that picture is answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddPicture {
    /// The picture, without an address.
    pub picture: Picture,
    /// The hash of its bytes.
    pub digest: String,
}

/// Removes a picture, or [`super::Refusal::UnknownPicture`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemovePicture {
    /// The picture.
    pub id: String,
}

/// Writes a text, a new one or in place of another; [`super::Refusal::UnknownShareText`],
/// [`super::Refusal::TooManyMaterials`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PutShareText {
    /// The text that it replaces; none for a new one.
    pub id: Option<String>,
    /// What it is to be, already checked.
    pub text: NewShareText,
}

/// Removes a text, or [`super::Refusal::UnknownShareText`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemoveShareText {
    /// The text.
    pub id: String,
}

/// The promo codes of the shop's own, with what came of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListPromotions;

/// The pictures, without addresses, and the texts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetMaterials;

/// Sets a shop's mail up. A key or a secret that is left out stays, where the provider is the same.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PutMail {
    /// How it is to be.
    pub record: MailRecord,
    /// Whether own wordings are in the record; else those on record stay.
    pub with_texts: bool,
    /// A test to be sent, where it is set up otherwise than before: to whom, sealed, and its name.
    pub test: Option<TestMail>,
}

/// Puts keys and secrets of mail sealed anew in place of the same ones, where they are still the same; answers how many
/// were.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReplaceMailKeys {
    /// How they were sealed, and how they are now.
    pub sealed: Vec<(Sealed, Sealed)>,
}

/// How a shop's mail is set up, and how it goes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetMail;

/// Ends a shop's mail, with all that waits.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DropMail;

/// Sends a test; [`super::Refusal::NoMail`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TestMail {
    /// What no other test is called.
    pub name: String,
    /// The address, sealed.
    pub to: Sealed,
}

/// The newest messages.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListMessages {
    /// Only those that stand so.
    pub state: Option<MailState>,
}

/// Sends messages again: those that are named, or all that are dead.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReplayMessages {
    /// Their ids.
    pub messages: Option<Vec<String>>,
}

/// Mails the links of an address's codes, where it has any. That it has none is not told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendSignIn {
    /// The address's keyed hash.
    pub email_hash: String,
    /// The address itself, as [`parrain_core::email::spelling`] leaves it: what the hash takes for one customer may be
    /// the mailboxes of two people, and a key lets in whoever reads it.
    pub spelling: String,
    /// What no other such mail is called.
    pub name: String,
    /// Keys for as many codes as one mail names: the hash of each, and it sealed.
    pub keys: Vec<(String, Sealed)>,
}

/// Writes down that a friend is to be reminded of a code, unless they were or have ordered with it;
/// [`super::Refusal::TooManyReminders`] where its sender, or everybody together, has asked for more today than anybody needs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WriteReminder {
    /// The code.
    pub code: Code,
    /// The address's keyed hash.
    pub email_hash: String,
    /// The address, sealed.
    pub to: Sealed,
    /// The language of the browser that asked.
    pub locale: Option<String>,
    /// The keyed hash of the sender's block of addresses, of this day.
    pub sender: String,
}

/// Ends a kind of mail for one person, or for the owner.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StopMail {
    /// To which address, by its keyed hash; the owner's where there is none.
    pub email_hash: Option<String>,
    /// Which kind.
    pub kind: MailKind,
}

/// What a provider reports of mail to an address.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReportMail {
    /// Under which id it took the mail.
    pub provider_id: String,
    /// The address's keyed hash, where the report names one.
    pub email_hash: Option<String>,
    /// What it says.
    pub what: Reported,
    /// In its own words.
    pub words: String,
}

/// The newest deliveries to an endpoint.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListDeliveries {
    /// The endpoint.
    pub id: String,
    /// Only those that stand so.
    pub state: Option<DeliveryState>,
}

/// Sends deliveries to an endpoint again; answers how many.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReplayDeliveries {
    /// The endpoint.
    pub id: String,
    /// Which; the dead ones where nothing is said.
    pub deliveries: Option<Vec<String>>,
}

/// Keeps credentials of a platform, in place of those that were kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PutCredentials {
    /// Which platform's.
    pub platform: Platform,
    /// Whose they are, as the owner recognises it.
    pub account: String,
    /// The credentials.
    pub sealed: Sealed,
    /// What they were seen to open.
    pub rights: Vec<PlatformRight>,
}

/// How the edge gets on with a platform, or [`super::Refusal::UnknownConnection`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetCredentials {
    /// Which.
    pub platform: Platform,
}

/// Forgets credentials; [`super::Refusal::UnknownConnection`] where there are none.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DropCredentials {
    /// Which platform's.
    pub platform: Platform,
}

/// Writes again to the address to which a message bounced; [`super::Refusal::NoStop`] where nothing stands against it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LiftStop {
    /// The message.
    pub message: String,
}

/// Looks for a platform's orders of which no webhook told, now and not only by night.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskReconciliation {
    /// Which platform's.
    pub platform: Platform,
    /// What was changed since then; since the last look where nothing is said.
    pub since: Option<Instant>,
}

/// Tells a provider of newsletters of referrers who agreed to that, from now on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PutContacts {
    /// Which.
    pub provider: ContactProvider,
    /// The end of its key.
    pub account: String,
    /// What opens it.
    pub sealed: Sealed,
    /// The edge's own origin, for links: the alarm has no request that would say it.
    pub origin: String,
}

/// Lists the providers of newsletters that are told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListContacts;

/// Tells a provider no more; [`super::Refusal::NothingToEnd`] where it was not.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DropContacts {
    /// Which.
    pub provider: ContactProvider,
}

/// What opens providers of newsletters, where it is sealed by another key than this.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StaleContacts {
    /// The key's name.
    pub key_id: String,
}

/// Puts what was sealed anew in the place of what stood there; answers how many.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReplaceContacts {
    /// Whose, as it was and as it is.
    pub sealed: Vec<(ContactProvider, Sealed, Sealed)>,
}

/// The credentials that are sealed by another key than this.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StaleCredentials {
    /// The key's name.
    pub key_id: String,
}

/// Puts credentials sealed anew in place of the same ones, where they are still the same; answers how many were.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReplaceCredentials {
    /// Whose, how they were sealed, and how they are now.
    pub sealed: Vec<(Platform, Sealed, Sealed)>,
}

/// Whether a referrer's code can be redeemed at the shop; `None` where codes are made by nobody.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IsCodeReady {
    /// Whose.
    pub code: Code,
}

/// What is to be done in the shop's platform: a page of it, which nobody else is given for a while.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TakeTasks {
    /// Of which kinds.
    pub kinds: Vec<TaskKind>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The tasks that failed and are not done.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListFailedTasks;

/// Says what came of a task: [`super::Refusal::UnknownTask`], or [`super::Refusal::TaskDone`] where it was done before
/// by another code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FinishTask {
    /// The task.
    pub id: String,
    /// What came of it.
    pub came: Came,
}

/// What came of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// It is done, by this code where there is one.
    Done(Option<String>),
    /// It failed; why, in words.
    Failed(String),
}

/// Records a signed event.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordEvent(pub Event);

/// Records what a platform shows of an order: what differs from what is on record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordSnapshot(pub Box<Snapshot>);

/// Records a signed event of a platform's that speaks of one order by several ids.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordSpoken {
    /// The event, under whichever of the ids.
    pub event: Event,
    /// All of the ids.
    pub known_as: Vec<String>,
    /// The subscription that the order belongs to.
    pub subscription: Option<String>,
    /// Of a refund that the platform tells of in two forms: which.
    pub twin: Option<Twin>,
}

/// Tells that several ids mean one order. Answers whether it is on record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LinkOrder {
    /// The ids.
    pub known_as: Vec<String>,
}

/// Keeps the codes of a subscription that began without a payment for the first order of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BeginSubscription {
    /// The platform's id of it.
    pub subscription: String,
    /// The codes.
    pub codes: Vec<Code>,
    /// The touches.
    pub touches: Vec<Touch>,
}

/// What became of a platform's event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// As of any event.
    pub outcome: Outcome,
    /// Whether the order that it speaks of is on record.
    pub order_is_known: bool,
}

/// Records a browser-reported conversion; [`super::Refusal::TooManyReports`] where its sender has reported more than
/// one would, or so many wait that no more are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReportConversion {
    /// The order as the browser told it.
    pub order: Order,
    /// The keyed hash of the sender's block of addresses, of this day.
    pub sender: String,
    /// When the token was made by which the order says in whose browser it was ordered.
    pub token_made: Option<Instant>,
}

/// Counts visits by link that were gathered. Unknown codes are not counted, nor what was counted under the same name
/// lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountClicks {
    /// A name of its own, by which a call is known that is made again.
    pub name: String,
    /// Whose links, each with how often it was followed.
    pub clicks: Vec<(Code, u32)>,
}

/// Counts a code captured or redeemed on a page; [`super::Refusal::UnknownCode`] where it is nobody's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CountTouch {
    /// Whose code.
    pub code: Code,
    /// Whether the code came to stand in a basket.
    #[serde(default)]
    pub redeemed: bool,
}

/// A referrer's reward status, without its link; [`super::Refusal::GivenOn`] to who held the code before.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetStatus {
    /// Whose.
    pub code: Code,
    /// At which instant.
    pub as_of: Instant,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// In which second the token of the referrer who asks was made; the shop asks without one.
    #[serde(default)]
    pub token_made: Option<Instant>,
}

/// The shop's conversions, now.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListConversions {
    /// Only those that stand so.
    pub status: Option<Status>,
    /// Only those that a browser reported and the shop's server has not confirmed.
    #[serde(default)]
    pub unverified: bool,
    /// Only those that wait for a decision by hand.
    #[serde(default)]
    pub waiting: bool,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Decides a conversion by hand.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Review {
    /// The order or event.
    pub order_id: String,
    /// Approve, else reject.
    pub approve: bool,
    /// Why, in the shop's words.
    pub note: String,
    /// Whether the referrer may read that.
    pub tell: bool,
}

/// Gives an order to a referrer by hand, also one that was never reported. The same checks as for any order;
/// those that are waived are named. Nothing is written where something else stands in the way, or where this is
/// but a try. [`super::Refusal::UnknownOrder`] and [`super::Refusal::UnknownCode`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GiveOrder {
    /// The order or event.
    pub order_id: String,
    /// To whom.
    pub code: Code,
    /// Why, in the shop's words.
    pub note: String,
    /// Reasons that are not to stand in the way.
    pub despite: BTreeSet<Reason>,
    /// The order itself, for one that was never reported; what was reported stands.
    pub unreported: Option<Box<Order>>,
    /// Only say what would come of it.
    pub dry_run: bool,
}

/// What came of [`GiveOrder`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// Whether it is theirs now, or would be.
    pub given: bool,
    /// What stands in the way; nothing where the order is theirs already.
    pub refusals: Vec<Reason>,
    /// Why it is given or what stands in the way, in words.
    pub why: String,
    /// The conversion that came of it.
    pub conversion: Option<Conversion>,
}

/// Undoes [`GiveOrder`]; [`super::Refusal::UnknownOrder`] where nothing was given.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TakeOrder {
    /// The order or event.
    pub order_id: String,
}

/// A page of orders, the newest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListOrders {
    /// Only those of the person with this address, by its keyed hash.
    pub email_hash: Option<String>,
    /// Only those that are this referrer's.
    pub code: Option<Code>,
    /// Only those of which this was decided.
    pub outcome: Option<Decided>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Everything that is known of an order, or [`super::Refusal::UnknownOrder`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetOrder {
    /// The order or event.
    pub order_id: String,
    /// The language of the sentences; the program's where nothing is said.
    pub locale: Option<String>,
}

/// A referrer says that an order was theirs; the same claim again answers the first.
/// [`super::Refusal::AlreadyTheirs`] where it is theirs, [`super::Refusal::TooManyClaims`] where too many wait.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MakeClaim {
    /// Whose claim.
    pub code: Code,
    /// In which second the token of the referrer who asks was made; the shop asks without one.
    pub token_made: Option<Instant>,
    /// The order's number, as the referrer wrote it.
    pub order_id: String,
    /// What the referrer says.
    pub note: Option<String>,
}

/// A page of claims, those that wait first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListClaims {
    /// Only those that stand so.
    pub state: Option<ClaimState>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The shop answers a claim; to accept it is to give the order, as by [`GiveOrder`].
/// [`super::Refusal::UnknownClaim`], [`super::Refusal::ClaimAnswered`], or [`super::Refusal::NotGiven`] where
/// something that is not waived stands in the way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnswerClaim {
    /// The claim.
    pub id: String,
    /// Whether the order is given.
    pub accept: bool,
    /// Why, in the shop's words.
    pub note: String,
    /// Whether the referrer may read that.
    pub tell: bool,
    /// Reasons that are not to stand in the way.
    pub despite: BTreeSet<Reason>,
    /// The order itself, for one that was never received; its id is the claim's.
    pub unreported: Option<Box<Order>>,
}

/// How many friends have ordered since an instant, by the orders that stand.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CountFriends {
    /// Since when.
    pub since: Instant,
}

/// A period's figures.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetReport {
    /// The first instant.
    pub from: Instant,
    /// The last instant.
    pub to: Instant,
}

/// Decides and adds up a stretch of orders again, and compares.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Audit {
    /// `next_cursor` of the stretch before.
    pub cursor: Option<String>,
}

/// Records what the shop gives or corrects by hand: all or, where a code is nobody's, none, with a fault at
/// `/INDEX/code`. An id that was recorded before is what it was, and not created.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Adjust {
    /// What, each with an id of its own.
    pub adjustments: Vec<NewAdjustment>,
}

/// A bonus or correction.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewAdjustment {
    /// Its id within the shop.
    pub id: String,
    /// To whom.
    pub code: Code,
    /// As which kind of reward; that in which the referrer is paid otherwise where nothing is said.
    pub reward: Option<String>,
    /// In which currency; the program's where nothing is said.
    pub currency: Option<Currency>,
    /// How much, in its minor units; negative where something is taken.
    pub amount: i64,
    /// Why, in the shop's words.
    pub reason: String,
}

/// Puts what is approved and in no batch yet into a new batch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CreatePayout {
    /// Approved up to here; the clock's now at the latest.
    pub until: Instant,
    /// What it is to pay.
    #[serde(default)]
    pub selection: Selection,
}

/// The same, looked at beforehand: nothing is made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlanPayout {
    /// Approved up to here; the clock's now at the latest.
    pub until: Instant,
    /// What it is to pay.
    pub selection: Selection,
}

/// A batch with what the file that pays it needs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetPayoutFile {
    /// The batch.
    pub id: String,
}

/// A batch with the payout details of who is in it, of one instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PayoutFile {
    /// The batch, with its items.
    pub payout: Payout,
    /// What those have given who have given any.
    pub details: BTreeMap<Code, HeldDetails>,
}

/// What was paid from an instant on and before another, by person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetPaid {
    /// The first instant.
    pub from: Instant,
    /// The first instant that is not in it.
    pub to: Instant,
    /// Only who was paid more than this, in any one currency: digits, and how many of them are decimals.
    pub over: Option<(i64, u8)>,
}

/// What one person was paid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaidPerson {
    /// Codes, name, address and sums; what was given for the books is sealed beside it.
    pub payee: YearlyPayee,
    /// What the person has given for payouts, sealed for a code of theirs.
    pub details: Option<(Code, HeldDetails)>,
}

/// Keeps where a referrer is paid, in place of what was kept; [`super::Refusal::GivenOn`] to who held the code
/// before.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PutDetails {
    /// Whose.
    pub code: Code,
    /// What was given, sealed.
    pub sealed: Sealed,
    /// How it lets one be paid.
    pub methods: Vec<Method>,
    /// In which second the token of the referrer who asks was made; the shop asks without one.
    pub token_made: Option<Instant>,
}

/// Where a referrer is paid, if that was said; refusals as of [`PutDetails`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetDetails {
    /// Whose.
    pub code: Code,
    /// As in [`PutDetails`].
    pub token_made: Option<Instant>,
}

/// Forgets where a referrer is paid; refusals as of [`PutDetails`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DropDetails {
    /// Whose.
    pub code: Code,
    /// As in [`PutDetails`].
    pub token_made: Option<Instant>,
}

/// Some of the details that are sealed by another key than this.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StaleDetails {
    /// The key's name.
    pub key_id: String,
}

/// Puts details sealed anew in place of the same ones, where they are still the same; answers how many were.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReplaceDetails {
    /// Whose, how they were sealed, and how they are now.
    pub sealed: Vec<(Code, Sealed, Sealed)>,
}

/// Payout details as the ledger holds them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeldDetails {
    /// What was given, sealed.
    pub sealed: Sealed,
    /// How it lets one be paid.
    pub methods: Vec<Method>,
    /// When it was given.
    pub changed_at: Instant,
}

/// A batch with its items, or [`super::Refusal::UnknownPayout`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetPayout {
    /// The batch.
    pub id: String,
}

/// A page of batches without their items, the newest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListPayouts {
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Marks a batch paid, once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MarkPaid {
    /// The batch.
    pub id: String,
}

/// What is held of a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetSubject {
    /// The keyed hash of the person's address...
    pub email_hash: Option<String>,
    /// ...or the shop's id of the person; both where both are known.
    pub customer_id: Option<String>,
}

/// Forgets a person, and answers what was held; figures stay.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EraseSubject {
    /// The keyed hash of the person's address...
    pub email_hash: Option<String>,
    /// ...or the shop's id of the person; both where both are known.
    pub customer_id: Option<String>,
    /// Random text that stands in the person's place from now on.
    pub pseudonym: String,
}

/// Forgets some of the persons on record; figures stay. Answers whether there are more.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EraseEverybody {
    /// Random text that stands in their place from now on.
    pub pseudonym: String,
}

/// Something that was created or replaced, as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Saved<T> {
    /// Whether it was not there before.
    pub created: bool,
    /// What it is now.
    pub value: T,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next one begins; `None` on the last.
    pub next_cursor: Option<String>,
}

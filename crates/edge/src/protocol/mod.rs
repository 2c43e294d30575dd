//! What the Worker asks of a shop's ledger, and what it is answered: one type for each call, and with it the one
//! type of its answer.
//!
//! # How a call is added
//!
//! 1. In [`calls`], a struct with what is asked: `pub struct EndTerm { code: Code }`.
//! 2. In the table at the end of this file, a line with its answer: `EndTerm => ReferrerRecord,`.
//! 3. In the ledger's module that it belongs to, `impl<S: Sql> Answers<EndTerm> for Ledger<S>`. It runs in a
//!    transaction of its own; what it answers `Ok` is written.
//!
//! The compiler asks for the third once the first two are there. The Worker asks by `self.ask(id, EndTerm { code })`
//! and has a `ReferrerRecord`: no other answer can come. Only on the way to the Durable Object is a call one of
//! many, a [`Request`].

pub mod calls;
pub mod imports;
pub mod mail;
pub mod publication;
pub mod shop;

use std::collections::BTreeMap;

use parrain_core::check::Fault;
use parrain_core::code::Code;
use parrain_core::instant::Instant;
use parrain_wire::account::{Claim, ClaimList, OrderAccount, OrderList};
use parrain_wire::books::{self, ConversionList, Report, Subject};
use parrain_wire::connections::{ConnectionList, PlatformConnection};
use parrain_wire::contacts::{ContactDestinations, ContactProvider};
use parrain_wire::deliveries::{Delivery, DeliveryList, Endpoint, EndpointList, Replayed};
use parrain_wire::desk::{
    CustomersReport, Helper, Helpers, Overview, SetUp, SetUpProof, Statement, Versions,
};
use parrain_wire::event::Outcome;
use parrain_wire::experiments::{Experiment, ExperimentList, ExperimentPlan};
use parrain_wire::imports::{Import, ImportList};
use parrain_wire::mail::{Message, MessageList};
use parrain_wire::materials::{Materials, Picture, ShareText};
use parrain_wire::payouts::{Payout, PayoutPlan};
use parrain_wire::promotion::PromotionList;
use parrain_wire::rewards::{Conversion, RewardStatus};
use parrain_wire::signals::SignalReport;
use parrain_wire::tasks::{FailedTasks, TaskList, TaskOutcome};
use serde::{Deserialize, Serialize};

use crate::details::seal::Sealed;
use crate::platform::Platform;
use calls::{
    AddConnectCode, AddDeskKey, AddEndpoint, AddHelper, AddPicture, AddSignInKey, Adjust, AnswerClaim,
    AskReconciliation, Audit, BeginExperiment, BeginProof, BeginSubscription, ChangeEndpoint, ChangeReferrer,
    CloseSession, ConcludeExperiment, Connecting, CountClicks, CountFriends, CountTouch, CreatePayout,
    DeleteShop, DropContacts, DropCredentials, DropDetails, DropMail, EndConnection, EndSignIns, EnterByKey,
    Entered, EraseEverybody, EraseSubject, FindReferrer, FinishTask, Framing, GetClaim, GetCredentials,
    GetCustomers, GetDetails, GetEndpoint, GetExperiment, GetFrame, GetMail, GetMaterials, GetOrder,
    GetOverview, GetPaid, GetPayout, GetPayoutFile, GetProof, GetReferrer, GetReport, GetSetUp, GetShop,
    GetSignals, GetStatement, GetStatus, GetSubject, GiveOrder, Given, HeldDetails, IsCodeReady, Join,
    LiftStop, LinkOrder, ListClaims, ListConnections, ListContacts, ListConversions, ListDeliveries,
    ListEndpoints, ListExperiments, ListFailedTasks, ListHelpers, ListMessages, ListOrders, ListPayouts,
    ListPromotions, ListReferrers, ListVersions, MakeClaim, MarkPaid, OpenSession, Page, PaidPerson,
    PayoutFile, PlanExperiment, PlanPayout, PlanPicture, PutContacts, PutCredentials, PutDetails, PutMail,
    PutReferrer, PutSetUp, PutShareText, PutShop, RecordEvent, RecordSnapshot, RecordSpoken, RemoveEndpoint,
    RemovePicture, RemoveShareText, ReplaceContacts, ReplaceCredentials, ReplaceDetails, ReplaceMailKeys,
    ReplayDeliveries, ReplayMessages, ReportConversion, ReportMail, Review, RevokeHelper, RotateEndpoint,
    RotateSecret, Saved, Saw, SendSignIn, Spoken, StaleContacts, StaleCredentials, StaleDetails, StopMail,
    TakeOrder, TakeTasks, TestEndpoint, TestMail, UseConnectCode, UseSignInKey, WriteReminder,
};
use imports::{DropImport, GetImport, ListImports, PlanImport, StepImport};
use mail::HeldMail;
use shop::{ReferrerRecord, ShopRecord};

/// Something that a ledger can be asked.
pub trait Ask: Into<Request> {
    /// What it is answered.
    type Answer;
}

/// Who answers a call: a shop's ledger.
pub trait Answers<A: Ask> {
    /// Does what is asked.
    ///
    /// # Errors
    /// Why it did not; then nothing has changed.
    fn answer(&self, now: Instant, ask: A) -> Result<A::Answer, Refusal>;
}

/// A request with the time at which the Worker received it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Call<A = Request> {
    /// The Worker's clock.
    pub now: Instant,
    /// Which shop of this id is meant ([`shop::Secrets::incarnation`]), where a copy of it vouched for the asker:
    /// its successor is [`Refusal::UnknownShop`] to who holds a removed shop's secrets. `None`: whichever
    /// is there.
    #[serde(default)]
    pub incarnation: Option<String>,
    /// Who asks for what is the shop's; `None` where it is nobody's permission that lets it happen.
    #[serde(default)]
    pub asker: Option<Asker>,
    /// What is asked.
    pub request: A,
}

/// Who asks a ledger for something that is the shop's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asker {
    /// By what they were let in.
    pub by: By,
    /// The session by which they are at the desk: one that has ended opens nothing.
    #[serde(default)]
    pub session: Option<String>,
}

/// Somebody who may do something for a shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Who has the deployment's admin token.
    Admin,
    /// Who has the shop's token: its server, or its owner.
    Shop,
    /// A helper whom the owner let in, by the name that the owner gave.
    Helper(String),
    /// A platform's signed messages, or the shop's own server's.
    Platform(String),
    /// A connected module, by the hash of its token: where no connection has it any more, it opens nothing.
    Module(String),
}

impl From<By> for Asker {
    fn from(by: By) -> Self {
        Self { by, session: None }
    }
}

impl<A: Ask> Call<A> {
    /// Asks whichever shop is there.
    pub fn new(now: Instant, request: A) -> Self {
        Self { now, incarnation: None, asker: None, request }
    }

    /// The same, as it goes to a Durable Object.
    pub fn into_transport(self) -> Call {
        Call { now: self.now, incarnation: self.incarnation, asker: self.asker, request: self.request.into() }
    }
}

/// Why the ledger did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No such shop.
    #[error("there is no such shop")]
    UnknownShop,
    /// No referrer has this code.
    #[error("no referrer has this code")]
    UnknownCode,
    /// No conversion has this order id.
    #[error("no conversion has this order id")]
    UnknownOrder,
    /// The month of a statement has not begun.
    #[error("this month has not begun")]
    FutureMonth,
    /// No such payout batch.
    #[error("there is no such payout batch")]
    UnknownPayout,
    /// No such claim.
    #[error("there is no such claim")]
    UnknownClaim,
    /// The claim was answered before.
    #[error("this claim was answered before")]
    ClaimAnswered,
    /// An order is not given to a referrer; why, in words.
    #[error("{0}")]
    NotGiven(String),
    /// The order that a referrer claims is theirs already.
    #[error("this order counts for this referrer already")]
    AlreadyTheirs,
    /// More of a referrer's claims wait than anybody would make.
    #[error("too many claims of this referrer wait for the shop's answer")]
    TooManyClaims,
    /// A session at the desk that has ended, or never was.
    #[error("this session at the desk has ended")]
    NoSession,
    /// The program is another by now than the one that was to be replaced.
    #[error("the program was changed meanwhile")]
    Changed,
    /// No such helper.
    #[error("there is no such helper")]
    UnknownHelper,
    /// A key of the desk that was never given, was used already, was revoked, or has expired.
    #[error("this link to the desk holds no longer")]
    UnknownDeskKey,
    /// A connect code that was never given, was used already, or has expired.
    #[error("this connect code is wrong, was used already or has expired")]
    UnknownConnectCode,
    /// No such connection.
    #[error("there is no such connection")]
    UnknownConnection,
    /// Credentials that do not open a platform's orders.
    #[error("these credentials do not open the platform's orders")]
    OrdersClosed,
    /// A platform of which the shop takes no webhooks.
    #[error("the shop takes no webhooks of this platform")]
    NoWebhooks,
    /// No such experiment.
    #[error("there is no such experiment")]
    UnknownExperiment,
    /// Another experiment has that name.
    #[error("another experiment has this name")]
    ExperimentExists,
    /// An experiment between one of the offers and others is not concluded.
    #[error("an experiment with one of these offers is not concluded")]
    ExperimentRunning,
    /// Another offer of the experiment's was kept.
    #[error("another offer was kept")]
    ExperimentConcluded,
    /// No such endpoint.
    #[error("there is no such endpoint")]
    UnknownEndpoint,
    /// A provider of newsletters that is told nothing.
    #[error("this provider is told nothing")]
    NothingToEnd,
    /// More endpoints than a shop may have.
    #[error("this shop has as many endpoints as a shop may have")]
    TooManyEndpoints,
    /// A code that is one of the shop's own promo codes.
    #[error("this code is a promo code of the shop's")]
    OwnCode,
    /// No such picture.
    #[error("there is no such picture")]
    UnknownPicture,
    /// No such text.
    #[error("there is no such text")]
    UnknownShareText,
    /// More pictures or texts than a shop may have.
    #[error("this shop has as many pictures or texts as a shop may have")]
    TooManyMaterials,
    /// The shop sends no mail.
    #[error("no mail is set up for this shop")]
    NoMail,
    /// No mail to that message's address was stopped since it bounced.
    #[error("no bounce of this message keeps mail from its address")]
    NoStop,
    /// No such import, or one of which nothing is kept any more.
    #[error("there is no such import")]
    UnknownImport,
    /// More imports than are kept at once.
    #[error("this shop has as many imports as are kept at once")]
    TooManyImports,
    /// No such task.
    #[error("there is no such task")]
    UnknownTask,
    /// A task that was done before, by another code.
    #[error("this task was done before, by another code")]
    TaskDone,
    /// A module's token whose connection has ended, or never was.
    #[error("this module's connection has ended")]
    NoConnection,
    /// A sign-in key that was never given, was used already, or has expired.
    #[error("this sign-in link was used already or has expired")]
    UnknownKey,
    /// The code of a referrer's token belongs to another person since.
    #[error("this code was given to somebody else since")]
    GivenOn,
    /// The shop has ended the sign-in of a referrer's token.
    #[error("this sign-in was ended by the shop")]
    SignedOut,
    /// A review that can change nothing.
    #[error("{}", .0.words())]
    Moot(Moot),
    /// The program has no offer that one can join.
    #[error("the program has no offer for customers to join")]
    NotJoinable,
    /// An offer that is not shown to who would join under it.
    #[error("this offer is not open to who asks for it")]
    NotOpen,
    /// More have joined today without the shop's word on who they are than is likely of people.
    #[error("too many have joined today without the shop's word on who they are")]
    TooManyJoiners,
    /// More browser's reports wait for their signed event than anybody would send.
    #[error("too many reported conversions wait to be confirmed by the shop's server")]
    TooManyReports,
    /// Too many reminders were asked for today.
    #[error("too many reminders were asked for today")]
    TooManyReminders,
    /// Something that arrived late is still being worked through; asking again in a moment is right.
    #[error("a late arrival is still being worked through")]
    Settling,
    /// Wrong values; pointers are those of the caller's body.
    #[error("the body has wrong values")]
    Invalid(Vec<Fault>),
    /// The store failed; nothing was recorded, sending it again is right.
    #[error("the ledger's store failed: {0}")]
    Store(String),
}

/// Why a review can change nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moot {
    /// Approving gives back what no refund took, and refunds took all.
    Refunded,
    /// It is rejected.
    Rejected,
    /// It is taken back.
    Reversed,
}

impl Moot {
    /// As the sender is told it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Refunded => {
                "refunds took all of this reward, and approving gives back what no refund took; where a refund was \
                 undone, send refund.voided"
            }
            Self::Rejected => "this conversion is rejected already",
            Self::Reversed => "this reward is taken back already",
        }
    }
}

/// Makes, of the table of calls and their answers, each call an [`Ask`] and all of them a [`Request`].
macro_rules! calls {
    ($($call:ident => $answer:ty,)*) => {
        $(
            impl Ask for $call {
                type Answer = $answer;
            }

            impl From<$call> for Request {
                fn from(call: $call) -> Self {
                    Self::$call(call)
                }
            }
        )*

        /// Any call, as it goes to a Durable Object.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs, clippy::large_enum_variant, reason = "the calls say it; one is made at a time")]
        pub enum Request {
            $($call($call),)*
            /// Several at once, in one transaction.
            Several(Vec<Request>),
        }

        /// The answer to a [`Request`], written as that of the call in it: who asked knows which to read.
        #[derive(Debug, Clone, Serialize)]
        #[serde(untagged)]
        #[allow(missing_docs, clippy::large_enum_variant, reason = "the calls say it; one is made at a time")]
        pub enum Reply {
            $($call($answer),)*
            Several(Vec<Reply>),
        }

        impl Ask for Request {
            type Answer = Reply;
        }

        impl<L> Answers<Request> for L
        where
            $(L: Answers<$call>,)*
        {
            fn answer(&self, now: Instant, ask: Request) -> Result<Reply, Refusal> {
                match ask {
                    $(Request::$call(ask) => Ok(Reply::$call(self.answer(now, ask)?)),)*
                    Request::Several(asks) => {
                        let answers = asks.into_iter().map(|ask| self.answer(now, ask));
                        Ok(Reply::Several(answers.collect::<Result<_, _>>()?))
                    }
                }
            }
        }
    };
}

/// Makes tuples of calls a call whose answer is the tuple of theirs: all of it happens in one transaction, or nothing.
macro_rules! several {
    ($($Call:ident)+) => {
        impl<$($Call: Ask),+> Ask for ($($Call,)+) {
            type Answer = ($($Call::Answer,)+);
        }

        impl<$($Call: Ask),+> From<($($Call,)+)> for Request {
            #[allow(non_snake_case, reason = "each value is named as its type")]
            fn from(($($Call,)+): ($($Call,)+)) -> Self {
                Self::Several(vec![$($Call.into()),+])
            }
        }
    };
}

several!(A B);
several!(A B C);
several!(A B C D);

calls! {
    // The shop.
    PutShop => Saved<ShopRecord>,
    GetShop => ShopRecord,
    DeleteShop => (),
    // Who may enter its desk.
    OpenSession => Entered,
    EnterByKey => Entered,
    CloseSession => (),
    AddHelper => Helper,
    ListHelpers => Helpers,
    RevokeHelper => (),
    AddDeskKey => Instant,
    // Which modules are connected to it.
    AddConnectCode => Instant,
    UseConnectCode => Connecting,
    ListConnections => ConnectionList,
    EndConnection => (),
    PutCredentials => PlatformConnection,
    GetCredentials => PlatformConnection,
    DropCredentials => (),
    AskReconciliation => PlatformConnection,
    LiftStop => (),
    PutContacts => ContactDestinations,
    ListContacts => ContactDestinations,
    DropContacts => (),
    StaleContacts => Vec<(ContactProvider, Sealed)>,
    ReplaceContacts => u32,
    StaleCredentials => Vec<(Platform, Sealed)>,
    ReplaceCredentials => u32,
    TakeTasks => TaskList,
    ListFailedTasks => FailedTasks,
    FinishTask => TaskOutcome,
    // Who is told what happens.
    AddEndpoint => Endpoint,
    ListEndpoints => EndpointList,
    GetEndpoint => Endpoint,
    ChangeEndpoint => Endpoint,
    RemoveEndpoint => (),
    RotateEndpoint => Endpoint,
    TestEndpoint => Delivery,
    ListDeliveries => DeliveryList,
    ReplayDeliveries => Replayed,
    // What those take who promote it.
    PlanPicture => Option<Picture>,
    AddPicture => Picture,
    RemovePicture => (),
    PutShareText => ShareText,
    RemoveShareText => (),
    GetMaterials => Materials,
    // Its mail.
    PutMail => HeldMail,
    ReplaceMailKeys => u32,
    GetMail => Option<HeldMail>,
    DropMail => (),
    TestMail => Message,
    ListMessages => MessageList,
    ReplayMessages => Replayed,
    SendSignIn => (),
    WriteReminder => (),
    StopMail => (),
    ReportMail => (),
    // What its desk shows.
    RotateSecret => ShopRecord,
    BeginProof => SetUpProof,
    GetProof => SetUpProof,
    Saw => (),
    GetFrame => Framing,
    GetSetUp => SetUp,
    PutSetUp => SetUp,
    GetClaim => Claim,
    GetOverview => Overview,
    GetCustomers => CustomersReport,
    ListVersions => Versions,
    GetStatement => Statement,
    // Its referrers.
    PutReferrer => Saved<ReferrerRecord>,
    ChangeReferrer => ReferrerRecord,
    Join => Saved<ReferrerRecord>,
    GetReferrer => ReferrerRecord,
    IsCodeReady => Option<bool>,
    FindReferrer => Option<ReferrerRecord>,
    ListReferrers => Page<ReferrerRecord>,
    AddSignInKey => Instant,
    UseSignInKey => ReferrerRecord,
    EndSignIns => (),
    // What is brought along from other software.
    PlanImport => Import,
    ListImports => ImportList,
    GetImport => Import,
    StepImport => Import,
    DropImport => (),
    // What happens.
    RecordEvent => Outcome,
    RecordSnapshot => Outcome,
    RecordSpoken => Spoken,
    LinkOrder => bool,
    BeginSubscription => (),
    ReportConversion => Outcome,
    CountClicks => (),
    CountTouch => (),
    // What came of it.
    GetStatus => RewardStatus,
    ListConversions => ConversionList,
    Review => Conversion,
    GiveOrder => Given,
    TakeOrder => (),
    GetReport => Report,
    ListPromotions => PromotionList,
    CountFriends => u32,
    GetSignals => SignalReport,
    PlanExperiment => ExperimentPlan,
    BeginExperiment => Experiment,
    ListExperiments => ExperimentList,
    GetExperiment => Experiment,
    ConcludeExperiment => Experiment,
    ListOrders => OrderList,
    GetOrder => OrderAccount,
    MakeClaim => Saved<Claim>,
    AnswerClaim => Claim,
    ListClaims => ClaimList,
    Audit => books::Audit,
    // Payouts.
    Adjust => Vec<Saved<Conversion>>,
    CreatePayout => Payout,
    PlanPayout => PayoutPlan,
    GetPayout => Payout,
    GetPayoutFile => PayoutFile,
    ListPayouts => Page<Payout>,
    MarkPaid => Payout,
    GetPaid => Vec<PaidPerson>,
    // Where referrers are paid.
    PutDetails => HeldDetails,
    GetDetails => Option<HeldDetails>,
    DropDetails => (),
    StaleDetails => BTreeMap<Code, HeldDetails>,
    ReplaceDetails => u32,
    // Persons.
    GetSubject => Subject,
    EraseSubject => Subject,
    EraseEverybody => bool,
}

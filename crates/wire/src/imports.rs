//! What is brought along from the software that a shop used before: plans made of its exports, and what came of them.

use serde::{Deserialize, Serialize};

use crate::amount::{Amount, CurrencyCode};
use crate::code::Code;
use crate::instant::Instant;
use crate::lenient::{any, list, maybe};
use crate::word::{Known, words};

words! {
    /// The software whose export it is.
    pub enum Software {
        /// Rewardful.
        Rewardful = "rewardful",
        /// FirstPromoter.
        FirstPromoter = "firstpromoter",
        /// Tapfiliate.
        Tapfiliate = "tapfiliate",
        /// Refersion.
        Refersion = "refersion",
        /// GoAffPro.
        GoAffPro = "goaffpro",
        /// ReferralCandy.
        ReferralCandy = "referralcandy",
        /// AffiliateWP.
        AffiliateWp = "affiliatewp",
        /// OpenCart's own affiliates.
        OpenCart = "opencart",
        /// Any other, by the names of its columns.
        Other = "other",
    }
}

impl Software {
    /// Its own name; nothing where it is any.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Rewardful => "Rewardful",
            Self::FirstPromoter => "FirstPromoter",
            Self::Tapfiliate => "Tapfiliate",
            Self::Refersion => "Refersion",
            Self::GoAffPro => "GoAffPro",
            Self::ReferralCandy => "ReferralCandy",
            Self::AffiliateWp => "AffiliateWP",
            Self::OpenCart => "OpenCart",
            Self::Other => "",
        }
    }
}

impl ImportReason {
    /// The reason in a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::BeforeHeadings => "it stands before the headings",
            Self::Headings => "it is a line of headings again",
            Self::Totals => "it sums up other lines",
            Self::TooLong => "it is longer than a line of an export is; a quote may not be closed",
            Self::Formula => "a formula stands where a value should: save the values alone",
            Self::NotACode => "this can be no code here",
            Self::NoCode => "it has no code and no link: add a code in the file",
            Self::Twice => "it stands in a line above already",
            Self::TooMany => "it has more codes than the 50 that one line brings",
            Self::OwnCode => "the code is a promo code of the shop's own",
            Self::Offer => "the offer under which it was to come is gone: give the file again under another",
            Self::Paid => "it was paid there: nothing is owed of it",
            Self::CalledOff => "it was turned down or called off there: nothing is owed of it",
            Self::Taken => {
                "the code is somebody else's here: give one of the two another code, here or in the file, and bring the \
                 file again"
            }
            Self::Email => "this is no e-mail address",
            Self::Name => "the name is longer than names may be",
            Self::Rate => "this is no rate that could stand under the offer",
            Self::Pending => "they were not let in there yet",
            Self::Gone => "they were turned down, blocked or removed there",
            Self::Status => "what this word says of them is not known",
            Self::PaidOrNot => {
                "the file does not say whether this was paid: give one that does, so that nobody is paid twice"
            }
            Self::Undecided => "this was not decided there yet: bring the file again once it is",
            Self::Amount => "this is no amount",
            Self::Currency => "this is in another currency than the program's",
            Self::Date => "this is no date",
            Self::TooOld => "this lies ahead, or further back than orders are taken, which is 800 days",
            Self::NoId => "the sale has no id by which it would be known again",
            Self::NoReferrer => "its referrer is not here",
            Self::Differs => {
                "it was brought along before with another amount: correct it by hand, if need be"
            }
            Self::Counted => "what is owed to this referrer was brought along by the other file already",
            Self::Referred => {
                "the customer has earned somebody a reward here, which this older order would take back"
            }
        }
    }
}

words! {
    /// How far an import is.
    pub enum ImportState {
        /// Looked at, and nothing is made of it yet.
        Planned = "planned",
        /// A part of it is made, and there is more.
        Running = "running",
        /// All of it is made that can be.
        Done = "done",
    }
}

words! {
    /// What of a line it is.
    pub enum ImportWhat {
        /// A person's code.
        Referrer = "referrer",
        /// What is owed to somebody: a balance, or an old commission that was not paid.
        Balance = "balance",
        /// An order of before, by which its customer is known as one.
        Order = "order",
        /// The line itself, which could not be read.
        Line = "line",
    }
}

words! {
    /// What becomes of it.
    pub enum ImportVerdict {
        /// It is to be made.
        Make = "make",
        /// It is so already: nothing is to be done.
        AsWished = "as_wished",
        /// It is not made.
        Refused = "refused",
    }
}

words! {
    /// Why something is not made.
    pub enum ImportReason {
        /// It stands before the headings.
        BeforeHeadings = "before_headings",
        /// It is a line of headings again.
        Headings = "headings",
        /// It sums up other lines.
        Totals = "totals",
        /// It is longer than a line of an export is: a quote that is not closed, perhaps.
        TooLong = "too_long",
        /// A formula stands where a value should.
        Formula = "formula",
        /// The code cannot be one here; `detail` says why and which would do.
        NotACode = "not_a_code",
        /// There is no code.
        NoCode = "no_code",
        /// The code stands above already; of what is owed: a line above says something for the same person, or for the same
        /// sale and commission.
        Twice = "twice",
        /// More codes stand in the line than one line brings.
        TooMany = "too_many",
        /// The code is somebody else's here.
        Taken = "taken",
        /// The code is a promo code of the shop's own.
        OwnCode = "own_code",
        /// The offer under which they were to come is gone from the program.
        Offer = "offer",
        /// The e-mail address is none.
        Email = "email",
        /// The name is longer than names may be, or nothing of it is seen.
        Name = "name",
        /// The rate is none, or cannot stand under the offer.
        Rate = "rate",
        /// They were not let in there yet.
        Pending = "pending",
        /// They were turned down, blocked or removed there.
        Gone = "gone",
        /// What the status says is not known.
        Status = "status",
        /// The commission was paid there.
        Paid = "paid",
        /// The commission was turned down there, or the sale called off.
        CalledOff = "called_off",
        /// The file does not say whether the commission was paid.
        PaidOrNot = "paid_or_not",
        /// The commission was not decided there yet: give the file again once it is.
        Undecided = "undecided",
        /// An amount cannot be read.
        Amount = "amount",
        /// It is in another currency than the program's.
        Currency = "currency",
        /// A date cannot be read.
        Date = "date",
        /// It lies further back than orders are taken, or ahead.
        TooOld = "too_old",
        /// The sale has no id, by which it would be known again.
        NoId = "no_id",
        /// Nobody here is the referrer.
        NoReferrer = "no_referrer",
        /// It was brought along before, with another amount; of a code: it is this person's here, but otherwise than the line
        /// says.
        Differs = "differs",
        /// What is owed to this referrer was brought along by the other kind of file already.
        Counted = "counted",
        /// The customer has earned somebody a reward here, which this older order would take back.
        Referred = "referred",
    }
}

words! {
    /// What a column was read as.
    pub enum ImportColumn {
        /// The value that links carry.
        Code = "code",
        /// A discount code.
        Coupon = "coupon",
        /// A link.
        Link = "link",
        /// The person's id there.
        Person = "person",
        /// The first name.
        FirstName = "first_name",
        /// The last name.
        LastName = "last_name",
        /// The whole name.
        Name = "name",
        /// The referrer's address.
        Email = "email",
        /// The shop's id of them as a customer.
        CustomerId = "customer_id",
        /// Whether they take part, or how a commission stands.
        Status = "status",
        /// Whether a commission was paid.
        Paid = "paid",
        /// Their own rate.
        Rate = "rate",
        /// What the rate is: per cent, or an amount.
        RateType = "rate_type",
        /// What is owed to them.
        Balance = "balance",
        /// The currency.
        Currency = "currency",
        /// The id of an order or a sale.
        Sale = "sale",
        /// The commission's own id, beside the sale's.
        CommissionId = "commission_id",
        /// When it was.
        At = "at",
        /// What was bought for.
        Amount = "amount",
        /// What the referrer earned of it.
        Commission = "commission",
        /// The customer's address.
        CustomerEmail = "customer_email",
        /// The shop's id of the customer.
        Customer = "customer",
    }
}

/// A column as it was understood.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportedColumn {
    /// Its name in the file.
    #[serde(default, deserialize_with = "any")]
    pub name: String,
    /// What it was read as; `null` is not read.
    #[serde(default, deserialize_with = "maybe")]
    pub read_as: Option<Known<ImportColumn>>,
}

/// How much of one kind there is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportCount {
    /// Of what.
    #[serde(default, deserialize_with = "any")]
    pub what: Known<ImportWhat>,
    /// How many are still to be made.
    #[serde(default, deserialize_with = "any")]
    pub make: i64,
    /// How many are made.
    #[serde(default, deserialize_with = "any")]
    pub made: i64,
    /// How many were so already.
    #[serde(default, deserialize_with = "any")]
    pub as_wished: i64,
    /// How many are not made.
    #[serde(default, deserialize_with = "any")]
    pub refused: i64,
}

/// Something that a line of the file says, and what becomes of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportLine {
    /// The line's number in the file, from 1.
    #[serde(default, deserialize_with = "any")]
    pub line: u64,
    /// What of it.
    #[serde(default, deserialize_with = "any")]
    pub what: Known<ImportWhat>,
    /// What becomes of it.
    #[serde(default, deserialize_with = "any")]
    pub verdict: Known<ImportVerdict>,
    /// The referrer's code, where there is one.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// What stood there instead, where the nearest code was taken: links with it do not go on.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
    /// The person's name.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The person's address.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Their own rate, in per cent.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub percent: Option<String>,
    /// What is owed, or what was bought for, in the program's currency.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// The id of the order or sale, as it stands in the file.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub sale: Option<String>,
    /// Why it is not made.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Known<ImportReason>>,
    /// In which column, where it is one's.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What stands there.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The reason in a sentence.
    #[serde(default, deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// An import: `POST /v1/shops/{shop}/imports` and what follows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Import {
    /// Its id.
    #[serde(default, deserialize_with = "any")]
    pub id: String,
    /// Whose export it is.
    #[serde(default, deserialize_with = "any")]
    pub software: Known<Software>,
    /// How far it is.
    #[serde(default, deserialize_with = "any")]
    pub state: Known<ImportState>,
    /// When the file was given.
    #[serde(default, deserialize_with = "any")]
    pub made_at: Instant,
    /// When what is left of the file here is dropped.
    #[serde(default, deserialize_with = "any")]
    pub expires_at: Instant,
    /// Under which offer referrers come.
    #[serde(default, deserialize_with = "any")]
    pub offer: String,
    /// Whether a value that can be no code is replaced by the nearest that can.
    #[serde(default, deserialize_with = "any")]
    pub nearest: bool,
    /// Whether referrers keep their own rates.
    #[serde(default, deserialize_with = "any")]
    pub rates: bool,
    /// Whether they are mailed that they have a link here.
    #[serde(default, deserialize_with = "any")]
    pub welcome: bool,
    /// Which parameters of links the program is to take, beside those that it takes already.
    #[serde(default, deserialize_with = "list")]
    pub link_params: Vec<String>,
    /// How many lines the file has.
    #[serde(default, deserialize_with = "any")]
    pub lines: u64,
    /// Its columns.
    #[serde(default, deserialize_with = "list")]
    pub columns: Vec<ImportedColumn>,
    /// How much there is of each kind.
    #[serde(default, deserialize_with = "list")]
    pub counts: Vec<ImportCount>,
    /// What is owed by what is still to be made.
    #[serde(default, deserialize_with = "any")]
    pub balance: Amount,
    /// In which currency.
    #[serde(default, deserialize_with = "any")]
    pub currency: CurrencyCode,
    /// What lines say, those that are not made first; without what is made already.
    #[serde(default, deserialize_with = "list")]
    pub items: Vec<ImportLine>,
    /// The cursor of the next page of them.
    #[serde(default, deserialize_with = "maybe")]
    pub next_cursor: Option<String>,
}

/// The imports that are kept, the newest first, without their lines: `GET /v1/shops/{shop}/imports`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportList {
    /// Them.
    #[serde(default, deserialize_with = "list")]
    pub imports: Vec<Import>,
}

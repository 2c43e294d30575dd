//! What the widget knows, what can happen to it, and what it wants done.

use crate::consent::{Consent, Mode};
use crate::locale::Locale;
use crate::text::Texts;
use crate::touch::Touch;
use crate::wire::{Fault, Invitation, Me, Program, Rewards, Verdict};

/// Where the shop wants the widget, attribute `data-placement`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// A button in a corner that opens a panel.
    Launcher,
    /// In the page, where the script stands.
    Inline,
    /// Nowhere but in the elements that the shop placed by hand.
    None,
}

/// What the shop's signed identity says of its customer. Read without checking the signature: it only
/// decides what is shown here, the edge checks it before it acts on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Customer {
    /// The identity as signed, to be sent to the edge.
    pub signed: String,
    /// The customer's id.
    pub id: String,
    /// Orders placed so far, where the shop says it.
    pub orders: Option<u32>,
}

/// A page of the panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// The friend's offer where a code is at hand, else the invitation to refer.
    Offer,
    /// Joining and sharing.
    Share,
    /// The promo code field.
    Code,
    /// What the referrer has earned.
    Rewards,
}

impl Screen {
    /// The name in `parrain('open', name)` and in actions.
    pub fn name(self) -> &'static str {
        match self {
            Screen::Offer => "offer",
            Screen::Share => "share",
            Screen::Code => "code",
            Screen::Rewards => "rewards",
        }
    }

    /// The screen of this name, the offer for any other.
    pub fn of(name: &str) -> Screen {
        match name {
            "share" | "join" => Screen::Share,
            "code" => Screen::Code,
            "rewards" => Screen::Rewards,
            _ => Screen::Offer,
        }
    }
}

/// How a code went into the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The platform says that the basket has it.
    InBasket,
    /// A form or link of the page takes it along.
    Carried,
    /// Neither: the shopper is shown the code to type at the checkout.
    Shown,
}

impl Outcome {
    /// The name in the event `redeemed` and in text keys.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::InBasket => "basket",
            Outcome::Carried => "carried",
            Outcome::Shown => "shown",
        }
    }
}

/// Something that is asked for and may not come.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Load<T> {
    /// Nobody asked.
    #[default]
    Idle,
    /// On its way.
    Busy,
    /// Here.
    Ready(T),
    /// It did not come.
    Failed(Fault),
}

impl<T> Load<T> {
    /// What came.
    pub fn ready(&self) -> Option<&T> {
        if let Load::Ready(value) = self { Some(value) } else { None }
    }

    /// Whether it is on its way.
    pub fn is_busy(&self) -> bool {
        matches!(self, Load::Busy)
    }
}

/// How far a code has come on its way into the order.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Redeeming {
    /// Not begun.
    #[default]
    No,
    /// The adapter is at work.
    Busy,
    /// Done, so far as it can be.
    Done(Outcome),
}

/// What the widget knows.
#[derive(Clone, Debug)]
pub struct Model {
    /// Whether and how things may be kept.
    pub consent: Consent,
    /// Where the shop wants the widget.
    pub placement: Placement,
    /// Language and region.
    pub locale: Locale,
    /// The signed-in customer.
    pub customer: Option<Customer>,
    /// Address of the page, for product links.
    pub page: String,
    /// Whether the browser can share by itself.
    pub can_share: bool,
    /// Seconds since 1970 when the last thing happened.
    pub now: i64,
    /// Number of the newest request for an offer: an older answer that comes late is not shown.
    pub asked: u32,

    /// Words.
    pub texts: Load<Texts>,
    /// The public side of the program.
    pub program: Load<Program>,
    /// What the edge says about the code at hand.
    pub verdict: Option<Verdict>,
    /// The code that came with the page's address.
    pub arrived: Option<String>,
    /// Touches, from storage and from this page.
    pub touches: Vec<Touch>,
    /// Touches that the edge has not acknowledged.
    pub unsent: Vec<Touch>,
    /// Those of them that are on their way.
    pub sending: Vec<Touch>,
    /// How far the code at hand has come.
    pub redeeming: Redeeming,
    /// What the edge says about the typed code.
    pub typed: Load<Verdict>,
    /// The typed code, to be sent again after a failure.
    pub typed_code: String,
    /// The referrer in this browser.
    pub me: Option<Me>,
    /// Joining.
    pub joining: Load<()>,
    /// Rewards.
    pub rewards: Load<Rewards>,
    /// Whether a further page of rewards is on its way.
    pub more: bool,

    /// The panel's screen; nothing where it is closed.
    pub open: Option<Screen>,
    /// Whether the panel opened by itself, so that it may not take the focus.
    pub uncalled: bool,
    /// The shopper does not want to see it again.
    pub closed: bool,
    /// Whether the QR code is shown.
    pub qr: bool,
    /// Whether the link leads to the page that is open.
    pub product: bool,
    /// What was last copied.
    pub copied: &'static str,
    /// Key of the text for screen readers.
    pub status: &'static str,
}

impl Model {
    /// A model that knows nothing yet.
    pub fn new(mode: Mode, gpc: bool, before: bool, placement: Placement, locale: Locale) -> Model {
        Model {
            consent: Consent::new(mode, gpc, before),
            placement,
            locale,
            customer: None,
            page: String::new(),
            can_share: false,
            now: 0,
            asked: 0,
            texts: Load::Idle,
            program: Load::Idle,
            verdict: None,
            arrived: None,
            touches: Vec::new(),
            unsent: Vec::new(),
            sending: Vec::new(),
            redeeming: Redeeming::No,
            typed: Load::Idle,
            typed_code: String::new(),
            me: None,
            joining: Load::Idle,
            rewards: Load::Idle,
            more: false,
            open: None,
            uncalled: false,
            closed: false,
            qr: false,
            product: false,
            copied: "",
            status: "",
        }
    }

    /// The invitation at hand, where it is of use to this visitor.
    pub fn invitation(&self) -> Option<&Invitation> {
        match &self.verdict {
            Some(Verdict::Good(invitation)) if self.objection(invitation).is_none() => Some(invitation),
            _ => None,
        }
    }

    /// Why a good code is of no use to this visitor: `own` or `not_new`.
    pub fn objection(&self, invitation: &Invitation) -> Option<&'static str> {
        if self.me.as_ref().is_some_and(|me| me.code == invitation.code) {
            return Some("own");
        }
        let ordered =
            self.customer.as_ref().and_then(|customer| customer.orders).is_some_and(|orders| orders > 0);
        (invitation.new_customers_only && ordered).then_some("not_new")
    }

    /// The link that the referrer shares: to the open page where they chose that.
    pub fn share_link(&self) -> Option<String> {
        let me = self.me.as_ref()?;
        Some(match path(&self.page).filter(|_| self.product) {
            Some(path) => crate::text::join(&[&me.link, "?to=", &crate::text::encode(path)]),
            None => me.link.clone(),
        })
    }
}

/// The path of an address, with its query but without what a link added to it.
fn path(url: &str) -> Option<&str> {
    let host = url.split_once("//")?.1;
    let path = host.find('/').and_then(|at| host.get(at..))?;
    path.split(['?', '#']).next().filter(|path| path.len() > 1)
}

/// Why an offer was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// To show the page's own.
    Page,
    /// The shopper typed a code into our field and wants it.
    Typed,
    /// The shopper typed a code into the shop's own basket.
    Basket,
}

/// What can happen.
#[derive(Clone, Debug)]
pub enum Msg {
    /// The page is there; begin.
    Start,
    /// The words came, or did not.
    Texts(Result<Texts, Fault>),
    /// An answer to `GET offer`: request number, reason, code asked for.
    Offer(u32, Why, Option<String>, Box<Result<Program, Fault>>),
    /// An answer to `POST touches`.
    Sent(Touch, Result<(), Fault>),
    /// The adapter has done what it can for this code.
    Redeemed(String, Outcome),
    /// An answer to a join; for the identity alone where the flag is set.
    Joined(bool, Result<Me, Fault>),
    /// An answer to `GET rewards`; a further page where the flag is set.
    Rewards(bool, Result<Rewards, Fault>),
    /// A choice about consent, made now.
    Consent(bool),
    /// What a consent tool said when it was first read.
    ConsentTool(bool),
    /// The shopper pressed something: action and argument.
    Act(String, String),
    /// The shopper sent the join form: name, e-mail.
    Join(String, String),
    /// A code typed into our field or given by the shop's script.
    Code(String),
    /// A code typed into the shop's own basket.
    Basket(String),
    /// The shop names its customer.
    Identify(Customer),
    /// An element that shows rewards is in the page.
    RewardsWanted,
    /// An element that shows anything is in the page.
    ViewWanted,
    /// The page's address changed: address, and the code in it.
    Moved(String, Option<String>),
    /// The connection is back, or the page came back from the browser's cache.
    Again,
    /// Time has passed.
    Tick,
}

/// What the widget wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Load the words.
    LoadTexts,
    /// `GET offer`.
    FetchOffer(u32, Why, Option<String>),
    /// `POST touches`.
    PostTouch(Touch),
    /// `POST referrers` with name, e-mail, identity.
    Join(String, String, Option<String>),
    /// `GET rewards` with token and cursor.
    FetchRewards(String, Option<String>),
    /// Put the code into the order.
    Redeem(String),
    /// Write what is to be kept to the device.
    Keep,
    /// Remove everything from the device.
    Forget,
    /// Tell the page: event, code, further word (link, outcome, error).
    Emit(&'static str, String, String),
    /// Copy to the clipboard: what, text.
    Copy(&'static str, String),
    /// Open the browser's own share sheet: text, link.
    ShareSheet(String, String),
    /// Open Messenger for a copied link.
    Messenger,
    /// Move the focus to the panel's heading, or back to the launcher.
    Focus(bool),
    /// Try again after a while (milliseconds).
    Later(u32),
}

//! What the widget knows, and what it may have done in the page.

use parrain_wire::amount::{Amount, fine};
use parrain_wire::moment::{CustomerKind, Facts};
use parrain_wire::page::{Card, Invitation, PublicProgram, Verdict};
use parrain_wire::program::Offer;
use parrain_wire::read::{Members, Read};
use parrain_wire::referrer::Activity;
use parrain_wire::rewards::{RewardStatus, Status};
use parrain_wire::{Code, Instant, Known, Loose, Source, Texts, Touch};

use crate::action::Copyable;
use crate::consent::{Consent, Mode};
use crate::locale::Locale;

/// Where the shop wants the widget, attribute `data-placement`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// A button in a corner that opens a panel.
    Launcher,
    /// In the page, where the script stands or the shop has put elements by hand.
    Page,
}

/// What the shop's signed identity says of its customer. Read without checking the signature: it only
/// decides what is shown here, the edge checks it before it acts on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Customer {
    /// The identity as signed, to be sent to the edge.
    pub signed: String,
    /// The customer's id.
    pub id: String,
    /// Orders placed so far, where the shop says.
    pub orders: Option<u32>,
}

/// A referrer in this browser. This is also the form in which they are kept on the device.
#[derive(Clone, Debug, PartialEq)]
pub struct Me {
    /// Their code.
    pub code: Code,
    /// Their share link, a web address.
    pub link: String,
    /// The token for their rewards.
    pub token: String,
    /// The shop's id of the customer they are; empty where it is not known.
    pub of: String,
}

impl Me {
    /// Whom a card is of, where it makes sense.
    pub fn new(card: Card, of: String) -> Option<Me> {
        Me { code: card.code, link: card.link, token: card.token, of }.sensible()
    }

    /// Nothing where there is no web address or no token.
    fn sensible(self) -> Option<Me> {
        (is_web(&self.link) && !self.token.is_empty()).then_some(self)
    }
}

/// Whether a text begins as the address of a page does: what else stands in a link might run.
pub fn is_web(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

impl Read for Me {
    /// Anything may have been kept.
    fn read(loose: Loose) -> Option<Me> {
        let mut members = Members::of(loose)?;
        let (link, token, of) = (members.take("link"), members.take("token"), members.take("of"));
        Me { code: members.need("code")?, link, token, of }.sensible()
    }
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
            "share" => Screen::Share,
            "code" => Screen::Code,
            "rewards" => Screen::Rewards,
            _ => Screen::Offer,
        }
    }
}

/// How far a code has come on its way into the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redeeming {
    /// Not begun, or nobody there to be asked.
    No,
    /// The adapter is at work.
    Busy,
    /// The platform says that the basket has it.
    InBasket,
    /// The basket is empty: it goes in with the first goods.
    Empty,
    /// A form or link of the page takes it along.
    Carried,
    /// Neither: the shopper is shown the code to type at the checkout.
    Shown,
}

impl Redeeming {
    /// The name in the event `redeemed`, and the key of the text that says so.
    pub fn name(self) -> &'static str {
        match self {
            Redeeming::InBasket => "in_basket",
            Redeeming::Empty => "empty",
            Redeeming::Carried => "carried",
            Redeeming::Shown => "shown",
            Redeeming::No | Redeeming::Busy => "",
        }
    }
}

/// How far a gift has come that a shopper used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The platform has not said yes: it is asked again on later pages.
    Wanted {
        /// So often that it may still say no. A page on which nobody could be asked, or the basket was empty or the one
        /// that it refused, is none of them.
        tries: u8,
        /// How many goods were in the basket that it refused, where it tells.
        goods: Option<u32>,
    },
    /// It was in the basket.
    InBasket,
    /// The order is placed.
    Spent,
}

/// A gift that a shopper used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gift {
    /// The code.
    pub code: Code,
    /// How far it has come.
    pub stage: Stage,
}

impl Gift {
    /// How often a platform that said no is asked again.
    pub const TRIES: u8 = 9;

    /// How far a gift is that a shopper wants and the platform has not been asked for.
    pub const WANTED: Stage = Stage::Wanted { tries: Self::TRIES, goods: None };

    /// Reads what [`Gift::write`] wrote; anything may have been kept.
    pub fn read(text: &str) -> Option<Gift> {
        let (code, stage) = crate::text::cut(text, b'.');
        let stage = match stage {
            "in" => Stage::InBasket,
            "spent" => Stage::Spent,
            wanted => {
                let (tries, goods) = crate::text::cut(wanted, b'.');
                let tries = crate::text::number(tries)?.clamp(0, Self::TRIES.into()) as u8;
                Stage::Wanted { tries, goods: crate::text::number(goods).map(|goods| goods as u32) }
            }
        };
        Some(Gift { code: Code::read(code)?, stage })
    }

    /// `CODE.in`, `CODE.spent`, or `CODE.`, the tries that are left and, after another dot, the goods that were refused.
    pub fn write(&self) -> String {
        let (stage, goods) = match self.stage {
            Stage::InBasket => ("in".into(), None),
            Stage::Spent => ("spent".into(), None),
            Stage::Wanted { tries, goods } => (crate::text::decimal(tries.into()), goods),
        };
        let goods = goods.map(|goods| crate::text::decimal(goods.into())).unwrap_or_default();
        let dot = if goods.is_empty() { "" } else { "." };
        crate::text::join(&[self.code.as_str(), ".", &stage, dot, &goods])
    }
}

/// What came of asking a platform for a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// How far the code has come; [`Redeeming::No`] where nobody was asked.
    pub outcome: Redeeming,
    /// How many goods are in the basket, where the platform tells.
    pub goods: Option<u32>,
}

/// Why a request brought nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No answer, or none that makes sense: worth trying again.
    Unreachable,
    /// Asked too often: worth trying again later.
    TooOften,
    /// The token or identity is not (or no longer) good.
    Unknown,
    /// The link that the shop mailed was used already, or has expired.
    Spent,
    /// What was sent is wrong.
    Refused,
    /// What was sent is right, and the edge will not have it as things stand.
    Conflict,
}

impl Fault {
    /// What an HTTP status other than success says. `0` stands for no answer at all.
    pub fn of(status: u16) -> Fault {
        match status {
            401 | 403 => Fault::Unknown,
            409 => Fault::Conflict,
            429 => Fault::TooOften,
            400..=499 => Fault::Refused,
            _ => Fault::Unreachable,
        }
    }

    /// Whether the same request may succeed later.
    pub fn passes(self) -> bool {
        matches!(self, Fault::Unreachable | Fault::TooOften)
    }

    /// Key of the text that says so.
    pub fn key(self) -> &'static str {
        match self {
            Fault::Unreachable => "e_net",
            Fault::TooOften => "e_often",
            Fault::Unknown => "e_token",
            Fault::Spent => "e_key",
            Fault::Refused => "e_refused",
            // Other than that of a claim or of a letter, which have words of their own.
            Fault::Conflict => "why_offer_inactive",
        }
    }
}

/// How far something that was asked for has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// Nobody asked.
    Idle,
    /// On its way.
    Busy,
    /// Here.
    Ready,
    /// It did not come.
    Failed(Fault),
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
    /// The referrer in this browser shares it: what does it promise?
    Own,
}

/// A QR code as a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The `viewBox` of its SVG.
    pub around: String,
    /// The `d` of its path.
    pub path: String,
}

/// What the widget knows.
#[derive(Debug)]
pub struct Model {
    /// Whether and how things may be kept.
    pub consent: Consent,
    /// Where the shop wants the widget.
    pub placement: Placement,
    /// Language and region.
    pub locale: Locale,
    /// The signed-in customer.
    pub customer: Option<Customer>,
    /// Address in which codes were last looked for.
    pub looked: String,
    /// Address of the page, for product links and as the place where a touch landed.
    pub page: String,
    /// Whether the browser can share by itself.
    pub can_share: bool,
    /// When the last thing happened.
    pub now: Instant,
    /// What is in the basket, in the program's currency, where the page or its platform tells.
    pub basket: Option<Amount>,
    /// Number of the newest request for an offer: an older answer that comes late is not shown.
    pub asked: u32,

    /// Words by key.
    pub texts: Texts,
    /// Whether they are here.
    pub texts_load: Load,
    /// The answer to `GET offer`: the public side of the program.
    pub program: PublicProgram,
    /// Whether it is here.
    pub program_load: Load,
    /// The code that came with the page's address.
    pub arrived: Option<Code>,
    /// Other known codes of that address, which came before it.
    pub passed: Vec<Code>,
    /// The code that `code` of the program speaks of.
    pub judged: Option<Code>,
    /// How far the code at hand has come.
    pub redeeming: Redeeming,
    /// Touches, from storage and from this page.
    pub touches: Vec<Touch>,
    /// How many of them, counted from the last, the edge has not acknowledged.
    pub unsent: usize,
    /// Whether one of those is on its way.
    pub sending: bool,
    /// Milliseconds of the last pause before a request was sent again.
    pub pause: u32,
    /// What was typed into the code field.
    pub typed: String,
    /// Whether the edge has judged it.
    pub typed_load: Load,
    /// Why it is not good: a reason of the contract, `own` or `not_new`; empty where it is good.
    pub typed_reason: String,
    /// Number of the person at hand: an answer about an earlier one that comes late is not theirs.
    pub person: u32,
    /// The referrer in this browser.
    pub me: Option<Me>,
    /// What their code promises a friend, where the edge has said so.
    pub own: Option<Invitation>,
    /// The key of the link that the shop mailed, until the edge has taken or refused it.
    pub key: String,
    /// Whether they came in by a link that the shop mailed, in this page.
    pub keyed: bool,
    /// Whom a mailed link is of, while somebody else is signed in who has not said yet whether to show them.
    pub stranger: Option<Me>,
    /// Whether they take part, where they do not, as the edge said last.
    pub activity: Option<Known<Activity>>,
    /// Joining.
    pub joining: Load,
    /// Having the links to one's rewards mailed.
    pub mailing: Load,
    /// Having a reminder of the gift mailed.
    pub reminding: Load,
    /// Number of the newest request for rewards: the answers to earlier ones are not wanted any more.
    pub rewards_asked: u32,
    /// The answers to `GET rewards`, page by page.
    pub rewards: Vec<RewardStatus>,
    /// Whether they are here.
    pub rewards_load: Load,
    /// Whether an element shows them though nobody is known yet whose they are.
    pub rewards_wanted: bool,
    /// In which state alone they are shown.
    pub filter: Option<Status>,
    /// Telling the shop of an order that is missing in them.
    pub claiming: Load,

    /// Whether an element by hand shows what the referrer shares.
    pub placed: bool,
    /// The panel's screen; nothing where it is closed.
    pub open: Option<Screen>,
    /// Whether the panel opened by itself, so that it may not take the focus.
    pub uncalled: bool,
    /// The code whose card the shopper folded to the launcher; empty where none. Widgets of 2026-11-22 closed for good
    /// and kept `1` for it, which now folds whatever was kept then.
    pub folded: String,
    /// The shopper has just placed an order.
    pub thanked: bool,
    /// What became of the gift that the shopper used, on this page or on an earlier one.
    pub gift: Option<Gift>,
    /// The QR code of the link; `Load::Idle` where nobody has looked at it.
    pub qr: Load,
    /// What is drawn; nothing where the link is too long for a code.
    pub picture: Option<Picture>,
    /// Whether the link leads to the page that is open.
    pub product: bool,
    /// What was last copied.
    pub copied: Option<Copyable>,
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
            looked: String::new(),
            page: String::new(),
            can_share: false,
            now: Instant::default(),
            basket: None,
            asked: 0,
            texts: Texts::new(),
            texts_load: Load::Idle,
            program: PublicProgram::default(),
            program_load: Load::Idle,
            arrived: None,
            passed: Vec::new(),
            judged: None,
            redeeming: Redeeming::No,
            touches: Vec::new(),
            unsent: 0,
            sending: false,
            pause: 0,
            typed: String::new(),
            typed_load: Load::Idle,
            typed_reason: String::new(),
            person: 0,
            me: None,
            own: None,
            key: String::new(),
            keyed: false,
            stranger: None,
            activity: None,
            joining: Load::Idle,
            mailing: Load::Idle,
            reminding: Load::Idle,
            rewards_asked: 0,
            rewards: Vec::new(),
            rewards_load: Load::Idle,
            rewards_wanted: false,
            filter: None,
            claiming: Load::Idle,
            placed: false,
            open: None,
            uncalled: false,
            folded: String::new(),
            thanked: false,
            gift: None,
            qr: Load::Idle,
            picture: None,
            product: false,
            copied: None,
            status: "",
        }
    }

    /// The code at hand with what the edge says of it, where it is good and of use to this visitor.
    pub fn invitation(&self) -> Option<(&Code, &Invitation)> {
        let (code, said) = self.judged.as_ref().zip(self.program.code.as_ref())?;
        match said {
            Verdict::Valid(said) if self.objection(code, self.program.code.as_ref()).is_empty() => {
                Some((code, said))
            }
            Verdict::Valid(_) | Verdict::Invalid(_) => None,
        }
    }

    /// Why a code is of no use to this visitor: a reason of the contract, `own` or `not_new`. Empty
    /// where it is good.
    pub fn objection<'a>(&self, code: &Code, said: Option<&'a Verdict>) -> &'a str {
        let ordered = self.customer.as_ref().is_some_and(|customer| customer.orders > Some(0));
        let said = match said {
            Some(Verdict::Valid(said)) => said,
            Some(Verdict::Invalid(refused)) if !refused.reason.name().is_empty() => {
                return refused.reason.name();
            }
            Some(Verdict::Invalid(_)) | None => return "unknown",
        };
        if self.me.as_ref().is_some_and(|me| me.code == *code) {
            "own"
        } else if self.gift.as_ref().is_some_and(|gift| gift.stage == Stage::Spent && gift.code == *code)
            || ordered && said.new_customers_only
        {
            "not_new"
        } else {
            ""
        }
    }

    /// The offer of this id.
    pub fn offer(&self, id: &str) -> Option<&Offer> {
        self.program.offers.iter().find(|offer| offer.id == id)
    }

    /// The offer that this visitor is shown and may join under: the first whose conditions hold. One for everybody is open
    /// where the edge says that somebody may join at all.
    pub fn joinable(&self) -> Option<&Offer> {
        let spent = self.gift.as_ref().is_some_and(|gift| gift.stage == Stage::Spent);
        // Where the shop has signed it, the edge goes by that alone.
        let signed = self.customer.as_ref().and_then(|customer| customer.orders);
        let returns = signed.map_or(self.thanked || spent, |orders| orders > 0);
        let facts = Facts {
            customer: Some(if returns { CustomerKind::Returning } else { CustomerKind::New }.into()),
            basket: self.basket.clone(),
            language: Some(self.locale.tag.clone()),
            country: self.program.country.clone(),
        };
        self.program.offers.iter().find(|offer| {
            // The page may have been open for long.
            offer.ends_at.is_none_or(|end| self.now <= end)
                && match &offer.when {
                    Some(when) => when.holds(&facts),
                    None => self.program.join.is_some(),
                }
        })
    }

    /// Whether this visitor can refer at all.
    pub fn shares(&self) -> bool {
        self.me.is_some() || self.joinable().is_some()
    }

    /// Whether anything that is shown depends on what is in the basket.
    pub fn weighs(&self) -> bool {
        let friend = self.invitation().and_then(|(_, said)| said.friend.as_ref());
        friend.is_some_and(|friend| friend.min_subtotal.is_some())
            || self
                .program
                .offers
                .iter()
                .any(|offer| offer.when.as_ref().is_some_and(|when| when.basket.is_some()))
    }

    /// What is missing in the basket for a smallest order; nothing where it is empty or enough, or nobody tells.
    pub fn missing(&self, least: &str) -> Option<String> {
        let basket = fine(self.basket.as_ref()?.as_str())?;
        let more = fine(least)? - basket;
        (basket > 0 && more > 0).then(|| crate::text::placed(more, 4))
    }

    /// Whether the card of a code was folded to the launcher.
    pub fn is_folded(&self, code: &Code) -> bool {
        self.folded == code.as_str() || self.folded == "1"
    }

    /// The link that the referrer shares: to the open page where they chose that.
    pub fn share_link(&self) -> Option<String> {
        let me = self.me.as_ref()?;
        let path = crate::text::encode(path(&self.page));
        let product = self.product && !path.is_empty();
        Some(if product { crate::text::join(&[&me.link, "?to=", &path]) } else { me.link.clone() })
    }
}

/// The path of an address, without query: that may hold a code, or what is nobody else's business.
fn path(url: &str) -> &str {
    let (_, rest) = crate::text::cut(url, b':');
    let rest = rest.get(2..).unwrap_or_default();
    let at = rest.bytes().position(|b| b == b'/').unwrap_or(rest.len());
    let (path, _) = crate::text::cut(rest.get(at..).unwrap_or_default(), b'#');
    crate::text::cut(path, b'?').0
}

/// Who asks to become a referrer, or to be told that they are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Join {
    /// Whoever fills the form, signed in (then with the identity that the shop signed) or not.
    New {
        /// As they typed it.
        name: String,
        /// As they typed it.
        email: String,
        /// Signed by the shop.
        identity: Option<String>,
        /// The offer that they were shown.
        offer: Option<String>,
    },
    /// The signed-in customer, who becomes no referrer by looking.
    Customer {
        /// Signed by the shop.
        identity: String,
    },
    /// Who followed a link that the shop mailed.
    Mailed {
        /// Of the link.
        key: String,
    },
}

/// What is told to the page's scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The widget runs.
    Ready,
    /// A code was noted.
    Captured(Code, Source),
    /// A code was redeemed, as far as it went.
    Redeemed(Code, Redeeming),
    /// A visitor became a referrer, with this code and link.
    Joined(Code, String),
    /// Something did not work.
    Error(What),
}

/// What did not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// `GET offer`.
    Offer,
    /// Joining, or looking up who has joined.
    Join,
    /// Having something mailed.
    Mail,
    /// Telling the shop of a missing order.
    Claim,
    /// An order that the page reported.
    Conversion,
    /// The browser or the page does not let us keep anything.
    Storage,
    /// The page has broken something that every page has.
    Page,
}

impl What {
    /// The name in the event `error`.
    pub fn name(self) -> &'static str {
        match self {
            What::Offer => "offer",
            What::Join => "join",
            What::Mail => "mail",
            What::Claim => "claim",
            What::Conversion => "conversion",
            What::Storage => "storage",
            What::Page => "page",
        }
    }
}

/// What the widget may have done in the page. The browser does it; a test writes it down.
pub trait World {
    /// Load the words of a language.
    fn load_texts(&mut self, language: &'static str);
    /// `GET offer`, for a code or for none.
    fn fetch_offer(&mut self, number: u32, why: Why, code: Option<&Code>, tag: &str);
    /// `POST touches`.
    fn post_touch(&mut self, touch: &Touch, landing: &str);
    /// `POST referrers`, for the person of this number.
    fn join(&mut self, person: u32, who: Join);
    /// `POST reminders` of a code, or `POST sign-in-mails`.
    fn mail(&mut self, code: Option<&Code>, email: &str);
    /// `GET rewards`, from the beginning or from a cursor on.
    fn fetch_rewards(&mut self, number: u32, token: &str, cursor: Option<&str>);
    /// `POST claims`: the referrer, who is the person of this number, says that an order was theirs.
    fn claim(&mut self, person: u32, me: &Me, order: &str);
    /// Save the rewards that are loaded as a spreadsheet.
    fn save(&mut self, model: &Model);
    /// Put a code into the order, unless the basket has as many goods as the one for which it was refused.
    fn redeem(&mut self, code: &Code, refused: Option<u32>);
    /// Ask the platform what is in the basket, in this currency.
    fn weigh(&mut self, currency: &str);
    /// Write what is to be kept to the device.
    fn keep(&mut self, model: &Model);
    /// Remove everything from the device.
    fn forget(&mut self);
    /// Tell the page's scripts.
    fn emit(&mut self, told: Told);
    /// Copy a text, and say by [`Model::copied`] what it was.
    fn copy(&mut self, what: Copyable, text: &str);
    /// Open the browser's own share sheet.
    fn share(&mut self, text: &str, link: &str);
    /// Open Messenger for a link.
    fn messenger(&mut self, link: &str);
    /// Draw the QR code of a link.
    fn draw(&mut self, link: &str);
    /// Move the focus into the panel, or back to the launcher.
    fn focus(&mut self, into: bool);
    /// Try again after some milliseconds.
    fn later(&mut self, after: u32);
}

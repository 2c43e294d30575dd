//! Looking at a platform for orders of which no webhook told: what was changed since the last look is read page by page, in
//! the form of the platform's webhooks, and taken up as those are. So there is one reading, and what was told before changes
//! nothing.

use super::{Caller, Fault, Waiting, stripe};
use crate::app::Shop;
use crate::deliveries::web::Web;
use crate::intake::{Intake, take_up};
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::platform::{Platform, Told};
use crate::protocol::Refusal;
use crate::protocol::calls::{BeginSubscription, LinkOrder, RecordSnapshot, RecordSpoken, Spoken};
use parrain_core::instant::Instant;
use parrain_wire::event::Outcome;
use serde_json::Value;

/// How many bytes of a page of orders are read: shops keep much with an order.
pub const MOST_READ: usize = 4 * 1024 * 1024;

/// Where a look at a platform's orders stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// What was changed from then on is looked at.
    pub since: Instant,
    /// What was changed after it is left for the next look: its webhooks may be on their way.
    pub until: Instant,
    /// Up to where that was read, as the platform's module wrote it; `None` at the beginning.
    pub cursor: Option<String>,
}

/// A part of what was changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// Order by order, or event by event, the oldest first.
    pub entries: Vec<Entry>,
    /// Where the next look goes on, if anything is left.
    pub next: Option<String>,
}

/// One entry of a platform's list.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// As a webhook would have brought it.
    pub body: Value,
    /// When it was changed, where that can be read.
    pub at: Option<Instant>,
    /// Where the look stands once this is taken up.
    pub cursor: String,
    /// What it lacks that a webhook would have brought.
    pub lacks: Option<Lack>,
}

/// What an entry of a list lacks, so that it cannot be taken up as its webhook would have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// Of whom it is: what is on record goes by what was told before, and any other order would be a new customer's.
    Customer,
    /// Some of its lines: what it is worth cannot be told.
    Lines,
}

impl Lack {
    /// Why entries were left out.
    fn words(self) -> &'static str {
        match self {
            Self::Customer => {
                "the app may not see customers' data, so orders that are not on record were left out: give it protected \
                 customer data, the address included"
            }
            Self::Lines => "an order has more lines than are read, and was left out",
        }
    }
}

/// How far a look came in one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// How many entries it read.
    pub seen: i64,
    /// Where it stands.
    pub cursor: Option<String>,
    /// Whether it is over.
    pub over: bool,
    /// Why some were left out, where any were.
    pub left_out: Option<&'static str>,
}

/// Why a look broke off.
pub enum Halt {
    /// The platform has the reason.
    Platform(Fault),
    /// The ledger's store failed.
    Store(Refusal),
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        Self::Platform(fault)
    }
}

/// Takes up the next part of what a look finds. What was taken up is on record when it breaks off.
pub async fn run<S: Sql, W: Web>(
    ledger: &Ledger<S>,
    caller: &Caller<'_, W>,
    waiting: &Waiting,
    look: &Look,
) -> Result<(), Halt> {
    let page = super::look(caller, look).await?;
    let Some(record) = ledger.shop_record().map_err(Halt::Store)? else { return Ok(()) };
    let shop = Shop::of(record).map_err(|fault| Halt::Store(Refusal::Store(fault.to_string())))?;
    let found = Found { ledger, caller, waiting, shop: &shop };
    let (mut taken, mut cursor, mut halt, mut left_out) = (0, look.cursor.clone(), None, None);
    let listed = page.entries.len();
    let due: Vec<Entry> =
        page.entries.into_iter().take_while(|entry| entry.at.is_none_or(|at| at <= look.until)).collect();
    let next = page.next.filter(|_| due.len() == listed);
    for entry in due {
        let told = waiting.platform.read_listed(&entry.body, &shop.program.link_params, caller.web.now());
        if let Some(lack) = entry.lacks
            && !may_lack(ledger, lack, &told).map_err(Halt::Store)?
        {
            (taken, cursor, left_out) = (taken + 1, Some(entry.cursor), Some(lack.words()));
            continue;
        }
        match take_up(&found, told).await {
            Ok(_) => {}
            // One that does not fit its order is left out, as its webhook would have been.
            Err(Halt::Store(Refusal::Invalid(_))) => {}
            // What was read is another account's by now, or another look's.
            Err(Halt::Store(Refusal::UnknownConnection)) => return Ok(()),
            Err(cause) => {
                halt = Some(cause);
                break;
            }
        }
        taken += 1;
        cursor = Some(entry.cursor);
    }
    let over = halt.is_none() && next.is_none();
    let cursor = if halt.is_none() { next } else { cursor };
    let passed = Passed { seen: taken, cursor, over, left_out };
    ledger.looked(caller.web.now(), waiting.platform, passed).map_err(Halt::Store)?;
    halt.map_or(Ok(()), Err)
}

/// Whether what an entry tells can be taken up without what it lacks.
fn may_lack<S: Sql>(ledger: &Ledger<S>, lack: Lack, told: &Told) -> Result<bool, Refusal> {
    match (lack, told) {
        (Lack::Customer, Told::Order(shown)) => ledger.knows_order(&shown.id),
        (Lack::Customer, _) => Ok(true),
        (Lack::Lines, _) => Ok(false),
    }
}

/// The way into the ledger of what was found: in the ledger's own object, as nobody's doing.
struct Found<'a, S, W> {
    ledger: &'a Ledger<S>,
    caller: &'a Caller<'a, W>,
    waiting: &'a Waiting,
    shop: &'a Shop,
}

impl<S: Sql, W: Web> Found<'_, S, W> {
    fn of(&self) -> (Instant, Platform, &str) {
        (self.caller.web.now(), self.waiting.platform, &self.waiting.incarnation)
    }
}

impl<S: Sql, W: Web> Intake for Found<'_, S, W> {
    type Fault = Halt;

    fn shop(&self) -> &Shop {
        self.shop
    }

    fn now(&self) -> Instant {
        self.caller.web.now()
    }

    async fn snapshot(&self, ask: RecordSnapshot) -> Result<Outcome, Halt> {
        self.ledger.heal(self.of(), &ask, |outcome| Some(outcome)).map_err(Halt::Store)
    }

    async fn spoken(&self, ask: RecordSpoken) -> Result<Spoken, Halt> {
        self.ledger
            .heal(self.of(), &ask, |spoken| spoken.order_is_known.then_some(&spoken.outcome))
            .map_err(Halt::Store)
    }

    async fn linked(&self, ask: LinkOrder) -> Result<(), Halt> {
        self.ledger.heal(self.of(), &ask, |_| None).map(drop).map_err(Halt::Store)
    }

    async fn begun(&self, ask: BeginSubscription) -> Result<(), Halt> {
        self.ledger.heal(self.of(), &ask, |()| None).map_err(Halt::Store)
    }

    async fn ask_stripe(&self, path: &str) -> Result<Option<Value>, Halt> {
        Ok(stripe::ask_for(self.caller, path).await?)
    }

    /// Nothing: nearly all that is listed is on record, and each would be a request.
    async fn payment(&self, _id: &str) -> Option<Value> {
        None
    }
}

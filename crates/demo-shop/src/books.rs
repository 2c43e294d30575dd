//! The shop's books: orders, the events about them that wait for the edge's answer, and the shop's own codes.
//!
//! Kept in memory and, line by line, in a journal that is on the disk before anybody is told
//! that an order is placed. An order and its event are one line, so that neither is ever there
//! without the other.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use parrain_wire::event::Event;
use serde::{Deserialize, Serialize};

use crate::coupons::{Coupon, Voucher};
use crate::money::Cents;
use crate::order::{Order, Refund};
use crate::touches::Code;

/// An event on its way to the edge.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Message {
    /// Its `webhook-id`, the same however often it is sent.
    pub id: String,
    /// Which order it tells of.
    pub order: String,
    /// Its type: `order.paid`, `order.refunded`, `order.cancelled`.
    pub kind: String,
    /// The body, byte for byte the same at every try.
    pub body: String,
    /// How it stands.
    #[serde(skip)]
    pub delivery: Delivery,
}

/// How a message stands.
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// When the edge took it, with what it said.
    pub taken: Option<(Timestamp, Receipt)>,
    /// Times it was sent.
    pub tries: u32,
    /// Not to be sent again before.
    pub not_before: Option<Timestamp>,
    /// Why the last try failed, for the shop's staff.
    pub trouble: Option<Trouble>,
}

/// What the edge answered to an event that it took.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// `recorded`, `duplicate`, `not_referred`, `ignored`, `rejected`.
    pub outcome: String,
    /// Why, where the outcome asks for it.
    #[serde(default)]
    pub reason: Option<String>,
    /// Whose conversion it is.
    #[serde(default)]
    pub referrer: Option<String>,
}

/// Why a try failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody answered.
    Unreachable,
    /// The edge answered with this status, and perhaps these words.
    Answered(u16, Option<String>),
}

/// A line of the journal.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Entry {
    Placed { order: Box<Order>, message: Message },
    Refunded { order: String, refund: Refund, message: Message },
    Cancelled { order: String, at: Timestamp, message: Message },
    Taken { message: String, at: Timestamp, receipt: Receipt },
    Coupon(Coupon),
    Voucher(Voucher),
    Ended { voucher: Code, at: Timestamp },
}

/// Why the books refuse a change.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// No order of that number.
    #[error("no such order")]
    NoSuchOrder,
    /// More than can be paid back, nothing at all, or an order already called off.
    #[error("nothing or not that much can be taken back")]
    NotThatMuch,
    /// The voucher on it is spent or ended.
    #[error("the voucher is spent or ended")]
    VoucherSpent,
    /// The journal could not be written; nothing has changed.
    #[error("the journal cannot be written: {0}")]
    Journal(#[from] io::Error),
}

/// The books.
pub struct Books {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    orders: Vec<Order>,
    by_number: HashMap<String, usize>,
    by_checkout: HashMap<String, usize>,
    messages: Vec<Message>,
    coupons: HashMap<Code, Coupon>,
    /// The oldest first.
    vouchers: Vec<Voucher>,
    journal: Option<File>,
}

impl Books {
    /// Opens the books kept in `state`, or new ones in memory alone.
    ///
    /// # Errors
    /// Where the directory or the journal cannot be used, or a line of it other than the last
    /// cannot be read. A last line cut short (the machine stopped in the middle of a write that
    /// nobody had been told of) is dropped.
    pub fn open(state: Option<&Path>) -> io::Result<Self> {
        let mut inner = Inner::default();
        if let Some(dir) = state {
            std::fs::create_dir_all(dir)?;
            let path = dir.join("journal.jsonl");
            let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
            let whole = inner.replay(&mut file)?;
            file.set_len(whole)?;
            inner.journal = Some(file);
        }
        Ok(Self { inner: Mutex::new(inner) })
    }

    /// Places an order. `draft` gives the order for a number that no other has; a checkout sent
    /// twice gives the first order's number and places nothing.
    ///
    /// # Errors
    /// [`Refusal::Journal`], and [`Refusal::VoucherSpent`] where another order was faster.
    pub fn place(&self, checkout: &str, draft: impl FnOnce(String) -> Order) -> Result<Order, Refusal> {
        let mut inner = self.lock();
        if let Some(&i) = inner.by_checkout.get(checkout) {
            return Ok(inner.orders[i].clone());
        }
        let mut number = new_number();
        while inner.by_number.contains_key(&number) {
            number = new_number();
        }
        let order = draft(number);
        if order.voucher.as_ref().is_some_and(|code| !inner.is_spendable(code)) {
            return Err(Refusal::VoucherSpent);
        }
        let message = Message::about(&order, &order.paid_event());
        inner.write(Entry::Placed { order: Box::new(order.clone()), message })?;
        Ok(order)
    }

    /// Pays back `amount` of an order's goods, or all that is left; a refund sent twice pays once.
    ///
    /// # Errors
    /// As [`Refusal`] says.
    pub fn refund(
        &self,
        number: &str,
        refund_id: &str,
        amount: Option<Cents>,
        at: Timestamp,
    ) -> Result<Cents, Refusal> {
        let mut inner = self.lock();
        let order = inner.order(number)?;
        if let Some(done) = order.refunds.iter().find(|r| r.id == refund_id) {
            return Ok(done.amount);
        }
        let amount = amount.unwrap_or(order.refundable());
        if amount <= Cents::ZERO || amount > order.refundable() {
            return Err(Refusal::NotThatMuch);
        }
        let refund = Refund { id: refund_id.to_owned(), at, amount };
        let message = Message::about(order, &order.refunded_event(&refund));
        inner.write(Entry::Refunded { order: number.to_owned(), refund, message })?;
        Ok(amount)
    }

    /// Calls an order off; a second time changes nothing.
    ///
    /// # Errors
    /// As [`Refusal`] says.
    pub fn cancel(&self, number: &str, at: Timestamp) -> Result<(), Refusal> {
        let mut inner = self.lock();
        let order = inner.order(number)?;
        if order.cancelled.is_some() {
            return Ok(());
        }
        if !order.cancellable() {
            return Err(Refusal::NotThatMuch);
        }
        let message = Message::about(order, &order.cancelled_event(at));
        inner.write(Entry::Cancelled { order: number.to_owned(), at, message })?;
        Ok(())
    }

    /// The order of that number.
    pub fn order(&self, number: &str) -> Option<Order> {
        self.lock().order(number).ok().cloned()
    }

    /// The number of the order that this checkout became.
    pub fn by_checkout(&self, checkout: &str) -> Option<String> {
        let inner = self.lock();
        inner.by_checkout.get(checkout).map(|&i| inner.orders[i].number.clone())
    }

    /// Orders with their messages, the latest first, at most `most`.
    pub fn latest(&self, most: usize) -> Vec<(Order, Vec<Message>)> {
        let inner = self.lock();
        let messages = |number: &str| inner.messages.iter().filter(|m| m.order == number).cloned().collect();
        inner.orders.iter().rev().take(most).map(|order| (order.clone(), messages(&order.number))).collect()
    }

    /// Orders of a customer, signed in by id or known by the same address.
    pub fn orders_of(&self, id: &str, email: &str) -> Vec<Order> {
        let inner = self.lock();
        let theirs =
            |o: &&Order| o.buyer.id.as_deref() == Some(id) || o.buyer.email.eq_ignore_ascii_case(email);
        inner.orders.iter().rev().filter(theirs).cloned().collect()
    }

    /// Whether every message about an order was sent at least once.
    pub fn all_tried(&self, number: &str) -> bool {
        let tried = |m: &Message| m.delivery.taken.is_some() || m.delivery.tries > 0;
        self.lock().messages.iter().filter(|m| m.order == number).all(tried)
    }

    /// How many orders carry that address.
    pub fn count_by_email(&self, email: &str) -> u32 {
        let count = self.lock().orders.iter().filter(|o| o.buyer.email.eq_ignore_ascii_case(email)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// The message to send next if one is due, and else when to look again (`None`: not before
    /// something new is written).
    pub fn due(&self, now: Timestamp) -> Result<Message, Option<Timestamp>> {
        let inner = self.lock();
        let waiting = inner.messages.iter().filter(|m| m.delivery.taken.is_none());
        match waiting.min_by_key(|m| m.delivery.not_before) {
            None => Err(None),
            Some(message) => match message.delivery.not_before {
                Some(at) if at > now => Err(Some(at)),
                _ => Ok(message.clone()),
            },
        }
    }

    /// Notes what became of a try.
    ///
    /// # Errors
    /// Where the journal cannot be written: the message then stays to be sent, and the edge will
    /// know it for a duplicate.
    pub fn tried(&self, id: &str, answer: Result<Receipt, Trouble>, now: Timestamp) -> io::Result<()> {
        let mut inner = self.lock();
        let Some(message) = inner.messages.iter_mut().find(|m| m.id == id) else { return Ok(()) };
        let delivery = &mut message.delivery;
        delivery.tries = delivery.tries.saturating_add(1);
        delivery.not_before = Some(now + patience(delivery.tries));
        match answer {
            Err(trouble) => {
                delivery.trouble = Some(trouble);
                Ok(())
            }
            Ok(receipt) => inner.write(Entry::Taken { message: id.to_owned(), at: now, receipt }),
        }
    }

    /// Makes a referrer's code good for what it says, instead of what it gave before.
    ///
    /// # Errors
    /// Where the journal cannot be written.
    pub fn set_coupon(&self, coupon: Coupon) -> io::Result<()> {
        let mut inner = self.lock();
        if inner.coupons.get(&coupon.code) == Some(&coupon) {
            return Ok(());
        }
        inner.write(Entry::Coupon(coupon))
    }

    /// The shop's own coupon of that code.
    pub fn coupon(&self, code: &Code) -> Option<Coupon> {
        self.lock().coupons.get(code).cloned()
    }

    /// The shop's own coupons, by code.
    pub fn coupons(&self) -> Vec<Coupon> {
        let mut coupons: Vec<_> = self.lock().coupons.values().cloned().collect();
        coupons.sort_by(|a, b| a.code.as_str().cmp(b.code.as_str()));
        coupons
    }

    /// Makes a voucher; one of that code which is there already stands.
    ///
    /// # Errors
    /// Where the journal cannot be written.
    pub fn make_voucher(&self, voucher: Voucher) -> io::Result<()> {
        let mut inner = self.lock();
        if inner.voucher(&voucher.code).is_some() {
            return Ok(());
        }
        inner.write(Entry::Voucher(voucher))
    }

    /// Ends a voucher; one that was never made or has ended stays as it is.
    ///
    /// # Errors
    /// Where the journal cannot be written.
    pub fn end_voucher(&self, code: &Code, at: Timestamp) -> io::Result<()> {
        let mut inner = self.lock();
        if inner.voucher(code).is_none_or(|one| one.ended.is_some()) {
            return Ok(());
        }
        inner.write(Entry::Ended { voucher: code.clone(), at })
    }

    /// The voucher of that code.
    pub fn voucher(&self, code: &Code) -> Option<Voucher> {
        self.lock().voucher(code).cloned()
    }

    /// All vouchers, the latest first, each with the order that spent it.
    pub fn vouchers(&self) -> Vec<(Voucher, Option<String>)> {
        let inner = self.lock();
        let spent = |one: &Voucher| inner.spent_by(&one.code).map(|order| order.number.clone());
        inner.vouchers.iter().rev().map(|one| (one.clone(), spent(one))).collect()
    }

    /// The order that spent a voucher; one that was cancelled spends nothing.
    pub fn spent_by(&self, code: &Code) -> Option<String> {
        self.lock().spent_by(code).map(|order| order.number.clone())
    }

    /// Makes every waiting message due at once.
    pub fn hurry(&self) {
        for message in &mut self.lock().messages {
            message.delivery.not_before = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Every change is applied in one step after it is written, so a panic elsewhere leaves
        // the books whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn order(&self, number: &str) -> Result<&Order, Refusal> {
        self.by_number.get(number).map(|&i| &self.orders[i]).ok_or(Refusal::NoSuchOrder)
    }

    fn voucher(&self, code: &Code) -> Option<&Voucher> {
        self.vouchers.iter().find(|one| one.code == *code)
    }

    fn spent_by(&self, code: &Code) -> Option<&Order> {
        self.orders.iter().find(|order| order.cancelled.is_none() && order.voucher.as_ref() == Some(code))
    }

    fn is_spendable(&self, code: &Code) -> bool {
        self.voucher(code).is_some_and(|one| one.ended.is_none()) && self.spent_by(code).is_none()
    }

    /// Writes an entry to the disk and then takes it into the books.
    fn write(&mut self, entry: Entry) -> io::Result<()> {
        if let Some(journal) = &mut self.journal {
            let before = journal.metadata()?.len();
            let mut line = serde_json::to_vec(&entry)?;
            line.push(b'\n');
            if let Err(error) = journal.write_all(&line).and_then(|()| journal.sync_data()) {
                // Half a line must not stand in front of the next one.
                journal.set_len(before)?;
                return Err(error);
            }
        }
        self.apply(entry);
        Ok(())
    }

    fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Placed { order, message } => {
                self.by_number.insert(order.number.clone(), self.orders.len());
                self.by_checkout.insert(order.checkout.clone(), self.orders.len());
                self.orders.push(*order);
                self.messages.push(message);
            }
            Entry::Refunded { order, refund, message } => {
                if let Some(&i) = self.by_number.get(&order) {
                    self.orders[i].refunds.push(refund);
                    self.messages.push(message);
                }
            }
            Entry::Cancelled { order, at, message } => {
                if let Some(&i) = self.by_number.get(&order) {
                    self.orders[i].cancelled = Some(at);
                    self.messages.push(message);
                }
            }
            Entry::Coupon(coupon) => {
                self.coupons.insert(coupon.code.clone(), coupon);
            }
            Entry::Voucher(voucher) => self.vouchers.push(voucher),
            Entry::Ended { voucher, at } => {
                if let Some(one) = self.vouchers.iter_mut().find(|one| one.code == voucher) {
                    one.ended = Some(at);
                }
            }
            Entry::Taken { message, at, receipt } => {
                if let Some(message) = self.messages.iter_mut().find(|m| m.id == message) {
                    message.delivery.taken = Some((at, receipt));
                    message.delivery.trouble = None;
                }
            }
        }
    }

    /// Takes every whole line in; answers where the last one ends.
    fn replay(&mut self, file: &mut File) -> io::Result<u64> {
        let mut reader = BufReader::new(file);
        let (mut whole, mut line) = (0, String::new());
        loop {
            line.clear();
            let read = reader.read_line(&mut line)?;
            if !line.ends_with('\n') {
                return Ok(whole);
            }
            self.apply(serde_json::from_str(&line)?);
            whole += u64::try_from(read).unwrap_or(0);
        }
    }
}

impl Message {
    fn about(order: &Order, event: &Event) -> Self {
        // Texts, numbers and lists of them: an event always has a JSON form.
        let event = serde_json::to_value(event).unwrap_or_default();
        Self {
            id: format!("msg_{}", random_text(20)),
            order: order.number.clone(),
            kind: event["type"].as_str().unwrap_or_default().to_owned(),
            body: event.to_string(),
            delivery: Delivery::default(),
        }
    }
}

/// How long to wait after so many tries: 1, 2, 4 … seconds, at most a minute.
fn patience(tries: u32) -> SignedDuration {
    SignedDuration::from_secs(1i64.checked_shl(tries.saturating_sub(1).min(6)).unwrap_or(64).min(60))
}

/// A new order number that is easy to read out: no 0, O, 1, I or L.
fn new_number() -> String {
    format!("AL-{}", random_text(7))
}

/// So many random letters and digits, about five bits each.
///
/// # Panics
/// Where the machine has no randomness, in which case no session or order can be told apart.
pub fn random_text(length: usize) -> String {
    const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the machine gives no randomness");
        // 248 is the largest multiple of 31 below 256: what lies above would favour some letters.
        let letters = bytes.iter().filter(|b| **b < 248).map(|b| char::from(ALPHABET[usize::from(b % 31)]));
        text.extend(letters.take(length - text.len()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::tests::bobs;

    fn now() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    fn place(books: &Books, checkout: &str) -> Order {
        books.place(checkout, |number| Order { number, checkout: checkout.into(), ..bobs() }).unwrap()
    }

    fn receipt() -> Receipt {
        Receipt { outcome: "recorded".into(), reason: None, referrer: Some("ANNA10".into()) }
    }

    /// A directory of its own, removed at the end.
    struct Scratch(std::path::PathBuf);
    impl Scratch {
        fn new() -> Self {
            Self(std::env::temp_dir().join(format!("demo-shop-{}", random_text(12))))
        }
    }
    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_checkout_sent_twice_places_one_order() {
        let books = Books::open(None).unwrap();
        let first = place(&books, "c1");
        assert_eq!(place(&books, "c1").number, first.number);
        assert_ne!(place(&books, "c2").number, first.number);
        assert_eq!(books.latest(10).len(), 2);
        assert_eq!(books.count_by_email("BOB@example.com"), 2);
    }

    #[test]
    fn refunds_stay_within_the_goods_and_count_once() {
        let books = Books::open(None).unwrap();
        let number = place(&books, "c1").number;
        assert_eq!(books.refund(&number, "r1", Some(Cents(2000)), now()).unwrap(), Cents(2000));
        assert_eq!(books.refund(&number, "r1", Some(Cents(2000)), now()).unwrap(), Cents(2000));
        assert!(matches!(books.refund(&number, "r2", Some(Cents(5201)), now()), Err(Refusal::NotThatMuch)));
        assert!(matches!(books.refund(&number, "r2", Some(Cents(0)), now()), Err(Refusal::NotThatMuch)));
        assert_eq!(books.refund(&number, "r3", None, now()).unwrap(), Cents(5200));
        assert!(matches!(books.refund(&number, "r4", None, now()), Err(Refusal::NotThatMuch)));
        assert!(matches!(books.cancel(&number, now()), Err(Refusal::NotThatMuch)));
        assert!(matches!(books.cancel("AL-NONE", now()), Err(Refusal::NoSuchOrder)));
        let kinds: Vec<String> = books.latest(1)[0].1.iter().map(|m| m.kind.clone()).collect();
        assert_eq!(kinds, ["order.paid", "order.refunded", "order.refunded"]);
    }

    #[test]
    fn an_order_is_called_off_once() {
        let books = Books::open(None).unwrap();
        let number = place(&books, "c1").number;
        books.cancel(&number, now()).unwrap();
        books.cancel(&number, now()).unwrap();
        assert_eq!(books.latest(1)[0].1.len(), 2);
        assert!(matches!(books.refund(&number, "r1", None, now()), Err(Refusal::NotThatMuch)));
    }

    #[test]
    fn messages_wait_longer_after_each_failure_and_leave_when_taken() {
        let books = Books::open(None).unwrap();
        place(&books, "c1");
        let message = books.due(now()).unwrap();
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            books.tried(&message.id, Err(Trouble::Unreachable), now()).unwrap();
            let next = now() + SignedDuration::from_secs(seconds);
            assert_eq!(books.due(now()).unwrap_err(), Some(next));
            assert_eq!(books.due(next).unwrap().body, message.body, "the body never changes");
        }
        books.hurry();
        assert!(books.due(now()).is_ok());
        books.tried(&message.id, Ok(receipt()), now()).unwrap();
        assert_eq!(books.due(now()).unwrap_err(), None);
    }

    #[test]
    fn everything_comes_back_from_the_journal() {
        let dir = Scratch::new();
        let (first, second);
        {
            let books = Books::open(Some(&dir.0)).unwrap();
            first = place(&books, "c1").number;
            second = place(&books, "c2").number;
            books.refund(&first, "r1", Some(Cents(100)), now()).unwrap();
            books.cancel(&second, now()).unwrap();
            let message = books.due(now()).unwrap();
            books.tried(&message.id, Ok(receipt()), now()).unwrap();
        }
        let books = Books::open(Some(&dir.0)).unwrap();
        assert_eq!(books.order(&first).unwrap().refunded(), Cents(100));
        assert_eq!(books.order(&second).unwrap().cancelled, Some(now()));
        assert_eq!(place(&books, "c1").number, first, "the checkout is still known");
        let taken: Vec<_> =
            books.latest(9).into_iter().flat_map(|(_, m)| m).filter_map(|m| m.delivery.taken).collect();
        assert_eq!(taken, [(now(), receipt())]);
        let mut left = 0;
        while let Ok(message) = books.due(now()) {
            books.tried(&message.id, Ok(receipt()), now()).unwrap();
            left += 1;
        }
        assert_eq!(left, 3, "one of four was taken before");
    }

    #[test]
    fn a_line_cut_short_is_dropped_and_the_next_stands_whole() {
        let dir = Scratch::new();
        let first = place(&Books::open(Some(&dir.0)).unwrap(), "c1").number;
        let path = dir.0.join("journal.jsonl");
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"placed\":{\"or").unwrap();
        let second = place(&Books::open(Some(&dir.0)).unwrap(), "c2").number;
        let books = Books::open(Some(&dir.0)).unwrap();
        assert!(books.order(&first).is_some() && books.order(&second).is_some());
        std::fs::write(&path, "nonsense\n").unwrap();
        assert!(Books::open(Some(&dir.0)).is_err(), "a broken journal is not written over");
    }

    #[test]
    fn random_text_has_no_letters_that_look_alike() {
        let text = random_text(2000);
        assert_eq!(text.len(), 2000);
        assert!(!text.contains(['0', 'O', '1', 'I', 'L']));
        assert_ne!(text, random_text(2000));
    }
}

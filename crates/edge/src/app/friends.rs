//! How many friends ordered this month, as pages are told where the program says so: what the ledger counts, asked by an
//! isolate once in ten minutes, so that no page view costs a call or a write.

use super::shops::Shop;
use super::{App, Env};
use crate::protocol::calls::CountFriends;
use crate::shop_id::ShopId;
use parrain_core::instant::Instant;
use std::cell::RefCell;
use std::collections::HashMap;

/// For how many seconds an isolate goes by a count.
const REMEMBERED_SECONDS: i64 = 600;

/// The most shops of which an isolate remembers it.
const MOST_REMEMBERED: usize = 200;

/// The smallest count that is told: of fewer one might guess who they are.
const LEAST: u32 = 5;

/// A count as an isolate remembers it.
#[derive(Clone, Copy, Debug)]
struct Counted {
    count: u32,
    /// Since when friends were counted: of another month it says nothing.
    since: Instant,
    until: Instant,
}

/// The counts that an isolate remembers.
#[derive(Debug, Default)]
pub struct Friends(RefCell<HashMap<ShopId, Counted>>);

impl Friends {
    fn put(&self, shop: &ShopId, counted: Counted) {
        let mut counts = self.0.borrow_mut();
        if counts.len() >= MOST_REMEMBERED {
            counts.clear();
        }
        counts.insert(shop.clone(), counted);
    }
}

impl<E: Env> App<E> {
    /// The count of the month; nothing where the program does not show it, where it is small, or while it is not known.
    pub(super) async fn friends_this_month(&self, id: &ShopId, shop: &Shop) -> Option<u32> {
        if !shop.program.show_counts {
            return None;
        }
        let now = self.env.now();
        let since = month_start(shop, now);
        let known = self.isolate.friends.0.borrow().get(id).copied().filter(|known| known.since == since);
        let count = match known {
            Some(Counted { count, until, .. }) if now < until => count,
            Some(_) | None => {
                let until = now.plus_seconds(REMEMBERED_SECONDS);
                // Nobody else asks while this one does. They are told nothing: what was counted before is too old.
                self.isolate.friends.put(id, Counted { count: 0, since, until });
                match self.ask(id, CountFriends { since }).await {
                    Ok(count) => {
                        self.isolate.friends.put(id, Counted { count, since, until });
                        count
                    }
                    // The offer is worth more than the count.
                    Err(fault) => {
                        if let Some(line) = fault.log_line() {
                            self.env.log(line);
                        }
                        0
                    }
                }
            }
        };
        (count >= LEAST).then_some(count)
    }
}

fn month_start(shop: &Shop, now: Instant) -> Instant {
    let zone = &shop.program.zone;
    zone.month_start(zone.month(now))
}

/// The first instant of the month after this one.
pub(super) fn month_end(shop: &Shop, now: Instant) -> Instant {
    let zone = &shop.program.zone;
    zone.month_start(zone.month(now).saturating_add(1))
}

//! Orders that the shop gives to a referrer by hand. Each is an entry of its own beside the one that was
//! reported, from the moment at which it is given until it is undone.

use parrain_core::code::Code;
use parrain_core::credit::{Gift, give};
use parrain_core::decide::{Conversion, History, order_id_of};
use parrain_core::event::{Kind, Order};
use parrain_core::instant::Instant;
use parrain_core::settle::{Name, Open, settle_rest};
use parrain_core::why::Why;
use parrain_wire::desk::{Event, News};

use super::Ledger;
use super::dossier::{Decided, Dossier};
use super::journal::{kind_number, kind_of, position_values, read_conversion, read_entry};
use super::sql::{Sql, SqlError};
use crate::protocol::calls::{GiveOrder, Given, TakeOrder};
use crate::protocol::{Answers, Refusal};

/// The row of what is not recorded: none has it.
const NO_ENTRY: i64 = -1;

impl<S: Sql> Answers<GiveOrder> for Ledger<S> {
    fn answer(&self, now: Instant, ask: GiveOrder) -> Result<Given, Refusal> {
        let GiveOrder { order_id, code, note, despite, unreported, dry_run } = ask;
        let shop = self.shop()?;
        self.find_referrer(&code)?.ok_or(Refusal::UnknownCode)?;
        // What is checked once must not go by what is not settled yet.
        self.settled()?;
        let order = match self.reported(&order_id)? {
            Some(order) => order,
            None => *unreported.ok_or(Refusal::UnknownOrder)?,
        };
        let mut view = self.view()?;
        view.read_only = dry_run;
        let known = view.referrer(&code, order.at)?.ok_or(Refusal::UnknownCode)?;
        let standing = self.standing_credit(order.kind, &order_id)?;
        let gift = Gift {
            known,
            at: now,
            number: self.credits_so_far(order.kind, &order_id)?,
            note,
            despite,
            so_far: self.so_far(order.kind, &order_id)?,
            code,
        };
        let words = |steps: &[Why]| Why::words(steps, order.kind, &order_id, shop.locale());
        let credit = match give(&order, gift, &mut view)? {
            Ok(credit) => credit,
            Err(not) => {
                let (refusals, mut why): (Vec<_>, Vec<_>) = not.0.into_iter().unzip();
                if why.is_empty() {
                    why.push(Why::TheirsAlready);
                }
                return Ok(Given { given: false, refusals, why: words(&why), conversion: None });
            }
        };
        let why = words(&credit.why);
        let mut given = Given { given: true, refusals: Vec::new(), why, conversion: None };
        let order = Order { credit: Some(Box::new(credit)), ..order };
        if dry_run {
            let one = self.would_be(&order)?;
            given.conversion = one.and_then(|one| one.view_for_shop(now.max(one.case.at), shop.locale()));
            return Ok(given);
        }
        if let Some(standing) = standing {
            self.withdraw(now, standing)?;
        }
        let id = self.insert_order(&order, true)?;
        self.sql.run(
            "INSERT INTO credit (entry, kind, order_id, at) VALUES (?, ?, ?, ?)",
            &[
                id.into(),
                kind_number(order.kind).into(),
                order_id.as_str().into(),
                order.position().at.micros().into(),
            ],
        )?;
        self.settle_order(&order, true)?;
        self.refresh_reported(order.kind, &order_id)?;
        let one = self.dossiers("WHERE id = ?", &[id.into()])?.pop();
        self.note(
            now,
            News {
                what: Event::Credited.into(),
                order_id: Some(order_id.clone()),
                code: one.as_ref().map(|one| one.conversion.code.clone()),
                ..News::default()
            },
        )?;
        given.conversion = one.and_then(|one| one.view_for_shop(now.max(one.case.at), shop.locale()));
        Ok(given)
    }
}

impl<S: Sql> Answers<TakeOrder> for Ledger<S> {
    fn answer(&self, now: Instant, TakeOrder { order_id }: TakeOrder) -> Result<(), Refusal> {
        self.shop()?;
        self.settled()?;
        let rows = self.sql.run(
            "SELECT kind FROM credit WHERE order_id = ? AND until IS NULL ORDER BY kind LIMIT 1",
            &[order_id.as_str().into()],
        )?;
        let kind = rows.first().map(|row| row.int(0)).transpose()?.map(kind_of);
        let kind = kind.ok_or(Refusal::UnknownOrder)?;
        let standing = self.standing_credit(kind, &order_id)?.ok_or(Refusal::UnknownOrder)?;
        self.withdraw(now, standing)?;
        self.refresh_reported(kind, &order_id)
    }
}

impl<S: Sql> Ledger<S> {
    /// The order or event as it was reported, the shop's server's word before a browser's; as it was given by
    /// hand, where it never was.
    fn reported(&self, order_id: &str) -> Result<Option<Order>, Refusal> {
        let rows = self.sql.run(
            "SELECT event FROM entry WHERE kind IN (0, 1, 2, 3) AND ext = ? ORDER BY kind, verified DESC LIMIT 1",
            &[order_id.into()],
        )?;
        let given = "SELECT event FROM entry JOIN credit ON credit.entry = entry.id
            WHERE credit.order_id = ? ORDER BY credit.at DESC LIMIT 1";
        let rows = if rows.is_empty() { self.sql.run(given, &[order_id.into()])? } else { rows };
        let order: Option<Order> = rows.first().map(|row| row.json(0)).transpose()?;
        // A bonus or correction is no order.
        let order = order.filter(|order| order.adjustment.is_none());
        Ok(order.map(|order| Order { credit: None, ..order }))
    }

    /// What an order would be, given by hand as it says.
    fn would_be(&self, order: &Order) -> Result<Option<Dossier>, Refusal> {
        let Some(credit) = &order.credit else { return Ok(None) };
        let decided = Decided {
            id: NO_ENTRY,
            by_hand: true,
            held: None,
            kind: order.kind,
            ext: order.id.clone(),
            verified: true,
            at: order.position().at,
            until: None,
            currency: order.goods.as_ref().map(|goods| goods.currency),
            conversion: credit.conversion.clone(),
            why: credit.why.clone(),
        };
        let mut one = self.with_facts(vec![decided])?.pop();
        if let Some(one) = &mut one {
            // It would take the place of whoever has the order by hand now.
            one.case.given.clear();
        }
        Ok(one)
    }

    /// The entry by which an order is somebody's by hand now.
    fn standing_credit(&self, kind: Kind, order_id: &str) -> Result<Option<i64>, SqlError> {
        let rows = self.sql.run(
            "SELECT entry FROM credit WHERE kind = ? AND order_id = ? AND until IS NULL",
            &[kind_number(kind).into(), order_id.into()],
        )?;
        rows.first().map(|row| row.int(0)).transpose()
    }

    fn credits_so_far(&self, kind: Kind, order_id: &str) -> Result<u32, SqlError> {
        let rows = self.sql.run(
            "SELECT COUNT(*) FROM credit WHERE kind = ? AND order_id = ?",
            &[kind_number(kind).into(), order_id.into()],
        )?;
        let count = rows.first().map_or(Ok(0), |row| row.int(0))?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// What stands of an order: by hand, else as the shop's server reported it.
    fn so_far(&self, kind: Kind, order_id: &str) -> Result<Option<Conversion>, Refusal> {
        let rows = self.sql.run(
            "SELECT verdict FROM entry WHERE id IN
                (SELECT entry FROM credit WHERE kind = ?1 AND order_id = ?2 AND until IS NULL)
                UNION ALL SELECT verdict FROM entry WHERE kind = ?1 AND ext = ?2 AND verified = 1",
            &[kind_number(kind).into(), order_id.into()],
        )?;
        Ok(rows.first().map(|row| read_conversion(row, 0)).transpose()?.flatten())
    }

    /// Ends what was given by hand: it counts for nobody from now on, and orders that went by it are decided
    /// again.
    fn withdraw(&self, now: Instant, id: i64) -> Result<(), Refusal> {
        let rows = self.sql.run(
            "UPDATE entry SET until = MAX(at, ?), earned = 0 WHERE id = ?
                RETURNING event, code, offer, at, until",
            &[now.micros().into(), id.into()],
        )?;
        let row = rows.first().ok_or_else(|| Refusal::Store("a credit is gone".into()))?;
        let (order, at): (Order, i64) = (row.json(0)?, row.int(3)?);
        self.sql.run("UPDATE credit SET until = ? WHERE entry = ?", &[row.int(4)?.into(), id.into()])?;
        let day = Instant::from_micros(at).day();
        self.count_earned([row.maybe_text(1).into(), row.maybe_text(2).into(), day.into()], -1)?;
        self.untie(&order)?;
        // Of the customer's past it is none any more; it stays found by their names.
        self.sql.run("UPDATE person SET verified = 0 WHERE entry = ?", &[id.into()])?;
        self.refresh(id)?;
        let group = row.maybe_text(1).zip(row.maybe_text(2));
        let group = group.map(|(code, offer)| Ok::<_, SqlError>((super::shop::parse_code(code)?, offer)));
        self.settle_what_went_by(&order, group.transpose()?)
    }

    /// Decides again the later orders of the customer, and the later conversions of the referrer under the
    /// offer.
    fn settle_what_went_by(&self, order: &Order, group: Option<(Code, &str)>) -> Result<(), Refusal> {
        let position = order.position();
        let mut open = Vec::new();
        let names = order.customer.id.clone().map(Name::Id).into_iter();
        for name in names.chain(order.customer.email.clone().map(Name::Email)) {
            open.push(Open::Person(name, position.clone()));
        }
        if let Some((code, offer)) = group {
            let mut values = vec![code.as_str().into(), offer.into()];
            values.extend(position_values(&position));
            let rows = self.sql.run(
                "SELECT at, ext, kind, verified FROM entry WHERE code = ? AND offer = ? AND (at, ext, kind) > (?, ?, ?)",
                &values,
            )?;
            for row in &rows {
                open.push(Open::Entry(read_entry(row)?));
            }
        }
        let rest = settle_rest(&mut self.view()?, open, self.most.get())?;
        Ok(self.leave(&rest)?)
    }

    /// Writes the figures of an order's reported entries anew: while it is somebody's by hand it is not theirs.
    fn refresh_reported(&self, kind: Kind, order_id: &str) -> Result<(), Refusal> {
        let rows = self.sql.run(
            "SELECT id FROM entry WHERE kind = ? AND ext = ?",
            &[kind_number(kind).into(), order_id_of(order_id).into()],
        )?;
        for row in &rows {
            self.refresh(row.int(0)?)?;
        }
        Ok(())
    }
}

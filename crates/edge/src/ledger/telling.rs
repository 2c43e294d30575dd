//! What others are told of, as it happens: noted in the transaction that brings it about, and for what comes with time
//! alone, such as the end of a hold, in one of the alarm's.
//!
//! A reward's figures stand as dated postings, those to come included. `told` says up to which of them, in the order of
//! (date, entry), others know. What changes a posting before that is told by the call that changes it; what is dated
//! behind it is told when its time has come, each once and in that order. Where nobody listens there is no `told`,
//! and none of this is done.

use std::collections::BTreeMap;

use parrain_core::code::Code;
use parrain_core::decide::{Budget, Conversion, order_id_of};
use parrain_core::event::{Kind, Order};
use parrain_core::instant::Instant;
use parrain_core::money::format_amount;
use parrain_core::reward::Sums;
use parrain_core::turns::{Turn, turns};
use parrain_wire::deliveries::{EventType, JoinedReferrer, LowBudget, ToldConversion};
use parrain_wire::rewards::Status;

use super::Ledger;
use super::contacts::is_contact;
use super::dossier::{Dossier, Posting};
use super::journal::{kind_of, list};
use super::sql::{Sql, Value};
use crate::protocol::Refusal;
use crate::protocol::shop::Referrer;

/// How many dated changes one transaction tells of.
const STEP: u32 = 50;

/// Behind every entry of an instant.
const LAST: i64 = (1 << 53) - 1;

/// Which part of a budget is spent when it is called low, as a fraction.
const LOW: (i128, i128) = (4, 5);

impl<S: Sql> Ledger<S> {
    /// Begins to note what is to be told from now on, or ends that, as there is somebody to be told or not.
    pub(super) fn attend(&self, now: Instant) -> Result<(), Refusal> {
        let listens = self.number("SELECT EXISTS (SELECT 1 FROM endpoint)", &[])? != 0
            || self.has_modules()?
            || self.has_credentials()?;
        let shop = self.shop()?;
        let listens = listens || shop.mail.is_some();
        match (listens, shop.told.get()) {
            (true, None) => self.told_up_to(Some((now, LAST))),
            (false, Some(_)) => self.told_up_to(None),
            (true, Some(_)) | (false, None) => Ok(()),
        }
    }

    fn told_up_to(&self, told: Option<(Instant, i64)>) -> Result<(), Refusal> {
        match told {
            Some((at, entry)) => {
                let text = format!("[{},{entry}]", at.micros());
                self.sql
                    .run("INSERT OR REPLACE INTO meta (name, value) VALUES ('told', ?)", &[text.into()])?;
            }
            None => {
                self.sql.run("DELETE FROM meta WHERE name = 'told'", &[])?;
            }
        }
        self.shop()?.told.set(told);
        self.errand.set(true);
        Ok(())
    }

    /// When the next dated change of a reward is to be told.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn next_turn(&self) -> Result<Option<Instant>, Refusal> {
        if !super::schema::has(&self.sql, "delivery")? {
            return Ok(None);
        }
        let told = match self.shop() {
            Err(Refusal::UnknownShop) => return Ok(None),
            shop => shop?.told.get(),
        };
        let Some((at, entry)) = told else { return Ok(None) };
        let rows = self.sql.run(
            "SELECT at FROM posting WHERE (at, entry) > (?, ?) ORDER BY at, entry LIMIT 1",
            &[at.into(), entry.into()],
        )?;
        Ok(rows.first().map(|row| row.int(0)).transpose()?.map(Instant::from_micros))
    }

    /// Lets happen what is dated up to now and not told yet: a part of it, in order of time. Answers whether there is
    /// more.
    ///
    /// # Errors
    /// [`Refusal::Store`]; then nothing has changed.
    pub fn happen(&self, now: Instant) -> Result<bool, Refusal> {
        self.now.set(now);
        self.asker.replace(None);
        self.in_transaction(|| {
            let told = match self.shop() {
                Err(Refusal::UnknownShop) => return Ok(false),
                shop => shop?.told.get(),
            };
            let Some((at, entry)) = told else { return Ok(false) };
            let rows = self.sql.run(
                "SELECT at, entry FROM posting WHERE (at, entry) > (?, ?) AND at <= ? ORDER BY at, entry LIMIT ?",
                &[at.into(), entry.into(), now.into(), STEP.into()],
            )?;
            let read = |row: &super::sql::Row| Ok((Instant::from_micros(row.int(0)?), row.int(1)?));
            let dated = rows.iter().map(read).collect::<Result<Vec<_>, Refusal>>()?;
            let ids = list(dated.iter().map(|(_, entry)| entry));
            let dossiers = self.dossiers("WHERE id IN (SELECT value FROM json_each(?))", &[ids])?;
            let dossiers: BTreeMap<i64, Dossier> = dossiers.into_iter().map(|one| (one.id, one)).collect();
            for (at, entry) in &dated {
                let Some(dossier) = dossiers.get(entry) else { continue };
                let postings = self.held_postings(*entry)?;
                let before = sum(postings.iter().filter(|posting| posting.at < *at));
                let after = sum(postings.iter().filter(|posting| posting.at <= *at));
                let stood = postings.iter().any(|posting| posting.at < *at);
                self.tell_turns(dossier, before, after, stood, *at, *at)?;
            }
            if let Some(last) = dated.last() {
                self.told_up_to(Some(*last))?;
            }
            Ok(dated.len() == STEP as usize)
        })
    }

    /// Tells how an entry's postings have changed, as far as they were told of. What is dated later waits for its time.
    pub(super) fn tell_change(
        &self,
        id: i64,
        dossier: Option<&Dossier>,
        held: &[Posting],
        wanted: &[Posting],
    ) -> Result<(), Refusal> {
        let Some(told) = self.shop()?.told.get() else { return Ok(()) };
        self.errand.set(true);
        let now = self.now.get();
        let passed = |posting: &&Posting| (posting.at, id) <= told;
        let before = sum(held.iter().filter(passed));
        let stood = held.iter().any(|posting| passed(&posting));
        let owner = held.first().map(|posting| &posting.code);
        let same = |dossier: &&Dossier| owner.is_none_or(|owner| *owner == dossier.conversion.code);
        match (dossier.filter(same), dossier, owner) {
            (Some(dossier), _, _) => {
                let after = sum(wanted.iter().filter(passed));
                self.tell_turns(dossier, before, after, stood, told.0, now)
            }
            (None, dossier, owner) => {
                if let Some(owner) = owner {
                    self.tell_gone(id, owner, before, now)?;
                }
                let Some(dossier) = dossier else { return Ok(()) };
                let after = sum(wanted.iter().filter(passed));
                self.tell_turns(dossier, Sums::default(), after, false, told.0, now)
            }
        }
    }

    /// Tells the turns of a reward, as it stands at an instant.
    fn tell_turns(
        &self,
        dossier: &Dossier,
        before: Sums,
        after: Sums,
        stood: bool,
        as_of: Instant,
        at: Instant,
    ) -> Result<(), Refusal> {
        if dossier.kind == Kind::Adjustment {
            return Ok(());
        }
        // What a browser reported is anybody's word: it is told once the shop has approved it, and the signed event
        // that takes its place is told for itself.
        let verified = dossier.case.verified;
        let heard = |sums: Sums| if verified { sums } else { Sums { pending: 0, ..sums } };
        let told = told(dossier, as_of);
        for turn in turns(heard(before), heard(after), stood && verified) {
            let what = match turn {
                // What was reported is told first when it is approved.
                Turn::Recorded if stood && !verified => None,
                Turn::Recorded => Some(EventType::ConversionRecorded),
                Turn::Approved => Some(EventType::ConversionApproved),
                Turn::Rejected if !verified => None,
                Turn::Rejected => Some(EventType::ConversionRejected),
                Turn::Reversed => Some(EventType::ConversionReversed),
                Turn::Reinstated => Some(EventType::ConversionReinstated),
                Turn::Paid => Some(EventType::RewardPaid),
            };
            if let Some(what) = what {
                self.tell(what, at, &told)?;
                self.mail_turn(dossier, *turn, before, as_of)?;
            }
            self.set_tasks(dossier, *turn, after.approved != 0)?;
        }
        Ok(())
    }

    /// Tells that a reward was given in the shop's platform.
    pub(super) fn tell_issued(&self, now: Instant, dossier: &Dossier) -> Result<(), Refusal> {
        self.tell(EventType::RewardIssued, now, &told(dossier, now))
    }

    /// Tells that an entry is not this referrer's any more.
    fn tell_gone(&self, id: i64, owner: &Code, before: Sums, at: Instant) -> Result<(), Refusal> {
        if turns(before, Sums::default(), true).is_empty() {
            return Ok(());
        }
        self.take_back_tasks(id)?;
        self.mail_gone(id, owner, before)?;
        let rows =
            self.sql.run("SELECT ext, kind, at, verified FROM entry WHERE id = ?", &[Value::Int(id)])?;
        let Some(row) = rows.first() else { return Ok(()) };
        // Of what a browser reported nothing was told before the shop approved it.
        if row.int(3)? == 0 && before.approved == 0 && before.paid == 0 {
            return Ok(());
        }
        let told = ToldConversion {
            order_id: order_id_of(row.text(0)?).to_owned(),
            kind: kind_of(row.int(1)?).into(),
            at: Instant::from_micros(row.int(2)?),
            referrer: owner.clone(),
            offer: None,
            status: Status::Rejected.into(),
            reward: None,
            approves_at: None,
            reason: None,
        };
        self.tell(EventType::ConversionRejected, at, &told)
    }

    /// Tells of a conversion that earned nothing from the start: it has no postings.
    pub(super) fn tell_refused(&self, order: &Order, conversion: &Conversion) -> Result<(), Refusal> {
        let (Some(reason), None) = (conversion.refusal, &order.adjustment) else { return Ok(()) };
        let told = ToldConversion {
            order_id: order_id_of(&order.position().id).to_owned(),
            kind: order.kind.into(),
            at: order.position().at,
            referrer: conversion.code.clone(),
            offer: Some(conversion.offer.clone()),
            status: Status::Rejected.into(),
            reward: None,
            approves_at: None,
            reason: Some(reason.into()),
        };
        self.tell(EventType::ConversionRejected, self.now.get(), &told)
    }

    /// Tells of somebody who joined or was added.
    pub(super) fn tell_joined(&self, now: Instant, code: &Code, referrer: &Referrer) -> Result<(), Refusal> {
        self.tell(EventType::ReferrerJoined, now, &joined(now, code, referrer))
    }

    /// Tells providers of newsletters of somebody of whom they could not be told before, if they can be now: who is let in,
    /// or agrees to newsletters later than they joined; `before` is who they were, where it is the same person.
    pub(super) fn tell_joined_late(
        &self,
        now: Instant,
        code: &Code,
        before: Option<&Referrer>,
        referrer: &Referrer,
    ) -> Result<(), Refusal> {
        if before.is_some_and(|before| is_contact(now, before)) || !is_contact(now, referrer) {
            return Ok(());
        }
        self.tell_providers(EventType::ReferrerJoined, now, &joined(now, code, referrer))
    }

    /// Tells that a budget is low, where what was just granted made it so: `spent` was spent before.
    pub(super) fn tell_spent(&self, offer: &str, budget: &Budget, spent: i64) -> Result<(), Refusal> {
        let Budget { amount, limit, currency } = *budget;
        let is_low = |spent: i64| i128::from(spent) * LOW.1 >= i128::from(limit) * LOW.0;
        let after = spent.saturating_add(amount);
        if is_low(spent) || !is_low(after) {
            return Ok(());
        }
        let told = LowBudget {
            offer: offer.to_owned(),
            currency: currency.code().into(),
            spent: format_amount(after, currency.decimals()).into(),
            budget: format_amount(limit, currency.decimals()).into(),
        };
        self.tell(EventType::BudgetLow, self.now.get(), &told)
    }
}

fn joined(now: Instant, code: &Code, referrer: &Referrer) -> JoinedReferrer {
    JoinedReferrer {
        code: code.clone(),
        offer: referrer.offer.clone(),
        status: referrer.activity_at(now).into(),
    }
}

/// A conversion as it stands at an instant.
fn told(dossier: &Dossier, as_of: Instant) -> ToldConversion {
    let view = dossier.view(as_of);
    let view = view.as_ref();
    ToldConversion {
        order_id: dossier.ext.clone(),
        kind: dossier.kind.into(),
        at: dossier.case.at,
        referrer: dossier.conversion.code.clone(),
        offer: Some(dossier.conversion.offer.clone()),
        status: view.map_or(Status::Rejected.into(), |view| view.status.clone()),
        reward: view.and_then(|view| view.reward.clone()),
        approves_at: view.and_then(|view| view.approves_at),
        reason: view.and_then(|view| view.reason.clone()),
    }
}

fn sum<'a>(postings: impl Iterator<Item = &'a Posting>) -> Sums {
    postings.fold(Sums::default(), |sums, posting| sums.plus(posting.sums))
}
